/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/recount.c — what is counted against the events. Pages are made anew from the blocks,
 * a window of predictions at a time with all labels of the source; they must be those that are
 * kept, byte for byte. Cells are then made anew from the pages, so many days or months at a
 * time. */
#include "monitor/count.h"

#include <stdarg.h>
#include <stdio.h>

static const struct json_limits line_limits = {2 * EVENT_LINE, 16, 8000};

#define WINDOW 300000 /* predictions in memory */
#define CELLS 12      /* cells in memory */

struct recount {
    struct call *call; /* of the whole; findings live there */
    struct reader *db;
    struct verification *out;
    int64_t source, first;
    struct text kind, record;
    struct counted counted;
    int64_t predictions, labels, others; /* seen; of the labels: */
    int64_t given, told;                 /* to predictions; predictions that have some */
    int64_t early, early_labels;
    unsigned char *labelled; /* of each block from the first on, once it was looked at: */
};
enum { HAS_LABELS = 1, HAS_NONE = 2 };

PRINTF_LIKE(3, 4) static void found(struct recount *c, const char *table, const char *format, ...)
{
    char what[300];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(what, sizeof what, format, list);
    va_end(list);
    verification_add(c->call, c->out,
                     text_print(c->call->arena, "%s of %.*s %.*s", table, TEXT_ARG(c->kind), TEXT_ARG(c->record)),
                     "%s", what);
}

/* ---- lines
 * ------------------------------------------------------------------------------------- */
typedef void line_seen(void *arg, const struct json *line, struct text kind, int64_t at,
                       int64_t place);

/* `must`: a text that a line must have to be looked at, "" none; an escape in a line may hide
 * it.
 */
static enum err each_line(struct recount *c, int64_t block, struct text must, line_seen *seen,
                          void *arg)
{
    struct arena *own = arena_open(), *scrap = arena_open();
    struct call *call = call_beside(own, c->call);
    struct journal_block b;
    const struct json *v;
    int64_t at;
    enum err e = journal_block(call, c->db, c->source, block, &b);
    for (int64_t place = 0; e == OK && b.lines.len; place++) {
        struct text line = text_cut(&b.lines, '\n');
        if (must.len && text_search(line, must) < 0 && text_find(line, '\\') < 0)
            continue;
        if (json_read(call_beside(scrap, call), line, &line_limits, &v) == OK &&
            moment_read(json_text(json_get(v, "ts")), &at))
            seen(arg, v, json_text(json_get(v, "kind")), at, place);
        arena_reset(scrap);
    }
    arena_close(scrap);
    arena_close(own);
    return e == ERR_IO || e == ERR_MISSING ? OK : e; /* journal_verify says so */
}

/* ---- a window of pages
 * ------------------------------------------------------------------------- */
struct view {
    struct recount *c;
    struct arena *arena;
    struct map *known, *ids; /* id → place of its prediction */
    struct texts LIST_OF(struct text) texts;
    struct pages LIST_OF(struct page *) pages;
    struct where LIST_OF(struct row_at {
        struct page *page;
        size_t row;
    }) where;
    struct page *page; /* being filled */
    bool other, label; /* the block has such */
};

static struct text keep(struct view *w, struct text t)
{
    size_t at;
    if (map_find(w->known, t, &at))
        return w->texts.at[at];
    struct text own = text_copy(w->arena, t);
    at = w->texts.count;
    if (LIST_ADD(&w->texts, own))
        (void)map_add(w->known, own, at);
    return own;
}

static void take_row(void *arg, const struct json *line, struct text kind, int64_t at,
                     int64_t place)
{
    struct view *w = arg;
    struct row r;
    bool label = text_is(kind, "label");
    w->c->labels += label;
    if (!text_is(kind, "prediction")) {
        w->c->others += !label;
        w->other |= !label;
        return;
    }
    w->c->predictions++;
    row__read(w->arena, line, at, &r);
    r.place = place;
    r.version = keep(w, r.version);
    r.env = keep(w, r.env);
    r.class = keep(w, r.class);
    for (size_t i = 0; i < r.attribute_count; i++)
        r.attributes[i] =
            (struct attribute){keep(w, r.attributes[i].name), keep(w, r.attributes[i].value)};
    if (map_add(w->ids, text_copy(w->arena, json_text(json_get(line, "id"))), w->where.count))
        (void)LIST_ADD(&w->where, (struct row_at){w->page, w->page->rows.count});
    (void)LIST_ADD(&w->page->rows, r);
}

static void take_label(void *arg, const struct json *line, struct text kind, int64_t at,
                       int64_t place)
{
    struct view *w = arg;
    struct truth t;
    size_t of;
    (void)place;
    w->label |= text_is(kind, "label");
    if (!text_is(kind, "label") || !map_find(w->ids, json_text(json_get(line, "ref")), &of))
        return;
    struct row *r = &w->where.at[of].page->rows.at[w->where.at[of].row];
    row__truth(line, at, &t);
    t.word = keep(w, t.word);
    w->c->given++;
    w->c->told += !r->truth.seen;
    (void)row__follow(&r->truth, &t);
}

static enum err fill(struct view *w, int64_t from, int64_t *next)
{
    int64_t n = from;
    for (; n <= w->c->counted.block && w->where.count < WINDOW; n++) {
        struct page *p = NEW(w->arena, struct page);
        *p = (struct page){.block = n, .rows = LIST_IN(w->arena, PAGE_ROWS_MOST)};
        w->page = p;
        w->other = false;
        TRY(each_line(w->c, n, TEXT(""), take_row, w));
        p->changed = w->other;
        (void)LIST_ADD(&w->pages, p);
    }
    *next = n;
    return OK;
}

static bool is_kept(struct arena *own, const struct page *p, const struct rows *rows)
{
    int64_t first, last;
    if (!p->rows.count && !p->changed)
        return rows->count == 0;
    if (!rows->count)
        return false;
    const struct value *row = rows->cells;
    page__days(p, &first, &last);
    return text_same(row[0].text, page__write(own, p)) && row[1].integer == first &&
           row[2].integer == last && row[3].integer == p->changed;
}

static enum err compare_pages(struct view *w)
{
    struct arena *own = arena_open();
    enum err e = OK;
    for (size_t i = 0; e == OK && i < w->pages.count; i++) {
        struct page *p = w->pages.at[i];
        struct value values[] = {V_INT(w->c->source), V_INT(p->block)};
        struct rows rows;
        e = read_rows(call_beside(own, w->c->call), w->c->db,
                      "SELECT bytes, first_day, last_day, others FROM event_page WHERE source "
                      "= $1 AND block = $2",
                      values, 2, 1, &rows);
        if (e == OK && !is_kept(own, p, &rows))
            found(w->c, "event_page", "the page of block %lld is not what follows from the events",
                  (long long)p->block);
        arena_reset(own);
    }
    arena_close(own);
    return e;
}

/* Most blocks have none: each is looked through once to know. */
static enum err take_labels(struct view *w, int64_t block)
{
    unsigned char *known = &w->c->labelled[block - w->c->first];
    if (*known == HAS_NONE)
        return OK;
    w->label = false;
    TRY(each_line(w->c, block, TEXT("label"), take_label, w));
    *known = w->label ? HAS_LABELS : HAS_NONE;
    return OK;
}

static enum err check_window(struct recount *c, int64_t from, int64_t *next)
{
    struct arena *a = arena_open();
    struct view w = {.c = c,
                     .arena = a,
                     .known = map_in(a),
                     .ids = map_in(a),
                     .texts = LIST_IN(a, WINDOW),
                     .pages = LIST_IN(a, 10 * WINDOW),
                     .where = LIST_IN(a, 2 * WINDOW)};
    enum err e = fill(&w, from, next);
    for (int64_t n = c->first; e == OK && w.where.count && n <= c->counted.block; n++)
        e = take_labels(&w, n);
    e = e == OK ? compare_pages(&w) : e;
    arena_close(a);
    return e;
}

/* ---- labels whose predictions have not come
 * ------------------------------------------------------ */
struct orphan {
    struct text key;
    struct truth truth;
};
struct gathering { /* of some keys that are kept: what the events say */
    struct arena *arena;
    struct map *known;
    struct orphan *orphans;
};

static void take_orphan(void *arg, const struct json *line, struct text kind, int64_t at,
                        int64_t place)
{
    struct gathering *g = arg;
    struct journal_item item = {0};
    struct truth t;
    size_t of;
    (void)place;
    if (!text_is(kind, "label"))
        return;
    journal_named(json_text(json_get(line, "ref")), &item);
    if (!map_find(g->known, (struct text){(const char *)item.key, JOURNAL_KEY}, &of))
        return;
    row__truth(line, at, &t);
    t.word = text_copy(g->arena, t.word);
    (void)row__follow(&g->orphans[of].truth, &t);
}

static enum err compare_early(struct recount *c, struct arena *a, const struct rows *rows)
{
    struct gathering g = {a, map_in(a), NEW_MANY(a, rows->count + 1, struct orphan)};
    enum err e = OK;
    for (size_t i = 0; i < rows->count; i++)
        (void)map_add(g.known, row_at(rows, i)[0].text, i);
    for (int64_t n = c->first; e == OK && n <= c->counted.block; n++)
        e = each_line(c, n, TEXT("label"), take_orphan, &g);
    for (size_t i = 0; e == OK && i < rows->count; i++) {
        struct buf b = buf_in(a, 4096);
        truth__write(&b, &g.orphans[i].truth);
        c->early_labels += g.orphans[i].truth.seen;
        if (!text_same(buf_text(&b), row_at(rows, i)[1].text))
            found(c, "event_early", "%lld label(s) that wait for a prediction are not what the events say",
                  (long long)g.orphans[i].truth.seen);
    }
    c->early += (int64_t)rows->count;
    return e;
}

#define EARLY 50000 /* at once */
static enum err check_early(struct recount *c)
{
    char none = 0;
    struct text after = {&none, 0};
    struct arena *a = NULL, *old = NULL;
    size_t count = EARLY;
    enum err e = OK;
    while (e == OK && count == EARLY) {
        struct rows rows;
        a = arena_open();
        struct value values[] = {V_INT(c->source), V_BYTES(after)};
        e = read_rows(call_beside(a, c->call), c->db,
                      "SELECT key, bytes FROM event_early WHERE source = $1 AND key > $2 ORDER "
                      "BY key LIMIT 50000",
                      values, 2, EARLY, &rows);
        count = e == OK ? rows.count : 0;
        if (count)
            e = compare_early(c, a, &rows);
        if (count)
            after = row_at(&rows, count - 1)[0].text;
        arena_close(old);
        old = a;
    }
    arena_close(old);
    return e;
}

/* ---- cells
 * ------------------------------------------------------------------------------------- */
static enum err add_pages(struct recount *c, struct cell **cells, size_t count, int64_t first,
                          int64_t next)
{
    struct arena *list = arena_open(), *own = arena_open();
    struct value days[] = {V_INT(c->source), V_INT(first), V_INT(next - 1)};
    struct rows rows;
    enum err e = read_rows(call_beside(list, c->call), c->db,
                           "SELECT block FROM event_page WHERE source = $1 AND last_day >= $2 "
                           "AND first_day <= $3",
                           days, 3, 10 * READ_MOST, &rows);
    for (size_t i = 0; e == OK && i < rows.count; i++) {
        struct value values[] = {V_INT(c->source), row_at(&rows, i)[0]};
        struct page p = {0};
        struct rows page;
        e = read_rows(call_beside(own, c->call), c->db,
                      "SELECT bytes FROM event_page WHERE source = $1 AND block = $2", values,
                      2, 1, &page);
        if (e == OK && page.count && page__read(own, page.cells[0].text, &p))
            for (size_t r = 0; r < p.rows.count; r++)
                for (size_t n = 0; n < count; n++)
                    if (cell__of(cells[n]->unit, cell__day(p.rows.at[r].at)) == cells[n]->n) {
                        cell__add(cells[n], &p.rows.at[r]);
                        cell__label(cells[n], &p.rows.at[r], 1);
                    }
        arena_reset(own);
    }
    arena_close(own);
    arena_close(list);
    return e;
}

static void compare_cell(struct recount *c, struct arena *a, const struct cell *made,
                         struct text kept)
{
    const char *unit = made->unit == CELL_DAY ? "day" : "month";
    if (made->size + made->wide == 0)
        found(c, "event_cell", "there is a cell of %s %lld, of which nothing came", unit, (long long)made->n);
    else if (!text_same(cell__write(a, made), kept))
        found(c, "event_cell", "the cell of %s %lld is not what follows from the events", unit,
              (long long)made->n);
}

static enum err check_some_cells(struct recount *c, enum cell_unit unit, int64_t *after,
                                 size_t *count, int64_t *rows_seen)
{
    struct arena *a = arena_open();
    struct value values[] = {V_INT(c->source), V_INT(unit), V_INT(*after)};
    struct cell *cells[CELLS];
    struct rows rows;
    enum err e =
        read_rows(call_beside(a, c->call), c->db,
                  "SELECT n, bytes FROM event_cell WHERE source = $1 AND unit = $2 AND "
                  "n > $3 ORDER BY n LIMIT 12",
                  values, 3, CELLS, &rows);
    *count = e == OK ? rows.count : 0;
    for (size_t i = 0; i < *count; i++)
        cells[i] = cell__new(a, unit, *after = row_at(&rows, i)[0].integer);
    if (*count)
        e = add_pages(c, cells, *count, cell__first_day(unit, cells[0]->n),
                      cell__first_day(unit, *after + 1));
    for (size_t i = 0; e == OK && i < *count; i++)
        compare_cell(c, a, cells[i], row_at(&rows, i)[1].text);
    for (size_t i = 0; e == OK && i < *count; i++)
        for (size_t p = 0; p < cells[i]->parts.count; p++)
            *rows_seen += cells[i]->parts.at[p].n;
    arena_close(a);
    return e;
}

/* One that is missing is found by its predictions, which are then in no cell. */
static enum err check_cells(struct recount *c, enum cell_unit unit)
{
    int64_t after = INT64_MIN, rows_seen = 0;
    size_t count = CELLS;
    struct rows rows;
    struct value values[] = {V_INT(c->source), V_INT(unit)};
    while (count == CELLS)
        TRY(check_some_cells(c, unit, &after, &count, &rows_seen));
    TRY(read_rows(c->call, c->db,
                  "SELECT count(*) FROM event_cell WHERE source = $1 AND unit = $2 AND "
                  "length(bytes) < 4",
                  values, 2, 1, &rows)); /* wide ones have no counts */
    if (!rows.cells[0].integer && rows_seen != c->predictions)
        found(c, "event_cell", "%lld prediction(s) are in no cell", (long long)(c->predictions - rows_seen));
    return OK;
}

/* ---- one source, and all
 * ------------------------------------------------------------------------ */
static enum err count_rows(struct recount *c)
{
    struct rows rows;
    struct value values[] = {V_INT(c->source), V_INT(c->first), V_INT(c->counted.block)};
    TRY(read_rows(
        c->call, c->db,
        "SELECT (SELECT count(*) FROM event_page WHERE source = $1 AND (block < $2 OR "
        "block > $3)) + (SELECT count(*) FROM event_cell WHERE source = $1 AND unit "
        "<> 0 AND unit <> 1)",
        values, 3, 1, &rows));
    if (rows.cells[0].integer)
        found(c, "event_page", "%lld row(s) are of nothing that was counted",
              (long long)rows.cells[0].integer);
    return OK;
}

static void check_counts(struct recount *c)
{
    const struct counted *is = &c->counted;
    if (is->predictions != c->predictions || is->labels != c->labels || is->others != c->others)
        found(c, "event_counted", "row of event_counted: %lld event(s) were counted",
              (long long)(c->predictions + c->labels + c->others));
    if (is->early != c->early || c->labels != c->given + c->early_labels)
        found(c, "event_early", "%lld label(s) wait for a prediction that did not come",
              (long long)(c->labels - c->given));
    if (is->told != c->told + c->early)
        found(c, "event_counted", "row of event_counted: %lld prediction(s) have a label",
              (long long)(c->told + c->early));
}

static enum err check_at(struct recount *c)
{
    struct rows rows;
    struct value values[] = {V_INT(c->source), V_INT(c->counted.block)};
    TRY(read_rows(c->call, c->db, "SELECT at FROM event_block WHERE source = $1 AND n = $2",
                  values, 2, 1, &rows));
    if (!rows.count || !text_same(rows.cells[0].text, c->counted.at) || c->counted.turn < 1)
        found(c, "event_counted", "row of event_counted is of no block %lld", (long long)c->counted.block);
    return OK;
}

static enum err check_source(struct recount *c)
{
    int64_t before;
    TRY(count__about(c->call, c->db, c->source, &c->counted));
    TRY(journal_first(c->call, c->db, c->source, &c->first, &before));
    if (c->counted.again) /* is going to be counted from the first on */
        return OK;
    TRY(count_rows(c));
    if (c->counted.block >= c->first)
        c->labelled =
            NEW_MANY(c->call->arena, (size_t)(c->counted.block - c->first + 1), unsigned char);
    for (int64_t n = c->first; n <= c->counted.block;)
        TRY(check_window(c, n, &n));
    TRY(check_early(c));
    TRY(check_cells(c, CELL_DAY));
    TRY(check_cells(c, CELL_MONTH));
    check_counts(c);
    return c->counted.block >= c->first ? check_at(c) : OK;
}

/* Rows of sources that are not counted. */
static enum err check_strays(struct call *call, struct reader *db, struct verification *out)
{
    static const char *const tables[] = {"event_page", "event_cell", "event_early"};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT (SELECT count(*) FROM event_page p WHERE NOT EXISTS (SELECT 1 FROM "
                  "event_counted c WHERE c.source = p.source)), (SELECT count(*) FROM event_cell "
                  "p WHERE NOT EXISTS (SELECT 1 FROM event_counted c WHERE c.source = "
                  "p.source)), (SELECT count(*) FROM event_early p WHERE NOT EXISTS (SELECT 1 "
                  "FROM event_counted c WHERE c.source = p.source))",
                  NULL, 0, 1, &rows));
    for (size_t i = 0; i < COUNT(tables); i++)
        if (rows.cells[i].integer)
            verification_add(call, out, text_of(tables[i]), "%lld row(s) belong to nothing",
                             (long long)rows.cells[i].integer);
    return OK;
}

static enum err verify_view(struct call *call, struct reader *db, struct verification *out)
{
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT c.source, COALESCE(s.kind, ''), COALESCE(s.record, ''), CASE WHEN s.id "
                  "IS NULL OR c.block > s.blocks THEN 1 ELSE 0 END FROM event_counted c LEFT "
                  "JOIN event_source s ON s.id = c.source ORDER BY c.source",
                  NULL, 0, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        struct recount c = {.call = call,
                            .db = db,
                            .out = out,
                            .source = row[0].integer,
                            .kind = row[1].text,
                            .record = row[2].text};
        if (row[3].integer)
            found(&c, "event_counted", "of source %lld more is counted than there is",
                  (long long)c.source);
        else
            TRY(check_source(&c));
    }
    return check_strays(call, db, out);
}

enum err monitor_count_verify(struct call *call, struct store *store, struct verification *out)
{
    struct reader *db = store_reader(store);
    enum err e = read_begin(call, db);
    if (e == OK) {
        e = verify_view(call, db, out);
        read_end(db);
    }
    store_return(store, db);
    return e;
}
