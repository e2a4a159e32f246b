/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes in the place of one model file: the loader refuses or accepts, and whatever it
 * accepts can be described and asked. The first byte picks the file, so that each reader is
 * reached. */
#include "model/model.h"

#include <stdlib.h>

static const char envelope[] =
    "{\"fields\": {"
    "\"title\": {\"type\": \"text\", \"title\": \"Title\", \"required\": true},"
    "\"unit\": {\"type\": \"ref\", \"to\": \"unit\", \"title\": \"Unit\"},"
    "\"owner\": {\"type\": \"ref\", \"to\": \"person\", \"title\": \"Owner\"},"
    "\"confidentiality\": {\"type\": \"choice\", \"of\": \"s\", \"title\": \"C\"},"
    "\"due\": {\"type\": \"date\", \"title\": \"Due\"},"
    "\"review_due\": {\"type\": \"date\", \"title\": \"Review\"},"
    "\"tags\": {\"type\": \"text\", \"many\": true, \"title\": \"Tags\"},"
    "\"evidence\": {\"type\": \"refs\", \"to\": \"unit\", \"title\": \"Evidence\"},"
    "\"links\": {\"type\": \"links\", \"title\": \"Links\"},"
    "\"external_id\": {\"type\": \"text\", \"title\": \"Id\", \"unique\": true}}}";
static const char roles[] = "{\"roles\": {\"staff\": {\"code\": \"ST\", \"title\": \"Staff\"},"
                            "\"aims_manager\": {\"code\": \"AM\", \"title\": \"Manager\"}}}";
static const char scales[] =
    "{\"scales\": {\"s\": {\"of\": {\"1\": \"One\", \"2\": \"Two\"}}}}";
static const char unit[] =
    "{\"kind\": \"unit\", \"prefix\": \"UN\", \"title\": \"Unit\", \"plural\": \"Units\","
    "\"icon\": \"home\", \"phase\": \"base\", \"about\": \"A part.\","
    "\"fields\": {\"parent\": {\"type\": \"ref\", \"to\": \"unit\", \"title\": \"Parent\"}},"
    "\"states\": {\"start\": \"open\", \"of\": {\"open\": {\"title\": \"Open\", \"end\": "
    "true}}},"
    "\"access\": {\"read\": [\"everyone\"], \"create\": [\"staff\"], \"change\": [\"staff\"]}}";
static const char framework[] =
    "{\"framework\": \"f\", \"title\": \"F\", \"groups\": [{\"id\": \"1\", \"title\": \"G\"}],"
    "\"rows\": [{\"id\": \"1.1\", \"group\": \"1\", \"type\": \"clause\", \"title\": \"R\","
    "\"about\": \"A\", \"phase\": \"plan\"}]}";

static const char method[] =
    "{\"method\": \"m\", \"title\": \"M\", \"about\": \"A\", \"standard\": true, \"readiness\": {"
    "\"worth\": [0, 25, 50, 75, 100], \"covered_from\": 3, \"blocked_at_most\": 49, \"relied_on\": 2,"
    "\"proof\": {\"from\": 3, \"without\": 2}, \"stage1\": {\"documented\": 1, \"records\": 2},"
    "\"stage2\": {\"rows\": 3, \"register\": 2, \"share\": {\"level\": 3, \"percent\": 80}}}}";
static const char risk[] =
    "{\"method\": \"r\", \"title\": \"R\", \"about\": \"A\", \"standard\": true, \"risk\": {"
    "\"scale\": \"s\", \"likelihood\": 2, \"consequence\": 2, \"score\": \"product\","
    "\"bands\": {\"1\": {\"from\": 1, \"to\": 2}, \"2\": {\"from\": 3, \"to\": 4}}}}";

static const struct json *nothing(void *arg, struct text field)
{
    return NULL;
}

static void use(struct call *call, struct model *m)
{
    struct buf b = buf_in(call->arena, 32 << 20);
    model_json(m, &b);
    model_openapi(m, &b);
    model_typescript(m, &b);
    model_markdown(m, &b);
    for (size_t i = 0; i < m->kind_count; i++) {
        const struct kind *k = &m->kinds[i];
        if (model_explain(call, m, k->name, &b) != OK)
            abort();
        for (size_t f = 0; f < k->field_count; f++)
            condition_holds(k->fields[f].only, nothing, NULL);
    }
    model_close(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct model_file files[] = {
        {TEXT("envelope.json"), TEXT(envelope)},
        {TEXT("roles.json"), TEXT(roles)},
        {TEXT("scales.json"), TEXT(scales)},
        {TEXT("kinds/unit.json"), TEXT(unit)},
        {TEXT("frameworks/f.json"), TEXT(framework)},
        {TEXT("methods/m.json"), TEXT(method)},
        {TEXT("methods/r.json"), TEXT(risk)},
        {TEXT("kinds/thing.json"), TEXT("")},
        {TEXT("checks/c.json"), TEXT("")},
        {TEXT("words/zh.json"), TEXT("")},
        {TEXT("overlays/o.json"), TEXT("")},
    };
    if (size == 0 || size > 100000)
        return 0;
    size_t count = 7, at = data[0] % COUNT(files);
    struct text bytes = {(const char *)data + 1, size - 1};
    struct text on = at == 10 ? TEXT("o") : TEXT("");
    if (at >= count) {
        files[count] = files[at];
        at = count++;
    }
    files[at].bytes = bytes;
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    struct model *m;
    enum err e = model_load(call, files, count, NULL, 0, on, &m);
    if (e == OK)
        use(call, m);
    else if (e != ERR_INVALID || call->problem_count == 0)
        abort();
    arena_close(a);
    return 0;
}
