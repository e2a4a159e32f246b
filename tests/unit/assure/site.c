/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/site.c — see site.h. */
#include "site.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ORIGIN "log.example.org/assure/records"
#define START INT64_C(1795435200000000) /* 2026-11-23T12:00:00Z */

static const char *database; /* URL of PostgreSQL; NULL: SQLite */
static const char *model_at;

/* ---- opening and closing ----------------------------------------------------------------- */
void site_must(struct call *call, enum err e)
{
    for (const struct problem *p = e == OK ? NULL : call->problems; p; p = p->next)
        print_message("%.*s %.*s %.*s (%.*s)\n", TEXT_ARG(p->field), TEXT_ARG(p->code),
                      TEXT_ARG(p->message), TEXT_ARG(p->source));
    assert_int_equal(e, OK);
}

static void open_model(struct site *s, struct call *call)
{
    struct model_file *files;
    size_t count;
    site_must(call, model_folder(call, model_at, "", &files, &count));
    site_must(call, model_load(call, files, count, NULL, 0, TEXT(""), &s->model));
}

static void hire_keeper(struct site *s, struct call *call)
{
    static const struct grant grants[] = {{{"aims_manager", 12}, {"", 0}}};
    struct text id;
    call->actor = actor_command(call);
    site_must(call, access_person_add(call, s->access, TEXT("Keeper"), TEXT("k@example.org"),
                                      TEXT(""), false, TEXT(""), grants, COUNT(grants), &id));
    s->keeper = (struct actor){.type = ACTOR_USER,
                               .id = id,
                               .person = id,
                               .grants = grants,
                               .grant_count = COUNT(grants)};
}

static void open_all(struct site *s)
{
    struct call *call = call_open(s->arena, s->now, LANG_EN);
    struct text key = text_print(s->arena, "%s/key", s->folder);
    open_model(s, call);
    site_must(call, store_open(call, s->where, true, &s->store));
    site_must(call, record_migrate(call, s->store, s->model, NULL));
    site_must(call, signer_open_file(call, key.at, TEXT(ORIGIN), true, &s->signer));
    site_must(call, ledger_open(call, s->store, s->signer, &s->ledger));
    site_must(call, access_open(call, s->store, s->ledger, s->model, &s->access));
    site_must(call, record_open(call, s->access, &s->records));
    hire_keeper(s, call);
}

int site_setup(void **state)
{
    struct arena *arena = arena_open();
    struct site *s = NEW(arena, struct site);
    s->arena = arena;
    s->now = START;
    snprintf(s->folder, sizeof(s->folder), "/tmp/aimwell-assure-XXXXXX");
    if (mkdtemp(s->folder) == NULL)
        return -1;
    struct text suffix = text_lower(arena, text_from(text_of(s->folder), 20));
    s->where = database == NULL ? text_print(arena, "%s/data", s->folder)
                                : text_print(arena, "%s%cschema=assure_%.*s_%d", database,
                                             strchr(database, '?') ? '&' : '?',
                                             TEXT_ARG(suffix), (int)getpid());
    open_all(s);
    *state = s;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    return remove(path);
}

int site_teardown(void **state)
{
    struct site *s = *state;
    store_stop(s->store); /* what was handed over is done before anything is freed */
    record_close(s->records);
    access_close(s->access);
    ledger_close(s->ledger);
    store_close(s->store);
    s->signer->close(s->signer);
    model_close(s->model);
    nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_close(s->arena);
    return 0;
}

int site_run(int argc, char **argv, const char *name, const struct CMUnitTest *tests,
             size_t count)
{
    if (argc < 2)
        return 77; /* meson: skipped */
    model_at = argv[1];
    log_limit = LOG_ERROR;
    int failed = _cmocka_run_group_tests(name, tests, count, NULL, NULL);
    database = getenv("AIMWELL_TEST_PG");
    if (database != NULL && *database != '\0')
        failed += _cmocka_run_group_tests(name, tests, count, NULL, NULL);
    return failed;
}

/* ---- writing ----------------------------------------------------------------------------- */
struct call *site_call(struct site *s)
{
    struct call *call = call_open(s->arena, s->now, LANG_EN);
    call->actor = &s->keeper;
    return call;
}

static const struct json *body_of(struct call *call, const char *body)
{
    struct text in = text_copy(call->arena, text_of(body));
    char *bytes = (char *)(uintptr_t)in.at;
    const struct json *out;
    for (size_t i = 0; i < in.len; i++)
        if (bytes[i] == '\'')
            bytes[i] = '"';
    site_must(call, json_read(call, in, &json_request_limits, &out));
    return out;
}

static struct text act(struct site *s, struct change *change, const char *kind,
                       const char *body)
{
    struct call *call = site_call(s);
    change->kind = model_kind(s->model, text_of(kind));
    assert_non_null(change->kind);
    change->body = body ? body_of(call, body) : NULL;
    site_must(call, record_do(call, s->records, change));
    return change->record->id;
}

struct text site_make(struct site *s, const char *kind, const char *body)
{
    struct change change = {.act = RECORD_CREATE};
    return act(s, &change, kind, body);
}

void site_change(struct site *s, const char *kind, struct text id, const char *body)
{
    struct change change = {.act = RECORD_CHANGE, .id = id};
    act(s, &change, kind, body);
}

void site_move(struct site *s, const char *kind, struct text id, const char *move)
{
    struct change change = {.act = RECORD_MOVE, .id = id, .move = text_of(move)};
    act(s, &change, kind, NULL);
}

void site_register(struct site *s)
{
    struct call *call = site_call(s);
    size_t made;
    site_must(call, assure_registers(call, s->records, &made));
    assert_int_equal(made, 2);
}

struct text site_control(struct site *s, const char *row)
{
    struct call *call = site_call(s);
    struct filter filter = {TEXT("about"), text_print(s->arena, "std:%s", row)};
    struct list_query q = {.filters = &filter, .filter_count = 1};
    struct record_list list;
    struct reader *db = store_reader(s->store);
    site_must(call, record_list(call, s->records, db, model_kind(s->model, TEXT("control")), &q,
                                &list));
    store_return(s->store, db);
    assert_int_equal(list.count, 1);
    return list.items[0]->id;
}

/* ---- looking ----------------------------------------------------------------------------- */
struct readiness site_ready(struct site *s, const char *framework)
{
    struct call *call = site_call(s);
    struct reader *db = store_reader(s->store);
    struct readiness r;
    const struct framework *f = model_framework(s->model, text_of(framework));
    site_must(call, read_begin(call, db));
    site_must(call, assure_readiness(call, s->records, db, f, &r));
    read_end(db);
    store_return(s->store, db);
    assert_ptr_equal(call->actor, &s->keeper);
    assert_int_equal(call->problem_count, 0);
    return r;
}

const struct row_readiness *site_row(const struct readiness *r, const char *row)
{
    for (size_t i = 0; i < r->row_count; i++)
        if (text_is(r->rows[i].row->row, row))
            return &r->rows[i];
    fail_msg("no row %s", row);
    return NULL;
}

struct check_result site_check(struct site *s, const struct check *c)
{
    struct call *call = site_call(s);
    struct reader *db = store_reader(s->store);
    struct check_result result;
    site_must(call, assure_check(call, s->records, db, c, &result));
    store_return(s->store, db);
    return result;
}

const struct gate_row *gate_about(const struct gate *g, const char *name)
{
    for (size_t i = 0; i < g->count; i++) {
        const struct gate_row *f = &g->failing[i];
        if ((f->row && text_is(f->row->row, name)) ||
            (f->check && text_is(f->check->name, name)))
            return f;
    }
    return NULL;
}
