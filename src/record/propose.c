/* SPDX-License-Identifier: Apache-2.0 */
/* record/propose.c — new values that a move takes. Where two sign, the first proposes them: they
 * stand beside the record, in the body of the version that the signature is bound to
 * (`_proposed`), and become the record's with the second. Until then the record says what holds. */
#include "record/internal.h"

static bool same(const struct json *a, const struct json *b)
{
    bool no_a = !a || a->type == JSON_NULL, no_b = !b || b->type == JSON_NULL;
    return no_a || no_b ? no_a && no_b : json_same(a, b);
}

static const struct field *taken(const struct record *rec, const struct move *m, size_t i)
{
    return kind_field(rec->kind, m->takes[i]);
}

bool propose__takes(const struct move *m, struct text field)
{
    return text_among(m->takes, m->take_count, field);
}

/* What stands under the move, given that a signature does: whoever signs a proposal signs a version
 * that has it, their own or that of who was first. */
static enum err read_proposed(struct call *call, struct db db, const struct record *rec,
                              const struct verdict *v, const struct json **out)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id),
                             V_INT(v->signatures[0].version)};
    struct rows rows;
    const struct json *body;
    for (size_t i = 1; i < v->signature_count; i++)
        if (v->signatures[i].version > values[2].integer)
            values[2].integer = v->signatures[i].version;
    TRY(db__rows(call, db,
                 "SELECT body FROM version WHERE kind = $1 AND id = $2 AND version = $3", values, 3,
                 1, &rows));
    if (!rows.count)
        return OK;
    TRY(json_read(call, rows.cells[0].text, &limits, &body));
    *out = json_get(body, "_proposed");
    if (!*out)
        *out = json_get(body, "_agreed");
    return OK;
}

enum err propose__read(struct call *call, struct db db, const struct record *rec,
                       const struct move *m, const struct verdict *v, const struct json **out)
{
    *out = NULL;
    return m->take_count && v->signature_count ? read_proposed(call, db, rec, v, out) : OK;
}

/* The signer agrees with what was proposed, or does not sign. */
enum err propose__apply(struct call *call, const struct json *proposed, struct record *rec,
                        const struct record *before, const struct move *m)
{
    enum err worst = OK;
    for (size_t i = 0; proposed && i < m->take_count; i++) {
        const struct field *f = taken(rec, m, i);
        const struct json *then = before->values[f->index];
        const struct json *v = json_get(proposed, text_c(call->arena, f->name));
        const struct json *want = v ? v : then;
        if (!same(rec->values[f->index], then) && !same(rec->values[f->index], want))
            worst = problem_at(
                call, ERR_CONFLICT, f->name, "signed", m->source,
                text_of(say(call, "is not what the first signature proposes; whoever "
                                  "signs second agrees or does not sign")));
        rec->values[f->index] = want && want->type != JSON_NULL ? want : NULL;
    }
    return worst;
}

/* A move that stays where it is and takes values is a change: it changes something. */
enum err propose__check(struct call *call, const struct record *rec, const struct record *before,
                        const struct move *m)
{
    bool any = !m->take_count || m->to != before->state;
    for (size_t i = 0; i < m->take_count && !any; i++) {
        const struct field *f = taken(rec, m, i);
        any = !same(rec->values[f->index], before->values[f->index]);
    }
    return any ? OK
               : problem_at(call, ERR_CONFLICT, TEXT(""), "nothing", m->source,
                            text_of(say(call, "gives no new value")));
}

/* The record as it stays until the second signature; `out`: what is proposed, NULL for nothing. */
struct record *propose__aside(struct call *call, const struct record *rec,
                              const struct record *before, const struct move *m,
                              const struct json **out)
{
    struct record *plain = record__copy(call->arena, rec);
    struct json *set = node__object(call->arena);
    for (size_t i = 0; i < rec->kind->field_count && m->take_count; i++)
        if (rec->kind->fields[i].computed) /* from what is proposed */
            plain->values[i] = before->values[i];
    for (size_t i = 0; i < m->take_count; i++) {
        const struct field *f = taken(rec, m, i);
        const struct json *v = rec->values[f->index], *then = before->values[f->index];
        plain->values[f->index] = then;
        if (!same(v, then))
            node__add(set, v ? v : NEW(call->arena, struct json), f->name, call->arena);
    }
    *out = set->count ? set : NULL;
    return plain;
}
