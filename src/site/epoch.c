/* SPDX-License-Identifier: Apache-2.0 */
/* site/epoch.c — another model for an open organisation: its own files and what ships make it, it is
 * held against the store, rehearsed or brought in, and everybody's next call has it. */
#include "site/internal.h"

#include <string.h>
#include <unistd.h>

/* ---- what differs -------------------------------------------------------------------------- */
struct differing {
    struct arena *arena;
    struct model_difference **end;
};

static struct words copy_words(struct arena *a, struct words w)
{
    return (struct words){text_copy(a, w.en), text_copy(a, w.zh)};
}

static void add(struct differing *d, const char *what, struct text kind, struct text name,
                struct words title, struct words of)
{
    struct model_difference *one = NEW(d->arena, struct model_difference);
    *one = (struct model_difference){.what = what,
                                     .kind = text_copy(d->arena, kind),
                                     .name = text_copy(d->arena, name),
                                     .title = copy_words(d->arena, title),
                                     .of = copy_words(d->arena, of)};
    *d->end = one;
    d->end = &one->next;
}

static bool same_words(struct words a, struct words b)
{
    return text_same(a.en, b.en) && text_same(a.zh, b.zh);
}

static bool same_options(const struct scale *a, const struct scale *b)
{
    if (!a || !b)
        return a == b;
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = text_same(a->options[i].value, b->options[i].value) &&
               same_words(a->options[i].title, b->options[i].title);
    return same;
}

static bool same_field(const struct field *a, const struct field *b)
{
    return a->type == b->type && same_words(a->title, b->title) && same_words(a->about, b->about) &&
           a->required == b->required && a->required_from == b->required_from &&
           a->sensitive == b->sensitive && a->many == b->many && a->unique == b->unique &&
           same_options(a->scale, b->scale);
}

static void fields(struct differing *d, const struct kind *was, const struct kind *now)
{
    for (size_t i = 0; i < now->field_count; i++) {
        const struct field *f = &now->fields[i], *old = kind_field(was, f->name);
        if (!old || !same_field(old, f))
            add(d, old ? "field_changed" : "field_added", now->name, f->name, f->title, now->title);
    }
    for (size_t i = 0; i < was->field_count; i++)
        if (!kind_field(now, was->fields[i].name))
            add(d, "field_dropped", now->name, was->fields[i].name, was->fields[i].title,
                now->title);
}

static void kinds(struct differing *d, const struct model *was, const struct model *now)
{
    for (size_t i = 0; i < now->kind_count; i++) {
        const struct kind *k = &now->kinds[i], *old = model_kind(was, k->name);
        if (old)
            fields(d, old, k);
        else
            add(d, "kind_added", k->name, k->prefix, k->title, k->plural);
    }
    for (size_t i = 0; i < was->kind_count; i++)
        if (!model_kind(now, was->kinds[i].name))
            add(d, "kind_dropped", was->kinds[i].name, was->kinds[i].prefix, was->kinds[i].title,
                was->kinds[i].plural);
}

static void others(struct differing *d, const struct model *was, const struct model *now)
{
    for (size_t i = 0; i < now->check_count; i++)
        if (!model_check(was, now->checks[i].name))
            add(d, "check_added", TEXT(""), now->checks[i].name, now->checks[i].title,
                (struct words){0});
    for (size_t i = 0; i < was->check_count; i++)
        if (!model_check(now, was->checks[i].name))
            add(d, "check_dropped", TEXT(""), was->checks[i].name, was->checks[i].title,
                (struct words){0});
    for (size_t i = 0; i < now->framework_count; i++)
        if (!model_framework(was, now->frameworks[i].name))
            add(d, "framework_added", TEXT(""), now->frameworks[i].name, now->frameworks[i].title,
                (struct words){0});
    for (size_t i = 0; i < was->framework_count; i++)
        if (!model_framework(now, was->frameworks[i].name))
            add(d, "framework_dropped", TEXT(""), was->frameworks[i].name, was->frameworks[i].title,
                (struct words){0});
}

static struct model_difference *differ(struct arena *a, const struct model *was,
                                       const struct model *now)
{
    struct model_difference *first = NULL;
    struct differing d = {a, &first};
    kinds(&d, was, now);
    others(&d, was, now);
    return first;
}

/* ---- the change ---------------------------------------------------------------------------- */
static enum err too_much(struct call *call)
{
    return problem(
        call, ERR_TOO_LARGE, TEXT("files"), "too_large",
        say(call, "at most %d model files of the organisation's own, %zu MiB in all"),
        OWN_FILES_MOST, OWN_BYTES_MOST >> 20);
}

static enum err check_size(struct call *call, const struct model_file *files, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += files[i].bytes.len;
        if (files[i].path.len > 200)
            return too_much(call);
    }
    return count > OWN_FILES_MOST || bytes > OWN_BYTES_MOST ? too_much(call) : OK;
}

enum err site__load(struct call *call, struct store *store, const struct own_files *own,
                    struct model **out)
{
    struct text overlays;
    size_t count;
    const struct model_file *files = model_embedded(&count);
    struct reader *r = store_reader(store);
    enum err e = meta_read(call, r, "overlays", &overlays);
    store_return(store, r);
    if (e != OK && e != ERR_MISSING)
        return e;
    TRY(check_size(call, own->files, own->count));
    return model_load(call, files, count, own->files, own->count,
                      e == OK ? overlays : (struct text){0}, out);
}

/* A framework that is new has a register to be filled. */
static void fill_registers(struct call *call, struct epochs *epochs)
{
    struct records *now = epoch_take(epochs);
    struct call *own = call_beside(call->arena, call);
    size_t made;
    own->id = call->id;
    own->actor = actor_command(own);
    if (assure_registers(own, now, &made) != OK)
        log_line(LOG_WARN, "epoch", "registers=incomplete");
    epoch_give(now);
}

enum err site_model_change(struct call *call, struct records *now, struct site_change *c)
{
    struct own_files own = {.files = c->files, .count = c->count, .folder = c->folder};
    struct store *store = access_store(record_access(now));
    struct model *m;
    TRY(site__load(call, store, &own, &m));
    struct model_note note = {.model = m, .own = &own, .has_own = own.count > 0, .seen = c->seen};
    struct epoch_change change = {.now = now, .model = m, .rehearse = c->rehearse, .note = &note};
    c->differences = differ(call->arena, record_model(now), m);
    c->hash = text_copy(call->arena, m->hash);
    c->digest = access_files_digest(call, own.files, own.count);
    enum err e = record_epoch(call, &change);
    c->steps = change.steps;
    if (e != OK || c->rehearse) {
        model_close(m);
        return e;
    }
    log_line(LOG_INFO, "epoch", "model=%.*s files=%zu", TEXT_ARG(c->hash), c->count);
    fill_registers(call, record_epochs(now));
    return OK;
}

/* ---- another server changed it ------------------------------------------------------------- */
static enum err follow(struct call *call, struct site *s, struct records *now, bool *fits)
{
    struct own_files own;
    struct model *m;
    struct text models;
    struct reader *r = store_reader(s->store);
    enum err e = meta_read(call, r, "models", &models);
    if (e == OK)
        e = access_own_files(call, r, &own);
    store_return(s->store, r);
    TRY(e);
    *fits = false;
    TRY(site__load(call, s->store, &own, &m));
    *fits = text_same(site__last_of(models), access_model_word(call->arena, m, own.count > 0));
    e = *fits ? record_follow(call, now, m) : OK;
    if (e != OK || !*fits)
        model_close(m);
    return e;
}

enum err site_model_follow(struct site *s, bool *fits)
{
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), LANG_EN);
    struct records *now = epoch_take(s->epochs);
    *fits = true;
    enum err e = site_model_replaced(s, now) ? follow(call, s, now, fits) : OK;
    epoch_give(now);
    arena_close(arena);
    return e;
}

enum err site_day_follow(struct site *s)
{
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), LANG_EN);
    struct records *now = epoch_take(s->epochs);
    call->id = id_new(call);
    call->actor = actor_system(call);
    enum err e = record_follow_day(call, now);
    epoch_give(now);
    arena_close(arena);
    return e;
}

/* ---- a folder, by a command ---------------------------------------------------------------- */
enum err site__folder(struct call *call, const char *path, struct own_files *out)
{
    struct model_file *files;
    TRY(model_folder(call, path, "", &files, &out->count));
    out->files = files;
    out->folder = access_files_digest(call, files, out->count);
    return OK;
}

static bool of_pages(struct text path)
{
    return text_starts(path, "pages/");
}

/* What people made in the pages stays beside what a folder brings, unless it brings such files. */
struct own_files site__with_pages(struct call *call, const struct own_files *folder,
                                  const struct own_files *stored)
{
    struct model_file *all =
        NEW_MANY(call->arena, folder->count + stored->count + 1, struct model_file);
    struct own_files out = {.files = all, .folder = folder->folder};
    bool any = false;
    for (size_t i = 0; i < folder->count; i++) {
        any |= of_pages(folder->files[i].path);
        all[out.count++] = folder->files[i];
    }
    for (size_t i = 0; i < stored->count && !any; i++)
        if (of_pages(stored->files[i].path))
            all[out.count++] = stored->files[i];
    out.digest = access_files_digest(call, all, out.count);
    return out;
}

int site_adopt(struct site *s, const char *folder)
{
    struct own_files stored, brought;
    struct reader *r = store_reader(s->store);
    enum err e = access_own_files(s->call, r, &stored);
    store_return(s->store, r);
    const char *own = folder ? caller_path(s->caller, s->arena, folder)
                      : s->own ? s->own
                      : text_print(s->arena, "%.*s/model.d", TEXT_ARG(store_folder(s->store))).at;
    if (e == OK && !folder && access(own, F_OK) != 0)
        e = problem(s->call, ERR_INVALID, TEXT("folder"), "missing", "%s",
                    say(s->call, "name the folder of the files: aimwell model adopt DIR"));
    if (e == OK)
        e = site__folder(s->call, own, &brought);
    if (e == OK) {
        struct own_files all = site__with_pages(s->call, &brought, &stored);
        /* The server's own folder is remembered by what is in it; another is not its folder. */
        struct site_change c = {.files = all.files,
                                .count = all.count,
                                .folder = folder ? TEXT("") : all.folder};
        e = site_model_change(s->call, s->records, &c);
        s->adopted = c.hash;
    }
    return e == OK ? 0 : failed(s->caller, s->call, e);
}
