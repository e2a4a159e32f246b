/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/ask.c — asks: plain questions about the rows of a framework, answered in the rows
 * of a record, and what the answers say. What is declared here is never proof: readiness does
 * not look at it. ask_judge is pure; the pages judge the same (ui/src/model/ask.ts), and both
 * pass tests/vectors/asks.json. */
#include "model/internal.h"

#define QUESTIONS_MOST 200
#define HOURS_MOST 400

const struct ask *model_ask(const struct model *m, const struct field *into)
{
    for (size_t i = 0; i < m->ask_count; i++)
        if (m->asks[i].into == into)
            return &m->asks[i];
    return NULL;
}

const struct ask_question *ask_question(const struct ask *k, struct text id)
{
    for (size_t i = 0; i < k->question_count; i++)
        if (text_same(k->questions[i].id, id))
            return &k->questions[i];
    return NULL;
}

/* ---- judging -------------------------------------------------------------------------------
 */
static const struct ask_value *value_of(const struct ask *k, const struct json *answer)
{
    for (size_t i = 0; answer != NULL && i < k->value_count; i++)
        if (text_same(k->values[i].answer, json_text(answer)))
            return &k->values[i];
    return NULL;
}

static const struct json *answer_to(const struct json *rows, struct text question)
{
    for (const struct json *row = rows == NULL ? NULL : rows->first; row != NULL;
         row = row->next)
        if (text_same(json_text(json_get(row, "question")), question))
            return json_get(row, "answer");
    return NULL;
}

/* Half a percent rounds up. */
static int64_t percent(int64_t part, int64_t whole)
{
    return whole == 0 ? -1 : (2 * part + whole) / (2 * whole);
}

struct ask_result ask_judge(const struct ask *k, condition_value *value, void *arg)
{
    const struct json *rows = value(arg, k->into->name);
    struct ask_result out = {0};
    int64_t worth = 0, weight = 0;
    for (size_t i = 0; i < k->question_count; i++) {
        const struct ask_question *q = &k->questions[i];
        if (!condition_holds(q->when, value, arg))
            continue;
        const struct ask_value *v = value_of(k, answer_to(rows, q->id));
        out.asked++;
        if (v == NULL)
            continue;
        out.answered++;
        if (v->worth < 0)
            continue;
        worth += q->row->weight * v->worth;
        weight += q->row->weight;
        out.gaps += v->worth < ASK_GAP_BELOW;
    }
    out.percent = percent(worth, weight);
    return out;
}

/* ---- the file ------------------------------------------------------------------------------
 */
static const struct field *column_of(const struct field *rows, const char *name)
{
    for (size_t i = 0; i < rows->column_count; i++)
        if (text_is(rows->columns[i].name, name))
            return &rows->columns[i];
    return NULL;
}

static void check_columns(struct loader *l, const struct json *v, const struct field *into)
{
    const struct field *question = column_of(into, "question");
    const struct field *answer = column_of(into, "answer");
    if (question == NULL || question->type != &type_text || answer == NULL ||
        answer->type != &type_choice || answer->many)
        model__mistake(l, v, "columns", "has the columns question (text) and answer (choice)");
}

static void read_into(struct loader *l, const struct json *root, struct ask *k)
{
    struct text kind = model__text(l, root, "kind", true);
    struct text into = model__text(l, root, "into", true);
    k->kind = model_kind(l->model, kind);
    if (kind.len > 0 && k->kind == NULL)
        model__mistake(l, json_get(root, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(kind));
    if (k->kind == NULL || into.len == 0)
        return;
    k->into = kind_field(k->kind, into);
    if (k->into == NULL || k->into->type != &type_rows) {
        model__mistake(l, json_get(root, "into"), "unknown", "%.*s has no rows field \"%.*s\"",
                       TEXT_ARG(kind), TEXT_ARG(into));
        k->into = NULL;
        return;
    }
    check_columns(l, json_get(root, "into"), k->into);
    for (const struct ask *other = l->model->asks; other < k; other++)
        if (other->into == k->into)
            model__mistake(l, json_get(root, "into"), "clash",
                           "%.*s asks into these rows already", TEXT_ARG(other->source));
}

static void read_value(struct loader *l, const struct json *v, const struct scale *scale,
                       struct ask *k)
{
    struct ask_value *one = &k->values[k->value_count];
    bool known = false;
    *one = (struct ask_value){.answer = v->key, .worth = -1};
    for (size_t i = 0; i < scale->count; i++)
        known = known || text_same(scale->options[i].value, v->key);
    if (!known)
        model__mistake(l, v, "unknown", "\"%.*s\" is no answer", TEXT_ARG(v->key));
    else if (v->type == JSON_INTEGER && v->integer >= 0 && v->integer <= 100)
        one->worth = v->integer;
    else if (v->type != JSON_NULL)
        model__mistake(l, v, "value",
                       "an answer is worth 0 to 100 percent, or null: it counts for nothing");
    k->value_count += known;
}

/* What every answer is worth: one that the file leaves out would be as if nobody had said it.
 */
static void read_values(struct loader *l, const struct json *root, struct ask *k)
{
    const struct field *answer = k->into == NULL ? NULL : column_of(k->into, "answer");
    const struct json *values = model__object(l, root, "values", true);
    if (values == NULL || answer == NULL || answer->scale == NULL)
        return;
    k->values = NEW_MANY(l->arena, values->count + 1, struct ask_value);
    for (const struct json *v = values->first; v != NULL; v = v->next)
        read_value(l, v, answer->scale, k);
    for (size_t i = 0; i < answer->scale->count; i++)
        if (json_named(values, answer->scale->options[i].value) == NULL)
            model__mistake(l, values, "missing", "nothing says what \"%.*s\" is worth",
                           TEXT_ARG(answer->scale->options[i].value));
}

static void read_row(struct loader *l, const struct json *v, const struct framework *f,
                     struct ask *k, struct ask_question *q)
{
    q->id = model__text(l, v, "id", true);
    for (size_t i = 0; f != NULL && i < f->row_count; i++)
        if (text_same(f->rows[i].row, q->id))
            q->row = &f->rows[i];
    if (f != NULL && q->id.len > 0 && q->row == NULL)
        model__mistake(l, json_get(v, "id"), "unknown", "%.*s has no row \"%.*s\"",
                       TEXT_ARG(f->name), TEXT_ARG(q->id));
    for (const struct ask_question *other = k->questions; other < q; other++)
        if (text_same(other->id, q->id))
            model__mistake(l, json_get(v, "id"), "twice", "is asked already");
}

/* Computed fields may rest on the answers. */
static void read_when(struct loader *l, const struct json *v, const struct ask *k,
                      struct ask_question *q)
{
    bool *done = NEW_MANY(l->scrap, k->kind->field_count, bool);
    q->when = model__condition(l, k->kind, v);
    q->when_said = v;
    if (model__condition_waits(q->when, k->kind, done))
        model__mistake(l, v, "computed", "\"when\" looks at fields that people fill in");
}

static void read_question(struct loader *l, const struct json *v, const struct framework *f,
                          struct ask *k)
{
    struct ask_question *q = &k->questions[k->question_count];
    *q = (struct ask_question){0};
    k->question_count++;
    if (!model__keys(l, v, "id question example do done effort opens when"))
        return;
    read_row(l, v, f, k, q);
    q->question = model__words(l, v, "question", true);
    q->example = model__words(l, v, "example", true);
    q->act = model__words(l, v, "do", true);
    q->done = model__words(l, v, "done", true);
    if (!model__integer(l, v, "effort", 1, HOURS_MOST, &q->effort))
        model__mistake(l, v, "required", "\"effort\": hours, 1 to %d", HOURS_MOST);
    struct text opens = model__text(l, v, "opens", true);
    q->opens = model_kind(l->model, opens);
    if (opens.len > 0 && q->opens == NULL)
        model__mistake(l, json_get(v, "opens"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(opens));
    if (json_get(v, "when") != NULL && k->kind != NULL)
        read_when(l, json_get(v, "when"), k, q);
}

static void read_questions(struct loader *l, const struct json *root, struct ask *k)
{
    const struct json *list = model__list(l, root, "questions", true);
    struct text name = model__text(l, root, "framework", true);
    const struct framework *f = model_framework(l->model, name);
    if (name.len > 0 && f == NULL)
        model__mistake(l, json_get(root, "framework"), "unknown", "unknown framework \"%.*s\"",
                       TEXT_ARG(name));
    if (list != NULL && list->count > QUESTIONS_MOST) {
        model__mistake(l, list, "range", "an ask has at most %d questions", QUESTIONS_MOST);
        return;
    }
    k->framework = f;
    k->questions = NEW_MANY(l->arena, list == NULL ? 1 : list->count, struct ask_question);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next)
        read_question(l, v, f, k);
}

/* Fields that are asked before the questions. */
static void read_first(struct loader *l, const struct json *root, struct ask *k)
{
    const struct json *v = json_get(root, "first");
    if (!model__texts(l, root, "first", true, &k->first, &k->first_count))
        return;
    for (size_t i = 0; k->kind != NULL && i < k->first_count; i++)
        if (kind_field(k->kind, k->first[i]) == NULL)
            model__mistake(l, v, "unknown", "%.*s has no field \"%.*s\"",
                           TEXT_ARG(k->kind->name), TEXT_ARG(k->first[i]));
}

static const struct field *text_field(struct loader *l, const struct json *v, const char *key,
                                      const struct kind *k)
{
    struct text name = model__text(l, v, key, true);
    const struct field *f = k == NULL ? NULL : kind_field(k, name);
    if (k != NULL && name.len > 0 &&
        (f == NULL || !(f->type == &type_text || f->type == &type_note)))
        model__mistake(l, json_get(v, key), "unknown", "%.*s has no text \"%.*s\"",
                       TEXT_ARG(k->name), TEXT_ARG(name));
    return f;
}

/* What closes a gap: a record of a kind, with what is done and how one can tell. */
static void read_plan(struct loader *l, const struct json *root, struct ask *k)
{
    const struct json *v = model__object(l, root, "plan", true);
    if (v == NULL || !model__keys(l, v, "kind act proof"))
        return;
    struct text kind = model__text(l, v, "kind", true);
    k->plan = model_kind(l->model, kind);
    if (kind.len > 0 && k->plan == NULL)
        model__mistake(l, json_get(v, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(kind));
    k->plan_act = text_field(l, v, "act", k->plan);
    k->plan_done = text_field(l, v, "proof", k->plan);
}

static void read_ask(struct loader *l, const struct source *s, struct ask *k)
{
    const struct json *root = s->root;
    l->file = s;
    k->source = s->shown;
    if (!model__keys(l, root,
                     "ask title about kind into framework first starter plan values questions"))
        return;
    k->source = model__at(l, json_get(root, "ask"));
    k->name = model__text(l, root, "ask", true);
    if (k->name.len > 0 && (!model__name_ok(k->name) || !model__called(s, k->name)))
        model__mistake(l, json_get(root, "ask"), "name",
                       "the file of an ask is called NAME.json, after a name");
    k->title = model__words(l, root, "title", true);
    k->about = model__words(l, root, "about", true);
    k->starter = model__text(l, root, "starter", false);
    if (k->starter.len > 0 && model_starter(l->model, k->starter) == NULL)
        model__mistake(l, json_get(root, "starter"), "unknown", "unknown starter \"%.*s\"",
                       TEXT_ARG(k->starter));
    read_into(l, root, k);
    read_first(l, root, k);
    read_values(l, root, k);
    read_questions(l, root, k);
    read_plan(l, root, k);
}

/* A field that is computed from answers needs somebody who asks. */
static void each_is_asked(struct loader *l, const struct kind *k)
{
    for (size_t i = 0; i < k->computed_count; i++) {
        const struct json *how = k->computed[i]->computed;
        const struct field *rows = kind_field(k, json_text(json_get(how, "rows")));
        struct text fn = json_text(json_get(how, "fn"));
        if ((text_is(fn, "answered") && model_ask(l->model, rows) == NULL) ||
            (text_is(fn, "decided") && model_decider(l->model, rows) == NULL))
            model__mistake(l, how, "unknown", "no file of asks/ asks into \"%.*s\"",
                           TEXT_ARG(json_text(json_get(how, "rows"))));
    }
}

void model__asks(struct loader *l, size_t count)
{
    struct model *m = l->model;
    m->asks = NEW_MANY(l->arena, count, struct ask);
    m->deciders = NEW_MANY(l->arena, count, struct decider);
    for (size_t i = 0; i < l->source_count; i++) {
        const struct source *s = &l->sources[i];
        if (s->type != FILE_ASK || !s->in_force)
            continue;
        if (model__decides(s)) {
            model__decider(l, s, &m->deciders[m->decider_count]);
            m->decider_count++;
        } else {
            read_ask(l, s, &m->asks[m->ask_count]);
            m->ask_count++;
        }
    }
    for (size_t i = 0; i < m->kind_count; i++) {
        l->file = l->drafts[i].source;
        each_is_asked(l, &m->kinds[i]);
    }
}
