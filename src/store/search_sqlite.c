/* SPDX-License-Identifier: Apache-2.0 */
/* store/search_sqlite.c — search by FTS5.
 *
 * The tokenizer is the plainest there is: words come folded and cut, and are kept byte for byte
 * as PostgreSQL keeps them ("ascii" cuts at ASCII that is neither letter nor digit, so at our
 * spaces only). search_doc gives each document the number FTS5 wants. */
#include "store/internal.h"

const char store__sqlite_search_tables[] =
    "CREATE TABLE IF NOT EXISTS search_doc (doc INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
    " id TEXT NOT NULL, size INTEGER NOT NULL, UNIQUE (kind, id)) STRICT;"
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5 (words, tokenize = 'ascii');";

const char store__sqlite_search[] =
    "SELECT d.kind, d.id, d.size FROM search_words JOIN search_doc d"
    " ON d.doc = search_words.rowid WHERE search_words MATCH $1"
    " AND ($2 = '' OR d.kind = $2) ORDER BY d.size, d.kind, d.id LIMIT $3";

/* Quoted, since bare AND, OR, NOT and NEAR are operators. */
struct text store__sqlite_search_word(struct arena *a, struct text word, bool prefix)
{
    struct buf b = buf_in(a, word.len * 2 + 4);

    buf_add_byte(&b, '"');
    for (size_t i = 0; i < word.len; i++) {
        if (word.at[i] == '"')
            buf_add_byte(&b, '"');
        buf_add_byte(&b, word.at[i]);
    }
    buf_add_c(&b, prefix ? "\"*" : "\"");
    return buf_text(&b);
}

static enum err forget(struct call *call, struct tx *tx, const struct value *doc)
{
    TRY(tx_exec(call, tx, "DELETE FROM search_words WHERE rowid = $1", doc, 1, NULL));
    return tx_exec(call, tx, "DELETE FROM search_doc WHERE doc = $1", doc, 1, NULL);
}

enum err store__sqlite_search_put(struct call *call, struct tx *tx, struct text kind,
                                  struct text id, struct text words, int64_t word_count)
{
    struct value values[] = {V_TEXT(kind), V_TEXT(id), V_INT(word_count), V_TEXT(words)};
    struct rows rows;

    TRY(tx_rows(call, tx, "SELECT doc FROM search_doc WHERE kind = $1 AND id = $2", values, 2,
                1, &rows));
    if (rows.count > 0)
        TRY(forget(call, tx, rows.cells));
    if (word_count == 0)
        return OK;
    TRY(tx_exec(call, tx, "INSERT INTO search_doc (kind, id, size) VALUES ($1, $2, $3)", values,
                3, NULL));
    return tx_exec(call, tx,
                   "INSERT INTO search_words (rowid, words) VALUES (last_insert_rowid(), $1)",
                   values + 3, 1, NULL);
}
