/* SPDX-License-Identifier: Apache-2.0 */
/* record/internal.h — what the files of the one door share. Nothing outside record/ includes
 * it. */
#ifndef RECORD_INTERNAL_H
#define RECORD_INTERNAL_H

#include "journal/journal.h"
#include "record/record.h"
#include "store/write.h"

/* SQL of one kind, built once at open from names the model checked (table.c). */
struct kind_sql {
    const char *by_id, *by_key;  /* $1 → id key version state ledger commitment body */
    const char *insert, *update; /* columns in the order of table__values, then those of order */
    const char *order;           /* $1 = id, then every column of order; NULL: it has none */
    const char *exists;          /* $1 → id */
    const char **row_insert, **row_delete; /* per field index; NULL unless ROWS */
    const char *page;                      /* $1 = last id: id and every column, and the body */
    const char *orphans;                   /* ids with versions and no row */
    const char **row_orphans; /* per field index: records of rows that are not there */
    const char *behind;       /* ids whose row is not their latest version */
    const char **row_select;  /* per field index: $1 = record */
};
struct records {
    struct access *access;
    struct store *store;
    struct ledger *ledger;
    const struct model *model;
    struct arena *arena;
    struct kind_sql *sql;     /* per kind index */
    struct who_list *readers; /* per kind index: `read` and everyone named in a move */
    struct counts *counts;    /* how many match, while nothing was written (count.c) */
    struct visits
        *visits; /* when somebody was here last, as a walk of the day found it (mine.c) */
    /* epoch.c; none of it in one that is made for a migration alone */
    struct epochs *epochs;
    uint64_t number;          /* in the line of epochs of this process */
    size_t held;
    struct records *next;     /* held by this one */
    struct model *owned;      /* freed with it; NULL: somebody else's */
    void *beside;
    void (*beside_close)(void *beside);
};

/* ---- epoch.c: the model changes while the program runs --------------------------------------- */
MUST_USE enum err epoch__first(struct call *call, struct access *a, struct records **out);
/* First in every job that writes by the model: ERR_BUSY, code "epoch", when there is a newer one. */
MUST_USE enum err epoch__guard(struct call *call, struct tx *tx, struct records *r);
/* Tells the thread of timed work that something was put off (before its commit: it asks the
 * writer). */
void epoch__due(struct records *r);
void epoch__tell(struct records *r, struct text kind, struct text id, int64_t version);
/* tables.c: all tables that the store must have for this model; lives in the arena. */
struct tables {
    struct table *items;
    size_t count;
};
struct tables tables__all(struct arena *a, const struct model *m);
/* Is there an index of the field that lists the records of one value in the kind's own order?
 */
bool tables__gathers(const struct kind *k, const struct field *f);
/* Can records of one value of it be looked up by an index? And are all records in that, in its
 * order? */
bool tables__looks_up(const struct kind *k, const struct field *f);
bool tables__walks(const struct kind *k, const struct field *f);

/* open.c */
struct migration {
    const struct model *model;
    const struct model *before; /* the one in force; NULL: at a start, whatever it was */
    struct plan_step *steps;    /* out */
};
MUST_USE enum err open__migrate(struct call *call, struct tx *tx, struct migration *m);
/* The column of the field is new with these steps, and no version can have a value of it. */
MUST_USE enum err open__fresh(struct call *call, struct tx *tx, const struct plan_step *steps,
                              const struct kind *k, const struct field *f, bool *fresh);
struct text open__steps(struct call *call, const struct plan_step *steps);

/* A reader or the writer's transaction: rules are the same for looking and for doing. */
struct db {
    struct reader *reader;
    struct tx *tx;
};
static inline struct db db_reader(struct reader *r)
{
    return (struct db){.reader = r};
}
static inline struct db db_tx(struct tx *tx)
{
    return (struct db){.tx = tx};
}
MUST_USE enum err db__rows(struct call *call, struct db db, const char *sql,
                           const struct value *values, size_t count, size_t most,
                           struct rows *out);

/* ---- rename.c: what follows a field's new name, in a migration -----------------------------
 */
MUST_USE enum err rename__links(struct call *call, struct tx *tx, const struct model *m,
                                const struct model *before, bool planned);

/* ---- value.c: JSON values as nodes ---------------------------------------------------------
 */
struct json *node__list(struct arena *a);
struct json *node__object(struct arena *a);
void node__add(struct json *parent, const struct json *child, struct text key, struct arena *a);
bool value__same(const struct json *a, const struct json *b); /* either may be NULL */
bool value__empty(const struct json *v);
/* What a field or column holds when nothing is said; NULL: nothing. */
const struct json *value__default(struct call *call, const struct field *f);
bool value__list_has(const struct json *v, struct text item);
struct text value__print(struct arena *a, const struct json *v); /* for CSV cells and filters */
/* The body of a version: every field that has a value, then the act in _keys. */
struct act {
    const char *name; /* record.create … */
    struct text at, actor, actor_type, actor_for, move, from, reason;
    const struct json *frozen; /* the set that is signed with it; NULL: none */
    const struct json *proposed; /* new values, until the last signature; NULL: none */
    const struct json *withdrawn; /* the signature that is taken back; NULL: none */
    const struct json *waived;    /* duties that did not bind who acted; NULL: none */
    bool agrees; /* what is proposed was so by somebody else: nobody's draft */
    const struct json *made; /* the records that come with it; NULL: none */
    const struct json *redact;   /* what is redacted with it, or asked to be; NULL: nothing */
    const struct json *timer;    /* by which it came to be: its name and moment; NULL: none */
    const struct json *told;     /* who is told of it; NULL: nobody */
    const struct json *erased;   /* what was redacted from versions before, and by which; NULL: nothing */
};
/* ERR_TOO_LARGE for more than a body may hold. */
MUST_USE enum err body__print(struct call *call, const struct record *rec,
                              const struct act *act, struct text *out);
MUST_USE enum err body__read(struct call *call, const struct kind *k, struct text body,
                             struct record *out);

/* ---- read.c: a version as the record that it was --------------------------------------------
 * row: version, ledger, body. Whether it may be shown is for who__may_read() to say of *out: each
 * version is judged by what it was (confidentiality, unit, owner and author then) and by what
 * the reader holds now. Whoever shows a version asks; whoever may not read the record as it is
 * now reads no version of it. */
MUST_USE enum err version__record(struct call *call, const struct record *now,
                                  const struct value *row, struct record **out);
/* A line of the history. row: version, ledger, body, at; *out says by itself whether it is
 * hidden. */
MUST_USE enum err history__item(struct call *call, struct records *r, struct reader *db,
                                const struct record *rec, const struct value *row,
                                struct history_item *out);

struct writing; /* change.c, below */

/* Clocks count by another zone or calendar now: their records are computed anew (stale.c). */
MUST_USE enum err stale__clocks(struct call *call, struct tx *tx, const struct model *m);

/* ---- fold.c: what is folded from texts for search and order, made anew when the rules are others ----
 */
MUST_USE enum err fold__again(struct call *call, struct tx *tx, const struct model *m,
                              const struct plan_step *steps);

/* The rules that words and keys of order were folded by; "" when nobody knows (stale.c). */
MUST_USE enum err stale__folding(struct call *call, struct tx *tx, struct text *rules);
MUST_USE enum err stale__folded(struct call *call, struct tx *tx, struct text rules);
/* By which rules the rows of `turn` were made (living.c); "" by those of an earlier program. */
MUST_USE enum err stale__turns(struct call *call, struct db db, struct text *rules);
MUST_USE enum err stale__turns_made(struct call *call, struct tx *tx, struct text rules);

/* ---- stay.c: since when in which state ---------------------------------------------------- */
struct stay {
    struct text kind, id;
    int64_t version; /* that brought it there */
    struct text state, since, person, move;
};
/* Who acted: the person, or whom a token or command acted for; "" for the system. */
struct text stay__person(struct text actor, struct text actor_type, struct text actor_for);
/* Does the version (kind, id, version, body) bring its record into another state than `last` tells,
 * or is it the first of its record? *out lives as long as the row. */
bool stay__begins(struct call *call, const struct value *row, const struct stay *last,
                  struct stay *out);
bool stay__of_one(const struct stay *a, const struct stay *b); /* of one record */
MUST_USE enum err stay__write(struct writing *w, const struct record *rec,
                              const struct record *before, const struct act *act);
/* The whole table, from the versions. */
MUST_USE enum err stay__rebuild(struct call *call, struct tx *tx);

/* ---- search.c: the words by which a record is found ---------------------------------------- */
/* before NULL: whatever was there is replaced. */
/* What it is found by, folded. */
struct text search__words(struct call *call, const struct record *rec);
bool search__same_words(const struct model *was, const struct model *now);
MUST_USE enum err search__write(struct call *call, struct tx *tx, const struct record *rec,
                                const struct record *before);
/* Those of every kind with fields that are not for everybody: a new model may have made them so. */
MUST_USE enum err search__rebuild(struct call *call, struct records *r, struct tx *tx);

/* ---- timer.c: moves that wait for their moment -------------------------------------------- */
struct timer {
    struct text name; /* of a move; clock.FIELD, remind.FIELD.N, rung.FIELD.N of a clock,
                         keep.FIELD of a keeping time: no move is called so */
    int64_t at;
    bool again; /* comes again and again: its moment follows from when it came last */
    bool stay; /* counts from when the record came to its state */
    bool once; /* leaves nothing in the record when it fires: the version it made tells that it has */
};
MUST_USE enum err timer__write(struct writing *w, const struct record *rec,
                               const struct record *before);
/* What a record waits for, as its version, its stay and what has fired tell. */
MUST_USE enum err timer__of(struct call *call, struct records *r, struct db db,
                            const struct record *rec, struct timer **out, size_t *count);
MUST_USE enum err timer__took(struct writing *w, const struct record *rec, struct text name);
/* Do records wait for the same moments by both? */
bool timer__same_moves(const struct model *a, const struct model *b);
MUST_USE enum err timer__rebuild(struct call *call, struct records *r, struct tx *tx);
/* The zone and the calendar of the store for this call; *same: by the rules its timers were made by. */
MUST_USE enum err timer__zone(struct call *call, const struct model *m, struct db db, bool *same);
/* The rules of the zone are others than at the last start: the timers are made again. */
MUST_USE enum err timer__keep_zone(struct call *call, struct records *r);
/* day.c: the zone and the calendar that the store says, from now on, also for this call. */
MUST_USE enum err day__follow(struct call *call, struct tx *tx, struct records *r);
/* When a move that comes again and again comes after that moment; false: its day is not said. */
bool timer__next(const struct call *call, const struct model *m, const struct record *rec,
                 const struct move *move, int64_t after, int64_t *out);
/* What the version says of the timer by which it comes, when the record keeps nothing of it. */
const struct json *timer__fired(struct call *call, const struct change *change);
/* Is the timer by which change->timer came still there? */
MUST_USE enum err timer__stands(struct writing *w, bool *stands);

/* ---- living.c: records that may be somebody's turn ---------------------------------------- */
#define NO_DAY "9999-12-31~" /* after every day */
#define BEING_SIGNED "+"     /* ends the place of a record under which a signature stands */
#define LIVING_COLUMNS 6     /* place ("risk.analysed"), unit, keeper, offered, day, num */
/* Has it moves that take several? Only then can a signature stand. */
bool living__signs(const struct kind *k);
/* Does a signature stand under the record, whatever the hour: not withdrawn, not void? */
MUST_USE enum err living__signed(struct call *call, struct db db, const struct record *rec,
                                 bool *out);
/* Its row of `turn`, but for kind and id; false: it has none. */
bool living__row(struct call *call, const struct record *rec, bool is_signed,
                 struct value out[LIVING_COLUMNS]);
/* After its version and after each signature that is given or withdrawn, then with `before` =
 * `rec`. */
MUST_USE enum err living__write(struct writing *w, const struct record *rec,
                                const struct record *before);
bool living__same(const struct model *a, const struct model *b);
MUST_USE enum err living__rebuild(struct call *call, struct records *r, struct tx *tx);
/* Were the rows made by another program, which made them otherwise? */
MUST_USE enum err living__outdated(struct call *call, struct db db, bool *out);
/* query/candidates.c: those of a kind. */
MUST_USE enum err query__fill_living(struct call *call, struct records *r, struct tx *tx,
                                     const struct kind *k);

/* ---- clock.c: by when something must have been answered --------------------------------- */
/* By which its working days count; NULL: Monday to Friday. */
const struct calendar *clock__calendar(const struct call *call, const struct model *m,
                                       const struct clock *c);
bool clock__at(const struct clock *c, const struct record *rec, int64_t *out); /* false: it does not run */
bool clock__began(const struct call *call, const struct model *m, const struct clock *c,
                  const struct record *rec, int64_t *out);
int64_t clock__later(const struct call *call, const struct model *m, const struct clock *c,
                     int64_t at, const struct duration *d);
bool clock__is(const struct clock *c, const struct record *rec, enum clock_standing s);
/* Whom this version tells that a clock is missed or, by the timer in w->timer, soon over; NULL: nobody. */
MUST_USE enum err clock__told(struct writing *w, const struct record *rec,
                              const struct record *before, const struct json **out);
MUST_USE enum err clock__fire(struct writing *w);

/* Adds to *told (NULL: the first) that the person is told; of the field `at`. */
void clock__tell(struct writing *w, struct json **told, struct text to, const char *event,
                 const struct field *at);
/* Everybody who holds the role in the record's unit or above, at most 50, each once. */
MUST_USE enum err clock__tell_role(struct writing *w, const struct record *rec,
                                   struct text role, const char *event, const struct field *at,
                                   struct json **told);
/* Who keeps the record, if they still work here; else "". */
MUST_USE enum err clock__keeper(struct writing *w, const struct record *rec, struct text *out);

/* ---- keep.c: how long its content is kept at least -----------------------------------------
 */
bool keep__is(const struct record *rec,
              enum keep_standing s);                       /* false: its kind says nothing */
bool keep__is_of(const struct kind *k, struct text field); /* is that its keeping time? */
/* Before the version is written: what it does to the standing. The kind may say nothing. */
void keep__becomes(struct call *call, struct record *rec, enum keep_standing s);
/* ERR_CONFLICT, by name: the law wants the content kept until a day that has not passed. */
MUST_USE enum err keep__check(struct call *call, struct records *r, struct db db,
                              const struct record *before);
/* When its time is over; false: it does not run. */
bool keep__moment(const struct call *call, const struct record *rec, int64_t *out);
MUST_USE enum err keep__told(struct writing *w, const struct record *rec,
                             const struct record *before, struct json **told);
/* Whose time is over and whose erasure nobody has asked for: work of the actor, who redacts
 * there. */
MUST_USE enum err keep__due(struct call *call, struct records *r, struct reader *db,
                            struct record ***out, size_t *count);

/* ---- acknowledge.c: who is asked to acknowledge what, and who has
 * --------------------------------- */
MUST_USE enum err acknowledged__commit(struct call *call, const struct acknowledged *a,
                                       struct text salt, struct hash *out);
struct asked_todo {
    struct record *record;
    struct text due;
    bool overdue;
};
/* What the actor is asked to acknowledge and has not; a deputy is asked nothing for somebody
 * else.
 */
/* Each question of the record can be answered. ERR_INVALID with all that cannot. */
MUST_USE enum err acknowledge__quiz(struct call *call, const struct record *rec);
MUST_USE enum err acknowledge__due(struct call *call, struct records *r, struct reader *db,
                                   struct asked_todo **out, size_t *count);
/* query/asked.c: version, since, joined, at (NULL: not yet); none when the person is not asked.
 */
MUST_USE enum err query__asked_one(struct call *call, struct records *r, struct db db,
                                   const struct record *rec, struct text person,
                                   struct rows *out);
/* id, since, joined of records that the person has yet to acknowledge. */
MUST_USE enum err query__asked_of(struct call *call, struct records *r, struct db db,
                                  const struct kind *k, struct text person, size_t most,
                                  struct rows *out);
/* How many are asked, have done it, and have not though they were asked before that moment. */
MUST_USE enum err query__asked_count(struct call *call, struct records *r, struct db db,
                                     const struct record *rec, struct text before,
                                     struct rows *out);
/* person, name, unit, joined, since, at, after {unit, person}. */
MUST_USE enum err query__asked_page(struct call *call, struct records *r, struct db db,
                                    const struct record *rec, const struct text after[2],
                                    size_t most, struct rows *out);

/* ---- outbox.c: what people are told -------------------------------------------------------- */
struct text outbox__id(struct call *call, int64_t ledger, size_t nth);
MUST_USE enum err outbox__write(struct writing *w, const struct record *rec,
                                const struct json *told, struct text at);
/* ---- watching.c: what watchers are told. Each row is called LEDGER.EVENT.FIELD.PERSON. */
struct watching_event {
    const struct record *rec;
    int64_t ledger; /* the entry of what happened */
    const char *event;
    struct text field, at;
};
MUST_USE enum err watching__tell(struct call *call, struct tx *tx,
                                 const struct watching_event *e);
/* What this version moved, and whose and for when it is now. */
MUST_USE enum err watching__version(struct writing *w, const struct record *rec,
                                    const struct record *before, struct text at);
/* ---- mention.c: people named in a comment --------------------------------------------------
 */
/* May all whom the text names read the record? Otherwise each who may not is named. */
MUST_USE enum err mention__check(struct call *call, struct records *r, struct reader *db,
                                 const struct record *rec, struct text body);
MUST_USE enum err mention__write(struct call *call, struct tx *tx, const struct record *rec,
                                 const struct comment *c);

/* ---- table.c: rows -------------------------------------------------------------------------
 */
MUST_USE enum err table__build(struct call *call, struct records *r);
MUST_USE enum err table__find(struct call *call, struct records *r, struct db db,
                              const struct kind *k, struct text id_or_key,
                              struct record **out); /* NULL when absent */
MUST_USE enum err table__write(struct call *call, struct records *r, struct tx *tx,
                               const struct record *rec, const struct record *before);
/* Fills the column of one field, which is new in the table, from the versions, which may have it. */
MUST_USE enum err table__refill(struct call *call, struct records *r, struct tx *tx,
                                const struct kind *k, const struct field *f);
/* Columns of the kind's table and their values for a record (NULL for refs, rows, links). */
enum column_type table__column(const struct field *f); /* of one that is a column */
size_t table__columns(const struct kind *k, struct text *names, enum column_type *types);
struct value table__cell(struct call *call, const struct field *f, const struct json *v);
void table__values(struct call *call, const struct record *rec, struct value *out);
/* Sorting by such a field goes by a column of its own, `_NAME` (format: order_key). It is no fact about
 * the record, so deep verification does not look at it, and fold.c makes it anew. */
bool order__has(const struct field *f);
struct text order__name(struct arena *a, const struct field *f);
struct value order__cell(struct call *call, const struct json *v);
size_t table__order_values(struct call *call, const struct record *rec, struct value *out);
size_t table__order_columns(struct arena *a, const struct kind *k, struct text *names);
bool field__is_column(const struct field *f);
/* The rows of "… WHERE <where>" in the shape of by_id, as records. */
MUST_USE enum err table__many(struct call *call, struct records *r, struct db db,
                              const struct kind *k, const char *where,
                              const struct value *values, size_t value_count, size_t most,
                              struct record ***out, size_t *count);
/* The states that rows of the kind are in. */
MUST_USE enum err table__states(struct call *call, struct tx *tx, const struct kind *k,
                                struct rows *out);
/* What is computed inside a document (step.c); a problem where it names a version that is not
 * there. The same however often it is done before the version is written. */
MUST_USE enum err step__mark(struct call *call, struct record *rec,
                             const struct record *before);

struct link_row {
    struct text type, to_kind, to_id;
    int64_t pos, free;
};
size_t table__links(struct call *call, const struct record *rec, struct link_row **out);
size_t table__row_values(struct call *call, const struct field *f, const struct json *row,
                         struct value *out);

/* ---- check.c: is every field of this body acceptable? Every problem, not just the first
 * ------ */
MUST_USE enum err check__body(struct call *call, const struct kind *k, const struct json *body,
                              bool system_allowed, const struct json ***values_out,
                              bool **given_out);
/* What the state demands: required, covers. Adds problems; OK when nothing is missing. */
/* rows.c: ERR_INVALID, told of each, when rows of the same have not exactly one of f->one_is.
 */
MUST_USE enum err rows__one(struct call *call, const struct field *f, const struct json *rows);
MUST_USE enum err check__required(struct call *call, const struct record *rec, size_t state,
                                  const struct move *move);
/* References exist, are readable, and keys become ids. */
MUST_USE enum err check__references(struct call *call, struct records *r, struct db db,
                                    struct record *rec, const bool *given);
/* New free links have sensible names, none of them a field's; those of `before` (NULL: none)
 * stay as they are. */
MUST_USE enum err check__links(struct call *call, const struct record *rec,
                               const struct record *before);
bool field__applies(const struct field *f, const struct record *rec);

/* ---- who.c: roles, units, relations
 * ------------------------------------------------------------ */
MUST_USE enum err who__matches(struct call *call, struct records *r, struct db db,
                               const struct actor *actor, const struct record *rec,
                               const struct who_list *list, bool *out);
/* The same for a duty: it judges the person behind a token as well. */
MUST_USE enum err who__duty(struct call *call, struct records *r, struct db db,
                            const struct actor *actor, const struct record *rec,
                            const struct who_list *list, bool *out);
MUST_USE enum err who__may_read(struct call *call, struct records *r, struct db db,
                                const struct actor *actor, const struct record *rec, bool *out);
/* Its fields marked sensitive: owner and author do, and roles so marked, in their units. */
MUST_USE enum err who__sees_sensitive(struct call *call, struct records *r, struct db db,
                                      const struct actor *actor, const struct record *rec,
                                      bool *out);
/* One field: everybody who reads the record, those, or those whom its `read` names. */
MUST_USE enum err who__reads_field(struct call *call, struct records *r, struct db db,
                                   const struct actor *actor, const struct record *rec,
                                   const struct field *f, bool *out);
/* Does a role of the actor that is so marked cover the record? */
bool role__redacts(const struct role *role);
/* The records of which somebody asked a redaction that the actor may be the second person for; at
 * most 200 (redact.c). */
MUST_USE enum err redact__waiting(struct call *call, struct records *r, struct reader *db,
                                  struct record ***out, size_t *count);
bool role__holds(const struct role *role);
MUST_USE enum err who__cleared(struct call *call, struct records *r, struct db db,
                               const struct actor *actor, const struct record *rec,
                               bool (*clears)(const struct role *), bool *out);
MUST_USE enum err who__may_change(struct call *call, struct records *r, struct db db,
                                  const struct actor *actor, const struct record *rec,
                                  bool *out);
/* The record over which a grant (model: "grants") would have to be, for this record: itself, or the
 * first that it refers to; "" when there is none. The field that says so; NULL: the record itself. */
struct text who__over(const struct grants *g, const struct record *rec);
const struct field *who__over_field(const struct grants *g, const struct kind *k);
/* *out becomes true when another record lets the actor stop this one (model: "stops"). */
MUST_USE enum err who__may_stop(struct call *call, struct records *r, struct db db,
                                const struct actor *actor, const struct record *rec, bool *out);
/* Who works here and who has left, asked once for each person in one reading. Begins empty;
 * the names are those of the caller, and stay while it is used. */
#define STAFF_MOST 64 /* more are asked for again */
enum staff_is { STAFF_NOBODY, STAFF_HERE, STAFF_LEFT };
struct staff {
    struct staff_known {
        struct text person;
        enum staff_is is;
    } known[STAFF_MOST];
    size_t count;
};
MUST_USE enum err staff__is(struct call *call, struct db db, struct staff *staff,
                            struct text person, enum staff_is *out);
/* The people that a relation names, whether or not they are still here. */
MUST_USE enum err who__people(struct call *call, struct records *r, struct db db,
                              const struct record *rec, const struct who *w, struct text **out,
                              size_t *count);
void who__build(struct records *r);
struct text who__print(struct call *call, struct records *r, const struct kind *k,
                       const struct who_list *list);
bool who__is_somebody(const struct actor *a);
/* Who put it there, or who may read a record that refers to it. */
enum err file__may_see(struct call *call, struct records *r, struct db db, struct text id,
                       bool *yes);
struct text who__names(struct call *call, const struct who_list *list);

/* ---- view.c: lists that people keep
 * --------------------------------------------------------- */
bool view__is(const struct records *r, const struct kind *k);
/* ---- series.c */
enum { SERIES_AT = 4, SERIES_COLUMNS = 15 };
bool series__is(const struct model *m, const struct kind *k);
/* Was it this move that brought what a window showed? */
bool series__judges(const struct model *m, const struct kind *k, struct text move);
/* The row that follows from a version made by such a move; false: it has none any more. */
bool series__row(const struct record *rec, struct value out[SERIES_COLUMNS]);
MUST_USE enum err series__write(struct writing *w, const struct record *rec, struct text move);
MUST_USE enum err series__check(struct writing *w, const struct record *rec);
/* ---- view.c */
/* Is it shared with the actor, who is none of its people? Every other kind: yes. */
MUST_USE enum err view__shared_with(struct call *call, struct records *r, struct db db,
                                    const struct actor *actor, const struct record *rec,
                                    bool *out);
MUST_USE enum err view__check(struct writing *w, const struct record *rec,
                              const struct record *before);

/* ---- waiver.c: duties that do not bind
 * --------------------------------------------------------- */
struct waiver;
struct waivers { /* those that count today, as the ledger has them */
    struct waiver *one;
    size_t count;
};
MUST_USE enum err waivers__today(struct call *call, struct records *r, struct db db,
                                 struct waivers *out);
/* The first that waives the duty for the record; NULL: none. */
MUST_USE enum err waivers__lift(struct call *call, struct records *r, struct db db,
                                const struct waivers *list, const struct record *rec,
                                struct text duty, const struct waiver **out);
/* The units for which a duty of the kind is waived; *everywhere: for the whole organisation. */
struct text *waivers__units(struct call *call, const struct waivers *list, const struct kind *k,
                            struct text duty, size_t *count, bool *everywhere);
struct text *waivers__ids(struct call *call, const struct waivers *list);
struct verdict;
/* A duty bars the actor: is it waived? What waives it is added to v->waived. */
MUST_USE enum err waiver__lifts(struct call *call, struct records *r, struct db db,
                                const struct actor *actor, const struct record *rec,
                                struct text duty, struct verdict *v, bool *yes);
/* A signature that a waiver let be given counts while that waiver does. */
MUST_USE enum err waiver__stands(struct call *call, struct records *r, struct db db,
                                 const struct record *rec, const struct signature *s,
                                 struct verdict *v, bool *yes);
/* [{"duty", "id", "key", "person", "until"}, …] of the move; NULL: none. */
MUST_USE enum err waiver__together(struct call *call, struct records *r, struct db db,
                                   const struct record *rec, const struct verdict *v,
                                   const struct json **out);
struct text waiver__names(struct call *call, const struct json *waived);
MUST_USE enum err waiver__keep(struct call *call, struct tx *tx, const struct record *rec,
                               const struct json *waived, struct text move, struct text at);
/* May a record of the kind that `is: waiver` say so, coming into this state? */
struct writing;
MUST_USE enum err waiver__check(struct writing *w, const struct record *rec,
                                const struct record *before, size_t state);
const struct json *waiver__people(struct writing *w);
const struct json *waiver__others(struct writing *w, const struct record *rec,
                                  struct text role);

/* ---- guard.c: moves
 * -------------------------------------------------------------------------------- */
struct verdict {
    bool mine;
    int64_t step;                 /* that the actor signs, from 1 on; 0: none that is open */
    bool early;                   /* theirs comes after others that are not complete */
    int64_t wanted, left;         /* signatures that the record takes, and of those still to come */
    struct sign_view *steps;      /* one a step of the move */
    struct signature *signatures; /* those that stand, each by somebody else */
    size_t signature_count;
    struct signature *voided; /* given since the last move, and undone by a change */
    size_t voided_count;
    struct signature *expired;
    size_t expired_count;
    struct json *waived; /* duties that bar the actor and do not bind: waiver.c; NULL: none */
    struct waivers waivers; /* once waivers_known */
    bool waivers_known;
    bool forged; /* a row says that somebody signed, and the ledger does not */
    struct blocker *blockers;
    size_t blocker_count;
};
/* Everything about the move but the asked values: problems on the call when refused. Who and
 * separation of duties look at `rec` as it stands; conditions and needs at `after`, which has
 * the asked values in it (the same record when only looking). */
MUST_USE enum err guard__move(struct call *call, struct records *r, struct db db,
                              const struct record *rec, const struct record *after,
                              const struct move *m, struct verdict *out);
MUST_USE enum err guard__named(struct call *call, const struct record *rec,
                               const struct move *m);
/* Is the field filled in with the move? Those it asks for, and those that an asked one makes
 * necessary: an approval on conditions asks for the conditions. */
bool guard__asks(const struct kind *k, const struct move *m, struct text field);
/* One of them. ERR_CONFLICT, with its problem on the call: it is not met. */
MUST_USE enum err guard__need(struct call *call, struct records *r, struct db db,
                              const struct record *rec, const struct move *m,
                              const struct need *need, struct verdict *v);
/* `looking`: those of a field that is filled in with the move are told when it is made. */
MUST_USE enum err guard__needs(struct call *call, struct records *r, struct db db,
                               const struct record *rec, const struct move *m, bool looking,
                               struct verdict *v);
/* Names a record in the way, if the actor may read it, by the number of the problem it explains. */
MUST_USE enum err guard__block(struct call *call, struct records *r, struct db db,
                               const struct record *rec, size_t number, struct verdict *v);
bool guard__holds(const struct condition *c, const struct record *rec); /* NULL always does */

/* ---- sign.c: signatures
 * -------------------------------------------------------------------------------- */
/* The signatures under a move that still stand, those that no longer do, and the steps as they are now.
 * One that the ledger does not speak for is none of them; one that was withdrawn neither. */
MUST_USE enum err sign__standing(struct call *call, struct records *r, struct db db,
                                 const struct record *rec, const struct move *m,
                                 struct verdict *v);
/* After sign__standing: the step that the actor may sign, by who they are; duties are not looked at. */
MUST_USE enum err sign__step(struct call *call, struct records *r, struct db db,
                             const struct record *rec, const struct move *m, struct verdict *v);
/* Theirs, or by one who stood in for them, or for whom they stand in; NULL: none stands. */
const struct signature *sign__by(const struct verdict *v, const struct actor *a);
const struct sign_step *sign__first_open(const struct move *m, const struct verdict *v);
struct text sign__waits_for(struct call *call, const struct record *rec, const struct move *m,
                            const struct verdict *v, int64_t step);
struct text sign__until(struct call *call, const struct records *r, const struct sign_step *step);
MUST_USE enum err sign__again(struct writing *w, const struct record *before,
                              const struct move *m, bool *yes);
MUST_USE enum err sign__withdraw(struct writing *w, const struct record *before);
/* The signature that the version withdrew, by its body; "": none. */
struct text sign__withdrawn(const struct json *body);

/* ---- compute.c
 * ---------------------------------------------------------------------------------------- */
/* before: the version before, NULL for a new record; move: by which the new one comes, or "". */
MUST_USE enum err compute__fields(struct call *call, struct records *r, struct db db,
                                  struct record *rec, const struct record *before,
                                  struct text move);
/* Records of other kinds whose computed fields look at this one. */
struct dependent {
    const struct kind *kind;
    struct text id;
};
struct dependents {
    struct dependent *items;
    size_t count;
    bool many; /* through a field more than `most` refer to it: those are not here */
};
MUST_USE enum err compute__dependents(struct call *call, struct records *r, struct db db,
                                      const struct record *rec, const struct record *before,
                                      size_t most, struct dependents *out);

/* ---- change.c: create, change, move -- inside the transaction
 * ---------------------------------------------- */
struct note { /* what was written, for the change feed */
    struct text kind, id;
    int64_t version;
    struct note *next;
};
/* ---- gather.c: what a move finds in the records
 * ------------------------------------------------ */
struct gathered { /* for one record and one time, or one version of it; gather NULL: nothing */
    const struct gather *gather;
    struct text record;
    int64_t first, last; /* days of facts */
    int64_t version;     /* that records were drawn for */
    const struct json *rows, *seed, *entry;
};
struct drawing {
    struct call *call;
    struct records *records;
    struct reader *db;
    const struct gather *gather;
};
/* sample.c: those drawn so far, and as many more as the record asks for. */
MUST_USE enum err sample__draw(struct drawing *a, const struct record *rec,
                               struct gathered *out);
/* What the move that is asked for will put into its table, if it gathers; values: as writing
 * has them. On the caller's thread. */
MUST_USE enum err gather__ask(struct call *call, struct records *r, const struct change *change,
                              const struct json *const *values, const bool *given,
                              struct gathered *out);

struct writing {
    struct call *call;
    struct records *records;
    struct tx *tx;
    struct change *change;
    const struct json **values; /* checked, per field index */
    const bool *given;
    struct gathered gathered;
    struct note *notes;
    int reactions; /* how deep one automatic move has called for another */
    const struct json *waived; /* goes into the next version, too */
    const struct json *frozen, *proposed, *withdrawn, *made, *redact, *timer; /* go into the next version that is written */
    bool agrees; /* what is proposed was so by somebody else */
    int pushed; /* how deep moves are pushing moves just now */
};
/* Puts it there. ERR_STALE: the record has another time by now. */
MUST_USE enum err gather__set(struct writing *w, struct record *rec, const struct move *m);
MUST_USE enum err change__run(struct writing *w);
/* w->values where w->given, into the record that w->change names: by the rules of every change. */
MUST_USE enum err change__values(struct writing *w);
struct record *record__copy(struct arena *a, const struct record *rec);
/* ---- write.c: one version into rows, ledger and search
 * ------------------------------------------------------- */
MUST_USE enum err write__version(struct writing *w, struct record *rec,
                                 const struct record *before, const char *act, struct text move,
                                 struct text reason);

/* Computes a record anew because of `cause` (a key and a title), and lets it react. */
MUST_USE enum err write__recompute(struct writing *w, const struct dependent *d, struct text cause);
/* The automatic moves that a record may make now that it, or what it looks at, has changed: as the
 * system, naming the cause. */
MUST_USE enum err change__react(struct writing *w, struct record *rec, struct text cause);
MUST_USE enum err change__next_key(struct writing *w, const struct kind *k, struct text *key);

/* 2, the record moved on; 1, what was signed changed; 0, neither: write.c. */
int version__alters(const struct record *rec, const struct record *before, const char *act);
/* Who owned it before and does no more; "" when the owner is who it was: hand.c. */
struct text hand__former(const struct record *rec, const struct record *before);

/* ---- hook.c: what may leave the house to a program ------------------------------------------
 */
/* NULL: the actor may not read it, or it may not leave, then or now. */
MUST_USE enum err hook__version(struct call *call, struct records *r, struct reader *db,
                                const struct record *rec, int64_t version,
                                struct record **then);
MUST_USE enum err hook__record(struct call *call, struct records *r, struct reader *db,
                               const struct kind *k, struct text id, struct record **out);

/* ---- attach.c: commitments, for verification too
 * -------------------------------------------------------- */
MUST_USE enum err attach__append(struct call *call, struct tx *tx, struct records *r,
                                 const char *act, struct text kind, struct text id,
                                 const struct hash *commitment, uint64_t *index);
/* What is said of a record belongs to the version that it was said of. Neighbours mostly share
 * one, so the last answer is kept; begin with {0}. */
struct said_of {
    int64_t version;
    bool readable;
};
MUST_USE enum err attach__may_hear(struct call *call, struct records *r, struct reader *db,
                                   const struct record *rec, int64_t version,
                                   struct said_of *last);
/* May the actor read what was said of this version? */
MUST_USE enum err version__may_hear(struct call *call, struct records *r, struct reader *db,
                                    const struct record *rec, int64_t version,
                                    struct record **then, bool *out);
MUST_USE enum err comment__commit(struct call *call, const struct comment *c, struct text kind,
                                  struct text record, struct text salt, struct hash *out);
MUST_USE enum err file__commit(struct call *call, const struct stored_file *f, struct text salt,
                               struct hash *out);
/* A signature under a move that takes more than one. It has an object of its own in the ledger. */
struct signed_move {
    struct text own_id, kind, record, move, person, at, until;
    struct text stands_for; /* whose deputy the person signs as; "" */
    int64_t version, side; /* side: the step */
};
MUST_USE enum err signature__commit(struct call *call, const struct signed_move *s,
                                    struct text salt, struct hash *out);
MUST_USE enum err signature__write(struct call *call, struct tx *tx, struct records *r,
                                   struct signed_move *s);

/* ---- held.c: rows held against the ledger while the program runs ----------------------------
 * Whether the ledger has this signature, and the versions since as such that let it stand. What it
 * does not is told in the log as tampering. */
MUST_USE enum err held__signature(struct call *call, struct records *r, struct db db,
                                  const struct record *rec, const struct signed_move *s,
                                  struct text salt, int64_t entry, bool *yes);

/* ---- deputy.c: who stands in for whom -------------------------------------------------------- */
/* The versions that name deputies, for access/. */
void deputy__versions(struct records *r);
/* May the record say what it says, of a kind that lends? Every problem, each with its code. */
MUST_USE enum err deputy__check(struct writing *w, const struct record *rec,
                                const struct record *before, size_t state);
/* A record of that kind was written. */
void deputy__told(struct records *r, struct text kind);
/* Who makes this move: call->actor, or the same as somebody's deputy, when only so they may. */
MUST_USE enum err deputy__choose(struct call *call, struct records *r, struct db db,
                                 const struct record *rec, const struct move *m,
                                 const struct actor **out);
/* The same for what a list of people may do with a record. *yes: somebody of them may. */
MUST_USE enum err deputy__matches(struct call *call, struct records *r, struct db db,
                                  const struct record *rec, const struct who_list *list,
                                  const struct actor **out, bool *yes);

/* The versions of unit records, for access/: what they commit to and which parent they name. */
void held__units(struct records *r);

/* ---- count.c --------------------------------------------------------------------------------
 */
struct counts *counts__open(struct arena *a);
/* The one number that a statement answers; remembered until the ledger grows. Whoever finds it
 * in another way, from the same view, keeps it as that. */
struct counting {
    struct hash question;
    uint64_t size; /* of the ledger as the reader sees it */
    int64_t count;
    bool known;
};
MUST_USE enum err counts__known(struct call *call, struct records *r, struct reader *db,
                                const char *sql, const struct value *values, size_t value_count,
                                struct counting *out);
void counts__keep(struct records *r, const struct counting *c, int64_t count);

/* ---- mine.c ---------------------------------------------------------------------------------
 */
struct visits *visits__open(struct arena *a);

/* ---- query/: questions whose words follow from the model -------------------------------------
 * Each answers records (or rows) in the call's arena. */
struct text query__reach(struct call *call, const struct reach *reach, bool postgres,
                         struct value *values, size_t *count);
/* Those of the ids that there are, in any order. */
MUST_USE enum err query__these(struct call *call, struct records *r, struct db db,
                               const struct kind *k, const struct text *ids, size_t id_count,
                               struct record ***out, size_t *count);
/* Records whose field (a column or references) holds the value, by key; at most `most`. */
MUST_USE enum err query__holding(struct call *call, struct records *r, struct db db,
                                 const struct kind *k, const struct field *f, struct text value,
                                 size_t most, struct record ***out, size_t *count);
/* Ids of those, all of them, after the id `after`; at most `most`. */
MUST_USE enum err query__holders(struct call *call, struct records *r, struct db db,
                                 const struct kind *k, const struct field *f, struct text value,
                                 struct text after, size_t most, struct rows *out);
/* What names a record: the records of a register through one of its fields, or, with NULL,
 * through their links. */
struct linking {
    const struct kind *kind;
    const struct field *field;
    struct text to;
};
/* type, free, id, key, title, state of those the actor may read, in that order, after the one
 * given ({0}: from the first on); at most `most`. */
MUST_USE enum err query__linking(struct call *call, struct records *r, struct reader *db,
                                 const struct linking *l, const struct linked *after,
                                 size_t most, struct rows *out);
MUST_USE enum err query__linking_count(struct call *call, struct records *r, struct reader *db,
                                       const struct linking *l, int64_t *out);
/* A link of a trace, looked along from some records of one end. `kind`: of the other end;
 * `back`: that is who rests on them. */
struct tracing {
    const struct kind *near, *kind;
    const struct trace_link *link;
    const struct field *band; /* of the other end; NULL: none */
    bool back;
    bool counts; /* only those in a state that counts, and only whose they are */
};
/* Of living ones that the actor may read: the record of `ids` that each is linked with; then,
 * unless `counts`, its id, key, title, state and band. By that record, then key; at most
 * `most`. */
MUST_USE enum err query__traced(struct call *call, struct records *r, struct reader *db,
                                const struct tracing *t, const struct text *ids, size_t count,
                                size_t most, struct rows *out);
/* The records with which a trace begins, living and not ended: the same columns, the first one
 * empty. */
MUST_USE enum err query__trace_begin(struct call *call, struct records *r, struct reader *db,
                                     const struct trace_column *c, size_t most,
                                     struct rows *out);
MUST_USE enum err query__trace_count(struct call *call, struct records *r, struct reader *db,
                                     const struct trace_column *c, int64_t *out);
bool query__reads_all(struct call *call, struct records *r, const struct kind *k);
/* The greatest of an integer column over the living records that hold `value` in `f` and are in
 * one of the states; *any false: there is none. */
MUST_USE enum err query__worst(struct call *call, struct records *r, struct db db,
                               const struct kind *k, const struct field *f, struct text value,
                               const struct json *states, const struct field *column, bool *any,
                               int64_t *out);
/* Those that hold it, but the archived ones, all of them. */
MUST_USE enum err query__living(struct call *call, struct records *r, struct db db,
                                const struct kind *k, const struct field *f, struct text value,
                                struct record ***out, size_t *count);
/* Does a record of the granting kind k give the person the role over this one, today? */
MUST_USE enum err query__granted(struct call *call, struct records *r, struct db db,
                                 const struct kind *k, struct text person, struct text role,
                                 struct text over, bool *out);
/* Does a record of the kind k let the person stop this one, today (model: "stops")? */
MUST_USE enum err query__stops(struct call *call, struct records *r, struct db db,
                               const struct kind *k, struct text person, struct text over,
                               bool *out);
/* Of the kind that `is: criteria`: the one by which is measured today; NULL when there is none. */
MUST_USE enum err query__in_force(struct call *call, struct records *r, struct db db,
                                  const struct kind *k, struct text today, struct record **out);
/* Records of a kind by id, those after one. */
MUST_USE enum err query__page(struct call *call, struct records *r, struct db db,
                              const struct kind *k, struct text after, size_t most,
                              struct record ***out, size_t *count);
/* id, key, title, state of those ids that the actor may read; kind: a kind's name, person, file. */
MUST_USE enum err query__titles(struct call *call, struct records *r, struct reader *db,
                                struct text kind, const struct text *ids, size_t count,
                                struct rows *rows);

/* Whose turn it is, over all kinds (query/turns.c). mine: records that wait for the actor, or
 * are theirs and due by `soon`; others: records of theirs, or that they have signed, that wait
 * for somebody else. By day, then key; days are dates. */
struct turns_query {
    bool others;
    struct text today, soon, week;
    struct text tomorrow;             /* the first moment of that day */
    struct text after_day, after_key; /* the last row that was shown; key "" = from the start */
};
#define TURN_LACKING 100
#define TURN_HAND 1000 /* and an enum hand: no move of the model, but a part of handing over */
/* Rows of kind, id, key, title, state, due, pick, law (2 a clock of the law is missed, 1 ends
 * today, 0), owner; pick is the number of the move that is the actor's (turn__move),
 * TURN_LACKING more while something is missing; NULL when it is not their turn.
 */
MUST_USE enum err query__turns(struct call *call, struct records *r, struct reader *db,
                               const struct turns_query *of, size_t most, struct rows *out);
/* How many there are, from their rows: `most`, the first by day, and whether there are more. */
struct turn_counts {
    int64_t total, waiting, overdue, due_soon;
    bool more;
};
void query__count_turns(const struct turns_query *of, const struct rows *rows, size_t most,
                        struct turn_counts *out);

/* ---- redact.c ----------------------------------------------------------------------------------- */
MUST_USE enum err redact__run(struct writing *w);
MUST_USE enum err redact__hold(struct writing *w);
/* By all versions: is it under legal hold, else was all of its content taken out, else neither?
 */
MUST_USE enum err redact__found(struct call *call, struct records *r, struct db db,
                                const struct record *rec, enum keep_standing *out);
bool redact__has_content(const struct record *rec); /* a text, table or file, as it is now */
/* Has somebody asked for a redaction that still stands? */
MUST_USE enum err redact__is_asked(struct call *call, struct records *r, struct reader *db,
                                   const struct record *rec, bool *out);
bool redact__may_somewhere(const struct model *m, const struct actor *a);
/* As read and written by record_value: does the field's value differ between a version and the one before?
 * Of what was redacted the tombstone tells. */
bool record__differs(const struct record *rec, const struct record *before, const struct field *f);
/* What the version written now says was redacted before. */
const struct json *redact__carry(struct call *call, const struct record *rec,
                                 const struct record *before, const struct json *redact);
#define REDACTED_TITLE "[redacted]"
/* change.c: the record that the change is about, if the actor may read it. */
MUST_USE enum err change__find(struct writing *w, struct record **out);
MUST_USE enum err change__check_version(struct writing *w, const struct record *rec);

/* ---- hand.c: handing over ---------------------------------------------------------------------
 */
enum hand { HAND_NONE, HAND_OFFER, HAND_ACCEPT, HAND_DECLINE, HAND_TAKE_BACK };
/* Which of its moves this is; HAND_NONE: none of them. */
enum hand hand__named(const struct kind *k, struct text move);
struct move *hand__move(struct call *call, const struct record *rec, enum hand hand); /* as it is shown */
/* Adds those that the actor may make now: at most four. */
MUST_USE enum err hand__views(struct call *call, struct records *r, struct db db,
                              const struct record *rec, struct move_view *out, size_t *count);
/* What of it is the actor's turn, before anything else: HAND_ACCEPT, or HAND_OFFER (its owner has left,
 * and the actor manages the register). */
MUST_USE enum err hand__turn(struct call *call, struct records *r, struct db db,
                             struct staff *staff, const struct record *rec, enum hand *out);
/* Nobody who has left comes into a field whose person is expected to act. `before` NULL: it is new. */
MUST_USE enum err hand__present(struct writing *w, const struct record *rec,
                                const struct record *before);
MUST_USE enum err hand__over(struct writing *w, struct record *rec, const struct record *before);
/* Refused where a change gives away what must be handed over. */
MUST_USE enum err hand__check_change(struct writing *w, const struct record *rec,
                                     const struct record *before);
/* Keeps who owned it until this version. */
MUST_USE enum err hand__remember(struct writing *w, const struct record *rec,
                                 const struct record *before);
/* Does a duty hit the actor? As who__matches; whoever ever owned a record stays its owner here. */
MUST_USE enum err guard__bars(struct call *call, struct records *r, struct db db,
                              const struct actor *actor, const struct record *rec,
                              const struct who_list *people, bool *out);

/* ---- public.c: what comes from outside
 * -------------------------------------------------------- */
struct mailbox_row {
    struct text id, kind, record, hash, at;
    struct text told; /* ids of people with blanks between: as in struct message */
};
MUST_USE enum err mailbox__commit(struct call *call, const struct mailbox_row *m,
                                  struct text salt, struct hash *out);
MUST_USE enum err message__commit(struct call *call, const struct message *m, struct text kind,
                                  struct text record, struct text salt, struct hash *out);
#define PUBLIC_CODE_MOST 100 /* bytes of a code that are looked at */
struct text public__plain_code(struct arena *a, struct text code);

/* ---- batch.c: what was changed together -------------------------------------------------------- */
MUST_USE enum err batch__note(struct writing *w);
MUST_USE enum err batch__undo(struct writing *w);

/* ---- fixed.c: what stands while a record is in a state ------------------------------------------ */
/* Nobody types in what only a move says. */
MUST_USE enum err fixed__at_start(struct writing *w, const struct record *rec);
/* Of a change: what is locked, and fields that only named moves change. */
MUST_USE enum err fixed__locked(struct writing *w, const struct record *rec,
                                const struct record *before);
MUST_USE enum err fixed__check(struct writing *w, const struct record *rec,
                               const struct record *before);
/* Of a change and of a move: columns that stay as they are, row by row. */
MUST_USE enum err fixed__tables(struct writing *w, const struct record *rec,
                                const struct record *before);

/* ---- stale.c: what must be computed anew ------------------------------------------------------- */
/* What depends on a record that was written: a few are computed at once, many are put off. */
MUST_USE enum err stale__follow(struct writing *w, const struct record *rec,
                                const struct record *before, struct text cause);
/* After a version of the criteria: what is measured by them. */
MUST_USE enum err stale__spread(struct writing *w, const struct record *rec);
/* Looks whether criteria or model are others than last time, and computes what is marked. */
MUST_USE enum err stale__settle(struct call *call, struct records *r);
/* ---- freeze.c: a signature over a set of records ----------------------------------------------
 */
MUST_USE enum err freeze__check(struct call *call, struct records *r, struct db db,
                                const struct record *rec, const struct move *m,
                                struct verdict *v);
/* As it goes into the body of the version that signs; NULL when the move freezes nothing. */
MUST_USE enum err freeze__set(struct call *call, struct records *r, struct db db,
                              const struct move *m, const struct json **out);
MUST_USE enum err freeze__keep(struct call *call, struct tx *tx, const struct record *by,
                               const struct json *set);

/* ---- propose.c: new values that a move takes ---------------------------------------------------
 */
bool propose__takes(const struct move *m, struct text field);
/* What the first signature proposes; NULL when none stands, or it proposes nothing. */
MUST_USE enum err propose__read(struct call *call, struct db db, const struct record *rec,
                                const struct move *m, const struct verdict *v,
                                const struct json **out);
/* Puts it into `rec`, which has the given values in it; refused when those are others. */
MUST_USE enum err propose__apply(struct call *call, const struct json *proposed,
                                 struct record *rec, const struct record *before,
                                 const struct move *m);
MUST_USE enum err propose__check(struct call *call, const struct record *rec,
                                 const struct record *before, const struct move *m);
struct record *propose__aside(struct call *call, const struct record *rec,
                              const struct record *before, const struct move *m,
                              const struct json **out);

/* ---- make.c: records that a move makes --------------------------------------------------------- */
struct made;
/* What the move is to make that has not been made yet, each with its id; the ids are put into the field
 * that keeps them, and what is made goes into the version that is written next. NULL: nothing. */
MUST_USE enum err make__plan(struct writing *w, struct record *rec, const struct move *m,
                             struct made **out);
/* Makes them, as the system, naming `cause`, which has been written. */
MUST_USE enum err make__all(struct writing *w, const struct record *cause, struct made *list);

/* ---- until.c: how long what a move decides is good for ----------------------------------------
 */
/* The last day that the move allows; "" when it says nothing. */
MUST_USE enum err until__last(struct call *call, struct records *r, struct db db,
                              const struct record *rec, const struct move *m, struct text *last);
MUST_USE enum err until__fill(struct call *call, struct records *r, struct db db,
                              struct record *rec, const struct move *m);
MUST_USE enum err until__check(struct call *call, struct records *r, struct db db,
                               const struct record *rec, const struct move *m);
struct text until__months_after(struct arena *a, struct text day, int64_t months);

/* ---- contributor.c: who had a hand in the draft as it stands ------------------------------------
 */
struct wrote {
    struct text act, move, person;
    struct text stands_for; /* whose deputy the person is: they wrote, too; "" */
    bool proposes; /* new values, with a first signature */
};
struct wrote wrote_of(const struct json *body); /* as the body of a version tells */
/* Who wrote content with this version; "" when nobody did. */
struct text contributor__of(const struct record *rec, const struct record *before,
                            const struct wrote *how);
/* Does a new draft begin with this version? */
bool contributor__begins(const struct record *rec, const struct record *before);
MUST_USE enum err contributor__remember(struct call *call, struct tx *tx, const struct record *rec,
                                        const struct record *before, const struct wrote *how);
/* *out becomes true when the person contributed to the draft; else it stays. */
MUST_USE enum err contributor__is(struct call *call, struct db db, struct text kind,
                                  struct text id, struct text person, bool *out);
/* Fills the table, which is new, from the versions. */
MUST_USE enum err contributor__rebuild(struct call *call, struct tx *tx, const struct model *m);

/* ---- turn.c: whose turn it is ---------------------------------------------------------------- */
/* The moves that lead on from a state, as the model tells them, in its order; NULL after the last. */
const struct move *turn__next(const struct kind *k, size_t state, size_t nth);
/* Does this one lead from there to a later state of good tone? */
bool turn__leads_on(const struct kind *k, size_t state, const struct move *m);
/* Is anything expected of anybody there? */
bool turn__waits(const struct kind *k, size_t state);
/* The moves that can be somebody's turn in a state: the next ones, unless it is at rest, and
 * after them those that take several, which are a turn only while a signature stands
 * (*by_signature); NULL after the last. */
const struct move *turn__move(const struct kind *k, size_t state, size_t nth,
                              bool *by_signature);
/* Are there such moves? */
bool turn__signable(const struct kind *k, size_t state);
/* The fields by which a next move names people, besides the owner: of the record itself (via NULL), or of
 * the one that `via` refers to. */
struct turn_field {
    const struct field *via, *field;
};
size_t turn__fields(struct arena *a, const struct kind *k, struct turn_field **out);
/* As record_turn, of one of many. */
MUST_USE enum err turn__of(struct call *call, struct records *r, struct reader *db,
                           struct staff *staff, const struct record *rec, struct turn *out);
/* Does being in this list make it one's turn? What all staff may do waits for nobody in particular. */
bool turn__counts(const struct who_list *list, const struct who *w);

/* ---- related.c -------------------------------------------------------------------------------- */
MUST_USE enum err related__records(struct call *call, struct records *r, struct db db,
                                   const struct need *need, const struct record *rec,
                                   struct record ***out, size_t *count);
MUST_USE enum err related__of_kind(struct call *call, struct records *r, struct db db,
                                   const struct kind *k, struct text via, struct text id,
                                   struct record ***out, size_t *count);
/* open.c: what stands in the database beside the tables of this model. */
struct oddity;
MUST_USE enum err open__foreign(struct call *call, struct reader *r, const struct model *m,
                                struct oddity **out);
#endif
