/* SPDX-License-Identifier: Apache-2.0 */
/* net/guard.c — refuses every head that a proxy in front of us might read differently.
 *
 * libmicrohttpd is lax: it takes Content-Length beside Transfer-Encoding, several lengths, no
 * Host. We look at what it parsed before a byte of the body is believed. Two things it hides
 * even from that look: it cuts a value at a NUL, and it joins folded lines and accepts bare LF.
 * But 0.9.x parses the head where it lies, so sound lines follow each other with exactly CR LF
 * between them; a gap means that something was hidden. Later versions refuse these themselves.
 */
#include <string.h>

#include "net/inside.h"

struct look {
    struct work *work;
    struct pair *pairs;
    size_t filled, room;
    const char *expected; /* where the next line of the head must begin; NULL: not checked */
    size_t hosts, lengths, codings, singles;
    struct text length, coding, host;
    const char *why;
};

static bool token(struct text t)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || !strchr(marks, c)))
            return false;
    }
    return t.len > 0;
}

static bool plain_value(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static bool digits(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
    return t.len > 0;
}

static bool plain_host(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || !strchr("-._~:[]%", c)))
            return false;
    }
    return true;
}

static void note(struct look *k, struct pair p)
{
    if (text_is(p.name, "host")) {
        k->hosts++;
        k->host = p.value;
    } else if (text_is(p.name, "content-length")) {
        k->lengths++;
        k->length = p.value;
    } else if (text_is(p.name, "transfer-encoding")) {
        k->codings++;
        k->coding = p.value;
    } else if (text_is(p.name, "authorization") || text_is(p.name, "content-type")) {
        /* Two of either would let two readers of one request disagree about it. */
        for (size_t i = 0; i + 1 < k->filled; i++)
            k->singles += text_same(k->pairs[i].name, p.name);
    }
}

static enum MHD_Result look_at(void *arg, enum MHD_ValueKind kind, const char *name,
                               size_t name_len, const char *value, size_t value_len)
{
    struct look *k = arg;
    struct arena *a = k->work->request.arena;
    struct text raw_name = {name, name_len}, raw_value = {value ? value : "", value_len};
    if (!token(raw_name))
        k->why = "a header name has a byte that is not allowed";
    else if (!plain_value(raw_value))
        k->why = "a header value has a control byte";
    else if (k->expected && name != k->expected)
        k->why = "the head has a folded line, a bare line feed or a NUL";
    if (k->why || k->filled == k->room)
        return MHD_NO;
    if (k->expected && value)
        k->expected = value + value_len + 2;
    struct pair *p = &k->pairs[k->filled++];
    p->name = text_lower(a, raw_name);
    p->value = text_copy(a, text_trim(raw_value));
    note(k, *p);
    return MHD_YES;
}

static bool parses_in_place(void)
{
    return strncmp(MHD_get_version(), "0.9.", 4) == 0;
}

/* Method, target and version, with one space between them and nothing cut off. */
static bool whole_request_line(const struct work *w, const char *method, const char *version)
{
    return w->target_at == method + strlen(method) + 1 &&
           version == w->target_at + w->target.len + 1;
}

/* The empty line must end the head exactly where the last header stopped. */
static bool whole_head(const struct look *k, const char *method)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(k->work->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return !k->expected || !info || k->expected + 2 == method + info->header_size;
}

/* A body must say its length. libmicrohttpd 0.9 takes bare line feeds and more between chunks
 * where a proxy in front of us may not, and nothing lets us see them; so chunks are for routes
 * that cannot do without (struct admission), and what follows them on a connection is never
 * read. */
static const char *framing(const struct look *k, const char *version)
{
    bool one_one = strcmp(version, "HTTP/1.1") == 0;
    if (k->hosts > 1 || (one_one && k->hosts != 1) || !plain_host(k->host))
        return "exactly one Host header is needed";
    if (k->lengths > 1 || (k->lengths == 1 && !digits(k->length)))
        return "Content-Length must be one number";
    if (k->lengths > 0 && k->codings > 0)
        return "Content-Length and Transfer-Encoding exclude each other";
    if (k->codings > 1 || (k->codings == 1 && !text_is(k->coding, "chunked")))
        return "the only Transfer-Encoding is chunked";
    if (k->codings > 0 && !one_one)
        return "HTTP/1.0 has no Transfer-Encoding";
    if (k->singles > 0)
        return "Authorization and Content-Type may be given once";
    k->work->chunked = k->codings > 0;
    return NULL;
}

static int method_status(const char *method)
{
    static const char *const known[] = {"GET",   "HEAD",   "POST",   "PUT",
                                        "PATCH", "DELETE", "OPTIONS"};
    for (size_t i = 0; i < COUNT(known); i++)
        if (strcmp(method, known[i]) == 0)
            return 200;
    return strcmp(method, "TRACE") == 0 || strcmp(method, "CONNECT") == 0 ? 405 : 501;
}

const char *net__guard(struct work *w, const char *method, const char *version, int *status)
{
    struct look k = {.work = w};
    *status = method_status(method);
    if (*status != 200)
        return "that method is not offered here";
    *status = 505;
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        return "the protocol is HTTP/1.1";
    *status = 400;
    if (parses_in_place()) {
        if (!whole_request_line(w, method, version))
            return "the request line has a NUL or more than single spaces";
        k.expected = version + strlen(version) + 2;
    }
    int count = MHD_get_connection_values_n(w->connection, MHD_HEADER_KIND, NULL, NULL);
    k.room = count > 0 ? (size_t)count : 0;
    k.pairs = NEW_MANY(w->request.arena, k.room, struct pair);
    MHD_get_connection_values_n(w->connection, MHD_HEADER_KIND, look_at, &k);
    if (!k.why && !whole_head(&k, method))
        k.why = "the head has a folded line, a bare line feed or a NUL";
    if (!k.why)
        k.why = framing(&k, version);
    w->request.headers = k.pairs;
    w->request.header_count = k.filled;
    return k.why;
}
