/* SPDX-License-Identifier: Apache-2.0 */
/* format/word_styles.c — which styles of a Word document are headings, and of which level. */
#include "format/word_internal.h"

#include <string.h>

#define MOST_STYLES 5000
#define MOST_STEPS 10 /* of one style based on another */
#define MOST_LEVELS 9

struct word_style {
    struct text based_on;
    int level; /* 0: none of its own */
};
struct style_list LIST_OF(struct word_style);

struct word_styles {
    struct call *call;
    struct map *ids; /* id → place in all */
    struct style_list all;
    bool inside; /* a style of paragraphs, the last of all */
};

/* "heading 1" whatever the language of who wrote it; the title stands above them. */
static int level_of_name(struct arena *a, struct text name)
{
    struct text t = text_lower(a, name);
    if (text_is(t, "title"))
        return 1;
    if (text_starts(t, "heading ") && t.len == 9 && t.at[8] >= '1' && t.at[8] <= '9')
        return t.at[8] - '0';
    return 0;
}

static void style_begin(struct word_styles *s, const char **attributes)
{
    struct text id = xml__attribute(attributes, "styleId");
    s->inside = text_is(xml__attribute(attributes, "type"), "paragraph") && id.len > 0 &&
                map_add(s->ids, text_copy(s->call->arena, id), s->all.count) &&
                LIST_ADD(&s->all, (struct word_style){.based_on = TEXT("")});
}

static enum err style_open(void *context, const char *name, const char **attributes)
{
    struct word_styles *s = context;
    if (strcmp(name, "style") == 0 && s->all.count < MOST_STYLES)
        style_begin(s, attributes);
    if (!s->inside)
        return OK;
    struct word_style *now = &s->all.at[s->all.count - 1];
    struct text value = xml__attribute(attributes, "val");
    int64_t level;
    if (strcmp(name, "name") == 0)
        now->level = level_of_name(s->call->arena, value);
    else if (strcmp(name, "basedOn") == 0)
        now->based_on = text_copy(s->call->arena, value);
    else if (strcmp(name, "outlineLvl") == 0 && now->level == 0 &&
             text_integer(value, &level) && level >= 0 && level < MOST_LEVELS)
        now->level = (int)level + 1;
    return OK;
}

static enum err style_close(void *context, const char *name)
{
    struct word_styles *s = context;
    if (strcmp(name, "style") == 0)
        s->inside = false;
    return OK;
}

enum err word__styles(struct call *call, struct package *p, const char *path,
                      struct word_styles **out)
{
    struct word_styles *s = NEW(call->arena, struct word_styles);
    struct xml handlers = {.open = style_open, .close = style_close, .context = s};
    s->call = call;
    s->ids = map_in(call->arena);
    s->all = (struct style_list)LIST_IN(call->arena, MOST_STYLES);
    *out = s;
    return package__read(p, path, &handlers);
}

int word__heading(const struct word_styles *s, struct text id)
{
    size_t at;
    for (int steps = 0; s != NULL && steps < MOST_STEPS && map_find(s->ids, id, &at); steps++) {
        if (at >= s->all.count)
            return 0;
        if (s->all.at[at].level > 0)
            return s->all.at[at].level;
        id = s->all.at[at].based_on;
    }
    return 0;
}
