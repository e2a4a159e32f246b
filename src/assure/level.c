/* SPDX-License-Identifier: Apache-2.0 */
/* assure/level.c — how far a row has come, 0 to 4, and the sentence that says what is in the
 * way. Levels are gated: nothing above an obstacle counts. Without data nothing is reached, and
 * a check can only hold a control back; what raises it is its record in the register. Proven is
 * what a check of the row shows at that level, and nothing else: what people say of a control,
 * evidence or not, is declared. Pure: no database. */
#include "assure/internal.h"

/* ---- rows proven by checks alone --------------------------------------------------------- */
static enum check_state state_of(const struct row_check *c)
{
    return c->result->state;
}

static bool passes_at(const struct row_readiness *row, int level)
{
    for (size_t i = 0; i < row->check_count; i++)
        if (row->checks[i].level == level && state_of(&row->checks[i]) == CHECK_PASS)
            return true;
    return false;
}

/* One that has no data takes nothing away from what another has shown of the same level. */
static bool hinders(const struct row_readiness *row, const struct row_check *c)
{
    return state_of(c) == CHECK_FAIL ||
           (state_of(c) == CHECK_NO_DATA && !passes_at(row, c->level));
}

/* The lowest check that is in the way; of several at that level, one that fails before one that
 * has no data. */
static const struct row_check *obstacle(const struct row_readiness *row)
{
    const struct row_check *found = NULL;
    for (size_t i = 0; i < row->check_count; i++) {
        const struct row_check *c = &row->checks[i];
        if (!hinders(row, c))
            continue;
        if (!found || c->level < found->level ||
            (c->level == found->level && state_of(c) == CHECK_FAIL &&
             state_of(found) == CHECK_NO_DATA))
            found = c;
    }
    return found;
}

static void nothing_more(struct arena *a, struct row_readiness *row)
{
    if (row->level == LEVEL_TOP)
        return;
    if (row->level == 0) {
        row->why_en = TEXT("No register in this release can prove it yet");
        row->why_zh = TEXT("本版本尚无台账能够证明此项");
        return;
    }
    if (row->level == 1 && row->row->records) {
        row->why_en = TEXT("Only the procedure is there; no register in this release holds the "
                           "records of what was done");
        row->why_zh = TEXT("仅有程序文件；本版本尚无台账保存所做工作的记录");
        return;
    }
    row->why_en = text_print(a, "No register in this release can prove more than level %d yet",
                             row->level);
    row->why_zh = text_print(a, "本版本的台账最多只能证明到 %d 级", row->level);
}

static void blame(struct arena *a, const struct check_result *c, struct row_readiness *row)
{
    row->why_en = check__why(a, c, LANG_EN);
    row->why_zh = check__why(a, c, LANG_ZH);
}

void level__from_checks(struct arena *a, struct row_readiness *row)
{
    const struct row_check *stop = obstacle(row);
    row->level = 0;
    for (size_t i = 0; i < row->check_count; i++) {
        const struct row_check *c = &row->checks[i];
        bool counts = state_of(c) == CHECK_PASS && (!stop || c->level < stop->level);
        if (counts && c->level > row->level)
            row->level = c->level;
    }
    row->proven = row->level > 0;
    if (stop)
        blame(a, stop->result, row);
    else
        nothing_more(a, row);
}

/* ---- rows that the register speaks for --------------------------------------------------- */
static void leave_out(const struct entry *entry, bool approved, struct row_readiness *row)
{
    row->applicable = !approved;
    row->level = 0;
    if (approved) {
        row->why_en = TEXT("It is left out, and the statement that justifies this is approved");
        row->why_zh = TEXT("已排除，且说明理由的声明已获批准");
    } else {
        row->why_en =
            TEXT("It is left out, but the statement that justifies this is not approved: "
                 "until then it counts");
        row->why_zh = TEXT("已排除，但说明理由的声明尚未批准：在此之前仍计入");
    }
}

static void tell_changed(struct row_readiness *row)
{
    row->why_en = TEXT("It was changed since the statement was signed, and counts as it was then "
                       "until a new one is signed");
    row->why_zh = TEXT("声明签署后又有变更：在签署新声明之前，按签署时的内容计入");
}

static void blame_state(struct arena *a, const struct entry *entry, struct row_readiness *row)
{
    const struct words *title = &entry->record->kind->states[entry->record->state].title;
    struct text en = words_in(*title, LANG_EN), zh = words_in(*title, LANG_ZH);
    row->why_en = text_print(a, "The register says “%.*s”", TEXT_ARG(en));
    row->why_zh = text_print(a, "台账中的状态为“%.*s”", TEXT_ARG(zh));
}

/* A failing check holds the row below the level that it would prove. */
static const struct check_result *hold_back(struct row_readiness *row)
{
    const struct check_result *holder = NULL;
    for (size_t i = 0; i < row->check_count; i++) {
        const struct row_check *c = &row->checks[i];
        if (state_of(c) != CHECK_FAIL || c->level > row->level)
            continue;
        row->level = c->level - 1;
        holder = c->result;
    }
    return holder;
}

/* A check that shows a level shows those below it, and none that fails is left at or below it. */
static bool is_proven(const struct row_readiness *row)
{
    for (size_t i = 0; i < row->check_count; i++)
        if (state_of(&row->checks[i]) == CHECK_PASS && row->checks[i].level >= row->level)
            return row->level > 0;
    return false;
}

static void blame_age(const struct entry *entry, struct row_readiness *row)
{
    if (!entry->fresh) {
        row->why_en = TEXT("None of its evidence was found good and still counts");
        row->why_zh = TEXT("没有已获认可且仍然有效的证据");
    } else {
        row->why_en = TEXT("Its last test is too long ago");
        row->why_zh = TEXT("距上次测试时间过长");
    }
}

void level__from_register(struct arena *a, const struct readiness_method *m,
                          const struct entry *entry, bool approved, struct row_readiness *row)
{
    row->level = 0;
    row->proven = false;
    row->entry = entry->record;
    row->declared_by = entry->by;
    row->declared_at = entry->since;
    if (!entry->record) {
        row->why_en = TEXT("It has no entry in the register yet");
        row->why_zh = TEXT("台账中尚无此项");
        return;
    }
    if (entry->excluded) {
        leave_out(entry, approved && !entry->unsigned_out, row);
        return;
    }
    if (entry->changed)
        tell_changed(row);
    bool stale = entry->level >= m->proof_from && (!entry->fresh || !entry->tested);
    row->level = stale ? (int)m->proof_without : entry->level;
    const struct check_result *holder = hold_back(row);
    row->proven = is_proven(row);
    if (holder) {
        blame(a, holder, row);
    } else if (stale) {
        blame_age(entry, row);
    } else if (row->level < LEVEL_TOP && !entry->changed) {
        blame_state(a, entry, row);
    }
}
