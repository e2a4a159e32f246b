/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/count.c — counts the events of a source, some blocks at a time, in their order. All
 * is read and reckoned beside the writer; its job only writes, and only if nobody counted
 * meanwhile
 * (`turn`): so each block is counted once, however many servers count and wherever one ends. */
#include "monitor/count.h"
#include "store/write.h"

#include <stdlib.h>
#include <string.h>

static const struct json_limits line_limits = {2 * EVENT_LINE, 16, 8000};

#define PAGES_MOST 600 /* that labels of one slice may change; more, and the slice is halved   \
                        */
#define CELLS_MOST 800 /* of one slice */
#define LABELS_MOST 70000
#define AWAY 2000 /* pages, cells or labels that one job takes away */

struct told { /* a label */
    unsigned char key[JOURNAL_KEY];
    struct truth truth;
};
struct early { /* what is known of a prediction that has not come */
    struct text key;
    struct truth truth;
    bool changed, taken;
};
struct slice {
    struct call *call;
    struct reader *db;
    int64_t source, last; /* the last block of it */
    struct counted counted;
    struct map *known; /* of texts and keys → themselves */
    struct texts LIST_OF(struct text) texts;
    struct map *page_at; /* block in 8 bytes → place */
    struct pages LIST_OF(struct page *) pages;
    size_t loaded;
    struct others LIST_OF(int64_t) others; /* blocks with events of other kinds */
    struct map *cell_at;
    struct cells LIST_OF(struct cell *) cells;
    struct tolds LIST_OF(struct told) labels;
    struct map *early_at; /* key → place */
    struct earlies LIST_OF(struct early) early;
    bool too_much, alone; /* alone: one block, whatever it takes */
};

static bool stops(const struct slice *s)
{
    return s->too_much && !s->alone;
}

static struct text keep(struct slice *s, struct text t)
{
    size_t at;
    if (!t.len)
        return TEXT("");
    if (map_find(s->known, t, &at))
        return s->texts.at[at];
    struct text own = text_copy(s->call->arena, t);
    at = s->texts.count;
    if (LIST_ADD(&s->texts, own))
        (void)map_add(s->known, own, at);
    return own;
}

/* ---- what there is
 * ----------------------------------------------------------------------------- */
enum err count__about(struct call *call, struct reader *db, int64_t source, struct counted *out)
{
    struct rows rows;
    *out = (struct counted){.at = TEXT("")};
    TRY(read_rows(call, db,
                  "SELECT block, turn, told, early, predictions, labels, others, again, at "
                  "FROM event_counted WHERE source = $1",
                  &V_INT(source), 1, 1, &rows));
    if (!rows.count)
        return OK;
    const struct value *row = rows.cells;
    *out = (struct counted){.there = true,
                            .block = row[0].integer,
                            .turn = row[1].integer,
                            .told = row[2].integer,
                            .early = row[3].integer,
                            .predictions = row[4].integer,
                            .labels = row[5].integer,
                            .others = row[6].integer,
                            .again = row[7].integer != 0,
                            .at = row[8].text};
    return OK;
}

static struct text number_key(struct arena *a, int64_t n)
{
    return text_copy(a, (struct text){(const char *)&n, sizeof n});
}

static enum err damaged(struct slice *s)
{
    return problem(s->call, ERR_IO, TEXT(""), "count_damaged", "%s",
                   say(s->call, "what was counted of the events is not as it was written"));
}

/* *out NULL: no prediction of that block is counted. */
static enum err page_of(struct slice *s, int64_t block, struct page **out)
{
    size_t at;
    struct rows rows;
    struct value values[] = {V_INT(s->source), V_INT(block)};
    *out = NULL;
    if (map_find(s->page_at, (struct text){(const char *)&block, sizeof block}, &at)) {
        *out = s->pages.at[at];
        return OK;
    }
    if (++s->loaded > PAGES_MOST)
        s->too_much = true;
    TRY(read_rows(s->call, s->db,
                  "SELECT bytes FROM event_page WHERE source = $1 AND block = $2", values, 2, 1,
                  &rows));
    struct page *p = NULL;
    if (rows.count) {
        p = NEW(s->call->arena, struct page);
        p->block = block;
        if (!page__read(s->call->arena, rows.cells[0].text, p))
            return damaged(s);
    }
    (void)map_add(s->page_at, number_key(s->call->arena, block), s->pages.count);
    (void)LIST_ADD(&s->pages, p);
    *out = p;
    return OK;
}

static enum err cell_of(struct slice *s, enum cell_unit unit, int64_t day, struct cell **out)
{
    int64_t of[2] = {unit, cell__of(unit, day)};
    struct text key = {(const char *)of, sizeof of};
    struct value values[] = {V_INT(s->source), V_INT(of[0]), V_INT(of[1])};
    size_t at;
    struct rows rows;
    if (map_find(s->cell_at, key, &at)) {
        *out = s->cells.at[at];
        return OK;
    }
    if (s->cells.count >= CELLS_MOST)
        s->too_much = true;
    TRY(read_rows(s->call, s->db,
                  "SELECT bytes FROM event_cell WHERE source = $1 AND unit = $2 AND n = $3",
                  values, 3, 1, &rows));
    *out = cell__new(s->call->arena, unit, of[1]);
    if (rows.count && !cell__read(s->call->arena, rows.cells[0].text, *out))
        return damaged(s);
    (void)map_add(s->cell_at, text_copy(s->call->arena, key), s->cells.count);
    (void)LIST_ADD(&s->cells, *out);
    return OK;
}

/* ---- blocks read
 * -------------------------------------------------------------------------------- */
static void keep_row(struct slice *s, struct row *r)
{
    r->version = keep(s, r->version);
    r->env = keep(s, r->env);
    r->class = keep(s, r->class);
    for (size_t i = 0; i < r->attribute_count; i++)
        r->attributes[i] =
            (struct attribute){keep(s, r->attributes[i].name), keep(s, r->attributes[i].value)};
}

static void key_of(struct text id, unsigned char key[JOURNAL_KEY])
{
    struct journal_item item = {0};
    journal_named(id, &item);
    memcpy(key, item.key, JOURNAL_KEY);
}

static void take_line(struct slice *s, struct page *p, struct arena *scrap, struct text line,
                      int64_t place, bool *other)
{
    const struct json *v;
    int64_t at;
    if (json_read(call_beside(scrap, s->call), line, &line_limits, &v) != OK ||
        !moment_read(json_text(json_get(v, "ts")), &at))
        return; /* as observe.c does */
    struct text kind = json_text(json_get(v, "kind"));
    if (text_is(kind, "prediction")) {
        struct row r;
        row__read(s->call->arena, v, at, &r);
        keep_row(s, &r);
        r.place = place;
        (void)LIST_ADD(&p->rows, r);
        s->counted.predictions++;
    } else if (text_is(kind, "label")) {
        struct told t;
        key_of(json_text(json_get(v, "ref")), t.key);
        row__truth(v, at, &t.truth);
        t.truth.word = keep(s, t.truth.word);
        s->too_much |= !LIST_ADD(&s->labels, t);
        s->counted.labels++;
    } else {
        *other = true;
        s->counted.others++;
    }
}

static enum err take_block(struct slice *s, int64_t n)
{
    struct arena *own = arena_open(), *scrap = arena_open();
    struct call *call = call_beside(own, s->call);
    struct journal_block b;
    struct page *p = NEW(s->call->arena, struct page);
    bool other = false;
    int64_t place = 0;
    *p = (struct page){
        .block = n, .fresh = true, .rows = LIST_IN(s->call->arena, PAGE_ROWS_MOST)};
    enum err e = journal_block(call, s->db, s->source, n, &b);
    for (; e == OK && b.lines.len; place++) {
        take_line(s, p, scrap, text_cut(&b.lines, '\n'), place, &other);
        arena_reset(scrap);
    }
    if (e == OK)
        s->counted.at = text_copy(s->call->arena, b.at);
    if (other)
        (void)LIST_ADD(&s->others, n);
    (void)map_add(s->page_at, number_key(s->call->arena, n), s->pages.count);
    (void)LIST_ADD(&s->pages, p->rows.count || other ? p : NULL);
    arena_close(scrap);
    arena_close(own);
    return e;
}

/* ---- labels
 * ------------------------------------------------------------------------------------ */
static enum err label_cells(struct slice *s, const struct row *r, int sign)
{
    for (int unit = 0; unit < CELL_UNITS; unit++) {
        struct cell *c;
        TRY(cell_of(s, (enum cell_unit)unit, cell__day(r->at), &c));
        cell__label(c, r, sign);
        if (c->bad)
            return damaged(s);
    }
    return OK;
}

/* Rows of new pages are counted when all labels of the slice are theirs. */
static enum err give(struct slice *s, struct page *p, struct row *r, const struct truth *t)
{
    if (p->fresh) {
        (void)row__follow(&r->truth, t);
        return OK;
    }
    TRY(label_cells(s, r, -1));
    (void)row__follow(&r->truth, t);
    p->changed = true;
    return label_cells(s, r, 1);
}

static struct early *early_of(struct slice *s, struct text key)
{
    size_t at;
    if (map_find(s->early_at, key, &at))
        return &s->early.at[at];
    struct early one = {.key = text_copy(s->call->arena, key)};
    (void)map_add(s->early_at, one.key, s->early.count);
    return LIST_ADD(&s->early, one) ? &s->early.at[s->early.count - 1] : NULL;
}

/* What is kept of labels of these keys, whose predictions had not come. */
static enum err read_early(struct slice *s, const struct value *asked, size_t count)
{
    struct rows rows;
    if (!s->counted.early)
        return OK;
    TRY(read_many_rows(s->call, s->db, "SELECT k.key, k.bytes FROM event_early k JOIN (VALUES",
                       ") v ON k.source = v.column1 AND k.key = v.column2", asked, 2, count,
                       &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        struct early *e = early_of(s, row[0].text);
        if (!e || !truth__read(row[1].text, &e->truth))
            return damaged(s);
        e->truth.word = keep(s, e->truth.word);
    }
    return OK;
}

struct places { /* of keys: block and place */
    struct map *known;
    int64_t (*at)[2];
};

static enum err find_places(struct slice *s, struct places *out)
{
    struct arena *a = s->call->arena;
    struct value *asked = NEW_MANY(a, 2 * s->labels.count + 1, struct value);
    struct map *once = map_in(a);
    struct rows rows;
    size_t n = 0;
    for (size_t i = 0; i < s->labels.count; i++) {
        struct text key = {(const char *)s->labels.at[i].key, JOURNAL_KEY};
        if (!map_add(once, key, i))
            continue;
        asked[2 * n] = V_INT(s->source);
        asked[2 * n++ + 1] = V_BYTES(key);
    }
    *out = (struct places){map_in(a), NULL};
    TRY(read_many_rows(
        s->call, s->db, "SELECT k.key, k.block, k.place FROM event_key k JOIN (VALUES",
        ") v ON k.source = v.column1 AND k.key = v.column2", asked, 2, n, &rows));
    out->at = arena_take_many(a, rows.count + 1, sizeof *out->at);
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        out->at[i][0] = row[1].integer;
        out->at[i][1] = row[2].integer;
        (void)map_add(out->known, row[0].text, i);
    }
    return read_early(s, asked, n);
}

/* Its prediction, when that was counted or is in this slice; *row NULL: it is not there. */
static enum err find_row(struct slice *s, const struct places *places, struct text key,
                         struct page **page, struct row **row)
{
    size_t at;
    *row = NULL;
    if (!map_find(places->known, key, &at) || places->at[at][0] > s->last)
        return OK;
    TRY(page_of(s, places->at[at][0], page));
    if (*page)
        *row = page__row(*page, places->at[at][1]);
    return OK;
}

static enum err give_labels(struct slice *s)
{
    struct places places;
    TRY(find_places(s, &places));
    for (size_t i = 0; i < s->labels.count && !stops(s); i++) {
        struct told *t = &s->labels.at[i];
        struct text key = {(const char *)t->key, JOURNAL_KEY};
        struct page *p;
        struct row *r;
        TRY(find_row(s, &places, key, &p, &r));
        if (r) {
            s->counted.told += !r->truth.seen;
            TRY(give(s, p, r, &t->truth));
            continue;
        }
        struct early *e = early_of(s, key);
        if (!e)
            return damaged(s);
        s->counted.told += !e->truth.seen;
        s->counted.early += !e->truth.seen;
        (void)row__follow(&e->truth, &t->truth);
        e->changed = true;
    }
    return OK;
}

/* Labels that came before their predictions, which are in this slice. Ids are read again from
 * the blocks: a page has none. */
static enum err early_block(struct slice *s, struct page *p)
{
    struct arena *own = arena_open(), *scrap = arena_open();
    struct call *call = call_beside(own, s->call);
    struct value *asked = NEW_MANY(own, 2 * p->rows.count + 1, struct value);
    unsigned char(*keys)[JOURNAL_KEY] = arena_take_many(own, p->rows.count + 1, JOURNAL_KEY);
    struct journal_block b;
    const struct json *v;
    size_t n = 0, at;
    enum err e = journal_block(call, s->db, s->source, p->block, &b);
    for (int64_t place = 0; e == OK && b.lines.len && n < p->rows.count; place++) {
        struct text line = text_cut(&b.lines, '\n');
        if (p->rows.at[n].place != place)
            continue;
        if (json_read(call_beside(scrap, call), line, &line_limits, &v) == OK)
            key_of(json_text(json_get(v, "id")), keys[n]);
        asked[2 * n] = V_INT(s->source);
        asked[2 * n + 1] = V_BYTES(((struct text){(const char *)keys[n], JOURNAL_KEY}));
        n++;
        arena_reset(scrap);
    }
    e = e == OK ? read_early(s, asked, n) : e;
    for (size_t i = 0; e == OK && i < n; i++)
        if (map_find(s->early_at, asked[2 * i + 1].text, &at) && !s->early.at[at].taken) {
            s->early.at[at].taken = true;
            p->rows.at[i].truth = s->early.at[at].truth;
            s->counted.early--;
        }
    arena_close(scrap);
    arena_close(own);
    return e;
}

static enum err find_early(struct slice *s)
{
    for (size_t i = 0; s->counted.early && i < s->pages.count; i++)
        if (s->pages.at[i] && s->pages.at[i]->fresh && s->pages.at[i]->rows.count)
            TRY(early_block(s, s->pages.at[i]));
    return OK;
}

static enum err add_rows(struct slice *s)
{
    for (size_t i = 0; i < s->pages.count && !stops(s); i++) {
        struct page *p = s->pages.at[i];
        for (size_t n = 0; p && p->fresh && n < p->rows.count; n++)
            for (int unit = 0; unit < CELL_UNITS; unit++) {
                struct cell *c;
                TRY(cell_of(s, (enum cell_unit)unit, cell__day(p->rows.at[n].at), &c));
                cell__add(c, &p->rows.at[n]);
                cell__label(c, &p->rows.at[n], 1);
                if (c->bad)
                    return damaged(s);
            }
    }
    return OK;
}

/* ---- and written
 * ------------------------------------------------------------------------------- */
struct ready { /* what the job writes */
    struct slice *slice;
    struct value *pages, *cells, *early, *gone;
    size_t page_count, cell_count, early_count, gone_count;
    bool late; /* somebody else has counted meanwhile */
};

static bool is_other(const struct slice *s, int64_t block)
{
    for (size_t i = 0; i < s->others.count; i++)
        if (s->others.at[i] == block)
            return true;
    return false;
}

static void write_pages(struct slice *s, struct ready *w)
{
    struct arena *a = s->call->arena;
    w->pages = NEW_MANY(a, 6 * s->pages.count + 1, struct value);
    for (size_t i = 0; i < s->pages.count; i++) {
        struct page *p = s->pages.at[i];
        int64_t first, last;
        if (!p || (!p->fresh && !p->changed))
            continue;
        struct value *v = w->pages + 6 * w->page_count++;
        page__days(p, &first, &last);
        v[0] = V_INT(s->source);
        v[1] = V_INT(p->block);
        v[2] = V_INT(last);
        v[3] = V_INT(first);
        v[4] = V_INT(is_other(s, p->block));
        v[5] = V_BYTES(page__write(a, p));
    }
}

static void write_rest(struct slice *s, struct ready *w)
{
    struct arena *a = s->call->arena;
    w->cells = NEW_MANY(a, 4 * s->cells.count + 1, struct value);
    w->early = NEW_MANY(a, 3 * s->early.count + 1, struct value);
    w->gone = NEW_MANY(a, 2 * s->early.count + 1, struct value);
    for (size_t i = 0; i < s->cells.count; i++) {
        struct value *v = w->cells + 4 * w->cell_count++;
        v[0] = V_INT(s->source);
        v[1] = V_INT(s->cells.at[i]->unit);
        v[2] = V_INT(s->cells.at[i]->n);
        v[3] = V_BYTES(cell__write(a, s->cells.at[i]));
    }
    for (size_t i = 0; i < s->early.count; i++) {
        const struct early *e = &s->early.at[i];
        struct value *v =
            e->taken ? w->gone + 2 * w->gone_count : w->early + 3 * w->early_count;
        if (!e->taken && !e->changed)
            continue;
        v[0] = V_INT(s->source);
        v[1] = V_BYTES(e->key);
        if (e->taken) {
            w->gone_count++;
            continue;
        }
        struct buf b = buf_in(a, 4096);
        truth__write(&b, &e->truth);
        v[2] = V_BYTES(buf_text(&b));
        w->early_count++;
    }
}

/* Is it as it was read? The first turn makes the row. */
static enum err check_turn(struct call *call, struct tx *tx, struct ready *w)
{
    const struct slice *s = w->slice;
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT turn FROM event_counted WHERE source = $1", &V_INT(s->source),
                1, 1, &rows));
    w->late = rows.count ? rows.cells[0].integer != s->counted.turn : s->counted.there;
    if (w->late || rows.count)
        return OK;
    return tx_exec(call, tx,
                   "INSERT INTO event_counted (source, block, turn, told, early, predictions, "
                   "labels, others, again, at) VALUES ($1, 0, 0, 0, 0, 0, 0, 0, 0, '')",
                   &V_INT(s->source), 1, NULL);
}

static enum err put(struct job *job, struct call *call, struct tx *tx)
{
    struct ready *w = job->arg;
    const struct counted *c = &w->slice->counted;
    struct value values[] = {
        V_INT(w->slice->source), V_INT(w->slice->last), V_INT(c->turn + 1),
        V_INT(c->told),          V_INT(c->early),       V_INT(c->predictions),
        V_INT(c->labels),        V_INT(c->others),      V_TEXT(c->at)};
    TRY(check_turn(call, tx, w));
    if (w->late)
        return OK;
    TRY(tx_many(call, tx,
                "INSERT INTO event_page (source, block, last_day, first_day, others, bytes) "
                "VALUES",
                " ON CONFLICT (source, block) DO UPDATE SET bytes = excluded.bytes", w->pages,
                6, w->page_count));
    TRY(tx_many(call, tx, "INSERT INTO event_cell (source, unit, n, bytes) VALUES",
                " ON CONFLICT (source, unit, n) DO UPDATE SET bytes = excluded.bytes", w->cells,
                4, w->cell_count));
    TRY(tx_many(call, tx, "INSERT INTO event_early (source, key, bytes) VALUES",
                " ON CONFLICT (source, key) DO UPDATE SET bytes = excluded.bytes", w->early, 3,
                w->early_count));
    TRY(tx_many(call, tx,
                "DELETE FROM event_early WHERE (source, key) IN (SELECT v.column1, v.column2 "
                "FROM (VALUES",
                ") v)", w->gone, 2, w->gone_count));
    return tx_exec(call, tx,
                   "UPDATE event_counted SET block = $2, turn = $3, told = $4, early = $5, "
                   "predictions = $6, labels = $7, others = $8, at = $9 WHERE source = $1",
                   values, COUNT(values), NULL);
}

/* ---- counted again, because something was removed
 * ------------------------------------------------ */
struct clearing {
    int64_t source;
    bool more;
};

static enum err clear_some(struct job *job, struct call *call, struct tx *tx)
{
    struct clearing *c = job->arg;
    struct value values[] = {V_INT(c->source), V_INT(AWAY)};
    int64_t pages, cells, early;
    TRY(tx_exec(call, tx,
                "DELETE FROM event_page WHERE (source, block) IN (SELECT source, block FROM "
                "event_page WHERE source = $1 LIMIT $2)",
                values, 2, &pages));
    TRY(tx_exec(call, tx,
                "DELETE FROM event_cell WHERE (source, unit, n) IN (SELECT source, unit, n "
                "FROM event_cell WHERE source = $1 LIMIT $2)",
                values, 2, &cells));
    TRY(tx_exec(call, tx,
                "DELETE FROM event_early WHERE (source, key) IN (SELECT source, key FROM "
                "event_early WHERE source = $1 LIMIT $2)",
                values, 2, &early));
    c->more = pages == AWAY || cells == AWAY || early == AWAY;
    if (c->more)
        return OK;
    return tx_exec(call, tx,
                   "UPDATE event_counted SET block = (SELECT gone_blocks FROM event_source "
                   "WHERE id = $1), turn = turn + 1, told = 0, early = 0, predictions = 0, "
                   "labels = 0, others = 0, again = 0, at = '' WHERE source = $1 AND again = 1",
                   values, 1, NULL);
}

/* ---- one slice
 * --------------------------------------------------------------------------------- */
static void begin(struct slice *s, struct call *call, struct reader *db, int64_t source)
{
    struct arena *a = call->arena;
    *s = (struct slice){.call = call,
                        .db = db,
                        .source = source,
                        .known = map_in(a),
                        .texts = LIST_IN(a, 4 * LABELS_MOST),
                        .page_at = map_in(a),
                        .pages = LIST_IN(a, 100000),
                        .others = LIST_IN(a, 100000),
                        .cell_at = map_in(a),
                        .cells = LIST_IN(a, 100000),
                        .labels = LIST_IN(a, LABELS_MOST),
                        .early_at = map_in(a),
                        .early = LIST_IN(a, 4 * LABELS_MOST)};
}

static enum err reckon(struct slice *s, int64_t first)
{
    for (int64_t n = first; n <= s->last && !stops(s); n++)
        TRY(take_block(s, n));
    TRY(find_early(s));
    TRY(give_labels(s));
    return add_rows(s);
}

static enum err count_blocks(struct call *call, struct store *store, struct reader *db,
                             int64_t source, int64_t first, const struct counted *from,
                             int64_t blocks, bool *too_much)
{
    struct slice *s = NEW(call->arena, struct slice);
    begin(s, call, db, source);
    s->counted = *from;
    s->last = first + blocks - 1;
    s->alone = blocks == 1;
    struct ready w = {.slice = s};
    enum err e = reckon(s, first);
    *too_much = e == OK && stops(s);
    if (e != OK || *too_much)
        return e;
    write_pages(s, &w);
    write_rest(s, &w);
    return store_run(store, call, put, &w);
}

static enum err clear(struct call *call, struct store *store, int64_t source)
{
    struct clearing c = {.source = source};
    return store_run(store, call, clear_some, &c);
}

enum err count__slice(struct call *call, struct store *store, int64_t source, int64_t upto,
                      int64_t most, bool *done)
{
    struct reader *db = store_reader(store);
    struct counted counted;
    int64_t first, before;
    bool too_much = true;
    *done = false;
    enum err e = count__about(call, db, source, &counted);
    if (e == OK)
        e = journal_first(call, db, source, &first, &before);
    if (e == OK && counted.again) {
        store_return(store, db);
        return clear(call, store, source);
    }
    first = counted.there ? counted.block + 1 : first;
    int64_t blocks = upto - first + 1 < most ? upto - first + 1 : most;
    for (; e == OK && blocks > 0 && too_much; blocks = too_much ? (blocks + 1) / 2 : blocks) {
        struct arena *own = arena_open();
        struct call *c = call_beside(own, call);
        c->id = call->id;
        e = count_blocks(c, store, db, source, first, &counted, blocks, &too_much);
        arena_close(own);
    }
    store_return(store, db);
    *done = e != OK || first + blocks > upto;
    return e;
}

/* ---- all that is due
 * ----------------------------------------------------------------------------- */
struct due {
    int64_t source, upto;
};

static enum err find_due(struct call *call, struct store *store, struct due **out,
                         size_t *count)
{
    struct reader *db = store_reader(store);
    struct rows rows;
    enum err e = read_rows(
        call, db,
        "SELECT s.id, COALESCE((SELECT g.first + g.blocks - 1 FROM event_segment g WHERE "
        "g.source = s.id AND g.ledger >= 0 ORDER BY g.n DESC LIMIT 1), 0) FROM event_source s "
        "LEFT JOIN event_counted c ON c.source = s.id WHERE (c.source IS NOT NULL OR s.events "
        "- s.gone_events >= $1) AND (c.again = 1 OR s.blocks > COALESCE(c.block, "
        "s.gone_blocks)) ORDER BY s.id",
        &V_INT(COUNTED_FROM), 1, READ_MOST, &rows);
    store_return(store, db);
    TRY(e);
    *out = NEW_MANY(call->arena, rows.count + 1, struct due);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*out)[i] = (struct due){row_at(&rows, i)[0].integer, row_at(&rows, i)[1].integer};
    return OK;
}

/* Each in turn, so that a long one holds up no short one. */
enum err monitor_count(struct call *call, struct store *store, bool *more)
{
    struct due *due;
    size_t count;
    *more = false;
    TRY(find_due(call, store, &due, &count));
    for (size_t i = 0, slices = 0; i < count && slices < COUNT_TURN; i++, slices++) {
        bool done;
        enum err e = count__slice(call, store, due[i].source, due[i].upto, COUNT_BLOCKS, &done);
        if (e != OK) /* others need not wait for it */
            log_line(LOG_WARN, "count", "source=%lld outcome=%s", (long long)due[i].source,
                     err_code(e));
        *more |= e == OK && !done;
    }
    *more |= count > COUNT_TURN;
    return OK;
}
