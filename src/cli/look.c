/* SPDX-License-Identifier: Apache-2.0 */
/* cli/look.c — commands that only look: framework, check, model. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

/* ---- framework
 * ---------------------------------------------------------------------------------------- */
static int run_framework(const struct args *args)
{
    struct place place = site_place(args);
    struct site s;
    const char *act = args->word_count ? args->words[0] : "";
    if (strcmp(act, "list") != 0)
        return wrong_action(args, "framework", act, "list");
    if (!place.where || args->word_count != 1)
        return 2;
    int code = site_open(&s, args->caller, place, MODEL_SAME);
    if (code)
        return code;
    for (size_t i = 0; i < s.model->framework_count; i++) {
        const struct framework *f = &s.model->frameworks[i];
        fprintf(args->caller->out, "%.*s\t%.*s\t%zu rows\n", TEXT_ARG(f->name), TEXT_ARG(f->title.en),
               f->row_count);
    }
    site_close(&s);
    return 0;
}
const struct command command_framework = {"framework",
                                          "aimwell framework list",
                                          "standards and laws that are loaded",
                                          NULL,
                                          0,
                                          run_framework,
                                          2, true};

/* ---- check
 * ------------------------------------------------------------------------------------------------
 */
static const struct option_rule check_rules[] = {{"json", false}};

static void print_checks(const struct args *args, const struct check_result *results, size_t count)
{
    static const char *words[] = {"pass", "FAIL", "no data"};
    /* One that is looked at may be broken by several records: the two counts are no fraction. */
    for (size_t i = 0; i < count; i++)
        fprintf(args->caller->out, "%-8s %-14.*s %s%.*s (%lld looked at, %lld record%s to mend)\n",
                words[results[i].state], TEXT_ARG(results[i].check->name),
                results[i].check->must ? "" : "(advice) ", TEXT_ARG(results[i].check->title.en),
                (long long)results[i].population, (long long)results[i].breaks,
                results[i].breaks == 1 ? "" : "s");
}

static int run_check(const struct args *args)
{
    struct place place = site_place(args);
    struct site s;
    bool must_fails = false;
    if (!place.where)
        return 2;
    int code = site_open(&s, args->caller, place, MODEL_SAME);
    if (code)
        return code;
    struct reader *r = store_reader(s.store);
    enum err e;
    if (args_flag(args, "json")) {
        struct buf b = buf_in(s.arena, 16u << 20);
        struct json_out o = json_out(&b);
        e = api_checks_json(s.call, s.records, r, &o, &must_fails);
        if (e == OK)
            write_file(args->caller, "-", text_join(s.arena, buf_text(&b), TEXT("\n")));
    } else {
        struct check_result *results;
        size_t count;
        e = assure_checks(s.call, s.records, r, &results, &count);
        for (size_t i = 0; e == OK && i < count; i++)
            must_fails |= results[i].check->must && results[i].state == CHECK_FAIL;
        if (e == OK)
            print_checks(args, results, count);
    }
    store_return(s.store, r);
    code = e != OK ? failed(args->caller, s.call, e) : must_fails;
    site_close(&s);
    return code;
}
const struct command command_check = {"check",
                                      "aimwell check [--json]\n\nRuns the assurance checks; "
                                      "exit 0 when none that must hold is failing.",
                                      "run the assurance checks",
                                      check_rules,
                                      COUNT(check_rules),
                                      run_check, 0, true};

/* ---- model
 * ----------------------------------------------------------------------------------------------------
 */
static const struct option_rule model_rules[] = {
    {"openapi", false}, {"typescript", false}, {"markdown", false}};

/* The shipped model, or that in `folder`, with the files in `own`. */
static enum err load(const struct caller *c, struct call *call, const char *folder, const char *own,
                     struct model **model)
{
    struct model_file *files, *more = NULL;
    size_t count, more_count = 0;
    const struct model_file *shipped = model_embedded(&count);
    if (own)
        TRY(model_folder(call, caller_path(c, call->arena, own), "model.d/", &more, &more_count));
    if (!folder)
        return model_load(call, shipped, count, more, more_count, (struct text){0}, model);
    TRY(model_folder(call, caller_path(c, call->arena, folder), "", &files, &count));
    return model_load(call, files, count, more, more_count, (struct text){0}, model);
}

static int check_model(const struct args *args, const struct model *m)
{
    fprintf(args->caller->out, "%zu kinds, %zu frameworks, %zu checks, %zu roles; model %.*s\n", m->kind_count,
           m->framework_count, m->check_count, m->role_count, TEXT_ARG(m->hash));
    for (size_t i = 0; i < m->untranslated_count; i++)
        fprintf(args->caller->out, "no Chinese for: %.*s\n", TEXT_ARG(m->untranslated[i]));
    return m->untranslated_count ? 1 : 0;
}

static int export_model(struct call *call, const struct args *args, const struct model *m)
{
    struct buf b = buf_in(call->arena, 32u << 20);
    if (args_flag(args, "openapi"))
        model_openapi(m, &b);
    else if (args_flag(args, "typescript"))
        model_typescript(m, &b);
    else if (args_flag(args, "markdown"))
        model_markdown(m, &b);
    else
        model_json(m, &b);
    return write_file(args->caller, "-", buf_text(&b)) ? 0 : 6;
}

static int explain(struct call *call, const struct args *args, const struct model *m, const char *kind)
{
    struct buf b = buf_in(call->arena, 4u << 20);
    enum err e = model_explain(call, m, text_of(kind), &b);
    if (e != OK)
        return failed(args->caller, call, e);
    return write_file(args->caller, "-", buf_text(&b)) ? 0 : 6;
}

static int look_at_model(struct call *call, const struct args *args, const struct model *m,
                         bool checking, const char *kind)
{
    return checking ? check_model(args, m)
           : kind   ? explain(call, args, m, kind)
                    : export_model(call, args, m);
}

/* With the site's own files and the overlays it has switched on. */
static int run_model_of_site(const struct args *args, bool checking, const char *kind)
{
    struct site s;
    struct place place = site_place(args);
    int code = place.where ? site_open_reading(&s, args->caller, place) : 2;
    if (code)
        return code;
    code = look_at_model(s.call, args, s.model, checking, kind);
    site_close(&s);
    return code;
}

/* Brings in this program's model and these files, also when it is an older one. In a running server:
 * the files, while people work. */
static int adopt(const struct args *args, const char *folder)
{
    struct site s;
    struct place place = site_place(args);
    bool served = args->caller->open != NULL;
    if (folder && !served)
        place.own = folder;
    else if (!folder)
        folder = place.own;
    if (served)
        place.own = NULL;
    int code = place.where ? site_open(&s, args->caller, place, served ? MODEL_SAME : MODEL_ANY) : 2;
    if (code)
        return code;
    if (served)
        code = site_adopt(&s, folder);
    if (code == 0)
        fprintf(args->caller->out, "%.*s works with model %.*s\n",
                TEXT_ARG(site_shown(s.arena, s.where)),
                TEXT_ARG(served ? s.adopted : s.model->hash));
    site_close(&s);
    return code;
}

static int run_model(const struct args *args)
{
    const char *act = args->word_count ? args->words[0] : "";
    const char *word = args->word_count > 1 ? args->words[1] : NULL;
    bool checking = !strcmp(act, "check"), explaining = !strcmp(act, "explain") && word;
    bool adopting = !strcmp(act, "adopt"), alone = !strcmp(act, "export");
    if (!checking && !explaining && !adopting && (!alone || word)) {
        bool known = checking || alone || !strcmp(act, "explain");
        return wrong_action(args, "model", known ? "" : act,
                            "check [DIR] | explain KIND | adopt [DIR] | export "
                            "[--openapi|--typescript|--markdown]");
    }
    if (adopting)
        return adopt(args, word);
    if (args_option(args, "data") || args_option(args, "store"))
        return run_model_of_site(args, checking, explaining ? word : NULL);
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), args->caller->lang);
    struct model *m = NULL;
    enum err e = load(args->caller, call, checking ? word : NULL, site_own(args), &m);
    int code = e != OK ? failed(args->caller, call, e)
                       : look_at_model(call, args, m, checking, explaining ? word : NULL);
    model_close(m);
    arena_close(arena);
    return code;
}
const struct command command_model = {
    "model",
    "aimwell model check [DIR]\naimwell model explain KIND\n"
    "aimwell model export [--openapi|--typescript|--markdown]\naimwell model adopt [DIR]\n\n"
    "check reads the model (the shipped one, or that in DIR) as the server would: every "
    "mistake with\n"
    "file and line. explain prints what follows from a kind: table, routes, permissions, "
    "moves.\n"
    "With --data or --store it is the model of that organisation, with its own files; with "
    "--site\n"
    "alone, the shipped one with the files in that folder. adopt brings the files in DIR (else those\n"
    "of --site or model.d) into the organisation, also while its server runs: nobody is interrupted.\n"
    "Without a server it also goes back to an older model: on PostgreSQL, stop the servers for that.",
    "the model: check it, have it explained",
    model_rules,
    COUNT(model_rules),
    run_model,
    2, true, "adopt"};
