/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/decider.c — the files of asks/ that have outcomes: questions that decide. Every
 * condition is checked against a kind that is made of the questions, a choice each, and of the
 * facts, yes or no: so a question or an option that does not exist is told with file and line
 * as in any other condition. Words stand in the file in both languages, {"en", "zh"}. */
#include "model/internal.h"

#define QUESTIONS_MOST 60
#define OPTIONS_MOST 20
#define CASES_MOST 60 /* facts, outcomes, duties */
#define DATES_MOST 40

struct reading {
    struct loader *l;
    const struct json *root;
    struct decider *d;
    struct kind *asked; /* questions and facts as fields: what conditions are checked against */
};

bool model__decides(const struct source *s)
{
    return json_get(s->root, "outcomes") != NULL;
}

/* ---- small parts ---------------------------------------------------------------------------
 */
static void both(struct loader *l, const struct json *object, const char *key, bool must)
{
    const struct json *v = json_get(object, key);
    if (v == NULL && !must)
        return;
    if (v == NULL || v->type != JSON_OBJECT || v->count != 2 ||
        json_text(json_get(v, "en")).len == 0 || json_text(json_get(v, "zh")).len == 0)
        model__mistake(l, v == NULL ? object : v, "required", "\"%s\" is {\"en\", \"zh\"}",
                       key);
}

static struct text a_day(struct loader *l, const struct json *object, const char *key,
                         bool must)
{
    struct text day = model__text(l, object, key, must);
    int64_t at;
    if (day.len > 0 && !date_read(day, &at))
        model__mistake(l, json_get(object, key), "value", "\"%s\" is a day: 2026-12-02", key);
    return day;
}

static bool is_id(struct text t)
{
    bool good = t.len > 0 && t.len <= NAME_LIMIT;
    for (size_t i = 0; i < t.len && good; i++)
        good = (t.at[i] >= 'a' && t.at[i] <= 'z') || (t.at[i] >= '0' && t.at[i] <= '9') ||
               ((t.at[i] == '_' || t.at[i] == '-') && i > 0);
    return good;
}

static struct text an_id(struct loader *l, const struct json *v, const char *key)
{
    struct text id = model__text(l, v, key, true);
    if (id.len > 0 && !is_id(id))
        model__mistake(l, json_get(v, key), "name", "\"%.*s\" is not a name", TEXT_ARG(id));
    return id;
}

/* A list of so many at most; NULL when there is none. */
static const struct json *some(struct loader *l, const struct json *object, const char *key,
                               bool must, size_t most)
{
    const struct json *list = model__list(l, object, key, must);
    if (list == NULL || list->count <= most)
        return list;
    model__mistake(l, list, "range", "\"%s\" are at most %zu", key, most);
    return NULL;
}

static const struct condition *a_condition(struct reading *r, const struct json *v)
{
    const struct json *when = json_get(v, "when");
    return when == NULL ? NULL : model__condition(r->l, r->asked, when);
}

/* ---- what conditions look at ---------------------------------------------------------------
 */
static void add_field(struct reading *r, const struct json *at, struct text name, bool many,
                      const struct scale *scale)
{
    if (kind_field(r->asked, name) != NULL)
        model__mistake(r->l, at, "twice", "\"%.*s\" is there already", TEXT_ARG(name));
    struct field *f = &r->asked->fields[r->asked->field_count];
    *f = (struct field){.name = name,
                        .type = &type_choice,
                        .scale = scale,
                        .many = many,
                        .index = r->asked->field_count};
    r->asked->field_count++;
}

static struct scale *answers_of(struct arena *a, size_t count)
{
    struct scale *s = NEW(a, struct scale);
    s->options = NEW_MANY(a, count, struct option);
    return s;
}

static void add_word(struct scale *s, struct text value)
{
    s->options[s->count++] = (struct option){.value = value};
}

static void read_option(struct reading *r, const struct json *v, struct decider_question *q,
                        struct scale *s)
{
    struct loader *l = r->l;
    struct decider_option *o = &q->options[q->option_count];
    if (!model__keys(l, v, "id title path article from about example counter"))
        return;
    *o = (struct decider_option){an_id(l, v, "id"), a_day(l, v, "from", false)};
    both(l, v, "title", true);
    both(l, v, "path", false);
    both(l, v, "about", false);
    both(l, v, "example", false);
    both(l, v, "counter", false);
    (void)model__text(l, v, "article", false);
    for (size_t i = 0; i < s->count; i++)
        if (text_same(s->options[i].value, o->id))
            model__mistake(l, json_get(v, "id"), "twice", "\"%.*s\" is an answer already",
                           TEXT_ARG(o->id));
    add_word(s, o->id);
    q->option_count++;
}

static void read_options(struct reading *r, const struct json *v, struct decider_question *q)
{
    const struct json *options = some(r->l, v, "options", true, OPTIONS_MOST);
    struct scale *s = answers_of(r->l->arena, (options == NULL ? 0 : options->count) + 1);
    add_word(s, TEXT(UNSURE));
    q->options =
        NEW_MANY(r->l->arena, options == NULL ? 1 : options->count, struct decider_option);
    for (const struct json *o = options == NULL ? NULL : options->first; o != NULL; o = o->next)
        read_option(r, o, q, s);
    add_field(r, v, q->id, q->many, s);
}

/* A question looks at those before it, and at any fact: one that rests on a later question
 * holds of what is known when it is asked. */
static void read_question(struct reading *r, const struct json *v)
{
    struct loader *l = r->l;
    struct decider_question *q = &r->d->questions[r->d->question_count];
    r->d->question_count++;
    if (!model__keys(l, v, "id question help form article when options"))
        return;
    q->id = an_id(l, v, "id");
    both(l, v, "question", true);
    both(l, v, "help", false);
    (void)model__text(l, v, "article", true);
    struct text form = model__text(l, v, "form", true);
    q->many = text_is(form, "many");
    if (form.len > 0 && !q->many && !text_is(form, "one"))
        model__mistake(l, json_get(v, "form"), "value", "\"form\" is one or many");
    read_options(r, v, q);
}

static void read_facts(struct reading *r)
{
    const struct json *list = some(r->l, r->root, "facts", true, CASES_MOST);
    struct scale *yes_no = answers_of(r->l->arena, 2);
    add_word(yes_no, TEXT("yes"));
    add_word(yes_no, TEXT("no"));
    r->d->facts = NEW_MANY(r->l->arena, list == NULL ? 1 : list->count, struct decider_case);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
        struct decider_case *f = &r->d->facts[r->d->fact_count];
        if (!model__keys(r->l, v, "fact when"))
            continue;
        f->value = an_id(r->l, v, "fact");
        if (json_get(v, "when") == NULL)
            model__mistake(r->l, v, "required", "\"when\" is missing");
        f->when = a_condition(r, v); /* before it is a field itself: no circle */
        add_field(r, v, f->value, false, yes_no);
        r->d->fact_count++;
    }
}

/* Fields of `asked` are first the questions, then the facts: a question sees only those before.
 */
static void sees_only_before(struct reading *r, const struct json *at,
                             const struct condition *c, size_t nth)
{
    for (size_t i = 0; c != NULL && i < c->part_count; i++)
        sees_only_before(r, at, c->parts[i], nth);
    for (size_t i = nth; c != NULL && i < r->d->question_count; i++)
        if (text_same(r->d->questions[i].id, c->field))
            model__mistake(r->l, at, "later", "\"%.*s\" is asked later", TEXT_ARG(c->field));
}

static void read_questions(struct reading *r)
{
    const struct json *list = some(r->l, r->root, "questions", true, QUESTIONS_MOST);
    size_t n = list == NULL ? 1 : list->count, nth = 0;
    r->asked = NEW(r->l->arena, struct kind);
    r->asked->name = r->d->name;
    r->asked->fields = NEW_MANY(r->l->arena, n + CASES_MOST, struct field);
    r->d->questions = NEW_MANY(r->l->arena, n, struct decider_question);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next)
        read_question(r, v);
    read_facts(r);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL;
         v = v->next, nth++) {
        r->d->questions[nth].when = a_condition(r, v);
        sees_only_before(r, v, r->d->questions[nth].when, nth);
    }
}

/* ---- what follows --------------------------------------------------------------------------
 */
static void is_value(struct loader *l, const struct json *v, const char *key,
                     const struct field *f, struct text value)
{
    if (f != NULL && value.len > 0 &&
        (f->scale == NULL || scale_option(f->scale, value) == NULL))
        model__mistake(l, json_get(v, key), "unknown", "\"%.*s\" is no value of \"%.*s\"",
                       TEXT_ARG(value), TEXT_ARG(f->name));
}

static void read_cases(struct reading *r, const char *list_key, const char *key,
                       const char *keys, const struct field *f, struct decider_case **out,
                       size_t *count)
{
    const struct json *list = some(r->l, r->root, list_key, true, CASES_MOST);
    *out = NEW_MANY(r->l->arena, list == NULL ? 1 : list->count, struct decider_case);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
        struct decider_case *one = &(*out)[*count];
        if (!model__keys(r->l, v, keys))
            continue;
        one->value = model__text(r->l, v, key, true);
        is_value(r->l, v, key, f, one->value);
        (void)model__integer(r->l, v, "strict", 0, 100, &one->strict);
        one->when = a_condition(r, v);
        (*count)++;
    }
}

/* Whatever was answered there is an outcome, and one name is always equally strict. */
static void check_outcomes(struct reading *r)
{
    const struct decider *d = r->d;
    const struct json *list = json_get(r->root, "outcomes");
    size_t n = 0;
    for (const struct json *v = list->first; v != NULL; v = v->next, n++) {
        both(r->l, v, "reason", true);
        (void)model__text(r->l, v, "article", true);
        if (json_get(v, "strict") == NULL)
            model__mistake(r->l, v, "required", "\"strict\" is missing");
        if (n < d->outcome_count &&
            decider_strict(d, d->outcomes[n].value) != d->outcomes[n].strict)
            model__mistake(r->l, v, "value", "it was of another strictness before");
        if ((v->next == NULL) != (json_get(v, "when") == NULL))
            model__mistake(r->l, v, "when", "the last outcome, and only that, has no \"when\"");
    }
}

static void read_from(struct reading *r, const struct json *v, struct decider_duty *one)
{
    const struct json *list = some(r->l, v, "from", true, COUNT(one->from));
    for (const struct json *c = list == NULL ? NULL : list->first; c != NULL; c = c->next) {
        if (!model__keys(r->l, c, "when day"))
            continue;
        one->from[one->from_count++] =
            (struct decider_start){a_condition(r, c), a_day(r->l, c, "day", true)};
        if ((c->next == NULL) != (json_get(c, "when") == NULL))
            model__mistake(r->l, c, "when", "the last day, and only that, has no \"when\"");
    }
}

static const struct field *column_of(const struct field *rows, const char *name)
{
    for (size_t i = 0; rows != NULL && i < rows->column_count; i++)
        if (text_is(rows->columns[i].name, name))
            return &rows->columns[i];
    return NULL;
}

static void read_duties(struct reading *r)
{
    const struct json *list = some(r->l, r->root, "duties", true, CASES_MOST);
    const struct field *code = column_of(r->d->duties, "code");
    const struct field *role = column_of(r->d->duties, "role");
    r->d->list = NEW_MANY(r->l->arena, list == NULL ? 1 : list->count, struct decider_duty);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
        struct decider_duty *one = &r->d->list[r->d->duty_count];
        if (!model__keys(r->l, v, "code article role when from"))
            continue;
        one->code = model__text(r->l, v, "code", true);
        one->article = model__text(r->l, v, "article", true);
        one->role = model__text(r->l, v, "role", false);
        is_value(r->l, v, "code", code, one->code);
        is_value(r->l, v, "role", role, one->role);
        for (const struct decider_duty *other = r->d->list; other < one; other++)
            if (text_same(other->code, one->code))
                model__mistake(r->l, v, "twice", "\"%.*s\" is there already",
                               TEXT_ARG(one->code));
        if (json_get(v, "when") == NULL)
            model__mistake(r->l, v, "required", "\"when\" is missing");
        one->when = a_condition(r, v);
        read_from(r, v, one);
        r->d->duty_count++;
    }
}

static void read_dates(struct reading *r)
{
    const struct json *list = some(r->l, r->root, "dates", true, DATES_MOST);
    r->d->dates = NEW_MANY(r->l->arena, list == NULL ? 1 : list->count, struct text);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
        if (!model__keys(r->l, v, "day what"))
            continue;
        both(r->l, v, "what", true);
        struct text day = a_day(r->l, v, "day", true);
        if (r->d->date_count > 0 && text_compare(r->d->dates[r->d->date_count - 1], day) >= 0)
            model__mistake(r->l, v, "order", "days stand in their order");
        r->d->dates[r->d->date_count++] = day;
    }
}

/* ---- the record ----------------------------------------------------------------------------
 */
static const struct field *a_field(struct reading *r, const struct json *v, const char *key,
                                   const struct field_type *type)
{
    struct text name = model__text(r->l, v, key, true);
    const struct field *f = r->d->kind == NULL ? NULL : kind_field(r->d->kind, name);
    if (r->d->kind != NULL && name.len > 0 && (f == NULL || f->type != type))
        model__mistake(r->l, json_get(v, key), "unknown", "%.*s has no %s field \"%.*s\"",
                       TEXT_ARG(r->d->kind->name), type->word, TEXT_ARG(name));
    return f != NULL && f->type == type ? f : NULL;
}

static void has_columns(struct loader *l, const struct json *at, const struct field *rows,
                        const char *names)
{
    struct text rest = text_of(names);
    while (rows != NULL && rest.len > 0) {
        struct text name = text_cut(&rest, ' ');
        if (column_of(rows, text_c(l->arena, name)) == NULL)
            model__mistake(l, at, "columns", "\"%.*s\" has no column \"%.*s\"",
                           TEXT_ARG(rows->name), TEXT_ARG(name));
    }
}

static void read_fields(struct reading *r)
{
    struct decider *d = r->d;
    const struct json *v = model__object(r->l, r->root, "fields", true);
    if (v == NULL ||
        !model__keys(r->l, v, "day edition rules outcome also roles next grounds duties"))
        return;
    d->day = a_field(r, v, "day", &type_date);
    d->edition = a_field(r, v, "edition", &type_text);
    d->said_rules = a_field(r, v, "rules", &type_text);
    d->outcome = a_field(r, v, "outcome", &type_choice);
    d->also = a_field(r, v, "also", &type_choice);
    d->roles = a_field(r, v, "roles", &type_choice);
    d->next = a_field(r, v, "next", &type_date);
    d->grounds = a_field(r, v, "grounds", &type_rows);
    d->duties = a_field(r, v, "duties", &type_rows);
    has_columns(r->l, v, d->grounds, "article question answer facts");
    has_columns(r->l, v, d->duties, "code article role begins origin");
}

static void read_record(struct reading *r)
{
    struct decider *d = r->d;
    struct text kind = model__text(r->l, r->root, "kind", true);
    d->kind = model_kind(r->l->model, kind);
    if (kind.len > 0 && d->kind == NULL)
        model__mistake(r->l, json_get(r->root, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(kind));
    d->into = a_field(r, r->root, "into", &type_rows);
    has_columns(r->l, json_get(r->root, "into"), d->into, "question answer note");
    d->subject = a_field(r, r->root, "about_record", &type_ref);
    const struct json *begin = model__object(r->l, r->root, "begin", false);
    for (const struct json *v = begin == NULL ? NULL : begin->first; v != NULL; v = v->next) {
        const struct field *f = d->kind == NULL ? NULL : kind_field(d->kind, v->key);
        if (d->kind != NULL && (f == NULL || f->computed != NULL || !field_fits(f, v)))
            model__mistake(r->l, v, "value", "is no value of a field \"%.*s\"",
                           TEXT_ARG(v->key));
    }
    read_fields(r);
}

static void read_head(struct reading *r, const struct source *s)
{
    struct loader *l = r->l;
    struct hash h = sha256(s->bytes);
    r->d->source = model__at(l, json_get(r->root, "ask"));
    r->d->name = an_id(l, r->root, "ask");
    r->d->root = r->root;
    r->d->rules = text_slice(hex_of(l->arena, hash_text(&h)), 0, 16);
    if (r->d->name.len > 0 && !model__called(s, r->d->name))
        model__mistake(l, json_get(r->root, "ask"), "name",
                       "the file of an ask is called NAME.json, after a name");
    both(l, r->root, "title", true);
    both(l, r->root, "about", true);
    (void)model__text(l, r->root, "edition", true);
    (void)a_day(l, r->root, "verified_on", true);
}

void model__decider(struct loader *l, const struct source *s, struct decider *d)
{
    struct reading r = {.l = l, .root = s->root, .d = d};
    l->file = s;
    d->source = s->shown;
    if (!model__keys(l, s->root,
                     "ask title about edition verified_on kind into about_record begin fields "
                     "dates questions facts outcomes also roles duties"))
        return;
    read_head(&r, s);
    read_record(&r);
    read_questions(&r);
    read_cases(&r, "outcomes", "outcome", "outcome strict when article reason", d->outcome,
               &d->outcomes, &d->outcome_count);
    check_outcomes(&r);
    read_cases(&r, "also", "also", "also when", d->also, &d->besides, &d->beside_count);
    read_cases(&r, "roles", "role", "role when", d->roles, &d->parts, &d->part_count);
    read_duties(&r);
    read_dates(&r);
}
