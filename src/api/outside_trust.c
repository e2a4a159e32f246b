/* SPDX-License-Identifier: Apache-2.0 */
/* api/outside_trust.c — the trust page: the organisation's own words, and beside them what the
 * records show and nothing else: published documents, how many entries the register has, the
 * last days that were switched on, and how the ledger can be checked from outside. */
#include "api/outside.h"

static void put_document(struct outside *o, const struct record *rec)
{
    const struct exchange *x = o->x;
    const struct published *p = &rec->kind->published;
    HTML(o->b, "<li><h3><a href=\"$\">$</a></h3><dl>",
         outside__address(x,
                          text_print(x->call->arena, "/public/trust/%.*s", TEXT_ARG(rec->id))),
         json_text(record_value(rec, TEXT("title"))));
    for (size_t i = 0; i < p->show_count; i++) {
        const struct json *v = record_published_value(rec, &p->show[i]);
        if (!v || p->show[i].field->type->form == FORM_PARTS)
            continue;
        HTML(o->b, "<dt>$</dt><dd>", outside__said(x, p->show[i].field->title));
        outside__value(o, &p->show[i], v);
        outside__text(o, "</dd>");
    }
    outside__text(o, "</dl></li>");
}

#define DOCUMENTS_MOST 200

static enum err put_documents(struct outside *o, const struct kind *k)
{
    struct exchange *x = o->x;
    struct record_list list;
    TRY(record_published(x->call, x->records, exchange__db(x), k, TEXT(""), DOCUMENTS_MOST,
                         &list));
    if (!list.count)
        return OK;
    HTML(o->b, "<section><h2>$</h2>", outside__said(x, k->published.title));
    if (k->published.about.en.len)
        HTML(o->b, "<p>$</p>", outside__said(x, k->published.about));
    outside__text(o, "<ul class=\"cards\">");
    for (size_t i = 0; i < list.count; i++)
        put_document(o, list.items[i]);
    outside__text(o, "</ul></section>");
    return OK;
}

static enum err put_counts(struct outside *o)
{
    struct exchange *x = o->x;
    const struct kind *k;
    size_t at = 0;
    while (o->set.on[PUBLIC_REGISTER] && (k = outside__next(x, PUBLIC_REGISTER, false, &at))) {
        struct record_list list;
        TRY(record_published(x->call, x->records, exchange__db(x), k, TEXT(""), 1, &list));
        HTML(o->b, "<dt>$</dt><dd>$ (<a href=\"$\">$</a>)</dd>",
             outside__said(x, k->published.title),
             text_print(x->call->arena, "%lld", (long long)list.total),
             outside__address(x, TEXT("/public/register")),
             text_of(say(x->call, "AI register")));
    }
    return OK;
}

static enum err put_lines(struct outside *o)
{
    struct exchange *x = o->x;
    for (size_t i = 0; i < o->set.line_count; i++) {
        const struct kind *k = o->set.lines[i];
        struct text date;
        TRY(record_published_latest(x->call, x->records, exchange__db(x), k, &date));
        HTML(o->b, "<dt>$</dt><dd>$</dd>", outside__said(x, k->published.title),
             date.len ? outside__day(x, date) : text_of(say(x->call, "none is recorded")));
    }
    return OK;
}

static enum err put_ledger(struct outside *o)
{
    struct exchange *x = o->x;
    struct text note;
    TRY(ledger_checkpoint(x->call, exchange__db(x), 0, &note));
    HTML(o->b,
         "<section><h2>$</h2><p>$</p><p>$</p><pre tabindex=\"0\">$</pre><p>$</p><pre "
         "tabindex=\"0\">$</pre></section>",
         text_of(say(x->call, "How it can be checked")),
         text_of(say(x->call,
                     "Every change of our records is an entry of a signed log to which "
                     "can only be added. Below is its latest signed checkpoint: the name "
                     "of the log, its number of entries, the hash over all of them and the "
                     "signature.")),
         text_of(say(x->call, "Whoever keeps a copy can later ask us to prove that this log is "
                              "still the beginning of ours.")),
         note, text_of(say(x->call, "The key by which the signature is checked:")),
         ledger_vkey(x->call->arena, x->api->ledger));
    return OK;
}

enum err outside_trust(struct exchange *x)
{
    struct outside o;
    const struct kind *k;
    size_t at = 0;
    TRY(outside__open(x, PUBLIC_TRUST, &o));
    outside__begin(&o, PUBLIC_TRUST, text_of(say(x->call, "How we govern AI")));
    outside__own_words(&o, PUBLIC_TRUST);
    HTML(o.b, "<section><h2>$</h2><dl>", text_of(say(x->call, "What our records show")));
    TRY(put_counts(&o));
    TRY(put_lines(&o));
    HTML(o.b, "<dt>$</dt><dd>$</dd></dl></section>", text_of(say(x->call, "As of")),
         zone_today(x->call->arena, x->call->zone, x->call->now));
    while ((k = outside__next(x, PUBLIC_TRUST, false, &at)))
        TRY(put_documents(&o, k));
    if (o.set.on[PUBLIC_REPORT])
        HTML(o.b, "<section><h2>$</h2><p><a href=\"$\">$</a></p></section>",
             text_of(say(x->call, "Tell us")), outside__address(x, TEXT("/public/report")),
             text_of(say(x->call, "Report a concern or an effect of one of our AI systems")));
    TRY(put_ledger(&o));
    return outside__end(&o);
}
