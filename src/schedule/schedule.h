/* SPDX-License-Identifier: Apache-2.0 */
/* schedule/schedule.h — timed work: moves whose day has come. Floor 5. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "base/base.h"
#include "record/record.h"

struct schedule;
/* A thread that runs timed moves at start and then every `every_us`. Effects are moves through
 * the one door, so running on several nodes at once changes nothing twice. */
MUST_USE enum err schedule_open(struct call *call, struct records *r, int64_t every_us,
                                struct schedule **out);
void schedule_close(struct schedule *s);
#endif
