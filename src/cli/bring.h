/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bring.h — a backup that is brought to the page of the first start. It is unpacked,
 * verified and opened in a folder inside the empty organisation's, while that is served; what
 * fails leaves nothing. Then the server lays down all it has open, the folder inside takes the
 * place of what is around it, and it is served: by the same process, on the same port. */
#ifndef CLI_BRING_H
#define CLI_BRING_H

#include "api/api.h"
#include "cli/cli.h"

struct bring;
/* `alone`: nobody but this machine reaches the server, so a demo may be brought as well. */
struct bring *bring_open(struct place place, bool alone);
void bring_close(struct bring *b); /* NULL is fine */
const struct api_bring *bring_api(struct bring *b);
/* Which organisation is being served; NULL: none, for a while. */
void bring_serves(struct bring *b, struct access *access);
/* One was verified and opened, and waits for the place. */
bool bring_ready(struct bring *b);
/* Nobody may have entered meanwhile. Ask when nothing writes any more; false drops it. */
bool bring_may_take(struct bring *b, struct call *call);
/* Everything is closed: it takes the place. False after saying why not. */
bool bring_take(struct bring *b, const struct caller *caller);
/* Before a start: what a process that ended in the middle left to be done is done. The exit
 * code. */
int bring_recover(const struct caller *caller, struct place place);
#endif
