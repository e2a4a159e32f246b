/* SPDX-License-Identifier: Apache-2.0 */
/* signal/contact.c — how somebody, or their machine, is reached. Nothing here has a check
 * digit: all of it is weak. */
#include "signal/internal.h"

#include <arpa/inet.h>
#include <string.h>

/* ---- phone: with + and a country, in the shape of North America, or because words say so */
#define PHONE_WORDS                                                                            \
    "phone*|telephone*|tel|mobile*|cell|cellphone|call|calls|called|fax|desk|office|dial|"     \
    "hotline|sms|text|texts|message|messages|whatsapp|wechat|reach|answering|contact|"         \
    "landline|pager|voicemail|handy*|telefon*|mobil|rufnummer*|durchwahl|anruf*|rückruf*|"    \
    "téléphone*|portable|appele*|teléfono*|telefono*|móvil|cellulare|telefone*|celular*|"  \
    "电话|電話|手机|手機|座机|联系方式|致电|拨打|传真|热线"

static size_t digits_in(struct text t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++)
        n += t.at[i] >= '0' && t.at[i] <= '9';
    return n;
}

/* 2026-11-23, 12.04.2026, 1.2.3.4: digits with marks between that are something else. */
static bool is_else(struct text t)
{
    size_t parts[8] = {0}, part = 0, dots = 0;
    for (size_t i = 0; i < t.len; i++) {
        bool digit = t.at[i] >= '0' && t.at[i] <= '9';
        if (!digit && t.at[i] != '-' && t.at[i] != '.')
            break;
        dots += t.at[i] == '.';
        part += !digit && part < 7;
        parts[part] += digit;
    }
    return (part >= 2 && parts[0] == 4 && parts[1] == 2 && parts[2] == 2) ||
           (part == 2 && parts[0] <= 2 && parts[1] <= 2 && parts[2] == 4) ||
           (dots == 3 && part == 3 && parts[0] <= 3 && parts[1] <= 3 && parts[2] <= 3 &&
            parts[3] <= 3);
}

static enum verdict phone(const struct scan *s, struct text raw, struct text plain)
{
    size_t digits = digits_in(raw);
    return digits < 7 || digits > 20 || is_else(raw) ? NO : SHAPE;
}

static enum verdict abroad(const struct scan *s, struct text raw, struct text plain)
{
    size_t digits = digits_in(raw);
    return digits < 9 || digits > 20 ? NO : SHAPE;
}

#define PARTS "(?:[ .-]?+\\(?+\\d{1,4}+\\)?+){1,7}+"
#define EXTENSION "(?: ?(?:x|ext\\.?|#) ?\\d{1,5})?+"

/* ---- addresses of machines */
static enum verdict six(const struct scan *s, struct text raw, struct text plain)
{
    char address[64];
    struct in6_addr out;
    size_t colons = 0;
    for (size_t i = 0; i < raw.len; i++)
        colons += raw.at[i] == ':';
    if (raw.len >= sizeof address || colons < 2 || plain.len < 5 || !digits_in(raw))
        return NO;
    memcpy(address, raw.at, raw.len);
    address[raw.len] = '\0';
    return inet_pton(AF_INET6, address, &out) == 1 ? SHAPE : NO;
}

static enum verdict four(const struct scan *s, struct text raw, struct text plain)
{
    size_t at = (size_t)(raw.at - s->text.at);
    return signal__near(text_slice(s->text, 0, at), at, at, "version*|release|v|版本") ? NO
                                                                                       : SHAPE;
}

/* ---- web addresses: what ends a sentence is none of them */
#define WEB "[^\\s<>\"'`\\\\|{}^\\x00-\\x1f\\x7f-\\xff]"

const struct shape signal__contact[] = {
    {SIGNAL_EMAIL, 0,
     "(?<![\\w.+%-])[\\w.+%-]{1,64}+@(?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}(?![\\w-])",
     NULL, NULL, NEVER, ALWAYS},
    {SIGNAL_URL, 0,
     "(?i)(?<![\\w])(?:(?:https?|ftp)://|(?<![.@/-])www\\.)" WEB "{2,2000}(?<![.,;:!?)\\]*])",
     NULL, NULL, NEVER, ALWAYS, "://|www."},
    {SIGNAL_IP, 4,
     "(?<![\\w.])(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1\\d\\d|"
     "[1-9]?"
     "\\d)(?![\\w]|\\.\\d)",
     four, NULL, NEVER, ALWAYS},
    {SIGNAL_IP, 1, "(?<![\\w:.])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{2,60}(?<![.])(?![\\w:])", six,
     NULL, NEVER, ALWAYS},
    {SIGNAL_PHONE, 9, "(?<![\\w.@/])\\+\\d{1,4}+" PARTS EXTENSION "(?![\\w])", abroad, NULL,
     NEVER, ALWAYS},
    {SIGNAL_PHONE, 10,
     "(?<![\\w.@/-])(?:(?:\\+?1|001)[ .-]?)?(?:\\([2-9]\\d\\d\\) ?|[2-9]\\d\\d[ "
     ".-])[2-9]\\d\\d[ "
     ".-]\\d{4}" EXTENSION "(?![\\w]|[.-]\\d)",
     phone, NULL, NEVER, ALWAYS},
    {SIGNAL_PHONE, 7, "(?<![\\w.@/-])\\(?+\\d{1,4}+\\)?+" PARTS EXTENSION "(?![\\w])", phone,
     PHONE_WORDS, NEVER, NEAR},
    {SIGNAL_POSTCODE, 3,
     "(?i)(?<![\\w])(?:zip(?:[ -]?code)?|post(?:al)?[ -]?code|postcode|plz|postleitzahl|code "
     "postal|"
     "código "
     "postal|cap)(?![\\w])(?:\\s{0,3}(?:is|was|:|=|#|lautet|est|es)(?![\\w])){0,2}\\s{0,3}"
     "\\K(?=[A-Z ]{0,3}\\d)[A-Z0-9]{2,6}(?:-[A-Z0-9]{2,4}| \\d{2,3}| (?-i:[A-Z]{2})| "
     "(?-i:\\d[A-Z]{2}|\\d[A-Z]\\d))?(?![\\w])",
     NULL, NULL, NEVER, ALWAYS, "zip|post|plz|code postal|digo postal|cap"},
    {SIGNAL_POSTCODE, 6, "(?:邮编|邮政编码|郵遞區號)(?:是|为|：|:| ){0,3}\\K\\d{3,6}(?!\\d)",
     NULL, NULL, NEVER, ALWAYS, "邮|郵"},
};
const size_t signal__contact_count = COUNT(signal__contact);
