/* SPDX-License-Identifier: Apache-2.0 */
/* cli/import.c — `aimwell import`: a file of rows becomes records, each through the one door,
 * in slices that share a commit. A bad row never stops the good ones; the same file again
 * changes nothing. */
#include "cli/import.h"
#include "cli/people.h"

#include <stdio.h>
#include <string.h>

#define SLICE 500

/* ---- the overlay that a map needs ------------------------------------------------------- */
static const struct overlay *overlay_of(const struct model *m, struct text name)
{
    for (size_t i = 0; i < m->overlay_count; i++)
        if (text_same(m->overlays[i].name, name))
            return &m->overlays[i];
    return NULL;
}

static bool switched_on(const struct model *m, const struct overlay *o)
{
    const struct kind *k = model_kind(m, json_text(json_get(o->source, "extends")));
    const struct json *fields = json_get(o->source, "fields");
    for (const struct json *f = k && fields ? fields->first : NULL; f; f = f->next)
        if (!kind_field(k, f->key))
            return false;
    return k != NULL;
}

/* The model as it will be once the overlay is on: the file is checked against it before
 * anything is written, and a dry run never goes further. */
static enum err trial_model(struct import *im, struct text overlay)
{
    struct text on;
    TRY(site_meta(im->site, "overlays", &on));
    on = on.len ? text_print(im->arena, "%.*s,%.*s", TEXT_ARG(on), TEXT_ARG(overlay)) : overlay;
    TRY(site_model(im->call, im->site, on, &im->trial));
    im->model = im->trial;
    return OK;
}

static enum err ready_model(struct import *im)
{
    struct text name = json_text(json_get(im->map, "overlay"));
    const struct overlay *o = overlay_of(im->site->model, name);
    im->model = im->site->model;
    if (!name.len || (o && switched_on(im->model, o)))
        return OK;
    if (o)
        return trial_model(im, name);
    return problem(im->call, ERR_MISSING, name, "overlay",
                   "no overlay of this name is shipped");
}

/* ---- slices ----------------------------------------------------------------------------- */
struct slice {
    struct arena *rows;          /* bodies of the slice */
    struct arena *arenas[SLICE]; /* one per row: the writer works in it while we go on */
    struct prepared prepared[SLICE];
    struct change *changes[SLICE];
    struct call *calls[SLICE];
    const struct prepared *of[SLICE]; /* per change: its row */
    enum err outcome[SLICE];
    size_t count;
};

static void queue_row(struct import *im, struct slice *s, struct prepared *p)
{
    size_t i = s->count++;
    if (!s->arenas[i])
        s->arenas[i] = arena_open();
    struct call *one = call_beside(s->arenas[i], im->call);
    one->actor = im->call->actor;
    one->id = im->call->id;
    s->changes[i] = &p->change;
    s->calls[i] = one;
    s->of[i] = p;
}

static void refuse_row(struct import *im, const struct prepared *p, const struct call *one,
                       enum err e)
{
    for (const struct problem *q = one->problems; q; q = q->next)
        report__refuse(im, p->row->line, row__column(im, q->field), text_c(im->arena, q->code),
                       q->message);
    if (!one->problems)
        report__refuse(im, p->row->line, (struct text){0}, err_code(e),
                       text_of(words_of(one, e)));
    im->result.rejected++;
}

static void count_row(struct import *im, const struct prepared *p, const struct call *one,
                      enum err e)
{
    if (e != OK)
        refuse_row(im, p, one, e);
    else if (p->change.unchanged)
        im->result.unchanged++;
    else if (p->fate == FATE_CREATE)
        im->result.accepted++;
    else
        im->result.updated++;
}

static enum err send_slice(struct import *im, struct slice *s)
{
    struct call *call = call_beside(s->rows, im->call);
    enum err e =
        record_do_many(call, im->site->records, s->changes, s->calls, s->outcome, s->count);
    for (size_t i = 0; i < s->count; i++)
        if (s->outcome[i] != ERR_IO)
            count_row(im, s->of[i], s->calls[i], s->outcome[i]);
    return e == OK ? OK : problem(im->call, e, TEXT(""), "storage", "%s", err_words(e));
}

static enum err run_slice(struct import *im, struct slice *s, size_t from, size_t to)
{
    enum err e = OK;
    s->count = 0;
    for (size_t i = from; i < to; i++) {
        struct prepared *p = &s->prepared[i - from];
        row__prepare(im, &im->table.rows[i], s->rows, p);
        im->result.rejected += p->fate == FATE_REFUSED;
        im->result.unchanged += p->fate == FATE_UNCHANGED;
        if (im->dry_run) {
            im->result.accepted += p->fate == FATE_CREATE;
            im->result.updated += p->fate == FATE_UPDATE;
        } else if (p->fate == FATE_CREATE || p->fate == FATE_UPDATE)
            queue_row(im, s, p);
    }
    if (s->count)
        e = send_slice(im, s);
    for (size_t i = 0; i < s->count; i++)
        arena_reset(s->arenas[i]);
    arena_reset(s->rows);
    return e;
}

static enum err run_rows(struct import *im)
{
    struct slice *s = NEW(im->arena, struct slice);
    enum err e = OK;
    s->rows = arena_open();
    for (size_t from = 0; e == OK && from < im->table.count; from += SLICE) {
        size_t to = from + SLICE < im->table.count ? from + SLICE : im->table.count;
        e = run_slice(im, s, from, to);
        report__progress(im, to);
    }
    for (size_t i = 0; i < SLICE; i++)
        arena_close(s->arenas[i]);
    arena_close(s->rows);
    return e;
}

/* ---- one import ------------------------------------------------------------------------- */
static void warn_without_identity(const struct import *im)
{
    const struct import_plan *p = &im->plan;
    if (im->table.count && !p->mapped && p->key == NO_COLUMN && p->id == NO_COLUMN &&
        p->external == NO_COLUMN)
        fprintf(im->site->caller->err, "aimwell: %s\n",
            say(im->call,
                "the file has no column key or external_id: every row becomes a new record, "
                "also when it is imported again",
                "文件没有 key 或 external_id 列：每一行都会成为新记录，再次导入时也是如此"));
}

static enum err plan(struct import *im, const char *kind, const char *map)
{
    if (map)
        TRY(map__find(im, map));
    TRY(ready_model(im));
    im->kind = model_kind(im->model, text_of(kind));
    if (!im->kind)
        return problem(im->call, ERR_MISSING, text_of(kind), "kind",
                       "there is no kind of record with this name");
    TRY(table__read(im));
    TRY(im->map && im->table.columns ? map__plan(im) : plain__plan(im));
    plan__dates(im);
    warn_without_identity(im);
    return OK;
}

static void warn_of_states(const struct import *im)
{
    if (im->plan.states && im->result.accepted)
        fprintf(im->site->caller->err, "aimwell: %s\n",
            say(im->call,
                "the column of states was passed over: new records begin in the first state, "
                "and only moves change it",
                "状态列已忽略：新记录从起始状态开始，状态只能通过流转更改"));
}

static enum err take_rows(struct import *im)
{
    im->reader = store_reader(im->site->store);
    enum err e = known__load(im);
    if (e == OK)
        e = units__ready(im);
    if (e == OK)
        e = run_rows(im);
    store_return(im->site->store, im->reader);
    return e;
}

static int run_import(struct import *im, const char *kind, const char *map, bool json)
{
    enum err e = plan(im, kind, map);
    if (e != OK)
        return failed(im->site->caller, im->call, e);
    const struct actor *by = im->site->call->actor; /* opening again forgets it */
    int code = im->trial && !im->dry_run
                   ? site_overlay(im->site, json_text(json_get(im->map, "overlay")))
                   : 0;
    if (code)
        return code;
    im->site->call->actor = im->call->actor = by;
    e = take_rows(im);
    if (e == OK || im->result.accepted || im->result.updated)
        report__print(im, json);
    warn_of_states(im);
    return e != OK ? failed(im->site->caller, im->call, e) : im->result.rejected ? 1 : 0;
}

int import_file(struct site *s, const char *kind, const char *path, const char *map,
                bool dry_run, bool json, struct import_result *result)
{
    struct arena *arena = arena_open();
    struct import *im = NEW(arena, struct import);
    *im = (struct import){.site = s, .arena = arena, .path = path, .dry_run = dry_run};
    im->call = call_beside(arena, s->call);
    im->call->id = s->call->id;
    im->call->actor = s->call->actor;
    im->refusals_end = &im->refusals;
    im->remarks_end = &im->remarks;
    im->remark_index = index__new(arena);
    int code = run_import(im, kind, map, json);
    if (result)
        *result = im->result;
    model_close(im->trial);
    arena_close(arena);
    return code;
}

/* ---- the command ------------------------------------------------------------------------ */
static const struct option_rule rules[] = {{"map", true}, {"dry-run", false}, {"json", false}, {"as", true}};

static int run_command(const struct args *args)
{
    struct site s;
    struct place place = site_place(args);
    if (args->word_count != 2)
        return wrong_action(args, "import", "", "KIND FILE.csv|.xlsx|.json");
    if (!place.where)
        return 2;
    int code = site_open(&s, args->caller, place, MODEL_SAME);
    if (code)
        return code;
    enum err e = act_as(&s, args_option(args, "as"));
    code = e != OK ? failed(args->caller, s.call, e) : import_file(&s, args->words[0], args->words[1], args_option(args, "map"),
                       args_flag(args, "dry-run"), args_flag(args, "json"), NULL);
    site_close(&s);
    return code;
}

const struct command command_import = {
    .name = "import",
    .usage =
        "aimwell import KIND FILE.csv|.xlsx|.json --as EMAIL [--map MAP.json|NAME]\n"
        "               [--dry-run] [--json]\n\n"
        "--as says for whom: what is written is theirs. Needed once there are people.\n"
        "The first row names the columns: fields by name or by title, as `aimwell export` "
        "writes\n"
        "them. A row with the key, id or external_id of a record updates it. A bad row never\n"
        "stops the good ones: the result lists accepted, updated, unchanged and rejected rows\n"
        "with line, column and reason; exit 1 when any was rejected. --dry-run changes "
        "nothing.\n"
        "--map names a file, or a shipped map: us-federal-ai-2025, us-federal-ai-cots-2025.",
    .about = "take records from a table",
    .rules = rules,
    .rule_count = COUNT(rules),
    .run = run_command,
    .words = 2,
    .served = true,
};
