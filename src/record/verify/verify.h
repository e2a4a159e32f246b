/* SPDX-License-Identifier: Apache-2.0 */
/* record/verify/verify.h — what the parts of a deep verification share. */
#ifndef RECORD_VERIFY_H
#define RECORD_VERIFY_H

#include "record/internal.h"

struct leaf_note {   /* what a leaf says, 56 bytes an entry */
    uint64_t object; /* hash of kind, id, version */
    struct hash commitment;
    bool committed, row_found;
    bool bound, by_person, fresh; /* struct acted */
    bool redacts;                 /* its act is record.redact */
    char model[16];
};
struct deep {
    struct call *call;
    bool formatted; /* an entry tells that the store has a format */
    struct records *records;
    struct reader *db;
    struct verification *out;
    struct leaf_note *leaves;
    size_t leaf_room, leaf_count;
    enum err failed;           /* what kept the entries from being looked at */
    bool sealed;               /* the store has the table of that name */
    struct replay *replay;     /* roles, people and tokens */
    struct unit_parent *units; /* as their records say */
    size_t unit_room, unit_count;
    int64_t frozen;    /* rows of table frozen that a version tells of */
    int64_t withdrawn; /* and of table withdrawn */
    int64_t waived;    /* and of table waived */
    int64_t series;    /* and of table series */
    int64_t owners;    /* changes of owner that table past_owner tells of, and should */
    bool current;      /* the store is of the format that this program writes */
    bool other_rules;  /* of the time zone */
    bool other_turns;  /* rows of `turn` were made by an earlier program */
    int64_t living;    /* rows of table turn of the records that were looked at */
    int64_t timers;    /* rows of table timer of the records that were looked at */
    int64_t told;      /* rows of table outbox that a version tells of */
    int64_t mentions;  /* and those that a comment tells of */
    int64_t stays;     /* rows of table stay that follow from the versions */
    struct stay stay;  /* the last one, in an arena of its own */
    struct arena *stay_arena;
};

/* ---- verify.c */
/* Is there such an entry with this commitment? Then it is no more without a row. */
bool verify__leaf_agrees(struct deep *c, int64_t index, uint64_t object,
                         const struct hash *commitment);
/* What cannot be read is a finding, and its error. */
MUST_USE enum err verify__read_page(struct deep *c, struct call *call, const char *what,
                                    const char *sql, const struct value *values, size_t count,
                                    struct rows *rows);
/* For a page of work, in an arena of its own. */
struct call *verify__page_call(struct deep *c, struct arena *page);
/* As leaf_note.object; version 0 when it has none. */
uint64_t verify__object_hash(struct arena *a, struct text kind, struct text id,
                             int64_t version);

/* ---- versions.c */
/* Of a comment or a file: is what was redacted of it told of by an entry? */
void verify__gone(struct deep *c, struct call *call, const char *kind, struct text id,
                  struct text salt, const char *name, const char *list);
MUST_USE enum err verify__versions(struct deep *c);

/* ---- told.c */
struct mentioning {
    struct comment comment;
    struct text kind, record;
    bool gone; /* its text was redacted */
};
/* row: as versions.c reads them. */
void verify__told(struct deep *c, struct call *call, const struct value *row);
void verify__mentions(struct deep *c, struct call *call, const struct mentioning *m);
/* After all versions and comments: is there a row that none explains? */
void verify__outbox_rows(struct deep *c);

/* ---- hooks.c */
void verify__hook_rows(struct deep *c);

/* ---- rows.c */
void verify__kind(struct deep *c, const struct kind *k);
void verify__timer_rows(struct deep *c);
void verify__stray_links(struct deep *c);
void verify__living_rows(struct deep *c);

/* ---- events.c */
MUST_USE enum err verify__events(struct deep *c);

/* ---- attached.c */
void verify__attached(struct deep *c);
#endif
