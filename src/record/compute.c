/* SPDX-License-Identifier: Apache-2.0 */
/* record/compute.c — fields nobody types in: named functions over a record and its related
 * records. Arguments come from the model (docs/model.md §6); no function knows a kind. */
#include "record/internal.h"

struct context {
    struct call *call;
    struct records *records;
    struct db db;
    struct record *rec;
    const struct field *field;
    const struct json *args;
};
static struct text word(const struct json *args, const char *key)
{
    return json_text(json_get(args, key));
}

static bool integer_of(const struct record *rec, struct text field, int64_t *out)
{
    const struct json *v = record_value(rec, field);
    if (!v || v->type != JSON_INTEGER)
        return false;
    *out = v->integer;
    return true;
}

static bool state_in(const struct record *rec, const struct json *states)
{
    return value__list_has(states, rec->kind->states[rec->state].name);
}

static enum err related(struct context *c, const struct json *how, struct record ***out,
                        size_t *count)
{
    const struct kind *k = model_kind(c->records->model, word(how, "kind"));
    *count = 0;
    if (!k)
        return OK;
    return related__of_kind(c->call, c->records, c->db, k, word(how, "via"), c->rec->id, out,
                               count);
}

static int64_t at_least(int64_t v, int64_t least)
{
    return v < least ? least : v;
}

/* Steps of reduction from verified treatments: sums of their declared effects. */
static enum err less_by_related(struct context *c, const struct json *less, int64_t *likelihood,
                                int64_t *consequence)
{
    struct record **items;
    size_t count;
    TRY(related(c, less, &items, &count));
    for (size_t i = 0; i < count; i++) {
        int64_t steps;
        if (!state_in(items[i], json_get(less, "in")))
            continue;
        if (integer_of(items[i], word(less, "likelihood"), &steps))
            *likelihood -= steps < 0 ? -steps : steps;
        if (integer_of(items[i], word(less, "consequence"), &steps))
            *consequence -= steps < 0 ? -steps : steps;
    }
    return OK;
}

/* The best control in force takes documented steps off the likelihood: never a typed-in number.
 */
static enum err less_by_controls(struct context *c, const struct json *less,
                                 int64_t *likelihood)
{
    const struct field *f = kind_field(c->rec->kind, word(less, "field"));
    const struct json *ids = f ? c->rec->values[f->index] : NULL;
    int64_t best = 0;
    for (const struct json *id = ids ? ids->first : NULL; id; id = id->next) {
        struct record *control;
        int64_t percent;
        TRY(table__find(c->call, c->records, c->db, f->target_kind, id->text, &control));
        bool counts =
            control && (!json_get(less, "in") || state_in(control, json_get(less, "in")));
        if (counts && integer_of(control, word(less, "percent"), &percent) && percent > best)
            best = percent;
    }
    *likelihood -= best >= 75 ? 3 : best >= 50 ? 2 : best >= 25 ? 1 : 0;
    return OK;
}

static enum err risk_score(struct context *c, const struct json **out)
{
    int64_t consequence = 0, likelihood, one;
    const struct json *fields = json_get(c->args, "consequence");
    for (const struct json *f = fields ? fields->first : NULL; f; f = f->next) {
        if (!integer_of(c->rec, f->text, &one))
            return OK;
        consequence = one > consequence ? one : consequence;
    }
    if (!integer_of(c->rec, word(c->args, "likelihood"), &likelihood))
        return OK;
    const struct json *confidence = record_value(c->rec, word(c->args, "confidence"));
    if (confidence && text_is(confidence->text, "low") && likelihood < 5)
        likelihood++;
    if (json_get(c->args, "less"))
        TRY(less_by_related(c, json_get(c->args, "less"), &likelihood, &consequence));
    if (json_get(c->args, "less_from"))
        TRY(less_by_controls(c, json_get(c->args, "less_from"), &likelihood));
    struct text part = word(c->args, "part");
    int64_t y = at_least(consequence, 1), x = at_least(likelihood, 1);
    *out = node__integer(c->call->arena, text_is(part, "likelihood")    ? x
                                         : text_is(part, "consequence") ? y
                                                                        : x * y);
    return OK;
}

static enum err risk_band(struct context *c, const struct json **out)
{
    static const char *bands[] = {"low", "medium", "high", "very_high"};
    int64_t score, one;
    if (!integer_of(c->rec, word(c->args, "score"), &score))
        return OK;
    int band = score >= 16 ? 3 : score >= 10 ? 2 : score >= 5 ? 1 : 0;
    const struct json *severe = json_get(c->args, "severe");
    for (const struct json *f = severe ? severe->first : NULL; f; f = f->next)
        if (integer_of(c->rec, f->text, &one) && one >= 5 && band < 2)
            band = 2;
    *out = node__text(c->call->arena, text_of(bands[band]));
    return OK;
}

static const struct json *cell(const struct json *row, struct text column)
{
    for (const struct json *one = row->first; one; one = one->next)
        if (text_same(one->key, column))
            return one;
    return NULL;
}

static enum err rows_worst(struct context *c, const struct json **out)
{
    const struct json *rows = record_value(c->rec, word(c->args, "rows"));
    const struct json *worst = NULL;
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next) {
        const struct json *v = cell(row, word(c->args, "column"));
        if (v && v->type == JSON_INTEGER && (!worst || v->integer > worst->integer))
            worst = v;
    }
    if (worst)
        *out = node__integer(c->call->arena, worst->integer);
    return OK;
}

static int64_t integer_arg(const struct json *args, const char *key, int64_t fallback)
{
    const struct json *v = json_get(args, key);
    return v && v->type == JSON_INTEGER ? v->integer : fallback;
}

static enum err rows_any(struct context *c, const struct json **out)
{
    const struct json *rows = record_value(c->rec, word(c->args, "rows"));
    const struct json * or = json_get(c->args, "or");
    bool any = false;
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next) {
        const struct json *v = cell(row, word(c->args, "column"));
        if (!v || v->type != JSON_INTEGER)
            continue;
        any = any || v->integer >= integer_arg(c->args, "at_least", INT64_MAX);
        if (or &&json_true(cell(row, word(or, "when"))))
            any = any || v->integer >= integer_arg(or, "at_least", INT64_MAX);
    }
    *out = node__bool(c->call->arena, any);
    return OK;
}

static enum err related_worst(struct context *c, const struct json **out)
{
    struct record **items;
    size_t count;
    int64_t worst = 0, one;
    bool any = false;
    TRY(related(c, c->args, &items, &count));
    for (size_t i = 0; i < count; i++) {
        if (!state_in(items[i], json_get(c->args, "in")) ||
            !integer_of(items[i], word(c->args, "field"), &one))
            continue;
        worst = !any || one > worst ? one : worst;
        any = true;
    }
    if (any)
        *out = node__integer(c->call->arena, worst);
    return OK;
}

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

static enum err first_match(struct context *c, const struct json **out)
{
    const struct json *cases = json_get(c->args, "cases");
    for (const struct json *one = cases ? cases->first : NULL; one; one = one->next) {
        const struct condition *when =
            condition_from_json(c->call->arena, json_get(one, "when"));
        if (when && condition_holds(when, of_record, c->rec)) {
            *out = json_get(one, "value");
            return OK;
        }
    }
    const struct json *other = json_get(c->args, "else");
    *out = other && other->type != JSON_NULL ? other : NULL;
    return OK;
}

static enum err greatest(struct context *c, const struct json **out)
{
    const struct json *fields = json_get(c->args, "fields");
    int64_t best = 0, one;
    bool any = false;
    for (const struct json *f = fields ? fields->first : NULL; f; f = f->next)
        if (integer_of(c->rec, f->text, &one)) {
            best = !any || one > best ? one : best;
            any = true;
        }
    if (any)
        *out = node__integer(c->call->arena, best);
    return OK;
}

static const struct {
    const char *name;
    enum err (*run)(struct context *, const struct json **out);
} functions[] = {
    {"risk_score", risk_score}, {"risk_band", risk_band},         {"rows_worst", rows_worst},
    {"rows_any", rows_any},     {"related_worst", related_worst}, {"first_match", first_match},
    {"greatest", greatest}};

enum err compute__fields(struct call *call, struct records *r, struct db db, struct record *rec)
{
    for (size_t i = 0; i < rec->kind->computed_count; i++) { /* each after what it builds on */
        const struct field *f = rec->kind->computed[i];
        struct context c = {call, r, db, rec, f, f->computed};
        struct text name = json_text(json_get(f->computed, "fn"));
        size_t fn = 0;
        while (fn < COUNT(functions) && !text_is(name, functions[fn].name))
            fn++;
        if (fn == COUNT(functions))
            return problem(call, ERR_BUG, f->name, "computed", "no function is called %.*s",
                           TEXT_ARG(name));
        rec->values[f->index] = NULL;
        TRY(functions[fn].run(&c, &rec->values[f->index]));
    }
    return OK;
}

/* ---- who looks at this record
 * -------------------------------------------------------------------- */
struct found {
    struct dependent *items;
    size_t count, room;
};

static void add(struct call *call, struct found *f, const struct kind *k, struct text id)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].kind == k && text_same(f->items[i].id, id))
            return;
    if (f->count == f->room) {
        size_t room = f->room ? f->room * 2 : 16;
        struct dependent *more = NEW_MANY(call->arena, room, struct dependent);
        for (size_t i = 0; i < f->count; i++)
            more[i] = f->items[i];
        f->items = more;
        f->room = room;
    }
    f->items[f->count++] = (struct dependent){k, id};
}

static void add_targets(struct call *call, struct found *f, const struct kind *k,
                        const struct json *v)
{
    if (!v)
        return;
    if (v->type == JSON_TEXT)
        add(call, f, k, v->text);
    for (const struct json *one = v->type == JSON_LIST ? v->first : NULL; one; one = one->next)
        add(call, f, k, one->text);
}

static enum err add_referrers(struct call *call, struct db db, struct found *f,
                              const struct kind *k, struct text field, const struct record *rec)
{
    struct value values[] = {V_TEXT(k->name), V_TEXT(field), V_TEXT(rec->id)};
    struct rows rows;
    TRY(db__rows(call, db,
                 "SELECT from_id FROM link WHERE from_kind = $1 AND type = $2 AND to_id = $3",
                 values, 3, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++)
        add(call, f, k, row_at(&rows, i)[0].text);
    return OK;
}

/* Those that named it before may not any more. */
static enum err look(struct call *call, struct db db, struct found *f, const struct edge *e,
                     const struct record *rec, const struct record *before)
{
    if (e->own)
        return add_referrers(call, db, f, e->looks, e->via, rec);
    add_targets(call, f, e->looks, record_value(rec, e->via));
    if (before)
        add_targets(call, f, e->looks, record_value(before, e->via));
    return OK;
}

enum err compute__dependents(struct call *call, struct records *r, struct db db,
                             const struct record *rec, const struct record *before,
                             struct dependent **out, size_t *count)
{
    struct found f = {0};
    for (size_t i = 0; i < r->model->edge_count; i++)
        if (r->model->edges[i].at == rec->kind)
            TRY(look(call, db, &f, &r->model->edges[i], rec, before));
    *out = f.items;
    *count = f.count;
    return OK;
}
