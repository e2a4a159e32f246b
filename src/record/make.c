/* SPDX-License-Identifier: Apache-2.0 */
/* record/make.c — records that a move makes, in its transaction: as the system, each an entry of its own
 * that names the cause, by the rules of every record. The version of the cause says what it made
 * (`_made`), so once for one key is read from the ledger's own versions and nowhere else. */
#include "record/internal.h"

#define MADE_MOST 200 /* by one move */

struct made {
    const struct make *make;
    const struct json *row; /* NULL: not from rows */
    struct text key, id;
    struct made *next;
};

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

/* ---- what there is to make -------------------------------------------------------------------- */
static void put_value(struct json_out *o, struct text name, const struct json *v)
{
    if (value__empty(v))
        return;
    json_key_text(o, name);
    json_put_json(o, v);
}

/* A row is the same as long as it says the same. */
static struct text key_of(struct call *call, const struct make *make, const struct record *rec,
                          const struct json *row)
{
    struct buf b = buf_in(call->arena, 4u << 20);
    struct json_out o = json_out(&b);
    if (!row && !make->again_count)
        return make->key;
    json_open(&o, '{');
    for (size_t i = 0; row && i < make->each->column_count; i++) {
        struct text name = make->each->columns[i].name;
        put_value(&o, name, json_get(row, text_c(call->arena, name)));
    }
    for (size_t i = 0; i < make->again_count; i++)
        put_value(&o, make->again[i]->name, rec->values[make->again[i]->index]);
    json_close(&o, '}');
    struct hash h = sha256(buf_text(&b));
    return text_print(call->arena, "%.*s:%.*s", TEXT_ARG(make->key),
                      TEXT_ARG(text_slice(hex_of(call->arena, hash_text(&h)), 0, 32)));
}

/* Every key for which something was made, with the id. */
static enum err read_made(struct writing *w, const struct record *rec, struct json *out)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    TRY(tx_rows(w->call, w->tx,
                "SELECT body FROM version WHERE kind = $1 AND id = $2 AND body LIKE "
                "'%\"_made\":%' ORDER BY version DESC LIMIT 500",
                values, 2, 500, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct json *body, *made;
        TRY(json_read(w->call, row_at(&rows, i)[0].text, &limits, &body));
        made = json_get(body, "_made");
        for (const struct json *one = made ? made->first : NULL; one; one = one->next)
            node__add(out, json_get(one, "key"), (struct text){0}, w->call->arena);
    }
    return OK;
}

static bool has_key(const struct json *list, struct text key)
{
    for (const struct json *one = list->first; one; one = one->next)
        if (text_same(json_text(one), key))
            return true;
    return false;
}

struct planning {
    struct writing *w;
    struct record *rec;
    struct json *known; /* keys */
    struct json *made;  /* as it goes into the version */
    struct made **end;
    size_t count;
    struct text period; /* of a move that comes again: the day it came for; "" */
};

static bool is_linked(const struct planning *p, const struct make *make, struct text id)
{
    const struct json *now = make->link ? p->rec->values[make->link->index] : NULL;
    return now &&
           (now->type == JSON_LIST ? value__list_has(now, id) : text_same(json_text(now), id));
}

static void keep_link(struct planning *p, const struct make *make, struct text id)
{
    struct arena *a = p->w->call->arena;
    if (!make->link)
        return;
    const struct json **at = &p->rec->values[make->link->index], *then = *at;
    if (make->link->type->refers == REFERS_ONE) {
        *at = json_of_text(a, id);
        return;
    }
    struct json *list = node__list(a);
    for (const struct json *one = then && then->type == JSON_LIST ? then->first : NULL; one;
         one = one->next)
        node__add(list, json_of_text(a, one->text), (struct text){0}, a);
    node__add(list, json_of_text(a, id), (struct text){0}, a);
    *at = list;
}

static const struct json *value_of(struct call *call, const struct make_value *v,
                                   const struct record *cause, const struct json *row);

/* What is there already, whoever made it: it is linked, and nothing is made. */
static enum err find_once(struct planning *p, const struct make *make, const struct json *row,
                          bool *found)
{
    struct call *call = p->w->call;
    struct record **items = NULL;
    size_t count = 0;
    const struct json *same = NULL;
    *found = false;
    for (size_t i = 0; make->once && i < make->value_count; i++)
        if (make->values[i].field == make->once)
            same = value_of(call, &make->values[i], p->rec, row);
    if (value__empty(same))
        return OK;
    TRY(query__living(call, p->w->records, db_tx(p->w->tx), make->kind, make->once,
                      json_text(same), &items, &count));
    for (size_t i = 0; i < count && !*found; i++) {
        *found = !make->kind->states[items[i]->state].end;
        if (*found && !is_linked(p, make, items[i]->id))
            keep_link(p, make, items[i]->id);
    }
    return OK;
}

static enum err plan_one(struct planning *p, const struct make *make, const struct json *row)
{
    struct call *call = p->w->call;
    struct text key = key_of(call, make, p->rec, row);
    bool found;
    if (p->period.len)
        key = text_print(call->arena, "%.*s@%.*s", TEXT_ARG(key), TEXT_ARG(p->period));
    if (has_key(p->known, key))
        return OK;
    TRY(find_once(p, make, row, &found));
    if (found)
        return OK;
    struct made *one = NEW(call->arena, struct made);
    *one = (struct made){.make = make, .row = row, .key = key, .id = id_new(call)};
    *p->end = one;
    p->end = &one->next;
    p->count++;
    node__add(p->known, json_of_text(call->arena, key), (struct text){0}, call->arena);
    struct json *said = node__object(call->arena);
    node__add(said, json_of_text(call->arena, one->id), TEXT("id"), call->arena);
    node__add(said, json_of_text(call->arena, key), TEXT("key"), call->arena);
    node__add(said, json_of_text(call->arena, make->kind->name), TEXT("kind"), call->arena);
    node__add(p->made, said, (struct text){0}, call->arena);
    keep_link(p, make, one->id);
    return OK;
}

static enum err plan(struct planning *p, const struct make *make)
{
    const struct json *rows = make->each ? p->rec->values[make->each->index] : NULL;
    if (make->when && !condition_holds(make->when, of_record, p->rec))
        return OK;
    if (!make->each)
        TRY(plan_one(p, make, NULL));
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next)
        TRY(plan_one(p, make, row));
    return OK;
}

/* A move that comes again makes its records for its day. Of several days that have passed, while no server
 * ran, the last one does. */
static bool is_last(const struct writing *w, const struct record *rec, const struct move *m,
                    struct text *period)
{
    int64_t at, next;
    if (!m->has_every || !moment_read(w->change->timer, &at))
        return true;
    *period = date_of_days(w->call->arena, zone_day(w->call->zone, at));
    return !timer__next(w->call, w->records->model, rec, m, at, &next) || next > w->call->now;
}

enum err make__plan(struct writing *w, struct record *rec, const struct move *m,
                    struct made **out)
{
    struct planning p = {.w = w, .rec = rec, .end = out};
    *out = NULL;
    if (!m->make_count || !is_last(w, rec, m, &p.period))
        return OK;
    p.known = node__list(w->call->arena);
    p.made = node__list(w->call->arena);
    TRY(read_made(w, rec, p.known));
    for (size_t i = 0; i < m->make_count; i++)
        TRY(plan(&p, &m->makes[i]));
    if (p.count > MADE_MOST)
        return problem(w->call, ERR_CONFLICT,
                       m->makes[0].each ? m->makes[0].each->name : TEXT(""), "too_many",
                       say(w->call, "this move makes at most %d records, and would make %zu"),
                       MADE_MOST, p.count);
    w->made = *out ? p.made : NULL;
    return OK;
}

/* ---- making ----------------------------------------------------------------------------------- */
/* A title holds less than what it is taken from: the rest stays where it came from. */
static const struct json *cut(struct call *call, const struct field *f, const struct json *v)
{
    size_t n = 0, at = 0;
    if (!f->type->most || v->type != JSON_TEXT || (int64_t)text_characters(v->text) <= f->max)
        return v;
    for (; at < v->text.len; at++)
        if (((unsigned char)v->text.at[at] & 0xC0) != 0x80 && (int64_t)n++ == f->max - 1)
            break;
    return json_of_text(call->arena, text_print(call->arena, "%.*s…", TEXT_ARG(text_slice(v->text, 0, at))));
}

static const struct json *itself(struct call *call, const struct field *f,
                                 const struct record *cause)
{
    const struct json *id = json_of_text(call->arena, cause->id);
    if (f->type->refers != REFERS_MANY)
        return id;
    struct json *list = node__list(call->arena);
    node__add(list, id, (struct text){0}, call->arena);
    return list;
}

/* Of a choice its words, in the language of whoever makes the move; one in place of several. */
static const struct json *fitted(struct call *call, const struct field *to,
                                 const struct make_source *s, const struct json *v)
{
    const struct field *from = s->column ? s->column : s->field;
    bool words = from && from->type->written == WRITTEN_OPTION && to->type->most;
    const struct option *o = words ? scale_option(from->scale, json_text(v)) : NULL;
    if (o)
        v = json_of_text(call->arena, words_in(s->about ? o->about : o->title, call->lang));
    if (s->itself || v->type == JSON_LIST || !(to->many || to->type->refers == REFERS_MANY))
        return v;
    struct json *list = node__list(call->arena);
    node__add(list, json_of_text(call->arena, json_text(v)), (struct text){0}, call->arena);
    return list;
}

static const struct json *value_of(struct call *call, const struct make_value *v,
                                   const struct record *cause, const struct json *row)
{
    int64_t days = 0;
    for (size_t i = 0; i < v->from_count; i++) {
        const struct make_source *s = &v->from[i];
        const struct json *one = s->itself   ? itself(call, v->field, cause)
                                 : s->column ? json_get(row, text_c(call->arena, s->column->name))
                                             : cause->values[s->field->index];
        if (!value__empty(one))
            return cut(call, v->field, fitted(call, v->field, s, one));
    }
    struct text t = v->value ? json_text(v->value) : TEXT("");
    if (v->field->type->written != WRITTEN_DAY || !text_starts(t, "@today"))
        return v->value;
    if (t.len > 7 && !text_integer(text_from(t, 7), &days))
        return NULL;
    return json_of_text(call->arena, date_of_days(call->arena, zone_day(call->zone, call->now) + days));
}

static enum err make_one(struct writing *w, const struct record *cause, const struct made *one)
{
    struct call *call = w->call;
    const struct kind *k = one->make->kind;
    struct record *rec = NEW(call->arena, struct record);
    *rec = (struct record){.kind = k, .state = k->start, .ledger = -1, .id = one->id};
    rec->values = NEW_MANY(call->arena, k->field_count, const struct json *);
    for (size_t i = 0; i < k->field_count; i++)
        if (!k->fields[i].computed && !k->fields[i].system)
            rec->values[i] = value__default(call, &k->fields[i]);
    for (size_t i = 0; i < one->make->value_count; i++) {
        const struct make_value *v = &one->make->values[i];
        rec->values[v->field->index] = value_of(call, v, cause, one->row);
    }
    TRY(compute__fields(call, w->records, db_tx(w->tx), rec, NULL, (struct text){0}));
    TRY(check__required(call, rec, rec->state, NULL));
    TRY(change__next_key(w, k, &rec->key));
    const struct json *title = record_value(cause, TEXT("title"));
    struct text why =
        text_print(call->arena, say(call, "Because of %.*s %.*s"), TEXT_ARG(cause->key),
                   TEXT_ARG(title ? json_text(title) : TEXT("")));
    TRY(write__version(w, rec, NULL, "record.create", (struct text){0}, why));
    return change__react(w, rec, cause->key);
}

enum err make__all(struct writing *w, const struct record *cause, struct made *list)
{
    const struct actor *actor = w->call->actor;
    enum err e = OK;
    if (!list)
        return OK;
    w->call->actor = actor_system(w->call);
    for (struct made *one = list; one && e == OK; one = one->next)
        e = make_one(w, cause, one);
    w->call->actor = actor;
    return e;
}

/* ---- offered ---------------------------------------------------------------------------------- */
static bool is_offered(struct call *call, const struct offer *offer, const struct record *rec,
                       bool may_change)
{
    bool here = offer->in ? offer->in >> rec->state & 1 : !rec->kind->states[rec->state].end;
    bool keeps = !offer->make.link ||
                 (may_change && (offer->make.link->always || !rec->kind->states[rec->state].locked));
    return here && keeps && record_may_create(call->actor, offer->make.kind) &&
           (!offer->make.when || condition_holds(offer->make.when, of_record, (void *)(uintptr_t)rec));
}

/* Values come from what the reader sees: a button tells nobody more than the page. */
enum err record_offers(struct call *call, struct records *r, struct reader *db,
                       const struct record *rec, struct offered **out, size_t *count)
{
    const struct kind *k = rec->kind;
    struct record *seen = record__copy(call->arena, rec);
    const bool *sight = record_sight(call, r, db, rec);
    bool may_change = record_may_change(call, r, db, rec);
    *out = NEW_MANY(call->arena, k->offer_count + 1, struct offered);
    *count = 0;
    for (size_t i = 0; i < k->field_count; i++)
        if (!sight[i])
            seen->values[i] = NULL;
    for (size_t i = 0; i < k->offer_count; i++) {
        const struct offer *offer = &k->offers[i];
        if (!is_offered(call, offer, seen, may_change))
            continue;
        struct json *values = node__object(call->arena);
        for (size_t n = 0; n < offer->make.value_count; n++) {
            const struct make_value *v = &offer->make.values[n];
            const struct json *one = value_of(call, v, seen, NULL);
            if (!value__empty(one))
                node__add(values, one, v->field->name, call->arena);
        }
        (*out)[(*count)++] = (struct offered){offer, values};
    }
    return OK;
}
