/* SPDX-License-Identifier: Apache-2.0 */
/* access/facts.c — the facts of the store (table meta) and its format, fixed by the ledger.
 * Whoever changes one writes an entry that commits to all of them as they stand after it, so that
 * an organisation cannot be renamed, called a demo or given another model behind the program's
 * back. The format tells what later entries must have: docs/ledger.md §9. */
#include "access/internal.h"

#define FORMAT_HERE STORE_FORMAT /* access.h */

/* What is kept beside the log because it must be secret, or is no fact. */
static bool is_fact(struct text name)
{
    return !text_is(name, "ledger.secret");
}

#define ALL_FACTS "SELECT name, value FROM meta ORDER BY name"
#define LAST_SEALED                                                                            \
    "SELECT body, id FROM sealed WHERE kind = 'store' ORDER BY ledger DESC LIMIT 1"

/* A NUL would end the name early and hide what stands behind it: such a name is none of ours. */
static const char *name_of(struct call *call, struct text name)
{
    return text_find(name, '\0') >= 0 ? "?" : text_c(call->arena, name);
}

static struct member *members_of(struct call *call, const struct rows *rows, size_t *count)
{
    struct member *members = NEW_MANY(call->arena, rows->count + 1, struct member);
    *count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct value *row = row_at(rows, i);
        if (is_fact(row[0].text))
            members[(*count)++] = (struct member){name_of(call, row[0].text), row[1].text};
    }
    return members;
}

static struct text facts_body(struct call *call, const struct rows *rows)
{
    size_t count;
    const struct member *members = members_of(call, rows, &count);
    return access__body(call, members, count);
}

static enum err seal_facts(struct call *call, struct tx *tx, const struct access *a,
                           const char *act)
{
    struct rows rows;
    TRY(tx_rows(call, tx, ALL_FACTS, NULL, 0, 1000, &rows));
    size_t count;
    const struct member *members = members_of(call, &rows, &count);
    return access__keep(call, tx, a, call->actor, act, "store", TEXT(FORMAT_HERE), members,
                        count);
}

enum err access__fact(struct call *call, struct tx *tx, const struct access *a,
                      const char *name, struct text value)
{
    TRY(meta_write(call, tx, name, value));
    return seal_facts(call, tx, a, "store.fact");
}

struct setting {
    struct access *a;
    const char *name;
    struct text value;
};

static enum err set(struct job *job, struct call *call, struct tx *tx)
{
    const struct setting *m = job->arg;
    return access__fact(call, tx, m->a, m->name, m->value);
}

enum err access_meta(struct call *call, struct access *a, const char *name, struct text value)
{
    struct setting m = {a, name, value};
    return store_run(a->store, call, set, &m);
}

/* ---- the format -------------------------------------------------------------------------- */

enum err access_format_allowed(struct call *call, struct store *s)
{
    struct text format;
    int64_t there = 0, here = 0;
    struct reader *r = store_reader(s);
    enum err e = meta_read(call, r, "format", &format);
    store_return(s, r);
    if (e == ERR_MISSING)
        return OK;
    TRY(e);
    bool read = text_integer(format, &there) && text_integer(TEXT(FORMAT_HERE), &here);
    if (read && there <= here)
        return OK;
    return problem(
        call, ERR_CONFLICT, TEXT("format"), "newer_store",
        say(call,
            "the store has format %.*s, and this program knows formats up to %s: use the "
            "program that wrote it last, or a newer one",
            "该存储的格式为 %.*s，而本程序只支持到格式 %s：请使用最后写入它的程序或更新的版本"),
        TEXT_ARG(format), FORMAT_HERE);
}

/* Sessions begun before they were bound to the ledger end here. */
static enum err upgrade(struct call *call, struct tx *tx, const struct access *a, bool is_new,
                        bool bound)
{
    if (!bound)
        TRY(tx_exec(call, tx, "DELETE FROM session", NULL, 0, NULL));
    TRY(meta_write(call, tx, "format", TEXT(FORMAT_HERE)));
    return seal_facts(call, tx, a, is_new ? "store.create" : "store.upgrade");
}

static enum err altered(struct call *call)
{
    return problem(
        call, ERR_CONFLICT, TEXT("meta"), "altered", "%s",
        say(call,
            "the facts of the organisation (its name, model, overlays, whether it is a demo) are "
            "not those in the ledger: they were altered outside this program. Restore a backup, "
            "or run aimwell verify --deep to see what else was touched",
            "组织的基本信息（名称、模型、附加模块、是否为演示）与账本不符：它们在本程序之外被改动。"
            "请恢复备份，或运行 aimwell verify --deep 查看还有哪些内容被改动"));
}

static enum err adopt_run(struct job *job, struct call *call, struct tx *tx)
{
    struct access *a = job->arg;
    struct rows facts, last;
    TRY(tx_rows(call, tx, ALL_FACTS, NULL, 0, 1000, &facts));
    TRY(tx_rows(call, tx, LAST_SEALED, NULL, 0, 1, &last));
    if (last.count == 0)
        return upgrade(call, tx, a, ledger_size(a->ledger) <= 1, false);
    if (!text_same(row_at(&last, 0)[0].text, facts_body(call, &facts)))
        return altered(call);
    return text_is(row_at(&last, 0)[1].text, FORMAT_HERE) ? OK : upgrade(call, tx, a, false, true);
}

enum err access_adopt(struct call *call, struct access *a)
{
    return access__run(call, a, adopt_run, a);
}

/* ---- verification ------------------------------------------------------------------------ */

enum err access__has_format(struct call *call, struct reader *db, bool *has)
{
    struct text format;
    enum err e = meta_read(call, db, "format", &format);
    *has = e == OK;
    return e == ERR_MISSING ? OK : e;
}

enum err access__facts_compare(struct call *call, struct reader *db, struct verification *out)
{
    struct rows facts, last;
    bool has;
    TRY(access__has_format(call, db, &has));
    if (!has)
        return OK;
    TRY(read_rows(call, db, ALL_FACTS, NULL, 0, 1000, &facts));
    TRY(read_rows(call, db, LAST_SEALED, NULL, 0, 1, &last));
    if (last.count > 0 && !text_same(row_at(&last, 0)[0].text, facts_body(call, &facts)))
        verification_add(call, out, TEXT("table meta"),
                         "the facts of the organisation are not those in the ledger");
    return OK;
}

/* ---- the model --------------------------------------------------------------------------- */

/* "risk,risk.title,…": every kind and every field. */
static struct text names_of(struct call *call, const struct model *m)
{
    struct buf b = buf_in(call->arena, 1u << 19);
    for (size_t i = 0; i < m->kind_count; i++) {
        const struct kind *k = &m->kinds[i];
        buf_print(&b, "%s%.*s", i > 0 ? "," : "", TEXT_ARG(k->name));
        for (size_t f = 0; f < k->field_count; f++)
            buf_print(&b, ",%.*s.%.*s", TEXT_ARG(k->name), TEXT_ARG(k->fields[f].name));
    }
    return buf_text(&b);
}

static bool among(struct text list, struct text name)
{
    while (list.len > 0)
        if (text_same(text_cut(&list, ','), name))
            return true;
    return false;
}

/* Those of `list` that are not in `other`. */
static struct text missing(struct call *call, struct text list, struct text other)
{
    struct buf b = buf_in(call->arena, list.len + 1);
    while (list.len > 0) {
        struct text name = text_cut(&list, ',');
        if (among(other, name))
            continue;
        if (b.len > 0)
            buf_add_byte(&b, ',');
        buf_add(&b, name);
    }
    return buf_text(&b);
}

struct model_change {
    struct access *a;
    struct text models, from;
};

static enum err names_before(struct call *call, struct tx *tx, struct text *names)
{
    static const struct json_limits limits = {1u << 20, 4, 2000};
    struct rows rows;
    const struct json *body;
    *names = TEXT("");
    TRY(tx_rows(call, tx,
                "SELECT body FROM sealed WHERE kind = 'model' ORDER BY ledger DESC LIMIT 1", NULL,
                0, 1, &rows));
    if (rows.count > 0 && json_read(call, rows.cells[0].text, &limits, &body) == OK)
        *names = text_copy(call->arena, json_text(json_get(body, "names")));
    return OK;
}

static enum err model_run(struct job *job, struct call *call, struct tx *tx)
{
    const struct model_change *c = job->arg;
    const struct model *m = c->a->model;
    struct text before, now = names_of(call, m);
    TRY(names_before(call, tx, &before));
    struct member members[] = {
        {"added", before.len > 0 ? missing(call, now, before) : TEXT("")},
        {"dropped", missing(call, before, now)},
        {"from", c->from},
        {"names", now},
        {"to", m->hash}};
    TRY(access__fact(call, tx, c->a, "models", c->models));
    return access__keep(call, tx, c->a, call->actor, "model.change", "model", m->hash, members,
                        COUNT(members));
}

enum err access_note_model(struct call *call, struct access *a, struct text models,
                           struct text from)
{
    struct model_change c = {a, models, from};
    return store_run(a->store, call, model_run, &c);
}
