/* SPDX-License-Identifier: Apache-2.0 */
/* api/public.c — for whoever has no account: what can be reported, a report, and the
 * conversation that its code opens. The code comes in bodies alone, so that it stands in no
 * address, log or history of a browser. Cookies and tokens are not looked at, and of who sends
 * it nothing is kept: how often an address asks is known in memory, as in rates.c, and nowhere
 * else. */
#include "api/internal.h"

#define LOOK_COSTS 10 /* of PURSE_PUBLIC: 600 at once, one more each second */
#define SAY_COSTS 20
#define REPORT_COSTS 30
#define REPORT_OF_ALL 36 /* of PURSE_EVERYBODY: 3,600 at once, one more each second */
#define SAY_OF_ALL 9

static enum err closed(struct exchange *x)
{
    return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(x->call, "nothing of this kind can be reported here"));
}

static enum err open_kind(struct exchange *x, const struct kind **out)
{
    const struct kind **kinds;
    size_t count;
    TRY(record_public_kinds(x->call, x->records, exchange__db(x), &kinds, &count));
    *out = NULL;
    for (size_t i = 0; i < count; i++)
        if (text_same(kinds[i]->name, x->arg[0]))
            *out = kinds[i];
    return *out ? OK : closed(x);
}

int64_t public__costs(const struct route *route)
{
    handler *run = route->run;
    if (run == public_post || run == outside_report_post)
        return REPORT_COSTS;
    if (run == public_message_post || run == outside_message_post)
        return SAY_COSTS;
    if (run == public_case_post || run == outside_case_post)
        return LOOK_COSTS;
    return run != outside_style && route->policy == POLICY_OPEN &&
           (run == public_get || run == public_list ||
            text_starts(text_of(route->pattern), "/public"));
}

static enum err spend_of_all(struct exchange *x, int64_t amount)
{
    return exchange__spend(x, PURSE_EVERYBODY, TEXT("everybody"), amount);
}

enum err public__spend_report(struct exchange *x)
{
    return spend_of_all(x, REPORT_OF_ALL);
}

enum err public__spend_message(struct exchange *x)
{
    return spend_of_all(x, SAY_OF_ALL);
}

/* Nothing here may stay in a cache that others read. */
static struct json_out *open_answer(struct exchange *x)
{
    exchange__header(x, "cache-control", TEXT("no-store"));
    return exchange__json(x);
}

/* ---- what can be reported ------------------------------------------------------------------
 */
enum err public_list(struct exchange *x)
{
    const struct kind **kinds;
    struct text name = {0};
    size_t count;
    TRY(record_public_kinds(x->call, x->records, exchange__db(x), &kinds, &count));
    enum err e = count ? meta_read(x->call, exchange__db(x), "organisation", &name) : OK;
    if (e != OK && e != ERR_MISSING)
        return e;
    struct json_out *o = open_answer(x);
    json_open(o, '{');
    if (count)
        put__text(o, "organisation", name);
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "kind", kinds[i]->name);
        put__words(o, "title", kinds[i]->outside.title);
        put__words(o, "about", kinds[i]->outside.about);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

enum err public_get(struct exchange *x)
{
    const struct kind *k;
    TRY(open_kind(x, &k));
    struct json_out *o = open_answer(x);
    json_open(o, '{');
    put__text(o, "kind", k->name);
    put__words(o, "title", k->outside.title);
    put__words(o, "about", k->outside.about);
    json_key(o, "fields");
    json_open(o, '[');
    for (size_t i = 0; i < k->outside.create_count; i++)
        model_field_json(k->outside.create[i], public_must(k->outside.create[i]), o);
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

/* ---- a report ------------------------------------------------------------------------------
 */
/* A code is shown once, so that nobody can be given it again who sends the same again. */
static enum err refuse_key(struct exchange *x)
{
    if (!request_header(x->request, "idempotency-key").len)
        return OK;
    return problem(x->call, ERR_INVALID, TEXT("idempotency-key"), "unknown", "%s",
                   say(x->call, "nothing is kept here by which a repeat could be told: leave "
                                "Idempotency-Key out"));
}

enum err public_post(struct exchange *x)
{
    const struct kind *k;
    struct text code;
    TRY(exchange__body(x));
    TRY(open_kind(x, &k));
    TRY(refuse_key(x));
    TRY(record_public_check(x->call, k, x->json));
    TRY(public__spend_report(x));
    exchange__give_back(x);
    TRY(record_public_open(x->call, x->records, k, x->json, &code));
    struct json_out *o = open_answer(x);
    json_open(o, '{');
    put__text(o, "case", code);
    json_close(o, '}');
    x->status = 201;
    return OK;
}

/* ---- the conversation ----------------------------------------------------------------------
 */
static void put_message(struct json_out *o, const struct message *m)
{
    json_open(o, '{');
    put__text(o, "at", m->at);
    put__text(o, "from", m->outside ? TEXT("you") : TEXT("us"));
    if (m->removed)
        put__bool(o, "removed", true);
    else
        put__text(o, "body", m->body);
    json_close(o, '}');
}

static void put_shown(const struct kind *k, const struct record *rec, struct json_out *o)
{
    json_key(o, "shown");
    json_open(o, '[');
    for (size_t i = 0; i < k->outside.show_count; i++) {
        const struct public_field *f = &k->outside.show[i];
        const struct json *v = record_value(rec, f->field->name);
        if (!v || !record_public_shows(rec, f) || text_is(f->field->name, "state"))
            continue;
        json_open(o, '{');
        json_key(o, "field");
        model_field_json(f->field, false, o);
        json_key(o, "value");
        json_put_json(o, v);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_state(const struct kind *k, const struct record *rec, struct json_out *o)
{
    for (size_t i = 0; i < k->outside.show_count; i++)
        if (text_is(k->outside.show[i].field->name, "state"))
            put__words(o, "state", k->states[rec->state].title);
}

static enum err put_case(struct exchange *x, const struct record *rec)
{
    struct mailbox box;
    TRY(record_public_messages(x->call, x->records, exchange__db(x), rec, &box));
    struct json_out *o = open_answer(x);
    json_open(o, '{');
    put__text(o, "kind", rec->kind->name);
    put__words(o, "title", rec->kind->outside.title);
    put_state(rec->kind, rec, o);
    put_shown(rec->kind, rec, o);
    json_key(o, "messages");
    json_open(o, '[');
    for (size_t i = 0; i < box.count; i++)
        put_message(o, &box.items[i]);
    json_close(o, ']');
    put__bool(o, "may_write", box.may_answer);
    json_close(o, '}');
    return OK;
}

static enum err read_case(struct exchange *x)
{
    struct record *rec;
    TRY(record_public_find(x->call, x->records, exchange__db(x), exchange__field(x, "case"),
                           &rec));
    return put_case(x, rec);
}

enum err public_case_post(struct exchange *x)
{
    TRY(exchange__members(x, "case:t"));
    return read_case(x);
}

enum err public_message_post(struct exchange *x)
{
    struct record *rec;
    struct message made;
    TRY(exchange__members(x, "case:t body:t"));
    TRY(refuse_key(x));
    TRY(record_public_find(x->call, x->records, exchange__db(x), exchange__field(x, "case"),
                           &rec));
    TRY(public__spend_message(x));
    exchange__give_back(x);
    TRY(record_public_say(x->call, x->records, exchange__field(x, "case"),
                          exchange__field(x, "body"), &made));
    x->status = 201;
    return read_case(x);
}

/* ---- inside --------------------------------------------------------------------------------
 */
static void put_inside(struct json_out *o, const struct message *m, struct text name)
{
    json_open(o, '{');
    put__text(o, "id", m->id);
    put__text(o, "at", m->at);
    put__bool(o, "outside", m->outside);
    if (m->hidden)
        put__bool(o, "hidden", true);
    else if (m->removed)
        put__bool(o, "removed", true);
    else
        put__text(o, "body", m->body);
    if (m->author.len)
        put__person(o, "author", m->author, name);
    json_close(o, '}');
}

static enum err put_mailbox(struct exchange *x, const struct record *rec)
{
    struct mailbox box;
    TRY(record_mailbox(x->call, x->records, exchange__db(x), rec, &box));
    struct text *kinds = NEW_MANY(x->call->arena, box.count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, box.count + 1, struct text);
    struct ref *people = NEW_MANY(x->call->arena, box.count + 1, struct ref);
    for (size_t i = 0; i < box.count; i++) {
        kinds[i] = TEXT("person");
        ids[i] = box.items[i].author;
    }
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, box.count, people));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__bool(o, "case", box.there);
    put__bool(o, "may_answer", box.may_answer);
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < box.count; i++)
        put_inside(o, &box.items[i], people[i].title);
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

static enum err find(struct exchange *x, struct record **rec)
{
    const struct kind *k;
    TRY(record__find_kind(x, &k));
    TRY(record_read(x->call, x->records, exchange__db(x), k, x->arg[1], 0, rec));
    return exchange__read(x, *rec);
}

enum err messages_get(struct exchange *x)
{
    struct record *rec;
    TRY(find(x, &rec));
    return put_mailbox(x, rec);
}

enum err messages_post(struct exchange *x)
{
    struct record *rec;
    struct message made;
    TRY(exchange__members(x, "body:t"));
    TRY(find(x, &rec));
    exchange__give_back(x);
    TRY(record_mailbox_answer(x->call, x->records, rec->kind, rec->id,
                              exchange__field(x, "body"), &made));
    x->status = 201;
    return put_mailbox(x, rec);
}
