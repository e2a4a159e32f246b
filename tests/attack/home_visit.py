#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Since when things have changed for somebody: their last work on a day before today. Signing in, reading, fetching a file of
records and being refused move it nowhere, nor does what they do today; after their weeks nobody is shown what one learns by doing.

    home_visit.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import os
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv.pop(1))
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib"), os.path.join(HERE, "..", "durability")]

import timers  # noqa: E402

CLOCK = tempfile.mkdtemp(prefix="aimwell-test-")
SHIM = timers.shim(CLOCK)
if not SHIM:
    print("# skipped: there is no C compiler")
    sys.exit(77)
with open(CLOCK + "/aimwell", "w", encoding="utf-8") as script:
    script.write(f"#!/bin/sh\nexec env LD_PRELOAD={SHIM} CLOCK_SHIFT={CLOCK}/shift "
                 f"ASAN_OPTIONS=verify_asan_link_order=0:{os.environ.get('ASAN_OPTIONS', '')} {PROGRAM} \"$@\"\n")
os.chmod(CLOCK + "/aimwell", 0o755)
os.environ["AIMWELL_PROGRAM"] = CLOCK + "/aimwell"

import cast  # noqa: E402
from behind import Behind  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

FAILED = []


def say(good, name, why=""):
    print(f"ok {name}" if good else f"not ok {name} {why}", flush=True)
    if not good:
        FAILED.append(name)


def clock(shift):
    with open(CLOCK + "/shift.new", "w", encoding="utf-8") as f:
        f.write(str(shift * 86400))
    os.replace(CLOCK + "/shift.new", CLOCK + "/shift")


def later(run, shift):
    run.stop()
    clock(shift)
    run.start()


def day_passes(run, shift):
    """The server goes on; who was signed in signs in anew."""
    clock(shift)
    run.client.sessions.clear()


def home(run, who):
    return run.client.must(who, "GET", "/home?changes=100")


def days_go_by(run, kind):
    made = run.client.must("amy", "POST", "/task", {"title": "Of the first day"})
    worked = made["ledger"]["index"]
    run.client.must("stan", "POST", "/task", {"title": "Before her work was over"})
    last = run.client.must("amy", "POST", f"/task/{made['id']}/comments", {"body": "And a word about it"})
    now = home(run, "amy")["changed"]
    say("entry" not in now, f"{kind}: the work of today is no visit before today", now.get("entry"))
    # the next day she looks, fetches, and is refused
    later(run, 1)
    asked = run.client.call("amy", "POST", "/session", {"email": "amy@northlake.example", "password": "not this one"})
    run.client.call("amy", "GET", "/soa_entry?format=csv")
    run.client.call("amy", "PATCH", "/organisation", {"zone": "Nowhere/At_all"})
    run.client.must("amy", "GET", f"/task/{made['id']}")
    other = run.client.must("stan", "POST", "/task", {"title": "While she only looked"})
    second = home(run, "amy")["changed"]
    say(second.get("entry", -1) > worked, f"{kind}: since her last work of the day before, a comment", f"{second.get('entry')} after {worked}, {last}, {asked.status}")
    # a day later what she only looked at is there still
    later(run, 2)
    third = home(run, "amy")["changed"]
    say(third.get("entry") == second.get("entry"), f"{kind}: who only looked was not here", f"{third.get('entry')} for {second.get('entry')}")
    keys = [one["key"] for one in third["items"]]
    say(other["key"] in keys and made["key"] not in keys, f"{kind}: what others did since, and nothing of her own", keys)
    # work of today moves it tomorrow, not today
    run.client.must("amy", "PATCH", "/task/" + made["id"], {"details": "More"}, {"If-Match": '"1"'})
    say(home(run, "amy")["changed"].get("entry") == second.get("entry"), f"{kind}: what she does today moves it nowhere today")
    later(run, 3)
    fourth = home(run, "amy")["changed"]
    say(fourth.get("entry") > second.get("entry"), f"{kind}: tomorrow it does", fourth.get("entry"))
    keys = [one["key"] for one in fourth["items"]]
    say(other["key"] not in keys, f"{kind}: and what she knows is told no more", keys)
    # nor does it need a new start of the server, which remembers for the day what it found
    day_passes(run, 4)
    found = home(run, "amy")["changed"]
    say(found.get("entry") == fourth.get("entry"), f"{kind}: who did nothing since was last here then", f"{found.get('entry')} for {fourth.get('entry')}")
    more = run.client.must("amy", "POST", f"/task/{made['id']}/comments", {"body": "Today"})
    again = [home(run, "amy")["changed"].get("entry") for _ in range(2)]
    say(again == [found["entry"]] * 2, f"{kind}: asked again, the same", f"{again} for {found['entry']}")
    day_passes(run, 5)
    say(home(run, "amy")["changed"].get("entry") > found["entry"] and more, f"{kind}: the day after, without a new start, it is the comment of the day before")
    # the one who does nothing here is told that nothing is known
    say("entry" not in home(run, "tom")["changed"], f"{kind}: who never worked here has no last visit")
    learn = home(run, "amy")["learn"]
    say(learn and learn["since"] == 0, f"{kind}: who is new learns by doing", learn)
    later(run, 57)
    say(home(run, "amy")["learn"] is None, f"{kind}: after eight weeks nobody is new")
    later(run, 0)


def main():
    parser = argparse.ArgumentParser()
    add_store_option(parser)
    clock(0)
    for kind in each_store(parser.parse_args()):
        with stores_for(kind, "visit") as (stores, folder):
            store = stores.new()
            cast.make(store, folder)
            run = Behind(store)
            try:
                days_go_by(run, kind)
            finally:
                run.stop()
    sys.exit(bool(FAILED))


main()
