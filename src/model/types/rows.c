/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/rows.c — a table inside a record: each row an object, each column a field. */
#include "model/types/checks.h"

const struct field_type type_rows = {
    .word = "rows",
    .keys = "columns covers one",
    .in_kind = true,
    .form = FORM_ROWS,
    .written = WRITTEN_JSON,
    .searched = true,
    .personal = true,
    .sheet = XLSX_TEXT,
    .width = 48,
    .check = NULL, /* record/check.c: what a column left empty is filled with depends on who
                      writes */
};
