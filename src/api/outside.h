/* SPDX-License-Identifier: Apache-2.0 */
/* api/outside.h — the public pages: HTML that is made here, for whoever has no account and no
 * script. Every text goes in through html.h. */
#ifndef API_OUTSIDE_H
#define API_OUTSIDE_H

#include "api/internal.h"

struct outside {
    struct exchange *x;
    struct public_pages set; /* what the organisation switched on */
    struct buf *b;
    bool once; /* the page is not to be left by chance: it has no switch of language */
};
/* ERR_MISSING, in the words of a page that does not exist, while `page` is off. PUBLIC_NONE:
 * while all are. */
MUST_USE enum err outside__open(struct exchange *x, enum public_page page, struct outside *o);
/* Everything up to the content of main, with its heading; then the rest. */
void outside__begin(struct outside *o, enum public_page page, struct text title);
enum err outside__end(struct outside *o);
/* "/aims/public/register?lang=zh": below the path of the pages, in the language that was asked
 * for. */
struct text outside__address(const struct exchange *x, struct text path);
void outside__own_words(struct outside *o, enum public_page page);
/* A value as people read it. */
void outside__value(struct outside *o, const struct published_field *f, const struct json *v);
struct text outside__day(const struct exchange *x, struct text moment);
struct text outside__said(const struct exchange *x, struct words w);
/* The kinds that stand on the page. */
const struct kind *outside__next(const struct exchange *x, enum public_page page, bool latest,
                                 size_t *at);
void outside__text(struct outside *o, const char *markup); /* constant markup, no places */
#endif
