#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A model that grows keeps what is stored.

A site's own kind gets a new field, a field is renamed with `was`, a choice gets a value; each time the program is
opened again. What was written stays, the same model twice changes nothing in the database, and a change that
would lose or bend data is refused with a word about the field, leaving everything as it was. SQLite only: a
site's own files live in its data folder.
"""
import copy
import json
import os
import sqlite3
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Failed, Server, run  # noqa: E402
from report import Report  # noqa: E402
from stores import open_stores  # noqa: E402

FIRST = {
    "kind": "x_visit", "prefix": "VIS", "title": "Visit", "plural": "Visits", "icon": "footprints",
    "about": "A visit to a place.", "phase": "do", "order": 90,
    "fields": {
        "place": {"type": "text", "title": "Place", "about": "Where it was."},
        "people": {"type": "integer", "title": "People", "about": "How many went."},
        "guides": {"type": "refs", "to": "person", "title": "Guides", "about": "Who showed it."},
        "findings": {"type": "rows", "title": "Findings", "about": "What was seen.",
                     "columns": {"what": {"type": "text", "title": "What", "about": "The finding."}}}},
    "states": {"start": "open", "of": {"open": {"title": "Open", "tone": "idle", "end": True, "about": "To come."}}},
    "moves": {},
    "access": {"read": ["staff"], "create": ["staff"], "change": ["@owner"]}}


class Site:
    """The data folder with its own kind."""

    def __init__(self, store, report):
        self.store, self.report = store, report

    def write(self, kind):
        """The kind as it is from now on."""
        folder = os.path.join(self.store.where, "model.d")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "x_visit.json"), "w", encoding="utf-8") as out:
            json.dump(kind, out, indent=1)

    def schema(self):
        """Columns of the table, and the count of schema changes that SQLite keeps."""
        with sqlite3.connect(os.path.join(self.store.where, "aimwell.db")) as db:
            columns = {row[1]: row[2] for row in db.execute("PRAGMA table_info(x_visit)")}
            return columns, db.execute("PRAGMA schema_version").fetchone()[0]

    def open(self):
        """Any command brings the tables up to date."""
        return run("user", "list", *self.store.words, expect=None)

    def expect(self, name, good, found=""):
        self.report.tell(f"migration {name}", [] if good else [f"not so: {found}"])

    def twice_is_once(self, name):
        """Opened again with the same model, the database is not touched."""
        _, before = self.schema()
        self.open()
        _, after = self.schema()
        self.expect(f"{name}, planned twice, plans nothing", before == after, (before, after))


def grow(site):
    """The changes that are allowed, one after another."""
    kind = copy.deepcopy(FIRST)
    site.write(kind)
    with Server(site.store) as server:
        client = Client(server, cast.passwords())
        stan = client.must("stan", "GET", "/session")["user"]["id"]
        made = client.must("stan", "POST", "/x_visit",
                           {"title": "Mill", "place": "River 风", "people": 3, "guides": [stan],
                            "findings": [{"what": "Dust"}]})
    site.twice_is_once("a new kind")

    kind["fields"]["cost"] = {"type": "number", "title": "Cost", "about": "What it took."}
    kind["fields"]["hosts"] = {"type": "refs", "to": "person", "title": "Hosts", "about": "Who was there."}
    kind["fields"]["findings"]["columns"]["grave"] = {"type": "yes_no", "title": "Grave",
                                                      "about": "Whether it matters."}
    site.write(kind)
    site.expect("adds fields", site.open().returncode == 0)
    site.twice_is_once("an added field")

    kind["fields"]["town"] = {**kind["fields"].pop("place"), "was": "place"}
    kind["fields"]["seen"] = {**kind["fields"].pop("findings"), "was": "findings"}
    kind["fields"]["guests"] = {**kind["fields"].pop("guides"), "was": "guides"}
    site.write(kind)
    done = site.open()
    columns, _ = site.schema()
    site.expect("renames a field", done.returncode == 0 and "town" in columns and "place" not in columns,
                (done.stderr, columns))
    site.twice_is_once("a renamed field")
    with Server(site.store) as server:
        client = Client(server, cast.passwords())
        now = client.must("stan", "GET", "/x_visit/VIS-0001")
        kept = {"town": "River 风", "people": 3, "seen": [{"what": "Dust"}], "guests": [stan]}
        site.expect("loses nothing", {k: now.get(k) for k in kept} == kept, now)
        for query in ("town=River%20%E9%A3%8E", f"guests={stan}", "seen.empty=0"):
            found = client.must("stan", "GET", f"/x_visit?{query}")
            site.expect(f"finds by {query}", found["total"] == 1, found)
        changed = client.must("stan", "PATCH", "/x_visit/VIS-0001",
                              {"cost": 2.5, "hosts": [now["owner"]],
                               "seen": [{"what": "Dust", "grave": True}]}, {"If-Match": '"1"'})
        site.expect("uses the new fields", changed["cost"] == 2.5, changed)
        history = client.must("stan", "GET", "/x_visit/VIS-0001/history")["items"]
        fields = {one["field"] for one in history[0]["changes"]}
        site.expect("keeps the history", len(history) == 2 and fields == {"cost", "hosts", "seen"} and
                    made["id"] == changed["id"], history)
    verified = run("verify", "--deep", *site.store.words, expect=None)
    site.expect("stays intact", verified.returncode == 0, verified.stdout + verified.stderr)
    return kind


def refuse(site, kind):
    """Changes that would bend what is stored."""
    before, version = site.schema()
    for name, field, change in [("a number that becomes text", "people", {"type": "text"}),
                                ("text that becomes a number", "town", {"type": "integer", "was": None}),
                                ("a list that becomes a value", "hosts", {"type": "yes_no", "to": None})]:
        wrong = copy.deepcopy(kind)
        wrong["fields"][field].update(change)
        wrong["fields"][field] = {k: v for k, v in wrong["fields"][field].items() if v is not None}
        site.write(wrong)
        done = site.open()
        columns, now = site.schema()
        site.expect(f"refuses {name}", done.returncode != 0 and field in done.stderr,
                    (done.returncode, done.stderr))
        site.expect(f"leaves all as it was after {name}", (columns, now) == (before, version),
                    (before, columns))
    site.write(kind)
    site.expect("opens again with the right model", site.open().returncode == 0)
    with Server(site.store) as server:
        client = Client(server, cast.passwords())
        now = client.must("stan", "GET", "/x_visit/VIS-0001")
        site.expect("still has everything", now["town"] == "River 风" and now["people"] == 3, now)


def main():
    """Grows one site step by step."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="aimwell-migration-") as folder:
        try:
            store = open_stores("sqlite", folder).new()
            cast.make(store, folder)
            site = Site(store, report)
            refuse(site, grow(site))
        except Failed as error:
            report.tell("migration", [str(error)])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
