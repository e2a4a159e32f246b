/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/candidates.c — where to look for what is somebody's turn. Of the living records (table
 * turn) those that can concern the actor at all, in the order of lists of tasks: kept by them, offered to
 * them, in a place whose next moves name a role of theirs, naming them in a field that a next move names.
 * Never too few: whose turn they are is judged by turns.c, of these alone.
 * Few are gathered by who they concern and put in order here; where there are many the table is walked
 * in its order, and left as soon as there are enough. */
#include "record/query/turns.h"

#include <stdlib.h>
#include <string.h>

#define GATHERED_MOST 1000 /* more are walked */
#define ARMS_MOST 60       /* selects of one statement; SQLite allows 500 */
#define GRANTS_MOST 64

/* A place of a kind, and which grants of the actor make it theirs: a bit each. */
struct place {
    struct text name;
    uint64_t grants;
};

struct candidates {
    struct call *call;
    struct records *records;
    struct reader *db;
    const struct turns_query *of;
    struct text after_day, after_key;
    struct place *places;
    size_t place_count;
    struct text *kept; /* places in which what the actor keeps may wait for others; NULL: not asked */
    size_t kept_count;
    struct text *being_signed; /* places of what they may have signed, and waits for others */
    size_t being_signed_count;
    bool left;    /* the actor may see to what those who have left hold */
    bool granted; /* a record may give them a role (model: "grants") */
    bool walk;
    struct rows gathered; /* unless walking: all that come after the place where the page begins */
    size_t at;
    bool end;
};

/* As living__signed, of all at once. */
static void add_being_signed(struct query *q)
{
    if (!living__signs(q->kind)) {
        buf_add_c(&q->sql, "''");
        return;
    }
    buf_print(
        &q->sql,
        "CASE WHEN EXISTS (SELECT 1 FROM signature g WHERE g.kind = '%.*s' AND g.id = t.id AND "
        "g.move <> 'redact' AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.signature = "
        "g.own_id) AND NOT EXISTS (SELECT 1 FROM version v WHERE v.kind = g.kind AND v.id = "
        "g.id AND v.version > g.version AND COALESCE(v.alters, 1) > 0)) THEN '" BEING_SIGNED
        "' ELSE '' END",
        TEXT_ARG(q->kind->name));
}

enum err query__fill_living(struct call *call, struct records *r, struct tx *tx,
                            const struct kind *k)
{
    struct query q = sql__start(call, r, k);
    bool itself = text_is(k->is, "unit_tree");
    buf_print(
        &q.sql,
        "INSERT INTO turn(kind, id, place, unit, keeper, offered, day, num) SELECT '%.*s', "
        "t.id, "
        "'%.*s.' || t.state || t.being_signed, %s, COALESCE(t.owner, t.author), t.offered_to, "
        "COALESCE(t.due, t.review_due, '" NO_DAY "'), t.\"key\" FROM (SELECT ",
        TEXT_ARG(k->name), TEXT_ARG(k->name), itself ? "COALESCE(t.unit, t.id)" : "t.unit");
    add_being_signed(&q);
    buf_print(&q.sql,
              " AS being_signed, t.* FROM \"%.*s\" t) t WHERE t.offered_to IS NOT NULL OR "
              "t.being_signed <> '' OR ",
              TEXT_ARG(k->name));
    sql__states(&q, ~UINT64_C(0));
    const char *sql;
    TRY(sql__finish(&q, &sql));
    return tx_exec(call, tx, sql, q.values.at, q.values.count, NULL);
}

/* The actor, or for whom they stand in. */
static struct text whose(const struct candidates *c)
{
    const struct actor *a = c->call->actor;
    return a->stands_for.len ? a->stands_for : a->person;
}

static struct text place_of(const struct candidates *c, const struct kind *k, size_t state,
                            bool is_signed)
{
    return text_print(c->call->arena, "%.*s.%.*s%s", TEXT_ARG(k->name),
                      TEXT_ARG(k->states[state].name), is_signed ? BEING_SIGNED : "");
}

/* ---- places: by role ------------------------------------------------------------------------ */
static uint64_t holding(const struct actor *a, struct text role)
{
    uint64_t out = 0;
    for (size_t i = 0; i < a->grant_count; i++)
        if (text_same(a->grants[i].role, role))
            out |= UINT64_C(1) << (i < GRANTS_MOST ? i : GRANTS_MOST - 1);
    return out;
}

static uint64_t holding_any(const struct actor *a, const struct who_list *list)
{
    uint64_t out = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->one[i].role.len && turn__counts(list, &list->one[i]))
            out |= holding(a, list->one[i].role);
    return out;
}

/* More moves can be a turn where a signature stands. */
static void add_place(struct candidates *c, const struct kind *k, size_t state, bool is_signed)
{
    struct place *p = &c->places[c->place_count];
    const struct move *m;
    bool by_signature;
    p->grants = 0;
    for (size_t nth = 0; (m = turn__move(k, state, nth, &by_signature)); nth++)
        for (size_t step = 0; step < m->step_count && (is_signed || !by_signature); step++)
            p->grants |= holding_any(c->call->actor, &m->steps[step].by);
    if (!p->grants)
        return;
    p->name = place_of(c, k, state, is_signed);
    c->place_count++;
}

static void find_places(struct candidates *c)
{
    const struct model *m = c->records->model;
    size_t room = 0;
    for (size_t i = 0; i < m->kind_count; i++)
        room += m->kinds[i].state_count;
    c->places = NEW_MANY(c->call->arena, 2 * room + 1, struct place);
    for (size_t i = 0; i < m->kind_count; i++)
        for (size_t s = 0; s < m->kinds[i].state_count; s++) {
            add_place(c, &m->kinds[i], s, false);
            if (living__signs(&m->kinds[i]))
                add_place(c, &m->kinds[i], s, true);
        }
}

static bool is_for_owner(const struct move *m)
{
    const struct who_list *by = &m->steps[0].by;
    bool named = false, owner = false;
    if (m->step_count != 1 || move_takes_many(m) || m->duty_count)
        return false;
    for (size_t i = 0; i < by->count; i++) {
        const struct who *w = &by->one[i];
        named = named || turn__counts(by, w);
        owner = owner || (text_is(w->relation, "owner") && !w->via.len && !w->as.len);
    }
    return owner || !named;
}

/* Whatever comes next is its owner's: it never waits for others. */
static bool always_theirs(const struct kind *k, size_t state)
{
    const struct move *next;
    for (size_t nth = 0; (next = turn__next(k, state, nth)); nth++)
        if (!is_for_owner(next))
            return false;
    return true;
}

static void find_kept(struct candidates *c)
{
    const struct model *m = c->records->model;
    const bool bare = c->call->actor->bare;
    size_t room = 0;
    for (size_t i = 0; i < m->kind_count; i++)
        room += m->kinds[i].state_count;
    c->kept = NEW_MANY(c->call->arena, 2 * room + 1, struct text);
    c->being_signed = NEW_MANY(c->call->arena, room + 1, struct text);
    for (size_t i = 0; i < m->kind_count; i++)
        for (size_t s = 0; s < m->kinds[i].state_count; s++) {
            const struct kind *k = &m->kinds[i];
            if (turn__waits(k, s) && (bare || !always_theirs(k, s)))
                c->kept[c->kept_count++] = place_of(c, k, s, false);
            if (living__signs(k))
                c->being_signed[c->being_signed_count++] = c->kept[c->kept_count++] =
                    place_of(c, k, s, true);
        }
}

/* ---- conditions over the table turn, and selects of ids ------------------------------------- */
/* The statement is made of alternatives, in one of two ways. */
struct grounds_of {
    struct query *q;
    bool walk;    /* " OR …" else " UNION ALL SELECT …" */
    bool probe;   /* only whether there are: what the indexes tell */
    size_t count; /* alternatives so far */
    const struct kind *of; /* walking: whose alternatives are being added */
};

#define FOUND "SELECT u.place, u.id, u.day, u.num FROM "
#define PROBED "SELECT 1 FROM "

static void begin_here(struct grounds_of *g)
{
    if (g->walk)
        buf_add_c(&g->q->sql, g->count ? " OR (" : "(");
    else if (g->probe)
        buf_add_c(&g->q->sql, g->count ? " UNION ALL " PROBED "turn u WHERE (" : PROBED "turn u WHERE (");
    else
        buf_add_c(&g->q->sql, g->count ? " UNION ALL " FOUND "turn u WHERE (" : FOUND "turn u WHERE (");
    g->count++;
}

static void end_here(struct grounds_of *g)
{
    buf_add_c(&g->q->sql, ")");
}

/* Where the table is walked, the ids of a kind are gathered only when a row of the kind is met.
 */
static void end_kind(struct grounds_of *g)
{
    if (g->of)
        buf_add_c(&g->q->sql, "))");
    g->of = NULL;
}

static void begin_kind(struct grounds_of *g, const struct kind *k)
{
    end_kind(g);
    buf_print(&g->q->sql, "%s(u.kind = '%.*s' AND (", g->count ? " OR " : "",
              TEXT_ARG(k->name));
    g->of = k;
}

/* Of ids of the kind that another table tells: "SELECT …", after it end_ids; kind by kind, and
 * at last end_kind. */
static void begin_ids(struct grounds_of *g, const struct kind *k)
{
    if (!g->walk)
        buf_add_c(&g->q->sql, g->count ? " UNION ALL " FOUND "(" : FOUND "(");
    else if (g->of == k)
        buf_add_c(&g->q->sql, " OR u.id IN (");
    else {
        begin_kind(g, k);
        buf_add_c(&g->q->sql, "u.id IN (");
    }
    g->count++;
}

static void end_ids(struct grounds_of *g, const struct kind *k)
{
    buf_add_c(&g->q->sql, ")");
    if (!g->walk)
        buf_print(&g->q->sql, " x CROSS JOIN turn u WHERE u.kind = '%.*s' AND u.id = x.id",
                  TEXT_ARG(k->name));
}

/* "Those that stand in one of the places", kept by the person ($n; 0: by anybody); conditions on u
 * may follow, after it end_places. PostgreSQL takes a place for common, since most records stand in a
 * few, and would read the whole table for a rare one: it is led there place by place. */
static void begin_places(struct grounds_of *g, const struct text *names, size_t count,
                         size_t keeper)
{
    struct buf *sql = &g->q->sql;
    if (g->walk || !g->q->postgres) {
        begin_here(g);
        buf_add_c(sql, "u.place");
        sql__in(g->q, names, count);
    } else {
        buf_add_c(sql, g->count++ ? " UNION ALL " : "");
        buf_add_c(sql, g->probe ? PROBED : FOUND);
        sql__set(g->q, sql__json_of(g->q, names, count));
        buf_add_c(sql, " CROSS JOIN LATERAL (SELECT u.* FROM turn u WHERE ");
        if (keeper) /* a range: what is constant is no order, and no reason for the index */
            buf_print(sql, "u.keeper = $%zu AND u.place >= s.value AND u.place <= s.value",
                      keeper);
        else
            buf_add_c(sql, "u.place = s.value");
        return;
    }
    if (keeper)
        buf_print(sql, " AND u.keeper = $%zu", keeper);
}

static void end_places(struct grounds_of *g, bool kept)
{
    if (g->walk || !g->q->postgres)
        end_here(g);
    else
        buf_print(&g->q->sql, " ORDER BY %s LIMIT %d) u",
                  kept ? "u.keeper, u.place" : "u.place, u.unit", GATHERED_MOST + 1);
}

/* In which units those grants hold; count 0: in all of them. */
static struct text *units_of(struct candidates *c, uint64_t grants, size_t *count)
{
    const struct actor *a = c->call->actor;
    struct text *units = NEW_MANY(c->call->arena, a->grant_count + 1, struct text);
    *count = 0;
    for (size_t i = 0; i < a->grant_count; i++) {
        if (!(grants >> (i < GRANTS_MOST ? i : GRANTS_MOST - 1) & 1))
            continue;
        if (!a->grants[i].unit.len || i >= GRANTS_MOST - 1) {
            *count = 0;
            return units;
        }
        units[(*count)++] = a->grants[i].unit;
    }
    return units;
}

static void add_place_of(struct grounds_of *g, struct candidates *c, size_t first,
                         const bool *done)
{
    struct query *q = g->q;
    uint64_t grants = c->places[first].grants;
    struct text *names = NEW_MANY(c->call->arena, c->place_count, struct text);
    size_t n = 0, unit_count;
    for (size_t i = first; i < c->place_count; i++)
        if (!done[i] && c->places[i].grants == grants)
            names[n++] = c->places[i].name;
    struct text *units = units_of(c, grants, &unit_count);
    begin_places(g, names, n, 0);
    if (unit_count) {
        buf_add_c(&q->sql,
                  " AND u.unit IN (SELECT descendant FROM unit_closure WHERE ancestor");
        sql__in(q, units, unit_count);
        buf_add_c(&q->sql, ")");
    }
    end_places(g, false);
}

static void add_signed_by(struct candidates *c, struct grounds_of *g, size_t person)
{
    if (!c->being_signed_count)
        return;
    begin_places(g, c->being_signed, c->being_signed_count, 0);
    buf_print(
        &g->q->sql,
        " AND EXISTS (SELECT 1 FROM signature g WHERE g.kind = u.kind AND g.id = u.id AND "
        "(g.person = $%zu OR g.stands_for = $%zu))",
        person, person);
    end_places(g, false);
}

/* By the index of days, of which few have come: IS TRUE keeps off the one of keepers.
 * PostgreSQL, which plans without knowing the day, follows an index only where it is the order
 * of a part. */
static void add_kept_soon(struct candidates *c, struct grounds_of *g, size_t person)
{
    struct buf *sql = &g->q->sql;
    const bool part = g->q->postgres && !g->walk;
    if (part) {
        buf_add_c(sql, g->count++ ? " UNION ALL " : "");
        buf_add_c(sql, g->probe ? PROBED : FOUND);
        buf_add_c(sql, "(SELECT u.* FROM turn u WHERE ");
    } else
        begin_here(g);
    buf_print(sql, "(u.keeper = $%zu) IS TRUE AND u.day <= ", person);
    sql__bind(g->q, V_TEXT(c->of->soon));
    if (part)
        buf_print(sql, " ORDER BY u.day, u.num LIMIT %d) u", GATHERED_MOST + 1);
    else
        end_here(g);
}

static void add_keeping(struct candidates *c, struct grounds_of *g, size_t person)
{
    if (c->call->actor->bare && !c->of->others) {
        add_kept_soon(c, g, person);
        return;
    }
    begin_here(g);
    buf_print(&g->q->sql, "u.keeper = $%zu", person);
    end_here(g);
}

/* What is the actor's by being named in the table itself, and by their roles. */
static void add_plain(struct candidates *c, struct grounds_of *g, size_t person)
{
    const bool bare = c->call->actor->bare; /* keeping something makes nothing its turn */
    if (c->kept) {
        begin_places(g, c->kept, c->kept_count, person);
        end_places(g, true);
    } else
        add_keeping(c, g, person);
    if (c->of->others) {
        add_signed_by(c, g, person);
        return;
    }
    if (!bare) {
        begin_here(g);
        buf_print(&g->q->sql, "u.offered = $%zu", person);
        end_here(g);
    }
    bool *done = NEW_MANY(c->call->arena, c->place_count + 1, bool);
    for (size_t i = 0; i < c->place_count; i++) {
        if (done[i])
            continue;
        add_place_of(g, c, i, done);
        for (size_t j = c->place_count; j-- > i;)
            done[j] = done[j] || c->places[j].grants == c->places[i].grants;
    }
    if (!c->left)
        return;
    begin_here(g);
    buf_add_c(&g->q->sql, "u.keeper IN (SELECT p.id FROM person p WHERE p.disabled = 1)");
    end_here(g);
}

/* ---- by being named in a field ---------------------------------------------------------------- */
/* "SELECT x.id FROM k x WHERE f names the actor". */
static void add_naming(struct query *q, const struct kind *k, const struct field *f, size_t person)
{
    if (f->type->refers == REFERS_MANY)
        buf_print(&q->sql,
                  "SELECT l.from_id AS id FROM link l WHERE l.to_id = $%zu AND l.type = '%.*s' AND "
                  "l.from_kind = '%.*s' AND l.free = 0",
                  person, TEXT_ARG(f->name), TEXT_ARG(k->name));
    else
        buf_print(&q->sql, "SELECT x.id AS id FROM \"%.*s\" x WHERE x.\"%.*s\" = $%zu",
                  TEXT_ARG(k->name), TEXT_ARG(f->name), person);
}

static void add_field(struct grounds_of *g, const struct kind *k, const struct field *f,
                      size_t person)
{
    begin_ids(g, k);
    add_naming(g->q, k, f, person);
    end_ids(g, k);
}

static void add_through(struct grounds_of *g, const struct kind *k, const struct field *via,
                        const struct field *f, size_t person)
{
    begin_ids(g, k);
    buf_print(&g->q->sql, "SELECT y.id AS id FROM \"%.*s\" y WHERE y.\"%.*s\" IN (",
              TEXT_ARG(k->name), TEXT_ARG(via->name));
    add_naming(g->q, via->target_kind, f, person);
    buf_add_c(&g->q->sql, ")");
    end_ids(g, k);
}

static void add_over(struct grounds_of *g, const struct kind *k, const struct kind *by,
                     size_t person)
{
    const struct grants *gr = &by->grants;
    bool itself = k == gr->over->target_kind;
    const struct field *over = who__over_field(gr, k);
    if (!itself && !over)
        return;
    begin_ids(g, k);
    buf_print(&g->q->sql,
              "SELECT y.id AS id FROM \"%.*s\" y WHERE y.\"%.*s\" IN (SELECT ga.\"%.*s\" FROM \"%.*s\" ga "
              "WHERE ga.\"%.*s\" = $%zu)",
              TEXT_ARG(k->name), TEXT_ARG(itself ? TEXT("id") : over->name),
              TEXT_ARG(gr->over->name), TEXT_ARG(by->name), TEXT_ARG(gr->to->name), person);
    end_ids(g, k);
}

static void add_relations(struct grounds_of *g, const struct kind *k, size_t person)
{
    struct turn_field *fields;
    size_t count = turn__fields(g->q->call->arena, k, &fields);
    for (size_t i = 0; i < count; i++)
        if (fields[i].via)
            add_through(g, k, fields[i].via, fields[i].field, person);
        else
            add_field(g, k, fields[i].field, person);
}

/* Of kind after kind from *next on, as many as one statement takes. */
static void add_named(struct candidates *c, struct grounds_of *g, size_t person, size_t *next,
                      size_t most)
{
    const struct model *m = c->records->model;
    for (; *next < m->kind_count && g->count < most; ++*next) {
        const struct kind *k = &m->kinds[*next];
        if (!c->call->actor->bare)
            add_relations(g, k, person);
        for (size_t i = 0; c->granted && i < m->kind_count; i++)
            if (m->kinds[i].grants.in)
                add_over(g, k, &m->kinds[i], person);
    }
    end_kind(g);
}

/* ---- what is asked before -------------------------------------------------------------------- */
static enum err any(struct candidates *c, const char *sql, const struct value *v, bool *yes)
{
    struct rows rows;
    TRY(read_rows(c->call, c->db, sql, v, v ? 1 : 0, 1, &rows));
    *yes = rows.count > 0;
    return OK;
}

/* Of what somebody left behind the next step is for whoever may put it away: some role of theirs. */
static enum err look_for_left(struct candidates *c)
{
    const struct model *m = c->records->model;
    bool may = c->granted;
    for (size_t i = 0; i < m->kind_count && !may; i++) {
        const struct move *archive = kind_move(&m->kinds[i], TEXT("archive"));
        for (size_t j = 0; archive && j < archive->by.count; j++) {
            const struct who *w = &archive->by.one[j];
            may = may || !w->role.len || holding(c->call->actor, w->role);
        }
    }
    return may ? any(c, "SELECT 1 FROM person p WHERE p.disabled = 1 LIMIT 1", NULL, &c->left) : OK;
}

static enum err look_for_grants(struct candidates *c)
{
    const struct model *m = c->records->model;
    struct value me = V_TEXT(whose(c));
    for (size_t i = 0; i < m->kind_count && !c->granted; i++) {
        const struct kind *k = &m->kinds[i];
        if (!k->grants.in)
            continue;
        struct query q = sql__start(c->call, c->records, k);
        const char *sql;
        buf_print(&q.sql, "SELECT 1 FROM \"%.*s\" t WHERE t.\"%.*s\" = $1 LIMIT 1",
                  TEXT_ARG(k->name), TEXT_ARG(k->grants.to->name));
        TRY(sql__finish(&q, &sql));
        TRY(any(c, sql, &me, &c->granted));
    }
    return OK;
}

/* ---- few: gathered -------------------------------------------------------------------------- */
static void keep(struct candidates *c, const struct rows *rows)
{
    struct value *cells =
        NEW_MANY(c->call->arena, (c->gathered.count + rows->count + 1) * 4, struct value);
    if (c->gathered.count)
        memcpy(cells, c->gathered.cells, c->gathered.count * 4 * sizeof *cells);
    size_t n = c->gathered.count;
    for (size_t i = 0; i < rows->count; i++)
        memcpy(&cells[4 * n++], row_at(rows, i), 4 * sizeof *cells);
    c->gathered = (struct rows){n, 4, cells};
}

static enum err gather_by(struct candidates *c, struct grounds_of *g)
{
    struct rows rows;
    const char *sql;
    buf_print(&g->q->sql, " LIMIT %d", GATHERED_MOST + 1);
    TRY(sql__finish(g->q, &sql));
    TRY(read_rows(c->call, c->db, sql, g->q->values.at, g->q->values.count, GATHERED_MOST + 1,
                  &rows));
    keep(c, &rows);
    c->walk = c->gathered.count > GATHERED_MOST;
    return OK;
}

static int by_place(const void *a, const void *b)
{
    const struct value *x = a, *y = b;
    int order = text_compare(x[2].text, y[2].text);
    return order ? order : text_compare(x[3].text, y[3].text);
}

/* In order, once each, and only those that come after what was shown. */
static void put_in_order(struct candidates *c)
{
    struct rows *g = &c->gathered;
    size_t n = 0;
    if (!g->count)
        return;
    qsort(g->cells, g->count, 4 * sizeof *g->cells, by_place);
    const struct value after[4] = {[2] = V_TEXT(c->after_day), [3] = V_TEXT(c->after_key)};
    for (size_t i = 0; i < g->count; i++) {
        struct value *row = &g->cells[4 * i];
        bool again = n && by_place(row, &g->cells[4 * (n - 1)]) == 0;
        if (again || (c->after_key.len && by_place(row, after) <= 0))
            continue;
        memmove(&g->cells[4 * n++], row, 4 * sizeof *row);
    }
    g->count = n;
}

/* More than are gathered? The indexes alone tell. */
static enum err probe(struct candidates *c)
{
    struct query q = sql__start(c->call, c->records, NULL);
    struct grounds_of g = {.q = &q, .probe = true};
    struct rows rows;
    const char *sql;
    add_plain(c, &g, sql__keep(&q, V_TEXT(c->call->actor->person)));
    buf_print(&q.sql, " LIMIT %d", GATHERED_MOST + 1);
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(c->call, c->db, sql, q.values.at, q.values.count, GATHERED_MOST + 1, &rows));
    c->walk = rows.count > GATHERED_MOST;
    return OK;
}

static enum err gather(struct candidates *c)
{
    TRY(probe(c));
    if (c->walk)
        return OK;
    struct query q = sql__start(c->call, c->records, NULL);
    struct grounds_of g = {.q = &q};
    size_t next = c->of->others ? c->records->model->kind_count : 0;
    add_plain(c, &g, sql__keep(&q, V_TEXT(whose(c))));
    TRY(gather_by(c, &g));
    while (!c->walk && next < c->records->model->kind_count) {
        struct query more = sql__start(c->call, c->records, NULL);
        struct grounds_of named = {.q = &more};
        add_named(c, &named, sql__keep(&more, V_TEXT(whose(c))), &next, ARMS_MOST);
        if (named.count)
            TRY(gather_by(c, &named));
    }
    if (!c->walk)
        put_in_order(c);
    return OK;
}

/* ---- many: walked --------------------------------------------------------------------------- */
static enum err walk_on(struct candidates *c, size_t most, struct rows *out)
{
    struct query q = sql__start(c->call, c->records, NULL);
    struct grounds_of g = {.q = &q, .walk = true};
    size_t person = sql__keep(&q, V_TEXT(whose(c))), next = 0;
    const char *sql;
    buf_add_c(&q.sql, FOUND "turn u WHERE (u.day, u.num) > (");
    sql__bind(&q, V_TEXT(c->after_day));
    buf_add_c(&q.sql, ", ");
    sql__bind(&q, V_TEXT(c->after_key));
    buf_add_c(&q.sql, ") AND ("); /* IS TRUE: no index but that of the order */
    add_plain(c, &g, person);
    if (!c->of->others)
        add_named(c, &g, person, &next, SIZE_MAX);
    buf_print(&q.sql, ") IS TRUE ORDER BY u.day, u.num LIMIT %zu", most);
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(c->call, c->db, sql, q.values.at, q.values.count, most, out));
    c->end = out->count < most;
    if (!c->end) {
        const struct value *last = row_at(out, out->count - 1);
        c->after_day = last[2].text;
        c->after_key = last[3].text;
    }
    return OK;
}

enum err candidates__open(struct call *call, struct records *r, struct reader *db,
                          const struct turns_query *of, struct candidates **out)
{
    struct candidates *c = NEW(call->arena, struct candidates);
    *c = (struct candidates){.call = call, .records = r, .db = db, .of = of};
    c->after_key = of->after_key;
    if (of->after_key.len)
        c->after_day = of->after_day.len ? of->after_day : TEXT(NO_DAY);
    if (of->others)
        find_kept(c);
    if (!of->others) {
        find_places(c);
        TRY(look_for_grants(c));
        TRY(look_for_left(c));
    }
    TRY(gather(c));
    *out = c;
    return OK;
}

enum err candidates__next(struct candidates *c, size_t most, struct rows *out)
{
    if (c->walk)
        return c->end ? (*out = (struct rows){0}, OK) : walk_on(c, most, out);
    size_t left = c->gathered.count - c->at, n = left < most ? left : most;
    *out = (struct rows){n, 4, c->gathered.cells ? &c->gathered.cells[4 * c->at] : NULL};
    c->at += n;
    return OK;
}
