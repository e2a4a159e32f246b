#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Events are kept for as long as the record of their system says, and what goes leaves its proof.

    retention.py PATH_OF_AIMWELL [--store postgres] [--seed N]

The clock of the test (clock.c) goes forth by months. Whole minutes of events go when their time is over, of that
system alone, with an entry; legal hold stops it; a time that was made shorter begins to count a week later; figures
say that something is missing; what was removed does not come back; the server is killed in the middle of it. With
SQLite, each fact of a removal is altered, and a segment is taken away without an entry: `verify --deep` names it.
"""
import argparse
import contextlib
import datetime
import json
import os
import shutil
import sqlite3
import sys
import time

import harness
import timers

DAY = 86400
MONTHS = 31 * DAY * 6 + 12 * DAY  # six of them are over, and were a week ago
LAWYER, FIRST = "law@test.example", "a-long-password-for-the-law"


class Retention:
    def __init__(self, place, folder, library, report, chance):
        self.place, self.folder, self.report, self.chance = place, folder, report, chance
        self.shift_file = folder + "/shift"
        now = datetime.datetime.now(datetime.timezone.utc)
        self.began = (now.replace(day=1) + datetime.timedelta(days=32)).replace(day=10, hour=12)  # windows of months are asked for, on any day
        self.base = (self.began - now).total_seconds()
        self.set(0)
        asan = "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")
        with open(folder + "/aimwell", "w", encoding="utf-8") as f:
            f.write(f"#!/bin/sh\nexec env LD_PRELOAD={library} CLOCK_SHIFT={self.shift_file} ASAN_OPTIONS={asan} {place.aimwell} \"$@\"\n")
        os.chmod(folder + "/aimwell", 0o755)
        place.aimwell = folder + "/aimwell"
        self.server = self.client = None
        self.password = FIRST

    # ---- the clock -----------------------------------------------------------------------------------
    def set(self, seconds):
        self.shift = seconds
        with open(self.shift_file + ".new", "w", encoding="utf-8") as f:
            f.write(str(int(self.base + seconds)))
        os.replace(self.shift_file + ".new", self.shift_file)

    def moment(self, shift=None):
        return (self.began + datetime.timedelta(seconds=self.shift if shift is None else shift)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def far(self, seconds):
        """Months later: a week of it has passed in which the clock was like that."""
        self.set(seconds - 8 * DAY)
        self.serve()
        self.set(seconds)
        self.serve()

    def serve(self):
        """A start is a turn of the work that is done by the clock."""
        if self.server:
            self.server.stop()
        self.server = harness.Server(self.place)
        self.token = self.place.token("aims_manager,system_owner,assessor,staff,dpo,legal_compliance")
        self.client = harness.Client(self.server.port, self.token)

    def lawyer(self):
        one = harness.Client(self.server.port)
        one.log_in(LAWYER, self.password)
        if self.password == FIRST:
            self.password = "another-password-for-the-law"
            one.good("POST", "session/password", {"old": FIRST, "new": self.password})
            one.log_in(LAWYER, self.password)
        return one

    # ---- events --------------------------------------------------------------------------------------
    def lines(self, system, name, count=5, at=None):
        ts, out = at or self.moment(), []
        for n in range(count):
            out.append({"v": 1, "kind": "prediction", "id": f"{name}.{n}", "system": system, "ts": ts, "task": "binary", "pred_class": n % 2, "score": n / 10})
            out.append({"v": 1, "kind": "label", "ref": f"{name}.{n}", "system": system, "ts": ts, "label": 1})
        return [json.dumps(one) for one in out]

    def post(self, lines):
        return self.client.good("POST", "events", raw="\n".join(lines).encode(), Content_Type="application/x-ndjson")

    def about(self, system, limit=50):
        return self.client.good("GET", f"systems/{system}/events?limit={limit}")

    def until(self, system, count):
        """Waits until so many are left."""
        end = time.monotonic() + harness.PATIENCE
        while self.about(system)["events"] != count and time.monotonic() < end:
            time.sleep(0.1)
        return self.about(system)

    def settled(self, system):
        """Nothing waits to be sealed; then what is due has been removed, or will not be."""
        end = time.monotonic() + harness.PATIENCE
        while self.about(system)["unsealed"] and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(1)
        return self.about(system)

    def say(self, good, name, why=""):
        self.report.say(good, name, str(why)[:500])

    def intact(self, name, *wanted):
        code, out, err = self.place.verify("--deep")
        self.say(code == 0 and all(w in out for w in wanted), f"verify --deep {name}", f"{code} {out[:400]}{err[:400]}")

    # ---- one life ------------------------------------------------------------------------------------
    def begin(self):
        self.token = self.place.init(roles="aims_manager,system_owner,assessor,staff,dpo,legal_compliance")
        password = os.path.join(self.folder, "password")
        with open(password, "w", encoding="utf-8") as f:
            f.write(FIRST)
        harness.must(self.place.aimwell, "user", "add", LAWYER, "--name", "Law", "--roles", "legal_compliance", "--password-file", password, where=self.place.where)
        self.serve()
        for name, months in (("short", 6), ("ever", None), ("held", 6), ("late", 12)):
            self.client.good("POST", "ai_system", {"title": name, "external_id": name, **({"events_kept_for": months} if months else {})})
        status, _, reply = self.client.ask("POST", "ai_system", {"title": "Less", "events_kept_for": 5})
        self.say(status == 422 and reply["errors"][0]["field"] == "events_kept_for", "less than six months is refused", f"{status} {reply}")
        self.lawyer().good("POST", "ai_system/SYS-0003/hold", {"reason": "A court asked for it"})
        self.sent = []
        for minute in range(4):
            self.set(minute * 61)
            for system in ("short", "ever", "held", "late"):
                self.sent.append((system, self.lines(system, f"m{minute}")))
                self.post(self.sent[-1][1])
        self.set(10 * 60)
        self.serve()
        self.say(all(self.settled(s)["events"] == 40 for s in ("short", "ever", "held", "late")), "all are there")

    def not_yet(self):
        self.set(5 * 30 * DAY)
        self.serve()
        state = self.settled("short")
        self.say(state["events"] == 40 and state["removed"] == 0 and state["removed_by"] is None and state["removed_before"] == "", "after five months nothing goes", state)
        self.later = self.lines("short", "later")
        self.post(self.lines("short", "tardy", at=self.moment(3600)))  # of the first day, and kept
        self.post(self.later)

    def windows(self, **settings):
        """The window of the month in which it began, and that of the fifth after it, as a monitor would judge them."""
        points = self.client.good("POST", "monitors/preview", {"system": "short", "every": "month", "limit_high": 1, "min_n": 10, "windows": 9, "until": self.moment(MONTHS)[:10], **settings})["points"]
        by_month = {p["from"][:7]: p for p in points}
        return by_month.get(self.moment(0)[:7]), by_month.get(self.moment(5 * 30 * DAY)[:7])

    def over(self):
        first, fifth = self.windows(figure="selection_rate")
        self.say(first["n"] == 25 and first["status"] == "pass" and fifth["n"] == 5, "before that a window of the first month has them all", f"{first} {fifth}")
        self.set(MONTHS - 8 * DAY)
        self.serve()
        self.set(MONTHS - 7.5 * DAY)
        self.serve()
        self.say(self.settled("short")["removed"] == 0, "a clock that was set forth is not believed at once", self.about("short"))
        self.set(MONTHS)
        self.serve()
        state = self.until("short", 20)
        first, fifth = self.windows(figure="selection_rate")
        self.say(first["n"] == 0 and first["status"] == "no_data" and fifth["n"] == 5, "afterwards nothing is said of what is left of it", f"{first} {fifth}")
        _, fifth = self.windows(figure="psi", baseline_from=self.moment(0)[:10], baseline_to=self.moment(2 * DAY)[:10])
        self.say(fifth["status"] == "no_data", "nor of a later one against it", fifth)
        self.say(state["events"] == 20 and state["removed"] == 40 and state["removed_by"] is not None and self.began.strftime("%Y-%m-%d") <= state["removed_before"] < self.moment(DAY),
                 "after six months what came first goes", state)
        self.say([e["event"]["id"] for e in state["items"] if "id" in e["event"]] == [f"{of}.{n}" for of in ("later", "tardy") for n in (4, 3, 2, 1, 0)] and state["next"] is None, "what came later is there", state["items"][:2])
        self.say(self.client.ask("GET", "systems/short/events/m0.1")[0] == 404 and self.client.ask("GET", "systems/short/events/later.1")[0] == 200, "by its id too")
        self.say(all(self.settled(s)["removed"] == 0 for s in ("ever", "held", "late")), "of no other system, and of none under legal hold")
        entry = self.client.good("GET", f"ledger/entries?from={state['removed_by']}&limit=1")["entries"][0]
        self.say("events.remove" in json.dumps(entry), "an entry says so", entry)
        all_, late = (self.client.good("GET", f"systems/short/metrics{q}") for q in ("", f"?from={self.moment(5 * 30 * DAY - DAY)}"))
        self.say(all_["n"] == 10 and all_["removed_before"] == state["removed_before"] and late["n"] == 5 and late["removed_before"] is None, "figures say what they are of", f"{all_['removed_before']} {late['removed_before']}")
        again = self.post(self.sent[0][1])
        self.say(again["accepted"] == 0 and {r["code"] for r in again["rejected"]} == {"too_old"} and len(again["rejected"]) == 10, "what was removed does not come back", again)
        again = self.post(self.later + self.lines("short", "now"))
        self.say((again["accepted"], again["duplicate"]) == (10, 10), "what is new is taken", again)
        self.set(MONTHS + 600)
        self.serve()
        self.say(self.settled("short")["unsealed"] == 0, "and sealed")
        self.server.stop()
        self.server = None
        self.intact("tells of it and finds nothing wrong", f"removed by entry {state['removed_by']}", "kept for 6 months")

    def released_and_shorter(self):
        self.serve()
        self.lawyer().good("DELETE", "ai_system/SYS-0003/hold", {"reason": "The case is closed"})
        record = self.client.good("GET", "ai_system/SYS-0004")
        self.client.good("PATCH", "ai_system/SYS-0004", {"events_kept_for": 6}, If_Match=f'"{record["version"]}"')
        record = self.client.good("GET", "ai_system/SYS-0002")
        self.client.good("PATCH", "ai_system/SYS-0002", {"events_kept_for": 6}, If_Match=f'"{record["version"]}"')
        self.set(MONTHS + 2 * DAY)
        self.serve()
        self.say(self.until("held", 0)["removed"] == 40, "once the hold is released its time is over", self.about("held"))
        self.say(all(self.settled(s)["removed"] == 0 for s in ("ever", "late")), "a shorter time does not count at once", self.about("late"))
        self.set(MONTHS + 9 * DAY)
        self.serve()
        self.say(self.until("late", 0)["removed"] == 40 and self.until("ever", 0)["removed"] == 40, "but a week later", self.about("ever"))
        fresh = self.lines("held", "fresh")
        self.say(self.post(fresh)["accepted"] == 10 and self.about("held")["events"] == 10, "a system that was emptied goes on")

    def killed(self):
        """Many minutes of events; the server falls while they go."""
        self.client.good("POST", "ai_system", {"title": "many", "external_id": "many", "events_kept_for": 6})
        start = self.shift
        for minute in range(450):
            self.set(start + minute * 61)
            self.post(self.lines("many", f"k{minute}", count=20))
        self.set(start + 451 * 61)
        kept = self.about("many")["events"]
        self.set(start + MONTHS - 8 * DAY)
        self.serve()
        self.set(start + MONTHS)
        self.server.stop()
        self.server, partly = None, 0
        for n in range(12):
            fallen = harness.Server(self.place)
            time.sleep(n * 0.35 + self.chance.uniform(0, 0.35))
            fallen.kill()
            if self.place.store:
                continue
            with contextlib.closing(sqlite3.connect(self.place.data + "/aimwell.db")) as db:
                there = db.execute("SELECT s.events - s.gone_events, sum(b.events) FROM event_source s LEFT JOIN event_block b ON b.source = s.id WHERE s.id = 5 GROUP BY s.id").fetchone()
            self.say(there[0] == (there[1] or 0), f"kill {n}: counted is what is there", there)
            if 0 < there[0] < kept:
                partly += 1
                self.intact(f"after kill {n}, of a part")
            if there[0] == 0:
                break
        self.report.note(f"{partly} kills found a part of it removed")
        self.server = None
        self.serve()
        state = self.until("many", 0)
        self.say(state["removed"] == kept and state["bytes"] == 0, "then all of it goes, and each counts once", state)
        again = self.post(self.lines("many", "k7", at=self.moment(start)))
        self.say(again["accepted"] == 0, "nothing of it comes back", again)
        self.server.stop()
        self.server = None
        self.intact("after kills")

    # ---- what was not removed by an entry --------------------------------------------------------------
    def altered(self):
        """In a copy each. One system has a removal and events that are there."""
        def taken(db):
            """A sealed segment goes without an entry, as whoever owns the file would do it well."""
            source, n, first, blocks, events = db.execute("SELECT source, n, first, blocks, events FROM event_segment WHERE removed = 0 AND ledger >= 0 ORDER BY source, n LIMIT 1").fetchone()
            size = db.execute("SELECT sum(length(bytes)) FROM event_block WHERE source = ? AND segment = ?", (source, n)).fetchone()[0]
            last = db.execute("SELECT max(n) FROM event_removal WHERE source = ?", (source,)).fetchone()[0]
            db.execute("DELETE FROM event_key WHERE source = ? AND block >= ? AND block < ?", (source, first, first + blocks))
            db.execute("DELETE FROM event_block WHERE source = ? AND segment = ?", (source, n))
            db.execute("UPDATE event_segment SET removed = ? WHERE source = ? AND n = ?", (last, source, n))
            db.execute("UPDATE event_removal SET last = last + 1, events = events + ?, blocks = blocks + ? WHERE source = ? AND n = ?", (events, blocks, source, last))
            db.execute("UPDATE event_source SET gone_segments = gone_segments + 1, gone_blocks = gone_blocks + ?, gone_events = gone_events + ?, bytes = bytes - ? WHERE id = ?", (blocks, events, size, source))

        def only(sql):
            return lambda db: db.execute(sql)
        tries = {"a segment without an entry": taken,
                 "events are back": only("INSERT INTO event_block (source, n, segment, at, events, packed, digest, bytes) SELECT r.source, 1, 1, r.at, 1, 0, x'00', x'00' FROM event_removal r LIMIT 1"),
                 "a removal is gone": only("DELETE FROM event_removal WHERE rowid = (SELECT min(rowid) FROM event_removal)"),
                 "a segment is not removed": only("UPDATE event_segment SET removed = 0 WHERE removed = 1 AND n = 1"),
                 "what a removed segment was": only("UPDATE event_segment SET digest = x'00' WHERE removed = 1 AND n = 1")}
        for column, value in (("at", "'2020-01-01T00:00:00.000000Z'"), ("before", "'2030-01-01T00:00:00.000000Z'"), ("months", "7"), ("version", "9"), ("first", "2"), ("last", "3"),
                              ("blocks", "9"), ("events", "9"), ("digest", "x'00'"), ("salt", "x'00'"), ("ledger", "3"), ("commitment", "x'00'"), ("n", "2")):
            tries[f"removal.{column}"] = only(f"UPDATE event_removal SET {column} = {value} WHERE source = 1")
        for column in ("gone_blocks", "gone_events", "gone_segments"):
            tries[f"source.{column}"] = only(f"UPDATE event_source SET {column} = {column} + 1 WHERE id = 1")
        for name, change in tries.items():
            folder = harness.temporary() + "/data"
            shutil.copytree(self.place.data, folder)
            with contextlib.closing(sqlite3.connect(folder + "/aimwell.db")) as db:
                guards = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'event!_%' ESCAPE '!'").fetchall()
                for guard, _ in guards:
                    db.execute(f'DROP TRIGGER "{guard}"')
                with contextlib.suppress(sqlite3.OperationalError):
                    change(db)
                for _, sql in guards:  # put back, so that only the alteration is there to find
                    db.execute(sql)
                db.commit()
            code, out, err = harness.Place(self.place.aimwell, data=folder).verify("--deep")
            self.say(code == 1 and "events" in out, f"altered: {name}", f"{code} {out[:300]}{err[:300]}")
            shutil.rmtree(os.path.dirname(folder))

    def damaged_stays(self):
        """A segment that is not as it was sealed is evidence: it is not removed, and nothing after it."""
        self.serve()
        for name in ("altered", "last"):
            for system in ("short", "held"):
                self.post(self.lines(system, name))
            self.set(self.shift + 600)
            self.serve()
            self.settled("short")
        self.server.stop()
        self.server = None
        with contextlib.closing(sqlite3.connect(self.place.data + "/aimwell.db")) as db:
            for what in ("update", "delete"):
                db.execute(f"DROP TRIGGER event_block_no_{what}")
            db.execute("UPDATE event_block SET bytes = CAST(bytes || x'00' AS BLOB) WHERE source = 1 AND n = (SELECT min(n) FROM event_block WHERE source = 1)")
            for what, word in (("update", "UPDATE"), ("delete", "DELETE")):
                db.execute(f'CREATE TRIGGER "event_block_no_{what}" BEFORE {word} ON "event_block" BEGIN SELECT RAISE(ABORT, \'append only\'); END')
            db.commit()
        self.far(self.shift + MONTHS)
        before = self.until("held", 0)
        time.sleep(1)
        state = self.about("short", limit=1)
        self.say(before["events"] == 0 and state["events"] == 20 and state["removed"] == 70, "what was altered stays, of others what is over goes", state)
        self.server.stop()
        self.server = None
        code, out, err = self.place.verify("--deep")
        self.say(code == 1 and "its bytes are not those that were written" in out, "and is found", f"{code} {out[:300]}{err[:200]}")

    def lived(self):
        self.begin()
        self.not_yet()
        self.over()
        if not self.place.store:
            self.altered()
        self.released_and_shorter()
        self.killed()
        if not self.place.store:
            self.damaged_stays()


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", default="sqlite")
    parser.add_argument("--seed", type=int)
    options, report = parser.parse_args(), harness.Report()
    chance, folder = harness.seed_of(options), harness.temporary()
    library = timers.shim(folder)
    if not library:
        harness.skip("there is no C compiler")
    if options.store == "sqlite":
        Retention(harness.Place(aimwell, data=folder + "/data"), folder, library, report, chance).lived()
    elif harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            Retention(harness.Place(aimwell, store=url), folder, library, report, chance).lived()
    else:
        harness.skip("there is no PostgreSQL")
    report.end()


if __name__ == "__main__":
    sys.exit(main())
