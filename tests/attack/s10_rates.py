#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S10, E13: one token creates as fast as it can, one address tries log-ins, one person changes records in
bulk, exports and stores files without end: each is told, in words, to come back later, and nobody else is.

    s10_rates.py PATH_OF_AIMWELL
"""
import datetime
import os
import sqlite3
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness

MOST = 3000  # attempts; far past every burst


def until_refused(port, token, ask, threads=4, most=MOST):
    """Asks again and again; (how many were heard, the first refusal with 429 or None)."""
    lock, heard, refused = threading.Lock(), [0], []

    def run():
        client = harness.Client(port, token)
        while not refused and heard[0] < most:
            status, headers, reply = ask(client)
            with lock:
                heard[0] += status != 429
                if status == 429:
                    refused.append((headers.get("retry-after", ""), reply))
        client.close()
    all_of_them = [threading.Thread(target=run) for _ in range(threads)]
    for one in all_of_them:
        one.start()
    for one in all_of_them:
        one.join()
    return heard[0], refused[0] if refused else None


def expect(report, name, heard, refusal, least):
    good = refusal and refusal[0].isdigit() and int(refusal[0]) > 0 and \
        refusal[1].get("errors") and refusal[1]["errors"][0]["code"] == "rate" and refusal[1]["detail"]
    report.say(good and heard >= least, f"{name} come to an end, with words and a time", f"after {heard}: {refusal}")


def serve(place):
    """With the limits as usual; an older program does not know the option, and has none."""
    try:
        return harness.Server(place, "--rate", "1")
    except harness.Refused:
        return harness.Server(place)


def rates(report, place, token, other):
    server = serve(place)
    port = server.port
    heard, refusal = until_refused(port, token, lambda c: c.ask("POST", "task", {"title": "Again and again"}))
    expect(report, "creates", heard, refusal, 400)
    report.say(harness.Client(port, other).ask("POST", "task", {"title": "Mine"})[0] == 201, "another token goes on")
    report.say(harness.Client(port, token).ask("GET", "task?limit=1")[0] == 200, "and reading goes on")
    heard, refusal = until_refused(port, token, lambda c: c.ask("GET", "task?format=csv&limit=1&due.empty=0"), 2)
    expect(report, "exports", heard, refusal, 30)
    heard, refusal = until_refused(port, other, lambda c: c.ask("GET", "task?limit=1"))
    expect(report, "lists", heard, refusal, 800)
    heard, refusal = until_refused(port, token, lambda c: c.ask("POST", "files", raw=b"x", X_File_Name="a.txt"))
    expect(report, "uploads", heard, refusal, 150)
    ids = [f"none-{n}" for n in range(200)]
    heard, refusal = until_refused(port, other, lambda c: c.ask("PATCH", "task", {"ids": ids, "set": {"title": "x"}}), 1)
    expect(report, "bulk changes", heard, refusal, 40)
    heard, refusal = until_refused(port, None, lambda c: c.ask("POST", "session", {"email": 7, "password": "x"}))
    expect(report, "log-ins from one address", heard, refusal, 80)
    report.say(harness.Client(port).ask("GET", "/healthz")[0] == 200, "that address is answered otherwise")
    report.say(server.stop() == 0, "the server stops in order", server.words()[-300:])


def without(report, place, token):
    server = harness.Server(place, "--rate", "0")
    heard, refusal = until_refused(server.port, token, lambda c: c.ask("GET", "task?limit=1"), most=1500)
    report.say(refusal is None, "--rate 0 takes the limits away", f"after {heard}: {refusal}")
    server.stop()


def store(place, author, count, size):
    """Rows of files that somebody stored a moment ago, written past the program: only to count them."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    with sqlite3.connect(os.path.join(place.data, "aimwell.db")) as db:
        db.executemany("INSERT INTO attachment (id, name, type, size, sha256, author, at, salt, ledger) "
                       "VALUES (?, 'a', 'b', ?, 'c', ?, ?, x'00', 0)",
                       [(f"FILE{author[-6:]}{size % 1000}{n}", size, author, now) for n in range(count)])


def quotas(report, place, tokens):
    for token, count, size, what in ((tokens[0], 1000, 1, "files that belong to no record"),
                                     (tokens[1], 1, 4 << 30, "bytes of a day")):
        server = serve(place)
        mine = harness.Client(server.port, token).good("POST", "files", raw=b"x", X_File_Name="a.txt")["author"]
        server.stop()
        store(place, mine, count, size)
        server = serve(place)
        status, headers, reply = harness.Client(server.port, token).ask("POST", "files", raw=b"x", X_File_Name="a.txt")
        report.say(status == 429 and headers.get("retry-after", "").isdigit() and reply["errors"][0]["code"] == "quota",
                   f"{what} have an end", f"{status} {reply}")
        status, _, reply = harness.Client(server.port, tokens[2]).ask("POST", "files", raw=b"x", X_File_Name="a.txt")
        report.say(status == 201, f"{what}: of another token they do not", f"{status} {reply}")
        server.stop()


def main():
    report = harness.Report()
    place = harness.Place(harness.program(), data=harness.temporary() + "/org")
    token = place.init()
    others = [place.token() for _ in range(4)]
    rates(report, place, token, others[0])
    quotas(report, place, others[1:])
    if not report.failed:  # an older program does not know the option
        without(report, place, token)
    report.end()


if __name__ == "__main__":
    main()
