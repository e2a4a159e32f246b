/* SPDX-License-Identifier: Apache-2.0 */
/* store/plan_sqlite.c — how SQLite tells what tables it has, and how it guards one. */
#include "store/internal.h"

const char store__sqlite_columns[] =
    "SELECT t.name, c.name, c.type, c.\"notnull\", c.pk"
    " FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
    " ORDER BY t.name, c.cid";

const char store__sqlite_indexes[] =
    "SELECT t.name, i.name, i.\"unique\", (SELECT group_concat(c.name, ', ') FROM"
    " (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) c), i.partial"
    " FROM sqlite_schema t JOIN pragma_index_list(t.name) i"
    " WHERE t.type = 'table' AND i.origin = 'c' ORDER BY i.name";

const char store__sqlite_guarded[] = "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger'"
                                     " AND name = tbl_name || '_no_update' ORDER BY tbl_name";

struct text store__sqlite_guard(struct arena *a, struct text table)
{
    return text_print(a,
                      "CREATE TRIGGER \"%.*s_no_update\" BEFORE UPDATE ON \"%.*s\" BEGIN"
                      " SELECT RAISE(ABORT, 'append only'); END;"
                      "CREATE TRIGGER \"%.*s_no_delete\" BEFORE DELETE ON \"%.*s\" BEGIN"
                      " SELECT RAISE(ABORT, 'append only'); END",
                      TEXT_ARG(table), TEXT_ARG(table), TEXT_ARG(table), TEXT_ARG(table));
}

struct text store__sqlite_unguard(struct arena *a, struct text table)
{
    return text_print(a, "DROP TRIGGER \"%.*s_no_update\"; DROP TRIGGER \"%.*s_no_delete\"",
                      TEXT_ARG(table), TEXT_ARG(table));
}

const char store__sqlite_objects[] =
    "SELECT type, name, tbl_name, COALESCE(sql, '') FROM sqlite_schema"
    " WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    " ORDER BY type, name";

/* To the letter as store__sqlite_guard makes it: one that does nothing guards nothing. */
bool store__sqlite_is_guard(struct arena *a, struct text table, struct text name,
                            struct text text)
{
    struct text made = store__sqlite_guard(a, table), update = text_cut(&made, ';');
    update = text_print(a, "%.*s; END", TEXT_ARG(update));
    (void)text_cut(&made, ';');
    if (text_same(name, text_join(a, table, TEXT("_no_update"))))
        return text_same(text, update);
    return text_same(name, text_join(a, table, TEXT("_no_delete"))) && text_same(text, made);
}
