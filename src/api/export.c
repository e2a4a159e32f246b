/* SPDX-License-Identifier: Apache-2.0 */
/* api/export.c — a list as a file: what the actor may read, every page of it, in the columns
 * that an import understands again (field names; references as keys, people as names). */
#include "api/internal.h"

struct sink {
    struct call *call;
    struct buf csv;
    struct xlsx *xlsx;
    enum xlsx_type *types; /* of the columns */
};

static enum xlsx_type type_of(const struct field *f)
{
    if (f->many)
        return XLSX_TEXT;
    switch (f->type) {
    case FIELD_INTEGER:
    case FIELD_NUMBER:
        return XLSX_NUMBER;
    case FIELD_YES_NO:
        return XLSX_YES_NO;
    case FIELD_DATE:
        return XLSX_DATE;
    case FIELD_MOMENT:
        return XLSX_MOMENT;
    default:
        return XLSX_TEXT;
    }
}

static void put_row(struct sink *s, const struct text *cells, size_t count, bool heading)
{
    if (s->xlsx) {
        if (heading)
            xlsx_heading(s->xlsx, cells, count);
        else
            xlsx_row(s->xlsx, cells, s->types, count);
        return;
    }
    for (size_t i = 0; i < count; i++)
        csv_put(&s->csv, cells[i], i == 0);
    csv_end_row(&s->csv);
}

/* A column that some role of the actor may see; row by row it is empty outside its units. */
static bool exported(struct call *call, const struct field *f)
{
    if (f->sensitive && !call->actor->all && !call->actor->sees_sensitive)
        return false;
    return true;
}

static size_t columns(struct call *call, const struct kind *k, struct text wanted,
                      const struct field **out)
{
    size_t n = 0;
    if (wanted.len) {
        out[n++] = kind_field(k, TEXT("key"));
        while (wanted.len) {
            const struct field *f = kind_field(k, text_trim(text_cut(&wanted, ',')));
            if (f && exported(call, f) && !text_is(f->name, "key"))
                out[n++] = f;
        }
        return n;
    }
    for (size_t i = 0; i < k->field_count; i++)
        if (exported(call, &k->fields[i]))
            out[n++] = &k->fields[i];
    return n;
}

/* ---- references in words
 * ---------------------------------------------------------------------------- */
struct lookup {
    struct text *kinds, *ids;
    struct ref *refs;
    size_t count, room;
};

static struct text target_of(const struct field *f)
{
    if (f->target == TO_PERSON)
        return TEXT("person");
    return f->target == TO_KIND ? f->target_name : (struct text){0};
}

static void want(struct lookup *l, struct text kind, struct text id)
{
    if (kind.len && l->count < l->room) {
        l->kinds[l->count] = kind;
        l->ids[l->count++] = id;
    }
}

static void want_all(struct lookup *l, const struct field **fields, size_t field_count,
                     const struct record *rec)
{
    for (size_t i = 0; i < field_count; i++) {
        const struct json *v = rec->values[fields[i]->index];
        struct text kind = target_of(fields[i]);
        if (v && v->type == JSON_TEXT)
            want(l, kind, v->text);
        for (const struct json *one = v && v->type == JSON_LIST ? v->first : NULL; one;
             one = one->next)
            if (one->type == JSON_TEXT)
                want(l, kind, one->text);
    }
}

static struct text in_words(const struct lookup *l, struct text id)
{
    for (size_t i = 0; i < l->count; i++)
        if (text_same(l->ids[i], id) && l->refs[i].id.len)
            return l->refs[i].key.len ? l->refs[i].key : l->refs[i].title;
    return id;
}

static struct text cell(struct call *call, const struct lookup *l, const struct field *f,
                        const struct json *v)
{
    if (!v)
        return (struct text){0};
    if (f->type == FIELD_ROWS || f->type == FIELD_LINKS) {
        struct buf b = buf_in(call->arena, 4u << 20);
        struct json_out o = json_out(&b);
        json_put_json(&o, v);
        return buf_text(&b);
    }
    if (v->type == JSON_TRUE || v->type == JSON_FALSE)
        return v->type == JSON_TRUE ? TEXT("true") : TEXT("false");
    if (v->type != JSON_LIST)
        return target_of(f).len ? in_words(l, v->text) : v->text;
    struct buf b = buf_in(call->arena, 1u << 20);
    for (const struct json *one = v->first; one; one = one->next) {
        buf_add(&b, target_of(f).len ? in_words(l, one->text) : one->text);
        if (one->next)
            buf_add_c(&b, f->target == TO_NONE ? "|" : "; ");
    }
    return buf_text(&b);
}

static const struct json *shown(struct call *call, struct records *r, struct reader *db,
                                const struct record *rec, const struct field *f)
{
    const struct json *v = rec->values[f->index];
    return v && f->sensitive && !record_sees_sensitive(call, r, db, rec) ? NULL : v;
}

static enum err put_page(struct call *call, struct records *r, struct reader *db,
                         struct sink *sink, const struct field **fields, size_t field_count,
                         const struct record_list *list)
{
    struct lookup l = {.room = list->count * (field_count + 40)};
    l.kinds = NEW_MANY(call->arena, l.room + 1, struct text);
    l.ids = NEW_MANY(call->arena, l.room + 1, struct text);
    for (size_t i = 0; i < list->count; i++)
        want_all(&l, fields, field_count, list->items[i]);
    l.refs = NEW_MANY(call->arena, l.count + 1, struct ref);
    TRY(record_refs(call, r, db, l.kinds, l.ids, l.count, l.refs));
    struct text *cells = NEW_MANY(call->arena, field_count + 1, struct text);
    for (size_t i = 0; i < list->count; i++) {
        for (size_t f = 0; f < field_count; f++)
            cells[f] = cell(call, &l, fields[f], shown(call, r, db, list->items[i], fields[f]));
        put_row(sink, cells, field_count, false);
    }
    return OK;
}

static void put_json_page(struct call *call, struct records *r, struct reader *db,
                          struct json_out *o, const struct record_list *list,
                          struct text fields)
{
    for (size_t i = 0; i < list->count; i++)
        record_json(call, r, db, list->items[i], fields, o);
}

enum err api_export(struct call *call, struct records *r, struct reader *db,
                    const struct kind *k, const struct list_query *query, struct text format,
                    struct text *bytes, const char **type)
{
    bool json = text_is(format, "json"), xlsx = text_is(format, "xlsx");
    if (!json && !xlsx && !text_is(format, "csv"))
        return problem(call, ERR_INVALID, TEXT("format"), "choice", "%s",
                       say(call, "must be csv, xlsx or json", "必须是 csv、xlsx 或 json"));
    struct list_query q = *query;
    struct sink sink = {.call = call, .csv = buf_in(call->arena, 512u << 20)};
    struct json_out o = json_out(&sink.csv);
    const struct field **fields =
        NEW_MANY(call->arena, k->field_count + 64, const struct field *);
    size_t field_count = columns(call, k, q.fields, fields);
    if (xlsx)
        sink.xlsx = xlsx_open(call, text_c(call->arena, k->name));
    sink.types = NEW_MANY(call->arena, field_count + 1, enum xlsx_type);
    for (size_t i = 0; i < field_count; i++)
        sink.types[i] = type_of(fields[i]);
    if (!json && !xlsx) /* without the mark, Excel takes UTF-8 for something else */
        buf_add_c(&sink.csv, "\xEF\xBB\xBF");
    if (json)
        json_open(&o, '[');
    else {
        struct text *names = NEW_MANY(call->arena, field_count + 1, struct text);
        for (size_t i = 0; i < field_count; i++)
            names[i] = fields[i]->name;
        put_row(&sink, names, field_count, true);
    }
    q.limit = q.as_of ? 0 : 200;
    q.facets = (struct text){0};
    if (!q.sort.len)
        q.sort = TEXT("key");
    for (bool more = true; more;) {
        struct record_list list;
        TRY(record_list(call, r, db, k, &q, &list));
        if (json)
            put_json_page(call, r, db, &o, &list, q.fields);
        else
            TRY(put_page(call, r, db, &sink, fields, field_count, &list));
        q.cursor = list.next;
        more = list.next.len > 0;
    }
    if (json)
        json_close(&o, ']');
    *type = json   ? "application/json; charset=utf-8"
            : xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                   : "text/csv; charset=utf-8";
    if (xlsx)
        return xlsx_close(call, sink.xlsx, bytes);
    *bytes = buf_text(&sink.csv);
    return sink.csv.full ? ERR_TOO_LARGE : OK;
}
