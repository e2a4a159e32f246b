/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/telemetry.h — what the files of this folder share about OpenTelemetry: attributes,
 * and what is made of those of a language model (docs/events.md says which become what). */
#ifndef MONITOR_TELEMETRY_H
#define MONITOR_TELEMETRY_H

#include "monitor/internal.h"

/* ---- attribute.c: of attributes, a list of {"key", "value": {"stringValue" …}} */
/* The value of the first of `names`, with blanks between, that is there; NULL when none is. */
const struct json *attribute__first(const struct json *attributes, const char *names);
/* The same as one text: of a list its parts with commas between; "" of what is none. */
struct text attribute__text(struct arena *a, const struct json *attributes, const char *names);
/* False when none is there or it is no number; of a text that is one, the number. */
bool attribute__number(const struct json *attributes, const char *names, double *out);
/* A value as bytes that can be hashed: a text as it is, all else as JSON, the same however it
 * came. */
struct text attribute__bytes(struct arena *a, const struct json *value);
/* Attributes whose names begin so, as JSON in the order they came; "" when there are none. */
struct text attribute__prefixed(struct arena *a, const struct json *attributes,
                                const char *prefix);
/* A 64-bit number as JSON of OTLP has it, as text or as number; false, and 0, when it is none
 * or is not there. */
bool telemetry__unsigned(const struct json *v, uint64_t *out);

/* ---- genai.c */
struct span { /* or the record of a log */
    const struct json *at;
    const struct json *attributes, *of_resource;
    struct text trace, id, parent; /* in small hex; "" when there is none */
    struct telemetry_of system;
};
bool genai__is_ours(struct arena *a, const struct json *attributes);
void genai__put_call(struct call *call, const struct span *s, struct json_out *o);
bool genai__is_evaluation(const struct json *event, const char *name_member);
/* `at`: nanoseconds. */
void genai__put_evaluation(struct call *call, const struct span *s,
                           const struct json *attributes, uint64_t at, struct json_out *o);
#endif
