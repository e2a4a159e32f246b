/* SPDX-License-Identifier: Apache-2.0 */
/* cli/demo.c — plays the demo organisation: a script of acts by named people, each through the
 * one door with the rights of who acts, at the day it is said to have happened. Nothing is put
 * in sideways. */
#include "cli/cli.h"
#include "cli/demo_live.h"
#include "journal/journal.h"
#include "monitor/monitor.h"

#include <stdio.h>
#include <string.h>

#define LIVE_DAYS 365 /* events are at most so old */

struct known { /* "$ref" → id */
    struct text name, id;
    const struct kind *kind; /* of a record that the script made */
};
struct play {
    struct site *site;
    const struct json *script;
    struct text path; /* of the script, below model/ */
    struct known *known;
    size_t count, room;
    int64_t now;
    int64_t lived; /* the last day of which systems sent events, from today */
};

static void learn_record(struct play *p, struct text name, struct text id,
                         const struct kind *kind)
{
    if (!name.len)
        return;
    if (p->count == p->room)
        panic("the demo names too many things");
    p->known[p->count++] =
        (struct known){text_copy(p->site->arena, name), text_copy(p->site->arena, id), kind};
}

static void learn(struct play *p, struct text name, struct text id)
{
    learn_record(p, name, id, NULL);
}

static struct text look_up(const struct play *p, struct text name)
{
    for (size_t i = p->count; i > 0; i--)
        if (text_same(p->known[i - 1].name, name))
            return p->known[i - 1].id;
    return (struct text){0};
}

/* ---- values: "$ref" becomes an id, "@-30" a date, "@-30T09:15" a moment of that day
 * ----------------------------------------------------- */
static struct text replace(const struct play *p, struct call *call, struct text t)
{
    int64_t days;
    if (text_starts(t, "$")) {
        struct text id = look_up(p, text_from(t, 1));
        return id.len ? id : t;
    }
    bool day = t.len > 2 && t.at[0] == '@' && (t.at[1] == '+' || t.at[1] == '-');
    struct text clock = t, before = day ? text_cut(&clock, 'T') : t;
    if (!day || !text_integer(text_from(before, t.at[1] == '+' ? 2 : 1), &days))
        return t;
    struct text date = date_of_days(call->arena, p->now / 86400000000LL + days);
    if (before.len == t.len)
        return date;
    return text_print(call->arena, "%.*sT%.*s:00.000000Z", TEXT_ARG(date), TEXT_ARG(clock));
}

static void put(const struct play *p, struct call *call, struct json_out *o,
                const struct json *v)
{
    if (v->type == JSON_TEXT) {
        json_put_text(o, replace(p, call, v->text));
        return;
    }
    if (v->type != JSON_LIST && v->type != JSON_OBJECT) {
        json_put_json(o, v);
        return;
    }
    json_open(o, v->type == JSON_LIST ? '[' : '{');
    for (const struct json *one = v->first; one; one = one->next) {
        if (v->type == JSON_OBJECT)
            json_key_text(o, one->key);
        put(p, call, o, one);
    }
    json_close(o, v->type == JSON_LIST ? ']' : '}');
}

static enum err body_of(const struct play *p, struct call *call, const struct json *set,
                        const struct json **out)
{
    struct buf b = buf_in(call->arena, 4u << 20);
    struct json_out o = json_out(&b);
    *out = NULL;
    if (!set)
        return OK;
    put(p, call, &o, set);
    return json_read(call, text_copy(p->site->arena, buf_text(&b)), &json_model_limits, out);
}

/* ---- acts
 * ------------------------------------------------------------------------------------------------
 */
/* What the script did not make itself is called by its key: "TSK-0015". */
static const struct kind *kind_of_key(const struct play *p, struct text key)
{
    struct text prefix = key;
    prefix = text_cut(&prefix, '-');
    for (size_t i = 0; i < p->site->model->kind_count; i++)
        if (text_same(p->site->model->kinds[i].prefix, prefix))
            return &p->site->model->kinds[i];
    return NULL;
}

static const struct kind *kind_of(const struct play *p, struct text id)
{
    for (size_t i = p->count; i > 0; i--)
        if (text_same(p->known[i - 1].id, id))
            return p->known[i - 1].kind;
    return kind_of_key(p, id);
}

static enum err play_file(struct play *p, struct call *call, const struct json *act)
{
    struct stored_file f;
    TRY(record_file_put(call, p->site->records, json_text(json_get(act, "name")),
                        json_text(json_get(act, "type")), json_text(json_get(act, "file")),
                        &f));
    learn(p, json_text(json_get(act, "ref")), f.id);
    return OK;
}

static enum err play_comment(struct play *p, struct call *call, const struct json *act)
{
    struct text id = replace(p, call,
                             text_print(call->arena, "$%.*s",
                                        TEXT_ARG(json_text(json_get(act, "comment")))));
    struct comment made;
    const struct kind *k = kind_of(p, id);
    if (!k)
        return problem(call, ERR_MISSING, TEXT("comment"), "missing", "nothing is called that");
    return record_comment(call, p->site->records, k, id, json_text(json_get(act, "body")),
                          &made);
}

static enum err play_acknowledge(struct play *p, struct call *call, const struct json *act)
{
    struct text id = look_up(p, json_text(json_get(act, "acknowledge")));
    const struct kind *k = kind_of(p, id);
    struct acknowledged made;
    if (!k)
        return problem(call, ERR_MISSING, TEXT("acknowledge"), "missing",
                       "nothing is called that");
    return record_acknowledge(call, p->site->records, k, id, 0, json_get(act, "answers"),
                              &made);
}

static struct text named(const struct play *p, struct call *call, struct text name)
{
    if (text_starts(name, "$"))
        name = text_from(name, 1);
    struct text id = look_up(p, name);
    (void)call;
    return id.len ? id : name;
}

static enum err play_change(struct play *p, struct call *call, const struct json *act)
{
    const struct json *create = json_get(act, "create"), *move = json_get(act, "move");
    const struct json *change = json_get(act, "change");
    struct change c = {.reason = json_text(json_get(act, "reason"))};
    TRY(body_of(p, call, json_get(act, "set"), &c.body));
    if (create) {
        c.act = RECORD_CREATE;
        c.kind = model_kind(p->site->model, create->text);
    } else {
        c.act = move ? RECORD_MOVE : RECORD_CHANGE;
        c.move = json_text(move);
        c.id = named(p, call, move ? json_text(json_get(act, "on")) : json_text(change));
        c.kind = kind_of(p, c.id);
    }
    if (!c.kind)
        return problem(call, ERR_MISSING, TEXT("kind"), "missing", "no such kind or record");
    TRY(record_do(call, p->site->records, &c));
    if (create)
        learn_record(p, json_text(json_get(act, "ref")), c.record->id, c.kind);
    return OK;
}

/* Full grants, password taken as confirmed. */
static struct actor *actor_person(struct site *s, struct call *call, struct text id)
{
    struct reader *r = store_reader(s->store);
    struct person p;
    enum err e = access_person(call, r, id, &p);
    store_return(s->store, r);
    if (e != OK)
        return NULL;
    struct actor *a = NEW(call->arena, struct actor);
    *a = (struct actor){.type = ACTOR_USER,
                        .id = p.id,
                        .person = p.id,
                        .name = p.name,
                        .unit = p.unit,
                        .fresh_until = INT64_MAX};
    struct grant *grants = NEW_MANY(call->arena, p.grant_count + 1, struct grant);
    for (size_t i = 0; i < p.grant_count; i++)
        if (!p.pending[i])
            grants[a->grant_count++] = p.grants[i];
    grants[a->grant_count++] = (struct grant){ROLE_STAFF, p.unit};
    a->grants = grants;
    return a;
}

/* In a session of its own for each of them: the ledger says that it was the script. */
static enum err act_as(struct play *p, struct call *call, struct text who)
{
    struct text name = text_join(call->arena, TEXT("session of "), who);
    struct text session = look_up(p, name);
    if (!session.len) {
        struct call *script = call_open(p->site->arena, p->now, LANG_EN);
        script->actor = actor_command(script);
        script->id = call->id;
        TRY(access_stand_in(script, p->site->access, who, &session));
        learn(p, name, session);
    }
    struct actor *actor = actor_person(p->site, call, who);
    if (!actor)
        return problem(call, ERR_MISSING, TEXT("as"), "missing", "nobody is called that");
    actor->session = session;
    call->actor = actor;
    return OK;
}

/* What waits for its day happens, as far as the script has come. */
static enum err play_timers(struct play *p, struct call *call)
{
    size_t moved;
    call->actor = actor_system(call);
    return record_timed(call, p->site->records, &moved);
}

static enum err play_one(struct play *p, struct call *call, const struct json *act)
{
    const struct json *at = json_get(act, "at");
    int64_t days = at && at->type == JSON_INTEGER ? at->integer : 0;
    struct text who = look_up(p, json_text(json_get(act, "as")));
    call->now = p->now + days * 86400000000LL;
    call->id = id_new(call);
    if (json_get(act, "timers"))
        return play_timers(p, call);
    TRY(act_as(p, call, who));
    if (json_get(act, "file"))
        return play_file(p, call, act);
    if (json_get(act, "acknowledge"))
        return play_acknowledge(p, call, act);
    return json_get(act, "comment") ? play_comment(p, call, act) : play_change(p, call, act);
}

/* ---- what systems sent, day by day, between the acts of people
 * ------------------------------ */
static enum err live_stream(struct play *p, struct call *call, const struct json *stream,
                            int64_t day)
{
    struct text id = look_up(p, json_text(json_get(stream, "live")));
    const struct kind *k = kind_of(p, id);
    struct record *rec;
    if (!k) /* it does not exist yet */
        return OK;
    struct reader *r = store_reader(p->site->store);
    enum err e = record_read(call, p->site->records, r, k, id, 0, &rec);
    store_return(p->site->store, r);
    return e == OK ? demo_live_day(call, p->site->records, stream, rec->key, day, p->now) : e;
}

static enum err judge_windows(struct play *p, struct call *call)
{
    size_t judged;
    bool more = true;
    call->actor = actor_system(call);
    while (more)
        TRY(limit_due(call, p->site->records, &judged, &more));
    return OK;
}

/* Received before people act on the next day, and sealed the minute after. */
static enum err live_day(struct play *p, struct call *call, int64_t day)
{
    const struct json *streams = json_get(p->script, "live");
    call->now = p->now + (day + 1) * 86400000000LL - 120000000LL;
    call->id = id_new(call);
    call->actor = actor_command(call);
    for (const struct json *s = streams ? streams->first : NULL; s; s = s->next)
        TRY(live_stream(p, call, s, day));
    call->now += 119000000LL;
    TRY(journal_seal_due(call, p->site->store, p->site->ledger, p->site->model->hash));
    return streams ? judge_windows(p, call) : OK;
}

static enum err live_until(struct play *p, int64_t day)
{
    while (p->lived < day) {
        struct arena *a = arena_open();
        struct call *call = call_open(a, p->now, LANG_EN);
        enum err e = live_day(p, call, ++p->lived);
        if (e != OK)
            failed(p->site->caller, call, e);
        arena_close(a);
        TRY(e);
    }
    return OK;
}

/* Every act that is refused is told with its line: a demo that does not follow the rules is a
 * fault. */
static int play_acts(struct play *p)
{
    int refused = 0;
    const struct json *acts = json_get(p->script, "acts");
    for (const struct json *act = acts ? acts->first : NULL; act; act = act->next) {
        struct arena *a = arena_open();
        struct call *call = call_open(a, p->now, LANG_EN);
        const struct json *at = json_get(act, "at");
        enum err e = live_until(p, at ? at->integer - 1 : -1);
        if (e == OK)
            e = play_one(p, call, act);
        if (e != OK) {
            fprintf(p->site->caller->err, "%.*s:%u ", TEXT_ARG(p->path), act->line);
            failed(p->site->caller, call, e);
            refused++;
        }
        arena_close(a);
    }
    refused += live_until(p, -1) != OK;
    return refused ? 5 : 0;
}

/* ---- people, units, registers
 * -------------------------------------------------------------------------------- */
static struct text password_of(const struct json *script)
{
    return json_text(json_get(script, "password"));
}

static enum err add_person(struct play *p, const struct json *one)
{
    struct site *s = p->site;
    const struct json *roles = json_get(one, "roles");
    struct grant *grants = NEW_MANY(s->arena, (roles ? roles->count : 0) + 1, struct grant);
    size_t n = 0;
    for (const struct json *r = roles ? roles->first : NULL; r; r = r->next)
        grants[n++] = (struct grant){json_text(json_get(r, "role")),
                                     look_up(p, json_text(json_get(r, "unit")))};
    struct text id;
    TRY(access_person_add(s->call, s->access, json_text(json_get(one, "name")),
                          json_text(json_get(one, "email")), password_of(p->script), false,
                          look_up(p, json_text(json_get(one, "unit"))), grants, n, &id));
    learn(p, json_text(json_get(one, "ref")), id);
    return OK;
}

static enum err add_people(struct play *p)
{
    const struct json *people = json_get(p->script, "people");
    for (const struct json *one = people ? people->first : NULL; one; one = one->next)
        TRY(add_person(p, one));
    return OK;
}

/* "soa:A.2.2": the register records the engine made. */
static enum err learn_registers(struct play *p)
{
    struct site *s = p->site;
    struct reader *r = store_reader(s->store);
    enum err e = OK;
    for (size_t i = 0; e == OK && i < s->model->framework_count; i++) {
        const struct framework *f = &s->model->frameworks[i];
        const struct kind *k = model_kind(s->model, f->register_kind);
        struct list_query q = {.limit = 1000};
        struct record_list list = {0};
        if (k)
            e = record_list(s->call, s->records, r, k, &q, &list);
        for (size_t n = 0; e == OK && n < list.count; n++) {
            const struct json *v = record_value(list.items[n], f->register_field);
            struct text row = v ? v->text : (struct text){0};
            text_cut(&row, ':');
            learn_record(p, text_print(s->arena, "soa:%.*s", TEXT_ARG(row)), list.items[n]->id,
                         k);
        }
    }
    store_return(s->store, r);
    return e;
}

/* Units come first: people belong to them. They are made by the command line, as founders do.
 */
static enum err unit_body(struct play *p, struct call *call, const struct json *unit,
                          const struct json **out)
{
    struct buf b = buf_in(call->arena, 1u << 16);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    for (const struct json *one = unit->first; one; one = one->next) {
        if (text_is(one->key, "ref"))
            continue;
        json_key_text(&o, one->key);
        if (text_is(one->key, "parent"))
            json_put_text(&o, look_up(p, one->text));
        else
            put(p, call, &o, one);
    }
    json_close(&o, '}');
    return json_read(call, buf_text(&b), &json_request_limits, out);
}

static enum err add_units(struct play *p)
{
    const struct json *units = json_get(p->script, "units");
    for (const struct json *one = units ? units->first : NULL; one; one = one->next) {
        struct call *call = call_open(p->site->arena, p->now, LANG_EN);
        struct change c = {.act = RECORD_CREATE, .kind = p->site->model->unit_kind};
        call->actor = actor_command(call);
        call->id = id_new(call);
        enum err e = unit_body(p, call, one, &c.body);
        if (e == OK)
            e = record_do(call, p->site->records, &c);
        if (e != OK) {
            failed(p->site->caller, call, e);
            return e;
        }
        learn_record(p, json_text(json_get(one, "ref")), c.record->id, c.kind);
    }
    return OK;
}

static void print_people(const struct site *s, const struct json *script)
{
    const struct json *people = json_get(script, "people");
    fprintf(s->caller->out, "Demo log-ins, all with the password %.*s\n",
            TEXT_ARG(password_of(script)));
    for (const struct json *one = people ? people->first : NULL; one; one = one->next) {
        fprintf(s->caller->out, "  %-32.*s %.*s", TEXT_ARG(json_text(json_get(one, "email"))),
               TEXT_ARG(json_text(json_get(one, "name"))));
        const struct json *roles = json_get(one, "roles");
        for (const struct json *r = roles ? roles->first : NULL; r; r = r->next)
            fprintf(s->caller->out, "%s%.*s", r == roles->first ? " — " : ", ",
                   TEXT_ARG(json_text(json_get(r, "role"))));
        fprintf(s->caller->out, "\n");
    }
}

void demo_print(struct site *s)
{
    struct demo demo;
    struct text name;
    if (demo_of(s, &name) == OK && name.len && demo_script(s->call, name, &demo) == OK)
        print_people(s, demo.script);
}

int demo_load(struct site *s, struct text name)
{
    struct demo demo = {0};
    struct play p = {.site = s, .now = s->call->now, .room = 8000};
    p.known = NEW_MANY(s->arena, p.room, struct known);
    p.lived = -LIVE_DAYS - 1;
    enum err e = demo_script(s->call, name, &demo);
    p.script = demo.script;
    p.path = demo.path;
    if (e == OK)
        e = access_meta(s->call, s->access, "demo", TEXT("1"));
    if (e == OK)
        e = access_meta(s->call, s->access, "demo.script", name);
    if (e == OK)
        e = add_units(&p);
    if (e == OK)
        e = add_people(&p);
    if (e == OK)
        e = learn_registers(&p);
    int code = e == OK ? play_acts(&p) : failed(s->caller, s->call, e);
    if (code)
        site_close(s);
    return code;
}
