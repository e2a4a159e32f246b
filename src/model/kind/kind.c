/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/kind.c — one kind file: its head, its fields, and what it says about showing and
 * access. begin: head and fields. finish: everything that names fields, states or other kinds.
 */
#include "model/internal.h"

static const char kind_keys[] =
    "kind prefix title plural icon about phase order serves fields "
    "layout list sort states moves offers access views story is waives "
    "grants stops keeps_until keeps_events event_profiles public published acknowledge steps "
    "sends";

/* ---- head -------------------------------------------------------------------------------- */
static void check_prefix(struct loader *l, const struct draft *d)
{
    struct text p = d->kind->prefix;
    const struct json *v = json_get(d->source->root, "prefix");
    bool sound = p.len >= 2 && p.len <= 4;
    for (size_t i = 0; sound && i < p.len; i++)
        sound = p.at[i] >= 'A' && p.at[i] <= 'Z';
    if (!sound && p.len > 0)
        model__mistake(l, v, "name", "the prefix is 2 to 4 capital letters");
    for (const struct draft *other = l->drafts; other < d; other++)
        if (p.len > 0 && text_same(other->kind->prefix, p))
            model__mistake(l, v, "clash", "the prefix %.*s is already taken at %.*s:%u",
                           TEXT_ARG(p), TEXT_ARG(other->source->shown),
                           json_get(other->source->root, "prefix")->line);
}

static void check_icon(struct loader *l, const struct json *root, struct text icon)
{
    for (size_t i = 0; i < icon.len; i++) {
        char c = icon.at[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
            model__mistake(l, json_get(root, "icon"), "name",
                           "an icon's name is a-z, 0-9 and -");
            return;
        }
    }
}

static void read_head(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *root = d->source->root;
    model__keys(l, root, kind_keys);
    k->file = d->source->shown;
    k->prefix = model__text(l, root, "prefix", true);
    k->icon = model__text(l, root, "icon", true);
    k->title = model__words(l, root, "title", true);
    k->plural = model__words(l, root, "plural", true);
    k->about = model__words(l, root, "about", true);
    k->order = 100;
    model__integer(l, root, "order", 0, 100000, &k->order);
    model__phase(l, root, &k->phase, true);
    check_prefix(l, d);
    check_icon(l, root, k->icon);
}

/* ---- fields ------------------------------------------------------------------------------ */
static bool is_extra(struct text name)
{
    return text_starts(name, "x_");
}

static void check_new_field(struct loader *l, const struct draft *d, const struct json *v,
                            bool extension)
{
    const struct kind *k = d->kind;
    model__check_field_name(l, v, v->key, false);
    if (extension && !is_extra(v->key))
        model__mistake(l, v, "name", "an extension only adds fields whose names begin with x_");
    if (!extension && !d->source->site && is_extra(v->key))
        model__mistake(l, v, "name", "names that begin with x_ are for extensions");
    const struct json *type = json_get(v, "type");
    if (type != NULL && text_is(json_text(type), "rows") && k->name.len + 2 + v->key.len > 63)
        model__mistake(l, v, "name", "%.*s__%.*s is too long for a table", TEXT_ARG(k->name),
                       TEXT_ARG(v->key));
}

static void read_field(struct loader *l, struct draft *d, const struct json *v, bool extension)
{
    struct kind *k = d->kind;
    const struct field *known = kind_field(k, v->key);
    if (known != NULL && !extension && known->index < SYSTEM_FIELDS + l->envelope_count) {
        model__restate(l, d, &k->fields[known->index], v);
        return;
    }
    if (v->type != JSON_OBJECT) {
        model__mistake(l, v, "type", "a field must be an object");
        return;
    }
    if (known != NULL) {
        model__mistake(l, v, "clash", "\"%.*s\" is already a field: %.*s", TEXT_ARG(v->key),
                       TEXT_ARG(known->source));
        return;
    }
    check_new_field(l, d, v, extension);
    struct field *f = &k->fields[k->field_count];
    model__field_keys(l, v, f, IN_KIND);
    f->index = k->field_count++;
    d->fields[f->index] = (struct field_draft){.source = v, .file = l->file};
    if (json_get(v, "clock") != NULL)
        model__clock_fields(l, d, f, v);
    if (json_get(v, "keep") != NULL)
        model__keep_fields(l, d, f, v);
}

static size_t clocks_in(const struct json *fields)
{
    size_t count = 0;
    for (const struct json *v = fields == NULL ? NULL : fields->first; v != NULL; v = v->next)
        count += json_get(v, "clock") != NULL;
    return count;
}

/* Each clock is two fields. */
static size_t clock_room(const struct loader *l, const struct draft *d)
{
    size_t room = clocks_in(json_get(d->source->root, "fields"));
    for (size_t i = 0; i < l->extension_count; i++)
        if (l->extensions[i].draft == d)
            room += clocks_in(json_get(l->extensions[i].source->root, "fields"));
    return room;
}

static size_t extra_room(const struct loader *l, const struct draft *d)
{
    size_t room = 0;
    for (size_t i = 0; i < l->extension_count; i++) {
        const struct json *fields = json_get(l->extensions[i].source->root, "fields");
        if (l->extensions[i].draft == d && fields != NULL)
            room += fields->count;
    }
    return room;
}

void model__kind_begin(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    l->file = d->source;
    read_head(l, d);
    if (text_is(json_text(json_get(d->source->root, "is")), "criteria"))
        l->model->criteria_kind = k;
    const struct json *fields = model__object(l, d->source->root, "fields", true);
    size_t room = SYSTEM_FIELDS + l->envelope_count + extra_room(l, d) +
                  (fields == NULL ? 0 : fields->count);
    size_t clocks = clock_room(l, d);
    room += clocks + 1; /* and a keeping time is two fields as well */
    k->clocks = NEW_MANY(l->arena, clocks, struct clock);
    k->fields = NEW_MANY(l->arena, room, struct field);
    d->fields = NEW_MANY(l->scrap, room, struct field_draft);
    k->field_count = model__envelope_put(l, d);
    for (const struct json *v = fields == NULL ? NULL : fields->first; v != NULL; v = v->next)
        read_field(l, d, v, false);
    for (size_t i = 0; i < l->extension_count; i++) {
        if (l->extensions[i].draft != d)
            continue;
        l->file = l->extensions[i].source;
        fields = model__object(l, l->file->root, "fields", true);
        for (const struct json *v = fields == NULL ? NULL : fields->first; v; v = v->next)
            read_field(l, d, v, true);
    }
    if (k->field_count > 1000)
        model__mistake(l, fields, "range", "a kind has at most 1,000 fields");
}

void model__kind_states(struct loader *l, struct draft *d)
{
    l->file = d->source;
    model__states(l, d);
    model__moves(l, d);
}

/* ---- layout, list, sort ------------------------------------------------------------------ */
static void check_layout_field(struct loader *l, const struct draft *d, const struct json *v,
                               struct by_name *placed)
{
    if (v->type != JSON_TEXT)
        return;
    const struct field *f = kind_field(d->kind, v->text);
    if (f == NULL || f->system)
        model__mistake(l, v, "unknown", "%.*s has no field \"%.*s\" to show here",
                       TEXT_ARG(d->kind->name), TEXT_ARG(v->text));
    else if (map__get(placed, v->text) != NULL)
        model__mistake(l, v, "twice", "\"%.*s\" is in the layout twice", TEXT_ARG(v->text));
    map__put(placed, v->text, v);
}

static void read_layout(struct loader *l, struct draft *d, const struct json *list,
                        struct by_name *placed)
{
    struct kind *k = d->kind;
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
        struct layout *out = &k->layouts[k->layout_count++];
        if (!model__keys(l, v, "title fields"))
            continue;
        out->title = model__words(l, v, "title", true);
        model__texts(l, v, "fields", true, &out->fields, &out->count);
        const struct json *fields = json_get(v, "fields");
        if (fields == NULL || fields->type != JSON_LIST)
            continue;
        for (const struct json *one = fields->first; one != NULL; one = one->next)
            check_layout_field(l, d, one, placed);
    }
}

static void read_layouts(struct loader *l, struct draft *d)
{
    struct by_name *placed = map__new(l->scrap);
    const struct json *own = model__list(l, d->source->root, "layout", false);
    size_t room = own == NULL ? 0 : own->count;
    for (size_t i = 0; i < l->extension_count; i++)
        if (l->extensions[i].draft == d) {
            const struct json *more = json_get(l->extensions[i].source->root, "layout");
            room += more == NULL ? 0 : more->count;
        }
    d->kind->layouts = NEW_MANY(l->arena, room, struct layout);
    read_layout(l, d, own, placed);
    for (size_t i = 0; i < l->extension_count; i++)
        if (l->extensions[i].draft == d) {
            l->file = l->extensions[i].source;
            read_layout(l, d, model__list(l, l->file->root, "layout", false), placed);
        }
    l->file = d->source;
}

static void read_list(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *list = json_get(d->source->root, "list");
    if (list == NULL) {
        k->list = NEW_MANY(l->arena, 2, struct text);
        k->list[0] = TEXT("title");
        k->list[1] = TEXT("state");
        k->list_count = 2;
        return;
    }
    if (!model__texts(l, d->source->root, "list", true, &k->list, &k->list_count))
        return;
    for (const struct json *v = list->first; v != NULL; v = v->next) {
        const struct field *f = kind_field(k, v->text);
        if (f == NULL || f->type->form == FORM_ROWS)
            model__mistake(l, v, "unknown", "%.*s has no field \"%.*s\" for a list",
                           TEXT_ARG(k->name), TEXT_ARG(v->text));
    }
}

static void read_sort(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *v = json_get(d->source->root, "sort");
    k->sort = v == NULL ? TEXT("-updated_at") : model__text(l, d->source->root, "sort", true);
    struct text rest = k->sort;
    while (rest.len > 0) {
        struct text name = text_cut(&rest, ',');
        name = text_starts(name, "-") ? text_from(name, 1) : name;
        const struct field *f = kind_field(k, name);
        model__for_all(l, v, f);
        if (f == NULL || !field_is_column(f))
            model__mistake(l, v, "unknown", "cannot sort by \"%.*s\"", TEXT_ARG(name));
    }
}

/* ---- access, serves, is ----------------------------------------------------------- */
static void read_access(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *access = model__object(l, d->source->root, "access", true);
    if (access == NULL || !model__keys(l, access, "read create change"))
        return;
    unsigned any = WHO_EVERYONE | WHO_ROLES | WHO_RELATIONS;
    model__who(l, k, model__list(l, access, "read", true), any, &k->read);
    model__who(l, k, model__list(l, access, "create", true), WHO_EVERYONE | WHO_ROLES,
               &k->create);
    model__who(l, k, model__list(l, access, "change", true), any, &k->change);
}

static void check_unit_tree(struct loader *l, const struct kind *k, const struct json *v)
{
    const struct field *parent = kind_field(k, TEXT("parent"));
    if (parent == NULL || parent->type != &type_ref || parent->target_kind != k)
        model__mistake(l, v, "unknown", "a unit_tree needs a field \"parent\": ref to %.*s",
                       TEXT_ARG(k->name));
    if (l->model->unit_kind == NULL)
        l->model->unit_kind = k;
}

/* C looks for the day from which it applies; what else is in it, computed fields name. */
static void check_criteria(struct loader *l, const struct kind *k, const struct json *v)
{
    const struct field *from = kind_field(k, TEXT("applies_from"));
    bool rests = false;
    for (size_t i = 0; i < k->state_count; i++)
        rests = rests || (k->states[i].rest && !k->states[i].end);
    if (from == NULL || from->type != &type_date || !rests)
        model__mistake(l, v, "unknown",
                       "criteria need a date field \"applies_from\" and a state of rest that is "
                       "no end");
}

/* Its author lends roles to somebody else, from day to day: access/deputy.c, record/deputy.c. */
static void check_delegation(struct loader *l, const struct kind *k, const struct json *v)
{
    const struct field *deputy = kind_field(k, TEXT("deputy")), *roles = kind_field(k, TEXT("roles"));
    const struct field *from = kind_field(k, TEXT("valid_from")), *to = kind_field(k, TEXT("valid_to"));
    bool rests = false;
    for (size_t i = 0; i < k->state_count; i++)
        rests = rests || (k->states[i].rest && !k->states[i].end);
    if (deputy == NULL || deputy->type != &type_ref || deputy->target != TO_PERSON ||
        roles == NULL || roles->type != &type_refs || roles->target != TO_ROLE ||
        from == NULL || from->type != &type_date || to == NULL || to->type != &type_date ||
        !rests)
        model__mistake(l, v, "unknown",
                       "a delegation needs fields \"deputy\": ref to person, \"roles\": refs to "
                       "role, dates \"valid_from\" and \"valid_to\", and a state of rest that "
                       "is no end");
    if (l->model->delegation_kind == NULL)
        l->model->delegation_kind = k;
}

static void check_readiness_limit(struct loader *l, const struct kind *k, const struct json *v)
{
    if (kind_field(k, TEXT("requirement")) == NULL || kind_field(k, TEXT("level")) == NULL)
        model__mistake(l, v, "unknown", "a readiness_limit needs fields requirement and level");
}

static void read_is(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *v = json_get(d->source->root, "is");
    if (v == NULL)
        return;
    k->is = model__text(l, d->source->root, "is", true);
    if (!text_is(k->is, "waiver") && json_get(d->source->root, "waives") != NULL)
        model__mistake(l, json_get(d->source->root, "waives"), "unknown",
                       "only the kind that is a waiver waives");
    if (text_is(k->is, "unit_tree"))
        check_unit_tree(l, k, v);
    else if (text_is(k->is, "readiness_limit"))
        check_readiness_limit(l, k, v);
    else if (text_is(k->is, "criteria"))
        check_criteria(l, k, v);
    else if (text_is(k->is, "delegation"))
        check_delegation(l, k, v);
    else if (text_is(k->is, "waiver"))
        model__waiver(l, d);
    else if (text_is(k->is, "view"))
        model__view(l, d);
    else if (text_is(k->is, "review"))
        model__review(l, d);
    else if (text_is(k->is, "review_plan"))
        model__review_plan(l, d);
    else if (text_is(k->is, "review_test"))
        model__review_test(l, d);
    else if (text_is(k->is, "monitor"))
        model__monitor(l, d);
    else if (text_is(k->is, "prices"))
        model__prices(l, d);
    else if (text_is(k->is, "agent"))
        model__agent(l, d);
    else
        model__mistake(l, v, "unknown",
                       "known here: unit_tree readiness_limit criteria delegation waiver view "
                       "review review_plan review_test monitor prices agent");
    for (const struct draft *other = l->drafts; other < d; other++)
        if (text_same(json_text(json_get(other->source->root, "is")), k->is))
            model__mistake(l, v, "clash", "%.*s is already the %.*s",
                           TEXT_ARG(other->kind->name), TEXT_ARG(k->is));
}

static const struct field *grant_field(struct loader *l, const struct kind *k,
                                       const struct json *v, const char *key, bool must)
{
    struct text name = model__text(l, v, key, must);
    const struct field *f = kind_field(k, name);
    model__for_all(l, json_get(v, key), f);
    bool date = !must;
    bool good = f != NULL && (date ? f->type == &type_date : f->type == &type_ref);
    if (name.len > 0 && !good)
        model__mistake(l, json_get(v, key), "unknown", "\"%.*s\" is not a %s field",
                       TEXT_ARG(name), date ? "date" : "ref");
    return good ? f : NULL;
}

/* "grants": a record in one of these states gives its person the role, over one record and what
 * belongs to it, between the dates. */
static void read_grants(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *v = model__object(l, d->source->root, "grants", false);
    struct grants *g = &k->grants;
    if (v == NULL || !model__keys(l, v, "role to over in from until"))
        return;
    g->role = grant_field(l, k, v, "role", true);
    g->to = grant_field(l, k, v, "to", true);
    g->over = grant_field(l, k, v, "over", true);
    g->from = grant_field(l, k, v, "from", false);
    g->until = grant_field(l, k, v, "until", false);
    bool sound = g->role && g->role->target == TO_ROLE && g->to && g->to->target == TO_PERSON &&
                 g->over && g->over->target_kind;
    if (!sound)
        model__mistake(l, v, "type", "\"role\" refers to a role, \"to\" to a person, \"over\" "
                                     "to a kind");
    const struct json *in = model__list(l, v, "in", true);
    if (in != NULL && sound)
        g->in = model__state_set(l, k, in);
}

static const struct field *stop_field(struct loader *l, struct kind *k, const struct json *v,
                                      const char *key, const struct field_type *type)
{
    struct text name = model__text(l, v, key, type != &type_date && type != &type_yes_no);
    const struct field *f = name.len > 0 ? kind_field(k, name) : NULL;
    bool good = f && (f->type == type || (type == &type_refs && f->type == &type_ref));
    if (name.len > 0 && !good)
        model__mistake(l, json_get(v, key), "unknown", "\"%.*s\" is not a field of the sort",
                       TEXT_ARG(name));
    return good ? f : NULL;
}

/* "stops": while a record is in one of these states, whom it names may make every move with
 * "stop" of the record it is over. */
static void read_stops(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *v = model__object(l, d->source->root, "stops", false);
    struct stops *s = &k->stops;
    if (v == NULL || !model__keys(l, v, "people over in when from until"))
        return;
    s->people = stop_field(l, k, v, "people", &type_refs);
    s->over = stop_field(l, k, v, "over", &type_ref);
    s->when = stop_field(l, k, v, "when", &type_yes_no);
    s->from = stop_field(l, k, v, "from", &type_date);
    s->until = stop_field(l, k, v, "until", &type_date);
    bool sound = s->people && s->people->target == TO_PERSON && s->over && s->over->target_kind;
    if (!sound)
        model__mistake(l, v, "type", "\"people\" refers to people, \"over\" to a kind");
    const struct json *in = model__list(l, v, "in", true);
    if (in != NULL && sound)
        s->in = model__state_set(l, k, in);
}

static void read_keeps(struct loader *l, struct draft *d)
{
    const struct json *v = json_get(d->source->root, "keeps_until");
    if (v == NULL)
        return;
    d->kind->keeps_until = model__text(l, d->source->root, "keeps_until", true);
    const struct field *f = kind_field(d->kind, d->kind->keeps_until);
    if (f == NULL || f->type != &type_date)
        model__mistake(l, v, "unknown", "\"%.*s\" is not a date field",
                       TEXT_ARG(d->kind->keeps_until));
}

/* Laws ask for logs of six months at least: no field may let somebody choose less. */
static void read_keeps_events(struct loader *l, struct draft *d)
{
    const struct json *v = json_get(d->source->root, "keeps_events");
    if (v == NULL)
        return;
    d->kind->keeps_events = model__text(l, d->source->root, "keeps_events", true);
    const struct field *f = kind_field(d->kind, d->kind->keeps_events);
    if (!d->kind->sends)
        model__mistake(l, v, "unknown", "only a kind that \"sends\" keeps events");
    else if (f == NULL || f->type != &type_integer || f->many || f->min < 6)
        model__mistake(
            l, v, "unknown",
            "\"%.*s\" is not a field of type integer with \"min\" 6 or more (months)",
            TEXT_ARG(d->kind->keeps_events));
}

static bool has_column(const struct field *f, const char *name)
{
    for (size_t i = 0; i < f->column_count; i++)
        if (text_is(f->columns[i].name, name))
            return true;
    return false;
}

static void read_event_profiles(struct loader *l, struct draft *d)
{
    const struct json *v = json_get(d->source->root, "event_profiles");
    if (v == NULL)
        return;
    d->kind->event_profiles = model__text(l, d->source->root, "event_profiles", true);
    const struct field *f = kind_field(d->kind, d->kind->event_profiles);
    if (!d->kind->sends || f == NULL || f->type != &type_rows || !has_column(f, "name") ||
        !has_column(f, "profile"))
        model__mistake(
            l, v, "unknown",
            "\"%.*s\" is not a field of type rows, with columns name and profile, of "
            "a kind that \"sends\"",
            TEXT_ARG(d->kind->event_profiles));
}

static void read_serves(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *list = json_get(d->source->root, "serves");
    if (list == NULL ||
        !model__texts(l, d->source->root, "serves", false, &k->serves, &k->serves_count))
        return;
    for (const struct json *v = list->first; v != NULL; v = v->next)
        if (model_requirement(l->model, v->text) == NULL)
            model__mistake(l, v, "unknown", "no framework has the row \"%.*s\"",
                           TEXT_ARG(v->text));
}

/* Only now are the states and moves of every kind known. */
static void set_required_in(struct draft *d)
{
    struct kind *k = d->kind;
    ptrdiff_t archived = d->own_archived ? -1 : kind_state(k, TEXT("archived"));
    uint64_t all = k->state_count == STATE_LIMIT ? UINT64_MAX : STATE_BIT(k->state_count) - 1;
    for (size_t i = 0; i < k->field_count; i++) {
        struct field *f = &k->fields[i];
        if (f->required)
            f->required_in = all;
        else if (f->required_from != 0)
            f->required_in = model__dominated(k, f->required_from);
        if (archived >= 0 && !f->required)
            f->required_in &= ~STATE_BIT(archived);
    }
}

void model__kind_finish(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    for (size_t i = 0; i < k->field_count; i++)
        model__field_finish(l, d, &k->fields[i]);
    model__computed_order(l, d);
    l->file = d->source;
    model__moves_finish(l, d);
    model__check_reach(l, d);
    set_required_in(d);
    read_layouts(l, d);
    read_list(l, d);
    read_sort(l, d);
    read_access(l, d);
    model__views(l, d->source->root, d->kind);
    model__story(l, d->source->root, d->kind);
    model__steps(l, d->source->root, d->kind);
    k->sends = model__bool(l, d->source->root, "sends");
    read_is(l, d);
    read_grants(l, d);
    read_stops(l, d);
    model__offers(l, d->source->root, k);
    model__public(l, d->source->root, k);
    model__published(l, d->source->root, k);
    read_serves(l, d);
    read_keeps(l, d);
    read_keeps_events(l, d);
    read_event_profiles(l, d);
    model__acknowledge(l, d);
}
