/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/monitor.h — what AI systems send while they run. Floor 6.
 *
 * Events are lines of JSON (docs/events.md). Each is read and judged alone, so that one bad
 * line fails no other, and is kept once (journal/journal.h). What is answered as accepted is on
 * disk. */
#ifndef MONITOR_H
#define MONITOR_H

#include "journal/journal.h"
#include "measure/measure.h"
#include "otlp/otlp.h"
#include "record/record.h"
#include "signal/signal.h"

#define EVENT_LINE ((size_t)1 << 20)               /* bytes of one event */
#define EVENT_BODY ((size_t)16 << 20)              /* of one request, unpacked */
#define EVENT_LINES 50000                          /* of one request */
#define EVENT_AHEAD ((int64_t)24 * 3600 * 1000000) /* a clock may be ahead of ours by less */
#define EVENT_TOLD 1000                            /* refused lines that are named one by one */

/*    name        by its own id, else by the id of the event it is about */
#define EVENT_KINDS(X)                                                                         \
    X(PREDICTION, "prediction", true)                                                          \
    X(LABEL, "label", false)                                                                   \
    X(LLM, "llm", true)                                                                        \
    X(EVALUATION, "evaluation", false)                                                         \
    X(REVIEW, "review", false)                                                                 \
    X(FEEDBACK, "feedback", false)                                                             \
    X(OUTCOME, "outcome", false)                                                               \
    X(STOP, "stop", true)
enum event_kind {
    EVENT_NONE,
#define X(name, word, own) EVENT_##name,
    EVENT_KINDS(X)
#undef X
};
struct event {
    enum event_kind kind;
    struct text id;     /* its own; "" when it has none */
    struct text ref;    /* of the event it is about; "" when it is about none */
    struct text system; /* as it names it */
    int64_t at;         /* moment it happened, by its own clock */
    struct text prompt, response; /* of a call of a model, for whoever looks at them before they
                                   * are gone; at is NULL without one */
    struct text line;   /* as it is kept: the content of prompts and answers is not, but by its
                         * length and SHA-256 */
};
/* One line without its end. What is wrong with it is all named, as problems of the call:
 * ERR_MALFORMED, ERR_TOO_LARGE or ERR_INVALID. Texts live in the call's arena or in the line.
 */
MUST_USE enum err event_read(struct call *call, struct text line, struct event *out);

/* ---- taking in ------------------------------------------------------------------------------
 */
struct event_refused {
    int64_t line;              /* from 1 on */
    struct text code, message; /* of all that is wrong with it; code is the first one's */
    struct text field;         /* the member that is wrong first; "" */
};
struct ingested {
    int64_t accepted, duplicate, refused;
    struct event_refused *told; /* the first EVENT_TOLD, by line */
    size_t told_count;
};
/* `body`: lines; the last one needs no end. Who acts may send for a system whose record they
 * may change, or which a scope "events:KEY" of their token names. ERR_TOO_LARGE for more than
 * EVENT_LINES; ERR_BUSY and ERR_IO when nothing was kept. */
MUST_USE enum err monitor_ingest(struct call *call, struct records *r, struct text body,
                                 struct ingested *out);

/* ---- out of a table (docs/events.md) --------------------------------------------------------
 * A profile says which column becomes which member. Rows become the lines that monitor_ingest
 * takes, a piece of the file at a time: memory does not grow with the file. */
#define PROFILE_MOST ((size_t)256 << 10) /* bytes */
#define TABLE_ROW ((size_t)1 << 20)      /* bytes of a row */
struct profile;
/* Every mistake in it is a problem of the call: ERR_MALFORMED, ERR_INVALID. In the call's
 * arena. */
MUST_USE enum err profile_read(struct call *call, struct text bytes, struct profile **out);
/* The one of that name that the record keeps (`event_profiles` of its kind); name "": the only
 * one. ERR_MISSING; what is wrong with it as above. */
MUST_USE enum err profile_kept(struct call *call, const struct record *rec, struct text name,
                               struct profile **out);
struct row_refused {
    int64_t row, line; /* from 1 on: the first after the header; of the file */
    struct text column, code, message;
};
struct tabled {
    int64_t rows, refused;       /* of the file so far; of them */
    int64_t accepted, duplicate; /* events: a row may be two, a prediction and its label */
    struct row_refused *told;    /* the first EVENT_TOLD */
    size_t told_count;
    bool forgetful; /* a rehearsal of more rows than can be compared with each other */
};
struct event_table {
    const struct profile *profile;
    struct text system; /* named as in an event */
    int64_t moment;     /* of the file, for profiles that take it; INT64_MIN: unknown */
    bool rehearse;      /* nothing is kept */
    /* The next bytes of the file, at most `room`; *got 0: it has ended. */
    enum err (*more)(void *arg, struct call *call, char *at, size_t room, size_t *got);
    void (*told)(void *arg, const struct tabled *so_far); /* after each piece; may be NULL */
    void *arg;
};
/* Rows are refused one by one: both events of one are kept, or neither. ERR_MISSING: no such
 * system, or not for who acts; ERR_INVALID: the file has not the columns, or is no CSV in
 * UTF-8. ERR_BUSY and ERR_IO end it, after pieces that were kept: `out` says what became of
 * them, and the same file again is the same events. */
MUST_USE enum err monitor_table(struct call *call, struct records *r,
                                const struct event_table *t, struct tabled *out);

/* ---- CloudEvents 1.0 ------------------------------------------------------------------------
 * An event of ours is the data of one; what it leaves out of kind, id, ts and system is the end
 * of the type, the id, the time and the only system that the token is for. */
struct cloud_event {
    struct text version, id, source, type, time, content; /* content: the type of the data */
    const struct json *data;                              /* NULL: none */
};
/* One that is a JSON object; of anything else all is missing. */
void cloud_event_read(const struct json *event, struct cloud_event *out);
/* As monitor_ingest; the lines of what was refused are the places of events, from 1 on. */
MUST_USE enum err monitor_cloud(struct call *call, struct records *r,
                                const struct cloud_event *events, size_t count,
                                struct ingested *out);

/* ---- OpenTelemetry (docs/events.md) ---------------------------------------------------------
 * Spans and records of logs become the lines that monitor_ingest takes. */
#define TELEMETRY_ITEMS 10000     /* spans or records of one request */
#define TELEMETRY_ATTRIBUTES 1000 /* of one of them, or of its resource */
struct telemetry {
    int64_t items;    /* spans, or records of logs */
    int64_t others;   /* of them: say nothing of a model, and are not kept */
    int64_t rejected; /* of them: would be kept, and were not */
    struct text why;  /* of the first that was rejected; "" */
    struct buf lines;
    struct telemetry_items LIST_OF(int64_t) item; /* of each line, from 1 on */
};
struct telemetry_of {
    struct text key;
    bool texts; /* its texts are looked at, so that they go on with the line (ingest hashes
                   them) */
};
/* The system that `name` names; `said`: in the attribute aimwell.system, so that no
 * other will do. ERR_MISSING and a problem: none that who acts may send for. */
typedef enum err telemetry_system(void *arg, struct call *call, struct text name, bool said,
                                  struct telemetry_of *out);
/* A body that otlp_read gave, to lines. ERR_TOO_LARGE; else what is wrong is told of its item.
 */
MUST_USE enum err telemetry_lines(struct call *call, enum otlp_signal signal,
                                  const struct json *body, telemetry_system *system, void *arg,
                                  struct telemetry *out);
/* The same, and keeps them: as monitor_ingest. */
MUST_USE enum err monitor_telemetry(struct call *call, struct records *r,
                                    enum otlp_signal signal, const struct json *body,
                                    struct telemetry *out);

/* The name itself; "": the only system that the actor's token is for, or "". */
struct text monitor_named(const struct call *call, struct text name);
/* The system of that name, for a program that may send events for it (as above), whatever it may
 * read. Whoever may not is not told whether there is one: ERR_MISSING. */
MUST_USE enum err monitor_sender(struct call *call, struct records *r, struct reader *db,
                                 struct text name, struct record **out);

/* ---- looking
 * --------------------------------------------------------------------------------- */
/* The system of that key, id or name of its own, which the actor may read. ERR_MISSING. */
MUST_USE enum err monitor_system(struct call *call, struct records *r, struct reader *db,
                                 struct text name, struct record **out);
/* The same for the program around a system, whose token has a scope "events:KEY" of it:
 * whatever else the token may read. ERR_MISSING for one that it is not for, as for one that is
 * not there. */
MUST_USE enum err monitor_host(struct call *call, struct records *r, struct reader *db,
                               struct text name, struct record **out);
struct event_kept {
    struct text at;   /* moment of receipt */
    struct text json; /* as kept; without protected attributes for who may not see such */
    int64_t block, place;
};
/* The newest first, those before (block, place); block 0: from the last on. */
MUST_USE enum err monitor_events(struct call *call, struct reader *db, int64_t source,
                                 int64_t block, int64_t place, size_t most,
                                 struct event_kept **out, size_t *count);
/* The one that is counted by that id. ERR_MISSING. */
MUST_USE enum err monitor_event(struct call *call, struct reader *db, int64_t source,
                                struct text id, struct event_kept *out);

/* ---- hosts say that they stopped: events of kind "stop"
 * ------------------------------------- */
#define HEARD_MOST 20 /* of one order */
struct heard {
    struct text at;         /* moment of receipt */
    struct text stopped_at; /* by the host's clock */
    struct text host;       /* name of its token */
    int64_t after_ms;       /* from `since` to `at`, by our clock */
};
/* In the order in which they came. */
MUST_USE enum err monitor_heard(struct call *call, struct reader *db, const struct record *rec,
                                int64_t entry, struct text since, struct heard **out,
                                size_t *count);
/* By the actor, a token for the system's events: kept once, the first time stays. ERR_INVALID
 * ("stopped_at"); ERR_CONFLICT ("full") after HEARD_MOST of them. Waits for the writer. */
MUST_USE enum err monitor_hear(struct call *call, struct records *r, const struct record *rec,
                               int64_t entry, struct text stopped_at);

/* ---- measuring (docs/measures.md says what each figure is)
 * ------------------------------------ */
#define OBSERVE_MOST 2000000 /* predictions, and labels, of one question */
#define VERSIONS_MOST 100
struct period {
    int64_t from, to;         /* moments of predictions: from <= at < to; to 0: no end */
    struct text version, env; /* "": any */
    struct drift_columns *columns; /* NULL: features are not looked at */
    size_t most;                   /* predictions; 0: OBSERVE_MOST */
    /* Only what is no prediction and no label: of the blocks that have such as far as was
     * counted, and of all after this one. 0: everything. */
    int64_t others_after;
};
enum task { TASK_BINARY, TASK_CLASSES, TASK_REGRESSION };
struct attribute {
    struct text name, value;
};
struct prediction {
    struct text id, version;
    int64_t at;
    enum task task;
    int8_t predicted; /* binary: 1 yes, 0 no */
    bool has_score;
    double score, value;          /* value: of a regression */
    struct text class;            /* of more than two */
    struct attribute *attributes; /* protected ones */
    size_t attribute_count;
    bool labelled;
    int8_t label; /* binary */
    double truth; /* regression */
    struct text truth_class;
};
/* Signals in texts, of calls whose texts were looked at (docs/signals.md). */
struct signalled_by {
    int64_t calls, hits, strong; /* calls with at least one; places in them; of these, strong */
};
struct signalled {
    int64_t calls, texts[2]; /* looked at; texts by enum signal_where */
    struct signalled_by by[SIGNAL_COUNT];
};
/* Of how many calls a rule could have been: those whose text, of a side it looks at, was. */
int64_t signalled_of(const struct signalled *s, enum signal rule);

#define MODELS_MOST 20
#define JUDGED_MOST 50 /* names of evaluations; what is more is "(other)" */
struct agreed_by {
    struct text evaluator, with; /* with "": what most people say */
    int64_t n, same;             /* calls that both gave a label; the same one */
    int64_t undecided;           /* others, of which people gave as often another label */
    bool too_many;               /* different labels: no figures */
    struct measure_agreement figures;
};
struct judged_by {
    struct text name;  /* of the evaluation, "groundedness" */
    int64_t n, failed; /* evaluations by programs; with the label "fail" */
    struct measure_moments score;
    int64_t by_people, failed_by_people; /* calls that people gave one label; "fail" */
    int64_t undecided;                   /* calls that as many people gave another label */
    struct agreed_by *agreed; /* each program with people, then people with each other */
    size_t agreed_count;
    int64_t not_compared; /* evaluations: of evaluators beyond those that are compared */
};
/* What calls cost (cost.c). Totals are millionths of millionths of a currency: tokens times a
 * price for a million of them that is so many millionths. */
#define USED_MOST 20000 /* providers, models and days of one question that are told apart */
#define CURRENCIES_MOST 20
#define COST_LINES_MOST 200
struct used { /* tokens; input has those of the cache in it unless the price list says otherwise
               */
    struct text provider, model; /* as the calls name them; "" */
    int64_t day;                 /* since 1970, where the organisation is */
    bool odd;                    /* more tokens of the cache than tokens in */
    int64_t calls, input, output, cache_read, cache_creation;
};
struct cost_sent {
    struct text currency;
    __int128 total;
    int64_t calls;
};
struct cost_line { /* of one provider and model, by one list */
    struct used used;
    const struct record *list; /* NULL: no list in force prices them */
    __int128 total;
};
struct cost {
    struct cost_sent currencies[CURRENCIES_MOST]; /* by our lists */
    size_t currency_count;
    struct cost_line *lines;
    size_t line_count;
    bool capped;          /* there are more lines, models and days, or lists */
    struct used unpriced; /* calls that say their tokens, and no list says what these cost */
    int64_t unmetered;    /* calls that do not say their tokens */
    const struct cost_sent *sent; /* what the programs said themselves */
    size_t sent_count;
    int64_t unread; /* calls that sent a cost which cannot be read */
};
/* What agents did (agent.c). */
struct tool_call {                              /* a call of a tool */
    struct text agent, tool, reference, parent; /* as the event says; "" */
    int64_t at;
    bool failed;
};
struct agent_acts {
    int64_t invoked, invoked_failed; /* calls of agents */
    struct tool_call *steps;
    size_t step_count;
};
struct text cost_print(struct arena *a, __int128 n); /* "0.00231" */
struct spending;
/* Calls of language models. */
struct answered {
    struct spending *spending;      /* for monitor_cost */
    int64_t n, failed, truncated;   /* truncated: ended because they had become long enough */
    int64_t metered, input, output; /* calls that say their tokens, and how many these were */
    struct measure_sketch *latency, *first; /* ms, of calls that did not fail */
    struct text *models;
    size_t model_count;
    struct judged_by *judged;
    size_t judged_count;
    int64_t opinions, liked, disliked; /* feedback */
    struct signalled signals;
    struct agent_acts acted; /* no calls of language models, and not among them */
};
struct observed {
    struct answered answers;
    struct prediction *rows; /* in the order in which they came */
    size_t count;
    struct text *versions; /* of them, at most VERSIONS_MOST */
    size_t version_count;
    int64_t orphans; /* labels of predictions that are not among the rows */
    int64_t revised; /* predictions that were labelled more than once */
    int64_t misfits; /* labels that are none for their prediction's task */
    const struct drift_part *part; /* of a monitor: their columns; NULL: none is looked at */
    /* The period begins before this moment, and what came before it was removed: all here is of
     * what is left. 0: it does not. */
    int64_t removed_before;
};
/* From the events as kept. ERR_TOO_LARGE for more than OBSERVE_MOST. An event is at most
 * EVENT_AHEAD later than it came, so that nothing of a period from removed_before + EVENT_AHEAD
 * on was removed. */
MUST_USE enum err monitor_observe(struct call *call, struct reader *db, int64_t source,
                                  const struct period *period, struct observed *out);

/* ---- counted beforehand (count.h): what a question about many events is answered from
 * --------
 */
#define COUNTED_FROM 100000 /* events of a system: then they are counted beforehand */
#define CELLS_FROM 200000   /* then questions are answered from what was counted */
#define COUNT_BLOCKS 64     /* of one slice */
#define COUNT_TURN 8        /* slices of one turn of the thread of timed work */
/* Counts events that are sealed, some more of each system: reads beside the writer, whose jobs
 * only write, and counts each block once over restarts and however many servers. *more: there
 * are others. */
MUST_USE enum err monitor_count(struct call *call, struct store *store, bool *more);
/* What is counted against the events: every page and every cell is made anew and must be the
 * same, byte for byte. One consistent view; memory does not grow with the events. */
MUST_USE enum err monitor_count_verify(struct call *call, struct store *store,
                                       struct verification *out);

/* By the price lists that are in force now, which hold from a day on: read by the engine,
 * whoever asks. */
MUST_USE enum err monitor_cost(struct call *call, struct records *r, struct reader *db,
                               const struct answered *a, struct cost *out);

/* What agents did, held against what they may do (catalogue.c). From least to most allowed. */
enum tool_tier { TOOL_UNLISTED, TOOL_HUMAN, TOOL_CONSENT, TOOL_ALONE };
/*    enum        name           */
#define TOOL_VERDICTS(X)                                                                       \
    X(FINE, "fine")             /* the agent may, alone or because people agreed before */     \
    X(NOT_TOLD, "not_told")     /* it cannot be told: no violation */                          \
    X(NOT_LISTED, "not_listed") /* the agent's actions do not have the tool */                 \
    X(BY_AGENT, "by_agent")     /* only a person may */                                        \
    X(NO_CASE, "no_case")       /* there is no case under the reference that it names */       \
    X(UNDECIDED, "undecided")   /* nobody had decided the case before the call */              \
    X(REFUSED, "refused")       /* a person had refused */                                     \
    X(TOO_FEW, "too_few")       /* one agreed where more must */
enum tool_verdict {
#define X(name, word) TOOL_##name,
    TOOL_VERDICTS(X)
#undef X
        TOOL_VERDICT_COUNT
};
#define TOOLS_MOST 200
struct tool_line {
    const struct record *agent; /* NULL: none of the system's */
    struct text tool;
    int64_t calls, failed, against, not_told;
    bool held; /* against its actions; tier: what these say of the tool */
    enum tool_tier tier;
};
struct agent_figures {
    int64_t invoked, invoked_failed;
    int64_t calls, failed; /* of tools */
    int64_t verdicts[TOOL_VERDICT_COUNT];
    int64_t no_agent, not_in_force, no_tool, no_reference; /* why it cannot be told */
    int64_t again; /* calls under a reference that another call had named */
    int64_t asked, granted, refused, timed_out, waiting; /* cases about actions, of that time */
    struct tool_line *tools;
    size_t tool_count;
    struct record **agents; /* of the system */
    size_t agent_count;
    bool capped; /* more tools, or cases, than are looked at */
};
/* Read by the engine, whoever asks: only for whoever reads the system. */
MUST_USE enum err monitor_agents(struct call *call, struct records *r, struct reader *db,
                                 const struct record *system, const struct period *period,
                                 const struct agent_acts *acted, struct agent_figures *out);

#define GROUPS_MOST 200 /* of one grouping; what is more is the group "(other)" */
struct group_of {
    struct text name; /* "F", or "race=Asian|sex=F" of an intersection */
    int64_t n;
    struct measure_class *class; /* binary predictions */
    struct measure_regression *regression;
};
struct grouping {
    struct text by;          /* "sex", "race|sex" */
    struct group_of *groups; /* by name */
    size_t count;
    int64_t missing; /* rows without the attribute, or one of them */
    bool capped;
};
/* All binary and regression rows as one group. */
void monitor_all(struct call *call, const struct observed *o, struct group_of *out);
/* By one attribute, or by several with "|" between. */
void monitor_group(struct call *call, const struct observed *o, struct text by,
                   struct grouping *out);

/* What is asked of predictions. */
struct measured {
    bool counted;      /* from what was counted beforehand: a figure is the same as from the
                        * events up to `until` */
    struct text until; /* moment of receipt of the last that is in it; "" */
    int64_t left;      /* events that came after it, and are in no figure */
    int64_t n, labelled;
    int64_t misfits, revised, orphans; /* as struct observed */
    int64_t removed_before;
    struct text *versions, *attributes; /* the first ones */
    size_t version_count, attribute_count;
    struct group_of all;
    struct grouping *by;
    size_t by_count;
};
#define ATTRIBUTES_MOST 50
struct measuring {
    struct period period;
    const struct text *by;
    size_t by_count;
    int64_t events; /* that are kept of the source */
    enum measure_from { FROM_EITHER, FROM_EVENTS, FROM_COUNTED } from; /* however many */
};
/* From the events when there are few of them, else from what was counted. `seen` has the
 * answers of models, and the predictions when they were read (not out->counted). */
MUST_USE enum err monitor_measure(struct call *call, struct reader *db, int64_t source,
                                  const struct measuring *asked, struct observed *seen,
                                  struct measured *out);
/* Of predictions by their ids, those of the period: without their labels. */
MUST_USE enum err monitor_named_rows(struct call *call, struct reader *db, int64_t source,
                                     const struct period *period, const struct text *ids,
                                     size_t count, struct observed *out);

/* ---- watching: limits on figures (docs/monitors.md)
 * ------------------------------------------- */
enum limit_window { LIMIT_HOUR, LIMIT_DAY, LIMIT_WEEK, LIMIT_MONTH };
struct window {
    int64_t from, to; /* moments: from <= at < to */
};
/* By the calendar of the zone: the window that holds the moment. An hour is one as it passes,
 * so that a day may have 23 or 25; the last of a day ends with it. */
struct window limit_window(const struct zone *z, enum limit_window unit, int64_t at);

#define LIMIT_BACK 400   /* windows before its activation that a monitor may judge */
#define LIMIT_PREVIEW 90 /* windows of one preview */
#define LIMIT_RECENT 30  /* windows that are looked back at */
#define LIMIT_TURN 50    /* windows of one turn of the thread of timed work */
#define LIMIT_LATE                                                                             \
    INT64_C(180000000) /* how long after its end a window is judged: 3 minutes                 \
                        */
#define LIMIT_LEAST 10 /* rows: nobody may judge by fewer */
#define LIMIT_LEVEL                                                                            \
    20 /* windows of a baseline: fewer do not tell how much a figure scatters                  \
        */
struct limit_number {
    bool known;
    double value;
};
/* By a limit, or by a chart of change (chart.c): then there are no limits, and a figure is one
 * number. */
enum limit_how { LIMIT_FIXED, LIMIT_CUSUM, LIMIT_EWMA };
struct limit {
    struct text figure, by, version, env;
    struct text feature; /* that drifts; "": the score */
    enum limit_window window;
    struct limit_number low, high, clear_low, clear_high, coverage;
    int64_t min_n, needed_m, needed_n, clear_n;
    int64_t from; /* a moment: no window before it */
    int64_t to;   /* of a preview: the last one is over by then; 0: by now */
    int64_t wait; /* how long labels get */
    int64_t baseline_from, baseline_to;
    int64_t muted; /* windows that end before open nothing; 0: none */
    enum limit_how how;
    int64_t level_from,
        level_to; /* windows of the baseline begin from the one on and before the other */
    double k, h, lambda, width;
};
/* Reads it from members of the names that a monitor's fields have: a record's values, or what
 * somebody sent. ERR_INVALID names each that is wrong. */
typedef const struct json *limit_member(const void *of, const char *name);
MUST_USE enum err limit_read(struct call *call, limit_member *get, const void *of,
                             struct limit *out);
const struct json *limit_of_record(const void *rec, const char *field);
const struct json *limit_of_json(const void *object, const char *name);

enum limit_status {
    LIMIT_NO_DATA,
    LIMIT_PASS,
    LIMIT_BREACH,
    LIMIT_NOT_ENOUGH,
    LIMIT_MATURING,
    LIMIT_TOO_MANY,
    LIMIT_LEARNING /* the baseline of its chart is not over */
};
const char *limit_status_name(enum limit_status s); /* "no_data", "pass", "breach" … */
struct judged {
    struct window window;
    enum limit_status status;
    bool inside; /* and far enough within that a breach is over */
    struct figure value;
    struct interval interval;      /* not known where the figure has none */
    int64_t n, predictions;        /* rows that the figure is of; predictions of the window */
    struct measure_share labelled; /* of them, so many have a label */
    struct figure covered;         /* the same as a share */
    struct text groups;            /* that it is about; "" */
    struct text *versions;
    size_t version_count;
};
/* One window: `seen` are its predictions alone, `base` those of the baseline (figures of
 * drift).
 */
void limit_judge(struct call *call, const struct limit *w, const struct observed *seen,
                 const struct observed *base, struct judged *out);
bool limit_figure_known(struct text name);
bool limit_figure_of_groups(struct text name);   /* needs `by` */
bool limit_figure_of_baseline(struct text name); /* needs a baseline; may have a feature */

/* Of a chart, as it goes on from window to window. */
struct limit_chart {
    int64_t level_n; /* windows of the baseline so far: their mean, their standard deviation */
    double mean, sd;
    int64_t n;               /* windows charted since then */
    double up, down;         /* C+ and C- in standard deviations; of EWMA: its level, and 0 */
    struct figure low, high; /* what these may be; low is not known for CUSUM */
};
/* What the windows so far lead to. `recent`: a letter each since the alarm last changed. */
struct limit_state {
    char recent[LIMIT_RECENT + 1];
    bool alarm;
    struct limit_chart chart;
};
/* One window more of a chart, before limit_step: its status is what the chart says. While the
 * baseline is learned it says so; when it is of fewer than LIMIT_LEVEL windows or does not
 * scatter: not enough data. Nothing happens where there is no chart. */
void limit_chart(const struct limit *w, struct judged *one, struct limit_state *s);
/* Windows until a stable figure gives an alarm, on average; 0: no chart. */
double limit_run_length(const struct limit *w);
/* One window more; true: the alarm changed. */
bool limit_step(const struct limit *w, const struct judged *one, struct limit_state *s);

/* Every window of the monitor that is over and was not judged, and what it led to, the oldest
 * first: at most LIMIT_TURN of all monitors. Each is one automatic move of its record; which
 * window comes next is read from the record itself, so it is judged once over restarts and
 * however many servers. *more: there are others. */
MUST_USE enum err limit_due(struct call *call, struct records *r, size_t *judged, bool *more);
/* What it would have shown: the last `windows` that are over, or those before w->to. Writes
 * nothing. */
struct limit_shown {
    struct judged seen;
    bool alarm;
    struct limit_chart chart; /* n 0: it was not charted */
};
MUST_USE enum err limit_preview(struct call *call, struct reader *db,
                                const struct record *system, const struct limit *w,
                                size_t windows, struct limit_shown **out, size_t *count);

#include "monitor/drift.h"
#endif
