/* SPDX-License-Identifier: Apache-2.0 */
/* record/read.c — one record, now or as of a moment; and records as the API shows them. */
#include "record/internal.h"

static enum err missing(struct call *call, struct text id)
{
    return problem(call, ERR_MISSING, TEXT(""), "missing", say(call, "there is no record %.*s"),
                   TEXT_ARG(id));
}

/* ---- as of
 * ------------------------------------------------------------------------------------------ */
enum err version__record(struct call *call, const struct record *now, const struct value *row,
                         struct record **out)
{
    struct record *rec = NEW(call->arena, struct record);
    TRY(body__read(call, now->kind, row[2].text, rec));
    rec->id = now->id;
    rec->key = now->key;
    rec->version = row[0].integer;
    rec->ledger = row[1].integer;
    const struct json *state = record_value(rec, TEXT("state"));
    ptrdiff_t index = state ? kind_state(now->kind, state->text) : -1;
    rec->state = index < 0 ? now->kind->start : (size_t)index;
    *out = rec;
    return OK;
}

static enum err at_moment(struct call *call, struct reader *db, const struct record *now,
                          int64_t as_of, struct record **out)
{
    struct value values[] = {V_TEXT(now->kind->name), V_TEXT(now->id),
                             V_TEXT(moment_print(call->arena, as_of))};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT version, ledger, body FROM version WHERE kind = $1 AND id = $2 AND "
                  "at <= $3 ORDER BY version DESC LIMIT 1",
                  values, 3, 1, &rows));
    return rows.count ? version__record(call, now, rows.cells, out) : missing(call, now->key);
}

enum err record_read(struct call *call, struct records *r, struct reader *db,
                     const struct kind *k, struct text id_or_key, int64_t as_of,
                     struct record **out)
{
    bool readable = false;
    TRY(table__find(call, r, db_reader(db), k, id_or_key, out));
    if (*out)
        TRY(who__may_read(call, r, db_reader(db), call->actor, *out, &readable));
    if (!readable)
        return missing(call, id_or_key);
    if (!as_of)
        return OK;
    /* What it was then decides, with what the reader holds now: a record that was restricted,
     * or another unit's, is no more open for having been opened later. */
    const struct record *now = *out;
    TRY(at_moment(call, db, *out, as_of, out));
    (*out)->now = now;
    TRY(who__may_read(call, r, db_reader(db), call->actor, *out, &readable));
    return readable ? OK : missing(call, id_or_key);
}

/* ---- as JSON
 * ----------------------------------------------------------------------------------------------
 */
static bool reads(struct call *call, struct records *r, struct reader *db,
                  const struct record *rec, const struct field *f)
{
    bool yes = false;
    return who__reads_field(call, r, db_reader(db), call->actor, rec, f, &yes) == OK && yes &&
           (!rec->now || reads(call, r, db, rec->now, f));
}

const bool *record_sight(struct call *call, struct records *r, struct reader *db,
                         const struct record *rec)
{
    bool *shown = NEW_MANY(call->arena, rec->kind->field_count + 1, bool);
    int sensitive = -1; /* asked once for all fields that are */
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        shown[i] = !f->guarded || (f->sensitive && sensitive > 0);
        if (shown[i] || (f->sensitive && !sensitive))
            continue;
        shown[i] = reads(call, r, db, rec, f);
        if (f->sensitive)
            sensitive = shown[i];
    }
    return shown;
}

static bool listed(struct text fields, struct text name)
{
    while (fields.len)
        if (text_same(text_trim(text_cut(&fields, ',')), name))
            return true;
    return false;
}

static bool always_shown(struct text name)
{
    return text_is(name, "key") || text_is(name, "title") || text_is(name, "state") ||
           text_is(name, "version");
}

void record_members(struct call *call, struct records *r, struct reader *db,
                    const struct record *rec, struct text fields, struct json_out *out)
{
    const bool *shown = record_sight(call, r, db, rec);
    json_key(out, "id");
    json_put_text(out, rec->id);
    json_key(out, "kind");
    json_put_text(out, rec->kind->name);
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (value__empty(rec->values[i]) || !shown[i])
            continue;
        if (fields.len && !always_shown(f->name) && !listed(fields, f->name))
            continue;
        json_key_text(out, f->name);
        json_put_json(out, rec->values[i]);
    }
    if (!rec->redacted && !rec->erased)
        return;
    json_key(out, "redacted");
    json_open(out, '[');
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (shown[i] && record_is_redacted(rec, &rec->kind->fields[i]))
            json_put_text(out, rec->kind->fields[i].name);
    json_close(out, ']');
}

void record_json(struct call *call, struct records *r, struct reader *db,
                 const struct record *rec, struct text fields, struct json_out *out)
{
    json_open(out, '{');
    record_members(call, r, db, rec, fields, out);
    json_close(out, '}');
}

bool record_may_change(struct call *call, struct records *r, struct reader *db,
                       const struct record *rec)
{
    bool yes = false;
    const struct actor *as;
    return deputy__matches(call, r, db_reader(db), rec, &rec->kind->change, &as, &yes) == OK &&
           (yes || call->actor->all);
}

/* ---- moves as they look to the actor
 * ------------------------------------------------------------------------ */
/* Whoever changes the content becomes its editor; a duty may keep editors from the move. */
static bool bars_editors(const struct move *m)
{
    for (size_t i = 0; i < m->duty_count; i++)
        for (size_t j = 0; j < m->duties[i].people.count; j++) {
            const struct who *w = &m->duties[i].people.one[j];
            if ((w->contributor || text_is(w->relation, "editor")) && !w->via.len)
                return true;
        }
    return false;
}

static const struct text *asks_of(struct call *call, const struct kind *k, const struct move *m,
                                  size_t *count)
{
    struct text *out = NEW_MANY(call->arena, k->field_count + m->ask_count + m->take_count + 1, struct text);
    size_t n = m->ask_count;
    for (size_t i = 0; i < n; i++)
        out[i] = m->asks[i];
    for (size_t i = 0; i < k->field_count; i++) {
        bool known = !guard__asks(k, m, k->fields[i].name);
        for (size_t j = 0; j < n && !known; j++)
            known = text_same(out[j], k->fields[i].name);
        if (!known)
            out[n++] = k->fields[i].name;
    }
    for (size_t i = 0; i < m->take_count; i++)
        if (!guard__asks(k, m, m->takes[i]))
            out[n++] = m->takes[i];
    *count = n;
    return out;
}

static void add_missing(const struct record *rec, const struct move *m, struct text name,
                        bool may_change, struct move_view *v)
{
    const struct field *f = kind_field(rec->kind, name);
    bool open = f && !f->computed && !f->system &&
                (f->always || !rec->kind->states[rec->state].locked);
    v->missing[v->missing_count++] = (struct missing_field){
        name, may_change && open, f && !f->always && bars_editors(m)};
}

static enum err view_move(struct call *call, struct records *r, struct reader *db,
                          const struct record *rec, const struct move *m, struct move_view *v)
{
    struct verdict verdict;
    *v = (struct move_view){.move = m, .as = call->actor, .why = call_beside(call->arena, call)};
    v->why->actor = call->actor;
    enum err e = guard__move(v->why, r, db_reader(db), rec, rec, m, &verdict);
    if (e != OK && e != ERR_CONFLICT && e != ERR_DENIED)
        return e;
    /* Asked fields are filled in with the move: only what else the state demands stands in the
     * way. */
    struct move without = *m;
    without.ask_count = 0;
    struct call *required = call_beside(call->arena, call);
    bool may_change;
    TRY(who__may_change(call, r, db_reader(db), call->actor, rec, &may_change));
    v->missing = NEW_MANY(call->arena, rec->kind->field_count + 1, struct missing_field);
    if (check__required(required, rec, m->to, &without) != OK)
        for (struct problem *p = required->problems; p; p = p->next) {
            if (guard__asks(rec->kind, m, p->field))
                continue;
            e = problem_at(v->why, ERR_CONFLICT, p->field, text_c(call->arena, p->code),
                           p->source, p->message);
            if (v->missing_count < rec->kind->field_count)
                add_missing(rec, m, p->field, may_change, v);
        }
    v->allowed = e == OK;
    v->mine = verdict.mine;
    v->waived = verdict.mine ? verdict.waived : NULL;
    v->signatures = verdict.signatures;
    TRY(propose__read(call, db_reader(db), rec, m, &verdict, &v->proposed));
    v->signature_count = verdict.signature_count;
    v->asks = asks_of(call, rec->kind, m, &v->ask_count);
    v->voided = verdict.voided;
    v->voided_count = verdict.voided_count;
    v->expired = verdict.expired;
    v->expired_count = verdict.expired_count;
    v->steps = verdict.steps;
    v->step = verdict.step;
    v->own = sign__by(&verdict, call->actor);
    v->blockers = verdict.blockers;
    v->blocker_count = verdict.blocker_count;
    return OK;
}

/* As whoever would make it. */
static enum err view_as(struct call *call, struct records *r, struct reader *db,
                        const struct record *rec, const struct move *m, struct move_view *v)
{
    const struct actor *actor = call->actor;
    TRY(deputy__choose(call, r, db_reader(db), rec, m, &call->actor));
    enum err e = view_move(call, r, db, rec, m, v);
    call->actor = actor;
    return e;
}

enum err record_moves(struct call *call, struct records *r, struct reader *db,
                      const struct record *rec, struct move_view **out, size_t *count)
{
    const struct kind *k = rec->kind;
    *out = NEW_MANY(call->arena, k->move_count + 4, struct move_view);
    *count = 0;
    for (size_t i = 0; i < k->move_count; i++)
        if (k->moves[i].from >> rec->state & 1 && !k->moves[i].automatic)
            TRY(view_as(call, r, db, rec, &k->moves[i], &(*out)[(*count)++]));
    return hand__views(call, r, db_reader(db), rec, *out, count);
}
