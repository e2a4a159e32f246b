#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E11: a list as of a moment takes the memory of a page, an export that of its file; afterwards the server is as
small as before.

    python3 e11_memory_of_big_answers.py PATH_OF_AIMWELL
"""
import datetime
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

RECORDS, DETAILS = 1600, "x" * 15000  # 24 MB of bodies
MEBI = 1 << 20


class Memory:
    """What the server holds, now and at most since the last reset, in bytes."""

    def __init__(self, process):
        self.folder = f"/proc/{process}"

    def read(self, name):
        with open(f"{self.folder}/status", encoding="ascii") as lines:
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

    def now(self):
        return self.read("VmRSS")

    def most(self):
        return self.read("VmHWM")

    def reset(self):
        with open(f"{self.folder}/clear_refs", "w", encoding="ascii") as out:
            out.write("5")


def fill(port, token):
    def some(first):
        client = harness.Client(port, token)
        for i in range(first, RECORDS, 8):
            client.good("POST", "task", {"title": f"Task {i:05}", "details": DETAILS})
    crowd = [threading.Thread(target=some, args=(i,)) for i in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()


def big_lists(port, token):
    """15 MB each, one after another; refused ones are as good."""
    client = harness.Client(port, token)
    for _ in range(3):
        client.ask("GET", "task?limit=1000")


def settled(memory, limit):
    """What it holds when it has had time to give back; a sanitizer takes some seconds to."""
    until = time.monotonic() + 12
    while memory.now() > limit and time.monotonic() < until:
        time.sleep(0.2)
    return memory.now()


def main():
    # A sanitizer must not keep what was freed, or there is nothing to see.
    os.environ["ASAN_OPTIONS"] = ":".join(
        [*filter(None, [os.environ.get("ASAN_OPTIONS")]),
         "quarantine_size_mb=0:thread_local_quarantine_size_kb=0:allocator_release_to_os_interval_ms=200"])
    aimwell, report = harness.program(), harness.Report()
    place = harness.Place(aimwell, data=os.path.join(harness.temporary(), "org"))
    token = place.init()
    server = harness.Server(place)
    fill(server.port, token)
    memory, client = Memory(server.pid()), harness.Client(server.port, token)
    then = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    client.good("GET", "task?limit=200")
    before = memory.now()
    report.note(f"{before / MEBI:.0f} MiB before")
    memory.reset()
    listed = client.good("GET", f"task?as_of={then}&fields=title")
    grown = memory.most() - before
    report.say(listed["total"] == RECORDS and listed["next"], "a list as of a moment comes in pages",
               f"{listed['total']} {listed['next']}")
    report.say(grown < 16 * MEBI, "and takes the memory of a page", f"{grown / MEBI:.0f} MiB")
    memory.reset()
    status, _, _ = client.ask("GET", f"task?as_of={then}&format=csv&fields=title,due")
    grown = memory.most() - before
    report.say(status == 200 and grown < 24 * MEBI, "an export takes the memory of its file",
               f"{status} {grown / MEBI:.0f} MiB")
    status, _, _ = client.ask("GET", f"task?as_of={then}&format=json")
    after = settled(memory, before + 24 * MEBI)
    report.say(status == 200 and after - before < 24 * MEBI, "after a big answer it is given back",
               f"{status} {(after - before) / MEBI:.0f} MiB more than before")
    crowd = [threading.Thread(target=big_lists, args=(server.port, token)) for _ in range(12)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    after = settled(memory, before + 48 * MEBI)
    report.say(after - before < 48 * MEBI, "after many at once too", f"{(after - before) / MEBI:.0f} MiB more than before")
    report.say(server.stop() == 0, "the server stops in order")
    report.end()


if __name__ == "__main__":
    main()
