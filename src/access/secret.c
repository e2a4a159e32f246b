/* SPDX-License-Identifier: Apache-2.0 */
/* access/secret.c — rules for passwords, and random secrets.
 * Length is the rule; there is no rule of composition. What everybody tries first is refused,
 * also when it is repeated or padded with digits to reach the length. */
#include "access/internal.h"

#define SHORTEST 15
#define LONGEST 200

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* Is t made of its first `size` bytes again and again? The last time may be cut short. */
static bool repeats(struct text t, size_t size)
{
    for (size_t i = size; i < t.len; i++)
        if (t.at[i] != t.at[i - size])
            return false;
    return true;
}

bool access__password_common(struct arena *arena, struct text password)
{
    struct text folded = text_lower(arena, text_trim(password));
    struct text bare = folded;
    while (bare.len > 0 && !letter(bare.at[bare.len - 1]))
        bare.len--;
    if (access__password_listed(folded) || (bare.len > 0 && access__password_listed(bare)))
        return true;
    for (size_t size = 1; size <= folded.len / 2; size++)
        if (repeats(folded, size) &&
            (size <= 4 || access__password_listed(text_slice(folded, 0, size))))
            return true;
    return false;
}

static enum err refuse(struct call *call, const char *code, const char *en, const char *zh)
{
    return problem(call, ERR_INVALID, TEXT("password"), code, "%s", say(call, en, zh));
}

enum err access_password_ok(struct call *call, struct text password, struct text email)
{
    if (!text_utf8(password))
        return refuse(call, "text", "is not readable text", "不是有效的文本");
    if (text_characters(password) < SHORTEST)
        return refuse(call, "short", "needs at least 15 characters; several words are fine",
                      "至少需要 15 个字符，可以由几个词组成");
    if (text_characters(password) > LONGEST)
        return refuse(call, "long", "may have at most 200 characters", "最多 200 个字符");
    struct text folded = text_lower(call->arena, text_trim(password));
    if (text_same(folded, text_lower(call->arena, text_trim(email))))
        return refuse(call, "email", "must not be the e-mail address", "不能与电子邮箱相同");
    if (access__password_common(call->arena, password))
        return refuse(call, "common", "is one of those that are tried first",
                      "属于最常见的密码，容易被猜到");
    return OK;
}

struct text access__secret(struct arena *arena)
{
    unsigned char bytes[32];
    chance(bytes, sizeof(bytes));
    return base64url_of(arena, (struct text){(const char *)bytes, sizeof(bytes)});
}

struct text access__secret_hash(struct arena *arena, struct text secret)
{
    struct hash h = sha256(secret);
    return hex_of(arena, hash_text(&h));
}
