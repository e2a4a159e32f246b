/* SPDX-License-Identifier: Apache-2.0 */
/* record/sample.c — records drawn by lot for an audit, so that nobody picks what looks best.
 * What decides is a root of the log that nobody could know before: that of the first checkpoint
 * which covers the step that brought the record into its state, whose commitment is salted. It
 * stays the seed of the record, so that drawing again only goes on. The order is that of
 *     SHA-256(seed, newline, kind, newline, id)
 * of every record that there is, or that changed since a day: whoever has the seed finds the
 * same. */
#include "record/internal.h"

#include <stdlib.h>

#define POPULATION_MOST 200000

struct lot {
    struct hash place;
    struct text id;
};

/* ---- the seed
 * -------------------------------------------------------------------------------- */
/* A note begins with the log's name, its size and its root, a line each. */
static enum err read_note(struct call *call, struct text note, int64_t *size, struct text *root)
{
    (void)text_cut(&note, '\n');
    struct text number = text_cut(&note, '\n');
    *root = text_cut(&note, '\n');
    return text_integer(number, size) && root->len
               ? OK
               : problem(call, ERR_BUG, TEXT(""), "ledger", "a checkpoint of no known form");
}

static enum err new_seed(struct drawing *a, const struct record *rec, struct gathered *out)
{
    struct call *call = a->call;
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    struct text note, root;
    int64_t size;
    TRY(read_rows(
        call, a->db,
        "SELECT v.ledger FROM stay s JOIN version v ON v.kind = s.kind AND v.id = s.id AND "
        "v.version = s.version WHERE s.kind = $1 AND s.id = $2 AND s.until IS NULL",
        values, 2, 1, &rows));
    uint64_t entry = rows.count ? (uint64_t)rows.cells[0].integer : 0;
    TRY(ledger_checkpoint(call, a->db, entry + 1, &note));
    TRY(read_note(call, note, &size, &root));
    out->seed = json_of_text(call->arena, root);
    out->entry = json_of_integer(call->arena, size);
    return OK;
}

static enum err seed_of(struct drawing *a, const struct record *rec, struct gathered *out)
{
    out->seed = rec->values[a->gather->seed->index];
    out->entry = rec->values[a->gather->entry->index];
    return value__empty(out->seed) ? new_seed(a, rec, out) : OK;
}

/* ---- the lots
 * -------------------------------------------------------------------------------- */
static int by_place(const void *left, const void *right)
{
    const struct lot *a = left, *b = right;
    return text_compare(hash_text(&a->place), hash_text(&b->place));
}

static struct hash place_of(struct arena *a, struct text seed, struct text kind, struct text id)
{
    struct sha256 *sum = sha256_start(a);
    sha256_add(sum, seed);
    sha256_add(sum, TEXT("\n"));
    sha256_add(sum, kind);
    sha256_add(sum, TEXT("\n"));
    sha256_add(sum, id);
    return sha256_end(sum);
}

static enum err population(struct drawing *a, const struct kind *k, const struct json *since,
                           struct rows *out)
{
    int64_t day;
    struct value values[] = {V_TEXT(k->name), V_TEXT(TEXT(""))};
    if (!since || since->type != JSON_TEXT || !date_read(since->text, &day))
        return read_rows(a->call, a->db,
                         "SELECT id FROM stay WHERE kind = $1 AND until IS NULL", values, 1,
                         POPULATION_MOST, out);
    values[1] = V_TEXT(moment_print(a->call->arena, zone_day_start(a->call->zone, day)));
    return read_rows(a->call, a->db,
                     "SELECT DISTINCT id FROM version WHERE kind = $1 AND at >= $2", values, 2,
                     POPULATION_MOST, out);
}

static enum err lots_of(struct drawing *a, const struct kind *k, const struct json *row,
                        struct text seed, struct lot **out, size_t *count)
{
    struct rows rows;
    TRY(population(a, k, json_get(row, "since"), &rows));
    *count = rows.count;
    *out = NEW_MANY(a->call->arena, rows.count + 1, struct lot);
    for (size_t i = 0; i < rows.count; i++) {
        struct text id = row_at(&rows, i)[0].text;
        (*out)[i] = (struct lot){place_of(a->call->arena, seed, k->name, id), id};
    }
    if (rows.count > 1)
        qsort(*out, rows.count, sizeof **out, by_place);
    return OK;
}

/* ---- drawing
 * --------------------------------------------------------------------------------- */
static bool is_drawn(const struct json *list, struct text kind, struct text key)
{
    for (const struct json *v = list->first; v; v = v->next)
        if (text_same(json_text(json_get(v, "register")), kind) &&
            text_same(json_text(json_get(v, "sample")), key))
            return true;
    return false;
}

static int64_t drawn_of(const struct json *list, struct text kind)
{
    int64_t count = 0;
    for (const struct json *v = list->first; v; v = v->next)
        count += text_same(json_text(json_get(v, "register")), kind);
    return count;
}

static void add(struct arena *a, struct json *list, const struct record *rec, size_t out_of)
{
    struct json *row = node__object(a);
    node__add(row, json_of_text(a, rec->kind->name), TEXT("register"), a);
    node__add(row, json_of_text(a, rec->key), TEXT("sample"), a);
    node__add(row, json_of_integer(a, rec->version), TEXT("sample_version"), a);
    node__add(row, json_of_integer(a, (int64_t)out_of), TEXT("out_of"), a);
    node__add(list, row, (struct text){0}, a);
}

/* What the auditor may not read is passed over: it could not be looked at. */
static enum err draw_one(struct drawing *a, struct json *list, const struct kind *k,
                         const struct lot *lot, size_t out_of, int64_t *left)
{
    struct record *rec;
    bool readable = false;
    TRY(table__find(a->call, a->records, db_reader(a->db), k, lot->id, &rec));
    if (rec)
        TRY(who__may_read(a->call, a->records, db_reader(a->db), a->call->actor, rec,
                          &readable));
    if (!readable || is_drawn(list, k->name, rec->key))
        return OK;
    add(a->call->arena, list, rec, out_of);
    (*left)--;
    return OK;
}

static enum err draw(struct drawing *a, struct json *list, const struct json *row,
                     struct text seed, bool *any)
{
    const struct json *size = json_get(row, "size");
    const struct kind *k = model_kind(a->records->model, json_text(json_get(row, "register")));
    struct lot *lots;
    size_t count;
    if (!k || !size || size->type != JSON_INTEGER)
        return OK;
    int64_t left = size->integer - drawn_of(list, k->name), wanted = left;
    if (left <= 0)
        return OK;
    TRY(lots_of(a, k, row, seed, &lots, &count));
    for (size_t i = 0; i < count && left > 0; i++)
        TRY(draw_one(a, list, k, &lots[i], count, &left));
    *any |= left < wanted;
    return OK;
}

static enum err twice(struct call *call, const struct gather *g, const struct json *of)
{
    for (const struct json *v = of ? of->first : NULL; v; v = v->next)
        for (const struct json *other = of->first; other != v; other = other->next)
            if (value__same(json_get(v, "register"), json_get(other, "register")))
                return problem_at(call, ERR_CONFLICT, g->of->name, "twice", g->of->source,
                                  text_of(say(call, "names a register twice")));
    return OK;
}

enum err sample__draw(struct drawing *a, const struct record *rec, struct gathered *out)
{
    struct call *call = a->call;
    const struct gather *g = a->gather;
    const struct json *of = rec->values[g->of->index], *had = rec->values[g->into->index];
    struct json *list = node__list(call->arena);
    bool any = false;
    *out = (struct gathered){
        .gather = g, .record = rec->id, .version = rec->version, .rows = list};
    TRY(twice(call, g, of));
    TRY(seed_of(a, rec, out));
    for (const struct json *v = had ? had->first : NULL; v; v = v->next)
        node__add(list, v, (struct text){0}, call->arena);
    for (const struct json *v = of ? of->first : NULL; v; v = v->next)
        TRY(draw(a, list, v, out->seed->text, &any));
    return any ? OK
               : problem_at(call, ERR_CONFLICT, g->of->name, "nothing", g->of->source,
                            text_of(say(call, "asks for nothing that is not drawn already")));
}
