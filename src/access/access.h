/* SPDX-License-Identifier: Apache-2.0 */
/* access/access.h — who is this, and may they? People, passwords, sessions, tokens, roles, units. Floor 3.
 * Decides nothing about records beyond roles, units and confidentiality; moves are record/'s. */
#ifndef ACCESS_H
#define ACCESS_H

#include "base/base.h"
#include "ledger/ledger.h"
#include "model/model.h"
#include "store/store.h"

struct tx;
struct access; /* opened once: store, ledger, model, a small pool for Argon2id */
struct table;
const struct table *access_tables(size_t *count);
MUST_USE enum err access_open(struct call *call, struct store *s, struct ledger *l,
                              const struct model *m, struct access **out);
void access_close(struct access *a);
struct store *access_store(const struct access *a);
struct ledger *access_ledger(const struct access *a);
/* The model in force: good for as long as whoever asks holds an epoch (record/record.h). */
const struct model *access_model(const struct access *a);
void access_use_model(struct access *a, const struct model *m); /* by record/, when epochs change */
/* ---- the organisation's day: zone.c ---- */
const struct zone *access_zone(const struct access *a); /* NULL: UTC; good until access_close */
/* Loads a zone to be used from then on: write it in a job, and use it when that has committed. */
MUST_USE enum err access_zone_load(struct call *call, struct access *a, struct text name,
                                   struct zone **out);
/* rules: tells one version of the rules that moments are made by from another. */
MUST_USE enum err access_zone_write(struct call *call, struct tx *tx, struct access *a,
                                    const struct zone *z, struct text rules);
void access_zone_use(struct access *a, const struct zone *z);
struct text access_calendar(const struct access *a); /* its name; "": Monday to Friday */
MUST_USE enum err access_calendar_write(struct call *call, struct tx *tx, struct access *a,
                                        struct text name);
void access_calendar_use(struct access *a, struct text name);
void access_place(struct call *call, const struct access *a); /* the call is in both from now on */

/* ---- founding: facts that exist before anybody does ----------------------------------------- */
/* Writes organisation, origin and, for PostgreSQL, the shared signing key into meta. */
MUST_USE enum err access_found(struct call *call, struct store *s, struct text organisation,
                               struct text origin, bool secret);
/* What this program reads and writes. A store has it in meta "format"; it is raised when entries or
 * tables change so that an older program would misread them. */
#define STORE_FORMAT "9"
/* ERR_CONFLICT, code "newer_store", when a newer program wrote the store. Before anything else. */
MUST_USE enum err access_format_allowed(struct call *call, struct store *s);
/* After access_open, before anybody is served: a store of an earlier format is brought to this one by
 * an entry (store.create, store.upgrade), which ends its sessions; the facts of one that has it are
 * held against the ledger: ERR_CONFLICT, code "altered". */
MUST_USE enum err access_adopt(struct call *call, struct access *a);
/* Calls the organisation something else. ERR_INVALID at "name" when that is no name. */
MUST_USE enum err access_rename(struct call *call, struct access *a, struct text name);
/* Sets one fact ("overlays", "logo") with its entry. */
MUST_USE enum err access_meta(struct call *call, struct access *a, const char *name,
                              struct text value);

/* ---- what is no record and leaves an entry all the same --------------------------------------- */
/* A copy of the store was made (act store.backup): written and committed when it returns. */
struct backup_note {
    struct text sha256; /* of the copy, in hex; "" when it is not one file */
    uint64_t entries;   /* of the ledger that the copy holds */
    int64_t bytes, files;
};
MUST_USE enum err access_note_backup(struct call *call, struct access *a,
                                     const struct backup_note *note);
/* Records are about to be given away (act data.export): call it before the first byte leaves. */
struct export_note {
    struct text kind, format;
    struct text filter; /* SHA-256 in hex of what was asked for */
    int64_t rows;
};
MUST_USE enum err access_note_export(struct call *call, struct access *a,
                                     const struct export_note *note);

/* ---- the model files of the organisation's own (own.c) ----------------------------------------
 * They live in the store (table site_file, append-only), and the facts "site.files" and "site.folder"
 * fix them: the digest of those in force, and that of the folder that was last brought in. */
struct model_file;
struct own_files {
    const struct model_file *files; /* by path, relative: "kinds/x_visit.json" */
    size_t count;
    struct text digest, folder;     /* "" = there never were any */
};
/* ERR_CONFLICT, code "altered", when they are not those that the facts tell of. */
MUST_USE enum err access_own_files(struct call *call, struct reader *r, struct own_files *out);
/* The newest edition of the file `path`, in force or not, that has this name in it; "": there
 * was none. */
MUST_USE enum err access_own_file_with(struct call *call, struct reader *r, struct text path,
                                       struct text name, struct text *out);
/* SHA-256 over paths and contents, in hex; in any order. */
struct text access_files_digest(struct call *call, const struct model_file *files, size_t count);
#define OWN_FILES_MOST 500
#define OWN_BYTES_MOST ((size_t)8 << 20)
/* What was changed, newest first. */
struct model_past {
    int64_t entry, at; /* of the ledger; microseconds */
    struct text actor, actor_type, added, dropped, from, to, files;
};
MUST_USE enum err access_model_history(struct call *call, struct reader *r, size_t most,
                                       struct model_past **out, size_t *count);

/* The store goes on with this model (act model.change): which kinds and fields it adds and drops,
 * which of the organisation's files it changes. own NULL: its files stay as they are. */
struct model_note {
    const struct model *model;
    const struct own_files *own;
    bool has_own;     /* files of the organisation's own are part of the model */
    const char *seen; /* ERR_STALE unless this is the digest of the files in force; NULL: not asked */
};
/* How the fact "models" has it: models that were in force, the newest last, at most 100. */
struct text access_model_word(struct arena *a, const struct model *m, bool has_own);
MUST_USE enum err access_note_model(struct call *call, struct access *a,
                                    const struct model_note *note);
/* The same within a job. */
MUST_USE enum err access_note_model_in(struct call *call, struct tx *tx, struct access *a,
                                       const struct model_note *note);
/* Somebody signed in was refused (act access.denied): counted, and written by access_trace_flush, once
 * a minute and at the end. `route` is its path with :names, `kind` the kind it is about or "". */
void access_trace_refused(struct call *call, struct access *a, struct text route,
                          struct text kind, struct text code);
MUST_USE enum err access_trace_flush(struct call *call, struct access *a);
/* Somebody gets to see a restricted record or a file (acts record.read, file.read): once an hour for
 * each, committed when it returns. */
MUST_USE enum err access_trace_read(struct call *call, struct access *a, const char *act,
                                    struct text kind, struct text id);

/* ---- the actor ------------------------------------------------------------------------------ */
struct person;
enum actor_type { ACTOR_USER, ACTOR_TOKEN, ACTOR_COMMAND, ACTOR_SYSTEM, ACTOR_PUBLIC };
const char *actor_word(enum actor_type type); /* as the ledger has it */
struct grant {
    struct text role;
    struct text unit; /* "" = the whole organisation */
};
struct actor {
    enum actor_type type;
    struct text id;          /* usr_…, tok_…, "command", "system" */
    struct text person;      /* the person behind it (usr_…): author of what it writes, judged by
                              * duties; "" for old tokens and commands without one */
    struct text name, email; /* for pages; never into the ledger or the log */
    struct text unit;        /* home unit, "" when none */
    const struct grant *grants; /* active ones; every person also holds "staff" at their home unit (none:
                                 * everywhere), but external auditors and the unconfirmed */
    size_t grant_count;
    size_t lent_count;       /* so many more follow the grants: read by, never acted by (deputy.c) */
    const struct actor *as;  /* acting for somebody whose deputy they are: one for each */
    size_t as_count;
    struct text stands_for;  /* usr_…, of one of those: whose roles the grants are. "": acts for itself */
    struct text stands_name, stands_until; /* their name, for pages; the last day */
    bool admin;              /* holds role admin */
    bool all;                /* command line and engine: reads and writes everything, holds no business role */
    int64_t fresh_until;     /* password confirmed until then */
    struct text session;     /* session id, "" */
    struct text csrf;
    enum lang lang;
    struct text scopes;      /* of a token: it may do nothing else. "" = all its roles give */
    bool unconfirmed;        /* the account waits for a second person: its person is not staff */
    bool renew;              /* signed in with a password that another made: may only change it */
    bool sees_sensitive;     /* some active role is marked so in the model */
    bool bare;               /* a token with its roles alone: owning or having written a record
                              * gives it nothing. Duties judge its person all the same */
    bool behind_technical;   /* a token of somebody who is: it opens no more than they may see */
    bool technical;          /* an administrator without any business role: sees people, and of
                              * records what everybody may read and what is their own */
};
/* "command" (bootstrap, import, init) and "system" (timed moves) actors. */
const struct actor *actor_command(struct call *call);
const struct actor *actor_system(struct call *call);
/* Somebody without an account, of whom nothing is known: only record/public.c acts as they. */
const struct actor *actor_public(struct call *call);
/* The command line acting for a person: what it writes is theirs. */
const struct actor *actor_command_for(struct call *call, const struct person *p);
/* What a person ordered while they were signed in, written when they no longer are: with what
 * they may do now. ERR_DENIED when they have left. */
MUST_USE enum err access_carries_out(struct call *call, struct access *a, struct text person,
                                     struct actor **out);
/* The person a token or command acts for, or whose deputy acts, for the ledger; "" when it acts for
 * itself. */
struct text actor_for(const struct actor *a);
bool actor_holds(const struct actor *a, struct text role, const struct text *covering, size_t covering_count);
bool actor_holds_anywhere(const struct actor *a, struct text role);
/* The same for reading: what is lent to them counts too. */
bool actor_reads_by(const struct actor *a, struct text role);
/* Does the actor work with records of this kind, or only look at them? Staff do, and whoever the
 * kind names in creating, changing or a move. A guest who only reads leaves nothing behind. */
bool actor_takes_part(const struct actor *a, const struct kind *k);
/* Is `thing` ("SYS-0001"; "" = anything) within a scope of that word ("events")? "events:*" holds all. */
bool actor_in_scope(const struct actor *a, struct text word, struct text thing);

/* ---- units: a closure table kept beside the unit records --------------------------------------- */
/* Called by record/ in the same transaction when a record of the unit kind is written. Refuses a
 * cycle (ERR_CONFLICT). parent "" = root. */
MUST_USE enum err access_unit_put(struct call *call, struct tx *tx, struct text id,
                                  struct text parent);
/* Where the versions of unit records are read: record/ gives it once, before anybody is served. From
 * then on the entries of the ledger say who is above whom, and no row of the closure does. */
struct unit_version {
    bool there;
    int64_t entry, version; /* its index in the ledger, its number */
    struct hash commitment; /* of what stands there now */
    struct text parent;     /* "" = root */
};
struct unit_source {
    /* The version of that entry, or, entry < 0, the latest: of that no more than there and entry when
     * its entry is `known`. r or tx, the other is NULL. */
    enum err (*version)(void *arg, struct call *call, struct reader *r, struct tx *tx,
                        struct text id, int64_t entry, int64_t known, struct unit_version *out);
    void *arg;
};
void access_units_from(struct access *a, const struct unit_source *source);
/* The unit and everything above it, nearest first (empty for unit ""). */
MUST_USE enum err access_units_above(struct call *call, struct access *a, struct reader *r,
                                     struct text unit, struct text **units, size_t *count);
MUST_USE enum err access_units_above_tx(struct call *call, const struct access *a, struct tx *tx,
                                        struct text unit, struct text **units, size_t *count);

/* ---- deputies: deputy.c ------------------------------------------------------------------------
 * Somebody who stands in holds the roles lent to them for acting in the other's name: never as their own,
 * not where the other does not hold them, and nothing that is about people or accounts. */
struct lending { /* what a version of a record that names a deputy says */
    bool there;
    struct hash commitment; /* of what stands there now */
    bool accepted;          /* and not over */
    struct text giver, deputy, from, until; /* people; days, both included */
    struct text roles;      /* with commas */
};
/* Where those versions are read; as access_units_from. */
struct lending_source {
    enum err (*version)(void *arg, struct call *call, struct reader *r, struct text id, int64_t entry,
                        struct lending *out);
    void *arg;
};
void access_lendings_from(struct access *a, const struct lending_source *source);
/* One was written: whoever acts is looked up anew. */
void access_lendings_changed(struct access *a);

/* The last entry about that record of the kind that `is: waiver`; -1: none. r NULL (within a
 * job): as far as the log was read. What an older version of the record says counts no more. */
MUST_USE enum err access_waiver_entry(struct call *call, struct access *a, struct reader *r,
                                      struct text id, int64_t *entry);

/* Acts that are grave are a person's, who gave the password within five minutes: else ERR_DENIED, code
 * "fresh". The command line needs none. */
MUST_USE enum err access_needs_fresh(struct call *call);

/* ---- may ---------------------------------------------------------------------------------------- */
/* What an actor may read of a kind, as data (record/query/reach.c writes it as a condition). A record is
 * within reach on any of these grounds; with none there is nothing to read. Arrays live in the
 * call's arena. */
struct reach {
    bool everything;           /* the engine and the command line: no condition, nothing below counts */
    bool all_units;            /* grounds: any unit */
    bool no_unit;              /* it belongs to the whole organisation */
    const struct text *units;  /* it is of one of these units, or below */
    size_t unit_count;
    struct text person;        /* "" when nobody stands behind the actor: then columns are none */
    const struct text *columns; /* one of these columns names the person; owner and author always */
    size_t column_count;
    /* and a restricted one only for its owner, its author, or in these units and below: */
    bool all_restricted;
    const struct text *restricted_units;
    size_t restricted_count;
};
/* `read`: the kind's list of readers, or one put together from several. Nobody (NULL) reaches nothing. */
struct reach access_reach(struct call *call, const struct actor *a, const struct model *m,
                          const struct who_list *read);

/* ---- mail: what somebody wishes to get, and as whom it is written (wish.c)
 * ---------------------- */
enum mail_wish_of { WISH_DAILY = 1, WISH_AT_ONCE, WISH_NEVER };
struct mail_wish {
    enum mail_wish_of wish;       /* daily: what is urgent at once, all else in the morning */
    int64_t hour;                 /* 0–23: when their morning is */
    int64_t quiet_from, quiet_to; /* hours; nothing is sent from the first until the second. The
                                     same: never quiet */
    struct text zone;             /* whose hours these are; "": the organisation's */
};
const char *mail_wish_word(enum mail_wish_of wish); /* "daily", "at_once", "never" */
bool mail_wish_read(struct text word, enum mail_wish_of *out);
/* The actor's own; daily at 8 before they said anything. */
MUST_USE enum err access_mail_wish(struct call *call, struct reader *r, struct mail_wish *out);
/* ERR_INVALID names what is wrong: hours, zone. Nothing of it is in the ledger. */
MUST_USE enum err access_mail_wish_write(struct call *call, struct access *a,
                                         const struct mail_wish *wish);
struct mail_reader { /* somebody who may get mail: not left, confirmed, with an address */
    struct text person, name, email;
    enum lang lang;
    struct mail_wish wish;
    struct text last_day; /* of the last letter of a morning; "" */
};
/* Those with ids after `after`, by id, at most `most`; or the one person of that id. */
MUST_USE enum err access_mail_readers(struct call *call, struct reader *r, struct text after,
                                      size_t most, struct mail_reader **out, size_t *count);
MUST_USE enum err access_mail_reader(struct call *call, struct reader *r, struct text person,
                                     struct mail_reader *out, bool *there);
/* An actor that sees what this person sees now, in their language, and can do nothing: for what
 * is written to them. ERR_CONFLICT, code "tampering", when the ledger does not say the same of
 * them. */
MUST_USE enum err access_looks_as(struct call *call, struct access *a,
                                  const struct mail_reader *who, const struct actor **out);
/* The letter of that day is this server's to write; false: another has, or it was written
 * before. */
MUST_USE enum err access_mail_day(struct call *call, struct access *a, struct text person,
                                  struct text day, bool *ours);
/* It could not go out: the last one was that of the day before. */
MUST_USE enum err access_mail_day_back(struct call *call, struct access *a, struct text person,
                                       struct text before);

/* ---- the secret address of somebody's calendar (feed.c): one a person, ends with the account
 * ---- */
MUST_USE enum err access_feed(struct call *call, struct access *a, struct reader *r,
                              struct text *made_at); /* the actor's; "": there is none */
/* In place of the one before. Only a signed-in person, password fresh. *secret is shown once:
 * whoever has it reads what waits for them. Appends feed.make, feed.end. */
MUST_USE enum err access_feed_make(struct call *call, struct access *a, struct text *secret);
MUST_USE enum err access_feed_end(struct call *call, struct access *a);
MUST_USE enum err access_feed_reader(struct call *call, struct access *a, struct reader *r,
                                     struct text secret, struct mail_reader *out, bool *there);

/* ---- webhooks: whom a program of the house tells what happens (hook.c) ----------------------
 * Each is what the last entry about it says (acts hook.make, hook.change, hook.pause, hook.end;
 * content in `sealed`), and no row makes one. It acts for whoever made it, and ends with their
 * account. */
#define HOOKS_MOST 20 /* of one organisation */
#define HOOK_ADDRESS_MOST 500
struct hook {
    struct text id, name, address;
    struct text kinds;               /* with commas; "*" = all */
    struct text events;              /* with commas, of hook_events */
    struct text person;              /* who made it */
    struct text stopped;             /* "", "paused", or by the engine: "failing", "gone" */
    struct text made_at, rotated_at; /* moments; rotated_at "": never */
    int64_t generation;              /* of its secret */
    int64_t made;                    /* index of the entry that made it */
    bool left; /* the account of its maker ended since: it tells nothing any more */
};
extern const char *const hook_events[]; /* created, moved, owner, missed, comment; NULL ends */
struct hook_wish {                      /* texts that are NULL stay as they are */
    const struct text *name, *address, *kinds, *events;
    bool resume, rotate;
};
/* Those that have not ended, by the time they were made. */
MUST_USE enum err access_hooks(struct call *call, struct access *a, struct reader *r,
                               struct hook **out, size_t *count);
/* ERR_MISSING when there is none. */
MUST_USE enum err access_hook(struct call *call, struct access *a, struct reader *r,
                              struct text id, struct hook *out);
/* By a signed-in person, password fresh; whether they may at all is the caller's to ask. The
 * address was looked at by the caller too (net/, hook_address). ERR_CONFLICT, code "too_many".
 */
MUST_USE enum err access_hook_make(struct call *call, struct access *a,
                                   const struct hook_wish *wish, struct text *id);
/* By whoever made it, password fresh: for anybody else it would tell what they may not read. */
MUST_USE enum err access_hook_change(struct call *call, struct access *a, struct text id,
                                     const struct hook_wish *wish);
/* why: "paused", by anybody who may administer; "failing" or "gone", by the engine. */
MUST_USE enum err access_hook_pause(struct call *call, struct access *a, struct text id,
                                    const char *why);
MUST_USE enum err access_hook_end(struct call *call, struct access *a, struct text id);
/* The bytes of its secret of that generation. They follow from the signing key of the ledger
 * and are kept nowhere. */
void access_hook_secret(const struct access *a, const struct hook *h, int64_t generation,
                        unsigned char out[32]);

/* ---- verification: what the ledger says of roles, people and tokens, against the tables --------- */
struct replay;
struct replay *access_replay(struct arena *a);
struct acted { /* of one entry */
    bool bound;     /* the log names sessions from before this entry on */
    bool by_person; /* signed in, in person */
    bool fresh;     /* and the password confirmed just before */
};
/* Every entry of the log in order; what is kept of it is copied. Findings live in the call's arena. An act that no log-in, or no
 * token, covers is a finding. */
MUST_USE enum err access_replay_entry(struct call *call, struct reader *db, struct replay *r,
                                      const struct ledger_leaf *leaf,
                                      struct verification *out, struct acted *acted);
/* Entries that commit to a row of this kind are compared here, not as versions of a record. */
bool access_replay_seals(struct text kind);
/* A role, person or token whose row is not as the last entry on it says is a finding. */
MUST_USE enum err access_replay_compare(struct call *call, struct reader *db, struct replay *r,
                                        struct verification *out);
/* The closure against the parents that the units' own records name; sorts them. */
struct unit_parent {
    struct text id, parent; /* "" = root */
};
MUST_USE enum err access_units_compare(struct call *call, struct reader *db,
                                       struct unit_parent *units, size_t count,
                                       struct verification *out);

/* ---- people ------------------------------------------------------------------------------------ */
struct person {
    struct text id, name, email, unit, lang;
    bool disabled;
    struct text waits_by; /* who alone made the account, or took away what bounded it: until another
                           * confirms it its person is not staff. "": it waits for nobody */
    struct grant *grants;
    bool *pending; /* per grant: waits for a second person (SOD-10) */
    struct text *grant_by;
    size_t grant_count;
    int64_t created;
};
/* E-mail is the log-in name: compared folded to lower case, unique. password "" = cannot log in
 * until one is set; `once`: whoever adds the person has seen it, and they must choose their own
 * before anything else. Names an unknown role. Appends user.add and role.grant. */
MUST_USE enum err access_person_add(struct call *call, struct access *a, struct text name,
                                    struct text email, struct text password, bool once,
                                    struct text unit, const struct grant *grants, size_t grant_count,
                                    struct text *id);
/* A link by which somebody sets their own password: "…/reset#TOKEN". Shown once, good for one use
 * within seven days; only its hash is kept. token "": there is none. */
struct link {
    struct text token;
    int64_t ends;
};
/* The same without a password: the person sets one by the link. Either way an account that a person
 * makes waits to be confirmed by another. */
MUST_USE enum err access_person_invite(struct call *call, struct access *a, struct text name,
                                       struct text email, struct text unit,
                                       const struct grant *grants, size_t grant_count,
                                       struct text *id, struct link *link);
/* A home unit that lets the person see more waits until somebody else (an administrator, or an
 * AIMS manager) asks for the same; nobody changes their own. The row tells what came of it. */
MUST_USE enum err access_person_change(struct call *call, struct access *a, struct text id,
                                       const struct text *name, const struct text *unit,
                                       const struct text *lang, const bool *disabled);
/* A role that reads or acts on business records (struct role) needs two persons, one of them an
 * AIMS manager of the unit: the first call asks, and it waits until another person grants the
 * same (SOD-10). Whoever asked cannot confirm (ERR_CONFLICT, code "same_person"), nobody grants
 * to themselves. The role of an administrator is asked for by one and confirmed by another or by
 * an AIMS manager. Commands grant at once (they are the bootstrap, and say so in the ledger), and
 * so does an administrator who appoints the first AIMS manager that the organisation ever had
 * (role.found). */
MUST_USE enum err access_grant(struct call *call, struct access *a, struct text person,
                               struct text role, struct text unit, bool *pending);
/* For whom the grant `i` of the person waits, in words; "" when it does not. */
MUST_USE enum err access_waits_for(struct call *call, struct access *a, struct reader *r,
                                   const struct person *p, size_t i, struct text *words);
/* Whether it waits for whoever asks now, so that pages offer confirming to nobody whom
 * access_grant would refuse. */
MUST_USE enum err access_waits_for_me(struct call *call, struct access *a, struct reader *r, const struct person *p, size_t i,
                                      bool *yes);
/* An account that waits is confirmed (act user.confirm) by an AIMS manager of its home unit, or, when
 * an AIMS manager made it wait, by an administrator; whoever made it wait cannot (ERR_CONFLICT, code
 * "same_person"), nor its person. Granting a role does the same. Nothing for one that does not wait. */
MUST_USE enum err access_confirm(struct call *call, struct access *a, struct text person);
/* For whom the account waits, in words ("" when it does not, or its person is an external auditor and
 * no staff), and whether that is who asks now. */
MUST_USE enum err access_unconfirmed(struct call *call, struct access *a, struct reader *r, const struct person *p,
                                     struct text *words, bool *mine);
/* Takes a role away. Who was bounded by it (an external auditor, an administrator without business)
 * does not become staff by that: the account waits to be confirmed. */
MUST_USE enum err access_revoke(struct call *call, struct access *a, struct text person,
                                struct text role, struct text unit);
MUST_USE enum err access_people(struct call *call, struct reader *r, struct text q,
                                struct text role, size_t most, struct person **people,
                                size_t *count);
MUST_USE enum err access_person(struct call *call, struct reader *r, struct text id_or_email,
                                struct person *out);
bool access_person_exists_tx(struct call *call, struct tx *tx, struct text id);
/* Would this password be taken for this person? Problems say why not. `others` are more words that
 * must not carry it: the person's and the organisation's names. */
MUST_USE enum err access_password_ok(struct call *call, struct text password, struct text email,
                                     struct text others);
/* 15–200 characters (8 with a second factor, later), not in the small list of the most common, not the e-mail. Changing
 * needs the old one unless by a command; kills the person's other sessions. */
MUST_USE enum err access_password(struct call *call, struct access *a, struct text person,
                                  struct text old, struct text new_password);

/* By the command line alone: a password for one use, for somebody who cannot sign in. */
MUST_USE enum err access_password_once(struct call *call, struct access *a, struct text person,
                                       struct text password);

/* Asks for a link for somebody who cannot sign in; by an administrator or an AIMS manager of all
 * their units. For whoever holds a role and has used the account it waits until another such
 * person asks for the same, who gets the link. Commands get it at once. */
struct reset {
    bool pending;
    struct text waits_for; /* in words, "" when not pending */
    struct link link;
};
MUST_USE enum err access_reset(struct call *call, struct access *a, struct text person,
                               struct reset *out);
/* Sets the password by a link, ends the person's sessions and uses the link up. One answer
 * (ERR_DENIED, code "token") for unknown, used and old ones. Throttled: ERR_BUSY, and `wait`
 * has the seconds. */
MUST_USE enum err access_reset_use(struct call *call, struct access *a, struct text token,
                                   struct text password, struct text peer, int64_t *wait);

/* ---- first administrator ------------------------------------------------------------------------- */
/* When nobody exists: a one-time local token, printed by serve, good for one POST within an hour. */
MUST_USE enum err access_first_token(struct call *call, struct access *a, struct text *token);
/* ERR_DENIED unless it is that token; it stays good. */
MUST_USE enum err access_nobody(struct call *call,
                                struct access *a); /* ERR_CONFLICT: there are people */
MUST_USE enum err access_first_known(struct call *call, struct access *a, struct text token);
/* With `manager` (another person; NULL for none) the first AIMS manager is appointed in the same
 * transaction, and sets a password by the link. */
struct founder {
    struct text name, email;
    struct text
        organisation; /* of the administrator: what it is called from now on; "" as before */
    struct text id;   /* out */
    struct link link; /* out, of the manager */
};
MUST_USE enum err access_first_admin(struct call *call, struct access *a, struct text token,
                                     struct text password, struct founder *admin,
                                     struct founder *manager);

/* ---- log-in, sessions, tokens ----------------------------------------------------------------------- */
/* Throttled per address, and per account from an address (5 failures → growing waits up to 15 min,
 * ERR_BUSY with code "wait" and the seconds); failures elsewhere never keep an owner out
 * (throttle.c). `device` is the cookie the browser still has, "" for none; the same answer and the same work for an unknown person. Argon2id
 * 19 MiB t=2 (or better) on a pool of 2 with a bounded queue. Appends auth.login / auth.fail. */
MUST_USE enum err access_login(struct call *call, struct access *a, struct text email,
                               struct text password, struct text peer, struct text device,
                               struct text *cookie, struct actor **actor);
/* Only in a demo: the command line acts as this person, in a session that nobody signed in to (act
 * auth.stand_in). ERR_DENIED elsewhere. */
MUST_USE enum err access_stand_in(struct call *call, struct access *a, struct text person,
                                  struct text *session);
/* Seconds until an attempt would be heard (for Retry-After); 0 when it would be now. */
int64_t access_login_wait(struct call *call, struct access *a, struct text email,
                          struct text peer, struct text device);
MUST_USE enum err access_fresh(struct call *call, struct access *a, struct text password,
                               int64_t *fresh_until);
MUST_USE enum err access_logout(struct call *call, struct access *a);
/* Who is signed in where. person "": the actor's own; another's for administrators. */
struct signed_in {
    struct text id;
    int64_t created, seen, ends;
    bool current; /* the one that asks */
};
MUST_USE enum err access_sessions(struct call *call, struct reader *r, struct text person,
                                  struct signed_in **sessions, size_t *count);
/* Ends one: the actor's own, or anybody's by an administrator. ERR_MISSING otherwise. */
MUST_USE enum err access_session_end(struct call *call, struct access *a, struct text id);
/* Cookie or bearer secret → actor with its grants as they are now. Idle 30 min, absolute 12 h
 * (demo: 7 days). ERR_SIGNED_OUT otherwise. Cheap: cached 1 s or less, dropped at once on any change. */
MUST_USE enum err access_session(struct call *call, struct access *a, struct reader *r,
                                 struct text cookie, struct actor **out);
MUST_USE enum err access_bearer(struct call *call, struct access *a, struct reader *r,
                                struct text secret, struct actor **out);
/* The same for either secret, without counting as a use: for what goes on by itself. */
MUST_USE enum err access_still(struct call *call, struct access *a, struct reader *r,
                               struct text secret, struct actor **out);
struct token {
    struct text id, name, scopes, created_by;
    struct text person; /* it acts for; "" for none: then it may only read */
    bool relations;
    struct grant *grants;
    size_t grant_count;
    int64_t created, expires, last_used; /* 0 = never */
    bool revoked;
};
/* "aw_" + 43 characters; stored as SHA-256; expiry at most a year. A token acts for a person:
 * what it writes is theirs, duties judge them, and it never holds more than they hold now.
 * `person` says for whom a command makes it (required for a role of the business); a person
 * makes them for themselves (""). `relations`: being owner or author of a record counts for it
 * as well; without, it has exactly its roles. Scopes ("events:SYS-0001,events:SYS-0002",
 * "events:*") narrow: a token that has one may do only what its scopes name; `read`, all that
 * its roles may read and nothing else, is what somebody gets who is neither administrator nor
 * AIMS manager. */
MUST_USE enum err access_token_create(struct call *call, struct access *a, struct text name,
                                      struct text person, const struct grant *grants,
                                      size_t grant_count, bool relations, struct text scopes,
                                      int64_t expires, struct text *secret, struct text *id);
MUST_USE enum err access_token_revoke(struct call *call, struct access *a, struct text id);
MUST_USE enum err access_tokens(struct call *call, struct reader *r, struct token **tokens,
                                size_t *count);
#endif
