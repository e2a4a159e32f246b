/* SPDX-License-Identifier: Apache-2.0 */
/* access/people.c — looking people up.
 * Two statements whatever the number of people: the people, then all their roles. Who does not
 * manage people finds them by name only, so that nobody can ask which addresses exist. */
#include "access/internal.h"

#define COLUMNS "p.id, p.name, p.email, p.unit, p.lang, p.disabled, p.created_at, p.waits_by"

/* $1 pattern, $2 whether e-mail counts, $3 role or "" — a list by role is for choosing
 * somebody, so it leaves out the disabled. */
#define MATCHING                                                                               \
    "FROM person p WHERE (p.name_key LIKE $1 ESCAPE '!' OR "                                   \
    "($2 = 'email' AND p.email_key LIKE $1 ESCAPE '!')) AND ($3 = '' OR (p.disabled = 0 AND "  \
    "($3 = '" ROLE_STAFF_WORD                                                                  \
    "' OR p.id IN (SELECT h.person FROM role_grant h WHERE h.role = $3 AND "                   \
    "h.state = 'active')))) ORDER BY p.name_key, p.id LIMIT $4"

static void take_person(const struct value *row, struct person *p)
{
    *p = (struct person){.id = row[0].text,
                         .name = row[1].text,
                         .email = row[2].text,
                         .unit = row[3].text,
                         .lang = row[4].text,
                         .disabled = row[5].integer != 0,
                         .created = access__moment(&row[6]),
                         .waits_by = row[7].text};
}

/* grants: rows (person, role, unit, state, by) in any order. */
static void take_grants(struct call *call, const struct rows *grants, struct person *p)
{
    size_t n = 0;
    for (size_t i = 0; i < grants->count; i++)
        n += text_same(row_at(grants, i)[0].text, p->id);
    p->grants = NEW_MANY(call->arena, n + 1, struct grant);
    p->pending = NEW_MANY(call->arena, n + 1, bool);
    p->grant_by = NEW_MANY(call->arena, n + 1, struct text);
    for (size_t i = 0; i < grants->count; i++) {
        const struct value *row = row_at(grants, i);
        if (!text_same(row[0].text, p->id))
            continue;
        p->grants[p->grant_count] = (struct grant){row[1].text, row[2].text};
        p->pending[p->grant_count] = text_is(row[3].text, "pending");
        p->grant_by[p->grant_count++] = row[4].text;
    }
}

static struct value pattern(struct call *call, struct text q)
{
    struct text folded = text_lower(call->arena, form_one(call->arena, text_trim(q)));
    struct buf b = buf_in(call->arena, 2 * folded.len + 3);
    buf_add_byte(&b, '%');
    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.at[i];
        if (c == '%' || c == '_' || c == '!')
            buf_add_byte(&b, '!');
        buf_add_byte(&b, c);
    }
    buf_add_byte(&b, '%');
    return V_TEXT(buf_text(&b));
}

enum err access_people(struct call *call, struct reader *r, struct text q, struct text role,
                       size_t most, struct person **people, size_t *count)
{
    struct rows rows, grants;
    bool by_email = access__manages(call->actor);
    if (q.len > 500 || !text_utf8(q))
        return problem(call, ERR_INVALID, TEXT("q"), "text", "%s",
                       say(call, "is too long or not readable text"));
    struct value values[] = {pattern(call, q), V_TEXT(by_email ? TEXT("email") : TEXT("name")),
                             V_TEXT(role),
                             V_INT((int64_t)(most < READ_MOST ? most : READ_MOST))};
    TRY(read_rows(call, r, "SELECT " COLUMNS " " MATCHING, values, 4, READ_MOST, &rows));
    TRY(read_rows(call, r,
                  "SELECT g.person, g.role, g.unit, g.state, g.by FROM role_grant g "
                  "WHERE g.person IN (SELECT p.id " MATCHING ") ORDER BY g.role, g.unit",
                  values, 4, READ_MOST, &grants));
    *people = NEW_MANY(call->arena, rows.count + 1, struct person);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        take_person(row_at(&rows, i), &(*people)[i]);
        take_grants(call, &grants, &(*people)[i]);
    }
    return OK;
}

enum err access_person(struct call *call, struct reader *r, struct text id_or_email,
                       struct person *out)
{
    struct rows rows = {0}, grants;
    const char *sql = text_find(id_or_email, '@') >= 0
                          ? "SELECT " COLUMNS " FROM person p WHERE p.email_key = $1"
                          : "SELECT " COLUMNS " FROM person p WHERE p.id = $1";
    struct text key = text_find(id_or_email, '@') >= 0
                          ? text_lower(call->arena, form_one(call->arena, text_trim(id_or_email)))
                          : id_or_email;
    if (text_utf8(key))
        TRY(read_rows(call, r, sql, &V_TEXT(key), 1, 1, &rows));
    if (rows.count == 0)
        return problem(call, ERR_MISSING, TEXT("person"), "missing", "%s",
                       say(call, "there is no such person"));
    take_person(row_at(&rows, 0), out);
    TRY(read_rows(call, r,
                  "SELECT person, role, unit, state, by FROM role_grant WHERE person = $1 "
                  "ORDER BY role, unit",
                  &V_TEXT(out->id), 1, READ_MOST, &grants));
    take_grants(call, &grants, out);
    return OK;
}
