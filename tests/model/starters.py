#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every item of every starter is taken, in both languages, as the pages take it: what a newcomer ticks is a
record, never a refusal. And each field of work finds something of its own.

    starters.py      a line for each starter and language; exit 1 when an item is refused
"""
import datetime
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Failed, Server, run  # noqa: E402
from report import Report  # noqa: E402
from stores import stores_for  # noqa: E402

WHO = "amy"  # AIMS manager: every register but a few
OTHERS = {}  # kind → who creates it, where she does not


def is_both(value):
    return isinstance(value, dict) and set(value) == {"en", "zh"} and all(isinstance(v, str) for v in value.values())


def plain(value, language):
    """As ui/src/model/starter.ts has it."""
    if is_both(value):
        return value[language]
    if isinstance(value, list):
        return [plain(one, language) for one in value]
    if isinstance(value, dict):
        return {key: plain(one, language) for key, one in value.items()}
    return value


def complete(kind, values, me, day):
    for field in kind["fields"]:
        rows = values.get(field["name"])
        if field["type"] != "rows" or not rows:
            continue
        stand = {c["name"]: day if c["type"] == "date" else me for c in field["columns"]
                 if c.get("required") and (c["type"] == "date" or c["type"] == "ref" and c.get("to") == "person")}
        values[field["name"]] = [{**stand, **row} for row in rows]
    return values


class Taking:
    def __init__(self, client, report, label):
        self.client, self.report, self.label = client, report, label
        self.model = client.must(WHO, "GET", "/model")
        self.kinds = {kind["kind"]: kind for kind in self.model["kinds"]}
        self.me = client.must(WHO, "GET", "/session")["user"]["id"]
        self.day = (datetime.date.today() + datetime.timedelta(days=90)).isoformat()

    def take(self, starter, language):
        refused = []
        for item in starter["items"]:
            values = complete(self.kinds[starter["kind"]], plain(item["set"], language), self.me, self.day)
            if values.get("ref_no"):
                values["ref_no"] += f"-{language}"  # unique: people take one language
            answer = self.client.call(OTHERS.get(starter["kind"], WHO), "POST", f"/{starter['kind']}", values)
            if answer.status != 201:
                refused.append(f"{item['id']}: {answer.short()}")
            elif answer.json["title"] != values["title"]:
                refused.append(f"{item['id']}: another title")
        self.report.tell(f"starters {self.label} {starter['starter']} in {language}", refused[:10])

    def everybody(self, starters):
        """What a field of work is offered that others are not."""
        sectors = {s for starter in starters for item in starter["items"] for s in item.get("sectors", [])}
        known = next(f for f in self.kinds[self.model["asks"][0]["kind"]]["fields"] if f["name"] == "sector")
        missing = {choice["value"] for choice in known["of"]} - sectors - {"other"}
        self.report.tell(f"starters {self.label} have something for each field of work", sorted(missing))
        called = {one for starter in starters for item in starter["items"] for one in item.get("with", [])}
        uses = {item["id"] for starter in starters if starter["kind"] == "ai_system" for item in starter["items"]}
        self.report.tell(f"starters {self.label} name risks for each use of AI", sorted(uses - called))

    def run(self, languages):
        starters = [self.client.must(WHO, "GET", f"/starters/{one['starter']}") for one in self.model["starters"]]
        self.everybody(starters)
        for starter in starters:
            for language in languages:
                self.take(starter, language)


def main():
    report = Report()
    for kind, languages in (("sqlite", ("en", "zh")), ("postgresql", ("zh",))):
        with stores_for(kind, "starters") as (stores, folder):
            try:
                store = stores.new()
                cast.make(store, folder)
                with Server(store, "--rate", "0") as server:
                    Taking(Client(server, cast.passwords()), report, kind).run(languages)
                run("verify", "--deep", *store.words)
            except Failed as error:
                report.tell(f"starters {kind}", [str(error)])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
