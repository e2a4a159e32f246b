#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E4: two servers on one PostgreSQL. The zone and the calendar are chosen on one: what the other writes from then on, what it
says is today, its lists and its clocks are by them, without a start.

    e04_day_of_two_servers.py PATH_OF_AIMWELL
"""
import datetime
import json
import os
import sys
import time
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

KIND = {
    "kind": "x_case", "prefix": "XCA", "title": "Case", "plural": "Cases", "icon": "clock", "phase": "do", "order": 99, "about": "It is closed in time.",
    "fields": {"aware_at": {"type": "moment", "title": "Aware since", "about": "When somebody knew."},
               "close_by": {"type": "moment", "title": "Close by", "about": "Ten working days.",
                            "clock": {"from": "aware_at", "add": "P10W", "answered": ["closed"]}}},
    "list": ["title", "state", "close_by"],
    "states": {"start": "open", "of": {"open": {"title": "Open", "tone": "idle", "about": "Not yet closed."},
                                       "closed": {"title": "Closed", "tone": "ok", "end": True, "about": "Done."}}},
    "moves": {"close": {"title": "Close", "from": ["open"], "to": "closed", "by": ["staff"]}},
    "access": {"read": ["staff"], "create": ["staff"], "change": ["@owner", "@author", "staff"]}}
EVERY_DAY = {"calendar": "x_every_day", "title": "Every day", "about": "Nobody ever rests.",
             "working": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
FRIDAY, BY_WEEKS, BY_DAYS = "2030-01-04T09:00:00.000000Z", "2030-01-18", "2030-01-14"


def other_days():
    """Two zones whose dates differ from that of UTC now and for the next half hour, or from each other's."""
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=30)
    return ("Pacific/Kiritimati", "Pacific/Pago_Pago") if soon.hour >= 11 else ("Pacific/Pago_Pago", "Pacific/Kiritimati")


def today(zone):
    return datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date()


def eventually(look):
    end = time.monotonic() + harness.PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    return None


def site(folder):
    for name, data in (("kinds/x_case", KIND), ("calendars/x_every_day", EVERY_DAY)):
        os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
        with open(f"{folder}/{name}.json", "w", encoding="utf-8") as file:
            json.dump(data, file)
    return folder


def zone_follows(report, one, two, zone):
    one.good("PATCH", "organisation", {"zone": zone})
    # The very next that it writes is by the new day: no moment in between.
    made = two.good("POST", "evidence", {"title": "Taken"})
    report.say(made["captured_at"] == str(today(zone)), f"{zone}: what the second fills in by itself is that day", made["captured_at"])
    there = eventually(lambda: two.good("GET", "organisation")["zone"] == zone)
    report.say(there, f"{zone}: the second has the zone", two.good("GET", "organisation"))
    told = two.good("GET", "session")["organisation"]["today"]
    report.say(told == str(today(zone)), f"{zone}: the second tells the pages that day", told)


def zone_without_writing(report, one, two, zone):
    one.good("PATCH", "organisation", {"zone": zone})
    there = eventually(lambda: two.good("GET", "organisation")["today"] == str(today(zone)))
    report.say(there, f"{zone}: the second follows also when it writes nothing", two.good("GET", "organisation"))


def lists_follow(report, one, two, zone):
    me = one.good("GET", "session")["user"]["id"]
    for title, day in (("late", today(zone) - datetime.timedelta(days=1)), ("now", today(zone))):
        two.good("POST", "task", {"title": title, "due": str(day), "owner": me})
    told = {t["title"]: t.get("overdue", False) for t in two.good("GET", "tasks?limit=100")["items"] if t["title"] in ("late", "now")}
    report.say(told == {"late": True, "now": False}, f"{zone}: what is overdue on the second is by that day", told)


def calendar_follows(report, one, two):
    before = two.good("POST", "x_case", {"title": "Before", "aware_at": FRIDAY})
    report.say(before["close_by"].startswith(BY_WEEKS), "ten working days are two weeks", before["close_by"])
    one.good("PATCH", "organisation", {"calendar": "x_every_day"})
    made = two.good("POST", "x_case", {"title": "After", "aware_at": FRIDAY})
    report.say(made["close_by"].startswith(BY_DAYS), "the clock of what the second writes is by the new calendar", made["close_by"])
    report.say(eventually(lambda: two.good("GET", "organisation")["calendar"] == "x_every_day"), "the second says it", two.good("GET", "organisation"))

    def again():
        return all(c.good("GET", f"x_case/{before['key']}")["close_by"].startswith(BY_DAYS) for c in (one, two))
    report.say(eventually(again), "what was there is counted anew, whichever server does it", two.good("GET", f"x_case/{before['key']}")["close_by"])
    two.good("PATCH", "organisation", {"calendar": ""})
    made = one.good("POST", "x_case", {"title": "Back", "aware_at": FRIDAY})
    report.say(made["close_by"].startswith(BY_WEEKS), "and back, the other way round", made["close_by"])


def main():
    aimwell, report = harness.program(), harness.Report()
    if not harness.have_postgres():
        return report.end()
    folder = site(harness.temporary() + "/own")
    with harness.postgres(durable=False) as (_, url):
        place = harness.Place(aimwell, store=url + ("&" if "?" in url else "?") + "schema=day")
        place.where += ["--site", folder]
        token = place.init("aims_manager,assessor,staff,internal_auditor,risk_owner")
        servers = [harness.Server(place), harness.Server(place)]
        one, two = (harness.Client(server.port, token) for server in servers)
        far, near = other_days()
        zone_follows(report, one, two, far)
        lists_follow(report, one, two, far)
        zone_without_writing(report, one, two, near)
        zone_follows(report, two, one, far)
        calendar_follows(report, one, two)
        code, out, err = place.verify("--deep")
        report.say(code == 0, "everything is intact", f"{code} {out}{err}")
        report.say([server.stop() for server in servers] == [0, 0], "both stop in order")
    return report.end()


if __name__ == "__main__":
    main()
