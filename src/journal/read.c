/* SPDX-License-Identifier: Apache-2.0 */
/* journal/read.c — what is kept, read back. */
#include "journal/internal.h"

enum err journal_about(struct call *call, struct reader *r, struct text kind, struct text id,
                       struct journal_state *out)
{
    struct value values[] = {V_TEXT(kind), V_TEXT(id)};
    struct rows rows;
    *out = (struct journal_state){.sealed_by = -1};
    TRY(read_rows(
        call, r,
        "SELECT id, events - gone_events, same, refused, bytes, COALESCE((SELECT b.at FROM "
        "event_block b WHERE b.source = s.id AND b.n = s.gone_blocks + 1), ''), "
        "COALESCE((SELECT b.at FROM event_block b "
        "WHERE b.source = s.id AND b.n = s.blocks), ''), (SELECT CAST(COALESCE(sum(g.events), "
        "0) AS bigint) FROM event_segment g WHERE g.source = s.id AND g.ledger "
        "= -1), (SELECT COALESCE(max(g.ledger), -1) FROM event_segment g WHERE g.source = "
        "s.id), gone_events, COALESCE((SELECT g.begun FROM event_segment g WHERE g.source = "
        "s.id AND g.n = s.gone_segments), ''), (SELECT COALESCE(max(m.ledger), -1) FROM "
        "event_removal m WHERE m.source = s.id), gone_blocks + 1 FROM event_source s WHERE "
        "kind = $1 AND record = $2",
        values, 2, 1, &rows));
    if (!rows.count)
        return OK;
    const struct value *row = rows.cells;
    struct segment last = {.begun = row[10].text};
    *out = (struct journal_state){.source = row[0].integer,
                                  .events = row[1].integer,
                                  .same = row[2].integer,
                                  .refused = row[3].integer,
                                  .bytes = row[4].integer,
                                  .first = row[5].text,
                                  .last = row[6].text,
                                  .unsealed = row[7].integer,
                                  .sealed_by = row[8].integer,
                                  .removed = row[9].integer,
                                  .removed_by = row[11].integer,
                                  .first_block = row[12].integer};
    if (last.begun.len)
        out->removed_before = moment_print(call->arena, segment__over(&last));
    return OK;
}

static enum err damaged(struct call *call, int64_t block)
{
    return problem(call, ERR_IO, TEXT(""), "event_damaged",
                   say(call, "block %lld of the events is not as it was written"),
                   (long long)block);
}

/* Blocks are of a known size, and what one line alone packs to is bounded too (append.c). */
static enum err unpack(struct call *call, const struct value *row, struct journal_block *out)
{
    struct hash digest = sha256_two(row[0].text, row[4].text);
    struct call *quiet = call_beside(call->arena, call);
    if (!text_same(hash_text(&digest), row[3].text) || (row[2].integer & ~1))
        return damaged(call, out->block);
    out->lines = row[4].text;
    if (row[2].integer && gzip_unpack(quiet, row[4].text, (size_t)64 << 20, &out->lines) != OK)
        return damaged(call, out->block);
    return OK;
}

enum err journal_block(struct call *call, struct reader *r, int64_t source, int64_t block,
                       struct journal_block *out)
{
    struct value values[] = {V_INT(source), V_INT(block)};
    struct rows rows;
    TRY(read_rows(
        call, r,
        "SELECT at, events, packed, digest, bytes FROM event_block WHERE source = $1 AND "
        "n = $2",
        values, 2, 1, &rows));
    if (!rows.count)
        return problem(call, ERR_MISSING, TEXT(""), "unknown", "%s",
                       say(call, "there are no such events"));
    *out = (struct journal_block){
        .block = block, .at = rows.cells[0].text, .events = rows.cells[1].integer};
    return unpack(call, rows.cells, out);
}

enum err journal_last(struct call *call, struct reader *r, int64_t source, int64_t *block)
{
    struct rows rows;
    TRY(read_rows(call, r, "SELECT blocks FROM event_source WHERE id = $1", &V_INT(source), 1,
                  1, &rows));
    *block = rows.count ? rows.cells[0].integer : 0;
    return OK;
}

enum err journal_first(struct call *call, struct reader *r, int64_t source, int64_t *block,
                       int64_t *before)
{
    struct rows rows;
    TRY(read_rows(call, r,
                  "SELECT s.gone_blocks, COALESCE((SELECT g.begun FROM event_segment g WHERE "
                  "g.source = s.id AND g.n = s.gone_segments), '') FROM event_source s WHERE "
                  "s.id = $1",
                  &V_INT(source), 1, 1, &rows));
    *block = rows.count ? rows.cells[0].integer + 1 : 1;
    *before = 0;
    if (*block > 1)
        *before = segment__over(&(struct segment){.begun = rows.cells[1].text});
    return OK;
}

enum err journal_find(struct call *call, struct reader *r, int64_t source, struct text id,
                      int64_t *block, int64_t *place)
{
    struct journal_item item = {0};
    struct rows rows;
    journal_named(id, &item);
    struct value values[] = {V_INT(source),
                             V_BYTES(((struct text){(const char *)item.key, JOURNAL_KEY}))};
    TRY(read_rows(call, r, "SELECT block, place FROM event_key WHERE source = $1 AND key = $2",
                  values, 2, 1, &rows));
    *block = rows.count ? rows.cells[0].integer : 0;
    *place = rows.count ? rows.cells[1].integer : 0;
    return OK;
}
