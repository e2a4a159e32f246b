/* SPDX-License-Identifier: Apache-2.0 */
/* base/words.c — what the program says, in the language of whoever it says it to.
 * The build makes one table a language from src/words, in the order of strcmp. A text that is
 * not in it is said in English: a missing word must never hide what went wrong. */
#include "base/internal.h"

#include <stdlib.h>
#include <string.h>

static int by_english(const void *key, const void *one)
{
    return strcmp(key, ((const struct said *)one)->english);
}

const char *say_in(enum lang lang, const char *english)
{
    const struct language *l = &languages[(size_t)lang < language_count ? lang : LANG_EN];
    const struct said *found =
        l->count ? bsearch(english, l->texts, l->count, sizeof(*l->texts), by_english) : NULL;
    return found ? found->text : english;
}

const char *say(const struct call *call, const char *english)
{
    return say_in(call->lang, english);
}

const char *lang_code(enum lang lang)
{
    return languages[(size_t)lang < language_count ? lang : LANG_EN].code;
}

bool lang_read(struct text t, enum lang *out)
{
    for (size_t i = 0; i < language_count; i++)
        if (text_is(t, languages[i].code)) {
            *out = (enum lang)i;
            return true;
        }
    return false;
}

enum lang lang_like(struct text wish)
{
    for (size_t i = 0; i < language_count; i++)
        if (text_starts(wish, languages[i].code))
            return (enum lang)i;
    return LANG_EN;
}
