#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A model that grows keeps what is stored.

A site's own kind gets a new field, a field is renamed with `was`, a choice gets a value; each time the program is
opened again. What was written stays, the same model twice changes nothing in the database, and a change that
would lose or bend data is refused with a word about the field, leaving everything as it was. On both stores:
with SQLite the site's own files are in its data folder, with PostgreSQL in a folder named by --site. Who comes
with other files than those in force is told so.
"""
import copy
import json
import os
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Failed, Server, run  # noqa: E402
from report import Report  # noqa: E402
from stores import stores_for  # noqa: E402

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


SQLITE_SCHEMA = ("SELECT name FROM pragma_table_info('x_visit')", "PRAGMA schema_version")
# A column, table or index that is made, renamed or dropped writes its row of the catalog again.
POSTGRES_SCHEMA = (
    "SELECT attname FROM pg_attribute WHERE attrelid = 'aimwell.x_visit'::regclass AND attnum > 0 AND NOT attisdropped",
    "SELECT md5(string_agg(row, ',' ORDER BY row)) FROM (SELECT oid || ' ' || relname || ' ' || relnatts AS row"
    " FROM pg_class WHERE relnamespace = 'aimwell'::regnamespace) c")


class Site:
    """An organisation with a kind of its own."""

    def __init__(self, store, folder, report):
        self.store, self.report = store, report
        self.own = os.path.join(store.where, "model.d") if store.kind == "sqlite" else os.path.join(folder, "own")
        if store.kind != "sqlite":
            store.words += ["--site", self.own]

    def write(self, kind):
        """The kind as it is from now on."""
        os.makedirs(self.own, exist_ok=True)
        with open(os.path.join(self.own, "x_visit.json"), "w", encoding="utf-8") as out:
            json.dump(kind, out, indent=1)

    def ask(self, sql):
        """The first column of the answer, from the database itself."""
        if self.store.kind == "sqlite":
            with sqlite3.connect(os.path.join(self.store.where, "aimwell.db")) as db:
                return [row[0] for row in db.execute(sql)]
        done = subprocess.run(["psql", "-qAt", "-d", self.store.where, "-c", sql], check=True, capture_output=True,
                              text=True)
        return done.stdout.split("\n")[:-1]

    def schema(self):
        """Columns of the table, and what changes with every change of the schema."""
        columns, version = SQLITE_SCHEMA if self.store.kind == "sqlite" else POSTGRES_SCHEMA
        return set(self.ask(columns)), self.ask(version)

    def open(self):
        """Brings the tables up to date, as the start of a server does."""
        return run("model", "adopt", *self.store.words, expect=None)

    def expect(self, name, good, found=""):
        self.report.tell(f"migration on {self.store.kind}: {name}", [] if good else [f"not so: {found}"])

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
    site.expect("stays intact", verified.returncode == 0 and not verified.stderr, verified.stdout + verified.stderr)
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


def without_its_files(site):
    """The store has the site's own files: who comes without the folder works with them."""
    bare = copy.copy(site.store)
    bare.words = site.store.words[:2]
    if site.store.kind == "sqlite":
        os.rename(site.own, site.own + ".away")
    before, version = site.schema()
    done = run("user", "list", *bare.words, expect=None)
    site.expect("a command works without the folder of the site's files", done.returncode == 0, (done.returncode, done.stderr))
    with Server(bare) as server:
        now = Client(server, cast.passwords()).must("stan", "GET", "/x_visit/VIS-0001")
        site.expect("so does the server, with the site's fields", now["town"] == "River 风" and now["people"] == 3, now)
    site.expect("and leaves all as it was", site.schema() == (before, version), site.schema())
    done = run("verify", "--deep", *bare.words, expect=None)
    site.expect("so does verify", done.returncode == 0, done.stdout + done.stderr)
    if site.store.kind == "sqlite":
        os.rename(site.own + ".away", site.own)


def other_files(site, kind):
    """Nodes with different files on one schema: who has served with the older ones follows, and does not bring them back."""
    newer, words = copy.deepcopy(kind), [*site.store.words[:2], "--site", site.own + "-newer"]
    newer["fields"]["lunch"] = {"type": "yes_no", "title": "Lunch", "about": "Whether there was one."}
    os.makedirs(words[3])
    with open(os.path.join(words[3], "x_visit.json"), "w", encoding="utf-8") as out:
        json.dump(newer, out)
    done = run("user", "list", *words, expect=None)
    site.expect("lets no mere command bring in a new model", done.returncode == 5 and "adopt" in done.stderr,
                (done.returncode, done.stderr))
    with Server(site.store) as older:
        run("model", "adopt", *words)
        client = Client(older, cast.passwords())
        until, follows = time.monotonic() + 60, False
        while not follows and time.monotonic() < until:  # it looks when somebody else has written
            client.call("stan", "POST", "/x_visit", {"title": "Another"})  # 429 while it changes over
            follows = any(k["kind"] == "x_visit" and any(f["name"] == "lunch" for f in k["fields"])
                          for k in client.must("stan", "GET", "/model")["kinds"])
        site.expect("a server that was left with the older model follows", follows)
    done = run("serve", "--listen", "127.0.0.1:0", *site.store.words, expect=None)
    site.expect("does not start one with the older model", done.returncode == 5 and "older model" in done.stderr,
                (done.returncode, done.stderr))
    site.expect("goes back on purpose", site.open().returncode == 0)
    with Server(site.store) as server:
        client = Client(server, cast.passwords())
        site.expect("and still has everything", client.must("stan", "GET", "/x_visit/VIS-0001")["town"] == "River 风")


def demo_is_made_once(stores, report):
    """A demo organisation is made where there is none, and served as it is where there is one."""
    store = stores.new()
    sizes = []
    for _ in range(2):
        with Server(store, "--demo") as server:
            client = Client(server, {"lin": ("lin@northlake.example", "northlake-demo-2026")})
            sizes.append(client.must("lin", "GET", "/ai_system")["total"])
    report.tell(f"migration on {stores.kind}: a demo is made once",
                [] if sizes[0] > 0 and sizes[0] == sizes[1] else [f"{sizes} systems"])


def main():
    """Grows one site on each store, step by step."""
    report = Report()
    for kind in ("sqlite", "postgresql"):
        with stores_for(kind, "migration") as (stores, folder):
            try:
                store = stores.new()
                cast.make(store, folder)
                site = Site(store, folder, report)
                grown = grow(site)
                refuse(site, grown)
                without_its_files(site)
                if kind == "postgresql":
                    other_files(site, grown)
                demo_is_made_once(stores, report)
            except Failed as error:
                report.tell(f"migration on {kind}", [str(error)])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
