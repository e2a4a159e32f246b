#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays the scenarios of this folder against the real program on SQLite and on PostgreSQL.

    run.py [--store sqlite|postgresql] [WORD …]     only scenarios whose name contains a word

Prints one line for each scenario and store; exit 1 when any failed. Every scenario has an organisation of
its own. When it is over the server must have stopped in order without a word from a sanitizer, and
`aimwell verify --deep` must find every row and file as the ledger says.
"""
import argparse
import concurrent.futures
import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
import openapi  # noqa: E402
import scenario  # noqa: E402
from client import Client  # noqa: E402
from program import Failed, Server, run  # noqa: E402
from report import Report  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

AT_ONCE = 2


def empty_organisation(stores, folder):
    """One without people: founded, and nobody named."""
    store = stores.new()
    run("init", *store.words, "--organisation", "Empty")
    return store, {"people": {}, "units": {}}


def play(path, stores, template, people, folder):
    """One scenario; returns what went wrong."""
    title, steps = scenario.read(path)
    if title.endswith("(nobody there)"):
        store, people = empty_organisation(stores, folder)
    else:
        store = stores.copy(template)
    try:
        with Server(store) as server:
            client = Client(server, cast.passwords())
            api = openapi.OpenApi(client.must(None, "GET", "/openapi.json"))
            problems = scenario.Play(client, api, people).run(steps)
        if not problems:
            run("verify", "--deep", *store.words)
    except Failed as error:
        problems = [str(error)]
    stores.drop(store)
    return [title, *problems] if problems else []


def play_all(kind, paths, report):
    """All of them on one kind of store, a few at a time."""
    with stores_for(kind, "api") as (stores, folder):
        template = stores.new()
        people = cast.make(template, folder)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            def one(path):
                name = os.path.splitext(os.path.basename(path))[0]
                report.tell(f"{kind} {name}", play(path, stores, template, people, folder))
            for done in [pool.submit(one, path) for path in paths]:
                done.result()


def main():
    """Reads the command line and plays."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add_store_option(parser)
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    paths = [p for p in sorted(glob.glob(os.path.join(HERE, "*.txt")))
             if not options.words or any(w in os.path.basename(p) for w in options.words)]
    if not paths:
        parser.error("no scenario has such a name")
    report = Report()
    for kind in each_store(options):
        play_all(kind, paths, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
