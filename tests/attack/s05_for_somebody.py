#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S5 and S9: what a token or an import writes is somebody's; duties judge them; a token has its roles and no more.

    s05_for_somebody.py PATH_OF_AIMWELL
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

PASSWORD = "lanterns along the quay 31"


class Site:
    def __init__(self, report):
        self.aimwell, self.report, self.folder = harness.program(), report, harness.temporary()
        self.place = harness.Place(self.aimwell, data=os.path.join(self.folder, "data"))
        self.password = self.file("password", PASSWORD + "\n")
        self.must("init", "--organisation", "Test", "--admin", "root@test.example", "--password-file", self.password)
        self.must("user", "add", "asa@test.example", "--name", "Asa", "--roles", "assessor,aims_manager,system_owner",
                  "--password-file", self.password)

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(content)
        return path

    def run(self, *words):
        return harness.run(self.aimwell, *words, where=self.place.where)

    def must(self, *words):
        return harness.must(self.aimwell, *words, where=self.place.where)

    def say(self, *words):
        return self.report.say(*words)

    def commands(self):
        tasks = self.file("tasks.csv", "title,external_id\nOne,a-1\n")
        code, _, err = self.run("import", "task", tasks)
        self.say(code == 2 and "--as EMAIL" in err, "an import says for whom", f"{code} {err}")
        code, _, err = self.run("import", "task", tasks, "--as", "asa@test.example")
        self.say(code == 0, "and is theirs", f"{code} {err}")
        code, _, err = self.run("token", "create", "t", "--roles", "aims_manager")
        self.say(code == 2 and "--for EMAIL" in err, "a token with a role of the business names somebody", f"{code} {err}")
        code, out, err = self.run("token", "create", "t", "--roles", "internal_auditor", "--for", "asa@test.example")
        self.say(code == 3 and not out, "and holds no more than they do", f"{code} {out}{err}")
        self.token = self.run("token", "create", "t", "--roles", "aims_manager,staff", "--for", "asa@test.example")[1].strip()
        self.nobody = self.run("token", "create", "n", "--roles", "staff")[1].strip()
        self.wide = self.run("token", "create", "w", "--roles", "assessor", "--for", "asa@test.example", "--relations")[1].strip()
        self.narrow = self.run("token", "create", "s", "--roles", "assessor", "--for", "asa@test.example")[1].strip()

    def served(self):
        server = harness.Server(self.place)
        asa = harness.Client(server.port)
        me = asa.log_in("asa@test.example", PASSWORD)["user"]["id"]
        task = asa.every("task")[0]
        self.say(task.get("author") == me and task.get("editor") == me, "the import's records have an author", str(task))
        robot, nobody = harness.Client(server.port, self.token), harness.Client(server.port, self.nobody)
        status, _, made = robot.ask("POST", "document", {"title": "Plan", "doc_type": "plan"})
        self.say(status == 201 and made["author"] == me, "the token's records have an author", f"{status} {made}")
        entry = robot.good("GET", f"ledger/entries?from={made['ledger']['index']}&limit=1")["entries"][0]["leaf"]
        self.say(entry["actor"]["t"] == "token" and entry["actor"].get("for") == me,
                 "the entry names the token and the person", str(entry["actor"]))
        status, _, said = nobody.ask("GET", "task")
        self.say(status == 200, "a token for nobody reads", f"{status} {said}")
        status, _, said = nobody.ask("POST", "ai_system", {"title": "By nobody"})
        self.say(status == 403 and said["errors"][0]["code"] == "nobody", "and writes nothing", f"{status} {said}")
        self.relations(server, me)
        code, asked = server.stop(), self.place.verify("--deep")
        self.say(code == 0 and asked[0] == 0, "verify --deep finds nothing", f"{code} {asked}")

    def relations(self, server, me):
        """asa owns a restricted system: the role of an assessor does not show it."""
        asa, asked = harness.Client(server.port), {}
        asa.log_in("asa@test.example", PASSWORD)
        made = asa.good("POST", "ai_system", {"title": "Held close", "confidentiality": "restricted", "owner": me})
        for name, token in (("narrow", self.narrow), ("wide", self.wide)):
            asked[name] = harness.Client(server.port, token).ask("GET", f"ai_system/{made['id']}")[0]
        self.say(asked == {"narrow": 404, "wide": 200}, "S9: owning it counts only for a token that asked for that", str(asked))
        listed = harness.Client(server.port, self.narrow).good("GET", "ai_system")["total"]
        self.say(listed == 0, "S9: also in lists", str(listed))


def main():
    report = harness.Report()
    site = Site(report)
    site.commands()
    site.served()
    report.end()


main()
