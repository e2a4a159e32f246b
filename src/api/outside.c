/* SPDX-License-Identifier: Apache-2.0 */
/* api/outside.c — the frame of the public pages: which are open, head and foot, language,
 * style, logo; and what a refusal looks like there. No cookie is read or set, no script is
 * sent, and nothing is loaded from anywhere else. */
#include "api/outside.h"

#include <string.h>

#define PAGE_MOST ((size_t)8 << 20)

static const char policy[] = "default-src 'none'; style-src 'self'; img-src 'self'; "
                             "form-action 'self'; base-uri 'none'; "
                             "frame-ancestors 'none'";

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1d21;--mute:#5a606b;--bg:#fff;--panel:#f5f6f8;"
    "--line:#d5d9e0;--link:#0b57a8;--bad:#a3161b}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8eaee;--mute:#a7adb8;--bg:#16181c;"
    "--panel:#1f2227;--line:#3a3f48;--link:#8ab8f0;--bad:#ff9a94}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"
    "\"Segoe UI\",\"PingFang SC\",\"Microsoft YaHei\",\"Noto Sans CJK SC\",sans-serif;"
    "overflow-wrap:anywhere}"
    ".in{max-width:46rem;margin:0 auto;padding:0 1rem}"
    "header{border-bottom:1px solid var(--line);background:var(--panel)}"
    "header .in{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;align-items:center;"
    "padding-top:.75rem;padding-bottom:.75rem}"
    ".org{margin:0;font-weight:600;display:flex;gap:.6rem;align-items:center;flex:1 1 12rem}"
    ".org img{max-height:40px;max-width:160px}"
    "nav ul{display:flex;flex-wrap:wrap;gap:0 1rem;list-style:none;margin:0;padding:0}"
    "nav a,.lang{display:inline-block;padding:.4rem 0}"
    "a{color:var(--link);text-underline-offset:.15em}"
    "a[aria-current]{color:var(--ink);font-weight:600;text-decoration:none}"
    ".skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--bg);"
    "padding:.5rem}"
    "main{padding-top:1rem;padding-bottom:2rem}"
    "h1{font-size:1.6rem;line-height:1.25;margin:.75rem 0}"
    "h2{font-size:1.2rem;line-height:1.3;margin:1.75rem 0 .5rem}"
    "h3{font-size:1.05rem;margin:1.25rem 0 .35rem}"
    "p{margin:.5rem 0}.mute{color:var(--mute)}.pre{white-space:pre-line;margin:0}"
    "ul.cards{list-style:none;padding:0;display:grid;gap:.75rem}"
    "ul.cards>li{border:1px solid var(--line);border-radius:8px;padding:.75rem 1rem}"
    "ul.cards h3{margin:0 0 .25rem}"
    "dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.6rem "
    "1.25rem;margin:1rem 0}"
    "dt{color:var(--mute)}dd{margin:0}dd ul{margin:0;padding-left:1.1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid "
    "var(--line);padding:.35rem "
    ".6rem;text-align:left;vertical-align:top}th{background:var(--panel);font-weight:600}"
    ".note{border-left:4px solid var(--line);background:var(--panel);padding:.6rem 1rem}"
    ".bad{color:var(--bad)}.note.bad{border-color:var(--bad)}"
    "form{display:grid;gap:1.25rem;margin:1rem 0}"
    "label,legend{display:block;font-weight:600;padding:0}fieldset{border:0;margin:0;padding:0}"
    ".hint{color:var(--mute);margin:0 0 .35rem;font-size:.925rem}"
    "fieldset label{font-weight:400;display:flex;gap:.5rem;align-items:center;padding:.25rem 0}"
    "input[type=text],textarea,select{width:100%;font:inherit;color:inherit;background:var(--"
    "bg);"
    "border:1px solid var(--mute);border-radius:6px;padding:.5rem .6rem;min-height:44px}"
    "input[type=radio],input[type=checkbox]{width:1.25rem;height:1.25rem}"
    "textarea{min-height:9rem}"
    "button{font:inherit;font-weight:600;color:var(--bg);background:var(--ink);border:0;"
    "border-radius:6px;padding:.6rem 1.2rem;min-height:44px}"
    ":focus-visible{outline:3px solid var(--link);outline-offset:2px}"
    ".aside{position:absolute;left:-99rem;width:1px;height:1px;overflow:hidden}"
    ".code{font:600 1.5rem/1.4 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.04em;"
    "text-align:center;border:2px solid var(--ink);border-radius:8px;padding:1rem}"
    "ol.talk{list-style:none;padding:0;display:grid;gap:.75rem}"
    "ol.talk>li{border:1px solid var(--line);border-radius:8px;padding:.5rem .9rem}"
    "ol.talk>li.mine{background:var(--panel)}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--panel);padding:.75rem;"
    "border-radius:6px;font-size:.85rem}"
    "footer{border-top:1px solid var(--line);color:var(--mute);font-size:.875rem}"
    "footer .in{padding-top:.75rem;padding-bottom:2rem}"
    "@media(max-width:480px){dl{grid-template-columns:1fr;gap:.1rem}dd{margin-bottom:.7rem}}"
    "@media print{nav,.lang,.skip,form{display:none}body{background:#fff;color:#000}"
    "header{background:none}a{color:inherit}}";

/* ---- where we are --------------------------------------------------------------------------
 */
bool outside__is(struct text path)
{
    return (text_is(path, "/public") || text_starts(path, "/public/")) &&
           !text_ends(path, ".json");
}

enum lang outside__language(const struct request *r, enum lang otherwise)
{
    enum lang chosen = otherwise;
    if (outside__is(r->path))
        (void)lang_read(request_query(r, "lang"), &chosen);
    return chosen;
}

static struct text in_language(const struct exchange *x, struct text path, struct text lang)
{
    return text_print(x->call->arena, "%.*s%.*s%s%.*s", TEXT_ARG(x->api->base), TEXT_ARG(path),
                      lang.len ? "?lang=" : "", TEXT_ARG(lang));
}

struct text outside__address(const struct exchange *x, struct text path)
{
    struct text asked = request_query(x->request, "lang");
    enum lang known;
    return in_language(x, path, lang_read(asked, &known) ? asked : TEXT(""));
}

struct text outside__said(const struct exchange *x, struct words w)
{
    return words_in(w, x->call->lang);
}

struct text outside__day(const struct exchange *x, struct text moment)
{
    int64_t at;
    return moment_read(moment, &at) ? zone_today(x->call->arena, x->call->zone, at) : moment;
}

void outside__text(struct outside *o, const char *markup)
{
    buf_add_c(o->b, markup);
}

static enum err nothing(struct exchange *x)
{
    return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(x->call, "there is nothing here"));
}

enum err outside__open(struct exchange *x, enum public_page page, struct outside *o)
{
    *o = (struct outside){.x = x};
    TRY(record_pages(x->call, x->records, exchange__db(x), &o->set));
    return page == PUBLIC_NONE ? (o->set.any ? OK : nothing(x))
           : o->set.on[page]   ? OK
                               : nothing(x);
}

const struct kind *outside__next(const struct exchange *x, enum public_page page, bool latest,
                                 size_t *at)
{
    while (*at < x->model->kind_count) {
        const struct kind *k = &x->model->kinds[(*at)++];
        if (k->published.page == page && (k->published.latest != NULL) == latest)
            return k;
    }
    return NULL;
}

/* ---- head and foot -------------------------------------------------------------------------
 */
static struct text version_of_style(struct arena *a)
{
    struct hash h = sha256(TEXT(style));
    return text_slice(hex_of(a, hash_text(&h)), 0, 12);
}

static const char *title_of(const struct call *call, enum public_page page)
{
    return page == PUBLIC_REGISTER ? say(call, "AI register")
           : page == PUBLIC_REPORT ? say(call, "Report something")
                                   : say(call, "How we govern AI");
}

static void put_way(struct outside *o, enum public_page page, enum public_page now)
{
    const struct exchange *x = o->x;
    if (!o->set.on[page])
        return;
    struct text path = text_join(x->call->arena, TEXT("/public/"), public_page_word(page));
    HTML(o->b, "<li><a href=\"$\"", outside__address(x, path));
    outside__text(o, page == now ? " aria-current=\"page\">" : ">");
    HTML(o->b, "$</a></li>", text_of(title_of(x->call, page)));
}

static void put_switch(struct outside *o)
{
    const struct exchange *x = o->x;
    bool zh = x->call->lang == LANG_ZH;
    if (o->once)
        return;
    bool form = exchange__writes(x); /* its address takes what was sent; the page is another */
    struct text path = form && text_starts(x->request->path, "/public/case")
                           ? TEXT("/public/case")
                           : x->request->path;
    HTML(o->b, "<a class=\"lang\" href=\"$\" lang=\"$\" hreflang=\"$\">$</a>",
         in_language(x, path, zh ? TEXT("en") : TEXT("zh")), zh ? TEXT("en") : TEXT("zh-CN"),
         zh ? TEXT("en") : TEXT("zh-CN"), zh ? TEXT("English") : TEXT("中文"));
}

static void put_head(struct outside *o, struct text title)
{
    const struct exchange *x = o->x;
    struct arena *a = x->call->arena;
    HTML(o->b,
         "<!doctype html>\n<html lang=\"$\"><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
         "<meta name=\"color-scheme\" content=\"light dark\"><title>$ · $</title>"
         "<link rel=\"stylesheet\" href=\"$?v=$\">",
         x->call->lang == LANG_ZH ? TEXT("zh-CN") : TEXT("en"), title, o->set.organisation,
         in_language(x, TEXT("/public/style.css"), TEXT("")), version_of_style(a));
    HTML(o->b, "</head><body><a class=\"skip\" href=\"#main\">$</a><header><div class=\"in\">",
         text_of(say(x->call, "Skip to the content")));
    outside__text(o, "<p class=\"org\">");
    if (o->set.logo.len)
        HTML(o->b, "<img src=\"$?v=$\" alt=\"\">",
             in_language(x, TEXT("/public/logo"), TEXT("")), o->set.logo);
    HTML(o->b, "<span>$</span></p>", o->set.organisation);
}

void outside__begin(struct outside *o, enum public_page page, struct text title)
{
    struct exchange *x = o->x;
    x->out = buf_in(x->call->arena, PAGE_MOST);
    o->b = &x->out;
    put_head(o, title);
    HTML(o->b, "<nav aria-label=\"$\"><ul>", text_of(say(x->call, "Pages")));
    for (size_t i = 1; i < PUBLIC_PAGES; i++)
        put_way(o, (enum public_page)i, page);
    outside__text(o, "</ul></nav>");
    put_switch(o);
    HTML(o->b, "</div></header><main id=\"main\" class=\"in\"><h1>$</h1>", title);
}

static void headers(struct exchange *x)
{
    exchange__header(x, "content-security-policy", text_of(policy));
    /* Without it a browser that sends a form of ours would say that it comes from nowhere. */
    exchange__header(x, "referrer-policy", TEXT("same-origin"));
    exchange__header(x, "vary", TEXT("accept-language"));
    exchange__header(x, "content-language",
                     x->call->lang == LANG_ZH ? TEXT("zh-CN") : TEXT("en"));
    x->type = TEXT("text/html; charset=utf-8");
}

enum err outside__end(struct outside *o)
{
    struct exchange *x = o->x;
    HTML(o->b, "</main><footer><div class=\"in\"><p>$ $</p></div></footer></body></html>\n",
         text_of(say(x->call, "As of")),
         zone_today(x->call->arena, x->call->zone, x->call->now));
    headers(x);
    return OK;
}

void outside__own_words(struct outside *o, enum public_page page)
{
    struct words w = o->set.words[page];
    struct text said = o->x->call->lang == LANG_ZH ? w.zh : w.en;
    if (!said.len)
        said = w.en.len ? w.en : w.zh;
    if (said.len)
        (void)html_rich(o->b, said); /* was read whole when it was written */
}

/* ---- what is refused -----------------------------------------------------------------------
 */
void outside__problem(struct exchange *x, enum err e)
{
    struct outside o = {.x = x};
    struct call *quiet = call_beside(x->call->arena, x->call);
    if (e != ERR_BUG && e != ERR_IO && x->records &&
        record_pages(quiet, x->records, exchange__db(x), &o.set) != OK)
        o.set = (struct public_pages){0};
    exchange__give_back(x);
    if (!o.set.any) /* whoever finds nothing is told of nobody */
        o.set = (struct public_pages){0};
    outside__begin(&o, PUBLIC_NONE, text_of(words_of(x->call, e)));
    for (const struct problem *p = x->call->problems; p && e != ERR_BUG; p = p->next)
        HTML(o.b, "<p class=\"note bad\" role=\"alert\">$</p>", p->message);
    (void)outside__end(&o);
    x->status = err_http(e);
}

/* ---- what pages load, and the way in -------------------------------------------------------
 */
enum err outside_style(struct exchange *x)
{
    x->lasting = TEXT(style);
    x->type = TEXT("text/css; charset=utf-8");
    exchange__header(x, "cache-control", TEXT("public, max-age=86400"));
    return OK;
}

static enum err send_logo(struct exchange *x)
{
    struct text type, bytes;
    TRY(record_logo(x->call, exchange__db(x), &type, &bytes));
    x->out = buf_in(x->call->arena, bytes.len + 1);
    buf_add(&x->out, bytes);
    x->type = type;
    exchange__header(x, "content-security-policy", TEXT("default-src 'none'; sandbox"));
    exchange__header(x, "cache-control", TEXT("private, max-age=3600"));
    return OK;
}

enum err outside_logo(struct exchange *x)
{
    struct outside o;
    TRY(outside__open(x, PUBLIC_NONE, &o));
    return send_logo(x);
}

/* For whoever is signed in: also while no page is open. */
enum err logo_get(struct exchange *x)
{
    return send_logo(x);
}

enum err outside_index(struct exchange *x)
{
    struct outside o;
    TRY(outside__open(x, PUBLIC_NONE, &o));
    outside__begin(&o, PUBLIC_NONE, o.set.organisation);
    outside__text(&o, "<ul>");
    for (size_t i = 1; i < PUBLIC_PAGES; i++)
        put_way(&o, (enum public_page)i, PUBLIC_NONE);
    outside__text(&o, "</ul>");
    return outside__end(&o);
}
