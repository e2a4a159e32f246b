/* SPDX-License-Identifier: Apache-2.0 */
/* cli/main.c — picks a command. Messages go to standard error, results to standard output. Exit
 * codes: 0 done, 1 the answer is no, 2 wrong use, 3 denied, 4 not found, 5 conflict, 6 storage,
 * 70 a bug. */
#include "cli/cli.h"
#include "cli/version.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct command *const commands[] = {
    &command_serve,  &command_init,      &command_user,    &command_token,
    &command_import, &command_framework, &command_export,  &command_check,
    &command_verify, &command_backup,    &command_restore, &command_model};

static int print_help(const struct caller *who, bool asked)
{
    FILE *to = asked ? who->out : who->err;
    fprintf(to, "Aimwell %s — the AI management system you run, and can prove.\n\n",
            AIMWELL_VERSION);
    for (size_t i = 0; i < COUNT(commands); i++)
        fprintf(to, "  aimwell %-10s %s\n", commands[i]->name, commands[i]->about);
    fprintf(
        to,
        "\nEvery command that touches data takes --data DIR or --store URL (or AIMWELL_DATA, "
        "AIMWELL_STORE),\nand --site DIR (or AIMWELL_SITE): the folder of the organisation's "
        "own "
        "model files; without it,\nmodel.d in the data folder. `aimwell COMMAND --help` tells "
        "more.\n");
    return asked ? 0 : 2;
}

static int print_usage(const struct caller *who, const struct command *c)
{
    fprintf(who->out, "%s\n\n%s\n\n%s\n", c->about, c->usage,
           "Where the data is: --data DIR, --store URL or --store-file FILE, else AIMWELL_DATA or AIMWELL_STORE. "
           "The\n"
           "organisation's own model files: --site DIR, else AIMWELL_SITE, else model.d in the "
           "data "
           "folder.");
    return 0;
}

/* A folder that a server has open cannot be opened again, and need not be. */
static bool sent(const struct args *args, const struct command *c, int argc, char **argv,
                 int *code)
{
    const char *data = args_option(args, "data"), *own = args_option(args, "site");
    struct place place = {data, NULL};
    char *all[64], site[] = "--site";
    if (args->caller->open || !c->served || args_option(args, "store"))
        return false;
    if (c->served_word && (!args->word_count || strcmp(args->words[0], c->served_word) != 0))
        return false;
    if (args_option(args, "store-file"))
        return false;
    if (!data && !getenv("AIMWELL_STORE") && !getenv("AIMWELL_STORE_FILE"))
        place.where = getenv("AIMWELL_DATA");
    if (!place.where || !site_served(place))
        return false;
    /* The server does not know our environment. */
    const char *wanted = site_own(args);
    if (own || !wanted || argc + 2 > (int)COUNT(all))
        return site_send(args->caller, place, argc, argv, code);
    memcpy(all, argv, (size_t)argc * sizeof *argv);
    all[argc] = site;
    all[argc + 1] = (char *)(uintptr_t)wanted;
    return site_send(args->caller, place, argc + 2, all, code);
}

static int run_command(const struct caller *who, const struct command *c, int argc, char **argv)
{
    struct args args = {.caller = who};
    bool help = false;
    int code;
    bool good = args_read(argc - 1, argv + 1, c->rules, c->rule_count, &args, &help);
    if (help)
        return print_usage(who, c);
    if (args_flag(&args, "version")) {
        fprintf(who->out, "aimwell %s\n", AIMWELL_VERSION);
        return 0;
    }
    if (args.word_count > c->words) {
        fprintf(who->err, "aimwell %s: there is a word too many: %s\n", c->name,
                args.words[c->words]);
        good = false;
    }
    if (!good)
        return 2;
    return sent(&args, c, argc, argv, &code) ? code : c->run(&args);
}

int run_line(const struct caller *who, int argc, char **argv)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        if (!strcmp(argv[0], commands[i]->name) && (!who->open || commands[i]->served))
            return run_command(who, commands[i], argc, argv);
    fprintf(who->err, "aimwell: there is no command called %.60s\n\n", argv[0]);
    return who->open ? 2 : print_help(who, false);
}

/* The password between "://user:" and "@", or behind "password=". */
static char *password_in(char *url, size_t *length)
{
    char *scheme = strstr(url, "://"), *at = scheme ? strchr(scheme, '@') : NULL;
    char *colon = at ? memchr(scheme + 3, ':', (size_t)(at - scheme - 3)) : NULL;
    char *query = strstr(url, "password=");
    if (colon && at - colon > 1) {
        *length = (size_t)(at - colon - 1);
        return colon + 1;
    }
    if (!scheme || !query || !query[9])
        return NULL;
    *length = strcspn(query + 9, "&");
    return query + 9;
}

/* A command line is read by everybody on the machine: what is secret in it is written over as soon
 * as it was copied, and the habit is named. */
static void hide_password(const struct caller *who, char **word, const char *prefix)
{
    static char copy[4096];
    size_t length;
    char *password = password_in(*word, &length);
    if (!password || strlen(*word) >= sizeof copy)
        return;
    snprintf(copy, sizeof copy, "%s", *word);
    memset(password, 'x', length);
    *word = copy;
    fprintf(who->err,
            "aimwell: a password in %s is seen by everybody on this machine: use --store-file FILE "
            "or AIMWELL_STORE\n",
            prefix);
}

static void hide_passwords(const struct caller *who, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strncmp(argv[i], "--store=", 8) || !strcmp(argv[i - 1], "--store"))
            hide_password(who, &argv[i], "--store");
}

/* What this process holds in memory, keys and passwords among it, is not for a file. */
static void leave_no_dump(void)
{
    const struct rlimit none = {0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

/* A standard stream that the caller closed would become the next file that is opened, and what is
 * printed would go into it. In its place comes one that cannot be used in its direction: what is
 * printed there is known to be lost. */
static void fill_streams(void)
{
    for (int file = 0; file <= STDERR_FILENO; file++)
        if (fcntl(file, F_GETFD) < 0 &&
            open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY) != file)
            _exit(6);
}

/* A server goes on, whether somebody reads its greeting or not. */
static int run_here(const struct caller *who, int argc, char **argv)
{
    int code = run_line(who, argc, argv);
    return strcmp(argv[0], command_serve.name) ? caller_outcome(who, code) : code;
}

int main(int argc, char **argv)
{
    fill_streams();
    leave_no_dump();
    setlocale(LC_ALL, "C.UTF-8");
    signal(SIGXFSZ, SIG_IGN); /* a file at its size limit is a failed write like any other */
    struct caller who = caller_here();
    if (argc < 2)
        return print_help(&who, false);
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
        printf("aimwell %s\n", AIMWELL_VERSION);
        return caller_outcome(&who, 0);
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return caller_outcome(&who, print_help(&who, true));
    hide_passwords(&who, argc, argv);
    return run_here(&who, argc - 1, argv + 1);
}
