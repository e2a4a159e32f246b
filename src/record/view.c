/* SPDX-License-Identifier: Apache-2.0 */
/* record/view.c — kept views of lists: who reads one, and what one may say. A view that is
 * shared with nobody is its people's alone (owner, author, who is to take it over): no role
 * opens it, whatever else the role sees. Shared with a unit it is for whoever works there or
 * below, and for whoever reads what is there; query/reach.c says the same as a condition. What
 * a view shows is asked as its reader, so nothing is shared with it but the question. */
#include "record/internal.h"

bool view__is(const struct records *r, const struct kind *k)
{
    return k != NULL && k == r->model->view_kind;
}

static struct text said(const struct record *rec, const char *field)
{
    return json_text(record_value(rec, text_of(field)));
}

static bool among(const struct text *list, size_t count, struct text one)
{
    for (size_t i = 0; i < count; i++)
        if (text_same(list[i], one))
            return true;
    return false;
}

static enum err above(struct call *call, struct records *r, struct db db, struct text unit,
                      struct text **out, size_t *count)
{
    if (db.tx)
        return access_units_above_tx(call, r->access, db.tx, unit, out, count);
    return access_units_above(call, r->access, db.reader, unit, out, count);
}

/* By the grants that are the actor's own: what others lent is for work, and a view is none. */
static enum err works_there(struct call *call, struct records *r, struct db db,
                            const struct actor *actor, struct text unit, bool *out)
{
    struct text *list;
    size_t count;
    TRY(above(call, r, db, unit, &list, &count));
    for (size_t i = 0; i < actor->grant_count && !*out; i++) {
        struct text own = actor->grants[i].unit;
        *out = !own.len || among(list, count, own);
        struct text *up;
        size_t up_count;
        if (*out || !own.len)
            continue;
        TRY(above(call, r, db, own, &up, &up_count));
        *out = among(up, up_count, unit);
    }
    return OK;
}

/* Nobody's own reach is asked here: that the actor is none of its people is known. */
enum err view__shared_with(struct call *call, struct records *r, struct db db,
                           const struct actor *actor, const struct record *rec, bool *out)
{
    struct text shared = said(rec, "shared"), unit = said(rec, "unit");
    *out = !view__is(r, rec->kind) || text_is(shared, "everyone");
    if (*out || !text_is(shared, "unit") || !unit.len || actor->technical)
        return OK;
    return works_there(call, r, db, actor, unit, out);
}

/* ---- what it may say
 * ------------------------------------------------------------------------- */
static enum err refuse(struct writing *w, const struct record *rec, const char *field,
                       const char *code, struct text words)
{
    const struct field *f = kind_field(rec->kind, text_of(field));
    return problem_at(w->call, ERR_INVALID, text_of(field), code,
                      f ? f->source : rec->kind->file, words);
}

static struct text why(struct call *call, enum list_fault fault, struct text at)
{
    struct arena *a = call->arena;
    switch (fault) {
    case LIST_LONG:
        return text_print(a, say(call, "is longer than %d characters: filter by less"),
                          LIST_ADDRESS_MOST);
    case LIST_UNKNOWN:
        return text_print(a, say(call, "asks for “%.*s”, which that register does not have"),
                          TEXT_ARG(at));
    case LIST_TWICE:
        return text_print(a, say(call, "says “%.*s” twice; say it once"), TEXT_ARG(at));
    case LIST_MANY:
        return text_of(say(call, "this asks for too many things at once; ask for fewer"));
    case LIST_VALUE:
        return text_print(a, say(call, "has a value for “%.*s” that no list has"),
                          TEXT_ARG(at));
    default:
        return text_of(say(call, "is not what a list says: give what stands after the question "
                                 "mark of its address, such as state=open&sort=-due"));
    }
}

static enum err check_address(struct writing *w, const struct record *rec,
                              const struct kind *of)
{
    struct text address = said(rec, "address"), at = {0};
    enum list_fault fault = list_address_check(w->call->arena, of, address, &at);
    return fault == LIST_GOOD ? OK
                              : refuse(w, rec, "address", "address", why(w->call, fault, at));
}

static bool same(const struct record *rec, const struct record *before, const char *field)
{
    return before && text_same(said(rec, field), said(before, field));
}

/* One that was kept before its register changed stays as it is, and says so where it is shown.
 */
enum err view__check(struct writing *w, const struct record *rec, const struct record *before)
{
    if (!view__is(w->records, rec->kind))
        return OK;
    enum err worst = OK;
    struct text name = said(rec, "register");
    const struct kind *of = model_kind(w->records->model, name);
    bool moved = !same(rec, before, "register") || !same(rec, before, "address");
    if (text_is(said(rec, "shared"), "unit") && !said(rec, "unit").len)
        worst = refuse(w, rec, "unit", "required",
                       text_of(say(w->call, "is needed: with which unit is it shared?")));
    if (!moved || !name.len)
        return worst;
    if (!of || !record_may_read_kind(w->call->actor, of))
        return refuse(w, rec, "register", "unknown",
                      text_print(w->call->arena, say(w->call, "there is no register %.*s"),
                                 TEXT_ARG(name)));
    enum err e = check_address(w, rec, of);
    return e == OK ? worst : e;
}
