/* SPDX-License-Identifier: Apache-2.0 */
/* Search: the same documents, in the same order, from both databases. */
#include "room.h"

#include <semaphore.h>
#include <string.h>

struct doc {
    const char *kind, *id, *text;
};

static int put_runs; /* runs of put_docs */

static enum err put_docs(struct job *job, struct call *call, struct tx *tx)
{
    put_runs++;
    for (const struct doc *d = job->arg; d->kind != NULL; d++)
        TRY(tx_search_put(call, tx, text_of(d->kind), text_of(d->id),
                          words_for_index(call->arena, text_of(d->text))));
    return OK;
}

static const struct doc docs[] = {
    {"risk", "1", "Bias in the credit scoring model"},
    {"risk", "2", "Model drift"},
    {"system", "3", "Credit scoring"},
    {"system", "4", "人工智能风险评估系统"},
    {"risk", "5", "风险登记：数据质量"},
    {"risk", "6", "Über-Modell für Prüfung"},
    {"risk", "7", "and or not near"},
    {NULL, NULL, NULL},
};

/* The ids found, separated by spaces. */
static const char *find(struct room *room, const char *kind, const char *query, size_t most)
{
    struct reader *r = store_reader(room->store);
    struct text words = words_for_query(room->arena, text_of(query));
    struct buf b = buf_in(room->arena, 1000);
    struct search_hit *hits;
    size_t count;
    enum err e = read_search(room->call, r, text_of(kind), words, most, &hits, &count);

    store_return(room->store, r);
    assert_int_equal(e, OK);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_byte(&b, ' ');
        buf_add(&b, hits[i].id);
        assert_true(i == 0 || hits[i - 1].rank <= hits[i].rank);
    }
    return text_c(room->arena, buf_text(&b));
}

static void fill(struct room *room, const struct doc *with)
{
    assert_int_equal(store_run(room->store, room->call, put_docs, (void *)with), OK);
}

static void english_is_found_by_word_and_prefix(void **state)
{
    ROOM(state);
    fill(room, docs);
    assert_string_equal(find(room, "", "credit", 10), "3 1");
    assert_string_equal(find(room, "", "CREDIT scor", 10), "3 1");
    assert_string_equal(find(room, "", "scoring credit", 10), "3 1");
    assert_string_equal(find(room, "", "scor credit", 10), "");
    assert_string_equal(find(room, "", "mode", 10), "2 6 1");
    assert_string_equal(find(room, "", "m", 10), "");
    assert_string_equal(find(room, "", "uber", 10), "6");
    assert_string_equal(find(room, "", "credit drift", 10), "");
}

static void chinese_is_found_by_pairs(void **state)
{
    ROOM(state);
    fill(room, docs);
    assert_string_equal(find(room, "risk", "风险", 10), "5");
    assert_string_equal(find(room, "system", "风险", 10), "4");
    assert_string_equal(find(room, "", "风险评估", 10), "4");
    assert_string_equal(find(room, "", "险", 10), find(room, "", "风险", 10));
    assert_string_equal(find(room, "", "险风", 10), "");
}

static void words_of_the_query_language_are_words(void **state)
{
    ROOM(state);
    fill(room, docs);
    assert_string_equal(find(room, "", "and", 10), "7");
    assert_string_equal(find(room, "", "or not near", 10), "7");
    assert_string_equal(find(room, "", "\"and\" & (or) | !not:* near*", 10), "7");
}

/* Words that were never folded must not break the query either. */
static size_t hits_for(struct room *room, const char *words)
{
    struct reader *r = store_reader(room->store);
    struct search_hit *hits;
    size_t count = 99;
    enum err e = read_search(room->call, r, TEXT(""), text_of(words), 10, &hits, &count);

    store_return(room->store, r);
    assert_int_equal(e, OK);
    return count;
}

static void wild_words_find_nothing_and_break_nothing(void **state)
{
    ROOM(state);
    const char *wild[] = {"'",  "\"", "a'b \\", ":* &", "NEAR(", "\\'", "''",  "",
                          "  ", "*",  "^x",     "-",    "AND",   "OR",  "\xff"};

    fill(room, docs);
    for (size_t i = 0; i < COUNT(wild); i++)
        assert_int_equal(hits_for(room, wild[i]), 0);
}

static void kind_and_most_limit(void **state)
{
    ROOM(state);
    fill(room, docs);
    assert_string_equal(find(room, "system", "credit", 10), "3");
    assert_string_equal(find(room, "risk", "credit", 10), "1");
    assert_string_equal(find(room, "control", "credit", 10), "");
    assert_string_equal(find(room, "", "credit", 1), "3");
}

static void putting_again_replaces(void **state)
{
    ROOM(state);
    const struct doc again[] = {
        {"risk", "2", "Entirely other"}, {"system", "3", ""}, {NULL, NULL, NULL}};

    fill(room, docs);
    fill(room, again);
    assert_string_equal(find(room, "", "drift", 10), "");
    assert_string_equal(find(room, "", "entirely", 10), "2");
    assert_string_equal(find(room, "", "credit", 10), "1");
    fill(room, again);
    assert_string_equal(find(room, "", "entirely", 10), "2");
}

/* ---- in a job that may run again, documents wait for the end of the group ---------------- */
struct later {
    struct job job;
    sem_t finished;
    enum err outcome;
};

static void later_done(struct job *job, enum err outcome)
{
    struct later *l = (struct later *)job;

    l->outcome = outcome;
    sem_post(&l->finished);
}

static void fill_later(struct room *room, const struct doc *with)
{
    struct later l = {.job = {.run = put_docs,
                              .done = later_done,
                              .call = room_call(room),
                              .arg = (void *)with,
                              .again = true}};

    sem_init(&l.finished, 0, 0);
    put_runs = 0;
    assert_int_equal(store_submit(room->store, &l.job), OK);
    sem_wait(&l.finished);
    assert_int_equal(l.outcome, OK);
    assert_int_equal(put_runs, 1); /* nothing had to be done again */
    sem_destroy(&l.finished);
}

static void the_last_put_of_a_group_stands(void **state)
{
    ROOM(state);
    static const struct doc with[] = {{"risk", "1", "alpha"}, {"risk", "2", "beta"},
                                      {"risk", "1", "gamma"}, {"risk", "2", ""},
                                      {"risk", "3", ""},      {"risk", "3", "delta"},
                                      {"task", "1", "gamma"}, {NULL, NULL, NULL}};

    fill_later(room, docs);
    assert_string_equal(find(room, "", "credit", 10), "3 1");
    fill_later(room, with);
    assert_string_equal(find(room, "", "alpha", 10), "");
    assert_string_equal(find(room, "", "beta", 10), "");
    assert_string_equal(find(room, "", "gamma", 10), "1 1");
    assert_string_equal(find(room, "", "delta", 10), "3");
    assert_string_equal(find(room, "", "credit", 10), "3");
}

static void many_documents_of_a_group_are_all_found(void **state)
{
    ROOM(state);
    struct doc *with = NEW_MANY(room->arena, 101, struct doc);

    for (int i = 0; i < 100; i++)
        with[i] = (struct doc){"task", text_print(room->arena, "%03d", i).at, "the same words"};
    fill_later(room, with);
    assert_int_equal(room_number(room, "SELECT count(*) FROM search_doc"), 100);
    assert_int_equal(strlen(find(room, "task", "same words", 100)), 100 * 4 - 1);
}

static enum err put_and_refuse(struct job *job, struct call *call, struct tx *tx)
{
    TRY(put_docs(job, call, tx));
    return ERR_DENIED;
}

static void a_refused_job_leaves_no_words(void **state)
{
    ROOM(state);
    assert_int_equal(store_run(room->store, room->call, put_and_refuse, (void *)docs),
                     ERR_DENIED);
    assert_string_equal(find(room, "", "credit", 10), "");
}

static enum err put_huge(struct job *job, struct call *call, struct tx *tx)
{
    struct buf b = buf_in(call->arena, 4 * 1024 * 1024);

    buf_add_c(&b, "beginning");
    for (int i = 0; b.len < 2 * 1024 * 1024; i++)
        buf_print(&b, " word%d", i);
    return tx_search_put(call, tx, TEXT("note"), TEXT("huge"), buf_text(&b));
}

static void a_huge_document_is_indexed_as_far_as_it_goes(void **state)
{
    ROOM(state);
    assert_int_equal(store_run(room->store, room->call, put_huge, NULL), OK);
    assert_string_equal(find(room, "", "beginning word7", 10), "huge");
    assert_string_equal(find(room, "", "word190000", 10), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(english_is_found_by_word_and_prefix),
        BOTH(chinese_is_found_by_pairs),
        BOTH(words_of_the_query_language_are_words),
        BOTH(wild_words_find_nothing_and_break_nothing),
        BOTH(kind_and_most_limit),
        BOTH(putting_again_replaces),
        BOTH(the_last_put_of_a_group_stands),
        BOTH(many_documents_of_a_group_are_all_found),
        BOTH(a_refused_job_leaves_no_words),
        BOTH(a_huge_document_is_indexed_as_far_as_it_goes),
    };

    return cmocka_run_group_tests_name("store search", tests, NULL, NULL);
}
