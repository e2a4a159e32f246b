/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/view.c — the kind that `is: view`: lists that people keep by a name, for
 * themselves, a unit or everybody; and what the address of a list may say. An address is a
 * question to one register, never a place to go to: it has no scheme, no host and no path, and
 * every name in it is one of ours. Who reads a view: record/view.c. */
#include "model/internal.h"

#include <string.h>

static bool is_line(const struct kind *k, const char *name, bool must)
{
    const struct field *f = kind_field(k, text_of(name));
    return f != NULL && f->type == &type_text && !f->many && !f->guarded &&
           (!must || f->required);
}

static bool says(const struct field *f, const char *value)
{
    return scale_option(f->scale, text_of(value)) != NULL;
}

/* Only a move shares: who may, and with whom, is said by its file. */
static bool shares(const struct kind *k)
{
    const struct field *f = kind_field(k, TEXT("shared"));
    return f != NULL && f->type == &type_choice && !f->many && f->scale != NULL &&
           f->scale->count == 3 && f->fixed_in == UINT64_MAX && says(f, "me") &&
           says(f, "unit") && says(f, "everyone");
}

void model__view(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct field *opens = kind_field(k, TEXT("opens"));
    bool rests = false;
    for (size_t i = 0; i < k->state_count; i++)
        rests = rests || (k->states[i].rest && !k->states[i].end);
    if (!is_line(k, "register", true) || !is_line(k, "address", false) || !shares(k) ||
        opens == NULL || opens->type != &type_yes_no || opens->fixed_in != UINT64_MAX || !rests)
        model__mistake(l, json_get(d->source->root, "is"), "unknown",
                       "a view needs texts \"register\" (required) and \"address\", a choice "
                       "\"shared\" of me, unit, everyone and a yes_no \"opens\", both fixed "
                       "\"any\", and a state of rest that is no end");
    if (l->model->view_kind == NULL)
        l->model->view_kind = k;
}

/* ---- what an address says ------------------------------------------------------------------
 */

#define PARTS_MOST 64
#define NAMES_MOST 40

struct reading {
    struct arena *arena;
    const struct kind *kind;
    struct text at; /* the part that is wrong */
    unsigned seen;  /* of `once`, a bit each */
    size_t parts;
};

static const char *const once[] = {"q", "sort", "group", "shape", "columns"};
enum once_of { ONCE_Q, ONCE_SORT, ONCE_GROUP, ONCE_SHAPE, ONCE_COLUMNS };

/* As browsers write a query, and nothing else: no "/", no quotes, no line ends. */
static bool spelled(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (c == '\0' || strchr("*-._~%+,:@", c) == NULL))
            return false;
    }
    return true;
}

/* No line ends, no controls, nothing that turns the direction of what follows. */
static bool printable(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        bool turns =
            c == 0xE2 && i + 2 < t.len &&
            (((unsigned char)t.at[i + 1] == 0x80 && (unsigned char)t.at[i + 2] >= 0xA8 &&
              (unsigned char)t.at[i + 2] <= 0xAE) ||
             ((unsigned char)t.at[i + 1] == 0x81 && (unsigned char)t.at[i + 2] >= 0xA6));
        if (c < 0x20 || c == 0x7F || turns)
            return false;
    }
    return true;
}

static enum list_fault wrong(struct reading *r, struct text at, enum list_fault fault)
{
    r->at = at;
    return fault;
}

static enum list_fault fields_of(struct reading *r, struct text names, bool signs)
{
    size_t count = 0;
    while (names.len > 0) {
        struct text one = text_cut(&names, ',');
        if (signs && one.len > 0 && one.at[0] == '-')
            one = text_from(one, 1);
        if (kind_field(r->kind, one) == NULL)
            return wrong(r, one, LIST_UNKNOWN);
        if (++count > NAMES_MOST)
            return wrong(r, one, LIST_MANY);
    }
    return LIST_GOOD;
}

/* "board", "calendar:2026-12": a shape that the register has. */
static enum list_fault shape_of(struct reading *r, struct text value)
{
    struct text rest = value, name = text_cut(&rest, ':');
    if (rest.len > 40)
        return wrong(r, TEXT("shape"), LIST_VALUE);
    for (const struct json *v = r->kind->views ? r->kind->views->first : NULL; v; v = v->next)
        if (text_same(json_text(json_get(v, "shape")), name))
            return LIST_GOOD;
    return wrong(r, name, LIST_UNKNOWN);
}

static enum list_fault filter_of(struct reading *r, struct text name)
{
    static const char *const ways[] = {"not", "gte", "lte", "gt", "lt", "empty"};
    struct text rest = name, base = text_cut(&rest, '.');
    bool known = base.len == name.len;
    for (size_t i = 0; i < COUNT(ways); i++)
        known = known || text_is(rest, ways[i]);
    if (!known || kind_field(r->kind, base) == NULL)
        return wrong(r, name, LIST_UNKNOWN);
    return LIST_GOOD;
}

static enum list_fault part_of(struct reading *r, struct text name, struct text value)
{
    size_t which = 0;
    while (which < COUNT(once) && !text_is(name, once[which]))
        which++;
    if (which == COUNT(once))
        return filter_of(r, name);
    if (r->seen >> which & 1)
        return wrong(r, name, LIST_TWICE);
    r->seen |= 1u << which;
    if (which == ONCE_SORT || which == ONCE_GROUP || which == ONCE_COLUMNS)
        return fields_of(r, value, which == ONCE_SORT);
    return which == ONCE_SHAPE && value.len > 0 ? shape_of(r, value) : LIST_GOOD;
}

static enum list_fault read_part(struct reading *r, struct text part)
{
    struct text value = part, name = text_cut(&value, '='), plain_name, plain;
    if (name.len == part.len || !spelled(name) || !spelled(value) ||
        !url_decode(r->arena, name, true, &plain_name) ||
        !url_decode(r->arena, value, true, &plain) || !printable(plain_name))
        return wrong(r, TEXT(""), LIST_SPELLED);
    if (++r->parts > PARTS_MOST)
        return wrong(r, plain_name, LIST_MANY);
    if (!printable(plain))
        return wrong(r, plain_name, LIST_VALUE);
    return part_of(r, plain_name, plain);
}

enum list_fault list_address_check(struct arena *a, const struct kind *k, struct text address,
                                   struct text *at)
{
    struct reading r = {.arena = a, .kind = k};
    enum list_fault fault = address.len > LIST_ADDRESS_MOST ? LIST_LONG : LIST_GOOD;
    while (address.len > 0 && fault == LIST_GOOD)
        fault = read_part(&r, text_cut(&address, '&'));
    *at = r.at;
    return fault;
}
