/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/set.c — sets: queries with a name, that checks and other sets read like a table. A
 * name is put in where FROM or JOIN wants a table, so that neither database ever hears of sets,
 * and what comes out is judged like any query of a check. The rows of each framework are such a
 * set as well: rows_of_NAME. */
#include "model/internal.h"
#include "store/store.h"

#include <strings.h>

#define ROWS_MOST 400 /* of a framework that queries may read: a SELECT each, of SQLite's 500 */

struct set_draft {
    const struct source *source;
    struct query_set *set;
    struct text query; /* as written */
    bool open, done;   /* being put together; put together */
};

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '$';
}

static bool is_word(struct text t, const char *word)
{
    return t.len == text_of(word).len && strncasecmp(t.at, word, t.len) == 0;
}

/* The next run of word bytes, quoted text, or one other byte. */
static struct text next_run(struct text rest)
{
    size_t len = 1;
    if (rest.at[0] == '\'') {
        while (len < rest.len && rest.at[len] != '\'')
            len++;
        return text_slice(rest, 0, len < rest.len ? len + 1 : len);
    }
    if (is_word_byte(rest.at[0]))
        while (len < rest.len && is_word_byte(rest.at[len]))
            len++;
    return text_slice(rest, 0, len);
}

static struct set_draft *draft_of(const struct loader *l, struct text name)
{
    for (size_t i = 0; i < l->set_count; i++)
        if (text_same(l->sets[i].set->name, name))
            return &l->sets[i];
    return NULL;
}

/* ---- the rows of frameworks -------------------------------------------------------------- */
/* "iso-42001" is rows_of_iso_42001. */
static bool called(const struct framework *f, struct text name)
{
    if (!text_starts(name, "rows_of_") || name.len != f->name.len + 8)
        return false;
    for (size_t i = 0; i < f->name.len; i++) {
        char c = f->name.at[i], given = name.at[i + 8];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (given != (plain ? c : '_'))
            return false;
    }
    return true;
}

static const struct framework *framework_called(const struct model *m, struct text name)
{
    for (size_t i = 0; i < m->framework_count; i++)
        if (called(&m->frameworks[i], name))
            return &m->frameworks[i];
    return NULL;
}

/* Ids of rows hold letters, digits, dots, dashes and _ alone (framework.c): no quoting is needed. */
static struct text rows_of(struct loader *l, const struct framework *f)
{
    struct buf b = buf_in(l->scrap, SET_LONGEST);
    for (size_t i = 0; i < f->row_count; i++) {
        const struct requirement *r = &f->rows[i];
        buf_print(&b,
                  "%sSELECT '%.*s' AS id, '%.*s' AS type, %d AS documented, %d AS records",
                  i == 0 ? "" : " UNION ALL ", TEXT_ARG(r->id), TEXT_ARG(r->type),
                  r->documented.en.len > 0, r->records);
    }
    return buf_text(&b);
}

/* ---- putting in -------------------------------------------------------------------------- */
static bool put_together(struct loader *l, struct set_draft *d);

static struct text meaning(struct loader *l, const struct json *at, struct text name)
{
    struct set_draft *d = draft_of(l, name);
    const struct framework *f = framework_called(l->model, name);
    if (d != NULL && d->open)
        model__mistake(l, at, "circle", "the set \"%.*s\" uses itself", TEXT_ARG(name));
    else if (d != NULL && put_together(l, d))
        return text_of(d->set->query);
    else if (d == NULL && f != NULL && f->row_count > ROWS_MOST)
        model__mistake(l, at, "range", "%.*s has more than %d rows: too many for a query",
                       TEXT_ARG(f->name), ROWS_MOST);
    else if (d == NULL && f != NULL)
        return rows_of(l, f);
    else if (d == NULL)
        return model__asked(l, name);
    return TEXT("");
}

/* A query in parentheses needs a name in both databases. */
static bool is_named(struct text rest)
{
    rest = text_trim(rest);
    struct text next = rest.len > 0 ? next_run(rest) : rest;
    static const char *const others[] = {"where", "join", "on", "group", "order", "union",
                                         "left", "inner", "cross", "having", "limit"};
    for (size_t i = 0; i < COUNT(others); i++)
        if (is_word(next, others[i]))
            return false;
    return next.len > 0 && is_word_byte(next.at[0]);
}

struct text model__expand(struct loader *l, const struct json *at, struct text sql)
{
    struct buf b = buf_in(l->scrap, SET_LONGEST);
    struct text before = TEXT("");
    bool whole = true;
    while (sql.len > 0) {
        struct text run = next_run(sql);
        sql = text_from(sql, run.len);
        bool table = is_word(before, "from") || is_word(before, "join");
        bool set = table && (draft_of(l, run) || framework_called(l->model, run) ||
                             model__asked(l, run).len > 0);
        if (set && !is_named(sql))
            model__mistake(l, at, "set", "the set %.*s needs a name of its own there", TEXT_ARG(run));
        struct text query = set ? meaning(l, at, run) : run;
        whole = whole && query.len > 0;
        buf_add_c(&b, set ? "(" : "");
        buf_add(&b, query);
        buf_add_c(&b, set ? ")" : "");
        if (text_trim(run).len > 0)
            before = run;
    }
    if (b.full)
        model__mistake(l, at, "range", "is too long a query once its sets are put in");
    return b.full || !whole ? TEXT("") : buf_text(&b);
}

/* ---- the files --------------------------------------------------------------------------- */
static bool put_together(struct loader *l, struct set_draft *d)
{
    const struct source *asking = l->file;
    const struct json *at = json_get(d->source->root, "query");
    size_t before = l->mistakes;
    struct text why;
    if (d->done)
        return d->set->query[0] != '\0';
    l->file = d->source;
    d->open = true;
    struct text sql = model__expand(l, at, d->query);
    d->open = false;
    d->done = true;
    if (sql.len > 0 && l->mistakes == before && !guest_check(l->scrap, l->model->guest, sql, &why))
        model__mistake(l, at, "guest", "%.*s", TEXT_ARG(why));
    d->set->query = text_c(l->arena, l->mistakes == before ? sql : TEXT(""));
    l->file = asking;
    return d->set->query[0] != '\0';
}

static void check_name(struct loader *l, const struct set_draft *d)
{
    const struct json *v = json_get(d->source->root, "set");
    struct text name = d->set->name;
    if (name.len == 0)
        return;
    if (!model__name_ok(name) || model__sql_word(name) || text_starts(name, "rows_of_") ||
        text_starts(name, "asked_") || !model__called(d->source, name))
        model__mistake(l, v, "name", "the file of a set is called NAME.json, after a name");
    else if (guest_knows(l->model->guest, name))
        model__mistake(l, v, "clash", "\"%.*s\" is a table already", TEXT_ARG(name));
    for (const struct set_draft *other = l->sets; other < d; other++)
        if (text_same(other->set->name, name))
            model__mistake(l, v, "clash", "\"%.*s\" is already a set: %.*s", TEXT_ARG(name),
                           TEXT_ARG(other->set->source));
}

static void read_set(struct loader *l, const struct source *s, struct set_draft *d)
{
    const struct json *root = s->root;
    d->source = l->file = s;
    d->set->query = "";
    d->set->source = s->shown;
    if (!model__keys(l, root, "set title about query"))
        return;
    d->set->source = model__at(l, json_get(root, "set"));
    d->set->name = model__text(l, root, "set", true);
    d->set->title = model__words(l, root, "title", true);
    d->set->about = model__words(l, root, "about", true);
    d->query = model__text(l, root, "query", true);
    check_name(l, d);
}

void model__sets(struct loader *l, size_t count)
{
    struct model *m = l->model;
    m->sets = NEW_MANY(l->arena, count, struct query_set);
    l->sets = NEW_MANY(l->scrap, count, struct set_draft);
    for (size_t i = 0; i < l->source_count; i++) {
        if (l->sources[i].type != FILE_SET || !l->sources[i].in_force)
            continue;
        l->sets[m->set_count].set = &m->sets[m->set_count];
        read_set(l, &l->sources[i], &l->sets[m->set_count]);
        l->set_count = ++m->set_count;
    }
    for (size_t i = 0; i < l->set_count; i++)
        (void)put_together(l, &l->sets[i]);
}
