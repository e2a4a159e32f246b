/* SPDX-License-Identifier: Apache-2.0 */
/* record/clock.c — clocks: by when something must have been answered, how that stands, and who is told of
 * it. Moment and standing are computed like any field. That the time is over is a version of the record,
 * by the system, in the transaction that takes its timer away; so is a reminder. A clock that was missed
 * stays so when the time of day is set back: only another moment, or an answer, changes it. */
#include "record/compute.h"

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

static bool applies(const struct clock *c, const struct record *rec)
{
    return !c->when || condition_holds(c->when, of_record, (void *)(uintptr_t)rec);
}

const struct calendar *clock__calendar(const struct call *call, const struct model *m,
                                       const struct clock *c)
{
    return c->calendar ? c->calendar : model_calendar(m, call->calendar);
}

static const struct zone *zone_of(const struct call *call, const struct calendar *calendar)
{
    return calendar && calendar->zone ? calendar->zone : call->zone;
}

/* ---- the moment ------------------------------------------------------------------------------- */
bool clock__began(const struct call *call, const struct model *m, const struct clock *c,
                  const struct record *rec, int64_t *out)
{
    const struct json *v = rec->values[c->from->index];
    int64_t days;
    if (!v || v->type != JSON_TEXT)
        return false;
    if (!date_read(v->text, &days))
        return moment_read(v->text, out);
    *out = zone_day_start(zone_of(call, clock__calendar(call, m, c)), days);
    return true;
}

bool clock__at(const struct clock *c, const struct record *rec, int64_t *out)
{
    const struct json *v = rec->values[c->at->index];
    return v && v->type == JSON_TEXT && moment_read(v->text, out);
}

int64_t clock__later(const struct call *call, const struct model *m, const struct clock *c,
                     int64_t at, const struct duration *d)
{
    const struct calendar *calendar = clock__calendar(call, m, c);
    return duration_after(at, d, zone_of(call, calendar), calendar);
}

/* What counts from a day ends with the end of a day. */
static int64_t end_of(const struct call *call, const struct model *m, const struct clock *c,
                      int64_t began)
{
    int64_t at = clock__later(call, m, c, began, &c->add);
    const struct zone *zone = zone_of(call, clock__calendar(call, m, c));
    if (c->from->type->written != WRITTEN_DAY || c->add.seconds)
        return at;
    return zone_day_start(zone, zone_day(zone, at) + 1) - 1;
}

enum err compute__clock(struct context *c, const struct json **out)
{
    const struct clock *k = kind_clock(c->rec->kind, c->field->name);
    const struct model *m = c->records->model;
    int64_t began;
    if (applies(k, c->rec) && clock__began(c->call, m, k, c->rec, &began))
        *out = json_of_text(c->call->arena,
                          moment_print(c->call->arena, end_of(c->call, m, k, began)));
    return OK;
}

/* ---- how it stands ------------------------------------------------------------------------------ */
bool clock__is(const struct clock *c, const struct record *rec, enum clock_standing s)
{
    const struct json *v = rec->values[c->standing->index];
    return v && text_same(json_text(v), standing_word(s));
}

static bool is_answer(const struct clock *c, const struct record *rec)
{
    return c->answered_in >> rec->state & 1;
}

/* Since when it is in states that answer, without a break. */
static enum err answered_since(struct context *c, const struct clock *k, int64_t *since)
{
    struct value values[] = {V_TEXT(c->rec->kind->name), V_TEXT(c->rec->id)};
    struct rows rows;
    *since = c->call->now;
    if (!c->before || !is_answer(k, c->before))
        return OK;
    TRY(db__rows(c->call, c->db,
                 "SELECT state, since FROM stay WHERE kind = $1 AND id = $2 ORDER BY version DESC "
                 "LIMIT 200",
                 values, 2, 200, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        ptrdiff_t state = kind_state(c->rec->kind, row_at(&rows, i)[0].text);
        if (state < 0 || !(k->answered_in >> state & 1))
            break;
        if (!moment_read(row_at(&rows, i)[1].text, since))
            return OK;
    }
    return OK;
}

static bool in_time(const struct context *c, const struct clock *k, const struct json *answer,
                    int64_t at)
{
    const struct zone *zone = zone_of(c->call, clock__calendar(c->call, c->records->model, k));
    int64_t when = c->call->now;
    if (k->answered->type->written == WRITTEN_DAY && date_read(json_text(answer), &when))
        return when <= zone_day(zone, at);
    if (k->answered->type->written == WRITTEN_MOMENT && !moment_read(json_text(answer), &when))
        when = c->call->now;
    return when <= at;
}

/* The standing before, where the moment is the same; *known: there is one. */
static enum clock_standing before_of(const struct context *c, const struct clock *k, int64_t at,
                               bool *known)
{
    int64_t then;
    *known = c->before && clock__at(k, c->before, &then) && then == at;
    for (int s = STANDING_RUNNING; *known && s <= STANDING_NONE; s++)
        if (clock__is(k, c->before, (enum clock_standing)s))
            return (enum clock_standing)s;
    *known = false;
    return STANDING_NONE;
}

static enum err stands(struct context *c, const struct clock *k, int64_t at, enum clock_standing *out)
{
    bool known;
    enum clock_standing was = before_of(c, k, at, &known);
    const struct json *answer = k->answered ? c->rec->values[k->answered->index] : NULL;
    bool timed = k->answered && field_is_time(k->answered);
    if (k->answered && !value__empty(answer)) {
        bool settled = known && !timed && (was == STANDING_MET || was == STANDING_LATE);
        *out = settled ? was : in_time(c, k, answer, at) ? STANDING_MET : STANDING_LATE;
    } else if (!k->answered && is_answer(k, c->rec)) {
        int64_t since;
        TRY(answered_since(c, k, &since));
        *out = since <= at ? STANDING_MET : STANDING_LATE;
    } else if (c->rec->kind->states[c->rec->state].end) {
        *out = known && was != STANDING_RUNNING ? was : STANDING_NONE;
    } else {
        bool over = c->call->now >= at || (known && was == STANDING_MISSED);
        *out = over ? STANDING_MISSED : STANDING_RUNNING;
    }
    return OK;
}

static const struct clock *clock_of(const struct kind *k, const struct field *standing)
{
    for (size_t i = 0; i < k->clock_count; i++)
        if (k->clocks[i].standing == standing)
            return &k->clocks[i];
    return NULL;
}

enum err compute__standing(struct context *c, const struct json **out)
{
    const struct clock *k = clock_of(c->rec->kind, c->field);
    enum clock_standing s = STANDING_NONE;
    int64_t at;
    if (applies(k, c->rec)) {
        if (!clock__at(k, c->rec, &at))
            return OK;
        TRY(stands(c, k, at, &s));
    }
    *out = json_of_text(c->call->arena, standing_word(s));
    return OK;
}

/* ---- who is told --------------------------------------------------------------------------------- */
void clock__tell(struct writing *w, struct json **told, struct text to, const char *event,
                 const struct field *at)
{
    struct arena *a = w->call->arena;
    struct json *one = node__object(a);
    if (!*told)
        *told = node__list(a);
    node__add(one, json_of_text(a, text_of(event)), TEXT("event"), a);
    node__add(one, json_of_text(a, at->name), TEXT("field"), a);
    node__add(one, json_of_text(a, to), TEXT("to"), a);
    node__add(*told, one, (struct text){0}, a);
}

/* Who keeps the record, if they still work here. */
enum err clock__keeper(struct writing *w, const struct record *rec, struct text *out)
{
    const struct json *who = record_value(rec, TEXT("owner"));
    struct rows rows;
    *out = (struct text){0};
    if (value__empty(who))
        who = record_value(rec, TEXT("author"));
    if (value__empty(who))
        return OK;
    TRY(tx_rows(w->call, w->tx, "SELECT id FROM person WHERE id = $1 AND disabled = 0",
                &V_TEXT(who->text), 1, 1, &rows));
    if (rows.count)
        *out = rows.cells[0].text;
    return OK;
}

/* "remind.report_by.1" is a reminder of report_by. Of several that are due by now the last one tells. */
static bool reminds_of(struct writing *w, const struct record *rec, const struct clock *c)
{
    struct text rest = json_text(json_get(w->timer, "name"));
    int64_t at, mine;
    if (!text_is(text_cut(&rest, '.'), "remind") || !text_same(text_cut(&rest, '.'), c->at->name) ||
        !clock__at(c, rec, &at) || !moment_read(json_text(json_get(w->timer, "at")), &mine))
        return false;
    for (size_t i = 0; i < c->remind_count; i++) {
        int64_t other = clock__later(w->call, w->records->model, c, at, &c->remind[i]);
        if (other > mine && other <= w->call->now)
            return false;
    }
    return true;
}

/* ---- rungs: who else is told ------------------------------------------------------------------------ */
static bool is_told(const struct json *told, struct text to, struct text field)
{
    for (const struct json *one = told ? told->first : NULL; one; one = one->next)
        if (text_same(json_text(json_get(one, "to")), to) &&
            text_same(json_text(json_get(one, "field")), field))
            return true;
    return false;
}

static struct text unit_of(const struct record *rec)
{
    const struct json *unit = record_value(rec, TEXT("unit"));
    return value__empty(unit) ? TEXT("") : unit->text;
}

enum err clock__tell_role(struct writing *w, const struct record *rec, struct text role,
                          const char *event, const struct field *at, struct json **told)
{
    struct value values[] = {V_TEXT(role), V_TEXT(unit_of(rec))};
    struct rows rows;
    TRY(tx_rows(w->call, w->tx,
                "SELECT DISTINCT g.person FROM role_grant g JOIN person p ON p.id = g.person WHERE "
                "g.role = $1 AND g.state = 'active' AND p.disabled = 0 AND (g.unit = '' OR g.unit "
                "IN (SELECT ancestor FROM unit_closure WHERE descendant = $2)) ORDER BY g.person "
                "LIMIT 50",
                values, 2, 50, &rows));
    for (size_t i = 0; i < rows.count; i++)
        if (!is_told(*told, row_at(&rows, i)[0].text, at->name))
            clock__tell(w, told, row_at(&rows, i)[0].text, event, at);
    return OK;
}

static enum err tell_relation(struct writing *w, const struct record *rec, const struct clock *c,
                              const struct who *who, struct json **told)
{
    struct text *people;
    size_t count;
    TRY(who__people(w->call, w->records, db_tx(w->tx), rec, who, &people, &count));
    for (size_t i = 0; i < count && i < 50; i++) {
        struct rows rows;
        TRY(tx_rows(w->call, w->tx, "SELECT id FROM person WHERE id = $1 AND disabled = 0",
                    &V_TEXT(people[i]), 1, 1, &rows));
        if (rows.count && !is_told(*told, people[i], c->at->name))
            clock__tell(w, told, people[i], "escalated", c->at);
    }
    return OK;
}

/* "rung.report_by.2" is the second rung of report_by; NULL: none of this clock. */
static const struct rung *rung_of(struct text timer, const struct clock *c)
{
    int64_t n;
    if (!text_is(text_cut(&timer, '.'), "rung") || !text_same(text_cut(&timer, '.'), c->at->name) ||
        !text_integer(timer, &n) || n < 1 || n > (int64_t)c->rung_count)
        return NULL;
    return &c->rungs[n - 1];
}

static enum err climb(struct writing *w, const struct record *rec, const struct clock *c,
                      struct json **told)
{
    const struct rung *r = rung_of(json_text(json_get(w->timer, "name")), c);
    for (size_t i = 0; r && clock__is(c, rec, STANDING_MISSED) && i < r->tell.count; i++) {
        const struct who *who = &r->tell.one[i];
        TRY(who->role.len ? clock__tell_role(w, rec, who->role, "escalated", c->at, told)
                          : tell_relation(w, rec, c, who, told));
    }
    return OK;
}

enum err clock__told(struct writing *w, const struct record *rec, const struct record *before,
                     const struct json **out)
{
    struct json *told = NULL;
    for (size_t i = 0; before && i < rec->kind->clock_count; i++) {
        const struct clock *c = &rec->kind->clocks[i];
        bool missed = clock__is(c, rec, STANDING_MISSED) && clock__is(c, before, STANDING_RUNNING);
        bool reminded = clock__is(c, rec, STANDING_RUNNING) && reminds_of(w, rec, c);
        struct text to;
        TRY(climb(w, rec, c, &told));
        if (!missed && !reminded)
            continue;
        TRY(clock__keeper(w, rec, &to));
        if (to.len)
            clock__tell(w, &told, to, missed ? "missed" : "remind", c->at);
    }
    TRY(keep__told(w, rec, before, &told));
    *out = told;
    return OK;
}

/* ---- its time has come --------------------------------------------------------------------------- */
enum err clock__fire(struct writing *w)
{
    struct record *before;
    struct text rest = w->change->move;
    bool there;
    TRY(timer__stands(w, &there));
    w->change->unchanged = !there;
    if (!there)
        return OK;
    TRY(change__find(w, &before));
    struct text word = text_cut(&rest, '.'), name = text_cut(&rest, '.');
    const struct clock *c = kind_clock(before->kind, name);
    bool keeps = text_is(word, "keep") && keep__is_of(before->kind, name);
    if (!c && !keeps)
        return problem(w->call, ERR_MISSING, w->change->move, "unknown", "%s",
                       say(w->call, "there is no such clock"));
    struct record *rec = record__copy(w->call->arena, before);
    TRY(timer__took(w, rec, w->change->move));
    w->timer = timer__fired(w->call, w->change);
    TRY(write__version(w, rec, before, "record.clock", (struct text){0}, (struct text){0}));
    if (keeps ? keep__is(rec, KEEP_RUNNING)
              : text_is(word, "clock") && clock__is(c, rec, STANDING_RUNNING))
        return problem(w->call, ERR_CONFLICT, name, "not_yet", "%s",
                       say(w->call, "its time is not over yet"));
    w->change->record = rec;
    return change__react(w, rec, (struct text){0});
}

/* ---- looking --------------------------------------------------------------------------------------- */
/* Whoever wrote the version since which it does not apply: by that version, if the reader may
 * read it. */
static enum err decided(struct call *call, struct records *r, struct reader *db,
                        const struct record *rec, struct clock_view *v)
{
    struct text name = v->clock->standing->name;
    struct value values[] = {
        V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version),
        V_TEXT(text_print(call->arena, "%%\"%.*s\":\"%.*s\"%%", TEXT_ARG(name),
                          TEXT_ARG(standing_word(STANDING_NONE))))};
    struct history_item *item = NEW(call->arena, struct history_item);
    struct rows rows;
    TRY(read_rows(
        call, db,
        "SELECT version, ledger, body, at FROM version WHERE kind = $1 AND id = $2 AND "
        "version <= $3 AND version > COALESCE((SELECT version FROM version WHERE "
        "kind = $1 AND id = $2 AND version <= $3 AND body NOT LIKE $4 "
        "ORDER BY version DESC LIMIT 1), 0) ORDER BY version LIMIT 1",
        values, 4, 1, &rows));
    if (!rows.count)
        return OK;
    TRY(history__item(call, r, db, rec, rows.cells, item));
    v->decided = item->hidden ? NULL : item;
    return OK;
}

enum err record_clocks(struct call *call, struct records *r, struct reader *db,
                       const struct record *rec, struct clock_view **out, size_t *count)
{
    const struct model *m = r->model;
    *count = rec->kind->clock_count;
    *out = NEW_MANY(call->arena, *count + 1, struct clock_view);
    for (size_t i = 0; i < *count; i++) {
        const struct clock *c = &rec->kind->clocks[i];
        const struct calendar *calendar = c->add.working_days ? clock__calendar(call, m, c) : NULL;
        struct clock_view *v = &(*out)[i];
        int64_t at, began;
        *v = (struct clock_view){.clock = c, .calendar = calendar};
        if (clock__is(c, rec, STANDING_NONE))
            TRY(decided(call, r, db, rec, v));
        if (!clock__at(c, rec, &at))
            continue;
        v->at = moment_print(call->arena, at);
        if (clock__began(call, m, c, rec, &began))
            v->unknown = calendar_unknown(calendar, zone_day(zone_of(call, calendar), began),
                                          zone_day(zone_of(call, calendar), at));
    }
    return OK;
}
