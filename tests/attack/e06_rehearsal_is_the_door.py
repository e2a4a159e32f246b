#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E6: a dry run goes through the one door, so that it promises nothing the door refuses. Each file is
rehearsed, the store is found as it was, and the file is taken in: the same rows are refused for the
same reasons.

    e06_rehearsal_is_the_door.py PATH_OF_AIMWELL
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

COUNTS = ("accepted", "updated", "unchanged", "rejected")


class Suite:
    def __init__(self):
        self.aimwell, self.report, self.folder = harness.program(), harness.Report(), harness.temporary()
        self.place = harness.Place(self.aimwell, data=self.folder + "/data")
        self.token = self.place.init()

    def take(self, kind, path, *more):
        code, out, err = harness.run(self.aimwell, "import", kind, path, "--as", "robot1@test.example", "--json", *more,
                                     where=self.place.where)
        result = json.loads(out) if out.startswith("{") else {}
        return [result.get(one) for one in COUNTS], \
            sorted((e["line"], e["code"]) for e in result.get("errors", [])), code, err

    def size(self):
        code, out, err = harness.run(self.aimwell, "verify", where=self.place.where)
        return out if code == 0 else f"{code} {out}{err}"

    def same(self, name, kind, lines, refused):
        path = self.folder + "/rows.csv"
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        before = self.size()
        dry = self.take(kind, path, "--dry-run")
        after = self.size()
        self.report.say(before == after, f"{name}: a rehearsal leaves nothing behind", f"{before} {after}")
        real = self.take(kind, path)
        self.report.say(dry[:3] == real[:3] and real[0][3] == refused, name,
                        f"promised {dry}, then {real}")

    def units(self):
        self.same("what is taken", "org_unit", ["title,code,external_id", "One,U1,u-1", "Two,U2,u-2"], 0)
        self.same("a code that somebody has", "org_unit", ["title,code,external_id", "Three,U1,u-3"], 1)
        self.same("a code twice in the file", "org_unit",
                  ["title,code,external_id", "Four,U4,u-4", "Five,U4,u-5", "Six,U6,u-6"], 1)
        far = [f"Unit {n},F{n % 600},f-{n}" for n in range(700)]
        self.same("a code twice, hundreds of rows apart", "org_unit", ["title,code,external_id", *far], 100)

    def locked(self):
        server = harness.Server(self.place)
        client = harness.Client(server.port, self.token)
        unit = next(one for one in client.good("GET", "org_unit?limit=100&sort=title")["items"]
                    if one.get("external_id") == "u-2")
        client.good("POST", f"org_unit/{unit['id']}/moves/close", {"reason": "Done"})
        server.stop()
        self.same("a state that is locked", "org_unit", ["external_id,country", "u-2,Norway", "u-1,Norway"], 1)

    def run(self):
        self.units()
        self.locked()
        self.report.end()


Suite().run()
