/* SPDX-License-Identifier: Apache-2.0 */
/* record/table.c — a record as rows: one typed table per kind, child tables for rows fields,
 * link for references. What people read comes from the version's body; these rows are its
 * projection for queries and checks, and deep verification holds the two against each other.
 * One of the three files that build SQL: every name in it was checked by the model. */
#include "record/internal.h"

enum err db__rows(struct call *call, struct db db, const char *sql, const struct value *values,
                  size_t count, size_t most, struct rows *out)
{
    if (db.tx)
        return tx_rows(call, db.tx, sql, values, count, most, out);
    return read_rows(call, db.reader, sql, values, count, most, out);
}

bool field__is_column(const struct field *f)
{
    return field_is_column(f);
}

enum column_type table__column(const struct field *f)
{
    if (field_is_set(f))
        return COLUMN_TEXT;
    if (f->type->form == FORM_WHOLE || f->type->form == FORM_TRUTH)
        return COLUMN_INTEGER;
    return f->type->form == FORM_NUMBER ? COLUMN_NUMBER : COLUMN_TEXT;
}

/* id, ledger and commitment first; then every field that is a column, in field order. */
size_t table__columns(const struct kind *k, struct text *names, enum column_type *types)
{
    size_t n = 0;
    names[n] = TEXT("id"), types[n++] = COLUMN_TEXT;
    names[n] = TEXT("ledger"), types[n++] = COLUMN_INTEGER;
    names[n] = TEXT("commitment"), types[n++] = COLUMN_BYTES;
    for (size_t i = 0; i < k->field_count; i++)
        if (field__is_column(&k->fields[i]))
            names[n] = k->fields[i].name, types[n++] = table__column(&k->fields[i]);
    return n;
}

/* ---- order: beside a text of one line stands the key that puts it where people look for it. */
bool order__has(const struct field *f)
{
    bool line = f->type->written == WRITTEN_LINE || f->target == TO_REQUIREMENT;
    return field__is_column(f) && line && !f->many;
}

struct text order__name(struct arena *a, const struct field *f)
{
    return text_print(a, "_%.*s", TEXT_ARG(f->name)); /* no field begins like this */
}

struct value order__cell(struct call *call, const struct json *v)
{
    return value__empty(v) ? V_NULL : V_TEXT(order_key(call->arena, v->text));
}

size_t table__order_values(struct call *call, const struct record *rec, struct value *out)
{
    size_t n = 0;
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (order__has(&rec->kind->fields[i]))
            out[n++] = order__cell(call, rec->values[i]);
    return n;
}

size_t table__order_columns(struct arena *a, const struct kind *k, struct text *names)
{
    size_t n = 0;
    for (size_t i = 0; i < k->field_count; i++)
        if (order__has(&k->fields[i]))
            names[n++] = order__name(a, &k->fields[i]);
    return n;
}

static struct value list_value(struct call *call, const struct json *v)
{
    struct buf b = buf_in(call->arena, 64u << 20); /* the body has a cap: it holds */
    for (const struct json *one = v->first; one; one = one->next) {
        buf_add_c(&b, "|");
        buf_add(&b, one->text);
    }
    buf_add_c(&b, "|");
    return V_TEXT(buf_text(&b));
}

/* Of a document its languages: what it says is in the version. */
static struct value parts_value(struct call *call, const struct json *v)
{
    struct buf b = buf_in(call->arena, 4096);
    for (const struct json *one = document_versions(v); one; one = one->next)
        buf_print(&b, "|%.*s", TEXT_ARG(one->key));
    buf_add_c(&b, "|");
    return V_TEXT(buf_text(&b));
}

struct value table__cell(struct call *call, const struct field *f, const struct json *v)
{
    if (value__empty(v))
        return V_NULL;
    if (v->type == JSON_LIST)
        return list_value(call, v);
    if (f->type->form == FORM_PARTS)
        return parts_value(call, v);
    switch (table__column(f)) {
    case COLUMN_INTEGER:
        return V_INT(v->type == JSON_INTEGER ? v->integer : v->type == JSON_TRUE);
    case COLUMN_NUMBER:
        return V_NUM(v->number);
    default:
        return V_TEXT(v->text);
    }
}

void table__values(struct call *call, const struct record *rec, struct value *out)
{
    size_t n = 0;
    out[n++] = V_TEXT(rec->id);
    out[n++] = V_INT(rec->ledger);
    out[n++] = V_BYTES(text_copy(call->arena, hash_text(&rec->commitment)));
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (field__is_column(&rec->kind->fields[i]))
            out[n++] = table__cell(call, &rec->kind->fields[i], rec->values[i]);
}

size_t table__row_values(struct call *call, const struct field *f, const struct json *row,
                         struct value *out)
{
    for (size_t i = 0; i < f->column_count; i++)
        out[i] = table__cell(call, &f->columns[i],
                             json_get(row, text_c(call->arena, f->columns[i].name)));
    return f->column_count;
}

/* ---- links: refs fields, file fields and free links
 * ------------------------------------------ */
static struct text target_word(const struct field *f)
{
    if (f->type->refers == REFERS_FILE || f->type->refers == REFERS_PARTS)
        return TEXT("file");
    switch (f->target) {
    case TO_PERSON:
        return TEXT("person");
    case TO_ROLE:
        return TEXT("role");
    case TO_REQUIREMENT:
        return TEXT("requirement");
    default:
        return f->target_name;
    }
}

size_t table__links(struct call *call, const struct record *rec, struct link_row **out)
{
    size_t n = 0, room = 0;
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (rec->values[i])
            room += rec->values[i]->count + FIELD_FILES;
    struct link_row *rows = NEW_MANY(call->arena, room + 1, struct link_row);
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        const struct json *v = rec->values[i];
        if (!v)
            continue;
        int64_t pos = 0;
        struct text files[FIELD_FILES];
        size_t file_count = field_files(f, v, files);
        for (size_t n_file = 0; n_file < file_count; n_file++)
            rows[n++] = (struct link_row){f->name, TEXT("file"), files[n_file], pos++, 0};
        if (f->type->refers == REFERS_MANY)
            for (const struct json *one = v->first; one; one = one->next)
                rows[n++] = (struct link_row){f->name, target_word(f), one->text, pos++, 0};
        else if (f->type->refers == REFERS_FREE)
            for (const struct json *one = v->first; one; one = one->next)
                rows[n++] = (struct link_row){json_text(json_get(one, "type")),
                                              json_text(json_get(one, "kind")),
                                              json_text(json_get(one, "id")), pos++, 1};
    }
    *out = rows;
    return n;
}

/* ---- SQL texts, built once
 * ------------------------------------------------------------------------- */
#define STATEMENT_MOST (1u << 20)

/* NULL when it did not fit; table__build then names the kind. */
static const char *done(struct buf *b)
{
    buf_add_byte(b, '\0');
    return b->full ? NULL : b->at;
}

/* Records with their latest versions. The record leads (SQLite keeps the order of a CROSS
 * JOIN): the other way round every version of each would be read. */
#define WITH_BODY                                                                              \
    "SELECT t.id, t.\"key\", t.version, t.state, t.ledger, t.commitment, v.body "              \
    "FROM \"%.*s\" t CROSS JOIN version v WHERE v.kind = '%.*s' AND v.id = t.id "              \
    "AND v.version = t.version AND "

static const char *build_select(struct arena *a, const struct kind *k, const char *column)
{
    struct buf b = buf_in(a, STATEMENT_MOST);
    buf_print(&b, WITH_BODY "t.\"%s\" = $1", TEXT_ARG(k->name), TEXT_ARG(k->name), column);
    return done(&b);
}

static const char *build_write(struct arena *a, const struct kind *k, bool insert)
{
    struct text *names = NEW_MANY(a, 2 * k->field_count + 3, struct text);
    enum column_type *types = NEW_MANY(a, k->field_count + 3, enum column_type);
    size_t n = table__columns(k, names, types);
    n += table__order_columns(a, k, names + n);
    struct buf b = buf_in(a, STATEMENT_MOST);
    buf_print(&b, insert ? "INSERT INTO \"%.*s\"(" : "UPDATE \"%.*s\" SET ", TEXT_ARG(k->name));
    for (size_t i = insert ? 0 : 1; i < n; i++) {
        buf_print(&b, "%s\"%.*s\"", i > (insert ? 0u : 1u) ? ", " : "", TEXT_ARG(names[i]));
        if (!insert)
            buf_print(&b, " = $%zu", i + 1);
    }
    if (!insert) {
        buf_add_c(&b, " WHERE id = $1");
        return done(&b);
    }
    buf_add_c(&b, ") VALUES (");
    for (size_t i = 0; i < n; i++)
        buf_print(&b, "%s$%zu", i ? ", " : "", i + 1);
    buf_add_c(&b, ")");
    return done(&b);
}

static const char *build_order(struct arena *a, const struct kind *k)
{
    struct text *names = NEW_MANY(a, k->field_count + 1, struct text);
    size_t n = table__order_columns(a, k, names);
    struct buf b = buf_in(a, STATEMENT_MOST);
    buf_print(&b, "UPDATE \"%.*s\" SET ", TEXT_ARG(k->name));
    for (size_t i = 0; i < n; i++)
        buf_print(&b, "%s\"%.*s\" = $%zu", i ? ", " : "", TEXT_ARG(names[i]), i + 2);
    buf_add_c(&b, " WHERE id = $1");
    return n ? done(&b) : NULL;
}

static const char *build_row_insert(struct arena *a, const struct kind *k,
                                    const struct field *f)
{
    struct buf b = buf_in(a, STATEMENT_MOST);
    buf_print(&b, "INSERT INTO \"%.*s__%.*s\"(record, pos", TEXT_ARG(k->name),
              TEXT_ARG(f->name));
    for (size_t i = 0; i < f->column_count; i++)
        buf_print(&b, ", \"%.*s\"", TEXT_ARG(f->columns[i].name));
    buf_add_c(&b, ") VALUES ($1, $2");
    for (size_t i = 0; i < f->column_count; i++)
        buf_print(&b, ", $%zu", i + 3);
    buf_add_c(&b, ")");
    return done(&b);
}

static const char *build_row_delete(struct arena *a, const struct kind *k,
                                    const struct field *f)
{
    struct buf b = buf_in(a, STATEMENT_MOST);
    buf_print(&b, "DELETE FROM \"%.*s__%.*s\" WHERE record = $1", TEXT_ARG(k->name),
              TEXT_ARG(f->name));
    return done(&b);
}

static const char *build_page(struct arena *a, const struct kind *k)
{
    struct text *names = NEW_MANY(a, k->field_count + 3, struct text);
    enum column_type *types = NEW_MANY(a, k->field_count + 3, enum column_type);
    size_t n = table__columns(k, names, types);
    struct buf b = buf_in(a, STATEMENT_MOST);
    buf_add_c(&b, "SELECT ");
    for (size_t i = 0; i < n; i++)
        buf_print(&b, "t.\"%.*s\", ", TEXT_ARG(names[i]));
    buf_print(&b,
              "v.body, v.ledger FROM \"%.*s\" t LEFT JOIN version v ON v.kind = '%.*s' AND "
              "v.id = t.id AND v.version = t.version WHERE t.id > $1 ORDER BY t.id LIMIT 200",
              TEXT_ARG(k->name), TEXT_ARG(k->name));
    return done(&b);
}

static const char *build_orphans(struct arena *a, const struct kind *k)
{
    struct buf b = buf_in(a, STATEMENT_MOST);
    buf_print(
        &b,
        "SELECT v.id FROM version v WHERE v.kind = '%.*s' AND v.version = 1 AND NOT EXISTS "
        "(SELECT 1 FROM \"%.*s\" t WHERE t.id = v.id) LIMIT 100",
        TEXT_ARG(k->name), TEXT_ARG(k->name));
    return done(&b);
}

static const char *build_row_orphans(struct arena *a, const struct kind *k,
                                     const struct field *f)
{
    struct buf b = buf_in(a, STATEMENT_MOST);
    buf_print(&b,
              "SELECT DISTINCT r.record FROM \"%.*s__%.*s\" r WHERE NOT EXISTS "
              "(SELECT 1 FROM \"%.*s\" t WHERE t.id = r.record) LIMIT 100",
              TEXT_ARG(k->name), TEXT_ARG(f->name), TEXT_ARG(k->name));
    return done(&b);
}

static const char *build_behind(struct arena *a, const struct kind *k)
{
    struct buf b = buf_in(a, STATEMENT_MOST);
    buf_print(
        &b,
        "SELECT t.id FROM \"%.*s\" t WHERE t.version <> (SELECT max(v.version) FROM version v "
        "WHERE v.kind = '%.*s' AND v.id = t.id) LIMIT 100",
        TEXT_ARG(k->name), TEXT_ARG(k->name));
    return done(&b);
}

static const char *build_row_select(struct arena *a, const struct kind *k,
                                    const struct field *f)
{
    struct buf b = buf_in(a, STATEMENT_MOST);
    buf_add_c(&b, "SELECT pos");
    for (size_t i = 0; i < f->column_count; i++)
        buf_print(&b, ", \"%.*s\"", TEXT_ARG(f->columns[i].name));
    buf_print(&b, " FROM \"%.*s__%.*s\" WHERE record = $1 ORDER BY pos", TEXT_ARG(k->name),
              TEXT_ARG(f->name));
    return done(&b);
}

static void build_rows(struct arena *a, const struct kind *k, struct kind_sql *s)
{
    s->row_select = NEW_MANY(a, k->field_count, const char *);
    s->row_orphans = NEW_MANY(a, k->field_count, const char *);
    s->row_insert = NEW_MANY(a, k->field_count, const char *);
    s->row_delete = NEW_MANY(a, k->field_count, const char *);
    for (size_t f = 0; f < k->field_count; f++)
        if (k->fields[f].type->form == FORM_ROWS) {
            s->row_select[f] = build_row_select(a, k, &k->fields[f]);
            s->row_orphans[f] = build_row_orphans(a, k, &k->fields[f]);
            s->row_insert[f] = build_row_insert(a, k, &k->fields[f]);
            s->row_delete[f] = build_row_delete(a, k, &k->fields[f]);
        }
}

static bool whole(const struct kind *k, const struct kind_sql *s)
{
    bool good = s->by_id && s->by_key && s->insert && s->update && s->page && s->orphans &&
                s->behind;
    for (size_t f = 0; f < k->field_count; f++)
        if (k->fields[f].type->form == FORM_ROWS)
            good = good && s->row_select[f] && s->row_orphans[f] && s->row_insert[f] &&
                   s->row_delete[f];
    return good;
}

enum err table__build(struct call *call, struct records *r)
{
    struct arena *a = r->arena;
    r->sql = NEW_MANY(a, r->model->kind_count, struct kind_sql);
    for (size_t i = 0; i < r->model->kind_count; i++) {
        const struct kind *k = &r->model->kinds[i];
        struct kind_sql *s = &r->sql[i];
        s->by_id = build_select(a, k, "id");
        s->by_key = build_select(a, k, "key");
        s->insert = build_write(a, k, true);
        s->update = build_write(a, k, false);
        s->order = build_order(a, k);
        s->page = build_page(a, k);
        s->orphans = build_orphans(a, k);
        s->behind = build_behind(a, k);
        build_rows(a, k, s);
        if (!whole(k, s))
            return problem_at(call, ERR_TOO_LARGE, k->name, "too_large", k->file,
                              text_of(say(call, "has more fields than a statement can hold")));
    }
    return OK;
}

/* ---- reading one
 * ------------------------------------------------------------------------------------- */
static enum err from_row(struct call *call, const struct kind *k, const struct value *row,
                         struct record **out)
{
    struct record *rec = NEW(call->arena, struct record);
    TRY(body__read(call, k, row[6].text, rec));
    rec->id = row[0].text;
    rec->key = row[1].text;
    rec->version = row[2].integer;
    ptrdiff_t state = kind_state(k, row[3].text);
    if (state < 0)
        return problem(call, ERR_BUG, TEXT("state"), "state",
                       "%.*s is in a state the model does not have: %.*s", TEXT_ARG(rec->key),
                       TEXT_ARG(row[3].text));
    rec->state = (size_t)state;
    rec->ledger = row[4].integer;
    if (row[5].text.len == HASH_SIZE)
        __builtin_memcpy(rec->commitment.byte, row[5].text.at, HASH_SIZE);
    *out = rec;
    return OK;
}

enum err table__find(struct call *call, struct records *r, struct db db, const struct kind *k,
                     struct text id_or_key, struct record **out)
{
    *out = NULL;
    if (!id_or_key.len || id_or_key.len > 64)
        return OK;
    const struct kind_sql *s = &r->sql[k->index];
    struct value id = V_TEXT(id_or_key);
    struct rows rows;
    TRY(db__rows(call, db, text_find(id_or_key, '-') < 0 ? s->by_id : s->by_key, &id, 1, 2,
                 &rows));
    return rows.count ? from_row(call, k, rows.cells, out) : OK;
}

/* The rows of "… WHERE <where>" in the shape of by_id, as records. */
enum err table__many(struct call *call, struct records *r, struct db db, const struct kind *k,
                     const char *where, const struct value *values, size_t value_count,
                     size_t most, struct record ***out, size_t *count)
{
    struct buf b = buf_in(call->arena, 4u << 20); /* `where` has a cap of its own */
    buf_print(&b, WITH_BODY "%s", TEXT_ARG(k->name), TEXT_ARG(k->name), where);
    const char *sql = done(&b);
    struct rows rows;
    if (!sql)
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large", "%s",
                       say(call, "this asks for too many things at once"));
    TRY(db__rows(call, db, sql, values, value_count, most, &rows));
    *count = rows.count;
    *out = NEW_MANY(call->arena, rows.count + 1, struct record *);
    for (size_t i = 0; i < rows.count; i++)
        TRY(from_row(call, k, row_at(&rows, i), &(*out)[i]));
    (void)r;
    return OK;
}

enum err table__states(struct call *call, struct tx *tx, const struct kind *k, struct rows *out)
{
    struct text sql =
        text_print(call->arena, "SELECT DISTINCT state FROM \"%.*s\"", TEXT_ARG(k->name));
    return tx_rows(call, tx, text_c(call->arena, sql), NULL, 0, 1000, out);
}

/* ---- writing one
 * --------------------------------------------------------------------------------------- */
static enum err write_rows(struct call *call, struct records *r, struct tx *tx,
                           const struct record *rec, const struct field *f, bool had)
{
    const struct kind_sql *s = &r->sql[rec->kind->index];
    struct value values[66];
    values[0] = V_TEXT(rec->id);
    if (had)
        TRY(tx_exec(call, tx, s->row_delete[f->index], values, 1, NULL));
    const struct json *v = rec->values[f->index];
    int64_t pos = 0;
    for (const struct json *row = v ? v->first : NULL; row; row = row->next) {
        values[1] = V_INT(pos++);
        size_t n = table__row_values(call, f, row, values + 2);
        TRY(tx_exec(call, tx, s->row_insert[f->index], values, n + 2, NULL));
    }
    return OK;
}

static bool links_differ(struct link_row *a, size_t a_count, struct link_row *b, size_t b_count)
{
    if (a_count != b_count)
        return true;
    for (size_t i = 0; i < a_count; i++)
        if (!text_same(a[i].type, b[i].type) || !text_same(a[i].to_id, b[i].to_id) ||
            !text_same(a[i].to_kind, b[i].to_kind) || a[i].pos != b[i].pos)
            return true;
    return false;
}

static enum err write_links(struct call *call, struct tx *tx, const struct record *rec,
                            const struct record *before)
{
    struct link_row *now, *then = NULL;
    size_t now_count = table__links(call, rec, &now);
    size_t then_count = before ? table__links(call, before, &then) : 0;
    if (!links_differ(now, now_count, then, then_count))
        return OK;
    struct value values[7] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    if (then_count)
        TRY(tx_exec(call, tx, "DELETE FROM link WHERE from_kind = $1 AND from_id = $2", values,
                    2, NULL));
    for (size_t i = 0; i < now_count; i++) {
        values[2] = V_TEXT(now[i].type);
        values[3] = V_INT(now[i].pos);
        values[4] = V_TEXT(now[i].to_kind);
        values[5] = V_TEXT(now[i].to_id);
        values[6] = V_INT(now[i].free);
        TRY(tx_exec(call, tx,
                    "INSERT INTO link(from_kind, from_id, type, pos, to_kind, to_id, free) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    values, 7, NULL));
    }
    return OK;
}

static bool rows_differ(const struct json *now, const struct json *then)
{
    if (!now || !then)
        return now != then;
    return !json_same(now, then);
}

enum err table__write(struct call *call, struct records *r, struct tx *tx,
                      const struct record *rec, const struct record *before)
{
    const struct kind *k = rec->kind;
    const struct kind_sql *s = &r->sql[k->index];
    struct value *values = NEW_MANY(call->arena, 2 * k->field_count + 3, struct value);
    size_t n = 3;
    for (size_t i = 0; i < k->field_count; i++)
        n += field__is_column(&k->fields[i]);
    table__values(call, rec, values);
    n += table__order_values(call, rec, values + n);
    TRY(tx_exec(call, tx, before ? s->update : s->insert, values, n, NULL));
    for (size_t i = 0; i < k->field_count; i++) {
        const struct json *then = before ? before->values[i] : NULL;
        if (k->fields[i].type->form == FORM_ROWS && rows_differ(rec->values[i], then))
            TRY(write_rows(call, r, tx, rec, &k->fields[i], then != NULL));
    }
    return write_links(call, tx, rec, before);
}

/* ---- a column that is new in the table and old in the versions
 * --------------------------------------------------------------------------------------- */
static enum err refill_row(struct call *call, struct tx *tx, const char *update,
                           const struct kind *k, const struct field *f, const struct value *row,
                           struct text body)
{
    struct record *rec = NEW(call->arena, struct record);
    TRY(body__read(call, k, body, rec));
    struct value values[] = {row[0], table__cell(call, f, rec->values[f->index])};
    return values[1].type == VALUE_NULL ? OK : tx_exec(call, tx, update, values, 2, NULL);
}

enum err table__refill(struct call *call, struct records *r, struct tx *tx,
                       const struct kind *k, const struct field *f)
{
    const char *update = text_print(call->arena, "UPDATE \"%.*s\" SET \"%.*s\" = $2 WHERE id = $1",
                                    TEXT_ARG(k->name), TEXT_ARG(f->name))
                             .at;
    struct text *names = NEW_MANY(call->arena, k->field_count + 3, struct text), last = TEXT("");
    enum column_type *types = NEW_MANY(call->arena, k->field_count + 3, enum column_type);
    size_t columns = table__columns(k, names, types), count = 200;
    while (count == 200) {
        struct arena *page = arena_open();
        struct call *own = call_beside(page, call);
        struct value id = V_TEXT(last);
        struct rows rows;
        enum err e = tx_rows(own, tx, r->sql[k->index].page, &id, 1, 200, &rows);
        count = e == OK ? rows.count : 0;
        for (size_t i = 0; e == OK && i < count; i++)
            if (row_at(&rows, i)[columns].type == VALUE_TEXT)
                e = refill_row(own, tx, update, k, f, row_at(&rows, i),
                               row_at(&rows, i)[columns].text);
        if (count)
            last = text_copy(call->arena, row_at(&rows, count - 1)[0].text);
        arena_close(page);
        TRY(e);
    }
    return OK;
}
