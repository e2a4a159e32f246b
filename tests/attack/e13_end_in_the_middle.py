#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E13: the server is told to end in the middle of everything: writers, uploads, exports, lists, streams, log-ins
and commands through the socket, many times. It ends in order each time (under the sanitizers nothing freed is
touched), loses nothing it acknowledged, and answers or cuts off everybody.

    e13_end_in_the_middle.py PATH_OF_AIMWELL [--rounds N] [--seed N]
"""
import argparse
import contextlib
import http.client
import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402
import writers  # noqa: E402

BAD = ("Sanitizer", "runtime error", "panic", "SUMMARY")


class Crowd:
    """Threads that do one thing again and again until the server is gone."""

    def __init__(self, place, server, token):
        self.place, self.server, self.token = place, server, token
        self.over, self.threads, self.processes = threading.Event(), [], []
        acts = [self.upload, self.export, self.listing, self.listing, self.stream, self.stream, self.log_in, self.log_in,
                self.readiness, self.many, self.drop, self.command, self.slow_body, self.verify]
        for act in acts:
            thread = threading.Thread(target=self.again, args=(act,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def again(self, act):
        client = harness.Client(self.server.port, self.token, timeout=20)
        while not self.over.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException, RuntimeError, ValueError):
                act(client)
                continue
            self.over.wait(0.01)
        client.close()

    def upload(self, client):
        raw = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' + os.urandom(200000) + b"\r\n--b--\r\n"
        client.ask("POST", "files", raw=raw, Content_Type="multipart/form-data; boundary=b")

    def export(self, client):
        client.ask("GET", "task?format=xlsx")

    def listing(self, client):
        client.ask("GET", "task?limit=200&sort=title")

    def stream(self, client):
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=2)
        link.request("GET", "/api/v1/stream", headers={"Authorization": "Bearer " + self.token})
        link.getresponse().read(50)
        link.close()

    def log_in(self, client):
        harness.Client(self.server.port, timeout=20).ask("POST", "session", {"email": "root@test.example", "password": "not this one at all"})

    def readiness(self, client):
        client.ask("GET", "readiness")

    def many(self, client):
        own = client.good("POST", "org_unit", {"title": "One of many", "code": f"M{time.monotonic_ns()}"})["id"]
        for n in range(5):
            client.ask("PATCH", "org_unit", {"ids": [own] * 300, "set": {"title": f"One of many {n}"}}, Prefer="respond-async")
            self.over.wait(0.05)

    def drop(self, client):
        mark = time.monotonic_ns()
        raw = ("title,code\n" + "\n".join(f"Row {n},R{mark}-{n}" for n in range(300)) + "\n").encode()
        status, _, one = client.ask("POST", "transfer?kind=org_unit", raw=raw, X_File_Name="rows.csv", Content_Type="application/octet-stream")
        while status == 201 and not self.over.is_set():
            self.over.wait(0.05)
            state = client.good("GET", f"transfer/{one['id']}")["state"]
            if state == "looked":
                client.good("POST", f"transfer/{one['id']}/take")
            elif not state.endswith("ing"):
                client.good("DELETE", f"transfer/{one['id']}")
                break

    def command(self, client):
        for words in (["export", "records"], ["check"], ["user", "list"], ["backup", "--out", self.place.data + f".{time.monotonic_ns()}.zip"]):
            if self.over.is_set():
                return
            process = subprocess.Popen([self.place.aimwell, *words, *self.place.where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.processes.append(process)
            process.wait(timeout=60)

    def slow_body(self, client):
        client.link = None
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)
        link.putrequest("POST", "/api/v1/task")
        link.putheader("Authorization", "Bearer " + self.token)
        link.putheader("Content-Type", "application/json")
        link.putheader("Content-Length", "100")
        link.endheaders()
        link.send(b'{"title"')
        self.over.wait(0.2)
        link.close()

    def verify(self, client):
        client.ask("GET", "ledger/verify")

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=30)
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=30)


def one_round(trial, n):
    server = harness.Server(trial.place)
    clients = writers.start(8, server.port, trial.token, trial.chance, trial.acknowledged, trial.tried, f"r{n}")
    crowd = Crowd(trial.place, server, trial.token)
    time.sleep(0.2 + trial.chance.random() * 0.8)
    code = server.stop(within=60)
    crowd.stop()
    writers.stop(clients)
    words = server.words()
    bad = [line for line in words.splitlines() if any(b in line for b in BAD)]
    trial.say(code == 0 and not bad, f"round {n}: it ends in order", f"{code} {bad[:3] or words[-500:]}")


def a_slow_disk(trial):
    """A write that the disk holds for longer than the server waits for its requests: whoever the writer tells of it
    afterwards must still be there."""
    leaks = os.environ.get("ASAN_OPTIONS", "")
    os.environ["ASAN_OPTIONS"] = leaks + ":detect_leaks=0"  # cannot be looked for under strace
    server = harness.Server(trial.place)
    os.environ["ASAN_OPTIONS"] = leaks
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e",
                               "inject=fdatasync:delay_enter=13s", "-p", str(server.pid())], stderr=subprocess.DEVNULL)
    time.sleep(1)

    def write():
        with contextlib.suppress(OSError, http.client.HTTPException):
            harness.Client(server.port, trial.token, timeout=60).ask("POST", "task", {"title": "Slow"})
    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.5)
    code = server.stop(within=120)
    tracer.wait(timeout=30)
    writer.join()
    bad = [line for line in server.words().splitlines() if any(b in line for b in BAD)]
    trial.say(code == 0 and not bad, "a write outlasts the server's patience: it ends in order", f"{code} {bad[:3]}")


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seed", type=int)
    options, report = parser.parse_args(), harness.Report()
    trial = writers.Trial(harness.Place(aimwell, data=harness.temporary() + "/data"), report, harness.seed_of(options), "end")
    for n in range(options.rounds):
        one_round(trial, n)
    trial.start_again(sabotage=False)
    a_slow_disk(trial)
    report.end()


main()
