/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/checks.c — what the checks of several types share: words and ids. */
#include "model/types/checks.h"

enum err type__refuse(struct call *call, struct text name, const struct field *f, const char *code,
                      const char *english)
{
    return type__refuse_text(call, name, f, code, text_of(say(call, english)));
}

enum err type__refuse_text(struct call *call, struct text name, const struct field *f,
                           const char *code, struct text words)
{
    return problem_at(call, ERR_INVALID, name, code, f->source, words);
}

enum err type__out_of_bounds(struct call *call, struct text name, const struct field *f, double min,
                             double max)
{
    return type__refuse_text(
        call, name, f, "range",
        text_print(call->arena, say(call, "must be between %g and %g"), min, max));
}

bool type__has_control(struct text t, bool lines_allowed)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (c == 127 || (c < 32 && !(lines_allowed && (c == '\n' || c == '\r' || c == '\t'))))
            return true;
    }
    return false;
}

/* What would be there and nobody could see, or read as something else. */
static enum err check_shown(struct call *call, struct text name, const struct field *f, struct text t)
{
    if (f->type->written == WRITTEN_LINE && t.len && !shown_any(t))
        return type__refuse(call, name, f, "blank",
                            SAID("has no visible character: write a name that people can see"));
    if (shown_turned(t))
        return type__refuse(
            call, name, f, "direction",
            SAID("contains a character that reverses the direction of the text (U+202D or "
                 "U+202E): leave it out"));
    if (!shown_fit(t, true))
        return type__refuse(
            call, name, f, "control",
            SAID("contains a code point that is no character (such as U+FFFE or U+FFFF)"));
    return OK;
}

enum err type__check_words(struct call *call, struct text name, const struct field *f,
                           const struct json *v, const struct json **out)
{
    if (v->type != JSON_TEXT)
        return type__refuse(call, name, f, "type", SAID("must be text"));
    bool lines = f->type->written == WRITTEN_LINES;
    struct text t = form_one(call->arena, text_trim(v->text));
    if (f->unique && !lines) /* what tells records apart is not a kind of space */
        t = shown_one_space(call->arena, t);
    if (type__has_control(t, lines))
        return lines ? type__refuse(call, name, f, "control", SAID("contains control characters"))
                     : type__refuse(call, name, f, "one_line",
                                    SAID("must be one line without control characters"));
    TRY(check_shown(call, name, f, t));
    int64_t max = f->max ? f->max : f->type->most;
    if ((int64_t)text_characters(t) > max)
        return type__refuse_text(call, name, f, "too_long",
                                 text_print(call->arena,
                                            say(call, "has %zu characters; the limit is %lld"),
                                            text_characters(t), (long long)max));
    if (f->many && text_find(t, '|') >= 0)
        return type__refuse(call, name, f, "bar", SAID("may not contain the character |"));
    *out = json_of_text(call->arena, t);
    return OK;
}

enum err type__check_id(struct call *call, struct text name, const struct field *f,
                        const struct json *v, const struct json **out)
{
    if (v->type != JSON_TEXT || !v->text.len || v->text.len > 100 ||
        type__has_control(v->text, false))
        return type__refuse(call, name, f, "type", SAID("must be the id or key of a record"));
    *out = json_of_text(call->arena, v->text);
    return OK;
}
