/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/measured.c — what is asked of the predictions of a period. Of few events they are
 * read; of many what was counted of them is added up: whole months and days from their cells,
 * what they do not tell (the ends of a period inside a day, attributes together, a cell that is
 * too wide) from the rows. Both give the same numbers: states are whole numbers, whatever they
 * are added from. */
#include "monitor/count.h"
#include "monitor/group.h"

#include <string.h>

#define PAGES_MOST READ_MOST /* of one question */

struct sum_by {
    struct text attributes[GROUP_BY_MOST];
    size_t attribute_count;
    struct grouping *out;
    struct group_of other;
};
struct spans LIST_OF(struct window);
struct summing {
    struct call *call;
    struct reader *db;
    int64_t source, told;
    const struct measuring *asked;
    struct counted counted;
    struct measured *out;
    struct sum_by *by;
    bool rows_only;     /* cells do not tell what is asked */
    struct spans spans; /* told from rows */
    struct arena *scrap;
};

/* ---- lists by name, the first ones
 * ------------------------------------------------------------- */
static size_t place_of(const struct text *list, size_t count, struct text name, bool *there)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t half = low + (high - low) / 2;
        if (text_compare(list[half], name) < 0)
            low = half + 1;
        else
            high = half;
    }
    *there = low < count && text_same(list[low], name);
    return low;
}

static void note(struct arena *a, struct text *list, size_t *count, size_t most,
                 struct text name)
{
    bool there;
    size_t at = place_of(list, *count, name, &there);
    if (there || at >= most)
        return;
    *count += *count < most;
    memmove(list + at + 1, list + at, (*count - 1 - at) * sizeof *list);
    list[at] = text_copy(a, name);
}

static void merge_group(struct group_of *into, int64_t n, const struct measure_class *class,
                        const struct measure_regression *regression)
{
    into->n += n;
    if (class)
        measure_class_merge(into->class, class);
    if (regression)
        measure_regression_merge(into->regression, regression);
}

/* The first GROUPS_MOST by name have a place of their own, as in group.c. One that loses it was
 * never among them and will not be again. */
static struct group_of *group_at(struct summing *s, struct sum_by *by, struct text name)
{
    struct grouping *g = by->out;
    size_t low = 0, high = g->count;
    while (low < high) {
        size_t half = low + (high - low) / 2;
        if (text_compare(g->groups[half].name, name) < 0)
            low = half + 1;
        else
            high = half;
    }
    if (low < g->count && text_same(g->groups[low].name, name))
        return &g->groups[low];
    if (g->count == GROUPS_MOST) {
        g->capped = true;
        if (low == g->count)
            return &by->other;
        struct group_of *last = &g->groups[--g->count];
        merge_group(&by->other, last->n, last->class, last->regression);
    }
    memmove(g->groups + low + 1, g->groups + low, (g->count - low) * sizeof *g->groups);
    g->count++;
    g->groups[low] = group__new(s->call->arena, text_copy(s->call->arena, name));
    return &g->groups[low];
}

/* ---- from rows
 * --------------------------------------------------------------------------------- */
static bool wanted(const struct summing *s, struct text version, struct text env)
{
    const struct period *p = &s->asked->period;
    return (!p->version.len || text_same(p->version, version)) &&
           (!p->env.len || text_same(p->env, env));
}

static void note_row(struct summing *s, struct text version)
{
    if (version.len)
        note(s->call->arena, s->out->versions, &s->out->version_count, VERSIONS_MOST, version);
}

static void add_row(struct summing *s, const struct row *r)
{
    struct measured *m = s->out;
    struct prediction p = {.task = r->task,
                           .predicted = r->predicted,
                           .has_score = r->has_score,
                           .score = r->score,
                           .value = r->value,
                           .attributes = r->attributes,
                           .attribute_count = r->attribute_count,
                           .labelled = row__fits(r->task, &r->truth),
                           .label = r->truth.bit,
                           .truth = r->truth.number};
    m->n++;
    m->labelled += p.labelled;
    m->misfits += r->truth.seen && !p.labelled;
    m->revised += r->truth.seen > 1;
    s->told += r->truth.seen > 0;
    note_row(s, r->version);
    for (size_t i = 0; i < r->attribute_count; i++)
        note(s->call->arena, m->attributes, &m->attribute_count, ATTRIBUTES_MOST,
             r->attributes[i].name);
    group__count(&m->all, &p);
    for (size_t i = 0; i < m->by_count; i++) {
        bool missing;
        struct text name =
            group__name(s->scrap, &p, s->by[i].attributes, s->by[i].attribute_count, &missing);
        s->by[i].out->missing += missing;
        group__count(group_at(s, &s->by[i], name), &p);
    }
    if (m->by_count)
        arena_reset(s->scrap);
}

static enum err damaged(struct call *call)
{
    return problem(call, ERR_IO, TEXT(""), "count_damaged", "%s",
                   say(call, "what was counted of the events is not as it was written"));
}

static enum err add_page(struct summing *s, struct arena *own, int64_t block,
                         const struct window *w)
{
    struct call *call = call_beside(own, s->call);
    struct value values[] = {V_INT(s->source), V_INT(block)};
    struct page p = {0};
    struct rows rows;
    TRY(read_rows(call, s->db, "SELECT bytes FROM event_page WHERE source = $1 AND block = $2",
                  values, 2, 1, &rows));
    if (!rows.count || !page__read(own, rows.cells[0].text, &p))
        return damaged(s->call);
    for (size_t i = 0; i < p.rows.count; i++) {
        const struct row *r = &p.rows.at[i];
        if (r->at >= w->from && r->at < w->to && wanted(s, r->version, r->env))
            add_row(s, r);
    }
    return OK;
}

static enum err add_span(struct summing *s, const struct window *w)
{
    struct arena *list = arena_open(), *own = arena_open();
    struct value values[] = {V_INT(s->source), V_INT(cell__day(w->from)),
                             V_INT(cell__day(w->to - 1))};
    struct rows rows;
    enum err e = read_rows(call_beside(list, s->call), s->db,
                           "SELECT block FROM event_page WHERE source = $1 AND last_day >= $2 "
                           "AND first_day <= $3",
                           values, 3, PAGES_MOST, &rows);
    for (size_t i = 0; e == OK && i < rows.count; i++) {
        e = add_page(s, own, row_at(&rows, i)[0].integer, w);
        arena_reset(own);
    }
    arena_close(own);
    arena_close(list);
    return e != ERR_TOO_LARGE
               ? e
               : problem(s->call, e, TEXT("from"), "too_many", "%s",
                         say(s->call, "too many events are read one by one for this: ask for a "
                                      "shorter time"));
}

/* Next to the last one it is one with it. */
static void by_rows(struct summing *s, int64_t from, int64_t to)
{
    if (from >= to)
        return;
    if (s->spans.count && s->spans.at[s->spans.count - 1].to == from)
        s->spans.at[s->spans.count - 1].to = to;
    else
        (void)LIST_ADD(&s->spans, (struct window){from, to});
}

/* ---- from cells
 * -------------------------------------------------------------------------------- */
static const struct cell_attribute *attribute_in(const struct cell_part *p, struct text name)
{
    for (size_t i = 0; i < p->attributes.count; i++)
        if (text_same(p->attributes.at[i].name, name))
            return &p->attributes.at[i];
    return NULL;
}

/* What is in no group is what is left of all. */
static bool add_groups(struct summing *s, struct arena *own, struct sum_by *by,
                       const struct cell_part *p)
{
    const struct cell_attribute *a = attribute_in(p, by->attributes[0]);
    struct group_of rest = group__new(own, TEXT(MEASURE_MISSING_GROUP));
    merge_group(&rest, p->n, p->class, NULL);
    for (size_t i = 0; a && i < a->groups.count; i++) {
        struct cell_group g = a->groups.at[i];
        if (!cell__open(own, &g))
            return false;
        merge_group(group_at(s, by, g.value), g.n, g.class, NULL);
        measure_class_less(rest.class, g.class);
        rest.n -= g.n;
    }
    if (rest.n)
        merge_group(group_at(s, by, rest.name), rest.n, rest.class, NULL);
    by->out->missing += rest.n;
    return true;
}

static bool add_part(struct summing *s, struct arena *own, const struct cell_part *p)
{
    struct measured *m = s->out;
    m->n += p->n;
    m->labelled += p->labelled;
    m->misfits += p->misfits;
    m->revised += p->revised;
    s->told += p->told;
    note_row(s, p->version);
    for (size_t i = 0; i < p->attributes.count; i++)
        note(s->call->arena, m->attributes, &m->attribute_count, ATTRIBUTES_MOST,
             p->attributes.at[i].name);
    merge_group(&m->all, p->n, p->class, p->regression);
    for (size_t i = 0; i < m->by_count; i++)
        if (!add_groups(s, own, &s->by[i], p))
            return false;
    return true;
}

/* *told: the cell has all of it; else the rows have. */
static enum err add_cell(struct summing *s, struct arena *own, enum cell_unit unit, int64_t n,
                         bool *told)
{
    struct value values[] = {V_INT(s->source), V_INT(unit), V_INT(n)};
    struct cell *c = cell__new(own, unit, n);
    struct rows rows;
    *told = true;
    TRY(read_rows(call_beside(own, s->call), s->db,
                  "SELECT bytes FROM event_cell WHERE source = $1 AND unit = $2 AND n = $3",
                  values, 3, 1, &rows));
    if (!rows.count)
        return OK;
    if (!cell__read(own, rows.cells[0].text, c))
        return damaged(s->call);
    *told = !c->wide;
    for (size_t i = 0; i < c->parts.count; i++)
        if (wanted(s, c->parts.at[i].version, c->parts.at[i].env) &&
            !add_part(s, own, &c->parts.at[i]))
            return damaged(s->call);
    return OK;
}

static enum err add_days(struct summing *s, struct arena *own, int64_t from, int64_t to)
{
    for (int64_t day = from; day < to; day++) {
        bool told;
        TRY(add_cell(s, own, CELL_DAY, day, &told));
        if (!told)
            by_rows(s, day * DAY_US, (day + 1) * DAY_US);
        arena_reset(own);
    }
    return OK;
}

/* Of a month what lies in from <= day < to. */
static enum err add_month(struct summing *s, struct arena *own, int64_t n, int64_t from,
                          int64_t to)
{
    int64_t first = cell__first_day(CELL_MONTH, n), next = cell__first_day(CELL_MONTH, n + 1);
    bool told = false;
    if (from <= first && next <= to)
        TRY(add_cell(s, own, CELL_MONTH, n, &told));
    arena_reset(own);
    return told ? OK : add_days(s, own, from > first ? from : first, to < next ? to : next);
}

#define MONTHS_MOST 5000

static enum err add_cells(struct summing *s, int64_t from, int64_t to)
{
    struct arena *own = arena_open();
    struct value values[] = {V_INT(s->source), V_INT(CELL_MONTH),
                             V_INT(cell__of(CELL_MONTH, from)),
                             V_INT(cell__of(CELL_MONTH, to))};
    struct rows rows;
    enum err e = read_rows(s->call, s->db,
                           "SELECT n FROM event_cell WHERE source = $1 AND unit = $2 AND n >= "
                           "$3 AND n <= $4 ORDER BY n",
                           values, 4, MONTHS_MOST, &rows);
    for (size_t i = 0; e == OK && i < rows.count; i++)
        e = add_month(s, own, row_at(&rows, i)[0].integer, from, to);
    arena_close(own);
    return e;
}

/* ---- all of it
 * --------------------------------------------------------------------------------- */
#define EVER (INT64_C(1) << 61) /* more than any moment */

static enum err sum_period(struct summing *s)
{
    int64_t from = s->asked->period.from, to = s->asked->period.to ? s->asked->period.to : EVER;
    int64_t first = cell__day(from - 1) + 1, next = cell__day(to); /* whole days */
    if (s->rows_only || first >= next) {
        by_rows(s, from, to);
    } else {
        by_rows(s, from, first * DAY_US);
        TRY(add_cells(s, first, next));
        by_rows(s, next * DAY_US, to);
    }
    for (size_t i = 0; i < s->spans.count; i++)
        TRY(add_span(s, &s->spans.at[i]));
    return s->spans.full ? damaged(s->call) : OK;
}

static void open_by(struct summing *s)
{
    struct arena *a = s->call->arena;
    struct measured *m = s->out;
    m->by_count = s->asked->by_count;
    m->by = NEW_MANY(a, m->by_count + 1, struct grouping);
    s->by = NEW_MANY(a, m->by_count + 1, struct sum_by);
    for (size_t i = 0; i < m->by_count; i++) {
        struct sum_by *by = &s->by[i];
        m->by[i] = (struct grouping){.by = s->asked->by[i],
                                     .groups = NEW_MANY(a, GROUPS_MOST + 2, struct group_of)};
        by->out = &m->by[i];
        by->other = group__new(a, TEXT("(other)"));
        by->attribute_count = group__attributes(s->asked->by[i], by->attributes);
        s->rows_only |= by->attribute_count != 1;
    }
}

static enum err sum_counted(struct call *call, struct reader *db, int64_t source,
                            const struct measuring *asked, const struct counted *c,
                            struct measured *out)
{
    struct summing s = {.call = call,
                        .db = db,
                        .source = source,
                        .asked = asked,
                        .counted = *c,
                        .out = out,
                        .spans = LIST_IN(call->arena, 200000),
                        .scrap = arena_open()};
    out->counted = true;
    out->until = c->at;
    out->left = asked->events - c->predictions - c->labels - c->others;
    out->left = out->left > 0 ? out->left : 0;
    out->versions = NEW_MANY(call->arena, VERSIONS_MOST + 1, struct text);
    out->attributes = NEW_MANY(call->arena, ATTRIBUTES_MOST + 1, struct text);
    out->all = group__new(call->arena, TEXT(""));
    open_by(&s);
    enum err e = sum_period(&s);
    out->orphans = c->told - s.told;
    for (size_t i = 0; i < out->by_count; i++)
        if (out->by[i].capped)
            out->by[i].groups[out->by[i].count++] = s.by[i].other;
    arena_close(s.scrap);
    return e;
}

/* ---- from the events
 * --------------------------------------------------------------------------- */
static void sum_seen(struct call *call, const struct measuring *asked,
                     const struct observed *seen, struct measured *out)
{
    out->n = (int64_t)seen->count;
    out->misfits = seen->misfits;
    out->revised = seen->revised;
    out->orphans = seen->orphans;
    out->removed_before = seen->removed_before;
    out->versions = seen->versions;
    out->version_count = seen->version_count;
    out->attributes = NEW_MANY(call->arena, ATTRIBUTES_MOST + 1, struct text);
    monitor_all(call, seen, &out->all);
    for (size_t i = 0; i < seen->count; i++) {
        const struct prediction *p = &seen->rows[i];
        out->labelled += p->labelled;
        for (size_t n = 0; n < p->attribute_count; n++)
            if (out->attribute_count < ATTRIBUTES_MOST &&
                !text_among(out->attributes, out->attribute_count, p->attributes[n].name))
                out->attributes[out->attribute_count++] = p->attributes[n].name;
    }
    out->by_count = asked->by_count;
    out->by = NEW_MANY(call->arena, out->by_count + 1, struct grouping);
    for (size_t i = 0; i < out->by_count; i++)
        monitor_group(call, seen, asked->by[i], &out->by[i]);
}

/* While more than one in twenty is not counted yet the events are read, when they can be. */
static bool is_ready(const struct measuring *asked, const struct counted *c)
{
    int64_t left = asked->events - c->predictions - c->labels - c->others;
    bool enough = left * 20 <= asked->events || asked->events > OBSERVE_MOST;
    return c->there && !c->again && c->block > 0 && (enough || asked->from == FROM_COUNTED);
}

/* One moment for all of it: who counts goes on meanwhile. *ready: false, and nothing is done.
 */
static enum err measure_counted(struct call *call, struct reader *db, int64_t source,
                                const struct measuring *asked, struct counted *c, bool *ready,
                                struct measured *out)
{
    TRY(read_begin(call, db));
    enum err e = count__about(call, db, source, c);
    *ready = e == OK && is_ready(asked, c);
    if (*ready)
        e = sum_counted(call, db, source, asked, c, out);
    read_end(db);
    return e;
}

enum err monitor_measure(struct call *call, struct reader *db, int64_t source,
                         const struct measuring *asked, struct observed *seen,
                         struct measured *out)
{
    struct counted c = {0};
    struct period period = asked->period;
    bool ready = false;
    *out = (struct measured){0};
    *seen = (struct observed){0};
    bool many = asked->events > CELLS_FROM || asked->from == FROM_COUNTED;
    if (source && many && asked->from != FROM_EVENTS)
        TRY(measure_counted(call, db, source, asked, &c, &ready, out));
    period.others_after = ready ? c.block : 0;
    if (source)
        TRY(monitor_observe(call, db, source, &period, seen));
    if (ready)
        out->removed_before = seen->removed_before;
    else
        sum_seen(call, asked, seen, out);
    return OK;
}
