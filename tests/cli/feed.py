#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What waits for somebody in their own calendar program: fetched by a secret address and read by a stock parser
(python3-icalendar of Debian), with nothing confidential in it, nothing they may not read, and nothing after its end.

    feed.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import datetime
import json
import os
import subprocess
import sys

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Server  # noqa: E402
from report import Report  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

STOCK = """
import icalendar, json, sys
c = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
print(json.dumps([{"uid": str(e["UID"]), "summary": str(e["SUMMARY"]), "start": str(e["DTSTART"].dt), "sequence": int(e["SEQUENCE"]),
                   "stamp": str(e["DTSTAMP"].dt), "url": str(e.get("URL", ""))} for e in c.walk("VEVENT")]))
"""


def events(body):
    """What the calendar holds, as Debian's own parser reads it."""
    done = subprocess.run(["/usr/bin/python3", "-c", STOCK], input=body, capture_output=True, check=True)
    return json.loads(done.stdout)


class Suite:
    def __init__(self, report, kind, server, people):
        self.report, self.kind, self.server, self.people = report, kind, server, people
        self.client = Client(server, cast.passwords())

    def say(self, name, good, problem=""):
        self.report.tell(f"feed {self.kind} {name}", [] if good else [str(problem)[:3000]])

    def fetch(self, path, headers=None):
        """Without a cookie, as a calendar program does."""
        return self.client.raw("GET", path, headers=headers or {})

    def make(self, who):
        address = self.client.must(who, "POST", "/calendar", {})["address"]
        return address[address.index("/calendar/"):]

    def run(self):
        c = self.client
        due = (datetime.date.today() + datetime.timedelta(days=9)).isoformat()
        long = "Look, at; this \\ " + "审计计划" * 30
        open_one = c.must("stan", "POST", "/task", {"title": long, "confidentiality": "internal", "due": due})
        secret_one = c.must("stan", "POST", "/task", {"title": "Tom Smith was harassed", "confidentiality": "confidential", "due": due})
        self.say("nobody has one until they make it", c.must("stan", "GET", "/calendar")["made_at"] is None)
        path = self.make("stan")
        self.say("of at least 128 bits, and said once", len(path.split(".")[1]) >= 43 and "address" not in c.must("stan", "GET", "/calendar") and
                 c.must("stan", "GET", "/calendar")["made_at"], path)
        answer = self.fetch(path)
        self.say("read without signing in", answer.status == 200 and answer.type == "text/calendar" and "set-cookie" not in answer.headers, answer.short())
        found = {e["uid"].split(".")[0]: e for e in events(answer.body)}
        mine, sealed = found.get(open_one["id"]), found.get(secret_one["id"])
        self.say("a stock parser reads the day and the title as they were written", mine and mine["start"] == due and
                 mine["summary"].startswith(f"{open_one['key']} {long}") and mine["url"].endswith(f"/k/task/{open_one['key']}"), mine)
        self.say("lines have at most 75 bytes", all(len(line) <= 75 for line in answer.body.split(b"\r\n")))
        self.say("what is confidential has no title, key or address", sealed and sealed["summary"] == "A task in Aimwell" and not sealed["url"] and
                 sealed["start"] == due and b"Smith" not in answer.body and secret_one["key"].encode() not in answer.body, sealed)
        same = self.fetch(path, {"If-None-Match": answer.headers["etag"]})
        self.say("304 while it is the same", same.status == 304 and not same.body, same.short())
        later = (datetime.date.today() + datetime.timedelta(days=12)).isoformat()
        c.must("stan", "PATCH", f"/task/{open_one['id']}", {"due": later}, {"If-Match": '"1"'})
        again = self.fetch(path, {"If-None-Match": answer.headers["etag"]})
        moved = {e["uid"]: e for e in events(again.body)}.get(mine["uid"])
        self.say("another day is the same thing, changed", again.status == 200 and moved["start"] == later and moved["sequence"] > mine["sequence"], moved)
        self.languages(path)
        self.others(path)
        self.ends(path, due)

    def languages(self, path):
        self.client.must("stan", "PATCH", "/session", {"lang": "zh"})
        body = self.fetch(path).body
        self.say("in the language of its person", "Aimwell 中的一项任务" in [e["summary"] for e in events(body)], body[:2000])
        self.client.must("stan", "PATCH", "/session", {"lang": "en"})

    def others(self, path):
        """Never more than they may read now."""
        c = self.client
        clock = c.must("ines", "POST", "/incident", {"title": "Wrong advice", "confidentiality": "internal"})
        own = self.make("ines")
        found = {e["uid"]: e["start"] for e in events(self.fetch(own).body)}.get(f"{clock['id']}.triage_by@aimwell", "")
        self.say("a running clock is a moment in UTC", found.replace(" ", "T").removesuffix("+00:00") == clock["triage_by"][:19], (clock["triage_by"], found))
        risk = c.must("asa", "POST", "/risk", {"title": "Taken away", "confidentiality": "internal", "owner": self.people["abe"],
                                               "review_due": datetime.date.today().isoformat()})
        his = self.make("abe")
        self.say("what is theirs is in it", any(risk["id"] in e["uid"] for e in events(self.fetch(his).body)), self.fetch(his).body[:2000])
        for wrong in ("/calendar/x.ics", path.replace(".ics", ""), path.replace("/calendar/usr_", "/calendar/usr_0")[:-5] + ".ics",
                      path.replace(self.people["stan"], self.people["abe"]), "/calendar/" + "x" * 5000 + ".ics", "/calendar/%00.x.ics", "/calendar/"):
            answer = self.fetch(wrong)
            self.say(f"nothing at {wrong[:24]} …", answer.status == 404 or ("%" in wrong and answer.status == 400), answer.short()[:300])

    def ends(self, path, due):
        c = self.client
        second = self.make("stan")
        self.say("a new one ends the one before", self.fetch(path).status == 404 and self.fetch(second).status == 200)
        self.server.restart()
        self.say("it holds over a new start", self.fetch(second).status == 200 and self.fetch(path).status == 404)
        c.must("stan", "DELETE", "/calendar")
        self.say("revoked, it is gone", self.fetch(second).status == 404 and c.must("stan", "GET", "/calendar")["made_at"] is None)
        third = self.make("stan")
        c.must("ada", "PATCH", f"/people/{self.people['stan']}", {"disabled": True})
        gone = self.fetch(third).status
        c.must("ada", "PATCH", f"/people/{self.people['stan']}", {"disabled": False})
        self.say("it ends with the account, and does not come back with it", gone == 404 and self.fetch(third).status == 404, (gone, due))
        for wrong in ("POST", "DELETE", "GET"):
            self.say(f"nobody: {wrong}", c.raw(wrong, "/api/v1/calendar", headers={}).status == 401)
        said = self.server.said()
        self.say("no secret is in the log", third.split(".")[1] not in said and second.split(".")[1] not in said and "/calendar/..." in said, said[-1500:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("aimwell")
    add_store_option(parser)
    options = parser.parse_args()
    report = Report()
    for kind in each_store(options):
        with stores_for(kind, "feed") as (stores, folder):
            store = stores.new()
            made = cast.make(store, folder)
            with Server(store, "--verbose") as server:
                Suite(report, kind, server, made["people"]).run()
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
