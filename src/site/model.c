/* SPDX-License-Identifier: Apache-2.0 */
/* site/model.c — the model of one organisation: what ships, the overlays it has switched
 * on, and its own files. The store remembers the models it was opened with (meta "models",
 * newest last), so that nobody works on it with another one unawares: a node or a command that
 * lacks a field would write records without it. */
#include "site/site.h"

#define REMEMBERED 100
#define WITH_OWN "+" /* after a hash: the organisation's own files were part of it */

enum err site_meta(struct site *s, const char *name, struct text *out)
{
    struct reader *r = store_reader(s->store);
    *out = (struct text){0};
    enum err e = meta_read(s->call, r, name, out);
    store_return(s->store, r);
    return e == ERR_MISSING ? OK : e;
}

/* ---- reading it ----------------------------------------------------------------------------
 */
/* Its own files: those of --site, or model.d of its data folder, which need not be there. */
static enum err read_own(struct call *call, const struct site *s, struct model_file **files,
                         size_t *count, bool *there)
{
    struct text folder = store_folder(s->store);
    *files = NULL;
    *count = 0;
    *there = s->own || folder.len;
    if (s->own)
        return model_folder(call, s->own, "model.d/", files, count);
    if (!folder.len)
        return OK;
    struct call *quiet = call_beside(call->arena, call);
    struct text own = text_print(call->arena, "%.*s/model.d", TEXT_ARG(folder));
    enum err e = model_folder(quiet, text_c(call->arena, own), "model.d/", files, count);
    *there = e != ERR_MISSING;
    return !*there || e == OK ? OK
                              : problem(call, e, own, "model", "%.*s",
                                        TEXT_ARG(quiet->problems ? quiet->problems->message
                                                                 : text_of(err_words(e))));
}

enum err site_model(struct call *call, struct site *s, struct text overlays, struct model **out)
{
    struct model_file *own;
    size_t count, own_count;
    TRY(read_own(call, s, &own, &own_count, &s->own_there));
    s->own_count = own_count;
    const struct model_file *files = model_embedded(&count);
    return model_load(call, files, count, own, own_count, overlays, out);
}

/* ---- the models it has had -----------------------------------------------------------------
 */
static struct text last_of(struct text models)
{
    struct text last = {0};
    while (models.len)
        last = text_cut(&models, ' ');
    return last;
}

static bool had(struct text models, struct text entry)
{
    while (models.len)
        if (text_same(text_cut(&models, ' '), entry))
            return true;
    return false;
}

static struct text entry_of(struct call *call, const struct site *s)
{
    return text_print(call->arena, "%.*s%s", TEXT_ARG(s->model->hash),
                      s->own_count ? WITH_OWN : "");
}

static enum err refuse_without_own(struct site *s)
{
    return problem(s->call, ERR_CONFLICT, site_shown(s->arena, s->where), "other_model", "%s",
                   say(s->call,
                       "it has model files of its own, and none are given: name their folder "
                       "with --site DIR or AIMWELL_SITE; an empty folder says that it shall "
                       "have none any more",
                       "该组织有自己的模型文件，而此处未提供：请用 --site DIR 或 AIMWELL_SITE "
                       "指明其文件夹；空文件夹表示不再使用"));
}

static enum err refuse_older(struct site *s, struct text hash)
{
    return problem(
        s->call, ERR_CONFLICT, site_shown(s->arena, s->where), "other_model",
        say(s->call,
            "it has gone on to model %.*s; this program with these files is the "
            "older model %.*s. Use the newer program and files; or, to go back on "
            "purpose and with no server running: aimwell model adopt",
            "该组织已改用模型 %.*s；本程序及这些文件是较旧的模型 %.*s。请使用较新的程序"
            "与文件；若确需退回，请先停止所有服务器，再执行 aimwell model adopt"),
        TEXT_ARG(hash), TEXT_ARG(s->model->hash));
}

static enum err refuse_another(struct site *s, struct text hash)
{
    return problem(
        s->call, ERR_CONFLICT, site_shown(s->arena, s->where), "other_model",
        say(s->call,
            "it works with model %.*s, and this program with these files is model "
            "%.*s: only serve, or aimwell model adopt, brings in a new one",
            "该组织使用模型 %.*s，而本程序及这些文件是模型 %.*s：只有 serve 或 aimwell "
            "model adopt 可引入新模型"),
        TEXT_ARG(hash), TEXT_ARG(s->model->hash));
}

enum err site_model_allowed(struct site *s, enum model_change change)
{
    struct text models;
    TRY(site_meta(s, "models", &models));
    struct text last = last_of(models), mine = entry_of(s->call, s);
    struct text rest = last, hash = text_cut(&rest, *WITH_OWN);
    bool shared = store_kind(s->store) == STORE_POSTGRES;
    if (!last.len || text_same(last, mine) || change == MODEL_ANY)
        return OK;
    if (text_ends(last, WITH_OWN) && !s->own_there)
        return refuse_without_own(s);
    if (shared && had(models, mine))
        return refuse_older(s, hash);
    if (shared && change == MODEL_SAME)
        return refuse_another(s, hash);
    return OK;
}

enum err site_model_note(struct site *s)
{
    struct text models;
    TRY(site_meta(s, "models", &models));
    struct text mine = entry_of(s->call, s), kept = models;
    size_t count = 0;
    if (text_same(last_of(models), mine))
        return OK;
    for (size_t i = 0; i < models.len; i++)
        count += models.at[i] == ' ';
    if (count + 1 >= REMEMBERED)
        (void)text_cut(&kept, ' ');
    struct text last = last_of(models), from = text_cut(&last, *WITH_OWN);
    return access_note_model(
        s->call, s->access,
        kept.len ? text_print(s->arena, "%.*s %.*s", TEXT_ARG(kept), TEXT_ARG(mine)) : mine,
        from);
}

bool site_model_replaced(struct site *s)
{
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), LANG_EN);
    struct reader *r = store_reader(s->store);
    struct text models;
    enum err e = meta_read(call, r, "models", &models);
    store_return(s->store, r);
    bool replaced = e == OK && !text_same(last_of(models), entry_of(call, s));
    arena_close(arena);
    return replaced;
}
