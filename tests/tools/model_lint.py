#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks model/ against docs/model.md, without the program.

Knows the closed sets of keys, types and functions, follows every name to what it names, and names
every English text that has no Chinese twin. Prints one line per finding; exit 1 when there is any.

    model_lint.py [MODEL_DIR]
"""
import json
import os
import re
import sys

TYPES = {"text", "note", "integer", "number", "yes_no", "date", "moment", "choice", "ref", "refs",
         "file", "rows", "document"}
COLUMN_TYPES = {"text", "note", "integer", "number", "yes_no", "date", "choice", "ref"}
FIELD_KEYS = {"type", "title", "about", "required", "default", "of", "to", "many", "min", "max",
              "columns", "covers", "one", "computed", "only", "unique", "sensitive", "read", "always", "was",
              "indexed", "fixed", "clock", "keep", "example", "asked_by", "total"}
CLOCK_KEYS = {"from", "add", "deadline", "calendar", "when", "answered", "remind", "ladder"}
KIND_KEYS = {"kind", "prefix", "title", "plural", "about", "icon", "phase", "order", "serves",
             "fields", "layout", "list", "sort", "states", "moves", "offers", "access", "views", "story", "is", "grants", "keeps_until", "waives", "public", "published", "acknowledge", "steps", "sends", "keeps_events", "event_profiles", "stops"}
MOVE_KEYS = {"title", "about", "from", "to", "by", "and_by", "second_when", "sign", "ordered", "on", "asks", "reason",
             "fresh", "when", "say", "not", "needs", "guard", "stop", "drill", "freezes", "sets", "until", "takes", "pushes", "makes", "plus", "after", "every"}
STATE_KEYS = {"title", "about", "tone", "locked", "end", "rest"}
TOTALS = {"sum", "mean"}
TONES = {"idle", "progress", "review", "ok", "warn", "bad", "rejected", "off"}
NEED_KEYS = {"code", "say", "kind", "via", "of", "field", "where", "in", "least", "every", "only", "since"}
FUNCTIONS = {"risk_score": {"consequence", "likelihood", "confidence", "less", "less_from",
                            "part"},
             "risk_band": {"score", "severe"}, "in_force": set(),
             "judged": {"band", "cases", "else"}, "of_criteria": {"cases", "field", "else"},
             "who_set": {"fields"}, "who_moved": {"moves", "latest"}, "last_of": {"field"},
             "kept": {"field", "in", "else"}, "exceeds": {"pairs"}, "same_person": {"field", "as"}, "in_step": {"field"}, "decided": {"rows", "part"}, "blanks": {"field"},
             "rows_meet": {"rows", "key", "each", "column", "in"}, "rows_worst": {"rows", "column"}, "answered": {"rows", "part"},
             "latest": {"rows", "on", "column", "ref", "value"}, "reaches": {"value", "target", "at_most"},
             "rows_any": {"rows", "column", "at_least", "or"},
             "related_worst": {"kind", "via", "field", "in"},
             "first_match": {"cases", "else"}, "greatest": {"fields"}, "of": {"ref", "value"}}
KEPT = {"id", "key", "state", "version", "author", "editor", "created_at", "updated_at", "links"}
GUARDS = {"within_a_year": 1, "within": 2, "begun": 1}  # and how many fields follow
TEXT_KEYS = {"law", "seen_in", "article", "asks", "trigger", "title", "plural", "about", "say", "reason", "auditor", "evidence", "statement",
             "remedy", "documented", "gap", "question", "example", "do", "done"}
NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


class Model:
    def __init__(self, root):
        self.root, self.findings, self.kinds, self.files = root, [], {}, {}
        for folder, _, names in os.walk(root):
            for name in sorted(names):
                if name.endswith(".json"):
                    self.load(os.path.join(folder, name))
        self.scales = self.files.get("scales.json", {}).get("scales", {})
        for sort in ("risk", "readiness"):
            self.scales[sort + "_methods"] = {"of": {d["method"]: d["title"] for p, d in self.files.items()
                                                     if p.startswith("methods/") and sort in d}}
        self.roles = self.files.get("roles.json", {}).get("roles", {})
        self.envelope = self.files.get("envelope.json", {}).get("fields", {})
        for path, data in self.files.items():
            if path.startswith("kinds/"):
                self.kinds[data.get("kind", path)] = data

    def load(self, path):
        rel = os.path.relpath(path, self.root)

        def no_twins(pairs):
            seen = set()
            for key, _ in pairs:
                if key in seen:
                    self.say(rel, f"the key {key!r} occurs twice")
                seen.add(key)
            return dict(pairs)
        try:
            with open(path, encoding="utf-8") as f:
                self.files[rel] = json.load(f, object_pairs_hook=no_twins)
        except ValueError as problem:
            self.say(rel, f"not JSON: {problem}")

    def say(self, where, text):
        self.findings.append(f"{where}: {text}")

    def field(self, kind, name):
        own = self.kinds.get(kind, {}).get("fields", {}).get(name)
        base = self.envelope.get(name)
        clock = self.kinds.get(kind, {}).get("fields", {}).get(str(name).removesuffix("_standing"), {})
        if own is None and base is None and "clock" in clock:
            return {"type": "choice", "of": "clock_standing", "title": name, "computed": {"fn": "standing"}}
        if own is None and base is None and "keep" in clock:
            return {"type": "choice", "of": "keep_standing", "title": name, "computed": {"fn": "keep_standing"}}
        if own is None and base is None:
            return None
        return {**(base or {}), **(own or {})}

    def all_fields(self, kind):
        return {**self.envelope, **self.kinds[kind].get("fields", {})}

    def values(self, field):
        of = field.get("of")
        if isinstance(of, str):
            of = self.scales.get(of, {}).get("of", {})
        return set(of or {})


def listed(value):
    return value if isinstance(value, list) else [value]


def check_condition(m, where, kind, c, extra=()):
    if not isinstance(c, dict) or len(c) == 0:
        return m.say(where, f"not a condition: {c}")
    for key in ("any", "all"):
        if key in c:
            for inner in c[key]:
                check_condition(m, where, kind, inner, extra)
            return None
    if "not" in c:
        return check_condition(m, where, kind, c["not"], extra)
    if set(c) - {"field", "is", "in", "empty"} or len(c) != 2:
        return m.say(where, f"not a condition: {c}")
    field = m.field(kind, c.get("field"))
    if field is None:
        return m.say(where, f"condition names no field of {kind}: {c.get('field')}")
    if field["type"] == "choice":
        for value in listed(c.get("in", c.get("is", []))):
            if value not in m.values(field):
                m.say(where, f"{c['field']} can never be {value!r}")
    if field["type"] == "yes_no" and "is" in c and not isinstance(c["is"], bool):
        m.say(where, f"{c['field']} is yes or no")
    return None


def check_field(m, where, kind, name, f, column=False):
    for key in set(f) - FIELD_KEYS:
        m.say(where, f"unknown key {key}")
    if not NAME.match(name):
        m.say(where, "bad name")
    kind_type = f.get("type")
    if kind_type not in (COLUMN_TYPES if column else TYPES):
        return m.say(where, f"unknown type {kind_type}")
    if not f.get("title"):
        m.say(where, "has no title")
    if not f.get("about"):
        m.say(where, "has no about")
    if kind_type == "choice" and not m.values(f):
        m.say(where, "choice of nothing")
    if isinstance(f.get("of"), str) and f["of"] not in m.scales:
        m.say(where, f"no scale {f['of']}")
    if "of" in f and kind_type not in ("choice", "integer"):
        m.say(where, "of belongs to choice and integer")
    if kind_type == "integer" and "of" in f and "computed" not in f:
        for value in m.values(f):
            if not f.get("min", 0) <= int(value) <= f.get("max", 99):
                m.say(where, f"scale value {value} is out of bounds")
    if kind_type in ("ref", "refs"):
        special = {"ref": {"person", "role"}, "refs": {"person", "role", "requirement"}}[kind_type]
        if f.get("to") not in special and f.get("to") not in m.kinds:
            m.say(where, f"refers to no kind: {f.get('to')}")
    if kind_type == "rows":
        for inner, c in f.get("columns", {}).items():
            check_field(m, f"{where}.{inner}", kind, inner, c, True)
        for inner, must in f.get("covers", {}).items():
            for value in must:
                if value not in m.values(f.get("columns", {}).get(inner, {})):
                    m.say(where, f"covers {inner}={value}, which is no choice")
    if "only" in f:
        check_condition(m, where, kind, f["only"])
    if isinstance(f.get("required"), dict):
        for state in listed(f["required"].get("from", [])):
            if state not in m.kinds[kind]["states"]["of"]:
                m.say(where, f"required from no state {state}")
        if "when" in f["required"]:
            check_condition(m, where, kind, f["required"]["when"])
    if "computed" in f:
        check_computed(m, where, kind, f)
    if "clock" in f:
        check_clock(m, where, kind, f)
    if "keep" in f:
        check_keep(m, where, kind, f)
    if "total" in f and (f["total"] not in TOTALS or f.get("type") not in ("integer", "number")):
        m.say(where, "a total is the sum or mean of a number")
    return None


def check_keep(m, where, kind, f):
    keep = f["keep"]
    for key in set(keep) - {"from", "for", "deadline", "when"}:
        m.say(where, f"a keeping time has no {key}")
    for key in {"from"} - set(keep):
        m.say(where, f"a keeping time needs {key}")
    check_deadline(m, where, keep, "for")
    if isinstance(keep.get("from"), list):
        for state in keep["from"]:
            if state not in m.kinds[kind]["states"]["of"]:
                m.say(where, f"kept from no state {state}")
    elif m.field(kind, keep.get("from")) is None:
        m.say(where, "a keeping time counts from a field or from states")
    if f["type"] != "date":
        m.say(where, "a keeping time is a date")
    if "when" in keep:
        check_condition(m, where, kind, keep["when"])


def check_deadline(m, where, clock, own):
    """How long it is: by a law's row, or by a length of its own, and never both."""
    if ("deadline" in clock) == (own in clock):
        m.say(where, f"either deadline or {own}")
    law, _, row = clock.get("deadline", "").partition(".")
    if "deadline" in clock and row not in m.files.get(f"deadlines/{law}.json", {}).get("rows", {}):
        m.say(where, f"no deadline {clock['deadline']}")
    if "deadline" in clock and "calendar" in clock:
        m.say(where, "the deadline says by which calendar")


def check_clock(m, where, kind, f):
    c = f["clock"]
    for key in set(c) - CLOCK_KEYS:
        m.say(where, f"a clock has no {key}")
    for key in {"from", "answered"} - set(c):
        m.say(where, f"a clock needs {key}")
    check_deadline(m, where, c, "add")
    if f["type"] != "moment" or c.get("from") != "created_at" and m.field(kind, c.get("from")) is None:
        m.say(where, "a clock is a moment that counts from a field")
    for state in listed(c.get("answered", [])) if isinstance(c.get("answered"), list) else []:
        if state not in m.kinds[kind]["states"]["of"]:
            m.say(where, f"answered by no state {state}")
    if "calendar" in c and f"calendars/{c['calendar']}.json" not in m.files:
        m.say(where, f"no calendar {c['calendar']}")
    if "ladder" in c and f"ladders/{c['ladder']}.json" not in m.files:
        m.say(where, f"no ladder {c['ladder']}")
    if "when" in c:
        check_condition(m, where, kind, c["when"])


def check_computed(m, where, kind, f):
    c = f["computed"]
    known = FUNCTIONS.get(c.get("fn"))
    if known is None:
        return m.say(where, f"no function {c.get('fn')}")
    for key in set(c) - known - {"fn"}:
        m.say(where, f"{c['fn']} has no argument {key}")
    used = [c[k] for k in ("likelihood", "confidence", "score", "rows") if isinstance(c.get(k), str)]
    for key in ("consequence", "fields"):
        used += c.get(key, [])
    used += c.get("severe", [])
    used += [name for pair in c.get("pairs", []) for name in pair]
    for name in used:
        if m.field(kind, name) is None:
            m.say(where, f"computed from no field {name}")
    for case in c.get("cases", []):
        if "when" in case:
            check_condition(m, where, kind, case["when"])
        if f["type"] == "choice" and "value" in case and case["value"] not in m.values(f):
            m.say(where, f"case gives {case['value']!r}, which is no choice")
    other = c.get("less") or (c if c["fn"] == "related_worst" else None)
    if other:
        for key in ("via", "likelihood", "consequence", "field"):
            if isinstance(other.get(key), str) and m.field(other["kind"], other[key]) is None:
                m.say(where, f"{other['kind']} has no field {other[key]}")
        for state in other.get("in", []):
            if state not in m.kinds[other["kind"]]["states"]["of"]:
                m.say(where, f"{other['kind']} has no state {state}")
    if "less_from" in c:
        target = m.field(kind, c["less_from"]["field"])["to"]
        if m.field(target, c["less_from"]["percent"]) is None:
            m.say(where, f"{target} has no field {c['less_from']['percent']}")
    return None


def check_who(m, where, kind, who, specials):
    for name in who:
        if name.startswith("@"):
            relation, _, role = name[1:].partition(":")
            if role and role not in m.roles:
                m.say(where, f"no such role: {role}")
            parts = relation.split(".")
            at = kind
            for step in parts[:-1]:
                field = m.field(at, step)
                at = field["to"] if field and field["type"] == "ref" else None
            last = m.field(at, parts[-1]) if at else None
            person = parts[-1] in ("author", "editor", *specials) or (last and last.get("to") == "person")
            if at is None or not person or len(parts) > 2:
                m.say(where, f"no such relation: {name}")
        elif name == "admin":
            m.say(where, "admin is never a business role")
        elif name not in m.roles and name not in specials:
            m.say(where, f"no such role: {name}")


def check_need(m, where, kind, need):
    for key in set(need) - NEED_KEYS:
        m.say(where, f"unknown key {key} in needs")
    if "kind" in need:
        target = need["kind"]
        via, to = m.field(target, need.get("via", "")), kind
        if "of" in need:
            to = (m.field(kind, need["of"]) or {}).get("to")
        if via is None or via.get("to") != to:
            m.say(where, f"{target}.{need.get('via')} does not point at {to}")
    else:
        field = m.field(kind, need.get("field", ""))
        target = field.get("to") if field else None
    if target not in m.kinds:
        return m.say(where, f"needs no kind: {need}")
    for state in need.get("in", []) + need.get("every", []):
        if state != "archived" and state not in m.kinds[target]["states"]["of"]:
            m.say(where, f"{target} has no state {state}")
    if ("in" in need) == ("every" in need):
        m.say(where, "a need is judged by in or by every")
    for name, value in need.get("where", {}).items():
        field = m.field(target, name)
        if field is None:
            m.say(where, f"{target} has no field {name}")
        elif isinstance(value, str) and value.startswith("$"):
            if m.field(kind, value[1:]) is None:
                m.say(where, f"no such field: {value}")
        elif field.get("to") == "role" and value not in m.roles:
            m.say(where, f"no such role: {value}")
    if "only" in need:
        check_condition(m, where, kind, need["only"])
    return None


def check_moves(m, where, kind, data):
    states, moves = data["states"]["of"], data["moves"]
    for name, mv in moves.items():
        at = f"{where} moves.{name}"
        for key in set(mv) - MOVE_KEYS:
            m.say(at, f"unknown key {key}")
        if not NAME.match(name):
            m.say(at, "bad name")
        for state in ([] if mv["from"] == "any" else mv["from"]) + [mv["to"]]:
            if state not in states and state != "archived":
                m.say(at, f"no state {state}")
        if ("by" in mv) == ("sign" in mv):
            m.say(at, "either by or sign")
        check_who(m, at, kind, mv.get("by", []), {"everyone", "auto"})
        check_who(m, at, kind, mv.get("and_by", []), set())
        for step in mv.get("sign", []):
            check_who(m, at, kind, step["by"], set())
        for group, people in mv.get("not", {}).items():
            if not re.match(r"^SOD-\d+$", group):
                m.say(at, f"unknown duty rule {group}")
            check_who(m, at, kind, [p for p in people], {"contributor"})
        for ask in mv.get("asks", []):
            if m.field(kind, ask) is None or "computed" in m.field(kind, ask):
                m.say(at, f"asks for no field {ask}")
        for key in ("when", "second_when"):
            if key in mv:
                check_condition(m, at, kind, mv[key])
        if ("when" in mv) != ("say" in mv):
            m.say(at, "when and say belong together")
        if "on" in mv and (mv.get("by") != ["auto"] or m.field(kind, mv["on"])["type"] not in ("date", "moment")):
            m.say(at, "on is a date or a moment of an auto move")
        for need in mv.get("needs", []):
            check_need(m, at, kind, need)
        if "guard" in mv:
            guard, *names = mv["guard"].split(":")
            if GUARDS.get(guard) != len(names) or None in [m.field(kind, n) for n in names]:
                m.say(at, f"no guard {mv['guard']}")
        if not mv.get("title"):
            m.say(at, "has no title")
    check_reach(m, where, data["states"]["start"], states, moves)


def check_reach(m, where, start, states, moves):
    if start not in states:
        return m.say(where, f"no start state {start}")
    seen, front = {start}, [start]
    while front:
        here = front.pop()
        for mv in moves.values():
            if (mv["from"] == "any" or here in mv["from"]) and mv["to"] not in seen:
                seen.add(mv["to"])
                front.append(mv["to"])
    for state in set(states) - seen:
        m.say(where, f"state {state} cannot be reached")
    for state, s in states.items():
        out = any(mv["from"] == "any" or state in mv["from"] for mv in moves.values())
        if not out and not s.get("end"):
            m.say(where, f"state {state} is no end but nothing leads out of it")
        if s.get("tone") not in TONES or set(s) - STATE_KEYS or not s.get("title"):
            m.say(where, f"state {state}: {s}")
    return None


def check_kind(m, path, data):
    kind, where = data["kind"], path
    for key in set(data) - KIND_KEYS:
        m.say(where, f"unknown key {key}")
    for key in KIND_KEYS - {"sort", "views", "story", "is", "grants", "keeps_until", "waives", "offers", "public", "published", "acknowledge", "steps", "sends", "keeps_events", "event_profiles", "stops"} - set(data):
        m.say(where, f"{key} is missing")
    if path != f"kinds/{kind}.json" or not NAME.match(kind):
        m.say(where, f"holds the kind {kind}")
    if not re.match(r"^[A-Z]{2,4}$", data["prefix"]):
        m.say(where, "bad prefix")
    fields = m.all_fields(kind)
    for name, f in data["fields"].items():
        if name in KEPT:
            m.say(where, f"{name} belongs to the engine")
        if name in m.envelope and f.get("type") != m.envelope[name]["type"]:
            m.say(where, f"{name} has another type than the envelope")
        check_field(m, f"{where} {name}", kind, name, f)
    for group in data["layout"]:
        for name in group["fields"]:
            if m.field(kind, name) is None and name not in KEPT:
                m.say(where, f"layout names no field {name}")
    placed = [name for group in data["layout"] for name in group["fields"]]
    for name in set(data["fields"]) - set(placed):
        m.say(where, f"{name} is in no layout group")
    for name in {n for n in placed if placed.count(n) > 1}:
        m.say(where, f"{name} is in the layout twice")
    for name in data["list"] + [s.lstrip("-") for s in data.get("sort", "").split(",") if s]:
        if name not in fields and name not in KEPT:
            m.say(where, f"list or sort names no field {name}")
    if len(data["list"]) > 7:
        m.say(where, "more than seven columns in the list")
    for view in data.get("views", []):
        # line and period name fields of other kinds, done names states: the loader looks
        view = {key: name for key, name in view.items() if key not in ("shape", "line", "period", "done")}
        if "rows" in view and view.get("down"):  # the others are columns of these rows
            view = {"rows": view["rows"]}
        for name in [*view.pop("after", {}).values(), *view.values()]:
            if name not in fields and name not in KEPT:
                m.say(where, f"a view names no field {name}")
    check_examples(m, where, data)
    check_moves(m, where, kind, data)
    for verb, who in data["access"].items():
        if verb not in ("read", "create", "change"):
            m.say(where, f"unknown access {verb}")
        check_who(m, where, kind, who, {"everyone"})


def texts(data, key=None):
    """Every English text of a model file, with the key it stands under."""
    if isinstance(data, dict):
        for k, v in data.items():
            if k in ("makes", "set"):
                continue  # values, not words
            if k == "offers":
                yield from (one["title"] for one in v)
                continue
            if k == "of" and isinstance(v, dict) and all(isinstance(x, str) for x in v.values()):
                yield from (x for x in v.values())
            elif k in ("about", "reasons") and isinstance(v, dict) and "type" not in v:
                yield from (x for x in v.values() if isinstance(x, str))
                yield from texts({a: b for a, b in v.items() if not isinstance(b, str)})
            elif k in TEXT_KEYS and isinstance(v, str):
                yield v
            else:
                yield from texts(v, k)
    elif isinstance(data, list):
        for v in data:
            yield from texts(v, key)


def decides(path, data):
    """Asks that decide have their words in both languages beside each other."""
    return path.startswith("asks/") and "outcomes" in data


def check_words(m):
    words, used = m.files.get("words/zh.json", {}), set()
    for path, data in m.files.items():
        if path.split("/")[0] in ("words", "demo", "import", "starters", "glossary") or decides(path, data):
            continue
        days = [t for y in data.get("holidays", {}).values() for t in y["days"].values()] if path.startswith("calendars/") else []
        for text in [*texts(data), *days]:
            used.add(text)
            if text not in words:
                m.say(path, f"no Chinese for {text!r}")
            elif not re.search(r"[\u4e00-\u9fff]", words[text]):
                m.say("words/zh.json", f"not Chinese: {words[text]!r}")
            elif re.search(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]", words[text]):
                m.say("words/zh.json", f"half-width mark in {words[text]!r}")
    for text in set(words) - used:
        m.say("words/zh.json", f"no text uses {text!r}")


def pairs(data):
    """Texts that stand in a file in both languages: (English, Chinese)."""
    if isinstance(data, dict) and set(data) == {"en", "zh"} and all(isinstance(v, str) for v in data.values()):
        yield data["en"], data["zh"]
    elif isinstance(data, (dict, list)):
        for v in data.values() if isinstance(data, dict) else data:
            yield from pairs(v)


def check_starters(m):
    """Items are read in either language; the codes of languages themselves are no words."""
    for path, data in m.files.items():
        for en, zh in pairs(data) if path.startswith(("starters/", "glossary/")) or decides(path, data) else []:
            if (en, zh) == ("en", "zh") or en == zh and not re.search(r"[A-Za-z]{2}", en) or len(zh) <= 4 and zh.isascii():  # "%", "ppm"
                continue
            if re.search(r"[\u4e00-\u9fff]", en):
                m.say(path, f"not English: {en!r}")
            if not re.search(r"[\u4e00-\u9fff]", zh):
                m.say(path, f"not Chinese: {zh!r}")
            elif re.search(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]", zh):
                m.say(path, f"half-width mark in {zh!r}")


def check_frameworks(m):
    known = {}
    for path, data in m.files.items():
        if not path.startswith("frameworks/"):
            continue
        groups = {g["id"] for g in data["groups"]}
        known[data["framework"]] = {r["id"] for r in data["rows"]}
        for row in data["rows"]:
            if set(row) - {"id", "group", "type", "title", "about", "auditor", "evidence",
                           "weight", "phase", "documented", "records"}:
                m.say(path, f"unknown key in row {row['id']}")
            if row["group"] not in groups or row["type"] not in ("clause", "control"):
                m.say(path, f"row {row['id']}: bad group or type")
        reg = data.get("register")
        if reg and m.field(reg["kind"], reg["field"]) is None:
            m.say(path, "register names no field")
    if not known:
        return
    named = [(f"kinds/{k}.json", s) for k, d in m.kinds.items() for s in d["serves"]]
    for path, data in m.files.items():
        if path.startswith("checks/"):
            named += [(path, p["row"]) for p in data.get("proves", [])]
            check_check(m, path, data)
        elif path.startswith("sets/") and path != f"sets/{data['set']}.json":
            m.say(path, f"holds the set {data['set']}")
    for where, name in named:
        framework, _, row = name.partition(":")
        if row not in known.get(framework, ()):
            m.say(where, f"no requirement row {name}")


def check_check(m, path, data):
    if set(data) - {"check", "overlay", "title", "statement", "proves", "must", "grace", "population", "breaks",
                    "reasons", "remedy", "fix"}:
        m.say(path, "unknown key")
    for reason in set(data["reasons"]) - set(data.get("fix", {})):
        m.say(path, f"no fix for the reason {reason}")
    if path != f"checks/{data['check']}.json":
        m.say(path, f"holds the check {data['check']}")
    breaks = re.sub(r"CASE (?:(?! END ).)*? END AS kind", "", data["breaks"])
    given = set(re.findall(r"'([a-z_0-9]+)'(?: AS reason)", breaks))
    given |= set(re.findall(r"(?:THEN|ELSE) '([a-z_0-9]+)'", breaks))
    if given - set(data["reasons"]):
        m.say(path, f"reason without words: {sorted(given - set(data['reasons']))}")
    if set(data["reasons"]) - given:
        m.say(path, f"reason never given: {sorted(set(data['reasons']) - given)}")


STATES_IN_BODIES = re.compile(r"body\)?\s+(NOT\s+)?LIKE|->>?\s*'(state|_move|_from)'", re.IGNORECASE)


def check_states(m, where, data):
    """E2: in which state a record was, and since when, is in `stay`; nothing looks for it in bodies."""
    for key in ("query", "population", "breaks"):
        if STATES_IN_BODIES.search(data.get(key) or ""):
            m.say(where, f"{key} looks for states in a body: `stay` has them")


def check_examples(m, where, data):
    """What is asked for in words before a record leaves its beginning has a worked example."""
    start = data["states"]["start"]
    first = {v["to"] for v in data["moves"].values() if v["from"] == "any" or start in listed(v["from"])}
    for name, f in data["fields"].items():
        required = f.get("required")
        if f.get("type") != "note" or not required or "computed" in f or (required is not True and "when" in required):
            continue
        if (required is True or first & set(listed(required["from"]))) and "example" not in f:
            m.say(f"{where} {name}", "has no example")


def check_unique(m):
    for key in ("prefix", "is"):
        seen = {}
        for kind, data in m.kinds.items():
            value = data.get(key)
            if value and value in seen:
                m.say(f"kinds/{kind}.json", f"{key} {value} is taken by {seen[value]}")
            seen[value] = kind


def check_overlays(m):
    """Extends the kinds in place, so that the maps may name the x_ fields."""
    for path, data in m.files.items():
        if path.startswith("overlays/"):
            kind = data["extends"]
            for name, f in data["fields"].items():
                if not name.startswith("x_"):
                    m.say(path, f"{name} does not begin with x_")
                check_field(m, f"{path} {name}", kind, name, f)
                m.kinds[kind]["fields"][name] = f
            placed = [n for group in data["layout"] for n in group["fields"]]
            for name in set(data["fields"]) ^ set(placed):
                m.say(path, f"{name} is not both a field and in the layout")
    for path, data in m.files.items():
        if path.startswith("import/"):
            check_map(m, path, data)


def check_map(m, path, data):
    named = [(f, v) for f, v in data.get("set", {}).items()] + [(data["kept"], None)]
    for targets in data["columns"].values():
        for t in listed(targets):
            if set(t) - {"field", "values", "parse", "fallback", "empty", "copy"}:
                m.say(path, f"unknown key in {t}")
            named += [(t["field"], v) for v in t.get("values", {"": None}).values()]
            for column in t.get("fallback", []):
                if column not in data["columns"]:
                    m.say(path, f"no column {column}")
    for column in data["identity"]["parts"] + data["identity"].get("otherwise", []):
        if column not in data["columns"]:
            m.say(path, f"no column {column}")
    for name, value in named:
        field = m.field(data["kind"], name)
        if field is None:
            m.say(path, f"no field {name}")
        elif value is not None and field["type"] == "choice" and value not in m.values(field):
            m.say(path, f"{name} can never be {value!r}")
        elif isinstance(value, bool) and field["type"] != "yes_no":
            m.say(path, f"{name} is not a yes_no field")


def check_tile(m, where, t):
    """A tile counts records of a kind by a filter, or is one of the parts over all of them."""
    if "part" in t:
        if t["part"] not in ("readiness", "blockers", "late", "ledger") or set(t) != {"title", "about", "part"}:
            m.say(where, "no such part, or more than one beside it")
        return
    if set(t) - {"title", "about", "kind", "filter", "show", "sort", "by", "bad", "warn", "good"}:
        m.say(where, "unknown key")
    if t.get("kind") not in m.kinds:
        m.say(where, f"no kind {t.get('kind')}")
        return
    if t.get("show") not in ("count", "list", "tally") or ("by" in t) != (t["show"] == "tally"):
        m.say(where, "shows a count, a list, or a tally by something")
    names = [n.partition(".")[0] for n in t.get("filter", {})] + [n.lstrip("-") for n in t.get("sort", "").split(",") if n]
    for name in names + ([t["by"]] if "by" in t else []):
        if m.field(t["kind"], name) is None and name not in KEPT:
            m.say(where, f"{t['kind']} has no field {name}")
    for name in ("state", "state.not"):
        for state in t.get("filter", {}).get(name, "").split(","):
            if state and state not in m.kinds[t["kind"]]["states"]["of"]:
                m.say(where, f"{t['kind']} has no state {state}")


def check_homes(m):
    places = {}
    for path, data in m.files.items():
        if not path.startswith("homes/"):
            continue
        if set(data) - {"home", "title", "about", "order", "roles", "otherwise", "tiles", "nav", "acts", "weeks"}:
            m.say(path, "unknown key")
        if path != f"homes/{data['home']}.json" or places.setdefault(data["order"], path) != path:
            m.say(path, "a home has its own name and its own place")
        for role in data.get("roles", []) + [r for a in data.get("acts", {}).values() for r in a.get("roles", [])]:
            if role not in m.roles:
                m.say(path, f"no such role: {role}")
        for name, t in data.get("tiles", {}).items():
            check_tile(m, f"{path} {name}", t)
        for name, a in data.get("acts", {}).items():
            for move in a.get("moves", []):
                kind, _, step = move.partition(".")
                if step not in m.kinds.get(kind, {}).get("moves", {}):
                    m.say(f"{path} {name}", f"no move {move}")
            if "kind" in a and a["kind"] not in m.kinds:
                m.say(f"{path} {name}", f"no kind {a['kind']}")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(
        os.path.dirname(os.path.abspath(__file__)), "..", "..", "model")
    m = Model(os.path.normpath(root))
    for name, f in m.envelope.items():
        check_field(m, f"envelope.json {name}", None, name, f)
    for path, data in m.files.items():
        if path.startswith("kinds/"):
            check_kind(m, path, data)
        if path.startswith(("checks/", "sets/")):
            check_states(m, path, data)
    check_overlays(m)
    check_homes(m)
    check_unique(m)
    check_frameworks(m)
    check_words(m)
    check_starters(m)
    for line in m.findings:
        print(line)
    print(f"{len(m.kinds)} kinds, {len(m.files)} files, {len(m.findings)} findings",
          file=sys.stderr)
    return 1 if m.findings else 0


if __name__ == "__main__":
    sys.exit(main())
