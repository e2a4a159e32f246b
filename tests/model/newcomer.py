#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A newcomer adds a register by adding one file, and it is there: in the API, with its permissions, in the
OpenAPI, in search, in exports, in `model explain`, and in the ledger. A file that is wrong is refused by name
and line, and the server does not start without it.

    newcomer.py      a line for each thing that must be there; exit 1 when one is missing
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
import openapi  # noqa: E402
from client import Client  # noqa: E402
from program import Failed, Server, run  # noqa: E402
from report import Report  # noqa: E402
from stores import stores_for  # noqa: E402

KIND = {
    "kind": "x_drill", "prefix": "DRL", "title": "Drill", "plural": "Drills", "icon": "siren",
    "about": "Practising how a system is stopped.", "phase": "do", "order": 90,
    "fields": {
        "minutes": {"type": "integer", "min": 1, "max": 600, "title": "Minutes until it stood still",
                    "required": {"from": "held"}, "about": "Measured from the call to the stop."},
        "system": {"type": "ref", "to": "ai_system", "title": "AI system", "required": True,
                   "about": "The system that was stopped."}},
    "list": ["title", "state", "system", "minutes"],
    "states": {"start": "planned", "of": {
        "planned": {"title": "Planned", "tone": "idle", "about": "To come."},
        "held": {"title": "Held", "tone": "ok", "locked": True, "end": True, "about": "Over."}}},
    "moves": {"hold": {"title": "It was held", "from": ["planned"], "to": "held", "by": ["incident_manager"],
                       "asks": ["minutes"], "not": {"SOD-1": ["@author"]}}},
    "access": {"read": ["staff"], "create": ["system_owner"],
               "change": ["@owner", "incident_manager"]}}


def add_file(store, name, content):
    """One more file for the site's model."""
    folder = os.path.join(store.where, "model.d")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as out:
        out.write(content)
    return path


class Newcomer:
    """What must be true once the file is there."""

    def __init__(self, client, store, report):
        self.client, self.store, self.report = client, store, report

    def expect(self, name, good, found=""):
        self.report.tell(f"newcomer {name}", [] if good else [f"not so: {str(found)[:600]}"])

    def run(self):
        self.in_model()
        self.in_api()
        self.in_permissions()
        self.in_life()
        self.in_documents()

    def in_model(self):
        model = self.client.must("sol", "GET", "/model")
        kind = next((k for k in model["kinds"] if k["kind"] == "x_drill"), None)
        self.expect("is in the model", kind is not None and kind["prefix"] == "DRL", kind)
        may = self.client.must("sol", "GET", "/session")["may"].get("x_drill")
        self.expect("is in the session of its owner", may == {"read": True, "create": True}, may)

    def in_api(self):
        system = self.client.must("sol", "POST", "/ai_system", {"title": "Press"})
        answer = self.client.call("sol", "POST", "/x_drill", {"title": "No system"})
        self.expect("demands its fields", answer.status == 422 and answer.codes == ["required"],
                    answer.short())
        source = answer.json["errors"][0]["source"]
        self.expect("names file and line", source.startswith("model.d/x_drill.json:"), source)
        made = self.client.must("sol", "POST", "/x_drill",
                                {"title": "Stop the press 停机演练", "system": system["key"]})
        self.expect("is created with a key of its own", made["key"] == "DRL-0001", made)
        listed = self.client.must("stan", "GET", f"/x_drill?system={system['key']}&facets=state")
        self.expect("is listed and counted", listed["total"] == 1 and
                    listed["facets"] == {"state": {"planned": 1}}, listed)
        linked = self.client.must("stan", "GET", f"/ai_system/{system['key']}/links")["items"]
        self.expect("is seen from the other end", [one["record"]["key"] for one in linked] ==
                    ["DRL-0001"], linked)

    def in_permissions(self):
        answer = self.client.call("stan", "POST", "/x_drill", {"title": "By staff"})
        self.expect("is not created by others", answer.status == 403, answer.short())
        answer = self.client.call("xena", "GET", "/x_drill/DRL-0001")
        self.expect("is not there for who may not read", answer.status == 404, answer.short())
        answer = self.client.call("stan", "PATCH", "/x_drill/DRL-0001", {"title": "Mine"},
                                  {"If-Match": '"1"'})
        self.expect("is not changed by others", answer.status == 403, answer.short())

    def in_life(self):
        answer = self.client.call("sol", "POST", "/x_drill/DRL-0001/moves/hold", {"minutes": 4})
        self.expect("keeps duties apart", answer.status == 403 and "SOD-1" in answer.codes,
                    answer.short())
        answer = self.client.call("ines", "POST", "/x_drill/DRL-0001/moves/hold")
        self.expect("asks for its fields", answer.status == 409 and "required" in answer.codes,
                    answer.short())
        moved = self.client.must("ines", "POST", "/x_drill/DRL-0001/moves/hold", {"minutes": 4})
        self.expect("moves", moved["state"] == "held", moved)
        history = self.client.must("stan", "GET", "/x_drill/DRL-0001/history")["items"]
        self.expect("has a history", [one["act"] for one in history] ==
                    ["record.move", "record.create"], history)
        archived = self.client.must("amy", "POST", "/x_drill/DRL-0001/moves/archive", {"reason": "old"})
        self.expect("can be archived", archived["state"] == "archived", archived)

    def in_documents(self):
        found = self.client.must("stan", "GET", "/search?q=%E5%81%9C%E6%9C%BA")["items"]
        self.expect("is found in Chinese", [one["key"] for one in found] == ["DRL-0001"], found)
        text = self.client.call("stan", "GET", "/x_drill?format=csv").body.decode()
        self.expect("is exported", "DRL-0001,archived" in text and text.rstrip().endswith("4,SYS-0001"), text)
        document = self.client.must("stan", "GET", "/openapi.json")
        wanted = {"/api/v1/x_drill", "/api/v1/x_drill/{id}", "/api/v1/x_drill/{id}/moves/hold"}
        self.expect("is in the OpenAPI", wanted <= set(document["paths"]), sorted(document["paths"]))
        answer = self.client.call("stan", "GET", "/x_drill/DRL-0001")
        problems = openapi.OpenApi(document).check("GET", "/api/v1/x_drill/DRL-0001", answer)
        self.expect("is as the OpenAPI says", not problems, problems)
        told = run("model", "explain", "x_drill", *self.store.words).stdout
        self.expect("is explained", "    minutes bigint" in told and "/moves/hold" in told, told)
        named = self.client.must("ines", "GET", "/model")
        self.expect("serves its words", any(k["title"]["en"] == "Drill" for k in named["kinds"]))


def refuse(store, report, name, change, words):
    """A wrong file: every command and the server refuse, and say where."""
    wrong = json.loads(json.dumps(KIND))
    change(wrong)
    path = add_file(store, "x_drill.json", json.dumps(wrong, indent=1))
    done = run("user", "list", *store.words, expect=None)
    report.tell(f"newcomer is refused: {name}",
                [] if done.returncode == 2 and words in done.stderr and "model.d/x_drill.json" in
                done.stderr else [f"{done.returncode} {done.stdout[:200]} {done.stderr[:600]}"])
    os.remove(path)


def main():
    """Adds the file and looks everywhere."""
    report = Report()
    with stores_for("sqlite", "newcomer") as (stores, folder):
        try:
            store = stores.new()
            cast.make(store, folder)
            refuse(store, report, "an unknown key", lambda k: k.update(colour="red"), "colour")
            refuse(store, report, "a role that is not", lambda k: k["access"].update(create=["king"]),
                   "king")
            refuse(store, report, "a state nobody reaches", lambda k: k["states"]["of"].update(
                lost={"title": "Lost", "tone": "bad", "about": "Nobody comes here."}), "lost")
            refuse(store, report, "a prefix that is taken", lambda k: k.update(prefix="RSK"), "RSK")
            add_file(store, "x_drill.json", json.dumps(KIND, indent=1))
            with Server(store) as server:
                Newcomer(Client(server, cast.passwords()), store, report).run()
            run("verify", "--deep", *store.words)
        except Failed as error:
            report.tell("newcomer", [str(error)])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
