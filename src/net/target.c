/* SPDX-License-Identifier: Apache-2.0 */
/* net/target.c — the request target, read once and strictly: path, query, cookies.
 * A path that two readers could understand differently is refused, never repaired. */
#include "net/inside.h"

/* An escaped slash is a slash to some readers and a letter to others. */
static bool hides_a_slash(struct text raw)
{
    for (size_t i = 0; i + 2 < raw.len; i++)
        if (raw.at[i] == '%' && raw.at[i + 1] == '2' && (raw.at[i + 2] | 0x20) == 'f')
            return true;
    return false;
}

static bool plain_path(struct text path)
{
    if (!text_utf8(path))
        return false;
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.at[i];
        if (c < 0x20 || c == 0x7f || c == '\\')
            return false;
    }
    while (path.len > 0) {
        struct text segment = text_cut(&path, '/');
        if (text_is(segment, ".") || text_is(segment, ".."))
            return false;
    }
    return true;
}

static size_t count_pairs(struct text query)
{
    size_t count = 0;
    while (query.len > 0)
        count += text_cut(&query, '&').len > 0;
    return count;
}

static const char *read_query(struct arena *a, struct text query, struct request *r)
{
    size_t count = count_pairs(query);
    if (count > NET_QUERY_PAIRS)
        return "the query has too many parameters";
    struct pair *pairs = NEW_MANY(a, count, struct pair);
    size_t filled = 0;
    while (query.len > 0) {
        struct text value = text_cut(&query, '&');
        if (value.len == 0)
            continue;
        struct text name = text_cut(&value, '=');
        struct pair *p = &pairs[filled++];
        if (!url_decode(a, name, true, &p->name) || !text_utf8(p->name) ||
            !url_decode(a, value, true, &p->value) || !text_utf8(p->value))
            return "the query is not valid percent-encoded UTF-8";
    }
    r->query = pairs;
    r->query_count = filled;
    return NULL;
}

const char *net__read_target(struct arena *a, struct text target, struct request *r)
{
    if (target.len == 0 || target.at[0] != '/')
        return "the request target must begin with /";
    for (size_t i = 0; i < target.len; i++) {
        unsigned char c = (unsigned char)target.at[i];
        if (c <= 0x20 || c >= 0x7f || c == '#')
            return "the request target has a byte that must be percent-encoded";
    }
    r->raw_query = target;
    struct text path = text_cut(&r->raw_query, '?');
    if (hides_a_slash(path) || !url_decode(a, path, false, &r->path) || !plain_path(r->path))
        return "the path is not acceptable";
    return read_query(a, r->raw_query, r);
}

struct text net__cookie(struct text header, const char *name)
{
    while (header.len > 0) {
        struct text value = text_cut(&header, ';');
        struct text found = text_trim(text_cut(&value, '='));
        if (!text_is(found, name))
            continue;
        value = text_trim(value);
        if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
            value = text_slice(value, 1, value.len - 1);
        return value;
    }
    return TEXT("");
}

static struct text find_pair(const struct pair *pairs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(pairs[i].name, name))
            return pairs[i].value;
    return TEXT("");
}

struct text request_header(const struct request *r, const char *lower_name)
{
    return find_pair(r->headers, r->header_count, lower_name);
}

struct text request_query(const struct request *r, const char *name)
{
    return find_pair(r->query, r->query_count, name);
}

struct text request_cookie(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (!text_is(r->headers[i].name, "cookie"))
            continue;
        struct text value = net__cookie(r->headers[i].value, name);
        if (value.len > 0)
            return value;
    }
    return TEXT("");
}
