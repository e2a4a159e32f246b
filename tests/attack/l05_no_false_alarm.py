#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""L5: no false alarm. A field that is renamed by `was` and back is as it was, in the tables too; with the model
of another organisation verify cannot tell (exit 2), it does not cry tampered (exit 1); taking the format of the
store away does not turn the one into the other.

    l05_no_false_alarm.py PATH_OF_AIMWELL
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402


class Suite:
    def __init__(self):
        self.aimwell, self.report = harness.program(), harness.Report()
        self.folder = harness.temporary()
        self.place = harness.Place(self.aimwell, data=self.folder + "/data")
        self.place.init()
        os.mkdir(self.place.data + "/model.d")

    def field(self, name, **more):
        with open(self.place.data + "/model.d/x_one.json", "w", encoding="utf-8") as f:
            json.dump({"extends": "task", "fields": {name: {"type": "text", "max": 100, "title": "One", **more}}}, f)

    def opened(self):
        """By whatever command: the tables follow the model."""
        harness.must(self.aimwell, "user", "list", where=self.place.where)

    def verify(self, expected, name, *more):
        code, out, err = harness.run(self.aimwell, "verify", "--deep", *more, where=self.place.where)
        self.report.say(code == expected, name, f"{code} {out}{err}")

    def renamed(self):
        self.field("x_one")
        with open(self.folder + "/t.csv", "w", encoding="utf-8") as f:
            f.write("external_id,title,x_one\na,Task,hello\n")
        harness.must(self.aimwell, "import", "task", self.folder + "/t.csv", "--as", "root@test.example", where=self.place.where)
        self.verify(0, "a field of its own")
        self.field("x_two", was="x_one")
        self.opened()
        self.verify(0, "the field renamed")
        self.field("x_one")
        self.opened()
        self.verify(0, "and back, as the file was at first")
        with self.place.database() as db:
            self.report.say(db.execute("SELECT x_one FROM task").fetchall() == [("hello",)], "the table has what the record has")

    def foreign(self):
        other = harness.temporary()
        self.verify(2, "with other model files it cannot tell", "--site", other)
        with self.place.database() as db:
            db.execute("UPDATE task SET x_one = 'altered'")
        self.verify(1, "sabotage: with its own, what was altered is found")
        with self.place.database() as db:
            db.execute("UPDATE task SET x_one = 'hello'")
            db.execute("DELETE FROM meta WHERE name = 'format'")
        self.verify(1, "a format that was removed is no excuse")

    def all(self):
        self.renamed()
        self.foreign()
        self.report.end()


Suite().all()
