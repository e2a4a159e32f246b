/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/site.h — an organisation in a store of its own, for one test.
 * Every test runs on SQLite, and again on PostgreSQL when AIMWELL_TEST_PG holds a URL. Closing
 * a site verifies its ledger, replays it against the tables, and looks through every leaf for what must never be there: names,
 * e-mail addresses and network addresses, which are all made to be recognised. */
#ifndef ACCESS_TEST_SITE_H
#define ACCESS_TEST_SITE_H

#include "access/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define PASSWORD TEXT("green lamps on the river")
#define PEER TEXT("10.9.8.7")
#define NOWHERE TEXT("")
#define WHOLE TEXT("")
#define START INT64_C(1795405826123456)

struct site {
    struct arena *arena;
    struct call *call;
    char folder[64];
    struct text where;
    struct store *store;
    struct signer *signer;
    struct ledger *ledger;
    struct access *access;
    struct model model;
    struct text weak; /* a password hash, for one test */
};

/* Runs the tests once per database; `demo` marks the store as a demonstration. */
int site_run(const char *name, const struct CMUnitTest *tests, size_t count);
int site_setup(void **state);
int site_teardown(void **state);
int site_teardown_forged(void **state); /* of a test that has put something wrong there */
#define SITE_TEST(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)
#define FORGED_TEST(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown_forged)

void site_reopen(struct site *s, bool demo);
/* What verification finds: the ledger itself, and people, roles and tokens against it. */
size_t site_findings(struct site *s);
/* Is one of the findings in these words? */
bool site_finds(struct site *s, const char *words);
/* What somebody with the key could do: `sql` about $1 = id, then a signed entry that commits to
 * the row. act NULL: no entry. */
struct forgery {
    const char *sql, *act, *kind;
    struct text id;
    const struct actor *actor;
};
void site_forge(struct site *s, const struct forgery *f);
/* The writer takes jobs in order: when this returns, everything handed over before is done. */
void site_flush(struct site *s);
/* A call of its own: no actor, no problems, at the site's time. */
struct call *site_call(struct site *s);
void site_later(struct site *s, int64_t micros);
/* Adds with the command line; name "Zqx NICK", e-mail NICK@zq.example, password PASSWORD. */
struct text site_person(struct site *s, const char *nick, const struct grant *grants,
                        size_t count);
struct text site_email(struct site *s, const char *nick);
/* A call by somebody who has just signed in. */
struct call *site_as(struct site *s, const char *nick, struct text *cookie);
enum err site_session(struct site *s, struct text cookie, struct actor **out);
enum err site_bearer(struct site *s, struct text secret, struct actor **out);
bool site_code_is(const struct call *call, const char *code); /* of the first problem */
size_t site_acts(struct site *s, const char *act);            /* leaves with this act */
size_t site_leaves_with(struct site *s, const char *piece);
struct text site_one(struct site *s, const char *sql, const struct value *values, size_t count);
void site_units(struct site *s, const char *const (*pairs)[2], size_t count); /* id, parent */

#endif
