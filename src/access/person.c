/* SPDX-License-Identifier: Apache-2.0 */
/* access/person.c — adding and changing people.
 * Nobody is ever removed: records name them for good. A disabled person loses every session at
 * once and their tokens with it. The e-mail address is the log-in name, compared folded. */
#include "access/internal.h"

/* ---- rules ------------------------------------------------------------------------------- */

static bool has_control(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] < 0x20 || t.at[i] == 0x7f)
            return true;
    return false;
}

static bool name_good(struct text name)
{
    return text_utf8(name) && !has_control(name) && name.len > 0 &&
           text_characters(name) <= 200;
}

static bool email_good(struct text email)
{
    ptrdiff_t at = text_find(email, '@');
    if (!text_utf8(email) || has_control(email) || email.len > 254 || at <= 0)
        return false;
    struct text domain = text_from(email, (size_t)at + 1);
    return domain.len > 0 && text_find(domain, '@') < 0 && text_find(email, ' ') < 0;
}

static enum err name_problem(struct call *call)
{
    return problem(call, ERR_INVALID, TEXT("name"), "length", "%s",
                   say(call, "has 1 to 200 characters on one line"));
}

enum err access__check_new(struct call *call, struct text name, struct text email)
{
    enum err e = OK;
    if (!name_good(name))
        e = name_problem(call);
    if (!email_good(email))
        e = problem(call, ERR_INVALID, TEXT("email"), "format", "%s",
                    say(call, "is not an e-mail address"));
    return e;
}

/* ---- rows -------------------------------------------------------------------------------- */

enum err access__person_tx(struct call *call, struct tx *tx, struct text id,
                           const struct value **row)
{
    struct rows rows;
    TRY(tx_rows(call, tx,
                "SELECT id, password, disabled, email, name, unit, lang, waits_by FROM person "
                "WHERE id = $1",
                &V_TEXT(id), 1, 1, &rows));
    if (rows.count == 0)
        return problem(call, ERR_MISSING, TEXT("person"), "missing", "%s",
                       say(call, "there is no such person"));
    *row = row_at(&rows, 0);
    return OK;
}

bool access_person_exists_tx(struct call *call, struct tx *tx, struct text id)
{
    struct rows rows;
    return tx_rows(call, tx, "SELECT id FROM person WHERE id = $1", &V_TEXT(id), 1, 1, &rows) ==
               OK &&
           rows.count == 1;
}

static enum err email_free(struct call *call, struct tx *tx, struct text key)
{
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT id FROM person WHERE email_key = $1", &V_TEXT(key), 1, 1,
                &rows));
    if (rows.count == 0)
        return OK;
    return problem(call, ERR_CONFLICT, TEXT("email"), "exists", "%s",
                   say(call, "belongs to somebody already"));
}

enum err access__person_insert(struct call *call, struct tx *tx, const struct access *a,
                               const struct actor *actor, const struct new_person *p)
{
    struct text key = text_lower(call->arena, p->email);
    TRY(email_free(call, tx, key));
    TRY(access__unit_exists(call, tx, p->unit));
    struct value values[] = {V_TEXT(p->id),
                             V_TEXT(p->name),
                             V_TEXT(text_lower(call->arena, p->name)),
                             V_TEXT(p->email),
                             V_TEXT(key),
                             V_TEXT(p->unit),
                             access__at(call, call->now),
                             V_TEXT(text_of(p->password)),
                             V_INT(p->once),
                             V_TEXT(p->waits_by.len > 0 ? p->waits_by : TEXT(""))};
    TRY(tx_exec(
        call, tx,
        "INSERT INTO person (id, name, name_key, email, email_key, unit, lang, disabled, "
        "created_at, password, renew, waits_by) "
        "VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7, $8, $9, $10)",
        values, COUNT(values), NULL));
    return access__seal(call, tx, a, actor, "user.add", "person", p->id);
}

/* ---- adding ------------------------------------------------------------------------------ */

struct addition {
    struct access *a;
    struct new_person person;
    const struct grant *grants;
    size_t grant_count;
    bool founding;
    struct link *link; /* NULL: none */
};

static enum err add_run(struct job *job, struct call *call, struct tx *tx)
{
    struct addition *in = job->arg;
    bool pending;
    TRY(access__person_insert(call, tx, in->a, call->actor, &in->person));
    for (size_t i = 0; i < in->grant_count; i++)
        TRY(access__grant_tx(call, tx, in->a, in->person.id, &in->grants[i], in->founding,
                             &pending));
    return in->link == NULL
               ? OK
               : access__link_tx(call, tx, in->a, in->person.id, call->actor->id, in->link);
}

static enum err check_addition(struct call *call, const struct addition *in,
                               struct text password)
{
    enum err e = access__check_new(call, in->person.name, in->person.email);
    for (size_t i = 0; i < in->grant_count; i++)
        if (access__check_grant(call, in->a, &in->grants[i]) != OK)
            e = ERR_INVALID;
    if (password.len > 0 && access__password_fits(call, in->a, password, in->person.email,
                                                  in->person.name) != OK)
        e = ERR_INVALID;
    return e;
}

static enum err add(struct call *call, struct addition *in, struct text password,
                    struct text *id)
{
    char hash[128] = "";
    if (!access__manages(call->actor))
        return access__denied(call);
    TRY(access__needs_fresh(call)); /* a way in: a person's act, never a program's */
    TRY(check_addition(call, in, password));
    TRY(access__founding(call, in->a, in->grants, in->grant_count, &in->founding));
    if (password.len > 0)
        TRY(access__hash(call, in->a->hasher, password, hash));
    in->person.id = text_print(call->arena, "usr_%.*s", TEXT_ARG(id_new(call)));
    in->person.password = hash;
    if (!call->actor->all)
        in->person.waits_by = access__by(call->actor);
    TRY(access__run(call, in->a, add_run, in));
    *id = in->person.id;
    return OK;
}

enum err access_person_add(struct call *call, struct access *a, struct text name,
                           struct text email, struct text password, bool once, struct text unit,
                           const struct grant *grants, size_t grant_count, struct text *id)
{
    struct addition in = {
        .a = a,
        .person = {.name = form_one(call->arena, text_trim(name)),
                   .email = form_one(call->arena, text_trim(email)),
                   .unit = unit, .once = once},
        .grants = grants,
        .grant_count = grant_count};
    return add(call, &in, password, id);
}

enum err access_person_invite(struct call *call, struct access *a, struct text name,
                              struct text email, struct text unit, const struct grant *grants,
                              size_t grant_count, struct text *id, struct link *link)
{
    struct addition in = {
        .a = a,
        .person = {.name = form_one(call->arena, text_trim(name)),
                   .email = form_one(call->arena, text_trim(email)),
                   .unit = unit},
        .grants = grants,
        .grant_count = grant_count,
        .link = link};
    TRY(access__needs_fresh(call)); /* the link is a way in: not for a program */
    return add(call, &in, TEXT(""), id);
}

/* ---- changing ---------------------------------------------------------------------------- */

struct person_change {
    struct access *a;
    struct text id;
    const struct text *name, *unit, *lang;
    const bool *disabled;
};

static bool differs(const struct text *wanted, const struct value *is)
{
    return wanted != NULL && !text_same(*wanted, is->text);
}

static enum err may_change(struct call *call, const struct person_change *in)
{
    const struct actor *actor = call->actor;
    if (actor == NULL)
        return access__signed_out(call);
    bool person = actor->type == ACTOR_USER, own = text_same(actor->person, in->id);
    if (own && in->unit != NULL && !actor->all)
        return problem(call, ERR_DENIED, TEXT("unit"), "self", "%s",
                       say(call, "nobody changes their own home unit; ask an administrator"));
    if (access__manages(actor))
        return OK;
    bool no_other = in->name == NULL && in->disabled == NULL;
    bool confirms = person && in->unit != NULL && in->lang == NULL;
    if (no_other && confirms && actor_holds_anywhere(actor, ROLE_MANAGER))
        return OK; /* change_unit looks at the unit */
    return person && own && no_other && in->unit == NULL ? OK : access__denied(call);
}

/* What widens somebody's reach is confirmed with the password. Ending an account is not: that
 * must be quick, and a program may do it. */
static enum err widening(struct call *call, const struct person_change *in)
{
    bool enables = in->disabled != NULL && !*in->disabled;
    return enables || in->unit != NULL ? access__needs_fresh(call) : OK;
}

static enum err check_change(struct call *call, const struct person_change *in)
{
    enum err e = OK;
    if (in->name != NULL && !name_good(*in->name))
        e = name_problem(call);
    enum lang chosen;
    if (in->lang != NULL && in->lang->len > 0 && !lang_read(*in->lang, &chosen))
        e = problem(call, ERR_INVALID, TEXT("lang"), "unknown", "%s",
                    say(call, "is no language of this program"));
    return e;
}

static enum err disable(struct call *call, struct tx *tx, const struct person_change *in)
{
    TRY(access__not_last_admin(call, tx, in->id));
    TRY(access__not_last_manager(call, tx, in->id));
    return tx_exec(call, tx, "DELETE FROM session WHERE person = $1", &V_TEXT(in->id), 1, NULL);
}

static enum err update_row(struct call *call, struct tx *tx, const struct person_change *in,
                           const struct value *row)
{
    struct text name = in->name != NULL ? *in->name : row[4].text;
    struct value values[] = {V_TEXT(in->id),
                             V_TEXT(name),
                             V_TEXT(text_lower(call->arena, name)),
                             V_TEXT(in->unit != NULL ? *in->unit : row[5].text),
                             V_TEXT(in->lang != NULL ? *in->lang : row[6].text),
                             V_INT(in->disabled != NULL ? *in->disabled : row[2].integer)};
    return tx_exec(call, tx,
                   "UPDATE person SET name = $2, name_key = $3, unit = $4, lang = $5, "
                   "disabled = $6 WHERE id = $1",
                   values, COUNT(values), NULL);
}

/* Does the person see no more from there? It lies within where they are. */
static enum err narrows(struct call *call, struct tx *tx, const struct access *a,
                        struct text from, struct text to, bool *yes)
{
    struct text *above;
    size_t count;
    TRY(access_units_above_tx(call, a, tx, to, &above, &count));
    *yes = from.len == 0;
    for (size_t i = 0; i < count; i++)
        *yes = *yes || text_same(above[i], from);
    return OK;
}

/* A wider reach takes two persons: the first call asks, another person's does it. */
static enum err unit_right(struct call *call, struct tx *tx, const struct person_change *in,
                           struct text from, bool *now)
{
    struct request was;
    bool manager;
    *now = call->actor->all;
    if (*now)
        return OK;
    TRY(access__is_manager(call, tx, in->a, *in->unit, &manager));
    if (!call->actor->admin && !manager)
        return access__denied(call);
    TRY(narrows(call, tx, in->a, from, *in->unit, now));
    if (*now && call->actor->admin)
        return OK;
    TRY(access__request_tx(call, tx, in->id, "unit", &was));
    bool same = was.id.len > 0 && text_same(was.value, *in->unit);
    if (same && text_same(was.asked_by, call->actor->id))
        return access__same_asker(call);
    *now = same;
    return same ? access__request_state(call, tx, in->a, call->actor, was.id, "used",
                                        "request.use")
                : access__request_ask(call, tx, in->a, in->id, "unit", *in->unit);
}

static enum err change_unit(struct call *call, struct tx *tx, struct person_change *in,
                            struct text from)
{
    bool now;
    TRY(access__unit_exists(call, tx, *in->unit));
    TRY(unit_right(call, tx, in, from, &now));
    if (!now)
        in->unit = NULL; /* it waits; the rest is done */
    return OK;
}

static enum err change_run(struct job *job, struct call *call, struct tx *tx)
{
    struct person_change *in = job->arg;
    const struct value *row;
    TRY(access__person_tx(call, tx, in->id, &row));
    if (differs(in->unit, &row[5]))
        TRY(change_unit(call, tx, in, row[5].text));
    bool other =
        differs(in->name, &row[4]) || differs(in->unit, &row[5]) || differs(in->lang, &row[6]);
    bool turned = in->disabled != NULL && *in->disabled != (row[2].integer != 0);
    if (!other && !turned)
        return OK;
    if (turned && *in->disabled)
        TRY(disable(call, tx, in));
    TRY(update_row(call, tx, in, row));
    const char *act = !turned ? "user.change" : *in->disabled ? "user.disable" : "user.enable";
    return access__seal(call, tx, in->a, call->actor, act, "person", in->id);
}

enum err access_person_change(struct call *call, struct access *a, struct text id,
                              const struct text *name, const struct text *unit,
                              const struct text *lang, const bool *disabled)
{
    struct text trimmed;
    struct person_change in = {a, id, name, unit, lang, disabled};
    if (name != NULL) {
        trimmed = form_one(call->arena, text_trim(*name));
        in.name = &trimmed;
    }
    TRY(may_change(call, &in));
    TRY(widening(call, &in));
    TRY(check_change(call, &in));
    TRY(access__trusted(call, a, id, TEXT(""))); /* the new entry will speak for the whole row */
    return access__run(call, a, change_run, &in);
}
