/* SPDX-License-Identifier: Apache-2.0 */
/* work/letter.h — what a letter says: plain text in the reader's language and zone, with the
 * way to each record. What is confidential or restricted is named by its key alone. */
#ifndef WORK_LETTER_H
#define WORK_LETTER_H

#include "record/record.h"

struct letter_words {
    struct text subject, body;
};
struct letter_reader { /* call->actor sees, call->lang and call->zone are theirs */
    struct text name;
    struct text address; /* of the pages, without a slash at its end */
};
/* Of what they were told. */
struct letter_words letter__of_notices(struct call *call, const struct letter_reader *who,
                                       const struct notice *list, size_t count);
/* Of a morning: what waits for them, then what they were told. */
struct letter_words letter__of_morning(struct call *call, struct records *r, struct reader *db,
                                       const struct letter_reader *who,
                                       const struct todo_list *waits, const struct notice *list,
                                       size_t count);
#endif
