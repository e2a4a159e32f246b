/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c — for timers.py: a clock that the test sets. Loaded before the C library, it adds the seconds
 * that stand in the file CLOCK_SHIFT names to the time of day; the monotonic clock stays. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t which, struct timespec *out)
{
    char digits[32] = {0};
    long answer = syscall(SYS_clock_gettime, which, out);
    const char *path = getenv("CLOCK_SHIFT");
    if (answer != 0 || which != CLOCK_REALTIME || path == NULL)
        return (int)answer;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, digits, sizeof digits - 1) > 0)
        out->tv_sec += atol(digits);
    if (fd >= 0)
        close(fd);
    return 0;
}
