/* SPDX-License-Identifier: Apache-2.0 */
/* cli/demo_live.c — what the AI systems of a demo organisation sent while they ran. It is
 * invented, by a recipe in the script and numbers that follow from the names of the system and
 * the day alone, so that it is the same every time; it comes in as every event does. */
#include "cli/demo_live.h"

#include "monitor/monitor.h"

#include <math.h>

#define DAY 86400000000LL
#define A_DAY_MOST 500

/* ---- numbers by chance, always the same
 * ------------------------------------------------------
 */
struct dice {
    uint64_t state;
};

static uint64_t throw64(struct dice *d)
{
    uint64_t z = d->state += 0x9E3779B97F4A7C15ULL;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
}

static double evenly(struct dice *d) /* in (0, 1) */
{
    return ((double)(throw64(d) >> 11) + 0.5) / 9007199254740992.0;
}

static double normally(struct dice *d)
{
    double r = sqrt(-2 * log(evenly(d)));
    return r * cos(6.283185307179586 * evenly(d));
}

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static struct dice dice_of(struct call *call, struct text system, int64_t day)
{
    struct hash h =
        sha256(text_print(call->arena, "%.*s %lld", TEXT_ARG(system), (long long)day));
    struct dice d = {0};
    for (size_t i = 0; i < 8; i++)
        d.state = d.state << 8 | h.byte[i];
    return d;
}

/* ---- the recipe
 * ------------------------------------------------------------------------------------ */
static double number(const struct json *object, const char *key, double otherwise)
{
    const struct json *v = json_get(object, key);
    return v && (v->type == JSON_NUMBER || v->type == JSON_INTEGER) ? v->number : otherwise;
}

static int64_t whole(const struct json *object, const char *key, int64_t otherwise)
{
    const struct json *v = json_get(object, key);
    return v && v->type == JSON_INTEGER ? v->integer : otherwise;
}

/* The last of the phases that has begun by that day. */
static const struct json *phase_of(const struct json *stream, int64_t day)
{
    const struct json *phases = json_get(stream, "phases"), *found = NULL;
    for (const struct json *p = phases ? phases->first : NULL; p; p = p->next)
        if (whole(p, "from", 0) <= day || !found)
            found = p;
    return found;
}

/* {"F": 48, "M": 52}: one of them, as often as it says. */
static struct text one_of(struct dice *d, const struct json *shares)
{
    double total = 0, at;
    for (const struct json *s = shares->first; s; s = s->next)
        total += s->number;
    at = evenly(d) * total;
    for (const struct json *s = shares->first; s; s = s->next)
        if ((at -= s->number) < 0 || !s->next)
            return s->key;
    return TEXT("");
}

/* ---- lines --------------------------------------------------------------------------------
 */
struct sending {
    struct call *call;
    const struct json *stream, *phase;
    struct text system; /* key */
    int64_t day, now;   /* the day, from today; the moment that "today" began */
    struct dice dice;
    struct dice aside;  /* of what the score does not come from */
    struct dice people; /* of what is beside the calls themselves */
    struct json_out out;
    struct buf *lines;
};

static void put(struct sending *s, const char *name, struct text value)
{
    json_key(&s->out, name);
    json_put_text(&s->out, value);
}

static void begin(struct sending *s, const char *kind, int64_t day, double hour)
{
    int64_t at = s->now + day * DAY + (int64_t)(hour * 3600e6);
    s->out = json_out(s->lines);
    json_open(&s->out, '{');
    json_key(&s->out, "v");
    json_put_integer(&s->out, 1);
    put(s, "kind", text_of(kind));
    put(s, "system", s->system);
    put(s, "ts", moment_print(s->call->arena, at));
}

static void end(struct sending *s)
{
    json_close(&s->out, '}');
    buf_add_byte(s->lines, '\n');
}

static struct text id_of(struct sending *s, int64_t day, int64_t n)
{
    struct text date = date_of_days(s->call->arena, s->now / DAY + day);
    return text_print(s->call->arena, "%.*s-%lld", TEXT_ARG(date), (long long)n);
}

static double rounded(double x, double steps)
{
    return floor(x * steps + 0.5) / steps;
}

/* ---- a score and what came of it
 * ----------------------------------------------------------------- */
struct scored {
    double score;
    bool good; /* how it turned out */
};

/* What it is told of the person, and what it makes of it. `against`: {"sex=F": -0.7}. */
static double put_person(struct sending *s)
{
    const struct json *attributes = json_get(s->stream, "attributes"),
                      *against = json_get(s->phase, "against");
    double pushed = 0;
    json_key(&s->out, "protected");
    json_open(&s->out, '{');
    for (const struct json *a = attributes ? attributes->first : NULL; a; a = a->next) {
        struct text value = one_of(&s->dice, a);
        json_key_text(&s->out, a->key);
        json_put_text(&s->out, value);
        struct text pair =
            text_print(s->call->arena, "%.*s=%.*s", TEXT_ARG(a->key), TEXT_ARG(value));
        const struct json *push = json_named(against, pair);
        pushed += push ? push->number : 0;
    }
    json_close(&s->out, '}');
    return pushed;
}

/* {"middle": 32000, "by": 0.4, "noise": 0.3, "step": 100}: by how much it follows what the person
 * is like, x. */
static void put_amount(struct sending *s, const struct json *f, double x)
{
    double step = number(f, "step", 1),
           value = number(f, "middle", 1) *
                   exp(number(f, "by", 0) * x + number(f, "noise", 0) * normally(&s->aside));
    json_put_number(&s->out, step * floor(value / step + 0.5));
}

/* What it was told of the case. A phase may say otherwise of one than the stream does. */
static void put_features(struct sending *s, double x)
{
    const struct json *features = json_get(s->stream, "features"),
                      *other = json_get(s->phase, "features");
    if (!features)
        return;
    json_key(&s->out, "features");
    json_open(&s->out, '{');
    for (const struct json *f = features->first; f; f = f->next) {
        const struct json *now = json_named(other, f->key) ? json_named(other, f->key) : f;
        bool missing = evenly(&s->aside) * 100 < number(now, "missing", 0);
        json_key_text(&s->out, f->key);
        if (missing)
            json_put_null(&s->out);
        else if (json_get(now, "words"))
            json_put_text(&s->out, one_of(&s->aside, json_get(now, "words")));
        else
            put_amount(s, now, x);
    }
    json_close(&s->out, '}');
}

static struct scored put_scored(struct sending *s)
{
    double pushed = put_person(s),
           x = number(s->phase, "shift", 0) +
               number(s->phase, "spread", 1) * normally(&s->dice),
           noise = number(s->phase, "noise", 0.4) * normally(&s->dice);
    struct scored made = {.score = rounded(logistic(0.4 + 1.3 * x + noise + pushed), 1e4)};
    made.good = evenly(&s->dice) < logistic(0.4 + 1.3 * x);
    json_key(&s->out, "task");
    json_put_c(&s->out, "binary");
    json_key(&s->out, "score");
    json_put_number(&s->out, made.score);
    json_key(&s->out, "pred_class");
    json_put_integer(&s->out, made.score >= number(s->stream, "threshold", 0.5));
    put_features(s, x);
    return made;
}

/* Thrown with the dice of the day on which it was scored, so that the label that comes later
 * needs nothing that was kept. */
static void score_day(struct sending *s, int64_t day, bool labels)
{
    const struct json *late = json_get(s->stream, "labels");
    int64_t count = whole(s->stream, "a_day", 10);
    struct buf unseen = buf_in(s->call->arena, 1u << 20), *lines = s->lines;
    s->dice = dice_of(s->call, s->system, day);
    s->aside = dice_of(s->call, text_join(s->call->arena, s->system, TEXT(" aside")), day);
    s->phase = phase_of(s->stream, day);
    for (int64_t n = 1; n <= count && n <= A_DAY_MOST; n++) {
        s->lines = labels ? &unseen : lines;
        begin(s, "prediction", day, 7 + 11 * evenly(&s->dice));
        put(s, "id", id_of(s, day, n));
        put(s, "version", json_text(json_get(s->phase, "version")));
        put(s, "env", TEXT("prod"));
        struct scored made = put_scored(s);
        bool told = evenly(&s->dice) * 100 < number(late, "share", 0);
        end(s);
        s->lines = lines;
        if (!labels || !told)
            continue;
        begin(s, "label", day + whole(late, "after", 0), 20);
        put(s, "ref", id_of(s, day, n));
        json_key(&s->out, "label");
        json_put_integer(&s->out, made.good);
        put(s, "label_source", json_text(json_get(late, "source")));
        end(s);
    }
}

/* ---- answers in words ---------------------------------------------------------------------
 */
static void put_usage(struct sending *s, double input, double output)
{
    json_key(&s->out, "usage");
    json_open(&s->out, '{');
    json_key(&s->out, "input");
    json_put_integer(&s->out, (int64_t)input);
    json_key(&s->out, "output");
    json_put_integer(&s->out, (int64_t)output);
    json_close(&s->out, '}');
}

/* What was asked and said: the last of the texts whose turn it is. */
static void put_texts(struct sending *s, int64_t n)
{
    const struct json *list = json_get(s->stream, "texts"), *turn = NULL;
    for (const struct json *one = list ? list->first : NULL; one; one = one->next)
        if ((s->day * 131 + n) % whole(one, "every", 1) == 0)
            turn = one;
    if (!turn)
        return;
    put(s, "prompt", json_text(json_get(turn, "prompt")));
    put(s, "response", json_text(json_get(turn, "response")));
}

static void answer(struct sending *s, int64_t n)
{
    double input = 300 + 500 * evenly(&s->dice), output = 40 + 260 * evenly(&s->dice),
           latency = (400 + 9 * output) * exp(0.3 * normally(&s->dice));
    bool failed = evenly(&s->dice) * 100 < number(s->phase, "errors", 1);
    begin(s, "llm", s->day, 7 + 14 * evenly(&s->dice));
    put(s, "id", id_of(s, s->day, n));
    put(s, "version", json_text(json_get(s->phase, "version")));
    put(s, "provider", json_text(json_get(s->stream, "provider")));
    put(s, "model", json_text(json_get(s->stream, "model")));
    put(s, "operation", TEXT("chat"));
    put_texts(s, n);
    put_usage(s, input, failed ? 0 : output);
    json_key(&s->out, "latency_ms");
    json_put_number(&s->out, rounded(latency, 1));
    if (failed)
        put(s, "error", TEXT("timeout"));
    else
        put(s, "finish", evenly(&s->dice) < 0.02 ? TEXT("length") : TEXT("stop"));
    end(s);
}

static void judge(struct sending *s, int64_t n)
{
    double score = rounded(
        logistic(1.6 + number(s->phase, "grounded", 0) + 1.2 * normally(&s->dice)), 1e3);
    begin(s, "evaluation", s->day, 22);
    put(s, "ref", id_of(s, s->day, n));
    put(s, "name", TEXT("groundedness"));
    json_key(&s->out, "score");
    json_put_number(&s->out, score);
    put(s, "label", score < 0.5 ? TEXT("fail") : TEXT("pass"));
    put(s, "evaluator", TEXT("judge@2"));
    end(s);
    if (evenly(&s->people) * 100 >= number(s->stream, "people", 0))
        return;
    begin(s, "evaluation", s->day, 23);
    put(s, "ref", id_of(s, s->day, n));
    put(s, "name", TEXT("groundedness"));
    put(s, "label", (score < 0.5) != (evenly(&s->people) < 0.1) ? TEXT("fail") : TEXT("pass"));
    put(s, "evaluator", TEXT("human:1"));
    end(s);
}

/* What an agent did after its model answered. */
static void act(struct sending *s, int64_t n)
{
    struct text above = id_of(s, s->day, n);
    begin(s, "llm", s->day, 22);
    put(s, "id", text_print(s->call->arena, "%.*s.tool", TEXT_ARG(above)));
    put(s, "version", json_text(json_get(s->phase, "version")));
    put(s, "parent", above);
    put(s, "operation", TEXT("execute_tool"));
    put(s, "tool", one_of(&s->people, json_get(s->stream, "tools")));
    if (evenly(&s->people) * 100 < number(s->phase, "errors", 1))
        put(s, "error", TEXT("timeout"));
    end(s);
}

static void answer_day(struct sending *s)
{
    int64_t count = whole(s->stream, "a_day", 10);
    s->dice = dice_of(s->call, s->system, s->day);
    s->people = dice_of(s->call, text_join(s->call->arena, s->system, TEXT(" people")), s->day);
    s->phase = phase_of(s->stream, s->day);
    for (int64_t n = 1; n <= count && n <= A_DAY_MOST; n++) {
        answer(s, n);
        if (evenly(&s->dice) * 100 < number(s->stream, "judged", 0))
            judge(s, n);
        if (json_get(s->stream, "tools"))
            act(s, n);
    }
}

/* ---- a day ------------------------------------------------------------------------------- */
static enum err take_in(struct sending *s, struct records *r)
{
    struct ingested done;
    TRY(monitor_ingest(s->call, r, buf_text(s->lines), &done));
    if (!done.refused)
        return OK;
    return problem(s->call, ERR_INVALID, TEXT("live"), "refused", "line %lld: %.*s",
                   (long long)done.told[0].line, TEXT_ARG(done.told[0].message));
}

enum err demo_live_day(struct call *call, struct records *r, const struct json *stream,
                       struct text key, int64_t day, int64_t now)
{
    struct buf lines = buf_in(call->arena, 2u << 20);
    struct sending s = {.call = call,
                        .stream = stream,
                        .system = key,
                        .day = day,
                        .now = now / DAY * DAY,
                        .lines = &lines};
    int64_t from = whole(stream, "from", 0);
    const struct json *late = json_get(stream, "labels");
    int64_t scored = day - whole(late, "after", 0);
    if (day < from)
        return OK;
    if (text_is(json_text(json_get(stream, "kind")), "llm"))
        answer_day(&s);
    else {
        score_day(&s, day, false);
        if (late && scored >= from)
            score_day(&s, scored, true);
    }
    return take_in(&s, r);
}
