/* SPDX-License-Identifier: Apache-2.0 */
/* assure/runs.c — what checks gave, kept while nothing can have changed: the same day, and no
 * entry of the ledger since about a kind of record that the check reads. Two ways of keeping,
 * for two questions. What this process found itself, in memory, is the answer of the moment.
 * What any process found is a row a day in the database, and only ever history: a row there
 * proves nothing, so it never is today's answer.
 *
 * One lock over small fixed tables; nothing is computed while it is held. */
#include "assure/internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct run { /* of one check */
    struct moment_kept at;
    enum check_state state;
    int64_t population, breaks;
    bool *reads; /* by kind of the model, then people, then whatever else there is */
    bool clock;  /* it asks for the moment: kept while the ledger is the same */
    struct breaking *records; /* one piece of memory, with their ids behind them; NULL: none */
    size_t record_count;
};
struct heavy { /* rows of one framework that weigh twice */
    bool *reads;
    struct moment_kept at, noted; /* noted: what it came to was handed to the writer */
    bool *rows;
};
struct runs {
    pthread_mutex_t lock;
    const struct model *model;
    struct run *checks;
    struct heavy *frameworks;
    uint64_t seen;    /* the entries below it have been looked at */
    uint64_t *latest; /* as `reads`: after the last entry about it, the length of the ledger */
};
#define PEOPLE(m) ((m)->kind_count) /* whatever is no act on a record */
#define ANYTHING(m) ((m)->kind_count + 1)
#define SOURCES(m) ((m)->kind_count + 2)

static void *zeroed(size_t count, size_t size)
{
    void *p = calloc(count + 1, size);
    if (!p)
        panic("out of memory");
    return p;
}

/* ---- what a check reads ------------------------------------------------------------------ */
/* "risk", and "risk__causes" of its rows. */
static size_t source_of(const struct model *m, const struct guest_read *r)
{
    size_t name = 0;
    while (name < r->table.len && !text_starts(text_from(r->table, name), "__"))
        name++;
    const struct kind *k = model_kind(m, text_slice(r->table, 0, name));
    if (!k && r->kind.len) /* link, stay, version: every act of a record changes them, of its
                              own kind alone */
        k = model_kind(m, r->kind);
    if (k)
        return (size_t)(k - m->kinds);
    bool people = text_is(r->table, "person") || text_is(r->table, "role_grant");
    return people ? PEOPLE(m) : ANYTHING(m);
}

static void learn_check(const struct model *m, const struct check *c, struct arena *scratch,
                        struct run *out)
{
    const char *const statements[] = {c->population, c->breaks};
    out->reads = zeroed(SOURCES(m), sizeof(bool));
    for (size_t i = 0; i < COUNT(statements); i++) {
        struct guest_read *reads;
        size_t count = guest_reads(scratch, m->guest, text_of(statements[i]), &reads);
        out->clock = out->clock || strstr(statements[i], "$4");
        out->reads[ANYTHING(m)] = out->reads[ANYTHING(m)] || !count; /* not understood */
        for (size_t n = 0; n < count; n++)
            out->reads[source_of(m, &reads[n])] = true;
    }
}

static void learn_framework(const struct model *m, const struct framework *f, struct heavy *out)
{
    const struct text kinds[] = {f->register_kind, f->weigh.kind};
    out->rows = zeroed(f->row_count, sizeof(bool));
    out->reads = zeroed(SOURCES(m), sizeof(bool));
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const struct kind *k = kinds[i].len ? model_kind(m, kinds[i]) : NULL;
        if (k)
            out->reads[k - m->kinds] = true;
    }
}

struct runs *runs_open(const struct model *m)
{
    struct runs *runs = zeroed(1, sizeof *runs);
    pthread_mutex_init(&runs->lock, NULL);
    runs->model = m;
    runs->checks = zeroed(m->check_count, sizeof *runs->checks);
    runs->frameworks = zeroed(m->framework_count, sizeof *runs->frameworks);
    runs->latest = zeroed(SOURCES(m), sizeof *runs->latest);
    struct arena *scratch = arena_open();
    for (size_t i = 0; i < m->check_count; i++)
        learn_check(m, &m->checks[i], scratch, &runs->checks[i]);
    arena_close(scratch);
    for (size_t i = 0; i < m->framework_count; i++)
        learn_framework(m, &m->frameworks[i], &runs->frameworks[i]);
    return runs;
}

void runs_close(struct runs *runs)
{
    if (!runs)
        return;
    for (size_t i = 0; i < runs->model->framework_count; i++)
        free(runs->frameworks[i].rows), free(runs->frameworks[i].reads);
    for (size_t i = 0; i < runs->model->check_count; i++)
        free(runs->checks[i].records), free(runs->checks[i].reads);
    free(runs->latest);
    free(runs->frameworks);
    free(runs->checks);
    pthread_mutex_destroy(&runs->lock);
    free(runs);
}

/* ---- what changed since ------------------------------------------------------------------ */
#define LOOKED 500 /* entries at a time; when there are more, everything may have changed */

static void note_entry(const struct model *m, const struct ledger_row *row, struct arena *a,
                       uint64_t *latest)
{
    struct ledger_leaf leaf;
    bool read = ledger_leaf_read(a, row->leaf, &leaf);
    bool record = read && text_starts(leaf.act, "record.");
    const struct kind *k = record ? model_kind(m, leaf.object_kind) : NULL;
    size_t source = k ? (size_t)(k - m->kinds) : PEOPLE(m);
    if (read && text_is(leaf.act, "record.read"))
        return;
    for (size_t i = 0; i < SOURCES(m); i++)
        if (i == source || i == ANYTHING(m) || !read || (record && !k))
            latest[i] = row->index + 1 > latest[i] ? row->index + 1 : latest[i];
}

/* Looks at the entries that nobody has looked at: outside of the lock, since it reads the
 * store. */
static enum err catch_up(struct call *call, struct reader *db, struct runs *runs, uint64_t size)
{
    const struct model *m = runs->model;
    uint64_t *latest = NEW_MANY(call->arena, SOURCES(m), uint64_t);
    struct ledger_row *rows = NULL;
    size_t count = 0;
    pthread_mutex_lock(&runs->lock);
    uint64_t from = runs->seen;
    pthread_mutex_unlock(&runs->lock);
    if (from >= size)
        return OK;
    memset(latest, 0, SOURCES(m) * sizeof *latest);
    if (size - from <= LOOKED)
        TRY(ledger_entries_back(call, db, size, (size_t)(size - from), &rows, &count));
    for (size_t i = 0; i < count; i++)
        note_entry(m, &rows[i], call->arena, latest);
    pthread_mutex_lock(&runs->lock);
    for (size_t i = 0; i < SOURCES(m); i++) {
        uint64_t then = count == size - from ? latest[i] : size;
        runs->latest[i] = then > runs->latest[i] ? then : runs->latest[i];
    }
    runs->seen = size > runs->seen ? size : runs->seen;
    pthread_mutex_unlock(&runs->lock);
    return OK;
}

enum err runs__now(struct call *call, struct reader *db, struct runs *runs,
                   struct moment_kept *out)
{
    uint64_t size;
    TRY(ledger_size_seen(call, db, &size));
    TRY(catch_up(call, db, runs, size));
    struct text day = zone_today(call->arena, call->zone, call->now);
    *out = (struct moment_kept){.known = true, .size = size};
    memcpy(out->day, day.at, day.len < sizeof out->day ? day.len : sizeof out->day - 1);
    return OK;
}

static bool same(const struct moment_kept *a, const struct moment_kept *b)
{
    return a->known && b->known && a->size == b->size && strcmp(a->day, b->day) == 0;
}

/* A reader with an older view does not overwrite what a younger one found. */
static bool newer(const struct moment_kept *a, const struct moment_kept *b)
{
    int days = strcmp(a->day, b->day);
    return !b->known || days > 0 || (days == 0 && a->size >= b->size);
}

/* Was nothing of what it reads changed between when it was found and now? Within the lock. */
static bool still(const struct runs *runs, const struct moment_kept *at,
                  const struct moment_kept *now, const bool *reads)
{
    if (!at->known || !now->known || strcmp(at->day, now->day) != 0 || at->size > now->size ||
        now->size > runs->seen)
        return false;
    for (size_t i = 0; i < SOURCES(runs->model); i++)
        if (reads[i] && runs->latest[i] > at->size)
            return false;
    return true;
}

/* ---- in memory --------------------------------------------------------------------------- */
static size_t index_of(const struct runs *runs, const struct check *c)
{
    return (size_t)(c - runs->model->checks);
}

/* Reasons are words of the model, which outlives what is kept; kinds (a person is none of it)
 * and ids are copied. */
static struct text reason_of(const struct check *c, struct text code)
{
    for (size_t i = 0; i < c->reason_count; i++)
        if (text_same(c->reasons[i].code, code))
            return c->reasons[i].code;
    return (struct text){0};
}

static struct text set_down(char **at, struct text t)
{
    struct text kept = {memcpy(*at, t.at, t.len), t.len};
    *at += t.len;
    return kept;
}

static struct breaking *copied(const struct check_result *c)
{
    size_t bytes = c->record_count * sizeof(struct breaking);
    for (size_t i = 0; i < c->record_count; i++)
        bytes += c->records[i].kind.len + c->records[i].id.len;
    struct breaking *out = c->record_count ? zeroed(bytes, 1) : NULL;
    char *at = (char *)(out + c->record_count);
    for (size_t i = 0; i < c->record_count; i++) {
        const struct breaking *b = &c->records[i];
        out[i].kind = set_down(&at, b->kind);
        out[i].id = set_down(&at, b->id);
        out[i].reason = reason_of(c->check, b->reason);
    }
    return out;
}

/* Into the caller's memory: what is kept goes when somebody finds anew. */
static void copy_records(struct arena *a, const struct run *r, struct check_result *out)
{
    out->record_count = r->record_count;
    out->records = NEW_MANY(a, r->record_count + 1, struct breaking);
    for (size_t i = 0; i < r->record_count; i++) {
        out->records[i] = r->records[i];
        out->records[i].kind = text_copy(a, r->records[i].kind);
        out->records[i].id = text_copy(a, r->records[i].id);
    }
}

bool runs__find(struct runs *runs, const struct moment_kept *now, const struct check *c,
                struct arena *records, struct check_result *out)
{
    if (!runs)
        return false;
    pthread_mutex_lock(&runs->lock);
    struct run *r = &runs->checks[index_of(runs, c)];
    bool found = same(&r->at, now) || (!r->clock && still(runs, &r->at, now, r->reads));
    if (found)
        r->at = *now;
    if (found)
        *out = (struct check_result){
            .check = c, .state = r->state, .population = r->population, .breaks = r->breaks};
    if (found && records)
        copy_records(records, r, out);
    pthread_mutex_unlock(&runs->lock);
    return found;
}

void runs__keep(struct runs *runs, const struct moment_kept *now, const struct check_result *c)
{
    if (!runs)
        return;
    struct breaking *records = copied(c);
    pthread_mutex_lock(&runs->lock);
    struct run *r = &runs->checks[index_of(runs, c->check)];
    if (newer(now, &r->at)) {
        struct breaking *before = r->records;
        r->at = *now;
        r->state = c->state;
        r->population = c->population;
        r->breaks = c->breaks;
        r->records = records;
        r->record_count = c->record_count;
        records = before;
    }
    pthread_mutex_unlock(&runs->lock);
    free(records);
}

static struct heavy *heavy_of(struct runs *runs, const struct framework *f)
{
    return &runs->frameworks[f - runs->model->frameworks];
}

bool runs__find_heavy(struct runs *runs, const struct moment_kept *now,
                      const struct framework *f, struct entry *entries)
{
    if (!runs)
        return false;
    pthread_mutex_lock(&runs->lock);
    struct heavy *h = heavy_of(runs, f);
    bool found = same(&h->at, now) || still(runs, &h->at, now, h->reads);
    if (found)
        h->at = *now;
    for (size_t i = 0; found && i < f->row_count; i++)
        entries[i].heavy = h->rows[i];
    pthread_mutex_unlock(&runs->lock);
    return found;
}

void runs__keep_heavy(struct runs *runs, const struct moment_kept *now,
                      const struct framework *f, const struct entry *entries)
{
    if (!runs)
        return;
    pthread_mutex_lock(&runs->lock);
    struct heavy *h = heavy_of(runs, f);
    if (newer(now, &h->at)) {
        h->at = *now;
        for (size_t i = 0; i < f->row_count; i++)
            h->rows[i] = entries[i].heavy;
    }
    pthread_mutex_unlock(&runs->lock);
}

/* Checks may have been found before, by another question, and readiness is still to be noted. */
static bool to_note(struct runs *runs, const struct moment_kept *now, const struct framework *f)
{
    pthread_mutex_lock(&runs->lock);
    struct heavy *h = heavy_of(runs, f);
    bool wanted = !same(&h->noted, now) && newer(now, &h->noted);
    if (wanted)
        h->noted = *now;
    pthread_mutex_unlock(&runs->lock);
    return wanted;
}

/* ---- in the database --------------------------------------------------------------------- */
void runs__note(struct call *call, struct runs *runs, struct records *r,
                const struct moment_kept *now, const struct check_result *fresh, size_t count,
                const struct readiness *ready)
{
    bool wanted = ready && to_note(runs, now, ready->framework);
    if (!wanted && !count)
        return;
    struct run_note *notes = NEW_MANY(call->arena, count + 1, struct run_note);
    struct score_note score;
    for (size_t i = 0; i < count; i++)
        notes[i] = (struct run_note){fresh[i].check->name, fresh[i].digest, fresh[i].population,
                                     fresh[i].breaks};
    if (wanted)
        score = (struct score_note){.detail = past__detail(call->arena, ready), .name = ready->framework->name,
                                    .score = (int64_t)(ready->score * 1000 + 0.5),
                                    .raw_score = (int64_t)(ready->raw_score * 1000 + 0.5),
                                    .proof = (int64_t)(ready->proof_ratio * 1000 + 0.5),
                                    .met = ready->met,
                                    .of = ready->of,
                                    .blockers = (int64_t)ready->blocker_count};
    record_note_runs(call, r, text_of(now->day), (int64_t)now->size, notes, count,
                     wanted ? &score : NULL);
}

/* ---- the line ---------------------------------------------------------------------------- */
struct trend_point trend__point(const struct value *v)
{
    return (struct trend_point){.day = v[0].text,
                                .score = (double)v[1].integer / 1000,
                                .raw_score = (double)v[2].integer / 1000,
                                .proof_ratio = (double)v[5].integer / 1000,
                                .met = v[3].integer,
                                .of = v[4].integer,
                                .blockers = v[6].integer};
}

enum err assure_trend(struct call *call, struct reader *db, const struct framework *f,
                      int64_t days, struct trend_point **out, size_t *count)
{
    struct text since = date_of_days(call->arena, zone_day(call->zone, call->now) - days);
    struct value values[] = {V_TEXT(f->name), V_TEXT(since)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT day, score, raw_score, met, applicable, proof, blockers FROM "
                  "readiness_run WHERE name = $1 AND day >= $2 ORDER BY day",
                  values, 2, (size_t)days + 1, &rows));
    *out = NEW_MANY(call->arena, rows.count, struct trend_point);
    for (*count = 0; *count < rows.count; (*count)++)
        (*out)[*count] = trend__point(row_at(&rows, *count));
    return OK;
}
