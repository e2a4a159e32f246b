# SPDX-License-Identifier: Apache-2.0
"""A server, and somebody who writes into its database beside it."""
import contextlib
import os
import sqlite3
import subprocess

import cast
from client import Client
from program import Server


def write(store, sql):
    """What whoever owns the database can do, append-only or not; rows of a SELECT. SQLite: while nobody has it open."""
    if store.kind != "sqlite":
        done = subprocess.run(["psql", "-q", "-t", "-A", "-F", "|", "-v", "ON_ERROR_STOP=1", store.where, "-c",
                               "SET search_path = aimwell; SET session_replication_role = replica", "-c", sql],
                              check=True, capture_output=True, text=True).stdout
        return [tuple(line.split("|")) for line in done.splitlines() if line]
    with contextlib.closing(sqlite3.connect(store.where + "/aimwell.db")) as db:
        triggers = list(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        for name, _ in triggers:
            db.execute(f'DROP TRIGGER "{name}"')
        rows = list(db.execute(sql))
        for _, made_by in triggers:
            db.execute(made_by)
        db.commit()
    return rows


class Behind:
    """A server that is away while somebody writes into SQLite."""

    def __init__(self, store, *options):
        self.store, self.options = store, options
        self.start()

    def start(self):
        self.server = Server(self.store, *self.options)
        self.server.__enter__()
        self.client = Client(self.server, cast.passwords())

    def stop(self):
        self.server.__exit__(None, None, None)

    def forge(self, sql):
        """Writes what it likes; with SQLite the server is away meanwhile."""
        if self.store.kind != "sqlite":
            return write(self.store, sql)
        self.stop()
        try:
            return write(self.store, sql)
        finally:
            self.start()

    def verify(self):
        done = subprocess.run([os.environ["AIMWELL_PROGRAM"], "verify", "--deep", *self.store.words, *self.options],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout
