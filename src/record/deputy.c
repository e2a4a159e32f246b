/* SPDX-License-Identifier: Apache-2.0 */
/* record/deputy.c — who stands in for whom, as records of the kind that `is: delegation` say
 * it: its author lends some of their roles to a deputy for some days, and the deputy accepts.
 * Here is what such a record may say, what access/ is told of it (access/deputy.c decides what
 * counts), and who acts when somebody could do so for themselves and for others: for
 * themselves, where they may. */
#include "record/internal.h"

#define LONGEST_DAYS 366
#define GIVERS_MOST 16 /* as in access/deputy.c: nobody stands in for more people at a time */

/* ---- as access/ asks for it -------------------------------------------------------------- */

static bool counts(const struct record *rec)
{
    const struct state *s = &rec->kind->states[rec->state];
    return s->rest && !s->end;
}

static struct text with_commas(struct call *call, const struct json *list)
{
    struct buf b = buf_in(call->arena, 65536);
    for (const struct json *one = list ? list->first : NULL; one; one = one->next)
        buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(json_text(one)));
    return buf_text(&b);
}

static struct text said(const struct record *rec, const char *name)
{
    return json_text(record_value(rec, text_of(name)));
}

/* row: salt, body. One that was never written so is not there. */
static void take(struct call *call, const struct kind *k, const struct value *row,
                 struct lending *out)
{
    struct call *quiet = call_beside(call->arena, call);
    struct record *rec = NEW(call->arena, struct record);
    out->there = ledger_commit(quiet, row[1].text, row[0].text, &out->commitment) == OK &&
                 body__read(quiet, k, row[1].text, rec) == OK;
    ptrdiff_t state = out->there ? kind_state(k, said(rec, "state")) : -1;
    if (state < 0)
        return;
    rec->state = (size_t)state;
    out->accepted = counts(rec);
    out->giver = said(rec, "author");
    out->deputy = said(rec, "deputy");
    out->from = said(rec, "valid_from");
    out->until = said(rec, "valid_to");
    out->roles = with_commas(call, record_value(rec, TEXT("roles")));
}

static enum err version(void *arg, struct call *call, struct reader *reader, struct text id,
                        int64_t entry, struct lending *out)
{
    const struct kind *k = access_model(arg)->delegation_kind; /* whoever asks holds an epoch */
    struct rows rows;
    *out = (struct lending){0};
    if (!k)
        return OK;
    struct value values[] = {V_TEXT(k->name), V_TEXT(id), V_INT(entry)};
    TRY(read_rows(
        call, reader,
        "SELECT salt, body FROM version WHERE kind = $1 AND id = $2 AND ledger = $3 LIMIT 1",
        values, 3, 1, &rows));
    if (rows.count)
        take(call, k, rows.cells, out);
    return OK;
}

void deputy__versions(struct records *r)
{
    access_lendings_from(r->access, &(struct lending_source){version, r->access});
}

void deputy__told(struct records *r, struct text kind)
{
    if (r->model->delegation_kind && text_same(kind, r->model->delegation_kind->name))
        access_lendings_changed(r->access);
}

/* ---- who acts ---------------------------------------------------------------------------- */

enum fits { NOT_THEIRS, THEIRS, THEIRS_NOW };

static enum err fits_now(struct call *call, struct records *r, struct db db,
                         const struct record *rec, const struct move *m, struct verdict *v,
                         enum fits *out)
{
    bool barred = false;
    TRY(sign__step(call, r, db, rec, m, v));
    for (size_t i = 0; i < m->duty_count && v->mine && !barred; i++)
        TRY(guard__bars(call, r, db, call->actor, rec, &m->duties[i].people, &barred));
    bool now = v->step && !sign__by(v, call->actor) && !barred;
    *out = !v->mine ? NOT_THEIRS : now ? THEIRS_NOW : THEIRS;
    return OK;
}

static enum err fits(struct call *call, struct records *r, struct db db, const struct actor *as,
                     const struct record *rec, const struct move *m, struct verdict *v,
                     enum fits *out)
{
    const struct actor *actor = call->actor;
    call->actor = as;
    enum err e = fits_now(call, r, db, rec, m, v, out);
    call->actor = actor;
    return e;
}

enum err deputy__choose(struct call *call, struct records *r, struct db db,
                        const struct record *rec, const struct move *m,
                        const struct actor **out)
{
    const struct actor *own = call->actor;
    struct verdict v = {0};
    enum fits best, one;
    *out = own;
    if (!own || !own->as_count)
        return OK;
    TRY(sign__standing(call, r, db, rec, m, &v));
    TRY(fits(call, r, db, own, rec, m, &v, &best));
    for (size_t i = 0; i < own->as_count && best != THEIRS_NOW; i++) {
        TRY(fits(call, r, db, &own->as[i], rec, m, &v, &one));
        if (one > best)
            *out = &own->as[i];
        best = one > best ? one : best;
    }
    return OK;
}

enum err deputy__matches(struct call *call, struct records *r, struct db db,
                         const struct record *rec, const struct who_list *list,
                         const struct actor **out, bool *yes)
{
    const struct actor *own = call->actor;
    *yes = false;
    if (!own)
        return OK;
    TRY(who__matches(call, r, db, own, rec, list, yes));
    for (size_t i = 0; i < own->as_count && !*yes; i++) {
        TRY(who__matches(call, r, db, &own->as[i], rec, list, yes));
        if (*yes)
            *out = &own->as[i];
    }
    return OK;
}

/* ---- what such a record may say ---------------------------------------------------------- */

struct lending_check {
    struct writing *w;
    const struct record *rec;
    struct text giver, deputy, from, to, today;
    const struct json *roles;
    enum err worst;
};

static void refuse(struct lending_check *c, const char *field, const char *code,
                   struct text words)
{
    const struct field *f = kind_field(c->rec->kind, text_of(field));
    c->worst = problem_at(c->w->call, ERR_CONFLICT, text_of(field), code,
                          f ? f->source : c->rec->kind->file, words);
}

#define REFUSE(c, field, code, english)                                                        \
    refuse(c, field, code, text_of(say((c)->w->call, english)))

static void check_days(struct lending_check *c)
{
    int64_t from, to;
    if (!date_read(c->from, &from) || !date_read(c->to, &to))
        return; /* missing is told by what is required */
    if (to < from)
        REFUSE(c, "valid_to", "order", SAID("is before the first day"));
    else if (text_compare(c->to, c->today) < 0)
        REFUSE(c, "valid_to", "past", SAID("is over already"));
    else if (to - from > LONGEST_DAYS)
        REFUSE(c, "valid_to", "too_long",
               SAID("is more than a year after the first day: nobody stands in for longer; "
                    "give the role "
                    "to somebody else instead"));
}

/* Who keeps accounts gets no registers by it; who only looks, or waits to be confirmed, decides
 * nothing. */
static enum err check_deputy(struct lending_check *c)
{
    struct value v = V_TEXT(c->deputy);
    struct rows rows;
    if (text_same(c->deputy, c->giver))
        REFUSE(c, "deputy", "self", SAID("is you: nobody is their own deputy"));
    TRY(tx_rows(c->w->call, c->w->tx, "SELECT disabled, waits_by FROM person WHERE id = $1", &v,
                1, 1, &rows));
    if (!rows.count || rows.cells[0].integer)
        REFUSE(c, "deputy", "left", SAID("has left; choose somebody who is here"));
    else if (rows.cells[1].text.len)
        REFUSE(c, "deputy", "unconfirmed",
               SAID("has an account that nobody else has confirmed yet"));
    TRY(tx_rows(c->w->call, c->w->tx,
                "SELECT role FROM role_grant WHERE person = $1 AND state = 'active'", &v, 1,
                READ_MOST, &rows));
    bool guest = false, keeps = false, business = false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct role *role = model_role(c->w->records->model, row_at(&rows, i)->text);
        guest = guest || text_same(row_at(&rows, i)->text, ROLE_GUEST);
        keeps = keeps || text_same(row_at(&rows, i)->text, ROLE_ADMIN);
        business = business || (role && role->business);
    }
    if (guest || (keeps && !business))
        REFUSE(c, "deputy", "not_staff",
               SAID("is an external auditor, or keeps the accounts without a role of the "
                    "business: they "
                    "stand in for nobody"));
    return OK;
}

static bool lent_to_actor(const struct actor *a, struct text role)
{
    return !actor_holds_anywhere(a, role) && actor_reads_by(a, role);
}

static enum err check_role(struct lending_check *c, struct text name)
{
    const struct role *role = model_role(c->w->records->model, name);
    struct value values[] = {V_TEXT(c->giver), V_TEXT(name)};
    struct call *call = c->w->call;
    struct rows rows;
    struct text title = role ? words_in(role->title, call->lang) : name;
    if (!role || !role->business) {
        refuse(c, "roles", "not_lent",
               text_print(call->arena,
                          say(call, "%.*s is no role of the business, and is not lent"),
                          TEXT_ARG(title)));
        return OK;
    }
    TRY(tx_rows(
        call, c->w->tx,
        "SELECT 1 FROM role_grant WHERE person = $1 AND role = $2 AND state = 'active' LIMIT 1",
        values, 2, 1, &rows));
    if (rows.count)
        return OK;
    bool lent = text_same(call->actor->person, c->giver) && lent_to_actor(call->actor, name);
    refuse(c, "roles", lent ? "chain" : "not_held",
           text_print(call->arena,
                      lent ? say(call, "%.*s is lent to you: a deputy does not pass it on")
                           : say(call, "%.*s is not held by whoever lends it"),
                      TEXT_ARG(title)));
    return OK;
}

static bool share_a_role(const struct json *a, const struct json *b)
{
    for (const struct json *one = a ? a->first : NULL; one; one = one->next)
        if (value__list_has(b, json_text(one)))
            return true;
    return false;
}

/* Another one of these days, which waits for its deputy or is accepted. Nobody passes on:
 * whoever stands in is here, and whoever is away stands in for nobody; so there is no circle of
 * any length either. */
static void check_beside(struct lending_check *c, const struct record *other)
{
    struct call *call = c->w->call;
    struct text giver = said(other, "author"), deputy = said(other, "deputy");
    struct text words = {0}, key = other->key;
    const char *code = NULL, *field = "deputy";
    if (text_same(giver, c->deputy) && text_same(deputy, c->giver)) {
        code = "circle";
        words = text_print(
            call->arena,
            say(call,
                "has named you as their own deputy in these days (%.*s): one of you is here"),
            TEXT_ARG(key));
    } else if (text_same(giver, c->deputy)) {
        code = "chain";
        words = text_print(
            call->arena,
            say(call, "has a deputy in these days (%.*s), and passes nothing on to them"),
            TEXT_ARG(key));
    } else if (text_same(deputy, c->giver)) {
        code = "chain";
        words = text_print(
            call->arena,
            say(call, "cannot be named while you stand in for somebody in these days (%.*s): a "
                      "deputy passes nothing on. Stand in no longer first"),
            TEXT_ARG(key));
    } else if (text_same(giver, c->giver) &&
               share_a_role(c->roles, record_value(other, TEXT("roles")))) {
        code = "overlap";
        field = "roles";
        words = text_print(call->arena,
                           say(call, "are lent to somebody in these days already (%.*s)"),
                           TEXT_ARG(key));
    }
    if (!code)
        return;
    refuse(c, field, code, words);
}

static enum err check_others(struct lending_check *c)
{
    struct value values[] = {V_TEXT(c->from), V_TEXT(c->to), V_TEXT(c->giver),
                             V_TEXT(c->deputy)};
    struct record **others;
    size_t count, givers = 0;
    TRY(table__many(
        c->w->call, c->w->records, db_tx(c->w->tx), c->rec->kind,
        "t.valid_to >= $1 AND t.valid_from <= $2 AND (t.author IN ($3, $4) OR t.deputy IN "
        "($3, $4)) ORDER BY t.\"key\"",
        values, 4, READ_MOST, &others, &count));
    for (size_t i = 0; i < count; i++) {
        const struct state *s = &others[i]->kind->states[others[i]->state];
        bool open = !s->end && others[i]->state != others[i]->kind->start &&
                    !text_is(s->name, "archived");
        if (!open || text_same(others[i]->id, c->rec->id))
            continue;
        givers += text_same(said(others[i], "deputy"), c->deputy);
        check_beside(c, others[i]);
    }
    if (givers >= GIVERS_MOST)
        REFUSE(c, "deputy", "many", SAID("stands in for 16 people in these days already"));
    return OK;
}

/* What is over lends nothing, whatever it says. */
enum err deputy__check(struct writing *w, const struct record *rec, const struct record *before,
                       size_t state)
{
    const struct actor *a = w->call->actor;
    if (rec->kind != w->records->model->delegation_kind || rec->kind->states[state].end ||
        text_is(rec->kind->states[state].name, "archived"))
        return OK;
    struct lending_check c = {.w = w,
                              .rec = rec,
                              .giver = before ? said(before, "author") : a->person,
                              .deputy = said(rec, "deputy"),
                              .from = said(rec, "valid_from"),
                              .to = said(rec, "valid_to"),
                              .today = zone_today(w->call->arena, w->call->zone, w->call->now),
                              .roles = record_value(rec, TEXT("roles"))};
    if (a->type != ACTOR_USER || !c.giver.len)
        return problem(
            w->call, ERR_DENIED, TEXT(""), "person", "%s",
            say(w->call, "only a signed-in person lends their roles, or takes them on"));
    if (!c.deputy.len || !c.from.len || !c.to.len)
        return OK; /* told by what is required */
    check_days(&c);
    TRY(check_deputy(&c));
    for (const struct json *one = c.roles ? c.roles->first : NULL; one; one = one->next)
        TRY(check_role(&c, json_text(one)));
    TRY(check_others(&c));
    return c.worst;
}
