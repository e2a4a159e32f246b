/* SPDX-License-Identifier: Apache-2.0 */
/* journal/append.c — lines into blocks, each counted once. All of it runs inside the job of
 * whoever took the events in, so that what is answered is either kept whole or not at all. */
#include "journal/internal.h"
#include "store/write.h"

#include <string.h>

static struct text bytes_of(const unsigned char *at, size_t len)
{
    return (struct text){(const char *)at, len};
}

static void first_of(struct hash h, unsigned char *out, size_t len)
{
    memcpy(out, h.byte, len);
}

void journal_named(struct text id, struct journal_item *item)
{
    struct text came = item->came.len ? item->came : item->line;
    first_of(sha256_two(id.len ? TEXT("id") : TEXT("line"), id.len ? id : came), item->key,
             JOURNAL_KEY);
    first_of(sha256(came), item->digest, JOURNAL_DIGEST);
}

enum err journal_source(struct call *call, struct tx *tx, struct text kind, struct text id,
                        int64_t *source)
{
    struct value values[] = {V_TEXT(kind), V_TEXT(id), V_INT(0)};
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT id FROM event_source WHERE kind = $1 AND record = $2", values,
                2, 1, &rows));
    if (rows.count) {
        *source = rows.cells[0].integer;
        return OK;
    }
    TRY(tx_next(call, tx, TEXT("event_source"), source));
    values[2] = V_INT(*source);
    return tx_exec(
        call, tx,
        "INSERT INTO event_source (kind, record, id, blocks, events, segments, bytes, "
        "same, refused) VALUES ($1, $2, $3, 0, 0, 0, 0, 0, 0)",
        values, 3, NULL);
}

/* ---- known or new
 * ---------------------------------------------------------------------------- */
struct known {
    size_t first;            /* of the list, of that key */
    const struct value *row; /* key, digest, block, place; NULL: nothing is kept under it */
};

/* The key stands in the index of the table itself: one look-up each, whatever else is kept. */
static enum err ask(struct call *call, struct tx *tx, const struct value *keys, size_t count,
                    struct rows *out)
{
    return tx_many_rows(
        call, tx, "SELECT k.key, k.digest, k.block, k.place FROM event_key k JOIN (VALUES",
        ") v ON k.source = v.column1 AND k.key = v.column2", keys, 2, count, out);
}

/* What came first under a key stays: in the table, or else in this list. */
static void judge(struct journal_item *items, size_t i, const struct known *known)
{
    const struct journal_item *first = &items[known->first];
    struct text kept =
        known->row ? known->row[1].text : bytes_of(first->digest, JOURNAL_DIGEST);
    if (!known->row && known->first == i) {
        items[i].found = JOURNAL_NEW;
        return;
    }
    items[i].found = text_same(bytes_of(items[i].digest, JOURNAL_DIGEST), kept) ? JOURNAL_SAME
                                                                                : JOURNAL_OTHER;
    if (known->row) {
        items[i].block = known->row[2].integer;
        items[i].place = known->row[3].integer;
    }
}

enum err journal_look(struct call *call, struct tx *tx, int64_t source,
                      struct journal_item *items, size_t count)
{
    struct map *places = map_in(call->arena);
    struct known *known = NEW_MANY(call->arena, count + 1, struct known);
    struct value *keys = NEW_MANY(call->arena, 2 * count + 1, struct value);
    struct rows rows;
    size_t n = 0, at;
    for (size_t i = 0; i < count; i++) {
        struct text key = bytes_of(items[i].key, JOURNAL_KEY);
        if (!map_add(places, key, n))
            continue;
        known[n].first = i;
        keys[2 * n] = V_INT(source);
        keys[2 * n++ + 1] = V_BYTES(key);
    }
    TRY(ask(call, tx, keys, n, &rows));
    for (size_t i = 0; i < rows.count; i++)
        if (map_find(places, row_at(&rows, i)[0].text, &at))
            known[at].row = row_at(&rows, i);
    for (size_t i = 0; i < count; i++)
        if (map_find(places, bytes_of(items[i].key, JOURNAL_KEY), &at))
            judge(items, i, &known[at]);
    return OK;
}

/* ---- keeping
 * --------------------------------------------------------------------------------- */
struct growing {
    struct call *call;
    struct tx *tx;
    int64_t source, block;  /* the number of the last block */
    struct segment segment; /* that blocks are added to */
    bool fresh;             /* it has no row yet */
    int64_t kept, bytes;
};

/* Segments are minutes: what comes later than that does not join one. */
static enum err find_segment(struct growing *g)
{
    struct rows rows;
    int64_t begun;
    TRY(tx_rows(g->call, g->tx, "SELECT blocks, segments FROM event_source WHERE id = $1",
                &V_INT(g->source), 1, 1, &rows));
    g->block = rows.cells[0].integer;
    g->segment = (struct segment){.source = g->source, .n = rows.cells[1].integer};
    struct value values[] = {V_INT(g->source), V_INT(g->segment.n)};
    TRY(tx_rows(g->call, g->tx,
                "SELECT " SEGMENT_COLUMNS SEGMENT_FROM
                "WHERE g.source = $1 AND g.n = $2 AND g.ledger = -1",
                values, 2, 1, &rows));
    if (rows.count)
        segment__of_row(rows.cells, &g->segment);
    g->fresh = !rows.count || !moment_read(g->segment.begun, &begun) ||
               g->call->now >= begun + JOURNAL_SEGMENT;
    if (g->fresh)
        g->segment = (struct segment){.source = g->source,
                                      .n = g->segment.n + 1,
                                      .first = g->block + 1,
                                      .begun = moment_print(g->call->arena, g->call->now)};
    return OK;
}

/* Many alike pack to almost nothing: what would not be unpacked again lies there as it is. */
static enum err pack(struct call *call, struct text lines, bool *packed, struct text *bytes)
{
    *bytes = lines;
    TRY(gzip_pack(call, lines, bytes));
    *packed = lines.len <= JOURNAL_BLOCK || lines.len / 100 < bytes->len;
    if (!*packed)
        *bytes = lines;
    return OK;
}

static enum err put_keys(struct growing *g, const struct journal_item *from,
                         const struct journal_item *to)
{
    struct value *values = NEW_MANY(g->call->arena, (size_t)(to - from) * 5 + 1, struct value);
    size_t n = 0;
    for (const struct journal_item *i = from; i < to; i++) {
        if (i->found != JOURNAL_NEW)
            continue;
        values[n++] = V_INT(g->source);
        values[n++] = V_BYTES(bytes_of(i->key, JOURNAL_KEY));
        values[n++] = V_BYTES(bytes_of(i->digest, JOURNAL_DIGEST));
        values[n++] = V_INT(i->block);
        values[n++] = V_INT(i->place);
    }
    return tx_many(g->call, g->tx,
                   "INSERT INTO event_key (source, key, digest, block, place) VALUES", "",
                   values, 5, n / 5);
}

static enum err put_block(struct growing *g, struct text lines, int64_t events)
{
    struct text bytes;
    bool packed;
    TRY(pack(g->call, lines, &packed, &bytes));
    struct text at = moment_print(g->call->arena, g->call->now);
    struct hash digest = sha256_two(at, bytes);
    struct hash all = segment__add(g->segment.digest, hash_text(&digest));
    struct value values[] = {V_INT(g->source),
                             V_INT(g->block),
                             V_INT(g->segment.n),
                             V_TEXT(at),
                             V_INT(events),
                             V_INT(packed),
                             V_BYTES(text_copy(g->call->arena, hash_text(&digest))),
                             V_BYTES(bytes)};
    g->segment.digest = text_copy(g->call->arena, hash_text(&all));
    g->segment.blocks++;
    g->segment.events += events;
    g->kept += events;
    g->bytes += (int64_t)bytes.len;
    return tx_exec(
        g->call, g->tx,
        "INSERT INTO event_block (source, n, segment, at, events, packed, digest, bytes) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values, COUNT(values), NULL);
}

/* One block: new items from *from on, until it is full; *from is where the next one begins. */
static enum err fill_block(struct growing *g, struct journal_item **from,
                           struct journal_item *end)
{
    struct buf lines = buf_in(g->call->arena, (size_t)64 << 20);
    struct journal_item *i = *from, *begin = i;
    int64_t place = 0;
    g->block++;
    for (; i < end; i++) {
        if (i->found != JOURNAL_NEW)
            continue;
        if (place > 0 && lines.len + i->line.len + 1 > JOURNAL_BLOCK)
            break;
        i->block = g->block;
        i->place = place++;
        buf_add(&lines, i->line);
        buf_add_byte(&lines, '\n');
    }
    *from = i;
    if (lines.full)
        panic("a line is longer than any request");
    TRY(put_block(g, buf_text(&lines), place));
    return put_keys(g, begin, i);
}

static enum err put_segment(struct growing *g)
{
    const struct segment *s = &g->segment;
    struct value values[] = {V_INT(s->source),  V_INT(s->n),      V_TEXT(s->begun),
                             V_INT(s->first),   V_INT(s->blocks), V_INT(s->events),
                             V_BYTES(s->digest)};
    if (g->fresh)
        return tx_exec(
            g->call, g->tx,
            "INSERT INTO event_segment (source, n, begun, first, blocks, events, digest, "
            "salt, ledger, commitment) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, -1, $8)",
            (struct value[]){values[0], values[1], values[2], values[3], values[4], values[5],
                             values[6], V_BYTES(TEXT(""))},
            8, NULL);
    return tx_exec(g->call, g->tx,
                   "UPDATE event_segment SET blocks = $3, events = $4, digest = $5 "
                   "WHERE source = $1 AND n = $2",
                   (struct value[]){values[0], values[1], values[4], values[5], values[6]}, 5,
                   NULL);
}

/* What came again, or under the key of another, is counted too. */
static enum err put_source(struct growing *g, const struct journal_item *items, size_t count)
{
    int64_t seen[3] = {0};
    for (size_t i = 0; i < count; i++)
        seen[items[i].found]++;
    struct value values[] = {
        V_INT(g->source), V_INT(g->block),           V_INT(g->segment.n),       V_INT(g->kept),
        V_INT(g->bytes),  V_INT(seen[JOURNAL_SAME]), V_INT(seen[JOURNAL_OTHER])};
    return tx_exec(g->call, g->tx,
                   "UPDATE event_source SET blocks = $2, segments = $3, events = events + $4, "
                   "bytes = bytes + $5, same = same + $6, refused = refused + $7 WHERE id = $1",
                   values, COUNT(values), NULL);
}

static struct journal_item *next_new(struct journal_item *i, const struct journal_item *end)
{
    while (i < end && i->found != JOURNAL_NEW)
        i++;
    return i;
}

enum err journal_append(struct call *call, struct tx *tx, int64_t source,
                        struct journal_item *items, size_t count)
{
    struct growing g = {.call = call, .tx = tx, .source = source};
    struct journal_item *end = items + count, *i = next_new(items, end);
    TRY(find_segment(&g));
    if (i == end) { /* nothing new: no segment begins by it */
        g.segment.n -= g.fresh;
        return put_source(&g, items, count);
    }
    for (; i < end; i = next_new(i, end))
        TRY(fill_block(&g, &i, end));
    TRY(put_segment(&g));
    return put_source(&g, items, count);
}
