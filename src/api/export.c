/* SPDX-License-Identifier: Apache-2.0 */
/* api/export.c — a list as a file: what the actor may read, every page of it. In the columns that
 * an import understands again (field names; references as keys, people as names), or as the list
 * is read in the pages: titles and words, and in a workbook a second sheet with those codes. */
#include "api/export.h"

struct sink {
    struct call *call;
    struct buf csv;
    struct xlsx *xlsx;
    enum xlsx_type *types; /* of the columns */
    enum xlsx_type *word_types;
};

static enum xlsx_type type_of(const struct field *f)
{
    return f->many ? XLSX_TEXT : f->type->sheet;
}

/* types NULL: a heading. */
static void put_row(struct sink *s, const struct text *cells, const enum xlsx_type *types,
                    size_t count)
{
    if (s->xlsx) {
        if (types)
            xlsx_row(s->xlsx, cells, types, count);
        else
            xlsx_heading(s->xlsx, cells, count);
        return;
    }
    for (size_t i = 0; i < count; i++)
        csv_put(&s->csv, cells[i], i == 0);
    csv_end_row(&s->csv);
}

/* A column that some role of the actor may see; row by row it is empty outside its units. */
static bool exported(struct call *call, const struct field *f)
{
    return record_reads_somewhere(call->actor, f);
}

/* A kind has so many fields and a name counts once: no query makes more columns than that. */
struct columns LIST_OF(const struct field *);

static struct columns columns(struct call *call, const struct kind *k, struct text wanted)
{
    struct columns out = LIST_IN(call->arena, k->field_count + 1);
    bool *taken = NEW_MANY(call->arena, k->field_count + 1, bool);
    bool all = !wanted.len;
    const struct field *f = all ? NULL : kind_field(k, TEXT("key"));
    if (f && LIST_ADD(&out, f))
        taken[f->index] = true;
    while (wanted.len) {
        f = kind_field(k, text_trim(text_cut(&wanted, ',')));
        if (f && exported(call, f) && !taken[f->index] && LIST_ADD(&out, f))
            taken[f->index] = true;
    }
    for (size_t i = 0; i < k->field_count && all; i++)
        if (exported(call, &k->fields[i]))
            (void)LIST_ADD(&out, &k->fields[i]);
    return out;
}

/* ---- references in words
 * ---------------------------------------------------------------------------- */
#define REFERENCES_MOST 1000000 /* of one page of 200 records */
static struct text target_of(const struct field *f)
{
    if (f->target == TO_PERSON)
        return TEXT("person");
    return f->target == TO_KIND ? f->target_name : (struct text){0};
}

struct text lookup__kind(const struct field *f)
{
    return f->type->refers == REFERS_FILE ? TEXT("file") : target_of(f);
}

static void want(struct lookup *l, struct text kind, struct text id)
{
    if (kind.len && map_add(l->places, id, l->ids.count)) {
        (void)LIST_ADD(&l->kinds, kind);
        (void)LIST_ADD(&l->ids, id);
    }
}

static void want_value(struct lookup *l, const struct field *f, const struct json *v)
{
    struct text kind = lookup__kind(f);
    if (v && v->type == JSON_TEXT)
        want(l, kind, v->text);
    for (const struct json *one = v && v->type == JSON_LIST ? v->first : NULL; one;
         one = one->next)
        if (one->type == JSON_TEXT)
            want(l, kind, one->text);
}

/* References inside tables and links are looked up for words only. */
static void want_inside(struct lookup *l, const struct field *f, const struct json *v)
{
    struct text files[FIELD_FILES];
    size_t count = f->type->refers == REFERS_PARTS ? field_files(f, v, files) : 0;
    for (size_t i = 0; i < count; i++)
        want(l, TEXT("file"), files[i]);
    for (const struct json *row = field_is_column(f) ? NULL : v->first; row; row = row->next) {
        if (f->type->refers == REFERS_FREE)
            want(l, json_text(json_get(row, "kind")), json_text(json_get(row, "id")));
        for (const struct json *cell = f->type->form == FORM_ROWS ? row->first : NULL; cell;
             cell = cell->next)
            for (size_t i = 0; i < f->column_count; i++)
                if (text_same(cell->key, f->columns[i].name))
                    want_value(l, &f->columns[i], cell);
    }
}

static void want_all(struct lookup *l, const struct columns *fields, const struct record *rec,
                     bool words)
{
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *f = fields->at[i];
        const struct json *v = rec->values[f->index];
        if (f->type->written != WRITTEN_JSON)
            want_value(l, f, v);
        else if (v && words)
            want_inside(l, f, v);
    }
}

const struct ref *lookup__find(const struct lookup *l, struct text id)
{
    size_t i;
    return map_find(l->places, id, &i) && l->refs[i].id.len ? &l->refs[i] : NULL;
}

struct text lookup__person(struct call *call, const struct ref *ref)
{
    return !ref->key.len ? ref->title
                         : text_print(call->arena, "%.*s <%.*s>", TEXT_ARG(ref->title),
                                      TEXT_ARG(ref->key));
}

static struct text in_words(struct call *call, const struct lookup *l, struct text id)
{
    const struct ref *ref = lookup__find(l, id);
    if (!ref)
        return id;
    if (text_is(ref->kind, "person"))
        return lookup__person(call, ref);
    return ref->key.len ? ref->key : ref->title;
}

static struct text cell(struct call *call, const struct lookup *l, const struct field *f,
                        const struct json *v)
{
    if (!v)
        return (struct text){0};
    struct buf b = buf_in(call->arena, 64u << 20); /* a body has a cap: a cell of it fits */
    if (f->type->written == WRITTEN_JSON) {
        struct json_out o = json_out(&b);
        json_put_json(&o, v);
        return buf_text(&b);
    }
    if (v->type == JSON_TRUE || v->type == JSON_FALSE)
        return v->type == JSON_TRUE ? TEXT("true") : TEXT("false");
    if (v->type != JSON_LIST)
        return target_of(f).len ? in_words(call, l, v->text) : v->text;
    for (const struct json *one = v->first; one; one = one->next) {
        buf_add(&b, target_of(f).len ? in_words(call, l, one->text) : one->text);
        if (one->next)
            buf_add_c(&b, f->target == TO_NONE ? "|" : "; ");
    }
    return buf_text(&b);
}

static enum err find_words(struct call *call, struct records *r, struct reader *db,
                           const struct columns *fields, const struct record_list *list,
                           bool words, struct lookup *l)
{
    *l = (struct lookup){LIST_IN(call->arena, REFERENCES_MOST),
                         LIST_IN(call->arena, REFERENCES_MOST), map_in(call->arena), NULL};
    for (size_t i = 0; i < list->count; i++)
        want_all(l, fields, list->items[i], words);
    if (l->ids.full)
        return problem(
            call, ERR_TOO_LARGE, TEXT("fields"), "too_large", "%s",
            say(call, "these records refer to too many others; export fewer columns"));
    l->refs = NEW_MANY(call->arena, l->ids.count + 1, struct ref);
    return record_refs(call, r, db, l->kinds.at, l->ids.at, l->ids.count, l->refs);
}

/* One record, in the words of a model or, with NULL, in codes. */
static void put_record(struct call *call, struct sink *sink, const struct columns *fields,
                       const struct lookup *l, const struct record *rec,
                       const struct json *const *values, const struct model *words)
{
    struct text *cells = NEW_MANY(call->arena, fields->count + 1, struct text);
    for (size_t f = 0; f < fields->count; f++)
        cells[f] = words ? words__cell(call, words, l, rec, fields->at[f], values[f])
                         : cell(call, l, fields->at[f], values[f]);
    put_row(sink, cells, words ? sink->word_types : sink->types, fields->count);
}

static enum err put_page(struct call *call, struct records *r, struct reader *db,
                         struct sink *sink, const struct columns *fields,
                         const struct record_list *list, const struct model *words)
{
    struct lookup l;
    TRY(find_words(call, r, db, fields, list, words != NULL, &l));
    const struct json **values = NEW_MANY(call->arena, fields->count + 1, const struct json *);
    for (size_t i = 0; i < list->count; i++) {
        const struct record *rec = list->items[i];
        const bool *shown = record_sight(call, r, db, rec);
        for (size_t f = 0; f < fields->count; f++)
            values[f] = shown[fields->at[f]->index] ? rec->values[fields->at[f]->index] : NULL;
        put_record(call, sink, fields, &l, rec, values, words);
        if (!words || !sink->xlsx)
            continue;
        xlsx_choose(sink->xlsx, 1);
        put_record(call, sink, fields, &l, rec, values, NULL);
        xlsx_choose(sink->xlsx, 0);
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

struct export {
    struct records *records;
    struct reader *db;
    const struct kind *kind;
    struct list_query query;
    struct columns columns;
    struct sink sink;
    struct json_out json_out;
    const struct model *words; /* NULL: codes */
    bool json;
    int64_t rows;
};

static enum err put_one_page(struct export *x, struct call *page, struct record_list *list)
{
    TRY(record_list(page, x->records, x->db, x->kind, &x->query, list));
    x->rows += (int64_t)list->count;
    if (x->json) {
        put_json_page(page, x->records, x->db, &x->json_out, list, x->query.fields);
        return OK;
    }
    return put_page(page, x->records, x->db, &x->sink, &x->columns, list, x->words);
}

/* Each page has memory of its own, so that a file of 100,000 records takes what the file takes. */
static enum err put_pages(struct call *call, struct export *x)
{
    enum err e = OK;
    for (bool more = true; more && e == OK;) {
        struct arena *arena = arena_open();
        struct call *page = call_beside(arena, call);
        struct record_list list;
        page->actor = call->actor;
        page->id = call->id;
        e = put_one_page(x, page, &list);
        for (const struct problem *p = page->problems; p; p = p->next)
            (void)problem_at(call, e, p->field, text_c(call->arena, p->code), p->source,
                             p->message);
        x->query.cursor = e == OK ? text_copy(call->arena, list.next) : (struct text){0};
        more = x->query.cursor.len > 0;
        arena_close(arena);
    }
    return e;
}

static void put_heading(struct call *call, struct export *x, bool words)
{
    struct text *names = NEW_MANY(call->arena, x->columns.count + 1, struct text);
    for (size_t i = 0; i < x->columns.count; i++)
        names[i] = words ? words__heading(call, x->columns.at[i]) : x->columns.at[i]->name;
    put_row(&x->sink, names, NULL, x->columns.count);
}

/* Two sheets: the list as it is read, and what comes back by an import. */
static void put_sheets(struct call *call, struct export *x)
{
    double *widths = NEW_MANY(call->arena, x->columns.count + 1, double);
    for (size_t i = 0; i < x->columns.count; i++)
        widths[i] = words__width(x->columns.at[i]);
    xlsx_codes(x->sink.xlsx,
               text_of(say(
                   call, "This sheet is for reading. An import reads the sheet “Codes”: change "
                         "there what is to come back.")));
    xlsx_choose(x->sink.xlsx, 1);
    put_heading(call, x, false);
    xlsx_choose(x->sink.xlsx, 0);
    xlsx_widths(x->sink.xlsx, widths, x->columns.count);
}

static enum err put_file(struct call *call, struct export *x, struct text *bytes)
{
    if (!x->json && !x->sink.xlsx) /* without the mark, Excel takes UTF-8 for something else */
        buf_add_c(&x->sink.csv, "\xEF\xBB\xBF");
    if (x->json)
        json_open(&x->json_out, '[');
    else {
        if (x->words && x->sink.xlsx)
            put_sheets(call, x);
        put_heading(call, x, x->words != NULL);
    }
    enum err e = put_pages(call, x);
    if (x->json)
        json_close(&x->json_out, ']');
    if (x->sink.xlsx) { /* closed whatever happened: it holds a file */
        struct call *quiet = call_beside(call->arena, call);
        enum err closed = xlsx_close(e == OK ? call : quiet, x->sink.xlsx, bytes);
        return e == OK ? closed : e;
    }
    *bytes = buf_text(&x->sink.csv);
    return e == OK && x->sink.csv.full ? ERR_TOO_LARGE : e;
}

enum err api_export(struct call *call, struct records *r, struct reader *db,
                    const struct kind *k, const struct list_query *query, struct text format,
                    const struct model *words, struct text *bytes, const char **type,
                    int64_t *rows)
{
    bool json = text_is(format, "json"), xlsx = text_is(format, "xlsx");
    if (!json && !xlsx && !text_is(format, "csv"))
        return problem(call, ERR_INVALID, TEXT("format"), "choice", "%s",
                       say(call, "must be csv, xlsx or json"));
    struct export x = {.records = r,
                       .db = db,
                       .kind = k,
                       .query = *query,
                       .columns = columns(call, k, query->fields),
                       .sink = {.call = call, .csv = buf_in(call->arena, 512u << 20)},
                       .words = words,
                       .json = json};
    x.json_out = json_out(&x.sink.csv);
    x.sink.types = NEW_MANY(call->arena, x.columns.count + 1, enum xlsx_type);
    x.sink.word_types = NEW_MANY(call->arena, x.columns.count + 1, enum xlsx_type);
    for (size_t i = 0; i < x.columns.count; i++) {
        x.sink.types[i] = type_of(x.columns.at[i]);
        x.sink.word_types[i] = words__type(x.columns.at[i]);
    }
    if (xlsx)
        x.sink.xlsx = xlsx_open(
            call, text_c(call->arena, words ? words_in(k->plural, call->lang) : k->name));
    x.query.limit = 200;
    x.query.facets = (struct text){0};
    if (!x.query.sort.len && !words) /* what is read has the order of the list */
        x.query.sort = TEXT("key");
    *type = json   ? "application/json; charset=utf-8"
            : xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                   : "text/csv; charset=utf-8";
    enum err e = put_file(call, &x, bytes);
    *rows = x.rows;
    return e;
}
