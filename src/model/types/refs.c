/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/refs.c — several records, people, roles or requirements. */
#include "model/types/checks.h"

const struct field_type type_refs = {
    .word = "refs",
    .keys = "to default",
    .in_kind = true,
    .in_pages = true,
    .form = FORM_LINKS,
    .written = WRITTEN_NAME,
    .refers = REFERS_MANY,
    .sheet = XLSX_TEXT,
    .width = 30,
    .check = type__check_id,
};
