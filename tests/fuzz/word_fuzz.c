/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the bytes are, a file or the first part of one: an error with a reason, or words in
 * UTF-8 within their bounds. */
#include <string.h>
#include <zlib.h>

#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(struct buf *b, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_add_byte(b, (char)(value >> 8 * i));
}

static void put_head(struct buf *b, struct text name, struct text part)
{
    uint32_t sum = (uint32_t)crc32(0, (const Bytef *)part.at, (uInt)part.len);
    put(b, 20, 2);
    put(b, 0, 2); /* flags */
    put(b, 0, 2); /* stored */
    put(b, 0x21000000, 4);
    put(b, sum, 4);
    put(b, (uint32_t)part.len, 4);
    put(b, (uint32_t)part.len, 4);
    put(b, (uint32_t)name.len, 2);
    put(b, 0, 2);
}

/* A zip of these parts, so that what is mutated is the XML and not its checksum. */
static struct text zip_of(struct arena *a, const struct text *names, const struct text *parts,
                          size_t count)
{
    struct buf b = buf_in(a, (size_t)1 << 24), directory = buf_in(a, 4096);
    for (size_t i = 0; i < count; i++) {
        buf_add_c(&directory, "PK\1\2");
        put(&directory, 20, 2);
        put_head(&directory, names[i], parts[i]);
        put(&directory, 0, 2); /* comment */
        put(&directory, 0, 4); /* disk, attributes */
        put(&directory, 0, 4);
        put(&directory, (uint32_t)b.len, 4);
        buf_add(&directory, names[i]);
        buf_add_c(&b, "PK\3\4");
        put_head(&b, names[i], parts[i]);
        buf_add(&b, names[i]);
        buf_add(&b, parts[i]);
    }
    uint32_t at = (uint32_t)b.len;
    buf_add(&b, buf_text(&directory));
    buf_add_c(&b, "PK\5\6");
    put(&b, 0, 4);
    put(&b, (uint32_t)count, 2);
    put(&b, (uint32_t)count, 2);
    put(&b, (uint32_t)directory.len, 4);
    put(&b, at, 4);
    put(&b, 0, 2);
    return buf_text(&b);
}

static size_t check_text(struct text t)
{
    if (!text_utf8(t))
        panic("words are not UTF-8");
    return t.len;
}

static void check(const struct word *w)
{
    size_t bytes = 0, cells = 0;
    for (size_t i = 0; i < w->count; i++) {
        bytes += check_text(w->blocks[i].text);
        for (size_t r = 0; r < w->blocks[i].row_count; r++) {
            const struct word_row *row = &w->blocks[i].rows[r];
            cells += row->count;
            if (row->count > WORD_COLUMNS)
                panic("a row is too long");
            for (size_t c = 0; c < row->count; c++)
                bytes += check_text(row->cells[c]);
        }
    }
    /* Where a line ends in a cell there is one byte more than was read. */
    if (w->count > WORD_BLOCKS + 1 || cells > WORD_CELLS || bytes > 2 * WORD_BYTES)
        panic("more than its bounds");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char links[] =
        "<Relationships><Relationship Id=\"a\" Type=\"/officeDocument\" "
        "Target=\"word/document.xml\"/></Relationships>";
    static const char beside[] = "<Relationships><Relationship Id=\"a\" Type=\"/styles\" "
                                 "Target=\"styles.xml\"/></Relationships>";
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    struct text bytes = {(const char *)data, size}, styles = TEXT("<styles/>");
    struct word word;
    enum office office;
    /* A NUL parts the words from the styles. */
    const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
    if (size && data[0] == '<') {
        struct text xml = bytes;
        if (cut) {
            xml = text_slice(bytes, 0, (size_t)(cut - data));
            styles = text_from(bytes, (size_t)(cut - data) + 1);
        }
        const struct text names[] = {TEXT("_rels/.rels"), TEXT("word/document.xml"),
                                     TEXT("word/_rels/document.xml.rels"),
                                     TEXT("word/styles.xml")};
        const struct text parts[] = {text_of(links), xml, text_of(beside), styles};
        bytes = zip_of(a, names, parts, COUNT(parts));
    }
    (void)see_as(bytes);
    if (office_kind(call, bytes, &office) == OK && size && data[0] == '<' &&
        office != OFFICE_WORDS)
        panic("a document is not seen as one");
    call->problem_count = 0;
    enum err e = word_read(call, bytes, &word);
    if (e == OK)
        check(&word);
    else if (call->problem_count == 0)
        panic("a document is refused without a reason");
    arena_close(a);
    return 0;
}
