/* SPDX-License-Identifier: Apache-2.0 */
/* cli/demo_live.h — the events of a demo organisation. */
#ifndef CLI_DEMO_LIVE_H
#define CLI_DEMO_LIVE_H

#include "record/record.h"

/* What the system with that key sent on that day (from today: -90) by the recipe `stream` of
 * the script, and the labels that came in on it; docs/model.md §1 says what a recipe says. As
 * who acts, received at call->now; `now`: the moment the demo is made. */
MUST_USE enum err demo_live_day(struct call *call, struct records *r, const struct json *stream,
                                struct text key, int64_t day, int64_t now);
#endif
