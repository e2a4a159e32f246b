/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/take.c — a slice of rows at a time goes through the one door: for good, or to be
 * rehearsed. A bad row never stops the good ones; the same file again changes nothing. */
#include "transfer/internal.h"

#define SLICE 200 /* what others who write have to wait for, at most */

struct slice {
    struct arena *arenas[SLICE]; /* one per row: the writer works in it while we go on */
    struct table_row rows[SLICE];
    struct prepared prepared[SLICE];
    struct change *changes[SLICE];
    struct call *calls[SLICE];
    const struct prepared *of[SLICE]; /* per change: its row */
    enum err outcome[SLICE];
    size_t count; /* of changes */
};

void transfer__slice_close(struct slice *s)
{
    for (size_t i = 0; s && i < SLICE; i++)
        arena_close(s->arenas[i]);
}

static struct store *store_of(const struct transfer *im)
{
    return access_store(record_access(im->records));
}

/* ---- what a rehearsal cannot see ---------------------------------------------------------
 * A slice that was rehearsed is gone when the next one is: that two rows of the file claim the same
 * value of a field that is unique is kept in mind here. */
static struct text claim_of(struct transfer *im, const struct field *f, struct arena *a,
                            const struct prepared *p)
{
    const struct json *v = f->unique ? record_value(p->change.record, f->name) : NULL;
    (void)im;
    return v && v->type == JSON_TEXT
               ? text_print(a, "%.*s\n%.*s", TEXT_ARG(f->name), TEXT_ARG(v->text))
               : (struct text){0};
}

static bool claimed_before(struct transfer *im, const struct prepared *p, struct call *one)
{
    bool before = false;
    for (size_t i = 0; i < im->door->field_count; i++) {
        const struct field *f = &im->door->fields[i];
        struct text claim = claim_of(im, f, one->arena, p);
        const uint32_t *line = claim.len ? transfer__get(im->claimed, claim) : NULL;
        if (!line)
            continue;
        before = true;
        (void)problem_at(one, ERR_CONFLICT, f->name, "exists", f->source,
                         text_print(one->arena, say(one, "is already used on line %u"), *line));
    }
    return before;
}

static void claim(struct transfer *im, const struct prepared *p, struct call *one)
{
    for (size_t i = 0; i < im->door->field_count; i++) {
        struct text claim = claim_of(im, &im->door->fields[i], one->arena, p);
        if (!claim.len)
            continue;
        uint32_t *line = NEW(im->arena, uint32_t);
        *line = p->row->line;
        transfer__put(im->claimed, text_copy(im->arena, claim), line);
    }
}

/* ---- one slice --------------------------------------------------------------------------- */
static void queue_row(struct transfer *im, struct slice *s, struct prepared *p)
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

static void refuse_row(struct transfer *im, const struct prepared *p, const struct call *one,
                       enum err e)
{
    for (const struct problem *q = one->problems; q; q = q->next)
        transfer__refuse(im, p->row->line, transfer__row_column(im, q->field),
                         text_c(im->scratch, q->code), q->message);
    if (!one->problems)
        transfer__refuse(im, p->row->line, (struct text){0}, err_code(e),
                         text_of(words_of(one, e)));
    im->counts.rejected++;
}

static void count_row(struct transfer *im, const struct prepared *p, struct call *one, enum err e)
{
    if (e == OK && im->rehearse && claimed_before(im, p, one))
        e = ERR_CONFLICT;
    if (e != OK) {
        refuse_row(im, p, one, e);
        return;
    }
    if (im->rehearse)
        claim(im, p, one);
    im->counts.unchanged += p->change.unchanged;
    im->counts.accepted += !p->change.unchanged && p->fate == FATE_CREATE;
    im->counts.updated += !p->change.unchanged && p->fate == FATE_UPDATE;
}

static enum err send_slice(struct transfer *im, struct slice *s)
{
    struct call *call = call_beside(im->scratch, im->call);
    enum err e =
        record_do_many(call, im->records, s->changes, s->calls, s->outcome, s->count);
    for (size_t i = 0; i < s->count; i++)
        if (e == OK || s->outcome[i] != ERR_IO)
            count_row(im, s->of[i], s->calls[i], s->outcome[i]);
    return e == OK ? OK : problem(im->call, e, TEXT(""), "storage", "%s", words_of(im->call, e));
}

/* Rows with what is there now before them; the reader is given back before the writer is waited
 * for. */
static size_t prepare_slice(struct transfer *im, struct slice *s)
{
    size_t n = 0;
    s->count = 0;
    im->reader = store_reader(store_of(im));
    while (n < SLICE && transfer__next(im, &im->pass, im->scratch, &s->rows[n])) {
        struct prepared *p = &s->prepared[n];
        transfer__row(im, &s->rows[n++], im->scratch, p);
        im->counts.rejected += p->fate == FATE_REFUSED;
        im->counts.unchanged += p->fate == FATE_UNCHANGED;
        if (p->fate == FATE_CREATE || p->fate == FATE_UPDATE)
            queue_row(im, s, p);
    }
    store_return(store_of(im), im->reader);
    im->reader = NULL;
    return n;
}

static enum err run_slice(struct transfer *im, bool *more)
{
    struct slice *s = im->slice;
    size_t rows = prepare_slice(im, s);
    enum err e = s->count ? send_slice(im, s) : OK;
    im->counts.done += (int64_t)rows;
    for (size_t i = 0; i < s->count; i++)
        arena_reset(s->arenas[i]);
    arena_reset(im->scratch);
    *more = rows == SLICE;
    return e;
}

/* What went wrong as a whole is said on the call that asked; the next one begins without it. */
static enum err told(struct call *call, struct transfer *im, enum err e)
{
    for (const struct problem *p = im->call->problems; p && e != OK && call != im->call;
         p = p->next)
        (void)problem_at(call, e, text_copy(call->arena, p->field),
                         text_c(call->arena, p->code), text_copy(call->arena, p->source),
                         text_copy(call->arena, p->message));
    return e;
}

static void act_for(struct call *call, struct transfer *im)
{
    im->call->actor = call->actor;
    im->call->id = call->id;
    im->call->lang = call->lang;
    im->call->now = call->now;
    im->call->zone = call->zone;
}

enum err transfer_step(struct call *call, struct transfer *im, bool *more)
{
    act_for(call, im);
    *more = false;
    return told(call, im, run_slice(im, more));
}

/* ---- beginning and end ------------------------------------------------------------------- */
static enum err ready(struct transfer *im)
{
    im->door_model = access_model(record_access(im->records));
    im->door = model_kind(im->door_model, im->kind->name);
    if (!im->door)
        return problem(im->call, ERR_MISSING, im->kind->name, "kind", "%s",
                       say(im->call, "there is no kind of record with this name"));
    im->claimed = transfer__index(im->arena);
    im->slice = NEW(im->arena, struct slice);
    im->pass = transfer__pass(im, true);
    im->reader = store_reader(store_of(im));
    enum err e = transfer__known(im);
    store_return(store_of(im), im->reader);
    im->reader = NULL;
    return e == OK ? transfer__units(im) : e;
}

enum err transfer_begin(struct call *call, struct transfer *im, struct records *records,
                        bool rehearse, struct text batch)
{
    act_for(call, im);
    im->records = records;
    im->rehearse = rehearse;
    im->batch = call->actor->person.len ? batch : (struct text){0};
    return told(call, im, ready(im));
}

/* Which sheet was read, and which were not, is worth knowing when its columns make no sense. */
static enum err name_sheets(struct transfer *im, enum err e)
{
    const struct sheet *s = &im->table.sheet;
    struct buf b = buf_in(im->arena, 2000);
    for (size_t i = 0; i < s->name_count && b.len < 1500; i++)
        buf_print(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(s->names[i].name));
    return e == OK || s->name_count < 2
               ? e
               : problem(
                     im->call, e, TEXT("sheet"), "sheet",
                     say(im->call,
                         "the sheet “%.*s” was read; in the workbook are: %.*s. A map names "
                         "another: \"sheet\": \"…\""),
                     TEXT_ARG(s->name), TEXT_ARG(buf_text(&b)));
}

/* A file that makes no sense by its first row often has a banner above its header. */
static enum err name_header(struct transfer *im, enum err e)
{
    bool elsewhere = im->likely_second || im->likely_line > (int64_t)im->table.header;
    if (e == OK || im->said || json_get(im->how, "header") || !elsewhere)
        return e;
    struct text both = im->likely_second
                           ? text_print(im->arena, "[%lld, %lld]", (long long)im->likely_line,
                                        (long long)im->likely_second)
                           : text_print(im->arena, "%lld", (long long)im->likely_line);
    return problem(im->call, e, im->path, "header",
                   say(im->call,
                       "the names of the columns seem to stand in line %lld: %.*s. Say so in a "
                       "map: \"header\": %.*s (aimwell import %.*s FILE --look drafts one)"),
                   (long long)im->likely_line, TEXT_ARG(im->likely_names), TEXT_ARG(both),
                   TEXT_ARG(im->kind->name));
}

static enum err read_and_plan(struct transfer *im, struct text bytes)
{
    enum err e = transfer__table(im, bytes);
    if (e == OK)
        e = im->map && im->table.columns ? transfer__plan_map(im) : transfer__plan_plain(im);
    TRY(name_sheets(im, name_header(im, e)));
    transfer__plan_dates(im);
    im->counts.rows = (int64_t)im->table.count;
    im->counts.states = im->plan.states;
    return OK;
}

enum err transfer_open(struct call *call, const struct transfer_options *options,
                       struct transfer **out)
{
    struct arena *arena = arena_open();
    struct transfer *im = NEW(arena, struct transfer);
    *im = (struct transfer){.arena = arena,
                            .scratch = arena_open(),
                            .call = call_beside(arena, call),
                            .path = options->name,
                            .map = options->map,
                            .map_name = options->map_name,
                            .said = options->said,
                            .how = options->map ? options->map : options->said,
                            .model = options->model,
                            .kind = model_kind(options->model, options->kind)};
    im->refusals_end = &im->refusals;
    im->remarks_end = &im->remarks;
    im->remark_index = transfer__index(arena);
    act_for(call, im);
    enum err e = im->kind ? read_and_plan(im, options->bytes)
                          : problem(im->call, ERR_MISSING, options->kind, "kind", "%s",
                                    say(call, "there is no kind of record with this name"));
    e = told(call, im, e);
    *out = e == OK ? im : NULL;
    if (e != OK)
        transfer_close(im);
    return e;
}

void transfer_close(struct transfer *im)
{
    if (!im)
        return;
    transfer__slice_close(im->slice);
    arena_close(im->scratch);
    arena_close(im->arena);
}

bool transfer_has_identity(const struct transfer *im)
{
    const struct plan *p = &im->plan;
    return p->mapped || p->key != NO_COLUMN || p->id != NO_COLUMN || p->external != NO_COLUMN ||
           p->match;
}
