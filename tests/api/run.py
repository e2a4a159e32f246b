#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays the scenarios of this folder against the real program on SQLite and on PostgreSQL.

    run.py [--store sqlite|postgresql] [--stories FOLDER] [WORD …]     only scenarios whose name contains a word

Other FOLDERs have scenarios of the same form, and nothing else is played then.

Prints one line for each scenario and store; exit 1 when any failed. Every scenario has an organisation of
its own. When it is over the server must have stopped in order without a word from a sanitizer, and
`aimwell verify --deep` must find every row and file as the ledger says.
"""
import argparse
import concurrent.futures
import glob
import json
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

AT_ONCE = 3  # stories: each waits for a server that starts, and for one that ends


def empty_organisation(stores, folder):
    """One without people: founded, and nobody named."""
    store = stores.new()
    run("init", *store.words, "--organisation", "Empty")
    return store, {"people": {}, "units": {}}


def serving(title):
    """Options for `serve` that a title asks for."""
    return ["--public", "https://aims.example.org/"] if title.endswith("(behind a proxy)") else []


DOCUMENTS = {}


def document(store):
    """The program's own OpenAPI: one for all stories of one model."""
    key = (store.kind, "--site" in store.words)
    if key not in DOCUMENTS:
        DOCUMENTS[key] = openapi.OpenApi(json.loads(run("export", "openapi", *store.words).stdout))
    return DOCUMENTS[key]


def play(path, stores, template, people, folder):
    """One scenario; returns what went wrong."""
    title, steps = scenario.read(path)
    if title.endswith("(nobody there)"):
        store, people = empty_organisation(stores, folder)
    else:
        store = stores.copy(template)
    if title.endswith("(with a site)"):
        store.words = [*store.words, "--site", os.path.join(os.path.dirname(path), "site")]
    try:
        with Server(store, *serving(title)) as server:
            api = document(store)
            client = Client(server, cast.passwords())
            if title.endswith("(a few people)"):
                cast.send_home(client, people["people"])
            problems = scenario.Play(client, api, people).run(steps)
        if not problems:
            run("verify", "--deep", *store.words)
    except Failed as error:
        problems = [str(error)]
    stores.drop(store)
    return [title, *problems] if problems else []


def flood(stores, template):
    """Many changes at once: a page that listens hears of each, or that there were many of the kind."""
    store = stores.copy(template)
    with Server(store) as server, Client(server, cast.passwords()) as client:
        bodies = [{"title": f"Task {n}"} for n in range(400)]
        ids = [client.must("amy", "POST", "/task", body)["id"] for body in bodies]
        listener = client.listen("xena")
        client.must("amy", "PATCH", "/task", {"ids": ids, "set": {"tags": ["all"]}})

        def missing(one):
            heard = list(one.heard)
            named = {event["id"] for event in heard if event["version"] == 2}
            return set() if {"kind": "task", "id": "", "version": 0} in heard else set(ids) - named
        listener.waits(lambda one: not missing(one))
    stores.drop(store)
    return [f"of {len(missing(listener))} of {len(ids)} changes nothing was heard"] \
        if missing(listener) else []


def verify_at_once(stores, template):
    """Verifying reads the whole ledger: whoever asks meanwhile is told to come back."""
    store = stores.copy(template)
    with Server(store) as server, concurrent.futures.ThreadPoolExecutor(8) as pool:
        client = Client(server, cast.passwords())
        client.sign_in("ivan")
        seen = set()
        for _ in range(50):
            asked = [pool.submit(client.call, "ivan", "GET", "/ledger/verify?deep=1") for _ in range(8)]
            seen |= {one.result().status for one in asked}
            if 429 in seen:
                break
    stores.drop(store)
    return [] if seen == {200, 429} else [f"the answers were {seen}"]


def many_pages(stores, template):
    """One session may leave so many pages open; another still finds room."""
    store = stores.copy(template)
    with Server(store) as server:
        client = Client(server, cast.passwords())
        pages, refused = [], None
        while len(pages) < 100 and refused is None:
            try:
                pages.append(client.listen("stan"))
            except Failed as error:
                refused = str(error)
        other = client.listen("sam")
        client.must("amy", "POST", "/task", {"title": "For all"})
        good = other.waits(lambda one: one.heard)
    stores.drop(store)
    return [] if good and refused and "429" in refused else [f"{len(pages)} pages, then {refused}"]


def public_address(_, __):
    """`serve --public` takes an address of a host, or of a path on one, and nothing else."""
    for wrong in ("aims.example.org", "https://", "https://a.example/api", "https://a@b.example", "ftp://a"):
        run("serve", "--data", "/nonexistent", "--public", wrong, expect=2)
    for good in ("https://[::1]:8443/", "https://a.example/b"):
        run("serve", "--data", "/nonexistent", "--public", good, expect=4)
    return []


PLAYS = {"flood": flood, "verify_at_once": verify_at_once, "many_pages": many_pages,
         "public_address": public_address}  # stories that no scenario can tell


def play_all(kind, paths, plays, report):
    """All of them on one kind of store, a few at a time."""
    with stores_for(kind, "api") as (stores, folder):
        template = stores.new()
        people = cast.make(template, folder)
        for name, act in plays.items():
            report.tell(f"{kind} {name}", act(stores, template))
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
    parser.add_argument("--stories", default=HERE, help="the folder of the scenarios")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()

    def wanted(name):
        return not options.words or any(word in name for word in options.words)
    paths = [p for p in sorted(glob.glob(os.path.join(options.stories, "*.txt")))
             if wanted(os.path.basename(p))]
    plays = {name: act for name, act in PLAYS.items() if options.stories == HERE and wanted(name)}
    if not paths and not plays:
        parser.error("no scenario has such a name")
    report = Report()
    for kind in each_store(options):
        play_all(kind, paths, plays, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
