/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/file.c — one file that was uploaded. */
#include "model/types/checks.h"

const struct field_type type_file = {
    .word = "file",
    .keys = "unique indexed",
    .in_kind = true,
    .in_pages = true,
    .form = FORM_WORDS,
    .written = WRITTEN_ID,
    .refers = REFERS_FILE,
    .personal = true,
    .sheet = XLSX_TEXT,
    .width = 22,
    .check = type__check_id,
};
