/* SPDX-License-Identifier: Apache-2.0 */
/* site/caller.c — what is said to whoever gave a command, and the files they name. */
#include "site/site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum lang caller_lang(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *set = getenv(names[i]);
        if (set && *set)
            return strncmp(set, "zh", 2) ? LANG_EN : LANG_ZH;
    }
    return LANG_EN;
}

struct caller caller_here(void)
{
    return (struct caller){.in = stdin,
                           .out = stdout,
                           .err = stderr,
                           .terminal = isatty(STDERR_FILENO),
                           .folder = AT_FDCWD,
                           .lang = caller_lang()};
}

const char *caller_path(const struct caller *c, struct arena *a, const char *path)
{
    if (c->folder == AT_FDCWD || *path == '/')
        return path;
    return text_print(a, "/proc/self/fd/%d/%s", c->folder, path).at;
}

int failed(const struct caller *c, const struct call *call, enum err e)
{
    fprintf(c->err, "aimwell: %s\n", words_of(call, e));
    for (const struct problem *p = call->problems; p; p = p->next) {
        fprintf(c->err, "  ");
        if (p->field.len)
            fprintf(c->err, "%.*s: ", TEXT_ARG(p->field));
        fprintf(c->err, "%.*s", TEXT_ARG(p->message));
        if (p->source.len)
            fprintf(c->err, " (%.*s)", TEXT_ARG(p->source));
        fprintf(c->err, "\n");
    }
    return err_exit(e);
}

struct text read_file(const struct caller *c, struct call *call, const char *path, size_t cap,
                      enum err *e)
{
    struct stat st;
    FILE *f = fopen(caller_path(c, call->arena, path), "rb");
    *e = OK;
    if (!f || fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode)) {
        *e = problem(call, ERR_MISSING, text_of(path), "file", "%s",
                     f ? "is not a file" : strerror(errno));
        if (f)
            fclose(f);
        return (struct text){0};
    }
    if ((size_t)st.st_size > cap) {
        *e = problem(call, ERR_TOO_LARGE, text_of(path), "file", "is larger than %zu MiB",
                     cap >> 20);
        fclose(f);
        return (struct text){0};
    }
    char *at = arena_take(call->arena, (size_t)st.st_size + 1);
    size_t got = fread(at, 1, (size_t)st.st_size, f);
    fclose(f);
    if (got != (size_t)st.st_size)
        *e = problem(call, ERR_IO, text_of(path), "file", "could not be read to its end");
    return (struct text){at, got};
}

bool write_file(const struct caller *c, const char *path, struct text bytes)
{
    FILE *f = strcmp(path, "-") ? fopen(path, "wb") : c->out;
    bool good = f && fwrite(bytes.at, 1, bytes.len, f) == bytes.len && fflush(f) == 0;
    if (f && f != c->out)
        good = fsync(fileno(f)) == 0 && fclose(f) == 0 && good;
    if (!good)
        fprintf(c->err, "aimwell: %s: %s\n", path, strerror(errno));
    return good;
}
