/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/row.c — one row becomes one change: a new record, or exactly the fields in which
 * the row differs from the record it belongs to. Nothing of a cell is lost: what its field
 * cannot give back goes to the `kept` field. */
#include "transfer/internal.h"

#include <string.h>

struct said { /* a remark, for when the row is not refused after all */
    struct text column, cell, message;
    const char *code;
    bool kept;
    struct said *next;
};
struct leftover { /* a cell for the kept field */
    struct text column, cell;
    bool spaces_only; /* its field holds it but for white space around it */
    struct leftover *next;
};
struct making {
    struct transfer *im;
    const struct table_row *row;
    struct arena *arena;
    struct json *body;
    const struct json **body_end;
    struct leftover *kept, **kept_end;
    struct said *said, **said_end;
    struct text long_title; /* what did not fit, whole; "" = it did */
    bool refused;
};

#define KEPT_MOST ((size_t)1 << 20)
static const struct json nothing = {.type = JSON_NULL};

/* ---- saying what is wrong --------------------------------------------------------------- */
struct text transfer__row_column(const struct transfer *im, struct text field)
{
    size_t end = 0;
    while (end < field.len && field.at[end] != '[' && field.at[end] != '.')
        end++;
    struct text name = text_slice(field, 0, end);
    for (size_t i = 0; i < im->plan.to_count; i++)
        if (text_same(im->plan.to[i].field->name, name))
            return im->table.names[im->plan.to[i].column];
    if (im->plan.unit != NO_COLUMN && text_is(name, "unit"))
        return im->table.names[im->plan.unit];
    return field;
}

static void refuse(struct making *m, struct text column, const char *code, struct text why)
{
    transfer__refuse(m->im, m->row->line, column, code, why);
    m->refused = true;
}

/* ---- the body --------------------------------------------------------------------------- */
static void put(struct making *m, struct text field, const struct json *value)
{
    struct json *copy = NEW(m->arena, struct json);
    *copy = value ? *value : nothing;
    copy->key = field;
    copy->next = NULL;
    *m->body_end = copy;
    m->body_end = &copy->next;
    m->body->count++;
}

static void say_of(struct making *m, struct text column, const char *code, struct text cell,
                   struct text message, bool kept)
{
    struct said *one = NEW(m->arena, struct said);
    *one = (struct said){
        .column = column, .cell = cell, .message = message, .code = code, .kept = kept};
    *m->said_end = one;
    m->said_end = &one->next;
}

static void keep(struct making *m, struct text column, struct text cell, bool spaces_only)
{
    struct leftover *one = NEW(m->arena, struct leftover);
    *one = (struct leftover){column, shown_pictured(m->arena, cell), spaces_only, NULL};
    *m->kept_end = one;
    m->kept_end = &one->next;
}

/* A note loses the white space at its ends: a cell that has some, is empty, or stands in
 * quotes, is quoted. */
static void print_leftover(struct buf *b, const struct leftover *l)
{
    struct text cell = l->cell;
    bool quoted = cell.len > 1 && cell.at[0] == '"' && cell.at[cell.len - 1] == '"';
    const char *quote = quoted || !cell.len || text_trim(cell).len != cell.len ? "\"" : "";
    if (b->len)
        buf_add_byte(b, '\n');
    buf_add(b, l->column);
    buf_add_c(b, ": ");
    buf_add_c(b, quote);
    buf_add(b, cell);
    buf_add_c(b, quote);
}

/* All of them; or, when that is too long, those that are not in their field already. */
static struct text print_kept(struct making *m, bool all)
{
    struct buf b = buf_in(m->arena, KEPT_MOST);
    for (const struct leftover *l = m->kept; l; l = l->next)
        if (all || !l->spaces_only)
            print_leftover(&b, l);
    return b.full ? (struct text){NULL, KEPT_MOST + 1} : buf_text(&b);
}

/* ---- what does not fit ------------------------------------------------------------------ */
static struct text first_characters(struct text t, size_t most)
{
    size_t end = 0;
    for (size_t n = 0; end < t.len && n < most; n++)
        for (end++; end < t.len && ((unsigned char)t.at[end] & 0xC0) == 0x80;)
            end++;
    return text_slice(t, 0, end);
}

static struct text cut_to_fit(struct making *m, const struct field *f, struct text t)
{
    size_t most = f->max ? (size_t)f->max : 500;
    return text_join(m->arena, text_trim(first_characters(t, most - 1)), TEXT("…"));
}

/* The field that describes a record of the kind: its first note that people fill in. */
static const struct field *description(const struct kind *k)
{
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].type->written == WRITTEN_LINES && !k->fields[i].system && !k->fields[i].computed &&
            !k->fields[i].many)
            return &k->fields[i];
    return NULL;
}

/* A text of one line that is too long is cut where the rest has a place: in the kept field, or,
 * for the title, in the description. Everything else that is too long refuses the row. */
static bool shorten(struct making *m, const struct destination *d, struct text cell,
                    struct reading *r)
{
    struct transfer *im = m->im;
    const struct field *f = d->field, *rest = description(im->kind);
    bool to_kept = im->plan.mapped && im->plan.kept && !d->copy;
    struct text column = im->table.names[d->column];
    struct text line = transfer__one_line(m->arena, shown_without(m->arena, cell, true));
    if (!r->code || strcmp(r->code, "too_long") != 0 || f->type->written != WRITTEN_LINE || f->many)
        return false;
    if (!to_kept && (!text_is(f->name, "title") || !rest))
        return false;
    struct text where = to_kept ? im->plan.kept->name : rest->name;
    say_of(m, column, "too_long", line,
           text_print(m->arena, say(im->call, "%.*s: cut at the limit, whole in %.*s"),
                      TEXT_ARG(r->why), TEXT_ARG(where)),
           false);
    *r = (struct reading){.value = transfer__text(m->arena, cut_to_fit(m, f, line))};
    if (!to_kept)
        m->long_title = line;
    return true;
}

static struct json *member(struct making *m, struct text field)
{
    for (const struct json *v = m->body->first; v; v = v->next)
        if (text_same(v->key, field))
            return (struct json *)(uintptr_t)v;
    return NULL;
}

/* The whole title, then what the description says otherwise: of the row, else of the record. */
static void take_long_title(struct making *m, const struct record *rec)
{
    const struct field *f = description(m->im->kind);
    struct json *own = member(m, f->name);
    const struct json *there = rec ? record_value(rec, f->name) : NULL;
    struct text more = own ? json_text(own) : json_text(there);
    struct text whole = more.len && !(more.len >= m->long_title.len && text_same(text_slice(more, 0, m->long_title.len), m->long_title))
                            ? text_print(m->arena, "%.*s\n\n%.*s", TEXT_ARG(m->long_title),
                                         TEXT_ARG(more))
                        : more.len ? more
                                   : m->long_title;
    struct reading r = transfer__cell_limits(m->im, f, transfer__text(m->arena, whole), m->arena);
    if (r.code)
        refuse(m, transfer__row_column(m->im, TEXT("title")), r.code, r.why);
    else if (own)
        *own = (struct json){
            .type = JSON_TEXT, .text = whole, .key = own->key, .next = own->next};
    else
        put(m, f->name, r.value);
}

/* ---- cells by the map ------------------------------------------------------------------- */
static const struct json *instead(struct making *m, const struct destination *d)
{
    for (size_t i = 0; i < d->fallback_count; i++) {
        struct text t = transfer__one_line(m->arena, m->row->cells[d->fallback[i]]);
        if (t.len)
            return transfer__text(m->arena, text_trim(first_characters(t, 200)));
    }
    return d->empty.len ? transfer__text(m->arena, d->empty) : NULL;
}

static struct reading read_mapped(struct making *m, const struct destination *d,
                                  struct text cell)
{
    const struct json *as_json = m->row->given ? m->row->given[d->column] : NULL;
    bool list = as_json && as_json->type == JSON_LIST && !d->values &&
                (d->field->many || d->field->type->refers == REFERS_MANY);
    return list ? transfer__cell_json(m->im, d, as_json, m->arena)
                : transfer__cell(m->im, d, cell, m->arena);
}

/* Does the field give the cell back? Without a kept field, odd characters are not missed: that
 * they were left out is said. */
static bool gives_back(struct making *m, const struct destination *d, const struct reading *r,
                       struct text cell)
{
    const struct json *as_json = m->row->given ? m->row->given[d->column] : NULL;
    if (r->code)
        return false;
    if (as_json && as_json->type == JSON_LIST && r->value && json_same(as_json, r->value))
        return true;
    return transfer__cell_exact(d, r->value,
                       m->im->plan.kept ? cell : shown_without(m->arena, cell, true), m->arena);
}

static bool formula_without_result(struct making *m, size_t column)
{
    if (m->row->cells[column].at != sheet_no_result)
        return false;
    refuse(m, m->im->table.names[column], "formula",
           text_of(say(m->im->call,
                       "is a formula whose result is not in the file: open it in a spreadsheet "
                       "program, let it calculate, and save it")));
    return true;
}

static void take_mapped(struct making *m, const struct destination *d)
{
    struct transfer *im = m->im;
    struct text cell = m->row->cells[d->column], column = im->table.names[d->column];
    if (formula_without_result(m, d->column))
        return;
    struct reading r = read_mapped(m, d, cell);
    bool exact = gives_back(m, d, &r, cell), cut = shorten(m, d, cell, &r);
    bool fatal = r.code && (!strcmp(r.code, "too_long") || (!d->copy && !im->plan.kept));
    if (fatal)
        refuse(m, column, r.code, r.why);
    if (!r.value && !d->copy) {
        r.value = instead(m, d);
        exact = exact && !r.value; /* an empty cell must not come back as something else */
    }
    put(m, d->field->name, r.value);
    if (r.note_code)
        say_of(m, column, r.note_code,
               strcmp(r.note_code, "dates") && strcmp(r.note_code, "zone") ? cell
                                                                           : (struct text){0},
               r.note, false);
    if (exact || d->copy || fatal || (cut && !im->plan.kept))
        return;
    if (!im->plan.kept)
        refuse(
            m, column, "not_exact",
            text_of(say(im->call,
                        "cannot be kept exactly, and the map has no field for what is left")));
    else
        keep(m, column, cell, !cut && r.value && text_same(text_trim(cell), r.value->text));
    if (r.code)
        say_of(m, column, r.code, cell, r.why, true);
}

static void keep_whole(struct making *m, size_t column)
{
    struct text cell = m->row->cells[column];
    if (!formula_without_result(m, column) && text_trim(cell).len)
        keep(m, m->im->table.names[column], cell, false);
}

static void take_unit(struct making *m)
{
    struct transfer *im = m->im;
    struct text cell = m->row->cells[im->plan.unit];
    if (!text_trim(cell).len)
        return;
    const struct json *unit = transfer__unit(im, cell);
    if (unit)
        put(m, TEXT("unit"), unit);
    else
        refuse(m, im->table.names[im->plan.unit], "unit",
               text_of(say(im->call, "there is no such unit, and it could not be made")));
}

static struct reading kept_value(struct making *m, const struct field *f, struct text kept)
{
    if (!kept.at && kept.len)
        return (struct reading){
            .code = "too_long",
            .why = text_of(say(m->im->call, "what must be kept of this row is too long"))};
    return transfer__cell_limits(m->im, f, kept.len ? transfer__text(m->arena, kept) : NULL, m->arena);
}

/* The column that takes the most room: the one to shorten. */
static struct text longest(const struct making *m)
{
    const struct leftover *most = m->kept;
    for (const struct leftover *l = m->kept; l; l = l->next)
        most = l->cell.len > most->cell.len ? l : most;
    return most ? most->column : (struct text){0};
}

static void take_kept(struct making *m)
{
    struct transfer *im = m->im;
    const struct field *f = im->plan.kept;
    if (!f)
        return;
    struct text kept = print_kept(m, true);
    struct reading r = kept_value(m, f, kept);
    if (r.code) { /* what differs by white space alone is left out, and that is said */
        r = kept_value(m, f, print_kept(m, false));
        for (const struct leftover *l = m->kept; !r.code && l; l = l->next)
            if (l->spaces_only)
                say_of(m, l->column, "spaces", (struct text){0},
                       text_of(say(im->call,
                                   "white space around the text was left out: there is no "
                                   "room to keep it")),
                       false);
    }
    if (r.code)
        refuse(m, longest(m), r.code, r.why);
    put(m, f->name, r.value);
}

/* ---- identity --------------------------------------------------------------------------- */
static bool join_parts(struct making *m, const size_t *columns, size_t count, bool skip_empty,
                       struct buf *out)
{
    size_t put_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct text part = shown_one_space(
            m->arena, shown_without(m->arena, m->row->cells[columns[i]], true));
        if (!part.len && !skip_empty)
            return false;
        if (!part.len)
            continue;
        buf_add_c(out, put_count++ ? " / " : "");
        buf_add(out, part);
    }
    return put_count > 0;
}

static struct text cut_bytes(struct text t, size_t most)
{
    size_t end = t.len < most ? t.len : most;
    while (end < t.len && end && ((unsigned char)t.at[end] & 0xC0) == 0x80)
        end--;
    return text_slice(t, 0, end);
}

/* The second row of an identity is "… #2". */
static struct text numbered(struct transfer *im, struct text identity)
{
    size_t *times = transfer__get(im->seen, identity);
    if (!times) {
        times = NEW(im->arena, size_t);
        transfer__put(im->seen, text_copy(im->arena, identity), times);
    }
    if (++*times == 1)
        return identity;
    return text_print(im->scratch, "%.*s #%zu", TEXT_ARG(identity), *times);
}

static struct text mapped_identity(struct making *m)
{
    const struct plan *p = &m->im->plan;
    struct buf first = buf_in(m->arena, KEPT_MOST), second = buf_in(m->arena, KEPT_MOST);
    buf_print(&first, "%.*s: ", TEXT_ARG(p->prefix));
    buf_print(&second, "%.*s: ", TEXT_ARG(p->prefix));
    if (join_parts(m, p->parts, p->part_count, false, &first))
        return numbered(m->im, text_trim(cut_bytes(buf_text(&first), 480)));
    if (join_parts(m, p->otherwise, p->otherwise_count, true, &second))
        return numbered(m->im, text_trim(cut_bytes(buf_text(&second), 480)));
    refuse(m, m->im->table.names[p->parts[0]], "identity",
           text_of(say(m->im->call, "the cells that say which record it is are empty")));
    return (struct text){0};
}

static const struct record *fill_mapped(struct making *m)
{
    struct transfer *im = m->im;
    const struct plan *p = &im->plan;
    struct text identity = mapped_identity(m);
    put(m, TEXT("external_id"), transfer__text(m->arena, identity));
    for (const struct json *v = p->set ? p->set->first : NULL; v; v = v->next)
        put(m, v->key, v);
    size_t at = 0;
    for (size_t c = 0; c < im->table.columns; c++) { /* in the order of the file: so they are kept */
        if (p->keeps && p->keeps[c])
            keep_whole(m, c);
        for (; at < p->to_count && p->to[at].column == c; at++)
            take_mapped(m, &p->to[at]);
    }
    if (p->unit != NO_COLUMN)
        take_unit(m);
    take_kept(m);
    return transfer__known_record(im, transfer__known_external(im, identity));
}

/* ---- cells by their own column ---------------------------------------------------------- */
/* Takes off the one apostrophe that csv_put puts before what a spreadsheet would take for a
 * formula. */
static struct text without_apostrophe(struct text t)
{
    size_t guards = 0;
    while (guards < t.len && t.at[guards] == '\'')
        guards++;
    bool guarded =
        guards > 0 && guards < t.len && t.at[guards] && strchr("=+-@\t\r", t.at[guards]);
    return guarded ? text_from(t, 1) : t;
}

static void take_plain(struct making *m, const struct destination *d, const struct record *rec)
{
    struct transfer *im = m->im;
    struct text cell = m->row->cells[d->column];
    const struct json *as_json = m->row->given ? m->row->given[d->column] : NULL;
    if (formula_without_result(m, d->column) || !text_trim(cell).len)
        return;
    if (im->table.csv)
        cell = without_apostrophe(cell);
    struct reading r = as_json ? transfer__cell_json(im, d, as_json, m->arena)
                               : transfer__cell(im, d, cell, m->arena);
    shorten(m, d, cell, &r);
    if (r.note_code)
        say_of(m, im->table.names[d->column], r.note_code,
               strcmp(r.note_code, "dates") && strcmp(r.note_code, "zone") ? cell
                                                                           : (struct text){0},
               r.note, false);
    if (r.code)
        refuse(m, im->table.names[d->column], r.code, r.why);
    else if (r.value)
        put(m, d->field->name, r.value);
}

static struct text cell_of(struct making *m, size_t column)
{
    if (column == NO_COLUMN)
        return (struct text){0};
    return text_trim(m->row->cells[column]);
}

static void only_once(struct making *m, const char *what, size_t column)
{
    struct text cell = cell_of(m, column);
    if (!cell.len)
        return;
    cell = transfer__folded(m->arena, cell);
    struct text name = text_print(m->arena, "%s %.*s", what, TEXT_ARG(cell));
    const uint32_t *before = transfer__get(m->im->seen, name);
    if (before) {
        refuse(m, m->im->table.names[column], "twice",
               text_print(m->arena, say(m->im->call, "is also on line %u"), *before));
        return;
    }
    uint32_t *line = NEW(m->im->arena, uint32_t);
    *line = m->row->line;
    transfer__put(m->im->seen, text_copy(m->im->arena, name), line);
}

/* A row of a standard must be there: a new entry is one of a code that is plainly our own. */
static bool may_be_new(struct making *m, struct text cell)
{
    const struct transfer *im = m->im;
    struct text rest = cell, prefix = text_cut(&rest, ':');
    bool own = text_find(cell, ':') > 0 && rest.len > 0;
    for (size_t i = 0; i < im->model->framework_count; i++)
        own = own && !text_same(im->model->frameworks[i].name, prefix);
    if (!im->plan.is_register || own || model_requirement(im->model, cell))
        return true;
    refuse(
        m, im->table.names[im->plan.match_column], "missing",
        text_print(m->arena,
                   say(im->call,
                       "there is no record of %.*s here; a code of your own begins with a word "
                       "and a colon, such as own:%.*s"),
                   TEXT_ARG(cell), TEXT_ARG(cell)));
    return false;
}

/* By what people call it. Two rows of a file that say the same are one record's, or two new ones. */
static const struct record *called(struct making *m)
{
    struct transfer *im = m->im;
    struct text cell = shown_one_space(m->arena, m->row->cells[im->plan.match_column]), id = {0};
    enum found found = cell.len ? transfer__known_by_field(im, cell, &id) : FOUND_NONE;
    if (found == FOUND_ONE || (cell.len && im->plan.match->unique))
        only_once(m, "match", im->plan.match_column);
    if (found == FOUND_SEVERAL)
        refuse(m, im->table.names[im->plan.match_column], "ambiguous",
               text_print(m->arena,
                          say(im->call,
                              "more than one record is called %.*s: add a column key that says "
                              "which, or external_id for a new one"),
                          TEXT_ARG(cell)));
    if (found == FOUND_NONE && cell.len && !may_be_new(m, cell))
        return NULL;
    return transfer__known_record(im, id);
}

static const struct record *identified(struct making *m)
{
    struct transfer *im = m->im;
    const struct plan *p = &im->plan;
    struct text id = cell_of(m, p->id), key = cell_of(m, p->key),
                external = cell_of(m, p->external);
    const struct text *found = NULL;
    if (id.len)
        found = transfer__get(im->by_id, id);
    if (!found && key.len)
        found = transfer__get(im->by_key, key);
    if (!found && (id.len || key.len) && !external.len) {
        size_t column = key.len ? p->key : p->id;
        refuse(m, im->table.names[column], "missing",
               text_print(m->arena, say(im->call, "there is no record %.*s"),
                          TEXT_ARG(key.len ? key : id)));
    }
    return transfer__known_record(
        im, found          ? *found
            : external.len ? transfer__known_external(im, external)
                           : (struct text){0});
}

static const struct record *fill_plain(struct making *m)
{
    const struct plan *p = &m->im->plan;
    only_once(m, "id", p->id);
    only_once(m, "key", p->key);
    only_once(m, "external_id", p->external);
    const struct record *rec = p->match ? called(m) : identified(m);
    for (size_t i = 0; i < p->to_count; i++)
        if (!rec || !p->match || p->to[i].column != p->match_column) /* that it was found by stays */
            take_plain(m, &p->to[i], rec);
    return rec;
}

/* ---- against what is there -------------------------------------------------------------- */
static bool differs(const struct json *now, const struct json *then)
{
    if (now->type == JSON_NULL)
        return then != NULL;
    return !then || !json_same(now, then);
}

static const struct json *only_differences(struct making *m, const struct json *from,
                                           const struct record *rec)
{
    struct json *body = NEW(m->arena, struct json);
    const struct json **end = &body->first;
    body->type = JSON_OBJECT;
    for (const struct json *v = from->first; v; v = v->next) {
        const struct field *f = kind_field(rec->kind, v->key);
        if (!differs(v, record_value(rec, v->key)) && !(f && f->guarded))
            continue; /* what is not for everybody is for the door to compare */
        struct json *copy = NEW(m->arena, struct json);
        *copy = *v;
        copy->next = NULL;
        *end = copy;
        end = &copy->next;
        body->count++;
    }
    return body;
}

/* ---- a field that the records do not have yet ------------------------------------------- */
/* Of an overlay that is switched on when the file is taken in: a rehearsal can look at it only by
 * its type, which the cell has passed. */
static const struct json *only_there(struct making *m)
{
    struct json *body = NEW(m->arena, struct json);
    const struct json **end = &body->first;
    body->type = JSON_OBJECT;
    for (const struct json *v = m->body->first; v; v = v->next) {
        if (!kind_field(m->im->door, v->key))
            continue;
        struct json *copy = NEW(m->arena, struct json);
        *copy = *v;
        copy->next = NULL;
        *end = copy;
        end = &copy->next;
        body->count++;
    }
    return body;
}

/* ---- the row ---------------------------------------------------------------------------- */
static void decide(struct making *m, const struct record *rec, struct prepared *out)
{
    const struct json *body = m->im->rehearse ? only_there(m) : m->body;
    out->change = (struct change){.act = RECORD_CREATE,
                                  .kind = m->im->door,
                                  .body = body,
                                  .batch = m->im->batch,
                                  .rehearse = m->im->rehearse};
    out->fate = FATE_CREATE;
    if (!rec)
        return;
    out->change.act = RECORD_CHANGE;
    out->change.id = rec->id;
    out->change.if_version = rec->version;
    out->change.body = only_differences(m, body, rec);
    out->fate = out->change.body->count ? FATE_UPDATE : FATE_UNCHANGED;
}

void transfer__row(struct transfer *im, const struct table_row *row, struct arena *a,
                  struct prepared *out)
{
    struct making m = {.im = im,
                       .row = row,
                       .arena = a,
                       .body = NEW(a, struct json)};
    *out = (struct prepared){.fate = FATE_REFUSED, .row = row};
    m.body->type = JSON_OBJECT;
    m.body_end = &m.body->first;
    m.kept_end = &m.kept;
    m.said_end = &m.said;
    const struct record *rec = im->plan.mapped ? fill_mapped(&m) : fill_plain(&m);
    if (m.long_title.len)
        take_long_title(&m, rec);
    if (m.refused)
        return;
    for (const struct said *one = m.said; one; one = one->next)
        transfer__remark(im, row->line, one->column, one->code, one->cell, one->message,
                       one->kept);
    decide(&m, rec, out);
}
