#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Both gates of readiness open for an organisation that did the work (year.py), and shut where a piece of it is missing.

    ready.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "durability"), os.path.join(HERE, "..", "lib")]
import harness  # noqa: E402
import year  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

# What was not done, which checks tell, which rows are then too low, and which gate is shut by it.
MISSING = {
    "two of ten have not acknowledged the policy; a document says not for whom it is; nobody tried a restore; a decision of the review was left": (
        {"acknowledge", "audience", "copies", "decisions"}, {"chk-06c", "chk-28d", "chk-38b"}, {"5.2", "7.5.3"}, "stage2"),
    "the document about nonconformities was approved and never published": ({"improving"}, set(), {"10.2"}, "stage1")}


def played(report, aimwell, store, folder, undone):
    """The year as it went: what the program says of it, and the organisation's answers."""
    path = os.path.join(folder, "year.json")
    script = year.script(undone)
    with open(path, "w", encoding="utf-8") as f:
        f.write(json.dumps({k: v for k, v in script.items() if k != "acts"})[:-1] + ', "acts": [\n' + ",\n".join(json.dumps(act) for act in script["acts"]) + "]}")
    place = harness.Place(aimwell, data="-")
    place.where = list(store.words)
    server = harness.Server(place, "--demo", path)
    report.say(path + ":" not in server.words(), "no act of the year is refused", server.words()[-1200:])
    client = harness.Client(server.port)
    client.log_in("amir@ready.example", script["password"])
    return place, server, client.good("GET", "readiness")


def gate(ready, name):
    failing = ready["gates"][name]["failing"]
    return ready["gates"][name]["ready"], {one["check"] for one in failing if one["check"]}, {one["row"] for one in failing if one["row"]}


def work_was_done(report, aimwell, stores, folder):
    place, server, ready = played(report, aimwell, stores.new(), folder, set())
    for name in ("stage1", "stage2"):
        report.say(gate(ready, name) == (True, set(), set()), f"{name} is open", json.dumps(ready["gates"][name])[:1500])
    report.say(ready["ready"] is True and 60 < ready["score"] < 100, "ready, and short of a hundred: much is said by people alone", str(ready["score"]))
    low = [one["row"] for one in ready["rows"] if one["applicable"] and one["level"] < 3]
    report.say(not low, "every row that applies is at three", str(low))
    server.stop()
    code, out, err = place.verify("--deep")
    report.say(code == 0 and "intact" in out, "and the year is intact", out + err)


def work_is_missing(report, aimwell, stores, folder):
    for title, (undone, checks, rows, shut) in MISSING.items():
        _, server, ready = played(report, aimwell, stores.new(), folder, undone)
        is_open, told, low = gate(ready, shut)
        report.say(not is_open and checks <= told and rows <= low, f"{shut} is shut: {title}", f"{sorted(told)} {sorted(low)} " + json.dumps(ready["gates"][shut])[:900])
        if shut == "stage2":
            report.say(gate(ready, "stage1")[0] and told == checks and low == rows, "by nothing else, and stage1 is open", json.dumps(ready["gates"])[:1500])
        server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("aimwell")
    add_store_option(parser)
    options = parser.parse_args()
    report = harness.Report()
    for kind in each_store(options):
        with stores_for(kind, "ready") as (stores, folder):
            work_was_done(report, options.aimwell, stores, folder)
            if kind == "sqlite":
                work_is_missing(report, options.aimwell, stores, folder)
    report.end()


main()
