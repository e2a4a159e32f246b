/* SPDX-License-Identifier: Apache-2.0 */
/* api/session.c — signing in and out, who I am, and the first administrator. */
#include "api/internal.h"

static void set_cookie(struct exchange *x, struct text cookie)
{
    bool over = !cookie.len;
    exchange__header(
        x, "set-cookie",
        text_print(x->call->arena, "%s=%.*s; Path=%.*s; HttpOnly; SameSite=Strict%s%s",
                   exchange__cookie(x), TEXT_ARG(cookie),
                   TEXT_ARG(x->api->base.len ? x->api->base : TEXT("/")),
                   x->request->secure ? "; Secure" : "", over ? "; Max-Age=0" : ""));
}

static void put_may(struct exchange *x, struct json_out *o)
{
    json_key(o, "may");
    json_open(o, '{');
    for (size_t i = 0; i < x->model->kind_count; i++) {
        const struct kind *k = &x->model->kinds[i];
        json_key_text(o, k->name);
        json_open(o, '{');
        put__bool(o, "read", record_may_read_kind(x->actor, k));
        put__bool(o, "create", record_may_create(x->actor, k));
        json_close(o, '}');
    }
    json_close(o, '}');
}

static enum err meta(struct exchange *x, const char *name, struct text *out)
{
    *out = (struct text){0};
    enum err e = meta_read(x->call, exchange__db(x), name, out);
    return e == ERR_MISSING ? OK : e;
}

/* Whose deputy they are today, in which roles and until when. */
static void put_stands_in(const struct actor *a, struct json_out *o)
{
    json_key(o, "stands_in");
    json_open(o, '[');
    for (size_t i = 0; i < a->as_count; i++) {
        json_open(o, '{');
        put__text(o, "person", a->as[i].stands_for);
        put__text(o, "name", a->as[i].stands_name);
        put__text(o, "until", a->as[i].stands_until);
        json_key(o, "roles");
        json_open(o, '[');
        for (size_t j = 0; j < a->as[i].grant_count; j++) {
            json_open(o, '{');
            put__text(o, "role", a->as[i].grants[j].role);
            put__text(o, "unit", a->as[i].grants[j].unit);
            json_close(o, '}');
        }
        json_close(o, ']');
        json_close(o, '}');
    }
    json_close(o, ']');
}

/* What a page shows around whatever it is opened on: asked for with `?work=1`. */
static enum err put_work(struct exchange *x, struct json_out *o)
{
    int64_t waiting;
    bool more;
    TRY(tasks__count(x, &waiting, &more));
    json_key(o, "work");
    json_open(o, '{');
    put__integer(o, "waiting", waiting);
    put__bool(o, "more", more);
    json_key(o, "jobs");
    jobs__put(x, o);
    json_close(o, '}');
    return OK;
}

static bool asks_work(struct exchange *x)
{
    /* Who must first choose a password, or has no business yet, is told of none. */
    return text_is(query__text(x, "work"), "1") && !x->actor->renew && !x->actor->unconfirmed;
}

static enum err put_session(struct exchange *x, bool work)
{
    const struct actor *a = x->actor;
    struct text organisation, demo, logo;
    TRY(meta(x, "logo", &logo));
    TRY(meta(x, "organisation", &organisation));
    TRY(meta(x, "demo", &demo));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "user");
    json_open(o, '{');
    put__text(o, "id", a->person.len ? a->person : a->id);
    put__text(o, "name", a->name);
    put__text(o, "email", a->email);
    put__text(o, "unit", a->unit);
    put__text(o, "lang", text_of(lang_code(a->lang)));
    json_close(o, '}');
    json_key(o, "roles");
    json_open(o, '[');
    for (size_t i = 0; i < a->grant_count; i++) {
        json_open(o, '{');
        put__text(o, "role", a->grants[i].role);
        put__text(o, "unit", a->grants[i].unit);
        json_close(o, '}');
    }
    json_close(o, ']');
    put__text(o, "csrf", a->csrf);
    put_stands_in(a, o);
    json_key(o, "organisation");
    json_open(o, '{');
    put__text(o, "name", organisation);
    put__text(o, "logo", text_cut(&logo, ' '));
    put__bool(o, "demo", text_is(demo, "1"));
    put__bool(o, "restored", store_restored(x->api->store));
    put__text(o, "zone", zone_name(x->call->zone));
    put__text(o, "calendar", x->call->calendar);
    put__text(o, "today", zone_today(x->call->arena, x->call->zone, x->call->now));
    json_close(o, '}');
    put_may(x, o);
    put__bool(o, "admin", a->admin);
    put__text(o, "tokens", text_of(exchange__tokens(x)));
    put__bool(o, "renew", a->renew);
    put__bool(o, "confirmed", !a->unconfirmed);
    put__text(o, "fresh_until", moment_print(x->call->arena, a->fresh_until));
    put__integer(o, "size", (int64_t)ledger_size(x->api->ledger));
    if (work)
        TRY(put_work(x, o));
    json_close(o, '}');
    return OK;
}

enum err session_get(struct exchange *x)
{
    if (!asks_work(x))
        return put_session(x, false);
    if (!exchange__in_lane(x, LANE_LIST))
        return exchange__change_lane(x, LANE_LIST);
    TRY(read_begin(x->call, exchange__db(x)));
    enum err e = put_session(x, true);
    read_end(exchange__db(x));
    return e;
}

enum err session_post(struct exchange *x)
{
    struct text cookie, email, had = request_cookie(x->request, exchange__cookie(x));
    TRY(exchange__members(x, "email:t password:t totp:t"));
    email = exchange__field(x, "email");
    enum err e = access_login(x->call, x->api->access, email, exchange__field(x, "password"),
                              x->request->peer, had, &cookie, &x->actor);
    if (e == ERR_BUSY)
        x->retry_after = access_login_wait(x->call, x->api->access, email, x->request->peer,
                                           had);
    TRY(e);
    x->call->actor = x->actor;
    set_cookie(x, cookie);
    x->status = 201;
    return put_session(x, false);
}

enum err session_patch(struct exchange *x)
{
    TRY(exchange__members(x, "lang:t"));
    struct text lang = exchange__field(x, "lang");
    enum lang chosen;
    if (!lang_read(lang, &chosen))
        return problem(x->call, ERR_INVALID, TEXT("lang"), "choice", "%s",
                       say(x->call, "is no language of this program"));
    TRY(access_person_change(x->call, x->api->access, x->actor->person, NULL, NULL, &lang,
                             NULL));
    x->actor->lang = chosen;
    return put_session(x, false);
}

enum err session_delete(struct exchange *x)
{
    TRY(access_logout(x->call, x->api->access));
    set_cookie(x, TEXT(""));
    if (!x->api->base.len) /* else the host is not ours alone: the pages clear what is theirs */
        exchange__header(x, "clear-site-data", TEXT("\"cache\", \"storage\""));
    x->status = 204;
    return OK;
}

enum err session_fresh(struct exchange *x)
{
    TRY(exchange__members(x, "password:t"));
    TRY(access_fresh(x->call, x->api->access, exchange__field(x, "password"),
                     &x->actor->fresh_until));
    return put_session(x, false);
}

enum err session_password(struct exchange *x)
{
    TRY(exchange__members(x, "old:t new:t"));
    TRY(access_password(x->call, x->api->access, x->actor->person, exchange__field(x, "old"),
                        exchange__field(x, "new")));
    x->status = 204;
    return OK;
}

/* ---- the first people, and links for passwords --------------------------------------------- */

void put__link(struct exchange *x, struct json_out *o, const struct link *link)
{
    put__text(o, "link",
              text_print(x->call->arena, "%.*s%.*s/reset#%.*s", TEXT_ARG(exchange__origin(x)),
                         TEXT_ARG(x->api->base), TEXT_ARG(link->token)));
    put__text(o, "expires_at", moment_print(x->call->arena, link->ends));
}

static enum err read_manager(struct exchange *x, struct founder *out, bool *given)
{
    const struct json *manager = json_get(x->json, "manager");
    *given = manager && manager->type == JSON_OBJECT;
    *out = (struct founder){.name = json_text(json_get(manager, "name")),
                            .email = json_text(json_get(manager, "email"))};
    for (const struct json *v = *given ? manager->first : NULL; v; v = v->next)
        if ((!text_is(v->key, "name") && !text_is(v->key, "email")) || v->type != JSON_TEXT)
            return problem(x->call, ERR_INVALID, TEXT("manager"), "type", "%s",
                           say(x->call, "has a name and an email"));
    return OK;
}

/* The browser's zone is a proposal: one that this machine does not know leaves it at UTC. */
static enum err found_zone(struct exchange *x)
{
    struct text name = exchange__field(x, "zone");
    struct call *call = call_beside(x->call->arena, x->call);
    call->actor = actor_system(call);
    enum err e = name.len ? record_zone(call, x->records, name) : OK;
    return e == ERR_INVALID ? OK : e;
}

/* Registers that are open to whoever has no account. */
static void put_public(struct json_out *o, const struct kind **kinds, size_t count)
{
    json_key(o, "public");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        json_put_text(o, kinds[i]->name);
    json_close(o, ']');
}

enum err organisation_get(struct exchange *x)
{
    struct text organisation;
    const struct kind **kinds;
    size_t count;
    TRY(record_public_kinds(x->call, x->records, exchange__db(x), &kinds, &count));
    TRY(meta(x, "organisation", &organisation));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "name", organisation);
    put__text(o, "zone", zone_name(access_zone(x->api->access)));
    put__text(o, "calendar", access_calendar(x->api->access));
    put__text(o, "today",
              zone_today(x->call->arena, access_zone(x->api->access), x->call->now));
    put_public(o, kinds, count);
    json_close(o, '}');
    return OK;
}

/* The ledger tells who said so before anything goes out. */
static enum err end_restored(struct exchange *x, const struct json *restored)
{
    if (json_true(restored))
        return problem(x->call, ERR_INVALID, TEXT("restored"), "choice", "%s",
                       say(x->call, "can only be ended: false"));
    TRY(access_needs_fresh(x->call));
    if (!store_restored(x->api->store))
        return OK;
    TRY(access_meta(x->call, x->api->access, "only_copy",
                    moment_print(x->call->arena, x->call->now)));
    return store_restored_end(x->call, x->api->store);
}

enum err organisation_patch(struct exchange *x)
{
    TRY(exchange__members(x, "zone:t calendar:t public:l name:t pages:o logo:t restored:b"));
    const struct json *restored = json_get(x->json, "restored");
    bool zone = json_get(x->json, "zone") != NULL, calendar = json_get(x->json, "calendar") != NULL;
    const struct json *open = json_get(x->json, "public"), *pages = json_get(x->json, "pages"),
                      *name = json_get(x->json, "name"), *logo = json_get(x->json, "logo");
    if (!zone && !calendar && !open && !pages && !name && !logo && !restored)
        return problem(x->call, ERR_INVALID, TEXT("zone"), "required", "%s",
                       say(x->call, "say which: name, zone, calendar, public, pages or logo"));
    if (restored)
        TRY(end_restored(x, restored));
    if (name)
        TRY(record_rename(x->call, x->records, json_text(name)));
    if (logo)
        TRY(record_logo_set(x->call, x->records, json_text(logo)));
    if (pages)
        TRY(record_pages_set(x->call, x->records, pages));
    if (open)
        TRY(record_public_switch(x->call, x->records, open));
    if (calendar)
        TRY(record_calendar(x->call, x->records, exchange__field(x, "calendar")));
    if (zone)
        TRY(record_zone(x->call, x->records, exchange__field(x, "zone")));
    return organisation_get(x);
}

/* ---- the first start -----------------------------------------------------------------------
 */
static void put_player(struct json_out *o, const struct model *m, const struct json *person)
{
    const struct json *roles = json_get(person, "roles");
    const struct role *role =
        roles && roles->first ? model_role(m, json_text(json_get(roles->first, "role"))) : NULL;
    json_open(o, '{');
    put__text(o, "name", json_text(json_get(person, "name")));
    put__text(o, "email", json_text(json_get(person, "email")));
    if (role)
        put__words(o, "role", role->title);
    json_close(o, '}');
}

/* Whoever may found an organisation may look at one first. */
enum err setup_demo(struct exchange *x)
{
    struct api_demo demo;
    TRY(exchange__members(x, "token:t demo:t"));
    TRY(access_first_known(x->call, x->api->access, exchange__field(x, "token")));
    if (!x->api->demo)
        return problem(x->call, ERR_CONFLICT, TEXT("demo"), "elsewhere", "%s",
                       say(x->call, "a demo is looked at on the machine where it runs: aimwell "
                                    "serve --demo"));
    TRY(x->api->demo(x->call, x->api->demo_arg, exchange__field(x, "demo"), &demo));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "address", demo.address);
    put__text(o, "organisation", json_text(json_get(demo.script, "organisation")));
    put__text(o, "password", json_text(json_get(demo.script, "password")));
    json_key(o, "people");
    json_open(o, '[');
    const struct json *people = json_get(demo.script, "people");
    for (const struct json *one = people ? people->first : NULL; one; one = one->next)
        put_player(o, x->model, one);
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

enum err setup_post(struct exchange *x)
{
    bool given;
    struct founder manager;
    TRY(exchange__members(x,
                          "token:t organisation:t name:t email:t password:t manager:o zone:t"));
    TRY(read_manager(x, &manager, &given));
    if (bring__under_way(x))
        return problem(x->call, ERR_CONFLICT, TEXT("token"), "backup", "%s",
                       say(x->call, "a backup is being looked at: wait until it has ended"));
    struct founder admin = {.name = exchange__field(x, "name"),
                            .email = exchange__field(x, "email"),
                            .organisation = exchange__field(x, "organisation")};
    TRY(access_first_admin(x->call, x->api->access, exchange__field(x, "token"),
                           exchange__field(x, "password"), &admin, given ? &manager : NULL));
    TRY(found_zone(x));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "id", admin.id);
    if (given) {
        json_key(o, "manager");
        json_open(o, '{');
        put__text(o, "id", manager.id);
        put__text(o, "email", text_trim(manager.email));
        put__link(x, o, &manager.link);
        json_close(o, '}');
    }
    json_close(o, '}');
    x->status = 201;
    return OK;
}

enum err reset_post(struct exchange *x)
{
    int64_t wait = 0;
    TRY(exchange__members(x, "token:t password:t"));
    enum err e =
        access_reset_use(x->call, x->api->access, exchange__field(x, "token"),
                         exchange__field(x, "password"), x->request->peer, &wait);
    if (e == ERR_BUSY)
        x->retry_after = wait;
    x->status = 204;
    return e;
}

/* ---- who is signed in where ---------------------------------------------------------------- */

enum err sessions_get(struct exchange *x)
{
    struct signed_in *sessions;
    size_t count;
    TRY(access_sessions(x->call, exchange__db(x), query__text(x, "person"), &sessions, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = x->call->arena;
        json_open(o, '{');
        put__text(o, "id", sessions[i].id);
        put__text(o, "created_at", moment_print(arena, sessions[i].created));
        put__text(o, "seen_at", moment_print(arena, sessions[i].seen));
        put__text(o, "ends_at", moment_print(arena, sessions[i].ends));
        put__bool(o, "current", sessions[i].current);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

enum err session_end(struct exchange *x)
{
    TRY(access_session_end(x->call, x->api->access, x->arg[0]));
    x->status = 204;
    return OK;
}
