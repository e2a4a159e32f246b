/* SPDX-License-Identifier: Apache-2.0 */
/* record/todo.c — search over all kinds, what waits for the actor, and moves whose day has
 * come. */
#include "record/internal.h"

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
        struct call *quiet = call_beside(call->arena, call);
        quiet->actor = call->actor;
        if (record_read(quiet, r, db, k, key, 0, &rec) == OK) {
            *out = ref_of(rec);
            *found = true;
        }
    }
    return OK;
}

/* The first hits, and which of them may be seen: a ref without an id is not for this reader. */
static enum err look(struct call *call, struct records *r, struct reader *db, struct text words,
                     size_t most, struct ref **found, size_t *count)
{
    struct search_hit *hits;
    TRY(read_search(call, db, (struct text){0}, words, most, &hits, count));
    struct text *kinds = NEW_MANY(call->arena, *count + 1, struct text);
    struct text *ids = NEW_MANY(call->arena, *count + 1, struct text);
    for (size_t i = 0; i < *count; i++) {
        kinds[i] = hits[i].kind;
        ids[i] = hits[i].id;
    }
    *found = NEW_MANY(call->arena, *count + 1, struct ref);
    return record_refs(call, r, db, kinds, ids, *count, *found);
}

/* Whoever may see little still finds it: as long as hits are hidden, more of them are looked at. */
enum err record_search(struct call *call, struct records *r, struct reader *db, struct text q,
                       size_t most, struct ref **out, size_t *count, bool *more)
{
    struct ref *refs = NEW_MANY(call->arena, most + 2, struct ref), *found = NULL;
    bool exact;
    TRY(by_key(call, r, db, text_trim(q), &refs[0], &exact));
    struct text words = words_for_query(call->arena, q);
    size_t n = exact, hits = 0;
    *more = false;
    for (size_t looked = most * 3; words.len; looked = 8 * looked) {
        looked = looked < SEARCHED_MOST ? looked : SEARCHED_MOST;
        TRY(look(call, r, db, words, looked, &found, &hits));
        n = exact;
        *more = hits == looked;
        for (size_t i = 0; i < hits; i++) {
            if (!found[i].id.len || (exact && text_same(found[i].id, refs[0].id)))
                continue;
            if (n == most) {
                *more = true;
                break;
            }
            refs[n++] = found[i];
        }
        if (n == most || hits < looked || looked == SEARCHED_MOST)
            break;
    }
    *out = refs;
    *count = n;
    return OK;
}

/* ---- what waits for me, and what of mine waits for others
 * ------------------------------------------------------------------ */
static enum err bad_cursor(struct call *call)
{
    return problem(call, ERR_INVALID, TEXT("cursor"), "cursor", "%s",
                   say(call, "is not a cursor of this list"));
}

/* "2026-12-01|RSK-0004": day and key of the last one that was shown. */
static enum err read_cursor(struct call *call, struct text cursor, struct turns_query *of)
{
    int64_t day;
    if (!cursor.len)
        return OK;
    if (cursor.len > 100 || text_find(cursor, '|') < 0)
        return bad_cursor(call);
    of->after_day = text_cut(&cursor, '|');
    of->after_key = cursor;
    bool good = !of->after_day.len || date_read(of->after_day, &day);
    return good && of->after_key.len && text_utf8(of->after_key) ? OK : bad_cursor(call);
}

/* What is said beside those that wait for somebody. The records of a kind are read together. */
static enum err more_about(struct call *call, struct records *r, struct reader *db,
                           struct staff *staff, const struct kind *k, struct todo *const *some,
                           size_t count)
{
    struct text *ids = NEW_MANY(call->arena, count + 1, struct text);
    struct map *places = map_in(call->arena);
    struct record **items;
    for (size_t i = 0; i < count; i++) {
        ids[i] = some[i]->ref.id;
        map_add(places, ids[i], i);
    }
    TRY(query__these(call, r, db_reader(db), k, ids, count, &items, &count));
    for (size_t i = 0; i < count; i++) {
        size_t at;
        if (!map_find(places, items[i]->id, &at))
            continue;
        some[at]->turn = NEW(call->arena, struct turn);
        TRY(turn__of(call, r, db, staff, items[i], some[at]->turn));
    }
    return OK;
}

static enum err more_about_all(struct call *call, struct records *r, struct reader *db,
                               struct todo **some, size_t count)
{
    struct todo **of_kind = NEW_MANY(call->arena, count + 1, struct todo *);
    struct staff staff = {.count = 0};
    for (size_t k = 0; k < r->model->kind_count && count; k++) {
        const struct kind *kind = &r->model->kinds[k];
        size_t n = 0;
        for (size_t i = 0; i < count; i++)
            if (text_same(some[i]->ref.kind, kind->name))
                of_kind[n++] = some[i];
        if (n)
            TRY(more_about(call, r, db, &staff, kind, of_kind, n));
    }
    return OK;
}

/* *more: what is missing, and from whom, is said as well. */
static void one_todo(struct call *call, struct records *r, const struct turns_query *of,
                     const struct value *row, struct todo *one, bool *more)
{
    *more = false;
    *one = (struct todo){
        .ref = {row[0].text, row[1].text, row[2].text,
                row[3].text.len ? row[3].text : row[2].text, row[4].text},
        .due = row[5].text,
    };
    const struct kind *k = model_kind(r->model, row[0].text);
    ptrdiff_t state = kind_state(k, row[4].text);
    one->overdue = one->due.len && text_compare(one->due, of->today) < 0;
    one->why = of->others ? "waits" : one->overdue ? "overdue" : "due";
    one->law = row[7].integer;
    if (row[6].type == VALUE_INTEGER && state >= 0) {
        size_t nth = (size_t)row[6].integer;
        bool by_signature;
        one->why = "move";
        if (nth > TURN_HAND) {
            struct record at = {.kind = k, .state = (size_t)state};
            one->ready = one->holds_up = true;
            one->move = hand__move(call, &at, (enum hand)(nth - TURN_HAND));
            return;
        }
        one->ready = nth < TURN_LACKING;
        one->holds_up =
            one->ready && row[8].text.len && !text_same(row[8].text, call->actor->person);
        one->move = turn__move(k, (size_t)state, nth % TURN_LACKING, &by_signature);
    }
    *more = of->others || (one->move && !one->ready);
}

/* Since when they are where they wait. */
static enum err add_since(struct call *call, struct reader *db, struct todo *items,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct value values[] = {V_TEXT(items[i].ref.kind), V_TEXT(items[i].ref.id)};
        struct rows rows;
        TRY(read_rows(call, db,
                      "SELECT since FROM stay WHERE kind = $1 AND id = $2 AND until IS NULL",
                      values, 2, 1, &rows));
        items[i].since = rows.count ? rows.cells[0].text : (struct text){0};
    }
    return OK;
}

/* They count from the beginning, wherever the page is. */
static enum err count_all(struct call *call, struct records *r, struct reader *db,
                          struct turns_query of, const struct rows *page, size_t most,
                          struct todo_list *out)
{
    struct rows rows = *page;
    struct turn_counts counts;
    if (of.after_key.len) {
        of.after_key = (struct text){0};
        TRY(query__turns(call, r, db, &of, most + 1, &rows));
    }
    query__count_turns(&of, &rows, most, &counts);
    out->total = counts.total;
    out->waiting = counts.waiting;
    out->overdue = counts.overdue;
    out->due_soon = counts.due_soon;
    out->more = counts.more;
    return OK;
}

enum err record_todo(struct call *call, struct records *r, struct reader *db, bool others,
                     struct text cursor, int64_t limit, struct todo_list *out)
{
    int64_t day = zone_day(call->zone, call->now);
    struct turns_query of = {
        .others = others,
        .today = date_of_days(call->arena, day),
        .soon = date_of_days(call->arena, day + 30),
        .week = date_of_days(call->arena, day + 7),
        .tomorrow = moment_print(call->arena, zone_day_start(call->zone, day + 1))};
    *out = (struct todo_list){0};
    if (limit < 1 || limit > 500)
        return problem(call, ERR_INVALID, TEXT("limit"), "range", "%s",
                       say(call, "limit must be between 1 and 500"));
    TRY(read_cursor(call, cursor, &of));
    if (!call->actor->person.len)
        return OK;
    struct rows rows;
    struct record **redactions = NULL, **over = NULL;
    size_t asked = 0, kept = 0, counted = limit > TODO_COUNTED ? (size_t)limit : TODO_COUNTED;
    if (!others)
        TRY(redact__waiting(call, r, db, &redactions, &asked));
    if (!others)
        TRY(keep__due(call, r, db, &over, &kept));
    struct asked_todo *unread = NULL;
    size_t to_read = 0;
    if (!others)
        TRY(acknowledge__due(call, r, db, &unread, &to_read));
    size_t first = asked + kept + to_read;
    TRY(query__turns(call, r, db, &of, (of.after_key.len ? (size_t)limit : counted) + 1,
                     &rows));
    size_t told = rows.count > (size_t)limit ? (size_t)limit : rows.count;
    out->items = NEW_MANY(call->arena, first + told + 1, struct todo);
    for (size_t i = 0; i < asked && !cursor.len; i++)
        out->items[out->count++] =
            (struct todo){.ref = ref_of(redactions[i]), .why = "redact", .holds_up = true};
    for (size_t i = 0; i < kept && !cursor.len; i++)
        out->items[out->count++] = (struct todo){.ref = ref_of(over[i]), .why = "keep"};
    for (size_t i = 0; i < to_read && !cursor.len; i++)
        out->items[out->count++] = (struct todo){.ref = ref_of(unread[i].record),
                                                 .why = "acknowledge",
                                                 .due = unread[i].due,
                                                 .overdue = unread[i].overdue};
    struct todo **waiting = NEW_MANY(call->arena, told + 1, struct todo *);
    size_t wait_count = 0;
    for (size_t i = 0; i < told; i++, out->count++) {
        bool more;
        one_todo(call, r, &of, row_at(&rows, i), &out->items[out->count], &more);
        if (more)
            waiting[wait_count++] = &out->items[out->count];
    }
    TRY(more_about_all(call, r, db, waiting, wait_count));
    if (others)
        TRY(add_since(call, db, out->items, out->count));
    if (rows.count > told)
        out->next = text_print(call->arena, "%.*s|%.*s",
                               TEXT_ARG(out->items[out->count - 1].due),
                               TEXT_ARG(out->items[out->count - 1].ref.key));
    TRY(count_all(call, r, db, of, &rows, counted, out));
    out->total += (int64_t)first;
    out->waiting += (int64_t)first;
    for (size_t i = 0; i < to_read; i++)
        out->overdue += unread[i].overdue;
    return OK;
}
