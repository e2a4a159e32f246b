/* SPDX-License-Identifier: Apache-2.0 */
/* record/hook.c — what webhooks are told. The ledger is the queue: each webhook reads it on
 * from where it was made, and what happened becomes a row for each of those that tell it. So a
 * write waits for no webhook, and one that was written is told of sooner or later: the place in
 * the ledger and the rows are written together. Who reads is its maker, by their roles at that
 * moment; of what is confidential or restricted nothing leaves the house. */
#include "record/internal.h"

#define PAGE 200
#define TOLD_MOST 16 /* of one version: made, moved, another owner, some clocks */

static bool among(struct text list, struct text word)
{
    if (text_is(list, "*"))
        return true;
    while (list.len)
        if (text_same(text_cut(&list, ','), word))
            return true;
    return false;
}

static bool may_leave(const struct record *rec)
{
    const struct json *v = record_value(rec, TEXT("confidentiality"));
    return v && (text_is(v->text, "public") || text_is(v->text, "internal"));
}

/* *then NULL: the actor may not read it, or it may not leave the house, then or now. */
enum err hook__version(struct call *call, struct records *r, struct reader *db,
                       const struct record *rec, int64_t version, struct record **then)
{
    bool shown = false;
    *then = NULL;
    TRY(version__may_hear(call, r, db, rec, version, then, &shown));
    if (!shown || !may_leave(*then))
        *then = NULL;
    return OK;
}

enum err hook__record(struct call *call, struct records *r, struct reader *db,
                      const struct kind *k, struct text id, struct record **out)
{
    bool may = false;
    TRY(table__find(call, r, db_reader(db), k, id, out));
    if (*out && may_leave(*out))
        TRY(who__may_read(call, r, db_reader(db), call->actor, *out, &may));
    *out = may ? *out : NULL;
    return OK;
}

/* ---- what happened
 * --------------------------------------------------------------------------- */
struct telling {
    struct call *call;
    struct records *r;
    struct reader *db;
    const struct hook *hook;
    struct hook_delivery *rows;
    size_t count, room;
};

static void tell(struct telling *t, const struct record *rec, const struct ledger_leaf *leaf,
                 const char *event, struct text field)
{
    struct arena *a = t->call->arena;
    if (!among(t->hook->events, text_of(event)) || t->count == t->room)
        return;
    bool named = text_is(text_of(event), "missed");
    t->rows[t->count++] = (struct hook_delivery){
        .id = text_print(a, "msg_%lld_%s%s%.*s_%.*s", (long long)leaf->index, event,
                         named ? "_" : "", TEXT_ARG(named ? field : TEXT("")),
                         TEXT_ARG(t->hook->id)),
        .kind = rec->kind->name,
        .record = rec->id,
        .version = rec->version,
        .event = text_of(event),
        .field = field,
        .ledger = (int64_t)leaf->index};
}

static bool other_owner(const struct record *a, const struct record *b)
{
    const struct field *f = kind_field(a->kind, TEXT("owner"));
    return f && !value__same(a->values[f->index], b->values[f->index]);
}

/* As it was before, whoever may read that: it is only compared. */
static enum err before_of(struct telling *t, const struct record *then, struct record **out)
{
    struct value values[] = {V_TEXT(then->kind->name), V_TEXT(then->id),
                             V_INT(then->version - 1)};
    struct rows rows;
    *out = NULL;
    TRY(read_rows(t->call, t->db,
                  "SELECT version, ledger, body FROM version WHERE kind = $1 AND id = $2 AND "
                  "version = $3",
                  values, 3, 1, &rows));
    return rows.count ? version__record(t->call, then, rows.cells, out) : OK;
}

static enum err of_version(struct telling *t, const struct kind *k,
                           const struct ledger_leaf *leaf)
{
    struct record *rec, *then = NULL, *before;
    TRY(hook__record(t->call, t->r, t->db, k, leaf->object_id, &rec));
    if (rec)
        TRY(hook__version(t->call, t->r, t->db, rec, leaf->object_version, &then));
    if (!then || then->ledger != (int64_t)leaf->index)
        return OK;
    TRY(before_of(t, then, &before));
    if (!before) {
        tell(t, then, leaf, "created", TEXT(""));
        return OK;
    }
    if (then->state != before->state)
        tell(t, then, leaf, "moved", TEXT("state"));
    if (other_owner(then, before))
        tell(t, then, leaf, "owner", TEXT("owner"));
    for (size_t i = 0; i < k->clock_count; i++)
        if (clock__is(&k->clocks[i], then, STANDING_MISSED) &&
            !clock__is(&k->clocks[i], before, STANDING_MISSED))
            tell(t, then, leaf, "missed", k->clocks[i].at->name);
    return OK;
}

static enum err of_comment(struct telling *t, const struct ledger_leaf *leaf)
{
    struct rows rows;
    struct record *rec = NULL, *then = NULL;
    struct value values[] = {V_TEXT(leaf->object_id), V_INT((int64_t)leaf->index)};
    TRY(read_rows(
        t->call, t->db,
        "SELECT c.kind, c.record, (SELECT max(v.version) FROM version v WHERE v.kind = "
        "c.kind AND v.id = c.record AND v.ledger < c.ledger) FROM comment c WHERE c.id = "
        "$1 AND c.ledger = $2",
        values, 2, 1, &rows));
    const struct kind *k = rows.count ? model_kind(t->r->model, rows.cells[0].text) : NULL;
    if (!k || !among(t->hook->kinds, k->name) || rows.cells[2].type != VALUE_INTEGER)
        return OK;
    TRY(hook__record(t->call, t->r, t->db, k, rows.cells[1].text, &rec));
    if (rec)
        TRY(hook__version(t->call, t->r, t->db, rec, rows.cells[2].integer, &then));
    if (then)
        tell(t, then, leaf, "comment", leaf->object_id);
    return OK;
}

static enum err of_entry(struct telling *t, const struct ledger_leaf *leaf)
{
    if (text_is(leaf->act, "comment.add"))
        return among(t->hook->events, TEXT("comment")) ? of_comment(t, leaf) : OK;
    const struct kind *k =
        text_starts(leaf->act, "record.") ? model_kind(t->r->model, leaf->object_kind) : NULL;
    return k && among(t->hook->kinds, k->name) ? of_version(t, k, leaf) : OK;
}

/* What cannot be understood is told to nobody, and does not keep what comes after it. */
static enum err of_row(struct telling *t, const struct ledger_row *row)
{
    struct ledger_leaf leaf;
    size_t from = t->count;
    if (!ledger_leaf_read(t->call->arena, row->leaf, &leaf))
        return OK;
    t->room = t->count + TOLD_MOST;
    enum err e = of_entry(t, &leaf);
    bool passed_over = e != OK && e != ERR_IO && e != ERR_BUSY;
    if (passed_over) {
        log_line(LOG_WARN, "hook", "entry=%llu outcome=%s", (unsigned long long)leaf.index,
                 err_code(e));
        t->count = from;
    }
    for (size_t i = from; i < t->count; i++)
        t->rows[i].at = moment_print(t->call->arena, leaf.moment);
    return passed_over ? OK : e;
}

/* ---- reading on
 * -------------------------------------------------------------------------------- */
struct following {
    const struct hook *hook;
    int64_t seen, next; /* index of the entry that is read next: as it was, as it will be */
    const struct hook_delivery *rows;
    size_t count;
};

static enum err next_of(struct call *call, struct reader *db, const struct hook *h,
                        int64_t *next)
{
    struct rows rows;
    TRY(read_rows(call, db, "SELECT next FROM hook_state WHERE hook = $1", &V_TEXT(h->id), 1, 1,
                  &rows));
    *next = rows.count && rows.cells[0].integer >= 0 ? rows.cells[0].integer : h->made + 1;
    return OK;
}

static enum err insert(struct call *call, struct tx *tx, const struct following *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct hook_delivery *d = &f->rows[i];
        struct value values[] = {V_TEXT(d->id),     V_TEXT(f->hook->id), V_TEXT(d->kind),
                                 V_TEXT(d->record), V_INT(d->version),   V_TEXT(d->event),
                                 V_TEXT(d->field),  V_INT(d->ledger),    V_TEXT(d->at)};
        TRY(tx_exec(
            call, tx,
            "INSERT INTO hook_delivery(id, hook, kind, record, version, event, field, "
            "ledger, at, due, tries, status, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
            "COALESCE((SELECT c.at FROM comment c WHERE c.id = $7 AND $6 = 'comment'), "
            "(SELECT v.at FROM version v WHERE v.kind = $3 AND v.id = $4 AND v.version = "
            "$5), $9), $9, 0, 0, '') ON CONFLICT (id) DO NOTHING",
            values, COUNT(values), NULL));
    }
    return OK;
}

/* Another server of the organisation that was there first has told it. */
static enum err keep(struct job *job, struct call *call, struct tx *tx)
{
    const struct following *f = job->arg;
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT next FROM hook_state WHERE hook = $1", &V_TEXT(f->hook->id),
                1, 1, &rows));
    if (rows.count && rows.cells[0].integer >= 0 && rows.cells[0].integer != f->seen)
        return OK;
    struct value values[] = {V_TEXT(f->hook->id), V_INT(f->next)};
    TRY(insert(call, tx, f));
    return tx_exec(
        call, tx,
        "INSERT INTO hook_state(hook, next, failing) VALUES ($1, $2, '') ON CONFLICT "
        "(hook) DO UPDATE SET next = $2",
        values, 2, NULL);
}

static enum err read_on(struct telling *t, struct following *f, int64_t pass_over, bool *more)
{
    struct ledger_row *entries;
    size_t count;
    uint64_t size;
    int64_t waiting;
    struct text failing;
    TRY(next_of(t->call, t->db, f->hook, &f->seen));
    f->next = f->seen;
    TRY(ledger_size_seen(t->call, t->db, &size));
    if (pass_over) {
        f->next = pass_over > f->seen ? pass_over : f->seen;
        return OK;
    }
    if ((int64_t)size <= f->seen)
        return OK;
    TRY(record_hook_stands(t->call, t->db, f->hook->id, &waiting, &failing));
    if (waiting >= HOOK_WAITING_MOST)
        return OK;
    TRY(ledger_entries(t->call, t->db, (uint64_t)f->seen, PAGE, &entries, &count));
    t->rows = NEW_MANY(t->call->arena, count * TOLD_MOST + 1, struct hook_delivery);
    for (size_t i = 0; i < count; i++) {
        TRY(of_row(t, &entries[i]));
        f->next = (int64_t)entries[i].index + 1;
    }
    *more = count == PAGE;
    return OK;
}

enum err record_hook_follow(struct call *call, struct records *r, const struct hook *h,
                            int64_t pass_over, bool *more)
{
    struct following f = {.hook = h};
    struct telling t = {.call = call, .r = r, .hook = h};
    *more = false;
    t.db = store_reader(r->store);
    enum err e = read_on(&t, &f, pass_over, more);
    store_return(r->store, t.db);
    TRY(e);
    f.rows = t.rows;
    f.count = t.count;
    return f.next == f.seen ? OK : store_run(r->store, call, keep, &f);
}
