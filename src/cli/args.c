/* SPDX-License-Identifier: Apache-2.0 */
/* cli/args.c — words and options of a command line, and small things every command needs. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct option_rule common[] = {
    {"data", true}, {"store", true}, {"site", true}, {"help", false}, {"version", false}};

static const struct option_rule *find(const char *name, size_t length,
                                      const struct option_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(rules[i].name) == length && !strncmp(rules[i].name, name, length))
            return &rules[i];
    return NULL;
}

static bool add_option(struct args *out, const char *name, const char *value)
{
    if (args_flag(out, name)) {
        fprintf(stderr, "aimwell: --%s is given twice\n", name);
        return false;
    }
    if (out->option_count == COUNT(out->options))
        return false;
    out->options[out->option_count].name = name;
    out->options[out->option_count++].value = value;
    return true;
}

bool args_read(int argc, char **argv, const struct option_rule *rules, size_t rule_count,
               struct args *out, bool *help)
{
    bool good = true;
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "-h")) {
            *help = true;
            continue;
        }
        if (argv[i][0] == '-' && argv[i][1] && argv[i][1] != '-') {
            fprintf(stderr, "aimwell: there is no option %s here\n", argv[i]);
            good = false;
            continue;
        }
        if (strncmp(argv[i], "--", 2) != 0) {
            if (out->word_count == COUNT(out->words))
                return fprintf(stderr, "aimwell: too many words\n"), false;
            out->words[out->word_count++] = argv[i];
            continue;
        }
        const char *name = argv[i] + 2, *equals = strchr(name, '=');
        size_t length = equals ? (size_t)(equals - name) : strlen(name);
        const struct option_rule *rule = find(name, length, rules, rule_count);
        if (!rule)
            rule = find(name, length, common, COUNT(common));
        if (!rule || (equals && !rule->value)) {
            fprintf(stderr, "aimwell: there is no option %s here\n", argv[i]);
            good = false;
            continue;
        }
        const char *value = equals                        ? equals + 1
                            : rule->value && i + 1 < argc ? argv[++i]
                                                          : NULL;
        if (rule->value && !value) {
            fprintf(stderr, "aimwell: --%s needs a value\n", rule->name);
            good = false;
        } else if (!add_option(out, rule->name, value))
            good = false;
        *help = *help || !strcmp(rule->name, "help");
    }
    return good;
}

const char *args_option(const struct args *a, const char *name)
{
    for (size_t i = 0; i < a->option_count; i++)
        if (!strcmp(a->options[i].name, name))
            return a->options[i].value;
    return NULL;
}

bool args_flag(const struct args *a, const char *name)
{
    for (size_t i = 0; i < a->option_count; i++)
        if (!strcmp(a->options[i].name, name))
            return true;
    return false;
}

int wrong_action(const char *command, const char *given, const char *known)
{
    if (*given)
        fprintf(stderr, "aimwell %s: there is no %s here; it knows: %s\n", command, given,
                known);
    else
        fprintf(stderr, "aimwell %s: say what: %s\n", command, known);
    return 2;
}

enum lang caller_lang(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *set = getenv(names[i]);
        if (set && *set)
            return strncmp(set, "zh", 2) ? LANG_EN : LANG_ZH;
    }
    return LANG_EN;
}

int failed(const struct call *call, enum err e)
{
    fprintf(stderr, "aimwell: %s\n", words_of(call, e));
    for (const struct problem *p = call->problems; p; p = p->next) {
        fprintf(stderr, "  ");
        if (p->field.len)
            fprintf(stderr, "%.*s: ", TEXT_ARG(p->field));
        fprintf(stderr, "%.*s", TEXT_ARG(p->message));
        if (p->source.len)
            fprintf(stderr, " (%.*s)", TEXT_ARG(p->source));
        fprintf(stderr, "\n");
    }
    return err_exit(e);
}

struct text read_file(struct call *call, const char *path, size_t cap, enum err *e)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    *e = OK;
    if (!f || fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode)) {
        *e = problem(call, ERR_MISSING, text_of(path), "file", "%s",
                     f ? "is not a file" : strerror(errno));
        if (f)
            fclose(f);
        return (struct text){0};
    }
    if ((size_t)st.st_size > cap) {
        *e = problem(call, ERR_TOO_LARGE, text_of(path), "file", "is larger than %zu MiB",
                     cap >> 20);
        fclose(f);
        return (struct text){0};
    }
    char *at = arena_take(call->arena, (size_t)st.st_size + 1);
    size_t got = fread(at, 1, (size_t)st.st_size, f);
    fclose(f);
    if (got != (size_t)st.st_size)
        *e = problem(call, ERR_IO, text_of(path), "file", "could not be read to its end");
    return (struct text){at, got};
}

bool write_file(const char *path, struct text bytes)
{
    FILE *f = strcmp(path, "-") ? fopen(path, "wb") : stdout;
    bool good = f && fwrite(bytes.at, 1, bytes.len, f) == bytes.len && fflush(f) == 0;
    if (f && f != stdout)
        good = fsync(fileno(f)) == 0 && fclose(f) == 0 && good;
    if (!good)
        fprintf(stderr, "aimwell: %s: %s\n", path, strerror(errno));
    return good;
}
