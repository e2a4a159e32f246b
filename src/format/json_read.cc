/* SPDX-License-Identifier: Apache-2.0 */
/* format/json_read.cc — JSON text to a tree of struct json.
 * simdjson's on-demand parser finds the tokens, checks the UTF-8 and unescapes text; the
 * grammar is the loop in read_tokens, so that every refusal knows its line. The loop keeps its
 * own stack: depth costs no C stack. Numbers keep their lexeme, because decimals must not pass
 * through a double on their way to the ledger. */
#include "format/internal.h"

#include <cstring>
#include <simdjson.h>

extern "C" const struct json_limits json_request_limits = {1 << 20, 32, 100000};
extern "C" const struct json_limits json_model_limits = {16 << 20, 32, 2000000};

namespace
{

namespace ondemand = simdjson::ondemand;

constexpr size_t SMALLEST_PARSER = 64 << 10;
constexpr size_t LARGEST_KEPT = 1 << 20;

enum expects { VALUE, VALUE_OR_CLOSE, KEY, KEY_OR_CLOSE, COMMA_OR_CLOSE, NOTHING };

struct frame {
    struct json *container;
    const struct json **end; /* where the next child is hung */
};

struct reader {
    struct call *call;
    const struct json_limits *limits;
    const ondemand::parser *parser;
    ondemand::json_iterator tokens;
    const char *base, *end;
    const char *counted; /* lines are counted up to here */
    uint32_t line, values, depth;
    uint8_t *strings; /* where the next unescaped text goes */
    struct frame *frames;
    const struct json *root;
    struct text key;
};

struct fault {
    const char *code, *english;
};

constexpr fault UNEXPECTED = {"syntax", SAID("unexpected character")};
constexpr fault ENDS_EARLY = {"syntax", SAID("the text ends too early")};
constexpr fault TRAILING = {"trailing", SAID("something follows the value")};
constexpr fault DUPLICATE = {"duplicate", SAID("the same key is given twice")};
constexpr fault BAD_TEXT = {"text", SAID("text has an invalid escape")};
constexpr fault NUL_IN_TEXT = {"text", SAID("text contains a NUL character")};
constexpr fault BAD_NUMBER = {"number", SAID("this is not a JSON number")};
constexpr fault HUGE_NUMBER = {"number", SAID("the number is out of range")};
constexpr fault TOO_DEEP = {"depth", SAID("nested too deeply")};
constexpr fault TOO_MANY = {"values", SAID("too many values")};
constexpr fault TOO_LONG = {"size", SAID("the JSON text is larger than allowed")};
constexpr fault NOT_UTF8 = {"encoding", SAID("not valid UTF-8")};
constexpr fault MARKED = {"encoding", SAID("a byte-order mark is not allowed")};
constexpr fault CONTROL = {"text", SAID("text contains a control character or line break")};
constexpr fault OPEN_QUOTE = {"text", SAID("a text has no closing quote")};
constexpr fault EMPTY = {"empty", SAID("there is no JSON value")};

enum err refuse(struct call *call, const fault &f, uint32_t line)
{
    return format__refuse(call, ERR_MALFORMED, f.code, line, f.english);
}

uint32_t lines_between(const char *from, const char *to)
{
    uint32_t count = 0;
    while (from < to) {
        auto at = static_cast<const char *>(memchr(from, '\n', static_cast<size_t>(to - from)));
        if (at == nullptr)
            break;
        count++;
        from = at + 1;
    }
    return count;
}

/* Tokens come in the order of the text, so each byte is looked at once. */
uint32_t line_of(struct reader *r, const char *at)
{
    r->line += lines_between(r->counted, at);
    r->counted = at;
    return r->line;
}

enum err refuse_at(struct reader *r, const fault &f, const char *at)
{
    return refuse(r->call, f, line_of(r, at));
}

/* ---- what simdjson refuses before there are tokens: it does not say where, so we look
 * --------- */

uint32_t line_of_bad_utf8(struct text in)
{
    uint32_t line = 1;
    while (in.len > 0 && text_utf8(text_cut(&in, '\n')))
        line++;
    return line;
}

/* The line where the first text begins that holds a control character or never ends. */
uint32_t line_of_bad_text(struct text in)
{
    uint32_t line = 1;
    bool inside = false;
    for (size_t i = 0; i < in.len; i++) {
        char c = in.at[i];
        if (inside && c == '\\')
            i++;
        else if (c == '"')
            inside = !inside;
        else if (inside && static_cast<unsigned char>(c) < 0x20)
            break;
        else if (c == '\n')
            line++;
    }
    return line;
}

enum err refuse_scan(struct call *call, struct text in, simdjson::error_code error)
{
    switch (error) {
    case simdjson::EMPTY:
        return refuse(call, EMPTY, 1);
    case simdjson::UTF8_ERROR:
        return refuse(call, NOT_UTF8, line_of_bad_utf8(in));
    case simdjson::UNESCAPED_CHARS:
        return refuse(call, CONTROL, line_of_bad_text(in));
    case simdjson::UNCLOSED_STRING:
        return refuse(call, OPEN_QUOTE, line_of_bad_text(in));
    default:
        panic("simdjson error=%d", static_cast<int>(error));
    }
}

/* ---- scalars
 * ----------------------------------------------------------------------------------- */

/* A scalar runs to the next token; only white space may lie between. */
struct text lexeme_at(struct reader *r, const char *at)
{
    auto next = r->tokens.at_end() ? r->end : reinterpret_cast<const char *>(r->tokens.peek());
    return text_trim({at, static_cast<size_t>(next - at)});
}

size_t digits_from(struct text t, size_t i)
{
    while (i < t.len && t.at[i] >= '0' && t.at[i] <= '9')
        i++;
    return i;
}

/* RFC 8259 §6. *whole: neither fraction nor exponent. */
bool is_number(struct text t, bool *whole)
{
    size_t i = t.at[0] == '-', start = i;
    *whole = true;
    i = digits_from(t, i);
    if (i == start || (t.at[start] == '0' && i > start + 1))
        return false;
    if (i < t.len && t.at[i] == '.') {
        start = i + 1;
        i = digits_from(t, start);
        *whole = false;
        if (i == start)
            return false;
    }
    if (i < t.len && (t.at[i] == 'e' || t.at[i] == 'E')) {
        i++;
        if (i < t.len && (t.at[i] == '-' || t.at[i] == '+'))
            i++;
        start = i;
        i = digits_from(t, start);
        *whole = false;
        if (i == start)
            return false;
    }
    return i == t.len;
}

enum err read_number(struct reader *r, const char *at, struct json *v)
{
    bool whole;
    v->text = lexeme_at(r, at);
    if (!is_number(v->text, &whole))
        return refuse_at(r, BAD_NUMBER, at);
    v->type = JSON_NUMBER;
    if (whole && text_integer(v->text, &v->integer)) {
        v->type = JSON_INTEGER;
        v->number = static_cast<double>(v->integer);
        return OK;
    }
    if (!number__read(v->text, &v->number))
        return refuse_at(r, HUGE_NUMBER, at);
    return OK;
}

enum err read_text(struct reader *r, const char *at, struct text *out)
{
    std::string_view found;
    auto raw = ondemand::raw_json_string(reinterpret_cast<const uint8_t *>(at + 1));
    if (r->parser->unescape(raw, r->strings).get(found) != simdjson::SUCCESS)
        return refuse_at(r, BAD_TEXT, at);
    *out = {found.data(), found.size()};
    /* Ill-formed here can only be a lone surrogate that was written as an escape. */
    if (!text_utf8(*out))
        return refuse_at(r, text_find(*out, '\0') >= 0 ? NUL_IN_TEXT : BAD_TEXT, at);
    return OK;
}

enum err read_word(struct reader *r, const char *at, struct json *v)
{
    struct text word = lexeme_at(r, at);
    if (text_is(word, "true"))
        v->type = JSON_TRUE;
    else if (text_is(word, "false"))
        v->type = JSON_FALSE;
    else if (text_is(word, "null"))
        v->type = JSON_NULL;
    else
        return refuse_at(r, UNEXPECTED, at);
    return OK;
}

/* ---- containers
 * ------------------------------------------------------------------------------ */

enum err open_container(struct reader *r, const char *at, struct json *v, enum json_type type)
{
    if (r->depth == r->limits->depth)
        return refuse_at(r, TOO_DEEP, at);
    v->type = type;
    r->frames[r->depth++] = {v, &v->first};
    return OK;
}

/* Few keys are compared pair by pair, many are sorted: no input makes this quadratic. */
enum err check_keys(struct reader *r, const struct json *object)
{
    const struct json *again = nullptr;
    if (object->count <= 24) {
        for (auto m = object->first; m != nullptr && again == nullptr; m = m->next)
            for (auto before = object->first; before != m; before = before->next)
                if (text_same(before->key, m->key))
                    again = m;
    } else {
        auto sorted = NEW_MANY(r->call->arena, object->count, const struct json *);
        json__sort(object, sorted);
        for (uint32_t i = 1; i < object->count && again == nullptr; i++)
            if (text_same(sorted[i - 1]->key, sorted[i]->key))
                again = sorted[i - 1]->line > sorted[i]->line ? sorted[i - 1] : sorted[i];
    }
    return again == nullptr ? OK : refuse(r->call, DUPLICATE, again->line);
}

enum expects after_value(const struct reader *r)
{
    return r->depth == 0 ? NOTHING : COMMA_OR_CLOSE;
}

enum err close_container(struct reader *r, const char *at, enum expects *next)
{
    struct json *v = r->depth == 0 ? nullptr : r->frames[r->depth - 1].container;
    if (v == nullptr || *at != (v->type == JSON_OBJECT ? '}' : ']'))
        return refuse_at(r, UNEXPECTED, at);
    r->depth--;
    *next = after_value(r);
    return v->type == JSON_OBJECT ? check_keys(r, v) : OK;
}

enum err read_value(struct reader *r, const char *at, enum expects *next)
{
    if (r->values++ == r->limits->values)
        return format__refuse(r->call, ERR_TOO_LARGE, TOO_MANY.code, line_of(r, at),
                              TOO_MANY.english);
    struct json *v = NEW(r->call->arena, struct json);
    v->line = line_of(r, at);
    v->key = r->key;
    r->key = {"", 0};
    if (r->depth == 0) {
        r->root = v;
    } else {
        struct frame *in = &r->frames[r->depth - 1];
        in->container->count++;
        *in->end = v;
        in->end = &v->next;
    }
    *next = after_value(r);
    switch (*at) {
    case '{':
        *next = KEY_OR_CLOSE;
        return open_container(r, at, v, JSON_OBJECT);
    case '[':
        *next = VALUE_OR_CLOSE;
        return open_container(r, at, v, JSON_LIST);
    case '"':
        v->type = JSON_TEXT;
        return read_text(r, at, &v->text);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return read_number(r, at, v);
    default:
        return read_word(r, at, v);
    }
}

const char *next_token(struct reader *r)
{
    return reinterpret_cast<const char *>(r->tokens.return_current_and_advance());
}

enum err read_key(struct reader *r, const char *at, enum expects *next)
{
    if (*at != '"')
        return refuse_at(r, UNEXPECTED, at);
    TRY(read_text(r, at, &r->key));
    if (r->tokens.at_end())
        return refuse_at(r, ENDS_EARLY, r->end);
    at = next_token(r);
    if (*at != ':')
        return refuse_at(r, UNEXPECTED, at);
    *next = VALUE;
    return OK;
}

enum err read_comma(struct reader *r, const char *at, enum expects *next)
{
    if (*at != ',')
        return close_container(r, at, next);
    *next = r->frames[r->depth - 1].container->type == JSON_OBJECT ? KEY : VALUE;
    return OK;
}

enum err read_tokens(struct reader *r)
{
    enum expects state = VALUE;
    while (!r->tokens.at_end()) {
        const char *at = next_token(r);
        bool closes = *at == ']' || *at == '}';
        switch (state) {
        case VALUE_OR_CLOSE:
        case VALUE:
            if (closes && state == VALUE_OR_CLOSE)
                TRY(close_container(r, at, &state));
            else
                TRY(read_value(r, at, &state));
            break;
        case KEY_OR_CLOSE:
        case KEY:
            if (closes && state == KEY_OR_CLOSE)
                TRY(close_container(r, at, &state));
            else
                TRY(read_key(r, at, &state));
            break;
        case COMMA_OR_CLOSE:
            TRY(read_comma(r, at, &state));
            break;
        case NOTHING:
            return refuse_at(r, TRAILING, at);
        }
    }
    return state == NOTHING ? OK : refuse_at(r, ENDS_EARLY, r->end);
}

/* One parser a thread, grown by doubling; one that a large file has grown is given back. */
struct kept_parser {
    ondemand::parser parser;

    void make_room(size_t len)
    {
        size_t capacity = SMALLEST_PARSER;
        while (capacity < len)
            capacity *= 2;
        if (parser.capacity() < len && parser.allocate(capacity) != simdjson::SUCCESS)
            panic("out_of_memory json bytes=%zu", len);
    }
};

} // namespace

enum err json_read(struct call *call, struct text in, const struct json_limits *limits,
                   const struct json **out)
{
    static thread_local struct kept_parser kept;
    struct reader r = {};
    if (in.len > limits->bytes)
        return format__refuse(call, ERR_TOO_LARGE, TOO_LONG.code, 0, TOO_LONG.english);
    if (in.len == 0)
        return refuse(call, EMPTY, 1);
    if (text_starts(in, "\xEF\xBB\xBF"))
        return refuse(call, MARKED, 1);

    size_t padded = in.len + simdjson::SIMDJSON_PADDING;
    auto copy = NEW_MANY(call->arena, padded, char);
    memcpy(copy, in.at, in.len);
    kept.make_room(in.len);
    auto view = simdjson::padded_string_view(copy, in.len, padded);
    auto error = kept.parser.iterate_raw(view).get(r.tokens);
    if (error != simdjson::SUCCESS)
        return refuse_scan(call, in, error);

    r.call = call;
    r.limits = limits;
    r.parser = &kept.parser;
    r.base = r.counted = copy;
    r.end = copy + in.len;
    r.line = 1;
    r.strings = NEW_MANY(call->arena, padded, uint8_t);
    r.frames = NEW_MANY(call->arena, limits->depth + 1, struct frame);
    r.key = {"", 0};
    enum err e = read_tokens(&r);
    if (kept.parser.capacity() > LARGEST_KEPT)
        kept.parser = ondemand::parser();
    if (e == OK)
        *out = r.root;
    return e;
}
