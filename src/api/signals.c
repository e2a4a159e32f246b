/* SPDX-License-Identifier: Apache-2.0 */
/* api/signals.c — what is looked for in texts, how often that is right, what it cannot see, and
 * a text of somebody's own to try it on (docs/signals.md). Nothing of that text is kept. */
#include "api/internal.h"
#include "monitor/monitor.h"

#define TRY_MOST 20000 /* code points */

/* Texts that were measured with; what stands beside each is for people. */
static const struct named {
    const char *name, *title;
} sets[] =
    {
        {"pii-synthetic", SAID("1,500 made-up texts, mostly English, in which somebody marked "
                               "personal data: a hit "
                               "has the same beginning and end")},
        {"prompt-injection",
         SAID("784 prompts, English and German, of which somebody said which "
              "are attacks")},
        {"xstest",
         SAID("450 answers of each of three models, in English, refused in full or in part "
              "by the judgement of people")},
        {"halueval-general", SAID("4,507 ordinary questions in English, none of them an "
                                  "attack; no rule was made with "
                                  "them in sight")},
},
  parts[] = {
      {"deepset", SAID("Attacks on an assistant of a newspaper, and ordinary questions")},
      {"NotInject", SAID("Harmless prompts that hold words of attacks")},
      {"BIPIA", SAID("Attacks that stand in a mail or a page (indirect), and ordinary mails")},
      {"questions", SAID("Ordinary questions")},
      {"gpt4", "GPT-4"},
      {"llama2new", "Llama 2"},
      {"mistralinstruct", "Mistral"},
};
/* What no pattern sees. `part`: how much of it somebody marked in the made-up texts. */
static const struct unseen {
    const char *part, *title;
} unseen[] = {
    {"PERSON", SAID("Names of people")},
    {"STREET_ADDRESS", SAID("Addresses of houses")},
    {"GPE", SAID("Countries and towns")},
    {"ORGANIZATION", SAID("Names of organisations")},
    {"DATE_TIME", SAID("Dates and times, and dates of birth")},
    {"TITLE", SAID("Titles of people")},
    {"AGE", SAID("Ages")},
    {"NRP", SAID("Nationality, religion and political belief")},
    {NULL, SAID("Facts about health, and whatever else only the sense of a text tells")},
    {NULL, SAID("Indirect attacks: an ordinary request in a place where none belongs")},
    {NULL, SAID("Attacks in other words, or in languages that the rules have no words of")},
    {NULL, SAID("Whether an answer is true, or stands in its sources")},
    {NULL, SAID("Whether an answer is harmful")},
    {NULL, SAID("What stands in pictures, sounds and files")},
};

/* ---- how often it is right
 * ------------------------------------------------------------------------- */
static void put_rate(struct json_out *o, const char *key, int64_t events, int64_t of,
                     double times)
{
    struct measure_share s = {events, of};
    struct figure value = measure_value(s);
    struct interval i = measure_wilson(s, MEASURE_Z95);
    json_key(o, key);
    if (!value.known) {
        json_put_null(o);
        return;
    }
    json_open(o, '{');
    json_key(o, "value");
    json_put_number(o, value.value * times);
    json_key(o, "low");
    json_put_number(o, i.low * times);
    json_key(o, "high");
    json_put_number(o, i.high * times);
    put__integer(o, "of", of);
    json_close(o, '}');
}

static const char *title_of(const struct named *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(text_of(name), list[i].name))
            return list[i].title;
    return name;
}

static void put_figure(struct call *call, struct json_out *o, const struct signal_figure *f)
{
    json_open(o, '{');
    put__text(o, "set", text_of(f->set));
    put__text(o, "part", text_of(f->part));
    put__text(o, "title", text_of(say(call, title_of(parts, COUNT(parts), f->part))));
    put__integer(o, "right", f->tp);
    put__integer(o, "wrong", f->fp);
    put__integer(o, "missed", f->fn);
    put_rate(o, "recall", f->tp, f->tp + f->fn, 1);
    put_rate(o, "precision", f->tp, f->tp + f->fp, 1);
    put_rate(o, "false_alarms", f->fp, f->tn < 0 ? 0 : f->fp + f->tn, 1);
    put_rate(o, "accuracy", f->tp + f->tn, f->tn < 0 ? 0 : f->tp + f->tn + f->fp + f->fn, 1);
    json_close(o, '}');
}

static void put_figures(struct call *call, struct json_out *o, const char *rule)
{
    json_key(o, "measured");
    json_open(o, '[');
    for (size_t i = 0; i < signal_figure_count; i++)
        if (text_is(text_of(signal_figures[i].rule), rule))
            put_figure(call, o, &signal_figures[i]);
    json_close(o, ']');
}

static void put_rule(struct call *call, struct json_out *o, enum signal r)
{
    const struct signal_rule *rule = &signal_rules[r];
    json_open(o, '{');
    put__text(o, "rule", rule->id);
    put__text(o, "family", text_of(signal_family_name(rule->family)));
    put__text(o, "title", text_of(say(call, rule->title)));
    put__text(o, "strong", text_of(say(call, rule->strong)));
    json_key(o, "in");
    json_open(o, '[');
    for (int w = 0; w < 2; w++)
        if (signal_looks(r, (enum signal_where)w))
            json_put_c(o, signal_where_name((enum signal_where)w));
    json_close(o, ']');
    put_figures(call, o, text_c(call->arena, rule->id));
    json_close(o, '}');
}

static void put_unseen(struct call *call, struct json_out *o)
{
    json_key(o, "unseen");
    json_open(o, '[');
    for (size_t i = 0; i < COUNT(unseen); i++) {
        json_open(o, '{');
        put__text(o, "title", text_of(say(call, unseen[i].title)));
        json_key(o, "missed");
        int64_t missed = -1;
        for (size_t n = 0; unseen[i].part && n < signal_figure_count; n++)
            if (text_is(text_of(signal_figures[n].part), unseen[i].part))
                missed = signal_figures[n].fn;
        if (missed < 0)
            json_put_null(o);
        else
            json_put_integer(o, missed);
        json_close(o, '}');
    }
    json_close(o, ']');
}

enum err signals_get(struct exchange *x)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "rules");
    json_open(o, '[');
    for (int r = 0; r < SIGNAL_COUNT; r++)
        put_rule(x->call, o, (enum signal)r);
    json_close(o, ']');
    json_key(o, "injection"); /* any rule of that family */
    json_open(o, '{');
    put_figures(x->call, o, "inject");
    json_close(o, '}');
    json_key(o, "sets");
    json_open(o, '[');
    for (size_t i = 0; i < COUNT(sets); i++) {
        json_open(o, '{');
        put__text(o, "set", text_of(sets[i].name));
        put__text(o, "title", text_of(say(x->call, sets[i].title)));
        json_close(o, '}');
    }
    json_close(o, ']');
    put_unseen(x->call, o);
    json_close(o, '}');
    return OK;
}

/* ---- a text to try
 * --------------------------------------------------------------------------------- */
static enum err read_try(struct exchange *x, struct text *text, enum signal_where *where)
{
    enum err worst = OK;
    TRY(exchange__body(x));
    const struct json *t = json_get(x->json, "text"), *w = json_get(x->json, "where");
    for (const struct json *v = x->json->first; v; v = v->next)
        if (v != t && v != w)
            worst = problem(x->call, ERR_INVALID, v->key, "unknown", "%s",
                            say(x->call, "is not asked for here"));
    if (!t || t->type != JSON_TEXT)
        worst = problem(x->call, ERR_INVALID, TEXT("text"), "type", "text: %s",
                        say(x->call, "must be a text"));
    else if (text_characters(t->text) > TRY_MOST)
        worst = problem(x->call, ERR_INVALID, TEXT("text"), "too_long",
                        say(x->call, "text: has at most %d characters"), TRY_MOST);
    *where = text_is(json_text(w), "response") ? SIGNAL_RESPONSE : SIGNAL_PROMPT;
    if (w && !text_is(json_text(w), "response") && !text_is(json_text(w), "prompt"))
        worst = problem(x->call, ERR_INVALID, TEXT("where"), "unknown",
                        say(x->call, "%s: must be one of %s"), "where", "prompt response");
    *text = json_text(t);
    return worst;
}

static bool is_private(enum signal rule)
{
    enum signal_family f = signal_rules[rule].family;
    return f == SIGNAL_PERSON || f == SIGNAL_CONTACT || f == SIGNAL_SECRET || f == SIGNAL_LEAK;
}

/* Data: two characters on each side of what is long enough. Hidden characters are not drawn. */
static struct text shown(struct arena *a, enum signal rule, struct text t)
{
    size_t count = text_characters(t), at = 0;
    struct buf b = buf_in(a, 4 * t.len + 16);
    if (rule != SIGNAL_HIDDEN && !is_private(rule))
        return t;
    for (size_t i = 0; i < t.len; i++) {
        bool begins = (t.at[i] & 0xC0) != 0x80;
        at += begins;
        bool open = rule != SIGNAL_HIDDEN && count >= 8 && (at <= 2 || at > count - 2);
        if (open)
            buf_add_byte(&b, t.at[i]);
        else if (begins)
            buf_add_c(&b, "•");
    }
    return buf_text(&b);
}

static void put_found(struct exchange *x, struct json_out *o, struct text text,
                      const struct signal_found *f)
{
    const struct signal_rule *rule = &signal_rules[f->rule];
    struct text part = text_slice(text, f->begin, f->end);
    int64_t begin = (int64_t)text_characters(text_slice(text, 0, f->begin));
    json_open(o, '{');
    put__text(o, "rule", rule->id);
    put__text(o, "family", text_of(signal_family_name(rule->family)));
    put__text(o, "title", text_of(say(x->call, rule->title)));
    put__integer(o, "begin", begin);
    put__integer(o, "end", begin + (int64_t)text_characters(part));
    put__bool(o, "strong", f->strong);
    put__text(o, "shown", shown(x->call->arena, f->rule, part));
    json_close(o, '}');
}

enum err signals_try(struct exchange *x)
{
    struct text text;
    struct signal_asked asked = {0};
    struct signals *found = NEW(x->call->arena, struct signals);
    TRY(read_try(x, &text, &asked.where));
    signal_scan(x->call->arena, text, &asked, found);
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "where", text_of(signal_where_name(asked.where)));
    put__integer(o, "characters", (int64_t)text_characters(text));
    json_key(o, "found");
    json_open(o, '[');
    for (size_t i = 0; i < found->count; i++)
        put_found(x, o, text, &found->at[i]);
    json_close(o, ']');
    put__bool(o, "partial", found->partial);
    json_close(o, '}');
    return OK;
}

/* ---- of a system
 * ----------------------------------------------------------------------------------- */
void signals__measured(struct exchange *x, struct json_out *o, const struct answered *a)
{
    const struct signalled *s = &a->signals;
    json_key(o, "signals");
    if (!s->calls) {
        json_put_null(o);
        return;
    }
    json_open(o, '{');
    put__integer(o, "calls", s->calls);
    put__integer(o, "prompts", s->texts[SIGNAL_PROMPT]);
    put__integer(o, "responses", s->texts[SIGNAL_RESPONSE]);
    json_key(o, "rules");
    json_open(o, '[');
    for (int r = 0; r < SIGNAL_COUNT; r++) {
        const struct signalled_by *by = &s->by[r];
        if (!by->calls)
            continue;
        json_open(o, '{');
        put__text(o, "rule", signal_rules[r].id);
        put__text(o, "title", text_of(say(x->call, signal_rules[r].title)));
        put__integer(o, "calls", by->calls);
        put__integer(o, "hits", by->hits);
        put__integer(o, "strong", by->strong);
        put_rate(o, "per_1000", by->calls, signalled_of(s, (enum signal)r), 1000);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
}
