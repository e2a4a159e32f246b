/* SPDX-License-Identifier: Apache-2.0 */
/* cli/init.c — a new organisation with its first administrator. */
#include "cli/people.h"

#include <stdio.h>
#include <string.h>

static const struct option_rule rules[] = {{"organisation", true},
                                           {"zone", true},
                                           {"admin", true},
                                           {"name", true},
                                           {"password-file", true},
                                           {"origin", true}};

/* The first line of the file; "-" is standard input. */
struct text read_password(const struct caller *caller, struct call *call, const char *path, enum err *e)
{
    *e = OK;
    if (!strcmp(path, "-")) {
        char *line = arena_take(call->arena, 1024);
        if (!fgets(line, 1024, caller->in))
            line[0] = '\0';
        struct text t = text_of(line);
        return text_cut(&t, '\n');
    }
    struct text t = read_file(caller, call, path, 4096, e);
    struct text line = text_cut(&t, '\n');
    return text_ends(line, "\r") ? text_slice(line, 0, line.len - 1) : line;
}

struct text one_time_password(struct call *call)
{
    unsigned char bytes[15];
    chance(bytes, sizeof bytes);
    return base64url_of(call->arena, (struct text){(char *)bytes, sizeof bytes});
}

static enum err add_admin(struct site *s, const struct args *args, struct text password)
{
    const char *email = args_option(args, "admin"), *name = args_option(args, "name");
    struct grant admin = {ROLE_ADMIN, TEXT("")};
    struct text id, mail = text_of(email);
    struct text rest = mail;
    return access_person_add(s->call, s->access, name ? text_of(name) : text_cut(&rest, '@'),
                             mail, password, false, (struct text){0}, &admin, 1, &id);
}

/* What can be refused is refused before anything is made. */
static enum err read_first_password(struct call *call, const struct args *args,
                                    struct text *password)
{
    const char *file = args_option(args, "password-file"), *email = args_option(args, "admin");
    enum err e = OK;
    *password = file ? read_password(args->caller, call, file, &e) : one_time_password(call);
    TRY(e);
    const char *name = args_option(args, "name");
    struct text others = text_print(call->arena, "%s %s", args_option(args, "organisation"),
                                    name ? name : "");
    return email ? access_password_ok(call, *password, text_of(email), others) : OK;
}

static int make(const struct args *args, struct place place, struct text password)
{
    const char *organisation = args_option(args, "organisation"),
               *email = args_option(args, "admin");
    const char *origin = args_option(args, "origin");
    struct site s;
    int code = site_create(&s, args->caller, place, organisation, origin ? origin : "aimwell.local");
    if (code)
        return code;
    const char *zone = args_option(args, "zone");
    enum err e = zone ? record_zone(s.call, s.records, text_of(zone)) : OK;
    if (e == OK && email)
        e = add_admin(&s, args, password);
    if (e == OK) {
        fprintf(args->caller->out, "%s is ready in %.*s\n", organisation, TEXT_ARG(site_shown(s.arena, s.where)));
        if (email && !args_option(args, "password-file"))
            fprintf(args->caller->out, "First log-in: %s with the password %.*s (shown once; change it)\n", email,
                   TEXT_ARG(password));
        if (!email)
            fprintf(args->caller->out, "`aimwell serve` prints a one-time link for the first administrator\n");
    }
    code = e == OK ? 0 : failed(args->caller, s.call, e);
    if (e != OK)
        fprintf(args->caller->err, "aimwell init: the organisation is made and has no administrator yet: "
                        "aimwell user add EMAIL --roles admin\n");
    site_close(&s);
    return code;
}

static int run(const struct args *args)
{
    struct place place = site_place(args);
    if (!place.where)
        return 2;
    if (!args_option(args, "organisation")) {
        fprintf(args->caller->err, "aimwell init: --organisation NAME is needed\n");
        return 2;
    }
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), args->caller->lang);
    struct text password;
    enum err e = read_first_password(call, args, &password);
    int code = e == OK ? make(args, place, password) : failed(args->caller, call, e);
    arena_close(arena);
    return code;
}

const struct command command_init = {
    "init",
    "aimwell init --data DIR|--store URL --organisation NAME [--admin EMAIL [--name N]\n"
    "             [--password-file F]] [--origin HOST] [--zone ZONE]\n\n"
    "Makes an organisation with its ledger, keys and registers, and the first administrator.\n"
    "Without --password-file a password is made and shown once. --origin is the host part of\n"
    "the ledger's name, unique and for ever (default aimwell.local). --zone is whose day is\n"
    "\"today\", such as Asia/Singapore (default UTC).",
    "make a new organisation",
    rules,
    COUNT(rules),
    run};
