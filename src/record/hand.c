/* SPDX-License-Identifier: Apache-2.0 */
/* record/hand.c — handing a record over: an act of its own that every kind with an owner has, in
 * every state, also where fields are locked. The entry names whom it was taken from and given to;
 * whoever owned a record stays under the duties of its owner. */
#include "record/internal.h"

static const struct field *owner_field(const struct kind *k)
{
    const struct field *f = kind_field(k, TEXT("owner"));
    return f && f->type == FIELD_REF && f->target == TO_PERSON && !f->many ? f : NULL;
}

/* The model may have a move of that name; then that is what is meant. */
bool hand__is(const struct kind *k, struct text move)
{
    return text_is(move, "hand_over") && owner_field(k) && !kind_move(k, move);
}

/* The owner, or whoever manages the register: those who may archive. */
enum err hand__may(struct call *call, struct records *r, struct db db, const struct record *rec,
                   bool *out)
{
    const struct move *m = kind_move(rec->kind, TEXT("archive"));
    const struct actor *a = call->actor;
    *out = a->all || (a->person.len && !a->bare &&
                      value__list_has(record_value(rec, TEXT("owner")), a->person));
    if (!*out && m)
        TRY(who__matches(call, r, db, a, rec, &m->by, out));
    return OK;
}

struct move *hand__move(struct call *call, const struct record *rec)
{
    struct move *m = NEW(call->arena, struct move);
    *m = (struct move){.name = TEXT("hand_over"),
                       .title = {TEXT("Hand over"), TEXT("移交")},
                       .source = rec->kind->file,
                       .from = UINT64_C(1) << rec->state,
                       .to = rec->state,
                       .ask_count = 1,
                       .reason = true};
    m->asks = NEW(call->arena, struct text);
    m->asks[0] = TEXT("owner");
    return m;
}

static enum err refuse(struct writing *w, enum err e, const char *code, const char *en,
                       const char *zh)
{
    return problem(w->call, e, TEXT("owner"), code, "%s", say(w->call, en, zh));
}

static enum err check_may(struct writing *w, const struct record *rec)
{
    bool yes;
    const struct move *m = kind_move(rec->kind, TEXT("archive"));
    TRY(hand__may(w->call, w->records, db_tx(w->tx), rec, &yes));
    if (yes)
        return OK;
    struct text who = m ? who__print(w->call, w->records, &m->by) : TEXT("");
    return problem(w->call, ERR_DENIED, TEXT(""), "who",
                   say(w->call, "handing this over is for its owner, or: %.*s",
                       "只能由负责人或以下人员移交：%.*s"),
                   TEXT_ARG(who));
}

static enum err check_new_owner(struct writing *w, const struct record *rec,
                                const struct record *before)
{
    const struct json *now = record_value(rec, TEXT("owner"));
    struct value v = V_TEXT(now->text);
    struct rows rows;
    TRY(tx_rows(w->call, w->tx, "SELECT disabled FROM person WHERE id = $1", &v, 1, 1, &rows));
    if (!rows.count || rows.cells[0].integer)
        return refuse(w, ERR_INVALID, "left", "has left; choose somebody who is here",
                      "已离开，请选择在职人员");
    if (text_same(now->text, w->call->actor->person))
        return refuse(w, ERR_CONFLICT, "self", "cannot be yourself; somebody else must give it to you",
                      "不能移交给自己；须由他人移交给您");
    if (value__list_has(record_value(before, TEXT("owner")), now->text))
        return refuse(w, ERR_CONFLICT, "same", "owns it already", "已是负责人");
    return OK;
}

/* ---- who has left is given nothing to do --------------------------------------------------- */
static bool names(const struct who_list *list, struct text relation)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_same(list->one[i].relation, relation) && !list->one[i].via.len)
            return true;
    return false;
}

/* Is whoever stands in the field expected to act? People are also named as a matter of record: who
 * took part, who reported it. */
static bool acts(const struct kind *k, const struct field *f)
{
    if (f->type != FIELD_REF || f->target != TO_PERSON || f->system || f->computed)
        return false;
    bool any = text_is(f->name, "owner") || k->grants.to == f ||
               names(&k->change, f->name);
    for (size_t i = 0; i < k->move_count && !any; i++)
        any = names(&k->moves[i].by, f->name) || names(&k->moves[i].and_by, f->name);
    return any;
}

enum err hand__present(struct writing *w, const struct record *rec, const struct record *before)
{
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        const struct json *now = rec->values[i], *then = before ? before->values[i] : NULL;
        struct rows rows;
        if (!w->given[i] || !acts(rec->kind, f) || value__empty(now) || (then && json_same(now, then)))
            continue;
        TRY(tx_rows(w->call, w->tx, "SELECT disabled FROM person WHERE id = $1",
                    &V_TEXT(now->text), 1, 1, &rows));
        if (rows.count && rows.cells[0].integer)
            worst = problem(w->call, ERR_INVALID, f->name, "left", "%s",
                            say(w->call, "has left; choose somebody who is here",
                                "已离开，请选择在职人员"));
    }
    return worst;
}

static enum err check_given(struct writing *w, const struct record *rec)
{
    const struct field *owner = owner_field(rec->kind);
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (w->given[i] && i != owner->index)
            worst = problem(w->call, ERR_INVALID, rec->kind->fields[i].name, "not_asked", "%s",
                            say(w->call, "is not part of handing over", "不属于移交内容"));
    if (!w->given[owner->index] || value__empty(rec->values[owner->index]))
        worst = refuse(w, ERR_INVALID, "required", "name the new owner", "请指定新的负责人");
    if (!text_trim(w->change->reason).len)
        worst = problem(w->call, ERR_INVALID, TEXT("reason"), "required", "%s",
                        say(w->call, "a reason is required", "必须填写理由"));
    return worst;
}

enum err hand__over(struct writing *w, struct record *rec, const struct record *before)
{
    TRY(check_may(w, before));
    TRY(check_given(w, rec));
    TRY(check__references(w->call, w->records, db_tx(w->tx), rec, w->given));
    TRY(check_new_owner(w, rec, before));
    TRY(write__version(w, rec, before, "record.hand_over", TEXT("hand_over"),
                       w->change->reason));
    w->change->record = rec;
    return OK;
}

/* ---- what stays with whoever owned it
 * ---------------------------------------------------------------------- */
struct text hand__former(const struct record *rec, const struct record *before)
{
    const struct field *f = owner_field(rec->kind);
    const struct json *then = f && before ? before->values[f->index] : NULL;
    const struct json *now = f ? rec->values[f->index] : NULL;
    bool same = !then || (now && text_same(now->text, then->text));
    return same ? (struct text){0} : then->text;
}

enum err hand__remember(struct writing *w, const struct record *rec, const struct record *before)
{
    struct text was = hand__former(rec, before);
    if (!was.len)
        return OK;
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version),
                             V_TEXT(was)};
    return tx_exec(w->call, w->tx,
                   "INSERT INTO past_owner(kind, id, version, person) VALUES ($1, $2, $3, $4)",
                   values, 4, NULL);
}

static enum err owned(struct call *call, struct db db, struct text kind, struct text id,
                      struct text person, bool *out)
{
    struct value values[] = {V_TEXT(kind), V_TEXT(id), V_TEXT(person)};
    struct rows rows;
    TRY(db__rows(call, db,
                 "SELECT 1 FROM past_owner WHERE kind = $1 AND id = $2 AND person = $3 LIMIT 1",
                 values, 3, 1, &rows));
    *out = *out || rows.count > 0;
    return OK;
}

enum err guard__bars(struct call *call, struct records *r, struct db db,
                     const struct actor *actor, const struct record *rec,
                     const struct who_list *people, bool *out)
{
    TRY(who__duty(call, r, db, actor, rec, people, out));
    for (size_t i = 0; i < people->count && !*out && actor->person.len; i++) {
        const struct who *w = &people->one[i];
        const struct field *via = w->via.len ? kind_field(rec->kind, w->via) : NULL;
        const struct json *of = via ? rec->values[via->index] : NULL;
        if (!text_is(w->relation, "owner"))
            continue;
        if (!w->via.len)
            TRY(owned(call, db, rec->kind->name, rec->id, actor->person, out));
        else if (of && of->type == JSON_TEXT && via->target_kind)
            TRY(owned(call, db, via->target_kind->name, of->text, actor->person, out));
    }
    return OK;
}
