/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/guest.c — what the queries of checks may read: the records, their links and units, the
 * versions, and of people only who they are. */
#include "model/internal.h"
#include "store/store.h"

#define ALLOW(g, table, hides, ...)                                                            \
    do {                                                                                       \
        static const char *const names[] = {__VA_ARGS__};                                      \
        allow((g), text_of(table), names, COUNT(names), (hides));                              \
    } while (0)

#define COLUMNS_MOST 16

static void allow(struct guest *g, struct text table, const char *const *names, size_t count,
                  bool hides)
{
    struct text columns[COLUMNS_MOST];
    for (size_t i = 0; i < count && i < COLUMNS_MOST; i++)
        columns[i] = text_of(names[i]);
    guest_allow(g, table, columns, count, hides);
}

static void allow_rows(struct guest *g, struct arena *a, const struct kind *k,
                       const struct field *f)
{
    struct text *columns = NEW_MANY(a, f->column_count + 2, struct text);
    columns[0] = TEXT("record");
    columns[1] = TEXT("pos");
    for (size_t i = 0; i < f->column_count; i++)
        columns[i + 2] = f->columns[i].name;
    guest_allow(g, text_print(a, "%.*s__%.*s", TEXT_ARG(k->name), TEXT_ARG(f->name)), columns,
                f->column_count + 2, false);
}

static void allow_kind(struct guest *g, struct arena *a, const struct kind *k)
{
    struct text *columns = NEW_MANY(a, k->field_count + 3, struct text);
    size_t n = 0;
    columns[n++] = TEXT("id"); /* room: three and every field */
    columns[n++] = TEXT("ledger");
    columns[n++] = TEXT("commitment");
    for (size_t i = 0; i < k->field_count; i++) {
        if (field_is_column(&k->fields[i]))
            columns[n++] = k->fields[i].name; /* room: every field */
        else if (k->fields[i].type->form == FORM_ROWS)
            allow_rows(g, a, k, &k->fields[i]);
    }
    guest_allow(g, k->name, columns, n, false);
}

const struct guest *model__guest(struct arena *a, const struct model *m)
{
    struct guest *g = guest_in(a);
    for (size_t i = 0; i < m->kind_count; i++)
        allow_kind(g, a, &m->kinds[i]);
    ALLOW(g, "link", false, "from_kind", "from_id", "type", "pos", "to_kind", "to_id", "free");
    ALLOW(g, "unit_closure", false, "ancestor", "descendant", "depth");
    ALLOW(g, "version", true, "kind", "id", "version", "at", "ledger", "body");
    ALLOW(g, "stay", false, "kind", "id", "version", "state", "since", "until", "person", "move");
    ALLOW(g, "series", false, "kind", "id", "version", "name", "at", "until", "status", "alarm",
          "value", "n", "low", "high", "limit_low", "limit_high", "source");
    ALLOW(g, "event_source", true, "id", "kind", "record");
    ALLOW(g, "event_segment", true, "source", "n", "begun", "events", "ledger");
    ALLOW(g, "waived", false, "kind", "id", "version", "waiver", "person", "duty", "move",
          "at");
    ALLOW(g, "acknowledgement", true, "kind", "record", "version", "person", "at");
    ALLOW(g, "person", true, "id", "name", "unit", "disabled", "waits_by", "created_at");
    ALLOW(g, "role_grant", true, "person", "role", "unit", "state", "at");
    return g;
}
