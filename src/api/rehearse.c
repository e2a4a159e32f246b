/* SPDX-License-Identifier: Apache-2.0 */
/* api/rehearse.c — a create or a change that is tried: through the one door, rolled back, and
 * answered with what the record would be and what would lie ahead of it. And what if: how a
 * record would stand if what its score counts on worked otherwise; that only reads. */
#include "api/internal.h"

static void put_because(struct json_out *o, const struct because *b)
{
    json_open(o, '[');
    for (size_t i = 0; i < b->count; i++)
        json_put_text(o, b->fields[i]->name);
    json_close(o, ']');
}

/* Why its computed values are what they are, as far as a rule with cases says so. */
static void put_reasons(struct exchange *x, const struct record *rec, struct json_out *o)
{
    const bool *shown = record_sight(x->call, x->records, exchange__db(x), rec);
    json_key(o, "because");
    json_open(o, '{');
    for (size_t i = 0; i < rec->kind->computed_count; i++) {
        const struct field *f = rec->kind->computed[i];
        struct because b = record_because(rec, f);
        if (!b.count || !shown[f->index])
            continue;
        json_key_text(o, f->name);
        put_because(o, &b);
    }
    json_close(o, '}');
}

static void put_need(const struct record *rec, const struct ahead_need *n, struct json_out *o)
{
    const struct field *f = kind_field(rec->kind, n->need->field);
    json_open(o, '{');
    put__text(o, "code", n->need->code);
    put__words(o, "say", n->need->say);
    if (n->need->kind.len)
        put__text(o, "kind", n->need->kind);
    else if (f && f->target_kind)
        put__text(o, "kind", f->target_kind->name);
    if (f)
        put__text(o, "field", f->name);
    put__bool(o, "met", n->met);
    json_key(o, "because");
    put_because(o, &n->because);
    json_close(o, '}');
}

static void put_one_ahead(const struct record *rec, const struct ahead *a, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "move", a->move->name);
    put__words(o, "title", a->move->title);
    put__text(o, "from", rec->kind->states[a->from].name);
    put__text(o, "to", rec->kind->states[a->move->to].name);
    put__bool(o, "holds", a->holds);
    if (!a->holds && a->move->say.en.len)
        put__words(o, "say", a->move->say);
    json_key(o, "missing");
    json_open(o, '[');
    for (size_t i = 0; i < a->missing_count; i++)
        json_put_text(o, a->missing[i]->name);
    json_close(o, ']');
    json_key(o, "needs");
    json_open(o, '[');
    for (size_t i = 0; i < a->need_count; i++)
        put_need(rec, &a->needs[i], o);
    json_close(o, ']');
    json_close(o, '}');
}

static enum err put_ahead(struct exchange *x, const struct record *rec, struct json_out *o)
{
    struct ahead *ahead;
    size_t count;
    TRY(record_ahead(x->call, x->records, exchange__db(x), rec, &ahead, &count));
    json_key(o, "ahead");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        put_one_ahead(rec, &ahead[i], o);
    json_close(o, ']');
    return OK;
}

static enum err put_would_be(struct exchange *x, const struct record *rec, struct json_out *o)
{
    struct record *one = (struct record *)(uintptr_t)rec;
    json_key(o, "would_be");
    json_open(o, '{');
    record_members(x->call, x->records, exchange__db(x), rec, (struct text){0}, o);
    json_close(o, '}');
    json_key(o, "names");
    return record_names(x->call, x->records, exchange__db(x), &one, 1, o);
}

/* A record that is not made has no id and no key: the next number says how many there are. */
static struct record *unnamed(struct exchange *x, const struct record *rec)
{
    struct record *out = NEW(x->call->arena, struct record);
    const struct field *key = kind_field(rec->kind, TEXT("key"));
    *out = *rec;
    out->id = out->key = TEXT("");
    out->values = NEW_MANY(x->call->arena, rec->kind->field_count, const struct json *);
    for (size_t i = 0; i < rec->kind->field_count; i++)
        out->values[i] = i == key->index ? NULL : rec->values[i];
    return out;
}

enum err rehearse__put(struct exchange *x)
{
    const struct record *rec = x->change.record;
    if (x->change.act == RECORD_CREATE)
        rec = unnamed(x, rec);
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__bool(o, "rehearsed", true);
    TRY(put_would_be(x, rec, o));
    put_reasons(x, rec, o);
    TRY(put_ahead(x, rec, o));
    json_close(o, '}');
    return OK;
}

static enum err rehearse(struct exchange *x, enum record_act act)
{
    const struct kind *k;
    int64_t version = 0;
    TRY(record__find_kind(x, &k));
    TRY(exchange__body(x));
    if (request_header(x->request, "if-match").len)
        TRY(record__if_match(x, &version));
    x->change = (struct change){.act = act,
                                .kind = k,
                                .id = act == RECORD_CREATE ? (struct text){0} : x->arg[1],
                                .body = x->json,
                                .if_version = version,
                                .rehearse = true};
    return record__submit(x);
}

enum err rehearse_create(struct exchange *x)
{
    return rehearse(x, RECORD_CREATE);
}

enum err rehearse_change(struct exchange *x)
{
    return rehearse(x, RECORD_CHANGE);
}

/* ---- what if
 * ------------------------------------------------------------------------------------ */
static enum err bad(struct exchange *x, const char *field)
{
    return problem(x->call, ERR_INVALID, text_of(field), "range", "%s",
                   say(x->call, "send controls (at most 100 ids, each with 0 to 100 percent), "
                                "likelihood and consequence (0 to 100 steps)"));
}

static enum err read_steps(struct exchange *x, const char *name, int64_t *out)
{
    const struct json *v = json_get(x->json, name);
    *out = 0;
    if (!v)
        return OK;
    if (v->type != JSON_INTEGER || v->integer < 0 || v->integer > 100)
        return bad(x, name);
    *out = v->integer;
    return OK;
}

static enum err read_supposed(struct exchange *x, struct supposed *s)
{
    TRY(exchange__members(x, "controls:o likelihood:i consequence:i"));
    TRY(read_steps(x, "likelihood", &s->likelihood));
    TRY(read_steps(x, "consequence", &s->consequence));
    const struct json *controls = json_get(x->json, "controls");
    if (!controls)
        return OK;
    if (controls->type != JSON_OBJECT || controls->count > SUPPOSED_MOST)
        return bad(x, "controls");
    for (const struct json *one = controls->first; one; one = one->next) {
        if (one->type != JSON_INTEGER || one->integer < 0 || one->integer > 100)
            return bad(x, "controls");
        s->controls[s->control_count].id = one->key;
        s->controls[s->control_count++].percent = one->integer;
    }
    return OK;
}

/* Whoever may read a record may ask; what they would not see of it they are not told either. */
enum err what_if_post(struct exchange *x)
{
    const struct kind *k;
    struct record *rec, *then;
    struct supposed *s = NEW(x->call->arena, struct supposed);
    TRY(record__find_kind(x, &k));
    TRY(exchange__body(x));
    TRY(read_supposed(x, s));
    TRY(record_read(x->call, x->records, exchange__db(x), k, x->arg[1], 0, &rec));
    TRY(exchange__read(x, rec));
    TRY(record_what_if(x->call, x->records, exchange__db(x), rec, s, &then));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__bool(o, "what_if", true);
    TRY(put_would_be(x, then, o));
    json_close(o, '}');
    return OK;
}
