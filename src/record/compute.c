/* SPDX-License-Identifier: Apache-2.0 */
/* record/compute.c — fields nobody types in: named functions over a record and its related
 * records. Arguments come from the model (docs/model.md §6); no function knows a kind. */
#include "record/compute.h"

struct text compute__word(const struct json *args, const char *key)
{
    return json_text(json_get(args, key));
}

bool compute__integer(const struct record *rec, struct text field, int64_t *out)
{
    const struct json *v = record_value(rec, field);
    if (!v || v->type != JSON_INTEGER)
        return false;
    *out = v->integer;
    return true;
}

bool compute__state_in(const struct record *rec, const struct json *states)
{
    return value__list_has(states, rec->kind->states[rec->state].name);
}

static enum err related(struct context *c, const struct json *how, struct record ***out,
                        size_t *count)
{
    const struct kind *k = model_kind(c->records->model, compute__word(how, "kind"));
    *count = 0;
    if (!k)
        return OK;
    return related__of_kind(c->call, c->records, c->db, k, compute__word(how, "via"), c->rec->id, out,
                               count);
}

static int64_t at_least(int64_t v, int64_t least)
{
    return v < least ? least : v;
}

static int64_t at_most(int64_t v, int64_t most)
{
    return v > most ? most : v;
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
        if (!compute__state_in(items[i], json_get(less, "in")))
            continue;
        if (compute__integer(items[i], compute__word(less, "likelihood"), &steps))
            *likelihood -= steps < 0 ? -steps : steps;
        if (compute__integer(items[i], compute__word(less, "consequence"), &steps))
            *consequence -= steps < 0 ? -steps : steps;
    }
    return OK;
}

/* What is supposed of a control, for the time of the question; false: nothing. */
static bool supposed_of(const struct context *c, struct text id, int64_t *percent)
{
    for (size_t i = 0; c->supposed && i < c->supposed->control_count; i++)
        if (text_same(c->supposed->controls[i].id, id)) {
            *percent = c->supposed->controls[i].percent;
            return true;
        }
    return false;
}

/* The best of those that the record does not name, and that are supposed. */
static int64_t best_supposed(const struct context *c, const struct json *named)
{
    int64_t best = 0;
    for (size_t i = 0; c->supposed && i < c->supposed->control_count; i++)
        if (!value__list_has(named, c->supposed->controls[i].id) &&
            c->supposed->controls[i].percent > best)
            best = c->supposed->controls[i].percent;
    return best;
}

/* The best control in force takes documented steps off the likelihood: never a typed-in number.
 */
static enum err less_by_controls(struct context *c, const struct risk_method *m,
                                 const struct json *less, int64_t *likelihood)
{
    const struct field *f = kind_field(c->rec->kind, compute__word(less, "field"));
    const struct json *ids = f ? c->rec->values[f->index] : NULL;
    int64_t best = best_supposed(c, ids);
    for (const struct json *id = ids ? ids->first : NULL; id; id = id->next) {
        struct record *control;
        int64_t percent;
        if (supposed_of(c, id->text, &percent)) {
            best = percent > best ? percent : best;
            continue;
        }
        TRY(table__find(c->call, c->records, c->db, f->target_kind, id->text, &control));
        bool counts =
            control && (!json_get(less, "in") || compute__state_in(control, json_get(less, "in")));
        if (counts && compute__integer(control, compute__word(less, "percent"), &percent) && percent > best)
            best = percent;
    }
    int64_t steps = 0;
    for (size_t i = 0; i < m->effect_count && best >= m->effects[i].from; i++)
        steps = m->effects[i].likelihood;
    *likelihood -= steps;
    return OK;
}

static bool unsure(const struct context *c, const struct risk_method *m)
{
    const struct json *confidence = record_value(c->rec, compute__word(c->args, "confidence"));
    return m->unsure.len && confidence && text_same(json_text(confidence), m->unsure);
}

static enum err risk_score(struct context *c, const struct json **out)
{
    const struct risk_method *m;
    int64_t consequence = 0, likelihood, one;
    const struct json *fields = json_get(c->args, "consequence");
    for (const struct json *f = fields ? fields->first : NULL; f; f = f->next) {
        if (!compute__integer(c->rec, f->text, &one))
            return OK;
        consequence = one > consequence ? one : consequence;
    }
    if (!compute__integer(c->rec, compute__word(c->args, "likelihood"), &likelihood))
        return OK;
    TRY(compute__risk_method(c, &m));
    if (unsure(c, m) && likelihood < m->likelihood)
        likelihood = at_most(likelihood + m->unsure_steps, m->likelihood);
    if (json_get(c->args, "less"))
        TRY(less_by_related(c, json_get(c->args, "less"), &likelihood, &consequence));
    if (json_get(c->args, "less") && c->supposed) {
        likelihood -= c->supposed->likelihood;
        consequence -= c->supposed->consequence;
    }
    if (json_get(c->args, "less_from"))
        TRY(less_by_controls(c, m, json_get(c->args, "less_from"), &likelihood));
    struct text part = compute__word(c->args, "part");
    int64_t y = at_least(consequence, 1), x = at_least(likelihood, 1);
    *out = json_of_integer(c->call->arena, text_is(part, "likelihood")    ? x
                                         : text_is(part, "consequence") ? y
                                                                        : record_score(m, x, y));
    return OK;
}

static enum err rows_worst(struct context *c, const struct json **out)
{
    const struct json *rows = record_value(c->rec, compute__word(c->args, "rows"));
    const struct json *worst = NULL;
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next) {
        const struct json *v = json_named(row, compute__word(c->args, "column"));
        if (v && v->type == JSON_INTEGER && (!worst || v->integer > worst->integer))
            worst = v;
    }
    if (worst)
        *out = json_of_integer(c->call->arena, worst->integer);
    return OK;
}

static int64_t integer_arg(const struct json *args, const char *key, int64_t fallback)
{
    const struct json *v = json_get(args, key);
    return v && v->type == JSON_INTEGER ? v->integer : fallback;
}

static enum err rows_any(struct context *c, const struct json **out)
{
    const struct json *rows = record_value(c->rec, compute__word(c->args, "rows"));
    const struct json * or = json_get(c->args, "or");
    bool any = false;
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next) {
        const struct json *v = json_named(row, compute__word(c->args, "column"));
        if (!v || v->type != JSON_INTEGER)
            continue;
        any = any || v->integer >= integer_arg(c->args, "at_least", INT64_MAX);
        if (or &&json_true(json_named(row, compute__word(or, "when"))))
            any = any || v->integer >= integer_arg(or, "at_least", INT64_MAX);
    }
    *out = json_of_bool(c->call->arena, any);
    return OK;
}

static enum err related_worst(struct context *c, const struct json **out)
{
    const struct kind *k = model_kind(c->records->model, compute__word(c->args, "kind"));
    const struct field *via = k ? kind_field(k, compute__word(c->args, "via")) : NULL;
    const struct field *f = k ? kind_field(k, compute__word(c->args, "field")) : NULL;
    int64_t worst;
    bool any = false;
    if (via && f)
        TRY(query__worst(c->call, c->records, c->db, k, via, c->rec->id,
                         json_get(c->args, "in"), f, &any, &worst));
    if (any)
        *out = json_of_integer(c->call->arena, worst);
    return OK;
}

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

bool compute__case_holds(const struct context *c, size_t nth)
{
    const struct condition *when = nth < c->field->case_count ? c->field->cases[nth] : NULL;
    return !when || condition_holds(when, of_record, c->rec);
}

ptrdiff_t compute__rank(const struct scale *s, const struct json *value)
{
    for (size_t i = 0; s && i < s->count; i++)
        if (value->type == JSON_TEXT && text_same(s->options[i].value, value->text))
            return (ptrdiff_t)i;
    return -1;
}

static enum err first_match(struct context *c, const struct json **out)
{
    const struct json *cases = json_get(c->args, "cases");
    size_t nth = 0;
    for (const struct json *one = cases ? cases->first : NULL; one; one = one->next, nth++)
        if (compute__case_holds(c, nth)) {
            *out = json_get(one, "value");
            return OK;
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
        if (compute__integer(c->rec, f->text, &one)) {
            best = !any || one > best ? one : best;
            any = true;
        }
    if (any)
        *out = json_of_integer(c->call->arena, best);
    return OK;
}

enum err compute__of(struct context *c, const struct json **out)
{
    const struct field *via = kind_field(c->rec->kind, compute__word(c->args, "ref"));
    const struct json *id = via ? c->rec->values[via->index] : NULL;
    struct record *target = NULL;
    if (id && via->target_kind && id->type == JSON_TEXT)
        TRY(table__find(c->call, c->records, c->db, via->target_kind, id->text, &target));
    if (target)
        *out = record_value(target, compute__word(c->args, "value"));
    return OK;
}

static const struct {
    const char *name;
    enum err (*run)(struct context *, const struct json **out);
} functions[] = {{"risk_score", risk_score},
                 {"risk_band", compute__risk_band},
                 {"rows_worst", rows_worst},
                 {"rows_any", rows_any},
                 {"rows_meet", compute__rows_meet},
                 {"answered", compute__answered},
                 {"decided", compute__decided},
                 {"latest", compute__latest},
                 {"reaches", compute__reaches},
                 {"related_worst", related_worst},
                 {"first_match", first_match},
                 {"greatest", greatest},
                 {"of", compute__of},
                 {"in_force", compute__in_force},
                 {"judged", compute__judged},
                 {"of_criteria", compute__of_criteria},
                 {"who_set", compute__who_set},
                 {"who_moved", compute__who_moved},
                 {"last_of", compute__last_of},
                 {"kept", compute__kept},
                 {"exceeds", compute__exceeds},
                 {"same_person", compute__same_person},
                 {"clock", compute__clock},
                 {"standing", compute__standing},
                 {"keep", compute__keep},
                 {"keep_standing", compute__keep_standing},
                 {"in_step", compute__in_step},
                 {"blanks", compute__blanks}};

static enum err compute_one(struct context *c)
{
    const struct field *f = c->field;
    struct text name = json_text(json_get(f->computed, "fn"));
    for (size_t fn = 0; fn < COUNT(functions); fn++)
        if (text_is(name, functions[fn].name)) {
            const struct json *value = NULL;
            TRY(functions[fn].run(c, &value));
            c->rec->values[f->index] = value;
            return OK;
        }
    return problem(c->call, ERR_BUG, f->name, "computed", "no function is called %.*s",
                   TEXT_ARG(name));
}

/* In the order of what needs what, as the loader has found it. */
static enum err fields(struct call *call, struct records *r, struct db db, struct record *rec,
                       const struct record *before, struct text move, const struct supposed *s)
{
    struct measure measure = {0};
    for (size_t i = 0; i < rec->kind->computed_count; i++) {
        struct context c = {.call = call,
                            .records = r,
                            .db = db,
                            .rec = rec,
                            .before = before,
                            .move = move,
                            .measure = &measure,
                            .supposed = s,
                            .field = rec->kind->computed[i],
                            .args = rec->kind->computed[i]->computed};
        TRY(compute_one(&c));
    }
    return OK;
}

enum err compute__fields(struct call *call, struct records *r, struct db db, struct record *rec,
                         const struct record *before, struct text move)
{
    TRY(step__mark(call, rec, before));
    return fields(call, r, db, rec, before, move, NULL);
}

enum err compute__supposed(struct call *call, struct records *r, struct db db,
                           struct record *rec, const struct record *before,
                           const struct supposed *s)
{
    return fields(call, r, db, rec, before, (struct text){0}, s);
}

/* ---- who looks at this record
 * -------------------------------------------------------------------- */
struct found {
    struct dependent *items;
    size_t count, room, most;
    bool many;
    struct map *ids; /* no two records of any kind have one id */
};

static void add(struct call *call, struct found *f, const struct kind *k, struct text id)
{
    if (!f->ids)
        f->ids = map_in(call->arena);
    if (!map_add(f->ids, id, f->count))
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

static enum err add_referrers(struct call *call, struct records *r, struct db db,
                              struct found *f, const struct kind *k, const struct field *field,
                              const struct record *rec)
{
    struct rows rows;
    TRY(query__holders(call, r, db, k, field, rec->id, TEXT(""), f->most + 1, &rows));
    f->many = f->many || rows.count > f->most;
    for (size_t i = 0; i < rows.count && rows.count <= f->most; i++)
        add(call, f, k, row_at(&rows, i)[0].text);
    return OK;
}

/* "@system.owner": the records whose `system` is this one, when its owner is another now. */
static enum err add_named(struct call *call, struct records *r, struct db db, struct found *f,
                          const struct kind *k, const struct json *as, const struct record *rec,
                          const struct record *before)
{
    for (const struct json *one = as ? as->first : NULL; one; one = one->next) {
        struct text rest = text_from(one->text, 1);
        if (text_find(rest, '.') < 0)
            continue;
        const struct field *via = kind_field(k, text_cut(&rest, '.'));
        const struct json *now = record_value(rec, rest);
        const struct json *then = before ? record_value(before, rest) : NULL;
        bool same = !now || !then ? now == then : json_same(now, then);
        if (!via || via->target_kind != rec->kind || same)
            continue;
        struct record **items;
        size_t count;
        TRY(query__living(call, r, db, k, via, rec->id, &items, &count));
        for (size_t i = 0; i < count; i++)
            add(call, f, k, items[i]->id);
    }
    return OK;
}

/* Those that named it before may not any more. */
static enum err look(struct call *call, struct records *r, struct db db, struct found *f,
                     const struct edge *e, const struct record *rec, const struct record *before)
{
    if (e->own)
        return add_referrers(call, r, db, f, e->looks, kind_field(e->looks, e->via), rec);
    add_targets(call, f, e->looks, record_value(rec, e->via));
    if (before)
        add_targets(call, f, e->looks, record_value(before, e->via));
    return OK;
}

enum err compute__dependents(struct call *call, struct records *r, struct db db,
                             const struct record *rec, const struct record *before, size_t most,
                             struct dependents *out)
{
    struct found f = {.most = most};
    for (size_t i = 0; i < r->model->edge_count; i++)
        if (r->model->edges[i].at == rec->kind)
            TRY(look(call, r, db, &f, &r->model->edges[i], rec, before));
    for (size_t k = 0; k < r->model->kind_count; k++)
        for (size_t i = 0; i < r->model->kinds[k].computed_count; i++) {
            const struct json *computed = r->model->kinds[k].computed[i]->computed;
            if (text_is(json_text(json_get(computed, "fn")), "same_person"))
                TRY(add_named(call, r, db, &f, &r->model->kinds[k], json_get(computed, "as"), rec,
                              before));
        }
    *out = (struct dependents){f.items, f.count, f.many};
    return OK;
}
