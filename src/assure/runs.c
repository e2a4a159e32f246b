/* SPDX-License-Identifier: Apache-2.0 */
/* assure/runs.c — what checks gave, kept while nothing can have changed: the same day, the same
 * length of the ledger. Two ways of keeping, for two questions. What this process found itself, in
 * memory, is the answer of the moment. What any process found is a row a day in the database, and
 * only ever history: a row there proves nothing, so it never is today's answer.
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
};
struct heavy { /* rows of one framework that weigh twice */
    struct moment_kept at, noted; /* noted: what it came to was handed to the writer */
    bool *rows;
};
struct runs {
    pthread_mutex_t lock;
    const struct model *model;
    struct run *checks;
    struct heavy *frameworks;
};

static void *zeroed(size_t count, size_t size)
{
    void *p = calloc(count + 1, size);
    if (!p)
        panic("out of memory");
    return p;
}

struct runs *runs_open(const struct model *m)
{
    struct runs *runs = zeroed(1, sizeof *runs);
    pthread_mutex_init(&runs->lock, NULL);
    runs->model = m;
    runs->checks = zeroed(m->check_count, sizeof *runs->checks);
    runs->frameworks = zeroed(m->framework_count, sizeof *runs->frameworks);
    for (size_t i = 0; i < m->framework_count; i++)
        runs->frameworks[i].rows = zeroed(m->frameworks[i].row_count, sizeof(bool));
    return runs;
}

void runs_close(struct runs *runs)
{
    if (!runs)
        return;
    for (size_t i = 0; i < runs->model->framework_count; i++)
        free(runs->frameworks[i].rows);
    free(runs->frameworks);
    free(runs->checks);
    pthread_mutex_destroy(&runs->lock);
    free(runs);
}

/* ---- the moment -------------------------------------------------------------------------- */
enum err runs__now(struct call *call, struct reader *db, struct moment_kept *out)
{
    uint64_t size;
    TRY(ledger_size_seen(call, db, &size));
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

/* ---- in memory --------------------------------------------------------------------------- */
static size_t index_of(const struct runs *runs, const struct check *c)
{
    return (size_t)(c - runs->model->checks);
}

bool runs__find(struct runs *runs, const struct moment_kept *now, const struct check *c,
                struct check_result *out)
{
    if (!runs)
        return false;
    pthread_mutex_lock(&runs->lock);
    const struct run *r = &runs->checks[index_of(runs, c)];
    bool found = same(&r->at, now);
    if (found)
        *out = (struct check_result){
            .check = c, .state = r->state, .population = r->population, .breaks = r->breaks};
    pthread_mutex_unlock(&runs->lock);
    return found;
}

void runs__keep(struct runs *runs, const struct moment_kept *now, const struct check_result *c)
{
    if (!runs)
        return;
    pthread_mutex_lock(&runs->lock);
    struct run *r = &runs->checks[index_of(runs, c->check)];
    if (newer(now, &r->at))
        *r = (struct run){.at = *now,
                          .state = c->state,
                          .population = c->population,
                          .breaks = c->breaks};
    pthread_mutex_unlock(&runs->lock);
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
    const struct heavy *h = heavy_of(runs, f);
    bool found = same(&h->at, now);
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
