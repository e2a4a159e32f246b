/* SPDX-License-Identifier: Apache-2.0 */
/* api/watching.c — what the reader wishes to be told of, and who may be named in a comment. */
#include "api/internal.h"

static enum err find(struct exchange *x, const struct kind **k, struct record **rec)
{
    TRY(record__find_kind(x, k));
    return record_read(x->call, x->records, exchange__db(x), *k, x->arg[1], 0, rec);
}

static enum err set(struct exchange *x, bool on)
{
    const struct kind *k;
    struct record *rec;
    TRY(find(x, &k, &rec));
    exchange__give_back(x);
    x->status = 204;
    return record_watches_set(x->call, x->records, k, rec->id, on);
}

enum err watch_put(struct exchange *x)
{
    return set(x, true);
}

enum err watch_delete(struct exchange *x)
{
    return set(x, false);
}

enum err watching_get(struct exchange *x)
{
    struct watched *list;
    size_t count;
    TRY(record_watched(x->call, x->records, exchange__db(x), &list, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        const struct record *rec = list[i].record;
        json_open(o, '{');
        put__ref(o, &(struct ref){.kind = rec->kind->name,
                                  .id = rec->id,
                                  .key = rec->key,
                                  .title = json_text(record_value(rec, TEXT("title"))),
                                  .state = rec->kind->states[rec->state].name});
        put__text(o, "since", list[i].since);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

/* Whoever may not comment has nobody to choose: who reads what is not for guests to find out.
 */
enum err readers_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct ref *list;
    size_t count;
    TRY(find(x, &k, &rec));
    if (!actor_takes_part(x->actor, k))
        return problem(x->call, ERR_DENIED, TEXT(""), "who", "%s",
                       say(x->call, "your roles include reading this, not commenting on it"));
    TRY(record_readers(x->call, x->records, exchange__db(x), rec, query__text(x, "q"), &list,
                       &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "id", list[i].id);
        put__text(o, "name", list[i].title);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}
