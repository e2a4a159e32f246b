/* SPDX-License-Identifier: Apache-2.0 */
/* signal/leak.c — what takes data out of an answer: a picture or a link whose address carries a
 * load, and a word that was planted to be seen again nowhere. */
#include "signal/internal.h"

#define ADDRESS "[^\\s<>()\\x00-\\x1f]"

const struct shape signal__leak[] = {
    /* A picture is fetched without anybody's doing: little is enough. */
    {SIGNAL_LINK, 0,
     "!\\[[^\\[\\]\\n]{0,200}\\]\\(\\s{0,3}<?(?:https?:)?//" ADDRESS "{1,300}?[?&;]" ADDRESS
     "{0,40}?=" ADDRESS "{16,4000}",
     NULL, NULL, NEVER, ALWAYS},
    {SIGNAL_LINK, 0,
     "(?i)<img\\s[^<>]{0,200}?src\\s{0,3}=\\s{0,3}[\"']?(?:https?:)?//[^\\s\"'<>]{1,300}?[?&]"
     "[^\\s\"'<>=]{0,40}=[^\\s\"'<>]{16,4000}",
     NULL, NULL, NEVER, ALWAYS},
    {SIGNAL_LINK, 0,
     "(?<!!)\\[[^\\[\\]\\n]{0,200}\\]\\(\\s{0,3}<?(?:https?:)?//" ADDRESS "{1,300}?\\?" ADDRESS
     "{100,4000}",
     NULL, NULL, NEVER, ALWAYS},
};
const size_t signal__leak_count = COUNT(signal__leak);

void signal__canary(struct scan *s)
{
    for (size_t i = 0; i < s->asked->canary_count && i < SIGNAL_CANARIES; i++) {
        struct text word = s->asked->canaries[i];
        size_t from = 0;
        ptrdiff_t at;
        if (word.len < SIGNAL_CANARY_LEAST)
            continue;
        while (s->each[SIGNAL_CANARY] < SIGNAL_EACH &&
               (at = text_search(text_from(s->text, from), word)) >= 0) {
            from += (size_t)at;
            signal__note(s, SIGNAL_CANARY, from, from + word.len, true);
            from += word.len;
        }
    }
}
