/* SPDX-License-Identifier: Apache-2.0 */
/* assure/past.c — readiness as it was found: what of it is written down, and reading it back. Of rows
 * their level, of checks how many records they were about and how many broke them; no record, no
 * person and no sentence, which belong to the records and are read from those. */
#include "assure/internal.h"

#define DETAIL_MOST (1u << 20)

/* ---- writing ------------------------------------------------------------------------------ */
/* "2p": level 2, proven; "-": left out. */
static void put_level(const struct row_readiness *row, struct json_out *o)
{
    char said[] = {(char)('0' + row->level), row->proven ? 'p' : '\0', '\0'};
    json_key_text(o, row->row->row);
    json_put_text(o, row->applicable ? text_of(said) : TEXT("-"));
}

static void put_check(const struct check_result *c, struct json_out *o)
{
    json_key_text(o, c->check->name);
    json_open(o, '[');
    json_put_integer(o, c->population);
    json_put_integer(o, c->breaks);
    json_close(o, ']');
}

static void put_method(const struct method *m, struct json_out *o)
{
    json_key(o, "method");
    json_open(o, '[');
    json_put_text(o, m->name);
    json_put_text(o, m->hash);
    json_put_text(o, m->title.en);
    json_put_text(o, m->title.zh);
    json_put_bool(o, m->standard);
    json_close(o, ']');
}

struct text past__detail(struct arena *a, const struct readiness *r)
{
    struct buf b = buf_in(a, DETAIL_MOST);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    put_method(r->method, &o);
    json_key(&o, "ready");
    json_put_bool(&o, r->ready);
    json_key(&o, "stage1");
    json_put_bool(&o, r->stage1.ready);
    json_key(&o, "rows");
    json_open(&o, '{');
    for (size_t i = 0; i < r->row_count; i++)
        put_level(&r->rows[i], &o);
    json_close(&o, '}');
    json_key(&o, "checks");
    json_open(&o, '{');
    for (size_t i = 0; i < r->check_count; i++)
        put_check(&r->checks[i], &o);
    json_close(&o, '}');
    json_close(&o, '}');
    return b.full ? TEXT("") : buf_text(&b);
}

/* ---- reading ------------------------------------------------------------------------------ */
static const struct json *nth(const struct json *list, size_t n)
{
    const struct json *v = list && list->type == JSON_LIST ? list->first : NULL;
    for (; v && n; n--)
        v = v->next;
    return v;
}

static int64_t count_of(const struct json *v)
{
    return v && v->type == JSON_INTEGER && v->integer >= 0 ? v->integer : 0;
}

static void read_row(const struct framework *f, const struct json *v, struct past *out)
{
    struct text said = json_text(v);
    for (size_t i = 0; i < f->row_count; i++) {
        if (!text_same(f->rows[i].row, v->key) || out->row_count == f->row_count)
            continue;
        bool level = said.len && said.at[0] >= '0' && said.at[0] <= '0' + LEVEL_TOP;
        out->rows[out->row_count++] =
            (struct past_row){.row = &f->rows[i],
                              .level = level ? said.at[0] - '0' : 0,
                              .proven = level && said.len > 1 && said.at[1] == 'p',
                              .applicable = level};
        return;
    }
}

static void read_check(const struct model *m, const struct json *v, struct past *out)
{
    const struct check *c = model_check(m, v->key);
    if (c && out->check_count < m->check_count)
        out->checks[out->check_count++] =
            (struct past_check){c, count_of(nth(v, 0)), count_of(nth(v, 1))};
}

/* A row of a database may say anything: what is not as it was written counts as not kept. */
static void read_detail(struct call *call, const struct model *m, const struct framework *f,
                        struct text detail, struct past *out)
{
    struct call *inner = call_beside(call->arena, call);
    const struct json *root, *rows, *checks, *method;
    if (!detail.len || json_read(inner, detail, &json_request_limits, &root) != OK)
        return;
    rows = json_get(root, "rows");
    checks = json_get(root, "checks");
    method = json_get(root, "method");
    out->detailed = rows && rows->type == JSON_OBJECT && checks && checks->type == JSON_OBJECT;
    if (!out->detailed)
        return;
    out->method = json_text(nth(method, 0));
    out->hash = json_text(nth(method, 1));
    out->title = (struct words){json_text(nth(method, 2)), json_text(nth(method, 3))};
    out->standard = json_true(nth(method, 4));
    out->ready = json_true(json_get(root, "ready"));
    out->stage1 = json_true(json_get(root, "stage1"));
    out->rows = NEW_MANY(call->arena, f->row_count, struct past_row);
    out->checks = NEW_MANY(call->arena, m->check_count, struct past_check);
    for (const struct json *v = rows->first; v; v = v->next)
        read_row(f, v, out);
    for (const struct json *v = checks->first; v; v = v->next)
        read_check(m, v, out);
}

enum err assure_past(struct call *call, struct reader *db, const struct model *m,
                     const struct framework *f, int64_t moment, struct past *out)
{
    struct value values[] = {V_TEXT(f->name), V_TEXT(moment_print(call->arena, moment))};
    struct rows rows;
    *out = (struct past){0};
    TRY(read_rows(call, db,
                  "SELECT day, score, raw_score, met, applicable, proof, blockers, at, size, "
                  "model, detail FROM readiness_run WHERE name = $1 AND at <= $2 ORDER BY at DESC "
                  "LIMIT 1",
                  values, 2, 1, &rows));
    if (!rows.count)
        return OK;
    const struct value *v = row_at(&rows, 0);
    out->found = true;
    out->numbers = trend__point(v);
    out->at = v[7].text;
    out->size = v[8].integer;
    out->model = v[9].text;
    read_detail(call, m, f, v[10].text, out);
    return OK;
}
