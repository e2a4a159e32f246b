/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/measured.c — kinds whose records say what figures of events are held against: the
 * kind that `is: prices`, by which calls of language models are priced, and the kind that
 * `is: agent`, whose actions say what an agent may do (monitor/monitor.h). */
#include "model/internal.h"

struct wanted {
    const char *name;
    const struct field_type *type;
    const char *values; /* of a choice: all of these; NULL: any */
};

static bool fits(const struct field *f, const struct wanted *w)
{
    struct text values = w->values ? text_of(w->values) : TEXT("");
    if (f == NULL || f->type != w->type || f->many || f->guarded)
        return false;
    while (values.len)
        if (f->scale == NULL || scale_option(f->scale, text_cut(&values, ' ')) == NULL)
            return false;
    return true;
}

static const struct field *column(const struct field *rows, const char *name)
{
    for (size_t i = 0; i < rows->column_count; i++)
        if (text_is(rows->columns[i].name, name))
            return &rows->columns[i];
    return NULL;
}

static void demand(struct loader *l, struct draft *d, const struct field *rows,
                   const struct wanted *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct wanted *w = &wanted[i];
        const struct field *f =
            rows ? column(rows, w->name) : kind_field(d->kind, text_of(w->name));
        if (!fits(f, w))
            model__mistake(l, json_get(d->source->root, "is"), "unknown",
                           "what is %.*s needs a %s \"%s\" of type %s%s%s",
                           TEXT_ARG(d->kind->is), rows ? "column" : "field", w->name,
                           w->type->word, w->values ? " with the values " : "",
                           w->values ? w->values : "");
    }
}

void model__prices(struct loader *l, struct draft *d)
{
    const struct wanted fields[] = {{"provider", &type_text, NULL},
                                    {"currency", &type_text, NULL},
                                    {"valid_from", &type_date, NULL},
                                    {"prices", &type_rows, NULL}};
    const struct wanted columns[] = {{"model", &type_text, NULL},
                                     {"input", &type_number, NULL},
                                     {"output", &type_number, NULL},
                                     {"cache_read", &type_number, NULL},
                                     {"cache_creation", &type_number, NULL},
                                     {"cached", &type_choice, "within beside"}};
    const struct field *rows = kind_field(d->kind, TEXT("prices"));
    demand(l, d, NULL, fields, COUNT(fields));
    if (rows)
        demand(l, d, rows, columns, COUNT(columns));
    if (l->model->prices_kind == NULL)
        l->model->prices_kind = d->kind;
}

void model__agent(struct loader *l, struct draft *d)
{
    const struct wanted fields[] = {{"title", &type_text, NULL},
                                    {"system", &type_ref, NULL},
                                    {"version_label", &type_text, NULL},
                                    {"actions", &type_rows, NULL}};
    const struct wanted columns[] = {
        {"tool", &type_text, NULL},
        {"how", &type_choice,
         "read undo_alone undo_consent undo_human final_consent final_human final_alone"}};
    const struct field *rows = kind_field(d->kind, TEXT("actions"));
    demand(l, d, NULL, fields, COUNT(fields));
    if (rows)
        demand(l, d, rows, columns, COUNT(columns));
    if (l->model->agent_kind == NULL)
        l->model->agent_kind = d->kind;
}
