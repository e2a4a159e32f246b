/* SPDX-License-Identifier: Apache-2.0 */
/* record/change.c — create, change, move: the rules of the one door, on the writer thread,
 * inside the job's savepoint. Refusals collect on the call; the first refused step rolls
 * everything back. */
#include "record/internal.h"

struct record *record__copy(struct arena *a, const struct record *rec)
{
    struct record *copy = NEW(a, struct record);
    *copy = *rec;
    copy->values = NEW_MANY(a, rec->kind->field_count, const struct json *);
    for (size_t i = 0; i < rec->kind->field_count; i++)
        copy->values[i] = rec->values[i];
    return copy;
}

static enum err worse(enum err a, enum err b)
{
    return a == OK ? b : a;
}

/* ---- uniqueness
 * ------------------------------------------------------------------------------------ */
static enum err check_unique(struct writing *w, const struct record *rec, const bool *given)
{
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (!f->unique || !given[i] || value__empty(rec->values[i]))
            continue;
        struct record **others;
        size_t count;
        TRY(query__holding(w->call, w->records, db_tx(w->tx), rec->kind, f,
                           rec->values[i]->text, 1, &others, &count));
        if (!count || text_same(others[0]->id, rec->id))
            continue;
        bool readable; /* which record it is, only those are told who may read it */
        TRY(who__may_read(w->call, w->records, db_tx(w->tx), w->call->actor, others[0],
                          &readable));
        worst = problem_at(w->call, ERR_CONFLICT, f->name, "exists", f->source,
                           readable ? text_print(w->call->arena,
                                                 say(w->call, "is already used by %.*s"),
                                                 TEXT_ARG(others[0]->key))
                                    : text_of(say(w->call, "is already used")));
    }
    return worst;
}

/* ---- create
 * ----------------------------------------------------------------------------------------- */
static void fill_default(struct record *rec, const char *name, const bool *given, struct text v,
                         struct arena *a)
{
    const struct field *f = kind_field(rec->kind, text_of(name));
    if (f && !given[f->index] && !rec->values[f->index] && v.len)
        rec->values[f->index] = json_of_text(a, v);
}

static void fill_defaults(struct writing *w, struct record *rec)
{
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (!w->given[i] && !rec->kind->fields[i].computed)
            rec->values[i] = value__default(w->call, &rec->kind->fields[i]);
    fill_default(rec, "owner", w->given, w->call->actor->person, w->call->arena);
    if (!text_is(rec->kind->is, "unit_tree"))
        fill_default(rec, "unit", w->given, w->call->actor->unit, w->call->arena);
}

enum err change__next_key(struct writing *w, const struct kind *k, struct text *key)
{
    int64_t number;
    TRY(tx_next(w->call, w->tx, k->name, &number));
    *key = text_print(w->call->arena, "%.*s-%04lld", TEXT_ARG(k->prefix), (long long)number);
    return OK;
}

static enum err may_create_here(struct writing *w, const struct record *rec)
{
    bool yes = w->call->actor->all;
    /* Anyone at work may raise something with any unit: what is noticed must not need a map. */
    for (size_t i = 0; i < rec->kind->create.count && !yes; i++)
        yes = text_same(rec->kind->create.one[i].role, ROLE_STAFF) &&
              actor_holds_anywhere(w->call->actor, ROLE_STAFF);
    if (!yes)
        TRY(deputy__matches(w->call, w->records, db_tx(w->tx), rec, &rec->kind->create,
                            &w->call->actor, &yes));
    if (yes)
        return OK;
    struct text who = who__print(w->call, w->records, rec->kind, &rec->kind->create);
    return problem_at(w->call, ERR_DENIED, TEXT("unit"), "who", rec->kind->file,
                      text_print(w->call->arena,
                                 say(w->call, "to create this here one must be: %.*s"),
                                 TEXT_ARG(who)));
}

static enum err create(struct writing *w)
{
    const struct kind *k = w->change->kind;
    struct record *rec = NEW(w->call->arena, struct record);
    *rec = (struct record){.kind = k, .state = k->start, .ledger = -1};
    rec->id = id_new(w->call);
    rec->values = NEW_MANY(w->call->arena, k->field_count, const struct json *);
    for (size_t i = 0; i < k->field_count; i++)
        rec->values[i] = w->values[i];
    fill_defaults(w, rec);
    enum err e = check__references(w->call, w->records, db_tx(w->tx), rec, w->given);
    if (e != OK && e != ERR_INVALID)
        return e;
    TRY(compute__fields(w->call, w->records, db_tx(w->tx), rec, NULL, (struct text){0}));
    e = worse(e, check__required(w->call, rec, rec->state, NULL));
    e = worse(e, check__links(w->call, rec, NULL));
    e = worse(e, hand__present(w, rec, NULL));
    e = worse(e, check_unique(w, rec, w->given));
    e = worse(e, fixed__at_start(w, rec));
    e = worse(e, deputy__check(w, rec, NULL, rec->state));
    e = worse(e, waiver__check(w, rec, NULL, rec->state));
    e = worse(e, view__check(w, rec, NULL));
    e = worse(e, series__check(w, rec));
    e = worse(e, acknowledge__quiz(w->call, rec));
    TRY(e);
    TRY(may_create_here(w, rec));
    TRY(change__next_key(w, k, &rec->key));
    TRY(write__version(w, rec, NULL, "record.create", (struct text){0}, w->change->reason));
    w->change->record = rec;
    return change__react(w, rec, (struct text){0});
}

/* ---- finding what is to be changed
 * --------------------------------------------------------------------- */
static enum err missing(struct call *call, struct text id)
{
    return problem(call, ERR_MISSING, TEXT(""), "missing", say(call, "there is no record %.*s"),
                   TEXT_ARG(id));
}

enum err change__find(struct writing *w, struct record **out)
{
    struct record *rec;
    bool readable = false;
    TRY(table__find(w->call, w->records, db_tx(w->tx), w->change->kind, w->change->id, &rec));
    if (rec)
        TRY(who__may_read(w->call, w->records, db_tx(w->tx), w->call->actor, rec, &readable));
    if (!readable)
        return missing(w->call, w->change->id);
    *out = rec;
    return OK;
}

enum err change__check_version(struct writing *w, const struct record *rec)
{
    if (!w->change->if_version || w->change->if_version == rec->version)
        return OK;
    return problem(w->call, ERR_STALE, TEXT("version"), "stale",
                   say(w->call, "version %lld was expected, but the record is at version %lld"),
                   (long long)w->change->if_version, (long long)rec->version);
}

/* ---- change
 * ------------------------------------------------------------------------------------------------
 */
static bool differs(const struct record *a, const struct record *b)
{
    for (size_t i = 0; i < a->kind->field_count; i++)
        if (!a->kind->fields[i].system && !value__same(a->values[i], b->values[i]))
            return true;
    return false;
}

static enum err may_change(struct writing *w, const struct record *rec)
{
    bool yes = w->call->actor->all;
    if (!yes)
        TRY(deputy__matches(w->call, w->records, db_tx(w->tx), rec, &rec->kind->change,
                            &w->call->actor, &yes));
    if (yes)
        return OK;
    struct text who = who__print(w->call, w->records, rec->kind, &rec->kind->change);
    return problem_at(
        w->call, ERR_DENIED, TEXT(""), "who", rec->kind->file,
        text_print(w->call->arena, say(w->call, "changing this is for: %.*s"), TEXT_ARG(who)));
}

/* Where a unit hangs decides what everybody sees: that is for a role that the model names, over the
 * unit and over its new place; owning the unit is not enough. */
static enum err may_rehang(struct writing *w, const struct record *rec,
                           const struct record *before)
{
    const struct field *parent = kind_field(rec->kind, TEXT("parent"));
    if (!text_is(rec->kind->is, "unit_tree") || !parent || w->call->actor->all ||
        value__same(rec->values[parent->index], before->values[parent->index]))
        return OK;
    struct who_list roles = {NEW_MANY(w->call->arena, rec->kind->change.count + 1, struct who), 0};
    for (size_t i = 0; i < rec->kind->change.count; i++)
        if (rec->kind->change.one[i].role.len)
            roles.one[roles.count++] = rec->kind->change.one[i];
    const struct json *to = rec->values[parent->index];
    struct record *place = NULL, nowhere = {.kind = rec->kind};
    nowhere.values = NEW_MANY(w->call->arena, rec->kind->field_count, const struct json *);
    bool here = false, there = false;
    if (to)
        TRY(table__find(w->call, w->records, db_tx(w->tx), rec->kind, to->text, &place));
    TRY(who__matches(w->call, w->records, db_tx(w->tx), w->call->actor, before, &roles, &here));
    TRY(who__matches(w->call, w->records, db_tx(w->tx), w->call->actor,
                     place ? place : &nowhere, &roles, &there));
    if (here && there)
        return OK;
    struct text who = who__print(w->call, w->records, rec->kind, &roles);
    return problem_at(
        w->call, ERR_DENIED, parent->name, "who", parent->source,
        text_print(
            w->call->arena,
            say(w->call,
                "where a unit hangs decides what everybody sees: moving it is for: %.*s, "
                "of the unit and of its new place"),
            TEXT_ARG(who)));
}

static void apply(struct writing *w, struct record *rec)
{
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (w->given[i])
            rec->values[i] = w->values[i];
}

static bool only_always(const struct record *rec, const bool *given)
{
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (given[i] && !rec->kind->fields[i].always)
            return false;
    return true;
}

/* Whoever may not read a field does not write over it: "unchanged" would tell them what it says. */
static enum err check_sight(struct writing *w, const struct record *before)
{
    enum err worst = OK;
    for (size_t i = 0; i < before->kind->field_count; i++) {
        const struct field *f = &before->kind->fields[i];
        bool yes = true;
        if (w->given[i])
            TRY(who__reads_field(w->call, w->records, db_tx(w->tx), w->call->actor, before, f,
                                 &yes));
        if (!yes)
            worst = problem_at(
                w->call, ERR_DENIED, f->name, "unseen", f->source,
                text_of(say(w->call, "you may not read this field, and so not change it")));
    }
    return worst;
}

enum err change__values(struct writing *w)
{
    struct record *before;
    TRY(change__find(w, &before));
    TRY(may_change(w, before));
    TRY(change__check_version(w, before));
    TRY(check_sight(w, before));
    struct record *rec = record__copy(w->call->arena, before);
    apply(w, rec);
    enum err e = check__references(w->call, w->records, db_tx(w->tx), rec, w->given);
    if (e != OK && e != ERR_INVALID)
        return e;
    e = worse(e, step__mark(w->call, rec, before));
    w->change->record = before;
    if (e == OK && !differs(rec, before)) {
        w->change->unchanged = true;
        return OK;
    }
    TRY(compute__fields(w->call, w->records, db_tx(w->tx), rec, before, (struct text){0}));
    e = worse(e, fixed__locked(w, rec, before));
    e = worse(e, fixed__check(w, rec, before));
    e = worse(e, fixed__tables(w, rec, before));
    e = worse(e, hand__check_change(w, rec, before));
    e = worse(e, check__required(w->call, rec, rec->state, NULL));
    e = worse(e, check__links(w->call, rec, before));
    e = worse(e, hand__present(w, rec, before));
    e = worse(e, check_unique(w, rec, w->given));
    e = worse(e, deputy__check(w, rec, before, rec->state));
    e = worse(e, waiver__check(w, rec, before, rec->state));
    e = worse(e, view__check(w, rec, before));
    e = worse(e, series__check(w, rec));
    e = worse(e, acknowledge__quiz(w->call, rec));
    TRY(e);
    TRY(may_rehang(w, rec, before));
    TRY(may_change(w, rec)); /* it may not be moved out of one's own reach */
    const char *act = only_always(rec, w->given) ? "record.attach" : "record.change";
    TRY(write__version(w, rec, before, act, (struct text){0}, w->change->reason));
    w->change->record = rec;
    return change__react(w, rec, (struct text){0});
}

/* ---- move
 * ------------------------------------------------------------------------------------------------------
 */
static enum err stands_open(struct writing *w, const struct record *before,
                            const struct record *rec, const struct move *m, bool *open)
{
    struct call *probe = call_beside(w->call->arena, w->call);
    struct verdict v;
    probe->actor = w->call->actor;
    enum err e = guard__move(probe, w->records, db_tx(w->tx), before, rec, m, &v);
    *open = e == OK;
    return e == ERR_CONFLICT || e == ERR_DENIED ? OK : e;
}

/* By name, or by the state it leads to: of several the one that this person may make now. */
static enum err pick_move(struct writing *w, const struct record *before,
                          const struct record *rec, const struct move **out)
{
    const struct kind *k = rec->kind;
    const struct move *possible = NULL, *any = NULL;
    bool open = false;
    *out = kind_move(k, w->change->move);
    for (size_t i = 0; !*out && i < k->move_count; i++) {
        const struct move *m = &k->moves[i];
        if (!text_same(k->states[m->to].name, w->change->move))
            continue;
        any = any ? any : m;
        if (!(m->from >> before->state & 1) || m->automatic)
            continue;
        possible = possible ? possible : m;
        TRY(stands_open(w, before, rec, m, &open));
        *out = open ? m : NULL;
    }
    *out = *out ? *out : possible ? possible : any;
    return OK;
}

static enum err check_asked(struct writing *w, const struct record *rec, const struct move *m)
{
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (w->given[i] && !guard__asks(rec->kind, m, rec->kind->fields[i].name) &&
            !propose__takes(m, rec->kind->fields[i].name))
            worst = problem_at(
                w->call, ERR_INVALID, rec->kind->fields[i].name, "not_asked", m->source,
                text_of(
                    say(w->call, "is not asked for by this move; change the record first")));
    return worst;
}

static enum err check_reason(struct writing *w, const struct move *m, const struct verdict *v)
{
    if ((!m->reason && !v->waived) || text_trim(w->change->reason).len)
        return OK;
    if (v->waived)
        return problem_at(
            w->call, ERR_INVALID, TEXT("reason"), "required", m->source,
            text_of(say(w->call, "a reason is required: it goes by a waiver of duties")));
    return problem_at(w->call, ERR_INVALID, TEXT("reason"), "required", m->source,
                      text_of(say(w->call, "a reason is required")));
}

static enum err check_fresh(struct writing *w, const struct move *m)
{
    const struct actor *a = w->call->actor;
    if (!m->fresh || a->type == ACTOR_SYSTEM)
        return OK;
    if (a->type == ACTOR_USER && a->fresh_until >= w->call->now)
        return OK;
    return problem_at(
        w->call, ERR_DENIED, TEXT("password"), "fresh", m->source,
        text_of(say(w->call, "confirm with your password: this move is a signature")));
}

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

static bool holds(const struct condition *c, const struct record *rec)
{
    return !c || condition_holds(c, of_record, (void *)(uintptr_t)rec);
}

static enum err sign_only(struct writing *w, struct record *rec, const struct record *before,
                          const struct move *m, const struct verdict *v)
{
    const struct record *now = before;
    /* What was asked for is part of the signature: it makes nobody an editor. */
    struct record *plain = propose__aside(w->call, rec, before, m, &w->proposed);
    bool again;
    TRY(sign__again(w, before, m, &again));
    w->waived = v->waived;
    if (differs(plain, before) || w->proposed || again || w->waived) {
        rec = plain;
        w->agrees = w->proposed && v->signature_count > 0;
        TRY(write__version(w, rec, before, "record.sign", (struct text){0}, w->change->reason));
        now = rec;
    }
    struct signed_move sign = {.kind = now->kind->name,
                               .record = now->id,
                               .version = now->version,
                               .move = m->name,
                               .until = sign__until(w->call, w->records, &m->steps[v->step - 1]),
                               .side = v->step};
    TRY(signature__write(w->call, w->tx, w->records, &sign));
    TRY(living__write(w, now, now));
    w->change->signed_only = true;
    w->change->waits_for = sign__waits_for(w->call, before, m, v, v->step);
    w->change->record = (struct record *)(uintptr_t)now;
    return OK;
}

/* The first signature covers the record as it stood: whoever signs next agrees or does not. */
static enum err check_signed(struct writing *w, const struct record *rec,
                             const struct record *before, const struct verdict *v,
                             const struct move *m, bool *complete)
{
    *complete = v->left <= 1; /* theirs is the last */
    if (!v->signature_count || !differs(rec, before))
        return OK;
    return problem_at(
        w->call, ERR_CONFLICT, TEXT(""), "signed", m->source,
        text_of(say(w->call, "the first signature covers the record as it is; it cannot "
                             "be changed while signing")));
}

static enum err automatic_moves(struct writing *w, struct record *rec, struct text reason);

static const struct json *setting(struct writing *w, const struct record *rec,
                                  const struct move_setting *s)
{
    struct call *call = w->call;
    struct text t = s->value ? json_text(s->value) : TEXT("");
    int64_t days = 0, today = zone_day(call->zone, call->now);
    if (text_is(t, "@me"))
        return call->actor->person.len ? json_of_text(call->arena, call->actor->person) : NULL;
    if (text_is(t, "@people"))
        return waiver__people(w);
    if (text_starts(t, SET_OTHERS))
        return waiver__others(w, rec, text_from(t, sizeof SET_OTHERS - 1));
    if (text_is(t, "@now"))
        return json_of_text(call->arena, moment_print(call->arena, call->now));
    if (!text_starts(t, "@today"))
        return s->value;
    if (t.len > 7 && !text_integer(text_from(t, 7), &days))
        return NULL;
    return json_of_text(call->arena, date_print(call->arena, (today + days) * 86400000000LL));
}

static enum err make_move(struct writing *w, struct record *rec, const struct record *before,
                          const struct move *m, struct text reason);

/* As the system, which names the cause: nobody has to think of it. */
static enum err push_one(struct writing *w, const struct push *p, const struct record *cause,
                         struct text why, const struct record *item)
{
    const struct move *m = kind_move(p->kind, p->move);
    struct call *probe = call_beside(w->call->arena, w->call);
    if (!(m->from >> item->state & 1) || !holds(m->when, item) ||
        check__required(probe, item, m->to, m) != OK)
        return OK;
    const struct actor *actor = w->call->actor;
    w->call->actor = actor_system(w->call);
    enum err e = make_move(w, record__copy(w->call->arena, item), item, m,
                           text_print(w->call->arena, "%.*s: %.*s", TEXT_ARG(cause->key),
                                      TEXT_ARG(why)));
    w->call->actor = actor;
    return e;
}

#define PUSHED_DEEP 8 /* moves that push moves that push moves … */

static enum err push_all(struct writing *w, const struct record *rec, const struct move *m,
                         struct text reason)
{
    struct text title = words_in(m->title, w->call->lang);
    /* Whoever reads what is pushed need not read the cause. */
    bool told = reason.len && !record_is_restricted(rec);
    struct text why =
        told ? text_print(w->call->arena, "%.*s. %.*s", TEXT_ARG(title), TEXT_ARG(reason))
             : title;
    if (m->push_count && w->pushed >= PUSHED_DEEP)
        return problem(w->call, ERR_BUG, TEXT(""), "pushes", "moves push each other without end");
    w->pushed++;
    for (size_t i = 0; i < m->push_count; i++) {
        const struct push *p = &m->pushes[i];
        struct record **items;
        size_t count;
        if (!holds(p->when, rec))
            continue;
        TRY(related__of_kind(w->call, w->records, db_tx(w->tx), p->kind, p->via,
                             p->of ? json_text(rec->values[p->of->index]) : rec->id, &items,
                             &count));
        for (size_t j = 0; j < count; j++)
            TRY(push_one(w, p, rec, why, items[j]));
    }
    w->pushed--;
    return OK;
}

static enum err make_move(struct writing *w, struct record *rec, const struct record *before,
                          const struct move *m, struct text reason)
{
    rec->state = m->to;
    for (size_t i = 0; i < m->set_count; i++)
        rec->values[m->sets[i].field->index] = setting(w, rec, &m->sets[i]);
    TRY(gather__set(w, rec, m));
    struct made *made;
    TRY(make__plan(w, rec, m, &made));
    if (m->has_every)
        w->timer = timer__fired(w->call, w->change);
    TRY(freeze__set(w->call, w->records, db_tx(w->tx), m, &w->frozen));
    TRY(write__version(w, rec, before, "record.move", m->name, reason));
    TRY(make__all(w, rec, made));
    TRY(push_all(w, rec, m, reason));
    /* What was pushed may have been counted in it. */
    if (m->push_count || made)
        TRY(table__find(w->call, w->records, db_tx(w->tx), rec->kind, rec->id, &rec));
    w->change->record = rec;
    return automatic_moves(w, rec, (struct text){0});
}

#define REACTIONS_MOST 16 /* a circle of automatic moves ends here */

/* A move that the engine makes at once: only when nothing stands in its way. */
static enum err automatic_moves(struct writing *w, struct record *rec, struct text reason)
{
    if (w->reactions >= REACTIONS_MOST)
        return OK;
    for (size_t i = 0; i < rec->kind->move_count; i++) {
        const struct move *m = &rec->kind->moves[i];
        if (!m->automatic || m->on.len || m->has_after || m->take_count || /* series.c */
            !(m->from >> rec->state & 1))
            continue;
        const struct actor *actor = w->call->actor;
        struct call *probe = call_beside(w->call->arena, w->call);
        struct verdict v;
        probe->actor = actor_system(w->call);
        enum err e = guard__move(probe, w->records, db_tx(w->tx), rec, rec, m, &v);
        if (e == OK)
            e = check__required(probe, rec, m->to, m);
        if (e != OK)
            continue;
        w->call->actor = probe->actor;
        w->reactions++;
        e = make_move(w, record__copy(w->call->arena, rec), rec, m, reason);
        w->reactions--;
        w->call->actor = actor;
        return e;
    }
    return OK;
}

enum err change__react(struct writing *w, struct record *rec, struct text cause)
{
    struct text reason = {0};
    if (cause.len)
        reason = text_print(w->call->arena, say(w->call, "Because of %.*s"), TEXT_ARG(cause));
    return automatic_moves(w, rec, reason);
}

static enum err check_move(struct writing *w, struct record *rec, const struct record *before,
                           const struct move *m, struct verdict *v)
{
    struct call *call = w->call;
    enum err e = guard__move(call, w->records, db_tx(w->tx), before, rec, m, v);
    if (e != OK && e != ERR_CONFLICT && e != ERR_DENIED)
        return e;
    enum err rest = worse(check_reason(w, m, v), check__required(call, rec, m->to, m));
    rest = worse(rest, guard__named(call, rec, m));
    rest = worse(rest, until__check(call, w->records, db_tx(w->tx), rec, m));
    if (rest != OK && rest != ERR_CONFLICT && rest != ERR_INVALID)
        return rest;
    e = worse(e, rest == ERR_INVALID ? ERR_CONFLICT : rest);
    return worse(e, check_fresh(w, m));
}

static enum err take_proposed(struct writing *w, struct record *rec,
                              const struct record *before, const struct move *m)
{
    struct verdict v = {0};
    const struct json *proposed;
    if (!m->take_count)
        return OK;
    TRY(sign__standing(w->call, w->records, db_tx(w->tx), before, m, &v));
    TRY(propose__read(w->call, db_tx(w->tx), before, m, &v, &proposed));
    enum err e = propose__apply(w->call, proposed, rec, before, m);
    return worse(e, propose__check(w->call, rec, before, m));
}

static enum err move(struct writing *w)
{
    struct record *before;
    bool stands = true;
    if (w->change->timer.len)
        TRY(timer__stands(w, &stands));
    if (!stands) {
        w->change->unchanged = true;
        return OK;
    }
    TRY(change__find(w, &before));
    TRY(change__check_version(w, before));
    const struct move *m;
    struct record *rec = record__copy(w->call->arena, before);
    apply(w, rec);
    if (hand__named(rec->kind, w->change->move))
        return hand__over(w, rec, before);
    TRY(pick_move(w, before, rec, &m));
    if (!m)
        return problem(w->call, ERR_MISSING, TEXT("move"), "unknown",
                       say(w->call, "there is no move or state called %.*s"),
                       TEXT_ARG(w->change->move));
    TRY(deputy__choose(w->call, w->records, db_tx(w->tx), before, m, &w->call->actor));
    TRY(check_asked(w, before, m));
    TRY(check__references(w->call, w->records, db_tx(w->tx), rec, w->given));
    TRY(hand__present(w, rec, before));
    TRY(take_proposed(w, rec, before, m));
    TRY(fixed__tables(w, rec, before));
    TRY(compute__fields(w->call, w->records, db_tx(w->tx), rec, before, (struct text){0}));
    TRY(until__fill(w->call, w->records, db_tx(w->tx), rec, m));
    struct verdict v;
    bool complete;
    TRY(check_move(w, rec, before, m, &v));
    const struct json *proposed;
    TRY(check_signed(w, propose__aside(w->call, rec, before, m, &proposed), before, &v, m,
                     &complete));
    TRY(check_unique(w, rec, w->given));
    TRY(deputy__check(w, rec, before, m->to));
    TRY(waiver__check(w, rec, before, m->to));
    TRY(view__check(w, rec, before));
    TRY(series__check(w, rec));
    if (!complete)
        return sign_only(w, rec, before, m, &v);
    TRY(waiver__together(w->call, w->records, db_tx(w->tx), before, &v, &w->waived));
    return make_move(w, rec, before, m, w->change->reason);
}

static enum err withdraw(struct writing *w)
{
    struct record *before;
    TRY(change__find(w, &before));
    TRY(change__check_version(w, before));
    return sign__withdraw(w, before);
}

/* ---- the same request twice
 * ---------------------------------------------------------------------------------------- */
/* A key stands for one request, word for word: under a used key nothing else is taken for done.
 */
static struct text fingerprint(struct writing *w)
{
    const struct change *c = w->change;
    struct sha256 *s = sha256_start(w->call->arena);
    struct buf b = buf_in(w->call->arena, 4u << 20);
    struct json_out o = json_out(&b);
    buf_print(&b, "%d\n%.*s\n%.*s\n%.*s\n%.*s\n", (int)c->act, TEXT_ARG(c->kind->name),
              TEXT_ARG(c->id), TEXT_ARG(c->move), TEXT_ARG(c->reason));
    if (c->body)
        json_put_json(&o, c->body);
    sha256_add(s, buf_text(&b));
    struct hash h = sha256_end(s);
    return hex_of(w->call->arena, (struct text){(char *)h.byte, sizeof h.byte});
}

static enum err replay(struct writing *w, bool *found)
{
    struct value values[] = {V_TEXT(w->call->actor->id), V_TEXT(w->change->idempotency)};
    struct rows rows;
    *found = false;
    TRY(tx_rows(w->call, w->tx,
                "SELECT request, record, COALESCE(waits_for, '') FROM idempotency "
                "WHERE actor = $1 AND name = $2",
                values, 2, 1, &rows));
    if (!rows.count)
        return OK;
    if (!text_same(rows.cells[0].text, fingerprint(w)))
        return problem(w->call, ERR_CONFLICT, TEXT(""), "idempotency", "%s",
                       say(w->call, "this Idempotency-Key was used for another request"));
    *found = w->change->replayed = true;
    w->change->id = rows.cells[1].text;
    w->change->waits_for = rows.cells[2].text; /* it was a first signature: so it is again */
    w->change->signed_only = rows.cells[2].text.len > 0;
    return change__find(w, &w->change->record);
}

static enum err remember(struct writing *w)
{
    struct value values[] = {V_TEXT(w->call->actor->id),
                             V_TEXT(w->change->idempotency),
                             V_TEXT(w->change->kind->name),
                             V_TEXT(w->change->record->id),
                             V_TEXT(moment_print(w->call->arena, w->call->now)),
                             V_TEXT(fingerprint(w)),
                             V_TEXT(w->change->waits_for)};
    return tx_exec(w->call, w->tx,
                   "INSERT INTO idempotency(actor, name, kind, record, at, request, waits_for) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   values, 7, NULL);
}

static enum err act(struct writing *w)
{
    switch (w->change->act) {
    case RECORD_CREATE:
        return create(w);
    case RECORD_CHANGE:
        return change__values(w);
    case RECORD_UNDO:
        return batch__undo(w);
    case RECORD_WITHDRAW:
        return withdraw(w);
    case RECORD_REDACT:
        return redact__run(w);
    case RECORD_HOLD:
        return redact__hold(w);
    case RECORD_CLOCK:
        return clock__fire(w);
    case RECORD_MOVE:
        break;
    }
    return move(w);
}

enum err change__run(struct writing *w)
{
    bool again = false;
    bool named = w->change->idempotency.len && !w->change->rehearse;
    if (named) {
        TRY(replay(w, &again));
        if (again)
            return OK;
    }
    const struct actor *actor = w->call->actor; /* may turn out to act as somebody's deputy */
    enum err e = act(w);
    w->call->actor = actor;
    TRY(e);
    if (w->change->batch.len && w->change->act != RECORD_UNDO && !w->change->unchanged &&
        !w->change->rehearse)
        TRY(batch__note(w));
    return named ? remember(w) : OK;
}
