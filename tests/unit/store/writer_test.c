/* SPDX-License-Identifier: Apache-2.0 */
/* Groups, savepoints, hooks, the queue, and what happens when storage fails. */
#include "room.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A job of a test: inserts its number, then does what its kind says. */
enum kind {
    PLAIN,
    REFUSES,
    TWICE,
    IGNORES,
    QUEUES_BAD,
    REFUSES_AFTER_BAD,
    WAITS,
    NUMBERS,
    NUMBERS_REFUSES
};
struct task {
    struct job job;
    enum kind kind;
    int64_t id;
    sem_t *go, *running;
    sem_t *finished;
    enum err outcome;
    struct arena *arena;
    int runs;
    int64_t number; /* of NUMBERS and NUMBERS_REFUSES */
};

static enum err insert(struct call *call, struct tx *tx, int64_t id, int64_t *changed)
{
    return tx_exec(call, tx, "INSERT INTO t (id, name) VALUES ($1, 'x')", &V_INT(id), 1,
                   changed);
}

static enum err run_task(struct job *job, struct call *call, struct tx *tx)
{
    struct task *task = (struct task *)job;
    int64_t changed = 0;

    task->runs++;
    TRY(insert(call, tx, task->id, NULL));
    switch (task->kind) {
    case REFUSES:
        return problem(call, ERR_DENIED, TEXT(""), "no", "no");
    case TWICE:
        return insert(call, tx, task->id, &changed);
    case IGNORES:
        return insert(call, tx, task->id, &changed) == OK ? ERR_BUG : OK;
    case QUEUES_BAD:
        return insert(call, tx, task->id, NULL) == ERR_BUG ? ERR_BUG : OK;
    case REFUSES_AFTER_BAD:
        return insert(call, tx, task->id, NULL) == ERR_BUG ? ERR_BUG : ERR_DENIED;
    case WAITS:
        sem_post(task->running);
        sem_wait(task->go);
        return OK;
    case NUMBERS:
        return tx_next(call, tx, TEXT("n"), &task->number);
    case NUMBERS_REFUSES:
        TRY(tx_next(call, tx, TEXT("n"), &task->number));
        return ERR_DENIED;
    case PLAIN:
    default:
        return OK;
    }
}

static void task_done(struct job *job, enum err outcome)
{
    struct task *task = (struct task *)job;

    task->outcome = outcome;
    sem_post(task->finished);
}

struct stage {
    struct room *room;
    sem_t go, running, finished;
    struct task *tasks;
    size_t count;
    struct task blocker;
};

static void prepare_task(struct stage *st, struct task *task, enum kind kind, int64_t id)
{
    memset(task, 0, sizeof(*task));
    task->kind = kind;
    task->id = id;
    task->go = &st->go;
    task->running = &st->running;
    task->finished = &st->finished;
    task->outcome = ERR_BUG;
    task->arena = arena_open();
    task->job.run = run_task;
    task->job.done = task_done;
    task->job.call = call_open(task->arena, 0, LANG_EN);
}

/* Holds the writer inside a job, so that what is submitted next is one group. */
static void stage_open(struct stage *st, struct room *room)
{
    memset(st, 0, sizeof(*st));
    st->room = room;
    sem_init(&st->go, 0, 0);
    sem_init(&st->running, 0, 0);
    sem_init(&st->finished, 0, 0);
    prepare_task(st, &st->blocker, WAITS, 1000000);
    assert_int_equal(store_submit(room->store, &st->blocker.job), OK);
    sem_wait(&st->running);
}

static void stage_submit_which(struct stage *st, const enum kind *kinds, size_t count,
                               bool again)
{
    st->tasks = calloc(count, sizeof(*st->tasks));
    st->count = count;
    for (size_t i = 0; i < count; i++) {
        prepare_task(st, &st->tasks[i], kinds != NULL ? kinds[i] : PLAIN, (int64_t)i);
        st->tasks[i].job.again = again;
        assert_int_equal(store_submit(st->room->store, &st->tasks[i].job), OK);
    }
}

static void stage_submit(struct stage *st, const enum kind *kinds, size_t count)
{
    stage_submit_which(st, kinds, count, false);
}

static void stage_play(struct stage *st)
{
    sem_post(&st->go);
    for (size_t i = 0; i < st->count + 1; i++)
        sem_wait(&st->finished);
}

static void stage_close(struct stage *st)
{
    for (size_t i = 0; i < st->count; i++)
        arena_close(st->tasks[i].arena);
    arena_close(st->blocker.arena);
    free(st->tasks);
    sem_destroy(&st->go);
    sem_destroy(&st->running);
    sem_destroy(&st->finished);
}

static void a_refused_job_rolls_back_alone(void **state)
{
    ROOM(state);
    const enum kind kinds[] = {PLAIN,   REFUSES,           PLAIN, TWICE, QUEUES_BAD,
                               IGNORES, REFUSES_AFTER_BAD, PLAIN};
    const enum err expected[] = {OK,           ERR_DENIED,   OK,         ERR_CONFLICT,
                                 ERR_CONFLICT, ERR_CONFLICT, ERR_DENIED, OK};
    struct stage st;
    int64_t before;

    room_table(room);
    before = store_writes(room->store);
    stage_open(&st, room);
    stage_submit(&st, kinds, COUNT(kinds));
    stage_play(&st);
    for (size_t i = 0; i < COUNT(kinds); i++)
        assert_int_equal(st.tasks[i].outcome, expected[i]);
    assert_text(last_code(st.tasks[1].job.call), "no");
    assert_text(last_code(st.tasks[3].job.call), "exists");
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 4);
    assert_int_equal(room_number(room, "SELECT sum(id) FROM t"), 1000000 + 0 + 2 + 7);
    assert_int_equal(store_writes(room->store) - before, 2);
    assert_false(store_failing(room->store));
    stage_close(&st);
}

/* The same jobs, when they may run again: the same outcomes, whatever had to be done twice. */
static void a_group_that_may_run_again_ends_alike(void **state)
{
    ROOM(state);
    const enum kind kinds[] = {PLAIN,   REFUSES,           PLAIN, TWICE, QUEUES_BAD,
                               IGNORES, REFUSES_AFTER_BAD, PLAIN};
    const enum err expected[] = {OK,           ERR_DENIED,   OK,         ERR_CONFLICT,
                                 ERR_CONFLICT, ERR_CONFLICT, ERR_DENIED, OK};
    const size_t problems[] = {0, 1, 0, 1, 1, 1, 0, 0};
    struct stage st;

    room_table(room);
    stage_open(&st, room);
    stage_submit_which(&st, kinds, COUNT(kinds), true);
    stage_play(&st);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        assert_int_equal(st.tasks[i].outcome, expected[i]);
        if (i != 6) /* whose own fault comes to light only on one of the databases */
            assert_int_equal(st.tasks[i].job.call->problem_count, problems[i]);
        assert_int_equal(st.tasks[i].runs, room->postgres && i <= 5 ? 2 : 1);
    }
    assert_text(last_code(st.tasks[4].job.call), "exists");
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 4);
    assert_int_equal(room_number(room, "SELECT sum(id) FROM t"), 1000000 + 0 + 2 + 7);
    assert_false(store_failing(room->store));
    stage_close(&st);
}

/* Nobody after the bad one asks for an answer: it comes to light when the group is sealed. */
static void the_last_of_a_group_is_found_out_too(void **state)
{
    ROOM(state);
    const enum kind kinds[] = {PLAIN, PLAIN, QUEUES_BAD};
    struct stage st;

    room_table(room);
    stage_open(&st, room);
    stage_submit_which(&st, kinds, COUNT(kinds), true);
    stage_play(&st);
    assert_int_equal(st.tasks[0].outcome, OK);
    assert_int_equal(st.tasks[1].outcome, OK);
    assert_int_equal(st.tasks[2].outcome, ERR_CONFLICT);
    assert_text(last_code(st.tasks[2].job.call), "exists");
    assert_int_equal(st.tasks[1].job.call->problem_count, 0);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 3);
    stage_close(&st);
}

/* ---- numbers ----------------------------------------------------------------------------- */
static void count_with(struct room *room, const enum kind *kinds, size_t count, bool again,
                       int64_t first)
{
    struct stage st;

    stage_open(&st, room);
    stage_submit_which(&st, kinds, count, again);
    stage_play(&st);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(st.tasks[i].outcome, kinds[i] == NUMBERS      ? OK
                                              : kinds[i] == QUEUES_BAD ? ERR_CONFLICT
                                                                       : ERR_DENIED);
        if (kinds[i] == NUMBERS)
            assert_int_equal(st.tasks[i].number, first++);
    }
    assert_int_equal(room_number(room, "SELECT last FROM sequence WHERE kind = 'n'"),
                     first - 1);
    stage_close(&st);
}

static void numbers_have_no_gaps(void **state)
{
    ROOM(state);
    const enum kind kinds[] = {NUMBERS_REFUSES, NUMBERS, NUMBERS, NUMBERS_REFUSES, NUMBERS};
    const enum kind twice[] = {NUMBERS, NUMBERS, QUEUES_BAD, NUMBERS};

    room_table(room);
    assert_int_equal(room_script(room, "CREATE TABLE sequence (kind text PRIMARY KEY,"
                                       " last bigint NOT NULL)"),
                     OK);
    count_with(room, kinds, COUNT(kinds), false, 1);
    assert_int_equal(room_exec(room, "DELETE FROM t", NULL, 0), OK);
    count_with(room, kinds, COUNT(kinds), true, 4);
    assert_int_equal(room_exec(room, "DELETE FROM t", NULL, 0), OK);
    count_with(room, twice, COUNT(twice), true, 7);
}

/* ---- many rows --------------------------------------------------------------------------- */
#define MANY 71

static enum err run_many(struct job *job, struct call *call, struct tx *tx)
{
    struct value values[MANY * 2];

    for (size_t i = 0; i < MANY; i++) {
        values[2 * i] = V_INT((int64_t)(i + 1));
        values[2 * i + 1] = i % 3 == 0 ? V_NULL : V_TEXT(TEXT("x"));
    }
    TRY(tx_many(call, tx, "INSERT INTO t (id, name) VALUES", "", values, 2, MANY));
    return tx_many(call, tx, "INSERT INTO t (id, name) VALUES",
                   " ON CONFLICT (id) DO UPDATE SET name = 'y'", values, 2, 1);
}

static void many_rows_are_as_many_statements(void **state)
{
    ROOM(state);

    room_table(room);
    assert_int_equal(store_run(room->store, room_call(room), run_many, NULL), OK);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), MANY);
    assert_int_equal(room_number(room, "SELECT sum(id) FROM t"), MANY * (MANY + 1) / 2);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t WHERE name = 'x'"), 47);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t WHERE name = 'y'"), 1);
}

static void a_group_commits_once(void **state)
{
    ROOM(state);
    struct stage st;
    int64_t before;

    room_table(room);
    before = store_writes(room->store);
    stage_open(&st, room);
    stage_submit(&st, NULL, 64);
    stage_play(&st);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(st.tasks[i].outcome, OK);
    assert_int_equal(store_writes(room->store) - before, 2);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 65);
    stage_close(&st);
}

static void a_group_stops_when_its_time_is_over(void **state)
{
    ROOM(state);
    struct stage st;
    int64_t before;

    atomic_store(&store__group_time, -1);
    room_table(room);
    before = store_writes(room->store);
    stage_open(&st, room);
    stage_submit(&st, NULL, 3);
    stage_play(&st);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(st.tasks[i].outcome, OK);
    assert_int_equal(store_writes(room->store) - before, 4);
    stage_close(&st);
}

struct submitter {
    struct room *room;
    pthread_t thread;
    int64_t first;
    atomic_int *good;
};

static enum err run_one(struct job *job, struct call *call, struct tx *tx)
{
    const int64_t *id = job->arg;

    return insert(call, tx, *id, NULL);
}

static void *submit_many(void *arg)
{
    struct submitter *s = arg;
    struct arena *a = arena_open();

    for (int64_t i = 0; i < 20; i++) {
        int64_t id = s->first + i;
        if (store_run(s->room->store, call_open(a, 0, LANG_EN), run_one, &id) == OK)
            atomic_fetch_add(s->good, 1);
    }
    arena_close(a);
    return NULL;
}

static void many_threads_share_commits(void **state)
{
    ROOM(state);
    struct submitter s[64];
    atomic_int good = 0;
    int64_t before;

    room_table(room);
    before = store_writes(room->store);
    for (size_t i = 0; i < COUNT(s); i++) {
        s[i] = (struct submitter){room, 0, (int64_t)i * 100, &good};
        assert_int_equal(pthread_create(&s[i].thread, NULL, submit_many, &s[i]), 0);
    }
    for (size_t i = 0; i < COUNT(s); i++)
        pthread_join(s[i].thread, NULL);
    assert_int_equal(good, COUNT(s) * 20);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), COUNT(s) * 20);
    assert_true(store_writes(room->store) - before < (int64_t)COUNT(s) * 20);
}

/* ---- hooks ------------------------------------------------------------------------------- */
struct diary {
    char text[256];
    enum err begin, seal;
    int64_t begin_id;
};

static void write_down(struct diary *d, const char *what)
{
    size_t len = strlen(d->text);

    snprintf(d->text + len, sizeof(d->text) - len, "%s ", what);
}

static enum err hook_begin(void *arg, struct call *call, struct tx *tx)
{
    struct diary *d = arg;

    write_down(d, "begin");
    return d->begin != OK ? problem(call, d->begin, TEXT(""), "begin_code", "begin refuses")
                          : insert(call, tx, d->begin_id++, NULL);
}

static enum err hook_seal(void *arg, struct call *call, struct tx *tx)
{
    struct diary *d = arg;

    write_down(d, "seal");
    return d->seal;
}

static void hook_done(void *arg, bool committed)
{
    write_down(arg, committed ? "committed" : "undone");
}

static void hook_job_undone(void *arg)
{
    write_down(arg, "job_undone");
}

static void hook_job_begin(void *arg, struct call *call)
{
    (void)call;
    write_down(arg, "job_begin");
}

static void hang_hooks(struct room *room, struct diary *d)
{
    *d = (struct diary){.begin_id = 5000};
    store_hooks(room->store, &(struct group_hooks){.begin = hook_begin,
                                                   .seal = hook_seal,
                                                   .done = hook_done,
                                                   .job_undone = hook_job_undone,
                                                   .job_begin = hook_job_begin,
                                                   .arg = d});
}

static void hooks_come_in_order(void **state)
{
    ROOM(state);
    const enum kind kinds[] = {PLAIN, REFUSES, PLAIN};
    struct diary d;
    struct stage st;

    room_table(room);
    hang_hooks(room, &d);
    stage_open(&st, room);
    stage_submit(&st, kinds, COUNT(kinds));
    stage_play(&st);
    assert_string_equal(d.text,
                        "begin job_begin seal committed "
                        "begin job_begin job_begin job_undone job_begin seal committed ");
    assert_int_equal(room_number(room, "SELECT count(*) FROM t WHERE id >= 5000 AND id < 6000"),
                     2);
    stage_close(&st);
}

static void a_group_of_refusals_leaves_nothing(void **state)
{
    ROOM(state);
    struct diary d;
    int64_t before;

    room_table(room);
    hang_hooks(room, &d);
    before = store_writes(room->store);
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (1), (1)", NULL, 0),
                     ERR_CONFLICT);
    assert_string_equal(d.text, "begin job_begin job_undone undone ");
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 0);
    assert_int_equal(store_writes(room->store), before);
}

static void a_hook_that_refuses_refuses_the_group(void **state)
{
    ROOM(state);
    struct diary d;

    room_table(room);
    hang_hooks(room, &d);
    d.begin = ERR_CONFLICT;
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (1)", NULL, 0), ERR_CONFLICT);
    assert_text(last_code(room->call), "begin_code");
    d.begin = OK;
    d.seal = ERR_BUSY;
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (1)", NULL, 0), ERR_BUSY);
    d.seal = OK;
    assert_string_equal(d.text, "begin undone begin job_begin seal undone ");
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 0);
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (1)", NULL, 0), OK);
    assert_false(store_failing(room->store));
}

/* ---- the queue --------------------------------------------------------------------------- */
static void the_queue_is_bounded(void **state)
{
    ROOM(state);
    struct stage st;
    struct task one;

    room_table(room);
    stage_open(&st, room);
    stage_submit(&st, NULL, 10000);
    prepare_task(&st, &one, PLAIN, 20000);
    assert_int_equal(store_submit(room->store, &one.job), ERR_BUSY);
    assert_text(last_code(one.job.call), "busy");
    stage_play(&st);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 10001);
    assert_int_equal(store_submit(room->store, &one.job), OK);
    sem_wait(&st.finished);
    assert_int_equal(one.outcome, OK);
    arena_close(one.arena);
    stage_close(&st);
}

static void *close_it(void *arg)
{
    struct room *room = arg;

    store_close(room->store);
    return NULL;
}

static bool is_closing(struct store *s)
{
    bool closing;

    pthread_mutex_lock(&s->writer.lock);
    closing = s->writer.closing;
    pthread_mutex_unlock(&s->writer.lock);
    return closing;
}

static void closing_answers_everybody(void **state)
{
    ROOM(state);
    struct stage st;
    pthread_t thread;

    room_table(room);
    stage_open(&st, room);
    stage_submit(&st, NULL, 5);
    assert_int_equal(pthread_create(&thread, NULL, close_it, room), 0);
    while (!is_closing(room->store))
        usleep(1000);
    stage_play(&st);
    pthread_join(thread, NULL);
    assert_int_equal(st.blocker.outcome, OK);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(st.tasks[i].outcome, ERR_IO);
    room->store = NULL;
    assert_int_equal(store_open(room->call, room->where, false, &room->store), OK);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 1);
    stage_close(&st);
}

/* ---- what is seen by whom ---------------------------------------------------------------- */
struct glimpse {
    struct room *room;
    int64_t outside, inside;
};

static enum err look_both_ways(struct job *job, struct call *call, struct tx *tx)
{
    struct glimpse *g = job->arg;
    struct rows rows;

    TRY(insert(call, tx, 1, NULL));
    TRY(tx_rows(call, tx, "SELECT count(*) FROM t", NULL, 0, 1, &rows));
    g->inside = rows.cells[0].integer;
    g->outside = room_number(g->room, "SELECT count(*) FROM t");
    return OK;
}

static void readers_see_only_what_is_committed(void **state)
{
    ROOM(state);
    struct glimpse g = {room, -1, -1};

    room_table(room);
    assert_int_equal(store_run(room->store, room->call, look_both_ways, &g), OK);
    assert_int_equal(g.inside, 1);
    assert_int_equal(g.outside, 0);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 1);
}

static enum err count_changes(struct job *job, struct call *call, struct tx *tx)
{
    int64_t *changed = job->arg;

    TRY(insert(call, tx, 1, &changed[0]));
    TRY(insert(call, tx, 2, NULL));
    TRY(tx_exec(call, tx, "UPDATE t SET name = 'y'", NULL, 0, &changed[1]));
    return tx_exec(call, tx, "DELETE FROM t WHERE id = 7", NULL, 0, &changed[2]);
}

static void changes_are_counted(void **state)
{
    ROOM(state);
    int64_t changed[3] = {-1, -1, -1};

    room_table(room);
    assert_int_equal(store_run(room->store, room->call, count_changes, changed), OK);
    assert_int_equal(changed[0], 1);
    assert_int_equal(changed[1], 2);
    assert_int_equal(changed[2], 0);
}

/* Enough for several checkpoints; what was acknowledged is there after a restart. */
static void much_is_written_and_kept(void **state)
{
    ROOM(state);
    struct text body = text_print(room->arena, "%060000d", 7);
    struct stat wal;

    room_table(room);
    for (int64_t i = 0; i < 300; i++)
        assert_int_equal(room_exec(room, "INSERT INTO t (id, name) VALUES ($1, $2)",
                                   (struct value[]){V_INT(i), V_TEXT(body)}, 2),
                         OK);
    if (!room->postgres) {
        assert_int_equal(stat(room_path(room, "aimwell.db-wal"), &wal), 0);
        assert_true(wal.st_size < 300 * 60000 / 2);
    }
    room_reopen(room);
    assert_int_equal(room_number(room, "SELECT sum(length(name)) FROM t"), 300 * 60000);
}

/* ---- failing storage --------------------------------------------------------------------- */
static off_t size_of(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 ? about.st_size : 0;
}

/* Writes until the file may not grow any more; how many were acknowledged. */
static int64_t fill_the_disk(struct room *room)
{
    struct text body = text_print(room->arena, "%010000d", 7);

    for (int64_t i = 0; i < 1000; i++) {
        enum err e = room_exec(room, "INSERT INTO t (id, name) VALUES ($1, $2)",
                               (struct value[]){V_INT(i), V_TEXT(body)}, 2);
        if (e != OK) {
            assert_int_equal(e, ERR_IO);
            assert_text(last_code(room->call), "storage");
            return i;
        }
    }
    fail_msg("the disk never became full");
    return 0;
}

static void a_full_disk_stops_writing_for_good(void **state)
{
    ROOM(state);
    struct rlimit before, little;
    int64_t good;

    room_table(room);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little = before;
    little.rlim_cur = (rlim_t)size_of(room_path(room, "aimwell.db-wal")) + 200 * 1000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    good = fill_the_disk(room);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(good > 0);
    assert_true(store_failing(room->store));
    /* There is room again, but what a failed write left behind is not known. */
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (5000)", NULL, 0), ERR_IO);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), good);
    room_reopen(room);
    assert_false(store_failing(room->store));
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), good);
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (5000)", NULL, 0), OK);
}

static void a_failing_group_fails_all_its_jobs(void **state)
{
    ROOM(state);
    const enum kind kinds[] = {PLAIN, REFUSES, PLAIN};
    struct rlimit before, little;
    struct stage st;

    room_table(room);
    signal(SIGXFSZ, SIG_IGN);
    stage_open(&st, room);
    stage_submit(&st, kinds, COUNT(kinds));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little = before;
    little.rlim_cur = (rlim_t)size_of(room_path(room, "aimwell.db-wal"));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    stage_play(&st);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(st.blocker.outcome, ERR_IO);
    for (size_t i = 0; i < COUNT(kinds); i++)
        assert_int_equal(st.tasks[i].outcome, ERR_IO);
    room_reopen(room);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 0);
    stage_close(&st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_refused_job_rolls_back_alone),
        BOTH(a_group_that_may_run_again_ends_alike),
        BOTH(the_last_of_a_group_is_found_out_too),
        BOTH(numbers_have_no_gaps),
        BOTH(many_rows_are_as_many_statements),
        BOTH(a_group_commits_once),
        BOTH(a_group_stops_when_its_time_is_over),
        BOTH(many_threads_share_commits),
        BOTH(hooks_come_in_order),
        BOTH(a_group_of_refusals_leaves_nothing),
        BOTH(a_hook_that_refuses_refuses_the_group),
        BOTH(the_queue_is_bounded),
        BOTH(closing_answers_everybody),
        BOTH(readers_see_only_what_is_committed),
        BOTH(changes_are_counted),
        BOTH(much_is_written_and_kept),
        SQLITE_ONLY(a_full_disk_stops_writing_for_good),
        SQLITE_ONLY(a_failing_group_fails_all_its_jobs),
    };

    return cmocka_run_group_tests_name("store writer", tests, NULL, NULL);
}
