/* SPDX-License-Identifier: Apache-2.0 */
/* api/aside.c — requests that wait for a record to change. Whoever waits holds no thread: the
 * request is put aside and handled from the beginning when the answer is another, or the time
 * is over. So rights are looked at again, too. */
#include "api/internal.h"
#include "oversight/oversight.h"

#include <string.h>

bool aside__is_host(const struct exchange *x)
{
    return x->actor->scopes.len && actor_in_scope(x->actor, TEXT("events"), TEXT(""));
}

enum err aside__read(struct exchange *x, struct aside *out)
{
    int64_t seconds;
    if (x->request->kept) {
        *out = *(const struct aside *)x->request->kept;
        return OK;
    }
    TRY(query__integer(x, "wait", 0, &seconds));
    if (seconds > STOP_WAIT)
        return problem(x->call, ERR_INVALID, TEXT("wait"), "range",
                       say(x->call, "is at most %d seconds"), STOP_WAIT);
    *out = (struct aside){.until = seconds ? clock_ticks() + seconds * 1000000 : 0};
    return OK;
}

static bool again(void *arg)
{
    struct request *r = arg;
    return net_change_lane(r, r->lane);
}

bool aside__put(struct exchange *x, const struct record *rec, const char *mark,
                const struct aside *kept)
{
    struct oversight *o = x->api->oversight;
    struct request *r = x->request;
    struct stop_waiter *place =
        oversight_place(o, x->actor->id, aside__is_host(x) || kept->order.len);
    if (!place)
        return false;
    struct stop_wait w = {.kind = rec->kind->name,
                          .id = rec->id,
                          .until = kept->until,
                          .any = kept->order.len > 0,
                          .again = again,
                          .arg = r};
    memcpy(w.mark, mark, sizeof w.mark);
    struct aside *copy = NEW(r->arena, struct aside);
    *copy = *kept;
    r->kept = copy;
    exchange__give_back(x);
    *x->later = true;
    epoch_give(x->records);
    x->records = NULL;
    oversight_wait(o, place, &w);
    return true;
}
