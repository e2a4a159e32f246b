#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pages put together are the list, and a file is of one moment.

For every sorting, with ties, empty values, numbers, dates and both directions: the pages by cursor, one after the
other, are the list asked for at once. While others add and change records, a walk over the pages still shows every record
that stood still exactly once, and an export written meanwhile has no record twice and none left out. On both
stores.
"""
import csv
import datetime
import io
import os
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Failed, Server  # noqa: E402
from report import Report  # noqa: E402
from stores import stores_for  # noqa: E402

SORTS = ["", "key", "-key", "due", "-due", "priority,-due", "-priority,due,title", "title", "-updated_at", "owner,-title",
         "tags", "version,-key", "-state,due", "priority", "-priority", "owner", "-owner", "state", "-state", "unit"]
COUNT = 60


def fill(client):
    """Tasks with ties and gaps in every column that is sorted by."""
    for i in range(COUNT):
        client.must("amy", "POST", "/task", {
            "title": f"T {i % 7}", "priority": ["low", "high", None][i % 3], "tags": [["b"], ["a", "b"], []][i % 3],
            "due": [f"2026-12-{i % 9 + 1:02d}", None][i % 4 == 0]})


def walk(client, path, size, after=lambda: None):
    """Keys of all pages."""
    keys, cursor = [], ""
    while cursor is not None and len(keys) < 3 * COUNT:  # one that goes round and round has lost its way
        page = client.must("amy", "GET", f"{path}&limit={size}" + (f"&cursor={cursor}" if cursor else ""))
        keys += [one["key"] for one in page["items"]]
        cursor = page["next"]
        after()
    return keys


def pages_are_the_list(client, report, kind):
    """Every sorting, in pages of 1, 7 and 25."""
    for sort in SORTS:
        path = f"/task?sort={sort}"
        whole = [one["key"] for one in client.must("amy", "GET", f"{path}&limit=1000")["items"]]
        wrong = [f"limit {size}: {keys}" for size in (1, 7, 25)
                 for keys in [walk(client, path, size)] if keys != whole]
        report.tell(f"{kind} pages by {sort or 'the usual order'} are the list",
                    wrong or ([] if len(whole) == COUNT else [f"{len(whole)} of {COUNT}"]))


def nothing_slips(client, report, kind):
    """A record comes and one goes to the front between any two pages."""
    still = {one["key"] for one in client.must("amy", "GET", "/task?limit=1000")["items"]}
    turn = iter(range(10000))

    def disturb():
        n = next(turn)
        client.must("amy", "POST", "/task", {"title": ["A first", "Z last"][n % 2], "due": "2026-01-01"})

    for sort in ("title", "-updated_at", "due", "-key"):
        keys = [key for key in walk(client, f"/task?sort={sort}", 7, disturb) if key in still]
        report.tell(f"{kind} nothing slips between pages by {sort}",
                    [] if sorted(keys) == sorted(still) else
                    [f"{len(keys)} shown, {len(set(keys))} of {len(still)} different"])


def foreign_cursors(client, report, kind):
    """A cursor belongs to the sorting it was given for."""
    cursor = client.must("amy", "GET", "/task?sort=due&limit=2")["next"]
    wrong = [f"{path}: {answer.short()}" for path in (f"/task?sort=key&cursor={cursor}", "/task?cursor=o50",
                                                      f"/task?sort=due&cursor={cursor[:-2]}", "/task?cursor=5b5d")
             for answer in [client.call("amy", "GET", path)] if answer.status != 422]
    report.tell(f"{kind} a cursor of another list is refused", wrong)


def lists_of_then(client, report, kind):
    """What a list said is what it says later as of that moment, whole and in pages, while more and more has changed since."""
    asked = [f"sort={sort}" for sort in SORTS if sort != "tags"] + ["priority=high", "due.empty=1&sort=-key", "priority.not=low&sort=due", "tags=a&sort=title"]
    said = []
    for turn in range(3):
        said.append((datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                     {words: client.must("amy", "GET", f"/task?{words}&limit=1000") for words in asked}))
        for i, one in enumerate(client.must("amy", "GET", "/task?sort=key&limit=1000")["items"][turn::4]):
            client.must("amy", "PATCH", "/task", {"ids": [one["id"]], "set": {
                "title": f"S {(i + turn) % 5}", "due": [None, f"2027-01-{i % 5 + 1:02d}"][i % 2], "priority": ["high", "low", "normal"][(i + turn) % 3]}})
        client.must("amy", "POST", "/task", {"title": f"Later {turn}", "priority": "high", "tags": ["a"]})
    for turn, (moment, lists) in enumerate(said):
        wrong = []
        for words, then in lists.items():
            keys = [one["key"] for one in then["items"]]
            now = client.must("amy", "GET", f"/task?{words}&limit=1000&as_of={moment}")
            if [one["key"] for one in now["items"]] != keys or now["total"] != then["total"]:
                wrong.append(f"{words}: {now['total']} of {then['total']}, {[one['key'] for one in now['items']]} for {keys}")
            if walk(client, f"/task?{words}&as_of={moment}", 7) != keys:
                wrong.append(f"{words}: in pages")
        if client.call("amy", "GET", f"/task?sort=tags&as_of={moment}").status != 422:
            wrong.append("sort=tags, which has no order of then, is not refused")
        report.tell(f"{kind} lists as of {3 - turn} rounds ago are what they were", wrong)


def export_of_one_moment(server, client, report, kind):
    """Records are renamed all the time, so that each wanders to and fro in the sorting of the export."""
    over, wrong = threading.Event(), []
    ids = [one["key"] for one in client.must("amy", "GET", "/task?limit=1000&sort=key")["items"]]
    other = Client(server, cast.passwords())
    other.sign_in("alan")

    def rename():
        with other:
            for n in range(10 ** 9):
                if over.is_set():
                    return
                some = [ids[(n * 997 + i * 101) % len(ids)] for i in range(8)]
                other.must("alan", "PATCH", "/task", {"ids": some, "set": {"title": f"{'AZ'[n % 2]} {n}"}})

    thread = threading.Thread(target=rename)
    thread.start()
    for _ in range(25):
        answer = client.call("amy", "GET", "/task?format=csv&sort=title")
        rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))
        if len(rows) != len(ids) or {row["key"] for row in rows} != set(ids):
            wrong.append(f"{len(rows)} rows, {len({row['key'] for row in rows})} different, of {len(ids)}")
    over.set()
    thread.join()
    report.tell(f"{kind} an export is of one moment", wrong)


def play(kind, report):
    """One kind of store."""
    with stores_for(kind, "pages") as (stores, folder):
        store = stores.new()
        cast.make(store, folder)
        with Server(store) as server:
            client = Client(server, cast.passwords())
            fill(client)
            pages_are_the_list(client, report, kind)
            lists_of_then(client, report, kind)
            foreign_cursors(client, report, kind)
            nothing_slips(client, report, kind)
            for _ in range(800):  # so that an export takes several pages
                client.must("amy", "POST", "/task", {"title": "filler"})
            export_of_one_moment(server, client, report, kind)


def main():
    """Both stores."""
    report = Report()
    for kind in ("sqlite", "postgresql"):
        try:
            play(kind, report)
        except Failed as error:
            report.tell(f"{kind} pages", [str(error)])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
