#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays a demo script against the model, with a small second implementation of its rules.

It refuses what the program should refuse: the wrong person, a missing field, a move from the wrong
state, a broken separation of duties, an unmet need. Then it fills SQLite with the result and runs
every check. Prints the findings; exit 1 when any act was refused.

    demo_check.py [DEMO.json] [--psql]     --psql prints the filled tables and checks for psql
"""
import collections
import datetime
import json
import os
import re
import sqlite3
import sys

import model_sql

TODAY = datetime.date(2026, 11, 23)
KEPT = {"state", "author", "editor", "kind", "id", "unit"}


class Refused(Exception):
    pass


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


def listed(value):
    return value if isinstance(value, list) else [value]


def empty(value):
    return value is None or value == "" or value == []


class World:
    def __init__(self, script):
        self.kinds = {k["kind"]: k for k in model_sql.read_all("kinds")}
        self.envelope = model_sql.read("envelope.json")["fields"]
        self.scales = model_sql.read("scales.json")["scales"]
        self.roles = model_sql.read("roles.json")["roles"]
        self.rows = {f"{f['framework']}:{r['id']}" for f in model_sql.read_all("frameworks")
                     for r in f["rows"]}
        self.records, self.people, self.files, self.signed = {}, {}, set(), {}
        self.today, self.acting, self.entered = 0, None, []
        for kind in self.kinds.values():
            kind["all"] = {**self.envelope,
                           **{n: {**self.envelope.get(n, {}), **f}
                              for n, f in kind["fields"].items()}}
            self.find_required(kind)
        self.begin(script)

    def begin(self, script):
        unit = {}
        for unit in script["units"]:
            fields = {k: v for k, v in unit.items() if k != "ref"}
            if "parent" in fields:
                fields["parent"] = "$" + fields["parent"].lstrip("$")
            self.put("org_unit", unit["ref"], None, fields)
        for person in script["people"]:
            for role in person["roles"]:
                if role["role"] not in self.roles or role.get("unit", unit.get("ref")) not in self.records:
                    raise SystemExit(f"{person['ref']}: {role}")
            self.people[person["ref"]] = person
        for framework in model_sql.read_all("frameworks"):
            reg = framework.get("register")
            for row in framework["rows"]:
                if reg and row["type"] == reg["rows"]:
                    name = f"{framework['framework']}:{row['id']}"
                    self.put(reg["kind"], "soa:" + row["id"], None,
                             {"title": row["title"], reg["field"]: name})

    @staticmethod
    def find_required(kind):
        """The states in which each field is required: those that cannot be reached without `from`."""
        moves, start = kind["moves"].values(), kind["states"]["start"]
        for f in kind["all"].values():
            req = f.get("required")
            if not isinstance(req, dict):
                f["in_states"] = set(kind["states"]["of"]) if req else set()
                continue
            barred = set(listed(req["from"]))
            seen = {start} - barred
            front = list(seen)
            while front:
                here = front.pop()
                for mv in moves:
                    if (mv["from"] == "any" or here in mv["from"]) and mv["to"] not in seen | barred:
                        seen.add(mv["to"])
                        front.append(mv["to"])
            f["in_states"] = set(kind["states"]["of"]) - seen

    def put(self, kind, ref, author, fields):
        if ref in self.records:
            raise Refused(f"the ref {ref} is used twice")
        record = {"kind": kind, "id": ref, "state": self.kinds[kind]["states"]["start"],
                  "author": author, "editor": author, "version": 1, "unit": None, **fields}
        self.records[ref] = record
        return record

    # --- values -----------------------------------------------------------------------------
    def value(self, where, field, raw, column=False):
        """The value as stored, after checking its type."""
        kind_type = field["type"]
        if raw is None:
            return None
        if isinstance(raw, str) and re.match(r"^@[+-]\d+$", raw):
            raw = day(int(raw[1:]))
        if kind_type == "rows":
            return [{c: self.value(f"{where}.{c}", self.known(where, field["columns"], c), v, True)
                     for c, v in row.items()} for row in raw]
        if kind_type == "refs" or field.get("many"):
            if not isinstance(raw, list):
                raise Refused(f"{where} is a list")
            return [self.single(where, field, v) for v in raw]
        return self.single(where, field, raw)

    @staticmethod
    def known(where, fields, name):
        if name not in fields:
            raise Refused(f"{where} has no {name}")
        return fields[name]

    def single(self, where, field, raw):
        kind_type = field["type"]
        if kind_type in ("ref", "refs", "file"):
            return self.reference(where, field, raw)
        wanted = {"integer": int, "number": (int, float), "yes_no": bool}.get(kind_type, str)
        if not isinstance(raw, wanted) or (wanted is int and isinstance(raw, bool)):
            raise Refused(f"{where}: {raw!r} is no {kind_type}")
        if kind_type == "integer" and not field.get("min", raw) <= raw <= field.get("max", raw):
            raise Refused(f"{where}: {raw} is out of bounds")
        if kind_type in ("choice", "integer") and "of" in field:
            of = field["of"] if isinstance(field["of"], dict) else self.scales[field["of"]]["of"]
            if str(raw) not in of:
                raise Refused(f"{where}: {raw!r} is no choice")
        if kind_type == "date" and not re.match(r"^\d{4}-\d\d-\d\d$", raw):
            raise Refused(f"{where}: {raw!r} is no date")
        if kind_type == "text" and ("\n" in raw or len(raw) > field.get("max", 500)):
            raise Refused(f"{where}: too long or several lines")
        return raw

    def reference(self, where, field, raw):
        if field["type"] == "file":
            if raw[:1] != "$" or raw[1:] not in self.files:
                raise Refused(f"{where}: no file {raw}")
            return raw[1:]
        to, name = field["to"], raw.lstrip("$")
        good = {"person": name in self.people, "role": name in self.roles,
                "requirement": name in self.rows}.get(
                    to, name in self.records and self.records[name]["kind"] == to)
        if not good:
            raise Refused(f"{where}: {raw} is no {to}")
        if name in self.records and to in self.kinds and self.acting \
                and not self.may_read(self.acting, self.records[name]):
            raise Refused(f"{where}: {self.acting} may not read {name}")
        return name

    # --- who --------------------------------------------------------------------------------
    def unit_above(self, unit):
        while unit:
            yield unit
            unit = (self.records[unit].get("parent") or "").lstrip("$") or None

    def holds(self, person, role, unit):
        """A role without a unit counts everywhere; a record without a unit needs such a role.
        Everybody is staff at home and below."""
        above = set(self.unit_above(unit))
        if role == "staff":
            return self.people[person]["unit"] in above
        return any(r["role"] == role and ("unit" not in r or r["unit"] in above)
                   for r in self.people[person]["roles"])

    def related(self, record, relation):
        at = record
        steps = relation[1:].split(".")
        for step in steps[:-1]:
            at = self.records.get(at.get(step) or "", {})
        return [p for p in listed(at.get(steps[-1]) or []) if p]

    def may(self, person, who, record):
        for name in who:
            if name == "everyone" or (name.startswith("@") and person in self.related(record, name)):
                return True
            if name in self.roles and self.holds(person, name, record.get("unit")):
                return True
        return False

    def may_read(self, person, record):
        kind = self.kinds[record["kind"]]
        who = kind["access"]["read"] + [w for mv in kind["moves"].values()
                                        for w in mv["by"] + mv.get("and_by", []) if w != "everyone"]
        return self.may(person, who, record)

    # --- rules ------------------------------------------------------------------------------
    def holds_true(self, c, record):
        if "any" in c:
            return any(self.holds_true(x, record) for x in c["any"])
        if "all" in c:
            return all(self.holds_true(x, record) for x in c["all"])
        if "not" in c:
            return not self.holds_true(c["not"], record)
        v = record.get(c["field"])
        if "empty" in c:
            return empty(v) == c["empty"]
        wanted = c["in"] if "in" in c else [c["is"]]
        return any(x in wanted for x in listed(v)) if not empty(v) else False

    def missing(self, record, state):
        kind, out = self.kinds[record["kind"]], []
        for name, f in kind["all"].items():
            req = f.get("required")
            if "only" in f and not self.holds_true(f["only"], record):
                continue
            if state not in f["in_states"]:
                continue
            if isinstance(req, dict) and "when" in req and not self.holds_true(req["when"], record):
                continue
            if empty(record.get(name)):
                out.append(name)
            for column, must in f.get("covers", {}).items():
                have = {row.get(column) for row in record.get(name) or []}
                out += [f"{name}.{column}={v}" for v in must if v not in have]
        return out

    def unmet(self, record, need):
        if "only" in need and not self.holds_true(need["only"], record):
            return None
        if "kind" in need:
            found = [r for r in self.records.values() if r["kind"] == need["kind"]
                     and record["id"] in listed(r.get(need["via"]) or [])]
        else:
            found = [self.records[i] for i in listed(record.get(need["field"]) or [])]
        for name, value in need.get("where", {}).items():
            found = [r for r in found if r.get(name) in listed(value)]
        states = [r["state"] for r in found]
        if "every" in need:
            good = all(s in need["every"] for s in states) and len(states) >= need.get("least", 0)
        else:
            good = sum(s in need["in"] for s in states) >= need.get("least", 1)
        return None if good else f"{need['code']} ({', '.join(states) or 'none'})"

    # --- acts -------------------------------------------------------------------------------
    def set_fields(self, record, fields, locked=False):
        kind = self.kinds[record["kind"]]
        for name, raw in fields.items():
            f = self.known(record["kind"], kind["all"], name)
            if "computed" in f:
                raise Refused(f"{name} is computed")
            if locked and not f.get("always"):
                raise Refused(f"{name} may not be changed in the state {record['state']}")
            record[name] = self.value(name, f, raw)

    def create(self, act):
        kind, person = self.kinds[act["create"]], act["as"]
        record = self.put(act["create"], act["ref"], person, {"unit": self.people[person]["unit"]})
        for name, f in kind["all"].items():
            if "default" in f and name not in act["set"]:
                record[name] = {"@me": person, "@today": day(self.today)}.get(
                    f["default"] if isinstance(f["default"], str) else None, f["default"])
        self.set_fields(record, act["set"])
        if not self.may(person, kind["access"]["create"], record):
            raise Refused(f"{person} may not create {act['create']}")
        if self.missing(record, record["state"]):
            raise Refused(f"missing {self.missing(record, record['state'])}")

    def change(self, act):
        record = self.records[act["change"].lstrip("$")]
        kind = self.kinds[record["kind"]]
        if not self.may(act["as"], kind["access"]["change"], record):
            raise Refused(f"{act['as']} may not change {record['id']}")
        locked = kind["states"]["of"][record["state"]].get("locked", False)
        self.set_fields(record, act["set"], locked)
        record["editor"] = act["as"]
        self.compute()
        if self.missing(record, record["state"]):
            raise Refused(f"missing {self.missing(record, record['state'])}")

    def move(self, act):
        record = self.records[act["on"].lstrip("$")]
        kind = self.kinds[record["kind"]]
        mv = self.known(record["kind"], kind["moves"], act["move"])
        person, problems = act["as"], []
        if mv["from"] != "any" and record["state"] not in mv["from"]:
            raise Refused(f"{record['id']} is {record['state']}")
        for name in act.get("set", {}):
            if name not in mv.get("asks", []):
                problems.append(f"{name} is not asked")
        before = record["editor"]
        self.set_fields(record, act.get("set", {}))
        self.compute()
        problems += self.refusals(record, mv, person, before, act)
        first, second = (self.may(person, mv["by"], record),
                         self.may(person, mv.get("and_by", []), record))
        if not first and not second:
            problems.append(f"{person} may not {act['move']}")
        if problems:
            raise Refused("; ".join(problems))
        if "and_by" in mv and self.holds_true(mv.get("second_when", {"all": []}), record):
            if not self.sign(record, act, first, second):
                return
        self.enter(record, mv["to"])

    def enter(self, record, state):
        """The new state, and the day it was entered as its version keeps it."""
        record["state"] = state
        self.entered.append((record["kind"], record["id"], state, day(self.today)))

    def sign(self, record, act, first, second):
        """True when both signatures are there, from different people."""
        at = (record["id"], act["move"])
        signed = self.signed.setdefault(at, {})
        signed[act["as"]] = (first, second)
        people = list(signed.items())
        both = any(a != b and x[0] and y[1] for a, x in people for b, y in people)
        if both:
            del self.signed[at]
        return both

    def refusals(self, record, mv, person, editor, act):
        out = []
        if mv.get("reason") and not act.get("reason"):
            out.append("a reason is required")
        if mv.get("stop"):
            return out
        out += [f"missing {m}" for m in self.missing(record, mv["to"])]
        out += [f"missing {a} (asked)" for a in mv.get("asks", []) if empty(record.get(a))]
        if "when" in mv and not self.holds_true(mv["when"], record):
            out.append(mv["say"])
        for rule, who in mv.get("not", {}).items():
            for relation in who:
                people = [editor] if relation == "@editor" else self.related(record, relation)
                if person in people:
                    out.append(f"{rule}: {person} is {relation}")
        out += [u for u in (self.unmet(record, n) for n in mv.get("needs", [])) if u]
        if "guard" in mv:
            until = record.get(mv["guard"].split(":")[1]) or ""
            if not day(self.today) <= until <= day(self.today + 366):
                out.append(f"{until} is not within a year")
        return out

    def auto(self):
        """Moves the engine makes: at once, or when their day has come."""
        moved = True
        while moved:
            moved = False
            for record in self.records.values():
                for mv in self.kinds[record["kind"]]["moves"].values():
                    if mv["by"] != ["auto"] or record["state"] not in mv["from"]:
                        continue
                    if "on" not in mv or (record.get(mv["on"]) or "9") <= day(self.today):
                        self.enter(record, mv["to"])
                        moved = True
            self.compute()

    def compute(self):
        for record in list(self.records.values()):
            for name, f in self.kinds[record["kind"]]["fields"].items():
                if "computed" in f:
                    record[name] = self.computed(record, f["computed"])

    def computed(self, record, c):
        fn = c["fn"]
        if fn == "greatest":
            values = [record[f] for f in c["fields"] if record.get(f) is not None]
            return max(values) if values else None
        if fn == "first_match":
            return next((x["value"] for x in c["cases"] if self.holds_true(x["when"], record)),
                        c["else"])
        if fn in ("rows_worst", "rows_any"):
            return self.over_rows(record, c)
        if fn == "related_worst":
            values = [r[c["field"]] for r in self.records.values() if r["kind"] == c["kind"]
                      and r.get(c["via"]) == record["id"] and r["state"] in c["in"]
                      and r.get(c["field"]) is not None]
            return max(values) if values else None
        if fn == "risk_band":
            return self.band(record.get(c["score"]), [record.get(f) for f in c["severe"]])
        return self.score(record, c)

    @staticmethod
    def over_rows(record, c):
        rows = record.get(c["rows"]) or []
        if c["fn"] == "rows_worst":
            values = [r[c["column"]] for r in rows if r.get(c["column"]) is not None]
            return max(values) if values else None
        return any((r.get(c["column"]) or 0) >= c["at_least"]
                   or (r.get(c["or"]["when"]) and (r.get(c["column"]) or 0) >= c["or"]["at_least"])
                   for r in rows)

    @staticmethod
    def band(score, severe):
        if score is None:
            return None
        bands = ["low", "medium", "high", "very_high"]
        at = 0 if score <= 4 else 1 if score <= 9 else 2 if score <= 15 else 3
        return bands[max(at, 2) if 5 in severe else at]

    def score(self, record, c):
        consequences = [record.get(f) for f in c["consequence"]]
        likelihood = record.get(c["likelihood"])
        if likelihood is None or None in consequences or empty(record.get(c.get("confidence"))):
            return None
        if record[c["confidence"]] == "low":
            likelihood = min(5, likelihood + 1)
        consequence = max(consequences)
        if "less" in c:
            less = c["less"]
            for r in self.records.values():
                if r["kind"] == less["kind"] and r.get(less["via"]) == record["id"] \
                        and r["state"] in less["in"]:
                    likelihood -= r.get(less["likelihood"]) or 0
                    consequence -= r.get(less["consequence"]) or 0
        if "less_from" in c:
            shown = [self.records[i].get(c["less_from"]["percent"]) or 0
                     for i in record.get(c["less_from"]["field"]) or []]
            best = max(shown, default=0)
            likelihood -= 3 if best >= 75 else 2 if best >= 50 else 1 if best >= 25 else 0
        return max(1, likelihood) * max(1, consequence)

    def play(self, act):
        for at in range(self.today, act["at"] + 1):
            self.today = at
            self.auto()
        self.acting = act["as"]
        if "file" in act:
            self.files.add(act["ref"])
        elif "create" in act:
            self.create(act)
        elif "change" in act:
            self.change(act)
        elif "move" in act:
            self.move(act)
        elif "comment" in act:
            self.known("comment", self.records, act["comment"].lstrip("$"))
        else:
            raise Refused("not an act")
        self.compute()
        self.auto()


def quote(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        value = "|" + "|".join(value) + "|"
    return "'" + value.replace("'", "''") + "'"


def inserts(world):
    """The end of the demo as INSERT statements."""
    for version, (kind, ref, state, at) in enumerate(world.entered):
        body = json.dumps({"state": state, "version": version}, separators=(",", ":"))
        yield (f"INSERT INTO version VALUES ({quote(kind)}, {quote(ref)}, {version}, "
               f"{quote(at + 'T12:00:00.000000Z')}, {quote(body)})")
    for record in world.records.values():
        kind = world.kinds[record["kind"]]
        columns = ["id", "state", "author", "editor"]
        values = [record["id"], record["state"], record["author"], record["editor"]]
        for name, f in kind["all"].items():
            value = record.get(name)
            if f["type"] == "rows":
                for pos, row in enumerate(value or []):
                    yield (f"INSERT INTO {record['kind']}__{name} (record, pos, {', '.join(row)}) "
                           f"VALUES ({quote(record['id'])}, {pos}, "
                           f"{', '.join(quote(v) for v in row.values())})")
            elif f["type"] == "refs":
                for pos, to in enumerate(value or []):
                    yield (f"INSERT INTO link VALUES ('{record['kind']}', {quote(record['id'])}, "
                           f"'{name}', {pos}, '{f['to']}', {quote(to)})")
            elif not empty(value):
                columns.append(name)
                values.append(value)
        yield (f"INSERT INTO {record['kind']} ({', '.join(columns)}) "
               f"VALUES ({', '.join(quote(v) for v in values)})")


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("-")]
    path = args[0] if args else os.path.join(model_sql.MODEL, "demo", "northlake.json")
    with open(path, encoding="utf-8") as f:
        script = json.load(f)
    world, refused, last = World(script), 0, None
    world.today = script["acts"][0]["at"]
    for number, act in enumerate(script["acts"]):
        try:
            if last is not None and act["at"] < last:
                raise Refused("out of time order")
            last = act["at"]
            if act["as"] not in world.people:
                raise Refused(f"nobody is {act['as']}")
            world.play(act)
        except Refused as problem:
            refused += 1
            what = {k: v for k, v in act.items() if k in ("create", "change", "move", "on", "ref")}
            print(f"act {number} day {act['at']} {act['as']} {what}: {problem}")
    for at in range(world.today, 1):
        world.today = at
        world.auto()
    db = sqlite3.connect(":memory:")
    statements = list(model_sql.tables()) + list(inserts(world))
    for sql in statements:
        db.execute(sql)
    results = model_sql.run_checks(db, TODAY.isoformat())
    if "--psql" in sys.argv:
        print("\\set ON_ERROR_STOP on\nDROP SCHEMA IF EXISTS demo_check CASCADE;\n"
              "CREATE SCHEMA demo_check; SET search_path = demo_check;")
        print("\n".join(s + ";" for s in statements))
        for check in model_sql.read_all("checks"):
            print(f"SELECT '{check['check']}', ({model_sql.bound(check['population'])}), count(*) "
                  f"FROM ({model_sql.bound(check['breaks'])}) b;")
        return 1 if refused else 0
    states = collections.Counter((r["kind"], r["state"]) for r in world.records.values())
    for (kind, state), n in sorted(states.items()):
        print(f"{kind:20} {state:20} {n}")
    for name, (population, rows) in results.items():
        print(f"{name:16} of {population:3}: {len(rows)} "
              f"{', '.join(f'{i} {r}' for _, i, r in rows[:6])}")
    print(f"{len(script['acts'])} acts, {refused} refused", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
