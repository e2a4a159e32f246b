/* SPDX-License-Identifier: Apache-2.0 */
/* api/record.c — the generic routes of every kind. */
#include "api/internal.h"
#include "work/work.h"

static enum err no_kind(struct exchange *x)
{
    return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(x->call, "there is nothing here"));
}

enum err record__find_kind(struct exchange *x, const struct kind **k)
{
    *k = exchange__kind(x, x->arg[0]);
    return *k ? OK : no_kind(x);
}

static struct text etag(struct exchange *x, int64_t version)
{
    return text_print(x->call->arena, "\"%lld\"", (long long)version);
}

/* ---- one record
 * ------------------------------------------------------------------------------------- */
/* Since when it is in its state, and what will move by itself; the latter of the record as it is now. */
static enum err put_times(struct exchange *x, const struct record *rec, struct json_out *o)
{
    struct text since;
    struct timer_view *timers;
    size_t count = 0;
    int64_t as_of;
    TRY(query__moment(x, "as_of", &as_of));
    TRY(record_since(x->call, exchange__db(x), rec, &since));
    if (!as_of)
        TRY(record_timers(x->call, exchange__db(x), rec, &timers, &count));
    if (since.len)
        put__text(o, "since", since);
    json_key(o, "timers");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "move", timers[i].move->name);
        put__text(o, "at", timers[i].at);
        if (timers[i].tries) {
            put__integer(o, "tries", timers[i].tries);
            put__text(o, "why", timers[i].why);
        }
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

/* How its clocks stand is in its fields; here by which calendar they count, and what that does not know. */
static enum err put_clocks(struct exchange *x, const struct record *rec, struct json_out *o)
{
    struct clock_view *clocks;
    size_t count;
    TRY(record_clocks(x->call, x->records, exchange__db(x), rec, &clocks, &count));
    if (!count)
        return OK;
    json_key(o, "clocks");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "field", clocks[i].clock->at->name);
        put__text(o, "standing", clocks[i].clock->standing->name);
        if (clocks[i].at.len)
            put__text(o, "at", clocks[i].at);
        if (clocks[i].calendar)
            put__text(o, "calendar", clocks[i].calendar->name);
        if (clocks[i].unknown)
            put__integer(o, "unknown_year", clocks[i].unknown);
        if (clocks[i].decided)
            TRY(put__decided(x, clocks[i].decided, o));
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

/* Which fields are not for this reader, whatever stands in them: a page has no input for them. */
static void put_hidden(struct exchange *x, const struct record *rec, struct json_out *o)
{
    const bool *shown = record_sight(x->call, x->records, exchange__db(x), rec);
    json_key(o, "hidden");
    json_open(o, '[');
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (!shown[i])
            json_put_text(o, rec->kind->fields[i].name);
    json_close(o, ']');
}

/* Who took something out of it, why and on what ground. */
static enum err put_redactions(struct exchange *x, const struct record *rec, struct json_out *o)
{
    struct redaction_done *done;
    size_t count;
    if (!rec->redacted && !rec->erased)
        return OK;
    TRY(record_redactions(x->call, exchange__db(x), rec, &done, &count));
    json_key(o, "redactions");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__integer(o, "entry", done[i].ledger);
        put__integer(o, "version", done[i].version);
        put__text(o, "at", done[i].at);
        put__text(o, "actor", done[i].actor);
        put__text(o, "ground", done[i].ground);
        put__text(o, "reason", done[i].reason);
        json_key(o, "fields");
        json_put_json(o, done[i].fields);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

/* proof=1: also that the entry is in the signed log, as it stands with this answer. */
static enum err put_ledger(struct exchange *x, const struct record *rec, struct json_out *o)
{
    struct text proof;
    json_key(o, "ledger");
    json_open(o, '{');
    put__integer(o, "index", rec->ledger);
    if (text_is(query__text(x, "proof"), "1")) {
        TRY(ledger_proof(x->call, exchange__db(x), (uint64_t)rec->ledger, 0, &proof));
        put__text(o, "proof", proof);
    }
    json_close(o, '}');
    return OK;
}

/* What was decided, or signed, while a duty did not bind who did. */
static enum err put_waived(struct exchange *x, const struct record *rec, struct json_out *o)
{
    struct waived *list;
    size_t count;
    if (!x->model->waiver_kind)
        return OK;
    TRY(record_waived(x->call, x->records, exchange__db(x), rec, &list, &count));
    if (!count)
        return OK;
    json_key(o, "waived");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__integer(o, "version", list[i].version);
        put__text(o, "at", list[i].at);
        put__text(o, "move", list[i].move);
        json_key(o, "by");
        json_put_json(o, list[i].by);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

static enum err put_record(struct exchange *x, const struct record *rec)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    record_members(x->call, x->records, exchange__db(x), rec, (struct text){0}, o);
    json_key(o, "names");
    struct record *one = (struct record *)(uintptr_t)rec;
    TRY(record_names(x->call, x->records, exchange__db(x), &one, 1, o));
    TRY(put_ledger(x, rec, o));
    TRY(put_times(x, rec, o));
    TRY(put_clocks(x, rec, o));
    put_hidden(x, rec, o);
    TRY(put_redactions(x, rec, o));
    TRY(put_waived(x, rec, o));
    if (text_is(query__text(x, "last_act"), "1"))
        TRY(put__last_act(x, rec, o));
    bool watching;
    TRY(record_watches(x->call, exchange__db(x), rec, &watching));
    put__bool(o, "watching", watching);
    json_key(o, "may");
    json_open(o, '{');
    put__bool(o, "change",
              record_may_change(x->call, x->records, exchange__db(x), rec) &&
                  !rec->kind->states[rec->state].locked);
    put__bool(o, "comment", actor_takes_part(x->actor, rec->kind));
    put__bool(o, "owner", record_may_give(x->call, x->records, exchange__db(x), rec));
    json_key(o, "attach"); /* evidence, tags and links may be added in locked states too */
    json_put_bool(o, record_may_change(x->call, x->records, exchange__db(x), rec));
    json_close(o, '}');
    json_close(o, '}');
    exchange__header(x, "etag", etag(x, rec->version));
    return OK;
}

enum err record_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    int64_t as_of;
    TRY(record__find_kind(x, &k));
    TRY(query__moment(x, "as_of", &as_of));
    TRY(record_read(x->call, x->records, exchange__db(x), k, x->arg[1], as_of, &rec));
    TRY(exchange__read(x, rec));
    return put_record(x, rec);
}

/* ---- writing: the reply is made by the finisher, after the commit
 * --------------------------------------- */
static void written(void *arg, enum err outcome)
{
    finisher__add(arg, outcome);
}

enum err record__submit(struct exchange *x)
{
    /* The reader must not be held while waiting: the writer's checkpoint would wait for it. */
    exchange__give_back(x);
    bool *later = x->later;
    *later = true;
    enum err e = record_submit(x->call, x->records, &x->change, written, x);
    if (e != OK)
        *later = false;
    return e;
}

static void put_waits_for(struct json_out *o, struct text names)
{
    json_key(o, "waits_for");
    json_open(o, '[');
    while (names.len)
        json_put_text(o, text_cut(&names, ','));
    json_close(o, ']');
}

/* What stands in the way of a refused move, as the view of the move names it. Read after the
 * refusal: what went out of the way meanwhile is not named. */
static void explain(struct exchange *x)
{
    const struct kind *k = x->change.kind;
    struct call *quiet = call_beside(x->call->arena, x->call);
    struct record *rec;
    struct move_view *views;
    size_t count = 0;
    quiet->actor = x->call->actor;
    if (record_read(quiet, x->records, exchange__db(x), k, x->arg[1], 0, &rec) != OK ||
        record_moves(quiet, x->records, exchange__db(x), rec, &views, &count) != OK)
        return;
    for (size_t i = 0; i < count && !x->why; i++)
        if (text_same(views[i].move->name, x->arg[2]) ||
            text_same(k->states[views[i].move->to].name, x->arg[2]))
            x->why = &views[i];
}

void record__finish(struct exchange *x)
{
    enum err e = x->outcome;
    x->until = 0; /* what was written is shown, however long the writer took */
    if (exchange__again(x, e))
        return;
    if (e == ERR_CONFLICT && x->change.act == RECORD_MOVE)
        explain(x);
    if (e == OK && x->change.rehearse) {
        e = rehearse__put(x);
    } else if (e == OK) {
        const struct change *c = &x->change;
        e = put_record(x, c->record);
        if (c->act == RECORD_CREATE) {
            x->status = 201;
            exchange__header(x, "location",
                             text_print(x->call->arena, "%.*s/api/v1/%.*s/%.*s",
                                        TEXT_ARG(x->api->base), TEXT_ARG(c->kind->name),
                                        TEXT_ARG(c->record->key)));
        }
        if (c->signed_only) {
            struct json_out *o = exchange__json(x);
            x->status = 202;
            json_open(o, '{');
            put__bool(o, "signed", true);
            put_waits_for(o, c->waits_for);
            json_close(o, '}');
        }
    }
    exchange__answer(x, e);
}

static const struct json *without(struct exchange *x, const char *a, const char *b)
{
    if (!x->json)
        return NULL;
    struct json *copy = NEW(x->call->arena, struct json);
    *copy = *x->json;
    const struct json **end = &copy->first;
    copy->count = 0;
    *end = NULL;
    for (const struct json *one = x->json->first; one; one = one->next) {
        if (text_is(one->key, a) || (b && text_is(one->key, b)))
            continue;
        struct json *member = NEW(x->call->arena, struct json);
        *member = *one;
        member->next = NULL;
        *end = member;
        end = &member->next;
        copy->count++;
    }
    return copy;
}

/* The reason of a change is text, and never quietly left out. `own`: the kind, or the move, has
 * a field of that name; then it is the field. */
static enum err read_reason(struct exchange *x, bool own, struct text *reason)
{
    const struct json *v = own ? NULL : json_get(x->json, "reason");
    *reason = json_text(v);
    if (!v || v->type == JSON_TEXT || v->type == JSON_NULL)
        return OK;
    return problem(x->call, ERR_INVALID, TEXT("reason"), "type", "%s",
                   say(x->call, "must be text"));
}

enum err record_post(struct exchange *x)
{
    const struct kind *k;
    TRY(record__find_kind(x, &k));
    TRY(exchange__body(x));
    bool own = kind_field(k, TEXT("reason")) != NULL;
    struct text reason;
    TRY(read_reason(x, own, &reason));
    x->change = (struct change){.act = RECORD_CREATE,
                                .kind = k,
                                .body = own ? x->json : without(x, "reason", NULL),
                                .reason = reason,
                                .idempotency = request_header(x->request, "idempotency-key")};
    return record__submit(x);
}

enum err record__if_match(struct exchange *x, int64_t *version)
{
    struct text t = request_header(x->request, "if-match");
    if (text_starts(t, "W/"))
        t = text_from(t, 2);
    if (t.len > 2 && t.at[0] == '"')
        t = text_slice(t, 1, t.len - 1);
    if (text_integer(t, version) && *version > 0)
        return OK;
    return problem(x->call, ERR_STALE, TEXT(""), "if_match", "%s",
                   say(x->call, "send If-Match with the version you have seen"));
}

enum err record_patch(struct exchange *x)
{
    const struct kind *k;
    int64_t version;
    TRY(record__find_kind(x, &k));
    TRY(exchange__body(x));
    TRY(record__if_match(x, &version));
    bool own = kind_field(k, TEXT("reason")) != NULL;
    struct text reason;
    TRY(read_reason(x, own, &reason));
    x->change = (struct change){.act = RECORD_CHANGE,
                                .kind = k,
                                .id = x->arg[1],
                                .body = own ? x->json : without(x, "reason", NULL),
                                .if_version = version,
                                .reason = reason,
                                .idempotency = request_header(x->request, "idempotency-key")};
    return record__submit(x);
}

/* `reason` of a move is the reason, unless the move asks for a field of that name. */
static bool move_asks_reason(const struct kind *k, struct text name)
{
    const struct move *m = kind_move(k, name);
    for (size_t i = 0; m && i < m->ask_count; i++)
        if (text_is(m->asks[i], "reason"))
            return true;
    return false;
}

enum err move_post(struct exchange *x)
{
    const struct kind *k;
    TRY(record__find_kind(x, &k));
    if (x->json)
        TRY(exchange__body(x));
    int64_t version = 0;
    if (request_header(x->request, "if-match").len)
        TRY(record__if_match(x, &version));
    bool own = move_asks_reason(k, x->arg[2]);
    struct text password = exchange__field(x, "password"), reason;
    TRY(read_reason(x, own, &reason));
    bool hash = password.len && !kind_field(k, TEXT("password"));
    if (hash && !exchange__in_lane(x, LANE_LOGIN)) {
        TRY(exchange__spend(x, PURSE_CONFIRM, x->actor->id, 1));
        return exchange__change_lane(x, LANE_LOGIN);
    }
    if (hash)
        TRY(access_fresh(x->call, x->api->access, password, &x->actor->fresh_until));
    x->change = (struct change){.act = RECORD_MOVE,
                                .kind = k,
                                .id = x->arg[1],
                                .move = x->arg[2],
                                .if_version = version,
                                .body = own ? without(x, "password", NULL)
                                            : without(x, "reason", "password"),
                                .reason = own ? exchange__field(x, "reason") : reason,
                                .idempotency = request_header(x->request, "idempotency-key")};
    return record__submit(x);
}

/* One's own signature, while the move has not happened. No password: it gives nothing away. */
enum err signature_withdraw(struct exchange *x)
{
    const struct kind *k;
    int64_t version = 0;
    struct text reason;
    TRY(record__find_kind(x, &k));
    if (x->json)
        TRY(exchange__body(x));
    if (request_header(x->request, "if-match").len)
        TRY(record__if_match(x, &version));
    TRY(read_reason(x, false, &reason));
    x->change = (struct change){.act = RECORD_WITHDRAW,
                                .kind = k,
                                .id = x->arg[1],
                                .move = x->arg[2],
                                .if_version = version,
                                .reason = reason,
                                .idempotency = request_header(x->request, "idempotency-key")};
    return record__submit(x);
}

/* ---- bulk: every row stands alone, through the same door
 * --------------------------------------------------- */
static void put_result(struct exchange *x, const struct change *c, struct call *call,
                       enum err e, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "id", c->record ? c->record->id : c->id);
    put__text(o, "key", c->record ? c->record->key : c->id);
    put__bool(o, "ok", e == OK);
    if (e == OK) {
        put__integer(o, "version", c->record->version);
    } else {
        put__integer(o, "status", err_http(e));
        json_key(o, "errors");
        put__problems(o, call, NULL);
    }
    json_close(o, '}');
    (void)x;
}

/* More than these are a job, whoever asks: a worker is not held for longer. */
#define BULK_AT_ONCE 200

static enum err read_wish(struct exchange *x, struct job_wish *wish)
{
    const struct kind *k;
    TRY(record__find_kind(x, &k));
    TRY(exchange__members(x, "ids:l set:o reason:t rehearse:b move:t"));
    const struct json *ids = json_get(x->json, "ids"), *set = json_get(x->json, "set");
    const struct json *only = json_get(x->json, "rehearse");
    struct text move = exchange__field(x, "move");
    if (move.len && !text_is(move, "hand_over") && !text_is(move, "accept_hand_over") &&
        !text_is(move, "decline_hand_over") && !text_is(move, "take_back_hand_over"))
        return problem(x->call, ERR_INVALID, TEXT("move"), "choice", "%s",
                       say(x->call, "only handing over is for many at once"));
    if (!ids || ids->type != JSON_LIST || !ids->count || ids->count > JOB_ROWS || !set ||
        set->type != JSON_OBJECT)
        return problem(
            x->call, ERR_INVALID, TEXT("ids"), "type", "%s",
            say(x->call, "send ids (1 to 10,000 of them) and set (an object of fields)"));
    *wish = (struct job_wish){.kind = k,
                              .move = move,
                              .reason = exchange__field(x, "reason"),
                              .set = set,
                              .ids = ids,
                              .secret = x->secret,
                              .rehearse = only && only->type == JSON_TRUE};
    return OK;
}

static struct change *change_of(struct exchange *x, const struct job_wish *wish,
                                const struct json *id)
{
    struct change *c = NEW(x->call->arena, struct change);
    *c = (struct change){.act = wish->move.len ? RECORD_MOVE : RECORD_CHANGE,
                         .move = wish->move,
                         .kind = wish->kind,
                         .id = json_text(id),
                         .body = wish->set,
                         .rehearse = wish->rehearse,
                         .reason = wish->reason};
    return c;
}

static enum err bulk_now(struct exchange *x, const struct job_wish *wish)
{
    size_t count = wish->ids->count, n = 0, good = 0;
    struct change **changes = NEW_MANY(x->call->arena, count, struct change *);
    struct call **calls = NEW_MANY(x->call->arena, count, struct call *);
    enum err *outcome = NEW_MANY(x->call->arena, count, enum err);
    for (const struct json *id = wish->ids->first; id; id = id->next, n++) {
        changes[n] = change_of(x, wish, id);
        calls[n] = call_beside(x->call->arena, x->call);
        calls[n]->actor = x->call->actor;
        calls[n]->id = x->call->id;
    }
    TRY(record_do_many(x->call, x->records, changes, calls, outcome, count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "results");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        good += outcome[i] == OK;
        put_result(x, changes[i], calls[i], outcome[i], o);
    }
    json_close(o, ']');
    put__integer(o, "changed", (int64_t)good);
    put__integer(o, "refused", (int64_t)(count - good));
    if (wish->rehearse)
        put__bool(o, "rehearsed", true);
    json_close(o, '}');
    return OK;
}

enum err record_bulk(struct exchange *x)
{
    struct job_wish wish;
    TRY(read_wish(x, &wish));
    TRY(exchange__spend(x, PURSE_BULK, x->actor->id, (int64_t)wish.ids->count));
    if (wish.ids->count > BULK_AT_ONCE || job__asked(x))
        return job__begin(x, &wish);
    return bulk_now(x, &wish);
}

/* ---- list
 * ------------------------------------------------------------------------------------------------------
 */
static bool reserved(struct text name)
{
    static const char *words[] = {"q",     "sort",   "limit",  "cursor", "fields", "facets",
                                  "as_of", "format", "labels", "lang",   "tally",  "cards",
                                  "totals"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (text_is(name, words[i]))
            return true;
    return false;
}

static enum err read_query(struct exchange *x, struct list_query *q)
{
    struct filter *filters =
        NEW_MANY(x->call->arena, x->request->query_count + 1, struct filter);
    *q = (struct list_query){.filters = filters};
    for (size_t i = 0; i < x->request->query_count; i++)
        if (!reserved(x->request->query[i].name))
            filters[q->filter_count++] =
                (struct filter){x->request->query[i].name, x->request->query[i].value};
    q->q = query__text(x, "q");
    q->sort = query__text(x, "sort");
    q->cursor = query__text(x, "cursor");
    q->facets = query__text(x, "facets");
    q->fields = query__text(x, "fields");
    q->totals = query__text(x, "totals");
    TRY(query__moment(x, "as_of", &q->as_of));
    return query__integer(x, "limit", 0, &q->limit);
}

/* A name counts once, whatever the query says; an unknown one is refused once. */
static enum err read_fields(struct exchange *x, const struct kind *k, struct text *fields)
{
    struct text names = *fields;
    struct map *seen = map_in(x->call->arena);
    struct buf b = buf_in(x->call->arena, fields->len + 1);
    enum err worst = OK;
    while (names.len) {
        struct text one = text_trim(text_cut(&names, ','));
        if (!map_add(seen, one, 0))
            continue;
        if (!kind_field(k, one) && !text_is(one, "id") && !text_is(one, "kind"))
            worst = problem(x->call, ERR_INVALID, TEXT("fields"), "unknown",
                            say(x->call, "there is no field %.*s"), TEXT_ARG(one));
        if (b.len)
            buf_add_c(&b, ",");
        buf_add(&b, one);
    }
    *fields = buf_text(&b);
    return worst;
}

/* The fields that have more values than are told, when there are any. */
static void put_facets_more(const struct record_list *list, struct json_out *o)
{
    bool any = false;
    for (size_t i = 0; i < list->facet_count; i++) {
        if (!list->facets[i].more)
            continue;
        if (!any) {
            json_key(o, "facets_more");
            json_open(o, '[');
        }
        any = true;
        json_put_text(o, list->facets[i].field);
    }
    if (any)
        json_close(o, ']');
}

static void put_facets(const struct record_list *list, struct json_out *o)
{
    json_key(o, "facets");
    json_open(o, '{');
    for (size_t i = 0; i < list->facet_count; i++) {
        json_key_text(o, list->facets[i].field);
        json_open(o, '{');
        for (size_t j = 0; j < list->facets[i].count; j++) {
            json_key_text(o, list->facets[i].counts[j].value);
            json_put_integer(o, list->facets[i].counts[j].count);
        }
        json_close(o, '}');
    }
    json_close(o, '}');
    put_facets_more(list, o);
}

static void put_totals(const struct record_list *list, struct json_out *o)
{
    if (!list->total_count)
        return;
    json_key(o, "totals");
    json_open(o, '{');
    for (size_t i = 0; i < list->total_count; i++) {
        const struct list_total *t = &list->totals[i];
        json_key_text(o, t->field->name);
        json_open(o, '{');
        json_key(o, t->field->total == TOTAL_SUM ? "sum" : "mean");
        json_put_number(o, t->value);
        put__integer(o, "n", t->count);
        json_close(o, '}');
    }
    json_close(o, '}');
}

enum err list__put(struct exchange *x, const struct list_query *q,
                   const struct record_list *list, struct json_out *o)
{
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < list->count; i++)
        record_json(x->call, x->records, exchange__db(x), list->items[i], q->fields, o);
    json_close(o, ']');
    json_key(o, "next");
    if (list->next.len)
        json_put_text(o, list->next);
    else
        json_put_null(o);
    put__integer(o, "total", list->total);
    json_key(o, "names");
    TRY(record_names(x->call, x->records, exchange__db(x), list->items, list->count, o));
    put_facets(list, o);
    put_totals(list, o);
    return OK;
}

static enum err put_list(struct exchange *x, const struct list_query *q,
                         const struct record_list *list)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    TRY(list__put(x, q, list, o));
    json_close(o, '}');
    return OK;
}

static enum err put_export(struct exchange *x, const struct kind *k, const struct list_query *q,
                           struct text format)
{
    struct text bytes;
    const char *type;
    int64_t rows;
    struct text lang = query__text(x, "lang"); /* a link in a page sends the browser's own */
    if (lang.len)
        x->call->lang = lang_like(lang);
    TRY(read_begin(x->call, exchange__db(x)));
    enum err e =
        api_export(x->call, x->records, exchange__db(x), k, q, format,
                   text_is(query__text(x, "labels"), "1") ? x->model : NULL, &bytes, &type,
                   &rows);
    read_end(exchange__db(x));
    TRY(e);
    struct hash asked = sha256(x->request->raw_query);
    struct export_note note = {.kind = k->name,
                               .format = format,
                               .filter = hex_of(x->call->arena, hash_text(&asked)),
                               .rows = rows};
    TRY(access_note_export(x->call, x->api->access, &note));
    x->out = (struct buf){.at = (char *)(uintptr_t)bytes.at, .len = bytes.len};
    x->type = text_of(type);
    exchange__header(x, "content-disposition",
                     text_print(x->call->arena, "attachment; filename=\"%.*s.%.*s\"",
                                TEXT_ARG(k->name), TEXT_ARG(format)));
    return OK;
}

enum err record_list_get(struct exchange *x)
{
    const struct kind *k;
    struct list_query q;
    struct record_list list;
    TRY(record__find_kind(x, &k));
    TRY(read_query(x, &q));
    TRY(read_fields(x, k, &q.fields));
    struct text format = query__text(x, "format"), tally = query__text(x, "tally");
    int64_t cards = 0;
    if (tally.len)
        TRY(tally__check(x, &cards));
    bool dear = format.len || q.as_of;
    if (dear && !exchange__in_lane(x, LANE_DEAR)) {
        TRY(exchange__spend(x, PURSE_EXPORT, x->actor->id, 1));
        return exchange__change_lane(x, LANE_DEAR);
    }
    if (format.len)
        return put_export(x, k, &q, format);
    TRY(read_begin(x->call, exchange__db(x)));
    enum err e = tally.len ? tally__put(x, k, &q, tally, cards)
                           : record_list(x->call, x->records, exchange__db(x), k, &q, &list);
    if (e == OK && !tally.len)
        e = put_list(x, &q, &list);
    read_end(exchange__db(x));
    return e;
}

/* ---- redaction and legal hold
 * ------------------------------------------------------------------------------------------ */
static enum err put_asked(struct exchange *x, const struct redaction_view *v, struct json_out *o)
{
    struct text *kinds = NEW_MANY(x->call->arena, v->asked_count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, v->asked_count + 1, struct text);
    struct ref *refs = NEW_MANY(x->call->arena, v->asked_count + 1, struct ref);
    for (size_t i = 0; i < v->asked_count; i++) {
        kinds[i] = TEXT("person");
        ids[i] = v->asked[i].person;
    }
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, v->asked_count, refs));
    json_key(o, "asked");
    json_open(o, '[');
    for (size_t i = 0; i < v->asked_count; i++) {
        json_open(o, '{');
        put__text(o, "person", v->asked[i].person);
        put__text(o, "name", refs[i].title);
        put__text(o, "at", v->asked[i].at);
        put__text(o, "ground", v->asked[i].ground);
        put__text(o, "reason", v->asked[i].reason);
        json_key(o, "fields");
        v->asked[i].fields ? json_put_json(o, v->asked[i].fields) : json_put_null(o);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

/* What would go, before anything does. */
enum err redact_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct redaction_view v;
    TRY(record__find_kind(x, &k));
    TRY(record_read(x->call, x->records, exchange__db(x), k, x->arg[1], 0, &rec));
    TRY(record_redaction(x->call, x->records, exchange__db(x), rec, &v));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "fields");
    json_open(o, '[');
    for (size_t i = 0; i < v.count; i++) {
        json_open(o, '{');
        put__text(o, "field", v.fields[i]);
        put__integer(o, "versions", v.versions[i]);
        json_close(o, '}');
    }
    json_close(o, ']');
    put__integer(o, "reasons", v.reasons);
    put__integer(o, "comments", v.comments);
    put__integer(o, "files", v.files);
    put__bool(o, "held", v.held);
    put__bool(o, "may", v.may);
    put__bool(o, "may_hold", v.may_hold);
    put_waits_for(o, v.waits_for);
    TRY(put_asked(x, &v, o));
    json_close(o, '}');
    return OK;
}

enum err redact_post(struct exchange *x)
{
    const struct kind *k;
    int64_t version = 0;
    TRY(record__find_kind(x, &k));
    TRY(exchange__members(x, "fields:l all:b reason:t ground:t password:t"));
    if (request_header(x->request, "if-match").len)
        TRY(record__if_match(x, &version));
    struct text password = exchange__field(x, "password");
    if (password.len && !exchange__in_lane(x, LANE_LOGIN)) {
        TRY(exchange__spend(x, PURSE_CONFIRM, x->actor->id, 1));
        return exchange__change_lane(x, LANE_LOGIN);
    }
    if (password.len)
        TRY(access_fresh(x->call, x->api->access, password, &x->actor->fresh_until));
    x->change = (struct change){.act = RECORD_REDACT,
                                .kind = k,
                                .id = x->arg[1],
                                .if_version = version,
                                .redact = x->json,
                                .reason = exchange__field(x, "reason")};
    return record__submit(x);
}

static enum err change_hold(struct exchange *x, struct text what)
{
    const struct kind *k;
    TRY(record__find_kind(x, &k));
    TRY(exchange__members(x, "reason:t"));
    x->change = (struct change){.act = RECORD_HOLD,
                                .kind = k,
                                .id = x->arg[1],
                                .move = what,
                                .reason = exchange__field(x, "reason")};
    return record__submit(x);
}

enum err hold_post(struct exchange *x)
{
    return change_hold(x, TEXT("hold"));
}

enum err hold_delete(struct exchange *x)
{
    return change_hold(x, TEXT("release"));
}
