/* SPDX-License-Identifier: Apache-2.0 */
/* record/record.h — THE ONE DOOR. Every change of a record, whoever asks and however, passes
 * here: check (every field, every problem), may, guard (version, state, needs, duties), row,
 * version, ledger, in one transaction. There is no bulk variant with rules of its own and no
 * skip. Floor 4. */
#ifndef RECORD_H
#define RECORD_H

#include "access/access.h"
#include "base/base.h"
#include "model/model.h"
#include "store/store.h"

struct records; /* an epoch: the door as one model has it */
/* Plans and applies migration of every table (kinds, versions, access, ledger) in one
 * transaction; *steps (may be NULL) gets one line per step, for people. Needs an open store
 * only. */
/* Before record_migrate. ERR_CONFLICT when the model lacks a kind that has records or a field that has
 * values (and no field `was` it), and when something stands in the database that acts or is read in
 * our place: triggers, views, tables of others, guards that are gone. All are named. */
MUST_USE enum err record_fits(struct call *call, struct store *s, const struct model *m);
MUST_USE enum err record_migrate(struct call *call, struct store *s, const struct model *m,
                                 struct text *steps);
MUST_USE enum err record_open(struct call *call, struct access *a, struct records **out);
void record_close(struct records *r); /* gives it back and closes its line of epochs */
struct access *record_access(const struct records *r);
const struct model *record_model(const struct records *r);

/* ---- epochs: the models an organisation works with, one after the other ------------------------- */
struct epochs; /* a line; one for an open organisation */
struct epochs *record_epochs(const struct records *r);
/* The current epoch, held: all that comes of it (kinds, fields, records) is good until it is given
 * back. A call takes one at its beginning; no thread keeps one while it waits for work. */
struct records *epoch_take(struct epochs *e);
void epoch_give(struct records *r); /* NULL is fine */
bool record_is_current(struct records *r);
/* Who is told, by any thread, that something was put off that record_timed does; NULL: nobody.
 * It must neither wait nor take an epoch. */
void epochs_due(struct epochs *e, void (*due)(void *arg), void *arg);
void epochs_close(struct epochs *e); /* when nobody holds one any more; after access_close */
void record_own(struct records *r, struct model *m); /* its model is freed with the epoch */
/* What somebody keeps beside each epoch: made at the first call, closed with it. */
void *record_beside(struct records *r, void *(*make)(struct records *r, void *arg), void *arg,
                    void (*close)(void *beside));
struct epoch_change {
    struct records *now; /* the current epoch, held */
    struct model *model; /* of the next one; the line's when it is OK and no rehearsal */
    bool rehearse;       /* everything runs and is rolled back */
    const struct model_note *note; /* what the ledger says of it, in the same transaction */
    struct text steps; /* out: a line for each change of the tables */
};
/* Migrates the store in one transaction of the writer, and when that is committed makes the next epoch
 * the current one. Otherwise nothing has changed: ERR_CONFLICT when rows would be stranded or a field
 * with values lost, ERR_BUSY when another change came first, or when tables are held by long reads. */
MUST_USE enum err record_epoch(struct call *call, struct epoch_change *c);
/* Another server has changed the store to this model; it is the line's when OK. */
MUST_USE enum err record_follow(struct call *call, struct records *now, struct model *m);

/* ---- a record in memory
 * ------------------------------------------------------------------------ */
struct record {
    const struct kind *kind;
    struct text id, key;
    int64_t version;
    size_t state;
    const struct json **values; /* per field index; NULL = empty */
    /* Of an earlier version: name → [index of the entry that redacted it, 1 when it differed from the
     * version before]; and as it is now: name → version that redacted it. NULL: nothing. */
    const struct json *redacted, *erased;
    int64_t ledger;             /* index of the entry of this version */
    struct hash commitment;
    const struct record *now; /* of an earlier version: as it is now; fields that are not for
                               * everybody are shown to whom they are open both ways. NULL: this is now */
};
/* Its readers are fewer than those of its kind. */
bool record_is_restricted(const struct record *rec);
const struct json *record_value(const struct record *r, struct text field);

/* ---- writing
 * ------------------------------------------------------------------------------------- */
/* Asynchronous: `done` runs on the writer thread after the outcome is final. */
/* UNDO takes back what the batch did to the record: the values of before; or it is archived, when the
 * batch made it, as long as nothing looks at it. Only for the person whose batch it is; ERR_CONFLICT,
 * naming the record, once it was changed since. */
/* WITHDRAW takes back the actor's own signature under `move`, which still waits for others; ERR_CONFLICT,
 * code "not_signed", when none stands. */
enum record_act { RECORD_CREATE, RECORD_CHANGE, RECORD_MOVE, RECORD_UNDO, RECORD_WITHDRAW, RECORD_REDACT, RECORD_HOLD,
                  RECORD_CLOCK };
struct change {
    enum record_act act;
    const struct kind *kind;
    struct text id;          /* id or key; empty on create */
    const struct json *body; /* fields; null empties; unknown ones are refused */
    int64_t if_version;      /* CHANGE: must match; 0 = not given */
    struct text move;        /* MOVE: name or target state; WITHDRAW: name; HOLD: hold or release */
    const struct json *redact; /* REDACT: {"all": true, "ground": …} or {"fields": […], "ground": …} */
    struct text timer;       /* MOVE and CLOCK (move: its name) by the engine: only while its timer stands at this moment; "" */
    struct text reason;
    struct text batch;       /* CREATE, CHANGE: what it is part of, to be found again by; UNDO: of
                              * what. "" = none */
    struct text idempotency; /* "" = none; unique per actor */
    /* Everything runs, and everything is rolled back: no version, no ledger entry, no number,
     * no word to who listens. The outcome is what the real thing would have had just now, and
     * `record` is as it would be. An idempotency key is not looked at. */
    bool rehearse;
    /* out */
    struct record *record; /* as it is now */
    struct text *gone;     /* REDACT: hashes of files whose bytes are to go */
    size_t gone_count;
    bool signed_only;      /* MOVE, REDACT: a signature was taken, and others are still wanted */
    struct text waits_for; /* roles and relations as in the model, comma separated */
    bool unchanged;        /* nothing differed: no version was made */
    bool replayed;         /* the idempotency key had been used */
};
struct record_job;
MUST_USE enum err record_submit(struct call *call, struct records *r, struct change *change,
                                void (*done)(void *arg, enum err outcome), void *arg);
/* The same, waiting; for commands and workers. Many in one transaction: each stands alone. */
MUST_USE enum err record_do(struct call *call, struct records *r, struct change *change);
/* outcome[i] per change; calls[i] carries its problems. All are rehearsed or none (what the
 * first says counts): rehearsed ones see what those before them would have done. */
MUST_USE enum err record_do_many(struct call *call, struct records *r, struct change **changes,
                                 struct call **calls, enum err *outcome, size_t count);

/* ---- batches: what was changed together, such as the rows of a file. They are the actor's own. */
struct change_batch {
    struct text id, kind, at;
    int64_t parts; /* versions that were not taken back */
};
struct change_part {
    struct text kind, id;
    int64_t version;
};
/* Newest first, at most `most`. */
MUST_USE enum err record_batches(struct call *call, struct reader *db, size_t most,
                                 struct change_batch **out, size_t *count);
/* What was made last comes first; those before the id `before` ("": from the last on). */
MUST_USE enum err record_batch(struct call *call, struct reader *db, struct text batch,
                               struct text before, size_t most, struct change_part **out,
                               size_t *count);

/* ---- comments, files
 * --------------------------------------------------------------------------------- */
struct comment {
    struct text id, author, body, at;
    int64_t ledger;
    bool hidden;
};
/* "@[ID]" in the body names a person, who is told of it; ERR_INVALID, code "mention", names
 * whoever may not read the record. */
MUST_USE enum err record_comment(struct call *call, struct records *r, const struct kind *k,
                                 struct text id, struct text body, struct comment *made);
#define MENTIONS_MOST 20 /* of one comment */
/* Newest first, those before the ledger index `below` (0: from the newest on), at most `limit`.
 * What was said of a version that the actor may not see is hidden: only id, at and ledger say
 * that there is something. */
struct comments {
    struct comment *items;
    size_t count;
    int64_t total;
    int64_t next; /* `below` of the next page; 0 at the end */
};
MUST_USE enum err record_comments(struct call *call, struct records *r, struct reader *db,
                                  const struct record *rec, int64_t below, int64_t limit,
                                  struct comments *out);
/* ---- what comes from outside: public.c (docs/model.md §1.2)
 * ----------------------------------- */
#define PUBLIC_MESSAGES 200 /* of each side in a case, at most */
struct message {
    struct text id, author, body, at; /* author "": whoever sent the report */
    struct text told;                 /* who was told of it; only while it is written */
    int64_t ledger;
    bool hidden;  /* said of a version that the actor may not see */
    bool removed; /* redacted */
    bool outside;
};
struct mailbox {
    bool there, may_answer;
    struct message *items; /* oldest first, all there are */
    size_t count;
};
/* The registers that are open to everybody just now. */
MUST_USE enum err record_public_kinds(struct call *call, struct records *r, struct reader *db,
                                      const struct kind ***out, size_t *count);
/* Opens these and closes all others: a list of names. ERR_INVALID when one cannot be open. */
MUST_USE enum err record_public_switch(struct call *call, struct records *r,
                                       const struct json *names);
/* Could it be opened? What is wrong is ERR_INVALID with all of it. */
MUST_USE enum err record_public_check(struct call *call, const struct kind *k,
                                      const struct json *sent);
/* A record by nobody, and a code that is kept nowhere: *code is the only copy. The actor of the
 * call is the public from here on. */
MUST_USE enum err record_public_open(struct call *call, struct records *r, const struct kind *k,
                                     const struct json *sent, struct text *code);
/* By its code; ERR_MISSING for every code that opens nothing, however it is wrong. */
MUST_USE enum err record_public_find(struct call *call, struct records *r, struct reader *db,
                                     struct text code, struct record **rec);
bool record_public_shows(const struct record *rec, const struct public_field *f);
MUST_USE enum err record_public_messages(struct call *call, struct records *r,
                                         struct reader *db, const struct record *rec,
                                         struct mailbox *out);
MUST_USE enum err record_public_say(struct call *call, struct records *r, struct text code,
                                    struct text body, struct message *made);
/* The same conversation as the actor, who may read the record, sees it; and an answer to it. */
MUST_USE enum err record_mailbox(struct call *call, struct records *r, struct reader *db,
                                 const struct record *rec, struct mailbox *out);
MUST_USE enum err record_mailbox_answer(struct call *call, struct records *r,
                                        const struct kind *k, struct text id, struct text body,
                                        struct message *made);
/* ---- acknowledging (docs/model.md §1.3)
 * --------------------------------------------------------
 */
struct acknowledged {
    struct text id, kind, record, person, at;
    int64_t version; /* that brought the record to its state: the edition */
};
/* The actor acknowledges the edition in force, for themselves. `edition` 0: whichever it is,
 * else ERR_CONFLICT ("edition") when there is another. answers: the value of each question;
 * NULL: none. ERR_DENIED ("themselves", "audience"), ERR_CONFLICT ("state", "done"),
 * ERR_INVALID
 * ("answers.N", "wrong"). */
MUST_USE enum err record_acknowledge(struct call *call, struct records *r, const struct kind *k,
                                     struct text id, int64_t edition,
                                     const struct json *answers, struct acknowledged *made);
struct asked_person {
    struct text person, name, unit;
    struct text due; /* the last day */
    struct text at;  /* when they did; "": not yet */
    bool overdue;
};
struct acknowledgements {
    int64_t edition; /* 0: it asks nobody now */
    struct text since;
    bool asked, overdue;     /* the actor */
    struct text due, at;     /* as above, of the actor */
    const struct json *quiz; /* rows as the record has them, with the answers: never to be sent
                              * as they are. NULL: none, or the actor is not asked */
    bool shown;              /* the rest is for the actor */
    int64_t total, done, late;
    struct asked_person *items; /* by unit */
    size_t count;
    struct text next; /* cursor, "" at the end */
};
/* Of a record that the actor may read. ERR_MISSING: its kind asks nobody. limit 1–500. */
MUST_USE enum err record_acknowledgements(struct call *call, struct records *r,
                                          struct reader *db, const struct record *rec,
                                          struct text cursor, size_t limit,
                                          struct acknowledgements *out);
/* An edition that was in force before, and how many acknowledged it. */
struct past_edition {
    int64_t edition, done;
    struct text since, until;
};
#define PAST_EDITIONS_MOST 50
/* Of a record whose acknowledgements are shown to the actor (record_acknowledgements): its former
 * editions, the newest first; at most so many. */
MUST_USE enum err record_past_editions(struct call *call, struct reader *db,
                                       const struct record *rec, struct past_edition **out,
                                       size_t *count);
/* Who acknowledged one edition, by their id: person, name and at. Whoever was asked and did not is
 * not among them: who belonged to it then is kept nowhere. out->edition 0: there was no such one. */
MUST_USE enum err record_acknowledged_then(struct call *call, struct reader *db,
                                           const struct record *rec, int64_t edition,
                                           struct text cursor, size_t limit,
                                           struct acknowledgements *out);
struct stored_file {
    struct text id, name, type, sha256, author, at;
    int64_t size;
};
/* Is there room for a file of so many bytes from this actor? Bounded are what one person, or token,
 * stores within a day, and what they stored within a week that no record refers to: FILES_… times
 * `factor`; 0 = no bound. ERR_BUSY, code "quota", says which and how much. */
#define FILES_A_DAY ((int64_t)4 << 30)       /* bytes */
#define FILES_LOOSE ((int64_t)1 << 30)       /* bytes that no record refers to */
#define FILES_LOOSE_MANY ((int64_t)1000)
MUST_USE enum err record_file_room(struct call *call, struct records *r, struct reader *db,
                                   int64_t size, int64_t factor);
MUST_USE enum err record_file_put(struct call *call, struct records *r, struct text name,
                                  struct text type, struct text bytes, struct stored_file *out);
/* May read: who put it there, or who may read a record that refers to it. */
MUST_USE enum err record_file_get(struct call *call, struct records *r, struct reader *db,
                                  struct text id, struct stored_file *about,
                                  struct text *bytes);

/* ---- redaction: what the law wants gone ------------------------------------------------------
 * Before it is done: what would go, and who has asked for it. fields as in change.redact. */
struct redaction_ask {
    struct text person, at, ground, reason;
    const struct json *fields;
};
struct redaction_view {
    struct text *fields; /* that can be redacted and hold something in some version */
    int64_t *versions;   /* in how many */
    size_t count;
    int64_t comments, reasons, files;
    bool may, may_hold, held;
    struct text waits_for;       /* roles of whom two persons ask, with commas */
    struct redaction_ask *asked; /* signatures of somebody that stand */
    size_t asked_count;
};
MUST_USE enum err record_redaction(struct call *call, struct records *r, struct reader *db,
                                   const struct record *rec, struct redaction_view *out);
/* Those that were done, the newest first. */
struct redaction_done {
    int64_t version, ledger;
    struct text at, actor, ground, reason;
    const struct json *fields;
};
MUST_USE enum err record_redactions(struct call *call, struct reader *db, const struct record *rec,
                                    struct redaction_done **out, size_t *count);
/* Names of what this version no longer holds: fields, and "_reason". */
bool record_is_redacted(const struct record *rec, const struct field *f);

/* ---- reading
 * -------------------------------------------------------------------------------------------
 */
/* By id or key; ERR_MISSING also for what the actor may not see. as_of 0 = now. */
MUST_USE enum err record_read(struct call *call, struct records *r, struct reader *db,
                              const struct kind *k, struct text id_or_key, int64_t as_of,
                              struct record **out);
struct filter { /* as in the URL: "state"="a,b", "due.lte"="2026-12-01", "owner.empty"="1" */
    struct text name, value;
};
struct list_query {
    const struct filter *filters; /* reserved names (q, sort, …) left out */
    size_t filter_count;
    struct text q, sort, cursor, facets, fields, totals;
    int64_t limit, as_of; /* as_of: the versions of that moment, of what one may read now too */
};
struct facet_count {
    struct text value;
    int64_t count;
};
struct facet {
    struct text field;
    struct facet_count *counts; /* the most frequent */
    size_t count;
    bool more;                  /* there are other values */
};
#define TOTALS_MOST 20
struct list_total { /* of every record of the list that has a number there */
    const struct field *field;
    int64_t count; /* so many have one */
    double value;  /* their sum or mean, to 12 digits; NaN: none has, or they are too large */
};
struct record_list {
    struct record **items;
    size_t count;
    int64_t total;
    struct text next; /* cursor, "" at the end */
    struct facet *facets;
    size_t facet_count;
    struct list_total *totals; /* of those asked for, each once */
    size_t total_count;
};
MUST_USE enum err record_list(struct call *call, struct records *r, struct reader *db,
                              const struct kind *k, const struct list_query *q,
                              struct record_list *out);

/* ---- series: what monitors showed, window by window (series.c) ---- */
struct series_number {
    bool known;
    double value;
};
struct series_point {
    int64_t version, ledger; /* that say so */
    struct text name;        /* of the figure */
    struct text at, until;   /* moments: the window is from the one and before the other */
    struct text status;
    bool alarm; /* in breach after it */
    struct series_number value;
    int64_t n;
    struct series_number low, high, limit_low, limit_high;
    /* Of a monitor that is judged by a chart: C+ and C-, or the level of EWMA; what it may be.
     */
    struct series_number up, down, chart_low, chart_high;
};
/* The last `most` whose window begins from `from` on and before `to` (moments as text; "": no
 * end), the oldest first. */
MUST_USE enum err record_series(struct call *call, struct reader *db, const struct record *rec,
                                struct text from, struct text to, size_t most,
                                struct series_point **out, size_t *count);
/* The move by which the engine brings what a window showed: of those of the record's state the
 * first whose condition holds with these values (NULL: any). NULL: nothing is judged there.
 * Made as actor_system, with the values as its body. */
const struct move *record_judging_move(const struct record *rec, const struct json *values);

/* ---- what is shown outside: outside.c, published.c (docs/model.md §1.6) ---- */
#define PUBLIC_WORDS_MOST 4000 /* characters of the organisation's own words on a page */
#define LOGO_BYTES_MOST (96 * 1024)
#define LOGO_SIDE_MOST 1024 /* pixels */
struct public_pages {
    struct text organisation;         /* its name */
    bool on[PUBLIC_PAGES], any;       /* by enum public_page; any: one of them */
    struct words words[PUBLIC_PAGES]; /* its own, rich text that reads; "": none */
    const struct kind **lines;        /* whose last date the trust page tells */
    size_t line_count;
    struct text logo; /* changes with it; "": none */
};
struct text public_page_word(enum public_page page); /* "register" */
enum public_page public_page_of(struct text word);   /* PUBLIC_NONE: no such page */
MUST_USE enum err record_pages(struct call *call, struct records *r, struct reader *db,
                               struct public_pages *out);
/* {"on": […], "lines": […], "words": {"register": {"en": "…"}}}: what is not named stays.
 * Nothing is written when something is wrong. */
MUST_USE enum err record_pages_set(struct call *call, struct records *r,
                                   const struct json *wish);
MUST_USE enum err record_rename(struct call *call, struct records *r, struct text name);
/* "": no logo any more. ERR_INVALID: no picture of pixels, or too large. */
MUST_USE enum err record_logo_set(struct call *call, struct records *r, struct text base64);
/* ERR_MISSING when there is none. */
MUST_USE enum err record_logo(struct call *call, struct reader *db, struct text *type,
                              struct text *bytes);
/* Published as it stands: by its mark, its state, and not confidential. */
bool record_is_published(const struct record *rec);
/* NULL: empty, redacted, or not for everybody who reads the record. */
const struct json *record_published_value(const struct record *rec,
                                          const struct published_field *f);
/* By title. `limit` 1–1,000. Nobody needs to be signed in for these. */
MUST_USE enum err record_published(struct call *call, struct records *r, struct reader *db,
                                   const struct kind *k, struct text cursor, size_t limit,
                                   struct record_list *out);
/* By its id, not its key. ERR_MISSING for every other one, whatever it is. */
MUST_USE enum err record_published_one(struct call *call, struct records *r, struct reader *db,
                                       const struct kind *k, struct text id,
                                       struct record **out);
/* Of a kind with `latest`: the last such date that is not in the future, "" when there is none.
 */
MUST_USE enum err record_published_latest(struct call *call, struct records *r,
                                          struct reader *db, const struct kind *k,
                                          struct text *date);
/* The moment at which a record that judges this one last came to such a state; "": never. */
MUST_USE enum err record_published_review(struct call *call, struct records *r,
                                          struct reader *db, const struct record *rec,
                                          struct text *at);
/* Records that are marked and yet not shown: confidential, or in another state. */
MUST_USE enum err record_published_held_back(struct call *call, struct records *r,
                                             struct reader *db, const struct kind *k,
                                             int64_t *out);
/* The filters by which a list inside shows the same records: "state=…&in_register=true". */
struct text record_published_query(struct call *call, const struct kind *k);
/* How many records of a list have which values: what a picture needs, without a row being read.
 */
#define TALLY_FIELDS_MOST 4
#define TALLY_GROUPS_MOST 1000
struct tally_group {
    struct value
        at[TALLY_FIELDS_MOST]; /* NULL: empty; dates as "2026-11", of a day "2026-11-23" */
    int64_t count;
};
struct list_tally {
    const struct field *by[TALLY_FIELDS_MOST];
    size_t by_count;
    struct tally_group *groups; /* the greatest first */
    size_t count;
    int64_t total; /* records of the list */
    bool more;     /* there are other groups */
};
/* `names`: fields, by commas; a date as it is (its month) or NAME.day. A field that the actor
 * may not read everywhere is refused in the words of one that does not exist. Sorting and
 * cursor are not looked at. */
MUST_USE enum err record_tally(struct call *call, struct records *r, struct reader *db,
                               const struct kind *k, const struct list_query *q,
                               struct text names, struct list_tally *out);
/* Titles of what the groups refer to, as the "names" object. */
MUST_USE enum err record_tally_names(struct call *call, struct records *r, struct reader *db,
                                     const struct list_tally *t, struct json_out *out);
/* Titles of everything the records refer to, as the "names" object. Hidden records have no
 * title. */
MUST_USE enum err record_names(struct call *call, struct records *r, struct reader *db,
                               struct record *const *items, size_t count, struct json_out *out);
/* One record as the API shows it to this actor (without the fields that are not for them).
 */
void record_json(struct call *call, struct records *r, struct reader *db,
                 const struct record *rec, struct text fields, struct json_out *out);
/* The same without the braces, for an object that has more members. */
void record_members(struct call *call, struct records *r, struct reader *db,
                    const struct record *rec, struct text fields, struct json_out *out);
/* Per field index: may the actor read it in this record? A role that may does so in its units. */
const bool *record_sight(struct call *call, struct records *r, struct reader *db,
                         const struct record *rec);
/* May the actor read the field in every record? Only then may they filter, sort or count by it. */
bool record_reads_everywhere(const struct records *r, const struct actor *a,
                             const struct field *f);
/* In some record, perhaps: then a file of many has a column for it. */
bool record_reads_somewhere(const struct actor *a, const struct field *f);
struct ref {
    struct text kind, id, key, title, state;
};
#define READERS_ASKED 100 /* people of the name who are looked at */
#define READERS_OFFERED 8
/* People whose name has q in it and who may read the record, without the actor: for choosing
 * whom a comment names. */
MUST_USE enum err record_readers(struct call *call, struct records *r, struct reader *db,
                                 const struct record *rec, struct text q, struct ref **out,
                                 size_t *count);
/* {id: ref} for any ids of a kind, person or requirement; unreadable ones are left out. */
MUST_USE enum err record_refs(struct call *call, struct records *r, struct reader *db,
                              const struct text *kinds, const struct text *ids, size_t count,
                              struct ref *out);
struct signature {
    struct text person, at;
    struct text stands_for; /* whose deputy they signed as; "" */
    struct text until;  /* when it expires or did; "": never */
    struct text own_id;
    int64_t version;    /* it was given for */
    int64_t step;       /* of the move, from 1 on */
    int64_t ledger;     /* the entry that speaks for it, where that is told */
};
struct sign_view { /* one step of who signs, for this record as it is now */
    bool applies, open; /* open: somebody may sign it now */
    int64_t wanted, given;
};
struct blocker {
    size_t problem;
    struct ref ref;
};
struct missing_field {
    struct text name;
    bool may_fill; /* the actor may change it now */
    bool bars;     /* but whoever does is barred from this move afterwards */
};
struct move_view {
    const struct move *move;
    bool allowed, mine; /* mine: the actor is among by/and_by */
    const struct actor *as; /* who would make it: the actor, or the same standing in for somebody */
    struct call *why;   /* its problems say why not */
    struct signature *signatures; /* those that stand */
    size_t signature_count;
    const struct json *
        waived; /* [{"duty", "id", "key", "person", "until"}, …]: duties that bar the actor, and
                 * by which waiver they do not bind; NULL: none. Then a reason is asked for */
    const struct json *proposed; /* new values by the first signature; NULL: none */
    const struct text *asks; /* fields filled in with it; of some the need shows only then */
    size_t ask_count;
    struct signature *voided; /* those that a change has undone */
    size_t voided_count;
    struct signature *expired; /* those whose time is over, and not given anew */
    size_t expired_count;
    const struct sign_view *steps; /* one for each step of the move; NULL: it has none */
    int64_t step;                  /* that the actor would sign now, from 1 on; 0: none */
    const struct signature *own;   /* the actor's, which they may withdraw; NULL: none */
    struct missing_field *missing; /* fields that stand in the way, beside those it asks for */
    size_t missing_count;
    struct blocker *blockers; /* records in the way, by number of the problem they explain */
    size_t blocker_count;
};
/* Who signs in the step, as in the model: "risk_owner,@owner". */
struct text record_signers(struct call *call, const struct sign_step *step);
MUST_USE enum err record_moves(struct call *call, struct records *r, struct reader *db,
                               const struct record *rec, struct move_view **out, size_t *count);
bool record_may_change(struct call *call, struct records *r, struct reader *db,
                       const struct record *rec);
/* May the actor name another owner by a plain change? Else it is handed over (hand.c). */
bool record_may_give(struct call *call, struct records *r, struct reader *db,
                     const struct record *rec);
/* Records that the actor may create from here, with the values that the form begins with; those that
 * a field of this record keeps only when they may change it. */
struct offered {
    const struct offer *offer;
    const struct json *values; /* an object */
};
MUST_USE enum err record_offers(struct call *call, struct records *r, struct reader *db,
                                const struct record *rec, struct offered **out, size_t *count);
/* ---- what lies ahead (ahead.c) --------------------------------------------------------------
 */
#define BECAUSE_MOST 8
struct because { /* fields whose values are the reason */
    const struct field *fields[BECAUSE_MOST];
    size_t count;
};
struct ahead_need {
    const struct need *need;
    bool met;
    struct because because; /* none: it is asked of every record */
};
#define AHEAD_MOST 32
struct ahead { /* a move that leads on, from this state or a later one */
    const struct move *move;
    size_t from;
    bool holds; /* its condition, as the record stands; else its `say` tells what must be */
    const struct field **missing; /* what it, or the state it leads to, demands */
    size_t missing_count;
    struct ahead_need *needs; /* of other records, as far as they apply */
    size_t need_count;
};
/* In the order of the states. Who could make them is not looked at. */
MUST_USE enum err record_ahead(struct call *call, struct records *r, struct reader *db,
                               const struct record *rec, struct ahead **out, size_t *count);
/* Why a computed field that has cases has its value; none: no case holds, or it has none. */
struct because record_because(const struct record *rec, const struct field *f);
/* What a score is supposed to be less by, for the time of the question: docs/api.md, what_if.
 */
#define SUPPOSED_MOST 100
struct supposed {
    struct {
        struct text id;
        int64_t percent;
    } controls[SUPPOSED_MOST];
    size_t control_count;
    int64_t likelihood, consequence; /* steps beside those that count already */
};
/* The record as its computed fields would be. Nothing is written. */
MUST_USE enum err record_what_if(struct call *call, struct records *r, struct reader *db,
                                 const struct record *rec, const struct supposed *s,
                                 struct record **out);
bool record_may_create(const struct actor *a, const struct kind *k);
bool record_may_read_kind(const struct actor *a, const struct kind *k);
/* One version. Each is judged by what it was and what the reader holds now: of a hidden one only
 * version, at and ledger are there, and the one after it does not say what it changed. */
struct history_item {
    int64_t version, ledger;
    struct text at, actor, actor_type, act, move, from, to, reason;
    struct text stands_for; /* whose deputy acted; "" */
    struct text timer;       /* of a clock, by which it came to be: remind.FIELD.N, "" */
    const struct json *waived; /* as in struct move_view: by which it came; NULL: none */
    const struct json *told; /* [{"event", "field", "to"}], to: a person; NULL: nobody */
    const struct record *then, *before; /* before NULL for the first, and after a hidden one */
    bool hidden, follows_hidden;
    const bool *shown; /* per field index: the actor reads it, of this version and of the one before;
                        * NULL when hidden */
};
struct history {
    struct history_item *items; /* newest first */
    size_t count;
    int64_t total; /* versions that there are */
    int64_t next;  /* `below` of the next page; 0 at the end */
};
/* Versions before `below` (0: from the newest on), at most `limit`. */
/* Writes what version `version` committed to, docs/ledger.md §3: of what the actor may see of
 * it the values and their keys, of the rest the commitments. ERR_MISSING: none that they may
 * read. *item is what history says of it, without what it changed. */
MUST_USE enum err record_disclose(struct call *call, struct records *r, struct reader *db,
                                  const struct record *rec, int64_t version,
                                  struct history_item *item, struct json_out *out);
MUST_USE enum err record_history(struct call *call, struct records *r, struct reader *db,
                                 const struct record *rec, int64_t below, int64_t limit,
                                 struct history *out);
/* Moves that took a password or several people, the latest first, at most SIGNED_MOST, as the
 * actor may read the history: who signed each, in the order in which they did; the last one
 * completed it. */
#define SIGNED_MOST 20
struct signed_off {
    struct history_item made;
    const struct move *move;
    struct signature *by; /* step 0: whoever completed it */
    size_t count;
};
MUST_USE enum err record_signed(struct call *call, struct records *r, struct reader *db,
                                const struct record *rec, struct signed_off **out,
                                size_t *count);
/* Decisions and signatures of a record for which duties did not bind, the latest first; at
 * most 50. */
struct waived {
    int64_t version;
    struct text at, move;  /* move "": a signature */
    const struct json *by; /* as in struct move_view */
};
MUST_USE enum err record_waived(struct call *call, struct records *r, struct reader *db,
                                const struct record *rec, struct waived **out, size_t *count);
struct linked {
    struct text type;
    bool out, free;
    bool column; /* in: through a field with a column, not through a link */
    struct ref ref;
};
struct links {
    struct linked *items;
    size_t count;
    int64_t total;    /* that the actor may see */
    struct text next; /* the cursor of the next page; "" at the end */
};
/* Those that the actor may see: what the record names first, then who names it. At most `limit`
 * after the cursor ("": from the first on). ERR_INVALID ("cursor"): none of this list. */
MUST_USE enum err record_links(struct call *call, struct records *r, struct reader *db,
                               const struct record *rec, struct text cursor, size_t limit,
                               struct links *out);
/* ---- what rests on what (docs/model.md: traces)
 * ----------------------------------------------- The chain around a record: what it rests on,
 * over `depth` links, and what rests on it; nothing of what the actor may not read. What is
 * missing is judged by that as well: see `partial`. */
#define TRACE_DEPTH_MOST 4
#define TRACE_NODES_MOST 400
#define TRACE_KIND_MOST 120 /* of one kind; what is more is a group */
#define TRACE_EDGES_MOST 4000
struct trace_node {
    const struct trace_column *column;
    struct ref ref;
    struct text band;  /* "" none */
    int64_t distance;  /* in links from where it begins */
    uint64_t gaps;     /* bit per link of the column: expected, and not there */
    bool rests, bears; /* what it rests on, what rests on it, is looked for */
};
struct trace_edge { /* from what rests to what it rests on: places in nodes */
    size_t from, to;
    const struct trace_link *link;
};
struct trace_group { /* what did not fit */
    const struct kind *kind;
    int64_t count;
    bool more; /* than are counted */
};
struct traced {
    const struct trace_plan *trace;
    struct trace_node *nodes;
    size_t count;
    struct trace_edge *edges;
    size_t edge_count;
    bool more_edges;
    struct trace_group *groups; /* one of a kind */
    size_t group_count;
    const struct kind **partial; /* kinds of the trace of which the actor may not read all */
    size_t partial_count;
};
/* rec NULL: the whole, from the living records with which the trace begins; else it has a
 * column for its kind. */
MUST_USE enum err record_trace(struct call *call, struct records *r, struct reader *db,
                               const struct trace_plan *t, const struct record *rec,
                               int64_t depth, struct traced *out);
/* Records of every kind in which the words occur, those with few other words first, and first of
 * all the one whose key it is: at most `most` that the actor may see, however many they may not.
 * `more`: there are, or may be, others; nobody looks through more than SEARCHED_MOST. */
#define SEARCHED_MOST 20000
MUST_USE enum err record_search(struct call *call, struct records *r, struct reader *db,
                                struct text q, size_t most, struct ref **out, size_t *count,
                                bool *more);
/* ---- whose turn it is: somebody's, always, or the record is at rest
 * ------------------------------ */
#define TURN_WHO_MOST 64
struct turn_of { /* one of those it waits for: a person, a role, or a field that names nobody */
    struct text person, role, field;
    bool vacant; /* nobody holds the role here (or may sign), or the person has left */
};
struct turn {
    bool rest;               /* nothing is expected of anybody */
    const struct move *move; /* what comes next; NULL at rest */
    bool ready;              /* nothing is missing for it */
    bool mine;               /* the actor may sign it, or mend what is missing */
    const struct actor *as;  /* mine as the deputy of somebody; NULL: as oneself */
    bool second;             /* a signature stands, and others are wanted */
    bool vacant;             /* there is nobody who could */
    struct call *lacks;      /* its problems say what is missing; NULL at rest */
    struct turn_of *who;
    size_t who_count;
};
MUST_USE enum err record_turn(struct call *call, struct records *r, struct reader *db,
                              const struct record *rec, struct turn *out);
/* ---- what a signature over a set of records froze
 * ------------------------------------------------------------------------------ */
struct frozen {
    const struct record *then; /* as it was signed; NULL: it was not among them */
    bool changed;              /* decided otherwise since the last set was signed */
};
/* Does the model have a move that signs all records of the kind? */
bool record_freezable(const struct records *r, const struct kind *k);
/* Of each of the records, which are of that kind. Whether they may be shown is the caller's. */
MUST_USE enum err record_frozen(struct call *call, struct records *r, struct reader *db,
                                const struct kind *k, struct record *const *items,
                                size_t count, struct frozen *out);
struct todo {
    struct ref ref;
    const char *why;         /* move, overdue, due, waits, redact, keep, acknowledge */
    const struct move *move; /* NULL unless why = move */
    bool ready;              /* nothing is missing for the move */
    struct turn *turn;       /* unless ready: what is missing, or for whom it waits */
    struct text due;
    bool overdue;
    int64_t law;   /* a clock of the law on it: 2 is missed, 1 is over before the day is, 0 */
    bool holds_up; /* somebody else waits: another's record, or what another asked for */
    bool blocks;   /* a gate: set by who knows the checks (assure/assure.h) */
    struct text since; /* others: in this state; "" */
};
/* What is lost by waiting, the worst first. In words: docs/api.md, GET /tasks. */
enum loss {
    LOSS_LAW,     /* a clock of the law was missed: every hour makes it worse */
    LOSS_OVERDUE, /* its day is over */
    LOSS_TODAY,   /* its day, or a clock of the law, ends today */
    LOSS_BLOCKS,  /* it blocks a gate of the audit, or somebody else waits for it */
    LOSS_REST
};
enum loss todo_loss(const struct todo *t, struct text today);
const char *loss_word(enum loss l);
/* By loss, then by day (none last), then by key. */
void todo_order(struct arena *a, struct todo *items, size_t count, struct text today);
#define TODO_COUNTED 100
struct todo_list {
    struct todo *items;
    size_t count;
    int64_t total, waiting, overdue,
        due_soon; /* of all, not of the page; of the first TODO_COUNTED, or
                   * `limit`, when there are `more` */
    bool more;
    struct text next;                          /* cursor, "" at the end */
};
/* What waits for the actor (and what is theirs and falls due), or, `others`: records of theirs that
 * wait for somebody else. By day, then key. limit 1–500. */
MUST_USE enum err record_todo(struct call *call, struct records *r, struct reader *db,
                              bool others, struct text cursor, int64_t limit,
                              struct todo_list *out);
/* The moment at which the record, as it was at its version, had come to its state; "" when not known. */
MUST_USE enum err record_since(struct call *call, struct reader *db, const struct record *rec,
                               struct text *out);
/* The first version since that moment, as the actor may read the history; not what it changed.
 * ERR_MISSING: none. */
MUST_USE enum err record_written(struct call *call, struct records *r, struct reader *db,
                                 const struct record *rec, struct text since,
                                 struct history_item *out);
/* The version that brought it there, as the actor may read the history; not what it changed. */
MUST_USE enum err record_entered(struct call *call, struct records *r, struct reader *db,
                                 const struct record *rec, struct history_item *out);
/* ---- Today: what one did oneself, and what others did since
 * ------------------------------------ */
/* Entries that are looked at for what somebody did, the newest of the ledger. */
#define MINE_LOOKED 20000
struct mine {
    int64_t entry; /* their last piece of work before today, -1: none among those looked at */
    struct text at;
    int64_t since;     /* nothing of theirs is looked for before this entry; 0: all was */
    bool new_here;     /* the account is not older than the weeks of the home */
    struct text until; /* the day on which it no longer is new */
    int64_t *done;     /* per act of the home: the entry that shows it, -1: none does */
};
/* Of the actor, by the entries that name them as who acted, in a session of their own. Work is
 * every entry of theirs but those that only looked: log-ins, sessions, readings, downloads,
 * exports and refusals. home NULL, or for somebody who is no longer new: acts are not looked
 * for. */
MUST_USE enum err record_mine(struct call *call, struct records *r, struct reader *db,
                              const struct home *home, struct mine *out);
#define NEWS_MOST 10
#define NEWS_LOOKED 2000 /* entries */
struct news_item {
    struct record *record;    /* as it is now; which the actor may read */
    struct history_item what; /* the latest that another did with it */
};
struct news_list {
    struct news_item *items; /* the newest first, each record once */
    size_t count;
    bool more; /* others may have done more: of other records, or before what was looked at */
};
/* What others did with records after that entry (-1: lately). */
MUST_USE enum err record_news(struct call *call, struct records *r, struct reader *db,
                              int64_t after, size_t most, struct news_list *out);
/* ---- by what is measured today (docs/model.md §6.1, §6.3) ----------------------------------- */
/* The record of the kind that `is: criteria` by which is measured; NULL: none. Whoever asks. */
MUST_USE enum err record_in_force(struct call *call, struct records *r, struct reader *db,
                                  struct record **out);
/* What the criteria (NULL: none) choose, else the standard; NULL when the model has none. */
const struct method *record_risk_method(const struct model *m, const struct record *criteria);
const struct method *record_readiness_method(const struct model *m, const struct record *criteria);
int64_t record_score(const struct risk_method *m, int64_t likelihood, int64_t consequence);
/* The least score of the band; which band a score is in, a place in the scale, -1: none. */
int64_t record_band_from(const struct method_band *band, const struct record *criteria);
ptrdiff_t record_band(const struct risk_method *m, const struct record *criteria, int64_t score);
/* ---- what checks gave, a row a day (derived; the ledger says nothing of it) ----------------- */
struct run_note {
    struct text name, digest; /* digest: of what breaks the check, "" when unknown */
    int64_t population, breaks;
};
struct score_note { /* of a framework; score, raw_score and proof in thousandths */
    struct text name, detail; /* detail: JSON, what assure/past.c makes of it */
    int64_t score, raw_score, met, of, proof, blockers;
};
/* Copies what it is given and hands it to the writer; nobody waits for it, and one that cannot be
 * written is a line in the log. The last of a day is kept. score may be NULL. */
void record_note_runs(struct call *call, struct records *r, struct text day, int64_t size,
                      const struct run_note *runs, size_t count, const struct score_note *score);

/* The organisation's day from now on is that of this zone ("Asia/Singapore", "UTC"): an entry, and every timer
 * is made anew. ERR_INVALID with the field "zone" when the machine does not know it. */
MUST_USE enum err record_zone(struct call *call, struct records *r, struct text name);
/* Working days count by this calendar of the model from now on ("": Monday to Friday): an entry; timers are made
 * anew, and clocks computed anew. ERR_INVALID with the field "calendar" when the model does not have it. */
MUST_USE enum err record_calendar(struct call *call, struct records *r, struct text name);
/* Zone and calendar may have been chosen on another server: goes on with what the store says.
 * Timers and clocks are put right where it was chosen. */
MUST_USE enum err record_follow_day(struct call *call, struct records *r);
/* ---- clocks and what people are told ---- */
struct clock_view {
    const struct clock *clock;
    struct text at;             /* moment, UTC; "": it does not run */
    const struct calendar *calendar; /* by which it counts working days; NULL: Monday to Friday, or none count */
    int64_t unknown;            /* a year in between whose holidays the calendar does not have; 0 */
    /* Not applicable: the version since which that is so, whose writer decided it. NULL: it
     * applies, or that version is not for this reader. */
    const struct history_item *decided;
};
/* Those of a record, in the order of its fields. */
MUST_USE enum err record_clocks(struct call *call, struct records *r, struct reader *db,
                                const struct record *rec, struct clock_view **out,
                                size_t *count);
struct notice {
    struct text id;
    struct record *record; /* which the reader may read */
    struct record *then;   /* as it was when it happened; NULL when that does not matter */
    struct text
        event; /* missed, remind, escalated, over; mention; moved, owner, due, comment */
    struct text field;     /* the clock, or the field that changed; of a mention the comment */
    struct text at, seen;  /* moments; seen "": not yet */
};
/* What the actor was told, the latest first; `all`: also what they have seen. before: the id of the last one
 * of the page before, "" at first. */
MUST_USE enum err record_notices(struct call *call, struct records *r, struct reader *db, bool all,
                                 struct text before, size_t most, struct notice **out,
                                 size_t *count);
/* The actor has seen it; "": everything there is. */
MUST_USE enum err record_notices_see(struct call *call, struct records *r, struct text id);

/* ---- watching: being told of a record without having a part in it (watching.c). Each sees
 * their own wishes only. */
#define WATCHED_MOST 500 /* of one person */
struct watched {
    struct record *record; /* which the actor may read */
    struct text since;
};
MUST_USE enum err record_watches(struct call *call, struct reader *db, const struct record *rec,
                                 bool *out);
/* By its id. ERR_CONFLICT, code "too_many". Whether they may read it is the caller's to know.
 */
MUST_USE enum err record_watches_set(struct call *call, struct records *r, const struct kind *k,
                                     struct text id, bool on);
/* What the actor watches and may read, the latest wish first. */
MUST_USE enum err record_watched(struct call *call, struct records *r, struct reader *db,
                                 struct watched **out, size_t *count);

/* ---- the same by mail (work/mail.c): how far each got ---------------------------------------
 */
#define MAIL_ROWS 50 /* of one letter */
/* People who were told something that has not gone out yet, by id, after `after`. */
MUST_USE enum err record_mail_people(struct call *call, struct reader *db, struct text after,
                                     size_t most, struct text **out, size_t *count);
/* Claims what is to go out to them now, at most MAIL_ROWS; `urgent`: without reminders. Two
 * servers never have one at once; one that ends meanwhile lets go of it after a quarter of an
 * hour. */
MUST_USE enum err record_mail_take(struct call *call, struct records *r, struct text person,
                                   bool urgent, struct text **ids, size_t *count);
/* Those of them that the actor has not seen and may read. */
MUST_USE enum err record_mail_read(struct call *call, struct records *r, struct reader *db,
                                   const struct text *ids, size_t count, struct notice **out,
                                   size_t *told);
/* sent: the moment, or a word for why it will not be ("" = not yet, to be tried `again` then).
 */
MUST_USE enum err record_mail_settle(struct call *call, struct records *r,
                                     const struct text *ids, size_t count, struct text sent,
                                     int64_t again);
/* What was told before then, to this person ("": to everybody), does not go out by mail; 1,000
 * at a time. */
MUST_USE enum err record_mail_drop(struct call *call, struct records *r, struct text person,
                                   int64_t before, const char *why);
/* How often it was tried, and when it was told. */
MUST_USE enum err record_mail_tries(struct call *call, struct reader *db, struct text id,
                                    int64_t *tries, int64_t *at);
/* ---- webhooks: what programs of the house are told (hook.c) -------------------------------
 * Each reads the ledger on from where it was made. What its maker may read, and is neither
 * confidential nor restricted, becomes a delivery; a row of one says nothing but which entry it
 * is of. call->actor is its maker (access_looks_as) wherever it says "as". */
#define HOOK_WAITING_MOST 10000 /* of one webhook; the ledger waits then */
#define HOOK_KEPT ((int64_t)30 * 24 * 3600 * 1000000)
#define HOOK_CLAIMED_FOR ((int64_t)60 * 1000000) /* longer than a try may take */
struct hook_delivery {
    struct text id, hook, kind, record, event, field, at, due;
    struct text done; /* "": it waits; a moment; or given_up, not_told, ended */
    struct text
        why; /* of the last try: answered, slow, local, no_name, no_answer, tls, broken; "" */
    int64_t version, ledger, tries, status;
    struct record *rec; /* for pages: what the reader may read; NULL otherwise */
};
/* What happened since, as: a page of entries at a time. *more: there is more to read. pass_over
 * other than 0: entries before that one are told to nobody (the webhook was paused when the
 * ledger had so many, say). */
MUST_USE enum err record_hook_follow(struct call *call, struct records *r, const struct hook *h,
                                     int64_t pass_over, bool *more);
/* The oldest that is due, claimed for this server; *there false when none is. */
MUST_USE enum err record_hook_take(struct call *call, struct records *r, struct text hook,
                                   struct hook_delivery *out, bool *there);
/* What is said of it, as JSON, as. *told false: it may not be told (any more). */
MUST_USE enum err record_hook_body(struct call *call, struct records *r, struct reader *db,
                                   const struct hook_delivery *d, struct text address,
                                   struct text *out, bool *told);
struct hook_settled {
    struct text done; /* "" = not yet, to be tried `again` then */
    int64_t again;
    int64_t status;
    const char *why;
    bool tried, good; /* it was tried; it arrived */
};
/* *failing: since when nothing of this webhook arrives, 0 when it does. */
MUST_USE enum err record_hook_settle(struct call *call, struct records *r,
                                     const struct hook_delivery *d,
                                     const struct hook_settled *s, int64_t *failing);
/* What is older than it is kept goes; what waits for webhooks that are no more ends. A few at a
 * time. */
MUST_USE enum err record_hook_tidy(struct call *call, struct records *r,
                                   const struct text *hooks, size_t count);
/* For pages: the latest first, those before the one of the id `before` ("" at first). */
MUST_USE enum err record_hook_deliveries(struct call *call, struct records *r,
                                         struct reader *db, struct text hook,
                                         struct text before, size_t most,
                                         struct hook_delivery **out, size_t *count);
/* How many wait, and since when nothing arrives ("": it does). */
MUST_USE enum err record_hook_stands(struct call *call, struct reader *db, struct text hook,
                                     int64_t *waiting, struct text *failing);
/* Sends one again that was told, under the same id. ERR_MISSING; ERR_CONFLICT, code "waits". */
MUST_USE enum err record_hook_again(struct call *call, struct records *r, struct text hook,
                                    struct text id);
/* A message that says nothing but that it came. ERR_BUSY, code "rate", when five wait. */
MUST_USE enum err record_hook_ping(struct call *call, struct records *r, struct text hook,
                                   struct text *id);
/* ---- timers: moves that the engine makes when their moment comes ---- */
struct timer_view {
    const struct move *move;
    struct text at; /* moment, UTC */
    int64_t tries;  /* how often it was refused since its record last changed */
    struct text why; /* codes of what stood in its way, "" */
};
/* Those of a record that the caller may read. */
MUST_USE enum err record_timers(struct call *call, struct reader *db,
                                const struct record *rec, struct timer_view **out,
                                size_t *count);
/* How many were refused and wait to be tried again. */
MUST_USE enum err record_stuck(struct call *call, struct reader *db, int64_t *out);
/* How many records wait to be computed anew because what they depend on changed, and how many
 * kinds wait as a whole: because of the criteria in force, or of a model that was not yet looked at. */
MUST_USE enum err record_stale(struct call *call, const struct records *r, struct reader *db,
                               int64_t *records, int64_t *kinds);
/* Fires what is due by call->now, in order; *moved: how many moves happened. ERR_IO, ERR_BUSY when the
 * store cannot be written; a refused move stops no other. */
MUST_USE enum err record_timed(struct call *call, struct records *r, size_t *moved);

/* What AI systems sent and is kept long enough, as their records say (`keeps_events`), is
 * removed with an entry: *removed events, and *more is left for the next turn. Once a day, by
 * call->zone. */
MUST_USE enum err record_retain(struct call *call, struct records *r, int64_t *removed,
                                bool *more);

/* ---- deep verification: ledger, then every row against it
 * ----------------------------------------------- Works on a store that is only read
 * (store_open_reading), also when the tampering keeps the server from starting. deep: every
 * version's commitment against its leaf, every kind's rows against the body of the current
 * version, comments, and every evidence file's bytes. */
MUST_USE enum err record_verify(struct call *call, struct store *s, const struct model *m,
                                struct text origin, const unsigned char public_key[32],
                                bool deep, struct text checkpoint_note,
                                struct verification *out);
/* A change feed for live pages: called after each commit, mostly on the writer thread; with
 * version 0 when something was said about the record; with kind "" and the hash of the model as
 * id when there is a new epoch. */
void record_watch(struct records *r,
                  void (*seen)(void *arg, struct text kind, struct text id, int64_t version),
                  void *arg);
#endif
