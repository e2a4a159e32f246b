/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/query.c — the queries of model files: shipped or the site's own, run on a read
 * connection. Here they are held to the form that the engine and both databases understand, and
 * their words to what exists. Of records, links, units and versions; nothing of passwords,
 * sessions or keys (store/guest.c). */
#include "model/internal.h"
#include "store/store.h"

#include <strings.h>

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

struct sql model__cut(struct loader *l, const struct json *at, struct text sql)
{
    struct sql q = {.l = l, .at = at, .whole = sql};
    q.pieces = NEW_MANY(l->scrap, sql.len + 1, struct piece);
    for (struct piece p = next_piece(&sql); p.type != PIECE_END; p = next_piece(&sql))
        q.pieces[q.count++] = p;
    return q;
}

static void check_form(const struct sql *q, const char *parameters)
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
            !model__one_of(p->text, parameters))
            model__mistake(q->l, q->at, "sql", "unknown parameter %.*s; known: %s",
                           TEXT_ARG(p->text), parameters);
        for (size_t w = 0; w < COUNT(writing); w++)
            if (is_word(p, writing[w]))
                model__mistake(q->l, q->at, "sql", "a check only reads: \"%s\"", writing[w]);
    }
}

const char *model__query(const struct sql *q, const char *parameters)
{
    struct text why, full;
    size_t before = q->l->mistakes;
    check_form(q, parameters);
    full = q->l->mistakes > before ? TEXT("") : model__expand(q->l, q->at, q->whole);
    if (full.len == 0) /* told already, here or at the set that has no meaning */
        return "";
    if (!guest_learn(q->l->model->guest, q->l->scrap, full, &why))
        model__mistake(q->l, q->at, "guest", "%.*s", TEXT_ARG(why));
    return text_c(q->l->arena, full);
}

/* The texts that the expression ending before piece `end` can give: itself, or those after THEN
 * and ELSE of a CASE … END. */
static void each_value(const struct sql *q, size_t end, query_value_fn seen, const void *arg)
{
    if (end == 0)
        return;
    if (q->pieces[end - 1].type == PIECE_TEXT)
        seen(q, q->pieces[end - 1].text, arg);
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
            seen(q, q->pieces[i + 1].text, arg);
    }
}

void model__is_kind(const struct sql *q, struct text value, const void *also)
{
    if (!model_kind(q->l->model, value) && !(also && text_is(value, also)))
        model__mistake(q->l, q->at, "unknown", "\"%.*s\" AS kind: unknown kind",
                       TEXT_ARG(value));
}

bool model__column(const struct sql *q, const char *name, query_value_fn seen, const void *arg)
{
    bool found = false;
    for (size_t i = 1; i < q->count; i++) {
        if (!is_word(&q->pieces[i - 1], "as") || !is_word(&q->pieces[i], name))
            continue;
        found = true;
        if (seen)
            each_value(q, i - 1, seen, arg);
    }
    return found;
}

bool model__quotes(const struct sql *q, struct text code)
{
    for (size_t i = 0; i < q->count; i++)
        if (q->pieces[i].type == PIECE_TEXT && text_same(q->pieces[i].text, code))
            return true;
    return false;
}
