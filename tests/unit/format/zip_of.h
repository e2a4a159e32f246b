/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/format/zip_of.h — office files as other programs make them: zips of parts. */
#ifndef ZIP_OF_H
#define ZIP_OF_H

#include <zip.h>

#include "../base/unit.h"

struct entry {
    const char *path;
    struct text bytes;
};

/* A zip of these entries, as another program would make it. */
static inline struct text zip_packed(struct call *call, const struct entry *entries,
                                     size_t count, int32_t method)
{
    zip_error_t error;
    zip_stat_t stat;
    zip_error_init(&error);
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = zip_open_from_source(out, ZIP_TRUNCATE, &error);
    assert_non_null(zip);
    zip_source_keep(out);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *in = zip_source_buffer(zip, entries[i].bytes.at, entries[i].bytes.len, 0);
        zip_int64_t at = zip_file_add(zip, entries[i].path, in, 0);
        assert_true(at >= 0);
        assert_int_equal(zip_set_file_compression(zip, (zip_uint64_t)at, method, 0), 0);
    }
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(zip_source_open(out), 0);
    assert_int_equal(zip_source_stat(out, &stat), 0);
    char *bytes = arena_take(call->arena, stat.size);
    assert_int_equal(zip_source_read(out, bytes, stat.size), (zip_int64_t)stat.size);
    zip_source_close(out);
    zip_source_free(out);
    return (struct text){bytes, stat.size};
}

static inline struct text zip_of(struct call *call, const struct entry *entries, size_t count)
{
    return zip_packed(call, entries, count, ZIP_CM_DEFAULT);
}

static inline struct text zip_stored(struct call *call, const struct entry *entries,
                                     size_t count)
{
    return zip_packed(call, entries, count, ZIP_CM_STORE);
}

#endif
