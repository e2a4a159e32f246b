/* SPDX-License-Identifier: Apache-2.0 */
/* model/print/describe.c — the model as GET /api/v1/model shows it (docs/api.md).
 * Keys that say nothing (false, empty) are left out of fields where docs/api.md calls them
 * optional, so that the pages load less. Chinese falls back to English here, once, and not in
 * the pages. */
#include "model/internal.h"

#include <math.h>

/* ---- pieces shared with the other descriptions ------------------------------------------- */
void model__put_words(struct json_out *o, struct words w)
{
    json_open(o, '{');
    json_key(o, "en");
    json_put_text(o, w.en);
    json_key(o, "zh");
    json_put_text(o, words_in(w, LANG_ZH));
    json_close(o, '}');
}

void model__put_words_at(struct json_out *o, const char *key, struct words w)
{
    json_key(o, key);
    model__put_words(o, w);
}

void model__put_texts_at(struct json_out *o, const char *key, const struct text *t, size_t n)
{
    json_key(o, key);
    json_open(o, '[');
    for (size_t i = 0; i < n; i++)
        json_put_text(o, t[i]);
    json_close(o, ']');
}

void model__put_states_at(struct json_out *o, const char *key, const struct kind *k,
                          uint64_t set)
{
    json_key(o, key);
    json_open(o, '[');
    for (size_t i = 0; i < k->state_count; i++)
        if (set & STATE_BIT(i))
            json_put_text(o, k->states[i].name);
    json_close(o, ']');
}

struct text model__who_text(struct arena *a, const struct who *w)
{
    if (w->everyone)
        return TEXT("everyone");
    if (w->automatic)
        return TEXT("auto");
    if (w->role.len > 0)
        return w->role;
    return text_print(a, "@%.*s%s%.*s%s%.*s", TEXT_ARG(w->via), w->via.len > 0 ? "." : "",
                      TEXT_ARG(w->relation), w->as.len > 0 ? ":" : "", TEXT_ARG(w->as));
}

void model__put_who_at(struct json_out *o, const char *key, const struct who_list *list,
                       struct arena *a)
{
    json_key(o, key);
    json_open(o, '[');
    for (size_t i = 0; i < list->count; i++)
        json_put_text(o, model__who_text(a, &list->one[i]));
    json_close(o, ']');
}

static void put_text_at(struct json_out *o, const char *key, struct text t)
{
    json_key(o, key);
    json_put_text(o, t);
}

static void put_true_at(struct json_out *o, const char *key, bool value)
{
    if (!value)
        return;
    json_key(o, key);
    json_put_bool(o, true);
}

static void put_bool_at(struct json_out *o, const char *key, bool value)
{
    json_key(o, key);
    json_put_bool(o, value);
}

static void put_json_at(struct json_out *o, const char *key, const struct json *v)
{
    if (v == NULL)
        return;
    json_key(o, key);
    json_put_json(o, v);
}

/* ---- fields ------------------------------------------------------------------------------ */
static void put_options(struct json_out *o, const struct field *f)
{
    json_key(o, "of");
    json_open(o, '[');
    for (size_t i = 0; i < f->scale->count; i++) {
        const struct option *one = &f->scale->options[i];
        json_open(o, '{');
        json_key(o, "value");
        if (f->type->form == FORM_WHOLE)
            json_put_raw(o, one->value);
        else
            json_put_text(o, one->value);
        model__put_words_at(o, "title", one->title);
        if (one->about.en.len > 0)
            model__put_words_at(o, "about", one->about);
        put_text_at(o, "tone", text_of(tone_word(one->tone)));
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_bounds(struct json_out *o, const struct field *f)
{
    if (f->type->most || f->type->form == FORM_WHOLE) {
        if (f->type->form == FORM_WHOLE && f->min != -SAFE_INTEGER) {
            json_key(o, "min");
            json_put_integer(o, f->min);
        }
        if (f->max != SAFE_INTEGER) {
            json_key(o, "max");
            json_put_integer(o, f->max);
        }
    }
    if (f->type->form != FORM_NUMBER)
        return;
    if (isfinite(f->number_min)) {
        json_key(o, "min");
        json_put_number(o, f->number_min);
    }
    if (isfinite(f->number_max)) {
        json_key(o, "max");
        json_put_number(o, f->number_max);
    }
}

static void put_required(struct json_out *o, const struct kind *k, const struct field *f)
{
    put_bool_at(o, "required", f->required);
    if (f->required_from != 0) {
        model__put_states_at(o, "required_from", k, f->required_from);
        model__put_states_at(o, "required_in", k, f->required_in);
    }
    if (f->required_when != NULL)
        put_json_at(o, "required_when", f->required_when->source);
    if (f->only != NULL)
        put_json_at(o, "only", f->only->source);
}

static void put_field(struct json_out *o, const struct kind *k, const struct field *f,
                      struct arena *a);

static void put_one(struct json_out *o, const struct field *f)
{
    if (f->one_for == NULL)
        return;
    json_key(o, "one");
    json_open(o, '{');
    put_text_at(o, "for", f->one_for->name);
    put_text_at(o, "column", f->one_column->name);
    put_text_at(o, "is", f->one_is);
    json_close(o, '}');
}

static void put_rows(struct json_out *o, const struct kind *k, const struct field *f,
                     struct arena *a)
{
    json_key(o, "columns");
    json_open(o, '[');
    for (size_t i = 0; i < f->column_count; i++)
        put_field(o, k, &f->columns[i], a);
    json_close(o, ']');
    put_one(o, f);
    if (f->covers_count == 0)
        return;
    json_key(o, "covers");
    json_open(o, '{');
    json_key_text(o, f->covers_column);
    json_open(o, '[');
    for (size_t i = 0; i < f->covers_count; i++)
        json_put_text(o, f->covers[i]);
    json_close(o, ']');
    json_close(o, '}');
}

static void put_named(struct json_out *o, const struct condition *c)
{
    if (c && c->field.len)
        json_put_text(o, c->field);
    for (size_t i = 0; c && i < c->part_count; i++)
        put_named(o, c->parts[i]);
}

/* What a rule looks at: while all of it is empty, its last resort says nothing yet. */
static void put_sources(struct json_out *o, const struct field *f)
{
    if (!f->case_count)
        return;
    json_key(o, "reckoned_from");
    json_open(o, '[');
    for (size_t i = 0; i < f->case_count; i++)
        put_named(o, f->cases[i]);
    json_close(o, ']');
}

static void put_keep(struct json_out *o, const struct kind *k)
{
    put_text_at(o, "standing", k->keep.standing->name);
    json_key(o, "keep");
    json_open(o, '{');
    if (k->keep.from)
        put_text_at(o, "from", k->keep.from->name);
    else
        model__put_states_at(o, "from", k, k->keep.from_in);
    put_text_at(o, "for", k->keep.time.said);
    if (k->keep.deadline != NULL)
        put_text_at(o, "deadline", k->keep.deadline->name);
    json_close(o, '}');
}

static void put_counting(struct json_out *o, const struct clock *c)
{
    put_text_at(o, "standing", c->standing->name);
    put_text_at(o, "from", c->from->name);
    put_text_at(o, "add", c->add.said);
    if (c->deadline != NULL)
        put_text_at(o, "deadline", c->deadline->name);
}

/* Of a clock or a keeping time, the field that tells how it stands, and of that the clock. */
static void put_clock(struct json_out *o, const struct kind *k, const struct field *f)
{
    for (size_t i = 0; i < k->clock_count; i++) {
        const struct clock *c = &k->clocks[i];
        if (c->at == f)
            put_counting(o, c);
        if (c->standing == f)
            put_text_at(o, "clock", c->at->name);
    }
    if (k->keep.at == f)
        put_keep(o, k);
    if (k->keep.at && k->keep.standing == f)
        put_text_at(o, "clock", k->keep.at->name);
}

static void put_field(struct json_out *o, const struct kind *k, const struct field *f,
                      struct arena *a)
{
    json_open(o, '{');
    put_text_at(o, "name", f->name);
    put_text_at(o, "type", text_of(f->type->word));
    model__put_words_at(o, "title", f->title);
    if (f->about.en.len > 0)
        model__put_words_at(o, "about", f->about);
    put_required(o, k, f);
    if (f->scale != NULL)
        put_options(o, f);
    put_bounds(o, f);
    if (f->target != TO_NONE)
        put_text_at(o, "to", f->target_name);
    if (f->type->form == FORM_ROWS)
        put_rows(o, k, f, a);
    put_true_at(o, "many", f->many);
    put_true_at(o, "computed", f->computed != NULL);
    put_sources(o, f);
    put_clock(o, k, f);
    if (f->fixed_in == UINT64_MAX)
        put_text_at(o, "fixed", TEXT("any"));
    else if (f->fixed_in != 0)
        model__put_states_at(o, "fixed", k, f->fixed_in);
    put_true_at(o, "sensitive", f->sensitive);
    if (f->read.count > 0)
        model__put_who_at(o, "read", &f->read, a);
    if (f->total != TOTAL_NONE)
        put_text_at(o, "total", f->total == TOTAL_SUM ? TEXT("sum") : TEXT("mean"));
    put_true_at(o, "always", f->always);
    put_true_at(o, "unique", f->unique);
    put_true_at(o, "envelope", f->envelope);
    put_true_at(o, "system", f->system);
    put_json_at(o, "default", f->fallback);
    json_close(o, '}');
}

/* For whoever comes from outside: what to write, and nothing of what happens to it inside. */
void model_field_json(const struct field *f, bool must, struct json_out *o)
{
    json_open(o, '{');
    put_text_at(o, "name", f->name);
    put_text_at(o, "type", text_of(f->type->word));
    model__put_words_at(o, "title", f->title);
    if (f->about.en.len > 0)
        model__put_words_at(o, "about", f->about);
    put_bool_at(o, "required", must);
    if (f->scale != NULL)
        put_options(o, f);
    put_bounds(o, f);
    put_true_at(o, "many", f->many);
    json_close(o, '}');
}

/* ---- states and moves -------------------------------------------------------------------- */
static void put_state(struct json_out *o, const struct kind *k, const struct state *s)
{
    json_open(o, '{');
    put_text_at(o, "state", s->name);
    model__put_words_at(o, "title", s->title);
    if (s->about.en.len > 0)
        model__put_words_at(o, "about", s->about);
    put_text_at(o, "tone", text_of(tone_word(s->tone)));
    put_bool_at(o, "locked", s->locked);
    put_bool_at(o, "rest", s->rest);
    put_bool_at(o, "end", s->end);
    put_bool_at(o, "start", (size_t)(s - k->states) == k->start);
    json_close(o, '}');
}

static void put_duties(struct json_out *o, const struct move *m, struct arena *a)
{
    json_key(o, "not");
    json_open(o, '{');
    for (size_t i = 0; i < m->duty_count; i++)
        model__put_who_at(o, text_c(a, m->duties[i].code), &m->duties[i].people, a);
    json_close(o, '}');
}

static void put_needs(struct json_out *o, const struct move *m)
{
    json_key(o, "needs");
    json_open(o, '[');
    for (size_t i = 0; i < m->need_count; i++) {
        json_open(o, '{');
        put_text_at(o, "code", m->needs[i].code);
        model__put_words_at(o, "say", m->needs[i].say);
        json_close(o, '}');
    }
    json_close(o, ']');
}

/* Who signs, step by step, also where one person does alone. */
static void put_sign(struct json_out *o, const struct move *m, struct arena *a)
{
    json_key(o, "sign");
    json_open(o, '[');
    for (size_t i = 0; i < m->step_count; i++) {
        const struct sign_step *step = &m->steps[i];
        json_open(o, '{');
        model__put_who_at(o, "by", &step->by, a);
        json_key(o, "count");
        json_put_integer(o, step->count);
        if (step->when != NULL)
            put_json_at(o, "when", step->when->source);
        if (step->has_expires)
            put_text_at(o, "expires", step->expires.said);
        json_close(o, '}');
    }
    json_close(o, ']');
    put_true_at(o, "ordered", m->ordered);
}

static void put_move(struct json_out *o, const struct kind *k, const struct move *m,
                     struct arena *a)
{
    json_open(o, '{');
    put_text_at(o, "move", m->name);
    model__put_words_at(o, "title", m->title);
    model__put_states_at(o, "from", k, m->from);
    put_text_at(o, "to", k->states[m->to].name);
    model__put_who_at(o, "by", &m->by, a);
    put_sign(o, m, a);
    model__put_texts_at(o, "asks", m->asks, m->ask_count);
    if (m->take_count > 0)
        model__put_texts_at(o, "takes", m->takes, m->take_count);
    put_bool_at(o, "reason", m->reason);
    put_bool_at(o, "fresh", m->fresh);
    put_bool_at(o, "stop", m->stop);
    if (m->drill != NULL)
        put_text_at(o, "drill", m->drill->name);
    put_true_at(o, "automatic", m->automatic);
    if (m->on.len > 0)
        put_text_at(o, "on", m->on);
    if (m->plus.said.len > 0)
        put_text_at(o, "plus", m->plus.said);
    if (m->has_after)
        put_text_at(o, "after", m->after.said);
    if (m->has_every)
        put_text_at(o, "every", m->every.said);
    if (m->when != NULL) {
        put_json_at(o, "when", m->when->source);
        model__put_words_at(o, "say", m->say);
    }
    put_needs(o, m);
    put_duties(o, m, a);
    json_close(o, '}');
}

static void put_name_at(struct json_out *o, const char *key, const struct field *f)
{
    json_key(o, key);
    if (f == NULL)
        json_put_null(o);
    else
        json_put_text(o, f->name);
}

static void put_grants(struct json_out *o, const struct kind *k)
{
    const struct grants *g = &k->grants;
    if (g->in == 0)
        return;
    json_key(o, "grants");
    json_open(o, '{');
    put_name_at(o, "role", g->role);
    put_name_at(o, "to", g->to);
    put_name_at(o, "over", g->over);
    put_name_at(o, "from", g->from);
    put_name_at(o, "until", g->until);
    json_key(o, "in");
    json_open(o, '[');
    for (size_t i = 0; i < k->state_count; i++)
        if (g->in >> i & 1)
            json_put_text(o, k->states[i].name);
    json_close(o, ']');
    json_close(o, '}');
}

static void put_stops(struct json_out *o, const struct kind *k)
{
    const struct stops *s = &k->stops;
    if (s->in == 0)
        return;
    json_key(o, "stops");
    json_open(o, '{');
    put_name_at(o, "people", s->people);
    put_name_at(o, "over", s->over);
    put_name_at(o, "when", s->when);
    put_name_at(o, "from", s->from);
    put_name_at(o, "until", s->until);
    json_key(o, "in");
    json_open(o, '[');
    for (size_t i = 0; i < k->state_count; i++)
        if (s->in >> i & 1)
            json_put_text(o, k->states[i].name);
    json_close(o, ']');
    json_close(o, '}');
}

/* ---- the whole --------------------------------------------------------------------------- */
static void put_head(struct json_out *o, const struct kind *k)
{
    put_text_at(o, "kind", k->name);
    put_text_at(o, "prefix", k->prefix);
    model__put_words_at(o, "title", k->title);
    model__put_words_at(o, "plural", k->plural);
    model__put_words_at(o, "about", k->about);
    put_text_at(o, "icon", k->icon);
    put_text_at(o, "phase", k->phase);
    json_key(o, "order");
    json_put_integer(o, k->order);
    model__put_texts_at(o, "serves", k->serves, k->serves_count);
    model__put_texts_at(o, "list", k->list, k->list_count);
    put_text_at(o, "sort", k->sort);
    json_key(o, "views");
    if (k->views == NULL)
        json_put_raw(o, TEXT("[]"));
    else
        json_put_json(o, k->views);
    if (k->story != NULL) {
        json_key(o, "story");
        json_put_json(o, k->story);
    }
    if (k->sends) {
        json_key(o, "sends");
        json_put_bool(o, true);
        put_text_at(o, "event_profiles", k->event_profiles);
    }
    put_text_at(o, "is", k->is);
    put_grants(o, k);
    put_stops(o, k);
}

static void put_layouts(struct json_out *o, const struct kind *k)
{
    json_key(o, "layout");
    json_open(o, '[');
    for (size_t i = 0; i < k->layout_count; i++) {
        json_open(o, '{');
        model__put_words_at(o, "title", k->layouts[i].title);
        model__put_texts_at(o, "fields", k->layouts[i].fields, k->layouts[i].count);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_step(struct json_out *o, const struct step_of *s)
{
    json_open(o, '{');
    put_text_at(o, "step", s->name);
    model__put_words_at(o, "title", s->title);
    model__put_words_at(o, "about", s->about);
    model__put_texts_at(o, "fields", s->fields, s->field_count);
    model__put_texts_at(o, "shows", s->shows, s->show_count);
    if (s->when != NULL) {
        json_key(o, "when");
        json_put_json(o, s->when->source);
    }
    json_close(o, '}');
}

static void put_steps(struct json_out *o, const struct kind *k)
{
    const struct step_way *way = &k->way;
    if (way->count == 0)
        return;
    json_key(o, "steps");
    json_open(o, '{');
    if (way->from != NULL)
        put_name_at(o, "from", way->from);
    if (way->assign_via != NULL && way->assign_step != NULL) {
        json_key(o, "assign");
        json_open(o, '{');
        put_text_at(o, "kind", way->assign_kind->name);
        put_name_at(o, "via", way->assign_via);
        put_name_at(o, "step", way->assign_step);
        json_close(o, '}');
    }
    json_key(o, "of");
    json_open(o, '[');
    for (size_t i = 0; i < way->count; i++)
        put_step(o, &way->steps[i]);
    json_close(o, ']');
    json_close(o, '}');
}

/* The field whose reckoning `what_if` may be asked of: by what it is less, docs/api.md. */
static void put_what_if(struct json_out *o, const struct kind *k)
{
    for (size_t i = 0; i < k->computed_count; i++) {
        const struct json *how = k->computed[i]->computed;
        const struct json *less = json_get(how, "less"), *from = json_get(how, "less_from");
        if (!text_is(json_text(json_get(how, "fn")), "risk_score") || less == NULL ||
            from == NULL)
            continue;
        json_key(o, "what_if");
        json_open(o, '{');
        json_key(o, "less");
        json_put_json(o, less);
        json_key(o, "less_from");
        json_put_json(o, from);
        json_close(o, '}');
        return;
    }
}

/* That it can be open to everybody, and who answers. */
static void put_public(struct json_out *o, const struct kind *k, struct arena *a)
{
    if (!k->outside.on)
        return;
    json_key(o, "public");
    json_open(o, '{');
    model__put_words_at(o, "title", k->outside.title);
    model__put_words_at(o, "about", k->outside.about);
    model__put_who_at(o, "answer", &k->outside.answer, a);
    json_close(o, '}');
}

/* That records of it can be read outside, and by which mark. */
static void put_published(struct json_out *o, const struct kind *k)
{
    if (k->published.page == PUBLIC_NONE)
        return;
    json_key(o, "published");
    json_open(o, '{');
    put_text_at(o, "page",
                k->published.page == PUBLIC_REGISTER ? TEXT("register") : TEXT("trust"));
    if (k->published.mark != NULL)
        put_text_at(o, "mark", k->published.mark->name);
    json_close(o, '}');
}

/* In which state it asks people to acknowledge it, and how many days they have. */
static void put_asks(struct json_out *o, const struct kind *k)
{
    if (!k->asks.audience)
        return;
    json_key(o, "acknowledge");
    json_open(o, '{');
    put_text_at(o, "state", k->states[k->asks.state].name);
    json_key(o, "days");
    json_put_integer(o, k->asks.days);
    json_close(o, '}');
}

/* Two lines a kind: what every page shows of it, and what only pages about its records need.
 * Whoever reads the model by lines reads the second when it is wanted; for everybody else they
 * are white space. */
static void put_kind(struct json_out *o, const struct kind *k, struct arena *a)
{
    buf_add_byte(o->buf, '\n');
    json_open(o, '{');
    put_head(o, k);
    put_layouts(o, k);
    put_steps(o, k);
    put_what_if(o, k);
    put_public(o, k, a);
    put_published(o, k);
    put_asks(o, k);
    buf_add_byte(o->buf, '\n');
    json_key(o, "fields");
    json_open(o, '[');
    for (size_t i = 0; i < k->field_count; i++)
        put_field(o, k, &k->fields[i], a);
    json_close(o, ']');
    json_key(o, "states");
    json_open(o, '[');
    for (size_t i = 0; i < k->state_count; i++)
        put_state(o, k, &k->states[i]);
    json_close(o, ']');
    json_key(o, "moves");
    json_open(o, '[');
    for (size_t i = 0; i < k->move_count; i++)
        put_move(o, k, &k->moves[i], a);
    json_close(o, ']');
    json_key(o, "access");
    json_open(o, '{');
    model__put_who_at(o, "read", &k->read, a);
    model__put_who_at(o, "create", &k->create, a);
    model__put_who_at(o, "change", &k->change, a);
    json_close(o, '}');
    json_close(o, '}');
}

static void put_role(struct json_out *o, const struct role *r)
{
    json_open(o, '{');
    put_text_at(o, "role", r->name);
    put_text_at(o, "code", r->code);
    model__put_words_at(o, "title", r->title);
    model__put_words_at(o, "about", r->about);
    put_bool_at(o, "approver", r->approver);
    put_bool_at(o, "business", r->business);
    json_close(o, '}');
}

static void put_framework(struct json_out *o, const struct framework *f)
{
    json_open(o, '{');
    put_text_at(o, "framework", f->name);
    model__put_words_at(o, "title", f->title);
    if (f->register_kind.len > 0) {
        json_key(o, "register");
        json_open(o, '{');
        put_text_at(o, "kind", f->register_kind);
        put_text_at(o, "field", f->register_field);
        json_key(o, "excluded");
        json_open(o, '[');
        for (size_t i = 0; i < f->excluded_count; i++)
            json_put_text(o, f->excluded_states[i]);
        json_close(o, ']');
        json_close(o, '}');
    }
    json_close(o, '}');
}

static void put_calendar(struct json_out *o, const struct calendar *c)
{
    json_open(o, '{');
    put_text_at(o, "calendar", c->name);
    model__put_words_at(o, "title", c->title);
    model__put_words_at(o, "about", c->about);
    if (c->zone_name.len > 0)
        put_text_at(o, "zone", c->zone_name);
    json_key(o, "years");
    json_open(o, '[');
    for (size_t i = 0; i < c->year_count; i++)
        json_put_integer(o, c->years[i].year);
    json_close(o, ']');
    json_close(o, '}');
}

static void put_field_name(struct json_out *o, const struct kind *k, const struct field *f,
                           struct arena *a)
{
    json_put_text(o, text_print(a, "%.*s.%.*s", TEXT_ARG(k->name), TEXT_ARG(f->name)));
}

/* The fields that go by it, "incident.gdpr_by": a row that no register counts is told as such.
 */
static void put_counted(struct json_out *o, const struct model *m, const struct deadline *d,
                        struct arena *a)
{
    json_key(o, "counted");
    json_open(o, '[');
    for (size_t i = 0; i < m->kind_count; i++) {
        const struct kind *k = &m->kinds[i];
        for (size_t n = 0; n < k->clock_count; n++)
            if (k->clocks[n].deadline == d)
                put_field_name(o, k, k->clocks[n].at, a);
        if (k->keep.deadline == d)
            put_field_name(o, k, k->keep.at, a);
    }
    json_close(o, ']');
}

static void put_deadline(struct json_out *o, const struct model *m, const struct deadline *d,
                         struct arena *a)
{
    json_open(o, '{');
    put_text_at(o, "deadline", d->name);
    model__put_words_at(o, "law", d->law);
    model__put_words_at(o, "article", d->article);
    model__put_words_at(o, "asks", d->asks);
    model__put_words_at(o, "trigger", d->trigger);
    put_text_at(o, "length", d->length.said);
    if (d->calendar != NULL)
        put_text_at(o, "calendar", d->calendar->name);
    put_text_at(o, "certainty", d->certainty);
    model__put_words_at(o, "seen_in", d->seen_in);
    put_text_at(o, "verified_on", d->verified_on);
    if (d->applies_from.len > 0)
        put_text_at(o, "applies_from", d->applies_from);
    put_counted(o, m, d, a);
    json_close(o, '}');
}

void model_json(const struct model *m, struct buf *out)
{
    struct arena *scrap = arena_open();
    struct json_out o = json_out(out);
    json_open(&o, '{');
    put_text_at(&o, "hash", m->hash);
    json_key(&o, "kinds");
    json_open(&o, '[');
    for (size_t i = 0; i < m->kind_count; i++)
        put_kind(&o, &m->kinds[i], scrap);
    buf_add_byte(out, '\n');
    json_close(&o, ']');
    json_key(&o, "roles");
    json_open(&o, '[');
    for (size_t i = 0; i < m->role_count; i++)
        put_role(&o, &m->roles[i]);
    json_close(&o, ']');
    json_key(&o, "frameworks");
    json_open(&o, '[');
    for (size_t i = 0; i < m->framework_count; i++)
        put_framework(&o, &m->frameworks[i]);
    json_close(&o, ']');
    json_key(&o, "calendars");
    json_open(&o, '[');
    for (size_t i = 0; i < m->calendar_count; i++)
        put_calendar(&o, &m->calendars[i]);
    json_close(&o, ']');
    model__put_begin(&o, m);
    json_key(&o, "deadlines");
    json_open(&o, '[');
    for (size_t i = 0; i < m->deadline_count; i++)
        put_deadline(&o, m, &m->deadlines[i], scrap);
    json_close(&o, ']');
    json_key(&o, "traces");
    json_open(&o, '[');
    for (size_t i = 0; i < m->trace_count; i++)
        model__put_trace(&o, &m->traces[i]);
    json_close(&o, ']');
    model__put_pictures(&o, m);
    model__put_homes(&o, m);
    json_close(&o, '}');
    arena_close(scrap);
}
