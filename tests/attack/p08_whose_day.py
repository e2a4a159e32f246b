#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""P8: "today" is the organisation's day. In a zone where it is another day than in UTC, what is filled in by
itself, what is overdue, what a check is asked and when a dated move happens follow that zone; setting it is an entry,
and not for everybody.

    p08_whose_day.py PATH_OF_AIMWELL
"""
import datetime
import json
import os
import sys
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402


def other_day():
    """A zone whose date is not that of UTC now, and will not be that for the next half hour."""
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=30)
    return "Pacific/Kiritimati" if soon.hour >= 11 else "Pacific/Pago_Pago"


# What may not lie ahead, and what may lie a month ahead at most.
KIND = {
    "kind": "x_day", "prefix": "XDY", "title": "Day", "plural": "Days", "icon": "clock", "phase": "do", "order": 99, "about": "Two days.",
    "fields": {"done_on": {"type": "date", "title": "Done on", "about": "The day."},
               "until": {"type": "date", "title": "Until", "about": "The last day."},
               "months": {"type": "integer", "min": 0, "max": 12, "title": "Months", "about": "How far ahead."}},
    "list": ["title", "state"],
    "states": {"start": "open", "of": {"open": {"title": "Open", "tone": "idle", "about": "Open."},
                                       "done": {"title": "Done", "tone": "ok", "end": True, "about": "Done."}}},
    "moves": {"finish": {"title": "Finish", "from": ["open"], "to": "done", "by": ["staff"], "guard": "begun:done_on"},
              "allow": {"title": "Allow", "from": ["open"], "to": "done", "by": ["staff"], "guard": "within:until:months"}},
    "access": {"read": ["staff"], "create": ["staff"], "change": ["@owner", "@author", "staff"]}}


class Suite:
    def __init__(self):
        self.report, self.zone = harness.Report(), other_day()
        self.place = harness.Place(harness.program(), data=harness.temporary() + "/data")
        self.token = self.place.init("aims_manager,assessor,staff,internal_auditor,risk_owner")

    def today(self):
        return datetime.datetime.now(zoneinfo.ZoneInfo(self.zone)).date()

    def refusals(self, client):
        staff = harness.Client(client.port, self.place.token("staff"))
        self.report.say(staff.ask("PATCH", "organisation", {"zone": self.zone})[0] == 403, "staff does not set the day")
        for wrong in ("Nowhere/At_All", "../../etc/passwd", "", "x" * 5000):
            status, _, reply = client.ask("PATCH", "organisation", {"zone": wrong})
            fields = [e["field"] for e in reply.get("errors", [])]
            self.report.say(status == 422 and "zone" in fields, f"“{wrong[:20]}” is refused by name", f"{status} {reply}")

    def day(self, client):
        before = client.good("GET", "session")["size"]
        set_to = client.good("PATCH", "organisation", {"zone": self.zone})
        today = str(self.today())
        self.report.say(set_to["zone"] == self.zone and set_to["today"] == today, "the day is that of the zone", set_to)
        self.report.say(client.good("GET", "session")["size"] > before, "setting it is in the ledger")
        self.report.say(client.good("GET", "session")["organisation"]["today"] == today, "the pages are told")
        made = client.good("POST", "evidence", {"title": "Taken"})
        self.report.say(made["captured_at"] == today, "what is filled in by itself is that day", made["captured_at"])
        self.overdue(client)
        self.guards(client)

    def guards(self, client):
        today = self.today()
        for move, field, day, goes in (("finish", "done_on", 0, True), ("finish", "done_on", 1, False),
                                       ("allow", "until", 0, True), ("allow", "until", -1, False)):
            made = client.good("POST", "x_day", {"title": move, "months": 0, field: str(today + datetime.timedelta(days=day))})
            status, _, reply = client.ask("POST", f"x_day/{made['key']}/moves/{move}", {}, If_Match='"1"')
            refused = [e["field"] for e in reply.get("errors", [])] == [field] and status == 409
            self.report.say(status == 200 if goes else refused, f"{move}: {day:+} days from that day {'goes' if goes else 'does not'}", f"{status} {reply}")

    def overdue(self, client):
        me = client.good("GET", "session")["user"]["id"]
        for title, day in (("late", self.today() - datetime.timedelta(days=1)), ("now", self.today())):
            client.good("POST", "task", {"title": title, "due": str(day), "owner": me})
        mine = client.good("GET", "tasks?limit=100")["items"]
        told = {t["title"]: t.get("overdue", False) for t in mine if t["title"] in ("late", "now")}
        self.report.say(told == {"late": True, "now": False}, "overdue is by that day", told)

    def again(self):
        server = harness.Server(self.place)
        client = harness.Client(server.port, self.token)
        self.report.say(client.good("GET", "organisation")["zone"] == self.zone, "it is kept over a start")
        client.good("PATCH", "organisation", {"zone": "UTC"})
        today = str(datetime.datetime.now(datetime.timezone.utc).date())
        self.report.say(client.good("GET", "organisation")["today"] == today, "and back")
        server.stop()
        code, out, err = self.place.verify("--deep")
        self.report.say(code == 0, "everything is intact", f"{code} {out}{err}")

    def all(self):
        os.mkdir(self.place.data + "/model.d")
        with open(self.place.data + "/model.d/x_day.json", "w", encoding="utf-8") as file:
            json.dump(KIND, file)
        server = harness.Server(self.place)
        client = harness.Client(server.port, self.token)
        self.refusals(client)
        self.day(client)
        server.stop()
        code, out, err = self.place.verify("--deep")
        self.report.say(code == 0, "everything is intact in that zone", f"{code} {out}{err}")
        self.again()
        self.report.end()


Suite().all()
