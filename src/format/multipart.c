/* SPDX-License-Identifier: Apache-2.0 */
/* format/multipart.c — multipart/form-data (RFC 7578) for browsers that drop files.
 * Parts borrow from the body; nothing is copied but names. A file name is what the sender calls
 * it and never a path: only what follows the last slash is kept. */
#include "format/internal.h"

#define LONGEST_BOUNDARY 70
#define LONGEST_HEAD ((size_t)8 << 10)

static enum err refuse(struct call *call, const char *english)
{
    return format__refuse(call, ERR_MALFORMED, "multipart", 0, english);
}

static struct text trim_blanks(struct text t)
{
    while (t.len > 0 && (t.at[0] == ' ' || t.at[0] == '\t'))
        t = text_from(t, 1);
    while (t.len > 0 && (t.at[t.len - 1] == ' ' || t.at[t.len - 1] == '\t'))
        t.len--;
    return t;
}

static bool same_word(struct call *call, struct text t, const char *word)
{
    return text_is(text_lower(call->arena, t), word);
}

/* Browsers write %22 %0D %0A for the three bytes that would break the header; older tools put a
 * backslash before a quote. */
static struct text unescape_quoted(struct call *call, struct text t)
{
    struct buf out = buf_in(call->arena, t.len);
    for (size_t i = 0; i < t.len; i++) {
        struct text three = text_slice(t, i, i + 3);
        bool escaped =
            t.at[i] == '\\' && i + 1 < t.len && (t.at[i + 1] == '"' || t.at[i + 1] == '\\');
        if (escaped) {
            buf_add_byte(&out, t.at[++i]);
        } else if (text_is(three, "%22")) {
            buf_add_byte(&out, '"');
            i += 2;
        } else if (text_is(three, "%0D") || text_is(three, "%0A")) {
            buf_add_byte(&out, three.at[2] == 'D' ? '\r' : '\n');
            i += 2;
        } else {
            buf_add_byte(&out, t.at[i]);
        }
    }
    return buf_text(&out);
}

/* Takes `; name=value` off the front of *rest. False at the end or when it is not that. */
static bool take_parameter(struct call *call, struct text *rest, struct text *name,
                           struct text *value)
{
    struct text t = trim_blanks(*rest);
    if (t.len == 0 || t.at[0] != ';')
        return false;
    t = trim_blanks(text_from(t, 1));
    ptrdiff_t equals = text_find(t, '=');
    if (equals <= 0)
        return false;
    *name = trim_blanks(text_slice(t, 0, (size_t)equals));
    t = trim_blanks(text_from(t, (size_t)equals + 1));
    if (t.len == 0 || t.at[0] != '"') {
        ptrdiff_t end = text_find(t, ';');
        size_t len = end < 0 ? t.len : (size_t)end;
        *value = trim_blanks(text_slice(t, 0, len));
        *rest = text_from(t, len);
        return true;
    }
    size_t i = 1;
    while (i < t.len && t.at[i] != '"')
        i += t.at[i] == '\\' ? 2 : 1;
    if (i >= t.len)
        return false;
    *value = unescape_quoted(call, text_slice(t, 1, i));
    *rest = text_from(t, i + 1);
    return true;
}

static struct text take_until_semicolon(struct text *t)
{
    ptrdiff_t end = text_find(*t, ';');
    size_t len = end < 0 ? t->len : (size_t)end;
    struct text part = trim_blanks(text_slice(*t, 0, len));
    *t = text_from(*t, len);
    return part;
}

static enum err boundary_of(struct call *call, struct text type, struct text *out)
{
    struct text name, value;
    *out = TEXT("");
    if (!same_word(call, take_until_semicolon(&type), "multipart/form-data"))
        return format__refuse(call, ERR_MEDIA, "media_type", 0,
                              SAID("send the file as multipart/form-data"));
    while (take_parameter(call, &type, &name, &value))
        if (same_word(call, name, "boundary"))
            *out = value;
    if (out->len == 0 || out->len > LONGEST_BOUNDARY || trim_blanks(type).len != 0)
        return refuse(call, SAID("the boundary of the parts is missing"));
    return OK;
}

static struct text base_name(struct text path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.at[i - 1] == '/' || path.at[i - 1] == '\\')
            return text_from(path, i);
    return path;
}

static enum err read_disposition(struct call *call, struct text value, struct part *part)
{
    struct text name, found;
    bool named = part->name.at != NULL;
    if (named || !same_word(call, take_until_semicolon(&value), "form-data"))
        return refuse(call, SAID("a part has no proper Content-Disposition"));
    while (take_parameter(call, &value, &name, &found)) {
        if (same_word(call, name, "name"))
            part->name = found;
        else if (same_word(call, name, "filename"))
            part->file_name = base_name(found);
    }
    if (trim_blanks(value).len != 0 || !text_utf8(part->name) || !text_utf8(part->file_name))
        return refuse(call, SAID("the name of a part cannot be read"));
    return OK;
}

static enum err read_head(struct call *call, struct text head, struct part *part)
{
    while (head.len > 0) {
        struct text line = text_cut(&head, '\n');
        if (text_ends(line, "\r"))
            line.len--;
        ptrdiff_t colon = text_find(line, ':');
        if (colon <= 0)
            return refuse(call, SAID("a header of a part cannot be read"));
        struct text value = trim_blanks(text_from(line, (size_t)colon + 1));
        struct text name = text_slice(line, 0, (size_t)colon);
        if (same_word(call, name, "content-disposition"))
            TRY(read_disposition(call, value, part));
        else if (same_word(call, name, "content-type"))
            part->type = value;
    }
    if (part->name.at == NULL)
        return refuse(call, SAID("a part has no name"));
    if (!text_utf8(part->type))
        return refuse(call, SAID("the type of a part cannot be read"));
    return OK;
}

/* After a delimiter: blanks and a line break, or "--" when it was the last one. */
static bool take_delimiter_end(struct text *rest, bool *last)
{
    *last = text_starts(*rest, "--");
    if (*last)
        return true;
    while (rest->len > 0 && (rest->at[0] == ' ' || rest->at[0] == '\t'))
        *rest = text_from(*rest, 1);
    if (!text_starts(*rest, "\r\n"))
        return false;
    *rest = text_from(*rest, 2);
    return true;
}

/* *rest begins after a delimiter's line; it is moved behind the next delimiter. */
static enum err read_part(struct call *call, struct text *rest, struct text delimiter,
                          struct part *part)
{
    struct text window = text_slice(*rest, 0, LONGEST_HEAD);
    ptrdiff_t head = text_search(window, TEXT("\r\n\r\n"));
    if (head < 0)
        return refuse(call, SAID("the headers of a part do not end"));
    *part = (struct part){.type = TEXT(""), .file_name = TEXT("")};
    TRY(read_head(call, text_slice(*rest, 0, (size_t)head), part));
    *rest = text_from(*rest, (size_t)head + 4);
    /* The line break that ends the headers also begins the delimiter of an empty part. */
    struct text from = {rest->at - 2, rest->len + 2};
    ptrdiff_t end = text_search(from, delimiter);
    if (end < 0)
        return refuse(call, SAID("the last part does not end"));
    part->body = end < 2 ? TEXT("") : text_slice(from, 2, (size_t)end);
    *rest = text_from(from, (size_t)end + delimiter.len);
    return OK;
}

enum err multipart_read(struct call *call, struct text content_type, struct text body,
                        size_t max, struct part **parts, size_t *count)
{
    struct text boundary;
    bool last;
    size_t found = 0;
    TRY(boundary_of(call, content_type, &boundary));
    struct text delimiter = text_join(call->arena, TEXT("\r\n--"), boundary);
    if (!text_starts(body, text_c(call->arena, text_from(delimiter, 2))))
        return refuse(call, SAID("the body does not begin with the boundary"));
    struct text rest = text_from(body, delimiter.len - 2);
    struct part *all = NEW_MANY(call->arena, max, struct part);
    for (;;) {
        if (!take_delimiter_end(&rest, &last))
            return refuse(call, SAID("something follows a boundary"));
        if (last)
            break;
        if (found == max)
            return format__refuse(call, ERR_TOO_LARGE, "parts", 0, SAID("too many parts"));
        TRY(read_part(call, &rest, delimiter, &all[found++]));
    }
    *parts = all;
    *count = found;
    return OK;
}
