/* SPDX-License-Identifier: Apache-2.0 */
/* access/session.c — from a cookie to an actor.
 * The cookie is 256 random bits, known to the browser alone; the store has its SHA-256. The
 * CSRF token follows from the cookie, so it needs no storing and dies with it. The last use is
 * written at most once a minute, without waiting: reading never stands in the writer's queue.
 */
#include "access/internal.h"

#define COOKIE_LEN 43

enum err access__signed_out(struct call *call)
{
    return problem(call, ERR_SIGNED_OUT, TEXT(""), "signed_out", "%s",
                   say(call, "sign in first"));
}

/* ---- touching ---------------------------------------------------------------------------- */

struct touch {
    struct job job;
    struct access *access;
    struct arena *arena; /* owns this too */
    const char *sql;
    struct value values[2];
};

static void touch_begins(struct access *a)
{
    pthread_mutex_lock(&a->touch_lock);
    a->touches++;
    pthread_mutex_unlock(&a->touch_lock);
}

static void touch_ends(struct access *a, struct arena *arena)
{
    arena_close(arena);
    pthread_mutex_lock(&a->touch_lock);
    a->touches--;
    pthread_cond_broadcast(&a->touched);
    pthread_mutex_unlock(&a->touch_lock);
}

void access__touches_wait(struct access *a)
{
    pthread_mutex_lock(&a->touch_lock);
    while (a->touches > 0)
        pthread_cond_wait(&a->touched, &a->touch_lock);
    pthread_mutex_unlock(&a->touch_lock);
}

static enum err touch_run(struct job *job, struct call *call, struct tx *tx)
{
    struct touch *t = job->arg;
    return tx_exec(call, tx, t->sql, t->values, COUNT(t->values), NULL);
}

static void touch_done(struct job *job, enum err outcome)
{
    struct touch *t = job->arg;
    (void)outcome; /* a use not written down only makes the idle time look longer */
    touch_ends(t->access, t->arena);
}

void access__touch(struct call *call, struct access *a, const char *sql, struct text id)
{
    struct arena *arena = arena_open();
    struct touch *t = NEW(arena, struct touch);
    t->access = a;
    t->arena = arena;
    t->sql = sql;
    t->values[0] = V_TEXT(text_copy(arena, id));
    t->values[1] = V_TEXT(moment_print(arena, call->now));
    t->job = (struct job){.run = touch_run,
                          .done = touch_done,
                          .call = call_open(arena, call->now, LANG_EN),
                          .arg = t};
    touch_begins(a);
    if (store_submit(a->store, &t->job) != OK)
        touch_ends(a, arena);
}

/* An administrator keeps accounts, and could make one for every unit: being staff as well must
 * not open the registers. */
void access__roles_mean(const struct access *a, struct actor *actor)
{
    bool business = false;
    for (size_t i = 0; i < actor->grant_count; i++) {
        const struct role *role = model_role(a->model, actor->grants[i].role);
        actor->sees_sensitive |= role != NULL && role->sees_sensitive;
        business |= role != NULL && role->business;
    }
    actor->technical = actor->behind_technical || (actor->admin && !business);
    if (actor->technical) /* who keeps accounts gets no registers by it */
        actor->lent_count = actor->as_count = 0;
    for (size_t i = actor->grant_count; i < actor->grant_count + actor->lent_count; i++) {
        const struct role *role = model_role(a->model, actor->grants[i].role);
        actor->sees_sensitive |= role != NULL && role->sees_sensitive;
    }
    struct actor *as = (struct actor *)(uintptr_t)actor->as; /* a copy of this call's own */
    for (size_t i = 0; i < actor->as_count; i++) {
        as[i].sees_sensitive = actor->sees_sensitive;
        as[i].lang = actor->lang;
        as[i].fresh_until = actor->fresh_until;
    }
}

enum err access__admit(struct call *call, struct access *a, const struct hash *key,
                       struct credential *c, const char *touch, struct actor **out)
{
    if (call->now >= c->ends || (c->idle > 0 && call->now - c->seen > c->idle))
        return access__signed_out(call);
    if (touch && call->now - c->seen >= TOUCH_EVERY) {
        access__cache_seen(a, key, call->now);
        access__touch(call, a, touch, c->id);
    }
    if (c->any_lang)
        c->actor->lang = call->lang;
    access__roles_mean(a, c->actor);
    *out = c->actor;
    return OK;
}

/* ---- sessions ---------------------------------------------------------------------------- */

enum err access__grants_of(struct call *call, struct reader *r, struct text person,
                           struct actor *actor)
{
    struct rows rows;
    TRY(read_rows(call, r,
                  "SELECT role, unit FROM role_grant WHERE person = $1 AND state = 'active' "
                  "ORDER BY role, unit",
                  &V_TEXT(person), 1, READ_MOST, &rows));
    struct grant *grants = NEW_MANY(call->arena, rows.count + 1, struct grant);
    bool guest = false; /* an external auditor looks, and is not staff */
    size_t n = 1;
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        grants[n++] = (struct grant){row[0].text, row[1].text};
        actor->admin |= text_same(row[0].text, ROLE_ADMIN);
        guest |= text_same(row[0].text, ROLE_GUEST);
    }
    grants[0] = (struct grant){ROLE_STAFF, actor->unit}; /* at home, and below it */
    bool staff = !guest && !actor->unconfirmed;
    actor->grants = staff ? grants : grants + 1;
    actor->grant_count = staff ? n : n - 1;
    return OK;
}

static struct text csrf_of(struct arena *arena, struct text cookie)
{
    struct hash h = hmac_sha256(cookie, TEXT("csrf"));
    return base64url_of(arena, hash_text(&h));
}

static struct actor *session_actor(struct call *call, const struct value *row,
                                   struct text cookie)
{
    struct actor *a = NEW(call->arena, struct actor);
    a->type = ACTOR_USER;
    a->session = row[0].text;
    a->id = a->person = row[1].text;
    a->fresh_until = access__moment(&row[4]);
    a->name = row[5].text;
    a->email = row[6].text;
    a->unit = row[7].text;
    a->lang = lang_like(row[8].text);
    a->renew = row[9].integer != 0;
    a->unconfirmed = row[12].text.len > 0;
    a->csrf = csrf_of(call->arena, cookie);
    a->scopes = TEXT("");
    return a;
}

static enum err session_rows(struct call *call, struct reader *r, const struct hash *key,
                             struct text cookie, struct credential *c, struct session_row *s)
{
    struct rows rows;
    TRY(read_rows(
        call, r,
        "SELECT s.id, s.person, s.seen_at, s.ends_at, s.fresh_until, p.name, p.email, "
        "p.unit, p.lang, p.renew, s.created_at, s.hash, p.waits_by FROM session s "
        "JOIN person p ON p.id = s.person WHERE s.hash = $1 AND p.disabled = 0",
        &V_TEXT(hex_of(call->arena, hash_text(key))), 1, 1, &rows));
    if (rows.count == 0)
        return access__signed_out(call);
    const struct value *row = row_at(&rows, 0);
    *c = (struct credential){.id = row[0].text,
                             .seen = access__moment(&row[2]),
                             .ends = access__moment(&row[3]),
                             .idle = SESSION_IDLE,
                             .any_lang = row[8].text.len == 0,
                             .actor = session_actor(call, row, cookie)};
    *s = (struct session_row){.id = row[0].text,
                              .hash = row[11].text,
                              .person = row[1].text,
                              .created_at = row[10].text,
                              .ends_at = row[3].text,
                              .fresh_until = row[4].text};
    return access__grants_of(call, r, c->actor->person, c->actor);
}

struct loading {
    struct call *call;
    struct reader *r;
    const struct hash *key;
    struct text cookie;
    struct credential *c;
};

static enum err load_claim(void *arg, struct claim *out)
{
    struct loading *l = arg;
    TRY(session_rows(l->call, l->r, l->key, l->cookie, l->c, &out->session));
    out->person = out->session.person;
    return OK;
}

/* A row that no log-in in the ledger speaks for is nobody's session. */
static enum err session_load(struct call *call, struct access *a, struct reader *r,
                             const struct hash *key, struct text cookie, struct credential *c)
{
    bool covered;
    struct loading l = {call, r, key, cookie, c};
    TRY(access__covered(call, a, r, load_claim, &l, &covered));
    return covered ? access__lend(call, a, r, c->actor) : access__signed_out(call);
}

enum err access__session_credential(struct call *call, struct access *a, struct reader *r,
                                    struct text cookie, struct hash *key,
                                    struct credential *out)
{
    if (cookie.len != COOKIE_LEN)
        return access__signed_out(call);
    *key = sha256(cookie);
    if (access__cache_get(call, a, key, out))
        return OK;
    unsigned long long generation = atomic_load(&a->generation);
    TRY(session_load(call, a, r, key, cookie, out));
    access__cache_put(call, a, generation, key, out);
    return OK;
}

enum err access_still(struct call *call, struct access *a, struct reader *r, struct text secret,
                      struct actor **out)
{
    struct hash key;
    struct credential c;
    TRY(secret.len == COOKIE_LEN ? access__session_credential(call, a, r, secret, &key, &c)
                                 : access__token_credential(call, a, r, secret, &key, &c));
    return access__admit(call, a, &key, &c, NULL, out);
}

enum err access_session(struct call *call, struct access *a, struct reader *r,
                        struct text cookie, struct actor **out)
{
    struct hash key;
    struct credential c;
    TRY(access__session_credential(call, a, r, cookie, &key, &c));
    return access__admit(call, a, &key, &c,
                         "UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2", out);
}

/* ---- ending one -------------------------------------------------------------------------- */

static enum err logout_run(struct job *job, struct call *call, struct tx *tx)
{
    struct access *a = job->arg;
    int64_t changed;
    TRY(tx_exec(call, tx, "DELETE FROM session WHERE id = $1", &V_TEXT(call->actor->session), 1,
                &changed));
    if (changed == 0)
        return OK; /* ended already */
    return access__note(call, tx, a, call->actor, "auth.logout", "session",
                        call->actor->session);
}

enum err access_logout(struct call *call, struct access *a)
{
    if (call->actor == NULL || call->actor->session.len == 0)
        return access__signed_out(call);
    return access__run(call, a, logout_run, a);
}

enum err access_sessions(struct call *call, struct reader *r, struct text person,
                         struct signed_in **sessions, size_t *count)
{
    struct rows rows;
    const struct actor *actor = call->actor;
    if (actor == NULL || actor->person.len == 0)
        return access__signed_out(call);
    if (person.len == 0)
        person = actor->person;
    if (!access__manages(actor) && !text_same(person, actor->person))
        return access__denied(call);
    struct value values[] = {V_TEXT(person), access__at(call, call->now),
                             access__at(call, call->now - SESSION_IDLE)};
    TRY(read_rows(call, r,
                  "SELECT id, created_at, seen_at, ends_at FROM session WHERE person = $1 "
                  "AND ends_at > $2 AND seen_at >= $3 ORDER BY seen_at DESC, id",
                  values, COUNT(values), READ_MOST, &rows));
    *count = rows.count;
    *sessions = NEW_MANY(call->arena, rows.count + 1, struct signed_in);
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        (*sessions)[i] = (struct signed_in){.id = row[0].text,
                                            .created = access__moment(&row[1]),
                                            .seen = access__moment(&row[2]),
                                            .ends = access__moment(&row[3]),
                                            .current = text_same(row[0].text, actor->session)};
    }
    return OK;
}

struct session_end {
    struct access *a;
    struct text id;
};

static enum err end_run(struct job *job, struct call *call, struct tx *tx)
{
    struct session_end *in = job->arg;
    struct rows rows;
    struct value id = V_TEXT(in->id);
    TRY(tx_rows(call, tx, "SELECT person FROM session WHERE id = $1", &id, 1, 1, &rows));
    bool may = rows.count > 0 && (access__manages(call->actor) ||
                                  text_same(row_at(&rows, 0)[0].text, call->actor->person));
    if (!may) /* of a session that is not theirs nobody learns whether it exists */
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "there is no such session"));
    TRY(tx_exec(call, tx, "DELETE FROM session WHERE id = $1", &id, 1, NULL));
    return access__note(call, tx, in->a, call->actor, "session.end", "session", in->id);
}

enum err access_session_end(struct call *call, struct access *a, struct text id)
{
    struct session_end in = {a, id};
    if (call->actor == NULL || call->actor->person.len == 0)
        return access__signed_out(call);
    return access__run(call, a, end_run, &in);
}
