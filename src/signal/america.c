/* SPDX-License-Identifier: Apache-2.0 */
/* signal/america.c — numbers of people in America. */
#include "signal/internal.h"

static enum verdict luhn(const struct scan *s, struct text raw, struct text t)
{
    return signal__luhn(t) && t.at[0] != '0' ? RIGHT : SHAPE;
}

static int cpf_digit(struct text t, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += digit_of(t.at[i]) * (int)(count + 1 - i);
    return sum * 10 % 11 % 10;
}

static bool all_the_same(struct text t)
{
    for (size_t i = 1; i < t.len; i++)
        if (t.at[i] != t.at[0])
            return false;
    return true;
}

static enum verdict cpf(const struct scan *s, struct text raw, struct text t)
{
    if (all_the_same(t))
        return NO;
    return cpf_digit(t, 9) == digit_of(t.at[9]) && cpf_digit(t, 10) == digit_of(t.at[10])
               ? RIGHT
               : SHAPE;
}

const struct shape signal__america[] = {
    {SIGNAL_US_SSN, 9, BEGIN "(?!000|666|9)\\d{3}([ -]?)(?!00)\\d{2}\\1(?!0000)\\d{4}" END,
     NULL, "ssn|ssns|social security*|social-security*|soc sec|社会安全*|社会保障*", NEVER,
     NEAR},
    {SIGNAL_CA_SIN, 9, BEGIN "\\d{3}([ -]?)\\d{3}\\1\\d{3}" END, luhn,
     "sin|social insurance*|assurance sociale", NEAR, NEAR},
    {SIGNAL_BR_CPF, 11, BEGIN "\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}" END, cpf, NULL, ALWAYS, ALWAYS},
    {SIGNAL_BR_CPF, 11, BEGIN "\\d{11}" END, cpf, "cpf|cadastro de pessoa*", NEAR, NEAR},
    {SIGNAL_LICENCE, 5,
     "(?i)(?<![\\w])driv(?:er|ing)(?:'s|s|\xe2\x80\x99s)?[ -]licen[cs]e(?: "
     "(?:number|no\\.?|num|id))?"
     "(?:\\s{0,3}(?:is|:|#|=)){0,2}\\s{0,3}\\K(?=[A-Z0-9-]{0,12}\\d)[A-Z0-9-]{5,20}(?![\\w-])",
     NULL, NULL, NEVER, ALWAYS, "licen"},
};
const size_t signal__america_count = COUNT(signal__america);
