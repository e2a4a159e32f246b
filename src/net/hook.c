/* SPDX-License-Identifier: Apache-2.0 */
/* net/hook.c — messages to receivers that people named, by HTTP through libcurl: several under
 * way at once, each with its time, so that one who does not answer holds up nobody. A receiver
 * is reached at the address that its name was resolved to, which is looked at when the
 * connection is made; redirects are not followed, and of what it answers only the status
 * counts. */
#include "net/net.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_SECONDS 5L
#define WHOLE_SECONDS 15L
#define ANSWER_MOST 1024 /* bytes of its body; the rest is not waited for */

struct sending {
    struct hook_sender *sender;
    CURL *curl; /* NULL: nothing is under way */
    struct curl_slist *headers;
    bool secure, refused;
    size_t read;
};
struct hook_sender {
    CURLM *multi;
    struct reachable reach;
    char *authority;
    struct sending slots[HOOK_SLOTS];
};

/* ---- addresses as they are typed in ---------------------------------------------------------
 */
static enum err bad_address(struct call *call, const char *sentence)
{
    return problem(call, ERR_INVALID, TEXT("address"), "address", "%s", sentence);
}

static bool printable(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] <= ' ' || t.at[i] > '~' || strchr("\"<>\\^`{|}", t.at[i]))
            return false;
    return true;
}

static bool host_signs(struct text t, const char *more)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && !strchr(more, c))
            return false;
    }
    return t.len > 0;
}

/* "host", "host:1234", "[::1]:1234". */
static bool read_place(struct text place, struct text *host)
{
    int64_t port;
    bool six = text_starts(place, "[");
    ptrdiff_t end = six ? text_find(place, ']') : text_find(place, ':');
    if (six && end < 0)
        return false;
    *host = text_slice(place, six ? 1 : 0, end < 0 ? place.len : (size_t)end);
    struct text rest = text_from(place, host->len + (six ? 2 : 0));
    if (!host_signs(*host, six ? ":." : "-._"))
        return false;
    if (rest.len == 0)
        return true;
    return text_starts(rest, ":") && text_integer(text_from(rest, 1), &port) && port > 0 &&
           port < 65536;
}

static struct text until_any(struct text t, const char *ends)
{
    size_t n = 0;
    while (n < t.len && !strchr(ends, t.at[n]))
        n++;
    return text_slice(t, 0, n);
}

/* Of a literal address alone; what a name leads to is seen when it is resolved. */
static bool leads_inside(const struct reachable *r, struct text host)
{
    char words[INET6_ADDRSTRLEN];
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    unsigned char ip[16];
    if (host.len >= sizeof words)
        return false;
    memcpy(words, host.at, host.len);
    words[host.len] = '\0';
    if (inet_aton(words, &four.sin_addr) != 0) /* also 127.1, 0x7f000001 and 2130706433 */
        return reach_ip((const struct sockaddr *)&four, ip) && reach_of(r, ip) == REACH_LOCAL;
    if (inet_pton(AF_INET6, words, &six.sin6_addr) == 1)
        return reach_ip((const struct sockaddr *)&six, ip) && reach_of(r, ip) == REACH_LOCAL;
    return false;
}

enum err hook_address_read(struct call *call, const struct reachable *r, struct text t,
                           struct hook_address *out)
{
    static const char local[] =
        SAID("leads to an address inside the house, which is refused: "
             "whoever runs the server allows networks with --hook-allow");
    out->secure = text_starts(t, "https://");
    if (t.len > 500 || !printable(t) || (!out->secure && !text_starts(t, "http://")))
        return bad_address(call, say(call, "is an address like https://example.org/hook, of at "
                                           "most 500 signs"));
    if (!out->secure && r->count == 0)
        return bad_address(call,
                           say(call, "begins with https://: what is sent would be readable "
                                     "on its way"));
    struct text place = until_any(text_from(t, out->secure ? 8 : 7), "/?#");
    if (text_find(t, '#') >= 0 || text_find(place, '@') >= 0)
        return bad_address(call, say(call, "has no name, password or # in it: what is sent is "
                                           "signed, and that is how its receiver knows it"));
    if (!read_place(place, &out->host))
        return bad_address(call, say(call, "has no host that can be reached"));
    return leads_inside(r, out->host) ? bad_address(call, say(call, local)) : OK;
}

/* ---- Standard Webhooks
 * ----------------------------------------------------------------------- */
struct text hook_secret_words(struct arena *a, const unsigned char secret[HOOK_SECRET])
{
    struct text words = base64_of(a, (struct text){(const char *)secret, HOOK_SECRET});
    return text_print(a, "whsec_%.*s", TEXT_ARG(words));
}

struct text hook_signature(struct arena *a, struct text id, int64_t seconds, struct text body,
                           const struct text *secrets, size_t count)
{
    struct text head = text_print(a, "%.*s.%lld.", TEXT_ARG(id), (long long)seconds);
    struct text whole = text_join(a, head, body), out = TEXT("");
    for (size_t i = 0; i < count; i++) {
        struct hash h = hmac_sha256(secrets[i], whole);
        out = text_print(a, "%.*s%sv1,%.*s", TEXT_ARG(out), i > 0 ? " " : "",
                         TEXT_ARG(base64_of(a, hash_text(&h))));
    }
    return out;
}

/* ---- one message
 * ------------------------------------------------------------------------------ */
/* Without TLS only into networks that were allowed: elsewhere anybody could read along. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sending *one = arg;
    unsigned char ip[16];
    enum reach_kind kind = purpose == CURLSOCKTYPE_IPCXN && reach_ip(&address->addr, ip)
                               ? reach_of(&one->sender->reach, ip)
                               : REACH_LOCAL;
    if (kind == REACH_LOCAL || (kind == REACH_PUBLIC && !one->secure)) {
        one->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t throw_away(char *from, size_t size, size_t count, void *arg)
{
    struct sending *one = arg;
    (void)from;
    one->read += size * count;
    return one->read > ANSWER_MOST ? 0 : size * count; /* 0 ends it */
}

static void add_header(struct sending *one, const char *name, struct text value)
{
    struct arena *a = arena_open();
    struct curl_slist *list =
        curl_slist_append(one->headers, text_print(a, "%s: %.*s", name, TEXT_ARG(value)).at);
    arena_close(a);
    if (list == NULL)
        panic("out of memory");
    one->headers = list;
}

static void add_headers(struct sending *one, const struct hook_post *post)
{
    struct arena *a = arena_open();
    add_header(one, "content-type", TEXT("application/json"));
    add_header(one, "user-agent", TEXT("Aimwell-Webhook"));
    add_header(one, "webhook-id", post->id);
    add_header(one, "webhook-timestamp", text_print(a, "%lld", (long long)post->seconds));
    add_header(one, "webhook-signature", post->signature);
    arena_close(a);
    curl_easy_setopt(one->curl, CURLOPT_HTTPHEADER, one->headers);
}

static void set_up(struct sending *one, const struct hook_post *post)
{
    CURL *c = one->curl;
    struct arena *a = arena_open();
    curl_easy_setopt(c, CURLOPT_URL, text_c(a, post->address));
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, one->secure ? "https" : "http");
    curl_easy_setopt(c, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT,
                     1L); /* nor waits for a name server that is silent */
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, WHOLE_SECONDS);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, one);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, throw_away);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, one);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)post->body.len);
    curl_easy_setopt(c, CURLOPT_COPYPOSTFIELDS, post->body.at);
    curl_easy_setopt(c, CURLOPT_PRIVATE, one);
    if (one->sender->authority != NULL)
        curl_easy_setopt(c, CURLOPT_CAINFO, one->sender->authority);
    arena_close(a);
}

void hook_send(struct hook_sender *s, size_t slot, const struct hook_post *post)
{
    struct sending *one = &s->slots[slot];
    *one = (struct sending){.sender = s,
                            .curl = curl_easy_init(),
                            .secure = text_starts(post->address, "https://")};
    if (one->curl == NULL)
        panic("out of memory");
    set_up(one, post);
    add_headers(one, post);
    curl_multi_add_handle(s->multi, one->curl);
}

bool hook_sending(const struct hook_sender *s, size_t slot)
{
    return s->slots[slot].curl != NULL;
}

static void end(struct sending *one)
{
    if (one->curl == NULL)
        return;
    curl_multi_remove_handle(one->sender->multi, one->curl);
    curl_easy_cleanup(one->curl);
    curl_slist_free_all(one->headers);
    one->curl = NULL;
    one->headers = NULL;
}

static enum hook_fate fate_of(const struct sending *one, CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return HOOK_SLOW;
    case CURLE_COULDNT_RESOLVE_HOST:
        return HOOK_NO_NAME;
    case CURLE_COULDNT_CONNECT:
        return one->refused ? HOOK_LOCAL : HOOK_NO_ANSWER;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
        return HOOK_TLS;
    default:
        return HOOK_BROKEN;
    }
}

static struct hook_result result_of(const struct sending *one, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(one->curl, CURLINFO_RESPONSE_CODE, &status);
    /* Whoever has said more than is read has said how it went. */
    bool answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && one->read > ANSWER_MOST);
    return (struct hook_result){.slot = (size_t)(one - one->sender->slots),
                                .fate =
                                    answered && status > 0 ? HOOK_ANSWERED : fate_of(one, code),
                                .status = answered ? (int)status : 0};
}

size_t hook_wait(struct hook_sender *s, int milliseconds, struct hook_result out[HOOK_SLOTS])
{
    int running, left;
    size_t count = 0;
    curl_multi_perform(s->multi, &running);
    curl_multi_poll(s->multi, NULL, 0, milliseconds, NULL);
    curl_multi_perform(s->multi, &running);
    for (CURLMsg *m;
         count < HOOK_SLOTS && (m = curl_multi_info_read(s->multi, &left)) != NULL;) {
        char *arg = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &arg);
        struct sending *one = (struct sending *)(void *)arg;
        out[count++] = result_of(one, m->data.result);
        end(one);
    }
    return count;
}

void hook_wake(struct hook_sender *s)
{
    curl_multi_wakeup(s->multi);
}

/* ---- opening
 * --------------------------------------------------------------------------------- */
static void begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum err hook_sender_open(struct call *call, const struct hook_sender_options *o,
                          struct hook_sender **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (o->authority != NULL && access(o->authority, R_OK) != 0)
        return problem(call, ERR_INVALID, TEXT("hook-ca"), "file", "%s",
                       say(call, "is a file of certificates that can be read"));
    pthread_once(&once, begin);
    struct hook_sender *s = calloc(1, sizeof *s);
    if (s == NULL)
        panic("out of memory");
    s->multi = curl_multi_init();
    s->authority = o->authority != NULL ? strdup(o->authority) : NULL;
    s->reach = o->reach;
    if (s->multi == NULL || (o->authority != NULL && s->authority == NULL))
        panic("out of memory");
    *out = s;
    return OK;
}

void hook_sender_close(struct hook_sender *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < HOOK_SLOTS; i++)
        end(&s->slots[i]);
    curl_multi_cleanup(s->multi);
    free(s->authority);
    free(s);
}
