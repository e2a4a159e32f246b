/* SPDX-License-Identifier: Apache-2.0 */
/* store/files_postgres.c — evidence bytes as rows of 1 MiB, so that every node has every file.
 *
 * A file is written in a transaction of its own on a connection of its own: it must be durable
 * before the row that refers to it is written, and large files must not hold up the writer. */
#include "store/internal.h"

#include <string.h>

#define CHUNK (1024 * 1024)

static enum err find(struct call *call, struct link *link, struct text name, int64_t *size)
{
    struct rows rows;

    TRY(store__postgres.rows(call, link, "SELECT size FROM file WHERE hash = $1", &V_TEXT(name),
                             1, 1, &rows));
    if (rows.count == 0)
        return ERR_MISSING;
    *size = rows.cells[0].integer;
    return OK;
}

/* Chunk by chunk: the whole file once in the arena, plus the pieces. */
static enum err gather(struct call *call, struct link *link, struct text name, int64_t size,
                       struct text *bytes)
{
    static const char sql[] = "SELECT bytes FROM file_chunk WHERE hash = $1 AND part = $2";
    char *at = arena_take(call->arena, (size_t)size + 1);
    size_t len = 0;
    struct rows rows;

    for (int64_t part = 0; len < (size_t)size; part++) {
        TRY(store__postgres.rows(call, link, sql, (struct value[]){V_TEXT(name), V_INT(part)},
                                 2, 1, &rows));
        if (rows.count == 0 || rows.cells[0].text.len == 0 ||
            rows.cells[0].text.len > (size_t)size - len)
            return store__file_damaged(call, name);
        memcpy(at + len, rows.cells[0].text.at, rows.cells[0].text.len);
        len += rows.cells[0].text.len;
    }
    *bytes = (struct text){at, len};
    return OK;
}

static enum err read_on(struct call *call, struct link *link, struct text name,
                        struct text *bytes)
{
    int64_t size = 0;

    TRY(find(call, link, name, &size));
    return gather(call, link, name, size, bytes);
}

/* Adds one chunk to the hash; its memory is the scratch call's. */
static enum err hash_chunk(struct call *scratch, struct link *link, struct text name,
                           int64_t part, struct sha256 *hash, int64_t *left)
{
    static const char sql[] = "SELECT bytes FROM file_chunk WHERE hash = $1 AND part = $2";
    struct rows rows;

    TRY(store__postgres.rows(scratch, link, sql, (struct value[]){V_TEXT(name), V_INT(part)}, 2,
                             1, &rows));
    if (rows.count == 0 || rows.cells[0].text.len == 0 ||
        (int64_t)rows.cells[0].text.len > *left)
        return ERR_MISSING;
    sha256_add(hash, rows.cells[0].text);
    *left -= (int64_t)rows.cells[0].text.len;
    return OK;
}

/* Are the bytes there those of the name? In memory there is one chunk at a time. */
static enum err check_there(struct call *call, struct link *link, struct text name, bool *right)
{
    struct arena *arena = arena_open();
    struct sha256 *hash = sha256_start(call->arena);
    int64_t left = 0;
    enum err e = find(call, link, name, &left);

    for (int64_t part = 0; e == OK && left > 0; part++) {
        arena_reset(arena);
        e = hash_chunk(call_beside(arena, call), link, name, part, hash, &left);
    }
    struct hash sum = sha256_end(hash);
    *right = e == OK && text_same(hex_of(call->arena, hash_text(&sum)), name);
    arena_close(arena);
    return e == ERR_MISSING || !link->failed ? OK : e;
}

enum err store__chunk_file_read(struct call *call, struct store *s, struct text name,
                                struct text *bytes)
{
    struct reader *r = store_reader(s);
    enum err e = read_begin(call, r);

    if (e == OK) {
        e = read_on(call, r->link, name, bytes);
        read_end(r);
    }
    store_return(s, r);
    return e;
}

/* ---- writing ----------------------------------------------------------------------------- */
static enum err put_chunks(struct call *call, struct link *link, struct text name,
                           struct text bytes)
{
    static const char sql[] = "INSERT INTO file_chunk (hash, part, bytes) VALUES ($1, $2, $3)";

    TRY(store__postgres.exec(call, link, "DELETE FROM file_chunk WHERE hash = $1",
                             &V_TEXT(name), 1, NULL));
    for (int64_t part = 0; bytes.len > 0; part++) {
        struct text piece = text_slice(bytes, 0, bytes.len < CHUNK ? bytes.len : CHUNK);
        TRY(store__postgres.exec(call, link, sql,
                                 (struct value[]){V_TEXT(name), V_INT(part), V_BYTES(piece)}, 3,
                                 NULL));
        bytes = text_from(bytes, piece.len);
    }
    return store__postgres.settle(call, link);
}

static enum err put(struct call *call, struct link *link, struct text name, struct text bytes)
{
    static const char sql[] = "INSERT INTO file (hash, size) VALUES ($1, $2) "
                              "ON CONFLICT (hash) DO UPDATE SET size = excluded.size";
    bool whole = false;

    /* A row that is there already is a whole file, or a damaged one that these bytes mend. */
    TRY(check_there(call, link, name, &whole));
    if (whole)
        return OK;
    /* Also takes the row's lock: two writers of the same bytes follow each other. */
    TRY(store__postgres.exec(
        call, link, sql, (struct value[]){V_TEXT(name), V_INT((int64_t)bytes.len)}, 2, NULL));
    TRY(put_chunks(call, link, name, bytes));
    TRY(check_there(call, link, name, &whole));
    return whole ? OK : store__file_damaged(call, name);
}

enum err store__chunk_file_write(struct call *call, struct store *s, struct text name,
                                 struct text bytes)
{
    struct link *link;
    enum err e;

    TRY(store__postgres.connect(call, s, LINK_WRITE, &link));
    e = store__postgres.begin(call, link);
    if (e == OK)
        e = put(call, link, name, bytes);
    if (e == OK)
        e = store__postgres.commit(call, link);
    if (e != OK && !link->failed)
        store__postgres.rollback(link);
    store__postgres.disconnect(link);
    return e;
}

enum err store__chunk_file_list(struct call *call, struct store *s, struct text **names,
                                size_t *count)
{
    struct reader *r = store_reader(s);
    struct rows rows;
    enum err e = read_rows(call, r, "SELECT hash FROM file ORDER BY hash", NULL, 0,
                           10 * READ_MOST, &rows);

    store_return(s, r);
    TRY(e);
    *names = NEW_MANY(call->arena, rows.count, struct text);
    for (size_t i = 0; i < rows.count; i++)
        (*names)[i] = rows.cells[i].text;
    *count = rows.count;
    return OK;
}
