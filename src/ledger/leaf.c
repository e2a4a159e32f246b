/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/leaf.c — the bytes of an entry: writing them, and reading them back strictly.
 * RFC 8785 restricted: keys sorted, no white space, minimal escapes, integers up to 2^53 - 1,
 * no null. The reader knows the one shape the writer makes and accepts nothing else, so
 * whatever it accepts is canonical; it allocates only for the commitments. Format:
 * docs/ledger.md §2. */
#include "ledger/internal.h"

#include <string.h>

#define TEXT_MOST 1000 /* bytes of one value, before escaping */

/* ---- writing ----------------------------------------------------------------------------- */

static void put_string(struct buf *b, struct text t)
{
    static const char hex[] = "0123456789abcdef";
    buf_add_byte(b, '"');
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        const char *at = c < 0x20 ? memchr("\b\t\n\f\r", c, 5) : NULL;
        if (at != NULL || c == '"' || c == '\\') {
            static const char letters[] = {
                ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
            buf_add_byte(b, '\\');
            buf_add_byte(b, at != NULL ? letters[c] : (char)c);
        } else if (c < 0x20) {
            char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            buf_add(b, (struct text){escape, sizeof(escape)});
        } else {
            buf_add_byte(b, (char)c);
        }
    }
    buf_add_byte(b, '"');
}

/* start is '{' or ','; the next member of the same object begins with a comma. Absent:
 * nothing. */
static void put_member(struct buf *b, char *start, const char *key, struct text value)
{
    if (value.len == 0)
        return;
    buf_print(b, "%c\"%s\":", *start, key);
    put_string(b, value);
    *start = ',';
}

static void put_commitment(struct buf *b, const char *key, const struct hash *h)
{
    buf_print(b, "%s:\"", key);
    buf_add(b, base64_of(b->arena, hash_text(h)));
    buf_add_byte(b, '"');
}

static void put_actor(struct buf *b, const struct ledger_event *event)
{
    char start = '{';
    if (event->actor_id.len == 0 && event->actor_type.len == 0)
        return;
    buf_add_c(b, ",\"actor\":");
    put_member(b, &start, "for", event->actor_for);
    put_member(b, &start, "id", event->actor_id);
    put_member(b, &start, "t", event->actor_type);
    buf_add_byte(b, '}');
}

static void put_object(struct buf *b, const struct ledger_event *event)
{
    char start = '{';
    if (event->object_kind.len == 0)
        return;
    buf_add_c(b, ",\"obj\":");
    put_member(b, &start, "id", event->object_id);
    put_member(b, &start, "t", event->object_kind);
    if (event->object_version > 0)
        buf_print(b, ",\"ver\":%lld", (long long)event->object_version);
    buf_add_byte(b, '}');
}

static enum err check_text(struct call *call, const char *name, struct text t)
{
    if (t.len <= TEXT_MOST && text_utf8(t))
        return OK;
    return problem(call, ERR_INVALID, text_of(name), "ledger_text",
                   "a ledger entry holds at most %d bytes of UTF-8 here", TEXT_MOST);
}

static enum err check_event(struct call *call, const struct ledger_event *event, uint64_t index)
{
    TRY(check_text(call, "actor_type", event->actor_type));
    TRY(check_text(call, "actor_id", event->actor_id));
    TRY(check_text(call, "actor_for", event->actor_for));
    TRY(check_text(call, "object_kind", event->object_kind));
    TRY(check_text(call, "object_id", event->object_id));
    TRY(check_text(call, "model", event->model));
    TRY(check_text(call, "request", event->request));
    TRY(check_text(call, "session", event->session));
    TRY(check_text(call, "waiver", event->waiver));
    TRY(check_text(call, "act", text_of(event->act)));
    if (event->act == NULL || event->act[0] == '\0')
        return problem(call, ERR_BUG, TEXT("act"), "ledger_event", "an entry needs an act");
    if (event->object_version < 0 || event->object_version > LEAF_INTEGER_MOST ||
        index > (uint64_t)LEAF_INTEGER_MOST)
        return problem(call, ERR_BUG, TEXT("object_version"), "ledger_event",
                       "a number is outside what an entry can hold");
    if (event->object_kind.len == 0 && (event->object_id.len > 0 || event->previous >= 0))
        return problem(call, ERR_BUG, TEXT("object_kind"), "ledger_event",
                       "an entry with an object id or a previous entry needs an object kind");
    if (event->previous >= 0 && (uint64_t)event->previous >= index)
        return problem(call, ERR_BUG, TEXT("previous"), "ledger_event",
                       "the previous entry must come before this one");
    return OK;
}

enum err leaf__write(struct call *call, const struct ledger_event *event, struct text origin,
                     uint64_t index, int64_t time, struct text *out)
{
    char start = '{';
    TRY(check_event(call, event, index));
    struct buf b = buf_in(call->arena, LEAF_MOST);
    put_member(&b, &start, "act", text_of(event->act));
    put_actor(&b, event);
    if (event->has_commitment)
        put_commitment(&b, ",\"c\"", &event->commitment);
    put_member(&b, &start, "log", origin);
    put_member(&b, &start, "m", event->model);
    buf_print(&b, ",\"n\":%llu", (unsigned long long)index);
    put_object(&b, event);
    if (event->previous >= 0) {
        put_commitment(&b, ",\"prev\":{\"c\"", &event->previous_commitment);
        buf_print(&b, ",\"n\":%lld}", (long long)event->previous);
    }
    put_member(&b, &start, "req", event->request);
    put_member(&b, &start, "ses", event->session);
    put_member(&b, &start, "t", moment_print(call->arena, time));
    buf_add_c(&b, ",\"v\":1");
    put_member(&b, &start, "w", event->waiver);
    buf_add_byte(&b, '}');
    if (b.full)
        return problem(call, ERR_TOO_LARGE, TEXT("ledger"), "ledger_text",
                       "a ledger entry would be larger than %d bytes", LEAF_MOST);
    *out = buf_text(&b);
    return OK;
}

/* ---- reading ----------------------------------------------------------------------------- */

struct scan {
    const char *at, *end;
    const char *why;
    struct arena *arena;
};

static bool fail(struct scan *s, const char *why)
{
    if (s->why == NULL)
        s->why = why;
    return false;
}

static bool next_is(struct scan *s, const char *literal)
{
    size_t len = strlen(literal);
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, literal, len) != 0)
        return false;
    s->at += len;
    return true;
}

static bool expect(struct scan *s, const char *literal)
{
    return next_is(s, literal) || fail(s, "this is not the member that must come here");
}

/* One escape of the minimal set: \" \\ \b \t \n \f \r, and \u00xx in lower case for the other
 * control characters. */
static bool scan_escape(struct scan *s)
{
    size_t left = (size_t)(s->end - s->at);
    if (left >= 2 && memchr("\"\\btnfr", s->at[1], 7) != NULL) {
        s->at += 2;
        return true;
    }
    if (left < 6 || memcmp(s->at, "\\u00", 4) != 0 || (s->at[4] != '0' && s->at[4] != '1'))
        return fail(s, "this escape is not canonical");
    const char *low = memchr("0123456789abcdef", s->at[5], 16);
    if (low == NULL || (s->at[4] == '0' && memchr("89acd", s->at[5], 5) != NULL))
        return fail(s, "this escape is not canonical");
    if (s->at[4] == '0' && s->at[5] == '0')
        return fail(s, "NUL is not allowed in text");
    s->at += 6;
    return true;
}

static bool scan_string(struct scan *s, struct text *raw)
{
    bool ascii = true;
    if (s->at == s->end || *s->at != '"')
        return fail(s, "text was expected");
    const char *start = ++s->at;
    while (s->at < s->end && *s->at != '"') {
        unsigned char c = (unsigned char)*s->at;
        ascii &= c < 0x80;
        if (c < 0x20)
            return fail(s, "a control character is not escaped");
        if (c != '\\')
            s->at++;
        else if (!scan_escape(s))
            return false;
    }
    if (s->at == s->end)
        return fail(s, "text is not closed");
    *raw = (struct text){start, (size_t)(s->at - start)};
    s->at++;
    if (raw->len == 0)
        return fail(s, "empty text must be left out");
    return ascii || text_utf8(*raw) || fail(s, "text is not UTF-8");
}

static bool scan_integer(struct scan *s, uint64_t *out)
{
    const char *start = s->at;
    uint64_t value = 0;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9' && s->at - start < 16)
        value = value * 10 + (uint64_t)(*s->at++ - '0');
    if (s->at == start || (*start == '0' && s->at - start > 1) ||
        value > (uint64_t)LEAF_INTEGER_MOST)
        return fail(s, "a canonical integer was expected");
    *out = value;
    return true;
}

static bool scan_commitment(struct scan *s, struct hash *out)
{
    struct text raw, bytes;
    if (!scan_string(s, &raw))
        return false;
    if (raw.len != 44 || !base64_read(s->arena, raw, &bytes) || bytes.len != HASH_SIZE)
        return fail(s, "a commitment is 32 bytes in base64");
    memcpy(out->byte, bytes.at, HASH_SIZE);
    return true;
}

static bool scan_actor(struct scan *s, struct leaf *out)
{
    if (!next_is(s, ",\"actor\":{"))
        return true;
    if (next_is(s, "\"for\":") && !(scan_string(s, &out->actor_for) && expect(s, ",")))
        return false;
    if (next_is(s, "\"id\":")) {
        if (!scan_string(s, &out->actor_id) ||
            (next_is(s, ",\"t\":") && !scan_string(s, &out->actor_type)))
            return false;
    } else if (!expect(s, "\"t\":") || !scan_string(s, &out->actor_type)) {
        return false;
    }
    return expect(s, "}");
}

static bool scan_object(struct scan *s, struct leaf *out)
{
    uint64_t version = 0;
    if (!next_is(s, ",\"obj\":{"))
        return true;
    if (next_is(s, "\"id\":") && !(scan_string(s, &out->object_id) && expect(s, ",")))
        return false;
    if (!expect(s, "\"t\":") || !scan_string(s, &out->object_kind))
        return false;
    if (next_is(s, ",\"ver\":") && (!scan_integer(s, &version) || version == 0))
        return fail(s, "a version is at least 1");
    out->object_version = (int64_t)version;
    return expect(s, "}");
}

static bool scan_previous(struct scan *s, struct leaf *out)
{
    if (!next_is(s, ",\"prev\":{"))
        return true;
    out->has_previous = true;
    if (out->object_kind.len == 0)
        return fail(s, "a previous entry needs an object");
    return expect(s, "\"c\":") && scan_commitment(s, &out->previous_commitment) &&
           expect(s, ",\"n\":") && scan_integer(s, &out->previous) && expect(s, "}");
}

/* moment_read takes more than one spelling; an entry's is fixed:
 * 2026-11-23T03:50:26.123456Z. */
static bool scan_moment(struct scan *s, struct leaf *out)
{
    static const char shape[] = "0000-00-00T00:00:00.000000Z";
    if (!expect(s, ",\"t\":") || !scan_string(s, &out->time))
        return false;
    bool ok = out->time.len == sizeof(shape) - 1;
    for (size_t i = 0; ok && i < out->time.len; i++) {
        char c = out->time.at[i];
        ok = shape[i] == '0' ? c >= '0' && c <= '9' : c == shape[i];
    }
    return (ok && moment_read(out->time, &out->moment)) ||
           fail(s, "a moment was expected, in UTC with six digits of fraction");
}

static bool scan_leaf(struct scan *s, struct leaf *out)
{
    struct text unused;
    if (!expect(s, "{\"act\":") || !scan_string(s, &out->act) || !scan_actor(s, out))
        return false;
    if (next_is(s, ",\"c\":")) {
        out->has_commitment = true;
        if (!scan_commitment(s, &out->commitment))
            return false;
    }
    if (!expect(s, ",\"log\":") || !scan_string(s, &out->log))
        return false;
    if (next_is(s, ",\"m\":") && !scan_string(s, &out->model))
        return false;
    if (!expect(s, ",\"n\":") || !scan_integer(s, &out->index))
        return false;
    if (!scan_object(s, out) || !scan_previous(s, out))
        return false;
    if (next_is(s, ",\"req\":") && !scan_string(s, &unused))
        return false;
    if (next_is(s, ",\"ses\":") && !scan_string(s, &out->session))
        return false;
    if (!scan_moment(s, out) || !expect(s, ",\"v\":1"))
        return false;
    if (next_is(s, ",\"w\":") && !scan_string(s, &unused))
        return false;
    if (!expect(s, "}"))
        return false;
    return s->at == s->end || fail(s, "bytes follow the entry");
}

bool leaf__read(struct arena *a, struct text bytes, struct leaf *out, const char **why,
                size_t *offset)
{
    struct scan s = {bytes.at, bytes.at + bytes.len, NULL, a};
    *out = (struct leaf){0};
    if (bytes.len > LEAF_MOST)
        fail(&s, "an entry is at most 65535 bytes");
    else if (scan_leaf(&s, out))
        return true;
    *why = s.why;
    *offset = (size_t)(s.at - bytes.at);
    return false;
}

bool ledger_leaf_read(struct arena *a, struct text bytes, struct ledger_leaf *out)
{
    struct leaf leaf;
    const char *why;
    size_t offset;
    if (!leaf__read(a, bytes, &leaf, &why, &offset))
        return false;
    *out = (struct ledger_leaf){.act = leaf.act,
                                .actor_type = leaf.actor_type,
                                .actor_id = leaf.actor_id,
                                .object_kind = leaf.object_kind,
                                .object_id = leaf.object_id,
                                .model = leaf.model,
                                .session = leaf.session,
                                .time = leaf.time,
                                .index = leaf.index,
                                .object_version = leaf.object_version,
                                .moment = leaf.moment,
                                .has_commitment = leaf.has_commitment,
                                .commitment = leaf.commitment};
    return true;
}
