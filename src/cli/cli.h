/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cli.h — what the commands share: arguments, and opening an organisation. One file per
 * command. */
#ifndef CLI_H
#define CLI_H

#include "api/api.h"
#include "assure/assure.h"
#include "base/base.h"
#include "record/record.h"

/* ---- arguments
 * ------------------------------------------------------------------------------- */
struct option_rule {
    const char *name; /* without "--" */
    bool value;       /* takes one */
};
struct args {
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
int wrong_action(const char *command, const char *given, const char *known);
/* Of whoever sits at the terminal: Chinese when the environment asks for it. */
enum lang caller_lang(void);

struct command {
    const char *name, *usage, *about;
    const struct option_rule *rules;
    size_t rule_count;
    int (*run)(const struct args *args);
    size_t words; /* it takes at most; one more is wrong use */
};
extern const struct command command_serve, command_init, command_user, command_token,
    command_import, command_framework, command_export, command_check, command_verify,
    command_backup, command_restore, command_model;

/* ---- one organisation, open
 * ------------------------------------------------------------------- */
struct site {
    struct arena *arena;
    struct call *call; /* of the command; actor = command */
    struct store *store;
    struct model *model;
    struct signer *signer;
    struct ledger *ledger;
    struct access *access;
    struct records *records;
    struct text where; /* folder or URL */
    struct text steps; /* what migration did */
    const char *own;   /* folder of its own model files when named; NULL: model.d of its data */
    size_t own_count;  /* files in it */
    bool own_there;    /* such a folder was named or found */
};
struct place {
    const char *where; /* --data or --store, else AIMWELL_DATA or AIMWELL_STORE; NULL after
                        * saying that it is missing */
    const char *own;   /* --site, else AIMWELL_SITE; NULL */
};
struct place site_place(const struct args *a);
const char *site_own(const struct args *a);
/* Is something there already: a database in the folder, or an organisation in the schema? */
bool site_there(struct place place);
/* The place as it may be shown: a URL without its user and password. */
struct text site_shown(struct arena *a, struct text where);
/* May this opening bring in a model other than the one the store was last opened with? The
 * tables follow the model, and on PostgreSQL other nodes work on them at the same time. */
enum model_change {
    MODEL_SAME, /* PostgreSQL: no */
    MODEL_NEW,  /* one that it never had (an upgrade, own files that changed), not an older one
                 */
    MODEL_ANY
};
/* Opens, migrates, and readies everything. On failure the problems have been printed and the
 * exit code is the return value; 0 when open. */
int site_open(struct site *s, struct place place, enum model_change change);
/* Only to look: no lock, no writer, no migration; also when the server would refuse to start.
 * Store, model and signer are there, nothing above. */
int site_open_reading(struct site *s, struct place place);
/* Switches a shipped overlay on and opens again with the new model. */
int site_overlay(struct site *s, struct text overlay);
void site_close(struct site *s);
/* Makes a new organisation in an empty place: meta, key, ledger, registers. */
int site_create(struct site *s, struct place place, const char *organisation,
                const char *origin);

/* ---- its model (site_model.c)
 * ---------------------------------------------------------------- */
/* A fact about the store; "" when it was never written. */
MUST_USE enum err site_meta(struct site *s, const char *name, struct text *out);
/* The shipped model with these overlays and the organisation's own files. */
MUST_USE enum err site_model(struct call *call, struct site *s, struct text overlays,
                             struct model **out);
/* ERR_CONFLICT when the store must not be opened with this model; docs/operate.md says when. */
MUST_USE enum err site_model_allowed(struct site *s, enum model_change change);
/* Remembers it as the model in force. */
MUST_USE enum err site_model_note(struct site *s);
/* True when the store works with another model than the one opened here. */
bool site_model_replaced(struct site *s);

/* Prints problems to standard error and gives the exit code. */
int failed(const struct call *call, enum err e);
struct text read_file(struct call *call, const char *path, size_t cap, enum err *e);
bool write_file(const char *path, struct text bytes); /* says why not */
/* The person a demo script or test acts as: full grants, password taken as confirmed. */
struct actor *actor_person(struct site *s, struct call *call, struct text id);

/* ---- the demo organisation (demo.c) and imports (import.c)
 * --------------------------------------- */
int demo_load(struct site *s);
/* The demo log-ins, when this is a demo organisation. */
void demo_print(struct site *s);
struct import_result {
    int64_t accepted, updated, unchanged, rejected;
};
int import_file(struct site *s, const char *kind, const char *path, const char *map,
                bool dry_run, bool json, struct import_result *result);
#endif
