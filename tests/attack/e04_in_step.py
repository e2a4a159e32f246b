#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E4: whether the languages of a document are in step follows from the versions of the record alone. A document is
changed many times, with lies about what is computed in every request; then its history is walked and the rule of
docs/model.md §2.1 applied to what each version says: every version must say the same, and the record too. Beside it:
bounds are refused by name, and who may not read the field has neither its words nor its files.

    e04_in_step.py PATH_OF_AIMWELL [--seed N]
"""
import argparse
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

KIND = "x_paper"
TAGS = ["en", "zh", "de"]


def site(folder):
    os.makedirs(folder + "/kinds")
    kind = {"kind": KIND, "prefix": "XPA", "title": "Paper", "plural": "Papers", "icon": "box", "phase": "base", "order": 99,
            "about": "A document, and one that not everybody reads.",
            "fields": {"x_words": {"type": "document", "title": "Words", "about": "Its words."},
                       "x_step": {"type": "yes_no", "title": "In step", "about": "Are they?", "computed": {"fn": "in_step", "field": "x_words"}},
                       "x_kept": {"type": "document", "title": "Kept", "about": "For auditors.", "read": ["internal_auditor"]}},
            "list": ["title", "state", "x_words"],
            "states": {"start": "open", "of": {"open": {"title": "Open", "tone": "idle", "about": "There."},
                                               "closed": {"title": "Closed", "tone": "ok", "end": True, "about": "Done."}}},
            "moves": {"close": {"title": "Close", "from": ["open"], "to": "closed", "by": ["staff"]}},
            "access": {"read": ["everyone"], "create": ["staff"], "change": ["staff"]}}
    with open(f"{folder}/kinds/{KIND}.json", "w", encoding="utf-8") as f:
        json.dump(kind, f)
    return folder


def content(one):
    return {name: one[name] for name in ("title", "text", "file") if name in one}


def rule(versions):
    """What every version must say, from the first on: {tag: (changed, behind)} of each."""
    out, before = [], None
    for number, value in enumerate(versions, 1):
        now = {}
        for tag, one in (value or {"versions": {}})["versions"].items():
            had = (before or {"versions": {}})["versions"].get(tag)
            now[tag] = out[-1][tag][0] if had and content(had) == content(one) else number
        lead = value and value["lead"]
        marks = {}
        for tag, changed in now.items():
            stands = max(changed, value["versions"][tag].get("compared", 0))
            behind = None
            if tag != lead and stands < now[lead]:
                was = out[-1].get(tag, (0, None))[1] if before and before["lead"] == lead else None
                behind = was if was and was > stands else now[lead]
            marks[tag] = (changed, behind)
        out.append(marks)
        before = value
    return out


class Suite:
    def __init__(self, report, aimwell, folder, store, dice):
        self.report, self.dice = report, dice
        self.name = "postgresql" if store else "sqlite"
        self.place = harness.Place(aimwell, data=None if store else folder + "/data", store=store)
        self.place.where += ["--site", site(folder + "/site")]
        token, other = self.place.init(), self.place.token("staff")
        self.server = harness.Server(self.place)
        self.client, self.stranger = (harness.Client(self.server.port, one) for one in (token, other))

    def say(self, good, name, why=""):
        return self.report.say(good, f"{self.name} {name}", why)

    def file(self, name, client=None):
        return (client or self.client).good("POST", "files", raw=name.encode(), X_File_Name=name, Content_Type="text/plain")["id"]

    def next_value(self, value, version):
        """The value with a step taken, and lies."""
        value = json.loads(json.dumps(value)) or {"lead": "en", "versions": {}}
        versions = value["versions"]
        for _ in range(self.dice.choice([1, 1, 2])):
            tag = self.dice.choice(TAGS)
            what = self.dice.choice(["text", "text", "title", "compared", "compared", "lead", "drop"])
            if what == "text" or tag not in versions:
                versions[tag] = {**{k: v for k, v in versions.get(tag, {}).items() if k != "file"}, "text": f"Words {self.dice.randrange(6)}"}
            elif what == "title":
                versions[tag]["title"] = f"Title {self.dice.randrange(3)}"
            elif what == "compared" and version:
                versions[tag]["compared"] = self.dice.randint(1, version)
            elif what == "lead":
                value["lead"] = tag
            elif what == "drop" and len(versions) > 1:
                del versions[tag]
        if value["lead"] not in versions:
            value["lead"] = sorted(versions)[0]
        for one in versions.values():
            one.update(self.dice.choice([{}, {"changed": 99}, {"behind": 1}, {"changed": 1, "behind": 98}]))
        return value

    def follows(self):
        made = self.client.good("POST", KIND, {"title": "Paper", "x_words": self.next_value(None, 0)})
        now = made
        for _ in range(60):
            change = {"x_words": None} if self.dice.random() < 0.04 else {"x_words": self.next_value(now.get("x_words"), now["version"])}
            if self.dice.random() < 0.2:
                change = {"due": f"2028-01-{self.dice.randint(10, 28)}"}
            now = self.client.good("PATCH", f"{KIND}/{made['id']}", change, If_Match=f'"{now["version"]}"')
        values, value = [], None
        for item in reversed(self.client.good("GET", f"{KIND}/{made['id']}/history?limit=200")["items"]):
            for one in item["changes"]:
                value = one["to"] if one["field"] == "x_words" else value
            if item["act"] == "record.create":
                value = made["x_words"]
            values.append(value)
        want = rule(values)
        got = [{tag: (one.get("changed"), one.get("behind")) for tag, one in (v or {"versions": {}})["versions"].items()} for v in values]
        wrong = [n + 1 for n in range(len(values)) if got[n] != want[n]]
        self.say(len(values) == now["version"] and not wrong, f"{len(values)} versions say what follows from them",
                 wrong and f"version {wrong[0]}: {got[wrong[0] - 1]}, not {want[wrong[0] - 1]}")
        last = want[-1]
        step = None if len(last) < 2 else not any(behind for _, behind in last.values())
        self.say(now.get("x_step") == step and now.get("x_words") == values[-1], "the record says what its last version says", now.get("x_step"))
        self.say(any(b for marks in want for _, b in marks.values()) and any(len(m) > 1 and not any(b for _, b in m.values()) for m in want),
                 "some were behind and some in step")

    def bounded(self):
        for words, text, code in (("characters", "a" * 60001, "too_long"), ("lines", "a\n" * 5000 + "a", "lines"), ("rows", "| a |\n| b |", "table")):
            status, _, reply = self.client.ask("POST", KIND, {"title": "Long", "x_words": {"versions": {"en": {"text": text}}}})
            self.say(status == 422 and [(e["field"], e["code"]) for e in reply["errors"]] == [("x_words.versions.en.text", code)], f"too many {words} are refused by name", reply)
        # What never ends, at its full length: the server answers as always.
        for piece in ("*a ", "[a](", "**a*", "***", "\\"):
            text = ("x" + piece * 60000)[:60000]
            status, _, reply = self.client.ask("POST", KIND, {"title": "Marks", "x_words": {"versions": {"en": {"text": text}}}})
            self.say(status in (201, 422), f"marks {piece!r} without end are answered", status)
        many = {tag: {"text": "a"} for tag in ("aa", "ab", "ac", "ad", "ae", "af", "ag", "ah", "ai")}
        status, _, reply = self.client.ask("POST", KIND, {"title": "Many", "x_words": {"lead": "aa", "versions": many}})
        self.say(status == 422 and reply["errors"][0]["code"] == "too_many", "nine languages are refused", reply)

    def hidden(self):
        secret = self.file("secret.txt")
        made = self.client.good("POST", KIND, {"title": "Kept", "x_kept": {"lead": "en", "versions": {"en": {"title": "Zinnober", "text": "Zinnober words"}, "zh": {"file": secret}}}})
        seen = self.stranger.good("GET", f"{KIND}/{made['id']}")
        self.say("x_kept" not in seen and "Zinnober" not in json.dumps(seen) and secret not in json.dumps(seen), "who may not read the field does not see it", seen)
        self.say("Zinnober" not in json.dumps(self.stranger.good("GET", f"{KIND}/{made['id']}/history")), "nor in its history")
        self.say(self.stranger.ask("GET", f"files/{secret}")[0] == 404 and self.client.ask("GET", f"files/{secret}")[0] == 200, "nor its file")
        self.say(self.stranger.good("GET", "search?q=Zinnober")["total"] == 0, "nor finds it by its words")
        status = self.stranger.ask("GET", f"{KIND}?x_kept=zh")[0]
        self.say(status == 422, "nor by its languages", status)
        status, _, reply = self.stranger.ask("POST", KIND, {"title": "Mine now", "x_words": {"versions": {"en": {"file": secret}}}})
        self.say(status == 422 and reply["errors"][0]["code"] == "unknown_reference", "nor by referring to the file", reply)

    def play(self):
        self.follows()
        self.bounded()
        self.hidden()
        self.server.stop()
        code, out, err = self.place.verify("--deep")
        self.say(code == 0, "deep verification finds everything as it is", out + err)


def main():
    aimwell, report, folder = harness.program(), harness.Report(), harness.temporary()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=29)
    dice = harness.seed_of(parser.parse_args())
    Suite(report, aimwell, folder + "/sqlite", None, dice).play()
    if harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            Suite(report, aimwell, folder + "/postgresql", url, dice).play()
    report.end()


main()
