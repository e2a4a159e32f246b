/* SPDX-License-Identifier: Apache-2.0 */
/* base/err.c — what each error of the list in base.h means outside: status, exit code, words. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    int http, exit;
    const char *code, *words;
} errors[] = {
#define X(name, http, exit, code, words) {http, exit, code, words},
    ERRORS(X)
#undef X
};

static const char *const words_zh[] = {
    [ERR_OK] = "完成",
    [ERR_MALFORMED] = "无法读取该请求",
    [ERR_SIGNED_OUT] = "请先登录",
    [ERR_DENIED] = "没有权限",
    [ERR_MISSING] = "未找到",
    [ERR_GONE] = "内容已依法删除",
    [ERR_METHOD] = "此处不提供该方法",
    [ERR_CONFLICT] = "规则不允许此操作",
    [ERR_STALE] = "其他人已在此期间作了更改",
    [ERR_TOO_LARGE] = "超出允许的大小",
    [ERR_MEDIA] = "此处不接受该内容类型",
    [ERR_INVALID] = "有些字段需要更正",
    [ERR_ELSEWHERE] = "此服务器不代表该名称",
    [ERR_BUSY] = "请求过多，请稍后再试",
    [ERR_BUG] = "发生意外故障，已记录",
    [ERR_IO] = "存储出现故障，未确认任何更改",
    [ERR_SLOW] = "耗时过长，已中止；请缩小查询范围",
};
_Static_assert(COUNT(words_zh) == COUNT(errors), "every error has words in both languages");

/* A number that is no error is itself a bug, and is shown as one. */
static enum err known(enum err e)
{
    return (size_t)e < COUNT(errors) ? e : ERR_BUG;
}

int err_http(enum err e)
{
    return errors[known(e)].http;
}

int err_exit(enum err e)
{
    return errors[known(e)].exit;
}

const char *err_code(enum err e)
{
    return errors[known(e)].code;
}

const char *err_words(enum err e)
{
    return errors[known(e)].words;
}

const char *words_of(const struct call *call, enum err e)
{
    return say(call, errors[known(e)].words, words_zh[known(e)]);
}

void panic(const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    log_line(LOG_ERROR, "panic", "%s", line);
    abort();
}
