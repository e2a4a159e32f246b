/* SPDX-License-Identifier: Apache-2.0 */
/* cli/house.h — what one server serves: one organisation, or the several that a file names. */
#ifndef CLI_HOUSE_H
#define CLI_HOUSE_H

#include "cli/bring.h"
#include "cli/first.h"
#include "net/net.h"
#include "work/work.h"

/* How people reach one: "https://host", and "/aims" when it is below a path there; "" = as it
 * listens. */
struct outside {
    struct text origin, base;
};
struct served {
    struct site site;
    struct place place;
    struct outside outside;
    int line; /* of the file that names it; 0 when none does */
    struct api *api;
    struct work *work;
    struct mailing *mailing; /* NULL: nothing goes out by mail */
    struct hooking *hooking;
    struct site_socket *socket;
    bool open; /* the site is */
    bool shut; /* it is not served any more, while others are */
};
struct house {
    struct arena *arena;
    const char *file;  /* that names them; NULL when the command line does */
    struct served *of; /* room for API_MOST */
    size_t count;
    struct beside *beside; /* a demo to look at, while nobody has entered; NULL: none */
    struct bring *bring;   /* takes a backup in, while nobody has; NULL: none */
    bool again;            /* what was brought shall be served in its place */
    struct mail *mail; /* one server for all; NULL: none */
    struct hook_sender_options hooks; /* where webhooks may go: the same for all */
};
/* Reads the file, a line for each: the address that people use, then the folder or the URL of
 * its store. False after saying everything that is wrong with it. */
bool house_read(const struct args *args, struct house *h, struct net_options *o);
/* Says that this one cannot be served, and why nothing is. */
void house_refuse(const struct args *args, const struct house *h, const struct served *v,
                  const char *why);
/* 2 after refusing one that is open, when it is the organisation of a line before it; else 0.
 */
int house_twice(const struct args *args, const struct house *h, const struct served *v);
#endif
