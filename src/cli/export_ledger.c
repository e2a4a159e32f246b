/* SPDX-License-Identifier: Apache-2.0 */
/* cli/export_ledger.c — the log as files, in the layout of C2SP tlog-tiles, for whoever checks
 * it with tools that are not ours (docs/ledger.md §6, §10). */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define TILE 256

struct log_export {
    struct site *site;
    const struct caller *caller;
    struct reader *db;
    const char *folder;  /* as the caller named it */
    struct arena *arena; /* of one file */
};

static enum err cannot(struct log_export *x, const char *path)
{
    return problem(x->site->call, ERR_IO, TEXT("out"), "write", "%s: %s", path,
                   strerror(errno));
}

/* The folders on the way to `path`, but for itself. */
static enum err make_way(struct log_export *x, const char *path)
{
    for (const char *end = strchr(path + 1, '/'); end; end = strchr(end + 1, '/')) {
        const char *one = text_c(x->arena, (struct text){path, (size_t)(end - path)});
        if (mkdir(caller_path(x->caller, x->arena, one), 0700) != 0 && errno != EEXIST)
            return cannot(x, one);
    }
    return OK;
}

static enum err put(struct log_export *x, struct text name, struct text bytes)
{
    struct text path = text_print(x->arena, "%s/%.*s", x->folder, TEXT_ARG(name));
    TRY(make_way(x, text_c(x->arena, path)));
    return write_file(x->caller, text_c(x->arena, path), bytes) ? OK : ERR_IO;
}

/* "x001/x234/067" of 1234067. */
static struct text number(struct arena *a, uint64_t n)
{
    struct text end = text_print(a, "%03u", (unsigned)(n % 1000));
    for (n /= 1000; n; n /= 1000)
        end = text_print(a, "x%03u/%.*s", (unsigned)(n % 1000), TEXT_ARG(end));
    return end;
}

/* All tiles of a level that has `hashes` of them ("entries": the bundles); the last may be a
 * part. */
static enum err put_level(struct log_export *x, const char *level, uint64_t hashes)
{
    enum err e = OK;
    for (uint64_t n = 0; e == OK && n * TILE < hashes; n++) {
        uint64_t width = hashes - n * TILE < TILE ? hashes - n * TILE : TILE;
        struct call *call = call_beside(x->arena, x->site->call);
        struct text name =
                        text_print(x->arena, "%s/%.*s", level, TEXT_ARG(number(x->arena, n))),
                    bytes;
        if (width < TILE)
            name = text_print(x->arena, "%.*s.p/%u", TEXT_ARG(name), (unsigned)width);
        e = ledger_tile(call, x->db, name, &bytes);
        if (e == OK)
            e = put(x, text_print(x->arena, "tile/%.*s", TEXT_ARG(name)), bytes);
        else
            problem(x->site->call, e, TEXT("ledger"), "tile",
                    "tile %.*s cannot be read: aimwell verify tells more", TEXT_ARG(name));
        arena_reset(x->arena);
    }
    return e;
}

static enum err put_log(struct log_export *x, uint64_t *size)
{
    struct call *call = x->site->call;
    struct text note, vkey = ledger_vkey(call->arena, x->site->ledger);
    TRY(ledger_size_seen(call, x->db, size));
    TRY(ledger_checkpoint(call, x->db, 0, &note));
    TRY(put_level(x, "entries", *size));
    uint64_t hashes = *size;
    for (unsigned level = 0; hashes; level++, hashes /= TILE) {
        char word[8];
        snprintf(word, sizeof word, "%u", level);
        TRY(put_level(x, word, hashes));
    }
    TRY(put(x, TEXT("vkey"), text_join(call->arena, vkey, TEXT("\n"))));
    return put(x, TEXT("checkpoint"), note); /* last: what it covers is there */
}

/* A folder that is not there yet: nothing of another log, or of an older one, is left between.
 */
static enum err make_folder(struct log_export *x, const char *out)
{
    size_t len = strlen(out);
    while (len > 1 && out[len - 1] == '/')
        len--;
    x->folder = text_c(x->site->arena, (struct text){out, len});
    if (mkdir(caller_path(x->caller, x->site->arena, x->folder), 0700) == 0)
        return OK;
    return errno == EEXIST
               ? problem(x->site->call, ERR_INVALID, TEXT("out"), "exists",
                         "%s is there already: name a folder that is not", x->folder)
               : cannot(x, x->folder);
}

int export_ledger(struct site *s, const struct args *args)
{
    const char *out = args_option(args, "out");
    struct log_export x = {.site = s, .caller = args->caller, .arena = arena_open()};
    uint64_t size = 0;
    enum err e = out ? make_folder(&x, out)
                     : problem(s->call, ERR_INVALID, TEXT("out"), "required",
                               "the log is many files: say where with --out FOLDER");
    if (e == OK) {
        x.db = store_reader(s->store);
        e = read_begin(s->call, x.db);
        if (e == OK) {
            e = put_log(&x, &size);
            read_end(x.db);
        }
        store_return(s->store, x.db);
    }
    arena_close(x.arena);
    if (e == OK) {
        struct export_note note = {
            .kind = TEXT("ledger"), .format = TEXT("tiles"), .rows = (int64_t)size};
        e = access_note_export(s->call, s->access, &note);
    }
    if (e != OK)
        return failed(args->caller, s->call, e);
    fprintf(args->caller->out, "%llu entries in %s\n", (unsigned long long)size, x.folder);
    return 0;
}
