#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E5: a value of every type of field goes through the door, its column, a file and back, on both stores: a
record of a register with a field of each is read, listed, filtered, exported as CSV, XLSX and JSON,
emptied and imported again, and says the same. The types are those of src/model/types: one without values
below fails.

    e05_every_type_comes_back.py PATH_OF_AIMWELL
"""
import glob
import json
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

TYPES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "model", "types")
KIND = "x_everything"
SCALE = {"low": "Low", "high": "High"}
# What a field of the type has more; a value, another, one that is refused. ME and FILES stand for ids.
VALUES = {
    "text": ({}, "A name; with \"marks\"", "Another", "two\nlines"),
    "note": ({}, "Two\nlines", "One", "\u0001"),
    "integer": ({"min": 0, "max": 9}, 7, 3, 10),
    "number": ({"max": 8}, 7.25, -1.5, 8.5),
    "yes_no": ({}, True, False, "yes"),
    "date": ({}, "2028-02-29", "2026-01-31", "2027-02-29"),
    "moment": ({}, "2026-11-28T09:30:00.000000Z", "2026-11-27T00:00:00.000000Z", "yesterday"),
    "choice": ({"of": SCALE}, "high", "low", "middle"),
    "ref": ({"to": "person"}, "ME", None, "nobody"),
    "refs": ({"to": "person"}, ["ME"], None, ["nobody"]),
    "file": ({}, "FILE0", "FILE1", "none"),
    "rows": ({"columns": {"day": {"type": "date", "title": "Day"}, "many": {"type": "integer", "title": "How many"},
                          "sure": {"type": "yes_no", "title": "Sure"}}},
             [{"day": "2026-11-28", "many": 2, "sure": True}, {"many": 3}], None, [{"other": 1}]),
    "document": ({}, {"lead": "en", "versions": {"en": {"title": "A \"policy\"; ours", "text": "# One\n\n- **two**; [[RSK-0001]]\n\n| a |\n|---|\n| b |"},
                                                 "zh": {"title": "方针", "file": "FILE0"}}},
                 {"lead": "zh", "versions": {"zh": {"file": "FILE1"}}}, {"versions": {"en": {"text": "a\n<b>b</b>"}}}),
}
COMPUTED = {"changed", "behind"}  # inside a document, by the engine: tests/attack/e04_in_step.py
ENGINE = {"links"}  # the one field of the type is in every register: tests/api/links.txt


def types():
    """The words of all types there are."""
    found = set()
    for path in glob.glob(os.path.join(TYPES, "*.c")):
        found |= set(re.findall(r'\.word = "(\w+)"', open(path, encoding="utf-8").read()))
    return found


def model(folder):
    """A site with the register."""
    os.makedirs(folder + "/kinds")
    fields = {"x_" + word: {"type": word, "title": f"Field {word}", "about": f"A field of type {word}.", **more}
              for word, (more, *_) in VALUES.items()}
    kind = {"kind": KIND, "prefix": "XEV", "title": "Everything", "plural": "Everything", "icon": "box", "phase": "base",
            "order": 99, "about": "A field of each type.", "fields": fields, "list": ["title", "state"],
            "states": {"start": "open", "of": {"open": {"title": "Open", "tone": "idle", "about": "There."},
                                               "closed": {"title": "Closed", "tone": "ok", "end": True, "about": "Done."}}},
            "moves": {"close": {"title": "Close", "from": ["open"], "to": "closed", "by": ["staff"]}},
            "access": {"read": ["everyone"], "create": ["staff"], "change": ["staff"]}}
    with open(f"{folder}/kinds/{KIND}.json", "w", encoding="utf-8") as f:
        json.dump(kind, f)
    return folder


class Suite:
    def __init__(self, report, aimwell, folder, store=None):
        self.report, self.folder = report, folder
        self.name = "postgresql" if store else "sqlite"
        self.place = harness.Place(aimwell, data=None if store else folder + "/data", store=store)
        self.place.where += ["--site", model(folder + "/site")]
        token = self.place.init()
        self.server = harness.Server(self.place)
        self.client = harness.Client(self.server.port, token)
        self.stand_ins = {"ME": self.client.good("GET", "session")["user"]["id"]}
        for n in range(2):
            self.stand_ins[f"FILE{n}"] = self.client.good("POST", "files", raw=f"letter {n}".encode(), X_File_Name=f"{n}.txt",
                                                          Content_Type="text/plain")["id"]

    def say(self, good, name, why=""):
        return self.report.say(good, f"{self.name} {name}", why)

    def real(self, value):
        if isinstance(value, list):
            return [self.real(one) for one in value]
        if isinstance(value, dict):
            return {name: self.real(one) for name, one in value.items()}
        return self.stand_ins.get(value, value) if isinstance(value, str) else value

    def said(self, value):
        """Without what the engine computes inside it."""
        if isinstance(value, dict):
            return {name: self.said(one) for name, one in value.items() if name not in COMPUTED}
        return value

    def read(self):
        record = self.client.good("GET", f"{KIND}/{self.id}")
        return {word: self.said(record.get("x_" + word)) for word in VALUES}, record["version"]

    def write(self, values):
        _, version = self.read()
        return self.client.good("PATCH", f"{KIND}/{self.id}", {"x_" + word: value for word, value in values.items()},
                                If_Match=f'"{version}"')

    def made(self):
        self.first = {word: self.real(value) for word, (_, value, _, _) in VALUES.items()}
        made = self.client.good("POST", KIND, {"title": "One of each", **{"x_" + w: v for w, v in self.first.items()}})
        self.id, self.key = made["id"], made["key"]
        self.say(self.read()[0] == self.first, "each is kept as it was given", self.read()[0])
        for word, (_, _, _, wrong) in VALUES.items():
            status, _, reply = self.client.ask("POST", KIND, {"title": "Wrong", "x_" + word: wrong})
            self.say(status == 422 and str(reply).find("x_" + word) >= 0, f"{word}: {wrong!r} is refused", f"{status} {reply}")

    def asked_for(self, word):
        """The lists by which the record is found, and those by which it is not."""
        value = self.first[word]
        if word == "rows":
            return ["x_rows.empty=0"], ["x_rows.empty=1"]
        if word == "document":
            return ["x_document=zh", "x_document.not=de", "x_document.empty=0"], ["x_document=de", "x_document.not=en", "x_document.empty=1"]
        one = value[0] if isinstance(value, list) else value
        said = urllib.parse.quote(str(one).lower() if isinstance(one, bool) else str(one))
        return [f"x_{word}={said}", f"x_{word}.empty=0"], [f"x_{word}.not={said}", f"x_{word}.empty=1"]

    def listed(self):
        for word in VALUES:
            found, missed = self.asked_for(word)
            self.say(all(self.client.good("GET", f"{KIND}?{q}")["total"] == 1 for q in found), f"{word}: is found", found)
            self.say(all(self.client.good("GET", f"{KIND}?{q}")["total"] == 0 for q in missed), f"{word}: is not found otherwise", missed)

    def through_files(self):
        for form in ("csv", "xlsx", "json"):
            self.write(self.first)
            out = f"{self.folder}/all.{form}"
            raw = self.client.ask("GET", f"{KIND}?format={form}")[2]
            with open(out, "wb") as f:
                f.write(raw if isinstance(raw, bytes) else json.dumps(raw).encode())
            others = {word: self.real(other) for word, (_, _, other, _) in VALUES.items()}
            self.write(others)
            self.say(self.read()[0] == others, f"{form}: each has another value", self.read()[0])
            code, result, err = harness.run(self.place.aimwell, "import", KIND, out, "--as", "robot1@test.example", "--json",
                                            where=self.place.where)
            now = self.read()[0]
            for word in VALUES:
                self.say(now[word] == self.first[word], f"{word}: comes back from {form}",
                         f"{now[word]!r}, not {self.first[word]!r}; {code} {result[:600]} {err[:200]}")

    def play(self):
        self.made()
        self.listed()
        self.through_files()
        self.server.stop()
        code, out, err = self.place.verify("--deep")
        self.say(code == 0, "the columns say what the versions say", out + err)


def main():
    aimwell, report, folder = harness.program(), harness.Report(), harness.temporary()
    report.say(types() == set(VALUES) | ENGINE, "there are values for every type", sorted(types() ^ (set(VALUES) | ENGINE)))
    Suite(report, aimwell, folder + "/sqlite").play()
    if harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            Suite(report, aimwell, folder + "/postgresql", url).play()
    report.end()


main()
