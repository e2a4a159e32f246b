/* SPDX-License-Identifier: Apache-2.0 */
/* record/guard.c — may this move happen now? Who, separation of duties, conditions, and what
 * must be true of other records. Looking (GET moves) and doing run the same code, so that the
 * page can never promise what the door refuses. Every reason is named, not just the first. */
#include "record/internal.h"

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

static bool holds(const struct condition *c, const struct record *rec)
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
                      text_print(call->arena,
                                 say(call, "is not possible from “%.*s”", "不能从“%.*s”进行"),
                                 TEXT_ARG(state_title(call, rec, rec->state))));
}

static enum err check_who(struct call *call, struct records *r, struct db db,
                          const struct record *rec, const struct move *m, struct verdict *v)
{
    bool first = false, second = false;
    TRY(who__matches(call, r, db, call->actor, rec, &m->by, &first));
    v->needs_second = m->and_by.count && holds(m->second_when, rec);
    if (v->needs_second)
        TRY(who__matches(call, r, db, call->actor, rec, &m->and_by, &second));
    v->group = first ? 1 : second ? 2 : 0;
    /* Who holds both roles signs for the one that is still open. */
    if (first && second)
        for (size_t i = 0; i < v->signature_count; i++)
            if (v->signature_group[i] == 1)
                v->group = 2;
    v->mine = first || second;
    if (v->mine)
        return OK;
    struct text who = who__print(call, r, &m->by);
    return problem_at(call, ERR_DENIED, TEXT(""), "who", m->source,
                      text_print(call->arena,
                                 say(call, "is for: %.*s", "只能由以下人员进行：%.*s"),
                                 TEXT_ARG(who)));
}

static enum err check_duties(struct call *call, struct records *r, struct db db,
                             const struct record *rec, const struct move *m)
{
    enum err worst = OK;
    for (size_t i = 0; i < m->duty_count; i++) {
        bool hit;
        TRY(who__duty(call, r, db, call->actor, rec, &m->duties[i].people, &hit));
        if (!hit)
            continue;
        struct text who = who__print(call, r, &m->duties[i].people);
        worst = problem_at(call, ERR_CONFLICT, TEXT(""), text_c(call->arena, m->duties[i].code),
                           m->source,
                           text_print(call->arena,
                                      say(call, "Separation of duties (%.*s): not by %.*s",
                                          "职责分离（%.*s）：不能由%.*s进行"),
                                      TEXT_ARG(m->duties[i].code), TEXT_ARG(who)));
    }
    return worst;
}

/* ---- needs
 * --------------------------------------------------------------------------------------- */
static bool in_states(const struct need *need, const struct record *rec)
{
    struct text state = rec->kind->states[rec->state].name;
    for (size_t i = 0; i < need->state_count; i++)
        if (text_same(need->states[i], state))
            return true;
    return false;
}

static enum err name_blocker(struct call *call, struct records *r, struct db db,
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

static enum err check_need(struct call *call, struct records *r, struct db db,
                           const struct record *rec, const struct move *m,
                           const struct need *need, struct verdict *v)
{
    if (!holds(need->only, rec))
        return OK;
    struct record **related;
    size_t count, good = 0;
    TRY(related__records(call, r, db, need, rec, &related, &count));
    for (size_t i = 0; i < count; i++)
        good += in_states(need, related[i]);
    bool enough = (int64_t)good >= need->least;
    if (enough && (!need->every || good == count))
        return OK;
    size_t number = call->problem_count;
    struct text say_words = words_in(need->say, call->lang), words = say_words;
    if (count)
        words = text_print(call->arena, say(call, "%.*s (%zu of %zu)", "%.*s（%zu / %zu）"),
                           TEXT_ARG(say_words), good, count);
    const char *code = need->code.len ? text_c(call->arena, need->code) : "needs";
    enum err e = problem_at(call, ERR_CONFLICT, need->field, code,
                            need->source.len ? need->source : m->source, words);
    for (size_t i = 0; i < count; i++)
        if (!in_states(need, related[i]))
            TRY(name_blocker(call, r, db, related[i], number, v));
    return e;
}

static enum err check_needs(struct call *call, struct records *r, struct db db,
                            const struct record *rec, const struct move *m, struct verdict *v)
{
    enum err worst = OK;
    for (size_t i = 0; i < m->need_count; i++) {
        enum err e = check_need(call, r, db, rec, m, &m->needs[i], v);
        if (e != OK && e != ERR_CONFLICT)
            return e;
        worst = e != OK ? e : worst;
    }
    return worst;
}

static enum err check_when(struct call *call, const struct record *rec, const struct move *m)
{
    if (holds(m->when, rec))
        return OK;
    struct text words = words_in(m->say, call->lang);
    if (!words.len)
        words = text_of(say(call, "the record does not meet the condition of this move",
                            "记录不满足此流转的条件"));
    return problem_at(call, ERR_CONFLICT, TEXT(""), "condition", m->source, words);
}

/* ---- signatures
 * ------------------------------------------------------------------------------------- */
static enum err read_signatures(struct call *call, struct db db, const struct record *rec,
                                const struct move *m, struct verdict *v)
{
    if (!m->and_by.count)
        return OK;
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version),
                             V_TEXT(m->name)};
    struct rows rows;
    TRY(db__rows(call, db,
                 "SELECT person, at, side FROM signature WHERE kind = $1 AND id = $2 AND "
                 "version = $3 AND move = $4 ORDER BY at",
                 values, 4, 10, &rows));
    v->signatures = NEW_MANY(call->arena, rows.count + 1, struct signature);
    v->signature_group = NEW_MANY(call->arena, rows.count + 1, int);
    for (size_t i = 0; i < rows.count; i++) {
        v->signatures[i] =
            (struct signature){row_at(&rows, i)[0].text, row_at(&rows, i)[1].text};
        v->signature_group[i] = (int)row_at(&rows, i)[2].integer;
    }
    v->signature_count = rows.count;
    return OK;
}

static enum err check_own_signature(struct call *call, const struct move *m,
                                    const struct verdict *v)
{
    for (size_t i = 0; i < v->signature_count; i++)
        if (text_same(v->signatures[i].person, call->actor->person))
            return problem_at(
                call, ERR_CONFLICT, TEXT(""), "signed", m->source,
                text_of(say(call, "you have signed; a second person must sign too",
                            "您已签署；还需另一人签署")));
    return OK;
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
    TRY(read_signatures(call, db, rec, m, out));
    enum err worst = check_from(call, rec, m);
    enum err steps[5] = {check_who(call, r, db, rec, m, out), check_duties(call, r, db, rec, m),
                         m->stop ? OK : check_when(call, after, m),
                         m->stop ? OK : check_needs(call, r, db, after, m, out),
                         check_own_signature(call, m, out)};
    for (size_t i = 0; i < COUNT(steps); i++) {
        if (!is_refusal(steps[i]))
            return steps[i];
        worst = worse(worst, steps[i]);
    }
    return worst;
}

/* ---- the rare rule that data cannot say
 * -------------------------------------------------------------- */
static enum err within_a_year(struct call *call, const struct record *rec, const struct move *m)
{
    const struct json *v = record_value(rec, m->guard_field);
    int64_t days, today = call->now / 86400000000LL;
    if (!v || !date_read(v->text, &days))
        return OK; /* missing is told by `asks` */
    if (days >= today && days <= today + 366)
        return OK;
    return problem_at(call, ERR_INVALID, m->guard_field, "within_a_year", m->source,
                      text_of(say(call, "must be a date from today to at most 12 months ahead",
                                  "必须是今天起 12 个月之内的日期")));
}

static const struct {
    const char *name;
    enum err (*check)(struct call *, const struct record *, const struct move *);
} guards[] = {{"within_a_year", within_a_year}};

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
