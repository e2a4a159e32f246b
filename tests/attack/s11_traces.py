#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S11, L10: what leaves no record leaves an entry: refusals, reads of restricted records, exports,
downloads, another model; and a model that forgets what is there is refused."""
import json
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness


def entries(place):
    db = sqlite3.connect(place.data + "/aimwell.db")
    leaves = [json.loads(bytes(row[0])) for row in db.execute("SELECT leaf FROM ledger_entry ORDER BY idx")]
    try:
        bodies = dict(db.execute("SELECT ledger, body FROM sealed"))
    except sqlite3.OperationalError:
        bodies = {}
    db.close()
    return [(leaf, json.loads(bodies.get(leaf["n"], "{}"))) for leaf in leaves]


def acts(place, act):
    return [pair for pair in entries(place) if pair[0]["act"] == act]


def refusals_and_reads(report, place):
    server = harness.Server(place)
    lin, sara = harness.Client(server.port), harness.Client(server.port)
    lin.log_in("lin@northlake.example")
    sara.log_in("sara@northlake.example")
    for _ in range(7):
        status, _, _ = sara.ask("GET", "people")
        sara.ask("POST", "people", {"name": "x", "email": "x@x.example"})
    record = lin.good("POST", "task", {"title": "not for all", "confidentiality": "restricted"})
    for _ in range(3):
        lin.good("GET", f"task/{record['id']}")
    file = lin.good("POST", "files", raw=b"proof" * 50, Content_Type="text/plain", X_File_Name="p.txt")
    for _ in range(3):
        lin.good("GET", f"files/{file['id']}")
    before = len(acts(place, "data.export"))
    lin.ask("GET", "risk?format=csv&q=zz")
    exports = acts(place, "data.export")
    report.say(len(exports) == before + 1, "an export is an entry when the bytes arrive", exports)
    report.say(exports and exports[-1][1].get("kind") == "risk" and exports[-1][1].get("rows") == "0" and
               exports[-1][0].get("ses", "").startswith("ses_"), "it says what and in which session", exports[-1:])
    report.say(len(acts(place, "record.read")) == 1, "a restricted record read three times is one entry", acts(place, "record.read"))
    report.say(len(acts(place, "file.read")) == 1, "a file fetched three times is one entry", acts(place, "file.read"))
    server.stop()
    denied = acts(place, "access.denied")
    # Written once a minute: a minute may end among them.
    report.say(len(denied) in (1, 2) and sum(int(body.get("count", 0)) for _, body in denied) == 7, "seven refusals are one entry that counts", denied)
    code, out, _ = place.verify("--deep")
    report.say(code == 0, "and all of it verifies", out)


def flood(report, place):
    server = harness.Server(place)
    sara = harness.Client(server.port)
    sara.log_in("sara@northlake.example")
    size = len(entries(place))
    for n in range(400):
        sara.ask("DELETE", f"tokens/tok_{n}")
        sara.ask("POST", f"people/usr_{n}/roles", {"role": "admin"})
    server.stop()
    grown = len(entries(place)) - size
    report.say(grown <= 110, "eight hundred refusals do not flood the log", f"{grown} entries")


def site_model(folder, fields):
    os.makedirs(folder, exist_ok=True)
    with open(folder + "/own.json", "w", encoding="utf-8") as f:
        json.dump({"extends": "task", "fields": fields}, f)


def models(report, place, folder):
    own = folder + "/own"
    site_model(own, {"x_colour": {"type": "text", "title": "Colour"}})
    server = harness.Server(place, "--site", own)
    lin = harness.Client(server.port)
    lin.log_in("lin@northlake.example")
    lin.good("POST", "task", {"title": "a red one", "x_colour": "red"})
    server.stop()
    changes = acts(place, "model.change")
    report.say(changes and "task.x_colour" in changes[-1][1].get("added", ""), "another model is an entry with what it adds",
               [c[1].get("added") for c in changes[-1:]])
    os.unlink(own + "/own.json")
    for words in (["serve", "--listen", "127.0.0.1:0"], ["model", "adopt"]):
        try:
            code, _, err = harness.run(place.aimwell, *words, "--site", own, where=place.where, timeout=20)
        except Exception as e:
            code, err = 0, f"it went on: {e!r}"
        report.say(code == 5 and "x_colour" in err, f"a model without a field that has values is refused: {words[0]}", f"{code} {err}")


def main():
    aimwell, report = harness.program(), harness.Report()
    folder = harness.temporary()
    place = harness.demo(aimwell, folder + "/data")
    refusals_and_reads(report, place)
    flood(report, place)
    models(report, place, folder)
    report.end()


main()
