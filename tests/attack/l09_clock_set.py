#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""L9: the clock of the machine is set two days forth, written by, and put right again, while the server runs and
while it does not. An entry says so each time, what is written has the time of its entry, and once the clock is right
so are the entries.

    l09_clock_set.py PATH_OF_AIMWELL
"""
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402
import timers  # noqa: E402

DAYS = 2 * timers.DAY


def moment(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)


def away(text):
    """Seconds from the true time of day."""
    return (moment(text) - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


class Clock(timers.Suite):
    def write(self, title):
        """A record, and the moment of the entry that made it."""
        record = self.now.good("POST", "task", {"title": title})
        entry = self.now.good("GET", f"ledger/entries?from={record['ledger']['index']}&limit=1")["entries"][0]["leaf"]
        return record, entry["t"]

    def expect(self, name, title, shift):
        record, t = self.write(title)
        self.report.say(abs(away(t) - shift) < 60, f"{name}: the entry has the time of the clock", f"{away(t)} seconds for {shift}")
        self.report.say(record["created_at"] == t, f"{name}: the record has the time of its entry", f"{record['created_at']} {t}")

    def jumps(self):
        entries = self.now.good("GET", "ledger/entries?from=0&limit=1000")["entries"]
        return [int(e["leaf"]["obj"]["id"]) for e in entries if e["leaf"]["act"] == "clock.jump"]

    def told(self, name, *expected):
        found = self.jumps()
        self.report.say(len(found) == len(expected) and all(abs(a - b) < 60 for a, b in zip(found, expected)), name, found)

    def restart(self):
        self.server.stop()
        self.server = self.serve()
        self.now = self.client(self.server)

    def started(self):
        self.token = self.place.init("staff,aims_manager,internal_auditor")
        self.server = self.serve()
        self.now = self.client(self.server)
        self.expect("before", "first", 0)
        self.told("nothing is told of a clock that nobody set")
        self.set(DAYS)
        self.expect("two days forth", "second", DAYS)
        self.told("it is told that the clock was set forth", DAYS)
        self.set(0)
        self.expect("and put right", "third", 0)
        self.told("it is told that it was put right", DAYS, -DAYS)
        self.set(-20)
        first, second = self.write("fourth")[1], self.write("fifth")[1]
        self.report.say(first <= second, "a few seconds back: time does not go back", f"{first} {second}")
        self.told("and nothing is told of it", DAYS, -DAYS)
        self.set(DAYS)
        self.expect("forth again", "sixth", DAYS)
        self.server.stop()
        self.set(0)
        self.server = self.serve()
        self.now = self.client(self.server)
        self.expect("put right while it was down", "seventh", 0)
        self.told("that is told too", DAYS, -DAYS, DAYS, -DAYS)
        key = self.now.good("GET", "task?sort=-key&limit=1")["items"][0]["key"]
        self.restart()
        self.expect("after another start", "eighth", 0)
        self.told("a start alone is not a jump", DAYS, -DAYS, DAYS, -DAYS)
        then = self.now.good("GET", f"task?as_of={self.now.good('GET', 'task/' + key)['created_at']}")
        self.report.say(key in [r["key"] for r in then["items"]], "a list as of the moment a record was made has it", then["total"])
        self.server.stop()
        self.intact()


def main():
    aimwell, report = harness.program(), harness.Report()
    library = timers.shim(harness.temporary())
    if not library:
        harness.skip("there is no C compiler")
    folder = harness.temporary()
    Clock(harness.Place(aimwell, data=folder + "/data"), folder, library, report, None).started()
    if harness.have_postgres():
        folder = harness.temporary()
        with harness.postgres(durable=False) as (_, url):
            Clock(harness.Place(aimwell, store=url), folder, library, report, None).started()
    report.end()


if __name__ == "__main__":
    sys.exit(main())
