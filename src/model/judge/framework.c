/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/framework.c — the rows of a standard or a law, and the register kept for them.
 * Rows are read before kinds, so that a kind's `serves` can be checked; the register names a
 * kind, so it is read after them. */
#include "model/internal.h"

static bool id_ok(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && c != '.' && c != '-' && c != '_')
            return false;
    }
    return t.len > 0 && t.len <= 60;
}

static void check_id(struct loader *l, const struct json *v, struct text id, struct by_name *seen)
{
    if (id.len == 0)
        return;
    const struct json *known = map__get(seen, id);
    if (!id_ok(id))
        model__mistake(l, v, "name", "\"%.*s\" is not an id: letters, digits, . - _",
                       TEXT_ARG(id));
    if (known != NULL)
        model__mistake(l, v, "twice", "\"%.*s\" is already at line %u", TEXT_ARG(id),
                       known->line);
    map__put(seen, id, v);
}

static void read_group(struct loader *l, const struct json *v, struct group *g,
                       struct by_name *seen)
{
    if (!model__keys(l, v, "id title phase"))
        return;
    g->id = model__text(l, v, "id", true);
    g->title = model__words(l, v, "title", true);
    model__phase(l, v, &g->phase, false);
    check_id(l, json_get(v, "id"), g->id, seen);
}

static bool has_group(const struct framework *f, struct text id)
{
    for (size_t i = 0; i < f->group_count; i++)
        if (text_same(f->groups[i].id, id))
            return true;
    return false;
}

static void read_row(struct loader *l, const struct json *v, struct framework *f,
                     struct requirement *r, struct by_name *seen)
{
    if (!model__keys(l, v,
                     "id group type title about auditor evidence weight phase documented "
                     "records"))
        return;
    r->row = model__text(l, v, "id", true);
    r->id = text_print(l->arena, "%.*s:%.*s", TEXT_ARG(f->name), TEXT_ARG(r->row));
    r->group = model__text(l, v, "group", true);
    r->type = model__text(l, v, "type", true);
    r->title = model__words(l, v, "title", true);
    r->about = model__words(l, v, "about", true);
    r->auditor = model__words(l, v, "auditor", false);
    r->evidence = model__words(l, v, "evidence", false);
    r->documented = model__words(l, v, "documented", false);
    r->records = model__bool(l, v, "records");
    r->weight = 1;
    model__integer(l, v, "weight", 0, 100, &r->weight);
    model__phase(l, v, &r->phase, true);
    check_id(l, json_get(v, "id"), r->row, seen);
    if (r->group.len > 0 && !has_group(f, r->group))
        model__mistake(l, json_get(v, "group"), "unknown", "unknown group \"%.*s\"",
                       TEXT_ARG(r->group));
    if (r->type.len > 0 && !model__name_ok(r->type))
        model__mistake(l, json_get(v, "type"), "name", "\"%.*s\" is not a name",
                       TEXT_ARG(r->type));
}

static void check_name(struct loader *l, const struct source *s, const struct framework *f)
{
    const struct json *v = json_get(s->root, "framework");
    if (f->name.len > 0 && (!id_ok(f->name) || !model__called(s, f->name)))
        model__mistake(l, v, "name", "the file of a framework is called ID.json");
    for (const struct framework *other = l->model->frameworks; other < f; other++)
        if (text_same(other->name, f->name))
            for (const struct source *o = l->sources; o < s; o++)
                if (text_same(json_text(json_get(o->root, "framework")), f->name))
                    model__mistake(l, v, "clash", "\"%.*s\" is already a framework: %.*s:%u",
                                   TEXT_ARG(f->name), TEXT_ARG(o->shown),
                                   json_get(o->root, "framework")->line);
}

void model__framework(struct loader *l, const struct source *s, struct framework *f)
{
    const struct json *root = s->root;
    l->file = s;
    if (!model__keys(l, root, "framework title edition about groups rows register stage1"))
        return;
    f->name = model__text(l, root, "framework", true);
    f->title = model__words(l, root, "title", true);
    f->edition = model__text(l, root, "edition", false);
    f->about = model__words(l, root, "about", false);
    check_name(l, s, f);
    const struct json *groups = model__list(l, root, "groups", true);
    const struct json *rows = model__list(l, root, "rows", true);
    struct by_name *seen_groups = map__new(l->scrap), *seen_rows = map__new(l->scrap);
    f->groups = NEW_MANY(l->arena, groups == NULL ? 0 : groups->count, struct group);
    for (const struct json *v = groups == NULL ? NULL : groups->first; v != NULL; v = v->next)
        read_group(l, v, &f->groups[f->group_count++], seen_groups);
    f->rows = NEW_MANY(l->arena, rows == NULL ? 0 : rows->count, struct requirement);
    for (const struct json *v = rows == NULL ? NULL : rows->first; v != NULL; v = v->next) {
        struct requirement *r = &f->rows[f->row_count];
        read_row(l, v, f, r, seen_rows);
        r->index = f->row_count++;
    }
}

static bool has_type(const struct framework *f, struct text type)
{
    for (size_t i = 0; i < f->row_count; i++)
        if (text_same(f->rows[i].type, type))
            return true;
    return false;
}

static void check_exists(struct loader *l, const struct json *v, struct text name)
{
    for (size_t i = 0; i < l->source_count; i++) {
        const struct source *s = &l->sources[i];
        if (s->type == FILE_CHECK && s->in_force && model__called(s, name))
            return;
    }
    model__mistake(l, v, "unknown", "unknown check \"%.*s\"", TEXT_ARG(name));
}

static void state_exists(struct loader *l, const struct json *v, const struct kind *k,
                         struct text name)
{
    if (kind_state(k, name) < 0)
        model__mistake(l, v, "unknown", "%.*s has no state \"%.*s\"", TEXT_ARG(k->name),
                       TEXT_ARG(name));
}

/* {"designed": 1, …}: what a state of the register is worth. */
static void read_levels(struct loader *l, const struct json *v, const struct kind *k,
                        struct framework *f)
{
    const struct json *levels = model__object(l, v, "levels", false);
    if (levels == NULL)
        return;
    f->level_states = NEW_MANY(l->arena, levels->count, struct text);
    f->levels = NEW_MANY(l->arena, levels->count, int);
    for (const struct json *one = levels->first; one != NULL; one = one->next) {
        int64_t level = 0;
        state_exists(l, one, k, one->key);
        model__integer(l, levels, text_c(l->scrap, one->key), 0, 4, &level);
        f->level_states[f->level_count] = one->key;
        f->levels[f->level_count++] = (int)level;
    }
}

/* Controls that these records point at weigh twice as much. */
static void read_weigh(struct loader *l, const struct json *v, struct framework *f)
{
    const struct json *w = model__object(l, v, "weigh", false);
    if (w == NULL || !model__keys(l, w, "kind via field in"))
        return;
    f->weigh.kind = model__text(l, w, "kind", true);
    f->weigh.via = model__text(l, w, "via", true);
    f->weigh.field = model__text(l, w, "field", true);
    model__texts(l, w, "in", true, &f->weigh.in, &f->weigh.in_count);
    const struct kind *k = model_kind(l->model, f->weigh.kind);
    const struct field *via = k == NULL ? NULL : kind_field(k, f->weigh.via);
    const struct field *field = k == NULL ? NULL : kind_field(k, f->weigh.field);
    model__for_all(l, w, via);
    model__for_all(l, w, field);
    if (k == NULL)
        model__mistake(l, w, "unknown", "unknown kind \"%.*s\"", TEXT_ARG(f->weigh.kind));
    else if (via == NULL || !text_same(via->target_name, f->register_kind))
        model__mistake(l, w, "unknown", "\"%.*s\" does not refer to the register",
                       TEXT_ARG(f->weigh.via));
    else if (field == NULL || field->scale == NULL)
        model__mistake(l, w, "unknown", "\"%.*s\" is not a choice of %.*s",
                       TEXT_ARG(f->weigh.field), TEXT_ARG(k->name));
    for (size_t i = 0; field != NULL && field->scale != NULL && i < f->weigh.in_count; i++)
        if (scale_option(field->scale, f->weigh.in[i]) == NULL)
            model__mistake(l, json_get(w, "in"), "unknown", "%.*s has no value \"%.*s\"",
                           TEXT_ARG(field->name), TEXT_ARG(f->weigh.in[i]));
}

static void date_exists(struct loader *l, const struct json *v, const struct kind *k,
                        struct text name)
{
    const struct field *f = name.len > 0 ? kind_field(k, name) : NULL;
    model__for_all(l, v, f);
    if (name.len > 0 && (f == NULL || f->type != &type_date))
        model__mistake(l, v, "unknown", "\"%.*s\" is not a date of %.*s", TEXT_ARG(name),
                       TEXT_ARG(k->name));
}

/* What shows that a control runs, and for how long it does. */
static void read_proof(struct loader *l, const struct json *v, const struct kind *k,
                       struct framework *f)
{
    const struct json *p = model__object(l, v, "proof", false);
    if (p == NULL || !model__keys(l, p, "via in taken until tested months"))
        return;
    f->proof.via = model__text(l, p, "via", true);
    model__texts(l, p, "in", true, &f->proof.in, &f->proof.in_count);
    f->proof.taken = model__text(l, p, "taken", false);
    f->proof.until = model__text(l, p, "until", false);
    f->proof.tested = model__text(l, p, "tested", false);
    if (json_get(p, "months") == NULL)
        model__mistake(l, p, "required", "\"months\" is missing");
    model__integer(l, p, "months", 1, 120, &f->proof.months);
    date_exists(l, json_get(p, "tested"), k, f->proof.tested);
    const struct field *via = kind_field(k, f->proof.via);
    if (via == NULL || via->type != &type_refs || via->target_kind == NULL) {
        model__mistake(l, json_get(p, "via"), "unknown", "\"%.*s\" refers to no kind",
                       TEXT_ARG(f->proof.via));
        return;
    }
    for (size_t i = 0; i < f->proof.in_count; i++)
        state_exists(l, json_get(p, "in"), via->target_kind, f->proof.in[i]);
    date_exists(l, json_get(p, "taken"), via->target_kind, f->proof.taken);
    date_exists(l, json_get(p, "until"), via->target_kind, f->proof.until);
}

/* How the register bears on readiness. */
static void read_bearing(struct loader *l, const struct json *v, const struct kind *k,
                         struct framework *f)
{
    read_levels(l, v, k, f);
    model__texts(l, v, "excluded", false, &f->excluded_states, &f->excluded_count);
    for (size_t i = 0; i < f->excluded_count; i++)
        state_exists(l, json_get(v, "excluded"), k, f->excluded_states[i]);
    f->register_approval = model__text(l, v, "approval", false);
    if (f->register_approval.len > 0)
        check_exists(l, json_get(v, "approval"), f->register_approval);
    read_weigh(l, v, f);
    read_proof(l, v, k, f);
    if (f->level_count == 0 &&
        (f->excluded_count > 0 || f->weigh.kind.len > 0 || f->proof.via.len > 0))
        model__mistake(l, v, "required",
                       "\"excluded\", \"weigh\" and \"proof\" need \"levels\"");
}

static void read_stage1(struct loader *l, const struct json *root, struct framework *f)
{
    model__texts(l, root, "stage1", false, &f->stage1, &f->stage1_count);
    for (size_t i = 0; i < f->stage1_count; i++)
        check_exists(l, json_get(root, "stage1"), f->stage1[i]);
}

void model__framework_finish(struct loader *l, const struct source *s, struct framework *f)
{
    l->file = s;
    read_stage1(l, s->root, f);
    const struct json *v = model__object(l, s->root, "register", false);
    if (v == NULL || !model__keys(l, v, "kind field rows levels excluded approval weigh proof"))
        return;
    f->register_kind = model__text(l, v, "kind", true);
    f->register_field = model__text(l, v, "field", true);
    f->register_rows = model__text(l, v, "rows", true);
    const struct kind *k = model_kind(l->model, f->register_kind);
    const struct field *field = k == NULL ? NULL : kind_field(k, f->register_field);
    if (k == NULL)
        model__mistake(l, json_get(v, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(f->register_kind));
    else if (field == NULL || (field->type != &type_text && field->target != TO_REQUIREMENT))
        model__mistake(l, json_get(v, "field"), "unknown",
                       "\"%.*s\" is not a text field or requirement refs of %.*s",
                       TEXT_ARG(f->register_field), TEXT_ARG(k->name));
    if (!has_type(f, f->register_rows))
        model__mistake(l, json_get(v, "rows"), "unknown", "no row has the type \"%.*s\"",
                       TEXT_ARG(f->register_rows));
    if (k != NULL)
        read_bearing(l, v, k, f);
}
