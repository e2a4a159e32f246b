/* SPDX-License-Identifier: Apache-2.0 */
/* cli/serve.c — the server: opens the organisation, listens, and stops in order on SIGTERM or
 * SIGINT. */
#include "cli/cli.h"
#include "cli/house.h"
#include "cli/people.h"
#include "cli/version.h"
#include "store/store.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct option_rule rules[] = {{"listen", true},    {"demo", MAY_TAKE_VALUE},
                                           {"tls-cert", true},  {"tls-key", true},
                                           {"public", true},    {"proxy", true},
                                           {"workers", true},   {"patience", true},
                                           {"host", true},      {"organisations", true},
                                           {"rate", true},      {"verbose", false},
                                           {"mail", true},      {"mail-from", true},
                                           {"mail-user", true}, {"mail-password-file", true},
                                           {"mail-ca", true},   {"hook-allow", true},
                                           {"hook-ca", true}};

static bool read_listen(const struct args *args, const char *listen, struct net_options *o)
{
    const char *colon = strrchr(listen, ':');
    int64_t port;
    if (!colon || !text_integer(text_of(colon + 1), &port) || port < 0 || port > 65535) {
        fprintf(args->caller->err, "aimwell: --listen is HOST:PORT, like 127.0.0.1:8420\n");
        return false;
    }
    o->host = (struct text){listen, (size_t)(colon - listen)};
    o->port = (int)port;
    return true;
}

/* Threads inherit the mask: only this one hears of signals, by sigtimedwait. */
static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* With --public a proxy does TLS and hands on. One on this machine needs no naming. */
static bool read_public(struct arena *arena, const struct args *args, struct net_options *o,
                        struct outside *out)
{
    const char *address = args_option(args, "public"), *proxy = args_option(args, "proxy");
    *out = (struct outside){0};
    if (proxy || address)
        o->proxies = text_print(arena, "127.0.0.1,::1,%s", proxy ? proxy : "");
    if (!address)
        return true;
    if (!api_public(arena, text_of(address), &out->origin, &out->base)) {
        fprintf(args->caller->err,
                "aimwell: --public is an address like https://aims.example.org or "
                "https://example.org/aims; a path is of letters, digits, - _ . and ~, at most "
                "100, and does not "
                "begin with a word that the server itself answers to (/api, /v1, /public, "
                "/assets, /healthz, "
                "/readyz, /metrics)\n");
        return false;
    }
    o->secure = text_starts(out->origin, "https://");
    return true;
}

static void print_address(const struct site *s, const struct net_options *o, int port,
                          const struct outside *out)
{
    fprintf(s->caller->out, "Aimwell %s is serving %.*s\n  %s://%.*s:%d%.*s\n", AIMWELL_VERSION,
            TEXT_ARG(site_shown(s->arena, s->where)), o->tls_cert ? "https" : "http",
            TEXT_ARG(o->host), port, TEXT_ARG(out->base));
    if (out->origin.len)
        fprintf(s->caller->out, "  %.*s%.*s to the outside\n", TEXT_ARG(out->origin),
                TEXT_ARG(out->base));
    fflush(s->caller->out);
}

/* What the page of the first start offers. */
static const char *first_offers(struct site *s, const struct house *h)
{
    return !first_unnamed(s) ? "" : h->beside ? "?new&demo" : "?new";
}

/* When nobody exists yet, whoever sits at this machine may become the first administrator. */
static void print_setup(struct site *s, const struct house *h, const struct net_options *o,
                        int port, const struct outside *out)
{
    struct text token, origin = out->origin;
    struct call *call = call_open(s->arena, clock_now(), s->call->lang);
    call->actor = s->call->actor;
    if (!origin.len)
        origin = text_print(s->arena, "%s://%.*s:%d", o->tls_cert ? "https" : "http",
                            TEXT_ARG(o->host), port);
    if (access_first_token(call, s->access, &token) == OK && token.len) {
        fprintf(s->caller->out,
                "  Nobody can log in yet. Open %.*s%.*s/setup%s#%.*s within an hour to become "
                "the first "
                "administrator.\n",
                TEXT_ARG(origin), TEXT_ARG(out->base), first_offers(s, h), TEXT_ARG(token));
        fflush(s->caller->out);
    }
}

/* Whoever restored it may not be who sees the pages. */
static void print_restored(const struct site *s)
{
    if (store_restored(s->store))
        fprintf(s->caller->out, "  %s\n",
                say(s->call,
                    "This is out of a backup: webhooks and letters wait until an administrator "
                    "says in Settings that it is the only copy."));
    fflush(s->caller->out);
}

/* A file system that has no sockets is no reason not to serve. */
static void warn_without_socket(struct site *s)
{
    for (const struct problem *p = s->call->problems; p; p = p->next)
        log_line(LOG_WARN, "socket", "commands=refused_while_running why=\"%.*s\"",
                 TEXT_ARG(p->message));
}

/* Names and addresses that people may call it by. */
static struct text hosts_of(struct arena *arena, struct text origin, const char *more)
{
    ptrdiff_t slashes = text_search(origin, TEXT("://"));
    struct text named = slashes > 0 ? text_from(origin, (size_t)slashes + 3) : TEXT("");
    return text_print(arena, "%.*s%s%s", TEXT_ARG(named), named.len && more ? "," : "",
                      more ? more : "");
}

/* Where bodies lie while they arrive: beside the files they become, or with PostgreSQL where the
 * system keeps what is temporary. */
static const char *spool_of(struct site *s)
{
    if (store_kind(s->store) == STORE_SQLITE)
        return text_print(s->arena, "%.*s/files/incoming", TEXT_ARG(store_folder(s->store))).at;
    const char *folder = getenv("TMPDIR");
    return folder && folder[0] == '/' ? folder : "/tmp";
}

/* An option that is a number between two; `usual` when neither it nor its variable is given. */
static bool read_number(const struct args *args, const char *name, const char *variable,
                        const char *words, int64_t least, int64_t most, int64_t usual,
                        int64_t *out)
{
    const char *given = args_option(args, name);
    if (!given)
        given = getenv(variable);
    *out = usual;
    if (!given || (text_integer(text_of(given), out) && *out >= least && *out <= most))
        return true;
    fprintf(args->caller->err, "aimwell: --%s %s\n", name, words);
    return false;
}

/* This machine alone can reach it. */
static bool is_loopback(struct text host)
{
    return text_starts(host, "127.") || text_is(host, "localhost") || text_is(host, "::1") ||
           text_is(host, "[::1]");
}

/* Everybody knows the passwords of the demo. */
static int refuse_public_demo(const struct args *args, const struct net_options *o,
                              struct text origin)
{
    struct call call = {.lang = args->caller->lang};
    if (is_loopback(o->host) && !origin.len)
        return 0;
    fprintf(
        args->caller->err, "aimwell: %s\n",
        say(&call,
            "this is a demo organisation, and everybody knows its passwords: it is served on "
            "this machine alone (--listen 127.0.0.1:8420, without --public)"));
    return 2;
}

static bool is_demo(struct site *s)
{
    struct text demo;
    return site_meta(s, "demo", &demo) == OK && text_is(demo, "1");
}

static void warn_of_root(const struct site *s)
{
    if (geteuid() == 0)
        fprintf(
            s->caller->err, "aimwell: WARNING: %s\n",
            say(s->call,
                "the server runs as root: a mistake in it would be one in the whole machine. "
                "Give it a user of its own"));
}

/* ---- mail
 * ------------------------------------------------------------------------------------- */
static struct text option_text(const struct args *args, const char *name)
{
    const char *given = args_option(args, name);
    return given ? text_of(given) : TEXT("");
}

/* A demo writes to nobody: its people do not exist. */
static int read_mail(struct house *h, const struct args *args)
{
    struct site *s = &h->of[0].site;
    const char *file = args_option(args, "mail-password-file");
    enum err e = OK;
    struct mail_options o = {.server = option_text(args, "mail"),
                             .from = option_text(args, "mail-from"),
                             .user = option_text(args, "mail-user"),
                             .authority = args_option(args, "mail-ca")};
    if (!args_option(args, "mail"))
        return 0;
    if (is_demo(s)) {
        fprintf(args->caller->err, "aimwell: %s\n",
                say(s->call, "a demo organisation sends no mail: leave out --mail"));
        return 2;
    }
    if (file)
        o.password = read_password(args->caller, s->call, file, &e);
    if (e == OK)
        e = mail_open(s->call, &o, &h->mail);
    return e == OK ? 0 : failed(s->caller, s->call, e);
}

/* One that has no name yet writes under that of the program. */
static struct text sender_of(struct served *v)
{
    struct text name;
    return first_unnamed(&v->site)                            ? TEXT("Aimwell")
           : site_meta(&v->site, "organisation", &name) == OK ? name
                                                              : TEXT("Aimwell");
}

static struct text pages_of(struct served *v, const struct net_options *o, int port)
{
    struct text origin = v->outside.origin;
    if (!origin.len)
        origin = text_print(v->site.arena, "%s://%.*s:%d", o->tls_cert ? "https" : "http",
                            TEXT_ARG(o->host), port);
    return text_print(v->site.arena, "%.*s%.*s", TEXT_ARG(origin), TEXT_ARG(v->outside.base));
}

static enum err start_mail(struct served *v, struct mail *mail, struct text address)
{
    const struct mailing_options options = {
        .mail = mail, .address = address, .sender = sender_of(v), .every = 60000000};
    return mail ? mailing_open(v->site.call, v->site.epochs, &options, &v->mailing) : OK;
}

/* ---- webhooks
 * --------------------------------------------------------------------------------- */
/* Networks of the house are named by whoever runs the server, never by who administers an
 * organisation: what stands there trusts whoever comes from inside. */
static int read_hooks(struct house *h, const struct args *args)
{
    struct site *s = &h->of[0].site;
    h->hooks.authority = args_option(args, "hook-ca");
    enum err e = reach_read(s->call, option_text(args, "hook-allow"), &h->hooks.reach);
    return e == OK ? 0 : failed(s->caller, s->call, e);
}

static enum err start_hooks(struct served *v, const struct house *h, struct text address)
{
    const struct hooking_options options = {
        .sender = h->hooks, .address = address, .mail = h->mail, .from = sender_of(v)};
    return hooking_open(v->site.call, v->site.epochs, &options, &v->hooking);
}

/* ---- opening and closing what is served
 * ------------------------------------------------------- */
/* How fast and how long: the same for all. */
struct pace {
    int64_t rate, patience;
};

static enum err open_api(struct served *v, const struct net_options *o, const struct args *args,
                         const struct pace *pace, const struct house *h)
{
    struct site *s = &v->site;
    const struct api_options options = {
        .epochs = s->epochs,
        .pages = true,
        .started = clock_now(),
        .version = AIMWELL_VERSION,
        .patience = pace->patience,
        .origin = v->outside.origin,
        .base = v->outside.base,
        .listen = o->host,
        .hosts = hosts_of(s->arena, v->outside.origin, args_option(args, "host")),
        .spool = spool_of(s),
        .rate = pace->rate,
        .mail = h->mail,
        .reach = h->hooks.reach,
        .demo = h->beside ? beside_start : NULL,
        .demo_arg = h->beside,
        .bring = bring_api(h->bring),
        .sender = h->mail ? sender_of(v) : TEXT("")};
    TRY(api_open(s->call, &options, &v->api));
    site_let_go(s);
    return OK;
}

/* What each does by itself: timed moves, and commands by its socket. */
static enum err start_one(struct served *v, struct net *net, const struct house *h,
                          const struct net_options *o)
{
    struct text address = pages_of(v, o, net_port(net));
    TRY(work_open(v->site.call, v->site.epochs, 60000000, &v->work));
    TRY(start_mail(v, h->mail, address));
    TRY(start_hooks(v, h, address));
    if (site_listen(&v->site, run_line, &v->socket) != OK)
        warn_without_socket(&v->site);
    api_live(v->api, net);
    return OK;
}

/* From store_stop on nothing runs that points to what is freed after it. */
static void stop_one(struct served *v)
{
    struct site *s = &v->site;
    struct call *last = call_open(s->arena, clock_now(), s->call->lang);
    if (access_trace_flush(last, s->access) != OK) /* what was refused in the last minute */
        log_line(LOG_WARN, "trace", "outcome=lost");
    store_stop(s->store);
    site_listen_close(v->socket);
    mailing_close(v->mailing);
    hooking_close(v->hooking);
    work_close(v->work);
    api_close(v->api);
}

/* When another server brought in another model, zone or calendar it goes on with that; when it
 * cannot (it is another program, say), its statements no longer fit the tables, and it must not
 * go on. */
static bool still_fits(struct served *v)
{
    bool fits = true;
    if (store_kind(v->site.store) == STORE_POSTGRES && site_model_follow(&v->site, &fits) != OK)
        log_line(LOG_WARN, "epoch", "outcome=not_followed");
    if (store_kind(v->site.store) == STORE_POSTGRES && fits && site_day_follow(&v->site) != OK)
        log_line(LOG_WARN, "day", "outcome=not_followed");
    return fits;
}

static enum err say_other_model(struct site *s)
{
    return problem(s->call, ERR_CONFLICT, site_shown(s->arena, s->where), "other_model", "%s",
                   say(s->call, "it was opened with another model while this server was "
                                "running: start again with the same program and files"));
}

/* One of several ends alone: the others have nothing to do with it. */
static void shut_one(struct served *v, struct api_house *house, size_t which)
{
    failed(v->site.caller, v->site.call, say_other_model(&v->site));
    log_line(LOG_ERROR, "organisation", "outcome=not_served place=%.*s",
             TEXT_ARG(log_value(v->site.arena, site_shown(v->site.arena, v->site.where))));
    api_house_shut(house, which);
    store_stop(v->site.store);
    v->shut = true;
}

/* Until it is told to stop. */
static enum err wait_for_end(struct house *h, struct api_house *house)
{
    static const struct timespec between = {.tv_sec = 1};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    while (sigtimedwait(&set, NULL, &between) < 0) {
        h->again = bring_ready(h->bring);
        if (h->again)
            return OK;
        for (size_t i = 0; i < h->count; i++) {
            if (h->of[i].shut || still_fits(&h->of[i]))
                continue;
            if (h->count == 1)
                return say_other_model(&h->of[i].site);
            shut_one(&h->of[i], house, i);
        }
    }
    return OK;
}

static void print_served(struct house *h, const struct net_options *o, int port, bool demo)
{
    for (size_t i = 0; i < h->count; i++) {
        struct served *v = &h->of[i];
        if (demo)
            demo_print(&v->site);
        print_address(&v->site, o, port, &v->outside);
        print_restored(&v->site);
        print_setup(&v->site, h, o, port, &v->outside);
    }
}

/* With the first that cannot in *at. */
static enum err open_all(struct house *h, const struct net_options *o, const struct args *args,
                         const struct pace *pace, struct served **at)
{
    for (size_t i = 0; i < h->count; i++) {
        *at = &h->of[i];
        TRY(open_api(*at, o, args, pace, h));
    }
    *at = &h->of[0];
    return OK;
}

static enum err start_all(struct house *h, struct net *net, const struct net_options *o,
                          struct served **at)
{
    for (size_t i = 0; i < h->count; i++) {
        *at = &h->of[i];
        TRY(start_one(*at, net, h, o));
    }
    return OK;
}

static struct api_house *house_of(struct house *h)
{
    struct api *all[API_MOST];
    for (size_t i = 0; i < h->count; i++)
        all[i] = h->of[i].api;
    return api_house(h->arena, all, h->count);
}

/* On one of the addresses that all share. */
static enum err listen_for(struct house *h, struct net_options *o, struct api_house *house,
                           struct net **net)
{
    struct net_lane lanes[API_LANES];
    api_lanes(o->workers, lanes);
    for (size_t i = 0; i < API_LANES && h->count > 1; i++)
        lanes[i].of_arg =
            lanes[i].queue / 2; /* however many ask one of them, there is room for the others */
    o->lanes = lanes;
    o->lane_count = API_LANES;
    o->spool = spool_of(&h->of[0].site);
    o->door = api_door;
    o->fast = api_fast;
    o->handle = api_handle;
    o->refusal = api_refusal;
    o->admit = api_admit;
    o->who = api_who;
    o->arg = house;
    enum err e = net_open(h->of[0].site.call, o, net);
    return e == ERR_IO
               ? ERR_CONFLICT
               : e; /* the address is taken or not ours: nothing is wrong with the storage */
}

static int serve(struct house *h, struct net_options *o, const struct args *args)
{
    struct pace pace;
    if (!read_number(args, "rate", "AIMWELL_RATE",
                     "is a number from 1 to 10000; 0 takes the limits away", 0, 10000, 1,
                     &pace.rate) ||
        !read_number(args, "patience", "AIMWELL_PATIENCE",
                     "is a number of seconds from 1 to 3600", 1, 3600, 30, &pace.patience))
        return 2;
    pace.patience *= 1000000;
    struct net *net = NULL;
    struct served *at = &h->of[0];
    struct api_house *house = NULL;
    enum err e = open_all(h, o, args, &pace, &at);
    if (e == OK)
        house = house_of(h);
    if (e == OK)
        e = listen_for(h, o, house, &net);
    if (e == OK)
        e = start_all(h, net, o, &at);
    if (e == OK) {
        o->port = net_port(net); /* also when it begins again */
        bring_serves(h->bring, h->of[0].site.access);
        print_served(h, o, net_port(net), args_flag(args, "demo"));
        e = wait_for_end(h, house);
        log_line(LOG_INFO, "stopping", "grace_s=10");
    }
    mail_stop(h->mail); /* or a letter that somebody tries out would hold up the end */
    for (size_t i = 0; i < h->count; i++)
        api_hush(h->of[i].api);
    net_close(net, 10000000);
    for (size_t i = 0; i < h->count; i++)
        stop_one(&h->of[i]);
    h->again = h->again && e == OK && bring_may_take(h->bring, h->of[0].site.call);
    bring_serves(h->bring, NULL);
    return e == OK ? 0 : failed(at->site.caller, at->site.call, e);
}

/* As many as the system gives us descriptors for, within reason: those that idle must not shut
 * out those that ask. Some are kept for the database and its files. */
static int connections_most(size_t organisations)
{
    struct rlimit limit;
    rlim_t kept = 256 + 64 * (rlim_t)(organisations ? organisations - 1 : 0);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 512;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 512;
    return limit.rlim_cur > 16384 + kept ? 16384
           : limit.rlim_cur < kept + 256 ? 256
                                         : (int)(limit.rlim_cur - kept);
}

static bool read_options(const struct args *args, struct net_options *o)
{
    const char *listen = args_option(args, "listen"), *workers = args_option(args, "workers");
    int64_t count;
    if (!read_listen(args, listen ? listen : "127.0.0.1:8420", o))
        return false;
    if (workers && (!text_integer(text_of(workers), &count) || count < 1 || count > 64)) {
        fprintf(args->caller->err, "aimwell: --workers is a number from 1 to 64\n");
        return false;
    }
    if (workers)
        o->workers = (int)count;
    o->tls_cert = args_option(args, "tls-cert");
    o->tls_key = args_option(args, "tls-key");
    if (!o->tls_cert == !o->tls_key)
        return true;
    fprintf(args->caller->err, "aimwell: --tls-cert and --tls-key go together\n");
    return false;
}

/* Of one organisation, as the command line says; of several, as their file does. */
static bool read_house(const struct args *args, struct house *h, struct net_options *o)
{
    h->of = NEW_MANY(h->arena, API_MOST, struct served);
    h->file = args_option(args, "organisations");
    if (h->file)
        return house_read(args, h, o);
    h->of[0].place = site_place(args);
    h->count = h->of[0].place.where ? 1 : 0;
    return h->count && read_public(h->arena, args, o, &h->of[0].outside);
}

static int open_served(struct house *h, struct served *v, const struct args *args,
                       const struct net_options *o)
{
    int code = args_flag(args, "demo") ? refuse_public_demo(args, o, v->outside.origin) : 0;
    if (code == 0)
        code = args_flag(args, "demo") ? demo_open(&v->site, args, v->place)
               : !h->file && first_wanted(args, v->place)
                   ? first_found(&v->site, args, v->place)
                   : site_open(&v->site, args->caller, v->place, MODEL_NEW);
    if (code == err_exit(ERR_MISSING) && !h->file)
        first_hint(args, v->place);
    if (code == 0) {
        v->open = true;
        code = is_demo(&v->site) ? refuse_public_demo(args, o, v->outside.origin) : 0;
    }
    if (code && h->file)
        house_refuse(args, h, v, "it cannot be served");
    return code ? code : house_twice(args, h, v);
}

/* While nobody has entered: a demo beside it, or a backup in its place. */
static void open_first(struct house *h, const struct net_options *o)
{
    struct served *v = &h->of[0];
    bool alone = is_loopback(o->host) && !v->outside.origin.len;
    if (h->file || !first_unnamed(&v->site))
        return;
    if (alone)
        h->beside = beside_open(h->arena, &v->site, v->place);
    if (!h->bring && store_kind(v->site.store) == STORE_SQLITE)
        h->bring = bring_open(v->place, alone);
}

static void close_house(struct house *h)
{
    beside_close(h->beside);
    mail_close(h->mail);
    h->beside = NULL;
    h->mail = NULL;
    for (size_t i = 0; i < h->count; i++) {
        if (h->of[i].open)
            site_close(&h->of[i].site);
        h->of[i] = (struct served){
            .place = h->of[i].place, .outside = h->of[i].outside, .line = h->of[i].line};
    }
}

static int serve_house(struct house *h, struct net_options *o, const struct args *args)
{
    int code = h->file ? 0 : bring_recover(args->caller, h->of[0].place);
    for (size_t i = 0; i < h->count && code == 0; i++)
        code = open_served(h, &h->of[i], args, o);
    if (code == 0)
        code = read_mail(h, args);
    if (code == 0)
        code = read_hooks(h, args);
    if (code == 0) {
        open_first(h, o);
        warn_of_root(&h->of[0].site);
        code = serve(h, o, args);
    }
    close_house(h);
    return code;
}

static int run(const struct args *args)
{
    struct net_options o = {.body_cap = 1u << 20, .deadline_us = 30000000, .workers = 4};
    struct house h = {.arena = arena_open()};
    log_limit = args_flag(args, "verbose") ? LOG_DEBUG : LOG_INFO;
    int code = read_options(args, &o) && read_house(args, &h, &o) ? 0 : 2;
    o.max_connections = connections_most(h.count);
    block_signals();
    if (code == 0)
        code = serve_house(&h, &o, args);
    while (code == 0 && h.again) {
        h.again = false;
        code = bring_take(h.bring, args->caller) ? serve_house(&h, &o, args) : 6;
    }
    bring_close(h.bring);
    arena_close(h.arena);
    return code;
}

const struct command command_serve = {
    "serve",
    "aimwell serve [--data DIR | --store postgres://…] [--listen HOST:PORT] [--demo [NAME]]\n"
    "              [--tls-cert FILE --tls-key FILE] [--public URL] [--proxy ADDRESS,…]\n"
    "              [--organisations FILE] [--host NAME,…] [--workers N] [--patience SECONDS] "
    "[--rate N] "
    "[--verbose]\n"
    "              [--mail smtp://HOST[:PORT] --mail-from ADDRESS [--mail-user NAME "
    "--mail-password-file F] [--mail-ca FILE]]\n"
    "              [--hook-allow NETWORK,…] [--hook-ca FILE]\n\n"
    "Serves the organisation in DIR (default address 127.0.0.1:8420). --demo makes a demo\n"
    "organisation there when there is none: the usual one, or the one of that NAME (a name that does\n"
    "not exist is answered with those that do). One process per SQLite folder; several may serve\n"
    "one PostgreSQL schema, all with the same program and --site files.\n"
    "Behind a proxy that does TLS, --public is the address people use: cookies are marked\n"
    "Secure and pages of no other origin may write. It may end in a path (https://host/aims), "
    "which\n"
    "the proxy passes on. X-Forwarded-For is believed from this\n"
    "machine and from the addresses named by --proxy. --patience is how long one request may\n"
    "read (default 30 seconds).\n"
    "It answers for this machine's own names, the address it listens on and --public; --host "
    "names\n"
    "others. --organisations FILE serves several, a line for each: the address that people use "
    "(/north, or\n"
    "https://north.example.org), then its folder or the URL of its store. --rate N, or "
    "AIMWELL_RATE, allows N times as much in a short time as is usual "
    "(0:\n"
    "without limits). --mail is the server by which people hear of what they were told and of "
    "what "
    "waits for\n"
    "them: smtp:// (TLS by STARTTLS unless it is this machine) or smtps://; --mail-ca is the "
    "certificate of\n"
    "who signed its own, when the system does not know it.\n"
    "--hook-allow names networks of the house (10.1.0.0/16,fd00:1::/32) that webhooks may "
    "reach, "
    "also\n"
    "by http://; without it they reach public addresses alone, by https://. --hook-ca is a "
    "file "
    "with\n"
    "the certificates of who signs for receivers, in place of the system's.",
    "serve an organisation: pages and API",
    rules,
    COUNT(rules),
    run};
