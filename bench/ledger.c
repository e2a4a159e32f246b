/* SPDX-License-Identifier: Apache-2.0 */
/* bench/ledger.c — makes a long log: appends entries to the ledger of an organisation that
 * `aimwell init` made, through the program's own writer, ledger and key, a given number to a
 * commit, each commit with its signed checkpoint on disk. They are as long as those of a
 * record; every fourth changes what the one before it created. There are no records behind
 * them: `aimwell verify` says intact, `--deep` would not.
 *
 *     bench_ledger FOLDER ENTRIES ENTRIES_TO_A_COMMIT
 *
 * Prints: entries seconds entries_per_second */
#include "ledger/ledger.h"
#include "store/write.h"

#include <stdio.h>
#include <stdlib.h>

struct load {
    struct ledger *ledger;
    struct text model;
    long left, group;
    struct text id; /* of the last created */
    struct hash commitment;
    uint64_t index;
};

static void must(struct call *call, enum err e)
{
    if (e == OK)
        return;
    fprintf(stderr, "bench_ledger: %.*s\n",
            TEXT_ARG(call->problems ? call->problems->message : TEXT("it failed")));
    exit(1);
}

static enum err append_one(struct call *call, struct tx *tx, struct load *l, bool changes)
{
    struct ledger_event event = {.act = changes ? "record.change" : "record.create",
                                 .actor_type = TEXT("user"),
                                 .actor_id = TEXT("01KBQ0000000000000000000AA"),
                                 .object_kind = TEXT("task"),
                                 .object_id = changes ? l->id : id_new(call),
                                 .object_version = changes ? 2 : 1,
                                 .has_commitment = true,
                                 .previous = changes ? (int64_t)l->index : -1,
                                 .model = l->model,
                                 .request = call->id};
    if (changes)
        event.previous_commitment = l->commitment;
    chance(&event.commitment, sizeof(event.commitment));
    TRY(ledger_append(call, tx, l->ledger, &event, &l->index));
    l->commitment = event.commitment;
    l->id = event.object_id;
    return OK;
}

static enum err append_group(struct job *job, struct call *call, struct tx *tx)
{
    struct load *l = job->arg;
    for (long i = 0; i < l->group && i < l->left; i++)
        TRY(append_one(call, tx, l, i % 4 == 3));
    return OK;
}

static void append_all(struct store *s, struct load *l)
{
    struct arena *a = arena_open();
    while (l->left > 0) {
        arena_reset(a);
        struct call *call = call_open(a, clock_now(), LANG_EN);
        must(call, store_run(s, call, append_group, l));
        l->left -= l->group;
    }
    arena_close(a);
}

static struct signer *open_signer(struct call *call, struct store *s, struct text folder)
{
    struct reader *r = store_reader(s);
    struct signer *signer;
    struct text origin;
    must(call, meta_read(call, r, "origin", &origin));
    store_return(s, r);
    must(call,
         signer_open_file(call, text_print(call->arena, "%.*s/ledger.key", TEXT_ARG(folder)).at,
                          origin, false, &signer));
    return signer;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, clock_now(), LANG_EN);
    struct store *s;
    struct load l = {.model = TEXT("0123456789abcdef")};
    if (argc != 4) {
        fprintf(stderr, "bench_ledger FOLDER ENTRIES ENTRIES_TO_A_COMMIT\n");
        return 2;
    }
    long entries = l.left = strtol(argv[2], NULL, 10);
    l.group = strtol(argv[3], NULL, 10);
    if (l.group < 1)
        l.group = 1;
    must(call, store_open(call, text_of(argv[1]), false, &s));
    struct signer *signer = open_signer(call, s, text_of(argv[1]));
    must(call, ledger_open(call, s, signer, &l.ledger));
    int64_t began = clock_ticks();
    append_all(s, &l);
    double seconds = (double)(clock_ticks() - began) / 1e6;
    ledger_close(l.ledger);
    signer->close(signer);
    store_close(s);
    arena_close(a);
    printf("%ld %.3f %.0f\n", entries, seconds, (double)entries / seconds);
    return 0;
}
