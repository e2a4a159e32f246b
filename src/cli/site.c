/* SPDX-License-Identifier: Apache-2.0 */
/* cli/site.c — opening one organisation, bottom floor first: store, model, tables, signer,
 * ledger, access, records, registers. Closing goes the other way. */
#include "cli/cli.h"
#include "store/store.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *where_of(const struct args *a)
{
    const char *data = args_option(a, "data"), *store = args_option(a, "store");
    if (data && store) {
        fprintf(stderr, "aimwell: give --data or --store, not both\n");
        return NULL;
    }
    if (!data && !store) {
        data = getenv("AIMWELL_DATA");
        store = getenv("AIMWELL_STORE");
    }
    if (store && *store)
        return store;
    if (data && *data)
        return data;
    fprintf(stderr, "aimwell: say where the data is: --data DIR or --store URL\n");
    return NULL;
}

const char *site_own(const struct args *a)
{
    const char *own = args_option(a, "site");
    if (!own)
        own = getenv("AIMWELL_SITE");
    return own && *own ? own : NULL;
}

struct place site_place(const struct args *a)
{
    return (struct place){where_of(a), site_own(a)};
}

struct text site_shown(struct arena *a, struct text where)
{
    ptrdiff_t scheme = text_search(where, TEXT("://"));
    ptrdiff_t at = text_find(where, '@');
    if (scheme < 0 || at < scheme)
        return where;
    return text_print(a, "%.*s%.*s", (int)scheme + 3, where.at,
                      TEXT_ARG(text_from(where, (size_t)at + 1)));
}

/* ---- signer
 * -------------------------------------------------------------------------------------------
 */
static enum err open_signer(struct site *s, bool create)
{
    struct text origin, secret;
    TRY(site_meta(s, "origin", &origin));
    if (!origin.len)
        return problem(s->call, ERR_MISSING, site_shown(s->arena, s->where), "organisation",
                       "there is no organisation here yet: aimwell init makes one");
    struct text folder = store_folder(s->store);
    if (folder.len) {
        struct text file = text_print(s->arena, "%.*s/ledger.key", TEXT_ARG(folder));
        return signer_open_file(s->call, text_c(s->arena, file), origin, create, &s->signer);
    }
    TRY(site_meta(s, "ledger.secret", &secret));
    struct text bytes;
    if (!base64_read(s->arena, secret, &bytes) || bytes.len != 64)
        return problem(s->call, ERR_IO, TEXT("ledger.secret"), "key",
                       "the signing key is damaged");
    return signer_open_secret(s->call, (const unsigned char *)bytes.at, origin, &s->signer);
}

/* ---- open and close
 * ------------------------------------------------------------------------------------- */
static enum err load_model(struct site *s)
{
    struct text overlays;
    TRY(site_meta(s, "overlays", &overlays));
    return site_model(s->call, s, overlays, &s->model);
}

static enum err open_floors(struct site *s, bool create, enum model_change change)
{
    size_t made;
    TRY(access_format_allowed(s->call, s->store));
    TRY(load_model(s));
    TRY(site_model_allowed(s, change));
    TRY(record_fits(s->call, s->store, s->model));
    TRY(record_migrate(s->call, s->store, s->model, &s->steps));
    TRY(open_signer(s, create));
    TRY(ledger_open(s->call, s->store, s->signer, &s->ledger));
    TRY(access_open(s->call, s->store, s->ledger, s->model, &s->access));
    s->call->actor = actor_command(s->call);
    TRY(access_adopt(s->call, s->access));
    TRY(site_model_note(s));
    TRY(record_open(s->call, s->access, &s->records));
    return assure_registers(s->call, s->records, &made);
}

static void close_floors(struct site *s)
{
    record_close(s->records);
    access_close(s->access);
    ledger_close(s->ledger);
    if (s->signer)
        s->signer->close(s->signer);
    s->records = NULL;
    s->access = NULL;
    s->ledger = NULL;
    s->signer = NULL;
}

static void start(struct site *s, struct place place)
{
    *s = (struct site){.arena = arena_open(), .own = place.own};
    s->call = call_open(s->arena, clock_now(), caller_lang());
    s->call->id = id_new(s->call);
    s->call->actor = actor_command(s->call);
    s->where = text_of(place.where);
}

static int give_up(struct site *s, enum err e)
{
    int code = failed(s->call, e);
    site_close(s);
    return code ? code : 70;
}

int site_open(struct site *s, struct place place, enum model_change change)
{
    start(s, place);
    enum err e = store_open(s->call, s->where, false, &s->store);
    if (e == OK)
        e = open_floors(s, false, change);
    return e == OK ? 0 : give_up(s, e);
}

int site_open_reading(struct site *s, struct place place)
{
    start(s, place);
    enum err e = store_open_reading(s->call, s->where, &s->store);
    if (e == OK)
        e = access_format_allowed(s->call, s->store);
    if (e == OK)
        e = load_model(s);
    if (e == OK)
        e = open_signer(s, false);
    return e == OK ? 0 : give_up(s, e);
}

bool site_there(struct place place)
{
    struct stat st;
    struct site s;
    struct text origin = {0};
    start(&s, place);
    if (!text_starts(s.where, "postgres")) {
        struct text file = text_print(s.arena, "%s/aimwell.db", place.where);
        bool there = stat(file.at, &st) == 0;
        site_close(&s);
        return there;
    }
    enum err e = store_open(s.call, s.where, true, &s.store); /* an empty schema may be made */
    if (e == OK)
        e = site_meta(&s, "origin", &origin);
    site_close(&s);
    return e == OK && origin.len > 0;
}

void site_close(struct site *s)
{
    close_floors(s);
    if (s->store)
        store_close(s->store);
    model_close(s->model);
    arena_close(s->arena);
    *s = (struct site){0};
}

/* ---- a new organisation
 * ------------------------------------------------------------------------------------ */

static const char *plain_host(const char *host)
{
    for (const char *p = host; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || strchr(".-/_", *p)))
            return NULL;
    return *host ? host : NULL;
}

/* "<host>/<organisation>/records" with letters and digits of the name; unique and for ever. */
static struct text make_origin(struct call *call, const char *organisation, const char *host)
{
    struct buf b = buf_in(call->arena, 400);
    buf_print(&b, "%s/", host);
    size_t start_len = b.len;
    for (const char *p = organisation; *p && b.len < 200; p++) {
        char c = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            buf_add_byte(&b, c);
        else if (b.len > start_len && b.at[b.len - 1] != '-' && (c == ' ' || c == '-'))
            buf_add_byte(&b, '-');
    }
    while (b.len > start_len && b.at[b.len - 1] == '-')
        b.len--;
    unsigned char tail[4];
    chance(tail, sizeof tail);
    struct text unique = hex_of(call->arena, (struct text){(char *)tail, sizeof tail});
    buf_print(&b, "%s%.*s/records", b.len > start_len ? "-" : "", TEXT_ARG(unique));
    return buf_text(&b);
}

int site_create(struct site *s, struct place place, const char *organisation, const char *host)
{
    start(s, place);
    struct text there;
    if (!plain_host(host))
        return give_up(s, problem(s->call, ERR_INVALID, TEXT("origin"), "host",
                                  "is a host name in small letters, like aims.example.org"));
    enum err e = store_open(s->call, s->where, true, &s->store);
    if (e == OK)
        e = site_meta(s, "origin", &there);
    if (e == OK && there.len)
        e = problem(s->call, ERR_CONFLICT, site_shown(s->arena, s->where), "exists",
                    "there is an organisation here already");
    if (e == OK)
        e = load_model(s); /* a mistake in it is told before anything is written */
    if (e != OK)
        return give_up(s, e);
    model_close(s->model);
    s->model = NULL;
    struct text origin = make_origin(s->call, organisation, host);
    e = access_found(s->call, s->store, text_of(organisation), origin,
                     store_kind(s->store) == STORE_POSTGRES);
    if (e == OK)
        e = open_floors(s, true, MODEL_ANY);
    return e == OK ? 0 : give_up(s, e);
}

int site_overlay(struct site *s, struct text overlay)
{
    struct text on;
    enum err e = site_meta(s, "overlays", &on);
    struct text list = on;
    while (e == OK && list.len)
        if (text_same(text_cut(&list, ','), overlay))
            return 0;
    if (e == OK)
        e = access_meta(s->call, s->access, "overlays",
                        on.len
                            ? text_print(s->arena, "%.*s,%.*s", TEXT_ARG(on), TEXT_ARG(overlay))
                            : overlay);
    if (e != OK)
        return give_up(s, e);
    close_floors(s);
    model_close(s->model);
    s->model = NULL;
    e = open_floors(s, false, MODEL_ANY);
    return e == OK ? 0 : give_up(s, e);
}

/* ---- acting as a person (demo script)
 * ------------------------------------------------------------------------ */
struct actor *actor_person(struct site *s, struct call *call, struct text id)
{
    struct reader *r = store_reader(s->store);
    struct person p;
    enum err e = access_person(call, r, id, &p);
    store_return(s->store, r);
    if (e != OK)
        return NULL;
    struct actor *a = NEW(call->arena, struct actor);
    *a = (struct actor){.type = ACTOR_USER,
                        .id = p.id,
                        .person = p.id,
                        .name = p.name,
                        .unit = p.unit,
                        .fresh_until = INT64_MAX};
    struct grant *grants = NEW_MANY(call->arena, p.grant_count + 1, struct grant);
    for (size_t i = 0; i < p.grant_count; i++)
        if (!p.pending[i])
            grants[a->grant_count++] = p.grants[i];
    grants[a->grant_count++] = (struct grant){TEXT("staff"), p.unit};
    a->grants = grants;
    return a;
}
