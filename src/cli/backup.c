/* SPDX-License-Identifier: Apache-2.0 */
/* cli/backup.c — one file out: a zip of a consistent copy of the database, the evidence files,
 * the signing key and model.d.
 *
 * The database is copied first, in one read transaction, while others write; a file of evidence
 * is there before the row that names it and never changes, so whatever the copy names is found
 * afterwards. All is made in a private folder beside the name asked for, made durable, and only
 * then given that name; last comes the entry in the ledger that tells of it. */
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

static const struct option_rule rules[] = {{"out", true}};

struct backup {
    struct site *site;
    const char *out; /* as this process can open it */
    const char *work; /* the private folder */
    const char *database, *file;
    zip_t *zip;
    struct backup_note note;
    char sha256[HASH_SIZE * 2 + 1];
};

static enum err because(struct backup *b, const char *what)
{
    return problem(b->site->call, ERR_IO, TEXT("out"), "storage", "%s: %s", what,
                   strerror(errno));
}

/* ---- what goes in --------------------------------------------------------------------------- */
static enum err add_path(struct backup *b, const char *path, const char *name)
{
    struct stat st;
    if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return problem(b->site->call, ERR_CONFLICT, TEXT("data"), "file", "%s %s", name,
                       say(b->site->call, "is not a plain file"));
    zip_source_t *source = zip_source_file(b->zip, path, 0, -1);
    if (source && zip_file_add(b->zip, name, source, ZIP_FL_ENC_UTF_8) >= 0)
        return OK;
    if (source)
        zip_source_free(source);
    return problem(b->site->call, ERR_IO, TEXT("out"), "zip", "%s: %s", name,
                   zip_strerror(b->zip));
}

/* What is in the folder `path`, under the name `inside`; not what is only on its way in. */
static enum err add_folder(struct backup *b, const char *path, const char *inside)
{
    struct arena *a = b->site->arena;
    enum err e = OK;
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT ? OK : because(b, inside);
    for (struct dirent *entry; e == OK && (entry = readdir(d));) {
        if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "incoming"))
            continue;
        const char *name = text_print(a, "%s/%s", inside, entry->d_name).at;
        const char *full = text_print(a, "%s/%s", path, entry->d_name).at;
        struct stat st;
        bool folder = lstat(full, &st) == 0 && S_ISDIR(st.st_mode);
        e = folder ? add_folder(b, full, name) : add_path(b, full, name);
        b->note.files += !folder;
    }
    closedir(d);
    return e;
}

static enum err fill(struct backup *b)
{
    struct site *s = b->site;
    struct text folder = store_folder(s->store);
    const char *at = text_c(s->arena, folder);
    TRY(add_path(b, b->database, "aimwell.db"));
    TRY(add_path(b, text_print(s->arena, "%s/ledger.key", at).at, "ledger.key"));
    TRY(add_folder(b, text_print(s->arena, "%s/files", at).at, "files"));
    return add_folder(b, s->own ? s->own : text_print(s->arena, "%s/model.d", at).at,
                      "model.d");
}

static enum err pack(struct backup *b)
{
    int error = 0;
    b->zip = zip_open(b->file, ZIP_CREATE | ZIP_EXCL, &error);
    if (!b->zip)
        return because(b, b->out);
    enum err e = fill(b);
    if (e == OK && zip_close(b->zip) != 0)
        e = problem(b->site->call, ERR_IO, TEXT("out"), "zip", "%s", zip_strerror(b->zip));
    if (e != OK)
        zip_discard(b->zip);
    return e;
}

/* ---- is it what it should be ---------------------------------------------------------------- */
/* How far the ledger in the copy goes: it is asked, not the store, which has gone on. */
static enum err count_entries(struct backup *b)
{
    struct store *copy;
    struct call *call = b->site->call;
    TRY(store_open_reading(call, text_of(b->work), &copy));
    struct reader *r = store_reader(copy);
    enum err e = ledger_size_seen(call, r, &b->note.entries);
    store_return(copy, r);
    store_close(copy);
    return e;
}

static enum err make_durable(struct backup *b)
{
    struct arena *a = b->site->arena;
    struct sha256 *hash = sha256_start(a);
    char *piece = arena_take(a, 1u << 16);
    ssize_t n;
    int file = open(b->file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool good = file >= 0 && fchmod(file, 0600) == 0 && fsync(file) == 0;
    while (good && (n = read(file, piece, 1u << 16)) != 0) {
        good = n > 0;
        if (good)
            sha256_add(hash, (struct text){piece, (size_t)n});
        b->note.bytes += n;
    }
    struct hash sum = sha256_end(hash);
    b->note.sha256 = hex_of(a, hash_text(&sum));
    if (file >= 0)
        close(file);
    return good ? OK : because(b, b->out);
}

/* Never over something that is there. */
static enum err give_name(struct backup *b)
{
    struct site *s = b->site;
    if (link(b->file, b->out) == 0)
        return caller_sync_folder_of(s->arena, b->out) ? OK : because(b, b->out);
    if (errno == EEXIST)
        return problem(s->call, ERR_CONFLICT, TEXT("out"), "exists", "%s",
                       say(s->call, "is there already"));
    return because(b, b->out);
}

static enum err make(struct backup *b)
{
    struct site *s = b->site;
    TRY(store_backup(s->call, s->store, b->database));
    TRY(count_entries(b));
    TRY(pack(b));
    TRY(make_durable(b));
    TRY(give_name(b));
    enum err e = access_note_backup(s->call, s->access, &b->note);
    if (e != OK)
        unlink(b->out); /* a copy that the ledger does not tell of is none */
    return e;
}

static enum err make_aside(struct backup *b)
{
    struct site *s = b->site;
    struct text tail = id_new(s->call);
    b->work = text_print(s->arena, "%s.%.*s", b->out, TEXT_ARG(tail)).at;
    b->database = text_print(s->arena, "%s/aimwell.db", b->work).at;
    b->file = text_print(s->arena, "%s/backup.zip", b->work).at;
    if (mkdir(b->work, 0700) != 0)
        return because(b, b->out);
    enum err e = make(b);
    remove_folder(b->work);
    return e;
}

static int backup(struct site *s, const char *out)
{
    struct backup b = {.site = s, .out = caller_path(s->caller, s->arena, out)};
    struct stat st;
    if (!store_folder(s->store).len) {
        fprintf(s->caller->err,
                "aimwell backup: for PostgreSQL use pg_dump or its own backup tools\n");
        return 2;
    }
    enum err e = lstat(b.out, &st) == 0 ? problem(s->call, ERR_CONFLICT, text_of(out), "exists",
                                                  "%s", say(s->call, "is there already"))
                                        : make_aside(&b);
    if (e != OK)
        return failed(s->caller, s->call, e);
    fprintf(s->caller->out, "%s holds the ledger up to entry %llu\n", out,
            (unsigned long long)b.note.entries - 1);
    return 0;
}

static int run_backup(const struct args *args)
{
    struct place place = site_place(args);
    const char *out = args_option(args, "out");
    struct site s;
    if (!place.where || !out) {
        fprintf(args->caller->err, "aimwell backup: --out FILE is needed\n");
        return 2;
    }
    int code = site_open(&s, args->caller, place, MODEL_SAME);
    if (code)
        return code;
    code = backup(&s, out);
    site_close(&s);
    return code;
}

const struct command command_backup = {
    .name = "backup",
    .usage = "aimwell backup --data DIR --out FILE [--site DIR]\n\n"
             "One zip file: a consistent copy of the database, evidence files, the signing key, "
             "and the\norganisation's own model files. Works beside a running server. The "
             "ledger notes that it was made.\nIt holds the key: keep it as you keep the data.",
    .about = "a whole copy in one file",
    .rules = rules,
    .rule_count = COUNT(rules),
    .run = run_backup,
    .served = true};
