#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E10: long changes and imports are jobs. Others write in between; they are bounded, stopped between slices, and
judged by what their person may do at that moment: who is switched off, loses the role or is signed out changes nothing
more. The server ends in the middle of them in good order, or is killed, and what was
told as done is there. On both stores.

    e10_jobs.py PATH_OF_AIMWELL
"""
import contextlib
import os
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

BAD = ("Sanitizer", "runtime error", "panic", "SUMMARY")
PASSWORD = "northlake harbour lamp 7"
ROWS = 2000
TRIES = 8  # to catch a job in the middle of its work


class Suite:
    def __init__(self, report, place, name):
        self.report, self.place, self.name = report, place, name
        self.folder = harness.temporary()
        place.init()
        self.amy, self.stan = place.token("aims_manager,staff"), place.token("staff")
        with open(self.folder + "/password", "w", encoding="utf-8") as out:
            out.write(PASSWORD + "\n")
        self.start()
        self.ids = []

    def say(self, good, name, why=""):
        return self.report.say(good, f"{self.name}: {name}", why)

    def start(self):
        self.server = harness.Server(self.place)

    def client(self, token):
        return harness.Client(self.server.port, token)

    def session(self, name, roles):
        """Somebody of their own, signed in."""
        email = f"{name}@test.example"
        harness.must(self.place.aimwell, "user", "add", email, "--name", name, "--roles", roles, "--password-file",
                     self.folder + "/password", "--keep", where=self.place.where)
        client = self.client(None)
        return client, client.log_in(email, PASSWORD)["user"]["id"]

    # ---- what is asked
    def drop(self, who, rows):
        raw = ("external_id,title\n" + "\n".join(rows) + "\n").encode()
        one = who.good("POST", "transfer?kind=task", raw=raw, X_File_Name=urllib.parse.quote("rows.csv"),
                       Content_Type="application/octet-stream")
        return self.ended(who, one["id"])

    def begin(self, who, title, ids=None):
        return who.good("PATCH", "task", {"ids": ids or self.ids, "set": {"title": title}})

    def ended(self, who, job):
        for _ in range(1800):
            one = who.good("GET", f"jobs/{job}")
            if one["ended_at"]:
                return one
            time.sleep(0.05)
        return one

    def running(self, who, job):
        """It has begun; false: and it has ended already."""
        for _ in range(1800):
            one = who.good("GET", f"jobs/{job}")
            if one["done"] or one["ended_at"]:
                return not one["ended_at"]
            time.sleep(0.005)
        return False

    def refused(self, who, job):
        rows, after = [], 0
        while after is not None:
            page = who.good("GET", f"jobs/{job}?after={after}")
            rows += page["items"]
            after = page["next"]
        return rows

    def titled(self, title):
        return self.client(self.amy).good("GET", f"task?title={urllib.parse.quote(title)}&limit=1")["total"]

    # ---- the stories
    def imported(self):
        """Imports are jobs among the others."""
        amy = self.client(self.amy)
        look = self.drop(amy, [f"r-{n},Row {n}" for n in range(ROWS)])
        self.say(look["state"] == "done" and look["sort"] == "import" and look["task"] == "look" and look["see"].endswith(look["id"]), "a file that was dropped is a job", look)
        amy.good("POST", f"transfer/{look['id']}/take")
        listed = [(j["id"], j["task"]) for j in amy.good("GET", "jobs")["items"]]
        self.say(listed == [(look["id"], "take")], "an import is in the list", listed)
        one = self.ended(amy, look["id"])
        self.say((one["state"], one["done"], one["total"], one["changed"], one["refused"]) == ("done", ROWS, ROWS, ROWS, 0), "with its progress", one)
        self.say(self.client(self.stan).ask("GET", f"jobs/{look['id']}")[0] == 404, "and its person's own")
        self.ids = [record["id"] for record in amy.every("task?fields=title&sort=key")]
        self.say(amy.ask("DELETE", f"jobs/{look['id']}")[0] == 204 and amy.ask("GET", f"transfer/{look['id']}")[0] == 404, "it is taken away there as well")

    def meanwhile(self):
        """A long change: others write in between, it can be stopped, and says what it did."""
        amy, stan = self.client(self.amy), self.client(self.stan)
        for n in range(TRIES):
            title = f"Stopped {n}"
            status, headers, job = amy.ask("PATCH", "task", {"ids": self.ids, "set": {"title": title}})
            self.say(status == 202 and headers["location"] == f"/api/v1/jobs/{job['id']}", "many are a job", f"{status} {headers}")
            written = stan.ask("POST", "task", {"title": "Mine"})[0]
            self.running(amy, job["id"])
            if amy.ask("DELETE", f"jobs/{job['id']}")[0] == 204:
                continue
            one = self.ended(amy, job["id"])
            if one["state"] == "cancelled":
                break
        self.say(written == 201, "others write meanwhile", written)
        self.say(one["state"] == "cancelled" and 0 < one["done"] < ROWS and one["changed"] == one["done"], "it is stopped between slices", one)
        self.say(self.titled(title) == one["changed"], "what it says is what there is", (self.titled(title), one))

    def bounds(self):
        amy = self.client(self.amy)
        begun = []
        for n in range(12):
            status, _, answer = amy.ask("PATCH", "task", {"ids": self.ids, "set": {"title": f"Many {n}"}})
            if status != 202:
                break
            begun.append(answer["id"])
        self.say(status == 429 and answer["errors"][0]["code"] == "jobs", "one person has only so many under way", f"{status} {answer}")
        self.say(self.client(self.stan).ask("PATCH", "task", {"ids": ["x"], "set": {"title": "y"}}, Prefer="respond-async")[0] == 202, "others have their own")
        for job in begun:
            amy.ask("DELETE", f"jobs/{job}")
        for job in begun:
            with contextlib.suppress(RuntimeError):
                self.ended(amy, job)
        for n in range(12):
            job = amy.good("PATCH", "task", {"ids": ["none"], "set": {"title": "y"}}, Prefer="respond-async")["id"]
            self.ended(amy, job)
        self.say(len(amy.good("GET", "jobs")["items"]) == 8, "and so many are kept", len(amy.good("GET", "jobs")["items"]))
        status, _, answer = amy.ask("PATCH", "task", {"ids": ["x"] * 10001, "set": {"title": "y"}})
        self.say(status == 422 and answer["errors"][0]["field"] == "ids", "no job is longer than that", f"{status} {answer}")
        job = amy.good("PATCH", "task", {"ids": [f"none-{n}" for n in range(450)], "set": {"title": "y"}})["id"]
        one, rows = self.ended(amy, job), self.refused(amy, job)
        self.say([r["row"] for r in rows] == list(range(1, 451)) and rows[449]["id"] == "none-449" and one["refused"] == 450
                 and len(one["items"]) == 200, "each refused row is told, page by page", (one["refused"], len(rows)))

    def cut_off(self, name, act):
        """In the middle of somebody's job its ground is taken away: somebody new, until one is caught in the middle."""
        for n in range(TRIES):
            who, person = self.session(f"{name}{n}", "aims_manager")
            title = f"{name} {n}"
            job = self.begin(who, title)["id"]
            self.running(who, job)
            act(who, person)
            if self.settled(title) < ROWS:
                break
        return who, f"{name}{n}@test.example", title, job

    def settled(self, title):
        """How many rows it changed in the end."""
        last = -1
        for _ in range(600):
            now = self.titled(title)
            if now == last:
                return now
            last = now
            time.sleep(0.3)
        return last

    def rights(self):
        admin, _ = self.session("ann", "admin")
        # the role: the rows that are left are refused by name, and the job goes on to its end
        rob, _, title, job = self.cut_off("rob", lambda _, person: admin.good("DELETE", f"people/{person}/roles", {"role": "aims_manager"}))
        one, rows = self.ended(rob, job), self.refused(rob, job)
        self.say(one["done"] == ROWS and 0 < one["changed"] < ROWS and one["changed"] + one["refused"] == ROWS and one["changed"] == self.titled(title),
                 "who loses the role changes nothing more", one)
        self.say(len(rows) == one["refused"] and all(r["errors"][0]["code"] in ("who", "kind", "missing") for r in rows) and rows[0]["id"] in self.ids, "each row says why", rows[:2])
        # logged out; a later session of the same person sees what became of it
        _, email, title, job = self.cut_off("lou", lambda who, _: who.good("DELETE", "session"))
        other = self.client(None)
        other.log_in(email, PASSWORD)
        one, rows = self.ended(other, job), self.refused(other, job)
        self.say(one["state"] == "failed" and one["changed"] + one["refused"] == ROWS and 0 < one["changed"] == self.titled(title),
                 "who logs out changes nothing more", one)
        self.say(one["problems"] and rows and rows[-1]["row"] == ROWS and rows[-1]["status"] == 401, "and is told", (one["problems"], rows[-1]))
        # switched off: nobody is left to ask
        ofra, _, title, job = self.cut_off("ofra", lambda _, person: admin.good("PATCH", f"people/{person}", {"disabled": True}))
        self.say(0 < self.settled(title) < ROWS, "who is switched off changes nothing more", self.titled(title))
        self.say(ofra.ask("GET", f"jobs/{job}")[0] == 401, "nor asks for it")

    def two_ends(self, how):
        """A change and an import under way when the server ends, or is killed."""
        amy, bea = self.client(self.amy), self.client(self.place.token("aims_manager,staff"))
        file = self.drop(bea, [f"{how}-{n},{how} row {n}" for n in range(2500)])["id"]
        bea.good("POST", f"transfer/{file}/take")
        job = self.begin(amy, f"In the middle {how}")["id"]
        self.running(bea, file)
        self.running(amy, job)
        told = amy.good("GET", f"jobs/{job}")["changed"], bea.good("GET", f"jobs/{file}")["changed"]
        if how == "ended":
            code = self.server.stop(within=60)
            words = self.server.words()
            bad = [line for line in words.splitlines() if any(b in line for b in BAD)]
            self.say(code == 0 and not bad, "the server ends in the middle of both in good order", f"{code} {bad[:3]}")
        else:
            self.server.kill()
        self.start()
        amy = self.client(self.amy)
        there = self.titled(f"In the middle {how}"), amy.good("GET", f"task?external_id.gte={how}-&external_id.lte={how}-z&limit=1")["total"]
        self.say(there[0] >= told[0] and there[1] >= told[1], f"{how}: what was told as done is there", (told, there))
        status, _, answer = amy.ask("GET", f"jobs/{job}")
        self.say(status == 404 and "history" in answer["detail"], f"{how}: the job is gone, and says where to look", f"{status} {answer}")

    def run(self):
        self.imported()
        self.meanwhile()
        self.bounds()
        self.rights()
        self.two_ends("ended")
        self.two_ends("killed")
        self.say(self.server.stop(within=60) == 0, "the server ends in good order")
        code, out, err = self.place.verify("--deep")
        self.say(code == 0, "everything is intact", out + err)


def main():
    aimwell, report = harness.program(), harness.Report()
    Suite(report, harness.Place(aimwell, data=harness.temporary() + "/data"), "sqlite").run()
    if harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            Suite(report, harness.Place(aimwell, store=url), "postgres").run()
    report.end()


main()
