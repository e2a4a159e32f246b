/* SPDX-License-Identifier: Apache-2.0 */
/* cli/verify.c — is everything as it was written? Only reads; may run beside a server. Exit 0
 * intact, 1 tampered, 2 cannot tell. */
#include "cli/cli.h"
#include "monitor/monitor.h"

#include <stdio.h>

static const struct option_rule rules[] = {
    {"deep", false}, {"checkpoint", true}, {"json", false}};

static void put_notes(struct json_out *o, const char *name, const struct finding *list)
{
    json_key(o, name);
    json_open(o, '[');
    for (const struct finding *f = list; f; f = f->next) {
        json_open(o, '{');
        json_key(o, "place");
        json_put_text(o, f->place);
        json_key(o, "what");
        json_put_text(o, f->what);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void print_json(const struct caller *c, struct call *call, const struct verification *v, bool deep)
{
    struct buf b = buf_in(call->arena, 4u << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    json_key(&o, "intact");
    json_put_bool(&o, v->finding_count == 0 && !v->untold.len);
    json_key(&o, "deep");
    json_put_bool(&o, deep);
    json_key(&o, "entries");
    json_put_integer(&o, (int64_t)v->entries);
    json_key(&o, "checkpoints");
    json_put_integer(&o, (int64_t)v->checkpoints);
    json_key(&o, "root");
    json_put_text(&o, base64_of(call->arena, hash_text(&v->root)));
    if (v->untold.len) {
        json_key(&o, "untold");
        json_put_text(&o, v->untold);
    }
    put_notes(&o, "redacted", v->notes);
    put_notes(&o, "findings", v->findings);
    json_close(&o, '}');
    write_file(c, "-", text_join(call->arena, buf_text(&b), TEXT("\n")));
}

static void print_words(const struct caller *c, struct call *call, const struct verification *v, bool deep)
{
    if (v->untold.len)
        fprintf(c->out, "cannot tell: %.*s\n", TEXT_ARG(v->untold));
    else if (!v->finding_count)
        fprintf(c->out, "intact: %llu entries, %llu checkpoints, root %.*s%s\n",
               (unsigned long long)v->entries, (unsigned long long)v->checkpoints,
               TEXT_ARG(base64_of(call->arena, hash_text(&v->root))),
               deep ? ", and every record, file, person and role agrees with them" : "");
    for (const struct finding *f = v->notes; f; f = f->next)
        fprintf(c->out, "taken out: %.*s: %.*s\n", TEXT_ARG(f->place), TEXT_ARG(f->what));
    if (v->note_count > 100)
        fprintf(c->out, "… %zu in all: the first 100 are shown\n", v->note_count);
    for (const struct finding *f = v->findings; f; f = f->next)
        fprintf(c->out, "TAMPERED %.*s: %.*s\n", TEXT_ARG(f->place), TEXT_ARG(f->what));
    if (v->finding_count >= 100)
        fprintf(c->out, "… and perhaps more: the first 100 findings are shown\n");
}

static int verify(struct site *s, const struct args *args)
{
    struct verification v;
    struct text note = {0};
    enum err e = OK;
    const char *checkpoint = args_option(args, "checkpoint");
    bool deep = args_flag(args, "deep");
    verification_start(&v);
    if (checkpoint)
        note = read_file(s->caller, s->call, checkpoint, 1u << 16, &e);
    if (e == OK)
        e = record_verify(s->call, s->store, s->model, s->signer->origin, s->signer->public_key,
                          deep, note, &v);
    if (e == OK && deep && !v.untold.len)
        e = monitor_count_verify(s->call, s->store, &v);
    if (e != OK && !v.finding_count) {
        failed(s->caller, s->call, e);
        return 2;
    }
    if (args_flag(args, "json"))
        print_json(s->caller, s->call, &v, deep);
    else
        print_words(s->caller, s->call, &v, deep);
    return v.finding_count ? 1 : v.untold.len ? 2 : 0;
}

static int run(const struct args *args)
{
    struct site s;
    struct place place = site_place(args);
    if (!place.where || site_open_reading(&s, args->caller, place) != 0)
        return 2;
    int code = verify(&s, args);
    site_close(&s);
    return code;
}

const struct command command_verify = {
    "verify",
    "aimwell verify [--deep] [--checkpoint FILE] [--json]\n\n"
    "Recomputes the ledger from its stored leaves: hashes, tiles, signatures, order. --deep "
    "also\n"
    "holds every record, comment and evidence file against it. --checkpoint FILE checks that "
    "a\n"
    "checkpoint you kept earlier is a prefix of this ledger. Exit 0 intact, 1 tampered, 2 "
    "cannot\ntell: also when the store is of an earlier format or works with another model.",
    "prove that nothing was altered",
    rules,
    COUNT(rules),
    run};
