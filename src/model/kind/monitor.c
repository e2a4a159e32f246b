/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/monitor.c — the kind that `is: monitor`: limits on figures of what an AI system
 * sends. People fill in what is watched and by which limit; what each window showed is brought
 * by the engine, with an automatic move that takes it and stays in its state. What is judged:
 * monitor/limit.c; how it is kept: record/series.c. */
#include "model/internal.h"

struct wanted {
    const char *name;
    const struct field_type *type;
};

static bool has(const struct kind *k, const char *name, const struct field_type *type)
{
    const struct field *f = kind_field(k, text_of(name));
    return f != NULL && f->type == type && !f->many && !f->guarded;
}

static bool has_all(const struct kind *k)
{
    const struct wanted wanted[] = {{"system", &type_ref},
                                    {"figure", &type_choice},
                                    {"by", &type_text},
                                    {"of_env", &type_text},
                                    {"of_version", &type_text},
                                    {"every", &type_choice},
                                    {"watch_from", &type_date},
                                    {"wait_days", &type_integer},
                                    {"limit_low", &type_number},
                                    {"limit_high", &type_number},
                                    {"clear_low", &type_number},
                                    {"clear_high", &type_number},
                                    {"min_n", &type_integer},
                                    {"needed_m", &type_integer},
                                    {"needed_n", &type_integer},
                                    {"clear_n", &type_integer},
                                    {"coverage_floor", &type_number},
                                    {"baseline_from", &type_date},
                                    {"baseline_to", &type_date},
                                    {"muted_until", &type_date}};
    bool all = true;
    for (size_t i = 0; i < COUNT(wanted); i++)
        all = all && has(k, wanted[i].name, wanted[i].type);
    return all;
}

/* Nobody types in what was measured: it comes by a move alone. */
static bool keeps_all(const struct kind *k)
{
    const struct wanted kept[] = {{"status", &type_choice},      {"value", &type_number},
                                  {"low", &type_number},         {"high", &type_number},
                                  {"n", &type_integer},          {"covered", &type_number},
                                  {"groups", &type_text},        {"versions_seen", &type_text},
                                  {"window_from", &type_moment}, {"window_to", &type_moment},
                                  {"next_at", &type_moment},     {"status_since", &type_moment},
                                  {"recent", &type_text},        {"alarm", &type_yes_no},
                                  {"seen", &type_note}};
    bool all = true;
    for (size_t i = 0; i < COUNT(kept); i++)
        all = all && has(k, kept[i].name, kept[i].type) &&
              kind_field(k, text_of(kept[i].name))->fixed_in == UINT64_MAX;
    return all;
}

void model__monitor(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    if (!has_all(k) || !keeps_all(k))
        model__mistake(
            l, json_get(d->source->root, "is"), "unknown",
            "a monitor needs the fields that say what is watched and by which limit, "
            "and those, fixed \"any\", that its automatic moves take: docs/model.md");
    if (l->model->monitor_kind == NULL)
        l->model->monitor_kind = k;
}
