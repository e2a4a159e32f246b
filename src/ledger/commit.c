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

enum err ledger_commit(struct call *call, struct text body, struct text salt, struct hash *out)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *json;
    TRY(json_read(call, body, &limits, &json));
    struct json *commitments = NEW(call->arena, struct json);
    commitments->type = JSON_OBJECT;
    const struct json **end = &commitments->first;
    for (const struct json *one = json->first; one; one = one->next) {
        struct buf bytes = buf_in(call->arena, 8u << 20);
        TRY(json_canonical(call, without_floats(call->arena, one), &bytes));
        struct hash key = hmac_sha256(salt, one->key);
        struct hash com = hmac_sha256(hash_text(&key), buf_text(&bytes));
        struct json *member = NEW(call->arena, struct json);
        member->type = JSON_TEXT;
        member->key = one->key;
        member->text = base64_of(call->arena, hash_text(&com));
        *end = member;
        end = &member->next;
        commitments->count++;
    }
    struct buf bytes = buf_in(call->arena, 1u << 20);
    TRY(json_canonical(call, commitments, &bytes));
    *out = sha256(buf_text(&bytes));
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
