/* SPDX-License-Identifier: Apache-2.0 */
/* store/search_postgres.c — search by tsvector and a GIN index.
 *
 * array_to_tsvector keeps every word byte for byte: no dictionary, no stop words, no stemming,
 * so that PostgreSQL finds what FTS5 finds. */
#include "store/internal.h"

const char store__postgres_search_tables[] =
    "CREATE TABLE IF NOT EXISTS search_doc (kind text COLLATE \"C\" NOT NULL,"
    " id text COLLATE \"C\" NOT NULL, size bigint NOT NULL, words tsvector NOT NULL,"
    " PRIMARY KEY (kind, id));"
    "CREATE INDEX IF NOT EXISTS search_words ON search_doc USING gin (words);";

const char store__postgres_search[] =
    "SELECT kind, id, size FROM search_doc WHERE words @@ CAST($1 AS tsquery)"
    " AND ($2 = '' OR kind = $2) ORDER BY size, kind, id LIMIT $3";

/* Quoted, since & | ! ( ) : * are operators. */
struct text store__postgres_search_word(struct arena *a, struct text word, bool prefix)
{
    struct buf b = buf_in(a, word.len * 2 + 5);

    buf_add_byte(&b, '\'');
    for (size_t i = 0; i < word.len; i++) {
        if (word.at[i] == '\'' || word.at[i] == '\\')
            buf_add_byte(&b, word.at[i]);
        buf_add_byte(&b, word.at[i]);
    }
    buf_add_c(&b, prefix ? "':*" : "'");
    return buf_text(&b);
}

enum err store__postgres_search_many(struct call *call, struct tx *tx,
                                     const struct search_note *const *notes, size_t count)
{
    struct value *values = NEW_MANY(call->arena, count * 4 + 1, struct value), *v = values;

    for (size_t i = 0; i < count; i++) {
        *v++ = V_TEXT(notes[i]->kind);
        *v++ = V_TEXT(notes[i]->id);
        *v++ = V_INT(notes[i]->size);
        *v++ = V_TEXT(notes[i]->words);
    }
    return tx_many(call, tx,
                   "INSERT INTO search_doc (kind, id, size, words) SELECT d.kind, d.id, d.size,"
                   " array_to_tsvector(array_remove(string_to_array(d.words, ' '), ''))"
                   " FROM (VALUES",
                   ") AS d(kind, id, size, words) ON CONFLICT (kind, id) DO UPDATE"
                   " SET size = excluded.size, words = excluded.words",
                   values, 4, count);
}

enum err store__postgres_search_put(struct call *call, struct tx *tx, struct text kind,
                                    struct text id, struct text words, int64_t word_count)
{
    struct value values[] = {V_TEXT(kind), V_TEXT(id), V_INT(word_count), V_TEXT(words)};

    if (word_count == 0)
        return tx_exec(call, tx, "DELETE FROM search_doc WHERE kind = $1 AND id = $2", values,
                       2, NULL);
    return tx_exec(call, tx,
                   "INSERT INTO search_doc (kind, id, size, words) VALUES ($1, $2, $3,"
                   " array_to_tsvector(array_remove(string_to_array($4, ' '), '')))"
                   " ON CONFLICT (kind, id) DO UPDATE"
                   " SET size = excluded.size, words = excluded.words",
                   values, 4, NULL);
}
