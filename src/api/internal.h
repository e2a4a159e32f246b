/* SPDX-License-Identifier: Apache-2.0 */
/* api/internal.h — one exchange: a request on its way to a reply. */
#ifndef API_INTERNAL_H
#define API_INTERNAL_H

#include "api/api.h"
#include "monitor/monitor.h"

#include <pthread.h>
#include <stdatomic.h>

/* Who may call a route at all. Records decide about records beyond that (the one door). */
enum policy {
    POLICY_OPEN = 1,  /* nobody needs to be signed in */
    POLICY_SELF,      /* one's own session: also with a password that must be changed first */
    POLICY_SIGNED_IN, /* any signed-in person or token; the door decides */
    POLICY_ADMIN,     /* holds admin, or aims_manager where the route says so itself */
    POLICY_AUDIT,     /* admin, auditors, aims_manager, top management */
    POLICY_TOKENS     /* either of the two; auditors get tokens that read */
};
/* Which threads answer it: lanes.c. Who may wait on whom is decided here and nowhere else. */
enum lane {
    LANE_CHEAP = 1, /* one record, one fact; a write that the writer answers later */
    LANE_LIST,      /* many records at once: lists, searches, tasks, histories */
    LANE_DEAR,      /* seconds of work, or a wait for a commit */
    LANE_LOGIN,     /* hashes a password */
    LANE_UPLOAD,    /* moves files */
    LANE_EVENTS     /* what AI systems send: it waits for a commit, and nobody waits for it */
};
struct exchange;
typedef enum err handler(struct exchange *x);
struct route {
    const char *method, *pattern; /* "{…}" matches one segment, "{…*}" the rest */
    enum policy policy;
    enum lane lane;
    handler *run;
    const char
        *scope; /* a token made for this alone may call it as well; NULL: no scope does */
};
/* The first page names files by their addresses: below a base it is another text. */
struct page {
    struct text body, etag;
};
/* What is made once an epoch. */
struct view {
    struct arena *arena;
    struct text etag, json, openapi; /* of the model */
    struct runs *runs; /* what checks gave, while nothing changed */
};
struct api {
    struct epochs *epochs;
    struct access *access;
    struct store *store;
    struct ledger *ledger;
    struct arena *arena;
    bool pages;
    const char
        *spool; /* borrowed; where larger bodies lie while they arrive; NULL: in memory */
    int64_t started;
    const char *version;
    struct text base;   /* "/aims": all its addresses lie below; "" = the whole host */
    struct page *page;  /* the first page, for that base; NULL without one */
    struct text origin; /* pages may write from here only; "" = from the host they came from */
    const struct net *net;
    struct text listen, hosts; /* under which names it answers: admit.c */
    struct rates *rates;
    int64_t rate; /* of the limits; 0 = none */
    struct finisher *finisher;
    struct streams *streams;
    struct oversight *oversight;
    struct desk *desk; /* of files that become records */
    struct jobs *jobs; /* changes of many records */
    struct mail *mail; /* borrowed; NULL: nothing goes out by mail */
    struct text sender;
    struct reachable reach; /* networks of the house that webhooks may reach */
    api_demo_start *demo;   /* NULL: no demo can be looked at from here */
    void *demo_arg;
    const struct api_bring *bring; /* NULL: no backup is taken in here */
    atomic_bool verifying;
    int64_t patience; /* microseconds that one request may read for */
};
struct exchange {
    struct api *api;
    struct request *request;
    struct call *call;
    struct records *records; /* the epoch that it runs in, from exchange__admit until its reply */
    const struct model *model; /* of that */
    struct view *view;
    struct actor *actor;
    struct text secret; /* cookie or token that says so */
    const struct route *route;
    struct text arg[4];
    struct reader *reader; /* exchange__db */
    int64_t until; /* clock_ticks when its time to read is over; 0 before the first reader */
    const struct json *json; /* the body, when it was JSON */
    struct buf out;
    struct json_out json_out;
    int status;
    struct text allow;   /* methods that the path has, for 405 */
    struct text lasting; /* the body, when it outlives the request */
    int64_t retry_after; /* seconds, for 429; 0 = soon */
    struct text type;
    struct pair headers[8];
    size_t header_count;
    bool *later; /* somebody else will answer, perhaps at once: x may be gone when
                    its handler returns, so this is kept outside of it */
    int64_t start;
    struct change change;  /* a write on its way */
    const struct move_view *why; /* of the move that was refused */
    struct exchange *next; /* finisher's queue */
    enum err outcome;
};

extern const struct route routes[];
extern const size_t route_count;
/* ---- find.c: ERR_MISSING, or ERR_METHOD and the methods that the path has */
MUST_USE enum err route__find(const struct request *r, const struct route **route,
                              struct text args[4], struct text *allow);
/* ---- record.c: a page of a list, as members */
MUST_USE enum err list__put(struct exchange *x, const struct list_query *q,
                            const struct record_list *list, struct json_out *o);
/* ---- tally.c: a list as numbers */
/* That nothing of a page is asked for beside it; `cards`: so many records of each group. */
MUST_USE enum err tally__check(struct exchange *x, int64_t *cards);
MUST_USE enum err tally__put(struct exchange *x, const struct kind *k,
                             const struct list_query *q, struct text names, int64_t cards);
/* ---- jobs.c: "jobs" of the answer that is being written: the actor's own */
void jobs__put(struct exchange *x, struct json_out *o);
/* ---- misc.c: how much waits for the actor and for whom they stand in; `more`: at least so
 * much */
MUST_USE enum err tasks__count(struct exchange *x, int64_t *waiting, bool *more);
/* ---- home.c: marks the tasks whose record is why a gate of the audit stays shut */
MUST_USE enum err home__mark_blocking(struct exchange *x, struct todo_list *list);
/* ---- admit.c */
struct text exchange__host_of(struct arena *a,
                              struct text t);         /* "Aims.example:84" → "aims.example" */
bool exchange__brings_file(const struct exchange *x); /* its body is one, not JSON */
int64_t exchange__length(const struct exchange *x); /* of the body, as the head says */
/* ---- rates.c */
enum purse {
    PURSE_LOGIN = 1, /* log-ins, by address; or by the cookie of a session that was known */
    PURSE_RESET,     /* the same, for what else is open to everybody: reset, set-up */
    PURSE_CONFIRM,   /* passwords asked again, by person */
    PURSE_WRITE,     /* creates, changes, moves, comments, links … */
    PURSE_BULK,      /* records changed by bulk */
    PURSE_READ,      /* lists, searches, checks, downloads */
    PURSE_EXPORT,    /* exports, lists of an earlier day, verifications */
    PURSE_UPLOAD,    /* files */
    PURSE_KILOBYTES, /* of files */
    PURSE_EVENTS,    /* requests that bring events */
    PURSE_PUBLIC,    /* what is open to whoever has no account, by address: public.c */
    PURSE_EVERYBODY  /* what all of them together write */
};
struct rates *rates__open(struct arena *arena, int64_t factor);
/* A number that stands for somebody, for as long as the server runs; never 0. */
uint64_t rates__party(const struct rates *r, struct text party);
/* 0 when it was taken, else the seconds until it would be. */
int64_t rates__take(struct arena *arena, struct rates *r, enum purse purse, struct text party,
                    int64_t amount);
/* A secret somebody was known by, kept (as a number) for as long as newer ones leave it a place. */
void rates__remember(struct rates *r, struct text secret);
bool rates__remembers(struct rates *r, struct text secret);
/* What tokens they may make for themselves: "all", "read" (for auditors) or "". */
const char *exchange__tokens(const struct exchange *x);
/* ERR_BUSY "rate", and Retry-After. */
MUST_USE enum err exchange__spend(struct exchange *x, enum purse purse, struct text party,
                                  int64_t amount);
MUST_USE enum err exchange__charge(struct exchange *x);
/* ---- files.c: is there room for what this upload says it brings? */
MUST_USE enum err file__admit(struct exchange *x);
/* The first file of a form. */
MUST_USE enum err file__from_form(struct exchange *x, struct text *name, struct text *type,
                                  struct text *bytes);
/* ---- transfer.c: may its sender take files in for that kind? */
MUST_USE enum err transfer__admit(struct exchange *x);
/* ---- bring.c: is it one who may bring a backup, and is there room for it? */
MUST_USE enum err bring__admit(struct exchange *x);
bool bring__under_way(struct exchange *x); /* then nobody founds */
/* ---- jobs.c: 202 and where to ask how far it is */
struct job_wish;
bool job__asked(const struct exchange *x); /* Prefer: respond-async */
MUST_USE enum err job__begin(struct exchange *x, const struct job_wish *wish);
/* ---- public.c: of PURSE_PUBLIC; 0: no such route */
int64_t public__costs(const struct route *route);
/* What all strangers together may write. */
MUST_USE enum err public__spend_report(struct exchange *x);
MUST_USE enum err public__spend_message(struct exchange *x);
/* ---- outside.c, outside_form.c: pages for whoever runs no script */
bool outside__is(struct text path); /* a refusal there is a page as well */
enum lang outside__language(const struct request *r,
                            enum lang otherwise); /* ?lang= of such a page */
void outside__problem(struct exchange *x, enum err e);
bool outside__takes_form(const struct route *route);
/* ---- events.c: its body is lines of JSON, or OTLP */
bool events__takes(const struct route *route);
MUST_USE enum err events__unpack(struct exchange *x, struct text *body); /* gzip or not */
/* ---- cloud.c: is it CloudEvents, and what became of them */
bool cloud__is(const struct exchange *x);
struct ingested;
MUST_USE enum err cloud__take(struct exchange *x, struct text body, struct ingested *done);
/* ---- telemetry.c: a refusal there is one that exporters of OpenTelemetry read */
bool telemetry__is(struct text path);
void telemetry__problem(struct exchange *x, enum err e);
/* ---- aside.c: requests that wait for a record to change (oversight/oversight.h) */
struct aside {         /* what one that was put aside knows when it comes back */
    int64_t until;     /* clock_ticks; 0: it does not wait */
    struct text order; /* of a stop; "": it only asks */
};
/* A token for a system's events is what its host has; it is told of that system alone. */
bool aside__is_host(const struct exchange *x);
MUST_USE enum err aside__read(struct exchange *x, struct aside *out); /* ?wait=SECONDS */
/* Until `rec` has another mark than that of oversight_look. False: there is no place. When it
 * is true the exchange is gone. */
bool aside__put(struct exchange *x, const struct record *rec, const char *mark,
                const struct aside *kept);
/* ---- metrics.c: a moment, or a day as its beginning; 0 when it is not given */
MUST_USE enum err metrics__moment(struct exchange *x, const char *name, int64_t *out);
/* ---- drift.c: columns of predictions against those of a reference. NULL: none was named.
 * Makes the period, whose predictions are read next, look at columns. */
struct drift_asked;
struct period;
struct observed;
MUST_USE enum err drift__asked(struct exchange *x, struct period *period, int64_t min_n,
                               struct drift_asked **out);
/* What its figures are, as members of "definitions"; then "drift" of an answer that is being
 * written. */
void drift__define(struct exchange *x, struct json_out *o, const struct drift_asked *asked);
MUST_USE enum err drift__put(struct exchange *x, int64_t source, const struct observed *seen,
                             const struct drift_asked *asked);
/* ---- lanes.c */
bool exchange__in_lane(struct exchange *x, enum lane lane);
/* The handler returns what this returns, at once: the whole exchange begins again over there. */
MUST_USE enum err exchange__change_lane(struct exchange *x, enum lane lane);

/* ---- open.c: the epoch of an exchange. A reply whose body is the epoch's keeps it until it is sent. */
void exchange__take_epoch(struct exchange *x);
/* ---- exchange.c
 * ------------------------------------------------------------------------------- */
/* Who gets to see a restricted record leaves an entry, before they see it. */
MUST_USE enum err exchange__read(struct exchange *x, const struct record *rec);
void exchange__header(struct exchange *x, const char *name, struct text value);
struct exchange *exchange__open(struct api *a, struct request *r);
MUST_USE enum err exchange__admit(struct exchange *x); /* the route, and whether this actor may */
MUST_USE enum err exchange__nobody(struct exchange *x); /* ERR_SIGNED_OUT */
bool exchange__writes(const struct exchange *x);
struct reply *exchange__reply(struct exchange *x, enum err e); /* or problem */
bool exchange__again(struct exchange *x, enum err e); /* true: x is gone, it begins anew */
void exchange__answer(struct exchange *x, enum err e); /* the same, sent, then gone */
struct json_out *exchange__json(struct exchange *x);   /* opens the body */
/* A read connection, borrowed at the first call. Give it back before anything that waits. */
struct reader *exchange__db(struct exchange *x);
void exchange__give_back(struct exchange *x);
struct text exchange__origin(const struct exchange *x); /* of the pages, without base */
/* For the log: of an address that is a secret only where it lies. */
struct text exchange__path(const struct exchange *x);
const char *exchange__cookie(const struct exchange *x); /* the name of the session's */
struct text exchange__field(struct exchange *x, const char *name);
MUST_USE enum err exchange__body(struct exchange *x); /* ERR_INVALID when there is none */
/* The body, and in it only members that the route knows, each of its type: "name:t roles:l".
 * t text or null, i whole number, b true or false, l list, o object. A slip in a name must not
 * give more than was meant, as a token without its scopes would. */
MUST_USE enum err exchange__members(struct exchange *x, const char *known);
const struct kind *exchange__kind(struct exchange *x, struct text name);
struct text query__text(struct exchange *x, const char *name);
MUST_USE enum err query__moment(struct exchange *x, const char *name, int64_t *out);
MUST_USE enum err query__integer(struct exchange *x, const char *name, int64_t fallback,
                                 int64_t *out);
void put__words(struct json_out *o, const char *key, struct words w);
void put__fix(const struct fix *fix,
              struct json_out *o); /* "fix": null: the model names none */
void put__text(struct json_out *o, const char *key, struct text t);
void put__or_null(struct json_out *o, const char *key, struct text t); /* "": null */
void put__integer(struct json_out *o, const char *key, int64_t i);
#define SHOWN_LEAST 5 /* a group of fewer is told only to who may see sensitive content */
/* reviewed.c: "review", by when people decided; groups: of predictions that are seen, or
 * (source: not 0) of those of the source that were counted */
MUST_USE enum err put__reviews(struct exchange *x, const struct record *system,
                               const struct period *period, int64_t source,
                               const struct observed *seen, const struct text *by,
                               size_t count);
/* figures.c: null where it is not defined; a share with its interval and of how many it is */
void put__figure(struct json_out *o, const char *key, struct figure f);
void put__interval(struct json_out *o, struct interval i); /* members only: low, high */
void put__share(struct json_out *o, const char *key, int64_t events, int64_t of);
void put__share_of(struct json_out *o, struct text key, struct measure_share s); /* any key */
/* figures.c: "cost" */
void put__cost(struct exchange *x, const struct cost *c);
/* figures.c: "agent"; null where nothing was done or asked, and no agent is known */
void put__agents(struct json_out *o, const struct agent_figures *f);
/* figures.c: what people said by that name, and who agrees with them; members only */
void put__people(struct json_out *o, const struct judged_by *j);
void put__bool(struct json_out *o, const char *key, bool b);
void put__ref(struct json_out *o, const struct ref *ref); /* members only */
/* "names": {id: ref}; what the reader may not see is left out. */
void put__names(struct json_out *o, const struct ref *refs, size_t count);
/* why: the view of the move that was refused, for the records in its way; NULL when none was.
 */
void put__waived(struct json_out *o, const struct json *waived);
void put__person(struct json_out *o, const char *name, struct text id, struct text title);
/* "decided": who wrote that version, when, and which it is. */
MUST_USE enum err put__last_act(struct exchange *x, const struct record *rec, struct json_out *o);
MUST_USE enum err put__decided(struct exchange *x, const struct history_item *h,
                               struct json_out *o);
/* Whom they name, of one after another, for put__turn. */
MUST_USE enum err turns__people(struct exchange *x, const struct turn *const *turns,
                                size_t count, struct ref **out);
void put__turn(struct exchange *x, const struct turn *t, const struct ref *people,
               struct json_out *o);
void put__problems(struct json_out *o, const struct call *call, const struct move_view *why);
/* "link" and "expires_at": by which somebody sets a password. */
void put__link(struct exchange *x, struct json_out *o, const struct link *link);

/* ---- declare.c: the organisation's model files with what the body adds to them */
MUST_USE enum err declare__files(struct exchange *x, const struct own_files *own,
                                 struct model_file **files, size_t *count);

/* ---- finish.c: replies to writes are made by threads that may read
 * --------------------------------- */
MUST_USE enum err finisher__open(struct api *a);
void finisher__close(struct api *a);
void finisher__add(struct exchange *x, enum err outcome);
void record__finish(struct exchange *x);
/* x->change to the writer; the finisher answers. */
MUST_USE enum err record__submit(struct exchange *x);
MUST_USE enum err record__if_match(struct exchange *x, int64_t *version); /* ERR_STALE: none */
MUST_USE enum err rehearse__put(struct exchange *x); /* rehearse.c: what was tried */
MUST_USE enum err record__find_kind(struct exchange *x, const struct kind **k); /* of the path; else 404 */

/* ---- stream.c
 * ------------------------------------------------------------------------------------------ */
MUST_USE enum err streams__open(struct api *a, struct records *now);
void streams__close(struct api *a);

/* ---- assets.c
 * --------------------------------------------------------------------------------------------
 */
bool assets__answer(const struct api *a, struct request *r);
struct page *assets__page_below(struct arena *arena, struct text base); /* NULL without pages */

handler session_get, session_post, session_patch, session_delete, session_fresh,
    session_password, setup_post, organisation_get, organisation_patch, reset_post, sessions_get, session_end;
handler model_get, openapi_get, health_get, ready_get, metrics_get, search_get, tasks_get,
    home_get, registers_get, stream_get, notices_get, notices_seen, notice_seen,
    notices_mail_get, notices_mail_patch, notices_mail_test;
handler watch_put, watch_delete, watching_get, readers_get;
handler hooks_get, hooks_post, hook_patch, hook_delete, hook_rotate, hook_test,
    hook_deliveries_get, hook_again;
handler calendar_get, feed_get, feed_post, feed_delete;
handler record_list_get, record_post, record_bulk, record_get, record_patch, moves_get,
    move_post, signature_withdraw, redact_get, redact_post, hold_post, hold_delete, history_get,
    signatures_get, disclosure_get, links_get, record_trace_get, story_get, links_post,
    links_delete, comments_get, comments_post, messages_get, messages_post, acknowledge_post,
    acknowledgements_get;
handler rehearse_create, rehearse_change, what_if_post;
handler public_list, public_get, public_post, public_case_post, public_message_post;
handler outside_index, outside_style, outside_logo, outside_register, outside_register_one,
    outside_register_json, outside_report, outside_report_form, outside_report_post,
    outside_case, outside_case_post, outside_message_post, outside_trust, outside_trust_one;
handler logo_get, pages_get;
handler file_post, file_get, file_shown_get, file_pdf_get;
handler transfer_post, transfers_get, transfer_get, transfer_patch, transfer_delete,
    transfer_rehearse, transfer_take, transfer_undo;
handler jobs_get, job_get, job_delete;
handler ask_get, starter_get, setup_demo, setup_backup, setup_backup_get;
handler site_model_get, site_model_rehearse, site_model_post;
handler person_holds_get;
handler people_get, people_post, person_patch, person_role_post, person_role_delete, person_confirm, person_reset, tokens_get,
    tokens_post, token_delete;
/* assurance.c: by its name, the first without one, NULL when there is none; "there is no such
 * …"; the word of a state; "groups": […]. */
const struct framework *assurance__framework(struct exchange *x, struct text name);
enum err assurance__missing(struct exchange *x);
const char *assurance__state(enum check_state s);
void assurance__put_groups(const struct framework *f, struct json_out *o);
handler gaps_get, glossary_get, help_get;
handler stop_get, stop_post, stop_heard_post;
handler system_review_post, system_review_get, reviews_next_get, review_decide_post;
handler signals_get, signals_try; /* signals.c */
struct answered;
void signals__measured(struct exchange *x, struct json_out *o, const struct answered *a);
handler traces_post, logs_post, events_post, system_events_get, system_event_get, system_metrics_get,
    monitor_series_get, monitor_preview_post;
/* ---- monitors.c: the member "status" of what is measured of a system */
MUST_USE enum err monitors__status(struct exchange *x, struct json_out *o,
                                   const struct record *system);
handler frameworks_get, framework_get, readiness_get, method_get, checks_get, check_get,
    soa_get, trace_get, clocks_get;
handler ledger_checkpoint_get, ledger_entries_get, ledger_proof_get, ledger_tile_get,
    ledger_key_get, ledger_verify_get;
#endif
