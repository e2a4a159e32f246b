/* SPDX-License-Identifier: Apache-2.0 */
/* api/outside_form.c — reports and their conversation as plain forms: what public.c offers to
 * programs and pages with script, for whoever runs none. The same door, the same limits. The
 * code comes in bodies alone; it stands in the page that was answered, which no cache keeps,
 * and in no address. */
#include "api/outside.h"

#include <string.h>

#define FORM_FIELDS 200 /* that one form sends: each entry of a list is one */
#define TRAP "website"  /* no person sees it; whoever fills it in fills in everything */

/* ---- what was sent -------------------------------------------------------------------------
 */
struct sent {
    struct form_field *fields;
    size_t count;
};

static enum err read_form(struct exchange *x, struct sent *out)
{
    struct text type = text_lower(x->call->arena, request_header(x->request, "content-type"));
    *out = (struct sent){0};
    if (!text_is(text_trim(text_cut(&type, ';')), "application/x-www-form-urlencoded"))
        return problem(x->call, ERR_MEDIA, TEXT(""), "media_type", "%s",
                       say(x->call, "send the form as a browser does"));
    return form_fields_read(x->call, x->request->body, FORM_FIELDS, &out->fields, &out->count);
}

static struct text sent_first(const struct sent *s, struct text name)
{
    for (size_t i = 0; i < s->count; i++)
        if (text_same(s->fields[i].name, name))
            return s->fields[i].value;
    return TEXT("");
}

static bool sent_has(const struct sent *s, struct text name, struct text value)
{
    for (size_t i = 0; i < s->count; i++)
        if (text_same(s->fields[i].name, name) && text_same(s->fields[i].value, value))
            return true;
    return false;
}

static enum err check_trap(struct exchange *x, const struct sent *s)
{
    if (!sent_first(s, TEXT(TRAP)).len)
        return OK;
    return problem(x->call, ERR_INVALID, TEXT(TRAP), "trap", "%s",
                   say(x->call, "one field must stay empty: it is there to find programs that "
                                "fill in everything"));
}

/* A value as JSON has it; what does not fit its type goes on as text, and is refused in words.
 */
static void put_value(struct json_out *o, const struct field *f, struct text t)
{
    int64_t whole;
    double number;
    if (f->type->form == FORM_TRUTH && (text_is(t, "true") || text_is(t, "false")))
        json_put_bool(o, text_is(t, "true"));
    else if (f->type->form == FORM_WHOLE && text_integer(t, &whole))
        json_put_integer(o, whole);
    else if (f->type->form == FORM_NUMBER && text_number(t, &number))
        json_put_number(o, number);
    else
        json_put_text(o, t);
}

static void put_list(struct json_out *o, const struct sent *s, const struct field *f)
{
    json_open(o, '[');
    for (size_t i = 0; i < s->count; i++)
        if (text_same(s->fields[i].name, f->name) && s->fields[i].value.len)
            put_value(o, f, s->fields[i].value);
    json_close(o, ']');
}

static const struct field *declared(const struct kind *k, struct text name)
{
    for (size_t i = 0; i < k->outside.create_count; i++)
        if (text_same(k->outside.create[i]->name, name))
            return k->outside.create[i];
    return NULL;
}

/* One member a name; a name that the form does not have goes along, to be refused by its name.
 */
static enum err as_json(struct exchange *x, const struct kind *k, const struct sent *s,
                        const struct json **out)
{
    struct buf b = buf_in(x->call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    struct map *seen = map_in(x->call->arena);
    json_open(&o, '{');
    for (size_t i = 0; i < s->count; i++) {
        struct text name = s->fields[i].name, value = s->fields[i].value;
        const struct field *f = declared(k, name);
        if (text_is(name, TRAP) || (f && !value.len) || !map_add(seen, name, 0))
            continue;
        json_key_text(&o, name);
        if (f && f->many)
            put_list(&o, s, f);
        else if (f)
            put_value(&o, f, value);
        else
            json_put_text(&o, value);
    }
    json_close(&o, '}');
    return json_read(x->call, buf_text(&b), &json_request_limits, out);
}

/* ---- the form ------------------------------------------------------------------------------
 */
static void put_options(struct outside *o, const struct field *f, const struct sent *s)
{
    HTML(o->b,
         "<select id=\"f-$\" name=\"$\" aria-describedby=\"a-$\"><option value=\"\">$</option>",
         f->name, f->name, f->name, text_of(say(o->x->call, "Please choose")));
    for (size_t i = 0; i < f->scale->count; i++) {
        const struct option *one = &f->scale->options[i];
        HTML(o->b, "<option value=\"$\"", one->value);
        outside__text(o, sent_has(s, f->name, one->value) ? " selected>" : ">");
        HTML(o->b, "$</option>", outside__said(o->x, one->title));
    }
    outside__text(o, "</select>");
}

static void put_choice(struct outside *o, const char *type, const struct field *f,
                       struct text value, struct text words, const struct sent *s)
{
    HTML(o->b, "<label><input type=\"$\" name=\"$\" value=\"$\"", text_of(type), f->name,
         value);
    outside__text(o, sent_has(s, f->name, value) ? " checked>" : ">");
    HTML(o->b, " $</label>", words);
}

static void put_choices(struct outside *o, const struct field *f, const struct sent *s)
{
    const struct call *call = o->x->call;
    if (f->type->form == FORM_TRUTH) {
        put_choice(o, "radio", f, TEXT("true"), text_of(say(call, "Yes")), s);
        put_choice(o, "radio", f, TEXT("false"), text_of(say(call, "No")), s);
        return;
    }
    for (size_t i = 0; i < f->scale->count; i++)
        put_choice(o, "checkbox", f, f->scale->options[i].value,
                   outside__said(o->x, f->scale->options[i].title), s);
}

static void put_control(struct outside *o, const struct field *f, const struct sent *s)
{
    if (f->scale)
        put_options(o, f, s);
    else if (f->type->written == WRITTEN_LINES)
        HTML(o->b,
             "<textarea id=\"f-$\" name=\"$\" aria-describedby=\"a-$\" "
             "rows=\"8\">\n$</textarea>",
             f->name, f->name, f->name, sent_first(s, f->name));
    else
        HTML(o->b,
             "<input type=\"text\" id=\"f-$\" name=\"$\" aria-describedby=\"a-$\" value=\"$\" "
             "autocomplete=\"off\">",
             f->name, f->name, f->name, sent_first(s, f->name));
}

static void put_hints(struct outside *o, const struct field *f)
{
    const struct exchange *x = o->x;
    HTML(o->b, "<div id=\"a-$\">", f->name);
    if (f->about.en.len)
        HTML(o->b, "<p class=\"hint\">$</p>", outside__said(x, f->about));
    if (f->type->written == WRITTEN_DAY)
        HTML(o->b, "<p class=\"hint\">$</p>", text_of(say(x->call, "A date like 2026-11-30.")));
    for (const struct problem *p = x->call->problems; p; p = p->next)
        if (text_same(p->field, f->name))
            HTML(o->b, "<p class=\"bad\" role=\"alert\">$</p>", p->message);
    outside__text(o, "</div>");
}

static void put_field(struct outside *o, const struct field *f, const struct sent *s)
{
    bool several = f->type->form == FORM_TRUTH || (f->many && f->scale);
    struct text must = public_must(f) ? text_of(say(o->x->call, "(needed)")) : TEXT("");
    if (several)
        HTML(o->b, "<fieldset aria-describedby=\"a-$\">", f->name);
    else
        outside__text(o, "<div>");
    if (several)
        HTML(o->b, "<legend>$ $</legend>", outside__said(o->x, f->title), must);
    else
        HTML(o->b, "<label for=\"f-$\">$ $</label>", f->name, outside__said(o->x, f->title),
             must);
    put_hints(o, f);
    if (several)
        put_choices(o, f, s);
    else
        put_control(o, f, s);
    outside__text(o, several ? "</fieldset>" : "</div>");
}

/* What belongs to no field of the form. */
static void put_loose(struct outside *o, const struct kind *k)
{
    for (const struct problem *p = o->x->call->problems; p; p = p->next)
        if (!k || !declared(k, p->field))
            HTML(o->b, "<p class=\"note bad\" role=\"alert\">$$$</p>",
                 k && p->field.len && !text_is(p->field, TRAP) ? p->field : TEXT(""),
                 k && p->field.len && !text_is(p->field, TRAP) ? TEXT(": ") : TEXT(""),
                 p->message);
}

static void put_kept(struct outside *o)
{
    const struct call *call = o->x->call;
    HTML(
        o->b, "<div class=\"note\"><p>$</p><p>$</p></div>",
        text_of(say(call, "Kept is what you write, and when it arrived. Nothing is recorded of "
                          "who you are: no address, no cookie, no browser.")),
        text_of(say(call, "A network of your employer may still see that you opened this page. "
                          "Use another one if that matters.")));
}

static enum err put_form(struct outside *o, const struct kind *k, const struct sent *s)
{
    outside__begin(o, PUBLIC_REPORT, outside__said(o->x, k->outside.title));
    put_loose(o, k);
    HTML(o->b, "<p>$</p>", outside__said(o->x, k->outside.about));
    put_kept(o);
    HTML(
        o->b, "<form method=\"post\" action=\"$\">",
        outside__address(o->x, text_join(o->x->call->arena, TEXT("/public/report/"), k->name)));
    for (size_t i = 0; i < k->outside.create_count; i++)
        put_field(o, k->outside.create[i], s);
    HTML(o->b,
         "<div class=\"aside\" aria-hidden=\"true\"><label for=\"f-aside\">$</label><input "
         "type=\"text\" id=\"f-aside\" name=\"" TRAP "\" tabindex=\"-1\" autocomplete=\"off\">"
         "</div><div><button type=\"submit\">$</button></div></form>",
         text_of(say(o->x->call, "Leave this empty")),
         text_of(say(o->x->call, "Send the report")));
    return outside__end(o);
}

static enum err open_kind(struct exchange *x, const struct kind **out)
{
    const struct kind **kinds;
    size_t count;
    TRY(record_public_kinds(x->call, x->records, exchange__db(x), &kinds, &count));
    for (size_t i = 0; i < count; i++)
        if (text_same(kinds[i]->name, x->arg[0])) {
            *out = kinds[i];
            return OK;
        }
    return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(x->call, "nothing of this kind can be reported here"));
}

enum err outside_report(struct exchange *x)
{
    struct outside o;
    const struct kind **kinds;
    size_t count;
    TRY(outside__open(x, PUBLIC_REPORT, &o));
    TRY(record_public_kinds(x->call, x->records, exchange__db(x), &kinds, &count));
    outside__begin(&o, PUBLIC_REPORT, text_of(say(x->call, "Report something")));
    outside__own_words(&o, PUBLIC_REPORT);
    if (!count)
        HTML(o.b, "<p>$</p>",
             text_of(say(x->call, "Nothing can be reported here at the moment.")));
    outside__text(&o, "<ul class=\"cards\">");
    for (size_t i = 0; i < count; i++)
        HTML(o.b, "<li><h2><a href=\"$\">$</a></h2><p>$</p></li>",
             outside__address(
                 x, text_join(x->call->arena, TEXT("/public/report/"), kinds[i]->name)),
             outside__said(x, kinds[i]->outside.title),
             outside__said(x, kinds[i]->outside.about));
    HTML(o.b, "</ul><p><a href=\"$\">$</a></p>", outside__address(x, TEXT("/public/case")),
         text_of(say(x->call, "I have a code from an earlier report")));
    return outside__end(&o);
}

enum err outside_report_form(struct exchange *x)
{
    struct outside o;
    const struct kind *k;
    struct sent none = {0};
    TRY(outside__open(x, PUBLIC_REPORT, &o));
    TRY(open_kind(x, &k));
    return put_form(&o, k, &none);
}

static enum err show_code(struct exchange *x, struct outside *o, struct text code)
{
    const struct call *call = x->call;
    o->once = true;
    outside__begin(o, PUBLIC_REPORT, text_of(say(call, "Your report has arrived")));
    HTML(
        o->b,
        "<p>$</p><p class=\"code\" translate=\"no\">$</p><p class=\"note\">$</p><p><a "
        "href=\"$\">$</a></p>",
        text_of(say(call, "With this code you can read answers and write again:")), code,
        text_of(say(call, "It is shown this once and kept nowhere. Write it down or print this "
                          "page now.")),
        outside__address(x, TEXT("/public/case")),
        text_of(say(call, "I have written it down: read answers by the code")));
    x->status = 201;
    return outside__end(o);
}

static enum err take_report(struct exchange *x, const struct kind *k, const struct sent *s,
                            struct text *code)
{
    const struct json *body;
    TRY(check_trap(x, s));
    TRY(as_json(x, k, s, &body));
    TRY(record_public_check(x->call, k, body));
    TRY(public__spend_report(x));
    exchange__give_back(x);
    return record_public_open(x->call, x->records, k, body, code);
}

enum err outside_report_post(struct exchange *x)
{
    struct outside o;
    const struct kind *k;
    struct sent s;
    struct text code;
    TRY(outside__open(x, PUBLIC_REPORT, &o));
    TRY(open_kind(x, &k));
    TRY(read_form(x, &s));
    enum err e = take_report(x, k, &s, &code);
    if (e == OK)
        return show_code(x, &o, code);
    if (e != ERR_INVALID)
        return e;
    x->status = err_http(e); /* the form again, with what was written and what is wrong */
    return put_form(&o, k, &s);
}

/* ---- the conversation ----------------------------------------------------------------------
 */
static enum err put_ask(struct outside *o)
{
    const struct exchange *x = o->x;
    outside__begin(o, PUBLIC_REPORT, text_of(say(x->call, "Read answers by a code")));
    put_loose(o, NULL);
    HTML(o->b,
         "<form method=\"post\" action=\"$\"><div><label for=\"f-case\">$</label><input "
         "type=\"text\" id=\"f-case\" name=\"case\" maxlength=\"100\" autocomplete=\"off\" "
         "autocapitalize=\"characters\" spellcheck=\"false\"></div><div><button "
         "type=\"submit\">$</button></div></form>",
         outside__address(x, TEXT("/public/case")), text_of(say(x->call, "Your code")),
         text_of(say(x->call, "Open")));
    return outside__end(o);
}

enum err outside_case(struct exchange *x)
{
    struct outside o;
    TRY(outside__open(x, PUBLIC_REPORT, &o));
    return put_ask(&o);
}

static void put_shown(struct outside *o, const struct record *rec)
{
    const struct kind *k = rec->kind;
    outside__text(o, "<dl>");
    for (size_t i = 0; i < k->outside.show_count; i++) {
        const struct public_field *f = &k->outside.show[i];
        const struct json *v = record_value(rec, f->field->name);
        bool state = text_is(f->field->name, "state");
        if (!v || !record_public_shows(rec, f))
            continue;
        HTML(o->b, "<dt>$</dt><dd>",
             state ? text_of(say(o->x->call, "State")) : outside__said(o->x, f->field->title));
        if (state)
            HTML(o->b, "$", outside__said(o->x, k->states[rec->state].title));
        else
            outside__value(o, &(struct published_field){f->field, 0}, v);
        outside__text(o, "</dd>");
    }
    outside__text(o, "</dl>");
}

static void put_message(struct outside *o, const struct message *m)
{
    const struct exchange *x = o->x;
    outside__text(o, m->outside ? "<li class=\"mine\">" : "<li>");
    HTML(o->b, "<p class=\"mute\"><strong>$</strong> $</p><p class=\"pre\">$</p></li>",
         text_of(m->outside ? say(x->call, "You wrote") : say(x->call, "We wrote")),
         outside__day(x, m->at),
         m->removed ? text_of(say(x->call, "This message was removed.")) : m->body);
}

static void put_answer(struct outside *o, struct text code, struct text body)
{
    const struct exchange *x = o->x;
    HTML(o->b,
         "<form method=\"post\" action=\"$\"><input type=\"hidden\" name=\"case\" value=\"$\">"
         "<div><label for=\"f-body\">$</label><textarea id=\"f-body\" name=\"body\" "
         "rows=\"5\">\n$</textarea></div><div><button type=\"submit\">$</button></div></form>",
         outside__address(x, TEXT("/public/case/messages")), code,
         text_of(say(x->call, "Write to those who look into it")), body,
         text_of(say(x->call, "Send")));
}

static enum err put_case(struct outside *o, const struct record *rec, struct text code,
                         struct text body)
{
    struct exchange *x = o->x;
    struct mailbox box;
    TRY(record_public_messages(x->call, x->records, exchange__db(x), rec, &box));
    outside__begin(o, PUBLIC_REPORT, outside__said(x, rec->kind->outside.title));
    put_loose(o, NULL);
    put_shown(o, rec);
    HTML(o->b, "<h2>$</h2><ol class=\"talk\">", text_of(say(x->call, "Messages")));
    for (size_t i = 0; i < box.count; i++)
        put_message(o, &box.items[i]);
    if (!box.count)
        HTML(o->b, "<li class=\"mute\">$</li>",
             text_of(say(x->call, "Nothing was written yet.")));
    outside__text(o, "</ol>");
    if (box.may_answer)
        put_answer(o, code, body);
    return outside__end(o);
}

static enum err find_case(struct exchange *x, const struct sent *s, struct record **rec)
{
    return record_public_find(x->call, x->records, exchange__db(x), sent_first(s, TEXT("case")),
                              rec);
}

/* A wrong code is said on the page that asks for it, with the status that it has for programs.
 */
static enum err ask_again(struct exchange *x, struct outside *o, enum err e)
{
    if (e != ERR_MISSING)
        return e;
    x->status = err_http(e);
    return put_ask(o);
}

enum err outside_case_post(struct exchange *x)
{
    struct outside o;
    struct sent s;
    struct record *rec;
    TRY(outside__open(x, PUBLIC_REPORT, &o));
    TRY(read_form(x, &s));
    enum err e = find_case(x, &s, &rec);
    return e == OK ? put_case(&o, rec, sent_first(&s, TEXT("case")), TEXT(""))
                   : ask_again(x, &o, e);
}

static enum err write_message(struct exchange *x, const struct sent *s)
{
    struct message made;
    TRY(public__spend_message(x));
    exchange__give_back(x);
    return record_public_say(x->call, x->records, sent_first(s, TEXT("case")),
                             sent_first(s, TEXT("body")), &made);
}

enum err outside_message_post(struct exchange *x)
{
    struct outside o;
    struct sent s;
    struct record *rec;
    TRY(outside__open(x, PUBLIC_REPORT, &o));
    TRY(read_form(x, &s));
    enum err e = find_case(x, &s, &rec);
    if (e != OK)
        return ask_again(x, &o, e);
    e = write_message(x, &s);
    if (e != OK && e != ERR_INVALID && e != ERR_CONFLICT)
        return e;
    x->status = e == OK ? 201 : err_http(e);
    return put_case(&o, rec, sent_first(&s, TEXT("case")),
                    e == OK ? TEXT("") : sent_first(&s, TEXT("body")));
}

/* ---- what such a route costs ---------------------------------------------------------------
 */
bool outside__takes_form(const struct route *route)
{
    return route->run == outside_report_post || route->run == outside_case_post ||
           route->run == outside_message_post;
}
