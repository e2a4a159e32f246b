#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""L5, L4: a store has a format, and its facts are in the ledger.

A newer store refuses this program in words; facts of the organisation altered in the database are refused at the
start and found by verify; an evidence file replaced by a link, and names with a NUL behind them, are found.
A store without a format (of the first release), or of an earlier one, is upgraded with an entry when AIMWELL_BEFORE names that program.
"""
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness


def refused(place):
    try:
        harness.Server(place).stop()
    except harness.Refused as e:
        return e.words
    return ""


def altered(report, place, original):
    cases = [
        ("organisation", "UPDATE meta SET value = 'Another name' WHERE name = 'organisation'", "not those in the ledger"),
        ("demo", "INSERT INTO meta (name, value) VALUES ('demo', '1') ON CONFLICT (name) DO UPDATE SET value = '2'", "not those in the ledger"),
        ("a newer format", "UPDATE meta SET value = '99' WHERE name = 'format'", "format 99"),
    ]
    for what, sql, words in cases:
        shutil.rmtree(place.data)
        shutil.copytree(original, place.data)
        with place.database() as db:
            changed = db.execute(sql).rowcount
        code, out, err = place.verify("--deep")
        report.say(changed == 1 and code != 0 and words in out + err, f"{what} altered: verify says so", f"{changed} {code} {out}{err}")
        said = refused(place)
        report.say(words in said, f"{what} altered: it does not serve", said or "it serves")


def names_with_nul(report, place, original):
    for table, column in (("role_grant", "role"), ("role_grant", "person"), ("role_grant", "unit"), ("role_grant", "at"),
                          ("person", "name"), ("person", "id"), ("unit_closure", "ancestor")):
        shutil.rmtree(place.data)
        shutil.copytree(original, place.data)
        with place.database() as db:
            row, value = db.execute(f'SELECT rowid, "{column}" FROM "{table}" LIMIT 1').fetchone()
            new = value + "\0x" if column != "at" else value.replace("2026", "2025")
            db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (new, row))
        code, out, _ = place.verify("--deep")
        report.say(code == 1, f"{table}.{column} altered is found", f"{code} {out}")


def a_link(report, place, original):
    shutil.rmtree(place.data)
    shutil.copytree(original, place.data)
    found = sorted(os.path.join(folder, name) for folder, _, names in os.walk(place.data + "/files") for name in names)
    os.rename(found[0], place.data + "/elsewhere")
    os.symlink(place.data + "/elsewhere", found[0])
    code, out, _ = place.verify("--deep")
    report.say(code == 1 and "file" in out, "an evidence file replaced by a link to the same bytes is found", f"{code} {out}")


def an_older_one(report, folder, aimwell):
    before = os.environ.get("AIMWELL_BEFORE")
    if not before:
        return
    old = harness.demo(before, folder + "/old")
    server = harness.Server(old)
    client = harness.Client(server.port)
    client.log_in("lin@northlake.example")
    server.stop()
    place = harness.Place(aimwell, data=old.data)
    with place.database() as db:
        bound = db.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    code, out, _ = place.verify("--deep")
    report.say(code in (0, 2) and "TAMPERED" not in out, "a store of the first release is not called tampered with", f"{code} {out}")
    server = harness.Server(place)
    again = harness.Client(server.port)
    again.cookie, again.csrf = client.cookie, client.csrf
    status, _, _ = again.ask("GET", "session")
    report.say(status == (200 if bound else 401), "sessions that no entry speaks for are ended, others go on", status)
    again = harness.Client(server.port)
    lin = again.log_in("lin@northlake.example")
    report.say(lin["confirmed"] and "staff" in [one["role"] for one in lin["roles"]], "its people are staff as before", lin["roles"])
    again.good("POST", "task", {"title": "after it"})
    server.stop()
    with place.database() as db:
        acts = [json.loads(bytes(row[0]))["act"] for row in db.execute("SELECT leaf FROM ledger_entry ORDER BY idx")]
    report.say(acts.count("store.upgrade") == 1, "it was upgraded with an entry, once", acts[-8:])
    code, out, _ = place.verify("--deep")
    report.say(code == 0, "and is intact", f"{code} {out}")


def main():
    aimwell, report = harness.program(), harness.Report()
    folder = harness.temporary()
    place = harness.demo(aimwell, folder + "/data")
    server = harness.Server(place)
    client = harness.Client(server.port)
    client.log_in("lin@northlake.example")
    client.good("POST", "files", raw=b"proof" * 50, Content_Type="text/plain", X_File_Name="p.txt")
    server.stop()
    shutil.copytree(place.data, folder + "/original")
    altered(report, place, folder + "/original")
    names_with_nul(report, place, folder + "/original")
    a_link(report, place, folder + "/original")
    an_older_one(report, folder, aimwell)
    report.end()


main()
