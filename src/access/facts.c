/* SPDX-License-Identifier: Apache-2.0 */
/* access/facts.c — the facts of the store (table meta) and its format, fixed by the ledger.
 * Whoever changes one writes an entry that commits to all of them as they stand after it, so that
 * an organisation cannot be renamed, called a demo or given another model behind the program's
 * back. The format tells what later entries must have: docs/ledger.md §9. */
#include "access/internal.h"

#include <string.h>

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

/* One line that people can read: it stands in letters, in the head of pages and on paper. */
enum err access_rename(struct call *call, struct access *a, struct text name)
{
    name = shown_one_space(call->arena, text_utf8(name) ? name : TEXT(""));
    if (!name.len || text_characters(name) > 200 || !shown_any(name) || !shown_fit(name, false))
        return problem(call, ERR_INVALID, TEXT("name"), "length", "%s",
                       say(call, "needs 1 to 200 characters"));
    return access_meta(call, a, "organisation", name);
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
        say(call, "the store has format %.*s, and this program knows formats up to %s: use the "
                  "program that wrote it last, or a newer one"),
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
    return problem(call, ERR_CONFLICT, TEXT("meta"), "altered", "%s",
                   say(call, "the facts of the organisation (its name, model, overlays, "
                             "whether it is a demo) are "
                             "not those in the ledger: they were altered outside this program. "
                             "Restore a backup, "
                             "or run aimwell verify --deep to see what else was touched"));
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
    return access__own_compare(call, db, out);
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

#define REMEMBERED 100

struct text access_model_word(struct arena *a, const struct model *m, bool has_own)
{
    return text_print(a, "%.*s%s", TEXT_ARG(m->hash), has_own ? "+" : "");
}

static enum err read_fact(struct call *call, struct tx *tx, const char *name, struct text *out)
{
    struct rows rows;
    struct value v = V_TEXT(text_of(name));
    TRY(tx_rows(call, tx, "SELECT value FROM meta WHERE name = $1", &v, 1, 1, &rows));
    *out = rows.count ? rows.cells[0].text : TEXT("");
    return OK;
}

/* The fact "models" with this one at its end; *from: the hash of the one before. */
static enum err models_with(struct call *call, struct tx *tx, const struct model_note *note,
                            struct text *models, struct text *from)
{
    struct text kept, rest, last = {0}, mine = access_model_word(call->arena, note->model, note->has_own);
    size_t count = 0;
    TRY(read_fact(call, tx, "models", &kept));
    for (rest = kept; rest.len > 0; count++)
        last = text_cut(&rest, ' ');
    if (count >= REMEMBERED)
        (void)text_cut(&kept, ' ');
    *models = text_same(last, mine) ? kept
              : kept.len            ? text_print(call->arena, "%.*s %.*s", TEXT_ARG(kept), TEXT_ARG(mine))
                                    : mine;
    *from = text_cut(&last, '+');
    return OK;
}

static enum err check_seen(struct call *call, struct tx *tx, const char *seen)
{
    struct text there;
    if (!seen)
        return OK;
    TRY(read_fact(call, tx, "site.files", &there));
    if (text_is(there, seen))
        return OK;
    return problem(
        call, ERR_STALE, TEXT("seen"), "stale", "%s",
        say(call, "somebody else has changed the fields and registers meanwhile: look at what "
                  "is there now, and try again"));
}

enum err access_note_model_in(struct call *call, struct tx *tx, struct access *a,
                              const struct model_note *note)
{
    struct text before, models, from, now = names_of(call, note->model);
    struct own_change own = {0};
    TRY(check_seen(call, tx, note->seen));
    TRY(models_with(call, tx, note, &models, &from));
    TRY(names_before(call, tx, &before));
    if (note->own)
        TRY(access__own_change(call, tx, note->own, &own));
    struct member members[] = {
        {"added", before.len > 0 ? missing(call, now, before) : TEXT("")},
        {"dropped", missing(call, before, now)},
        {"files", own.files},
        {"files_after", own.after},
        {"files_before", own.before},
        {"from", from},
        {"names", now},
        {"to", note->model->hash}};
    size_t count = COUNT(members);
    if (!own.files.len) { /* an entry of a program's upgrade is as it always was */
        memmove(&members[2], &members[5], 3 * sizeof members[0]);
        count -= 3;
    }
    TRY(access__fact(call, tx, a, "models", models));
    return access__keep(call, tx, a, call->actor, "model.change", "model", note->model->hash,
                        members, count);
}

struct model_noting {
    struct access *a;
    const struct model_note *note;
};

static enum err model_run(struct job *job, struct call *call, struct tx *tx)
{
    const struct model_noting *n = job->arg;
    return access_note_model_in(call, tx, n->a, n->note);
}

enum err access_note_model(struct call *call, struct access *a, const struct model_note *note)
{
    struct model_noting n = {a, note};
    return store_run(a->store, call, model_run, &n);
}
