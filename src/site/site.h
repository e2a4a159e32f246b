/* SPDX-License-Identifier: Apache-2.0 */
/* site/site.h — one organisation, open, and who asks for it. Floor 8: knows no command and no
 * route. */
#ifndef SITE_H
#define SITE_H

#include "assure/assure.h"
#include "base/base.h"
#include "record/record.h"

#include <stdio.h>

/* ---- who gave a command: somebody at this terminal, or who sent it to a running server ----- */
struct caller {
    FILE *in, *out, *err;
    bool terminal; /* `err` is looked at by a person: progress is worth showing */
    int folder;    /* where relative names start; AT_FDCWD: of this process */
    enum lang lang;
    struct site *open; /* the organisation a server has open; NULL: each command opens its own */
};
/* Of this process: its own three streams and working folder. */
struct caller caller_here(void);
/* Of whoever sits at the terminal: Chinese when the environment asks for it. */
enum lang caller_lang(void);
/* A name the caller gave, as this process may open it; in the arena. */
const char *caller_path(const struct caller *c, struct arena *a, const char *path);
/* Prints the problems of the call to the caller's `err` and gives the exit code. */
int failed(const struct caller *c, const struct call *call, enum err e);
/* The exit code of a command that ends with `code`: 6, after saying so, when it did well but what it
 * printed could not be written. */
int caller_outcome(const struct caller *c, int code);
/* The whole of a plain file, at most `cap` bytes. */
struct text read_file(const struct caller *c, struct call *call, const char *path, size_t cap,
                      enum err *e);
/* "-" is the caller's `out`. Anything else becomes a file only its owner can read (0600), durable
 * and whole or not there; a file or link that has the name is replaced. False after saying why not. */
bool write_file(const struct caller *c, const char *path, struct text bytes);
/* fsync of the folder that holds `path`. */
bool caller_sync_folder_of(struct arena *a, const char *path);

/* ---- one organisation, open
 * ------------------------------------------------------------------- */
struct site {
    const struct caller *caller;
    struct arena *arena;
    struct call *call; /* of the command; actor = command */
    struct store *store;
    const struct model *model; /* of the epoch below */
    struct signer *signer;
    struct ledger *ledger;
    struct access *access;
    struct records *records; /* the epoch that this command works in, held; a server lets it go */
    struct epochs *epochs;
    struct text where; /* folder or URL */
    struct text steps; /* what migration did */
    const char *own;   /* folder of its own model files when named; NULL: model.d of its data */
    bool own_there;    /* such a folder was named or found */
    bool own_new;      /* what it holds is not yet in the store */
    bool looking;      /* nothing is written, and nothing has to be right: to verify */
    bool force;        /* it counts, also when it was brought in before */
    struct own_files own_files; /* those in force, or about to be */
    struct model *loaded;       /* before there is an epoch that owns it */
    struct text adopted;        /* hash of the model that site_adopt brought in */
    bool lent;         /* opened by the server, used by a command */
};
struct place {
    const char *where; /* --data or --store, else AIMWELL_DATA or AIMWELL_STORE; NULL after
                        * saying that it is missing */
    const char *own;   /* --site, else AIMWELL_SITE; NULL */
};
/* Is something there already: a database in the folder, or an organisation in the schema? */
bool site_there(const struct caller *caller, struct place place);
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
int site_open(struct site *s, const struct caller *caller, struct place place,
              enum model_change change);
/* Only to look: no lock, no writer, no migration; also when the server would refuse to start.
 * Store, model and signer are there, nothing above. */
int site_open_reading(struct site *s, const struct caller *caller, struct place place);
/* Switches a shipped overlay on and opens again with the new model. */
int site_overlay(struct site *s, struct text overlay);
void site_close(struct site *s);
/* Makes a new organisation in an empty place: meta, key, ledger, registers. */
int site_create(struct site *s, const struct caller *caller, struct place place,
                const char *organisation, const char *origin);

/* A server keeps no epoch of its own: whoever it serves takes one. */
void site_let_go(struct site *s);

/* ---- its model (model.c)
 * ---------------------------------------------------------------- */
/* A fact about the store; "" when it was never written. */
MUST_USE enum err site_meta(struct site *s, const char *name, struct text *out);
/* The shipped model with these overlays and the organisation's own files: those in the store, or those
 * of its folder when that is not as it was when it was last brought in. Sets s->own_files. */
MUST_USE enum err site_model(struct call *call, struct site *s, struct text overlays,
                             struct model **out);
/* ERR_CONFLICT when the store must not be opened with this model; docs/operate.md says when. */
MUST_USE enum err site_model_allowed(struct site *s, enum model_change change);
/* Remembers it as the model in force, with its files. */
MUST_USE enum err site_model_note(struct site *s);
/* True when the store works with another model than this epoch's. */
bool site_model_replaced(struct site *s, const struct records *now);

/* ---- another model while it is open (epoch.c)
 * ---------------------------------------------------------------- */
struct model_difference {
    const char *what; /* kind_added field_added field_changed check_added framework_added, …_dropped */
    struct text kind, name; /* name: of the field, check or framework; of a kind its prefix */
    struct words title, of; /* of: title of the register, or its plural */
    struct model_difference *next;
};
struct site_change {
    const struct model_file *files; /* all that the organisation shall have of its own */
    size_t count;
    struct text folder; /* digest of the folder that they are of; "" of none */
    const char *seen;   /* digest of the files that whoever asks has seen; NULL: not asked */
    bool rehearse;      /* everything runs, and nothing changes */
    /* out */
    struct model_difference *differences;
    struct text steps, hash, digest; /* of the tables, a line each; of model and files afterwards */
};
/* `now`: the current epoch, held. Mistakes in the files are problems with file and line; then, and when
 * the store does not fit, nothing has changed. ERR_STALE when somebody else was first. */
MUST_USE enum err site_model_change(struct call *call, struct records *now, struct site_change *c);
/* On PostgreSQL, from time to time: goes on with the model that another server brought in. *fits is
 * false when this program cannot make it: then it must not go on. */
MUST_USE enum err site_model_follow(struct site *s, bool *fits);
/* The same of the zone and the calendar, which another server may have chosen. */
MUST_USE enum err site_day_follow(struct site *s);
/* The files of this folder (NULL: its own) beside those made in the pages, for a command in a running
 * server. Exit code; s->adopted says which model it is. */
int site_adopt(struct site *s, const char *folder);

/* ---- the socket: commands while a server runs (listen.c, send.c) ------------------------
 * SQLite only. The server listens on `aimwell.sock` in the data folder (0600, same user or root
 * only). A command line sent there runs inside the server on a thread of its own (8 at once, 64
 * words, 64 KiB), against its open organisation; what it prints goes to the sender's own
 * descriptors. The sender going away, or the server's end, makes its next write fail. */
struct site_socket;
/* `run` gives the exit code. *out is NULL for PostgreSQL. */
MUST_USE enum err site_listen(struct site *s,
                              int (*run)(const struct caller *who, int argc, char **argv),
                              struct site_socket **out);
/* No new commands; waits until those that run have ended. After store_stop, so that none waits for
 * a writer that will not come. */
void site_listen_close(struct site_socket *s);
/* Is there a server that takes commands? */
bool site_served(struct place place);
/* True when a server took the command line; its exit code is in *code. */
bool site_send(const struct caller *c, struct place place, int argc, char **argv, int *code);
#endif
