/* SPDX-License-Identifier: Apache-2.0 */
/* record/mention.c — people named in a comment (format/mention.c has the mark): who may be, and
 * that they are told, once, by a row of the outbox that follows from the comment. */
#include "record/internal.h"

/* ---- who may be named -------------------------------------------------------------------- */
static enum err reads_it(struct call *call, struct records *r, struct reader *db,
                         const struct record *rec, struct text person, struct text *name,
                         bool *out)
{
    struct mail_reader who;
    struct call *quiet = call_beside(call->arena, call);
    bool there;
    *out = false;
    TRY(access_mail_reader(call, db, person, &who, &there));
    *name = there ? who.name : TEXT("");
    if (!there)
        return OK;
    quiet->actor = call->actor;
    const struct actor *actor;
    enum err e = access_looks_as(quiet, r->access, &who, &actor);
    if (e == ERR_IO || e == ERR_BUSY)
        return e;
    return e == OK ? who__may_read(call, r, db_reader(db), actor, rec, out) : OK;
}

static enum err refuse(struct call *call, struct text id, struct text name)
{
    if (!name.len)
        return problem(call, ERR_INVALID, TEXT("body"), "mention",
                       say(call,
                           "@[%.*s] names nobody who has an account here: choose the name "
                           "from the list that comes after @"),
                       TEXT_ARG(id));
    return problem(call, ERR_INVALID, TEXT("body"), "mention",
                   say(call,
                       "%.*s may not read this record, and so cannot be told of it: leave "
                       "the name out"),
                   TEXT_ARG(name));
}

enum err mention__check(struct call *call, struct records *r, struct reader *db,
                        const struct record *rec, struct text body)
{
    struct text *ids, name;
    size_t count = mentions_in(call->arena, body, MENTIONS_MOST + 1, &ids);
    enum err worst = OK;
    bool reads;
    if (count > MENTIONS_MOST)
        return problem(call, ERR_INVALID, TEXT("body"), "too_many",
                       say(call, "a comment names at most %d people"), MENTIONS_MOST);
    for (size_t i = 0; i < count; i++) {
        TRY(reads_it(call, r, db, rec, ids[i], &name, &reads));
        if (!reads)
            worst = refuse(call, ids[i], name);
    }
    return worst;
}

/* ---- telling ----------------------------------------------------------------------------- */
enum err mention__write(struct call *call, struct tx *tx, const struct record *rec,
                        const struct comment *c)
{
    struct text *ids;
    size_t count = mentions_in(call->arena, c->body, MENTIONS_MOST + 1, &ids), nth = 0;
    for (size_t i = 0; i < count; i++) {
        if (text_same(ids[i], c->author))
            continue;
        struct value values[] = {V_TEXT(outbox__id(call, c->ledger, nth++)),
                                 V_TEXT(ids[i]),
                                 V_TEXT(rec->kind->name),
                                 V_TEXT(rec->id),
                                 V_INT(rec->version),
                                 V_TEXT(c->id),
                                 V_TEXT(c->at)};
        TRY(tx_exec(call, tx,
                    "INSERT INTO outbox(id, person, channel, kind, record, version, event, "
                    "field, at, due, tries) VALUES ($1, $2, 'app', $3, $4, $5, 'mention', $6, "
                    "$7, $7, 0)",
                    values, COUNT(values), NULL));
    }
    return OK;
}

/* ---- who can be offered ------------------------------------------------------------------ */
enum err record_readers(struct call *call, struct records *r, struct reader *db,
                        const struct record *rec, struct text q, struct ref **out,
                        size_t *count)
{
    struct person *people;
    struct text name;
    size_t found;
    *count = 0;
    *out = NEW_MANY(call->arena, READERS_OFFERED + 1, struct ref);
    TRY(access_people(call, db, q, TEXT(""), READERS_ASKED, &people, &found));
    for (size_t i = 0; i < found && *count < READERS_OFFERED; i++) {
        bool reads = false;
        if (!people[i].disabled && !text_same(people[i].id, call->actor->person))
            TRY(reads_it(call, r, db, rec, people[i].id, &name, &reads));
        if (reads)
            (*out)[(*count)++] = (struct ref){
                .kind = TEXT("person"), .id = people[i].id, .title = people[i].name};
    }
    return OK;
}
