/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/checks.h — what the checks of several types share. */
#ifndef MODEL_TYPES_CHECKS_H
#define MODEL_TYPES_CHECKS_H

#include "model/model.h"

/* A problem of `name`, with the line of the model that demanded it; ERR_INVALID. */
enum err type__refuse(struct call *call, struct text name, const struct field *f, const char *code,
                      const char *english);
enum err type__refuse_text(struct call *call, struct text name, const struct field *f,
                           const char *code, struct text words);
enum err type__out_of_bounds(struct call *call, struct text name, const struct field *f, double min,
                             double max);

bool type__has_control(struct text t, bool lines_allowed);

/* Words of people: trimmed and composed, of characters that can be seen, no more than the field has
 * room for. */
enum err type__check_words(struct call *call, struct text name, const struct field *f,
                           const struct json *v, const struct json **out);
/* The id or key of what is referred to; whether it is there is looked up later. */
enum err type__check_id(struct call *call, struct text name, const struct field *f,
                        const struct json *v, const struct json **out);

#endif
