/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cli.h — what the commands share: arguments, and the place of an organisation. One file per
 * command. */
#ifndef CLI_H
#define CLI_H

#include "api/api.h"
#include "assure/assure.h"
#include "base/base.h"
#include "record/record.h"
#include "site/site.h"

/* ---- arguments
 * ------------------------------------------------------------------------------- */
struct option_rule {
    const char *name; /* without "--" */
    enum { NO_VALUE, TAKES_VALUE, MAY_TAKE_VALUE } value; /* the last: unless an option follows */
};
struct args {
    const struct caller *caller; /* who gave them; set before they are read */
    const char *words[16]; /* positional, after the command */
    size_t word_count;
    struct {
        const char *name, *value;
    } options[32];
    size_t option_count;
};
/* False after saying to standard error what is wrong: exit with 2. --help sets *help. */
bool args_read(int argc, char **argv, const struct option_rule *rules, size_t rule_count,
               struct args *out, bool *help);
const char *args_option(const struct args *a, const char *name); /* NULL when absent */
bool args_flag(const struct args *a, const char *name);

/* An action that the command does not have: says so and what it has; exit with 2. */
int wrong_action(const struct args *args, const char *command, const char *given, const char *known);

struct command {
    const char *name, *usage, *about;
    const struct option_rule *rules;
    size_t rule_count;
    int (*run)(const struct args *args);
    size_t words; /* it takes at most; one more is wrong use */
    bool served;  /* a running server may be asked to run it */
    const char *served_word; /* only when this is its first word; NULL: always */
};
/* Runs one command line for whom it came from; gives the exit code. `argv` begins with the
 * command. */
int run_line(const struct caller *who, int argc, char **argv);
extern const struct command command_serve, command_init, command_user, command_token,
    command_import, command_framework, command_export, command_check, command_verify,
    command_backup, command_restore, command_model;

/* Where the data is: --data or --store, else AIMWELL_DATA or AIMWELL_STORE; `where` is NULL
 * after saying that it is missing. `own`: --site, else AIMWELL_SITE; NULL. */
struct place site_place(const struct args *a);
const char *site_own(const struct args *a);

/* `import events`: a table of what an AI system did (import_events.c). */
int import_events(struct site *s, const struct args *args);
/* `export ledger`: the log as files (export_ledger.c). */
int export_ledger(struct site *s, const struct args *args);
/* With all that is in it; links are removed, not followed (restore.c). */
void remove_folder(const char *path);

/* ---- the demo organisations (demos.c, demo.c)
 * --------------------------------------- */
struct demo {
    struct text name,
        path; /* "office", "model/demo/office.json"; of a script of one's own both its path */
    const struct json *script;
};
/* That of this name; without one, the one that says it is the standard. ERR_MISSING. */
MUST_USE enum err demo_script(struct call *call, struct text wanted, struct demo *out);
/* Which demo this organisation is; empty: none. */
MUST_USE enum err demo_of(struct site *s, struct text *name);
/* With --demo: opens what is there, or makes the demo that was asked for; gives the exit code. */
int demo_open(struct site *s, const struct args *args, struct place place);
/* Plays the script of that name into an organisation that is empty. */
int demo_load(struct site *s, struct text name);
/* The demo log-ins, when this is a demo organisation. */
void demo_print(struct site *s);
#endif
