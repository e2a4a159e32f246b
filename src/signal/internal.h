/* SPDX-License-Identifier: Apache-2.0 */
/* signal/internal.h — what the files of this folder share. A pattern proposes, a check decides,
 * words beside it may be asked for: a rule is a row. */
#ifndef SIGNAL_INTERNAL_H
#define SIGNAL_INTERNAL_H

#include "signal/signal.h"

struct scan {
    struct arena *arena;
    struct text text;
    const struct signal_asked *asked;
    struct signals *out;
    struct signal_raw LIST_OF(struct signal_found) found; /* they may overlap */
    size_t each[SIGNAL_COUNT];
    unsigned char *grams; /* gate.c: which three bytes stand in the text */
    size_t digits; /* in the text: rules that need more are passed over */
    void *room;    /* pattern.c: of this scan, so that several threads may look at once */
};
/* Notes it, and forgets it past SIGNAL_EACH. */
void signal__note(struct scan *s, enum signal rule, size_t begin, size_t end, bool strong);

/* ---- rows */
enum verdict { NO, SHAPE, RIGHT }; /* RIGHT: check digits say so */
/* `raw` as it stands, `plain` its ASCII letters and digits alone, letters capital. */
typedef enum verdict signal__check(const struct scan *s, struct text raw, struct text plain);
enum when { NEVER, NEAR, ALWAYS }; /* NEAR: words beside it must say so */
struct shape {
    enum signal rule;
    uint8_t digits;      /* a text with fewer is passed over */
    const char *pattern; /* of bytes (PCRE2); what was found begins at \K, where there is one */
    signal__check *check; /* NULL: SHAPE */
    const char *near;     /* "card|visa|信用卡"; NULL where no words are asked for */
    enum when strong, weak;
    const char
        *needs; /* small letters: without one of these nothing can match; NULL: not known */
};
#define SIGNAL_SHAPES(X)                                                                       \
    X(money)                                                                                   \
    X(asia)                                                                                    \
    X(europe)                                                                                  \
    X(east)                                                                                    \
    X(america)                                                                                 \
    X(contact)                                                                                 \
    X(secret)                                                                                  \
    X(wording)                                                                                 \
    X(leak)
#define X(name)                                                                                \
    extern const struct shape signal__##name[];                                                \
    extern const size_t signal__##name##_count;
SIGNAL_SHAPES(X)
#undef X

/* ---- pattern.c: each match of each row, to `signal__propose` */
void signal__patterns(struct scan *s);
/* Whether one pattern of wording is in these other bytes (what was decoded). */
bool signal__says(struct scan *s, enum signal rule, struct text bytes);
void signal__propose(struct scan *s, const struct shape *row, size_t begin, size_t end);

/* ---- gate.c: most rows have nothing to look for in most texts */
void signal__gate_open(struct scan *s);
/* False: none of the words, with bars between, is in the text. */
bool signal__may_hold(const struct scan *s, const char *words);

/* ---- near.c */
bool signal__near(struct text text, size_t begin, size_t end, const char *words);

/* ---- digits.c: arithmetic of check digits; `t` is ASCII digits */
bool signal__luhn(struct text t);
/* The sum of digit i times weight[i], of the first `count`. */
int signal__weighed(struct text t, const uint8_t *weight, size_t count);
int signal__modulo(struct text t, int modulus);  /* of a long number */
int signal__check_11_10(struct text t); /* ISO 7064, mod 11, 10: what the last digit must be */
bool signal__date(int year, int month, int day); /* of years 1800 to 2100 */
int signal__number(struct text t, size_t at, size_t digits);
static inline int digit_of(char c)
{
    return c - '0';
}

/* ---- what is no row */
void signal__hidden(struct scan *s);  /* hidden.c */
void signal__flood(struct scan *s);   /* flood.c */
void signal__canary(struct scan *s);  /* leak.c */
void signal__encoded(struct scan *s); /* encoded.c */

/* A beginning and an end of a word, in bytes: letters beyond ASCII are letters too. */
#define BEGIN "(?<![\\w])(?<!\\d[.,/-])"
#define END "(?![\\w])(?![.,/-]\\d)"
#endif
