#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""G7, U5: a signature that stands makes a turn of what is at rest. On records that random people sign, change and take
signatures back under, what lists of tasks say is what each record says of itself. The table of where to look follows
from the versions and what withdraws signatures: made anew it is the same, also of a store that an earlier program kept;
deep verification finds a row that hides one. On both stores.

    g07_signed_turns.py PATH_OF_AIMWELL
"""
import os
import random
import subprocess
import sys

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib"), HERE]

import cast  # noqa: E402
import e01_u05_turns as turns  # noqa: E402
from client import Client  # noqa: E402
from e01_many_turns import KEPT, sql  # noqa: E402
from program import Server  # noqa: E402
from stores import stores_for  # noqa: E402

SEED = 11
NAMES = ("amy", "asa", "rita", "devi", "dana", "stan", "tom")
SITE = os.path.join(HERE, "site")
RULES, ACTS = 14, 220


def begin(client, rng):
    """Rules that stand: their ids, and who owns them."""
    refs = []
    for i in range(RULES):
        made = client.must("stan", "POST", "/x_rule", {"title": f"Rule {i}", "text": "As it is", "checked": True,
                                                       "second": client.people[rng.choice(NAMES)],
                                                       "owner": client.people[rng.choice(NAMES)]})
        owner = next(n for n in NAMES if client.people[n] == made["owner"])
        client.must(owner, "POST", f"/x_rule/{made['id']}/moves/begin")
        refs.append((made["id"], owner))
    return refs


def act(client, refs, rng):
    """One of what people do: many are refused."""
    (ref, owner), who = rng.choice(refs), rng.choice(NAMES)
    move = rng.choice(["amend", "amend", "leave", "revive"])
    what = rng.random()
    if what < 0.15:
        version = client.must(owner, "GET", f"/x_rule/{ref}")["version"]
        change = rng.choice([{"note": str(rng.random())}, {"title": f"Rule {rng.random()}"}])
        client.call(owner, "PATCH", f"/x_rule/{ref}", change, {"If-Match": f'"{version}"'})
    elif what < 0.3:
        client.call(who, "POST", f"/x_rule/{ref}/moves/{move}/withdraw")
    else:
        body = {"text": f"As {rng.random()}"} if move == "amend" else {}
        signer = owner if rng.random() < 0.5 else who
        if client.call(signer, "POST", f"/x_rule/{ref}/moves/{move}", body).status == 422 or rng.random() < 0.3:
            client.call(who, "POST", f"/x_rule/{ref}/moves/{move}")


def compare(say, client, refs):
    """Of every record and everybody."""
    wrong, signed, waiting = [], 0, 0
    for who in NAMES:
        mine = {t["id"]: t for t in turns.tasks(client, who)[0]}
        others = {t["id"] for t in turns.tasks(client, who, "others")[0]}
        for ref, owner in refs:
            answer = client.must(who, "GET", f"/x_rule/{ref}/moves")
            turn, task = answer["turn"], mine.get(ref)
            own = any(given["own"] for m in answer["moves"] for given in m["signatures"])
            stands = any(m["signatures"] for m in answer["moves"])
            signed += stands and who == "amy"
            waiting += ref in others
            if bool(task) != turn["mine"] or (task and task["ready"] != turn["ready"]):
                wrong.append(f"{who} {ref}: list {task}, record {turn}")
            if stands == turn["rest"]:
                wrong.append(f"{who} {ref}: at rest {turn['rest']}, signed {stands}")
            if (ref in others) != ((own or owner == who) and stands and not turn["mine"]):
                wrong.append(f"{who} {ref}: waits for others {ref in others}")
    say("the list says what the record says", "; ".join(wrong[:4]))
    say("some are being signed, and somebody waits", "" if 2 <= signed < RULES and waiting else f"{signed} {waiting}")


def verify(store):
    done = subprocess.run([os.environ["AIMWELL_PROGRAM"], "verify", "--deep", *store.words], capture_output=True,
                          text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def reopen(store):
    with Server(store):
        pass


def follows(say, store):
    """As it is kept, and as it is made."""
    before = sql(store, KEPT)
    being = [row for row in before if "+" in row.split("|")[2]]
    say("rows say what is being signed", "" if len(being) >= 2 else str(before))
    sql(store, "DROP TABLE turn")
    reopen(store)
    say("made anew it is the same", "" if sql(store, KEPT) == before else "it is not")
    sql(store, "UPDATE turn SET place = replace(place, '+', '')")
    sql(store, "DELETE FROM turn WHERE place = 'x_rule.over'")
    sql(store, "DELETE FROM stale WHERE kind = ':turns'")
    code, words = verify(store)
    say("of an earlier program's store nobody is accused", "" if code == 2 and "earlier program" in words else f"{code} {words}")
    reopen(store)
    say("of an earlier program's store it is the same", "" if sql(store, KEPT) == before else "it is not")
    code, words = verify(store)
    say("it is intact", "" if code == 0 else words)
    ref = being[0].split("|")[1]
    for what, change in (("a task that was hidden", f"UPDATE turn SET place = replace(place, '+', '') WHERE id = '{ref}'"),
                         ("a task that was made up", "UPDATE turn SET place = 'x_rule.stands+' WHERE place = 'x_rule.stands'")):
        sql(store, change)
        code, words = verify(store)
        say(f"deep verification finds {what}", "" if code == 1 and "table turn" in words else f"{code} {words}")
        sql(store, "DROP TABLE turn")
        reopen(store)


def play(kind):
    def say(name, why):
        turns.say(f"G7 {kind}: {name}", why)

    with stores_for(kind, "signed") as (stores, folder):
        store = stores.new()
        store.words += ["--site", SITE]
        made = cast.make(store, folder)
        with Server(store) as server, Client(server, cast.passwords()) as client:
            client.people, client.units = made["people"], made["units"]
            rng = random.Random(SEED)
            refs = begin(client, rng)
            for _ in range(ACTS):
                act(client, refs, rng)
            compare(say, client, refs)
        follows(say, store)


if __name__ == "__main__":
    for kind_of_store in ("sqlite", "postgresql"):
        play(kind_of_store)
