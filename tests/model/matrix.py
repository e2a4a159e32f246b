#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may do what: every kind × every role × own, other and no unit, expected from the model, asked of the
program.

    matrix.py [--store sqlite|postgresql] [KIND …]

The expectation is computed here from GET /model and the rules of docs/model.md §5, not by the program:
  - a role counts within the unit for which it was granted and below; `everyone` counts always;
  - whoever is named in a move may read; a record without a unit is read by any holder of the role, but
    acted on only with a grant for the whole organisation;
  - staff may create anywhere; what one may not read is not there (404).
Three kinds of people hold each role: in the whole organisation, in one unit, and a token with the role alone.
On PostgreSQL a part of the roles is asked. Prints a line for each kind and role; exit 1 when one was not
as expected.
"""
import argparse
import datetime
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Failed, Server, run  # noqa: E402
from report import Report  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

SAMPLE = ["staff", "admin", "aims_manager", "assessor", "supplier_manager", "external_auditor"]
OWN, OTHER = "sales", "claims"
LENT = "aims_manager"
TECHNICAL = "admin"  # with nothing else: people, and what everybody may read
GUEST = "external_auditor"  # reads, and is no member of the staff

# What a token for events is for: it is let in, and only what is asked there is refused.
LET_IN = {
    ("post", "/api/v1/events"): 415,
    ("post", "/v1/traces"): 200,
    ("post", "/v1/logs"): 200,
    ("post", "/api/v1/systems/{key}/reviews"): 404,
    ("get", "/api/v1/systems/{key}/reviews/{reference}"): 404,
}


# ---- the expectation ---------------------------------------------------------------------------
def holds(condition, record):
    """A condition of the model (docs/model.md §2)."""
    if "any" in condition:
        return any(holds(one, record) for one in condition["any"])
    if "all" in condition:
        return all(holds(one, record) for one in condition["all"])
    if "not" in condition:
        return not holds(condition["not"], record)
    value = record.get(condition["field"])
    empty = value is None or value in ("", [])
    if "empty" in condition:
        return condition["empty"] == empty
    wanted = condition["in"] if "in" in condition else [condition["is"]]
    have = value if isinstance(value, list) else [] if empty else [value]
    return any(type(a) is type(b) and a == b for a in have for b in wanted)


class Holder:
    """Somebody with one role, and staff with it unless a token."""

    def __init__(self, role, scope, who):
        self.role, self.scope, self.who = role, scope, who
        self.roles = {role} if scope == "token" or role == GUEST else {role, "staff"}

    def counts(self, names, unit, reading):
        """Whether a list of roles names this holder for a record of a unit."""
        if "everyone" in names:
            return True
        if not self.roles & set(names):
            return False
        return self.scope != "unit" or unit == OWN or (unit is None and reading)


class Rules:
    """What follows from one kind of the model."""

    def __init__(self, kind):
        self.kind = kind
        self.read = list(kind["access"]["read"])
        for move in kind["moves"]:
            named = [name for step in move["sign"] for name in step["by"]]
            self.read += [name for name in named if name != "everyone"]  # of those who may read

    def may_read(self, holder, unit):
        if self.kind.get("is") == "view":  # its maker shares it with nobody
            return False
        if holder.role == TECHNICAL:
            return "everyone" in self.read
        return holder.counts(self.read, unit, True)

    def sees_kind(self, holder):
        return bool(holder.roles & set(self.read)) or "everyone" in self.read or any(name.startswith("@") for name in self.kind["access"]["read"])

    def may_create(self, holder, unit):
        names = self.kind["access"]["create"]
        return ("staff" in names and "staff" in holder.roles) or holder.counts(names, unit, False)

    def may_change(self, holder, unit):
        return holder.counts(self.kind["access"]["change"], unit, False)

    def may_move(self, holder, unit, move, record):
        if "everyone" in move["by"]:
            return self.may_read(holder, unit)
        steps = [step for step in move["sign"] if "when" not in step or holds(step["when"], record)]
        names = [name for step in steps for name in step["by"]] if move["sign"] else list(move["by"])
        return holder.counts(names, unit, False)


# ---- the world --------------------------------------------------------------------------------------
class World:
    """Records of every kind in one unit, in another and in none, made by somebody who is not asked."""

    def __init__(self, client, model, units):
        self.client, self.units, self.count = client, units, 0
        self.kinds = {kind["kind"]: kind for kind in model["kinds"]}
        self.records = {}

    def value(self, field):
        """Something for a field that must be filled."""
        self.count += 1
        if field["type"] in ("ref", "refs"):
            if field["to"] == "role":
                return [LENT] if field["type"] == "refs" else "reviewer"
            if field["to"] == "person":
                found = self.client.must("amy", "GET", "/people?q=stan")["items"][0]["id"]
            else:
                found = self.get(field["to"], None)["id"]
            return [found] if field["type"] == "refs" else found
        if field["type"] == "choice":
            return [field["of"][0]["value"]] if field.get("many") else field["of"][0]["value"]
        if field["type"] == "date":
            return (datetime.date.today() + datetime.timedelta(days=10)).isoformat()
        return f"matrix {self.count}"

    def body(self, kind, unit):
        """A body that may be created: the required fields and the unit."""
        made = {"unit": self.units[unit] if unit else None}
        for field in self.kinds[kind]["fields"]:
            if field.get("required") is True:
                made[field["name"]] = self.value(field)
        if self.kinds[kind].get("is") == "view":
            made["register"] = kind  # of the registers, one that everybody reads
        return made

    def make(self, kind, unit):
        """A new record, remembered as the one of this kind and unit."""
        made = self.client.must("amy", "POST", f"/{kind}", self.body(kind, unit))
        self.records[kind, unit] = made
        return made

    def get(self, kind, unit):
        """The record of this kind and unit."""
        return self.records.get((kind, unit)) or self.make(kind, unit)


class Asking:
    """One holder and one kind."""

    def __init__(self, world, kind, holder):
        self.world, self.client, self.holder = world, world.client, holder
        self.kind, self.rules, self.problems = kind, Rules(kind), []
        self.name = kind["kind"]

    def ask(self, method, path, body=None, headers=None):
        return self.client.call(self.holder.who, method, path, body, headers)

    def note(self, what, unit, answer, expected):
        self.problems.append(f"{self.holder.scope} holder: {what} of unit {unit or 'none'}: expected "
                             f"{expected}, got {answer.status} {answer.codes}")

    def expect(self, what, unit, answer, expected):
        if answer.status != expected:
            self.note(what, unit, answer, expected)

    def run(self):
        """Everything; returns what was not as expected."""
        for unit in (OWN, OTHER, None):
            self.world.get(self.name, unit)
        self.try_list()
        for unit in (OWN, OTHER, None):
            self.try_read(unit)
            self.try_create(unit)
            self.try_change(unit)
            self.try_moves(unit)
        return self.problems

    def try_list(self):
        answer = self.ask("GET", f"/{self.name}?limit=1000&fields=title")
        if not self.rules.sees_kind(self.holder):
            self.expect("list", None, answer, 404)
            return
        if answer.status != 200:
            self.note("list", None, answer, 200)
            return
        listed = {item["id"] for item in answer.json["items"]}
        for unit in (OWN, OTHER, None):
            there = self.world.get(self.name, unit)["id"] in listed
            if there != self.rules.may_read(self.holder, unit):
                self.note("listing", unit, answer, f"there={not there}")

    def try_read(self, unit):
        answer = self.ask("GET", f"/{self.name}/{self.world.get(self.name, unit)['id']}")
        self.expect("reading", unit, answer, 200 if self.rules.may_read(self.holder, unit) else 404)

    def try_create(self, unit):
        answer = self.ask("POST", f"/{self.name}", self.world.body(self.name, unit))
        expected = 201 if self.rules.may_create(self.holder, unit) else 403
        if not self.rules.sees_kind(self.holder):
            expected = 404
        elif expected == 201 and self.holder.role == TECHNICAL and self.points_at_hidden():
            expected = 422
        elif expected == 201 and self.kind.get("is") == "delegation":  # one lends what one holds, as a person
            expected = 403 if self.holder.who.startswith("token:") else 201 if self.holder.role == LENT else 409
        elif expected == 201 and self.kind.get("is") == "waiver" and self.holder.who.startswith("token:"):
            expected = 403  # asked for by a person
        self.expect("creating", unit, answer, expected)

    def points_at_hidden(self):
        """A required reference is to a kind that is not for everybody."""
        targets = [self.world.kinds.get(field.get("to")) for field in self.kind["fields"]
                   if field.get("required") is True and field["type"] in ("ref", "refs")]
        return any(target and "everyone" not in Rules(target).read for target in targets)

    def try_change(self, unit):
        """With a version that is never right: who may change is told that, and nothing changes."""
        path = f"/{self.name}/{self.world.get(self.name, unit)['id']}"
        answer = self.ask("PATCH", path, {"tags": ["matrix"]}, {"If-Match": '"999"'})
        expected = 412 if self.rules.may_change(self.holder, unit) else 403
        self.expect("changing", unit, answer,
                    expected if self.rules.may_read(self.holder, unit) else 404)

    def try_moves(self, unit):
        record = self.world.get(self.name, unit)
        answer = self.ask("GET", f"/{self.name}/{record['id']}/moves")
        expected = 200 if self.rules.may_read(self.holder, unit) else 404
        self.expect("moves", unit, answer, expected)
        if answer.status != 200:
            return
        mine = {view["move"]: view["mine"] for view in answer.json["moves"]}
        for number, move in enumerate(self.kind["moves"]):
            may = self.rules.may_move(self.holder, unit, move, record)
            if mine.get(move["move"], may) != may:
                self.note(f"view of {move['move']}", unit, answer, f"mine={may}")
            if number % 3 == (OWN, OTHER, None).index(unit) or not may:
                self.try_move(unit, move, may)

    def try_move(self, unit, move, may):
        """Who may not is told `who`; who may is told anything but that."""
        record = self.world.get(self.name, unit)
        answer = self.ask("POST", f"/{self.name}/{record['id']}/moves/{move['move']}", {})
        refused = answer.status == 403 and "who" in answer.codes
        if refused == may or answer.status == 404:
            self.note(f"move {move['move']}", unit, answer, "allowed" if may else "403 who")
        if answer.status < 300:
            self.world.make(self.name, unit)


# ---- people ---------------------------------------------------------------------------------------------
def make_holders(store, roles, units, secret, passwords):
    """For each role three holders, made by command."""
    holders = {}
    for role in roles:
        people = []
        for scope in ("whole", "unit"):
            name = f"{role}.{scope}"
            suffix = f"@{units[OWN]}" if scope == "unit" and role != "admin" else ""
            words = ["user", "add", f"{name}@matrix.example", *store.words, "--name", name,
                     *cast.given(secret), "--roles", "" if role == "staff" else role + suffix]
            run(*words, *(["--unit", units[OWN]] if scope == "unit" else []))
            passwords[name] = (f"{name}@matrix.example", cast.PASSWORD)
            people.append(Holder(role, scope, name))
        token = run("token", "create", role, *store.words, "--roles", role, "--for",
                    f"{role}.whole@matrix.example").stdout.strip()
        people.append(Holder(role, "token", f"token:{token}"))
        holders[role] = people
    return holders


def try_routes(world, report, label, token):
    """Every route of the OpenAPI without credentials, and with a token that is for something else."""
    client, outside, without = world.client, [], []
    document = client.must("stan", "GET", "/openapi.json")
    for path, methods in document["paths"].items():
        kind = path.removeprefix("/api/v1/").split("/")[0]
        place = path.replace("{path}", "0/000").replace("{n}", "0")
        place = place.replace("{id}", world.get(kind, None)["id"] if kind in world.kinds else "X")
        place = place if place.startswith("/api/v1/") else "!" + place  # beside the others
        for method, operation in methods.items():
            if operation.get("security") == [] or path.endswith("/metrics"):
                continue
            body = None if method == "get" else {}
            answer = client.call(None, method.upper(), place, body)
            if answer.status != 401:
                outside.append(f"{method} {path}: {answer.short()[:200]}")
            answer = client.call(token, method.upper(), place, body)
            if (method, path) in LET_IN:
                if answer.status != LET_IN[method, path]:
                    without.append(f"{method} {path}: {answer.short()[:200]}")
            elif (method, path) in (("get", "/api/v1/systems/{key}/stop"), ("post", "/api/v1/systems/{key}/stop/heard")):  # for its own system
                if answer.status != 404:
                    without.append(f"{method} {path}: {answer.short()[:200]}")
            elif answer.status != 403 or answer.codes != ["scope"]:
                without.append(f"{method} {path}: {answer.short()[:200]}")
    report.tell(f"{label} routes without credentials", outside)
    report.tell(f"{label} routes with a token for events alone", without)


def ask_all(kind, options, report):
    """One kind of store."""
    with stores_for(kind, "matrix") as (stores, folder):
        store = stores.new()
        people = cast.make(store, folder)
        passwords = cast.passwords()
        with Server(store) as server:
            roles = [r["role"] for r in Client(server, passwords).must("amy", "GET", "/model")["roles"]]
            if kind == "postgresql":
                roles = [role for role in roles if role in SAMPLE]
            holders = make_holders(store, roles, people["units"], os.path.join(folder, "password"), passwords)
        bare = run("token", "create", "bare", *store.words, "--scope", "events:SYS-0001")
        with Server(store) as server, Client(server, passwords) as client:
            world = ask_kinds(client, people["units"], holders, options, report, kind)
            try_routes(world, report, kind, f"token:{bare.stdout.strip()}")
            found = client.must("ivan", "GET", "/ledger/verify")
            report.tell(f"{kind} ledger", [] if found["intact"] else [str(found)])
        run("verify", "--deep", *store.words)


def ask_kinds(client, units, holders, options, report, label):
    """Every kind and role."""
    model = client.must("amy", "GET", "/model")
    world = World(client, model, units)
    for kind in model["kinds"]:
        if options.kinds and kind["kind"] not in options.kinds:
            continue
        for role, people in holders.items():
            problems = [p for holder in people for p in Asking(world, kind, holder).run()]
            report.tell(f"{label} {kind['kind']} {role}", problems)
    return world


def main():
    """Reads the command line and asks."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add_store_option(parser)
    parser.add_argument("kinds", nargs="*")
    options = parser.parse_args()
    report = Report()
    try:
        for kind in each_store(options):
            ask_all(kind, options, report)
    except Failed as error:
        report.tell("matrix", [str(error)])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
