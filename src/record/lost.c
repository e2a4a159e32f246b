/* SPDX-License-Identifier: Apache-2.0 */
/* record/lost.c — in which order what waits for somebody is shown: by what is lost by waiting.
 * The one place where that order is; pages and programs take it from here. */
#include "record/record.h"

#include <stdlib.h>

enum loss todo_loss(const struct todo *t, struct text today)
{
    int order = t->due.len ? text_compare(t->due, today) : 1;
    if (t->law == 2)
        return LOSS_LAW;
    if (t->overdue || order < 0)
        return LOSS_OVERDUE;
    if (order == 0 || t->law == 1)
        return LOSS_TODAY;
    return t->blocks || t->holds_up ? LOSS_BLOCKS : LOSS_REST;
}

const char *loss_word(enum loss l)
{
    static const char *const words[] = {"law", "overdue", "today", "blocks", "rest"};
    return words[l];
}

struct placed {
    enum loss loss;
    struct todo todo;
};

static int by_loss(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;
    if (a->loss != b->loss)
        return a->loss < b->loss ? -1 : 1;
    if (!a->todo.due.len != !b->todo.due.len)
        return a->todo.due.len ? -1 : 1;
    int order = text_compare(a->todo.due, b->todo.due);
    return order ? order : text_compare(a->todo.ref.key, b->todo.ref.key);
}

void todo_order(struct arena *a, struct todo *items, size_t count, struct text today)
{
    struct placed *placed = NEW_MANY(a, count + 1, struct placed);
    for (size_t i = 0; i < count; i++)
        placed[i] = (struct placed){todo_loss(&items[i], today), items[i]};
    if (count > 1)
        qsort(placed, count, sizeof *placed, by_loss);
    for (size_t i = 0; i < count; i++)
        items[i] = placed[i].todo;
}
