/* SPDX-License-Identifier: Apache-2.0 */
/* Each number with a check digit: one that is right is strong, and with one character changed
 * it is not, whatever else it may be. */
#include "look.h"

#include <ctype.h>
#include <stdio.h>

static const struct vector {
    const char *rule, *before, *value;
    bool every; /* its check finds any one digit that is wrong, not only a wrong check digit */
} vectors[] = {
    {"pii.card", "", "4111111111111111", true},
    {"pii.card", "", "4111 1111 1111 1111", true},
    {"pii.card", "", "5555-5555-5555-4444", true},
    {"pii.card", "", "378282246310005", true},
    {"pii.card", "", "3782 822463 10005", true},
    {"pii.card", "", "6200000000000005", true},
    {"pii.card", "", "3530111333300000", true},
    {"pii.card", "card ", "630427373398", true},
    {"pii.iban", "", "GB82WEST12345698765432", true},
    {"pii.iban", "", "GB82 WEST 1234 5698 7654 32", true},
    {"pii.iban", "", "de89370400440532013000", true},
    {"pii.iban", "", "ES91 2100 0418 4502 0005 1332", true},
    {"pii.iban", "", "NO9386011117947", true},
    {"pii.sg.nric", "", "S1234567D", true},
    {"pii.sg.nric", "", "T1234567J", true},
    {"pii.sg.nric", "", "F1234567N", true},
    {"pii.sg.nric", "", "G1234567X", true},
    {"pii.sg.nric", "", "M1234567K", true},
    {"pii.cn.id", "", "11010519491231002X", true},
    {"pii.cn.id", "身份证号", "440524188001010014", false},
    {"pii.cn.uscc", "", "91110000600037341L", true},
    {"pii.hk.id", "", "A123456(3)", true},
    {"pii.hk.id", "", "G123456(A)", true},
    {"pii.hk.id", "HKID ", "AB9876543", true},
    {"pii.tw.id", "", "A123456789", false},
    {"pii.in.aadhaar", "Aadhaar ", "2341 2341 2346", true},
    {"pii.kr.rrn", "", "971013-1019901", false},
    {"pii.au.tfn", "TFN ", "123 456 782", true},
    {"pii.ca.sin", "SIN: ", "123-456-782", true},
    {"pii.br.cpf", "", "390.533.447-05", false},
    {"pii.de.tax", "Steuer-ID ", "36 574 261 809", true},
    {"pii.es.nif", "", "54362315K", true},
    {"pii.es.nif", "", "X-2482300-W", true},
    {"pii.pl.pesel", "PESEL ", "44051401359", true},
    {"pii.fr.nir", "", "2 95 10 99 126 111 93", true},
    {"pii.fr.nir", "", "253072B07300470", false},
    {"pii.it.fiscal", "", "RCCMNL83S18D969H", true},
    {"pii.nl.bsn", "BSN ", "111222333", true},
    {"pii.be.national", "", "85.07.30-033.28", false},
    {"pii.se.personal", "", "880320-0016", true},
    {"pii.fi.hetu", "", "131052-308T", true},
    {"pii.pt.nif", "NIF ", "501 964 843", false},
    {"pii.ie.pps", "PPS ", "6433435F", true},
    {"pii.sg.uen", "UEN ", "00192200M", true},
    {"pii.sg.uen", "", "197401143C", true},
    {"pii.at.svnr", "SVNR ", "1237 010180", true},
    {"pii.cz.rc", "", "710319/2745", true},
    {"pii.ro.cnp", "CNP ", "1630615123457", false},
    {"pii.bg.egn", "EGN ", "7523169263", false},
    {"pii.hr.oib", "OIB ", "33392005961", true},
    {"pii.ee-lt.code", "isikukood ", "37605030299", false},
    {"pii.ee-lt.code", "asmens kodas ", "33309240064", false},
    {"pii.gr.amka", "AMKA ", "01013099997", true},
    {"pii.uk.nhs", "NHS number ", "943 476 5870", true},
};

static bool is_strong(const struct vector *v, const char *value)
{
    struct arena *a = arena_open();
    struct text t = text_print(a, "My %s%s, thank you.", v->before, value);
    struct signals *s = looked(a, t, SIGNAL_PROMPT);
    bool strong = false;
    for (size_t i = 0; i < s->count; i++)
        strong |= s->at[i].strong && text_is(signal_rules[s->at[i].rule].id, v->rule) &&
                  text_is(text_slice(t, s->at[i].begin, s->at[i].end), value);
    arena_close(a);
    return strong;
}

static void a_right_number_is_strong(void **state)
{
    for (size_t i = 0; i < COUNT(vectors); i++)
        if (!is_strong(&vectors[i], vectors[i].value))
            fail_msg("%s: %s is not strong", vectors[i].rule, vectors[i].value);
}

static void change_each(const struct vector *v, size_t at)
{
    char changed[64];
    (void)snprintf(changed, sizeof changed, "%s", v->value);
    for (char c = '0'; c <= '9'; c++) {
        changed[at] = c;
        if (c != v->value[at] && is_strong(v, changed))
            fail_msg("%s: %s is strong, made of %s", v->rule, changed, v->value);
    }
}

static void with_a_digit_changed_it_is_not(void **state)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const struct vector *v = &vectors[i];
        size_t last = strlen(v->value) - 1;
        while (!isdigit((unsigned char)v->value[last]))
            last--;
        for (size_t at = v->every ? 0 : last; at <= last; at++)
            if (isdigit((unsigned char)v->value[at]))
                change_each(v, at);
    }
}

static void with_a_letter_changed_it_is_not(void **state)
{
    static const char *const of[][2] = {
        {"pii.sg.nric", "S1234567E"},        {"pii.es.nif", "54362315L"},
        {"pii.fi.hetu", "131052-308U"},      {"pii.it.fiscal", "RCCMNL83S18D969I"},
        {"pii.cn.id", "110105194912310020"}, {"pii.iban", "GB82WESU12345698765432"}};
    for (size_t i = 0; i < COUNT(of); i++)
        assert_false(is_strong(&(struct vector){of[i][0], "", of[i][1], true}, of[i][1]));
}

static void every_rule_has_a_name_of_its_own(void **state)
{
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        enum signal at;
        assert_true(signal_named(signal_rules[i].id, &at));
        assert_int_equal(at, i);
        assert_true(signal_looks((enum signal)i, SIGNAL_PROMPT) ||
                    signal_looks((enum signal)i, SIGNAL_RESPONSE));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_number_is_strong),
        cmocka_unit_test(with_a_digit_changed_it_is_not),
        cmocka_unit_test(with_a_letter_changed_it_is_not),
        cmocka_unit_test(every_rule_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
