#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E8, E3: what a model file may say is done. Computed fields come out right in whatever order the file has them;
`required` and `default` hold in the columns of tables; kinds whose computed fields look at one another in a circle
are refused with file and line, before anything is written.

    e08_what_the_model_says.py PATH_OF_AIMWELL
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402


def computed(title, of):
    return {"type": "integer", "title": title, "about": "Computed.", "computed": {"fn": "greatest", "fields": of}}


def number(title):
    return {"type": "integer", "min": 0, "max": 99, "title": title, "about": "Typed in."}


def kind(name, prefix, fields):
    return {"kind": name, "prefix": prefix, "title": name, "plural": name, "icon": "list", "phase": "do", "order": 99, "about": "For a test.",
            "fields": fields, "list": ["title", "state"],
            "states": {"start": "open", "of": {"open": {"title": "Open", "tone": "idle", "about": "There."},
                                               "over": {"title": "Over", "tone": "ok", "end": True, "about": "Done."}}},
            "moves": {"end": {"title": "End", "from": ["open"], "to": "over", "by": ["staff"]}},
            "access": {"read": ["staff"], "create": ["staff"], "change": ["staff"]}}


ONE = kind("x_one", "XONE", {
    # the last builds on the one after it, that on the third: the file has them the wrong way round
    "top": computed("Top", ["middle", "c"]), "middle": computed("Middle", ["low", "b"]), "low": computed("Low", ["a"]),
    "a": number("A"), "b": number("B"), "c": number("C"),
    "steps": {"type": "rows", "title": "Steps", "about": "A table.", "columns": {
        "what": {"type": "text", "title": "What", "about": "Words.", "required": True},
        "kind_of": {"type": "choice", "title": "Kind", "about": "One of two.", "of": {"small": "Small", "large": "Large"}, "default": "small"},
        "day": {"type": "date", "title": "On", "about": "A day.", "default": "@today"}}}})


def circle(first_looks):
    """x_p looks at x_q; x_q, when it does too, back at x_p."""
    worst = {"type": "integer", "title": "Worst", "about": "Computed."}
    p = kind("x_p", "XP", {"to_q": {"type": "ref", "to": "x_q", "title": "Q", "about": "There."},
                           "worst": {**worst, "computed": {"fn": "related_worst", "kind": "x_q", "via": "to_p", "field": "worst", "in": ["open"]}}})
    q = kind("x_q", "XQ", {"to_p": {"type": "ref", "to": "x_p", "title": "P", "about": "There."}, "size": number("Size"),
                           "worst": {**worst, "computed": {"fn": "related_worst", "kind": "x_p", "via": "to_q", "field": "worst", "in": ["open"]}
                                     if first_looks else {"fn": "greatest", "fields": ["size"]}}})
    return p, q


class Suite:
    def __init__(self):
        self.aimwell, self.report, self.folder = harness.program(), harness.Report(), harness.temporary()

    def site(self, *kinds):
        site = self.folder + "/site"
        os.makedirs(site + "/kinds", exist_ok=True)
        for k in kinds:
            with open(f"{site}/kinds/{k['kind']}.json", "w", encoding="utf-8") as f:
                json.dump(k, f, indent=1)
        return ["--site", site]

    def refused(self):
        place = harness.Place(self.aimwell, data=self.folder + "/circle")
        where = [*place.where, *self.site(*circle(True))]
        code, out, err = harness.run(self.aimwell, "init", "--organisation", "T", "--admin", "a@t.example", where=where)
        self.report.say(code != 0 and "looks at" in err and "x_p.json:" in err, "kinds that look at one another in a circle are refused by file and line",
                        f"{code} {out}{err}")
        self.site(*circle(False))

    def life(self):
        place = harness.Place(self.aimwell, data=self.folder + "/data")
        place.where = [*place.where, *self.site(ONE)]
        token = place.init("staff,aims_manager")
        server = harness.Server(place)
        client = harness.Client(server.port, token)
        made = client.good("POST", "x_one", {"title": "T", "a": 3, "b": 2, "c": 1})
        self.report.say([made.get(f) for f in ("low", "middle", "top")] == [3, 3, 3], "computed fields build on each other in any order of the file", made)
        status, _, reply = client.ask("POST", "x_one", {"title": "T", "steps": [{"what": "begin"}, {"kind_of": "large"}]})
        wrong = [e["field"] for e in reply.get("errors", [])]
        self.report.say(status == 422 and wrong == ["steps[1].what"], "a required column is required, and named", f"{status} {reply}")
        made = client.good("POST", "x_one", {"title": "T", "steps": [{"what": "begin"}, {"what": "end", "kind_of": "large", "day": None}]})
        first, second = made.get("steps", [{}, {}])
        self.report.say(first.get("kind_of") == "small" and len(first.get("day", "")) == 10, "a column has its default", made)
        self.report.say(second.get("kind_of") == "large" and "day" not in second, "and not where something was said, be it nothing", made)
        self.site(*circle(False))
        client.close()
        server.stop()
        server = harness.Server(place)
        client = harness.Client(server.port, token)
        p = client.good("POST", "x_p", {"title": "P"})
        client.good("POST", "x_q", {"title": "Q", "to_p": p["id"], "size": 7})
        self.report.say(client.good("GET", f"x_p/{p['key']}").get("worst") == 7, "one way it may look, and follows")
        server.stop()
        code, out, err = place.verify("--deep")
        self.report.say(code == 0, "everything is intact", f"{code} {out}{err}")

    def all(self):
        self.refused()
        self.life()
        self.report.end()


Suite().all()
