/* SPDX-License-Identifier: Apache-2.0 */
/* format/xlsx_links.c — how the parts of an office file name one another: each has a file of
 * links beside it, and the package one of its own. Shared by workbooks and documents. */
#include "format/xlsx.h"

#include <string.h>

#define MOST_LINKS 20000

struct linking {
    struct call *call;
    struct link *first;
    size_t count;
};

static enum err link_open(void *context, const char *name, const char **attributes)
{
    struct linking *l = context;
    if (strcmp(name, "Relationship") != 0)
        return OK;
    if (l->count++ == MOST_LINKS)
        return format__refuse(l->call, ERR_TOO_LARGE, "size", 0,
                              SAID("the file is larger than allowed"));
    struct arena *a = l->call->arena;
    struct link *link = NEW(a, struct link);
    link->id = text_copy(a, xml__attribute(attributes, "Id"));
    link->type = text_copy(a, xml__attribute(attributes, "Type"));
    link->target = text_copy(a, xml__attribute(attributes, "Target"));
    link->next = l->first;
    l->first = link;
    return OK;
}

enum err links__read(struct call *call, struct package *p, const char *path, struct link **out)
{
    struct linking l = {.call = call};
    struct xml handlers = {.open = link_open, .context = &l};
    *out = NULL;
    TRY(package__read(p, path, &handlers));
    *out = l.first;
    return OK;
}

enum err links__of_part(struct call *call, struct package *p, const char *path,
                        struct text *folder, struct link **out)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    *folder = text_copy(call->arena, (struct text){path, (size_t)(base - path)});
    *out = NULL;
    const char *links =
        text_print(call->arena, "%.*s_rels/%s.rels", TEXT_ARG(*folder), base).at;
    return package__has(p, links) ? links__read(call, p, links, out) : OK;
}

const struct link *links__of_type(const struct link *first, const char *ending)
{
    for (const struct link *link = first; link != NULL; link = link->next)
        if (text_ends(link->type, ending))
            return link;
    return NULL;
}

const struct link *links__of_id(const struct link *first, struct text id)
{
    for (const struct link *link = first; link != NULL; link = link->next)
        if (text_same(link->id, id))
            return link;
    return NULL;
}

const char *links__target(struct arena *a, struct text folder, const struct link *link)
{
    if (link == NULL)
        return NULL;
    if (text_starts(link->target, "/"))
        return text_c(a, text_from(link->target, 1));
    return text_c(a, text_join(a, folder, link->target));
}

/* Which program a file is of, by the folder that its first part lies in: every writer of them
 * puts it there, and the part itself is read by whoever shows it. */
static enum err kind_of(struct call *call, struct package *p, enum office *out)
{
    static const struct {
        const char *folder;
        enum office office;
    } all[] = {{"word/", OFFICE_WORDS}, {"xl/", OFFICE_SHEETS}, {"ppt/", OFFICE_SLIDES}};
    struct link *links;
    if (!package__has(p, "_rels/.rels"))
        return OK;
    TRY(links__read(call, p, "_rels/.rels", &links));
    const char *path =
        links__target(call->arena, TEXT(""), links__of_type(links, "/officeDocument"));
    for (size_t i = 0; path != NULL && i < COUNT(all); i++)
        if (text_starts(text_of(path), all[i].folder))
            *out = all[i].office;
    return OK;
}

enum err office_kind(struct call *call, struct text bytes, enum office *out)
{
    struct package *p;
    *out = OFFICE_NONE;
    TRY(package__open(call, bytes, &package__office, &p));
    enum err e = kind_of(call, p, out);
    package__close(p);
    return e;
}
