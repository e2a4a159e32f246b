#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Events out of tables as people have them: what a row becomes, and that nothing of a bad one stays.

    table.py [PATH_OF_AIMWELL]

A byte-order mark, quoted line breaks, headings that come twice, columns without a heading or without a value, "?",
another separator; rows that are refused by the profile, by the rules of events and by an event that is there; a file
larger than the window it is read through; the command beside a running server and without one.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

LOANS = {"kind": "prediction", "id": "Nr", "ts": {"column": "When", "format": "DD/MM/YYYY hh:mm", "zone": "Asia/Singapore"}, "missing": ["?", "NA"],
         "task": {"is": "binary"}, "pred_class": {"column": "Result", "values": {"approve": 1, "refuse": 0}}, "score": {"column": "Score", "range": [0, 100]},
         "protected": {"sex": "Sex"}, "features": "rest", "leave": ["Name"], "label": {"column": "Paid", "values": {"yes": 1, "no": 0}}, "label_source": {"is": "repayment"}}
HEADER = "Nr,When,Result,Score,Sex,Income,Income,,Nothing,Remark,Name,Paid\r\n"


class Tables:
    def __init__(self, place, report):
        self.place, self.report, self.folder = place, report, harness.temporary()

    def take(self, table, *options, profile=LOANS, system="loans", **more):
        """(exit code, the result as JSON or what was said)"""
        path, map_ = os.path.join(self.folder, "table.csv"), os.path.join(self.folder, "map.json")
        if table is not None:
            with open(path, "wb") as f:
                f.write(table if isinstance(table, bytes) else table.encode())
        with open(map_, "w", encoding="utf-8") as f:
            json.dump(profile | more, f)
        code, out, err = harness.run(self.place.aimwell, "import", "events", path, "--system", system, "--map", map_, "--as", "robot1@test.example",
                                     "--json", *options, where=self.place.where)
        try:
            return code, json.loads(out)
        except ValueError:
            return code, out + err

    def say(self, good, name, why=""):
        self.report.say(good, f"table: {name}", why)


def hostile(t, client):
    """What spreadsheets and data sets do."""
    rows = ('\ufeff' + HEADER + '1,05/03/2024 09:30,approve,87,F,51200,1.5,"a ""b""",,"two\r\nlines",Ann,yes\r\n'
            '2,05/03/2024 09:31,refuse,12,?,NA,x,07,,,Bob,?\r\n\r\n,,,,,,,,,,,\r\n')
    code, got = t.take(rows, "--dry-run")
    t.say(code == 0 and (got["rows"], got["accepted"], got["refused_rows"]) == (2, 3, 0) and got["rehearsed"], "a rehearsal says what would be", got)
    t.say(client.good("GET", "systems/loans/events")["events"] == 0, "and keeps nothing")
    code, got = t.take(rows)
    t.say(code == 0 and (got["rows"], got["accepted"], got["refused_rows"]) == (2, 3, 0), "what was rehearsed is taken", got)
    one = client.good("GET", "systems/loans/events/1")["event"]
    t.say(one == {"v": 1, "kind": "prediction", "system": one["system"], "ts": "2024-03-05T01:30:00.000000Z", "id": "1", "task": "binary", "pred_class": 1, "score": 0.87,
                  "protected": {"sex": "F"}, "features": {"Income": 51200, "Income.1": 1.5, "column 8": 'a "b"', "Remark": "two\r\nlines"}}, "each cell is what it says", one)
    two = client.good("GET", "systems/loans/events/2")["event"]
    t.say(two["protected"] == {} and two["features"] == {"Income.1": "x", "column 8": "07"} and "Name" not in json.dumps(two) and "Bob" not in json.dumps(two),
          "what is missing is left out, and so is what shall be", two)
    code, again = t.take(rows.replace("\r\n", "\n").replace("two\nlines", "two\r\nlines"))
    t.say(code == 0 and (again["accepted"], again["duplicate"]) == (0, 3), "the same rows again count once", again)
    metrics = client.good("GET", "systems/loans/metrics")
    t.say(metrics["n"] == 2 and metrics["n_labelled"] == 1 and metrics["overall"]["tp"] == 1, "labels belong to their predictions", metrics)
    code, got = t.take(HEADER.replace(",", ";").replace("Nr", "sep=;\r\nNr") + "3;05/03/2024 09:32;approve;8,5;F;1,25;;;;;Cy;no\r\n", decimal=",")
    three = client.good("GET", "systems/loans/events/3")["event"]
    t.say(code == 0 and three["score"] == 0.085 and three["features"] == {"Income": 1.25}, "semicolons and decimal commas", three)


def refused(t, client):
    """By the profile, by the rules of events, and by what is there; of such a row nothing is kept."""
    bad = HEADER + "".join(f"{row}\n" for row in (
        "11,05/03/2024 09:30,approve,87,F,1,,,,,,yes",        # good
        "12,2024-03-05,approve,87,F,1,,,,,,yes",              # row 2: no such time
        "13,05/03/2024 09:30,perhaps,87,F,1,,,,,,yes",        # row 3: no value for it
        "14,05/03/2024 09:30,approve,high,F,1,,,,,,yes",      # row 4: no number
        "15,05/03/2024 09:30,approve,101,F,1,,,,,,yes",       # row 5: a score over 1
        ",05/03/2024 09:30,approve,87,F,1,,,,,,yes",          # row 6: no id
        "1,05/03/2024 09:30,refuse,1,F,1,,,,,,no",            # row 7: another event has this id
        '17,05/03/2024 09:30,approve,"87,F,1,,,,,,yes',       # row 8: a quote that is never closed
        "18,05/03/2024 09:30,approve,87,F,1,,,,,,yes,more",   # row 9: a cell too many
        "19,05/03/2024 09:30,approve,87,F,1,,,,,,maybe",      # row 10: no such label
        "11,05/03/2024 09:30,refuse,87,F,1,,,,,,yes",         # row 11: the id of row 1
        "21,05/03/2024 09:30,approve,87,F,1,,,,,,no"))        # good
    wanted = [(2, "When", "moment"), (3, "Result", "unknown"), (4, "Score", "number"), (5, "Score", "range"), (6, "Nr", "required"), (7, "Nr", "taken"), (8, "", "quote"),
              (9, "", "cells"), (10, "Paid", "unknown"), (11, "Nr", "taken")]
    for options in (("--dry-run",), ()):
        code, got = t.take(bad, *options)
        told = [(r["row"], r["column"], r["code"]) for r in got["rejected"]]
        t.say(code == 1 and told == wanted and got["rows"] == 12 and got["accepted"] == 4 and got["refused_rows"] == 10, f"each bad row is named {options}", told)
        t.say(all(r["line"] == r["row"] + 1 for r in got["rejected"]), f"and its line {options}", got["rejected"][:2])
    metrics = client.good("GET", "systems/loans/metrics")
    t.say(metrics["n"] == 5 and metrics["excluded"]["orphan_labels"] == 0, "no label of a refused row is kept", metrics["excluded"])
    for name, table, more in (("a column that is not there", "Nr,When\n1,2\n", {}), ("an empty file", "", {}), ("a workbook", b"PK\x03\x04xx", {}), ("UTF-16", "Nr,When".encode("utf-16"), {}),
                              ("a profile with a mistake", HEADER, {"score": 7})):
        code, got = t.take(table, **more)
        t.say(code == 2 and isinstance(got, str), f"{name} is refused as a whole", got)
    code, got = t.take(HEADER, system="nobody")
    t.say(code == 4, "so is a system that is not there", got)


def long_file(t, client):
    """Larger than the window, with cells that go over its edges and one row that is longer than any may be."""
    with open(os.path.join(t.folder, "table.csv"), "w", encoding="utf-8", newline="") as f:
        f.write("n,t\n")
        for n in range(60000):
            text = "x" * (n % 97) + '""\n' + "y" * (n * 7 % 131)
            f.write(f'b{n},"{text}"\n')
            if n == 30000:
                f.write("long," + "z" * (5 << 20) + "\n")
        f.write('b59999,"other"\nb5,""\n')
    profile = {"kind": "prediction", "id": "n", "ts": {"is": "2026-01-01T00:00:00Z"}, "task": {"is": "binary"}, "pred_class": {"is": 1}, "features": ["t"]}
    code, rehearsed = t.take(None, "--dry-run", profile=profile, system="long")
    t.say(code == 1 and rehearsed["accepted"] == 60000 and [(r["row"], r["code"]) for r in rehearsed["rejected"]] == [(30002, "too_large"), (60002, "taken"), (60003, "taken")] and rehearsed["compared"],
          "rows far apart are compared", str(rehearsed)[:400])
    code, got = t.take(None, profile=profile, system="long")
    t.say(code == 1 and {**got, "rehearsed": True} == rehearsed, "a long file is taken as it was rehearsed", str(got)[:400])
    for n in (0, 12345, 30001, 59998):
        one = client.good("GET", f"systems/long/events/b{n}")["event"]["features"]["t"]
        t.say(one == ("x" * (n % 97) + '"\n' + "y" * (n * 7 % 131)).strip(), f"row {n} is whole", one[:60])


def made_ids(t, client):
    """Rows without an id: by what they say, or by where they stand."""
    table = "t,c\n2026-05-01,1\n2026-05-01,1\n2026-05-01,0\n"
    profile = {"kind": "prediction", "ts": "t", "task": {"is": "binary"}, "pred_class": "c"}
    _, got = t.take(table, profile=profile | {"id": {"row": "content"}}, system="ids")
    t.say((got["accepted"], got["duplicate"]) == (2, 1), "by content alike rows are one", got)
    _, got = t.take(table, profile=profile | {"id": {"row": "number", "prefix": "may-"}}, system="ids")
    t.say((got["accepted"], got["duplicate"]) == (3, 0), "by number each is one", got)
    _, got = t.take(table + "2026-05-02,1\n", profile=profile | {"id": {"row": "number", "prefix": "may-"}}, system="ids")
    t.say((got["accepted"], got["duplicate"]) == (1, 3), "and a file that grew adds its new rows", got)


def main():
    aimwell, report = harness.program(), harness.Report()
    place = harness.Place(aimwell, data=harness.temporary() + "/data")
    token = place.init(roles="aims_manager,system_owner,assessor,staff,internal_auditor,dpo,legal_compliance")
    t = Tables(place, report)
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    for name in ("loans", "long", "ids"):
        client.good("POST", "ai_system", {"title": name, "external_id": name})
    hostile(t, client)
    refused(t, client)
    long_file(t, client)
    made_ids(t, client)
    server.stop()
    code, got = t.take("n,t\nb1,2\n", "--dry-run", profile={"kind": "feedback", "ref": "n", "ts": {"file": True}, "polarity": {"column": "t", "values": {"2": 1}}}, system="long")
    t.say(code == 0 and got["accepted"] == 1, "also without a server", got)
    code, out, err = place.verify("--deep")
    t.say(code == 0, "verify --deep finds nothing", f"{code} {out[:200]}{err[:200]}")
    report.end()


main()
