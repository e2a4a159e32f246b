/* SPDX-License-Identifier: Apache-2.0 */
/* api/notice.c — what the reader was told: that a clock of a record of theirs is soon over, or
 * is missed, or that the time for which a record must be kept is over. */
#include "api/internal.h"

#define NOTICES_MOST 200

static void put_notice(struct exchange *x, const struct notice *n, struct json_out *o)
{
    const struct json *title = record_value(n->record, TEXT("title"));
    const struct json *at = record_value(n->record, n->field);
    json_open(o, '{');
    put__text(o, "id", n->id);
    put__text(o, "event", n->event);
    put__text(o, "kind", n->record->kind->name);
    put__text(o, "record", n->record->id);
    put__text(o, "key", n->record->key);
    put__text(o, "title", json_text(title));
    put__text(o, "field", n->field);
    bool kept = n->record->kind->keep.at && text_same(n->record->kind->keep.at->name, n->field);
    if (at && at->type == JSON_TEXT)
        put__text(o, kept ? "kept_until" : "clock_at", at->text);
    put__text(o, "at", n->at);
    if (n->seen.len)
        put__text(o, "seen", n->seen);
    json_close(o, '}');
}

enum err notices_get(struct exchange *x)
{
    struct notice *list;
    size_t count;
    int64_t limit, all;
    TRY(query__integer(x, "limit", 50, &limit));
    TRY(query__integer(x, "all", 0, &all));
    limit = limit < 1 ? 1 : limit > NOTICES_MOST ? NOTICES_MOST : limit;
    TRY(record_notices(x->call, x->records, exchange__db(x), all > 0, query__text(x, "before"),
                       (size_t)limit, &list, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        put_notice(x, &list[i], o);
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

enum err notices_seen(struct exchange *x)
{
    x->status = 204;
    return record_notices_see(x->call, x->records, TEXT(""));
}

enum err notice_seen(struct exchange *x)
{
    x->status = 204;
    return record_notices_see(x->call, x->records, x->arg[0]);
}
