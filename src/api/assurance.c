/* SPDX-License-Identifier: Apache-2.0 */
/* api/assurance.c — frameworks, and the checks over the records. */
#include "api/internal.h"

const struct framework *assurance__framework(struct exchange *x, struct text name)
{
    if (name.len)
        return model_framework(x->model, name);
    return x->model->framework_count ? &x->model->frameworks[0] : NULL;
}

enum err assurance__missing(struct exchange *x)
{
    return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(x->call, "there is no such framework or check"));
}

/* ---- frameworks
 * ---------------------------------------------------------------------------------------- */
enum err frameworks_get(struct exchange *x)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < x->model->framework_count; i++) {
        const struct framework *f = &x->model->frameworks[i];
        json_open(o, '{');
        put__text(o, "framework", f->name);
        put__words(o, "title", f->title);
        put__words(o, "about", f->about);
        put__text(o, "edition", f->edition);
        put__integer(o, "rows", (int64_t)f->row_count);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

void assurance__put_groups(const struct framework *f, struct json_out *o)
{
    json_key(o, "groups");
    json_open(o, '[');
    for (size_t i = 0; i < f->group_count; i++) {
        json_open(o, '{');
        put__text(o, "id", f->groups[i].id);
        put__words(o, "title", f->groups[i].title);
        put__text(o, "phase", f->groups[i].phase);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_row(const struct requirement *q, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "id", q->row);
    put__text(o, "requirement", q->id);
    put__text(o, "group", q->group);
    put__text(o, "type", q->type);
    put__words(o, "title", q->title);
    put__words(o, "about", q->about);
    put__words(o, "auditor", q->auditor);
    put__words(o, "evidence", q->evidence);
    put__words(o, "documented", q->documented);
    put__integer(o, "weight", q->weight);
    put__text(o, "phase", q->phase);
    json_close(o, '}');
}

enum err framework_get(struct exchange *x)
{
    const struct framework *f = model_framework(x->model, x->arg[0]);
    if (!f)
        return assurance__missing(x);
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "framework", f->name);
    put__words(o, "title", f->title);
    put__words(o, "about", f->about);
    put__text(o, "edition", f->edition);
    assurance__put_groups(f, o);
    json_key(o, "rows");
    json_open(o, '[');
    for (size_t i = 0; i < f->row_count; i++)
        put_row(&f->rows[i], o);
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

/* ---- checks
 * -------------------------------------------------------------------------------------------------
 */
const char *assurance__state(enum check_state s)
{
    return s == CHECK_PASS ? "pass" : s == CHECK_FAIL ? "fail" : "no_data";
}

static void put_check(const struct check_result *c, struct json_out *o)
{
    put__text(o, "check", c->check->name);
    put__words(o, "title", c->check->title);
    put__words(o, "statement", c->check->statement);
    put__words(o, "remedy", c->check->remedy);
    put__text(o, "state", text_of(assurance__state(c->state)));
    put__integer(o, "population", c->population);
    put__integer(o, "breaks", c->breaks);
    put__bool(o, "must", c->check->must);
    json_key(o, "rows");
    json_open(o, '[');
    for (size_t i = 0; i < c->check->prove_count; i++)
        json_put_text(o, c->check->proves[i].row->row);
    json_close(o, ']');
}

static enum err checks_json(struct call *call, struct runs *runs, struct records *r,
                            struct reader *db, struct json_out *o, bool *must_fails)
{
    struct check_result *results;
    size_t count;
    TRY(assure_kept_checks(call, runs, r, db, &results, &count));
    *must_fails = false;
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        *must_fails = *must_fails || (results[i].check->must && results[i].state == CHECK_FAIL);
        json_open(o, '{');
        put_check(&results[i], o);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

enum err api_checks_json(struct call *call, struct records *r, struct reader *db,
                         struct json_out *o, bool *must_fails)
{
    return checks_json(call, NULL, r, db, o, must_fails);
}

enum err checks_get(struct exchange *x)
{
    bool must_fails;
    TRY(read_begin(x->call, exchange__db(x))); /* one moment for all of them */
    enum err e = checks_json(x->call, x->view->runs, x->records, exchange__db(x),
                             exchange__json(x), &must_fails);
    read_end(exchange__db(x));
    return e;
}

/* Why it breaks the check, and what mends that. */
static void put_reason(const struct check *c, struct text code, struct json_out *o)
{
    for (size_t i = 0; i < c->reason_count; i++) {
        if (!text_same(c->reasons[i].code, code))
            continue;
        put__words(o, "reason", c->reasons[i].words);
        put__fix(&c->reasons[i].fix, o);
        return;
    }
    put__words(o, "reason", (struct words){code, code});
}

/* Only records that the reader may see are named; the count tells of all. */
static enum err put_breaking(struct exchange *x, const struct check_result *c,
                             struct json_out *o)
{
    struct text *kinds = NEW_MANY(x->call->arena, c->record_count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, c->record_count + 1, struct text);
    struct ref *refs = NEW_MANY(x->call->arena, c->record_count + 1, struct ref);
    for (size_t i = 0; i < c->record_count; i++) {
        kinds[i] = c->records[i].kind;
        ids[i] = c->records[i].id;
    }
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, c->record_count, refs));
    json_key(o, "records");
    json_open(o, '[');
    for (size_t i = 0; i < c->record_count; i++) {
        if (c->records[i].id.len && !refs[i].id.len)
            continue;
        json_open(o, '{');
        put__ref(o, &refs[i]);
        put_reason(c->check, c->records[i].reason, o);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

static enum err put_check_found(struct exchange *x, const struct check *c)
{
    struct check_result result;
    TRY(assure_kept_check(x->call, x->view->runs, x->records, exchange__db(x), c, &result));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put_check(&result, o);
    if (result.state == CHECK_NO_DATA)
        put__fix(&c->nothing, o);
    TRY(put_breaking(x, &result, o));
    json_close(o, '}');
    return OK;
}

enum err check_get(struct exchange *x)
{
    const struct check *c = model_check(x->model, x->arg[0]);
    if (!c)
        return assurance__missing(x);
    TRY(read_begin(x->call, exchange__db(x))); /* what is kept is of one moment */
    enum err e = put_check_found(x, c);
    read_end(exchange__db(x));
    return e;
}
