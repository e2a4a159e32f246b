#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E4: the organisation's own model files lie in the store. Whoever alters, removes, invents or reorders one in the database
is found, the server refuses to work by it, and `verify` says so even where no model can be made of what lies there.

    e04_files_altered.py PATH_OF_AIMWELL
"""
import contextlib
import os
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

ROOM = '{"extends": "task", "fields": {"x_room": {"type": "text", "title": "Room", "about": "%s"}}}\n'
IN_FORCE = {"its words": "UPDATE site_file SET body = replace(body, 'Room', 'Hall') WHERE since = 2",
            "it is no model": "UPDATE site_file SET body = 'x' WHERE since = 2",
            "it is gone": "DELETE FROM site_file WHERE since = 2",
            "all are gone": "DELETE FROM site_file",
            "it went": "UPDATE site_file SET gone = 1, body = '' WHERE since = 2",
            "its name": "UPDATE site_file SET path = 'other.json' WHERE since = 2",
            "an older one is in force": "UPDATE site_file SET since = 5 WHERE since = 1",
            "one more": "INSERT INTO site_file VALUES ('more_of_it.json', 9, '{}', 0)"}
PAST = {"an earlier one": "UPDATE site_file SET body = body || ' ' WHERE since = 1",
        "an earlier one is gone": "DELETE FROM site_file WHERE since = 1",
        "an earlier one went": "UPDATE site_file SET gone = 1 WHERE since = 1"}


def alter(place, sql):
    with contextlib.closing(sqlite3.connect(place.data + "/aimwell.db")) as db:
        guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'site_file'").fetchall()
        for name, _ in guards:
            db.execute(f'DROP TRIGGER "{name}"')
        changed = db.execute(sql).rowcount
        for _, made in guards:  # as they were: only the row tells
            db.execute(made)
        db.commit()
    return changed


def main():
    aimwell, failed = os.path.abspath(sys.argv[1]), 0

    def say(good, name, why=""):
        nonlocal failed
        failed += not good
        print(f"ok {name}" if good else f"not ok {name} {why}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        own = folder + "/own"
        os.mkdir(own)
        for words in ("Where.", "Where it is."):
            with open(own + "/more.json", "w", encoding="utf-8") as out:
                out.write(ROOM % words)
            command = ["model", "adopt", own] if os.path.exists(folder + "/org") else ["init", "--organisation", "Own", "--site", own]
            harness.must(aimwell, *command, where=["--data", folder + "/org"])
        code, out, _ = harness.Place(aimwell, data=folder + "/org").verify("--deep")
        say(code == 0, "E4 two editions of a file verify", out)
        for name, sql in {**IN_FORCE, **PAST}.items():
            place = harness.Place(aimwell, data=folder + "/copy")
            shutil.copytree(folder + "/org", place.data)
            changed = alter(place, sql)
            code, out, err = place.verify("--deep")
            say(changed > 0 and code == 1 and "site_file" in out, f"E4 found: {name}", f"{changed} rows, exit {code}: {out}{err}")
            code, out, err = harness.run(aimwell, "user", "list", where=place.where)
            refused = code == 5 and "site_file" in err
            say(refused if name in IN_FORCE else code == 0, f"E4 {'refused' if name in IN_FORCE else 'of no effect'}: {name}", f"{code} {out}{err}")
            shutil.rmtree(place.data)
    print(f"# {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
