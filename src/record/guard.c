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

bool guard__takes_two(const struct record *rec, const struct move *m)
{
    return m->and_by.count && holds(m->second_when, rec);
}

int guard__open_sides(const struct record *rec, const struct move *m, const struct verdict *v)
{
    if (!guard__takes_two(rec, m))
        return 1;
    int open = 3;
    for (size_t i = 0; i < v->signature_count; i++)
        open &= ~v->signature_group[i];
    return open;
}

static enum err not_theirs(struct call *call, struct records *r, const struct move *m,
                           const struct who_list *side)
{
    struct text who = who__print(call, r, side);
    return problem_at(call, ERR_DENIED, TEXT(""), "who", m->source,
                      text_print(call->arena,
                                 say(call, "is for: %.*s", "只能由以下人员进行：%.*s"),
                                 TEXT_ARG(who)));
}

/* Who could sign for both sides signs for the one that is still open. */
static enum err check_who(struct call *call, struct records *r, struct db db,
                          const struct record *rec, const struct move *m, struct verdict *v)
{
    bool first = false, second = false;
    int open = guard__open_sides(rec, m, v);
    TRY(who__matches(call, r, db, call->actor, rec, &m->by, &first));
    v->needs_second = guard__takes_two(rec, m);
    if (v->needs_second)
        TRY(who__matches(call, r, db, call->actor, rec, &m->and_by, &second));
    v->group = first && open & 1 ? 1 : second && open & 2 ? 2 : first ? 1 : second ? 2 : 0;
    v->mine = first || second;
    if (!v->mine)
        return not_theirs(call, r, m, open & 1 ? &m->by : &m->and_by);
    if (v->group & open)
        return OK;
    for (size_t i = 0; i < v->signature_count; i++)
        if (text_same(v->signatures[i].person, call->actor->person))
            return OK; /* told as their own signature */
    /* Their side has been signed already: it waits for the other. */
    struct text who = who__print(call, r, open & 1 ? &m->by : &m->and_by);
    return problem_at(call, ERR_CONFLICT, TEXT(""), "second", m->source,
                      text_print(call->arena,
                                 say(call, "waits for a second signature by: %.*s",
                                     "还需以下人员第二次签署：%.*s"),
                                 TEXT_ARG(who)));
}

static enum err check_duties(struct call *call, struct records *r, struct db db,
                             const struct record *rec, const struct move *m)
{
    enum err worst = OK;
    for (size_t i = 0; i < m->duty_count; i++) {
        bool hit;
        TRY(guard__bars(call, r, db, call->actor, rec, &m->duties[i].people, &hit));
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

enum err guard__needs(struct call *call, struct records *r, struct db db,
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
static struct signature signature_of(const struct value *row)
{
    return (struct signature){row[0].text, row[1].text};
}

/* `alters` of a version (write.c): 2, the record moved on: signatures of before are history; 1, what
 * was signed has changed: they are void; 0, a tag or evidence was added: they stand. */
enum err guard__signatures(struct call *call, struct records *r, struct db db,
                           const struct record *rec, const struct move *m, struct verdict *v)
{
    if (!m->and_by.count)
        return OK;
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version),
                             V_TEXT(m->name)};
    struct rows rows;
    TRY(db__rows(call, db,
                 "SELECT g.person, g.at, g.side, (SELECT MAX(COALESCE(v.alters, 1)) FROM "
                 "version v WHERE v.kind = g.kind AND v.id = g.id AND v.version > g.version "
                 "AND v.version <= $3), g.version, g.own_id, g.salt, g.ledger FROM signature g WHERE g.kind = $1 AND g.id = $2 AND "
                 "g.version <= $3 AND g.move = $4 ORDER BY g.at DESC LIMIT 50",
                 values, 4, 50, &rows));
    v->signatures = NEW_MANY(call->arena, rows.count + 1, struct signature);
    v->voided = NEW_MANY(call->arena, rows.count + 1, struct signature);
    v->signature_group = NEW_MANY(call->arena, rows.count + 1, int);
    for (size_t i = rows.count; i-- > 0;) {
        const struct value *row = row_at(&rows, i);
        int64_t since = row[3].type == VALUE_INTEGER ? row[3].integer : 0;
        if (since == 1)
            v->voided[v->voided_count++] = signature_of(row);
        if (since)
            continue;
        struct signed_move s = {row[5].text, rec->kind->name, rec->id,        m->name,
                                row[0].text, row[1].text,     row[4].integer, row[2].integer};
        bool held;
        TRY(held__signature(call, r, db, rec, &s, row[6].text, row[7].integer, &held));
        v->forged |= !held;
        if (!held)
            continue;
        v->signature_group[v->signature_count] = (int)row[2].integer;
        v->signatures[v->signature_count++] = signature_of(row);
    }
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

/* Who signs beside a name that somebody else put there would give it what it lacks. */
static enum err check_forged(struct call *call, const struct move *m, const struct verdict *v)
{
    if (!v->forged)
        return OK;
    return problem_at(
        call, ERR_CONFLICT, TEXT(""), "tampering", m->source,
        text_of(say(call,
                    "a signature under this move stands in the database and not in the ledger: it "
                    "was put there outside this program and does not count. Nothing is signed "
                    "here until it is gone; have aimwell verify --deep run",
                    "此流转下有一个签名只存在于数据库而不在账本中：它是在本程序之外写入的，不予承认。"
                    "在清除之前无法签署；请让管理员运行 aimwell verify --deep")));
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
    TRY(guard__signatures(call, r, db, rec, m, out));
    enum err worst = check_from(call, rec, m);
    enum err steps[6] = {check_who(call, r, db, rec, m, out), check_duties(call, r, db, rec, m),
                         m->stop ? OK : check_when(call, after, m),
                         m->stop ? OK : guard__needs(call, r, db, after, m, out),
                         check_own_signature(call, m, out), check_forged(call, m, out)};
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
    for (size_t i = 0; i < m->ask_count; i++)
        if (text_same(m->asks[i], field))
            return true;
    return false;
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
