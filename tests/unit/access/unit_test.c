/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/unit_test.c — the closure of the unit tree against a model that knows only
 * parents: after every random move both must agree on every pair. */
#include "site.h"

#define UNITS 12
#define MOVES 250

struct naive {
    int parent[UNITS]; /* -1 root, -2 does not exist */
};

struct step {
    int unit, parent;
};

static struct text name_of(struct arena *arena, int unit)
{
    return unit < 0 ? TEXT("") : text_print(arena, "u%02d", unit);
}

static enum err put_run(struct job *job, struct call *call, struct tx *tx)
{
    const struct step *step = job->arg;
    return access_unit_put(call, tx, name_of(call->arena, step->unit),
                           name_of(call->arena, step->parent));
}

/* Steps from a unit up to one above it; -1 when it is not above. */
static int distance(const struct naive *n, int unit, int above)
{
    int depth = 0;
    for (; unit >= 0 && unit != above; depth++)
        unit = n->parent[unit];
    return unit == above ? depth : -1;
}

static enum err expected(const struct naive *n, const struct step *step)
{
    if (step->parent < 0)
        return OK;
    if (step->unit == step->parent)
        return ERR_CONFLICT;
    if (n->parent[step->parent] == -2)
        return ERR_INVALID;
    return distance(n, step->parent, step->unit) >= 0 ? ERR_CONFLICT : OK;
}

static void compare(struct site *s, const struct naive *n)
{
    struct rows rows;
    struct call *call = site_call(s);
    size_t pairs = 0;
    assert_int_equal(access__rows(call, s->access,
                                  "SELECT ancestor, descendant, depth FROM unit_closure", NULL,
                                  0, READ_MOST, &rows),
                     OK);
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        int64_t above, below;
        assert_true(
            text_integer(text_from(row[0].text, row[0].text.at[1] == '0' ? 2 : 1), &above));
        assert_true(
            text_integer(text_from(row[1].text, row[1].text.at[1] == '0' ? 2 : 1), &below));
        assert_int_equal(row[2].integer, distance(n, (int)below, (int)above));
    }
    for (int below = 0; below < UNITS; below++)
        for (int above = 0; above < UNITS; above++)
            pairs += n->parent[below] != -2 && distance(n, below, above) >= 0;
    assert_int_equal(rows.count, pairs);
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16 & 0x7fff;
}

static void agrees_with_parents(void **state)
{
    struct site *s = *state;
    unsigned refused = 0, moved = 0, seed = 42;
    struct naive n;
    for (int i = 0; i < UNITS; i++)
        n.parent[i] = -2;
    for (int i = 0; i < MOVES; i++) {
        struct step step = {(int)(next_random(&seed) % UNITS),
                            (int)(next_random(&seed) % (UNITS + 1)) - 1};
        enum err e = expected(&n, &step);
        assert_int_equal(store_run(s->store, site_call(s), put_run, &step), e);
        refused += e != OK;
        moved += e == OK;
        if (e == OK)
            n.parent[step.unit] = step.parent;
        compare(s, &n);
    }
    assert_true(refused > MOVES / 10 && moved > MOVES / 10);
}

static void above_is_nearest_first(void **state)
{
    struct site *s = *state;
    static const char *const units[][2] = {
        {"hq", ""}, {"retail", "hq"}, {"cards", "retail"}, {"other", ""}};
    static const char *const want[] = {"cards", "retail", "hq"};
    struct text *above;
    size_t count;
    site_units(s, units, COUNT(units));
    struct reader *r = store_reader(s->store);
    assert_int_equal(access_units_above(site_call(s), s->access, r, TEXT("cards"), &above, &count), OK);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++)
        assert_true(text_is(above[i], want[i]));
    assert_int_equal(access_units_above(site_call(s), s->access, r, TEXT(""), &above, &count), OK);
    assert_int_equal(count, 0);
    store_return(s->store, r);

    struct grant grants[] = {{TEXT("assessor"), TEXT("retail")}, {TEXT("staff"), WHOLE}};
    struct actor a = {.type = ACTOR_USER, .grants = grants, .grant_count = 2};
    struct text covering[] = {TEXT("cards"), TEXT("retail"), TEXT("hq")};
    assert_true(actor_holds(&a, TEXT("assessor"), covering, 3));
    assert_true(actor_holds(&a, TEXT("assessor"), covering + 1, 2));
    assert_false(actor_holds(&a, TEXT("assessor"), covering + 2, 1));
    assert_false(actor_holds(&a, TEXT("assessor"), NULL, 0));
    assert_true(actor_holds(&a, TEXT("staff"), NULL, 0));
    assert_true(actor_holds_anywhere(&a, TEXT("assessor")));
    assert_false(actor_holds_anywhere(actor_command(site_call(s)), TEXT("assessor")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(agrees_with_parents),
        SITE_TEST(above_is_nearest_first),
    };
    return site_run("access unit", tests, COUNT(tests));
}
