/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/shape.c — the pictures that a kind can be shown as besides its list, and which
 * fields they, and counts, may go by. */
#include "model/internal.h"

/* Few values, each with a name: texts and bare numbers would be a group a record. */
bool field_tallies(const struct field *f)
{
    if (f->many)
        return false;
    switch (f->type) {
    case FIELD_CHOICE:
    case FIELD_YES_NO:
    case FIELD_REF:
    case FIELD_DATE:
    case FIELD_MOMENT:
        return true;
    case FIELD_INTEGER:
        return f->scale != NULL;
    case FIELD_TEXT:
        return text_is(f->name, "state");
    default:
        return false;
    }
}
