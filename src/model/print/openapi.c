/* SPDX-License-Identifier: Apache-2.0 */
/* model/print/openapi.c — the whole HTTP interface as OpenAPI 3.1, printed from the model.
 * What is the same for every organisation is in openapi/base.json; every kind adds its own
 * schemas and routes, so that a client knows exactly which fields and moves there are. */
#include "model/internal.h"

#include <math.h>

const struct route model__routes[] = {
    {"GET", "/{kind}", "List, filter, search and export.",
     "q state sort limit cursor fields facets as_of format labels lang tally cards totals", "", "200",
     "{kind}_list"},
    {"POST", "/{kind}", "Create a record.", "", "{kind}_create", "201", "{kind}_reply"},
    {"PATCH", "/{kind}", "Change many records at once; more than 200 as a job.", "",
     "{kind}_bulk", "200", "BulkResults"},
    {"GET", "/{kind}/{id}", "One record, by id or key.", "as_of last_act", "", "200",
     "{kind}_reply"},
    {"PATCH", "/{kind}/{id}", "Change a record; If-Match carries its version.", "",
     "{kind}_change", "200", "{kind}_reply"},
    {"POST", "/{kind}/rehearse",
     "What a new record would be and what would lie ahead of it; nothing is written, and it "
     "has "
     "no id and no key.",
     "", "{kind}_create", "200", "Rehearsed"},
    {"POST", "/{kind}/{id}/rehearse",
     "What a change would make of the record, and what would lie ahead of it; nothing is "
     "written. If-Match may be sent.",
     "", "{kind}_change", "200", "Rehearsed"},
    {"POST", "/{kind}/{id}/what_if",
     "How the computed fields would stand if the controls worked so well and treatments took "
     "so "
     "many steps more off; nothing is written.",
     "", "WhatIf", "200", "WhatIfReply"},
    {"GET", "/{kind}/{id}/moves", "What can happen next, and what is missing.", "", "", "200",
     "MoveList"},
    {"POST", "/{kind}/{id}/moves/hand_over",
     "Offer the record to another owner, in any state; for its owner and who manages the "
     "register.",
     "", "HandOver", "200", "{kind}_reply"},
    {"POST", "/{kind}/{id}/moves/{move}/withdraw",
     "Take back one's own signature under a move that still waits for others.", "",
     "Withdrawal", "200", "{kind}_reply"},
    {"POST", "/{kind}/{id}/moves/accept_hand_over",
     "Take over the record; for whom it is offered to.", "", "HandedOver", "200",
     "{kind}_reply"},
    {"POST", "/{kind}/{id}/moves/decline_hand_over",
     "Leave the record where it is, with a reason; for whom it is offered to.", "",
     "HandedOver", "200", "{kind}_reply"},
    {"POST", "/{kind}/{id}/moves/take_back_hand_over",
     "Take back the offer before it is accepted; for whoever may hand over.", "", "HandedOver",
     "200", "{kind}_reply"},
    {"GET", "/{kind}/{id}/redact",
     "What a redaction would take out, and who has asked for one.", "", "", "200", "Redaction"},
    {"POST", "/{kind}/{id}/redact",
     "Takes fields out of every version: the first of two persons gets 202.", "",
     "RedactionAsk", "200", "{kind}_reply"},
    {"POST", "/{kind}/{id}/hold", "Legal hold: nothing of it is redacted.", "", "Reason", "200",
     "{kind}_reply"},
    {"DELETE", "/{kind}/{id}/hold", "Ends the legal hold.", "", "Reason", "200",
     "{kind}_reply"},
    {"GET", "/{kind}/{id}/history", "Every change, newest first.", "limit cursor", "", "200",
     "History"},
    {"GET", "/{kind}/{id}/signatures",
     "The latest moves that were signed with a password or by several, and by whom.", "", "",
     "200", "SignatureList"},
    {"GET", "/{kind}/{id}/disclosure",
     "What a version committed to, with the keys and the entry that prove it.", "version", "",
     "200", "Disclosure"},
    {"GET", "/{kind}/{id}/links", "Links both ways.", "limit cursor", "", "200", "LinkList"},
    {"POST", "/{kind}/{id}/links", "Add a link.", "", "LinkBody", "200", "LinkList"},
    {"DELETE", "/{kind}/{id}/links", "Remove a link.", "", "LinkBody", "200", "LinkList"},
    {"GET", "/{kind}/{id}/trace",
     "What the record rests on and what rests on it, over 1 to 4 links, and where a link that "
     "is "
     "expected is missing.",
     "depth trace", "", "200", "Trace"},
    {"GET", "/{kind}/{id}/story",
     "What lies beside the record, as the story of its kind names it; a kind without one has "
     "none.",
     "", "", "200", "Story"},
    {"GET", "/{kind}/{id}/comments", "Comments, newest first.", "limit cursor", "", "200",
     "CommentList"},
    {"POST", "/{kind}/{id}/comments", "Add a comment.", "", "CommentBody", "201", "Comment"},
    {"GET", "/{kind}/{id}/messages",
     "The conversation with whoever sent it without an account; all of it.", "", "", "200",
     "Mailbox"},
    {"POST", "/{kind}/{id}/messages", "Answer in that conversation; they can read it.", "",
     "CommentBody", "201", "Mailbox"},
    {"GET", "/{kind}/{id}/readers",
     "People who may read the record and whose name has q in it, at most 8: whom a comment may "
     "name, as @[ID].",
     "q", "", "200", "Readers"},
    {"PUT", "/{kind}/{id}/watch",
     "I wish to be told when it moves, has another owner or due day, or is commented on.", "",
     "", "204", ""},
    {"DELETE", "/{kind}/{id}/watch", "I no longer wish to be told of it.", "", "", "204", ""},
    {"POST", "/{kind}/{id}/acknowledge",
     "Acknowledge the edition in force, for oneself, in a session; of kinds that ask for it.",
     "", "AcknowledgeBody", "201", "Acknowledgement"},
    {"GET", "/{kind}/{id}/acknowledgements",
     "Whether the reader is asked to acknowledge it, the quiz without its answers, and for "
     "those "
     "it is shown to who has and who has not; of kinds that ask for it.",
     "limit cursor edition", "", "200", "Acknowledgements"},
};
const size_t model__route_count = COUNT(model__routes);

struct printer {
    struct json_out out;
    struct arena *arena;
    const struct model *model;
};

static void put_at(struct json_out *o, const char *key, const char *value)
{
    json_key(o, key);
    json_put_c(o, value);
}

static void put_integer_at(struct json_out *o, const char *key, int64_t value)
{
    json_key(o, key);
    json_put_integer(o, value);
}

static void put_ref(struct json_out *o, struct arena *a, struct text schema)
{
    json_open(o, '{');
    json_key(o, "$ref");
    json_put_text(o, text_print(a, "#/components/schemas/%.*s", TEXT_ARG(schema)));
    json_close(o, '}');
}

/* ---- the value of a field ---------------------------------------------------------------- */
static void put_enum(struct json_out *o, const struct field *f)
{
    json_key(o, "enum");
    json_open(o, '[');
    for (size_t i = 0; i < f->scale->count; i++)
        if (f->type->form == FORM_WHOLE)
            json_put_raw(o, f->scale->options[i].value);
        else
            json_put_text(o, f->scale->options[i].value);
    json_close(o, ']');
}

static void put_number_at(struct json_out *o, const char *key, double value)
{
    if (!isfinite(value))
        return;
    json_key(o, key);
    json_put_number(o, value);
}

static void put_bounds(struct json_out *o, const struct field *f)
{
    if (f->type->form == FORM_WHOLE) {
        put_integer_at(o, "minimum", f->min);
        put_integer_at(o, "maximum", f->max);
    } else if (f->type->form == FORM_NUMBER) {
        put_number_at(o, "minimum", f->number_min);
        put_number_at(o, "maximum", f->number_max);
    } else if (f->type->most) {
        put_integer_at(o, "maxLength", f->max);
    }
}

static void put_row(struct json_out *o, const struct field *f)
{
    json_open(o, '{');
    put_at(o, "type", "object");
    json_key(o, "properties");
    json_open(o, '{');
    for (size_t i = 0; i < f->column_count; i++) {
        json_key_text(o, f->columns[i].name);
        json_open(o, '{');
        model__schema(o, &f->columns[i]);
        json_close(o, '}');
    }
    json_close(o, '}');
    json_key(o, "additionalProperties");
    json_put_bool(o, false);
    json_close(o, '}');
}

static void put_items(struct json_out *o, const struct field *f)
{
    json_key(o, "items");
    if (f->type->form == FORM_ROWS)
        put_row(o, f);
    else if (f->type->refers == REFERS_FREE)
        json_put_raw(o, TEXT("{\"$ref\":\"#/components/schemas/Link\"}"));
    else
        json_put_raw(o, TEXT("{\"type\":\"string\"}"));
}

static void put_one(struct json_out *o, const struct field *f)
{
    if (f->type->form == FORM_PARTS) {
        put_at(o, "$ref", "#/components/schemas/DocumentValue");
        return;
    }
    put_at(o, "type", form_json(f->type->form));
    if (f->type->format != NULL)
        put_at(o, "format", f->type->format);
    put_bounds(o, f);
    if (!field_is_column(f))
        put_items(o, f);
    else if (f->scale != NULL)
        put_enum(o, f);
}

static void put_about(struct json_out *o, const struct field *f)
{
    struct arena *a = arena_open();
    struct text about = f->about.en;
    if (f->guarded)
        about = text_join(a, about, text_of(about.len > 0 ? " Left out for whoever may not read it."
                                                           : "Left out for whoever may not read it."));
    if (about.len > 0) {
        json_key(o, "description");
        json_put_text(o, about);
    }
    arena_close(a);
}

void model__schema(struct json_out *o, const struct field *f)
{
    json_key(o, "title");
    json_put_text(o, f->title.en);
    put_about(o, f);
    if (!f->many) {
        put_one(o, f);
        return;
    }
    put_at(o, "type", "array");
    json_key(o, "items");
    json_open(o, '{');
    put_one(o, f);
    json_close(o, '}');
}

/* ---- schemas of a kind ------------------------------------------------------------------- */
static bool is_written(const struct field *f)
{
    return !f->system && f->computed == NULL;
}

static void put_property(struct printer *p, const struct field *f, bool may_be_null)
{
    struct json_out *o = &p->out;
    json_key_text(o, f->name);
    json_open(o, '{');
    if (may_be_null) {
        json_key(o, "anyOf");
        json_open(o, '[');
        json_open(o, '{');
        model__schema(o, f);
        json_close(o, '}');
        json_put_raw(o, TEXT("{\"type\":\"null\"}"));
        json_close(o, ']');
    } else {
        model__schema(o, f);
    }
    json_close(o, '}');
}

static void open_schema(struct printer *p, const struct kind *k, const char *suffix,
                        struct text about)
{
    struct json_out *o = &p->out;
    json_key_text(o, text_print(p->arena, "%.*s%s", TEXT_ARG(k->name), suffix));
    json_open(o, '{');
    put_at(o, "type", "object");
    if (about.len > 0) {
        json_key(o, "description");
        json_put_text(o, about);
    }
    json_key(o, "properties");
    json_open(o, '{');
}

/* Ends the properties; `closed`: nothing else is accepted. */
static void close_schema(struct printer *p, const struct text *required, size_t count,
                         bool closed)
{
    struct json_out *o = &p->out;
    json_close(o, '}');
    if (count > 0)
        model__put_texts_at(o, "required", required, count);
    if (closed) {
        json_key(o, "additionalProperties");
        json_put_bool(o, false);
    }
    json_close(o, '}');
}

static void put_record(struct printer *p, const struct kind *k)
{
    static const struct text always[] = {
        {"id", 2}, {"kind", 4}, {"key", 3}, {"state", 5}, {"version", 7}};
    struct json_out *o = &p->out;
    open_schema(p, k, "", k->about.en);
    json_key(o, "id");
    json_put_raw(o, TEXT("{\"type\":\"string\"}"));
    json_key(o, "kind");
    json_open(o, '{');
    json_key(o, "const");
    json_put_text(o, k->name);
    json_close(o, '}');
    for (size_t i = 0; i < k->field_count; i++) {
        if (!text_is(k->fields[i].name, "state")) {
            put_property(p, &k->fields[i], false);
            continue;
        }
        json_key(o, "state");
        json_open(o, '{');
        model__put_states_at(o, "enum", k, UINT64_MAX);
        json_close(o, '}');
    }
    close_schema(p, always, COUNT(always), false);
}

static void put_create(struct printer *p, const struct kind *k)
{
    struct text *required = NEW_MANY(p->arena, k->field_count, struct text);
    size_t count = 0;
    open_schema(p, k, "_create", TEXT(""));
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (!is_written(f))
            continue;
        put_property(p, f, !f->required);
        if (f->required && f->fallback == NULL && f->only == NULL)
            required[count++] = f->name;
    }
    close_schema(p, required, count, true);
}

static void put_change(struct printer *p, const struct kind *k)
{
    open_schema(p, k, "_change", TEXT("Fields left out stay as they are; null empties one."));
    for (size_t i = 0; i < k->field_count; i++)
        if (is_written(&k->fields[i]))
            put_property(p, &k->fields[i], true);
    json_key(&p->out, "reason");
    json_put_raw(&p->out, TEXT("{\"type\":\"string\"}"));
    close_schema(p, NULL, 0, true);
}

static void put_move(struct printer *p, const struct kind *k, const struct move *m)
{
    static const struct text reason[] = {{"reason", 6}};
    const char *suffix = text_print(p->arena, "_move_%.*s", TEXT_ARG(m->name)).at;
    open_schema(p, k, suffix, m->title.en);
    for (size_t i = 0; i < m->ask_count; i++) {
        const struct field *f = kind_field(k, m->asks[i]);
        if (f != NULL)
            put_property(p, f, true);
    }
    json_key(&p->out, "reason");
    json_put_raw(&p->out, TEXT("{\"type\":\"string\"}"));
    close_schema(p, reason, m->reason ? 1 : 0, true);
}

/* The shapes that wrap a record are the same words around another $ref. */
static void put_wrappers(struct printer *p, const struct kind *k)
{
    static const char *const shapes[][2] = {
        {"_reply",
         "{\"allOf\":[{\"$ref\":\"#/components/schemas/%.*s\"},"
         "{\"type\":\"object\",\"required\":[\"names\",\"ledger\",\"may\"],\"properties\":{"
         "\"names\":{\"$ref\":\"#/components/schemas/Names\"},"
         "\"ledger\":{\"$ref\":\"#/components/schemas/LedgerPlace\"},"
         "\"waived\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/"
         "WaivedDecision\"}},"
         "\"redactions\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/"
         "RedactionDone\"}},"
         "\"redacted\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
         "\"hidden\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":"
         "\"Fields that are "
         "not for whoever asks.\"},"
         "\"watching\":{\"type\":\"boolean\",\"description\":\"Whether the reader "
         "watches it.\"},"
         "\"may\":{\"$ref\":\"#/components/schemas/May\"}}}]}"},
        {"_list",
         "{\"anyOf\":[{\"type\":\"object\",\"required\":[\"items\",\"next\",\"total\"],"
         "\"properties\":{\"items\":{\"type\":\"array\","
         "\"items\":{\"$ref\":\"#/components/schemas/%.*s\"}},"
         "\"next\":{\"type\":[\"string\",\"null\"]},\"total\":{\"type\":\"integer\"},"
         "\"names\":{\"$ref\":\"#/components/schemas/Names\"},"
         "\"facets\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\","
         "\"additionalProperties\":{\"type\":\"integer\"}}},"
         "\"totals\":{\"type\":\"object\",\"description\":\"Of each field asked for: the sum "
         "or mean of the "
         "whole list, null when none has a number or they are too large, and how many have "
         "one.\","
         "\"additionalProperties\":{\"type\":\"object\",\"required\":[\"n\"],\"properties\":{"
         "\"sum\":{\"type\":[\"number\",\"null\"]},\"mean\":{\"type\":[\"number\",\"null\"]},"
         "\"n\":{\"type\":\"integer\"}}}},"
         "\"facets_more\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":"
         "\"Fields with more than 200 different values: the most frequent are told.\"}}},"
         "{\"$ref\":\"#/components/schemas/Tally\"}]}"},
        {"_bulk",
         "{\"type\":\"object\",\"required\":[\"ids\",\"set\"],"
         "\"additionalProperties\":false,"
         "\"properties\":{\"ids\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
         "\"set\":{\"$ref\":\"#/components/schemas/%.*s_change\"},"
         "\"reason\":{\"type\":\"string\"},\"rehearse\":{\"type\":\"boolean\","
         "\"description\":\"Answers what would happen; nothing is changed.\"},"
         "\"move\":{\"type\":\"string\",\"enum\":[\"hand_over\",\"accept_hand_over\","
         "\"decline_hand_over\",\"take_back_hand_over\"]}}}"},
    };
    for (size_t i = 0; i < COUNT(shapes); i++) {
        struct text shape = text_of(shapes[i][1]);
        ptrdiff_t at = text_search(shape, TEXT("%.*s"));
        struct text whole = text_join(p->arena, text_slice(shape, 0, (size_t)at), k->name);
        whole = text_join(p->arena, whole, text_from(shape, (size_t)at + 4));
        json_key_text(&p->out, text_print(p->arena, "%.*s%s", TEXT_ARG(k->name), shapes[i][0]));
        json_put_raw(&p->out, whole);
    }
}

static void put_kind_schemas(struct printer *p, const struct kind *k)
{
    put_record(p, k);
    put_create(p, k);
    put_change(p, k);
    put_wrappers(p, k);
    for (size_t i = 0; i < k->move_count; i++)
        put_move(p, k, &k->moves[i]);
}

/* ---- routes of a kind -------------------------------------------------------------------- */
static struct text for_kind(struct printer *p, const char *pattern, const struct kind *k)
{
    struct text t = text_of(pattern);
    ptrdiff_t at = text_search(t, TEXT("{kind}"));
    if (at < 0)
        return t;
    struct text head = text_join(p->arena, text_slice(t, 0, (size_t)at), k->name);
    return text_join(p->arena, head, text_from(t, (size_t)at + 6));
}

static void put_parameter(struct json_out *o, struct text name, const char *where)
{
    json_open(o, '{');
    json_key(o, "name");
    json_put_text(o, name);
    put_at(o, "in", where);
    if (text_is(text_of(where), "path")) {
        json_key(o, "required");
        json_put_bool(o, true);
    }
    json_key(o, "schema");
    json_put_raw(o, TEXT("{\"type\":\"string\"}"));
    json_close(o, '}');
}

static void put_parameters(struct printer *p, const struct route *r, const struct kind *k)
{
    struct json_out *o = &p->out;
    struct text rest = text_of(r->query);
    json_key(o, "parameters");
    json_open(o, '[');
    if (text_search(text_of(r->path), TEXT("{id}")) >= 0)
        put_parameter(o, TEXT("id"), "path");
    if (text_search(text_of(r->path), TEXT("{move}")) >= 0)
        put_parameter(o, TEXT("move"), "path");
    while (rest.len > 0)
        put_parameter(o, text_cut(&rest, ' '), "query");
    if (text_is(text_of(r->path), "/{kind}") && text_is(text_of(r->method), "GET"))
        for (size_t i = 0; i < k->field_count; i++)
            if (k->fields[i].type->written != WRITTEN_JSON &&
                !text_is(k->fields[i].name, "state"))
                put_parameter(o, k->fields[i].name, "query");
    if (text_is(text_of(r->path), "/{kind}/{id}") && text_is(text_of(r->method), "PATCH"))
        put_parameter(o, TEXT("If-Match"), "header");
    json_close(o, ']');
}

static void put_content(struct printer *p, struct text schema)
{
    struct json_out *o = &p->out;
    json_key(o, "content");
    json_open(o, '{');
    json_key(o, "application/json");
    json_open(o, '{');
    json_key(o, "schema");
    put_ref(o, p->arena, schema);
    json_close(o, '}');
    if (text_ends(schema, "_list")) { /* ?format= */
        json_key(o, "text/csv");
        json_put_raw(o, TEXT("{\"schema\":{\"type\":\"string\"}}"));
        json_key(o, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        json_put_raw(o, TEXT("{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}"));
    }
    json_close(o, '}');
}

static void put_answer(struct printer *p, const char *status, const char *about,
                       struct text schema)
{
    struct json_out *o = &p->out;
    json_key(o, status);
    json_open(o, '{');
    put_at(o, "description", about);
    if (schema.len > 0)
        put_content(p, schema);
    json_close(o, '}');
}

static void put_operation(struct printer *p, const struct route *r, const struct kind *k,
                          struct text summary, struct text takes)
{
    struct json_out *o = &p->out;
    json_key_text(o, text_lower(p->arena, text_of(r->method)));
    json_open(o, '{');
    json_key(o, "summary");
    json_put_text(o, summary);
    model__put_texts_at(o, "tags", &k->name, 1);
    put_parameters(p, r, k);
    if (takes.len > 0) {
        json_key(o, "requestBody");
        json_open(o, '{');
        json_key(o, "required");
        json_put_bool(o, true);
        put_content(p, takes);
        json_close(o, '}');
    }
    json_key(o, "responses");
    json_open(o, '{');
    put_answer(p, r->status, "Done.", for_kind(p, r->gives, k));
    bool redacts = text_ends(text_of(r->path), "/redact") && text_is(text_of(r->method), "POST");
    bool signs = redacts || text_search(text_of(r->path), TEXT("/moves/")) >= 0;
    if (signs && !text_ends(text_of(r->path), "/withdraw"))
        put_answer(p, "202", "Others must sign too.", TEXT("Signed"));
    if (text_ends(text_of(r->takes), "_bulk"))
        put_answer(p, "202",
                   "More than 200, or asked for by Prefer: respond-async; Location says where to "
                   "ask how far it is.",
                   TEXT("Job"));
    json_key(o, "default");
    json_put_raw(o, TEXT("{\"$ref\":\"#/components/responses/Problem\"}"));
    json_close(o, '}');
    json_close(o, '}');
}

static void put_move_routes(struct printer *p, const struct kind *k)
{
    struct json_out *o = &p->out;
    const struct route r = {"POST", "/{kind}/{id}/moves/", "", "", "", "200", "{kind}_reply"};
    for (size_t i = 0; i < k->move_count; i++) {
        struct text move = k->moves[i].name;
        json_key_text(o, text_print(p->arena, "/api/v1/%.*s/{id}/moves/%.*s", TEXT_ARG(k->name),
                                    TEXT_ARG(move)));
        json_open(o, '{');
        put_operation(
            p, &r, k, k->moves[i].title.en,
            text_print(p->arena, "%.*s_move_%.*s", TEXT_ARG(k->name), TEXT_ARG(move)));
        json_close(o, '}');
    }
}

static void put_kind_routes(struct printer *p, const struct kind *k)
{
    struct json_out *o = &p->out;
    const char *path = "";
    for (size_t i = 0; i < COUNT(model__routes); i++) {
        const struct route *r = &model__routes[i];
        if (!text_is(text_of(path), r->path)) {
            if (path[0] != '\0')
                json_close(o, '}');
            struct text full = for_kind(p, r->path, k);
            json_key_text(o, text_join(p->arena, TEXT("/api/v1"), full));
            json_open(o, '{');
            path = r->path;
        }
        put_operation(p, r, k, text_of(r->summary), for_kind(p, r->takes, k));
    }
    json_close(o, '}');
    put_move_routes(p, k);
}

/* ---- the whole --------------------------------------------------------------------------- */
static const struct json *base(struct printer *p)
{
    size_t count;
    const struct json *v = NULL;
    const struct model_file *files = model__openapi_files(&count);
    struct call *call = call_open(p->arena, 0, LANG_EN);
    if (count != 1 || json_read(call, files[0].bytes, &json_model_limits, &v) != OK)
        panic("openapi base is damaged");
    return v;
}

static void put_members(struct json_out *o, const struct json *object)
{
    for (const struct json *v = object->first; v != NULL; v = v->next) {
        json_key_text(o, v->key);
        json_put_json(o, v);
    }
}

static void put_info(struct printer *p)
{
    struct json_out *o = &p->out;
    put_at(o, "openapi", "3.1.0");
    json_key(o, "info");
    json_open(o, '{');
    put_at(o, "title", "Aimwell");
    json_key(o, "version");
    json_put_text(o, text_print(p->arena, "1-%.*s", TEXT_ARG(p->model->hash)));
    put_at(o, "description", "AI management system. Printed from the model in force.");
    json_close(o, '}');
    json_key(o, "security");
    json_put_raw(o, TEXT("[{\"cookie\":[]},{\"bearer\":[]}]"));
}

static void put_components(struct printer *p, const struct json *fixed)
{
    struct json_out *o = &p->out;
    json_key(o, "components");
    json_open(o, '{');
    json_key(o, "securitySchemes");
    json_put_raw(
        o, TEXT("{\"cookie\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"aw_session\"},"
                "\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}}"));
    json_key(o, "responses");
    json_put_raw(
        o, TEXT("{\"Problem\":{\"description\":\"It did not work; the problem says why.\","
                "\"content\":{\"application/problem+json\":{\"schema\":"
                "{\"$ref\":\"#/components/schemas/Problem\"}}}},"
                "\"Page\":{\"description\":\"It did not work; the page says why.\","
                "\"content\":{\"text/html\":{\"schema\":{\"type\":\"string\"}}}}}"));
    json_key(o, "schemas");
    json_open(o, '{');
    put_members(o, json_get(fixed, "schemas"));
    for (size_t i = 0; i < p->model->kind_count; i++)
        put_kind_schemas(p, &p->model->kinds[i]);
    json_close(o, '}');
    json_close(o, '}');
}

static void put_server(struct json_out *o, struct text base)
{
    json_key(o, "servers");
    json_open(o, '[');
    json_open(o, '{');
    json_key(o, "url");
    json_put_text(o, base);
    json_close(o, '}');
    json_close(o, ']');
}

void model_openapi_below(const struct model *m, struct text base_path, struct buf *out)
{
    struct printer p = {json_out(out), arena_open(), m};
    const struct json *fixed = base(&p);
    json_open(&p.out, '{');
    put_info(&p);
    if (base_path.len)
        put_server(&p.out, base_path);
    json_key(&p.out, "paths");
    json_open(&p.out, '{');
    put_members(&p.out, json_get(fixed, "paths"));
    for (size_t i = 0; i < m->kind_count; i++)
        put_kind_routes(&p, &m->kinds[i]);
    json_close(&p.out, '}');
    put_components(&p, fixed);
    json_close(&p.out, '}');
    arena_close(p.arena);
}

void model_openapi(const struct model *m, struct buf *out)
{
    model_openapi_below(m, TEXT(""), out);
}
