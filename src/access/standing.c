/* SPDX-License-Identifier: Apache-2.0 */
/* access/standing.c — what the ledger says of sessions, people, roles and tokens, now.
 * The log is read once, in memory there is what its last word on each of them is; what was added
 * since is read before anybody is let in. Rows of the database are held against this
 * (covered.c): a row that no entry speaks for lets nobody in. */
#include "access/internal.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096
#define OLDEST (8 * DAY) /* no session lives longer: older ones are forgotten */

struct node {
    struct node *next;  /* in its bucket */
    struct node *later; /* the next session begun; of a unit, a lending, a hook: the next one */
    struct standing_word word;
    struct arena *said; /* lending: what it says, when it is placed */
    struct lending lending;
    size_t key_len;
    char key[]; /* kind, NUL, id */
};

struct standing {
    pthread_mutex_t lock;
    struct ledger_follower *follower;
    struct node *buckets[BUCKETS];
    struct node *oldest, *newest; /* sessions */
    struct node *units, *lendings, *hooks;
    struct text unit_kind, lending_kind, waiver_kind;
    size_t unplaced; /* units of which it is not known where they are */
    size_t unlent;   /* lendings of which it is not known what they say */
};

struct standing *access__standing_open(const struct ledger *l, struct text unit_kind,
                                       struct text lending_kind, struct text waiver_kind)
{
    struct standing *s = calloc(1, sizeof *s);
    if (s == NULL)
        panic("out_of_memory bytes=%zu", sizeof *s);
    pthread_mutexattr_t again; /* who holds it may still follow and ask */
    pthread_mutexattr_init(&again);
    pthread_mutexattr_settype(&again, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&s->lock, &again);
    pthread_mutexattr_destroy(&again);
    s->follower = ledger_follower_open(l);
    s->unit_kind = unit_kind;
    s->lending_kind = lending_kind;
    s->waiver_kind = waiver_kind;
    return s;
}

void access__standing_close(struct standing *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct node *n = s->buckets[i], *next; n != NULL; n = next) {
            next = n->next;
            arena_close(n->said);
            free(n);
        }
    ledger_follower_close(s->follower);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

/* ---- the words --------------------------------------------------------------------------- */

static struct node **place_of(struct standing *s, const char *kind, struct text id)
{
    size_t kind_len = strlen(kind);
    struct node **at = &s->buckets[(text_hash(id) ^ (uint64_t)kind[0]) % BUCKETS];
    while (*at != NULL &&
           ((*at)->key_len != kind_len + 1 + id.len || strcmp((*at)->key, kind) != 0 ||
            memcmp((*at)->key + kind_len + 1, id.at, id.len) != 0))
        at = &(*at)->next;
    return at;
}

static struct standing_word *find(struct standing *s, const char *kind, struct text id)
{
    struct node *n = id.len > 0 ? *place_of(s, kind, id) : NULL;
    return n != NULL ? &n->word : NULL;
}

static struct node *find_or_make(struct standing *s, const char *kind, struct text id)
{
    size_t kind_len = strlen(kind);
    struct node **at = place_of(s, kind, id);
    if (*at != NULL)
        return *at;
    struct node *n = calloc(1, sizeof *n + kind_len + 1 + id.len);
    if (n == NULL)
        panic("out_of_memory bytes=%zu", sizeof *n);
    n->key_len = kind_len + 1 + id.len;
    memcpy(n->key, kind, kind_len);
    if (id.len > 0)
        memcpy(n->key + kind_len + 1, id.at, id.len);
    *at = n;
    return n;
}

static void keep_id(char out[STANDING_ID], struct text id)
{
    size_t len = id.len < STANDING_ID ? id.len : STANDING_ID - 1;
    memcpy(out, len > 0 ? id.at : "", len);
    out[len] = '\0';
}

static void take_commitment(struct standing_word *w, const struct ledger_leaf *leaf)
{
    w->entry = leaf->index;
    w->committed = leaf->has_commitment;
    w->commitment = leaf->commitment;
}

/* ---- entries ----------------------------------------------------------------------------- */

static void forget_old(struct standing *s, int64_t now)
{
    while (s->oldest != NULL && s->oldest->word.moment + OLDEST < now) {
        struct node *n = s->oldest;
        struct text id = {n->key + sizeof "session", n->key_len - sizeof "session"};
        struct node **at = place_of(s, "session", id);
        s->oldest = n->later;
        if (s->oldest == NULL)
            s->newest = NULL;
        *at = n->next;
        free(n);
    }
}

static void session_entry(struct standing *s, const struct ledger_leaf *leaf)
{
    if (access__begins_session(leaf->act)) {
        struct node *n = find_or_make(s, "session", leaf->object_id);
        if (n->word.moment != 0)
            return; /* a second one for the same id begins nothing */
        take_commitment(&n->word, leaf);
        n->word.moment = leaf->moment;
        keep_id(n->word.person, leaf->actor_id);
        *(s->newest != NULL ? &s->newest->later : &s->oldest) = n;
        s->newest = n;
        forget_old(s, leaf->moment);
        return;
    }
    struct standing_word *w = find(s, "session", leaf->object_id);
    if (w == NULL)
        return;
    if (text_is(leaf->act, "auth.fresh")) {
        w->fresh_entry = leaf->index;
        w->fresh = leaf->commitment;
    } else if (access__ends_session(leaf->act)) {
        w->ended = true;
    }
}

static void role_entry(struct standing *s, const struct ledger_leaf *leaf, const char *kind,
                       const char *holder_kind)
{
    enum grant_state state = access__grant_state(leaf->act);
    struct text rest = leaf->object_id, holder = text_cut(&rest, '/');
    if (state == GRANT_UNKNOWN || holder.len == 0)
        return;
    struct standing_word *w = &find_or_make(s, kind, leaf->object_id)->word;
    struct standing_word *h = &find_or_make(s, holder_kind, holder)->word;
    h->active += state == GRANT_ACTIVE;
    h->active -= w->state == GRANT_ACTIVE;
    w->state = state;
    take_commitment(w, leaf);
}

static void person_entry(struct standing *s, const struct ledger_leaf *leaf)
{
    struct standing_word *w = &find_or_make(s, "person", leaf->object_id)->word;
    if (leaf->has_commitment)
        take_commitment(w, leaf);
    if (text_is(leaf->act, "user.disable"))
        w->left = leaf->index;
    if (access__ends_sessions(leaf->act)) {
        w->ended_entry = leaf->index;
        keep_id(w->spared, leaf->session);
    }
}

static void feed_entry(struct standing *s, const struct ledger_leaf *leaf)
{
    struct standing_word *w = &find_or_make(s, "calendar_feed", leaf->object_id)->word;
    take_commitment(w, leaf);
    w->ended = !text_is(leaf->act, "feed.make");
}

static void hook_entry(struct standing *s, const struct ledger_leaf *leaf)
{
    struct node *n = find_or_make(s, "hook", leaf->object_id);
    if (!n->word.committed) {
        n->later = s->hooks;
        s->hooks = n;
        n->word.fresh_entry = leaf->index;
    }
    take_commitment(&n->word, leaf);
    n->word.ended |= text_is(leaf->act, "hook.end"); /* for good */
}

static void unit_entry(struct standing *s, const struct ledger_leaf *leaf)
{
    struct node *n = find_or_make(s, "unit", leaf->object_id);
    if (!n->word.committed) {
        n->later = s->units;
        s->units = n;
    }
    s->unplaced += !n->word.committed || n->word.placed;
    take_commitment(&n->word, leaf);
    n->word.placed = false;
}

/* What it said before counts no more, whatever it says now. */
static void lending_entry(struct standing *s, const struct ledger_leaf *leaf)
{
    struct node *n = find_or_make(s, "lending", leaf->object_id);
    if (!n->word.committed) {
        n->later = s->lendings;
        s->lendings = n;
    }
    s->unlent += !n->word.committed || n->word.placed;
    take_commitment(&n->word, leaf);
    n->word.placed = false;
    n->lending = (struct lending){0};
}

static void take(void *arg, const struct ledger_leaf *leaf)
{
    struct standing *s = arg;
    struct text kind = leaf->object_kind;
    if (text_is(kind, "session"))
        session_entry(s, leaf);
    else if (text_is(kind, "role_grant"))
        role_entry(s, leaf, "role_grant", "person");
    else if (text_is(kind, "token_grant"))
        role_entry(s, leaf, "token_grant", "token");
    else if (text_is(kind, "person"))
        person_entry(s, leaf);
    else if (text_is(kind, "token") && leaf->has_commitment)
        take_commitment(&find_or_make(s, "token", leaf->object_id)->word, leaf);
    else if (text_is(kind, "access_request") && leaf->has_commitment)
        take_commitment(&find_or_make(s, "access_request", leaf->object_id)->word, leaf);
    else if (text_is(kind, "calendar_feed") && leaf->has_commitment)
        feed_entry(s, leaf);
    else if (text_is(kind, "hook") && leaf->has_commitment)
        hook_entry(s, leaf);
    else if (text_same(kind, s->unit_kind) && kind.len > 0 && leaf->has_commitment)
        unit_entry(s, leaf);
    else if (text_same(kind, s->lending_kind) && kind.len > 0 && leaf->has_commitment)
        lending_entry(s, leaf);
    else if (text_same(kind, s->waiver_kind) && kind.len > 0 && leaf->has_commitment)
        take_commitment(&find_or_make(s, "waiver", leaf->object_id)->word, leaf);
}

/* ---- asking ------------------------------------------------------------------------------ */

void access__standing_hold(struct access *a)
{
    pthread_mutex_lock(&a->standing->lock);
}

void access__standing_release(struct access *a)
{
    pthread_mutex_unlock(&a->standing->lock);
}

enum err access__standing_follow(struct call *call, struct access *a, struct reader *r)
{
    struct standing *s = a->standing;
    pthread_mutex_lock(&s->lock);
    enum err e = ledger_follow(call, s->follower, r, take, s);
    if (e == OK && s->unplaced > 0)
        e = access__tree_place(call, a, r);
    if (e == OK && s->unlent > 0)
        e = access__lendings_place(call, a, r);
    pthread_mutex_unlock(&s->lock);
    return e;
}

bool access__standing(const struct access *a, const char *kind, struct text id,
                      struct standing_word *out)
{
    struct standing *s = a->standing;
    pthread_mutex_lock(&s->lock);
    const struct standing_word *w = find(s, kind, id);
    *out = w != NULL ? *w : (struct standing_word){0};
    pthread_mutex_unlock(&s->lock);
    return w != NULL;
}

struct text *access__standing_hooks(struct access *a, struct arena *arena, size_t *count,
                                    int64_t *last)
{
    struct standing *s = a->standing;
    size_t n = 0;
    pthread_mutex_lock(&s->lock);
    *last = -1;
    for (const struct node *at = s->hooks; at != NULL; at = at->later) {
        n += !at->word.ended;
        *last = (int64_t)at->word.entry > *last ? (int64_t)at->word.entry : *last;
    }
    struct text *out = NEW_MANY(arena, n + 1, struct text);
    *count = 0;
    for (const struct node *at = s->hooks; at != NULL; at = at->later)
        if (!at->word.ended)
            out[(*count)++] = text_copy(
                arena, (struct text){at->key + sizeof "hook", at->key_len - sizeof "hook"});
    pthread_mutex_unlock(&s->lock);
    return out;
}

/* ---- units ------------------------------------------------------------------------------- */

struct text *access__standing_units(struct access *a, struct arena *arena, bool unplaced,
                                    size_t *count)
{
    struct standing *s = a->standing;
    size_t n = 0;
    pthread_mutex_lock(&s->lock);
    for (const struct node *at = s->units; at != NULL; at = at->later)
        n += !unplaced || !at->word.placed;
    struct text *out = NEW_MANY(arena, n + 1, struct text);
    *count = 0;
    for (const struct node *at = s->units; at != NULL; at = at->later)
        if (!unplaced || !at->word.placed)
            out[(*count)++] = text_copy(arena, (struct text){at->key + sizeof "unit",
                                                             at->key_len - sizeof "unit"});
    pthread_mutex_unlock(&s->lock);
    return out;
}

void access__standing_place(struct access *a, struct text id, struct text parent)
{
    struct standing *s = a->standing;
    pthread_mutex_lock(&s->lock);
    struct standing_word *w = find(s, "unit", id);
    if (w != NULL && !w->placed) {
        keep_id(w->parent, parent);
        w->placed = true;
        s->unplaced--;
    }
    pthread_mutex_unlock(&s->lock);
}

/* ---- who is whose deputy ----------------------------------------------------------------- */

struct text *access__standing_unlent(struct access *a, struct arena *arena, size_t *count)
{
    struct standing *s = a->standing;
    pthread_mutex_lock(&s->lock);
    struct text *out = NEW_MANY(arena, s->unlent + 1, struct text);
    *count = 0;
    for (const struct node *at = s->lendings; at != NULL && *count < s->unlent; at = at->later)
        if (!at->word.placed)
            out[(*count)++] = text_copy(arena, (struct text){at->key + sizeof "lending",
                                                             at->key_len - sizeof "lending"});
    pthread_mutex_unlock(&s->lock);
    return out;
}

static struct lending lending_copy(struct arena *arena, const struct lending *from)
{
    struct lending l = *from;
    l.giver = text_copy(arena, from->giver);
    l.deputy = text_copy(arena, from->deputy);
    l.from = text_copy(arena, from->from);
    l.until = text_copy(arena, from->until);
    l.roles = text_copy(arena, from->roles);
    return l;
}

void access__standing_lend(struct access *a, struct text id, const struct lending *l)
{
    struct standing *s = a->standing;
    pthread_mutex_lock(&s->lock);
    struct node *n = *place_of(s, "lending", id);
    if (n != NULL && !n->word.placed) {
        if (n->said == NULL)
            n->said = arena_open();
        arena_reset(n->said);
        n->lending = lending_copy(n->said, l);
        n->word.placed = true;
        s->unlent--;
    }
    pthread_mutex_unlock(&s->lock);
}

static bool left_since(struct standing *s, struct text person, uint64_t entry)
{
    const struct standing_word *w = find(s, "person", person);
    return w == NULL || w->left > entry;
}

static bool lends(struct standing *s, const struct node *n, struct text person, struct text day)
{
    const struct lending *l = &n->lending;
    return n->word.placed && l->accepted && text_same(l->deputy, person) &&
           !text_same(l->giver, person) && l->from.len > 0 && l->until.len > 0 &&
           text_compare(l->from, day) <= 0 && text_compare(day, l->until) <= 0 &&
           !left_since(s, l->giver, n->word.entry) && !left_since(s, person, n->word.entry);
}

struct lent *access__standing_lent(struct access *a, struct arena *arena, struct text person,
                                   struct text day, size_t *count)
{
    struct standing *s = a->standing;
    size_t n = 0;
    pthread_mutex_lock(&s->lock);
    for (const struct node *at = s->lendings; at != NULL; at = at->later)
        n += lends(s, at, person, day);
    struct lent *out = NEW_MANY(arena, n + 1, struct lent);
    *count = 0;
    for (const struct node *at = s->lendings; at != NULL; at = at->later)
        if (lends(s, at, person, day))
            out[(*count)++] =
                (struct lent){lending_copy(arena, &at->lending), at->word.entry};
    pthread_mutex_unlock(&s->lock);
    return out;
}
