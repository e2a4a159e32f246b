/* SPDX-License-Identifier: Apache-2.0 */
/* api/site.c — the organisation's own part of the model: what there is, what was changed, and a
 * change, rehearsed or made. */
#include "api/internal.h"
#include "site/site.h"
#include "store/store.h"

/* ---- looking ------------------------------------------------------------------------------- */
static void put_list(struct json_out *o, const char *key, struct text list)
{
    json_key(o, key);
    json_open(o, '[');
    while (list.len)
        json_put_text(o, text_cut(&list, ','));
    json_close(o, ']');
}

static void put_files(struct exchange *x, const struct own_files *own, struct json_out *o)
{
    json_key(o, "files");
    json_open(o, '[');
    for (size_t i = 0; i < own->count; i++) {
        struct hash h = sha256(own->files[i].bytes);
        json_open(o, '{');
        put__text(o, "path", own->files[i].path);
        put__text(o, "sha256", hex_of(x->call->arena, hash_text(&h)));
        put__bool(o, "pages", text_starts(own->files[i].path, "pages/"));
        put__text(o, "content", own->files[i].bytes);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static struct text name_of(struct exchange *x, const struct model_past *p)
{
    struct person person;
    struct call *quiet = call_beside(x->call->arena, x->call);
    quiet->actor = x->call->actor;
    bool known = text_is(p->actor_type, "user") &&
                 access_person(quiet, exchange__db(x), p->actor, &person) == OK;
    return known ? person.name : p->actor;
}

static enum err put_history(struct exchange *x, struct json_out *o)
{
    struct model_past *past;
    size_t count;
    TRY(access_model_history(x->call, exchange__db(x), 100, &past, &count));
    json_key(o, "history");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__integer(o, "entry", past[i].entry);
        put__text(o, "at", moment_print(x->call->arena, past[i].at));
        put__text(o, "actor", past[i].actor);
        put__text(o, "name", name_of(x, &past[i]));
        put__text(o, "from", past[i].from);
        put__text(o, "to", past[i].to);
        put_list(o, "added", past[i].added);
        put_list(o, "dropped", past[i].dropped);
        put_list(o, "files", past[i].files);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

enum err site_model_get(struct exchange *x)
{
    struct own_files own;
    TRY(access_own_files(x->call, exchange__db(x), &own));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "model", x->model->hash);
    put__text(o, "seen", own.digest);
    put_files(x, &own, o);
    TRY(put_history(x, o));
    json_close(o, '}');
    exchange__header(x, "cache-control", TEXT("private, no-store"));
    return OK;
}

/* ---- changing ------------------------------------------------------------------------------ */
static enum err put_outcome(struct exchange *x, const struct site_change *c)
{
    struct json_out *o = exchange__json(x);
    struct text steps = c->steps;
    json_open(o, '{');
    put__bool(o, "rehearsed", c->rehearse);
    put__text(o, "model", c->hash);
    put__text(o, "seen", c->digest);
    json_key(o, "differences");
    json_open(o, '[');
    for (const struct model_difference *d = c->differences; d; d = d->next) {
        json_open(o, '{');
        put__text(o, "what", text_of(d->what));
        put__text(o, "kind", d->kind);
        put__text(o, "name", d->name);
        put__words(o, "title", d->title);
        put__words(o, "of", d->of);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_key(o, "steps");
    json_open(o, '[');
    while (steps.len)
        json_put_text(o, text_cut(&steps, '\n'));
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

/* What is added or taken away is said; whatever else was there stays. */
static enum err change(struct exchange *x, bool rehearse)
{
    struct own_files own;
    struct model_file *files;
    struct site_change c = {.rehearse = rehearse};
    TRY(exchange__members(x, "seen:t fields:l kinds:l drop:l"));
    const struct json *seen = json_get(x->json, "seen");
    if (!seen || seen->type != JSON_TEXT)
        return problem(x->call, ERR_INVALID, TEXT("seen"), "required", "%s",
                       say(x->call, "send the seen of GET /api/v1/site/model"));
    TRY(access_own_files(x->call, exchange__db(x), &own));
    TRY(declare__files(x, &own, &files, &c.count));
    exchange__give_back(x);
    c.files = files;
    c.seen = text_c(x->call->arena, seen->text);
    TRY(site_model_change(x->call, x->records, &c));
    return put_outcome(x, &c);
}

enum err site_model_rehearse(struct exchange *x)
{
    return change(x, true);
}

enum err site_model_post(struct exchange *x)
{
    TRY(access_needs_fresh(x->call));
    return change(x, false);
}
