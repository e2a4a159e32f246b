/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/internal.h — what the files of this folder share. */
#ifndef OVERSIGHT_INTERNAL_H
#define OVERSIGHT_INTERNAL_H

#include "oversight/oversight.h"

#include <pthread.h>

#define SECOND ((int64_t)1000000)
#define NOTED 1024 /* records that were written lately */
#define REFUSED 16 /* orders that were refused, for whoever waits to hear of it */
#define SECRET_MOST 64

/* ---- orders: one of a system at most -------------------------------------------------------
 * `lock` guards the list and what changes; texts stay as they are until it is taken out. */
struct order {
    struct order *next;
    struct arena *arena;
    struct text id, kind, record, key, move, reason;
    struct text person;       /* who gave it */
    char secret[SECRET_MOST]; /* of the session or token it was given in; "" after a restart */
    int64_t at;
    enum lang lang;
    struct attempt *attempt; /* with the writer, or come back from it; NULL */
    int64_t due;             /* clock_ticks of the next attempt */
    int64_t keep_at;         /* clock_ticks: by then it is written, or in the file */
    bool tried;              /* one failed, and it is held */
    bool kept;               /* a line of the file says so; only the keeper looks */
};
struct attempt {
    struct oversight *oversight;
    struct order *order;
    struct arena *arena;
    struct call *call;
    struct records *records;
    struct change change;
    enum err outcome;
    bool over;
};
struct refusal {
    char order[32];
    enum err e;
    char field[64], code[32], message[512];
};
/* ---- waiters */
struct stop_waiter {
    struct stop_waiter *next, **link;
    struct arena *arena;
    struct stop_wait wish;
    bool waiting; /* else a place that nobody took yet */
    bool due;
};
struct oversight {
    struct epochs *epochs;
    struct store *store;
    struct access *access;
    struct arena *arena;
    const char *file; /* of orders that could not be written; NULL: there is no folder */
    pthread_t teller, keeper;
    pthread_mutex_t lock;
    pthread_cond_t wake, work; /* of the one that tells, and the one that writes */
    bool closing, hushed;
    struct order *orders;
    size_t order_count;
    struct refusal refused[REFUSED];
    size_t refused_next;
    struct stop_waiter *waiters;
    size_t waiter_count;
    uint64_t noted[NOTED];       /* hashes of ids, a ring */
    uint64_t note_count, looked; /* looked: notes that waiters were asked about */
    uint64_t followed;           /* entries of the log whose records were noted */
    int64_t follow_at;           /* clock_ticks of the next look at it */
    bool missed;                 /* everybody is to look */
};

/* ---- order.c */
/* The order about that record that is held or on its way; under the lock. NULL. */
struct order *order__about(struct oversight *o, struct text record);
struct order *order__new(struct oversight *o, struct text id);
void order__add(struct oversight *o, struct order *order); /* under the lock */
/* By the keeper: what came back from the writer, and what is to be tried again. */
void order__round(struct oversight *o, bool last); /* last: nothing more is tried */
int64_t order__next(const struct oversight *o);    /* clock_ticks; under the lock */
void order__free(struct order *order);
const struct move *order__move(const struct record *rec); /* NULL: nothing to be stopped */
/* ---- keep.c: the file beside an embedded store */
void keep__load(struct oversight *o, struct call *call);
bool keep__add(struct oversight *o, const struct order *order);
void keep__done(struct oversight *o, const struct order *order);
/* ---- wait.c */
void wait__note(struct oversight *o, struct text id); /* under the lock */
void wait__round(struct oversight *o);
int64_t wait__next(const struct oversight *o);
bool wait__news(const struct oversight *o);
void wait__end(struct oversight *o);
#endif
