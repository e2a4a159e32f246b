/* SPDX-License-Identifier: Apache-2.0 */
/* The model describes itself: GET /model, OpenAPI, TypeScript, Markdown and `explain`. */
#include "fixture.h"

static const struct json *printed(struct fixture *f,
                                  void (*print)(const struct model *m, struct buf *out))
{
    struct buf b = buf_in(f->arena, 16 << 20);
    const struct json *v = NULL;
    print(load_with(f, NULL, 0, ""), &b);
    assert_false(b.full);
    if (json_read(f->call, buf_text(&b), &json_model_limits, &v) != OK)
        print_problems(f->call);
    assert_non_null(v);
    return v;
}

static const struct json *named(const struct json *list, const char *key, const char *name)
{
    assert_non_null(list);
    for (const struct json *v = list->first; v != NULL; v = v->next)
        if (text_is(json_text(json_get(v, key)), name))
            return v;
    fail_msg("no %s %s", key, name);
    return NULL;
}

static bool has(const struct json *list, const char *text)
{
    assert_non_null(list);
    for (const struct json *v = list->first; v != NULL; v = v->next)
        if (text_is(json_text(v), text))
            return true;
    return false;
}

/* Every member is known and has its type: "key:type", required unless it ends with '?'. */
static void check_shape(const struct json *v, const char *shape)
{
    static const struct {
        const char *word;
        enum json_type type;
    } types[] = {{"text", JSON_TEXT},
                 {"list", JSON_LIST},
                 {"object", JSON_OBJECT},
                 {"integer", JSON_INTEGER}};
    struct text known[64], rest = text_of(shape);
    size_t count = 0;
    while (rest.len > 0) {
        struct text type = text_cut(&rest, ' ');
        bool may_be_absent = text_ends(type, "?");
        struct text key = known[count++] = text_cut(&type, ':');
        char name[64];
        snprintf(name, sizeof(name), "%.*s", TEXT_ARG(key));
        const struct json *member = json_get(v, name);
        type.len -= may_be_absent;
        if (member == NULL && may_be_absent)
            continue;
        if (member == NULL)
            fail_msg("%s is missing", name);
        if (text_is(type, "words")) {
            assert_true(json_text(json_get(member, "en")).len > 0 || text_is(key, "about"));
            assert_int_equal(json_get(member, "zh")->type, JSON_TEXT);
        } else if (text_is(type, "bool")) {
            assert_true(member->type == JSON_TRUE || member->type == JSON_FALSE);
        }
        for (size_t i = 0; i < COUNT(types); i++)
            if (text_is(type, types[i].word))
                assert_int_equal(member->type, types[i].type);
    }
    for (const struct json *m = v->first; m != NULL; m = m->next) {
        bool found = false;
        for (size_t i = 0; i < count; i++)
            found |= text_same(known[i], m->key);
        if (!found)
            fail_msg("unexpected member %.*s", TEXT_ARG(m->key));
    }
}

static const char field_shape[] =
    "name:text type:text title:words about:words? required:bool required_from:list? "
    "required_in:list? required_when:object? only:object? of:list? many:bool? max:any? "
    "min:any? "
    "to:text? columns:list? covers:object? computed:bool? standing:text? clock:text? "
    "from:text? add:text? deadline:text? reckoned_from:list? fixed:any? sensitive:bool? "
    "always:bool? "
    "unique:bool? envelope:bool? system:bool? default:any?";

static void model_json_has_the_documented_shape(void **state)
{
    const struct json *all = printed(*state, model_json);
    check_shape(all, "hash:text kinds:list roles:list frameworks:list calendars:list "
                     "deadlines:list asks:list deciders:list starters:list traces:list "
                     "pictures:list homes:list");
    for (const struct json *k = json_get(all, "kinds")->first; k != NULL; k = k->next) {
        check_shape(k, "kind:text prefix:text title:words plural:words about:words icon:text "
                       "phase:text order:integer serves:list list:list sort:text views:list "
                       "is:text layout:list fields:list states:list moves:list access:object");
        for (const struct json *f = json_get(k, "fields")->first; f != NULL; f = f->next)
            check_shape(f, field_shape);
        for (const struct json *s = json_get(k, "states")->first; s != NULL; s = s->next)
            check_shape(s, "state:text title:words about:words? tone:text locked:bool end:bool "
                           "rest:bool start:bool");
        for (const struct json *v = json_get(k, "moves")->first; v != NULL; v = v->next)
            check_shape(v,
                        "move:text title:words from:list to:text by:list sign:list ordered:bool? asks:list "
                        "reason:bool fresh:bool stop:bool needs:list not:object "
                        "when:object? say:words? on:text? "
                        "automatic:bool?");
        check_shape(json_get(k, "access"), "read:list create:list change:list");
    }
    for (const struct json *r = json_get(all, "roles")->first; r != NULL; r = r->next)
        check_shape(r, "role:text code:text title:words about:words approver:bool business:bool");
    for (const struct json *f = json_get(all, "frameworks")->first; f != NULL; f = f->next)
        check_shape(f, "framework:text title:words register:object?");
}

static void homes_come_in_their_order(void **state)
{
    const struct json *all = printed(*state, model_json), *list = json_get(all, "homes");
    const struct json *desk = named(list, "home", "desk"), *late, *make;
    assert_ptr_equal(list->first, desk);
    for (const struct json *h = list->first; h != NULL; h = h->next)
        check_shape(h, "home:text title:words about:words roles:list otherwise:bool tiles:list "
                       "nav:list acts:list");
    late = named(json_get(desk, "tiles"), "tile", "late");
    check_shape(late, "tile:text title:words about:words show:text kind:text");
    check_shape(named(json_get(desk, "tiles"), "tile", "gate"),
                "tile:text title:words about:words show:text part:text");
    assert_true(text_is(
        json_text(json_get(named(json_get(desk, "tiles"), "tile", "sizes"), "by")), "size"));
    make = named(json_get(desk, "acts"), "act", "make");
    check_shape(make, "act:text title:words about:words did:text kind:text");
}

static void deadlines_say_what_goes_by_them(void **state)
{
    const struct json *all = printed(*state, model_json), *rows = json_get(all, "deadlines");
    const struct json *proof = named(rows, "deadline", "factory.proof");
    check_shape(proof,
                "deadline:text law:words article:words asks:words trigger:words length:text "
                "calendar:text? certainty:text seen_in:words verified_on:text "
                "applies_from:text? counted:list");
    assert_true(has(json_get(proof, "counted"), "part.prove_by"));
    assert_true(text_is(json_text(json_get(proof, "applies_from")), "2026-01-01"));
    const struct json *rest = named(rows, "deadline", "factory.rest");
    assert_null(json_get(rest, "counted")->first); /* no register counts it */
    assert_null(json_get(rest, "applies_from"));
    const struct json *part = named(json_get(all, "kinds"), "kind", "part");
    const struct json *by = named(json_get(part, "fields"), "name", "prove_by");
    assert_true(text_is(json_text(json_get(by, "deadline")), "factory.proof"));
    assert_true(text_is(json_text(json_get(by, "from")), "due"));
    assert_null(json_get(named(json_get(part, "fields"), "name", "tell_by"), "deadline"));
}

static void traces_say_what_rests_on_what(void **state)
{
    const struct json *all = printed(*state, model_json);
    const struct json *things = named(json_get(all, "traces"), "trace", "things");
    check_shape(things, "trace:text title:words about:words columns:list");
    const struct json *thing = json_get(things, "columns")->first;
    check_shape(thing, "kind:text band:text begins:bool links:list");
    const struct json *parts = json_get(thing, "links")->first;
    check_shape(parts, "to:text via:text gap:words");
    assert_true(text_is(json_text(json_get(parts, "to")), "part"));
    check_shape(parts->next, "to:text field:text"); /* nothing is missing without it */
    check_shape(thing->next, "kind:text begins:bool links:list");
    assert_null(json_get(thing->next, "links")->first);
}

static void pictures_come_in_their_order(void **state)
{
    const struct json *all = printed(*state, model_json), *list = json_get(all, "pictures");
    const struct json *line = named(list, "picture", "line");
    assert_ptr_equal(list->first, line);
    check_shape(line, "picture:text title:words about:words shape:text kinds:list ended:bool "
                      "framework:text days:integer");
    const struct json *things = named(list, "picture", "things");
    check_shape(things, "picture:text title:words about:words shape:text kinds:list ended:bool "
                        "by:text split:text days:integer");
    assert_true(text_is(json_text(json_get(things, "shape")), "bars"));
    assert_true(has(json_get(things, "kinds"), "thing"));
}

static void model_json_says_what_the_files_say(void **state)
{
    const struct json *all = printed(*state, model_json);
    const struct json *k = named(json_get(all, "kinds"), "kind", "thing");
    const struct json *fields = json_get(k, "fields"), *moves = json_get(k, "moves");
    assert_true(text_is(json_text(json_get(json_get(k, "title"), "zh")), "事物"));
    const struct json *story = named(fields, "name", "story");
    assert_true(text_is(json_text(json_get(json_get(story, "title"), "zh")), "Story"));
    assert_true(has(json_get(story, "required_from"), "checked"));
    assert_true(has(json_get(story, "required_in"), "done"));
    assert_false(has(json_get(story, "required_in"), "shelved"));
    assert_true(json_true(json_get(named(fields, "name", "title"), "required")));
    assert_true(json_true(json_get(named(fields, "name", "score"), "computed")));
    assert_null(json_get(story, "computed"));
    const struct json *one = json_get(named(fields, "name", "c_one"), "of")->first;
    assert_int_equal(json_get(one, "value")->type, JSON_INTEGER);
    assert_int_equal(json_get(one, "value")->integer, 1);
    const struct json *noise = named(fields, "name", "noise");
    assert_true(json_true(json_get(json_get(noise, "only"), "is")));
    assert_non_null(json_get(noise, "required_when"));
    assert_true(
        has(json_get(json_get(named(fields, "name", "sides"), "covers"), "side"), "left"));
    const struct json *approve = named(moves, "move", "approve");
    assert_true(has(json_get(json_get(approve, "not"), "SOD-1"), "@editor"));
    assert_true(text_is(json_text(json_get(json_get(approve, "needs")->first, "code")), "N1"));
    assert_true(has(json_get(named(moves, "move", "expire"), "by"), "auto"));
    assert_true(has(json_get(json_get(k, "access"), "read"), "@helpers"));
    const struct json *part = named(json_get(all, "kinds"), "kind", "part");
    assert_true(has(json_get(json_get(part, "moves")->first, "by"), "@thing.owner"));
    const struct json *fw = json_get(all, "frameworks")->first;
    assert_true(text_is(json_text(json_get(json_get(fw, "register"), "kind")), "thing"));
}

static size_t check_refs(const struct json *schemas, const struct json *v)
{
    size_t count = 0;
    if (text_is(v->key, "$ref")) {
        static const char schema_place[] = "#/components/schemas/";
        struct text name = json_text(v);
        count++;
        if (text_starts(name, schema_place)) {
            char wanted[200];
            snprintf(wanted, sizeof(wanted), "%.*s",
                     TEXT_ARG(text_from(name, sizeof(schema_place) - 1)));
            if (json_get(schemas, wanted) == NULL)
                fail_msg("%s is no schema", wanted);
        } else {
            assert_true(text_is(name, "#/components/responses/Problem") ||
                        text_is(name, "#/components/responses/Page"));
        }
    }
    if (v->type == JSON_OBJECT || v->type == JSON_LIST)
        for (const struct json *m = v->first; m != NULL; m = m->next)
            count += check_refs(schemas, m);
    return count;
}

static void openapi_is_whole(void **state)
{
    const struct json *all = printed(*state, model_openapi);
    const struct json *paths = json_get(all, "paths");
    const struct json *schemas = json_get(json_get(all, "components"), "schemas");
    static const char *const wanted[] = {"/api/v1/session",
                                         "/api/v1/model",
                                         "/api/v1/files/{id}",
                                         "/api/v1/readiness",
                                         "/api/v1/soa",
                                         "/api/v1/ledger/proof/{n}",
                                         "/api/v1/stream",
                                         "/api/v1/thing",
                                         "/api/v1/thing/{id}",
                                         "/api/v1/thing/{id}/moves",
                                         "/api/v1/thing/{id}/moves/approve",
                                         "/api/v1/part/{id}/history",
                                         "/api/v1/people/{id}/roles",
                                         "/api/v1/tokens/{id}"};
    assert_true(text_is(json_text(json_get(all, "openapi")), "3.1.0"));
    for (size_t i = 0; i < COUNT(wanted); i++)
        if (json_get(paths, wanted[i]) == NULL)
            fail_msg("no path %s", wanted[i]);
    assert_true(check_refs(schemas, all) > 100);
    for (const struct json *p = paths->first; p != NULL; p = p->next)
        for (const struct json *op = p->first; op != NULL; op = op->next) {
            assert_true(json_text(json_get(op, "summary")).len > 0);
            assert_non_null(json_get(json_get(op, "responses"), "default"));
            assert_true(json_get(op, "responses")->count >= 2);
        }
}

static void openapi_follows_the_kind(void **state)
{
    const struct json *all = printed(*state, model_openapi);
    const struct json *schemas = json_get(json_get(all, "components"), "schemas");
    const struct json *record = json_get(schemas, "thing"), *v;
    const struct json *create = json_get(schemas, "part_create");
    v = json_get(json_get(record, "properties"), "state");
    assert_true(has(json_get(v, "enum"), "archived"));
    v = json_get(json_get(record, "properties"), "c_one");
    assert_int_equal(json_get(v, "maximum")->integer, 5);
    assert_non_null(json_get(json_get(record, "properties"), "score"));
    assert_true(has(json_get(create, "required"), "thing") &&
                has(json_get(create, "required"), "title"));
    assert_int_equal(json_get(create, "required")->count, 2);
    v = json_get(json_get(schemas, "thing_create"), "properties");
    assert_null(json_get(v, "score"));
    assert_null(json_get(v, "state"));
    v = json_get(json_get(schemas, "thing_move_check"), "properties");
    assert_non_null(json_get(v, "story"));
    assert_true(has(json_get(json_get(schemas, "thing_move_shelve"), "required"), "reason"));
}

static void expect(struct text t, const char *piece)
{
    if (text_search(t, text_of(piece)) < 0)
        fail_msg("lacks: %s", piece);
}

static void typescript_and_markdown_name_everything(void **state)
{
    struct fixture *f = *state;
    struct buf ts = buf_in(f->arena, 1 << 20), md = buf_in(f->arena, 1 << 20);
    const struct model *m = load_with(f, NULL, 0, "");
    model_typescript(m, &ts);
    model_markdown(m, &md);
    expect(buf_text(&ts), "export interface Thing {");
    expect(buf_text(&ts), "  title: string;");
    expect(buf_text(&ts), "  story?: string;");
    expect(buf_text(&ts), "  c_one?: 1 | 2 | 3 | 4 | 5;");
    expect(buf_text(&ts), "  colours?: Array<\"red\" | \"blue\">;");
    expect(buf_text(&ts), "export type PartMove = \"prove\" | \"archive\";");
    expect(buf_text(&md), "## Thing · 事物");
    expect(buf_text(&md), "| `story` Story | note, at most 20000 characters | from checked |");
    expect(buf_text(&md), "text, at most 20 characters");
    expect(buf_text(&md), "integer, from 0, to 100");
    expect(buf_text(&md), "number, from 0.5");
    expect(buf_text(&md), "list of choice: `red`, `blue`");
    expect(buf_text(&md), "N1: A main part works");
    expect(buf_text(&md), "fw-1:1.1 to 3");
}

static void explain_tells_what_follows(void **state)
{
    struct fixture *f = *state;
    struct buf b = buf_in(f->arena, 1 << 20);
    const struct model *m = load_with(f, NULL, 0, "");
    assert_int_equal(model_explain(f->call, m, TEXT("thing"), &b), OK);
    expect(buf_text(&b), "  thing__sides\n");
    expect(buf_text(&b), "    price double precision\n");
    expect(buf_text(&b), "    parts -> link\n");
    expect(buf_text(&b), "PATCH  /api/v1/thing/{id}");
    expect(buf_text(&b), "not (SOD-1): @author, @editor");
    expect(buf_text(&b), "guard: within_a_year until");
    expect(buf_text(&b), "  done: title owner story c_one noise? sides\n");
    expect(buf_text(&b), "record.move");
    assert_int_equal(model_explain(f->call, m, TEXT("nothing"), &b), ERR_MISSING);
}

/* The page for people: every line fits, people and fields by their titles, each step in full
 * once. */
static void explain_is_a_page_to_read(void **state)
{
    struct fixture *f = *state;
    const struct model *m = load_with(f, NULL, 0, "");
    struct buf b = buf_in(f->arena, 1 << 20);
    assert_int_equal(model_explain(f->call, m, TEXT("part"), &b), OK);
    struct text page = buf_text(&b), rest = page;
    page.len = (size_t)text_search(page, TEXT("\nFOR PROGRAMS\n"));
    expect(page, "FROM ITS BEGINNING TO ITS END\n");
    expect(page, "  Made (the beginning)\n    → Prove  (prove → Works)\n        By: ");
    expect(page, "Factory Act, Section 7 (A; 2026-11-29)");
    expect(page, "Tell by: 10 working days from Asked (sometimes); answered by Told\n");
    expect(page, "Prove by: the end of the day from ");
    while (rest.len > 0 && !text_is(rest, "FOR PROGRAMS")) {
        struct text line = text_cut(&rest, '\n');
        if (text_is(line, "FOR PROGRAMS"))
            break;
        assert_true(text_characters(line) <= 96);
        assert_false(line.len > 0 && line.at[line.len - 1] == ' ');
    }
    b = buf_in(f->arena, 1 << 20);
    f->call->lang = LANG_ZH;
    assert_int_equal(model_explain(f->call, m, TEXT("thing"), &b), OK);
    f->call->lang = LANG_EN;
    expect(buf_text(&b), "从开始到结束\n");
    expect(buf_text(&b), "事物");
}

static void a_full_buffer_is_noticed(void **state)
{
    struct fixture *f = *state;
    struct buf b = buf_in(f->arena, 1000);
    model_json(load_with(f, NULL, 0, ""), &b);
    assert_true(b.full);
}

int main(int argc, char **argv)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
    const struct CMUnitTest tests[] = {
        EACH(model_json_has_the_documented_shape),
        EACH(homes_come_in_their_order),
        EACH(deadlines_say_what_goes_by_them),
        EACH(traces_say_what_rests_on_what),
        EACH(pictures_come_in_their_order),
        EACH(model_json_says_what_the_files_say),
        EACH(openapi_is_whole),
        EACH(openapi_follows_the_kind),
        EACH(typescript_and_markdown_name_everything),
        EACH(explain_tells_what_follows),
        EACH(explain_is_a_page_to_read),
        EACH(a_full_buffer_is_noticed),
    };
    fixture_folder = argc > 1 ? argv[1] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
