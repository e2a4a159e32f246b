#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks of what goes on, as days go by: who has much at stake and fell silent (chk-16), queues in which people decide and
nobody looks at what they decide, hardly anything is ever overruled, or errors put in on purpose are not found (chk-18), and systems that nobody watches, cycle by cycle
(chk-15f). Each fails, and passes, for each of its reasons.

    looked_after.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import datetime
import json
import os
import sys
import tempfile
import time

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
BEGAN = datetime.datetime.now(datetime.timezone.utc)
PATIENCE = 60


def say(good, name, why=""):
    print(f"ok {name}" if good else f"not ok {name} {why}", flush=True)
    if not good:
        FAILED.append(name)


def day(n):
    return (BEGAN.date() + datetime.timedelta(days=n)).isoformat()


def clock(days):
    """At noon of that day, so that no midnight comes in between."""
    noon = datetime.datetime.combine(BEGAN.date(), datetime.time(12), datetime.timezone.utc) - datetime.datetime.now(datetime.timezone.utc)
    with open(CLOCK + "/shift.new", "w", encoding="utf-8") as f:
        f.write(str(int(noon.total_seconds() + days * 86400)))
    os.replace(CLOCK + "/shift.new", CLOCK + "/shift")


class Days(Behind):
    def at(self, days):
        """The server begins anew on that day."""
        self.stop()
        clock(days)
        self.start()

    def must(self, who, method, path, *more):
        return self.client.must(who, method, path, *more)

    def send(self, system, number):
        line = {"v": 1, "kind": "prediction", "id": f"{system}.{number}", "system": system, "ts": day(number) + "T09:00:00Z", "task": "binary", "pred_class": 1}
        answer = self.client.call("sol", "POST", "/events", json.dumps(line).encode(), {"Content-Type": "application/x-ndjson"})
        assert answer.json["accepted"] == 1, answer.short()

    def found(self, check):
        """State, and what breaks it with the reason."""
        answer = self.must("stan", "GET", f"/checks/{check}")
        return answer["state"], sorted((b["key"], b["reason"]["en"].split(",")[0]) for b in answer["records"])

    def until(self, check, wanted):
        """Waits until the check finds that; what it finds."""
        end = time.monotonic() + PATIENCE
        while (now := self.found(check)) != wanted and time.monotonic() < end:
            time.sleep(0.2)
        return now

    def decide(self, count, decision="agree"):
        """So many cases of SYS-0001, each by Remy; the first reference is another each time."""
        for _ in range(count):
            self.cases += 1
            key = self.must("amy", "POST", "/review_case", {"title": "One", "system": "SYS-0001", "reference": f"A-{self.cases}", "what": "prediction", "fallback": "refuse", "ai_verdict": "grant", "decide_by": day(400) + "T00:00:00Z"})["key"]
            self.must("remy", "POST", f"/review_case/{key}/moves/claim", {})
            self.must("remy", "POST", f"/reviews/{key}/decision", {"decision": decision} | ({} if decision == "agree" else {"reason_code": "facts"}))


def silence(run, kind):
    for title in ("Loan scoring", "Card limits"):
        run.must("sol", "POST", "/ai_system", {"title": title, "use_stage": "in_use", "high_impact": "yes"})
    run.must("sol", "POST", "/ai_system", {"title": "Spelling", "use_stage": "in_use", "high_impact": "no"})
    run.at(31)  # what was noted as in use has thirty days
    say(run.found("chk-16") == ("no_data", []), f"{kind}: while nothing was ever sent there are no data", run.found("chk-16"))
    run.send("SYS-0001", 31)
    run.at(31.01)  # what is sent is sealed a minute later
    wanted = ("fail", [("SYS-0002", "It never sent an event")])
    say(run.until("chk-16", wanted) == wanted, f"{kind}: once one sends, the other that has much at stake should", run.found("chk-16"))
    run.send("SYS-0002", 31)
    run.send("SYS-0003", 31)
    run.at(31.02)
    say(run.until("chk-16", ("pass", [])) == ("pass", []), f"{kind}: both do", run.found("chk-16"))
    run.at(62)
    silent = "Nothing that it sent within thirty days is sealed in the ledger"
    say(run.found("chk-16") == ("fail", [(f"SYS-000{n}", silent) for n in (1, 2, 3)]), f"{kind}: a month later all three are silent", run.found("chk-16"))
    run.send("SYS-0001", 62)
    run.send("SYS-0003", 62)
    run.at(62.01)
    wanted = ("fail", [("SYS-0002", silent)])
    say(run.until("chk-16", wanted) == wanted, f"{kind}: who sends again is not", run.found("chk-16"))


def plan(run):
    run.must("pam", "POST", "/skill", {"title": "Oversee and overrule"})
    run.must("sol", "POST", "/oversight_plan", {
        "title": "Watch it", "system": "SYS-0001", "system_version": "1", "overseers": [run.people["remy"]], "stoppers": [run.people["remy"]], "skills": ["SKL-0001"], "skill_level": 3,
        "time_for_it": "40 a day", "sees": "Application", "overrules": "Another answer", "looks": [{"what": "Every refusal", "stage": "before", "of_hundred": 100, "who": "reviewer"}],
        "bias_measures": "Ten wrong ones a week", "bias_sign": "Fewer than one in two hundred", "stop_how": "Switch", "falls_back": "By hand"})
    run.must("sol", "POST", "/oversight_plan/OVP-0001/moves/submit", {})
    run.must("remy", "POST", "/oversight_plan/OVP-0001/moves/drill_first", {"drill_result": "stopped", "drill_seen": "Three seconds", "drill_due": day(300)})
    run.must("dana", "POST", "/oversight_plan/OVP-0001/moves/approve", {"look_due": day(80), "review_due": day(300), "reason": "Good"})


def look(run, result, due):
    run.must("remy", "POST", "/oversight_plan/OVP-0001/moves/look", {"seen_cases": 10, "overruled": 0, "look_result": result, "look_seen": "Seen", "look_due": day(due)})


def put_in(run, token, n, decision):
    """A wrong result goes into the queue with a real one, and Remy decides it."""
    key = run.must("sol", "POST", "/reviewer_test", {"title": f"Wrong {n}", "system": "SYS-0001", "reference": f"T-{n}", "input": "Income 700", "ai_verdict": "grant", "wanted": "refuse", "wanted_why": "Too little"})["key"]
    run.must("amy", "POST", f"/reviewer_test/{key}/moves/agree_on", {"reason": "So do I"})
    run.must(token, "POST", "/systems/SYS-0001/reviews", {"reference": f"B-{n}", "ai_verdict": "grant", "within": 600})
    case = run.must("sol", "GET", f"/reviewer_test/{key}")["case_made"]
    run.must("remy", "POST", f"/review_case/{case}/moves/claim", {})
    run.must("remy", "POST", f"/reviews/{case}/decision", {"decision": decision} | ({} if decision == "agree" else {"reason_code": "facts"}))


def errors(run, kind):
    """How one comes to run, and what the plan of a running one goes through, is told elsewhere."""
    run.forge("UPDATE ai_system SET state = 'operating' WHERE key = 'SYS-0001'")
    run.forge("UPDATE oversight_plan SET tests_least = 50")
    token = "token:" + run.must("ada", "POST", "/tokens", {"name": "scoring", "scopes": "events:SYS-0001"})["token"]
    few = ("fail", [("OVP-0001", "The plan says how many errors put in on purpose people must find")])
    for n in range(9):
        put_in(run, token, n, "refuse" if n < 4 else "agree")
    say(run.found("chk-18") == few, f"{kind}: the plan wants errors to be put in, and nine are too few", run.found("chk-18"))
    put_in(run, token, 9, "agree")
    missed = ("fail", [("OVP-0001", "People found fewer of the errors put in on purpose than the plan says")])
    say(run.found("chk-18") == missed, f"{kind}: four of ten were found, and half are wanted", run.found("chk-18"))
    for n in (10, 11):
        put_in(run, token, n, "refuse")
    say(run.found("chk-18") == ("pass", []), f"{kind}: six of twelve were", run.found("chk-18"))
    counts = run.must("stan", "GET", "/systems/SYS-0001/metrics")["review"]
    say(counts["reviewed"] == 102 and counts["tests"]["errors"] == 12 and counts["tests"]["found_rate"]["value"] == 0.5, f"{kind}: and no result is counted more for them", counts)
    run.forge("UPDATE ai_system SET state = 'idea' WHERE key = 'SYS-0001'")
    run.forge("UPDATE oversight_plan SET tests_least = NULL")


def agreeing(run, kind):
    run.cases = 0
    say(run.found("chk-18") == ("no_data", []), f"{kind}: while nobody decides there are no data", run.found("chk-18"))
    run.decide(1)
    say(run.found("chk-18") == ("fail", [("SYS-0001", "People decide about its results")]), f"{kind}: people decide, and there is no plan", run.found("chk-18"))
    plan(run)
    not_looked = ("fail", [("OVP-0001", "Nobody noted a look at results for sixty days")])
    say(run.found("chk-18") == not_looked, f"{kind}: there is one, and nobody looked", run.found("chk-18"))
    look(run, "unsure", 100)
    say(run.found("chk-18") == ("pass", []), f"{kind}: somebody did, and of one result nothing can be told", run.found("chk-18"))
    run.decide(98)
    sign = run.must("stan", "GET", "/systems/SYS-0001/metrics")["review"]
    say(sign["sign"]["is"] == "not_enough_data" and sign["reviewed"] == 99, f"{kind}: of 99 nothing is said", sign)
    say(run.found("chk-18") == ("pass", []), f"{kind}: nor of 99", run.found("chk-18"))
    run.decide(1)
    sign = run.must("stan", "GET", "/systems/SYS-0001/metrics")["review"]
    say(sign["sign"]["is"] == "simply_agree" and sign["seconds"]["n"] == 100 and sign["override_rate"]["of"] == 100, f"{kind}: a hundred in no time, and none overruled: that is a sign", sign)
    agree = ("fail", [("OVP-0001", "Fewer than one in a hundred results was changed or refused")])
    say(run.found("chk-18") == agree, f"{kind}: of a hundred none was overruled, and nobody says why", run.found("chk-18"))
    look(run, "works", 110)
    say(run.found("chk-18") == ("pass", []), f"{kind}: somebody looked, and says that they judge for themselves", run.found("chk-18"))
    look(run, "unsure", 120)
    say(run.found("chk-18") == agree, f"{kind}: somebody is not sure of that any more", run.found("chk-18"))
    run.decide(1, "refuse")
    say(run.found("chk-18") == agree, f"{kind}: one of 101 is fewer than one in a hundred", run.found("chk-18"))
    run.decide(1, "refuse")
    say(run.found("chk-18") == ("pass", []), f"{kind}: two of 102 are not", run.found("chk-18"))
    sign = run.must("stan", "GET", "/systems/SYS-0001/metrics")["review"]
    say(sign["sign"]["is"] == "none", f"{kind}: two of 102 leave more open than one in twenty", sign)
    errors(run, kind)
    run.at(100)
    run.decide(1)
    run.at(130)
    say(run.found("chk-18") == not_looked, f"{kind}: people went on deciding, and two months later nobody has looked again", run.found("chk-18"))
    run.at(170)
    say(run.found("chk-18") == ("no_data", []), f"{kind}: nor has anybody decided", run.found("chk-18"))


def watch(run, system, review, first):
    """A plan of SYS-000x that was approved; its key."""
    key = run.must("sol", "POST", "/monitoring_plan", {
        "title": "Watch it", "system": system, "harms": "Refused wrongly", "metrics": [run.metric], "figures_why": "It shows that", "rhythm": "monthly",
        "sources": [{"source": one, "how": "A list"} for one in ("feedback", "complaints", "incidents", "supplier")],
        "triggers": [{"event": "A complaint in the press", "does": "Look"}], "reports_to": [run.people["dana"]], "reports_how": "A page"})["key"]
    run.must("sol", "POST", f"/monitoring_plan/{key}/moves/submit", {})
    run.must("rita", "POST", f"/monitoring_plan/{key}/moves/approve", {"first_on": day(first), "review_due": day(review), "reason": "Good"})
    return key


def cycle(run, key):
    """Waits until the clock made it."""
    end = time.monotonic() + PATIENCE
    while (got := run.client.call("amy", "GET", f"/monitoring_cycle/{key}")).status != 200 and time.monotonic() < end:
        time.sleep(0.2)
    assert got.status == 200, got.short()
    return got.json


def look_at(run, key, concern="no"):
    run.must("sol", "POST", f"/monitoring_cycle/{key}/moves/start", {"period_from": day(100), "period_to": day(120)})
    asked = ("figures", "people", "complaints", "incidents", "supplier", "use", "oversight")
    version = run.must("sol", "GET", f"/monitoring_cycle/{key}")["version"]
    run.must("sol", "PATCH", f"/monitoring_cycle/{key}", {
        "running": "1", "figures": [{"what": "Refusals", "value": 0.1, "remark": "As before"}], "conclusion": "It may go on",
        "answers": [{"question": one, "answer": "Looked", "concern": concern} for one in asked]}, {"If-Match": f'"{version}"'})
    run.must("sol", "POST", f"/monitoring_cycle/{key}/moves/look", {})


def watched(run, kind):
    start = 170
    version = run.must("sol", "GET", "/ai_system/SYS-0002")["version"]
    nobody = "No plan of post-market monitoring is in force for it"
    say(run.found("chk-15f") == ("fail", [("SYS-0001", nobody), ("SYS-0002", nobody)]), f"{kind}: nobody plans how they are watched", run.found("chk-15f"))
    run.must("sol", "PATCH", "/ai_system/SYS-0002", {"high_impact": "no"}, {"If-Match": f'"{version}"'})
    run.metric = run.must("stan", "POST", "/metric", {"title": "Refusals"})["id"]
    plan = watch(run, "SYS-0001", start + 100, start + 1)
    say(run.found("chk-15f") == ("pass", []), f"{kind}: the one that has much at stake is watched by a plan", run.found("chk-15f"))
    run.at(start + 1)
    first = cycle(run, "MCY-0001")
    say((first["began_on"], first["look_until"], first["state"], first["owner"]) == (day(start + 1), day(start + 15), "open", run.people["sol"]), f"{kind}: on its day the clock makes a cycle", first)
    timers = run.must("amy", "GET", f"/monitoring_plan/{plan}")["timers"]
    say(sorted(t["move"] for t in timers) == ["fall_due", "month"], f"{kind}: of four rhythms one waits", timers)
    run.at(start + 16)
    missed = ("fail", [("MCY-0001", "The cycle was not looked at by its day")])
    say(run.until("chk-15f", missed) == missed, f"{kind}: two weeks later nobody has looked", run.found("chk-15f"))
    look_at(run, "MCY-0001", "unsure")
    say(run.found("chk-15f") == ("pass", []), f"{kind}: somebody looked", run.found("chk-15f"))
    run.at(start + 31)
    wanted = ("fail", [("MCY-0001", "The cycle was looked at")])
    say(run.until("chk-15f", wanted) == wanted, f"{kind}: and nobody confirmed it in time", run.found("chk-15f"))
    refused = run.client.call("rita", "POST", "/monitoring_cycle/MCY-0001/moves/confirm", {"reason": "Fine"})
    say(refused.status == 409, f"{kind}: who cannot tell has a concern, and nothing follows it", refused.short())
    risk = run.must("asa", "POST", "/risk", {"title": "Refused wrongly", "system": "SYS-0001"})["id"]
    version = run.must("sol", "GET", "/monitoring_cycle/MCY-0001")["version"]
    run.must("sol", "PATCH", "/monitoring_cycle/MCY-0001", {"risks": [risk]}, {"If-Match": f'"{version}"'})
    run.must("rita", "POST", "/monitoring_cycle/MCY-0001/moves/confirm", {"reason": "A risk follows"})
    say(run.found("chk-15f") == ("pass", []), f"{kind}: it is followed and confirmed", run.found("chk-15f"))
    run.at(start + 33)  # a month is over
    second = cycle(run, "MCY-0002")
    say(day(start + 29) <= second["began_on"] <= day(start + 33) and run.client.call("amy", "GET", "/monitoring_cycle/MCY-0003").status == 404, f"{kind}: a month later comes the next, and one alone", second)
    look_at(run, "MCY-0002")
    run.must("rita", "POST", "/monitoring_cycle/MCY-0002/moves/confirm", {"reason": "Quiet"})
    # the other one is watched by a plan whose first cycle is far away
    version = run.must("sol", "GET", "/ai_system/SYS-0002")["version"]
    run.must("sol", "PATCH", "/ai_system/SYS-0002", {"high_impact": "yes"}, {"If-Match": f'"{version}"'})
    late = watch(run, "SYS-0002", start + 300, start + 150)
    say(run.found("chk-15f") == ("pass", []), f"{kind}: both are watched", run.found("chk-15f"))
    run.at(start + 95)
    found = run.until("chk-15f", ("fail", [(late, "No cycle began for longer than the rhythm allows"), ("MCY-0003", "The cycle was not looked at by its day")]))
    say((late, "No cycle began for longer than the rhythm allows") in found[1], f"{kind}: of the other no cycle began for two months", found)
    run.at(start + 101)
    end = time.monotonic() + PATIENCE
    overdue = (plan, "The plan of watching is due for review")
    while overdue not in run.found("chk-15f")[1] and time.monotonic() < end:
        time.sleep(0.2)
    say(overdue in run.found("chk-15f")[1], f"{kind}: the day of the review of the first has passed", run.found("chk-15f"))
    run.must("rita", "POST", f"/monitoring_plan/{plan}/moves/keep", {"review_due": day(start + 300), "reason": "Fits"})
    say(overdue not in run.found("chk-15f")[1], f"{kind}: it was looked at", run.found("chk-15f"))


def main():
    parser = argparse.ArgumentParser()
    add_store_option(parser)
    clock(0)
    for kind in each_store(parser.parse_args()):
        clock(0)
        with stores_for(kind, "few") as (stores, folder):
            store = stores.new()
            made = cast.make(store, folder)
            run = Days(store)
            run.people = made["people"]
            try:
                for part in (silence, agreeing, watched):
                    part(run, kind)
            finally:
                run.stop()
    sys.exit(bool(FAILED))


main()
