#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Imports the two files of the US federal AI inventory into a fresh store and reads everything back.

    SHARED_DATA=FOLDER federal_check.py AIMWELL            makes a store, imports, checks, corrects
    SHARED_DATA=FOLDER federal_check.py AIMWELL STORE      only checks a store that has both files

FOLDER holds federal-ai-inventory/ (or is it). The totals are those of its expected.json. Every cell of
both files is rebuilt from the records and compared with the source, so nothing can be lost silently.
Exit 0 when all holds, 1 when not, 77 when the data is not there.
"""
import collections
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request

MODEL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "model")
INDIVIDUAL = "2025_individually_reported_AI_use_cases.csv"
COTS = "2025_consolidated_COTS_AI_use_cases.csv"
MAPS = {INDIVIDUAL: "us-federal-ai-2025", COTS: "us-federal-ai-cots-2025"}
faults = []


def expect(what, got, wanted):
    if got != wanted:
        faults.append(f"{what}: {got!r}, expected {wanted!r}")


def data_folder():
    shared = os.environ.get("SHARED_DATA", "")
    for folder in (os.path.join(shared, "federal-ai-inventory"), shared):
        if shared and os.path.exists(os.path.join(folder, "expected.json")):
            return folder
    print("the data is not here (SHARED_DATA): skipped")
    sys.exit(77)


def read_csv(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, rows[0].keys())
        out.writeheader()
        out.writerows(rows)


# ---- the program ---------------------------------------------------------------------------------


class Program:
    def __init__(self, binary, store):
        self.binary, self.where = binary, ["--store" if "://" in store else "--data", store]

    def run(self, *words, text=None):
        done = subprocess.run([self.binary, *words, *self.where], input=text, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return done.returncode, done.stdout, done.stderr

    def init(self):
        code, _, words = self.run("init", "--organisation", "Check", "--admin", "a@example.org",
                                  "--password-file", "-", text="a long password for a check\n")
        expect("init " + words, code, 0)

    def take(self, path, name, *more):
        code, out, words = self.run("import", "ai_system", path, "--map", MAPS[name],
                                    "--as", "a@example.org", "--json", *more)
        if not out:
            print("import:", code, words)
            sys.exit(1)
        return code, json.loads(out)

    def ask(self, path):
        """What a server of this store answers to the first administrator."""
        server = subprocess.Popen([self.binary, "serve", *self.where, "--listen", "127.0.0.1:0"], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            base = next(m[0] for m in (re.search(r"http://127[0-9.:]*", line) for line in server.stdout) if m) + "/api/v1"
            who = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            enter = {"email": "a@example.org", "password": "a long password for a check"}
            with who.open(urllib.request.Request(base + "/session", json.dumps(enter).encode(),
                                                 {"Content-Type": "application/json"})):
                pass
            with who.open(base + path) as reply:
                return json.load(reply)
        finally:
            server.terminate()
            server.communicate()

    def records(self, kind):
        code, out, words = self.run("export", "records", "--kind", kind, "--format", "json",
                                    "--out", "-")
        expect("export " + words, code, 0)
        return sorted(json.loads(out), key=lambda r: r["key"])


# ---- a record back to the row it came from ---------------------------------------------------------


def read_kept(text, columns):
    start = "|".join(re.escape(c) for c in columns)
    parts = re.split(rf"(?:^|\n)({start}): ", text)
    kept = dict(zip(parts[1::2], parts[2::2]))
    return {c: v[1:-1] if len(v) > 1 and v[0] == v[-1] == '"' else v for c, v in kept.items()}


def cell_of(target, record):
    value = record.get(target["field"])
    if "values" in target:
        return next((k for k, v in target["values"].items() if v == value), "")
    if target.get("parse") == "python_list":
        return repr(value or [])
    return value or ""


def row_of(spec, record):
    kept = read_kept(record.get(spec["kept"], ""), spec["columns"])
    row = {}
    for column, targets in spec["columns"].items():
        first = next(t for t in (targets if isinstance(targets, list) else [targets])
                     if not t.get("copy"))
        row[column] = kept[column] if column in kept else cell_of(first, record)
    return row


def rebuilt(records, name, source):
    with open(os.path.join(MODEL, "import", MAPS[name] + ".json"), encoding="utf-8") as f:
        spec = json.load(f)
    mine = [r for r in records if r.get("x_inventory") == spec["set"]["x_inventory"]]
    expect(name + ": records", len(mine), len(source))
    rows = [row_of(spec, r) for r in mine]
    for number, (row, cells) in enumerate(zip(rows, source), 1):
        for column in cells:
            if row[column] != cells[column]:
                faults.append(f"{name}: row {number}, {column}: {row[column]!r} is not {cells[column]!r}")
    return rows, mine


# ---- the totals of expected.json ---------------------------------------------------------------------


def by_agency(rows):
    out = {}
    for r in rows:
        one = out.setdefault(r["agency_name"], {"total": 0, "deployed_or_pilot": 0, "high_impact": 0})
        one["total"] += 1
        one["deployed_or_pilot"] += r["development_stage"] in ("Deployed", "Pilot")
        one["high_impact"] += r["is_high_impact"] == "High-impact"
    return out


def check_individual(rows, wanted):
    high = [r for r in rows if r["is_high_impact"] == "High-impact"]
    ids = collections.Counter(r["id"] for r in rows if r["id"])
    expect("data_rows", len(rows), wanted["data_rows"])
    expect("columns", len(rows[0]), wanted["columns"])
    expect("by agency", by_agency(rows), wanted["computed_by_agency"])
    for column, counts in wanted["counts"].items():
        expect(column, dict(collections.Counter(r[column] for r in rows)), counts)
    for column, count in wanted["empty_cells_by_column"].items():
        expect("empty " + column, sum(r[column] == "" for r in rows), count)
    expect("ids", {"empty": len(rows) - sum(ids.values()), "distinct_non_empty": len(ids),
                   "values_used_more_than_once": sum(n > 1 for n in ids.values())}, wanted["id"])
    expect("high impact by stage", dict(collections.Counter(r["development_stage"] for r in high)),
           wanted["high_impact_by_stage"])
    expect("high impact monitoring",
           dict(collections.Counter(r["hi_ongoing_monitoring"] for r in high)),
           wanted["high_impact_monitoring"])


def check_fields(records, wanted):
    """The same findings from the typed fields alone, as a list with filters counts them."""
    high = [r for r in records if r.get("high_impact") == "yes"]
    live = [r for r in high if r.get("use_stage") in ("in_use", "pilot")]
    blind = [r for r in high if r.get("use_stage") == "in_use" and
             r.get("x_hi_monitoring") != "established"]
    expect("high impact", len(high), wanted["published_totals"]["high_impact"])
    expect("high impact, deployed or pilot", len(live), wanted["high_impact_deployed_or_pilot"])
    expect("high impact, deployed, monitoring not established", len(blind),
           wanted["high_impact_deployed_without_monitoring_established"])
    stages = collections.Counter(r.get("use_stage") for r in records)
    expect("deployed", stages["in_use"], wanted["computed"]["deployed"])
    expect("pilot", stages["pilot"], wanted["computed"]["pilot"])
    expect("blank stages", stages[None], wanted["computed"]["empty_stage"])


def check_listed(program, records, wanted):
    """Each of those is a failing row of a check, by its key, and nothing else is."""
    blind = {r["key"]: {"in_progress": "Its monitoring is reported as in progress", "no": "It is reported as not monitored"}
             .get(r.get("x_hi_monitoring"), "Nothing that can be counted is reported of its monitoring")
             for r in records if r.get("high_impact") == "yes" and r.get("use_stage") == "in_use" and
             r.get("x_hi_monitoring") != "established"}
    one = program.ask("/checks/chk-us-monitored")
    expect("what the check is about", one["population"], wanted["high_impact_by_stage"]["Deployed"])
    expect("what fails it", (one["state"], one["breaks"]), ("fail", wanted["high_impact_deployed_without_monitoring_established"]))
    expect("which fail it, and why", {b["key"]: b["reason"]["en"] for b in one["records"]}, blind)


def check_cots(rows, wanted):
    use = collections.Counter(r["Agency Use (Y/N)?"] for r in rows)
    expect("cots rows", len(rows), wanted["data_rows"])
    expect("cots use", (use["Y"], use["N"], use[""]),
           (wanted["use_Y"], wanted["use_N"], wanted["use_blank"]))
    expect("cots agencies", len({r["Agency"] for r in rows}), wanted["agencies"])


def check_units(program, records):
    units = {u["id"]: u["title"] for u in program.records("org_unit")}
    expect("units are called once", len(set(units.values())), len(units))
    wrong = [r["key"] for r in records if r.get("x_inventory") and
             units.get(r.get("unit")) != " ".join(r["x_agency_name"].split())]
    expect("systems in another unit than their agency", wrong, [])


def check_store(program, folder):
    with open(os.path.join(folder, "expected.json"), encoding="utf-8") as f:
        wanted = json.load(f)
    records = program.records("ai_system")
    rows, mine = rebuilt(records, INDIVIDUAL, read_csv(os.path.join(folder, INDIVIDUAL)))
    check_individual(rows, wanted["individually_reported"])
    check_fields(mine, wanted["individually_reported"])
    check_listed(program, mine, wanted["individually_reported"])
    rows, _ = rebuilt(records, COTS, read_csv(os.path.join(folder, COTS)))
    check_cots(rows, wanted["consolidated_cots"])
    check_units(program, records)


# ---- importing, again, and corrected ---------------------------------------------------------------------


def counts(result):
    return tuple(result[k] for k in ("accepted", "updated", "unchanged", "rejected"))


def import_both(program, folder):
    for name, rows in ((INDIVIDUAL, 3611), (COTS, 900)):
        path = os.path.join(folder, name)
        _, tried = program.take(path, name, "--dry-run")
        expect(name + ": dry run", counts(tried), (rows, 0, 0, 0))
        expect(name + ": a dry run changes nothing", len(program.records("org_unit")) > 0,
               name == COTS)
        code, first = program.take(path, name)
        expect(name + ": import", (code, *counts(first)), (0, rows, 0, 0, 0))
        expect(name + ": units as tried", first["units_made"], tried["units_made"])
        code, again = program.take(path, name)
        expect(name + ": again", (code, *counts(again)), (0, 0, 0, rows, 0))
        expect(name + ": no unit twice", again["units_made"], 0)


def correct(rows):
    """Four corrections in the source; returns the rows they are in."""
    stage = next(i for i, r in enumerate(rows) if r["development_stage"] == "Pre-deployment")
    rows[stage]["development_stage"] = "Deployed"
    empty = next(i for i, r in enumerate(rows) if r["benefits"] and i != stage)
    rows[empty]["benefits"] = ""
    odd = next(i for i, r in enumerate(rows) if r["hi_training_established"].startswith("b)"))
    rows[odd]["hi_training_established"] = "Training In-progress"
    lines = next(i for i, r in enumerate(rows) if "\n" in r["problem_solved"] and
                 i not in (stage, empty, odd))
    rows[lines]["problem_solved"] += "\nOne more line."
    return {stage, empty, odd, lines}


def check_corrected(program, folder, scratch):
    rows = read_csv(os.path.join(folder, INDIVIDUAL))
    changed = correct(rows)
    path = os.path.join(scratch, "corrected.csv")
    write_csv(path, rows)
    _, tried = program.take(path, INDIVIDUAL, "--dry-run")
    expect("corrected, dry run", counts(tried), (0, 4, len(rows) - 4, 0))
    code, result = program.take(path, INDIVIDUAL)
    expect("corrected", (code, *counts(result)), (0, 0, 4, len(rows) - 4, 0))
    records = program.records("ai_system")
    _, mine = rebuilt(records, INDIVIDUAL, rows)
    expect("versions", {i for i, r in enumerate(mine) if r["version"] > 1}, changed)
    expect("no third version", max(r["version"] for r in records), 2)


def check_bad_rows(program, folder, scratch):
    rows = read_csv(os.path.join(folder, COTS))
    path = os.path.join(scratch, "bad.csv")
    rows[3]["AI Use Case"] = "x" * 301
    write_csv(path, rows)
    with open(path, "a", encoding="utf-8", newline="") as f:
        f.write("only one cell\r\nAgency Z,New use,Y,A product,1-10\r\nAgency Z,\"never closed,Y,,\r\n")
    code, result = program.take(path, COTS)
    expect("bad rows", (code, *counts(result)), (1, 2, 0, len(rows) - 1, 2))
    named = {(e["line"], e["column"], e["code"]) for e in result["errors"]}
    last = len(rows) + 1 + sum(c.count("\n") for r in rows for c in r.values())
    expect("bad rows are named", named, {(last + 1, "", "cells"), (last + 3, "", "csv")})
    expect("a name that is too long is cut and said", ["300" in one["message"] for one in result["remarks"]
                                                       if one["column"] == "AI Use Case"], [True])


def check_wrong_file(program, folder, scratch):
    rows = [{**r, "Surprise": "1"} for r in read_csv(os.path.join(folder, COTS))]
    path = os.path.join(scratch, "wrong.csv")
    write_csv(path, rows)
    code, out, words = program.run("import", "ai_system", path, "--map", MAPS[COTS], "--as", "a@example.org", "--json")
    expect("a column the map does not know", (code, out, "Surprise" in words), (2, "", True))


def main():
    folder = data_folder()
    if len(sys.argv) > 2:
        check_store(Program(*sys.argv[1:3]), folder)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            program = Program(sys.argv[1], os.path.join(scratch, "site"))
            program.init()
            import_both(program, folder)
            check_store(program, folder)
            check_corrected(program, folder, scratch)
            check_bad_rows(program, folder, scratch)
            check_wrong_file(program, folder, scratch)
            expect("verify", program.run("verify", "--deep")[0], 0)
    for fault in faults[:40]:
        print(fault)
    print(len(faults), "faults" if faults else "faults: both files are in the store, cell by cell")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
