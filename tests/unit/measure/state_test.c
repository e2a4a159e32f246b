/* SPDX-License-Identifier: Apache-2.0 */
/* States: parts merged in any order give the bytes of one pass; bytes read back to the same
 * state; labels come late, are taken back and given anew. */
#include "measure_unit.h"

#define PARTS 5
#define ROWS 2000
#define ORDERS 6

/* One sort of state, as the test sees it. A row is a number; parts get rows of every sort. */
struct sort {
    const char *name;
    void *(*make)(struct arena *a);
    void (*add)(void *state, uint64_t row);
    void (*merge)(void *into, const void *from);
    void (*write)(const void *state, struct buf *out);
    enum err (*read)(struct arena *a, struct text bytes, void **out);
};

static struct text bytes_of(struct arena *a, const struct sort *s, const void *state)
{
    struct buf b = buf_in(a, MEASURE_BYTES_MOST);
    s->write(state, &b);
    assert_false(b.full);
    return buf_text(&b);
}

/* ---- the sorts ---- */
static struct measure_prediction prediction_of(uint64_t row)
{
    static const double odd[] = {0, 1, -0.0, 0.5, 0.1, 0.3, 1 - 0x1p-53, 0x1p-1074};
    uint64_t r = mixed(row);
    struct measure_prediction p = {(int8_t)(r % 11 == 0 ? -1 : (int)(r % 2)), r % 13 != 0,
                                   (double)(r >> 11) * 0x1p-53};
    if (r % 17 == 0)
        p.score = odd[r / 17 % COUNT(odd)];
    if (r % 101 == 0)
        p.score = r % 2 ? NAN : 1.5;
    return p;
}

static void class_add(void *state, uint64_t row)
{
    struct measure_prediction p = prediction_of(row);
    measure_class_add(state, &p);
    if (row % 3 != 0)
        measure_class_label(state, &p, mixed(row) % 5 < 2, 1);
}

static void confusion_add(void *state, uint64_t row)
{
    char truth[20], predicted[20];
    snprintf(truth, sizeof(truth), "class %d", (int)(mixed(row) % 170));
    snprintf(predicted, sizeof(predicted), "class %d", (int)(mixed(row + 7) % 170));
    measure_confusion_add(state, text_of(truth), text_of(predicted), 1);
}

static void few_classes_add(void *state, uint64_t row)
{
    static const char *const names[] = {"cat", "dog", "猫", "", "a|b=c\n"};
    measure_confusion_add(state, text_of(names[mixed(row) % 5]),
                          text_of(names[mixed(row + 7) % 5]), 1);
}

static double value_of(uint64_t row)
{
    static const double odd[] = {0,     -0.0, 1e308,   -1e308, 0x1p-1074, -0x1p-1074, 1e-300,
                                 1e300, 0.1,  DBL_MAX, NAN,    INFINITY,  -INFINITY};
    uint64_t r = mixed(row);
    return r % 7 == 0 ? odd[r / 7 % COUNT(odd)]
                      : ((double)(r >> 11) * 0x1p-53 - 0.5) * (double)(1 + r % 1000);
}

static void regression_add(void *state, uint64_t row)
{
    measure_regression_add(state, value_of(row), value_of(row + 1), 1);
}

static void moments_add(void *state, uint64_t row)
{
    if (row % 19 == 0)
        measure_moments_add_missing(state);
    else
        measure_moments_add(state, value_of(row));
}

static void sum_add(void *state, uint64_t row)
{
    double x = value_of(row), y = value_of(row + 1);
    measure_sum_add(state, isfinite(x) ? x : 0);
    if (isfinite(x) && isfinite(y))
        measure_sum_add_product(state, x, y);
}

static void bins_add(void *state, uint64_t row)
{
    if (row % 19 == 0)
        measure_bins_add_missing(state);
    else
        measure_bins_add(state, value_of(row));
}

static void bins_merge(void *into, const void *from)
{
    assert_true(measure_bins_merge(into, from));
}

static void name_of(uint64_t row, uint64_t many, char name[200])
{
    uint64_t r = mixed(row) % many;
    snprintf(name, 200, r % 10 == 0 ? "%090d" : "category %d", (int)r);
}

static void categories_add(void *state, uint64_t row)
{
    char name[200];
    name_of(row, 2500, name);
    if (row % 19 == 0)
        measure_categories_add_missing(state);
    else
        measure_categories_add(state, text_of(name));
}

static void *categories_like(struct arena *a)
{
    struct measure_categories *reference = measure_categories_new(a);
    for (uint64_t row = 0; row < 300; row++)
        categories_add(reference, row);
    return measure_categories_like(a, reference);
}

static void categories_merge(void *into, const void *from)
{
    assert_true(measure_categories_merge(into, from));
}

static void sketch_add(void *state, uint64_t row)
{
    measure_sketch_add(state, fabs(value_of(row)) * (row % 23 == 0 ? -1 : 1));
}

static void *bins_make(struct arena *a)
{
    static const struct measure_edges edges = {4, {-10, 0, 0.5, 100}};
    struct measure_bins *m = NEW(a, struct measure_bins);
    *m = measure_bins(&edges);
    return m;
}

#define IN_PLACE(kind)                                                                         \
    static void *kind##_make(struct arena *a)                                                  \
    {                                                                                          \
        return NEW(a, struct measure_##kind);                                                  \
    }                                                                                          \
    READ_IN_PLACE(kind)
#define READ_IN_PLACE(kind)                                                                    \
    static enum err kind##_read(struct arena *a, struct text bytes, void **out)                \
    {                                                                                          \
        struct measure_##kind *m = NEW(a, struct measure_##kind);                              \
        *out = m;                                                                              \
        return measure_##kind##_read(bytes, m);                                                \
    }
#define MADE(kind)                                                                             \
    static void *kind##_make(struct arena *a)                                                  \
    {                                                                                          \
        return measure_##kind##_new(a);                                                        \
    }                                                                                          \
    static enum err kind##_read(struct arena *a, struct text bytes, void **out)                \
    {                                                                                          \
        struct measure_##kind *m = NULL;                                                       \
        enum err e = measure_##kind##_read(a, bytes, &m);                                      \
        *out = m;                                                                              \
        return e;                                                                              \
    }
#define WRITES(kind)                                                                           \
    static void kind##_write(const void *state, struct buf *out)                               \
    {                                                                                          \
        measure_##kind##_write(state, out);                                                    \
    }
#define MERGES(kind)                                                                           \
    static void kind##_merge(void *into, const void *from)                                     \
    {                                                                                          \
        measure_##kind##_merge(into, from);                                                    \
    }
MADE(class)
WRITES(class)
MERGES(class)
MADE(confusion)
WRITES(confusion)
MERGES(confusion)
IN_PLACE(regression)
WRITES(regression)
MERGES(regression)
IN_PLACE(moments)
WRITES(moments)
MERGES(moments)
IN_PLACE(sum)
WRITES(sum)
MERGES(sum)
READ_IN_PLACE(bins)
WRITES(bins)
MADE(categories)
WRITES(categories)
MADE(sketch)
WRITES(sketch)
MERGES(sketch)

static const struct sort sorts[] = {
    {"class", class_make, class_add, class_merge, class_write, class_read},
    {"confusion, capped", confusion_make, confusion_add, confusion_merge, confusion_write,
     confusion_read},
    {"confusion, few", confusion_make, few_classes_add, confusion_merge, confusion_write,
     confusion_read},
    {"regression", regression_make, regression_add, regression_merge, regression_write,
     regression_read},
    {"moments", moments_make, moments_add, moments_merge, moments_write, moments_read},
    {"sum", sum_make, sum_add, sum_merge, sum_write, sum_read},
    {"bins", bins_make, bins_add, bins_merge, bins_write, bins_read},
    {"categories, capped", categories_make, categories_add, categories_merge, categories_write,
     categories_read},
    {"categories of a reference", categories_like, categories_add, categories_merge,
     categories_write, categories_read},
    {"sketch", sketch_make, sketch_add, sketch_merge, sketch_write, sketch_read},
};

static void assert_same(const struct sort *s, const char *what, struct text got,
                        struct text wanted)
{
    if (!text_same(got, wanted))
        fail_msg("%s: %s: %zu bytes, not the %zu of one pass", s->name, what, got.len,
                 wanted.len);
}

/* Rows scattered over parts by a draw of their own; parts merged one after the other in a drawn
 * order, or, for odd draws, in two heaps that are merged last. */
static const void *scattered(struct arena *a, const struct sort *s, uint64_t draw)
{
    void *part[PARTS];
    size_t order[PARTS], rows[ROWS];
    for (size_t i = 0; i < PARTS; i++)
        part[i] = s->make(a);
    shuffle(rows, ROWS, draw);
    shuffle(order, PARTS, draw + 1);
    for (size_t i = 0; i < ROWS; i++)
        s->add(part[mixed(draw * ROWS + rows[i]) % PARTS], rows[i]);
    size_t heap = draw % 2 == 1 ? 2 : 0;
    for (size_t i = 1; i < PARTS; i++)
        if (i != heap)
            s->merge(part[order[i > heap ? heap : 0]], part[order[i]]);
    if (heap > 0)
        s->merge(part[order[0]], part[order[heap]]);
    return part[order[0]];
}

static void parts_in_any_order_give_the_bytes_of_one_pass(void **state)
{
    struct call *call = *state;
    for (size_t k = 0; k < COUNT(sorts); k++) {
        const struct sort *s = &sorts[k];
        void *whole = s->make(call->arena);
        for (uint64_t row = 0; row < ROWS; row++)
            s->add(whole, row);
        struct text wanted = bytes_of(call->arena, s, whole);
        for (uint64_t draw = 1; draw <= ORDERS; draw++)
            assert_same(s, "merged", bytes_of(call->arena, s, scattered(call->arena, s, draw)),
                        wanted);
    }
}

static void the_order_of_two_does_not_matter(void **state)
{
    struct call *call = *state;
    for (size_t k = 0; k < COUNT(sorts); k++) {
        const struct sort *s = &sorts[k];
        struct text both[2];
        for (int way = 0; way < 2; way++) {
            void *part[2] = {s->make(call->arena), s->make(call->arena)};
            for (uint64_t row = 0; row < ROWS; row++)
                s->add(part[row % 3 == 0], row);
            s->merge(part[way], part[!way]);
            both[way] = bytes_of(call->arena, s, part[way]);
        }
        assert_same(s, "the other way round", both[1], both[0]);
    }
}

static void an_empty_part_changes_nothing(void **state)
{
    struct call *call = *state;
    for (size_t k = 0; k < COUNT(sorts); k++) {
        const struct sort *s = &sorts[k];
        void *some = s->make(call->arena), *none = s->make(call->arena);
        for (uint64_t row = 0; row < 50; row++)
            s->add(some, row);
        struct text before = bytes_of(call->arena, s, some);
        s->merge(some, none);
        assert_same(s, "and nothing", bytes_of(call->arena, s, some), before);
        s->merge(none, some);
        assert_same(s, "nothing and", bytes_of(call->arena, s, none), before);
    }
}

static void bytes_read_back(void **state)
{
    struct call *call = *state;
    for (size_t k = 0; k < COUNT(sorts); k++) {
        const struct sort *s = &sorts[k];
        for (uint64_t rows = 0; rows <= ROWS; rows += ROWS / 4) {
            void *made = s->make(call->arena), *back;
            for (uint64_t row = 0; row < rows; row++)
                s->add(made, row);
            struct text bytes = bytes_of(call->arena, s, made);
            assert_int_equal(s->read(call->arena, bytes, &back), OK);
            assert_same(s, "read back", bytes_of(call->arena, s, back), bytes);
            s->add(made, ROWS + 1);
            s->add(back, ROWS + 1);
            assert_same(s, "read back and gone on", bytes_of(call->arena, s, back),
                        bytes_of(call->arena, s, made));
        }
    }
}

/* Cut anywhere, with a byte more, of another kind or version: an error, never a state. */
static void what_is_not_whole_is_refused(void **state)
{
    struct call *call = *state;
    for (size_t k = 0; k < COUNT(sorts); k++) {
        const struct sort *s = &sorts[k];
        void *made = s->make(call->arena), *back;
        for (uint64_t row = 0; row < 40; row++)
            s->add(made, row);
        struct text bytes = bytes_of(call->arena, s, made);
        char *copy = arena_take(call->arena, bytes.len + 1);
        memcpy(copy, bytes.at, bytes.len);
        for (size_t len = 0; len < bytes.len; len++)
            assert_int_equal(s->read(call->arena, (struct text){copy, len}, &back),
                             ERR_MALFORMED);
        assert_int_equal(s->read(call->arena, (struct text){copy, bytes.len + 1}, &back),
                         ERR_MALFORMED);
        for (size_t i = 0; i < 2; i++) {
            copy[i] ^= 0x40;
            assert_int_equal(s->read(call->arena, (struct text){copy, bytes.len}, &back),
                             ERR_MALFORMED);
            copy[i] ^= 0x40;
        }
        assert_int_equal(s->read(call->arena, (struct text){copy, bytes.len}, &back), OK);
    }
}

/* The same state written in another way is refused: bytes are compared to tell whether states
 * are. */
static void there_is_one_way_to_write_a_state(void **state)
{
    struct call *call = *state;
    struct measure_sketch *m;
    struct measure_categories *k;
    struct measure_sum s;
    const struct text one = TEXT("D\1\0\0\0\1\0\2"); /* one value in the first bin */
    const struct text longer = TEXT("D\1\x80\0\0\0\1\0\2");
    const struct text nothing = TEXT("D\1\0\0\0\1\0\0");
    const struct text negative = TEXT("D\1\0\0\0\1\0\1");
    assert_int_equal(measure_sketch_read(call->arena, one, &m), OK);
    assert_int_equal(m->n, 1);
    assert_int_equal(measure_sketch_read(call->arena, longer, &m), ERR_MALFORMED);
    assert_int_equal(measure_sketch_read(call->arena, nothing, &m), ERR_MALFORMED);
    assert_int_equal(measure_sketch_read(call->arena, negative, &m), ERR_MALFORMED);
    assert_int_equal(measure_sum_read(TEXT("S\1\1\x44\1\7"), &s), OK);
    assert_true(measure_sum_value(&s).value == 7);
    assert_int_equal(measure_sum_read(TEXT("S\1\1\x43\2\0\7"), &s), ERR_MALFORMED);
    assert_int_equal(measure_sum_read(TEXT("S\1\1\x44\2\7\0"), &s), ERR_MALFORMED);
    assert_int_equal(measure_sum_read(TEXT("S\1\1\x44\0"), &s), ERR_MALFORMED);
    /* A name twice; a rest without a cap; a name nobody had. */
    assert_int_equal(measure_categories_read(call->arena, TEXT("K\1\0\1\1a\1\0\0\0"), &k), OK);
    assert_int_equal(measure_categories_read(call->arena, TEXT("K\1\0\2\1a\1\1a\1\0\0\0"), &k),
                     ERR_MALFORMED);
    assert_int_equal(measure_categories_read(call->arena, TEXT("K\1\0\1\1a\1\1\0\0"), &k),
                     ERR_MALFORMED);
    assert_int_equal(measure_categories_read(call->arena, TEXT("K\1\0\1\1a\0\0\0\0"), &k),
                     ERR_MALFORMED);
}

/* ---- labels that change their mind ---- */
static struct text class_bytes(struct arena *a, const struct measure_class *m)
{
    return bytes_of(a, &sorts[0], m);
}

static void a_label_that_flips_twice_leaves_no_trace(void **state)
{
    struct call *call = *state;
    struct measure_class *m = measure_class_new(call->arena),
                         *plain = measure_class_new(call->arena);
    for (uint64_t row = 0; row < 500; row++) {
        struct measure_prediction p = prediction_of(row);
        bool label = mixed(row) % 3 == 0;
        measure_class_add(m, &p);
        measure_class_add(plain, &p);
        measure_class_label(m, &p, label, 1);
        measure_class_label(plain, &p, label, 1);
        for (int flip = 0; flip < 2; flip++) {
            measure_class_label(m, &p, label ^ (flip == 1), -1);
            measure_class_label(m, &p, label ^ (flip == 0), 1);
        }
    }
    assert_true(text_same(class_bytes(call->arena, m), class_bytes(call->arena, plain)));
    struct measure_prediction p = prediction_of(3);
    measure_class_label(m, &p, true, 1);
    assert_false(text_same(class_bytes(call->arena, m), class_bytes(call->arena, plain)));
}

/* The taking back is in another part than the label: that part alone has no figures, both
 * together have those of the label that stands. */
static void a_label_may_be_taken_back_in_another_part(void **state)
{
    struct call *call = *state;
    struct measure_class *first = measure_class_new(call->arena),
                         *later = measure_class_new(call->arena),
                         *plain = measure_class_new(call->arena);
    struct measure_prediction p = {1, true, 0.75};
    measure_class_add(first, &p);
    measure_class_label(first, &p, false, 1);
    measure_class_label(later, &p, false, -1);
    measure_class_label(later, &p, true, 1);
    measure_class_add(plain, &p);
    measure_class_label(plain, &p, true, 1);
    struct measure_counts c = measure_class_counts(later);
    assert_int_equal(c.fp, -1);
    for (enum measure_rate i = 0; i < MEASURE_RATE_COUNT; i++)
        assert_false(measure_value(measure_share(&c, i)).known);
    assert_false(measure_class_ranks(later).auc.known);
    measure_class_merge(later, first);
    assert_true(text_same(class_bytes(call->arena, later), class_bytes(call->arena, plain)));
}

static void a_regression_row_may_be_taken_back(void **state)
{
    struct call *call = *state;
    const struct sort *s = &sorts[3];
    struct measure_regression *m = s->make(call->arena);
    for (uint64_t row = 0; row < 300; row++)
        measure_regression_add(m, value_of(row), value_of(row + 1), 1);
    for (uint64_t row = 0; row < 300; row++)
        measure_regression_add(m, value_of(row), value_of(row + 1), -1);
    assert_same(s, "taken back", bytes_of(call->arena, s, m),
                bytes_of(call->arena, s, s->make(call->arena)));
}

static void a_confusion_may_be_taken_back(void **state)
{
    struct call *call = *state;
    struct measure_confusion *m = measure_confusion_new(call->arena);
    measure_confusion_add(m, TEXT("a"), TEXT("b"), 1);
    measure_confusion_add(m, TEXT("a"), TEXT("b"), -1);
    measure_confusion_add(m, TEXT("b"), TEXT("b"), 1);
    struct measure_classes c = measure_confusion_classes(m, call->arena);
    assert_int_equal(c.count, 2);
    assert_int_equal(measure_averages(&c, NULL).n, 1);
    assert_true(measure_averages(&c, NULL).accuracy.value == 1);
    assert_int_equal(measure_averages(&c, NULL).macro_left_out, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(parts_in_any_order_give_the_bytes_of_one_pass),
        CALL_TEST(the_order_of_two_does_not_matter),
        CALL_TEST(an_empty_part_changes_nothing),
        CALL_TEST(bytes_read_back),
        CALL_TEST(what_is_not_whole_is_refused),
        CALL_TEST(there_is_one_way_to_write_a_state),
        CALL_TEST(a_label_that_flips_twice_leaves_no_trace),
        CALL_TEST(a_label_may_be_taken_back_in_another_part),
        CALL_TEST(a_regression_row_may_be_taken_back),
        CALL_TEST(a_confusion_may_be_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
