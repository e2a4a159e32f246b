/* SPDX-License-Identifier: Apache-2.0 */
/* model/time/keep.c — keeping times: how long the content of a record is kept at least. The
 * file says the last day; as with a clock the field NAME_standing comes with it, and both are
 * computed and kept like any other value. A kind has one keeping time at most, since an erasure
 * is of the whole record. */
#include "model/internal.h"

static const char *const standings[] = {[KEEP_NONE] = "none",
                                        [KEEP_RUNNING] = "kept",
                                        [KEEP_OVER] = "over",
                                        [KEEP_HELD] = "held",
                                        [KEEP_ERASED] = "erased"};

struct text keeping_word(enum keep_standing s)
{
    return text_of(standings[s]);
}

static bool has_standings(const struct scale *s)
{
    size_t found = 0;
    for (size_t i = 0; s != NULL && i < COUNT(standings); i++)
        found += scale_option(s, text_of(standings[i])) != NULL;
    return found == COUNT(standings) && s->count == found;
}

void model__keep_fields(struct loader *l, struct draft *d, struct field *f,
                        const struct json *v)
{
    struct keeping *keep = &d->kind->keep;
    const struct json *at = json_get(v, "keep");
    const struct scale *scale = map__get(l->scales, TEXT("keep_standing"));
    if (keep->at != NULL) {
        model__mistake(l, at, "twice",
                       "a kind has one keeping time, and %.*s has \"%.*s\" already",
                       TEXT_ARG(d->kind->name), TEXT_ARG(keep->at->name));
        return;
    }
    if (f->computed != NULL)
        model__mistake(l, json_get(v, "computed"), "unknown_key",
                       "either \"keep\" or \"computed\"");
    if (f->guarded)
        model__mistake(l, at, "read", "a keeping time is for everybody who reads the record");
    if (!has_standings(scale))
        model__mistake(
            l, at, "unknown",
            "the scale \"keep_standing\" is missing, or has other values than none kept "
            "over held erased");
    f->computed = model__engine_json(l, "{\"fn\": \"keep\"}", at);
    keep->at = f;
    struct field *s =
        model__standing_field(l, d, f, v, "keep", scale, "{\"fn\": \"keep_standing\"}");
    s->indexed =
        true; /* it is asked who is over whenever somebody who redacts looks at their tasks */
    keep->standing = s;
}

/* ---- what it says --------------------------------------------------------------------------
 */
static void read_from(struct loader *l, const struct kind *k, const struct json *v,
                      struct keeping *keep)
{
    const struct json *from = json_get(v, "from");
    if (from == NULL) {
        model__mistake(l, v, "required",
                       "\"from\" is missing: a date or moment field, or a list of states");
        return;
    }
    if (from->type == JSON_LIST && from->count > 0) {
        keep->from_in = model__state_set(l, k, from);
        return;
    }
    keep->from = kind_field(k, json_text(from));
    model__for_all(l, from, keep->from);
    if (keep->from == NULL || !field_is_time(keep->from) || keep->from == keep->at)
        model__mistake(l, from, "unknown",
                       "\"%.*s\" is no date or moment field of %.*s, nor a list of its states",
                       TEXT_ARG(json_text(from)), TEXT_ARG(k->name));
}

/* What the law says, or else the file itself. */
static bool read_length(struct loader *l, const struct json *v, struct keeping *keep)
{
    const struct json *time = json_get(v, "for"), *name = json_get(v, "deadline");
    if (name == NULL)
        return time != NULL && time->type == JSON_TEXT &&
               duration_read(time->text, &keep->time);
    keep->deadline = model_deadline(l->model, model__text(l, v, "deadline", true));
    if (time != NULL)
        model__mistake(l, name, "unknown_key", "either \"deadline\" or \"for\"");
    if (keep->deadline == NULL) {
        model__mistake(l, name, "unknown", "unknown deadline \"%.*s\"",
                       TEXT_ARG(json_text(name)));
        return false;
    }
    keep->time = keep->deadline->length;
    return true;
}

static void read_time(struct loader *l, const struct json *v, struct keeping *keep)
{
    const struct json *time = json_get(v, "for");
    const struct duration *d = &keep->time;
    bool read = read_length(l, v, keep);
    if (!read || d->before || d->working_days || d->seconds || d->months + d->days < 1)
        model__mistake(
            l, time == NULL ? v : time, "duration",
            "\"for\" is how long it is kept, in whole days, months or years: P180D, P6M, P3Y");
}

void model__keep(struct loader *l, struct draft *d, struct field *f, const struct json *v)
{
    struct kind *k = d->kind;
    if (k->keep.at != f || !model__keys(l, v, "from for deadline when"))
        return;
    read_from(l, k, v, &k->keep);
    read_time(l, v, &k->keep);
    if (json_get(v, "when") != NULL)
        k->keep.when = model__condition(l, k, json_get(v, "when"));
}

static bool open(const struct field *f, const bool *done)
{
    return f != NULL && f->computed != NULL && !done[f->index];
}

bool model__keep_waits(const struct field *f, const struct kind *k, const bool *done)
{
    const struct keeping *keep = &k->keep;
    if (keep->standing == f)
        return open(keep->at, done);
    return keep->at == f &&
           (open(keep->from, done) || model__condition_waits(keep->when, k, done));
}

bool keeping_same(const struct keeping *a, const struct keeping *b)
{
    if (a->at == NULL || b->at == NULL)
        return a->at == b->at;
    return text_same(a->at->name, b->at->name) && text_same(a->time.said, b->time.said);
}
