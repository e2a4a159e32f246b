/* SPDX-License-Identifier: Apache-2.0 */
/* work/work.h — timed work: moves whose day has come. Floor 6. */
#ifndef WORK_H
#define WORK_H

#include "base/base.h"
#include "record/record.h"

struct work;
/* A thread that runs timed moves at start and then every `every_us`. Effects are moves through
 * the one door, so running on several nodes at once changes nothing twice. */
MUST_USE enum err work_open(struct call *call, struct epochs *epochs, int64_t every_us,
                            struct work **out);
void work_close(struct work *s);
#endif
