#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A mistake in model.d: the server refuses to start, with exit 2, the file and the line.

    model_mistake.py PATH_OF_AIMWELL
"""
import os
import re

import harness

GOOD = """{ "kind": "gadget", "prefix": "GDT", "title": "Gadget", "plural": "Gadgets", "icon": "box",
  "about": "A kind of this site.",
  "phase": "base", "order": 90,
  "serves": ["iso-42001:8.1"],
  "fields": {
    "weight": {"type": "integer", "min": 0, "title": "Weight", "about": "How heavy it is."}
  },
  "layout": [{"title": "Gadget", "fields": ["title", "weight"]}],
  "list": ["title", "state"],
  "states": {"start": "new", "of": {
    "new": {"title": "New", "tone": "idle", "about": "Just made."},
    "old": {"title": "Old", "tone": "off", "end": true, "about": "No longer used."}}},
  "moves": {
    "age": {"title": "Age", "from": ["new"], "to": "old", "by": ["staff"]}},
  "access": {"read": ["staff"], "create": ["staff"], "change": ["@author"]}
}
"""
MISTAKES = [  # what, instead of what, line
    ("a field of no type there is", '"type": "integer"', '"type": "weight"', 6),
    ("a move to no state there is", '"to": "old"', '"to": "ancient"', 14),
    ("a role there is not", '"create": ["staff"]', '"create": ["wizard"]', 15),
    ("a layout of no field there is", '["title", "weight"]', '["title", "height"]', 8),
    ("a requirement there is not", "iso-42001:8.1", "iso-42001:88.1", 4),
    ("a word nobody knows", '"min": 0', '"minimum": 0', 6),
    ("JSON that breaks off", '"phase": "base", "order": 90,', '"phase": "base" "order": 90,', 3),
]


def put(place, name, text):
    os.makedirs(place.data + "/model.d/kinds", exist_ok=True)
    with open(f"{place.data}/model.d/kinds/{name}", "w", encoding="utf-8") as f:
        f.write(text)


def refusal(place):
    """(exit code, words) of a start; (None, '') when it served."""
    try:
        harness.Server(place).stop()
        return None, ""
    except harness.Refused as why:
        return why.code, why.words


def main():
    aimwell, report = harness.program(), harness.Report()
    place = harness.Place(aimwell, data=harness.temporary() + "/data")
    token = place.init()
    for what, there, instead, line in MISTAKES:
        put(place, "gadget.json", GOOD.replace(there, instead))
        code, words = refusal(place)
        lines = [int(n) for n in re.findall(r"model\.d/kinds/gadget\.json:(\d+)", words)]
        report.say(code == 2 and line in lines, f"{what}: refused with its line", f"exit {code}, lines {lines}: {words}")
    put(place, "gadget.json", GOOD)
    put(place, "risk.json", GOOD.replace('"gadget"', '"risk"').replace("GDT", "RKS"))
    code, words = refusal(place)
    report.say(code == 2 and "model.d/kinds/risk.json" in words, "a shipped kind cannot be replaced", f"exit {code}: {words}")
    os.unlink(place.data + "/model.d/kinds/risk.json")
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    status, _, reply = client.ask("POST", "gadget", {"title": "First", "weight": 3})
    report.say(status == 201 and reply["key"] == "GDT-0001",
               "sabotage: without a mistake it is served, so it is the mistake that is refused", f"{status} {reply}")
    client.close()
    server.stop()
    report.end()


main()
