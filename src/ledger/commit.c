/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/commit.c — keyed commitments to content that is not in the log (docs/ledger.md §3). */
#include "ledger/internal.h"

/* Decimals are committed as text: canonical JSON has no floats. */
static const struct json *without_floats(struct arena *a, const struct json *v)
{
    struct json *copy = NEW(a, struct json);
    *copy = *v;
    if (v->type == JSON_NUMBER)
        copy->type = JSON_TEXT;
    if (v->type != JSON_LIST && v->type != JSON_OBJECT)
        return copy;
    const struct json **end = &copy->first;
    *end = NULL;
    for (const struct json *one = v->first; one; one = one->next) {
        struct json *part = NEW(a, struct json);
        *part = *without_floats(a, one);
        part->next = NULL;
        part->key = one->key;
        *end = part;
        end = &part->next;
    }
    return copy;
}

#define SALT_SIZE 32
static const struct json_limits limits = {8u << 20, 32, 500000};

/* ---- openings ---------------------------------------------------------------------------- */
struct opening { /* a salt, or what is left of one */
    struct text salt;
    const struct json *keys, *withheld; /* name → base64; NULL: there is a salt */
    const struct json *by;              /* name → index of the entry that redacted it, as text */
};

bool ledger_is_opening(struct text salt)
{
    return salt.len != SALT_SIZE;
}

static enum err read_opening(struct call *call, struct text salt, struct opening *out)
{
    const struct json *json;
    *out = (struct opening){.salt = salt};
    if (!ledger_is_opening(salt))
        return OK;
    TRY(json_read(call, salt, &limits, &json));
    out->keys = json_get(json, "k");
    out->withheld = json_get(json, "w");
    out->by = json_get(json, "n");
    return out->keys && out->withheld && out->by && out->by->type == JSON_OBJECT && out->keys->type == JSON_OBJECT &&
                   out->withheld->type == JSON_OBJECT
               ? OK
               : ERR_INVALID;
}

static bool key_of(struct call *call, const struct opening *o, struct text name, struct text *key)
{
    if (!o->keys) {
        struct hash h = hmac_sha256(o->salt, name);
        *key = text_copy(call->arena, hash_text(&h));
        return true;
    }
    const struct json *v = json_named(o->keys, name);
    return v && v->type == JSON_TEXT && base64_read(call->arena, v->text, key) &&
           key->len == HASH_SIZE;
}

static enum err commit_one(struct call *call, struct text key, const struct json *v,
                           struct text *out)
{
    struct buf bytes = buf_in(call->arena, 8u << 20);
    TRY(json_canonical(call, without_floats(call->arena, v), &bytes));
    struct hash com = hmac_sha256(key, buf_text(&bytes));
    *out = base64_of(call->arena, hash_text(&com));
    return OK;
}

/* Its place is kept, its content is gone: an empty text, or the note that names who redacted it. */
static bool is_gone(const struct opening *o, const struct json *v)
{
    return o->withheld && ((v->type == JSON_TEXT && !v->text.len && json_named(o->withheld, v->key)) ||
                           text_is(v->key, "_redacted"));
}

struct members { /* an object of texts under construction */
    struct json *object;
    const struct json **end;
};

static struct members members(struct arena *a)
{
    struct json *object = NEW(a, struct json);
    object->type = JSON_OBJECT;
    return (struct members){object, &object->first};
}

static void member_add(struct arena *a, struct members *m, struct text name, struct text value)
{
    struct json *one = NEW(a, struct json);
    one->type = JSON_TEXT;
    one->key = name;
    one->text = value;
    *m->end = one;
    m->end = &one->next;
    m->object->count++;
}

enum err ledger_commit(struct call *call, struct text body, struct text salt, struct hash *out)
{
    const struct json *json;
    struct opening o;
    TRY(json_read(call, body, &limits, &json));
    TRY(read_opening(call, salt, &o));
    struct members all = members(call->arena);
    for (const struct json *one = json->first; one; one = one->next) {
        struct text key, com;
        if (is_gone(&o, one))
            continue;
        if (json_named(o.withheld, one->key) || !key_of(call, &o, one->key, &key))
            return ERR_INVALID;
        TRY(commit_one(call, key, one, &com));
        member_add(call->arena, &all, one->key, com);
    }
    for (const struct json *one = o.withheld ? o.withheld->first : NULL; one; one = one->next)
        member_add(call->arena, &all, one->key, json_text(one));
    struct buf bytes = buf_in(call->arena, 1u << 20);
    TRY(json_canonical(call, all.object, &bytes));
    *out = sha256(buf_text(&bytes));
    return OK;
}

int64_t ledger_redacted_by(struct call *call, struct text salt, struct text name)
{
    struct call *quiet = call_beside(call->arena, call);
    struct opening o;
    int64_t entry;
    if (read_opening(quiet, salt, &o) != OK || !json_named(o.withheld, name))
        return -1;
    const struct json *v = json_named(o.by, name);
    return v && text_integer(json_text(v), &entry) && entry >= 0 ? entry : 0;
}

enum err ledger_withhold(struct call *call, struct text body, struct text salt,
                         const struct text *names, size_t count, int64_t entry,
                         struct text *opening)
{
    const struct json *json;
    struct opening o;
    TRY(json_read(call, body, &limits, &json));
    TRY(read_opening(call, salt, &o));
    struct members keys = members(call->arena), gone = members(call->arena),
                   by = members(call->arena);
    struct text index = text_print(call->arena, "%lld", (long long)entry);
    for (const struct json *one = json->first; one; one = one->next) {
        struct text key, com;
        if (is_gone(&o, one))
            continue;
        if (!key_of(call, &o, one->key, &key))
            return ERR_INVALID;
        TRY(commit_one(call, key, one, &com));
        if (text_among(names, count, one->key)) {
            member_add(call->arena, &gone, one->key, com);
            member_add(call->arena, &by, one->key, index);
        } else
            member_add(call->arena, &keys, one->key, base64_of(call->arena, key));
    }
    for (const struct json *one = o.withheld ? o.withheld->first : NULL; one; one = one->next)
        member_add(call->arena, &gone, one->key, json_text(one));
    for (const struct json *one = o.by ? o.by->first : NULL; one; one = one->next)
        member_add(call->arena, &by, one->key, json_text(one));
    struct buf b = buf_in(call->arena, 1u << 20);
    struct json_out out = json_out(&b);
    json_open(&out, '{');
    json_key(&out, "k");
    json_put_json(&out, keys.object);
    json_key(&out, "n");
    json_put_json(&out, by.object);
    json_key(&out, "w");
    json_put_json(&out, gone.object);
    json_close(&out, '}');
    *opening = buf_text(&b);
    return OK;
}

/* A value as its canonical bytes are, in a text, so that nobody has to write them anew to hash
 * them. */
static enum err disclose_one(struct call *call, struct text key, const struct json *one,
                             bool shown, struct json_out *out)
{
    struct text com;
    json_open(out, '{');
    if (shown) {
        struct buf bytes = buf_in(call->arena, 8u << 20);
        TRY(json_canonical(call, without_floats(call->arena, one), &bytes));
        json_key(out, "value");
        json_put_text(out, buf_text(&bytes));
        json_key(out, "key");
        json_put_text(out, base64_of(call->arena, key));
    } else {
        TRY(commit_one(call, key, one, &com));
        json_key(out, "commitment");
        json_put_text(out, com);
    }
    json_close(out, '}');
    return OK;
}

enum err ledger_disclose(struct call *call, struct text body, struct text salt,
                         bool (*shown)(void *arg, struct text name), void *arg,
                         struct json_out *out)
{
    const struct json *json;
    struct opening o;
    TRY(json_read(call, body, &limits, &json));
    TRY(read_opening(call, salt, &o));
    json_open(out, '{');
    for (const struct json *one = json->first; one; one = one->next) {
        struct text key;
        if (is_gone(&o, one))
            continue;
        if (!key_of(call, &o, one->key, &key))
            return ERR_INVALID;
        json_key_text(out, one->key);
        TRY(disclose_one(call, key, one, shown(arg, one->key), out));
    }
    for (const struct json *one = o.withheld ? o.withheld->first : NULL; one; one = one->next) {
        json_key_text(out, one->key);
        json_open(out, '{');
        json_key(out, "commitment");
        json_put_text(out, json_text(one));
        json_close(out, '}');
    }
    json_close(out, '}');
    return OK;
}

enum err ledger_commit_texts(struct call *call, const char *const *names,
                             const struct text *values, size_t count, struct text salt,
                             struct hash *out)
{
    struct buf b = buf_in(call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    for (size_t i = 0; i < count; i++) {
        json_key(&o, names[i]);
        json_put_text(&o, values[i]);
    }
    json_close(&o, '}');
    return ledger_commit(call, buf_text(&b), salt, out);
}

struct text ledger_salt(struct call *call)
{
    unsigned char salt[32];
    chance(salt, sizeof salt);
    return text_copy(call->arena, (struct text){(char *)salt, sizeof salt});
}
