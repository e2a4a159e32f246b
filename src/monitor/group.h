/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/group.h — one prediction in its groups: shared by group.c, of rows in memory, and
 * measured.c, of rows that come one after the other. */
#ifndef MONITOR_GROUP_H
#define MONITOR_GROUP_H

#include "monitor/internal.h"

#define GROUP_BY_MOST 5 /* attributes of one intersection */
struct group_of group__new(struct arena *a, struct text name);
void group__count(struct group_of *g, const struct prediction *p);
/* The attributes of "race|sex" in order of their names. */
size_t group__attributes(struct text by, struct text names[GROUP_BY_MOST]);
/* "race=Asian|sex=F"; of one attribute its value alone. */
struct text group__name(struct arena *a, const struct prediction *p, const struct text *by,
                        size_t count, bool *missing);
#endif
