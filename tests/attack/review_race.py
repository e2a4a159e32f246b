#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cases for review: of 24 programs that ask about one result at once one case comes, of reviewers who take it at once one has
it, and of those who decide it at once one has decided it.

    review_race.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import concurrent.futures
import os
import sys
import time

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv.pop(1))
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from behind import Behind  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

FAILED = []
AT_ONCE = 24


def say(good, name, why=""):
    print(f"ok {name}" if good else f"not ok {name} {why}", flush=True)
    if not good:
        FAILED.append(name)


def at_once(calls):
    """What each was answered; all begin together."""
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [(a.status, a.codes if a.status >= 400 else []) for a in pool.map(lambda call: call(), calls)]


def asked(run, kind, token):
    body = {"reference": "A-1", "title": "Application", "ai_verdict": "refuse", "ai_score": 0.4}
    got = at_once([lambda: run.client.call(token, "POST", "/systems/SYS-0001/reviews", body)] * AT_ONCE)
    made = [one for one in got if one[0] == 201]
    other = [one for one in got if one[0] not in (200, 201) and (one[0], one[1]) != (409, ["again"])]
    cases = run.client.must("amy", "GET", "/review_case?limit=50")["items"]
    say(len(made) == 1 and not other and len(cases) == 1, f"{kind}: asked {AT_ONCE} times at once, it is one case", f"{got} {cases}")
    again = run.client.call(token, "POST", "/systems/SYS-0001/reviews", body)
    say(again.status == 200 and again.json["case"] == cases[0]["key"], f"{kind}: and it is found again", again.short())
    return cases[0]["key"]


def taken(run, kind, case):
    who = ["remy", "lex"] * (AT_ONCE // 2)
    got = at_once([lambda one=one: run.client.call(one, "POST", f"/review_case/{case}/moves/claim") for one in who])
    say([one[0] for one in got].count(200) == 1, f"{kind}: taken at once, one has it", f"{got}")
    holder = run.client.must("amy", "GET", f"/review_case/{case}")["claimed_by"]
    return "remy" if holder == run.people["remy"] else "lex"


def decided(run, kind, case, who):
    bodies = [{"decision": "agree"}, {"decision": "refuse", "reason_code": "facts"}] * (AT_ONCE // 2)
    got = at_once([lambda body=body: run.client.call(who, "POST", f"/reviews/{case}/decision", body) for body in bodies])
    won = [body for body, one in zip(bodies, got) if one[0] == 200]
    record = run.client.must("amy", "GET", f"/review_case/{case}")
    say(len(won) == 1 and record["decision"] == won[0]["decision"], f"{kind}: decided at once, it is decided once", f"{got}")


def waited(run, kind, token):
    """A program that waits is told when somebody decided, not when its time is over."""
    body = {"reference": "A-2", "title": "Another", "ai_verdict": "grant"}
    case = run.client.must(token, "POST", "/systems/SYS-0001/reviews", body)["case"]
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asking = pool.submit(run.client.call, token, "GET", "/systems/SYS-0001/reviews/A-2?wait=60")
        time.sleep(1)
        run.client.must("remy", "POST", f"/review_case/{case}/moves/claim")
        waits = not asking.done()
        run.client.must("remy", "POST", f"/reviews/{case}/decision", {"decision": "agree"})
        answer = asking.result()
    took = time.monotonic() - began
    say(waits and answer.status == 200 and answer.json["answer"] == "go" and took < 30,
        f"{kind}: who waits is told when it is decided", f"{waits} {answer.short()} after {took:.1f} s")


def main():
    parser = argparse.ArgumentParser()
    add_store_option(parser)
    for kind in each_store(parser.parse_args()):
        with stores_for(kind, "race") as (stores, folder):
            store = stores.new()
            made = cast.make(store, folder)
            run = Behind(store)
            run.people = made["people"]
            try:
                run.client.must("sol", "POST", "/ai_system", {"title": "Scoring"})
                for who in ("alan", "ada"):
                    run.client.must(who, "POST", f"/people/{run.people['lex']}/roles", {"role": "reviewer"})
                run.forge("UPDATE ai_system SET state = 'operating'")  # how one comes to run is told elsewhere
                token = run.client.must("ada", "POST", "/tokens", {"name": "scoring", "scopes": "events:SYS-0001"})["token"]
                case = asked(run, kind, f"token:{token}")
                decided(run, kind, case, taken(run, kind, case))
                waited(run, kind, f"token:{token}")
            finally:
                run.stop()
    sys.exit(bool(FAILED))


main()
