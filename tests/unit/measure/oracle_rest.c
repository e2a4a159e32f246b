/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/measure/oracle_rest.c — numbers predicted, and when a series changed. */
#include "oracle.h"

static void write_regression(struct book *b)
{
    size_t n = b->rows->count, left_out = 0;
    double *y = NEW_MANY(b->arena, n, double), *p = NEW_MANY(b->arena, n, double);
    struct measure_regression part[3] = {{0}};
    for (size_t i = 0; i < n; i++) {
        y[i] = number_of(cell_of(b->rows, i, "decile_score"));
        p[i] = number_of(cell_of(b->rows, i, "v_decile_score"));
        measure_regression_add(&part[i % 3], p[i], y[i], 1);
    }
    measure_regression_merge(&part[1], &part[2]);
    measure_regression_merge(&part[0], &part[1]);
    struct measure_regression_figures f = b->exact ? measure_regression_of(p, y, n, &left_out)
                                                   : measure_regression_figures(&part[0]);
    assert_int_equal(left_out, 0);
    put_count(b, "/regression", "n", f.n);
    put(b, "/regression", "mae", f.mae);
    put(b, "/regression", "mse", f.mse);
    put(b, "/regression", "rmse", f.rmse);
    put(b, "/regression", "r2", f.r2);
    put(b, "/regression", "median_ae", measure_median_error(b->arena, p, y, n));
    put(b, "/regression", "max_error", measure_max_error(p, y, n));
    put(b, "/regression", "mean_error_bias", f.bias);
    put(b, "/regression", "mape_nonzero", f.mape);
    put(b, "/regression", "explained_variance", f.explained_variance);
}

static void put_alarm(struct book *b, const char *path, const char *key,
                      const struct measure_alarm *alarm)
{
    if (alarm->at < 0) {
        put(b, path, key, MEASURE_UNKNOWN);
        return;
    }
    put_count(b, under(b, path, key), "0", alarm->at);
    put_text(b, under(b, path, key), "1", text_of(alarm->up ? "up" : "down"));
}

struct series {
    double *x;
    size_t n;
    double mean, sd;
};

static void write_cusum(struct book *b, const char *path, const char *key, struct series s,
                        double k, double h)
{
    const char *at = under(b, path, key);
    struct measure_cusum c = measure_cusum(s.mean, s.sd, k, h);
    for (size_t i = 0; i < s.n; i++)
        measure_cusum_add(&c, s.x[i]);
    put_alarm(b, at, "first_alarm", &c.alarm);
    put_number(b, at, "max_c_plus", c.most_plus);
    put_number(b, at, "max_c_minus", c.most_minus);
    put_number(b, at, "final_c_plus", c.plus);
    put_number(b, at, "final_c_minus", c.minus);
}

static void write_ewma(struct book *b, const char *path, const char *key, struct series s,
                       double lambda, double width)
{
    const char *at = under(b, path, key);
    struct measure_ewma e = measure_ewma(s.mean, s.sd, lambda, width);
    for (size_t i = 0; i < s.n; i++)
        measure_ewma_add(&e, s.x[i]);
    put_alarm(b, at, "first_alarm", &e.alarm);
    put_number(b, at, "final", e.level);
}

static void write_page(struct book *b, struct series s)
{
    struct measure_page p = measure_page(0.05, 20);
    struct measure_river r = measure_river(0.05, 20, 0.9999);
    for (size_t i = 0; i < s.n; i++) {
        measure_page_add(&p, s.x[i]);
        measure_river_add(&r, s.x[i]);
    }
    put_alarm(b, "/change_detection", "page_hinkley_classic_delta0.05_lambda20", &p.alarm);
    put_count(b,
              "/change_detection/page_hinkley_river_onesided_delta0.05_threshold20_alpha0.9999",
              "0", r.alarm.at);
}

static size_t append(struct book *b, double *x, size_t n, const char *race)
{
    for (size_t i = 0; i < b->rows->count; i++)
        if (text_is(cell_of(b->rows, i, "race"), race))
            x[n++] = !text_is(cell_of(b->rows, i, "score_text"), "Low");
    return n;
}

static void write_change(struct book *b)
{
    struct series s = {.x = NEW_MANY(b->arena, b->rows->count, double)};
    size_t change = append(b, s.x, 0, "Caucasian");
    double yes = 0;
    s.n = append(b, s.x, change, "African-American");
    for (size_t i = 0; i < change; i++)
        yes += s.x[i];
    s.mean = yes / (double)change;
    s.sd = sqrt(s.mean * (1 - s.mean));
    put_number(b, "/change_detection", "mu0", s.mean);
    put_number(b, "/change_detection", "sigma", s.sd);
    write_cusum(b, "/change_detection", "cusum_k0.5_h5", s, 0.5, 5);
    write_cusum(b, "/change_detection", "cusum_k0.25_h8", s, 0.25, 8);
    write_cusum(b, "/change_detection", "cusum_k0.25_h12", s, 0.25, 12);
    write_ewma(b, "/change_detection", "ewma_lambda0.05_L3", s, 0.05, 3);
    write_ewma(b, "/change_detection", "ewma_lambda0.01_L4", s, 0.01, 4);
    write_page(b, s);
    struct series after = {s.x + change, s.n - change, s.mean, s.sd};
    write_cusum(b, "/change_detection/after_change_only", "cusum_k0.25_h12", after, 0.25, 12);
    write_ewma(b, "/change_detection/after_change_only", "ewma_lambda0.01_L4", after, 0.01, 4);
}

void write_rest(struct book *b)
{
    write_regression(b);
    write_change(b);
}
