#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""P1: two people of one name are told apart: a cell that names them both is refused as such, and their e-mail addresses work.

    p01_two_of_a_name.py PATH_OF_AIMWELL
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

aimwell, report, folder = harness.program(), harness.Report(), harness.temporary()
place = harness.Place(aimwell, data=folder + "/data")
place.init()
for n in (1, 2):
    harness.must(aimwell, "user", "add", f"w{n}@test.example", "--name", "王伟", "--roles", "staff", where=place.where)
path = folder + "/rows.csv"
with open(path, "w", encoding="utf-8") as file:
    file.write("external_id,title,owner\n1,One,w1@test.example\n2,Two,王伟\n3,Three,王五\n")
code, out, err = harness.run(aimwell, "import", "task", path, "--as", "robot1@test.example", "--json", where=place.where)
errors = [(e["line"], e["column"], e["code"], "e-mail" in e["message"]) for e in json.loads(out)["errors"]]
report.say(errors == [(3, "owner", "ambiguous", True), (4, "owner", "unknown_reference", False)], "two of a name are told from nobody of it", out + err)
report.say(json.loads(out)["accepted"] == 1, "an e-mail address is one person", out)
report.end()
