/* SPDX-License-Identifier: Apache-2.0 */
/* cli/restore.c — one folder in: a backup is unpacked beside the place it shall have, verified
 * to the last file, made durable, and only then given its name. What fails leaves nothing.
 *
 * The zip is foreign: each name has to be one that a backup can hold, no name twice, and no more
 * is written than it said, than there is room for, or than its bytes can be about. */
#include "cli/restore.h"
#include "monitor/monitor.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define ENTRIES_MOST 10000000
#define KEY_MOST 4096
#define MODEL_MOST ((uint64_t)64 << 20)  /* of one file of the model */
#define LEFT_FREE ((uint64_t)16 << 20) /* bytes of the disk that stay so */

static int drop(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)where;
    return type == FTW_DP ? rmdir(path) : unlink(path);
}

void remove_folder(const char *path)
{
    nftw(path, drop, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- names ---------------------------------------------------------------------------------- */
static bool is_hex(const char *at, size_t length)
{
    return strspn(at, "0123456789abcdef") == length;
}

/* "files/ab/" and the other 62 letters of a hash. */
static bool is_evidence(const char *name)
{
    return strlen(name) == 71 && is_hex(name + 6, 2) && name[8] == '/' && is_hex(name + 9, 62);
}

/* "a/b.json": plain parts, none hidden, none that leads elsewhere. */
static bool plain_parts(const char *name)
{
    if (!*name || strchr(name, '\\') || strlen(name) > 1000)
        return false;
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (*part == '/' || *part == '.' || !*part)
            return false;
    }
    return true;
}

/* How many bytes an entry of this name may have; 0: it does not belong. */
static uint64_t most_for(const char *name)
{
    if (!strcmp(name, "aimwell.db"))
        return UINT64_MAX;
    if (!strcmp(name, "ledger.key"))
        return KEY_MOST;
    if (!strncmp(name, "files/", 6))
        return is_evidence(name) ? UINT64_MAX : 0;
    return !strncmp(name, "model.d/", 8) && plain_parts(name + 8) ? MODEL_MOST : 0;
}

/* ---- unpacking ------------------------------------------------------------------------------ */
/* In the language of whoever hears it. */
static const char *say_here(const struct restore *r, const char *words)
{
    struct call call = {.lang = r->caller->lang};
    return say(&call, words);
}

static bool refuse(struct restore *r, const char *name, const char *why)
{
    fprintf(r->caller->err, "aimwell restore: %.200s: %s\n", name, say_here(r, why));
    return false;
}

static bool make_parents(char *path, size_t from)
{
    for (char *p = path + from; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        bool good = folder_make(path) || errno == EEXIST;
        *p = '/';
        if (!good)
            return false;
    }
    return true;
}

/* At most the size it said it has. */
static bool copy_out(zip_file_t *in, int out, uint64_t size)
{
    char block[65536];
    zip_int64_t got = 0;
    while ((got = zip_fread(in, block, sizeof block)) > 0) {
        if ((uint64_t)got > size)
            return false;
        size -= (uint64_t)got;
        for (ssize_t done = 0, n; done < got; done += n)
            if ((n = write(out, block + done, (size_t)(got - done))) <= 0)
                return false;
    }
    return got == 0 && size == 0 && fsync(out) == 0;
}

static bool write_one(struct restore *r, zip_uint64_t index, const zip_stat_t *st)
{
    struct text path = text_print(r->arena, "%s/%s", r->work, st->name);
    char *at = (char *)(uintptr_t)path.at;
    zip_file_t *in = zip_fopen_index(r->zip, index, 0);
    int out = in && make_parents(at, strlen(r->work) + 1) ? file_make(at, O_WRONLY) : -1;
    bool twice = out < 0 && errno == EEXIST;
    bool good = out >= 0 && copy_out(in, out, st->size);
    if (in)
        zip_fclose(in);
    if (out >= 0)
        good = close(out) == 0 && good;
    return good ||
           refuse(r, st->name, twice ? SAID("is in it twice") : SAID("could not be written"));
}

static bool take_one(struct restore *r, zip_uint64_t index)
{
    const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    zip_stat_t st;
    if (zip_stat_index(r->zip, index, 0, &st) != 0 || (st.valid & needed) != needed)
        return refuse(r, say_here(r, SAID("an entry")), SAID("cannot be read"));
    uint64_t most = most_for(st.name);
    if (!most)
        return !strncmp(st.name, "files/incoming/", 15) || /* of an earlier release */
               refuse(r, st.name, SAID("a name that does not belong"));
    if (st.size > most)
        return refuse(r, st.name, SAID("is larger than it can be"));
    if (st.comp_size > r->packed)
        return refuse(r, st.name, SAID("its bytes belong to another entry as well"));
    if (st.size > r->room)
        return refuse(r, st.name, SAID("there is no room for it"));
    r->packed -= st.comp_size;
    r->room -= st.size;
    r->database |= !strcmp(st.name, "aimwell.db");
    r->key |= !strcmp(st.name, "ledger.key");
    return write_one(r, index, &st);
}

static int sync_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)where;
    if (type != FTW_D && type != FTW_DP)
        return 0;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int bad = folder < 0 || fsync(folder) != 0;
    if (folder >= 0)
        close(folder);
    return bad;
}

static bool take_all(struct restore *r)
{
    zip_int64_t count = zip_get_num_entries(r->zip, 0);
    if (count > ENTRIES_MOST)
        return refuse(r, say_here(r, SAID("the file")), SAID("has too many entries"));
    atomic_store(&r->total, count);
    for (zip_int64_t i = 0; i < count; i++, atomic_store(&r->done, i))
        if (!take_one(r, (zip_uint64_t)i))
            return false;
    if (!r->database || !r->key)
        return refuse(r, say_here(r, SAID("the file")),
                      SAID("is not a whole backup: the database or the key is missing"));
    return nftw(r->work, sync_one, 16, FTW_DEPTH | FTW_PHYS) == 0 ||
           refuse(r, r->work, strerror(errno));
}

/* The bytes stay where they are: a view of what was sent. */
static zip_t *open_zip(struct restore *r, const char *file, uint64_t *size)
{
    struct stat st;
    int error = 0;
    zip_source_t *source = NULL;
    if (file) {
        zip_t *zip = zip_open(file, ZIP_RDONLY | ZIP_CHECKCONS, &error);
        *size = zip && stat(file, &st) == 0 ? (uint64_t)st.st_size : 0;
        return zip;
    }
    *size = r->bytes.len;
    source = zip_source_buffer_create(r->bytes.at, r->bytes.len, 0, NULL);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, NULL) : NULL;
    if (source && !zip)
        zip_source_free(source);
    return zip;
}

static int unpack(struct restore *r, const char *file)
{
    struct statvfs disk;
    r->zip = open_zip(r, file, &r->packed);
    if (!r->zip) {
        bool there = !file || access(file, F_OK) == 0;
        refuse(r, file ? file : say_here(r, SAID("the file")),
               there ? SAID("is not a backup") : SAID("is not there"));
        return there ? 2 : 4;
    }
    uint64_t left = statvfs(r->work, &disk) == 0 ? (uint64_t)disk.f_bavail * disk.f_frsize : 0;
    r->room = left > LEFT_FREE ? left - LEFT_FREE : 0;
    bool good = take_all(r);
    zip_discard(r->zip);
    atomic_store(&r->whole, good);
    return good ? 0 : 6;
}

/* ---- is it whole ---------------------------------------------------------------------------- */
static int judge(struct site *s, const char *work, uint64_t *entries)
{
    struct verification v;
    verification_start(&v);
    enum err e = record_verify(s->call, s->store, s->model, s->signer->origin,
                               s->signer->public_key, true, (struct text){0}, &v);
    if (e == OK && !v.untold.len)
        e = monitor_count_verify(s->call, s->store, &v);
    for (const struct finding *f = v.findings; f; f = f->next)
        fprintf(s->caller->err, "TAMPERED %.*s: %.*s\n", TEXT_ARG(f->place), TEXT_ARG(f->what));
    if (e == OK && !v.finding_count)
        e = ledger_note_last(s->call, text_of(work), &v);
    if (e != OK)
        failed(s->caller, s->call, e);
    *entries = v.entries;
    return v.finding_count ? 1 : e == OK ? 0 : 6;
}

/* ---- what belongs to it --------------------------------------------------------------------- */
/* An upload that was stored and never entered leaves a file that no row tells of; somebody who had
 * the zip may have added others. Nobody vouches for either: they are left out. */
struct strays {
    struct text *names; /* of all files, sorted */
    bool *known;
    size_t count;
};

static void mark(struct strays *s, struct text name)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = text_compare(name, s->names[middle]);
        if (order == 0)
            s->known[middle] = true;
        if (order == 0)
            return;
        low = order > 0 ? middle + 1 : low;
        high = order < 0 ? middle : high;
    }
}

static enum err mark_known(struct call *call, struct reader *db, struct strays *s)
{
    struct text last = TEXT("");
    struct rows rows;
    do {
        TRY(read_rows(call, db,
                      "SELECT id, sha256 FROM attachment WHERE id > $1 ORDER BY id LIMIT 500",
                      &V_TEXT(last), 1, 500, &rows));
        for (size_t i = 0; i < rows.count; i++)
            mark(s, row_at(&rows, i)[1].text);
        last = rows.count ? row_at(&rows, rows.count - 1)[0].text : last;
    } while (rows.count == 500);
    return OK;
}

static enum err find_strays(struct site *site, struct strays *s)
{
    TRY(file_list(site->call, site->store, &s->names, &s->count));
    s->known = NEW_MANY(site->arena, s->count + 1, bool);
    struct reader *db = store_reader(site->store);
    enum err e = mark_known(site->call, db, s);
    store_return(site->store, db);
    return e;
}

static int leave_strays_out(struct restore *r, struct site *site)
{
    struct strays s = {0};
    enum err e = find_strays(site, &s);
    if (e != OK)
        return failed(r->caller, site->call, e);
    for (size_t i = 0; i < s.count; i++) {
        const char *path = text_print(site->arena, "%s/files/%.2s/%.*s", r->work, s.names[i].at,
                                      (int)s.names[i].len - 2, s.names[i].at + 2)
                               .at;
        if (s.known[i])
            continue;
        if (unlink(path) != 0) {
            refuse(r, path, strerror(errno));
            return 6;
        }
        r->left_out++;
    }
    if (r->left_out)
        fprintf(r->caller->err,
                "aimwell restore: files that no record of this organisation tells of, left out: "
                "%zu\n",
                r->left_out);
    return 0;
}

static int verify_restored(struct restore *r, uint64_t *entries)
{
    struct site s;
    if (site_open_reading(&s, r->caller, (struct place){.where = r->work}) != 0)
        return 6;
    int code = judge(&s, r->work, entries);
    if (!code)
        code = leave_strays_out(r, &s);
    site_close(&s);
    /* Of the reading; there is nothing in them. */
    unlink(text_print(r->arena, "%s/aimwell.db-shm", r->work).at);
    unlink(text_print(r->arena, "%s/aimwell.db-wal", r->work).at);
    return code;
}

static int give_name(struct restore *r, const char *folder)
{
    /* An empty folder that somebody made meanwhile would be replaced; anything else is not. */
    if (rename(r->work, folder) == 0 && caller_sync_folder_of(r->arena, folder))
        return 0;
    refuse(r, folder, strerror(errno));
    return errno == EEXIST || errno == ENOTEMPTY ? 5 : 6;
}

/* It is the copy of something that may live on. */
static int mark_restored(struct restore *r)
{
    const char *path = text_print(r->arena, "%s/%s", r->work, STORE_RESTORED).at;
    int file = file_make(path, O_WRONLY);
    bool good = file >= 0 && fsync(file) == 0 && caller_sync_folder_of(r->arena, path);
    if (!good)
        refuse(r, r->work, strerror(errno));
    if (file >= 0)
        close(file);
    return good ? 0 : 6;
}

int restore_into(struct restore *r, const char *file)
{
    int code = unpack(r, file);
    if (!code)
        code = verify_restored(r, &r->entries);
    return code ? code : mark_restored(r);
}

static int restore(struct restore *r, const char *file, const char *folder)
{
    unsigned char random[8];
    chance(random, sizeof random);
    struct text tail = hex_of(r->arena, (struct text){(char *)random, sizeof random});
    r->work = text_print(r->arena, "%s.%.*s", folder, TEXT_ARG(tail)).at;
    if (mkdir(r->work, 0700) != 0) {
        refuse(r, folder, strerror(errno));
        return 6;
    }
    int code = restore_into(r, file);
    if (!code)
        code = give_name(r, folder);
    if (code)
        remove_folder(r->work);
    else
        fprintf(
            r->caller->out, "%s is restored and verified: %llu entries\n%s\n", folder,
            (unsigned long long)r->entries,
            say_here(r,
                     SAID("Webhooks and letters wait until an administrator says that this is "
                          "the only copy.")));
    return code;
}

static int run_restore(const struct args *args)
{
    const char *data = args_option(args, "data");
    struct stat st;
    if (!data || args->word_count != 1) {
        fprintf(args->caller->err, "aimwell restore: FILE --data DIR\n");
        return 2;
    }
    struct restore r = {.arena = arena_open(), .caller = args->caller};
    struct text folder = text_of(data);
    while (folder.len > 1 && text_ends(folder, "/"))
        folder.len--;
    int code = 5;
    if (lstat(data, &st) == 0)
        fprintf(args->caller->err,
                "aimwell restore: %s is there already; restore into a new folder\n", data);
    else
        code = restore(&r, args->words[0], text_c(r.arena, folder));
    arena_close(r.arena);
    return code;
}

const struct command command_restore = {
    .name = "restore",
    .usage =
        "aimwell restore FILE --data DIR\n\n"
        "Unpacks a backup into a new folder and verifies every entry, record and file. When it "
        "is not\nwhole, nothing is left of it. Files that no record tells of are left out, and "
        "counted. Do not serve an old copy while the original "
        "lives on: two ledgers\nwith one name would follow. Until an administrator says in "
        "Settings that it is the only copy,\n"
        "no webhook and no letter goes out from it.",
    .about = "a backup back into a folder, verified",
    .run = run_restore,
    .words = 1};
