/* SPDX-License-Identifier: Apache-2.0 */
/* format/xlsx_package.c — the parts of a workbook file, streamed through expat.
 * Everything here is written by a stranger. What is unpacked is counted while it is unpacked,
 * against the bytes that came and against a fixed limit; sizes that the file claims are only
 * ever a reason to refuse earlier. A document type is refused at its first byte, so no entity
 * can be declared and none can grow. */
#include "format/xlsx.h"

#include <expat.h>
#include <string.h>
#include <zip.h>

#define MOST_BYTES ((size_t)64 << 20)
#define MOST_PARTS 1000
#define DEEPEST 256 /* elements within elements */
#define PIECE ((size_t)32 << 10)

const struct package_says package__xlsx = {
    "xlsx", SAID("this is not an XLSX workbook, or it is damaged"),
    SAID("the workbook is larger than allowed")};
const struct package_says package__docx = {
    "docx", SAID("this is not a Word document, or it is damaged"),
    SAID("the document is larger than allowed")};

const struct package_says package__office = {"zip", SAID("this file is damaged"),
                                             SAID("the file is larger than allowed")};

struct package {
    struct call *call;
    const struct package_says *says;
    zip_t *zip;
    size_t packed, unpacked;
};

struct reading {
    struct package *package;
    const struct xml *handlers;
    XML_Parser parser;
    size_t depth;
    enum err error;
};

static enum err refuse_large(const struct package *p)
{
    return format__refuse(p->call, ERR_TOO_LARGE, "size", 0, p->says->large);
}

static enum err refuse_broken(const struct package *p)
{
    return format__refuse(p->call, ERR_MALFORMED, p->says->code, 0, p->says->broken);
}

static enum err check_claims(struct package *p)
{
    zip_int64_t parts = zip_get_num_entries(p->zip, 0);
    size_t claimed = 0;
    if (parts > MOST_PARTS)
        return refuse_large(p);
    for (zip_int64_t i = 0; i < parts; i++) {
        zip_stat_t stat;
        if (zip_stat_index(p->zip, (zip_uint64_t)i, 0, &stat) != 0)
            return refuse_broken(p);
        if ((stat.valid & ZIP_STAT_SIZE) == 0)
            continue;
        if (stat.size > MOST_BYTES - claimed)
            return refuse_large(p);
        claimed += stat.size;
    }
    return OK;
}

enum err package__open(struct call *call, struct text bytes, const struct package_says *says,
                       struct package **out)
{
    struct package *p = NEW(call->arena, struct package);
    *p = (struct package){.call = call, .says = says, .packed = bytes.len};
    zip_error_t ignored;
    zip_error_init(&ignored);
    zip_source_t *source = zip_source_buffer_create(bytes.at, bytes.len, 0, &ignored);
    if (source == NULL)
        panic("out_of_memory zip");
    p->zip = zip_open_from_source(source, ZIP_RDONLY, &ignored);
    zip_error_fini(&ignored);
    if (p->zip == NULL) {
        zip_source_free(source);
        return refuse_broken(p);
    }
    enum err e = check_claims(p);
    if (e != OK) {
        package__close(p);
        return e;
    }
    *out = p;
    return OK;
}

void package__close(struct package *p)
{
    zip_discard(p->zip);
}

bool package__has(struct package *p, const char *path)
{
    return zip_name_locate(p->zip, path, 0) >= 0;
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon == NULL ? name : colon + 1;
}

struct text xml__attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(local_name(attributes[i]), name) == 0)
            return text_of(attributes[i + 1]);
    return TEXT("");
}

/* ---- expat's callbacks -------------------------------------------------------------- */

static void stop_on(struct reading *r, enum err e)
{
    if (e == OK || r->error != OK)
        return;
    r->error = e;
    XML_StopParser(r->parser, XML_FALSE);
}

static void on_open(void *data, const char *name, const char **attributes)
{
    struct reading *r = data;
    if (r->depth++ == DEEPEST)
        stop_on(r, format__refuse(r->package->call, ERR_TOO_LARGE, "nesting", 0,
                                  SAID("its elements are nested too deep")));
    if (r->error == OK && r->handlers->open != NULL)
        stop_on(r, r->handlers->open(r->handlers->context, local_name(name), attributes));
}

static void on_close(void *data, const char *name)
{
    struct reading *r = data;
    r->depth--;
    if (r->error == OK && r->handlers->close != NULL)
        stop_on(r, r->handlers->close(r->handlers->context, local_name(name)));
}

static void on_characters(void *data, const char *at, int len)
{
    struct reading *r = data;
    if (r->error == OK && r->handlers->characters != NULL)
        stop_on(r,
                r->handlers->characters(r->handlers->context, (struct text){at, (size_t)len}));
}

static void on_document_type(void *data, const char *name, const char *system,
                             const char *public, int internal)
{
    struct reading *r = data;
    stop_on(r, format__refuse(r->package->call, ERR_MALFORMED, r->package->says->code, 0,
                              SAID("a document type declaration is not allowed")));
}

/* ---- one part ----------------------------------------------------------------------- */

static enum err feed(struct reading *r, const char *at, size_t len)
{
    if (XML_Parse(r->parser, at, (int)len, len == 0) == XML_STATUS_OK)
        return OK;
    return r->error != OK ? r->error : refuse_broken(r->package);
}

static enum err feed_all(struct reading *r, zip_file_t *file, size_t packed)
{
    struct package *p = r->package;
    char piece[PIECE];
    size_t unpacked = 0;
    for (;;) {
        zip_int64_t n = zip_fread(file, piece, sizeof(piece));
        if (n < 0)
            return refuse_broken(p);
        unpacked += (size_t)n;
        p->unpacked += (size_t)n;
        if (p->unpacked > MOST_BYTES || format__bomb(packed, unpacked) ||
            format__bomb(p->packed, p->unpacked))
            return refuse_large(p);
        TRY(feed(r, piece, (size_t)n));
        if (n == 0)
            return OK;
    }
}

static enum err parse(struct package *p, zip_file_t *file, size_t packed,
                      const struct xml *handlers)
{
    struct reading r = {p, handlers, XML_ParserCreate(NULL), 0, OK};
    if (r.parser == NULL)
        panic("out_of_memory xml");
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_open, on_close);
    XML_SetCharacterDataHandler(r.parser, on_characters);
    XML_SetStartDoctypeDeclHandler(r.parser, on_document_type);
    enum err e = feed_all(&r, file, packed);
    XML_ParserFree(r.parser);
    return e;
}

enum err package__read(struct package *p, const char *path, const struct xml *handlers)
{
    zip_stat_t stat;
    if (zip_stat(p->zip, path, 0, &stat) != 0 || (stat.valid & ZIP_STAT_COMP_SIZE) == 0)
        return refuse_broken(p);
    zip_file_t *file = zip_fopen_index(p->zip, stat.index, 0);
    if (file == NULL)
        return refuse_broken(p);
    enum err e = parse(p, file, stat.comp_size, handlers);
    zip_fclose(file);
    return e;
}
