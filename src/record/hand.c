/* SPDX-License-Identifier: Apache-2.0 */
/* record/hand.c — handing a record over: every kind with an owner has it, in every state, also where
 * fields are locked. It is offered by the owner or by who manages the register, and takes effect when
 * the receiver accepts; until then it can be taken back, or declined. No other way gives an owner
 * away. The versions name who offered what to whom; whoever owned a record stays under the duties of
 * its owner. */
#include "record/internal.h"

static const struct {
    const char *name, *act, *title;
    bool reason;
} acts[] = {
    [HAND_OFFER] = {"hand_over", "record.offer", SAID("Hand over"), true},
    [HAND_ACCEPT] = {"accept_hand_over", "record.hand_over", SAID("Accept the hand-over"),
                     false},
    [HAND_DECLINE] = {"decline_hand_over", "record.decline", SAID("Decline the hand-over"),
                      true},
    [HAND_TAKE_BACK] = {"take_back_hand_over", "record.take_back", SAID("Take back the offer"),
                        false},
};

static const struct field *person_field(const struct kind *k, const char *name)
{
    const struct field *f = kind_field(k, text_of(name));
    return f && f->type->refers == REFERS_ONE && f->target == TO_PERSON && !f->many ? f : NULL;
}

static const struct field *owner_field(const struct kind *k)
{
    return person_field(k, "owner");
}

/* The model may have a move of that name; then that is what is meant. */
enum hand hand__named(const struct kind *k, struct text move)
{
    for (enum hand h = HAND_OFFER; h <= HAND_TAKE_BACK; h++)
        if (text_is(move, acts[h].name))
            return owner_field(k) && person_field(k, "offered_to") && !kind_move(k, move)
                       ? h
                       : HAND_NONE;
    return HAND_NONE;
}

static bool is_offered_to(const struct record *rec, const struct actor *a)
{
    return a->person.len && !a->bare &&
           value__list_has(record_value(rec, TEXT("offered_to")), a->person);
}

/* The owner, or whoever manages the register: those who may archive. */
static enum err may_offer(struct call *call, struct records *r, struct db db,
                          const struct record *rec, bool *out)
{
    const struct move *m = kind_move(rec->kind, TEXT("archive"));
    const struct actor *a = call->actor;
    *out = a->all || (a->person.len && !a->bare &&
                      value__list_has(record_value(rec, TEXT("owner")), a->person));
    if (!*out && m)
        TRY(who__matches(call, r, db, a, rec, &m->by, out));
    return OK;
}

struct move *hand__move(struct call *call, const struct record *rec, enum hand hand)
{
    struct move *m = NEW(call->arena, struct move);
    *m = (struct move){.name = text_of(acts[hand].name),
                       .title = words_said(acts[hand].title),
                       .source = rec->kind->file,
                       .from = UINT64_C(1) << rec->state,
                       .to = rec->state,
                       .ask_count = hand == HAND_OFFER,
                       .reason = acts[hand].reason};
    m->asks = NEW(call->arena, struct text);
    m->asks[0] = TEXT("owner");
    return m;
}

static void view(struct call *call, const struct record *rec, enum hand hand,
                 struct move_view *out, size_t *count)
{
    const struct move *m = hand__move(call, rec, hand);
    out[(*count)++] = (struct move_view){.move = m,
                                         .allowed = true,
                                         .mine = true,
                                         .asks = m->asks,
                                         .ask_count = m->ask_count,
                                         .why = call_beside(call->arena, call)};
}

enum err hand__views(struct call *call, struct records *r, struct db db,
                     const struct record *rec, struct move_view *out, size_t *count)
{
    bool may, offered = !value__empty(record_value(rec, TEXT("offered_to")));
    if (!hand__named(rec->kind, TEXT("hand_over")))
        return OK;
    if (is_offered_to(rec, call->actor)) {
        view(call, rec, HAND_ACCEPT, out, count);
        view(call, rec, HAND_DECLINE, out, count);
    }
    TRY(may_offer(call, r, db, rec, &may));
    if (may)
        view(call, rec, HAND_OFFER, out, count);
    if (may && offered)
        view(call, rec, HAND_TAKE_BACK, out, count);
    return OK;
}

/* ---- whose turn: the receiver's, and who manages the register when the owner has left
 * ---------------------------------------------------------------------- */
enum err hand__turn(struct call *call, struct records *r, struct db db, struct staff *staff,
                    const struct record *rec, enum hand *out)
{
    const struct json *owner = record_value(rec, TEXT("owner"));
    const struct move *m = kind_move(rec->kind, TEXT("archive"));
    bool manager = false;
    *out = HAND_NONE;
    if (!hand__named(rec->kind, TEXT("hand_over")))
        return OK;
    if (is_offered_to(rec, call->actor))
        *out = HAND_ACCEPT;
    if (*out || !owner || !m || rec->kind->states[rec->state].end || !call->actor->person.len)
        return OK;
    enum staff_is is;
    TRY(staff__is(call, db, staff, owner->text, &is));
    if (is == STAFF_LEFT)
        TRY(who__matches(call, r, db, call->actor, rec, &m->by, &manager));
    *out = manager ? HAND_OFFER : HAND_NONE;
    return OK;
}

/* ---- doing it
 * ---------------------------------------------------------------------------------------- */
static enum err refuse(struct writing *w, enum err e, const char *code, const char *english)
{
    return problem(w->call, e, TEXT("owner"), code, "%s", say(w->call, english));
}

static enum err check_may_offer(struct writing *w, const struct record *rec)
{
    bool yes;
    const struct move *m = kind_move(rec->kind, TEXT("archive"));
    TRY(may_offer(w->call, w->records, db_tx(w->tx), rec, &yes));
    if (yes)
        return OK;
    struct text who = m ? who__print(w->call, w->records, rec->kind, &m->by) : TEXT("");
    return problem(w->call, ERR_DENIED, TEXT(""), "who",
                   say(w->call, "handing this over is for its owner, or: %.*s"), TEXT_ARG(who));
}

static enum err check_may(struct writing *w, const struct record *rec, enum hand hand)
{
    bool offered = !value__empty(record_value(rec, TEXT("offered_to")));
    if (hand == HAND_OFFER || hand == HAND_TAKE_BACK)
        TRY(check_may_offer(w, rec));
    if (hand != HAND_OFFER && !offered)
        return problem(w->call, ERR_CONFLICT, TEXT(""), "no_offer", "%s",
                       say(w->call, "is not offered to anybody"));
    if (hand == HAND_OFFER || hand == HAND_TAKE_BACK || is_offered_to(rec, w->call->actor))
        return OK;
    return problem(w->call, ERR_DENIED, TEXT(""), "who", "%s",
                   say(w->call, "is for whom the record is offered to"));
}

static enum err check_receiver(struct writing *w, const struct record *before,
                               const struct json *to)
{
    struct value v = V_TEXT(to->text);
    struct rows rows;
    TRY(tx_rows(w->call, w->tx, "SELECT disabled FROM person WHERE id = $1", &v, 1, 1, &rows));
    if (!rows.count || rows.cells[0].integer)
        return refuse(w, ERR_INVALID, "left", SAID("has left; choose somebody who is here"));
    if (text_same(to->text, w->call->actor->person))
        return refuse(w, ERR_CONFLICT, "self",
                      SAID("cannot be yourself; somebody else must give it to you"));
    if (value__list_has(record_value(before, TEXT("owner")), to->text))
        return refuse(w, ERR_CONFLICT, "same", SAID("owns it already"));
    if (value__list_has(record_value(before, TEXT("offered_to")), to->text))
        return refuse(w, ERR_CONFLICT, "same", SAID("has been offered it already"));
    return OK;
}

/* ---- who has left is given nothing to do --------------------------------------------------- */
static bool names(const struct who_list *list, struct text relation)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_same(list->one[i].relation, relation) && !list->one[i].via.len)
            return true;
    return false;
}

/* Is whoever stands in the field expected to act? People are also named as a matter of record: who
 * took part, who reported it. */
static bool expected_to_act(const struct kind *k, const struct field *f)
{
    if (f->type->refers != REFERS_ONE || f->target != TO_PERSON || f->system || f->computed)
        return false;
    bool any = text_is(f->name, "owner") || k->grants.to == f ||
               names(&k->change, f->name);
    for (size_t i = 0; i < k->move_count; i++)
        for (size_t step = 0; step < k->moves[i].step_count && !any; step++)
            any = names(&k->moves[i].steps[step].by, f->name);
    return any;
}

enum err hand__present(struct writing *w, const struct record *rec, const struct record *before)
{
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        const struct json *now = rec->values[i], *then = before ? before->values[i] : NULL;
        struct rows rows;
        if (!w->given[i] || !expected_to_act(rec->kind, f) || value__empty(now) || (then && json_same(now, then)))
            continue;
        TRY(tx_rows(w->call, w->tx, "SELECT disabled FROM person WHERE id = $1",
                    &V_TEXT(now->text), 1, 1, &rows));
        if (rows.count && rows.cells[0].integer)
            worst = problem(w->call, ERR_INVALID, f->name, "left", "%s",
                            say(w->call, "has left; choose somebody who is here"));
    }
    return worst;
}

static enum err check_given(struct writing *w, const struct record *rec, enum hand hand)
{
    const struct field *owner = owner_field(rec->kind);
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (w->given[i] && (i != owner->index || hand != HAND_OFFER))
            worst = problem(w->call, ERR_INVALID, rec->kind->fields[i].name, "not_asked", "%s",
                            say(w->call, "is not part of handing over"));
    if (hand == HAND_OFFER &&
        (!w->given[owner->index] || value__empty(rec->values[owner->index])))
        worst = refuse(w, ERR_INVALID, "required", SAID("name the new owner"));
    if (acts[hand].reason && !text_trim(w->change->reason).len)
        worst = problem(w->call, ERR_INVALID, TEXT("reason"), "required", "%s",
                        say(w->call, "a reason is required"));
    return worst;
}

enum err hand__over(struct writing *w, struct record *rec, const struct record *before)
{
    enum hand hand = hand__named(rec->kind, w->change->move);
    size_t owner = owner_field(rec->kind)->index;
    size_t offered = person_field(rec->kind, "offered_to")->index;
    TRY(check_may(w, before, hand));
    TRY(check_given(w, rec, hand));
    TRY(check__references(w->call, w->records, db_tx(w->tx), rec, w->given));
    const struct json *to = rec->values[owner];
    if (hand == HAND_OFFER)
        TRY(check_receiver(w, before, to));
    rec->values[owner] = hand == HAND_ACCEPT ? before->values[offered] : before->values[owner];
    rec->values[offered] = hand == HAND_OFFER ? to : NULL;
    TRY(write__version(w, rec, before, acts[hand].act, text_of(acts[hand].name),
                       w->change->reason));
    w->change->record = rec;
    return hand == HAND_ACCEPT ? change__react(w, rec, (struct text){0}) : OK;
}

/* ---- the owner is no field like the others
 * ---------------------------------------------------------------------- */
/* A draft that its author alone has touched and that has never left its start is theirs to give. */
static enum err own_draft(struct call *call, struct db db, const struct record *rec, bool *out)
{
    struct text me = call->actor->person;
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_TEXT(me)};
    struct rows rows;
    *out = false;
    if (!me.len || call->actor->bare || rec->state != rec->kind->start ||
        !value__list_has(record_value(rec, TEXT("author")), me) ||
        !value__list_has(record_value(rec, TEXT("owner")), me))
        return OK;
    TRY(db__rows(call, db,
                 "SELECT 1 FROM contributor WHERE kind = $1 AND id = $2 AND person <> $3 UNION ALL "
                 "SELECT 1 FROM stay WHERE kind = $1 AND id = $2 AND version > 1 UNION ALL "
                 "SELECT 1 FROM past_owner WHERE kind = $1 AND id = $2 UNION ALL "
                 "SELECT 1 FROM signature WHERE kind = $1 AND id = $2 LIMIT 1",
                 values, 3, 1, &rows));
    *out = rows.count == 0;
    return OK;
}

bool record_may_give(struct call *call, struct records *r, struct reader *db,
                     const struct record *rec)
{
    bool yes = value__empty(record_value(rec, TEXT("owner")));
    (void)r;
    return yes || (own_draft(call, db_reader(db), rec, &yes) == OK && yes);
}

/* A record without an owner may be given its first one like any other value. */
enum err hand__check_change(struct writing *w, const struct record *rec,
                            const struct record *before)
{
    const struct field *f = owner_field(rec->kind);
    const struct json *now = f ? rec->values[f->index] : NULL;
    const struct json *then = f ? before->values[f->index] : NULL;
    bool may;
    if (!f || value__empty(then) || !hand__named(rec->kind, TEXT("hand_over")) ||
        (now && text_same(now->text, then->text)))
        return OK;
    TRY(own_draft(w->call, db_tx(w->tx), before, &may));
    return may ? OK
               : problem_at(
                     w->call, ERR_CONFLICT, f->name, "hand_over", f->source,
                     text_of(say(w->call,
                                 "is not changed but handed over: offer it with “Hand over”; "
                                 "it changes when the new owner accepts")));
}

/* ---- what stays with whoever owned it
 * ---------------------------------------------------------------------- */
struct text hand__former(const struct record *rec, const struct record *before)
{
    const struct field *f = owner_field(rec->kind);
    const struct json *then = f && before ? before->values[f->index] : NULL;
    const struct json *now = f ? rec->values[f->index] : NULL;
    bool same = !then || (now && text_same(now->text, then->text));
    return same ? (struct text){0} : then->text;
}

enum err hand__remember(struct writing *w, const struct record *rec, const struct record *before)
{
    struct text was = hand__former(rec, before);
    if (!was.len)
        return OK;
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version),
                             V_TEXT(was)};
    return tx_exec(w->call, w->tx,
                   "INSERT INTO past_owner(kind, id, version, person) VALUES ($1, $2, $3, $4)",
                   values, 4, NULL);
}

static enum err owned(struct call *call, struct db db, struct text kind, struct text id,
                      struct text person, bool *out)
{
    struct value values[] = {V_TEXT(kind), V_TEXT(id), V_TEXT(person)};
    struct rows rows;
    TRY(db__rows(call, db,
                 "SELECT 1 FROM past_owner WHERE kind = $1 AND id = $2 AND person = $3 LIMIT 1",
                 values, 3, 1, &rows));
    *out = *out || rows.count > 0;
    return OK;
}

static enum err bars_owner(struct call *call, struct db db, struct text person,
                           const struct record *rec, const struct who_list *people, bool *out)
{
    for (size_t i = 0; i < people->count && !*out && person.len; i++) {
        const struct who *w = &people->one[i];
        const struct field *via = w->via.len ? kind_field(rec->kind, w->via) : NULL;
        const struct json *of = via ? rec->values[via->index] : NULL;
        if (!text_is(w->relation, "owner"))
            continue;
        if (!w->via.len)
            TRY(owned(call, db, rec->kind->name, rec->id, person, out));
        else if (of && of->type == JSON_TEXT && via->target_kind)
            TRY(owned(call, db, via->target_kind->name, of->text, person, out));
    }
    return OK;
}

/* Whoever acts for somebody is judged as both. */
enum err guard__bars(struct call *call, struct records *r, struct db db,
                     const struct actor *actor, const struct record *rec,
                     const struct who_list *people, bool *out)
{
    TRY(who__duty(call, r, db, actor, rec, people, out));
    TRY(bars_owner(call, db, actor->person, rec, people, out));
    return bars_owner(call, db, actor->stands_for, rec, people, out);
}
