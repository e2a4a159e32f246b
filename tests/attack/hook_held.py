#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Webhooks: one that is written into the database beside the program sends nothing, one whose address is altered there sends
nothing any more, a message that nobody caused is found, and none of it is taken for what the ledger says.

    hook_held.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import http.server
import json
import os
import subprocess
import sys
import threading
import time

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv.pop(1))
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib")]

import cast  # noqa: E402
from behind import Behind  # noqa: E402
from report import Report  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

GOT = []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        GOT.append((self.path, json.loads(self.rfile.read(int(self.headers["content-length"])))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def until(holds):
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    return holds()


class Suite:
    def __init__(self, report, store, port):
        self.report, self.port = report, port
        self.behind = Behind(store, "--hook-allow", "127.0.0.1")
        self.kind = store.kind

    def say(self, name, good, why=""):
        self.report.tell(f"{self.kind} {name}", [] if good else [str(why)[:1500]])

    def must(self, *words):
        return self.behind.client.must("amy", *words)

    def make(self, path):
        return self.must("POST", "/hooks", {"name": "x", "address": f"http://127.0.0.1:{self.port}{path}", "kinds": ["*"], "events": ["created"]})["id"]

    def task(self):
        return self.behind.client.must("stan", "POST", "/task", {"title": "Look", "confidentiality": "internal"})["id"]

    def run(self):
        good, moved = self.make("/good"), self.make("/moved")
        first = self.task()
        self.say("both tell", until(lambda: sorted(p for p, _ in GOT) == ["/good", "/moved"]), GOT)
        self.found("untouched nothing is found", "", 0)
        self.forged(good, first)
        self.altered(good, moved)
        self.behind.stop()

    def forged(self, good, first):
        """A webhook and a message that no entry made."""
        GOT.clear()
        self.behind.forge("INSERT INTO sealed (ledger, kind, id, body, salt, commitment) SELECT 900000, 'hook', 'forged', replace(body, '/good', '/forged'), salt, "
                          f"commitment FROM sealed WHERE kind = 'hook' AND id = '{good}'")
        self.task()
        until(lambda: len(GOT) >= 2)
        time.sleep(1.5)
        self.say("a webhook that no entry made tells nothing", sorted(p for p, _ in GOT) == ["/good", "/moved"], GOT)
        self.say("and nobody sees one", len(self.must("GET", "/hooks")["items"]) == 2)
        answer = self.behind.client.call("amy", "DELETE", "/hooks/forged")
        self.say("nor ends it", answer.status == 404, answer.short())
        self.behind.forge("DELETE FROM sealed WHERE ledger = 900000")
        self.behind.forge("INSERT INTO hook_delivery (id, hook, kind, record, version, event, field, ledger, at, due, tries, status, why) VALUES "
                          f"('msg_7_moved_{good}', '{good}', 'task', '{first}', 1, 'moved', 'state', 7, '2099-01-01T00:00:00.000000Z', '2099-01-01T00:00:00.000000Z', 0, 0, '')")
        self.found("a message of what did not happen is found", "table hook_delivery")
        self.behind.forge(f"DELETE FROM hook_delivery WHERE id = 'msg_7_moved_{good}'")
        self.behind.forge(f"UPDATE hook_delivery SET record = 'x' WHERE record = '{first}' AND hook = '{good}'")
        self.found("one of another record too", "table hook_delivery")
        self.behind.forge(f"UPDATE hook_delivery SET record = '{first}' WHERE record = 'x'")

    def altered(self, good, moved):
        """Its address is another in the row: then it tells nothing, there or elsewhere."""
        GOT.clear()
        self.behind.forge(f"UPDATE sealed SET body = replace(body, '/moved', '/thief') WHERE kind = 'hook' AND id = '{moved}'")
        self.task()
        until(lambda: len(GOT) >= 1)
        time.sleep(1.5)
        self.say("one whose address was altered tells nobody", [p for p, _ in GOT] == ["/good"], GOT)
        self.found("and is found", "sealed")

    def found(self, name, part, code=1):
        """Beside the server, as anybody may."""
        done = subprocess.run([os.environ["AIMWELL_PROGRAM"], "verify", "--deep", *self.behind.store.words], capture_output=True, text=True, check=False)
        self.say(name, done.returncode == code and part in done.stdout, f"{done.returncode} {done.stdout}{done.stderr}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_store_option(parser)
    options = parser.parse_args()
    report = Report()
    door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    door.daemon_threads = True
    threading.Thread(target=door.serve_forever, daemon=True).start()
    for kind in each_store(options):
        GOT.clear()
        with stores_for(kind, "hookheld") as (stores, folder):
            store = stores.new()
            cast.make(store, folder)
            Suite(report, store, door.server_address[1]).run()
    return report.finish()


sys.exit(main())
