/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/keep.c — orders that could not be written, in a file of the data folder, so that
 * the next process knows them: a line of JSON for each, and one when it is over. When none is
 * left the file goes. It is the best we can do where the database cannot be written: a disk
 * that is full takes no line either. */
#include "oversight/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FILE_MOST ((size_t)2 << 20)
static const struct json_limits line_limits = {64u << 10, 4, 100};

static bool add_line(const char *file, struct text line)
{
    int fd = file_make_or_open(file, O_WRONLY | O_APPEND | O_NOFOLLOW);
    bool good = fd >= 0 && write(fd, line.at, line.len) == (ssize_t)line.len && fsync(fd) == 0;
    if (!good)
        log_line(LOG_WARN, "stop_order", "file=not_written why=%s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return good;
}

static void put(struct json_out *o, const char *name, struct text t)
{
    json_key(o, name);
    json_put_text(o, t);
}

bool keep__add(struct oversight *o, const struct order *order)
{
    if (!o->file)
        return false;
    struct arena *a = arena_open();
    struct buf b = buf_in(a, 64u << 10);
    struct json_out j = json_out(&b);
    json_open(&j, '{');
    put(&j, "order", order->id);
    put(&j, "kind", order->kind);
    put(&j, "record", order->record);
    put(&j, "key", order->key);
    put(&j, "move", order->move);
    put(&j, "person", order->person);
    put(&j, "reason", order->reason);
    put(&j, "at", moment_print(a, order->at));
    json_close(&j, '}');
    buf_add_byte(&b, '\n');
    bool good = !b.full && add_line(o->file, buf_text(&b));
    arena_close(a);
    return good;
}

static bool others_are_kept(struct oversight *o)
{
    bool kept = false;
    pthread_mutex_lock(&o->lock);
    for (const struct order *order = o->orders; order; order = order->next)
        kept |= order->kept;
    pthread_mutex_unlock(&o->lock);
    return kept;
}

/* Comes after it was taken out of the list. */
void keep__done(struct oversight *o, const struct order *order)
{
    struct arena *a = arena_open();
    if (others_are_kept(o) || unlink(o->file) != 0)
        (void)!add_line(o->file, text_print(a, "{\"over\":\"%.*s\"}\n", TEXT_ARG(order->id)));
    arena_close(a);
}

/* ---- the next process
 * -------------------------------------------------------------------------- */
static struct text read_all(struct arena *a, const char *file)
{
    int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return TEXT("");
    char *bytes = arena_take(a, FILE_MOST);
    size_t len = 0;
    for (ssize_t n; len < FILE_MOST && (n = read(fd, bytes + len, FILE_MOST - len)) > 0;)
        len += (size_t)n;
    close(fd);
    return (struct text){bytes, len};
}

static void forget(struct oversight *o, struct text id)
{
    for (struct order **link = &o->orders; *link; link = &(*link)->next)
        if (text_same((*link)->id, id)) {
            struct order *order = *link;
            *link = order->next;
            o->order_count--;
            order__free(order);
            return;
        }
}

static struct text member(struct arena *a, const struct json *v, const char *name)
{
    return text_copy(a, json_text(json_get(v, name)));
}

/* A line that was torn, or that is none of ours, says nothing. */
static void read_line(struct oversight *o, struct call *call, struct text line)
{
    const struct json *v;
    int64_t at;
    struct call *quiet = call_beside(call->arena, call);
    if (json_read(quiet, line, &line_limits, &v) != OK)
        return;
    if (json_get(v, "over")) {
        forget(o, json_text(json_get(v, "over")));
        return;
    }
    if (!moment_read(json_text(json_get(v, "at")), &at) || o->order_count == STOP_ORDERS ||
        order__about(o, json_text(json_get(v, "record"))))
        return;
    struct order *order = order__new(o, json_text(json_get(v, "order")));
    order->kind = member(order->arena, v, "kind");
    order->record = member(order->arena, v, "record");
    order->key = member(order->arena, v, "key");
    order->move = member(order->arena, v, "move");
    order->person = member(order->arena, v, "person");
    order->reason = member(order->arena, v, "reason");
    order->at = at;
    order->lang = call->lang;
    order->tried = order->kept = true;
    order->keep_at = INT64_MAX;
    order__add(o, order);
}

void keep__load(struct oversight *o, struct call *call)
{
    struct arena *a = arena_open();
    struct call *reading = call_open(a, call->now, call->lang);
    struct text all = o->file ? read_all(a, o->file) : TEXT("");
    while (all.len)
        read_line(o, reading, text_cut(&all, '\n'));
    if (o->order_count)
        log_line(LOG_WARN, "stop_order", "outcome=taken_up count=%zu", o->order_count);
    arena_close(a);
}
