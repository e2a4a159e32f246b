/* SPDX-License-Identifier: Apache-2.0 */
/* cli/people.h — shared by init, user and token. */
#ifndef CLI_PEOPLE_H
#define CLI_PEOPLE_H
#include "cli/cli.h"
struct text read_password(const struct caller *caller, struct call *call, const char *path,
                          enum err *e);
struct text one_time_password(struct call *call);
/* "risk_owner,assessor@unit-id": roles with optional units. */
size_t read_roles(struct call *call, const char *list, struct grant **out);
/* From here on the command acts for this person; email NULL: for nobody, which is refused once
 * there are people. */
MUST_USE enum err act_as(struct site *s, const char *email);
#endif
