/* SPDX-License-Identifier: Apache-2.0 */
/* api/lanes.c — who may stand behind whom. Each route has a lane (routes.c) and each lane its own
 * threads and queue, so that a page's small questions are answered while passwords are hashed,
 * files arrive and exports are made. Nothing may wait on a thread of the cheap lane: no commit,
 * no hash, no disk but that of a small read. */
#include "api/internal.h"

void api_lanes(int workers, struct net_lane lanes[API_LANES])
{
    const struct net_lane rules[API_LANES] = {
        [LANE_CHEAP - 1] = {"net-cheap", workers, 2048, 0, false},
        [LANE_LIST - 1] = {"net-list", workers < 8 ? workers : 8, 512, 128, false},
        [LANE_DEAR - 1] = {"net-dear", 3, 64, 16, true},
        [LANE_LOGIN - 1] = {"net-login", 2, 64, 32, true},
        [LANE_UPLOAD - 1] = {"net-upload", 2, 64, 32, true},
        [LANE_EVENTS - 1] = {"net-events", 4, 256, 128, true},
    };
    for (size_t i = 0; i < API_LANES; i++)
        lanes[i] = rules[i];
}

bool exchange__in_lane(struct exchange *x, enum lane lane)
{
    return x->request->lane == (size_t)lane - 1;
}

enum err exchange__change_lane(struct exchange *x, enum lane lane)
{
    exchange__give_back(x);
    bool *later = x->later;
    struct records *held = x->records;
    *later = true;
    if (net_change_lane(x->request, (size_t)lane - 1)) {
        epoch_give(held);
        return OK;
    }
    *later = false;
    return problem(
        x->call, ERR_BUSY, TEXT(""), "crowded", "%s",
        say(x->call, "too many requests of this sort are waiting; try again shortly"));
}
