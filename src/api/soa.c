/* SPDX-License-Identifier: Apache-2.0 */
/* api/soa.c — the statement of applicability. */
#include "api/internal.h"

static const struct record *entry_for(const struct record_list *list, struct text field,
                                      struct text requirement)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct json *v = record_value(list->items[i], field);
        if (v && text_same(v->text, requirement))
            return list->items[i];
    }
    return NULL;
}

/* Records of other registers that rely on the entry: the risks that name the control. */
static enum err put_relying(struct exchange *x, const struct record *entry, struct json_out *o,
                            int64_t *evidence)
{
    struct links links = {0};
    *evidence = 0;
    if (entry)
        TRY(record_links(x->call, x->records, exchange__db(x), entry, TEXT(""), READ_MOST - 1,
                         &links));
    json_key(o, "risks");
    json_open(o, '[');
    for (size_t i = 0; i < links.count; i++) {
        const struct linked *l = &links.items[i];
        *evidence += l->out && text_is(l->type, "evidence");
        if (l->out || l->free)
            continue;
        json_open(o, '{');
        put__ref(o, &l->ref);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

struct soa {
    const struct framework *framework;
    const struct kind *kind;
    struct record_list list;
    struct readiness ready;
    struct frozen *frozen; /* beside list.items; NULL: as of a moment */
    int64_t applicable, excluded, undetermined, changed;
};

static int level_of(const struct readiness *r, const struct requirement *q, bool *applicable)
{
    for (size_t i = 0; i < r->row_count; i++)
        if (r->rows[i].row == q) {
            *applicable = r->rows[i].applicable;
            return r->rows[i].level;
        }
    return 0;
}

static void count_entry(struct soa *s, const struct record *entry)
{
    if (!entry || entry->state == s->kind->start) {
        s->undetermined++;
        return;
    }
    struct text state = s->kind->states[entry->state].name;
    for (size_t i = 0; i < s->framework->excluded_count; i++)
        if (text_same(s->framework->excluded_states[i], state)) {
            s->excluded++;
            return;
        }
    s->applicable++;
}

static const struct frozen *frozen_of(const struct soa *s, const struct record *entry)
{
    for (size_t i = 0; s->frozen && entry && i < s->list.count; i++)
        if (s->list.items[i] == entry)
            return &s->frozen[i];
    return NULL;
}

static enum err put_soa_row(struct exchange *x, struct soa *s, const struct requirement *q,
                            struct json_out *o)
{
    const struct record *entry = entry_for(&s->list, s->framework->register_field, q->id);
    int64_t evidence;
    bool applicable = true;
    count_entry(s, entry);
    const struct frozen *frozen = frozen_of(s, entry);
    s->changed += frozen && frozen->changed;
    json_open(o, '{');
    put__text(o, "row", q->row);
    put__words(o, "title", q->title);
    put__words(o, "about", q->about);
    put__text(o, "group", q->group);
    json_key(o, "entry");
    if (entry)
        record_json(x->call, x->records, exchange__db(x), entry, (struct text){0}, o);
    else
        json_put_null(o);
    TRY(put_relying(x, entry, o, &evidence));
    put__integer(o, "evidence", evidence);
    put__integer(o, "level", level_of(&s->ready, q, &applicable));
    put__bool(o, "applicable", applicable);
    put__bool(o, "changed", frozen && frozen->changed);
    json_key(o, "signed");
    if (frozen && frozen->then)
        json_put_text(o, frozen->then->kind->states[frozen->then->state].name);
    else
        json_put_null(o);
    json_close(o, '}');
    return OK;
}

static enum err read_entries(struct exchange *x, struct soa *s)
{
    struct list_query q = {.limit = 1000, .sort = TEXT("key")};
    TRY(query__moment(x, "as_of", &q.as_of));
    TRY(record_list(x->call, x->records, exchange__db(x), s->kind, &q, &s->list));
    if (q.as_of)
        return OK;
    s->frozen = NEW_MANY(x->call->arena, s->list.count + 1, struct frozen);
    return record_frozen(x->call, x->records, exchange__db(x), s->kind, s->list.items,
                         s->list.count, s->frozen);
}

enum err soa_get(struct exchange *x)
{
    struct soa s = {.framework = assurance__framework(x, query__text(x, "framework"))};
    if (!s.framework || !s.framework->register_kind.len)
        return assurance__missing(x);
    s.kind = exchange__kind(x, s.framework->register_kind);
    if (!s.kind)
        return assurance__missing(x);
    TRY(read_entries(x, &s));
    TRY(assure_kept_readiness(x->call, x->view->runs, x->records, exchange__db(x), s.framework,
                              &s.ready));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "rows");
    json_open(o, '[');
    for (size_t i = 0; i < s.framework->row_count; i++)
        if (text_same(s.framework->rows[i].type, s.framework->register_rows))
            TRY(put_soa_row(x, &s, &s.framework->rows[i], o));
    json_close(o, ']');
    json_key(o, "names");
    TRY(record_names(x->call, x->records, exchange__db(x), s.list.items, s.list.count, o));
    assurance__put_groups(s.framework, o);
    json_key(o, "summary");
    json_open(o, '{');
    put__integer(o, "applicable", s.applicable);
    put__integer(o, "excluded", s.excluded);
    put__integer(o, "undetermined", s.undetermined);
    put__integer(o, "changed", s.changed);
    json_close(o, '}');
    json_close(o, '}');
    return OK;
}
