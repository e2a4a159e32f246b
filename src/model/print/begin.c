/* SPDX-License-Identifier: Apache-2.0 */
/* model/print/begin.c — asks and starters as JSON: what a page needs to put the questions, and
 * what can be taken to begin with. */
#include "model/internal.h"

static void put_text_at(struct json_out *o, const char *key, struct text t)
{
    json_key(o, key);
    json_put_text(o, t);
}

static void put_question(struct json_out *o, const struct ask_question *q)
{
    json_open(o, '{');
    put_text_at(o, "id", q->id);
    put_text_at(o, "group", q->row->group);
    json_key(o, "weight");
    json_put_integer(o, q->row->weight);
    model__put_words_at(o, "question", q->question);
    model__put_words_at(o, "example", q->example);
    model__put_words_at(o, "do", q->act);
    model__put_words_at(o, "done", q->done);
    json_key(o, "effort");
    json_put_integer(o, q->effort);
    put_text_at(o, "opens", q->opens->name);
    if (q->when_said != NULL) {
        json_key(o, "when");
        json_put_json(o, q->when_said);
    }
    json_close(o, '}');
}

static void put_values(struct json_out *o, const struct ask *k)
{
    json_key(o, "values");
    json_open(o, '{');
    for (size_t i = 0; i < k->value_count; i++) {
        json_key_text(o, k->values[i].answer);
        if (k->values[i].worth < 0)
            json_put_null(o);
        else
            json_put_integer(o, k->values[i].worth);
    }
    json_close(o, '}');
}

static void put_plan(struct json_out *o, const struct ask *k)
{
    json_key(o, "plan");
    json_open(o, '{');
    put_text_at(o, "kind", k->plan->name);
    put_text_at(o, "act", k->plan_act->name);
    put_text_at(o, "proof", k->plan_done->name);
    json_close(o, '}');
}

void ask_json(const struct ask *k, struct buf *out)
{
    struct json_out o = json_out(out);
    json_open(&o, '{');
    put_text_at(&o, "ask", k->name);
    model__put_words_at(&o, "title", k->title);
    model__put_words_at(&o, "about", k->about);
    put_text_at(&o, "kind", k->kind->name);
    put_text_at(&o, "into", k->into->name);
    put_text_at(&o, "framework", k->framework->name);
    put_text_at(&o, "starter", k->starter);
    json_key(&o, "gap_below");
    json_put_integer(&o, ASK_GAP_BELOW);
    json_key(&o, "first");
    json_open(&o, '[');
    for (size_t i = 0; i < k->first_count; i++)
        json_put_text(&o, k->first[i]);
    json_close(&o, ']');
    put_values(&o, k);
    put_plan(&o, k);
    json_key(&o, "questions");
    json_open(&o, '[');
    for (size_t i = 0; i < k->question_count; i++)
        put_question(&o, &k->questions[i]);
    json_close(&o, ']');
    json_close(&o, '}');
}

/* As its file has it, with the hash of the rules: the pages judge by the same data. */
void decider_json(const struct decider *d, struct buf *out)
{
    struct json_out o = json_out(out);
    json_open(&o, '{');
    put_text_at(&o, "rules", d->rules);
    for (const struct json *v = d->root->first; v != NULL; v = v->next) {
        json_key_text(&o, v->key);
        json_put_json(&o, v);
    }
    json_close(&o, '}');
}

void starter_json(const struct starter *s, struct buf *out)
{
    struct json_out o = json_out(out);
    json_put_json(&o, s->root);
}

/* The field that says in percent what was answered; "" when the kind computes none. */
static struct text percent_of(const struct ask *k)
{
    for (size_t i = 0; i < k->kind->computed_count; i++) {
        const struct json *how = k->kind->computed[i]->computed;
        if (text_is(json_text(json_get(how, "fn")), "answered") &&
            text_is(json_text(json_get(how, "part")), "percent"))
            return k->kind->computed[i]->name;
    }
    return TEXT("");
}

void model__put_begin(struct json_out *o, const struct model *m)
{
    json_key(o, "asks");
    json_open(o, '[');
    for (size_t i = 0; i < m->ask_count; i++) {
        json_open(o, '{');
        put_text_at(o, "ask", m->asks[i].name);
        put_text_at(o, "kind", m->asks[i].kind->name);
        put_text_at(o, "into", m->asks[i].into->name);
        put_text_at(o, "framework", m->asks[i].framework->name);
        put_text_at(o, "percent", percent_of(&m->asks[i]));
        json_close(o, '}');
    }
    json_close(o, ']');
    json_key(o, "deciders");
    json_open(o, '[');
    for (size_t i = 0; i < m->decider_count; i++) {
        const struct decider *d = &m->deciders[i];
        json_open(o, '{');
        put_text_at(o, "ask", d->name);
        json_key(o, "title");
        json_put_json(o, json_get(d->root, "title"));
        put_text_at(o, "kind", d->kind->name);
        put_text_at(o, "into", d->into->name);
        put_text_at(o, "subject", d->subject->name);
        put_text_at(o, "subject_kind", d->subject->target_name);
        put_text_at(o, "rules", d->rules);
        if (json_get(d->root, "begin") != NULL) {
            json_key(o, "begin");
            json_put_json(o, json_get(d->root, "begin"));
        }
        json_close(o, '}');
    }
    json_close(o, ']');
    json_key(o, "starters");
    json_open(o, '[');
    for (size_t i = 0; i < m->starter_count; i++) {
        json_open(o, '{');
        put_text_at(o, "starter", m->starters[i].name);
        put_text_at(o, "kind", m->starters[i].kind->name);
        json_key(o, "title");
        json_put_json(o, json_get(m->starters[i].root, "title"));
        json_key(o, "count");
        json_put_integer(o, (int64_t)m->starters[i].count);
        json_close(o, '}');
    }
    json_close(o, ']');
}
