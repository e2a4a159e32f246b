/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/password_test.c — rules for passwords, and the pool that hashes them. */
#include "site.h"

#include <sodium.h>
#include <string.h>

static struct call *call;

static int setup(void **state)
{
    struct arena *arena = arena_open();
    call = call_open(arena, START, LANG_EN);
    *state = arena;
    return sodium_init() < 0;
}

static int teardown(void **state)
{
    arena_close(*state);
    return 0;
}

static const char *code_of(const char *password)
{
    struct call *own = call_open(call->arena, START, LANG_EN);
    enum err e = access_password_ok(own, text_of(password), TEXT("ada@long.zq.example"),
                                    TEXT("Ada Lin Northlake Credit 北湖信贷"));
    assert_true(e == OK || (e == ERR_INVALID && own->problem_count == 1));
    return e == OK ? "ok" : own->problems->code.at;
}

static void rules(void **state)
{
    char longest[202];
    memset(longest, 0, sizeof(longest));
    for (size_t i = 0; i < 201; i++)
        longest[i] = (char)('a' + (i * i + i / 7) % 26);
    assert_string_equal(code_of(longest), "long");
    longest[200] = '\0';
    assert_string_equal(code_of(longest), "ok");
    assert_string_equal(code_of(""), "short");
    assert_string_equal(code_of("fourteen chars"), "short");
    assert_string_equal(code_of("fifteen letters"), "ok");
    assert_string_equal(code_of("绿色的灯照在河面上映出许多星光"),
                        "ok"); /* characters, not bytes */
    assert_string_equal(code_of("绿色的灯照在河面上"), "short");
    assert_string_equal(code_of("green lamps on the river\xff"), "text");
    assert_string_equal(code_of("ADA@long.zq.example"), "email");
}

static void common_ones(void **state)
{
    static const char *const common[] = {
        "passwordpassword",    "PasswordPassword",  "password1234567!",
        "123456789012345",     "aaaaaaaaaaaaaaaa",  "abcabcabcabcabc",
        "QwertyuiopAsdfghjkl", "letmeinletmeinl",   "correct horse battery staple",
        "administrator2026!",  "iloveyouiloveyou",  "  thisismypassword ",
        "................",    "20262026202620262",
    };
    for (size_t i = 0; i < COUNT(common); i++)
        if (strcmp(code_of(common[i]), "common") != 0)
            fail_msg("%s: %s", common[i], code_of(common[i]));
    assert_string_equal(code_of("green lamps on the river"), "ok");
    assert_string_equal(code_of("password of my grandmother"), "ok");
}

/* Names and words that come again, with a year and a sign behind them. */
static void own_ones(void **state)
{
    static const char *const own[] = {
        "aimwell aimwell 2026", "AimwellAimwell26",         "northlake credit 2026!",
        "ada.lin.northlake",    "Northlake-Northlake-1",    "北湖信贷北湖信贷北湖信贷2026",
        "lantern lantern lantern", "lanternlantern12",
        "long.zq.example.2026",
    };
    for (size_t i = 0; i < COUNT(own); i++)
        if (strcmp(code_of(own[i]), "own") != 0)
            fail_msg("%s: %s", own[i], code_of(own[i]));
    static const char *const good[] = {"northlake harbour lamp 7", "northlake-demo-2026",
                                       "the river and the lamps and me", "Vd8/k2-Qx!7pL#0aZ",
                                       "northlake 839274650183"};
    for (size_t i = 0; i < COUNT(good); i++)
        if (strcmp(code_of(good[i]), "ok") != 0)
            fail_msg("%s: %s", good[i], code_of(good[i]));
}

static void hashes(void **state)
{
    char one[128], two[128], decoy[128];
    bool matches;
    struct hasher *h;
    assert_int_equal(access__hasher_open(call, &h), OK);
    assert_int_equal(access__hash(call, h, PASSWORD, one), OK);
    assert_int_equal(access__hash(call, h, PASSWORD, two), OK);
    assert_string_not_equal(one, two);
    assert_false(access__hash_weak(text_of(one)));
    assert_int_equal(access__hash_matches(call, h, PASSWORD, text_of(one), &matches), OK);
    assert_true(matches);
    assert_int_equal(access__hash_matches(call, h, TEXT("x"), text_of(one), &matches), OK);
    assert_false(matches);
    access__decoy(decoy);
    assert_int_equal(strlen(decoy), strlen(one));
    assert_memory_equal(decoy, one, strlen("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_int_equal(access__hash_matches(call, h, PASSWORD, text_of(decoy), &matches), OK);
    assert_false(matches);
    access__hasher_close(h);
}

static void weakness(void **state)
{
    assert_true(access__hash_weak(TEXT("")));
    assert_true(access__hash_weak(TEXT("$2b$12$abc")));
    assert_true(access__hash_weak(TEXT("$argon2i$v=19$m=19456,t=2,p=1$a$b")));
    assert_true(access__hash_weak(TEXT("$argon2id$v=19$m=19455,t=2,p=1$a$b")));
    assert_true(access__hash_weak(TEXT("$argon2id$v=19$m=65536,t=1,p=1$a$b")));
    assert_false(access__hash_weak(TEXT("$argon2id$v=19$m=19456,t=2,p=1$a$b")));
    assert_false(access__hash_weak(TEXT("$argon2id$v=19$m=65536,t=3,p=1$a$b")));
}

/* ---- the bound on the queue -------------------------------------------------------------- */

#define ASKERS 90

struct asker {
    pthread_t thread;
    struct hasher *hasher;
    enum err outcome;
    bool matches;
};

static void *ask(void *arg)
{
    struct asker *a = arg;
    char out[128];
    struct arena *arena = arena_open();
    struct call *own = call_open(arena, START, LANG_EN);
    a->outcome = access__hash(own, a->hasher, PASSWORD, out);
    a->matches =
        a->outcome == OK && crypto_pwhash_str_verify(out, PASSWORD.at, PASSWORD.len) == 0;
    if (a->outcome != OK)
        a->matches = site_code_is(own, "busy");
    arena_close(arena);
    return NULL;
}

/* At most 64 wait, and 2 run as soon as they get to it; who is refused is told so, and
 * everybody else gets a good hash. */
static void the_queue_is_bounded(void **state)
{
    static struct asker askers[ASKERS];
    size_t good = 0, busy = 0;
    struct hasher *h;
    assert_int_equal(access__hasher_open(call, &h), OK);
    for (size_t i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){.hasher = h};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
    }
    for (size_t i = 0; i < ASKERS; i++) {
        assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
        assert_true(askers[i].matches);
        good += askers[i].outcome == OK;
        busy += askers[i].outcome == ERR_BUSY;
    }
    access__hasher_close(h);
    assert_int_equal(good + busy, ASKERS);
    assert_true(good >= 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rules, setup, teardown),
        cmocka_unit_test_setup_teardown(common_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(own_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(hashes, setup, teardown),
        cmocka_unit_test_setup_teardown(weakness, setup, teardown),
        cmocka_unit_test_setup_teardown(the_queue_is_bounded, setup, teardown),
    };
    return cmocka_run_group_tests_name("access password", tests, NULL, NULL);
}
