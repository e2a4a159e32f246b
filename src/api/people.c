/* SPDX-License-Identifier: Apache-2.0 */
/* api/people.c — people, their roles, and API tokens. */
#include "api/internal.h"

#include <string.h>

#define PEOPLE_USUAL 500
#define PEOPLE_MOST 5000

static void put_grants(const struct grant *grants, const bool *pending, const struct text *waits,
                       const bool *mine, size_t count, struct json_out *o)
{
    json_key(o, "roles");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "role", grants[i].role);
        put__text(o, "unit", grants[i].unit);
        put__bool(o, "pending", pending && pending[i]);
        if (waits && waits[i].len)
            put__text(o, "waits_for", waits[i]);
        if (mine && mine[i])
            put__bool(o, "may_confirm", true);
        json_close(o, '}');
    }
    json_close(o, ']');
}

/* Of an account that waits for a second person: for whom. */
static enum err put_confirmation(struct exchange *x, const struct person *p, struct json_out *o)
{
    struct text waits;
    bool mine;
    TRY(access_unconfirmed(x->call, x->api->access, exchange__db(x), p, &waits, &mine));
    put__bool(o, "confirmed", waits.len == 0);
    if (waits.len == 0)
        return OK;
    json_key(o, "confirmation");
    json_open(o, '{');
    put__text(o, "waits_for", waits);
    put__bool(o, "may_confirm", mine);
    json_close(o, '}');
    return OK;
}

/* The members of a person, without the braces. */
static enum err put_members(struct exchange *x, const struct person *p, struct json_out *o)
{
    struct text *waits = NEW_MANY(x->call->arena, p->grant_count + 1, struct text);
    bool *mine = NEW_MANY(x->call->arena, p->grant_count + 1, bool);
    for (size_t i = 0; i < p->grant_count; i++) {
        TRY(access_waits_for(x->call, x->api->access, exchange__db(x), p, i, &waits[i]));
        TRY(access_waits_for_me(x->call, x->api->access, exchange__db(x), p, i, &mine[i]));
    }
    put__text(o, "id", p->id);
    put__text(o, "name", p->name);
    put__text(o, "unit", p->unit);
    if (x->actor->admin || text_same(p->id, x->actor->person))
        put__text(o, "email", p->email);
    put_grants(p->grants, p->pending, waits, mine, p->grant_count, o);
    put__bool(o, "disabled", p->disabled);
    return put_confirmation(x, p, o);
}

static enum err put_person(struct exchange *x, const struct person *p, struct json_out *o)
{
    json_open(o, '{');
    TRY(put_members(x, p, o));
    json_close(o, '}');
    return OK;
}

enum err people_get(struct exchange *x)
{
    struct person *people;
    size_t count;
    int64_t limit;
    TRY(query__integer(x, "limit", PEOPLE_USUAL, &limit));
    if (limit < 1 || limit > PEOPLE_MOST)
        return problem(x->call, ERR_INVALID, TEXT("limit"), "range",
                       say(x->call, "limit must be between 1 and %d"), PEOPLE_MOST);
    TRY(access_people(x->call, exchange__db(x), query__text(x, "q"), query__text(x, "role"),
                      (size_t)limit + 1, &people, &count));
    bool more = count > (size_t)limit;
    count -= more;
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        TRY(put_person(x, &people[i], o));
    json_close(o, ']');
    put__integer(o, "total", (int64_t)count);
    put__bool(o, "more", more);
    json_close(o, '}');
    return OK;
}

static enum err read_grants(struct exchange *x, struct grant **grants, size_t *count)
{
    const struct json *list = json_get(x->json, "roles");
    *count = 0;
    *grants = NEW_MANY(x->call->arena, (list ? list->count : 0) + 1, struct grant);
    for (const struct json *one = list ? list->first : NULL; one; one = one->next) {
        const struct json *unit = json_get(one, "unit");
        if (unit && unit->type != JSON_TEXT && unit->type != JSON_NULL) /* "" would be all */
            return problem(x->call, ERR_INVALID, TEXT("roles"), "type", "%s",
                           say(x->call, "a unit is given by its id"));
        (*grants)[(*count)++] = (struct grant){
            one->type == JSON_TEXT ? one->text : json_text(json_get(one, "role")),
            json_text(unit)};
    }
    return OK;
}

static enum err put_one(struct exchange *x, struct text id)
{
    struct person p;
    TRY(access_person(x->call, exchange__db(x), id, &p));
    return put_person(x, &p, exchange__json(x));
}

/* Without a password the person gets a link and chooses one; a password that an administrator
 * gives must be changed at the first log-in. */
enum err people_post(struct exchange *x)
{
    struct grant *grants;
    size_t count;
    struct text id;
    struct link link = {.token = TEXT("")};
    struct person p;
    TRY(exchange__members(x, "name:t email:t roles:l unit:t password:t"));
    TRY(read_grants(x, &grants, &count));
    struct text name = exchange__field(x, "name"), email = exchange__field(x, "email"),
                unit = exchange__field(x, "unit"), password = exchange__field(x, "password");
    TRY(password.len ? access_person_add(x->call, x->api->access, name, email, password, true,
                                         unit, grants, count, &id)
                     : access_person_invite(x->call, x->api->access, name, email, unit, grants,
                                            count, &id, &link));
    TRY(access_person(x->call, exchange__db(x), id, &p));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "person");
    TRY(put_person(x, &p, o));
    if (link.token.len)
        put__link(x, o, &link);
    json_close(o, '}');
    x->status = 201;
    return OK;
}

/* What waits for somebody else, beside what is. */
static enum err put_outcome(struct exchange *x, const struct person *p, bool pending,
                            struct text waits_for)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    TRY(put_members(x, p, o));
    put__bool(o, "pending", pending);
    put__text(o, "waits_for", waits_for);
    json_close(o, '}');
    return OK;
}

enum err person_patch(struct exchange *x)
{
    struct person p;
    TRY(exchange__members(x, "name:t disabled:b unit:t"));
    struct text name = exchange__field(x, "name"), unit = exchange__field(x, "unit");
    const struct json *disabled = json_get(x->json, "disabled");
    bool off = json_true(disabled);
    TRY(access_person_change(x->call, x->api->access, x->arg[0], name.len ? &name : NULL,
                             json_get(x->json, "unit") ? &unit : NULL, NULL,
                             disabled ? &off : NULL));
    TRY(access_person(x->call, exchange__db(x), x->arg[0], &p));
    bool pending = json_get(x->json, "unit") && !text_same(p.unit, unit);
    return put_outcome(
        x, &p, pending,
        pending ? text_of(say(x->call, "another administrator or an AIMS manager")) : TEXT(""));
}

enum err person_role_post(struct exchange *x)
{
    bool pending;
    struct person p;
    struct text waits = TEXT(""), role, unit;
    TRY(exchange__members(x, "role:t unit:t"));
    role = exchange__field(x, "role");
    unit = exchange__field(x, "unit");
    TRY(access_grant(x->call, x->api->access, x->arg[0], role, unit, &pending));
    TRY(access_person(x->call, exchange__db(x), x->arg[0], &p));
    for (size_t i = 0; i < p.grant_count && pending; i++)
        if (text_same(p.grants[i].role, role) && text_same(p.grants[i].unit, unit))
            TRY(access_waits_for(x->call, x->api->access, exchange__db(x), &p, i, &waits));
    return put_outcome(x, &p, pending, waits);
}

enum err person_confirm(struct exchange *x)
{
    TRY(access_confirm(x->call, x->api->access, x->arg[0]));
    return put_one(x, x->arg[0]);
}

enum err person_reset(struct exchange *x)
{
    struct reset reset;
    TRY(access_reset(x->call, x->api->access, x->arg[0], &reset));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__bool(o, "pending", reset.pending);
    put__text(o, "waits_for", reset.waits_for);
    if (reset.link.token.len)
        put__link(x, o, &reset.link);
    json_close(o, '}');
    return OK;
}

enum err person_role_delete(struct exchange *x)
{
    TRY(exchange__members(x, "role:t unit:t"));
    TRY(access_revoke(x->call, x->api->access, x->arg[0], exchange__field(x, "role"),
                      exchange__field(x, "unit")));
    return put_one(x, x->arg[0]);
}

/* ---- tokens
 * -------------------------------------------------------------------------------------------------
 */
static void put_moment(struct exchange *x, struct json_out *o, const char *key, int64_t moment)
{
    json_key(o, key);
    if (moment)
        json_put_text(o, moment_print(x->call->arena, moment));
    else
        json_put_null(o);
}

enum err tokens_get(struct exchange *x)
{
    struct token *tokens;
    size_t count;
    TRY(access_tokens(x->call, exchange__db(x), &tokens, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "id", tokens[i].id);
        put__text(o, "name", tokens[i].name);
        put__text(o, "scopes", tokens[i].scopes);
        put_grants(tokens[i].grants, NULL, NULL, NULL, tokens[i].grant_count, o);
        put_moment(x, o, "created", tokens[i].created);
        put_moment(x, o, "expires", tokens[i].expires);
        put_moment(x, o, "last_used", tokens[i].last_used);
        put__bool(o, "revoked", tokens[i].revoked);
        put__text(o, "for", tokens[i].person);
        put__bool(o, "relations", tokens[i].relations);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

static enum err read_days(struct exchange *x, int64_t *expires)
{
    struct text t = exchange__field(x, "expires");
    int64_t days = 90;
    if (t.len && (!text_ends(t, "d") || !text_integer(text_slice(t, 0, t.len - 1), &days) ||
                  days < 1 || days > 365))
        return problem(x->call, ERR_INVALID, TEXT("expires"), "range", "%s",
                       say(x->call, "must be a number of days up to 365d, like 90d"));
    *expires = x->call->now + days * 86400000000LL;
    return OK;
}

enum err tokens_post(struct exchange *x)
{
    struct grant *grants;
    size_t count;
    int64_t expires;
    struct text secret, id;
    TRY(exchange__members(x, "name:t roles:l scopes:t expires:t relations:b"));
    TRY(read_grants(x, &grants, &count));
    TRY(read_days(x, &expires));
    TRY(access_token_create(x->call, x->api->access, exchange__field(x, "name"), TEXT(""),
                            grants, count, json_true(json_get(x->json, "relations")),
                            exchange__field(x, "scopes"), expires, &secret, &id));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "id", id);
    put__text(o, "token", secret);
    put_moment(x, o, "expires", expires);
    json_close(o, '}');
    x->status = 201;
    return OK;
}

enum err token_delete(struct exchange *x)
{
    TRY(access_token_revoke(x->call, x->api->access, x->arg[0]));
    x->status = 204;
    return OK;
}
