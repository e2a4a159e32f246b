/* SPDX-License-Identifier: Apache-2.0 */
/* access/own.c — the organisation's own model files as they stand in the store: who reads them holds
 * them against the fact that the ledger fixes, so that no row can give the program another model. */
#include "access/internal.h"

#include <stdlib.h>
#include <string.h>

#define IN_FORCE                                                                               \
    "SELECT f.path, f.body FROM site_file f WHERE f.gone = 0 AND f.since = (SELECT "           \
    "MAX(g.since) FROM site_file g WHERE g.path = f.path) ORDER BY f.path"

static int by_path(const void *left, const void *right)
{
    const struct model_file *a = left, *b = right;
    return text_compare(a->path, b->path);
}

static struct text digest_of(struct call *call, struct text bytes)
{
    struct hash h = sha256(bytes);
    return hex_of(call->arena, hash_text(&h));
}

struct text access_files_digest(struct call *call, const struct model_file *files, size_t count)
{
    struct model_file *sorted = NEW_MANY(call->arena, count + 1, struct model_file);
    struct sha256 *sum = sha256_start(call->arena);
    for (size_t i = 0; i < count; i++)
        sorted[i] = files[i];
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, by_path);
    for (size_t i = 0; i < count; i++) {
        sha256_add(sum, sorted[i].path);
        sha256_add(sum, (struct text){"", 1});
        sha256_add(sum, digest_of(call, sorted[i].bytes));
    }
    struct hash h = sha256_end(sum);
    return hex_of(call->arena, hash_text(&h));
}

static struct model_file *files_of(struct call *call, const struct rows *rows)
{
    struct model_file *files = NEW_MANY(call->arena, rows->count + 1, struct model_file);
    for (size_t i = 0; i < rows->count; i++)
        files[i] = (struct model_file){row_at(rows, i)[0].text, row_at(rows, i)[1].text};
    return files;
}

static enum err fact(struct call *call, struct reader *r, const char *name, struct text *out)
{
    enum err e = meta_read(call, r, name, out);
    return e == ERR_MISSING ? OK : e;
}

/* Files and facts of one moment. A store of an earlier release has no such table, and no fact. */
static enum err read_files(struct call *call, struct reader *r, struct own_files *out)
{
    struct rows rows;
    *out = (struct own_files){0};
    TRY(fact(call, r, "site.folder", &out->folder));
    TRY(fact(call, r, "site.files", &out->digest));
    if (!out->digest.len)
        return OK;
    TRY(read_rows(call, r, IN_FORCE, NULL, 0, OWN_FILES_MOST, &rows));
    out->files = files_of(call, &rows);
    out->count = rows.count;
    if (text_same(access_files_digest(call, out->files, out->count), out->digest))
        return OK;
    return problem(
        call, ERR_CONFLICT, TEXT("site_file"), "altered", "%s",
        say(call,
            "the organisation's own model files are not those in the ledger: they were altered "
            "outside this program. Restore a backup, or run aimwell verify --deep"));
}

enum err access_own_files(struct call *call, struct reader *r, struct own_files *out)
{
    TRY(read_begin(call, r));
    enum err e = read_files(call, r, out);
    read_end(r);
    return e;
}

enum err access_own_file_with(struct call *call, struct reader *r, struct text path,
                              struct text name, struct text *out)
{
    struct rows rows;
    struct buf pattern = buf_in(call->arena, 2 * name.len + 5);
    buf_add_c(&pattern, "%\"");
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == '_' || name.at[i] == '%' || name.at[i] == '!')
            buf_add_byte(&pattern, '!'); /* itself, and no sign of LIKE */
        buf_add_byte(&pattern, name.at[i]);
    }
    buf_add_c(&pattern, "\"%");
    struct value values[] = {V_TEXT(path), V_TEXT(buf_text(&pattern))};
    TRY(read_rows(call, r,
                  "SELECT body FROM site_file WHERE path = $1 AND gone = 0 AND body LIKE $2 "
                  "ESCAPE '!' ORDER BY since DESC LIMIT 1",
                  values, 2, 1, &rows));
    *out = rows.count ? rows.cells[0].text : TEXT("");
    return OK;
}

/* ---- changing them ------------------------------------------------------------------------- */
struct changing {
    struct call *call;
    struct tx *tx;
    int64_t number;
    struct buf files;
};

static enum err put(struct changing *c, struct text path, struct text body, bool gone)
{
    struct value values[] = {V_TEXT(path), V_INT(c->number), V_TEXT(body), V_INT(gone)};
    buf_print(&c->files, "%s%.*s %.*s", c->files.len ? "," : "", TEXT_ARG(path),
              TEXT_ARG(gone ? TEXT("-") : digest_of(c->call, body)));
    return tx_exec(c->call, c->tx,
                   "INSERT INTO site_file (path, since, body, gone) VALUES ($1, $2, $3, $4)",
                   values, COUNT(values), NULL);
}

static const struct model_file *find(const struct model_file *files, size_t count,
                                     struct text path)
{
    for (size_t i = 0; i < count; i++)
        if (text_same(files[i].path, path))
            return &files[i];
    return NULL;
}

static enum err put_all(struct changing *c, const struct model_file *had, size_t had_count,
                        const struct own_files *own)
{
    for (size_t i = 0; i < own->count; i++) {
        const struct model_file *was = find(had, had_count, own->files[i].path);
        if (!was || !text_same(was->bytes, own->files[i].bytes))
            TRY(put(c, own->files[i].path, own->files[i].bytes, false));
    }
    for (size_t i = 0; i < had_count; i++)
        if (!find(own->files, own->count, had[i].path))
            TRY(put(c, had[i].path, TEXT(""), true));
    return OK;
}

enum err access__own_change(struct call *call, struct tx *tx, const struct own_files *own,
                            struct own_change *out)
{
    struct rows had, number;
    TRY(tx_rows(call, tx, IN_FORCE, NULL, 0, OWN_FILES_MOST, &had));
    TRY(tx_rows(call, tx, "SELECT COALESCE(MAX(since), 0) + 1 FROM site_file", NULL, 0, 1,
                &number));
    struct changing c = {call, tx, number.cells[0].integer, buf_in(call->arena, 1u << 18)};
    const struct model_file *files = files_of(call, &had);
    TRY(put_all(&c, files, had.count, own));
    *out = (struct own_change){.files = buf_text(&c.files),
                               .before = access_files_digest(call, files, had.count),
                               .after = access_files_digest(call, own->files, own->count)};
    TRY(meta_write(call, tx, "site.files", out->after));
    return own->folder.len ? meta_write(call, tx, "site.folder", own->folder) : OK;
}

/* ---- what was changed ---------------------------------------------------------------------- */
static struct text kept(struct call *call, const struct json *body, const char *name)
{
    return text_copy(call->arena, json_text(json_get(body, name)));
}

static enum err read_past(struct call *call, struct reader *r, const struct value *row,
                          struct model_past *out)
{
    static const struct json_limits limits = {1u << 20, 4, 2000};
    const struct json *body = NULL;
    struct ledger_row *entries;
    struct ledger_leaf leaf;
    size_t count;
    *out = (struct model_past){.entry = row[0].integer};
    TRY(ledger_entries(call, r, (uint64_t)row[0].integer, 1, &entries, &count));
    if (count && ledger_leaf_read(call->arena, entries[0].leaf, &leaf)) {
        out->at = leaf.moment;
        out->actor = leaf.actor_id;
        out->actor_type = leaf.actor_type;
    }
    if (json_read(call_beside(call->arena, call), row[1].text, &limits, &body) != OK)
        return OK;
    out->added = kept(call, body, "added");
    out->dropped = kept(call, body, "dropped");
    out->from = kept(call, body, "from");
    out->to = kept(call, body, "to");
    out->files = kept(call, body, "files");
    return OK;
}

enum err access_model_history(struct call *call, struct reader *r, size_t most,
                              struct model_past **out, size_t *count)
{
    struct rows rows;
    struct value limit = V_INT((int64_t)most);
    TRY(read_rows(call, r,
                  "SELECT ledger, body FROM sealed WHERE kind = 'model' ORDER BY ledger DESC "
                  "LIMIT $1",
                  &limit, 1, most, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct model_past);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        TRY(read_past(call, r, row_at(&rows, i), &(*out)[i]));
    return OK;
}

/* ---- as the ledger has them ---------------------------------------------------------------- */
/* ",PATH DIGEST,PATH -,": what every change of the model said of files, as many as there are rows. */
static enum err said_of_files(struct call *call, struct reader *db, struct buf *out)
{
    static const struct json_limits limits = {1u << 20, 4, 2000};
    struct value after = V_INT(-1);
    buf_add_c(out, ",");
    for (;;) {
        struct rows rows;
        const struct json *body = NULL;
        TRY(read_rows(call, db,
                      "SELECT ledger, body FROM sealed WHERE kind = 'model' AND ledger > $1 ORDER "
                      "BY ledger LIMIT 1",
                      &after, 1, 1, &rows));
        if (rows.count == 0)
            return OK;
        after = V_INT(rows.cells[0].integer);
        if (json_read(call_beside(call->arena, call), rows.cells[1].text, &limits, &body) != OK)
            continue;
        struct text files = json_text(json_get(body, "files"));
        if (files.len)
            buf_print(out, "%.*s,", TEXT_ARG(files));
    }
}

/* A path may have a comma in it; after a digest, or after " -", it ends a word. */
static bool ends_word(struct text said, size_t at)
{
    if (at < 2 || said.at[at] != ',')
        return false;
    if (said.at[at - 1] == '-' && said.at[at - 2] == ' ')
        return true;
    size_t digits = 0;
    while (digits < at && text_find(TEXT("0123456789abcdef"), said.at[at - 1 - digits]) >= 0)
        digits++;
    return digits == 64 && said.at[at - 65] == ' ';
}

static size_t count_words(struct text said)
{
    size_t count = 0;
    for (size_t i = 0; i < said.len; i++)
        count += ends_word(said, i);
    return count;
}

#define EVERY_FILE                                                                             \
    "SELECT path, since, body, gone FROM site_file WHERE path > $1 OR (path = $1 AND since > " \
    "$2) ORDER BY path, since LIMIT 1"

/* Every row is what a change said, there is one for each, and those in force are those of the fact. */
static enum err compare_rows(struct call *call, struct reader *db, struct text said,
                             struct verification *out)
{
    struct value place[] = {V_TEXT(TEXT("")), V_INT(-1)};
    size_t count = 0;
    for (struct rows rows;; count++) {
        TRY(read_rows(call, db, EVERY_FILE, place, 2, 1, &rows));
        if (rows.count == 0)
            break;
        const struct value *row = row_at(&rows, 0);
        bool gone = row[3].integer != 0;
        struct text word = text_print(call->arena, ",%.*s %.*s,", TEXT_ARG(row[0].text),
                                      TEXT_ARG(gone ? TEXT("-") : digest_of(call, row[2].text)));
        if ((gone && row[2].text.len) || memmem(said.at, said.len, word.at, word.len) == NULL)
            verification_add(call, out,
                             text_print(call->arena, "site_file %.*s", TEXT_ARG(row[0].text)),
                             "no change of the model in the ledger brought this file");
        place[0] = row[0];
        place[1] = row[1];
    }
    if (count < count_words(said))
        verification_add(call, out, TEXT("table site_file"), "files that the ledger names are gone");
    return OK;
}

enum err access__own_compare(struct call *call, struct reader *db, struct verification *out)
{
    struct buf said = buf_in(call->arena, 64u << 20);
    struct rows rows;
    struct text fixed;
    TRY(said_of_files(call, db, &said));
    TRY(compare_rows(call, db, buf_text(&said), out));
    TRY(fact(call, db, "site.files", &fixed));
    TRY(read_rows(call, db, IN_FORCE, NULL, 0, OWN_FILES_MOST, &rows));
    struct text there = access_files_digest(call, files_of(call, &rows), rows.count);
    if (fixed.len ? !text_same(there, fixed) : rows.count > 0)
        verification_add(call, out, TEXT("table site_file"),
                         "the organisation's own model files in force are not those in the ledger");
    return OK;
}
