/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/ledger/help.h — a real SQLite store in a folder of its own, with a ledger in
 * it. */
#ifndef LEDGER_TEST_HELP_H
#define LEDGER_TEST_HELP_H

#include "ledger/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define HELP_ORIGIN "log.example.org/acme/records"
#define HELP_NOW INT64_C(1795405826123456)

struct place {
    struct arena *arena;
    struct call *call;
    char root[64];   /* made by mkdtemp */
    char folder[96]; /* the store's */
    char where[400]; /* opened: the folder, or a URL put there by the test */
    char key[96];
    struct store *store;
    struct signer *signer;
    struct ledger *ledger;
};

void place_make(struct place *p);   /* a new folder; nothing opened */
void place_remove(struct place *p); /* closes what is open, removes the folder */
/* Opens store, tables, signer and ledger; the error of whichever refuses. */
enum err place_open(struct place *p);
void place_close(struct place *p);
bool place_code_is(const struct place *p, const char *code); /* of the last problem */
void copy_file(const char *from, const char *to);            /* mode 0600 */
/* Runs SQL on the database file with the guards of append-only tables dropped. The SQL may use:
 *   changed(leaf, from, to)  the leaf with the first `from` replaced
 *   without_prev(leaf), other_prev(leaf)  "prev" taken out, or its commitment altered
 *   leaf_hash(leaf)          the RFC 6962 leaf hash
 *   flipped(bytes, i)        bit 0 of byte i inverted
 *   respelled(note)          a character of the signature altered
 *   forged(size)             a note of a wrong root, signed with this place's key */
void place_alter(const struct place *p, const char *sql);

/* Appends `count` entries in one job. Entry i is about object "o<i % 7>" and carries the right
 * "prev"; objects are followed across calls by `trail`. */
struct trail {
    int64_t last[7];
    struct hash commitment[7];
    unsigned made;
};
void trail_start(struct trail *t);
enum err append_some(struct place *p, struct trail *t, unsigned count);
/* Verifies the open place; *v in the place's arena. */
enum err place_verify(struct place *p, struct text note, struct verification *v);

#endif
