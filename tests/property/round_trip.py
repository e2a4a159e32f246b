#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes out comes in again and changes nothing.

Records with everything that is hard to write down (quotes, line breaks, formulas, Chinese, leading zeros, lists,
references, an empty field) are exported as CSV, XLSX and JSON and imported again: every row is unchanged and
the ledger does not grow. Then one cell is changed outside, and exactly that field changes. On both stores.
"""
import csv
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Failed, Server, run  # noqa: E402
from report import Report  # noqa: E402
from stores import stores_for  # noqa: E402

TEXTS = ["=1+1", "+41 44", "-2", "@home", "'quoted'", '"double"', "a,b;c", "0012", "1e5", "true", "2026-01-02",
         "风险 评估", "Ünïcode 🌿", "semi;colon, comma"]
NOTES = ["two\nlines", "tab\there", "ends with a quote\"", "=HYPERLINK(\"x\")\nsecond", "a\n\nb"]


def fill(client):
    """Some of everything."""
    system = client.must("amy", "POST", "/ai_system", {
        "title": "=SUM(A1)", "org_roles": ["deployer", "provider"], "jurisdictions": ["EU", "China"],
        "personal_data": False, "affected_groups": [{"people": "A, B", "vulnerable": True}],
        "suppliers": [client.must("amy", "POST", "/supplier", {"title": "S"})["id"]]})
    for i, text in enumerate(TEXTS):
        client.must("amy", "POST", "/task", {"title": text, "details": NOTES[i % len(NOTES)],
                                             "tags": [text.replace("|", "")[:50], "x"], "due": "2026-11-30",
                                             "priority": ["low", "high", None][i % 3]})
        client.must("amy", "POST", "/risk", {"title": text, "system": system["id"], "c_ind": i % 5 + 1,
                                             "zero_appetite": i % 2 == 0, "affected": [text, "others"]})
    client.must("amy", "POST", "/risk", {"title": "bare"})
    risk = client.must("amy", "GET", "/risk?limit=1")["items"][0]["id"]
    for cost in (0, 0.1, 12500.5, 1e12, 3):
        client.must("amy", "POST", "/treatment", {"title": f"costs {cost}", "risk": risk, "cost": cost})


def size(store):
    """Entries in the ledger."""
    done = run("verify", "--json", *store.words)
    return json.loads(done.stdout)["entries"]


def there_and_back(store, kind, form, folder, report):
    """One kind in one format."""
    path = os.path.join(folder, f"{kind}.{form}")
    run("export", "records", "--kind", kind, "--format", form, "--out", path, *store.words)
    before = size(store)
    done = run("import", kind, path, "--as", "amy@northlake.example", "--json", *store.words, expect=None)
    after = size(store)
    told = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    good = done.returncode == 0 and after == before and told.get("unchanged") and not any(
        told.get(word) for word in ("accepted", "updated", "rejected"))
    report.tell(f"{store.kind} {kind} as {form} comes back unchanged", [] if good else
                [f"{after - before} new entries; {done.stdout[:1500]} {done.stderr[:800]}"])
    return path


def change_outside(store, path, report):
    """One cell of a CSV file."""
    with open(path, encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    column = rows[0].index("priority")
    rows[1][column] = "normal" if rows[1][column] != "normal" else "low"
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    before = size(store)
    done = run("import", "task", path, "--as", "amy@northlake.example", "--dry-run", "--json", *store.words, expect=None)
    dry = json.loads(done.stdout)
    report.tell(f"{store.kind} a dry run changes nothing", [] if dry["updated"] == 1 and
                size(store) == before else [done.stdout[:800]])
    done = run("import", "task", path, "--as", "amy@northlake.example", "--json", *store.words, expect=None)
    told = json.loads(done.stdout)
    report.tell(f"{store.kind} one changed cell is one changed record", [] if told["updated"] == 1 and
                told["unchanged"] == len(rows) - 2 and size(store) == before + 1 else [done.stdout[:800]])


def play(kind, report):
    """One kind of store."""
    with stores_for(kind, "round") as (stores, folder):
        store = stores.new()
        cast.make(store, folder)
        with Server(store) as server:
            fill(Client(server, cast.passwords()))
        for name in ("task", "risk", "ai_system", "supplier", "treatment", "org_unit", "soa_entry"):
            for form in ("json", "xlsx", "csv"):
                path = there_and_back(store, name, form, folder, report)
            if name == "task":
                change_outside(store, path, report)
        run("verify", "--deep", *store.words)


def main():
    """Both stores."""
    report = Report()
    for kind in ("sqlite", "postgresql"):
        try:
            play(kind, report)
        except Failed as error:
            report.tell(f"{kind} round trip", [str(error)])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
