/* SPDX-License-Identifier: Apache-2.0 */
/* measure/internal.h — what the files of this folder share. */
#ifndef MEASURE_INTERNAL_H
#define MEASURE_INTERNAL_H

#include "measure/measure.h"

typedef __int128 measure_wide; /* no struct: C has no shorter name for it */
typedef unsigned __int128 measure_uwide;

/* figure.c */
struct figure measure__minus(struct figure a, struct figure b);
struct figure measure__over(struct figure a, struct figure b);
double measure__ln(double x); /* x > 0, finite; the same bits on every machine */

/* tests.c */
bool measure__few_expected(struct measure_share a, struct measure_share b); /* a cell below 5 */
bool measure__share_ok(struct measure_share s);

/* calibration.c: the part that is the same for a state and for columns */
void measure__calibration_figures(struct measure_calibration *c);

/* psi.c */
struct measure__pair { /* totals of two rows of counts; ok: none negative, neither sum 0 */
    double n, m;
    bool ok;
};
struct measure__pair measure__totals(const int64_t *reference, const int64_t *current, size_t k);
double measure__js(const double *p, const double *q, size_t k); /* divergence, natural logarithm */
double measure__psi_term(double p, double q);

/* evidently.c, shared with nannyml.c: numpy's histogram */
size_t measure__even_edges(double first, double last, double width, double *edges, size_t most);
void measure__histogram(const double *sorted, size_t n, const double *edges, size_t edge_count,
                        double *counts);

/* bytes.c: the canonical form of states. A reader that went wrong stays wrong and gives zeros. */
struct measure__in {
    struct text rest;
    bool bad;
};
void measure__put(struct buf *b, uint64_t v);
void measure__put_signed(struct buf *b, int64_t v);
void measure__put_wide(struct buf *b, measure_wide v);
void measure__put_double(struct buf *b, double d);
void measure__put_text(struct buf *b, struct text t);
uint64_t measure__take(struct measure__in *in, uint64_t most); /* more than most: bad */
int64_t measure__take_count(struct measure__in *in);           /* within +-MEASURE_MOST */
measure_wide measure__take_wide(struct measure__in *in, measure_wide most);
double measure__take_double(struct measure__in *in); /* finite, no -0 */
struct text measure__take_text(struct measure__in *in, size_t most);
/* Checks kind and version. Of a full state that is all there is. */
struct measure__in measure__open(struct text bytes, char kind, bool *full);
enum err measure__end(const struct measure__in *in); /* nothing may be left */
bool measure__start(struct buf *b, char kind, bool full); /* false when that was all: full */

/* Adds, unless the sum would leave +-MEASURE_MOST: then false and nothing changes. */
bool measure__count(int64_t *into, int64_t more);

/* pages.c: counts by number, 32 to a page; a page is made when it is first touched */
#define MEASURE__PAGE 32
int64_t measure__at(const int64_t *const *pages, size_t i);
bool measure__add_at(struct arena *a, int64_t **pages, size_t i, int64_t more);
bool measure__add_pages(struct arena *a, int64_t **into, const int64_t *const *from,
                        size_t page_count);
void measure__put_pages(struct buf *b, const int64_t *const *pages, size_t page_count);
void measure__take_pages(struct measure__in *in, struct arena *a, int64_t **pages,
                         size_t page_count);

/* sum.c */
struct measure__scaled { /* value 2^exponent; keeps what a double cannot reach */
    double value;
    int64_t exponent;
};
struct measure__scaled measure__sum_scaled(const struct measure_sum *s);
void measure__sum_times(struct measure_sum *s, int64_t by); /* 0 <= by < 2^62 */
struct measure_sum measure__sum_square(const struct measure_sum *s);
struct figure measure__scaled_ratio(struct measure__scaled above, struct measure__scaled below);
void measure__put_sum(struct buf *b, const struct measure_sum *s);
void measure__take_sum(struct measure__in *in, struct measure_sum *s);

/* names.c: at most so many names with counts; which are kept does not depend on the order */
struct measure__name {
    uint64_t hash;
    int64_t count;
    uint32_t id;
    uint8_t len;
    char at[MEASURE_NAME_MOST];
};
struct measure__names {
    struct measure__name *at; /* by hash, then bytes */
    size_t count, room, most;
};
/* The category, or what it is cut to, which is made in the room. */
struct text measure__name_text(const struct measure__name *n);
/* Its place, or where it belongs (*found false). */
size_t measure__name_find(const struct measure__names *n, struct text name, bool *found);
/* Makes room for a name at a place. When all places are taken the last is copied to *gone first, and
 * true comes back; a name that belongs after all of them must not be put. */
bool measure__name_put(struct arena *a, struct measure__names *n, size_t place,
                       struct text name, struct measure__name *gone);
void measure__put_names(struct buf *b, const struct measure__names *n, bool counts);
void measure__take_names(struct measure__in *in, struct arena *a, struct measure__names *n,
                         bool counts);
#endif
