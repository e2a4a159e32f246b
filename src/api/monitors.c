/* SPDX-License-Identifier: Apache-2.0 */
/* api/monitors.c — what monitors showed, what one would have shown, and how a system stands by
 * all of its monitors (docs/monitors.md). */
#include "api/internal.h"
#include "monitor/monitor.h"

#define POINTS_MOST 1000 /* of one answer */
#define SHOWN_MOST 200   /* monitors of one system */

static enum err none(struct exchange *x)
{
    return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(x->call, "there is no such monitor"));
}

static void put_number(struct json_out *o, const char *name, bool known, double value)
{
    json_key(o, name);
    if (known)
        json_put_number(o, value);
    else
        json_put_null(o);
}

static void put_limit(struct json_out *o, const char *name, struct series_number n)
{
    put_number(o, name, n.known, n.value);
}

/* A value of the record as it is, null without one. */
static void put_said(struct json_out *o, const char *name, const struct record *rec,
                     const char *field)
{
    const struct json *v = record_value(rec, text_of(field));
    json_key(o, name);
    if (v)
        json_put_json(o, v);
    else
        json_put_null(o);
}

/* ---- windows that were judged
 * ---------------------------------------------------------------------- */
static void put_point(struct json_out *o, const struct series_point *p)
{
    json_open(o, '{');
    put__text(o, "from", p->at);
    put__text(o, "to", p->until);
    put__text(o, "status", p->status);
    put__bool(o, "alarm", p->alarm);
    put_limit(o, "value", p->value);
    put__integer(o, "n", p->n);
    put_limit(o, "low", p->low);
    put_limit(o, "high", p->high);
    put_limit(o, "limit_low", p->limit_low);
    put_limit(o, "limit_high", p->limit_high);
    put_limit(o, "chart_up", p->up);
    put_limit(o, "chart_down", p->down);
    put_limit(o, "chart_low", p->chart_low);
    put_limit(o, "chart_high", p->chart_high);
    put__text(o, "figure", p->name);
    put__integer(o, "version", p->version);
    put__integer(o, "ledger", p->ledger);
    json_close(o, '}');
}

static enum err monitor_of(struct exchange *x, struct record **rec)
{
    const struct kind *k = x->model->monitor_kind;
    if (!k || !record_may_read_kind(x->actor, k))
        return none(x);
    TRY(record_read(x->call, x->records, exchange__db(x), k, x->arg[0], 0, rec));
    return exchange__read(x, *rec);
}

static enum err span_of(struct exchange *x, struct text *from, struct text *to)
{
    const char *const names[] = {"from", "to"};
    struct text *const out[] = {from, to};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct text t = query__text(x, names[i]);
        int64_t at, day;
        *out[i] = TEXT("");
        if (!t.len)
            continue;
        if (date_read(t, &day))
            at = zone_day_start(x->call->zone, day);
        else if (!moment_read(t, &at))
            return problem(x->call, ERR_INVALID, text_of(names[i]), "moment", "%s",
                           say(x->call, "must be a time like 2026-11-23T09:30:00Z"));
        *out[i] = moment_print(x->call->arena, at);
    }
    return OK;
}

static void put_length(struct json_out *o, const struct limit *w)
{
    put_number(o, "run_length", w->how != LIMIT_FIXED, limit_run_length(w));
}

/* By which chart it is judged, against what; a draft may not say enough yet. */
static void put_chart(struct exchange *x, struct json_out *o, const struct record *rec)
{
    static const char *const said[] = {"judge",   "level_from", "level_to",
                                       "level_n", "level_mean", "level_sd"};
    struct limit w = {0};
    struct call *quiet = call_beside(x->call->arena, x->call);
    if (limit_read(quiet, limit_of_record, rec, &w) != OK)
        w.how = LIMIT_FIXED;
    for (size_t i = 0; i < COUNT(said); i++)
        put_said(o, said[i], rec, said[i]);
    put_length(o, &w);
}

enum err monitor_series_get(struct exchange *x)
{
    struct record *rec;
    struct series_point *points;
    struct text from, to;
    size_t count;
    TRY(span_of(x, &from, &to));
    TRY(monitor_of(x, &rec));
    TRY(record_series(x->call, exchange__db(x), rec, from, to, POINTS_MOST, &points, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "monitor", rec->key);
    put__text(o, "state", rec->kind->states[rec->state].name);
    put_said(o, "figure", rec, "figure");
    put_said(o, "by", rec, "by");
    put_said(o, "feature", rec, "feature");
    put_said(o, "every", rec, "every");
    put_said(o, "status", rec, "status");
    put_said(o, "limit_low", rec, "limit_low");
    put_said(o, "limit_high", rec, "limit_high");
    put_said(o, "clear_low", rec, "clear_low");
    put_said(o, "clear_high", rec, "clear_high");
    put_chart(x, o, rec);
    json_key(o, "points");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        put_point(o, &points[i]);
    json_close(o, ']');
    put__bool(o, "earlier", count == POINTS_MOST);
    json_close(o, '}');
    return OK;
}

/* ---- what one would have shown
 * --------------------------------------------------------------------- */
static const char settings[] =
    " system figure by feature of_env of_version every watch_from wait_days limit_low "
    "limit_high "
    "clear_low clear_high min_n needed_m needed_n clear_n coverage_floor baseline_from "
    "baseline_to muted_until judge level_from level_to chart_k chart_h chart_lambda "
    "chart_width "
    "windows until ";

static enum err check_settings(struct exchange *x)
{
    enum err worst = OK;
    TRY(exchange__body(x));
    for (const struct json *v = x->json->first; v; v = v->next) {
        struct text name = text_print(x->call->arena, " %.*s ", TEXT_ARG(v->key));
        if (text_find(v->key, ' ') >= 0 || text_search(TEXT(settings), name) < 0)
            worst = problem(x->call, ERR_INVALID, v->key, "unknown", "%s",
                            say(x->call, "is no setting of a monitor"));
    }
    return worst;
}

static enum err windows_of(struct exchange *x, size_t *out)
{
    const struct json *v = json_get(x->json, "windows");
    *out = 30;
    if (!v || v->type == JSON_NULL)
        return OK;
    if (v->type != JSON_INTEGER || v->integer < 1 || v->integer > LIMIT_PREVIEW)
        return problem(x->call, ERR_INVALID, TEXT("windows"), "value",
                       say(x->call, "must be a whole number from %lld to %lld"), 1LL,
                       (long long)LIMIT_PREVIEW);
    *out = (size_t)v->integer;
    return OK;
}

static enum err until_of(struct exchange *x, struct limit *w)
{
    const struct json *v = json_get(x->json, "until");
    int64_t day;
    if (!v || v->type == JSON_NULL)
        return OK;
    if (v->type != JSON_TEXT || !date_read(v->text, &day))
        return problem(x->call, ERR_INVALID, TEXT("until"), "date", "%s",
                       say(x->call, "must be a date like 2026-11-23"));
    w->to = zone_day_start(x->call->zone, day);
    return OK;
}

static void put_shown(struct call *call, struct json_out *o, const struct limit_shown *s)
{
    const struct judged *j = &s->seen;
    json_open(o, '{');
    put__text(o, "from", moment_print(call->arena, j->window.from));
    put__text(o, "to", moment_print(call->arena, j->window.to));
    put__text(o, "status", text_of(limit_status_name(j->status)));
    put__bool(o, "alarm", s->alarm);
    put_number(o, "value", j->value.known, j->value.value);
    put__integer(o, "n", j->n);
    put_number(o, "low", j->interval.known, j->interval.low);
    put_number(o, "high", j->interval.known, j->interval.high);
    put_number(o, "covered", j->covered.known, j->covered.value);
    put__text(o, "groups", j->groups);
    put_number(o, "chart_up", s->chart.n > 0, s->chart.up);
    put_number(o, "chart_down", s->chart.n > 0 && !s->chart.low.known, s->chart.down);
    put_number(o, "chart_low", s->chart.n > 0 && s->chart.low.known, s->chart.low.value);
    put_number(o, "chart_high", s->chart.n > 0 && s->chart.high.known, s->chart.high.value);
    json_close(o, '}');
}

enum err monitor_preview_post(struct exchange *x)
{
    struct limit w;
    struct limit_shown *shown;
    struct record *system;
    size_t windows, count;
    int64_t opened = 0;
    TRY(check_settings(x));
    TRY(windows_of(x, &windows));
    TRY(limit_read(x->call, limit_of_json, x->json, &w));
    TRY(until_of(x, &w));
    TRY(monitor_system(x->call, x->records, exchange__db(x),
                       json_text(json_get(x->json, "system")), &system));
    TRY(exchange__read(x, system));
    TRY(limit_preview(x->call, exchange__db(x), system, &w, windows, &shown, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "system", system->key);
    json_key(o, "points");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        put_shown(x->call, o, &shown[i]);
        opened += shown[i].alarm && !(i && shown[i - 1].alarm);
    }
    json_close(o, ']');
    const struct limit_chart level = count ? shown[count - 1].chart : (struct limit_chart){0};
    put__integer(o, "level_n", level.level_n);
    put_number(o, "level_mean", level.level_n > 0, level.mean);
    put_number(o, "level_sd", level.level_n > 1, level.sd);
    put_length(o, &w);
    put__integer(o, "opened", opened);
    put__bool(o, "alarm", count && shown[count - 1].alarm);
    json_close(o, '}');
    return OK;
}

/* ---- how a system stands
 * --------------------------------------------------------------------------- */
static void put_monitor(struct json_out *o, const struct record *rec)
{
    json_open(o, '{');
    put__text(o, "monitor", rec->key);
    put_said(o, "title", rec, "title");
    put_said(o, "metric", rec, "figure");
    put_said(o, "by", rec, "by");
    put_said(o, "feature", rec, "feature");
    put_said(o, "group", rec, "groups");
    put_said(o, "state", rec, "status");
    put_said(o, "alarm", rec, "alarm");
    put_said(o, "value", rec, "value");
    put_said(o, "low", rec, "low");
    put_said(o, "high", rec, "high");
    put_said(o, "n", rec, "n");
    put_said(o, "limit_low", rec, "limit_low");
    put_said(o, "limit_high", rec, "limit_high");
    put_said(o, "from", rec, "window_from");
    put_said(o, "to", rec, "window_to");
    json_close(o, '}');
}

enum err monitors__status(struct exchange *x, struct json_out *o, const struct record *system)
{
    const struct kind *k = x->model->monitor_kind;
    struct filter by = {TEXT("system"), system->id};
    struct list_query q = {
        .filters = &by, .filter_count = 1, .limit = SHOWN_MOST, .sort = TEXT("title")};
    struct record_list list = {0};
    if (k && record_may_read_kind(x->actor, k))
        TRY(record_list(x->call, x->records, exchange__db(x), k, &q, &list));
    json_key(o, "status");
    json_open(o, '[');
    for (size_t i = 0; i < list.count; i++)
        if (record_judging_move(list.items[i], NULL))
            put_monitor(o, list.items[i]);
    json_close(o, ']');
    return OK;
}
