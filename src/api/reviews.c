/* SPDX-License-Identifier: Apache-2.0 */
/* api/reviews.c — results of AI systems that wait for a person: what programs ask, and the
 * queue of whoever reviews. */
#include "api/internal.h"
#include "monitor/monitor.h"
#include "oversight/oversight.h"

/* ---- programs
 * --------------------------------------------------------------------------------- */
/* For whoever may send events for the system: it is the same program. */
static enum err system_of(struct exchange *x, struct record **rec)
{
    return monitor_sender(x->call, x->records, exchange__db(x), x->arg[0], rec);
}

static struct text said(const struct record *rec, const char *field)
{
    return rec ? json_text(record_value(rec, text_of(field))) : TEXT("");
}

/* What a program is told: no names of people. */
static enum err put_reply(struct exchange *x, const struct record *system,
                          struct text reference, const struct review_reply *r)
{
    struct json_out *o = exchange__json(x);
    bool over = r->answer != REVIEW_WAIT;
    json_open(o, '{');
    put__text(o, "system", system->key);
    put__text(o, "reference", reference);
    put__text(o, "answer", text_of(review_answer_word(r->answer)));
    put__bool(o, "drawn", r->rec != NULL);
    put__or_null(o, "case", r->rec ? r->rec->key : TEXT(""));
    put__or_null(o, "decide_by", said(r->rec, "decide_by"));
    put__or_null(o, "decided_at", over ? said(r->rec, "decided_at") : TEXT(""));
    put__or_null(o, "changed_to", r->changed_to);
    put__or_null(o, "reason_code", over ? said(r->rec, "reason_code") : TEXT(""));
    put__bool(o, "fallback", r->fallback);
    json_close(o, '}');
    return OK;
}

/* A timer fires within a minute; a program that waits is not told to wait on. What came between
 * is looked at once more. */
static enum err settle(struct exchange *x, struct record *system, struct text reference,
                       struct review_reply *reply)
{
    if (!review_is_late(x->call, reply))
        return OK;
    exchange__give_back(x);
    enum err e = review_expire(x->call, x->records, system, reply);
    return e == ERR_CONFLICT
               ? review_look(x->call, x->records, exchange__db(x), system, reference, reply)
               : e;
}

/* What must not run lets nothing out: by its record, and by an order that is not written yet. */
static enum err hold_stopped(struct exchange *x, const struct record *system,
                             struct review_reply *reply)
{
    struct stop_view now;
    TRY(oversight_look(x->call, x->api->oversight, x->records, exchange__db(x), system, &now));
    if (!now.may_run)
        reply->answer = REVIEW_STOP;
    return OK;
}

/* The program is answered, whatever becomes of the test: the next case takes it along. */
static void put_test(struct exchange *x, struct review_test *test)
{
    enum err e = test->rec ? review_test_put(x->call, x->records, test) : OK;
    if (e != OK && e != ERR_STALE && e != ERR_CONFLICT)
        log_line(LOG_WARN, "api", "test=%.*s waiting=%s", TEXT_ARG(test->rec->key),
                 err_code(e));
}

/* The case, and a test with it whose time has come. */
static enum err put_case(struct exchange *x, struct record *system, struct change *change,
                         struct review_reply *reply)
{
    struct review_test test;
    TRY(review_test_next(x->call, x->records, exchange__db(x), system, x->json, &test));
    exchange__give_back(x);
    TRY(review_put(x->call, x->records, change, reply));
    put_test(x, &test);
    return OK;
}

enum err system_review_post(struct exchange *x)
{
    struct record *system;
    struct change change;
    struct review_reply reply;
    TRY(exchange__body(x));
    TRY(system_of(x, &system));
    TRY(review_ask(x->call, x->records, exchange__db(x), system, x->json, &change, &reply));
    if (change.kind != NULL)
        TRY(put_case(x, system, &change, &reply));
    else
        TRY(settle(x, system, json_text(json_get(x->json, "reference")), &reply));
    TRY(hold_stopped(x, system, &reply));
    x->status = reply.fresh ? 201 : 200;
    return put_reply(x, system, json_text(json_get(x->json, "reference")), &reply);
}

/* It waits as long as nobody has decided. False: it is to be answered now. */
static bool waits(struct exchange *x, const struct review_reply *reply,
                  const struct aside *kept)
{
    struct stop_view now;
    return reply->answer == REVIEW_WAIT && kept->until > clock_ticks() &&
           oversight_look(x->call, x->api->oversight, x->records, exchange__db(x), reply->rec,
                          &now) == OK &&
           aside__put(x, reply->rec, now.mark, kept);
}

enum err system_review_get(struct exchange *x)
{
    struct record *system;
    struct review_reply reply;
    struct aside kept;
    TRY(aside__read(x, &kept));
    TRY(system_of(x, &system));
    TRY(review_look(x->call, x->records, exchange__db(x), system, x->arg[1], &reply));
    TRY(settle(x, system, x->arg[1], &reply));
    TRY(hold_stopped(x, system, &reply));
    return waits(x, &reply, &kept) ? OK : put_reply(x, system, x->arg[1], &reply);
}

/* ---- the queue
 * -------------------------------------------------------------------------------- */
static enum err put_queues(struct exchange *x, const struct review_next *next,
                           struct json_out *o)
{
    const struct field *f = kind_field(x->model->review_kind, TEXT("system"));
    struct text *kinds = NEW_MANY(x->call->arena, next->queue_count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, next->queue_count + 1, struct text);
    struct ref *refs = NEW_MANY(x->call->arena, next->queue_count + 1, struct ref);
    for (size_t i = 0; i < next->queue_count; i++) {
        kinds[i] = f->target_name;
        ids[i] = next->queues[i].system;
    }
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, next->queue_count, refs));
    json_key(o, "queues");
    json_open(o, '[');
    for (size_t i = 0; i < next->queue_count; i++) {
        const struct review_queue *q = &next->queues[i];
        json_open(o, '{');
        put__text(o, "id", q->system);
        put__text(o, "key", refs[i].key);
        put__text(o, "title", refs[i].title);
        put__integer(o, "waiting", q->waiting);
        put__integer(o, "mine", q->mine);
        put__or_null(o, "oldest", q->oldest);
        put__or_null(o, "due", q->due);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

static void put_pace(const struct review_pace *p, struct json_out *o)
{
    json_key(o, "mine");
    json_open(o, '{');
    put__integer(o, "days", REVIEW_DAYS);
    put__integer(o, "decided", p->decided);
    put__integer(o, "agreed", p->agreed);
    json_key(o, "seconds");
    if (p->known)
        json_put_number(o, p->seconds);
    else
        json_put_null(o);
    json_close(o, '}');
}

/* Of a system by key or id, which its reader may read. */
static enum err queue_of(struct exchange *x, struct text *system)
{
    struct record *rec;
    struct text name = query__text(x, "queue");
    *system = TEXT("");
    if (!name.len)
        return OK;
    TRY(monitor_system(x->call, x->records, exchange__db(x), name, &rec));
    *system = rec->id;
    return OK;
}

enum err reviews_next_get(struct exchange *x)
{
    struct review_next next;
    struct text system;
    int64_t limit;
    TRY(query__integer(x, "limit", 2, &limit));
    if (limit < 1 || limit > QUEUE_ITEMS_MOST)
        return problem(x->call, ERR_INVALID, TEXT("limit"), "range",
                       say(x->call, "must be from 1 to %d"), QUEUE_ITEMS_MOST);
    TRY(queue_of(x, &system));
    TRY(review_next(x->call, x->records, exchange__db(x), system, query__text(x, "not"),
                    (size_t)limit, &next));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    TRY(put_queues(x, &next, o));
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < next.count; i++) {
        TRY(exchange__read(x, next.items[i]));
        record_json(x->call, x->records, exchange__db(x), next.items[i], TEXT(""), o);
    }
    json_close(o, ']');
    json_key(o, "names");
    TRY(record_names(x->call, x->records, exchange__db(x), next.items, next.count, o));
    put_pace(&next.pace, o);
    json_close(o, '}');
    return OK;
}

/* One call for scripts: whoever took the case decides it, as the first where two are wanted. */
enum err review_decide_post(struct exchange *x)
{
    const struct kind *k = x->model->review_kind;
    struct record *rec;
    if (k == NULL)
        return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(x->call, "there is nothing here"));
    TRY(exchange__members(x, "decision:t changed_to:t reason_code:t note:t"));
    TRY(record_read(x->call, x->records, exchange__db(x), k, x->arg[0], 0, &rec));
    bool two = json_true(record_value(rec, TEXT("second")));
    x->change = (struct change){.act = RECORD_MOVE,
                                .kind = k,
                                .id = rec->id,
                                .move = two ? TEXT("decide_first") : TEXT("decide"),
                                .body = x->json,
                                .idempotency = request_header(x->request, "idempotency-key")};
    return record__submit(x);
}
