/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/turns.h — between the records that may be somebody's turn (candidates.c), what a
 * move asks (meets.c), who may sign it (signers.c), and those whose turn it is (turns.c). */
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

/* ---- meets.c: what a move asks; each an expression that is true or false, never NULL
 * ------------------ */
/* Does a field of the record `alias`, of kind k, name the value that is bound under $value? */
void sql__holds(struct query *q, const struct kind *k, const char *alias, const struct field *f,
                size_t value);
/* The condition holds for the record t; NULL: always. */
void sql__when(struct query *q, const struct condition *c);
/* " OR …": a field that the move demands is empty, and the state the record is in does not
 * demand it. */
void sql__unfilled(struct query *q, const struct move *m, size_t state);
/* " OR …": a need of the move is not met. */
void sql__unmet(struct query *q, const struct move *m);

/* ---- signers.c: who may sign; t is the record, the person that of `turning`
 * ---------------------------- */
struct turning {
    struct query *q;
    size_t person, self,
        now; /* numbers of the bound values: whose turn; who acts for them, mostly the same */
    const struct turns_query *of;
    const struct waivers *waivers; /* in force today */
};
enum list_of { TURN, CHANGE, DUTY };
/* The person is of this list. */
void turning__matches(struct turning *t, const struct who_list *list, enum list_of of);
/* The person is whose the record is: its owner, else its author. */
void turning__owner(struct turning *t);
/* The person is of those who sign in one step; of a move for just everybody whose the record
 * is. */
void turning__side(struct turning *t, const struct who_list *list);
/* A signature under the move stands; one of the person's, m NULL: under any. */
void turning__is_signed(struct turning *t, const struct move *m);
void turning__signed(struct turning *t, const struct move *m);
/* The person may sign the move now, if nothing is missing for it. */
void turning__signer(struct turning *t, const struct move *m);

#endif
