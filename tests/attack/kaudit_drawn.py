#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Samples of an audit are drawn by a lot that nobody chooses: whoever has the seed draws the same, drawing again only goes
on, other words or another order of the plan change nothing, and the seed is a root of the log that came after the audit was
opened.

    kaudit_drawn.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import hashlib
import os
import sys

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "durability"), os.path.join(HERE, "..", "lib")]

import cast  # noqa: E402
import harness  # noqa: E402
from client import Client  # noqa: E402
from program import Server  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

MANY = 40


def order(seed, kind, ids):
    return sorted(ids, key=lambda i: hashlib.sha256(f"{seed}\n{kind}\n{i}".encode()).digest())


class Audit:
    def __init__(self, client, auditee):
        self.client, self.auditee = client, auditee
        self.key = self.opened()

    def get(self):
        return self.client.must("lena", "GET", f"/audit/{self.key}")

    def change(self, values):
        return self.client.must("lena", "PATCH", f"/audit/{self.key}", values, headers={"If-Match": f'"{self.get()["version"]}"'})

    def move(self, move):
        return self.client.call("lena", "POST", f"/audit/{self.key}/moves/{move}", {})

    def opened(self):
        call = self.client.must
        programme = call("lena", "POST", "/audit_programme", {"title": "All", "period_from": "2020-01-01", "period_to": "2099-01-01", "objectives": "o", "risk_basis": "r",
                                                              "frequency": "f", "methods": "m", "resources": "r"})
        call("dana", "POST", f"/audit_programme/{programme['key']}/moves/approve", {"reason": "Good", "password": cast.PASSWORD})
        audit = call("lena", "POST", "/audit", {"title": "Lending", "programme": programme["id"], "objectives": "o", "scope": "s", "criteria": ["iso-42001:9.1"],
                                                "auditees": [self.auditee], "methods": ["records"], "starts_on": "2026-01-01", "ends_on": "2099-01-01", "plan": "p"})
        call("lena", "POST", f"/audit/{audit['key']}/moves/notify", {"password": cast.PASSWORD})
        call("lena", "POST", f"/audit/{audit['key']}/moves/open", {})
        return audit["key"]


def risks(client, many):
    return {r["id"]: r["key"] for r in (client.must("rita", "POST", "/risk", {"title": f"Risk {n}"}) for n in range(many))}


def trial(report, client, kind, auditee):
    def say(ok, what, why=""):
        report.say(ok, f"{kind} {what}", why)
    known = risks(client, MANY)
    audit = Audit(client, auditee)
    say(audit.move("draw").status == 409, "without a plan nothing is drawn")
    audit.change({"populations": [{"register": "risk", "size": 5}, {"register": "risk", "size": 6}]})
    reply = audit.move("draw")
    say(reply.status == 409 and "twice" in str(reply.body), "a register stands in it once", reply.body)
    audit.change({"populations": [{"register": "risk", "size": 5}]})
    before = audit.get()
    say(audit.move("draw").status == 200, "then it is drawn")
    record = audit.get()
    seed, expected = record["seed"], order(record["seed"], "risk", known)
    drawn = [d["sample"] for d in record["drawn"]]
    say(drawn == [known[i] for i in expected[:5]], "whoever has the seed draws the same", (drawn, [known[i] for i in expected[:5]]))
    say(all(d["out_of"] == MANY and d["sample_version"] == 1 for d in record["drawn"]), "out of all, as they were", record["drawn"])
    say([known[i] for i in order(seed + "x", "risk", known)[:5]] != drawn, "sabotage: another seed would draw others")
    note = client.call("lena", "GET", f"/ledger/checkpoint?size={record['seed_entry']}").body.decode()
    size, root = note.split("\n")[1:3]
    say((int(size), root) == (record["seed_entry"], seed), "the seed is the root of the log at that length", note)
    opened = next(h for h in client.must("lena", "GET", f"/audit/{audit.key}/history?limit=200")["items"] if h.get("move") == "open")
    say(opened["ledger"] < int(size) <= before["ledger"]["index"], "the first that covers the opening, before the plan was written", (opened["ledger"], size))
    say(audit.move("draw").status == 409, "drawing again draws nothing")
    more = risks(client, 10)
    audit.change({"populations": [{"register": "task", "size": 3}, {"register": "risk", "size": 8}]})
    say(audit.move("draw").status == 200, "a larger number goes on")
    record = audit.get()
    say([d["sample"] for d in record["drawn"]][:5] == drawn, "what was drawn stays", record["drawn"])
    rest = [i for i in order(seed, "risk", {**known, **more}) if {**known, **more}[i] not in drawn][:3]
    say([d["sample"] for d in record["drawn"]][5:] == [{**known, **more}[i] for i in rest], "and the next ones follow the same order", record["drawn"])
    say((record["seed"], record["seed_entry"]) == (seed, int(size)), "by the same seed")
    reply = client.call("lena", "PATCH", f"/audit/{audit.key}", {"drawn": []}, headers={"If-Match": f'"{record["version"]}"'})
    say(reply.status == 409, "nobody takes out what was drawn", reply.body)
    reply = client.call("lena", "PATCH", f"/audit/{audit.key}", {"seed": "mine"}, headers={"If-Match": f'"{record["version"]}"'})
    say(reply.status == 409, "nor gives a seed", reply.body)
    reply = client.call("ivan", "POST", f"/audit/{audit.key}/moves/draw", {})
    say(reply.status == 403, "nobody else draws", reply.body)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    add_store_option(parser)
    options, report = parser.parse_args(), harness.Report()
    for kind in each_store(options):
        with stores_for(kind, "drawn") as (stores, folder):
            store = stores.new()
            people = cast.make(store, folder)["people"]
            with Server(store) as server, Client(server, cast.passwords()) as client:
                trial(report, client, kind, people["asa"])
    report.end()


if __name__ == "__main__":
    sys.exit(main())
