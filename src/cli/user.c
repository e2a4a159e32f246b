/* SPDX-License-Identifier: Apache-2.0 */
/* cli/user.c — people and API tokens from the command line. */
#include "cli/people.h"

#include <stdio.h>
#include <string.h>

size_t read_roles(struct call *call, const char *list, struct grant **out)
{
    struct text rest = text_of(list);
    size_t n = 0;
    *out = NEW_MANY(call->arena, rest.len + 1, struct grant);
    while (rest.len) {
        struct text unit = text_trim(text_cut(&rest, ','));
        struct text role = text_cut(&unit, '@');
        if (role.len)
            (*out)[n++] = (struct grant){role, unit};
    }
    return n;
}

static enum err find_person(struct site *s, const char *who, struct person *out)
{
    struct reader *r = store_reader(s->store);
    enum err e = access_person(s->call, r, text_of(who), out);
    store_return(s->store, r);
    return e;
}

enum err act_as(struct site *s, const char *email)
{
    struct person *people, *who = NEW(s->arena, struct person);
    size_t count;
    if (email) {
        TRY(find_person(s, email, who));
        if (who->disabled)
            return problem(s->call, ERR_CONFLICT, TEXT("as"), "disabled", "%s",
                           say(s->call, "the account is disabled: nothing is written for it"));
        s->call->actor = actor_command_for(s->call, who);
        return OK;
    }
    struct reader *r = store_reader(s->store);
    enum err e = access_people(s->call, r, (struct text){0}, (struct text){0}, 1, &people, &count);
    store_return(s->store, r);
    TRY(e);
    if (!count)
        return OK;
    return problem(
        s->call, ERR_INVALID, TEXT("as"), "required", "%s",
        say(s->call, "say for whom: --as EMAIL. What is written is theirs, so that they do not "
                     "approve it themselves"));
}

/* ---- user
 * ------------------------------------------------------------------------------------------ */
static const struct option_rule user_rules[] = {
    {"name", true}, {"roles", true}, {"password-file", true}, {"keep", false}, {"unit", true}};

static enum err add_user(struct site *s, const struct args *args)
{
    const char *email = args->words[1], *name = args_option(args, "name");
    const char *file = args_option(args, "password-file"), *unit = args_option(args, "unit");
    const char *roles = args_option(args, "roles");
    struct grant *grants;
    size_t count = read_roles(s->call, roles ? roles : "", &grants);
    struct text id, password = one_time_password(s->call);
    enum err e = OK;
    if (file)
        password = read_password(s->caller, s->call, file, &e);
    TRY(e);
    TRY(access_person_add(s->call, s->access, name ? text_of(name) : text_of(email),
                          text_of(email), password, !file || !args_flag(args, "keep"), unit ? text_of(unit) : (struct text){0},
                          grants, count, &id));
    fprintf(s->caller->out, "%.*s %s\n", TEXT_ARG(id), email);
    if (!file)
        fprintf(s->caller->out, "password: %.*s (shown once; they choose their own at the first log-in)\n",
               TEXT_ARG(password));
    return OK;
}

static enum err list_users(struct site *s)
{
    struct person *people;
    size_t count;
    struct reader *r = store_reader(s->store);
    enum err e =
        access_people(s->call, r, (struct text){0}, (struct text){0}, 10000, &people, &count);
    store_return(s->store, r);
    TRY(e);
    for (size_t i = 0; i < count; i++) {
        fprintf(s->caller->out, "%.*s\t%.*s\t%.*s\t", TEXT_ARG(people[i].id), TEXT_ARG(people[i].email),
               TEXT_ARG(people[i].name));
        for (size_t g = 0; g < people[i].grant_count; g++)
            fprintf(s->caller->out, "%s%.*s%s", g ? "," : "", TEXT_ARG(people[i].grants[g].role),
                   people[i].pending[g] ? "(pending)" : "");
        fprintf(s->caller->out, "%s%s\n", people[i].waits_by.len ? "\tunconfirmed" : "",
               people[i].disabled ? "\tdisabled" : "");
    }
    return OK;
}

static enum err disable_user(struct site *s, const char *who)
{
    struct person p;
    bool yes = true;
    TRY(find_person(s, who, &p));
    return access_person_change(s->call, s->access, p.id, NULL, NULL, NULL, &yes);
}

/* The command line gives at once: whoever sits at the server can read everything anyway, and the
 * ledger says that it was the command line. */
static enum err reset_user(struct site *s, const char *who)
{
    struct person p;
    struct text password = one_time_password(s->call);
    TRY(find_person(s, who, &p));
    TRY(access_password_once(s->call, s->access, p.id, password));
    fprintf(s->caller->out, "password: %.*s (shown once; they choose their own at the next log-in)\n",
           TEXT_ARG(password));
    return OK;
}

static enum err confirm_user(struct site *s, const char *who)
{
    struct person p;
    TRY(find_person(s, who, &p));
    return access_confirm(s->call, s->access, p.id);
}

static enum err grant_roles(struct site *s, const struct args *args)
{
    struct person p;
    struct grant *grants;
    const char *roles = args_option(args, "roles");
    size_t count = read_roles(s->call, roles ? roles : "", &grants);
    if (count == 0)
        return problem(s->call, ERR_INVALID, TEXT("roles"), "required", "%s",
                       say(s->call, "name them: --roles r1,r2"));
    TRY(find_person(s, args->words[1], &p));
    for (size_t i = 0; i < count; i++) {
        bool pending;
        TRY(access_grant(s->call, s->access, p.id, grants[i].role, grants[i].unit, &pending));
    }
    return OK;
}

static int run_user(const struct args *args)
{
    struct place place = site_place(args);
    const char *act = args->word_count ? args->words[0] : "";
    struct site s;
    enum err e;
    bool needs_who = !strcmp(act, "add") || !strcmp(act, "disable") || !strcmp(act, "reset") ||
                     !strcmp(act, "grant") || !strcmp(act, "confirm");
    bool known = needs_who || !strcmp(act, "list");
    if (!known || args->word_count != (needs_who ? 2 : 1))
        return wrong_action(args, "user", known ? "" : act,
                            "add EMAIL --name N --roles r1,r2 | grant EMAIL --roles r1,r2 | list | "
                            "confirm EMAIL | disable EMAIL | reset EMAIL");
    if (!place.where)
        return 2;
    int code = site_open(&s, args->caller, place, MODEL_SAME);
    if (code)
        return code;
    e = !strcmp(act, "add")     ? add_user(&s, args)
        : !strcmp(act, "list")  ? list_users(&s)
        : !strcmp(act, "grant") ? grant_roles(&s, args)
        : !strcmp(act, "reset") ? reset_user(&s, args->words[1])
        : !strcmp(act, "confirm") ? confirm_user(&s, args->words[1])
                                : disable_user(&s, args->words[1]);
    code = e == OK ? 0 : failed(args->caller, s.call, e);
    site_close(&s);
    return code;
}

const struct command command_user = {
    "user",
    "aimwell user add EMAIL --name N --roles r1,r2 [--unit U]\n"
    "                 [--password-file F [--keep]]\n"
    "aimwell user grant EMAIL --roles r1,r2\n"
    "aimwell user list\naimwell user confirm EMAIL\naimwell user disable EMAIL\n"
    "aimwell user reset EMAIL\n\n"
    "Who added somebody has seen the password: they must choose their own at the first log-in;\n"
    "--keep lets one from a file stay, for programs that sign in.\n"
    "reset gives somebody who cannot sign in a password for one use.\n"
    "confirm makes staff of somebody whom one administrator alone added, which list calls unconfirmed.\n"
    "Roles: top_management designated_management aims_manager system_owner risk_owner "
    "assessor\n"
    "impact_approver developer data_steward operator reviewer internal_auditor lead_auditor\n"
    "legal_compliance dpo supplier_manager people_manager incident_manager "
    "concern_investigator\n"
    "staff admin external_auditor; role@UNIT_ID limits a role to a unit.",
    "people: add, grant, list, confirm, disable, reset",
    user_rules,
    COUNT(user_rules),
    run_user,
    2, true};

/* ---- token
 * -------------------------------------------------------------------------------------------
 */
static const struct option_rule token_rules[] = {
    {"roles", true}, {"scope", true}, {"expires", true}, {"for", true}, {"relations", false}};

static enum err create_token(struct site *s, const struct args *args)
{
    const char *roles = args_option(args, "roles"), *scope = args_option(args, "scope");
    const char *expires = args_option(args, "expires");
    struct text days_text = text_of(expires ? expires : "90d"), secret, id;
    int64_t days;
    struct grant *grants;
    size_t count = read_roles(s->call, roles ? roles : "", &grants);
    if (!text_ends(days_text, "d") ||
        !text_integer(text_slice(days_text, 0, days_text.len - 1), &days) || days < 1 ||
        days > 365)
        return problem(s->call, ERR_INVALID, TEXT("expires"), "range",
                       "is a number of days up to 365d, like 90d");
    struct person who = {.id = TEXT("")};
    if (args_option(args, "for"))
        TRY(find_person(s, args_option(args, "for"), &who));
    TRY(access_token_create(s->call, s->access, text_of(args->words[1]), who.id, grants, count,
                            args_flag(args, "relations"), text_of(scope ? scope : ""), s->call->now + days * 86400000000LL,
                            &secret, &id));
    fprintf(s->caller->out, "%.*s\n", TEXT_ARG(secret));
    fprintf(s->caller->err, "id %.*s; the token is shown once\n", TEXT_ARG(id));
    return OK;
}

static enum err list_tokens(struct site *s)
{
    struct token *tokens;
    size_t count;
    struct reader *r = store_reader(s->store);
    enum err e = access_tokens(s->call, r, &tokens, &count);
    store_return(s->store, r);
    TRY(e);
    for (size_t i = 0; i < count; i++)
        fprintf(s->caller->out, "%.*s\t%.*s\texpires %.*s%s\n", TEXT_ARG(tokens[i].id), TEXT_ARG(tokens[i].name),
               TEXT_ARG(date_print(s->arena, tokens[i].expires)),
               tokens[i].revoked ? "\trevoked" : "");
    return OK;
}

static int run_token(const struct args *args)
{
    struct place place = site_place(args);
    const char *act = args->word_count ? args->words[0] : "";
    struct site s;
    enum err e;
    bool needs_name = !strcmp(act, "create") || !strcmp(act, "revoke");
    bool known = needs_name || !strcmp(act, "list");
    if (!known || args->word_count != (needs_name ? 2 : 1))
        return wrong_action(args, "token", known ? "" : act,
                            "create NAME --roles r1,r2 --for EMAIL | list | revoke ID");
    if (!place.where)
        return 2;
    int code = site_open(&s, args->caller, place, MODEL_SAME);
    if (code)
        return code;
    e = !strcmp(act, "create") ? create_token(&s, args)
        : !strcmp(act, "list") ? list_tokens(&s)
                               : access_token_revoke(s.call, s.access, text_of(args->words[1]));
    code = e == OK ? 0 : failed(args->caller, s.call, e);
    site_close(&s);
    return code;
}

const struct command command_token = {
    "token",
    "aimwell token create NAME --roles r1,r2 --for EMAIL [--relations] [--expires 90d]\n"
    "aimwell token create NAME --scope events:SYS-0001 [--for EMAIL] [--expires 90d]\n"
    "aimwell token list\naimwell token revoke ID\n\nA token acts for a person: what it writes is theirs, "
    "and it never holds more than\nthey hold now. It has exactly its roles; with --relations also "
    "what being owner or author\nof a record gives. The token is printed once; only its hash is "
    "kept.",
    "API tokens: create, list, revoke",
    token_rules,
    COUNT(token_rules),
    run_token,
    2, true};
