/* SPDX-License-Identifier: Apache-2.0 */
/* The small model below fixture/, and ways to load it with something changed. */
#ifndef MODEL_FIXTURE_H
#define MODEL_FIXTURE_H

#include "model/model.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the ones above it first */
#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct call *call;
    struct model_file *files;
    size_t count;
    struct model *model;
};

static const char *fixture_folder;

static inline int fixture_open(void **state)
{
    static struct fixture f;
    f = (struct fixture){.arena = arena_open()};
    f.call = call_open(f.arena, 0, LANG_EN);
    if (model_folder(f.call, fixture_folder, "", &f.files, &f.count) != OK)
        return -1;
    *state = &f;
    return 0;
}

static inline int fixture_close(void **state)
{
    struct fixture *f = *state;
    model_close(f->model);
    arena_close(f->arena);
    return 0;
}

static inline void print_problems(const struct call *call)
{
    for (const struct problem *p = call->problems; p != NULL; p = p->next)
        fprintf(stderr, "%.*s: [%.*s] %.*s\n", TEXT_ARG(p->source), TEXT_ARG(p->code),
                TEXT_ARG(p->message));
}

static inline struct model *load_with(struct fixture *f, const struct model_file *site,
                                      size_t count, const char *on)
{
    model_close(f->model);
    if (model_load(f->call, f->files, f->count, site, count, text_of(on), &f->model) != OK)
        print_problems(f->call);
    assert_non_null(f->model);
    assert_int_equal(f->call->problem_count, 0);
    return f->model;
}

static inline struct model_file *file_of(struct fixture *f, const char *path)
{
    for (size_t i = 0; i < f->count; i++)
        if (text_is(f->files[i].path, path))
            return &f->files[i];
    fail_msg("the fixture has no %s", path);
    return NULL;
}

/* Replaces the first `find` in a file; every fixture edit must find its place. */
static inline void edit(struct fixture *f, const char *path, const char *find, const char *put)
{
    struct model_file *file = file_of(f, path);
    ptrdiff_t at = text_search(file->bytes, text_of(find));
    if (at < 0)
        fail_msg("%s does not contain %s", path, find);
    struct text head = text_slice(file->bytes, 0, (size_t)at);
    struct text tail = text_from(file->bytes, (size_t)at + strlen(find));
    file->bytes = text_join(f->arena, text_join(f->arena, head, text_of(put)), tail);
}

static inline unsigned line_of(struct text bytes, const char *what)
{
    unsigned line = 1;
    ptrdiff_t at = text_search(bytes, text_of(what));
    if (at < 0)
        fail_msg("no %s in the file", what);
    for (ptrdiff_t i = 0; i < at; i++)
        line += bytes.at[i] == '\n';
    return line;
}

static inline bool has_problem(const struct call *call, struct text source, const char *code,
                               const char *says)
{
    for (const struct problem *p = call->problems; p != NULL; p = p->next)
        if (text_same(p->source, source) && text_is(p->code, code) &&
            text_search(p->message, text_of(says)) >= 0)
            return true;
    return false;
}
#endif
