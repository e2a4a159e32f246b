/* SPDX-License-Identifier: Apache-2.0 */
/* record/turn.c — whose turn it is with a record: somebody's, always, or the record is at rest. What
 * is said here of one record is said of all of them, in SQL, in query/turns.c. */
#include "record/internal.h"

/* ---- the moves that lead on
 * --------------------------------------------------------------------------------- */
/* 3: on towards a good state; 2: back to work; 1: to any other; 0: not a way for people at all. */
static int leads_on(const struct kind *k, size_t state, const struct move *m)
{
    enum tone to = k->states[m->to].tone;
    if (!(m->from >> state & 1) || m->automatic || m->stop || m->drill ||
        text_is(m->name, "archive"))
        return 0;
    if (to == TONE_OFF || to == TONE_REJECTED || to == TONE_WARN || to == TONE_BAD)
        return 1;
    return m->to > state ? 3 : 2;
}

bool turn__leads_on(const struct kind *k, size_t state, const struct move *m)
{
    return leads_on(k, state, m) == 3;
}

/* The best way that there is from a state; 0: none. */
static int best_way(const struct kind *k, size_t state)
{
    int best = 0;
    for (size_t i = 0; i < k->move_count && best < 3; i++) {
        int way = leads_on(k, state, &k->moves[i]);
        best = way > best ? way : best;
    }
    return best;
}

const struct move *turn__next(const struct kind *k, size_t state, size_t nth)
{
    int best = best_way(k, state);
    for (size_t i = 0; best && i < k->move_count; i++)
        if (leads_on(k, state, &k->moves[i]) == best && nth-- == 0)
            return &k->moves[i];
    return NULL;
}

/* The best way by which somebody is waited for; 0: nobody is. */
static int awaited(const struct kind *k, size_t state)
{
    return k->states[state].rest ? 0 : best_way(k, state);
}

bool turn__waits(const struct kind *k, size_t state)
{
    return awaited(k, state) > 0;
}

/* Whoever signed first must not wait for ever: what takes several is asked for once one has
 * signed. */
static bool is_by_signature(const struct kind *k, size_t state, const struct move *m, int best)
{
    return (m->from >> state & 1) && !m->automatic && move_takes_many(m) &&
           !(best && leads_on(k, state, m) == best);
}

const struct move *turn__move(const struct kind *k, size_t state, size_t nth,
                              bool *by_signature)
{
    int best = awaited(k, state);
    *by_signature = false;
    for (size_t i = 0; best && i < k->move_count; i++)
        if (leads_on(k, state, &k->moves[i]) == best && nth-- == 0)
            return &k->moves[i];
    *by_signature = true;
    for (size_t i = 0; i < k->move_count; i++)
        if (is_by_signature(k, state, &k->moves[i], best) && nth-- == 0)
            return &k->moves[i];
    return NULL;
}

bool turn__signable(const struct kind *k, size_t state)
{
    int best = awaited(k, state);
    for (size_t i = 0; i < k->move_count; i++)
        if (is_by_signature(k, state, &k->moves[i], best))
            return true;
    return false;
}

static void add_turn_field(const struct kind *k, const struct who *w, struct turn_field *out,
                           size_t *count)
{
    const struct field *via = w->via.len ? kind_field(k, w->via) : NULL;
    const struct kind *of = via ? via->target_kind : k;
    const struct field *f = of && w->relation.len ? kind_field(of, w->relation) : NULL;
    if (!f || (w->via.len && (!via || !field__is_column(via))) ||
        (f->type->refers != REFERS_MANY && !field__is_column(f)))
        return;
    if (!via && text_is(f->name, "owner")) /* every living record has a row of its keeper */
        return;
    for (size_t i = 0; i < *count; i++)
        if (out[i].via == via && out[i].field == f)
            return;
    out[(*count)++] = (struct turn_field){via, f};
}

size_t turn__fields(struct arena *a, const struct kind *k, struct turn_field **out)
{
    size_t count = 0, room = 0;
    for (size_t i = 0; i < k->move_count; i++)
        for (size_t step = 0; step < k->moves[i].step_count; step++)
            room += k->moves[i].steps[step].by.count;
    *out = NEW_MANY(a, room + 1, struct turn_field);
    for (size_t s = 0; s < k->state_count; s++) {
        const struct move *m;
        bool by_signature;
        for (size_t nth = 0; (m = turn__move(k, s, nth, &by_signature)); nth++)
            for (size_t step = 0; step < m->step_count; step++)
                for (size_t i = 0; i < m->steps[step].by.count; i++)
                    add_turn_field(k, &m->steps[step].by.one[i], *out, &count);
    }
    return count;
}

bool turn__counts(const struct who_list *list, const struct who *w)
{
    (void)list;
    return !w->everyone && !w->automatic && !text_same(w->role, ROLE_STAFF);
}

/* ---- one record
 * ---------------------------------------------------------------------------------------------- */
struct step { /* a next move, looked at */
    const struct move *move;
    int far; /* -1 nobody has signed it, which alone makes it a turn; 0 its condition does not
                hold, 1 something is missing, 2 nothing is */
    struct call *lacks;
    struct verdict verdict; /* its signatures */
};
struct turning {
    struct call *call;
    struct records *records;
    struct reader *db;
    const struct record *rec;
    struct turn *turn;
    struct step *steps;
    size_t count;
    struct verdict lifted; /* waivers, once they are known */
    struct staff *staff;
};

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

static bool holds(const struct condition *c, const struct record *rec)
{
    return !c || condition_holds(c, of_record, (void *)(uintptr_t)rec);
}

static bool expected(enum err e)
{
    return e == OK || e == ERR_CONFLICT || e == ERR_DENIED || e == ERR_INVALID;
}

static enum err look(struct turning *t, const struct move *m, bool by_signature, struct step *s)
{
    struct move without = *m;
    without.ask_count = 0;
    *s = (struct step){.move = m, .lacks = call_beside(t->call->arena, t->call)};
    s->lacks->actor = t->call->actor;
    TRY(sign__standing(t->call, t->records, db_reader(t->db), t->rec, m, &s->verdict));
    if (by_signature && !s->verdict.signature_count) {
        s->far = -1;
        return OK;
    }
    if (!holds(m->when, t->rec)) {
        struct text words = words_in(m->say, t->call->lang);
        problem_at(s->lacks, ERR_CONFLICT, TEXT(""), "condition", m->source, words);
        return OK;
    }
    struct call *missing = call_beside(t->call->arena, t->call);
    bool lacking = false;
    enum err e = check__required(missing, t->rec, m->to, &without);
    for (struct problem *p = e == OK ? NULL : missing->problems; p; p = p->next) {
        if (guard__asks(t->rec->kind, m, p->field))
            continue;
        lacking = true;
        problem_at(s->lacks, ERR_CONFLICT, p->field, text_c(t->call->arena, p->code), p->source,
                   p->message);
    }
    e = guard__needs(s->lacks, t->records, db_reader(t->db), t->rec, m, true, &s->verdict);
    s->far = lacking || e != OK ? 1 : 2;
    return expected(e) ? OK : e;
}

/* ---- who
 * ------------------------------------------------------------------------------------------------------ */
static void add_person(struct turning *t, struct text id, bool vacant)
{
    struct turn *turn = t->turn;
    for (size_t i = 0; i < turn->who_count; i++)
        if (text_same(turn->who[i].person, id))
            return;
    if (turn->who_count < TURN_WHO_MOST)
        turn->who[turn->who_count++] = (struct turn_of){.person = id, .vacant = vacant};
}

static void add_role(struct turning *t, struct text role, bool vacant)
{
    struct turn *turn = t->turn;
    for (size_t i = 0; i < turn->who_count; i++)
        if (text_same(turn->who[i].role, role))
            return;
    if (turn->who_count < TURN_WHO_MOST)
        turn->who[turn->who_count++] = (struct turn_of){.role = role, .vacant = vacant};
}

static void add_field(struct turning *t, struct text name)
{
    if (t->turn->who_count < TURN_WHO_MOST)
        t->turn->who[t->turn->who_count++] = (struct turn_of){.field = name, .vacant = true};
}

static enum err works_here(struct turning *t, struct text person, bool *yes)
{
    enum staff_is is;
    TRY(staff__is(t->call, db_reader(t->db), t->staff, person, &is));
    *yes = is == STAFF_HERE;
    return OK;
}

/* A duty bars them, and no waiver lifts it. */
static enum err bound(struct turning *t, const struct actor *a, const struct duty *duty,
                      bool *yes)
{
    bool lifted = false;
    TRY(guard__bars(t->call, t->records, db_reader(t->db), a, t->rec, &duty->people, yes));
    if (*yes)
        TRY(waiver__lifts(t->call, t->records, db_reader(t->db), a, t->rec, duty->code,
                          &t->lifted, &lifted));
    *yes = *yes && !lifted;
    return OK;
}

/* Not this one: a duty bars them by what they are to the record, or they have signed. */
static enum err barred(struct turning *t, const struct step *s, struct text person, bool *yes)
{
    struct actor somebody = {.type = ACTOR_USER, .id = person, .person = person};
    *yes = false;
    for (size_t i = 0; i < s->verdict.signature_count; i++)
        *yes = *yes || text_same(s->verdict.signatures[i].person, person);
    for (size_t i = 0; i < s->move->duty_count && !*yes; i++)
        TRY(bound(t, &somebody, &s->move->duties[i], yes));
    return OK;
}

static struct text its_unit(const struct turning *t)
{
    const struct json *unit = record_value(t->rec, TEXT("unit"));
    return unit                                            ? unit->text
           : text_is(t->rec->kind->is, "unit_tree") ? t->rec->id
                                                           : TEXT("");
}

static enum err holds_here(struct turning *t, struct text person, struct text role, bool *yes)
{
    struct value values[] = {V_TEXT(role), V_TEXT(its_unit(t)), V_TEXT(person)};
    struct rows rows;
    TRY(read_rows(t->call, t->db,
                  "SELECT 1 FROM role_grant g WHERE g.role = $1 AND g.state = 'active' AND "
                  "g.person = $3 AND (g.unit = '' OR g.unit IN (SELECT ancestor FROM "
                  "unit_closure WHERE descendant = $2)) LIMIT 1",
                  values, 3, 1, &rows));
    *yes = rows.count > 0;
    return OK;
}

static enum err add_by_role(struct turning *t, const struct step *s, struct text role)
{
    struct value values[] = {V_TEXT(role), V_TEXT(its_unit(t))};
    struct rows rows;
    bool no = true;
    TRY(read_rows(t->call, t->db,
                  "SELECT DISTINCT g.person FROM role_grant g JOIN person p ON p.id = g.person "
                  "WHERE g.role = $1 AND g.state = 'active' AND p.disabled = 0 AND (g.unit = '' "
                  "OR g.unit IN (SELECT ancestor FROM unit_closure WHERE descendant = $2)) "
                  "ORDER BY g.person LIMIT 50",
                  values, 2, 50, &rows));
    for (size_t i = 0; i < rows.count && no; i++)
        TRY(barred(t, s, row_at(&rows, i)[0].text, &no));
    add_role(t, role, no);
    return OK;
}

static enum err add_by_relation(struct turning *t, const struct step *s, const struct who *w)
{
    struct text *people;
    size_t count, before = t->turn->who_count;
    TRY(who__people(t->call, t->records, db_reader(t->db), t->rec, w, &people, &count));
    for (size_t i = 0; i < count; i++) {
        bool no, here;
        TRY(barred(t, s, people[i], &no));
        if (no)
            continue;
        TRY(works_here(t, people[i], &here));
        if (here && w->as.len)
            TRY(holds_here(t, people[i], w->as, &here));
        add_person(t, people[i], !here);
    }
    if (t->turn->who_count == before && !count)
        add_field(t, w->relation);
    return OK;
}

static const struct who its_owner = {.relation = {"owner", 5}}, its_author = {.relation = {"author", 6}};

static const struct who *keeper(const struct record *rec)
{
    return record_value(rec, TEXT("owner")) ? &its_owner : &its_author;
}

static enum err add_side(struct turning *t, const struct step *s, const struct who_list *list)
{
    bool any = false;
    for (size_t i = 0; i < list->count; i++) {
        const struct who *w = &list->one[i];
        if (!turn__counts(list, w))
            continue;
        any = true;
        TRY(w->role.len ? add_by_role(t, s, w->role) : add_by_relation(t, s, w));
    }
    return any ? OK : add_by_relation(t, s, keeper(t->rec));
}

static enum err add_signers(struct turning *t, const struct step *s)
{
    TRY(add_side(t, s, &sign__first_open(s->move, &s->verdict)->by));
    t->turn->second = t->turn->second || s->verdict.signature_count > 0;
    return OK;
}

/* ---- the reader's own part in it
 * ------------------------------------------------------------------------------ */
static enum err of_side(struct turning *t, const struct who_list *list, bool *out)
{
    struct who_list some = {NEW_MANY(t->call->arena, list->count + 1, struct who), 0};
    for (size_t i = 0; i < list->count; i++)
        if (turn__counts(list, &list->one[i]))
            some.one[some.count++] = list->one[i];
    if (!some.count)
        some.one[some.count++] = *keeper(t->rec);
    return who__matches(t->call, t->records, db_reader(t->db), t->call->actor, t->rec, &some,
                        out);
}

static enum err may_sign(struct turning *t, const struct step *s, bool *out)
{
    bool no;
    *out = false;
    for (size_t i = 0; i < s->move->step_count && !*out; i++)
        if (s->verdict.steps[i].open)
            TRY(of_side(t, &s->move->steps[i].by, out));
    *out = *out && !sign__by(&s->verdict, t->call->actor);
    for (size_t i = 0; i < s->move->duty_count && *out; i++) {
        TRY(bound(t, t->call->actor, &s->move->duties[i], &no));
        *out = !no;
    }
    return OK;
}

static enum err may_mend(struct turning *t, bool *out)
{
    struct who_list keep = {(struct who *)(uintptr_t)keeper(t->rec), 1};
    TRY(who__matches(t->call, t->records, db_reader(t->db), t->call->actor, t->rec, &keep, out));
    return *out ? who__may_change(t->call, t->records, db_reader(t->db), t->call->actor, t->rec,
                                  out)
                : OK;
}

static enum err is_mine(struct turning *t, int best, struct text person, bool *out)
{
    *out = false;
    for (size_t i = 0; i < t->count && !*out && person.len; i++)
        if (t->steps[i].far > 0 || best == 0)
            TRY(may_sign(t, &t->steps[i], out));
    if (!*out && best < 2 && person.len)
        TRY(may_mend(t, out));
    return OK;
}

/* ---- together
 * ------------------------------------------------------------------------------------------------ */
static enum err add_everybody(struct turning *t, int best)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->steps[i].far == best)
            TRY(add_signers(t, &t->steps[i]));
    if (best == 2)
        return OK;
    /* Who keeps the record mends what is missing, if they may change it. */
    struct text *people;
    size_t count;
    const struct who *w = keeper(t->rec);
    TRY(who__people(t->call, t->records, db_reader(t->db), t->rec, w, &people, &count));
    bool named = false, here = false;
    for (size_t i = 0; i < t->rec->kind->change.count; i++)
        named = named || (text_same(t->rec->kind->change.one[i].relation, w->relation) &&
                          !t->rec->kind->change.one[i].via.len);
    if (!named || !count)
        return OK;
    TRY(works_here(t, people[0], &here));
    add_person(t, people[0], !here);
    return OK;
}

/* A part of handing over that is the actor's. */
static enum err of_hand(struct turning *t, enum hand hand)
{
    *t->turn = (struct turn){.who = t->turn->who,
                             .move = hand__move(t->call, t->rec, hand),
                             .ready = true,
                             .mine = true};
    add_person(t, t->call->actor->person, false);
    return OK;
}

/* Not the reader's own, but that of somebody for whom they stand in. */
static enum err is_lent(struct turning *t, int best)
{
    const struct actor *own = t->call->actor;
    enum err e = OK;
    for (size_t i = 0; i < own->as_count && !t->turn->mine && e == OK; i++) {
        t->call->actor = t->turn->as = &own->as[i];
        e = is_mine(t, best, own->person, &t->turn->mine);
        t->call->actor = own;
    }
    if (!t->turn->mine)
        t->turn->as = NULL;
    return e;
}

static enum err of_model(struct turning *t)
{
    struct turn *out = t->turn;
    const struct record *rec = t->rec;
    t->steps = NEW_MANY(t->call->arena, rec->kind->move_count + 1, struct step);
    int best = -1;
    bool by_signature;
    const struct move *m;
    for (size_t nth = 0; (m = turn__move(rec->kind, rec->state, nth, &by_signature)); nth++) {
        struct step *s = &t->steps[t->count];
        TRY(look(t, m, by_signature, s));
        t->count += s->far >= 0;
        if (s->far <= best)
            continue;
        best = s->far;
        out->move = m;
        out->lacks = s->lacks;
    }
    out->rest = best < 0;
    if (out->rest)
        return OK;
    out->ready = best == 2;
    TRY(add_everybody(t, best));
    TRY(is_mine(t, best, t->call->actor->person, &out->mine));
    TRY(is_lent(t, best));
    out->vacant = true;
    for (size_t i = 0; i < out->who_count; i++)
        out->vacant = out->vacant && out->who[i].vacant;
    return OK;
}

enum err turn__of(struct call *call, struct records *r, struct reader *db, struct staff *staff,
                  const struct record *rec, struct turn *out)
{
    struct turning t = {
        .call = call, .records = r, .db = db, .rec = rec, .turn = out, .staff = staff};
    *out = (struct turn){.who = NEW_MANY(call->arena, TURN_WHO_MOST, struct turn_of)};
    enum hand hand;
    TRY(hand__turn(call, r, db_reader(db), staff, rec, &hand));
    return hand != HAND_NONE ? of_hand(&t, hand) : of_model(&t);
}

enum err record_turn(struct call *call, struct records *r, struct reader *db,
                     const struct record *rec, struct turn *out)
{
    struct staff staff = {.count = 0};
    return turn__of(call, r, db, &staff, rec, out);
}
