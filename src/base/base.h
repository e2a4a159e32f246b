/* SPDX-License-Identifier: Apache-2.0 */
/* base/base.h — memory, text, errors, time and chance. Floor 0: no product word, no I/O but the log.
 *
 * Ownership, in four sentences: everything made during a call lives in the call's arena and nobody
 * frees it. Long-lived things have open/close pairs. A const pointer you are given is borrowed
 * until the call ends. There are no reference counts.
 * Running out of memory aborts; that is safe because every input is bounded at the door. */
#ifndef BASE_H
#define BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- arena: memory that is freed all at once ------------------------------------------- */
struct arena;
struct arena *arena_open(void);
void arena_close(struct arena *a); /* NULL is fine */
void arena_reset(struct arena *a); /* keeps the first block */
/* Zeroed, aligned to 16 bytes, never NULL. */
void *arena_take(struct arena *a, size_t size);
void *arena_take_many(struct arena *a, size_t count, size_t size); /* overflow aborts */
size_t arena_used(const struct arena *a);
#define NEW(a, type) ((type *)arena_take((a), sizeof(type)))
#define NEW_MANY(a, n, type) ((type *)arena_take_many((a), (n), sizeof(type)))

/* ---- text: a slice of UTF-8 bytes, not NUL-terminated ----------------------------------- */
struct text {
    const char *at;
    size_t len;
};
#define TEXT(lit) ((struct text){(lit), sizeof(lit) - 1})
#define TEXT_ARG(t) (int)(t).len, (t).at /* for "%.*s"; evaluates t twice */
struct text text_of(const char *c_string);                    /* borrows; NULL gives empty */
struct text text_copy(struct arena *a, struct text t);        /* NUL follows, for libc edges */
const char *text_c(struct arena *a, struct text t);           /* a NUL-terminated copy */
struct text text_print(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
struct text text_join(struct arena *a, struct text left, struct text right);
bool text_is(struct text t, const char *c_string);
bool text_same(struct text left, struct text right);
bool text_among(const struct text *list, size_t count, struct text t);
bool text_starts(struct text t, const char *prefix);
bool text_ends(struct text t, const char *suffix);
int text_compare(struct text left, struct text right);        /* byte order */
struct text text_trim(struct text t);                         /* ASCII white space */
struct text text_from(struct text t, size_t start);           /* the rest from start on */
struct text text_slice(struct text t, size_t start, size_t end);
struct text text_lower(struct arena *a, struct text t);       /* ASCII letters only */
ptrdiff_t text_find(struct text t, char c);                   /* -1 when absent */
ptrdiff_t text_search(struct text t, struct text needle);     /* -1 when absent */
/* Cuts the part before `c` off *rest and returns it; the last part leaves *rest empty. */
struct text text_cut(struct text *rest, char c);
bool text_integer(struct text t, int64_t *out);               /* whole text, base 10, no '+' */
bool text_number(struct text t, double *out);                 /* whole text, finite */
uint64_t text_hash(struct text t);                            /* not for secrets */
bool text_utf8(struct text t);      /* well formed, no NUL, no surrogate, no overlong */
size_t text_characters(struct text t);                        /* code points */

/* ---- buf: bytes that grow, never past the cap they were made with ----------------------- */
struct buf {
    char *at;
    size_t len, room, cap;
    struct arena *arena;
    bool full; /* an addition was refused; sticky. Check once at the end. */
};
struct buf buf_in(struct arena *a, size_t cap);
void buf_add(struct buf *b, struct text t);
void buf_add_c(struct buf *b, const char *c_string);
void buf_add_byte(struct buf *b, char c);
void buf_print(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
struct text buf_text(const struct buf *b);

/* ---- list: items in the order they came; grows, never past the most it was made with ----- *
 * Whatever is filled by a number that a stranger chooses is one of these: an addition cannot
 * write past the end. `struct texts LIST_OF(struct text);` names a type,
 * `struct texts t = LIST_IN(arena, most);` makes one. */
#define LIST_OF(type)                                                                          \
    {                                                                                          \
        type *at;                                                                              \
        size_t count, room, most;                                                              \
        struct arena *arena;                                                                   \
        bool full; /* an addition was refused; sticky */                                       \
    }
#define LIST_IN(a, how_many) {.arena = (a), .most = (how_many)}
/* False, and l->full, when it holds the most already. Evaluates l several times. */
#define LIST_ADD(l, ...)                                                                       \
    ((l)->count < (l)->most                                                                    \
         ? ((l)->at = list_room((l)->arena, (l)->at, (l)->count, &(l)->room, sizeof *(l)->at), \
            (l)->at[(l)->count++] = (__VA_ARGS__), true)                                       \
         : ((l)->full = true, false))
void *list_room(struct arena *a, void *at, size_t count, size_t *room, size_t size);

/* ---- map: what number a name was given; asked in the same time however many there are ---- */
struct map;
struct map *map_in(struct arena *a);
/* Borrows the name. False, and nothing changes, when it is there already. */
bool map_add(struct map *m, struct text name, size_t value);
bool map_find(const struct map *m, struct text name, size_t *value); /* value may be NULL */
size_t map_count(const struct map *m);

/* ---- errors ----------------------------------------------------------------------------- */
/*    name        HTTP  exit  code in problem+json   words */
#define ERRORS(X)                                                                              \
    X(OK, 200, 0, "ok", SAID("done"))                                                          \
    X(MALFORMED, 400, 2, "malformed", SAID("the request could not be read"))                   \
    X(SIGNED_OUT, 401, 3, "signed_out", SAID("sign in first"))                                 \
    X(DENIED, 403, 3, "denied", SAID("not permitted"))                                         \
    X(MISSING, 404, 4, "missing", SAID("not found"))                                           \
    X(GONE, 410, 4, "gone", SAID("it was redacted"))                                           \
    X(METHOD, 405, 2, "method", SAID("that method is not offered here"))                       \
    X(CONFLICT, 409, 5, "conflict", SAID("a rule refuses this"))                               \
    X(STALE, 412, 5, "stale", SAID("somebody changed it in the meantime"))                     \
    X(TOO_LARGE, 413, 2, "too_large", SAID("larger than allowed"))                             \
    X(MEDIA, 415, 2, "media_type", SAID("that content type is not accepted here"))             \
    X(INVALID, 422, 2, "invalid", SAID("some fields need attention"))                          \
    X(ELSEWHERE, 421, 2, "elsewhere", SAID("this server does not answer for that name"))       \
    X(BUSY, 429, 6, "busy", SAID("too many requests; try again later"))                        \
    X(BUG, 500, 70, "bug", SAID("an unexpected fault; it was logged"))                         \
    X(IO, 503, 6, "storage", SAID("storage is failing; nothing was acknowledged"))             \
    X(SLOW, 503, 6, "too_slow", SAID("this took too long and was stopped; ask for less at once"))
enum err {
#define X(name, http, exit, code, words) ERR_##name,
    ERRORS(X)
#undef X
};
#define OK ERR_OK
int err_http(enum err e);
int err_exit(enum err e);
const char *err_code(enum err e);
const char *err_words(enum err e); /* English; words_of() has both languages */

/* Returns early with the error of expr. The only control-flow macro in the house. */
#define TRY(expr)                                                                              \
    do {                                                                                       \
        enum err try_err = (expr);                                                             \
        if (try_err != OK)                                                                     \
            return try_err;                                                                    \
    } while (0)

/* A broken invariant: log and abort. */
void panic(const char *format, ...) PRINTF_LIKE(1, 2) __attribute__((noreturn));

/* ---- call: one request, command or job, from door to door ------------------------------- */
enum lang { LANG_EN, LANG_ZH }; /* a place in the list of languages: src/words may have more */
struct problem {
    struct text field;   /* field name, "" when it concerns the whole */
    struct text code;    /* machine word: required, unknown, type, … */
    struct text message; /* a sentence in the language of the call */
    struct text source;  /* model file and line that demanded it, "" when none */
    struct problem *next;
};
struct actor; /* access/access.h */
struct zone;
struct call {
    struct arena *arena;
    int64_t now;                 /* microseconds since 1970 UTC; the only clock of the call */
    const struct actor *actor;   /* who acts; NULL before access has said */
    enum lang lang;
    const struct zone *zone;     /* whose day is "today" (format/format.h); NULL: UTC */
    struct text calendar;        /* by which working days count (model/model.h); "": Monday to Friday */
    struct text id;              /* request id, on every log line */
    struct problem *problems;    /* in order of finding */
    struct problem **problems_end;
    size_t problem_count;
};
struct call *call_open(struct arena *a, int64_t now, enum lang lang); /* lives in the arena */
/* Another call at the same moment, in the same language and zone, with problems of its own. */
struct call *call_beside(struct arena *a, const struct call *of);
/* Adds a problem and returns e, so that `return problem(...)` reads well. At most 500 are kept. */
enum err problem(struct call *call, enum err e, struct text field, const char *code,
                 const char *format, ...) PRINTF_LIKE(5, 6);
enum err problem_at(struct call *call, enum err e, struct text field, const char *code,
                    struct text source, struct text message);
/* A text in the language of the call. It is keyed by its English and translated in
 * src/words/LANG.json; without a translation there it stays English. The compiler checks the
 * English as a format, the build that every translation takes the same arguments. */
const char *say(const struct call *call, const char *english) __attribute__((format_arg(2)));
const char *say_in(enum lang lang, const char *english) __attribute__((format_arg(2)));
#define SAID(english) english /* marks a text that is given to one of the two later */
const char *lang_code(enum lang lang); /* "en", "zh", or another of src/words */
bool lang_read(struct text code, enum lang *out); /* false, out as it was: no language of ours */
enum lang lang_like(struct text wish); /* of "zh-Hans;q=1", "zh_CN.UTF-8"; English if not ours */
const char *words_of(const struct call *call, enum err e); /* err_words, in its language */

/* ---- time and chance -------------------------------------------------------------------- */
int64_t clock_now(void);                                  /* for main and loops only */
int64_t clock_ticks(void);                                /* monotonic microseconds */
int64_t clock_running(void); /* the same, with the time the machine slept */
#define MOMENT_LEN 27                                      /* 2026-11-23T03:50:26.123456Z */
struct text moment_print(struct arena *a, int64_t moment); /* fixed width: sorts as text */
/* RFC 3339 with 0-9 fraction digits and Z or an offset; returns false when malformed. */
bool moment_read(struct text t, int64_t *out);
struct text date_print(struct arena *a, int64_t moment);   /* 2026-11-23, UTC */
bool date_read(struct text t, int64_t *days);              /* real dates only; days since 1970 */
struct text date_of_days(struct arena *a, int64_t days);
int64_t date_year(int64_t days);                           /* in which year the day is */
/* Months later (or earlier): the same day of that month, or its last. Clamped to what dates reach. */
int64_t date_add_months(int64_t days, int64_t months);
void chance(void *out, size_t size);                       /* getrandom; aborts if it fails */
/* A new id: 26 characters, Crockford base 32, time first, 80 random bits. Opaque. */
struct text id_new(struct call *call);

/* ---- files in a data folder: root gives what it makes to whoever owns the folder it is in ---- */
/* A new file (0600), its descriptor; -1 and errno, EEXIST when the name is taken. */
int file_make(const char *path, int flags);
int file_make_or_open(const char *path, int flags); /* what was there keeps its owner */
bool folder_make(const char *path);                 /* 0700; false and errno, EEXIST too */

/* ---- log: one line, key=value, to standard error ---------------------------------------- */
enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
extern enum log_level log_limit;
/* A text that somebody else chose, as the value of one pair: blanks, quotes, '=', '%' and bytes
 * that are no ASCII letters or marks become %XX; at most 300 bytes of it. */
struct text log_value(struct arena *a, struct text t);
/* The format makes the key=value part; control bytes in it are escaped. Never a secret. */
void log_line(enum log_level level, const char *what, const char *format, ...)
    PRINTF_LIKE(3, 4);

#ifdef __cplusplus
}
#endif
#endif
