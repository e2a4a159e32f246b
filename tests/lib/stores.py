# SPDX-License-Identifier: Apache-2.0
"""Places for organisations: folders with SQLite, and databases of a private PostgreSQL.

Both can be copied while nobody has them open, so that one organisation with its people is made once and
every test gets its own.
"""
import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import threading

from program import ROOT, Failed


class Store:
    """One organisation's place."""

    def __init__(self, kind, where, option):
        self.kind, self.where, self.words = kind, where, [option, where]


def save(store, place):
    """Keeps a copy of what nobody has open, under a name that it begins with."""
    if store.kind == "sqlite":
        shutil.copytree(store.where, place)
    else:
        subprocess.run(["pg_dump", "--format=custom", "--no-owner", "--file", place, store.where], check=True)


def load(store, place):
    """Fills an empty place with what was saved."""
    if store.kind == "sqlite":
        shutil.copytree(place, store.where)
    else:
        subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", "--dbname", store.where, place], check=True)


class SqliteStores:
    """Folders below one folder."""

    kind = "sqlite"

    def __init__(self, folder):
        self.folder, self.numbers = folder, itertools.count(1)

    def new(self):
        """A place where nothing is yet."""
        return Store("sqlite", os.path.join(self.folder, f"org{next(self.numbers)}"), "--data")

    def copy(self, store):
        """Another organisation that starts out the same."""
        made = self.new()
        shutil.copytree(store.where, made.where)
        return made

    def drop(self, store):
        """Takes it away."""
        shutil.rmtree(store.where, ignore_errors=True)

    def close(self):
        """Nothing to stop; the folder belongs to the caller."""


class PostgresStores:
    """Databases of a cluster that lives only as long as this object."""

    kind = "postgresql"
    _copying = threading.Lock()  # a template may not be in use while it is copied

    def __init__(self):
        tool = os.path.join(ROOT, "tests", "tools", "pg.sh")
        self.tool, self.numbers = tool, itertools.count(1)
        done = subprocess.run([tool, "start"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"no PostgreSQL: {done.stderr}")
        self.folder, self.url = done.stdout.split()

    def _sql(self, statement):
        subprocess.run(["psql", "-q", "-h", self.folder, "-U", "aimwell", "-d", "postgres",
                        "-c", statement], check=True, capture_output=True)

    def _store(self, name):
        return Store("postgresql", self.url.replace("/aimwell?", f"/{name}?"), "--store")

    def _name(self, store):
        return store.where.split("@/")[1].split("?")[0]

    def new(self):
        """An empty database."""
        name = f"org{next(self.numbers)}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE template0")
        return self._store(name)

    def copy(self, store):
        """Another database that starts out the same."""
        name = f"org{next(self.numbers)}"
        with self._copying:
            self._sql(f"CREATE DATABASE {name} TEMPLATE {self._name(store)}")
        return self._store(name)

    def drop(self, store):
        """Takes it away."""
        self._sql(f"DROP DATABASE {self._name(store)} WITH (FORCE)")

    def close(self):
        """Stops the cluster and removes it."""
        subprocess.run([self.tool, "stop", self.folder], check=False)


def open_stores(kind, folder):
    """The maker of places of one kind: "sqlite" or "postgresql"."""
    return SqliteStores(folder) if kind == "sqlite" else PostgresStores()


@contextlib.contextmanager
def stores_for(kind, name):
    """Places of one kind and a folder beside them, for as long as a test runs: (stores, folder)."""
    with tempfile.TemporaryDirectory(prefix=f"aimwell-{name}-") as folder:
        stores = open_stores(kind, folder)
        try:
            yield stores, folder
        finally:
            stores.close()


def add_store_option(parser):
    """--store: one kind of store; each_store gives the kinds to play on."""
    parser.add_argument("--store", choices=["sqlite", "postgresql"])


def each_store(options):
    """The kinds that were asked for: both, unless one was named."""
    return [options.store] if options.store else ["sqlite", "postgresql"]
