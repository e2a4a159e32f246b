/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/overlay.c — extensions: x_ fields added to a shipped kind.
 * Overlays ship with the program and are switched on by name; a site's own extension files are
 * always in force. Either only adds. A check that names an overlay is in force with it alone.
 */
#include "model/internal.h"

static void read_extension(struct loader *l, struct source *s)
{
    struct extension *e = &l->extensions[l->extension_count];
    l->file = s;
    if (!model__keys(l, s->root, "overlay title about extends fields layout"))
        return;
    struct text kind = model__text(l, s->root, "extends", true);
    *e = (struct extension){s, map__get(l->kinds, kind)};
    if (e->draft != NULL)
        l->extension_count++;
    else if (kind.len > 0)
        model__mistake(l, json_get(s->root, "extends"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(kind));
}

static bool is_on(struct text on, struct text name)
{
    while (on.len > 0)
        if (text_same(text_trim(text_cut(&on, ',')), name))
            return true;
    return false;
}

static void read_shipped(struct loader *l, struct source *s, struct text on)
{
    struct model *m = l->model;
    struct overlay *o = &m->overlays[m->overlay_count++];
    l->file = s;
    o->name = model__text(l, s->root, "overlay", true);
    o->source = s->root;
    if (o->name.len > 0 && !model__called(s, o->name))
        model__mistake(l, json_get(s->root, "overlay"), "name",
                       "the file of an overlay is called NAME.json");
    s->in_force = is_on(on, o->name);
    if (s->in_force)
        read_extension(l, s);
}

static void check_names(struct loader *l, struct text on)
{
    while (on.len > 0) {
        struct text name = text_trim(text_cut(&on, ','));
        bool known = name.len == 0;
        for (size_t i = 0; i < l->model->overlay_count; i++)
            known |= text_same(l->model->overlays[i].name, name);
        if (known)
            continue;
        l->mistakes++;
        (void)problem(l->call, ERR_INVALID, TEXT("overlays"), "unknown",
                      "no overlay is called \"%.*s\"", TEXT_ARG(name));
    }
}

/* A check of an overlay reads its fields: without it there is nothing that it could read. */
static void hold_check(struct loader *l, struct source *s, struct text on)
{
    const struct json *name = s->site ? NULL : json_get(s->root, "overlay");
    bool known = false;
    if (!name)
        return;
    for (size_t i = 0; i < l->model->overlay_count; i++)
        known |= text_same(l->model->overlays[i].name, json_text(name));
    l->file = s;
    if (!known)
        model__mistake(l, name, "unknown", "no overlay is called \"%.*s\"",
                       TEXT_ARG(json_text(name)));
    s->in_force = is_on(on, json_text(name));
}

void model__overlays(struct loader *l, struct text on)
{
    size_t count = 0;
    for (size_t i = 0; i < l->source_count; i++)
        count += l->sources[i].type == FILE_OVERLAY;
    l->extensions = NEW_MANY(l->scrap, count, struct extension);
    l->model->overlays = NEW_MANY(l->arena, count, struct overlay);
    for (size_t i = 0; i < l->source_count; i++) {
        struct source *s = &l->sources[i];
        if (s->type == FILE_OVERLAY && s->site)
            read_extension(l, s);
        else if (s->type == FILE_OVERLAY)
            read_shipped(l, s, on);
    }
    for (size_t i = 0; i < l->source_count; i++)
        if (l->sources[i].type == FILE_CHECK)
            hold_check(l, &l->sources[i], on);
    check_names(l, on);
}
