/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/internal.h — what the files of this folder share. */
#ifndef MONITOR_INTERNAL_H
#define MONITOR_INTERNAL_H

#include "monitor/monitor.h"

/* ---- system.c: which record an event names. Looked up as the engine, whoever sends it. */
MUST_USE enum err system__find(struct call *call, struct records *r, struct reader *db,
                               struct text name, struct record **out);
bool system__may_send(struct call *call, struct records *r, struct reader *db,
                      struct record *rec);
/* "events:SYS-0001", and no other scope of events: that one; else "". */
struct text system__only(const struct actor *a);

/* ---- answer.c: one event after the other (false: there are too many), then what follows from
 * them in `out` */
struct answering;
struct answering *answer__begin(struct call *call, const struct period *period,
                                struct answered *out);
bool answer__take(struct answering *a, struct text kind, const struct json *line, int64_t at);
void answer__end(struct answering *a);

/* ---- column.c: one prediction, whose own time is `at` */
void drift__take(struct drift_columns *c, const struct json *line, int64_t at);
/* ---- signals.c: what the record of a system wants looked for in texts */
struct wished {
    bool on;
    struct text *canaries;
    size_t count;
};
void signals__wished(struct arena *a, const struct record *system, struct wished *out);
/* Adds to the line what was found in the texts of the event. */
void signals__look(struct call *call, struct arena *scrap, const struct wished *w,
                   const struct event *e, struct journal_item *item);
void signals__take(struct signalled *s, const struct json *line); /* counts a line as kept */
/* ---- judge.c: evaluations of calls that are counted, the place of their name and then what
 * follows for that name */
struct evaluation {
    struct text ref, name, evaluator;
    struct text label; /* as it is written; "": none */
    int64_t at;
    double score;
    bool has_score, failed;
};
struct judging;
struct judging *judge__begin(struct call *call);
bool judge__is_person(struct text evaluator);
void judge__take(struct judging *j, size_t name, const struct evaluation *e);
void judge__end(struct judging *j, struct judged_by *out, size_t name);

/* ---- cost.c: a call that is counted */
struct spending *cost__begin(struct call *call);
void cost__take(struct spending *s, const struct json *line, int64_t at);

/* ---- agent.c: calls of tools and agents; note: every call, of whatever time */
struct acting;
struct acting *agent__begin(struct call *call);
bool agent__is_act(const struct json *line);
bool agent__note(struct acting *a, const struct json *line);
bool agent__take(struct acting *a, const struct json *line, int64_t at);
void agent__end(struct acting *a, struct agent_acts *out);

/* ---- chart.c */
enum limit_how limit__how(struct text word);
/* A window that was judged before, as one of the baseline if it lies in that. */
void limit__known(const struct limit *w, int64_t from, double value, struct limit_chart *c);
bool limit__level(const struct limit_chart *c); /* there is a level to go by */
bool limit__chart_turns(const struct limit_state *s, char letter, bool muted);

/* ---- limit.c: each of the windows judged; they are in order and next to each other. */
MUST_USE enum err limit__windows(struct call *call, struct reader *db,
                                 const struct record *system, const struct limit *w,
                                 struct judged *windows, size_t count);

/* ---- event.c: what the members of an event are */
enum shape {
    SHAPE_ONE,    /* the number 1 */
    SHAPE_TEXT,   /* at most `most` bytes, one line, something to see */
    SHAPE_MOMENT, /* RFC 3339 */
    SHAPE_WORD,   /* one of `words` */
    SHAPE_NUMBER, /* any */
    SHAPE_AMOUNT, /* a number, not below 0 */
    SHAPE_CLASS,  /* a whole number, a text or true and false: a class */
    SHAPE_SIGN,   /* -1, 0 or 1 */
    SHAPE_YES_NO,
    SHAPE_HASH,    /* SHA-256 in hex */
    SHAPE_CONTENT, /* a text that is not kept */
    SHAPE_AMOUNTS, /* an object of whole numbers, not below 0 */
    SHAPE_VALUES   /* an object of numbers, texts, true, false and null; at most `most` */
};
enum event_kind event__kind(struct text word); /* EVENT_NONE: there is none */
/* False when events of that kind have no such member. */
bool event__member(enum event_kind kind, struct text name, enum shape *shape);

/* ---- ingest.c: all that is wrong with it, in one sentence after the other */
void ingest__refuse(struct call *call, struct ingested *out, int64_t line,
                    const struct call *why);
/* Lines that are rows of a table: those of one row are kept together or not at all, and of what
 * is refused the row is told once. */
struct seen;
struct ingest_rows {
    const int64_t *row; /* of each line, from 1 on: row[line - 1] */
    bool rehearse;      /* nothing is kept */
    struct seen *seen;  /* of a rehearsal: what would have been kept so far */
};
MUST_USE enum err ingest__rows(struct call *call, struct records *r, struct text body,
                               const struct ingest_rows *rows, struct ingested *out);

/* ---- seen.c: keys of the events that a rehearsal has looked at, as many as fit */
struct seen *seen__open(struct arena *a);
void seen__close(struct seen *s); /* NULL is fine */
/* NEW, and from now on known; or what came before under its key. */
enum journal_found seen__add(struct seen *s, const struct journal_item *item);
bool seen__full(const struct seen *s); /* it has forgotten some */
#endif
