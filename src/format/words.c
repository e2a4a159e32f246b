/* SPDX-License-Identifier: Apache-2.0 */
/* format/words.c — text folded and cut into words, once for both stores.
 * The store sees only words between spaces, so its own idea of a word cannot matter. Scripts
 * written without spaces give each character and each pair of neighbours; a query asks for the
 * pairs, which finds any phrase without a dictionary. Texts are brought to one spelling first, so
 * that letters and their marks are one code point however they were typed. The tables here are fixed,
 * and a store whose words were cut by other rules cuts them anew (record/fold.c). */
#include "format/internal.h"

#define LONGEST_WORD 64

enum sort { GAP, DROPPED, LETTER, SYLLABLE, SYMBOL };

struct range {
    uint32_t first, last;
};

/* Marks that are typed as part of a letter, and characters that show nothing. */
static const struct range dropped[] = {
    {0x00AD, 0x00AD}, {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},
    {0x0640, 0x0640}, {0x064B, 0x065F}, {0x0670, 0x0670}, {0x200B, 0x200F}, {0x2060, 0x2064},
    {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};

static const struct range syllables[] = {
    {0x1100, 0x11FF}, /* Hangul jamo */
    {0x2E80, 0x2FDF}, /* radicals */
    {0x3005, 0x3007}, {0x3021, 0x3029},   {0x3041, 0x3096},   {0x309D, 0x309F},
    {0x30A1, 0x30FA}, {0x30FC, 0x30FF},   {0x3105, 0x312F},   {0x3131, 0x318E},
    {0x31A0, 0x31BF}, {0x31F0, 0x31FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF}, /* Han */
    {0xA960, 0xA97C}, {0xAC00, 0xD7A3},   {0xD7B0, 0xD7FB},   {0xF900, 0xFAFF},
    {0xFF66, 0xFFDC}, {0x1B000, 0x1B16F}, {0x20000, 0x323AF},
};

static const struct range letters[] = {
    {0x0180, 0x02AF}, {0x0370, 0x0373}, {0x0376, 0x0377}, {0x037B, 0x037D}, {0x037F, 0x037F},
    {0x0386, 0x0386}, {0x0388, 0x03F5}, {0x03F7, 0x0481}, {0x048A, 0x052F}, {0x0531, 0x0556},
    {0x0561, 0x0587}, {0x05D0, 0x05EA}, {0x0620, 0x064A}, {0x0660, 0x0669}, {0x066E, 0x06D3},
    {0x06EE, 0x06FC}, {0x0710, 0x072F}, {0x0750, 0x077F}, {0x0900, 0x0963}, {0x0966, 0x0DF3},
    {0x0E01, 0x0E3A}, {0x0E40, 0x0E4E}, {0x0E50, 0x0E59}, {0x0E81, 0x0EDF}, {0x0F20, 0x0F33},
    {0x0F40, 0x0FBC}, {0x1000, 0x1049}, {0x1050, 0x10FA}, {0x10FC, 0x10FF}, {0x1200, 0x135A},
    {0x13A0, 0x13FD}, {0x1780, 0x17D3}, {0x17E0, 0x17E9}, {0x1810, 0x18AA}, {0x1E00, 0x1FBC},
    {0x1FC2, 0x1FCC}, {0x1FD0, 0x1FDB}, {0x1FE0, 0x1FEC}, {0x1FF2, 0x1FFC}, {0x2C60, 0x2C7F},
    {0x2D00, 0x2D2D}, {0xA000, 0xA48C}, {0xA640, 0xA66E}, {0xA722, 0xA788}, {0xA78B, 0xA7CA},
    {0xFB50, 0xFBB1}, {0xFBD3, 0xFD3D}, {0xFD50, 0xFDFB}, {0xFE70, 0xFEFC},
};

/* Latin-1 and Latin Extended-A without their diacritics. × and ÷ are in neither list, and no symbols. */
static const struct {
    struct range of;
    char plain[3];
} latin[] = {
    {{0x00AA, 0x00AA}, "a"},  {{0x00BA, 0x00BA}, "o"},  {{0x00C0, 0x00C5}, "a"},
    {{0x00C6, 0x00C6}, "ae"}, {{0x00C7, 0x00C7}, "c"},  {{0x00C8, 0x00CB}, "e"},
    {{0x00CC, 0x00CF}, "i"},  {{0x00D0, 0x00D0}, "d"},  {{0x00D1, 0x00D1}, "n"},
    {{0x00D2, 0x00D6}, "o"},  {{0x00D8, 0x00D8}, "o"},  {{0x00D9, 0x00DC}, "u"},
    {{0x00DD, 0x00DD}, "y"},  {{0x00DE, 0x00DE}, "th"}, {{0x00DF, 0x00DF}, "ss"},
    {{0x00E0, 0x00E5}, "a"},  {{0x00E6, 0x00E6}, "ae"}, {{0x00E7, 0x00E7}, "c"},
    {{0x00E8, 0x00EB}, "e"},  {{0x00EC, 0x00EF}, "i"},  {{0x00F0, 0x00F0}, "d"},
    {{0x00F1, 0x00F1}, "n"},  {{0x00F2, 0x00F6}, "o"},  {{0x00F8, 0x00F8}, "o"},
    {{0x00F9, 0x00FC}, "u"},  {{0x00FD, 0x00FD}, "y"},  {{0x00FE, 0x00FE}, "th"},
    {{0x00FF, 0x00FF}, "y"},  {{0x0100, 0x0105}, "a"},  {{0x0106, 0x010D}, "c"},
    {{0x010E, 0x0111}, "d"},  {{0x0112, 0x011B}, "e"},  {{0x011C, 0x0123}, "g"},
    {{0x0124, 0x0127}, "h"},  {{0x0128, 0x0131}, "i"},  {{0x0132, 0x0133}, "ij"},
    {{0x0134, 0x0135}, "j"},  {{0x0136, 0x0138}, "k"},  {{0x0139, 0x0142}, "l"},
    {{0x0143, 0x014B}, "n"},  {{0x014C, 0x0151}, "o"},  {{0x0152, 0x0153}, "oe"},
    {{0x0154, 0x0159}, "r"},  {{0x015A, 0x0161}, "s"},  {{0x0162, 0x0167}, "t"},
    {{0x0168, 0x0173}, "u"},  {{0x0174, 0x0175}, "w"},  {{0x0176, 0x0178}, "y"},
    {{0x0179, 0x017E}, "z"},  {{0x017F, 0x017F}, "s"},
};

struct cutter {
    struct buf out;
    bool query;
    struct buf word;    /* the run of letters and digits being read */
    uint32_t neighbour; /* the syllable just before, 0 when there is none */
    size_t run;         /* syllables so far */
};

static bool is_in(const struct range *ranges, size_t count, uint32_t point)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (point > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && point >= ranges[low].first;
}

static enum sort sort_of(uint32_t point)
{
    if (is_in(dropped, COUNT(dropped), point))
        return DROPPED;
    if (is_in(syllables, COUNT(syllables), point))
        return SYLLABLE;
    if (is_in(letters, COUNT(letters), point))
        return LETTER;
    return form__symbol(point) ? SYMBOL : GAP;
}

static const char *plain_latin(uint32_t point)
{
    for (size_t i = 0; i < COUNT(latin); i++)
        if (point >= latin[i].of.first && point <= latin[i].of.last)
            return latin[i].plain;
    return NULL;
}

static uint32_t lower_greek(uint32_t point)
{
    static const uint16_t accented[] = {0x03AC, 0,      0x03AD, 0x03AE, 0x03AF,
                                        0,      0x03CC, 0,      0x03CD, 0x03CE};
    if (point >= 0x0386 && point <= 0x038F && accented[point - 0x0386] != 0)
        return accented[point - 0x0386];
    if (point >= 0x0391 && point <= 0x03AB)
        return point + 0x20;
    return point == 0x03C2 ? 0x03C3 : point; /* a final sigma is a sigma */
}

static uint32_t lower_cyrillic(uint32_t point)
{
    if (point >= 0x0400 && point <= 0x040F)
        return point + 0x50;
    if (point >= 0x0410 && point <= 0x042F)
        return point + 0x20;
    if (point == 0x04C0)
        return 0x04CF;
    if (point >= 0x04C1 && point <= 0x04CE)
        return point + point % 2;
    bool paired = (point >= 0x0460 && point <= 0x0481) || (point >= 0x048A && point <= 0x052F);
    return paired ? point | 1 : point;
}

static uint32_t lower(uint32_t point)
{
    if (point >= 0x0370 && point <= 0x03FF)
        return lower_greek(point);
    if (point >= 0x0400 && point <= 0x052F)
        return lower_cyrillic(point);
    if (point >= 0x1E00 && point <= 0x1EFF && !(point >= 0x1E96 && point <= 0x1E9F))
        return point | 1;
    return point;
}

static void put_word(struct cutter *c, struct text word)
{
    if (c->out.len > 0)
        buf_add_byte(&c->out, ' ');
    buf_add(&c->out, word);
}

static void end_word(struct cutter *c)
{
    if (c->word.len > 0)
        put_word(c, buf_text(&c->word));
    c->word.len = 0;
    c->word.full = false;
}

static void put_syllable(struct cutter *c, uint32_t point, bool apart)
{
    if (apart && c->out.len > 0)
        buf_add_byte(&c->out, ' ');
    utf8__put(&c->out, point);
}

static void end_run(struct cutter *c)
{
    if (c->query && c->run == 1)
        put_syllable(c, c->neighbour, true);
    c->run = 0;
}

/* What does not fit is left off, in index and query alike. A piece is never split. */
static void add_letter(struct cutter *c, struct text piece)
{
    end_run(c);
    buf_add(&c->word, piece);
}

static void add_syllable(struct cutter *c, uint32_t point)
{
    end_word(c);
    if (c->run > 0) {
        put_syllable(c, c->neighbour, true);
        put_syllable(c, point, false);
    }
    if (!c->query)
        put_syllable(c, point, true);
    c->neighbour = point;
    c->run++;
}

static void add_gap(struct cutter *c)
{
    end_word(c);
    end_run(c);
}

static void add_ascii(struct cutter *c, char byte)
{
    if (byte >= 'A' && byte <= 'Z')
        byte = (char)(byte + ('a' - 'A'));
    if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'))
        add_letter(c, (struct text){&byte, 1});
    else
        add_gap(c);
}

static void add_letter_point(struct cutter *c, uint32_t point)
{
    char bytes[4];
    struct buf piece = {.at = bytes, .room = sizeof(bytes), .cap = sizeof(bytes)};
    utf8__put(&piece, lower(point));
    add_letter(c, buf_text(&piece));
}

/* ơ, ư and all that Vietnamese, Pinyin or Welsh put on a letter: the letter under it. */
static uint32_t bare_latin(uint32_t point)
{
    bool latin_more = (point >= 0x0180 && point <= 0x024F) || (point >= 0x1E00 && point <= 0x1EFF);
    return latin_more ? form__bare(point) : point;
}

static void add_symbol(struct cutter *c, uint32_t point)
{
    add_gap(c);
    put_syllable(c, point, true);
}

static void add_point(struct cutter *c, uint32_t point)
{
    point = bare_latin(point);
    if (point >= 0xFF01 && point <= 0xFF5E)
        point -= 0xFEE0; /* full-width forms of ASCII */
    if (point < 0x80) {
        add_ascii(c, (char)point);
        return;
    }
    const char *plain = point <= 0x017F ? plain_latin(point) : NULL;
    if (plain != NULL) {
        add_letter(c, text_of(plain));
        return;
    }
    switch (sort_of(point)) {
    case LETTER:
        add_letter_point(c, point);
        break;
    case SYLLABLE:
        add_syllable(c, point);
        break;
    case SYMBOL:
        add_symbol(c, point);
        break;
    case GAP:
        add_gap(c);
        break;
    case DROPPED:
        break;
    }
}

static struct text cut(struct arena *a, struct text t, bool query)
{
    t = form__plain(a, t);
    /* The longest that a piece can become: three bytes of Han give three, a space, a pair, and
     * another space. */
    struct cutter c = {buf_in(a, t.len * 4 + 16), query, buf_in(a, LONGEST_WORD), 0, 0};
    while (t.len > 0) {
        uint32_t point;
        size_t len = utf8__take(t, &point);
        add_point(&c, point);
        t = text_from(t, len);
    }
    add_gap(&c);
    return buf_text(&c.out);
}

struct text words_for_index(struct arena *a, struct text t)
{
    return cut(a, t, false);
}

struct text words_for_query(struct arena *a, struct text t)
{
    return cut(a, t, true);
}
