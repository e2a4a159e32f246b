/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/signer_file.c — an Ed25519 key that signs checkpoints, held by this process.
 * The one idea: the signer does not trust its caller. It reads the text it is asked to sign and
 * refuses a tree that does not extend the last one it signed, so that even a broken ledger
 * cannot obtain signatures on two histories. */
#include "ledger/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_LINE_MOST 400
#define KEY_START "PRIVATE+KEY+"

struct local_signer {
    struct signer face;
    unsigned char secret[64]; /* seed, then public key: libsodium's form */
    struct hash signed_root;
    uint64_t waiting_size; /* signed, not yet settled; 0 when none */
    struct hash waiting_root;
    char origin[201];
};

static enum err refuse(struct call *call, const char *code, const char *sentence)
{
    return problem(call, ERR_CONFLICT, TEXT("ledger"), code, "%s", sentence);
}

static enum err sign(struct signer *face, struct call *call, struct text checkpoint_text,
                     uint64_t size, const struct hash *root, const struct hash *proof,
                     size_t proof_count, unsigned char signature[64])
{
    struct local_signer *s = (struct local_signer *)face;
    struct text origin, rest;
    struct hash text_root;
    uint64_t text_size;
    if (!note__checkpoint_read(call->arena, checkpoint_text, &origin, &text_size, &text_root,
                               &rest) ||
        rest.len != 0 || !text_same(origin, face->origin) || text_size != size ||
        memcmp(text_root.byte, root->byte, HASH_SIZE) != 0)
        return refuse(call, "signer_text", "the text to sign is not the checkpoint described");
    if (face->signed_size != 0 && !merkle_consistency_ok(face->signed_size, &s->signed_root,
                                                         size, root, proof, proof_count))
        return refuse(call, "signer_refused",
                      "the signer refuses a tree that does not extend the last one it signed");
    crypto_sign_detached(signature, NULL, (const unsigned char *)checkpoint_text.at,
                         checkpoint_text.len, s->secret);
    s->waiting_size = size;
    s->waiting_root = *root;
    return OK;
}

static void settle(struct signer *face, bool kept)
{
    struct local_signer *s = (struct local_signer *)face;
    if (kept && s->waiting_size != 0) {
        face->signed_size = s->waiting_size;
        s->signed_root = s->waiting_root;
    }
    s->waiting_size = 0;
}

/* The seed as the key of an HMAC; a name before what is asked for keeps it from being anything
 * else that the key is used for. */
static void derive(struct signer *face, struct text what, unsigned char out[32])
{
    const struct local_signer *s = (const struct local_signer *)face;
    struct arena *a = arena_open();
    struct hash h = hmac_sha256((struct text){(const char *)s->secret, 32},
                                text_join(a, TEXT("aimwell derived secret 1\n"), what));
    memcpy(out, h.byte, 32);
    sodium_memzero(&h, sizeof h);
    arena_close(a);
}

static void close_signer(struct signer *face)
{
    struct local_signer *s = (struct local_signer *)face;
    if (s == NULL)
        return;
    sodium_munlock(s, sizeof(*s)); /* and zeroed */
    free(s);
}

static enum err begin(struct call *call, struct text origin)
{
    if (sodium_init() < 0)
        panic("sodium_init");
    if (note__origin_ok(origin))
        return OK;
    return problem(call, ERR_INVALID, TEXT("origin"), "pattern",
                   "a ledger's origin is 1 to 200 printable ASCII characters without "
                   "space, plus sign, quote and backslash");
}

enum err signer_open_secret(struct call *call, const unsigned char secret[64],
                            struct text origin, struct signer **out)
{
    unsigned char public_key[32], whole[64];
    TRY(begin(call, origin));
    /* Ed25519 leaks its key when asked to sign with a public half that is not its own. */
    crypto_sign_seed_keypair(public_key, whole, secret);
    bool whole_ok = sodium_memcmp(whole, secret, sizeof(whole)) == 0;
    sodium_memzero(whole, sizeof(whole));
    if (!whole_ok)
        return refuse(call, "signer_key", "the two halves of the signing key do not match");
    struct local_signer *s = calloc(1, sizeof(*s));
    if (s == NULL)
        panic("out_of_memory bytes=%zu", sizeof(*s));
    /* Neither swapped out nor dumped; where memory may not be locked the latter still holds. */
    if (sodium_mlock(s, sizeof(*s)) != 0)
        log_line(LOG_DEBUG, "signer", "mlock=false");
    memcpy(s->secret, secret, 64);
    memcpy(s->origin, origin.at, origin.len);
    memcpy(s->face.public_key, public_key, 32);
    s->face.origin = text_of(s->origin);
    s->face.sign = sign;
    s->face.settle = settle;
    s->face.derive = derive;
    s->face.close = close_signer;
    *out = &s->face;
    return OK;
}

/* ---- the key file ------------------------------------------------------------------------ */

static enum err file_trouble(struct call *call, const char *file, const char *what)
{
    return problem(call, ERR_IO, TEXT("ledger"), "signer_file", "%s %s: %s", file, what,
                   strerror(errno));
}

static struct text key_line(struct call *call, struct text origin,
                            const unsigned char secret[64])
{
    unsigned char id[4], key[33] = {1};
    note__key_id(origin, secret + 32, id);
    memcpy(key + 1, secret, 32);
    struct text hex = hex_of(call->arena, (struct text){(const char *)id, sizeof(id)});
    struct text key64 = base64_of(call->arena, (struct text){(const char *)key, sizeof(key)});
    sodium_memzero(key, sizeof(key));
    return text_print(call->arena, KEY_START "%.*s+%.*s+%.*s\n", TEXT_ARG(origin),
                      TEXT_ARG(hex), TEXT_ARG(key64));
}

/* The inverse of key_line. The origin comes first so that a swapped file is told from a bad
 * one. */
static enum err read_key_line(struct call *call, struct text line, struct text origin,
                              unsigned char secret[64])
{
    unsigned char public_key[32], id[4];
    struct text rest = text_from(line, sizeof(KEY_START) - 1), key, id_bytes;
    if (!text_starts(line, KEY_START) || !text_ends(line, "\n"))
        return refuse(call, "signer_key", "the file does not hold a signing key");
    rest = text_slice(rest, 0, rest.len - 1);
    struct text name = text_cut(&rest, '+'), hex = text_cut(&rest, '+');
    if (!text_same(name, origin))
        return refuse(call, "signer_origin", "the signing key belongs to another origin");
    if (!base64_read(call->arena, rest, &key) || key.len != 33 || key.at[0] != 1 ||
        !hex_read(call->arena, hex, &id_bytes) || id_bytes.len != 4)
        return refuse(call, "signer_key", "the signing key is damaged");
    crypto_sign_seed_keypair(public_key, secret, (const unsigned char *)key.at + 1);
    note__key_id(origin, public_key, id);
    if (memcmp(id, id_bytes.at, 4) != 0)
        return refuse(call, "signer_key", "the signing key is damaged");
    return OK;
}

static bool write_all(int fd, struct text bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.at, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = text_from(bytes, (size_t)n);
    }
    return true;
}

static bool sync_folder_of(struct call *call, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *folder = ".";
    if (slash != NULL)
        folder = slash == file
                     ? "/"
                     : text_c(call->arena, (struct text){file, (size_t)(slash - file)});
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0;
    return close(fd) == 0 && ok;
}

/* Written under another name and linked into place: a crash never leaves half a key, and of two
 * processes that start together one makes the key and the other reads it. */
static enum err create_key(struct call *call, const char *file, struct text origin)
{
    unsigned char public_key[32], secret[64], seed[32];
    const char *fresh =
        text_c(call->arena, text_print(call->arena, "%s.%.*s", file, TEXT_ARG(id_new(call))));
    chance(seed, sizeof(seed));
    crypto_sign_seed_keypair(public_key, secret, seed);
    struct text line = key_line(call, origin, secret);
    sodium_memzero(secret, sizeof(secret));
    sodium_memzero(seed, sizeof(seed));
    int fd = file_make(fresh, O_WRONLY);
    if (fd < 0)
        return file_trouble(call, fresh, "cannot be made");
    bool written = write_all(fd, line) && fsync(fd) == 0;
    sodium_memzero((void *)(uintptr_t)line.at, line.len);
    bool closed = close(fd) == 0;
    bool linked = written && closed && (link(fresh, file) == 0 || errno == EEXIST);
    enum err e = linked ? OK : file_trouble(call, file, "cannot be written");
    if (unlink(fresh) != 0 && e == OK)
        e = file_trouble(call, fresh, "cannot be removed");
    if (e == OK && !sync_folder_of(call, file))
        e = file_trouble(call, file, "cannot be made durable");
    return e;
}

static enum err check_private(struct call *call, const char *file, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return file_trouble(call, file, "cannot be examined");
    if (S_ISREG(st.st_mode) && (st.st_mode & 077) == 0)
        return OK;
    return problem(call, ERR_CONFLICT, TEXT("ledger"), "signer_exposed",
                   "%s must be a plain file that only its owner can read (mode 0600)", file);
}

static enum err read_key_file(struct call *call, const char *file, int fd, struct text origin,
                              unsigned char secret[64])
{
    char line[KEY_LINE_MOST];
    size_t len = 0;
    ssize_t n = 1;
    TRY(check_private(call, file, fd));
    while (len < sizeof(line) && n > 0) {
        n = read(fd, line + len, sizeof(line) - len);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            len += (size_t)n;
    }
    enum err e = n < 0 ? file_trouble(call, file, "cannot be read")
                       : read_key_line(call, (struct text){line, len}, origin, secret);
    sodium_memzero(line, sizeof(line));
    return e;
}

enum err signer_open_file(struct call *call, const char *file, struct text origin, bool create,
                          struct signer **out)
{
    unsigned char secret[64] = {0};
    TRY(begin(call, origin));
    int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && !create)
        return problem(call, ERR_MISSING, TEXT("ledger"), "signer_file",
                       "there is no signing key at %s", file);
    if (fd < 0 && errno == ENOENT) {
        TRY(create_key(call, file, origin));
        fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (fd < 0)
        return file_trouble(call, file, "cannot be opened");
    enum err e = read_key_file(call, file, fd, origin, secret);
    close(fd);
    if (e == OK)
        e = signer_open_secret(call, secret, origin, out);
    sodium_memzero(secret, sizeof(secret));
    return e;
}
