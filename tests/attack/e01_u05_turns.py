#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E1, U5: tasks are complete at any size, and every living record is somebody's turn, at rest, or says
what is vacant: on records of many kinds that random people moved about, what the list of tasks says in
SQL is what each record says of itself.

    e01_u05_turns.py PATH_OF_AIMWELL
"""
import os
import random
import sys
import tempfile

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv[1])
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Server  # noqa: E402
from stores import SqliteStores  # noqa: E402

SEED = 42
KINDS = ["ai_system", "risk", "document", "treatment", "evidence", "supplier", "task",
         "risk_criteria", "impact_assessment", "assignment"]


def say(name, why):
    print(f"not ok {name} {why}" if why else f"ok {name}", flush=True)


def tasks(client, who, of=""):
    """Every page of them."""
    items, cursor, answer = [], "", {}
    while cursor is not None:
        answer = client.must(who, "GET", f"/tasks?limit=100&of={of}&cursor={cursor}")
        items += answer["items"]
        cursor = answer.get("next")
    return items, (answer["total"], answer["more"])


def never_vanish(client):
    """An idea of a unit, among two hundred and ten of another."""
    client.must("sam", "POST", "/ai_system", {"title": "Mine among many"})
    before, _ = tasks(client, "sam")
    for i in range(210):
        client.must("carl", "POST", "/ai_system", {"title": f"Idea {i}"})
    after, _ = tasks(client, "sam")
    say("E1 an idea does not vanish behind 210 others",
        "" if len(before) == len(after) == 1 else f"{len(before)} became {len(after)}")
    many, counted = tasks(client, "carl")  # as far as a page goes, and that there are more
    say("E1 two hundred and ten are all there, in pages",
        "" if len({t["id"] for t in many}) == 210 and counted == (100, True) else f"{len(many)} of {counted}")


def live(client, people, rng):
    """Small random histories."""
    names = list(people)
    for i in range(70):
        kind = rng.choice(KINDS)
        body = {"title": f"{kind} {i}", "owner": people[rng.choice(names)],
                "unit": rng.choice([None, *client.units.values()])}
        systems = client.must("amy", "GET", "/ai_system?limit=3")["items"]
        if kind in ("risk", "impact_assessment") and systems:
            body["system"] = systems[0]["id"]
        if kind == "assignment":
            body.update(person=people[rng.choice(names)])
        for who in rng.sample(names, len(names)):
            answer = client.call(who, "POST", "/" + kind, body)
            if answer.status == 201:
                wander(client, kind, answer.json["id"], names, rng)
                break


def wander(client, kind, ref, names, rng):
    for who in rng.choices(names, k=6):
        answer = client.call(who, "GET", f"/{kind}/{ref}/moves")
        open_ones = [m for m in answer.json["moves"] if m["allowed"] and not m["asks"] and m["move"] != "archive"] \
            if answer.status == 200 else []
        if open_ones:
            move = rng.choice(open_ones)
            client.call(who, "POST", f"/{kind}/{ref}/moves/{move['move']}", {"reason": "wandering"})


def compare(client, names):
    wrong, nobody, mine = [], [], {who: {t["id"]: t for t in tasks(client, who)[0]} for who in names}
    others = {who: {t["id"] for t in tasks(client, who, "others")[0]} for who in names}
    seen = 0
    for kind in KINDS:
        for record in client.must("amy", "GET", f"/{kind}?limit=40&sort=-created_at")["items"]:
            somebody = False
            for who in names:
                answer = client.call(who, "GET", f"/{kind}/{record['id']}/moves")
                if answer.status != 200:
                    continue
                turn = answer.json["turn"]
                task = mine[who].get(record["id"])
                is_mine = bool(task and task["why"] == "move")
                somebody = somebody or is_mine or turn["rest"] or turn["vacant"]
                if is_mine != turn["mine"] or (is_mine and task["ready"] and not turn["ready"]):
                    wrong.append(f"{who} {record['key']} {record['state']}: list {is_mine}, record {turn['mine']}")
                theirs = record.get("owner") == client.people[who] or any(
                    given["own"] for m in answer.json["moves"] for given in m["signatures"])
                if (record["id"] in others[who]) != (theirs and not turn["rest"] and not turn["mine"]):
                    wrong.append(f"{who} {record['key']} waits for others: {record['id'] in others[who]}")
            seen += 1
            if not somebody:
                nobody.append(f"{record['key']} {record['state']}")
    say(f"U5 {seen} records: the list says what the record says", "; ".join(wrong[:8]))
    say("U5 every living record is somebody's turn, or vacant, or at rest", "; ".join(nobody[:8]))


def main():
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStores(folder).new()
        made = cast.make(store, folder)
        with Server(store) as server, Client(server, cast.passwords()) as client:
            client.people, client.units = made["people"], made["units"]
            never_vanish(client)
            names = [n for n in cast.PEOPLE if n not in ("ada", "alan", "rolf", "abe", "xena", "lena")]
            rng = random.Random(SEED)
            live(client, {n: made["people"][n] for n in names}, rng)
            compare(client, names)


if __name__ == "__main__":
    main()
