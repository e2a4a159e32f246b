/* SPDX-License-Identifier: Apache-2.0 */
/* work/mail.c — a thread that carries out by mail what people were told: what is urgent at
 * once, the rest with what waits for them in their morning, as each wishes. What a server takes
 * is settled after it has answered, so that a letter may come twice (under one Message-ID) and
 * is never lost: one that cannot go out is tried again after 1, 2, 4 … minutes, and given up
 * after three days. While nobody answers, one letter a round asks whether somebody does. */
#include "work/letter.h"
#include "work/work.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define MINUTE ((int64_t)60 * 1000000)
#define HOURS ((int64_t)60 * MINUTE)
#define KEEP_TRYING (72 * HOURS)
#define REFUSALS 5 /* a server that is set up wrong may say "never" for a while */
#define PEOPLE_AT_ONCE 100
#define MORNINGS_EVERY 5 /* rounds */

struct mailing {
    struct epochs *epochs;
    struct arena *arena;
    struct mail *mail;
    struct text address, sender;
    int64_t every;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    atomic_bool closing;
};
struct round { /* one look, in one epoch */
    struct mailing *s;
    struct records *records;
    struct access *access;
    bool down; /* nobody answers: the others need not be asked */
};

static bool over(const struct round *d)
{
    return d->down || atomic_load(&d->s->closing);
}

/* ---- hours
 * ------------------------------------------------------------------------------------ */
static bool quiet(const struct mail_wish *w, int64_t hour)
{
    if (w->quiet_from == w->quiet_to)
        return false;
    if (w->quiet_from < w->quiet_to)
        return hour >= w->quiet_from && hour < w->quiet_to;
    return hour >= w->quiet_from || hour < w->quiet_to;
}

static int64_t hour_of(const struct call *call)
{
    int64_t there = call->now + zone_offset(call->zone, call->now) * 1000000;
    return there / HOURS % 24;
}

/* A call in their language and zone. */
static struct call *for_reader(struct round *d, struct arena *arena,
                               const struct mail_reader *who)
{
    struct call *call = call_open(arena, clock_now(), who->lang);
    struct zone *z;
    access_place(call, d->access);
    if (who->wish.zone.len &&
        zone_open(call_beside(arena, call), arena, who->wish.zone, &z) == OK)
        call->zone = z;
    call->id = id_new(call);
    call->actor = actor_system(call);
    return call;
}

/* ---- one letter
 * ------------------------------------------------------------------------------- */
static int64_t again_at(int64_t now, int64_t tries)
{
    int64_t wait = MINUTE << (tries < 9 ? tries : 9);
    return now + (wait < 6 * HOURS ? wait : 6 * HOURS);
}

static enum mail_fate send_letter(struct round *d, struct call *call,
                                  const struct mail_reader *who, struct text id,
                                  const struct letter_words *words)
{
    const struct letter l = {.to = who->email,
                             .sender = d->s->sender,
                             .subject = words->subject,
                             .body = words->body,
                             .id = id,
                             .lang = text_of(lang_code(call->lang)),
                             .at = call->now};
    struct text why;
    enum mail_fate fate = mail_send(call, d->s->mail, &l, &why);
    if (fate != MAIL_TAKEN)
        log_line(LOG_WARN, "mail", "outcome=%s person=%.*s why=%.*s",
                 fate == MAIL_LATER ? "later" : "refused", TEXT_ARG(who->person),
                 TEXT_ARG(log_value(call->arena, why)));
    d->down = fate == MAIL_LATER;
    return fate;
}

static enum err settle(struct round *d, struct call *call, const struct text *ids, size_t count,
                       enum mail_fate fate)
{
    int64_t tries, at;
    struct text sent = moment_print(call->arena, call->now);
    if (fate == MAIL_TAKEN || !count)
        return record_mail_settle(call, d->records, ids, count, sent, 0);
    struct reader *db = store_reader(access_store(d->access));
    enum err e = record_mail_tries(call, db, ids[0], &tries, &at);
    store_return(access_store(d->access), db);
    TRY(e);
    bool enough = fate == MAIL_REFUSED ? tries + 1 >= REFUSALS : call->now - at >= KEEP_TRYING;
    return record_mail_settle(call, d->records, ids, count,
                              enough ? TEXT("given_up") : TEXT(""),
                              enough ? 0 : again_at(call->now, tries));
}

static enum err read_notices(struct round *d, struct call *call, struct text *ids, size_t count,
                             struct notice **list, size_t *told)
{
    struct reader *db = store_reader(access_store(d->access));
    enum err e = record_mail_read(call, d->records, db, ids, count, list, told);
    store_return(access_store(d->access), db);
    return e;
}

static struct text letter_id(struct call *call, struct text first)
{
    return text_print(call->arena, "notice.%.*s", TEXT_ARG(first));
}

/* What this person was told and has not been sent. */
static enum err tell(struct round *d, struct call *call, const struct mail_reader *who)
{
    struct text *ids;
    struct notice *list;
    size_t count, told;
    if (who->wish.wish == WISH_NEVER)
        return record_mail_drop(call, d->records, who->person, call->now, "not_wished");
    if (quiet(&who->wish, hour_of(call)))
        return OK;
    TRY(record_mail_take(call, d->records, who->person, who->wish.wish != WISH_AT_ONCE, &ids,
                         &count));
    if (!count)
        return OK;
    TRY(access_looks_as(call, d->access, who, &call->actor));
    TRY(read_notices(d, call, ids, count, &list, &told));
    if (!told)
        return record_mail_settle(call, d->records, ids, count, TEXT("seen"), 0);
    const struct letter_reader reader = {who->name, d->s->address};
    struct letter_words words = letter__of_notices(call, &reader, list, told);
    return settle(d, call, ids, count,
                  send_letter(d, call, who, letter_id(call, ids[0]), &words));
}

static enum err find_reader(struct round *d, struct call *call, struct text person,
                            struct mail_reader *out, bool *there)
{
    struct reader *db = store_reader(access_store(d->access));
    enum err e = access_mail_reader(call, db, person, out, there);
    store_return(access_store(d->access), db);
    return e;
}

static void tell_one(struct round *d, struct text person)
{
    struct arena *arena = arena_open();
    struct mail_reader who = {.lang = LANG_EN};
    bool there;
    struct call *call = for_reader(d, arena, &who);
    enum err e = find_reader(d, call, person, &who, &there);
    if (e == OK && !there)
        e = record_mail_drop(call, d->records, person, call->now, "no_address");
    else if (e == OK)
        e = tell(d, for_reader(d, arena, &who), &who);
    if (e != OK)
        log_line(LOG_WARN, "mail", "outcome=%s person=%.*s", err_code(e), TEXT_ARG(person));
    arena_close(arena);
}

/* Everybody who was told something; those who were told while mail was not set up are left
 * alone. */
static void tell_all(struct round *d)
{
    struct arena *arena = arena_open();
    struct mail_reader nobody = {.lang = LANG_EN};
    struct call *call = for_reader(d, arena, &nobody);
    struct text *people, after = TEXT("");
    size_t count = PEOPLE_AT_ONCE;
    enum err e = record_mail_drop(call, d->records, TEXT(""),
                                  call->now - KEEP_TRYING - 24 * HOURS, "old");
    while (e == OK && count == PEOPLE_AT_ONCE && !over(d)) {
        struct reader *db = store_reader(access_store(d->access));
        e = record_mail_people(call, db, after, PEOPLE_AT_ONCE, &people, &count);
        store_return(access_store(d->access), db);
        for (size_t i = 0; e == OK && i < count && !over(d); i++)
            tell_one(d, people[i]);
        after = count ? people[count - 1] : after;
    }
    arena_close(arena);
}

/* ---- mornings
 * ------------------------------------------------------------------------------------ */
struct morning {
    struct todo_list waits;
    struct text *ids;
    size_t id_count, told;
    struct notice *list;
};

static enum err gather(struct round *d, struct call *call, const struct mail_reader *who,
                       struct morning *m)
{
    TRY(access_looks_as(call, d->access, who, &call->actor));
    struct reader *db = store_reader(access_store(d->access));
    enum err e = read_begin(call, db);
    if (e == OK) {
        e = record_todo(call, d->records, db, false, TEXT(""), 50, &m->waits);
        read_end(db);
    }
    store_return(access_store(d->access), db);
    TRY(e);
    TRY(record_mail_take(call, d->records, who->person, false, &m->ids, &m->id_count));
    TRY(read_notices(d, call, m->ids, m->id_count, &m->list, &m->told));
    return OK;
}

static enum err write_morning(struct round *d, struct call *call, const struct mail_reader *who,
                              struct text day, struct morning *m)
{
    const struct letter_reader reader = {who->name, d->s->address};
    struct reader *db = store_reader(access_store(d->access));
    struct letter_words words =
        letter__of_morning(call, d->records, db, &reader, &m->waits, m->list, m->told);
    store_return(access_store(d->access), db);
    struct text id =
        text_print(call->arena, "day.%.*s.%.*s", TEXT_ARG(day), TEXT_ARG(who->person));
    enum mail_fate fate = send_letter(d, call, who, id, &words);
    if (fate == MAIL_LATER)
        TRY(access_mail_day_back(call, d->access, who->person, who->last_day));
    return settle(d, call, m->ids, m->id_count, fate);
}

/* Once on each day that is worked, from their hour on, and nothing when there is nothing to
 * say. */
static enum err wake(struct round *d, struct call *call, const struct mail_reader *who)
{
    struct morning m = {0};
    int64_t hour = hour_of(call);
    struct text day = zone_today(call->arena, call->zone, call->now);
    const struct calendar *c = model_calendar(record_model(d->records), call->calendar);
    bool ours;
    if (who->wish.wish == WISH_NEVER || hour < who->wish.hour || quiet(&who->wish, hour) ||
        text_compare(who->last_day, day) >= 0 ||
        !calendar_works(c, zone_day(call->zone, call->now)))
        return OK;
    TRY(access_mail_day(call, d->access, who->person, day, &ours));
    if (!ours)
        return OK;
    TRY(gather(d, call, who, &m));
    if (m.waits.total || m.told)
        return write_morning(d, call, who, day, &m);
    return record_mail_settle(call, d->records, m.ids, m.id_count, TEXT("seen"), 0);
}

static void wake_all(struct round *d)
{
    struct text after = TEXT("");
    size_t count = PEOPLE_AT_ONCE;
    struct arena *all = arena_open();
    enum err e = OK;
    while (e == OK && count == PEOPLE_AT_ONCE && !over(d)) {
        struct arena *page = arena_open();
        struct mail_reader nobody = {.lang = LANG_EN}, *people;
        struct call *call = for_reader(d, page, &nobody);
        struct reader *db = store_reader(access_store(d->access));
        e = access_mail_readers(call, db, after, PEOPLE_AT_ONCE, &people, &count);
        store_return(access_store(d->access), db);
        for (size_t i = 0; e == OK && i < count && !over(d); i++) {
            struct arena *one = arena_open();
            enum err its = wake(d, for_reader(d, one, &people[i]), &people[i]);
            if (its != OK)
                log_line(LOG_WARN, "mail", "outcome=%s person=%.*s", err_code(its),
                         TEXT_ARG(people[i].person));
            arena_close(one);
        }
        after = e == OK && count ? text_copy(all, people[count - 1].person) : after;
        arena_close(page);
    }
    arena_close(all);
}

/* ---- the thread
 * ------------------------------------------------------------------------------------ */
static void look(struct mailing *s, int64_t nth)
{
    struct round d = {.s = s, .records = epoch_take(s->epochs)};
    d.access = record_access(d.records);
    bool waits = store_restored(access_store(d.access)); /* people may hear from another */
    if (!waits)
        tell_all(&d);
    if (!waits && nth % MORNINGS_EVERY == 0 && !over(&d))
        wake_all(&d);
    epoch_give(d.records);
}

static void *run(void *arg)
{
    struct mailing *s = arg;
    for (int64_t nth = 0; !atomic_load(&s->closing); nth++) {
        look(s, nth);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += s->every / 1000000;
        until.tv_nsec += s->every % 1000000 * 1000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_mutex_lock(&s->lock);
        for (int e = 0; !atomic_load(&s->closing) && e == 0;)
            e = pthread_cond_timedwait(&s->wake, &s->lock, &until);
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

enum err mailing_open(struct call *call, struct epochs *epochs, const struct mailing_options *o,
                      struct mailing **out)
{
    struct mailing *s = calloc(1, sizeof *s);
    if (!s)
        panic("out of memory");
    s->epochs = epochs;
    s->arena = arena_open();
    s->mail = o->mail;
    s->address = text_copy(s->arena, o->address);
    s->sender = text_copy(s->arena, o->sender);
    s->every = o->every;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&s->thread, NULL, run, s) != 0) {
        arena_close(s->arena);
        free(s);
        return problem(call, ERR_BUG, TEXT(""), "thread", "no thread for mail");
    }
    *out = s;
    return OK;
}

void mailing_close(struct mailing *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    atomic_store(&s->closing, true);
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    mail_stop(s->mail);
    pthread_join(s->thread, NULL);
    arena_close(s->arena);
    free(s);
}
