/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/gather.c — gathers: what a move that sets a field to "@records" puts into its
 * rows: what the records say about a time, one read-only query a fact, or records drawn by lot.
 * The words of a fact are those of the column `fact`, so that the rows need no file to be read
 * later. */
#include "model/internal.h"
#include "store/store.h"

#define FACTS_MOST 100

static bool has_option(const struct field *column, struct text value)
{
    for (size_t i = 0; column->scale && i < column->scale->count; i++)
        if (text_same(column->scale->options[i].value, value))
            return true;
    return false;
}

static const struct field *column_of(const struct field *rows, const char *name)
{
    for (size_t i = 0; i < rows->column_count; i++)
        if (text_is(rows->columns[i].name, name))
            return &rows->columns[i];
    return NULL;
}

static bool column_is(const struct field *rows, const char *name, const struct field_type *type)
{
    const struct field *c = column_of(rows, name);
    return c && c->type == type && !c->many;
}

/* ---- the table ------------------------------------------------------------------------------
 */
static bool trend_is_told(const struct field *rows)
{
    const struct field *c = column_of(rows, "trend");
    return !c || (c->type == &type_choice && has_option(c, TEXT("better")) &&
                  has_option(c, TEXT("same")) && has_option(c, TEXT("worse")));
}

static void check_facts(struct loader *l, const struct json *v, const struct field *f)
{
    const struct field *item = column_of(f, "item"), *records = column_of(f, "records");
    bool sound = f->type == &type_rows && column_is(f, "fact", &type_choice) &&
                 column_is(f, "number", &type_integer) &&
                 column_is(f, "previous", &type_integer);
    if (!sound)
        model__mistake(
            l, v, "columns",
            "is filled with the columns fact (choice), number and previous (integer)");
    else if (item && item->type != &type_choice)
        model__mistake(l, v, "columns", "its column item is a choice");
    else if (!trend_is_told(f))
        model__mistake(l, v, "columns", "its column trend is a choice of better, same, worse");
    else if (records && records->type != &type_note)
        model__mistake(l, v, "columns", "its column records is a note");
}

static const struct field *field_of(struct loader *l, const struct json *root, const char *key,
                                    const struct gather *g, const struct field_type *type)
{
    struct text name = model__text(l, root, key, true);
    const struct field *f = g->kind && name.len ? kind_field(g->kind, name) : NULL;
    if (g->kind && name.len && (!f || f->type != type)) {
        model__mistake(l, json_get(root, key), "unknown", "%.*s has no such field \"%.*s\"",
                       TEXT_ARG(g->kind->name), TEXT_ARG(name));
        return NULL;
    }
    return f;
}

/* Registers are named in both tables by the same words. */
static void check_registers(struct loader *l, const struct json *v, const struct field *f)
{
    const struct field *c = column_of(f, "register");
    for (size_t i = 0; c && c->scale && i < c->scale->count; i++)
        if (!model_kind(l->model, c->scale->options[i].value))
            model__mistake(l, v, "unknown", "its register \"%.*s\" is no kind",
                           TEXT_ARG(c->scale->options[i].value));
}

static void check_drawn(struct loader *l, const struct json *v, const struct field *f)
{
    if (!column_is(f, "register", &type_choice) || !column_is(f, "sample", &type_text) ||
        !column_is(f, "sample_version", &type_integer) ||
        !column_is(f, "out_of", &type_integer))
        model__mistake(l, v, "columns",
                       "is filled with the columns register (choice), sample "
                       "(text), sample_version and out_of (integer)");
}

#define SIZE_MOST 200 /* of what is drawn from one register */

static void check_of(struct loader *l, const struct json *v, const struct field *f)
{
    const struct field *size = column_of(f, "size"), *since = column_of(f, "since");
    check_registers(l, v, f);
    if (!column_is(f, "register", &type_choice) || !column_is(f, "size", &type_integer))
        model__mistake(l, v, "columns", "has the columns register (choice) and size (integer)");
    else if (size->min < 1 || size->max > SIZE_MOST)
        model__mistake(l, v, "columns", "its column size is from 1 to at most %d", SIZE_MOST);
    else if (since && since->type != &type_date)
        model__mistake(l, v, "columns", "its column since is a date");
}

/* ---- the facts ------------------------------------------------------------------------------
 */
static int read_better(struct loader *l, const struct json *v)
{
    struct text better = model__text(l, v, "better", false);
    if (!json_get(v, "better") || text_is(better, "more"))
        return better.len ? 1 : 0;
    if (!text_is(better, "fewer"))
        model__mistake(l, json_get(v, "better"), "unknown", "is \"more\" or \"fewer\"");
    return -1;
}

static const char *read_query(struct loader *l, const struct json *v)
{
    struct text sql = model__text(l, v, "query", true);
    if (!sql.len)
        return "";
    struct sql q = model__cut(l, json_get(v, "query"), sql);
    if (!model__column(&q, "kind", model__is_kind, NULL) ||
        !model__column(&q, "id", NULL, NULL))
        model__mistake(l, q.at, "sql", "must give the columns kind and id (AS)");
    return model__query(&q, "$1 $2 $3 $4");
}

static void check_option(struct loader *l, const struct json *v, const struct gather *g,
                         const char *column, struct text value)
{
    const struct field *c = g->into ? column_of(g->into, column) : NULL;
    if (value.len && c && !has_option(c, value))
        model__mistake(l, v, "unknown", "is no value of the column %s", column);
    else if (value.len && g->into && !c)
        model__mistake(l, v, "unknown", "%.*s has no column %s", TEXT_ARG(g->into->name),
                       column);
}

static void read_fact(struct loader *l, const struct json *v, const struct gather *g,
                      struct gather_fact *f)
{
    f->query = "";
    if (!model__keys(l, v, "fact item better query"))
        return;
    f->fact = model__text(l, v, "fact", true);
    f->item = model__text(l, v, "item", g->into && column_of(g->into, "item"));
    f->better = read_better(l, v);
    f->query = read_query(l, v);
    check_option(l, json_get(v, "fact"), g, "fact", f->fact);
    check_option(l, json_get(v, "item"), g, "item", f->item);
    for (const struct gather_fact *other = g->facts; other < f; other++)
        if (text_same(other->fact, f->fact))
            model__mistake(l, json_get(v, "fact"), "twice", "is there already");
}

/* A fact that has words and no query would never be told. */
static void all_are_asked(struct loader *l, const struct json *v, const struct gather *g)
{
    const struct field *c = g->into ? column_of(g->into, "fact") : NULL;
    for (size_t i = 0; c && c->scale && i < c->scale->count; i++) {
        bool asked = false;
        for (size_t j = 0; j < g->fact_count; j++)
            asked |= text_same(g->facts[j].fact, c->scale->options[i].value);
        if (!asked)
            model__mistake(l, v, "missing", "nothing gives the fact \"%.*s\"",
                           TEXT_ARG(c->scale->options[i].value));
    }
}

/* ---- the files ------------------------------------------------------------------------------
 */
static void check_name(struct loader *l, const struct source *s, const struct gather *g)
{
    const struct json *v = json_get(s->root, "gather");
    if (g->name.len && (!model__name_ok(g->name) || !model__called(s, g->name)))
        model__mistake(l, v, "name", "the file of a gather is called NAME.json, after a name");
    for (const struct gather *other = l->model->gathers; other < g; other++)
        if (text_same(other->name, g->name) || (g->into && other->into == g->into))
            model__mistake(l, v, "clash", "%.*s is filled already: %.*s",
                           TEXT_ARG(g->into ? g->into->name : g->name),
                           TEXT_ARG(other->source));
}

/* What only moves may write. */
static const struct field *filled(struct loader *l, const struct json *v, const char *key,
                                  const struct gather *g, const struct field_type *type)
{
    const struct field *f = field_of(l, v, key, g, type);
    if (f && ~f->fixed_in)
        model__mistake(l, json_get(v, key), "fixed",
                       "is filled by moves alone: it needs \"fixed\": \"any\"");
    return f;
}

static void read_facts(struct loader *l, const struct json *root, struct gather *g)
{
    const struct json *facts = model__list(l, root, "facts", true);
    g->from = field_of(l, root, "from", g, &type_date);
    g->to = field_of(l, root, "to", g, &type_date);
    if (g->into)
        check_facts(l, json_get(root, "into"), g->into);
    if (!facts || facts->count == 0 || facts->count > FACTS_MOST) {
        model__mistake(l, facts ? facts : root, "range", "a gather has 1 to %d facts",
                       FACTS_MOST);
        return;
    }
    g->facts = NEW_MANY(l->arena, facts->count, struct gather_fact);
    for (const struct json *v = facts->first; v; v = v->next) {
        read_fact(l, v, g, &g->facts[g->fact_count]);
        g->fact_count++;
    }
    all_are_asked(l, facts, g);
}

static void read_sample(struct loader *l, const struct json *root, struct gather *g)
{
    const struct json *v = json_get(root, "sample");
    if (!model__keys(l, v, "of seed entry"))
        return;
    g->of = field_of(l, v, "of", g, &type_rows);
    g->seed = filled(l, v, "seed", g, &type_text);
    g->entry = filled(l, v, "entry", g, &type_integer);
    if (g->of)
        check_of(l, json_get(v, "of"), g->of);
    if (g->into)
        check_drawn(l, json_get(root, "into"), g->into);
}

static void read_gather(struct loader *l, const struct source *s, struct gather *g)
{
    const struct json *root = s->root;
    bool sample = json_get(root, "sample") != NULL;
    l->file = s;
    g->source = s->shown;
    if (!model__keys(l, root,
                     sample ? "gather kind into sample" : "gather kind into from to facts"))
        return;
    g->source = model__at(l, json_get(root, "gather"));
    g->name = model__text(l, root, "gather", true);
    struct text kind = model__text(l, root, "kind", true);
    g->kind = model_kind(l->model, kind);
    if (kind.len && !g->kind)
        model__mistake(l, json_get(root, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(kind));
    g->into = filled(l, root, "into", g, &type_rows);
    check_name(l, s, g);
    if (sample)
        read_sample(l, root, g);
    else
        read_facts(l, root, g);
}

/* Nobody asked the records before it. */
static void none_is_pushed(struct loader *l, const struct kind *k)
{
    for (size_t i = 0; i < k->move_count; i++)
        for (size_t j = 0; j < k->moves[i].push_count; j++) {
            const struct push *p = &k->moves[i].pushes[j];
            const struct move *m = kind_move(p->kind, p->move);
            for (size_t s = 0; m && s < m->set_count; s++)
                if (m->sets[s].value && text_is(json_text(m->sets[s].value), SET_RECORDS))
                    model__mistake(l, NULL, "pushes",
                                   "%.*s pushes %.*s, which gathers: only people make it",
                                   TEXT_ARG(k->name), TEXT_ARG(m->name));
        }
}

/* "@records" without a file would empty the table. */
static void each_is_filled(struct loader *l, const struct kind *k)
{
    for (size_t i = 0; i < k->move_count; i++)
        for (size_t j = 0; j < k->moves[i].set_count; j++) {
            const struct move_setting *s = &k->moves[i].sets[j];
            if (!s->value || !text_is(json_text(s->value), SET_RECORDS))
                continue;
            if (!model_gather(l->model, s->field))
                model__mistake(l, s->value, "unknown", "no file of gathers/ fills \"%.*s\"",
                               TEXT_ARG(s->field->name));
            if (k->moves[i].automatic)
                model__mistake(l, s->value, "automatic", "an automatic move gathers nothing");
        }
}

void model__gathers(struct loader *l, size_t count)
{
    struct model *m = l->model;
    m->gathers = NEW_MANY(l->arena, count, struct gather);
    for (size_t i = 0; i < l->source_count; i++) {
        if (l->sources[i].type != FILE_GATHER || !l->sources[i].in_force)
            continue;
        read_gather(l, &l->sources[i], &m->gathers[m->gather_count]);
        m->gather_count++;
    }
    for (size_t i = 0; i < m->kind_count; i++) {
        l->file = l->drafts[i].source;
        each_is_filled(l, &m->kinds[i]);
        none_is_pushed(l, &m->kinds[i]);
    }
}
