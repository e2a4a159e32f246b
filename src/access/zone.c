/* SPDX-License-Identifier: Apache-2.0 */
/* access/zone.c — the time zone of the organisation: whose day "today" is. A fact of the store, in the
 * ledger, with the version of the rules its moments were made by. */
#include "access/internal.h"

enum err access__zone_open(struct call *call, struct access *a)
{
    struct text name;
    struct zone *z = NULL;
    struct reader *r = store_reader(a->store);
    enum err e = meta_read(call, r, "zone", &name);
    store_return(a->store, r);
    if (e == ERR_MISSING)
        return OK;
    TRY(e);
    TRY(zone_open(call, a->zone_arena, name, &z));
    atomic_store(&a->zone, z);
    return OK;
}

const struct zone *access_zone(const struct access *a)
{
    return atomic_load(&a->zone);
}

enum err access_zone_load(struct call *call, struct access *a, struct text name, struct zone **out)
{
    enum err e;
    pthread_mutex_lock(&a->first_lock); /* an arena is for one thread at a time */
    e = zone_open(call, a->zone_arena, name, out);
    pthread_mutex_unlock(&a->first_lock);
    return e;
}

enum err access_zone_write(struct call *call, struct tx *tx, struct access *a,
                           const struct zone *z)
{
    TRY(access__fact(call, tx, a, "zone", zone_name(z)));
    return access__fact(call, tx, a, "zone.rules", zone_rules(z));
}

void access_zone_use(struct access *a, const struct zone *z)
{
    atomic_store(&a->zone, z);
}
