/* SPDX-License-Identifier: Apache-2.0 */
/* api/jobs.c — what goes on while nobody waits: changes of many records, and files that are
 * taken in. The work is that of work/jobs.c and transfer/desk.c; here it is begun, told of and
 * stopped. */
#include "api/internal.h"
#include "transfer/transfer.h"
#include "work/work.h"

#define PAGE 200

/* ---- what a job is, in words
 * ------------------------------------------------------------------- */
static struct text plural_of(struct exchange *x, struct text kind, enum lang lang)
{
    const struct kind *k = model_kind(x->model, kind);
    return k ? words_in(k->plural, lang) : kind;
}

static struct text bulk_what(struct exchange *x, const struct job_view *v, enum lang lang)
{
    struct text plural = plural_of(x, v->kind, lang);
    return text_print(x->call->arena,
                      v->rehearse ? say_in(lang, "Rehearsal of a change of %lld records: %.*s")
                      : v->move.len ? say_in(lang, "A move of %lld records: %.*s")
                                    : say_in(lang, "A change of %lld records: %.*s"),
                      (long long)v->total, TEXT_ARG(plural));
}

static struct text desk_what(struct exchange *x, const struct desk_view *v, enum lang lang)
{
    struct text plural = plural_of(x, v->kind, lang), name = v->name.len ? v->name : v->id;
    return text_print(
        x->call->arena,
        text_is(v->task, "look")       ? say_in(lang, "Reading a file: %.*s (%.*s)")
        : text_is(v->task, "rehearse") ? say_in(lang, "Rehearsal of a file: %.*s (%.*s)")
        : text_is(v->task, "take")     ? say_in(lang, "Import of a file: %.*s (%.*s)")
                                       : say_in(lang, "Taking back a file: %.*s (%.*s)"),
        TEXT_ARG(name), TEXT_ARG(plural));
}

/* ---- putting one
 * ------------------------------------------------------------------------------- */
static void put_moment(struct exchange *x, struct json_out *o, const char *key, int64_t at)
{
    json_key(o, key);
    if (at)
        json_put_text(o, moment_print(x->call->arena, at));
    else
        json_put_null(o);
}

static void put_why(struct json_out *o, struct text why)
{
    if (!why.len)
        return;
    json_key(o, "problems");
    json_put_raw(o, why);
}

/* Members only. */
static void put_bulk(struct exchange *x, const struct job_view *v, struct json_out *o)
{
    const struct words what = {bulk_what(x, v, LANG_EN), bulk_what(x, v, LANG_ZH)};
    put__text(o, "id", v->id);
    put__text(o, "sort", TEXT("bulk"));
    put__text(o, "task",
              v->rehearse   ? TEXT("rehearse")
              : v->move.len ? TEXT("move")
                            : TEXT("change"));
    put__text(o, "kind", v->kind);
    put__words(o, "what", what);
    put__text(o, "state", text_of(job_word(v->state)));
    put__bool(o, "stopping", v->stopping);
    put__integer(o, "done", v->done);
    put__integer(o, "total", v->total);
    put__integer(o, "changed", v->changed);
    put__integer(o, "refused", v->refused);
    put_moment(x, o, "asked_at", v->asked);
    put_moment(x, o, "started_at", v->started);
    put_moment(x, o, "ended_at", v->ended);
    put_why(o, v->why);
}

static void put_desk(struct exchange *x, const struct desk_view *v, struct json_out *o)
{
    const struct words what = {desk_what(x, v, LANG_EN), desk_what(x, v, LANG_ZH)};
    put__text(o, "id", v->id);
    put__text(o, "sort", TEXT("import"));
    put__text(o, "task", v->task);
    put__text(o, "kind", v->kind);
    put__words(o, "what", what);
    put__text(o, "state", v->state);
    put__bool(o, "stopping", v->stopping);
    put__integer(o, "done", v->done);
    put__integer(o, "total", v->total);
    put__integer(o, "changed", v->changed);
    put__integer(o, "refused", v->refused);
    put_moment(x, o, "asked_at", v->asked);
    put_moment(x, o, "started_at", v->started);
    put_moment(x, o, "ended_at", v->ended);
    put_why(o, v->why);
    put__text(o, "see",
              text_print(x->call->arena, "%.*s/api/v1/transfer/%.*s", TEXT_ARG(x->api->base),
                         TEXT_ARG(v->id)));
}

static void put_refusal(const struct job_refusal *r, struct json_out *o)
{
    json_open(o, '{');
    put__integer(o, "row", r->row);
    put__text(o, "id", r->id);
    put__bool(o, "ok", false);
    put__integer(o, "status", err_http(r->outcome));
    json_key(o, "errors");
    json_put_raw(o, r->errors);
    json_close(o, '}');
}

/* An import among the actor's own; NULL when there is none. */
static const struct desk_view *find_desk(struct exchange *x, struct text id)
{
    struct desk_view *views;
    size_t count;
    desk_mine(x->call, x->api->desk, &views, &count);
    for (size_t i = 0; i < count; i++)
        if (text_same(views[i].id, id))
            return &views[i];
    return NULL;
}

/* ---- routes
 * ------------------------------------------------------------------------------------ */
void jobs__put(struct exchange *x, struct json_out *o)
{
    struct job_view *bulks;
    struct desk_view *files;
    size_t bulk_count, file_count;
    jobs_mine(x->call, x->api->jobs, &bulks, &bulk_count);
    desk_mine(x->call, x->api->desk, &files, &file_count);
    json_open(o, '[');
    for (size_t i = 0; i < bulk_count; i++) {
        json_open(o, '{');
        put_bulk(x, &bulks[i], o);
        json_close(o, '}');
    }
    for (size_t i = 0; i < file_count; i++) {
        json_open(o, '{');
        put_desk(x, &files[i], o);
        json_close(o, '}');
    }
    json_close(o, ']');
}

enum err jobs_get(struct exchange *x)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    jobs__put(x, o);
    json_close(o, '}');
    return OK;
}

static enum err put_job(struct exchange *x, struct text id, int64_t after)
{
    struct job_view v;
    struct job_refusal *refusals;
    size_t count;
    bool more;
    TRY(jobs_find(x->call, x->api->jobs, id, after, PAGE, &v, &refusals, &count, &more));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put_bulk(x, &v, o);
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        put_refusal(&refusals[i], o);
    json_close(o, ']');
    json_key(o, "next");
    if (more)
        json_put_integer(o, refusals[count - 1].row);
    else
        json_put_null(o);
    put__integer(o, "untold", v.untold);
    json_close(o, '}');
    return OK;
}

enum err job_get(struct exchange *x)
{
    int64_t after;
    TRY(query__integer(x, "after", 0, &after));
    const struct desk_view *v = find_desk(x, x->arg[0]);
    if (!v)
        return put_job(x, x->arg[0], after);
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put_desk(x, v, o);
    json_close(o, '}');
    return OK;
}

enum err job_delete(struct exchange *x)
{
    bool ended = true;
    x->status = 204;
    if (find_desk(x, x->arg[0]))
        return desk_drop(x->call, x->api->desk, x->arg[0]);
    TRY(jobs_stop(x->call, x->api->jobs, x->arg[0], &ended));
    if (ended)
        return OK;
    x->status = 202;
    return put_job(x, x->arg[0], 0);
}

/* ---- beginning one
 * ----------------------------------------------------------------------------- */
bool job__asked(const struct exchange *x)
{
    struct text prefer = request_header(x->request, "prefer");
    while (prefer.len) {
        struct text one = text_cut(&prefer, ',');
        if (text_is(text_lower(x->call->arena, text_trim(text_cut(&one, ';'))),
                    "respond-async"))
            return true;
    }
    return false;
}

enum err job__begin(struct exchange *x, const struct job_wish *wish)
{
    struct text id;
    TRY(jobs_begin(x->call, x->api->jobs, wish, &id));
    x->status = 202;
    exchange__header(x, "location",
                     text_print(x->call->arena, "%.*s/api/v1/jobs/%.*s", TEXT_ARG(x->api->base),
                                TEXT_ARG(id)));
    if (job__asked(x))
        exchange__header(x, "preference-applied", TEXT("respond-async"));
    return put_job(x, id, 0);
}
