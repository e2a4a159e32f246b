/* SPDX-License-Identifier: Apache-2.0 */
/* cli/backup.c — one file out, one folder in. A backup is a zip of a consistent copy of the
 * database, the evidence files, the ledger key and model.d; restoring verifies before it says
 * it is done. */
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

static const struct option_rule rules[] = {{"out", true}};

/* ---- backup
 * --------------------------------------------------------------------------------------------
 */
static bool add_path(struct site *s, zip_t *zip, const char *path, const char *name)
{
    zip_source_t *source = zip_source_file(zip, path, 0, -1);
    if (source && zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) >= 0)
        return true;
    if (source)
        zip_source_free(source);
    fprintf(s->caller->err, "aimwell backup: %s: %s\n", name, zip_strerror(zip));
    return false;
}

/* What is in the folder `path`, under the name `inside`. */
static bool add_folder(struct site *s, zip_t *zip, struct text path, const char *inside)
{
    DIR *d = opendir(text_c(s->arena, path));
    bool good = true;
    if (!d)
        return errno == ENOENT;
    for (struct dirent *e; good && (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        struct text name = text_print(s->arena, "%s/%s", inside, e->d_name);
        struct text full = text_print(s->arena, "%.*s/%s", TEXT_ARG(path), e->d_name);
        struct stat st;
        if (stat(text_c(s->arena, full), &st) != 0)
            continue;
        good = S_ISDIR(st.st_mode)
                   ? add_folder(s, zip, full, text_c(s->arena, name))
                   : add_path(s, zip, text_c(s->arena, full), text_c(s->arena, name));
    }
    closedir(d);
    return good;
}

static int backup(struct site *s, const char *out)
{
    struct text folder = store_folder(s->store);
    if (!folder.len) {
        fprintf(s->caller->err, "aimwell backup: for PostgreSQL use pg_dump or its own backup tools\n");
        return 2;
    }
    struct text copy = text_print(s->arena, "%s.database", out);
    enum err e = store_backup(s->call, s->store, text_c(s->arena, copy));
    if (e != OK)
        return failed(s->caller, s->call, e);
    int error = 0;
    zip_t *zip = zip_open(out, ZIP_CREATE | ZIP_EXCL, &error);
    struct text key = text_print(s->arena, "%.*s/ledger.key", TEXT_ARG(folder));
    struct text files = text_print(s->arena, "%.*s/files", TEXT_ARG(folder));
    struct text own =
        s->own ? text_of(s->own) : text_print(s->arena, "%.*s/model.d", TEXT_ARG(folder));
    bool good = zip && add_path(s, zip, text_c(s->arena, copy), "aimwell.db") &&
                add_path(s, zip, text_c(s->arena, key), "ledger.key") &&
                add_folder(s, zip, files, "files") && add_folder(s, zip, own, "model.d");
    if (!zip)
        fprintf(s->caller->err, "aimwell backup: %s cannot be made (is it there already?)\n", out);
    else if (good)
        good = zip_close(zip) == 0;
    else
        zip_discard(zip);
    unlink(text_c(s->arena, copy));
    if (good)
        fprintf(s->caller->out, "%s holds the ledger up to entry %llu\n", out,
               (unsigned long long)ledger_size(s->ledger) - 1);
    return good ? 0 : 6;
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
    umask(0077); /* what leaves holds the signing key */
    code = backup(&s, out);
    site_close(&s);
    return code;
}

const struct command command_backup = {"backup",
                                       "aimwell backup --data DIR --out FILE [--site DIR]\n\n"
                                       "One zip file: a consistent copy of the database, "
                                       "evidence files, the signing key, and the "
                                       "organisation's own model files.\n"
                                       "It holds the key: keep it as you keep the data.",
                                       "a whole copy in one file",
                                       rules,
                                       COUNT(rules),
                                       run_backup, 0, true};

/* ---- restore
 * ---------------------------------------------------------------------------------------------
 */
static bool plain_name(const char *name)
{
    static const char *const allowed[] = {"aimwell.db", "ledger.key"};
    for (size_t i = 0; i < COUNT(allowed); i++)
        if (!strcmp(name, allowed[i]))
            return true;
    return (!strncmp(name, "files/", 6) || !strncmp(name, "model.d/", 8)) &&
           !strstr(name, "..") && !strchr(name, '\\');
}

static bool make_parents(char *path)
{
    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        bool good = mkdir(path, 0700) == 0 || errno == EEXIST;
        *p = '/';
        if (!good)
            return false;
    }
    return true;
}

static bool write_one(zip_t *zip, zip_uint64_t index, char *path)
{
    char block[65536];
    zip_int64_t got;
    zip_file_t *in = zip_fopen_index(zip, index, 0);
    FILE *out = make_parents(path) ? fopen(path, "wbx") : NULL;
    bool good = in && out;
    while (good && (got = zip_fread(in, block, sizeof block)) > 0)
        good = fwrite(block, 1, (size_t)got, out) == (size_t)got;
    good = good && got == 0 && fflush(out) == 0 && fsync(fileno(out)) == 0;
    if (in)
        zip_fclose(in);
    if (out)
        fclose(out);
    return good && chmod(path, 0600) == 0;
}

static int unpack(const struct args *args, const char *file, const char *folder)
{
    int error = 0;
    zip_t *zip = zip_open(file, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    struct arena *a = arena_open();
    if (!zip) {
        bool there = access(file, F_OK) == 0;
        fprintf(args->caller->err, "aimwell restore: %s %s\n", file,
                there ? "is not a backup" : "is not there");
        arena_close(a);
        return there ? 2 : 4;
    }
    bool good = true;
    for (zip_int64_t i = 0; good && i < zip_get_num_entries(zip, 0); i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);
        struct text path = text_print(a, "%s/%s", folder, name ? name : "");
        good = name && plain_name(name);
        if (!good)
            fprintf(args->caller->err, "aimwell restore: there is a name that does not belong: %s\n",
                    name);
        else if (!(good = write_one(zip, (zip_uint64_t)i, (char *)(uintptr_t)text_c(a, path))))
            fprintf(args->caller->err, "aimwell restore: %s could not be written\n", name);
    }
    zip_discard(zip);
    arena_close(a);
    return good ? 0 : 6;
}

static int verify_restored(const struct args *args, const char *folder)
{
    struct site s;
    struct verification v;
    if (site_open_reading(&s, args->caller, (struct place){.where = folder}) != 0)
        return 6;
    verification_start(&v);
    enum err e = record_verify(s.call, s.store, s.model, s.signer->origin, s.signer->public_key,
                               true, (struct text){0}, &v);
    if (e != OK)
        failed(args->caller, s.call, e);
    for (const struct finding *f = v.findings; f; f = f->next)
        fprintf(args->caller->err, "TAMPERED %.*s: %.*s\n", TEXT_ARG(f->place), TEXT_ARG(f->what));
    if (e == OK && !v.finding_count)
        fprintf(args->caller->out, "%s is restored and verified: %llu entries\n", folder,
               (unsigned long long)v.entries);
    bool good = e == OK && !v.finding_count;
    site_close(&s);
    return good ? 0 : 1;
}

static int run_restore(const struct args *args)
{
    const char *folder = args_option(args, "data");
    struct stat st;
    if (!folder || args->word_count != 1) {
        fprintf(args->caller->err, "aimwell restore: FILE --data DIR\n");
        return 2;
    }
    if (stat(folder, &st) == 0) {
        fprintf(args->caller->err, "aimwell restore: %s is there already; restore into a new folder\n",
                folder);
        return 5;
    }
    int code = unpack(args, args->words[0], folder);
    return code ? code : verify_restored(args, folder);
}

const struct command command_restore = {
    "restore",
    "aimwell restore FILE --data DIR\n\n"
    "Unpacks a backup into a new folder and verifies every entry, record and file. Do not "
    "serve an\n"
    "old copy while the original lives on: two ledgers with one name would follow.",
    "a backup back into a folder, verified",
    NULL,
    0,
    run_restore,
    1};
