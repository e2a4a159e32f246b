/* SPDX-License-Identifier: Apache-2.0 */
/* work/hook.c — a thread that tells webhooks what happened. Each has one message under way at a
 * time and all of them go on beside each other, so that a receiver who hangs holds up its own
 * messages alone; while it does not answer it is asked once in a while, not once a message.
 * What did not arrive is tried again for three days, under the same id; what nobody takes for
 * five days is paused, and its maker hears of it. */
#include "work/work.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define SECONDS ((int64_t)1000000)
#define MINUTES (60 * SECONDS)
#define HOURS (60 * MINUTES)
#define LOOK_EVERY (500000) /* microseconds */
#define TIDY_EVERY (10 * MINUTES)
#define HOLD_MOST MINUTES /* between two tries of a receiver that does not answer */
#define FAILING_MOST (5 * 24 * HOURS)
#define BOTH_SECRETS (24 * HOURS) /* after another was made, the one before signs too */
#define PAGES_AT_ONCE 5
#define UNTOLD_AT_ONCE 20

static const int64_t waits[] = {5 * SECONDS, 5 * MINUTES, 30 * MINUTES, 2 * HOURS, 5 * HOURS,
                                10 * HOURS,  14 * HOURS,  20 * HOURS,   24 * HOURS};

struct lane {            /* of one webhook */
    struct arena *arena; /* what is under way lies in it; NULL: the lane is nobody's */
    struct text hook;
    struct hook_delivery delivery;
    int64_t hold; /* clock_ticks before which it is not asked again */
    int64_t fails;
};
struct hooking {
    struct epochs *epochs;
    struct arena *arena;
    struct hook_sender *sender;
    struct mail *mail;
    struct text address, from;
    struct lane lanes[HOOK_SLOTS];
    int64_t tidied; /* clock_ticks; 0: not yet */
    pthread_t thread;
    atomic_bool closing;
};
struct round { /* one look, in one epoch */
    struct hooking *s;
    struct records *records;
    struct access *access;
    struct call *call;
    int64_t size; /* of the ledger, before it was read which webhooks there are */
};

static struct round begin(struct hooking *s, struct arena *arena)
{
    struct round d = {.s = s, .records = epoch_take(s->epochs)};
    d.access = record_access(d.records);
    d.call = call_open(arena, clock_now(), LANG_EN);
    access_place(d.call, d.access);
    d.call->id = id_new(d.call);
    d.call->actor = actor_system(d.call);
    return d;
}

/* ---- lanes
 * ------------------------------------------------------------------------------------ */
static struct lane *lane_of(struct hooking *s, struct text hook)
{
    struct lane *free_one = NULL;
    for (size_t i = 0; i < HOOK_SLOTS; i++) {
        struct lane *l = &s->lanes[i];
        if (l->arena && text_same(l->hook, hook))
            return l;
        if (!l->arena && !free_one)
            free_one = l;
    }
    if (free_one)
        *free_one = (struct lane){.arena = arena_open()};
    return free_one;
}

static size_t slot_of(const struct hooking *s, const struct lane *l)
{
    return (size_t)(l - s->lanes);
}

static struct hook_delivery copy_of(struct arena *a, const struct hook_delivery *from)
{
    struct hook_delivery d = *from;
    struct text *const texts[] = {&d.id,    &d.hook,  &d.kind, &d.record,
                                  &d.event, &d.field, &d.at,   &d.due};
    for (size_t i = 0; i < COUNT(texts); i++)
        *texts[i] = text_copy(a, *texts[i]);
    d.rec = NULL;
    return d;
}

/* Of webhooks that are no more. */
static void free_lanes(struct hooking *s, const struct hook *hooks, size_t count)
{
    for (size_t i = 0; i < HOOK_SLOTS; i++) {
        bool there = false;
        for (size_t h = 0; h < count; h++)
            there = there || text_same(hooks[h].id, s->lanes[i].hook);
        if (there || !s->lanes[i].arena || hook_sending(s->sender, i))
            continue;
        s->tidied = 0; /* what waits for it ends now */
        arena_close(s->lanes[i].arena);
        s->lanes[i] = (struct lane){0};
    }
}

/* ---- its maker
 * ---------------------------------------------------------------------------------- */
/* *yes: they are here and may still administer; then the call looks as they do. */
static enum err as_maker(struct round *d, const struct hook *h, bool *yes)
{
    struct mail_reader who;
    struct reader *db = store_reader(access_store(d->access));
    enum err e = access_mail_reader(d->call, db, h->person, &who, yes);
    store_return(access_store(d->access), db);
    *yes = e == OK && *yes && !h->left;
    if (!*yes)
        return e;
    TRY(access_looks_as(d->call, d->access, &who, &d->call->actor));
    *yes = d->call->actor->admin || actor_holds_anywhere(d->call->actor, ROLE_MANAGER);
    return OK;
}

static void write_to_maker(struct round *d, const struct hook *h, const struct mail_reader *who,
                           bool gone)
{
    struct text why;
    struct call *call = call_open(d->call->arena, clock_now(), who->lang);
    const struct letter l = {
        .to = who->email,
        .sender = d->s->from,
        .subject = text_of(say(call, "A webhook of yours is paused")),
        .body = text_print(
            call->arena, "%.*s\n%.*s\n\n%s\n%.*s/settings\n", TEXT_ARG(h->name),
            TEXT_ARG(h->address),
            gone
                ? say(call, "Its receiver says that it is there no more (410). Nothing more is "
                            "sent until you resume it.")
                : say(call,
                      "Nothing that was sent to it arrived for five days. Nothing more is "
                      "sent until you resume it."),
            TEXT_ARG(d->s->address)),
        .id = text_print(call->arena, "hook.%.*s.%.*s", TEXT_ARG(h->id), TEXT_ARG(d->call->id)),
        .lang = text_of(lang_code(call->lang)),
        .at = call->now};
    if (mail_send(call, d->s->mail, &l, &why) != MAIL_TAKEN)
        log_line(LOG_WARN, "hook", "hook=%.*s letter=lost", TEXT_ARG(h->id));
}

/* The webhook stops by itself: an entry says so, and a letter when mail goes out. */
static void stop(struct round *d, struct text id, const char *why)
{
    struct hook h;
    struct mail_reader who;
    bool there = false;
    d->call->actor = actor_system(d->call);
    log_line(LOG_WARN, "hook", "hook=%.*s stopped=%s", TEXT_ARG(id), why);
    struct reader *db = store_reader(access_store(d->access));
    enum err e = access_hook(d->call, d->access, db, id, &h);
    if (e == OK)
        e = access_mail_reader(d->call, db, h.person, &who, &there);
    store_return(access_store(d->access), db);
    if (e == OK)
        e = access_hook_pause(d->call, d->access, id, why);
    if (e != OK)
        log_line(LOG_WARN, "hook", "hook=%.*s outcome=%s", TEXT_ARG(id), err_code(e));
    else if (there && d->s->mail)
        write_to_maker(d, &h, &who, text_is(text_of(why), "gone"));
}

/* ---- what came of it
 * ------------------------------------------------------------------------------ */
static const char *fate_word(enum hook_fate fate)
{
    static const char *const words[] = {"",        "answered",  "slow", "local",
                                        "no_name", "no_answer", "tls",  "broken"};
    return words[fate];
}

/* A tenth more or less, so that many that failed together do not come back together. */
static int64_t again_after(int64_t tries)
{
    uint16_t dice;
    int64_t wait = waits[tries];
    chance(&dice, sizeof dice);
    return wait - wait / 10 + wait / 5 * dice / 65536;
}

static void settle(struct round *d, const struct hook_result *result)
{
    struct lane *l = &d->s->lanes[result->slot];
    bool good = result->fate == HOOK_ANSWERED && result->status >= 200 && result->status < 300;
    bool gone = result->fate == HOOK_ANSWERED && result->status == 410;
    int64_t failing, tries = l->delivery.tries;
    struct hook_settled how = {
        .tried = true, .good = good, .status = result->status, .why = fate_word(result->fate)};
    if (good)
        how.done = moment_print(d->call->arena, d->call->now);
    else if (gone || tries >= (int64_t)COUNT(waits))
        how.done = TEXT("given_up");
    else
        how.again = d->call->now + again_after(tries);
    l->fails = good ? 0 : l->fails + 1;
    int64_t hold = good ? 0 : 5 * SECONDS << (l->fails < 5 ? l->fails - 1 : 4);
    l->hold = good ? 0 : clock_ticks() + (hold < HOLD_MOST ? hold : HOLD_MOST);
    enum err e = record_hook_settle(d->call, d->records, &l->delivery, &how, &failing);
    if (e != OK)
        log_line(LOG_WARN, "hook", "hook=%.*s outcome=%s", TEXT_ARG(l->hook), err_code(e));
    else if (gone || (failing && d->call->now - failing >= FAILING_MOST))
        stop(d, l->hook, gone ? "gone" : "failing");
}

/* ---- sending
 * ---------------------------------------------------------------------------------------- */
static void send(struct round *d, struct lane *l, const struct hook *h,
                 const struct hook_delivery *delivery, struct text body)
{
    unsigned char bytes[2][HOOK_SECRET];
    const struct text secrets[] = {{(const char *)bytes[0], HOOK_SECRET},
                                   {(const char *)bytes[1], HOOK_SECRET}};
    size_t count = 1;
    int64_t rotated;
    struct text hook = text_copy(d->call->arena, h->id);
    arena_reset(l->arena);
    l->hook = text_copy(l->arena, hook);
    l->delivery = copy_of(l->arena, delivery);
    access_hook_secret(d->access, h, h->generation, bytes[0]);
    if (h->generation > 1 && moment_read(h->rotated_at, &rotated) &&
        d->call->now - rotated < BOTH_SECRETS)
        access_hook_secret(d->access, h, h->generation - 1, bytes[count++]);
    struct hook_post post = {.address = h->address,
                             .id = delivery->id,
                             .body = body,
                             .seconds = d->call->now / SECONDS};
    post.signature =
        hook_signature(d->call->arena, post.id, post.seconds, body, secrets, count);
    hook_send(d->s->sender, slot_of(d->s, l), &post);
}

/* The next that is due; what may not be told any more is passed over. */
static enum err send_next(struct round *d, struct lane *l, const struct hook *h)
{
    for (int i = 0; i < UNTOLD_AT_ONCE; i++) {
        struct hook_delivery one;
        struct text body;
        bool there, told;
        int64_t failing;
        TRY(record_hook_take(d->call, d->records, h->id, &one, &there));
        if (!there)
            return OK;
        struct reader *db = store_reader(access_store(d->access));
        enum err e =
            record_hook_body(d->call, d->records, db, &one, d->s->address, &body, &told);
        store_return(access_store(d->access), db);
        TRY(e);
        if (told) {
            send(d, l, h, &one, body);
            return OK;
        }
        const struct hook_settled how = {.done = TEXT("not_told"), .why = ""};
        TRY(record_hook_settle(d->call, d->records, &one, &how, &failing));
    }
    return OK;
}

static enum err serve(struct round *d, const struct hook *h)
{
    bool may, more = true;
    struct lane *l = lane_of(d->s, h->id);
    if (!l)
        return OK;
    if (!l->hook.len)
        l->hook = text_copy(l->arena, h->id);
    TRY(as_maker(d, h, &may));
    bool silent = h->stopped.len > 0 || !may;
    for (int i = 0; i < PAGES_AT_ONCE && more; i++)
        TRY(record_hook_follow(d->call, d->records, h, silent ? d->size : 0, &more));
    if (silent || hook_sending(d->s->sender, slot_of(d->s, l)) || clock_ticks() < l->hold)
        return OK;
    return send_next(d, l, h);
}

static enum err tidy(struct round *d, const struct hook *hooks, size_t count)
{
    struct text *ids = NEW_MANY(d->call->arena, count + 1, struct text);
    int64_t now = clock_ticks();
    if (d->s->tidied && now - d->s->tidied < TIDY_EVERY)
        return OK;
    d->s->tidied = now;
    for (size_t i = 0; i < count; i++)
        ids[i] = hooks[i].id;
    return record_hook_tidy(d->call, d->records, ids, count);
}

static void look(struct hooking *s)
{
    struct arena *arena = arena_open();
    struct round d = begin(s, arena);
    struct hook *hooks;
    size_t count = 0;
    uint64_t size = 0;
    if (store_restored(access_store(d.access))) { /* the receivers may be those of another */
        epoch_give(d.records);
        arena_close(arena);
        return;
    }
    struct reader *db = store_reader(access_store(d.access));
    enum err e = ledger_size_seen(d.call, db, &size);
    if (e == OK)
        e = access_hooks(d.call, d.access, db, &hooks, &count);
    d.size = (int64_t)size;
    store_return(access_store(d.access), db);
    if (e == OK) {
        free_lanes(s, hooks, count);
        e = tidy(&d, hooks, count);
    }
    for (size_t i = 0; i < count && !atomic_load(&s->closing); i++) {
        struct arena *own = arena_open();
        struct round one = d;
        one.call = call_beside(own, d.call);
        one.call->actor = actor_system(one.call);
        enum err its = serve(&one, &hooks[i]);
        if (its != OK)
            log_line(LOG_WARN, "hook", "hook=%.*s outcome=%s", TEXT_ARG(hooks[i].id),
                     err_code(its));
        arena_close(own);
    }
    if (e != OK)
        log_line(LOG_WARN, "hook", "outcome=%s", err_code(e));
    epoch_give(d.records);
    arena_close(arena);
}

static void settle_all(struct hooking *s, const struct hook_result *results, size_t count)
{
    struct arena *arena = arena_open();
    struct round d = begin(s, arena);
    for (size_t i = 0; i < count; i++)
        settle(&d, &results[i]);
    epoch_give(d.records);
    arena_close(arena);
}

/* ---- the thread
 * -------------------------------------------------------------------------------------- */
static void *run(void *arg)
{
    struct hooking *s = arg;
    int64_t looked = 0;
    while (!atomic_load(&s->closing)) {
        struct hook_result results[HOOK_SLOTS];
        if (clock_ticks() - looked >= LOOK_EVERY) {
            looked = clock_ticks();
            look(s);
        }
        size_t count = hook_wait(s->sender, LOOK_EVERY / 1000, results);
        if (!count)
            continue;
        settle_all(s, results, count);
        looked = 0; /* whoever has just taken one may take the next */
    }
    return NULL;
}

enum err hooking_open(struct call *call, struct epochs *epochs, const struct hooking_options *o,
                      struct hooking **out)
{
    struct hooking *s = calloc(1, sizeof *s);
    if (!s)
        panic("out of memory");
    enum err e = hook_sender_open(call, &o->sender, &s->sender);
    if (e != OK) {
        free(s);
        return e;
    }
    s->epochs = epochs;
    s->arena = arena_open();
    s->mail = o->mail;
    s->address = text_copy(s->arena, o->address);
    s->from = text_copy(s->arena, o->from);
    if (pthread_create(&s->thread, NULL, run, s) != 0) {
        hook_sender_close(s->sender);
        arena_close(s->arena);
        free(s);
        return problem(call, ERR_BUG, TEXT(""), "thread", "no thread for webhooks");
    }
    *out = s;
    return OK;
}

void hooking_close(struct hooking *s)
{
    if (!s)
        return;
    atomic_store(&s->closing, true);
    hook_wake(s->sender);
    mail_stop(s->mail);
    pthread_join(s->thread, NULL);
    hook_sender_close(s->sender);
    for (size_t i = 0; i < HOOK_SLOTS; i++)
        arena_close(s->lanes[i].arena);
    arena_close(s->arena);
    free(s);
}
