/* SPDX-License-Identifier: Apache-2.0 */
/* record/series.c — what monitors showed, window by window: a row of table series for each
 * window that was judged, written with the version that says so. A projection of the versions,
 * held against them by deep verification; what the version says can be computed again from the
 * events, which are sealed. Once for each window: the key is its first moment. */
#include "record/internal.h"

bool series__is(const struct model *m, const struct kind *k)
{
    return k != NULL && k == m->monitor_kind;
}

bool series__judges(const struct model *m, const struct kind *k, struct text move)
{
    const struct move *how = series__is(m, k) && move.len ? kind_move(k, move) : NULL;
    return how != NULL && how->automatic && how->take_count > 0;
}

struct bringing {
    const struct record *rec;
    const struct json *values;
};

static const struct json *as_brought(void *arg, struct text field)
{
    const struct bringing *b = arg;
    const struct json *v = json_named(b->values, field);
    return v ? v : record_value(b->rec, field);
}

const struct move *record_judging_move(const struct record *rec, const struct json *values)
{
    struct bringing b = {rec, values};
    for (size_t i = 0; i < rec->kind->move_count; i++) {
        const struct move *m = &rec->kind->moves[i];
        if (m->automatic && m->take_count && m->from >> rec->state & 1 &&
            (!values || !m->when || condition_holds(m->when, as_brought, &b)))
            return m;
    }
    return NULL;
}

/* ---- the row of a version
 * ---------------------------------------------------------------------------- */
static struct value text_of_field(const struct record *rec, const char *name)
{
    return V_TEXT(json_text(record_value(rec, text_of(name))));
}

static struct value number_of_field(const struct record *rec, const char *name)
{
    const struct json *v = record_value(rec, text_of(name));
    bool is = v && (v->type == JSON_NUMBER || v->type == JSON_INTEGER);
    return is ? V_NUM(v->number) : V_NULL;
}

static int64_t integer_of_field(const struct record *rec, const char *name)
{
    const struct json *v = record_value(rec, text_of(name));
    return v && v->type == JSON_INTEGER ? v->integer : 0;
}

bool series__row(const struct record *rec, struct value out[SERIES_COLUMNS])
{
    const struct json *alarm = record_value(rec, TEXT("alarm"));
    const struct value row[SERIES_COLUMNS] = {V_TEXT(rec->kind->name),
                                              V_TEXT(rec->id),
                                              V_INT(rec->version),
                                              text_of_field(rec, "figure"),
                                              text_of_field(rec, "window_from"),
                                              text_of_field(rec, "window_to"),
                                              text_of_field(rec, "status"),
                                              V_INT(alarm && alarm->type == JSON_TRUE),
                                              number_of_field(rec, "value"),
                                              V_INT(integer_of_field(rec, "n")),
                                              number_of_field(rec, "low"),
                                              number_of_field(rec, "high"),
                                              number_of_field(rec, "limit_low"),
                                              number_of_field(rec, "limit_high"),
                                              text_of_field(rec, "system")};
    for (size_t i = 0; i < SERIES_COLUMNS; i++)
        out[i] = row[i];
    return row[SERIES_AT].text.len > 0; /* else it was taken out of the version */
}

enum err series__write(struct writing *w, const struct record *rec, struct text move)
{
    struct value row[SERIES_COLUMNS];
    if (!series__judges(w->records->model, rec->kind, move) || !series__row(rec, row))
        return OK;
    return tx_exec(
        w->call, w->tx,
        "INSERT INTO series(kind, id, version, name, at, until, status, alarm, value, "
        "n, low, high, limit_low, limit_high, source) VALUES ($1, $2, $3, $4, $5, $6, "
        "$7, $8, $9, $10, $11, $12, $13, $14, $15)",
        row, SERIES_COLUMNS, NULL);
}

/* ---- what a limit may say
 * ---------------------------------------------------------------------------- */
static enum err refuse(struct writing *w, const struct record *rec, const char *field,
                       const char *code, const char *words)
{
    const struct field *f = kind_field(rec->kind, text_of(field));
    return problem_at(w->call, ERR_INVALID, text_of(field), code,
                      f ? f->source : rec->kind->file, text_of(words));
}

static bool before(const struct record *rec, const char *a, const char *b)
{
    struct value x = number_of_field(rec, a), y = number_of_field(rec, b);
    return x.type == VALUE_NULL || y.type == VALUE_NULL || x.number <= y.number;
}

enum err series__check(struct writing *w, const struct record *rec)
{
    enum err worst = OK;
    if (!series__is(w->records->model, rec->kind))
        return OK;
    if (!before(rec, "limit_low", "limit_high"))
        worst = refuse(w, rec, "limit_low", "crossed",
                       say(w->call, "is above the upper limit: nothing could be within"));
    if (!before(rec, "limit_low", "clear_low") || !before(rec, "clear_low", "limit_high"))
        worst = refuse(w, rec, "clear_low", "crossed",
                       say(w->call, "must be within the limits: what is back is within"));
    if (!before(rec, "clear_high", "limit_high") || !before(rec, "limit_low", "clear_high") ||
        !before(rec, "clear_low", "clear_high"))
        worst = refuse(w, rec, "clear_high", "crossed",
                       say(w->call, "must be within the limits: what is back is within"));
    if (integer_of_field(rec, "needed_m") > integer_of_field(rec, "needed_n"))
        worst = refuse(w, rec, "needed_m", "crossed",
                       say(w->call, "cannot be more than the windows one looks back"));
    struct text from = text_of_field(rec, "baseline_from").text,
                to = text_of_field(rec, "baseline_to").text;
    if (from.len && to.len && text_compare(from, to) >= 0)
        worst = refuse(w, rec, "baseline_to", "crossed",
                       say(w->call, "must be after the day on which it begins"));
    from = text_of_field(rec, "level_from").text;
    to = text_of_field(rec, "level_to").text;
    if (from.len && to.len && text_compare(from, to) >= 0)
        worst = refuse(w, rec, "level_to", "crossed",
                       say(w->call, "must be after the day on which it begins"));
    return worst;
}

/* ---- looking
 * ----------------------------------------------------------------------------------------- */
static struct series_number number_at(const struct value *v)
{
    return (struct series_number){v->type == VALUE_NUMBER, v->number};
}

/* What a chart had come to is in the version alone: limits have no such thing. */
static bool is_charted(const struct record *rec)
{
    struct text how = json_text(record_value(rec, TEXT("judge")));
    return text_is(how, "cusum") || text_is(how, "ewma");
}

static struct series_number number_in(const struct json *body, const char *name)
{
    const struct json *v = json_get(body, name);
    bool is = v && (v->type == JSON_NUMBER || v->type == JSON_INTEGER);
    return (struct series_number){is, is ? v->number : 0};
}

static enum err add_chart(struct call *call, struct text body, struct series_point *p)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *said;
    if (!body.len)
        return OK;
    TRY(json_read(call, body, &limits, &said));
    p->up = number_in(said, "chart_up");
    p->down = number_in(said, "chart_down");
    p->chart_low = number_in(said, "chart_low");
    p->chart_high = number_in(said, "chart_high");
    return OK;
}

enum err record_series(struct call *call, struct reader *db, const struct record *rec,
                       struct text from, struct text to, size_t most, struct series_point **out,
                       size_t *count)
{
    struct value values[] = {
        V_TEXT(rec->kind->name),         V_TEXT(rec->id),      V_TEXT(from),
        V_TEXT(to.len ? to : TEXT("~")), V_INT((int64_t)most), V_INT(is_charted(rec))};
    struct rows rows;
    TRY(read_rows(
        call, db,
        "SELECT s.version, s.name, s.at, s.until, s.status, s.alarm, s.value, s.n, "
        "s.low, s.high, s.limit_low, s.limit_high, v.ledger, CASE WHEN $6 = 1 THEN v.body ELSE "
        "'' END "
        "FROM series s JOIN version "
        "v ON v.kind = s.kind AND v.id = s.id AND v.version = s.version WHERE s.kind = "
        "$1 AND s.id = $2 AND s.at >= $3 AND s.at < $4 ORDER BY s.at DESC LIMIT $5",
        values, COUNT(values), most, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct series_point);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *v = row_at(&rows, i);
        (*out)[rows.count - 1 - i] = (struct series_point){v[0].integer,
                                                           v[12].integer,
                                                           v[1].text,
                                                           v[2].text,
                                                           v[3].text,
                                                           v[4].text,
                                                           v[5].integer != 0,
                                                           number_at(&v[6]),
                                                           v[7].integer,
                                                           number_at(&v[8]),
                                                           number_at(&v[9]),
                                                           number_at(&v[10]),
                                                           number_at(&v[11]),
                                                           {0},
                                                           {0},
                                                           {0},
                                                           {0}};
        TRY(add_chart(call, v[13].text, &(*out)[rows.count - 1 - i]));
    }
    return OK;
}
