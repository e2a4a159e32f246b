/* SPDX-License-Identifier: Apache-2.0 */
/* site/open.c — opening one organisation, bottom floor first: store, model, tables, signer,
 * ledger, access, records, registers. Closing goes the other way. */
#include "site/site.h"
#include "store/store.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
    TRY(site_model(s->call, s, overlays, &s->loaded));
    s->model = s->loaded;
    return OK;
}

/* A copy made while somebody wrote may hold parts of different moments. Before anything is
 * written into it, all of it is held against the ledger, once. */
static enum err check_copy(struct site *s)
{
    struct verification v;
    verification_start(&v);
    log_line(LOG_WARN, "store", "copied_while_in_use=true verifying=deep");
    TRY(record_verify(s->call, s->store, s->model, s->signer->origin, s->signer->public_key,
                      true, (struct text){0}, &v));
    if (!v.finding_count)
        return store_copy_is_whole(s->call, s->store);
    return problem(s->call, ERR_CONFLICT, site_shown(s->arena, s->where), "torn",
                   say(s->call,
                       "this folder was copied while it was in use, and its parts do not fit "
                       "together (%.*s: %.*s). Copy with aimwell backup, which works beside a "
                       "running server"),
                   TEXT_ARG(v.findings->place), TEXT_ARG(v.findings->what));
}

static enum err open_floors(struct site *s, bool create, enum model_change change)
{
    size_t made;
    TRY(access_format_allowed(s->call, s->store));
    TRY(load_model(s));
    TRY(site_model_allowed(s, change));
    if (store_copied(s->store)) {
        TRY(open_signer(s, false));
        TRY(check_copy(s));
        s->signer->close(s->signer);
        s->signer = NULL;
    }
    TRY(record_fits(s->call, s->store, s->model));
    TRY(record_migrate(s->call, s->store, s->model, &s->steps));
    TRY(open_signer(s, create));
    TRY(ledger_open(s->call, s->store, s->signer, &s->ledger));
    TRY(access_open(s->call, s->store, s->ledger, s->model, &s->access));
    s->call->actor = actor_command(s->call);
    TRY(access_adopt(s->call, s->access));
    TRY(site_model_note(s));
    TRY(record_open(s->call, s->access, &s->records));
    s->epochs = record_epochs(s->records);
    record_own(s->records, s->loaded);
    s->loaded = NULL;
    return assure_registers(s->call, s->records, &made);
}

void site_let_go(struct site *s)
{
    epoch_give(s->records);
    s->records = NULL;
    s->model = s->loaded;
}

static void close_floors(struct site *s)
{
    site_let_go(s);
    access_close(s->access); /* may still note something, by the model of the last epoch */
    epochs_close(s->epochs);
    model_close(s->loaded);
    ledger_close(s->ledger);
    if (s->signer)
        s->signer->close(s->signer);
    s->epochs = NULL;
    s->loaded = NULL;
    s->model = NULL;
    s->access = NULL;
    s->ledger = NULL;
    s->signer = NULL;
}

static void start(struct site *s, const struct caller *caller, struct place place)
{
    *s = (struct site){.caller = caller, .arena = arena_open(), .own = place.own};
    s->call = call_open(s->arena, clock_now(), caller->lang);
    s->call->id = id_new(s->call);
    s->call->actor = actor_command(s->call);
    s->where = text_of(place.where);
}

static int give_up(struct site *s, enum err e)
{
    int code = failed(s->caller, s->call, e);
    site_close(s);
    return code ? code : 70;
}

/* ---- the one that a server has open
 * ------------------------------------------------------------------------------------- */
static bool same_place(const char *left, const char *right)
{
    struct stat a, b;
    return stat(left, &a) == 0 && stat(right, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static enum err refuse_served(struct call *call, struct text where)
{
    return problem(call, ERR_CONFLICT, where, "served", "%s",
                   say(call,
                       "a server is running on it, and this would change the model under it: "
                       "stop the server first"));
}

/* The server's model counts; a command that was given another one would mean something else. */
static enum err same_own(struct site *s, const struct site *open, const char *own)
{
    const char *given = caller_path(s->caller, s->arena, own);
    const char *theirs =
        open->own ? open->own
                  : text_print(s->arena, "%.*s/model.d", TEXT_ARG(store_folder(open->store))).at;
    if (same_place(given, theirs))
        return OK;
    return problem(s->call, ERR_CONFLICT, text_of(own), "other_model", "%s",
                   say(s->call,
                       "the running server was started with other model files; leave --site "
                       "(and AIMWELL_SITE) out, or stop the server"));
}

static int lend(struct site *s, enum model_change change)
{
    const struct site *open = s->caller->open;
    enum err e = change == MODEL_ANY ? refuse_served(s->call, s->where)
                 : s->own            ? same_own(s, open, s->own)
                                     : OK;
    s->lent = true;
    if (e != OK)
        return give_up(s, e);
    s->store = open->store;
    s->signer = open->signer;
    s->ledger = open->ledger;
    s->access = open->access;
    s->epochs = open->epochs;
    s->records = epoch_take(open->epochs);
    s->model = record_model(s->records);
    s->own = open->own;
    return 0;
}

int site_open(struct site *s, const struct caller *caller, struct place place,
              enum model_change change)
{
    if (caller->open) {
        start(s, caller, place);
        return lend(s, change);
    }
    if (change == MODEL_ANY && site_served(place)) {
        start(s, caller, place);
        return give_up(s, refuse_served(s->call, s->where));
    }
    start(s, caller, place);
    s->force = change == MODEL_ANY;
    enum err e = store_open(s->call, s->where, false, &s->store);
    if (e == OK)
        e = open_floors(s, false, change);
    return e == OK ? 0 : give_up(s, e);
}

int site_open_reading(struct site *s, const struct caller *caller, struct place place)
{
    start(s, caller, place);
    s->looking = true;
    enum err e = store_open_reading(s->call, s->where, &s->store);
    if (e == OK)
        e = access_format_allowed(s->call, s->store);
    if (e == OK)
        e = load_model(s);
    if (e == OK)
        e = open_signer(s, false);
    return e == OK ? 0 : give_up(s, e);
}

bool site_there(const struct caller *caller, struct place place)
{
    struct stat st;
    struct site s;
    struct text origin = {0};
    start(&s, caller, place);
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
    if (s->lent)
        epoch_give(s->records);
    else {
        close_floors(s);
        if (s->store)
            store_close(s->store);
    }
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

int site_create(struct site *s, const struct caller *caller, struct place place,
                const char *organisation, const char *host)
{
    start(s, caller, place);
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
    model_close(s->loaded);
    s->loaded = NULL;
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
    if (e == OK && s->lent)
        e = refuse_served(s->call, s->where);
    if (e == OK)
        e = access_meta(s->call, s->access, "overlays",
                        on.len
                            ? text_print(s->arena, "%.*s,%.*s", TEXT_ARG(on), TEXT_ARG(overlay))
                            : overlay);
    if (e != OK)
        return give_up(s, e);
    close_floors(s);
    e = open_floors(s, false, MODEL_ANY);
    return e == OK ? 0 : give_up(s, e);
}
