/* SPDX-License-Identifier: Apache-2.0 */
/* otlp/protobuf.c — a message of protobuf to the tree that the same message has in JSON. What
 * the fields are is asked of the descriptors that protoc-c makes of otlp.proto: no field has
 * code of its own. */
#include "otlp/internal.h"

#include "otlp.pb-c.h"

#include <string.h>

struct opening {
    struct call *call;
    ProtobufCAllocator memory;
    size_t taken;
    uint32_t values;
    bool short_of; /* memory was refused */
};

/* All of it is the call's; none is given back before. */
static void *take(void *arg, size_t size)
{
    struct opening *o = arg;
    if (size > OTLP_MEMORY - o->taken) {
        o->short_of = true;
        return NULL;
    }
    o->taken += size;
    return arena_take(o->call->arena, size);
}

static void give(void *arg, void *memory)
{
    (void)arg, (void)memory;
}

static enum err malformed(struct call *call)
{
    return problem(call, ERR_MALFORMED, TEXT(""), "protobuf", "%s",
                   say(call, "this is not a message of OTLP in protobuf"));
}

static enum err too_large(struct call *call)
{
    return problem(call, ERR_TOO_LARGE, TEXT(""), "values", "%s",
                   say(call, "the message holds more than allowed"));
}

static enum err add(struct opening *o, struct json *to, const struct json ***end,
                    struct json **out)
{
    if (++o->values > OTLP_VALUES)
        return too_large(o->call);
    *out = NEW(o->call->arena, struct json);
    **end = *out;
    *end = &(*out)->next;
    to->count++;
    return OK;
}

static enum err open_message(struct opening *o, const ProtobufCMessageDescriptor *d,
                             struct text bytes, uint32_t depth, struct json *out);

static void put_text(struct json *v, struct text t)
{
    v->type = JSON_TEXT;
    v->text = t;
}

/* Bytes are a text, an id, other bytes, or a message that was left closed. */
static enum err put_bytes(struct opening *o, const ProtobufCFieldDescriptor *f,
                          const ProtobufCBinaryData *data, uint32_t depth, struct json *v)
{
    struct text bytes = {data->len ? (const char *)data->data : "", data->len},
                name = text_of(f->name);
    if (text_is(name, "arrayValue"))
        return open_message(o, &otlp__array_value__descriptor, bytes, depth, v);
    if (text_is(name, "kvlistValue"))
        return open_message(o, &otlp__key_value_list__descriptor, bytes, depth, v);
    if (text_is(name, "bytesValue"))
        put_text(v, base64_of(o->call->arena, bytes));
    else if (text_ends(name, "Id"))
        put_text(v, hex_of(o->call->arena, bytes));
    else if (text_utf8(bytes))
        put_text(v, bytes);
    else
        return malformed(o->call);
    return OK;
}

static enum err put_tree(struct opening *o, const ProtobufCMessage *m, uint32_t depth,
                         struct json *out);

static enum err put_value(struct opening *o, const ProtobufCFieldDescriptor *f, const void *at,
                          uint32_t depth, struct json *v)
{
    struct arena *a = o->call->arena;
    switch (f->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
        return put_tree(o, *(ProtobufCMessage *const *)at, depth, v);
    case PROTOBUF_C_TYPE_BYTES:
        return put_bytes(o, f, at, depth, v);
    case PROTOBUF_C_TYPE_BOOL:
        v->type = *(const protobuf_c_boolean *)at ? JSON_TRUE : JSON_FALSE;
        break;
    case PROTOBUF_C_TYPE_DOUBLE:
        v->type = JSON_NUMBER;
        v->number = *(const double *)at;
        break;
    case PROTOBUF_C_TYPE_INT64:
        put_text(v, text_print(a, "%lld", (long long)*(const int64_t *)at));
        break;
    case PROTOBUF_C_TYPE_FIXED64:
        put_text(v, text_print(a, "%llu", (unsigned long long)*(const uint64_t *)at));
        break;
    default: /* int32 is the last one that otlp.proto has */
        v->type = JSON_INTEGER;
        v->integer = *(const int32_t *)at;
        v->number = (double)v->integer;
    }
    return OK;
}

static enum err put_list(struct opening *o, const ProtobufCFieldDescriptor *f,
                         const ProtobufCMessage *const *items, size_t count, uint32_t depth,
                         struct json *list)
{
    const struct json **end = &list->first;
    list->type = JSON_LIST;
    for (size_t i = 0; i < count; i++) {
        struct json *v;
        TRY(add(o, list, &end, &v));
        TRY(put_value(o, f, &items[i], depth + 1, v));
    }
    return OK;
}

static bool is_there(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
    const char *base = (const char *)m;
    if (f->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)(const void *)(base + f->quantifier_offset) > 0;
    if (f->type == PROTOBUF_C_TYPE_MESSAGE)
        return *(const void *const *)(const void *)(base + f->offset) != NULL;
    return *(const protobuf_c_boolean *)(const void *)(base + f->quantifier_offset);
}

static enum err put_tree(struct opening *o, const ProtobufCMessage *m, uint32_t depth,
                         struct json *out)
{
    const struct json **end = &out->first;
    out->type = JSON_OBJECT;
    if (depth > OTLP_DEPTH)
        return problem(o->call, ERR_MALFORMED, TEXT(""), "depth", "%s",
                       say(o->call, "nested too deeply"));
    for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
        const void *at = (const char *)m + f->offset;
        struct json *v;
        if (!is_there(m, f))
            continue;
        TRY(add(o, out, &end, &v));
        v->key = text_of(f->name);
        if (f->label == PROTOBUF_C_LABEL_REPEATED)
            TRY(put_list(
                o, f, *(const ProtobufCMessage *const *const *)at,
                *(const size_t *)(const void *)((const char *)m + f->quantifier_offset),
                depth + 1, v));
        else
            TRY(put_value(o, f, at, depth + 1, v));
    }
    return OK;
}

static enum err open_message(struct opening *o, const ProtobufCMessageDescriptor *d,
                             struct text bytes, uint32_t depth, struct json *out)
{
    ProtobufCMessage *m =
        protobuf_c_message_unpack(d, &o->memory, bytes.len, (const uint8_t *)bytes.at);
    if (!m)
        return o->short_of ? too_large(o->call) : malformed(o->call);
    return put_tree(o, m, depth, out);
}

enum err otlp__read_protobuf(struct call *call, enum otlp_signal signal, struct text body,
                             const struct json **out)
{
    struct opening o = {.call = call, .memory = {take, give, NULL}};
    struct json *root = NEW(call->arena, struct json);
    o.memory.allocator_data = &o;
    *out = root;
    return open_message(&o,
                        signal == OTLP_TRACES ? &otlp__traces_data__descriptor
                                              : &otlp__logs_data__descriptor,
                        body, 1, root);
}

/* ---- answers -------------------------------------------------------------------------------
 */
static struct text packed(struct arena *a, const ProtobufCMessage *m)
{
    size_t size = protobuf_c_message_get_packed_size(m);
    char *at = arena_take(a, size + 1);
    return (struct text){at, protobuf_c_message_pack(m, (uint8_t *)at)};
}

static ProtobufCBinaryData bytes_of(struct arena *a, struct text t)
{
    struct text copy = text_copy(a, t);
    return (ProtobufCBinaryData){copy.len, (uint8_t *)(uintptr_t)copy.at};
}

struct text otlp__reply_protobuf(struct arena *a, int64_t rejected, struct text message)
{
    Otlp__Reply reply = OTLP__REPLY__INIT;
    Otlp__Partial partial = OTLP__PARTIAL__INIT;
    partial.has_rejected = rejected > 0;
    partial.rejected = rejected;
    partial.has_errormessage = message.len > 0;
    partial.errormessage = bytes_of(a, message);
    if (rejected || message.len)
        reply.partialsuccess = &partial;
    return packed(a, &reply.base);
}

struct text otlp__refusal_protobuf(struct arena *a, int code, struct text message)
{
    Otlp__Refusal refusal = OTLP__REFUSAL__INIT;
    refusal.has_code = true;
    refusal.code = code;
    refusal.has_message = true;
    refusal.message = bytes_of(a, message);
    return packed(a, &refusal.base);
}
