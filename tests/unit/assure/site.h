/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/site.h — an organisation with the small model of tests/unit/assure/model.
 * Every test runs on SQLite, and again on PostgreSQL when AIMWELL_TEST_PG holds a URL.
 *
 * The model: clauses 1.1 (weight 3), 1.2 (2), 1.3 (1, nothing proves it), controls A.1 and A.2
 * (1 each).
 *   c-paper   1.1 to level 1   a method is issued
 *   c-approved 1.2 to level 1  the statement is issued; approves what is left out
 *   c-tested  1.1, 1.2, A.1 to level 3  machines were tested within a year
 *   c-watched 1.1 to level 4   machines are watched; a must */
#ifndef ASSURE_TEST_SITE_H
#define ASSURE_TEST_SITE_H

#include "assure/assure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct site {
    struct arena *arena;
    char folder[64];
    struct text where, schema;
    int64_t now;
    struct store *store;
    struct signer *signer;
    struct ledger *ledger;
    struct model *model;
    struct access *access;
    struct records *records;
    struct actor keeper; /* a person who may do everything in this model */
};

/* The folder of the model is the first argument of the program. */
int site_run(int argc, char **argv, const char *name, const struct CMUnitTest *tests,
             size_t count);
int site_setup(void **state);
int site_teardown(void **state);
#define SITE_TEST(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)

struct call *site_call(struct site *s); /* by the keeper */
void site_must(struct call *call, enum err e);
/* Ids. The body is JSON with ' for " */
struct text site_make(struct site *s, const char *kind, const char *body);
void site_change(struct site *s, const char *kind, struct text id, const char *body);
void site_move(struct site *s, const char *kind, struct text id, const char *move);
/* The register made by assure_registers; then the id of a control. */
void site_register(struct site *s);
struct text site_control(struct site *s, const char *row);

struct readiness site_ready(struct site *s, const char *framework);
const struct row_readiness *site_row(const struct readiness *r, const char *row);
struct check_result site_check(struct site *s, const struct check *c);
const struct gate_row *gate_about(const struct gate *g, const char *row_or_check);

#define assert_near(a, b) assert_true((a) - (b) < 1e-9 && (b) - (a) < 1e-9)
#define assert_has(t, piece) assert_true(text_search((t), text_of(piece)) >= 0)

#endif
