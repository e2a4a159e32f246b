/* SPDX-License-Identifier: Apache-2.0 */
/* api/notice.c — what the reader was told: that a clock of a record of theirs is soon over, or
 * is missed, that the time for which a record must be kept is over, that a comment names them,
 * or what happened to a record that they watch; and what of it goes out to them by mail. */
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
    if (!n->then && at && at->type == JSON_TEXT)
        put__text(o, kept ? "kept_until" : "clock_at", at->text);
    if (text_is(n->event, "moved") || text_is(n->event, "due"))
        put__text(o, "to", json_text(record_value(n->then, n->field)));
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

/* ---- by mail
 * ----------------------------------------------------------------------------------- */
enum err notices_mail_get(struct exchange *x)
{
    struct mail_wish wish;
    TRY(access_mail_wish(x->call, exchange__db(x), &wish));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "goes_out");
    json_put_bool(o, x->api->mail != NULL);
    put__text(o, "mail", text_of(mail_wish_word(wish.wish)));
    json_key(o, "hour");
    json_put_integer(o, wish.hour);
    json_key(o, "quiet_from");
    json_put_integer(o, wish.quiet_from);
    json_key(o, "quiet_to");
    json_put_integer(o, wish.quiet_to);
    put__text(o, "zone", wish.zone);
    json_close(o, '}');
    return OK;
}

static void take_hour(struct exchange *x, const char *name, int64_t *hour)
{
    const struct json *v = json_get(x->json, name);
    if (v)
        *hour = v->integer;
}

/* What is not said stays. */
enum err notices_mail_patch(struct exchange *x)
{
    struct mail_wish wish;
    TRY(exchange__members(x, "mail:t hour:i quiet_from:i quiet_to:i zone:t"));
    TRY(access_mail_wish(x->call, exchange__db(x), &wish));
    if (json_get(x->json, "mail") && !mail_wish_read(exchange__field(x, "mail"), &wish.wish))
        return problem(x->call, ERR_INVALID, TEXT("mail"), "choice", "%s",
                       say(x->call, "is daily, at_once or never"));
    take_hour(x, "hour", &wish.hour);
    take_hour(x, "quiet_from", &wish.quiet_from);
    take_hour(x, "quiet_to", &wish.quiet_to);
    if (json_get(x->json, "zone"))
        wish.zone = exchange__field(x, "zone");
    TRY(access_mail_wish_write(x->call, x->api->access, &wish));
    exchange__give_back(x);
    return notices_mail_get(x);
}

/* To whoever asks, at once: does mail go out? */
enum err notices_mail_test(struct exchange *x)
{
    struct text why;
    if (!x->api->mail)
        return problem(
            x->call, ERR_CONFLICT, TEXT(""), "mail", "%s",
            say(x->call, "mail is not set up on this server: it is started with --mail"));
    const struct letter l = {
        .to = x->actor->email,
        .sender = x->api->sender,
        .subject = text_of(say(x->call, "Mail works")),
        .body = text_of(say(x->call, "You asked for this letter to see whether mail "
                                     "goes out. It does.\n")),
        .id = text_print(x->call->arena, "test.%.*s", TEXT_ARG(x->call->id)),
        .lang = text_of(lang_code(x->call->lang)),
        .at = x->call->now};
    exchange__give_back(x);
    if (mail_send(x->call, x->api->mail, &l, &why) == MAIL_TAKEN) {
        x->status = 204;
        return OK;
    }
    return problem(x->call, ERR_CONFLICT, TEXT(""), "mail",
                   say(x->call, "the mail server did not take it: %.*s"), TEXT_ARG(why));
}
