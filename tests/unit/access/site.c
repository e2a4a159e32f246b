/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/site.c — see site.h. */
#include "site.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ORIGIN "log.example.org/acme/records"

static const char *database; /* URL of PostgreSQL; NULL: SQLite */

static struct role roles[] = {
    {.name = {"aims_manager", 12}, .business = true, .approver = true, .sees_restricted = true},
    {.name = {"risk_owner", 10}, .business = true, .approver = true},
    {.name = {"assessor", 8}, .business = true},
    {.name = {"internal_auditor", 16}, .business = true, .sees_restricted = true},
    {.name = {"external_auditor", 16}, .business = true, .sees_restricted = true},
    {.name = {"staff", 5}},
    {.name = {"admin", 5}},
};

/* ---- opening and closing ----------------------------------------------------------------- */

static enum err migrate_run(struct job *job, struct call *call, struct tx *tx)
{
    size_t count;
    struct plan_step *steps;
    const struct table *tables = ledger_tables(&count);
    TRY(store_plan(call, tx, tables, count, &steps));
    TRY(store_migrate(call, tx, steps));
    tables = access_tables(&count);
    TRY(store_plan(call, tx, tables, count, &steps));
    TRY(store_migrate(call, tx, steps));
    TRY(store_plan(call, tx, tables, count, &steps));
    return steps == NULL ? OK : ERR_BUG;
}

static void show_problems(const struct call *call)
{
    for (const struct problem *p = call->problems; p != NULL; p = p->next)
        print_message("%.*s %.*s %.*s\n", TEXT_ARG(p->field), TEXT_ARG(p->code),
                      TEXT_ARG(p->message));
}

static void must(struct call *call, enum err e)
{
    if (e != OK)
        show_problems(call);
    assert_int_equal(e, OK);
}

static void open_all(struct site *s)
{
    struct call *call = site_call(s);
    struct text key = text_print(s->arena, "%s/key", s->folder);
    must(call, store_open(call, s->where, true, &s->store));
    must(call, store_run(s->store, call, migrate_run, NULL));
    must(call, signer_open_file(call, text_c(s->arena, key), TEXT(ORIGIN), true, &s->signer));
    must(call, ledger_open(call, s->store, s->signer, &s->ledger));
    must(call, access_open(call, s->store, s->ledger, &s->model, &s->access));
    must(call, access_adopt(call, s->access));
}

static void close_all(struct site *s)
{
    access_close(s->access);
    ledger_close(s->ledger);
    store_close(s->store);
    s->signer->close(s->signer);
}

void site_reopen(struct site *s, bool demo)
{
    struct call *call = site_call(s);
    must(call, access_meta(call, s->access, "demo", demo ? TEXT("1") : TEXT("0")));
    close_all(s);
    open_all(s);
}

int site_setup(void **state)
{
    struct arena *arena = arena_open();
    struct site *s = NEW(arena, struct site);
    s->arena = arena;
    s->call = call_open(arena, START, LANG_EN);
    s->model = (struct model){
        .roles = roles, .role_count = COUNT(roles), .hash = TEXT("00112233445566aa")};
    snprintf(s->folder, sizeof(s->folder), "/tmp/aimwell-access-XXXXXX");
    if (mkdtemp(s->folder) == NULL)
        return -1;
    struct text suffix = text_lower(arena, text_from(text_of(s->folder), 20));
    s->where = database == NULL ? text_print(arena, "%s/data", s->folder)
                                : text_print(arena, "%s%cschema=access_%.*s_%d", database,
                                             strchr(database, '?') ? '&' : '?',
                                             TEXT_ARG(suffix), (int)getpid());
    open_all(s);
    *state = s;
    return 0;
}

struct replaying {
    struct call *call;
    struct reader *db;
    struct verification *out;
    struct replay *replay;
};

static void refuse_leaf(void *arg, uint64_t n, struct text leaf)
{
    static const char *const never[] = {"Zqx ", "zq.example", "@", "10.9.", "lamps ", "aw_", "$argon2"};
    struct replaying *p = arg;
    struct ledger_leaf read;
    struct acted acted;
    assert_true(ledger_leaf_read(p->call->arena, leaf, &read));
    assert_int_equal(
        access_replay_entry(p->call, p->db, p->replay, &read, p->out, &acted), OK);
    for (size_t i = 0; i < COUNT(never); i++)
        if (text_search(leaf, text_of(never[i])) >= 0)
            fail_msg("leaf %d holds %s: %.*s", (int)n, never[i], TEXT_ARG(leaf));
}

static void verify(struct site *s, struct verification *v)
{
    struct call *call = site_call(s);
    struct reader *r = store_reader(s->store);
    struct replaying p = {call, r, v, access_replay(s->arena)};
    must(call, ledger_verify(call, r, TEXT(ORIGIN), s->signer->public_key, TEXT(""),
                             refuse_leaf, &p, v));
    must(call, access_replay_compare(call, r, p.replay, v));
    store_return(s->store, r);
    assert_true(v->entries >= 1);
}

bool site_finds(struct site *s, const char *words)
{
    struct verification v;
    bool found = false;
    verify(s, &v);
    for (const struct finding *f = v.findings; f != NULL; f = f->next)
        found = found || text_search(f->what, text_of(words)) >= 0;
    return found;
}

size_t site_findings(struct site *s)
{
    struct verification v;
    verify(s, &v);
    for (const struct finding *f = v.findings; f != NULL; f = f->next)
        print_message("%.*s: %.*s\n", TEXT_ARG(f->place), TEXT_ARG(f->what));
    return v.finding_count;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

int site_teardown(void **state)
{
    assert_int_equal(site_findings(*state), 0);
    return site_teardown_forged(state);
}

int site_teardown_forged(void **state)
{
    struct site *s = *state;
    close_all(s);
    nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_close(s->arena);
    return 0;
}

int site_run(const char *name, const struct CMUnitTest *tests, size_t count)
{
    log_limit = LOG_ERROR;
    int failed = _cmocka_run_group_tests(name, tests, count, NULL, NULL);
    database = getenv("AIMWELL_TEST_PG");
    if (database != NULL && *database != '\0')
        failed += _cmocka_run_group_tests(name, tests, count, NULL, NULL);
    return failed;
}

/* ---- people ------------------------------------------------------------------------------ */

struct call *site_call(struct site *s)
{
    return call_open(s->arena, s->call->now, LANG_EN);
}

void site_later(struct site *s, int64_t micros)
{
    s->call->now += micros;
}

struct text site_email(struct site *s, const char *nick)
{
    return text_print(s->arena, "%s@zq.example", nick);
}

struct text site_person(struct site *s, const char *nick, const struct grant *grants,
                        size_t count)
{
    struct text id;
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    must(call, access_person_add(call, s->access, text_print(s->arena, "Zqx %s", nick),
                                 site_email(s, nick), PASSWORD, false, NOWHERE, grants, count, &id));
    return id;
}

struct call *site_as(struct site *s, const char *nick, struct text *cookie)
{
    struct text ignored;
    struct actor *actor;
    struct call *call = site_call(s);
    must(call, access_login(call, s->access, site_email(s, nick), PASSWORD, PEER, TEXT(""),
                            cookie != NULL ? cookie : &ignored, &actor));
    call->actor = actor;
    return call;
}

enum err site_session(struct site *s, struct text cookie, struct actor **out)
{
    struct call *call = site_call(s);
    struct reader *r = store_reader(s->store);
    enum err e = access_session(call, s->access, r, cookie, out);
    store_return(s->store, r);
    return e;
}

enum err site_bearer(struct site *s, struct text secret, struct actor **out)
{
    struct call *call = site_call(s);
    struct reader *r = store_reader(s->store);
    enum err e = access_bearer(call, s->access, r, secret, out);
    store_return(s->store, r);
    return e;
}

bool site_code_is(const struct call *call, const char *code)
{
    return call->problems != NULL && text_is(call->problems->code, code);
}

/* ---- looking ----------------------------------------------------------------------------- */

size_t site_leaves_with(struct site *s, const char *piece)
{
    size_t found = 0, count = 1;
    struct ledger_row *rows;
    struct call *call = site_call(s);
    struct reader *r = store_reader(s->store);
    for (uint64_t from = 0; count > 0; from += count) {
        must(call, ledger_entries(call, r, from, 100, &rows, &count));
        for (size_t i = 0; i < count; i++)
            found += text_search(rows[i].leaf, text_of(piece)) >= 0;
    }
    store_return(s->store, r);
    return found;
}

size_t site_acts(struct site *s, const char *act)
{
    return site_leaves_with(s, text_print(s->arena, "\"act\":\"%s\"", act).at);
}

struct text site_one(struct site *s, const char *sql, const struct value *values, size_t count)
{
    struct rows rows;
    struct call *call = site_call(s);
    must(call, access__rows(call, s->access, sql, values, count, 1, &rows));
    assert_int_equal(rows.count, 1);
    return rows.cells[0].text;
}

struct forging {
    struct site *s;
    const struct forgery *f;
};

static enum err forge_run(struct job *job, struct call *call, struct tx *tx)
{
    const struct forging *in = job->arg;
    const struct forgery *f = in->f;
    if (f->sql != NULL)
        TRY(tx_exec(call, tx, f->sql, &V_TEXT(f->id), 1, NULL));
    return f->act == NULL ? OK
                          : access__seal(call, tx, in->s->access, f->actor, f->act, f->kind,
                                         f->id);
}

void site_forge(struct site *s, const struct forgery *f)
{
    struct forging in = {s, f};
    struct call *call = site_call(s);
    must(call, access__run(call, s->access, forge_run, &in));
}

struct unit_list {
    const char *const (*pairs)[2];
    size_t count;
};

static enum err units_run(struct job *job, struct call *call, struct tx *tx)
{
    struct unit_list *list = job->arg;
    for (size_t i = 0; i < list->count; i++)
        TRY(access_unit_put(call, tx, text_of(list->pairs[i][0]), text_of(list->pairs[i][1])));
    return OK;
}

void site_units(struct site *s, const char *const (*pairs)[2], size_t count)
{
    struct unit_list list = {pairs, count};
    struct call *call = site_call(s);
    must(call, store_run(s->store, call, units_run, &list));
}

void site_flush(struct site *s)
{
    site_units(s, NULL, 0);
}
