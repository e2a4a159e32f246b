/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/ingest.c — lines in. All that can be judged without the store is judged on the thread
 * of the request, a line at a time in memory that is used again; what is left goes to the
 * writer as one job, which keeps all of it or nothing. */
#include "monitor/internal.h"
#include "store/write.h"

#include <stdlib.h>

struct sender { /* one system that is named in the body */
    struct record *record;
    bool may;
    struct wished wished; /* signals in its texts */
    int64_t removed_before; /* moment; 0: nothing was */
    struct items LIST_OF(struct journal_item) items;
    struct lines LIST_OF(int64_t) lines; /* the line of each */
};
struct taking {
    struct call *call;
    struct records *records;
    struct reader *db; /* until the writer is asked */
    struct map *names; /* of systems, as they are named, and of their ids → sender */
    struct sender *senders;
    size_t sender_count;
    const struct ingest_rows *rows; /* NULL: each line stands alone */
    int64_t refused_row;            /* what is left of it is passed over */
    bool rehearsed;
    struct ingested *out;
};
#define SENDERS_MOST 100

static void refuse(struct call *call, struct ingested *out, int64_t line, struct text code,
                   struct text message, struct text field)
{
    struct arena *a = call->arena;
    out->refused++;
    if (out->told_count < EVENT_TOLD)
        out->told[out->told_count++] = (struct event_refused){
            line, text_copy(a, code), text_copy(a, message), text_copy(a, field)};
}

void ingest__refuse(struct call *call, struct ingested *out, int64_t line,
                    const struct call *why)
{
    struct buf b = buf_in(why->arena, 4000);
    for (const struct problem *p = why->problems; p; p = p->next) {
        if (b.len)
            buf_add(&b, TEXT("; "));
        buf_add(&b, p->message);
    }
    refuse(call, out, line, why->problems ? why->problems->code : TEXT("malformed"),
           buf_text(&b), why->problems ? why->problems->field : TEXT(""));
}

/* ---- whose it is
 * ------------------------------------------------------------------------------ */
static enum err find_removed(struct taking *t, struct sender *s)
{
    struct journal_state about;
    TRY(journal_about(t->call, t->db, s->record->kind->name, s->record->id, &about));
    s->removed_before = 0;
    (void)moment_read(about.removed_before, &s->removed_before);
    return OK;
}

/* What was removed has no key any more: it must not come back as if it were new. Whatever was
 * is of a time before this one, since no event is further ahead of its coming. */
static enum err check_age(struct call *line, const struct sender *s, int64_t at)
{
    if (!s->removed_before || at >= s->removed_before + EVENT_AHEAD)
        return OK;
    return problem(line, ERR_INVALID, TEXT("ts"), "too_old",
                   say(line,
                       "events of this time were removed, as the system's record says how "
                       "long they are kept: none is taken again before %.*s"),
                   TEXT_ARG(moment_print(line->arena, s->removed_before + EVENT_AHEAD)));
}

static enum err add_sender(struct taking *t, struct text name, struct record *rec, size_t *at)
{
    if (map_find(t->names, rec->id, at))
        return OK;
    if (t->sender_count == SENDERS_MOST)
        return ERR_MISSING;
    *at = t->sender_count++;
    struct sender *s = &t->senders[*at];
    s->record = rec;
    s->may = system__may_send(t->call, t->records, t->db, rec);
    signals__wished(t->call->arena, rec, &s->wished);
    TRY(find_removed(t, s));
    s->items = (struct items)LIST_IN(t->call->arena, EVENT_LINES);
    s->lines = (struct lines)LIST_IN(t->call->arena, EVENT_LINES);
    (void)map_add(t->names, rec->id, *at);
    return OK;
}

/* Who may not send for a system is not told whether there is one. */
static enum err find_sender(struct taking *t, struct call *line, struct text name,
                            struct sender **out)
{
    struct record *rec;
    size_t at;
    if (!map_find(t->names, name, &at)) {
        struct call *look = call_beside(t->call->arena, t->call);
        look->actor = t->call->actor;
        enum err e = system__find(look, t->records, t->db, name, &rec);
        if (e == OK)
            e = add_sender(t, name, rec, &at);
        if (e != OK && e != ERR_MISSING)
            return e;
        if (e == ERR_MISSING)
            at = SENDERS_MOST;
        (void)map_add(t->names, text_copy(t->call->arena, name), at);
    }
    *out = at < SENDERS_MOST && t->senders[at].may ? &t->senders[at] : NULL;
    if (*out)
        return OK;
    return problem(line, ERR_MISSING, TEXT("system"), "system",
                   say(line, "there is no AI system \"%.*s\" that you may send events for"),
                   TEXT_ARG(name));
}

/* ---- lines
 * ------------------------------------------------------------------------------------ */
static int64_t row_of(const struct taking *t, int64_t line)
{
    return t->rows ? t->rows->row[line - 1] : line;
}

/* What came before of the same row does not go without it. */
static void refuse_row(struct taking *t, int64_t n)
{
    t->refused_row = row_of(t, n);
    for (size_t i = 0; i < t->sender_count; i++) {
        struct sender *s = &t->senders[i];
        while (s->lines.count && row_of(t, s->lines.at[s->lines.count - 1]) == t->refused_row)
            s->items.count = --s->lines.count;
    }
}

static enum err take_line(struct taking *t, struct arena *scrap, struct text line, int64_t n)
{
    if (t->rows && row_of(t, n) == t->refused_row)
        return OK;
    struct call *call = call_beside(scrap, t->call);
    struct event event;
    struct sender *s = NULL;
    enum err e = event_read(call, line, &event);
    if (e == OK) {
        e = find_sender(t, call, event.system, &s);
        if (e != OK && e != ERR_MISSING)
            return e;
        e = e == OK ? check_age(call, s, event.at) : e;
    }
    if (e != OK) {
        ingest__refuse(t->call, t->out, n, call);
        refuse_row(t, n);
        return OK;
    }
    struct journal_item item = {.line = event.line};
    if (event.line.at != line.at) /* made anew, in the scrap */
        item.line = text_copy(t->call->arena, event.line);
    if (s->wished.on)
        signals__look(t->call, scrap, &s->wished, &event, &item);
    journal_named(event.id, &item);
    if (LIST_ADD(&s->items, item))
        (void)LIST_ADD(&s->lines, n);
    return OK;
}

static size_t ends_in(struct text body)
{
    size_t n = 0;
    for (size_t i = 0; i < body.len; i++)
        n += body.at[i] == '\n';
    return n;
}

/* Empty lines are passed over. */
static enum err take_lines(struct taking *t, struct text body)
{
    struct arena *scrap = arena_open();
    enum err e = OK;
    for (int64_t n = 1; body.len && e == OK; n++) {
        struct text line = text_trim(text_cut(&body, '\n'));
        if (line.len)
            e = take_line(t, scrap, line, n);
        arena_reset(scrap);
    }
    arena_close(scrap);
    return e;
}

/* ---- keeping
 * ---------------------------------------------------------------------------------- */
static void compare_with_seen(struct taking *t, struct sender *s)
{
    for (size_t i = 0; i < s->items.count; i++)
        if (s->items.at[i].found == JOURNAL_NEW)
            s->items.at[i].found = seen__add(t->rows->seen, &s->items.at[i]);
}

/* Of a row of which one line is another event's, no line is kept. */
static void judge_rows(struct taking *t, struct sender *s)
{
    for (size_t i = 0, end; i < s->items.count; i = end) {
        bool other = false;
        int64_t row = row_of(t, s->lines.at[i]);
        for (end = i; end < s->items.count && row_of(t, s->lines.at[end]) == row; end++)
            other = other || s->items.at[end].found == JOURNAL_OTHER;
        for (; other && i < end; i++)
            s->items.at[i].found = JOURNAL_OTHER;
    }
}

static enum err keep(struct job *job, struct call *call, struct tx *tx)
{
    struct taking *t = job->arg;
    for (size_t i = 0; i < t->sender_count; i++) {
        struct sender *s = &t->senders[i];
        int64_t source;
        if (!s->items.count)
            continue;
        TRY(journal_source(call, tx, s->record->kind->name, s->record->id, &source));
        TRY(journal_look(call, tx, source, s->items.at, s->items.count));
        if (t->rows)
            judge_rows(t, s);
        if (!t->rows || !t->rows->rehearse)
            TRY(journal_append(call, tx, source, s->items.at, s->items.count));
    }
    return OK;
}

/* The same, and nothing of it stays: the job is refused. */
static enum err rehearse(struct job *job, struct call *call, struct tx *tx)
{
    struct taking *t = job->arg;
    TRY(keep(job, call, tx));
    t->rehearsed = true;
    return ERR_CONFLICT;
}

static enum err ask_writer(struct taking *t, struct store *store)
{
    if (!t->sender_count)
        return OK;
    if (!t->rows || !t->rows->rehearse)
        return store_run(store, t->call, keep, t);
    enum err e = store_run(store, t->call, rehearse, t);
    if (!t->rehearsed)
        return e;
    for (size_t i = 0; i < t->sender_count; i++) {
        compare_with_seen(t, &t->senders[i]);
        judge_rows(t, &t->senders[i]);
    }
    return OK;
}

static int by_line(const void *left, const void *right)
{
    const struct event_refused *l = left, *r = right;
    return (l->line > r->line) - (l->line < r->line);
}

/* The line before is of the same row. */
static bool told_already(const struct taking *t, const struct sender *s, size_t n)
{
    return t->rows && n > 0 && row_of(t, s->lines.at[n]) == row_of(t, s->lines.at[n - 1]);
}

static void count_up(struct taking *t)
{
    for (size_t i = 0; i < t->sender_count; i++)
        for (size_t n = 0; n < t->senders[i].items.count; n++) {
            enum journal_found found = t->senders[i].items.at[n].found;
            t->out->accepted += found == JOURNAL_NEW;
            t->out->duplicate += found == JOURNAL_SAME;
            if (found == JOURNAL_OTHER && !told_already(t, &t->senders[i], n))
                refuse(t->call, t->out, t->senders[i].lines.at[n], TEXT("taken"),
                       text_of(say(t->call, "another event has this id; the first one stays")),
                       TEXT("id"));
        }
    qsort(t->out->told, t->out->told_count, sizeof *t->out->told, by_line);
}

enum err ingest__rows(struct call *call, struct records *r, struct text body,
                      const struct ingest_rows *rows, struct ingested *out)
{
    struct store *store = access_store(record_access(r));
    struct taking t = {.call = call,
                       .records = r,
                       .names = map_in(call->arena),
                       .senders = NEW_MANY(call->arena, SENDERS_MOST, struct sender),
                       .rows = rows,
                       .refused_row = -1,
                       .out = out};
    *out = (struct ingested){.told = NEW_MANY(call->arena, EVENT_TOLD, struct event_refused)};
    if (ends_in(body) > EVENT_LINES)
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_many",
                       say(call, "a request has at most %d events"), EVENT_LINES);
    t.db = store_reader(store);
    enum err e = take_lines(&t, body);
    store_return(store, t.db);
    TRY(e);
    TRY(ask_writer(&t, store));
    count_up(&t);
    return OK;
}

enum err monitor_ingest(struct call *call, struct records *r, struct text body,
                        struct ingested *out)
{
    return ingest__rows(call, r, body, NULL, out);
}
