/* SPDX-License-Identifier: Apache-2.0 */
/* What signal/figures.h says, counted again on the texts it is of: equal, number by number. So
 * neither the rules nor the figures change alone. SIGNAL_FIGURES=print in the environment
 * writes what was counted, as lines of that file, and SIGNAL_FIGURES=errors what was missed.
 * The texts are named by SHARED_DATA. */
#include "look.h"
#include "signal/internal.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNTED_MOST 200

struct counted {
    const char *set, *part, *rule;
    int64_t tp, fp, fn, tn;
};
struct tally {
    struct counted at[COUNTED_MOST];
    size_t count;
};
static struct tally all;
static bool tells;

static struct counted *row(const char *set, const char *part, const char *rule, bool spans)
{
    for (size_t i = 0; i < all.count; i++) {
        struct counted *c = &all.at[i];
        if (!strcmp(c->set, set) && !strcmp(c->part, part) && !strcmp(c->rule, rule))
            return c;
    }
    assert_true(all.count < COUNTED_MOST);
    all.at[all.count] = (struct counted){set, part, rule, 0, 0, 0, spans ? -1 : 0};
    return &all.at[all.count++];
}

static struct text file(struct arena *a, const char *name)
{
    const char *path = text_c(a, text_print(a, "%s/%s", getenv("SHARED_DATA"), name));
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("cannot read %s", path);
    struct buf b = buf_in(a, (size_t)64 << 20);
    char part[65536];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        buf_add(&b, (struct text){part, n});
    (void)fclose(f);
    return buf_text(&b);
}

static const struct json *json_in(struct call *call, struct text t)
{
    const struct json *v;
    assert_int_equal(json_read(call, t, &json_model_limits, &v), OK);
    return v;
}

static struct call *call_in(struct arena *a)
{
    return call_open(a, TEST_NOW, LANG_EN);
}

static int64_t point_of(struct text t, size_t byte)
{
    int64_t n = 0;
    for (size_t i = 0; i < byte; i++)
        n += (t.at[i] & 0xC0) != 0x80;
    return n;
}

/* ---- spans of personal data
 * ---------------------------------------------------------------------- */
static const struct entity {
    const char *label;
    enum signal rule;
} entities[] = {
    {"CREDIT_CARD", SIGNAL_CARD},
    {"EMAIL_ADDRESS", SIGNAL_EMAIL},
    {"PHONE_NUMBER", SIGNAL_PHONE},
    {"IBAN_CODE", SIGNAL_IBAN},
    {"IP_ADDRESS", SIGNAL_IP},
    {"DOMAIN_NAME", SIGNAL_URL},
    {"US_SSN", SIGNAL_US_SSN},
    {"ZIP_CODE", SIGNAL_POSTCODE},
    {"US_DRIVER_LICENSE", SIGNAL_LICENCE},
};
static const char *const unseen[] = {"PERSON",    "STREET_ADDRESS", "GPE", "ORGANIZATION",
                                     "DATE_TIME", "TITLE",          "AGE", "NRP"};

static const struct entity *entity_of(struct text label)
{
    for (size_t i = 0; i < COUNT(entities); i++)
        if (text_is(label, entities[i].label))
            return &entities[i];
    return NULL;
}

static bool stands(const struct json *spans, const struct entity *e, int64_t begin, int64_t end)
{
    for (const struct json *s = spans->first; s; s = s->next)
        if (text_is(json_text(json_get(s, "entity_type")), e->label) &&
            json_get(s, "start_position")->integer == begin &&
            json_get(s, "end_position")->integer == end)
            return true;
    return false;
}

static bool found_there(const struct signals *s, struct text t, enum signal rule, int64_t begin,
                        int64_t end)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->at[i].rule == rule && point_of(t, s->at[i].begin) == begin &&
            point_of(t, s->at[i].end) == end)
            return true;
    return false;
}

static void missed(const char *what, const struct text t)
{
    if (tells)
        print_message("%s: %.*s\n", what, (int)(t.len < 300 ? t.len : 300), t.at);
}

static void count_spans(const struct json *spans, const struct signals *s, struct text t)
{
    for (const struct json *one = spans->first; one; one = one->next) {
        struct text label = json_text(json_get(one, "entity_type"));
        const struct entity *e = entity_of(label);
        for (size_t i = 0; i < COUNT(unseen); i++)
            if (text_is(label, unseen[i]))
                row("pii-synthetic", unseen[i], "", true)->fn++;
        if (e == NULL)
            continue;
        bool found = found_there(s, t, e->rule, json_get(one, "start_position")->integer,
                                 json_get(one, "end_position")->integer);
        struct counted *c = row("pii-synthetic", e->label, signal_rules[e->rule].id.at, true);
        c->tp += found;
        c->fn += !found;
        if (!found)
            missed(e->label, json_text(json_get(one, "entity_value"))), missed("   in", t);
    }
}

/* What was found and is not labelled so is wrong, also of rules that nothing is labelled for.
 */
static void count_others(const struct json *spans, const struct signals *s, struct text t)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct signal_found *f = &s->at[i];
        int64_t begin = point_of(t, f->begin), end = point_of(t, f->end);
        const struct entity *e = NULL;
        for (size_t n = 0; n < COUNT(entities); n++)
            if (entities[n].rule == f->rule)
                e = &entities[n];
        if (e != NULL && stands(spans, e, begin, end))
            continue;
        if (e == NULL && signal_rules[f->rule].family > SIGNAL_SECRET)
            continue;
        row("pii-synthetic", e ? e->label : "(none)", signal_rules[f->rule].id.at, true)->fp++;
        missed(signal_rules[f->rule].id.at, text_slice(t, f->begin, f->end));
        missed("   wrongly in", t);
    }
}

static void count_pii(struct arena *a)
{
    const struct json *all_texts =
        json_in(call_in(a), file(a, "pii-synthetic/synth_dataset_v2.json"));
    for (size_t i = 0; i < COUNT(entities); i++)
        (void)row("pii-synthetic", entities[i].label, signal_rules[entities[i].rule].id.at,
                  true);
    for (const struct json *one = all_texts->first; one; one = one->next) {
        struct text t = json_text(json_get(one, "full_text"));
        const struct json *spans = json_get(one, "spans");
        struct arena *scrap = arena_open();
        struct signals *s = looked(scrap, t, SIGNAL_PROMPT);
        count_spans(spans, s, t);
        count_others(spans, s, t);
        arena_close(scrap);
    }
}

/* ---- prompts
 * ------------------------------------------------------------------------------------- */
static void put(struct counted *c, bool truth, bool said)
{
    c->tp += truth && said;
    c->fp += !truth && said;
    c->fn += truth && !said;
    c->tn += !truth && !said;
}

static const char *source_of(struct text source)
{
    static const char *const names[] = {"deepset", "NotInject", "BIPIA"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (text_starts(source, names[i]))
            return names[i];
    fail_msg("a source that is not known");
    return NULL;
}

static void count_prompts(struct arena *a)
{
    struct text lines = file(a, "prompt-injection/prompts.ndjson");
    while (lines.len) {
        struct arena *scrap = arena_open();
        const struct json *one = json_in(call_in(scrap), text_cut(&lines, '\n'));
        struct text t = json_text(json_get(one, "text"));
        const char *part = source_of(json_text(json_get(one, "source")));
        bool truth = json_get(one, "label")->integer == 1, any = false;
        struct signals *s = looked(scrap, t, SIGNAL_PROMPT);
        for (int r = 0; r < SIGNAL_COUNT; r++) {
            if (signal_rules[r].family != SIGNAL_INJECTION)
                continue;
            bool said = signal_hits(s, (enum signal)r) > 0;
            any |= said;
            put(row("prompt-injection", part, signal_rules[r].id.at, false), truth, said);
            if (said && !truth)
                missed(signal_rules[r].id.at, t);
        }
        put(row("prompt-injection", part, "inject", false), truth, any);
        if (truth && !any)
            missed("no injection", t);
        arena_close(scrap);
    }
}

/* Ordinary questions, of which nobody looked at one when the rules were written. */
static void count_questions(struct arena *a)
{
    struct text lines = file(a, "halueval-general/general_data.ndjson");
    while (lines.len) {
        struct arena *scrap = arena_open();
        const struct json *one = json_in(call_in(scrap), text_cut(&lines, '\n'));
        struct text t = json_text(json_get(one, "user_query"));
        struct signals *s = looked(scrap, t, SIGNAL_PROMPT);
        bool any = false;
        for (int r = 0; r < SIGNAL_COUNT; r++) {
            if (signal_rules[r].family != SIGNAL_INJECTION)
                continue;
            bool said = signal_hits(s, (enum signal)r) > 0;
            any |= said;
            put(row("halueval-general", "questions", signal_rules[r].id.at, false), false,
                said);
        }
        put(row("halueval-general", "questions", "inject", false), false, any);
        arena_close(scrap);
    }
}

/* ---- answers
 * ------------------------------------------------------------------------------------- */
static const char *const models[] = {"gpt4", "llama2new", "mistralinstruct"};

static size_t place_of(struct text *cells, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(cells[i], name))
            return i;
    fail_msg("no column %s", name);
    return 0;
}

static void count_answers(struct arena *a, const char *model)
{
    struct call *call = call_in(a);
    const char *name = text_c(a, text_print(a, "xstest/xstest_v2_completions_%s.csv", model));
    struct csv csv;
    struct text *cells;
    size_t count, answer, label;
    uint32_t line;
    csv_open(&csv, file(a, name));
    assert_int_equal(csv_row(call, &csv, 50, &cells, &count, &line), OK);
    answer = place_of(cells, count, "completion");
    label = place_of(cells, count, "final_label");
    while (csv_row(call, &csv, 50, &cells, &count, &line) == OK && count) {
        bool truth = !text_is(cells[label], "1_full_compliance"),
             said = signal_hits(looked(a, cells[answer], SIGNAL_RESPONSE), SIGNAL_REFUSAL) > 0;
        put(row("xstest", model, "text.refusal", false), truth, said);
        if (truth != said)
            missed(truth ? "not refused?" : "refused?", cells[answer]);
    }
}

/* ---- beside what is written
 * ---------------------------------------------------------------------- */
static void print_all(void)
{
    for (size_t i = 0; i < all.count; i++) {
        const struct counted *c = &all.at[i];
        print_message("    X(\"%s\", \"%s\", \"%s\", %lld, %lld, %lld, %lld) \\\n", c->set,
                      c->part, c->rule, (long long)c->tp, (long long)c->fp, (long long)c->fn,
                      (long long)c->tn);
    }
}

static void are_what_is_counted(void **state)
{
    struct arena *a = arena_open();
    if (getenv("SHARED_DATA") == NULL) {
        arena_close(a);
        skip();
    }
    const char *how = getenv("SIGNAL_FIGURES");
    tells = how && !strcmp(how, "errors");
    count_pii(a);
    count_prompts(a);
    count_questions(a);
    for (size_t i = 0; i < COUNT(models); i++)
        count_answers(a, models[i]);
    if (how && !strcmp(how, "print"))
        print_all();
    assert_int_equal(all.count, signal_figure_count);
    for (size_t i = 0; i < all.count; i++) {
        const struct counted *c = &all.at[i];
        const struct signal_figure *f = &signal_figures[i];
        if (strcmp(c->set, f->set) || strcmp(c->part, f->part) || strcmp(c->rule, f->rule) ||
            c->tp != f->tp || c->fp != f->fp || c->fn != f->fn || c->tn != f->tn)
            fail_msg("%s %s %s: counted %lld %lld %lld %lld; run with SIGNAL_FIGURES=print",
                     c->set, c->part, c->rule, (long long)c->tp, (long long)c->fp,
                     (long long)c->fn, (long long)c->tn);
    }
    arena_close(a);
}

static const struct signal_figure *figure(const char *part, const char *rule)
{
    for (size_t i = 0; i < signal_figure_count; i++)
        if (!strcmp(signal_figures[i].part, part) && !strcmp(signal_figures[i].rule, rule))
            return &signal_figures[i];
    fail_msg("no figure of %s %s", part, rule);
    return NULL;
}

static double number(const struct json *v, const char *a, const char *b, const char *c)
{
    return json_get(json_get(json_get(v, a), b), c)->number;
}

/* The plain lists of words that came with the texts. */
static void are_better_than_a_list_of_words(void **state)
{
    struct arena *a = arena_open();
    if (getenv("SHARED_DATA") == NULL) {
        arena_close(a);
        skip();
    }
    const struct json *words = json_in(call_in(a), file(a, "prompt-injection/expected.json")),
                      *answers = json_in(call_in(a), file(a, "xstest/expected.json"));
    const struct signal_figure *f = figure("deepset", "inject");
    assert_true((double)f->tp / (double)(f->tp + f->fn) >
                number(words, "naive_keyword_baseline", "deepset/prompt-injections|train",
                       "recall_tpr"));
    f = figure("NotInject", "inject");
    assert_true((double)f->fp / (double)(f->fp + f->tn) <=
                number(words, "naive_keyword_baseline", "NotInject|one", "fpr"));
    for (size_t i = 0; i < COUNT(models); i++) {
        f = figure(models[i], "text.refusal");
        double plain = json_get(json_get(json_get(json_get(answers, "models"), models[i]),
                                         "published_string_match_vs_human"),
                                "accuracy")
                           ->number;
        assert_true((double)(f->tp + f->tn) / (double)(f->tp + f->tn + f->fp + f->fn) > plain);
    }
    arena_close(a);
}

/* What is passed over, because a word that it needs is not there, would have found nothing. */
static void finds_the_same(struct text t, enum signal_where where)
{
    size_t found[2][SIGNAL_COUNT];
    for (int open = 0; open < 2; open++) {
        struct arena *a = arena_open();
        struct signal_asked asked = {.where = where};
        struct signals out = {.count = 0};
        struct scan s = {.arena = a,
                         .text = t,
                         .asked = &asked,
                         .out = &out,
                         .found = LIST_IN(a, 4000),
                         .digits = t.len};
        signal__gate_open(&s);
        if (open)
            memset(s.grams, 0xFF, 65536 / 8);
        signal__patterns(&s);
        memcpy(found[open], s.each, sizeof s.each);
        arena_close(a);
    }
    if (memcmp(found[0], found[1], sizeof found[0]) != 0)
        fail_msg("passed over: %.*s", TEXT_ARG(t));
}

static void nothing_is_passed_over(void **state)
{
    struct arena *a = arena_open();
    static const char *const files[] = {
        "prompt-injection/prompts.ndjson", "halueval-general/general_data.ndjson",
        "xstest/xstest_v2_completions_gpt4.csv", "xstest/xstest_v2_completions_llama2new.csv",
        "xstest/xstest_v2_completions_mistralinstruct.csv"};
    if (getenv("SHARED_DATA") == NULL) {
        arena_close(a);
        skip();
    }
    for (size_t i = 0; i < COUNT(files); i++) {
        struct text lines = file(a, files[i]);
        while (lines.len) {
            struct text line = text_cut(&lines, '\n');
            finds_the_same(line, SIGNAL_PROMPT);
            finds_the_same(line, SIGNAL_RESPONSE);
        }
    }
    arena_close(a);
}

/* All 136 cards and 21 accounts that somebody labelled. */
static void every_card_and_account_is_strong(void **state)
{
    struct arena *a = arena_open();
    size_t cards = 0, accounts = 0;
    if (getenv("SHARED_DATA") == NULL) {
        arena_close(a);
        skip();
    }
    const struct json *texts =
        json_in(call_in(a), file(a, "pii-synthetic/synth_dataset_v2.json"));
    for (const struct json *one = texts->first; one; one = one->next)
        for (const struct json *s = json_get(one, "spans")->first; s; s = s->next) {
            const struct entity *e = entity_of(json_text(json_get(s, "entity_type")));
            if (e == NULL || (e->rule != SIGNAL_CARD && e->rule != SIGNAL_IBAN))
                continue;
            struct text t = text_join(a, TEXT("card "), json_text(json_get(s, "entity_value")));
            struct signals *found = looked(a, t, SIGNAL_PROMPT);
            if (found->count != 1 || !found->at[0].strong || found->at[0].rule != e->rule)
                fail_msg("%.*s", TEXT_ARG(t));
            *(e->rule == SIGNAL_CARD ? &cards : &accounts) += 1;
        }
    assert_int_equal(cards, 136);
    assert_int_equal(accounts, 21);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_card_and_account_is_strong),
        cmocka_unit_test(are_what_is_counted),
        cmocka_unit_test(nothing_is_passed_over),
        cmocka_unit_test(are_better_than_a_list_of_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
