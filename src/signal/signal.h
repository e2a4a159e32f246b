/* SPDX-License-Identifier: Apache-2.0 */
/* signal/signal.h — what can be told of a text without a model: numbers of people and of money,
 * keys, hidden characters, wording that is meant for a machine. Floor 2: bytes to findings, no
 * I/O, nothing kept, knows no record.
 *
 * A finding is a signal and no verdict. It is *strong* when arithmetic or an exact match
 * decided it (check digits, a word that was planted, characters that no keyboard makes), else
 * *weak*: the shape alone, or a form of words. How often each is right was measured on public
 * texts, and those figures are here too (signal_figures): whoever shows a finding shows them
 * beside it. */
#ifndef SIGNAL_H
#define SIGNAL_H

#include "format/format.h"

#define SIGNAL_BYTES ((size_t)1 << 20) /* of a text; what is behind is not looked at */
#define SIGNAL_MOST 200                /* findings of one text */
#define SIGNAL_EACH 50                 /* of them, of one rule */
#define SIGNAL_CANARIES 20
#define SIGNAL_CANARY_LEAST 8 /* bytes: shorter ones occur by chance */
#define SIGNAL_CANARY_MOST 200
#define SIGNAL_CONDUCT 200 /* code points at the beginning of an answer, for what it does */

/* Of two findings of data that overlap the strong one stays, then the one whose rule stands
 * first, then the longer.
 *    name        id              family    what it is                        when it is strong
 */
#define SIGNALS(X)                                                                             \
    X(CANARY, "leak.canary", LEAK, SAID("Planted word"),                                       \
      SAID("always: it was planted for this system, and came out here"))                       \
    X(LINK, "leak.link", LEAK, SAID("Link that carries data out"), SAID("never: wording"))     \
    X(CN_ID, "pii.cn.id", PERSON, SAID("Identity number of China"),                            \
      SAID("region, date of birth and check character (mod 11) are right"))                    \
    X(CARD, "pii.card", PERSON, SAID("Payment card"),                                          \
      SAID("issuer, length and check digit (Luhn) are right"))                                 \
    X(IBAN, "pii.iban", PERSON, SAID("Bank account (IBAN)"),                                   \
      SAID("length of its country and check digits (mod 97) are right"))                       \
    X(SG_NRIC, "pii.sg.nric", PERSON, SAID("NRIC or FIN of Singapore"),                        \
      SAID("the check letter is right"))                                                       \
    X(SG_UEN, "pii.sg.uen", PERSON, SAID("Number of a company of Singapore (UEN)"),            \
      SAID("the check letter is right, and for a business words beside it say so"))            \
    X(CN_USCC, "pii.cn.uscc", PERSON, SAID("Credit code of a company of China (USCC)"),        \
      SAID("the check character (mod 31) is right"))                                           \
    X(HK_ID, "pii.hk.id", PERSON, SAID("Identity card of Hong Kong"),                          \
      SAID("the check character (mod 11) is right, and brackets or words beside it say so"))   \
    X(TW_ID, "pii.tw.id", PERSON, SAID("Identity number of Taiwan"),                           \
      SAID("the check digit is right"))                                                        \
    X(IT_FISCAL, "pii.it.fiscal", PERSON, SAID("Codice fiscale of Italy"),                     \
      SAID("the check letter is right"))                                                       \
    X(ES_NIF, "pii.es.nif", PERSON, SAID("NIF or NIE of Spain"),                               \
      SAID("the check letter (mod 23) is right"))                                              \
    X(FI_HETU, "pii.fi.hetu", PERSON, SAID("Personal identity code of Finland"),               \
      SAID("date and check character (mod 31) are right"))                                     \
    X(FR_NIR, "pii.fr.nir", PERSON, SAID("NIR of France"), SAID("the key (mod 97) is right"))  \
    X(PL_PESEL, "pii.pl.pesel", PERSON, SAID("PESEL of Poland"),                               \
      SAID("date and check digit are right, and words beside it say so"))                      \
    X(DE_TAX, "pii.de.tax", PERSON, SAID("Tax number of Germany (IdNr)"),                      \
      SAID("the check digit (mod 11,10) is right, and words beside it say so"))                \
    X(NL_BSN, "pii.nl.bsn", PERSON, SAID("BSN of the Netherlands"),                            \
      SAID("the eleven test is passed, and words beside it say so"))                           \
    X(BE_NATIONAL, "pii.be.national", PERSON, SAID("National number of Belgium"),              \
      SAID("the check digits (mod 97) are right, and its marks or words beside it say so"))    \
    X(SE_PERSONAL, "pii.se.personal", PERSON, SAID("Personal number of Sweden"),               \
      SAID("date and check digit (Luhn) are right, and its mark or words beside it say so"))   \
    X(PT_NIF, "pii.pt.nif", PERSON, SAID("NIF of Portugal"),                                   \
      SAID("the check digit is right, and words beside it say so"))                            \
    X(IE_PPS, "pii.ie.pps", PERSON, SAID("PPS number of Ireland"),                             \
      SAID("the check letter (mod 23) is right, and words beside it say so"))                  \
    X(AT_SVNR, "pii.at.svnr", PERSON, SAID("Social insurance number of Austria"),              \
      SAID("the check digit (mod 11) is right, and words beside it say so"))                   \
    X(CZ_RC, "pii.cz.rc", PERSON, SAID("Birth number of Czechia or Slovakia"),                 \
      SAID("date and check (mod 11) are right, and its mark or words beside it say so"))       \
    X(RO_CNP, "pii.ro.cnp", PERSON, SAID("CNP of Romania"),                                    \
      SAID("date and check digit are right, and words beside it say so"))                      \
    X(BG_EGN, "pii.bg.egn", PERSON, SAID("EGN of Bulgaria"),                                   \
      SAID("date and check digit are right, and words beside it say so"))                      \
    X(HR_OIB, "pii.hr.oib", PERSON, SAID("OIB of Croatia"),                                    \
      SAID("the check digit (mod 11,10) is right, and words beside it say so"))                \
    X(EE_LT, "pii.ee-lt.code", PERSON, SAID("Personal code of Estonia or Lithuania"),          \
      SAID("date and check digit are right, and words beside it say so"))                      \
    X(GR_AMKA, "pii.gr.amka", PERSON, SAID("AMKA of Greece"),                                  \
      SAID("date and check digit (Luhn) are right, and words beside it say so"))               \
    X(DK_CPR, "pii.dk.cpr", PERSON, SAID("CPR number of Denmark"),                             \
      SAID("never: it has no check digit; words beside it must say so"))                       \
    X(UK_NHS, "pii.uk.nhs", PERSON, SAID("NHS number"),                                        \
      SAID("the check digit (mod 11) is right, and words beside it say so"))                   \
    X(UK_NINO, "pii.uk.nino", PERSON, SAID("National insurance number of the United Kingdom"), \
      SAID("never: it has no check digit"))                                                    \
    X(US_SSN, "pii.us.ssn", PERSON, SAID("Social security number of the United States"),       \
      SAID("never: it has no check digit; words beside it must say so"))                       \
    X(CA_SIN, "pii.ca.sin", PERSON, SAID("Social insurance number of Canada"),                 \
      SAID("the check digit (Luhn) is right, and words beside it say so"))                     \
    X(AU_TFN, "pii.au.tfn", PERSON, SAID("Tax file number of Australia"),                      \
      SAID("the check (mod 11) is passed, and words beside it say so"))                        \
    X(IN_AADHAAR, "pii.in.aadhaar", PERSON, SAID("Aadhaar of India"),                          \
      SAID("the check digit (Verhoeff) is right, and words beside it say so"))                 \
    X(IN_PAN, "pii.in.pan", PERSON, SAID("PAN of India"),                                      \
      SAID("never: it has no check digit"))                                                    \
    X(KR_RRN, "pii.kr.rrn", PERSON, SAID("Resident registration number of Korea"),             \
      SAID("date and check digit are right"))                                                  \
    X(BR_CPF, "pii.br.cpf", PERSON, SAID("CPF of Brazil"),                                     \
      SAID("both check digits are right, and its marks or words beside it say so"))            \
    X(LICENCE, "pii.licence", PERSON, SAID("Driving licence"),                                 \
      SAID("never: words beside it must say so"))                                              \
    X(CN_MOBILE, "pii.cn.mobile", CONTACT, SAID("Mobile number of China"),                     \
      SAID("never: it has no check digit"))                                                    \
    X(EMAIL, "pii.email", CONTACT, SAID("E-mail address"), SAID("never: the shape"))           \
    X(URL, "pii.url", CONTACT, SAID("Web address"), SAID("never: the shape"))                  \
    X(IP, "pii.ip", CONTACT, SAID("Address of a machine (IPv4, IPv6)"),                        \
      SAID("never: the shape"))                                                                \
    X(PHONE, "pii.phone", CONTACT, SAID("Phone number"),                                       \
      SAID("never: the shape, with + and a country, or words beside it"))                      \
    X(POSTCODE, "pii.postcode", CONTACT, SAID("Postal code"),                                  \
      SAID("never: words before it must say so"))                                              \
    X(AWS, "secret.aws", SECRET, SAID("Access key of AWS"), SAID("never: the shape"))          \
    X(GITHUB, "secret.github", SECRET, SAID("Token of GitHub"), SAID("never: the shape"))      \
    X(SLACK, "secret.slack", SECRET, SAID("Token of Slack"), SAID("never: the shape"))         \
    X(API_KEY, "secret.api", SECRET, SAID("Key of a service (sk-…, AIza…)"),                   \
      SAID("never: the shape"))                                                                \
    X(PEM, "secret.pem", SECRET, SAID("Private key (PEM)"), SAID("never: the shape"))          \
    X(JWT, "secret.jwt", SECRET, SAID("Signed token (JWT)"), SAID("never: the shape"))         \
    X(HIDDEN, "inject.hidden", INJECTION, SAID("Hidden characters"),                           \
      SAID("they are tags or variation selectors in a row: they spell what nobody sees"))      \
    X(MARKER, "inject.marker", INJECTION, SAID("Forged mark of a role"),                       \
      SAID("never: wording"))                                                                  \
    X(OVERRIDE, "inject.override", INJECTION, SAID("Told to forget what it was told"),         \
      SAID("never: wording"))                                                                  \
    X(REVEAL, "inject.reveal", INJECTION, SAID("Asked for its own instructions"),              \
      SAID("never: wording"))                                                                  \
    X(TASK, "inject.task", INJECTION, SAID("A new task is announced"), SAID("never: wording")) \
    X(PERSONA, "inject.persona", INJECTION, SAID("Told to be somebody else"),                  \
      SAID("never: wording"))                                                                  \
    X(OUTPUT, "inject.output", INJECTION, SAID("Told what to say"), SAID("never: wording"))    \
    X(ENCODED, "inject.encoded", INJECTION, SAID("Instructions in base64, or spelt out"),      \
      SAID("never: wording"))                                                                  \
    X(FLOOD, "text.flood", CONDUCT, SAID("The same again and again"), SAID("never: counting")) \
    X(REFUSAL, "text.refusal", CONDUCT, SAID("Refusal"),                                       \
      SAID("never: wording at the beginning of an answer"))
enum signal {
#define X(name, id, family, title, strong) SIGNAL_##name,
    SIGNALS(X)
#undef X
        SIGNAL_COUNT
};
/* One bit a family; of PERSON, CONTACT and SECRET it is data, and findings do not overlap. */
enum signal_family {
    SIGNAL_PERSON,
    SIGNAL_CONTACT,
    SIGNAL_SECRET,
    SIGNAL_INJECTION,
    SIGNAL_LEAK,
    SIGNAL_CONDUCTED
};
struct signal_rule {
    struct text id; /* "pii.card": kept with events, and never given to anything else */
    enum signal_family family;
    const char *title, *strong; /* English; say() has them in other languages */
};
extern const struct signal_rule signal_rules[SIGNAL_COUNT];
const char *signal_family_name(enum signal_family f);
bool signal_named(struct text id, enum signal *out);

/* Whose words they are: some rules look at one side only. */
enum signal_where { SIGNAL_PROMPT, SIGNAL_RESPONSE };
bool signal_looks(enum signal rule, enum signal_where where);
const char *signal_where_name(enum signal_where w); /* "prompt", "response" */

struct signal_found {
    enum signal rule;
    size_t begin, end; /* bytes */
    bool strong;
};
struct signals {
    struct signal_found at[SIGNAL_MOST]; /* by where they begin */
    size_t count;
    bool partial; /* there are more, or some of the text was not looked at */
};
struct signal_asked {
    enum signal_where where;
    const struct text *canaries; /* those shorter than SIGNAL_CANARY_LEAST are passed over */
    size_t canary_count;
};
/* Any bytes will do: what is no UTF-8 is looked at as it is. Time grows with the length and
 * with nothing else. */
void signal_scan(struct arena *a, struct text text, const struct signal_asked *asked,
                 struct signals *out);
size_t signal_hits(const struct signals *s, enum signal rule);

/* ---- how often it is right (figures.h) -----------------------------------------------------
 * * Counted on public texts that somebody labelled; a test holds these numbers against the
 * texts. */
struct signal_figure {
    const char *set;  /* "pii-synthetic" */
    const char *part; /* what was labelled, or whose texts they are: "CREDIT_CARD", "gpt4" */
    const char *rule; /* id; "inject" for any rule of that family */
    int64_t tp, fp, fn, tn; /* tn: -1 where nothing is a negative (spans in a text) */
};
extern const struct signal_figure signal_figures[];
extern const size_t signal_figure_count;
#endif
