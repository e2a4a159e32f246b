/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/profile.c — the profile of a table of events, read once. Every mistake is named, with
 * the member that it is in, before the first row is looked at. A text names a column; an object
 * says more: of a column, or what is the same for every row. */
#include "monitor/profile.h"

#define MISSING_MOST 50
#define LEAVE_MOST 500
#define MAPPED_MOST 600
#define NAME_MOST 500 /* bytes of the name of a column */

static enum err mistake(struct call *call, struct text where, const char *words)
{
    return problem(call, ERR_INVALID, where, "profile", "%s", say(call, words));
}

static enum err mistake_about(struct call *call, struct text where, const char *words,
                              struct text about)
{
    return problem(call, ERR_INVALID, where, "profile", "%s: %.*s", say(call, words),
                   TEXT_ARG(about));
}

static enum err worse(enum err a, enum err b)
{
    return a == OK ? b : a;
}

static enum err known_keys(struct call *call, struct text where, const struct json *object,
                           const char *keys)
{
    enum err worst = OK;
    for (const struct json *one = object->first; one; one = one->next) {
        struct text all = text_of(keys);
        bool known = false;
        while (all.len && !known)
            known = text_same(text_cut(&all, ' '), one->key);
        if (!known)
            worst = mistake_about(call, where, SAID("there is no such key"), one->key);
    }
    return worst;
}

/* ---- what a member is made of
 * ----------------------------------------------------------------- */
static bool is_scalar(const struct json *v)
{
    return v->type != JSON_LIST && v->type != JSON_OBJECT;
}

static enum err add_column(struct call *call, struct text where, const struct json *v,
                           struct source *s)
{
    struct text name = shown_one_space(call->arena, json_text(v));
    if (!name.len || name.len > NAME_MOST)
        return mistake(call, where, SAID("a column is named by a text"));
    if (s->count == COLUMNS_JOINED)
        return mistake(call, where, SAID("at most 8 columns make one text"));
    s->columns[s->count++] = name;
    return OK;
}

static enum err read_columns(struct call *call, struct text where, const struct json *v,
                             struct source *s)
{
    const struct json *one = json_get(v, "column"), *several = json_get(v, "columns");
    if (one)
        TRY(add_column(call, where, one, s));
    if (several && several->type != JSON_LIST)
        return mistake(call, where, SAID("columns is a list of names"));
    for (const struct json *name = several ? several->first : NULL; name; name = name->next)
        TRY(add_column(call, where, name, s));
    return OK;
}

static enum err read_text(struct call *call, struct text where, const struct json *of,
                          const char *key, size_t most, struct text *out)
{
    const struct json *v = json_get(of, key);
    if (!v)
        return OK;
    if (v->type != JSON_TEXT || v->text.len > most || !shown_fit(v->text, false))
        return mistake_about(call, where, SAID("must be a short text"), text_of(key));
    *out = v->text;
    return OK;
}

/* {"row": "content"}, {"row": "number"} */
static enum err read_row(struct call *call, struct text where, const struct json *v,
                         struct source *s)
{
    struct text word = json_text(v);
    if (!v)
        return OK;
    s->row = text_is(word, "content")  ? ROW_CONTENT
             : text_is(word, "number") ? ROW_NUMBER
                                       : ROW_NO_ID;
    return s->row != ROW_NO_ID ? OK : mistake(call, where, SAID("row is content or number"));
}

static enum err read_values(struct call *call, struct text where, const struct json *v,
                            struct source *s)
{
    s->values = json_get(v, "values");
    s->otherwise = json_get(v, "otherwise");
    if (s->values && s->values->type != JSON_OBJECT)
        return mistake(call, where, SAID("values is an object: text of a cell to value"));
    for (const struct json *one = s->values ? s->values->first : NULL; one; one = one->next)
        if (!is_scalar(one))
            return mistake_about(call, where, SAID("must be a single value"), one->key);
    if (s->otherwise && (!s->values || !is_scalar(s->otherwise)))
        return mistake(call, where, SAID("otherwise is a single value, beside values"));
    return OK;
}

static bool is_number(const struct json *v)
{
    return v && (v->type == JSON_INTEGER || v->type == JSON_NUMBER);
}

static enum err read_numbers(struct call *call, struct text where, const struct json *v,
                             struct source *s)
{
    const struct json *least = json_get(v, "at_least"), *range = json_get(v, "range");
    s->at_least = least != NULL;
    s->ranged = range != NULL;
    if (least && !is_number(least))
        return mistake(call, where, SAID("at_least is a number"));
    if (range &&
        (range->type != JSON_LIST || range->count != 2 || !is_number(range->first) ||
         !is_number(range->first->next) || range->first->number == range->first->next->number))
        return mistake(call, where, SAID("range is two numbers: what is 0 and what is 1"));
    s->least = least ? least->number : 0;
    s->low = range ? range->first->number : 0;
    s->high = range ? range->first->next->number : 0;
    return OK;
}

static enum err read_as(struct call *call, struct text where, const struct json *v,
                        struct source *s)
{
    static const struct {
        const char *word;
        enum as as;
    } words[] = {{"text", AS_TEXT}, {"number", AS_NUMBER}, {"yes_no", AS_YES_NO}};
    for (size_t i = 0; v && i < COUNT(words); i++)
        if (text_is(json_text(v), words[i].word)) {
            s->as = words[i].as;
            return OK;
        }
    return v ? mistake(call, where, SAID("as is text, number or yes_no")) : OK;
}

static enum err read_when(struct call *call, struct text where, const struct json *v,
                          struct source *s)
{
    const struct json *time = json_get(v, "time");
    struct text zone = TEXT("");
    struct zone *z = NULL;
    TRY(read_text(call, where, v, "format", 60, &s->when.format));
    TRY(read_text(call, where, v, "zone", 64, &zone));
    if (zone.len)
        TRY(zone_open(call, call->arena, zone, &z));
    s->when.zone = z;
    if (!when__good(s->when.format))
        return mistake(
            call, where,
            SAID("format is made of YYYY, MM, DD, hh, mm, ss, f and AP, or is unix or "
                 "unix_ms"));
    if (time && !when__time(json_text(time), &s->when.time))
        return mistake(call, where, SAID("time is like 12:00"));
    return OK;
}

static enum err read_object(struct call *call, struct text where, const struct json *v,
                            struct source *s)
{
    bool moment = s->as == AS_MOMENT;
    TRY(known_keys(call, where, v,
                   moment ? "is column columns join format zone time file"
                          : "is column columns join prefix row values otherwise at_least range "
                            "as"));
    s->is = json_get(v, "is");
    s->of_file = moment && json_true(json_get(v, "file"));
    TRY(read_columns(call, where, v, s));
    TRY(read_text(call, where, v, "join", 10, &s->join));
    if (moment)
        TRY(read_when(call, where, v, s));
    if (!moment) {
        TRY(read_text(call, where, v, "prefix", 100, &s->prefix));
        TRY(read_row(call, where, json_get(v, "row"), s));
        TRY(read_values(call, where, v, s));
        TRY(read_numbers(call, where, v, s));
        TRY(read_as(call, where, json_get(v, "as"), s));
    }
    if ((s->is != NULL) + (s->count > 0) + (s->row != ROW_NO_ID) + s->of_file != 1)
        return mistake(
            call, where,
            SAID("must be a column, columns, row, file or is, and only one of these"));
    if (s->is && !is_scalar(s->is))
        return mistake(call, where, SAID("is must be a single value"));
    return OK;
}

static enum err read_source(struct call *call, struct text where, const struct json *v,
                            enum as as, struct source *s)
{
    *s = (struct source){.as = as, .join = as == AS_MOMENT ? TEXT(" ") : TEXT(":")};
    if (v->type == JSON_TEXT)
        return add_column(call, where, v, s);
    if (v->type == JSON_OBJECT)
        return read_object(call, where, v, s);
    return mistake(call, where, SAID("must be the name of a column, or an object"));
}

/* ---- members
 * ---------------------------------------------------------------------------------- */
static enum as as_of(enum shape shape)
{
    switch (shape) {
    case SHAPE_MOMENT:
        return AS_MOMENT;
    case SHAPE_NUMBER:
    case SHAPE_AMOUNT:
    case SHAPE_SIGN:
    case SHAPE_AMOUNTS:
        return AS_NUMBER;
    case SHAPE_CLASS:
        return AS_CLASS;
    case SHAPE_YES_NO:
        return AS_YES_NO;
    case SHAPE_VALUES:
        return AS_ANY;
    default:
        return AS_TEXT;
    }
}

static enum err add(struct call *call, struct profile *p, struct text member,
                    struct text inside, const struct json *v, enum as as)
{
    struct mapped one = {.member = member, .inside = inside};
    TRY(read_source(call, member, v, as, &one.from));
    if (!LIST_ADD(&p->of, one))
        return mistake(call, member, SAID("the profile has more members than allowed"));
    return OK;
}

/* "features": "rest"; a list of columns, each under its own name; or an object. What protects
 * people is a word, also when it is written as a number. */
static enum err read_inside(struct call *call, struct profile *p, const struct json *v,
                            enum shape shape)
{
    enum as as = text_is(v->key, "features") || shape == SHAPE_AMOUNTS ? as_of(shape) : AS_TEXT;
    enum err worst = OK;
    if (text_is(json_text(v), "rest") && as == AS_ANY) {
        p->rest = v->key;
        return OK;
    }
    if (v->type != JSON_LIST && v->type != JSON_OBJECT)
        return mistake(call, v->key, SAID("must be a list of columns, or an object"));
    for (const struct json *one = v->first; one; one = one->next) {
        struct text name =
            v->type == JSON_OBJECT ? one->key : shown_one_space(call->arena, json_text(one));
        worst = worse(worst, add(call, p, v->key, name, one, as));
    }
    return worst;
}

static enum err read_apart(struct call *call, const struct json *v, enum as as,
                           struct mapped *out)
{
    out->member = v->key;
    return read_source(call, v->key, v, as, &out->from);
}

static enum err read_member(struct call *call, struct profile *p, const struct json *v)
{
    enum shape shape;
    bool predicts = p->kind == EVENT_PREDICTION;
    if (text_is(v->key, "ts"))
        return read_apart(call, v, AS_MOMENT, &p->ts);
    if (predicts && text_is(v->key, "label")) {
        p->has_label = true;
        return read_apart(call, v, AS_CLASS, &p->label);
    }
    if (predicts && text_is(v->key, "label_ts"))
        return read_apart(call, v, AS_MOMENT, &p->label_ts);
    if (predicts && text_is(v->key, "label_source"))
        return read_apart(call, v, AS_TEXT, &p->label_source);
    if (text_is(v->key, "v") || text_is(v->key, "system") ||
        !event__member(p->kind, v->key, &shape))
        return mistake_about(call, v->key, SAID("events of this kind have no such member"),
                             v->key);
    if (shape == SHAPE_VALUES || shape == SHAPE_AMOUNTS)
        return read_inside(call, p, v, shape);
    return add(call, p, v->key, TEXT(""), v, as_of(shape));
}

/* ---- of the whole file
 * ------------------------------------------------------------------------ */
static enum err read_missing(struct call *call, struct profile *p, const struct json *v)
{
    if (v->type != JSON_LIST || v->count > MISSING_MOST)
        return mistake(call, v->key, SAID("must be a list of texts"));
    for (const struct json *one = v->first; one; one = one->next) {
        if (one->type != JSON_TEXT)
            return mistake(call, v->key, SAID("must be a list of texts"));
        (void)LIST_ADD(&p->missing, text_trim(one->text));
    }
    return OK;
}

static enum err read_leave(struct call *call, struct profile *p, const struct json *v)
{
    if (v->type != JSON_LIST || v->count > LEAVE_MOST)
        return mistake(call, v->key, SAID("must be a list of columns"));
    for (const struct json *one = v->first; one; one = one->next)
        (void)LIST_ADD(&p->leave, shown_one_space(call->arena, json_text(one)));
    return OK;
}

static enum err read_decimal(struct call *call, struct profile *p, const struct json *v)
{
    p->decimal_comma = text_is(json_text(v), ",");
    if (p->decimal_comma || text_is(json_text(v), "."))
        return OK;
    return mistake(call, v->key, SAID("must be . or ,"));
}

static enum err read_separator(struct call *call, struct profile *p, const struct json *v)
{
    static const char *const known[] = {",", ";", "\t", "|"};
    for (size_t i = 0; i < COUNT(known); i++)
        if (text_is(json_text(v), known[i]))
            p->separator = *known[i];
    if (p->separator)
        return OK;
    return mistake(call, v->key, SAID("must be a comma, a semicolon, a tab or a bar"));
}

static enum err read_key(struct call *call, struct profile *p, const struct json *v)
{
    if (text_is(v->key, "kind") || text_is(v->key, "about"))
        return OK;
    if (text_is(v->key, "missing"))
        return read_missing(call, p, v);
    if (text_is(v->key, "leave"))
        return read_leave(call, p, v);
    if (text_is(v->key, "decimal"))
        return read_decimal(call, p, v);
    if (text_is(v->key, "separator"))
        return read_separator(call, p, v);
    return read_member(call, p, v);
}

static bool has(const struct profile *p, const char *member)
{
    for (size_t i = 0; i < p->of.count; i++)
        if (text_is(p->of.at[i].member, member))
            return true;
    return false;
}

/* What no row could do without. The other members of an event are asked of each row. */
static enum err check_whole(struct call *call, const struct profile *p)
{
    bool own = p->kind == EVENT_PREDICTION || p->kind == EVENT_LLM || p->kind == EVENT_STOP;
    enum err worst = OK;
    if (!p->ts.member.len)
        worst = mistake(call, TEXT("ts"), SAID("the profile does not say when"));
    if (own && !has(p, "id"))
        worst =
            mistake(call, TEXT("id"), SAID("the profile does not say what an event is named"));
    if (!own && !has(p, "ref"))
        worst = mistake(call, TEXT("ref"), SAID("the profile does not say what it is about"));
    if ((p->label_ts.member.len || p->label_source.member.len) && !p->has_label)
        worst = mistake(call, TEXT("label"), SAID("there is no label that it could be of"));
    return worst;
}

static struct profile *new_profile(struct arena *a)
{
    struct profile *p = NEW(a, struct profile);
    *p = (struct profile){.missing = LIST_IN(a, MISSING_MOST + 1),
                          .leave = LIST_IN(a, LEAVE_MOST),
                          .of = LIST_IN(a, MAPPED_MOST)};
    (void)LIST_ADD(&p->missing, TEXT(""));
    return p;
}

enum err profile_read(struct call *call, struct text bytes, struct profile **out)
{
    static const struct json_limits limits = {PROFILE_MOST, 6, 20000};
    const struct json *v;
    enum err worst = OK;
    if (text_starts(bytes, "\xEF\xBB\xBF"))
        bytes = text_from(bytes, 3);
    TRY(json_read(call, bytes, &limits, &v));
    if (v->type != JSON_OBJECT)
        return mistake(call, TEXT(""), SAID("a profile is a JSON object"));
    struct profile *p = new_profile(call->arena);
    p->kind = event__kind(json_text(json_get(v, "kind")));
    if (p->kind == EVENT_NONE || p->kind == EVENT_STOP)
        return mistake(
            call, TEXT("kind"),
            SAID("must be one of prediction, label, llm, evaluation, review, feedback "
                 "and outcome"));
    for (const struct json *one = v->first; one; one = one->next)
        worst = worse(worst, read_key(call, p, one));
    worst = worse(worst, check_whole(call, p));
    *out = p;
    return worst;
}

enum err profile_kept(struct call *call, const struct record *rec, struct text name,
                      struct profile **out)
{
    const struct field *f = kind_field(rec->kind, rec->kind->event_profiles);
    const struct json *rows = f ? rec->values[f->index] : NULL, *found = NULL;
    for (const struct json *one = rows ? rows->first : NULL; one; one = one->next)
        if (name.len ? text_same(json_text(json_get(one, "name")), name) : rows->count == 1)
            found = one;
    if (!found)
        return problem(call, ERR_MISSING, TEXT("profile"), "unknown",
                       say(call, "the record of the system keeps no profile \"%.*s\""),
                       TEXT_ARG(name));
    return profile_read(call, json_text(json_get(found, "profile")), out);
}
