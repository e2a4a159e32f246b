/* SPDX-License-Identifier: Apache-2.0 */
/* base/internal.h — what the files of this folder share and nobody else sees. */
#ifndef BASE_INTERNAL_H
#define BASE_INTERNAL_H

#include "base/base.h"

/* Lengthens the newest piece of the arena where it lies. False when something was taken after
 * it or the block is out of room; the caller then takes a new piece and copies. */
bool arena__extend(struct arena *a, const void *at, size_t old_size, size_t new_size);
struct text text__print(struct arena *a, const char *format, va_list args);

#endif
