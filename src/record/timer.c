/* SPDX-License-Identifier: Apache-2.0 */
/* record/timer.c — moves that the engine makes when their moment comes.
 * A row of `timer` for each such move of a record in its state: a projection of the versions, written
 * with them. It fires inside the transaction of the move, which takes the row away: once, over
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
    for (size_t i = 0; i < k->move_count; i++)
        if (is_timed(&k->moves[i]))
            return true;
    return false;
}

static bool same_wait(const struct move *a, const struct move *b)
{
    return b && text_same(a->on, b->on) && a->from == b->from && a->has_after == b->has_after &&
           text_same(a->plus.said, b->plus.said) && text_same(a->after.said, b->after.said);
}

/* Every timed move of a is one of b. */
static bool waits_in(const struct model *a, const struct model *b)
{
    for (size_t i = 0; i < a->kind_count; i++) {
        const struct kind *k = &a->kinds[i], *other = model_kind(b, k->name);
        for (size_t j = 0; j < k->move_count; j++)
            if (is_timed(&k->moves[j]) &&
                !(other && same_wait(&k->moves[j], kind_move(other, k->moves[j].name))))
                return false;
    }
    return true;
}

bool timer__same_moves(const struct model *a, const struct model *b)
{
    return waits_in(a, b) && waits_in(b, a);
}

/* The moment for which a record in its state waits; false: for none. */
static bool moment_of(const struct call *call, const struct record *rec, const struct move *m,
                      int64_t since, int64_t *out)
{
    int64_t days;
    if (!is_timed(m) || !(m->from >> rec->state & 1))
        return false;
    if (!m->on.len) {
        *out = duration_after(since, &m->after, call->zone);
        return true;
    }
    const struct json *v = record_value(rec, m->on);
    if (!v || v->type != JSON_TEXT)
        return false;
    if (date_read(v->text, &days))
        *out = zone_day_start(call->zone, days);
    else if (!moment_read(v->text, out))
        return false;
    *out = duration_after(*out, &m->plus, call->zone);
    return true;
}

/* ---- with a version ---------------------------------------------------------------------- */
static enum err put(struct call *call, struct tx *tx, const struct record *rec,
                    const struct move *m, int64_t at)
{
    struct text when = moment_print(call->arena, at);
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_TEXT(m->name),
                             V_TEXT(when)};
    return tx_exec(call, tx,
                   "INSERT INTO timer(kind, id, name, at, next, tries, why) "
                   "VALUES ($1, $2, $3, $4, $4, 0, '')",
                   values, 4, NULL);
}

static enum err take(struct writing *w, const struct record *rec, const struct move *m)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_TEXT(m->name)};
    return tx_exec(w->call, w->tx, "DELETE FROM timer WHERE kind = $1 AND id = $2 AND name = $3",
                   values, 3, NULL);
}

/* It may now get through where it was refused. */
static enum err try_again(struct writing *w, const struct record *rec, const struct move *m)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_TEXT(m->name)};
    return tx_exec(w->call, w->tx,
                   "UPDATE timer SET next = at, tries = 0, why = '' WHERE kind = $1 AND id = $2 "
                   "AND name = $3 AND tries > 0",
                   values, 3, NULL);
}

enum err timer__write(struct writing *w, const struct record *rec, const struct record *before)
{
    for (size_t i = 0; i < rec->kind->move_count; i++) {
        const struct move *m = &rec->kind->moves[i];
        int64_t now = 0, then = 0;
        bool stays = before && before->state == rec->state;
        if (!is_timed(m))
            continue;
        bool has = moment_of(w->call, rec, m, w->call->now, &now);
        bool had = before && moment_of(w->call, before, m, w->call->now, &then);
        if (has && had && stays && now == then) { /* `after` counts from where the stay began */
            TRY(try_again(w, rec, m));
            continue;
        }
        if (had)
            TRY(take(w, rec, m));
        if (has)
            TRY(put(w->call, w->tx, rec, m, now));
    }
    return OK;
}

/* ---- from what is there, whole ------------------------------------------------------------ */
enum err timer__of(struct call *call, struct db db, const struct record *rec,
                   struct timer **out, size_t *count)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    int64_t since = 0;
    *count = 0;
    *out = NEW_MANY(call->arena, rec->kind->move_count + 1, struct timer);
    if (!any_timed(rec->kind))
        return OK;
    TRY(db__rows(call, db,
                 "SELECT since FROM stay WHERE kind = $1 AND id = $2 AND until IS NULL", values, 2,
                 1, &rows));
    if (rows.count && !moment_read(rows.cells[0].text, &since))
        since = 0;
    for (size_t i = 0; i < rec->kind->move_count; i++) {
        const struct move *m = &rec->kind->moves[i];
        int64_t at;
        if (moment_of(call, rec, m, since, &at))
            (*out)[(*count)++] = (struct timer){m, at};
    }
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
        TRY(timer__of(call, db_tx(tx), items[i], &timers, &count));
        for (size_t n = 0; n < count; n++)
            TRY(put(call, tx, items[i], timers[n].move, timers[n].at));
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
};

static enum err rezone(struct job *job, struct call *call, struct tx *tx)
{
    const struct rezone *z = job->arg;
    TRY(epoch__guard(call, tx, z->records));
    call->zone = z->zone;
    TRY(access_zone_write(call, tx, z->records->access, z->zone));
    return timer__rebuild(call, z->records, tx);
}

enum err record_zone(struct call *call, struct records *r, struct text name)
{
    struct zone *zone;
    TRY(access_zone_load(call, r->access, name, &zone));
    struct rezone z = {r, zone};
    TRY(store_run(r->store, call, rezone, &z));
    access_zone_use(r->access, zone);
    return OK;
}

enum err timer__keep_zone(struct call *call, struct records *r)
{
    const struct zone *z = access_zone(r->access);
    struct text rules;
    struct reader *db = store_reader(r->store);
    enum err e = meta_read(call, db, "zone.rules", &rules);
    store_return(r->store, db);
    if (e == ERR_MISSING || (e == OK && text_same(rules, zone_rules(z))))
        return OK;
    TRY(e);
    return record_zone(call, r, zone_name(z));
}

enum err timer__zone(struct call *call, struct db db, bool *same)
{
    struct rows name, rules;
    struct zone *z = NULL;
    *same = true;
    TRY(db__rows(call, db, "SELECT value FROM meta WHERE name = 'zone'", NULL, 0, 1, &name));
    TRY(db__rows(call, db, "SELECT value FROM meta WHERE name = 'zone.rules'", NULL, 0, 1, &rules));
    struct call *quiet = call_beside(call->arena, call);
    if (name.count)
        *same = zone_open(quiet, call->arena, name.cells[0].text, &z) == OK && rules.count &&
                text_same(rules.cells[0].text, zone_rules(z));
    call->zone = z;
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
    struct change change = {.act = RECORD_MOVE,
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
