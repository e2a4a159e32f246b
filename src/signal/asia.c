/* SPDX-License-Identifier: Apache-2.0 */
/* signal/asia.c — numbers of people and companies in Asia and Australia. */
#include "signal/internal.h"

#include <string.h>

/* ---- Singapore: a letter, seven digits, and a letter that they decide */
static enum verdict nric(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {2, 7, 6, 5, 4, 3, 2};
    static const char st[] = "JZIHGFEDCBA", fg[] = "XWUTRQPNMLK", m[] = "XWUTRQPNJLK";
    int sum = signal__weighed(text_slice(t, 1, 8), weight, 7);
    char first = t.at[0];
    sum += first == 'T' || first == 'G' ? 4 : first == 'M' ? 3 : 0;
    const char *letters = first == 'S' || first == 'T' ? st : first == 'M' ? m : fg;
    return letters[sum % 11] == t.at[8] ? RIGHT : SHAPE;
}

/* A business: eight digits; a company: the year and five. The letter is of them. */
static enum verdict uen(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t business[] = {10, 4, 9, 3, 8, 2, 7, 1},
                         company_of[] = {10, 8, 6, 4, 9, 7, 5, 3, 1};
    int year = signal__number(t, 0, 4);
    if (t.len == 9)
        return "XMKECAWLJDB"[signal__weighed(t, business, 8) % 11] == t.at[8] ? RIGHT : SHAPE;
    return year < 1900 || year > 2100                                         ? NO
           : "ZKCMDNERGWH"[signal__weighed(t, company_of, 9) % 11] == t.at[9] ? RIGHT
                                                                              : SHAPE;
}

/* ---- China */
static bool is_region(struct text t)
{
    static const char regions[] =
        "1112131415212223313233343536374142434445465051525354616263646"
        "571818283";
    for (size_t i = 0; i + 2 < sizeof regions; i += 2)
        if (t.at[0] == regions[i] && t.at[1] == regions[i + 1])
            return true;
    return false;
}

static enum verdict china_id(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int year = signal__number(t, 6, 4);
    if (!is_region(t) || year < 1850 ||
        !signal__date(year, signal__number(t, 10, 2), signal__number(t, 12, 2)))
        return NO;
    return "10X98765432"[signal__weighed(t, weight, 17) % 11] == t.at[17] ? RIGHT : SHAPE;
}

/* Eighteen characters, of which the last is the others' sum. */
static enum verdict company(const struct scan *s, struct text raw, struct text t)
{
    static const char set[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    int sum = 0, weight = 1;
    for (size_t i = 0; i < 17; i++) {
        sum += (int)(strchr(set, t.at[i]) - set) * weight;
        weight = weight * 3 % 31;
    }
    return is_region(text_from(t, 2)) && set[(31 - sum % 31) % 31] == t.at[17] ? RIGHT : NO;
}

/* ---- Hong Kong and Taiwan */
static enum verdict hong_kong(const struct scan *s, struct text raw, struct text t)
{
    size_t letters = t.len - 7;
    int sum = letters == 1 ? 36 * 9 : (t.at[0] - 'A' + 10) * 9;
    sum += (t.at[letters - 1] - 'A' + 10) * 8;
    for (size_t i = 0; i < 6; i++)
        sum += digit_of(t.at[letters + i]) * (int)(7 - i);
    sum += t.at[t.len - 1] == 'A' ? 10 : digit_of(t.at[t.len - 1]);
    return sum % 11 == 0 ? RIGHT : SHAPE;
}

static enum verdict taiwan(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t of_letter[] = {10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21,
                                        22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33};
    static const uint8_t weight[] = {8, 7, 6, 5, 4, 3, 2, 1, 1};
    int letter = of_letter[t.at[0] - 'A'],
        sum = letter / 10 + letter % 10 * 9 + signal__weighed(text_from(t, 1), weight, 9);
    return sum % 10 == 0 ? RIGHT : SHAPE;
}

/* ---- India, Korea, Australia */
static enum verdict aadhaar(const struct scan *s, struct text raw, struct text t)
{
    static const char d[10][11] = {"0123456789", "1234067895", "2340178956", "3401289567",
                                   "4012395678", "5987604321", "6598710432", "7659821043",
                                   "8765932104", "9876543210"};
    static const char p[8][11] = {"0123456789", "1576283094", "5803796142", "8916043527",
                                  "9453126870", "4286573901", "2793806415", "7046913258"};
    int c = 0;
    for (size_t i = 0; i < t.len; i++)
        c = digit_of(d[c][digit_of(p[i % 8][digit_of(t.at[t.len - 1 - i])])]);
    return c == 0 ? RIGHT : SHAPE;
}

static enum verdict korea(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    int century = strchr("1256", t.at[6]) ? 1900 : 2000; /* 5 to 8: of foreigners */
    if (!signal__date(century + signal__number(t, 0, 2), signal__number(t, 2, 2),
                      signal__number(t, 4, 2)))
        return NO;
    return (11 - signal__weighed(t, weight, 12) % 11) % 10 == digit_of(t.at[12]) ? RIGHT
                                                                                 : SHAPE;
}

static enum verdict tax_file(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {1, 4, 3, 7, 5, 8, 6, 9, 10};
    return signal__weighed(t, weight, 9) % 11 == 0 ? RIGHT : SHAPE;
}

#define ID_WORDS "id|hkid|identity*|identification|身份证*|身份證*|證件*|证件*"

const struct shape signal__asia[] = {
    {SIGNAL_SG_NRIC, 7, "(?i)" BEGIN "[STFGM]\\d{7}[A-Z]" END, nric, NULL, ALWAYS, ALWAYS},
    {SIGNAL_SG_UEN, 9, BEGIN "\\d{9}[A-Z]" END, uen, "uen|acra|unique entity*", ALWAYS, NEAR},
    /* Eight digits and a letter are an identity card of Spain, too. */
    {SIGNAL_SG_UEN, 8, BEGIN "\\d{8}[A-Z]" END, uen, "uen|acra|unique entity*", NEAR, NEAR},
    {SIGNAL_CN_ID, 17, BEGIN "[1-8]\\d{16}[\\dXx]" END, china_id, NULL, ALWAYS, ALWAYS},
    {SIGNAL_CN_USCC, 6,
     BEGIN "[1-9A-GHJ-NPQRTUWXY][0-9A-GHJ-NPQRTUWXY]\\d{6}[0-9A-HJ-NPQRTUWXY]{10}" END, company,
     NULL, ALWAYS, NEVER},
    {SIGNAL_CN_MOBILE, 11,
     BEGIN "(?:(?:\\+|00)86[ -]?)?1[3-9]\\d(?:\\d{8}|([ -])\\d{4}\\1\\d{4})" END, NULL, NULL,
     ALWAYS, ALWAYS},
    {SIGNAL_HK_ID, 6, BEGIN "[A-Z]{1,2}\\d{6}\\([\\dA]\\)", hong_kong, NULL, ALWAYS, NEVER},
    {SIGNAL_HK_ID, 6, BEGIN "[A-Z]{1,2}\\d{6}[\\dA]" END, hong_kong, ID_WORDS, NEAR, NEVER},
    {SIGNAL_TW_ID, 9, BEGIN "[A-Z][1289]\\d{8}" END, taiwan, ID_WORDS, ALWAYS, NEAR},
    {SIGNAL_IN_AADHAAR, 12, BEGIN "[2-9]\\d{3}[ -]?\\d{4}[ -]?\\d{4}" END, aadhaar,
     "aadhaar*|aadhar*|uidai|uid", NEAR, NEAR},
    {SIGNAL_IN_PAN, 4, BEGIN "[A-Z]{3}[ABCFGHLJPT][A-Z]\\d{4}[A-Z]" END, NULL,
     "pan|permanent account|income tax", NEVER, NEAR},
    {SIGNAL_KR_RRN, 13, BEGIN "\\d{6}-[1-8]\\d{6}" END, korea,
     "rrn|resident registration|주민*|주민등록번호", ALWAYS, NEAR},
    {SIGNAL_AU_TFN, 9, BEGIN "\\d{3}[ -]?\\d{3}[ -]?\\d{3}" END, tax_file, "tfn|tax file*",
     NEAR, NEAR},
};
const size_t signal__asia_count = COUNT(signal__asia);
