/* SPDX-License-Identifier: Apache-2.0 */
/* model/lookup.c — finding things by name in a loaded model.
 * The lists are short (tens of kinds, tens of fields), so they are walked. */
#include "model/internal.h"

#define FIND(list, count, member, wanted)                                                      \
    for (size_t i = 0; i < (count); i++)                                                       \
        if (text_same((list)[i].member, wanted))                                               \
            return &(list)[i];                                                                 \
    return NULL

const struct kind *model_kind(const struct model *m, struct text name)
{
    FIND(m->kinds, m->kind_count, name, name);
}

const struct role *model_role(const struct model *m, struct text name)
{
    FIND(m->roles, m->role_count, name, name);
}

const struct framework *model_framework(const struct model *m, struct text name)
{
    FIND(m->frameworks, m->framework_count, name, name);
}

const struct check *model_check(const struct model *m, struct text name)
{
    FIND(m->checks, m->check_count, name, name);
}

const struct gather *model_gather(const struct model *m, const struct field *into)
{
    for (size_t i = 0; i < m->gather_count; i++)
        if (m->gathers[i].into == into)
            return &m->gathers[i];
    return NULL;
}

static const struct method *method_of(const struct model *m, struct text name, bool risk)
{
    const struct method *standard = NULL;
    for (size_t i = 0; i < m->method_count; i++) {
        const struct method *one = &m->methods[i];
        if (risk != (one->risk != NULL))
            continue;
        if (text_same(one->name, name))
            return one;
        standard = one->standard ? one : standard;
    }
    return standard;
}

const struct method *model_risk_method(const struct model *m, struct text name)
{
    return method_of(m, name, true);
}

const struct method *model_readiness_method(const struct model *m, struct text name)
{
    return method_of(m, name, false);
}

const struct field *kind_field(const struct kind *k, struct text name)
{
    FIND(k->fields, k->field_count, name, name);
}

const struct move *kind_move(const struct kind *k, struct text name)
{
    FIND(k->moves, k->move_count, name, name);
}

static const struct requirement *row_of(const struct framework *f, struct text row)
{
    FIND(f->rows, f->row_count, row, row);
}

const struct requirement *model_requirement(const struct model *m, struct text id)
{
    const struct framework *f = model_framework(m, text_cut(&id, ':'));
    return f == NULL ? NULL : row_of(f, id);
}

ptrdiff_t kind_state(const struct kind *k, struct text name)
{
    for (size_t i = 0; i < k->state_count; i++)
        if (text_same(k->states[i].name, name))
            return (ptrdiff_t)i;
    return -1;
}
