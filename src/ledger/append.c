/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/append.c — entries into the log, one signed checkpoint a commit group.
 * Runs on the writer thread. While jobs run, an entry takes the next index and waits; the
 * tree is touched only when the group is sealed: then the entries are stored, read back from
 * the store, hashed again and compared, so that what gets signed is what was stored. The tree
 * in memory is a cache of the head row; `current` says whether it can be trusted without asking
 * the store. */
#include "ledger/internal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEAL_PAGE 1024
#define STEP (30 * INT64_C(1000000)) /* what clocks differ by without having been set */

struct waiting_leaf {
    struct text leaf;
    struct hash hash;
    struct waiting_leaf *next;
};

struct ledger {
    struct store *store;
    struct signer *signer;
    const char *folder; /* "" on PostgreSQL */
    struct arena *arena;
    _Atomic uint64_t size; /* committed, for other threads */
    struct hash committed; /* root of that size; the tree below may be a failed commit ahead */

    /* The tree as of frontier.size: at the start of the group, or sealed and not yet
     * committed. */
    struct edge edge;
    struct frontier frontier;
    struct hash root;
    int64_t epoch, time; /* time of the last entry in the tree */
    bool present, current;

    /* The group under way, and how it stood before the job under way. Entries wait in the
     * memory of their jobs and are stored together when the group is sealed. */
    struct waiting_leaf *waiting, **waiting_end, **waiting_end_before;
    uint64_t next, next_before;
    int64_t next_time, next_time_before;
    struct ledger_clock {
        int64_t wall, running; /* read together; 0: not yet */
    } clock, next_clock;
    bool set;           /* in this group the clock was found to have been set */
    uint64_t strangers; /* groups before which the log was not as we left it */

    int last_file; /* ledger.last, open; -1 when it has to be made again */
};

/* ---- tables ------------------------------------------------------------------------------ */

#define LITERAL(t)                                                                             \
    {                                                                                          \
        t, sizeof(t) - 1                                                                       \
    }
#define COLUMN(n, kind, zero)                                                                  \
    {                                                                                          \
        LITERAL(n), LITERAL(""), kind, true, LITERAL(zero)                                     \
    }
#define NUMBER(n) COLUMN(n, COLUMN_INTEGER, "0")
#define WORDS(n) COLUMN(n, COLUMN_TEXT, "''")
#define BYTES(n) COLUMN(n, COLUMN_BYTES, "''")
#define TABLE(n, key, of, once)                                                                \
    {                                                                                          \
        LITERAL(n), LITERAL(key), of, COUNT(of), NULL, 0, once                                 \
    }

static const struct column log_columns[] = {
    NUMBER("log_id"),  WORDS("origin"), NUMBER("size"),     BYTES("root"),
    BYTES("frontier"), NUMBER("epoch"), NUMBER("last_time")};
static const struct column entry_columns[] = {NUMBER("log_id"), NUMBER("idx"), BYTES("leaf"),
                                              BYTES("leaf_hash")};
/* root stands before hashes: reading it alone then never touches the 8 KiB that follow. */
static const struct column tile_columns[] = {NUMBER("log_id"), NUMBER("level"), NUMBER("n"),
                                             BYTES("root"), BYTES("hashes")};
static const struct column checkpoint_columns[] = {NUMBER("log_id"), NUMBER("size"),
                                                   WORDS("note")};
static const struct table tables[] = {
    TABLE("ledger_log", "log_id", log_columns, false),
    TABLE("ledger_entry", "log_id, idx", entry_columns, true),
    TABLE("ledger_tile", "log_id, level, n", tile_columns, true),
    TABLE("ledger_checkpoint", "log_id, size", checkpoint_columns, true)};

const struct table *ledger_tables(size_t *count)
{
    *count = COUNT(tables);
    return tables;
}

/* ---- reading the head into memory -------------------------------------------------------- */

static bool same_hash(const struct hash *left, const struct hash *right)
{
    return memcmp(left->byte, right->byte, HASH_SIZE) == 0;
}

static enum err load_tree(struct ledger *l, struct source *s, const struct head *head)
{
    s->size = head->size;
    TRY(source__edge(s, &l->edge));
    edge__frontier(&l->edge, &l->frontier);
    l->root = frontier_root(&l->frontier);
    if (!same_hash(&l->root, &head->root) ||
        !text_same(source__peaks(s->call->arena, &l->frontier), head->frontier))
        return source__damaged(s->call,
                               "the root of the %llu stored entries is not the one in the head",
                               (unsigned long long)head->size);
    l->epoch = head->epoch;
    l->time = head->last_time;
    l->current = true;
    return OK;
}

static enum err read_head(struct ledger *l, struct source *s)
{
    struct head head;
    TRY(source__head(s, &head));
    l->present = head.present;
    if (l->current && head.present && head.size == l->frontier.size &&
        same_hash(&head.root, &l->root))
        return OK;
    l->current = false;
    if (!head.present)
        return OK;
    if (!text_same(head.origin, l->signer->origin))
        return problem(s->call, ERR_CONFLICT, TEXT("ledger"), "ledger_origin",
                       "the ledger belongs to %.*s, the signing key to %.*s",
                       TEXT_ARG(head.origin), TEXT_ARG(l->signer->origin));
    return load_tree(l, s, &head);
}

/* What is built upon is what was signed: who writes entries and a head that fit each other into the
 * database has not the signature. Until it is there the tree is read anew each time. */
static enum err check_signed(struct ledger *l, struct source *s)
{
    struct text note;
    struct hash root;
    uint64_t size;
    bool current = l->current;
    l->current = false;
    TRY(source__checkpoint(s, &note));
    if (!note_open(s->call->arena, note, l->signer->origin, l->signer->public_key, &size,
                   &root))
        return problem(s->call, ERR_CONFLICT, TEXT("ledger"), "ledger_key",
                       "the last checkpoint was not signed by this key");
    if (size != l->frontier.size || !same_hash(&root, &l->root))
        return source__damaged(s->call,
                               "the last checkpoint is for %llu entries, the head %llu",
                               (unsigned long long)size, (unsigned long long)l->frontier.size);
    l->current = current;
    return OK;
}

/* Takes the row lock where others may write, so that the head stays true until the commit. */
static enum err lock_and_read_head(struct ledger *l, struct call *call, struct tx *tx)
{
    struct source s = {.call = call, .tx = tx};
    struct hash root = l->root;
    bool known = l->current;
    if (store_kind(l->store) == STORE_POSTGRES)
        TRY(tx_exec(call, tx, "UPDATE ledger_log SET epoch = epoch WHERE log_id = $1",
                    (struct value[]){LOG_ID}, 1, NULL));
    TRY(read_head(l, &s));
    bool others = !(known && same_hash(&root, &l->root));
    l->strangers += others;
    if (l->present && l->frontier.size > 0 && others)
        TRY(check_signed(l, &s));
    l->next = l->present ? l->frontier.size : 0;
    l->next_time = l->time;
    return OK;
}

/* ---- appending --------------------------------------------------------------------------- */

enum err ledger_append(struct call *call, struct tx *tx, struct ledger *l,
                       const struct ledger_event *event, uint64_t *index)
{
    struct text leaf;
    if (!l->present)
        return problem(call, ERR_BUG, TEXT("ledger"), "ledger_closed", "the log is not open");
    int64_t time = call->now > l->next_time ? call->now : l->next_time;
    TRY(leaf__write(call, event, l->signer->origin, l->next, time, &leaf));
    struct waiting_leaf *w = NEW(call->arena, struct waiting_leaf);
    *w = (struct waiting_leaf){leaf, merkle_leaf(leaf), NULL};
    *l->waiting_end = w;
    l->waiting_end = &w->next;
    *index = l->next++;
    l->next_time = time;
    return OK;
}

uint64_t ledger_strangers(const struct ledger *l)
{
    return l->strangers;
}

bool append__waiting(const struct ledger *l, uint64_t n, struct text *leaf)
{
    const struct waiting_leaf *w = l->waiting;
    if (!l->present || n < l->frontier.size || n >= l->next)
        return false;
    for (uint64_t at = l->frontier.size; w != NULL && at < n; at++)
        w = w->next;
    if (w != NULL)
        *leaf = w->leaf;
    return w != NULL;
}

/* ---- the clock ---------------------------------------------------------------------------
 * The time of entries does not go back, and all that a job writes has the time of its entries.
 * When the clock of the machine was set, an entry says so and the log goes on with the time as
 * it is now: else every entry would repeat the wrong one until it comes true. */

/* By how much the clock was set since the last group, in microseconds; 0 when it was not. */
static int64_t clock_set_by(const struct ledger *l)
{
    const struct ledger_clock *was = &l->clock, *is = &l->next_clock;
    int64_t by = was->running ? (is->wall - was->wall) - (is->running - was->running) : 0;
    if (by > STEP || by < -STEP)
        return by;
    return is->wall < l->time - STEP ? is->wall - l->time : 0;
}

static enum err note_clock(struct ledger *l, struct call *call, struct tx *tx)
{
    uint64_t index;
    l->next_clock = (struct ledger_clock){clock_now(), clock_running()};
    int64_t by = l->present && l->next > 0 ? clock_set_by(l) : 0;
    l->set = by != 0;
    if (!l->set)
        return OK;
    call->now = l->next_time = l->next_clock.wall;
    log_line(LOG_WARN, "clock_jump", "seconds=%lld", (long long)(by / 1000000));
    struct ledger_event jump = {.act = "clock.jump",
                                .actor_type = TEXT("system"),
                                .object_kind = TEXT("clock"),
                                .object_id =
                                    text_print(call->arena, "%+lld", (long long)(by / 1000000)),
                                .previous = -1};
    return ledger_append(call, tx, l, &jump, &index);
}

/* What is further behind was written of earlier days on purpose (a demonstration). */
static void set_time(const struct ledger *l, struct call *call)
{
    if (l->set && call->now > l->next_clock.wall)
        call->now = l->next_clock.wall; /* it began before the clock was put right */
    if (call->now < l->next_time && l->next_time - call->now <= STEP)
        call->now = l->next_time;
}

/* ---- the edges of a group ---------------------------------------------------------------- */

static enum err group_begin(void *arg, struct call *call, struct tx *tx)
{
    struct ledger *l = arg;
    l->waiting = NULL;
    l->waiting_end = &l->waiting;
    if (store_kind(l->store) == STORE_POSTGRES || !l->current)
        TRY(lock_and_read_head(l, call, tx));
    l->next = l->present ? l->frontier.size : 0;
    l->next_time = l->time;
    return note_clock(l, call, tx);
}

static void job_begin(void *arg, struct call *call)
{
    struct ledger *l = arg;
    set_time(l, call);
    l->next_before = l->next;
    l->next_time_before = l->next_time;
    l->waiting_end_before = l->waiting_end;
}

static void job_undone(void *arg)
{
    struct ledger *l = arg;
    l->next = l->next_before;
    l->next_time = l->next_time_before;
    l->waiting_end = l->waiting_end_before;
    *l->waiting_end = NULL;
}

struct sealing {
    struct ledger *ledger;
    struct call *call;
    struct tx *tx;
};

static enum err store_tile(void *arg, unsigned level, uint64_t n, const struct hash *hashes,
                           const struct hash *root)
{
    struct sealing *s = arg;
    struct text bytes = {(const char *)hashes, TILE_BYTES};
    return tx_exec(s->call, s->tx,
                   "INSERT INTO ledger_tile (log_id, level, n, root, hashes)"
                   " VALUES ($1, $2, $3, $4, $5)",
                   (struct value[]){LOG_ID, V_INT(level), V_INT((int64_t)n),
                                    V_BYTES(hash_text(root)), V_BYTES(bytes)},
                   5, NULL);
}

static enum err store_leaves(struct sealing *s)
{
    struct ledger *l = s->ledger;
    int64_t index = (int64_t)l->frontier.size;
    size_t rows = l->next - l->frontier.size;
    struct value *values = NEW_MANY(s->call->arena, rows * 4, struct value), *v = values;
    const struct waiting_leaf *w = l->waiting;
    for (size_t i = 0; i < rows; i++, w = w->next) {
        if (w == NULL)
            panic("the ledger counts %zu new entries, only %zu wait", rows, i);
        *v++ = LOG_ID;
        *v++ = V_INT(index++);
        *v++ = V_BYTES(w->leaf);
        *v++ = V_BYTES(hash_text(&w->hash));
    }
    return tx_many(s->call, s->tx,
                   "INSERT INTO ledger_entry (log_id, idx, leaf, leaf_hash) VALUES", "", values,
                   4, rows);
}

/* One row (idx, leaf, leaf_hash) as it came back from the store. */
static enum err take_leaf(struct sealing *s, const struct value *row)
{
    struct ledger *l = s->ledger;
    struct hash stored, again = merkle_leaf(row[1].text);
    if (row[0].integer != (int64_t)l->frontier.size || row[1].type != VALUE_BYTES ||
        !source__hash_cell(&row[2], &stored) || !same_hash(&stored, &again)) {
        log_line(LOG_ERROR, "ledger_readback", "index=%llu",
                 (unsigned long long)l->frontier.size);
        return problem(s->call, ERR_IO, TEXT("ledger"), "ledger_readback",
                       "entry %llu did not come back from the store as it was written",
                       (unsigned long long)l->frontier.size);
    }
    frontier_add(&l->frontier, &again);
    return edge__add(&l->edge, &again, &(struct tile_taker){store_tile, s});
}

static enum err take_leaves(struct sealing *s)
{
    struct ledger *l = s->ledger;
    while (l->frontier.size < l->next) {
        struct rows rows;
        uint64_t from = l->frontier.size;
        uint64_t to = l->next - from > SEAL_PAGE ? from + SEAL_PAGE : l->next;
        TRY(tx_rows(s->call, s->tx,
                    "SELECT idx, leaf, leaf_hash FROM ledger_entry"
                    " WHERE log_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx",
                    (struct value[]){LOG_ID, V_INT((int64_t)from), V_INT((int64_t)to)}, 3,
                    SEAL_PAGE, &rows));
        if (rows.count != to - from)
            return problem(s->call, ERR_IO, TEXT("ledger"), "ledger_readback",
                           "of %llu new entries only %zu came back from the store",
                           (unsigned long long)(to - from), rows.count);
        for (size_t i = 0; i < rows.count; i++)
            TRY(take_leaf(s, row_at(&rows, i)));
    }
    return OK;
}

static enum err write_head(struct sealing *s, uint64_t old_size)
{
    struct ledger *l = s->ledger;
    int64_t changed = 0;
    TRY(tx_exec(s->call, s->tx,
                "UPDATE ledger_log SET size = $1, root = $2, frontier = $3, last_time = $4"
                " WHERE log_id = $5 AND size = $6 AND epoch = $7",
                (struct value[]){V_INT((int64_t)l->frontier.size), V_BYTES(hash_text(&l->root)),
                                 V_BYTES(source__peaks(s->call->arena, &l->frontier)),
                                 V_INT(l->next_time), LOG_ID, V_INT((int64_t)old_size),
                                 V_INT(l->epoch)},
                7, &changed));
    if (changed == 1)
        return OK;
    log_line(LOG_ERROR, "ledger_fenced", "size=%llu", (unsigned long long)old_size);
    return problem(s->call, ERR_IO, TEXT("ledger"), "ledger_fenced",
                   "another writer has moved the head of the ledger");
}

static enum err sign_head(struct ledger *l, struct call *call, struct source *source,
                          struct text *note)
{
    unsigned char signature[64];
    struct hash proof[64];
    size_t count = 0;
    struct merkle_source tree = {source__subtree, source};
    TRY(merkle_consistency(&tree, l->signer->signed_size, l->frontier.size, proof, &count));
    struct text text =
        note__checkpoint(call->arena, l->signer->origin, l->frontier.size, &l->root);
    TRY(l->signer->sign(l->signer, call, text, l->frontier.size, &l->root, proof, count,
                        signature));
    *note = note_make(call->arena, l->signer, text, signature);
    return OK;
}

static enum err write_checkpoint(struct sealing *s)
{
    struct ledger *l = s->ledger;
    struct text note;
    struct source source = {
        .call = s->call, .tx = s->tx, .edge = &l->edge, .size = l->frontier.size};
    TRY(sign_head(l, s->call, &source, &note));
    return tx_exec(s->call, s->tx,
                   "INSERT INTO ledger_checkpoint (log_id, size, note) VALUES ($1, $2, $3)",
                   (struct value[]){LOG_ID, V_INT((int64_t)l->frontier.size), V_TEXT(note)}, 3,
                   NULL);
}

static enum err group_seal(void *arg, struct call *call, struct tx *tx)
{
    struct ledger *l = arg;
    struct sealing s = {l, call, tx};
    uint64_t old_size = l->frontier.size;
    if (!l->present || l->next == old_size)
        return OK;
    l->current = false; /* until the commit: what is in memory now is not in the store yet */
    TRY(store_leaves(&s));
    TRY(take_leaves(&s));
    l->root = frontier_root(&l->frontier);
    TRY(write_checkpoint(&s));
    /* Last, since its answer is waited for and so tells of both. */
    return write_head(&s, old_size);
}

static bool note_last(struct ledger *l)
{
    if (l->folder[0] == '\0')
        return true;
    if (l->last_file >= 0 &&
        last__put(l->folder, l->last_file, atomic_load(&l->size), &l->committed))
        return true;
    if (l->last_file >= 0)
        close(l->last_file);
    l->last_file = last__write(l->folder, atomic_load(&l->size), &l->committed);
    return l->last_file >= 0;
}

static void take_committed(struct ledger *l)
{
    atomic_store(&l->size, l->frontier.size);
    l->committed = l->root;
}

static void group_done(void *arg, bool committed)
{
    struct ledger *l = arg;
    l->signer->settle(l->signer, committed);
    if (!committed || !l->present || l->frontier.size == atomic_load(&l->size))
        return;
    l->current = true;
    l->time = l->next_time;
    l->clock = l->next_clock;
    take_committed(l);
}

/* Without it, whoever puts an older database back would not be noticed. */
static enum err group_attest(void *arg, struct call *call)
{
    if (note_last(arg))
        return OK;
    return problem(call, ERR_IO, TEXT("ledger"), "ledger_last", "%s",
                   say(call, "ledger.last cannot be written; nothing is acknowledged"));
}

/* What was acknowledged is the start of what is there. There may be more: a group whose commit
 * reached the disk though it was answered that it had failed. */
static enum err group_resume(void *arg, struct call *call, struct tx *tx)
{
    struct ledger *l = arg;
    struct source s = {.call = call, .tx = tx};
    struct hash root = l->root;
    uint64_t known = atomic_load(&l->size);
    l->current = false;
    TRY(read_head(l, &s));
    if (l->present && l->frontier.size > 0)
        TRY(check_signed(l, &s));
    if (known == 0)
        return OK;
    s.size = l->frontier.size;
    s.edge = &l->edge;
    if (l->present && known <= s.size)
        TRY(source__root(&s, known, &root));
    if (!l->present || known > s.size || !same_hash(&root, &l->committed))
        return problem(call, ERR_CONFLICT, TEXT("ledger"), "ledger_shorter",
                       "the %llu acknowledged entries are not in the store any more: restore a "
                       "backup",
                       (unsigned long long)known);
    take_committed(l);
    return OK;
}

/* ---- opening ----------------------------------------------------------------------------- */

/* Nothing may lie beyond the head: an entry there was never acknowledged or the head was
 * moved. */
static enum err check_beyond(struct ledger *l, struct source *s)
{
    struct rows rows;
    int64_t size = l->present ? (int64_t)l->frontier.size : 0;
    TRY(source__rows(s,
                     "SELECT idx FROM ledger_entry WHERE log_id = $1 AND idx >= $2"
                     " ORDER BY idx LIMIT 1",
                     (struct value[]){LOG_ID, V_INT(size)}, 2, 1, &rows));
    if (rows.count == 0)
        return OK;
    return source__damaged(s->call, "there is an entry beyond the %lld the head counts",
                           (long long)size);
}

static enum err check_last(struct ledger *l, struct source *s)
{
    struct verification v;
    struct last last;
    verification_start(&v);
    TRY(last__read(s->call, text_of(l->folder), &last));
    if (!last.present && l->folder[0] != '\0' && l->present && l->frontier.size > 1)
        log_line(LOG_WARN, "ledger_last",
                 "missing=true means=\"that this is not an older copy cannot be known\" "
                 "entries=%llu",
                 (unsigned long long)l->frontier.size);
    TRY(ledger_verify_last(s->call, s->reader, text_of(l->folder), &v));
    if (v.findings == NULL)
        return OK;
    return problem(s->call, ERR_CONFLICT, TEXT("ledger"), "ledger_shorter", "%.*s",
                   TEXT_ARG(v.findings->what));
}

static enum err check_all(struct ledger *l, struct source *s)
{
    TRY(read_head(l, s));
    TRY(check_beyond(l, s));
    TRY(check_last(l, s));
    if (l->present && l->frontier.size > 0)
        TRY(check_signed(l, s));
    return OK;
}

/* Signing what is already signed tells the signer where the log stands; the note is the stored
 * one again and is dropped. */
static enum err prime_signer(struct ledger *l, struct source *s)
{
    struct text note;
    s->size = l->frontier.size;
    s->edge = &l->edge;
    TRY(sign_head(l, s->call, s, &note));
    l->signer->settle(l->signer, true);
    return OK;
}

static enum err check_store(struct ledger *l, struct call *call)
{
    struct source s = {.call = call, .reader = store_reader(l->store)};
    enum err e = read_begin(call, s.reader);
    if (e == OK) {
        e = check_all(l, &s);
        if (e == OK && l->present && l->frontier.size > 0)
            e = prime_signer(l, &s);
        read_end(s.reader);
    }
    store_return(l->store, s.reader);
    return e;
}

/* Two nodes may do this at once: the second waits for the first at the INSERT, then finds its
 * genesis in the head. */
static enum err found_log(struct job *job, struct call *call, struct tx *tx)
{
    struct ledger *l = job->arg;
    struct ledger_event genesis = {
        .act = "ledger.genesis", .actor_type = TEXT("system"), .previous = -1};
    struct hash empty = sha256(TEXT(""));
    uint64_t index;
    TRY(tx_exec(call, tx,
                "INSERT INTO ledger_log"
                " (log_id, origin, size, root, frontier, epoch, last_time)"
                " VALUES ($1, $2, 0, $3, $4, 0, 0) ON CONFLICT (log_id) DO NOTHING",
                (struct value[]){LOG_ID, V_TEXT(l->signer->origin), V_BYTES(hash_text(&empty)),
                                 V_BYTES(TEXT(""))},
                4, NULL));
    TRY(lock_and_read_head(l, call, tx));
    job_begin(l, call);
    return l->next > 0 ? OK : ledger_append(call, tx, l, &genesis, &index);
}

static struct ledger *ledger_new(struct store *s, struct signer *signer)
{
    struct arena *a = arena_open();
    struct ledger *l = NEW(a, struct ledger);
    l->arena = a;
    l->store = s;
    l->signer = signer;
    l->folder = text_c(a, store_folder(s));
    l->last_file = -1;
    return l;
}

static void set_hooks(struct ledger *l)
{
    struct group_hooks hooks = {.begin = group_begin,
                                .seal = group_seal,
                                .done = group_done,
                                .attest = group_attest,
                                .resume = group_resume,
                                .job_undone = job_undone,
                                .job_begin = job_begin,
                                .arg = l};
    atomic_store(&l->size, l->present ? l->frontier.size : 0);
    l->committed = l->root;
    store_hooks(l->store, &hooks);
}

static void release(struct ledger *l)
{
    store_hooks(l->store, &(struct group_hooks){0});
    if (l->last_file >= 0)
        close(l->last_file);
    arena_close(l->arena);
}

enum err ledger_open(struct call *call, struct store *s, struct signer *signer,
                     struct ledger **out)
{
    struct ledger *l = ledger_new(s, signer);
    enum err e = check_store(l, call);
    if (e == OK) {
        set_hooks(l);
        if (ledger_size(l) == 0)
            e = store_run(s, call, found_log, l);
        else
            e = group_attest(l, call);
    }
    if (e != OK) {
        release(l);
        return e;
    }
    *out = l;
    return OK;
}

void ledger_close(struct ledger *l)
{
    if (l == NULL)
        return;
    release(l);
}

struct text ledger_origin(const struct ledger *l)
{
    return l->signer->origin;
}

struct text ledger_vkey(struct arena *a, const struct ledger *l)
{
    return note_vkey(a, l->signer->origin, l->signer->public_key);
}

void ledger_derive(const struct ledger *l, struct text what, unsigned char out[32])
{
    l->signer->derive(l->signer, what, out);
}

const unsigned char *ledger_public_key(const struct ledger *l)
{
    return l->signer->public_key;
}

uint64_t ledger_size(const struct ledger *l)
{
    return atomic_load(&l->size);
}
