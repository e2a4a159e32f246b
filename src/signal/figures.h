/* SPDX-License-Identifier: Apache-2.0 */
/* signal/figures.h — how often each rule is right, counted on texts that somebody labelled:
 *
 *   pii-synthetic     1,500 made-up texts, spans of personal data (Presidio research, MIT). A
 * hit is a finding with the same beginning and end as the label. prompt-injection  546 prompts
 * (deepset, Apache-2.0), 113 harmless ones with words of attacks (NotInject, MIT), 75 attacks
 * and 50 mails of BIPIA (MIT): whole texts. xstest            3 x 450 answers of models
 * (Roettger et al., CC BY 4.0), refused in full or in part by the labels of people.
 *   halueval-general  4,507 ordinary questions (HaluEval, MIT), none of which is an attack.
 *
 * The rules were written with the first three in sight: of other texts expect less. The last
 * was not looked at. Columns: found and right, found and wrong, missed, and rightly not found
 * (-1 where only what is there was labelled). tests/unit/signal/figures_test.c counts them
 * again. */
#ifndef SIGNAL_FIGURES_H
#define SIGNAL_FIGURES_H

/*    set, part, rule, tp, fp, fn, tn */
#define SIGNAL_FIGURES(X)                                                                      \
    X("pii-synthetic", "CREDIT_CARD", "pii.card", 136, 0, 0, -1)                               \
    X("pii-synthetic", "EMAIL_ADDRESS", "pii.email", 49, 0, 0, -1)                             \
    X("pii-synthetic", "PHONE_NUMBER", "pii.phone", 92, 1, 0, -1)                              \
    X("pii-synthetic", "IBAN_CODE", "pii.iban", 21, 0, 0, -1)                                  \
    X("pii-synthetic", "IP_ADDRESS", "pii.ip", 14, 0, 0, -1)                                   \
    X("pii-synthetic", "DOMAIN_NAME", "pii.url", 37, 0, 0, -1)                                 \
    X("pii-synthetic", "US_SSN", "pii.us.ssn", 16, 0, 0, -1)                                   \
    X("pii-synthetic", "ZIP_CODE", "pii.postcode", 18, 0, 19, -1)                              \
    X("pii-synthetic", "US_DRIVER_LICENSE", "pii.licence", 5, 0, 0, -1)                        \
    X("pii-synthetic", "STREET_ADDRESS", "", 0, 0, 598, -1)                                    \
    X("pii-synthetic", "ORGANIZATION", "", 0, 0, 250, -1)                                      \
    X("pii-synthetic", "PERSON", "", 0, 0, 857, -1)                                            \
    X("pii-synthetic", "GPE", "", 0, 0, 411, -1)                                               \
    X("pii-synthetic", "DATE_TIME", "", 0, 0, 119, -1)                                         \
    X("pii-synthetic", "AGE", "", 0, 0, 74, -1)                                                \
    X("pii-synthetic", "TITLE", "", 0, 0, 92, -1)                                              \
    X("pii-synthetic", "NRP", "", 0, 0, 55, -1)                                                \
    X("prompt-injection", "deepset", "inject.hidden", 0, 0, 203, 343)                          \
    X("prompt-injection", "deepset", "inject.marker", 1, 0, 202, 343)                          \
    X("prompt-injection", "deepset", "inject.override", 92, 0, 111, 343)                       \
    X("prompt-injection", "deepset", "inject.reveal", 16, 0, 187, 343)                         \
    X("prompt-injection", "deepset", "inject.task", 38, 0, 165, 343)                           \
    X("prompt-injection", "deepset", "inject.persona", 41, 0, 162, 343)                        \
    X("prompt-injection", "deepset", "inject.output", 35, 0, 168, 343)                         \
    X("prompt-injection", "deepset", "inject.encoded", 2, 0, 201, 343)                         \
    X("prompt-injection", "deepset", "inject", 167, 0, 36, 343)                                \
    X("prompt-injection", "NotInject", "inject.hidden", 0, 0, 0, 113)                          \
    X("prompt-injection", "NotInject", "inject.marker", 0, 0, 0, 113)                          \
    X("prompt-injection", "NotInject", "inject.override", 0, 0, 0, 113)                        \
    X("prompt-injection", "NotInject", "inject.reveal", 0, 0, 0, 113)                          \
    X("prompt-injection", "NotInject", "inject.task", 0, 0, 0, 113)                            \
    X("prompt-injection", "NotInject", "inject.persona", 0, 0, 0, 113)                         \
    X("prompt-injection", "NotInject", "inject.output", 0, 0, 0, 113)                          \
    X("prompt-injection", "NotInject", "inject.encoded", 0, 0, 0, 113)                         \
    X("prompt-injection", "NotInject", "inject", 0, 0, 0, 113)                                 \
    X("prompt-injection", "BIPIA", "inject.hidden", 0, 0, 75, 50)                              \
    X("prompt-injection", "BIPIA", "inject.marker", 0, 0, 75, 50)                              \
    X("prompt-injection", "BIPIA", "inject.override", 0, 0, 75, 50)                            \
    X("prompt-injection", "BIPIA", "inject.reveal", 0, 0, 75, 50)                              \
    X("prompt-injection", "BIPIA", "inject.task", 0, 0, 75, 50)                                \
    X("prompt-injection", "BIPIA", "inject.persona", 0, 0, 75, 50)                             \
    X("prompt-injection", "BIPIA", "inject.output", 1, 0, 74, 50)                              \
    X("prompt-injection", "BIPIA", "inject.encoded", 0, 0, 75, 50)                             \
    X("prompt-injection", "BIPIA", "inject", 1, 0, 74, 50)                                     \
    X("halueval-general", "questions", "inject.hidden", 0, 0, 0, 4507)                         \
    X("halueval-general", "questions", "inject.marker", 0, 0, 0, 4507)                         \
    X("halueval-general", "questions", "inject.override", 0, 0, 0, 4507)                       \
    X("halueval-general", "questions", "inject.reveal", 0, 0, 0, 4507)                         \
    X("halueval-general", "questions", "inject.task", 0, 0, 0, 4507)                           \
    X("halueval-general", "questions", "inject.persona", 0, 19, 0, 4488)                       \
    X("halueval-general", "questions", "inject.output", 0, 8, 0, 4499)                         \
    X("halueval-general", "questions", "inject.encoded", 0, 0, 0, 4507)                        \
    X("halueval-general", "questions", "inject", 0, 27, 0, 4480)                               \
    X("xstest", "gpt4", "text.refusal", 207, 4, 13, 226)                                       \
    X("xstest", "llama2new", "text.refusal", 262, 12, 12, 164)                                 \
    X("xstest", "mistralinstruct", "text.refusal", 46, 8, 30, 366)
#endif
