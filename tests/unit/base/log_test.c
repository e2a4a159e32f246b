/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <sys/mman.h>

static char said[8192];

/* What one log line writes to standard error. */
static struct text logged(enum log_level level, const char *what, const char *pairs)
{
    int file = memfd_create("log", 0), saved = dup(STDERR_FILENO);
    assert_true(file >= 0 && saved >= 0);
    dup2(file, STDERR_FILENO);
    log_line(level, what, "%s", pairs);
    dup2(saved, STDERR_FILENO);
    ssize_t len = pread(file, said, sizeof(said), 0);
    close(saved);
    close(file);
    assert_true(len >= 0);
    return (struct text){said, (size_t)len};
}

static void a_line_has_time_level_and_pairs(void **state)
{
    struct text line = logged(LOG_WARN, "start", "port=8420 name=\"x y\"");
    int64_t moment;
    assert_true(moment_read(text_slice(line, 0, MOMENT_LEN), &moment));
    assert_text(text_from(line, MOMENT_LEN), " level=warn what=start port=8420 name=\"x y\"\n");
}

static void a_line_without_pairs(void **state)
{
    assert_true(text_ends(logged(LOG_ERROR, "stop", ""), "level=error what=stop\n"));
}

static void control_bytes_are_escaped(void **state)
{
    struct text line = logged(LOG_INFO, "x\ny", "a=1\nlevel=error\x1B[31m\x7F \xC2\x9B 系统 é");
    assert_true(
        text_ends(line, "what=x\\ny a=1\\nlevel=error\\x1b[31m\\x7f \\xc2\\x9b 系统 é\n"));
    assert_int_equal(text_find(line, '\n'), (ptrdiff_t)line.len - 1);
}

static void quieter_levels_are_left_out(void **state)
{
    assert_int_equal(logged(LOG_DEBUG, "x", "a=1").len, 0);
    log_limit = LOG_DEBUG;
    assert_true(logged(LOG_DEBUG, "x", "a=1").len > 0);
    log_limit = LOG_INFO;
}

static void a_long_line_is_cut_and_ended(void **state)
{
    static char pairs[20000];
    memset(pairs, 'x', sizeof(pairs) - 1);
    struct text line = logged(LOG_INFO, "long", pairs);
    assert_true(line.len > 4000 && line.len <= 4096);
    assert_int_equal(text_find(line, '\n'), (ptrdiff_t)line.len - 1);
    memset(pairs, '\n', sizeof(pairs) - 1);
    line = logged(LOG_INFO, "long", pairs);
    assert_int_equal(text_find(line, '\n'), (ptrdiff_t)line.len - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_and_pairs),
        cmocka_unit_test(a_line_without_pairs),
        cmocka_unit_test(control_bytes_are_escaped),
        cmocka_unit_test(quieter_levels_are_left_out),
        cmocka_unit_test(a_long_line_is_cut_and_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
