/* SPDX-License-Identifier: Apache-2.0 */
/* measure/sum.c — the exact sum of doubles and of their products.
 * A number wide enough for all of them, in digits of 32 bits: digit i is worth 2^(32 i - 2176).
 * A digit has room for 2^30 additions before its carry must be passed on. Since nothing is
 * rounded, order does not matter; a double is made once, when the value is asked for. */
#include "measure/internal.h"

#include <math.h>
#include <string.h>

#define POINT 2176 /* bits below one */
#define DIGIT UINT32_MAX
#define LAST (MEASURE_SUM_DIGITS - 1)
#define PENDING_MOST (1u << 30)

/* Leaves digits between 0 and 2^32; the last keeps the sign: one way to write each number. */
static void settle(struct measure_sum *s)
{
    int64_t carry = 0;
    for (size_t i = 0; i < LAST; i++) {
        int64_t d = s->digit[i] + carry;
        s->digit[i] = d & DIGIT;
        carry = d >> 32;
    }
    s->digit[LAST] += carry;
    s->pending = 0;
}

static void add_bits(struct measure_sum *s, uint64_t bits, unsigned place, bool minus)
{
    measure_uwide wide = (measure_uwide)bits << (place % 32);
    for (size_t i = place / 32; wide != 0 && i <= LAST; i++, wide >>= 32)
        s->digit[i] += minus ? -(int64_t)(wide & DIGIT) : (int64_t)(wide & DIGIT);
    if (++s->pending >= PENDING_MOST)
        settle(s);
}

struct parts {
    uint64_t bits; /* below 2^53 */
    int place;     /* x = bits 2^place */
    bool minus;
};

static struct parts parts_of(double x)
{
    uint64_t raw;
    memcpy(&raw, &x, sizeof(raw));
    int exponent = (int)(raw >> 52 & 0x7ff);
    uint64_t bits = raw & ((UINT64_C(1) << 52) - 1);
    if (exponent > 0)
        bits |= UINT64_C(1) << 52;
    return (struct parts){bits, (exponent > 0 ? exponent : 1) - 1075, raw >> 63 != 0};
}

void measure_sum_add(struct measure_sum *s, double x)
{
    struct parts p = parts_of(x);
    if (isfinite(x))
        add_bits(s, p.bits, (unsigned)(p.place + POINT), p.minus);
}

void measure_sum_add_product(struct measure_sum *s, double x, double y)
{
    struct parts p = parts_of(x), q = parts_of(y);
    if (!isfinite(x) || !isfinite(y))
        return;
    measure_uwide bits = (measure_uwide)p.bits * q.bits;
    unsigned place = (unsigned)(p.place + q.place + POINT);
    bool minus = p.minus != q.minus;
    add_bits(s, (uint64_t)bits, place, minus);
    add_bits(s, (uint64_t)(bits >> 64), place + 64, minus);
}

void measure_sum_merge(struct measure_sum *into, const struct measure_sum *from)
{
    struct measure_sum other = *from;
    settle(&other);
    settle(into);
    for (size_t i = 0; i <= LAST; i++)
        into->digit[i] += other.digit[i];
    settle(into);
}

/* The magnitude with settled digits; true when the sum is negative. */
static bool magnitude(const struct measure_sum *s, struct measure_sum *out)
{
    *out = *s;
    settle(out);
    if (out->digit[LAST] >= 0)
        return false;
    for (size_t i = 0; i <= LAST; i++)
        out->digit[i] = -out->digit[i];
    settle(out);
    return true;
}

static size_t top_of(const struct measure_sum *m)
{
    size_t i = LAST;
    while (i > 0 && m->digit[i] == 0)
        i--;
    return i;
}

static bool any_below(const struct measure_sum *m, size_t i)
{
    while (i-- > 0)
        if (m->digit[i] != 0)
            return true;
    return false;
}

/* The upper 64 bits, the lowest of which says whether anything stands below: what the processor
 * rounds from there is the sum rounded once. */
struct measure__scaled measure__sum_scaled(const struct measure_sum *s)
{
    struct measure_sum m;
    bool minus = magnitude(s, &m);
    size_t top = top_of(&m), lowest = top >= 3 ? top - 3 : 0;
    measure_uwide bits = 0;
    for (size_t i = top + 1; i-- > lowest;)
        bits = bits << 32 | (uint64_t)m.digit[i];
    if (bits == 0)
        return (struct measure__scaled){0, 0};
    int shift = 0;
    while (bits >> shift > UINT64_MAX)
        shift++;
    uint64_t upper = (uint64_t)(bits >> shift);
    if ((measure_uwide)upper << shift != bits || any_below(&m, lowest))
        upper |= 1;
    return (struct measure__scaled){minus ? -(double)upper : (double)upper,
                                    32 * (int64_t)lowest - POINT + shift};
}

struct figure measure_sum_value(const struct measure_sum *s)
{
    struct measure__scaled v = measure__sum_scaled(s);
    return measure_known(ldexp(v.value, (int)v.exponent));
}

struct figure measure__scaled_ratio(struct measure__scaled above, struct measure__scaled below)
{
    if (below.value == 0)
        return MEASURE_UNKNOWN;
    return measure_known(
        ldexp(above.value / below.value, (int)(above.exponent - below.exponent)));
}

/* The last digit of forged sums may outgrow any meaning, but not its room. */
static int64_t kept(measure_wide d)
{
    const measure_wide most = (measure_wide)1 << 61;
    return (int64_t)(d > most ? most : d < -most ? -most : d);
}

void measure__sum_times(struct measure_sum *s, int64_t by)
{
    measure_wide carry = 0;
    settle(s);
    for (size_t i = 0; i <= LAST; i++) {
        measure_wide d = (measure_wide)s->digit[i] * by + carry;
        s->digit[i] = i < LAST ? (int64_t)(d & DIGIT) : kept(d);
        carry = d >> 32;
    }
}

/* Digit i times digit j is worth 2^(32 (i + j) - 2 * 2176): it belongs to digit i + j - 68.
 * Sums of doubles have nothing that would fall below or above; forged ones are cut. */
struct measure_sum measure__sum_square(const struct measure_sum *s)
{
    struct measure_sum m, out = {0};
    magnitude(s, &m);
    size_t top = top_of(&m), offset = POINT / 32;
    for (size_t i = 0; i <= top; i++) {
        if (m.digit[i] == 0)
            continue;
        for (size_t j = 0; j <= top; j++)
            if (m.digit[j] != 0 && i + j >= offset && i + j - offset <= LAST)
                add_bits(&out, (uint64_t)m.digit[i] * (uint64_t)m.digit[j],
                         (unsigned)(32 * (i + j - offset)), false);
    }
    settle(&out);
    return out;
}

/* 0; or 1 (2 when negative), the first digit that is not 0, how many there are, and they. */
void measure__put_sum(struct buf *b, const struct measure_sum *s)
{
    struct measure_sum m;
    bool minus = magnitude(s, &m);
    size_t top = top_of(&m), first = 0;
    if (m.digit[top] == 0) {
        measure__put(b, 0);
        return;
    }
    while (m.digit[first] == 0)
        first++;
    measure__put(b, minus ? 2 : 1);
    measure__put(b, first);
    measure__put(b, top - first + 1);
    for (size_t i = first; i <= top; i++)
        measure__put(b, (uint64_t)m.digit[i]);
}

void measure__take_sum(struct measure__in *in, struct measure_sum *s)
{
    *s = (struct measure_sum){0};
    uint64_t sign = measure__take(in, 2);
    if (sign == 0)
        return;
    size_t first = measure__take(in, LAST);
    size_t many = measure__take(in, MEASURE_SUM_DIGITS - first);
    for (size_t i = 0; i < many; i++)
        s->digit[first + i] =
            (int64_t)measure__take(in, first + i == LAST ? DIGIT >> 1 : DIGIT);
    if (many == 0 || s->digit[first] == 0 || s->digit[first + many - 1] == 0)
        in->bad = true;
    for (size_t i = 0; sign == 2 && i <= LAST; i++)
        s->digit[i] = -s->digit[i];
    settle(s);
}

void measure_sum_write(const struct measure_sum *s, struct buf *out)
{
    measure__start(out, 'S', false);
    measure__put_sum(out, s);
}

enum err measure_sum_read(struct text bytes, struct measure_sum *out)
{
    bool full;
    struct measure__in in = measure__open(bytes, 'S', &full);
    measure__take_sum(&in, out);
    in.bad = in.bad || full;
    return measure__end(&in);
}
