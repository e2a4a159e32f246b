/* SPDX-License-Identifier: Apache-2.0 */
/* cli/demos.c — which demo organisations there are (the files in model/demo), which one is
 * meant, and opening it. Which one an organisation is, is a fact of its store: another is never
 * mixed into it. */
#include "cli/cli.h"

#include <stdio.h>

#define SCRIPT_MOST ((size_t)8 << 20)

/* Fills *name when the file is a demo: "demo/office.json" is "office". */
static bool is_script(const struct model_file *file, struct text *name)
{
    static const size_t folder = sizeof "demo/" - 1, ending = sizeof ".json" - 1;
    if (!text_starts(file->path, "demo/") || !text_ends(file->path, ".json"))
        return false;
    *name = (struct text){file->path.at + folder, file->path.len - folder - ending};
    return true;
}

/* A script of one's own is named by its path. Whoever plays one is at the command line, where
 * they could do all of it by hand. */
static bool is_path(struct text wanted)
{
    return text_find(wanted, '/') >= 0 && text_ends(wanted, ".json");
}

static enum err read_own(struct call *call, struct text path, struct demo *out)
{
    FILE *f = fopen(text_c(call->arena, path), "rb");
    struct buf b = buf_in(call->arena, SCRIPT_MOST);
    char part[16384];
    size_t got;
    if (!f)
        return ERR_MISSING;
    while (b.len <= SCRIPT_MOST - sizeof part && (got = fread(part, 1, sizeof part, f)) > 0)
        buf_add(&b, (struct text){part, got});
    bool whole = feof(f) != 0;
    fclose(f);
    if (!whole)
        return problem(call, ERR_INVALID, TEXT("demo"), "too_large", "%s",
                       say(call, "a demo script has at most 8 MiB"));
    out->name = out->path = path;
    return json_read(call, buf_text(&b), &json_model_limits, &out->script);
}

enum err demo_script(struct call *call, struct text wanted, struct demo *out)
{
    size_t count;
    if (is_path(wanted))
        return read_own(call, wanted, out);
    const struct model_file *files = model_embedded(&count);
    for (size_t i = 0; i < count; i++) {
        struct text name;
        if (!is_script(&files[i], &name) || (wanted.len && !text_same(name, wanted)))
            continue;
        TRY(json_read(call, files[i].bytes, &json_model_limits, &out->script));
        out->name = name;
        out->path = text_join(call->arena, TEXT("model/"), files[i].path);
        if (wanted.len || json_true(json_get(out->script, "standard")))
            return OK;
    }
    return ERR_MISSING;
}

static int refuse_unknown(const struct args *args, struct call *call, struct text wanted)
{
    size_t count;
    const struct model_file *files = model_embedded(&count);
    fprintf(args->caller->err, "aimwell: --demo %.*s: %s:", TEXT_ARG(wanted),
            say(call, "there is no such demo organisation; there are"));
    for (size_t i = 0; i < count; i++) {
        struct text name;
        if (is_script(&files[i], &name))
            fprintf(args->caller->err, " %.*s", TEXT_ARG(name));
    }
    fprintf(args->caller->err, "\n");
    return 2;
}

enum err demo_of(struct site *s, struct text *name)
{
    struct text is;
    *name = (struct text){0};
    TRY(site_meta(s, "demo", &is));
    if (!text_is(is, "1"))
        return OK;
    TRY(site_meta(s, "demo.script", name));
    if (name->len)
        return OK;
    struct demo standard; /* made when there was only one */
    TRY(demo_script(s->call, (struct text){0}, &standard));
    *name = standard.name;
    return OK;
}

static enum err refuse_other(struct site *s, struct text is)
{
    if (is.len)
        return problem(
            s->call, ERR_CONFLICT, TEXT("demo"), "exists",
            say(s->call,
                "another demo organisation is here: give this one a place of its own"));
    return problem(
        s->call, ERR_CONFLICT, TEXT("demo"), "exists",
        say(s->call,
            "an organisation that is no demo is here: give the demo a place of its own"));
}

/* What is there is served as it is, unless another demo was asked for by its name. */
static int open_there(struct site *s, const struct args *args, struct place place,
                      struct text wanted)
{
    struct text is;
    int code = site_open(s, args->caller, place, MODEL_NEW);
    if (code || !wanted.len)
        return code;
    enum err e = demo_of(s, &is);
    if (e == OK && text_same(is, wanted))
        return 0;
    code = failed(s->caller, s->call, e == OK ? refuse_other(s, is) : e);
    site_close(s);
    return code;
}

int demo_open(struct site *s, const struct args *args, struct place place)
{
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), args->caller->lang);
    const char *given = args_option(args, "demo");
    struct text wanted = given ? text_of(given) : (struct text){0};
    struct demo demo;
    int code;
    enum err e = given && !wanted.len ? ERR_MISSING : demo_script(call, wanted, &demo);
    if (e == ERR_MISSING)
        code = refuse_unknown(args, call, wanted);
    else if (e != OK)
        code = failed(args->caller, call, e);
    else if (site_there(args->caller, place))
        code = open_there(s, args, place, wanted);
    else {
        fprintf(args->caller->err, "Making the demo organisation in %.*s …\n",
                TEXT_ARG(site_shown(arena, text_of(place.where))));
        struct text name = json_text(json_get(demo.script, "organisation"));
        code = site_create(s, args->caller, place, text_c(arena, name), "demo.aimwell.local");
        code = code ? code : demo_load(s, demo.name);
    }
    arena_close(arena);
    return code;
}
