/* SPDX-License-Identifier: Apache-2.0 */
/* record/fixed.c — what stands while a record is in a state: the whole of a locked one, fields
 * and columns that are part of what was decided. */
#include "record/internal.h"

/* What only a move may say is not said when the record is made. */
enum err fixed__at_start(struct writing *w, const struct record *rec)
{
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (w->given[i] && f->fixed_in == UINT64_MAX && !value__empty(rec->values[i]))
            worst = problem_at(w->call, ERR_CONFLICT, f->name, "fixed", f->source,
                               text_of(say(w->call, "is filled in by a move, never typed in")));
    }
    return worst;
}

enum err fixed__locked(struct writing *w, const struct record *rec, const struct record *before)
{
    const struct state *s = &rec->kind->states[before->state];
    enum err worst = OK;
    for (size_t i = 0; s->locked && i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (f->always || f->system || f->computed ||
            value__same(rec->values[i], before->values[i]))
            continue;
        worst = problem_at(w->call, ERR_CONFLICT, f->name, "locked", f->source,
                           text_print(w->call->arena,
                                      say(w->call, "cannot be changed while “%.*s”"),
                                      TEXT_ARG(words_in(s->title, w->call->lang))));
    }
    return worst;
}

static bool takes(const struct move *m, struct text field)
{
    return propose__takes(m, field) || text_among(m->asks, m->ask_count, field);
}

static struct text ways_to_change(struct writing *w, const struct record *before,
                                  const struct field *f)
{
    struct buf b = buf_in(w->call->arena, 4096);
    for (size_t i = 0; i < before->kind->move_count; i++) {
        const struct move *m = &before->kind->moves[i];
        if (m->from >> before->state & 1 && takes(m, f->name))
            buf_print(&b, "%s%.*s", b.len ? say(w->call, ", ") : "",
                      TEXT_ARG(words_in(m->title, w->call->lang)));
    }
    return buf_text(&b);
}

/* In these states the field is part of what was decided: another value is a decision. */
enum err fixed__check(struct writing *w, const struct record *rec, const struct record *before)
{
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (!(f->fixed_in >> before->state & 1) ||
            value__same(rec->values[i], before->values[i]))
            continue;
        struct text how = ways_to_change(w, before, f);
        struct text state = words_in(before->kind->states[before->state].title, w->call->lang);
        worst = problem_at(
            w->call, ERR_CONFLICT, f->name, "fixed", f->source,
            text_print(w->call->arena,
                       how.len ? say(w->call, "is changed while “%.*s” only by: %.*s")
                               : say(w->call, "is not changed by hand while “%.*s”%.*s"),
                       TEXT_ARG(state), TEXT_ARG(how)));
    }
    return worst;
}

static bool same_column(const struct json *rows, const struct json *were, struct text column)
{
    const struct json *a = rows ? rows->first : NULL, *b = were ? were->first : NULL;
    for (; a && b; a = a->next, b = b->next)
        if (!value__same(json_named(a, column), json_named(b, column)))
            return false;
    return !a && !b;
}

/* What a table asks for stands while it is answered: neither by a change nor with a move. */
static enum err check_columns(struct writing *w, const struct record *rec,
                              const struct record *before, const struct field *f)
{
    enum err worst = OK;
    for (size_t i = 0; i < f->column_count; i++) {
        const struct field *c = &f->columns[i];
        if (!(c->fixed_in >> before->state & 1) ||
            same_column(rec->values[f->index], before->values[f->index], c->name))
            continue;
        worst = problem_at(
            w->call, ERR_CONFLICT, f->name, "fixed", f->source,
            text_print(
                w->call->arena, say(w->call, "“%.*s” stays as it is while “%.*s”, row by row"),
                TEXT_ARG(words_in(c->title, w->call->lang)),
                TEXT_ARG(words_in(before->kind->states[before->state].title, w->call->lang))));
    }
    return worst;
}

enum err fixed__tables(struct writing *w, const struct record *rec, const struct record *before)
{
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (check_columns(w, rec, before, &rec->kind->fields[i]) != OK)
            worst = ERR_CONFLICT;
    return worst;
}
