#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""P7, P9: a store of an earlier program, without keys of order and with words folded otherwise, is folded anew when it is
opened: sorted as it should be, and found by any spelling.

    p09_older_store.py PATH_OF_AIMWELL
"""
import json
import os
import sqlite3
import sys
import unicodedata
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

aimwell, report, folder = harness.program(), harness.Report(), harness.temporary()
place = harness.Place(aimwell, data=folder + "/data")
token = place.init()
server = harness.Server(place)
client = harness.Client(server.port, token)
titles = [f"Nguyễn {n}" for n in range(1, 421)]
for title in titles:
    client.good("POST", "task", {"title": title})
server.stop()

store = sqlite3.connect(place.data + "/aimwell.db")
columns = [row[1] for row in store.execute("PRAGMA table_info(task)") if row[1].startswith("_")]
report.say("_title" in columns, "there are keys of order", columns)
for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'task' AND sql LIKE '%\"\\_%' ESCAPE '\\'").fetchall():
    store.execute(f'DROP INDEX "{name}"')
for column in columns:
    store.execute(f'ALTER TABLE task DROP COLUMN "{column}"')
store.execute("UPDATE search_words SET words = 'ễn nguy'")
store.execute("DELETE FROM stale WHERE kind = ':folding'")
store.commit()
store.close()

server = harness.Server(place)
client = harness.Client(server.port, token)
listed, cursor = [], ""
while cursor is not None:
    page = client.good("GET", "task?sort=title&fields=title&limit=100" + (f"&cursor={cursor}" if cursor else ""))
    listed += [one["title"] for one in page["items"]]
    cursor = page["next"]
report.say(listed == titles, "in natural order, page by page", listed[:5])
for word in ("Nguyen 400", unicodedata.normalize("NFD", "Nguyễn 400")):
    total = client.good("GET", "task?q=" + urllib.parse.quote(word))["total"]
    report.say(total == 1, "found by any spelling", (word, total))
server.stop()
code, out, err = place.verify("--deep")
report.say(code == 0, "the store is intact", (out, err))
report.end()
