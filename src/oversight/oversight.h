/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/oversight.h — people over AI systems while these run: a system is stopped, and a
 * result waits for a person; the program around it hears of both. Floor 7.
 *
 * A system runs only in a state that a move with "stop" leads out of: in every other it may
 * not. An order to stop is that move, through the one door, by whoever may make it. It counts
 * from the moment it was checked: hosts are told before it is written, and when it cannot be
 * written it is held, here and in a file of the data folder, until it is (docs/oversight.md).
 *
 * A program asks whether a result may take effect; the plan of oversight in force says which
 * results wait for a person (docs/reviews.md). What waits is a record of the kind that
 * `is: review`: who takes it, who decides and what keeps two people apart is said by its model
 * file and kept by the one door. */
#ifndef OVERSIGHT_H
#define OVERSIGHT_H

#include "measure/measure.h"
#include "monitor/monitor.h"
#include "record/record.h"

struct oversight;
/* One for an organisation that is served. Orders that a former process could not write are
 * taken up again. */
MUST_USE enum err oversight_open(struct call *call, struct epochs *epochs,
                                 struct oversight **out);
/* Everybody who waits is answered, and nobody waits any more: before the server ends. */
void oversight_hush(struct oversight *o);
void oversight_close(struct oversight *o); /* after store_stop; NULL is fine */

/* ---- what a host is told
 * -------------------------------------------------------------------- */
#define STOP_MARK 16
/* The last drill of the stop: hosts are told as of a stop, and the system runs on. */
#define DRILL_MINUTES 10
struct stop_drill {
    int64_t entry;            /* of the ledger; -1: there was none */
    struct text since, until; /* moments */
    struct text reason;
    bool open; /* now is before `until`, and it may run */
};
struct stop_view {
    bool may_run;             /* the one thing a host asks */
    bool stopped;             /* by an order; else it may not run because of its state */
    bool recorded;            /* false: the order is held, and not yet in the ledger */
    struct text state;        /* of the record, its name */
    struct text since;        /* moment of the order; "" when there is none */
    struct text reason;       /* of it */
    int64_t entry;            /* of the ledger; -1 when there is none */
    struct stop_drill drill;
    char mark[STOP_MARK + 1]; /* another whenever any of this is */
};
/* May this system run now: is it in a state from which it could be stopped? By its record
 * alone: an order that is held counts before it (oversight_look). */
bool oversight_runs(const struct record *system);
/* Of a record that whoever asks may be told of (monitor_system, monitor_host). */
MUST_USE enum err oversight_look(struct call *call, struct oversight *o, struct records *r,
                                 struct reader *db, const struct record *rec,
                                 struct stop_view *out);

/* ---- ordering a stop
 * ------------------------------------------------------------------------ */
#define STOP_REASON 4000 /* bytes */
#define STOP_ORDERS 100  /* held at once */
/* By the actor, who is signed in with `secret`. OK: hosts are told from now on, and it is on
 * its way into the record; *order names it. *order is "" when it was stopped already. Nothing
 * happens when it is refused: ERR_INVALID ("reason"), ERR_DENIED and ERR_CONFLICT as the move
 * would be, ERR_BUSY when too many are held. */
MUST_USE enum err oversight_stop(struct call *call, struct oversight *o, struct records *r,
                                 struct reader *db, const struct record *rec,
                                 struct text reason, struct text secret, struct text *order);
enum stop_fate {
    STOP_WRITING = 1, /* it is with the writer */
    STOP_HELD,        /* it could not be written so far */
    STOP_GONE         /* written, or refused; or never known */
};
enum stop_fate oversight_fate(struct oversight *o, struct text order);
/* Why it was refused after all, as problems of the call; OK when it was not, as far as is
 * remembered. */
MUST_USE enum err oversight_refused(struct call *call, struct oversight *o, struct text order);

/* ---- waiting for another answer
 * --------------------------------------------------------------- */
#define STOP_WAITERS 1000   /* at once; half of them people at most */
#define STOP_WAITERS_OF 200 /* of one token or person */
#define STOP_WAIT 60        /* seconds */
struct stop_wait {
    struct text kind, id; /* of the record */
    struct text who;      /* actor */
    int64_t until;        /* clock_ticks */
    char mark[STOP_MARK + 1];
    bool any; /* also when the answer is the same and an order about it was tried */
    /* On a thread of ours, once: the answer is another, or the time is over. False: not now,
     * try again. After a true it must not be touched. */
    bool (*again)(void *arg);
    void *arg;
};
/* A place to wait in; NULL when all are taken: then it is answered as it is. urgent: for a
 * host, or an order. */
struct stop_waiter;
struct stop_waiter *oversight_place(struct oversight *o, struct text who, bool urgent);
/* Takes the place: all is copied. From then on `again` may be called at any moment. */
void oversight_wait(struct oversight *o, struct stop_waiter *place, const struct stop_wait *w);

/* A record was written (record_watch): by any thread, and quick. */
void oversight_note(struct oversight *o, struct text id);

/* ---- may it go out? (ask.c)
 * --------------------------------------------------------------------------------- */
#define REVIEW_MINUTES 60       /* that a case waits when nobody says how long */
#define REVIEW_MINUTES_MOST 43200
enum review_answer {
    REVIEW_WAIT = 1, /* a person has not decided yet */
    REVIEW_GO,       /* it takes effect as the system says */
    REVIEW_CHANGED,  /* it takes effect as changed */
    REVIEW_REFUSE,   /* it does not take effect */
    REVIEW_HOLD,     /* nobody decided in time, and it goes on waiting outside */
    REVIEW_STOP      /* the system may not run at all */
};
const char *review_answer_word(enum review_answer a);
struct review_reply {
    enum review_answer answer;
    struct record *rec;    /* the case; NULL: it was not drawn, and none was made */
    struct text changed_to; /* with REVIEW_CHANGED */
    bool fallback;         /* nobody decided in time: what was set down for that happened */
    bool fresh;            /* the case was made now */
};
/* `body`: an object with the fields of a case that programs may send, "within" (minutes) and "ask" (true: whatever the
 * plan draws). Reads; what is to be made is in *change, and `out` is the answer when there is nothing to make
 * (change->kind NULL). ERR_INVALID with all that is wrong; ERR_CONFLICT "taken" when the reference
 * is that of a case about something else. */
MUST_USE enum err review_ask(struct call *call, struct records *r, struct reader *db,
                             struct record *system, const struct json *body,
                             struct change *change, struct review_reply *out);
/* Makes it, as the engine. Waits for the commit: no reader is held meanwhile. Another that made the same case in between
 * is ERR_CONFLICT "again": ask once more. */
MUST_USE enum err review_put(struct call *call, struct records *r, struct change *change,
                             struct review_reply *out);
/* Its time is over and nobody decided: what was set down for that happens now, as the timer of
 * the record would have done within a minute. Waits for the commit. ERR_CONFLICT when something
 * came first: look again. */
bool review_is_late(const struct call *call, const struct review_reply *reply);
MUST_USE enum err review_expire(struct call *call, struct records *r, struct record *system,
                                struct review_reply *reply);
/* Of that reference. ERR_MISSING when it was never asked for, or not drawn. */
MUST_USE enum err review_look(struct call *call, struct records *r, struct reader *db,
                              struct record *system, struct text reference,
                              struct review_reply *out);

/* ---- tests among real cases (ask.c, tests.c) ----------------------------------------------
 * A record of the kind that `is: review_test`: a case of which it is known how a careful person
 * decides it. It goes into the queue with a real one, and no program is told of it. */
struct review_test {
    struct record *rec;   /* the test whose time has come; NULL: none */
    struct change change; /* which makes it */
};
/* Reads. `asked`: what a program sends of the case that it goes along with. */
MUST_USE enum err review_test_next(struct call *call, struct records *r, struct reader *db,
                                   struct record *system, const struct json *asked,
                                   struct review_test *out);
/* Makes its case, as the engine and by the plan in force, and keeps in the test which one it
 * is. Waits for the commits: no reader is held meanwhile. ERR_STALE, ERR_CONFLICT: another
 * server was quicker. Where a server ends between the two the case stays one like any other,
 * and the test goes into the queue anew. */
MUST_USE enum err review_test_put(struct call *call, struct records *r, struct review_test *t);

#define REVIEW_TESTS_MOST 20000 /* of a system, the latest */
struct review_tests {
    int64_t decided;       /* of the time, by people who did not know them */
    int64_t errors, found; /* wrong results among these; changed or refused */
    int64_t kept;          /* right ones among these; left as they were */
    /* Not of the time: all cases that are tests, and what has to be left out of what people
     * made of results. */
    struct map *cases; /* by id of the case */
    struct record **all;
    size_t count;
};
MUST_USE enum err review_tests(struct call *call, struct records *r, struct reader *db,
                               struct text system, int64_t from, int64_t to,
                               struct review_tests *out);

/* ---- the queue of whoever reviews (queue.c)
 * ----------------------------------------------------------------- */
#define QUEUES_MOST 50
#define QUEUE_ITEMS_MOST 10
struct review_queue {
    struct text system;      /* id */
    int64_t waiting, mine;   /* cases that wait, and that the actor has taken */
    struct text oldest, due; /* moments: came in first, is to be decided first; "": none */
};
struct review_pace {
    int64_t decided, agreed; /* by the actor, in the last REVIEW_DAYS days */
    double seconds; /* median of a case: since it was taken, or since the case before was decided */
    bool known;
};
#define REVIEW_DAYS 30
struct review_next {
    struct review_queue *queues;
    size_t queue_count;
    struct record **items; /* those that the actor has taken, then those they may take, by when
                            * they are to be decided */
    size_t count;
    struct review_pace pace;
};
/* `system`: id, or "" for all; `but`: ids of cases that are left out, with commas. */
MUST_USE enum err review_next(struct call *call, struct records *r, struct reader *db,
                              struct text system, struct text but, size_t most,
                              struct review_next *out);

/* ---- what people made of results (queue.c) ------------------------------------------------ */
struct review_counts {
    int64_t reviewed, overridden; /* decided by people; changed or refused by them */
    int64_t timed_out;
};
/* Of cases decided, or timed out, from `from` on and before `to` (0: no bound); tests are none.
 */
MUST_USE enum err review_count(struct call *call, struct records *r, struct reader *db,
                               struct text system, int64_t from, int64_t to,
                               struct review_counts *out);

/* ---- do they judge for themselves? (signs.c) ----------------------------------------------
 */
#define REVIEW_SIGNS_MOST 20000    /* cases, the latest */
#define REVIEW_SIGN_LEAST 100      /* of fewer nothing is said */
#define REVIEW_SIGN_OVERRIDES 0.05 /* they overrule no more, whatever chance leaves open */
#define REVIEW_SIGN_SECONDS 10.0   /* and half of the cases take them less */
enum review_sign {
    REVIEW_SIGN_UNKNOWN, /* too few cases */
    REVIEW_SIGN_NONE,
    REVIEW_SIGN_AGREES /* hardly anything is overruled, and it is decided in no time */
};
struct review_decided {
    struct text reference;
    bool overridden;
};
struct review_signs {
    int64_t reviewed, overridden;
    int64_t timed;             /* cases of which it is known how long somebody looked */
    struct figure median;      /* seconds */
    int64_t blind, blind_same; /* own verdicts said before the system's was seen; the same */
    struct measure_agreement blind_agreement;
    int64_t twice, twice_same; /* cases that two people looked at; the second said the same */
    enum review_sign sign;
    struct review_decided *decided;
    size_t decided_count;
    bool capped;
};
/* Of cases decided from `from` on and before `to` (0: no bound); tests are none. Read by the
 * engine. */
MUST_USE enum err review_signs(struct call *call, struct records *r, struct reader *db,
                               struct text system, int64_t from, int64_t to,
                               struct review_signs *out);
#endif
