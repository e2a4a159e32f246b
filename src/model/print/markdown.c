/* SPDX-License-Identifier: Apache-2.0 */
/* model/print/markdown.c — the model as a document to read: every kind, its fields, states and moves,
 * then roles, frameworks and checks. English, with the Chinese title beside it. */
#include "model/internal.h"

#include <math.h>

/* Text inside a table cell: the bar and line breaks would end the cell. */
static void put_cell(struct buf *b, struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] == '|')
            buf_add_c(b, "\\|");
        else
            buf_add_byte(b, t.at[i] == '\n' ? ' ' : t.at[i]);
}

static void put_heading(struct buf *b, const char *marks, struct words w)
{
    buf_print(b, "%s %.*s", marks, TEXT_ARG(w.en));
    if (w.zh.len > 0 && !text_same(w.zh, w.en))
        buf_print(b, " · %.*s", TEXT_ARG(w.zh));
    buf_add_c(b, "\n\n");
}

static void put_names(struct buf *b, const struct kind *k, uint64_t set)
{
    bool first = true;
    for (size_t i = 0; i < k->state_count; i++)
        if (set & STATE_BIT(i)) {
            buf_print(b, "%s%.*s", first ? "" : ", ", TEXT_ARG(k->states[i].name));
            first = false;
        }
}

static void put_people(struct buf *b, const struct who_list *list)
{
    struct arena *a = arena_open();
    for (size_t i = 0; i < list->count; i++)
        buf_print(b, "%s%.*s", i == 0 ? "" : ", ", TEXT_ARG(model__who_text(a, &list->one[i])));
    arena_close(a);
}

static void put_options(struct buf *b, const struct scale *s)
{
    for (size_t i = 0; i < s->count; i++)
        buf_print(b, "%s`%.*s`", i == 0 ? ": " : ", ", TEXT_ARG(s->options[i].value));
}

static void put_bounds(struct buf *b, const struct field *f)
{
    enum written how = f->type->written;
    if (how == WRITTEN_LINE || how == WRITTEN_LINES)
        buf_print(b, ", at most %lld characters", (long long)f->max);
    if (how == WRITTEN_WHOLE && f->scale == NULL) {
        if (f->min > -SAFE_INTEGER)
            buf_print(b, ", from %lld", (long long)f->min);
        if (f->max < SAFE_INTEGER)
            buf_print(b, ", to %lld", (long long)f->max);
    }
    if (how == WRITTEN_NUMBER && isfinite(f->number_min))
        buf_print(b, ", from %g", f->number_min);
    if (how == WRITTEN_NUMBER && isfinite(f->number_max))
        buf_print(b, ", to %g", f->number_max);
}

/* What somebody who fills in a table, or writes a program, must know: which values, how many,
 * how long. */
static void put_type(struct buf *b, const struct field *f)
{
    buf_print(b, "%s%s", f->many ? "list of " : "", f->type->word);
    if (f->target != TO_NONE)
        buf_print(b, " to %.*s", TEXT_ARG(f->target_name));
    if (f->scale != NULL && f->scale->name.len > 0)
        buf_print(b, " (%.*s)", TEXT_ARG(f->scale->name));
    if (f->scale != NULL)
        put_options(b, f->scale);
    put_bounds(b, f);
    for (size_t i = 0; i < f->column_count; i++) {
        buf_print(b, "%s`%.*s` ", i == 0 ? " of " : "; ", TEXT_ARG(f->columns[i].name));
        put_type(b, &f->columns[i]);
    }
}

static void put_fields(struct buf *b, const struct kind *k)
{
    buf_add_c(b, "| field | type | needed | about |\n|---|---|---|---|\n");
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (f->system)
            continue;
        buf_print(b, "| `%.*s` ", TEXT_ARG(f->name));
        put_cell(b, f->title.en);
        buf_add_c(b, " | ");
        put_type(b, f);
        buf_add_c(b, " | ");
        if (f->required)
            buf_add_c(b, "always");
        else if (f->computed != NULL)
            buf_print(b, "computed: %.*s", TEXT_ARG(json_text(json_get(f->computed, "fn"))));
        else if (f->required_from != 0) {
            buf_add_c(b, "from ");
            put_names(b, k, f->required_from);
        }
        buf_add_c(b, " | ");
        put_cell(b, f->about.en);
        buf_add_c(b, " |\n");
    }
    buf_add_c(b, "\n");
}

static void put_moves(struct buf *b, const struct kind *k)
{
    buf_add_c(b, "| move | from | to | by | needs |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < k->move_count; i++) {
        const struct move *m = &k->moves[i];
        buf_print(b, "| `%.*s` ", TEXT_ARG(m->name));
        put_cell(b, m->title.en);
        buf_add_c(b, " | ");
        put_names(b, k, m->from);
        buf_print(b, " | %.*s | ", TEXT_ARG(k->states[m->to].name));
        for (size_t n = 0; n < m->step_count; n++) {
            buf_add_c(b, n == 0 ? "" : m->ordered ? " then " : " and ");
            if (m->steps[n].count > 1)
                buf_print(b, "%lld of ", (long long)m->steps[n].count);
            put_people(b, &m->steps[n].by);
        }
        buf_add_c(b, " | ");
        for (size_t n = 0; n < m->need_count; n++) {
            buf_print(b, "%s%.*s: ", n == 0 ? "" : "; ", TEXT_ARG(m->needs[n].code));
            put_cell(b, m->needs[n].say.en);
        }
        buf_add_c(b, " |\n");
    }
    buf_add_c(b, "\n");
}

static void put_kind(struct buf *b, const struct kind *k)
{
    put_heading(b, "##", k->title);
    buf_print(b, "`%.*s`, keys %.*s-0001, phase %.*s. %.*s\n\n", TEXT_ARG(k->name),
              TEXT_ARG(k->prefix), TEXT_ARG(k->phase), TEXT_ARG(k->about.en));
    put_fields(b, k);
    put_moves(b, k);
}

static void put_roles(struct buf *b, const struct model *m)
{
    buf_add_c(b, "## Roles\n\n| role | code | about |\n|---|---|---|\n");
    for (size_t i = 0; i < m->role_count; i++) {
        const struct role *r = &m->roles[i];
        buf_print(b, "| `%.*s` %.*s | %.*s | ", TEXT_ARG(r->name), TEXT_ARG(r->title.en),
                  TEXT_ARG(r->code));
        put_cell(b, r->about.en);
        buf_add_c(b, " |\n");
    }
    buf_add_c(b, "\n");
}

static void put_framework(struct buf *b, const struct framework *f)
{
    put_heading(b, "##", f->title);
    buf_add_c(b, "| row | title | weight | about |\n|---|---|---|---|\n");
    for (size_t i = 0; i < f->row_count; i++) {
        const struct requirement *r = &f->rows[i];
        buf_print(b, "| %.*s | ", TEXT_ARG(r->row));
        put_cell(b, r->title.en);
        buf_print(b, " | %lld | ", (long long)r->weight);
        put_cell(b, r->about.en);
        buf_add_c(b, " |\n");
    }
    buf_add_c(b, "\n");
}

static void put_checks(struct buf *b, const struct model *m)
{
    buf_add_c(b, "## Checks\n\n| check | true when it passes | proves |\n|---|---|---|\n");
    for (size_t i = 0; i < m->check_count; i++) {
        const struct check *c = &m->checks[i];
        buf_print(b, "| `%.*s`%s | ", TEXT_ARG(c->name), c->must ? " (must)" : "");
        put_cell(b, c->statement.en);
        buf_add_c(b, " | ");
        for (size_t p = 0; p < c->prove_count; p++)
            buf_print(b, "%s%.*s to %d", p == 0 ? "" : ", ", TEXT_ARG(c->proves[p].row->id),
                      c->proves[p].level);
        buf_add_c(b, " |\n");
    }
}

static void put_sets(struct buf *b, const struct model *m)
{
    if (m->set_count == 0)
        return;
    buf_add_c(b, "## Sets\n\n| set | what is in it |\n|---|---|\n");
    for (size_t i = 0; i < m->set_count; i++) {
        buf_print(b, "| `%.*s` | ", TEXT_ARG(m->sets[i].name));
        put_cell(b, m->sets[i].about.en);
        buf_add_c(b, " |\n");
    }
    buf_add_c(b, "\n");
}

void model_markdown(const struct model *m, struct buf *out)
{
    buf_print(out, "# The model %.*s\n\n", TEXT_ARG(m->hash));
    for (size_t i = 0; i < m->kind_count; i++)
        put_kind(out, &m->kinds[i]);
    put_roles(out, m);
    for (size_t i = 0; i < m->framework_count; i++)
        put_framework(out, &m->frameworks[i]);
    put_sets(out, m);
    put_checks(out, m);
}
