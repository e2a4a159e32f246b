/* SPDX-License-Identifier: Apache-2.0 */
/* record/note.c — what checks and frameworks gave, one row a day: derived facts, of which the ledger
 * says nothing and nobody waits for. A row that is there proves nothing; it is a point of a line. */
#include "record/internal.h"

struct noting { /* lives in an arena of its own until it is written */
    struct job job;
    struct arena *arena;
    struct text day, at, model;
    int64_t size;
    struct run_note *runs;
    size_t run_count;
    bool scored;
    struct score_note score;
};

static enum err write_run(struct call *call, struct tx *tx, const struct noting *n,
                          const struct run_note *c)
{
    struct value values[] = {V_TEXT(c->name), V_TEXT(n->day),  V_TEXT(n->at),
                             V_INT(n->size),  V_TEXT(n->model), V_INT(c->population),
                             V_INT(c->breaks), V_TEXT(c->digest)};
    return tx_exec(call, tx,
                   "INSERT INTO check_run(name, day, at, size, model, population, breaks, digest) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name, day) DO UPDATE SET "
                   "at = excluded.at, size = excluded.size, model = excluded.model, population = "
                   "excluded.population, breaks = excluded.breaks, digest = excluded.digest",
                   values, 8, NULL);
}

static enum err write_score(struct call *call, struct tx *tx, const struct noting *n)
{
    const struct score_note *s = &n->score;
    struct value values[] = {V_TEXT(s->name),  V_TEXT(n->day),  V_TEXT(n->at),
                             V_INT(n->size),   V_TEXT(n->model), V_INT(s->score),
                             V_INT(s->raw_score), V_INT(s->met), V_INT(s->of),
                             V_INT(s->proof),  V_INT(s->blockers), V_TEXT(s->detail)};
    return tx_exec(call, tx,
                   "INSERT INTO readiness_run(name, day, at, size, model, score, raw_score, met, "
                   "applicable, proof, blockers, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
                   "$11, $12) ON CONFLICT (name, day) DO UPDATE SET at = excluded.at, size = "
                   "excluded.size, model = excluded.model, score = excluded.score, raw_score = "
                   "excluded.raw_score, met = excluded.met, applicable = excluded.applicable, "
                   "proof = excluded.proof, blockers = excluded.blockers, detail = excluded.detail",
                   values, 12, NULL);
}

static enum err write_note(struct job *job, struct call *call, struct tx *tx)
{
    const struct noting *n = job->arg;
    for (size_t i = 0; i < n->run_count; i++)
        TRY(write_run(call, tx, n, &n->runs[i]));
    return n->scored ? write_score(call, tx, n) : OK;
}

static void written(struct job *job, enum err outcome)
{
    struct noting *n = job->arg;
    if (outcome != OK)
        log_line(LOG_WARN, "record", "what=run outcome=%s", err_code(outcome));
    arena_close(n->arena);
}

void record_note_runs(struct call *call, struct records *r, struct text day, int64_t size,
                      const struct run_note *runs, size_t count, const struct score_note *score)
{
    struct arena *a = arena_open();
    struct noting *n = NEW(a, struct noting);
    *n = (struct noting){.arena = a,
                         .day = text_copy(a, day),
                         .at = moment_print(a, call->now),
                         .model = text_copy(a, r->model->hash),
                         .size = size,
                         .runs = NEW_MANY(a, count, struct run_note),
                         .run_count = count,
                         .scored = score != NULL};
    for (size_t i = 0; i < count; i++)
        n->runs[i] = (struct run_note){text_copy(a, runs[i].name), text_copy(a, runs[i].digest),
                                       runs[i].population, runs[i].breaks};
    if (score) {
        n->score = *score;
        n->score.name = text_copy(a, score->name);
        n->score.detail = text_copy(a, score->detail);
    }
    n->job = (struct job){.run = write_note, .done = written, .arg = n, .again = true};
    n->job.call = call_beside(a, call);
    n->job.call->actor = actor_system(n->job.call);
    enum err e = store_offer(access_store(r->access), &n->job);
    if (e != OK)
        written(&n->job, e);
}
