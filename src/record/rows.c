/* SPDX-License-Identifier: Apache-2.0 */
/* record/rows.c — what the rows of one field must be together: of those that say the same in one
 * column, exactly one has a certain value in another. */
#include "record/internal.h"

static struct text cell_of(const struct json *row, struct text column)
{
    for (const struct json *cell = row->first; cell; cell = cell->next)
        if (text_same(cell->key, column))
            return cell->text;
    return (struct text){0};
}

/* How many rows of the same have the value; *first: no row before this one is of the same. */
static size_t count_same(const struct field *f, const struct json *rows, const struct json *one,
                         bool *first)
{
    struct text same = cell_of(one, f->one_for->name);
    size_t count = 0;
    bool before = true;
    *first = true;
    for (const struct json *row = rows->first; row; row = row->next) {
        before = before && row != one;
        if (!text_same(cell_of(row, f->one_for->name), same))
            continue;
        *first = *first && !before;
        count += text_same(cell_of(row, f->one_column->name), f->one_is);
    }
    return count;
}

static struct text value_title(struct call *call, const struct field *f)
{
    const struct option *o = scale_option(f->one_column->scale, f->one_is);
    return o ? words_in(o->title, call->lang) : f->one_is;
}

enum err rows__one(struct call *call, const struct field *f, const struct json *rows)
{
    struct buf wrong = buf_in(call->arena, 8192);
    for (const struct json *one = rows->first; one; one = one->next) {
        bool first;
        if (count_same(f, rows, one, &first) == 1 || !first)
            continue;
        struct text title = cell_of(one, f->one_for->name);
        buf_print(&wrong, "%s%.*s", wrong.len ? say(call, ", ") : "", TEXT_ARG(title));
    }
    if (!wrong.len)
        return OK;
    struct text title = value_title(call, f);
    return problem_at(call, ERR_INVALID, f->name, "one", f->source,
                      text_print(call->arena, say(call, "has not exactly one “%.*s” for: %.*s"),
                                 TEXT_ARG(title), TEXT_ARG(buf_text(&wrong))));
}
