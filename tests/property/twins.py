#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The two stores are twins: the same random requests get the same answers.

    twins.py [--seeds N] [--acts N] [--first SEED]

A seeded sequence of creates, changes, moves, links, bulk changes, comments, lists, exports and nonsense is
sent to an organisation on SQLite and to one on PostgreSQL. Each pair of answers must agree in status and JSON,
with ids replaced by the order in which they were first seen and moments by a word. At the end both have the
same number of ledger entries and `verify --deep` finds both intact. A failure prints the seed and the
last acts, so that it can be played again.
"""
import argparse
import json
import os
import random
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Failed, Server, run  # noqa: E402
from report import Report  # noqa: E402
from stores import open_stores  # noqa: E402

ID = re.compile(r"\b(?:usr_|tok_)?01[0-9A-HJKMNP-TV-Z]{24}\b")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
ACTORS = ["amy", "asa", "sol", "stan", "sam", "sally", "nora", "cora", "sue", "rita", "dana", "lex",
          "iris", "devi", "xena"]
WORDS = ["credit", "chat", "drift", "refusal", "贷款", "偏见", "audit", "x_y%z", "Ünïcode", "a'b\"c",
         "multi\nline", "", " spaced ", "0", "TSK-0001"]


class Twin:
    """One store with its server and the names its ids have got."""

    def __init__(self, server, people):
        self.server, self.people = server, people
        self.client, self.seen = Client(server, cast.passwords()), {}

    def own(self, value):
        """The neutral text in this store's words: $name is a person or unit of the cast."""
        text = json.dumps(value, ensure_ascii=False)
        for group in ("people", "units"):
            for name, found in self.people[group].items():
                text = text.replace(f"${group}.{name}$", found)
        return json.loads(text)

    def send(self, act):
        """Plays one act; returns status and neutral text."""
        who, method, path, body, headers = self.own(act)
        answer = self.client.call(who, method, path, body, headers)
        text = answer.body.decode("utf-8", "replace") if answer.type != SHEET else ""
        if answer.type.endswith("json") and text:
            document = json.loads(text)
            if isinstance(document, dict):
                document.pop("request", None)
                if document.get("next"):  # a cursor is text in hex, with an id in it
                    document["next"] = bytes.fromhex(document["next"]).decode("utf-8")
            text = json.dumps(document, ensure_ascii=False, sort_keys=True)
        return answer, self.neutral(text)

    def neutral(self, text):
        """The same text whatever the ids and the time."""
        for group in ("people", "units"):
            for name, found in self.people[group].items():
                text = text.replace(found, f"${group}.{name}$")
        text = ID.sub(lambda m: self.seen.setdefault(m[0], f"#{len(self.seen)}"), text)
        return MOMENT.sub("<moment>", text)


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Chance:
    """Makes acts; knows what was made so far by keys alone, which both stores share."""

    def __init__(self, seed, model):
        self.random = random.Random(seed)
        self.kinds = {kind["kind"]: kind for kind in model["kinds"]}
        self.keys = {kind: [] for kind in self.kinds}
        self.known = {}  # key: (version, state)

    def pick(self, items):
        return self.random.choice(list(items))

    def often(self, part):
        return self.random.random() < part

    def key(self, kind):
        """A record that is there, or now and then one that is not."""
        if not self.keys.get(kind) or self.often(0.02):
            return f"{self.kinds[kind]['prefix']}-0999"
        return self.pick(self.keys[kind])

    def text(self):
        return " ".join(self.pick(WORDS) for _ in range(self.random.randint(1, 4)))

    def value(self, field):
        """A value for a field: mostly good, sometimes at the edge, sometimes wrong."""
        if self.often(0.01):
            return self.pick([None, "", 7, -1, True, [], {}, "x" * 600, "2026-02-30", 1.5, "nothing"])
        kind = field["type"]
        if kind in ("text", "note") and not field.get("many"):
            return self.text() if kind == "note" else self.text().replace("\n", " ")
        if kind == "text":
            return [self.text().replace("\n", " ") for _ in range(self.random.randint(0, 3))]
        if kind == "integer":
            of = field.get("of")
            return int(self.pick(of)["value"]) if of else self.random.randint(0, 6)
        if kind == "number":
            return self.pick([0, 1, 2.5, 0.1, 1e9, 123456.789])
        if kind == "yes_no":
            return self.often(0.5)
        if kind == "date":
            return f"20{self.random.randint(20, 40)}-0{self.random.randint(1, 9)}-1{self.random.randint(0, 9)}"
        if kind == "moment":
            return "2026-05-01T10:00:00Z"
        if kind == "choice":
            values = [one["value"] for one in field["of"]]
            return [self.pick(values) for _ in range(2)] if field.get("many") else self.pick(values)
        return self.reference(field)

    def reference(self, field):
        if field["type"] == "rows":
            return [{c["name"]: self.value(c) for c in field["columns"] if self.often(0.5)}
                    for _ in range(self.random.randint(0, 3))]
        if field["type"] == "links":
            return []
        if field["type"] == "file":
            return "no file"
        if field["type"] == "document":
            return self.document()
        target = field.get("to")
        one = self.one_of(target)
        return one if field["type"] == "ref" else [one, self.one_of(target)][:self.random.randint(0, 2)]

    def document(self):
        """Languages, each with a text; at times compared with a version that is there, or is not."""
        tags = self.random.sample(["en", "zh", "de", "pt-BR", "english"], self.random.randint(1, 3))
        said = {}
        for tag in tags:
            said[tag] = {"title": self.text().replace("\n", " "), "text": self.pick(["# A\n\n- one\n- two", "Plain", "> a quotation", "**open"])}
            if self.often(0.3):
                said[tag]["compared"] = self.random.randint(1, 6)
        return {"lead": self.pick(tags), "versions": said} if self.often(0.9) else {"versions": said}

    def one_of(self, target):
        if target == "person":
            return f"$people.{self.pick(ACTORS)}$"
        if target == "role":
            return self.pick(["reviewer", "developer"] * 9 + ["king"])
        if target == "requirement":
            return self.pick(["iso-42001:6.1.2", "iso-42001:A.2.2"] * 9 + ["iso-42001:Z.9"])
        if target == "org_unit":
            return f"$units.{self.pick(cast.UNITS)}$"
        return self.key(target)

    def body(self, kind, part):
        """Fields of a record."""
        made = {"title": self.text().replace("\n", " ") or "title"} if self.often(0.95) else {}
        for field in self.kinds[kind]["fields"]:
            if field.get("computed") or field["name"] in made or field.get("system"):
                continue
            target = field.get("to")
            empty = target in self.keys and target != "org_unit" and not self.keys[target]
            wanted = field.get("required") is True or (self.often(part) and not empty)
            if wanted and field["name"] not in KEPT:
                made[field["name"]] = self.value(field)
        if self.often(0.02):
            made["colour"] = "blue"
        return made

    def act(self):
        """[who, method, path, body, headers]"""
        kind = self.pick(["task", "risk", "treatment", "ai_system", "document", "evidence", "supplier",
                          "impact_assessment", "assignment", "soa_entry", "risk_criteria", "org_unit"])
        if not self.keys[kind]:
            return self.create("amy", kind)
        who = self.pick(ACTORS) if self.often(0.5) else self.pick(["amy", "asa", "sol"])
        makers = [self.create] * 5 + [self.change] * 5 + [self.move] * 6 + [self.bulk, self.link,
                                                                           self.comment] + [self.look] * 4
        return self.pick(makers)(who, kind)

    def create(self, who, kind):
        return [who, "POST", f"/{kind}", self.body(kind, self.pick([0.1, 0.5, 0.9])), {}]

    def change(self, who, kind):
        key = self.key(kind)
        version = self.known.get(key, (1, ""))[0] if self.often(0.9) else self.random.randint(1, 4)
        return [who, "PATCH", f"/{kind}/{key}", self.body(kind, self.pick([0.05, 0.3])),
                {"If-Match": f'"{version}"'}]

    def move(self, who, kind):
        key = self.key(kind)
        moves = self.kinds[kind]["moves"]
        state = self.known.get(key, (1, ""))[1]
        possible = [m for m in moves if state in m["from"]] if self.often(0.9) else moves
        move = self.pick(possible or moves)
        body = {name: self.value(next(f for f in self.kinds[kind]["fields"] if f["name"] == name))
                for name in move.get("asks", [])}
        if self.often(0.8):
            body["reason"] = "because"
        return [who, "POST", f"/{kind}/{key}/moves/{move['move']}", body, {}]

    def bulk(self, who, kind):
        keys = [self.key(kind) for _ in range(self.random.randint(1, 5))]
        return [who, "PATCH", f"/{kind}", {"ids": keys, "set": self.body(kind, 0.05)}, {}]

    def link(self, who, kind):
        other = self.pick(["task", "risk", "ai_system"])
        method = self.pick(["POST", "POST", "DELETE"])
        return [who, method, f"/{kind}/{self.key(kind)}/links",
                {"type": self.pick(["about", "causes"]), "to": self.key(other)}, {}]

    def comment(self, who, kind):
        return [who, "POST", f"/{kind}/{self.key(kind)}/comments", {"body": self.text()}, {}]

    def look(self, who, kind):
        place = self.pick([
            f"/{kind}?sort=key&facets=state", f"/{kind}?sort=-title,key&limit=3", f"/{kind}?state.not=open&sort=key",
            f"/{kind}?owner=me&sort=key", f"/{kind}?title.gte=c&sort=title,key", f"/{kind}?due.empty=0&sort=due,key",
            f"/{kind}/{self.key(kind)}", f"/{kind}/{self.key(kind)}/moves", f"/{kind}/{self.key(kind)}/history",
            f"/{kind}?format=csv&sort=key", f"/{kind}?q=credit&sort=key", f"/{kind}?q=%E8%B4%B7%E6%AC%BE&sort=key",
            f"/{kind}?tags=chat&sort=key", "/checks", "/soa?framework=iso-42001",
            "/readiness?framework=iso-42001", f"/{kind}/{self.key(kind)}/comments"])
        return [who, "GET", place, None, {}]

    def learn(self, act, answer):
        """Remembers what was made and where it stands."""
        if answer.status in (200, 201) and answer.type == "application/json" and act[1] != "DELETE":
            record = answer.json
            if "key" in record:
                self.known[record["key"]] = (record["version"], record["state"])
        if act[1] == "POST" and answer.status == 201 and act[2].count("/") == 1:
            self.keys[act[2][1:]].append(answer.json["key"])


KEPT = {"id", "key", "kind", "state", "version", "author", "editor", "created_at", "updated_at", "body",
        "file", "contract"}


def compare(seed, acts, twins, model):
    """Plays one seed; returns the problems."""
    chance, done = Chance(seed, model), []
    for _ in range(acts):
        act = chance.act()
        done.append(act)
        (first, one), (second, two) = [twin.send(act) for twin in twins]
        if first.status != second.status or one != two or first.status >= 500:
            where = next((i for i, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))
            return [f"seed {seed}, act {len(done)}: {json.dumps(act, ensure_ascii=False)[:1500]}",
                    f"sqlite:     {first.status} …{one[max(0, where - 200):where + 400]}",
                    f"postgresql: {second.status} …{two[max(0, where - 200):where + 400]}"]
        chance.learn(act, first)
    sizes = [twin.client.ledger_size() for twin in twins]
    return [] if sizes[0] == sizes[1] else [f"seed {seed}: ledgers of {sizes} entries"]


def play(seed, options, report, places):
    """One seed on a fresh pair of organisations."""
    pair = [stores.copy(template) for stores, template, _ in places]
    try:
        with Server(pair[0]) as one, Server(pair[1]) as two:
            twins = [Twin(server, place[2]) for server, place in zip((one, two), places)]
            with twins[0].client, twins[1].client:
                model = twins[0].client.must("amy", "GET", "/model")
                problems = compare(seed, options.acts, twins, model)
        for store in pair:
            run("verify", "--deep", *store.words)
    except Failed as error:
        problems = [f"seed {seed}: {error}"]
    for (stores, _, _), store in zip(places, pair):
        stores.drop(store)
    report.tell(f"twins agree, seed {seed}", problems)


def main():
    """Reads the command line and plays."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--acts", type=int, default=400)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="aimwell-twins-") as folder:
        makers = [open_stores(kind, folder) for kind in ("sqlite", "postgresql")]
        try:
            places = []
            for maker in makers:
                template = maker.new()
                places.append((maker, template, cast.make(template, folder)))
            for seed in range(options.first, options.first + options.seeds):
                play(seed, options, report, places)
        finally:
            for maker in makers:
                maker.close()
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
