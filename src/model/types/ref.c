/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/ref.c — one record, person or role. */
#include "model/types/checks.h"

const struct field_type type_ref = {
    .word = "ref",
    .keys = "to unique indexed default",
    .in_kind = true,
    .in_rows = true,
    .in_pages = true,
    .form = FORM_WORDS,
    .written = WRITTEN_NAME,
    .refers = REFERS_ONE,
    .gathers = true,
    .sheet = XLSX_TEXT,
    .width = 30,
    .check = type__check_id,
};
