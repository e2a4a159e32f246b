/* SPDX-License-Identifier: Apache-2.0 */
/* measure/names.c — at most so many names, whichever order they come in.
 * Those with the smallest hashes are kept (a bottom-k sketch). The largest hash that is kept
 * only ever falls, so a name that is kept at the end was kept from its first row on and its
 * count is exact; what was turned out went to the rest. Which names these are depends on the
 * set of names alone. */
#include "measure/internal.h"

#include <string.h>

#define BEGINNING (MEASURE_NAME_MOST - 20) /* then "…#" and 16 digits */

/* The longest beginning that is well-formed text. */
static size_t beginning(struct text t)
{
    size_t len = t.len < BEGINNING ? t.len : BEGINNING;
    while (len > 0 && !text_utf8(text_slice(t, 0, len)))
        len--;
    return len;
}

struct text measure_name_fit(struct text category, char room[MEASURE_NAME_MOST])
{
    static const char digits[] = "0123456789abcdef";
    if (category.len <= MEASURE_NAME_MOST && text_utf8(category))
        return category;
    uint64_t hash = text_hash(category);
    size_t len = beginning(category);
    memcpy(room, category.at, len);
    memcpy(room + len, "\xE2\x80\xA6#", 4);
    for (size_t i = 0; i < 16; i++)
        room[len + 4 + i] = digits[hash >> (60 - 4 * i) & 15];
    return (struct text){room, len + 20};
}

struct text measure_name(struct arena *a, struct text category)
{
    char room[MEASURE_NAME_MOST];
    return text_copy(a, measure_name_fit(category, room));
}

struct text measure__name_text(const struct measure__name *n)
{
    return (struct text){n->at, n->len};
}

static int order(const struct measure__name *n, uint64_t hash, struct text name)
{
    if (n->hash != hash)
        return n->hash < hash ? -1 : 1;
    return text_compare(measure__name_text(n), name);
}

size_t measure__name_find(const struct measure__names *n, struct text name, bool *found)
{
    size_t low = 0, high = n->count;
    uint64_t hash = text_hash(name);
    *found = false;
    while (low < high && !*found) {
        size_t middle = (low + high) / 2;
        int way = order(&n->at[middle], hash, name);
        *found = way == 0;
        if (way < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return *found ? high : low;
}

bool measure__name_put(struct arena *a, struct measure__names *n, size_t place,
                       struct text name, struct measure__name *gone)
{
    bool out = n->count == n->most;
    if (out)
        *gone = n->at[--n->count];
    else
        n->at = list_room(a, n->at, n->count, &n->room, sizeof(*n->at));
    memmove(&n->at[place + 1], &n->at[place], (n->count - place) * sizeof(*n->at));
    struct measure__name *put = &n->at[place];
    *put = (struct measure__name){.hash = text_hash(name), .len = (uint8_t)name.len};
    memcpy(put->at, name.at, name.len);
    n->count++;
    return out;
}

void measure__put_names(struct buf *b, const struct measure__names *n, bool counts)
{
    measure__put(b, n->count);
    for (size_t i = 0; i < n->count; i++) {
        measure__put_text(b, measure__name_text(&n->at[i]));
        if (counts)
            measure__put(b, (uint64_t)n->at[i].count);
    }
}

/* Each must be what a category becomes, and come after the one before. */
void measure__take_names(struct measure__in *in, struct arena *a, struct measure__names *n,
                         bool counts)
{
    for (size_t many = measure__take(in, n->most); many > 0 && !in->bad; many--) {
        struct text name = measure__take_text(in, MEASURE_NAME_MOST);
        int64_t count = counts ? (int64_t)measure__take(in, MEASURE_MOST) : 0;
        size_t last = n->count;
        struct measure__name gone;
        in->bad = in->bad || !text_utf8(name) ||
                  (last > 0 && order(&n->at[last - 1], text_hash(name), name) >= 0);
        if (in->bad)
            return;
        measure__name_put(a, n, last, name, &gone);
        n->at[last].count = count;
    }
}
