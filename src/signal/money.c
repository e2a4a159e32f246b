/* SPDX-License-Identifier: Apache-2.0 */
/* signal/money.c — payment cards and bank accounts. */
#include "signal/internal.h"

#define CARD_WORDS                                                                             \
    "card*|cc|visa|mastercard|master card|amex|american express|maestro|credit|debit|jcb|"     \
    "diners|unionpay|karte*|kreditkarte*|carte*|tarjeta*|carta|cartão|cartao|卡|银联|信用卡"

/* First digits of issuers, and how long their numbers are: bit n is n digits. */
#define BITS(from, to) ((2u << (to)) - (1u << (from)))
static const struct issuer {
    int from, to; /* of the first six digits */
    unsigned lengths;
} issuers[] = {
    {60400, 60499, BITS(12, 19)}, /* Maestro that begins with 0604 */
    {180000, 180099, 1u << 15},   /* JCB */
    {213100, 213199, 1u << 15},
    {220000, 220499, BITS(16, 19)}, /* Mir */
    {222100, 272099, 1u << 16},     /* Mastercard */
    {300000, 305999, BITS(14, 19)}, /* Diners */
    {309500, 309599, BITS(14, 19)},
    {340000, 349999, 1u << 15},     /* American Express */
    {350000, 359999, BITS(16, 19)}, /* JCB */
    {360000, 369999, BITS(14, 19)},
    {370000, 379999, 1u << 15},
    {380000, 399999, BITS(14, 19)},
    {400000, 499999, 1u << 13 | 1u << 16 | 1u << 18 | 1u << 19}, /* Visa */
    {500000, 509999, BITS(12, 19)},                              /* Maestro */
    {510000, 559999, 1u << 16},
    {560000, 599999, BITS(12, 19)},
    {601100, 601199, BITS(16, 19)}, /* Discover */
    {600000, 699999, BITS(12, 19)}, /* Maestro, UnionPay, RuPay, Discover */
    {810000, 817199, BITS(16, 19)},
};

static bool is_issued(struct text t)
{
    int first = signal__number(t, 0, 6);
    for (size_t i = 0; i < COUNT(issuers); i++)
        if (first >= issuers[i].from && first <= issuers[i].to &&
            issuers[i].lengths & 1u << t.len)
            return true;
    return false;
}

static enum verdict card(const struct scan *s, struct text raw, struct text plain)
{
    if (plain.len < 12 || plain.len > 19 || !is_issued(plain))
        return NO;
    return signal__luhn(plain) ? RIGHT : SHAPE;
}

/* Short ones are few digits of many numbers: words beside it must say that it is a card. */
static enum verdict short_card(const struct scan *s, struct text raw, struct text plain)
{
    return plain.len < 14 ? card(s, raw, plain) : NO;
}
static enum verdict long_card(const struct scan *s, struct text raw, struct text plain)
{
    return plain.len >= 14 ? card(s, raw, plain) : NO;
}

/* ---- IBAN: how long it is in each country of the registry */
static const char lengths[] =
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29"
    "ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20"
    "LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29"
    "PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20"
    "YE30";

static size_t length_of(struct text country)
{
    for (size_t i = 0; i + 4 < sizeof lengths; i += 4)
        if (lengths[i] == country.at[0] && lengths[i + 1] == country.at[1])
            return (size_t)(digit_of(lengths[i + 2]) * 10 + digit_of(lengths[i + 3]));
    return 0;
}

/* Country and check digits go to the end, letters are 10 to 35. */
static int modulo_97(struct text t)
{
    int rest = 0;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[(i + 4) % t.len];
        int value = c >= 'A' ? c - 'A' + 10 : digit_of(c);
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest;
}

static enum verdict iban(const struct scan *s, struct text raw, struct text plain)
{
    if (plain.len < 15 || length_of(plain) != plain.len)
        return NO;
    return modulo_97(plain) == 1 ? RIGHT : SHAPE;
}

#define CARD_AS_ONE BEGIN "[0-68]\\d{11,18}" END

const struct shape signal__money[] = {
    {SIGNAL_CARD, 14, CARD_AS_ONE, long_card, CARD_WORDS, ALWAYS, NEAR},
    {SIGNAL_CARD, 12, CARD_AS_ONE, short_card, CARD_WORDS, NEAR, NEVER},
    {SIGNAL_CARD, 14,
     BEGIN "(?:[1-68]\\d{3}([ -])\\d{4}\\1\\d{4}\\1\\d{4}(?:\\1?\\d{1,3})?|"
           "3\\d{3}([ -])\\d{6}\\2\\d{4,5})" END,
     long_card, CARD_WORDS, ALWAYS, NEAR},
    {SIGNAL_IBAN, 8, "(?i)" BEGIN "[A-Z]{2}\\d{2}(?=[A-Z0-9]{11})[A-Z0-9]{11,30}" END, iban,
     "iban*", ALWAYS, ALWAYS},
    /* In fours, capital, so that the word behind is none of them. */
    {SIGNAL_IBAN, 8,
     BEGIN "[A-Z]{2}\\d{2}([ -])[A-Z0-9]{4}(?:\\1[A-Z0-9]{4}){1,6}(?:\\1[A-Z0-9]{1,4})?" END,
     iban, "iban*", ALWAYS, ALWAYS},
};
const size_t signal__money_count = COUNT(signal__money);
