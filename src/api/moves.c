/* SPDX-License-Identifier: Apache-2.0 */
/* api/moves.c — what can happen next with a record: its moves, what is missing for each, whose turn it is,
 * and which records its own offers to begin. */
#include "api/internal.h"

void put__person(struct json_out *o, const char *name, struct text id, struct text title)
{
    json_key(o, name);
    json_open(o, '{');
    put__text(o, "id", id);
    put__text(o, "name", title);
    json_close(o, '}');
}

/* [{"duty", "id", "key", "person", "until"}, …]: by which waiver which duty did not bind whom.
 */
void put__waived(struct json_out *o, const struct json *waived)
{
    json_key(o, "waived");
    json_put_json(o, waived);
}

static enum err put_signatures(struct exchange *x, const char *name,
                               const struct signature *signatures, size_t count,
                               const struct signature *own, struct json_out *o)
{
    struct text *kinds = NEW_MANY(x->call->arena, 2 * count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, 2 * count + 1, struct text);
    struct ref *refs = NEW_MANY(x->call->arena, 2 * count + 1, struct ref);
    for (size_t i = 0; i < count; i++) {
        kinds[i] = kinds[count + i] = TEXT("person");
        ids[i] = signatures[i].person;
        ids[count + i] = signatures[i].stands_for;
    }
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, 2 * count, refs));
    json_key(o, name);
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "person", ids[i]);
        put__text(o, "name", refs[i].title);
        if (signatures[i].stands_for.len)
            put__person(o, "for", signatures[i].stands_for, refs[count + i].title);
        put__text(o, "at", signatures[i].at);
        put__integer(o, "step", signatures[i].step);
        if (signatures[i].until.len)
            put__text(o, "until", signatures[i].until);
        put__bool(o, "own", own != NULL && text_same(own->own_id, signatures[i].own_id));
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

/* Who signs, step by step, as it is for this record now. */
static void put_steps(struct exchange *x, const struct move_view *v, struct json_out *o)
{
    const struct move *m = v->move;
    json_key(o, "steps");
    json_open(o, '[');
    for (size_t i = 0; v->steps != NULL && i < m->step_count; i++) {
        const struct sign_step *step = &m->steps[i];
        json_open(o, '{');
        json_key(o, "by");
        json_open(o, '[');
        struct text names = record_signers(x->call, step);
        while (names.len)
            json_put_text(o, text_cut(&names, ','));
        json_close(o, ']');
        put__bool(o, "applies", v->steps[i].applies);
        put__bool(o, "open", v->steps[i].open);
        put__integer(o, "count", v->steps[i].wanted);
        put__integer(o, "signed", v->steps[i].given);
        if (step->has_expires)
            put__text(o, "expires", step->expires.said);
        json_close(o, '}');
    }
    json_close(o, ']');
    put__bool(o, "ordered", m->ordered);
    if (v->step > 0)
        put__integer(o, "step", v->step);
}

static void put_missing(const struct move_view *v, struct json_out *o)
{
    json_key(o, "missing");
    json_open(o, '[');
    for (size_t i = 0; i < v->missing_count; i++) {
        json_open(o, '{');
        put__text(o, "field", v->missing[i].name);
        put__bool(o, "may_fill", v->missing[i].may_fill);
        put__bool(o, "bars", v->missing[i].bars);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_turn_of(const struct model *m, const struct turn_of *w, const struct ref *person,
                        struct json_out *o)
{
    const struct role *role = w->role.len ? model_role(m, w->role) : NULL;
    json_open(o, '{');
    if (w->person.len) {
        put__text(o, "person", w->person);
        put__text(o, "name", person->title);
    } else if (role) {
        put__text(o, "role", w->role);
        put__words(o, "title", role->title);
    } else
        put__text(o, "field", w->field);
    put__bool(o, "vacant", w->vacant);
    json_close(o, '}');
}

enum err turns__people(struct exchange *x, const struct turn *const *turns, size_t count,
                       struct ref **out)
{
    size_t n = 0, all = 0;
    for (size_t i = 0; i < count; i++)
        all += turns[i]->who_count;
    struct text *kinds = NEW_MANY(x->call->arena, all + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, all + 1, struct text);
    *out = NEW_MANY(x->call->arena, all + 1, struct ref);
    for (size_t i = 0; i < count; i++)
        for (size_t w = 0; w < turns[i]->who_count; w++) {
            kinds[n] = TEXT("person");
            ids[n++] = turns[i]->who[w].person;
        }
    return record_refs(x->call, x->records, exchange__db(x), kinds, ids, n, *out);
}

/* Whose turn it is: in the moves of a record, and in tasks that wait. */
void put__turn(struct exchange *x, const struct turn *t, const struct ref *people,
               struct json_out *o)
{
    json_open(o, '{');
    put__bool(o, "rest", t->rest);
    if (t->move) {
        put__text(o, "move", t->move->name);
        put__words(o, "title", t->move->title);
    }
    put__bool(o, "ready", t->ready);
    put__bool(o, "mine", t->mine);
    if (t->mine && t->as)
        put__person(o, "for", t->as->stands_for, t->as->stands_name);
    put__bool(o, "second", t->second);
    put__bool(o, "vacant", t->vacant);
    json_key(o, "waits_for");
    json_open(o, '[');
    for (size_t i = 0; i < t->who_count; i++)
        put_turn_of(x->model, &t->who[i], &people[i], o);
    json_close(o, ']');
    json_key(o, "lacks");
    put__problems(o, t->lacks ? t->lacks : x->call, NULL);
    json_close(o, '}');
}

static enum err put_move(struct exchange *x, const struct record *rec,
                         const struct move_view *v, struct json_out *o)
{
    const struct move *m = v->move;
    json_open(o, '{');
    put__text(o, "move", m->name);
    put__text(o, "to", rec->kind->states[m->to].name);
    put__words(o, "title", m->title);
    put__bool(o, "allowed", v->allowed);
    put__bool(o, "mine", v->mine);
    if (v->mine && v->as && v->as->stands_for.len)
        put__person(o, "for", v->as->stands_for, v->as->stands_name);
    json_key(o, "asks");
    json_open(o, '[');
    for (size_t i = 0; i < v->ask_count; i++)
        json_put_text(o, v->asks[i]);
    json_close(o, ']');
    put__bool(o, "reason", m->reason || v->waived);
    put__bool(o, "fresh", m->fresh);
    put__bool(o, "stop", m->stop);
    if (v->waived)
        put__waived(o, v->waived);
    json_key(o, "why_not");
    put__problems(o, v->why, v);
    put_missing(v, o);
    put_steps(x, v, o);
    TRY(put_signatures(x, "signatures", v->signatures, v->signature_count, v->own, o));
    if (v->proposed) {
        json_key(o, "proposed");
        json_put_json(o, v->proposed);
    }
    TRY(put_signatures(x, "voided", v->voided, v->voided_count, NULL, o));
    TRY(put_signatures(x, "expired", v->expired, v->expired_count, NULL, o));
    json_close(o, '}');
    return OK;
}

static enum err put_offers(struct exchange *x, const struct record *rec, struct json_out *o)
{
    struct offered *offers;
    size_t count;
    TRY(record_offers(x->call, x->records, exchange__db(x), rec, &offers, &count));
    json_key(o, "offers");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        const struct offer *offer = offers[i].offer;
        json_open(o, '{');
        put__integer(o, "n", offer - rec->kind->offers);
        put__words(o, "title", offer->title);
        put__text(o, "kind", offer->make.kind->name);
        json_key(o, "set");
        json_put_json(o, offers[i].values);
        if (offer->make.link)
            put__text(o, "link", offer->make.link->name);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

enum err moves_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct move_view *views;
    struct turn turn;
    size_t count;
    TRY(record__find_kind(x, &k));
    TRY(record_read(x->call, x->records, exchange__db(x), k, x->arg[1], 0, &rec));
    TRY(record_moves(x->call, x->records, exchange__db(x), rec, &views, &count));
    TRY(record_turn(x->call, x->records, exchange__db(x), rec, &turn));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "moves");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        TRY(put_move(x, rec, &views[i], o));
    json_close(o, ']');
    json_key(o, "turn");
    const struct turn *one = &turn;
    struct ref *people;
    TRY(turns__people(x, &one, 1, &people));
    put__turn(x, &turn, people, o);
    TRY(put_offers(x, rec, o));
    json_close(o, '}');
    return OK;
}
