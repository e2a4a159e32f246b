/* SPDX-License-Identifier: Apache-2.0 */
/* assure/gates.c — the two doors of a certification audit: open or shut, with everything that
 * is in the way. A row that nothing in this release can prove keeps them shut, and says so.
 * Pure. */
#include "assure/internal.h"

static void add(struct gate *g, struct gate_row failing)
{
    g->failing[g->count++] = failing;
}

static void add_row(struct arena *a, struct gate *g, const struct row_readiness *row, int level)
{
    if (!row->applicable || row->level >= level)
        return;
    struct gate_row failing = {.row = row->row};
    failing.why_en = text_print(a, "It is at level %d and must be at level %d. %.*s",
                                row->level, level, TEXT_ARG(row->why_en));
    failing.why_zh = text_print(a, "当前为 %d 级，须达到 %d 级。%.*s", row->level, level,
                                TEXT_ARG(row->why_zh));
    add(g, failing);
}

static void add_check(struct arena *a, struct gate *g, const struct check_result *c)
{
    struct gate_row failing = {.check = c->check};
    failing.why_en = check__why(a, c, LANG_EN);
    failing.why_zh = check__why(a, c, LANG_ZH);
    add(g, failing);
}

static struct gate gate_open(struct arena *a, const struct readiness *r)
{
    /* Every row and every check at most once, and the framework as a whole. */
    return (struct gate){.failing =
                             NEW_MANY(a, r->row_count + r->check_count + 1, struct gate_row)};
}

static bool is_named(const struct framework *f, struct text check)
{
    for (size_t i = 0; i < f->stage1_count; i++)
        if (text_same(f->stage1[i], check))
            return true;
    return false;
}

static void judge_stage1(const struct scene *s, struct readiness *r)
{
    struct arena *a = s->call->arena;
    r->stage1 = gate_open(a, r);
    for (size_t i = 0; i < r->row_count; i++)
        if (r->rows[i].row->documented.en.len)
            add_row(a, &r->stage1, &r->rows[i],
                    (int)(r->rows[i].row->records ? s->method->records : s->method->documented));
    for (size_t i = 0; i < r->check_count; i++) {
        const struct check_result *c = &r->checks[i];
        bool blocks = c->check->must && c->state == CHECK_FAIL;
        if (blocks || (c->state != CHECK_PASS && is_named(s->framework, c->check->name)))
            add_check(a, &r->stage1, c);
    }
    r->stage1.ready = r->stage1.count == 0;
}

/* So many of the controls must have evidence. */
static void add_share(const struct scene *s, struct readiness *r)
{
    const struct readiness_method *m = s->method;
    long long all = 0, evidenced = 0;
    for (size_t i = 0; i < r->row_count; i++) {
        const struct row_readiness *row = &r->rows[i];
        if (!row->applicable || !register__rules(s, row->row))
            continue;
        all++;
        evidenced += row->level >= m->share_level;
    }
    if (evidenced * 100 >= all * m->share_percent)
        return;
    struct gate_row failing = {0};
    failing.why_en = text_print(
        s->call->arena, "%lld of %lld applicable controls are at level %d; %d %% must be",
        evidenced, all, (int)m->share_level, (int)m->share_percent);
    failing.why_zh = text_print(
        s->call->arena, "%lld 项适用控制中仅 %lld 项达到 %d 级；须达到 %d%%", all, evidenced,
        (int)m->share_level, (int)m->share_percent);
    add(&r->stage2, failing);
}

static void judge_stage2(const struct scene *s, struct readiness *r)
{
    struct arena *a = s->call->arena;
    r->stage2 = gate_open(a, r);
    for (size_t i = 0; i < r->row_count; i++)
        add_row(a, &r->stage2, &r->rows[i],
                (int)(register__rules(s, r->rows[i].row) ? s->method->registered : s->method->rows));
    add_share(s, r);
    for (size_t i = 0; i < r->check_count; i++)
        if (r->checks[i].state == CHECK_FAIL)
            add_check(a, &r->stage2, &r->checks[i]);
    r->stage2.ready = r->stage2.count == 0;
}

void gates__judge(const struct scene *s, struct readiness *r)
{
    judge_stage1(s, r);
    judge_stage2(s, r);
}
