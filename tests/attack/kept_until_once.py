#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""That a record need not be kept any longer is noted once and told once, whatever happens to the time of day and to
the server: killed while it is noted, set a week back, two servers on one store. And a store whose model said nothing
of keeping until now knows what is under legal hold and what was erased.

    kept_until_once.py PATH_OF_AIMWELL
"""
import argparse
import datetime
import json
import os
import subprocess
import sys
import time

PROGRAM = os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "durability"), os.path.join(HERE, "..", "lib")]

import cast  # noqa: E402
import harness  # noqa: E402
import timers  # noqa: E402
from behind import write  # noqa: E402
from client import Client  # noqa: E402
from program import Server, find_program  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

DAY = timers.DAY
with open(HERE + "/site/kinds/x_paper.json", encoding="utf-8") as source:
    PAPER = json.load(source)


def put(folder, kind):
    os.makedirs(folder + "/kinds", exist_ok=True)
    with open(folder + "/kinds/x_paper.json", "w", encoding="utf-8") as f:
        json.dump(kind, f, indent=1)


def without_keep():
    kind = json.loads(json.dumps(PAPER))
    del kind["fields"]["kept_until"]
    kind["layout"][0]["fields"] = ["words", "decided_on", "minor"]
    kind["list"], kind["sort"] = ["title", "state"], "title"
    return kind


class Suite(timers.Suite):
    def __init__(self, place, folder, library, report):
        super().__init__(place, folder, library, report, None)
        os.remove(self.site + "/kinds/x_limit.json")
        put(self.site, PAPER)

    def client(self, server):
        return harness.Client(server.port, self.token)

    def stands(self, client, keys, standing):
        """Waits until all of them stand so; those that do not."""
        end = time.monotonic() + harness.PATIENCE
        while True:
            others = [k for k in keys if client.good("GET", f"x_paper/{k}")["kept_until_standing"] != standing]
            if not others or time.monotonic() > end:
                return others
            time.sleep(0.1)

    def computed(self, server):
        """Waits until nothing is left to be computed anew since the model changed: that, too, would note it, without a timer."""
        end, client = time.monotonic() + harness.PATIENCE, harness.Client(server.port, self.auditor)
        while not all(b"\naimwell_%s_stale 0\n" % what in client.good("GET", "/metrics") for what in (b"records", b"kinds")):
            if time.monotonic() > end:
                raise RuntimeError("records wait to be computed anew for ever")
            time.sleep(0.1)

    def happened(self, client, key):
        items = client.good("GET", f"x_paper/{key}/history?limit=200")["items"]
        return [h["timer"] for h in items if h.get("timer")], [t["event"] for h in items for t in h.get("told", [])]

    def started(self, many=20):
        self.token = self.place.init("staff")
        redacts, self.auditor = self.place.token("staff,dpo"), self.place.token("internal_auditor")
        server = self.serve()
        client = self.client(server)
        last = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=10)
        decided = last.replace(year=last.year - 3, day=min(last.day, 28))
        last = last.replace(day=decided.day)
        keys = [client.good("POST", "x_paper", {"title": "Paper", "decided_on": str(decided)})["key"] for _ in range(many)]
        record = client.good("GET", f"x_paper/{keys[0]}")
        self.report.say((record["kept_until"], record["kept_until_standing"]) == (str(last), "kept"), "three years are three years", record)
        self.computed(server)
        server.stop()
        self.set(14 * DAY)
        for wait in (0.0, 0.1):  # killed while it is noted
            server = self.serve()
            time.sleep(wait)
            server.kill()
        servers = [self.serve(), self.serve()] if self.place.store else [self.serve()]
        self.report.say(not self.stands(self.client(servers[0]), keys, "over"), "after its day it need not be kept any longer")
        for server in servers:
            server.stop()
        self.set(7 * DAY - 14 * DAY)  # before its day again
        server = self.serve()
        client = self.client(server)
        client.good("PATCH", f"x_paper/{keys[0]}", {"words": "more"}, If_Match=f'"{client.good("GET", "x_paper/" + keys[0])["version"]}"')
        self.report.say(not self.stands(client, keys, "over"), "and stays so when the time of day is set back")
        found = {k: self.happened(client, k) for k in keys}
        wrong = {k: f for k, f in found.items() if f != (["keep.kept_until"], ["over", "over"])}
        self.report.say(not wrong, "noted once, and who keeps it and who redacts told once", wrong)
        told = harness.Client(server.port, redacts).good("GET", "notices?limit=200")["items"]
        self.report.say(sorted(n["key"] for n in told) == sorted(keys) and {(n["event"], n["kept_until"]) for n in told} == {("over", str(last))},
                        "who redacts reads it", told[:2])
        server.stop()
        self.intact()


def verify(store):
    return subprocess.run([PROGRAM, "verify", "--deep", *store.words], capture_output=True, text=True, check=False)


def use(program):
    os.environ["AIMWELL_PROGRAM"] = program
    find_program.cache_clear()


def erase(client, key, **what):
    ask = {"reason": "asked", "ground": "Art. 17", "password": cast.PASSWORD, **what}
    return [client.call(who, "POST", f"/x_paper/{key}/redact", ask).status for who in ("petra", "dana")]


def older(report, stores, folder):
    """What was held and erased before the model said how long it is kept."""
    store = stores.new()
    site = os.path.join(folder, "site")
    put(site, without_keep())
    use(os.environ.get("AIMWELL_OLDER", PROGRAM))
    cast.make(store, folder)
    store.words = [*store.words, "--site", site]
    with Server(store) as server, Client(server, cast.passwords()) as client:
        key = {}
        for name, day in {"held": "2019-01-01", "erased": "2019-01-01", "over": "2019-01-01", "kept": "2999-01-01",
                          "part": "2019-01-01", "again": "2019-01-01"}.items():
            key[name] = client.must("rita", "POST", "/x_paper", {"title": name, "words": "Mia", "decided_on": day})["key"]
        client.must("lex", "POST", f"/x_paper/{key['held']}/hold", {"reason": "a case"})
        done = [erase(client, key["erased"], all=True), erase(client, key["part"], fields=["title"]), erase(client, key["again"], all=True)]
        report.say(done == [[202, 200]] * 3, f"{store.kind} three are redacted", done)
        client.must("rita", "PATCH", f"/x_paper/{key['again']}", {"words": "more"}, headers={"If-Match": '"3"'})
    use(PROGRAM)
    put(site, PAPER)
    expected = {"held": "held", "erased": "erased", "over": "over", "kept": "kept", "part": "over", "again": "over"}
    with Server(store) as server, Client(server, cast.passwords()) as client:
        end = time.monotonic() + harness.PATIENCE
        while True:
            found = {n: client.must("rita", "GET", f"/x_paper/{k}").get("kept_until_standing") for n, k in key.items()}
            if found == expected or time.monotonic() > end:
                break
            time.sleep(0.1)
        report.say(found == expected, f"{store.kind} an older store knows what was held and erased", found)
        tasks = sorted(t["key"] for t in client.must("petra", "GET", "/tasks")["items"] if t["why"] == "keep")
        report.say(tasks == sorted(key[n] for n in ("over", "part", "again")), f"{store.kind} and the rest is work", tasks)
        report.say(not client.must("petra", "GET", "/notices")["items"], f"{store.kind} of what was over long before nobody is told")
    for told, row in (("over", "kept"), ("kept", "none"), ("held", "over")):
        write(store, f"UPDATE x_paper SET kept_until_standing = '{row}' WHERE key = '{key[told]}'")
        report.say(verify(store).returncode == 1, f"{store.kind} a row that says {row} of one that is {told} is found")
        write(store, f"UPDATE x_paper SET kept_until_standing = '{told}' WHERE key = '{key[told]}'")
    done = verify(store)
    report.say(done.returncode == 0, f"{store.kind} verify --deep finds nothing", done.stdout[:400] + done.stderr[:400])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    add_store_option(parser)
    options, report = parser.parse_args(), harness.Report()
    library = timers.shim(harness.temporary())
    for kind in each_store(options):
        with stores_for(kind, "kept") as (stores, folder):
            older(report, stores, folder)
        folder = harness.temporary()
        if not library:
            continue
        if kind == "sqlite":
            Suite(harness.Place(PROGRAM, data=folder + "/data"), folder, library, report).started()
        elif harness.have_postgres():
            with harness.postgres(durable=False) as (_, url):
                Suite(harness.Place(PROGRAM, store=url), folder, library, report).started()
    report.end()


if __name__ == "__main__":
    sys.exit(main())
