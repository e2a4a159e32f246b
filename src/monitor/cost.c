/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/cost.c — what calls of language models cost. Tokens are added up by provider, model
 * and day as the events are read; what they cost follows from the price lists in force, which
 * hold from a day on. All is whole numbers: a price is so many millionths of a currency for a
 * million tokens, so tokens times price are millionths of millionths, and nothing is rounded.
 * What no list prices is counted, and never taken for free. */
#include "monitor/internal.h"

#include <math.h>
#include <stdio.h>

#define KEY_MOST 400                 /* bytes: provider, model, day and two signs */
#define LISTS_MOST 1000              /* in force at once */
#define WHOLE INT64_C(1000000000000) /* of a currency, in millionths of millionths */

struct spending {
    struct call *call;
    struct map *places; /* what makes calls priced alike or not → place in used */
    struct used_list LIST_OF(struct used) used;
    struct cost_sent sent[CURRENCIES_MOST];
    size_t sent_count;
    int64_t unread;   /* calls that sent a cost which is none */
    struct used lost; /* of more days and models than are told apart */
    int64_t unmetered;
};

struct spending *cost__begin(struct call *call)
{
    struct spending *s = NEW(call->arena, struct spending);
    *s = (struct spending){
        .call = call, .places = map_in(call->arena), .used = LIST_IN(call->arena, USED_MOST)};
    return s;
}

/* ---- amounts
 * ------------------------------------------------------------------------------------ */
/* "12", "0.00231": at most 18 digits before the point and 12 after it. */
static bool read_amount(struct text t, __int128 *out)
{
    struct text rest = t, whole = text_cut(&rest, '.');
    __int128 n = 0;
    if (!whole.len || whole.len > 18 || rest.len > 12 ||
        (rest.len == 0 && text_find(t, '.') >= 0))
        return false;
    for (size_t i = 0; i < whole.len + 12; i++) {
        char c = i < whole.len              ? whole.at[i]
                 : i - whole.len < rest.len ? rest.at[i - whole.len]
                                            : '0';
        if (c < '0' || c > '9')
            return false;
        n = n * 10 + (c - '0');
    }
    *out = n;
    return true;
}

/* At least two digits after the point, and no more than it takes. */
struct text cost_print(struct arena *a, __int128 n)
{
    const int64_t most = INT64_C(1000000000000000000); /* of one number that printf knows */
    long long high = (long long)(n / WHOLE / most), low = (long long)(n / WHOLE % most);
    struct text t =
        high ? text_print(a, "%lld%018lld.%012lld", high, low, (long long)(n % WHOLE))
             : text_print(a, "%lld.%012lld", low, (long long)(n % WHOLE));
    while (t.at[t.len - 1] == '0' && t.at[t.len - 3] != '.')
        t.len--;
    return t;
}

/* ---- a call
 * ------------------------------------------------------------------------------------- */
static int64_t tokens_of(const struct json *usage, const char *name)
{
    const struct json *v = json_get(usage, name);
    return v && v->type == JSON_INTEGER && v->integer > 0 ? v->integer : 0;
}

static void add(int64_t *sum, int64_t n)
{
    *sum = n > MEASURE_MOST - *sum ? MEASURE_MOST : *sum + n;
}

static void add_used(struct used *to, const struct used *more)
{
    to->calls += more->calls;
    add(&to->input, more->input);
    add(&to->output, more->output);
    add(&to->cache_read, more->cache_read);
    add(&to->cache_creation, more->cache_creation);
}

static bool is_currency(struct text t)
{
    bool good = t.len == 3;
    for (size_t i = 0; i < t.len && good; i++)
        good = t.at[i] >= 'A' && t.at[i] <= 'Z';
    return good;
}

/* What the program says that it cost: {"amount": "0.00231", "currency": "USD"}. */
static void take_sent(struct spending *s, const struct json *cost)
{
    __int128 n;
    size_t i = 0;
    const struct json *said = json_get(cost, "amount");
    struct text currency = json_text(json_get(cost, "currency"));
    bool number = said && (said->type == JSON_INTEGER || said->type == JSON_NUMBER ||
                           said->type == JSON_TEXT);
    if (!number || !is_currency(currency) || !read_amount(said->text, &n)) {
        s->unread++;
        return;
    }
    while (i < s->sent_count && !text_same(s->sent[i].currency, currency))
        i++;
    if (i == CURRENCIES_MOST) {
        s->unread++;
        return;
    }
    if (i == s->sent_count)
        s->sent[s->sent_count++].currency = text_copy(s->call->arena, currency);
    s->sent[i].total += n;
    s->sent[i].calls++;
}

/* Calls that no price list tells from each other are one: of one provider, model and day, and
 * such that a list which prices one of them prices all. */
static void keep(struct spending *s, const struct used *one)
{
    char built[KEY_MOST];
    int length =
        snprintf(built, sizeof built, "%.*s\n%.*s\n%lld %d %d", TEXT_ARG(one->provider),
                 TEXT_ARG(one->model), (long long)one->day, one->odd, one->output > 0);
    size_t at;
    if (length < 0 || (size_t)length >= sizeof built) {
        add_used(&s->lost, one); /* no event has names as long */
        return;
    }
    struct text key = {built, (size_t)length};
    if (map_find(s->places, key, &at)) {
        add_used(&s->used.at[at], one);
        return;
    }
    at = s->used.count;
    key = text_copy(s->call->arena, key);
    struct used fresh = *one;
    fresh.provider = text_slice(key, 0, one->provider.len);
    fresh.model =
        text_slice(key, one->provider.len + 1, one->provider.len + 1 + one->model.len);
    if (!LIST_ADD(&s->used, fresh) || !map_add(s->places, key, at))
        add_used(&s->lost, one);
}

void cost__take(struct spending *s, const struct json *line, int64_t at)
{
    const struct json *usage = json_get(line, "usage"), *cost = json_get(line, "cost");
    if (cost && cost->type != JSON_NULL)
        take_sent(s, cost);
    if (usage == NULL || usage->type != JSON_OBJECT) {
        s->unmetered++;
        return;
    }
    struct used one = {.provider = json_text(json_get(line, "provider")),
                       .model = json_text(json_get(line, "model")),
                       .day = zone_day(s->call->zone, at),
                       .calls = 1,
                       .input = tokens_of(usage, "input"),
                       .output = tokens_of(usage, "output"),
                       .cache_read = tokens_of(usage, "cache_read"),
                       .cache_creation = tokens_of(usage, "cache_creation")};
    one.odd = one.cache_read > one.input || one.cache_creation > one.input - one.cache_read;
    keep(s, &one);
}

/* ---- price lists
 * -------------------------------------------------------------------------------- */
struct price {
    int64_t input, output, cache_read, cache_creation; /* -1: none */
    bool beside;
};

static struct text said(const struct record *rec, const char *field)
{
    return json_text(record_value(rec, text_of(field)));
}

static int64_t millionths(const struct json *row, const char *column, int64_t otherwise)
{
    const struct json *v = json_get(row, column);
    return v && (v->type == JSON_INTEGER || v->type == JSON_NUMBER) ? llround(v->number * 1e6)
                                                                    : otherwise;
}

static const struct json *row_of(const struct record *list, struct text model)
{
    const struct json *rows = record_value(list, TEXT("prices"));
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next)
        if (text_same(json_text(json_get(row, "model")), model))
            return row;
    return NULL;
}

static struct price price_of(const struct json *row)
{
    struct price p = {.input = millionths(row, "input", 0)};
    p.output = millionths(row, "output", -1);
    p.cache_read = millionths(row, "cache_read", p.input);
    p.cache_creation = millionths(row, "cache_creation", p.input);
    p.beside = text_is(json_text(json_get(row, "cached")), "beside");
    return p;
}

/* The one in force on that day: the latest that has the model; of one day the one that names
 * the provider, then the one that was made last. */
static const struct record *list_for(const struct record_list *lists, const struct used *u,
                                     const struct json **row)
{
    const struct record *best = NULL;
    int64_t best_day = 0;
    for (size_t i = 0; i < lists->count; i++) {
        const struct record *one = lists->items[i];
        struct text provider = said(one, "provider");
        int64_t day;
        const struct json *found;
        if (!date_read(said(one, "valid_from"), &day) || day > u->day ||
            (provider.len && !text_same(provider, u->provider)) ||
            (found = row_of(one, u->model)) == NULL)
            continue;
        bool later = best == NULL || day > best_day ||
                     (day == best_day && provider.len && !said(best, "provider").len);
        if (!later)
            continue;
        best = one;
        best_day = day;
        *row = found;
    }
    return best;
}

static enum err lists_in_force(struct call *call, struct records *r, struct reader *db,
                               struct record_list *out)
{
    const struct kind *k = record_model(r)->prices_kind;
    struct call *engine = call_beside(call->arena, call);
    struct buf states = buf_in(call->arena, 4096);
    *out = (struct record_list){0};
    if (k == NULL)
        return OK;
    engine->actor = actor_system(call);
    for (size_t i = 0; i < k->state_count; i++)
        if (k->states[i].rest && !k->states[i].end)
            buf_print(&states, "%s%.*s", states.len ? "," : "", TEXT_ARG(k->states[i].name));
    struct filter by = {TEXT("state"), buf_text(&states)};
    struct list_query q = {.filters = &by,
                           .filter_count = 1,
                           .limit = LISTS_MOST,
                           .sort = TEXT("-valid_from,-created_at")};
    return record_list(engine, r, db, k, &q, out);
}

/* ---- what it comes to
 * ---------------------------------------------------------------------------- */
/* False: the list does not say what these tokens cost. */
static bool worth(const struct price *p, const struct used *u, __int128 *out)
{
    int64_t input = u->input;
    if (u->output && p->output < 0)
        return false;
    if (!p->beside && u->odd)
        return false;
    if (!p->beside)
        input -= u->cache_read + u->cache_creation;
    *out = (__int128)input * p->input + (__int128)u->output * (p->output < 0 ? 0 : p->output) +
           (__int128)u->cache_read * p->cache_read +
           (__int128)u->cache_creation * p->cache_creation;
    return true;
}

static void add_currency(struct cost *c, struct text currency, const struct used *u, __int128 n)
{
    size_t i = 0;
    while (i < c->currency_count && !text_same(c->currencies[i].currency, currency))
        i++;
    if (i == CURRENCIES_MOST) {
        add_used(&c->unpriced, u);
        return;
    }
    if (i == c->currency_count)
        c->currencies[c->currency_count++].currency = currency;
    c->currencies[i].total += n;
    c->currencies[i].calls += u->calls;
}

static void add_line(struct cost *c, const struct record *list, const struct used *u,
                     __int128 n)
{
    for (size_t i = 0; i < c->line_count; i++) {
        struct cost_line *l = &c->lines[i];
        if (l->list != list || !text_same(l->used.provider, u->provider) ||
            !text_same(l->used.model, u->model))
            continue;
        add_used(&l->used, u);
        l->total += n;
        return;
    }
    if (c->line_count == COST_LINES_MOST) {
        c->capped = true;
        return;
    }
    c->lines[c->line_count++] = (struct cost_line){.used = *u, .list = list, .total = n};
}

static void price_one(struct cost *c, const struct record_list *lists, const struct used *u)
{
    const struct json *row = NULL;
    const struct record *list = list_for(lists, u, &row);
    struct price p = row ? price_of(row) : (struct price){0};
    __int128 n = 0;
    if (list == NULL || !worth(&p, u, &n)) {
        add_used(&c->unpriced, u);
        add_line(c, NULL, u, 0);
        return;
    }
    add_currency(c, said(list, "currency"), u, n);
    add_line(c, list, u, n);
}

enum err monitor_cost(struct call *call, struct records *r, struct reader *db,
                      const struct answered *a, struct cost *out)
{
    const struct spending *s = a->spending;
    struct record_list lists;
    *out = (struct cost){.lines = NEW_MANY(call->arena, COST_LINES_MOST, struct cost_line)};
    if (s == NULL)
        return OK;
    TRY(lists_in_force(call, r, db, &lists));
    for (size_t i = 0; i < s->used.count; i++)
        price_one(out, &lists, &s->used.at[i]);
    add_used(&out->unpriced, &s->lost);
    out->capped = out->capped || s->lost.calls || lists.total > (int64_t)lists.count;
    out->unmetered = s->unmetered;
    out->sent = s->sent;
    out->sent_count = s->sent_count;
    out->unread = s->unread;
    return OK;
}
