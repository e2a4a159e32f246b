/* SPDX-License-Identifier: Apache-2.0 */
/* api/gaps.c — what an auditor would miss: the gaps of a framework with what mends each, and
 * the rows that are not far enough yet. */
#include "api/internal.h"

#define NAMED 20 /* records of one gap; all are counted */

static const char *weight_word(enum gap_weight w)
{
    static const char *const words[] = {"blocks", "stage1", "stage2", "other"};
    return words[w];
}

void put__fix(const struct fix *fix, struct json_out *o)
{
    json_key(o, "fix");
    if (fix->there)
        fix_json(fix, o);
    else
        json_put_null(o);
}

/* Only records that the reader may see are named; the count tells of all. */
static enum err put_records(struct exchange *x, const struct gap *g, struct json_out *o)
{
    struct arena *a = x->call->arena;
    size_t count = g->record_count < NAMED ? g->record_count : NAMED;
    struct text *kinds = NEW_MANY(a, count + 1, struct text);
    struct text *ids = NEW_MANY(a, count + 1, struct text);
    struct ref *refs = NEW_MANY(a, count + 1, struct ref);
    for (size_t i = 0; i < count; i++) {
        kinds[i] = g->records[i].kind;
        ids[i] = g->records[i].id;
    }
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, count, refs));
    json_key(o, "records");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        if (!refs[i].id.len)
            continue;
        json_open(o, '{');
        put__ref(o, &refs[i]);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

static void put_rows(const struct framework *f, const struct check *c, struct json_out *o)
{
    json_key(o, "rows");
    json_open(o, '[');
    for (size_t i = 0; i < c->prove_count; i++)
        if (c->proves[i].row >= f->rows && c->proves[i].row < f->rows + f->row_count)
            json_put_text(o, c->proves[i].row->row);
    json_close(o, ']');
}

static enum err put_gap(struct exchange *x, const struct framework *f, const struct gap *g,
                        struct json_out *o)
{
    const struct check *c = g->result->check;
    bool too_many = g->result->state == CHECK_FAIL && !g->reason.len;
    json_open(o, '{');
    put__text(o, "check", c->name);
    put__words(o, "title", c->title);
    put__words(o, "remedy", c->remedy);
    put__bool(o, "must", c->must);
    put__text(o, "weight", text_of(weight_word(g->weight)));
    put__text(o, "reason", g->reason);
    put__words(o, "say", g->say);
    put__integer(o, "count", too_many ? g->result->breaks : (int64_t)g->record_count);
    put_rows(f, c, o);
    TRY(put_records(x, g, o));
    put__fix(g->fix, o);
    json_close(o, '}');
    return OK;
}

/* ---- rows that are not far enough -------------------------------------------------------- */
static enum err entries_of(struct exchange *x, const struct readiness *r, struct ref **out)
{
    struct arena *a = x->call->arena;
    struct text *kinds = NEW_MANY(a, r->row_count + 1, struct text);
    struct text *ids = NEW_MANY(a, r->row_count + 1, struct text);
    *out = NEW_MANY(a, r->row_count + 1, struct ref);
    for (size_t i = 0; i < r->row_count; i++)
        if (r->rows[i].entry) {
            kinds[i] = r->rows[i].entry->kind->name;
            ids[i] = r->rows[i].entry->id;
        }
    return record_refs(x->call, x->records, exchange__db(x), kinds, ids, r->row_count, *out);
}

static void put_row(const struct readiness *r, const struct row_readiness *row,
                    const struct ref *entry, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "row", row->row->row);
    put__words(o, "title", row->row->title);
    put__text(o, "group", row->row->group);
    put__integer(o, "level", row->level);
    put__integer(o, "needs", assure_needs(r, row));
    put__integer(o, "weight", row->weight);
    put__words(o, "why", (struct words){row->why_en, row->why_zh});
    json_key(o, "record");
    if (entry->id.len) {
        json_open(o, '{');
        put__ref(o, entry);
        json_close(o, '}');
    } else
        json_put_null(o);
    json_close(o, '}');
}

static enum err put_gaps(struct exchange *x, const struct framework *f)
{
    struct readiness ready;
    struct gap *gaps;
    struct ref *entries;
    size_t count;
    struct reader *db = exchange__db(x);
    TRY(assure_kept_readiness(x->call, x->view->runs, x->records, db, f, &ready));
    TRY(assure_gaps(x->call, x->view->runs, x->records, db, &ready, &gaps, &count));
    TRY(entries_of(x, &ready, &entries));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "framework", f->name);
    put__text(o, "at", moment_print(x->call->arena, x->call->now));
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        TRY(put_gap(x, f, &gaps[i], o));
    json_close(o, ']');
    json_key(o, "rows");
    json_open(o, '[');
    for (size_t i = 0; i < ready.row_count; i++)
        if (ready.rows[i].applicable &&
            ready.rows[i].level < assure_needs(&ready, &ready.rows[i]))
            put_row(&ready, &ready.rows[i], &entries[i], o);
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

enum err gaps_get(struct exchange *x)
{
    const struct framework *f = assurance__framework(x, query__text(x, "framework"));
    if (!f)
        return assurance__missing(x);
    TRY(read_begin(x->call, exchange__db(x))); /* one moment for all the checks */
    enum err e = put_gaps(x, f);
    read_end(exchange__db(x));
    return e;
}
