/* SPDX-License-Identifier: Apache-2.0 */
/* signal/digits.c — arithmetic that check digits have in common. */
#include "signal/internal.h"

bool signal__luhn(struct text t)
{
    int sum = 0;
    for (size_t i = 0; i < t.len; i++) {
        int d = digit_of(t.at[t.len - 1 - i]);
        if (i % 2)
            d = d > 4 ? 2 * d - 9 : 2 * d;
        sum += d;
    }
    return t.len > 0 && sum % 10 == 0;
}

int signal__weighed(struct text t, const uint8_t *weight, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count && i < t.len; i++)
        sum += digit_of(t.at[i]) * weight[i];
    return sum;
}

int signal__modulo(struct text t, int modulus)
{
    int rest = 0;
    for (size_t i = 0; i < t.len; i++)
        rest = (rest * 10 + digit_of(t.at[i])) % modulus;
    return rest;
}

int signal__check_11_10(struct text t)
{
    int product = 10;
    for (size_t i = 0; i + 1 < t.len; i++) {
        int sum = (digit_of(t.at[i]) + product) % 10;
        product = 2 * (sum ? sum : 10) % 11;
    }
    return (11 - product) % 10;
}

int signal__number(struct text t, size_t at, size_t digits)
{
    int n = 0;
    for (size_t i = at; i < at + digits && i < t.len; i++)
        n = n * 10 + digit_of(t.at[i]);
    return n;
}

bool signal__date(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1800 && year <= 2100 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap);
}
