/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/tests.c — what people made of tests: cases in the queue of which it is known how a
 * careful person decides them. All of a queue together: it says nothing of one person. */
#include "oversight/oversight.h"

#define PAGE 1000

static struct text said(const struct record *rec, const char *field)
{
    return json_text(record_value(rec, text_of(field)));
}

static bool within(const struct record *test, const char *field, int64_t from, int64_t to)
{
    int64_t at;
    return moment_read(said(test, field), &at) && at >= from && (to == 0 || at < to);
}

static void take_test(struct review_tests *out, const struct record *test, int64_t from,
                      int64_t to)
{
    bool agreed = text_is(said(test, "decision"), "agree"),
         right = text_is(said(test, "wanted"), "agree");
    if (!within(test, "decided_at", from, to) || json_true(record_value(test, TEXT("knew"))))
        return;
    out->decided++;
    out->errors += !right;
    out->found += !right && !agreed;
    out->kept += right && agreed;
}

enum err review_tests(struct call *call, struct records *r, struct reader *db,
                      struct text system, int64_t from, int64_t to, struct review_tests *out)
{
    const struct kind *k = record_model(r)->review_test_kind;
    struct call *engine = call_beside(call->arena, call);
    struct filter f = {TEXT("system"), system};
    struct list_query q = {
        .filters = &f, .filter_count = 1, .limit = PAGE, .sort = TEXT("-decided_at")};
    struct record_list page;
    *out = (struct review_tests){.cases = map_in(call->arena)};
    if (k == NULL)
        return OK;
    engine->actor = actor_system(engine);
    out->all = NEW_MANY(call->arena, REVIEW_TESTS_MOST, struct record *);
    while (out->count + PAGE <= REVIEW_TESTS_MOST) {
        TRY(record_list(engine, r, db, k, &q, &page));
        for (size_t i = 0; i < page.count; i++) {
            struct text id = said(page.items[i], "case_made");
            if (!id.len)
                continue;
            take_test(out, page.items[i], from, to);
            (void)map_add(out->cases, id, out->count);
            out->all[out->count++] = page.items[i];
        }
        if (!page.next.len)
            return OK;
        q.cursor = page.next;
    }
    return OK;
}
