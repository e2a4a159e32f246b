/* SPDX-License-Identifier: Apache-2.0 */
/* measure/pages.c — counts by number, most of them 0: kept 32 to a page, written one by one. */
#include "measure/internal.h"

int64_t measure__at(const int64_t *const *pages, size_t i)
{
    const int64_t *page = pages[i / MEASURE__PAGE];
    return page != NULL ? page[i % MEASURE__PAGE] : 0;
}

bool measure__add_at(struct arena *a, int64_t **pages, size_t i, int64_t more)
{
    int64_t **page = &pages[i / MEASURE__PAGE];
    if (*page == NULL)
        *page = NEW_MANY(a, MEASURE__PAGE, int64_t);
    return measure__count(&(*page)[i % MEASURE__PAGE], more);
}

bool measure__add_pages(struct arena *a, int64_t **into, const int64_t *const *from,
                        size_t page_count)
{
    bool fits = true;
    for (size_t i = 0; i < page_count * MEASURE__PAGE; i++) {
        int64_t more = measure__at(from, i);
        if (more != 0)
            fits = measure__add_at(a, into, i, more) && fits;
    }
    return fits;
}

/* How many are not 0; then each as its distance from the one before, and its count. */
void measure__put_pages(struct buf *b, const int64_t *const *pages, size_t page_count)
{
    size_t many = 0, next = 0;
    for (size_t i = 0; i < page_count * MEASURE__PAGE; i++)
        many += measure__at(pages, i) != 0;
    measure__put(b, many);
    for (size_t i = 0; i < page_count * MEASURE__PAGE; i++) {
        int64_t count = measure__at(pages, i);
        if (count == 0)
            continue;
        measure__put(b, i - next);
        measure__put_signed(b, count);
        next = i + 1;
    }
}

void measure__take_pages(struct measure__in *in, struct arena *a, int64_t **pages,
                         size_t page_count)
{
    size_t room = page_count * MEASURE__PAGE, next = 0;
    for (size_t many = measure__take(in, room); many > 0 && !in->bad; many--) {
        if (next >= room) {
            in->bad = true;
            return;
        }
        size_t i = next + measure__take(in, room - 1 - next);
        int64_t count = measure__take_count(in);
        in->bad = in->bad || count == 0;
        if (!in->bad)
            measure__add_at(a, pages, i, count);
        next = i + 1;
    }
}
