/* SPDX-License-Identifier: Apache-2.0 */
/* assure/assure.h — checks and readiness, computed from records, never typed in. Floor 5.
 * Rules: docs/readiness.md (the five levels, gates, blockers, four numbers always together).
 * Everything is read with the engine's eyes: the result is the same whoever asks, and names
 * records by id only. Several statements are read: for one consistent view, ask within
 * read_begin. */
#ifndef ASSURE_H
#define ASSURE_H

#include "base/base.h"
#include "record/record.h"

enum check_state { CHECK_PASS, CHECK_FAIL, CHECK_NO_DATA };
struct breaking {
    struct text kind, id, reason; /* reason: code of the check's reasons */
};
struct check_result {
    const struct check *check;
    enum check_state state;
    int64_t population, breaks; /* breaks: records, each once, whatever the reasons */
    struct breaking *records;   /* at most 1,000 are kept; none where they were not asked for */
    size_t record_count;
    struct text digest;           /* of what breaks it, in any order: 64 hex; "" when unknown */
};
/* A check whose population is 0 has no data, whatever its second query would say. A check that
 * cannot be run (wrong SQL, too slow) is an error that names it, never a pass. */
MUST_USE enum err assure_check(struct call *call, struct records *r, struct reader *db,
                               const struct check *c, struct check_result *out);
MUST_USE enum err assure_checks(struct call *call, struct records *r, struct reader *db,
                                struct check_result **out, size_t *count);

/* What checks gave, kept in memory while the day is the same and nothing that they read was
 * written, and written down once a day for the trend. For any number of threads. NULL where
 * `struct runs *` is asked for: everything is computed, nothing is kept. */
struct runs;
struct runs *runs_open(const struct model *m); /* the model outlives it */
void runs_close(struct runs *runs);
/* As assure_check: with the records. */
MUST_USE enum err assure_kept_check(struct call *call, struct runs *runs, struct records *r,
                                    struct reader *db, const struct check *c,
                                    struct check_result *out);
/* As assure_checks, without the records. */
MUST_USE enum err assure_kept_checks(struct call *call, struct runs *runs, struct records *r,
                                     struct reader *db, struct check_result **out,
                                     size_t *count);

struct row_check {
    const struct check_result *result;
    int level;
};
struct row_readiness {
    const struct requirement *row;
    int64_t weight;               /* the row's, doubled when an open high risk relies on it */
    int level;                    /* 0–4 after gates, freshness and lowering */
    int proven_level;             /* before a person lowered it */
    bool applicable;              /* not: excluded, and the exclusion is approved */
    bool proven;                  /* a check of it shows this level (level 0 never is) */
    const struct record *entry;   /* of the register that speaks for it; NULL: none */
    struct text declared_by, declared_at; /* who brought the entry to its state, a person's id
                                             or "", and since when; "" when there is none */
    struct text why_en, why_zh;   /* what stands between this level and the next */
    struct row_check *checks;
    size_t check_count;
    bool lowered;
    int64_t lowered_to;
    struct text lowered_reason, lowered_by, lowered_at;
};
struct gate_row {
    const struct requirement *row; /* NULL: a check, or the framework as a whole */
    const struct check *check;     /* NULL: a row, or the framework as a whole */
    struct text why_en, why_zh;
};
struct gate {
    bool ready;
    struct gate_row *failing;
    size_t count;
};
struct readiness {
    const struct framework *framework;
    const struct method *method;  /* by which it was computed; its `readiness` */
    struct record *criteria;      /* in force, that may have chosen it; NULL: none */
    double score, raw_score;      /* percent; score is capped by the method while a blocker stands */
    int64_t met, of;              /* coverage: rows that are high enough, of applicable */
    double proof_ratio;           /* 0–1 */
    bool ready;                   /* stage 2 is; then nothing blocks */
    struct check_result *checks;  /* those that bear on this framework */
    size_t check_count;
    const struct check_result **blockers; /* must-checks that fail; without data none blocks */
    size_t blocker_count;
    struct gate stage1, stage2;
    struct row_readiness *rows;
    size_t row_count;
};
MUST_USE enum err assure_readiness(struct call *call, struct records *r, struct reader *db,
                                   const struct framework *f, struct readiness *out);
/* The same from what is kept; what had to be computed is kept and written down. */
MUST_USE enum err assure_kept_readiness(struct call *call, struct runs *runs, struct records *r,
                                        struct reader *db, const struct framework *f,
                                        struct readiness *out);
struct trend_point {
    struct text day;              /* the last readiness that somebody asked for on it */
    double score, raw_score, proof_ratio;
    int64_t met, of, blockers;
};
/* The days before today, and today, on which it was computed: 1 to 3,660, oldest first. */
MUST_USE enum err assure_trend(struct call *call, struct reader *db, const struct framework *f,
                               int64_t days, struct trend_point **out, size_t *count);
struct past_row {
    const struct requirement *row;
    int level;
    bool proven, applicable;
};
struct past_check {
    const struct check *check;
    int64_t population, breaks;
};
struct past { /* what was found and written down then; a row of a database, and no proof of anything */
    bool found;
    struct trend_point numbers;
    struct text at, model;        /* the moment, and the hash of the model */
    int64_t size;                 /* of the ledger */
    bool detailed;                /* no: of an earlier release; what follows is unknown */
    struct text method, hash;
    struct words title;           /* of the method */
    bool standard, ready, stage1;
    struct past_row *rows;        /* those that still are rows */
    size_t row_count;
    struct past_check *checks;    /* those that there still are */
    size_t check_count;
};
/* The latest kept at or before the moment (microseconds); the last of each day is kept. */
MUST_USE enum err assure_past(struct call *call, struct reader *db, const struct model *m,
                              const struct framework *f, int64_t moment, struct past *out);
/* ---- what an auditor would miss ---------------------------------------------------------- */
enum gap_weight {             /* the gravest first */
                  GAP_BLOCKS, /* a check that must pass fails */
                  GAP_STAGE1, /* keeps the first gate shut */
                  GAP_STAGE2, /* keeps the second gate shut */
                  GAP_OTHER   /* keeps no gate shut */
};
struct gap {
    const struct check_result *result;
    struct text reason;    /* "": nothing to look at yet, or too many to name */
    struct words say;      /* what is wrong, or is not there */
    const struct fix *fix; /* what mends it; `there` false: the model names nothing */
    enum gap_weight weight;
    int64_t rows_weigh;       /* the weights of the rows that the check proves */
    struct breaking *records; /* each once; none where nothing is there yet */
    size_t record_count;
    size_t place; /* in the order of the model */
};
/* A gap for each reason of each check that fails, and one for each check that finds nothing to
 * look at while a row that keeps a gate shut waits for it; checks of no row count as well.
 * Of the records at most those that assure_check keeps. */
MUST_USE enum err assure_gaps(struct call *call, struct runs *runs, struct records *r,
                              struct reader *db, const struct readiness *ready,
                              struct gap **out, size_t *count);
/* The level that a row needs before the second gate opens. */
int assure_needs(const struct readiness *r, const struct row_readiness *row);

/* A person may lower a row with a reason, never raise it: a record of the kind whose `is` is
 * "readiness_limit" (fields requirement, level, justification) in a state that is neither start
 * nor end. */
/* Register records (statement of applicability) that are missing are made, by actor_command.
 * Running it again makes none. *made may be NULL. */
MUST_USE enum err assure_registers(struct call *call, struct records *r, size_t *made);
#endif
