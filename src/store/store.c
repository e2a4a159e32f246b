/* SPDX-License-Identifier: Apache-2.0 */
/* store/store.c — opening, the pool of readers, and the calls that go to the driver.
 *
 * Everything here is alike for both databases. A reader connects when it first reads, so that a
 * pool costs nothing until it is used and a broken connection mends itself between reads. */
#include "store/internal.h"

#include <stdlib.h>

atomic_llong store__slow_after = 10 * 1000 * 1000;

/* ---- opening ----------------------------------------------------------------------------- */
static const struct driver *driver_for(struct text where)
{
    bool url = text_starts(where, "postgres://") || text_starts(where, "postgresql://");

    return url ? &store__postgres : &store__sqlite;
}

static struct store *store_new(const struct driver *driver)
{
    struct store *s = calloc(1, sizeof(*s));

    if (s == NULL)
        panic("out of memory");
    s->driver = driver;
    s->arena = arena_open();
    s->lock_file = -1;
    pthread_mutex_init(&s->pool_lock, NULL);
    pthread_cond_init(&s->pool_free, NULL);
    pthread_mutex_init(&s->writer.lock, NULL);
    pthread_cond_init(&s->writer.wake, NULL);
    return s;
}

static void store_free(struct store *s)
{
    pthread_cond_destroy(&s->writer.wake);
    pthread_mutex_destroy(&s->writer.lock);
    pthread_cond_destroy(&s->pool_free);
    pthread_mutex_destroy(&s->pool_lock);
    arena_close(s->arena);
    free(s);
}

static enum err open_parts(struct call *call, struct store *s, struct text where, bool create)
{
    s->create = create;
    TRY(s->driver->open(call, s, where, create));
    TRY(s->driver->connect(call, s, LINK_WRITE, &s->writer.tx.link));
    if (s->copied && s->driver->whole != NULL)
        TRY(s->driver->whole(call, s->writer.tx.link));
    TRY(s->driver->furnish(call, s->writer.tx.link));
    return store__writer_start(call, s);
}

enum err store_open(struct call *call, struct text where, bool create, struct store **out)
{
    struct store *s = store_new(driver_for(where));
    enum err e = open_parts(call, s, where, create);

    *out = NULL;
    if (e != OK) {
        store_close(s);
        return e;
    }
    *out = s;
    return OK;
}

enum err store_open_reading(struct call *call, struct text where, struct store **out)
{
    struct store *s = store_new(driver_for(where));
    s->reading = true;
    s->writer.closing = true; /* every submit is refused */
    enum err e = s->driver->open(call, s, where, false);

    *out = NULL;
    if (e != OK) {
        store_close(s);
        return e;
    }
    *out = s;
    return OK;
}

static void close_readers(struct store *s)
{
    size_t closed = 0;

    for (struct reader *r = s->idle, *next; r != NULL; r = next, closed++) {
        next = r->next;
        if (r->link != NULL)
            s->driver->disconnect(r->link);
        free(r);
    }
    if (closed != s->readers)
        panic("%zu readers were never returned", s->readers - closed);
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    store_stop(s);
    close_readers(s);
    if (s->writer.tx.link != NULL)
        s->driver->disconnect(s->writer.tx.link);
    s->driver->close(s);
    store_free(s);
}

enum store_kind store_kind(const struct store *s)
{
    return s->driver->kind;
}

struct text store_folder(const struct store *s)
{
    return s->folder;
}

bool store_failing(const struct store *s)
{
    return atomic_load(&s->failing);
}

bool store_copied(const struct store *s)
{
    return s->copied;
}

int64_t store_writes(const struct store *s)
{
    return atomic_load(&s->writes);
}

/* ---- the pool ---------------------------------------------------------------------------- */
static struct reader *reader_new(struct store *s)
{
    struct reader *r = calloc(1, sizeof(*r));

    if (r == NULL)
        panic("out of memory");
    r->store = s;
    return r;
}

struct reader *store_reader(struct store *s)
{
    struct reader *r;

    pthread_mutex_lock(&s->pool_lock);
    while (s->idle == NULL && s->readers == READERS_MOST)
        pthread_cond_wait(&s->pool_free, &s->pool_lock);
    r = s->idle;
    if (r != NULL)
        s->idle = r->next;
    else
        s->readers++;
    pthread_mutex_unlock(&s->pool_lock);
    return r != NULL ? r : reader_new(s);
}

/* A connection that broke is not worth keeping; the next read opens another. */
static void forget_broken(struct reader *r)
{
    if (r->link != NULL && r->link->failed) {
        r->store->driver->disconnect(r->link);
        r->link = NULL;
    }
}

void store_return(struct store *s, struct reader *r)
{
    if (r->view)
        panic("a reader was returned inside a view");
    forget_broken(r);
    r->until = 0;
    pthread_mutex_lock(&s->pool_lock);
    r->next = s->idle;
    s->idle = r;
    pthread_cond_signal(&s->pool_free);
    pthread_mutex_unlock(&s->pool_lock);
}

void reader_until(struct reader *r, int64_t ticks)
{
    r->until = ticks;
}

/* ---- reading ----------------------------------------------------------------------------- */
static enum err reader_ready(struct call *call, struct reader *r)
{
    if (!r->view)
        forget_broken(r);
    if (r->until != 0 && clock_ticks() >= r->until)
        return store__too_slow(call);
    if (r->link == NULL)
        TRY(r->store->driver->connect(call, r->store, LINK_READ, &r->link));
    r->link->until = r->until;
    r->link->guest = r->guest;
    return r->link->failed ? store__failed(call) : OK;
}

enum err read_rows(struct call *call, struct reader *r, const char *sql,
                   const struct value *values, size_t value_count, size_t most,
                   struct rows *out)
{
    const struct driver *driver = r->store->driver;
    struct mark mark = store__mark(call);
    bool fresh = r->link == NULL;
    enum err e;

    *out = (struct rows){0};
    TRY(store__check_values(call, values, value_count));
    TRY(reader_ready(call, r));
    e = driver->rows(call, r->link, sql, values, value_count, most, out);
    if (e != ERR_IO || !r->link->failed || r->view || fresh)
        return e;
    /* The server may have been restarted since this connection was last used. */
    store__unsay(call, mark);
    TRY(reader_ready(call, r));
    return driver->rows(call, r->link, sql, values, value_count, most, out);
}

enum err read_begin(struct call *call, struct reader *r)
{
    struct mark mark = store__mark(call);
    enum err e;

    if (r->view)
        panic("views do not nest");
    TRY(reader_ready(call, r));
    e = r->store->driver->view_begin(call, r->link);
    if (e == ERR_IO && r->link->failed) {
        store__unsay(call, mark);
        TRY(reader_ready(call, r));
        e = r->store->driver->view_begin(call, r->link);
    }
    r->view = e == OK;
    return e;
}

void read_end(struct reader *r)
{
    if (!r->view)
        panic("read_end without read_begin");
    r->view = false;
    r->store->driver->view_end(r->link);
}

enum err meta_read(struct call *call, struct reader *r, const char *name, struct text *value)
{
    struct rows rows;

    *value = TEXT("");
    TRY(read_rows(call, r, "SELECT value FROM meta WHERE name = $1", &V_TEXT(text_of(name)), 1,
                  1, &rows));
    if (rows.count == 0)
        return ERR_MISSING;
    *value = rows.cells[0].text;
    return OK;
}

/* ---- writing, inside a job --------------------------------------------------------------- */
struct store *tx_store(struct tx *tx)
{
    return tx->store;
}

static enum err spend(struct tx *tx, enum err e)
{
    if (e != OK)
        tx->spent = e;
    return e;
}

enum err tx_rows(struct call *call, struct tx *tx, const char *sql, const struct value *values,
                 size_t value_count, size_t most, struct rows *out)
{
    enum err e;

    *out = (struct rows){0};
    if (tx->spent != OK)
        return tx->spent;
    TRY(store__check_values(call, values, value_count));
    e = tx->store->driver->rows(call, tx->link, sql, values, value_count, most, out);
    return e == ERR_TOO_LARGE ? e : spend(tx, e);
}

enum err tx_exec(struct call *call, struct tx *tx, const char *sql, const struct value *values,
                 size_t value_count, int64_t *changed)
{
    if (changed != NULL)
        *changed = 0;
    if (tx->spent != OK)
        return tx->spent;
    TRY(store__check_values(call, values, value_count));
    return spend(tx,
                 tx->store->driver->exec(call, tx->link, sql, values, value_count, changed));
}

enum err tx_script(struct call *call, struct tx *tx, const char *sql)
{
    if (tx->spent != OK)
        return tx->spent;
    return spend(tx, tx->store->driver->script(call, tx->link, sql));
}

enum err meta_write(struct call *call, struct tx *tx, const char *name, struct text value)
{
    return tx_exec(call, tx,
                   "INSERT INTO meta (name, value) VALUES ($1, $2) "
                   "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                   (struct value[]){V_TEXT(text_of(name)), V_TEXT(value)}, 2, NULL);
}

enum err store_backup(struct call *call, struct store *s, const char *file)
{
    return s->driver->backup(call, s, file);
}
