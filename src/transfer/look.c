/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/look.c — what a file looks like before anything is taken from it, and what becomes of each
 * of its columns. */
#include "transfer/internal.h"

#define SAMPLES 3
#define SAMPLE_MOST 120 /* bytes */

static void put_text(struct json_out *o, const char *key, struct text t)
{
    json_key(o, key);
    json_put_text(o, t);
}

static void put_sheets(const struct transfer *im, struct json_out *o)
{
    const struct sheet *s = &im->table.sheet;
    json_key(o, "sheets");
    json_open(o, '[');
    for (size_t i = 0; i < s->name_count; i++) {
        json_open(o, '{');
        put_text(o, "name", s->names[i].name);
        json_key(o, "hidden");
        json_put_bool(o, s->names[i].hidden);
        json_close(o, '}');
    }
    json_close(o, ']');
    put_text(o, "sheet", s->name);
}

/* ---- samples: the first different texts of each column ----------------------------------- */
struct samples {
    struct text one[SAMPLES];
    size_t count;
};

static void add_sample(struct samples *s, struct arena *a, struct text cell)
{
    struct text t = transfer__one_line(a, cell);
    size_t end = t.len < SAMPLE_MOST ? t.len : SAMPLE_MOST;
    while (end < t.len && end && ((unsigned char)t.at[end] & 0xC0) == 0x80)
        end--;
    t = text_slice(t, 0, end);
    for (size_t i = 0; i < s->count; i++)
        if (text_same(s->one[i], t))
            return;
    if (t.len && text_utf8(t))
        s->one[s->count++] = text_copy(a, t);
}

/* Of the first rows: enough to see what a column is about. */
static struct samples *take_samples(struct transfer *im, struct arena *a)
{
    struct samples *all = NEW_MANY(a, im->table.columns + 1, struct samples);
    struct pass pass = transfer__pass(im, false);
    struct table_row row;
    for (int n = 0; n < 200 && transfer__next(im, &pass, a, &row); n++)
        for (size_t i = 0; i < im->table.columns; i++)
            if (all[i].count < SAMPLES)
                add_sample(&all[i], a, row.cells[i]);
    return all;
}

/* ---- columns ------------------------------------------------------------------------------ */
static void put_column(const struct transfer *im, size_t i, const struct samples *s,
                       struct json_out *o)
{
    static const char *const words[] = {"none", "name", "words", "hand", "left"};
    const struct plan *p = &im->plan;
    const struct field *f = p->field ? p->field[i] : NULL;
    bool id = p->id == i;
    json_open(o, '{');
    put_text(o, "name", im->table.names[i]);
    json_key(o, "filled");
    json_put_integer(o, (int64_t)im->table.filled[i]);
    json_key(o, "samples");
    json_open(o, '[');
    for (size_t n = 0; n < s->count; n++)
        json_put_text(o, s->one[n]);
    json_close(o, ']');
    put_text(o, "field", f ? f->name : id ? TEXT("id") : TEXT(""));
    put_text(o, "by", text_of(p->by ? words[p->by[i]] : "map"));
    json_key(o, "passed");
    json_put_bool(o, f && (f->system || f->computed) && !text_is(f->name, "key"));
    json_close(o, '}');
}

/* Fields that a new record needs and that no column fills. */
static void put_missing(const struct transfer *im, struct json_out *o)
{
    const struct kind *k = im->kind;
    json_key(o, "missing");
    json_open(o, '[');
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        bool filled = f->fallback || f->system || f->computed || f->only || f->required_when;
        for (size_t n = 0; n < im->plan.to_count; n++)
            filled = filled || im->plan.to[n].field == f;
        if (!filled && (f->required || (f->required_in >> k->start & 1)))
            json_put_text(o, f->name);
    }
    json_close(o, ']');
}

/* The day that 05/03/2024 is was found in the columns, or nothing tells. */
static const char *dates_of(const struct transfer *im)
{
    static const char *const words[] = {"unsaid", "month-first", "day-first", "mixed"};
    const char *found = "none";
    for (size_t i = 0; i < im->plan.to_count; i++) {
        const struct destination *d = &im->plan.to[i];
        if (d->field && field_is_time(d->field))
            found = words[d->dates];
    }
    return found;
}

enum err transfer_look(struct call *call, struct transfer *im, struct json_out *o)
{
    const struct table *t = &im->table;
    struct samples *samples = take_samples(im, call->arena);
    put_text(o, "format", t->json ? TEXT("json") : t->csv ? TEXT("csv") : TEXT("xlsx"));
    put_text(o, "encoding", text_of(im->encoding));
    put_sheets(im, o);
    json_key(o, "header");
    json_put_integer(o, (int64_t)t->header);
    json_key(o, "rows");
    json_put_integer(o, (int64_t)t->count);
    json_key(o, "identity");
    json_put_bool(o, transfer_has_identity(im));
    put_text(o, "dates", text_of(dates_of(im)));
    json_key(o, "columns");
    json_open(o, '[');
    for (size_t i = 0; i < t->columns; i++)
        put_column(im, i, &samples[i], o);
    json_close(o, ']');
    put_missing(im, o);
    return OK;
}
