/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/names.c — which names are allowed.
 * Names become tables, columns, paths and JSON members without ever being quoted or escaped, so
 * everything that means something else in one of those places is refused here, once. */
#include "model/internal.h"

/* Reserved by PostgreSQL or by SQLite as a table or column name. */
static const char sql_words[] =
    "abort add all alter analyse analyze and any array as asc asymmetric authorization "
    "autoincrement between binary both case cast check collate collation column commit "
    "concurrently constraint create cross current_catalog current_date current_role "
    "current_schema current_time current_timestamp current_user default deferrable delete desc "
    "distinct do drop else end escape except exists false fetch for foreign freeze from full "
    "grant group having ilike in index initially inner insert intersect into is isnull join "
    "lateral leading left like limit localtime localtimestamp natural not nothing notnull null "
    "offset on only or order outer overlaps placing primary references returning right select "
    "session_user set similar some symmetric system_user table tablesample then to trailing "
    "transaction true union unique update user using values variadic verbose when where window "
    "with";

/* Tables of the engine, what `to` may say besides kinds, and the fixed paths of the API. */
static const char kind_words[] =
    "person session token role role_grant unit_closure version link comment file signature "
    "withdrawn waived acknowledgement acknowledgements acknowledge "
    "past_owner contributor frozen batch stay turn timer stale outbox check_run readiness_run "
    "series "
    "idempotency meta sequence ledger_log ledger_entry ledger_tile ledger_checkpoint "
    "search_doc "
    "monitors gaps glossary help search_words requirement model files search tasks people "
    "tokens "
    "frameworks readiness "
    "method checks soa ledger stream events systems reviews reports attachment file_chunk "
    "token_grant "
    "setup healthz readyz metrics sealed store trace backup data_export reset sessions "
    "organisation access_request public message mailbox "
    "batch transfer site_file notices jobs watching calendar calendar_feed "
    "event_source event_segment event_block event_key event_removal "
    "event_counted event_page event_cell event_early "
    "hook hooks hook_delivery hook_state home registers clocks";

/* Members that a record or a list query has already. */
static const char field_words[] =
    "id kind key state version author editor created_at updated_at reason q sort cursor "
    "fields facets as_of format names ledger may since timers clocks hidden redacted "
    "redactions tally cards last_act waived watching totals group shape columns view";

bool model__name_ok(struct text name)
{
    if (name.len == 0 || name.len > NAME_LIMIT || name.at[0] < 'a' || name.at[0] > 'z')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool under = c == '_';
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !under)
            return false;
        if (under && (i + 1 == name.len || name.at[i + 1] == '_'))
            return false;
    }
    return true;
}

bool model__sql_word(struct text name)
{
    return model__one_of(name, sql_words);
}

static bool check_plain(struct loader *l, const struct json *v, struct text name)
{
    if (!model__name_ok(name)) {
        model__mistake(l, v, "name",
                       "\"%.*s\" is not a name: a-z, 0-9 and single _ between them, at most 40",
                       TEXT_ARG(name));
        return false;
    }
    if (model__sql_word(name)) {
        model__mistake(l, v, "reserved", "\"%.*s\" is a word of SQL and cannot be a name",
                       TEXT_ARG(name));
        return false;
    }
    return true;
}

void model__check_kind_name(struct loader *l, const struct json *v, struct text name)
{
    if (check_plain(l, v, name) && model__one_of(name, kind_words))
        model__mistake(l, v, "reserved", "\"%.*s\" is used by the engine and cannot be a kind",
                       TEXT_ARG(name));
}

void model__check_field_name(struct loader *l, const struct json *v, struct text name,
                             bool column)
{
    const char *taken = column ? "record pos id" : field_words;
    if (check_plain(l, v, name) && model__one_of(name, taken))
        model__mistake(l, v, "reserved", "\"%.*s\" is used by the engine and cannot be a %s",
                       TEXT_ARG(name), column ? "column" : "field");
}
