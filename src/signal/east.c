/* SPDX-License-Identifier: Apache-2.0 */
/* signal/east.c — numbers of people in the middle, the east and the north of Europe. */
#include "signal/internal.h"

static bool ends_in(struct text t, int digit)
{
    return digit == digit_of(t.at[t.len - 1]);
}

/* ---- Austria: the fourth digit is of the others */
static enum verdict austria(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {3, 7, 9, 0, 5, 8, 4, 2, 1, 6};
    return signal__weighed(t, weight, 10) % 11 == digit_of(t.at[3]) && t.at[0] != '0' ? RIGHT
                                                                                      : SHAPE;
}

/* ---- Czechia and Slovakia: months of women have 50 more, and 20 where a day ran out */
static enum verdict czechia(const struct scan *s, struct text raw, struct text t)
{
    int month = signal__number(t, 2, 2) % 50;
    month = month > 20 ? month - 20 : month;
    if (!signal__date(2000 + signal__number(t, 0, 2), month, signal__number(t, 4, 2)) &&
        !signal__date(1900 + signal__number(t, 0, 2), month, signal__number(t, 4, 2)))
        return NO;
    return signal__modulo(t, 11) == 0 ? RIGHT : SHAPE;
}

/* ---- Romania */
static enum verdict romania(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9};
    int check = signal__weighed(t, weight, 12) % 11;
    if (!signal__date(2000 + signal__number(t, 1, 2), signal__number(t, 3, 2),
                      signal__number(t, 5, 2)))
        return NO;
    return ends_in(t, check == 10 ? 1 : check) ? RIGHT : SHAPE;
}

/* ---- Bulgaria: months tell the century */
static enum verdict bulgaria(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {2, 4, 8, 5, 10, 9, 7, 3, 6};
    static const int centuries[] = {1900, 1800, 2000};
    int month = signal__number(t, 2, 2);
    if (month >= 60 || !signal__date(centuries[month / 20] + signal__number(t, 0, 2),
                                     month % 20, signal__number(t, 4, 2)))
        return NO;
    return ends_in(t, signal__weighed(t, weight, 9) % 11 % 10) ? RIGHT : SHAPE;
}

static enum verdict croatia(const struct scan *s, struct text raw, struct text t)
{
    return ends_in(t, signal__check_11_10(t)) ? RIGHT : SHAPE;
}

/* ---- Estonia and Lithuania: the first digit tells the century; weights anew when the sum is
 * 10 */
static enum verdict baltic(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t first[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1},
                         second[] = {3, 4, 5, 6, 7, 8, 9, 1, 2, 3};
    int check = signal__weighed(t, first, 10) % 11;
    if (check == 10)
        check = signal__weighed(t, second, 10) % 11 % 10;
    if (!signal__date(1800 + (digit_of(t.at[0]) - 1) / 2 * 100 + signal__number(t, 1, 2),
                      signal__number(t, 3, 2), signal__number(t, 5, 2)))
        return NO;
    return ends_in(t, check) ? RIGHT : SHAPE;
}

static bool is_day(struct text t) /* DDMMYY */
{
    int year = signal__number(t, 4, 2), month = signal__number(t, 2, 2),
        day = signal__number(t, 0, 2);
    return signal__date(1900 + year, month, day) || signal__date(2000 + year, month, day);
}

static enum verdict greece(const struct scan *s, struct text raw, struct text t)
{
    return !is_day(t) ? NO : signal__luhn(t) ? RIGHT : SHAPE;
}

static enum verdict denmark(const struct scan *s, struct text raw, struct text t)
{
    return is_day(t) ? SHAPE : NO; /* its check digit is given up since 2007 */
}

const struct shape signal__east[] = {
    {SIGNAL_AT_SVNR, 10, BEGIN "\\d{4} ?\\d{6}" END, austria,
     "svnr|sv-nummer|sv-nr|sozialversicherungs*|versicherungsnummer*", NEAR, NEAR},
    {SIGNAL_CZ_RC, 10, "(?<![\\w])(?<!\\d[.,/-])\\d{6}/\\d{4}(?![\\w/])", czechia, NULL, ALWAYS,
     NEVER},
    {SIGNAL_CZ_RC, 10, BEGIN "\\d{10}" END, czechia, "rodné číslo|rodne cislo|rodného čísla|rč",
     NEAR, NEAR},
    {SIGNAL_RO_CNP, 13, BEGIN "[1-8]\\d{12}" END, romania, "cnp|cod numeric*", NEAR, NEAR},
    {SIGNAL_BG_EGN, 10, BEGIN "\\d{10}" END, bulgaria, "egn|егн|ЕГН", NEAR, NEAR},
    {SIGNAL_HR_OIB, 11, BEGIN "\\d{11}" END, croatia, "oib", NEAR, NEAR},
    {SIGNAL_EE_LT, 11, BEGIN "[1-8]\\d{10}" END, baltic,
     "isikukood*|asmens kod*|personal code*", NEAR, NEAR},
    {SIGNAL_GR_AMKA, 11, BEGIN "\\d{11}" END, greece, "amka|αμκα|ΑΜΚΑ", NEAR, NEAR},
    {SIGNAL_DK_CPR, 10, BEGIN "\\d{6}-?\\d{4}" END, denmark,
     "cpr|cpr-nr|cpr-nummer*|personnummer*", NEVER, NEAR},
};
const size_t signal__east_count = COUNT(signal__east);
