/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/desk.c — the files people have on the desk of a server: looked at, rehearsed, taken in and
 * taken back by two threads that go round among them, a slice of rows at a time, so that a large
 * file holds up no small one, and none of them anybody who waits for a page.
 *
 * What lies here is bounded in number, size and time, and is each person's own. The bytes are in a
 * file without a name: whatever becomes of the server, nothing is left behind. What was taken in is in
 * the store (record_batch), and can be taken back also after a restart. */
#include "transfer/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define THREADS 2
#define ITEMS 64
#define OF_ONE 4
#define KEPT_IDLE ((int64_t)2 * 3600 * 1000000)
#define TOLD_MOST 1000 /* errors, and remarks, in an answer */
#define UNDO_SLICE 100

enum task { TASK_LOOK, TASK_REHEARSE, TASK_TAKE, TASK_UNDO };
enum stage { STAGE_WAITING, STAGE_RUNNING, STAGE_DONE, STAGE_FAILED };

struct run { /* of a task, while it runs; the threads' own */
    struct arena *arena;
    struct records *records; /* the epoch that it began in, held */
    struct transfer *transfer;
    struct text before; /* undoing: ids from here on are done */
    bool stopped; /* with rows left */
    struct transfer_counts counts;
    struct buf errors; /* undoing: the members of a list */
    int64_t error_count;
};
struct item {
    struct arena *arena;
    struct text id, person, name;
    struct text kind; /* its name: the model may change while it lies here */
    struct text bytes; /* a view of the file; "" after a restart: only to be undone */
    struct text secret; /* of the session or token that it goes on for */
    enum lang lang;
    int64_t touched;
    int64_t asked, started, ended; /* moments of the task; 0 = not yet */
    bool cut;                      /* it was stopped with rows left */
    enum task task;
    enum stage stage;
    bool stop;               /* asked to end after this slice */
    struct arena *told;      /* what the three below are in; replaced as a whole */
    struct text said;        /* JSON: what somebody said of the file; "" = nothing */
    struct text look, result, problem; /* JSON, "" = none yet */
    struct transfer_counts counts;
    struct run run;
    struct item *next; /* in the queue */
};
struct desk {
    struct arena *arena;
    struct epochs *epochs;
    struct access *access;
    const char *folder;
    pthread_t threads[THREADS];
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct item *items[ITEMS];
    struct item *first, *last;
    bool closing;
};

/* ---- the queue (with the lock) ------------------------------------------------------------- */
static void queue(struct desk *d, struct item *it)
{
    it->next = NULL;
    if (d->last)
        d->last->next = it;
    else
        d->first = it;
    d->last = it;
    pthread_cond_signal(&d->some);
}

static void begin(struct desk *d, struct item *it, enum task task)
{
    it->task = task;
    it->stage = STAGE_WAITING;
    it->asked = clock_now();
    it->started = it->ended = 0;
    it->cut = false;
    it->stop = false;
    it->problem = (struct text){0};
    it->counts = (struct transfer_counts){0};
    if (task != TASK_LOOK)
        it->result = (struct text){0};
    queue(d, it);
}

static bool busy(const struct item *it)
{
    return it->stage == STAGE_WAITING || it->stage == STAGE_RUNNING;
}

static void free_item(struct item *it)
{
    if (it->bytes.len)
        munmap((void *)(uintptr_t)it->bytes.at, it->bytes.len);
    explicit_bzero((void *)(uintptr_t)it->secret.at, it->secret.len);
    arena_close(it->told);
    arena_close(it->arena);
}

/* What nobody looked at for hours goes. */
static void sweep(struct desk *d, int64_t now)
{
    for (size_t i = 0; i < ITEMS; i++) {
        struct item *it = d->items[i];
        if (!it || busy(it) || now - it->touched < KEPT_IDLE)
            continue;
        free_item(it);
        d->items[i] = NULL;
    }
}

static struct item *find(struct desk *d, struct text person, struct text id)
{
    for (size_t i = 0; i < ITEMS; i++)
        if (d->items[i] && text_same(d->items[i]->id, id) &&
            text_same(d->items[i]->person, person))
            return d->items[i];
    return NULL;
}

/* ---- results ----------------------------------------------------------------------------------- */
/* All that is told of an item moves to a new arena with one of them replaced. */
static void tell(struct item *it, struct text *which, struct text value)
{
    struct arena *a = arena_open();
    struct text kept = text_copy(a, value);
    struct text *all[] = {&it->said, &it->look, &it->result, &it->problem};
    for (size_t i = 0; i < COUNT(all); i++)
        *all[i] = all[i] == which ? kept : text_copy(a, *all[i]);
    arena_close(it->told);
    it->told = a;
}

static struct text problems_json(const struct call *call, enum err e)
{
    struct buf b = buf_in(call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '[');
    for (const struct problem *p = call->problems; p; p = p->next) {
        json_open(&o, '{');
        json_key(&o, "field");
        json_put_text(&o, p->field);
        json_key(&o, "code");
        json_put_text(&o, p->code);
        json_key(&o, "message");
        json_put_text(&o, p->message);
        json_close(&o, '}');
    }
    if (!call->problems) {
        json_open(&o, '{');
        json_key(&o, "field");
        json_put_c(&o, "");
        json_key(&o, "code");
        json_put_c(&o, err_code(e));
        json_key(&o, "message");
        json_put_c(&o, words_of(call, e));
        json_close(&o, '}');
    }
    json_close(&o, ']');
    return buf_text(&b);
}

/* ---- the tasks, a slice at a time -------------------------------------------------------------- */
static bool fits_file(const struct json *map, struct transfer *t)
{
    const struct json *columns = json_get(map, "columns");
    for (const struct json *v = columns ? columns->first : NULL; v; v = v->next)
        if (transfer__column(&t->table, v->key) == NO_COLUMN)
            return false;
    return columns && columns->count > 0;
}

/* Names of shipped maps that know every column. */
static void put_maps(struct call *call, struct transfer *t, struct json_out *o)
{
    size_t count;
    const struct model_file *files = model_embedded(&count);
    json_key(o, "maps");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        struct text path = files[i].path;
        const struct json *map;
        if (!text_starts(path, "import/") ||
            transfer_map_read(call, path, files[i].bytes, &map) != OK ||
            !text_same(json_text(json_get(map, "kind")), t->kind->name) || !fits_file(map, t))
            continue;
        json_put_text(o, json_text(json_get(map, "map")));
    }
    json_close(o, ']');
}

static bool has_fields(const struct json *map, const struct kind *k)
{
    const struct json *columns = json_get(map, "columns");
    for (const struct json *v = columns ? columns->first : NULL; v; v = v->next)
        for (const struct json *one = v->type == JSON_LIST ? v->first : v; one;
             one = v->type == JSON_LIST ? one->next : NULL)
            if (!kind_field(k, json_text(json_get(one, "field"))))
                return false;
    return true;
}

static enum err find_map(struct call *call, struct item *it, const struct json *said,
                         struct transfer_options *o)
{
    struct text name = json_text(json_get(said, "map"));
    if (!name.len)
        return OK;
    TRY(transfer_map_shipped(call, name, &o->map));
    o->map_name = name;
    const struct kind *k = model_kind(o->model, it->kind);
    if (k && has_fields(o->map, k))
        return OK;
    return problem(
        call, ERR_CONFLICT, TEXT("map"), "overlay",
        say(call, "the map %.*s needs the overlay %.*s, which is off here: an administrator "
                  "switches it on with `aimwell import --map`"),
        TEXT_ARG(name), TEXT_ARG(json_text(json_get(o->map, "overlay"))));
}

/* `said` lives as long as the run. */
static enum err open_transfer(struct desk *d, struct item *it, struct call *call)
{
    static const struct json said_nothing = {.type = JSON_OBJECT};
    struct transfer_options o = {.name = it->name,
                                 .bytes = it->bytes,
                                 .kind = it->kind,
                                 .model = record_model(it->run.records),
                                 .said = &said_nothing};
    struct call *own = call_beside(it->run.arena, call);
    pthread_mutex_lock(&d->lock);
    struct text said = text_copy(it->run.arena, it->said);
    pthread_mutex_unlock(&d->lock);
    if (said.len)
        TRY(json_read(own, said, &json_request_limits, &o.said));
    TRY(find_map(own, it, o.said, &o));
    own->actor = call->actor;
    return transfer_open(call, &o, &it->run.transfer);
}

static enum err look(struct desk *d, struct item *it, struct call *call, bool *more)
{
    *more = false;
    TRY(open_transfer(d, it, call));
    struct buf b = buf_in(call->arena, 16u << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    TRY(transfer_look(call, it->run.transfer, &o));
    put_maps(call, it->run.transfer, &o);
    json_close(&o, '}');
    pthread_mutex_lock(&d->lock);
    tell(it, &it->look, buf_text(&b));
    pthread_mutex_unlock(&d->lock);
    return OK;
}

static enum err take(struct desk *d, struct item *it, struct call *call, bool *more)
{
    if (it->run.transfer) {
        enum err e = transfer_step(call, it->run.transfer, more);
        it->run.counts = transfer_counts(it->run.transfer);
        return e;
    }
    *more = true;
    TRY(open_transfer(d, it, call));
    enum err e = transfer_begin(call, it->run.transfer, it->run.records, it->task == TASK_REHEARSE,
                                it->id);
    it->run.counts = transfer_counts(it->run.transfer);
    return e;
}

/* ---- taking back --------------------------------------------------------------------------------- */
static void add_error(struct item *it, const struct change_part *part, const struct call *one,
                      enum err e)
{
    struct json_out o = json_out(&it->run.errors);
    struct text why = one->problems ? one->problems->message : text_of(words_of(one, e));
    it->run.counts.rejected++;
    if (it->run.error_count++ >= TOLD_MOST)
        return;
    if (it->run.errors.len)
        buf_add_c(&it->run.errors, ",");
    json_open(&o, '{');
    json_key(&o, "kind");
    json_put_text(&o, part->kind);
    json_key(&o, "id");
    json_put_text(&o, part->id);
    json_key(&o, "code");
    json_put_text(&o, one->problems ? one->problems->code : text_of(err_code(e)));
    json_key(&o, "message");
    json_put_text(&o, why);
    json_close(&o, '}');
}

static struct change *undo_of(struct item *it, struct call *call,
                              const struct change_part *part)
{
    struct change *c = NEW(call->arena, struct change);
    *c = (struct change){.act = RECORD_UNDO,
                         .kind = model_kind(record_model(it->run.records), part->kind),
                         .id = part->id,
                         .batch = it->id,
                         .reason = text_print(call->arena, say(call, "%.*s was taken back"),
                                              TEXT_ARG(it->name.len ? it->name : it->id))};
    return c;
}

static enum err undo_parts(struct item *it, struct call *call,
                           const struct change_part *parts, size_t count)
{
    struct change **changes = NEW_MANY(call->arena, count + 1, struct change *);
    struct call **calls = NEW_MANY(call->arena, count + 1, struct call *);
    enum err *outcome = NEW_MANY(call->arena, count + 1, enum err);
    size_t n = 0, *of = NEW_MANY(call->arena, count + 1, size_t);
    for (size_t i = 0; i < count; i++) {
        it->run.before = text_copy(it->run.arena, parts[i].id);
        if (i && text_same(parts[i].id, parts[i - 1].id))
            continue;
        changes[n] = undo_of(it, call, &parts[i]);
        calls[n] = call_beside(call->arena, call);
        calls[n]->actor = call->actor;
        calls[n]->id = call->id;
        of[n] = i;
        n += changes[n]->kind != NULL;
    }
    TRY(record_do_many(call, it->run.records, changes, calls, outcome, n));
    for (size_t i = 0; i < n; i++) {
        it->run.counts.done++;
        if (outcome[i] != OK)
            add_error(it, &parts[of[i]], calls[i], outcome[i]);
        else
            it->run.counts.updated++;
    }
    return OK;
}

static enum err undo(struct desk *d, struct item *it, struct call *call, bool *more)
{
    struct store *s = access_store(d->access);
    struct change_part *parts;
    size_t count;
    if (!it->run.errors.arena)
        it->run.errors = buf_in(it->run.arena, 1u << 20);
    struct reader *r = store_reader(s);
    enum err e = record_batch(call, r, it->id, it->run.before, UNDO_SLICE, &parts, &count);
    store_return(s, r);
    TRY(e);
    *more = count == UNDO_SLICE;
    return undo_parts(it, call, parts, count);
}

/* ---- one slice of one item ------------------------------------------------------------------- */
static enum err work(struct desk *d, struct item *it, struct call *call, bool *more)
{
    switch (it->task) {
    case TASK_LOOK:
        return look(d, it, call, more);
    case TASK_UNDO:
        return undo(d, it, call, more);
    default:
        return take(d, it, call, more);
    }
}

/* For whom: still signed in, and with what they may do now. */
static enum err act_for(struct desk *d, struct item *it, struct call *call)
{
    struct access *a = d->access;
    struct reader *r = store_reader(access_store(a));
    struct actor *actor = NULL;
    enum err e = access_still(call, a, r, it->secret, &actor);
    store_return(access_store(a), r);
    call->actor = actor;
    return e;
}

static struct text result_of(struct item *it, struct call *call)
{
    struct buf b = buf_in(call->arena, 16u << 20);
    struct json_out o = json_out(&b);
    if (it->task == TASK_UNDO) {
        buf_print(&b, "{\"undone\":%lld,\"refused\":%lld,\"errors\":[",
                  (long long)it->run.counts.updated, (long long)it->run.counts.rejected);
        buf_add(&b, buf_text(&it->run.errors));
        buf_print(&b, "],\"more_errors\":%lld}",
                  (long long)(it->run.error_count > TOLD_MOST ? it->run.error_count - TOLD_MOST
                                                              : 0));
        return buf_text(&b);
    }
    if (!it->run.transfer || it->task == TASK_LOOK)
        return (struct text){0};
    json_open(&o, '{');
    transfer_json(it->run.transfer, TOLD_MOST, &o);
    json_key(&o, "stopped");
    json_put_bool(&o, it->run.stopped);
    json_close(&o, '}');
    return buf_text(&b);
}

static void end_run(struct item *it)
{
    transfer_close(it->run.transfer);
    epoch_give(it->run.records);
    arena_close(it->run.arena);
    it->run = (struct run){0};
}

static void finish(struct desk *d, struct item *it, struct call *call, enum err e)
{
    struct text result = result_of(it, call);
    struct text problem = e == OK ? (struct text){0} : problems_json(call, e);
    log_line(LOG_INFO, "transfer", "id=%.*s task=%d outcome=%s accepted=%lld updated=%lld rejected=%lld",
             TEXT_ARG(it->id), (int)it->task, err_code(e), (long long)it->run.counts.accepted,
             (long long)it->run.counts.updated, (long long)it->run.counts.rejected);
    pthread_mutex_lock(&d->lock);
    if (it->task != TASK_LOOK)
        tell(it, &it->result, result);
    tell(it, &it->problem, problem);
    it->stage = e == OK ? STAGE_DONE : STAGE_FAILED;
    it->touched = it->ended = call->now;
    it->cut = it->run.stopped;
    end_run(it);
    pthread_mutex_unlock(&d->lock);
}

/* Its rows are written by the fields there were when it began. */
static enum err model_changed(struct call *call)
{
    return problem(
        call, ERR_CONFLICT, TEXT(""), "epoch", "%s",
        say(call,
            "fields or registers were changed meanwhile, and it was stopped: begin again; "
            "rows that are in already are found by what identifies them"));
}

static void run_once(struct desk *d, struct item *it)
{
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), it->lang);
    access_place(call, d->access);
    bool more = false;
    call->id = it->id;
    if (!it->run.arena) {
        it->run.arena = arena_open();
        it->run.records = epoch_take(d->epochs);
    }
    enum err e = act_for(d, it, call);
    if (e == OK && !record_is_current(it->run.records))
        e = model_changed(call);
    if (e == OK)
        e = work(d, it, call, &more);
    pthread_mutex_lock(&d->lock);
    it->counts = it->run.counts;
    it->touched = call->now;
    it->run.stopped = more && it->stop;
    bool again = e == OK && more && !it->stop && !d->closing;
    if (again)
        queue(d, it);
    pthread_mutex_unlock(&d->lock);
    if (!again)
        finish(d, it, call, e);
    arena_close(arena);
}

static void *serve(void *arg)
{
    struct desk *d = arg;
    pthread_mutex_lock(&d->lock);
    while (!d->closing) {
        struct item *it = d->first;
        if (!it) {
            pthread_cond_wait(&d->some, &d->lock);
            continue;
        }
        d->first = it->next;
        if (!d->first)
            d->last = NULL;
        if (it->stage == STAGE_WAITING && !it->started)
            it->started = clock_now();
        it->stage = STAGE_RUNNING;
        pthread_mutex_unlock(&d->lock);
        run_once(d, it);
        pthread_mutex_lock(&d->lock);
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

/* ---- opening and closing ------------------------------------------------------------------------ */
enum err desk_open(struct call *call, struct epochs *epochs, const char *folder, struct desk **out)
{
    struct arena *arena = arena_open();
    struct desk *d = NEW(arena, struct desk);
    struct records *now = epoch_take(epochs);
    *d = (struct desk){.arena = arena,
                       .epochs = epochs,
                       .access = record_access(now),
                       .folder = folder ? text_copy(arena, text_of(folder)).at : NULL};
    epoch_give(now);
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->some, NULL);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&d->threads[i], NULL, serve, d) != 0)
            panic("no thread for transfers");
    (void)call;
    *out = d;
    return OK;
}

void desk_close(struct desk *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->closing = true;
    pthread_cond_broadcast(&d->some);
    pthread_mutex_unlock(&d->lock);
    for (int i = 0; i < THREADS; i++)
        pthread_join(d->threads[i], NULL);
    for (size_t i = 0; i < ITEMS; i++)
        if (d->items[i]) {
            end_run(d->items[i]);
            free_item(d->items[i]);
        }
    arena_close(d->arena);
}

/* ---- what people ask of it --------------------------------------------------------------------- */
static enum err missing(struct call *call)
{
    return problem(
        call, ERR_MISSING, TEXT(""), "missing", "%s",
        say(call, "there is no such transfer, or its time is over: drop the file again"));
}

static bool write_all(int fd, struct text t)
{
    while (t.len) {
        ssize_t wrote = write(fd, t.at, t.len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        t = text_from(t, (size_t)wrote);
    }
    return true;
}

/* Some file systems have no unnamed files; then it loses its name at once. */
static int open_unnamed(struct arena *a, const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    struct text path = text_print(a, "%s/transfer-XXXXXX", folder);
    fd = mkostemp((char *)(uintptr_t)path.at, O_CLOEXEC);
    if (fd >= 0)
        unlink(path.at);
    return fd;
}

static enum err keep_bytes(struct call *call, const struct desk *d, struct text bytes,
                           struct text *out)
{
    int fd = d->folder ? open_unnamed(call->arena, d->folder) : -1;
    void *view = MAP_FAILED;
    if (fd >= 0 && write_all(fd, bytes))
        view = mmap(NULL, bytes.len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    if (view == MAP_FAILED)
        return problem(call, ERR_IO, TEXT("file"), "storage", "%s",
                       say(call, "there is no room to keep the file"));
    *out = (struct text){view, bytes.len};
    return OK;
}

/* With the lock; NULL: all places are taken, or this person's. */
static struct item **place_for(struct desk *d, struct text person)
{
    struct item **place = NULL;
    int own = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        own += d->items[i] && text_same(d->items[i]->person, person);
        place = !place && !d->items[i] ? &d->items[i] : place;
    }
    return own < OF_ONE ? place : NULL;
}

static struct item *make_item(struct call *call, struct text kind, struct text id,
                              struct text name, struct text secret)
{
    struct arena *a = arena_open();
    struct item *it = NEW(a, struct item);
    *it = (struct item){.arena = a,
                        .id = text_copy(a, id),
                        .person = text_copy(a, call->actor->person),
                        .name = text_copy(a, name),
                        .kind = text_copy(a, kind),
                        .secret = text_copy(a, secret),
                        .lang = call->lang,
                        .touched = call->now,
                        .stage = STAGE_DONE,
                        .told = arena_open()};
    return it;
}

static enum err put(struct call *call, struct desk *d, struct item *it, enum task task)
{
    pthread_mutex_lock(&d->lock);
    sweep(d, call->now);
    struct item **place = place_for(d, it->person);
    if (place) {
        *place = it;
        begin(d, it, task);
    }
    pthread_mutex_unlock(&d->lock);
    if (place)
        return OK;
    free_item(it);
    return problem(
        call, ERR_BUSY, TEXT("file"), "crowded",
        say(call, "you have %d files here already, or the server has its hands full: finish or "
                  "drop one first"),
        OF_ONE);
}

enum err desk_put(struct call *call, struct desk *d, const struct desk_file *file,
                  struct text *id)
{
    struct text bytes;
    if (!file->bytes.len)
        return problem(call, ERR_INVALID, TEXT("file"), "empty", "%s",
                       say(call, "the file is empty"));
    TRY(keep_bytes(call, d, file->bytes, &bytes));
    *id = id_new(call);
    struct item *it = make_item(call, file->kind->name, *id, file->name, file->secret);
    it->bytes = bytes;
    return put(call, d, it, TASK_LOOK);
}

static void renew(struct item *it, const struct call *call, struct text secret)
{
    explicit_bzero((void *)(uintptr_t)it->secret.at, it->secret.len);
    it->secret = text_copy(it->arena, secret);
    it->lang = call->lang;
    it->touched = call->now;
}

static enum err still_busy(struct call *call)
{
    return problem(call, ERR_CONFLICT, TEXT(""), "busy", "%s",
                   say(call, "it is being worked on; wait until that is done, or stop it"));
}

enum err desk_say(struct call *call, struct desk *d, struct text id, struct text said,
                  struct text secret)
{
    enum err e = OK;
    pthread_mutex_lock(&d->lock);
    struct item *it = find(d, call->actor->person, id);
    if (!it || !it->bytes.len)
        e = missing(call);
    else if (busy(it))
        e = still_busy(call);
    else {
        tell(it, &it->said, said);
        renew(it, call, secret);
        begin(d, it, TASK_LOOK);
    }
    pthread_mutex_unlock(&d->lock);
    return e;
}

static enum err begin_again(struct call *call, struct desk *d, struct text id, enum task task,
                            struct text secret)
{
    enum err e = OK;
    pthread_mutex_lock(&d->lock);
    struct item *it = find(d, call->actor->person, id);
    if (!it || (!it->bytes.len && task != TASK_UNDO))
        e = missing(call);
    else if (busy(it))
        e = still_busy(call);
    else {
        renew(it, call, secret);
        begin(d, it, task);
    }
    pthread_mutex_unlock(&d->lock);
    return e;
}

enum err desk_take(struct call *call, struct desk *d, struct text id, bool rehearse,
                   struct text secret)
{
    return begin_again(call, d, id, rehearse ? TASK_REHEARSE : TASK_TAKE, secret);
}

/* Of a batch whose file is no longer here, perhaps from before a restart, an item is made anew. */
enum err desk_undo(struct call *call, struct desk *d, struct text id, struct text secret)
{
    struct store *s = access_store(d->access);
    struct change_part *part;
    size_t count;
    struct reader *r = store_reader(s);
    enum err e = record_batch(call, r, id, TEXT(""), 1, &part, &count);
    store_return(s, r);
    TRY(e);
    if (!count)
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "there is nothing to take back"));
    pthread_mutex_lock(&d->lock);
    bool here = find(d, call->actor->person, id) != NULL;
    pthread_mutex_unlock(&d->lock);
    if (here)
        return begin_again(call, d, id, TASK_UNDO, secret);
    return put(call, d, make_item(call, part[0].kind, id, (struct text){0}, secret), TASK_UNDO);
}

enum err desk_drop(struct call *call, struct desk *d, struct text id)
{
    enum err e = OK;
    pthread_mutex_lock(&d->lock);
    struct item *it = find(d, call->actor->person, id);
    if (!it)
        e = missing(call);
    else if (busy(it))
        it->stop = true;
    else
        for (size_t i = 0; i < ITEMS; i++)
            if (d->items[i] == it) {
                d->items[i] = NULL;
                free_item(it);
            }
    pthread_mutex_unlock(&d->lock);
    return e;
}

/* ---- telling about it ---------------------------------------------------------------------------- */
static const char *word_of(const struct item *it)
{
    static const char *const words[][3] = {{"looking", "looked", "failed"},
                                           {"rehearsing", "rehearsed", "failed"},
                                           {"taking", "taken", "failed"},
                                           {"undoing", "undone", "failed"}};
    return words[it->task][busy(it) ? 0 : it->stage == STAGE_DONE ? 1 : 2];
}

static void put_text(struct json_out *o, const char *key, struct text t)
{
    json_key(o, key);
    json_put_text(o, t);
}

static void put_raw(struct json_out *o, const char *key, struct text json)
{
    if (!json.len)
        return;
    json_key(o, key);
    json_put_raw(o, json);
}

static void put_item(const struct item *it, bool whole, struct json_out *o)
{
    static const char *const tasks[] = {"look", "rehearse", "take", "undo"};
    json_open(o, '{');
    put_text(o, "id", it->id);
    put_text(o, "kind", it->kind);
    put_text(o, "name", it->name);
    put_text(o, "state", text_of(word_of(it)));
    put_text(o, "task", text_of(tasks[it->task]));
    json_key(o, "file");
    json_put_bool(o, it->bytes.len > 0);
    json_key(o, "done");
    json_put_integer(o, it->counts.done);
    json_key(o, "rows");
    json_put_integer(o, it->counts.rows);
    if (whole) {
        put_raw(o, "said", it->said);
        put_raw(o, "look", it->look);
        put_raw(o, "result", it->result);
        put_raw(o, "problems", it->problem);
    }
    json_close(o, '}');
}

enum err desk_json(struct call *call, struct desk *d, struct text id, struct json_out *o)
{
    enum err e = OK;
    pthread_mutex_lock(&d->lock);
    struct item *it = find(d, call->actor->person, id);
    if (it) {
        it->touched = call->now;
        put_item(it, true, o);
    } else
        e = missing(call);
    pthread_mutex_unlock(&d->lock);
    return e;
}

void desk_list_json(struct call *call, struct desk *d, struct json_out *o)
{
    json_open(o, '[');
    pthread_mutex_lock(&d->lock);
    sweep(d, call->now);
    for (size_t i = 0; i < ITEMS; i++)
        if (d->items[i] && text_same(d->items[i]->person, call->actor->person))
            put_item(d->items[i], false, o);
    pthread_mutex_unlock(&d->lock);
    json_close(o, ']');
}

/* ---- as jobs among others ------------------------------------------------------------------------ */
static struct desk_view view_of(const struct item *it, struct arena *a)
{
    static const char *const tasks[] = {"look", "rehearse", "take", "undo"};
    const char *state = it->stage == STAGE_WAITING   ? "waiting"
                        : it->stage == STAGE_RUNNING ? "running"
                        : it->stage == STAGE_FAILED  ? "failed"
                        : it->cut                    ? "cancelled"
                                                     : "done";
    return (struct desk_view){.id = text_copy(a, it->id),
                              .kind = text_copy(a, it->kind),
                              .name = text_copy(a, it->name),
                              .task = text_of(tasks[it->task]),
                              .state = text_of(state),
                              .stopping = it->stop && busy(it),
                              .done = it->counts.done,
                              .total = it->counts.rows,
                              .changed = it->counts.accepted + it->counts.updated,
                              .refused = it->counts.rejected,
                              .asked = it->asked,
                              .started = it->started,
                              .ended = it->ended,
                              .why = text_copy(a, it->problem)};
}

void desk_mine(struct call *call, struct desk *d, struct desk_view **out, size_t *count)
{
    *out = NEW_MANY(call->arena, ITEMS, struct desk_view);
    *count = 0;
    pthread_mutex_lock(&d->lock);
    sweep(d, call->now);
    for (size_t i = 0; i < ITEMS; i++)
        if (d->items[i] && text_same(d->items[i]->person, call->actor->person))
            (*out)[(*count)++] = view_of(d->items[i], call->arena);
    pthread_mutex_unlock(&d->lock);
}
