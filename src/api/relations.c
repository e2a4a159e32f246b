/* SPDX-License-Identifier: Apache-2.0 */
/* api/relations.c — what stands around a record: history, links, comments. */
#include "api/internal.h"

static enum err find(struct exchange *x, const struct kind **k, struct record **rec)
{
    *k = exchange__kind(x, x->arg[0]);
    if (!*k)
        return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(x->call, "there is nothing here", "此处没有内容"));
    return record_read(x->call, x->api->records, exchange__db(x), *k, x->arg[1], 0, rec);
}

/* ---- history
 * ------------------------------------------------------------------------------------------ */
static bool told(const struct kind *k, struct text name)
{
    const struct field *f = kind_field(k, name);
    return f && !f->system;
}

static void put_change(struct json_out *o, struct text field, const struct json *from,
                       const struct json *to)
{
    json_open(o, '{');
    put__text(o, "field", field);
    json_key(o, "from");
    from ? json_put_json(o, from) : json_put_null(o);
    json_key(o, "to");
    to ? json_put_json(o, to) : json_put_null(o);
    json_close(o, '}');
}

static void put_changes(struct exchange *x, const struct kind *k, const struct history_item *h,
                        bool sensitive, struct json_out *o)
{
    json_key(o, "changes");
    json_open(o, '[');
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (!told(k, f->name) || (f->sensitive && !sensitive))
            continue;
        const struct json *from =
            h->before ? record_body_value(x->call, k, h->before, f) : NULL;
        const struct json *to = record_body_value(x->call, k, h->after, f);
        if ((from || to) && !(from && to && json_same(from, to)))
            put_change(o, f->name, from, to);
    }
    json_close(o, ']');
}

static enum err put_history(struct exchange *x, const struct record *rec,
                            const struct history_item *items, size_t count)
{
    struct text *kinds = NEW_MANY(x->call->arena, count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, count + 1, struct text);
    struct ref *people = NEW_MANY(x->call->arena, count + 1, struct ref);
    for (size_t i = 0; i < count; i++) {
        kinds[i] = TEXT("person");
        ids[i] = items[i].actor;
    }
    TRY(record_refs(x->call, x->api->records, exchange__db(x), kinds, ids, count, people));
    struct json_out *o = exchange__json(x);
    bool sensitive = x->actor->sees_sensitive;
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        const struct history_item *h = &items[i];
        json_open(o, '{');
        put__integer(o, "version", h->version);
        put__text(o, "at", h->at);
        json_key(o, "actor");
        json_open(o, '{');
        put__text(o, "id", h->actor);
        put__text(o, "name", people[i].title);
        put__text(o, "type", h->actor_type);
        json_close(o, '}');
        put__text(o, "act", h->act);
        put__text(o, "move", h->move);
        put__text(o, "from", h->from);
        put__text(o, "to", h->to);
        put__text(o, "reason", h->reason);
        put_changes(x, rec->kind, h, sensitive, o);
        put__integer(o, "ledger", h->ledger);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

enum err history_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct history_item *items;
    size_t count;
    TRY(find(x, &k, &rec));
    TRY(exchange__read(x, rec));
    TRY(record_history(x->call, x->api->records, exchange__db(x), rec, &items, &count));
    TRY(put_history(x, rec, items, count));
    /* Names for every id that any version ever held. */
    struct record **versions = NEW_MANY(x->call->arena, count + 1, struct record *);
    for (size_t i = 0; i < count; i++) {
        versions[i] = NEW(x->call->arena, struct record);
        *versions[i] = *rec;
        versions[i]->values = NEW_MANY(x->call->arena, k->field_count, const struct json *);
        for (size_t f = 0; f < k->field_count; f++)
            versions[i]->values[f] =
                record_body_value(x->call, k, items[i].after, &k->fields[f]);
    }
    json_key(&x->json_out, "names");
    TRY(record_names(x->call, x->api->records, exchange__db(x), versions, count, &x->json_out));
    json_close(&x->json_out, '}');
    return OK;
}

/* ---- links
 * ------------------------------------------------------------------------------------------------
 */
static void put_link_title(struct exchange *x, const struct kind *own, const struct linked *l,
                           struct json_out *o)
{
    const struct kind *holder = l->out ? own : model_kind(x->api->model, l->ref.kind);
    const struct field *f = holder && !l->free ? kind_field(holder, l->type) : NULL;
    if (f) {
        put__words(o, "title", f->title);
        return;
    }
    json_key(o, "title");
    json_put_null(o);
}

enum err links_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct linked *items;
    size_t count;
    TRY(find(x, &k, &rec));
    TRY(record_links(x->call, x->api->records, exchange__db(x), rec, &items, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "type", items[i].type);
        put_link_title(x, k, &items[i], o);
        put__text(o, "direction", items[i].out ? TEXT("out") : TEXT("in"));
        put__bool(o, "free", items[i].free);
        json_key(o, "record");
        json_open(o, '{');
        put__ref(o, &items[i].ref);
        json_close(o, '}');
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

static enum err find_target(struct exchange *x, struct text to, struct record **target)
{
    for (size_t i = 0; i < x->api->model->kind_count; i++) {
        struct call *quiet = call_open(x->call->arena, x->call->now, x->call->lang);
        quiet->actor = x->call->actor;
        if (record_read(quiet, x->api->records, exchange__db(x), &x->api->model->kinds[i], to, 0,
                        target) == OK)
            return OK;
    }
    return problem(x->call, ERR_INVALID, TEXT("to"), "unknown_reference", "%s",
                   say(x->call, "there is no such record", "没有此记录"));
}

static bool plain_word(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!((t.at[i] >= 'a' && t.at[i] <= 'z') || t.at[i] == '_'))
            return false;
    return t.len > 0 && t.len <= 40;
}

/* A link is part of the record: adding one is a change like any other, with version and entry.
 */
static enum err change_links(struct exchange *x, bool add)
{
    const struct kind *k;
    struct record *rec, *target;
    struct text type = exchange__field(x, "type");
    TRY(exchange__members(x, "type:t to:t"));
    TRY(find(x, &k, &rec));
    if (!plain_word(type))
        return problem(
            x->call, ERR_INVALID, TEXT("type"), "type", "%s",
            say(x->call, "the type is one word of small letters", "链接类型为一个小写英文词"));
    TRY(find_target(x, exchange__field(x, "to"), &target));
    struct buf b = buf_in(x->call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    const struct json *links = record_value(rec, TEXT("links"));
    json_open(&o, '{');
    json_key(&o, "links");
    json_open(&o, '[');
    for (const struct json *one = links ? links->first : NULL; one; one = one->next)
        if (!text_same(json_text(json_get(one, "id")), target->id) ||
            !text_same(json_text(json_get(one, "type")), type))
            json_put_json(&o, one);
    if (add) {
        json_open(&o, '{');
        put__text(&o, "type", type);
        put__text(&o, "kind", target->kind->name);
        put__text(&o, "id", target->id);
        json_close(&o, '}');
    }
    json_close(&o, ']');
    json_close(&o, '}');
    const struct json *body;
    TRY(json_read(x->call, buf_text(&b), &json_request_limits, &body));
    struct change change = {.act = RECORD_CHANGE,
                            .kind = k,
                            .id = rec->id,
                            .body = body,
                            .if_version = rec->version};
    exchange__give_back(x);
    TRY(record_do(x->call, x->api->records, &change));
    return links_get(x);
}

enum err links_post(struct exchange *x)
{
    return change_links(x, true);
}

enum err links_delete(struct exchange *x)
{
    return change_links(x, false);
}

/* ---- comments
 * ------------------------------------------------------------------------------------------------
 */
enum err comments_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct comment *items;
    size_t count;
    TRY(find(x, &k, &rec));
    TRY(record_comments(x->call, x->api->records, exchange__db(x), k, rec->id, &items, &count));
    struct text *kinds = NEW_MANY(x->call->arena, count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, count + 1, struct text);
    struct ref *people = NEW_MANY(x->call->arena, count + 1, struct ref);
    for (size_t i = 0; i < count; i++) {
        kinds[i] = TEXT("person");
        ids[i] = items[i].author;
    }
    TRY(record_refs(x->call, x->api->records, exchange__db(x), kinds, ids, count, people));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "id", items[i].id);
        put__text(o, "author", items[i].author);
        put__text(o, "name", people[i].title);
        put__text(o, "at", items[i].at);
        put__text(o, "body", items[i].body);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_key(o, "names");
    json_open(o, '{');
    for (size_t i = 0; i < count; i++) {
        bool again = !people[i].id.len;
        for (size_t j = 0; j < i && !again; j++)
            again = text_same(ids[i], ids[j]);
        if (again)
            continue;
        json_key_text(o, ids[i]);
        json_open(o, '{');
        put__ref(o, &people[i]);
        json_close(o, '}');
    }
    json_close(o, '}');
    json_close(o, '}');
    return OK;
}

enum err comments_post(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct text id;
    TRY(exchange__members(x, "body:t"));
    TRY(find(x, &k, &rec));
    if (!actor_takes_part(x->actor, k))
        return problem(x->call, ERR_DENIED, TEXT(""), "who", "%s",
                       say(x->call, "your roles include reading this, not commenting on it",
                           "您的角色可以查看此记录，但不能评论"));
    exchange__give_back(x);
    TRY(record_comment(x->call, x->api->records, k, rec->id, exchange__field(x, "body"), &id));
    struct comment *items;
    size_t count;
    TRY(record_comments(x->call, x->api->records, exchange__db(x), k, rec->id, &items, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    for (size_t i = 0; i < count; i++)
        if (text_same(items[i].id, id)) {
            put__text(o, "id", id);
            put__text(o, "author", items[i].author);
            put__text(o, "at", items[i].at);
            put__text(o, "body", items[i].body);
        }
    json_close(o, '}');
    x->status = 201;
    return OK;
}
