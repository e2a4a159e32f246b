/* SPDX-License-Identifier: Apache-2.0 */
/* The key file, and the refusal to sign two histories. */
#include "ledger/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *a;
static struct call *call;
static char folder[64], file[96];
static const struct text origin = {"log.example.org/acme/records", 28};

static int set_up(void **state)
{
    a = arena_open();
    call = call_open(a, 0, LANG_EN);
    snprintf(folder, sizeof(folder), "/tmp/signer_test.XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(file, sizeof(file), "%s/ledger.key", folder);
    return 0;
}

static int tear_down(void **state)
{
    unlink(file);
    rmdir(folder);
    arena_close(a);
    return 0;
}

static void put_file(const char *bytes, mode_t mode)
{
    unlink(file);
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
    close(fd);
}

static bool last_code_is(const char *code)
{
    const struct problem *p = call->problems;
    while (p != NULL && p->next != NULL)
        p = p->next;
    return p != NULL && text_is(p->code, code);
}

static void a_key_is_made_once(void **state)
{
    struct signer *first, *second;
    struct stat st;
    assert_int_equal(signer_open_file(call, file, origin, false, &first), ERR_MISSING);
    assert_int_equal(signer_open_file(call, file, origin, true, &first), OK);
    assert_int_equal(signer_open_file(call, file, origin, true, &second), OK);
    assert_memory_equal(first->public_key, second->public_key, 32);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_nlink, 1);
    first->close(first);
    second->close(second);
}

/* The key of the example in golang.org/x/mod/sumdb/note, and its public half as given there. */
static void a_key_of_other_make_is_read(void **state)
{
    struct signer *s;
    put_file("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n",
             0600);
    assert_int_equal(signer_open_file(call, file, TEXT("PeterNeumann"), false, &s), OK);
    assert_true(text_is(note_vkey(a, s->origin, s->public_key),
                        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
    s->close(s);
    assert_int_equal(signer_open_file(call, file, origin, false, &s), ERR_CONFLICT);
    assert_true(last_code_is("signer_origin"));
}

static void damaged_and_exposed_keys_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "\n",
        "PRIVATE+KEY+",
        "PRIVATE+KEY+log.example.org/acme/records+00000000+AAAA\n",
        "PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n"};
    struct signer *s;
    for (size_t i = 0; i < COUNT(bad); i++) {
        put_file(bad[i], 0600);
        assert_int_equal(signer_open_file(call, file, TEXT("PeterNeumann"), true, &s),
                         ERR_CONFLICT);
    }
    put_file("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n",
             0600);
    assert_int_equal(chmod(file, 0640), 0);
    assert_int_equal(signer_open_file(call, file, TEXT("PeterNeumann"), true, &s),
                     ERR_CONFLICT);
    assert_true(last_code_is("signer_exposed"));
}

static void bad_origins_are_refused(void **state)
{
    static const char *const bad[] = {"", "a b", "a+b", "a\nb", "a\"b", "a\\b", "caf\xc3\xa9"};
    struct signer *s;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(signer_open_file(call, file, text_of(bad[i]), true, &s), ERR_INVALID);
        assert_int_not_equal(access(file, F_OK), 0);
    }
}

/* ---- two histories ----------------------------------------------------------------------- */

#define LEAVES 40
static struct hash leaves[LEAVES], others[LEAVES];

static enum err subtree(void *arg, uint64_t start, uint64_t end, struct hash *out)
{
    *out = merkle_root((const struct hash *)arg + start, end - start);
    return OK;
}

/* Asks for a signature on the first n of `of`, with the proof that an honest ledger would
 * give. */
static enum err ask(struct signer *s, struct hash *of, uint64_t n)
{
    struct hash root = merkle_root(of, n), proof[64];
    struct merkle_source source = {subtree, of};
    unsigned char signature[64];
    size_t count = 0;
    enum err e = merkle_consistency(&source, s->signed_size, n, proof, &count);
    if (e != OK)
        count = 0;
    struct text text = note__checkpoint(a, s->origin, n, &root);
    return s->sign(s, call, text, n, &root, proof, count, signature);
}

static struct signer *open_signer(void)
{
    struct signer *s;
    assert_int_equal(signer_open_file(call, file, origin, true, &s), OK);
    for (int i = 0; i < LEAVES; i++) {
        char byte = (char)i;
        leaves[i] = others[i] = merkle_leaf((struct text){&byte, 1});
    }
    others[5].byte[0] ^= 1;
    return s;
}

static void only_extensions_are_signed(void **state)
{
    struct signer *s = open_signer();
    for (uint64_t n = 1; n <= 30; n++) {
        assert_int_equal(ask(s, leaves, n), OK);
        s->settle(s, true);
        assert_int_equal(s->signed_size, n);
    }
    assert_int_equal(ask(s, leaves, 30), OK); /* the same again is no contradiction */
    assert_int_equal(ask(s, leaves, 29), ERR_CONFLICT);
    assert_int_equal(ask(s, others, 30), ERR_CONFLICT);
    assert_true(last_code_is("signer_refused"));
    assert_int_equal(ask(s, others, 40), ERR_CONFLICT);
    assert_int_equal(s->signed_size, 30);
    s->close(s);
}

static void what_was_not_kept_binds_nobody(void **state)
{
    struct signer *s = open_signer();
    assert_int_equal(ask(s, leaves, 5), OK);
    s->settle(s, true);
    assert_int_equal(ask(s, leaves, 20), OK);
    s->settle(s, false);
    assert_int_equal(s->signed_size, 5);
    assert_int_equal(ask(s, others, 20), OK);
    s->settle(s, true);
    assert_int_equal(ask(s, leaves, 30), ERR_CONFLICT);
    s->close(s);
}

static void the_text_must_say_what_was_asked(void **state)
{
    struct signer *s = open_signer();
    struct hash root = merkle_root(leaves, 3), other = merkle_root(others, 9);
    unsigned char signature[64];
    struct text texts[] = {
        note__checkpoint(a, s->origin, 4, &root),
        note__checkpoint(a, s->origin, 3, &other),
        note__checkpoint(a, TEXT("other"), 3, &root),
        text_join(a, note__checkpoint(a, s->origin, 3, &root), TEXT("more\n")),
        TEXT("hello"),
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(s->sign(s, call, texts[i], 3, &root, NULL, 0, signature),
                         ERR_CONFLICT);
    assert_true(last_code_is("signer_text"));
    s->close(s);
}

static void halves_of_a_secret_must_match(void **state)
{
    struct signer *s;
    unsigned char secret[64] = {1, 2, 3};
    assert_int_equal(signer_open_secret(call, secret, origin, &s), ERR_CONFLICT);
    assert_true(last_code_is("signer_key"));
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EACH(a_key_is_made_once),
        EACH(a_key_of_other_make_is_read),
        EACH(damaged_and_exposed_keys_are_refused),
        EACH(bad_origins_are_refused),
        EACH(only_extensions_are_signed),
        EACH(what_was_not_kept_binds_nobody),
        EACH(the_text_must_say_what_was_asked),
        EACH(halves_of_a_secret_must_match),
    };
    return cmocka_run_group_tests_name("ledger signer", tests, NULL, NULL);
}
