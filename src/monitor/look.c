/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/look.c — what came, for whoever reads it. */
#include "monitor/internal.h"

static const struct json_limits kept_limits = {2 * EVENT_LINE, 16, 8000};

/* What tells of somebody's sex, origin or age is for whoever may see such of records too. */
static struct text shown(struct call *call, struct text line)
{
    const struct json *v;
    struct call *quiet = call_beside(call->arena, call);
    if (call->actor->sees_sensitive || call->actor->all ||
        json_read(quiet, line, &kept_limits, &v) != OK || !json_get(v, "protected"))
        return line;
    struct buf b = buf_in(call->arena, 2 * EVENT_LINE);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    for (const struct json *one = v->first; one; one = one->next)
        if (!text_is(one->key, "protected")) {
            json_key_text(&o, one->key);
            json_put_json(&o, one);
        }
    json_close(&o, '}');
    return buf_text(&b);
}

static struct text *lines_of(struct arena *a, const struct journal_block *b)
{
    struct text *lines = NEW_MANY(a, (size_t)b->events + 1, struct text), rest = b->lines;
    for (int64_t i = 0; i < b->events; i++)
        lines[i] = text_cut(&rest, '\n');
    return lines;
}

enum err monitor_events(struct call *call, struct reader *db, int64_t source, int64_t block,
                        int64_t place, size_t most, struct event_kept **out, size_t *count)
{
    int64_t first, before;
    *out = NEW_MANY(call->arena, most + 1, struct event_kept);
    *count = 0;
    TRY(journal_first(call, db, source, &first, &before));
    if (block == 0) {
        TRY(journal_last(call, db, source, &block));
        place = INT64_MAX;
    }
    for (; block >= first && *count < most; block--, place = INT64_MAX) {
        struct journal_block b;
        TRY(journal_block(call, db, source, block, &b));
        const struct text *lines = lines_of(call->arena, &b);
        int64_t i = place < b.events ? place : b.events;
        while (--i >= 0 && *count < most)
            (*out)[(*count)++] = (struct event_kept){b.at, shown(call, lines[i]), block, i};
    }
    return OK;
}

enum err monitor_event(struct call *call, struct reader *db, int64_t source, struct text id,
                       struct event_kept *out)
{
    int64_t block, place;
    struct journal_block b;
    TRY(journal_find(call, db, source, id, &block, &place));
    if (!block)
        return problem(call, ERR_MISSING, TEXT("id"), "unknown", "%s",
                       say(call, "there is no such event"));
    TRY(journal_block(call, db, source, block, &b));
    if (place >= b.events)
        return problem(call, ERR_IO, TEXT(""), "event_damaged",
                       say(call, "block %lld of the events is not as it was written"),
                       (long long)block);
    *out =
        (struct event_kept){b.at, shown(call, lines_of(call->arena, &b)[place]), block, place};
    return OK;
}
