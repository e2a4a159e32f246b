/* SPDX-License-Identifier: Apache-2.0 */
/* work/letter.c — the words of letters. */
#include "work/letter.h"

#define BODY_MOST (256 * 1024)
#define WAITS_MOST 20 /* of what waits, by name; the rest as a number */

static bool is_open(const struct record *rec)
{
    const struct json *v = rec ? record_value(rec, TEXT("confidentiality")) : NULL;
    return v && (text_is(v->text, "public") || text_is(v->text, "internal"));
}

/* One line, whatever somebody called it. */
static struct text title_of(struct call *call, const struct record *rec)
{
    if (!is_open(rec))
        return text_of(say(call, "(confidential: it is named when you have signed in)"));
    return shown_one_space(call->arena, json_text(record_value(rec, TEXT("title"))));
}

static void put_way(struct buf *b, const struct letter_reader *who, struct text kind,
                    struct text key)
{
    buf_print(b, "  %.*s/k/%.*s/%.*s\n", TEXT_ARG(who->address), TEXT_ARG(kind), TEXT_ARG(key));
}

/* ---- what they were told -------------------------------------------------------------------
 */
static const char *event_words(const struct call *call, struct text event)
{
    if (text_is(event, "remind"))
        return say(call, "Soon over");
    if (text_is(event, "escalated"))
        return say(call, "Missed, and passed on to you");
    if (text_is(event, "over"))
        return say(call, "Need not be kept any longer");
    if (text_is(event, "reported"))
        return say(call, "Reported from outside");
    if (text_is(event, "message"))
        return say(call, "A new message from outside");
    if (text_is(event, "mention"))
        return say(call, "You are named in a comment");
    if (text_is(event, "moved"))
        return say(call, "You watch it: it has another state");
    if (text_is(event, "owner"))
        return say(call, "You watch it: it has another owner");
    if (text_is(event, "due"))
        return say(call, "You watch it: it is due on another day");
    if (text_is(event, "comment"))
        return say(call, "You watch it: somebody commented");
    return say(call, "Missed");
}

static struct text clock_of(struct call *call, const struct notice *n)
{
    const struct field *f = kind_field(n->record->kind, n->field);
    return f ? words_in(f->title, call->lang) : n->field;
}

/* "2026-11-29 14:00" where the reader is; a date stays as it is. */
static struct text when(struct call *call, const struct json *v)
{
    int64_t moment;
    struct text t = json_text(v);
    if (!moment_read(t, &moment))
        return t;
    struct text there =
        moment_print(call->arena, moment + zone_offset(call->zone, moment) * 1000000);
    return text_print(call->arena, "%.*s %.*s", 10, there.at, 5, there.at + 11);
}

static void put_notice(struct call *call, struct buf *b, const struct letter_reader *who,
                       const struct notice *n)
{
    struct text clock = clock_of(call, n), at = when(call, record_value(n->record, n->field));
    if (n->then) /* what came of it is read where one has signed in */
        buf_print(b, "- %s", event_words(call, n->event));
    else
        buf_print(b, "- %s%s%.*s%s%.*s", event_words(call, n->event), clock.len ? ": " : "",
                  TEXT_ARG(clock), at.len ? ", " : "", TEXT_ARG(at));
    buf_print(b, "\n  %.*s  %.*s\n", TEXT_ARG(n->record->key),
              TEXT_ARG(title_of(call, n->record)));
    put_way(b, who, n->record->kind->name, n->record->key);
}

static void put_greeting(struct call *call, struct buf *b, const struct letter_reader *who)
{
    buf_print(b, say(call, "Hello %.*s,"), TEXT_ARG(who->name));
    buf_print(b, "\n\n");
}

static void put_end(struct call *call, struct buf *b, const struct letter_reader *who)
{
    buf_print(b, "\n");
    buf_print(b, say(call, "All that waits for you: %.*s/"), TEXT_ARG(who->address));
    buf_print(b, "\n");
    buf_print(b, say(call, "What you get by mail, and when, is yours to choose: %.*s/settings"),
              TEXT_ARG(who->address));
    buf_print(b, "\n");
}

static struct text subject_of(struct call *call, const struct notice *list, size_t count)
{
    size_t others = 0;
    for (size_t i = 0; i < count; i++)
        others += list[i].then != NULL;
    if (count > 1)
        return text_print(call->arena,
                          others ? say(call, "What you were told: %zu")
                                 : say(call, "Missed or soon over: %zu"),
                          count);
    if (others)
        return text_print(call->arena, "%s (%.*s)", event_words(call, list->event),
                          TEXT_ARG(list->record->key));
    return text_print(call->arena, "%s: %.*s (%.*s)", event_words(call, list->event),
                      TEXT_ARG(clock_of(call, list)), TEXT_ARG(list->record->key));
}

struct letter_words letter__of_notices(struct call *call, const struct letter_reader *who,
                                       const struct notice *list, size_t count)
{
    struct letter_words out;
    struct buf b = buf_in(call->arena, BODY_MOST);
    put_greeting(call, &b, who);
    for (size_t i = 0; i < count; i++)
        put_notice(call, &b, who, &list[i]);
    put_end(call, &b, who);
    out.body = buf_text(&b);
    out.subject = subject_of(call, list, count);
    return out;
}

/* ---- what waits for them
 * ----------------------------------------------------------------------- */
static enum err put_waiting(struct call *call, struct records *r, struct reader *db,
                            struct buf *b, const struct letter_reader *who,
                            const struct todo *one)
{
    const struct kind *k = model_kind(record_model(r), one->ref.kind);
    struct record *rec = NULL;
    if (k)
        TRY(record_read(call, r, db, k, one->ref.id, 0, &rec));
    buf_print(b, "- %.*s  %.*s", TEXT_ARG(one->ref.key), TEXT_ARG(title_of(call, rec)));
    if (one->move)
        buf_print(b, say(call, ": %.*s"), TEXT_ARG(words_in(one->move->title, call->lang)));
    if (one->due.len) {
        buf_print(b, one->overdue ? say(call, " (was due %.*s)") : say(call, " (due %.*s)"),
                  TEXT_ARG(one->due));
    }
    buf_print(b, "\n");
    put_way(b, who, one->ref.kind, one->ref.key);
    return OK;
}

static void put_waits(struct call *call, struct records *r, struct reader *db, struct buf *b,
                      const struct letter_reader *who, const struct todo_list *waits)
{
    size_t most = waits->count < WAITS_MOST ? waits->count : WAITS_MOST;
    buf_print(b, say(call, "Waiting for you: %lld, of these overdue: %lld."),
              (long long)waits->total, (long long)waits->overdue);
    buf_print(b, "\n\n");
    for (size_t i = 0; i < most; i++) {
        struct call *one = call_beside(call->arena, call);
        one->actor = call->actor;
        if (put_waiting(one, r, db, b, who, &waits->items[i]) != OK)
            continue; /* gone meanwhile */
    }
    if (waits->total > (int64_t)most) {
        buf_print(b, say(call, "… and %lld more."), (long long)(waits->total - (int64_t)most));
        buf_print(b, "\n");
    }
}

struct letter_words letter__of_morning(struct call *call, struct records *r, struct reader *db,
                                       const struct letter_reader *who,
                                       const struct todo_list *waits, const struct notice *list,
                                       size_t count)
{
    struct letter_words out;
    struct buf b = buf_in(call->arena, BODY_MOST);
    put_greeting(call, &b, who);
    if (waits->total)
        put_waits(call, r, db, &b, who, waits);
    if (count) {
        buf_print(&b, "%s%s\n\n", waits->total ? "\n" : "", say(call, "What you were told:"));
        for (size_t i = 0; i < count; i++)
            put_notice(call, &b, who, &list[i]);
    }
    put_end(call, &b, who);
    out.body = buf_text(&b);
    out.subject =
        text_print(call->arena, say(call, "Today: %lld waiting for you, %lld overdue"),
                   (long long)waits->total, (long long)waits->overdue);
    return out;
}
