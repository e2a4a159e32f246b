/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/turns.c — whose turn it is.
 * Of the records that may be the actor's turn (candidates.c), kind by kind: how far each next
 * move is (r: -1 nobody has signed what is a turn by that alone, 0 its condition does not hold,
 * 1 something is missing, 2 nothing is), whether the actor may sign it (a), and whether they
 * may mend what is missing (mend). What turn.c says of one record in C is said here in SQL;
 * tests hold the two against each other. */
#include "record/query/turns.h"

#include <stdlib.h>
#include <string.h>

/* ---- one kind */
/* r, a of the nth next move of whatever state the record is in. */
static void add_nth(struct turning *t, size_t nth)
{
    struct query *q = t->q;
    const struct kind *k = q->kind;
    for (int signer = 0; signer < 2; signer++) {
        buf_print(&q->sql, "CASE t.state WHEN '' THEN %d", signer - 1);
        for (size_t s = 0; s < k->state_count; s++) {
            bool by_signature;
            const struct move *m = turn__move(k, s, nth, &by_signature);
            if (!m)
                continue;
            buf_print(&q->sql, " WHEN '%.*s' THEN CASE WHEN ", TEXT_ARG(k->states[s].name));
            if (by_signature) {
                buf_add_c(&q->sql, "NOT ");
                turning__is_signed(t, m);
                buf_print(&q->sql, " THEN %d WHEN ", signer - 1);
            }
            if (signer) {
                turning__signer(t, m);
                buf_add_c(&q->sql, " THEN 1 ELSE 0 END");
                continue;
            }
            buf_add_c(&q->sql, "NOT (");
            sql__when(q, m->when);
            buf_add_c(&q->sql, ") THEN 0 WHEN 1=0");
            sql__unfilled(q, m, s);
            sql__unmet(q, m);
            buf_add_c(&q->sql, " THEN 1 ELSE 2 END");
        }
        buf_print(&q->sql, " ELSE %d END AS %c%zu, ", signer - 1, signer ? 'a' : 'r', nth);
    }
}

static void add_all_are(struct query *q, size_t most, const char *how)
{
    buf_add_c(&q->sql, "live = 1");
    for (size_t i = 0; i < most; i++)
        buf_print(&q->sql, " AND r%zu %s", i, how);
}

/* Of handing over (hand.c), what is the actor's: an enum hand, 0 for nothing. */
static void add_hand(struct turning *t)
{
    struct query *q = t->q;
    const struct kind *k = q->kind;
    const struct move *archive = kind_move(k, TEXT("archive"));
    struct text *names = NEW_MANY(q->call->arena, k->state_count + 1, struct text);
    size_t n = 0;
    for (size_t s = 0; s < k->state_count; s++)
        if (!k->states[s].end)
            names[n++] = k->states[s].name;
    if (!hand__named(k, TEXT("hand_over")) || t->self != t->person) {
        buf_add_c(&q->sql, "0 AS hand, ");
        return;
    }
    buf_add_c(&q->sql, "CASE WHEN ");
    if (q->call->actor->bare)
        buf_add_c(&q->sql, "1=0");
    else
        buf_print(&q->sql, "(t.offered_to = $%zu) IS TRUE", t->person);
    buf_print(&q->sql, " THEN %d", HAND_ACCEPT);
    if (archive && n) {
        buf_add_c(&q->sql, " WHEN t.state");
        sql__in(q, names, n);
        buf_add_c(&q->sql, " AND EXISTS (SELECT 1 FROM person p WHERE p.id = t.owner AND "
                           "p.disabled = 1) AND ");
        turning__matches(t, &archive->by, CHANGE);
        buf_print(&q->sql, " THEN %d", HAND_OFFER);
    }
    buf_add_c(&q->sql, " ELSE 0 END AS hand, ");
}

/* Which next move is the actor's: its number, and TURN_LACKING more while something is missing.
 */
static void add_pick(struct query *q, size_t most)
{
    buf_print(&q->sql, "CASE WHEN hand > 0 THEN %d + hand WHEN live = 0 THEN NULL", TURN_HAND);
    for (size_t i = 0; i < most; i++)
        buf_print(&q->sql, " WHEN r%zu = 2 AND a%zu = 1 THEN %zu", i, i, i);
    for (size_t i = 0; i < most; i++)
        buf_print(&q->sql, " WHEN r%zu = 1 AND a%zu = 1 THEN %zu", i, i, TURN_LACKING + i);
    for (size_t i = 0; i < most; i++) {
        buf_print(&q->sql, " WHEN a%zu = 1 AND r%zu = 0 AND ", i, i);
        add_all_are(q, most, "<= 0");
        buf_print(&q->sql, " THEN %zu", TURN_LACKING + i);
    }
    for (size_t i = 0; i < most; i++) {
        buf_print(&q->sql, " WHEN mend = 1 AND r%zu = 1 AND ", i);
        add_all_are(q, most, "< 2");
        buf_print(&q->sql, " THEN %zu", TURN_LACKING + i);
    }
    for (size_t i = 0; i < most; i++) {
        buf_print(&q->sql, " WHEN mend = 1 AND r%zu = 0 AND ", i);
        add_all_are(q, most, "<= 0");
        buf_print(&q->sql, " THEN %zu", TURN_LACKING + i);
    }
    buf_add_c(&q->sql, most ? " END" : " ELSE NULL END");
}

/* Is a signature under one of the moves that are a turn by it? */
static void add_any_signed(struct turning *t, size_t state)
{
    bool by_signature;
    const struct move *m;
    buf_add_c(&t->q->sql, "(1=0");
    for (size_t nth = 0; (m = turn__move(t->q->kind, state, nth, &by_signature)); nth++)
        if (by_signature) {
            buf_add_c(&t->q->sql, " OR ");
            turning__is_signed(t, m);
        }
    buf_add_c(&t->q->sql, ")");
}

static void add_living(struct turning *t)
{
    struct query *q = t->q;
    buf_add_c(&q->sql, "CASE t.state WHEN '' THEN 0");
    for (size_t s = 0; s < q->kind->state_count; s++)
        if (turn__waits(q->kind, s))
            buf_print(&q->sql, " WHEN '%.*s' THEN 1", TEXT_ARG(q->kind->states[s].name));
        else if (turn__signable(q->kind, s)) {
            buf_print(&q->sql, " WHEN '%.*s' THEN CASE WHEN ",
                      TEXT_ARG(q->kind->states[s].name));
            add_any_signed(t, s);
            buf_add_c(&q->sql, " THEN 1 ELSE 0 END");
        }
    buf_add_c(&q->sql, " ELSE 0 END AS live, ");
}

/* What is at its end is looked at while it is being signed. */
static void add_signed_ends(struct turning *t)
{
    for (size_t s = 0; s < t->q->kind->state_count; s++)
        if (t->q->kind->states[s].end && turn__signable(t->q->kind, s)) {
            buf_print(&t->q->sql, " OR (t.state = '%.*s' AND ",
                      TEXT_ARG(t->q->kind->states[s].name));
            add_any_signed(t, s);
            buf_add_c(&t->q->sql, ")");
        }
}

/* A clock of the law on it: 2 is missed, 1 is over before the day is, 0 neither. */
static void add_law(struct turning *t, size_t end)
{
    const struct kind *k = t->q->kind;
    for (int missed = 1; missed >= 0; missed--) {
        buf_add_c(&t->q->sql, missed ? "CASE WHEN 1=0" : " THEN 2 WHEN 1=0");
        for (size_t i = 0; i < k->clock_count; i++) {
            const struct clock *c = &k->clocks[i];
            if (!c->deadline)
                continue;
            buf_print(&t->q->sql, " OR (t.\"%.*s\" = '%.*s'", TEXT_ARG(c->standing->name),
                      TEXT_ARG(standing_word(missed ? STANDING_MISSED : STANDING_RUNNING)));
            if (!missed)
                buf_print(&t->q->sql, " AND t.\"%.*s\" < $%zu", TEXT_ARG(c->at->name), end);
            buf_add_c(&t->q->sql, ") IS TRUE");
        }
    }
    buf_add_c(&t->q->sql, " THEN 1 ELSE 0 END AS law, ");
}

/* Records of theirs, and what they have signed. */
static void add_own(struct turning *t)
{
    buf_print(&t->q->sql, "((t.owner = $%zu) IS TRUE", t->person);
    if (living__signs(t->q->kind)) {
        buf_add_c(&t->q->sql, " OR ");
        turning__signed(t, NULL);
    }
    buf_add_c(&t->q->sql, ")");
}

/* Of the steps of a move: is the actor of one of them at all? */
static void add_any_side(struct turning *t, const struct move *m)
{
    for (size_t i = 0; i < m->step_count; i++) {
        buf_add_c(&t->q->sql, " OR ");
        turning__side(t, &m->steps[i].by);
    }
}

/* Only such records can be the actor's turn, and it costs little to ask: theirs, offered to them, in
 * a state whose next moves are theirs to sign. How far a move is is looked at in these alone. */
static void add_concerned(struct turning *t, size_t most)
{
    struct query *q = t->q;
    const struct kind *k = q->kind;
    if (t->self == t->person)
        buf_print(&q->sql, "((t.owner = $%zu) IS TRUE OR hand > 0 OR ", t->person);
    else
        buf_add_c(&q->sql, "(");
    turning__owner(t);
    buf_add_c(&q->sql, " OR CASE t.state WHEN '' THEN 0");
    for (size_t s = 0; s < k->state_count; s++) {
        bool by_signature;
        if (!turn__move(k, s, 0, &by_signature))
            continue;
        buf_print(&q->sql, " WHEN '%.*s' THEN CASE WHEN 1=0", TEXT_ARG(k->states[s].name));
        for (size_t nth = 0; nth < most && turn__move(k, s, nth, &by_signature); nth++)
            add_any_side(t, turn__move(k, s, nth, &by_signature));
        buf_add_c(&q->sql, " THEN 1 ELSE 0 END");
    }
    buf_add_c(&q->sql, " ELSE 0 END = 1)");
}

/* `ids`: of these alone, a list as JSON. */
static void add_turns_of(struct turning *t, const struct kind *k, struct text ids)
{
    struct query *q = t->q;
    size_t most = 0;
    bool by_signature;
    q->kind = k;
    for (size_t s = 0; s < k->state_count; s++)
        while (turn__move(k, s, most, &by_signature))
            most++;
    /* Materialized: else each use of a column would be the whole expression again. */
    buf_add_c(&q->sql,
              "SELECT kind, id, num, title, state, due, pick, law, own FROM (WITH q AS "
              "MATERIALIZED (SELECT ");
    add_law(t, sql__keep(q, V_TEXT(t->of->tomorrow)));
    add_living(t);
    for (size_t i = 0; i < most; i++)
        add_nth(t, i);
    buf_add_c(&q->sql, "hand, CASE WHEN ");
    turning__owner(t);
    buf_add_c(&q->sql, " AND ");
    turning__matches(t, &k->change, CHANGE);
    buf_add_c(&q->sql,
              " THEN 1 ELSE 0 END AS mend, t.id AS id, t.\"key\" AS num, t.title AS title, "
              "t.state AS state, COALESCE(t.due, t.review_due) AS due, t.owner AS own FROM "
              "(SELECT ");
    add_hand(t);
    buf_add_c(&q->sql, "t.* FROM "); /* CROSS: SQLite looks up one after another */
    sql__set(q, ids);
    buf_print(&q->sql, " CROSS JOIN \"%.*s\" t WHERE t.id = s.value) t WHERE (", TEXT_ARG(k->name));
    /* No index by the state: most that live are of these states, and each would be looked up. */
    buf_add_c(&q->sql, "CASE WHEN ");
    sql__states(q, ~UINT64_C(0));
    buf_add_c(&q->sql, " THEN 1 ELSE 0 END = 1");
    if (hand__named(k, TEXT("hand_over")))
        buf_print(&q->sql, " OR t.offered_to = $%zu", t->person);
    add_signed_ends(t);
    buf_add_c(&q->sql, ") AND ");
    sql__readable(q);
    buf_add_c(&q->sql, " AND ");
    if (t->of->others)
        add_own(t);
    else
        add_concerned(t, most);
    buf_print(&q->sql,
              "), p AS MATERIALIZED (SELECT '%.*s' AS kind, id, num, title, state, due, own, "
              "law, live, ",
              TEXT_ARG(k->name));
    add_pick(q, most);
    buf_add_c(&q->sql,
              " AS pick FROM q) SELECT kind, id, num, title, state, due, pick, law, own "
              "FROM p WHERE ");
    if (t->of->others) {
        buf_add_c(&q->sql, "pick IS NULL AND live = 1) k");
        return;
    }
    buf_add_c(&q->sql, "pick IS NOT NULL");
    if (t->self == t->person) {
        buf_print(&q->sql, " OR (own = $%zu AND due <= ", t->person);
        sql__bind(q, V_TEXT(t->of->soon));
        buf_add_c(&q->sql, ")");
    }
    buf_add_c(&q->sql, ") k");
}

static struct turning turns_start(struct query *q, const struct turns_query *of,
                                  const struct waivers *waivers)
{
    const struct actor *a = q->call->actor;
    size_t self = sql__keep(q, V_TEXT(a->person));
    return (struct turning){
        .q = q,
        .self = self,
        .person = a->stands_for.len ? sql__keep(q, V_TEXT(a->stands_for)) : self,
        .now = sql__keep(q, V_TEXT(moment_print(q->call->arena, q->call->now))),
        .of = of,
        .waivers = waivers};
}

/* ---- all kinds --------------------------------------------------------------------------------
 * Some candidates, judged kind by kind and put in order again; more of them until there are enough. */
#define TURN_COLUMNS 9
struct gathering {
    struct call *call;
    struct records *records;
    struct reader *db;
    const struct turns_query *of;
    struct rows *out;
    size_t room;
    struct waivers waivers;
};

static void keep_rows(struct gathering *g, const struct rows *rows)
{
    struct rows *out = g->out;
    if (!rows->count)
        return;
    if (out->count + rows->count > g->room) {
        struct value *was = out->cells;
        g->room = 2 * g->room + rows->count + 64;
        out->cells = NEW_MANY(g->call->arena, g->room * TURN_COLUMNS, struct value);
        if (out->count)
            memcpy(out->cells, was, out->count * TURN_COLUMNS * sizeof *was);
    }
    memcpy(&out->cells[out->count * TURN_COLUMNS], rows->cells,
           rows->count * TURN_COLUMNS * sizeof *rows->cells);
    out->count += rows->count;
}

static bool is_of(struct text place, const struct kind *k)
{
    return place.len > k->name.len && place.at[k->name.len] == '.' &&
           text_same(text_slice(place, 0, k->name.len), k->name);
}

static enum err judge_kind(struct gathering *g, const struct kind *k, const struct rows *some)
{
    struct text *ids = NEW_MANY(g->call->arena, some->count + 1, struct text);
    size_t count = 0;
    for (size_t i = 0; i < some->count; i++)
        if (is_of(row_at(some, i)[0].text, k))
            ids[count++] = row_at(some, i)[1].text;
    if (!count)
        return OK;
    struct query q = sql__start(g->call, g->records, k);
    struct turning t = turns_start(&q, g->of, &g->waivers);
    struct rows rows;
    const char *sql;
    add_turns_of(&t, k, sql__json_of(&q, ids, count));
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(g->call, g->db, sql, q.values.at, q.values.count, count, &rows));
    keep_rows(g, &rows);
    return OK;
}

static struct text day_of(const struct value *row)
{
    return row[5].text.len ? row[5].text : TEXT(NO_DAY);
}

static int by_day(const void *a, const void *b)
{
    const struct value *x = a, *y = b;
    int order = text_compare(day_of(x), day_of(y));
    return order ? order : text_compare(x[2].text, y[2].text);
}

static enum err judge(struct gathering *g, const struct rows *some)
{
    const struct model *m = g->records->model;
    size_t before = g->out->count;
    for (size_t i = 0; i < m->kind_count; i++)
        TRY(judge_kind(g, &m->kinds[i], some));
    if (g->out->count > before)
        qsort(&g->out->cells[before * TURN_COLUMNS], g->out->count - before,
              TURN_COLUMNS * sizeof *g->out->cells, by_day);
    return OK;
}

#define SOME_MOST 4000 /* candidates judged at a time, when few of those before were the actor's turn */
enum err query__turns(struct call *call, struct records *r, struct reader *db,
                      const struct turns_query *of, size_t most, struct rows *out)
{
    struct gathering g = {.call = call, .records = r, .db = db, .of = of, .out = out};
    struct candidates *c;
    struct rows some = {.count = 1};
    *out = (struct rows){.columns = TURN_COLUMNS};
    TRY(waivers__today(call, r, db_reader(db), &g.waivers));
    TRY(candidates__open(call, r, db, of, &c));
    for (size_t size = most; out->count < most && some.count > 0;
         size = size < SOME_MOST ? 2 * size : size) {
        TRY(candidates__next(c, size, &some));
        TRY(judge(&g, &some));
    }
    out->count = out->count < most ? out->count : most;
    return OK;
}

void query__count_turns(const struct turns_query *of, const struct rows *rows, size_t most,
                        struct turn_counts *out)
{
    *out = (struct turn_counts){.more = rows->count > most};
    for (size_t i = 0; i < rows->count && i < most; i++) {
        struct text due = row_at(rows, i)[5].text;
        bool late = due.len && text_compare(due, of->today) < 0;
        out->total++;
        out->waiting += row_at(rows, i)[6].type == VALUE_INTEGER;
        out->overdue += late;
        out->due_soon += due.len && !late && text_compare(due, of->week) <= 0;
    }
}
