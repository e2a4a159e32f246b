/* SPDX-License-Identifier: Apache-2.0 */
/* api/api.h — HTTP routes: parse, one call, reply. No rule lives here. Floor 7. */
#ifndef API_H
#define API_H

#include "assure/assure.h"
#include "base/base.h"
#include "net/net.h"
#include "record/record.h"

struct api;
/* A demo that runs beside an organisation which nobody has entered yet. */
struct api_demo {
    struct text address;       /* "http://127.0.0.1:40123" */
    const struct json *script; /* its people and their password */
};
typedef enum err api_demo_start(struct call *call, void *arg, struct text name,
                                struct api_demo *out);
/* A backup that takes the place of an organisation which nobody has entered yet. */
struct api_brought {
    const char *stage;        /* none, unpacking, verifying, opening, ready, open, refused */
    int64_t done, total;      /* entries of it, while unpacking */
    struct text organisation; /* once it was opened, in an arena of the call */
    int64_t entries;          /* of its ledger, once that was verified */
    struct text said;         /* why it was refused, a line each */
};
struct api_bring {
    void *arg;
    /* May one of so many bytes be sent? Not while another is looked at. */
    enum err (*may)(struct call *call, void *arg, int64_t bytes);
    /* Unpacks, verifies and opens it beside; then it takes the place by itself, shortly. Why
     * not is a problem a line. Takes as long as that takes. */
    enum err (*take)(struct call *call, void *arg, struct text token, struct text bytes);
    /* How far the one is that was sent with this token; false: none was. Also when it has taken
     * the place. */
    bool (*state)(struct call *call, void *arg, struct text token, struct api_brought *out);
};
struct api_options {
    struct epochs *epochs;
    bool pages;      /* serve the web pages too */
    int64_t started; /* moment the server started */
    const char *version;
    int workers;      /* of the server: long answers take half of them at most; 0 = 4 */
    int64_t patience; /* microseconds that one request may read for; 0 = 30 s */
    struct text
        origin; /* where people find it: "https://aims.example.org"; "" = where it listens */
    struct text base;   /* below which path: "/aims"; "" = the whole host */
    struct text listen; /* host it listens on; "" = every address */
    struct text hosts;  /* names and addresses it also answers for, comma separated */
    const char *spool;  /* folder for files that are taken in; NULL: none are */
    int64_t rate;       /* the limits of docs/operate.md times this; 0 = none */
    struct mail *mail;  /* borrowed; NULL: nothing goes out by mail */
    struct text sender; /* words before the address it comes from */
    struct reachable reach; /* networks of the house that webhooks may reach */
    api_demo_start *demo;   /* NULL: no demo can be looked at from here */
    void *demo_arg;
    const struct api_bring *bring; /* borrowed; NULL: no backup is taken in here */
};
MUST_USE enum err api_open(struct call *call, const struct api_options *options,
                           struct api **out);
/* Hosts that wait to be told of a stop are answered, and none waits any more: before net_close.
 */
void api_hush(struct api *a);
void api_close(struct api *a); /* after store_stop */
/* "https://AIMS.example.org/" → "https://aims.example.org", as browsers name an origin, and
 * what follows it → base: "/aims", "" for a whole host. False when it is no address, or its
 * path is one that pages cannot lie below. */
bool api_public(struct arena *a, struct text address, struct text *origin, struct text *base);
/* A path that pages may lie below: "/aims", "/tools/aims" (letters, digits, "-", "_", "." and
 * "~"; at most 100 bytes; not one that the server itself has, like "/api"). */
bool api_base(struct text path);
/* All that one process serves: each organisation has an api of its own, found by host and path;
 * they share threads and nothing else. `of` is copied. With several, one that has an origin
 * answers for that host alone. */
#define API_MOST 64
struct api_house;
struct api_house *api_house(struct arena *a, struct api *const *of, size_t count);
/* It is not served any more: 503. From any thread. */
void api_house_shut(struct api_house *h, size_t which);
/* Two that could not be told apart, or of which one would lie inside the other. An origin is
 * "https://host" or
 * "" (any host), a base "/aims" or "". */
bool api_same_door(struct arena *a, struct text origin, struct text base,
                   struct text other_origin, struct text other_base);

/* For net_options: arg is the house; the door gives the api that the others take. */
void *api_door(void *arg, struct request *r, int *status);
bool api_fast(void *arg, struct request *r);
void api_handle(void *arg, struct request *r);
struct text api_refusal(void *arg, struct request *r, int status, const char *why);
#define API_LANES 6
/* The lanes of the routes; `workers` threads for what is cheap. */
void api_lanes(int workers, struct net_lane lanes[API_LANES]);
void api_admit(void *arg, struct request *r, struct admission *out);
const struct reply *api_who(void *arg, struct request *r);
void api_live(struct api *a, const struct net *n); /* counts for /metrics */

/* The reply body that a command prints too. */
MUST_USE enum err api_checks_json(struct call *call, struct records *r, struct reader *db,
                                  struct json_out *out, bool *must_fails);
/* All records of a kind that the actor may read, in a file format: csv, xlsx or json. With a model
 * as `words` a table is as the list is read: titles, and values in the words of that model and the
 * language of the call, a workbook with the codes on a second sheet; NULL is codes alone. Page after page: the
 * caller holds a view (read_begin), and notes it (access_note_export) before giving it away; so that the file is of one moment whatever is written meanwhile. */
MUST_USE enum err api_export(struct call *call, struct records *r, struct reader *db,
                             const struct kind *k, const struct list_query *q,
                             struct text format, const struct model *words, struct text *bytes,
                             const char **type, int64_t *rows);
#endif
