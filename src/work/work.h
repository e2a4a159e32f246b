/* SPDX-License-Identifier: Apache-2.0 */
/* work/work.h — what is done while nobody waits for it: moves whose day has come, and jobs,
 * changes of many records that somebody asked for. Floor 7. */
#ifndef WORK_H
#define WORK_H

#include "base/base.h"
#include "net/net.h"
#include "record/record.h"

struct work;
/* A thread that runs timed moves at start and then every `every_us`. Effects are moves through
 * the one door, so running on several nodes at once changes nothing twice. */
MUST_USE enum err work_open(struct call *call, struct epochs *epochs, int64_t every_us,
                            struct work **out);
void work_close(struct work *s);

/* ---- mail (mail.c)
 * --------------------------------------------------------------------------- Carries out what
 * people were told (record.h, notices) and, in their morning, what waits for them. On several
 * nodes each letter is one server's. */
struct mailing;
struct mailing_options {
    struct mail *mail; /* borrowed until closed */
    struct text
        address; /* of the pages, "https://aims.example.org/x", without a slash at its end */
    struct text sender; /* words before the address that mail comes from: the organisation */
    int64_t every;      /* microseconds between two looks */
};
MUST_USE enum err mailing_open(struct call *call, struct epochs *epochs,
                               const struct mailing_options *o, struct mailing **out);
void mailing_close(struct mailing *s); /* breaks off what is being sent; NULL is fine */

/* ---- webhooks (hook.c) ----------------------------------------------------------------------
 * Tells receivers what happened (record.h, record_hook_…): a thread with as many messages under
 * way as there are webhooks, one each. On several servers each message is one server's. */
struct hooking;
struct hooking_options {
    struct hook_sender_options sender;
    struct text address; /* of the pages, as above */
    struct mail
        *mail; /* borrowed; by which makers hear that theirs stopped; NULL: they do not */
    struct text from; /* words before the address that mail comes from */
};
MUST_USE enum err hooking_open(struct call *call, struct epochs *epochs,
                               const struct hooking_options *o, struct hooking **out);
void hooking_close(struct hooking *s); /* breaks off what is being sent; NULL is fine */

/* ---- jobs ------------------------------------------------------------------------------------
 * Each is one change to many records, done a slice of rows at a time by threads of their own, so that
 * nobody who waits for a page stands behind it and others write in between. Each row goes through the
 * one door alone, for the session or token that asked, as long as that is good and with what its person
 * may do at that moment: when it is not any more, the rows that are left are refused with that reason.
 *
 * They belong to call->actor; nobody else finds them. They are in memory alone: after a restart a job is
 * gone, and what was told to be done stays, as records. An ended one is kept for JOB_KEPT, or until its
 * place is wanted. */
#define JOB_ROWS 10000      /* of one job */
#define JOBS_UNDER_WAY 3    /* of one actor */
#define JOBS_OF_ONE 8       /* with those that have ended */
#define JOBS_MOST 32        /* of everybody, likewise */
#define JOB_KEPT ((int64_t)2 * 3600 * 1000000)

struct jobs;
MUST_USE enum err jobs_open(struct call *call, struct epochs *epochs, struct jobs **out);
void jobs_close(struct jobs *s); /* after store_stop; NULL is fine */

struct job_wish { /* all of it is copied */
    const struct kind *kind;
    struct text move;         /* "" = a change */
    struct text reason;
    const struct json *set;   /* fields */
    const struct json *ids;   /* a list of texts: ids or keys, 1 to JOB_ROWS */
    struct text secret;       /* of the session or token that asks */
    bool rehearse;            /* each slice sees what those before it in the same slice would have done */
};
/* ERR_BUSY, code "jobs", when there is no place. */
MUST_USE enum err jobs_begin(struct call *call, struct jobs *s, const struct job_wish *wish,
                             struct text *id);

enum job_state { JOB_WAITING = 1, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED };
struct job_view {
    struct text id, kind, move;
    bool rehearse, stopping;
    enum job_state state;
    int64_t done, total; /* rows that have an outcome, in the order they were named; of how many */
    int64_t changed, refused;
    int64_t untold; /* refused, and why is not kept: too much was to be said (code "untold") */
    int64_t asked, started, ended; /* moments; 0 = not yet */
    struct text why; /* JSON, a list of problems: what ended it before its last row; "" */
};
struct job_refusal {
    int64_t row; /* from 1 on */
    struct text id;
    enum err outcome;
    struct text errors; /* JSON, a list of problems */
};
/* Refusals of the rows after `after`, at most `most`; *more: others follow. ERR_MISSING says what may have
 * become of it. */
MUST_USE enum err jobs_find(struct call *call, struct jobs *s, struct text id, int64_t after,
                            size_t most, struct job_view *out, struct job_refusal **refusals,
                            size_t *count, bool *more);
/* The latest first. */
void jobs_mine(struct call *call, struct jobs *s, struct job_view **out, size_t *count);
/* One under way ends after its slice (*ended false); one that has ended is forgotten. */
MUST_USE enum err jobs_stop(struct call *call, struct jobs *s, struct text id, bool *ended);
const char *job_word(enum job_state state); /* "waiting" … "cancelled" */
/* A list of the call's problems as JSON, or one of the error alone; at most `most` bytes. */
struct text job_problems(const struct call *call, enum err e, size_t most);
#endif
