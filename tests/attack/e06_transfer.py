#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E6: files are taken in by the API: dropped, looked at, matched, rehearsed, taken in with progress and taken back,
each for the person who asks, through the one door, while others work.

    e06_transfer.py PATH_OF_AIMWELL
"""
import os
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402


class Suite:
    def __init__(self):
        self.aimwell, self.report, self.folder = harness.program(), harness.Report(), harness.temporary()
        self.place = harness.Place(self.aimwell, data=self.folder + "/data")
        self.tokens = [self.place.init(), self.place.token("staff"), self.place.token("aims_manager,staff")]
        self.server = harness.Server(self.place)
        self.amy, self.stan, self.bea = [harness.Client(self.server.port, one) for one in self.tokens]

    def say(self, good, name, why=""):
        return self.report.say(good, name, why)

    def drop(self, who, kind, name, content):
        raw = content if isinstance(content, bytes) else content.encode()
        return who.ask("POST", f"transfer?kind={kind}", raw=raw, **{
            "X_File_Name": urllib.parse.quote(name), "Content_Type": "application/octet-stream"})

    def settle(self, who, one):
        for _ in range(600):
            status, _, one = who.ask("GET", f"transfer/{one['id']}")
            if status != 200 or not one["state"].endswith("ing"):
                return one
            time.sleep(0.05)
        return one

    def act(self, who, one, act, body=None):
        status, _, answer = who.ask("PATCH" if act == "say" else "POST",
                                    f"transfer/{one['id']}" + ("" if act == "say" else "/" + act), body)
        return self.settle(who, answer) if status == 202 else {"status": status, **answer}

    def columns(self, one):
        return {c["name"]: (c["field"], c["by"]) for c in one["look"]["columns"]}

    # ---- the whole way
    def journey(self):
        rows = "\n".join(f"n-{n},Task {n},soon,whatever" for n in range(450))
        status, _, one = self.drop(self.amy, "task", "tasks.csv", "External ID,Name of the task,What to do (details),Junk\n" + rows + "\n")
        self.say(status == 201, "a file is dropped", f"{status} {one}")
        one = self.settle(self.amy, one)
        found = self.columns(one)
        self.say(one["state"] == "looked" and one["look"]["rows"] == 450 and found["External ID"] == ("external_id", "name")
                 and found["Junk"] == ("", "none"), "it is looked at", one)
        self.say(one["look"]["columns"][1]["samples"][0] == "Task 0", "with samples", one["look"]["columns"][1])
        one = self.act(self.amy, one, "say", {"columns": {"Name of the task": "title", "What to do (details)": None}})
        found = self.columns(one)
        self.say(found["Name of the task"] == ("title", "hand") and found["What to do (details)"] == ("", "left"),
                 "matches are mended by hand", found)
        one = self.act(self.amy, one, "rehearse")
        result = one.get("result", {})
        self.say(one["state"] == "rehearsed" and result.get("accepted") == 450 and result["dry_run"], "it is rehearsed", one)
        self.say(self.amy.good("GET", "task")["total"] == 0, "and nothing of it stays")
        one = self.act(self.amy, one, "take")
        self.say(one["state"] == "taken" and one["result"]["accepted"] == 450 and one["done"] == 450, "it is taken in", one)
        self.say(self.amy.good("GET", "task")["total"] == 450, "all of it")
        again = self.act(self.amy, one, "take")
        self.say(again["result"]["unchanged"] == 450, "once is enough", again["result"])
        return one

    # ---- taking back
    def undone(self, one):
        items = self.amy.good("GET", "task?limit=50&sort=key")["items"]
        changed, spoken, pointed = items[0], items[1], items[2]
        self.bea.good("PATCH", f"task/{changed['id']}", {"title": "Mine now"}, If_Match='"1"')
        self.bea.good("POST", f"task/{spoken['id']}/comments", {"body": "Good one"})
        self.bea.good("POST", f"task/{items[3]['id']}/links", {"type": "related", "to": pointed['id']})
        other = self.act(self.bea, one, "undo")
        self.say(other.get("status") == 404, "nobody else takes it back", other)
        self.server.stop()
        self.server = harness.Server(self.place)
        self.amy, self.stan, self.bea = [harness.Client(self.server.port, t) for t in self.tokens]
        taken = self.amy.good("GET", "transfer")["taken"]
        self.say([(t["id"], t["kind"], t["parts"]) for t in taken] == [(one["id"], "task", 450)], "a restart forgets nothing", taken)
        back = self.act(self.amy, one, "undo")
        errors = back.get("result", {}).get("errors", [])
        said = " ".join(e["message"] for e in errors)
        self.say(back["state"] == "undone" and back["result"]["undone"] == 446 and back["result"]["refused"] == 4,
                 "it is taken back by one act", back)
        self.say(sorted(e["id"] for e in errors) == sorted(i["id"] for i in items[:4]) and changed["key"] in said
                 and "Mine now" in said, "but what somebody has to do with since, by name", errors)
        self.say(self.amy.good("GET", "task?state=archived")["total"] == 446, "the rest is archived",
                 self.amy.good("GET", "task?state=archived")["total"])
        history = self.amy.good("GET", f"task/{back and self.amy.good('GET', 'task?state=archived')['items'][0]['id']}/history")["items"][0]
        self.say(history["actor"]["id"] != "system" and "taken back" in history.get("reason", ""), "which its history says", history)
        left = self.amy.good("GET", "transfer")["taken"]
        self.say(left[0]["parts"] == 4, "what stayed can be asked for again", left)

    def changes(self):
        made = self.amy.good("POST", "task", {"title": "Old", "external_id": "u-1"})
        one = self.settle(self.amy, self.drop(self.amy, "task", "one.csv", "external_id,title\nu-1,New\n")[2])
        one = self.act(self.amy, one, "take")
        self.say(one["result"]["updated"] == 1, "a row changes its record", one["result"])
        back = self.act(self.amy, one, "undo")
        now = self.amy.good("GET", f"task/{made['id']}")
        self.say(back["result"]["undone"] == 1 and now["title"] == "Old" and now["version"] == 3, "and is changed back", (back["result"], now))

    # ---- who
    def people(self):
        status, _, answer = self.drop(self.stan, "org_unit", "units.csv", "title\nOne\n")
        self.say(status == 403, "who may not create drops nothing", f"{status} {answer}")
        status, _, one = self.drop(self.bea, "org_unit", "units.csv", "title,code\nOne,U1\nTwo,U1\n")
        one = self.settle(self.bea, one)
        for act in ("rehearse", "take"):
            answer = self.act(self.amy, one, act)
            self.say(answer.get("status") == 404, f"{act}: a file is its person's", answer)
        self.say(self.amy.ask("GET", f"transfer/{one['id']}")[0] == 404, "nobody else sees it")
        one = self.act(self.bea, one, "rehearse")
        errors = one["result"]["errors"]
        self.say([(e["line"], e["column"], e["code"]) for e in errors] == [(3, "code", "twice")], "line, column, reason", one)
        one = self.act(self.bea, one, "take")
        self.say((one["result"]["accepted"], one["result"]["rejected"]) == (1, 1), "as was promised", one)
        maker = self.bea.good("GET", "org_unit?sort=-key")["items"][0]
        record = self.bea.good("GET", f"org_unit/{maker['id']}")
        self.say(record.get("record", record).get("author"), "they are its author", record)

    # ---- what is wrong
    def wrong(self):
        cases = (("a.xlsx", b"PK\x03\x04 not a workbook", "no workbook"), ("a.csv", "", "empty"), ("a.pdf", "%PDF-1.7", "a PDF"),
                 ("a.json", '{"a": [1], "b": [2]}', "an object"), ("a.csv", "\n\n\n", "no header"))
        for name, content, words in cases:
            status, _, one = self.drop(self.amy, "task", name, content)
            one = self.settle(self.amy, one) if status == 201 else one
            good = (status == 201 and one["state"] == "failed" and one["problems"][0]["message"]) or status == 422
            self.say(good, f"{words} is refused and named", f"{status} {one}")
            if status == 201:
                self.amy.ask("DELETE", f"transfer/{one['id']}")
        held = [self.drop(self.amy, "task", "t.csv", "title\nOne\n") for _ in range(6)]
        self.say([one[0] for one in held][-1] == 429, "one person has only so many", [one[0] for one in held])
        for status, _, one in held:
            if status == 201:
                self.settle(self.amy, one)
                self.amy.ask("DELETE", f"transfer/{one['id']}")
        one = self.settle(self.amy, self.drop(self.amy, "task", "t.csv", "title,x\nOne,2\n")[2])
        for body in ({"columns": {"x": "no_such"}}, {"columns": {"x": "state"}}, {"columns": {"x": "title", "title": "title"}},
                     {"dates": "some"}, {"map": "no-such"}):
            answer = self.act(self.amy, one, "say", body)
            self.say(answer.get("state") == "failed" and answer["problems"] and "look" in answer, f"{body} is refused, what was seen stays", answer)
        for body in ({"colour": "red"}, {"columns": {"x": 3}}, {"header": 0}, {"sheet": 3}, [1]):
            self.say(self.act(self.amy, one, "say", body).get("status") == 422, f"{body} is no form", body)
        self.say(self.amy.ask("DELETE", f"transfer/{one['id']}")[0] == 204 and self.amy.ask("GET", f"transfer/{one['id']}")[0] == 404, "and taken off the desk")

    # ---- others work meanwhile; it can be stopped
    def meanwhile(self):
        rows, before = "\n".join(f"big {n}" for n in range(20000)), self.amy.good("GET", "task")["total"]
        one = self.settle(self.amy, self.drop(self.amy, "task", "big.csv", "title\n" + rows + "\n")[2])
        status, _, answer = self.amy.ask("POST", f"transfer/{one['id']}/take")
        made = sum(self.bea.ask("POST", "task", {"title": f"Mine {n}"})[0] == 201 for n in range(20))
        during = self.amy.good("GET", f"transfer/{one['id']}")
        self.say(made == 20 and during["state"] == "taking" and 0 < during["done"] < 20000, "others write while it is taken in", (made, during))
        self.say(self.amy.ask("POST", f"transfer/{one['id']}/take")[0] == 409, "it is not begun twice")
        self.say(self.amy.ask("DELETE", f"transfer/{one['id']}")[0] == 204, "it is asked to stop")
        one = self.settle(self.amy, one)
        self.say(one["state"] == "taken" and one["result"]["stopped"] and one["result"]["accepted"] == one["done"] < 20000, "and stops after its slice", one)
        total = self.amy.good("GET", "task")["total"] - before - 20
        self.say(total == one["done"], "what it says is what there is", (total, one["done"]))

    def run(self):
        one = self.journey()
        self.undone(one)
        self.changes()
        self.people()
        self.wrong()
        self.meanwhile()
        self.say(self.server.stop() == 0, "the server ends in good order")
        code, out, err = self.place.verify("--deep")
        self.say(code == 0, "everything is intact", out + err)
        self.report.end()


Suite().run()
