/* SPDX-License-Identifier: Apache-2.0 */
/* record/news.c — what others did with records after an entry of the ledger: of each record the
 * latest, as far as the reader may read it. From the entries, so that it is what the log has
 * and not what a list was sorted by. */
#include "record/internal.h"

#define PAGE 250  /* entries read at a time */
#define ASKED 100 /* records that are looked at for what may be read */

struct told { /* one record, and the latest entry of another about it */
    struct text kind, id;
    int64_t version;
    struct record *record;
};
struct reading {
    struct call *call;
    struct records *records;
    struct reader *db;
    struct told told[ASKED];
    size_t count;
    struct map *seen;
    bool more;
};

/* What the engine does by itself is no change of anybody: clocks are told as notices. */
static bool is_news(const struct reading *n, const struct ledger_leaf *leaf)
{
    bool own =
        text_is(leaf->actor_type, "user") && text_same(leaf->actor_id, n->call->actor->person);
    return !own && !text_is(leaf->actor_type, "system") && text_starts(leaf->act, "record.") &&
           leaf->object_version > 0 && !text_is(leaf->act, "record.read") &&
           !text_is(leaf->act, "record.recompute");
}

static void take(struct reading *n, const struct ledger_leaf *leaf)
{
    const struct kind *k = model_kind(n->records->model, leaf->object_kind);
    size_t at;
    if (!k || !record_may_read_kind(n->call->actor, k) ||
        map_find(n->seen, leaf->object_id, &at))
        return;
    struct text id = text_copy(n->call->arena, leaf->object_id);
    map_add(n->seen, id, n->count);
    if (n->count == ASKED)
        n->more = true;
    else
        n->told[n->count++] = (struct told){k->name, id, leaf->object_version, NULL};
}

/* A few at a time: where much goes on, the latest have as many records as are told. */
static enum err read_entries(struct reading *n, int64_t after)
{
    uint64_t below;
    struct ledger_row *rows;
    size_t count = 1, looked = 0;
    TRY(ledger_size_seen(n->call, n->db, &below));
    while (count && !n->more && looked < NEWS_LOOKED && (int64_t)below > after + 1) {
        TRY(ledger_entries_back(n->call, n->db, below, PAGE, &rows, &count));
        for (size_t i = 0; i < count && !n->more && (int64_t)rows[i].index > after; i++) {
            struct ledger_leaf leaf;
            if (ledger_leaf_read(n->call->arena, rows[i].leaf, &leaf) && is_news(n, &leaf))
                take(n, &leaf);
        }
        below = count ? rows[count - 1].index : 0;
        looked += count;
    }
    n->more = n->more || (count && (int64_t)below > after + 1 && below > 0);
    return OK;
}

/* The records of a kind are read together. */
static enum err read_kind(struct reading *n, const struct kind *k)
{
    struct text ids[ASKED];
    struct record **found;
    size_t count = 0;
    for (size_t i = 0; i < n->count; i++)
        if (text_same(n->told[i].kind, k->name))
            ids[count++] = n->told[i].id;
    if (!count)
        return OK;
    TRY(query__these(n->call, n->records, db_reader(n->db), k, ids, count, &found, &count));
    for (size_t f = 0; f < count; f++) {
        bool may = false;
        size_t at;
        TRY(who__may_read(n->call, n->records, db_reader(n->db), n->call->actor, found[f],
                          &may));
        if (may && map_find(n->seen, found[f]->id, &at))
            n->told[at].record = found[f];
    }
    return OK;
}

static enum err tell(struct reading *n, const struct told *t, struct news_item *out,
                     bool *shown)
{
    struct value values[] = {V_TEXT(t->kind), V_TEXT(t->id), V_INT(t->version)};
    struct rows rows;
    TRY(read_rows(
        n->call, n->db,
        "SELECT version, ledger, body, at FROM version WHERE kind = $1 AND id = $2 AND "
        "version = $3",
        values, 3, 1, &rows));
    *shown = rows.count > 0;
    out->record = t->record;
    if (*shown)
        TRY(history__item(n->call, n->records, n->db, t->record, rows.cells, &out->what));
    *shown = *shown && !out->what.hidden;
    return OK;
}

enum err record_news(struct call *call, struct records *r, struct reader *db, int64_t after,
                     size_t most, struct news_list *out)
{
    struct reading *n = NEW(call->arena, struct reading);
    n->call = call;
    n->records = r;
    n->db = db;
    n->seen = map_in(call->arena);
    TRY(read_entries(n, after));
    for (size_t i = 0; i < r->model->kind_count; i++)
        TRY(read_kind(n, &r->model->kinds[i]));
    *out = (struct news_list){.items = NEW_MANY(call->arena, most + 1, struct news_item)};
    size_t i = 0;
    for (; i < n->count && out->count < most; i++) {
        bool shown = false;
        if (n->told[i].record)
            TRY(tell(n, &n->told[i], &out->items[out->count], &shown));
        out->count += shown;
    }
    out->more = n->more || i < n->count;
    return OK;
}
