/* SPDX-License-Identifier: Apache-2.0 */
/* base/log.c — one line of key=value to standard error, written in one piece.
 * Control bytes are escaped, so that nothing a stranger sends can begin a line of its own or
 * drive the terminal of the person who reads it. */
#include "base/base.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LONGEST_LINE 4096

enum log_level log_limit = LOG_INFO;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

/* C0, DEL, and C1 as UTF-8 writes it (C2 80 to C2 9F). */
static bool is_control(const unsigned char *s)
{
    return s[0] < 0x20 || s[0] == 0x7F || (s[0] == 0xC2 && s[1] >= 0x80 && s[1] <= 0x9F);
}

/* Copies the NUL-terminated `from`, escaped, and returns the new length of `line`. */
static size_t add_escaped(char *line, size_t len, const char *from)
{
    const unsigned char *s = (const unsigned char *)from;
    for (; *s != '\0' && len + 10 < LONGEST_LINE; s++) {
        if (*s == '\n') {
            len += (size_t)snprintf(line + len, 3, "\\n");
        } else if (is_control(s)) {
            len += (size_t)snprintf(line + len, 5, "\\x%02x", *s);
            if (*s == 0xC2) /* its second byte alone would not be UTF-8 */
                len += (size_t)snprintf(line + len, 5, "\\x%02x", *++s);
        } else {
            line[len++] = (char)*s;
        }
    }
    return len;
}

static void write_all(const char *at, size_t len)
{
    while (len > 0) {
        ssize_t n = write(STDERR_FILENO, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* nowhere left to say it */
        at += n;
        len -= (size_t)n;
    }
}

struct text log_value(struct arena *a, struct text t)
{
    const size_t most = 300;
    char *at = arena_take(a, most + 4);
    size_t len = 0;
    for (size_t i = 0; i < t.len && len < most; i++) {
        unsigned char c = (unsigned char)t.at[i];
        bool plain = c > 0x20 && c < 0x7f && c != '"' && c != '=' && c != '%' && c != '\\';
        if (plain)
            at[len++] = (char)c;
        else
            len += (size_t)snprintf(at + len, 4, "%%%02X", c);
    }
    return (struct text){at, len};
}

void log_line(enum log_level level, const char *what, const char *format, ...)
{
    char pairs[LONGEST_LINE], line[LONGEST_LINE];
    struct timespec now;
    struct tm parts;
    va_list args;
    if (level > log_limit)
        return;
    int saved = errno;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    size_t len = strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &parts);
    len += (size_t)snprintf(line + len, 64, ".%06ldZ level=%s what=", now.tv_nsec / 1000,
                            level_names[level]);
    len = add_escaped(line, len, what);
    va_start(args, format);
    vsnprintf(pairs, sizeof(pairs), format, args);
    va_end(args);
    if (pairs[0] != '\0')
        line[len++] = ' ';
    len = add_escaped(line, len, pairs);
    line[len++] = '\n';
    write_all(line, len);
    errno = saved;
}
