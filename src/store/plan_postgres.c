/* SPDX-License-Identifier: Apache-2.0 */
/* store/plan_postgres.c — how PostgreSQL tells what tables it has, and how it guards one.
 *
 * Asked of the catalogue itself: information_schema is slow and hides what the role does not
 * own. */
#include "store/internal.h"

const char store__postgres_columns[] =
    "SELECT t.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull,"
    " COALESCE(array_position(CAST(p.indkey AS int2[]), a.attnum)"
    " - array_lower(CAST(p.indkey AS int2[]), 1) + 1, 0)"
    " FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid"
    " LEFT JOIN pg_catalog.pg_index p ON p.indrelid = t.oid AND p.indisprimary"
    " WHERE n.nspname = current_schema() AND t.relkind IN ('r', 'p')"
    " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY t.relname, a.attnum";

const char store__postgres_indexes[] =
    "SELECT t.relname, i.relname, x.indisunique,"
    " (SELECT string_agg(a.attname, ', ' ORDER BY k.place)"
    " FROM unnest(CAST(x.indkey AS int2[])) WITH ORDINALITY AS k (number, place)"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number),"
    " x.indpred IS NOT NULL"
    " FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid"
    " JOIN pg_catalog.pg_class t ON t.oid = x.indrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"
    " WHERE n.nspname = current_schema() AND NOT x.indisprimary ORDER BY i.relname";

const char store__postgres_guarded[] =
    "SELECT t.relname FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class t ON t.oid = "
    "g.tgrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"
    " WHERE n.nspname = current_schema() AND g.tgname = 'append_only' ORDER BY t.relname";

/* A schema's name cannot be bound: it is put in here, quoted (postgres_open.c checked its letters). */
struct text store__postgres_schema(struct arena *a, struct text schema)
{
    return text_print(a, "CREATE SCHEMA IF NOT EXISTS \"%.*s\"", TEXT_ARG(schema));
}

struct text store__postgres_session(struct arena *a, struct text schema, long long slow)
{
    return text_print(a, "SET search_path TO \"%.*s\"; SET statement_timeout = %lld",
                      TEXT_ARG(schema), slow);
}

struct text store__postgres_guard(struct arena *a, struct text table)
{
    return text_print(
        a,
        "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'append only'; END $$;"
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON \"%.*s\""
        " FOR EACH ROW EXECUTE FUNCTION append_only();"
        "CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON \"%.*s\""
        " FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
        TEXT_ARG(table), TEXT_ARG(table));
}

/* Readers go on meanwhile, which they would not if the trigger was dropped. */
struct text store__postgres_unguard(struct arena *a, struct text table)
{
    return text_print(a, "ALTER TABLE \"%.*s\" DISABLE TRIGGER append_only", TEXT_ARG(table));
}

struct text store__postgres_reguard(struct arena *a, struct text table)
{
    return text_print(a, "ALTER TABLE \"%.*s\" ENABLE TRIGGER append_only", TEXT_ARG(table));
}

/* Of a trigger: whether it is enabled, when it fires, on which condition and columns, and what it
 * runs. */
const char store__postgres_objects[] =
    "SELECT CASE WHEN c.relkind IN ('r', 'p') THEN 'table' ELSE 'view' END,"
    " CAST(c.relname AS text), CAST(c.relname AS text), ''"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
    " UNION ALL SELECT 'trigger', CAST(g.tgname AS text), CAST(t.relname AS text),"
    " CONCAT(g.tgenabled, g.tgtype, CASE WHEN g.tgqual IS NULL THEN '' ELSE '?' END,"
    " CAST(g.tgattr AS text), p.prosrc)"
    " FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid"
    " JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"
    " JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid"
    " WHERE n.nspname = current_schema() AND NOT g.tgisinternal"
    " UNION ALL SELECT 'rule', CAST(r.rulename AS text), CAST(t.relname AS text), ''"
    " FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class t ON t.oid = r.ev_class"
    " JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"
    " WHERE n.nspname = current_schema() AND r.rulename <> '_RETURN'"
    " UNION ALL SELECT 'rule', CAST(e.evtname AS text), '', ''"
    " FROM pg_catalog.pg_event_trigger e WHERE e.evtenabled <> 'D' ORDER BY 1, 2";

/* BEFORE UPDATE OR DELETE for each row is 27, BEFORE TRUNCATE for each statement 34. */
bool store__postgres_is_guard(struct arena *a, struct text table, struct text name,
                              struct text text)
{
    static const char row[] = "O27 BEGIN RAISE EXCEPTION 'append only'; END ";
    static const char whole[] = "O34 BEGIN RAISE EXCEPTION 'append only'; END ";
    (void)a, (void)table;
    return (text_is(name, "append_only") && text_is(text, row)) ||
           (text_is(name, "append_only_truncate") && text_is(text, whole));
}
