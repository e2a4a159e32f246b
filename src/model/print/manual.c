/* SPDX-License-Identifier: Apache-2.0 */
/* model/print/manual.c — the first part of `aimwell model explain KIND`: a page for whoever
 * works with the register. What it is for, how a record goes from its beginning to its end and
 * by whom, what is written down, by when, and what it proves. Titles as the pages have them;
 * names in brackets as files have them. */
#include "model/internal.h"

#include <string.h>

#define WIDTH 96

struct manual {
    struct call *call;
    const struct model *model;
    const struct kind *kind;
    struct buf *out;
};

/* ---- lines of one width --------------------------------------------------------------------
 */
/* One sign of UTF-8 that is known to be well formed, and how wide it is on a screen. */
static size_t sign_at(struct text t, size_t at, int *width)
{
    unsigned char c = (unsigned char)t.at[at];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    *width = n > 2 && c >= 0xe2 && !(c == 0xe2 && (unsigned char)t.at[at + 1] < 0xba) ? 2 : 1;
    return n;
}

/* Where the line ends that begins at `from`: at a space, or beside a wide sign. */
static size_t line_end(struct text t, size_t from, int room)
{
    size_t best = 0, at = from;
    for (int used = 0, width; at < t.len; used += width) {
        size_t n = sign_at(t, at, &width);
        if (used + width > room && at > from)
            return best > from ? best : at;
        if (t.at[at] == ' ' || width == 2)
            best = at + (width == 2 ? n : 0);
        at += n;
    }
    return t.len;
}

static void put_wrapped(const struct manual *p, int indent, int more, struct text t)
{
    for (size_t at = 0; at < t.len; indent += more, more = 0) {
        size_t end = line_end(t, at, WIDTH - indent);
        buf_print(p->out, "%*s%.*s\n", indent, "", TEXT_ARG(text_slice(t, at, end)));
        at = end;
        while (at < t.len && t.at[at] == ' ')
            at++;
    }
}

static void put_title(const struct manual *p, const char *english)
{
    buf_print(p->out, "\n%s\n", say(p->call, english));
}

static struct text words(const struct manual *p, struct words w)
{
    return words_in(w, p->call->lang);
}

static const char *comma(const struct manual *p)
{
    return p->call->lang == LANG_ZH ? "、" : ", ";
}

static const char *colon(const struct manual *p)
{
    return p->call->lang == LANG_ZH ? "：" : ": ";
}

/* ---- people in words ------------------------------------------------------------------------
 */
static struct text relation_words(const struct manual *p, const struct kind *k,
                                  struct text name)
{
    const struct field *f = k == NULL ? NULL : kind_field(k, name);
    if (text_is(name, "author"))
        return text_of(say(p->call, "whoever made the record"));
    if (text_is(name, "editor"))
        return text_of(say(p->call, "whoever changed it last"));
    return f == NULL ? name
                     : text_print(p->call->arena, "“%.*s”", TEXT_ARG(words(p, f->title)));
}

static struct text who_words(const struct manual *p, const struct who *w)
{
    const struct role *role = model_role(p->model, w->role);
    const struct field *via = w->via.len > 0 ? kind_field(p->kind, w->via) : NULL;
    struct arena *a = p->call->arena;
    if (w->everyone)
        return text_of(say(p->call, "everybody"));
    if (w->automatic)
        return text_of(say(p->call, "the program, by itself"));
    if (w->contributor)
        return text_of(say(p->call, "whoever wrote in it"));
    if (role != NULL)
        return words(p, role->title);
    struct text own = relation_words(p, via == NULL ? p->kind : via->target_kind, w->relation);
    if (via != NULL)
        own = text_print(a, "%.*s › %.*s", TEXT_ARG(words(p, via->title)), TEXT_ARG(own));
    role = w->as.len > 0 ? model_role(p->model, w->as) : NULL;
    return role == NULL
               ? own
               : text_print(a, "%.*s (%.*s)", TEXT_ARG(own), TEXT_ARG(words(p, role->title)));
}

static void add_people(const struct manual *p, struct buf *b, const struct who_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        buf_print(b, "%s%.*s", i == 0 ? "" : comma(p), TEXT_ARG(who_words(p, &list->one[i])));
}

static void add_fields(const struct manual *p, struct buf *b, const struct text *names,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct field *f = kind_field(p->kind, names[i]);
        buf_print(b, "%s%.*s", i == 0 ? "" : comma(p),
                  TEXT_ARG(f == NULL ? names[i] : words(p, f->title)));
    }
}

static void add_states(const struct manual *p, struct buf *b, uint64_t set)
{
    bool first = true;
    for (size_t i = 0; i < p->kind->state_count; i++)
        if (set & STATE_BIT(i)) {
            buf_print(b, "%s%.*s", first ? "" : comma(p),
                      TEXT_ARG(words(p, p->kind->states[i].title)));
            first = false;
        }
}

static struct buf line(const struct manual *p)
{
    return buf_in(p->call->arena, 64u << 10);
}

/* ---- from beginning to end
 * ------------------------------------------------------------------- */
static void put_signers(const struct manual *p, const struct move *m)
{
    for (size_t i = 0; i < m->step_count; i++) {
        const struct sign_step *step = &m->steps[i];
        struct buf b = line(p);
        buf_print(&b, "%s%s",
                  i == 0       ? say(p->call, "By")
                  : m->ordered ? say(p->call, "Then by")
                               : say(p->call, "And by"),
                  colon(p));
        add_people(p, &b, &step->by);
        if (step->count > 1)
            buf_print(&b, " × %lld", (long long)step->count);
        if (step->when != NULL)
            buf_print(&b, " (%s)", say(p->call, "sometimes"));
        put_wrapped(p, 8, 2, buf_text(&b));
    }
}

static void put_said(const struct manual *p, const char *label, struct text what)
{
    struct buf b = line(p);
    buf_print(&b, "%s%s%.*s", label, colon(p), TEXT_ARG(what));
    put_wrapped(p, 8, 2, buf_text(&b));
}

static void put_demands(const struct manual *p, const struct move *m)
{
    struct buf b = line(p);
    add_fields(p, &b, m->asks, m->ask_count);
    if (m->ask_count > 0)
        put_said(p, say(p->call, "Asks for"), buf_text(&b));
    if (m->when != NULL)
        put_said(p, say(p->call, "Only while"), words(p, m->say));
    for (size_t i = 0; i < m->need_count; i++)
        put_said(p, say(p->call, "Needs"), words(p, m->needs[i].say));
    for (size_t i = 0; i < m->duty_count; i++) {
        struct buf who = line(p);
        add_people(p, &who, &m->duties[i].people);
        buf_print(&who, " (%.*s)", TEXT_ARG(m->duties[i].code));
        put_said(p, say(p->call, "Not by"), buf_text(&who));
    }
    if (m->reason || m->fresh)
        put_wrapped(p, 8, 2,
                    text_of(m->reason && m->fresh
                                ? say(p->call, "Signed with the password, with a reason.")
                            : m->fresh ? say(p->call, "Signed with the password.")
                                       : say(p->call, "With a reason.")));
}

static void put_consequences(const struct manual *p, const struct move *m)
{
    struct arena *a = p->call->arena;
    for (size_t i = 0; i < m->make_count; i++)
        put_said(p, say(p->call, "Makes"), words(p, m->makes[i].kind->title));
    for (size_t i = 0; i < m->push_count; i++) {
        const struct kind *k = m->pushes[i].kind;
        const struct move *then = kind_move(k, m->pushes[i].move);
        put_said(
            p, say(p->call, "Leads on"),
            text_print(a, "%.*s › %.*s", TEXT_ARG(words(p, k->plural)),
                       TEXT_ARG(then == NULL ? m->pushes[i].move : words(p, then->title))));
    }
}

/* In full where it is first possible, by its name where it is so again. */
static void put_move(const struct manual *p, const struct move *m, bool again)
{
    const struct field *on = m->on.len > 0 ? kind_field(p->kind, m->on) : NULL;
    struct buf b = line(p);
    buf_print(&b, "→ %.*s", TEXT_ARG(words(p, m->title)));
    buf_print(&b, "  (%.*s → %.*s)", TEXT_ARG(m->name),
              TEXT_ARG(words(p, p->kind->states[m->to].title)));
    put_wrapped(p, 4, 4, buf_text(&b));
    if (again)
        return;
    put_signers(p, m);
    if (on != NULL)
        put_said(p, say(p->call, "On the day of"), words(p, on->title));
    put_demands(p, m);
    put_consequences(p, m);
}

static const char *state_words(const struct manual *p, size_t at)
{
    const struct state *s = &p->kind->states[at];
    if (at == p->kind->start)
        return say(p->call, "the beginning");
    if (s->end)
        return say(p->call, "an end");
    return s->locked ? say(p->call, "its fields stand") : NULL;
}

static void put_life(const struct manual *p)
{
    put_title(p, SAID("FROM ITS BEGINNING TO ITS END"));
    for (size_t s = 0; s < p->kind->state_count; s++) {
        const struct state *state = &p->kind->states[s];
        const char *more = state_words(p, s);
        struct buf b = line(p);
        buf_print(&b, "%.*s", TEXT_ARG(words(p, state->title)));
        if (more != NULL)
            buf_print(&b, " (%s)", more);
        if (state->about.en.len > 0)
            buf_print(&b, "%s%.*s", colon(p), TEXT_ARG(words(p, state->about)));
        buf_add_byte(p->out, '\n');
        put_wrapped(p, 2, 2, buf_text(&b));
        for (size_t i = 0; i < p->kind->move_count; i++)
            if (p->kind->moves[i].from & STATE_BIT(s))
                put_move(p, &p->kind->moves[i], p->kind->moves[i].from & (STATE_BIT(s) - 1));
    }
}

/* ---- what is written down
 * --------------------------------------------------------------------- */
static void add_choices(const struct manual *p, struct buf *b, const struct field *f)
{
    buf_print(b, " %s%s", say(p->call, "One of"), colon(p));
    for (size_t i = 0; i < f->scale->count; i++)
        buf_print(b, "%s%.*s", i == 0 ? "" : comma(p),
                  TEXT_ARG(words(p, f->scale->options[i].title)));
    buf_add_byte(b, '.');
}

static void add_rules(const struct manual *p, struct buf *b, const struct field *f)
{
    if (f->scale != NULL && f->scale->count <= 12 && f->computed == NULL)
        add_choices(p, b, f);
    if (f->target_kind != NULL)
        buf_print(b, " [%.*s]", TEXT_ARG(words(p, f->target_kind->plural)));
    if (f->computed != NULL)
        buf_print(b, " %s", say(p->call, "Follows by itself."));
    else if (f->required)
        buf_print(b, " %s", say(p->call, "Always needed."));
    else if (f->required_from != 0) {
        buf_print(b, " %s%s", say(p->call, "Needed from"), colon(p));
        add_states(p, b, f->required_from);
        buf_add_byte(b, '.');
    }
}

static void put_field(const struct manual *p, const struct field *f, int indent)
{
    struct buf b = line(p);
    buf_print(&b, "%.*s", TEXT_ARG(words(p, f->title)));
    if (f->about.en.len > 0)
        buf_print(&b, "%s%.*s", colon(p), TEXT_ARG(words(p, f->about)));
    add_rules(p, &b, f);
    put_wrapped(p, indent, 2, buf_text(&b));
    for (size_t i = 0; i < f->column_count; i++)
        put_field(p, &f->columns[i], indent + 4);
}

static void put_fields(const struct manual *p)
{
    const struct kind *k = p->kind;
    put_title(p, SAID("WHAT IS WRITTEN DOWN"));
    for (size_t i = 0; i < k->layout_count; i++) {
        buf_print(p->out, "\n  %.*s\n", TEXT_ARG(words(p, k->layouts[i].title)));
        for (size_t n = 0; n < k->layouts[i].count; n++) {
            const struct field *f = kind_field(k, k->layouts[i].fields[n]);
            if (f != NULL && !(f->computed != NULL && text_ends(f->name, "_standing")))
                put_field(p, f, 4);
        }
    }
}

/* ---- by when
 * ------------------------------------------------------------------------------------ */
#define TIMES(n, one, many)                                                                    \
    ((n) == 1 ? text_of(say(p->call, one))                                                     \
              : text_print(p->call->arena, say(p->call, many), (long long)(n)))

/* Of one unit; what has several stays as it is written. */
static struct text length_words(const struct manual *p, const struct duration *d)
{
    int units = (d->months != 0) + (d->days != 0) + (d->working_days != 0) + (d->seconds != 0);
    if (units == 0)
        return text_of(say(p->call, "the end of the day"));
    if (units > 1 || d->seconds % 3600 != 0)
        return d->said;
    if (d->seconds != 0)
        return TIMES(d->seconds / 3600, SAID("an hour"), SAID("%lld hours"));
    if (d->working_days != 0)
        return TIMES(d->working_days, SAID("a working day"), SAID("%lld working days"));
    if (d->days != 0)
        return TIMES(d->days, SAID("a day"), SAID("%lld days"));
    return d->months % 12 == 0 ? TIMES(d->months / 12, SAID("a year"), SAID("%lld years"))
                               : TIMES(d->months, SAID("a month"), SAID("%lld months"));
}

static void put_clock(const struct manual *p, const struct clock *c)
{
    struct buf b = line(p);
    struct text length = length_words(p, &c->add);
    buf_print(&b, "%.*s%s%.*s %s %.*s", TEXT_ARG(words(p, c->at->title)), colon(p),
              TEXT_ARG(length), say(p->call, "from"), TEXT_ARG(words(p, c->from->title)));
    if (c->when != NULL)
        buf_print(&b, " (%s)", say(p->call, "sometimes"));
    buf_print(&b, "; %s ", say(p->call, "answered by"));
    if (c->answered != NULL)
        buf_add(&b, words(p, c->answered->title));
    else
        add_states(p, &b, c->answered_in);
    put_wrapped(p, 2, 2, buf_text(&b));
    if (c->deadline == NULL)
        return;
    b = line(p);
    buf_print(&b, "%.*s, %.*s (%.*s; %.*s)", TEXT_ARG(words(p, c->deadline->law)),
              TEXT_ARG(words(p, c->deadline->article)), TEXT_ARG(c->deadline->certainty),
              TEXT_ARG(c->deadline->verified_on));
    put_wrapped(p, 6, 2, buf_text(&b));
}

static void put_clocks(const struct manual *p)
{
    if (p->kind->clock_count > 0)
        put_title(p, SAID("BY WHEN"));
    for (size_t i = 0; i < p->kind->clock_count; i++)
        put_clock(p, &p->kind->clocks[i]);
}

/* ---- who, and what it proves
 * ----------------------------------------------------------------- */
static void put_access(const struct manual *p, const char *label, const struct who_list *list)
{
    struct buf b = line(p);
    buf_print(&b, "%s%s", label, colon(p));
    add_people(p, &b, list);
    put_wrapped(p, 2, 2, buf_text(&b));
}

static bool part_of_name(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Its table, as a word of its own. */
static bool asks_of(const char *sql, struct text name)
{
    struct text all = text_of(sql);
    for (size_t at = 0; at + name.len <= all.len; at++)
        if (memcmp(all.at + at, name.at, name.len) == 0 &&
            (at == 0 || !part_of_name(all.at[at - 1])) &&
            (at + name.len == all.len || !part_of_name(all.at[at + name.len])))
            return true;
    return false;
}

static void put_checks(const struct manual *p)
{
    bool any = false;
    for (size_t i = 0; i < p->model->check_count; i++) {
        const struct check *c = &p->model->checks[i];
        struct buf b = line(p);
        if (!asks_of(c->breaks, p->kind->name))
            continue;
        if (!any)
            put_title(p, SAID("WHICH CHECKS LOOK AT IT"));
        any = true;
        buf_print(&b, "%.*s (%.*s)", TEXT_ARG(words(p, c->title)), TEXT_ARG(c->name));
        for (size_t n = 0; n < c->prove_count; n++)
            buf_print(&b, "%s%.*s → %d", n == 0 ? colon(p) : comma(p),
                      TEXT_ARG(c->proves[n].row->row), c->proves[n].level);
        put_wrapped(p, 2, 2, buf_text(&b));
    }
}

static void put_head(const struct manual *p)
{
    const struct kind *k = p->kind;
    buf_print(p->out, "%.*s (%.*s) %.*s\n\n", TEXT_ARG(k->name), TEXT_ARG(k->prefix),
              TEXT_ARG(words(p, k->title)));
    put_wrapped(p, 2, 0, words(p, k->about));
    for (size_t i = 0; i < k->serves_count; i++) {
        const struct requirement *row = model_requirement(p->model, k->serves[i]);
        if (row == NULL)
            continue;
        if (i == 0)
            put_title(p, SAID("WHAT IT SERVES"));
        put_wrapped(p, 2, 2,
                    text_print(p->call->arena, "%.*s %.*s%s%.*s", TEXT_ARG(row->row),
                               TEXT_ARG(words(p, row->title)), colon(p),
                               TEXT_ARG(words(p, row->about))));
    }
}

void model__manual(struct call *call, const struct model *m, const struct kind *k,
                   struct buf *out)
{
    const struct manual p = {call, m, k, out};
    put_head(&p);
    put_life(&p);
    put_fields(&p);
    put_clocks(&p);
    put_title(&p, SAID("WHO"));
    put_access(&p, say(call, "Read it"), &k->read);
    put_access(&p, say(call, "Make one"), &k->create);
    put_access(&p, say(call, "Change it"), &k->change);
    put_checks(&p);
}
