#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A list of many is found in the way that suits its question, and is the same whichever way that is: its
records, their order, its pages and its total, for whoever reads all and for whoever does not. What few or
none fit is looked up by an index, also by what the list does not show, in a store of an earlier program as
well as in a new one.

    lists_every_way.py PATH_OF_AIMWELL
"""
import csv
import os
import sqlite3
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

MANY = 2600  # more than are looked up one by one, and more than are walked

WORDS = ("walrus", "heron otter", "heron", "heronry", "海象 审查")
SORTS = ("", "title", "-due", "-priority", "-confidentiality")
FILTERS = {
    "confidentiality=public": lambda r: r.get("confidentiality") == "public",
    "confidentiality=internal": lambda r: r.get("confidentiality") == "internal",
    "confidentiality=restricted,public": lambda r: r.get("confidentiality") in ("restricted", "public"),
    "confidentiality.not=internal": lambda r: r.get("confidentiality") not in ("internal", None),
    "tags=even": lambda r: "even" in r.get("tags", []),
    "tags=rare": lambda r: "rare" in r.get("tags", []),
    "tags=none_has_it": lambda r: False,
    "tags.not=even": lambda r: "even" not in r.get("tags", []),
    "tags.empty=1": lambda r: "tags" not in r,
    "priority=high": lambda r: r["priority"] == "high",
    "priority=high&tags=even": lambda r: r["priority"] == "high" and "even" in r.get("tags", []),
    "due.empty=1": lambda r: "due" not in r,
    "due.empty=0&confidentiality=public": lambda r: "due" in r and r.get("confidentiality") == "public",
    "due.lt=2027-01-20": lambda r: r.get("due", "9") < "2027-01-20",
    "before_use=true": lambda r: False,
    "state=done": lambda r: False,
    "title=heron 7": lambda r: r["title"] == "heron 7",
    "q=heron": lambda r: "heron" in r["title"],
    "q=hero": lambda r: "heron" in r["title"],
    "q=walrus": lambda r: r["title"].startswith("walrus"),
    "q=her otter": lambda r: False, # the beginning of the last word alone
    "q=heron otte": lambda r: "otter" in r["title"],
    "q=otter walrus": lambda r: False,
    "q=%": lambda r: False,
    "q=审查": lambda r: "审查" in r["title"],
    "q=heron&priority=high": lambda r: "heron" in r["title"] and r["priority"] == "high",
    "q=heron&tags=rare": lambda r: "heron" in r["title"] and "rare" in r.get("tags", []),
    "q=hero&confidentiality=public": lambda r: "heron" in r["title"] and r.get("confidentiality") == "public",
}


def table(folder):
    """Most have the word heron and are internal; the restricted ones are every seventh."""
    path = folder + "/many.csv"
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(["external_id", "title", "priority", "due", "tags", "confidentiality"])
        for i in range(MANY):
            title = f"walrus {i}" if i % 40 == 0 else f"{WORDS[i % 4 + 1]} {i}" if i % 9 == 0 else f"heron {i}"
            tags = "rare|even" if i % 200 == 0 else "even" if i % 2 == 0 else "" if i % 3 == 0 else "odd"
            level = "restricted" if i % 7 == 0 else "public" if i % 300 == 5 else "internal"
            due = "" if i % 11 == 0 else f"2027-{i * 12 // MANY + 1:02d}-{i % 28 + 1:02d}"
            out.writerow([f"X-{i}", title, ("low", "normal", "high")[i * 3 // MANY], due, tags, level])
    return path


def every(client, query, limit):
    """All pages of a list, and the totals that they named."""
    records, totals, cursor = [], set(), ""
    while True:
        page = client.good("GET", f"task?limit={limit}&{query}{cursor}")
        records += page["items"]
        totals.add(page["total"])
        if not page["next"]:
            return records, totals
        cursor = f"&cursor={page['next']}"


def quoted(query):
    return "&".join(f"{part.split('=')[0]}={urllib.parse.quote(part.split('=', 1)[1])}" for part in query.split("&"))


def one_list(client, whole, sort, name, fits, limit):
    asked = quoted(name) + (f"&sort={sort}" if sort else "")
    records, totals = every(client, asked, limit)
    wanted = [r["id"] for r in whole if fits(r)]
    found = [r["id"] for r in records]
    if found == wanted and totals == {len(wanted)}:
        return ""
    return f"{asked} limit {limit}: {len(found)} of {len(wanted)}, total {totals}; same records: {sorted(found) == sorted(wanted)}"


def compare(report, where, client, sorts=SORTS):
    """Every filter in every order against the whole list in that order."""
    wrong, seen = [], 0
    for sort in sorts:
        whole, _ = every(client, f"sort={sort}" if sort else "", 1000)
        seen = len(whole)
        for i, (name, fits) in enumerate(FILTERS.items()):
            limit = (7, 50, 1000)[i % 3] if sum(map(fits, whole)) < 400 else (170, 500, 1000)[i % 3]
            wrong += filter(None, [one_list(client, whole, sort, name, fits, limit)])
    report.say(not wrong, f"{where}: {len(FILTERS)} filters in {len(sorts)} orders", f"{len(wrong)} differ: {wrong[:3]}")
    return seen


def plans(report, place):
    """What no list shows is looked up all the same: by an index, of those alone that have it."""
    with place.database() as db:
        for what in ("confidentiality = 'public'", "author = 'x'", "created_at > '2030'", "before_use IN (1)",
                     "tags IS NOT NULL AND tags LIKE '%|x|%'"):
            plan = " ".join(str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN SELECT id FROM task t WHERE {what} LIMIT 201"))
            report.say("INDEX" in plan, f"by an index: {what}", plan)
        sizes = [row[0] for row in db.execute("SELECT sql FROM sqlite_schema WHERE name IN ('task_tags_filled', 'task_before_use_filled')")]
        report.say(len(sizes) == 2 and all("IS NOT NULL" in sql for sql in sizes), "what is left empty is in no index", str(sizes))


def upgraded(report, place):
    """A store of before: its indexes come when it is opened."""
    with place.database() as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE name LIKE '%!_filled' ESCAPE '!'")]
        for name in names:
            db.execute(f'DROP INDEX "{name}"')
    harness.Server(place).stop()
    with place.database() as db:
        now = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE name LIKE '%!_filled' ESCAPE '!'")]
    report.say(names and sorted(now) == sorted(names), "a store of an earlier program gets them when it is opened", f"{len(now)} of {len(names)}")


def play(report, place, where):
    all_of_them = place.init()
    others = place.token("staff")
    folder = harness.temporary()
    harness.must(place.aimwell, "import", "task", table(folder), "--as", "robot1@test.example", where=place.where)
    server = harness.Server(place)
    most = compare(report, f"{where}, who reads all", harness.Client(server.port, all_of_them))
    fewer = compare(report, f"{where}, who does not", harness.Client(server.port, others), SORTS[::3])
    report.say(most == MANY and 0 < fewer < MANY, f"{where}: they read different records", f"{most} {fewer}")
    server.stop()
    if place.data:
        plans(report, place)
        upgraded(report, place)
    code, out, err = place.verify("--deep")
    report.say(code == 0, f"{where}: everything is intact", (out + err)[-200:])


def main():
    aimwell = harness.program()
    report = harness.Report()
    play(report, harness.Place(aimwell, data=harness.temporary() + "/data"), "SQLite")
    url = os.environ.get("AIMWELL_TEST_PG", "")
    if url:
        play(report, harness.Place(aimwell, store=f"{url}&schema=lists_every_way"), "PostgreSQL")
    report.end()


main()
