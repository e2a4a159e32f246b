/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/turns.h — between the records that may be somebody's turn (candidates.c) and those that are
 * (turns.c). */
#ifndef RECORD_QUERY_TURNS_H
#define RECORD_QUERY_TURNS_H

#include "record/query/statement.h"

struct candidates;
/* Lives in the arena of the call. */
MUST_USE enum err candidates__open(struct call *call, struct records *r, struct reader *db,
                                   const struct turns_query *of, struct candidates **out);
/* The next of them, at most so many: place ("risk.analysed"), id, day, key; none
 * at the end. */
MUST_USE enum err candidates__next(struct candidates *c, size_t most, struct rows *out);

#endif
