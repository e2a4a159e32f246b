/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/note.c — checkpoints as C2SP signed notes (c2sp.org/signed-note, tlog-checkpoint).
 * The text is "origin\nsize\nroot\n"; a blank line follows, then one line a signature. Reading
 * is at least as strict as Go's sumdb/note: a note is refused when any line is malformed or
 * when the key we know has signed it wrongly. */
#include "ledger/internal.h"

#include <sodium.h>
#include <string.h>

#define OTHER_SIGNATURES_MOST 16
#define NOTE_MOST 100000
static const char dash[] = "\xe2\x80\x94 "; /* U+2014, space */

bool note__origin_ok(struct text origin)
{
    for (size_t i = 0; i < origin.len; i++) {
        char c = origin.at[i];
        if (c <= ' ' || c > '~' || c == '+' || c == '"' || c == '\\')
            return false;
    }
    return origin.len >= 1 && origin.len <= 200;
}

struct text note__checkpoint(struct arena *a, struct text origin, uint64_t size,
                             const struct hash *root)
{
    struct text root64 = base64_of(a, hash_text(root));
    return text_print(a, "%.*s\n%llu\n%.*s\n", TEXT_ARG(origin), (unsigned long long)size,
                      TEXT_ARG(root64));
}

/* Cuts a line off *rest; false when no line feed ends it. */
static bool take_line(struct text *rest, struct text *line)
{
    if (text_find(*rest, '\n') < 0)
        return false;
    *line = text_cut(rest, '\n');
    return true;
}

/* Decimal without sign and without leading zeros. */
static bool read_size(struct text t, uint64_t *size)
{
    int64_t value;
    if (t.len == 0 || t.at[0] < '0' || t.at[0] > '9' || (t.at[0] == '0' && t.len > 1))
        return false;
    if (!text_integer(t, &value))
        return false;
    *size = (uint64_t)value;
    return true;
}

static bool read_hash(struct arena *a, struct text t, struct hash *out)
{
    struct text bytes;
    if (t.len != 44 || !base64_read(a, t, &bytes) || bytes.len != HASH_SIZE)
        return false;
    memcpy(out->byte, bytes.at, HASH_SIZE);
    return true;
}

bool note__checkpoint_read(struct arena *a, struct text note, struct text *origin,
                           uint64_t *size, struct hash *root, struct text *rest)
{
    struct text size_line, root_line;
    *rest = note;
    return take_line(rest, origin) && take_line(rest, &size_line) &&
           take_line(rest, &root_line) && origin->len > 0 && read_size(size_line, size) &&
           read_hash(a, root_line, root);
}

void note__key_id(struct text name, const unsigned char public_key[32], unsigned char id[4])
{
    unsigned char key[34] = {'\n', 1};
    memcpy(key + 2, public_key, 32);
    struct hash h = sha256_two(name, (struct text){(const char *)key, sizeof(key)});
    memcpy(id, h.byte, 4);
}

struct text note_make(struct arena *a, const struct signer *s, struct text checkpoint_text,
                      const unsigned char signature[64])
{
    unsigned char bytes[4 + 64];
    note__key_id(s->origin, s->public_key, bytes);
    memcpy(bytes + 4, signature, 64);
    struct text line = base64_of(a, (struct text){(const char *)bytes, sizeof(bytes)});
    return text_print(a, "%.*s\n%s%.*s %.*s\n", TEXT_ARG(checkpoint_text), dash,
                      TEXT_ARG(s->origin), TEXT_ARG(line));
}

struct text note_vkey(struct arena *a, struct text origin, const unsigned char public_key[32])
{
    unsigned char id[4], key[33] = {1};
    note__key_id(origin, public_key, id);
    memcpy(key + 1, public_key, 32);
    struct text hex = hex_of(a, (struct text){(const char *)id, sizeof(id)});
    struct text key64 = base64_of(a, (struct text){(const char *)key, sizeof(key)});
    return text_print(a, "%.*s+%.*s+%.*s", TEXT_ARG(origin), TEXT_ARG(hex), TEXT_ARG(key64));
}

/* ---- reading ----------------------------------------------------------------------------- */

static bool has_control(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] < 0x20 && t.at[i] != '\n')
            return true;
    return false;
}

/* Key names: not empty, no plus sign, none of the spaces Unicode knows. */
static bool name_ok(struct text name)
{
    static const char *const spaces[] = {"+",
                                         " ",
                                         "\xc2\x85",
                                         "\xc2\xa0",
                                         "\xe1\x9a\x80",
                                         "\xe2\x80\x80",
                                         "\xe2\x80\x81",
                                         "\xe2\x80\x82",
                                         "\xe2\x80\x83",
                                         "\xe2\x80\x84",
                                         "\xe2\x80\x85",
                                         "\xe2\x80\x86",
                                         "\xe2\x80\x87",
                                         "\xe2\x80\x88",
                                         "\xe2\x80\x89",
                                         "\xe2\x80\x8a",
                                         "\xe2\x80\xa8",
                                         "\xe2\x80\xa9",
                                         "\xe2\x80\xaf",
                                         "\xe2\x81\x9f",
                                         "\xe3\x80\x80"};
    for (size_t i = 0; i < COUNT(spaces); i++)
        if (text_search(name, text_of(spaces[i])) >= 0)
            return false;
    return name.len > 0;
}

struct signature_line {
    struct text name, bytes; /* bytes: four of key id, then the signature */
};

static bool read_signature(struct arena *a, struct text line, struct signature_line *out)
{
    if (!text_starts(line, dash))
        return false;
    struct text rest = text_from(line, sizeof(dash) - 1);
    out->name = text_cut(&rest, ' ');
    return name_ok(out->name) && base64_read(a, rest, &out->bytes) && out->bytes.len >= 5;
}

static bool is_ours(const struct signature_line *line, struct text origin,
                    const unsigned char public_key[32])
{
    unsigned char id[4];
    note__key_id(origin, public_key, id);
    return text_same(line->name, origin) && memcmp(line->bytes.at, id, 4) == 0;
}

static bool verifies(const struct signature_line *line, struct text signed_text,
                     const unsigned char public_key[32])
{
    return line->bytes.len == 4 + 64 &&
           crypto_sign_verify_detached((const unsigned char *)line->bytes.at + 4,
                                       (const unsigned char *)signed_text.at, signed_text.len,
                                       public_key) == 0;
}

static bool check_signatures(struct arena *a, struct text lines, struct text signed_text,
                             struct text origin, const unsigned char public_key[32])
{
    bool found = false;
    size_t others = 0;
    while (lines.len > 0) {
        struct text line;
        struct signature_line signature;
        if (!take_line(&lines, &line) || !read_signature(a, line, &signature))
            return false;
        if (!is_ours(&signature, origin, public_key)) {
            if (++others > OTHER_SIGNATURES_MOST)
                return false;
            continue;
        }
        if (found) /* a repetition by the same key is dropped unread, as Go does */
            continue;
        if (!verifies(&signature, signed_text, public_key))
            return false;
        found = true;
    }
    return found;
}

bool note_open(struct arena *a, struct text note, struct text origin,
               const unsigned char public_key[32], uint64_t *size, struct hash *root)
{
    struct text name, rest;
    if (note.len > NOTE_MOST || !text_utf8(note) || has_control(note))
        return false;
    if (!note__checkpoint_read(a, note, &name, size, root, &rest))
        return false;
    if (!text_same(name, origin) || rest.len < 2 || rest.at[0] != '\n')
        return false;
    struct text signed_text = {note.at, note.len - rest.len};
    return check_signatures(a, text_from(rest, 1), signed_text, origin, public_key);
}
