#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E1: whose turn it is among many. Lists of tasks look only where the table of living records says; with more than a
thousand of them they walk it in its order. Nobody misses one, nobody sees another's, pages hand over, and what is
counted says when there is more. The table is what follows from the records: made anew it is the same, deep
verification finds an edited row, and a store of an earlier program gets it when it is opened. On both stores.

    e01_many_turns.py PATH_OF_AIMWELL
"""
import contextlib
import csv
import os
import random
import sqlite3
import subprocess
import sys

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib"), HERE]

import cast  # noqa: E402
import e01_u05_turns as turns  # noqa: E402
from client import Client  # noqa: E402
from program import Server, run  # noqa: E402
from stores import stores_for  # noqa: E402

RISKS = 1300  # every tenth of claims, every hundredth of sales north
KEPT = "SELECT kind, id, place, unit, keeper, offered, day, num FROM turn ORDER BY kind, id"


def sql(store, statement):
    """Behind the program's back; what it gives as text."""
    if store.kind == "sqlite":
        with contextlib.closing(sqlite3.connect(store.where + "/aimwell.db")) as db:
            rows = db.execute(statement).fetchall()
            db.commit()
        return ["|".join("" if v is None else str(v) for v in row) for row in rows]
    done = subprocess.run(["psql", "-q", "-t", "-A", "-F", "|", "-v", "ON_ERROR_STOP=1", store.where, "-c", statement],
                          capture_output=True, text=True, check=True)
    return done.stdout.split("\n")[:-1]


def risks(store, folder, units):
    """Many, with days all over a year; which of them are whose."""
    of = {"claims": units["claims"], "north": units["sales_north"], "": ""}
    names = ["claims" if i % 10 == 0 else "north" if i % 100 == 1 else "" for i in range(RISKS)]
    with open(folder + "/risks.csv", "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["external_id", "title", "unit", "due"])
        for i, name in enumerate(names):
            rows.writerow([f"X-{i}", f"Risk {i}", of[name], "" if i % 7 == 0 else f"2027-{i % 12 + 1:02d}-{i % 28 + 1:02d}"])
    run("import", "risk", folder + "/risks.csv", *store.words, "--as", "asa@northlake.example")
    return names


def all_pages(client, who, of=""):
    items, answer = turns.tasks(client, who, of)[0], client.must(who, "GET", f"/tasks?of={of}&limit=500")
    of_many = [t for t in items if t["title"].startswith("Risk ")]
    placed = [(t.get("due") or "9999", t["key"]) for t in items]
    return of_many, placed == sorted(placed) and len({t["id"] for t in items}) == len(items), answer, len(items)


def many(say, client, names):
    claims, north = names.count("claims"), names.count("north")
    for who, count in (("asa", RISKS), ("abe", RISKS), ("cora", claims), ("nora", north), ("stan", 0)):
        found, ordered, answer, whole = all_pages(client, who)
        say(f"{who} finds {count} of them, each once and in order", "" if len(found) == count and ordered else
            f"{len(found)}, in order: {ordered}")
        say(f"{who} is told how many", "" if answer.get("more") == (whole > 500) and answer["total"] == min(whole, 500) ==
            answer["counts"]["waiting"] else f"{answer['total']} more {answer.get('more')} of {whole}")
    found, ordered, answer, _ = all_pages(client, "sam", "others")
    say("what waits for others is not everybody's", "" if not found and not answer["more"] else str(len(found)))


def kept(say, store):
    """As it is kept, and as it is made."""
    before = sql(store, KEPT)
    sql(store, "DROP TABLE turn")
    with Server(store):
        pass
    say("made anew it is the same", "" if sql(store, KEPT) == before and len(before) > RISKS else "it is not")
    done = subprocess.run([os.environ["AIMWELL_PROGRAM"], "verify", "--deep", *store.words], capture_output=True, text=True, check=False)
    say("it is intact", "" if done.returncode == 0 else done.stdout + done.stderr)
    for what, change in (("a row that was hidden", "UPDATE turn SET place = 'risk.closed' WHERE num = 'RSK-0007'"),
                         ("a row that was given away", "UPDATE turn SET keeper = 'nobody', place = 'risk.identified' WHERE num = 'RSK-0007'"),
                         ("a row that was taken away", "DELETE FROM turn WHERE num = 'RSK-0007'")):
        sql(store, change)
        done = subprocess.run([os.environ["AIMWELL_PROGRAM"], "verify", "--deep", *store.words], capture_output=True, text=True, check=False)
        say(f"deep verification finds {what}", "" if done.returncode == 1 and "table turn" in done.stdout + done.stderr else
            f"{done.returncode} {done.stdout} {done.stderr}")


def play(kind):
    def say(name, why):
        turns.say(f"E1 {kind}: {name}", why)

    with stores_for(kind, "turns") as (stores, folder):
        store = stores.new()
        made = cast.make(store, folder)
        with Server(store) as server, Client(server, cast.passwords()) as client:
            client.people, client.units = made["people"], made["units"]
            people = {n: made["people"][n] for n in ("amy", "carl", "sally", "asa", "rita", "sol", "sam", "iris", "dana", "tom")}
            turns.live(client, people, random.Random(7))
            if kind == "postgresql":  # on SQLite e01_u05_turns.py holds them against each other
                turns.compare(client, list(people))
            names = risks(store, folder, made["units"])
            many(say, client, names)
        kept(say, store)


if __name__ == "__main__":
    for kind_of_store in ("sqlite", "postgresql"):
        play(kind_of_store)
