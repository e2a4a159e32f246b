#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S3: names of many links cost what they cost, not its square; dear requests cannot take every worker; a request
has a time for all its statements together.

    python3 s03_names_and_dear_requests.py PATH_OF_AIMWELL
"""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

LINKS = 1000


def fastest(client, path, times=3):
    """The best of some: what the machine does beside us only ever adds."""
    best = None
    for _ in range(times):
        start = time.monotonic()
        answer = client.good("GET", path)
        took = time.monotonic() - start
        best = took if best is None else min(best, took)
    return best, answer


def names_are_linear(client, report):
    """Eight times the links must not take sixty-four times as long."""
    targets = [client.good("POST", "task", {"title": f"Target {i}"})["id"] for i in range(LINKS)]
    links = [{"type": "sees", "kind": "task", "id": one} for one in targets]
    for i in range(32):
        client.good("POST", "task", {"title": f"Holder {i:02}", "links": links,
                                     "tags": ["few", "all"] if i < 4 else ["all"]})
    few, _ = fastest(client, "task?tags=few&limit=100")
    all_, answer = fastest(client, "task?tags=all&limit=100", 2)
    named = sum(1 for one in targets if one in answer["names"])
    report.say(named == LINKS, "every link has its name", f"{named} of {LINKS}")
    report.note(f"{few:.3f} s for 4,000 links, {all_:.3f} s for 32,000")
    report.say(all_ < few * 16, "eight times the links take no more than sixteen times as long",
               f"{few:.3f} s and {all_:.3f} s")


def long_answers_leave_a_worker(server, token, report):
    """Many exports at once: what is cheap is answered all the while."""
    codes, waits, cheap, stop = [], [], [], threading.Event()

    def dear():
        client = harness.Client(server.port, token)
        for _ in range(2):
            status, headers, _ = client.ask("GET", "task?format=xlsx")
            codes.append(status)
            if status == 429:
                waits.append(headers.get("retry-after"))

    def often():
        client = harness.Client(server.port, token)
        while not stop.is_set():
            cheap.append(client.ask("GET", "task?limit=1&fields=title")[0])
            time.sleep(0.05)

    crowd = [threading.Thread(target=dear) for _ in range(10)]
    asker = threading.Thread(target=often)
    asker.start()
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    stop.set()
    asker.join()
    report.say(set(codes) <= {200, 429}, "many exports at once are made, or told to wait", str(sorted(set(codes))))
    report.say(all(one and int(one) > 0 for one in waits), "and told how long", str(waits[:3]))
    report.say(cheap and set(cheap) == {200}, "what is cheap is answered all the while", str(set(cheap)))


def main():
    aimwell, report = harness.program(), harness.Report()
    place = harness.Place(aimwell, data=os.path.join(harness.temporary(), "org"))
    token = place.init()
    server = harness.Server(place)
    names_are_linear(harness.Client(server.port, token), report)
    long_answers_leave_a_worker(server, token, report)
    report.say(server.stop() == 0, "the server stops in order")
    report.end()


if __name__ == "__main__":
    main()
