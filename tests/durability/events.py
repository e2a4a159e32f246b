#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Events that were acknowledged are there once, whatever falls; an altered one is found and named.

    events.py PATH_OF_AIMWELL [--rounds 6] [--store postgres]

Each round: senders post events as fast as they can, every tenth batch again; the server is killed; it starts
again; what was answered must be there, once, and what was not answered, sent again, is counted once. Then the
events are sealed, and with SQLite single facts of them are altered: `verify --deep` must name the place.
"""
import argparse
import contextlib
import gzip
import hashlib
import json
import os
import random
import shutil
import sqlite3
import threading
import time

import harness

LINES = 40


def line(n, round_, system):
    """An event; the same for the same numbers."""
    return json.dumps({"v": 1, "kind": "prediction", "id": f"e{round_}.{n}", "system": system, "ts": "2026-05-01T10:00:00Z", "task": "binary",
                       "pred_class": n % 2, "score": (n % 100) / 100, "protected": {"sex": "FM"[n % 2]}})


class Events:
    """One organisation, one system."""

    def __init__(self, place, token, report):
        self.place, self.report = place, report
        self.server = harness.Server(place)
        self.client = harness.Client(self.server.port, token)
        self.token = token
        self.system = self.client.good("POST", "ai_system", {"title": "Scoring"})["key"]
        self.answered, self.unanswered, self.next, self.lock = [], [], 0, threading.Lock()

    def post(self, client, lines):
        return client.good("POST", "events", raw="\n".join(lines).encode(), Content_Type="application/x-ndjson")

    def send(self, round_, until):
        """A sender: batches until the server falls."""
        client = harness.Client(self.server.port, self.token)
        while time.monotonic() < until:
            with self.lock:
                first, self.next = self.next, self.next + LINES
            batch = [line(n, round_, self.system) for n in range(first, first + LINES)]
            try:
                self.post(client, batch)
                if first // LINES % 10 == 0:
                    again = self.post(client, batch)
                    if again["duplicate"] != LINES:
                        self.report.say(False, "what is sent again counts once", str(again)[:200])
            except Exception:  # noqa: BLE001 the server fell: whether it was kept is not known
                self.unanswered.append(batch)
                return
            with self.lock:
                self.answered += batch

    def round(self, n):
        until = time.monotonic() + 5
        senders = [threading.Thread(target=self.send, args=(n, until)) for _ in range(3)]
        for one in senders:
            one.start()
        time.sleep(random.uniform(0.3, 1.5))
        self.server.kill()
        for one in senders:
            one.join()
        self.server = harness.Server(self.place)
        self.client = harness.Client(self.server.port, self.token)
        kept = self.client.good("GET", f"systems/{self.system}/events")["events"]
        most = len(self.answered) + sum(len(b) for b in self.unanswered)
        self.report.say(len(self.answered) <= kept <= most, f"round {n}: nothing answered is lost", f"{len(self.answered)} <= {kept} <= {most}")
        for batch in self.unanswered:
            self.post(self.client, batch)
            self.answered += batch
        self.unanswered.clear()
        again = self.post(self.client, random.sample(self.answered, min(500, len(self.answered))))
        self.report.say(again["accepted"] == 0 and not again["rejected"], f"round {n}: what was answered is there", str(again)[:200])
        now = self.client.good("GET", f"systems/{self.system}/events")["events"]
        self.report.say(now == len(self.answered), f"round {n}: each counts once", f"{now} of {len(self.answered)}")

    def bad_bodies(self):
        """What a story cannot send."""
        packed = gzip.compress("\n".join(line(n, "z", self.system) for n in range(50)).encode())
        status, _, reply = self.client.ask("POST", "events", raw=packed, Content_Type="application/x-ndjson", Content_Encoding="gzip")
        self.report.say(status == 200 and reply["accepted"] == 50, "packed lines are taken", f"{status} {reply}")
        self.answered += [line(n, "z", self.system) for n in range(50)]
        for name, raw, wanted in (("a bomb", gzip.compress(b" " * 40000000), 413), ("no gzip", b"\x1f\x8bnothing", 400)):
            status, _, _ = self.client.ask("POST", "events", raw=raw, Content_Type="application/x-ndjson", Content_Encoding="gzip")
            self.report.say(status == wanted, f"{name} is refused", status)
        status, _, reply = self.client.ask("POST", "events", raw=b"{}\n" * 50001, Content_Type="application/x-ndjson")
        self.report.say(status == 413, "more lines than a request may have are refused", f"{status} {reply}")

    def scoped(self):
        """A token for the events of one system does nothing else."""
        other = self.client.good("POST", "ai_system", {"title": "Other"})["key"]
        token = harness.must(self.place.aimwell, "token", "create", "sender", "--scope", f"events:{self.system}", where=self.place.where).split()[-1]
        sender = harness.Client(self.server.port, token)
        one, two = line(1, "s", self.system), line(1, "s", other)
        reply = self.post(sender, [one, two])
        self.answered.append(one)
        self.report.say(reply["accepted"] == 1 and [r["code"] for r in reply["rejected"]] == ["system"], "a token sends for its system alone", str(reply))
        refused = [sender.ask("GET", path)[0] for path in ("ai_system", f"systems/{self.system}/events", "session")]
        self.report.say(all(status == 403 for status in refused), "and reads nothing", refused)

    def sealed(self):
        end = time.monotonic() + 60 + 60 + harness.PATIENCE
        state = self.client.good("GET", f"systems/{self.system}/events?limit=1")
        while state["unsealed"] and time.monotonic() < end:
            time.sleep(1)
            state = self.client.good("GET", f"systems/{self.system}/events?limit=1")
        self.report.say(state["unsealed"] == 0 and state["sealed_by"] is not None, "an entry speaks for each when its minute is over", str(state)[:200])
        self.server.stop()
        code, out, err = self.place.verify("--deep")
        self.report.say(code == 0, "verify --deep finds nothing", f"{code} {out[:300]}{err[:300]}")

    def altered(self):
        """Each in a copy of its own: one event, its moment of receipt, its key, its block."""
        def other_event(db):
            source, n, at, bytes_, packed = db.execute("SELECT source, n, at, bytes, packed FROM event_block ORDER BY n LIMIT 1").fetchone()
            lines = gzip.decompress(bytes_) if packed else bytes_
            changed = gzip.compress(lines.replace(b'"pred_class": 1', b'"pred_class": 0', 1))
            # The digest of the block is made to fit, as whoever alters it would.
            db.execute("UPDATE event_block SET bytes = ?, digest = ? WHERE source = ? AND n = ?", (changed, hashlib.sha256(at.encode() + changed).digest(), source, n))
        tries = {"one event": other_event,
                 "a moment of receipt": lambda db: db.execute("UPDATE event_block SET at = '2026-01-01T00:00:00.000000Z' WHERE n = 1"),
                 "a block is gone": lambda db: db.execute("DELETE FROM event_block WHERE n = 1"),
                 "a key is gone": lambda db: db.execute("DELETE FROM event_key WHERE key = (SELECT key FROM event_key LIMIT 1)"),
                 "a segment is opened again": lambda db: db.execute("UPDATE event_segment SET ledger = -1, salt = x'', commitment = x'' WHERE n = 1")}
        for name, change in tries.items():
            folder = harness.temporary() + "/data"
            shutil.copytree(self.place.data, folder)
            with contextlib.closing(sqlite3.connect(folder + "/aimwell.db")) as db:
                for table in ("event_block", "event_key"):
                    for what in ("update", "delete"):
                        db.execute(f"DROP TRIGGER IF EXISTS {table}_no_{what}")
                change(db)
                for table in ("event_block", "event_key"):  # put back, so that only the alteration is there to find
                    for what, word in (("update", "UPDATE"), ("delete", "DELETE")):
                        db.execute(f'CREATE TRIGGER "{table}_no_{what}" BEFORE {word} ON "{table}" BEGIN SELECT RAISE(ABORT, \'append only\'); END')
                db.commit()
            code, out, err = harness.Place(self.place.aimwell, data=folder).verify("--deep")
            self.report.say(code == 1 and ("events of" in out or "ledger entry" in out), f"altered: {name}", f"{code} {out[:300]}{err[:300]}")
            shutil.rmtree(os.path.dirname(folder))


def suite(options, report, place):
    events = Events(place, place.init(roles="aims_manager,system_owner,assessor,staff,internal_auditor"), report)
    for n in range(options.rounds):
        events.round(n)
    events.bad_bodies()
    events.scoped()
    events.sealed()
    if options.store == "sqlite":
        events.altered()


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    options, report = parser.parse_args(), harness.Report()
    if options.store == "sqlite":
        suite(options, report, harness.Place(aimwell, data=harness.temporary() + "/data"))
    elif not harness.have_postgres():
        harness.skip("no PostgreSQL here")
    else:
        with harness.postgres() as (_, url):
            suite(options, report, harness.Place(aimwell, store=url))
    report.end()


main()
