/* SPDX-License-Identifier: Apache-2.0 */
/* api/assets.c — pages from memory, on the loop thread: br over gzip over plain. A path that is
 * no asset and belongs to no folder of files or answers is the application's own: it gets
 * index.html and finds its way. */
#include "api/assets.h"
#include "api/internal.h"

#include <string.h>

static const struct asset *find(struct text path)
{
    for (size_t i = 0; i < asset_count; i++)
        if (text_is(path, assets[i].path))
            return &assets[i];
    return NULL;
}

static bool accepts(const struct request *r, const char *coding)
{
    struct text list = request_header(r, "accept-encoding");
    while (list.len) {
        struct text one = text_trim(text_cut(&list, ','));
        struct text name = text_trim(text_cut(&one, ';'));
        if (text_is(name, coding))
            return !text_is(text_trim(one), "q=0");
    }
    return false;
}

static bool is_below(struct text path, const char *folder)
{
    struct text top = text_from(path, 1), first = text_cut(&top, '/');
    return text_is(first, folder);
}

/* Folders of files that pages load, and of what answers programs: nothing there is a page. Neither is
 * it below a path that a proxy adds, or in other letters: a program that asked for data must not be
 * told 200 and given a page. */
static bool is_elsewhere(const struct request *r)
{
    static const char *const folders[] = {"api", "v1", "public", "assets"};
    struct text path = r->path;
    for (size_t i = 0; i < COUNT(folders); i++)
        if (is_below(path, folders[i]))
            return true;
    return text_is(path, "/healthz") || text_is(path, "/readyz") || text_is(path, "/metrics") ||
           text_is(path, "/openapi.json") ||
           text_search(text_lower(r->arena, text_join(r->arena, path, TEXT("/"))), TEXT("/api/")) >= 0;
}

/* A browser that opens or reloads an address of the application says that it wants a page, also
 * when there is a dot in it, as in /checks/iso-42001/A.5.2; what loads a missing picture does not. */
static bool is_page(const struct request *r)
{
    if (is_elsewhere(r) || text_starts(r->path, "/calendar/"))
        return false;
    return text_find(text_from(r->path, 1), '.') < 0 ||
           text_search(request_header(r, "accept"), TEXT("text/html")) >= 0;
}

static struct text pick(const struct request *r, const struct asset *a, const char **coding)
{
    *coding = NULL;
    if (a->br && accepts(r, "br")) {
        *coding = "br";
        return (struct text){(const char *)a->br, (size_t)(a->br_end - a->br)};
    }
    if (a->gz && accepts(r, "gzip")) {
        *coding = "gzip";
        return (struct text){(const char *)a->gz, (size_t)(a->gz_end - a->gz)};
    }
    return (struct text){(const char *)a->raw, (size_t)(a->raw_end - a->raw)};
}

/* Every address that the page names begins with "/": ="/assets/… → ="/aims/assets/… */
struct page *assets__page_below(struct arena *arena, struct text base)
{
    const struct asset *index = find(TEXT("/index.html"));
    if (!index)
        return NULL;
    struct text rest = {(const char *)index->raw, (size_t)(index->raw_end - index->raw)};
    struct buf out = buf_in(arena, 1u << 20);
    for (ptrdiff_t at; (at = text_search(rest, TEXT("=\"/"))) >= 0;) {
        buf_add(&out, text_slice(rest, 0, (size_t)at + 2));
        buf_add(&out, base);
        rest = text_from(rest, (size_t)at + 2);
    }
    buf_add(&out, rest);
    struct page *page = NEW(arena, struct page);
    page->body = buf_text(&out);
    struct hash h = sha256(page->body);
    page->etag = text_print(arena, "\"%.*s\"", 32, hex_of(arena, hash_text(&h)).at);
    return page;
}

static void send(struct request *r, const struct asset *a)
{
    const char *coding;
    struct text body = pick(r, a, &coding);
    struct pair *headers = NEW_MANY(r->arena, 4, struct pair);
    struct reply reply = {.status = 200,
                          .type = text_of(a->type),
                          .body = body,
                          .headers = headers,
                          .lasting = true};
    headers[reply.header_count++] = (struct pair){
        TEXT("cache-control"),
        a->immutable ? TEXT("public, max-age=31536000, immutable") : TEXT("no-cache")};
    headers[reply.header_count++] = (struct pair){TEXT("etag"), text_of(a->etag)};
    headers[reply.header_count++] = (struct pair){TEXT("vary"), TEXT("accept-encoding")};
    if (text_same(request_header(r, "if-none-match"), text_of(a->etag))) {
        reply.status = 304;
        reply.body = (struct text){0};
    } else if (coding)
        headers[reply.header_count++] =
            (struct pair){TEXT("content-encoding"), text_of(coding)};
    net_answer(r, &reply);
}

static void send_page(struct request *r, const struct page *p)
{
    bool same = text_same(request_header(r, "if-none-match"), p->etag);
    const struct pair headers[] = {{TEXT("cache-control"), TEXT("no-cache")},
                                   {TEXT("etag"), p->etag}};
    net_answer(r, &(struct reply){.status = same ? 304 : 200,
                                  .type = TEXT("text/html; charset=utf-8"),
                                  .body = same ? TEXT("") : p->body,
                                  .headers = headers,
                                  .header_count = COUNT(headers),
                                  .lasting = true});
}

bool assets__answer(const struct api *api, struct request *r)
{
    if (!text_is(r->method, "GET") && !text_is(r->method, "HEAD"))
        return false;
    const struct asset *a = find(r->path);
    if (!a && is_page(r))
        a = find(TEXT("/index.html"));
    if (!a)
        return false;
    if (api->page && text_is(text_of(a->path), "/index.html"))
        send_page(r, api->page);
    else
        send(r, a);
    return true;
}

bool api_fast(void *arg, struct request *r)
{
    const struct api *a = arg;
    return a->pages && assets__answer(a, r);
}
