/* SPDX-License-Identifier: Apache-2.0 */
/* record/who.c — roles within units, and relations to a record. The technical administrator and
 * the command line hold no business role: nothing here ever matches them by role. */
#include "record/internal.h"

struct scope { /* the units from the record's own upwards, read once when first needed */
    struct text *above;
    size_t count;
    bool known;
};

static enum err find_scope(struct call *call, struct records *r, struct db db, const struct record *rec,
                           bool reading, struct scope *scope)
{
    if (scope->known)
        return OK;
    scope->known = true;
    const struct json *unit = record_value(rec, TEXT("unit"));
    struct text own = unit ? unit->text : (struct text){0};
    /* A unit record scopes itself: who manages Sales may change the record of Sales. Its name
     * is no secret: everybody with a role may read it. */
    if (!own.len && !reading && text_is(rec->kind->is, "unit_tree"))
        own = rec->id;
    if (db.tx)
        return access_units_above_tx(call, r->access, db.tx, own, &scope->above, &scope->count);
    return access_units_above(call, r->access, db.reader, own, &scope->above, &scope->count);
}

/* A record of no unit belongs to the whole organisation: every grant may read it, only grants
 * for the whole organisation may act on it. */
static bool grant_covers(const struct grant *g, const struct scope *scope, bool reading)
{
    if (!g->unit.len || (reading && !scope->count))
        return true;
    for (size_t i = 0; i < scope->count; i++)
        if (text_same(g->unit, scope->above[i]))
            return true;
    return false;
}

/* lent: by what others have lent to them as well, which is for reading. */
static enum err holds(struct call *call, struct records *r, struct db db,
                      const struct actor *actor, const struct record *rec, struct text role, bool reading,
                      bool lent, struct scope *scope, bool *out)
{
    for (size_t i = 0; i < actor->grant_count + (lent ? actor->lent_count : 0); i++) {
        if (!text_same(actor->grants[i].role, role))
            continue;
        TRY(find_scope(call, r, db, rec, reading, scope));
        if (grant_covers(&actor->grants[i], scope, reading)) {
            *out = true;
            return OK;
        }
    }
    return OK;
}

const struct field *who__over_field(const struct grants *g, const struct kind *k)
{
    for (size_t i = 0; g->in && i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (f->type->refers == REFERS_ONE && f->target_kind == g->over->target_kind)
            return f;
    }
    return NULL;
}

struct text who__over(const struct grants *g, const struct record *rec)
{
    if (g->in && rec->kind == g->over->target_kind)
        return rec->id;
    const struct field *f = who__over_field(g, rec->kind);
    return f ? json_text(rec->values[f->index]) : (struct text){0};
}

static enum err related(struct call *call, struct records *r, struct db db, struct text person,
                        const struct record *rec, const struct who *w, bool *out)
{
    if (!person.len)
        return OK;
    const struct record *holder = rec;
    if (w->via.len) {
        const struct field *f = kind_field(rec->kind, w->via);
        const struct json *id = f ? rec->values[f->index] : NULL;
        struct record *target = NULL;
        if (!id || !f->target_kind || id->type != JSON_TEXT)
            return OK;
        TRY(table__find(call, r, db, f->target_kind, id->text, &target));
        if (!target)
            return OK;
        holder = target;
    }
    if (w->contributor)
        return contributor__is(call, db, holder->kind->name, holder->id, person, out);
    *out = *out || value__list_has(record_value(holder, w->relation), person);
    return OK;
}

enum err staff__is(struct call *call, struct db db, struct staff *staff, struct text person,
                   enum staff_is *out)
{
    for (size_t i = 0; i < staff->count && i < STAFF_MOST; i++)
        if (text_same(staff->known[i].person, person)) {
            *out = staff->known[i].is;
            return OK;
        }
    struct value v = V_TEXT(person);
    struct rows rows;
    TRY(db__rows(call, db, "SELECT disabled FROM person WHERE id = $1", &v, 1, 1, &rows));
    *out = !rows.count ? STAFF_NOBODY : row_at(&rows, 0)[0].integer ? STAFF_LEFT : STAFF_HERE;
    staff->known[staff->count++ % STAFF_MOST] = (struct staff_known){person, *out};
    return OK;
}

enum err who__people(struct call *call, struct records *r, struct db db,
                     const struct record *rec, const struct who *w, struct text **out,
                     size_t *count)
{
    const struct record *holder = rec;
    *count = 0;
    *out = NULL;
    if (w->via.len) {
        const struct json *id = record_value(rec, w->via);
        const struct field *f = kind_field(rec->kind, w->via);
        struct record *target = NULL;
        if (id && f->target_kind && id->type == JSON_TEXT)
            TRY(table__find(call, r, db, f->target_kind, id->text, &target));
        if (!target)
            return OK;
        holder = target;
    }
    const struct json *v = record_value(holder, w->relation);
    const struct json *one = v && v->type == JSON_LIST ? v->first : v;
    *out = NEW_MANY(call->arena, v ? v->count + 1 : 1, struct text);
    for (; one; one = v->type == JSON_LIST ? one->next : NULL)
        if (one->type == JSON_TEXT)
            (*out)[(*count)++] = one->text;
    return OK;
}

/* A person's own order that is written when they are no longer signed in. */
static bool carried_out(const struct actor *a)
{
    return a->type == ACTOR_COMMAND && !a->all && a->person.len;
}

/* Does a record of a kind that grants give the role over this record, today? Roles that approve are
 * granted by two people only, never so; nor does a token get any, nor who stands in for somebody. */
static enum err assigned(struct call *call, struct records *r, struct db db,
                         const struct actor *actor, const struct record *rec, struct text role,
                         bool *out)
{
    const struct role *known = model_role(r->model, role);
    if (*out || !(actor->type == ACTOR_USER || carried_out(actor)) || !actor->person.len ||
        actor->stands_for.len || !known || known->approver)
        return OK;
    for (size_t i = 0; i < r->model->kind_count && !*out; i++) {
        const struct grants *g = &r->model->kinds[i].grants;
        struct text over = who__over(g, rec);
        if (g->in && over.len)
            TRY(query__granted(call, r, db, &r->model->kinds[i], actor->person, role, over, out));
    }
    return OK;
}

/* A person, or a token with a role. One that may only send events is nobody among the records.
 */
bool who__is_somebody(const struct actor *a)
{
    return a->type == ACTOR_USER || carried_out(a) ||
           (a->type == ACTOR_TOKEN && a->grant_count > 0);
}

enum purpose { FOR_ACTING, FOR_READING, FOR_DUTY, FOR_FIELD };

static struct text judged(const struct actor *actor, enum purpose purpose)
{
    return purpose == FOR_ACTING && actor->stands_for.len ? actor->stands_for : actor->person;
}

/* A token that has its roles alone gains nothing by who its person is to the record; a duty judges
 * the person whatever the token has. */
static enum err matches(struct call *call, struct records *r, struct db db,
                        const struct actor *actor, const struct record *rec,
                        const struct who_list *list, enum purpose purpose, bool *out)
{
    bool reading = purpose == FOR_READING, deputy = actor->stands_for.len > 0;
    bool lent = reading || purpose == FOR_FIELD || (purpose == FOR_DUTY && deputy);
    struct scope scope = {0};
    *out = false;
    for (size_t i = 0; i < list->count && !*out; i++) {
        const struct who *w = &list->one[i];
        if (w->everyone)
            *out = who__is_somebody(actor);
        else if (w->automatic)
            *out = actor->type == ACTOR_SYSTEM;
        else if (w->role.len && (reading || purpose == FOR_FIELD) && actor->technical)
            continue;
        else if (w->role.len) {
            TRY(holds(call, r, db, actor, rec, w->role, reading, lent, &scope, out));
            if (purpose == FOR_ACTING)
                TRY(assigned(call, r, db, actor, rec, w->role, out));
        }
        else if (deputy && purpose == FOR_ACTING && !w->as.len)
            continue; /* roles are lent, not what one is to a record */
        else if (!actor->bare || purpose == FOR_DUTY) {
            TRY(related(call, r, db, judged(actor, purpose), rec, w, out));
            if (purpose == FOR_DUTY) /* both count */
                TRY(related(call, r, db, actor->stands_for, rec, w, out));
            if (*out && w->as.len && purpose == FOR_ACTING) {
                *out = false; /* who acts as the owner holds the role that the move names */
                TRY(holds(call, r, db, actor, rec, w->as, false, false, &scope, out));
                TRY(assigned(call, r, db, actor, rec, w->as, out));
            }
        }
    }
    return OK;
}

/* Only a person, and for themselves. */
enum err who__may_stop(struct call *call, struct records *r, struct db db,
                       const struct actor *actor, const struct record *rec, bool *out)
{
    if (!(actor->type == ACTOR_USER || carried_out(actor)) || !actor->person.len ||
        actor->stands_for.len)
        return OK;
    for (size_t i = 0; i < r->model->kind_count && !*out; i++) {
        const struct kind *k = &r->model->kinds[i];
        if (k->stops.in && k->stops.over->target_kind == rec->kind)
            TRY(query__stops(call, r, db, k, actor->person, rec->id, out));
    }
    return OK;
}

enum err who__matches(struct call *call, struct records *r, struct db db,
                      const struct actor *actor, const struct record *rec,
                      const struct who_list *list, bool *out)
{
    return matches(call, r, db, actor, rec, list, FOR_ACTING, out);
}

enum err who__duty(struct call *call, struct records *r, struct db db, const struct actor *actor,
                   const struct record *rec, const struct who_list *list, bool *out)
{
    return matches(call, r, db, actor, rec, list, FOR_DUTY, out);
}

bool record_is_restricted(const struct record *rec)
{
    const struct json *level = record_value(rec, TEXT("confidentiality"));
    return level != NULL && text_is(level->text, "restricted");
}

static bool sees_restricted(const struct role *role)
{
    return role->sees_restricted;
}

static bool sees_sensitive(const struct role *role)
{
    return role->sees_sensitive;
}

bool role__redacts(const struct role *role)
{
    return role->redacts;
}

bool role__holds(const struct role *role)
{
    return role->holds;
}

/* A clearance holds where it was granted: in that unit and below. What is lent lets one see, never take
 * out or keep in. */
enum err who__cleared(struct call *call, struct records *r, struct db db,
                      const struct actor *actor, const struct record *rec,
                      bool (*clears)(const struct role *), bool *out)
{
    struct scope scope = {0};
    bool lent = clears == sees_restricted || clears == sees_sensitive;
    *out = false;
    if (!lent && actor->stands_for.len)
        return OK;
    for (size_t i = 0; i < actor->grant_count + (lent ? actor->lent_count : 0) && !*out; i++) {
        const struct role *role = model_role(r->model, actor->grants[i].role);
        if (role && clears(role))
            TRY(holds(call, r, db, actor, rec, role->name, false, lent, &scope, out));
    }
    return OK;
}

static bool is_mine(const struct record *rec, const struct actor *actor)
{
    return actor->person.len && !actor->bare &&
           (value__list_has(record_value(rec, TEXT("owner")), actor->person) ||
            value__list_has(record_value(rec, TEXT("author")), actor->person));
}

/* Who is to take it over looks at it first. */
static bool is_offered(const struct record *rec, const struct actor *actor)
{
    return actor->person.len && !actor->bare &&
           value__list_has(record_value(rec, TEXT("offered_to")), actor->person);
}

enum err who__may_read(struct call *call, struct records *r, struct db db,
                       const struct actor *actor, const struct record *rec, bool *out)
{
    *out = false;
    if (!actor)
        return OK;
    if (actor->all || is_mine(rec, actor) || is_offered(rec, actor)) {
        *out = true;
        return OK;
    }
    bool open = true;
    if (record_is_restricted(rec))
        TRY(who__cleared(call, r, db, actor, rec, sees_restricted, &open));
    if (open)
        TRY(view__shared_with(call, r, db, actor, rec, &open));
    if (!open)
        return OK;
    return matches(call, r, db, actor, rec, &r->readers[rec->kind->index], FOR_READING, out);
}

enum err who__sees_sensitive(struct call *call, struct records *r, struct db db,
                             const struct actor *actor, const struct record *rec, bool *out)
{
    *out = actor && (actor->all || is_mine(rec, actor));
    if (*out || !actor || !actor->sees_sensitive)
        return OK;
    return who__cleared(call, r, db, actor, rec, sees_sensitive, out);
}

enum err who__reads_field(struct call *call, struct records *r, struct db db,
                          const struct actor *actor, const struct record *rec,
                          const struct field *f, bool *out)
{
    *out = !f->guarded || (actor && actor->all);
    if (*out || !actor)
        return OK;
    if (f->sensitive)
        return who__sees_sensitive(call, r, db, actor, rec, out);
    return matches(call, r, db, actor, rec, &f->read, FOR_FIELD, out);
}

bool record_reads_everywhere(const struct records *r, const struct actor *a,
                             const struct field *f)
{
    bool yes = !f->guarded || a->all;
    for (size_t i = 0; i < a->grant_count + a->lent_count && !yes && !a->technical; i++) {
        const struct role *role = model_role(r->model, a->grants[i].role);
        if (a->grants[i].unit.len)
            continue;
        yes = f->sensitive && role && role->sees_sensitive;
        for (size_t j = 0; j < f->read.count && !yes; j++)
            yes = text_same(f->read.one[j].role, a->grants[i].role);
    }
    return yes;
}

bool record_reads_somewhere(const struct actor *a, const struct field *f)
{
    bool yes = !f->guarded || a->all || (f->sensitive && a->sees_sensitive);
    for (size_t i = 0; i < f->read.count && !yes; i++)
        yes = f->read.one[i].relation.len ? !a->bare
                                          : actor_reads_by(a, f->read.one[i].role);
    return yes;
}

enum err who__may_change(struct call *call, struct records *r, struct db db,
                         const struct actor *actor, const struct record *rec, bool *out)
{
    *out = false;
    if (!actor)
        return OK;
    if (actor->all) {
        *out = true;
        return OK;
    }
    return matches(call, r, db, actor, rec, &rec->kind->change, FOR_ACTING, out);
}

static size_t called_so(const struct model *m, const struct field *f)
{
    size_t n = 0;
    for (size_t i = 0; i < m->kind_count; i++) {
        const struct field *other = kind_field(&m->kinds[i], f->name);
        n += other && text_same(other->title.en, f->title.en);
    }
    return n;
}

/* What people call a relation: the title of its field in that kind; where it has none, and
 * kinds differ, the one that most of them have. In the middle of a sentence it begins small,
 * unless it is an abbreviation. */
static struct text relation_title(struct call *call, const struct model *m,
                                  const struct kind *k, struct text name)
{
    const struct field *own = k ? kind_field(k, name) : NULL, *found = own;
    for (size_t i = 0; !own && i < m->kind_count; i++) {
        const struct field *f = kind_field(&m->kinds[i], name);
        if (f && (!found || called_so(m, f) > called_so(m, found)))
            found = f;
    }
    struct text title = found ? words_in(found->title, call->lang) : name;
    if (title.len < 2 || title.at[0] < 'A' || title.at[0] > 'Z' || title.at[1] < 'a')
        return title;
    return text_print(call->arena, "%c%.*s", title.at[0] + ('a' - 'A'),
                      TEXT_ARG(text_from(title, 1)));
}

static void put_as(struct call *call, const struct role *as, struct buf *b)
{
    if (as)
        buf_print(b, say(call, " who holds the role %.*s"),
                  TEXT_ARG(words_in(as->title, call->lang)));
}

static void put_relation(struct call *call, const struct model *m, const struct kind *k,
                         const struct who *w, struct buf *b)
{
    const struct role *as = w->as.len ? model_role(m, w->as) : NULL;
    const struct field *by = w->via.len && k ? kind_field(k, w->via) : NULL;
    const struct kind *of = w->via.len ? (by ? by->target_kind : NULL) : k;
    struct text title = relation_title(call, m, of, w->relation);
    if (!w->via.len) {
        buf_print(b, say(call, "the record's %.*s"), TEXT_ARG(title));
        put_as(call, as, b);
        return;
    }
    struct text via = relation_title(call, m, k, w->via);
    bool chinese = call->lang == LANG_ZH;
    buf_print(b, say(call, "the %.*s of the record's %.*s"), TEXT_ARG(chinese ? via : title),
              TEXT_ARG(chinese ? title : via));
    put_as(call, as, b);
}

/* "Risk owner, the record's author" in words, for refusals. */
struct text who__print(struct call *call, struct records *r, const struct kind *k,
                       const struct who_list *list)
{
    struct buf b = buf_in(call->arena, 4096);
    for (size_t i = 0; i < list->count; i++) {
        const struct who *w = &list->one[i];
        if (i)
            buf_add_c(&b, say(call, ", "));
        const struct role *role = w->role.len ? model_role(r->model, w->role) : NULL;
        if (role)
            buf_add(&b, words_in(role->title, call->lang));
        else if (w->everyone)
            buf_add_c(&b, say(call, "everyone"));
        else if (w->automatic)
            buf_add_c(&b, say(call, "the system"));
        else if (w->contributor)
            buf_add_c(&b, say(call, "whoever wrote in this draft"));
        else
            put_relation(call, r->model, k, w, &b);
    }
    return buf_text(&b);
}

/* "risk_owner,@author", for programs. */
struct text who__names(struct call *call, const struct who_list *list)
{
    struct buf b = buf_in(call->arena, 4096);
    for (size_t i = 0; i < list->count; i++) {
        const struct who *w = &list->one[i];
        const char *comma = i ? "," : "";
        if (w->role.len)
            buf_print(&b, "%s%.*s", comma, TEXT_ARG(w->role));
        else if (w->everyone || w->automatic)
            buf_print(&b, "%s%s", comma, w->everyone ? "everyone" : "auto");
        else
            buf_print(&b, "%s@%.*s%s%.*s%s%.*s", comma, TEXT_ARG(w->via),
                      w->via.len ? "." : "", TEXT_ARG(w->relation), w->as.len ? ":" : "",
                      TEXT_ARG(w->as));
    }
    return buf_text(&b);
}

/* Who is named in a move may read the record: otherwise they could not decide. */
static bool same_who(const struct who *a, const struct who *b)
{
    return text_same(a->role, b->role) && text_same(a->relation, b->relation) &&
           text_same(a->via, b->via) && a->everyone == b->everyone;
}

static void add_readers(struct who_list *to, const struct who_list *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct who *w = &from->one[i];
        bool known = w->automatic || w->everyone || w->via.len > 0;
        for (size_t j = 0; j < to->count && !known; j++)
            known = same_who(&to->one[j], w);
        if (!known)
            to->one[to->count++] = *w;
    }
}

void who__build(struct records *r)
{
    r->readers = NEW_MANY(r->arena, r->model->kind_count, struct who_list);
    for (size_t i = 0; i < r->model->kind_count; i++) {
        const struct kind *k = &r->model->kinds[i];
        size_t room = k->read.count;
        for (size_t m = 0; m < k->move_count; m++)
            for (size_t n = 0; n < k->moves[m].step_count; n++)
                room += k->moves[m].steps[n].by.count;
        struct who_list *list = &r->readers[i];
        list->one = NEW_MANY(r->arena, room + 1, struct who);
        for (size_t j = 0; j < k->read.count; j++)
            list->one[list->count++] = k->read.one[j];
        for (size_t m = 0; m < k->move_count; m++)
            for (size_t n = 0; n < k->moves[m].step_count; n++)
                add_readers(list, &k->moves[m].steps[n].by);
    }
}

bool record_may_create(const struct actor *a, const struct kind *k)
{
    if (!a)
        return false;
    if (a->all)
        return true;
    for (size_t i = 0; i < a->as_count; i++)
        if (record_may_create(&a->as[i], k))
            return true;
    for (size_t i = 0; i < k->create.count; i++) {
        const struct who *w = &k->create.one[i];
        if ((w->everyone && who__is_somebody(a)) ||
            (w->role.len && actor_holds_anywhere(a, w->role)))
            return true;
    }
    return false;
}

static bool holds_one_of(const struct actor *a, const struct who_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->one[i].role.len && actor_reads_by(a, list->one[i].role))
            return true;
    return false;
}

bool record_may_read_kind(const struct actor *a, const struct kind *k)
{
    if (!a)
        return false;
    for (size_t i = 0; i < k->move_count; i++) /* who is to decide may look */
        for (size_t n = 0; n < k->moves[i].step_count; n++)
            if (holds_one_of(a, &k->moves[i].steps[n].by))
                return true;
    for (size_t i = 0; i < k->read.count; i++) {
        const struct who *w = &k->read.one[i];
        if (a->all || ((w->everyone || w->relation.len) && who__is_somebody(a)) ||
            (w->role.len && actor_reads_by(a, w->role)))
            return true;
    }
    return a->all;
}
