/* SPDX-License-Identifier: Apache-2.0 */
/* cli/export.c — records as files: one kind as CSV, XLSX or JSON; all kinds as one JSON object
 * or as a zip with a file for each kind. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <zip.h>

static const struct option_rule rules[] = {
    {"kind", true}, {"format", true}, {"out", true}, {"as-of", true}};

static enum err export_kind(struct site *s, const struct kind *k, const struct list_query *q,
                            const char *format, struct text *bytes)
{
    const char *type;
    struct reader *r = store_reader(s->store);
    enum err e = api_export(s->call, s->records, r, k, q, text_of(format), bytes, &type);
    store_return(s->store, r);
    return e;
}

static enum err export_one(struct site *s, const char *kind, const struct list_query *q,
                           const char *format, struct text *bytes)
{
    const struct kind *k = model_kind(s->model, text_of(kind));
    if (!k)
        return problem(s->call, ERR_MISSING, TEXT("kind"), "unknown",
                       "there is no kind called %s", kind);
    return export_kind(s, k, q, format, bytes);
}

static enum err export_json(struct site *s, const struct list_query *q, struct text *bytes)
{
    struct buf b = buf_in(s->arena, 1024u << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    for (size_t i = 0; i < s->model->kind_count; i++) {
        struct text one;
        TRY(export_kind(s, &s->model->kinds[i], q, "json", &one));
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

static enum err export_zip(struct site *s, const struct list_query *q, const char *format,
                           const char *out)
{
    int error = 0;
    zip_t *zip = zip_open(out, ZIP_CREATE | ZIP_TRUNCATE, &error);
    enum err e = zip ? OK : problem(s->call, ERR_IO, text_of(out), "zip", "cannot be made");
    for (size_t i = 0; e == OK && i < s->model->kind_count; i++) {
        struct text bytes;
        e = export_kind(s, &s->model->kinds[i], q, format, &bytes);
        if (e == OK)
            e = add_file(s, zip, &s->model->kinds[i], format, bytes);
    }
    if (e == OK && zip_close(zip) != 0)
        e = problem(s->call, ERR_IO, text_of(out), "zip", "%s", zip_strerror(zip));
    if (e != OK && zip)
        zip_discard(zip);
    return e;
}

static int export_records(struct site *s, const struct args *args)
{
    const char *kind = args_option(args, "kind"), *format = args_option(args, "format");
    const char *as_of = args_option(args, "as-of"), *out = args_option(args, "out");
    struct list_query q = {0};
    struct text bytes = {0};
    enum err e = OK;
    if (as_of && !moment_read(text_of(as_of), &q.as_of))
        e = problem(s->call, ERR_INVALID, TEXT("as-of"), "moment",
                    "is a time like 2026-11-23T09:30:00Z");
    format = format ? format : kind ? "csv" : "json";
    bool zip = !kind && strcmp(format, "json") != 0;
    if (e == OK && strcmp(format, "csv") && strcmp(format, "xlsx") && strcmp(format, "json"))
        e = problem(s->call, ERR_INVALID, TEXT("format"), "unknown", "is csv, xlsx or json");
    if (e == OK && zip && !out)
        e = problem(s->call, ERR_INVALID, TEXT("out"), "required",
                    "all kinds as %s are one zip: say where with --out FILE.zip", format);
    else if (e == OK && zip)
        e = export_zip(s, &q, format, out);
    else if (e == OK)
        e = kind ? export_one(s, kind, &q, format, &bytes) : export_json(s, &q, &bytes);
    if (e != OK)
        return failed(s->call, e);
    return zip || write_file(out ? out : "-", bytes) ? 0 : 6;
}

static int run(const struct args *args)
{
    const char *what = args->word_count == 1 ? args->words[0] : "",
               *out = args_option(args, "out");
    struct place place = site_place(args);
    struct site s;
    bool openapi = !strcmp(what, "openapi");
    if (!openapi && strcmp(what, "records"))
        return wrong_action(
            "export", what,
            "records [--kind K] [--format csv|xlsx|json] [--out FILE] | openapi");
    if (!place.where)
        return 2;
    int code = site_open(&s, place, MODEL_SAME);
    if (code)
        return code;
    if (openapi) {
        struct buf b = buf_in(s.arena, 16u << 20);
        model_openapi(s.model, &b);
        code = write_file(out ? out : "-", buf_text(&b)) ? 0 : 6;
    } else
        code = export_records(&s, args);
    site_close(&s);
    return code;
}

const struct command command_export = {
    "export",
    "aimwell export records [--kind K] [--format csv|xlsx|json] [--as-of TIME] [--out FILE]\n"
    "aimwell export openapi [--out FILE]\n\n"
    "One kind goes to standard output without --out. Without --kind: all kinds, as one JSON "
    "object\n"
    "(default) or, with --format csv or xlsx, as a zip with a file for each kind.",
    "records or the API description, as files",
    rules,
    COUNT(rules),
    run,
    1};
