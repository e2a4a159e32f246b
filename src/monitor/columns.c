/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/columns.c — a row of a table becomes one event, or a prediction and its label. What
 * is written depends on the row and the profile alone, so that the same file sent again is the
 * same events. */
#include "monitor/profile.h"

#include <string.h>

/* ---- the header
 * ------------------------------------------------------------------------------- */
static bool find_column(const struct columns *c, struct text name, size_t *at)
{
    for (size_t i = 0; i < c->count; i++)
        if (text_same(c->names[i], name)) {
            *at = i;
            return true;
        }
    return false;
}

static void name_columns(struct call *call, const struct text *cells, struct columns *c)
{
    struct map *names = map_in(call->arena);
    for (size_t i = 0; i < c->count; i++) {
        struct text name = shown_one_space(call->arena, cells[i]), base = name;
        if (!name.len)
            name = base = text_print(call->arena, "column %zu", i + 1);
        for (unsigned n = 1; !map_add(names, name, i); n++)
            name = text_print(call->arena, "%.*s.%u", TEXT_ARG(base), n);
        c->names[i] = name;
    }
}

static enum err place_source(struct call *call, const struct columns *c, struct text member,
                             struct source *s, bool *taken)
{
    enum err worst = OK;
    for (size_t i = 0; i < s->count; i++) {
        if (find_column(c, s->columns[i], &s->at[i]))
            taken[s->at[i]] = true;
        else
            worst =
                problem(call, ERR_INVALID, member, "column",
                        say(call, "the file has no column \"%.*s\""), TEXT_ARG(s->columns[i]));
    }
    return worst;
}

static enum err add_rest(struct call *call, struct columns *c, const bool *taken)
{
    for (size_t i = 0; i < c->count; i++) {
        struct mapped one = {
            .member = c->profile->rest,
            .inside = c->names[i],
            .from = {.columns = {c->names[i]}, .count = 1, .at = {i}, .as = AS_ANY}};
        bool left = text_among(c->profile->leave.at, c->profile->leave.count, c->names[i]);
        if (!taken[i] && !left && !LIST_ADD(&c->of, one))
            return problem(call, ERR_INVALID, c->profile->rest, "too_many", "%s",
                           say(call, "the file has more columns than an event has members"));
    }
    return OK;
}

enum err columns__find(struct call *call, const struct profile *p, const struct text *cells,
                       size_t count, struct columns *c)
{
    bool *taken = NEW_MANY(call->arena, count + 1, bool);
    enum err worst = OK;
    c->profile = p;
    c->count = count;
    c->names = NEW_MANY(call->arena, count + 1, struct text);
    name_columns(call, cells, c);
    c->of = (struct mappings)LIST_IN(call->arena, 2 * TABLE_COLUMNS);
    for (size_t i = 0; i < p->of.count; i++)
        (void)LIST_ADD(&c->of, p->of.at[i]);
    c->ts = p->ts;
    c->label = p->label;
    c->label_ts = p->label_ts.member.len ? p->label_ts : p->ts;
    c->label_source = p->label_source;
    struct mapped *apart[] = {&c->ts, &c->label, &c->label_ts, &c->label_source};
    for (size_t i = 0; i < c->of.count; i++)
        if (place_source(call, c, c->of.at[i].member, &c->of.at[i].from, taken) != OK)
            worst = ERR_INVALID;
    for (size_t i = 0; i < COUNT(apart); i++)
        if (place_source(call, c, apart[i]->member, &apart[i]->from, taken) != OK)
            worst = ERR_INVALID;
    return worst == OK && p->rest.len ? add_rest(call, c, taken) : worst;
}

static struct text of_source(const struct source *s, struct text otherwise)
{
    return s->count ? s->columns[0] : otherwise;
}

struct text columns__of_member(const struct columns *c, struct text member)
{
    if (text_is(member, "ts"))
        return of_source(&c->ts.from, member);
    if (c->profile->has_label && (text_is(member, "label") || text_is(member, "ref")))
        return of_source(&c->label.from, member);
    for (size_t i = 0; i < c->of.count; i++)
        if (text_same(c->of.at[i].member, member) && !c->of.at[i].inside.len)
            return of_source(&c->of.at[i].from, member);
    return member;
}

/* ---- the text of a member
 * --------------------------------------------------------------------- */
struct making {
    struct call *call;
    const struct columns *c;
    const struct table_cells *row;
    struct json_out *out;
};

static bool is_missing(const struct columns *c, struct text cell)
{
    return text_among(c->profile->missing.at, c->profile->missing.count, cell);
}

static struct text cell_at(const struct making *m, size_t i)
{
    return i < m->row->count ? text_trim(m->row->cells[i]) : TEXT("");
}

static struct text of_content(const struct making *m)
{
    struct sha256 *h = sha256_start(m->call->arena);
    for (size_t i = 0; i < m->row->count; i++) {
        sha256_add(h, m->row->cells[i]);
        sha256_add(h, (struct text){"\0", 1}); /* which is in no cell */
    }
    struct hash all = sha256_end(h);
    return hex_of(m->call->arena, text_slice(hash_text(&all), 0, 16));
}

/* "" when it is missing; of several columns, when one of them is. */
static struct text text_of_source(const struct making *m, const struct source *s)
{
    struct buf b = buf_in(m->call->arena, 2 * EVENT_LINE);
    if (s->row == ROW_CONTENT)
        return text_join(m->call->arena, s->prefix, of_content(m));
    if (s->row == ROW_NUMBER)
        return text_print(m->call->arena, "%.*s%lld", TEXT_ARG(s->prefix),
                          (long long)m->row->row);
    if (s->count == 1 && !s->prefix.len)
        return cell_at(m, s->at[0]);
    buf_add(&b, s->prefix);
    for (size_t i = 0; i < s->count; i++) {
        struct text cell = cell_at(m, s->at[i]);
        if (is_missing(m->c, cell))
            return TEXT("");
        if (i)
            buf_add(&b, s->join);
        buf_add(&b, cell);
    }
    return buf_text(&b);
}

/* ---- values
 * ----------------------------------------------------------------------------------- */
static enum err wrong(const struct making *m, const struct mapped *of, const char *code,
                      const char *words, struct text cell)
{
    struct text shown = cell.len > 60 ? text_slice(cell, 0, 60) : cell;
    while (shown.len && !text_utf8(shown)) /* not half a character */
        shown.len--;
    struct text column = of_source(&of->from, of->inside.len ? of->inside : of->member);
    return problem(m->call, ERR_INVALID, column, code, "%.*s: %s: \"%.*s\"",
                   TEXT_ARG(of->member), say(m->call, words), TEXT_ARG(shown));
}

static bool read_number(const struct making *m, struct text cell, double *out)
{
    char copy[64];
    if (!m->c->profile->decimal_comma)
        return text_number(cell, out);
    if (cell.len >= sizeof copy || text_find(cell, '.') >= 0)
        return false;
    for (size_t i = 0; i < cell.len; i++)
        copy[i] = cell.at[i] == ',' ? '.' : cell.at[i];
    return text_number((struct text){copy, cell.len}, out);
}

/* As it is written, and what a computer holds without loss: no code with a zero before it. */
static bool is_whole(struct text cell, int64_t *out)
{
    bool sign = cell.len && cell.at[0] == '-';
    struct text digits = text_from(cell, sign);
    return digits.len && digits.len <= 15 && (digits.len == 1 || digits.at[0] != '0') &&
           text_integer(cell, out) && !(sign && *out == 0);
}

static bool is_plain_number(const struct making *m, struct text cell, double *out)
{
    struct text digits = text_from(cell, cell.len && cell.at[0] == '-');
    bool code =
        digits.len > 1 && digits.at[0] == '0' && digits.at[1] >= '0' && digits.at[1] <= '9';
    bool point = text_find(cell, m->c->profile->decimal_comma ? ',' : '.') >= 0;
    return !code && (point || digits.len <= 15 || text_find(digits, 'e') >= 0) &&
           read_number(m, cell, out);
}

static enum err put_number(const struct making *m, const struct mapped *of, struct text cell)
{
    const struct source *s = &of->from;
    int64_t whole;
    double n;
    if (!read_number(m, cell, &n))
        return wrong(m, of, "number", SAID("is no number"), cell);
    if (s->at_least)
        json_put_integer(m->out, n >= s->least);
    else if (s->ranged)
        json_put_number(m->out, (n - s->low) / (s->high - s->low));
    else if (is_whole(cell, &whole))
        json_put_integer(m->out, whole);
    else
        json_put_number(m->out, n);
    return OK;
}

/* 1, "1.0" and "yes" as tables of numbers have them; else a word. */
static void put_class(const struct making *m, struct text cell)
{
    int64_t whole;
    if (text_ends(cell, ".0"))
        cell.len -= is_whole(text_slice(cell, 0, cell.len - 2), &whole) ? 2 : 0;
    if (is_whole(cell, &whole))
        json_put_integer(m->out, whole);
    else
        json_put_text(m->out, cell);
}

static enum err put_yes_no(const struct making *m, const struct mapped *of, struct text cell)
{
    static const char *const words[][4] = {{"no", "false", "0", "n"},
                                           {"yes", "true", "1", "y"}};
    struct text small = text_lower(m->call->arena, cell);
    for (size_t yes = 0; yes < 2; yes++)
        for (size_t i = 0; i < COUNT(words[0]); i++)
            if (text_is(small, words[yes][i])) {
                json_put_bool(m->out, yes == 1);
                return OK;
            }
    return wrong(m, of, "type", SAID("is neither yes nor no"), cell);
}

static void put_any(const struct making *m, struct text cell)
{
    int64_t whole;
    double n;
    if (is_whole(cell, &whole))
        json_put_integer(m->out, whole);
    else if (is_plain_number(m, cell, &n))
        json_put_number(m->out, n);
    else
        json_put_text(m->out, cell);
}

static enum err put_cell(const struct making *m, const struct mapped *of, struct text cell)
{
    const struct source *s = &of->from;
    if (s->at_least || s->ranged || s->as == AS_NUMBER)
        return put_number(m, of, cell);
    if (s->as == AS_YES_NO)
        return put_yes_no(m, of, cell);
    if (s->as == AS_CLASS)
        put_class(m, cell);
    else if (s->as == AS_ANY)
        put_any(m, cell);
    else
        json_put_text(m->out, cell);
    return OK;
}

/* What a row says of a member: a value of the profile, or else the text of a cell. */
struct spoken {
    struct text cell;
    const struct json *value; /* NULL: what the cell says */
};

/* False when there is nothing to say. What is missing elsewhere may have a value here. */
static bool speak(const struct making *m, const struct source *s, struct spoken *out)
{
    *out = (struct spoken){.cell = s->is ? TEXT("") : text_of_source(m, s), .value = s->is};
    if (s->values)
        out->value = json_named(s->values, out->cell);
    if (!out->value && !s->row && is_missing(m->c, out->cell))
        return false;
    if (!out->value)
        out->value = s->otherwise;
    return !out->value || out->value->type != JSON_NULL;
}

static enum err put_value(const struct making *m, const struct mapped *of, struct text key)
{
    struct spoken said;
    if (!speak(m, &of->from, &said))
        return OK;
    if (!said.value && of->from.values)
        return wrong(m, of, "unknown", SAID("the profile has no value for it"), said.cell);
    json_key_text(m->out, key);
    if (!said.value)
        return put_cell(m, of, said.cell);
    json_put_json(m->out, said.value);
    return OK;
}

static enum err read_moment(const struct making *m, const struct mapped *of, int64_t *out)
{
    const struct source *s = &of->from;
    struct text cell = s->is ? json_text(s->is) : text_of_source(m, s);
    *out = m->c->moment;
    if (s->of_file)
        return OK;
    if (!s->is && is_missing(m->c, cell))
        return wrong(m, of, "required", SAID("is missing"), cell);
    if (s->is ? moment_read(cell, out) : when__read(&s->when, cell, out))
        return OK;
    return wrong(m, of, "moment", SAID("is no time that the profile can read"), cell);
}

/* ---- lines
 * ------------------------------------------------------------------------------------ */
static void put_head(const struct making *m, const char *kind, int64_t at)
{
    json_open(m->out, '{');
    json_key(m->out, "v");
    json_put_integer(m->out, 1);
    json_key(m->out, "kind");
    json_put_c(m->out, kind);
    json_key(m->out, "system");
    json_put_text(m->out, m->c->system);
    json_key(m->out, "ts");
    json_put_text(m->out, moment_print(m->call->arena, at));
}

/* Members of one object, from *i on. */
static enum err put_inside(const struct making *m, size_t *i)
{
    const struct mappings *of = &m->c->of;
    struct text member = of->at[*i].member;
    json_key_text(m->out, member);
    json_open(m->out, '{');
    for (; *i < of->count && text_same(of->at[*i].member, member); ++*i)
        TRY(put_value(m, &of->at[*i], of->at[*i].inside));
    json_close(m->out, '}');
    return OK;
}

static const char *word_of(enum event_kind kind)
{
    static const char *const words[] = {"",
#define X(name, word, own) word,
                                        EVENT_KINDS(X)
#undef X
    };
    return words[kind];
}

static enum err put_event(const struct making *m)
{
    const struct mappings *of = &m->c->of;
    int64_t at;
    TRY(read_moment(m, &m->c->ts, &at));
    put_head(m, word_of(m->c->profile->kind), at);
    for (size_t i = 0; i < of->count;) {
        if (of->at[i].inside.len)
            TRY(put_inside(m, &i));
        else {
            TRY(put_value(m, &of->at[i], of->at[i].member));
            i++;
        }
    }
    json_close(m->out, '}');
    return OK;
}

static const struct mapped *mapping(const struct columns *c, const char *member)
{
    for (size_t i = 0; i < c->of.count; i++)
        if (text_is(c->of.at[i].member, member))
            return &c->of.at[i];
    return NULL;
}

static bool is_regression(const struct making *m)
{
    const struct mapped *task = mapping(m->c, "task");
    struct spoken said;
    return task && speak(m, &task->from, &said) &&
           text_is(said.value ? json_text(said.value) : said.cell, "regression");
}

static enum err put_label(const struct making *m)
{
    bool amount = is_regression(m);
    struct mapped label = m->c->label;
    int64_t at;
    if (amount && label.from.as == AS_CLASS)
        label.from.as = AS_NUMBER;
    TRY(read_moment(m, &m->c->label_ts, &at));
    put_head(m, "label", at);
    TRY(put_value(m, mapping(m->c, "id"), TEXT("ref")));
    TRY(put_value(m, &label, amount ? TEXT("value") : TEXT("label")));
    if (m->c->label_source.member.len)
        TRY(put_value(m, &m->c->label_source, m->c->label_source.member));
    json_close(m->out, '}');
    return OK;
}

enum err columns__lines(struct call *call, const struct columns *c,
                        const struct table_cells *row, struct buf *lines, size_t *line_count)
{
    struct buf both = buf_in(call->arena, 4 * EVENT_LINE),
               label = buf_in(call->arena, EVENT_LINE);
    struct json_out o = json_out(&both);
    struct making m = {.call = call, .c = c, .row = row, .out = &o};
    struct spoken said;
    bool labelled = c->profile->has_label && speak(&m, &c->label.from, &said);
    TRY(put_event(&m));
    if (labelled) {
        o = json_out(&label);
        TRY(put_label(&m));
    }
    if (both.full || label.full)
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large", "%s",
                       say(call, "the row makes an event that is larger than allowed"));
    buf_add(lines, buf_text(&both));
    buf_add_byte(lines, '\n');
    if (labelled) {
        buf_add(lines, buf_text(&label));
        buf_add_byte(lines, '\n');
    }
    *line_count = 1 + labelled;
    return OK;
}
