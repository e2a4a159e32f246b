/* SPDX-License-Identifier: Apache-2.0 */
/* access/internal.h — what the files of this folder share. Nothing outside access/ includes it.
 *
 * The one idea: whoever acts is looked up in the store and kept for less than a second; every
 * committed change here moves `generation` on, and what was kept before it counts no more.
 * Secrets (passwords, cookies, tokens) are stored only as hashes and never logged. */
#ifndef ACCESS_INTERNAL_H
#define ACCESS_INTERNAL_H

#include "access/access.h"
#include "store/write.h"

#include <pthread.h>
#include <stdatomic.h>

#define SECOND ((int64_t)1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define SESSION_IDLE (30 * MINUTE)
#define SESSION_LIFE (12 * HOUR)
#define SESSION_LIFE_DEMO (7 * DAY)
#define FRESH_LIFE (5 * MINUTE)
#define TOUCH_EVERY MINUTE
#define TOKEN_LIFE_MOST (365 * DAY)
#define REQUEST_LIFE (7 * DAY) /* of what waits for a second person, and of a link for a password */

struct hasher;
struct throttle;
struct actor_cache;
struct standing;
struct trace;
struct access {
    struct store *store;
    struct ledger *ledger;
    _Atomic(const struct model *) model; /* of the newest epoch; good for whoever holds one */
    struct hasher *hasher;
    struct throttle *throttle;
    struct actor_cache *cache;
    struct standing *standing;
    struct trace *trace;
    struct unit_source units; /* version NULL: none was given, the closure is believed */
    struct text unit_kind;    /* name of the kind of record that units are; "" for none */
    struct lending_source lendings; /* version NULL: none was given, nobody lends anything */
    struct text lending_kind; /* name of the kind of record that names deputies; "" for none */
    atomic_ullong generation; /* of committed changes of this folder's tables */
    int64_t session_life;
    char decoy[128]; /* a password hash that nothing matches, as dear as a real one */
    pthread_mutex_t first_lock;
    struct hash first;   /* of the token for the first administrator */
    int64_t first_until; /* 0: there is none */
    pthread_mutex_t touch_lock;
    pthread_cond_t touched;
    size_t touches; /* handed to the writer and not done */
    struct arena *lasting; /* ends with it: every zone there was since the start, names of kinds */
    _Atomic(const struct zone *) zone; /* NULL: UTC */
    _Atomic(const struct text *) calendar; /* its name; NULL: Monday to Friday */
    atomic_bool managed; /* somebody is or was AIMS manager: known for good once it is true */
};

/* ---- zone.c */
MUST_USE enum err access__zone_open(struct call *call, struct access *a);

/* ---- access.c: how every change here is made --------------------------------------------- */
/* store_run, and when it committed everything kept about actors is forgotten. */
MUST_USE enum err access__run(struct call *call, struct access *a,
                              enum err (*run)(struct job *, struct call *, struct tx *),
                              void *arg);
struct ledger_event access__event(struct call *call, const struct access *a,
                                  const struct actor *actor, const char *act, const char *kind,
                                  struct text id);
/* One ledger entry in the job's transaction. actor NULL: the engine. id "": about nothing. */
MUST_USE enum err access__note(struct call *call, struct tx *tx, const struct access *a,
                               const struct actor *actor, const char *act, const char *kind,
                               struct text id);
/* The same, after the row of a "person" or "token" was written: the entry commits to the row
 * (seal.c). */
MUST_USE enum err access__seal(struct call *call, struct tx *tx, const struct access *a,
                               const struct actor *actor, const char *act, const char *kind,
                               struct text id);
MUST_USE enum err access__seals_compare(struct call *call, struct reader *db,
                                        const struct replay *replay, struct verification *out);
/* ---- sealed.c: content kept beside the entry that commits to it -------------------------- */
struct member { /* of the object that is committed to; in the order of their names */
    const char *name;
    struct text value;
};
MUST_USE enum err access__keep(struct call *call, struct tx *tx, const struct access *a,
                               const struct actor *actor, const char *act, const char *kind,
                               struct text id, const struct member *members, size_t count);
struct text access__body(struct call *call, const struct member *members, size_t count);
struct text access__number(struct call *call, int64_t number);

/* ---- standing.c: the last word of the ledger on each of these ----------------------------- */
enum grant_state { GRANT_NONE, GRANT_PENDING, GRANT_ACTIVE, GRANT_UNKNOWN };
#define STANDING_ID 64
struct standing_word {
    uint64_t entry; /* the last with a commitment; of a session: its log-in */
    bool committed;
    struct hash commitment;
    enum grant_state state; /* of a role given */
    uint64_t active;        /* person, token: roles in force */
    int64_t moment;         /* session: of the log-in */
    char person[STANDING_ID];
    bool ended;
    uint64_t fresh_entry; /* session: password confirmed again; 0: not. hook: what made it */
    struct hash fresh;
    uint64_t ended_entry; /* person: sessions from before are over, but for this one: */
    char spared[STANDING_ID];
    bool placed; /* unit, lending: what its last version says is known: */
    char parent[STANDING_ID]; /* unit */
    uint64_t left; /* person: the last entry that ended their account; 0: none */
};
/* Names of the kinds whose entries are those of units, of who is whose deputy, and of waivers.
 */
struct standing *access__standing_open(const struct ledger *l, struct text unit_kind,
                                       struct text lending_kind, struct text waiver_kind);
void access__standing_close(struct standing *s);
/* Between the two nobody but this thread reads on. */
void access__standing_hold(struct access *a);
void access__standing_release(struct access *a);
/* Reads what was added to the log since. */
MUST_USE enum err access__standing_follow(struct call *call, struct access *a,
                                          struct reader *r);
bool access__standing(const struct access *a, const char *kind, struct text id,
                      struct standing_word *out);
/* Ids of the hooks that have not ended; *last: of the last entry about any, -1 for none. */
struct text *access__standing_hooks(struct access *a, struct arena *arena, size_t *count,
                                    int64_t *last);
/* Ids of all units, or of those not placed yet. */
struct text *access__standing_units(struct access *a, struct arena *arena, bool unplaced,
                                    size_t *count);
void access__standing_place(struct access *a, struct text id, struct text parent);
/* Ids of those that name deputies and are not placed yet. */
struct text *access__standing_unlent(struct access *a, struct arena *arena, size_t *count);
void access__standing_lend(struct access *a, struct text id, const struct lending *l);
/* What is lent to the person on that day, as the ledger has it: by nobody, and to nobody, who has left
 * since. `entry`: of the version that says so. */
struct lent {
    struct lending lending;
    uint64_t entry;
};
struct lent *access__standing_lent(struct access *a, struct arena *arena, struct text person,
                                   struct text day, size_t *count);

/* ---- deputy.c ---------------------------------------------------------------------------- */
/* While the log is held: reads what they say now. */
MUST_USE enum err access__lendings_place(struct call *call, struct access *a, struct reader *r);
/* Adds what is lent to the actor, who has just been found to be who they say. */
MUST_USE enum err access__lend(struct call *call, struct access *a, struct reader *r,
                               struct actor *actor);

/* ---- tree.c: who is above whom as the ledger says ------------------------------------------ */
/* While the log is held: reads where units went since. */
MUST_USE enum err access__tree_place(struct call *call, struct access *a, struct reader *r);
/* Whether the rows of the closure below the unit are those that follow. */
MUST_USE enum err access__tree_below_same(struct call *call, struct access *a, struct reader *r,
                                          struct text unit, bool *same);

/* ---- acts.c: what the acts of this folder mean -------------------------------------------- */
bool access__begins_session(struct text act);
bool access__ends_session(struct text act);  /* the one it is about */
bool access__ends_sessions(struct text act); /* of the person it is about, but for its own */
enum grant_state access__grant_state(struct text act);
/* person/role/unit; exact, whatever bytes they hold */
struct text access__grant_id(struct arena *arena, struct text holder, struct text role,
                             struct text unit);

/* For verification: every entry in order. */
struct acts;
struct acts *access__acts(struct arena *a);
MUST_USE enum err access__acts_entry(struct call *call, struct reader *db, struct acts *acts,
                                     const struct ledger_leaf *leaf, struct verification *out,
                                     struct acted *acted);
MUST_USE enum err access__acts_sessions(struct call *call, struct reader *db,
                                        const struct acts *acts, struct verification *out);
MUST_USE enum err access__acts_end(struct call *call, struct reader *db,
                                   const struct acts *acts, struct verification *out);

/* ---- covered.c: rows held against it ------------------------------------------------------ */
struct session_row {
    struct text id, hash, person, created_at, ends_at, fresh_until;
};
/* Is the row as its log-in, and its last confirmation of the password, have it? */
bool access__is_session(const struct session_row *s, const struct json *login,
                        const struct json *fresh);
struct claim { /* what rows say; "" leaves out */
    struct session_row session;
    struct text token, person, request;
};
/* `load` reads the rows, again when something changed meanwhile. Not covered is logged as
 * tampering. */
MUST_USE enum err access__covered(struct call *call, struct access *a, struct reader *r,
                                  enum err (*load)(void *arg, struct claim *out), void *arg,
                                  bool *covered);
/* Before rows about somebody are built upon: their row, roles, and the request (id; "" for none) are
 * as the ledger says. ERR_CONFLICT, code "tampering", when not. A person who is not there is no
 * finding: who asks will be told. */
MUST_USE enum err access__trusted(struct call *call, struct access *a, struct text person,
                                  struct text request);
enum err access__tampered(struct call *call);
MUST_USE enum err access__kept(struct call *call, struct reader *r, uint64_t entry,
                               const struct hash *commitment, const struct json **out);
/* seal.c: what the row of a "person" or "token" commits to as it stands. */
MUST_USE enum err access__row_commitment(struct call *call, struct reader *r, const char *kind,
                                         struct text id, struct hash *out, bool *there);

/* ---- trace.c ----------------------------------------------------------------------------- */
struct trace *access__trace_open(void);
void access__trace_close(struct trace *t);

/* ---- own.c: what a change of the organisation's own files says in its entry */
struct own_change {
    struct text files, before, after; /* "path digest" with commas, "path -" of one that went; digests */
};
/* The files in the store against what the ledger says of them. */
MUST_USE enum err access__own_compare(struct call *call, struct reader *db,
                                      struct verification *out);
MUST_USE enum err access__own_change(struct call *call, struct tx *tx, const struct own_files *own,
                                     struct own_change *out);

/* ---- found.c */
MUST_USE enum err access__organisation_fits(struct call *call, struct text name);
/* ---- facts.c ----------------------------------------------------------------------------- */
MUST_USE enum err access__fact(struct call *call, struct tx *tx, const struct access *a,
                               const char *name, struct text value);
/* False for a store of the first release that no later one has opened: it lacks tables. */
MUST_USE enum err access__has_format(struct call *call, struct reader *db, bool *has);
MUST_USE enum err access__facts_compare(struct call *call, struct reader *db,
                                        struct verification *out);


struct seal { /* the last entry that commits to the row */
    const char *kind;
    struct text id;
    uint64_t entry;
    struct hash commitment;
};
const struct seal *replay__seal(const struct replay *r, const char *kind, struct text id);
/* Reads outside a job, with a reader borrowed just for this. */
MUST_USE enum err access__rows(struct call *call, struct access *a, const char *sql,
                               const struct value *values, size_t value_count, size_t most,
                               struct rows *out);
int64_t access__moment(const struct value *v); /* 0 when empty */
struct value access__at(struct call *call, int64_t moment);

/* ---- what an actor may do here ----------------------------------------------------------- */
bool access__manages(const struct actor *a); /* the command line, or an administrator */
enum err access__denied(struct call *call);
/* Acts on keys and roles are a person's, who gave the password within five minutes. */
MUST_USE enum err access__needs_fresh(struct call *call);

/* ---- hasher.c: Argon2id, two at a time --------------------------------------------------- */
MUST_USE enum err access__hasher_open(struct call *call, struct hasher **out);
void access__hasher_close(struct hasher *h);
/* ERR_BUSY when 64 wait already. `out` gets a NUL-terminated string with its parameters. */
MUST_USE enum err access__hash(struct call *call, struct hasher *h, struct text password,
                               char out[128]);
MUST_USE enum err access__hash_matches(struct call *call, struct hasher *h,
                                       struct text password, struct text stored, bool *matches);
bool access__hash_weak(struct text stored); /* made with less than is asked for today */
void access__decoy(char out[128]);

/* ---- secret.c: rules for passwords, random secrets --------------------------------------- */
bool access__password_common(struct arena *arena, struct text password);
bool access__password_listed(struct text folded); /* common.c */
/* access_password_ok with the organisation's name among the words that must not carry it. */
MUST_USE enum err access__password_fits(struct call *call, struct access *a,
                                        struct text password, struct text email,
                                        struct text name);
/* 43 characters that carry 256 bits. */
struct text access__secret(struct arena *arena);
struct text access__secret_hash(struct arena *arena, struct text secret); /* hex */

/* ---- throttle.c: waits that grow with failures ------------------------------------------- */
struct attempt {
    struct hash account, peer, pair;
    bool has_peer;
    bool device; /* the account was signed in there: a cookie of its session says so */
    int64_t now;
};
MUST_USE enum err access__throttle_open(struct call *call, struct throttle **out);
void access__throttle_close(struct throttle *t);
struct attempt access__attempt(struct call *call, const char *purpose, struct text account,
                               struct text peer);
/* Counts the attempt as failed until told otherwise, so that attempts made at the same time
 * cannot slip through together. ERR_BUSY, code "wait", while there is something to wait for. */
MUST_USE enum err access__throttle_begin(struct call *call, struct throttle *t,
                                         const struct attempt *at);
int64_t access__throttle_seconds(struct throttle *t, const struct attempt *at);
void access__throttle_succeeded(struct throttle *t, const struct attempt *at);
void access__throttle_cancelled(struct throttle *t, const struct attempt *at);

/* ---- cache.c: actors, for less than a second --------------------------------------------- */
struct credential {
    struct actor *actor;
    struct text id;     /* of the session or token */
    int64_t seen;       /* last use, as far as this node knows */
    int64_t ends, idle; /* idle 0: never */
    bool any_lang;      /* the person chose none: that of the call */
};
MUST_USE enum err access__cache_open(struct call *call, struct actor_cache **out);
void access__cache_close(struct actor_cache *c);
bool access__cache_get(struct call *call, struct access *a, const struct hash *key,
                       struct credential *out);
/* `generation` as it was before the store was read. */
void access__cache_put(struct call *call, struct access *a, unsigned long long generation,
                       const struct hash *key, struct credential *kept);
void access__cache_seen(struct access *a, const struct hash *key, int64_t seen);
struct actor *access__actor_copy(struct arena *arena, const struct actor *from);

/* ---- session.c, token.c ------------------------------------------------------------------ */
/* Writes the last use down, later and without waiting. access_close waits for what is under
 * way: the ledger must not be closed under the writer. */
void access__touch(struct call *call, struct access *a, const char *sql, struct text id);
void access__touches_wait(struct access *a);
/* Who a secret stands for; ERR_SIGNED_OUT when it is none. */
MUST_USE enum err access__session_credential(struct call *call, struct access *a,
                                             struct reader *r, struct text cookie,
                                             struct hash *key, struct credential *out);
MUST_USE enum err access__token_credential(struct call *call, struct access *a,
                                           struct reader *r, struct text secret,
                                           struct hash *key, struct credential *out);
/* Gives the actor when the credential is still good; touches it at most once a minute, with
 * touch NULL never. */
MUST_USE enum err access__admit(struct call *call, struct access *a, const struct hash *key,
                                struct credential *c, const char *touch, struct actor **out);
enum err access__signed_out(struct call *call);

/* ---- person.c, grant.c, unit.c ----------------------------------------------------------- */
struct new_person {
    struct text id, name, email, unit;
    const char *password; /* hash, "" for none */
    bool once;            /* must be changed at the first log-in */
    struct text waits_by; /* who made it alone; "" when it waits for nobody */
};
enum err access__check_new(struct call *call, struct text name, struct text email);
MUST_USE enum err access__person_insert(struct call *call, struct tx *tx,
                                        const struct access *a, const struct actor *actor,
                                        const struct new_person *p);
/* The row, or ERR_MISSING with a problem. Columns: id, password, disabled, email, name, unit,
 * lang, waits_by. */
MUST_USE enum err access__person_tx(struct call *call, struct tx *tx, struct text id,
                                    const struct value **row);
MUST_USE enum err access__check_grant(struct call *call, const struct access *a,
                                      const struct grant *grant);
/* `founding`: nobody was ever AIMS manager when the call began (access__founding). */
MUST_USE enum err access__grant_tx(struct call *call, struct tx *tx, struct access *a,
                                   struct text person, const struct grant *grant, bool founding,
                                   bool *pending);
/* May one of these grants appoint the first AIMS manager of the organisation? Looks through the
 * ledger when nobody is known to have been one. */
MUST_USE enum err access__founding(struct call *call, struct access *a,
                                   const struct grant *grants, size_t count, bool *founding);
/* ERR_CONFLICT when nobody but `person` could manage people any more. */
MUST_USE enum err access__not_last_admin(struct call *call, struct tx *tx, struct text person);
MUST_USE enum err access__not_last_manager(struct call *call, struct tx *tx, struct text person);
MUST_USE enum err access__unit_exists(struct call *call, struct tx *tx, struct text unit);

/* A link asked for while the account could do little does not open it when it can do more. */
MUST_USE enum err access__end_links(struct call *call, struct tx *tx, const struct access *a,
                                    struct text person);

/* ---- confirm.c: two pairs of eyes --------------------------------------------------------- */
struct text access__by(const struct actor *a); /* the person behind it, or itself */
/* Is the actor an AIMS manager of the unit or of one above it? A person: a token confirms
 * nothing. */
MUST_USE enum err access__is_manager(struct call *call, struct tx *tx, const struct access *a, struct text unit,
                                     bool *yes);
/* May the actor confirm what `asker` asked for in the unit? Of what is about the business one of
 * the two is an AIMS manager. */
enum second { SECOND_MAY, SECOND_NOBODY, SECOND_SAME, SECOND_NEEDS_MANAGER };
MUST_USE enum err access__second(struct call *call, struct tx *tx, const struct access *a, struct text asker,
                                 struct text unit, bool business, enum second *out);
enum err access__second_refused(struct call *call, enum second why);
/* The account waits no longer (act user.confirm); nothing when it does not wait. */
MUST_USE enum err access__confirm_tx(struct call *call, struct tx *tx, const struct access *a,
                                     struct text person);
/* The same if the actor, who grants the person this role, might confirm; nothing otherwise. */
MUST_USE enum err access__confirm_by_grant(struct call *call, struct tx *tx,
                                           const struct access *a, struct text person,
                                           const struct grant *grant);
/* Do the person's roles keep them from what staff read? */
MUST_USE enum err access__bounded(struct call *call, struct tx *tx, const struct access *a,
                                  struct text person, bool *yes);
/* A role was taken from somebody who was bounded: if they no longer are, the account waits to be
 * confirmed (act user.unconfirm). */
MUST_USE enum err access__unbounded(struct call *call, struct tx *tx, const struct access *a,
                                    struct text person);

/* ---- request.c: what waits for a second person -------------------------------------------- */
struct request {
    struct text id, person, what, value, state, asked_by;
    int64_t ends;
};
MUST_USE enum err access__request_tx(struct call *call, struct tx *tx, struct text person,
                                     const char *what, struct request *out);
MUST_USE enum err access__request_ask(struct call *call, struct tx *tx, const struct access *a,
                                      struct text person, const char *what, struct text value);
MUST_USE enum err access__request_state(struct call *call, struct tx *tx,
                                        const struct access *a, const struct actor *actor,
                                        struct text id, const char *state, const char *act);
MUST_USE enum err access__requests_end(struct call *call, struct tx *tx, const struct access *a,
                                       const struct actor *actor, struct text person,
                                       const char *what);
MUST_USE enum err access__link_tx(struct call *call, struct tx *tx, const struct access *a,
                                  struct text person, struct text asked_by, struct link *out);
enum err access__same_asker(struct call *call);

/* What follows from its grants: technical, sees_sensitive. */
void access__roles_mean(const struct access *a, struct actor *actor);
MUST_USE enum err access__grants_of(struct call *call, struct reader *r, struct text person,
                                    struct actor *actor);

#endif
