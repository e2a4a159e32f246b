#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S12: what one may see is found although hundreds of records that one may not see come before it, and an
answer that is not all of it says so: the search of everything, and the values of a facet.

    s12_found_behind_hidden.py PATH_OF_AIMWELL
"""
import os
import sys
import tempfile

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv[1])
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Server, run  # noqa: E402
from stores import SqliteStores  # noqa: E402


def say(good, name, why=""):
    print(f"ok {name}" if good else f"not ok {name} {why}", flush=True)


def search(client, who, words, limit=20):
    return client.must(who, "GET", f"/search?q={words}&limit={limit}")


def behind(client):
    # The fewer other words, the earlier: all of these come before Stan's.
    for i in range(150):
        client.must("asa", "POST", "/risk", {"title": f"walrus {i}", "confidentiality": "restricted"})
    client.must("stan", "POST", "/task", {"title": "The walrus of Stan has a longer title than all of the others"})
    found = search(client, "stan", "walrus")
    say(len(found["items"]) == 1 and found["items"][0]["kind"] == "task",
        "S12 what one may see is found behind 150 that one may not", str(found))
    say(found.get("more") is False, "S12 and it is said that there is no more")
    found = search(client, "asa", "walrus")
    say(len(found["items"]) == 20 and found.get("more") is True, "S12 twenty of many say that there are more", str(found)[-80:])
    found = search(client, "asa", "walrus", 100)
    say(len(found["items"]) == 100 and found.get("more") is True, "S12 so do a hundred")
    for i in range(60):
        client.must("asa", "POST", "/risk", {"title": f"otter {i}"})
    few = client.must("asa", "GET", "/risk?facets=state&limit=1")
    many = client.must("asa", "GET", "/risk?facets=key&limit=1")
    say("facets_more" not in few and many.get("facets_more") == ["key"] and len(many["facets"]["key"]) == 200,
        "S12 two hundred values of more say that there are others", str(many.get("facets_more")))


def many(store, folder):
    """More than a thousand tasks of the same word; every other one for today."""
    table = os.path.join(folder, "many.csv")
    with open(table, "w", encoding="utf-8") as file:
        file.write("Title,External id,Tags\n")
        file.writelines(f"heron number {i},h{i},{'even' if i % 2 else 'odd'}\n" for i in range(1230))
    run("import", "task", table, *store.words, "--as", "amy@northlake.example")


def whole(client):
    listed = client.must("amy", "GET", "/task?q=heron&limit=50")
    say(listed["total"] == 1230, "S12 a list of what has a word knows all 1,230", str(listed["total"]))
    half = client.must("amy", "GET", "/task?q=heron&tags=even&limit=1")
    say(half["total"] == 615, "S12 and filters all of them", str(half["total"]))
    seen, cursor = set(), ""
    while cursor is not None:
        page = client.must("amy", "GET", f"/task?q=heron&limit=500&fields=title&cursor={cursor}")
        seen |= {one["id"] for one in page["items"]}
        cursor = page["next"]
    say(len(seen) == 1230, "S12 its pages bring all of them", str(len(seen)))
    out = client.call("amy", "GET", "/task?q=heron&format=csv&fields=title")
    say(out.body.decode().count("heron number") == 1230, "S12 its export has all of them", str(out.body.decode().count("heron number")))


def main():
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStores(folder).new()
        cast.make(store, folder)
        many(store, folder)
        with Server(store) as server, Client(server, cast.passwords()) as client:
            whole(client)
            behind(client)


main()
