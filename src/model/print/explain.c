/* SPDX-License-Identifier: Apache-2.0 */
/* model/print/explain.c — `aimwell model explain KIND`: everything that follows from one kind
 * file. First the page for whoever works with it (manual.c), then, for the person who writes it
 * or a program: tables, routes, who may what, what each move demands, and what the ledger will
 * say. In the language of the call. */
#include "model/internal.h"

struct page {
    struct call *call;
    const struct kind *kind;
    struct buf *out;
};

static void put_title(const struct page *p, const char *english)
{
    buf_print(p->out, "\n%s\n", say(p->call, english));
}

static struct text words(const struct page *p, struct words w)
{
    return words_in(w, p->call->lang);
}

static void put_table(const struct page *p)
{
    const struct kind *k = p->kind;
    put_title(p, SAID("Table and columns"));
    buf_print(p->out, "  %.*s\n    id text\n", TEXT_ARG(k->name));
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (f->type->form == FORM_LINKS)
            buf_print(p->out, "    %.*s -> link\n", TEXT_ARG(f->name));
        else if (f->type->form != FORM_ROWS)
            buf_print(p->out, "    %.*s %s%s%s\n", TEXT_ARG(f->name),
                      form_column(f->type->form), f->unique ? " unique" : "",
                      field_is_set(f) ? " |a|b|" : "");
    }
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (f->type->form != FORM_ROWS)
            continue;
        buf_print(p->out, "  %.*s__%.*s\n    record text\n    pos bigint\n", TEXT_ARG(k->name),
                  TEXT_ARG(f->name));
        for (size_t c = 0; c < f->column_count; c++)
            buf_print(p->out, "    %.*s %s\n", TEXT_ARG(f->columns[c].name),
                      form_column(f->columns[c].type->form));
    }
}

static void put_routes(const struct page *p)
{
    put_title(p, SAID("Routes"));
    for (size_t i = 0; i < model__route_count; i++) {
        const struct route *r = &model__routes[i];
        struct text rest = text_of(r->path);
        if (!text_starts(rest, "/{kind}"))
            continue;
        rest = text_from(rest, 7);
        buf_print(p->out, "  %-6s /api/v1/%.*s%.*s\n", r->method, TEXT_ARG(p->kind->name),
                  TEXT_ARG(rest));
    }
    for (size_t i = 0; i < p->kind->move_count; i++)
        buf_print(p->out, "  POST   /api/v1/%.*s/{id}/moves/%.*s\n", TEXT_ARG(p->kind->name),
                  TEXT_ARG(p->kind->moves[i].name));
}

/* ---- who may what ------------------------------------------------------------------------ */
struct subject { /* a line of the matrix */
    struct text name;
};

static bool names(const struct page *p, const struct who_list *list, struct text subject)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_same(model__who_text(p->call->arena, &list->one[i]), subject))
            return true;
    return false;
}

static void add_subjects(const struct page *p, const struct who_list *list,
                         struct subject *subjects, size_t *count)
{
    for (size_t i = 0; i < list->count; i++) {
        struct text name = model__who_text(p->call->arena, &list->one[i]);
        size_t at = 0;
        while (at < *count && !text_same(subjects[at].name, name))
            at++;
        if (at == *count)
            subjects[(*count)++].name = name;
    }
}

static bool signs(const struct page *p, const struct move *m, struct text name)
{
    for (size_t i = 0; i < m->step_count; i++)
        if (names(p, &m->steps[i].by, name))
            return true;
    return false;
}

static void put_subject(const struct page *p, struct text name)
{
    const struct kind *k = p->kind;
    bool moves = false;
    buf_print(p->out, "  %-28.*s %-5s %-7s %-7s", TEXT_ARG(name),
              names(p, &k->read, name) ? "yes" : "-", names(p, &k->create, name) ? "yes" : "-",
              names(p, &k->change, name) ? "yes" : "-");
    for (size_t i = 0; i < k->move_count; i++)
        if (signs(p, &k->moves[i], name)) {
            buf_print(p->out, "%s%.*s", moves ? ", " : "", TEXT_ARG(k->moves[i].name));
            moves = true;
        }
    buf_add_c(p->out, moves ? "\n" : "-\n");
}

static void put_matrix(const struct page *p)
{
    const struct kind *k = p->kind;
    size_t count = 0, room = k->read.count + k->create.count + k->change.count;
    for (size_t i = 0; i < k->move_count; i++)
        for (size_t n = 0; n < k->moves[i].step_count; n++)
            room += k->moves[i].steps[n].by.count;
    struct subject *subjects = NEW_MANY(p->call->arena, room, struct subject);
    add_subjects(p, &k->read, subjects, &count);
    add_subjects(p, &k->create, subjects, &count);
    add_subjects(p, &k->change, subjects, &count);
    for (size_t i = 0; i < k->move_count; i++)
        for (size_t n = 0; n < k->moves[i].step_count; n++)
            add_subjects(p, &k->moves[i].steps[n].by, subjects, &count);
    put_title(p, SAID("Who may what (whoever is named in a move may also read)"));
    buf_print(p->out, "  %-28s %-5s %-7s %-7s%s\n", "", "read", "create", "change", "moves");
    for (size_t i = 0; i < count; i++)
        put_subject(p, subjects[i].name);
}

/* ---- moves ------------------------------------------------------------------------------- */
static void put_states(const struct page *p, uint64_t set)
{
    bool first = true;
    for (size_t i = 0; i < p->kind->state_count; i++)
        if (set & STATE_BIT(i)) {
            buf_print(p->out, "%s%.*s", first ? "" : ", ", TEXT_ARG(p->kind->states[i].name));
            first = false;
        }
}

static void put_people(const struct page *p, const char *label, const struct who_list *list)
{
    if (list->count == 0)
        return;
    buf_print(p->out, "    %s: ", label);
    for (size_t i = 0; i < list->count; i++)
        buf_print(p->out, "%s%.*s", i == 0 ? "" : ", ",
                  TEXT_ARG(model__who_text(p->call->arena, &list->one[i])));
    buf_add_byte(p->out, '\n');
}

/* "and then by, 2 of them, within P14D, only sometimes: risk_owner" */
static void put_steps(const struct page *p, const struct move *m)
{
    for (size_t i = 0; i < m->step_count; i++) {
        const struct sign_step *step = &m->steps[i];
        struct buf b = buf_in(p->call->arena, 200);
        buf_add_c(&b, i == 0 ? "by" : m->ordered ? "and then by" : "and by");
        if (step->count > 1)
            buf_print(&b, ", %lld of them", (long long)step->count);
        if (step->has_expires)
            buf_print(&b, ", good for %.*s", TEXT_ARG(step->expires.said));
        if (step->when != NULL)
            buf_add_c(&b, ", sometimes");
        put_people(p, text_c(p->call->arena, buf_text(&b)), &step->by);
    }
}

static void put_demands(const struct page *p, const struct move *m)
{
    for (size_t i = 0; i < m->ask_count; i++)
        buf_print(p->out, "%s%.*s%s", i == 0 ? "    asks: " : ", ", TEXT_ARG(m->asks[i]),
                  i + 1 == m->ask_count ? "\n" : "");
    if (m->when != NULL)
        buf_print(p->out, "    when: %.*s\n", TEXT_ARG(words(p, m->say)));
    for (size_t i = 0; i < m->need_count; i++)
        buf_print(p->out, "    needs %.*s: %.*s\n", TEXT_ARG(m->needs[i].code),
                  TEXT_ARG(words(p, m->needs[i].say)));
    for (size_t i = 0; i < m->duty_count; i++)
        put_people(p, text_print(p->call->arena, "not (%.*s)", TEXT_ARG(m->duties[i].code)).at,
                   &m->duties[i].people);
    if (m->guard.len > 0)
        buf_print(p->out, "    guard: %.*s %.*s\n", TEXT_ARG(m->guard),
                  TEXT_ARG(m->guard_field));
    if (m->on.len > 0)
        buf_print(p->out, "    on: %.*s %.*s\n", TEXT_ARG(m->on), TEXT_ARG(m->plus.said));
    if (m->has_after)
        buf_print(p->out, "    after: %.*s\n", TEXT_ARG(m->after.said));
    if (m->reason || m->fresh || m->stop || m->drill)
        buf_print(p->out, "   %s%s%s%s\n", m->reason ? " reason" : "", m->fresh ? " fresh" : "",
                  m->stop ? " stop" : "", m->drill ? " drill" : "");
}

static void put_moves(const struct page *p)
{
    put_title(p, SAID("Moves"));
    for (size_t i = 0; i < p->kind->move_count; i++) {
        const struct move *m = &p->kind->moves[i];
        buf_print(p->out, "  %.*s \"%.*s\"  ", TEXT_ARG(m->name), TEXT_ARG(words(p, m->title)));
        put_states(p, m->from);
        buf_print(p->out, " -> %.*s\n", TEXT_ARG(p->kind->states[m->to].name));
        put_steps(p, m);
        put_demands(p, m);
    }
}

static void put_required(const struct page *p)
{
    const struct kind *k = p->kind;
    put_title(p, SAID("Needed in each state (? only while its condition holds)"));
    for (size_t s = 0; s < k->state_count; s++) {
        buf_print(p->out, "  %.*s%s:", TEXT_ARG(k->states[s].name),
                  s == k->start ? " (start)" : "");
        for (size_t i = 0; i < k->field_count; i++)
            if (k->fields[i].required || (k->fields[i].required_in & STATE_BIT(s)))
                buf_print(p->out, " %.*s%s", TEXT_ARG(k->fields[i].name),
                          k->fields[i].required_when || k->fields[i].only ? "?" : "");
        buf_add_byte(p->out, '\n');
    }
}

static void put_deadline(const struct page *p, const struct deadline *d)
{
    buf_print(p->out, "    %.*s, %.*s: %.*s from %.*s\n", TEXT_ARG(words(p, d->law)),
              TEXT_ARG(words(p, d->article)), TEXT_ARG(d->length.said),
              TEXT_ARG(words(p, d->trigger)));
    buf_print(p->out, "    certainty %.*s; %.*s, %.*s\n", TEXT_ARG(d->certainty),
              TEXT_ARG(d->verified_on), TEXT_ARG(words(p, d->seen_in)));
}

static void put_clocks(const struct page *p)
{
    const struct kind *k = p->kind;
    if (k->clock_count == 0)
        return;
    put_title(p, SAID("Clocks: by when something must have been answered"));
    for (size_t i = 0; i < k->clock_count; i++) {
        const struct clock *c = &k->clocks[i];
        buf_print(p->out, "  %.*s: %.*s + %.*s", TEXT_ARG(c->at->name), TEXT_ARG(c->from->name),
                  TEXT_ARG(c->add.said));
        buf_add_c(p->out, c->when != NULL ? ", sometimes; answered by " : "; answered by ");
        if (c->answered != NULL)
            buf_add(p->out, c->answered->name);
        else
            put_states(p, c->answered_in);
        buf_add_byte(p->out, '\n');
        if (c->deadline != NULL)
            put_deadline(p, c->deadline);
    }
}

static void put_keep(const struct page *p)
{
    const struct keeping *keep = &p->kind->keep;
    if (keep->at == NULL)
        return;
    put_title(p, SAID("Kept at least; then its erasure is a task of those who redact"));
    buf_print(p->out, "  %.*s: %.*s from ", TEXT_ARG(keep->at->name),
              TEXT_ARG(keep->time.said));
    if (keep->from != NULL)
        buf_add(p->out, keep->from->name);
    else
        put_states(p, keep->from_in);
    buf_add_c(p->out, keep->when != NULL ? ", sometimes\n" : "\n");
    if (keep->deadline != NULL)
        put_deadline(p, keep->deadline);
}

static void put_ledger(const struct page *p)
{
    put_title(p, SAID("In the ledger"));
    buf_print(p->out,
              "  record.create, record.change, record.move; object %.*s, commitment of %zu "
              "fields\n",
              TEXT_ARG(p->kind->name), p->kind->field_count);
}

enum err model_explain(struct call *call, const struct model *m, struct text kind,
                       struct buf *out)
{
    const struct kind *k = model_kind(m, kind);
    struct page p = {call, k, out};
    if (k == NULL)
        return problem(call, ERR_MISSING, TEXT("kind"), "unknown", "%s: %.*s",
                       say(call, "no kind has this name"), TEXT_ARG(kind));
    model__manual(call, m, k, out);
    put_title(&p, SAID("FOR PROGRAMS"));
    put_table(&p);
    put_routes(&p);
    put_matrix(&p);
    put_moves(&p);
    put_required(&p);
    put_clocks(&p);
    put_keep(&p);
    put_ledger(&p);
    return OK;
}
