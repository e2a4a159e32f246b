/* SPDX-License-Identifier: Apache-2.0 */
/* model/internal.h — what the files that read model/ share.
 * The one idea: reading goes in passes over all files (names, fields, states, then everything
 * that refers to something), so that no file depends on the order of another. A mistake is
 * noted with its file and line and reading goes on: people mend a model in one round. */
#ifndef MODEL_INTERNAL_H
#define MODEL_INTERNAL_H

#include "model/model.h"

#define NAME_LIMIT 40
#define STATE_LIMIT 64
#define SAFE_INTEGER ((INT64_C(1) << 53) - 1) /* what every JSON reader keeps exactly */
#define SYSTEM_FIELDS 8 /* key state version author editor created_at updated_at offered_to */
#define STATE_BIT(i) (UINT64_C(1) << (i))

/* ---- guest.c: what the queries of checks may read ---------------------------------------- */
const struct guest *model__guest(struct arena *a, const struct model *m);

/* ---- map: text to pointer (map.c) -------------------------------------------------------- */
struct by_name;
struct by_name *map__new(struct arena *a);
void *map__get(const struct by_name *m, struct text key); /* NULL when absent */
void map__put(struct by_name *m, struct text key, const void *value);

/* ---- the loader -------------------------------------------------------------------------- */
enum file_type {
    FILE_OTHER, /* demo data, import maps: not read here */
    FILE_ENVELOPE,
    FILE_ROLES,
    FILE_SCALES,
    FILE_WORDS,
    FILE_KIND,
    FILE_FRAMEWORK,
    FILE_CHECK,
    FILE_SET,
    FILE_METHOD,
    FILE_CALENDAR,
    FILE_LADDER,
    FILE_DEADLINE,
    FILE_ASK,
    FILE_STARTER,
    FILE_GATHER,
    FILE_TRACE,
    FILE_PICTURE,
    FILE_GLOSSARY,
    FILE_HOME,
    FILE_OVERLAY
};
struct source {        /* one file that was read */
    struct text path;  /* "kinds/risk.json" */
    struct text shown; /* "model/kinds/risk.json", "model.d/kinds/x.json" */
    struct text bytes;
    enum file_type type;
    const struct json *root;
    bool site;
    bool in_force; /* overlays that are not switched on are not */
};
struct draft { /* a kind while it is being read */
    struct kind *kind;
    const struct source *source;
    struct field_draft *fields; /* beside kind->fields */
    struct move_draft *moves;   /* beside kind->moves */
    size_t field_room;
    bool own_archived; /* the file declares the state `archived` itself */
    bool sound;        /* states could be read: reachability means something */
};
struct field_draft {
    const struct json *source;   /* NULL for the engine's own */
    const struct json *restated; /* in the kind's file, for an envelope field */
    const struct source *file, *restated_file;
};
struct move_draft {
    const struct json *source; /* NULL for the implicit archive */
};
struct extension { /* an overlay in force */
    const struct source *source;
    struct draft *draft; /* of the kind it extends */
};
struct loader {
    struct call *call;   /* who asked: gets the problems */
    struct call *inner;  /* over the model's arena: reads the JSON */
    struct arena *arena; /* the model's */
    struct arena *scrap; /* closed when the model is read: for what is not needed afterwards */
    struct model *model;
    struct source *sources;
    size_t source_count;
    const struct source *file; /* the one being read */
    size_t mistakes;
    struct by_name *chinese;  /* English to struct twin */
    struct by_name *without;  /* English texts already known to lack Chinese */
    struct by_name *scales;   /* name to struct scale */
    struct by_name *kinds;    /* name to struct draft */
    struct draft *drafts; /* one a kind, beside model->kinds */
    struct extension *extensions;
    size_t extension_count;
    struct ladder *ladders; /* ladder.c */
    size_t ladder_count;
    struct set_draft *sets; /* beside model->sets (set.c) */
    size_t set_count;
    struct field *envelope; /* as envelope.json has them; each kind gets copies */
    const struct json **envelope_json;
    size_t envelope_count;
    const struct source *envelope_file;
    struct words kept_title[SYSTEM_FIELDS], kept_about[SYSTEM_FIELDS];
};

/* ---- mistakes (keys.c) ------------------------------------------------------------------- */
struct text model__at(const struct loader *l, const struct json *v); /* "model/x.json:3" */
void model__mistake(struct loader *l, const struct json *v, const char *code,
                    const char *format, ...) PRINTF_LIKE(4, 5);

/* ---- members of an object, checked (keys.c) ---------------------------------------------- */
/* v is an object and has only these keys (separated by spaces). */
bool model__keys(struct loader *l, const struct json *v, const char *allowed);
struct text model__text(struct loader *l, const struct json *object, const char *key,
                        bool must);
struct words model__words(struct loader *l, const struct json *object, const char *key,
                          bool must);
bool model__bool(struct loader *l, const struct json *object, const char *key);
bool model__integer(struct loader *l, const struct json *object, const char *key, int64_t least,
                    int64_t most, int64_t *out); /* false when absent or wrong */
const struct json *model__object(struct loader *l, const struct json *object, const char *key,
                                 bool must);
/* A list, not empty when must. NULL when absent or wrong. */
const struct json *model__list(struct loader *l, const struct json *object, const char *key,
                               bool must);
/* A list of texts, none twice. */
bool model__texts(struct loader *l, const struct json *object, const char *key, bool must,
                  struct text **out, size_t *count);
bool model__is_text(struct loader *l, const struct json *v);
bool model__one_of(struct text t, const char *words);
/* The file is called NAME.json. */
bool model__called(const struct source *s, struct text name);
bool model__phase(struct loader *l, const struct json *object, struct text *out, bool must);

/* ---- names (names.c) --------------------------------------------------------------------- */
bool model__name_ok(
    struct text name); /* [a-z][a-z0-9_]*, at most 40, no "__", no "_" at the end */
bool model__sql_word(struct text name);
void model__check_kind_name(struct loader *l, const struct json *v, struct text name);
void model__check_field_name(struct loader *l, const struct json *v, struct text name,
                             bool column);

/* ---- words (words.c) --------------------------------------------------------------------- */
struct twin {
    struct text zh;
    const struct json *source;
    const struct source *file;
};
void model__dictionary(struct loader *l, const struct source *s);
struct words model__translate(struct loader *l, struct text en);

/* ---- files (files.c) --------------------------------------------------------------------- */
/* Sorts, classifies and parses; false when a file is no JSON. */
bool model__open_files(struct loader *l, const struct model_file *files, size_t count,
                       const struct model_file *site, size_t site_count);
struct text model__hash(struct loader *l);
void model__overlays(struct loader *l, struct text on); /* overlay.c */

/* ---- parts ------------------------------------------------------------------------------- */
void model__roles(struct loader *l, const struct source *s);
void model__scales(struct loader *l, const struct source *s);
/* From {"value": "Title", …}. */
struct scale *model__scale(struct loader *l, struct text name, const struct json *of,
                           const struct json *tones, const struct json *about);
bool model__tone(struct loader *l, const struct json *v, enum tone *out);

void model__kind_begin(struct loader *l, struct draft *d); /* head and fields */
void model__kind_states(struct loader *l, struct draft *d);
void model__kind_finish(struct loader *l, struct draft *d); /* what refers to other things */

enum field_place { IN_ENVELOPE, IN_KIND, IN_ROWS };
/* Everything about a field that can be said without the rest of its kind. */
void model__field_keys(struct loader *l, const struct json *v, struct field *f,
                       enum field_place place);
/* "example" and "asked_by" of a field whose type is known. */
void model__field_help(struct loader *l, const struct json *v, struct field *f);
/* Conditions, required, default, covers, computed. */
void model__field_finish(struct loader *l, struct draft *d, struct field *f);
/* envelope.json, read once (envelope.c). */
void model__envelope(struct loader *l, const struct source *s);
size_t model__envelope_put(struct loader *l, struct draft *d); /* the first fields of a kind */
void model__restate(struct loader *l, struct draft *d, struct field *f, const struct json *v);
/* The value fits the field: used for defaults, conditions, where. */

void model__computed(struct loader *l, struct draft *d, struct field *f);
void model__computed_order(struct loader *l, struct draft *d);
void model__depend(struct loader *l); /* depend.c: edges between kinds; refuses circles */

void model__states(struct loader *l, struct draft *d);
void model__moves(struct loader *l, struct draft *d);        /* names, from, to */
void model__moves_finish(struct loader *l, struct draft *d); /* people, needs, conditions */
void model__makes(struct loader *l, const struct kind *k, const struct json *v, struct move *m);
/* Once all kinds are read: what is made can begin, and makes nothing that makes it again. */
void model__makes_finish(struct loader *l);
#define OFFERS_MOST 20
void model__offers(struct loader *l, const struct json *root, struct kind *k);
/* "set" of what comes from outside: values that are said, none that is taken from a record. */
void model__make_values(struct loader *l, const struct kind *k, const struct json *set,
                        struct make *make);
void model__public(struct loader *l, const struct json *root, struct kind *k);
/* model/kind/published.c: what of it is on the public pages. */
void model__published(struct loader *l, const struct json *root, struct kind *k);
/* "not": {"SOD-7": [who, …]} of `v`. */
void model__duties(struct loader *l, const struct kind *k, const struct json *v,
                   struct duty **duties, size_t *count);
/* model/kind/shape.c: the pictures of a kind. */
void model__views(struct loader *l, const struct json *root, struct kind *k);
/* model/kind/story.c: what the page of a record tells of it. */
void model__story(struct loader *l, const struct json *root, struct kind *k);
/* model/kind/steps.c: the way to fill in a record step by step. */
void model__steps(struct loader *l, const struct json *root, struct kind *k);
void model__needs(struct loader *l, struct draft *d, const struct json *list, struct move *m);
/* The ref that "of" names, of needs and of what is pushed; NULL when there is none. */
const struct field *model__of(struct loader *l, const struct kind *k, const struct json *v);
/* Who signs: `sign`, or `by` with `and_by`. The conditions of the steps come with model__sign_finish. */
void model__sign(struct loader *l, const struct kind *k, const struct json *v, struct move *m);
void model__sign_alone(struct loader *l, const struct who_list *by, struct move *m);
void model__sign_finish(struct loader *l, const struct kind *k, const struct json *v,
                        struct move *m);
/* A list of state names of a kind as a bit set; 0 after a mistake. */
uint64_t model__state_set(struct loader *l, const struct kind *k, const struct json *v);

/* Pure graph questions over kind->moves (reach.c). */
uint64_t model__reachable(const struct kind *k, uint64_t avoid);
uint64_t model__dominated(const struct kind *k, uint64_t by);
void model__check_reach(struct loader *l, struct draft *d);

enum who_rules { WHO_EVERYONE = 1, WHO_AUTO = 2, WHO_RELATIONS = 4, WHO_ROLES = 8, WHO_WRITERS = 16, WHO_AS = 32 };
void model__who(struct loader *l, const struct kind *k, const struct json *list, unsigned rules,
                struct who_list *out);

/* What only some may read decides nothing that others see: a mistake at `at` when f (NULL: no field) is such. */
void model__for_all(struct loader *l, const struct json *at, const struct field *f);

/* acknowledge.c: of a kind whose records ask people to acknowledge them. */
void model__acknowledge(struct loader *l, struct draft *d);
/* judge/asked.c: "asked_KIND" is whom its records in that state ask, and when they
 * acknowledged; "" when it is no such name. */
struct text model__asked(struct loader *l, struct text name);

/* view.c: of the kind that is one. */
void model__view(struct loader *l, struct draft *d);
/* ---- kind/review.c */
void model__review(struct loader *l, struct draft *d);
void model__review_plan(struct loader *l, struct draft *d);
void model__review_test(struct loader *l, struct draft *d);

/* ---- kind/measured.c */
void model__prices(struct loader *l, struct draft *d);
void model__agent(struct loader *l, struct draft *d);
void model__monitor(struct loader *l, struct draft *d); /* kind/monitor.c */

/* waiver.c: of the kind that is one; and when the moves of every kind are known. */
void model__waiver(struct loader *l, struct draft *d);
void model__waiver_finish(struct loader *l);

int64_t model__days_ahead(struct text t);
/* Is the computed field f of the kind made from g, over any number of steps? */
bool model__made_from(struct loader *l, const struct kind *k, const struct field *f,
                      const struct field *g);

/* k NULL: the fields are not checked. NULL after a mistake. */
struct condition *model__condition(struct loader *l, const struct kind *k,
                                   const struct json *v);

void model__calendars(struct loader *l, size_t count);
void model__ladders(struct loader *l, size_t count);
void model__deadlines(struct loader *l, size_t count);
/* The rungs of the ladder of that name, as records of the kind have them. */
void model__rungs(struct loader *l, const struct kind *k, const struct json *name, struct clock *c);
/* f, of which v says that it is a clock, was just read: makes it computed and adds NAME_standing behind it. */
void model__clock_fields(struct loader *l, struct draft *d, struct field *f, const struct json *v);
/* What the clock says, once fields and states are known. */
void model__clock(struct loader *l, struct draft *d, struct field *f, const struct json *v);
bool model__clock_waits(const struct field *f, const struct kind *k, const bool *done);
/* Adds the field NAME_standing behind f, a choice of the scale (which may be NULL), made by the
 * function. `key`: that of v, which declares f, with which it comes. */
struct field *model__standing_field(struct loader *l, struct draft *d, struct field *f,
                                    const struct json *v, const char *key,
                                    const struct scale *scale, const char *fn);
/* A computed value as a file would have it: JSON of the engine, with the line of `at`. */
const struct json *model__engine_json(struct loader *l, const char *json,
                                      const struct json *at);
/* Does the condition name a computed field that is not done? */
bool model__condition_waits(const struct condition *c, const struct kind *k, const bool *done);
/* f, of which v says how long the record is kept: as model__clock_fields, model__clock,
 * model__clock_waits. */
void model__keep_fields(struct loader *l, struct draft *d, struct field *f,
                        const struct json *v);
void model__keep(struct loader *l, struct draft *d, struct field *f, const struct json *v);
bool model__keep_waits(const struct field *f, const struct kind *k, const bool *done);

void model__framework(struct loader *l, const struct source *s, struct framework *f);
void model__framework_finish(struct loader *l, const struct source *s, struct framework *f);
/* methods/: needs the scales, and gives those that name methods: risk_methods, readiness_methods. */
void model__methods(struct loader *l, size_t count);
void model__methods_finish(struct loader *l); /* what they name in the criteria, and that they are there */
/* Needs the kinds and the guest. Circles, clashes and what may not be read are mistakes. */
void model__sets(struct loader *l, size_t count);
/* The query with the sets that it names put in; "" when it, or one of them, has a mistake. */
struct text model__expand(struct loader *l, const struct json *at, struct text sql);
#define SET_LONGEST 100000 /* bytes, as store/guest.c has it */
/* ---- queries: query.c -------------------------------------------------------------------- */
struct piece { /* a word, a quoted text, or one other byte of SQL */
    enum { PIECE_END, PIECE_WORD, PIECE_TEXT, PIECE_BYTE, PIECE_OPEN } type;
    struct text text;
};
struct sql { /* a query cut into pieces; in the scrap */
    struct loader *l;
    const struct json *at; /* where mistakes are */
    struct text whole;
    struct piece *pieces;
    size_t count;
};
typedef void (*query_value_fn)(const struct sql *q, struct text value, const void *arg);
struct sql model__cut(struct loader *l, const struct json *at, struct text sql);
/* The query as the databases will have it, its parameters of those in the list; "" when it has
 * a mistake. */
const char *model__query(const struct sql *q, const char *parameters);
/* Whether it gives a column of that name (AS); `seen` gets each text that the column can be. */
bool model__column(const struct sql *q, const char *name, query_value_fn seen, const void *arg);
/* A query_value_fn: a mistake unless it is a kind, or the text `also` (char *; NULL: none). */
void model__is_kind(const struct sql *q, struct text value, const void *also);
bool model__quotes(const struct sql *q, struct text code); /* the text stands in it */
/* "fix" of a check whose reasons were read; `breaks` is its second query. */
void model__fixes(struct loader *l, const struct json *root, const struct sql *breaks,
                  struct check *c);
void model__check_file(struct loader *l, const struct source *s, struct check *c);
/* Needs the kinds, the guest and the sets. Every "@records" of a move has one. */
void model__gathers(struct loader *l, size_t count);
/* home.c: what Today shows by role. Needs kinds and roles. */
void model__homes(struct loader *l, size_t count);
void model__asks(struct loader *l, size_t count);
/* decider.c: of a file of asks/ that has outcomes. */
bool model__decides(const struct source *s);
void model__decider(struct loader *l, const struct source *s, struct decider *d);
void model__starters(struct loader *l, size_t count);
void model__glossary(struct loader *l); /* needs the kinds */

/* judge/trace.c: needs the kinds. */
void model__traces(struct loader *l, size_t count);
void model__put_trace(struct json_out *o, const struct trace_plan *t);
/* judge/picture.c: needs kinds with their views, and frameworks. */
void model__pictures(struct loader *l, size_t count);
void model__put_pictures(struct json_out *o, const struct model *m);

/* ---- describing -------------------------------------------------------------------------- */
void model__put_words(struct json_out *o, struct words w);
void model__put_begin(struct json_out *o,
                      const struct model *m); /* asks and starters, by name */
void model__put_words_at(struct json_out *o, const char *key, struct words w);
void model__put_texts_at(struct json_out *o, const char *key, const struct text *t, size_t n);
void model__put_states_at(struct json_out *o, const char *key, const struct kind *k,
                          uint64_t set);
struct text model__who_text(struct arena *a, const struct who *w);
/* manual.c: the page for people of `model explain`. */
void model__manual(struct call *call, const struct model *m, const struct kind *k,
                   struct buf *out);
void model__put_who_at(struct json_out *o, const char *key, const struct who_list *list,
                       struct arena *a);
/* The JSON Schema of a field's value, without braces. */
void model__schema(struct json_out *o, const struct field *f);
/* Schemas and paths that do not depend on the model: src/model/print/openapi/, embedded. */
const struct model_file *model__openapi_files(size_t *count);
/* The routes that every kind has; {kind} stands for its name. */
struct route {
    const char *method, *path, *summary;
    const char *query;  /* names of query parameters, separated by spaces */
    const char *takes;  /* schema of the body, "" for none */
    const char *status; /* of success */
    const char *gives;  /* schema of the answer, "" for none */
};
void model__put_homes(struct json_out *o, const struct model *m); /* print/homes.c */
extern const struct route model__routes[];
extern const size_t model__route_count;
#endif
