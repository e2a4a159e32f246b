#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E3: a record that 1,000 others depend on is written like any other: those are marked with it and computed anew by the
thread of timed work, which does not wait for its minute; whoever decides on one of them meanwhile decides on fresh
values; a killed server goes on where it was. What is computed from many is one look at their columns.

    e03_many_depend.py PATH_OF_AIMWELL
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

MANY = 1000
TWIGS = 400  # two whole slices
STATES = {"start": "open", "of": {"open": {"title": "Open", "tone": "idle", "about": "It is there."},
                                  "firm": {"title": "Firm", "tone": "ok", "end": True, "about": "It is settled."}}}
ACCESS = {"read": ["staff"], "create": ["staff"], "change": ["@owner", "@author", "staff"]}


def kind(name, prefix, order, fields, moves=None):
    return {"kind": name, "prefix": prefix, "title": name, "plural": name, "icon": "clock", "phase": "do", "order": order,
            "about": "For a test.", "list": ["title", "state"], "sort": "title", "states": STATES, "access": ACCESS, "fields": fields,
            "moves": moves or {"settle": {"title": "Settle", "from": ["open"], "to": "firm", "by": ["staff"]}}}


KINDS = [
    kind("x_ground", "XGR", 97, {"level": {"type": "integer", "title": "Level", "about": "What others take over.", "min": 0, "max": 1000000}}),
    kind("x_top", "XTP", 98, {"worst": {"type": "integer", "title": "Worst", "about": "Of its leaves.",
                                        "computed": {"fn": "related_worst", "kind": "x_leaf", "via": "top", "field": "level", "in": ["open"]}}}),
    # Two fields along one reference, and another register that looks at the same record.
    kind("x_twig", "XTW", 96,
         {"ground": {"type": "ref", "to": "x_ground", "title": "Ground", "about": "What it stands on."},
          "level": {"type": "integer", "title": "Level", "about": "That of its ground.", "computed": {"fn": "of", "ref": "ground", "value": "level"}},
          "below": {"type": "text", "title": "Below", "about": "What it is called.", "computed": {"fn": "of", "ref": "ground", "value": "title"}}}),
    kind("x_leaf", "XLF", 99,
         {"ground": {"type": "ref", "to": "x_ground", "title": "Ground", "about": "What it stands on."},
          "top": {"type": "ref", "to": "x_top", "title": "Top", "about": "What stands on it."},
          "level": {"type": "integer", "title": "Level", "about": "That of its ground.",
                    "computed": {"fn": "of", "ref": "ground", "value": "level"}}},
         {"settle": {"title": "Settle", "from": ["open"], "to": "firm", "by": ["staff"],
                     "when": {"field": "level", "in": [3, 4, 5]}, "say": "Its level is not between 3 and 5."}})]


class Many:
    def __init__(self, report, aimwell):
        self.report = report
        folder = harness.temporary()
        os.makedirs(folder + "/site/kinds")
        for one in KINDS:
            with open(f"{folder}/site/kinds/{one['kind']}.json", "w", encoding="utf-8") as f:
                json.dump(one, f, indent=1)
        self.place = harness.Place(aimwell, data=folder + "/data")
        self.place.where = [*self.place.where, "--site", folder + "/site"]
        self.token = self.place.init()
        self.serve()
        self.ground, self.top = self.client.good("POST", "x_ground", {"title": "Ground", "level": 1}), self.client.good("POST", "x_top", {"title": "Top"})
        with open(folder + "/leaves.csv", "w", encoding="utf-8") as f:
            f.write("title,ground,top\n" + "".join(f"Leaf {n},{self.ground['key']},{self.top['key'] if n < 300 else ''}\n" for n in range(MANY)))
        harness.must(aimwell, "import", "x_leaf", folder + "/leaves.csv", "--as", "robot1@test.example", where=self.place.where)
        with open(folder + "/twigs.csv", "w", encoding="utf-8") as f:
            f.write("title,ground\n" + "".join(f"Twig {n},{self.ground['key']}\n" for n in range(TWIGS)))
        harness.must(aimwell, "import", "x_twig", folder + "/twigs.csv", "--as", "robot1@test.example", where=self.place.where)

    def serve(self):
        self.server = harness.Server(self.place)
        self.client = harness.Client(self.server.port, self.token)

    def set(self, level):
        """The index of the entry of the change."""
        now = self.client.good("GET", "x_ground/" + self.ground["key"])
        return self.client.good("PATCH", "x_ground/" + self.ground["key"], {"level": level}, If_Match=f'"{now["version"]}"')["ledger"]["index"]

    def fresh(self, level):
        """How many leaves have the level of their ground, when all have or patience ends."""
        return self.until(f"x_leaf?level={level}&limit=1", MANY)

    def until(self, path, wanted):
        end = time.monotonic() + harness.PATIENCE
        while True:
            found = self.client.good("GET", path)["total"]
            if found == wanted or time.monotonic() > end:
                return found
            time.sleep(0.1)

    def started(self):
        self.report.say(self.fresh(1) == MANY, "what is brought in is computed", self.fresh(1))
        before = self.client.good("GET", f"x_leaf?limit=1&sort=title")["items"][0]
        index = self.set(7)
        size = int(self.client.good("GET", f"ledger/checkpoint?size={index + 1}").decode().split("\n")[1])
        self.report.say(size - index < MANY, "it is committed without what depends on it", f"{size - index} entries")
        self.report.say(self.fresh(7) == MANY, "all that depend on it follow, without waiting for the minute", self.fresh(7))
        after = self.client.good("GET", "x_leaf/" + before["id"] + "/history")["items"][0]
        self.report.say(after["act"] == "record.recompute" and after["actor"]["type"] == "system", "as the system, in their history", after["act"])
        worst = self.client.good("GET", "x_top/" + self.top["key"])["worst"]
        self.report.say(worst == 7, "what is computed from many follows too", worst)
        twigs = self.until("x_twig?level=7&below=Ground&limit=1", TWIGS)
        self.report.say(twigs == TWIGS, "in every register that looks at it", twigs)
        end, metric = time.monotonic() + harness.PATIENCE, ""
        while "records_stale 0" not in metric and time.monotonic() < end:
            metric = self.client.ask("GET", "/metrics")[2].decode()
        self.report.say("records_stale 0" in metric, "nothing waits any more", [l for l in metric.splitlines() if "stale" in l])

    def decided(self):
        """Between the change and the slices: the newest leaf is asked at once."""
        leaf = self.client.good("GET", "x_leaf?limit=1&sort=-key")["items"][0]
        self.set(3)
        status, _, why = self.client.ask("POST", f"x_leaf/{leaf['id']}/moves/settle")
        self.report.say(status == 200 and why["level"] == 3, "a decision right behind the change is on fresh values", f"{status} {why.get('detail')}")

    def killed(self):
        for level in (11, 12, 13):
            self.set(level)
            self.server.kill()
            with self.place.database() as db:
                ones = db.execute("SELECT count(*) FROM stale_record WHERE kind NOT LIKE ':%'").fetchone()[0]
            self.report.say(ones == 0, "what is written with it does not grow with how many depend on it", ones)
            self.serve()
        found = self.client.good("GET", "x_leaf?state=open&limit=1")["total"]
        end = time.monotonic() + harness.PATIENCE
        while self.client.good("GET", "x_leaf?state=open&level=13&limit=1")["total"] != found and time.monotonic() < end:
            time.sleep(0.1)
        late = self.client.good("GET", "x_leaf?state=open&level=13&limit=1")["total"]
        self.report.say(late == found, "killed after each change: all is fresh in the end", f"{late} of {found}")
        self.server.stop()
        code, out, err = self.place.verify("--deep")
        self.report.say(code == 0, "verify --deep finds nothing", f"{code} {out[:300]}{err[:300]}")


def main():
    report = harness.Report()
    it = Many(report, harness.program())
    it.started()
    it.decided()
    it.killed()
    report.end()


if __name__ == "__main__":
    sys.exit(main())
