/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/method.c — methods/: how risk and readiness are measured, as data. Every number stands in
 * a file and within bounds here, so that what computes with them needs no checks of its own. One of
 * a sort is the standard; the criteria in force may choose another. A site may bring others, and never
 * the standard: whoever sees a result is told by which method it came about. */
#include "model/internal.h"

#define STEPS_MOST 10
#define SCORE_MOST 1000
#define EFFECTS_MOST 10

/* A whole number that has to be there; `least` after a mistake. */
static int64_t number(struct loader *l, const struct json *v, const char *key, int64_t least,
                      int64_t most)
{
    int64_t n = least;
    if (v != NULL && json_get(v, key) == NULL)
        model__mistake(l, v, "required", "\"%s\" is missing", key);
    else if (v != NULL)
        model__integer(l, v, key, least, most, &n);
    return n;
}

/* An object that has to be there, with these keys; NULL after a mistake. */
static const struct json *part(struct loader *l, const struct json *v, const char *key,
                               const char *keys)
{
    const struct json *o = v == NULL ? NULL : model__object(l, v, key, true);
    return o != NULL && model__keys(l, o, keys) ? o : NULL;
}

/* ---- readiness --------------------------------------------------------------------------- */
static void read_worth(struct loader *l, const struct json *v, struct readiness_method *m)
{
    const struct json *list = model__list(l, v, "worth", true);
    int64_t before = 0;
    size_t n = 0;
    if (list == NULL)
        return;
    if (list->count != LEVEL_TOP + 1)
        model__mistake(l, list, "range", "\"worth\" has %d numbers: of each level from 0 to %d",
                       LEVEL_TOP + 1, LEVEL_TOP);
    for (const struct json *one = list->first; one != NULL && n <= LEVEL_TOP; one = one->next, n++) {
        bool fits = one->type == JSON_INTEGER && one->integer >= before && one->integer <= 100;
        if (!fits || (n == 0 && one->integer != 0))
            model__mistake(l, one, "range",
                           "a level is worth 0 to 100 percent, no less than the one before it, "
                           "and the first is worth nothing");
        else
            before = m->worth[n] = one->integer;
    }
}

static const struct readiness_method *read_readiness(struct loader *l, const struct json *root)
{
    struct readiness_method *m = NEW(l->arena, struct readiness_method);
    const struct json *v = part(l, root, "readiness",
                                "worth covered_from blocked_at_most relied_on proof stage1 stage2");
    if (v == NULL)
        return m;
    const struct json *proof = part(l, v, "proof", "from without");
    const struct json *stage1 = part(l, v, "stage1", "documented records");
    const struct json *stage2 = part(l, v, "stage2", "rows register share");
    const struct json *share = part(l, stage2, "share", "level percent");
    read_worth(l, v, m);
    m->covered_from = number(l, v, "covered_from", 1, LEVEL_TOP);
    m->blocked_at_most = number(l, v, "blocked_at_most", 0, 100);
    m->relied_on = number(l, v, "relied_on", 1, 10);
    m->proof_from = number(l, proof, "from", 1, LEVEL_TOP);
    m->proof_without = number(l, proof, "without", 0, LEVEL_TOP);
    m->documented = number(l, stage1, "documented", 0, LEVEL_TOP);
    m->records = number(l, stage1, "records", 0, LEVEL_TOP);
    m->rows = number(l, stage2, "rows", 0, LEVEL_TOP);
    m->registered = number(l, stage2, "register", 0, LEVEL_TOP);
    m->share_level = number(l, share, "level", 0, LEVEL_TOP);
    m->share_percent = number(l, share, "percent", 0, 100);
    if (proof != NULL && m->proof_without >= m->proof_from)
        model__mistake(l, proof, "range", "\"without\" must be below \"from\"");
    return m;
}

/* ---- risk -------------------------------------------------------------------------------- */
static bool score_ok(const struct json *v)
{
    return v->type == JSON_INTEGER && v->integer >= 1 && v->integer <= SCORE_MOST;
}

/* "product", or a list of rows, one of each consequence, with a score of each likelihood. */
static void read_score(struct loader *l, const struct json *v, struct risk_method *m)
{
    const struct json *score = json_get(v, "score");
    size_t wide = (size_t)m->likelihood, high = (size_t)m->consequence, n = 0;
    if (score != NULL && text_is(json_text(score), "product"))
        return;
    bool sound = score != NULL && score->type == JSON_LIST && score->count == high;
    int64_t *scores = NEW_MANY(l->arena, wide * high, int64_t);
    for (const struct json *row = sound ? score->first : NULL; row != NULL && sound; row = row->next) {
        sound = row->type == JSON_LIST && row->count == wide;
        for (const struct json *one = sound ? row->first : NULL; one != NULL; one = one->next) {
            sound = sound && score_ok(one);
            scores[n++] = one->integer;
        }
    }
    if (!sound)
        model__mistake(l, score ? score : v, "value",
                       "\"score\" is \"product\" or %zu lists (one of each consequence) of %zu "
                       "numbers (one of each likelihood) from 1 to %d",
                       high, wide, SCORE_MOST);
    m->scores = sound ? scores : NULL;
}

static void score_range(const struct risk_method *m, int64_t *least, int64_t *most)
{
    size_t n = (size_t)(m->likelihood * m->consequence);
    *least = 1;
    *most = m->likelihood * m->consequence;
    for (size_t i = 0; m->scores != NULL && i < n; i++) {
        *least = i == 0 || m->scores[i] < *least ? m->scores[i] : *least;
        *most = i == 0 || m->scores[i] > *most ? m->scores[i] : *most;
    }
}

static void read_unsure(struct loader *l, const struct json *v, struct risk_method *m)
{
    const struct json *u = model__object(l, v, "unsure", false);
    if (u == NULL || !model__keys(l, u, "confidence likelihood"))
        return;
    m->unsure = model__text(l, u, "confidence", true);
    m->unsure_steps = number(l, u, "likelihood", 1, STEPS_MOST);
}

static void read_effects(struct loader *l, const struct json *v, struct risk_method *m)
{
    const struct json *list = model__list(l, v, "effect", false);
    if (list != NULL && list->count > EFFECTS_MOST)
        model__mistake(l, list, "range", "\"effect\" has at most %d steps", EFFECTS_MOST);
    if (list == NULL || list->count > EFFECTS_MOST)
        return;
    m->effects = NEW_MANY(l->arena, list->count, struct method_effect);
    for (const struct json *one = list->first; one != NULL; one = one->next) {
        if (!model__keys(l, one, "from likelihood"))
            continue;
        struct method_effect e = {number(l, one, "from", 1, 100), number(l, one, "likelihood", 0, STEPS_MOST)};
        const struct method_effect *last = m->effect_count ? &m->effects[m->effect_count - 1] : NULL;
        if (last != NULL && (e.from <= last->from || e.likelihood < last->likelihood))
            model__mistake(l, one, "range", "more effect never takes off less: each step rises");
        m->effects[m->effect_count++] = e;
    }
}

static void read_severe(struct loader *l, const struct json *v, struct risk_method *m)
{
    const struct json *s = model__object(l, v, "severe", false);
    m->severe_band = -1;
    if (s == NULL || !model__keys(l, s, "from is"))
        return;
    struct text is = model__text(l, s, "is", true);
    m->severe_from = number(l, s, "from", 1, m->consequence);
    for (size_t i = 0; i < m->scale->count; i++)
        if (text_same(m->scale->options[i].value, is))
            m->severe_band = (ptrdiff_t)i;
    if (m->severe_band < 0)
        model__mistake(l, s, "value", "\"is\" must be a value of the scale");
}

/* One band a value of the scale, in its order, from the least score to the greatest: no score is in
 * none of them, and none in two. */
static void read_bands(struct loader *l, const struct json *v, struct risk_method *m)
{
    const struct json *bands = model__object(l, v, "bands", true);
    int64_t next, most;
    size_t n = 0;
    score_range(m, &next, &most);
    m->bands = NEW_MANY(l->arena, m->scale->count, struct method_band);
    for (const struct json *b = bands == NULL ? NULL : bands->first; b != NULL; b = b->next, n++) {
        if (n >= m->scale->count || !text_same(m->scale->options[n].value, b->key)) {
            model__mistake(l, b, "value", "the bands are the values of the scale, in its order");
            return;
        }
        if (!model__keys(l, b, "from to criteria"))
            return;
        struct method_band *band = &m->bands[n];
        band->value = b->key;
        band->from = number(l, b, "from", 1, SCORE_MOST);
        band->criteria = model__text(l, b, "criteria", false);
        int64_t to = number(l, b, "to", 1, SCORE_MOST);
        if (band->from != next)
            model__mistake(l, b, band->from > next ? "gap" : "overlap",
                           "this band must begin at %lld: no score may be in two bands or in none",
                           (long long)next);
        else if (to < band->from)
            model__mistake(l, b, "range", "\"to\" must not be below \"from\"");
        next = to + 1;
    }
    if (bands != NULL && n < m->scale->count)
        model__mistake(l, bands, "required", "\"%.*s\" has no band",
                       TEXT_ARG(m->scale->options[n].value));
    else if (bands != NULL && next != most + 1)
        model__mistake(l, bands, next <= most ? "gap" : "range",
                       "the last band must end at %lld, the greatest score", (long long)most);
}

static const struct risk_method *read_risk(struct loader *l, const struct json *root)
{
    struct risk_method *m = NEW(l->arena, struct risk_method);
    const struct json *v =
        part(l, root, "risk", "scale likelihood consequence score unsure effect severe bands");
    struct text scale = v == NULL ? TEXT("") : model__text(l, v, "scale", true);
    m->scale = map__get(l->scales, scale);
    if (v != NULL && scale.len > 0 && m->scale == NULL)
        model__mistake(l, json_get(v, "scale"), "unknown", "unknown scale \"%.*s\"", TEXT_ARG(scale));
    if (v == NULL || m->scale == NULL)
        return m;
    m->likelihood = number(l, v, "likelihood", 1, STEPS_MOST);
    m->consequence = number(l, v, "consequence", 1, STEPS_MOST);
    read_score(l, v, m);
    read_unsure(l, v, m);
    read_effects(l, v, m);
    read_severe(l, v, m);
    read_bands(l, v, m);
    return m;
}

/* ---- the files --------------------------------------------------------------------------- */
static bool id_ok(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return t.len > 0 && t.len <= NAME_LIMIT;
}

static void check_name(struct loader *l, const struct source *s, const struct method *m)
{
    const struct json *v = json_get(s->root, "method");
    if (m->name.len == 0)
        return;
    if (!id_ok(m->name) || !model__called(s, m->name))
        model__mistake(l, v, "name",
                       "the file of a method is called ID.json: small letters, digits, - and _");
    for (const struct method *other = l->model->methods; other < m; other++)
        if (text_same(other->name, m->name))
            model__mistake(l, v, "clash", "\"%.*s\" is already a method", TEXT_ARG(m->name));
}

static void check_standard(struct loader *l, const struct source *s, const struct method *m)
{
    const struct json *v = json_get(s->root, "standard");
    if (m->standard && s->site)
        model__mistake(l, v, "site", "what is standard is shipped: a site's method is chosen by the "
                                     "criteria in force");
    for (const struct method *other = l->model->methods; other < m && m->standard; other++)
        if (other->standard && (other->risk != NULL) == (m->risk != NULL))
            model__mistake(l, v, "clash", "\"%.*s\" is the standard already", TEXT_ARG(other->name));
}

static struct text hash_of(struct loader *l, struct text bytes)
{
    struct hash h = sha256(bytes);
    return hex_of(l->arena, text_slice(hash_text(&h), 0, 8));
}

static void read_method(struct loader *l, const struct source *s, struct method *m)
{
    l->file = s;
    if (!model__keys(l, s->root, "method title about standard risk readiness"))
        return;
    m->name = model__text(l, s->root, "method", true);
    m->title = model__words(l, s->root, "title", true);
    m->about = model__words(l, s->root, "about", true);
    m->standard = model__bool(l, s->root, "standard");
    m->site = s->site;
    m->hash = hash_of(l, s->bytes);
    bool risk = json_get(s->root, "risk") != NULL;
    if (risk == (json_get(s->root, "readiness") != NULL))
        model__mistake(l, s->root, "required", "a method has \"risk\" or \"readiness\"");
    else if (risk)
        m->risk = read_risk(l, s->root);
    else
        m->readiness = read_readiness(l, s->root);
    check_name(l, s, m);
    check_standard(l, s, m);
}

/* The names of methods as a choice, for the criteria to choose from. */
static void name_scale(struct loader *l, const char *name, bool risk)
{
    const struct model *m = l->model;
    struct scale *s = NEW(l->arena, struct scale);
    s->name = text_of(name);
    s->options = NEW_MANY(l->arena, m->method_count, struct option);
    for (size_t i = 0; i < m->method_count; i++)
        if (risk ? m->methods[i].risk != NULL : m->methods[i].readiness != NULL)
            s->options[s->count++] = (struct option){.value = m->methods[i].name,
                                                     .title = m->methods[i].title,
                                                     .about = m->methods[i].about};
    if (map__get(l->scales, s->name) != NULL)
        model__mistake(l, NULL, "clash", "the scale %s is made of the methods", name);
    map__put(l->scales, s->name, s);
}

void model__methods(struct loader *l, size_t count)
{
    struct model *m = l->model;
    m->methods = NEW_MANY(l->arena, count, struct method);
    for (size_t i = 0; i < l->source_count; i++)
        if (l->sources[i].type == FILE_METHOD && l->sources[i].in_force) {
            read_method(l, &l->sources[i], &m->methods[m->method_count]);
            m->method_count++;
        }
    name_scale(l, "risk_methods", true);
    name_scale(l, "readiness_methods", false);
}

/* ---- once the kinds are read ------------------------------------------------------------- */
static void check_criteria(struct loader *l, const struct source *s, const struct risk_method *m)
{
    const struct kind *k = l->model->criteria_kind;
    l->file = s;
    for (size_t i = 0; m->bands != NULL && i < m->scale->count; i++) {
        struct text name = m->bands[i].criteria;
        const struct field *f = k == NULL ? NULL : kind_field(k, name);
        if (name.len > 0 && (f == NULL || f->type != &type_integer || f->many))
            model__mistake(l, json_get(s->root, "risk"), "unknown",
                           "\"%.*s\" is no whole number of the criteria", TEXT_ARG(name));
        model__for_all(l, s->root, f);
    }
}

static void missing(struct loader *l, const char *sort)
{
    l->mistakes++;
    (void)problem_at(l->call, ERR_INVALID, TEXT(""), "missing",
                     text_print(l->arena, "model/methods/%s.json:1", sort),
                     text_print(l->arena, "no method is the standard for %s", sort));
}

static bool measures_risk(const struct model *m)
{
    for (size_t i = 0; i < m->kind_count; i++)
        for (size_t j = 0; j < m->kinds[i].field_count; j++) {
            struct text fn = json_text(json_get(m->kinds[i].fields[j].computed, "fn"));
            if (text_is(fn, "risk_score") || text_is(fn, "risk_band"))
                return true;
        }
    return false;
}

void model__methods_finish(struct loader *l)
{
    const struct model *m = l->model;
    size_t at = 0;
    for (size_t i = 0; i < l->source_count; i++)
        if (l->sources[i].type == FILE_METHOD && l->sources[i].in_force) {
            const struct method *one = &m->methods[at++];
            if (one->risk != NULL)
                check_criteria(l, &l->sources[i], one->risk);
        }
    if (m->framework_count > 0 && model_readiness_method(m, TEXT("")) == NULL)
        missing(l, "readiness");
    if (measures_risk(m) && model_risk_method(m, TEXT("")) == NULL)
        missing(l, "risk");
}
