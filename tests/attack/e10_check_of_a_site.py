#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E10: the query of a site's check reads records and nothing of passwords, sessions or the database; it is refused
when the model is loaded, with file and line.

    python3 e10_check_of_a_site.py PATH_OF_AIMWELL
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

BREAKS = "SELECT 'task' AS kind, '' AS id, {} AS reason FROM {}"
CHECK = """{{ "check": "x-peek", "title": "Peek",
  "statement": "It looks where it should not.",
  "proves": [{{"row": "iso-42001:9.1", "level": 1}}],
  "must": false,
  "population": {population},
  "breaks": {breaks},
  "reasons": {{"late": "Late"}},
  "remedy": "None."
}}
"""
GOOD = "SELECT count(*) FROM task t WHERE t.state <> 'archived'"
LATE = "SELECT 'task' AS kind, t.id AS id, 'late' AS reason FROM task t WHERE t.due < $1"
PEEKS = [
    ("a password as a reason", "CASE WHEN 1 = 0 THEN 'late' ELSE p.password END", "person p"),
    ("the log", "CASE WHEN 1 = 0 THEN 'late' ELSE CAST(e.leaf AS text) END", "ledger_entry e"),
    ("a session", "CASE WHEN 1 = 0 THEN 'late' ELSE s.hash END", "session s"),
    ("a fact of the store", "CASE WHEN 1 = 0 THEN 'late' ELSE m.value END", "meta m"),
    ("the catalog", "CASE WHEN 1 = 0 THEN 'late' ELSE c.name END", "sqlite_master c"),
    ("another schema", "CASE WHEN 1 = 0 THEN 'late' ELSE c.rolpassword END", "pg_catalog.pg_authid c"),
    ("a file of the server", "CASE WHEN 1 = 0 THEN 'late' ELSE pg_read_file('/etc/passwd') END", "task t"),
    ("a setting", "CASE WHEN 1 = 0 THEN 'late' ELSE current_setting('data_directory') END", "task t"),
]


def put(site, population, breaks):
    os.makedirs(site + "/checks", exist_ok=True)
    with open(site + "/checks/x-peek.json", "w", encoding="utf-8") as out:
        out.write(CHECK.format(population=json.dumps(population), breaks=json.dumps(breaks)))


def main():
    aimwell, report = harness.program(), harness.Report()
    data = os.path.join(harness.temporary(), "org")
    place = harness.Place(aimwell, data=data)
    token = place.init()
    site = data + "/model.d"
    for what, value, source in PEEKS:
        put(site, GOOD, BREAKS.format(value, source))
        refused = None
        try:
            server = harness.Server(place)
            _, _, answer = harness.Client(server.port, token).ask("GET", "checks/x-peek")
            server.stop()
        except harness.Refused as why:
            refused, answer = why.code, why.words
        lines = [int(n) for n in re.findall(r"checks/x-peek\.json:(\d+)", str(answer))]
        report.say(refused == 2 and 6 in lines, f"{what}: refused with its line", f"{refused} {str(answer)[:200]}")
    put(site, "SELECT count(*) FROM person p WHERE p.password <> ''", LATE)
    try:
        harness.Server(place).stop()
        report.say(False, "a count of passwords: refused with its line")
    except harness.Refused as why:
        report.say(why.code == 2 and "x-peek.json:5" in why.words, "a count of passwords: refused with its line",
                   why.words[:200])
    put(site, GOOD, LATE)
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    client.good("POST", "task", {"title": "Late", "due": "2020-01-01"})
    answer = client.good("GET", "checks/x-peek")
    report.say(answer["breaks"] == 1 and len(answer["records"]) == 1, "sabotage: what reads records only is served and runs",
               str(answer)[:200])
    report.say(server.stop() == 0, "the server stops in order")
    report.end()


if __name__ == "__main__":
    main()
