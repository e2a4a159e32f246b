/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/query_fuzz.c — request targets and cookies from strangers.
 * Input: the target, a line feed, a Cookie header. Aborts when an accepted path breaks a
 * promise of net.h. */
#include "net/inside.h"

static void check_path(struct text path)
{
    if (path.len == 0 || path.at[0] != '/' || !text_utf8(path) || text_find(path, '\\') >= 0)
        panic("path not plain");
    while (path.len > 0) {
        struct text segment = text_cut(&path, '/');
        if (text_is(segment, ".") || text_is(segment, ".."))
            panic("dots in a path");
    }
}

static void check_query(const struct request *r)
{
    if (r->query_count > NET_QUERY_PAIRS)
        panic("too many parameters");
    for (size_t i = 0; i < r->query_count; i++)
        if (!text_utf8(r->query[i].name) || !text_utf8(r->query[i].value))
            panic("parameter not UTF-8");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct text cookies = text_copy(a, (struct text){(const char *)data, size});
    struct text target = text_cut(&cookies, '\n');
    struct request r = {.arena = a};
    if (!net__read_target(a, target, &r)) {
        check_path(r.path);
        check_query(&r);
    }
    struct text value = net__cookie(cookies, "session");
    if (value.len > cookies.len)
        panic("cookie longer than its header");
    arena_close(a);
    return 0;
}
