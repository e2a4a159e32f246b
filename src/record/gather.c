/* SPDX-License-Identifier: Apache-2.0 */
/* record/gather.c — what the records say about a time, put into rows by a move (model:
 * gathers); what is drawn by lot instead: sample.c. Asked before the writer's turn, in one view
 * of what is committed, each fact for the time and for as many days before it; what is written
 * stands in the version for good. */
#include "record/internal.h"

#include <stdlib.h>

#define DAYS_MOST 3700
#define KEYS_MOST 20 /* of the records behind a number; the number counts all */
#define ROWS_MOST 100000

struct span {
    int64_t first, last; /* days */
};

/* ---- which ----------------------------------------------------------------------------------
 */
static const struct gather *gather_of(const struct model *model, const struct move *m)
{
    for (size_t i = 0; i < m->set_count; i++)
        if (m->sets[i].value && text_is(json_text(m->sets[i].value), SET_RECORDS))
            return model_gather(model, m->sets[i].field);
    return NULL;
}

/* By name, or by the state that a move leads to; whether it may be made is seen later. */
static const struct move *asked_for(const struct model *model, const struct change *c)
{
    const struct kind *k = c->kind;
    const struct move *named = c->act == RECORD_MOVE ? kind_move(k, c->move) : NULL;
    if (named || c->act != RECORD_MOVE)
        return named && gather_of(model, named) ? named : NULL;
    for (size_t i = 0; i < k->move_count; i++)
        if (text_same(k->states[k->moves[i].to].name, c->move) &&
            gather_of(model, &k->moves[i]))
            return &k->moves[i];
    return NULL;
}

/* Nothing is asked for somebody whom the door will turn away. */
static enum err is_for_them(struct drawing *a, const struct record *rec, const struct move *m,
                            bool *yes)
{
    struct call *probe = call_beside(a->call->arena, a->call);
    struct verdict v;
    probe->actor = a->call->actor;
    TRY(who__may_read(a->call, a->records, db_reader(a->db), a->call->actor, rec, yes));
    if (!*yes)
        return OK;
    enum err e = guard__move(probe, a->records, db_reader(a->db), rec, rec, m, &v);
    *yes = e != ERR_DENIED;
    return e == ERR_DENIED || e == ERR_CONFLICT || e == ERR_INVALID ? OK : e;
}

/* ---- one fact -------------------------------------------------------------------------------
 */
static enum err ask(struct drawing *a, const struct gather_fact *f, struct span s,
                    struct rows *out)
{
    struct call *call = a->call;
    struct value values[] = {
        V_TEXT(moment_print(call->arena, zone_day_start(call->zone, s.first))),
        V_TEXT(moment_print(call->arena, zone_day_start(call->zone, s.last + 1))),
        V_TEXT(date_of_days(call->arena, s.first)), V_TEXT(date_of_days(call->arena, s.last))};
    TRY(read_guest(call, a->db, a->records->model->guest, f->query, values,
                   guest_parameters(f->query), ROWS_MOST, out));
    return out->columns == 2 || !out->count ? OK
                                            : problem(call, ERR_BUG, TEXT(""), "form",
                                                      "a fact gives the columns kind and id");
}

static int by_bytes(const void *left, const void *right)
{
    const struct text *a = left, *b = right;
    return text_compare(*a, *b);
}

/* Of a query that gives a record for several reasons, it is one. */
static struct text *distinct(struct arena *a, const struct rows *rows, size_t *count)
{
    struct text *ids = NEW_MANY(a, rows->count + 1, struct text);
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++)
        ids[i] = text_print(a, "%.*s %.*s", TEXT_ARG(row_at(rows, i)[0].text),
                            TEXT_ARG(row_at(rows, i)[1].text));
    if (rows->count > 1)
        qsort(ids, rows->count, sizeof *ids, by_bytes);
    for (size_t i = 0; i < rows->count; i++)
        if (!kept || !text_same(ids[kept - 1], ids[i]))
            ids[kept++] = ids[i];
    *count = kept;
    return ids;
}

static bool staff_reads(const struct kind *k)
{
    for (size_t i = 0; i < k->read.count; i++)
        if (text_same(k->read.one[i].role, ROLE_STAFF))
            return true;
    return false;
}

/* Whoever reads the rows learns no key of what is not for everybody. */
static enum err key_of(struct drawing *a, struct text id, struct text *key)
{
    const struct kind *k = model_kind(a->records->model, text_cut(&id, ' '));
    struct record *rec;
    *key = TEXT("");
    if (!k || !staff_reads(k))
        return OK;
    TRY(table__find(a->call, a->records, db_reader(a->db), k, id, &rec));
    struct text level = rec ? json_text(record_value(rec, TEXT("confidentiality"))) : TEXT("");
    if (text_is(level, "public") || text_is(level, "internal"))
        *key = rec->key;
    return OK;
}

static enum err keys_of(struct drawing *a, const struct text *ids, size_t count,
                        struct text *out)
{
    struct text keys[KEYS_MOST];
    struct buf b = buf_in(a->call->arena, 4000);
    size_t most = count < KEYS_MOST ? count : KEYS_MOST;
    for (size_t i = 0; i < most; i++)
        TRY(key_of(a, ids[i], &keys[i]));
    qsort(keys, most, sizeof *keys, by_bytes);
    for (size_t i = 0; i < most; i++)
        if (keys[i].len)
            buf_print(&b, "%s%.*s", b.len ? ", " : "", TEXT_ARG(keys[i]));
    *out = buf_text(&b);
    return OK;
}

static bool has_column(const struct gather *g, const char *column)
{
    for (size_t i = 0; i < g->into->column_count; i++)
        if (text_is(g->into->columns[i].name, column))
            return true;
    return false;
}

static const char *trend(const struct gather_fact *f, size_t now, size_t before)
{
    if (now == before)
        return "same";
    return (now > before) == (f->better > 0) ? "better" : "worse";
}

static enum err fact_row(struct drawing *a, const struct gather_fact *f, struct span now,
                         struct span before, struct json *list)
{
    struct arena *arena = a->call->arena;
    struct json *row = node__object(arena);
    struct rows rows, past;
    size_t count, then;
    TRY(ask(a, f, now, &rows));
    TRY(ask(a, f, before, &past));
    struct text *ids = distinct(arena, &rows, &count);
    (void)distinct(arena, &past, &then);
    struct text keys = TEXT("");
    if (has_column(a->gather, "records"))
        TRY(keys_of(a, ids, count, &keys));
    if (f->item.len)
        node__add(row, json_of_text(arena, f->item), TEXT("item"), arena);
    node__add(row, json_of_text(arena, f->fact), TEXT("fact"), arena);
    node__add(row, json_of_integer(arena, (int64_t)count), TEXT("number"), arena);
    node__add(row, json_of_integer(arena, (int64_t)then), TEXT("previous"), arena);
    if (f->better && has_column(a->gather, "trend"))
        node__add(row, json_of_text(arena, text_of(trend(f, count, then))), TEXT("trend"),
                  arena);
    if (keys.len)
        node__add(row, json_of_text(arena, keys), TEXT("records"), arena);
    node__add(list, row, (struct text){0}, arena);
    return OK;
}

/* ---- the rows
 * -------------------------------------------------------------------------------- */
static bool day_of(const struct json *v, int64_t *day)
{
    return v && v->type == JSON_TEXT && date_read(v->text, day);
}

static enum err sound(struct call *call, const struct gather *g, struct span s)
{
    if (s.last < s.first)
        return problem_at(call, ERR_INVALID, g->to->name, "period", g->to->source,
                          text_of(say(call, "is before the first day")));
    if (s.last - s.first >= DAYS_MOST || s.first < -DAYS_MOST)
        return problem_at(call, ERR_INVALID, g->from->name, "period", g->from->source,
                          text_of(say(call, "is a time of more than ten years")));
    return OK;
}

static enum err facts(struct drawing *a, struct span now, struct json *list)
{
    int64_t days = now.last - now.first + 1;
    struct span before = {now.first - days, now.first - 1};
    for (size_t i = 0; i < a->gather->fact_count; i++)
        TRY(fact_row(a, &a->gather->facts[i], now, before, list));
    return OK;
}

static const struct json *value_in(const struct json *const *values, const bool *given,
                                   const struct record *rec, const struct field *f)
{
    return given[f->index] ? values[f->index] : rec->values[f->index];
}

/* What lacks a day is refused by the door. */
static enum err look(struct drawing *a, const struct change *c, const struct move *m,
                     const struct json *const *values, const bool *given, struct gathered *out)
{
    const struct gather *g = a->gather;
    struct record *rec;
    struct span now;
    bool theirs = false;
    TRY(table__find(a->call, a->records, db_reader(a->db), g->kind, c->id, &rec));
    if (rec)
        TRY(is_for_them(a, rec, m, &theirs));
    if (theirs && g->of)
        return sample__draw(a, rec, out);
    if (!theirs || !day_of(value_in(values, given, rec, g->from), &now.first) ||
        !day_of(value_in(values, given, rec, g->to), &now.last))
        return OK;
    TRY(sound(a->call, g, now));
    struct json *list = node__list(a->call->arena);
    TRY(facts(a, now, list));
    *out = (struct gathered){
        .gather = g, .record = rec->id, .first = now.first, .last = now.last, .rows = list};
    return OK;
}

enum err gather__ask(struct call *call, struct records *r, const struct change *change,
                     const struct json *const *values, const bool *given, struct gathered *out)
{
    const struct move *m = asked_for(r->model, change);
    struct drawing a = {.call = call, .records = r};
    *out = (struct gathered){0};
    if (!m)
        return OK;
    a.gather = gather_of(r->model, m);
    a.db = store_reader(r->store);
    enum err e = read_begin(call, a.db);
    if (e == OK) {
        e = look(&a, change, m, values, given, out);
        read_end(a.db);
    }
    store_return(r->store, a.db);
    return e;
}

static enum err changed_meanwhile(struct writing *w, const struct gather *g)
{
    return problem(
        w->call, ERR_STALE, g->into->name, "stale", "%s",
        say(w->call, "the record changed meanwhile: look at it again, then repeat the step"));
}

static enum err set_drawn(struct writing *w, const struct gather *g, struct record *rec)
{
    const struct gathered *found = &w->gathered;
    if (found->gather != g || !text_same(found->record, rec->id) ||
        found->version != rec->version)
        return changed_meanwhile(w, g);
    rec->values[g->into->index] = found->rows;
    rec->values[g->seed->index] = found->seed;
    rec->values[g->entry->index] = found->entry;
    return OK;
}

enum err gather__set(struct writing *w, struct record *rec, const struct move *m)
{
    const struct gather *g = gather_of(w->records->model, m);
    const struct gathered *found = &w->gathered;
    int64_t first, last;
    if (!g)
        return OK;
    if (g->of)
        return set_drawn(w, g, rec);
    const struct field *lacks = !day_of(rec->values[g->from->index], &first) ? g->from
                                : !day_of(rec->values[g->to->index], &last)  ? g->to
                                                                             : NULL;
    if (lacks)
        return problem_at(w->call, ERR_CONFLICT, lacks->name, "required", lacks->source,
                          text_print(w->call->arena, say(w->call, "%.*s is required"),
                                     TEXT_ARG(words_in(lacks->title, w->call->lang))));
    if (found->gather == g && text_same(found->record, rec->id) && first == found->first &&
        last == found->last) {
        rec->values[g->into->index] = found->rows;
        return OK;
    }
    return changed_meanwhile(w, g);
}
