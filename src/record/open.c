/* SPDX-License-Identifier: Apache-2.0 */
/* record/open.c — whether a store fits the model, its migration, and opening the door. */
#include "record/internal.h"

/* ---- migration
 * -------------------------------------------------------------------------------------- */
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

static bool created(const struct plan_step *steps, const char *table)
{
    for (; steps; steps = steps->next)
        if (text_ends(steps->what, table) && text_starts(steps->what, "create table "))
            return true;
    return false;
}

static bool was_added(const struct plan_step *steps, const struct kind *k, const struct field *f,
                      struct arena *a)
{
    struct text what = text_print(a, "add column %.*s.%.*s", TEXT_ARG(k->name), TEXT_ARG(f->name));
    for (; steps; steps = steps->next)
        if (text_same(steps->what, what))
            return true;
    return false;
}

/* Had the field never a place in any model of this store, as the ledger's account of them has it? Then
 * no version can have it. */
static enum err never_known(struct call *call, struct tx *tx, const struct kind *k,
                            const struct field *f, bool *never)
{
    struct rows any, known;
    struct value pattern = V_TEXT(text_print(call->arena, "%%%.*s.%.*s%%", TEXT_ARG(k->name),
                                             TEXT_ARG(f->name)));
    TRY(tx_rows(call, tx, "SELECT 1 FROM sealed WHERE kind = 'model' LIMIT 1", NULL, 0, 1, &any));
    TRY(tx_rows(call, tx,
                "SELECT 1 FROM sealed WHERE kind = 'model' AND body LIKE $1 LIMIT 1", &pattern, 1,
                1, &known));
    *never = any.count > 0 && known.count == 0 && f->was.len == 0;
    return OK;
}

enum err open__fresh(struct call *call, struct tx *tx, const struct plan_step *steps,
                     const struct kind *k, const struct field *f, bool *fresh)
{
    *fresh = was_added(steps, k, f, call->arena);
    return *fresh ? never_known(call, tx, k, f, fresh) : OK;
}

/* A field that left the model and came back, perhaps under another name in between, is new in
 * the table while the versions have had it all along. */
static enum err refill(struct call *call, struct tx *tx, const struct migration *m)
{
    struct records r = {.store = tx_store(tx), .model = m->model, .arena = call->arena};
    if (!m->steps)
        return OK;
    TRY(table__build(call, &r));
    for (size_t i = 0; i < m->model->kind_count; i++) {
        const struct kind *k = &m->model->kinds[i];
        for (size_t j = 0; j < k->field_count; j++)
            if (field__is_column(&k->fields[j]) && was_added(m->steps, k, &k->fields[j], call->arena)) {
                bool never;
                TRY(never_known(call, tx, k, &k->fields[j], &never));
                if (!never)
                    TRY(table__refill(call, &r, tx, k, &k->fields[j]));
            }
    }
    return OK;
}

/* Which moves are timed, which fields are for whom and which states are ends is the model's: another model,
 * other timers, other words to be found by and other records that live. */
static enum err follow_model(struct call *call, struct tx *tx, const struct migration *m)
{
    struct records r = {.store = tx_store(tx), .model = m->model, .arena = call->arena};
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT value FROM meta WHERE name = 'models'", NULL, 0, 1, &rows));
    struct text models = rows.count ? rows.cells[0].text : TEXT(""), last = {0};
    while (models.len > 0)
        last = text_cut(&models, ' ');
    bool known = text_same(text_cut(&last, '+'), m->model->hash);
    bool timers = created(m->steps, " timer") ||
                  !(known || (m->before && timer__same_moves(m->before, m->model)));
    bool words = !known && !(m->before && search__same_words(m->before, m->model));
    bool outdated;
    TRY(living__outdated(call, db_tx(tx), &outdated));
    bool living = created(m->steps, " turn") || outdated ||
                  !(known || (m->before && living__same(m->before, m->model)));
    if (!timers && !words && !living)
        return OK;
    bool same;
    TRY(timer__zone(call, m->model, db_tx(tx), &same));
    TRY(table__build(call, &r));
    if (living)
        TRY(living__rebuild(call, &r, tx));
    if (words)
        TRY(search__rebuild(call, &r, tx));
    return timers ? timer__rebuild(call, &r, tx) : OK;
}

static enum err fits_still(struct call *call, struct tx *tx, const struct migration *m);

/* The organisation works by a calendar: no model may take it away. */
static enum err check_calendar(struct call *call, struct tx *tx, const struct model *m)
{
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT value FROM meta WHERE name = 'calendar' AND value <> ''", NULL, 0,
                1, &rows));
    if (!rows.count || model_calendar(m, rows.cells[0].text))
        return OK;
    return problem(call, ERR_CONFLICT, TEXT("calendar"), "dropped",
                   say(call,
                       "the organisation works by the calendar %.*s, which the model has no more: "
                       "keep its file, or choose another one in the settings first"),
                   TEXT_ARG(rows.cells[0].text));
}

enum err open__migrate(struct call *call, struct tx *tx, struct migration *m)
{
    if (m->before)
        TRY(fits_still(call, tx, m));
    TRY(check_calendar(call, tx, m->model));
    struct tables t = tables__all(call->arena, m->model);
    TRY(store_plan(call, tx, t.items, t.count, &m->steps));
    TRY(store_migrate(call, tx, m->steps));
    TRY(rename__links(call, tx, m->model, m->before, m->steps != NULL));
    TRY(refill(call, tx, m));
    if (created(m->steps, " contributor"))
        TRY(contributor__rebuild(call, tx, m->model));
    if (created(m->steps, " stay"))
        TRY(stay__rebuild(call, tx));
    TRY(follow_model(call, tx, m));
    TRY(fold__again(call, tx, m->model, m->steps));
    for (size_t i = 0; i < m->model->kind_count; i++)
        TRY(check_states(call, tx, &m->model->kinds[i]));
    return OK;
}

static enum err migrate(struct job *job, struct call *call, struct tx *tx)
{
    return open__migrate(call, tx, job->arg);
}

/* ---- does the store fit the model?
 * --------------------------------------------------------------------- */
enum err open__foreign(struct call *call, struct reader *r, const struct model *m,
                       struct oddity **out)
{
    struct tables t = tables__all(call->arena, m);
    return store_foreign(call, r, t.items, t.count, out);
}

static enum err refuse_foreign(struct call *call, struct reader *r, const struct model *m)
{
    struct oddity *odd;
    enum err e = OK;
    TRY(open__foreign(call, r, m, &odd));
    for (; odd != NULL; odd = odd->next)
        e = problem(call, ERR_CONFLICT, odd->name, "foreign",
                    say(call, "%.*s. Whoever put it there can change what is recorded: remove "
                              "it, and run aimwell verify --deep"),
                    TEXT_ARG(odd->what));
    return e;
}

static enum err refuse_emptied(struct call *call, struct text name, int64_t count)
{
    return problem(call, ERR_CONFLICT, name, "dropped",
                   say(call, "%lld record(s) hold something in it: empty it in them first, "
                             "keep it in the model, or "
                             "say with \"was\" what it is called now"),
                   (long long)count);
}

static enum err refuse_dropped(struct call *call, struct text name, int64_t count)
{
    return problem(
        call, ERR_CONFLICT, name, "dropped",
        say(call,
            "the model has it no more, and %lld record(s) hold it: keep it in the model, or "
            "say with \"was\" what it is called now"),
        (long long)count);
}

/* The index of version begins with the kind: each step is one look-up. */
static enum err check_kinds(struct call *call, struct db r, const struct model *m)
{
    struct text last = TEXT("");
    enum err e = OK;
    for (;;) {
        struct rows rows, count;
        TRY(db__rows(call, r,
                      "SELECT kind FROM version WHERE kind > $1 ORDER BY kind LIMIT 1",
                      &V_TEXT(last), 1, 1, &rows));
        if (rows.count == 0)
            return e;
        last = rows.cells[0].text;
        if (model_kind(m, last) != NULL)
            continue;
        TRY(db__rows(call, r,
                      "SELECT COUNT(*) FROM version WHERE kind = $1 AND version = 1",
                      &V_TEXT(last), 1, 1, &count));
        e = refuse_dropped(call, last, count.cells[0].integer);
    }
}

struct lost_field {
    struct text name;
    int64_t records;
};

static bool has_field(const struct kind *k, struct text name)
{
    if (name.len == 0 || name.at[0] == '_' || kind_field(k, name) != NULL)
        return true;
    for (size_t i = 0; i < k->field_count; i++)
        if (text_same(k->fields[i].was, name))
            return true;
    return false;
}

static void count_lost(struct arena *a, const struct kind *k, const struct json *body,
                       struct lost_field *lost, size_t room)
{
    for (const struct json *v = body->first; v != NULL; v = v->next) {
        size_t i = 0;
        if (has_field(k, v->key))
            continue;
        while (i < room && lost[i].records > 0 && !text_same(lost[i].name, v->key))
            i++;
        if (i == room)
            continue;
        if (lost[i].records++ == 0)
            lost[i].name = text_copy(a, v->key);
    }
}

#define LOST_MOST 50
#define BODIES 200

/* The newest version of every record: what people see. */
static enum err check_fields(struct call *call, struct db r, const struct kind *k)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct lost_field lost[LOST_MOST] = {0};
    struct text last = TEXT("");
    enum err e = OK;
    for (size_t count = BODIES; count == BODIES;) {
        struct arena *page = arena_open();
        struct call *own = call_beside(page, call);
        struct value values[] = {V_TEXT(k->name), V_TEXT(last)};
        struct rows rows;
        enum err read = db__rows(
            own, r,
            "SELECT v.id, v.body FROM version v WHERE v.kind = $1 AND v.id > $2 AND v.version = "
            "(SELECT MAX(w.version) FROM version w WHERE w.kind = v.kind AND w.id = v.id) "
            "ORDER BY v.id LIMIT 200",
            values, 2, BODIES, &rows);
        count = read == OK ? rows.count : 0;
        for (size_t i = 0; i < count; i++) {
            const struct json *body;
            if (json_read(own, row_at(&rows, i)[1].text, &limits, &body) == OK)
                count_lost(call->arena, k, body, lost, LOST_MOST);
        }
        if (count > 0)
            last = text_copy(call->arena, row_at(&rows, count - 1)[0].text);
        arena_close(page);
        TRY(read);
    }
    for (size_t i = 0; i < LOST_MOST && lost[i].records > 0; i++)
        e = refuse_emptied(
            call,
            text_print(call->arena, "%.*s.%.*s", TEXT_ARG(k->name), TEXT_ARG(lost[i].name)),
            lost[i].records);
    return e;
}

/* Does it lack anything of the kind as it was? */
static bool lacks(const struct kind *was, const struct kind *now)
{
    for (size_t i = 0; i < was->field_count; i++)
        if (!has_field(now, was->fields[i].name))
            return true;
    return false;
}

/* Of a change under way only what goes away is looked at: nothing else can lose anything. */
static enum err fits_still(struct call *call, struct tx *tx, const struct migration *m)
{
    enum err e = OK;
    bool gone = false;
    for (size_t i = 0; i < m->before->kind_count; i++) {
        const struct kind *was = &m->before->kinds[i], *now = model_kind(m->model, was->name);
        gone |= !now;
        if (now && lacks(was, now) && check_fields(call, db_tx(tx), now) != OK)
            e = ERR_CONFLICT;
    }
    if (gone && check_kinds(call, db_tx(tx), m->model) != OK)
        e = ERR_CONFLICT;
    return e;
}

/* Only another model can lack what is there: its hash is the last of meta "models". */
static enum err model_changed(struct call *call, struct reader *r, const struct model *m,
                              bool *changed, bool *any)
{
    struct text models, last = {0};
    enum err e = meta_read(call, r, "models", &models);
    *any = e == OK && models.len > 0;
    if (e != OK)
        return e == ERR_MISSING ? OK : e;
    while (models.len > 0)
        last = text_cut(&models, ' ');
    *changed = !text_same(text_cut(&last, '+'), m->hash);
    return OK;
}

static enum err fits(struct call *call, struct reader *r, const struct model *m)
{
    bool changed = false, any = false;
    enum err e = OK;
    TRY(model_changed(call, r, m, &changed, &any));
    if (any && changed) {
        e = check_kinds(call, db_reader(r), m);
        for (size_t i = 0; e != ERR_IO && i < m->kind_count; i++)
            if (check_fields(call, db_reader(r), &m->kinds[i]) != OK)
                e = ERR_CONFLICT;
    }
    return e != OK ? e : refuse_foreign(call, r, m);
}

enum err record_fits(struct call *call, struct store *s, const struct model *m)
{
    struct reader *r = store_reader(s);
    enum err e = fits(call, r, m);
    store_return(s, r);
    return e;
}

struct text open__steps(struct call *call, const struct plan_step *steps)
{
    struct buf b = buf_in(call->arena, 1u << 20);
    for (const struct plan_step *p = steps; p; p = p->next) {
        buf_add(&b, p->what);
        buf_add_c(&b, "\n");
    }
    return buf_text(&b);
}

enum err record_migrate(struct call *call, struct store *s, const struct model *m,
                        struct text *steps)
{
    struct migration migration = {.model = m};
    TRY(store_run(s, call, migrate, &migration));
    if (steps)
        *steps = open__steps(call, migration.steps);
    return OK;
}

enum err record_open(struct call *call, struct access *a, struct records **out)
{
    struct records *r;
    TRY(epoch__first(call, a, &r));
    held__units(r);
    deputy__versions(r);
    access_place(call, a);
    enum err e = timer__keep_zone(call, r);
    if (e != OK)
        record_close(r);
    else
        *out = r;
    return e;
}

void record_close(struct records *r)
{
    if (!r)
        return;
    struct epochs *e = r->epochs;
    epoch_give(r);
    epochs_close(e);
}

struct access *record_access(const struct records *r)
{
    return r->access;
}
