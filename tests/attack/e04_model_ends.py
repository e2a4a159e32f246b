#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E4: a model ends with the last call that uses it, and nothing that stays looks into it afterwards. Registers with names as
long as those that who may come in is judged by (units, deputies, waivers) are written to after several models have ended, and
people come in, are let in and are refused as before. What looks into a model that has ended is seen by the sanitizer.

    e04_model_ends.py PATH_OF_AIMWELL
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

NAMES = ("x_note", "x_visits", "x_deputies")  # as long as waiver, org_unit, delegation


def register(name, prefix):
    return {"name": name, "prefix": prefix, "title": {"en": f"Register {name}"}, "plural": {"en": f"Registers {name}"}, "about": {"en": f"About {name}."},
            "states": "open_closed", "read": ["staff"], "create": ["staff"], "change": ["@owner"], "fields": []}


def main():
    report = harness.Report()
    place = harness.demo(harness.program(), harness.temporary() + "/data")
    server = harness.Server(place)
    admin, lin = harness.Client(server.port), harness.Client(server.port)
    admin.log_in("pat@northlake.example")
    lin.log_in("lin@northlake.example")
    change(admin, kinds=[register(name, f"XA{letter}") for name, letter in zip(NAMES, "ABC")])
    for number in range(4):
        if not server.running():
            break
        change(admin, fields=[{"kind": "task", "name": f"x_more{number}", "type": "text", "title": {"en": f"More {number}"}}])
        refused = []
        for name in NAMES:
            for _ in range(3):
                try:
                    status, _, reply = lin.ask("POST", name, {"title": f"Number {number}"})
                except OSError as error:
                    status, reply = 0, error
                refused += [(status, reply)] if status != 201 else []
        report.say(not refused and server.running(), f"after change {number + 1}: who writes is let in as before", str(refused)[:300])
    report.say(server.stop() == 0 and "Sanitizer" not in server.words(), "nothing looked into a model that had ended", server.words()[-1500:])
    report.end()


def change(admin, **what):
    admin.good("POST", "site/model", {"seen": admin.good("GET", "site/model")["seen"], **what})


if __name__ == "__main__":
    sys.exit(main())
