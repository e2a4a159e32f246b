/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/note.c — words of several lines: a description, a reason. */
#include "model/types/checks.h"

const struct field_type type_note = {
    .word = "note",
    .keys = "max default",
    .in_kind = true,
    .in_rows = true,
    .in_pages = true,
    .form = FORM_WORDS,
    .written = WRITTEN_LINES,
    .most = 20000,
    .searched = true,
    .personal = true,
    .sheet = XLSX_TEXT,
    .width = 48,
    .check = type__check_words,
};
