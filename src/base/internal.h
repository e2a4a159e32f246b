/* SPDX-License-Identifier: Apache-2.0 */
/* base/internal.h — what the files of this folder share and nobody else sees. */
#ifndef BASE_INTERNAL_H
#define BASE_INTERNAL_H

#include "base/base.h"

/* Lengthens the newest piece of the arena where it lies. False when something was taken after
 * it or the block is out of room; the caller then takes a new piece and copies. */
bool arena__extend(struct arena *a, const void *at, size_t old_size, size_t new_size);
/* Made by tools/words.py from src/words: English first, the texts of each in the order of strcmp. */
struct said {
    const char *english, *text;
};
struct language {
    const char *code;
    const struct said *texts;
    size_t count;
};
extern const struct language languages[];
extern const size_t language_count;
struct text text__print(struct arena *a, const char *format, va_list args);

#endif
