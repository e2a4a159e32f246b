#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""P2: `import KIND FILE --look` says what a file nobody has described is, and drafts a map and an extension that take
every row of it in, once; in a map "*": "kept" keeps what it does not name.

    p02_look.py PATH_OF_AIMWELL
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

aimwell, report, folder = harness.program(), harness.Report(), harness.temporary()
place = harness.Place(aimwell, data=folder + "/data")
place.init()
AS = ("--as", "robot1@test.example")
path = folder + "/inventory 2025.csv"
with open(path, "w", encoding="cp1252") as file:
    file.write("AI inventory 2025,,,,,\nUse case,Agency,Go live,Notes,Score,Café\n"
               "Chat bot,DOE,2024-03-05,\"long\ntext\",12,x\nBot two,DOE,2024-04-05,y,7,z\nBot three,NASA,2024-05-05,z,3,x\n"
               "Bot four,NASA,2024-05-06,,3,x\n")


def take(*words):
    return harness.run(aimwell, "import", "ai_system", path, *words, where=place.where)


code, out, err = take("--look")
report.say(code == 0 and "Windows-1252" in out and "header in line 2" in out and "Agency: choice, 4 filled in (DOE | NASA)" in out
           and "Go live: date" in out and "Score: integer" in out and "Notes: note" in out, "what the file is", (code, out, err))
code, out, err = take("--look", "--json")
look = json.loads(out) if code == 0 else {"map": {}, "extension": {}}
report.say(look["map"].get("header") == 2 and "Use case" in look["map"].get("columns", {}), "the header in the draft", (out, err))
code, out, _ = harness.run(aimwell, "export", "records", "--kind", "ai_system", "--format", "json", where=place.where)
report.say(code == 0 and json.loads(out) == [], "looking takes nothing in", out)

os.makedirs(place.data + "/model.d", exist_ok=True)
with open(place.data + "/model.d/draft.json", "w", encoding="utf-8") as file:
    json.dump(look["extension"], file)
with open(folder + "/map.json", "w", encoding="utf-8") as file:
    json.dump(look["map"], file)
code, out, err = harness.run(aimwell, "model", "adopt", place.data + "/model.d", where=place.where)
for what, count in (("accepted", 4), ("unchanged", 4)):
    code, out, err = take("--map", folder + "/map.json", "--json", *AS)
    report.say(code == 0 and json.loads(out)[what] == count, f"the drafts take the file in: {what}", (code, out, err))
one = json.loads(harness.must(aimwell, "export", "records", "--kind", "ai_system", "--format", "json", where=place.where))[0]
report.say(one.get("title") == "Chat bot" and one.get("x_agency") == "doe" and one.get("x_score") == 12, "what the first row became", one)

# A map names what it knows; the rest is kept, word by word.
look["map"]["columns"] = {"Use case": {"field": "title"}, "Score": "kept", "*": "kept"}
look["map"]["identity"]["prefix"] = "other"
with open(folder + "/map.json", "w", encoding="utf-8") as file:
    json.dump(look["map"], file)
code, out, err = take("--map", folder + "/map.json", "--json", *AS)
rows = json.loads(harness.must(aimwell, "export", "records", "--kind", "ai_system", "--format", "json", where=place.where))
kept = [one["x_as_reported"] for one in rows if one["external_id"] == "other: Chat bot"]
report.say(code == 0 and len(kept) == 1 and kept[0] == "Agency: DOE\nGo live: 2024-03-05\nNotes: long\ntext\nScore: 12\nCafé: x", "what is kept", (out, err, kept))
for columns, why in (({"Use case": {"field": "title"}, "*": {"field": "purpose"}}, "\"*\" is \"kept\""), ({"Use case": {"field": "title"}}, "does not say where")):
    look["map"]["columns"] = columns
    with open(folder + "/map.json", "w", encoding="utf-8") as file:
        json.dump(look["map"], file)
    code, out, err = take("--map", folder + "/map.json", *AS)
    report.say(code == 2 and why in out + err, f"a map that is refused: {why}", (code, out, err))
report.end()
