/* SPDX-License-Identifier: Apache-2.0 */
/* measure/bytes.c — numbers as bytes, one way each. */
#include "measure/internal.h"

#include <math.h>
#include <string.h>

#define VERSION 1
#define FULL 0x80 /* beside the version: a state that is full, of which nothing more is kept   \
                   */

static void put_uwide(struct buf *b, measure_uwide v)
{
    for (; v >= 0x80; v >>= 7)
        buf_add_byte(b, (char)(0x80 | (unsigned char)(v & 0x7f)));
    buf_add_byte(b, (char)v);
}

void measure__put(struct buf *b, uint64_t v)
{
    put_uwide(b, v);
}

/* 0, -1, 1, -2, 2, … as 0, 1, 2, 3, 4, … */
void measure__put_wide(struct buf *b, measure_wide v)
{
    put_uwide(b, ((measure_uwide)v << 1) ^ (measure_uwide)(v >> 127));
}

void measure__put_signed(struct buf *b, int64_t v)
{
    measure__put_wide(b, v);
}

void measure__put_double(struct buf *b, double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof(bits));
    for (int i = 0; i < 8; i++)
        buf_add_byte(b, (char)(bits >> (8 * i)));
}

void measure__put_text(struct buf *b, struct text t)
{
    measure__put(b, t.len);
    buf_add(b, t);
}

bool measure__start(struct buf *b, char kind, bool full)
{
    buf_add_byte(b, kind);
    buf_add_byte(b, (char)(full ? VERSION | FULL : VERSION));
    return !full;
}

static uint64_t wrong(struct measure__in *in)
{
    in->bad = true;
    in->rest = (struct text){0};
    return 0;
}

/* A last byte of 0 would be a longer way to write the same number. */
static measure_uwide take_uwide(struct measure__in *in)
{
    measure_uwide v = 0;
    for (unsigned shift = 0; in->rest.len > 0 && shift < 126; shift += 7) {
        unsigned char byte = (unsigned char)*in->rest.at;
        in->rest = text_from(in->rest, 1);
        v |= (measure_uwide)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return byte == 0 && shift > 0 ? wrong(in) : v;
    }
    return wrong(in);
}

uint64_t measure__take(struct measure__in *in, uint64_t most)
{
    measure_uwide v = take_uwide(in);
    return v <= most ? (uint64_t)v : wrong(in);
}

measure_wide measure__take_wide(struct measure__in *in, measure_wide most)
{
    measure_uwide v = take_uwide(in);
    measure_wide signed_one = (measure_wide)(v >> 1) ^ -(measure_wide)(v & 1);
    return signed_one <= most && signed_one >= -most ? signed_one : (measure_wide)wrong(in);
}

int64_t measure__take_count(struct measure__in *in)
{
    return (int64_t)measure__take_wide(in, MEASURE_MOST);
}

double measure__take_double(struct measure__in *in)
{
    uint64_t bits = 0;
    double d;
    if (in->rest.len < 8)
        return (double)wrong(in);
    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)(unsigned char)in->rest.at[i] << (8 * i);
    in->rest = text_from(in->rest, 8);
    memcpy(&d, &bits, sizeof(d));
    return isfinite(d) && !(d == 0 && signbit(d)) ? d : (double)wrong(in);
}

struct text measure__take_text(struct measure__in *in, size_t most)
{
    size_t len = measure__take(in, most);
    if (len > in->rest.len)
        len = wrong(in);
    struct text t = text_slice(in->rest, 0, len);
    in->rest = text_from(in->rest, len);
    return t;
}

struct measure__in measure__open(struct text bytes, char kind, bool *full)
{
    struct measure__in in = {bytes, false};
    unsigned char version = bytes.len < 2 ? 0 : (unsigned char)bytes.at[1];
    *full = version == (VERSION | FULL);
    if (bytes.len < 2 || bytes.at[0] != kind || (version != VERSION && !*full))
        wrong(&in);
    else
        in.rest = text_from(bytes, 2);
    return in;
}

enum err measure__end(const struct measure__in *in)
{
    return in->bad || in->rest.len > 0 ? ERR_MALFORMED : OK;
}

bool measure__count(int64_t *into, int64_t more)
{
    int64_t sum;
    if (__builtin_add_overflow(*into, more, &sum) || sum > MEASURE_MOST || sum < -MEASURE_MOST)
        return false;
    *into = sum;
    return true;
}
