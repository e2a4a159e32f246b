/* SPDX-License-Identifier: Apache-2.0 */
/* A body of OTLP, as protobuf or as JSON, of spans or of logs: each line that is made of it is one
 * line of JSON that the ingest takes or refuses by name, and the same body makes the same lines. */
#include "monitor/monitor.h"

#include <stdlib.h>
#include <string.h>

static enum err one_system(void *arg, struct call *call, struct text name, bool said,
                           struct telemetry_of *out_of)
{
    (void)arg, (void)call, (void)name, (void)said;
    out_of->key = TEXT("SYS-0001");
    return OK;
}

static void check_lines(const struct telemetry *t, struct arena *a, int64_t now)
{
    struct text rest = buf_text(&t->lines);
    size_t count = 0;
    for (; rest.len; count++) {
        struct call *call = call_open(a, now, LANG_EN);
        struct event e;
        enum err outcome = event_read(call, text_cut(&rest, '\n'), &e);
        if (outcome != OK && outcome != ERR_INVALID && outcome != ERR_TOO_LARGE)
            abort(); /* our own line could not be read */
        if (outcome != OK && !call->problems)
            abort();
    }
    if (count != t->item.count || t->rejected + t->others > t->items)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct arena *a = arena_open();
    struct text body = {(const char *)data + 1, size - 1};
    bool protobuf = data[0] & 1;
    enum otlp_signal signal = data[0] & 2 ? OTLP_LOGS : OTLP_TRACES;
    struct telemetry first, again;
    for (int i = 0; i < 2; i++) {
        struct call *call = call_open(a, INT64_C(1800000000000000), LANG_EN);
        const struct json *tree;
        enum err e = otlp_read(call, signal, protobuf, EVENT_BODY, body, &tree);
        if (e == OK)
            e = telemetry_lines(call, signal, tree, one_system, NULL, i ? &again : &first);
        if (e != OK && !call->problems)
            abort();
        if (e != OK)
            break;
        check_lines(i ? &again : &first, a, call->now);
        if (i && !text_same(buf_text(&first.lines), buf_text(&again.lines)))
            abort();
    }
    arena_close(a);
    return 0;
}
