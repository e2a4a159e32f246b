/* SPDX-License-Identifier: Apache-2.0 */
/* Every value of the expected file of a real data set: counts exactly, rates within 1e-9, tails
 * within 1e-6, null where it says null; from merged states and from columns. And that a single
 * wrong label, or score, or missing figure, is found. The data are named by SHARED_DATA in the
 * environment. */
#include "oracle.h"

#define LISTED 12 /* differences that are printed */

struct outcome {
    size_t compared, words, differing, uncovered;
    size_t of_section; /* differing in the section that is asked about */
    const char *section;
    bool quiet;
};

/* Texts that tell where the values come from: no figure stands in them. */
static bool is_word(const char *path)
{
    static const char *const places[] = {"/dataset",
                                         "/upstream_sha256",
                                         "/tools/",
                                         "/definitions/",
                                         "/published/source",
                                         "/overall_alt_p/p",
                                         "/regression/note",
                                         "/change_detection/stream",
                                         "/change_detection/note_sigma",
                                         "/change_detection/river_docstring_check"};
    for (size_t i = 0; i < COUNT(places); i++)
        if (text_starts(text_of(path), places[i]))
            return true;
    return text_ends(text_of(path), "/split") || text_ends(text_of(path), "/note");
}

static bool is_tail(const char *path)
{
    const char *key = strrchr(path, '/') + 1;
    return strcmp(key, "p") == 0 || strcmp(key, "fisher_p") == 0 || strncmp(key, "p_", 2) == 0;
}

static bool near(const char *path, double got, double wanted)
{
    double within = is_tail(path) ? 1e-6 : 1e-9, larger = fmax(fabs(got), fabs(wanted));
    if (is_tail(path) && larger < 1e-300)
        return true;
    return fabs(got - wanted) <= within * larger || fabs(got - wanted) <= 2e-16;
}

static bool agrees(const char *path, const struct entry *e, const struct json *v)
{
    if (v->type == JSON_NULL)
        return !e->is_text && !e->figure.known;
    if (v->type == JSON_TEXT)
        return e->is_text && text_same(e->text, v->text);
    if (e->is_text || !e->figure.known)
        return false;
    return v->type == JSON_INTEGER ? e->figure.value == v->number
                                   : near(path, e->figure.value, v->number);
}

static void tell(const struct outcome *o, const char *what, const char *path,
                 const struct entry *e, const struct json *v)
{
    if (o->quiet || o->differing + o->uncovered > LISTED)
        return;
    print_message("%s %s: wanted %.*s%s", what, path, TEXT_ARG(v->text),
                  v->type == JSON_NULL ? "null" : "");
    if (e != NULL && e->is_text)
        print_message(", got %.*s", TEXT_ARG(e->text));
    else if (e != NULL && e->figure.known)
        print_message(", got %.17g", e->figure.value);
    print_message(e != NULL && !e->is_text && !e->figure.known ? ", got null\n" : "\n");
}

static void check_leaf(struct book *b, const char *path, const struct json *v,
                       struct outcome *o)
{
    size_t place;
    if (!map_find(b->map, text_of(path), &place)) {
        if (v->type == JSON_TEXT && is_word(path)) {
            o->words++;
            return;
        }
        o->uncovered++;
        tell(o, "not covered", path, NULL, v);
        return;
    }
    o->compared++;
    if (!agrees(path, &b->at[place], v)) {
        o->differing++;
        o->of_section += o->section != NULL && text_starts(text_of(path), o->section);
        tell(o, "differs", path, &b->at[place], v);
    }
}

static void walk(struct book *b, const char *path, const struct json *v, struct outcome *o)
{
    size_t place = 0;
    if (v->type != JSON_OBJECT && v->type != JSON_LIST) {
        check_leaf(b, path, v, o);
        return;
    }
    for (const struct json *child = v->first; child != NULL; child = child->next) {
        char number[24];
        snprintf(number, sizeof(number), "%zu", place++);
        walk(b, v->type == JSON_LIST ? under(b, path, number) : under_text(b, path, child->key),
             child, o);
    }
}

static const char *shared(struct call *call, const char *name)
{
    const char *folder = getenv("SHARED_DATA");
    if (folder == NULL)
        skip();
    return text_c(call->arena, text_print(call->arena, "%s/compas/%s", folder, name));
}

static const struct json *expected(struct call *call)
{
    const struct json *v;
    FILE *in = fopen(shared(call, "expected.json"), "rb");
    assert_non_null(in);
    struct buf b = buf_in(call->arena, (size_t)2 << 20);
    char piece[4096];
    for (size_t got; (got = fread(piece, 1, sizeof(piece), in)) > 0;)
        buf_add(&b, (struct text){piece, got});
    fclose(in);
    assert_int_equal(json_read(call, buf_text(&b), &json_model_limits, &v), OK);
    return v;
}

static struct book *written(struct call *call, const struct rows *rows, bool exact)
{
    struct book *b = book_new(call, rows, exact);
    write_classes(b);
    write_drift(b);
    write_rest(b);
    return b;
}

/* That the rows are those the values were computed from is a value too. */
static void put_hash(struct book *b, const char *file)
{
    struct sha256 *sum = sha256_start(b->arena);
    FILE *in = fopen(file, "rb");
    char piece[4096];
    assert_non_null(in);
    for (size_t got; (got = fread(piece, 1, sizeof(piece), in)) > 0;)
        sha256_add(sum, (struct text){piece, got});
    fclose(in);
    struct hash hash = sha256_end(sum);
    put_text(b, "", "sha256", hex_of(b->arena, hash_text(&hash)));
}

static void everything_is_as_expected(struct call *call, bool exact)
{
    struct rows rows = rows_read(call, shared(call, "compas-two-years.csv"));
    struct book *b = written(call, &rows, exact);
    struct outcome o = {0};
    put_hash(b, shared(call, "compas-two-years.csv"));
    walk(b, "", expected(call), &o);
    print_message("%s: %zu values compared, %zu differ, %zu not covered, %zu are words\n",
                  exact ? "columns" : "states", o.compared, o.differing, o.uncovered, o.words);
    assert_int_equal(o.differing, 0);
    assert_int_equal(o.uncovered, 0);
    assert_true(o.compared > 8000);
}

static void states_give_every_value(void **state)
{
    everything_is_as_expected(*state, false);
}

static void columns_give_every_value(void **state)
{
    everything_is_as_expected(*state, true);
}

/* What is live and what is computed anew from rows is the same number, or the same nothing. */
static void live_is_what_is_computed_anew(void **state)
{
    struct call *call = *state;
    struct rows rows = rows_read(call, shared(call, "compas-two-years.csv"));
    struct book *live = written(call, &rows, false), *anew = written(call, &rows, true);
    assert_int_equal(live->count, anew->count);
    for (size_t i = 0; i < live->count; i++) {
        struct figure a = live->at[i].figure, b = anew->at[i].figure;
        assert_int_equal(a.known, b.known);
        assert_true(text_same(live->at[i].text, anew->at[i].text));
        if (fabs(a.value - b.value) > 1e-12 * fmax(1, fabs(b.value)))
            fail_msg("figure %zu is %.17g live and %.17g anew", i, a.value, b.value);
    }
}

/* ---- that all this can fail ---- */
static void set_cell(struct call *call, struct rows *rows, size_t row, const char *column,
                     const char *value)
{
    struct text *cells = NEW_MANY(call->arena, rows->columns, struct text);
    memcpy(cells, rows->cell[row], rows->columns * sizeof(*cells));
    for (size_t i = 0; i < rows->columns; i++)
        if (text_is(rows->name[i], column))
            cells[i] = text_of(value);
    rows->cell[row] = cells;
}

static size_t found_in(struct book *b, const struct json *wanted, const char *section)
{
    struct outcome o = {.section = section, .quiet = true};
    walk(b, "", wanted, &o);
    return o.of_section;
}

struct sabotage {
    const char *column, *value; /* of the row */
    size_t row;
    const char *section[5];
};

/* Another label, another answer, or the value that the case names. */
static void make_wrong(struct call *call, struct rows *rows, const struct sabotage *s)
{
    struct text was = cell_of(rows, s->row, s->column);
    const char *value = s->value;
    if (value == NULL && text_is(text_of(s->column), "two_year_recid"))
        value = text_is(was, "1") ? "0" : "1";
    else if (value == NULL)
        value = text_is(was, "Low") ? "High" : "Low";
    assert_false(text_is(was, value));
    set_cell(call, rows, s->row, s->column, value);
}

static void one_wrong_cell_is_found(void **state)
{
    static const struct sabotage cases[] = {
        {"two_year_recid",
         NULL,
         1,
         {"/overall/", "/fairness/", "/monthly_by", "/calibration_w"}},
        {"score_text", NULL, 1, {"/published/", "/change_detection/"}},
        {"decile_score", "7", 1, {"/regression/", "/drift/", "/overall_alt_p/"}},
    };
    struct call *call = *state;
    const char *file = shared(call, "compas-two-years.csv");
    const struct json *wanted = expected(call);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rows rows = rows_read(call, file);
        make_wrong(call, &rows, &cases[i]);
        struct book *b = written(call, &rows, false);
        for (size_t k = 0; cases[i].section[k] != NULL; k++)
            if (found_in(b, wanted, cases[i].section[k]) == 0)
                fail_msg("a wrong %s is not seen in %s", cases[i].column, cases[i].section[k]);
    }
}

static void a_figure_that_is_not_there_is_missed(void **state)
{
    struct call *call = *state;
    struct rows none = {0};
    struct outcome o = {.quiet = true};
    walk(book_new(call, &none, false), "", expected(call), &o);
    assert_int_equal(o.compared, 0);
    assert_true(o.uncovered > 8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(states_give_every_value),
        CALL_TEST(columns_give_every_value),
        CALL_TEST(live_is_what_is_computed_anew),
        CALL_TEST(one_wrong_cell_is_found),
        CALL_TEST(a_figure_that_is_not_there_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
