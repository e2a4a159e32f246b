/* SPDX-License-Identifier: Apache-2.0 */
/* model/model.h — the product as data: model/ read, checked and frozen into plain structs. Floor 2.
 * Never touches the database. What the files may say: docs/model.md.
 * Everything lives in one arena, immutable, shared by all threads without locks. */
#ifndef MODEL_H
#define MODEL_H

#include "base/base.h"
#include "format/format.h"
#include "model/types/types.h"

struct words { /* one text in both languages */
    struct text en, zh;
};
struct text words_in(struct words w, enum lang lang);
struct words words_said(const char *english); /* a text of the program (SAID), in both */

enum tone { TONE_IDLE, TONE_PROGRESS, TONE_REVIEW, TONE_OK, TONE_WARN, TONE_HIGH, TONE_BAD,
            TONE_REJECTED, TONE_OFF, TONE_INFO };
const char *tone_word(enum tone t);

struct option { /* one value of a choice, or one number of a scale */
    struct text value;
    struct words title, about;
    enum tone tone;
};
struct scale {
    struct text name;
    struct option *options;
    size_t count;
};

enum condition_form { WHEN_ALWAYS, WHEN_IS, WHEN_IN, WHEN_EMPTY, WHEN_ANY, WHEN_ALL, WHEN_NOT };
struct condition {
    enum condition_form form;
    struct text field;
    const struct json *values[32]; /* IS: 1, IN: count */
    size_t count;
    bool empty;                    /* EMPTY: wanted answer */
    struct condition **parts;      /* ANY, ALL, NOT */
    size_t part_count;
    const struct json *source;     /* as written, for GET /model */
};

struct kind;
struct who { /* one entry of by / and_by / access / not / read */
    bool everyone, automatic;
    bool contributor;            /* of a duty: whoever wrote in the draft as it stands */
    struct text role;            /* role name, or "" */
    struct text relation;        /* "author", "risk_owner", or "" */
    struct text via;             /* "@system.owner": field "system", relation "owner" */
    struct text as;              /* "@owner:risk_owner": who acts must hold this role here too */
};
struct who_list {
    struct who *one;
    size_t count;
};
enum target { TO_NONE, TO_KIND, TO_PERSON, TO_ROLE, TO_REQUIREMENT };
enum total { TOTAL_NONE, TOTAL_SUM, TOTAL_MEAN };
struct field {
    struct text name, was;
    const struct field_type *type;
    struct words title, about;
    struct text source;          /* "model/kinds/risk.json:12" */
    bool envelope, system;       /* from envelope.json; kept by the engine */
    bool required;               /* always */
    uint64_t required_in;        /* bit per state index of the kind */
    uint64_t required_from;      /* as declared: bit per state */
    uint64_t fixed_in;           /* in these states only a move changes it; all bits: never otherwise */
    const struct condition *required_when, *only; /* NULL: always */
    const struct scale *scale;   /* CHOICE; INTEGER may have one */
    bool many, unique, sensitive, always, indexed;
    enum total total;            /* what the foot of a list says of it */
    bool guarded;                /* not for everybody who reads the record: sensitive, or `read` */
    struct who_list read;        /* who may read it; none, unless guarded: whoever reads the record */
    int64_t min, max;            /* INTEGER value bounds; TEXT/NOTE: max characters */
    double number_min, number_max;
    enum target target;          /* REF, REFS */
    struct text target_name;     /* kind name when TO_KIND */
    const struct kind *target_kind;
    struct field *columns;       /* ROWS */
    size_t column_count;
    struct text covers_column;   /* ROWS: "" when none */
    struct text *covers;
    size_t covers_count;
    const struct field *one_for,
        *one_column;             /* ROWS: of the rows that are the same in one_for… */
    struct text one_is;          /* …exactly one has this there; NULL: no such rule */
    struct words example;        /* TEXT, NOTE: a worked example; "" */
    struct text *asked_by; /* rows of frameworks that ask for it; none: those of the kind */
    size_t asked_count;
    const struct json *fallback; /* "default" */
    const struct json *computed; /* {"fn": …}; NULL: a person's field */
    const struct condition **cases; /* the `when` of each case, in order; NULL: always */
    size_t case_count;
    size_t index;                /* place in kind->fields */
};

struct state {
    struct text name;
    struct words title, about;
    enum tone tone;
    bool locked, end;
    bool rest;                   /* nothing is expected until something happens; an end is at rest too */
};
struct duty { /* separation of duties */
    struct text code;
    struct who_list people;
};
struct need {
    struct text code, source;
    struct words say;
    struct text kind, via;       /* reverse form */
    struct text of; /* whose: "", this record's; else what this field of it names */
    struct text field;           /* forward form */
    struct { struct text field; const struct json *value; } where[4];
    size_t where_count;
    bool every;                  /* else: in */
    struct text states[24];
    size_t state_count;
    int64_t least;
    const struct condition *only;
    struct text since;           /* date or moment of this record: they came to their state after it; "" */
};
#define SET_OTHERS                                                                             \
    "@others:"        /* how many others hold the role that follows, where the record is */
#define SET_RECORDS "@records" /* what the records say, by the gather that fills the field */
struct move_setting { /* a value that the engine fills in with a move */
    const struct field *field;
    const struct json *value; /* NULL empties; "@me", "@now", "@today", "@today+30" (days),
                                 "@people", "@others:ROLE", "@records" (model_gather) */
};
struct until_case {
    const struct condition *when; /* NULL: in every other case */
    const struct field *months;   /* integer field of the kind that says how long */
    int64_t most;                 /* months; also where no record says anything */
};
struct until { /* how long what the move decides is good for */
    const struct field *field;    /* date: empty becomes the last day, a later one is refused */
    const struct kind *kind;      /* whose records in `in` say how many months; the fewest count */
    uint64_t in;
    struct until_case *cases;
    size_t case_count;
};
struct push { /* records of a kind whose field names this one, where the move leads on */
    const struct kind *kind;
    struct text via, move;
    const struct field
        *of; /* not this one, but the record that this ref of it names; NULL: this one */
    const struct condition *when; /* of the record that pushes; NULL: always */
};
struct make_source { /* of a value: a column of the row, a field of the record that makes, or itself */
    const struct field *column, *field;
    bool itself, about; /* about: of a choice, what its value is about and not its title */
};
struct make_value {
    const struct field *field; /* of the record that is made */
    const struct json *value;  /* NULL: the first source that is not empty */
    struct make_source from[4];
    size_t from_count;
};
struct make { /* a record that a move makes */
    struct text key, source;   /* once for each key; of rows once for each row that says the same, */
    const struct field *again[4]; /* and anew when one of these fields says something else */
    size_t again_count;
    const struct kind *kind;
    struct make_value *values;
    size_t value_count;
    const struct field *each;  /* rows: a record for each of them; NULL: one */
    const struct field *once;  /* text of the kind: what has the same there is not made again,
                                  but  linked, while it is in no end; NULL */
    const struct field *link;  /* ref or refs of the record that makes: keeps what was made; NULL */
    const struct condition *when;
};
struct offer { /* a button: a record that somebody may create with these values */
    struct words title;
    uint64_t in;               /* states, a bit each; 0: in all that are not an end */
    struct make make;          /* without key and each */
};
struct freezing { /* a move signs every record of a kind, as they are */
    const struct kind *kind;
    uint64_t open;               /* bit per state of that kind: undecided, nothing to sign yet */
    uint64_t apart;              /* entering or leaving one of these changes what was signed, */
    struct text *watch;          /* and so does another value of these fields */
    size_t watch_count;
    struct text code;            /* of the duty: not by whoever wrote in the records */
};
/* ---- time/ --------------------------------------------------------------------------------- */
/* Each at least 0 and at most some decades; all of one direction. */
struct duration {
    int64_t months, days, working_days, seconds;
    bool before;      /* -P… */
    struct text said; /* as it was written, "" */
};
bool duration_read(struct text t, struct duration *out); /* P1Y2M3DT4H5M6S, P10W working days */
struct calendar;
/* The moment a duration from `moment` on (microseconds, UTC): days and months as the zone has them
 * (NULL: UTC), where the time of day stays; working days by the calendar (NULL: Monday to Friday);
 * hours as they pass. */
int64_t duration_after(int64_t moment, const struct duration *d, const struct zone *zone,
                       const struct calendar *calendar);

struct calendar_day {
    int64_t day;         /* since 1970-01-01 */
    bool worked;         /* though the week says otherwise; else off */
    struct words title;  /* of a day off */
};
struct calendar_year {
    int64_t year, first, last; /* its days */
    struct text source;        /* who says so */
    struct calendar_day *days; /* in order */
    size_t count;
};
struct calendar {
    struct text name, source;
    struct words title, about;
    struct text zone_name;       /* "": the organisation's */
    const struct zone *zone;     /* whose days they are, of clocks that go by it */
    bool working[7];             /* Monday first; at least one */
    struct calendar_year *years; /* in order; none: it knows no holidays at all */
    size_t year_count;
};
bool calendar_works(const struct calendar *c, int64_t day); /* NULL: Monday to Friday */
/* The first year between two days whose holidays the calendar does not have; 0: it has them all. */
int64_t calendar_unknown(const struct calendar *c, int64_t from, int64_t to);
bool calendar_same(const struct calendar *a, const struct calendar *b); /* do they count alike? */

/* A time that a law sets: a row of data, so that a law that changes is a row that changes. */
struct deadline {
    struct text name, source;   /* "gdpr.authority"; file and line */
    struct words law, article;  /* the act as it is cited, and where in it */
    struct words asks, trigger; /* what must have been done by then; from when it counts */
    struct duration length;
    const struct calendar *calendar; /* NULL: the organisation's */
    struct text certainty;    /* "A" its words were read, "B" well known, "C" from hearsay */
    struct words seen_in;     /* where somebody of us read it, */
    struct text verified_on;  /* on which day */
    struct text applies_from; /* the first day on which it is law; "": it is */
};
/* What Today shows to whoever holds a role (homes/): which numbers, by data alone. */
enum tile_show { TILE_COUNT, TILE_LIST, TILE_TALLY, TILE_PART };
struct tile_filter { /* as a list takes it; a value may be $today or $today+30 */
    struct text name, value;
};
#define TILE_FILTERS_MOST 8
struct bound { /* of a number: from so many on, or below so many; -1: says nothing */
    int64_t from, below;
};
struct tile {
    struct text name, source;
    struct words title, about; /* what is counted, and what is good or bad about it */
    enum tile_show show;
    struct text
        part; /* PART: readiness, blockers, late or ledger: numbers over all registers */
    const struct kind *kind; /* NULL with PART */
    struct tile_filter filters[TILE_FILTERS_MOST];
    size_t filter_count;
    struct text sort;             /* LIST: "-current,due"; "": as the register */
    const struct field *by;       /* TALLY */
    struct bound bad, warn, good; /* of its number, judged in this order */
};
/* What somebody new learns by doing. It is ticked only by an entry of theirs in the ledger. */
enum did { DID_CREATE, DID_MOVE, DID_EXPORT, DID_INVITE };
struct home_move { /* kind.move; by any of them it is done */
    const struct kind *kind;
    const struct move *move;
};
struct home_act {
    struct text name, source;
    struct words title, about;
    enum did did;
    const struct kind
        *kind; /* which it creates or exports, or whose list one goes to; NULL: none */
    struct home_move *moves; /* DID_MOVE */
    size_t move_count;
    struct tile_filter filters[TILE_FILTERS_MOST]; /* of the list one goes to */
    size_t filter_count;
    struct text *roles; /* for whoever holds one of them; none: for everybody */
    size_t role_count;
};
struct home {
    struct text name, source;
    struct words title, about;
    int64_t order;      /* of several homes of one person; each its own */
    struct text *roles; /* for whoever holds one of them, anywhere; none: for everybody */
    size_t role_count;
    bool otherwise; /* for whom no other home with tiles is */
    struct tile *tiles;
    size_t tile_count;
    /* Whoever has no home without a "nav" is led to where these tiles lead, and nowhere else.
     */
    struct text *nav;
    size_t nav_count;
    struct home_act *acts;
    size_t act_count;
    int64_t weeks; /* acts are shown so long after the account was made */
};
/* How a clock stands: `late` was answered after its time, `missed` is over and not answered. A field that is
 * empty has not begun. */
enum clock_standing { STANDING_RUNNING, STANDING_MET, STANDING_LATE, STANDING_MISSED, STANDING_NONE };
struct text standing_word(enum clock_standing s);
#define CLOCK_REMINDERS_MOST 8
#define CLOCK_RUNGS_MOST 12
struct rung { /* who else is told when it was missed, so long after it */
    struct duration after;
    struct who_list tell;
};
struct clock { /* a moment by which something must have been answered */
    const struct field *at;            /* the moment, computed */
    const struct field *standing;      /* a choice, computed: the field behind it */
    const struct field *from;          /* a date, with whose end it ends, or a moment */
    struct duration add;
    const struct calendar *calendar;   /* NULL: the organisation's */
    const struct deadline *deadline;   /* of the law; NULL: a rule of one's own */
    const struct condition *when;      /* NULL: always */
    const struct field *answered;      /* a date or moment says when; NULL: */
    uint64_t answered_in;              /* by being in one of these states */
    struct duration remind[CLOCK_REMINDERS_MOST]; /* before it */
    size_t remind_count;
    struct rung *rungs;                /* of its ladder */
    size_t rung_count;                 /* at most CLOCK_RUNGS_MOST */
};

/* How the keeping time of a record stands; a field that is empty was not yet looked at. Legal
 * hold and erasure stand there as well, since both end that its content is to be erased. */
enum keep_standing { KEEP_NONE, KEEP_RUNNING, KEEP_OVER, KEEP_HELD, KEEP_ERASED };
struct text keeping_word(enum keep_standing s);
struct keeping { /* how long the content of a record is kept at least; `at` NULL: the kind says
                    nothing */
    const struct field *at;       /* the last day, a date, computed */
    const struct field *standing; /* a choice, computed: the field behind it */
    const struct field *from;     /* the date or moment from which it counts; NULL: */
    uint64_t from_in;             /* from when it came into one of these states */
    struct duration time;         /* whole days or months, forward */
    const struct deadline *deadline; /* the law that says so; NULL: a rule of one's own */
    const struct condition *when; /* NULL: always */
};

#define SIGN_STEPS_MOST 8
#define SIGN_COUNT_MOST 20
/* So many different people of a group sign. Nobody fills two places of a move, in whatever step. */
struct sign_step {
    struct who_list by;
    int64_t count;                /* 1 … SIGN_COUNT_MOST */
    const struct condition *when; /* the step applies only while this holds; NULL: always */
    struct duration expires;      /* how long a signature counts */
    bool has_expires;
};
struct move {
    struct text name, source;
    struct words title, say;
    uint64_t from;               /* bit per state */
    size_t to;
    struct who_list by;          /* who makes it alone, or signs the first step: that of steps[0] */
    struct sign_step *steps;     /* `sign`, or `by` and `and_by`; at least one always applies */
    size_t step_count;           /* 1 … SIGN_STEPS_MOST */
    bool ordered;                /* a step is signed once those before it are complete */
    const struct condition *when;
    struct text on;              /* date or moment of a timed move, "" */
    struct duration plus;        /* from there */
    struct duration after;       /* or from when the state was entered */
    bool has_after;
    struct duration every;       /* with `on`: again and again from there, in its state; whole days or months */
    bool has_every;
    struct text *asks;
    size_t ask_count;
    bool reason, fresh, stop, automatic;
    const struct field
        *drill; /* a stop is only tried: the field that says when; NULL: it is none */
    struct duty *duties;
    size_t duty_count;
    struct need *needs;
    size_t need_count;
    struct text guard, guard_field; /* "within_a_year:acceptance_until" */
    struct text guard_months;       /* "within:review_due:interval": a field of months */
    const struct freezing *freezes; /* NULL: none */
    struct text *takes;             /* new values that may be given with it; the record's once it happens */
    size_t take_count;
    struct push *pushes;            /* records that are moved along */
    size_t push_count;
    struct make *makes;             /* records that it makes */
    size_t make_count;
    const struct until *until;      /* NULL: none */
    struct move_setting *sets;
    size_t set_count;
};
struct layout {
    struct words title;
    struct text *fields;
    size_t count;
};
struct step_of { /* one step of the way to fill in a record */
    struct text name;
    struct words title, about;
    struct text *fields, *shows; /* asked here; of the record in step_way.from, shown */
    size_t field_count, show_count;
    const struct condition *when; /* the step is there; NULL: always */
};
struct step_way { /* docs/model.md §1.5; count 0: the kind has none */
    struct step_of *steps;
    size_t count;
    const struct field *from;       /* a ref: of what it names is shown; NULL */
    const struct kind *assign_kind; /* its records hand a step to somebody; NULL: none */
    const struct field *assign_via, *assign_step; /* of that kind: this record, the step */
};
struct public_field { /* shown outside, while the record is in one of these states */
    const struct field *field;
    uint64_t in;
};
struct public_way { /* what somebody without an account may send, and is told of it */
    bool on;        /* the kind has it */
    struct words title, about;   /* for whoever comes from outside */
    const struct field **create; /* plain values, in this order */
    size_t create_count;
    struct make set; /* values that such a record has besides */
    struct public_field *show;
    size_t show_count;
    struct who_list answer; /* who answers, of those who read the record */
    struct duty *duties;    /* and who does not */
    size_t duty_count;
};
/* Which records of the kind whoever has no account may read, and what of them (docs/model.md
 * §1.6). */
enum public_page { PUBLIC_NONE, PUBLIC_REGISTER, PUBLIC_REPORT, PUBLIC_TRUST, PUBLIC_PAGES };
struct published_field {
    const struct field *field;
    uint64_t columns; /* ROWS: a bit each, of those that are shown */
};
struct published {
    enum public_page
        page; /* on which it stands; PUBLIC_NONE: nothing of the kind is published */
    struct words title, about;
    const struct field *mark; /* a record is published while it says `value` there; NULL: with
                                 `latest` alone */
    struct text value;        /* "true", or a value of the choice */
    uint64_t in;              /* and while it is in one of these states */
    struct published_field *show; /* beside its title */
    size_t show_count;
    const struct field *latest; /* a date: only the last one is told; NULL: records are shown */
    const struct kind *reviewed; /* whose records judge it; NULL: none */
    const struct field *reviewed_via;
    uint64_t reviewed_in;
    struct words reviewed_title;
};
/* Nobody inside could add it later: what every record must have sooner or later is asked for.
 */
bool public_must(const struct field *f);
struct grants { /* a record of the kind gives its person a role over another record */
    const struct field *role, *to, *over, *from, *until; /* from, until may be NULL */
    uint64_t in;                 /* states, a bit each; 0: the kind grants nothing */
};
struct stops { /* people whom a record of the kind names may stop another record */
    const struct field *people, *over, *when, *from, *until; /* the last three may be NULL */
    uint64_t in; /* states, a bit each; 0: the kind lets nobody stop anything */
};
struct waives {     /* is: waiver: who may waive duties, and for how long */
    int64_t people; /* at most so many have an account */
    int64_t months; /* at most so long, 1 … 12 */
};
/* Its records ask people to acknowledge them (docs/model.md §1.3). `audience` NULL: the kind
 * asks nobody. */
struct asks {
    size_t state;                 /* while a record is in it: each stay there is an edition */
    const struct field *wanted;   /* yes_no: only those records ask; NULL: all */
    const struct field *audience; /* a choice: everybody, units, roles */
    const struct field *units, *roles; /* refs */
    int64_t days;                      /* how long people have */
    const struct field *quiz;          /* rows; NULL: none */
    const struct field *right; /* its column that names the column of the right answer */
    struct who_list shown;     /* who sees who has acknowledged, and who has not */
};
struct kind {
    struct text name, prefix, icon, phase, is, sort, file;
    struct grants grants;
    struct stops stops;
    struct waives waives; /* all 0 unless it is the waiver */
    struct words title, plural, about;
    int64_t order;
    struct field *fields;        /* engine's, then envelope, then own, in form order */
    size_t field_count;
    struct state *states;        /* at most 64 */
    size_t state_count, start;
    struct move *moves;
    size_t move_count;
    struct offer *offers;        /* at most OFFERS_MOST */
    size_t offer_count;
    struct layout *layouts;
    size_t layout_count;
    struct step_way way;
    struct text *list, *serves;
    size_t list_count, serves_count;
    struct who_list read, create, change;
    struct public_way outside;
    struct published published;
    bool sends; /* its records are AI systems that send events while they run */
    struct text event_profiles;  /* field: rows of name and profile, for tables of events; "" */
    struct text keeps_events;    /* field: for how many months events are kept; "": for ever */
    struct text keeps_until;     /* date field: not archived before that day; "" */
    const struct json
        *views; /* a list of shapes, checked; NULL: none. The engine does nothing with it */
    const struct json *story; /* what its page tells, checked; NULL: nothing. Nor with it */
    const struct field **computed; /* in an order in which they can be computed */
    size_t computed_count;
    struct clock *clocks;
    size_t clock_count;
    struct keeping keep;
    struct asks asks;
    size_t index;                /* place in model->kinds */
};
/* Roles that the engine itself knows; the loader demands them. Whatever else a role may do is
 * data. */
#define ROLE_ADMIN_WORD "admin"            /* keeps accounts; business only by other roles */
#define ROLE_STAFF_WORD "staff"            /* everybody who is confirmed, in their unit */
#define ROLE_MANAGER_WORD "aims_manager"   /* the second person for accounts and roles */
#define ROLE_GUEST_WORD "external_auditor" /* looks, and is not staff */
#define ROLE_ADMIN TEXT(ROLE_ADMIN_WORD)
#define ROLE_STAFF TEXT(ROLE_STAFF_WORD)
#define ROLE_MANAGER TEXT(ROLE_MANAGER_WORD)
#define ROLE_GUEST TEXT(ROLE_GUEST_WORD)
/* Whom its records in that state ask, a row a person and record: id version since person name
 * unit joined at (when they acknowledged this edition, NULL: not yet). The kind asks. */
struct text kind_asked(struct arena *arena, const struct kind *k);
struct role {
    struct text name, code;
    struct words title, about;
    bool approver, sees_restricted, sees_sensitive;
    bool redacts; /* with another such person: takes content out of every version */
    bool holds;   /* keeps content from being taken out, or no longer */
    bool audits;  /* held for the whole organisation: reads the ledger whole */
    bool business; /* reads or acts on business records: two persons give it. The default */
};
struct requirement {
    struct text id;              /* "iso-42001:6.1.2" */
    struct text row;             /* "6.1.2" */
    struct text group, type, phase;
    struct words title, about, auditor, evidence, documented;
    int64_t weight;
    bool records;                /* what is documented is records of what was done: a document
                                    that says how it is done is not enough at stage 1 */
    size_t index;
};
struct group {
    struct text id, phase;
    struct words title;
};
struct framework {
    struct text name, edition;
    struct words title, about;
    struct group *groups;
    size_t group_count;
    struct requirement *rows;
    size_t row_count;
    struct text register_kind, register_field, register_rows; /* "" when none */
    struct text *level_states;   /* states of the register, beside what each is worth */
    int *levels;                 /* 0–4 */
    size_t level_count;          /* 0: the register says nothing about levels */
    struct text *excluded_states;
    size_t excluded_count;
    struct text register_approval; /* check that must pass before excluded rows leave; "" */
    struct { struct text kind, via, field, *in; size_t in_count; } weigh; /* kind "": none */
    struct { /* what a register record must show to stand at 3 or 4; via "": nothing can */
        struct text via;           /* refs field of the register */
        struct text *in;           /* states of what it points at that count */
        size_t in_count;
        struct text taken, until;  /* dates of it: the day it is of; the last day it proves */
        struct text tested;        /* date of the register: the last test; "" none */
        int64_t months;            /* how long what names no last day, and a test, counts */
    } proof;
    struct text *stage1;         /* checks that must pass, with data, before stage 1 */
    size_t stage1_count;
};
struct proof {
    const struct requirement *row;
    int level;                   /* 1–4 */
};
struct query_set { /* a query that checks and other sets read by its name */
    struct text name, source;
    struct words title, about;
    const char *query; /* with the sets that it uses put in */
};
/* What mends it: a page makes a button of it. Of what is there the page takes the first that
 * can be done where the record stands; where nothing can, it opens the record. */
struct fix {
    bool there;
    struct words say;          /* of `nothing`: what is not there yet; "" */
    struct words title;        /* of the button; "": the page words it */
    const struct kind *create; /* a new record of this kind; NULL: none */
    struct text fill;          /* the field of the record that is filled in; "" */
    struct text *moves;        /* of the record; the first that leads from its state */
    size_t move_count;
    const struct kind *list; /* the records of this kind; NULL: none */
    const struct json *set;  /* what the new record begins with, or the list is narrowed by;
                                "$id": what breaks the check; NULL: nothing */
};
struct check {
    struct text name, source;
    struct words title, statement, remedy;
    struct proof *proves;
    size_t prove_count;
    bool must;
    int64_t grace;               /* days: $6 is that many ago; 0 none */
    const char *population, *breaks; /* SQL, with sets put in */
    struct {
        struct text code;
        struct words words;
        struct fix fix;
    } reasons[16];
    size_t reason_count;
    struct fix nothing; /* where there is nothing to look at */
};
/* ---- gathers: what the records say about a time, put into rows by a move
 * --------------------------- */
struct gather_fact {
    struct text fact, item; /* values of those columns; item "" when the table has none */
    int better;             /* for the trend: 1 more is better, -1 fewer, 0 neither */
    const char *query;      /* SQL that gives kind and id, with sets put in */
};
struct gather {
    struct text name, source;
    const struct kind *kind;
    const struct field *into;      /* rows with the columns fact, number, previous; item, trend,
                                      records if it has them */
    const struct field *from, *to; /* dates: first and last day of the time */
    struct gather_fact *facts;
    size_t fact_count;
    /* Or records drawn by lot, when `of` is there. */
    const struct field *of; /* rows with the columns register, size and, if it has it, since */
    const struct field *seed,
        *entry; /* text and integer: what decided, and the length of the log it is of */
};
/* ---- traces: which registers rest on which, and where a link is expected
 * --------------------------- */
#define TRACE_COLUMNS_MOST 12
#define TRACE_LINKS_MOST 16 /* of one column */
struct trace_link {         /* from a record of a column to what it rests on, in a later one */
    const struct kind *to;
    const struct field *field; /* ref or refs that everybody reads who reads its record */
    bool reverse; /* the field is of `to` and names the record; else it is the record's own */
    struct text source;
    struct words gap; /* said where there is none; empty: none is expected */
    uint64_t when;    /* states of the record in which one is expected */
    uint64_t in;      /* states of the other in which it counts */
};
struct trace_column {
    const struct kind *kind;
    const struct field *band; /* choice; NULL: none */
    bool begins;              /* the whole begins with its records */
    struct trace_link *links;
    size_t link_count;
};
struct trace_plan {
    struct text name, source;
    struct words title, about;
    struct trace_column *columns; /* at most TRACE_COLUMNS_MOST, no kind twice, the first that
                                     rest on others first */
    size_t column_count;
};
/* ---- pictures: what people look at
 * -------------------------------------------------------------- */
#define PICTURE_KINDS_MOST 12
enum picture_shape { /* a closed set */
    PICTURE_BARS,    /* records of one of the kinds by a field, each bar cut by another */
    PICTURE_MAP,     /* the map of a kind, beside that of the end of last quarter */
    PICTURE_TREND,   /* readiness over time */
    PICTURE_CLOCKS,  /* clocks that run or were missed, by what is left of their time */
    PICTURE_WHEEL,   /* plan, do, check, act: what readiness proves */
    PICTURE_VIEW     /* a view of a kind, as it is */
};
struct picture {
    struct text name, source;
    struct words title, about; /* about: the question that it answers */
    int64_t order;
    enum picture_shape shape;
    const struct kind **kinds; /* BARS: of which the reader picks one; CLOCKS: none, all; MAP,
                                  VIEW: one */
    size_t kind_count;
    struct text by, split;            /* BARS; split "state.age", a field, or "" */
    bool ended;                       /* BARS: counts also what has ended */
    const struct framework *framework; /* TREND, WHEEL */
    int64_t days;                     /* TREND */
    struct text view;                 /* VIEW: coverage, grid or matrix, which the kind has */
};
/* ---- asks: plain questions, answered in the rows of a record
 * ------------------------------------ */
#define ASK_GAP_BELOW 60 /* percent: an answer worth less is a gap */
struct ask_question {
    struct text id; /* of the row of the framework that it is about */
    const struct requirement *row;
    struct words question, example, act, done; /* what closes the gap, and how one can tell */
    int64_t effort;               /* hours until a first sound version, 1 or more */
    const struct kind *opens;     /* where it is done */
    const struct condition *when; /* over the record that is asked; NULL: always */
    const struct json *when_said; /* the same, as the file has it */
};
struct ask_value {
    struct text answer; /* of the column answer */
    int64_t worth;      /* percent; -1: the row does not count */
};
struct ask {
    struct text name, source;
    struct words title, about;
    const struct framework *framework;
    const struct kind *kind;
    const struct field *into; /* rows of the kind: question, answer */
    struct text *first;       /* fields of the kind that are asked before */
    size_t first_count;
    struct text starter;      /* what is offered to begin with; "" nothing */
    struct ask_value *values; /* one an answer */
    size_t value_count;
    struct ask_question *questions;
    size_t question_count;
    const struct kind *plan; /* records of it close gaps: */
    const struct field *plan_act, *plan_done;
};
/* ---- asks that decide: questions whose answers say what class something has, why, and what
 * has to be done (docs/model.md §8.6). Questions that lead nowhere are not asked.
 * ------------------ */
#define UNSURE                                                                                 \
    "not_sure" /* an answer to every question: it stays open, and the stricter holds */
#define NONE_OF_THEM "none" /* where several may be picked: nothing else is */
struct decider_option {
    struct text id, from; /* before that day it is as if it were not picked; "" always */
};
struct decider_question {
    struct text id;
    bool many;
    const struct condition *when; /* over questions before it, and facts; NULL: always */
    struct decider_option *options;
    size_t option_count;
};
struct decider_case { /* a fact, an outcome, what holds besides, a role */
    struct text value;
    int64_t strict;               /* outcomes: the stricter the higher */
    const struct condition *when; /* NULL: always */
};
struct decider_start {
    const struct condition *when;
    struct text day;
};
struct decider_duty {
    struct text code, article, role;
    const struct condition *when;
    struct decider_start from[8]; /* the first that holds says the day */
    size_t from_count;
};
struct decider {
    struct text name, source;
    struct text rules; /* 16 hex of SHA-256 over its file: under which rules was answered */
    const struct json *root; /* as written, checked */
    const struct kind *kind;
    const struct field
        *into; /* rows of the kind: question, answer; a row each that is picked */
    const struct field *day, *edition, *said_rules, *outcome, *also, *roles, *next, *grounds,
        *duties, *subject; /* fields of the kind */
    struct decider_question *questions;
    size_t question_count;
    struct decider_case *facts, *outcomes, *besides, *parts; /* parts: roles */
    size_t fact_count, outcome_count, beside_count, part_count;
    struct decider_duty *list; /* of duties */
    size_t duty_count;
    struct text *dates; /* on which the law changes, in order */
    size_t date_count;
};
struct ruling { /* lives in the arena; one entry of each list for each of the decider's */
    bool *asked;
    const struct json **answers; /* what is picked and in force, a list; NULL: no answer */
    size_t asked_count, answered_count;
    size_t unsure; /* answered with UNSURE */
    bool complete; /* each that is asked has an answer; else nothing below is known */
    const struct decider_case *outcome;
    bool *also, *roles, *duties;
    struct text *from; /* of each duty that follows: the day */
    struct text next;  /* the next day on which the law changes; "" none is known */
};

struct ask_result {
    int64_t asked, answered; /* questions that apply to the record, and those with an answer */
    int64_t gaps;            /* answers worth less than ASK_GAP_BELOW */
    int64_t percent;         /* of what counts, weighed by row; -1: nothing does */
};

/* ---- starters: records to begin with
 * ------------------------------------------------------------ */
struct starter {
    struct text name, source;
    const struct kind *kind;
    const struct json *root; /* the file, checked; texts as {"en", "zh"} */
    size_t count;            /* of its items */
};

/* ---- methods: how something is measured ---------------------------------------------------------- */
#define LEVEL_TOP 4
struct method_band {
    struct text value;            /* of the scale */
    int64_t from;                 /* the least score of the band */
    struct text criteria;         /* integer field of the criteria that replaces it; "" none */
};
struct method_effect {
    int64_t from, likelihood;     /* a control of so many percent takes so many steps off */
};
struct risk_method {
    const struct scale *scale;
    int64_t likelihood, consequence; /* steps, 1 to as many */
    const int64_t *scores;        /* of each consequence, then of each likelihood; NULL: their product */
    struct text unsure;           /* a likelihood with this confidence is higher, "" none, */
    int64_t unsure_steps;         /* by so many steps */
    struct method_band *bands;    /* as many as the scale has values, in its order */
    int64_t severe_from;          /* from this consequence to people on, at least the band */
    ptrdiff_t severe_band;        /* of this place; -1: none */
    struct method_effect *effects; /* rising */
    size_t effect_count;
};
struct readiness_method {
    int64_t worth[LEVEL_TOP + 1]; /* of each level, percent; rising from 0 */
    int64_t covered_from;         /* rows at this level or above are covered */
    int64_t blocked_at_most;      /* the score, while a check marked must fails */
    int64_t relied_on;            /* so many times weighs a control that something relies on */
    int64_t proof_from, proof_without; /* this level and above need proof; what stays without it */
    int64_t documented, records;  /* stage 1: level of rows with a document, with records */
    int64_t rows, registered;     /* stage 2: level of rows, and of those of the register */
    int64_t share_level, share_percent; /* stage 2: so many of the latter are at this level */
};
struct method { /* one of risk and readiness is there */
    struct text name, hash;       /* hash: 16 hex of SHA-256 over the file */
    struct words title, about;
    bool standard;                /* holds where the criteria in force name no other */
    bool site;                    /* not shipped */
    const struct risk_method *risk;
    const struct readiness_method *readiness;
};

struct overlay { /* shipped, switched on by name */
    struct text name;
    const struct json *source;
};
/* A computed field of `looks` is made from records of `at`: those whose field `via` names the record, or,
 * own, those that the record's field `via` names. */
struct edge {
    const struct kind *looks;
    const struct field *field;
    const struct kind *at;
    struct text via;
    bool own;
    const struct field *reads; /* of `at`: nothing else of it counts; NULL: anything may */
};
struct model {
    struct kind *kinds;
    size_t kind_count;
    struct edge *edges; /* no circles */
    size_t edge_count;
    struct role *roles;
    size_t role_count;
    struct framework *frameworks;
    size_t framework_count;
    struct query_set *sets;
    size_t set_count;
    struct check *checks;
    size_t check_count;
    struct gather *gathers;
    size_t gather_count;
    struct trace_plan *traces; /* in the order of their files */
    size_t trace_count;
    struct picture *pictures; /* by their order */
    size_t picture_count;
    struct ask *asks;
    size_t ask_count;
    struct decider *deciders;
    size_t decider_count;
    struct starter *starters;
    size_t starter_count;
    const struct json **terms; /* of the glossary, checked; as written */
    size_t term_count;
    struct calendar *calendars;
    size_t calendar_count;
    struct deadline *deadlines; /* by file, then as they stand there */
    size_t deadline_count;
    struct home *homes; /* by their order */
    size_t home_count;
    const struct guest *guest;     /* what their queries may read (store/store.h: read_guest) */
    const struct kind *unit_kind;  /* is: unit_tree; NULL when none */
    const struct kind *criteria_kind; /* is: criteria; NULL when none */
    const struct kind *delegation_kind; /* is: delegation; NULL when none */
    const struct kind *waiver_kind;     /* is: waiver; NULL when none */
    const struct kind *view_kind;       /* is: view; NULL when none */
    const struct kind *review_kind, *review_plan_kind,
        *review_test_kind;                             /* is: review, …; NULL: none */
    const struct kind *prices_kind, *agent_kind;       /* is: prices, agent; NULL: none */
    const struct kind *monitor_kind;    /* is: monitor; NULL when none */
    struct method *methods;        /* one standard of a sort, where something is measured by it */
    size_t method_count;
    struct text hash;              /* 16 hex of SHA-256 over every file in force */
    struct text *untranslated;     /* English texts without a Chinese twin */
    size_t untranslated_count;
    struct overlay *overlays;      /* all that are shipped, switched on or not */
    size_t overlay_count;
    struct arena *arena;
};

/* ---- loading ----------------------------------------------------------------------------------- */
struct model_file { /* path relative to model/, e.g. "kinds/risk.json" */
    struct text path, bytes;
};
/* The files inside the binary (tools/embed). */
const struct model_file *model_embedded(size_t *count);
MUST_USE const struct model_file *model_embedded_file(const char *path); /* NULL when absent */
/* Reads *.json below a folder as model files. */
MUST_USE enum err model_folder(struct call *call, const char *folder, const char *prefix,
                               struct model_file **files, size_t *count);
/* Loads shipped files plus extensions (site files and overlays named in `on`, comma separated).
 * Every mistake is a problem with file and line; then ERR_INVALID and no model. */
MUST_USE enum err model_load(struct call *call, const struct model_file *files, size_t count,
                             const struct model_file *site, size_t site_count, struct text on,
                             struct model **out);
void model_close(struct model *m);

/* ---- looking up ---------------------------------------------------------------------------------- */
const struct kind *model_kind(const struct model *m, struct text name);
const struct role *model_role(const struct model *m, struct text name);
const struct framework *model_framework(const struct model *m, struct text name);
const struct requirement *model_requirement(const struct model *m, struct text id);
const struct calendar *model_calendar(const struct model *m, struct text name);
const struct deadline *model_deadline(const struct model *m, struct text name);
const struct check *model_check(const struct model *m, struct text name);
const struct starter *model_starter(const struct model *m, struct text name);
const struct ask *model_ask(const struct model *m, const struct field *into); /* NULL: none */
const struct decider *model_decider(const struct model *m,
                                    const struct field *into); /* NULL: none */
const struct ask_question *ask_question(const struct ask *k, struct text id);
const struct gather *model_gather(const struct model *m,
                                  const struct field *into); /* NULL: none */
/* That name, else ("") the first that has the kind (NULL: any); NULL: none. */
const struct trace_plan *model_trace(const struct model *m, struct text name,
                                     const struct kind *k);
const struct trace_column *trace_column(const struct trace_plan *t,
                                        const struct kind *k); /* NULL */
/* The method of that name, else the standard one; NULL when the model measures nothing so. */
const struct method *model_risk_method(const struct model *m, struct text name);
const struct method *model_readiness_method(const struct model *m, struct text name);
/* Fields of the criteria that name the method; they may be missing. */
#define RISK_METHOD_FIELD "risk_method"
#define READINESS_METHOD_FIELD "readiness_method"
/* What is wrong with the address of a list that somebody keeps:
 * "state=open&sort=-due&columns=title,state". It is as browsers write a query, at most
 * LIST_ADDRESS_MOST bytes: q, sort, group, shape, columns, each once, and filters, of fields
 * that the kind has. *at: the part that is wrong, ""; lives in the arena or in `address`. */
#define LIST_ADDRESS_MOST 2000
enum list_fault {
    LIST_GOOD,
    LIST_LONG,    /* more than it may be */
    LIST_SPELLED, /* no query: a place to go to, a line end, something not encoded */
    LIST_UNKNOWN, /* the kind has no such field, way to compare or shape */
    LIST_TWICE,
    LIST_MANY,
    LIST_VALUE /* a value that no list has */
};
enum list_fault list_address_check(struct arena *a, const struct kind *k, struct text address,
                                   struct text *at);
/* Has few enough values that records are counted by it: ?tally, and the shapes of a kind. */
bool field_tallies(const struct field *f);
const struct field *kind_field(const struct kind *k, struct text name);
const struct move *kind_move(const struct kind *k, struct text name);
const struct clock *kind_clock(const struct kind *k, struct text field); /* of that moment; NULL */
bool keeping_same(const struct keeping *a,
                  const struct keeping *b);                     /* do they wait for the same? */
bool clock_same(const struct clock *a, const struct clock *b);  /* do they wait for the same? */
bool move_takes_many(const struct move *m);    /* a record may be such that more than one signs */
int64_t move_signers(const struct move *m);    /* so many sign whatever the record is like */
ptrdiff_t kind_state(const struct kind *k, struct text name); /* -1 */
const struct option *scale_option(const struct scale *s, struct text value);
/* The record whose field is asked for: returns NULL when empty. */
typedef const struct json *condition_value(void *arg, struct text field);
/* Reads a condition that the loader has checked before (computed cases). NULL when malformed. */
const struct condition *condition_from_json(struct arena *a, const struct json *v);
bool condition_holds(const struct condition *c, condition_value *value, void *arg);
/* What the answers say that the record holds whose fields `value` gives. Rows that are no
 * question, and questions whose condition does not hold, count for nothing. */
struct ask_result ask_judge(const struct ask *k, condition_value *value, void *arg);

/* What the rows of answers say on a day, "2026-12-01". Pure: no store and no clock. Rows that
 * are no question of its own, and answers to what is not asked, count for nothing. */
void decider_judge(struct arena *a, const struct decider *d, const struct json *rows,
                   struct text day, struct ruling *out);
/* How strict that outcome is; -1: it has none of that name. */
int64_t decider_strict(const struct decider *d, struct text outcome);

/* ---- describing itself ------------------------------------------------------------------------------ */
struct json_out;
void model_field_json(const struct field *f, bool must,
                      struct json_out *o);                    /* for people outside */
void ask_json(const struct ask *k, struct buf *out);          /* GET /api/v1/asks/{name} */
void decider_json(const struct decider *d, struct buf *out);  /* the same */
void glossary_json(const struct model *m, struct buf *out);   /* GET /api/v1/glossary */
void help_json(const struct kind *k, struct buf *out);        /* GET /api/v1/help/{kind} */
void fix_json(const struct fix *fix, struct json_out *o);     /* the act: of GET /api/v1/gaps */
void starter_json(const struct starter *s, struct buf *out);  /* GET /api/v1/starters/{name} */
void model_json(const struct model *m, struct buf *out);      /* GET /api/v1/model, without braces' "organisation" */
void model_openapi(const struct model *m, struct buf *out);
/* The same of a server whose addresses lie below a path: "/aims"; "" is none. */
void model_openapi_below(const struct model *m, struct text base, struct buf *out);
void model_typescript(const struct model *m, struct buf *out);
void model_markdown(const struct model *m, struct buf *out);
MUST_USE enum err model_explain(struct call *call, const struct model *m, struct text kind,
                                struct buf *out);
#endif
