/* SPDX-License-Identifier: Apache-2.0 */
/* assure/register.c — the register that a framework keeps of its rows (a statement of
 * applicability): what each state is worth, whether its evidence is still fresh, which rows
 * weigh more, and making the records that are missing. Which kind that is, and what its states
 * mean, the model says. */
#include "assure/internal.h"

#define PAGE 1000
#define IDS 200 /* asked for at a time */

/* ---- lists ------------------------------------------------------------------------------- */
static enum err list_all(const struct scene *s, const struct kind *k, struct list_query *q,
                         struct record ***out, size_t *count)
{
    size_t room = 0;
    *count = 0;
    do {
        struct record_list page;
        TRY(record_list(s->call, s->records, s->db, k, q, &page));
        if (*count + page.count > room) {
            struct record **old = *out;
            room = *count + page.count > (size_t)page.total ? *count + page.count
                                                            : (size_t)page.total;
            *out = NEW_MANY(s->call->arena, room, struct record *);
            for (size_t i = 0; i < *count; i++)
                (*out)[i] = old[i];
        }
        for (size_t i = 0; i < page.count; i++)
            (*out)[(*count)++] = page.items[i];
        q->cursor = page.next;
    } while (q->cursor.len);
    return OK;
}

enum err assure__list(const struct scene *s, const struct kind *k, const struct filter *filters,
                      size_t filter_count, struct record ***out, size_t *count)
{
    struct list_query q = {
        .filters = filters, .filter_count = filter_count, .limit = PAGE, .sort = TEXT("key")};
    const struct actor *asking = s->call->actor;
    s->call->actor = actor_system(s->call);
    enum err e = list_all(s, k, &q, out, count);
    s->call->actor = asking;
    return e;
}

bool assure__names(const struct json *v, struct text requirement)
{
    if (v && v->type == JSON_LIST) {
        for (const struct json *one = v->first; one; one = one->next)
            if (text_same(one->text, requirement))
                return true;
        return false;
    }
    return v && text_same(json_text(v), requirement);
}

bool register__rules(const struct scene *s, const struct requirement *row)
{
    return s->kind && s->framework->level_count &&
           text_same(row->type, s->framework->register_rows);
}

/* ---- entries ----------------------------------------------------------------------------- */
static bool is_in(const struct text *list, size_t count, struct text t, size_t *at)
{
    for (*at = 0; *at < count; (*at)++)
        if (text_same(list[*at], t))
            return true;
    return false;
}

/* Whether what is of that day still counts today, as long as the framework says. What has no
 * day, or one that is still to come, does not. */
static bool lasts(const struct scene *s, struct text day)
{
    struct arena *a = s->call->arena;
    struct text today = zone_today(a, s->call->zone, s->call->now);
    int64_t days;
    if (!date_read(day, &days) || text_compare(day, today) > 0)
        return false;
    struct text until = assure__months_after(a, day, s->framework->proof.months);
    return text_compare(until, today) >= 0;
}

static void worth(const struct scene *s, size_t in, struct entry *e)
{
    const struct framework *f = s->framework;
    struct text state = s->kind->states[in].name;
    size_t at;
    e->excluded = is_in(f->excluded_states, f->excluded_count, state, &at);
    e->level = is_in(f->level_states, f->level_count, state, &at) ? f->levels[at] : 0;
}

static void fill_entry(const struct scene *s, const struct record *rec, struct entry *e)
{
    const struct text tested = s->framework->proof.tested;
    e->record = rec;
    e->tested = !tested.len || lasts(s, json_text(record_value(rec, tested)));
    worth(s, rec->state, e);
}

/* Where the rows are signed as a set: what was decided otherwise since counts as it was signed, and
 * what was never signed is not left out. */
static enum err read_signed(struct scene *s)
{
    size_t n = 0, room = s->framework->row_count;
    if (!record_freezable(s->records, s->kind))
        return OK;
    struct record **items = NEW_MANY(s->call->arena, room + 1, struct record *);
    struct frozen *frozen = NEW_MANY(s->call->arena, room + 1, struct frozen);
    for (size_t i = 0; i < room; i++)
        if (s->entries[i].record)
            items[n++] = (struct record *)(uintptr_t)s->entries[i].record;
    TRY(record_frozen(s->call, s->records, s->db, s->kind, items, n, frozen));
    n = 0;
    for (size_t i = 0; i < room; i++) {
        struct entry *e = &s->entries[i];
        if (!e->record)
            continue;
        const struct frozen *one = &frozen[n++];
        e->changed = one->changed;
        if (one->changed && one->then)
            worth(s, one->then->state, e);
        e->unsigned_out = e->excluded && !one->then;
    }
    return OK;
}

/* A record that has come to its end speaks for the row only when no other does. */
static bool speaks(const struct scene *s, const struct entry *e, const struct record *rec)
{
    return !e->record ||
           (s->kind->states[e->record->state].end && !s->kind->states[rec->state].end);
}

static void place(struct scene *s, const struct record *rec)
{
    const struct framework *f = s->framework;
    const struct json *about = record_value(rec, f->register_field);
    for (size_t i = 0; i < f->row_count; i++)
        if (register__rules(s, &f->rows[i]) && assure__names(about, f->rows[i].id) &&
            speaks(s, &s->entries[i], rec))
            fill_entry(s, rec, &s->entries[i]);
}

/* ---- evidence ---------------------------------------------------------------------------- */
#define PROOFS_MOST 1000000 /* rows of a framework, each with at most 1,000 pieces */
struct texts LIST_OF(struct text);

static const struct json *evidence_of(const struct scene *s, const struct entry *e)
{
    const struct json *v = e->record && e->level >= s->method->proof_from && s->framework->proof.via.len
                               ? record_value(e->record, s->framework->proof.via)
                               : NULL;
    return v && v->type == JSON_LIST ? v : NULL;
}

static struct texts all_evidence(const struct scene *s)
{
    struct texts list = LIST_IN(s->call->arena, PROOFS_MOST);
    struct map *seen = map_in(s->call->arena);
    for (size_t i = 0; i < s->framework->row_count; i++) {
        const struct json *v = evidence_of(s, &s->entries[i]);
        for (const struct json *one = v ? v->first : NULL; one; one = one->next)
            if (map_add(seen, one->text, 0))
                (void)LIST_ADD(&list, one->text);
    }
    return list;
}

/* It proves until the day it names; else for a time from the day it was taken, or, when nobody
 * said when that was, was noted here. */
static bool counts_still(const struct scene *s, const struct record *proof)
{
    const struct framework *f = s->framework;
    size_t at;
    if (!is_in(f->proof.in, f->proof.in_count, proof->kind->states[proof->state].name, &at))
        return false;
    struct text until = json_text(record_value(proof, f->proof.until));
    if (until.len)
        return text_compare(until, zone_today(s->call->arena, s->call->zone, s->call->now)) >= 0;
    struct text taken = json_text(record_value(proof, f->proof.taken));
    if (!taken.len)
        taken = text_slice(json_text(record_value(proof, TEXT("created_at"))), 0, 10);
    return lasts(s, taken);
}

static enum err find_fresh(struct scene *s, const struct kind *k, const struct text *ids,
                           size_t count, struct map *fresh)
{
    struct buf b = buf_in(s->call->arena, 1u << 16);
    struct record **proofs;
    size_t found;
    for (size_t i = 0; i < count; i++)
        buf_print(&b, "%s%.*s", i ? "," : "", TEXT_ARG(ids[i]));
    struct filter filter = {TEXT("id"), buf_text(&b)};
    TRY(assure__list(s, k, &filter, 1, &proofs, &found));
    for (size_t i = 0; i < found; i++)
        if (counts_still(s, proofs[i]))
            map_add(fresh, proofs[i]->id, 0);
    return OK;
}

static enum err read_freshness(struct scene *s)
{
    if (!s->framework->proof.via.len)
        return OK;
    const struct field *f = kind_field(s->kind, s->framework->proof.via);
    struct texts list = all_evidence(s);
    struct map *fresh = map_in(s->call->arena);
    for (size_t i = 0; i < list.count; i += IDS) {
        size_t left = list.count - i;
        TRY(find_fresh(s, f->target_kind, list.at + i, left < IDS ? left : IDS, fresh));
    }
    for (size_t i = 0; i < s->framework->row_count; i++) {
        const struct json *v = evidence_of(s, &s->entries[i]);
        for (const struct json *one = v ? v->first : NULL; one && !s->entries[i].fresh;
             one = one->next)
            s->entries[i].fresh = map_find(fresh, one->text, NULL);
    }
    return OK;
}

/* ---- who said so ------------------------------------------------------------------------- */
/* A level that no check shows is what somebody said by moving the record there. */
static enum err read_who(struct scene *s)
{
    struct map *rows = map_in(s->call->arena);
    struct value kind = V_TEXT(s->kind->name);
    struct rows stays;
    size_t row;
    for (row = 0; row < s->framework->row_count; row++)
        if (s->entries[row].record)
            map_add(rows, s->entries[row].record->id, row);
    TRY(read_rows(s->call, s->db,
                  "SELECT id, person, since FROM stay WHERE kind = $1 AND until IS NULL", &kind, 1,
                  READ_MOST, &stays));
    for (size_t i = 0; i < stays.count; i++) {
        const struct value *v = row_at(&stays, i);
        if (!map_find(rows, v[0].text, &row))
            continue;
        s->entries[row].by = v[1].text;
        s->entries[row].since = v[2].text;
    }
    return OK;
}

/* ---- weight ------------------------------------------------------------------------------ */
static struct text comma_list(struct arena *a, const struct text *list, size_t count)
{
    struct buf b = buf_in(a, 1u << 16);
    for (size_t i = 0; i < count; i++)
        buf_print(&b, "%s%.*s", i ? "," : "", TEXT_ARG(list[i]));
    return buf_text(&b);
}

static struct text ends_of(struct arena *a, const struct kind *k)
{
    struct text *ends = NEW_MANY(a, k->state_count + 1, struct text);
    size_t count = 0;
    for (size_t i = 0; i < k->state_count; i++)
        if (k->states[i].end)
            ends[count++] = k->states[i].name;
    return comma_list(a, ends, count);
}

/* Counted by the database: the records themselves, of which there may be a hundred thousand,
 * are not wanted, only which of the register's they rely on. As the system, for whom nothing is
 * hidden. */
static enum err count_relying(struct scene *s, const struct kind *k,
                              const struct filter *filters, size_t filter_count,
                              struct list_tally *out)
{
    const struct framework *f = s->framework;
    struct list_query q = {.filters = filters, .filter_count = filter_count};
    const struct actor *asking = s->call->actor;
    s->call->actor = actor_system(s->call);
    enum err e = record_tally(s->call, s->records, s->db, k, &q, f->weigh.via, out);
    s->call->actor = asking;
    return e;
}

/* The same where they rely on more of them than are counted at once: record by record. */
static enum err weigh_each(struct scene *s, const struct kind *k, const struct filter *filters,
                           size_t filter_count, const struct map *rows)
{
    struct record **heavy;
    size_t count, row;
    TRY(assure__list(s, k, filters, filter_count, &heavy, &count));
    for (size_t i = 0; i < count; i++) {
        const struct json *via = record_value(heavy[i], s->framework->weigh.via);
        const struct json *one = via && via->type == JSON_LIST ? via->first : via;
        for (; one; one = via->type == JSON_LIST ? one->next : NULL)
            if (map_find(rows, json_text(one), &row))
                s->entries[row].heavy = true;
    }
    return OK;
}

static enum err read_weight(struct scene *s)
{
    const struct framework *f = s->framework;
    const struct kind *k = f->weigh.kind.len ? model_kind(s->model, f->weigh.kind) : NULL;
    struct map *rows = map_in(s->call->arena); /* the record that speaks for it → row */
    struct list_tally relying;
    size_t row;
    if (!k)
        return OK;
    struct arena *a = s->call->arena;
    struct filter filters[] = {{f->weigh.field, comma_list(a, f->weigh.in, f->weigh.in_count)},
                               {text_print(a, "%.*s.empty", TEXT_ARG(f->weigh.via)), TEXT("0")},
                               {TEXT("state.not"), ends_of(a, k)}};
    size_t filter_count = filters[2].value.len ? 3 : 2;
    for (row = 0; row < f->row_count; row++)
        if (s->entries[row].record)
            map_add(rows, s->entries[row].record->id, row);
    TRY(count_relying(s, k, filters, filter_count, &relying));
    if (relying.more)
        return weigh_each(s, k, filters, filter_count, rows);
    for (size_t i = 0; i < relying.count; i++)
        if (map_find(rows, relying.groups[i].at[0].text, &row))
            s->entries[row].heavy = true;
    return OK;
}

enum err register__read(struct scene *s)
{
    struct record **records;
    size_t count;
    if (!s->kind || !s->framework->level_count)
        return OK;
    s->entries = NEW_MANY(s->call->arena, s->framework->row_count, struct entry);
    TRY(assure__list(s, s->kind, NULL, 0, &records, &count));
    for (size_t i = 0; i < count; i++)
        place(s, records[i]);
    TRY(read_signed(s));
    TRY(read_freshness(s));
    TRY(read_who(s));
    if (runs__find_heavy(s->runs, &s->now, s->framework, s->entries))
        return OK;
    TRY(read_weight(s));
    runs__keep_heavy(s->runs, &s->now, s->framework, s->entries);
    return OK;
}

/* ---- making what is missing -------------------------------------------------------------- */
static enum err body_of(struct call *call, const struct kind *k, const struct framework *f,
                        const struct requirement *row, const struct json **out)
{
    struct buf b = buf_in(call->arena, 1u << 14);
    struct json_out o = json_out(&b);
    const struct field *field = kind_field(k, f->register_field);
    struct text title =
        text_print(call->arena, "%.*s %.*s", TEXT_ARG(row->row), TEXT_ARG(row->title.en));
    json_open(&o, '{');
    json_key(&o, "title");
    json_put_text(&o, title);
    json_key_text(&o, field->name);
    bool list = field_is_list(field);
    if (list)
        json_open(&o, '[');
    json_put_text(&o, row->id);
    if (list)
        json_close(&o, ']');
    json_close(&o, '}');
    return json_read(call, buf_text(&b), &json_request_limits, out);
}

struct making {
    struct change **changes;
    struct call **calls;
    size_t count;
};

static enum err want(const struct scene *s, const struct requirement *row, struct making *m)
{
    struct call *call = call_beside(s->call->arena, s->call);
    struct change *change = NEW(s->call->arena, struct change);
    call->actor = actor_command(call);
    change->act = RECORD_CREATE;
    change->kind = s->kind;
    TRY(body_of(call, s->kind, s->framework, row, &change->body));
    m->calls[m->count] = call;
    m->changes[m->count++] = change;
    return OK;
}

static bool has_record(const struct scene *s, struct record *const *records, size_t count,
                       const struct requirement *row)
{
    for (size_t i = 0; i < count; i++)
        if (assure__names(record_value(records[i], s->framework->register_field), row->id))
            return true;
    return false;
}

static enum err want_missing(const struct scene *s, struct making *m)
{
    const struct framework *f = s->framework;
    struct record **records;
    size_t count;
    TRY(assure__list(s, s->kind, NULL, 0, &records, &count));
    m->changes = NEW_MANY(s->call->arena, f->row_count, struct change *);
    m->calls = NEW_MANY(s->call->arena, f->row_count, struct call *);
    for (size_t i = 0; i < f->row_count; i++)
        if (text_same(f->rows[i].type, f->register_rows) &&
            !has_record(s, records, count, &f->rows[i]))
            TRY(want(s, &f->rows[i], m));
    return OK;
}

/* The first refusal becomes the caller's, with what it says. */
static enum err make(const struct scene *s, const struct making *m, size_t *made)
{
    enum err *outcome = NEW_MANY(s->call->arena, m->count + 1, enum err), worst = OK;
    TRY(record_do_many(s->call, s->records, m->changes, m->calls, outcome, m->count));
    for (size_t i = 0; i < m->count; i++) {
        *made += outcome[i] == OK;
        if (outcome[i] == OK || worst != OK)
            continue;
        worst = outcome[i];
        for (const struct problem *p = m->calls[i]->problems; p; p = p->next)
            (void)problem_at(s->call, worst, p->field, text_c(s->call->arena, p->code),
                             p->source, p->message);
    }
    return worst;
}

static enum err keep(struct call *call, struct records *r, const struct framework *f,
                     size_t *made)
{
    struct store *store = access_store(record_access(r));
    struct reader *db = store_reader(store);
    struct scene s = scene__of(call, r, db, f);
    struct making m = {0};
    enum err e = s.kind ? want_missing(&s, &m) : OK;
    store_return(store, db); /* before the writer works: it may be one of few */
    if (e != OK || !m.count)
        return e;
    return make(&s, &m, made);
}

enum err assure_registers(struct call *call, struct records *r, size_t *made)
{
    const struct model *m = access_model(record_access(r));
    size_t count = 0;
    enum err e = OK;
    for (size_t i = 0; i < m->framework_count && e == OK; i++)
        e = keep(call, r, &m->frameworks[i], &count);
    if (made)
        *made = count;
    return e;
}
