/* SPDX-License-Identifier: Apache-2.0 */
/* assure/check.c — running one check: how many records it is about, and which of them break it.
 * Invariant: no data is never a pass, and a check that could not be run is an error, not a
 * result. */
#include "assure/internal.h"

#include <stdlib.h>

#define SIXTY 60 /* days: $5 */
#define KEPT 1000 /* breaking records that are named; all are counted */

/* ---- parameters -------------------------------------------------------------------------- */
struct text assure__months_after(struct arena *a, struct text date, int64_t months)
{
    struct text then;
    int64_t year = 0, month = 0, day = 0, days;
    text_integer(text_slice(date, 0, 4), &year);
    text_integer(text_slice(date, 5, 7), &month);
    text_integer(text_slice(date, 8, 10), &day);
    for (month += months; month < 1; month += 12)
        year--;
    for (; month > 12; month -= 12)
        year++;
    do
        then = text_print(a, "%04lld-%02lld-%02lld", (long long)year, (long long)month,
                          (long long)day--);
    while (day > 0 && !date_read(then, &days));
    return then;
}

static enum err run(struct call *call, struct reader *db, const struct guest *guest,
                    const struct check *c, const char *sql, struct rows *out)
{
    int64_t day = zone_day(call->zone, call->now);
    struct text today = date_of_days(call->arena, day);
    struct value values[] = {V_TEXT(today),
                             V_TEXT(assure__months_after(call->arena, today, -12)),
                             V_TEXT(assure__months_after(call->arena, today, -6)),
                             V_TEXT(moment_print(call->arena, call->now)),
                             V_TEXT(date_of_days(call->arena, day - SIXTY)),
                             V_TEXT(date_of_days(call->arena, day - c->grace))};
    return read_guest(call, db, guest, sql, values, guest_parameters(sql), READ_MOST, out);
}

/* ---- the two queries --------------------------------------------------------------------- */
static enum err wrong_form(struct call *call, const char *what)
{
    return problem(call, ERR_BUG, TEXT(""), "form", "%s", what);
}

static enum err read_population(struct call *call, struct reader *db, const struct guest *guest,
                                struct check_result *out)
{
    struct rows rows;
    TRY(run(call, db, guest, out->check, out->check->population, &rows));
    if (rows.count != 1 || rows.columns != 1)
        return wrong_form(call, "the population must be one number");
    if (rows.cells[0].type == VALUE_NULL)
        return OK;
    if (rows.cells[0].type != VALUE_INTEGER)
        return wrong_form(call, "the population must be a whole number");
    out->population = rows.cells[0].integer;
    return OK;
}

/* One record may break a check for several reasons; it is one record to mend. */
static int64_t distinct(struct arena *a, const struct rows *rows)
{
    struct map *seen = map_in(a);
    for (size_t i = 0; i < rows->count; i++) {
        const struct value *row = row_at(rows, i);
        map_add(seen,
                text_print(a, "%.*s %.*s", TEXT_ARG(row[0].text), TEXT_ARG(row[1].text)), i);
    }
    return (int64_t)map_count(seen);
}

static int by_bytes(const void *left, const void *right)
{
    const struct text *a = left, *b = right;
    return text_compare(*a, *b);
}

/* Of the lines that break it, in whatever order the database gave them. */
static struct text digest_of(struct arena *a, const struct rows *rows)
{
    struct text *lines = NEW_MANY(a, rows->count + 1, struct text);
    struct sha256 *sum = sha256_start(a);
    for (size_t i = 0; i < rows->count; i++) {
        const struct value *row = row_at(rows, i);
        lines[i] = text_print(a, "%.*s %.*s %.*s\n", TEXT_ARG(row[0].text), TEXT_ARG(row[1].text),
                              TEXT_ARG(row[2].text));
    }
    if (rows->count > 1)
        qsort(lines, rows->count, sizeof *lines, by_bytes);
    for (size_t i = 0; i < rows->count; i++)
        sha256_add(sum, lines[i]);
    struct hash h = sha256_end(sum);
    return hex_of(a, hash_text(&h));
}

/* A reason is one of those the file names: what a query finds in a row is never shown. */
static bool has_reason(const struct check *c, struct text code)
{
    for (size_t i = 0; i < c->reason_count; i++)
        if (text_same(c->reasons[i].code, code))
            return true;
    return false;
}

static enum err read_breaks(struct call *call, struct reader *db, const struct guest *guest,
                            struct check_result *out)
{
    struct rows rows;
    enum err e = run(call, db, guest, out->check, out->check->breaks, &rows);
    if (e == ERR_TOO_LARGE) {
        out->breaks = READ_MOST; /* at least */
        return OK;
    }
    TRY(e);
    if (rows.count > 0 && rows.columns != 3)
        return wrong_form(call, "the breaks must be the columns kind, id and reason");
    out->breaks = distinct(call->arena, &rows);
    out->digest = digest_of(call->arena, &rows);
    out->record_count = rows.count < KEPT ? rows.count : KEPT;
    out->records = NEW_MANY(call->arena, out->record_count, struct breaking);
    for (size_t i = 0; i < out->record_count; i++) {
        const struct value *row = row_at(&rows, i);
        if (!has_reason(out->check, row[2].text))
            return wrong_form(call, "the breaks give a reason that is not in \"reasons\"");
        out->records[i] = (struct breaking){row[0].text, row[1].text, row[2].text};
    }
    return OK;
}

static enum err both(struct call *call, struct reader *db, const struct guest *guest,
                     struct check_result *out)
{
    TRY(read_population(call, db, guest, out));
    if (out->population <= 0)
        return OK;
    TRY(read_breaks(call, db, guest, out));
    out->state = out->breaks > 0 ? CHECK_FAIL : CHECK_PASS;
    return OK;
}

enum err assure_check(struct call *call, struct records *r, struct reader *db,
                      const struct check *c, struct check_result *out)
{
    /* A call of its own: too many breaks is a result, and its problem is not the caller's. */
    struct call *quiet = call_beside(call->arena, call);
    quiet->actor = call->actor;
    *out = (struct check_result){.check = c, .state = CHECK_NO_DATA};
    enum err e = both(quiet, db, access_model(record_access(r))->guest, out);
    if (e == OK)
        return OK;
    struct text why = quiet->problems ? quiet->problems->message : text_of(words_of(call, e));
    return problem_at(call, e, c->name, "check", c->source,
                      text_print(call->arena,
                                 say(call, "the check %.*s could not be run: %.*s"),
                                 TEXT_ARG(c->name), TEXT_ARG(why)));
}

enum err assure_kept_checks(struct call *call, struct runs *runs, struct records *r,
                            struct reader *db, struct check_result **out, size_t *count)
{
    const struct model *m = access_model(record_access(r));
    struct check_result *fresh = NEW_MANY(call->arena, m->check_count, struct check_result);
    struct moment_kept now = {0};
    size_t computed = 0;
    if (runs)
        TRY(runs__now(call, db, runs, &now));
    *out = NEW_MANY(call->arena, m->check_count, struct check_result);
    for (*count = 0; *count < m->check_count; (*count)++) {
        struct check_result *c = &(*out)[*count];
        if (runs__find(runs, &now, &m->checks[*count], NULL, c))
            continue;
        TRY(assure_check(call, r, db, &m->checks[*count], c));
        runs__keep(runs, &now, c);
        fresh[computed++] = *c;
    }
    if (runs && computed)
        runs__note(call, runs, r, &now, fresh, computed, NULL);
    return OK;
}

enum err assure_kept_check(struct call *call, struct runs *runs, struct records *r,
                           struct reader *db, const struct check *c, struct check_result *out)
{
    struct moment_kept now = {0};
    if (runs)
        TRY(runs__now(call, db, runs, &now));
    if (runs__find(runs, &now, c, call->arena, out))
        return OK;
    TRY(assure_check(call, r, db, c, out));
    runs__keep(runs, &now, out);
    return OK;
}

enum err assure_checks(struct call *call, struct records *r, struct reader *db,
                       struct check_result **out, size_t *count)
{
    const struct model *m = access_model(record_access(r));
    *out = NEW_MANY(call->arena, m->check_count, struct check_result);
    for (*count = 0; *count < m->check_count; (*count)++)
        TRY(assure_check(call, r, db, &m->checks[*count], &(*out)[*count]));
    return OK;
}

/* ---- results ----------------------------------------------------------------------------- */
const struct check_result *assure__result(const struct readiness *r, struct text check)
{
    for (size_t i = 0; i < r->check_count; i++)
        if (text_same(r->checks[i].check->name, check))
            return &r->checks[i];
    return NULL;
}

struct text check__why(struct arena *a, const struct check_result *c, enum lang lang)
{
    bool zh = lang == LANG_ZH;
    struct text title = words_in(c->check->title, lang);
    if (c->state == CHECK_NO_DATA)
        return text_print(a, zh ? "“%.*s”尚无数据" : "“%.*s” has no data yet", TEXT_ARG(title));
    if (c->breaks == 1)
        return text_print(a, zh ? "“%.*s”未通过：1 条记录不符合" : "“%.*s” fails for 1 record",
                          TEXT_ARG(title));
    return text_print(a,
                      zh ? "“%.*s”未通过：%lld 条记录不符合" : "“%.*s” fails for %lld records",
                      TEXT_ARG(title), (long long)c->breaks);
}
