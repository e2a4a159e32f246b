/* SPDX-License-Identifier: Apache-2.0 */
/* net/mail.c — letters out, by SMTP through libcurl: one connection a letter. Whatever the
 * server does, a letter has its time, and when the program ends what is being sent breaks off.
 * A letter is plain text: there is nothing in it to load, to run or to hide behind. */
#include "net/net.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define CONNECT_SECONDS 15L
#define USUAL_PATIENCE ((int64_t)60 * 1000000)
#define SUBJECT_MOST 200 /* bytes; more is cut */
#define BODY_MOST (1 << 20)
#define LINE 57 /* bytes that make 76 characters of base64 */
#define WORD 42 /* bytes of one encoded word of a header */

struct mail {
    struct arena *arena;
    struct text server, from, user, password;
    const char *authority;
    int64_t patience;
    bool near; /* the server is this machine: nobody listens between */
    atomic_bool stopping;
};

/* ---- what is written -----------------------------------------------------------------------
 */
bool mail_address(struct text t)
{
    ptrdiff_t at = text_find(t, '@');
    if (t.len > 254 || at < 1 || (size_t)at + 1 >= t.len ||
        text_find(text_from(t, (size_t)at + 1), '@') >= 0)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (c <= ' ' || c == 127 || strchr("<>()[],;:\\\"", c))
            return false;
    }
    return true;
}

static bool plain(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] < ' ' || (unsigned char)t.at[i] > '~' || t.at[i] == '"' ||
            t.at[i] == '\\')
            return false;
    return true;
}

/* As many bytes as fit, and no letter cut in two. */
static size_t whole(struct text t, size_t most)
{
    size_t n = t.len < most ? t.len : most;
    while (n < t.len && n > 0 && ((unsigned char)t.at[n] & 0xC0) == 0x80)
        n--;
    return n;
}

/* RFC 2047: words of a header in UTF-8, folded. */
static void put_words(struct arena *a, struct buf *b, struct text t)
{
    if (plain(t)) {
        buf_print(b, "%.*s", TEXT_ARG(t));
        return;
    }
    for (const char *between = ""; t.len > 0; between = "\r\n ") {
        size_t n = whole(t, WORD);
        n = n > 0 ? n : t.len < WORD ? t.len : WORD; /* bytes that are no letters */
        buf_print(b, "%s=?UTF-8?B?%.*s?=", between,
                  TEXT_ARG(base64_of(a, text_slice(t, 0, n))));
        t = text_from(t, n);
    }
}

static void put_date(struct buf *b, int64_t moment)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(moment / 1000000);
    struct tm t;
    gmtime_r(&seconds, &t);
    buf_print(b, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[t.tm_wday], t.tm_mday,
              months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static void put_body(struct arena *a, struct buf *b, struct text body)
{
    struct buf lines = buf_in(a, 2 * BODY_MOST + 16);
    while (body.len > 0 && !lines.full) {
        struct text line = text_cut(&body, '\n');
        buf_print(&lines, "%.*s\r\n", TEXT_ARG(line));
    }
    struct text rest = buf_text(&lines);
    while (rest.len > 0) {
        size_t n = rest.len < LINE ? rest.len : LINE;
        buf_print(b, "%.*s\r\n", TEXT_ARG(base64_of(a, text_slice(rest, 0, n))));
        rest = text_from(rest, n);
    }
}

static struct text domain_of(struct text address)
{
    ptrdiff_t at = text_find(address, '@');
    return text_from(address, (size_t)(at + 1));
}

/* Auto-Submitted keeps machines from answering it, and holiday notes from coming back. */
static struct text written(struct arena *a, const struct mail *m, const struct letter *l)
{
    struct buf b = buf_in(a, 4 * BODY_MOST);
    put_date(&b, l->at);
    buf_print(&b, "From: ");
    if (l->sender.len > 0 && plain(l->sender))
        buf_print(&b, "\"%.*s\" ", TEXT_ARG(l->sender));
    else if (l->sender.len > 0) {
        put_words(a, &b, text_slice(l->sender, 0, whole(l->sender, SUBJECT_MOST)));
        buf_print(&b, " ");
    }
    buf_print(&b, "<%.*s>\r\nTo: <%.*s>\r\nSubject: ", TEXT_ARG(m->from), TEXT_ARG(l->to));
    put_words(a, &b, text_slice(l->subject, 0, whole(l->subject, SUBJECT_MOST)));
    buf_print(
        &b,
        "\r\nMessage-ID: <%.*s@%.*s>\r\nAuto-Submitted: auto-generated\r\n"
        "Content-Language: %.*s\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        TEXT_ARG(l->id), TEXT_ARG(domain_of(m->from)), TEXT_ARG(l->lang));
    put_body(a, &b, l->body);
    return buf_text(&b);
}

/* ---- sending
 * --------------------------------------------------------------------------------- */
static size_t hand_out(char *to, size_t size, size_t count, void *arg)
{
    struct text *rest = arg;
    size_t n = size * count < rest->len ? size * count : rest->len;
    memcpy(to, rest->at, n);
    *rest = text_from(*rest, n);
    return n;
}

static int break_off(void *arg, curl_off_t down, curl_off_t down_now, curl_off_t up,
                     curl_off_t up_now)
{
    (void)down, (void)down_now, (void)up, (void)up_now;
    return atomic_load(&((struct mail *)arg)->stopping) ? 1 : 0;
}

static size_t swallow(char *from, size_t size, size_t count, void *arg)
{
    (void)from, (void)arg;
    return size * count;
}

static void set_up(CURL *c, struct mail *m, struct arena *a, struct text *rest, char *words)
{
    curl_easy_setopt(c, CURLOPT_URL, text_print(a, "%.*s", TEXT_ARG(m->server)).at);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)(m->patience / 1000));
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, words);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, break_off);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, m);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, hand_out);
    curl_easy_setopt(c, CURLOPT_READDATA, rest);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(m->near ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (m->near) { /* a certificate for "localhost" is rare, and says nothing */
        curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (m->authority)
        curl_easy_setopt(c, CURLOPT_CAINFO, m->authority);
    if (m->user.len > 0) {
        curl_easy_setopt(c, CURLOPT_USERNAME, m->user.at);
        curl_easy_setopt(c, CURLOPT_PASSWORD, m->password.at);
    }
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, text_print(a, "<%.*s>", TEXT_ARG(m->from)).at);
}

/* One line without signs that steer a terminal. */
static struct text one_line(struct arena *a, const char *words)
{
    struct buf b = buf_in(a, 300);
    for (; *words && !b.full; words++)
        buf_print(&b, "%c", (unsigned char)*words < ' ' ? ' ' : *words);
    return buf_text(&b);
}

static enum mail_fate fate_of(CURL *c, CURLcode code)
{
    long said = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &said);
    if (code == CURLE_OK)
        return MAIL_TAKEN;
    bool account = code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED;
    return said >= 500 && said < 600 && !account ? MAIL_REFUSED : MAIL_LATER;
}

enum mail_fate mail_send(struct call *call, struct mail *m, const struct letter *l,
                         struct text *why)
{
    char words[CURL_ERROR_SIZE] = "";
    *why = TEXT("");
    if (!mail_address(l->to)) {
        *why = TEXT("not an address");
        return MAIL_REFUSED;
    }
    CURL *c = curl_easy_init();
    if (!c)
        panic("out of memory");
    struct text rest = written(call->arena, m, l);
    struct curl_slist *to =
        curl_slist_append(NULL, text_print(call->arena, "<%.*s>", TEXT_ARG(l->to)).at);
    set_up(c, m, call->arena, &rest, words);
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
    CURLcode code = curl_easy_perform(c);
    enum mail_fate fate = fate_of(c, code);
    if (fate != MAIL_TAKEN)
        *why = one_line(call->arena, words[0] ? words : curl_easy_strerror(code));
    curl_slist_free_all(to);
    curl_easy_cleanup(c);
    return fate;
}

/* ---- opening
 * --------------------------------------------------------------------------------- */
static void begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static struct text host_of(struct text server)
{
    struct text rest = text_from(server, (size_t)text_search(server, TEXT("://")) + 3);
    if (text_starts(rest, "["))
        return text_cut(&rest, ']');
    return text_cut(&rest, ':');
}

/* A host and perhaps a port: no path, no name, no password, nothing that means something else
 * to a reader of addresses. */
static bool is_server(struct text t)
{
    if (!text_starts(t, "smtp://") && !text_starts(t, "smtps://"))
        return false;
    struct text rest = text_from(t, (size_t)text_search(t, TEXT("://")) + 3);
    for (size_t i = 0; i < rest.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_",
                    rest.at[i]))
            return false;
    return rest.len > 0 && rest.len <= 300 && host_of(t).len > 0;
}

static bool loopback(struct text host)
{
    return text_is(host, "localhost") || text_starts(host, "127.") || text_is(host, "[::1") ||
           text_is(host, "::1");
}

enum err mail_open(struct call *call, const struct mail_options *o, struct mail **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    enum err e = OK;
    if (!is_server(o->server))
        e = problem(call, ERR_INVALID, TEXT("mail"), "server", "%s",
                    say(call,
                        "is the address of a mail server, like smtp://mail.example.org:587 or "
                        "smtps://mail.example.org"));
    if (!mail_address(o->from))
        e = problem(call, ERR_INVALID, TEXT("mail-from"), "address", "%s",
                    say(call, "is the address that mail comes from, like aims@example.org"));
    if ((o->user.len > 0) != (o->password.len > 0))
        e = problem(call, ERR_INVALID, TEXT("mail-user"), "password", "%s",
                    say(call, "goes with a file that has the password, and the file with it"));
    TRY(e);
    pthread_once(&once, begin);
    struct arena *a = arena_open();
    struct mail *m = NEW(a, struct mail);
    m->arena = a;
    m->server = text_copy(a, o->server);
    m->from = text_copy(a, o->from);
    m->user = text_print(a, "%.*s", TEXT_ARG(o->user));
    m->password = text_print(a, "%.*s", TEXT_ARG(o->password));
    m->authority = o->authority ? text_print(a, "%s", o->authority).at : NULL;
    m->patience = o->patience > 0 ? o->patience : USUAL_PATIENCE;
    m->near = loopback(host_of(o->server));
    *out = m;
    return OK;
}

void mail_stop(struct mail *m)
{
    if (m)
        atomic_store(&m->stopping, true);
}

void mail_close(struct mail *m)
{
    if (!m)
        return;
    if (m->password.len > 0)
        explicit_bzero((void *)(uintptr_t)m->password.at, m->password.len);
    arena_close(m->arena);
}
