/* SPDX-License-Identifier: Apache-2.0 */
/* model/files.c — the files that make a model: which is what, parsed, and hashed.
 * Shipped files come first and sites' files after them, each sorted by path, so that a clash is
 * always the site's, and the same files always give the same model. */
#include "model/internal.h"

#include <stdlib.h>

static const struct {
    const char *start;
    enum file_type type;
} places[] = {
    {"envelope.json", FILE_ENVELOPE},
    {"roles.json", FILE_ROLES},
    {"scales.json", FILE_SCALES},
    {"words/zh.json", FILE_WORDS},
    {"pages/words.json", FILE_WORDS}, /* of what people made in the pages */
    {"kinds/", FILE_KIND},
    {"frameworks/", FILE_FRAMEWORK},
    {"checks/", FILE_CHECK},
    {"sets/", FILE_SET},
    {"methods/", FILE_METHOD},
    {"calendars/", FILE_CALENDAR},
    {"ladders/", FILE_LADDER},
    {"deadlines/", FILE_DEADLINE},
    {"gathers/", FILE_GATHER},
    {"glossary/", FILE_GLOSSARY},
    {"traces/", FILE_TRACE},
    {"homes/", FILE_HOME},
    {"pictures/", FILE_PICTURE},
    {"asks/", FILE_ASK},
    {"starters/", FILE_STARTER},
    {"overlays/", FILE_OVERLAY},
    {"demo/", FILE_OTHER},
    {"import/", FILE_OTHER},
};

static int by_path(const void *left, const void *right)
{
    const struct source *a = left, *b = right;
    return a->site != b->site ? a->site - b->site : text_compare(a->path, b->path);
}

static void add_source(struct loader *l, const struct model_file *f, bool site)
{
    const char *root = site ? "model.d/" : "model/";
    struct text path = text_copy(l->arena, f->path);
    if (!text_ends(path, ".json"))
        return;
    if (text_starts(path, root))
        path = text_from(path, text_of(root).len);
    l->sources[l->source_count++] = (struct source){
        .path = path,
        .shown = text_join(l->arena, text_of(root), path),
        .bytes = f->bytes,
        .site = site,
        .in_force = true,
    };
}

/* A site may keep its files in one folder; then the first thing they say tells what they are.
 */
static bool classify_by_content(struct source *s)
{
    static const struct {
        const char *key;
        enum file_type type;
    } first_keys[] = {{"extends", FILE_OVERLAY},
                      {"ask", FILE_ASK},
                      {"starter", FILE_STARTER},
                      {"kind", FILE_KIND},
                      {"framework", FILE_FRAMEWORK},
                      {"check", FILE_CHECK},
                      {"set", FILE_SET},
                      {"method", FILE_METHOD},
                      {"calendar", FILE_CALENDAR},
                      {"ladder", FILE_LADDER},
                      {"gather", FILE_GATHER},
                      {"deadlines", FILE_DEADLINE},
                      {"trace", FILE_TRACE},
                      {"glossary", FILE_GLOSSARY},
                      {"home", FILE_HOME},
                      {"picture", FILE_PICTURE}};
    for (size_t i = 0; i < COUNT(first_keys); i++)
        if (json_get(s->root, first_keys[i].key) != NULL) {
            s->type = first_keys[i].type;
            return true;
        }
    return false;
}

static void classify(struct loader *l, struct source *s)
{
    l->file = s;
    for (size_t i = 0; i < COUNT(places); i++) {
        bool folder = text_ends(text_of(places[i].start), "/");
        if (folder ? !text_starts(s->path, places[i].start)
                   : !text_is(s->path, places[i].start))
            continue;
        s->type = places[i].type;
        bool shared =
            s->type == FILE_ENVELOPE || s->type == FILE_ROLES || s->type == FILE_SCALES;
        if (s->site && shared)
            model__mistake(l, s->root, "site", "a site cannot alter what is shipped");
        if (s->type == FILE_OTHER || (s->site && shared))
            s->in_force = false;
        return;
    }
    if (!s->site || !classify_by_content(s))
        model__mistake(l, s->root, "unknown", "no known place for a file of the model");
}

/* The JSON reader says "line 7: what"; the line belongs into the source. */
static void report_json(struct loader *l, const struct source *s)
{
    for (const struct problem *p = l->inner->problems; p != NULL; p = p->next) {
        struct text what = p->message, number = TEXT("1");
        if (text_starts(what, "line ")) {
            what = text_from(what, 5);
            number = text_trim(text_cut(&what, ':'));
        }
        struct text at =
            text_print(l->arena, "%.*s:%.*s", TEXT_ARG(s->shown), TEXT_ARG(number));
        (void)problem_at(l->call, ERR_INVALID, TEXT(""), "json", at, text_trim(what));
        l->mistakes++;
    }
}

static bool parse(struct loader *l, struct source *s)
{
    l->inner = call_open(l->arena, l->call->now, LANG_EN);
    if (json_read(l->inner, s->bytes, &json_model_limits, &s->root) == OK)
        return true;
    report_json(l, s);
    return false;
}

static bool is_read_here(const struct source *s)
{
    return !text_starts(s->path, "demo/") && !text_starts(s->path, "import/");
}

bool model__open_files(struct loader *l, const struct model_file *files, size_t count,
                       const struct model_file *site, size_t site_count)
{
    bool sound = true;
    l->sources = NEW_MANY(l->arena, count + site_count, struct source);
    for (size_t i = 0; i < count; i++)
        add_source(l, &files[i], false);
    for (size_t i = 0; i < site_count; i++)
        add_source(l, &site[i], true);
    if (l->source_count > 1)
        qsort(l->sources, l->source_count, sizeof(*l->sources), by_path);
    for (size_t i = 0; i < l->source_count; i++) {
        struct source *s = &l->sources[i];
        if (!is_read_here(s))
            s->in_force = false;
        else if (parse(l, s))
            classify(l, s);
        else
            sound = false;
    }
    return sound;
}

struct text model__hash(struct loader *l)
{
    struct sha256 *sum = sha256_start(l->scrap);
    for (size_t i = 0; i < l->source_count; i++) {
        const struct source *s = &l->sources[i];
        if (!s->in_force)
            continue;
        sha256_add(sum, s->site ? s->shown : s->path);
        sha256_add(sum, (struct text){"", 1});
        sha256_add(sum, s->bytes);
    }
    struct hash h = sha256_end(sum);
    return hex_of(l->arena, text_slice(hash_text(&h), 0, 8));
}
