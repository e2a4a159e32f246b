/* SPDX-License-Identifier: Apache-2.0 */
/* record/timer.c — what happens when its moment comes: moves that the engine makes, and clocks of which the
 * time is over or soon will be (clock.c). A row of `timer` for each that a record waits for: a projection
 * of the versions, written with them. It fires inside the transaction of its effect, which takes the row away: once, over
 * restarts and however many servers look. A refused one keeps why, waits longer each time, and
 * holds up no other; a change of its record lets it try again at once. */
#include "record/internal.h"

#define MINUTE INT64_C(60000000)
#define DAY (1440 * MINUTE)
#define PAGE 200

static bool is_timed(const struct move *m)
{
    return m->automatic && (m->on.len || m->has_after);
}

static bool any_timed(const struct kind *k)
{
    bool any = k->clock_count > 0 || k->keep.at;
    for (size_t i = 0; i < k->move_count && !any; i++)
        any = is_timed(&k->moves[i]);
    return any;
}

static bool same_wait(const struct move *a, const struct move *b)
{
    return b && text_same(a->on, b->on) && a->from == b->from && a->has_after == b->has_after &&
           text_same(a->plus.said, b->plus.said) && text_same(a->after.said, b->after.said) &&
           text_same(a->every.said, b->every.said);
}

static bool kind_waits_in(const struct kind *k, const struct kind *other)
{
    for (size_t j = 0; j < k->move_count; j++)
        if (is_timed(&k->moves[j]) &&
            !(other && same_wait(&k->moves[j], kind_move(other, k->moves[j].name))))
            return false;
    for (size_t j = 0; j < k->clock_count; j++) {
        const struct clock *c =
            other ? kind_clock(other, k->clocks[j].at->name) : NULL;
        if (!c || !clock_same(&k->clocks[j], c))
            return false;
    }
    return !k->keep.at || (other && keeping_same(&k->keep, &other->keep));
}

/* Every timed move and every clock of a is one of b, and every calendar of a counts as in b. */
static bool waits_in(const struct model *a, const struct model *b)
{
    for (size_t i = 0; i < a->calendar_count; i++)
        if (!calendar_same(&a->calendars[i], model_calendar(b, a->calendars[i].name)))
            return false;
    for (size_t i = 0; i < a->kind_count; i++)
        if (!kind_waits_in(&a->kinds[i], model_kind(b, a->kinds[i].name)))
            return false;
    return true;
}

bool timer__same_moves(const struct model *a, const struct model *b)
{
    return waits_in(a, b) && waits_in(b, a);
}

/* ---- what a record waits for --------------------------------------------------------------- */
/* The moment of a move for a record in its state; false: none. What comes again: the first time. */
static bool moment_of(const struct call *call, const struct model *model,
                      const struct record *rec, const struct move *m, int64_t since, int64_t *out)
{
    const struct calendar *calendar = model_calendar(model, call->calendar);
    int64_t days;
    if (!is_timed(m) || !(m->from >> rec->state & 1))
        return false;
    if (!m->on.len) {
        *out = duration_after(since, &m->after, call->zone, calendar);
        return true;
    }
    const struct json *v = record_value(rec, m->on);
    if (!v || v->type != JSON_TEXT)
        return false;
    if (date_read(v->text, &days))
        *out = zone_day_start(call->zone, days);
    else if (!moment_read(v->text, out))
        return false;
    *out = duration_after(*out, &m->plus, call->zone, calendar);
    return true;
}

/* ---- what comes again and again ---------------------------------------------------------------- */
#define DAY_MOST (31 * DAY) /* the longest month */

static int64_t nth(const struct call *call, const struct move *m, int64_t first, int64_t n)
{
    struct duration d = m->every;
    d.months *= n;
    d.days *= n;
    return duration_after(first, &d, call->zone, NULL);
}

/* Every one is counted from the first, so that the 31st comes back after a shorter month. */
bool timer__next(const struct call *call, const struct model *model, const struct record *rec,
                 const struct move *m, int64_t after, int64_t *out)
{
    int64_t first;
    if (!moment_of(call, model, rec, m, 0, &first))
        return false;
    int64_t longest = m->every.months * DAY_MOST + m->every.days * DAY;
    int64_t n = after > first ? (after - first) / longest : 0;
    n -= n > 0; /* summer time may make a day longer */
    while ((*out = nth(call, m, first, n)) <= after && n < 100000)
        n++;
    return n < 100000;
}

struct waits {
    struct timer *at;
    size_t count;
};

static bool any_again(const struct kind *k)
{
    bool any = false;
    for (size_t i = 0; i < k->move_count; i++)
        any = any || (is_timed(&k->moves[i]) && k->moves[i].has_every);
    return any;
}

static int64_t last_of(const struct waits *fired, struct text name, int64_t since)
{
    for (size_t i = 0; i < fired->count; i++)
        if (text_same(fired->at[i].name, name) && fired->at[i].at > since)
            since = fired->at[i].at;
    return since;
}

/* What had been missed long before the record was made, as with an import, is no news. */
static void add_rungs(struct call *call, const struct model *model, const struct record *rec,
                      const struct clock *c, struct waits *out)
{
    int64_t at, made = 0;
    moment_read(json_text(record_value(rec, TEXT("created_at"))), &made);
    if (!c->rung_count || !clock__is(c, rec, STANDING_MISSED) || !clock__at(c, rec, &at) ||
        rec->kind->states[rec->state].end)
        return;
    for (size_t i = 0; i < c->rung_count; i++) {
        int64_t when = clock__later(call, model, c, at, &c->rungs[i].after);
        if (when > made)
            out->at[out->count++] = (struct timer){
                .name = text_print(call->arena, "rung.%.*s.%zu", TEXT_ARG(c->at->name), i + 1),
                .at = when,
                .once = true};
    }
}

/* A reminder that would come before the clock began is none. */
static void add_clock(struct call *call, const struct model *model, const struct record *rec,
                      const struct clock *c, struct waits *out)
{
    int64_t at, began;
    if (!clock__is(c, rec, STANDING_RUNNING) || !clock__at(c, rec, &at))
        return;
    out->at[out->count++] = (struct timer){
        .name = text_print(call->arena, "clock.%.*s", TEXT_ARG(c->at->name)), .at = at};
    for (size_t i = 0; i < c->remind_count && clock__began(call, model, c, rec, &began); i++) {
        int64_t when = clock__later(call, model, c, at, &c->remind[i]);
        if (when > began)
            out->at[out->count++] = (struct timer){
                .name = text_print(call->arena, "remind.%.*s.%zu", TEXT_ARG(c->at->name), i + 1),
                .at = when,
                .once = true};
    }
}

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

/* What comes again waits only while its condition holds: one of several rhythms, of which the
 * others would be refused day by day. */
static bool comes_again(const struct record *rec, const struct move *m)
{
    return !m->when || condition_holds(m->when, of_record, (void *)(uintptr_t)rec);
}

/* fired: needed only of kinds with moves that come again. */
static struct waits waits_of(struct call *call, const struct model *model,
                             const struct record *rec, int64_t since, const struct waits *fired)
{
    const struct kind *k = rec->kind;
    size_t room =
        k->move_count + k->clock_count * (1 + CLOCK_REMINDERS_MOST + CLOCK_RUNGS_MOST) + 2;
    struct waits out = {NEW_MANY(call->arena, room, struct timer), 0};
    for (size_t i = 0; i < k->move_count; i++) {
        const struct move *m = &k->moves[i];
        struct timer t = {.name = m->name, .stay = !m->on.len, .again = m->has_every};
        if (t.again ? comes_again(rec, m) && timer__next(call, model, rec, m,
                                                         last_of(fired, m->name, since), &t.at)
                    : moment_of(call, model, rec, m, since, &t.at))
            out.at[out.count++] = t;
    }
    for (size_t i = 0; i < k->clock_count; i++)
        add_clock(call, model, rec, &k->clocks[i], &out);
    for (size_t i = 0; i < k->clock_count; i++)
        add_rungs(call, model, rec, &k->clocks[i], &out);
    int64_t at;
    if (keep__moment(call, rec, &at))
        out.at[out.count++] = (struct timer){
            .name = text_print(call->arena, "keep.%.*s", TEXT_ARG(k->keep.at->name)), .at = at};
    return out;
}

static const struct timer *named(const struct waits *w, struct text name)
{
    for (size_t i = 0; i < w->count; i++)
        if (text_same(w->at[i].name, name))
            return &w->at[i];
    return NULL;
}

/* ---- what has fired: the versions tell ------------------------------------------------------- */
static enum err fired_of(struct call *call, struct db db, const struct record *rec,
                         struct waits *out)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    TRY(db__rows(call, db,
                 "SELECT body FROM version WHERE kind = $1 AND id = $2 AND body LIKE "
                 "'%\"_timer\":%' ORDER BY version DESC LIMIT 500",
                 values, 2, 500, &rows));
    *out = (struct waits){NEW_MANY(call->arena, rows.count + 1, struct timer), 0};
    for (size_t i = 0; i < rows.count; i++) {
        const struct json *body, *timer;
        struct timer t = {0};
        TRY(json_read(call, row_at(&rows, i)[0].text, &limits, &body));
        timer = json_get(body, "_timer");
        t.name = json_text(json_get(timer, "name"));
        if (moment_read(json_text(json_get(timer, "at")), &t.at))
            out->at[out->count++] = t;
    }
    return OK;
}

static bool has_fired(const struct waits *fired, const struct timer *t)
{
    for (size_t i = 0; i < fired->count; i++)
        if (text_same(fired->at[i].name, t->name) && fired->at[i].at == t->at)
            return true;
    return false;
}

const struct json *timer__fired(struct call *call, const struct change *change)
{
    struct json *v = node__object(call->arena);
    node__add(v, json_of_text(call->arena, change->timer), TEXT("at"), call->arena);
    node__add(v, json_of_text(call->arena, change->move), TEXT("name"), call->arena);
    return v;
}

/* ---- with a version ---------------------------------------------------------------------- */
static enum err put(struct call *call, struct tx *tx, const struct record *rec,
                    const struct timer *t)
{
    struct text when = moment_print(call->arena, t->at);
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_TEXT(t->name),
                             V_TEXT(when)};
    return tx_exec(call, tx,
                   "INSERT INTO timer(kind, id, name, at, next, tries, why) "
                   "VALUES ($1, $2, $3, $4, $4, 0, '')",
                   values, 4, NULL);
}

static enum err put_new(struct writing *w, const struct record *rec, const struct timer *t)
{
    struct waits fired = {0};
    if (t->once)
        TRY(fired_of(w->call, db_tx(w->tx), rec, &fired));
    return has_fired(&fired, t) ? OK : put(w->call, w->tx, rec, t);
}

enum err timer__took(struct writing *w, const struct record *rec, struct text name)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_TEXT(name)};
    return tx_exec(w->call, w->tx, "DELETE FROM timer WHERE kind = $1 AND id = $2 AND name = $3",
                   values, 3, NULL);
}

/* It may now get through where it was refused. */
static enum err try_again(struct writing *w, const struct record *rec, struct text name)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_TEXT(name)};
    return tx_exec(w->call, w->tx,
                   "UPDATE timer SET next = at, tries = 0, why = '' WHERE kind = $1 AND id = $2 "
                   "AND name = $3 AND tries > 0",
                   values, 3, NULL);
}

static enum err stay_began(struct call *call, struct db db, const struct record *rec, int64_t *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    TRY(db__rows(call, db,
                 "SELECT since FROM stay WHERE kind = $1 AND id = $2 AND until IS NULL", values, 2,
                 1, &rows));
    if (!rows.count || !moment_read(rows.cells[0].text, out))
        *out = 0;
    return OK;
}

enum err timer__write(struct writing *w, const struct record *rec, const struct record *before)
{
    const struct model *m = w->records->model;
    struct waits now, then = {0}, fired = {0};
    int64_t since = w->call->now;
    if (!any_timed(rec->kind))
        return OK;
    if (any_again(rec->kind)) {
        TRY(stay_began(w->call, db_tx(w->tx), rec, &since));
        TRY(fired_of(w->call, db_tx(w->tx), rec, &fired));
    }
    now = waits_of(w->call, m, rec, since, &fired);
    if (before)
        then = waits_of(w->call, m, before, since, &fired);
    for (size_t i = 0; i < then.count; i++)
        if (!named(&now, then.at[i].name))
            TRY(timer__took(w, rec, then.at[i].name));
    for (size_t i = 0; i < now.count; i++) {
        const struct timer *t = &now.at[i], *had = named(&then, t->name);
        bool same = had && !t->again && had->at == t->at && (!t->stay || before->state == rec->state);
        if (same) { /* what counts from the stay counts from where that began */
            TRY(try_again(w, rec, t->name));
            continue;
        }
        if (had)
            TRY(timer__took(w, rec, t->name));
        TRY(put_new(w, rec, t));
    }
    return OK;
}

/* ---- from what is there, whole ------------------------------------------------------------ */
enum err timer__of(struct call *call, struct records *r, struct db db, const struct record *rec,
                   struct timer **out, size_t *count)
{
    int64_t since;
    struct waits fired = {0};
    bool once = false;
    *count = 0;
    *out = NULL;
    if (!any_timed(rec->kind))
        return OK;
    TRY(stay_began(call, db, rec, &since));
    if (any_again(rec->kind))
        TRY(fired_of(call, db, rec, &fired));
    struct waits waits = waits_of(call, r->model, rec, since, &fired);
    for (size_t i = 0; i < waits.count; i++)
        once = once || waits.at[i].once;
    if (once && !any_again(rec->kind))
        TRY(fired_of(call, db, rec, &fired));
    *out = waits.at;
    for (size_t i = 0; i < waits.count; i++)
        if (!waits.at[i].once || !has_fired(&fired, &waits.at[i]))
            (*out)[(*count)++] = waits.at[i];
    return OK;
}

static enum err rebuild_page(struct call *call, struct records *r, struct tx *tx,
                             const struct kind *k, struct text *last, size_t *read)
{
    struct record **items;
    TRY(query__page(call, r, db_tx(tx), k, *last, PAGE, &items, read));
    for (size_t i = 0; i < *read; i++) {
        struct timer *timers;
        size_t count;
        TRY(timer__of(call, r, db_tx(tx), items[i], &timers, &count));
        for (size_t n = 0; n < count; n++)
            TRY(put(call, tx, items[i], &timers[n]));
        *last = items[i]->id;
    }
    return OK;
}

enum err timer__rebuild(struct call *call, struct records *r, struct tx *tx)
{
    TRY(tx_exec(call, tx, "DELETE FROM timer", NULL, 0, NULL));
    for (size_t i = 0; i < r->model->kind_count; i++) {
        struct text last = TEXT("");
        size_t read = any_timed(&r->model->kinds[i]) ? PAGE : 0;
        while (read == PAGE) {
            struct arena *page = arena_open();
            struct call *own = call_beside(page, call);
            own->actor = call->actor;
            enum err e = rebuild_page(own, r, tx, &r->model->kinds[i], &last, &read);
            last = text_copy(call->arena, last);
            arena_close(page);
            TRY(e);
        }
    }
    return OK;
}

/* ---- another day ---------------------------------------------------------------------------- */
struct rezone {
    struct records *records;
    const struct zone *zone;
    struct text calendar;
};

/* What tells one version of the rules of every zone from another: a calendar may have its own. */
static struct text rules_of(struct call *call, const struct model *m, const struct zone *zone)
{
    struct text rules = zone_rules(zone);
    for (size_t i = 0; i < m->calendar_count; i++)
        if (m->calendars[i].zone)
            rules = text_print(call->arena, "%.*s %.*s=%.*s", TEXT_ARG(rules),
                               TEXT_ARG(m->calendars[i].name),
                               TEXT_ARG(zone_rules(m->calendars[i].zone)));
    return rules;
}

static enum err rezone(struct job *job, struct call *call, struct tx *tx)
{
    const struct rezone *z = job->arg;
    TRY(epoch__guard(call, tx, z->records));
    call->zone = z->zone;
    TRY(access_zone_write(call, tx, z->records->access, z->zone,
                          rules_of(call, z->records->model, z->zone)));
    TRY(stale__clocks(call, tx, z->records->model));
    return timer__rebuild(call, z->records, tx);
}

enum err record_zone(struct call *call, struct records *r, struct text name)
{
    struct zone *zone;
    TRY(access_zone_load(call, r->access, name, &zone));
    struct rezone z = {.records = r, .zone = zone};
    TRY(store_run(r->store, call, rezone, &z));
    access_zone_use(r->access, zone);
    epoch__due(r); /* not before: what is computed anew is computed by this zone */
    return OK;
}

static enum err recalendar(struct job *job, struct call *call, struct tx *tx)
{
    const struct rezone *z = job->arg;
    TRY(epoch__guard(call, tx, z->records));
    call->calendar = z->calendar;
    TRY(access_calendar_write(call, tx, z->records->access, z->calendar));
    TRY(stale__clocks(call, tx, z->records->model));
    return timer__rebuild(call, z->records, tx);
}

enum err record_calendar(struct call *call, struct records *r, struct text name)
{
    struct rezone z = {.records = r, .calendar = name};
    if (name.len && !model_calendar(r->model, name))
        return problem(call, ERR_INVALID, TEXT("calendar"), "unknown",
                       say(call, "there is no calendar called %.*s"),
                       TEXT_ARG(name));
    TRY(store_run(r->store, call, recalendar, &z));
    access_calendar_use(r->access, name);
    epoch__due(r);
    return OK;
}

enum err timer__keep_zone(struct call *call, struct records *r)
{
    const struct zone *z = access_zone(r->access);
    struct text rules;
    struct reader *db = store_reader(r->store);
    enum err e = meta_read(call, db, "zone.rules", &rules);
    store_return(r->store, db);
    if (e == ERR_MISSING || (e == OK && text_same(rules, rules_of(call, r->model, z))))
        return OK;
    TRY(e);
    return record_zone(call, r, zone_name(z));
}

enum err timer__zone(struct call *call, const struct model *m, struct db db, bool *same)
{
    struct rows name, rules, calendar;
    struct zone *z = NULL;
    *same = true;
    TRY(db__rows(call, db, "SELECT value FROM meta WHERE name = 'zone'", NULL, 0, 1, &name));
    TRY(db__rows(call, db, "SELECT value FROM meta WHERE name = 'zone.rules'", NULL, 0, 1, &rules));
    struct call *quiet = call_beside(call->arena, call);
    if (name.count)
        *same = zone_open(quiet, call->arena, name.cells[0].text, &z) == OK && rules.count &&
                text_same(rules.cells[0].text, rules_of(call, m, z));
    TRY(db__rows(call, db, "SELECT value FROM meta WHERE name = 'calendar'", NULL, 0, 1, &calendar));
    call->zone = z;
    call->calendar = calendar.count ? calendar.cells[0].text : TEXT("");
    return OK;
}

/* ---- firing ---------------------------------------------------------------------------------
 * Another server may have been quicker, or the record may have changed since the row was read: only
 * while the row stands as it was read does the move happen. */
enum err timer__stands(struct writing *w, bool *stands)
{
    struct value values[] = {V_TEXT(w->change->kind->name), V_TEXT(w->change->id),
                             V_TEXT(w->change->move), V_TEXT(w->change->timer)};
    struct rows rows;
    TRY(tx_rows(w->call, w->tx,
                "SELECT 1 FROM timer WHERE kind = $1 AND id = $2 AND name = $3 AND at = $4",
                values, 4, 1, &rows));
    *stands = rows.count > 0;
    return OK;
}

struct refusal {
    struct text kind, id, move, at, next, why;
};

static enum err note(struct job *job, struct call *call, struct tx *tx)
{
    const struct refusal *f = job->arg;
    struct value values[] = {V_TEXT(f->kind), V_TEXT(f->id),   V_TEXT(f->move),
                             V_TEXT(f->at),   V_TEXT(f->next), V_TEXT(f->why)};
    return tx_exec(call, tx,
                   "UPDATE timer SET tries = tries + 1, next = $5, why = $6 WHERE kind = $1 AND "
                   "id = $2 AND name = $3 AND at = $4",
                   values, 6, NULL);
}

/* "needs locked": the codes of what stands in the way; the words are made for whoever asks. */
static struct text codes_of(struct call *call, enum err e)
{
    struct buf b = buf_in(call->arena, 512);
    for (const struct problem *p = call->problems; p; p = p->next) {
        if (b.len + p->code.len + 1 >= 500)
            break;
        if (b.len)
            buf_add_byte(&b, ' ');
        buf_add(&b, p->code);
    }
    return b.len ? buf_text(&b) : text_of(err_code(e));
}

/* One minute, two, four … a day. */
static int64_t patience(int64_t tries)
{
    int64_t wait = MINUTE << (tries > 11 ? 11 : tries < 0 ? 0 : tries);
    return wait > DAY ? DAY : wait;
}

static enum err fire(struct call *call, struct records *r, const struct value *row, size_t *moved)
{
    const struct kind *k = model_kind(r->model, row[0].text);
    struct call *one = call_beside(call->arena, call);
    one->actor = actor_system(one);
    one->id = call->id;
    bool move = text_find(row[2].text, '.') < 0;
    struct change change = {.act = move ? RECORD_MOVE : RECORD_CLOCK,
                            .kind = k,
                            .id = row[1].text,
                            .move = row[2].text,
                            .timer = row[3].text};
    enum err e = k ? record_do(one, r, &change) : ERR_MISSING;
    if (e == OK)
        *moved += !change.unchanged;
    if (e == OK || e == ERR_IO || e == ERR_BUSY)
        return e;
    struct refusal f = {row[0].text,
                        row[1].text,
                        row[2].text,
                        row[3].text,
                        moment_print(call->arena, call->now + patience(row[4].integer)),
                        codes_of(one, e)};
    return store_run(r->store, call, note, &f);
}

enum err record_timed(struct call *call, struct records *r, size_t *moved)
{
    struct text now = moment_print(call->arena, call->now);
    *moved = 0;
    TRY(stale__settle(call, r));
    for (size_t count = PAGE; count == PAGE;) {
        struct arena *page = arena_open();
        struct call *own = call_beside(page, call);
        own->actor = call->actor;
        own->id = call->id;
        struct rows rows;
        struct reader *db = store_reader(r->store);
        enum err e = read_rows(own, db,
                               "SELECT kind, id, name, at, tries FROM timer WHERE next <= $1 "
                               "ORDER BY next LIMIT 200",
                               &V_TEXT(now), 1, PAGE, &rows);
        store_return(r->store, db);
        count = e == OK ? rows.count : 0;
        for (size_t i = 0; e == OK && i < count; i++)
            e = fire(own, r, row_at(&rows, i), moved);
        arena_close(page);
        TRY(e);
    }
    return OK;
}

/* ---- looking --------------------------------------------------------------------------------- */
enum err record_timers(struct call *call, struct reader *db, const struct record *rec,
                       struct timer_view **out, size_t *count)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT name, at, tries, why FROM timer WHERE kind = $1 AND id = $2 ORDER BY at, "
                  "name",
                  values, 2, 64, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct timer_view);
    *count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        const struct move *m = kind_move(rec->kind, row[0].text);
        if (m)
            (*out)[(*count)++] = (struct timer_view){m, row[1].text, row[2].integer, row[3].text};
    }
    return OK;
}

enum err record_stuck(struct call *call, struct reader *db, int64_t *out)
{
    struct rows rows;
    TRY(read_rows(call, db, "SELECT count(*) FROM timer WHERE tries > 0", NULL, 0, 1, &rows));
    *out = rows.cells[0].integer;
    return OK;
}
