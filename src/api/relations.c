/* SPDX-License-Identifier: Apache-2.0 */
/* api/relations.c — what stands around a record: history, links, comments. */
#include "api/internal.h"

static enum err find(struct exchange *x, const struct kind **k, struct record **rec)
{
    *k = exchange__kind(x, x->arg[0]);
    if (!*k)
        return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(x->call, "there is nothing here"));
    return record_read(x->call, x->records, exchange__db(x), *k, x->arg[1], 0, rec);
}

/* ---- pages, newest first
 * ------------------------------------------------------------------------------------------ */
#define PAGE_USUAL 100
#define PAGE_MOST 500

static enum err read_limit(struct exchange *x, int64_t *limit)
{
    TRY(query__integer(x, "limit", PAGE_USUAL, limit));
    if (*limit >= 1 && *limit <= PAGE_MOST)
        return OK;
    return problem(x->call, ERR_INVALID, TEXT("limit"), "range",
                   say(x->call, "limit must be between 1 and %d"), PAGE_MOST);
}

static enum err bad_cursor(struct exchange *x)
{
    return problem(
        x->call, ERR_INVALID, TEXT("cursor"), "cursor", "%s",
        say(x->call, "is not a cursor of this list as it is now: begin again without one"));
}

/* The place of the last one shown; what is older follows. 0: from the newest on. */
static enum err read_below(struct exchange *x, int64_t *below)
{
    struct text t = query__text(x, "cursor");
    *below = 0;
    return !t.len || (text_integer(t, below) && *below > 0) ? OK : bad_cursor(x);
}

static void put_next(struct json_out *o, struct text next, int64_t total)
{
    json_key(o, "next");
    next.len ? json_put_text(o, next) : json_put_null(o);
    put__integer(o, "total", total);
}

static struct text place(struct exchange *x, int64_t next)
{
    return next ? text_print(x->call->arena, "%lld", (long long)next) : (struct text){0};
}

/* ---- history
 * ------------------------------------------------------------------------------------------ */
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

/* Nothing after a hidden version: what changed would say what it was. */
static void put_changes(const struct kind *k, const struct history_item *h, struct json_out *o)
{
    json_key(o, "changes");
    json_open(o, '[');
    for (size_t i = 0; i < k->field_count && !h->follows_hidden; i++) {
        const struct field *f = &k->fields[i];
        bool kept = f->system && !text_is(f->name, "offered_to"); /* an offer is a person's act */
        if (kept || !h->shown[i] || record_is_redacted(h->then, f))
            continue;
        const struct json *from = h->before ? h->before->values[i] : NULL;
        const struct json *to = h->then->values[i];
        if ((from || to) && !(from && to && json_same(from, to)))
            put_change(o, f->name, from, to);
    }
    json_close(o, ']');
}

/* Fields of which neither what they were nor what they became is there any more. */
static void put_redacted(const struct kind *k, const struct history_item *h, struct json_out *o)
{
    json_key(o, "redacted");
    json_open(o, '[');
    for (size_t i = 0; i < k->field_count; i++)
        if (h->shown[i] && record_is_redacted(h->then, &k->fields[i]))
            json_put_text(o, k->fields[i].name);
    json_close(o, ']');
}

static void put_actor(const struct history_item *h, struct text name, struct text other,
                      struct json_out *o)
{
    json_key(o, "actor");
    json_open(o, '{');
    put__text(o, "id", h->actor);
    put__text(o, "name", name);
    put__text(o, "type", h->actor_type);
    if (h->stands_for.len)
        put__person(o, "for", h->stands_for, other);
    json_close(o, '}');
}

enum err put__decided(struct exchange *x, const struct history_item *h, struct json_out *o)
{
    struct text kinds[] = {TEXT("person"), TEXT("person")}, ids[] = {h->actor, h->stands_for};
    struct ref people[2];
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, 2, people));
    json_key(o, "decided");
    json_open(o, '{');
    put_actor(h, people[0].title, people[1].title, o);
    put__text(o, "at", h->at);
    put__integer(o, "version", h->version);
    json_close(o, '}');
    return OK;
}

/* Who did what came last to the record, where the reader may know. */
enum err put__last_act(struct exchange *x, const struct record *rec, struct json_out *o)
{
    struct history h;
    struct ref people[2];
    TRY(record_history(x->call, x->records, exchange__db(x), rec, 0, 1, &h));
    if (!h.count || h.items[0].hidden)
        return OK;
    struct text kinds[] = {TEXT("person"), TEXT("person")};
    struct text ids[] = {h.items[0].actor, h.items[0].stands_for};
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, 2, people));
    json_key(o, "last_act");
    json_open(o, '{');
    put__text(o, "at", h.items[0].at);
    put_actor(&h.items[0], people[0].title, people[1].title, o);
    json_close(o, '}');
    return OK;
}

static void put_version(const struct kind *k, const struct history_item *h, struct text name,
                        struct text other, struct json_out *o)
{
    put__integer(o, "version", h->version);
    put__text(o, "at", h->at);
    if (h->hidden) {
        put__bool(o, "hidden", true);
        return;
    }
    put_actor(h, name, other, o);
    put__text(o, "act", h->act);
    put__text(o, "move", h->move);
    put__text(o, "from", h->from);
    put__text(o, "to", h->to);
    put__text(o, "reason", h->reason);
    if (h->timer.len)
        put__text(o, "timer", h->timer);
    if (h->waived)
        put__waived(o, h->waived);
    if (h->told) {
        json_key(o, "told");
        json_put_json(o, h->told);
    }
    if (h->follows_hidden)
        put__bool(o, "follows_hidden", true);
    put_changes(k, h, o);
    put_redacted(k, h, o);
    put__integer(o, "ledger", h->ledger);
}

static enum err put_versions(struct exchange *x, const struct kind *k, const struct history *h,
                             struct json_out *o)
{
    struct text *kinds = NEW_MANY(x->call->arena, 2 * h->count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, 2 * h->count + 1, struct text);
    struct ref *people = NEW_MANY(x->call->arena, 2 * h->count + 1, struct ref);
    for (size_t i = 0; i < h->count; i++) {
        kinds[i] = kinds[h->count + i] = TEXT("person");
        ids[i] = h->items[i].actor;
        ids[h->count + i] = h->items[i].stands_for;
    }
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, 2 * h->count, people));
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < h->count; i++) {
        json_open(o, '{');
        put_version(k, &h->items[i], people[i].title, people[h->count + i].title, o);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

/* A version without what this reader may not see of it, for the names that it refers to. */
static struct record *for_names(struct exchange *x, const struct history_item *h,
                                const struct record *version)
{
    const struct kind *k = version->kind;
    struct record *out = NEW(x->call->arena, struct record);
    *out = *version;
    out->values = NEW_MANY(x->call->arena, k->field_count, const struct json *);
    for (size_t i = 0; i < k->field_count; i++)
        out->values[i] = h->shown[i] ? version->values[i] : NULL;
    return out;
}

/* ---- what was signed ------------------------------------------------------------------------
 */
static enum err put_signers(struct exchange *x, const struct signed_off *s, struct json_out *o)
{
    struct text *kinds = NEW_MANY(x->call->arena, 2 * s->count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, 2 * s->count + 1, struct text);
    struct ref *people = NEW_MANY(x->call->arena, 2 * s->count + 1, struct ref);
    for (size_t i = 0; i < s->count; i++) {
        kinds[i] = kinds[s->count + i] = TEXT("person");
        ids[i] = s->by[i].person;
        ids[s->count + i] = s->by[i].stands_for;
    }
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, 2 * s->count, people));
    json_key(o, "by");
    json_open(o, '[');
    for (size_t i = 0; i < s->count; i++) {
        json_open(o, '{');
        put__person(o, "person", ids[i], people[i].title);
        if (s->by[i].stands_for.len)
            put__person(o, "for", s->by[i].stands_for, people[s->count + i].title);
        put__text(o, "at", s->by[i].at);
        put__integer(o, "ledger", s->by[i].ledger);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

static enum err put_signed(struct exchange *x, const struct signed_off *s, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "move", s->made.move);
    put__text(o, "to", s->made.to);
    put__text(o, "reason", s->made.reason);
    put__integer(o, "version", s->made.version);
    put__text(o, "at", s->made.at);
    put__integer(o, "ledger", s->made.ledger);
    TRY(put_signers(x, s, o));
    json_close(o, '}');
    return OK;
}

enum err signatures_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct signed_off *list;
    size_t count;
    TRY(find(x, &k, &rec));
    TRY(exchange__read(x, rec));
    TRY(record_signed(x->call, x->records, exchange__db(x), rec, &list, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        if (!record_is_restricted(rec) && record_is_restricted(list[i].made.then))
            TRY(exchange__read(x, list[i].made.then));
        TRY(put_signed(x, &list[i], o));
    }
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

enum err history_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct history h;
    int64_t below, limit;
    TRY(read_limit(x, &limit));
    TRY(read_below(x, &below));
    TRY(find(x, &k, &rec));
    TRY(exchange__read(x, rec));
    TRY(record_history(x->call, x->records, exchange__db(x), rec, below, limit, &h));
    for (size_t i = 0; i < h.count && !record_is_restricted(rec); i++)
        if (h.items[i].then && record_is_restricted(h.items[i].then)) {
            TRY(exchange__read(x, h.items[i].then));
            break;
        }
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    TRY(put_versions(x, k, &h, o));
    put_next(o, place(x, h.next), h.total);
    struct record **shown = NEW_MANY(x->call->arena, h.count * 2 + 1, struct record *);
    size_t count = 0;
    for (size_t i = 0; i < h.count; i++) {
        if (h.items[i].then)
            shown[count++] = for_names(x, &h.items[i], h.items[i].then);
        if (h.items[i].before)
            shown[count++] = for_names(x, &h.items[i], h.items[i].before);
    }
    json_key(o, "names");
    TRY(record_names(x->call, x->records, exchange__db(x), shown, count, o));
    json_close(o, '}');
    return OK;
}

/* All that proves a version to somebody who has nothing but the verifier key: docs/ledger.md
 * §3. */
enum err disclosure_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct history_item item;
    struct ledger_row *entry;
    struct text proof;
    int64_t version;
    size_t count;
    TRY(find(x, &k, &rec));
    TRY(query__integer(x, "version", rec->version, &version));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "kind", k->name);
    put__text(o, "id", rec->id);
    put__integer(o, "version", version);
    json_key(o, "members");
    TRY(record_disclose(x->call, x->records, exchange__db(x), rec, version, &item, o));
    TRY(exchange__read(x, item.then));
    uint64_t n = (uint64_t)item.ledger;
    TRY(ledger_entries(x->call, exchange__db(x), n, 1, &entry, &count));
    TRY(ledger_proof(x->call, exchange__db(x), n, 0, &proof));
    put__integer(o, "n", item.ledger);
    put__text(o, "leaf", count ? entry->leaf : TEXT(""));
    put__text(o, "proof", proof);
    put__text(o, "vkey", ledger_vkey(x->call->arena, x->api->ledger));
    json_close(o, '}');
    return OK;
}

/* ---- links
 * ------------------------------------------------------------------------------------------------
 */
static void put_link_title(struct exchange *x, const struct kind *own, const struct linked *l,
                           struct json_out *o)
{
    const struct kind *holder = l->out ? own : model_kind(x->model, l->ref.kind);
    const struct field *f = holder && !l->free ? kind_field(holder, l->type) : NULL;
    if (f) {
        put__words(o, "title", f->title);
        return;
    }
    json_key(o, "title");
    json_put_null(o);
}

static void put_link(struct exchange *x, const struct kind *k, const struct linked *l,
                     struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "type", l->type);
    put_link_title(x, k, l, o);
    put__text(o, "direction", l->out ? TEXT("out") : TEXT("in"));
    put__bool(o, "free", l->free);
    json_key(o, "record");
    json_open(o, '{');
    put__ref(o, &l->ref);
    json_close(o, '}');
    json_close(o, '}');
}

enum err links_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct links links;
    int64_t limit;
    TRY(read_limit(x, &limit));
    TRY(find(x, &k, &rec));
    TRY(record_links(x->call, x->records, exchange__db(x), rec, query__text(x, "cursor"),
                     (size_t)limit, &links));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < links.count; i++)
        put_link(x, k, &links.items[i], o);
    json_close(o, ']');
    put_next(o, links.next, links.total);
    json_close(o, '}');
    return OK;
}

static enum err find_target(struct exchange *x, struct text to, struct record **target)
{
    for (size_t i = 0; i < x->model->kind_count; i++) {
        struct call *quiet = call_beside(x->call->arena, x->call);
        quiet->actor = x->call->actor;
        if (record_read(quiet, x->records, exchange__db(x), &x->model->kinds[i], to, 0,
                        target) == OK)
            return OK;
    }
    return problem(x->call, ERR_INVALID, TEXT("to"), "unknown_reference", "%s",
                   say(x->call, "there is no such record"));
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
        return problem(x->call, ERR_INVALID, TEXT("type"), "type", "%s",
                       say(x->call, "the type is one word of small letters"));
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
    TRY(record_do(x->call, x->records, &change));
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
static void put_comment(struct json_out *o, const struct comment *c, struct text name)
{
    put__text(o, "id", c->id);
    put__text(o, "at", c->at);
    if (c->hidden) {
        put__bool(o, "hidden", true);
        return;
    }
    put__text(o, "author", c->author);
    if (name.len)
        put__text(o, "name", name);
    put__text(o, "body", c->body);
}

static void put_people(struct json_out *o, const struct ref *people, size_t count)
{
    json_key(o, "names");
    json_open(o, '{');
    for (size_t i = 0; i < count; i++) {
        bool again = !people[i].id.len;
        for (size_t j = 0; j < i && !again; j++)
            again = text_same(people[i].id, people[j].id);
        if (again)
            continue;
        json_key_text(o, people[i].id);
        json_open(o, '{');
        put__ref(o, &people[i]);
        json_close(o, '}');
    }
    json_close(o, '}');
}

/* Who wrote each, in their order; then whom they name. */
static enum err people_of(struct exchange *x, const struct comments *c, struct ref **people,
                          size_t *count)
{
    struct arena *a = x->call->arena;
    size_t room = c->count * (1 + MENTIONS_MOST);
    struct text *kinds = NEW_MANY(a, room + 1, struct text);
    struct text *ids = NEW_MANY(a, room + 1, struct text), *named;
    for (size_t i = 0; i < c->count; i++)
        ids[i] = c->items[i].author;
    *count = c->count;
    for (size_t i = 0; i < c->count; i++) {
        size_t n = mentions_in(a, c->items[i].body, MENTIONS_MOST, &named);
        for (size_t j = 0; j < n; j++)
            ids[(*count)++] = named[j];
    }
    for (size_t i = 0; i < *count; i++)
        kinds[i] = TEXT("person");
    *people = NEW_MANY(a, room + 1, struct ref);
    return record_refs(x->call, x->records, exchange__db(x), kinds, ids, *count, *people);
}

enum err comments_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct comments c;
    int64_t below, limit;
    TRY(read_limit(x, &limit));
    TRY(read_below(x, &below));
    TRY(find(x, &k, &rec));
    TRY(record_comments(x->call, x->records, exchange__db(x), rec, below, limit, &c));
    struct ref *people;
    size_t person_count;
    TRY(people_of(x, &c, &people, &person_count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < c.count; i++) {
        json_open(o, '{');
        put_comment(o, &c.items[i], people[i].title);
        json_close(o, '}');
    }
    json_close(o, ']');
    put_next(o, place(x, c.next), c.total);
    put_people(o, people, person_count);
    json_close(o, '}');
    return OK;
}

enum err comments_post(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct comment made;
    TRY(exchange__members(x, "body:t"));
    TRY(find(x, &k, &rec));
    if (!actor_takes_part(x->actor, k))
        return problem(x->call, ERR_DENIED, TEXT(""), "who", "%s",
                       say(x->call, "your roles include reading this, not commenting on it"));
    exchange__give_back(x);
    TRY(record_comment(x->call, x->records, k, rec->id, exchange__field(x, "body"),
                       &made));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put_comment(o, &made, (struct text){0});
    json_close(o, '}');
    x->status = 201;
    return OK;
}
