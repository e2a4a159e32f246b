/* SPDX-License-Identifier: Apache-2.0 */
/* assure/gaps.c — what an auditor would miss: each reason for which a check fails, and each
 * check that finds nothing to look at although a row waits for it; the gravest first. It judges
 * nothing: what weighs how much follows from the gates. */
#include "assure/internal.h"

#include <stdlib.h>

/* ---- how grave --------------------------------------------------------------------------- */
int assure_needs(const struct readiness *r, const struct row_readiness *row)
{
    const struct readiness_method *m = r->method->readiness;
    bool registered = text_same(row->row->type, r->framework->register_rows);
    return (int)(r->framework->level_count && registered ? m->registered : m->rows);
}

static bool proves_up_to(const struct check *c, const struct requirement *row, int64_t level)
{
    for (size_t i = 0; i < c->prove_count; i++)
        if (c->proves[i].row == row && c->proves[i].level <= level)
            return true;
    return false;
}

static bool keeps_shut(const struct readiness *r, const struct gate *g, const struct check *c)
{
    const struct readiness_method *m = r->method->readiness;
    for (size_t i = 0; i < g->count; i++) {
        const struct requirement *row = g->failing[i].row;
        int64_t need = g == &r->stage2       ? m->rows
                       : row && row->records ? m->records
                                             : m->documented;
        if (g->failing[i].check == c || (row && proves_up_to(c, row, need)))
            return true;
    }
    return false;
}

static enum gap_weight weigh(const struct readiness *r, const struct check_result *c)
{
    if (c->check->must && c->state == CHECK_FAIL)
        return GAP_BLOCKS;
    if (keeps_shut(r, &r->stage1, c->check))
        return GAP_STAGE1;
    return keeps_shut(r, &r->stage2, c->check) ? GAP_STAGE2 : GAP_OTHER;
}

/* How much hangs on it: the weights of the rows that it proves. */
static int64_t hangs_on(const struct readiness *r, const struct check *c)
{
    int64_t sum = 0;
    for (size_t i = 0; i < r->row_count; i++)
        if (r->rows[i].applicable && proves_up_to(c, r->rows[i].row, LEVEL_TOP))
            sum += r->rows[i].weight;
    return sum;
}

/* ---- one check --------------------------------------------------------------------------- */
struct found {
    struct arena *arena;
    const struct readiness *ready;
    struct gap *gaps;
    size_t count;
};

static struct gap *add(struct found *f, const struct check_result *c, const struct fix *fix)
{
    struct gap *g = &f->gaps[f->count];
    *g = (struct gap){.result = c, .fix = fix, .place = f->count++};
    g->weight = weigh(f->ready, c);
    g->rows_weigh = hangs_on(f->ready, c->check);
    return g;
}

/* The records of one reason, each once. */
static void add_reason(struct found *f, const struct check_result *c, size_t reason)
{
    struct map *seen = map_in(f->arena);
    struct breaking *records = NEW_MANY(f->arena, c->record_count + 1, struct breaking);
    size_t count = 0;
    for (size_t i = 0; i < c->record_count; i++) {
        const struct breaking *b = &c->records[i];
        struct text id = text_print(f->arena, "%.*s %.*s", TEXT_ARG(b->kind), TEXT_ARG(b->id));
        if (!text_same(b->reason, c->check->reasons[reason].code) || !map_add(seen, id, i))
            continue;
        records[count++] = *b;
    }
    if (!count)
        return;
    struct gap *g = add(f, c, &c->check->reasons[reason].fix);
    g->reason = c->check->reasons[reason].code;
    g->say = c->check->reasons[reason].words;
    g->records = records;
    g->record_count = count;
}

static void add_failing(struct found *f, const struct check_result *c)
{
    static const struct fix none;
    for (size_t i = 0; i < c->check->reason_count; i++)
        add_reason(f, c, i);
    if (!c->record_count) /* too many to name */
        add(f, c, &none)->say = c->check->title;
}

/* What finds nothing is a gap where a row cannot do without it. */
static void add_nothing(struct found *f, const struct check_result *c)
{
    if (!c->check->nothing.there || weigh(f->ready, c) == GAP_OTHER)
        return;
    add(f, c, &c->check->nothing)->say = c->check->nothing.say;
}

static int worst_first(const void *left, const void *right)
{
    const struct gap *a = left, *b = right;
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    if (a->rows_weigh != b->rows_weigh)
        return a->rows_weigh > b->rows_weigh ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* A check of no row is told when it fails. */
static enum err look(struct call *call, struct runs *runs, struct records *r, struct reader *db,
                     const struct check *c, struct found *f)
{
    const struct check_result *kept = assure__result(f->ready, c->name);
    struct check_result *now = NEW(call->arena, struct check_result);
    if (!kept && c->prove_count)
        return OK; /* of another framework */
    if (kept && kept->state == CHECK_PASS)
        return OK;
    if (kept && kept->state == CHECK_NO_DATA) {
        add_nothing(f, kept);
        return OK;
    }
    TRY(assure_kept_check(call, runs, r, db, c, now));
    if (now->state == CHECK_FAIL)
        add_failing(f, now);
    return OK;
}

enum err assure_gaps(struct call *call, struct runs *runs, struct records *r, struct reader *db,
                     const struct readiness *ready, struct gap **out, size_t *count)
{
    const struct model *m = access_model(record_access(r));
    size_t room = 1;
    for (size_t i = 0; i < m->check_count; i++)
        room += m->checks[i].reason_count + 1;
    struct found f = {.arena = call->arena, .ready = ready};
    f.gaps = NEW_MANY(call->arena, room, struct gap);
    for (size_t i = 0; i < m->check_count; i++)
        TRY(look(call, runs, r, db, &m->checks[i], &f));
    if (f.count > 1)
        qsort(f.gaps, f.count, sizeof *f.gaps, worst_first);
    *out = f.gaps;
    *count = f.count;
    return OK;
}
