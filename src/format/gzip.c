/* SPDX-License-Identifier: Apache-2.0 */
/* format/gzip.c — one gzip member in, one out, through zlib.
 * What comes out of a packed body is chosen by a stranger: it is limited in bytes and in
 * proportion to what was sent, and checked while it is unpacked, not after. */
#include "format/internal.h"

#define ZLIB_CONST
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* zlib's way of asking for the gzip wrapper */
#define PIECE ((size_t)32 << 10)

enum err gzip_pack(struct call *call, struct text in, struct text *out)
{
    z_stream z = {0};
    if (in.len > UINT32_MAX)
        return format__refuse(call, ERR_TOO_LARGE, "size", 0, SAID("too large to be packed"));
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        panic("out_of_memory deflate");
    size_t room = deflateBound(&z, in.len);
    char *at = arena_take(call->arena, room);
    z.next_in = (const Bytef *)in.at;
    z.avail_in = (uInt)in.len;
    z.next_out = (Bytef *)at;
    z.avail_out = (uInt)room;
    int result = deflate(&z, Z_FINISH);
    size_t len = z.total_out;
    deflateEnd(&z);
    if (result != Z_STREAM_END)
        panic("deflate result=%d", result);
    *out = (struct text){at, len};
    return OK;
}

static enum err refuse_large(struct call *call)
{
    return format__refuse(call, ERR_TOO_LARGE, "size", 0,
                          SAID("what is packed in it is larger than allowed"));
}

static enum err refuse_broken(struct call *call)
{
    return format__refuse(call, ERR_MALFORMED, "gzip", 0,
                          SAID("this is not a whole gzip file"));
}

static enum err inflate_all(struct call *call, z_stream *z, size_t packed, struct buf *out)
{
    char piece[PIECE];
    int result;
    do {
        z->next_out = (Bytef *)piece;
        z->avail_out = sizeof(piece);
        result = inflate(z, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR)
            panic("out_of_memory inflate");
        if (result != Z_OK && result != Z_STREAM_END)
            return refuse_broken(call);
        buf_add(out, (struct text){piece, sizeof(piece) - z->avail_out});
        if (out->full || format__bomb(packed, out->len))
            return refuse_large(call);
    } while (result != Z_STREAM_END);
    return z->avail_in == 0 ? OK : refuse_broken(call);
}

enum err gzip_unpack(struct call *call, struct text in, size_t cap, struct text *out)
{
    z_stream z = {0};
    struct buf buf = buf_in(call->arena, cap);
    if (in.len > UINT32_MAX)
        return refuse_large(call);
    if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
        panic("out_of_memory inflate");
    z.next_in = (const Bytef *)in.at;
    z.avail_in = (uInt)in.len;
    enum err e = inflate_all(call, &z, in.len, &buf);
    inflateEnd(&z);
    if (e == OK)
        *out = buf_text(&buf);
    return e;
}
