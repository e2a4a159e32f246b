/* SPDX-License-Identifier: Apache-2.0 */
/* cli/import_events.c — `aimwell import events`: arguments, the file, and the result in words.
 * Everything between is monitor/table.c. */
#include "cli/cli.h"
#include "cli/people.h"
#include "monitor/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct importing {
    const struct args *args;
    struct site *site;
    struct call *call;
    const char *path;
    int file;
    bool dry_run;
    struct event_table table;
    struct tabled result;
};

/* ---- the file
 * --------------------------------------------------------------------------------- */
/* Never waits for somebody at the other end of a named pipe. */
static enum err open_table(struct importing *im)
{
    struct stat st;
    const char *path = caller_path(im->args->caller, im->call->arena, im->path);
    im->file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (im->file < 0 || fstat(im->file, &st) != 0 || !S_ISREG(st.st_mode))
        return problem(im->call, ERR_MISSING, text_of(im->path), "file", "%s",
                       im->file < 0 ? strerror(errno) : "is not a file");
    im->table.moment = (int64_t)st.st_mtim.tv_sec * 1000000;
    return OK;
}

static enum err more(void *arg, struct call *call, char *at, size_t room, size_t *got)
{
    struct importing *im = arg;
    ssize_t n;
    do
        n = read(im->file, at, room);
    while (n < 0 && errno == EINTR);
    *got = n > 0 ? (size_t)n : 0;
    return n >= 0 ? OK
                  : problem(call, ERR_IO, text_of(im->path), "file",
                            "could not be read to its end");
}

static enum err read_profile(struct importing *im)
{
    enum err e = OK;
    struct profile *p;
    struct text bytes =
        read_file(im->args->caller, im->call, args_option(im->args, "map"), PROFILE_MOST, &e);
    TRY(e);
    TRY(profile_read(im->call, bytes, &p));
    im->table.profile = p;
    return OK;
}

/* ---- the result
 * -------------------------------------------------------------------------------- */
/* Cells are foreign text: control bytes never reach the terminal. */
static void print_text(FILE *out, struct call *call, struct text t)
{
    struct text shown = shown_without(call->arena, t, false);
    fwrite(shown.at, 1, shown.len, out);
}

static void print_count(FILE *out, const char *what, int64_t n)
{
    fprintf(out, "  %-12s %8" PRId64 "\n", what, n);
}

static void print_refused(const struct importing *im, const struct row_refused *r)
{
    FILE *out = im->args->caller->out;
    fprintf(out, say(im->call, "row %" PRId64 " (line %" PRId64 ")"), r->row, r->line);
    if (r->column.len) {
        fprintf(out, "%s", say(im->call, ", column "));
        print_text(out, im->call, r->column);
    }
    fprintf(out, "%s", say(im->call, ": "));
    print_text(out, im->call, r->message);
    putc('\n', out);
}

static void print_words(const struct importing *im)
{
    FILE *out = im->args->caller->out;
    const struct tabled *t = &im->result;
    print_text(out, im->call, text_of(im->path));
    if (im->dry_run)
        fprintf(out, "%s", say(im->call, ": a dry run, nothing was changed"));
    putc('\n', out);
    print_count(out, say(im->call, "rows"), t->rows);
    print_count(out, say(im->call, "accepted"), t->accepted);
    print_count(out, say(im->call, "duplicate"), t->duplicate);
    print_count(out, say(im->call, "rejected"), t->refused);
    for (size_t i = 0; i < t->told_count; i++)
        print_refused(im, &t->told[i]);
    if (t->refused > (int64_t)t->told_count)
        fprintf(out, say(im->call, "and %" PRId64 " more\n"),
                t->refused - (int64_t)t->told_count);
    fprintf(out, "%s\n",
            say(im->call,
                "Rows are counted as rows, what they became as events: a row may be a "
                "prediction and its label."));
    if (t->forgetful)
        fprintf(out, "%s\n",
                say(im->call, "The file has more rows than a dry run compares with each other: "
                              "further ones may be there twice."));
}

static void put_refused(struct json_out *o, const struct row_refused *r)
{
    json_open(o, '{');
    json_key(o, "row");
    json_put_integer(o, r->row);
    json_key(o, "line");
    json_put_integer(o, r->line);
    json_key(o, "column");
    json_put_text(o, r->column);
    json_key(o, "code");
    json_put_text(o, r->code);
    json_key(o, "message");
    json_put_text(o, r->message);
    json_close(o, '}');
}

static void put_count(struct json_out *o, const char *name, int64_t n)
{
    json_key(o, name);
    json_put_integer(o, n);
}

static void print_json(const struct importing *im)
{
    const struct tabled *t = &im->result;
    struct buf b = buf_in(im->call->arena, (size_t)64 << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    json_key(&o, "file");
    json_put_c(&o, im->path);
    json_key(&o, "rehearsed");
    json_put_bool(&o, im->dry_run);
    put_count(&o, "rows", t->rows);
    put_count(&o, "accepted", t->accepted);
    put_count(&o, "duplicate", t->duplicate);
    put_count(&o, "refused_rows", t->refused);
    json_key(&o, "rejected");
    json_open(&o, '[');
    for (size_t i = 0; i < t->told_count; i++)
        put_refused(&o, &t->told[i]);
    json_close(&o, ']');
    put_count(&o, "rejected_more", t->refused - (int64_t)t->told_count);
    json_key(&o, "compared");
    json_put_bool(&o, !t->forgetful);
    json_close(&o, '}');
    buf_add_byte(&b, '\n');
    fwrite(b.at, 1, b.len, im->args->caller->out);
}

static void progress(void *arg, const struct tabled *so_far)
{
    const struct importing *im = arg;
    if (im->args->caller->terminal)
        fprintf(im->args->caller->err, "\r%" PRId64, so_far->rows);
}

/* ---- one import
 * -------------------------------------------------------------------------------- */
static enum err take(struct importing *im)
{
    TRY(act_as(im->site, args_option(im->args, "as")));
    im->call->actor = im->site->call->actor;
    TRY(read_profile(im));
    TRY(open_table(im));
    return monitor_table(im->call, im->site->records, &im->table, &im->result);
}

static int run(struct importing *im)
{
    enum err e = take(im);
    if (im->file >= 0)
        close(im->file);
    if (im->args->caller->terminal && im->result.rows)
        putc('\n', im->args->caller->err);
    if ((e == OK || im->result.accepted) && args_flag(im->args, "json"))
        print_json(im);
    else if (e == OK || im->result.accepted)
        print_words(im);
    fflush(im->args->caller->out);
    return e != OK ? failed(im->args->caller, im->call, e) : im->result.refused ? 1 : 0;
}

int import_events(struct site *s, const struct args *args)
{
    struct arena *arena = arena_open();
    struct importing im = {.args = args,
                           .site = s,
                           .call = call_beside(arena, s->call),
                           .path = args->words[1],
                           .file = -1,
                           .dry_run = args_flag(args, "dry-run")};
    im.call->id = s->call->id;
    im.table = (struct event_table){.system = text_of(args_option(args, "system")),
                                    .rehearse = im.dry_run,
                                    .more = more,
                                    .told = progress,
                                    .arg = &im};
    int code = run(&im);
    arena_close(arena);
    return code;
}
