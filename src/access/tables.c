/* SPDX-License-Identifier: Apache-2.0 */
/* access/tables.c — the tables of this folder, as data for the migration plan.
 * Moments are text that sorts by time; "" stands for none, so that no column is ever NULL.
 * Nobody but this folder writes to them. Checks and lists may read person, role_grant and
 * unit_closure. */
#include "access/internal.h"

#define LITERAL(t)                                                                             \
    {                                                                                          \
        t, sizeof(t) - 1                                                                       \
    }
#define WORD(n)                                                                                \
    {                                                                                          \
        .name = LITERAL(n), .type = COLUMN_TEXT, .not_null = true, .fill = LITERAL("''")       \
    }
#define COUNTER(n)                                                                             \
    {                                                                                          \
        .name = LITERAL(n), .type = COLUMN_INTEGER, .not_null = true, .fill = LITERAL("0")     \
    }
/* What fixes the row by an entry of the ledger (seal.c). */
#define SEAL                                                                                   \
    {.name = LITERAL("salt"), .type = COLUMN_BYTES},                                           \
        {.name = LITERAL("ledger"),                                                            \
         .type = COLUMN_INTEGER,                                                               \
         .not_null = true,                                                                     \
         .fill = LITERAL("-1")},                                                               \
    {                                                                                          \
        .name = LITERAL("commitment"), .type = COLUMN_BYTES                                    \
    }
#define INDEX(n, on, once)                                                                     \
    {                                                                                          \
        .name = LITERAL(n), .columns = LITERAL(on), .unique = once                             \
    }
#define TABLE(n, key, its_columns, its_indexes, count)                                         \
    {                                                                                          \
        .name = LITERAL(n), .primary = LITERAL(key), .columns = its_columns,                   \
        .column_count = COUNT(its_columns), .indexes = its_indexes, .index_count = count       \
    }

/* The _key columns are folded: what people look for. password is a hash that carries its own
 * parameters, "" for somebody who cannot sign in with one; renew: another made it and has seen
 * it. waits_by: who alone let the account be staff, until another confirms it; "" when it waits for
 * nobody. */
static const struct column person_columns[] = {
    WORD("id"),   WORD("name"), WORD("name_key"),    WORD("email"),      WORD("email_key"),
    WORD("unit"), WORD("lang"), COUNTER("disabled"), WORD("created_at"), WORD("password"),
    COUNTER("renew"), WORD("waits_by"), SEAL};
static const struct index person_indexes[] = {INDEX("person_email", "email_key", true),
                                              INDEX("person_name", "name_key, id", false)};

static const struct column session_columns[] = {
    WORD("id"),      WORD("hash"),    WORD("person"),     WORD("created_at"),
    WORD("seen_at"), WORD("ends_at"), WORD("fresh_until")};
static const struct index session_indexes[] = {INDEX("session_hash", "hash", true),
                                               INDEX("session_person", "person", false),
                                               INDEX("session_ends", "ends_at", false)};

/* person is whom it acts for ("" in old ones: these may only read): a token never can more than its
 * person. */
static const struct column token_columns[] = {WORD("id"),
                                              WORD("hash"),
                                              WORD("name"),
                                              WORD("scopes"),
                                              WORD("person"),
                                              WORD("created_by"),
                                              WORD("created_at"),
                                              WORD("expires_at"),
                                              WORD("used_at"),
                                              COUNTER("revoked"),
                                              COUNTER("relations"),
                                              SEAL};
static const struct index token_indexes[] = {INDEX("token_hash", "hash", true),
                                             INDEX("token_person", "person", false)};
static const struct column token_grant_columns[] = {WORD("token"), WORD("role"), WORD("unit")};

/* state is active or pending: the second waits for another person (SOD-10). */
static const struct column role_grant_columns[] = {WORD("person"), WORD("role"), WORD("unit"),
                                                   WORD("state"),  WORD("by"),   WORD("at")};
static const struct index role_grant_indexes[] = {
    INDEX("role_grant_role", "role, unit, state", false)};

/* What waits for a second person, and links for passwords; rows stay when they are over. state is
 * waits, open, used or ended; hash is of the link. */
static const struct column access_request_columns[] = {
    WORD("id"),         WORD("person"),   WORD("what"),    WORD("value"), WORD("state"), WORD("asked_by"),
    WORD("settled_by"), WORD("asked_at"), WORD("ends_at"), WORD("hash"),  SEAL};
static const struct index access_request_indexes[] = {
    INDEX("access_request_person", "person, what, state", false),
    INDEX("access_request_hash", "hash", false)};

/* What somebody wishes to get by mail (wish.c): their own note, and no fact. `last_day` is the
 * day of the last letter of a morning, "" before the first. */
static const struct column mail_wish_columns[] = {
    WORD("person"),      WORD("wish"), COUNTER("hour"), COUNTER("quiet_from"),
    COUNTER("quiet_to"), WORD("zone"), WORD("last_day")};

/* Every unit with itself at depth 0 and with all that are above it. */
static const struct column unit_closure_columns[] = {WORD("ancestor"), WORD("descendant"),
                                                     COUNTER("depth")};
static const struct index unit_closure_indexes[] = {
    INDEX("unit_closure_descendant", "descendant, depth", false)};

/* What an entry commits to where no other table keeps it: body is the object of docs/ledger.md §3,
 * ledger the index of the entry about kind and id. */
static const struct column sealed_columns[] = {
    COUNTER("ledger"),
    WORD("kind"),
    WORD("id"),
    WORD("body"),
    {.name = LITERAL("salt"), .type = COLUMN_BYTES},
    {.name = LITERAL("commitment"), .type = COLUMN_BYTES}};
static const struct index sealed_indexes[] = {
    INDEX("sealed_object", "kind, id, ledger", false)};

/* The organisation's own model files, each as it was from change number `since` on; gone: no more. */
static const struct column site_file_columns[] = {WORD("path"), COUNTER("since"), WORD("body"),
                                                  COUNTER("gone")};

static const struct table tables[] = {
    {.name = LITERAL("site_file"),
     .primary = LITERAL("path, since"),
     .columns = site_file_columns,
     .column_count = COUNT(site_file_columns),
     .append_only = true},
    {.name = LITERAL("sealed"),
     .primary = LITERAL("ledger"),
     .columns = sealed_columns,
     .column_count = COUNT(sealed_columns),
     .indexes = sealed_indexes,
     .index_count = COUNT(sealed_indexes),
     .append_only = true},
    TABLE("person", "id", person_columns, person_indexes, COUNT(person_indexes)),
    TABLE("session", "id", session_columns, session_indexes, COUNT(session_indexes)),
    TABLE("token", "id", token_columns, token_indexes, COUNT(token_indexes)),
    TABLE("token_grant", "token, role, unit", token_grant_columns, NULL, 0),
    TABLE("role_grant", "person, role, unit", role_grant_columns, role_grant_indexes,
          COUNT(role_grant_indexes)),
    TABLE("access_request", "id", access_request_columns, access_request_indexes,
          COUNT(access_request_indexes)),
    TABLE("mail_wish", "person", mail_wish_columns, NULL, 0),
    TABLE("unit_closure", "ancestor, descendant", unit_closure_columns, unit_closure_indexes,
          COUNT(unit_closure_indexes)),
};

const struct table *access_tables(size_t *count)
{
    *count = COUNT(tables);
    return tables;
}
