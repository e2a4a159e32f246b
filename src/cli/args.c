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
    {"data", true}, {"store", true}, {"store-file", true}, {"site", true}, {"help", false}, {"version", false}};

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
        fprintf(out->caller->err, "aimwell: --%s is given twice\n", name);
        return false;
    }
    if (out->option_count == COUNT(out->options))
        return false;
    out->options[out->option_count].name = name;
    out->options[out->option_count++].value = value;
    return true;
}

/* The word after --name, or NULL. What may take one does not take the next option for it. */
static char *value_after(const struct option_rule *rule, int argc, char **argv, int i)
{
    if (rule->value == NO_VALUE || i + 1 >= argc)
        return NULL;
    return rule->value == MAY_TAKE_VALUE && argv[i + 1][0] == '-' ? NULL : argv[i + 1];
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
            fprintf(out->caller->err, "aimwell: there is no option %s here\n", argv[i]);
            good = false;
            continue;
        }
        if (strncmp(argv[i], "--", 2) != 0) {
            if (out->word_count == COUNT(out->words))
                return fprintf(out->caller->err, "aimwell: too many words\n"), false;
            out->words[out->word_count++] = argv[i];
            continue;
        }
        const char *name = argv[i] + 2, *equals = strchr(name, '=');
        size_t length = equals ? (size_t)(equals - name) : strlen(name);
        const struct option_rule *rule = find(name, length, rules, rule_count);
        if (!rule)
            rule = find(name, length, common, COUNT(common));
        if (!rule || (equals && rule->value == NO_VALUE)) {
            fprintf(out->caller->err, "aimwell: there is no option %s here\n", argv[i]);
            good = false;
            continue;
        }
        const char *value = equals ? equals + 1 : value_after(rule, argc, argv, i);
        i += !equals && value;
        if (rule->value == TAKES_VALUE && !value) {
            fprintf(out->caller->err, "aimwell: --%s needs a value\n", rule->name);
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

int wrong_action(const struct args *args, const char *command, const char *given,
                 const char *known)
{
    if (*given)
        fprintf(args->caller->err, "aimwell %s: there is no %s here; it knows: %s\n", command, given,
                known);
    else
        fprintf(args->caller->err, "aimwell %s: say what: %s\n", command, known);
    return 2;
}

/* The first line of a file that others need not read; kept until the process ends. */
static const char *read_store_file(const struct args *a, const char *path)
{
    static char line[4096];
    FILE *f = fopen(path, "r");
    bool read = f && fgets(line, sizeof line, f);
    if (f)
        fclose(f);
    if (read)
        line[strcspn(line, "\r\n")] = '\0';
    if (read && *line)
        return line;
    fprintf(a->caller->err, "aimwell: --store-file %s: has no address of a store\n", path);
    return NULL;
}

static const char *where_of(const struct args *a)
{
    const char *data = args_option(a, "data"), *store = args_option(a, "store");
    const char *file = args_option(a, "store-file");
    if (!!data + !!store + !!file > 1) {
        fprintf(a->caller->err, "aimwell: give one of --data, --store and --store-file\n");
        return NULL;
    }
    if (!data && !store && !file) {
        data = getenv("AIMWELL_DATA");
        store = getenv("AIMWELL_STORE");
        file = getenv("AIMWELL_STORE_FILE");
    }
    if (file && *file && !store)
        return read_store_file(a, file);
    if (store && *store)
        return store;
    if (data && *data)
        return data;
    fprintf(a->caller->err, "aimwell: say where the data is: --data DIR, --store URL or --store-file FILE\n");
    return NULL;
}

const char *site_own(const struct args *a)
{
    const char *own = args_option(a, "site");
    if (!own)
        own = getenv("AIMWELL_SITE");
    return own && *own ? own : NULL;
}

struct place site_place(const struct args *a)
{
    if (a->caller->open) /* the server's environment is not the caller's */
        return (struct place){a->caller->open->where.at, args_option(a, "site")};
    return (struct place){where_of(a), site_own(a)};
}
