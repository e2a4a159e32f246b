/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/limit.c — what a monitor is set to, and what its windows lead to. Whatever is decided
 * follows from the settings and from the windows so far, so that a preview and the real thing
 * are the same lines of code. */
#include "monitor/internal.h"

#include <string.h>

/* ---- settings
 * -------------------------------------------------------------------------------------- */
const struct json *limit_of_record(const void *rec, const char *field)
{
    return record_value(rec, text_of(field));
}

const struct json *limit_of_json(const void *object, const char *name)
{
    return json_get(object, name);
}

struct reading {
    struct call *call;
    limit_member *get;
    const void *of;
    enum err worst;
};

static void wrong(struct reading *r, const char *name, const char *words)
{
    r->worst = problem(r->call, ERR_INVALID, text_of(name), "value", "%s", words);
}

static const struct json *member(struct reading *r, const char *name)
{
    const struct json *v = r->get(r->of, name);
    return v && v->type == JSON_NULL ? NULL : v;
}

static struct text line_of(struct reading *r, const char *name, size_t most)
{
    const struct json *v = member(r, name);
    if (v && (v->type != JSON_TEXT || v->text.len > most || text_find(v->text, '\n') >= 0))
        wrong(r, name, say(r->call, "must be one line of text, and not so long"));
    return v && v->type == JSON_TEXT && v->text.len <= most ? v->text : TEXT("");
}

static struct limit_number number_of(struct reading *r, const char *name)
{
    const struct json *v = member(r, name);
    if (!v)
        return (struct limit_number){0};
    if (v->type != JSON_NUMBER && v->type != JSON_INTEGER) {
        wrong(r, name, say(r->call, "must be a number"));
        return (struct limit_number){0};
    }
    return (struct limit_number){true, v->number};
}

/* A number between two others; empty: the usual one. */
static double between(struct reading *r, const char *name, double otherwise, double least,
                      double most)
{
    struct limit_number n = number_of(r, name);
    if (!n.known)
        return otherwise;
    if (n.value >= least && n.value <= most)
        return n.value;
    r->worst = problem(r->call, ERR_INVALID, text_of(name), "value",
                       say(r->call, "must be from %g to %g"), least, most);
    return otherwise;
}

static enum limit_how how_of(struct reading *r)
{
    struct text t = json_text(member(r, "judge"));
    enum limit_how how = limit__how(t);
    if (member(r, "judge") && how == LIMIT_FIXED && !text_is(t, "limit"))
        wrong(r, "judge", say(r->call, "must be limit, cusum or ewma"));
    return how;
}

static int64_t integer_of(struct reading *r, const char *name, int64_t otherwise, int64_t least,
                          int64_t most)
{
    const struct json *v = member(r, name);
    if (!v)
        return otherwise;
    if (v->type == JSON_INTEGER && v->integer >= least && v->integer <= most)
        return v->integer;
    r->worst = problem(r->call, ERR_INVALID, text_of(name), "value",
                       say(r->call, "must be a whole number from %lld to %lld"),
                       (long long)least, (long long)most);
    return otherwise;
}

static int64_t day_of(struct reading *r, const char *name)
{
    const struct json *v = member(r, name);
    int64_t days;
    if (!v)
        return 0;
    if (v->type == JSON_TEXT && date_read(v->text, &days))
        return zone_day_start(r->call->zone, days);
    wrong(r, name, say(r->call, "must be a date like 2026-11-23"));
    return 0;
}

static enum limit_window window_of(struct reading *r)
{
    static const char *const names[] = {"hour", "day", "week", "month"};
    struct text t = json_text(member(r, "every"));
    for (size_t i = 0; i < COUNT(names); i++)
        if (text_is(t, names[i]))
            return (enum limit_window)i;
    if (member(r, "every"))
        wrong(r, "every", say(r->call, "must be hour, day, week or month"));
    return LIMIT_DAY;
}

static void check_figure(struct reading *r, const struct limit *w)
{
    if (!limit_figure_known(w->figure))
        wrong(r, "figure", say(r->call, "is no figure that can be watched"));
    if (limit_figure_of_groups(w->figure) && !w->by.len)
        wrong(r, "by", say(r->call, "is needed: by which attribute are groups compared?"));
    if (w->feature.len && !limit_figure_of_baseline(w->figure))
        wrong(r, "feature", say(r->call, "is only for figures of drift"));
    if (limit_figure_of_baseline(w->figure) && w->baseline_from >= w->baseline_to)
        wrong(r, "baseline_to", say(r->call, "must be after the day on which it begins"));
}

/* A chart goes on from window to window with one number; its level is that of a time that ends.
 */
static void check_chart(struct reading *r, const struct limit *w)
{
    if (w->by.len && !limit_figure_of_groups(w->figure))
        wrong(r, "by",
              say(r->call, "a chart follows one number: leave groups out, or take a difference "
                           "between them"));
    if (w->level_from >= w->level_to)
        wrong(r, "level_to", say(r->call, "must be after the day on which it begins"));
    if (w->low.known || w->high.known)
        wrong(r, w->low.known ? "limit_low" : "limit_high",
              say(r->call, "is not for a monitor that is judged by a chart"));
}

static bool crossed(struct limit_number low, struct limit_number high)
{
    return low.known && high.known && low.value > high.value;
}

static void check_limits(struct reading *r, const struct limit *w)
{
    if (w->how == LIMIT_FIXED && !w->low.known && !w->high.known)
        wrong(r, "limit_high", say(r->call, "is needed, or the lower limit"));
    if (crossed(w->low, w->high))
        wrong(r, "limit_low",
              say(r->call, "is above the upper limit: nothing could be within"));
    if (crossed(w->low, w->clear_low) || crossed(w->clear_low, w->high))
        wrong(r, "clear_low",
              say(r->call, "must be within the limits: what is back is within"));
    if (crossed(w->clear_high, w->high) || crossed(w->low, w->clear_high) ||
        crossed(w->clear_low, w->clear_high))
        wrong(r, "clear_high",
              say(r->call, "must be within the limits: what is back is within"));
    if (w->needed_m > w->needed_n)
        wrong(r, "needed_m", say(r->call, "cannot be more than the windows one looks back"));
    if (w->coverage.known && (w->coverage.value < 0 || w->coverage.value > 1))
        wrong(r, "coverage_floor", say(r->call, "must be from 0 to 1"));
}

enum err limit_read(struct call *call, limit_member *get, const void *of, struct limit *out)
{
    struct reading r = {call, get, of, OK};
    *out = (struct limit){.figure = line_of(&r, "figure", 100),
                          .by = line_of(&r, "by", 200),
                          .feature = line_of(&r, "feature", 200),
                          .env = line_of(&r, "of_env", 50),
                          .version = line_of(&r, "of_version", 100),
                          .window = window_of(&r),
                          .low = number_of(&r, "limit_low"),
                          .high = number_of(&r, "limit_high"),
                          .clear_low = number_of(&r, "clear_low"),
                          .clear_high = number_of(&r, "clear_high"),
                          .coverage = number_of(&r, "coverage_floor"),
                          .min_n = integer_of(&r, "min_n", 100, LIMIT_LEAST, 1000000000),
                          .needed_m = integer_of(&r, "needed_m", 1, 1, LIMIT_RECENT),
                          .needed_n = integer_of(&r, "needed_n", 1, 1, LIMIT_RECENT),
                          .clear_n = integer_of(&r, "clear_n", 1, 1, LIMIT_RECENT),
                          .from = day_of(&r, "watch_from"),
                          .wait = integer_of(&r, "wait_days", 0, 0, 400) * 86400 * 1000000,
                          .baseline_from = day_of(&r, "baseline_from"),
                          .baseline_to = day_of(&r, "baseline_to"),
                          .muted = day_of(&r, "muted_until"),
                          .how = how_of(&r),
                          .level_from = day_of(&r, "level_from"),
                          .level_to = day_of(&r, "level_to"),
                          .k = between(&r, "chart_k", 0.5, 0, 5),
                          .h = between(&r, "chart_h", 5, 0.5, 100),
                          .lambda = between(&r, "chart_lambda", 0.2, 0.01, 1),
                          .width = between(&r, "chart_width", 3, 0.5, 10)};
    check_figure(&r, out);
    if (out->how != LIMIT_FIXED)
        check_chart(&r, out);
    check_limits(&r, out);
    return r.worst;
}

/* ---- what the windows lead to
 * ---------------------------------------------------------------------- */
static char letter_of(const struct judged *one)
{
    switch (one->status) {
    case LIMIT_PASS:
        return one->inside ? 'p' : 'h';
    case LIMIT_BREACH:
        return 'b';
    case LIMIT_NOT_ENOUGH:
        return 'n';
    case LIMIT_MATURING:
        return 'm';
    case LIMIT_NO_DATA:
        return 'e';
    case LIMIT_LEARNING:
        return 'l';
    case LIMIT_TOO_MANY:
        break;
    }
    return 'x';
}

static int64_t last_of(const char *recent, char letter, int64_t windows)
{
    int64_t len = (int64_t)strlen(recent), n = 0;
    for (int64_t i = len > windows ? len - windows : 0; i < len; i++)
        n += recent[i] == letter;
    return n;
}

bool limit_step(const struct limit *w, const struct judged *one, struct limit_state *s)
{
    size_t len = strlen(s->recent);
    char letter = letter_of(one);
    bool muted = w->muted && one->window.to <= w->muted;
    if (len == LIMIT_RECENT)
        memmove(s->recent, s->recent + 1, len--);
    s->recent[len] = letter;
    s->recent[len + 1] = 0;
    bool turns = w->how != LIMIT_FIXED ? limit__chart_turns(s, letter, muted)
                 : s->alarm            ? last_of(s->recent, 'p', w->clear_n) >= w->clear_n
                                       : letter == 'b' && !muted &&
                                  last_of(s->recent, 'b', w->needed_n) >= w->needed_m;
    if (!turns)
        return false;
    s->alarm = !s->alarm;
    s->recent[0] = 0; /* what was counted has had its effect */
    return true;
}

/* ---- events, window by window
 * ---------------------------------------------------------------------- */
struct sight {
    struct call *call;
    struct reader *db;
    const struct limit *limit;
    int64_t source;
    struct observed base;
    bool failed; /* more than is measured at once */
};

/* More than is measured at once is an answer here, and no failure of the whole. */
static enum err observe(struct sight *s, int64_t from, int64_t to,
                        struct drift_columns *columns, struct observed *out, bool *too_many)
{
    struct period p = {from, to, s->limit->version, s->limit->env, columns};
    struct call *quiet = call_beside(s->call->arena, s->call);
    quiet->actor = s->call->actor;
    *out = (struct observed){0};
    *too_many = false;
    if (!s->source)
        return OK;
    enum err e = monitor_observe(quiet, s->db, s->source, &p, out);
    *too_many = e == ERR_TOO_LARGE || (columns && columns->no_room);
    out->part = columns ? columns->parts : NULL;
    if (e == OK || *too_many)
        return OK;
    return problem(s->call, e, TEXT(""), "events", "%s", err_words(e));
}

/* The column of the monitor, window by window; NULL: it needs none. */
static struct drift_columns *columns_for(struct sight *s, const struct judged *windows,
                                         size_t count)
{
    struct window *all = NEW_MANY(s->call->arena, count + 1, struct window);
    for (size_t i = 0; i < count; i++)
        all[i] = windows[i].window;
    return s->limit->feature.len
               ? drift_columns_new(s->call->arena, &s->limit->feature, 1, all, count)
               : NULL;
}

static enum err sight_open(struct sight *s, const struct record *system)
{
    struct journal_state state;
    TRY(journal_about(s->call, s->db, system->kind->name, system->id, &state));
    s->source = state.source;
    if (limit_figure_of_baseline(s->limit->figure)) {
        struct limit any = *s->limit, *own = NEW(s->call->arena, struct limit);
        const struct limit *kept = s->limit;
        *own = any;
        own->version = TEXT(""); /* the baseline is of whichever version ran then */
        s->limit = own;
        enum err e = observe(s, any.baseline_from, any.baseline_to, columns_for(s, NULL, 0),
                             &s->base, &s->failed);
        s->limit = kept;
        return e;
    }
    return OK;
}

static void note_version(struct call *call, struct observed *o, struct text version)
{
    if (!o->versions)
        o->versions = NEW_MANY(call->arena, VERSIONS_MOST, struct text);
    if (version.len && o->version_count < VERSIONS_MOST &&
        !text_among(o->versions, o->version_count, version))
        o->versions[o->version_count++] = version;
}

/* The rows of one window, of those of several. */
static void cut(struct call *call, const struct observed *all, struct window window,
                struct observed *out)
{
    *out = (struct observed){.rows = NEW_MANY(call->arena, all->count + 1, struct prediction)};
    for (size_t i = 0; i < all->count; i++) {
        const struct prediction *p = &all->rows[i];
        if (p->at < window.from || p->at >= window.to)
            continue;
        out->rows[out->count++] = *p;
        note_version(call, out, p->version);
    }
}

static bool is_removed(const struct observed *o, int64_t from)
{
    return o->removed_before && from < o->removed_before + EVENT_AHEAD;
}

static void look(struct sight *s, struct call *call, const struct observed *all, bool too_many,
                 const struct drift_part *part, struct judged *out)
{
    struct observed seen;
    if (too_many || s->failed) {
        out->status = LIMIT_TOO_MANY;
        return;
    }
    if (is_removed(all, out->window.from) || is_removed(&s->base, s->limit->baseline_from)) {
        out->status = LIMIT_NO_DATA; /* a part of it is gone: nothing is said of the rest */
        return;
    }
    cut(call, all, out->window, &seen);
    seen.part = part;
    limit_judge(call, s->limit, &seen, &s->base, out);
}

/* All at once when that is not too much, else each alone. */
static enum err look_all(struct sight *s, struct judged *windows, size_t count)
{
    struct drift_columns *columns = columns_for(s, windows, count);
    struct observed all;
    bool too_many;
    if (!count)
        return OK;
    TRY(observe(s, windows[0].window.from, windows[count - 1].window.to, columns, &all,
                &too_many));
    for (size_t i = 0; i < count; i++) {
        struct observed *part = &all, one;
        const struct drift_part *column = columns ? &columns->parts[i] : NULL;
        bool much = false;
        if (too_many) {
            TRY(observe(s, windows[i].window.from, windows[i].window.to,
                        columns_for(s, &windows[i], 1), &one, &much));
            part = &one;
            column = one.part;
        }
        look(s, s->call, part, much, column, &windows[i]);
    }
    return OK;
}

enum err limit__windows(struct call *call, struct reader *db, const struct record *system,
                        const struct limit *w, struct judged *windows, size_t count)
{
    struct sight s = {.call = call, .db = db, .limit = w};
    TRY(sight_open(&s, system));
    return look_all(&s, windows, count);
}

/* ---- what it would have shown
 * ---------------------------------------------------------------------- */
enum err limit_preview(struct call *call, struct reader *db, const struct record *system,
                       const struct limit *w, size_t windows, struct limit_shown **out,
                       size_t *count)
{
    struct judged *seen = NEW_MANY(call->arena, windows + 1, struct judged);
    struct limit_state state = {0};
    int64_t until = w->to ? w->to : call->now - LIMIT_LATE - w->wait;
    struct window last = limit_window(call->zone, w->window, until);
    *count = 0;
    for (size_t n = windows; n > 0; n--) { /* from the last one back */
        last = limit_window(call->zone, w->window, last.from - 1);
        if (w->from && last.from < w->from)
            break;
        seen[n - 1].window = last;
        ++*count;
    }
    seen += windows - *count;
    TRY(limit__windows(call, db, system, w, seen, *count));
    *out = NEW_MANY(call->arena, *count + 1, struct limit_shown);
    for (size_t i = 0; i < *count; i++) {
        int64_t charted = state.chart.n;
        limit_chart(w, &seen[i], &state);
        limit_step(w, &seen[i], &state);
        (*out)[i] = (struct limit_shown){seen[i], state.alarm, state.chart};
        if (state.chart.n == charted)
            (*out)[i].chart.n = 0;
    }
    return OK;
}
