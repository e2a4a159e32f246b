/* SPDX-License-Identifier: Apache-2.0 */
/* signal/europe.c — numbers of people in Europe. */
#include "signal/internal.h"

#include <string.h>

static bool ends_in(struct text t, int digit)
{
    return digit == digit_of(t.at[t.len - 1]);
}

/* ---- Germany: ISO 7064, mod 11, 10; one digit of the first ten comes twice or three times */
static enum verdict de_tax(const struct scan *s, struct text raw, struct text t)
{
    int times[10] = {0}, most = 0;
    for (size_t i = 0; i < 10; i++)
        if (++times[digit_of(t.at[i])] > most)
            most = times[digit_of(t.at[i])];
    if (t.at[0] == '0' || most < 2 || most > 3)
        return NO;
    return ends_in(t, signal__check_11_10(t)) ? RIGHT : SHAPE;
}

/* ---- Spain: DNI, and NIE of foreigners */
static enum verdict es_nif(const struct scan *s, struct text raw, struct text t)
{
    char first = t.at[0], digits[9];
    memcpy(digits, t.at, 8);
    if (first >= 'X')
        digits[0] = (char)('0' + first - 'X');
    return "TRWAGMYFPDXBNJZSQVHLCKE"[signal__modulo((struct text){digits, 8}, 23)] == t.at[8]
               ? RIGHT
               : SHAPE;
}

/* ---- Poland: months tell the century */
static enum verdict pesel(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
    static const int centuries[] = {1900, 2000, 2100, 2200, 1800};
    int month = signal__number(t, 2, 2);
    if (!signal__date(centuries[month / 20] + signal__number(t, 0, 2), month % 20,
                      signal__number(t, 4, 2)))
        return NO;
    return ends_in(t, (10 - signal__weighed(t, weight, 10) % 10) % 10) ? RIGHT : SHAPE;
}

/* ---- France: 97 less the rest; Corsica is 2A and 2B */
static enum verdict nir(const struct scan *s, struct text raw, struct text t)
{
    char digits[13];
    memcpy(digits, t.at, 13);
    if (t.at[6] == 'A' || t.at[6] == 'B')
        digits[6] = t.at[6] == 'A' ? '9' : '8', digits[5] = '1';
    int key = 97 - signal__modulo((struct text){digits, 13}, 97);
    return key == signal__number(t, 13, 2) ? RIGHT : SHAPE;
}

/* ---- Italy: odd places by a table, even ones by their value; letters may stand for digits */
static enum verdict fiscal(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t odd[] = {1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                                  20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    int sum = 0;
    for (size_t i = 0; i < 15; i++) {
        char c = t.at[i];
        int value = c >= 'A' ? c - 'A' : digit_of(c);
        sum += i % 2 ? value : odd[value];
    }
    return 'A' + sum % 26 == t.at[15] ? RIGHT : SHAPE;
}

/* ---- Netherlands, Belgium, Portugal */
static enum verdict bsn(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {9, 8, 7, 6, 5, 4, 3, 2};
    int sum = signal__weighed(t, weight, 8);
    return sum > 0 && sum % 11 == digit_of(t.at[8]) ? RIGHT : SHAPE;
}

static enum verdict belgium(const struct scan *s, struct text raw, struct text t)
{
    char later[10] = "2"; /* born in 2000 or after */
    memcpy(later + 1, t.at, 9);
    int key = signal__number(t, 9, 2), month = signal__number(t, 2, 2);
    if (month > 12 || signal__number(t, 4, 2) > 31)
        return NO;
    return key == 97 - signal__modulo(text_slice(t, 0, 9), 97) ||
                   key == 97 - signal__modulo((struct text){later, 10}, 97)
               ? RIGHT
               : SHAPE;
}

static enum verdict pt_nif(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {9, 8, 7, 6, 5, 4, 3, 2};
    int rest = signal__weighed(t, weight, 8) % 11;
    return ends_in(t, rest < 2 ? 0 : 11 - rest) ? RIGHT : SHAPE;
}

/* ---- Sweden: co-ordination numbers have 60 more as the day */
static enum verdict sweden(const struct scan *s, struct text raw, struct text t)
{
    struct text ten = text_from(t, t.len - 10);
    int day = signal__number(ten, 4, 2), year = signal__number(ten, 0, 2);
    int century = t.len == 12 ? signal__number(t, 0, 2) * 100 : 2000; /* 2000 is a leap year */
    if (!signal__date(century + year, signal__number(ten, 2, 2), day > 60 ? day - 60 : day))
        return NO;
    return signal__luhn(ten) ? RIGHT : SHAPE;
}

/* ---- Finland: the sign in the middle tells the century and is no letter of ours */
static enum verdict finland(const struct scan *s, struct text raw, struct text t)
{
    char digits[9];
    int century = raw.at[6] == '+' ? 1800 : raw.at[6] == '-' || raw.at[6] >= 'U' ? 1900 : 2000;
    if (!signal__date(century + signal__number(raw, 4, 2), signal__number(raw, 2, 2),
                      signal__number(raw, 0, 2)))
        return NO;
    memcpy(digits, raw.at, 6);
    memcpy(digits + 6, raw.at + 7, 3);
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[signal__modulo((struct text){digits, 9}, 31)] ==
                   raw.at[10]
               ? RIGHT
               : NO;
}

/* ---- Ireland */
static enum verdict pps(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {8, 7, 6, 5, 4, 3, 2};
    int sum = signal__weighed(t, weight, 7);
    if (t.len == 9 && t.at[8] != 'W')
        sum += 9 * (t.at[8] - 'A' + 1);
    return "WABCDEFGHIJKLMNOPQRSTUV"[sum % 23] == t.at[7] ? RIGHT : SHAPE;
}

/* ---- United Kingdom */
static enum verdict nhs(const struct scan *s, struct text raw, struct text t)
{
    static const uint8_t weight[] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
    int check = 11 - signal__weighed(t, weight, 9) % 11;
    return check != 10 && ends_in(t, check % 11) ? RIGHT : SHAPE;
}

#define O "[\\dLMNP-V]" /* a digit, or the letter that stands for it */

const struct shape signal__europe[] = {
    {SIGNAL_DE_TAX, 11, BEGIN "\\d{2} ?\\d{3} ?\\d{3} ?\\d{3}" END, de_tax,
     "steuer-id*|steuerid*|steueridentifikation*|steuerliche*|idnr*|tin|tax id*|steuernummer*",
     NEAR, NEAR},
    {SIGNAL_ES_NIF, 7, "(?i)" BEGIN "(?:\\d{8}|[XYZ]-?\\d{7})-?[A-Z]" END, es_nif,
     "dni|nif|nie|documento nacional", ALWAYS, NEAR},
    {SIGNAL_PL_PESEL, 11, BEGIN "\\d{11}" END, pesel, "pesel*", NEAR, NEAR},
    {SIGNAL_FR_NIR, 13,
     "(?i)" BEGIN
     "[12] ?\\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\\d) ?(?:\\d{2}|2[AB]) ?\\d{3} ?\\d{3} ?\\d{2}" END,
     nir, "nir|sécurité sociale|securite sociale|insee|numéro de sécu*", ALWAYS, NEAR},
    {SIGNAL_IT_FISCAL, 0,
     "(?i)" BEGIN "[A-Z]{6}" O "{2}[ABCDEHLMPRST]" O "{2}[A-Z]" O "{3}[A-Z]" END, fiscal,
     "codice fiscale|cod. fisc*|c.f.", ALWAYS, NEAR},
    {SIGNAL_NL_BSN, 9, BEGIN "\\d{9}" END, bsn, "bsn|burgerservice*|sofinummer*|sofi-nummer*",
     NEAR, NEAR},
    {SIGNAL_BE_NATIONAL, 11, BEGIN "\\d{2}\\.\\d{2}\\.\\d{2}-\\d{3}\\.\\d{2}" END, belgium,
     NULL, ALWAYS, ALWAYS},
    {SIGNAL_BE_NATIONAL, 11, BEGIN "\\d{11}" END, belgium,
     "rijksregister*|registre national|niss|insz|national number", NEAR, NEAR},
    {SIGNAL_SE_PERSONAL, 10, BEGIN "(?:\\d{2})?\\d{6}[-+]\\d{4}" END, sweden,
     "personnummer*|personal number|samordningsnummer*", ALWAYS, NEAR},
    {SIGNAL_SE_PERSONAL, 10, BEGIN "(?:\\d{2})?\\d{10}" END, sweden,
     "personnummer*|personal number|samordningsnummer*", NEAR, NEAR},
    {SIGNAL_FI_HETU, 9, BEGIN "\\d{6}[-+A-FU-Y]\\d{3}[0-9A-FHJ-NPR-Y]" END, finland, NULL,
     ALWAYS, NEVER},
    {SIGNAL_PT_NIF, 9, BEGIN "[1-35689]\\d{2} ?\\d{3} ?\\d{3}" END, pt_nif,
     "nif|contribuinte|número fiscal|numero fiscal", NEAR, NEAR},
    {SIGNAL_IE_PPS, 7, "(?i)" BEGIN "\\d{7}[A-W][A-IW]?" END, pps, "pps|ppsn|personal public*",
     NEAR, NEAR},
    {SIGNAL_UK_NHS, 10, BEGIN "\\d{3}([ -]?)\\d{3}\\1\\d{4}" END, nhs, "nhs*|national health*",
     NEAR, NEAR},
    {SIGNAL_UK_NINO, 6,
     "(?i)" BEGIN
     "(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d{2} ?\\d{2} ?\\d{2} "
     "?[A-D]" END,
     NULL, NULL, NEVER, ALWAYS},
};
const size_t signal__europe_count = COUNT(signal__europe);
