/* SPDX-License-Identifier: Apache-2.0 */
/* otlp/otlp.h — what OpenTelemetry sends over HTTP, and how it is answered. Floor 2: knows the
 * form of a message and not what it says.
 *
 * A body comes as JSON or as protobuf; both become the same tree, that of OTLP's JSON, so that
 * whoever reads it cannot tell which it was: ids in hex, 64-bit numbers as texts or numbers,
 * bytes in base64, members that are not known left aside. */
#ifndef OTLP_H
#define OTLP_H

#include "format/format.h"

enum otlp_signal { OTLP_TRACES, OTLP_LOGS };

#define OTLP_DEPTH 64                  /* nesting, of a tree */
#define OTLP_VALUES 500000             /* in all of it */
#define OTLP_MEMORY ((size_t)64 << 20) /* for protobuf on its way to the tree */

/* `body` at most `bytes`. ERR_MALFORMED, ERR_TOO_LARGE. Texts borrow from the body or live in
 * the call's arena. */
MUST_USE enum err otlp_read(struct call *call, enum otlp_signal signal, bool protobuf,
                            size_t bytes, struct text body, const struct json **out);

/* The answer to what was taken: of `rejected` items and, with or without any, why. */
struct text otlp_reply(struct arena *a, enum otlp_signal signal, bool protobuf,
                       int64_t rejected, struct text message);
/* The answer to what was refused whole: google.rpc.Status, `code` one of its numbers. */
struct text otlp_refusal(struct arena *a, bool protobuf, int code, struct text message);
#endif
