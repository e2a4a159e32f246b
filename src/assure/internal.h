/* SPDX-License-Identifier: Apache-2.0 */
/* assure/internal.h — what the files of assure/ share. Nothing outside assure/ includes it. */
#ifndef ASSURE_INTERNAL_H
#define ASSURE_INTERNAL_H

#include "assure/assure.h"

/* What the register of a framework says about one row. */
struct entry {
    const struct record *record; /* NULL: there is none */
    struct text by, since;       /* who brought it to its state ("": no person), and when */
    int level;                   /* what its state is worth, 0–4 */
    bool excluded;               /* it is in a state that leaves the row out */
    bool fresh;                  /* at least one piece of its evidence still counts */
    bool tested;                 /* the last test is no longer ago than the framework says */
    bool heavy;                  /* an open record of the weighing kind relies on it */
    bool changed;                /* since it was signed: it counts as it was then */
    bool unsigned_out;           /* left out, and never signed so */
};
struct moment_kept { /* nothing can have changed while these are the same */
    bool known;
    uint64_t size; /* of the ledger, as the reader sees it */
    char day[16];
};
struct scene { /* one look at one framework */
    struct call *call;
    struct records *records;
    struct reader *db;
    const struct model *model;
    const struct framework *framework;
    const struct readiness_method *method;
    const struct kind *kind; /* of the register; NULL when there is none */
    struct entry *entries;   /* per row index; NULL when the register says nothing */
    struct runs *runs;       /* NULL: nothing is kept */
    struct moment_kept now;  /* of runs */
};
struct scene scene__of(struct call *call, struct records *r, struct reader *db,
                       const struct framework *f);

/* ---- runs.c ------------------------------------------------------------------------------ */
MUST_USE enum err runs__now(struct call *call, struct reader *db, struct runs *runs,
                            struct moment_kept *out);
/* False, and nothing is done, without runs. With `records` also those that break it, in that
 * memory. */
bool runs__find(struct runs *runs, const struct moment_kept *now, const struct check *c,
                struct arena *records, struct check_result *out);
void runs__keep(struct runs *runs, const struct moment_kept *now, const struct check_result *c);
bool runs__find_heavy(struct runs *runs, const struct moment_kept *now,
                      const struct framework *f, struct entry *entries);
void runs__keep_heavy(struct runs *runs, const struct moment_kept *now,
                      const struct framework *f, const struct entry *entries);
/* Hands what was computed, and was not handed over before, to the writer; nobody waits for it. ready
 * may be NULL. */
void runs__note(struct call *call, struct runs *runs, struct records *r,
                const struct moment_kept *now, const struct check_result *fresh, size_t count,
                const struct readiness *ready);

/* ---- past.c ------------------------------------------------------------------------------ */
/* What is kept of a readiness besides the four numbers, as JSON. */
struct text past__detail(struct arena *a, const struct readiness *r);
/* day, score, raw_score, met, applicable, proof, blockers of readiness_run (runs.c). */
struct trend_point trend__point(const struct value *v);

/* ---- register.c -------------------------------------------------------------------------- */
/* Every record that passes the filters, whoever asks: pages through record_list as the engine.
 */
MUST_USE enum err assure__list(const struct scene *s, const struct kind *k,
                               const struct filter *filters, size_t filter_count,
                               struct record ***out, size_t *count);
MUST_USE enum err register__read(struct scene *s);
/* Whether the register speaks for this row. */
bool register__rules(const struct scene *s, const struct requirement *row);
/* The value (a text or a list of texts) names this requirement. */
bool assure__names(const struct json *v, struct text requirement);

/* ---- check.c ----------------------------------------------------------------------------- */
/* The same day that many months after the date, before it when negative; the last day of the
 * month where there is no such day. date is a real date. */
struct text assure__months_after(struct arena *a, struct text date, int64_t months);
const struct check_result *assure__result(const struct readiness *r, struct text check);
struct text check__why(struct arena *a, const struct check_result *c, enum lang lang);

/* ---- level.c: pure ----------------------------------------------------------------------- */
/* Level, proof and why of a row whose checks are attached. */
void level__from_checks(struct arena *a, struct row_readiness *row);
void level__from_register(struct arena *a, const struct readiness_method *m,
                          const struct entry *entry, bool approved, struct row_readiness *row);

/* ---- lower.c ----------------------------------------------------------------------------- */
MUST_USE enum err lower__apply(const struct scene *s, struct readiness *r);

/* ---- gates.c: pure ----------------------------------------------------------------------- */
void gates__judge(const struct scene *s, struct readiness *r);
#endif
