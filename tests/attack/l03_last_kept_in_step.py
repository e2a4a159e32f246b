#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""L3: ledger.last keeps step with what was acknowledged, the trailing group included. One flipped bit in the
log of the database after a kill then never loses acknowledged writes in silence: the start is refused.
When the file cannot be written nothing is acknowledged; when it is missing, the log says what that means.

    l03_last_kept_in_step.py PATH_OF_AIMWELL
"""
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402


def flip(path, offset):
    with open(path, "r+b") as f:
        f.seek(offset)
        byte = f.read(1)[0]
        f.seek(offset)
        f.write(bytes([byte ^ 1]))


def acknowledged_then_killed(aimwell):
    """A folder whose server was killed right after it acknowledged five quick writes; their number."""
    place = harness.Place(aimwell, data=harness.temporary() + "/data")
    token = place.init()
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    for n in range(5):
        client.good("POST", "task", {"title": f"acknowledged {n}"})
    server.kill()
    return place, token


def flipped(report, aimwell, name, offset):
    place, token = acknowledged_then_killed(aimwell)
    wal = place.data + "/aimwell.db-wal"
    flip(wal, offset(os.path.getsize(wal)))
    try:
        server = harness.Server(place)
    except harness.Refused as why:
        report.say(why.code == 5 and "older copy" in why.words, f"a bit {name} flipped: the start is refused in words", str(why))
        return
    found = len(harness.Client(server.port, token).every("task"))
    report.say(found == 5, f"a bit {name} flipped: nothing acknowledged is lost in silence", f"{found} of 5 are left")
    server.stop()


def untouched(report, aimwell):
    place, token = acknowledged_then_killed(aimwell)
    server = harness.Server(place)
    found = len(harness.Client(server.port, token).every("task"))
    report.say(found == 5, "sabotage: without a flipped bit it starts and all is there", str(found))
    server.stop()


def unwritable(report, aimwell):
    place = harness.Place(aimwell, data=harness.temporary() + "/data")
    token = place.init()
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    client.good("POST", "task", {"title": "before"})
    last = place.data + "/ledger.last"
    os.mkdir(last + ".new")  # first: a server that finds the file gone makes it anew at once
    shutil.move(last, last + ".away")
    os.mkdir(last)
    time.sleep(0.3)
    answers = [client.ask("POST", "task", {"title": f"blind {n}"}) for n in range(3)]
    report.say([a[0] for a in answers] == [503] * 3, "when it cannot be written nothing is acknowledged", str(answers[0]))
    report.say(all(place.data not in str(a) for a in answers), "and no path is shown", str(answers[0]))
    report.say(client.ask("GET", "task")[0] == 200, "reads go on")
    os.rmdir(last)
    os.rmdir(last + ".new")
    until, status = time.monotonic() + 30, 0
    while status != 201 and time.monotonic() < until:
        status = client.ask("POST", "task", {"title": "after"})[0]
        time.sleep(0.2)
    report.say(status == 201 and os.path.isfile(last), "when it can again, it goes on by itself", f"{status} {server.words()[-300:]}")
    server.stop()
    os.unlink(last)
    server = harness.Server(place)
    report.say("ledger.last" in server.words() or "ledger_last" in server.words(), "a missing file is told of", server.words()[-300:])
    server.stop()
    code, out, err = place.verify("--deep")
    report.say(code == 0, "verify --deep is intact", out + err)


def main():
    aimwell, report = harness.program(), harness.Report()
    untouched(report, aimwell)
    flipped(report, aimwell, "in the header of the log", lambda size: 17)
    flipped(report, aimwell, "in its last frame", lambda size: size - 100)
    unwritable(report, aimwell)
    report.end()


main()
