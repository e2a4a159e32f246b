/* SPDX-License-Identifier: Apache-2.0 */
/* record/keep.c — how long the content of a record is kept at least, and what is when that is
 * over. The last day and how it stands are computed like any field, and legal hold and a
 * finished erasure stand there too, so that nobody has to read all versions to know of them.
 * Nothing is erased by itself: when the time is over it is said, told, and work of those who
 * redact. A version says so, in the transaction that takes its timer away. */
#include "record/compute.h"

#define DUE_MOST 200
#define PAGES_MOST 5

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

/* ---- the last day ----------------------------------------------------------------------- */
/* Since when it has been in those states without a break. */
static enum err entered(struct context *c, const struct keeping *k, int64_t *since)
{
    struct value values[] = {V_TEXT(c->rec->kind->name), V_TEXT(c->rec->id)};
    struct rows rows;
    *since = c->call->now;
    if (!c->before || !(k->from_in >> c->before->state & 1))
        return OK;
    TRY(db__rows(
        c->call, c->db,
        "SELECT state, since FROM stay WHERE kind = $1 AND id = $2 ORDER BY version DESC "
        "LIMIT 200",
        values, 2, 200, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        ptrdiff_t state = kind_state(c->rec->kind, row_at(&rows, i)[0].text);
        if (state < 0 || !(k->from_in >> state & 1))
            break;
        if (!moment_read(row_at(&rows, i)[1].text, since))
            return OK;
    }
    return OK;
}

/* The day from which it counts, there; *began false: it has not come. */
static enum err begin(struct context *c, const struct keeping *k, int64_t *day, bool *began)
{
    int64_t at;
    const struct json *v = k->from ? c->rec->values[k->from->index] : NULL;
    *began = false;
    if (!k->from) {
        if (!(k->from_in >> c->rec->state & 1))
            return OK;
        TRY(entered(c, k, &at));
        *day = zone_day(c->call->zone, at);
        *began = true;
        return OK;
    }
    if (!v || v->type != JSON_TEXT)
        return OK;
    *began = date_read(v->text, day);
    if (!*began && moment_read(v->text, &at)) {
        *day = zone_day(c->call->zone, at);
        *began = true;
    }
    return OK;
}

enum err compute__keep(struct context *c, const struct json **out)
{
    const struct keeping *k = &c->rec->kind->keep;
    const struct zone *zone = c->call->zone;
    int64_t day, last = 0;
    bool began;
    if (k->when && !condition_holds(k->when, of_record, c->rec))
        return OK;
    TRY(begin(c, k, &day, &began));
    if (!began)
        return OK;
    day = zone_day(zone, duration_after(zone_day_start(zone, day), &k->time, zone, NULL));
    if (date_read(TEXT("9999-12-31"), &last) && day > last)
        day = last;
    *out = json_of_text(c->call->arena, date_of_days(c->call->arena, day));
    return OK;
}

/* ---- how it stands ---------------------------------------------------------------------- */
bool keep__is(const struct record *rec, enum keep_standing s)
{
    const struct keeping *k = &rec->kind->keep;
    const struct json *v = k->at ? rec->values[k->standing->index] : NULL;
    return v && text_same(json_text(v), keeping_word(s));
}

bool keep__is_of(const struct kind *k, struct text field)
{
    return k->keep.at && text_same(k->keep.at->name, field);
}

void keep__becomes(struct call *call, struct record *rec, enum keep_standing s)
{
    const struct keeping *k = &rec->kind->keep;
    if (k->at)
        rec->values[k->standing->index] = json_of_text(call->arena, keeping_word(s));
}

static bool last_day(const struct record *rec, int64_t *day)
{
    const struct json *v = rec->kind->keep.at ? rec->values[rec->kind->keep.at->index] : NULL;
    return v && v->type == JSON_TEXT && date_read(v->text, day);
}

/* Over stays over when the time of day is set back, while the day is the same. */
static bool was_over(const struct context *c, int64_t day)
{
    int64_t then;
    return c->before && keep__is(c->before, KEEP_OVER) && last_day(c->before, &then) &&
           then == day;
}

/* What the record has as its standing is that of the version before, or what the act makes of
 * it. A record of a time when its kind said nothing of keeping is looked at whole, once. */
static enum err began_as(struct context *c, enum keep_standing *out)
{
    *out = keep__is(c->rec, KEEP_HELD)     ? KEEP_HELD
           : keep__is(c->rec, KEEP_ERASED) ? KEEP_ERASED
                                           : KEEP_NONE;
    if (c->before && value__empty(c->rec->values[c->field->index]))
        TRY(redact__found(c->call, c->records, c->db, c->before, out));
    return OK;
}

enum err compute__keep_standing(struct context *c, const struct json **out)
{
    enum keep_standing s;
    int64_t day;
    TRY(began_as(c, &s));
    if (s == KEEP_ERASED &&
        redact__has_content(c->rec)) /* somebody has written into it since */
        s = KEEP_NONE;
    if (s == KEEP_NONE && last_day(c->rec, &day))
        s = zone_day(c->call->zone, c->call->now) > day || was_over(c, day) ? KEEP_OVER
                                                                            : KEEP_RUNNING;
    *out = json_of_text(c->call->arena, keeping_word(s));
    return OK;
}

/* ---- what follows from it ------------------------------------------------------------ */
bool keep__moment(const struct call *call, const struct record *rec, int64_t *out)
{
    int64_t day;
    if (!keep__is(rec, KEEP_RUNNING) || !last_day(rec, &day))
        return false;
    *out = zone_day_start(call->zone, day + 1);
    return true;
}

enum err keep__check(struct call *call, struct records *r, struct db db,
                     const struct record *before)
{
    struct record *rec = record__copy(call->arena, before);
    int64_t day;
    if (!rec->kind->keep.at)
        return OK;
    TRY(compute__fields(call, r, db, rec, before, (struct text){0}));
    if (!keep__is(rec, KEEP_RUNNING) || !last_day(rec, &day))
        return OK;
    return problem(
        call, ERR_CONFLICT, rec->kind->keep.at->name, "kept",
        say(call, "its content must be kept until %.*s. Single fields can be redacted, each on "
                  "its ground; where the day is wrong, correct what it counts from"),
        TEXT_ARG(date_of_days(call->arena, day)));
}

/* Who keeps it and who may erase it learn of it once: when its time ends, or the hold that
 * outlasted it. */
enum err keep__told(struct writing *w, const struct record *rec, const struct record *before,
                    struct json **told)
{
    const struct model *m = w->records->model;
    const struct field *at = rec->kind->keep.at;
    struct text to;
    if (!before || !keep__is(rec, KEEP_OVER) ||
        !(keep__is(before, KEEP_RUNNING) || keep__is(before, KEEP_HELD)))
        return OK;
    TRY(clock__keeper(w, rec, &to));
    if (to.len)
        clock__tell(w, told, to, "over", at);
    for (size_t i = 0; i < m->role_count; i++)
        if (m->roles[i].redacts)
            TRY(clock__tell_role(w, rec, m->roles[i].name, "over", at, told));
    return OK;
}

/* ---- whose work it is ------------------------------------------------------------------- */
static enum err is_theirs(struct call *call, struct records *r, struct reader *db,
                          const struct record *rec, bool *out)
{
    bool asked;
    TRY(who__cleared(call, r, db_reader(db), call->actor, rec, role__redacts, out));
    if (!*out)
        return OK;
    TRY(redact__is_asked(call, r, db, rec, &asked));
    *out = !asked; /* then it is work of the second person */
    return OK;
}

/* The longest over first, of what the actor may read: who redacts in one unit alone is not to
 * miss theirs behind those of others. */
static enum err due_of(struct call *call, struct records *r, struct reader *db,
                       const struct kind *k, struct record **out, size_t *count)
{
    struct filter over = {k->keep.standing->name, keeping_word(KEEP_OVER)};
    struct list_query q = {
        .filters = &over, .filter_count = 1, .sort = k->keep.at->name, .limit = DUE_MOST};
    for (int page = 0; page < PAGES_MOST && *count < DUE_MOST; page++) {
        struct record_list list;
        TRY(record_list(call, r, db, k, &q, &list));
        for (size_t i = 0; i < list.count && *count < DUE_MOST; i++) {
            bool yes;
            TRY(is_theirs(call, r, db, list.items[i], &yes));
            if (yes)
                out[(*count)++] = list.items[i];
        }
        q.cursor = list.next;
        if (!list.next.len)
            break;
    }
    return OK;
}

enum err keep__due(struct call *call, struct records *r, struct reader *db,
                   struct record ***out, size_t *count)
{
    *count = 0;
    if (!redact__may_somewhere(r->model, call->actor))
        return OK;
    *out = NEW_MANY(call->arena, DUE_MOST, struct record *);
    for (size_t i = 0; i < r->model->kind_count && *count < DUE_MOST; i++)
        if (r->model->kinds[i].keep.at)
            TRY(due_of(call, r, db, &r->model->kinds[i], *out, count));
    return OK;
}
