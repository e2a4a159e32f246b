/* SPDX-License-Identifier: Apache-2.0 */
/* cli/export.c — records as files: one kind as CSV, XLSX or JSON; all kinds as one JSON object
 * or as a zip with a file for each kind. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <zip.h>

static const struct option_rule rules[] = {
    {"kind", true}, {"format", true}, {"out", true}, {"as-of", true}};

struct export { /* all of it is read in one view: of one moment, beside a server that writes */
    struct site *site;
    struct reader *db;
    struct list_query query;
    const char *format;
    int64_t rows;
};

static enum err export_kind(struct export *x, const struct kind *k, struct text *bytes)
{
    const char *type;
    int64_t rows = 0;
    struct site *s = x->site;
    enum err e = api_export(s->call, s->records, x->db, k, &x->query, text_of(x->format), NULL,
                            bytes, &type, &rows);
    x->rows += rows;
    return e;
}

static enum err export_one(struct export *x, const char *kind, struct text *bytes)
{
    const struct kind *k = model_kind(x->site->model, text_of(kind));
    if (!k)
        return problem(x->site->call, ERR_MISSING, TEXT("kind"), "unknown",
                       "there is no kind called %s", kind);
    return export_kind(x, k, bytes);
}

static enum err export_json(struct export *x, struct text *bytes)
{
    struct site *s = x->site;
    struct buf b = buf_in(s->arena, 1024u << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    for (size_t i = 0; i < s->model->kind_count; i++) {
        struct text one;
        TRY(export_kind(x, &s->model->kinds[i], &one));
        json_key_text(&o, s->model->kinds[i].name);
        json_put_raw(&o, one);
    }
    json_close(&o, '}');
    *bytes = buf_text(&b);
    return b.full ? ERR_TOO_LARGE : OK;
}

static enum err add_file(struct site *s, zip_t *zip, const struct kind *k, const char *format,
                         struct text bytes)
{
    struct text name = text_print(s->arena, "%.*s.%s", TEXT_ARG(k->name), format);
    zip_source_t *source = zip_source_buffer(zip, bytes.at, bytes.len, 0);
    if (source && zip_file_add(zip, text_c(s->arena, name), source, ZIP_FL_ENC_UTF_8) >= 0)
        return OK;
    if (source)
        zip_source_free(source);
    return problem(s->call, ERR_IO, name, "zip", "%s", zip_strerror(zip));
}

/* What libzip left in memory. */
static enum err take_bytes(struct site *s, zip_source_t *from, struct text *bytes)
{
    zip_stat_t st;
    if (zip_source_stat(from, &st) != 0 || zip_source_open(from) != 0)
        return problem(s->call, ERR_BUG, TEXT("out"), "zip", "the zip cannot be read back");
    char *at = arena_take(s->arena, st.size + 1);
    zip_int64_t got = zip_source_read(from, at, st.size);
    zip_source_close(from);
    *bytes = (struct text){at, st.size};
    return got == (zip_int64_t)st.size ? OK : ERR_BUG;
}

static enum err add_kinds(struct export *x, zip_t *zip)
{
    struct site *s = x->site;
    for (size_t i = 0; i < s->model->kind_count; i++) {
        struct text bytes;
        TRY(export_kind(x, &s->model->kinds[i], &bytes));
        TRY(add_file(s, zip, &s->model->kinds[i], x->format, bytes));
    }
    return OK;
}

/* In memory: libzip's own files could be read by others. */
static enum err export_zip(struct export *x, struct text *bytes)
{
    struct site *s = x->site;
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, &why);
    if (!memory)
        panic("out of memory");
    zip_source_keep(memory);
    zip_t *zip = zip_open_from_source(memory, ZIP_CREATE | ZIP_TRUNCATE, &why);
    enum err e = zip ? add_kinds(x, zip)
                     : problem(s->call, ERR_BUG, TEXT("out"), "zip", "cannot be made");
    if (e == OK && zip_close(zip) != 0)
        e = problem(s->call, ERR_IO, TEXT("out"), "zip", "%s", zip_strerror(zip));
    if (e != OK && zip)
        zip_discard(zip);
    if (e == OK)
        e = take_bytes(s, memory, bytes);
    zip_source_free(memory);
    return e;
}

static enum err export_in_view(struct export *x, const char *kind, struct text *bytes)
{
    TRY(read_begin(x->site->call, x->db));
    bool zip = !kind && strcmp(x->format, "json") != 0;
    enum err e = zip    ? export_zip(x, bytes)
                 : kind ? export_one(x, kind, bytes)
                        : export_json(x, bytes);
    read_end(x->db);
    return e;
}

static int export_records(struct site *s, const struct args *args)
{
    const char *kind = args_option(args, "kind"), *format = args_option(args, "format");
    const char *as_of = args_option(args, "as-of"), *out = args_option(args, "out");
    struct export x = {.site = s, .format = format ? format : kind ? "csv" : "json"};
    struct text bytes = {0};
    enum err e = OK;
    bool zip = !kind && strcmp(x.format, "json") != 0;
    if (as_of && !moment_read(text_of(as_of), &x.query.as_of))
        e = problem(s->call, ERR_INVALID, TEXT("as-of"), "moment",
                    "is a time like 2026-11-23T09:30:00Z");
    if (e == OK && strcmp(x.format, "csv") && strcmp(x.format, "xlsx") && strcmp(x.format, "json"))
        e = problem(s->call, ERR_INVALID, TEXT("format"), "unknown", "is csv, xlsx or json");
    if (e == OK && zip && !out)
        e = problem(s->call, ERR_INVALID, TEXT("out"), "required",
                    "all kinds as %s are one zip: say where with --out FILE.zip", x.format);
    if (e == OK) {
        x.db = store_reader(s->store);
        e = export_in_view(&x, kind, &bytes);
        store_return(s->store, x.db);
    }
    if (e == OK) {
        struct export_note note = {.kind = kind ? text_of(kind) : TEXT("*"),
                                   .format = text_of(x.format),
                                   .filter = text_of(as_of ? as_of : ""),
                                   .rows = x.rows};
        e = access_note_export(s->call, s->access, &note);
    }
    if (e != OK)
        return failed(s->caller, s->call, e);
    return write_file(args->caller, out ? out : "-", bytes) ? 0 : 6;
}

static int run(const struct args *args)
{
    const char *what = args->word_count == 1 ? args->words[0] : "",
               *out = args_option(args, "out");
    struct place place = site_place(args);
    struct site s;
    bool openapi = !strcmp(what, "openapi"), ledger = !strcmp(what, "ledger");
    if (!openapi && !ledger && strcmp(what, "records"))
        return wrong_action(args, "export", what,
                            "records [--kind K] [--format csv|xlsx|json] [--out FILE] | ledger "
                            "--out FOLDER | openapi");
    if (!place.where)
        return 2;
    int code = site_open(&s, args->caller, place, MODEL_SAME);
    if (code)
        return code;
    if (openapi) {
        struct buf b = buf_in(s.arena, 16u << 20);
        model_openapi(s.model, &b);
        code = write_file(args->caller, out ? out : "-", buf_text(&b)) ? 0 : 6;
    } else
        code = ledger ? export_ledger(&s, args) : export_records(&s, args);
    site_close(&s);
    return code;
}

const struct command command_export = {
    "export",
    "aimwell export records [--kind K] [--format csv|xlsx|json] [--as-of TIME] [--out FILE]\n"
    "aimwell export ledger --out FOLDER\n"
    "aimwell export openapi [--out FILE]\n\n"
    "One kind goes to standard output without --out. Without --kind: all kinds, as one JSON "
    "object\n"
    "(default) or, with --format csv or xlsx, as a zip with a file for each kind.\n"
    "ledger: entries, tiles, checkpoint and verifier key as files, to be checked by other "
    "programs.",
    "records, the log, or the API description, as files",
    rules,
    COUNT(rules),
    run,
    1,
    true};
