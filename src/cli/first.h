/* SPDX-License-Identifier: Apache-2.0 */
/* cli/first.h — the first start: where nothing is, an organisation without a name is made,
 * which whoever reads the terminal names and enters in the browser; and a demo to look at
 * beside it. */
#ifndef CLI_FIRST_H
#define CLI_FIRST_H

#include "api/api.h"
#include "cli/cli.h"

/* Whether nothing is there yet: a folder that is empty, a schema without tables. A folder with
 * other things in it is somebody's, and one that is absent may be a typing mistake. */
bool first_wanted(const struct args *args, struct place place);
/* How one begins there, for whoever named a folder that is absent. */
void first_hint(const struct args *args, struct place place);
/* Makes the organisation and says so; gives the exit code. */
int first_found(struct site *s, const struct args *args, struct place place);
/* It was made by that, and nobody has named it since. */
bool first_unnamed(struct site *s);

/* A demo beside an organisation that nobody has entered yet: a program and a store of its own,
 * on this machine alone, which ends with the server. */
struct beside;
struct beside *beside_open(struct arena *arena, struct site *s, struct place place);
/* For api_options.demo; arg is the struct beside. */
enum err beside_start(struct call *call, void *arg, struct text name, struct api_demo *out);
void beside_close(struct beside *b); /* NULL is fine */
#endif
