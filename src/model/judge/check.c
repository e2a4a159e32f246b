/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/check.c — checks: what proves a requirement row, as one read-only query a file.
 * The SQL is shipped or the site's own, run on a read connection; here it is held to the form
 * that the engine and both databases understand, and its words to what exists. */
#include "model/internal.h"
#include "store/store.h"

#include <strings.h>

struct piece { /* a word, a quoted text, or one other byte of SQL */
    enum { PIECE_END, PIECE_WORD, PIECE_TEXT, PIECE_BYTE, PIECE_OPEN } type;
    struct text text;
};

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '$';
}

static struct piece next_piece(struct text *rest)
{
    *rest = text_trim(*rest);
    if (rest->len == 0)
        return (struct piece){PIECE_END, TEXT("")};
    size_t len = 1;
    struct piece p = {PIECE_BYTE, TEXT("")};
    if (rest->at[0] == '\'') {
        p.type = PIECE_OPEN;
        while (len < rest->len && rest->at[len] != '\'')
            len++;
        if (len < rest->len)
            p.type = PIECE_TEXT;
        p.text = text_slice(*rest, 1, len);
        *rest = text_from(*rest, len < rest->len ? len + 1 : len);
        return p;
    }
    if (is_word_byte(rest->at[0])) {
        p.type = PIECE_WORD;
        while (len < rest->len && is_word_byte(rest->at[len]))
            len++;
    }
    p.text = text_slice(*rest, 0, len);
    *rest = text_from(*rest, len);
    return p;
}

static bool is_word(const struct piece *p, const char *word)
{
    return p->type == PIECE_WORD && p->text.len == text_of(word).len &&
           strncasecmp(p->text.at, word, p->text.len) == 0;
}

static bool is_byte(const struct piece *p, char c)
{
    return p->type == PIECE_BYTE && p->text.at[0] == c;
}

struct sql { /* a query cut into pieces */
    struct loader *l;
    const struct json *at;
    struct check *check;
    struct piece *pieces;
    size_t count;
};

static void cut(struct sql *q, struct text sql)
{
    q->pieces = NEW_MANY(q->l->scrap, sql.len + 1, struct piece);
    for (struct piece p = next_piece(&sql); p.type != PIECE_END; p = next_piece(&sql))
        q->pieces[q->count++] = p;
}

static void check_form(const struct sql *q)
{
    static const char *const writing[] = {"insert", "update", "delete", "drop", "alter",
                                          "create", "attach", "pragma", "into"};
    if (q->count == 0 || !is_word(&q->pieces[0], "select"))
        model__mistake(q->l, q->at, "sql", "must start with SELECT");
    for (size_t i = 0; i < q->count; i++) {
        const struct piece *p = &q->pieces[i];
        if (is_byte(p, ';'))
            model__mistake(q->l, q->at, "sql", "must be one query without ';'");
        if (p->type == PIECE_OPEN)
            model__mistake(q->l, q->at, "sql", "a quoted text is not closed");
        if (p->type == PIECE_WORD && p->text.at[0] == '$' &&
            !model__one_of(p->text, "$1 $2 $3 $4 $5 $6"))
            model__mistake(q->l, q->at, "sql", "unknown parameter %.*s; known: $1 to $6",
                           TEXT_ARG(p->text));
        for (size_t w = 0; w < COUNT(writing); w++)
            if (is_word(p, writing[w]))
                model__mistake(q->l, q->at, "sql", "a check only reads: \"%s\"", writing[w]);
    }
}

/* The query as the databases will have it. Records, links, units, versions; nothing of passwords,
 * sessions or keys (store/guest.c). What is no query of one SELECT has been told already. */
static const char *check_reach(const struct sql *q, struct text sql)
{
    struct text why, full;
    size_t before = q->l->mistakes;
    check_form(q);
    full = q->l->mistakes > before ? TEXT("") : model__expand(q->l, q->at, sql);
    if (full.len == 0) /* told already, here or at the set that has no meaning */
        return "";
    if (!guest_check(q->l->scrap, q->l->model->guest, full, &why))
        model__mistake(q->l, q->at, "guest", "%.*s", TEXT_ARG(why));
    if (text_search(full, TEXT("$6")) >= 0 && q->check->grace == 0)
        model__mistake(q->l, q->at, "required", "$6 needs \"grace\"");
    return text_c(q->l->arena, full);
}

static void reason_exists(const struct sql *q, struct text code)
{
    for (size_t i = 0; i < q->check->reason_count; i++)
        if (text_same(q->check->reasons[i].code, code))
            return;
    model__mistake(q->l, q->at, "unknown", "the reason \"%.*s\" is not in \"reasons\"",
                   TEXT_ARG(code));
}

static void kind_exists(const struct sql *q, struct text name)
{
    if (model_kind(q->l->model, name) == NULL && !text_is(name, "requirement"))
        model__mistake(q->l, q->at, "unknown", "\"%.*s\" AS kind: unknown kind",
                       TEXT_ARG(name));
}

/* The texts that the expression ending before piece `end` can give: itself, or those after THEN
 * and ELSE of a CASE … END. */
static void each_value(const struct sql *q, size_t end,
                       void (*seen)(const struct sql *q, struct text value))
{
    if (end == 0)
        return;
    if (q->pieces[end - 1].type == PIECE_TEXT)
        seen(q, q->pieces[end - 1].text);
    if (!is_word(&q->pieces[end - 1], "end"))
        return;
    int depth = 0;
    for (size_t i = end; i-- > 0;) {
        depth += is_word(&q->pieces[i], "end") ? 1 : 0;
        depth -= is_word(&q->pieces[i], "case") ? 1 : 0;
        if (depth == 0)
            return;
        bool gives = is_word(&q->pieces[i], "then") || is_word(&q->pieces[i], "else");
        if (gives && q->pieces[i + 1].type == PIECE_TEXT)
            seen(q, q->pieces[i + 1].text);
    }
}

static bool is_quoted(const struct sql *q, struct text code)
{
    for (size_t i = 0; i < q->count; i++)
        if (q->pieces[i].type == PIECE_TEXT && text_same(q->pieces[i].text, code))
            return true;
    return false;
}

static void check_breaks(const struct sql *q)
{
    bool kind = false, id = false, reason = false;
    for (size_t i = 1; i < q->count; i++) {
        if (!is_word(&q->pieces[i - 1], "as"))
            continue;
        bool names_kind = is_word(&q->pieces[i], "kind");
        bool names_reason = is_word(&q->pieces[i], "reason");
        if (names_kind)
            each_value(q, i - 1, kind_exists);
        if (names_reason)
            each_value(q, i - 1, reason_exists);
        kind |= names_kind;
        reason |= names_reason;
        id |= is_word(&q->pieces[i], "id");
    }
    if (!kind || !id || !reason)
        model__mistake(q->l, q->at, "sql", "must give the columns kind, id and reason (AS)");
    for (size_t i = 0; i < q->check->reason_count; i++)
        if (!is_quoted(q, q->check->reasons[i].code))
            model__mistake(q->l, q->at, "unknown", "never gives the reason \"%.*s\"",
                           TEXT_ARG(q->check->reasons[i].code));
}

static bool uses_grace(const char *sql)
{
    return text_search(text_of(sql), TEXT("$6")) >= 0;
}

static void read_sql(struct loader *l, const struct json *root, struct check *c)
{
    struct text population = model__text(l, root, "population", true);
    struct text breaks = model__text(l, root, "breaks", true);
    struct sql q = {.l = l, .at = json_get(root, "population"), .check = c};
    if (population.len > 0) {
        cut(&q, population);
        c->population = check_reach(&q, population);
    }
    q = (struct sql){.l = l, .at = json_get(root, "breaks"), .check = c};
    if (breaks.len > 0) {
        cut(&q, breaks);
        c->breaks = check_reach(&q, breaks);
        check_breaks(&q);
    }
    bool sound = c->population[0] != '\0' && c->breaks[0] != '\0';
    if (sound && c->grace > 0 && !uses_grace(c->population) && !uses_grace(c->breaks))
        model__mistake(l, json_get(root, "grace"), "unknown", "no query uses $6");
}

static void read_reasons(struct loader *l, const struct json *root, struct check *c)
{
    const struct json *reasons = model__object(l, root, "reasons", true);
    if (reasons == NULL)
        return;
    if (reasons->count == 0 || reasons->count > COUNT(c->reasons)) {
        model__mistake(l, reasons, "range", "a check has 1 to %zu reasons", COUNT(c->reasons));
        return;
    }
    for (const struct json *v = reasons->first; v != NULL; v = v->next) {
        if (!model__name_ok(v->key))
            model__mistake(l, v, "name", "\"%.*s\" is not a name", TEXT_ARG(v->key));
        if (!model__is_text(l, v))
            continue;
        c->reasons[c->reason_count].code = v->key;
        c->reasons[c->reason_count++].words = model__translate(l, v->text);
    }
}

static void read_proves(struct loader *l, const struct json *root, struct check *c)
{
    const struct json *proves = model__list(l, root, "proves", false);
    if (proves == NULL)
        return;
    c->proves = NEW_MANY(l->arena, proves->count, struct proof);
    for (const struct json *v = proves->first; v != NULL; v = v->next) {
        int64_t level = 0;
        if (!model__keys(l, v, "row level"))
            continue;
        struct text row = model__text(l, v, "row", true);
        const struct requirement *r = model_requirement(l->model, row);
        if (row.len > 0 && r == NULL)
            model__mistake(l, json_get(v, "row"), "unknown",
                           "no framework has the row \"%.*s\"", TEXT_ARG(row));
        if (json_get(v, "level") == NULL)
            model__mistake(l, v, "required", "\"level\" is missing");
        model__integer(l, v, "level", 1, 4, &level);
        if (r != NULL && level > 0)
            c->proves[c->prove_count++] = (struct proof){r, (int)level};
    }
}

static void check_name(struct loader *l, const struct source *s, const struct check *c)
{
    const struct json *v = json_get(s->root, "check");
    if (c->name.len == 0)
        return;
    if (c->name.len > 60 || text_find(c->name, '/') >= 0 || text_find(c->name, ' ') >= 0 ||
        !model__called(s, c->name))
        model__mistake(l, v, "name", "the file of a check is called ID.json");
    for (const struct check *other = l->model->checks; other < c; other++)
        if (text_same(other->name, c->name))
            model__mistake(l, v, "clash", "\"%.*s\" is already a check: %.*s",
                           TEXT_ARG(c->name), TEXT_ARG(other->source));
}

void model__check_file(struct loader *l, const struct source *s, struct check *c)
{
    const struct json *root = s->root;
    l->file = s;
    c->population = c->breaks = "";
    c->source = s->shown;
    if (!model__keys(l, root,
                     "check title statement proves must grace population breaks reasons remedy"))
        return;
    c->name = model__text(l, root, "check", true);
    c->source = model__at(l, json_get(root, "check"));
    c->title = model__words(l, root, "title", true);
    c->statement = model__words(l, root, "statement", true);
    c->remedy = model__words(l, root, "remedy", false);
    c->must = model__bool(l, root, "must");
    model__integer(l, root, "grace", 1, 3660, &c->grace);
    check_name(l, s, c);
    read_proves(l, root, c);
    read_reasons(l, root, c);
    read_sql(l, root, c);
}
