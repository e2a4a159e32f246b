/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/measure/oracle_drift.c — columns of two sets of rows against each other. */
#include "oracle.h"

struct side {
    double *value; /* sorted */
    size_t n, missing, rows;
    struct measure_moments moments;
};

static struct side side_of(struct book *b, struct pick pick, const char *column)
{
    struct side s = {NEW_MANY(b->arena, pick.count, double), 0, 0, pick.count, {0}};
    struct measure_moments part[2] = {{0}};
    for (size_t i = 0; i < pick.count; i++) {
        struct text cell = cell_of(b->rows, pick.row[i], column);
        if (cell.len == 0) {
            measure_moments_add_missing(&part[i % 2]);
            continue;
        }
        s.value[s.n++] = number_of(cell);
        measure_moments_add(&part[i % 2], number_of(cell));
    }
    measure_moments_merge(&s.moments, &part[1]);
    measure_moments_merge(&s.moments, &part[0]);
    assert_int_equal(measure_sort(s.value, s.n), s.n);
    s.missing = (size_t)s.moments.missing;
    return s;
}

static void write_side(struct book *b, const char *path, const struct side *s)
{
    static const char *const quantiles[] = {"0.01", "0.05", "0.25", "0.5",
                                            "0.75", "0.9",  "0.95", "0.99"};
    struct measure_moments_figures f = measure_moments_figures(&s->moments);
    put_count(b, path, "n", (int64_t)s->rows);
    put_count(b, path, "missing", (int64_t)s->missing);
    put(b, path, "mean", f.mean);
    put(b, path, "sd1", f.sd1);
    put(b, path, "sd0", f.sd0);
    put(b, path, "min", f.least);
    put(b, path, "max", f.most);
    put_count(b, path, "distinct", (int64_t)measure_distinct(s->value, s->n));
    for (size_t i = 0; i < COUNT(quantiles); i++)
        put(b, under(b, path, "quantiles_type7"), quantiles[i],
            measure_quantile(s->value, s->n, number_of(text_of(quantiles[i]))));
}

static void write_missing(struct book *b, const char *path, int64_t ref, int64_t ref_rows,
                          int64_t cur, int64_t cur_rows)
{
    struct measure_test t = measure_two_proportions((struct measure_share){ref, ref_rows},
                                                    (struct measure_share){cur, cur_rows});
    if (!t.statistic.known) {
        put(b, path, "missing_ztest", MEASURE_UNKNOWN);
        return;
    }
    put(b, under(b, path, "missing_ztest"), "z", t.statistic);
    put(b, under(b, path, "missing_ztest"), "p", t.p);
}

static void put_list(struct book *b, const char *path, const char *key, const double *d,
                     const int64_t *counts, size_t n)
{
    const char *at = under(b, path, key);
    for (size_t i = 0; i < n; i++) {
        char place[24];
        snprintf(place, sizeof(place), "%zu", i);
        put_number(b, at, place, d != NULL ? d[i] : (double)counts[i]);
    }
}

/* Counts of the bins: straight from the values, or from a state merged from two parts. */
static void fill(struct book *b, const struct measure_edges *edges, const struct side *s,
                 int64_t *counts)
{
    if (b->exact) {
        measure_bin_counts(edges, s->value, s->n, counts);
        return;
    }
    struct measure_bins part[2] = {measure_bins(edges), measure_bins(edges)};
    for (size_t i = 0; i < s->n; i++)
        measure_bins_add(&part[i % 2], s->value[i]);
    assert_true(measure_bins_merge(&part[0], &part[1]));
    memcpy(counts, part[0].count, (edges->count + 1) * sizeof(*counts));
}

static void write_bins(struct book *b, const char *path, const struct side *r,
                       const struct side *c)
{
    int64_t ref[MEASURE_EDGES_MOST + 2] = {0}, cur[MEASURE_EDGES_MOST + 2] = {0};
    struct measure_edges edges = measure_deciles(r->value, r->n);
    size_t k = edges.count + 1;
    fill(b, &edges, r, ref);
    fill(b, &edges, c, cur);
    put_list(b, path, "inner_edges", edges.at, NULL, edges.count);
    put_list(b, path, "ref_counts", NULL, ref, k);
    put_list(b, path, "cur_counts", NULL, cur, k);
    struct measure_divergence d = measure_divergence(ref, cur, k);
    put(b, path, "psi_eps1e-4", measure_psi(ref, cur, k).value);
    put(b, path, "jsdist_base2", d.js_distance);
    put(b, path, "jsdiv_base2", d.js_divergence);
    put(b, path, "tvd", d.tvd);
    ref[k] = (int64_t)r->missing;
    cur[k] = (int64_t)c->missing;
    put(b, path, "psi_with_missing_bucket", measure_psi(ref, cur, k + 1).value);
}

static void write_numbers(struct book *b, const char *path, struct pick ref, struct pick cur,
                          const char *column)
{
    struct side r = side_of(b, ref, column), c = side_of(b, cur, column);
    double edges[1000];
    put_text(b, path, "type", TEXT("numeric"));
    write_side(b, under(b, path, "ref"), &r);
    write_side(b, under(b, path, "cur"), &c);
    write_missing(b, path, (int64_t)r.missing, (int64_t)r.rows, (int64_t)c.missing,
                  (int64_t)c.rows);
    struct measure_ks ks = measure_ks(r.value, r.n, c.value, c.n);
    put(b, under(b, path, "ks"), "D", ks.d);
    put(b, under(b, path, "ks"), "p_kolmogorov_limit", ks.p);
    put(b, under(b, path, "ks"), "p_scipy_asymp_kstwo", ks.p_exact);
    put(b, path, "wasserstein1", measure_wasserstein(r.value, r.n, c.value, c.n));
    put(b, path, "wasserstein1_norm_ref_sd0",
        measure_wasserstein_normed(r.value, r.n, c.value, c.n));
    write_bins(b, under(b, path, "ref_decile_bins"), &r, &c);
    put(b, under(b, path, "evidently"), "psi",
        measure_evidently_psi(b->arena, r.value, r.n, c.value, c.n));
    put(b, under(b, path, "evidently"), "jensenshannon_nat",
        measure_evidently_js(b->arena, r.value, r.n, c.value, c.n));
    size_t count = measure_nannyml_edges(r.value, r.n, edges, COUNT(edges));
    put_list(b, under(b, path, "nannyml"), "doane_edges", edges, NULL, count);
    put(b, under(b, path, "nannyml"), "jensen_shannon_base2",
        measure_nannyml_js(b->arena, r.value, r.n, c.value, c.n));
}

static void add_cell(struct measure_categories *m, struct text cell)
{
    if (cell.len == 0)
        measure_categories_add_missing(m);
    else
        measure_categories_add(m, cell);
}

static struct measure_categories *words_of_column(struct book *b, struct pick pick,
                                                  const char *column)
{
    struct measure_categories *part[2] = {measure_categories_new(b->arena),
                                          measure_categories_new(b->arena)};
    for (size_t i = 0; i < pick.count; i++)
        add_cell(part[i % 2], cell_of(b->rows, pick.row[i], column));
    assert_true(measure_categories_merge(part[1], part[0]));
    return part[1];
}

static void write_words_side(struct book *b, const char *path,
                             const struct measure_categories *m)
{
    struct measure_categories_seen s = measure_categories_seen(m);
    put_count(b, path, "n", s.rows + s.missing);
    put_count(b, path, "missing", s.missing);
    put(b, path, "distinct", s.distinct);
}

static void write_chi2(struct book *b, const char *path, const struct measure_table *t)
{
    struct measure_chi2 c = measure_chi2(t->reference, t->current, t->count);
    struct measure_test e = measure_evidently_chi2(t->reference, t->current, t->count);
    const char *at = under(b, path, "chi2_homogeneity");
    put(b, at, "stat", c.statistic);
    put_count(b, at, "dof", c.freedom);
    put(b, at, "p", c.p);
    put(b, at, "min_expected", c.least_expected);
    put(b, at, "cramers_v", c.cramers_v);
    put(b, under(b, path, "chi2_gof_evidently"), "stat", e.statistic);
    put(b, under(b, path, "chi2_gof_evidently"), "p", e.p);
}

static void write_new(struct book *b, const char *path, const struct measure_table *t)
{
    const char *at = under(b, path, "new_categories");
    put_count(b, at, "count", (int64_t)t->new_count);
    put_count(b, at, "rows", t->new_rows);
    put(b, at, "share_of_cur", t->new_share);
    for (size_t i = 0, place = 0; i < t->named; i++) {
        char key[24];
        if (t->row[i].reference > 0)
            continue;
        snprintf(key, sizeof(key), "%zu", place++);
        put_text(b, under(b, at, "list"), key, t->row[i].name);
    }
    put_count(b, under(b, path, "vanished_categories"), "count", (int64_t)t->vanished_count);
    put_count(b, under(b, path, "vanished_categories"), "rows", t->vanished_rows);
}

static void write_table(struct book *b, const char *path, const struct measure_table *t)
{
    for (size_t i = 0; i < t->named && t->named <= 20; i++) {
        const char *at = under_text(b, under(b, path, "table"), t->row[i].name);
        put_count(b, at, "0", t->row[i].reference);
        put_count(b, at, "1", t->row[i].current);
    }
}

static void write_words(struct book *b, const char *path, struct pick ref, struct pick cur,
                        const char *column)
{
    struct measure_categories *r = words_of_column(b, ref, column);
    struct measure_categories *c = words_of_column(b, cur, column);
    struct measure_table t = measure_categories_all(b->arena, r, c);
    struct measure_divergence d = measure_divergence(t.reference, t.current, t.count);
    put_text(b, path, "type", TEXT("categorical"));
    write_words_side(b, under(b, path, "ref"), r);
    write_words_side(b, under(b, path, "cur"), c);
    write_missing(b, path, measure_categories_seen(r).missing, (int64_t)ref.count,
                  measure_categories_seen(c).missing, (int64_t)cur.count);
    put(b, path, "psi_eps1e-4", measure_psi(t.reference, t.current, t.count).value);
    put(b, path, "jsdist_base2", d.js_distance);
    put(b, path, "jsdiv_base2", d.js_divergence);
    put(b, path, "tvd", d.tvd);
    put(b, path, "l_infinity", d.l_infinity);
    put(b, path, "hellinger", d.hellinger);
    write_chi2(b, path, &t);
    write_new(b, path, &t);
    write_table(b, path, &t);
    put(b, under(b, path, "evidently"), "psi",
        measure_evidently_psi_counts(t.reference, t.current, t.count));
    put(b, under(b, path, "evidently"), "jensenshannon_nat",
        measure_evidently_js_counts(t.reference, t.current, t.count));
    /* Of categories NannyML's is ours: what is new is worth the same in one bin or in many. */
    put(b, under(b, path, "nannyml"), "jensen_shannon_base2", d.js_distance);
}

static const char *const numbers[] = {"age",
                                      "priors_count",
                                      "decile_score",
                                      "v_decile_score",
                                      "days_b_screening_arrest",
                                      "juv_other_count",
                                      "c_days_from_compas"};
static const char *const words[] = {
    "race",       "sex",           "age_cat",       "c_charge_degree",
    "score_text", "c_charge_desc", "two_year_recid"};

static void write_contrast(struct book *b, const char *name, struct pick ref, struct pick cur)
{
    const char *path = under(b, "/drift", name), *columns = under(b, path, "columns");
    put_count(b, path, "n_ref", (int64_t)ref.count);
    put_count(b, path, "n_cur", (int64_t)cur.count);
    for (size_t i = 0; i < COUNT(numbers); i++)
        write_numbers(b, under(b, columns, numbers[i]), ref, cur, numbers[i]);
    for (size_t i = 0; i < COUNT(words); i++)
        write_words(b, under(b, columns, words[i]), ref, cur, words[i]);
}

static const struct rows *sorting;

static int by_date(const void *left, const void *right)
{
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    int way = text_compare(cell_of(sorting, a, "compas_screening_date"),
                           cell_of(sorting, b, "compas_screening_date"));
    double first = number_of(cell_of(sorting, a, "id")),
           second = number_of(cell_of(sorting, b, "id"));
    return way != 0 ? way : (first > second) - (first < second);
}

static struct pick rows_where(struct book *b, const char *column, const char *starts)
{
    struct pick p = {NEW_MANY(b->arena, b->rows->count, size_t), 0};
    for (size_t i = 0; i < b->rows->count; i++)
        if (text_starts(cell_of(b->rows, i, column), starts))
            p.row[p.count++] = i;
    return p;
}

void write_drift(struct book *b)
{
    struct pick all = rows_where(b, "id", "");
    size_t half = all.count / 2;
    struct pick first = {all.row, half}, second = {all.row + half, all.count - half};
    write_contrast(b, "row_order_halves", first, second);
    sorting = b->rows;
    qsort(all.row, all.count, sizeof(*all.row), by_date);
    write_contrast(b, "screening_date_halves", first, second);
    write_contrast(b, "race_contrast", rows_where(b, "race", "Caucasian"),
                   rows_where(b, "race", "African-American"));
    write_contrast(b, "year_2013_vs_2014", rows_where(b, "compas_screening_date", "2013"),
                   rows_where(b, "compas_screening_date", "2014"));
}
