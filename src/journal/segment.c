/* SPDX-License-Identifier: Apache-2.0 */
/* journal/segment.c — a segment and its entry. The digest of a segment is that of its blocks,
 * one after the other: each is hashed with what came before it, so that none can be left out,
 * put in or moved. The entry commits to that digest and to what it is of. */
#include "journal/internal.h"
#include "store/write.h"

#include <string.h>

void segment__of_row(const struct value *row, struct segment *out)
{
    *out = (struct segment){.source = row[0].integer,
                            .n = row[1].integer,
                            .first = row[2].integer,
                            .blocks = row[3].integer,
                            .events = row[4].integer,
                            .ledger = row[5].integer,
                            .kind = row[6].text,
                            .record = row[7].text,
                            .begun = row[8].text,
                            .digest = row[9].text,
                            .salt = row[10].text,
                            .commitment = row[11].text,
                            .removed = row[12].integer};
}

int64_t segment__over(const struct segment *g)
{
    int64_t begun = 0;
    return moment_read(g->begun, &begun) ? begun + JOURNAL_SEGMENT : INT64_MAX;
}

struct hash segment__add(struct text digest, struct text block_digest)
{
    return sha256_two(digest, block_digest);
}

static struct text number(struct arena *a, int64_t n)
{
    return text_print(a, "%lld", (long long)n);
}

enum err segment__commit(struct call *call, const struct segment *g, struct text salt,
                         struct hash *out)
{
    static const char *const names[] = {"begun", "blocks", "digest", "events",
                                        "first", "kind",   "n",      "record"};
    struct arena *a = call->arena;
    struct text values[] = {g->begun,
                            number(a, g->blocks),
                            hex_of(a, g->digest),
                            number(a, g->events),
                            number(a, g->first),
                            g->kind,
                            number(a, g->n),
                            g->record};
    return ledger_commit_texts(call, names, values, COUNT(names), salt, out);
}

/* The entry before it, of the same source: entries of one object are a chain. */
static enum err find_previous(struct call *call, struct tx *tx, const struct segment *g,
                              struct ledger_event *event)
{
    struct value values[] = {V_INT(g->source), V_INT(g->n)};
    struct rows rows;
    event->previous = -1;
    TRY(tx_rows(call, tx,
                "SELECT ledger, commitment FROM event_segment WHERE source = $1 AND n < $2 AND "
                "ledger >= 0 ORDER BY n DESC LIMIT 1",
                values, 2, 1, &rows));
    if (!rows.count || rows.cells[1].text.len != HASH_SIZE)
        return OK;
    event->previous = rows.cells[0].integer;
    memcpy(event->previous_commitment.byte, rows.cells[1].text.at, HASH_SIZE);
    return OK;
}

static enum err seal(struct call *call, struct tx *tx, struct ledger *l, struct text model,
                     const struct segment *g)
{
    struct ledger_event event = {.act = "events.seal",
                                 .actor_type = TEXT("system"),
                                 .actor_id = TEXT("system"),
                                 .object_kind = TEXT("event_segment"),
                                 .object_id = g->record,
                                 .object_version = g->n,
                                 .has_commitment = true,
                                 .model = model,
                                 .request = call->id};
    struct text salt = ledger_salt(call);
    uint64_t index;
    TRY(segment__commit(call, g, salt, &event.commitment));
    TRY(find_previous(call, tx, g, &event));
    TRY(ledger_append(call, tx, l, &event, &index));
    struct value values[] = {V_INT(g->source), V_INT(g->n), V_BYTES(salt),
                             V_INT((int64_t)index),
                             V_BYTES(text_copy(call->arena, hash_text(&event.commitment)))};
    return tx_exec(
        call, tx,
        "UPDATE event_segment SET salt = $3, ledger = $4, commitment = $5 WHERE source = "
        "$1 AND n = $2",
        values, COUNT(values), NULL);
}

#define AT_ONCE 100 /* in one job: others who write wait for no more */

struct sealing {
    struct ledger *ledger;
    struct text model;
    size_t sealed;
};

static enum err seal_some(struct job *job, struct call *call, struct tx *tx)
{
    struct sealing *s = job->arg;
    struct value due = V_TEXT(moment_print(call->arena, call->now - JOURNAL_SEGMENT));
    struct rows rows;
    TRY(tx_rows(
        call, tx,
        "SELECT " SEGMENT_COLUMNS SEGMENT_FROM
        "WHERE g.ledger = -1 AND g.begun <= $1 ORDER BY g.begun, g.source, g.n LIMIT 100",
        &due, 1, AT_ONCE, &rows));
    for (s->sealed = 0; s->sealed < rows.count; s->sealed++) {
        struct segment g;
        segment__of_row(row_at(&rows, s->sealed), &g);
        TRY(seal(call, tx, s->ledger, s->model, &g));
    }
    return OK;
}

/* Looks first: most often nothing is due, and a job is a commit. */
static enum err is_due(struct call *call, struct store *store, bool *due)
{
    struct reader *r = store_reader(store);
    struct value by = V_TEXT(moment_print(call->arena, call->now - JOURNAL_SEGMENT));
    struct rows rows;
    enum err e = read_rows(
        call, r, "SELECT count(*) FROM event_segment WHERE ledger = -1 AND begun <= $1", &by, 1,
        1, &rows);
    store_return(store, r);
    *due = e == OK && rows.cells[0].integer > 0;
    return e;
}

enum err journal_seal_due(struct call *call, struct store *store, struct ledger *l,
                          struct text model)
{
    struct sealing s = {.ledger = l, .model = model};
    bool due;
    TRY(is_due(call, store, &due));
    while (due) {
        TRY(store_run(store, call, seal_some, &s));
        due = s.sealed == AT_ONCE;
    }
    return OK;
}
