/* SPDX-License-Identifier: Apache-2.0 */
/* store/search.c — finding documents by words that were folded and cut before they came here.
 *
 * Both databases index the same words and are asked the same question: every word must occur,
 * the last one as a prefix when it is long enough. The rank is the number of words in the
 * document, then its kind and id, so that both also answer in the same order. */
#include "store/internal.h"

#define WORDS_MOST (512 * 1024) /* of one document; a tsvector holds no more than 1 MiB */
#define QUERY_WORDS_MOST 64
#define QUERY_MOST (64 * 1024)

/* Whole words only, at most WORDS_MOST bytes of them. */
static struct text bounded(struct text words)
{
    words = text_trim(words);
    if (words.len <= WORDS_MOST)
        return words;
    words.len = WORDS_MOST;
    while (words.len > 0 && words.at[words.len] != ' ')
        words.len--;
    return words;
}

static int64_t count_words(struct text words)
{
    int64_t count = 0;

    while (words.len > 0)
        count += text_cut(&words, ' ').len > 0;
    return count;
}

/* ---- documents wait for the end of the group --------------------------------------------- */
void store__search_begin(struct writer *w)
{
    w->notes = NULL;
    w->notes_end = &w->notes;
}

void store__search_undo(struct writer *w, struct search_note **end)
{
    w->notes_end = end;
    *end = NULL;
}

/* One statement cannot put the same document twice; the later put must come later. */
#define TOGETHER 16
static bool among(const struct search_note *const *notes, size_t count,
                  const struct search_note *n)
{
    for (size_t i = 0; i < count; i++) {
        if (text_same(notes[i]->id, n->id) && text_same(notes[i]->kind, n->kind))
            return true;
    }
    return false;
}

static enum err flush_together(struct call *call, struct tx *tx)
{
    const struct search_note *few[TOGETHER];
    size_t count = 0;

    for (struct search_note *n = tx->store->writer.notes; n != NULL; n = n->next) {
        if (count == TOGETHER || among(few, count, n)) {
            TRY(store__postgres_search_many(call, tx, few, count));
            count = 0;
        }
        if (n->size > 0)
            few[count++] = n;
        else
            TRY(store__postgres_search_put(call, tx, n->kind, n->id, n->words, 0));
    }
    return store__postgres_search_many(call, tx, few, count);
}

/* In the memory of the jobs, which lasts until they are answered. */
enum err store__search_flush(struct call *call, struct tx *tx)
{
    if (tx->store->driver->kind == STORE_POSTGRES)
        TRY(flush_together(call, tx));
    else
        for (struct search_note *n = tx->store->writer.notes; n != NULL; n = n->next)
            TRY(store__sqlite_search_put(call, tx, n->kind, n->id, n->words, n->size));
    if (tx->link->purge && tx->store->driver->kind == STORE_SQLITE) /* words of deleted documents stay until then */
        TRY(tx_exec(call, tx, "INSERT INTO search_words(search_words) VALUES ('optimize')", NULL, 0,
                    NULL));
    store__search_begin(&tx->store->writer);
    return tx->spent;
}

enum err tx_search_put(struct call *call, struct tx *tx, struct text kind, struct text id,
                       struct text words)
{
    struct writer *w = &tx->store->writer;
    struct search_note *n;

    words = bounded(words);
    /* A careful group is told by whose document it cannot go on. */
    if (w->careful && tx->store->driver->kind == STORE_POSTGRES)
        return tx->store->driver->search_put(call, tx, kind, id, words, count_words(words));
    n = NEW(call->arena, struct search_note);
    *n = (struct search_note){text_copy(call->arena, kind), text_copy(call->arena, id),
                              text_copy(call->arena, words), count_words(words), NULL};
    *w->notes_end = n;
    w->notes_end = &n->next;
    return tx->spent;
}

void tx_purge(struct tx *tx)
{
    tx->link->purge = true;
}

enum err tx_file_forget(struct call *call, struct tx *tx, struct text hash_hex)
{
    if (tx->store->driver->kind != STORE_POSTGRES)
        return OK;
    TRY(tx_exec(call, tx, "DELETE FROM file_chunk WHERE hash = $1", &V_TEXT(hash_hex), 1, NULL));
    return tx_exec(call, tx, "DELETE FROM file WHERE hash = $1", &V_TEXT(hash_hex), 1, NULL);
}

enum err tx_search_now(struct call *call, struct tx *tx, struct text kind, struct text id,
                       struct text words)
{
    words = bounded(words);
    return tx->store->driver->search_put(call, tx, kind, id, words, count_words(words));
}

/* What folding never leaves is in no document; the databases would each misread it in their
 * way. */
static bool is_folded(struct text words)
{
    for (size_t i = 0; i < words.len; i++) {
        char c = words.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ';
        if (!plain && (unsigned char)c < 0x80)
            return false;
    }
    return text_utf8(words);
}

static enum err query_for(struct call *call, const struct driver *driver, struct text words,
                          struct text *query)
{
    struct buf b = buf_in(call->arena, QUERY_MOST);
    size_t count = 0;

    words = text_trim(words);
    while (words.len > 0) {
        struct text word = text_cut(&words, ' ');
        bool prefix = words.len == 0 && text_characters(word) >= 2;
        if (word.len == 0)
            continue;
        if (count++ == QUERY_WORDS_MOST)
            break; /* fewer words than asked only find more */
        if (b.len > 0)
            buf_add_c(&b, driver->search_and);
        buf_add(&b, driver->search_word(call->arena, word, prefix));
    }
    if (b.full)
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large", "%s",
                       say(call, "too many words to search for"));
    *query = buf_text(&b);
    return OK;
}

void store_search_patterns(struct arena *a, struct text words, struct text **patterns,
                           size_t *count)
{
    words = text_trim(words);
    *patterns = NEW_MANY(a, QUERY_WORDS_MOST, struct text);
    *count = 0;
    while (words.len > 0 && *count < QUERY_WORDS_MOST) {
        struct text word = text_cut(&words, ' ');
        bool prefix = words.len == 0 && text_characters(word) >= 2;
        if (word.len > 0)
            (*patterns)[(*count)++] =
                text_print(a, prefix ? "%% %.*s%%" : "%% %.*s %%", TEXT_ARG(word));
    }
}

static void hits_of(struct call *call, const struct rows *rows, struct search_hit **hits,
                    size_t *count)
{
    *hits = NEW_MANY(call->arena, rows->count, struct search_hit);
    *count = rows->count;
    for (size_t i = 0; i < rows->count; i++) {
        const struct value *row = row_at(rows, i);
        (*hits)[i] = (struct search_hit){row[0].text, row[1].text, (double)row[2].integer};
    }
}

enum err read_search_query(struct call *call, struct reader *r, struct text words,
                           struct text *query)
{
    *query = (struct text){0};
    return is_folded(words) ? query_for(call, r->store->driver, words, query) : OK;
}

enum err read_search(struct call *call, struct reader *r, struct text kind, struct text words,
                     size_t most, struct search_hit **hits, size_t *count)
{
    struct text query;
    struct rows rows;

    *hits = NULL;
    *count = 0;
    TRY(read_search_query(call, r, words, &query));
    if (query.len == 0)
        return OK;
    TRY(read_rows(call, r, r->store->driver->search,
                  (struct value[]){V_TEXT(query), V_TEXT(kind), V_INT((int64_t)most)}, 3, most,
                  &rows));
    hits_of(call, &rows, hits, count);
    return OK;
}
