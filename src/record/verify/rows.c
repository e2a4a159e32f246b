/* SPDX-License-Identifier: Apache-2.0 */
/* record/verify/rows.c — the rows of kinds, their links and tables, and where lists look,
 * against the latest versions. */
#include "record/verify/verify.h"

#include <stdlib.h>
#include <string.h>

/* ---- rows of kinds
 * ------------------------------------------------------------------------------------------ */
static bool same_cell(const struct value *have, const struct value *want)
{
    if (have->type != want->type)
        return false;
    switch (have->type) {
    case VALUE_INTEGER:
        return have->integer == want->integer;
    case VALUE_NUMBER:
        return have->number == want->number;
    case VALUE_NULL:
        return true;
    default:
        return text_same(have->text, want->text);
    }
}

static void check_links(struct deep *c, struct call *call, struct text place,
                        const struct record *rec)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct link_row *want;
    struct rows rows;
    size_t count = table__links(call, rec, &want), matched = 0;
    if (verify__read_page(
            c, call, "table link",
            "SELECT type, pos, to_kind, to_id, free FROM link WHERE from_kind = $1 AND "
            "from_id = $2",
            values, 2, &rows) != OK)
        return;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < rows.count; j++) {
            const struct value *row = row_at(&rows, j);
            matched += text_same(row[0].text, want[i].type) && row[1].integer == want[i].pos &&
                       text_same(row[2].text, want[i].to_kind) &&
                       text_same(row[3].text, want[i].to_id) && row[4].integer == want[i].free;
        }
    if (matched != count || rows.count != count)
        verification_add(c->call, c->out, place, "its links differ from its current version");
}

static void check_child_rows(struct deep *c, struct call *call, struct text place,
                             const struct record *rec, const struct field *f)
{
    struct value id = V_TEXT(rec->id), want[66];
    struct rows rows;
    if (verify__read_page(c, call, "table of rows",
                          c->records->sql[rec->kind->index].row_select[f->index], &id, 1,
                          &rows) != OK)
        return;
    const struct json *v = rec->values[f->index];
    bool same = rows.count == (v ? v->count : 0);
    size_t i = 0;
    for (const struct json *row = v ? v->first : NULL; same && row; row = row->next, i++) {
        size_t n = table__row_values(call, f, row, want);
        same = row_at(&rows, i)[0].integer == (int64_t)i;
        for (size_t col = 0; same && col < n; col++)
            same = same_cell(&row_at(&rows, i)[col + 1], &want[col]);
    }
    if (!same)
        verification_add(c->call, c->out, place,
                         "the rows of %.*s differ from its current version", TEXT_ARG(f->name));
}

/* By other rules of the zone than this machine has, the moments may differ though nobody
 * touched them. */
static bool same_timer(struct deep *c, const struct timer *want, struct call *call,
                       const struct value *row)
{
    return text_same(row[0].text, want->name) &&
           (c->other_rules || text_same(row[1].text, moment_print(call->arena, want->at)));
}

/* Its state comes from the body here: the row's was compared with it just now. */
static void check_timers(struct deep *c, struct call *call, struct text place,
                         struct record *rec)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    const struct json *state = record_value(rec, TEXT("state"));
    ptrdiff_t at = state ? kind_state(rec->kind, state->text) : -1;
    struct timer *want;
    struct rows rows;
    size_t count, matched = 0;
    if (at < 0 || !c->current)
        return;
    rec->state = (size_t)at;
    if (timer__of(call, c->records, db_reader(c->db), rec, &want, &count) != OK ||
        verify__read_page(c, call, "table timer",
                          "SELECT name, at FROM timer WHERE kind = $1 AND id = $2", values, 2,
                          &rows) != OK)
        return;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < rows.count; j++)
            matched += same_timer(c, &want[i], call, row_at(&rows, j));
    c->timers += (int64_t)rows.count;
    if (matched != count || rows.count != count)
        verification_add(c->call, c->out, place,
                         "its timers are not those that follow from its current version");
}

/* After check_timers, which read its state. */
static void check_living(struct deep *c, struct call *call, struct text place,
                         struct record *rec)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)}, want[LIVING_COLUMNS];
    struct rows rows;
    rec->key = json_text(record_value(rec, TEXT("key")));
    bool is_signed;
    if (!c->current || c->other_turns ||
        living__signed(call, db_reader(c->db), rec, &is_signed) != OK)
        return;
    bool lives = living__row(call, rec, is_signed, want);
    if (verify__read_page(c, call, "table turn",
                          "SELECT place, unit, keeper, offered, day, num FROM turn WHERE "
                          "kind = $1 AND id = $2",
                          values, 2, &rows) != OK)
        return;
    c->living += (int64_t)rows.count;
    bool same = (rows.count > 0) == lives;
    for (size_t i = 0; same && lives && i < LIVING_COLUMNS; i++)
        same = same_cell(&row_at(&rows, 0)[i], &want[i]);
    if (!same)
        verification_add(c->call, c->out, place,
                         "its row of table turn does not follow from its versions");
}

void verify__living_rows(struct deep *c)
{
    struct rows rows;
    if (!c->other_turns &&
        verify__read_page(c, c->call, "table turn", "SELECT count(*) FROM turn", NULL, 0,
                          &rows) == OK &&
        rows.cells[0].integer != c->living)
        verification_add(c->call, c->out, TEXT("table turn"), "has rows of no record");
}

void verify__timer_rows(struct deep *c)
{
    struct rows rows;
    if (verify__read_page(c, c->call, "table timer", "SELECT count(*) FROM timer", NULL, 0,
                          &rows) == OK &&
        rows.cells[0].integer != c->timers)
        verification_add(c->call, c->out, TEXT("table timer"), "has rows of no record");
}

static void keep_unit(struct deep *c, const struct record *rec)
{
    const struct json *parent = record_value(rec, TEXT("parent"));
    if (c->unit_count == c->unit_room) {
        c->unit_room = c->unit_room ? c->unit_room * 2 : 256;
        c->units = realloc(c->units, c->unit_room * sizeof *c->units);
        if (!c->units)
            panic("out of memory");
    }
    c->units[c->unit_count++] =
        (struct unit_parent){text_copy(c->call->arena, rec->id),
                             parent ? text_copy(c->call->arena, parent->text) : TEXT("")};
}

static void check_row(struct deep *c, struct call *call, const struct kind *k,
                      const struct value *row, size_t columns, const struct text *names)
{
    struct text place =
        text_print(c->call->arena, "%.*s %.*s", TEXT_ARG(k->name), TEXT_ARG(row[0].text));
    struct record *rec = NEW(call->arena, struct record);
    const struct value *body = &row[columns], *ledger = &row[columns + 1];
    if (body->type != VALUE_TEXT || body__read(call, k, body->text, rec) != OK) {
        verification_add(c->call, c->out, place, "the version it claims does not exist");
        return;
    }
    rec->id = row[0].text;
    if (text_is(k->is, "unit_tree"))
        keep_unit(c, rec);
    rec->ledger = ledger->integer;
    if (rec->ledger >= 0 && (size_t)rec->ledger < c->leaf_count)
        rec->commitment = c->leaves[rec->ledger].commitment;
    struct value *want = NEW_MANY(call->arena, columns, struct value);
    table__values(call, rec, want);
    for (size_t i = 0; i < columns; i++)
        if (!same_cell(&row[i], &want[i]))
            verification_add(c->call, c->out, place,
                             "column %.*s differs from its current version",
                             TEXT_ARG(names[i]));
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].type->form == FORM_ROWS)
            check_child_rows(c, call, place, rec, &k->fields[i]);
    check_links(c, call, place, rec);
    check_timers(c, call, place, rec);
    check_living(c, call, place, rec);
}

static void check_listed(struct deep *c, const struct kind *k, const char *sql,
                         const char *what)
{
    struct rows rows;
    if (verify__read_page(c, c->call, "table version", sql, NULL, 0, &rows) != OK)
        return;
    for (size_t i = 0; i < rows.count; i++)
        verification_add(c->call, c->out,
                         text_print(c->call->arena, "%.*s %.*s", TEXT_ARG(k->name),
                                    TEXT_ARG(rows.cells[i * rows.columns].text)),
                         "%s", what);
}

void verify__kind(struct deep *c, const struct kind *k)
{
    const struct kind_sql *sql = &c->records->sql[k->index];
    struct text *names = NEW_MANY(c->call->arena, k->field_count + 3, struct text);
    enum column_type *types = NEW_MANY(c->call->arena, k->field_count + 3, enum column_type);
    size_t columns = table__columns(k, names, types);
    struct text last = TEXT("");
    for (bool more = true; more;) {
        struct arena *page = arena_open();
        struct call *call = verify__page_call(c, page);
        struct value id = V_TEXT(last);
        struct rows rows = {0};
        struct text table = text_print(page, "table %.*s", TEXT_ARG(k->name));
        enum err e =
            verify__read_page(c, call, text_c(c->call->arena, table), sql->page, &id, 1, &rows);
        for (size_t i = 0; e == OK && i < rows.count; i++)
            check_row(c, call, k, row_at(&rows, i), columns, names);
        more = e == OK && rows.count == 200;
        if (more)
            last = text_copy(c->call->arena, row_at(&rows, rows.count - 1)[0].text);
        arena_close(page);
    }
    check_listed(c, k, sql->orphans, "its row is missing");
    check_listed(c, k, sql->behind, "its row is not its latest version");
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].type->form == FORM_ROWS)
            check_listed(c, k, sql->row_orphans[i], "has rows but does not exist");
}

/* Links are compared from the records they start at: none may start elsewhere. */
void verify__stray_links(struct deep *c)
{
    struct rows rows;
    if (verify__read_page(
            c, c->call, "table link",
            "SELECT DISTINCT l.from_kind, l.from_id FROM link l WHERE NOT EXISTS (SELECT 1 "
            "FROM version v WHERE v.kind = l.from_kind AND v.id = l.from_id AND "
            "v.version = 1) LIMIT 100",
            NULL, 0, &rows) != OK)
        return;
    for (size_t i = 0; i < rows.count; i++)
        verification_add(c->call, c->out,
                         text_print(c->call->arena, "%.*s %.*s",
                                    TEXT_ARG(row_at(&rows, i)[0].text),
                                    TEXT_ARG(row_at(&rows, i)[1].text)),
                         "has links but does not exist");
}
