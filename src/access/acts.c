/* SPDX-License-Identifier: Apache-2.0 */
/* access/acts.c — was everybody who acted signed in? Each act of a person names the session it was
 * done in; from the store's second format on the log must hold the log-in of that session, by that
 * person, before it and not over; each token that acted must have been made and not revoked.
 * Rows of the database are not asked: a session that somebody put there and took away again has
 * left acts that no log-in covers. */
#include "access/internal.h"

#include <string.h>

/* A request that is under way when its session ends still writes its entry, and a log's time
 * never goes back. */
#define GRACE (2 * MINUTE)
#define SESSIONS_BOUND 2 /* the store's format from which on sessions are named */

/* ---- what acts mean ---------------------------------------------------------------------- */

bool access__begins_session(struct text act)
{
    return text_is(act, "auth.login");
}

bool access__ends_session(struct text act)
{
    return text_is(act, "auth.logout") || text_is(act, "session.end");
}

bool access__ends_sessions(struct text act)
{
    return text_is(act, "auth.password") || text_is(act, "user.disable");
}

enum grant_state access__grant_state(struct text act)
{
    if (text_is(act, "role.grant") || text_is(act, "role.found") || text_is(act, "token.grant"))
        return GRANT_ACTIVE;
    if (text_is(act, "role.grant_pending"))
        return GRANT_PENDING;
    return text_is(act, "role.revoke") ? GRANT_NONE : GRANT_UNKNOWN;
}

struct text access__grant_id(struct arena *arena, struct text holder, struct text role,
                             struct text unit)
{
    struct text id = text_join(arena, holder, TEXT("/"));
    id = text_join(arena, text_join(arena, id, role), TEXT("/"));
    return text_join(arena, id, unit);
}

/* Acts that take the password within the minutes before. */
static bool needs_fresh(struct text act)
{
    return text_starts(act, "role.") || text_is(act, "token.create") ||
           text_is(act, "user.confirm") || text_is(act, "hook.make") ||
           text_is(act, "hook.change");
}

/* ---- what is known ----------------------------------------------------------------------- */

enum thing { THING_SESSION, THING_PERSON, THING_TOKEN, THING_REQUEST };
struct known {
    struct known *next;
    enum thing thing;
    struct text id, person; /* person: whose session; spared: the one that went on */
    struct text spared;
    uint64_t entry, ended_entry;  /* begun; person: sessions from before are over */
    int64_t until, fresh_until;   /* by the clock of the log */
    int64_t ended;                /* moment; 0: not */
    struct hash commitment, fresh; /* of the log-in, and of the last confirmation: */
    uint64_t fresh_entry;          /* 0: none */
    struct text waits_by;          /* person: who made the account wait to be confirmed */
};

#define BUCKETS 65536
struct acts {
    struct arena *arena;
    struct known **buckets;
    bool bound; /* entries must name sessions from here on */
    bool stand_ins;
    struct text used;   /* the link that the entry before used, "" for none */
    struct text rehash; /* whose password the entry before stored in a stronger form */
    struct text found;  /* whom the entry before made the first AIMS manager */
};

struct acts *access__acts(struct arena *a)
{
    struct acts *s = NEW(a, struct acts);
    s->arena = a;
    s->buckets = NEW_MANY(a, BUCKETS, struct known *);
    return s;
}

static struct known *find(const struct acts *s, enum thing thing, struct text id)
{
    struct known *k = s->buckets[text_hash(id) % BUCKETS];
    while (k != NULL && (k->thing != thing || !text_same(k->id, id)))
        k = k->next;
    return k;
}

static struct known *find_or_make(struct acts *s, enum thing thing, struct text id)
{
    struct known *k = find(s, thing, id);
    if (k != NULL)
        return k;
    struct known **at = &s->buckets[text_hash(id) % BUCKETS];
    k = NEW(s->arena, struct known);
    *k = (struct known){.next = *at, .thing = thing, .id = text_copy(s->arena, id)};
    return *at = k;
}

/* ---- what begins and ends ---------------------------------------------------------------- */

struct look { /* at one entry */
    struct call *call, *page; /* findings live with the first, what is read with the second */
    struct reader *db;
    struct acts *acts;
    const struct ledger_leaf *leaf;
    struct verification *out;
};

static void wrong(struct look *l, const char *what)
{
    verification_add(l->call, l->out,
                     text_print(l->call->arena, "ledger entry %llu",
                                (unsigned long long)l->leaf->index),
                     "%s", what);
}

/* How long after the entry something holds, from two moments in its content. */
static int64_t span(const struct json *body, const char *from, const char *to)
{
    int64_t begin, end;
    return moment_read(json_text(json_get(body, from)), &begin) &&
                   moment_read(json_text(json_get(body, to)), &end) && end > begin
               ? end - begin
               : 0;
}

static enum err content(struct look *l, const struct json **body)
{
    *body = NULL;
    if (l->leaf->has_commitment)
        TRY(access__kept(l->page, l->db, l->leaf->index, &l->leaf->commitment, body));
    if (*body == NULL)
        wrong(l, "what it says of the session is not kept, or was altered");
    return OK;
}

static enum err begin(struct look *l, bool stand_in)
{
    const struct json *body;
    if (find(l->acts, THING_SESSION, l->leaf->object_id) != NULL)
        wrong(l, "its session was begun before");
    struct known *k = find_or_make(l->acts, THING_SESSION, l->leaf->object_id);
    TRY(content(l, &body));
    struct text person = json_text(json_get(body, "person"));
    if (body != NULL && !stand_in && !text_same(person, l->leaf->actor_id))
        wrong(l, "its session is another person's");
    k->person = text_copy(l->acts->arena, person);
    k->entry = l->leaf->index;
    k->commitment = l->leaf->commitment;
    k->until = l->leaf->moment + span(body, "created_at", "ends_at");
    k->fresh_until = l->leaf->moment + span(body, "created_at", "fresh_until");
    l->acts->stand_ins = l->acts->stand_ins || stand_in;
    return OK;
}

static enum err confirm(struct look *l)
{
    const struct json *body;
    struct known *k = find(l->acts, THING_SESSION, l->leaf->object_id);
    TRY(content(l, &body));
    if (k == NULL)
        return OK;
    k->fresh_until = l->leaf->moment + span(body, "at", "fresh_until");
    k->fresh = l->leaf->commitment;
    k->fresh_entry = l->leaf->index;
    return OK;
}

static void end_all(struct look *l)
{
    struct known *p = find_or_make(l->acts, THING_PERSON, l->leaf->object_id);
    p->ended_entry = l->leaf->index;
    p->ended = l->leaf->moment;
    p->spared = text_copy(l->acts->arena, l->leaf->session);
}

static void token_entry(struct look *l)
{
    struct known *k = find_or_make(l->acts, THING_TOKEN, l->leaf->object_id);
    if (text_is(l->leaf->act, "token.revoke"))
        k->ended = l->leaf->moment;
}

static void store_entry(struct look *l)
{
    int64_t format;
    bool first = text_is(l->leaf->act, "store.create") || text_is(l->leaf->act, "store.upgrade");
    if (!text_integer(l->leaf->object_id, &format) || format < SESSIONS_BOUND || !first)
        return;
    if (l->acts->bound && text_is(l->leaf->act, "store.create"))
        wrong(l, "the store was made before");
    l->acts->bound = true;
}

/* A link by which somebody sets a password: made, and used once within its time. */
static void request_entry(struct look *l)
{
    struct known *k = find_or_make(l->acts, THING_REQUEST, l->leaf->object_id);
    if (text_is(l->leaf->act, "request.open"))
        k->until = l->leaf->moment + REQUEST_LIFE;
    else if (text_is(l->leaf->act, "request.use") || text_is(l->leaf->act, "request.end"))
        k->until = 0;
}

/* Who made the account wait, for whoever confirms it must be somebody else. */
static void person_entry(struct look *l)
{
    struct text act = l->leaf->act;
    bool waits = text_is(act, "user.add") || text_is(act, "user.unconfirm");
    if (waits)
        find_or_make(l->acts, THING_PERSON, l->leaf->object_id)->waits_by =
            text_copy(l->acts->arena, l->leaf->actor_id);
    if (access__ends_sessions(act))
        end_all(l);
}

/* What the next entry may build upon. */
static void remember(struct look *l)
{
    const struct ledger_leaf *leaf = l->leaf;
    struct arena *arena = l->acts->arena;
    struct text found = leaf->object_id;
    l->acts->used = text_is(leaf->act, "request.use") ? text_copy(arena, leaf->object_id)
                                                      : TEXT("");
    l->acts->rehash = text_is(leaf->act, "auth.rehash") ? text_copy(arena, leaf->object_id)
                                                        : TEXT("");
    l->acts->found = text_is(leaf->act, "role.found")
                         ? text_copy(arena, text_cut(&found, '/'))
                         : TEXT("");
}

static enum err learn(struct look *l)
{
    struct text act = l->leaf->act, kind = l->leaf->object_kind;
    if (text_is(kind, "store"))
        store_entry(l);
    if (text_is(kind, "token"))
        token_entry(l);
    if (text_is(kind, "access_request"))
        request_entry(l);
    if (text_is(kind, "person"))
        person_entry(l);
    if (!text_is(kind, "session"))
        return OK;
    bool stand_in = text_is(act, "auth.stand_in");
    if (access__begins_session(act) || stand_in)
        return begin(l, stand_in);
    struct known *k = find(l->acts, THING_SESSION, l->leaf->object_id);
    if (k != NULL && access__ends_session(act) && k->ended == 0)
        k->ended = l->leaf->moment;
    return text_is(act, "auth.fresh") ? confirm(l) : OK;
}

/* ---- holding an act against it ----------------------------------------------------------- */

static const char *why_not_session(const struct look *l, const struct known *k)
{
    const struct ledger_leaf *leaf = l->leaf;
    if (leaf->session.len == 0)
        return "a person acted, and it does not say in which session";
    if (k == NULL)
        return "a person acted in a session that nobody signed in to";
    if (!text_same(k->person, leaf->actor_id))
        return "a person acted in a session of somebody else";
    if (leaf->moment > k->until + GRACE)
        return "a person acted in a session that had run out";
    if (k->ended != 0 && leaf->moment > k->ended + GRACE)
        return "a person acted in a session that was over";
    const struct known *p = find(l->acts, THING_PERSON, k->person);
    if (p != NULL && p->ended_entry > k->entry && leaf->moment > p->ended + GRACE &&
        !text_same(p->spared, k->id))
        return "a person acted in a session that was over";
    return NULL;
}

static const char *why_not_token(const struct look *l)
{
    const struct known *k = find(l->acts, THING_TOKEN, l->leaf->actor_id);
    if (k == NULL)
        return "a token acted that nobody made";
    if (k->ended != 0 && l->leaf->moment > k->ended + GRACE)
        return "a token acted that had been revoked";
    return NULL;
}

/* Somebody else than who made the account wait, and not its person; only the first AIMS manager is
 * confirmed by whoever appoints them. */
static const char *why_not_confirmed(const struct look *l)
{
    const struct ledger_leaf *leaf = l->leaf;
    const struct known *p = find(l->acts, THING_PERSON, leaf->object_id);
    if (text_same(leaf->actor_id, leaf->object_id))
        return "a person confirmed their own account";
    if (p != NULL && text_same(p->waits_by, leaf->actor_id) &&
        !text_same(l->acts->found, leaf->object_id))
        return "an account was confirmed by whoever made it wait";
    return NULL;
}

static const char *why_not_person(struct look *l, struct acted *out)
{
    const struct ledger_leaf *leaf = l->leaf;
    const struct known *k = find(l->acts, THING_SESSION, leaf->session);
    const char *why = why_not_session(l, k);
    out->by_person = true;
    out->fresh = why == NULL && leaf->moment <= k->fresh_until + GRACE;
    if (why == NULL && needs_fresh(leaf->act) && !out->fresh)
        why = "it takes the password, which was not confirmed in this session";
    if (why == NULL && text_is(leaf->act, "user.confirm"))
        why = why_not_confirmed(l);
    if (why == NULL && text_is(leaf->act, "auth.password") &&
        !text_same(leaf->actor_id, leaf->object_id))
        why = "a person set the password of another";
    return why;
}

/* The password of whom the link was made for, by a link that was open and has just been used. */
static enum err why_not_link(struct look *l, const char **why)
{
    struct rows rows;
    struct value id = V_TEXT(l->acts->used);
    *why = "a password was set without a link";
    if (l->acts->used.len == 0)
        return OK;
    TRY(read_rows(l->page, l->db,
                  "SELECT person FROM access_request WHERE id = $1 AND what = 'password'", &id, 1,
                  1, &rows));
    if (rows.count > 0 && text_same(row_at(&rows, 0)[0].text, l->leaf->object_id))
        *why = NULL;
    else
        *why = "a password was set by a link that is not for this person";
    return OK;
}

/* The engine sets passwords by links, for whoever opened them, and lets nobody in otherwise. */
static enum err why_not_system(struct look *l, const char **why)
{
    const struct ledger_leaf *leaf = l->leaf;
    struct text act = leaf->act;
    *why = NULL;
    if (text_is(act, "auth.password"))
        return why_not_link(l, why);
    if (text_is(act, "request.use")) {
        const struct known *k = find(l->acts, THING_REQUEST, leaf->object_id);
        if (k == NULL || k->until == 0 || leaf->moment > k->until + GRACE)
            *why = "a link was used that was not open";
    } else if (text_starts(act, "role.") || text_starts(act, "user.") ||
               text_starts(act, "token.") || text_starts(act, "request.")) {
        *why = "the engine decided about people, which it never does";
    }
    return OK;
}

static enum err judge(struct look *l, struct acted *out)
{
    const struct ledger_leaf *leaf = l->leaf;
    const char *why = NULL;
    if (l->acts->rehash.len > 0 && (!access__begins_session(leaf->act) ||
                                    !text_same(leaf->actor_id, l->acts->rehash)))
        wrong(l, "a password was stored anew before, and its person does not sign in here");
    if (text_is(leaf->actor_type, "user") && !access__begins_session(leaf->act))
        why = why_not_person(l, out);
    else if (text_is(leaf->actor_type, "token"))
        why = why_not_token(l);
    else if (text_is(leaf->actor_type, "system"))
        TRY(why_not_system(l, &why));
    if (why != NULL)
        wrong(l, why);
    return OK;
}

static enum err look_at(struct look *l, struct acted *acted)
{
    if (l->acts->bound)
        TRY(judge(l, acted));
    TRY(learn(l));
    remember(l);
    return OK;
}

/* Only these read content, in a page of their own. */
static bool reads_content(const struct ledger_leaf *leaf)
{
    return text_is(leaf->object_kind, "session") || text_is(leaf->act, "auth.password");
}

enum err access__acts_entry(struct call *call, struct reader *db, struct acts *acts,
                            const struct ledger_leaf *leaf, struct verification *out,
                            struct acted *acted)
{
    struct look l = {call, NULL, db, acts, leaf, out};
    *acted = (struct acted){.bound = acts->bound};
    if (!reads_content(leaf))
        return look_at(&l, acted);
    struct arena *page = arena_open();
    l.page = call_beside(page, call);
    enum err e = look_at(&l, acted);
    arena_close(page);
    return e;
}

/* ---- sessions that are there now --------------------------------------------------------- */

static bool over(const struct acts *acts, const struct known *k)
{
    const struct known *p = find(acts, THING_PERSON, k->person);
    return k->ended != 0 ||
           (p != NULL && p->ended_entry > k->entry && !text_same(p->spared, k->id));
}

static enum err compare_session(struct call *call, struct reader *db, const struct acts *acts,
                                const struct session_row *row, struct verification *out)
{
    const struct known *k = find(acts, THING_SESSION, row->id);
    const struct json *login = NULL, *fresh = NULL;
    if (k != NULL)
        TRY(access__kept(call, db, k->entry, &k->commitment, &login));
    if (k != NULL && k->fresh_entry > 0)
        TRY(access__kept(call, db, k->fresh_entry, &k->fresh, &fresh));
    if (k == NULL || over(acts, k) ||
        !access__is_session(row, login, k->fresh_entry > 0 ? fresh : login))
        verification_add(call, out,
                         text_print(call->arena, "session %.*s", TEXT_ARG(row->id)),
                         "is not one that the ledger knows to be open");
    return OK;
}

enum err access__acts_sessions(struct call *call, struct reader *db, const struct acts *acts,
                               struct verification *out)
{
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT id, hash, person, created_at, ends_at, fresh_until FROM session "
                  "ORDER BY id",
                  NULL, 0, READ_MOST, &rows));
    for (size_t i = 0; acts->bound && i < rows.count; i++) {
        const struct value *v = row_at(&rows, i);
        struct session_row row = {v[0].text, v[1].text, v[2].text,
                                  v[3].text, v[4].text, v[5].text};
        TRY(compare_session(call, db, acts, &row, out));
    }
    return OK;
}

/* Only the script of the demo acts for people who have not signed in. */
enum err access__acts_end(struct call *call, struct reader *db, const struct acts *acts,
                          struct verification *out)
{
    struct text demo;
    if (acts->rehash.len > 0) /* written with the log-in that follows, or not at all */
        verification_add(call, out, TEXT("ledger"),
                         "its last entry stored a password anew, and nobody signs in behind it");
    enum err e = acts->stand_ins ? meta_read(call, db, "demo", &demo) : ERR_MISSING;
    if (acts->stand_ins && (e == ERR_MISSING || (e == OK && !text_is(demo, "1"))))
        verification_add(call, out, TEXT("sessions"),
                         "the command line acted as people, and this is no demo");
    return e == ERR_MISSING ? OK : e;
}
