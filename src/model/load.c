/* SPDX-License-Identifier: Apache-2.0 */
/* model/load.c — from files to a frozen model.
 * The passes, in the order in which things need each other: words, roles and scales; the names
 * of kinds; overlays and the envelope; fields; states and moves; then everything that refers to
 * something. A model with a mistake anywhere is not given out. */
#include "model/internal.h"

#define KIND_LIMIT 500

static size_t count_of(const struct loader *l, enum file_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < l->source_count; i++)
        count += l->sources[i].type == type && l->sources[i].in_force;
    return count;
}

static bool is_one(const struct loader *l, size_t i, enum file_type type)
{
    return l->sources[i].type == type && l->sources[i].in_force;
}

static void need_file(struct loader *l, enum file_type type, const char *name)
{
    if (count_of(l, type) > 0)
        return;
    struct text at = text_print(l->arena, "model/%s:1", name);
    l->mistakes++;
    (void)problem_at(l->call, ERR_INVALID, TEXT(""), "missing", at,
                     TEXT("the file is missing"));
}

static void read_shared(struct loader *l)
{
    need_file(l, FILE_ROLES, "roles.json");
    need_file(l, FILE_ENVELOPE, "envelope.json");
    for (size_t i = 0; i < l->source_count; i++)
        if (is_one(l, i, FILE_WORDS))
            model__dictionary(l, &l->sources[i]);
    for (size_t i = 0; i < l->source_count; i++)
        if (is_one(l, i, FILE_ROLES))
            model__roles(l, &l->sources[i]);
    for (size_t i = 0; i < l->source_count; i++)
        if (is_one(l, i, FILE_SCALES))
            model__scales(l, &l->sources[i]);
    model__methods(l, count_of(l, FILE_METHOD));
}

/* ---- kinds ------------------------------------------------------------------------------- */
static void name_kind(struct loader *l, const struct source *s, struct draft *d)
{
    l->file = s;
    struct text name = model__text(l, s->root, "kind", true);
    const struct json *v = json_get(s->root, "kind");
    const struct draft *known = map__get(l->kinds, name);
    d->kind->name = name;
    if (name.len == 0)
        return;
    model__check_kind_name(l, v, name);
    if (!model__called(s, name))
        model__mistake(l, v, "name", "the file of a kind is called NAME.json");
    if (known != NULL)
        model__mistake(l, v, "clash", "\"%.*s\" is already a kind: %.*s:%u", TEXT_ARG(name),
                       TEXT_ARG(known->source->shown),
                       json_get(known->source->root, "kind")->line);
    else
        map__put(l->kinds, name, d);
}

static void name_kinds(struct loader *l)
{
    struct model *m = l->model;
    size_t count = count_of(l, FILE_KIND);
    m->kinds = NEW_MANY(l->arena, count, struct kind);
    l->drafts = NEW_MANY(l->scrap, count, struct draft);
    for (size_t i = 0; i < l->source_count && m->kind_count < KIND_LIMIT; i++) {
        if (!is_one(l, i, FILE_KIND))
            continue;
        struct draft *d = &l->drafts[m->kind_count];
        struct kind *k = &m->kinds[m->kind_count];
        d->kind = k;
        d->source = &l->sources[i];
        k->index = m->kind_count++;
        name_kind(l, d->source, d);
    }
}

static void for_each_kind(struct loader *l, void (*pass)(struct loader *l, struct draft *d))
{
    for (size_t i = 0; i < l->model->kind_count; i++)
        pass(l, &l->drafts[i]);
}

static void read_envelope(struct loader *l)
{
    for (size_t i = 0; i < l->source_count; i++)
        if (is_one(l, i, FILE_ENVELOPE))
            model__envelope(l, &l->sources[i]);
}

/* ---- frameworks and checks --------------------------------------------------------------- */
static void read_frameworks(struct loader *l)
{
    struct model *m = l->model;
    m->frameworks = NEW_MANY(l->arena, count_of(l, FILE_FRAMEWORK), struct framework);
    for (size_t i = 0; i < l->source_count; i++)
        if (is_one(l, i, FILE_FRAMEWORK)) {
            struct framework *f = &m->frameworks[m->framework_count];
            model__framework(l, &l->sources[i], f);
            m->framework_count++;
        }
}

static void finish_frameworks(struct loader *l)
{
    size_t done = 0;
    for (size_t i = 0; i < l->source_count; i++)
        if (is_one(l, i, FILE_FRAMEWORK))
            model__framework_finish(l, &l->sources[i], &l->model->frameworks[done++]);
}

static void read_checks(struct loader *l)
{
    struct model *m = l->model;
    m->checks = NEW_MANY(l->arena, count_of(l, FILE_CHECK), struct check);
    m->guest = model__guest(l->arena, m);
    model__sets(l, count_of(l, FILE_SET));
    for (size_t i = 0; i < l->source_count; i++)
        if (is_one(l, i, FILE_CHECK)) {
            struct check *c = &m->checks[m->check_count];
            model__check_file(l, &l->sources[i], c);
            m->check_count++;
        }
    model__gathers(l, count_of(l, FILE_GATHER));
    model__starters(l, count_of(l, FILE_STARTER));
    model__asks(l, count_of(l, FILE_ASK));
}

/* ---- the passes -------------------------------------------------------------------------- */
static void run_passes(struct loader *l, struct text on)
{
    read_shared(l);
    model__calendars(l, count_of(l, FILE_CALENDAR));
    model__ladders(l, count_of(l, FILE_LADDER));
    model__deadlines(l, count_of(l, FILE_DEADLINE));
    name_kinds(l);
    model__overlays(l, on);
    read_envelope(l);
    read_frameworks(l);
    for_each_kind(l, model__kind_begin);
    for_each_kind(l, model__kind_states);
    for_each_kind(l, model__kind_finish);
    if (l->mistakes == 0)
        model__depend(l);
    if (l->mistakes == 0)
        model__makes_finish(l);
    if (l->mistakes == 0)
        model__waiver_finish(l);
    finish_frameworks(l);
    model__methods_finish(l);
    read_checks(l);
    if (l->mistakes == 0)
        model__traces(l, count_of(l, FILE_TRACE));
    if (l->mistakes == 0)
        model__pictures(l, count_of(l, FILE_PICTURE));
    model__homes(l, count_of(l, FILE_HOME));
    model__glossary(l);
}

enum err model_load(struct call *call, const struct model_file *files, size_t count,
                    const struct model_file *site, size_t site_count, struct text on,
                    struct model **out)
{
    struct arena *arena = arena_open();
    struct loader l = {.call = call, .arena = arena, .scrap = arena_open()};
    l.model = NEW(arena, struct model);
    l.model->arena = arena;
    l.chinese = map__new(l.scrap);
    l.without = map__new(l.scrap);
    l.scales = map__new(l.scrap);
    l.kinds = map__new(l.scrap);
    *out = NULL;
    if (model__open_files(&l, files, count, site, site_count))
        run_passes(&l, on);
    if (l.mistakes == 0)
        l.model->hash = model__hash(&l);
    arena_close(l.scrap);
    if (l.mistakes > 0) {
        arena_close(arena);
        return ERR_INVALID;
    }
    *out = l.model;
    return OK;
}

void model_close(struct model *m)
{
    if (m != NULL)
        arena_close(m->arena);
}
