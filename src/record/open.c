/* SPDX-License-Identifier: Apache-2.0 */
/* record/open.c — the tables that follow from the model, and opening the door. */
#include "record/internal.h"

/* ---- tables of our own
 * ------------------------------------------------------------------------- */
#define COLUMN(n, t, must)                                                                     \
    {                                                                                          \
        .name = {n, sizeof(n) - 1}, .type = COLUMN_##t, .not_null = must                       \
    }
#define NAMED(n)                                                                               \
    {                                                                                          \
        n, sizeof(n) - 1                                                                       \
    }

static const struct column version_columns[] = {
    COLUMN("kind", TEXT, true),       COLUMN("id", TEXT, true),
    COLUMN("version", INTEGER, true), COLUMN("at", TEXT, true),
    COLUMN("ledger", INTEGER, true),  COLUMN("salt", BYTES, true),
    COLUMN("body", TEXT, true),       COLUMN("alters", INTEGER, false)};
static const struct index version_indexes[] = {
    {.name = NAMED("version_at"), .columns = NAMED("kind, at")}};
static const struct column link_columns[] = {
    COLUMN("from_kind", TEXT, true), COLUMN("from_id", TEXT, true), COLUMN("type", TEXT, true),
    COLUMN("pos", INTEGER, true),    COLUMN("to_kind", TEXT, true), COLUMN("to_id", TEXT, true),
    COLUMN("free", INTEGER, true)};
static const struct index link_indexes[] = {
    {.name = NAMED("link_to"), .columns = NAMED("to_id, type, from_kind")}};
static const struct column sequence_columns[] = {COLUMN("kind", TEXT, true),
                                                 COLUMN("last", INTEGER, true)};
static const struct column signature_columns[] = {
    COLUMN("kind", TEXT, true),       COLUMN("id", TEXT, true),
    COLUMN("version", INTEGER, true), COLUMN("move", TEXT, true),
    COLUMN("person", TEXT, true),     COLUMN("at", TEXT, true),
    COLUMN("side", INTEGER, true),    COLUMN("own_id", TEXT, false),
    COLUMN("salt", BYTES, false),     COLUMN("ledger", INTEGER, false)};
/* Who owned a record until this version: follows from the versions (hand.c). */
static const struct column past_owner_columns[] = {
    COLUMN("kind", TEXT, true), COLUMN("id", TEXT, true), COLUMN("version", INTEGER, true),
    COLUMN("person", TEXT, true)};
static const struct column idempotency_columns[] = {
    COLUMN("actor", TEXT, true),  COLUMN("name", TEXT, true), COLUMN("kind", TEXT, true),
    COLUMN("record", TEXT, true), COLUMN("at", TEXT, true),   COLUMN("request", TEXT, false),
    COLUMN("waits_for", TEXT, false)};
static const struct column comment_columns[] = {
    COLUMN("id", TEXT, true),     COLUMN("kind", TEXT, true),     COLUMN("record", TEXT, true),
    COLUMN("author", TEXT, true), COLUMN("at", TEXT, true),       COLUMN("body", TEXT, true),
    COLUMN("salt", BYTES, true),  COLUMN("ledger", INTEGER, true)};
static const struct index comment_indexes[] = {
    {.name = NAMED("comment_record"), .columns = NAMED("kind, record, at")}};
static const struct column attachment_columns[] = {
    COLUMN("id", TEXT, true),       COLUMN("name", TEXT, true),
    COLUMN("type", TEXT, true),     COLUMN("size", INTEGER, true),
    COLUMN("sha256", TEXT, true),   COLUMN("author", TEXT, true),
    COLUMN("at", TEXT, true),       COLUMN("salt", BYTES, true),
    COLUMN("ledger", INTEGER, true)};

#define TABLE(n, key, only_append)                                                             \
    {                                                                                          \
        .name = NAMED(#n), .primary = NAMED(key), .columns = n##_columns,                      \
        .column_count = COUNT(n##_columns), .append_only = only_append                         \
    }
static const struct table own_tables[] = {
    {.name = NAMED("version"),
     .primary = NAMED("kind, id, version"),
     .columns = version_columns,
     .column_count = COUNT(version_columns),
     .indexes = version_indexes,
     .index_count = 1,
     .append_only = true},
    {.name = NAMED("link"),
     .primary = NAMED("from_kind, from_id, type, pos"),
     .columns = link_columns,
     .column_count = COUNT(link_columns),
     .indexes = link_indexes,
     .index_count = 1},
    TABLE(sequence, "kind", false),
    TABLE(signature, "kind, id, version, move, person", true),
    TABLE(idempotency, "actor, name", true),
    TABLE(past_owner, "kind, id, version", true),
    {.name = NAMED("comment"),
     .primary = NAMED("id"),
     .columns = comment_columns,
     .column_count = COUNT(comment_columns),
     .indexes = comment_indexes,
     .index_count = 1,
     .append_only = true},
    TABLE(attachment, "id", true),
};

/* ---- tables of the kinds
 * ------------------------------------------------------------------------ */
struct tables {
    struct table *items;
    size_t count;
};

static struct text former_name(const struct kind *k, struct text name)
{
    const struct field *f = kind_field(k, name);
    return f ? f->was : (struct text){0};
}

static bool wants_index(const struct field *f)
{
    if (!field__is_column(f) || f->many)
        return false;
    /* References are followed back; of people only the owner is asked for by list. */
    bool followed = f->type == FIELD_REF && (f->target == TO_KIND || text_is(f->name, "owner"));
    return followed || f->indexed || f->unique || text_is(f->name, "state") ||
           text_is(f->name, "key") || text_is(f->name, "updated_at");
}

static void add_indexes(struct arena *a, const struct kind *k, struct table *t)
{
    struct index *indexes = NEW_MANY(a, k->field_count + 1, struct index);
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (!wants_index(f))
            continue;
        indexes[t->index_count++] = (struct index){
            text_print(a, "%.*s_%.*s_index", TEXT_ARG(k->name), TEXT_ARG(f->name)), f->name,
            f->unique || text_is(f->name, "key")};
    }
    t->indexes = indexes;
}

static void add_kind(struct arena *a, const struct kind *k, struct tables *out)
{
    struct text *names = NEW_MANY(a, k->field_count + 3, struct text);
    enum column_type *types = NEW_MANY(a, k->field_count + 3, enum column_type);
    size_t n = table__columns(k, names, types);
    struct column *columns = NEW_MANY(a, n, struct column);
    for (size_t i = 0; i < n; i++) {
        bool must = i < 3 || text_is(names[i], "key") || text_is(names[i], "state") ||
                    text_is(names[i], "version");
        columns[i] = (struct column){names[i], former_name(k, names[i]), types[i], must,
                                     (struct text){0}};
    }
    struct table *t = &out->items[out->count++];
    *t = (struct table){
        .name = k->name, .primary = TEXT("id"), .columns = columns, .column_count = n};
    add_indexes(a, k, t);
}

static struct text child_name(struct arena *a, const struct kind *k, struct text field)
{
    return text_print(a, "%.*s__%.*s", TEXT_ARG(k->name), TEXT_ARG(field));
}

static void add_child(struct arena *a, const struct kind *k, const struct field *f,
                      struct tables *out)
{
    struct column *columns = NEW_MANY(a, f->column_count + 2, struct column);
    columns[0] = (struct column){.name = TEXT("record"), .type = COLUMN_TEXT, .not_null = true};
    columns[1] = (struct column){.name = TEXT("pos"), .type = COLUMN_INTEGER, .not_null = true};
    for (size_t i = 0; i < f->column_count; i++) {
        const struct field *c = &f->columns[i];
        enum column_type type = c->type == FIELD_INTEGER || c->type == FIELD_YES_NO
                                    ? COLUMN_INTEGER
                                : c->type == FIELD_NUMBER ? COLUMN_NUMBER
                                                          : COLUMN_TEXT;
        columns[i + 2] = (struct column){.name = c->name, .was = c->was, .type = type};
    }
    out->items[out->count++] = (struct table){
        .name = child_name(a, k, f->name),
        .was = f->was.len && !kind_field(k, f->was) ? child_name(a, k, f->was)
                                                    : (struct text){0},
        .primary = TEXT("record, pos"),
        .columns = columns,
        .column_count = f->column_count + 2};
}

static void add_others(struct tables *out, const struct table *tables, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out->items[out->count++] = tables[i];
}

static struct tables all_tables(struct arena *a, const struct model *m)
{
    size_t access_count, ledger_count, room = COUNT(own_tables) + m->kind_count;
    const struct table *access = access_tables(&access_count);
    const struct table *ledger = ledger_tables(&ledger_count);
    for (size_t i = 0; i < m->kind_count; i++)
        room += m->kinds[i].field_count;
    struct tables t = {NEW_MANY(a, room + access_count + ledger_count, struct table), 0};
    add_others(&t, own_tables, COUNT(own_tables));
    add_others(&t, access, access_count);
    add_others(&t, ledger, ledger_count);
    for (size_t i = 0; i < m->kind_count; i++) {
        add_kind(a, &m->kinds[i], &t);
        for (size_t f = 0; f < m->kinds[i].field_count; f++)
            if (m->kinds[i].fields[f].type == FIELD_ROWS)
                add_child(a, &m->kinds[i], &m->kinds[i].fields[f], &t);
    }
    return t;
}

/* ---- migration
 * -------------------------------------------------------------------------------------- */
struct migration {
    const struct model *model;
    struct plan_step *steps;
};

/* States that rows are in must still exist: the server refuses a model that would strand them.
 */
static enum err check_states(struct call *call, struct tx *tx, const struct kind *k)
{
    struct rows rows;
    TRY(table__states(call, tx, k, &rows));
    for (size_t i = 0; i < rows.count; i++)
        if (kind_state(k, rows.cells[i].text) < 0)
            return problem_at(
                call, ERR_CONFLICT, k->name, "state", k->file,
                text_print(call->arena,
                           "records are in the state \"%.*s\", which the model no longer has",
                           TEXT_ARG(rows.cells[i].text)));
    return OK;
}

static enum err migrate(struct job *job, struct call *call, struct tx *tx)
{
    struct migration *m = job->arg;
    struct tables t = all_tables(call->arena, m->model);
    TRY(store_plan(call, tx, t.items, t.count, &m->steps));
    TRY(store_migrate(call, tx, m->steps));
    TRY(rename__links(call, tx, m->model, m->steps != NULL));
    for (size_t i = 0; i < m->model->kind_count; i++)
        TRY(check_states(call, tx, &m->model->kinds[i]));
    return OK;
}

enum err record_migrate(struct call *call, struct store *s, const struct model *m,
                        struct text *steps)
{
    struct migration migration = {m, NULL};
    TRY(store_run(s, call, migrate, &migration));
    if (!steps)
        return OK;
    struct buf b = buf_in(call->arena, 1u << 20);
    for (const struct plan_step *p = migration.steps; p; p = p->next) {
        buf_add(&b, p->what);
        buf_add_c(&b, "\n");
    }
    *steps = buf_text(&b);
    return OK;
}

enum err record_open(struct call *call, struct access *a, struct records **out)
{
    struct arena *arena = arena_open();
    struct records *r = NEW(arena, struct records);
    *r = (struct records){.access = a,
                          .store = access_store(a),
                          .ledger = access_ledger(a),
                          .model = access_model(a),
                          .arena = arena};
    r->counts = counts__open(arena);
    who__build(r);
    TRY(table__build(call, r));
    *out = r;
    return OK;
}

void record_close(struct records *r)
{
    if (r)
        arena_close(r->arena);
}

struct access *record_access(const struct records *r)
{
    return r->access;
}

void record_watch(struct records *r, void (*seen)(void *, struct text, struct text, int64_t),
                  void *arg)
{
    r->seen_arg = arg;
    r->seen = seen;
}
