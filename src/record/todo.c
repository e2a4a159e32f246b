/* SPDX-License-Identifier: Apache-2.0 */
/* record/todo.c — search over all kinds, what waits for the actor, and moves whose day has
 * come. */
#include "record/internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- search
 * ------------------------------------------------------------------------------------------ */
static struct ref ref_of(const struct record *rec)
{
    const struct json *title = record_value(rec, TEXT("title"));
    return (struct ref){rec->kind->name, rec->id, rec->key, title ? title->text : rec->key,
                        rec->kind->states[rec->state].name};
}

/* A key alone ("rsk-12", "RSK-0012") finds the record at once. */
static enum err by_key(struct call *call, struct records *r, struct reader *db, struct text q,
                       struct ref *out, bool *found)
{
    ptrdiff_t dash = text_find(q, '-');
    int64_t number;
    *found = false;
    if (dash < 2 || !text_integer(text_from(q, (size_t)dash + 1), &number))
        return OK;
    struct text prefix = text_slice(q, 0, (size_t)dash);
    for (size_t i = 0; i < r->model->kind_count; i++) {
        const struct kind *k = &r->model->kinds[i];
        if (!text_same(text_lower(call->arena, k->prefix), text_lower(call->arena, prefix)))
            continue;
        struct text key =
            text_print(call->arena, "%.*s-%04lld", TEXT_ARG(k->prefix), (long long)number);
        struct record *rec;
        struct call *quiet = call_open(call->arena, call->now, call->lang);
        quiet->actor = call->actor;
        if (record_read(quiet, r, db, k, key, 0, &rec) == OK) {
            *out = ref_of(rec);
            *found = true;
        }
    }
    return OK;
}

enum err record_search(struct call *call, struct records *r, struct reader *db, struct text q,
                       size_t most, struct ref **out, size_t *count)
{
    struct search_hit *hits = NULL;
    size_t hit_count = 0, n = 0;
    struct ref *refs = NEW_MANY(call->arena, most + 2, struct ref);
    bool exact;
    TRY(by_key(call, r, db, text_trim(q), &refs[0], &exact));
    n += exact;
    struct text words = words_for_query(call->arena, q);
    if (words.len)
        TRY(read_search(call, db, (struct text){0}, words, most * 3, &hits, &hit_count));
    struct text *kinds = NEW_MANY(call->arena, hit_count + 1, struct text);
    struct text *ids = NEW_MANY(call->arena, hit_count + 1, struct text);
    for (size_t i = 0; i < hit_count; i++) {
        kinds[i] = hits[i].kind;
        ids[i] = hits[i].id;
    }
    struct ref *found = NEW_MANY(call->arena, hit_count + 1, struct ref);
    TRY(record_refs(call, r, db, kinds, ids, hit_count, found));
    for (size_t i = 0; i < hit_count && n < most; i++)
        if (found[i].id.len && !(exact && text_same(found[i].id, refs[0].id)))
            refs[n++] = found[i];
    *out = refs;
    *count = n;
    return OK;
}

/* ---- what waits for me
 * ------------------------------------------------------------------------------------ */
struct todos {
    struct todo *items;
    size_t count, room;
    struct text today, soon; /* soon: what falls due in a month is worth knowing */
};

static void add(struct todos *t, const struct record *rec, const char *why,
                const struct move *m)
{
    if (t->count == t->room)
        return;
    const struct json *due = record_value(rec, TEXT("due"));
    if (!due)
        due = record_value(rec, TEXT("review_due"));
    struct todo *one = &t->items[t->count++];
    *one = (struct todo){.ref = ref_of(rec), .why = why, .move = m};
    if (due)
        one->due = due->text;
    one->overdue = due && text_compare(due->text, t->today) < 0;
}

/* States in which this actor may be needed, by role anywhere or by a person field. */
static bool by_role(const struct actor *a, const struct who_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->one[i].role.len && !text_is(list->one[i].role, "staff") &&
            actor_holds_anywhere(a, list->one[i].role))
            return true;
    return false;
}

static bool forward(const struct kind *k, const struct move *m)
{
    enum tone to = k->states[m->to].tone;
    return !m->automatic && !m->stop && !text_is(m->name, "archive") && to != TONE_OFF &&
           to != TONE_REJECTED && to != TONE_WARN && to != TONE_BAD;
}

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

/* The move of its kind that fits this record: one of several approvals by type, say. */
static bool fits(const struct record *rec, const struct move *m)
{
    return m->from >> rec->state & 1 && forward(rec->kind, m) && m->to > rec->state &&
           (!m->when || condition_holds(m->when, of_record, (void *)(uintptr_t)rec));
}

static uint64_t states_by_role(const struct actor *a, const struct kind *k)
{
    uint64_t states = 0;
    for (size_t i = 0; i < k->move_count; i++)
        if (forward(k, &k->moves[i]) &&
            (by_role(a, &k->moves[i].by) || by_role(a, &k->moves[i].and_by)))
            states |= k->moves[i].from;
    return states;
}

static enum err first_move(struct call *call, struct records *r, struct reader *db,
                           const struct record *rec, const struct move **out)
{
    *out = NULL;
    for (size_t i = 0; i < rec->kind->move_count && !*out; i++) {
        const struct move *m = &rec->kind->moves[i];
        bool first = false, second = false, barred = false;
        if (!fits(rec, m))
            continue;
        TRY(who__matches(call, r, db_reader(db), call->actor, rec, &m->by, &first));
        if (!first && m->and_by.count)
            TRY(who__matches(call, r, db_reader(db), call->actor, rec, &m->and_by, &second));
        for (size_t d = 0; d < m->duty_count && (first || second) && !barred; d++)
            TRY(who__duty(call, r, db_reader(db), call->actor, rec, &m->duties[d].people,
                             &barred));
        if ((first || second) && !barred)
            *out = m;
    }
    return OK;
}

/* Published, operating, effective: it could be moved on, but nothing waits for anybody. */
static bool at_rest(const struct record *rec)
{
    enum tone tone = rec->kind->states[rec->state].tone;
    return tone == TONE_OK || tone == TONE_OFF || tone == TONE_REJECTED;
}

static enum err todo_of_kind(struct call *call, struct records *r, struct reader *db,
                             const struct kind *k, struct todos *t)
{
    struct record **items;
    size_t count;
    uint64_t states = states_by_role(call->actor, k);
    TRY(query__waiting(call, r, db_reader(db), k, states, 200, &items, &count));
    for (size_t i = 0; i < count; i++) {
        const struct move *m;
        bool readable;
        TRY(who__may_read(call, r, db_reader(db), call->actor, items[i], &readable));
        if (!readable)
            continue;
        TRY(first_move(call, r, db, items[i], &m));
        bool mine = value__list_has(record_value(items[i], TEXT("owner")), call->actor->person);
        const struct json *due = record_value(items[i], TEXT("due"));
        if (!due)
            due = record_value(items[i], TEXT("review_due"));
        if (m && !at_rest(items[i]))
            add(t, items[i], "move", m);
        else if (mine && due && text_compare(due->text, t->soon) <= 0)
            add(t, items[i], text_compare(due->text, t->today) < 0 ? "overdue" : "due", NULL);
    }
    return OK;
}

static int by_due(const void *left, const void *right)
{
    const struct todo *a = left, *b = right;
    if (!a->due.len != !b->due.len)
        return a->due.len ? -1 : 1;
    int order = text_compare(a->due, b->due);
    return order ? order : text_compare(a->ref.key, b->ref.key);
}

enum err record_todo(struct call *call, struct records *r, struct reader *db, struct todo **out,
                     size_t *count)
{
    struct todos t = {NEW_MANY(call->arena, 2000, struct todo), 0, 2000,
                      date_print(call->arena, call->now),
                      date_of_days(call->arena, call->now / 86400000000LL + 30)};
    if (!call->actor->person.len) {
        *out = t.items;
        *count = 0;
        return OK;
    }
    for (size_t i = 0; i < r->model->kind_count; i++)
        TRY(todo_of_kind(call, r, db, &r->model->kinds[i], &t));
    qsort(t.items, t.count, sizeof *t.items, by_due);
    *out = t.items;
    *count = t.count;
    return OK;
}

/* ---- moves whose day has come
 * ------------------------------------------------------------------------------- */
static enum err timed_move(struct call *call, struct records *r, const struct kind *k,
                           const struct move *m, size_t *moved)
{
    struct reader *db = store_reader(r->store);
    struct record **items;
    size_t count;
    struct text today = date_print(call->arena, call->now);
    enum err e = query__due(call, r, db_reader(db), k, m, today, 500, &items, &count);
    store_return(r->store, db);
    TRY(e);
    for (size_t i = 0; i < count; i++) {
        struct call *one = call_open(call->arena, call->now, call->lang);
        one->actor = actor_system(one);
        struct change change = {.act = RECORD_MOVE,
                                .kind = k,
                                .id = items[i]->id,
                                .move = m->name,
                                .if_version = items[i]->version};
        if (record_do(one, r, &change) == OK)
            (*moved)++;
    }
    return OK;
}

enum err record_timed(struct call *call, struct records *r, size_t *moved)
{
    *moved = 0;
    for (size_t i = 0; i < r->model->kind_count; i++)
        for (size_t m = 0; m < r->model->kinds[i].move_count; m++) {
            const struct move *move = &r->model->kinds[i].moves[m];
            if (move->automatic && move->on.len)
                TRY(timed_move(call, r, &r->model->kinds[i], move, moved));
        }
    return OK;
}
