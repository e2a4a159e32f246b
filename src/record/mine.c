/* SPDX-License-Identifier: Apache-2.0 */
/* record/mine.c — what somebody did themselves, as the ledger shows it: when they last worked
 * here before today, and which of the acts to learn by they have done. The ledger is walked
 * from its end, so that nothing about anybody's visits need be stored. The first page asks
 * again and again, so what a walk found is remembered for the day: the next one looks only at
 * what was written since. */
#include "record/internal.h"

#include <pthread.h>
#include <string.h>

#define PAGE 1000
#define MOVES_LOOKED 100 /* versions that are read to see which move it was */

struct walk {
    struct call *call;
    struct reader *db;
    const struct home *home; /* NULL: acts are not looked for */
    struct mine *out;
    int64_t today; /* its first moment */
    int64_t born;  /* when the account was made */
    uint64_t from; /* what is older is known */
    size_t moves;
    bool end;
};

/* ---- what is remembered -------------------------------------------------------------------
 */
#define VISITS 128
#define VISIT_ACTS 32

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct visit {
    char person[40]; /* "": an empty place */
    int64_t today;
    const struct home *home; /* of the model of these records */
    uint64_t size;           /* of the ledger that was walked */
    int64_t entry, since;
    char at[32];
    int64_t done[VISIT_ACTS];
};
struct visits {
    struct visit place[VISITS];
};

struct visits *visits__open(struct arena *a)
{
    return NEW(a, struct visits);
}

static struct visit *place_of(struct visits *v, struct text person)
{
    return &v->place[text_hash(person) % VISITS];
}

/* Fills in what was found in an earlier walk of the day, if this reader sees all of that. */
static void recall(struct visits *v, struct walk *w, uint64_t size)
{
    struct text person = w->call->actor->person;
    pthread_mutex_lock(&lock);
    const struct visit *p = place_of(v, person);
    if (text_is(person, p->person) && p->today == w->today && p->home == w->home &&
        p->size <= size) {
        w->from = p->size;
        w->out->entry = p->entry;
        w->out->since = p->since;
        w->out->at = text_copy(w->call->arena, text_of(p->at));
        for (size_t i = 0; w->home && i < w->home->act_count; i++)
            w->out->done[i] = p->done[i];
    }
    pthread_mutex_unlock(&lock);
}

static void remember(struct visits *v, const struct walk *w, uint64_t size)
{
    struct text person = w->call->actor->person;
    struct visit p = {.today = w->today,
                      .home = w->home,
                      .size = size,
                      .entry = w->out->entry,
                      .since = w->out->since};
    if (person.len >= sizeof(p.person) || w->out->at.len >= sizeof(p.at) ||
        (w->home && w->home->act_count > VISIT_ACTS))
        return;
    memcpy(p.person, person.at, person.len);
    if (w->out->at.len)
        memcpy(p.at, w->out->at.at, w->out->at.len);
    for (size_t i = 0; w->home && i < w->home->act_count; i++)
        p.done[i] = w->out->done[i];
    pthread_mutex_lock(&lock);
    *place_of(v, person) = p;
    pthread_mutex_unlock(&lock);
}

static bool starts(struct text t, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_starts(t, words[i]))
            return true;
    return false;
}

/* Who only looks leaves such entries, or none. */
static bool is_work(const struct ledger_leaf *leaf)
{
    static const char *const looking[] = {"auth.",     "session.", "access.",    "record.read",
                                          "file.read", "feed.",    "data.export"};
    return !starts(leaf->act, looking, COUNT(looking));
}

/* ---- acts ---------------------------------------------------------------------------------
 */
static enum err move_of(struct walk *w, const struct ledger_leaf *leaf, struct text *out)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct value values[] = {V_TEXT(leaf->object_kind), V_TEXT(leaf->object_id),
                             V_INT(leaf->object_version)};
    struct rows rows;
    const struct json *body;
    *out = (struct text){0};
    if (w->moves++ >= MOVES_LOOKED)
        return OK;
    TRY(read_rows(w->call, w->db,
                  "SELECT body FROM version WHERE kind = $1 AND id = $2 AND version = $3",
                  values, 3, 1, &rows));
    if (!rows.count)
        return OK;
    TRY(json_read(w->call, rows.cells[0].text, &limits, &body));
    *out = json_text(json_get(body, "_move"));
    return OK;
}

static enum err is_move(struct walk *w, const struct home_act *a,
                        const struct ledger_leaf *leaf, bool *yes)
{
    bool named = false;
    struct text move;
    if (!text_is(leaf->act, "record.move") && !text_is(leaf->act, "record.sign"))
        return OK;
    for (size_t i = 0; i < a->move_count; i++)
        named = named || text_same(a->moves[i].kind->name, leaf->object_kind);
    if (!named)
        return OK;
    TRY(move_of(w, leaf, &move));
    for (size_t i = 0; i < a->move_count; i++)
        *yes = *yes || (text_same(a->moves[i].kind->name, leaf->object_kind) &&
                        text_same(a->moves[i].move->name, move));
    return OK;
}

static enum err is_export(struct walk *w, const struct home_act *a,
                          const struct ledger_leaf *leaf, bool *yes)
{
    static const struct json_limits limits = {1u << 16, 4, 100};
    struct value v = V_INT((int64_t)leaf->index);
    struct rows rows;
    const struct json *body;
    if (!text_is(leaf->act, "data.export"))
        return OK;
    TRY(read_rows(w->call, w->db, "SELECT body FROM sealed WHERE ledger = $1", &v, 1, 1,
                  &rows));
    if (!rows.count)
        return OK;
    TRY(json_read(w->call, rows.cells[0].text, &limits, &body));
    *yes = text_same(json_text(json_get(body, "kind")), a->kind->name);
    return OK;
}

static enum err shows(struct walk *w, const struct home_act *a, const struct ledger_leaf *leaf,
                      bool *yes)
{
    *yes = false;
    switch (a->did) {
    case DID_CREATE:
        *yes =
            text_is(leaf->act, "record.create") && text_same(leaf->object_kind, a->kind->name);
        return OK;
    case DID_MOVE:
        return is_move(w, a, leaf, yes);
    case DID_EXPORT:
        return is_export(w, a, leaf, yes);
    case DID_INVITE:
        *yes = text_is(leaf->act, "user.add");
        return OK;
    }
    return OK;
}

static enum err look_for_acts(struct walk *w, const struct ledger_leaf *leaf)
{
    for (size_t i = 0; i < w->home->act_count; i++) {
        bool yes = false;
        if (w->out->done[i] < 0)
            TRY(shows(w, &w->home->acts[i], leaf, &yes));
        if (yes)
            w->out->done[i] = (int64_t)leaf->index;
    }
    return OK;
}

/* ---- the walk -----------------------------------------------------------------------------
 */
static bool by_them(const struct walk *w, const struct ledger_leaf *leaf)
{
    return text_is(leaf->actor_type, "user") &&
           text_same(leaf->actor_id, w->call->actor->person);
}

static bool names(const struct walk *w, struct text leaf)
{
    struct text id = w->call->actor->person;
    return memmem(leaf.at, leaf.len, id.at, id.len) != NULL;
}

static bool all_done(const struct walk *w)
{
    for (size_t i = 0; w->home && i < w->home->act_count; i++)
        if (w->out->done[i] < 0)
            return false;
    return true;
}

/* What is found in this walk is newer than what is known: `seen` tells whether it was. */
static enum err look(struct walk *w, const struct ledger_row *row, bool *seen)
{
    struct ledger_leaf leaf;
    if (!names(w, row->leaf) || !ledger_leaf_read(w->call->arena, row->leaf, &leaf))
        return OK;
    if (!by_them(w, &leaf))
        return OK;
    if (!*seen && leaf.moment < w->today && is_work(&leaf)) {
        *seen = true;
        w->out->entry = (int64_t)leaf.index;
        w->out->at = text_copy(w->call->arena, leaf.time);
    }
    return w->home ? look_for_acts(w, &leaf) : OK;
}

static bool before_them(const struct walk *w, const struct ledger_row *row)
{
    struct ledger_leaf leaf;
    return ledger_leaf_read(w->call->arena, row->leaf, &leaf) && leaf.moment < w->born;
}

static enum err walk(struct walk *w, uint64_t below)
{
    size_t looked = 0, count = 1;
    bool seen = false;
    while (count && below > w->from && !w->end && looked < MINE_LOOKED) {
        struct ledger_row *rows;
        size_t most = below - w->from < PAGE ? (size_t)(below - w->from) : PAGE;
        TRY(ledger_entries_back(w->call, w->db, below, most, &rows, &count));
        for (size_t i = 0; i < count && !w->end; i++) {
            TRY(look(w, &rows[i], &seen));
            w->end = w->out->entry >= 0 && all_done(w);
        }
        w->end = w->end || (count && before_them(w, &rows[count - 1]));
        below = count ? rows[count - 1].index : 0;
        looked += count;
    }
    if (w->end || below > w->from || !w->from)
        w->out->since = w->end ? 0 : (int64_t)below;
    return OK;
}

static enum err read_birth(struct walk *w)
{
    struct value v = V_TEXT(w->call->actor->person);
    struct rows rows;
    TRY(read_rows(w->call, w->db, "SELECT created_at FROM person WHERE id = $1", &v, 1, 1,
                  &rows));
    if (!rows.count || !moment_read(rows.cells[0].text, &w->born))
        w->born = 0;
    return OK;
}

enum err record_mine(struct call *call, struct records *r, struct reader *db,
                     const struct home *home, struct mine *out)
{
    int64_t day = zone_day(call->zone, call->now);
    struct walk w = {
        .call = call, .db = db, .out = out, .today = zone_day_start(call->zone, day)};
    *out = (struct mine){.entry = -1};
    if (call->actor->type != ACTOR_USER || !call->actor->person.len)
        return OK;
    TRY(read_birth(&w));
    int64_t ends = home ? zone_day(call->zone, w.born) + 7 * home->weeks : 0;
    out->new_here = home && day < ends;
    out->until = home ? date_of_days(call->arena, ends) : (struct text){0};
    w.home = out->new_here ? home : NULL;
    out->done = NEW_MANY(call->arena, home ? home->act_count + 1 : 1, int64_t);
    for (size_t i = 0; home && i < home->act_count; i++)
        out->done[i] = -1;
    uint64_t size;
    TRY(ledger_size_seen(call, db, &size));
    recall(r->visits, &w, size);
    TRY(walk(&w, size));
    remember(r->visits, &w, size);
    return OK;
}
