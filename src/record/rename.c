/* SPDX-License-Identifier: Apache-2.0 */
/* record/rename.c — a field that was called otherwise: links follow the name too. The store
 * renames columns and tables of rows by itself. A field that held references and no longer may
 * is refused: its values would be read as something they are not. */
#include "record/internal.h"

static bool is_renamed(const struct kind *k, const struct field *f)
{
    return f->was.len && !kind_field(k, f->was);
}

static bool holds_links(const struct field *f)
{
    return f->type->refers != REFERS_NOT && f->type->refers != REFERS_FREE;
}

static enum err rename_link(struct call *call, struct tx *tx, const struct kind *k,
                            const struct field *f)
{
    struct value values[] = {V_TEXT(f->name), V_TEXT(k->name), V_TEXT(f->was)};
    return tx_exec(call, tx,
                   "UPDATE link SET type = $1 WHERE from_kind = $2 AND type = $3 AND free = 0",
                   values, 3, NULL);
}

static enum err check_link(struct call *call, struct tx *tx, const struct kind *k,
                           const struct field *f)
{
    struct value values[] = {V_TEXT(k->name), V_TEXT(f->name)};
    struct rows rows;
    TRY(tx_rows(
        call, tx,
        "SELECT from_id FROM link WHERE from_kind = $1 AND type = $2 AND free = 0 LIMIT 1",
        values, 2, 1, &rows));
    if (!rows.count)
        return OK;
    return problem_at(
        call, ERR_CONFLICT, f->name, "type", f->source,
        text_print(call->arena,
                   "%.*s.%.*s holds references to other records; it cannot become "
                   "another type",
                   TEXT_ARG(k->name), TEXT_ARG(f->name)));
}

/* By the model before (NULL: not known) the field was there and held no references. */
static bool held_none(const struct model *before, const struct kind *k, const struct field *f)
{
    const struct kind *was = before ? model_kind(before, k->name) : NULL;
    const struct field *old = was ? kind_field(was, f->name) : NULL;
    return old && !holds_links(old);
}

/* After the plan, when the table of links is there. A type can only have changed when the plan
 * found something to do, so that a start without changes does not search the links. */
enum err rename__links(struct call *call, struct tx *tx, const struct model *m,
                       const struct model *before, bool planned)
{
    for (size_t i = 0; i < m->kind_count; i++)
        for (size_t n = 0; n < m->kinds[i].field_count; n++) {
            const struct kind *k = &m->kinds[i];
            const struct field *f = &k->fields[n];
            if (holds_links(f) && is_renamed(k, f))
                TRY(rename_link(call, tx, k, f));
            else if (planned && !held_none(before, k, f) && !holds_links(f) && f->type->form != FORM_ROWS && !f->system)
                TRY(check_link(call, tx, k, f));
        }
    return OK;
}
