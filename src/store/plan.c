/* SPDX-License-Identifier: Apache-2.0 */
/* store/plan.c — what would make the database match the declared tables.
 *
 * The database tells what it has in the same rows whichever it is; the comparison is written
 * once. It only adds: tables, columns, new names, indexes, guards. An index that differs is
 * made again, since it holds nothing of its own. Law: planning after applying plans nothing. */
#include "store/internal.h"

#include <string.h>

#define SQL_MOST (64 * 1024)
#define NAME_MOST 63 /* PostgreSQL cuts longer names and would never find them again */

struct plan {
    struct call *call;
    const struct plan_dialect *dialect;
    struct rows columns, indexes,
        guarded; /* what is there; the columns of a table stand together */
    size_t at;   /* the column that was found last */
    struct plan_step **end;
    enum err e; /* the first thing refused; the rest is looked at all the same */
};

/* ---- names ------------------------------------------------------------------------------- */
static bool is_name(struct text t)
{
    if (t.len == 0 || t.len > NAME_MOST)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        bool letter = (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return true;
}

/* The next of "a, b DESC": its name, and its direction when one is given. */
static struct text next_name(struct text *list, struct text *direction)
{
    struct text one = text_trim(text_cut(list, ','));
    struct text name = text_cut(&one, ' ');

    *direction = text_trim(one);
    return name;
}

static enum err check_name(struct plan *p, struct text name, const char *what)
{
    if (is_name(name))
        return OK;
    return problem(p->call, ERR_BUG, name, "name",
                   "%s \"%.*s\" is not a name: 1 to %d of a-z, 0-9 and _", what, TEXT_ARG(name),
                   NAME_MOST);
}

static enum err check_list(struct plan *p, struct text list, const char *what)
{
    do {
        struct text direction, name = next_name(&list, &direction);
        TRY(check_name(p, name, what));
        if (direction.len > 0 && !text_is(direction, "DESC") && !text_is(direction, "ASC"))
            return problem(p->call, ERR_BUG, name, "name", "%s: only columns, ASC and DESC",
                           what);
    } while (list.len > 0);
    return OK;
}

static enum err check_names(struct plan *p, const struct table *t)
{
    TRY(check_name(p, t->name, "table"));
    if (t->was.len > 0)
        TRY(check_name(p, t->was, "table"));
    TRY(check_list(p, t->primary, "primary key"));
    for (size_t i = 0; i < t->column_count; i++) {
        TRY(check_name(p, t->columns[i].name, "column"));
        if (t->columns[i].was.len > 0)
            TRY(check_name(p, t->columns[i].was, "column"));
    }
    for (size_t i = 0; i < t->index_count; i++) {
        TRY(check_name(p, t->indexes[i].name, "index"));
        TRY(check_list(p, t->indexes[i].columns, "index"));
        if (t->indexes[i].filled.len > 0)
            TRY(check_name(p, t->indexes[i].filled, "column"));
    }
    return OK;
}

/* ---- what is there ----------------------------------------------------------------------- */
enum { THERE_TABLE, THERE_NAME, THERE_TYPE, THERE_NOT_NULL, THERE_PRIMARY };
enum { THERE_UNIQUE = 2, THERE_COLUMNS = 3, THERE_PARTIAL = 4 };

/* The next column of the table from the one that was found last on: they are asked for in about
 * the order in which they are there. */
static const struct value *column_from(struct plan *p, struct text table, struct text name,
                                       bool any)
{
    for (size_t n = 0; n < p->columns.count; n++) {
        size_t i = (p->at + n) % p->columns.count;
        const struct value *row = row_at(&p->columns, i);
        if (text_same(row[THERE_TABLE].text, table) &&
            (any || text_same(row[THERE_NAME].text, name))) {
            p->at = i;
            return row;
        }
    }
    return NULL;
}

static const struct value *find_column(struct plan *p, struct text table, struct text name)
{
    return column_from(p, table, name, false);
}

static bool has_table(struct plan *p, struct text table)
{
    return column_from(p, table, TEXT(""), true) != NULL;
}

static const struct value *find_index(const struct plan *p, struct text name)
{
    for (size_t i = 0; i < p->indexes.count; i++) {
        const struct value *row = row_at(&p->indexes, i);
        if (text_same(row[THERE_NAME].text, name))
            return row;
    }
    return NULL;
}

static bool is_guarded(const struct plan *p, struct text table)
{
    for (size_t i = 0; i < p->guarded.count; i++) {
        if (text_same(row_at(&p->guarded, i)[0].text, table))
            return true;
    }
    return false;
}

static bool is_renamed(struct plan *p, const struct table *t, const struct column *c)
{
    return c->was.len > 0 && find_column(p, t->name, c->name) == NULL &&
           find_column(p, t->name, c->was) != NULL;
}

/* The name a column that is there will have once the renames of this plan are done. */
static struct text new_name(struct plan *p, const struct table *t, struct text name)
{
    for (size_t i = 0; i < t->column_count; i++) {
        const struct column *c = &t->columns[i];
        if (text_same(c->was, name) && is_renamed(p, t, c))
            return c->name;
    }
    return name;
}

static bool same_list(struct plan *p, const struct table *t, struct text there,
                      struct text declared)
{
    struct text direction;

    while (there.len > 0 && declared.len > 0) {
        struct text left = new_name(p, t, next_name(&there, &direction));
        if (!text_same(left, next_name(&declared, &direction)))
            return false;
    }
    return there.len == 0 && declared.len == 0;
}

static struct text primary_there(struct plan *p, struct text table)
{
    struct text list = TEXT("");
    size_t begin = 0, end;

    while (begin < p->columns.count &&
           !text_same(row_at(&p->columns, begin)[THERE_TABLE].text, table))
        begin++;
    for (end = begin; end < p->columns.count &&
                      text_same(row_at(&p->columns, end)[THERE_TABLE].text, table);)
        end++;
    for (int64_t place = 1;; place++) {
        const struct value *found = NULL;
        for (size_t i = begin; i < end && found == NULL; i++)
            if (row_at(&p->columns, i)[THERE_PRIMARY].integer == place)
                found = row_at(&p->columns, i);
        if (found == NULL)
            return list;
        list = text_print(p->call->arena, "%.*s%s%.*s", TEXT_ARG(list), place > 1 ? ", " : "",
                          TEXT_ARG(found[THERE_NAME].text));
    }
}

/* ---- steps ------------------------------------------------------------------------------- */
static void add_step(struct plan *p, struct text what, struct text sql)
{
    struct plan_step *step = NEW(p->call->arena, struct plan_step);

    *step = (struct plan_step){what, sql, NULL};
    *p->end = step;
    p->end = &step->next;
}

static void quote(struct buf *b, struct text name)
{
    buf_add_byte(b, '"');
    buf_add(b, name);
    buf_add_byte(b, '"');
}

static void quote_list(struct buf *b, struct text list)
{
    for (bool first = true; list.len > 0; first = false) {
        struct text direction, name = next_name(&list, &direction);
        if (!first)
            buf_add_c(b, ", ");
        quote(b, name);
        if (direction.len > 0) {
            buf_add_byte(b, ' ');
            buf_add(b, direction);
        }
    }
}

static bool in_primary(const struct table *t, struct text name)
{
    struct text list = t->primary, direction;

    while (list.len > 0) {
        if (text_same(next_name(&list, &direction), name))
            return true;
    }
    return false;
}

static void declare(struct plan *p, struct buf *b, const struct table *t,
                    const struct column *c)
{
    quote(b, c->name);
    buf_add_byte(b, ' ');
    buf_add_c(b, p->dialect->declaration[c->type]);
    if (c->not_null || in_primary(t, c->name))
        buf_add_c(b, " NOT NULL");
    if (c->fill.len > 0) {
        buf_add_c(b, " DEFAULT ");
        buf_add(b, c->fill);
    }
}

static struct text finished(const struct buf *b)
{
    if (b->full)
        panic("a statement of the plan is over %d bytes", SQL_MOST);
    return buf_text(b);
}

static void create_table(struct plan *p, const struct table *t)
{
    struct buf b = buf_in(p->call->arena, SQL_MOST);

    buf_add_c(&b, "CREATE TABLE ");
    quote(&b, t->name);
    buf_add_c(&b, " (");
    for (size_t i = 0; i < t->column_count; i++) {
        declare(p, &b, t, &t->columns[i]);
        buf_add_c(&b, ", ");
    }
    buf_add_c(&b, "PRIMARY KEY (");
    quote_list(&b, t->primary);
    buf_add_c(&b, "))");
    buf_add_c(&b, p->dialect->table_end);
    add_step(p, text_print(p->call->arena, "create table %.*s", TEXT_ARG(t->name)),
             finished(&b));
}

/* From here on what is there is known by its new name. */
static void now_called(struct rows *there, const struct table *t)
{
    for (size_t i = 0; i < there->count; i++) {
        struct value *name = &there->cells[i * there->columns + THERE_TABLE];
        if (text_same(name->text, t->was))
            *name = V_TEXT(t->name);
    }
}

static void rename_table(struct plan *p, const struct table *t)
{
    struct arena *a = p->call->arena;

    add_step(p,
             text_print(a, "rename table %.*s to %.*s", TEXT_ARG(t->was), TEXT_ARG(t->name)),
             text_print(a, "ALTER TABLE \"%.*s\" RENAME TO \"%.*s\"", TEXT_ARG(t->was),
                        TEXT_ARG(t->name)));
    now_called(&p->columns, t);
    now_called(&p->indexes, t);
    now_called(&p->guarded, t);
}

static void rename_column(struct plan *p, const struct table *t, const struct column *c)
{
    struct arena *a = p->call->arena;

    add_step(p,
             text_print(a, "rename column %.*s.%.*s to %.*s", TEXT_ARG(t->name),
                        TEXT_ARG(c->was), TEXT_ARG(c->name)),
             text_print(a, "ALTER TABLE \"%.*s\" RENAME COLUMN \"%.*s\" TO \"%.*s\"",
                        TEXT_ARG(t->name), TEXT_ARG(c->was), TEXT_ARG(c->name)));
}

static enum err add_column(struct plan *p, const struct table *t, const struct column *c)
{
    struct buf b = buf_in(p->call->arena, SQL_MOST);

    if (c->not_null && c->fill.len == 0)
        return problem(
            p->call, ERR_CONFLICT, c->name, "fill",
            "column %.*s.%.*s may not be empty, and nothing says what existing rows get",
            TEXT_ARG(t->name), TEXT_ARG(c->name));
    buf_print(&b, "ALTER TABLE \"%.*s\" ADD COLUMN ", TEXT_ARG(t->name));
    declare(p, &b, t, c);
    add_step(p,
             text_print(p->call->arena, "add column %.*s.%.*s", TEXT_ARG(t->name),
                        TEXT_ARG(c->name)),
             finished(&b));
    return OK;
}

/* ---- comparing --------------------------------------------------------------------------- */
static enum err compare_column(struct plan *p, const struct table *t, const struct column *c,
                               const struct value *there)
{
    const char *type = p->dialect->type[c->type];

    if (!text_is(there[THERE_TYPE].text, type))
        return problem(p->call, ERR_CONFLICT, c->name, "type",
                       "column %.*s.%.*s is %.*s in the store and should be %s",
                       TEXT_ARG(t->name), TEXT_ARG(c->name), TEXT_ARG(there[THERE_TYPE].text),
                       type);
    if (there[THERE_NOT_NULL].integer && !c->not_null && !in_primary(t, c->name))
        return problem(
            p->call, ERR_CONFLICT, c->name, "not_null",
            "column %.*s.%.*s may not be empty in the store and should be allowed to",
            TEXT_ARG(t->name), TEXT_ARG(c->name));
    return OK;
}

static enum err plan_column(struct plan *p, const struct table *t, const struct column *c)
{
    const struct value *there = find_column(p, t->name, c->name);

    if (there != NULL)
        return compare_column(p, t, c, there);
    if (!is_renamed(p, t, c))
        return add_column(p, t, c);
    rename_column(p, t, c);
    return compare_column(p, t, c, find_column(p, t->name, c->was));
}

static void plan_index(struct plan *p, const struct table *t, const struct index *i)
{
    const struct value *there = find_index(p, i->name);
    struct buf b = buf_in(p->call->arena, SQL_MOST);

    if (there != NULL && text_same(there[THERE_TABLE].text, t->name) &&
        (there[THERE_UNIQUE].integer != 0) == i->unique &&
        (there[THERE_PARTIAL].integer != 0) == (i->filled.len > 0) &&
        same_list(p, t, there[THERE_COLUMNS].text, i->columns))
        return;
    if (there != NULL)
        buf_print(&b, "DROP INDEX \"%.*s\"; ", TEXT_ARG(i->name));
    buf_print(&b, "CREATE %sINDEX \"%.*s\" ON \"%.*s\" (", i->unique ? "UNIQUE " : "",
              TEXT_ARG(i->name), TEXT_ARG(t->name));
    quote_list(&b, i->columns);
    buf_add_c(&b, ")");
    if (i->filled.len > 0)
        buf_print(&b, " WHERE \"%.*s\" IS NOT NULL", TEXT_ARG(i->filled));
    add_step(p,
             text_print(p->call->arena, "%s index %.*s on %.*s",
                        there != NULL ? "make again" : "create", TEXT_ARG(i->name),
                        TEXT_ARG(t->name)),
             finished(&b));
}

static void note(struct plan *p, enum err e)
{
    if (p->e == OK)
        p->e = e;
}

static enum err compare_primary(struct plan *p, const struct table *t)
{
    struct text there = primary_there(p, t->name);

    if (same_list(p, t, there, t->primary))
        return OK;
    return problem(p->call, ERR_CONFLICT, t->name, "primary",
                   "table %.*s has the primary key (%.*s) in the store and should have (%.*s)",
                   TEXT_ARG(t->name), TEXT_ARG(there), TEXT_ARG(t->primary));
}

static void plan_table(struct plan *p, const struct table *t)
{
    if (t->was.len > 0 && !has_table(p, t->name) && has_table(p, t->was))
        rename_table(p, t);
    if (!has_table(p, t->name)) {
        create_table(p, t);
    } else {
        note(p, compare_primary(p, t));
        for (size_t i = 0; i < t->column_count; i++)
            note(p, plan_column(p, t, &t->columns[i]));
    }
    if (t->append_only && !is_guarded(p, t->name))
        add_step(p, text_print(p->call->arena, "make %.*s append-only", TEXT_ARG(t->name)),
                 p->dialect->guard(p->call->arena, t->name));
    for (size_t i = 0; i < t->index_count; i++)
        plan_index(p, t, &t->indexes[i]);
}

static enum err look(struct plan *p, struct tx *tx)
{
    struct rows lock;

    if (p->dialect->lock != NULL)
        TRY(tx_rows(p->call, tx, p->dialect->lock, NULL, 0, 1, &lock));
    TRY(tx_rows(p->call, tx, p->dialect->columns, NULL, 0, READ_MOST, &p->columns));
    TRY(tx_rows(p->call, tx, p->dialect->indexes, NULL, 0, READ_MOST, &p->indexes));
    return tx_rows(p->call, tx, p->dialect->guarded, NULL, 0, READ_MOST, &p->guarded);
}

enum err store_plan(struct call *call, struct tx *tx, const struct table *tables, size_t count,
                    struct plan_step **steps)
{
    struct plan p = {.call = call, .dialect = &tx->store->driver->plan, .end = steps};

    *steps = NULL;
    for (size_t i = 0; i < count; i++)
        TRY(check_names(&p, &tables[i]));
    TRY(look(&p, tx));
    for (size_t i = 0; i < count; i++)
        plan_table(&p, &tables[i]);
    return p.e;
}

enum err store_migrate(struct call *call, struct tx *tx, const struct plan_step *steps)
{
    for (; steps != NULL; steps = steps->next) {
        log_line(LOG_DEBUG, "store", "migrate=\"%.*s\"", TEXT_ARG(steps->what));
        TRY(tx_script(call, tx, text_c(call->arena, steps->sql)));
    }
    return OK;
}

enum err tx_unguard(struct call *call, struct tx *tx, struct text table)
{
    return tx_script(call, tx,
                     text_c(call->arena, tx->store->driver->plan.unguard(call->arena, table)));
}

enum err tx_reguard(struct call *call, struct tx *tx, struct text table)
{
    return tx_script(call, tx,
                     text_c(call->arena, tx->store->driver->plan.reguard(call->arena, table)));
}
