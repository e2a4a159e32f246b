/* SPDX-License-Identifier: Apache-2.0 */
/* model/time/clock.c — clocks: a moment by which something must have been answered, and beside it how that
 * stands. The file says the moment; the field NAME_standing comes with it. Both are computed and kept like
 * any other value, so that lists, filters, exports, checks and the past know them without a word more. */
#include "model/internal.h"

static const char *const standings[] = {
    [STANDING_RUNNING] = "running", [STANDING_MET] = "met",
    [STANDING_LATE] = "late",       [STANDING_MISSED] = "missed",
    [STANDING_NONE] = "not_applicable"};

struct text standing_word(enum clock_standing s)
{
    return text_of(standings[s]);
}

const struct clock *kind_clock(const struct kind *k, struct text field)
{
    for (size_t i = 0; i < k->clock_count; i++)
        if (text_same(k->clocks[i].at->name, field))
            return &k->clocks[i];
    return NULL;
}

/* ---- the field that comes with it --------------------------------------------------------- */
const struct json *model__engine_json(struct loader *l, const char *json, const struct json *at)
{
    const struct json *read = NULL;
    struct json *made = NEW(l->arena, struct json);
    if (json_read(l->inner, text_of(json), &json_model_limits, &read) != OK)
        panic("the engine's own JSON is none");
    *made = *read;
    made->line = at->line;
    return made;
}

static bool has_standings(const struct scale *s)
{
    size_t found = 0;
    for (size_t i = 0; s != NULL && i < COUNT(standings); i++)
        found += scale_option(s, text_of(standings[i])) != NULL;
    return found == COUNT(standings) && s->count == found;
}

static struct words standing_title(struct loader *l, const struct field *f)
{
    struct text zh = words_in(f->title, LANG_ZH);
    return (struct words){text_print(l->arena, "%.*s: standing", TEXT_ARG(f->title.en)),
                          text_print(l->arena, "%.*s：进度", TEXT_ARG(zh))};
}

struct field *model__standing_field(struct loader *l, struct draft *d, struct field *f,
                                    const struct json *v, const char *key,
                                    const struct scale *scale, const char *fn)
{
    struct kind *k = d->kind;
    struct text name = text_print(l->arena, "%.*s_standing", TEXT_ARG(f->name));
    const struct field *known = kind_field(k, name);
    if (known != NULL)
        model__mistake(l, v, "clash",
                       "\"%.*s\" comes with the %s, and is already a field: %.*s",
                       TEXT_ARG(name), key, TEXT_ARG(known->source));
    model__check_field_name(l, v, name, false);
    struct field *s = &k->fields[k->field_count];
    *s = (struct field){.name = name,
                        .type = &type_choice,
                        .title = standing_title(l, f),
                        .source = f->source,
                        .scale = scale,
                        .indexed = f->indexed,
                        .computed = model__engine_json(l, fn, json_get(v, key)),
                        .index = k->field_count};
    d->fields[s->index] = (struct field_draft){.file = l->file};
    k->field_count++;
    return s;
}

void model__clock_fields(struct loader *l, struct draft *d, struct field *f,
                         const struct json *v)
{
    const struct json *at = json_get(v, "clock");
    const struct scale *scale = map__get(l->scales, TEXT("clock_standing"));
    if (f->computed != NULL)
        model__mistake(l, json_get(v, "computed"), "unknown_key",
                       "either \"clock\" or \"computed\"");
    if (f->guarded)
        model__mistake(l, at, "read", "a clock is for everybody who reads the record");
    if (!has_standings(scale))
        model__mistake(
            l, at, "unknown",
            "the scale \"clock_standing\" is missing, or has other values than running "
            "met late missed not_applicable");
    f->computed = model__engine_json(l, "{\"fn\": \"clock\"}", at);
    model__standing_field(l, d, f, v, "clock", scale, "{\"fn\": \"standing\"}");
}

/* ---- what it says -------------------------------------------------------------------------- */
static void read_from(struct loader *l, const struct kind *k, const struct json *v,
                      struct clock *c)
{
    struct text name = model__text(l, v, "from", true);
    c->from = kind_field(k, name);
    model__for_all(l, json_get(v, "from"), c->from);
    if (name.len > 0 && (c->from == NULL || !field_is_time(c->from)))
        model__mistake(l, json_get(v, "from"), "unknown", "\"%.*s\" is not a date or moment field",
                       TEXT_ARG(name));
}

static void read_answered(struct loader *l, const struct kind *k, const struct json *v,
                          struct clock *c)
{
    const struct json *a = json_get(v, "answered");
    if (a == NULL) {
        model__mistake(l, v, "required", "\"answered\" is missing: a field, or a list of states");
        return;
    }
    if (a->type == JSON_LIST && a->count > 0) {
        c->answered_in = model__state_set(l, k, a);
        return;
    }
    c->answered = kind_field(k, json_text(a));
    model__for_all(l, a, c->answered);
    if (c->answered == NULL || c->answered == c->at || c->answered == c->standing)
        model__mistake(l, a, "unknown", "\"%.*s\" is no field of %.*s, nor a list of its states",
                       TEXT_ARG(json_text(a)), TEXT_ARG(k->name));
}

static void read_calendar(struct loader *l, const struct json *v, struct clock *c)
{
    const struct json *name = json_get(v, "calendar");
    if (name == NULL)
        return;
    c->calendar = model_calendar(l->model, model__text(l, v, "calendar", true));
    if (c->calendar == NULL)
        model__mistake(l, name, "unknown", "unknown calendar \"%.*s\"", TEXT_ARG(json_text(name)));
}

static void read_length(struct loader *l, const struct json *v, struct clock *c)
{
    const struct json *add = json_get(v, "add");
    if (add == NULL || add->type != JSON_TEXT || !duration_read(add->text, &c->add))
        model__mistake(l, add == NULL ? v : add, "duration",
                       "\"add\" is no duration: PT72H, P15D, P6M, or P10W for working days");
    read_calendar(l, v, c);
}

/* How long, and by which calendar, is the law's to say: nothing here may say otherwise. */
static void read_deadline(struct loader *l, const struct json *v, struct clock *c)
{
    const struct json *name = json_get(v, "deadline");
    c->deadline = model_deadline(l->model, model__text(l, v, "deadline", true));
    if (json_get(v, "add") != NULL || json_get(v, "calendar") != NULL)
        model__mistake(l, name, "unknown_key",
                       "a clock with \"deadline\" has neither \"add\" nor \"calendar\": the "
                       "deadline says both");
    if (c->deadline == NULL) {
        model__mistake(l, name, "unknown", "unknown deadline \"%.*s\"",
                       TEXT_ARG(json_text(name)));
        return;
    }
    c->add = c->deadline->length;
    c->calendar = c->deadline->calendar;
}

static void read_reminders(struct loader *l, const struct json *v, struct clock *c)
{
    const struct json *list = model__list(l, v, "remind", false);
    if (list != NULL && list->count > CLOCK_REMINDERS_MOST) {
        model__mistake(l, list, "range", "at most %d reminders", CLOCK_REMINDERS_MOST);
        return;
    }
    for (const struct json *one = list == NULL ? NULL : list->first; one != NULL; one = one->next) {
        struct duration *d = &c->remind[c->remind_count];
        if (one->type != JSON_TEXT || !duration_read(one->text, d) || !d->before)
            model__mistake(l, one, "duration",
                           "a reminder comes before the clock: -P3D, -PT12H, or -P2W for working days");
        else
            c->remind_count++;
    }
}

void model__clock(struct loader *l, struct draft *d, struct field *f, const struct json *v)
{
    struct kind *k = d->kind;
    const struct json *when = json_get(v, "when");
    struct clock *c = &k->clocks[k->clock_count++];
    *c = (struct clock){.at = f, .standing = &k->fields[f->index + 1]};
    if (!model__keys(l, v, "from add deadline calendar when answered remind ladder"))
        return;
    read_from(l, k, v, c);
    if (json_get(v, "deadline") != NULL)
        read_deadline(l, v, c);
    else
        read_length(l, v, c);
    if (when != NULL)
        c->when = model__condition(l, k, when);
    read_answered(l, k, v, c);
    read_reminders(l, v, c);
    if (json_get(v, "ladder") != NULL)
        model__rungs(l, k, json_get(v, "ladder"), c);
}

/* A clock waits for what it counts from and depends on; its standing for the clock. */
bool model__condition_waits(const struct condition *c, const struct kind *k, const bool *done)
{
    for (size_t i = 0; c != NULL && i < c->part_count; i++)
        if (model__condition_waits(c->parts[i], k, done))
            return true;
    const struct field *f = c == NULL ? NULL : kind_field(k, c->field);
    return f != NULL && f->computed != NULL && !done[f->index];
}

static bool open(const struct field *f, const bool *done)
{
    return f != NULL && f->computed != NULL && !done[f->index];
}

bool model__clock_waits(const struct field *f, const struct kind *k, const bool *done)
{
    for (size_t i = 0; i < k->clock_count; i++) {
        const struct clock *c = &k->clocks[i];
        if (c->at == f)
            return open(c->from, done) || model__condition_waits(c->when, k, done);
        if (c->standing == f)
            return open(c->at, done) || open(c->answered, done);
    }
    return false;
}

static bool same_reminders(const struct clock *a, const struct clock *b)
{
    bool same = a->remind_count == b->remind_count;
    for (size_t i = 0; same && i < a->remind_count; i++)
        same = text_same(a->remind[i].said, b->remind[i].said);
    return same;
}

static bool same_rungs(const struct clock *a, const struct clock *b)
{
    bool same = a->rung_count == b->rung_count;
    for (size_t i = 0; same && i < a->rung_count; i++)
        same = text_same(a->rungs[i].after.said, b->rungs[i].after.said);
    return same;
}

bool clock_same(const struct clock *a, const struct clock *b)
{
    return text_same(a->at->name, b->at->name) && text_same(a->from->name, b->from->name) &&
           text_same(a->add.said, b->add.said) && calendar_same(a->calendar, b->calendar) &&
           same_reminders(a, b) && same_rungs(a, b);
}
