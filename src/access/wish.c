/* SPDX-License-Identifier: Apache-2.0 */
/* access/wish.c — mail: what somebody wishes to get, and as whom it is written. The wish is the
 * receiver's own note. What a letter says is what they may see at that moment, by their roles
 * as the ledger has them. */
#include "access/internal.h"

#include <string.h>

#define USUAL_HOUR 8
#define COLUMNS                                                                                \
    "p.id, p.name, p.email, p.lang, w.wish, w.hour, w.quiet_from, w.quiet_to, w.zone, "        \
    "w.last_day"
#define FROM_PEOPLE                                                                            \
    " FROM person p LEFT JOIN mail_wish w ON w.person = p.id WHERE p.disabled = 0 AND "        \
    "p.email "                                                                                 \
    "<> '' AND p.waits_by = '' "

static const char *const words[] = {"", "daily", "at_once", "never"};

const char *mail_wish_word(enum mail_wish_of wish)
{
    return words[wish];
}

bool mail_wish_read(struct text word, enum mail_wish_of *out)
{
    for (size_t i = WISH_DAILY; i < COUNT(words); i++)
        if (text_is(word, words[i])) {
            *out = (enum mail_wish_of)i;
            return true;
        }
    return false;
}

static int64_t number(const struct value *v, int64_t usual)
{
    return v->type == VALUE_INTEGER ? v->integer : usual;
}

static struct text word(const struct value *v)
{
    return v->type == VALUE_TEXT ? v->text : TEXT("");
}

/* Six columns, empty where nothing was said. */
static void take(const struct value *row, struct mail_wish *w)
{
    *w = (struct mail_wish){.wish = WISH_DAILY,
                            .hour = number(&row[1], USUAL_HOUR),
                            .quiet_from = number(&row[2], 0),
                            .quiet_to = number(&row[3], 0),
                            .zone = word(&row[4])};
    mail_wish_read(word(&row[0]), &w->wish);
}

enum err access_mail_wish(struct call *call, struct reader *r, struct mail_wish *out)
{
    struct rows rows;
    static const struct value nothing[5] = {V_NULL, V_NULL, V_NULL, V_NULL, V_NULL};
    TRY(read_rows(
        call, r,
        "SELECT wish, hour, quiet_from, quiet_to, zone FROM mail_wish WHERE person = $1",
        &V_TEXT(call->actor->person), 1, 1, &rows));
    take(rows.count > 0 ? row_at(&rows, 0) : nothing, out);
    return OK;
}

static bool an_hour(int64_t h)
{
    return h >= 0 && h <= 23;
}

static enum err check(struct call *call, const struct mail_wish *w)
{
    enum err e = OK;
    struct zone *z;
    const struct {
        struct text name;
        int64_t hour;
    } hours[] = {{TEXT("hour"), w->hour},
                 {TEXT("quiet_from"), w->quiet_from},
                 {TEXT("quiet_to"), w->quiet_to}};
    for (size_t i = 0; i < COUNT(hours); i++)
        if (!an_hour(hours[i].hour))
            e = problem(call, ERR_INVALID, hours[i].name, "range", "%s",
                        say(call, "is an hour of the day, 0 to 23"));
    if (w->zone.len > 0) {
        struct call *quiet = call_beside(call->arena, call);
        if (!zone_name_ok(w->zone) || zone_open(quiet, call->arena, w->zone, &z) != OK)
            e = problem(
                call, ERR_INVALID, TEXT("zone"), "zone", "%s",
                say(call, "is no time zone that this machine knows, like Asia/Singapore"));
    }
    return e;
}

static enum err put(struct job *job, struct call *call, struct tx *tx)
{
    const struct mail_wish *w = job->arg;
    struct value values[] = {V_TEXT(call->actor->person),
                             V_TEXT(text_of(words[w->wish])),
                             V_INT(w->hour),
                             V_INT(w->quiet_from),
                             V_INT(w->quiet_to),
                             V_TEXT(w->zone)};
    return tx_exec(
        call, tx,
        "INSERT INTO mail_wish (person, wish, hour, quiet_from, quiet_to, zone, "
        "last_day) VALUES ($1, $2, $3, $4, $5, $6, '') ON CONFLICT (person) DO UPDATE "
        "SET wish = $2, hour = $3, quiet_from = $4, quiet_to = $5, zone = $6",
        values, COUNT(values), NULL);
}

enum err access_mail_wish_write(struct call *call, struct access *a,
                                const struct mail_wish *wish)
{
    struct mail_wish copy = *wish;
    TRY(check(call, wish));
    return store_run(a->store, call, put, &copy);
}

/* ---- who gets mail
 * --------------------------------------------------------------------------- */
static void to_reader(const struct value *row, struct mail_reader *out)
{
    *out = (struct mail_reader){.person = row[0].text,
                                .name = row[1].text,
                                .email = row[2].text,
                                .lang = lang_like(row[3].text),
                                .last_day = word(&row[9])};
    take(row + 4, &out->wish);
}

enum err access_mail_readers(struct call *call, struct reader *r, struct text after,
                             size_t most, struct mail_reader **out, size_t *count)
{
    struct rows rows;
    struct value values[] = {V_TEXT(after), V_INT((int64_t)most)};
    TRY(read_rows(call, r, "SELECT " COLUMNS FROM_PEOPLE "AND p.id > $1 ORDER BY p.id LIMIT $2",
                  values, COUNT(values), most, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct mail_reader);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        to_reader(row_at(&rows, i), &(*out)[i]);
    return OK;
}

enum err access_mail_reader(struct call *call, struct reader *r, struct text person,
                            struct mail_reader *out, bool *there)
{
    struct rows rows;
    TRY(read_rows(call, r, "SELECT " COLUMNS FROM_PEOPLE "AND p.id = $1", &V_TEXT(person), 1, 1,
                  &rows));
    *there = rows.count > 0;
    if (*there)
        to_reader(row_at(&rows, 0), out);
    return OK;
}

static enum err look_as(struct call *call, struct access *a, struct reader *r,
                        const struct mail_reader *who, const struct actor **out)
{
    struct rows rows;
    struct actor *actor = NEW(call->arena, struct actor);
    TRY(read_rows(call, r, "SELECT unit FROM person WHERE id = $1", &V_TEXT(who->person), 1, 1,
                  &rows));
    *actor =
        (struct actor){.type = ACTOR_USER,
                       .id = who->person,
                       .person = who->person,
                       .name = who->name,
                       .email = who->email,
                       .unit = rows.count > 0 ? row_at(&rows, 0)[0].text : TEXT(""),
                       .lang = who->lang,
                       .renew = true}; /* who has to renew a password can do nothing else */
    TRY(access__grants_of(call, r, who->person, actor));
    access__roles_mean(a, actor);
    *out = actor;
    return OK;
}

static enum err carry_out(struct call *call, struct access *a, struct reader *r,
                          struct text person, struct actor **out)
{
    struct rows rows;
    struct actor *actor = NEW(call->arena, struct actor);
    TRY(read_rows(call, r,
                  "SELECT unit FROM person WHERE id = $1 AND disabled = 0 AND waits_by = ''",
                  &V_TEXT(person), 1, 1, &rows));
    if (!rows.count)
        return access__denied(call);
    *actor = *actor_command(call);
    actor->all = false;
    actor->person = person;
    actor->unit = row_at(&rows, 0)[0].text;
    TRY(access__grants_of(call, r, person, actor));
    access__roles_mean(a, actor);
    *out = actor;
    return OK;
}

enum err access_carries_out(struct call *call, struct access *a, struct text person,
                            struct actor **out)
{
    TRY(access__trusted(call, a, person, TEXT("")));
    struct reader *r = store_reader(a->store);
    enum err e = carry_out(call, a, r, person, out);
    store_return(a->store, r);
    return e;
}

enum err access_looks_as(struct call *call, struct access *a, const struct mail_reader *who,
                         const struct actor **out)
{
    TRY(access__trusted(call, a, who->person, TEXT("")));
    struct reader *r = store_reader(a->store);
    enum err e = look_as(call, a, r, who, out);
    store_return(a->store, r);
    return e;
}

/* ---- once a day
 * -------------------------------------------------------------------------------- */
struct turning {
    struct text person, day;
    int64_t changed;
};

static enum err turn_day(struct job *job, struct call *call, struct tx *tx)
{
    struct turning *t = job->arg;
    struct value values[] = {V_TEXT(t->person), V_TEXT(t->day), V_INT(USUAL_HOUR)};
    return tx_exec(call, tx,
                   "INSERT INTO mail_wish (person, wish, hour, quiet_from, quiet_to, zone, "
                   "last_day) VALUES ($1, 'daily', $3, 0, 0, '', $2) ON CONFLICT (person) DO "
                   "UPDATE SET last_day = $2 WHERE mail_wish.last_day < $2",
                   values, COUNT(values), &t->changed);
}

enum err access_mail_day(struct call *call, struct access *a, struct text person,
                         struct text day, bool *ours)
{
    struct turning t = {person, day, 0};
    TRY(store_run(a->store, call, turn_day, &t));
    *ours = t.changed > 0;
    return OK;
}

static enum err turn_back(struct job *job, struct call *call, struct tx *tx)
{
    struct turning *t = job->arg;
    struct value values[] = {V_TEXT(t->person), V_TEXT(t->day)};
    return tx_exec(call, tx, "UPDATE mail_wish SET last_day = $2 WHERE person = $1", values,
                   COUNT(values), NULL);
}

enum err access_mail_day_back(struct call *call, struct access *a, struct text person,
                              struct text before)
{
    struct turning t = {person, before, 0};
    return store_run(a->store, call, turn_back, &t);
}
