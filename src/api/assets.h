/* SPDX-License-Identifier: Apache-2.0 */
/* api/assets.h — the web pages inside the binary; the table is made by tools/embed_pages.py. */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

struct asset {
    const char *path, *type, *etag;
    const unsigned char *raw, *raw_end, *gz, *gz_end, *br, *br_end; /* gz, br may be NULL */
    bool immutable;
};
extern const struct asset assets[];
extern const size_t asset_count;
#endif
