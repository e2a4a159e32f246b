#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S6: history, comments and links are complete, page by page, newest first; a file that hangs on more than a
thousand records can still be fetched.

    s06_nothing_ends_in_silence.py PATH_OF_AIMWELL
"""
import concurrent.futures
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))

import harness  # noqa: E402

COMMENTS = 1002
VERSIONS = 503
LINKED = 1010


def pages(client, path):
    """Every item, following `next`; and the totals that were told."""
    items, totals, cursor = [], set(), None
    while True:
        join = "&" if "?" in path else "?"
        reply = client.good("GET", path + (f"{join}cursor={cursor}" if cursor else ""))
        items += reply["items"]
        totals.add(reply.get("total"))
        cursor = reply.get("next")
        if not cursor or len(totals) > 1 or len(items) > 5000:
            return items, totals


def patient(client, method, path, body, **headers):
    """A write; who is asked to wait waits."""
    while True:
        status, told, reply = client.ask(method, path, body, **headers)
        if status != 429:
            break
        time.sleep(min(float(told.get("retry-after", 1)), 2))
    if status >= 300:
        raise RuntimeError(f"{method} {path}: {status} {reply}")
    return reply


def at_once(server, token, count, act):
    """act(client, n) for each n, four at a time."""
    def some(first):
        client = harness.Client(server.port, token)
        for n in range(first, count, 4):
            act(client, n)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(some, range(4)))


def comments(server, token, client, report):
    task = client.good("POST", "task", {"title": "Much was said"})["key"]
    at_once(server, token, COMMENTS,
            lambda one, n: patient(one, "POST", f"task/{task}/comments", {"body": f"remark {n}"}))
    client.good("POST", f"task/{task}/comments", {"body": "the last word"})
    first = client.good("GET", f"task/{task}/comments?limit=10")["items"]
    report.say(first and first[0]["body"] == "the last word" and len(first) == 10,
               "the newest comment is the first one seen", str(first[:1]))
    said, totals = pages(client, f"task/{task}/comments?limit=300")
    report.say(totals == {COMMENTS + 1} and len({one["id"] for one in said}) == COMMENTS + 1 and
               {one["body"] for one in said} >= {f"remark {n}" for n in range(COMMENTS)},
               "every comment is on some page, once", f"{len(said)} of {COMMENTS + 1}, total {totals}")


def history(client, report):
    task = client.good("POST", "task", {"title": "Changed often"})["key"]
    for n in range(1, VERSIONS):
        patient(client, "PATCH", f"task/{task}", {"title": f"Changed {n}"}, if_match=f'"{n}"')
    told, totals = pages(client, f"task/{task}/history")
    report.say(totals == {VERSIONS} and [one["version"] for one in told] == list(range(VERSIONS, 0, -1)),
               "every version is on some page, newest first", f"{len(told)} of {VERSIONS}, total {totals}")
    edge = [one for one in told if len(one["changes"]) != 1]
    report.say(len(edge) == 1 and edge[0]["version"] == 1,
               "the last version of a page says what it changed too", str([one["version"] for one in edge]))


def links(server, token, client, reader, report):
    system = client.good("POST", "ai_system", {"title": "Much used"})["key"]
    stored = client.good("POST", "files", raw=b"proof", x_file_name="proof.txt", content_type="text/plain")
    at_once(server, token, LINKED, lambda one, n: patient(
        one, "POST", "evidence", {"title": f"Proof {n}", "file": stored["id"]}))
    risks = []
    at_once(server, token, LINKED, lambda one, n: risks.append(patient(
        one, "POST", "risk", {"title": f"Risk {n}", "system": system})["id"]))
    found, totals = pages(client, f"ai_system/{system}/links?limit=500")
    report.say(totals == {LINKED} and {one["record"]["id"] for one in found} == set(risks),
               "every link is on some page", f"{len(found)} of {LINKED}, total {totals}")
    status, _, reply = reader.ask("GET", f"files/{stored['id']}")
    report.say(status == 200 and reply == b"proof", "a file of more than a thousand records is still read", f"{status} {reply}")


def main():
    aimwell = harness.program()
    report = harness.Report()
    place = harness.Place(aimwell, data=os.path.join(harness.temporary(), "data"))
    token = place.init()
    reader = place.token("staff")
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    comments(server, token, client, report)
    history(client, report)
    links(server, token, client, harness.Client(server.port, reader), report)
    server.stop()
    report.end()


main()
