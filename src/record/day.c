/* SPDX-License-Identifier: Apache-2.0 */
/* record/day.c — zone and calendar when another server on the same database chose them. They
 * are kept in memory, since every call needs them, and the store has the last word: it is asked
 * every second, and by the writer before it writes after anybody else did. So nothing is
 * written, and no clock is computed, by a zone that was given up. */
#include "record/internal.h"

struct chosen { /* what the store says */
    struct text zone, calendar;
};

static enum err read_chosen(struct call *call, struct db db, struct chosen *out)
{
    struct rows rows;
    *out = (struct chosen){.zone = TEXT("UTC"), .calendar = TEXT("")};
    TRY(db__rows(call, db,
                 "SELECT name, value FROM meta WHERE name = 'calendar' OR name = 'zone'", NULL,
                 0, 2, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        *(text_is(row[0].text, "zone") ? &out->zone : &out->calendar) = row[1].text;
    }
    return OK;
}

static bool as_kept(const struct records *r, const struct chosen *c)
{
    return text_same(c->zone, zone_name(access_zone(r->access))) &&
           text_same(c->calendar, access_calendar(r->access));
}

/* Its timers and clocks were put right by the server that chose it: only what is kept here
 * follows. */
static enum err use(struct call *call, struct records *r, const struct chosen *c)
{
    struct zone *zone;
    if (!text_same(c->zone, zone_name(access_zone(r->access)))) {
        TRY(access_zone_load(call, r->access, c->zone, &zone));
        access_zone_use(r->access, zone);
    }
    if (!text_same(c->calendar, access_calendar(r->access)))
        access_calendar_use(r->access, c->calendar);
    log_line(LOG_INFO, "day", "zone=%.*s calendar=%.*s followed=true",
             TEXT_ARG(log_value(call->arena, c->zone)),
             TEXT_ARG(log_value(call->arena, c->calendar)));
    return OK;
}

enum err day__follow(struct call *call, struct tx *tx, struct records *r)
{
    struct chosen c;
    TRY(read_chosen(call, db_tx(tx), &c));
    return as_kept(r, &c) ? OK : use(call, r, &c);
}

static enum err follow(struct job *job, struct call *call, struct tx *tx)
{
    return day__follow(call, tx, job->arg);
}

enum err record_follow_day(struct call *call, struct records *r)
{
    struct chosen c;
    struct reader *db = store_reader(r->store);
    enum err e = read_chosen(call, db_reader(db), &c);
    store_return(r->store, db);
    /* Taken over in the order in which the writer works: what was chosen here meanwhile is
     * newer. */
    return e != OK || as_kept(r, &c) ? e : store_run(r->store, call, follow, r);
}
