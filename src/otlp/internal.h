/* SPDX-License-Identifier: Apache-2.0 */
/* otlp/internal.h — what the files of this folder share. */
#ifndef OTLP_INTERNAL_H
#define OTLP_INTERNAL_H

#include "otlp/otlp.h"

MUST_USE enum err otlp__read_protobuf(struct call *call, enum otlp_signal signal,
                                      struct text body, const struct json **out);
struct text otlp__reply_protobuf(struct arena *a, int64_t rejected, struct text message);
struct text otlp__refusal_protobuf(struct arena *a, int code, struct text message);
#endif
