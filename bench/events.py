#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Events over HTTP, durable, and what is measured of them, beside bare SQLite with the same lines.

    bench/events.py [--events 1000000] [--only-counted] [BUILD_FOLDER]

Makes a release build when there is none. Rates are by processor time of the server's process (of the reference's for that), so
that others on the machine do not count; the clock's are told beside them. Nothing is asserted but that all was kept once, and that
what was counted beforehand and the events themselves (exact=1) give the same figures. --only-counted: predictions and labels alone, as
for ten million of them; what is refused because it would read too many is told as that."""
import argparse
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "durability"))
import harness  # noqa: E402

BATCH = 1000
GROUPS = ("A", "B", "C", "D", "E", "F")


def prediction(n):
    return json.dumps({"v": 1, "kind": "prediction", "id": f"e{n}", "system": "SYS-0001", "version": "3.2.0", "env": "prod",
                       "ts": f"2025-{1 + n // 28000 % 12:02}-{1 + n // 1000 % 28:02}T10:00:00.123Z", "task": "binary", "pred_class": n * 7 % 3 % 2,
                       "score": n * 7919 % 1000 / 1000, "protected": {"race": GROUPS[n * 31 % 6], "sex": "FM"[n % 2]}, "latency_ms": n % 400 / 10})


def answer(n):
    return json.dumps({"v": 1, "kind": "llm", "id": f"k{n}", "system": "SYS-0002", "version": "p14", "ts": f"2026-05-{1 + n // 1000 % 28:02}T10:00:00Z", "provider": "openai",
                       "model": "m-1", "operation": "chat", "usage": {"input": 100 + n % 900, "output": n % 300}, "latency_ms": 300 + n * 13 % 4000,
                       "ttft_ms": 90 + n % 400, "finish": "stop", "prompt_sha256": f"{n:064x}", "response_sha256": f"{n + 7:064x}"})


def label(n):
    return json.dumps({"v": 1, "kind": "label", "ref": f"e{2 * n}", "system": "SYS-0001", "ts": "2026-11-20T10:00:00Z", "label": n * 11 % 5 % 2})


def ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        words = f.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid, name="VmRSS"):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(name)) / 1024


def send(server, token, bodies, senders):
    """Seconds of the clock and of the server's processor."""
    waiting, lock = list(reversed(bodies)), threading.Lock()

    def one():
        client = harness.Client(server.port, token)
        while True:
            with lock:
                if not waiting:
                    return
                body = waiting.pop()
            reply = client.good("POST", "events", raw=body, Content_Type="application/x-ndjson")
            assert reply["accepted"] == body.count(b"\n") and not reply["rejected"], reply
    clock, began = time.monotonic(), ticks(server.pid())
    threads = [threading.Thread(target=one) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - clock, ticks(server.pid()) - began


def bare(bodies):
    """The same lines, a row each with its id as the key, as many to a commit."""
    folder = harness.temporary("aimwell-bench-")
    db = sqlite3.connect(folder + "/bare.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE event (id TEXT PRIMARY KEY, line TEXT) WITHOUT ROWID")
    began = resource.getrusage(resource.RUSAGE_SELF)
    for body in bodies:
        lines = body.decode().splitlines()
        db.execute("BEGIN")
        db.executemany("INSERT INTO event VALUES (?, ?)", ((json.loads(line)["id"], line) for line in lines))
        db.execute("COMMIT")
    done = resource.getrusage(resource.RUSAGE_SELF)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = os.path.getsize(folder + "/bare.db")
    shutil.rmtree(folder)
    return done.ru_utime + done.ru_stime - began.ru_utime - began.ru_stime, size


def on_disk(folder):
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)


def asked(server, client, path, turns=5):
    """Median of the clock, and processor time a question."""
    began, took = ticks(server.pid()), []
    for _ in range(turns):
        start = time.monotonic()
        client.good("GET", path)
        took.append(time.monotonic() - start)
    return sorted(took)[turns // 2] * 1000, (ticks(server.pid()) - began) / turns * 1000


FROM = ("exact", "read_from", "counted_until", "not_counted", "versions", "attributes")  # what may differ


def wait_counted(server, token):
    """Seconds of the processor, beside the seals, and of the clock until everything is counted."""
    began, start = ticks(server.pid()), time.monotonic()
    while True:
        path = "systems/SYS-0001/metrics?from=2025-01-01T00:00:00Z&to=2025-01-02T00:00:00Z"
        told = harness.Client(server.port, token).good("GET", path) if time.monotonic() - start > 70 else {"read_from": ""}
        if told["read_from"] == "cells" and told["not_counted"] == 0:
            return ticks(server.pid()) - began, time.monotonic() - start
        assert time.monotonic() - start < 3600, told
        time.sleep(5)


def compare(server, client, events):
    """The same questions of what was counted and of the events, one after the other."""
    for words, query in (("all", ""), ("by race, by sex", "by=race,sex"), ("one month", "from=2025-05-01T00:00:00Z&to=2025-06-01T00:00:00Z&by=race"),
                         ("from noon to noon", "from=2025-05-03T12:00:00Z&to=2025-09-20T12:00:00Z&by=sex"), ("by race and sex, from rows", "by=race%7Csex")):
        clock, processor = asked(server, client, "systems/SYS-0001/metrics?" + query)
        counted = client.good("GET", "systems/SYS-0001/metrics?" + query)
        assert counted["read_from"] == "cells", counted["read_from"]
        line = f"  counted: {words}, of {events:,}: {clock:,.1f} ms, {processor:,.1f} ms of processor"
        status, _, exact = client.ask("GET", "systems/SYS-0001/metrics?exact=1&" + query)
        if status != 200:
            print(line + f"; from the events: refused ({status})")
            continue
        differ = [key for key in exact if key not in FROM and exact[key] != counted[key]]
        assert not differ, differ
        slow, slow_processor = asked(server, client, "systems/SYS-0001/metrics?exact=1&" + query, 1)
        print(line + f"; from the events {slow:,.0f} ms, {slow_processor:,.0f} of processor: ratio {slow_processor / max(processor, 0.001):,.0f}, the same figures")
        print(f"    resident {resident(server.pid()):.0f} MiB, at most {resident(server.pid(), 'VmHWM'):.0f} MiB")


def bench_counted(server, client, token, events):
    for first in range(0, events // 2, BATCH * 200):
        bodies = ["".join(label(n) + "\n" for n in range(at, min(at + BATCH, events // 2))).encode() for at in range(first, min(first + BATCH * 200, events // 2), BATCH)]
        send(server, token, bodies, 2)
    print(f"  resident before counting {resident(server.pid()):.0f} MiB, at most {resident(server.pid(), 'VmHWM'):.0f} MiB")
    processor, clock = wait_counted(server, token)
    print(f"  counted {events * 3 // 2:,} predictions and labels: {processor:.1f} s of processor, {clock:.0f} s by the clock; "
          f"resident {resident(server.pid()):.0f} MiB, at most {resident(server.pid(), 'VmHWM'):.0f} MiB")
    compare(server, harness.Client(server.port, token), events)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", nargs="?", default=os.path.join(HERE, "..", "build-bench"))
    parser.add_argument("--events", type=int, default=1000000)
    parser.add_argument("--only-counted", action="store_true")
    options = parser.parse_args()
    if not os.path.exists(options.build + "/build.ninja"):
        subprocess.run(["meson", "setup", options.build, os.path.join(HERE, ".."), "-Dbuildtype=release", "-Dtests=disabled", "-Dui=off"], check=True, stdout=sys.stderr)
    subprocess.run(["ninja", "-C", options.build, "src/cli/aimwell"], check=True, stdout=sys.stderr)
    folder = harness.temporary("aimwell-bench-")
    place = harness.Place(options.build + "/src/cli/aimwell", data=folder + "/data")
    place.init()
    token = place.token("staff,aims_manager")
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    for title in ("Scoring", "Chat"):
        client.good("POST", "ai_system", {"title": title})
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}, {options.events:,} events of each sort, {BATCH} to a request")
    print(f"  resident before: {resident(server.pid()):.0f} MiB")
    if options.only_counted:
        for first in range(0, options.events, BATCH * 200):
            send(server, token, ["".join(prediction(n) + "\n" for n in range(at, min(at + BATCH, options.events))).encode()
                                 for at in range(first, min(first + BATCH * 200, options.events), BATCH)], 2)
        bench_counted(server, client, token, options.events)
        server.stop()
        shutil.rmtree(folder)
        return
    for words, made in (("predictions", prediction), ("calls of language models", answer)):
        bodies = ["".join(made(n) + "\n" for n in range(first, min(first + BATCH, options.events))).encode() for first in range(0, options.events, BATCH)]
        before = on_disk(folder)
        clock, processor = send(server, token, bodies, 2)
        grew = on_disk(folder) - before
        other, size = bare(bodies)
        print(f"  {words}: {options.events / processor:,.0f} a second of processor ({options.events / clock:,.0f} by the clock), {grew / options.events:.0f} bytes each on disk with the log; "
              f"bare SQLite: {options.events / other:,.0f} a second, {size / options.events:.0f} bytes; ratio {other / processor:.2f}")
        print(f"  resident {resident(server.pid()):.0f} MiB, at most {resident(server.pid(), 'VmHWM'):.0f} MiB")
    for words, path in (("metrics of all", "systems/SYS-0001/metrics?exact=1"), ("by race and sex", "systems/SYS-0001/metrics?exact=1&by=race%7Csex"),
                        ("of one day", "systems/SYS-0001/metrics?exact=1&from=2025-05-03T00:00:00Z&to=2025-05-04T00:00:00Z"), ("of calls", "systems/SYS-0002/metrics")):
        clock, processor = asked(server, client, path)
        print(f"  {words}, of {options.events:,}: {clock:,.0f} ms, {processor:,.0f} ms of processor")
    print(f"  resident {resident(server.pid()):.0f} MiB, at most {resident(server.pid(), 'VmHWM'):.0f} MiB")
    bench_counted(server, client, token, options.events)
    server.stop()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
