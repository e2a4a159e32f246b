/* SPDX-License-Identifier: Apache-2.0 */
/* record/guard.c — may this move happen now? Who, separation of duties, conditions, and what
 * must be true of other records. Looking (GET moves) and doing run the same code, so that the
 * page can never promise what the door refuses. Every reason is named, not just the first. */
#include "record/internal.h"

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

bool guard__holds(const struct condition *c, const struct record *rec)
{
    return !c || condition_holds(c, of_record, (void *)(uintptr_t)rec);
}

static struct text state_title(struct call *call, const struct record *rec, size_t state)
{
    return words_in(rec->kind->states[state].title, call->lang);
}

static enum err check_from(struct call *call, const struct record *rec, const struct move *m)
{
    if (m->from >> rec->state & 1)
        return OK;
    return problem_at(call, ERR_CONFLICT, TEXT("state"), "state", m->source,
                      text_print(call->arena, say(call, "is not possible from “%.*s”"),
                                 TEXT_ARG(state_title(call, rec, rec->state))));
}

/* The row of a framework that the record stands for in its register, and nobody else does. */
static const struct requirement *stands_for(const struct records *r, const struct record *rec,
                                            const struct framework **of)
{
    for (size_t i = 0; i < r->model->framework_count; i++) {
        const struct framework *f = &r->model->frameworks[i];
        const struct json *row =
            text_same(f->register_kind, rec->kind->name) ? record_value(rec, f->register_field) : NULL;
        const struct requirement *found = row ? model_requirement(r->model, row->text) : NULL;
        if (found != NULL && found >= f->rows && found < f->rows + f->row_count) {
            *of = f;
            return found;
        }
    }
    return NULL;
}

static enum err check_kept(struct call *call, const struct record *rec, const struct move *m)
{
    struct text field = rec->kind->keeps_until;
    const struct json *until = field.len ? record_value(rec, field) : NULL;
    if (!until || text_compare(until->text, zone_today(call->arena, call->zone, call->now)) < 0)
        return OK;
    return problem_at(
        call, ERR_CONFLICT, field, "kept", m->source,
        text_print(call->arena, say(call, "must be kept until %.*s"), TEXT_ARG(until->text)));
}

/* What is put away leaves every list: not while it must be kept, and never the record that stands
 * for a row of a framework in force. */
static enum err check_archive(struct call *call, struct records *r, const struct record *rec,
                              const struct move *m)
{
    const struct framework *of = NULL;
    if (!text_is(rec->kind->states[m->to].name, "archived"))
        return OK;
    const struct requirement *row = stands_for(r, rec, &of);
    if (row == NULL)
        return check_kept(call, rec, m);
    struct text title = words_in(of->title, call->lang);
    return problem_at(
        call, ERR_CONFLICT, TEXT(""), "register", m->source,
        text_print(call->arena,
                   say(call,
                       "stands for %.*s of %.*s and stays: every row has a record, always. "
                       "What does not apply is left out, with a reason"),
                   TEXT_ARG(row->row), TEXT_ARG(title)));
}

static enum err not_theirs(struct call *call, struct records *r, const struct kind *k,
                           const struct move *m, const struct who_list *side)
{
    struct text who = who__print(call, r, k, side);
    return problem_at(call, ERR_DENIED, TEXT(""), "who", m->source,
                      text_print(call->arena, say(call, "is for: %.*s"), TEXT_ARG(who)));
}

static enum err waits(struct call *call, struct records *r, const struct kind *k,
                      const struct move *m, const struct verdict *v)
{
    struct text who = who__print(call, r, k, &sign__first_open(m, v)->by);
    if (v->early)
        return problem_at(call, ERR_CONFLICT, TEXT(""), "order", m->source,
                          text_print(call->arena,
                                     say(call, "is signed in order, and before that by: %.*s"),
                                     TEXT_ARG(who)));
    return problem_at(call, ERR_CONFLICT, TEXT(""), "second", m->source,
                      text_print(call->arena,
                                 v->wanted <= 2
                                     ? say(call, "waits for a second signature by: %.*s")
                                     : say(call, "waits for another signature by: %.*s"),
                                 TEXT_ARG(who)));
}

/* What a machine says is judged by people: no token decides a review, whoever's it is. */
static enum err check_person(struct call *call, struct records *r, const struct record *rec,
                             const struct move *m)
{
    enum actor_type type = call->actor->type;
    if (rec->kind != r->model->review_kind || type == ACTOR_USER || type == ACTOR_SYSTEM)
        return OK;
    return problem_at(call, ERR_DENIED, TEXT(""), "person", m->source,
                      text_of(say(call, "only a signed-in person can do this")));
}

/* Who could sign in several steps signs in the first that is still open. */
static enum err check_who(struct call *call, struct records *r, struct db db,
                          const struct record *rec, const struct move *m, struct verdict *v)
{
    TRY(sign__step(call, r, db, rec, m, v));
    if (!v->mine)
        return not_theirs(call, r, rec->kind, m, &sign__first_open(m, v)->by);
    if (v->step || sign__by(v, call->actor)) /* told as their own signature */
        return OK;
    return waits(call, r, rec->kind, m,
                 v); /* theirs is signed already, or not yet to be signed */
}

static enum err check_duties(struct call *call, struct records *r, struct db db,
                             const struct record *rec, const struct move *m, struct verdict *v)
{
    enum err worst = OK;
    for (size_t i = 0; i < m->duty_count; i++) {
        bool hit, waived;
        TRY(guard__bars(call, r, db, call->actor, rec, &m->duties[i].people, &hit));
        if (hit)
            TRY(waiver__lifts(call, r, db, call->actor, rec, m->duties[i].code, v, &waived));
        if (!hit || waived)
            continue;
        struct text who = who__print(call, r, rec->kind, &m->duties[i].people);
        worst = problem_at(
            call, ERR_CONFLICT, TEXT(""), text_c(call->arena, m->duties[i].code), m->source,
            text_print(call->arena, say(call, "Separation of duties (%.*s): not by %.*s"),
                       TEXT_ARG(m->duties[i].code), TEXT_ARG(who)));
    }
    return worst;
}

/* ---- needs
 * --------------------------------------------------------------------------------------- */
static bool in_states(const struct need *need, const struct record *rec)
{
    struct text state = rec->kind->states[rec->state].name;
    return text_among(need->states, need->state_count, state);
}

enum err guard__block(struct call *call, struct records *r, struct db db,
                      const struct record *rec, size_t number, struct verdict *v)
{
    bool readable;
    TRY(who__may_read(call, r, db, call->actor, rec, &readable));
    if (!readable || v->blocker_count >= 100)
        return OK;
    if (!v->blockers)
        v->blockers = NEW_MANY(call->arena, 100, struct blocker);
    const struct json *title = record_value(rec, TEXT("title"));
    v->blockers[v->blocker_count++] =
        (struct blocker){number,
                         {rec->kind->name, rec->id, rec->key, title ? title->text : rec->key,
                          rec->kind->states[rec->state].name}};
    return OK;
}

/* It came to its state, by a move, after that time. */
static enum err came_after(struct call *call, struct db db, const struct record *rec,
                           const struct json *time, bool *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id),
                             V_TEXT(json_text(time))};
    struct rows rows;
    if (!time)
        return OK;
    TRY(db__rows(call, db,
                 "SELECT 1 FROM version WHERE kind = $1 AND id = $2 AND COALESCE(alters, 1) = 2 AND "
                 "at > $3 LIMIT 1",
                 values, 3, 1, &rows));
    *out = rows.count > 0;
    return OK;
}

enum err guard__need(struct call *call, struct records *r, struct db db,
                     const struct record *rec, const struct move *m, const struct need *need,
                     struct verdict *v)
{
    if (!guard__holds(need->only, rec))
        return OK;
    struct record **related;
    size_t count, good = 0;
    TRY(related__records(call, r, db, need, rec, &related, &count));
    bool *meets = NEW_MANY(call->arena, count + 1, bool);
    for (size_t i = 0; i < count; i++) {
        meets[i] = in_states(need, related[i]);
        if (meets[i] && need->since.len)
            TRY(came_after(call, db, related[i], record_value(rec, need->since), &meets[i]));
        good += meets[i];
    }
    bool enough = (int64_t)good >= need->least;
    if (enough && (!need->every || good == count))
        return OK;
    size_t number = call->problem_count;
    struct text say_words = words_in(need->say, call->lang), words = say_words;
    if (count)
        words = text_print(call->arena, say(call, "%.*s (%zu of %zu)"), TEXT_ARG(say_words),
                           good, count);
    const char *code = need->code.len ? text_c(call->arena, need->code) : "needs";
    enum err e = problem_at(call, ERR_CONFLICT, need->field, code,
                            need->source.len ? need->source : m->source, words);
    for (size_t i = 0; i < count; i++)
        if (!meets[i])
            TRY(guard__block(call, r, db, related[i], number, v));
    return e;
}

enum err guard__needs(struct call *call, struct records *r, struct db db,
                      const struct record *rec, const struct move *m, bool looking,
                      struct verdict *v)
{
    enum err worst = OK;
    for (size_t i = 0; i < m->need_count; i++) {
        if (looking && m->needs[i].field.len && guard__asks(rec->kind, m, m->needs[i].field))
            continue;
        enum err e = guard__need(call, r, db, rec, m, &m->needs[i], v);
        if (e != OK && e != ERR_CONFLICT)
            return e;
        worst = e != OK ? e : worst;
    }
    return worst;
}

static enum err check_when(struct call *call, const struct record *rec, const struct move *m)
{
    if (guard__holds(m->when, rec))
        return OK;
    struct text words = words_in(m->say, call->lang);
    if (!words.len)
        words = text_of(say(call, "the record does not meet the condition of this move"));
    return problem_at(call, ERR_CONFLICT, TEXT(""), "condition", m->source, words);
}

/* ---- signatures
 * ------------------------------------------------------------------------------------- */
static enum err check_own_signature(struct call *call, const struct move *m,
                                    const struct verdict *v)
{
    if (!sign__by(v, call->actor))
        return OK;
    return problem_at(call, ERR_CONFLICT, TEXT(""), "signed", m->source,
                      text_of(v->wanted <= 2
                                  ? say(call, "you have signed; a second person must sign too")
                                  : say(call, "you have signed; others must sign too")));
}

/* Who signs beside a name that somebody else put there would give it what it lacks. */
static enum err check_forged(struct call *call, const struct move *m, const struct verdict *v)
{
    if (!v->forged)
        return OK;
    return problem_at(
        call, ERR_CONFLICT, TEXT(""), "tampering", m->source,
        text_of(
            say(call,
                "a signature under this move stands in the database and not in the ledger: it "
                "was put there outside this program and does not count. Nothing is signed "
                "here until it is gone; have aimwell verify --deep run")));
}

static enum err worse(enum err a, enum err b)
{
    if (a == OK || b == OK)
        return a == OK ? b : a;
    return a == ERR_DENIED || b == ERR_DENIED ? ERR_DENIED : a;
}

static bool is_refusal(enum err e)
{
    return e == OK || e == ERR_CONFLICT || e == ERR_DENIED;
}

enum err guard__move(struct call *call, struct records *r, struct db db,
                     const struct record *rec, const struct record *after, const struct move *m,
                     struct verdict *out)
{
    *out = (struct verdict){0};
    TRY(sign__standing(call, r, db, rec, m, out));
    enum err worst = check_from(call, rec, m);
    enum err steps[9] = {check_archive(call, r, rec, m),
                         check_person(call, r, rec, m),
                         check_who(call, r, db, rec, m, out),
                         check_duties(call, r, db, rec, m, out),
                         m->stop ? OK : check_when(call, after, m),
                         m->stop ? OK : guard__needs(call, r, db, after, m, rec == after, out),
                         check_own_signature(call, m, out),
                         check_forged(call, m, out),
                         guard__holds(m->when, after) ? freeze__check(call, r, db, rec, m, out)
                                                      : OK};
    for (size_t i = 0; i < COUNT(steps); i++) {
        if (!is_refusal(steps[i]))
            return steps[i];
        worst = worse(worst, steps[i]);
    }
    return worst;
}

/* ---- what is asked for with the move
 * ---------------------------------------------------------------------- */
static bool asks(const struct move *m, struct text field)
{
    return text_among(m->asks, m->ask_count, field);
}

static bool speaks_of_asked(const struct condition *c, const struct move *m)
{
    if (!c)
        return false;
    bool yes = c->field.len && asks(m, c->field);
    for (size_t i = 0; i < c->part_count && !yes; i++)
        yes = speaks_of_asked(c->parts[i], m);
    return yes;
}

bool guard__asks(const struct kind *k, const struct move *m, struct text field)
{
    const struct field *f = kind_field(k, field);
    return asks(m, field) || (f && f->required_in >> m->to & 1 && !f->system && !f->computed &&
                              (speaks_of_asked(f->required_when, m) ||
                               speaks_of_asked(f->only, m)));
}

/* ---- the rare rule that data cannot say
 * -------------------------------------------------------------- */
static enum err within_a_year(struct call *call, const struct record *rec, const struct move *m)
{
    const struct json *v = record_value(rec, m->guard_field);
    int64_t days, today = zone_day(call->zone, call->now);
    if (!v || !date_read(v->text, &days))
        return OK; /* missing is told by `asks` */
    if (days >= today && days <= today + 366)
        return OK;
    return problem_at(
        call, ERR_INVALID, m->guard_field, "within_a_year", m->source,
        text_of(say(call, "must be a date from today to at most 12 months ahead")));
}

/* A date from today to so many months ahead, which another field says. */
static enum err within(struct call *call, const struct record *rec, const struct move *m)
{
    const struct json *v = record_value(rec, m->guard_field);
    const struct json *months = record_value(rec, m->guard_months);
    int64_t days, today = zone_day(call->zone, call->now);
    if (!v || !date_read(v->text, &days))
        return OK; /* missing is told by what is required */
    int64_t most = months && months->type == JSON_INTEGER ? months->integer : 0;
    most = most < 0 ? 0 : most > 1200 ? 1200 : most;
    struct text last = until__months_after(call->arena, date_of_days(call->arena, today), most);
    if (days >= today && text_compare(v->text, last) <= 0)
        return OK;
    return problem(call, ERR_INVALID, m->guard_field, "within",
                   say(call, "must be a date from today to at most %lld months ahead"),
                   (long long)most);
}

static enum err begun(struct call *call, const struct record *rec, const struct move *m)
{
    const struct json *v = record_value(rec, m->guard_field);
    int64_t days;
    if (!v || !date_read(v->text, &days) || days <= zone_day(call->zone, call->now))
        return OK;
    return problem_at(call, ERR_INVALID, m->guard_field, "begun", m->source,
                      text_of(say(call, "has not come yet")));
}

static const struct {
    const char *name;
    enum err (*check)(struct call *, const struct record *, const struct move *);
} guards[] = {{"within_a_year", within_a_year}, {"within", within}, {"begun", begun}};

enum err guard__named(struct call *call, const struct record *rec, const struct move *m)
{
    if (!m->guard.len)
        return OK;
    for (size_t i = 0; i < COUNT(guards); i++)
        if (text_is(m->guard, guards[i].name))
            return guards[i].check(call, rec, m);
    return problem(call, ERR_BUG, TEXT(""), "guard", "no guard is called %.*s",
                   TEXT_ARG(m->guard));
}
