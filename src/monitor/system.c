/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/system.c — the record that sends: of a kind whose model file says "sends". It is
 * named by its key, its id, or by what it calls itself. */
#include "monitor/internal.h"

static enum err find_by_name(struct call *call, struct records *r, struct reader *db,
                             const struct kind *k, struct text name, struct record **out)
{
    struct filter by = {TEXT("external_id"), name};
    struct list_query q = {.filters = &by, .filter_count = 1, .limit = 1};
    struct record_list list;
    if (text_find(name, ',') >= 0) /* several, to a filter */
        return ERR_MISSING;
    TRY(record_list(call, r, db, k, &q, &list));
    if (!list.count)
        return ERR_MISSING;
    *out = list.items[0];
    return OK;
}

static enum err find(struct call *call, struct records *r, struct reader *db, struct text name,
                     struct record **out)
{
    const struct model *m = record_model(r);
    for (size_t i = 0; i < m->kind_count; i++) {
        const struct kind *k = &m->kinds[i];
        struct call *quiet = call_beside(call->arena, call);
        quiet->actor = call->actor;
        if (!k->sends)
            continue;
        enum err e = record_read(quiet, r, db, k, name, 0, out);
        if (e == ERR_MISSING)
            e = find_by_name(quiet, r, db, k, name, out);
        if (e != ERR_MISSING)
            return e;
    }
    return ERR_MISSING;
}

static enum err unknown(struct call *call, struct text name)
{
    return problem(call, ERR_MISSING, TEXT("system"), "system",
                   say(call, "there is no AI system \"%.*s\" that you may send events for"),
                   TEXT_ARG(name));
}

enum err system__find(struct call *call, struct records *r, struct reader *db, struct text name,
                      struct record **out)
{
    struct call *engine = call_beside(call->arena, call);
    engine->actor = actor_system(call);
    enum err e = find(engine, r, db, name, out);
    return e == ERR_MISSING ? unknown(call, name) : e;
}

bool system__may_send(struct call *call, struct records *r, struct reader *db,
                      struct record *rec)
{
    const struct actor *a = call->actor;
    return a->scopes.len ? actor_in_scope(a, TEXT("events"), rec->key)
                         : a->all || record_may_change(call, r, db, rec);
}

struct text monitor_named(const struct call *call, struct text name)
{
    return name.len ? name : system__only(call->actor);
}

enum err monitor_sender(struct call *call, struct records *r, struct reader *db,
                        struct text name, struct record **out)
{
    TRY(system__find(call, r, db, name, out));
    return system__may_send(call, r, db, *out) ? OK : unknown(call, name);
}

/* One answer for what is not there and for what the token is not for. */
static enum err not_for_token(struct call *call, struct text name)
{
    return problem(call, ERR_MISSING, TEXT("system"), "unknown",
                   say(call, "there is no AI system \"%.*s\" that this token is for"),
                   TEXT_ARG(name));
}

enum err monitor_host(struct call *call, struct records *r, struct reader *db, struct text name,
                      struct record **out)
{
    struct call *engine = call_beside(call->arena, call);
    engine->actor = actor_system(call);
    enum err e = find(engine, r, db, name, out);
    if (e == ERR_MISSING ||
        (e == OK && !actor_in_scope(call->actor, TEXT("events"), (*out)->key)))
        return not_for_token(call, name);
    return e;
}

enum err monitor_system(struct call *call, struct records *r, struct reader *db,
                        struct text name, struct record **out)
{
    enum err e = find(call, r, db, name, out);
    if (e == ERR_MISSING)
        return problem(call, ERR_MISSING, TEXT("system"), "unknown", "%s",
                       say(call, "there is no such AI system"));
    return e;
}

struct text system__only(const struct actor *a)
{
    struct text rest = a->scopes, only = TEXT("");
    while (rest.len) {
        struct text on = text_trim(text_cut(&rest, ','));
        if (!text_is(text_cut(&on, ':'), "events"))
            continue;
        if (only.len || text_is(on, "*"))
            return TEXT("");
        only = on;
    }
    return only;
}
