/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/text.c — words of one line: a name, a title, a tag. */
#include "model/types/checks.h"

const struct field_type type_text = {
    .word = "text",
    .keys = "many max unique indexed default",
    .in_kind = true,
    .in_rows = true,
    .in_pages = true,
    .form = FORM_WORDS,
    .written = WRITTEN_LINE,
    .most = 500,
    .searched = true,
    .personal = true,
    .sheet = XLSX_TEXT,
    .width = 22,
    .check = type__check_words,
};
