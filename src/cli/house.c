/* SPDX-License-Identifier: Apache-2.0 */
/* cli/house.c — the file that names the organisations of one server. A line for each: an
 * address, "/north" or "https://north.example.org", then a folder or the URL of a PostgreSQL
 * schema; "#" begins a remark. */
#include "cli/house.h"

#include <stdio.h>
#include <string.h>

#define FILE_MOST ((size_t)64 << 10)

void house_refuse(const struct args *args, const struct house *h, const struct served *v,
                  const char *why)
{
    fprintf(args->caller->err,
            "aimwell: %s, line %d: %s (nothing is served until it is mended)\n", h->file,
            v->line, why);
}

static struct text cut_word(struct text *line)
{
    size_t end = 0;
    while (end < line->len && line->at[end] != ' ' && line->at[end] != '\t')
        end++;
    struct text word = text_slice(*line, 0, end);
    *line = text_trim(text_from(*line, end));
    return word;
}

static bool read_address(struct house *h, struct text address, struct outside *out)
{
    if (!text_starts(address, "/"))
        return api_public(h->arena, address, &out->origin, &out->base);
    if (text_ends(address, "/"))
        address.len--;
    *out = (struct outside){.origin = TEXT(""), .base = address};
    return api_base(address);
}

static bool is_taken(struct house *h, const struct served *v)
{
    for (const struct served *other = h->of; other < v; other++)
        if (api_same_door(h->arena, v->outside.origin, v->outside.base, other->outside.origin,
                          other->outside.base))
            return true;
    return false;
}

/* Whether it can be one of them; NULL, or why not. */
static const char *read_line(struct house *h, struct served *v, struct text line)
{
    struct text address = cut_word(&line);
    if (!read_address(h, address, &v->outside))
        return "an address is a path like /north, or https://north.example.org, also with a "
               "path: letters, digits, "
               "- _ . and ~, at most 100, and not one that the server itself answers to, like "
               "/api";
    if (!line.len)
        return "behind the address comes a folder, or the postgres:// URL of a store";
    if (is_taken(h, v))
        return "its address is that of a line before it, or one of the two lies inside the "
               "other";
    v->place.where = text_c(h->arena, line);
    for (const struct served *other = h->of; other < v; other++)
        if (!strcmp(other->place.where, v->place.where))
            return "its data is that of a line before it";
    return NULL;
}

static bool read_lines(const struct args *args, struct house *h, struct text rest)
{
    bool good = true;
    for (int number = 1; rest.len; number++) {
        struct text line = text_trim(text_cut(&rest, '\n'));
        struct served *v = &h->of[h->count];
        if (!line.len || line.at[0] == '#')
            continue;
        if (h->count == API_MOST) {
            fprintf(
                args->caller->err,
                "aimwell: %s, line %d: at most %d organisations are served by one process\n",
                h->file, number, API_MOST);
            return false;
        }
        *v = (struct served){.line = number};
        const char *why = read_line(h, v, line);
        if (why)
            house_refuse(args, h, v, why);
        good = good && !why;
        h->count += !why;
    }
    if (good && !h->count)
        fprintf(args->caller->err, "aimwell: %s names no organisation\n", h->file);
    return good && h->count;
}

/* What is said in the file, or is for one organisation alone. */
static bool alone(const struct args *args)
{
    static const char *const others[] = {"data", "store",  "store-file",
                                         "site", "public", "demo"};
    for (size_t i = 0; i < COUNT(others); i++)
        if (args_flag(args, others[i])) {
            fprintf(args->caller->err, "aimwell: --organisations and --%s do not go together\n",
                    others[i]);
            return false;
        }
    return true;
}

bool house_read(const struct args *args, struct house *h, struct net_options *o)
{
    enum err e = OK;
    struct call *call = call_open(h->arena, clock_now(), args->caller->lang);
    if (!alone(args))
        return false;
    struct text bytes = read_file(args->caller, call, h->file, FILE_MOST, &e);
    if (e != OK) {
        failed(args->caller, call, e);
        return false;
    }
    if (!text_utf8(bytes) || text_find(bytes, '\0') >= 0) {
        fprintf(args->caller->err, "aimwell: %s is no text in UTF-8\n", h->file);
        return false;
    }
    const char *proxy = args_option(args, "proxy");
    if (!read_lines(args, h, bytes))
        return false;
    for (size_t i = 0; i < h->count; i++)
        if (proxy || h->of[i].outside.origin.len)
            o->proxies = text_print(h->arena, "127.0.0.1,::1,%s", proxy ? proxy : "");
    return true;
}

int house_twice(const struct args *args, const struct house *h, const struct served *v)
{
    for (const struct served *other = h->of; other < v; other++)
        if (text_same(ledger_origin(other->site.ledger), ledger_origin(v->site.ledger))) {
            house_refuse(args, h, v,
                         "it is the organisation of a line before it, or a copy of that");
            return 2;
        }
    return 0;
}
