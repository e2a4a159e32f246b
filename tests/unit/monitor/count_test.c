/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/monitor/count_test.c — what is counted beforehand gives the figures that the
 * events give, whatever comes in which order, in whatever blocks, and wherever counting stops
 * and goes on; who counts again has the same bytes; what is altered is named. */
#include "monitor/count.h"
#include "store/write.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1795405826000000)
#define BEGAN INT64_C(1767225600000000) /* 2026-01-01 */
#define IDS 900

static const char *url; /* of PostgreSQL; NULL: SQLite */

struct place {
    struct arena *arena;
    struct call *call;
    char folder[64];
    struct store *store;
    int64_t source, now;
    uint64_t random;
};

/* ---- a store with events
 * ------------------------------------------------------------------------ */
static enum err make(struct job *job, struct call *call, struct tx *tx)
{
    struct place *p = job->arg;
    size_t count;
    struct plan_step *steps;
    const struct table *tables = ledger_tables(&count);
    TRY(store_plan(call, tx, tables, count, &steps));
    TRY(store_migrate(call, tx, steps));
    tables = journal_tables(&count);
    TRY(store_plan(call, tx, tables, count, &steps));
    TRY(store_migrate(call, tx, steps));
    p->source = 1;
    return tx_exec(
        call, tx,
        "INSERT INTO event_source (id, kind, record, blocks, events, segments, bytes, "
        "same, refused) VALUES (1, 'system', 'S', 0, 0, 0, 0, 0, 0)",
        NULL, 0, NULL);
}

static void must(struct place *p, enum err e)
{
    for (const struct problem *one = p->call->problems; e != OK && one; one = one->next)
        print_message("%.*s %.*s\n", TEXT_ARG(one->code), TEXT_ARG(one->message));
    assert_int_equal(e, OK);
}

static void open_place(struct place *p, uint64_t seed)
{
    *p = (struct place){.arena = arena_open(), .now = NOW, .random = seed * 2654435761u + 1};
    log_limit = LOG_ERROR;
    p->call = call_open(p->arena, NOW, LANG_EN);
    snprintf(p->folder, sizeof p->folder, "/tmp/count_test.XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    static int schemas;
    struct text where = url ? text_print(p->arena, "%s&schema=count_%d", url, ++schemas)
                            : text_print(p->arena, "%s/s", p->folder);
    must(p, store_open(p->call, where, true, &p->store));
    must(p, store_run(p->store, p->call, make, p));
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    return remove(path);
}

static void close_place(struct place *p)
{
    store_close(p->store);
    nftw(p->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_close(p->arena);
}

static unsigned below(struct place *p, unsigned n)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(p->random >> 33) % n;
}

/* ---- lines
 * --------------------------------------------------------------------------------------- */
static struct text moment(struct place *p)
{
    int64_t days = below(p, 20) ? below(p, 100) : below(p, 20000) - 17000;
    return moment_print(p->arena, BEGAN + days * DAY_US + below(p, 86400) * INT64_C(1000000));
}

static struct text prediction(struct place *p, unsigned id)
{
    static const char *const tasks[] = {"binary", "binary", "binary", "regression",
                                        "multiclass"};
    static const char *const race[] = {"\"A\"", "\"B|x\"", "\"C\"", "null", "7", "true"};
    const char *task = tasks[below(p, COUNT(tasks))];
    struct buf b = buf_in(p->arena, 2000);
    buf_print(&b,
              "{\"v\":1,\"kind\":\"prediction\",\"id\":\"p%u\",\"task\":\"%s\",\"ts\":\"%.*s\"",
              id, task, TEXT_ARG(moment(p)));
    if (below(p, 5))
        buf_print(&b, ",\"version\":\"%u\"", below(p, 3));
    if (below(p, 3))
        buf_print(&b, ",\"env\":\"%s\"", below(p, 2) ? "prod" : "test");
    if (task[0] == 'r')
        buf_print(&b, ",\"value\":%u.%u", below(p, 1000), below(p, 1000));
    else if (task[0] == 'm')
        buf_print(&b, ",\"pred_class\":\"c%u\"", below(p, 4));
    else if (below(p, 10))
        buf_print(&b, ",\"pred_class\":%u", below(p, 2));
    if (below(p, 8))
        buf_print(&b, ",\"score\":%s%u.%u", below(p, 30) ? "" : "-", !below(p, 30),
                  below(p, 100000));
    if (below(p, 6))
        buf_print(&b, ",\"protected\":{\"race\":%s%s}", race[below(p, COUNT(race))],
                  below(p, 2)   ? ",\"sex\":\"F\""
                  : below(p, 2) ? ",\"sex\":\"M\""
                                : "");
    buf_add_c(&b, "}");
    return buf_text(&b);
}

static struct text label(struct place *p)
{
    static const char *const says[] = {
        "\"label\":1",     "\"label\":0",      "\"label\":true", "\"label\":\"c1\"",
        "\"value\":12.25", "\"label\":\"c2\"", "\"label\":1",    "\"label\":0,\"value\":3"};
    /* of equal times the one that came last counts */
    struct text at = below(p, 3) ? moment(p) : TEXT("2026-02-02T02:02:02Z");
    return text_print(
        p->arena, "{\"v\":1,\"kind\":\"label\",\"ref\":\"p%u\",\"ts\":\"%.*s\",\"n\":%llu,%s}",
        below(p, IDS + 30), TEXT_ARG(at), (unsigned long long)p->random,
        says[below(p, COUNT(says))]);
}

struct batch {
    struct place *place;
    struct journal_item *items;
    size_t count;
};
static enum err append(struct job *job, struct call *call, struct tx *tx)
{
    struct batch *b = job->arg;
    call->now = b->place->now;
    TRY(journal_look(call, tx, b->place->source, b->items, b->count));
    return journal_append(call, tx, b->place->source, b->items, b->count);
}

/* One block: each call of the journal begins a new one. */
static void send(struct place *p, unsigned *next, size_t count)
{
    struct batch b = {p, NEW_MANY(p->arena, count, struct journal_item), 0};
    const struct json *v;
    static const struct json_limits limits = {10000, 9, 100};
    for (; b.count < count; b.count++) {
        struct journal_item *i = &b.items[b.count];
        unsigned which = below(p, 100);
        if (which < 2)
            i->line = text_print(p->arena,
                                 "{\"v\":1,\"kind\":\"llm\",\"id\":\"m%llu\",\"ts\":\"%.*s\"}",
                                 (unsigned long long)p->random, TEXT_ARG(moment(p)));
        else
            i->line = which < 50 && *next < IDS ? prediction(p, (*next)++) : label(p);
        must(p, json_read(p->call, i->line, &limits, &v));
        journal_named(json_text(json_get(v, "id")), i);
    }
    p->now += below(p, 40) * INT64_C(1000000);
    must(p, store_run(p->store, p->call, append, &b));
}

static int64_t last_block(struct place *p)
{
    int64_t last;
    struct reader *db = store_reader(p->store);
    must(p, journal_last(p->call, db, p->source, &last));
    store_return(p->store, db);
    return last;
}

static void count_some(struct place *p, int64_t upto, int64_t most)
{
    bool done = false;
    must(p, count__slice(p->call, p->store, p->source, upto, most, &done));
}

static void count_all(struct place *p, int64_t most)
{
    for (bool done = false; !done;)
        must(p, count__slice(p->call, p->store, p->source, last_block(p), most, &done));
}

/* A system that sent, and was counted now and then meanwhile. */
static void live(struct place *p, uint64_t seed)
{
    unsigned next = 0;
    open_place(p, seed);
    for (int i = 0; i < 60; i++) {
        send(p, &next, 1 + below(p, 60));
        if (!below(p, 4))
            count_some(p, last_block(p) - below(p, 3), 1 + below(p, 9));
    }
}

/* ---- the same?
 * ----------------------------------------------------------------------------------- */
static void same_class(struct place *p, const struct measure_class *l,
                       const struct measure_class *r)
{
    struct buf a = buf_in(p->arena, MEASURE_BYTES_MOST),
               b = buf_in(p->arena, MEASURE_BYTES_MOST);
    measure_class_write(l, &a);
    measure_class_write(r, &b);
    assert_true(text_same(buf_text(&a), buf_text(&b)));
}

static void same_group(struct place *p, const struct group_of *l, const struct group_of *r)
{
    assert_true(text_same(l->name, r->name));
    assert_int_equal(l->n, r->n);
    same_class(p, l->class, r->class);
}

static void same_list(const struct text *l, size_t n, const struct text *r, size_t count)
{
    assert_int_equal(n, count);
    for (size_t i = 0; i < n; i++)
        assert_true(text_among(r, count, l[i]));
}

static void same(struct place *p, const struct measured *l, const struct measured *r)
{
    struct buf a = buf_in(p->arena, 100000), b = buf_in(p->arena, 100000);
    assert_true(l->counted && !r->counted);
    assert_int_equal(l->n, r->n);
    assert_int_equal(l->labelled, r->labelled);
    assert_int_equal(l->misfits, r->misfits);
    assert_int_equal(l->revised, r->revised);
    assert_int_equal(l->orphans, r->orphans);
    same_list(l->versions, l->version_count, r->versions, r->version_count);
    same_list(l->attributes, l->attribute_count, r->attributes, r->attribute_count);
    same_group(p, &l->all, &r->all);
    measure_regression_write(l->all.regression, &a);
    measure_regression_write(r->all.regression, &b);
    assert_true(text_same(buf_text(&a), buf_text(&b)));
    assert_int_equal(l->by_count, r->by_count);
    for (size_t i = 0; i < l->by_count; i++) {
        assert_int_equal(l->by[i].count, r->by[i].count);
        assert_int_equal(l->by[i].missing, r->by[i].missing);
        assert_int_equal(l->by[i].capped, r->by[i].capped);
        for (size_t n = 0; n < l->by[i].count; n++)
            same_group(p, &l->by[i].groups[n], &r->by[i].groups[n]);
    }
}

static void ask(struct place *p, struct period period, const struct text *by, size_t count)
{
    struct reader *db = store_reader(p->store);
    struct measuring asked = {period, by, count, 0, FROM_COUNTED};
    struct observed seen;
    struct measured counted, exact;
    must(p, monitor_measure(p->call, db, p->source, &asked, &seen, &counted));
    asked.from = FROM_EVENTS;
    must(p, monitor_measure(p->call, db, p->source, &asked, &seen, &exact));
    store_return(p->store, db);
    same(p, &counted, &exact);
}

static void ask_all(struct place *p)
{
    const struct text by[] = {TEXT("race"), TEXT("sex"), TEXT("nothing")},
                      both[] = {TEXT("sex|race"), TEXT("race")};
    int64_t from = BEGAN + below(p, 60) * DAY_US;
    ask(p, (struct period){0}, by, COUNT(by));
    ask(p, (struct period){0}, both, COUNT(both));
    ask(p, (struct period){.from = from, .to = from + DAY_US * 40}, by, COUNT(by));
    ask(p, (struct period){.from = from + 7, .to = from + DAY_US * 33 - 5}, by, COUNT(by));
    ask(p, (struct period){.from = from + 7, .to = from + 3600 * INT64_C(1000000)}, by, 1);
    ask(p, (struct period){.from = from, .version = TEXT("1")}, by, COUNT(by));
    ask(p, (struct period){.to = from, .env = TEXT("prod")}, by, COUNT(by));
    ask(p,
        (struct period){
            .from = from, .to = from + 20 * DAY_US, .version = TEXT("2"), .env = TEXT("test")},
        both, COUNT(both));
}

static size_t findings(struct place *p, const char *said)
{
    struct verification v;
    size_t there = 0;
    verification_start(&v);
    must(p, monitor_count_verify(p->call, p->store, &v));
    for (const struct finding *f = v.findings; f; f = f->next) {
        if (!said)
            print_message("%.*s: %.*s\n", TEXT_ARG(f->place), TEXT_ARG(f->what));
        else
            there += text_search(f->what, text_of(said)) >= 0;
    }
    return said ? there : v.finding_count;
}

/* ---- tests
 * --------------------------------------------------------------------------------------- */
static void figures_are_those_of_the_events(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct place p;
        live(&p, seed);
        count_all(&p, 1 + below(&p, 20));
        ask_all(&p);
        assert_int_equal(findings(&p, NULL), 0);
        close_place(&p);
    }
}

static struct text all_bytes(struct place *p, const char *sql)
{
    struct reader *db = store_reader(p->store);
    struct buf b = buf_in(p->arena, (size_t)64 << 20);
    struct rows rows;
    must(p, read_rows(p->call, db, sql, NULL, 0, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        buf_print(&b, "%lld %lld ", (long long)row_at(&rows, i)[0].integer,
                  (long long)row_at(&rows, i)[1].integer);
        buf_add(&b, row_at(&rows, i)[2].text);
    }
    store_return(p->store, db);
    return buf_text(&b);
}

static enum err run_sql(struct job *job, struct call *call, struct tx *tx)
{
    return tx_exec(call, tx, job->arg, NULL, 0, NULL);
}

static void alter(struct place *p, const char *sql)
{
    must(p, store_run(p->store, p->call, run_sql, (void *)(uintptr_t)sql));
}

/* In whatever slices, and from the first on after something was removed. */
static void counted_again_it_is_the_same(void **state)
{
    (void)state;
    static const char pages[] = "SELECT block, others, bytes FROM event_page ORDER BY block",
                      cells[] = "SELECT unit, n, bytes FROM event_cell ORDER BY unit, n",
                      early[] = "SELECT 0, 0, bytes FROM event_early ORDER BY key";
    struct place p;
    live(&p, 99);
    count_all(&p, 3);
    struct text was[] = {all_bytes(&p, pages), all_bytes(&p, cells), all_bytes(&p, early)};
    assert_true(was[0].len && was[1].len && was[2].len);
    for (int64_t most = 1; most < 100; most *= 7) {
        alter(&p, "UPDATE event_counted SET again = 1, turn = turn + 1");
        count_all(&p, most);
        assert_true(text_same(was[0], all_bytes(&p, pages)));
        assert_true(text_same(was[1], all_bytes(&p, cells)));
        assert_true(text_same(was[2], all_bytes(&p, early)));
    }
    ask_all(&p);
    close_place(&p);
}

/* Few events are not counted; of one that is only what is sealed. */
static void only_what_is_due_is_counted(void **state)
{
    (void)state;
    struct place p;
    struct counted c;
    bool more = true;
    unsigned next = 0;
    open_place(&p, 1);
    for (int i = 0; i < 9; i++)
        send(&p, &next, 20);
    must(&p, monitor_count(p.call, p.store, &more));
    assert_false(more);
    struct reader *db = store_reader(p.store);
    must(&p, count__about(p.call, db, 1, &c));
    assert_false(c.there);
    alter(&p, "UPDATE event_source SET events = 100000");
    alter(&p, "UPDATE event_segment SET ledger = 7 WHERE n = 1");
    must(&p, monitor_count(p.call, p.store, &more));
    must(&p, count__about(p.call, db, 1, &c));
    assert_true(c.there && c.block > 0 && c.block < last_block(&p) && !more);
    alter(&p, "UPDATE event_segment SET ledger = 8");
    must(&p, monitor_count(p.call, p.store, &more));
    must(&p, count__about(p.call, db, 1, &c));
    assert_int_equal(c.block, last_block(&p));
    assert_false(more);
    store_return(p.store, db);
    close_place(&p);
}

/* Who is late with a slice writes nothing. */
static void who_is_late_counts_nothing(void **state)
{
    (void)state;
    struct place p;
    struct counted before, after;
    live(&p, 5);
    count_all(&p, 100);
    struct reader *db = store_reader(p.store);
    must(&p, count__about(p.call, db, p.source, &before));
    count_all(&p, 100);
    must(&p, count__about(p.call, db, p.source, &after));
    store_return(p.store, db);
    assert_int_equal(before.turn, after.turn);
    close_place(&p);
}

static void what_is_altered_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *said;
    } tries[] = {
        {"UPDATE event_page SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'05' AS "
         "blob) WHERE block = (SELECT min(block) FROM event_page)",
         "the page of block"},
        {"UPDATE event_page SET last_day = last_day + 1 WHERE block = 3", "the page of block"},
        {"DELETE FROM event_page WHERE block = (SELECT max(block) FROM event_page)",
         "the page of block"},
        {"UPDATE event_cell SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'07' AS "
         "blob) WHERE unit = 0 AND n = 20470",
         "the cell of day 20470"},
        {"UPDATE event_cell SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'07' AS "
         "blob) WHERE unit = 1 AND n = (SELECT max(n) FROM event_cell WHERE unit = 1)",
         "the cell of month"},
        {"DELETE FROM event_cell WHERE unit = 0 AND n = 20470", "in no cell"},
        {"INSERT INTO event_cell (source, unit, n, bytes) VALUES (1, 0, 99999, x'010000')",
         "of which nothing came"},
        {"INSERT INTO event_cell (source, unit, n, bytes) VALUES (1, 7, 1, x'010000')",
         "of nothing that was counted"},
        {"INSERT INTO event_early (source, key, bytes) VALUES (1, x'00', x'00')",
         "wait for a prediction"},
        {"DELETE FROM event_early WHERE key = (SELECT min(key) FROM event_early)",
         "wait for a prediction"},
        {"UPDATE event_counted SET told = told + 1", "have a label"},
        {"UPDATE event_counted SET labels = labels + 1", "were counted"},
        {"UPDATE event_counted SET at = ''", "is of no block"},
        {"UPDATE event_counted SET block = 1000000", "more is counted than there is"},
        {"INSERT INTO event_page (source, block, last_day, first_day, others, bytes) VALUES "
         "(9, "
         "1, 0, 0, 0, x'00')",
         "belong to nothing"}};
    struct place p;
    if (url) /* the same code; other words for bytes */
        return;
    live(&p, 7);
    for (size_t i = 0; i < COUNT(tries); i++) {
        count_all(&p, 30);
        assert_int_equal(findings(&p, NULL), 0);
        alter(&p, tries[i].sql);
        if (!findings(&p, tries[i].said))
            fail_msg("%s: not found", tries[i].sql);
        alter(&p, "UPDATE event_counted SET again = 1, turn = turn + 1");
        alter(&p, "DELETE FROM event_page WHERE source = 9");
    }
    close_place(&p);
}

/* ---- bounds
 * -------------------------------------------------------------------------------------- */
static void a_cell_that_is_too_wide_is_told_from_rows(void **state)
{
    (void)state;
    struct place p;
    open_place(&p, 1);
    for (unsigned i = 0; i < 1400; i += 100) {
        struct batch b = {&p, NEW_MANY(p.arena, 100, struct journal_item), 100};
        for (unsigned n = 0; n < 100; n++) {
            struct text id = text_print(p.arena, "p%u", i + n);
            b.items[n].line = text_print(
                p.arena,
                "{\"v\":1,\"kind\":\"prediction\",\"id\":\"%.*s\",\"task\":\"binary\",\"ts\":"
                "\"2026-01-0%uT00:00:00Z\",\"pred_class\":%u,\"protected\":{\"zip\":\"%u\"}}",
                TEXT_ARG(id), 1 + n % 2, n % 3 == 0, n % 2 ? i + n : n % 7);
            journal_named(id, &b.items[n]);
        }
        must(&p, store_run(p.store, p.call, append, &b));
    }
    count_all(&p, 4);
    const struct text by[] = {TEXT("zip")};
    ask(&p, (struct period){0}, by, 1);
    ask(&p, (struct period){0}, by, 0);
    assert_int_equal(findings(&p, NULL), 0);
    close_place(&p);
}

static void months_are_those_of_the_calendar(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    for (int64_t day = -800000; day < 800000; day++) {
        int64_t n = cell__of(CELL_MONTH, day), first = cell__first_day(CELL_MONTH, n);
        assert_true(first <= day && day < cell__first_day(CELL_MONTH, n + 1));
        if (day == first && day % 17 == 0 && day > -700000)
            assert_true(text_ends(date_of_days(a, day), "-01"));
    }
    assert_int_equal(cell__of(CELL_DAY, -5), -5);
    assert_int_equal(cell__day(-1), -1);
    assert_int_equal(cell__day(DAY_US - 1), 0);
    arena_close(a);
}

static void the_latest_label_counts(void **state)
{
    (void)state;
    struct truth is = {0}, first = {.seen = 1, .at = 10, .bit = 1},
                 same = {.seen = 1, .at = 10, .bit = 0}, older = {.seen = 2, .at = 9, .bit = 1};
    assert_true(row__follow(&is, &first));
    assert_int_equal(is.bit, 1);
    assert_true(row__follow(&is, &same)); /* of equal times the one that came last */
    assert_int_equal(is.bit, 0);
    assert_false(row__follow(&is, &older));
    assert_int_equal(is.bit, 0);
    assert_int_equal(is.seen, 4);
    assert_true(row__fits(TASK_BINARY, &is));
    assert_false(row__fits(TASK_REGRESSION, &is));
    assert_false(row__fits(TASK_CLASSES, &is));
}

/* Bytes that are no page and no cell are refused, whatever they are. */
static void damaged_bytes_are_refused(void **state)
{
    (void)state;
    struct place p;
    live(&p, 3);
    count_all(&p, 10);
    struct reader *db = store_reader(p.store);
    struct rows pages, cells;
    must(&p, read_rows(p.call, db, "SELECT bytes FROM event_page LIMIT 3", NULL, 0, 3, &pages));
    must(&p, read_rows(p.call, db, "SELECT bytes FROM event_cell LIMIT 3", NULL, 0, 3, &cells));
    store_return(p.store, db);
    for (size_t i = 0; i < 3; i++)
        for (int n = 0; n < 400; n++) {
            struct arena *a = arena_open();
            struct page page = {0};
            struct cell *cell = cell__new(a, CELL_DAY, 0);
            struct text one = text_copy(a, row_at(&pages, i)[0].text),
                        two = text_copy(a, row_at(&cells, i)[0].text);
            ((char *)(uintptr_t)one.at)[below(&p, (unsigned)one.len)] ^=
                (char)(1 + below(&p, 255));
            ((char *)(uintptr_t)two.at)[below(&p, (unsigned)two.len)] ^=
                (char)(1 + below(&p, 255));
            (void)page__read(a, one, &page); /* either, but nothing beyond its bytes */
            if (cell__read(a, two, cell))
                for (size_t at = 0; at < cell->parts.count; at++)
                    for (size_t g = 0; g < cell->parts.at[at].attributes.count; g++)
                        for (size_t v = 0; v < cell->parts.at[at].attributes.at[g].groups.count;
                             v++)
                            (void)cell__open(a,
                                             &cell->parts.at[at].attributes.at[g].groups.at[v]);
            assert_false(
                page__read(a, text_slice(one, 0, below(&p, (unsigned)one.len)), &page));
            arena_close(a);
        }
    close_place(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_are_those_of_the_calendar),
        cmocka_unit_test(the_latest_label_counts),
        cmocka_unit_test(figures_are_those_of_the_events),
        cmocka_unit_test(counted_again_it_is_the_same),
        cmocka_unit_test(only_what_is_due_is_counted),
        cmocka_unit_test(who_is_late_counts_nothing),
        cmocka_unit_test(what_is_altered_is_named),
        cmocka_unit_test(a_cell_that_is_too_wide_is_told_from_rows),
        cmocka_unit_test(damaged_bytes_are_refused)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    url = getenv("AIMWELL_TEST_PG");
    if (url && *url)
        failed += _cmocka_run_group_tests("PostgreSQL", tests + 1, COUNT(tests) - 1, NULL, NULL);
    return failed;
}
