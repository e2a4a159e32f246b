/* SPDX-License-Identifier: Apache-2.0 */
/* format/html.c — HTML from constant markup with places for texts, each of which is escaped on
 * its way in: there is no way to put a text of somebody into a page as anything but text. And
 * rich text as HTML: the closed set of rich.h, an element each. */
#include "format/format.h"

void html_text(struct buf *b, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        switch (t.at[i]) {
        case '&':
            buf_add_c(b, "&amp;");
            break;
        case '<':
            buf_add_c(b, "&lt;");
            break;
        case '>':
            buf_add_c(b, "&gt;");
            break;
        case '"':
            buf_add_c(b, "&quot;");
            break;
        case '\'':
            buf_add_c(b, "&#39;");
            break;
        default:
            buf_add_byte(b, t.at[i]);
        }
    }
}

void html_fill(struct buf *b, const char *markup, const struct text *texts, size_t count)
{
    size_t used = 0;
    for (const char *at = markup; *at; at++) {
        if (*at != '$') {
            buf_add_byte(b, *at);
            continue;
        }
        if (used == count)
            panic("markup has more places than texts: %s", markup);
        html_text(b, texts[used++]);
    }
    if (used != count)
        panic("markup has fewer places than texts: %s", markup);
}

/* ---- rich text ----------------------------------------------------------------------------
 * Headings begin below that of the page. */
static const struct {
    const char *open, *close;
} marks[RICH_COUNT] = {
    [RICH_HEADING] = {"", ""}, /* by its level */
    [RICH_PARAGRAPH] = {"<p>", "</p>"},
    [RICH_LIST] = {"<ul>", "</ul>"},
    [RICH_STEPS] = {"<ol>", "</ol>"},
    [RICH_ITEM] = {"<li>", "</li>"},
    [RICH_TABLE] = {"<table>", "</table>"},
    [RICH_ROW] = {"<tr>", "</tr>"},
    [RICH_HEAD] = {"<th scope=\"col\">", "</th>"},
    [RICH_CELL] = {"<td>", "</td>"},
    [RICH_STRONG] = {"<strong>", "</strong>"},
    [RICH_EMPHASIS] = {"<em>", "</em>"},
    [RICH_LINK] = {"", "</a>"},
    [RICH_RECORD] = {"", ""},
    [RICH_CLAUSE] = {"", ""},
    [RICH_BREAK] = {"<br>", ""},
};
static const char *const headings[] = {"<h2>", "<h3>", "<h4>", "<h5>"};
static const char *const heading_ends[] = {"</h2>", "</h3>", "</h4>", "</h5>"};

struct writing_html {
    struct buf *buf;
    size_t level; /* of the heading that is open */
};

static void open_one(void *arg, enum rich r, int64_t number, struct text to)
{
    struct writing_html *w = arg;
    buf_add_c(w->buf, marks[r].open);
    if (r == RICH_HEADING) {
        w->level = number >= 1 && number <= (int64_t)COUNT(headings) ? (size_t)number - 1 : 0;
        buf_add_c(w->buf, headings[w->level]);
    } else if (r == RICH_ITEM && number > 0) {
        w->buf->len -= 1; /* <li → <li value="3"> */
        buf_print(w->buf, " value=\"%lld\">", (long long)number);
    } else if (r == RICH_LINK) {
        HTML(w->buf, "<a href=\"$\" rel=\"nofollow noopener noreferrer\">", to);
    } else if (r == RICH_RECORD || r == RICH_CLAUSE) {
        html_text(w->buf, to);
    }
}

static void add_words(void *arg, struct text t)
{
    struct writing_html *w = arg;
    html_text(w->buf, t);
}

static void close_one(void *arg, enum rich r)
{
    struct writing_html *w = arg;
    buf_add_c(w->buf, r == RICH_HEADING ? heading_ends[w->level] : marks[r].close);
}

bool html_rich(struct buf *b, struct text t)
{
    struct writing_html w = {b, 0};
    struct rich_sink sink = {&w, open_one, add_words, close_one};
    struct rich_fault fault;
    size_t before = b->len;
    if (rich_read(t, &sink, &fault))
        return true;
    b->len = before;
    return false;
}
