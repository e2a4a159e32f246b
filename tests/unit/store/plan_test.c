/* SPDX-License-Identifier: Apache-2.0 */
/* Migration: what is planned, what is refused, and the law that planning twice plans nothing.
 */
#include "room.h"

#include <stdio.h>
#include <string.h>

struct order {
    const struct table *tables;
    size_t count;
    bool apply;
    char *steps; /* "what; what; " */
    size_t room;
};

static enum err plan_job(struct job *job, struct call *call, struct tx *tx)
{
    struct order *o = job->arg;
    struct plan_step *steps;
    size_t len = 0;

    o->steps[0] = '\0';
    TRY(store_plan(call, tx, o->tables, o->count, &steps));
    for (const struct plan_step *s = steps; s != NULL && len < o->room; s = s->next)
        len += (size_t)snprintf(o->steps + len, o->room - len, "%.*s; ", TEXT_ARG(s->what));
    return o->apply ? store_migrate(call, tx, steps) : OK;
}

static char seen[64 * 1024];

static enum err plan_for(struct room *room, const struct table *tables, size_t count,
                         bool apply)
{
    struct order o = {tables, count, apply, seen, sizeof(seen)};

    return store_run(room->store, room->call, plan_job, &o);
}

static void migrate(struct room *room, const struct table *tables, size_t count)
{
    enum err e = plan_for(room, tables, count, true);

    if (e != OK && room->call->problems != NULL)
        print_error("%.*s\n", TEXT_ARG(room->call->problems->message));
    assert_int_equal(e, OK);
}

static void assert_plans(struct room *room, const struct table *tables, size_t count,
                         const char *expected)
{
    assert_int_equal(plan_for(room, tables, count, false), OK);
    assert_string_equal(seen, expected);
}

#define NAMED(n) .name = {n, sizeof(n) - 1}
#define FROM(n) .was = {n, sizeof(n) - 1}
#define FILLED(n) .not_null = true, .fill = {n, sizeof(n) - 1}

static const struct column risk_columns[] = {
    {NAMED("id"), .type = COLUMN_TEXT},
    {NAMED("title"), .type = COLUMN_TEXT, .not_null = true},
    {NAMED("score"), .type = COLUMN_NUMBER},
    {NAMED("version"), .type = COLUMN_INTEGER, FILLED("1")},
    {NAMED("order"), .type = COLUMN_BYTES},
};
static const struct index risk_indexes[] = {
    {NAMED("risk_by_title"), .columns = {"title, version DESC", 19}},
    {NAMED("risk_once"), .columns = {"title", 5}, .unique = true},
};
static const struct table risk = {
    NAMED("risk"),           .primary = {"id", 2},
    .columns = risk_columns, .column_count = COUNT(risk_columns),
    .indexes = risk_indexes, .index_count = COUNT(risk_indexes),
};

static struct table with(const struct table *t, const struct column *columns, size_t count,
                         const struct index *indexes, size_t index_count)
{
    struct table out = *t;

    out.columns = columns;
    out.column_count = count;
    out.indexes = indexes;
    out.index_count = index_count;
    return out;
}

static void a_table_is_created_once(void **state)
{
    ROOM(state);
    assert_plans(room, &risk, 1,
                 "create table risk; create index risk_by_title on risk; "
                 "create index risk_once on risk; ");
    migrate(room, &risk, 1);
    assert_plans(room, &risk, 1, "");
    assert_int_equal(room_exec(room, "INSERT INTO risk (id, title) VALUES ('a', 'A')", NULL, 0),
                     OK);
    assert_int_equal(room_number(room, "SELECT version FROM risk"), 1);
    assert_int_equal(room_exec(room, "INSERT INTO risk (id, title) VALUES ('b', 'A')", NULL, 0),
                     ERR_CONFLICT);
    assert_text(last_code(room->call), "exists");
    assert_int_equal(
        room_exec(room, "INSERT INTO risk (id, title) VALUES ('c', NULL)", NULL, 0),
        ERR_CONFLICT);
    assert_text(last_code(room->call), "refused");
    room_reopen(room);
    assert_plans(room, &risk, 1, "");
}

static void a_column_is_added_and_filled(void **state)
{
    ROOM(state);
    const struct column more[] = {
        {NAMED("id"), .type = COLUMN_TEXT},
        {NAMED("title"), .type = COLUMN_TEXT, .not_null = true},
        {NAMED("state"), .type = COLUMN_TEXT, FILLED("'open'")},
        {NAMED("owner"), .type = COLUMN_TEXT},
    };
    struct table first = with(&risk, more, 2, NULL, 0);
    struct table second = with(&risk, more, 4, NULL, 0);

    migrate(room, &first, 1);
    assert_int_equal(room_exec(room, "INSERT INTO risk (id, title) VALUES ('a', 'A')", NULL, 0),
                     OK);
    assert_plans(room, &second, 1, "add column risk.state; add column risk.owner; ");
    migrate(room, &second, 1);
    assert_plans(room, &second, 1, "");
    assert_text(room_rows(room, "SELECT state FROM risk").cells[0].text, "open");
    assert_int_equal(room_rows(room, "SELECT owner FROM risk").cells[0].type, VALUE_NULL);
}

static void a_column_is_renamed_with_its_content_and_index(void **state)
{
    ROOM(state);
    const struct column named[] = {
        {NAMED("id"), .type = COLUMN_TEXT},
        {NAMED("name"), FROM("title"), .type = COLUMN_TEXT, .not_null = true},
        {NAMED("score"), .type = COLUMN_NUMBER},
        {NAMED("version"), .type = COLUMN_INTEGER, FILLED("1")},
    };
    const struct index indexes[] = {
        {NAMED("risk_by_title"), .columns = {"name, version DESC", 18}},
        {NAMED("risk_once"), .columns = {"name", 4}, .unique = true},
    };
    struct table t = with(&risk, named, COUNT(named), indexes, COUNT(indexes));

    migrate(room, &risk, 1);
    assert_int_equal(room_exec(room, "INSERT INTO risk (id, title) VALUES ('a', 'A')", NULL, 0),
                     OK);
    assert_plans(room, &t, 1, "rename column risk.title to name; ");
    migrate(room, &t, 1);
    assert_plans(room, &t, 1, "");
    assert_text(room_rows(room, "SELECT name FROM risk").cells[0].text, "A");
}

static void a_table_is_renamed_with_its_content_and_indexes(void **state)
{
    ROOM(state);
    struct table t = risk;

    t.name = text_of("hazard");
    t.was = risk.name;
    migrate(room, &risk, 1);
    assert_int_equal(room_exec(room, "INSERT INTO risk (id, title) VALUES ('a', 'A')", NULL, 0),
                     OK);
    assert_plans(room, &t, 1, "rename table risk to hazard; ");
    migrate(room, &t, 1);
    assert_plans(room, &t, 1, "");
    assert_text(room_rows(room, "SELECT title FROM hazard").cells[0].text, "A");
    t.was = text_of("never");
    assert_plans(room, &t, 1, "");
}

static void an_index_that_differs_is_made_again(void **state)
{
    ROOM(state);
    const struct index other[] = {{NAMED("risk_by_title"), .columns = {"version", 7}},
                                  {NAMED("risk_once"), .columns = {"title", 5}}};
    struct table t = with(&risk, risk_columns, COUNT(risk_columns), other, COUNT(other));

    migrate(room, &risk, 1);
    assert_plans(
        room, &t, 1,
        "make again index risk_by_title on risk; make again index risk_once on risk; ");
    migrate(room, &t, 1);
    assert_plans(room, &t, 1, "");
    for (int i = 0; i < 2; i++)
        assert_int_equal(room_exec(room, "INSERT INTO risk (id, title) VALUES ($1, 'A')",
                                   &V_TEXT(i ? TEXT("a") : TEXT("b")), 1),
                         OK);
}

/* Of an index of what is filled in alone: one of all rows is another index. */
static void an_index_of_filled_rows_alone(void **state)
{
    ROOM(state);
    const struct index few[] = {
        {NAMED("risk_by_score"), .columns = {"score, id", 9}, .filled = {"score", 5}},
        {NAMED("risk_ordered"), .columns = {"id", 2}, .filled = {"order", 5}}};
    const struct index all[] = {
        {NAMED("risk_by_score"), .columns = {"score, id", 9}},
        {NAMED("risk_ordered"), .columns = {"id", 2}, .filled = {"order", 5}}};
    struct table t = with(&risk, risk_columns, COUNT(risk_columns), few, COUNT(few));
    struct table u = with(&risk, risk_columns, COUNT(risk_columns), all, COUNT(all));

    migrate(room, &t, 1);
    room_reopen(room);
    assert_plans(room, &t, 1, "");
    assert_plans(room, &u, 1, "make again index risk_by_score on risk; ");
    migrate(room, &u, 1);
    assert_plans(room, &u, 1, "");
    assert_plans(room, &t, 1, "make again index risk_by_score on risk; ");
}

static void every_clash_is_named(void **state)
{
    ROOM(state);
    const struct column clash[] = {
        {NAMED("id"), .type = COLUMN_TEXT},
        {NAMED("title"), .type = COLUMN_INTEGER, .not_null = true},
        {NAMED("score"), .type = COLUMN_TEXT},
        {NAMED("version"), .type = COLUMN_INTEGER},
        {NAMED("fresh"), .type = COLUMN_INTEGER, .not_null = true},
    };
    struct table t = with(&risk, clash, COUNT(clash), NULL, 0);
    const char *codes[] = {"type", "type", "not_null", "fill"};
    const struct problem *p;

    migrate(room, &risk, 1);
    room->call = room_call(room);
    assert_int_equal(plan_for(room, &t, 1, true), ERR_CONFLICT);
    assert_int_equal(room->call->problem_count, 4);
    p = room->call->problems;
    for (size_t i = 0; i < COUNT(codes); i++, p = p->next)
        assert_true(text_is(p->code, codes[i]));
    assert_plans(room, &risk, 1, "");
}

static void another_primary_key_is_refused(void **state)
{
    ROOM(state);
    struct table t = risk;

    migrate(room, &risk, 1);
    t.primary = TEXT("id, version");
    assert_int_equal(plan_for(room, &t, 1, true), ERR_CONFLICT);
    assert_text(last_code(room->call), "primary");
}

static void a_wild_name_is_a_bug(void **state)
{
    ROOM(state);
    struct table t = risk;
    const char *wild[] = {
        "",    "Risk", "a b",
        "a\"", "1a",   "a123456789012345678901234567890123456789012345678901234567890123"};

    for (size_t i = 0; i < COUNT(wild); i++) {
        t.name = text_of(wild[i]);
        assert_int_equal(plan_for(room, &t, 1, true), ERR_BUG);
    }
    t = risk;
    t.primary = TEXT("id NULLS FIRST");
    assert_int_equal(plan_for(room, &t, 1, true), ERR_BUG);
}

static void append_only_means_it(void **state)
{
    ROOM(state);
    struct table t = risk;
    const char *refused[] = {"UPDATE risk SET title = 'B'", "DELETE FROM risk",
                             "INSERT INTO risk (id, title) VALUES ('a', 'B')"
                             " ON CONFLICT (id) DO UPDATE SET title = excluded.title"};

    t.append_only = true;
    migrate(room, &t, 1);
    assert_plans(room, &t, 1, "");
    assert_int_equal(room_exec(room, "INSERT INTO risk (id, title) VALUES ('a', 'A')", NULL, 0),
                     OK);
    for (size_t i = 0; i < COUNT(refused); i++) {
        assert_int_equal(room_exec(room, refused[i], NULL, 0), ERR_CONFLICT);
        assert_text(last_code(room->call), "append_only");
    }
    assert_int_equal(room_exec(room,
                               room->postgres ? "TRUNCATE risk"
                                              : "INSERT OR REPLACE INTO risk (id, title)"
                                                " VALUES ('a', 'B')",
                               NULL, 0),
                     ERR_CONFLICT);
    assert_text(last_code(room->call), "append_only");
    assert_text(room_rows(room, "SELECT title FROM risk").cells[0].text, "A");
}

static void a_table_becomes_append_only(void **state)
{
    ROOM(state);
    struct table t = risk;

    migrate(room, &risk, 1);
    t.append_only = true;
    assert_plans(room, &t, 1, "make risk append-only; ");
    migrate(room, &t, 1);
    assert_plans(room, &t, 1, "");
}

static enum err plan_then_refuse(struct job *job, struct call *call, struct tx *tx)
{
    TRY(plan_job(job, call, tx));
    return ERR_DENIED;
}

static void a_migration_that_is_refused_leaves_nothing(void **state)
{
    ROOM(state);
    struct order o = {&risk, 1, true, seen, sizeof(seen)};

    assert_int_equal(store_run(room->store, room->call, plan_then_refuse, &o), ERR_DENIED);
    assert_plans(room, &risk, 1,
                 "create table risk; create index risk_by_title on risk; "
                 "create index risk_once on risk; ");
}

/* ---- the law, over random lives of a schema ---------------------------------------------- */
#define TABLES_MOST 4
#define COLUMNS_MOST 12
#define INDEXES_MOST 4
struct life {
    uint32_t chance;
    unsigned names; /* given so far: no name is ever used twice */
    struct table tables[TABLES_MOST];
    struct column columns[TABLES_MOST][COLUMNS_MOST];
    struct index indexes[TABLES_MOST][INDEXES_MOST];
    size_t count;
    struct arena *arena;
};

static unsigned pick(struct life *l, unsigned below)
{
    l->chance = l->chance * 1664525u + 1013904223u;
    return (l->chance >> 8) % below;
}

static struct text fresh(struct life *l, const char *what)
{
    return text_print(l->arena, "%s%u", what, l->names++);
}

static struct column *add_column(struct life *l, size_t t)
{
    static const struct text fills[] = {{"7", 1}, {"0.5", 3}, {"'fill'", 6}, {"''", 2}};
    struct column *c = &l->columns[t][l->tables[t].column_count++];

    *c = (struct column){.name = fresh(l, "c"), .type = (enum column_type)pick(l, 3)};
    c->not_null = pick(l, 2);
    if (c->not_null)
        c->fill = fills[c->type];
    return c;
}

/* Column 0 is the key and 1 a text whose content must outlive everything. */
static void add_table(struct life *l)
{
    size_t t = l->count++;

    l->tables[t] = (struct table){.name = fresh(l, "t"),
                                  .primary = TEXT("id"),
                                  .columns = l->columns[t],
                                  .indexes = l->indexes[t]};
    l->columns[t][0] = (struct column){.name = TEXT("id"), .type = COLUMN_INTEGER};
    l->columns[t][1] = (struct column){.name = fresh(l, "tag"), .type = COLUMN_TEXT};
    l->tables[t].column_count = 2;
    for (unsigned more = pick(l, 3); more > 0; more--)
        add_column(l, t);
}

static struct text some_columns(struct life *l, size_t t)
{
    size_t count = l->tables[t].column_count, from = 1 + pick(l, (unsigned)count - 1);
    struct text list = l->columns[t][from].name;

    if (from + 1 < count)
        list = text_print(l->arena, "%.*s,%.*s%s", TEXT_ARG(list),
                          TEXT_ARG(l->columns[t][from + 1].name), pick(l, 2) ? " DESC" : "");
    return list;
}

static void change_index(struct life *l, size_t t)
{
    size_t count = l->tables[t].index_count, at = pick(l, INDEXES_MOST);

    if (at >= count) {
        if (count == INDEXES_MOST)
            return;
        at = l->tables[t].index_count++;
        l->indexes[t][at].name = fresh(l, "i");
    }
    l->indexes[t][at].columns = some_columns(l, t);
}

/* Indexes that named the old name must name the new one: all of the table's are made again. */
static void rename_column(struct life *l, size_t t)
{
    struct column *c = &l->columns[t][1 + pick(l, (unsigned)l->tables[t].column_count - 1)];

    c->was = c->name;
    c->name = fresh(l, "r");
    for (size_t i = 0; i < l->tables[t].index_count; i++)
        l->indexes[t][i].columns = some_columns(l, t);
}

/* The model forgets a column; the store keeps it. */
static void forget_column(struct life *l, size_t t)
{
    if (l->tables[t].column_count < 4)
        return;
    l->tables[t].column_count--;
    l->tables[t].index_count = 0;
}

static void evolve(struct life *l)
{
    size_t t = pick(l, (unsigned)l->count);

    switch (pick(l, 6)) {
    case 0:
        if (l->count < TABLES_MOST)
            add_table(l);
        break;
    case 1:
        rename_column(l, t);
        break;
    case 2:
        forget_column(l, t);
        break;
    case 3:
        change_index(l, t);
        break;
    default:
        if (l->tables[t].column_count < COLUMNS_MOST)
            add_column(l, t);
    }
}

static void insert_tagged(struct room *room, struct life *l, size_t t)
{
    const char *sql = text_print(l->arena, "INSERT INTO %.*s (id, %.*s) VALUES (1, 'kept')",
                                 TEXT_ARG(l->tables[t].name), TEXT_ARG(l->columns[t][1].name))
                          .at;

    assert_int_equal(room_exec(room, sql, NULL, 0), OK);
}

static void assert_kept(struct room *room, struct life *l, size_t t)
{
    struct rows rows =
        room_rows(room, text_print(l->arena, "SELECT %.*s FROM %.*s",
                                   TEXT_ARG(l->columns[t][1].name), TEXT_ARG(l->tables[t].name))
                            .at);

    assert_int_equal(rows.count, 1);
    assert_text(rows.cells[0].text, "kept");
}

static void live(struct room *room, uint32_t seed, int steps)
{
    struct life l = {.chance = seed, .arena = room->arena, .names = seed * 1000};
    size_t filled = 0;

    add_table(&l);
    for (int step = 0; step < steps; step++) {
        migrate(room, l.tables, l.count);
        assert_plans(room, l.tables, l.count, "");
        for (; filled < l.count; filled++)
            insert_tagged(room, &l, filled);
        for (size_t t = 0; t < l.count; t++)
            assert_kept(room, &l, t);
        evolve(&l);
    }
}

static void planning_twice_plans_nothing(void **state)
{
    ROOM(state);
    log_limit = LOG_ERROR;
    for (uint32_t seed = 1; seed <= 10; seed++) {
        print_message("seed %u\n", seed);
        live(room, seed, 12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_table_is_created_once),
        BOTH(a_column_is_added_and_filled),
        BOTH(a_column_is_renamed_with_its_content_and_index),
        BOTH(a_table_is_renamed_with_its_content_and_indexes),
        BOTH(an_index_that_differs_is_made_again),
        BOTH(an_index_of_filled_rows_alone),
        BOTH(every_clash_is_named),
        BOTH(another_primary_key_is_refused),
        BOTH(a_wild_name_is_a_bug),
        BOTH(append_only_means_it),
        BOTH(a_table_becomes_append_only),
        BOTH(a_migration_that_is_refused_leaves_nothing),
        BOTH(planning_twice_plans_nothing),
    };

    return cmocka_run_group_tests_name("store plan", tests, NULL, NULL);
}
