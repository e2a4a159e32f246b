/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence files: whole, found again, and never silently changed. */
#include "room.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct text put(struct room *room, struct text bytes)
{
    struct text name;

    assert_int_equal(file_write(room->call, room->store, bytes, &name), OK);
    return name;
}

static void assert_reads(struct room *room, struct text name, struct text bytes)
{
    struct text back;

    assert_int_equal(file_read(room->call, room->store, name, &back), OK);
    assert_true(text_same(back, bytes));
}

/* Bytes of every value, in a pattern that no chunk repeats. */
static struct text big(struct room *room, size_t size)
{
    unsigned char *at = arena_take(room->arena, size);
    uint32_t x = 1;

    for (size_t i = 0; i < size; i++) {
        x = x * 1664525u + 1013904223u;
        at[i] = (unsigned char)(x >> 24);
    }
    return (struct text){(const char *)at, size};
}

static void bytes_come_back_whole(void **state)
{
    ROOM(state);
    const size_t sizes[] = {1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024};

    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct text bytes = big(room, sizes[i]);
        struct text name = put(room, bytes);
        assert_int_equal(name.len, 64);
        assert_reads(room, name, bytes);
    }
    room_reopen(room);
    assert_reads(room, put(room, TEXT("a\0b")), TEXT("a\0b"));
}

static void the_name_is_the_sha_256(void **state)
{
    ROOM(state);
    assert_text(put(room, TEXT("abc")),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_text(put(room, TEXT("")),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_reads(room, TEXT("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                 TEXT(""));
}

static void the_same_bytes_are_one_file(void **state)
{
    ROOM(state);
    struct text *names;
    size_t count;
    struct text b = put(room, TEXT("two")), a = put(room, TEXT("one"));

    put(room, TEXT("one"));
    assert_int_equal(file_list(room->call, room->store, &names, &count), OK);
    assert_int_equal(count, 2);
    assert_true(text_compare(names[0], names[1]) < 0);
    assert_true(text_same(names[0], a) || text_same(names[0], b));
    assert_true(text_same(names[1], a) || text_same(names[1], b));
}

static void an_empty_store_lists_nothing(void **state)
{
    ROOM(state);
    struct text *names;
    size_t count = 9;

    assert_int_equal(file_list(room->call, room->store, &names, &count), OK);
    assert_int_equal(count, 0);
}

static void what_was_never_stored_is_missing(void **state)
{
    ROOM(state);
    const char *names[] = {
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "../../../../../../../../../../../../../../../../../../../etc/passw",
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "incoming",
        "",
    };
    struct text bytes;

    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(file_read(room->call, room->store, text_of(names[i]), &bytes),
                         ERR_MISSING);
        assert_int_equal(bytes.len, 0);
    }
}

static void damage(struct room *room, struct text name)
{
    char path[128];
    int fd;

    if (room->postgres) {
        assert_int_equal(room_script(room, "UPDATE file_chunk SET bytes = set_byte(bytes, 0,"
                                           " get_byte(bytes, 0) # 1) WHERE part = 1"),
                         OK);
        return;
    }
    snprintf(path, sizeof(path), "files/%.2s/%.*s", name.at, TEXT_ARG(text_from(name, 2)));
    fd = open(room_path(room, path), O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "\0\0\0", 3, 1024 * 1024), 3);
    close(fd);
}

static void a_changed_byte_is_noticed_and_mended(void **state)
{
    ROOM(state);
    struct text bytes = big(room, 2 * 1024 * 1024), back;
    struct text name = put(room, bytes);

    damage(room, name);
    assert_int_equal(file_read(room->call, room->store, name, &back), ERR_IO);
    assert_text(last_code(room->call), "file_damaged");
    assert_int_equal(back.len, 0);
    put(room, bytes);
    assert_reads(room, name, bytes);
}

static void a_lost_piece_is_noticed(void **state)
{
    ROOM(state);
    struct text bytes = big(room, 2 * 1024 * 1024), back;
    struct text name = put(room, bytes);

    if (room->postgres) {
        assert_int_equal(room_script(room, "DELETE FROM file_chunk WHERE part = 1"), OK);
    } else {
        char path[128];
        snprintf(path, sizeof(path), "files/%.2s/%.*s", name.at, TEXT_ARG(text_from(name, 2)));
        assert_int_equal(truncate(room_path(room, path), 1024 * 1024), 0);
    }
    assert_int_equal(file_read(room->call, room->store, name, &back), ERR_IO);
    assert_text(last_code(room->call), "file_damaged");
}

static void nothing_half_written_stays(void **state)
{
    ROOM(state);
    const char *path = room_path(room, "files/incoming");
    struct stat about;

    put(room, big(room, 100000));
    assert_int_equal(rmdir(path), 0); /* only an empty folder can be removed */
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(stat(path, &about), 0);
}

struct writer_thread {
    struct room *room;
    struct arena *arena;
    pthread_t thread;
    enum err outcome;
};

static void *write_same(void *arg)
{
    struct writer_thread *w = arg;
    struct call *call = call_open(w->arena, 0, LANG_EN);
    struct text name;

    w->outcome = file_write(call, w->room->store, TEXT("the same from everywhere"), &name);
    return NULL;
}

static void many_may_write_the_same_at_once(void **state)
{
    ROOM(state);
    struct writer_thread w[8];
    struct text *names;
    size_t count;

    for (size_t i = 0; i < COUNT(w); i++) {
        w[i] = (struct writer_thread){room, arena_open(), 0, ERR_BUG};
        assert_int_equal(pthread_create(&w[i].thread, NULL, write_same, &w[i]), 0);
    }
    for (size_t i = 0; i < COUNT(w); i++) {
        pthread_join(w[i].thread, NULL);
        assert_int_equal(w[i].outcome, OK);
        arena_close(w[i].arena);
    }
    assert_int_equal(file_list(room->call, room->store, &names, &count), OK);
    assert_int_equal(count, 1);
    assert_reads(room, names[0], TEXT("the same from everywhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(bytes_come_back_whole),
        BOTH(the_name_is_the_sha_256),
        BOTH(the_same_bytes_are_one_file),
        BOTH(an_empty_store_lists_nothing),
        BOTH(what_was_never_stored_is_missing),
        BOTH(a_changed_byte_is_noticed_and_mended),
        BOTH(a_lost_piece_is_noticed),
        SQLITE_ONLY(nothing_half_written_stays),
        BOTH(many_may_write_the_same_at_once),
    };

    return cmocka_run_group_tests_name("store files", tests, NULL, NULL);
}
