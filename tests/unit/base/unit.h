/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/base/unit.h — what the unit tests of base and format share: a call of their own
 * for each test, and comparing texts. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/base.h"

#define TEST_NOW INT64_C(1795405826123456) /* 2026-11-23T03:50:26.123456Z */

static inline int call_setup(void **state)
{
    *state = call_open(arena_open(), TEST_NOW, LANG_EN);
    return 0;
}

static inline int call_teardown(void **state)
{
    struct call *call = *state;
    arena_close(call->arena);
    return 0;
}

#define CALL_TEST(f) cmocka_unit_test_setup_teardown(f, call_setup, call_teardown)

static inline void assert_text_at(struct text got, struct text wanted, const char *file,
                                  int line)
{
    if (!text_same(got, wanted)) {
        print_error("got    \"%.*s\"\nwanted \"%.*s\"\n", TEXT_ARG(got), TEXT_ARG(wanted));
        _fail(file, line);
    }
}
/* Both take a C string literal, so that a NUL may stand in it. */
#define assert_text(got, literal) assert_text_at((got), TEXT(literal), __FILE__, __LINE__)

/* The last problem of the call; fails the test when there is none. */
static inline const struct problem *last_problem(const struct call *call)
{
    const struct problem *p = call->problems;
    assert_non_null(p);
    while (p->next != NULL)
        p = p->next;
    return p;
}

#define assert_message(call, part)                                                             \
    do {                                                                                       \
        struct text got_message = last_problem(call)->message;                                 \
        if (text_search(got_message, TEXT(part)) < 0) {                                        \
            print_error("message \"%.*s\" lacks \"%s\"\n", TEXT_ARG(got_message), part);       \
            fail();                                                                            \
        }                                                                                      \
    } while (0)

/* Whether f ends its process by SIGABRT. The child says nothing and leaves no core. */
static inline bool aborts(void (*f)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        f();
        _exit(0);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
