/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/record/reach_test.c — what an actor may read, by running the condition on a
 * table. Every record of a small world against every kind of actor; what is expected is said by
 * a plain function that knows parents and grants, and nothing of SQL. */
#include "record/internal.h"
#include "site.h"

#include <string.h>

static const char *const units[][2] = {
    {"hq", ""}, {"retail", "hq"}, {"cards", "retail"}, {"branch", "hq"}};
static const char *const places[] = {"", "hq", "retail", "cards", "branch"};
static const char *const people[] = {"usr_a", "usr_b", ""};
static const char *const levels[] = {"internal", "restricted", ""};
#define RECORDS (COUNT(places) * COUNT(people) * COUNT(people) * COUNT(levels))

struct row {
    const char *unit, *owner, *keeper, *level;
};

static struct row row_of(size_t i)
{
    struct row r;
    r.unit = places[i % COUNT(places)];
    i /= COUNT(places);
    r.owner = people[i % COUNT(people)];
    i /= COUNT(people);
    r.keeper = people[i % COUNT(people)];
    r.level = levels[i / COUNT(people)];
    return r;
}

/* "" becomes NULL, as record/ stores an empty field. */
static struct value cell(const char *t)
{
    return *t == '\0' ? V_NULL : V_TEXT(text_of(t));
}

static enum err toy_run(struct job *job, struct call *call, struct tx *tx)
{
    TRY(tx_script(
        call, tx,
        "CREATE TABLE toy (id bigint PRIMARY KEY, unit text, owner text, author text, offered_to text, "
        "keeper text, confidentiality text)"));
    for (size_t i = 0; i < RECORDS; i++) {
        struct row r = row_of(i);
        struct value values[] = {V_INT((int64_t)i), cell(r.unit), cell(r.owner), cell(r.keeper),
                                 cell(r.level)};
        TRY(tx_exec(call, tx,
                    "INSERT INTO toy (id, unit, owner, author, keeper, confidentiality) "
                    "VALUES ($1, $2, $3, 'usr_z', $4, $5)",
                    values, 5, NULL));
    }
    return OK;
}

/* ---- the kind: two columns that name people, one field that does not --------------------- */

static struct field fields[] = {
    {.name = {"owner", 5}, .type = &type_ref, .target = TO_PERSON},
    {.name = {"keeper", 6}, .type = &type_ref, .target = TO_PERSON},
    {.name = {"team", 4}, .type = &type_refs, .target = TO_PERSON},
};
static struct kind kind = {.name = {"toy", 3}, .fields = fields, .field_count = COUNT(fields)};

static struct who by_role(const char *role)
{
    return (struct who){.role = text_of(role)};
}

static struct who by_relation(const char *relation)
{
    return (struct who){.relation = text_of(relation)};
}

/* ---- what is expected -------------------------------------------------------------------- */

static bool below(const char *unit, struct text top)
{
    while (*unit != '\0') {
        if (text_is(top, unit))
            return true;
        size_t i = 0;
        while (strcmp(units[i][0], unit) != 0)
            i++;
        unit = units[i][1];
    }
    return false;
}

static bool is_me(const struct actor *a, const char *person)
{
    return a->person.len > 0 && text_is(a->person, person);
}

static bool in_list(const struct actor *a, const struct who *w, const struct row *r)
{
    if (w->automatic || w->via.len > 0)
        return false;
    if (w->everyone)
        return a->type == ACTOR_USER;
    if (text_is(w->relation, "owner"))
        return is_me(a, r->owner);
    if (text_is(w->relation, "keeper"))
        return is_me(a, r->keeper);
    for (size_t i = 0; i < a->grant_count; i++)
        if (w->role.len > 0 && text_same(a->grants[i].role, w->role) &&
            (*r->unit == '\0' || a->grants[i].unit.len == 0 ||
             below(r->unit, a->grants[i].unit)))
            return true;
    return false;
}

static bool cleared(const struct actor *a, const struct row *r)
{
    if (strcmp(r->level, "restricted") != 0 || is_me(a, r->owner))
        return true;
    for (size_t i = 0; i < a->grant_count; i++)
        if (text_is(a->grants[i].role, "internal_auditor") &&
            (a->grants[i].unit.len == 0 || below(r->unit, a->grants[i].unit)))
            return true;
    return false;
}

static bool expected(const struct actor *a, const struct who_list *read, const struct row *r)
{
    if (a->all)
        return true;
    if (is_me(a, r->owner) || is_me(a, "usr_z"))
        return true;
    for (size_t i = 0; i < read->count; i++)
        if (in_list(a, &read->one[i], r))
            return cleared(a, r);
    return false;
}

/* ---- asking ------------------------------------------------------------------------------ */

static void compare(struct site *s, const struct actor *a, const struct who_list *read)
{
    struct rows rows;
    struct call *call = site_call(s);
    struct value values[400] = {V_INT(-1)};
    size_t count = 1, at = 0;
    struct reach reach = access_reach(call, a, &s->model, read);
    struct text condition = query__reach(call, &reach, store_kind(s->store) == STORE_POSTGRES,
                                         values, &count);
    struct text sql = text_print(s->arena,
                                 "SELECT t.id FROM toy t WHERE t.id > $1 AND %.*s "
                                 "ORDER BY t.id",
                                 TEXT_ARG(condition));
    assert_int_equal(access__rows(call, s->access, sql.at, values, count, RECORDS, &rows), OK);
    for (size_t i = 0; i < RECORDS; i++) {
        struct row r = row_of(i);
        bool seen = at < rows.count && row_at(&rows, at)[0].integer == (int64_t)i;
        at += seen;
        if (seen != expected(a, read, &r))
            fail_msg("unit=%s owner=%s keeper=%s %s: seen=%d by %.*s: %.*s", r.unit, r.owner,
                     r.keeper, r.level, seen, TEXT_ARG(a->id), TEXT_ARG(condition));
    }
    assert_int_equal(at, rows.count);
}

static void world(struct site *s)
{
    site_units(s, units, COUNT(units));
    assert_int_equal(store_run(s->store, site_call(s), toy_run, NULL), OK);
    s->model.kinds = &kind;
    s->model.kind_count = 1;
}

static struct who lists[][4] = {
    {{.everyone = true}},
    {{.automatic = true}},
    {{.role = {"staff", 5}}},
    {{.role = {"assessor", 8}}, {.role = {"internal_auditor", 16}}},
    {{.relation = {"owner", 5}}},
    {{.relation = {"keeper", 6}}, {.role = {"assessor", 8}}},
    {{.relation = {"owner", 5}, .via = {"system", 6}}, {.relation = {"keeper", 6}}},
    {{.relation = {"team", 4}}, {.role = {"internal_auditor", 16}}},
};

static void truth_table(void **state)
{
    struct site *s = *state;
    struct grant grants[][3] = {
        {{TEXT("staff"), WHOLE}},
        {{TEXT("staff"), WHOLE}, {TEXT("assessor"), TEXT("retail")}},
        {{TEXT("staff"), WHOLE}, {TEXT("assessor"), WHOLE}},
        {{TEXT("internal_auditor"), TEXT("hq")}, {TEXT("assessor"), TEXT("cards")}},
        {{TEXT("internal_auditor"), WHOLE}},
        {{TEXT("assessor"), TEXT("cards")},
         {TEXT("assessor"), TEXT("branch")},
         {TEXT("internal_auditor"), TEXT("cards")}},
        {{TEXT("admin"), WHOLE}},
    };
    world(s);
    for (size_t list = 0; list < COUNT(lists); list++) {
        kind.read = (struct who_list){lists[list], 0};
        for (size_t i = 0; i < COUNT(lists[list]); i++)
            kind.read.count += lists[list][i].role.len + lists[list][i].relation.len +
                                   lists[list][i].everyone + lists[list][i].automatic >
                               0;
        for (size_t i = 0; i < COUNT(grants); i++) {
            size_t count = 0;
            while (count < 3 && grants[i][count].role.len > 0)
                count++;
            struct actor a = {ACTOR_USER, TEXT("usr_a"), .person = TEXT("usr_a"),
                              .grants = grants[i], .grant_count = count};
            compare(s, &a, &kind.read);
            a.person = TEXT("usr_q");
            compare(s, &a, &kind.read);
        }
        compare(s, actor_command(site_call(s)), &kind.read);
        compare(s, actor_system(site_call(s)), &kind.read);
        struct actor token = {ACTOR_TOKEN, TEXT("tok_a"), .person = TEXT("")};
        compare(s, &token, &kind.read);
    }
}

/* A list that is not a kind's own names a field only when it is a column wherever it occurs. */
static void borrowed_lists(void **state)
{
    struct site *s = *state;
    world(s);
    kind.read = (struct who_list){NULL, 0};
    struct actor a = {ACTOR_USER, TEXT("usr_a"), .person = TEXT("usr_a")};
    struct who one[] = {by_relation("keeper"), by_relation("team"), by_relation("nothing"),
                        by_role("assessor")};
    compare(s, &a, &(struct who_list){one, COUNT(one)});
    struct value values[64];
    size_t count = 0;
    struct reach nobody = access_reach(site_call(s), NULL, &s->model, &kind.read);
    assert_true(text_is(query__reach(site_call(s), &nobody, false, values, &count), "1=0"));
    assert_int_equal(count, 0);
}

/* Somebody with a grant in each of very many units: all of them count, none is cut off. */
static void many_units(void **state)
{
    struct site *s = *state;
    struct grant grants[300];
    world(s);
    struct who one[] = {by_role("assessor"), by_relation("owner")};
    for (size_t i = 0; i < COUNT(grants); i++)
        grants[i] = (struct grant){TEXT("assessor"), text_print(s->arena, "unit%zu", i)};
    grants[COUNT(grants) - 1].unit = TEXT("cards");
    struct actor a = {ACTOR_USER, TEXT("usr_a"), .person = TEXT("usr_a"), .grants = grants,
                      .grant_count = COUNT(grants)};
    compare(s, &a, &(struct who_list){one, COUNT(one)});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(truth_table),
        SITE_TEST(borrowed_lists),
        SITE_TEST(many_units),
    };
    return site_run("record reach", tests, COUNT(tests));
}
