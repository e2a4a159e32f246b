/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/moves.c — states and the moves between them.
 * A record changes its state only by a move, so this is where the duties live: who, who not,
 * what is asked, what must be true. Every kind can be archived once it has ended, unless it says otherwise. */
#include "model/internal.h"

/* Rules that data cannot say; record/ has one function for each. The type is its field's. */
static const struct {
    const char *name;
    const struct field_type *type;
    bool months; /* and a field of whole months after it */
} guards[] = {
    {"within_a_year", &type_date, false},
    {"within", &type_date, true},
    {"begun", &type_date, false},
};

/* ---- states ------------------------------------------------------------------------------ */
static void read_state(struct loader *l, const struct json *v, struct state *s)
{
    s->name = v->key;
    if (!model__name_ok(v->key))
        model__mistake(l, v, "name", "\"%.*s\" is not a name", TEXT_ARG(v->key));
    if (!model__keys(l, v, "title about tone locked end rest"))
        return;
    s->title = model__words(l, v, "title", true);
    s->about = model__words(l, v, "about", false);
    s->locked = model__bool(l, v, "locked");
    s->end = model__bool(l, v, "end");
    s->rest = model__bool(l, v, "rest") || s->end;
    if (json_get(v, "tone") != NULL)
        model__tone(l, json_get(v, "tone"), &s->tone);
}

static void add_archived(struct kind *k)
{
    k->states[k->state_count++] = (struct state){
        .name = TEXT("archived"),
        .title = words_said(SAID("Archived")),
        .tone = TONE_OFF,
        .locked = true,
        .end = true,
        .rest = true,
    };
}

void model__states(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *states = model__object(l, d->source->root, "states", true);
    const struct json *of = NULL;
    if (states != NULL && model__keys(l, states, "start of"))
        of = model__object(l, states, "of", true);
    d->own_archived = json_get(of, "archived") != NULL;
    size_t room = (of == NULL ? 0 : of->count) + (d->own_archived ? 0 : 1);
    k->states = NEW_MANY(l->arena, room + 1, struct state);
    if (room > STATE_LIMIT) {
        model__mistake(l, of, "range", "a kind has at most %d states", STATE_LIMIT);
        of = NULL;
    }
    for (const struct json *v = of == NULL ? NULL : of->first; v != NULL; v = v->next)
        read_state(l, v, &k->states[k->state_count++]);
    if (of == NULL || !d->own_archived)
        add_archived(k);
    if (of == NULL)
        return;
    struct text start = model__text(l, states, "start", true);
    ptrdiff_t at = kind_state(k, start);
    if (at < 0)
        model__mistake(l, json_get(states, "start"), "unknown", "unknown state \"%.*s\"",
                       TEXT_ARG(start));
    k->start = at < 0 ? 0 : (size_t)at;
    d->sound = at >= 0;
}

static uint64_t one_state(struct loader *l, const struct kind *k, const struct json *v)
{
    ptrdiff_t at = v->type == JSON_TEXT ? kind_state(k, v->text) : -1;
    if (at < 0) {
        model__mistake(l, v, "unknown", "%.*s has no state \"%.*s\"", TEXT_ARG(k->name),
                       TEXT_ARG(json_text(v)));
        return 0;
    }
    return STATE_BIT(at);
}

uint64_t model__state_set(struct loader *l, const struct kind *k, const struct json *v)
{
    uint64_t set = 0;
    if (v->type != JSON_LIST)
        return one_state(l, k, v);
    if (v->count == 0)
        model__mistake(l, v, "required", "\"%.*s\" names no state", TEXT_ARG(v->key));
    for (const struct json *one = v->first; one != NULL; one = one->next)
        set |= one_state(l, k, one);
    return set;
}

/* ---- moves: where from, where to --------------------------------------------------------- */
static uint64_t all_but(const struct kind *k, size_t state)
{
    uint64_t all = k->state_count == STATE_LIMIT ? UINT64_MAX : STATE_BIT(k->state_count) - 1;
    return all & ~STATE_BIT(state);
}

static void read_way(struct loader *l, struct draft *d, const struct json *v, struct move *m)
{
    struct kind *k = d->kind;
    struct text to = model__text(l, v, "to", true);
    ptrdiff_t at = kind_state(k, to);
    if (at < 0 && to.len > 0)
        model__mistake(l, json_get(v, "to"), "unknown", "%.*s has no state \"%.*s\"",
                       TEXT_ARG(k->name), TEXT_ARG(to));
    d->sound &= at >= 0;
    m->to = at < 0 ? 0 : (size_t)at;
    const struct json *from = json_get(v, "from");
    if (from == NULL)
        model__mistake(l, v, "required", "\"from\" is missing");
    else if (from->type == JSON_TEXT && text_is(from->text, "any"))
        m->from = all_but(k, m->to);
    else
        m->from = model__state_set(l, k, from);
    d->sound &= m->from != 0;
}

static const char move_keys[] =
    "title from to by and_by second_when sign ordered on after plus every asks reason fresh "
    "when "
    "say not needs guard stop drill freezes sets until takes pushes makes";

static void read_move(struct loader *l, struct draft *d, const struct json *v, struct move *m)
{
    m->name = v->key;
    m->source = model__at(l, v);
    if (!model__name_ok(v->key))
        model__mistake(l, v, "name", "\"%.*s\" is not a name", TEXT_ARG(v->key));
    if (!model__keys(l, v, move_keys)) {
        d->sound = false;
        return;
    }
    m->title = model__words(l, v, "title", true);
    m->say = model__words(l, v, "say", false);
    m->reason = model__bool(l, v, "reason");
    m->fresh = model__bool(l, v, "fresh");
    m->stop = model__bool(l, v, "stop");
    read_way(l, d, v, m);
    model__sign(l, d->kind, v, m);
}

static uint64_t ends(const struct kind *k)
{
    uint64_t set = 0;
    for (size_t i = 0; i < k->state_count; i++)
        if (k->states[i].end && !text_is(k->states[i].name, "archived"))
            set |= STATE_BIT(i);
    return set;
}

/* From an end only: what is still going on is not put away. A kind without an end keeps its
 * records where they are, always. */
static void add_archive(struct loader *l, struct kind *k)
{
    struct move *m = &k->moves[k->move_count];
    ptrdiff_t archived = kind_state(k, TEXT("archived"));
    *m = (struct move){.name = TEXT("archive"), .reason = true, .to = (size_t)archived};
    m->title = words_said(SAID("Archive"));
    m->source = k->file;
    m->from = ends(k);
    struct who *manager = NEW(l->arena, struct who);
    manager->role = ROLE_MANAGER;
    model__sign_alone(l, &(struct who_list){manager, 1}, m);
    k->move_count++;
}

/* What an earlier release let into the archive of a kind without an end comes back to the start. */
static void add_reinstate(struct loader *l, struct kind *k)
{
    const struct move *archive = kind_move(k, TEXT("archive"));
    if (archive->from != 0 || kind_move(k, TEXT("reinstate")) != NULL)
        return;
    struct move *m = &k->moves[k->move_count++];
    *m = (struct move){.name = TEXT("reinstate"), .reason = true, .to = k->start};
    m->title = words_said(SAID("Take out of the archive"));
    m->source = k->file;
    m->from = STATE_BIT(archive->to);
    model__sign_alone(l, &archive->by, m);
}

void model__moves(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *moves = model__object(l, d->source->root, "moves", false);
    size_t room = (moves == NULL ? 0 : moves->count) + 2;
    k->moves = NEW_MANY(l->arena, room, struct move);
    d->moves = NEW_MANY(l->scrap, room, struct move_draft);
    for (const struct json *v = moves == NULL ? NULL : moves->first; v != NULL; v = v->next) {
        d->moves[k->move_count].source = v;
        read_move(l, d, v, &k->moves[k->move_count++]);
    }
    if (json_get(moves, "archive") == NULL)
        add_archive(l, k);
    add_reinstate(l, k);
}

/* ---- moves: people, questions, conditions ------------------------------------------------ */
static void read_asks(struct loader *l, const struct kind *k, const struct json *v,
                      struct move *m)
{
    const struct json *asks = json_get(v, "asks");
    if (asks == NULL || !model__texts(l, v, "asks", false, &m->asks, &m->ask_count))
        return;
    for (const struct json *one = asks->first; one != NULL; one = one->next) {
        const struct field *f = kind_field(k, one->text);
        if (f == NULL || f->system || f->computed != NULL)
            model__mistake(l, one, "unknown", "%.*s has no field \"%.*s\" that people fill in",
                           TEXT_ARG(k->name), TEXT_ARG(one->text));
    }
}

void model__duties(struct loader *l, const struct kind *k, const struct json *v,
                   struct duty **duties, size_t *count)
{
    const struct json *not = model__object(l, v, "not", false);
    if (not == NULL)
        return;
    *duties = NEW_MANY(l->arena, not ->count, struct duty);
    for (const struct json *one = not ->first; one != NULL; one = one->next) {
        struct duty *duty = &(*duties)[(*count)++];
        const char *code = text_c(l->scrap, one->key);
        duty->code = one->key;
        model__who(l, k, model__list(l, not, code, true), WHO_RELATIONS | WHO_ROLES | WHO_WRITERS,
                   &duty->people);
    }
}

static void read_conditions(struct loader *l, const struct kind *k, const struct json *v,
                            struct move *m)
{
    const struct json *when = json_get(v, "when");
    if (when != NULL)
        m->when = model__condition(l, k, when);
    if ((when == NULL) != (m->say.en.len == 0))
        model__mistake(l, when != NULL ? when : json_get(v, "say"), "required",
                       "\"when\" and \"say\" go together");
}

static void read_on(struct loader *l, const struct kind *k, const struct json *v,
                    struct move *m)
{
    const struct json *on = json_get(v, "on");
    if (on == NULL)
        return;
    m->on = model__text(l, v, "on", true);
    const struct field *f = kind_field(k, m->on);
    model__for_all(l, on, f);
    if (f == NULL || !field_is_time(f))
        model__mistake(l, on, "unknown", "\"%.*s\" is not a date or moment field",
                       TEXT_ARG(m->on));
}

static bool read_duration(struct loader *l, const struct json *v, const char *key,
                          struct duration *out)
{
    const struct json *d = json_get(v, key);
    if (d == NULL)
        return false;
    if (d->type == JSON_TEXT && duration_read(d->text, out))
        return true;
    model__mistake(l, d, "duration",
                   "\"%s\" is no duration: P30D, P6M, P1Y, PT72H, or P10W for working days", key);
    return false;
}

/* What comes again and again stays in its state: its versions tell how often it came. */
static void check_every(struct loader *l, const struct json *v, const struct move *m)
{
    const struct json *every = json_get(v, "every");
    if (m->every.before || m->every.seconds || m->every.working_days ||
        (!m->every.days && !m->every.months))
        model__mistake(l, every, "duration", "\"every\" is of whole days, months or years: P1Y, P3M, P7D");
    if (!m->on.len)
        model__mistake(l, every, "unknown_key", "\"every\" goes with \"on\"");
    if (m->from != STATE_BIT(m->to))
        model__mistake(l, every, "circle", "what comes \"every\" so often leads from one state to itself");
}

/* A timed move leads away from where it waited: else it would fire for ever. */
static void read_time(struct loader *l, const struct kind *k, const struct json *v, struct move *m)
{
    read_on(l, k, v, m);
    m->has_after = read_duration(l, v, "after", &m->after);
    bool plus = read_duration(l, v, "plus", &m->plus);
    m->has_every = read_duration(l, v, "every", &m->every);
    if (m->has_every)
        check_every(l, v, m);
    if (!m->has_after && !m->on.len) {
        if (plus)
            model__mistake(l, json_get(v, "plus"), "unknown_key", "\"plus\" goes with \"on\"");
        return;
    }
    if (!m->automatic)
        model__mistake(l, v, "unknown_key", "\"on\" and \"after\" are for moves by \"auto\"");
    if (m->has_after && m->on.len)
        model__mistake(l, v, "unknown_key", "either \"on\" or \"after\"");
    if (m->has_after && m->after.before)
        model__mistake(l, json_get(v, "after"), "duration", "\"after\" cannot be before");
    if (!m->has_every && m->from & STATE_BIT(m->to))
        model__mistake(l, v, "circle", "a timed move leads out of the states it waits in");
}

static void read_guard(struct loader *l, const struct kind *k, const struct json *v,
                       struct move *m)
{
    const struct json *guard = json_get(v, "guard");
    if (guard == NULL)
        return;
    struct text rest = model__text(l, v, "guard", true);
    m->guard = text_cut(&rest, ':');
    m->guard_field = text_cut(&rest, ':');
    m->guard_months = rest;
    for (size_t i = 0; i < COUNT(guards); i++) {
        if (!text_is(m->guard, guards[i].name))
            continue;
        const struct field *f = kind_field(k, m->guard_field);
        if (f == NULL || f->type != guards[i].type)
            model__mistake(l, guard, "unknown", "\"%.*s\" is not a field of type %s",
                           TEXT_ARG(m->guard_field), guards[i].type->word);
        const struct field *months = kind_field(k, m->guard_months);
        model__for_all(l, guard, f);
        model__for_all(l, guard, months);
        if (guards[i].months ? months == NULL || months->type != &type_integer : rest.len > 0)
            model__mistake(l, guard, "unknown", "%s is followed by %s", guards[i].name,
                           guards[i].months ? "a date field and a field of whole months"
                                            : "one field");
        return;
    }
    model__mistake(l, guard, "unknown", "unknown guard \"%.*s\"", TEXT_ARG(m->guard));
}

/* "@today+30": 30; -1 when it is no such thing. */
int64_t model__days_ahead(struct text t)
{
    int64_t days;
    if (!text_starts(t, "@today+") || !text_integer(text_from(t, 7), &days) || days < 0 ||
        days > 36500)
        return -1;
    return days;
}

static bool set_fits(const struct loader *l, const struct field *f, const struct json *v)
{
    struct text t = json_text(v);
    if (v->type == JSON_NULL)
        return true;
    if (text_is(t, "@me"))
        return f->target == TO_PERSON && f->type == &type_ref;
    if (text_is(t, "@now"))
        return f->type == &type_moment;
    if (text_is(t, "@today") || model__days_ahead(t) >= 0)
        return f->type == &type_date;
    if (text_is(t, "@people"))
        return f->type == &type_integer;
    if (text_is(t, SET_RECORDS))
        return f->type == &type_rows;
    if (text_starts(t, SET_OTHERS))
        return f->type == &type_integer &&
               model_role(l->model, text_from(t, sizeof SET_OTHERS - 1)) != NULL;
    return !f->many && field_fits(f, v);
}

static void read_sets(struct loader *l, const struct kind *k, const struct json *v,
                      struct move *m)
{
    const struct json *sets = model__object(l, v, "sets", false);
    if (sets == NULL)
        return;
    m->sets = NEW_MANY(l->arena, sets->count, struct move_setting);
    for (const struct json *one = sets->first; one != NULL; one = one->next) {
        const struct field *f = kind_field(k, one->key);
        if (f == NULL || f->system || f->computed != NULL)
            model__mistake(l, one, "unknown", "%.*s has no field \"%.*s\" that can be set",
                           TEXT_ARG(k->name), TEXT_ARG(one->key));
        else if (!set_fits(l, f, one))
            model__mistake(l, one, "value", "is no value of the field \"%.*s\"",
                           TEXT_ARG(one->key));
        else
            m->sets[m->set_count++] =
                (struct move_setting){f, one->type == JSON_NULL ? NULL : one};
    }
}

/* A drill tells hosts what a stop would tell them, and changes nothing but the moment at which
 * it was: from a state in which it could be stopped, to the same. */
static void read_drill(struct loader *l, const struct kind *k, const struct json *v,
                       struct move *m)
{
    const struct json *drill = json_get(v, "drill");
    bool stops = false;
    if (!model__bool(l, v, "drill"))
        return;
    for (size_t i = 0; i < m->set_count; i++)
        if (m->sets[i].field->type == &type_moment && m->sets[i].value &&
            text_is(m->sets[i].value->text, "@now"))
            m->drill = m->sets[i].field;
    for (size_t i = 0; i < k->move_count; i++)
        stops |= k->moves[i].stop && (k->moves[i].from & m->from) == m->from;
    if (m->drill == NULL)
        model__mistake(l, drill, "required", "a drill sets a moment to \"@now\"");
    if (m->from != STATE_BIT(m->to) || m->stop || !stops)
        model__mistake(l, drill, "unknown",
                       "a drill stays in a state from which a move with \"stop\" leads");
}

static void read_takes(struct loader *l, const struct kind *k, const struct json *v,
                       struct move *m)
{
    const struct json *takes = json_get(v, "takes");
    if (takes == NULL || !model__texts(l, v, "takes", true, &m->takes, &m->take_count))
        return;
    if (move_takes_many(m) && move_signers(m) < 2)
        model__mistake(l, takes, "unknown_key",
                       "what a move takes is proposed by one and signed by another: no \"second_when\"");
    for (const struct json *one = takes->first; one != NULL; one = one->next) {
        const struct field *f = kind_field(k, one->text);
        if (f == NULL || f->system || f->computed != NULL)
            model__mistake(l, one, "unknown", "%.*s has no field \"%.*s\" that people fill in",
                           TEXT_ARG(k->name), TEXT_ARG(one->text));
        model__for_all(l, one, f); /* what is proposed is shown to whoever signs */
    }
}

static void read_push(struct loader *l, const struct kind *k, const struct json *v,
                      struct push *out)
{
    if (!model__keys(l, v, "kind via of move when"))
        return;
    out->of = model__of(l, k, v);
    const struct kind *to = out->of != NULL ? out->of->target_kind : k;
    out->kind = model_kind(l->model, model__text(l, v, "kind", true));
    out->via = model__text(l, v, "via", true);
    out->move = model__text(l, v, "move", true);
    const struct field *via = out->kind == NULL ? NULL : kind_field(out->kind, out->via);
    model__for_all(l, v, via);
    const struct move *m = out->kind == NULL ? NULL : kind_move(out->kind, out->move);
    if (via == NULL || via->target_kind != to || m == NULL)
        model__mistake(l, v, "unknown",
                       "names a kind, its ref to %.*s in \"via\", and a move of it",
                       TEXT_ARG(to->name));
    else if (m->ask_count > 0)
        model__mistake(l, json_get(v, "move"), "unknown",
                       "nobody is there to answer what \"%.*s\" asks", TEXT_ARG(out->move));
    if (json_get(v, "when") != NULL)
        out->when = model__condition(l, k, json_get(v, "when"));
}

static void read_pushes(struct loader *l, const struct kind *k, const struct json *v,
                        struct move *m)
{
    const struct json *list = model__list(l, v, "pushes", false);
    if (list == NULL)
        return;
    m->pushes = NEW_MANY(l->arena, list->count, struct push);
    for (const struct json *one = list->first; one != NULL; one = one->next)
        read_push(l, k, one, &m->pushes[m->push_count++]);
}

static void read_until_case(struct loader *l, const struct kind *k, const struct until *u,
                            const struct json *v, struct until_case *out)
{
    if (!model__keys(l, v, "when months most"))
        return;
    const struct json *when = json_get(v, "when");
    struct text months = model__text(l, v, "months", true);
    if (when != NULL)
        out->when = model__condition(l, k, when);
    out->months = kind_field(u->kind, months);
    model__for_all(l, json_get(v, "months"), out->months);
    if (out->months == NULL || out->months->type != &type_integer)
        model__mistake(l, json_get(v, "months"), "unknown",
                       "%.*s has no whole number \"%.*s\"", TEXT_ARG(u->kind->name),
                       TEXT_ARG(months));
    if (!model__integer(l, v, "most", 1, 120, &out->most))
        model__mistake(l, v, "required", "\"most\" is missing: months, at most 120");
}

static void read_until(struct loader *l, const struct kind *k, const struct json *v,
                       struct move *m)
{
    const struct json *v_until = model__object(l, v, "until", false);
    if (v_until == NULL || !model__keys(l, v_until, "field kind in cases"))
        return;
    struct until *u = NEW(l->arena, struct until);
    u->field = kind_field(k, model__text(l, v_until, "field", true));
    model__for_all(l, v_until, u->field);
    u->kind = model_kind(l->model, model__text(l, v_until, "kind", true));
    const struct json *cases = model__list(l, v_until, "cases", true);
    if (u->field == NULL || u->field->type != &type_date || u->kind == NULL || cases == NULL) {
        model__mistake(l, v_until, "unknown",
                       "\"until\" names a date field, a kind, its states and cases");
        return;
    }
    if (model__list(l, v_until, "in", true) != NULL)
        u->in = model__state_set(l, u->kind, json_get(v_until, "in"));
    u->cases = NEW_MANY(l->arena, cases->count, struct until_case);
    for (const struct json *one = cases->first; one != NULL; one = one->next)
        read_until_case(l, k, u, one, &u->cases[u->case_count++]);
    m->until = u;
}

static void read_freezes(struct loader *l, const struct json *v, struct move *m)
{
    const struct json *f = model__object(l, v, "freezes", false);
    if (f == NULL || !model__keys(l, f, "kind open apart watch code"))
        return;
    const struct kind *k = model_kind(l->model, model__text(l, f, "kind", true));
    struct freezing *out = NEW(l->arena, struct freezing);
    out->code = model__text(l, f, "code", true);
    if (k == NULL) {
        model__mistake(l, json_get(f, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(json_text(json_get(f, "kind"))));
        return;
    }
    out->kind = k;
    if (model__list(l, f, "open", true) != NULL)
        out->open = model__state_set(l, k, json_get(f, "open"));
    if (model__list(l, f, "apart", false) != NULL)
        out->apart = model__state_set(l, k, json_get(f, "apart"));
    const struct json *watch = model__list(l, f, "watch", false);
    if (watch != NULL)
        model__texts(l, f, "watch", false, &out->watch, &out->watch_count);
    for (const struct json *one = watch ? watch->first : NULL; one != NULL; one = one->next) {
        const struct field *watched = kind_field(k, json_text(one));
        model__for_all(l, one, watched);
        if (watched == NULL)
            model__mistake(l, one, "unknown", "%.*s has no field \"%.*s\"", TEXT_ARG(k->name),
                           TEXT_ARG(json_text(one)));
    }
    m->freezes = out;
}

/* Nobody is there to answer when the engine moves alone. What it takes it must have: only where
 * it measures, or puts a test into a queue, does it bring values. */
static void check_automatic(struct loader *l, const struct draft *d, const struct json *v,
                            const struct move *m)
{
    struct text is = json_text(json_get(d->source->root, "is"));
    if (!m->automatic || m->by.count > 1)
        return;
    if (m->take_count > 0 && !text_is(is, "monitor") && !text_is(is, "review_test"))
        model__mistake(
            l, json_get(v, "takes"), "automatic",
            "an automatic move takes values only in the kind that is monitor or review_test");
    if (m->ask_count > 0 || m->reason || m->fresh || move_takes_many(m))
        model__mistake(l, v, "automatic",
                       "an automatic move cannot have asks, reason, fresh or and_by");
}

/* Putting away what has not ended is a decision of two, signed. */
static void check_archive(struct loader *l, const struct kind *k, const struct json *v,
                          const struct move *m)
{
    if (text_is(k->states[m->to].name, "archived") && m->from & ~ends(k) &&
        !(move_signers(m) > 1 && m->reason && m->fresh))
        model__mistake(l, v, "archive",
                       "archiving what has not ended takes \"and_by\", \"reason\" and \"fresh\"");
}

static void finish_move(struct loader *l, struct draft *d, const struct json *v, struct move *m)
{
    const struct kind *k = d->kind;
    const struct json *needs = model__list(l, v, "needs", false);
    model__sign_finish(l, k, v, m);
    read_asks(l, k, v, m);
    model__duties(l, k, v, &m->duties, &m->duty_count);
    read_conditions(l, k, v, m);
    read_time(l, k, v, m);
    read_guard(l, k, v, m);
    read_freezes(l, v, m);
    read_sets(l, k, v, m);
    read_drill(l, k, v, m);
    read_until(l, k, v, m);
    read_takes(l, k, v, m);
    read_pushes(l, k, v, m);
    model__makes(l, k, v, m);
    if (needs != NULL && m->stop)
        model__mistake(l, needs, "unknown_key", "a stop is immediate and has no needs");
    else if (needs != NULL)
        model__needs(l, d, needs, m);
    check_automatic(l, d, v, m);
    check_archive(l, k, v, m);
}

void model__moves_finish(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    for (size_t i = 0; i < k->move_count; i++)
        if (d->moves[i].source != NULL && d->moves[i].source->type == JSON_OBJECT)
            finish_move(l, d, d->moves[i].source, &k->moves[i]);
}
