#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clocks: 72 hours and ten working days by a calendar with holidays, with reminders, each happen exactly once,
whatever happens to the time of day and to the server: killed while they run out, started again, set a day forth
and back, over the end of summer time, two servers on one store. Who keeps the record is told once,
and so are those on the ladder.

    clocks.py PATH_OF_AIMWELL [--store postgres] [--seed N]
"""
import argparse
import datetime
import json
import os
import sys
import time

import harness
import timers
from timers import DAY, HOUR

UTC = datetime.timezone.utc
KIND = {
    "kind": "x_breach", "prefix": "XBR", "title": "Breach", "plural": "Breaches", "icon": "clock", "phase": "do", "order": 99,
    "about": "Something that must be told in time.",
    "fields": {
        "aware_at": {"type": "moment", "title": "Aware since", "about": "When somebody knew."},
        "told_at": {"type": "moment", "title": "Told", "about": "When the authority was told."},
        "minor": {"type": "yes_no", "title": "Minor", "about": "Nobody need be told."},
        "tell_by": {"type": "moment", "title": "Tell by", "about": "72 hours.",
                    "clock": {"from": "aware_at", "add": "PT72H", "answered": "told_at", "ladder": "x_up", "remind": ["-P2D", "-PT6H"],
                              "when": {"not": {"field": "minor", "is": True}}}},
        "close_by": {"type": "moment", "title": "Close by", "about": "Ten working days.",
                     "clock": {"from": "aware_at", "add": "P10W", "calendar": "x_works", "answered": ["closed"], "remind": ["-P1D"]}}},
    "list": ["title", "state", "tell_by", "tell_by_standing"], "sort": "tell_by",
    "states": {"start": "open", "of": {
        "open": {"title": "Open", "tone": "idle", "about": "Not yet closed."},
        "closed": {"title": "Closed", "tone": "ok", "end": True, "about": "Done."}}},
    "moves": {"close": {"title": "Close", "from": ["open"], "to": "closed", "by": ["staff"]}},
    "access": {"read": ["staff"], "create": ["staff"], "change": ["@owner", "@author", "staff"]}}


AGAIN = {
    "kind": "x_duty", "prefix": "XDU", "title": "Duty", "plural": "Duties", "icon": "repeat", "phase": "do", "order": 98,
    "about": "Something that comes every year.",
    "fields": {"starts": {"type": "date", "title": "From", "about": "The first day."},
               "tasks": {"type": "refs", "to": "task", "title": "Tasks", "about": "What it made."}},
    "list": ["title", "state"],
    "states": {"start": "on", "of": {"on": {"title": "On", "tone": "ok", "rest": True, "about": "It comes."},
                                     "off": {"title": "Off", "tone": "off", "end": True, "about": "No more."}}},
    "moves": {"end": {"title": "End", "from": ["on"], "to": "off", "by": ["staff"]},
              "yearly": {"title": "It is that time of the year", "from": ["on"], "to": "on", "by": ["auto"], "on": "starts", "every": "P1Y",
                         "makes": [{"kind": "task", "key": "year", "link": "tasks", "set": {"title": "$title", "owner": ["$owner"], "due": "@today+30"}}]}},
    "access": {"read": ["staff"], "create": ["staff"], "change": ["@owner", "@author", "staff"]}}


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


class Suite(timers.Suite):
    def __init__(self, place, folder, library, report, chance):
        super().__init__(place, folder, library, report, chance)
        os.remove(self.site + "/kinds/x_limit.json")
        os.makedirs(self.site + "/calendars", exist_ok=True)
        self.began = datetime.datetime.now(UTC)
        self.holiday = self.began.date() + datetime.timedelta(days=3)
        while self.holiday.weekday() > 4:
            self.holiday += datetime.timedelta(days=1)
        years = {str(y): {"source": "The works council", "days": {}} for y in range(self.began.year, self.began.year + 3)}
        years[str(self.holiday.year)]["days"][str(self.holiday)] = "Works outing"
        self.put("kinds/x_breach", KIND)
        self.put("kinds/x_duty", AGAIN)
        os.makedirs(self.site + "/ladders", exist_ok=True)
        self.put("ladders/x_up", {"ladder": "x_up", "title": "Up", "about": "Higher and higher.",
                                  "rungs": [{"after": "PT2H", "tell": ["@author"]}, {"after": "P2D", "tell": ["internal_auditor", "@author"]}]})
        self.put("calendars/x_works", {"calendar": "x_works", "title": "Works", "about": "With an outing.",
                                       "working": ["mon", "tue", "wed", "thu", "fri"], "holidays": years})

    def put(self, name, data):
        with open(f"{self.site}/{name}.json", "w", encoding="utf-8") as f:
            json.dump(data, f, indent=1)

    def client(self, server):
        client = harness.Client(server.port, self.token)
        if client.ask("GET", "x_breach")[0] == 401:
            client.token = self.token = self.place.token("staff,aims_manager")
        return client

    def now(self):
        return datetime.datetime.now(UTC) + datetime.timedelta(seconds=self.shift)

    def make(self, client, aware=None, **fields):
        return client.good("POST", "x_breach", {"title": "Breach", "aware_at": stamp(aware or self.now()), **fields})["key"]

    def get(self, client, key):
        return client.good("GET", f"x_breach/{key}")

    def stands(self, client, keys, field, standing):
        """Waits until all of them stand so; those that do not."""
        end = time.monotonic() + harness.PATIENCE
        while True:
            others = [k for k in keys if self.get(client, k).get(field + "_standing") != standing]
            if not others or time.monotonic() > end:
                return others
            time.sleep(0.1)

    def happened(self, client, key):
        """Which timers made a version of it, and of whom it was told."""
        items = client.good("GET", f"x_breach/{key}/history?limit=200")["items"]
        fired = sorted(h["timer"] for h in items if h.get("timer"))
        told = sorted((t["event"], t["field"]) for h in items for t in h.get("told", []))
        return fired, told

    def ten_days(self):
        day, left = self.began.date(), 10
        while left:
            day += datetime.timedelta(days=1)
            left -= day.weekday() < 5 and day != self.holiday
        return day

    def life(self):
        server = self.serve()
        client = self.client(server)
        key = self.make(client)
        record = self.get(client, key)
        aware = moment(record["aware_at"])
        self.report.say(moment(record["tell_by"]) == aware + datetime.timedelta(hours=72), "72 hours after it was known", record)
        self.report.say(moment(record["close_by"]).date() == self.ten_days(), "ten working days skip weekends and the holiday",
                        f"{record['close_by']} for {self.ten_days()}, {self.holiday}")
        self.report.say(record["tell_by_standing"] == record["close_by_standing"] == "running", "both run")
        self.set(66 * HOUR + 60)
        server = self.tick(server)
        client = self.client(server)
        self.until_fired(client, key, 2)
        self.report.say(self.happened(client, key) == (["remind.tell_by.1", "remind.tell_by.2"], [("remind", "tell_by")]),
                        "both reminders came at once, each once, and one of them tells", self.happened(client, key))
        server.kill()
        self.set(66 * HOUR - DAY)   # set back a day, and the server was killed
        server = self.tick()
        self.set(73 * HOUR)
        server = self.tick(server)
        client = self.client(server)
        self.report.say(not self.stands(client, [key], "tell_by", "missed"), "after 72 hours it is missed")
        self.set(71 * HOUR)         # back before its time
        server = self.tick(server)
        client = self.client(server)
        client.good("PATCH", f"x_breach/{key}", {"title": "Again"}, If_Match=f'"{self.get(client, key)["version"]}"')
        self.report.say(self.get(client, key)["tell_by_standing"] == "missed", "and stays so when the time of day is set back")
        self.late(client, key)
        ends = (moment(record["close_by"]) - self.began).total_seconds()
        self.set(ends - 12 * HOUR)
        server = self.tick(server)
        client = self.client(server)
        self.until_fired(client, key, 4)
        self.set(ends + HOUR)
        for _ in range(2):
            server = self.tick(server)
        client = self.client(server)
        self.report.say(not self.stands(client, [key], "close_by", "missed"), "after ten working days it is missed")
        fired, told = self.happened(client, key)
        self.report.say(fired == ["clock.close_by", "clock.tell_by", "remind.close_by.1", "remind.tell_by.1", "remind.tell_by.2"],
                        "each timer fired once", fired)
        self.report.say(told == [("missed", "close_by"), ("missed", "tell_by"), ("remind", "close_by"), ("remind", "tell_by")],
                        "and told of it once", told)
        self.notices(client, key)
        server.stop()

    def until_fired(self, client, key, count):
        end = time.monotonic() + harness.PATIENCE
        while len(self.happened(client, key)[0]) < count and time.monotonic() < end:
            time.sleep(0.1)

    def until_rung(self, client, key, name):
        end = time.monotonic() + harness.PATIENCE
        while name not in self.happened(client, key)[0] and time.monotonic() < end:
            time.sleep(0.1)

    def late(self, client, key):
        version = self.get(client, key)["version"]
        client.good("PATCH", f"x_breach/{key}", {"told_at": stamp(self.began + datetime.timedelta(hours=80))}, If_Match=f'"{version}"')
        self.report.say(self.get(client, key)["tell_by_standing"] == "late", "answered after its time it is late")
        client.good("PATCH", f"x_breach/{key}", {"told_at": stamp(self.began + datetime.timedelta(hours=70))}, If_Match=f'"{version + 1}"')
        self.report.say(self.get(client, key)["tell_by_standing"] == "met", "answered in time it is met")
        client.good("PATCH", f"x_breach/{key}", {"minor": True}, If_Match=f'"{version + 2}"')
        record = self.get(client, key)
        self.report.say(record["tell_by_standing"] == "not_applicable" and "tell_by" not in record, "where it does not apply it has no time", record)
        decided = [c.get("decided") for c in record["clocks"] if c["field"] == "tell_by"]
        client.good("PATCH", f"x_breach/{key}", {"title": "Later"}, If_Match=f'"{version + 3}"')
        again = [c.get("decided") for c in self.get(client, key)["clocks"] if c["field"] == "tell_by"]
        self.report.say(again == decided and [(d["version"], d["actor"]["type"]) for d in decided if d] == [(version + 3, "token")],
                        "and says who decided that, whatever is changed after", (decided, again))
        self.report.say(not any("decided" in c for c in record["clocks"] if c["field"] == "close_by"), "a clock that applies does not")

    def notices(self, client, key):
        mine = [n for n in client.good("GET", "notices")["items"] if n["key"] == key]
        self.report.say(len(mine) == 4, "the keeper reads what there is to know", mine)
        client.good("POST", f"notices/{mine[0]['id']}/seen")
        left = [n["id"] for n in client.good("GET", "notices")["items"]]
        self.report.say(mine[0]["id"] not in left and mine[1]["id"] in left, "one that was seen is gone")
        client.good("POST", "notices/seen")
        self.report.say(not client.good("GET", "notices")["items"] and len(client.good("GET", "notices?all=1")["items"]) >= 4, "all are seen, and kept")

    def answer(self, client, key):
        """As a person does whose record a timer has just changed: looks again."""
        for _ in range(20):
            sent = {"told_at": stamp(self.now())}, f'"{self.get(client, key)["version"]}"'
            status, _, reply = client.ask("PATCH", f"x_breach/{key}", sent[0], If_Match=sent[1])
            if status != 412:
                break
        self.report.say(status == 200, "it is answered", reply)

    def climbs(self):
        """A missed clock tells others, rung by rung, each once, until it is answered."""
        auditor = self.place.token("staff,internal_auditor")
        server = self.serve()
        client = self.client(server)
        key, answered = self.make(client), self.make(client)
        start = self.shift
        self.set(start + 75 * HOUR)
        server = self.tick(server)
        client = self.client(server)
        self.report.say(not self.stands(client, [key, answered], "tell_by", "missed"), "two are missed")
        for one in (key, answered):
            self.until_rung(client, one, "rung.tell_by.1")
        self.answer(client, answered)
        server.kill()
        self.set(start + 70 * HOUR)
        server = self.tick()
        self.set(start + 122 * HOUR)
        server = self.tick(server)
        client = self.client(server)
        self.until_rung(client, key, "rung.tell_by.2")
        fired, told = self.happened(client, key)
        self.report.say([f for f in fired if f.startswith("rung.")] == ["rung.tell_by.1", "rung.tell_by.2"], "each rung came once", fired)
        self.report.say(told.count(("escalated", "tell_by")) == 3, "and told each person once", told)
        self.report.say("rung.tell_by.2" not in self.happened(client, answered)[0], "one that was answered meanwhile climbs no further")
        notices = harness.Client(server.port, auditor).good("GET", "notices")["items"]
        self.report.say([(n["event"], n["key"]) for n in notices if n["key"] in (key, answered)] == [("escalated", key)], "who is on the rung reads it", notices)
        server.stop()

    def yearly(self):
        """A task that comes every year, on its day: one a year, and one alone for years in which no server ran."""
        server = self.serve()
        client = self.client(server)
        first = self.now().date() + datetime.timedelta(days=10)
        first = first.replace(day=min(first.day, 28))
        if first <= self.now().date():
            first += datetime.timedelta(days=28)
        key = client.good("POST", "x_duty", {"title": "Test the alarm", "starts": str(first)})["key"]
        timers = client.good("GET", f"x_duty/{key}")["timers"]
        self.report.say([(t["move"], t["at"][:10]) for t in timers] == [("yearly", str(first))], "a yearly task waits for its day", timers)
        server.stop()
        day = lambda years, days=0: (datetime.datetime.combine(first.replace(year=first.year + years), datetime.time(12), UTC)
                                     + datetime.timedelta(days=days) - datetime.datetime.now(UTC)).total_seconds()
        self.made(key, day(0, -5), 0, 0, "before its day there is none")
        self.made(key, day(0), 1, 1, "on its day there is one")
        self.made(key, day(0, -3), 1, 1, "set back some days there is still one")
        self.made(key, day(0, 200), 1, 1, "and half a year later")
        self.made(key, day(1, 1), 2, 2, "the next year there is another")
        self.made(key, day(4, 1), 5, 3, "after three years without a server one more is made, for the last of them")

    def made(self, key, shift, times, tasks, what):
        self.set(shift)
        for _ in range(3):  # killed while it happens
            server = self.serve()
            time.sleep(self.chance.uniform(0.0, 0.2))
            server.kill()
        servers = [self.serve(), self.serve()] if self.place.store else [self.serve()]
        end = time.monotonic() + harness.PATIENCE
        found = None
        while time.monotonic() < end:
            client = self.client(servers[0])
            look = time.monotonic() + harness.PATIENCE / 4  # what was due before comes first
            while found != (times, tasks) and time.monotonic() < look:
                items = client.good("GET", f"x_duty/{key}/history?limit=200")["items"]
                found = (len([h for h in items if h["move"] == "yearly"]), len(client.good("GET", f"x_duty/{key}").get("tasks", [])))
                time.sleep(0.05)
            if found == (times, tasks):
                break
            for server in servers:  # a start is a tick
                server.stop()
            servers = [self.serve() for _ in servers]
        for server in servers:
            server.stop()
        server = self.serve()
        client = self.client(server)
        record = client.good("GET", f"x_duty/{key}")
        known = [t for t in client.every("task") if t["id"] in record.get("tasks", [])]
        fired = [h["timer"] for h in client.good("GET", f"x_duty/{key}/history?limit=200")["items"] if h.get("timer")]
        self.report.say(found == (times, tasks) and len(known) == tasks and len(fired) == times, what, f"{found} {len(known)} {len(fired)}")
        server.stop()

    def killed(self, rounds=4, many=40):
        """Many fall due at one moment, and the server is killed while they do."""
        server = self.serve()
        client = self.client(server)
        keys = [self.make(client) for _ in range(many)]
        server.stop()
        self.set(self.shift + 73 * HOUR)
        for _ in range(rounds):
            server = self.serve()
            time.sleep(self.chance.uniform(0.0, 0.25))
            server.kill()
        self.all_once(keys, [self.serve()], f"{many} due at once, killed {rounds} times")

    def two_servers(self, many=40):
        first = self.serve()
        client = self.client(first)
        keys = [self.make(client) for _ in range(many)]
        first.stop()
        self.set(self.shift + 73 * HOUR)
        self.all_once(keys, [self.serve(), self.serve()], "two servers on one store")

    def all_once(self, keys, servers, how):
        client = self.client(servers[0])
        self.report.say(not self.stands(client, keys, "tell_by", "missed"), f"{how}: all are missed")
        for server in servers:      # what is under way ends
            server.stop()
        servers = [self.serve()]
        client = self.client(servers[0])
        wrong = {}
        for key in keys:
            fired, told = self.happened(client, key)
            if fired.count("clock.tell_by") > 1 or len(set(fired)) != len(fired) or told.count(("missed", "tell_by")) != 1:
                wrong[key] = (fired, told)
        self.report.say(not wrong, "and each once", wrong)
        servers[0].stop()

    def summer(self):
        """When summer time ends, 72 hours are 72 hours, and ten working days end at the same time of day."""
        server = self.serve()
        client = self.client(server)
        client.good("PATCH", "organisation", {"zone": "Europe/Berlin"})
        sunday = datetime.datetime(self.began.year + 9, 10, 31, 8, 0, tzinfo=UTC)
        while sunday.weekday() != 6:
            sunday -= datetime.timedelta(days=1)
        friday = sunday - datetime.timedelta(days=2)
        key = self.make(client, friday)  # 10:00 there
        record = self.get(client, key)
        self.report.say(moment(record["tell_by"]) == friday + datetime.timedelta(days=3), "over the end of summer time 72 hours are as long", record["tell_by"])
        self.report.say(moment(record["close_by"]) == friday + datetime.timedelta(days=14, hours=1), "and ten working days end at the same time of day", record["close_by"])
        self.report.say([c for c in record["clocks"] if c["field"] == "close_by"] ==
                        [{"field": "close_by", "standing": "close_by_standing", "at": record["close_by"], "calendar": "x_works", "unknown_year": friday.year}],
                        "a year without holidays is said", record["clocks"])
        server.stop()

    def started(self):
        self.token = self.place.init("staff,aims_manager")
        self.life()
        self.climbs()
        self.killed()
        self.yearly()
        self.summer()
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
    library = timers.shim(folder)
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
