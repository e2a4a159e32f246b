/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is read, what was opened is closed in its order, elements stand where they may, a
 * link leads where links may lead, and all words were in the text; what is refused has a line
 * of it and a reason. */
#include "format/format.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct watch {
    struct text whole;
    enum rich open[64];
    size_t depth, heard;
};

static bool may_stand(const struct watch *w, enum rich r)
{
    enum rich in = w->depth ? w->open[w->depth - 1] : RICH_COUNT;
    switch (r) {
    case RICH_HEADING:
    case RICH_PARAGRAPH:
    case RICH_TABLE:
        return in == RICH_COUNT;
    case RICH_LIST:
    case RICH_STEPS:
        return in == RICH_COUNT || in == RICH_ITEM;
    case RICH_ITEM:
        return in == RICH_LIST || in == RICH_STEPS;
    case RICH_ROW:
        return in == RICH_TABLE;
    case RICH_HEAD:
    case RICH_CELL:
        return in == RICH_ROW;
    default:
        return in != RICH_COUNT && in != RICH_LIST && in != RICH_STEPS && in != RICH_TABLE &&
               in != RICH_ROW && in != RICH_RECORD && in != RICH_CLAUSE && in != RICH_BREAK;
    }
}

static void check_to(enum rich r, struct text to)
{
    struct arena *a = arena_open();
    struct text low = text_lower(a, to);
    bool good = text_starts(low, "http://") || text_starts(low, "https://") ||
                text_starts(low, "mailto:");
    if (r == RICH_LINK && !good)
        panic("a link leads elsewhere");
    if ((r == RICH_RECORD || r == RICH_CLAUSE) && (!to.len || to.len > 100))
        panic("a reference to nothing");
    arena_close(a);
}

static void on_open(void *arg, enum rich r, int64_t number, struct text to)
{
    struct watch *w = arg;
    if (w->depth == COUNT(w->open) || !may_stand(w, r) || number < 0 || number > 999)
        panic("an element where none may stand");
    check_to(r, to);
    w->open[w->depth++] = r;
}

static void on_words(void *arg, struct text t)
{
    struct watch *w = arg;
    if (!t.len || t.at < w->whole.at || t.at + t.len > w->whole.at + w->whole.len || !w->depth)
        panic("words from elsewhere");
    w->heard += t.len;
}

static void on_close(void *arg, enum rich r)
{
    struct watch *w = arg;
    if (!w->depth || w->open[--w->depth] != r)
        panic("closed in another order");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct watch w = {.whole = {(const char *)data, size}};
    struct rich_sink sink = {&w, on_open, on_words, on_close};
    struct rich_fault fault = {0};
    bool good = rich_read(w.whole, &sink, &fault);
    if (good && (w.depth || w.heard > size))
        panic("something is left open");
    if (!good && (!fault.line || fault.line > size + 1 || !fault.code || !fault.why))
        panic("refused without a reason");
    struct arena *a = arena_open();
    struct buf b = buf_in(a, size * 4 + 4096);
    rich_plain(w.whole, &b);
    arena_close(a);
    return 0;
}
