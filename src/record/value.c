/* SPDX-License-Identifier: Apache-2.0 */
/* record/value.c — values as JSON nodes, and the body of a version with its keyed commitment.
 */
#include "record/internal.h"

bool value__same(const struct json *a, const struct json *b)
{
    return !a || !b ? a == b : json_same(a, b);
}

struct json *node__list(struct arena *a)
{
    struct json *v = NEW(a, struct json);
    v->type = JSON_LIST;
    return v;
}

struct json *node__object(struct arena *a)
{
    struct json *v = NEW(a, struct json);
    v->type = JSON_OBJECT;
    return v;
}

/* Adds a copy of the child's head: its own children are shared, which is safe as nodes never
 * change. */
void node__add(struct json *parent, const struct json *child, struct text key, struct arena *a)
{
    struct json *copy = NEW(a, struct json);
    *copy = *child;
    copy->key = key;
    copy->next = NULL;
    const struct json **end = &parent->first;
    while (*end)
        end = (const struct json **)(uintptr_t) & (*end)->next;
    *end = copy;
    parent->count++;
}

bool value__empty(const struct json *v)
{
    if (!v || v->type == JSON_NULL)
        return true;
    if (v->type == JSON_TEXT)
        return text_trim(v->text).len == 0;
    return (v->type == JSON_LIST || v->type == JSON_OBJECT) && v->count == 0;
}

bool value__list_has(const struct json *v, struct text item)
{
    if (!v)
        return false;
    if (v->type != JSON_LIST)
        return v->type == JSON_TEXT && text_same(v->text, item);
    for (const struct json *one = v->first; one; one = one->next)
        if (one->type == JSON_TEXT && text_same(one->text, item))
            return true;
    return false;
}

const struct json *value__default(struct call *call, const struct field *f)
{
    const struct json *v = f->fallback;
    if (!v || v->type != JSON_TEXT)
        return v;
    if (text_is(v->text, "@today"))
        return json_of_text(call->arena, zone_today(call->arena, call->zone, call->now));
    if (text_is(v->text, "@now"))
        return json_of_text(call->arena, moment_print(call->arena, call->now));
    if (text_is(v->text, "@me"))
        return call->actor->person.len ? json_of_text(call->arena, call->actor->person) : NULL;
    return v;
}

static void print_into(struct buf *b, const struct json *v)
{
    if (!v || v->type == JSON_NULL)
        return;
    if (v->type == JSON_TRUE || v->type == JSON_FALSE) {
        buf_add_c(b, v->type == JSON_TRUE ? "yes" : "no");
        return;
    }
    if (v->type != JSON_LIST && v->type != JSON_OBJECT) {
        buf_add(b, v->text);
        return;
    }
    for (const struct json *one = v->first; one; one = one->next) {
        if (v->type == JSON_OBJECT && one->key.len) {
            buf_add(b, one->key);
            buf_add_c(b, "=");
        }
        print_into(b, one);
        if (one->next)
            buf_add_c(b, v->type == JSON_LIST ? "; " : ", ");
    }
}

struct text value__print(struct arena *a, const struct json *v)
{
    struct buf b = buf_in(a, 1 << 20);
    print_into(&b, v);
    return buf_text(&b);
}

const struct json *record_value(const struct record *r, struct text field)
{
    const struct field *f = kind_field(r->kind, field);
    return f ? r->values[f->index] : NULL;
}

/* ---- body
 * ------------------------------------------------------------------------------------ */
static void put_member(struct json_out *o, const char *key, struct text value)
{
    if (!value.len)
        return;
    json_key(o, key);
    json_put_text(o, value);
}

#define BODY_MOST (8u << 20) /* bytes; more could not be read back */

enum err body__print(struct call *call, const struct record *rec, const struct act *act,
                     struct text *out)
{
    struct buf b = buf_in(call->arena, BODY_MOST);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        if (value__empty(rec->values[i]))
            continue;
        json_key_text(&o, rec->kind->fields[i].name);
        json_put_json(&o, rec->values[i]);
    }
    put_member(&o, "_act", text_of(act->name));
    put_member(&o, "_actor", act->actor);
    put_member(&o, "_actor_type", act->actor_type);
    if (act->proposed && act->agrees) {
        json_key(&o, "_agreed");
        json_put_json(&o, act->proposed);
    }
    put_member(&o, "_at", act->at);
    if (act->erased) {
        json_key(&o, "_erased");
        json_put_json(&o, act->erased);
    }
    put_member(&o, "_for", act->actor_for);
    put_member(&o, "_from", act->from);
    if (act->frozen) {
        json_key(&o, "_frozen");
        json_put_json(&o, act->frozen);
    }
    if (act->made) {
        json_key(&o, "_made");
        json_put_json(&o, act->made);
    }
    put_member(&o, "_move", act->move);
    if (act->proposed && !act->agrees) {
        json_key(&o, "_proposed");
        json_put_json(&o, act->proposed);
    }
    put_member(&o, "_reason", act->reason);
    if (act->redact) {
        json_key(&o, "_redact");
        json_put_json(&o, act->redact);
    }
    if (act->timer) {
        json_key(&o, "_timer");
        json_put_json(&o, act->timer);
    }
    if (act->told) {
        json_key(&o, "_told");
        json_put_json(&o, act->told);
    }
    if (act->waived) {
        json_key(&o, "_waived");
        json_put_json(&o, act->waived);
    }
    if (act->withdrawn) {
        json_key(&o, "_withdrawn");
        json_put_json(&o, act->withdrawn);
    }
    json_close(&o, '}');
    *out = buf_text(&b);
    if (!b.full)
        return OK;
    return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large",
                   say(call, "a record holds at most %u bytes of text"), BODY_MOST);
}

static const struct json_limits body_limits = {BODY_MOST, 32, 500000};

/* Versions are never rewritten: one from before a field was renamed holds it under the former
 * name. */
static const struct field *formerly(const struct kind *k, struct text name)
{
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].was.len && text_same(k->fields[i].was, name))
            return &k->fields[i];
    return NULL;
}

enum err body__read(struct call *call, const struct kind *k, struct text body,
                    struct record *out)
{
    const struct json *json;
    TRY(json_read(call, body, &body_limits, &json));
    out->kind = k;
    out->values = NEW_MANY(call->arena, k->field_count, const struct json *);
    out->redacted = json_get(json, "_redacted");
    out->erased = json_get(json, "_erased");
    const struct field *title = kind_field(k, TEXT("title"));
    if (title && record_is_redacted(out, title)) /* a record is called something */
        out->values[title->index] = json_of_text(call->arena, TEXT(REDACTED_TITLE));
    for (const struct json *one = json->first; one; one = one->next) {
        const struct field *f = kind_field(k, one->key);
        if (!f)
            f = formerly(k, one->key);
        if (f) /* a field the model no longer has stays in the version, unseen */
            out->values[f->index] = one;
    }
    return OK;
}
