/* SPDX-License-Identifier: Apache-2.0 */
/* measure/ks.c — Kolmogorov and Smirnov: how far two cumulative curves are apart, and how often
 * a sample of one source is as far. */
#include "measure/internal.h"

#include <math.h>

double measure_kolmogorov_tail(double x)
{
    double sum = 0;
    if (x <= 0)
        return 1;
    if (x < 1) { /* the other form of the same function, which converges there */
        for (int k = 1; k <= 21; k += 2)
            sum += exp(-k * k * M_PI * M_PI / (8 * x * x));
        return 1 - sqrt(2 * M_PI) / x * sum;
    }
    for (int k = 1; k <= 20; k++)
        sum += (k % 2 == 1 ? 2 : -2) * exp(-2 * x * x * k * k);
    return sum;
}

static double log_choose(double n, double k)
{
    int sign;
    return lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) - lgamma_r(n - k + 1, &sign);
}

/* P(D+ >= d), Smirnov's sum; twice that is the tail of D where it is small. Of very many rows
 * by Maag and Dicaire's exponent, whose relative error is about 1 / n. */
#define SUMMED_MOST 100000
static double smirnov(double d, double n)
{
    double sum = 0;
    if (n > SUMMED_MOST)
        return exp(-(6 * n * d + 1) * (6 * n * d + 1) / (18 * n));
    for (double j = 0; j <= floor(n * (1 - d)); j++) {
        double base = d + j / n, rest = 1 - d - j / n;
        if (rest > 0)
            sum += exp(log_choose(n, j) + (n - j) * log(rest) + (j - 1) * log(base));
        else if (n - j == 0)
            sum += exp((j - 1) * log(base));
    }
    return fmin(1, d * sum);
}

/* Terms of Pelz and Good's expansion, by powers of 1 / sqrt n (J. R. Stat. Soc. B 38, 1976):
 * sums over odd numbers first. */
static void odd_terms(double z, double sum[4])
{
    const double p2 = M_PI * M_PI, p4 = p2 * p2, p6 = p4 * p2;
    double z2 = z * z, z4 = z2 * z2, z6 = z4 * z2;
    for (int i = 0; i <= (int)(8 * z) + 8; i++) {
        double m2 = (2.0 * i + 1) * (2.0 * i + 1), m4 = m2 * m2;
        double q = exp(-p2 / 8 / z2 * m2);
        sum[0] += q;
        sum[1] += q * (-z2 + p2 / 4 * m2);
        sum[2] += q * (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * p2 / 4 * m2 +
                       p4 * (1 - 2 * z2) / 16 * m4);
        sum[3] +=
            q * (-30 * z6 - 90 * z4 * z4 + p2 * (135 * z4 - 96 * z6) / 4 * m2 +
                 p4 * (-60 * z2 + 212 * z4) / 16 * m4 + p6 * (5 - 30 * z2) / 64 * m4 * m2);
    }
    sum[0] /= z;
    sum[1] /= 6 * z4;
    sum[2] /= 72 * z6 * z;
    sum[3] /= 6480 * z6 * z4;
}

static void all_terms(double z, double sum[4])
{
    const double p2 = M_PI * M_PI;
    double z2 = z * z, second = 0, third = 0;
    for (int k = 1; k <= (int)(8 * z) + 8; k++) {
        double k2 = (double)k * k, q = exp(-p2 / 2 / z2 * k2);
        second += q * k2;
        third += q * k2 * (3 * z2 - p2 * k2);
    }
    sum[2] -= second * p2 / (36 * z2 * z);
    sum[3] += third * p2 / (216 * z2 * z2 * z2);
}

static double pelz_good_tail(double d, double n)
{
    double root = sqrt(n), sum[4] = {0};
    odd_terms(root * d, sum);
    all_terms(root * d, sum);
    double below = sqrt(2 * M_PI) * (sum[0] + sum[1] / root + sum[2] / n + sum[3] / (n * root));
    return fmax(0, fmin(1, 1 - below));
}

/* A power of a small matrix, whose middle is the law of few rows exactly (Marsaglia, Tsang and
 * Wang, J. Stat. Softw. 8, 2003). */
#define EXACT_MOST 140
#define SIDE_MOST 40 /* 2 n d, where n d^2 < 2.2 and n <= 140 */
struct matrix {
    int side;
    double at[SIDE_MOST][SIDE_MOST];
};

static struct matrix times(const struct matrix *a, const struct matrix *b)
{
    struct matrix out = {.side = a->side};
    for (int i = 0; i < a->side; i++)
        for (int j = 0; j < a->side; j++)
            for (int k = 0; k < a->side; k++)
                out.at[i][j] += a->at[i][k] * b->at[k][j];
    return out;
}

static struct matrix steps_of(int side, double h)
{
    struct matrix m = {.side = side};
    for (int i = 0; i < side; i++)
        for (int j = 0; j < side && j <= i + 1; j++)
            m.at[i][j] = 1;
    for (int i = 0; i < side; i++) {
        m.at[i][0] -= pow(h, i + 1);
        m.at[side - 1][i] -= pow(h, side - i);
    }
    m.at[side - 1][0] += 2 * h > 1 ? pow(2 * h - 1, side) : 0;
    for (int i = 0; i < side; i++)
        for (int j = 0; j <= i; j++)
            m.at[i][j] /= tgamma(i - j + 2);
    return m;
}

static double few_tail(double d, double n)
{
    int k = (int)(n * d) + 1;
    struct matrix step = steps_of(2 * k - 1, k - n * d), power = step;
    double scale = 1 / n;
    for (int i = 2; i <= n; i++) { /* n! / n^n on the way, so that nothing grows */
        power = times(&power, &step);
        for (int row = 0; row < power.side; row++)
            for (int column = 0; column < power.side; column++)
                power.at[row][column] *= i / n;
    }
    return fmax(0, fmin(1, 1 - scale * power.at[k - 1][k - 1]));
}

/* So many rows are not summed one by one: the expansion while it has digits left, then Maag and
 * Dicaire's exponent, within 1 in 10,000. */
#define SUMMED_MOST 100000
static double many_tail(double d, double n)
{
    double tail = pelz_good_tail(d, n), exponent = 6 * n * d + 1;
    return tail > 1e-6 ? tail : 2 * exp(-exponent * exponent / (18 * n));
}

struct figure measure_kolmogorov_exact(double d, int64_t n)
{
    double count = (double)n;
    if (n < 1 || isnan(d))
        return MEASURE_UNKNOWN;
    if (d >= 1 || 2 * count * d <= 1)
        return measure_known(d >= 1 ? 0 : 1);
    if (n > SUMMED_MOST)
        return measure_known(many_tail(d, count));
    /* Where both one-sided tails cannot be hit at once, or hardly, twice one of them is the
     * tail. */
    if (d >= 0.5 || count * d * d >= 2.2)
        return measure_known(count * d * d >= 370 ? 0 : fmin(1, 2 * smirnov(d, count)));
    return measure_known(n <= EXACT_MOST ? few_tail(d, count) : pelz_good_tail(d, count));
}
