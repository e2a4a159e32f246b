/* SPDX-License-Identifier: Apache-2.0 */
/* tools/embed.c — puts every file below a folder into the program.
 *
 *   embed FOLDER OUT.S OUT.c OUT.d HEADER STRUCT FUNCTION
 *
 * OUT.S holds the bytes (.incbin, read-only section). OUT.c holds a sorted table of
 * `const struct STRUCT {struct text path, bytes; …}` from HEADER and the function
 * `const struct STRUCT *FUNCTION(size_t *count)`. OUT.d names every file and folder for ninja,
 * so that an edit, a new file and a removed one all build again. Hidden files are left out.
 * Runs on the building machine and uses libc only. */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct output {
    FILE *assembly, *table, *depend;
    const char *function;
    size_t root_len; /* of the folder's path and the slash after it */
    size_t count;
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "embed: %s: %s\n", what, why);
    exit(1);
}

static FILE *create(const char *path)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        give_up(path, strerror(errno));
    return f;
}

static char *joined(const char *folder, const char *name)
{
    size_t room = strlen(folder) + strlen(name) + 2;
    char *path = malloc(room);
    if (path == NULL)
        give_up(folder, "out of memory");
    snprintf(path, room, "%s/%s", folder, name);
    return path;
}

/* Ninja reads the dependency file as a makefile does. */
static void put_dependency(FILE *out, const char *path)
{
    fputs(" \\\n  ", out);
    for (; *path != '\0'; path++) {
        if (*path == ' ' || *path == '#' || *path == '\\')
            fputc('\\', out);
        if (*path == '$')
            fputc('$', out);
        fputc(*path, out);
    }
}

static void check_name(const char *path)
{
    for (const char *c = path; *c != '\0'; c++)
        if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ')
            give_up(path, "a name with quotes, backslashes or control characters");
}

static void put_file(struct output *o, const char *path, long long size)
{
    check_name(path);
    fprintf(o->assembly, "    .balign 16\n    .globl %s_%zu\n    .hidden %s_%zu\n", o->function,
            o->count, o->function, o->count);
    fprintf(o->assembly, "%s_%zu:\n    .incbin \"%s\", 0, %lld\n    .byte 0\n", o->function,
            o->count, path, size);
    fprintf(o->table, "    ONE(\"%s\", %zu, %lld)%s\n", path + o->root_len, o->count, size,
            " \\");
    put_dependency(o->depend, path);
    o->count++;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static void walk(struct output *o, const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_shown, by_bytes);
    if (count < 0)
        give_up(folder, strerror(errno));
    put_dependency(o->depend, folder);
    for (int i = 0; i < count; i++) {
        struct stat about;
        char *path = joined(folder, entries[i]->d_name);
        if (stat(path, &about) != 0)
            give_up(path, strerror(errno));
        if (S_ISDIR(about.st_mode))
            walk(o, path);
        else if (S_ISREG(about.st_mode))
            put_file(o, path, (long long)about.st_size);
        free(path);
        free(entries[i]);
    }
    free(entries);
}

static void close_well(FILE *f, const char *path)
{
    if (ferror(f) || fclose(f) != 0)
        give_up(path, "could not be written");
}

static void put_function(struct output *o, const char *header, const char *type)
{
    fprintf(o->table,
            "\n#include \"%s\"\n\n"
            "#define ONE(path, n, size) extern const char %s_##n[];\nFILES\n#undef ONE\n\n"
            "static const struct %s all[] = {\n"
            "#define ONE(path, n, size) {{path, sizeof(path) - 1}, {%s_##n, size}},\n"
            "    FILES\n#undef ONE\n    {{\"\", 0}, {\"\", 0}},\n};\n\n",
            header, o->function, type, o->function);
    fprintf(o->table,
            "const struct %s *%s(size_t *count)\n{\n    *count = COUNT(all) - 1;\n"
            "    return all;\n}\n",
            type, o->function);
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fputs("usage: embed FOLDER OUT.S OUT.c OUT.d HEADER STRUCT FUNCTION\n", stderr);
        return 2;
    }
    struct output o = {create(argv[2]), create(argv[3]),     create(argv[4]),
                       argv[7],         strlen(argv[1]) + 1, 0};
    fputs(
        "/* Made by tools/embed.c; do not edit. */\n#ifdef __CET__\n#include <cet.h>\n#endif\n"
        "    .section .rodata\n",
        o.assembly);
    fputs("/* Made by tools/embed.c; do not edit. */\n#define FILES \\\n", o.table);
    fprintf(o.depend, "%s:", argv[2]);
    walk(&o, argv[1]);
    fputs("    .section .note.GNU-stack, \"\", %progbits\n", o.assembly);
    put_function(&o, argv[5], argv[6]);
    fputc('\n', o.depend);
    close_well(o.assembly, argv[2]);
    close_well(o.table, argv[3]);
    close_well(o.depend, argv[4]);
    return 0;
}
