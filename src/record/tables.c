/* SPDX-License-Identifier: Apache-2.0 */
/* record/tables.c — the tables of the store: our own, and those that follow from the model. */
#include "record/internal.h"

/* ---- tables of our own
 * ------------------------------------------------------------------------- */
#define COLUMN(n, t, must)                                                                     \
    {                                                                                          \
        .name = {n, sizeof(n) - 1}, .type = COLUMN_##t, .not_null = must                       \
    }
#define NAMED(n)                                                                               \
    {                                                                                          \
        n, sizeof(n) - 1                                                                       \
    }

static const struct column version_columns[] = {
    COLUMN("kind", TEXT, true),       COLUMN("id", TEXT, true),
    COLUMN("version", INTEGER, true), COLUMN("at", TEXT, true),
    COLUMN("ledger", INTEGER, true),  COLUMN("salt", BYTES, true),
    COLUMN("body", TEXT, true),       COLUMN("alters", INTEGER, false)};
static const struct index version_indexes[] = {
    {.name = NAMED("version_at"), .columns = NAMED("kind, at")}};
static const struct column link_columns[] = {
    COLUMN("from_kind", TEXT, true), COLUMN("from_id", TEXT, true), COLUMN("type", TEXT, true),
    COLUMN("pos", INTEGER, true),    COLUMN("to_kind", TEXT, true), COLUMN("to_id", TEXT, true),
    COLUMN("free", INTEGER, true)};
static const struct index link_indexes[] = {
    {.name = NAMED("link_to"), .columns = NAMED("to_id, type, from_kind")}};
static const struct column sequence_columns[] = {COLUMN("kind", TEXT, true),
                                                 COLUMN("last", INTEGER, true)};
static const struct column signature_columns[] = {
    COLUMN("kind", TEXT, true),       COLUMN("id", TEXT, true),
    COLUMN("version", INTEGER, true), COLUMN("move", TEXT, true),
    COLUMN("person", TEXT, true),     COLUMN("at", TEXT, true),
    COLUMN("side", INTEGER, true),    COLUMN("own_id", TEXT, false),
    COLUMN("salt", BYTES, false),     COLUMN("ledger", INTEGER, false),
    COLUMN("until", TEXT, false),     COLUMN("stands_for", TEXT, false)};
/* Signatures that were taken back, by which version: follows from the versions (sign.c). */
static const struct column withdrawn_columns[] = {
    COLUMN("signature", TEXT, true), COLUMN("kind", TEXT, true), COLUMN("id", TEXT, true),
    COLUMN("version", INTEGER, true)};
/* Duties that did not bind who moved or signed, by which waiver: follows from the versions
 * (waiver.c). */
static const struct column waived_columns[] = {
    COLUMN("kind", TEXT, true),       COLUMN("id", TEXT, true),
    COLUMN("version", INTEGER, true), COLUMN("waiver", TEXT, true),
    COLUMN("person", TEXT, true),     COLUMN("duty", TEXT, true),
    COLUMN("move", TEXT, true),       COLUMN("at", TEXT, true)};
static const struct index waived_indexes[] = {
    {.name = NAMED("waived_by"), .columns = NAMED("waiver, at")}};
/* Who owned a record until this version: follows from the versions (hand.c). */
static const struct column past_owner_columns[] = {
    COLUMN("kind", TEXT, true), COLUMN("id", TEXT, true), COLUMN("version", INTEGER, true),
    COLUMN("person", TEXT, true)};
/* Who wrote in this version, "" where a draft begins: follows from the versions (contributor.c). */
static const struct column contributor_columns[] = {
    COLUMN("kind", TEXT, true), COLUMN("id", TEXT, true), COLUMN("version", INTEGER, true),
    COLUMN("person", TEXT, true)};
/* Records that a version of another signed, as they were: follows from the versions (freeze.c). */
static const struct column frozen_columns[] = {
    COLUMN("kind", TEXT, true),       COLUMN("id", TEXT, true),
    COLUMN("version", INTEGER, true), COLUMN("by_kind", TEXT, true),
    COLUMN("by_id", TEXT, true),      COLUMN("by_version", INTEGER, true)};
/* Since when a record was in which state: follows from the versions (stay.c). */
static const struct column stay_columns[] = {
    COLUMN("kind", TEXT, true),   COLUMN("id", TEXT, true),     COLUMN("version", INTEGER, true),
    COLUMN("state", TEXT, true),  COLUMN("since", TEXT, true),  COLUMN("until", TEXT, false),
    COLUMN("person", TEXT, true), COLUMN("move", TEXT, true)};
static const struct index stay_indexes[] = {
    {.name = NAMED("stay_state"), .columns = NAMED("kind, state, since")}};
/* What monitors showed, a row a window: follows from the versions (series.c). */
static const struct column series_columns[] = {
    COLUMN("kind", TEXT, true),         COLUMN("id", TEXT, true),
    COLUMN("version", INTEGER, true),   COLUMN("name", TEXT, true),
    COLUMN("at", TEXT, true),           COLUMN("until", TEXT, true),
    COLUMN("status", TEXT, true),       COLUMN("alarm", INTEGER, true),
    COLUMN("value", NUMBER, false),     COLUMN("n", INTEGER, true),
    COLUMN("low", NUMBER, false),       COLUMN("high", NUMBER, false),
    COLUMN("limit_low", NUMBER, false), COLUMN("limit_high", NUMBER, false),
    COLUMN("source", TEXT, true)};
/* Kinds that must be computed anew, and how far that is (stale.c). */
static const struct column stale_columns[] = {COLUMN("kind", TEXT, true),
                                              COLUMN("after", TEXT, true),
                                              COLUMN("cause", TEXT, true)};
/* Records that must be computed anew, and because of what (stale.c). */
static const struct column stale_record_columns[] = {
    COLUMN("kind", TEXT, true), COLUMN("id", TEXT, true), COLUMN("cause", TEXT, true)};
/* What moves by itself and when: `at` follows from the versions (timer.c), the rest is how far it got. */
static const struct column timer_columns[] = {
    COLUMN("kind", TEXT, true), COLUMN("id", TEXT, true),   COLUMN("name", TEXT, true),
    COLUMN("at", TEXT, true),   COLUMN("next", TEXT, true), COLUMN("tries", INTEGER, true),
    COLUMN("why", TEXT, true)};
static const struct index timer_indexes[] = {
    {.name = NAMED("timer_next"), .columns = NAMED("next")}};
/* Records that may be somebody's turn, and where they stand: follows from the versions (living.c). The
 * first index has all that lists of tasks choose by. */
static const struct column turn_columns[] = {
    COLUMN("kind", TEXT, true),   COLUMN("id", TEXT, true),       COLUMN("place", TEXT, true),
    COLUMN("unit", TEXT, false),  COLUMN("keeper", TEXT, false),  COLUMN("offered", TEXT, false),
    COLUMN("day", TEXT, true),    COLUMN("num", TEXT, true)};
static const struct index turn_indexes[] = {
    {.name = NAMED("turn_day"), .columns = NAMED("day, num, place, unit, keeper, offered, id")},
    {.name = NAMED("turn_place"), .columns = NAMED("place, unit")},
    {.name = NAMED("turn_keeper"), .columns = NAMED("keeper, place")},
    {.name = NAMED("turn_offered"), .columns = NAMED("offered")}};
/* What checks and frameworks gave, the last time of each day (assure/runs.c). */
static const struct column check_run_columns[] = {
    COLUMN("name", TEXT, true),    COLUMN("day", TEXT, true),           COLUMN("at", TEXT, true),
    COLUMN("size", INTEGER, true), COLUMN("model", TEXT, true),         COLUMN("population", INTEGER, true),
    COLUMN("breaks", INTEGER, true), COLUMN("digest", TEXT, true)};
static const struct column readiness_run_columns[] = {
    COLUMN("name", TEXT, true),       COLUMN("day", TEXT, true),
    COLUMN("at", TEXT, true),         COLUMN("size", INTEGER, true),
    COLUMN("model", TEXT, true),      COLUMN("score", INTEGER, true),
    COLUMN("raw_score", INTEGER, true), COLUMN("met", INTEGER, true),
    COLUMN("applicable", INTEGER, true), COLUMN("proof", INTEGER, true),
    COLUMN("blockers", INTEGER, true), COLUMN("detail", TEXT, false)};
static const struct column idempotency_columns[] = {
    COLUMN("actor", TEXT, true),  COLUMN("name", TEXT, true), COLUMN("kind", TEXT, true),
    COLUMN("record", TEXT, true), COLUMN("at", TEXT, true),   COLUMN("request", TEXT, false),
    COLUMN("waits_for", TEXT, false)};
/* What was changed together, and can still be taken back (batch.c). */
static const struct column batch_columns[] = {
    COLUMN("batch", TEXT, true),      COLUMN("kind", TEXT, true),   COLUMN("id", TEXT, true),
    COLUMN("version", INTEGER, true), COLUMN("person", TEXT, true), COLUMN("at", TEXT, true)};
static const struct index batch_indexes[] = {
    {.name = NAMED("batch_person"), .columns = NAMED("person, at")}};
static const struct column comment_columns[] = {
    COLUMN("id", TEXT, true),     COLUMN("kind", TEXT, true),     COLUMN("record", TEXT, true),
    COLUMN("author", TEXT, true), COLUMN("at", TEXT, true),       COLUMN("body", TEXT, true),
    COLUMN("salt", BYTES, true),  COLUMN("ledger", INTEGER, true)};
static const struct index comment_indexes[] = {
    {.name = NAMED("comment_record"), .columns = NAMED("kind, record, at")}};
/* Reports from outside (public.c): whose code opens which record; the code itself is kept
 * nowhere. */
static const struct column mailbox_columns[] = {
    COLUMN("id", TEXT, true),    COLUMN("kind", TEXT, true),     COLUMN("record", TEXT, true),
    COLUMN("hash", TEXT, true),  COLUMN("at", TEXT, true),       COLUMN("told", TEXT, true),
    COLUMN("salt", BYTES, true), COLUMN("ledger", INTEGER, true)};
static const struct index mailbox_indexes[] = {
    {.name = NAMED("mailbox_hash"), .columns = NAMED("hash"), .unique = true},
    {.name = NAMED("mailbox_record"), .columns = NAMED("kind, record")}};
/* What both sides wrote; author "": whoever sent the report. */
static const struct column message_columns[] = {
    COLUMN("id", TEXT, true),     COLUMN("kind", TEXT, true),  COLUMN("record", TEXT, true),
    COLUMN("author", TEXT, true), COLUMN("at", TEXT, true),    COLUMN("body", TEXT, true),
    COLUMN("told", TEXT, true),   COLUMN("salt", BYTES, true), COLUMN("ledger", INTEGER, true)};
static const struct index message_indexes[] = {
    {.name = NAMED("message_record"), .columns = NAMED("kind, record, ledger")}};
/* Who acknowledged which edition of a record (acknowledge.c): `version` brought it to its
 * state. */
static const struct column acknowledgement_columns[] = {
    COLUMN("id", TEXT, true),     COLUMN("kind", TEXT, true),
    COLUMN("record", TEXT, true), COLUMN("version", INTEGER, true),
    COLUMN("person", TEXT, true), COLUMN("at", TEXT, true),
    COLUMN("salt", BYTES, true),  COLUMN("ledger", INTEGER, true)};
static const struct index acknowledgement_indexes[] = {
    {.name = NAMED("acknowledgement_once"),
     .columns = NAMED("kind, record, version, person"),
     .unique = true},
    {.name = NAMED("acknowledgement_person"), .columns = NAMED("person, kind")}};
static const struct index attachment_indexes[] = {
    {.name = NAMED("attachment_author"), .columns = NAMED("author, at")}};
static const struct column attachment_columns[] = {
    COLUMN("id", TEXT, true),       COLUMN("name", TEXT, true),
    COLUMN("type", TEXT, true),     COLUMN("size", INTEGER, true),
    COLUMN("sha256", TEXT, true),   COLUMN("author", TEXT, true),
    COLUMN("at", TEXT, true),       COLUMN("salt", BYTES, true),
    COLUMN("ledger", INTEGER, true)};

/* What somebody wishes to be told of (watching.c): their own note, and no fact. */
static const struct column watching_columns[] = {
    COLUMN("person", TEXT, true), COLUMN("kind", TEXT, true), COLUMN("record", TEXT, true),
    COLUMN("since", TEXT, true)};
static const struct index watching_indexes[] = {
    {.name = NAMED("watching_record"), .columns = NAMED("kind, record")}};
/* What people are told (outbox.c): who, of what and when follows from the versions and comments
 * (channel app), or from what they watch and an entry (channel watch); the rest is how far it
 * got, and what the receiver noted. */
static const struct column outbox_columns[] = {
    COLUMN("id", TEXT, true),         COLUMN("person", TEXT, true),   COLUMN("channel", TEXT, true),
    COLUMN("kind", TEXT, true),       COLUMN("record", TEXT, true),   COLUMN("version", INTEGER, true),
    COLUMN("event", TEXT, true),      COLUMN("field", TEXT, true),    COLUMN("at", TEXT, true),
    COLUMN("due", TEXT, true),        COLUMN("claimed", TEXT, false), COLUMN("sent", TEXT, false),
    COLUMN("tries", INTEGER, true),   COLUMN("seen", TEXT, false)};
static const struct index outbox_indexes[] = {
    {.name = NAMED("outbox_person"), .columns = NAMED("person, at")},
    {.name = NAMED("outbox_waits"), .columns = NAMED("sent, due")}};

/* What webhooks are told (hook.c), kept for a month: of which entry it is follows from the
 * entry, the rest is how far it got. `kind` "": somebody tried the webhook out. `done` is a
 * moment, or the word for why it will not be. */
static const struct column hook_delivery_columns[] = {
    COLUMN("id", TEXT, true),         COLUMN("hook", TEXT, true),
    COLUMN("kind", TEXT, true),       COLUMN("record", TEXT, true),
    COLUMN("version", INTEGER, true), COLUMN("event", TEXT, true),
    COLUMN("field", TEXT, true),      COLUMN("ledger", INTEGER, true),
    COLUMN("at", TEXT, true),         COLUMN("due", TEXT, true),
    COLUMN("claimed", TEXT, false),   COLUMN("done", TEXT, false),
    COLUMN("tries", INTEGER, true),   COLUMN("status", INTEGER, true),
    COLUMN("why", TEXT, true)};
static const struct index hook_delivery_indexes[] = {
    {.name = NAMED("hook_delivery_hook"), .columns = NAMED("hook, at, id")},
    {.name = NAMED("hook_delivery_waits"), .columns = NAMED("hook, done, due")}};
/* Which entry each webhook reads next (-1: the one after what made it), and since when nothing
 * of it arrives ("": it does). */
static const struct column hook_state_columns[] = {
    COLUMN("hook", TEXT, true), COLUMN("next", INTEGER, true), COLUMN("failing", TEXT, true)};

#define TABLE(n, key, only_append)                                                             \
    {                                                                                          \
        .name = NAMED(#n), .primary = NAMED(key), .columns = n##_columns,                      \
        .column_count = COUNT(n##_columns), .append_only = only_append                         \
    }
static const struct table own_tables[] = {
    {.name = NAMED("version"),
     .primary = NAMED("kind, id, version"),
     .columns = version_columns,
     .column_count = COUNT(version_columns),
     .indexes = version_indexes,
     .index_count = 1,
     .append_only = true},
    {.name = NAMED("link"),
     .primary = NAMED("from_kind, from_id, type, pos"),
     .columns = link_columns,
     .column_count = COUNT(link_columns),
     .indexes = link_indexes,
     .index_count = 1},
    TABLE(sequence, "kind", false),
    TABLE(signature, "kind, id, version, move, person", true),
    TABLE(withdrawn, "signature", true),
    TABLE(idempotency, "actor, name", true),
    TABLE(stale, "kind", false),
    TABLE(stale_record, "kind, id", false),
    TABLE(past_owner, "kind, id, version", true),
    {.name = NAMED("waived"),
     .primary = NAMED("kind, id, version, person, duty"),
     .columns = waived_columns,
     .column_count = COUNT(waived_columns),
     .indexes = waived_indexes,
     .index_count = 1,
     .append_only = true},
    {.name = NAMED("batch"),
     .primary = NAMED("batch, id, version"),
     .columns = batch_columns,
     .column_count = COUNT(batch_columns),
     .indexes = batch_indexes,
     .index_count = 1},
    TABLE(contributor, "kind, id, version, person", true),
    TABLE(frozen, "kind, id, by_kind, by_id, by_version", true),
    TABLE(series, "kind, id, at", true),
    TABLE(check_run, "name, day", false),
    TABLE(readiness_run, "name, day", false),
    {.name = NAMED("timer"),
     .primary = NAMED("kind, id, name"),
     .columns = timer_columns,
     .column_count = COUNT(timer_columns),
     .indexes = timer_indexes,
     .index_count = 1},
    {.name = NAMED("turn"),
     .primary = NAMED("kind, id"),
     .columns = turn_columns,
     .column_count = COUNT(turn_columns),
     .indexes = turn_indexes,
     .index_count = COUNT(turn_indexes)},
    {.name = NAMED("outbox"),
     .primary = NAMED("id"),
     .columns = outbox_columns,
     .column_count = COUNT(outbox_columns),
     .indexes = outbox_indexes,
     .index_count = COUNT(outbox_indexes)},
    {.name = NAMED("hook_delivery"),
     .primary = NAMED("id"),
     .columns = hook_delivery_columns,
     .column_count = COUNT(hook_delivery_columns),
     .indexes = hook_delivery_indexes,
     .index_count = COUNT(hook_delivery_indexes)},
    TABLE(hook_state, "hook", false),
    {.name = NAMED("watching"),
     .primary = NAMED("person, kind, record"),
     .columns = watching_columns,
     .column_count = COUNT(watching_columns),
     .indexes = watching_indexes,
     .index_count = 1},
    {.name = NAMED("stay"),
     .primary = NAMED("kind, id, version"),
     .columns = stay_columns,
     .column_count = COUNT(stay_columns),
     .indexes = stay_indexes,
     .index_count = 1},
    {.name = NAMED("comment"),
     .primary = NAMED("id"),
     .columns = comment_columns,
     .column_count = COUNT(comment_columns),
     .indexes = comment_indexes,
     .index_count = 1,
     .append_only = true},
    {.name = NAMED("mailbox"),
     .primary = NAMED("id"),
     .columns = mailbox_columns,
     .column_count = COUNT(mailbox_columns),
     .indexes = mailbox_indexes,
     .index_count = COUNT(mailbox_indexes),
     .append_only = true},
    {.name = NAMED("message"),
     .primary = NAMED("id"),
     .columns = message_columns,
     .column_count = COUNT(message_columns),
     .indexes = message_indexes,
     .index_count = 1,
     .append_only = true},
    {.name = NAMED("acknowledgement"),
     .primary = NAMED("id"),
     .columns = acknowledgement_columns,
     .column_count = COUNT(acknowledgement_columns),
     .indexes = acknowledgement_indexes,
     .index_count = COUNT(acknowledgement_indexes),
     .append_only = true},
    {.name = NAMED("attachment"),
     .primary = NAMED("id"),
     .columns = attachment_columns,
     .column_count = COUNT(attachment_columns),
     .indexes = attachment_indexes,
     .index_count = 1,
     .append_only = true},
};

/* ---- tables of the kinds
 * ------------------------------------------------------------------------ */

static struct text former_name(const struct kind *k, struct text name)
{
    const struct field *f = kind_field(k, name);
    return f ? f->was : (struct text){0};
}

/* A line of an index has room for so many bytes (PostgreSQL 15: 2,704). */
#define INDEX_MOST 2600
#define ORDER_MOST 480 /* format: order_key */
#define INDEX_WORD 200 /* bytes at most of a choice, an id, a date, a number */

static size_t widest(const struct field *f)
{
    if (order__has(f))
        return ORDER_MOST;
    bool free = f->type->most && !text_is(f->name, "state");
    return free ? (size_t)f->max * 4 : INDEX_WORD;
}

/* What people see in the list is what they sort and filter it by. */
static bool listed(const struct kind *k, const struct field *f)
{
    for (size_t i = 0; i < k->list_count; i++)
        if (text_same(k->list[i], f->name))
            return widest(f) + INDEX_WORD <= INDEX_MOST;
    return false;
}

static const struct field *next_sort(const struct kind *k, struct text *sort)
{
    struct text one = text_trim(text_cut(sort, ','));
    return kind_field(k, text_starts(one, "-") ? text_from(one, 1) : one);
}

static bool wants_index(const struct kind *k, const struct field *f)
{
    if (!field__is_column(f) || field_is_set(f))
        return false;
    /* References are followed back; of people only the owner, and who is to be it, is asked for by list. */
    bool followed =
        f->type->refers == REFERS_ONE &&
        (f->target == TO_KIND || text_is(f->name, "owner") || text_is(f->name, "offered_to"));
    struct text sort = k->sort;
    return followed || f->indexed || f == next_sort(k, &sort) || f->unique || listed(k, f) || text_is(f->name, "state") ||
           text_is(f->name, "key") || text_is(f->name, "updated_at");
}

/* Lists are asked for by these, and many records have the same value; a day or a title only a few. (Each
 * such index costs a write a page somewhere in the middle: not for everything.) */
bool tables__gathers(const struct kind *k, const struct field *f)
{
    struct text sort = k->sort;
    return (f->type->gathers && listed(k, f)) || text_is(f->name, "owner") ||
           text_is(f->name, "state") || text_is(f->name, "unit") || f == next_sort(k, &sort);
}

/* The columns of an index over `f`: after it the kind's own order, so that a list of one value, or
 * one sorted by the field, is read as it lies there. Texts lie by their keys of order; `plain`: `f`
 * itself by its value, which is what it is filtered by. */
static void add_column(struct buf *b, const struct field *f, bool plain)
{
    buf_print(b, "%s%.*s", !plain && order__has(f) ? "_" : "", TEXT_ARG(f->name));
}

static struct text columns_of(struct arena *a, const struct kind *k, const struct field *f,
                              bool plain)
{
    struct buf b = buf_in(a, INDEX_MOST + 100);
    struct text sort = tables__gathers(k, f) ? k->sort : (struct text){0};
    size_t room = INDEX_MOST - INDEX_WORD - widest(f);
    add_column(&b, f, plain);
    while (sort.len) {
        const struct field *by = next_sort(k, &sort);
        if (!by || !field__is_column(by) || field_is_set(by) || widest(by) > room)
            break;
        if (by == f)
            continue;
        room -= widest(by);
        buf_add_c(&b, ", ");
        add_column(&b, by, false);
    }
    buf_add_c(&b, ", id");
    return buf_text(&b);
}

/* A name has at most 63 bytes; an index that could have none is done without. */
static bool has_order_index(const struct kind *k, const struct field *f)
{
    return order__has(f) && k->name.len + f->name.len <= 50;
}

/* The fields by which a next move of any kind names people: by these lists of tasks find what
 * names somebody (query/candidates.c). Gathered once: there are as many kinds to look through
 * for each field of a person. */
struct naming LIST_OF(const struct field *);

static struct naming naming_of(struct arena *a, const struct model *m)
{
    struct naming out = LIST_IN(a, 100000);
    for (size_t i = 0; i < m->kind_count; i++) {
        struct turn_field *fields;
        size_t count = turn__fields(a, &m->kinds[i], &fields);
        for (size_t n = 0; n < count; n++)
            (void)LIST_ADD(&out, fields[n].field);
    }
    return out;
}

static bool names_people(const struct naming *naming, const struct kind *k,
                         const struct field *f)
{
    bool out = k->grants.in && k->grants.to == f;
    if (f->type->refers != REFERS_ONE || f->target != TO_PERSON ||
        k->name.len + f->name.len > 50)
        return false;
    for (size_t i = 0; i < naming->count && !out; i++)
        out = naming->at[i] == f;
    return out;
}

/* One can filter by every column. Those that lists are not made for have an index of the
 * records in which they are filled in: what is left empty, as most are, costs a write nothing.
 */
static bool is_filtered(const struct kind *k, const struct field *f)
{
    return field__is_column(f) && !text_is(f->name, "id") && !text_is(f->name, "version") &&
           k->name.len + f->name.len <= 50 && (field_is_set(f) || widest(f) + INDEX_WORD <= INDEX_MOST);
}

/* Then nothing is saved by leaving the empty ones out, and a list is sorted by it as well. */
static bool mostly_filled(const struct field *f)
{
    return !field_is_set(f) && (f->system || f->fallback);
}

bool tables__looks_up(const struct kind *k, const struct field *f)
{
    return wants_index(k, f) || is_filtered(k, f);
}

bool tables__walks(const struct kind *k, const struct field *f)
{
    return wants_index(k, f) ? has_order_index(k, f) || !order__has(f)
                             : is_filtered(k, f) && mostly_filled(f);
}

/* A list of many has no bound that an index could hold: of it only which records have one. */
static struct index index_of_filled(struct arena *a, const struct kind *k,
                                    const struct field *f)
{
    struct text column = order__has(f) ? order__name(a, f) : f->name;
    return (struct index){
        .name = text_print(a, "%.*s_%.*s_filled", TEXT_ARG(k->name), TEXT_ARG(f->name)),
        .columns = field_is_set(f) ? TEXT("id") : text_print(a, "%.*s, id", TEXT_ARG(column)),
        .filled = mostly_filled(f) ? (struct text){0} : column};
}

static void add_indexes(struct arena *a, const struct naming *naming, const struct kind *k,
                        struct table *t)
{
    struct index *indexes = NEW_MANY(a, 2 * k->field_count + 1, struct index);
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (!wants_index(k, f) && !names_people(naming, k, f)) {
            if (is_filtered(k, f))
                indexes[t->index_count++] = index_of_filled(a, k, f);
            continue;
        }
        bool one = f->unique || text_is(f->name, "key"), ordered = has_order_index(k, f);
        if (!ordered || one || f->indexed)
            indexes[t->index_count++] = (struct index){
                text_print(a, "%.*s_%.*s_index", TEXT_ARG(k->name), TEXT_ARG(f->name)),
                one ? f->name : columns_of(a, k, f, true), one};
        if (ordered)
            indexes[t->index_count++] = (struct index){
                text_print(a, "%.*s__%.*s_order", TEXT_ARG(k->name), TEXT_ARG(f->name)),
                columns_of(a, k, f, false), false};
    }
    t->indexes = indexes;
}

static void add_kind(struct arena *a, const struct naming *naming, const struct kind *k,
                     struct tables *out)
{
    struct text *names = NEW_MANY(a, 2 * k->field_count + 3, struct text);
    enum column_type *types = NEW_MANY(a, k->field_count + 3, enum column_type);
    size_t n = table__columns(k, names, types), orders = table__order_columns(a, k, names + n);
    struct column *columns = NEW_MANY(a, n + orders, struct column);
    for (size_t i = n; i < n + orders; i++)
        columns[i] = (struct column){.name = names[i], .type = COLUMN_TEXT};
    for (size_t i = 0; i < n; i++) {
        bool must = i < 3 || text_is(names[i], "key") || text_is(names[i], "state") ||
                    text_is(names[i], "version");
        columns[i] = (struct column){names[i], former_name(k, names[i]), types[i], must,
                                     (struct text){0}};
    }
    struct table *t = &out->items[out->count++];
    *t = (struct table){
        .name = k->name, .primary = TEXT("id"), .columns = columns, .column_count = n + orders};
    add_indexes(a, naming, k, t);
}

static struct text child_name(struct arena *a, const struct kind *k, struct text field)
{
    return text_print(a, "%.*s__%.*s", TEXT_ARG(k->name), TEXT_ARG(field));
}

static void add_child(struct arena *a, const struct kind *k, const struct field *f,
                      struct tables *out)
{
    struct column *columns = NEW_MANY(a, f->column_count + 2, struct column);
    columns[0] = (struct column){.name = TEXT("record"), .type = COLUMN_TEXT, .not_null = true};
    columns[1] = (struct column){.name = TEXT("pos"), .type = COLUMN_INTEGER, .not_null = true};
    for (size_t i = 0; i < f->column_count; i++) {
        const struct field *c = &f->columns[i];
        columns[i + 2] =
            (struct column){.name = c->name, .was = c->was, .type = table__column(c)};
    }
    out->items[out->count++] = (struct table){
        .name = child_name(a, k, f->name),
        .was = f->was.len && !kind_field(k, f->was) ? child_name(a, k, f->was)
                                                    : (struct text){0},
        .primary = TEXT("record, pos"),
        .columns = columns,
        .column_count = f->column_count + 2};
}

static void add_others(struct tables *out, const struct table *tables, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out->items[out->count++] = tables[i];
}

struct tables tables__all(struct arena *a, const struct model *m)
{
    size_t access_count, ledger_count, journal_count, room = COUNT(own_tables) + m->kind_count;
    const struct table *access = access_tables(&access_count);
    const struct table *ledger = ledger_tables(&ledger_count);
    for (size_t i = 0; i < m->kind_count; i++)
        room += m->kinds[i].field_count;
    const struct table *journal = journal_tables(&journal_count);
    struct tables t = {
        NEW_MANY(a, room + access_count + ledger_count + journal_count, struct table), 0};
    struct naming naming = naming_of(a, m);
    add_others(&t, own_tables, COUNT(own_tables));
    add_others(&t, access, access_count);
    add_others(&t, ledger, ledger_count);
    add_others(&t, journal, journal_count);
    for (size_t i = 0; i < m->kind_count; i++) {
        add_kind(a, &naming, &m->kinds[i], &t);
        for (size_t f = 0; f < m->kinds[i].field_count; f++)
            if (m->kinds[i].fields[f].type->form == FORM_ROWS)
                add_child(a, &m->kinds[i], &m->kinds[i].fields[f], &t);
    }
    return t;
}
