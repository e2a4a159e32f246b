/* SPDX-License-Identifier: Apache-2.0 */
/* api/people.c — people, their roles, and API tokens. */
#include "api/internal.h"

#include <string.h>

static void put_grants(const struct grant *grants, const bool *pending, size_t count,
                       struct json_out *o)
{
    json_key(o, "roles");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "role", grants[i].role);
        put__text(o, "unit", grants[i].unit);
        put__bool(o, "pending", pending && pending[i]);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_person(struct exchange *x, const struct person *p, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "id", p->id);
    put__text(o, "name", p->name);
    put__text(o, "unit", p->unit);
    if (x->actor->admin || text_same(p->id, x->actor->person))
        put__text(o, "email", p->email);
    put_grants(p->grants, p->pending, p->grant_count, o);
    put__bool(o, "disabled", p->disabled);
    json_close(o, '}');
}

enum err people_get(struct exchange *x)
{
    struct person *people;
    size_t count;
    TRY(access_people(x->call, exchange__db(x), query__text(x, "q"), query__text(x, "role"), 500, &people,
                      &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        put_person(x, &people[i], o);
    json_close(o, ']');
    put__integer(o, "total", (int64_t)count);
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
                           say(x->call, "a unit is given by its id", "单位须以其标识给出"));
        (*grants)[(*count)++] = (struct grant){
            one->type == JSON_TEXT ? one->text : json_text(json_get(one, "role")),
            json_text(unit)};
    }
    return OK;
}

static enum err put_one(struct exchange *x, struct text id, struct text password)
{
    struct person p;
    TRY(access_person(x->call, exchange__db(x), id, &p));
    struct json_out *o = exchange__json(x);
    if (!password.len) {
        put_person(x, &p, o);
        return OK;
    }
    json_open(o, '{');
    json_key(o, "person");
    put_person(x, &p, o);
    put__text(o, "password", password);
    json_close(o, '}');
    return OK;
}

/* A password nobody chose: shown once, to be changed at the first log-in. */
static struct text one_time_password(struct exchange *x)
{
    unsigned char bytes[15];
    chance(bytes, sizeof bytes);
    return base64url_of(x->call->arena, (struct text){(char *)bytes, sizeof bytes});
}

enum err people_post(struct exchange *x)
{
    struct grant *grants;
    size_t count;
    struct text id, password = one_time_password(x);
    TRY(exchange__members(x, "name:t email:t roles:l unit:t"));
    TRY(read_grants(x, &grants, &count));
    TRY(access_person_add(x->call, x->api->access, exchange__field(x, "name"),
                          exchange__field(x, "email"), password, true,
                          exchange__field(x, "unit"), grants, count, &id));
    x->status = 201;
    return put_one(x, id, password);
}

enum err person_patch(struct exchange *x)
{
    TRY(exchange__members(x, "name:t disabled:b unit:t"));
    struct text name = exchange__field(x, "name"), unit = exchange__field(x, "unit");
    const struct json *disabled = json_get(x->json, "disabled");
    bool off = json_true(disabled);
    TRY(access_person_change(x->call, x->api->access, x->arg[0], name.len ? &name : NULL,
                             json_get(x->json, "unit") ? &unit : NULL, NULL,
                             disabled ? &off : NULL));
    return put_one(x, x->arg[0], (struct text){0});
}

enum err person_role_post(struct exchange *x)
{
    bool pending;
    TRY(exchange__members(x, "role:t unit:t"));
    TRY(access_grant(x->call, x->api->access, x->arg[0], exchange__field(x, "role"),
                     exchange__field(x, "unit"), &pending));
    return put_one(x, x->arg[0], (struct text){0});
}

enum err person_role_delete(struct exchange *x)
{
    TRY(exchange__members(x, "role:t unit:t"));
    TRY(access_revoke(x->call, x->api->access, x->arg[0], exchange__field(x, "role"),
                      exchange__field(x, "unit")));
    return put_one(x, x->arg[0], (struct text){0});
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
        put_grants(tokens[i].grants, NULL, tokens[i].grant_count, o);
        put_moment(x, o, "created", tokens[i].created);
        put_moment(x, o, "expires", tokens[i].expires);
        put_moment(x, o, "last_used", tokens[i].last_used);
        put__bool(o, "revoked", tokens[i].revoked);
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
                       say(x->call, "must be a number of days up to 365d, like 90d",
                           "必须是天数，最多 365d，例如 90d"));
    *expires = x->call->now + days * 86400000000LL;
    return OK;
}

enum err tokens_post(struct exchange *x)
{
    struct grant *grants;
    size_t count;
    int64_t expires;
    struct text secret, id;
    TRY(exchange__members(x, "name:t roles:l scopes:t expires:t"));
    TRY(read_grants(x, &grants, &count));
    TRY(read_days(x, &expires));
    TRY(access_token_create(x->call, x->api->access, exchange__field(x, "name"), grants, count,
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
