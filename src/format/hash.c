/* SPDX-License-Identifier: Apache-2.0 */
/* format/hash.c — SHA-256 and HMAC through OpenSSL.
 * Looking an algorithm up by name costs more than hashing a ledger leaf, so it is done once,
 * and each thread keeps one context for the short hashes. A failure here has no honest answer:
 * it aborts. */
#include "format/format.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>

#define HMAC_BLOCK 64

struct sha256 {
    EVP_MD_CTX *context;
};

static EVP_MD *algorithm;
static pthread_key_t own_context;

static void context_free(void *context)
{
    EVP_MD_CTX_free(context);
}

static void start_once(void)
{
    algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (algorithm == NULL || pthread_key_create(&own_context, context_free) != 0)
        panic("sha256 is not available");
}

static EVP_MD_CTX *context_new(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL)
        panic("out_of_memory sha256");
    return context;
}

static void begin(EVP_MD_CTX *context)
{
    if (EVP_DigestInit_ex2(context, algorithm, NULL) != 1)
        panic("sha256 begin");
}

static void add(EVP_MD_CTX *context, struct text bytes)
{
    if (bytes.len > 0 && EVP_DigestUpdate(context, bytes.at, bytes.len) != 1)
        panic("sha256 add");
}

static struct hash finish(EVP_MD_CTX *context)
{
    struct hash h;
    if (EVP_DigestFinal_ex(context, h.byte, NULL) != 1)
        panic("sha256 finish");
    return h;
}

static void start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_once);
}

struct hash sha256_two(struct text left, struct text right)
{
    start();
    EVP_MD_CTX *context = pthread_getspecific(own_context);
    if (context == NULL) {
        context = context_new();
        if (pthread_setspecific(own_context, context) != 0)
            panic("out_of_memory sha256");
    }
    begin(context);
    add(context, left);
    add(context, right);
    return finish(context);
}

struct hash sha256(struct text bytes)
{
    return sha256_two(bytes, TEXT(""));
}

/* RFC 2104 over our own context: OpenSSL's HMAC looks three things up by name at every call, which
 * costs several times what the four blocks do. */
struct hash hmac_sha256(struct text key, struct text bytes)
{
    unsigned char inner[HMAC_BLOCK], outer[HMAC_BLOCK];
    struct hash shortened;
    if (key.len > HMAC_BLOCK) {
        shortened = sha256(key);
        key = hash_text(&shortened);
    }
    for (size_t i = 0; i < HMAC_BLOCK; i++) {
        unsigned char byte = i < key.len ? (unsigned char)key.at[i] : 0;
        inner[i] = byte ^ 0x36;
        outer[i] = byte ^ 0x5c;
    }
    struct hash h = sha256_two((struct text){(const char *)inner, HMAC_BLOCK}, bytes);
    h = sha256_two((struct text){(const char *)outer, HMAC_BLOCK}, hash_text(&h));
    OPENSSL_cleanse(inner, sizeof(inner));
    OPENSSL_cleanse(outer, sizeof(outer));
    return h;
}

struct sha256 *sha256_start(struct arena *a)
{
    struct sha256 *s = NEW(a, struct sha256);
    start();
    s->context = context_new();
    begin(s->context);
    return s;
}

void sha256_add(struct sha256 *s, struct text bytes)
{
    add(s->context, bytes);
}

struct hash sha256_end(struct sha256 *s)
{
    struct hash h = finish(s->context);
    EVP_MD_CTX_free(s->context);
    s->context = NULL;
    return h;
}

/* The length is not secret: it shows in the time, the content does not. */
bool same_secret(struct text left, struct text right)
{
    return left.len == right.len &&
           (left.len == 0 || CRYPTO_memcmp(left.at, right.at, left.len) == 0);
}

struct text hash_text(const struct hash *h)
{
    return (struct text){(const char *)h->byte, HASH_SIZE};
}
