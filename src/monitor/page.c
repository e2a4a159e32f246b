/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/page.c — rows of one block as bytes: the same rows give the same bytes, whatever
 * order labels came in. A texts table of its own makes a page whole by itself. */
#include "monitor/count.h"

#include <string.h>

#define VERSION 1
#define TEXTS_MOST ((size_t)EVENT_LINE) /* of one page: no more than bytes of its lines */
#define BYTES_MOST ((size_t)8 << 20)

/* ---- numbers and texts
 * ------------------------------------------------------------------------ */
void bytes__put(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        buf_add_byte(b, (char)(0x80 | (v & 0x7f)));
    buf_add_byte(b, (char)v);
}

void bytes__put_signed(struct buf *b, int64_t v)
{
    bytes__put(b, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}

void bytes__put_text(struct buf *b, struct text t)
{
    bytes__put(b, t.len);
    buf_add(b, t);
}

static uint64_t wrong(struct bytes_in *in)
{
    in->bad = true;
    in->rest = (struct text){0};
    return 0;
}

uint64_t bytes__take(struct bytes_in *in)
{
    uint64_t v = 0;
    for (unsigned shift = 0; in->rest.len > 0 && shift < 64; shift += 7) {
        unsigned char byte = (unsigned char)*in->rest.at;
        in->rest.at++;
        in->rest.len--;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return v;
    }
    return wrong(in);
}

int64_t bytes__take_signed(struct bytes_in *in)
{
    uint64_t v = bytes__take(in);
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

struct text bytes__take_text(struct bytes_in *in)
{
    size_t len = bytes__take(in);
    if (len > in->rest.len)
        len = wrong(in);
    struct text t = text_slice(in->rest, 0, len);
    in->rest = text_from(in->rest, len);
    return t;
}

static void put_double(struct buf *b, double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    for (int i = 0; i < 8; i++)
        buf_add_byte(b, (char)(bits >> (8 * i)));
}

static double take_double(struct bytes_in *in)
{
    uint64_t bits = 0;
    double d;
    if (in->rest.len < 8)
        return (double)wrong(in);
    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)(unsigned char)in->rest.at[i] << (8 * i);
    in->rest = text_from(in->rest, 8);
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* ---- texts of a page: by number, in the order in which rows first use them
 * --------------------- */
struct page_words {
    struct map *known;
    struct words_of LIST_OF(struct text) list;
};

static uint64_t number_of(struct page_words *w, struct text t)
{
    size_t at;
    if (map_find(w->known, t, &at))
        return at;
    at = w->list.count;
    if (LIST_ADD(&w->list, t))
        (void)map_add(w->known, t, at);
    return at;
}

static struct text take_word(struct bytes_in *in, const struct page_words *w)
{
    uint64_t at = bytes__take(in);
    return at < w->list.count ? w->list.at[at] : (wrong(in), (struct text){0});
}

/* ---- one row
 * ----------------------------------------------------------------------------------- */
enum { HAS_SCORE = 16, HAS_TRUTH = 32, HAS_ATTRIBUTES = 64 };
enum { NUMERIC = 4 };

static void put_truth(struct buf *b, const struct truth *t, bool number)
{
    bytes__put(b, (uint64_t)t->seen);
    bytes__put_signed(b, t->at);
    buf_add_byte(b, (char)((t->bit + 1) | (t->numeric ? NUMERIC : 0)));
    if (t->numeric && number)
        put_double(b, t->number);
}

static void take_truth(struct bytes_in *in, struct truth *t, bool number)
{
    t->seen = (int64_t)bytes__take(in);
    t->at = bytes__take_signed(in);
    uint64_t flags = bytes__take(in);
    t->bit = (int8_t)((int)(flags & 3) - 1);
    t->numeric = flags & NUMERIC;
    t->number = t->numeric && number ? take_double(in) : 0;
    if (t->seen <= 0 || flags > 6 || (flags & 3) == 3)
        (void)wrong(in);
}

static void put_row(struct buf *b, struct page_words *w, const struct row *r,
                    const struct row *before)
{
    struct truth t = r->truth;
    bytes__put(b, (uint64_t)(r->place - (before ? before->place + 1 : 0)));
    bytes__put_signed(b, r->at - (before ? before->at : 0));
    buf_add_byte(b, (char)((unsigned)r->task | (unsigned)(r->predicted + 1) << 2 |
                           (r->has_score ? HAS_SCORE : 0) | (t.seen ? HAS_TRUTH : 0) |
                           (r->attribute_count ? HAS_ATTRIBUTES : 0)));
    bytes__put(b, number_of(w, r->version));
    bytes__put(b, number_of(w, r->env));
    if (r->has_score)
        put_double(b, r->score);
    if (r->task == TASK_REGRESSION)
        put_double(b, r->value);
    if (r->task == TASK_CLASSES)
        bytes__put(b, number_of(w, r->class));
    if (r->attribute_count)
        bytes__put(b, r->attribute_count);
    for (size_t i = 0; i < r->attribute_count; i++) {
        bytes__put(b, number_of(w, r->attributes[i].name));
        bytes__put(b, number_of(w, r->attributes[i].value));
    }
    if (!t.seen)
        return;
    t.at -= r->at;
    put_truth(b, &t, r->task == TASK_REGRESSION);
    if (r->task == TASK_CLASSES)
        bytes__put(b, number_of(w, t.word));
}

static void take_attributes(struct arena *a, struct bytes_in *in, const struct page_words *w,
                            struct row *r)
{
    r->attribute_count = bytes__take(in);
    if (r->attribute_count > in->rest.len)
        r->attribute_count = wrong(in);
    r->attributes = NEW_MANY(a, r->attribute_count + 1, struct attribute);
    for (size_t i = 0; i < r->attribute_count; i++) {
        struct text name = take_word(in, w);
        r->attributes[i] = (struct attribute){name, take_word(in, w)};
    }
}

static void take_row(struct arena *a, struct bytes_in *in, const struct page_words *w,
                     const struct row *before, struct row *r)
{
    *r = (struct row){.place = (int64_t)(bytes__take(in) & INT32_MAX)};
    r->place += before ? before->place + 1 : 0;
    r->at = bytes__take_signed(in) + (before ? before->at : 0);
    uint64_t flags = bytes__take(in);
    if (flags > 127 || (flags & 3) == 3 || (flags & 12) == 12)
        (void)wrong(in);
    r->task = (enum task)(flags & 3);
    r->predicted = (int8_t)((int)(flags >> 2 & 3) - 1);
    r->has_score = flags & HAS_SCORE;
    r->version = take_word(in, w);
    r->env = take_word(in, w);
    r->score = r->has_score ? take_double(in) : 0;
    r->value = r->task == TASK_REGRESSION ? take_double(in) : 0;
    if (r->task == TASK_CLASSES)
        r->class = take_word(in, w);
    if (flags & HAS_ATTRIBUTES)
        take_attributes(a, in, w, r);
    if (!(flags & HAS_TRUTH))
        return;
    take_truth(in, &r->truth, r->task == TASK_REGRESSION);
    r->truth.at += r->at;
    if (r->task == TASK_CLASSES)
        r->truth.word = take_word(in, w);
}

/* ---- the page
 * ---------------------------------------------------------------------------------- */
struct text page__write(struct arena *a, const struct page *p)
{
    struct buf rows = buf_in(a, BYTES_MOST), all = buf_in(a, 2 * BYTES_MOST);
    struct page_words w = {map_in(a), LIST_IN(a, TEXTS_MOST)};
    for (size_t i = 0; i < p->rows.count; i++)
        put_row(&rows, &w, &p->rows.at[i], i ? &p->rows.at[i - 1] : NULL);
    bytes__put(&all, VERSION);
    bytes__put(&all, w.list.count);
    for (size_t i = 0; i < w.list.count; i++)
        bytes__put_text(&all, w.list.at[i]);
    bytes__put(&all, p->rows.count);
    buf_add(&all, buf_text(&rows));
    if (rows.full || all.full || w.list.full)
        panic("a page is longer than any block");
    return buf_text(&all);
}

bool page__read(struct arena *a, struct text bytes, struct page *out)
{
    struct bytes_in in = {bytes, false};
    struct page_words w = {NULL, LIST_IN(a, TEXTS_MOST)};
    bool good = bytes__take(&in) == VERSION;
    for (uint64_t left = bytes__take(&in); left > 0 && !in.bad; left--)
        if (!LIST_ADD(&w.list, bytes__take_text(&in)))
            return false;
    uint64_t count = bytes__take(&in);
    if (count > PAGE_ROWS_MOST || count > in.rest.len)
        return false;
    out->rows = (struct rows_of)LIST_IN(a, PAGE_ROWS_MOST);
    out->rows.at = NEW_MANY(a, count + 1, struct row);
    out->rows.room = count + 1;
    for (; out->rows.count < count && !in.bad; out->rows.count++) {
        struct row *r = &out->rows.at[out->rows.count];
        take_row(a, &in, &w, out->rows.count ? r - 1 : NULL, r);
    }
    return good && !in.bad && !in.rest.len;
}

struct row *page__row(const struct page *p, int64_t place)
{
    size_t low = 0, high = p->rows.count;
    while (low < high) {
        size_t half = low + (high - low) / 2;
        if (p->rows.at[half].place < place)
            low = half + 1;
        else
            high = half;
    }
    return low < p->rows.count && p->rows.at[low].place == place ? &p->rows.at[low] : NULL;
}

void page__days(const struct page *p, int64_t *first, int64_t *last)
{
    *first = *last = 0;
    for (size_t i = 0; i < p->rows.count; i++) {
        int64_t day = cell__day(p->rows.at[i].at);
        *first = i && *first < day ? *first : day;
        *last = i && *last > day ? *last : day;
    }
}

/* ---- a label alone: nobody knows yet which task it is for
 * -------------------------------------- */
void truth__write(struct buf *b, const struct truth *t)
{
    put_truth(b, t, true);
    bytes__put_text(b, t->word);
}

bool truth__read(struct text bytes, struct truth *out)
{
    struct bytes_in in = {bytes, false};
    *out = (struct truth){0};
    take_truth(&in, out, true);
    out->word = bytes__take_text(&in);
    return !in.bad && !in.rest.len;
}
