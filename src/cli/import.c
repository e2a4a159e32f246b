/* SPDX-License-Identifier: Apache-2.0 */
/* cli/import.c — `aimwell import`: arguments, and the result in words. Everything between is
 * transfer/. */
#include "cli/people.h"
#include "transfer/transfer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct import {
    struct site *site;
    struct call *call;
    const char *kind, *path, *map_name;
    bool dry_run, json, look;
    const struct json *map;
    struct text overlay;       /* that the map needs and that is still off; "" = none */
    const struct model *model; /* the site's, or the one it would have */
    struct model *trial;       /* to be closed; NULL: none was made */
    struct transfer *transfer;
};

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
static enum err trial_model(struct import *im)
{
    struct text on;
    TRY(site_meta(im->site, "overlays", &on));
    on = on.len ? text_print(im->call->arena, "%.*s,%.*s", TEXT_ARG(on), TEXT_ARG(im->overlay))
                : im->overlay;
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
    im->overlay = name;
    if (o)
        return trial_model(im);
    return problem(im->call, ERR_MISSING, name, "overlay",
                   "no overlay of this name is shipped");
}

/* ---- the file and its map ---------------------------------------------------------------- */
static enum err find_map(struct import *im)
{
    struct stat st;
    struct text name = text_of(im->map_name);
    enum err e = OK;
    if (stat(caller_path(im->site->caller, im->call->arena, im->map_name), &st) != 0 ||
        !S_ISREG(st.st_mode))
        return transfer_map_shipped(im->call, name, &im->map);
    struct text bytes =
        read_file(im->site->caller, im->call, im->map_name, json_model_limits.bytes, &e);
    TRY(e);
    return transfer_map_read(im->call, name, bytes, &im->map);
}

static enum err open_file(struct import *im)
{
    struct transfer_options o = {.name = text_of(im->path), .kind = text_of(im->kind)};
    enum err e = OK;
    if (im->map_name)
        TRY(find_map(im));
    TRY(ready_model(im));
    o.bytes = read_file(im->site->caller, im->call, im->path, TRANSFER_FILE_MOST, &e);
    TRY(e);
    o.model = im->model;
    o.map = im->map;
    o.map_name = text_of(im->map_name);
    static const struct json nothing_said = {.type = JSON_OBJECT};
    if (im->look) /* as the pages look: the header is found, and not every column must be known */
        o.said = &nothing_said;
    return transfer_open(im->call, &o, &im->transfer);
}

/* ---- the result in words ----------------------------------------------------------------- */
/* Cells are foreign text: control bytes never reach the terminal. */
static void print_text(FILE *out, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        bool c1 = c == 0xC2 && i + 1 < t.len && (unsigned char)t.at[i + 1] < 0xA0;
        putc(c < 32 || c == 127 || c1 ? ' ' : c, out);
        i += c1;
    }
}

static void print_count(FILE *out, const char *what, int64_t n)
{
    fprintf(out, "  %-12s %8" PRId64 "\n", what, n);
}

static void print_refusals(const struct import *im)
{
    FILE *out = im->site->caller->out;
    int64_t untold;
    for (const struct refusal *r = transfer_refusals(im->transfer, &untold); r; r = r->next) {
        fprintf(out, say(im->call, "line %u"), r->line);
        if (r->column.len) {
            fprintf(out, "%s", say(im->call, ", column "));
            print_text(out, r->column);
        }
        fprintf(out, "%s", say(im->call, ": "));
        print_text(out, r->message);
        putc('\n', out);
    }
    if (untold)
        fprintf(out, say(im->call, "and %" PRId64 " more\n"), untold);
}

static void print_remarks(const struct import *im)
{
    FILE *out = im->site->caller->out;
    int64_t untold;
    for (const struct remark *r = transfer_remarks(im->transfer, &untold); r; r = r->next) {
        fprintf(out, "%s",
                r->column.len ? say(im->call, "remark: column ") : say(im->call, "remark"));
        print_text(out, r->column);
        fprintf(out, "%s", say(im->call, ": "));
        print_text(out, r->message);
        if (!r->column.len) {
            putc('\n', out);
            continue;
        }
        fprintf(out, say(im->call, " (%" PRId64 " rows, first on line %u)\n"), r->rows,
                r->line);
    }
}

static void print_promise(const struct import *im)
{
    fprintf(im->site->caller->out, "%s\n",
            im->overlay.len
                ? say(im->call,
                      "Every row went through the door and was taken back. The fields of the "
                      "overlay, which is still off, were looked at by their type alone.")
                : say(im->call, "Every row went through the door and was taken back."));
}

static void print_words(const struct import *im)
{
    FILE *out = im->site->caller->out;
    struct transfer_counts r = transfer_counts(im->transfer);
    print_text(out, text_of(im->path));
    if (im->dry_run)
        fprintf(out, "%s", say(im->call, ": a dry run, nothing was changed"));
    putc('\n', out);
    print_count(out, say(im->call, "accepted"), r.accepted);
    print_count(out, say(im->call, "updated"), r.updated);
    print_count(out, say(im->call, "unchanged"), r.unchanged);
    print_count(out, say(im->call, "rejected"), r.rejected);
    if (r.units)
        print_count(out, say(im->call, "units made"), r.units_made);
    print_refusals(im);
    print_remarks(im);
    if (im->dry_run)
        print_promise(im);
}

static void print_json(const struct import *im)
{
    struct arena *arena = arena_open();
    struct buf b = buf_in(arena, (size_t)1 << 30);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    json_key(&o, "file");
    json_put_c(&o, im->path);
    json_key(&o, "kind");
    json_put_c(&o, im->kind);
    transfer_json(im->transfer, 0, &o);
    json_close(&o, '}');
    buf_add_byte(&b, '\n');
    fwrite(b.at, 1, b.len, im->site->caller->out);
    arena_close(arena);
}

static void print_progress(const struct import *im)
{
    struct transfer_counts c = transfer_counts(im->transfer);
    if (im->site->caller->terminal)
        fprintf(im->site->caller->err, "\r%" PRId64 " / %" PRId64 "%s", c.done, c.rows,
                c.done >= c.rows ? "\n" : "");
}

static void warn(const struct import *im, const char *words)
{
    fprintf(im->site->caller->err, "aimwell: %s\n", words);
}

static void warn_without_identity(const struct import *im)
{
    if (transfer_counts(im->transfer).rows && !transfer_has_identity(im->transfer))
        warn(im,
             say(im->call,
                 "the file has no column key, external_id or title: every row becomes a new "
                 "record, also when it is imported again"));
}

static void warn_of_states(const struct import *im)
{
    struct transfer_counts c = transfer_counts(im->transfer);
    if (c.states && c.accepted)
        warn(im,
             say(im->call,
                 "the column of states was passed over: new records begin in the first state, "
                 "and only moves change it"));
}

/* ---- one import -------------------------------------------------------------------------- */
/* Each slice has an arena of its own for what is said while it runs. */
static enum err take_rows(struct import *im)
{
    bool more = true;
    TRY(transfer_begin(im->call, im->transfer, im->site->records, im->dry_run,
                       im->call->id));
    while (more) {
        TRY(transfer_step(im->call, im->transfer, &more));
        print_progress(im);
    }
    return OK;
}

static void print_result(const struct import *im)
{
    if (im->json)
        print_json(im);
    else
        print_words(im);
    fflush(im->site->caller->out);
}

/* ---- only looking ------------------------------------------------------------------------- */
static void print_value(FILE *out, struct call *call, const struct json *v)
{
    struct buf b = buf_in(call->arena, TRANSFER_FILE_MOST);
    struct json_out o = json_out(&b);
    json_put_json(&o, v);
    print_text(out, buf_text(&b));
}

/* A line for each member, and for each column or field. */
static void print_draft(FILE *out, struct call *call, const struct json *v, int depth)
{
    fprintf(out, "{\n");
    for (const struct json *one = v->first; one; one = one->next) {
        struct buf b = buf_in(call->arena, TRANSFER_FILE_MOST);
        struct json_out o = json_out(&b);
        json_put_text(&o, one->key);
        fprintf(out, "%*s", depth * 2 + 2, "");
        print_text(out, buf_text(&b));
        fprintf(out, ": ");
        if (one->type == JSON_OBJECT && (text_is(one->key, "columns") || text_is(one->key, "fields")))
            print_draft(out, call, one, depth + 1);
        else
            print_value(out, call, one);
        fprintf(out, one->next ? ",\n" : "\n");
    }
    fprintf(out, "%*s}", depth * 2, "");
}

static void print_column(const struct import *im, const struct json *column, const struct json *of)
{
    FILE *out = im->site->caller->out;
    struct text field = json_text(json_get(column, "field"));
    fprintf(out, "  ");
    print_text(out, json_text(json_get(column, "name")));
    fprintf(out, ": %.*s, %" PRId64, TEXT_ARG(json_text(json_get(of, "type"))),
            json_get(column, "filled")->integer);
    fprintf(out, "%s", say(im->call, " filled in"));
    const struct json *texts = json_get(of, "spellings"), *samples = json_get(column, "samples");
    const struct json *shown = texts && texts->count ? texts : samples;
    for (const struct json *one = shown ? shown->first : NULL; one; one = one->next) {
        fprintf(out, "%s", one == shown->first ? " (" : " | ");
        print_text(out, one->text);
        fprintf(out, "%s", one->next ? "" : ")");
    }
    if (field.len)
        fprintf(out, " → %.*s", TEXT_ARG(field));
    putc('\n', out);
}

static void print_look(const struct import *im, const struct json *look)
{
    FILE *out = im->site->caller->out;
    const struct json *header = json_get(look, "header"), *of = json_get(look, "holds")->first;
    print_text(out, text_of(im->path));
    fprintf(out, ": %.*s", TEXT_ARG(json_text(json_get(look, "format"))));
    if (json_text(json_get(look, "encoding")).len)
        fprintf(out, ", %.*s", TEXT_ARG(json_text(json_get(look, "encoding"))));
    fprintf(out, say(im->call, ", header in line %" PRId64 ", rows: %" PRId64 "\n"),
            header->integer, json_get(look, "rows")->integer);
    for (const struct json *s = json_get(look, "sheets")->first; s; s = s->next) {
        fprintf(out, "%s", say(im->call, "  sheet: "));
        print_text(out, json_text(json_get(s, "name")));
        fprintf(out, "%s\n",
                json_true(json_get(s, "hidden")) ? say(im->call, " (hidden)") : "");
    }
    for (const struct json *c = json_get(look, "columns")->first; c; c = c->next, of = of->next)
        print_column(im, c, of);
    for (const struct json *m = json_get(look, "missing")->first; m; m = m->next)
        fprintf(out, say(im->call, "  no column fills %.*s, which a row needs\n"),
                TEXT_ARG(m->text));
    print_remarks(im);
    fprintf(out, "%s", say(im->call, "\nA map to begin with:\n"));
    print_draft(out, im->call, json_get(look, "map"), 0);
    fprintf(out, "%s", say(im->call, "\n\nAn extension with the fields that are missing:\n"));
    print_draft(out, im->call, json_get(look, "extension"), 0);
    putc('\n', out);
}

static enum err look_at(struct import *im)
{
    struct buf b = buf_in(im->call->arena, TRANSFER_FILE_MOST);
    struct json_out o = json_out(&b);
    const struct json *look;
    json_open(&o, '{');
    TRY(transfer_look(im->call, im->transfer, &o));
    TRY(transfer_draft(im->call, im->transfer, &o));
    json_close(&o, '}');
    if (im->json) {
        buf_add_byte(&b, '\n');
        fwrite(b.at, 1, b.len, im->site->caller->out);
        return OK;
    }
    static const struct json_limits limits = {TRANSFER_FILE_MOST, 32, 1000000};
    TRY(json_read(im->call, buf_text(&b), &limits, &look));
    print_look(im, look);
    return OK;
}

static int run_import(struct import *im)
{
    enum err e = open_file(im);
    if (e == OK && im->look) {
        e = look_at(im);
        fflush(im->site->caller->out);
        return e == OK ? 0 : failed(im->site->caller, im->call, e);
    }
    if (e != OK)
        return failed(im->site->caller, im->call, e);
    warn_without_identity(im);
    const struct actor *by = im->site->call->actor; /* opening again forgets it */
    int code = im->overlay.len && !im->dry_run ? site_overlay(im->site, im->overlay) : 0;
    if (code)
        return code;
    im->site->call->actor = im->call->actor = by;
    e = take_rows(im);
    struct transfer_counts c = transfer_counts(im->transfer);
    if (e == OK || c.accepted || c.updated)
        print_result(im);
    warn_of_states(im);
    return e != OK ? failed(im->site->caller, im->call, e) : c.rejected ? 1 : 0;
}

static int import_file(struct import *im)
{
    struct arena *arena = arena_open();
    im->call = call_beside(arena, im->site->call);
    im->call->id = im->site->call->id;
    im->call->actor = im->site->call->actor;
    int code = run_import(im);
    transfer_close(im->transfer);
    model_close(im->trial);
    arena_close(arena);
    return code;
}

/* ---- the command ------------------------------------------------------------------------ */
static const struct option_rule rules[] = {{"map", true}, {"dry-run", false}, {"json", false},
                                           {"as", true},  {"look", false},    {"system", true}};

static int run_command(const struct args *args)
{
    struct site s;
    struct place place = site_place(args);
    if (args->word_count != 2)
        return wrong_action(args, "import", "", "KIND FILE.csv|.xlsx|.json");
    if (!place.where)
        return 2;
    bool events = !strcmp(args->words[0], "events");
    if (events && (!args_option(args, "system") || !args_option(args, "map")))
        return wrong_action(args, "import events", "",
                            "FILE.csv --system KEY --map PROFILE.json");
    int code = site_open(&s, args->caller, place, MODEL_SAME);
    if (code)
        return code;
    if (events) {
        code = import_events(&s, args);
        site_close(&s);
        return code;
    }
    bool look = args_flag(args, "look"); /* is nobody's act */
    enum err e = look && !args_option(args, "as") ? OK : act_as(&s, args_option(args, "as"));
    struct import im = {.site = &s,
                        .kind = args->words[0],
                        .path = args->words[1],
                        .map_name = args_option(args, "map"),
                        .dry_run = args_flag(args, "dry-run"),
                        .look = look,
                        .json = args_flag(args, "json")};
    code = e != OK ? failed(args->caller, s.call, e) : import_file(&im);
    site_close(&s);
    return code;
}

const struct command command_import = {
    .name = "import",
    .usage =
        "aimwell import KIND FILE.csv|.xlsx|.json --as EMAIL [--map MAP.json|NAME]\n"
        "               [--dry-run] [--json]\n"
        "aimwell import KIND FILE --look [--json]\n"
        "aimwell import events FILE.csv --system KEY --map PROFILE.json --as EMAIL\n"
        "               [--dry-run] [--json]\n\n"
        "--as says for whom: what is written is theirs. Needed once there are people.\n"
        "The first row names the columns: fields by name or by title, as `aimwell export` "
        "writes\n"
        "them. A row with the key, id or external_id of a record updates it; without such "
        "columns one\n"
        "with its control, or its title. A bad row never\n"
        "stops the good ones: the result lists accepted, updated, unchanged and rejected rows\n"
        "with line, column and reason; exit 1 when any was rejected. --dry-run does all "
        "of it and takes it back.\n"
        "--look takes nothing in: it says what the file is, where its header is and what its "
        "columns\n"
        "hold, and drafts a map and, for columns that no field is for, an extension.\n"
        "--map names a file, or a shipped map: us-federal-ai-2025, us-federal-ai-cots-2025.\n"
        "events: what an AI system did, each row an event of that system, by a profile that "
        "says "
        "which\n"
        "column is what (docs/events.md). The same file again counts once.",
    .about = "take records from a table",
    .rules = rules,
    .rule_count = COUNT(rules),
    .run = run_command,
    .words = 2,
    .served = true,
};
