/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/check.c — checks: what proves a requirement row, as one read-only query a file.
 */
#include "model/internal.h"

static void reason_exists(const struct sql *q, struct text code, const void *arg)
{
    const struct check *c = arg;
    for (size_t i = 0; i < c->reason_count; i++)
        if (text_same(c->reasons[i].code, code))
            return;
    model__mistake(q->l, q->at, "unknown", "the reason \"%.*s\" is not in \"reasons\"",
                   TEXT_ARG(code));
}

static void check_breaks(const struct sql *q, const struct check *c)
{
    bool kind = model__column(q, "kind", model__is_kind, "requirement");
    bool reason = model__column(q, "reason", reason_exists, c);
    if (!kind || !reason || !model__column(q, "id", NULL, NULL))
        model__mistake(q->l, q->at, "sql", "must give the columns kind, id and reason (AS)");
    for (size_t i = 0; i < c->reason_count; i++)
        if (!model__quotes(q, c->reasons[i].code))
            model__mistake(q->l, q->at, "unknown", "never gives the reason \"%.*s\"",
                           TEXT_ARG(c->reasons[i].code));
}

static bool uses_grace(const char *sql)
{
    return text_search(text_of(sql), TEXT("$6")) >= 0;
}

static const char *judged(const struct sql *q, const struct check *c)
{
    const char *sql = model__query(q, "$1 $2 $3 $4 $5 $6");
    if (uses_grace(sql) && c->grace == 0)
        model__mistake(q->l, q->at, "required", "$6 needs \"grace\"");
    return sql;
}

static void read_sql(struct loader *l, const struct json *root, struct check *c)
{
    struct text population = model__text(l, root, "population", true);
    struct text breaks = model__text(l, root, "breaks", true);
    if (population.len > 0) {
        struct sql q = model__cut(l, json_get(root, "population"), population);
        c->population = judged(&q, c);
    }
    if (breaks.len > 0) {
        struct sql q = model__cut(l, json_get(root, "breaks"), breaks);
        c->breaks = judged(&q, c);
        check_breaks(&q, c);
        model__fixes(l, root, &q, c);
    }
    bool sound = c->population[0] != '\0' && c->breaks[0] != '\0';
    if (sound && c->grace > 0 && !uses_grace(c->population) && !uses_grace(c->breaks))
        model__mistake(l, json_get(root, "grace"), "unknown", "no query uses $6");
}

static void read_reasons(struct loader *l, const struct json *root, struct check *c)
{
    const struct json *reasons = model__object(l, root, "reasons", true);
    if (reasons == NULL)
        return;
    if (reasons->count == 0 || reasons->count > COUNT(c->reasons)) {
        model__mistake(l, reasons, "range", "a check has 1 to %zu reasons", COUNT(c->reasons));
        return;
    }
    for (const struct json *v = reasons->first; v != NULL; v = v->next) {
        if (!model__name_ok(v->key))
            model__mistake(l, v, "name", "\"%.*s\" is not a name", TEXT_ARG(v->key));
        if (!model__is_text(l, v))
            continue;
        c->reasons[c->reason_count].code = v->key;
        c->reasons[c->reason_count++].words = model__translate(l, v->text);
    }
}

static void read_proves(struct loader *l, const struct json *root, struct check *c)
{
    const struct json *proves = model__list(l, root, "proves", false);
    if (proves == NULL)
        return;
    c->proves = NEW_MANY(l->arena, proves->count, struct proof);
    for (const struct json *v = proves->first; v != NULL; v = v->next) {
        int64_t level = 0;
        if (!model__keys(l, v, "row level"))
            continue;
        struct text row = model__text(l, v, "row", true);
        const struct requirement *r = model_requirement(l->model, row);
        if (row.len > 0 && r == NULL)
            model__mistake(l, json_get(v, "row"), "unknown",
                           "no framework has the row \"%.*s\"", TEXT_ARG(row));
        if (json_get(v, "level") == NULL)
            model__mistake(l, v, "required", "\"level\" is missing");
        model__integer(l, v, "level", 1, 4, &level);
        if (r != NULL && level > 0)
            c->proves[c->prove_count++] = (struct proof){r, (int)level};
    }
}

static void check_name(struct loader *l, const struct source *s, const struct check *c)
{
    const struct json *v = json_get(s->root, "check");
    if (c->name.len == 0)
        return;
    if (c->name.len > 60 || text_find(c->name, '/') >= 0 || text_find(c->name, ' ') >= 0 ||
        !model__called(s, c->name))
        model__mistake(l, v, "name", "the file of a check is called ID.json");
    for (const struct check *other = l->model->checks; other < c; other++)
        if (text_same(other->name, c->name))
            model__mistake(l, v, "clash", "\"%.*s\" is already a check: %.*s",
                           TEXT_ARG(c->name), TEXT_ARG(other->source));
}

void model__check_file(struct loader *l, const struct source *s, struct check *c)
{
    const struct json *root = s->root;
    l->file = s;
    c->population = c->breaks = "";
    c->source = s->shown;
    if (!model__keys(l, root,
                     s->site ? "check title statement proves must grace population breaks "
                               "reasons remedy fix"
                             : "check overlay title statement proves must grace population "
                               "breaks reasons remedy fix"))
        return;
    c->name = model__text(l, root, "check", true);
    c->source = model__at(l, json_get(root, "check"));
    c->title = model__words(l, root, "title", true);
    c->statement = model__words(l, root, "statement", true);
    c->remedy = model__words(l, root, "remedy", false);
    c->must = model__bool(l, root, "must");
    model__integer(l, root, "grace", 1, 3660, &c->grace);
    check_name(l, s, c);
    read_proves(l, root, c);
    read_reasons(l, root, c);
    read_sql(l, root, c);
}
