#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Monitors, as days go by: a breach opens one incident, which nobody closes before the figure is back; windows are judged once
each, in order, whatever happens to the servers (killed while they catch up, two at once on PostgreSQL); what a preview says
is what happened; rows that were written beside the program are found.

    monitor_windows.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import datetime
import json
import os
import random
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
from program import Server  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

FAILED = []
BEGAN = datetime.datetime.now(datetime.timezone.utc)
SETTINGS = {"figure": "accuracy", "every": "day", "limit_low": 0.8, "clear_low": 0.85, "min_n": 20}
IN_USE = {"use_stage": "in_use", "high_impact": "yes"}
PATIENCE = 60
CHANCE = random.Random(7)


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
        f.write(str(int(noon.total_seconds()) + days * 86400))
    os.replace(CLOCK + "/shift.new", CLOCK + "/shift")


class Days(Behind):
    def at(self, days):
        """The server begins anew on that day."""
        self.stop()
        clock(days)
        self.start()

    def send(self, number, right, wrong, version="1.0"):
        """Predictions of a day, and their labels."""
        lines = []
        for i in range(right + wrong):
            ref = f"{number}.{i}"
            lines.append({"v": 1, "kind": "prediction", "id": ref, "system": "SYS-0001", "version": version, "ts": day(number) + "T09:00:00Z", "task": "binary", "pred_class": 1})
            lines.append({"v": 1, "kind": "label", "ref": ref, "system": "SYS-0001", "ts": day(number) + "T10:00:00Z", "label": 1 if i < right else 0})
        body = "\n".join(json.dumps(line) for line in lines).encode()
        answer = self.client.call("sol", "POST", "/events", body, {"Content-Type": "application/x-ndjson"})
        assert answer.json["accepted"] == len(lines), answer.short()

    def monitor(self):
        return self.client.must("stan", "GET", f"/monitor/{self.mon}")

    def series(self):
        return self.client.must("stan", "GET", f"/monitors/{self.mon}/series")["points"]

    def until(self, good):
        """Waits until the monitor is so; it as it is."""
        end = time.monotonic() + PATIENCE
        while not good(now := self.monitor()) and time.monotonic() < end:
            time.sleep(0.1)
        return now

    def judged_to(self, days):
        return self.until(lambda m: m.get("window_to", "").startswith(day(days)))

    def move(self, who, move, **more):
        return self.client.call(who, "POST", f"/incident/INC-0001/moves/{move}", more)

    def put(self, who, **fields):
        version = self.client.must(who, "GET", "/incident/INC-0001")["version"]
        self.client.must(who, "PATCH", "/incident/INC-0001", fields, {"If-Match": f'"{version}"'})


def a_breach_opens_one(run, kind):
    run.client.must("sol", "POST", "/ai_system", {"title": "Loan scoring", "risk_owner": run.people["rita"], **IN_USE})
    run.client.must("sol", "POST", "/ai_system", {"title": "Card limits", **IN_USE})
    system = run.client.must("sol", "GET", "/ai_system/SYS-0001")["id"]
    made = run.client.must("sol", "POST", "/monitor", {"title": "Right answers", "system": system, "watch_from": day(0), "why": "w", **SETTINGS})
    run.mon = made["id"]
    run.send(0, 3, 27)
    run.client.must("rolf", "POST", f"/monitor/{run.mon}/moves/activate", {"reason": "Agreed"})
    time.sleep(1)
    say(run.monitor().get("status") is None, f"{kind}: before its window is over nothing is judged", run.monitor())
    run.at(1)
    now = run.judged_to(1)
    say(now["state"] == "breached" and now["value"] == 0.1, f"{kind}: the day after it is in breach", now)
    run.at(1)
    time.sleep(1)
    incidents = run.client.must("ines", "GET", "/incident")
    say(incidents["total"] == 1 and len(run.series()) == 1, f"{kind}: one incident and one window, also after a restart", incidents["total"])


def nobody_closes_it(run, kind):
    run.put("ines", kind_of="R-ERR")
    run.move("ines", "triage", severity="minor", harm=["none"], laws=["none"], causal="none")
    run.move("ines", "contain", containment="Stopped")
    run.move("ines", "investigate")
    run.move("sol", "remediate", root_cause="Old threshold")
    run.move("ines", "review", lessons="Watch it")
    answer = run.move("lex", "review")
    say(answer.json.get("state") == "reviewed", f"{kind}: it comes as far as its review", answer.short())
    answer = run.move("ines", "close", risk_review="Holds", reason="Done")
    say(answer.status == 409 and "MONITOR" in answer.codes, f"{kind}: it is not closed while the monitor is in breach", answer.short())


def within_but_not_back(run, kind):
    run.send(1, 25, 5)  # 0.83: above the limit, below what counts as back
    run.at(2)
    now = run.judged_to(2)
    say(now["state"] == "breached" and now["status"] == "pass" and now["recent"] == "h", f"{kind}: within the limit is not yet back", now)
    run.at(3)  # nothing came
    now = run.judged_to(3)
    say(now["state"] == "breached" and now["status"] == "no_data", f"{kind}: no data is not back either", now)
    answer = run.move("ines", "close", risk_review="Holds", reason="Done")
    say(answer.status == 409, f"{kind}: and it is still not closed", answer.short())


def back_and_closed(run, kind):
    run.send(3, 30, 0)
    run.at(4)
    now = run.judged_to(4)
    say(now["state"] == "active" and now["alarm"] is False and "breached_at" not in now, f"{kind}: a good window brings it back", now)
    run.move("ines", "close", risk_review="Holds", reason="Done")
    answer = run.move("rita", "close", reason="So it is")
    say(answer.json.get("state") == "closed", f"{kind}: then it is closed", answer.short())


def as_it_was_said(run, kind):
    shown = run.client.must("stan", "POST", "/monitors/preview", {"system": "SYS-0001", "windows": 4, "until": day(4), **SETTINGS})
    same = ("from", "to", "status", "alarm", "value", "n", "low", "high")
    then = [{k: p[k] for k in same} for p in run.series()]
    say([{k: p[k] for k in same} for p in shown["points"]] == then and shown["opened"] == 1, f"{kind}: a preview says what happened", f"{shown} {then}")


def every_figure(run, kind):
    """Each that the model lets one choose is one that is computed."""
    fields = next(k for k in run.client.must("stan", "GET", "/model")["kinds"] if k["kind"] == "monitor")["fields"]
    figures = [o["value"] for o in next(f for f in fields if f["name"] == "figure")["of"]]
    refused = []
    for figure in figures:
        answer = run.client.call("stan", "POST", "/monitors/preview", {"system": "SYS-0001", "figure": figure, "by": "sex", "limit_high": 1, "windows": 4,
                                                                      "until": day(4), "baseline_from": day(0), "baseline_to": day(2)})
        if answer.status != 200:
            refused.append(f"{figure}: {answer.short()[:200]}")
    say(len(figures) > 30 and not refused, f"{kind}: {len(figures)} figures, each is computed", refused)


def catching_up(run, kind):
    """More windows than a turn takes, killed meanwhile; on PostgreSQL by two servers."""
    last = 130
    run.stop()
    clock(last)
    for _ in range(3):
        run.start()
        time.sleep(CHANCE.uniform(0.0, 0.3))
        run.server.process.kill()
        run.server.process.wait()
    run.start()
    other = Server(run.store) if kind != "sqlite" else None
    if other:
        other.start()
    now = run.judged_to(last)
    points = run.series()
    froms = [p["from"][:10] for p in points]
    say(froms == [day(n) for n in range(last)], f"{kind}: {last} windows, each once and in order", f"{now.get('window_to')} {len(froms)}")
    say(all(p["status"] == "no_data" and not p["alarm"] for p in points[4:]), f"{kind}: and nothing is green that was not seen")
    versions = [p["version"] for p in points]
    say(versions == sorted(set(versions)) and len({p["ledger"] for p in points}) == last, f"{kind}: an entry of the ledger each")
    if other:
        other.stop()


def another_version(run, kind):
    """Whoever watches one version sees nothing of another, until somebody decides."""
    run.client.must("rolf", "POST", f"/monitor/{run.mon}/moves/adjust", {"of_version": "1.0", "reason": "That one was validated"})
    run.send(130, 0, 30, "2.0")
    run.at(131)
    now = run.judged_to(131)
    say(now["status"] == "no_data" and now["state"] == "active", f"{kind}: another version than the watched one is no data", now)


def looked_for(run, kind):
    """Checks: who has much at stake and shows nothing, and what nobody answers."""
    def broken(check):
        found = run.client.must("stan", "GET", f"/checks/{check}")
        return sorted((b["key"], b["reason"]["en"]) for b in found["records"]), found["population"]
    say(broken("chk-15d") == ([("SYS-0001", "No monitor of it could judge a window for sixty days"), ("SYS-0002", "It has no active monitor")], 2), f"{kind}: both show nothing", broken("chk-15d"))
    run.send(131, 30, 0)
    run.at(132)
    run.judged_to(132)
    say(broken("chk-15d") == ([("SYS-0002", "It has no active monitor")], 2), f"{kind}: a window that could be judged shows something", broken("chk-15d"))
    run.send(132, 0, 30)
    run.at(133)
    run.until(lambda m: m["state"] == "breached")
    say(broken("chk-15e") == ([], 1), f"{kind}: a fresh breach has its time", broken("chk-15e"))
    run.at(150)
    run.judged_to(150)
    say(broken("chk-15e") == ([("MON-0001", "It has been in breach for more than fourteen days and nobody says what is done")], 1), f"{kind}: after two weeks somebody asks for an answer", broken("chk-15e"))
    run.client.must("sol", "POST", f"/monitor/{run.mon}/moves/answer", {"answer": "Stopped"})
    say(broken("chk-15e") == ([], 1), f"{kind}: which the owner gives", broken("chk-15e"))


def forged(run, kind):
    invented = ("INSERT INTO series (kind, id, version, name, at, until, status, alarm, value, n, low, high, limit_low, limit_high, source) VALUES ('monitor', 'x', 2, 'fpr', "
                "'2026-01-01T00:00:00.000000Z', '2026-01-02T00:00:00.000000Z', 'pass', 0, 0.1, 100, NULL, NULL, NULL, 0.2, 'y')")
    run.forge(invented)
    code, out = run.verify()
    say(code == 1 and "series" in out, f"{kind}: verify finds a window that nobody judged", f"{code} {out[:300]}")
    run.forge("DELETE FROM series WHERE id = 'x'")
    for name, sql, back in (
            ("a value that was changed", "UPDATE series SET value = 0.99 WHERE version = 3", "UPDATE series SET value = 0.1 WHERE version = 3"),
            ("a window that was taken out", "DELETE FROM series WHERE version = 4", None)):
        run.forge(sql)
        code, out = run.verify()
        say(code == 1 and run.mon in out, f"{kind}: verify finds {name}", f"{code} {out[:300]}")
        if back:
            run.forge(back)
            code, out = run.verify()
            say(code == 0, f"{kind}: put back, all is intact", f"{code} {out[:300]}")


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
                for look in (a_breach_opens_one, nobody_closes_it, within_but_not_back, back_and_closed, as_it_was_said, every_figure, catching_up, another_version, looked_for, forged):
                    look(run, kind)
            finally:
                run.stop()
    sys.exit(bool(FAILED))


main()
