/* SPDX-License-Identifier: Apache-2.0 */
/* api/files.c — evidence bytes in and out. Out they go as an attachment; what is shown in place
 * is shown.c. */
#include "api/internal.h"

static void put_file(struct exchange *x, const struct stored_file *f)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "id", f->id);
    put__text(o, "name", f->name);
    put__text(o, "type", f->type);
    put__integer(o, "size", f->size);
    put__text(o, "sha256", f->sha256);
    put__text(o, "at", f->at);
    put__text(o, "author", f->author);
    json_close(o, '}');
}

enum err file__from_form(struct exchange *x, struct text *name, struct text *type,
                         struct text *bytes)
{
    struct part *parts;
    size_t count;
    TRY(multipart_read(x->call, request_header(x->request, "content-type"), x->request->body,
                       10, &parts, &count));
    for (size_t i = 0; i < count; i++)
        if (parts[i].file_name.len) {
            *name = parts[i].file_name;
            *type = parts[i].type;
            *bytes = parts[i].body;
            return OK;
        }
    return problem(x->call, ERR_INVALID, TEXT("file"), "required", "%s",
                   say(x->call, "the form has no file"));
}

/* A file is there to be referred to: who works with no kind of record has nothing to attach. */
static enum err may_store(struct exchange *x)
{
    for (size_t i = 0; i < x->model->kind_count; i++)
        if (actor_takes_part(x->actor, &x->model->kinds[i]))
            return OK;
    return problem(x->call, ERR_DENIED, TEXT(""), "who", "%s",
                   say(x->call, "your roles do not include adding files"));
}

enum err file__admit(struct exchange *x)
{
    TRY(may_store(x));
    enum err e = record_file_room(x->call, x->records, exchange__db(x), exchange__length(x),
                                  x->api->rate);
    if (e == ERR_BUSY)
        x->retry_after = 3600; /* of a day, or until they are attached */
    return e;
}

enum err file_post(struct exchange *x)
{
    struct text type = request_header(x->request, "content-type"), name = {0},
                bytes = x->request->body;
    TRY(file__admit(x));
    exchange__give_back(x);
    if (text_starts(type, "multipart/form-data"))
        TRY(file__from_form(x, &name, &type, &bytes));
    else if (!url_decode(x->call->arena, request_header(x->request, "x-file-name"), false,
                         &name))
        name = (struct text){0};
    struct stored_file f;
    TRY(record_file_put(x->call, x->records, name, type, bytes, &f));
    put_file(x, &f);
    x->status = 201;
    return OK;
}

enum err file_get(struct exchange *x)
{
    struct stored_file f;
    struct text bytes;
    bool about = query__text(x, "about").len > 0;
    TRY(record_file_get(x->call, x->records, exchange__db(x), x->arg[0], &f, about ? NULL : &bytes));
    if (about) {
        put_file(x, &f);
        return OK;
    }
    TRY(access_trace_read(x->call, x->api->access, "file.read", TEXT("file"), f.id));
    x->out = (struct buf){.at = (char *)(uintptr_t)bytes.at, .len = bytes.len};
    x->type = TEXT("application/octet-stream");
    exchange__header(x, "content-disposition",
                     text_print(x->call->arena, "attachment; filename*=UTF-8''%.*s",
                                TEXT_ARG(url_encode(x->call->arena, f.name))));
    exchange__header(x, "content-security-policy", TEXT("sandbox; default-src 'none'"));
    return OK;
}
