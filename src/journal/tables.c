/* SPDX-License-Identifier: Apache-2.0 */
/* journal/tables.c — the tables of this folder, as data for the migration plan. */
#include "journal/internal.h"
#include "store/write.h"

#define LITERAL(t)                                                                             \
    {                                                                                          \
        t, sizeof(t) - 1                                                                       \
    }
#define COLUMN(n, t, zero)                                                                     \
    {                                                                                          \
        .name = LITERAL(n), .type = COLUMN_##t, .not_null = true, .fill = LITERAL(zero)        \
    }
#define NUMBER(n) COLUMN(n, INTEGER, "0")
#define WORD(n) COLUMN(n, TEXT, "''")
#define BYTES(n) COLUMN(n, BYTES, "''")

/* Who sends: events is how many were kept; same came again, refused had the key of another. The
 * first gone_segments of its segments, with so many blocks and events, were removed; bytes are
 * of what is there. */
static const struct column source_columns[] = {
    NUMBER("id"),      WORD("kind"),          WORD("record"),        NUMBER("blocks"),
    NUMBER("events"),  NUMBER("segments"),    NUMBER("bytes"),       NUMBER("same"),
    NUMBER("refused"), NUMBER("gone_blocks"), NUMBER("gone_events"), NUMBER("gone_segments")};
static const struct index source_indexes[] = {{.name = LITERAL("event_source_record"),
                                               .columns = LITERAL("kind, record"),
                                               .unique = true}};
/* ledger -1: not sealed yet. first is the number of its first block. removed: by which removal
 * of the source; 0 none. */
static const struct column segment_columns[] = {
    NUMBER("source"), NUMBER("n"),         WORD("begun"),    NUMBER("first"),
    NUMBER("blocks"), NUMBER("events"),    BYTES("digest"),  BYTES("salt"),
    NUMBER("ledger"), BYTES("commitment"), NUMBER("removed")};
/* What was removed, by which rule: whole segments, from first to last. */
static const struct column removal_columns[] = {
    NUMBER("source"),  NUMBER("n"),     WORD("at"),       WORD("before"),     NUMBER("months"),
    NUMBER("version"), NUMBER("first"), NUMBER("last"),   NUMBER("blocks"),   NUMBER("events"),
    BYTES("digest"),   BYTES("salt"),   NUMBER("ledger"), BYTES("commitment")};
static const struct index segment_indexes[] = {
    {.name = LITERAL("event_segment_ledger"), .columns = LITERAL("ledger, begun")}};
/* packed: bytes are gzip. digest is of `at` and the bytes as they lie there. */
static const struct column block_columns[] = {
    NUMBER("source"), NUMBER("n"),      NUMBER("segment"), WORD("at"),
    NUMBER("events"), NUMBER("packed"), BYTES("digest"),   BYTES("bytes")};
static const struct index block_indexes[] = {
    {.name = LITERAL("event_block_segment"), .columns = LITERAL("source, segment")}};
static const struct column key_columns[] = {BYTES("key"), NUMBER("source"), BYTES("digest"),
                                            NUMBER("block"), NUMBER("place")};

/* What is counted of the events of a source (monitor/count.h), and follows from them alone. How
 * far, in which turn; told: predictions with a label, of which early have not come yet; again:
 * events were removed, and all is counted again. */
static const struct column counted_columns[] = {
    NUMBER("source"),      NUMBER("block"),  NUMBER("turn"),   NUMBER("told"),  NUMBER("early"),
    NUMBER("predictions"), NUMBER("labels"), NUMBER("others"), NUMBER("again"), WORD("at")};
/* Of the predictions of one block, whose UTC days are first_day to last_day; others 1: it has
 * events of other kinds. */
static const struct column page_columns[] = {NUMBER("source"),   NUMBER("block"),
                                             NUMBER("last_day"), NUMBER("first_day"),
                                             NUMBER("others"),   BYTES("bytes")};
static const struct index page_indexes[] = {
    {.name = LITERAL("event_page_day"),
     .columns = LITERAL("source, last_day, first_day, block")},
    {.name = LITERAL("event_page_other"), .columns = LITERAL("source, others, block")}};
/* Of the predictions of one day (unit 0) or month (1). */
static const struct column cell_columns[] = {NUMBER("source"), NUMBER("unit"), NUMBER("n"),
                                             BYTES("bytes")};
/* What labels say of a prediction that has not come; key as in event_key. */
static const struct column early_columns[] = {NUMBER("source"), BYTES("key"), BYTES("bytes")};

#define TABLE(n, key, of, on, how_many, once)                                                  \
    {                                                                                          \
        .name = LITERAL(n), .primary = LITERAL(key), .columns = of, .column_count = COUNT(of), \
        .indexes = on, .index_count = how_many, .append_only = once                            \
    }
static const struct table tables[] = {
    TABLE("event_source", "id", source_columns, source_indexes, 1, false),
    TABLE("event_segment", "source, n", segment_columns, segment_indexes, 1, false),
    TABLE("event_block", "source, n", block_columns, block_indexes, 1, true),
    TABLE("event_key", "source, key", key_columns, NULL, 0, true),
    TABLE("event_removal", "source, n", removal_columns, NULL, 0, true),
    TABLE("event_counted", "source", counted_columns, NULL, 0, false),
    TABLE("event_page", "source, block", page_columns, page_indexes, 2, false),
    TABLE("event_cell", "source, unit, n", cell_columns, NULL, 0, false),
    TABLE("event_early", "source, key", early_columns, NULL, 0, false)};

const struct table *journal_tables(size_t *count)
{
    *count = COUNT(tables);
    return tables;
}
