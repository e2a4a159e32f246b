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
            return lang_like(text_of(set));
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

/* "/dev/stdout" and the like are the caller's, and this process has others of that name. */
static int passed_file(const char *path)
{
    static const char *const names[][3] = {{"/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"},
                                           {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"},
                                           {"/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"}};
    for (int file = 0; file < (int)COUNT(names); file++)
        for (size_t i = 0; i < COUNT(names[0]); i++)
            if (!strcmp(path, names[file][i]))
                return file;
    return -1;
}

static bool is_elsewhere(const struct caller *c)
{
    return c->folder != AT_FDCWD;
}

const char *caller_path(const struct caller *c, struct arena *a, const char *path)
{
    if (!is_elsewhere(c))
        return path;
    if (!strncmp(path, "/dev/fd/", 8) || !strncmp(path, "/proc/self", 10))
        return ""; /* would be a file of the server's: there is none of that name */
    return *path == '/' ? path : text_print(a, "/proc/self/fd/%d/%s", c->folder, path).at;
}

/* A path as the caller typed it: how this process reaches their folder is none of their business. */
static void print_words(const struct caller *c, struct text words)
{
    char own[64];
    int length = snprintf(own, sizeof own, "/proc/self/fd/%d/", c->folder);
    const struct text way = {own, (size_t)length};
    ptrdiff_t at;
    while (is_elsewhere(c) && (at = text_search(words, way)) >= 0) {
        fwrite(words.at, 1, (size_t)at, c->err);
        words = text_from(words, (size_t)at + way.len);
    }
    fwrite(words.at, 1, words.len, c->err);
}

int caller_outcome(const struct caller *c, int code)
{
    if (fflush(c->out) == 0 && !ferror(c->out))
        return code;
    fprintf(c->err,
            "aimwell: what the command printed could not be written to standard output, all or "
            "part of it is lost; what it did is done\n");
    return code ? code : 6;
}

int failed(const struct caller *c, const struct call *call, enum err e)
{
    fprintf(c->err, "aimwell: %s\n", words_of(call, e));
    for (const struct problem *p = call->problems; p; p = p->next) {
        fprintf(c->err, "  ");
        print_words(c, p->field);
        fputs(p->field.len ? ": " : "", c->err);
        print_words(c, p->message);
        fputs(p->source.len ? " (" : "", c->err);
        print_words(c, p->source);
        fputs(p->source.len ? ")\n" : "\n", c->err);
    }
    return err_exit(e);
}

/* Never waits for somebody at the other end of a named pipe. */
struct text read_file(const struct caller *c, struct call *call, const char *path, size_t cap,
                      enum err *e)
{
    struct stat st;
    int file = open(caller_path(c, call->arena, path), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    FILE *f = file < 0 ? NULL : fdopen(file, "rb");
    *e = OK;
    if (!f || fstat(file, &st) != 0 || !S_ISREG(st.st_mode)) {
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

/* ---- writing --------------------------------------------------------------------------- */
static bool write_all(int file, struct text bytes)
{
    while (bytes.len) {
        ssize_t n = write(file, bytes.at, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = text_from(bytes, (size_t)n);
    }
    return true;
}

bool caller_sync_folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder = !slash          ? "."
                         : slash == path ? "/"
                                         : text_c(a, (struct text){path, (size_t)(slash - path)});
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return good;
}

/* Under another name first: nobody sees half of it, whoever may read the folder sees nothing
 * of it, and a link that lies there is replaced, not followed. */
static bool replace_file(struct arena *a, const char *path, struct text bytes)
{
    unsigned char random[8];
    chance(random, sizeof random);
    struct text tail = hex_of(a, (struct text){(char *)random, sizeof random});
    const char *fresh = text_print(a, "%s.%.*s", path, TEXT_ARG(tail)).at;
    int file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool good = write_all(file, bytes) && fsync(file) == 0;
    good = close(file) == 0 && good;
    good = good && rename(fresh, path) == 0 && caller_sync_folder_of(a, path);
    int why = errno;
    if (!good)
        unlink(fresh);
    errno = why;
    return good;
}

/* A device or a pipe that was there before takes the bytes as they come. */
static bool write_through(const struct caller *c, const char *path, struct text bytes)
{
    int file = open(path, O_WRONLY | O_CLOEXEC | (is_elsewhere(c) ? O_NONBLOCK : 0));
    bool good = file >= 0 && write_all(file, bytes);
    return (file < 0 || close(file) == 0) && good;
}

static bool write_named(const struct caller *c, struct arena *a, const char *given,
                        struct text bytes)
{
    struct stat st;
    const char *path = caller_path(c, a, given);
    bool there = lstat(path, &st) == 0;
    if (there && (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)))
        return write_through(c, path, bytes);
    return replace_file(a, path, bytes);
}

bool write_file(const struct caller *c, const char *path, struct text bytes)
{
    struct arena *a = arena_open();
    bool out = !strcmp(path, "-") || passed_file(path) == STDOUT_FILENO;
    bool good = out ? fwrite(bytes.at, 1, bytes.len, c->out) == bytes.len && fflush(c->out) == 0
                : passed_file(path) == STDERR_FILENO
                    ? fwrite(bytes.at, 1, bytes.len, c->err) == bytes.len
                    : write_named(c, a, path, bytes);
    if (!good)
        fprintf(c->err, "aimwell: %s: %s\n", path, strerror(errno));
    arena_close(a);
    return good;
}
