/* SPDX-License-Identifier: Apache-2.0 */
/* record/outside.c — what the organisation shows outside, as facts of the store: its name,
 * which of the public pages are open, its own words on them, which dates the trust page tells,
 * and its logo. Each is a fact of its own, so that two people who change different things lose
 * nothing, and each change is an entry. */
#include "record/internal.h"

static const char *const pages[PUBLIC_PAGES] = {
    [PUBLIC_REGISTER] = "register", [PUBLIC_REPORT] = "report", [PUBLIC_TRUST] = "trust"};
static const char *const languages[] = {"en", "zh"};

struct text public_page_word(enum public_page page)
{
    return text_of(pages[page]);
}

enum public_page public_page_of(struct text word)
{
    for (size_t i = 1; i < PUBLIC_PAGES; i++)
        if (text_is(word, pages[i]))
            return (enum public_page)i;
    return PUBLIC_NONE;
}

static enum err fact(struct call *call, struct reader *db, const char *name, struct text *out)
{
    *out = (struct text){0};
    enum err e = meta_read(call, db, name, out);
    return e == ERR_MISSING ? OK : e;
}

static const char *words_fact(struct call *call, size_t page, size_t language)
{
    return text_print(call->arena, "pages.words.%s.%s", pages[page], languages[language]).at;
}

/* ---- reading ------------------------------------------------------------------------------
 */
static enum err read_lines(struct call *call, struct records *r, struct reader *db,
                           struct public_pages *out)
{
    struct text names;
    TRY(fact(call, db, "pages.lines", &names));
    out->lines = NEW_MANY(call->arena, r->model->kind_count + 1, const struct kind *);
    while (names.len) {
        const struct kind *k = model_kind(r->model, text_cut(&names, ','));
        if (k && k->published.latest && out->line_count < r->model->kind_count)
            out->lines[out->line_count++] = k;
    }
    return OK;
}

enum err record_pages(struct call *call, struct records *r, struct reader *db,
                      struct public_pages *out)
{
    struct text on, logo;
    *out = (struct public_pages){0};
    TRY(fact(call, db, "organisation", &out->organisation));
    TRY(fact(call, db, "pages.on", &on));
    while (on.len) {
        enum public_page page = public_page_of(text_cut(&on, ','));
        out->on[page] = page != PUBLIC_NONE;
    }
    for (size_t i = 1; i < PUBLIC_PAGES; i++) {
        TRY(fact(call, db, words_fact(call, i, 0), &out->words[i].en));
        TRY(fact(call, db, words_fact(call, i, 1), &out->words[i].zh));
        out->any = out->any || out->on[i];
    }
    TRY(fact(call, db, "logo", &logo));
    out->logo = text_cut(&logo, ' ');
    return read_lines(call, r, db, out);
}

enum err record_logo(struct call *call, struct reader *db, struct text *type,
                     struct text *bytes)
{
    struct text kept;
    TRY(fact(call, db, "logo", &kept));
    (void)text_cut(&kept, ' ');
    *type = text_cut(&kept, ' ');
    if (kept.len && base64_read(call->arena, kept, bytes))
        return OK;
    return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(call, "there is nothing here"));
}

/* ---- writing ------------------------------------------------------------------------------
 */
static enum err wrong(struct call *call, const char *field, const char *english)
{
    return problem(call, ERR_INVALID, text_of(field), "unknown", "%s", say(call, english));
}

static bool among(struct text names, struct text name)
{
    while (names.len)
        if (text_same(text_cut(&names, ','), name))
            return true;
    return false;
}

/* The names of `list` that `is` takes, each once, with commas. */
static enum err names_of(struct call *call, struct records *r, const struct json *list,
                         bool (*is)(struct records *r, struct text name), const char *field,
                         const char *english, struct text *out)
{
    struct buf b = buf_in(call->arena, 8192);
    for (const struct json *one = list->first; one; one = one->next) {
        struct text name = json_text(one);
        if (!is(r, name))
            return wrong(call, field, english);
        if (!among(buf_text(&b), name))
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(name));
    }
    *out = buf_text(&b);
    return OK;
}

static bool is_page(struct records *r, struct text name)
{
    (void)r;
    return public_page_of(name) != PUBLIC_NONE;
}

static bool is_line(struct records *r, struct text name)
{
    const struct kind *k = model_kind(r->model, name);
    return k && k->published.latest;
}

/* Words are rich text: read whole now, so that showing them cannot fail later. */
static enum err check_words(struct call *call, struct text words)
{
    struct rich_fault fault;
    if (!text_utf8(words) || text_characters(words) > PUBLIC_WORDS_MOST ||
        !shown_fit(words, true))
        return problem(call, ERR_INVALID, TEXT("pages"), "length",
                       say(call, "words on a public page have at most %d characters that can "
                                 "be seen"),
                       PUBLIC_WORDS_MOST);
    if (rich_read(words, &(struct rich_sink){0}, &fault))
        return OK;
    return problem(call, ERR_INVALID, TEXT("pages"), fault.code,
                   say(call, "line %zu of the words: %s"), fault.line, say(call, fault.why));
}

struct page_words {
    const char *name;
    struct text words;
};

static struct text unix_lines(struct arena *a, struct text t)
{
    struct buf b = buf_in(a, t.len + 1);
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] != '\r')
            buf_add_byte(&b, t.at[i]);
    return text_trim(buf_text(&b));
}

/* {"register": {"en": "…", "zh": "…"}}: only what is named changes. */
static enum err read_words(struct call *call, const struct json *of, struct page_words *out,
                           size_t *count)
{
    for (const struct json *page = of->first; page; page = page->next) {
        enum public_page which = public_page_of(page->key);
        if (which == PUBLIC_NONE || page->type != JSON_OBJECT)
            return wrong(call, "pages",
                         SAID("words are for the pages register, report, trust"));
        for (const struct json *one = page->first; one; one = one->next) {
            size_t language = text_is(one->key, "zh");
            if ((!language && !text_is(one->key, "en")) || one->type != JSON_TEXT)
                return wrong(call, "pages", SAID("words are said in \"en\" and \"zh\""));
            struct text words = unix_lines(call->arena, one->text);
            TRY(check_words(call, words));
            out[(*count)++] = (struct page_words){words_fact(call, which, language), words};
        }
    }
    return OK;
}

static const struct json *member(const struct json *of, const char *key, enum json_type type,
                                 bool *bad)
{
    const struct json *v = json_get(of, key);
    *bad = *bad || (v && v->type != type);
    return v;
}

static bool has_others(const struct json *of)
{
    for (const struct json *v = of->first; v; v = v->next)
        if (!text_is(v->key, "on") && !text_is(v->key, "lines") && !text_is(v->key, "words"))
            return true;
    return false;
}

/* Everything is looked at before anything is written. */
enum err record_pages_set(struct call *call, struct records *r, const struct json *wish)
{
    struct page_words words[2 * PUBLIC_PAGES];
    struct text on_names, line_names;
    size_t count = 0;
    bool bad = has_others(wish);
    const struct json *on = member(wish, "on", JSON_LIST, &bad),
                      *lines = member(wish, "lines", JSON_LIST, &bad),
                      *said = member(wish, "words", JSON_OBJECT, &bad);
    if (bad)
        return wrong(call, "pages", SAID("pages have \"on\", \"lines\" and \"words\""));
    if (on)
        TRY(names_of(call, r, on, is_page, "pages",
                     SAID("the public pages are register, report and trust"), &on_names));
    if (lines)
        TRY(names_of(call, r, lines, is_line, "pages",
                     SAID("names registers of which the trust page tells the last date"),
                     &line_names));
    if (said)
        TRY(read_words(call, said, words, &count));
    for (size_t i = 0; i < count; i++)
        TRY(access_meta(call, r->access, words[i].name, words[i].words));
    if (lines)
        TRY(access_meta(call, r->access, "pages.lines", line_names));
    return on ? access_meta(call, r->access, "pages.on", on_names) : OK;
}

enum err record_rename(struct call *call, struct records *r, struct text name)
{
    return access_rename(call, r->access, name);
}

/* ---- the logo -----------------------------------------------------------------------------
 */
static const char *type_of(enum seen_as as)
{
    return as == SEEN_PNG    ? "image/png"
           : as == SEEN_JPEG ? "image/jpeg"
           : as == SEEN_WEBP ? "image/webp"
                             : NULL;
}

/* A drawing could hold script, so none is taken: only what is pixels and nothing else. */
static enum err check_logo(struct call *call, struct text bytes, const char **type)
{
    struct image p;
    *type = picture_read(bytes, &p) ? type_of(p.as) : NULL;
    if (!*type)
        return problem(call, ERR_INVALID, TEXT("logo"), "type", "%s",
                       say(call, "a logo is a PNG, JPEG or WebP picture"));
    if (bytes.len > LOGO_BYTES_MOST || p.width > LOGO_SIDE_MOST || p.height > LOGO_SIDE_MOST)
        return problem(call, ERR_INVALID, TEXT("logo"), "too_large",
                       say(call, "a logo has at most %d KiB and %d pixels on a side"),
                       LOGO_BYTES_MOST / 1024, LOGO_SIDE_MOST);
    return OK;
}

enum err record_logo_set(struct call *call, struct records *r, struct text base64)
{
    struct text bytes;
    const char *type;
    if (!base64.len)
        return access_meta(call, r->access, "logo", TEXT(""));
    if (!base64_read(call->arena, base64, &bytes))
        return problem(call, ERR_INVALID, TEXT("logo"), "type", "%s",
                       say(call, "a logo is sent as base64"));
    TRY(check_logo(call, bytes, &type));
    struct hash h = sha256(bytes);
    struct text version = text_slice(hex_of(call->arena, hash_text(&h)), 0, 16);
    return access_meta(
        call, r->access, "logo",
        text_print(call->arena, "%.*s %s %.*s", TEXT_ARG(version), type, TEXT_ARG(base64)));
}
