/* SPDX-License-Identifier: Apache-2.0 */
/* site/model.c — the model of one organisation: what ships, the overlays it has switched
 * on, and its own files. The store remembers the models it was opened with (meta "models",
 * newest last), so that nobody works on it with another one unawares: a node or a command that
 * lacks a field would write records without it. */
#include "site/internal.h"

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
/* Its folder: that of --site, or model.d of its data folder, which need not be there. */
static enum err read_folder(struct call *call, struct site *s, struct own_files *out)
{
    struct text folder = store_folder(s->store);
    *out = (struct own_files){0};
    s->own_there = s->own || folder.len;
    if (s->own)
        return site__folder(call, s->own, out);
    if (!folder.len)
        return OK;
    struct call *quiet = call_beside(call->arena, call);
    struct text own = text_print(call->arena, "%.*s/model.d", TEXT_ARG(folder));
    enum err e = site__folder(quiet, text_c(call->arena, own), out);
    s->own_there = e != ERR_MISSING;
    return !s->own_there || e == OK ? OK
                                    : problem(call, e, own, "model", "%.*s",
                                              TEXT_ARG(quiet->problems
                                                           ? quiet->problems->message
                                                           : text_of(err_words(e))));
}

/* The store has the files; a folder that is not as it was when it was last brought in has newer ones. */
static enum err choose_files(struct call *call, struct site *s)
{
    struct own_files stored, folder;
    struct reader *r = store_reader(s->store);
    struct call *own = s->looking ? call_beside(call->arena, call) : call;
    enum err e = access_own_files(own, r, &stored);
    store_return(s->store, r);
    if (e == ERR_CONFLICT && s->looking)
        stored = (struct own_files){0}; /* altered: whoever verifies finds out without them */
    else
        TRY(e);
    TRY(read_folder(call, s, &folder));
    s->own_new = s->own_there && (s->force || !text_same(folder.folder, stored.folder));
    s->own_files = s->own_new ? site__with_pages(call, &folder, &stored) : stored;
    s->own_new = s->own_new && !(text_same(s->own_files.digest, stored.digest) &&
                                 text_same(folder.folder, stored.folder));
    return OK;
}

enum err site_model(struct call *call, struct site *s, struct text overlays, struct model **out)
{
    size_t count;
    const struct model_file *files = model_embedded(&count);
    TRY(choose_files(call, s));
    return model_load(call, files, count, s->own_files.files, s->own_files.count, overlays, out);
}

/* ---- the models it has had -----------------------------------------------------------------
 */
struct text site__last_of(struct text models)
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
    return access_model_word(call->arena, s->model, s->own_files.count > 0);
}

static enum err refuse_without_own(struct site *s)
{
    return problem(s->call, ERR_CONFLICT, site_shown(s->arena, s->where), "other_model", "%s",
                   say(s->call,
                       "it has model files of its own, and none are given: name their folder "
                       "with --site DIR or AIMWELL_SITE; an empty folder says that it shall "
                       "have none any more"));
}

static enum err refuse_older(struct site *s, struct text hash)
{
    return problem(s->call, ERR_CONFLICT, site_shown(s->arena, s->where), "other_model",
                   say(s->call,
                       "it has gone on to model %.*s; this program with these files is the "
                       "older model %.*s. Use the newer program and files; or, to go back on "
                       "purpose and with no server running: aimwell model adopt"),
                   TEXT_ARG(hash), TEXT_ARG(s->model->hash));
}

static enum err refuse_another(struct site *s, struct text hash)
{
    return problem(s->call, ERR_CONFLICT, site_shown(s->arena, s->where), "other_model",
                   say(s->call,
                       "it works with model %.*s, and this program with these files is model "
                       "%.*s: only serve, or aimwell model adopt, brings in a new one"),
                   TEXT_ARG(hash), TEXT_ARG(s->model->hash));
}

enum err site_model_allowed(struct site *s, enum model_change change)
{
    struct text models;
    TRY(site_meta(s, "models", &models));
    struct text last = site__last_of(models), mine = entry_of(s->call, s);
    struct text rest = last, hash = text_cut(&rest, *WITH_OWN);
    bool shared = store_kind(s->store) == STORE_POSTGRES;
    if (!last.len || text_same(last, mine) || change == MODEL_ANY)
        return OK;
    if (text_ends(last, WITH_OWN) && !s->own_there && !s->own_files.count)
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
    struct model_note note = {.model = s->model,
                              .own = s->own_new ? &s->own_files : NULL,
                              .has_own = s->own_files.count > 0};
    TRY(site_meta(s, "models", &models));
    if (!s->own_new && text_same(site__last_of(models), entry_of(s->call, s)))
        return OK;
    return access_note_model(s->call, s->access, &note);
}

bool site_model_replaced(struct site *s, const struct records *now)
{
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), LANG_EN);
    struct reader *r = store_reader(s->store);
    struct text models;
    enum err e = meta_read(call, r, "models", &models);
    store_return(s->store, r);
    struct text last = site__last_of(models), hash = text_cut(&last, *WITH_OWN);
    bool replaced = e == OK && !text_same(hash, record_model(now)->hash);
    arena_close(arena);
    return replaced;
}
