/* SPDX-License-Identifier: Apache-2.0 */
/* access/zone.c — the time the organisation works by: its time zone, whose day "today" is, and the calendar
 * by which working days count. Facts of the store, in the ledger; of the zone with the version of the rules
 * its moments were made by. */
#include "access/internal.h"

static enum err calendar_open(struct call *call, struct access *a)
{
    struct text name;
    struct reader *r = store_reader(a->store);
    enum err e = meta_read(call, r, "calendar", &name);
    store_return(a->store, r);
    if (e == OK)
        access_calendar_use(a, name);
    return e == ERR_MISSING ? OK : e;
}

enum err access__zone_open(struct call *call, struct access *a)
{
    struct text name;
    struct zone *z = NULL;
    struct reader *r = store_reader(a->store);
    enum err e = meta_read(call, r, "zone", &name);
    store_return(a->store, r);
    if (e == ERR_MISSING)
        return calendar_open(call, a);
    TRY(e);
    TRY(zone_open(call, a->lasting, name, &z));
    atomic_store(&a->zone, z);
    return calendar_open(call, a);
}

const struct zone *access_zone(const struct access *a)
{
    return atomic_load(&a->zone);
}

enum err access_zone_load(struct call *call, struct access *a, struct text name, struct zone **out)
{
    enum err e;
    pthread_mutex_lock(&a->first_lock); /* an arena is for one thread at a time */
    e = zone_open(call, a->lasting, name, out);
    pthread_mutex_unlock(&a->first_lock);
    return e;
}

enum err access_zone_write(struct call *call, struct tx *tx, struct access *a,
                           const struct zone *z, struct text rules)
{
    TRY(access__fact(call, tx, a, "zone", zone_name(z)));
    return access__fact(call, tx, a, "zone.rules", rules);
}

void access_zone_use(struct access *a, const struct zone *z)
{
    atomic_store(&a->zone, z);
}

struct text access_calendar(const struct access *a)
{
    const struct text *name = atomic_load(&a->calendar);
    return name == NULL ? TEXT("") : *name;
}

enum err access_calendar_write(struct call *call, struct tx *tx, struct access *a,
                               struct text name)
{
    return access__fact(call, tx, a, "calendar", name);
}

void access_calendar_use(struct access *a, struct text name)
{
    pthread_mutex_lock(&a->first_lock);
    struct text *kept = NEW(a->lasting, struct text);
    *kept = text_copy(a->lasting, name);
    pthread_mutex_unlock(&a->first_lock);
    atomic_store(&a->calendar, kept);
}

void access_place(struct call *call, const struct access *a)
{
    call->zone = access_zone(a);
    call->calendar = access_calendar(a);
}
