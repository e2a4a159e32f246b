/* SPDX-License-Identifier: Apache-2.0 */
/* store/guest.c — statements that somebody else wrote: the queries of checks, shipped or a site's.
 *
 * What such a statement may read is a list of tables with their columns. It is read here, word by
 * word, before any database sees it, and every word must be known: SQL's own from a short list, a
 * function from a shorter one, a table, or a column of a table it uses. What is not understood is
 * refused, so there is no way round by what was not thought of: schemas, catalogs, quoted names,
 * casts to other types, functions that read files or settings. SQLite's authorizer holds the same
 * list a second time, below the parser. On PostgreSQL a name of a row stands for all its columns,
 * also hidden ones: of a table with hidden columns, each must be named as t.column. */
#include "store/internal.h"

#include <sqlite3.h>
#include <string.h>

#define LONGEST 100000 /* bytes of a statement */
#define DEEPEST 100    /* parentheses */

struct texts LIST_OF(struct text);

/* ---- what may be read -------------------------------------------------------------------- */
struct guest_table {
    struct text name;
    struct map *columns;
    bool hides; /* it has columns that are not among them */
};
struct guest_tables LIST_OF(struct guest_table);
struct guest {
    struct arena *arena;
    struct guest_tables tables;
    struct map *names;
    struct map *passed; /* statements that were found good */
};

struct guest *guest_in(struct arena *a)
{
    struct guest *g = NEW(a, struct guest);
    *g = (struct guest){a, LIST_IN(a, 100000), map_in(a), map_in(a)};
    return g;
}

void guest_allow(struct guest *g, struct text table, const struct text *columns, size_t count,
                 bool hides)
{
    struct map *known = map_in(g->arena);
    for (size_t i = 0; i < count; i++)
        map_add(known, columns[i], i);
    if (map_add(g->names, table, g->tables.count))
        (void)LIST_ADD(&g->tables, (struct guest_table){table, known, hides});
}

static const struct guest_table *table_of(const struct guest *g, struct text name)
{
    size_t i;
    return map_find(g->names, name, &i) ? &g->tables.at[i] : NULL;
}

bool guest_knows(const struct guest *g, struct text table)
{
    return table_of(g, table) != NULL;
}

/* ---- words ------------------------------------------------------------------------------- */
static const char keywords[] =
    " all and as asc between by case cast cross desc distinct else end escape except exists false "
    "first from group having in inner intersect is join last left like limit not null nulls offset "
    "on or order outer select then true union when where ";
static const char functions[] = " abs avg coalesce count json length lower ltrim max min nullif replace "
                                "round rtrim substr sum trim upper ";
static const char types[] = " bigint double integer numeric precision real text ";
/* Behind a table these would be no name for it. */
static const char reserved[] = " fetch for full indexed lateral natural only right tablesample using "
                               "window with ";
/* Before a parenthesis these are no function. */
static const char openers[] = " all and as between by case cast else except exists from having in "
                              "intersect join like not on or select then union when where ";

static bool among(const char *list, struct text word)
{
    char spaced[64];
    if (word.len + 3 > sizeof(spaced))
        return false;
    spaced[0] = ' ';
    memcpy(spaced + 1, word.at, word.len);
    memcpy(spaced + 1 + word.len, " ", 2);
    return strstr(list, spaced) != NULL;
}

enum piece { PIECE_END, PIECE_WORD, PIECE_TEXT, PIECE_NUMBER, PIECE_SIGN };
struct token {
    enum piece is;
    struct text text; /* a word in small letters */
};
struct tokens LIST_OF(struct token);
struct alias {
    struct text name, table; /* table "" for a query in parentheses */
    size_t scope;
};
struct aliases LIST_OF(struct alias);
struct column_name {
    struct text qualifier, name;
    size_t scope, at; /* at: among the tokens */
};
struct column_names LIST_OF(struct column_name);
/* A SELECT, by number: which one it stands in. 0 is outside of all. */
struct scopes LIST_OF(size_t);

struct reading {
    struct arena *arena;
    const struct guest *guest;
    struct tokens tokens;
    size_t at;
    const char *why; /* the first thing that is wrong */
    struct text what;
    struct texts used; /* tables */
    struct texts bare; /* words that stand alone where a value may */
    struct column_names names; /* of the form a.b */
    struct aliases aliases;
    struct scopes scopes;
    size_t scope;        /* that of what is read now */
    struct map *outputs; /* names given by AS to a value */
};

static void wrong(struct reading *r, const char *why, struct text what)
{
    if (r->why)
        return;
    r->why = why;
    r->what = what;
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t quoted(struct reading *r, struct text rest)
{
    for (size_t i = 1; i < rest.len; i++) {
        if (rest.at[i] != '\'')
            continue;
        if (i + 1 == rest.len || rest.at[i + 1] != '\'')
            return i + 1;
        i++; /* two are one */
    }
    wrong(r, "a quoted text is not closed", TEXT(""));
    return rest.len;
}

static size_t run_of(struct text rest, bool numbers)
{
    size_t i = 1;
    while (i < rest.len &&
           (letter(rest.at[i]) || digit(rest.at[i]) || (numbers && rest.at[i] == '.')))
        i++;
    return i;
}

static size_t parameter(struct reading *r, struct text rest)
{
    if (rest.len > 1 && rest.at[1] >= '1' && rest.at[1] <= '9' &&
        (rest.len == 2 || !(letter(rest.at[2]) || rest.at[2] == '$' || digit(rest.at[2]))))
        return 2;
    wrong(r, "is not a parameter", text_slice(rest, 0, rest.len < 8 ? rest.len : 8));
    return 1;
}

static size_t next_token(struct reading *r, struct text rest, struct token *t)
{
    char c = rest.at[0], after = rest.len > 1 ? rest.at[1] : '\0';
    size_t len = 1;
    t->is = PIECE_SIGN;
    if (c == '\'') {
        t->is = PIECE_TEXT;
        len = quoted(r, rest);
    } else if (letter(c)) {
        t->is = PIECE_WORD;
        len = run_of(rest, false);
    } else if (digit(c)) {
        t->is = PIECE_NUMBER;
        len = run_of(rest, true);
    } else if (c == '$') {
        t->is = PIECE_NUMBER;
        len = parameter(r, rest);
    } else if (!c || !strchr("(),.*+-/%=<>!|", c)) {
        wrong(r, "is not allowed in a check", text_slice(rest, 0, 1));
    } else if ((c == '-' && after == '-') || (c == '/' && after == '*')) {
        wrong(r, "comments are not allowed in a check", TEXT(""));
    }
    t->text = text_slice(rest, 0, len);
    if (t->is == PIECE_WORD)
        t->text = text_lower(r->arena, t->text);
    if (t->is != PIECE_SIGN && t->is != PIECE_TEXT && len < rest.len && rest.at[len] == '\'')
        wrong(r, "a text is written 'like this', with nothing before it", t->text);
    return len;
}

static void cut(struct reading *r, struct text sql)
{
    if (sql.len > LONGEST)
        wrong(r, "is too long a query", TEXT(""));
    while (!r->why) {
        struct token t;
        sql = text_trim(sql);
        if (!sql.len)
            break;
        sql = text_from(sql, next_token(r, sql, &t));
        (void)LIST_ADD(&r->tokens, t);
    }
    for (int i = 0; i < 2; i++) /* so that one may look ahead */
        (void)LIST_ADD(&r->tokens, (struct token){PIECE_END, TEXT("")});
}

/* ---- reading ----------------------------------------------------------------------------- */
static const struct token *now(const struct reading *r)
{
    return &r->tokens.at[r->at];
}

static bool sign_at(const struct reading *r, size_t at, char c)
{
    const struct token *t = &r->tokens.at[at];
    return t->is == PIECE_SIGN && t->text.at[0] == c;
}

static bool word_at(const struct reading *r, size_t at, const char *word)
{
    const struct token *t = &r->tokens.at[at];
    return t->is == PIECE_WORD && text_is(t->text, word);
}

/* After a table or a query in parentheses: AS name, or a name. */
static void read_alias(struct reading *r, struct text table)
{
    struct text name = table;
    if (word_at(r, r->at, "as"))
        r->at++;
    if (now(r)->is == PIECE_WORD && !among(keywords, now(r)->text)) {
        name = now(r)->text;
        if (among(reserved, name))
            wrong(r, "cannot stand here", name);
        r->at++;
    }
    if (!name.len)
        wrong(r, "a query in FROM needs a name", TEXT(""));
    (void)LIST_ADD(&r->aliases, (struct alias){name, table, r->scope});
}

static void read_query(struct reading *r, int depth);

/* Where a table must stand: a table, or a query. */
static void read_source(struct reading *r, int depth)
{
    const struct token *t = now(r);
    if (sign_at(r, r->at, '(') && word_at(r, r->at + 1, "select")) {
        r->at++;
        read_query(r, depth + 1);
        read_alias(r, TEXT(""));
        return;
    }
    if (t->is != PIECE_WORD || !table_of(r->guest, t->text)) {
        wrong(r, "is not a table or a set that a check may read", t->text);
        return;
    }
    (void)LIST_ADD(&r->used, t->text);
    r->at++;
    if (sign_at(r, r->at, '.') || sign_at(r, r->at, '('))
        wrong(r, "is not a table or a set that a check may read", t->text);
    read_alias(r, t->text);
}

static void read_cast_type(struct reading *r)
{
    if (!sign_at(r, r->at, ')') && now(r)->is != PIECE_WORD)
        wrong(r, "is not a type", now(r)->text);
    while (now(r)->is == PIECE_WORD && !r->why) {
        if (!among(types, now(r)->text))
            wrong(r, "is not a type that a check may cast to", now(r)->text);
        r->at++;
    }
}

static void read_output(struct reading *r)
{
    if (now(r)->is != PIECE_WORD || among(keywords, now(r)->text)) {
        wrong(r, "AS needs a name", now(r)->text);
        return;
    }
    map_add(r->outputs, now(r)->text, 0);
    r->at++;
}

static void read_name(struct reading *r)
{
    struct text word = now(r)->text;
    if (sign_at(r, r->at + 1, '(')) {
        if (!among(functions, word))
            wrong(r, "is not a function that a check may call", word);
        r->at++;
        return;
    }
    if (!sign_at(r, r->at + 1, '.')) {
        (void)LIST_ADD(&r->bare, word);
        r->at++;
        return;
    }
    if (r->tokens.at[r->at + 2].is != PIECE_WORD || sign_at(r, r->at + 3, '.') ||
        sign_at(r, r->at + 3, '('))
        wrong(r, "must be followed by one column: name the columns", word);
    (void)LIST_ADD(&r->names,
                   (struct column_name){word, r->tokens.at[r->at + 2].text, r->scope, r->at});
    r->at += 3;
}

static void read_star(struct reading *r)
{
    bool counts = r->at >= 2 && sign_at(r, r->at - 1, '(') && word_at(r, r->at - 2, "count") &&
                  sign_at(r, r->at + 1, ')');
    const struct token *before = &r->tokens.at[r->at > 0 ? r->at - 1 : 0];
    bool times = before->is == PIECE_NUMBER || sign_at(r, r->at > 0 ? r->at - 1 : 0, ')') ||
                 (before->is == PIECE_WORD && !among(keywords, before->text));
    if (!counts && !times)
        wrong(r, "name the columns instead of *", TEXT(""));
    r->at++;
}

static void enter(struct reading *r, size_t within)
{
    r->scope = r->scopes.count;
    (void)LIST_ADD(&r->scopes, within);
}

/* SQL's own words, but for what stands by itself. */
static void read_keyword(struct reading *r, bool *from, bool cast, int depth)
{
    struct text word = now(r)->text;
    bool open = sign_at(r, r->at + 1, '(');
    if (open && !among(openers, word))
        wrong(r, "cannot stand before a parenthesis", word);
    if (text_is(word, "in") && !open)
        wrong(r, "IN needs a list or a query in parentheses", TEXT(""));
    if (text_is(word, "distinct") && !word_at(r, r->at - (r->at > 0), "select") &&
        !sign_at(r, r->at - (r->at > 0), '('))
        wrong(r, "DISTINCT stands after SELECT or in count( )", TEXT(""));
    r->at++;
    if (text_is(word, "as")) {
        if (cast)
            read_cast_type(r);
        else
            read_output(r);
    } else if (text_is(word, "from") || text_is(word, "join")) {
        *from = true;
        read_source(r, depth);
    } else if (among(" where group having order limit union except intersect select ", word)) {
        *from = false;
    }
    if (among(" union except intersect ", word)) /* beside the one before, not within it */
        enter(r, r->scopes.at[r->scope]);
}

/* What stands between parentheses, to the closing one; at depth 0, to the end. */
static void read_inside(struct reading *r, bool query, bool cast, int depth)
{
    bool from = false;
    if (depth > DEEPEST)
        wrong(r, "is nested too deeply", TEXT(""));
    while (!r->why && now(r)->is != PIECE_END) {
        const struct token *t = now(r);
        if (sign_at(r, r->at, ')')) {
            r->at++;
            if (depth == 0)
                wrong(r, "has a ) too many", TEXT(""));
            return;
        }
        if (sign_at(r, r->at, '(')) {
            bool inner = word_at(r, r->at + 1, "select");
            bool casts = r->at > 0 && word_at(r, r->at - 1, "cast");
            r->at++;
            if (inner)
                read_query(r, depth + 1);
            else
                read_inside(r, false, casts, depth + 1);
        } else if (t->is == PIECE_WORD && among(keywords, t->text)) {
            if (!query && (text_is(t->text, "from") || text_is(t->text, "join")))
                wrong(r, "FROM stands in a query", TEXT(""));
            else
                read_keyword(r, &from, cast, depth);
        } else if (t->is == PIECE_WORD) {
            read_name(r);
        } else if (sign_at(r, r->at, '*')) {
            read_star(r);
        } else if (sign_at(r, r->at, ',') && from) {
            r->at++;
            read_source(r, depth);
        } else {
            if (sign_at(r, r->at, '.'))
                wrong(r, "a column is named as table.column", TEXT(""));
            r->at++;
        }
    }
    if (depth > 0)
        wrong(r, "has a ( too many", TEXT(""));
}

static void read_query(struct reading *r, int depth)
{
    size_t outer = r->scope;
    enter(r, outer);
    read_inside(r, true, false, depth);
    r->scope = outer;
}

/* ---- judging ----------------------------------------------------------------------------- */
static bool column_of_used(const struct reading *r, struct text name)
{
    for (size_t i = 0; i < r->used.count; i++)
        if (map_find(table_of(r->guest, r->used.at[i])->columns, name, NULL))
            return true;
    return false;
}

static bool within(const struct reading *r, size_t scope, size_t outer)
{
    while (scope != outer && scope != 0)
        scope = r->scopes.at[scope];
    return scope == outer;
}

/* A name may be given in a query and again in one around it. Databases do not agree in every
 * place which is meant: the column must be one of each that could be. */
static void judge_column(struct reading *r, const struct column_name *c)
{
    bool known = false;
    for (size_t i = 0; i < r->aliases.count; i++) {
        const struct alias *a = &r->aliases.at[i];
        if (!text_same(a->name, c->qualifier) || !within(r, c->scope, a->scope))
            continue;
        const struct guest_table *t = table_of(r->guest, a->table);
        known = true;
        if (t ? !map_find(t->columns, c->name, NULL)
              : !map_find(r->outputs, c->name, NULL) && !column_of_used(r, c->name))
            wrong(
                r, "is not a column that a check may read",
                text_print(r->arena, "%.*s.%.*s", TEXT_ARG(c->qualifier), TEXT_ARG(c->name)));
    }
    if (!known)
        wrong(r, "is not a table or a name of this query", c->qualifier);
}

static void judge(struct reading *r)
{
    bool hides = false;
    for (size_t i = 0; i < r->used.count; i++)
        hides = hides || table_of(r->guest, r->used.at[i])->hides;
    for (size_t i = 0; i < r->names.count && !r->why; i++)
        judge_column(r, &r->names.at[i]);
    for (size_t i = 0; i < r->bare.count && !r->why; i++) {
        if (hides)
            wrong(r, "must be written as table.column in a query of such tables", r->bare.at[i]);
        else if (!column_of_used(r, r->bare.at[i]) && !map_find(r->outputs, r->bare.at[i], NULL))
            wrong(r, "is not a column that a check may read", r->bare.at[i]);
    }
}

static struct reading read_statement(struct arena *a, const struct guest *g, struct text sql)
{
    struct reading r = {.arena = a,
                        .guest = g,
                        .tokens = LIST_IN(a, LONGEST + 2),
                        .used = LIST_IN(a, LONGEST),
                        .bare = LIST_IN(a, LONGEST),
                        .names = LIST_IN(a, LONGEST),
                        .aliases = LIST_IN(a, LONGEST),
                        .scopes = LIST_IN(a, LONGEST),
                        .outputs = map_in(a)};
    enter(&r, 0);
    cut(&r, sql);
    if (!r.why && !word_at(&r, 0, "select"))
        wrong(&r, "must start with SELECT", TEXT(""));
    if (!r.why)
        read_query(&r, 0);
    if (!r.why)
        judge(&r);
    return r;
}

bool guest_check(struct arena *a, const struct guest *g, struct text sql, struct text *why)
{
    struct arena *own = arena_open(); /* of many statements each begins in the same memory */
    struct reading r = read_statement(own, g, sql);
    *why = TEXT("");
    if (r.why)
        *why = r.what.len ? text_print(a, "\"%.*s\" %s", TEXT_ARG(r.what), r.why) : text_of(r.why);
    arena_close(own);
    return r.why == NULL;
}

bool guest_learn(const struct guest *g, struct arena *scratch, struct text sql,
                 struct text *why)
{
    if (!guest_check(scratch, g, sql, why))
        return false;
    map_add(g->passed, text_copy(g->arena, sql), 0);
    return true;
}

/* ---- what a statement depends on -----------------------------------------------------------
 */
/* At this depth a condition ends, or is no longer one of several that must all hold. */
static bool ends_condition(const struct reading *r, size_t at)
{
    const struct token *t = &r->tokens.at[at];
    return t->is == PIECE_END ||
           (t->is == PIECE_WORD &&
            among(" from where on join left inner cross group having order limit "
                  "union except intersect select ",
                  t->text));
}

/* Do the words from `at` on, forwards or backwards to where the condition ends, leave it one
 * that must hold? Parentheses are passed over; one that opens around it is not looked through,
 * and so it may not be one. */
static bool all_hold(const struct reading *r, size_t at, bool forwards)
{
    for (int depth = 0; forwards || at > 0; at += forwards ? 1 : -(size_t)1) {
        bool in = sign_at(r, at, forwards ? '(' : ')'),
             out = sign_at(r, at, forwards ? ')' : '(');
        if (out && depth == 0)
            return forwards; /* the query ends; backwards it is a parenthesis of a condition */
        depth += in - out;
        if (depth == 0 && ends_condition(r, at))
            return forwards || word_at(r, at, "where") || word_at(r, at, "on");
        if (depth == 0 && r->tokens.at[at].is == PIECE_WORD &&
            among(" or between case when then else ", r->tokens.at[at].text))
            return false;
        if (r->tokens.at[at].is == PIECE_END)
            return false;
    }
    return false;
}

/* `alias.kind = 'K'` or `alias.from_kind = 'K'`, which holds for each row of it. */
static struct text bound_kind(const struct reading *r, const struct alias *a)
{
    for (size_t i = 0; i < r->names.count; i++) {
        const struct column_name *c = &r->names.at[i];
        size_t value = c->at + 4;
        if (c->scope != a->scope || !text_same(c->qualifier, a->name) ||
            (!text_is(c->name, "kind") && !text_is(c->name, "from_kind")))
            continue;
        if (!sign_at(r, c->at + 3, '=') || r->tokens.at[value].is != PIECE_TEXT || c->at == 0)
            continue;
        struct text t = r->tokens.at[value].text;
        bool alone = word_at(r, value + 1, "and") || sign_at(r, value + 1, ')') ||
                     ends_condition(r, value + 1);
        bool begins = word_at(r, c->at - 1, "and") || word_at(r, c->at - 1, "where") ||
                      word_at(r, c->at - 1, "on");
        if (alone && begins && all_hold(r, value + 1, true) && all_hold(r, c->at - 1, false))
            return text_slice(t, 1, t.len - 1);
    }
    return TEXT("");
}

size_t guest_reads(struct arena *a, const struct guest *g, struct text sql,
                   struct guest_read **out)
{
    struct reading r = read_statement(a, g, sql);
    size_t count = 0;
    *out = NEW_MANY(a, r.aliases.count + 1, struct guest_read);
    for (size_t i = 0; i < r.aliases.count && !r.why; i++)
        if (r.aliases.at[i].table.len)
            (*out)[count++] =
                (struct guest_read){r.aliases.at[i].table, bound_kind(&r, &r.aliases.at[i])};
    return count;
}

/* ---- the second wall --------------------------------------------------------------------- */
static bool reads(const struct guest *g, const char *table, const char *column)
{
    const struct guest_table *t = table ? table_of(g, text_of(table)) : NULL;
    return t && (!column || !*column || map_find(t->columns, text_of(column), NULL));
}

int store__guest_authorize(const struct guest *g, int action, const char *first,
                           const char *second)
{
    bool may = action == SQLITE_SELECT || (action == SQLITE_READ && reads(g, first, second)) ||
               (action == SQLITE_FUNCTION && second &&
                (among(functions, text_of(second)) || strcmp(second, "like") == 0 ||
                 strcmp(second, "->>") == 0));
    return may ? SQLITE_OK : SQLITE_DENY;
}

size_t guest_parameters(const char *sql)
{
    size_t highest = 0;
    for (; *sql != '\0'; sql++) {
        size_t n = sql[0] == '$' && sql[1] >= '1' && sql[1] <= '6' ? (size_t)(sql[1] - '0') : 0;
        highest = n > highest ? n : highest;
    }
    return highest;
}

/* The statement is kept under a text of its own: one that the engine prepared in the same words
 * was never asked about. */
enum err read_guest(struct call *call, struct reader *r, const struct guest *g, const char *sql,
                    const struct value *values, size_t value_count, size_t most,
                    struct rows *out)
{
    struct text why, marked = text_join(call->arena, TEXT("-- guest\n"), text_of(sql));
    *out = (struct rows){0};
    /* Good to the byte when it was learned is good: a long one is not read word by word each
     * time. */
    if (!map_find(g->passed, text_of(sql), NULL) &&
        !guest_check(call->arena, g, text_of(sql), &why))
        return problem(call, ERR_BUG, TEXT(""), "guest", "%.*s", TEXT_ARG(why));
    r->guest = g;
    enum err e = read_rows(call, r, text_c(call->arena, marked), values, value_count, most, out);
    r->guest = NULL;
    if (r->link)
        r->link->guest = NULL;
    return e;
}
