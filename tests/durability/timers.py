#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time limits: 72 hours, ten working days and a year each run out exactly once, whatever happens to the clock
and to the server: killed while they fire, started again, set a day forth and back, two servers on one store.
A refused one keeps why and holds up none of the others. The rows are held against the versions.

    timers.py PATH_OF_AIMWELL [--store postgres] [--seed N]
"""
import argparse
import datetime
import json
import os
import subprocess
import sys
import time

import harness

HERE = os.path.dirname(os.path.abspath(__file__))
HOUR, DAY = 3600, 86400
KIND = {
    "kind": "x_limit", "prefix": "LIM", "title": "Limit", "plural": "Limits", "icon": "clock", "phase": "do", "order": 99,
    "about": "Something that has its time.",
    "fields": {"until": {"type": "date", "title": "Until", "about": "The day on which it ends."},
               "stays": {"type": "yes_no", "title": "Stays", "about": "It may not end."}},
    "list": ["title", "state"],
    "states": {"start": "open", "of": {
        "open": {"title": "Open", "tone": "idle", "about": "Not begun."},
        "hours": {"title": "Hours", "tone": "progress", "about": "For 72 hours."},
        "working": {"title": "Working days", "tone": "progress", "about": "For ten working days."},
        "year": {"title": "A year", "tone": "progress", "about": "For a year."},
        "dated": {"title": "Dated", "tone": "progress", "about": "Until its day."},
        "over": {"title": "Over", "tone": "warn", "end": True, "about": "It ran out."}}},
    "moves": {
        **{f"begin_{s}": {"title": "Begin", "from": ["open"], "to": s, "by": ["staff"]} for s in ("hours", "working", "year", "dated")},
        "report": {"title": "72 hours are over", "from": ["hours"], "to": "over", "by": ["auto"], "after": "PT72H"},
        "remind": {"title": "Ten days are over", "from": ["working"], "to": "over", "by": ["auto"], "after": "P10W"},
        "renew": {"title": "The year is over", "from": ["year"], "to": "over", "by": ["auto"], "after": "P1Y"},
        "end": {"title": "Its day has come", "from": ["dated"], "to": "over", "by": ["auto"], "on": "until", "plus": "P1D",
                "when": {"not": {"field": "stays", "is": True}}, "say": "It is not to end."}},
    "access": {"read": ["staff"], "create": ["staff"], "change": ["@owner", "@author", "staff"]}}


def shim(folder):
    """The clock of the test, as a library; None where there is no compiler or it does not load."""
    library = folder + "/clock.so"
    built = subprocess.run(["cc", "-shared", "-fPIC", "-o", library, HERE + "/clock.c"], capture_output=True)
    return library if built.returncode == 0 else None


class Suite:
    def __init__(self, place, folder, library, report, chance):
        self.place, self.report, self.chance = place, report, chance
        self.shift_file = folder + "/shift"
        self.site = folder + "/site"
        os.makedirs(self.site + "/kinds", exist_ok=True)
        with open(self.site + "/kinds/x_limit.json", "w", encoding="utf-8") as f:
            json.dump(KIND, f, indent=1)
        asan = "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")
        with open(folder + "/aimwell", "w", encoding="utf-8") as f:
            f.write(f"#!/bin/sh\nexec env LD_PRELOAD={library} CLOCK_SHIFT={self.shift_file} ASAN_OPTIONS={asan} {place.aimwell} \"$@\"\n")
        os.chmod(folder + "/aimwell", 0o755)
        place.aimwell = folder + "/aimwell"
        self.place.where = [*self.place.where, "--site", self.site]
        self.set(0)
        self.token = None

    def set(self, seconds):
        self.shift = seconds
        with open(self.shift_file + ".new", "w", encoding="utf-8") as f:
            f.write(str(int(seconds)))
        os.replace(self.shift_file + ".new", self.shift_file)

    def serve(self):
        return harness.Server(self.place)

    def client(self, server):
        client = harness.Client(server.port, self.token)
        if client.ask("GET", "x_limit")[0] == 401:  # a token lives shorter than a year
            client.token = self.token = self.place.token("staff,aims_manager")
        return client

    def fired(self, client, key):
        history = client.good("GET", f"x_limit/{key}/history")["items"]
        return [h["move"] for h in history if h.get("actor", {}).get("type") == "system" and h.get("move")]

    def until(self, client, keys, state):
        """Waits until all of them are there; the keys that are not."""
        end = time.monotonic() + harness.PATIENCE
        while True:
            open_ones = [k for k in keys if client.good("GET", f"x_limit/{k}")["state"] != state]
            if not open_ones or time.monotonic() > end:
                return open_ones
            time.sleep(0.1)

    def begin(self, client, state, **fields):
        key = client.good("POST", "x_limit", {"title": state, **fields})["key"]
        return client.good("POST", f"x_limit/{key}/moves/begin_{state}")["key"]

    def due(self, client, key):
        return client.good("GET", f"x_limit/{key}")["timers"]

    def expect_moment(self, client, key, when, name):
        timers = self.due(client, key)
        at = datetime.datetime.strptime(timers[0]["at"], "%Y-%m-%dT%H:%M:%S.%fZ") if timers else None
        self.report.say(at and abs((at - when).total_seconds()) < 60, name, f"{timers} for {when}")

    def tick(self, server=None):
        """A start is a tick of its clock."""
        if server:
            server.stop()
        return self.serve()

    def life(self):
        server = self.serve()
        client = self.client(server)
        began = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        hours, working, year = (self.begin(client, s) for s in ("hours", "working", "year"))
        last = began
        for _ in range(10):
            last += datetime.timedelta(days=1)
            while last.weekday() > 4:
                last += datetime.timedelta(days=1)
        try:
            in_a_year = began.replace(year=began.year + 1)
        except ValueError:
            in_a_year = began.replace(year=began.year + 1, day=28)
        self.expect_moment(client, hours, began + datetime.timedelta(hours=72), "72 hours end after 72 hours")
        self.expect_moment(client, working, last, "ten working days skip the weekends")
        self.expect_moment(client, year, in_a_year, "a year ends on its day")
        every = {hours: "report", working: "remind", year: "renew"}
        server = self.early_and_late(server, every, hours, last - began)
        self.jumps(server, every, in_a_year - began)

    def early_and_late(self, server, every, hours, ten):
        self.set(71 * HOUR)
        server = self.tick(server)
        time.sleep(1)
        client = self.client(server)
        self.report.say(not any(self.fired(client, k) for k in every), "an hour before nothing has happened")
        self.set(73 * HOUR)
        server = self.tick(server)
        client = self.client(server)
        self.report.say(not self.until(client, [hours], "over"), "after 72 hours it happened")
        server.kill()
        self.set(72 * HOUR - DAY)  # the clock is set back a day, and the server was killed
        server = self.tick()
        self.set(ten.total_seconds() + HOUR)
        server = self.tick(server)
        return server

    def jumps(self, server, every, year):
        client = self.client(server)
        working = [k for k, m in every.items() if m == "remind"]
        self.report.say(not self.until(client, working, "over"), "after ten working days it happened")
        self.set(year.total_seconds() + DAY)
        for _ in range(3):
            server = self.tick(server)
        client = self.client(server)
        self.report.say(not self.until(client, list(every), "over"), "after a year it happened")
        once = {k: self.fired(client, k) for k in every}
        self.report.say(once == {k: [m] for k, m in every.items()}, "each of them once", once)
        server.stop()

    def killed(self, rounds=4, many=60):
        """Many fall due at one moment, and the server is killed while they fire."""
        server = self.serve()
        client = self.client(server)
        keys = [self.begin(client, "hours") for _ in range(many)]
        server.stop()
        self.set(self.shift + 73 * HOUR)
        for _ in range(rounds):
            server = self.serve()
            time.sleep(self.chance.uniform(0.0, 0.25))
            server.kill()
        server = self.serve()
        client = self.client(server)
        self.report.say(not self.until(client, keys, "over"), f"{many} due at once, killed {rounds} times: all happened")
        more = {k: self.fired(client, k) for k in keys if self.fired(client, k) != ["report"]}
        self.report.say(not more, "and each once", more)
        server.stop()

    def refused(self, many=520):
        """One page and more of those that may not happen, and one that may, the last by its day."""
        server = self.serve()
        client = self.client(server)
        today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.shift)).date()
        stuck = [self.begin(client, "dated", until=str(today - datetime.timedelta(days=9)), stays=True) for _ in range(many)]
        free = self.begin(client, "dated", until=str(today - datetime.timedelta(days=2)))
        server = self.tick(server)
        client = self.client(server)
        self.report.say(not self.until(client, [free], "over"), f"{many} that are refused hold up no other")
        timer = self.due(client, stuck[0])
        self.report.say(len(timer) == 1 and timer[0].get("tries") == 1 and timer[0].get("why") == "condition",
                        "a refused one tells how often and why", timer)
        client.good("PATCH", f"x_limit/{stuck[0]}", {"stays": False}, If_Match=f'"{client.good("GET", "x_limit/" + stuck[0])["version"]}"')
        server = self.tick(server)
        client = self.client(server)
        self.report.say(not self.until(client, stuck[:1], "over"), "changed so that it may, it happens at the next tick")
        self.report.say(len(self.due(client, stuck[1])) == 1, "the others wait")
        server.stop()

    def two_servers(self, many=60):
        first, second = self.serve(), self.serve()
        client = self.client(first)
        keys = [self.begin(client, "hours") for _ in range(many)]
        first.stop()
        second.stop()
        self.set(self.shift + 73 * HOUR)
        both = [self.serve(), self.serve()]
        client = self.client(both[0])
        self.report.say(not self.until(client, keys, "over"), "two servers on one store: all happened")
        more = {k: self.fired(client, k) for k in keys if self.fired(client, k) != ["report"]}
        self.report.say(not more, "and each once", more)
        for server in both:
            server.stop()

    def intact(self):
        code, out, err = self.place.verify("--deep")
        self.report.say(code == 0, "verify --deep finds nothing", f"{code} {out[:400]}{err[:400]}")

    def started(self):
        self.token = self.place.init("staff,aims_manager")
        self.life()
        self.killed()
        self.refused()
        if self.place.store:
            self.two_servers()
        self.intact()


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", default="sqlite")
    parser.add_argument("--seed", type=int)
    options, report = parser.parse_args(), harness.Report()
    chance, folder = harness.seed_of(options), harness.temporary()
    library = shim(folder)
    if not library:
        harness.skip("there is no C compiler")
    if options.store == "sqlite":
        Suite(harness.Place(aimwell, data=folder + "/data"), folder, library, report, chance).started()
    elif harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            Suite(harness.Place(aimwell, store=url), folder, library, report, chance).started()
    else:
        harness.skip("there is no PostgreSQL")
    report.end()


if __name__ == "__main__":
    sys.exit(main())
