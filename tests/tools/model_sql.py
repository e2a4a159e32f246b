#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables made from the kind files, as docs/model.md §8 describes them, and the checks run on them.

    model_sql.py               runs every check on empty tables in SQLite: all must parse and find nothing
    model_sql.py --psql        prints the same as a script for psql; any error there is a fault
"""
import datetime
import json
import os
import re
import sqlite3
import sys

MODEL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "model")
KEPT = {"id": "text", "key": "text", "state": "text", "version": "integer", "author": "ref",
        "editor": "ref", "created_at": "moment", "updated_at": "moment"}


def read(*path):
    with open(os.path.join(MODEL, *path), encoding="utf-8") as f:
        return json.load(f)


def read_all(folder):
    return [read(folder, n) for n in sorted(os.listdir(os.path.join(MODEL, folder)))
            if n.endswith(".json")]


def column(kind_type):
    return {"integer": "bigint", "yes_no": "integer", "number": "double precision"}.get(kind_type,
                                                                                        "text")


def tables():
    """One CREATE TABLE for each kind, each rows field, link and version."""
    envelope = read("envelope.json")["fields"]
    yield ("CREATE TABLE link (from_kind text, from_id text, type text, pos bigint, to_kind text, "
           "to_id text)")
    yield "CREATE TABLE version (kind text, id text, version bigint, at text, body text)"
    for kind in read_all("kinds"):
        columns = [f"{n} {column(t)}" for n, t in KEPT.items()]
        for name, f in {**envelope, **kind["fields"]}.items():
            if f["type"] == "rows":
                inner = ", ".join(f"{n} {column(c['type'])}" for n, c in f["columns"].items())
                yield f"CREATE TABLE {kind['kind']}__{name} (record text, pos bigint, {inner})"
            elif f["type"] != "refs":
                columns.append(f"{name} {column(f['type'])}")
        yield f"CREATE TABLE {kind['kind']} ({', '.join(columns)})"


def bound(sql, today="2026-11-23"):
    """The parameters of a check as literals."""
    year, rest = int(today[:4]), today[4:]
    half = (f"{year}-{int(today[5:7]) - 6:02}" if int(today[5:7]) > 6
            else f"{year - 1}-{int(today[5:7]) + 6:02}") + today[7:]
    values = {"1": today, "2": f"{year - 1}{rest}", "3": half, "4": today + "T00:00:00.000000Z",
              "5": (datetime.date.fromisoformat(today) - datetime.timedelta(days=60)).isoformat()}
    return re.sub(r"\$([1-5])", lambda m: f"'{values[m.group(1)]}'", sql)


def run_checks(db, today="2026-11-23"):
    """{check: (population, [(kind, id, reason)])}"""
    results = {}
    for check in read_all("checks"):
        population = db.execute(bound(check["population"], today)).fetchone()[0]
        rows = db.execute(bound(check["breaks"], today)).fetchall()
        for _, _, reason in rows:
            if reason not in check["reasons"]:
                raise ValueError(f"{check['check']} gives the unknown reason {reason}")
        results[check["check"]] = (population, rows)
    return results


def main():
    if "--psql" in sys.argv:
        print("\\set ON_ERROR_STOP on\nCREATE SCHEMA model_sql; SET search_path = model_sql;")
        for sql in tables():
            print(sql + ";")
        for check in read_all("checks"):
            print(bound(check["population"]) + ";")
            print(f"SELECT kind, id, reason FROM ({bound(check['breaks'])}) b;")
        return 0
    db = sqlite3.connect(":memory:")
    for sql in tables():
        db.execute(sql)
    results = run_checks(db)
    wrong = [name for name, (population, rows) in results.items() if population or rows]
    for name in wrong:
        print(f"{name} finds something in empty tables")
    print(f"{len(results)} checks", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
