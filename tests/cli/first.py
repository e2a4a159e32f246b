#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The first start: an empty folder, and an empty database, become an organisation without a name; anything else in
a folder is somebody's, and a folder that is absent may be mistyped. Whoever has the address names it, once, and the ledger says so.

    first.py PATH_OF_AIMWELL
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

from program import clean_environment  # noqa: E402
from report import Report  # noqa: E402
from stores import stores_for  # noqa: E402

PROGRAM = sys.argv[1]
PASSWORD = "river table window seven"


class Started:
    """`aimwell serve`, until it prints the address or ends."""

    def __init__(self, *words):
        self.said = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([PROGRAM, "serve", *words], stdout=self.said, stderr=self.said, text=True,
                                        env={**clean_environment(), "AIMWELL_RATE": "0"})
        end = time.monotonic() + 120
        while time.monotonic() < end and self.process.poll() is None and not re.search(r"http://\S+\n.*\Z", self.text(), re.S):
            time.sleep(0.1)
        time.sleep(0.5)

    def text(self):
        self.said.seek(0)
        return self.said.read()

    def setup(self):
        return re.search(r"Open (http://[0-9.:]+)/setup(\S*)#(\S+)", self.text())

    def ask(self, path, body):
        at = re.search(r"http://(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)", self.text())[1]
        request = urllib.request.Request(f"http://127.0.0.1:{at}/api/v1{path}", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)


def found(report, name, words):
    """From nothing to a name, over a restart."""
    tell = report.tell
    if words[0] == "--data":
        one = Started(*words, "--listen", "127.0.0.1:0")
        tell(f"first {name}: a folder that is absent may be a typing mistake, and nothing is made",
             [] if one.process.wait(60) == 4 and "mkdir" in one.text() and not os.path.exists(words[1]) else [one.text()])
        os.mkdir(words[1])
    one = Started(*words, "--listen", "127.0.0.1:0")
    at = one.setup()
    tell(f"first {name}: an address for whoever reads the terminal",
         [] if at and at[2] == "?new&demo" and "without a name" in one.text() else [one.text()])
    tell(f"first {name}: it stops in order", [] if one.stop() == 0 else [one.text()])
    one = Started(*words, "--listen", "127.0.0.1:0")
    again = one.setup()
    tell(f"first {name}: started again it has no name yet, and another token",
         [] if again and again[2] == "?new&demo" and again[3] != at[3] and "was made" not in one.text() else [one.text()])
    who = {"name": "Ada", "email": "ada@ember.example", "password": PASSWORD}
    status, body = one.ask("/setup", {"token": at[3], "organisation": "Ember", **who})
    tell(f"first {name}: the token of before is none", [] if status == 403 else [f"{status} {body}"])
    status, body = one.ask("/setup", {"token": again[3], "organisation": "Ember Works 余烬", **who})
    tell(f"first {name}: it is named and entered", [] if status == 201 else [f"{status} {body}"])
    status, body = one.ask("/session", {"email": who["email"], "password": PASSWORD})
    tell(f"first {name}: and is called so",
         [] if status == 201 and body["organisation"]["name"] == "Ember Works 余烬" else [f"{status} {body}"])
    one.stop()
    one = Started(*words, "--listen", "127.0.0.1:0")
    tell(f"first {name}: nobody is asked in again", [] if not one.setup() else [one.text()])
    one.stop()
    done = subprocess.run([PROGRAM, "verify", "--deep", *words], capture_output=True, text=True, check=False)
    tell(f"first {name}: the ledger knows the name", [] if done.returncode == 0 else [done.stdout + done.stderr])


def refused(report, folder):
    """A folder with something in it is left as it is; a server for others offers no demo."""
    theirs = os.path.join(folder, "theirs")
    os.mkdir(theirs)
    with open(os.path.join(theirs, "thesis.txt"), "w", encoding="utf-8") as out:
        out.write("mine")
    one = Started("--data", theirs, "--listen", "127.0.0.1:0")
    report.tell("first a folder with other things in it is refused, and left alone",
                [] if one.process.wait(60) == 4 and os.listdir(theirs) == ["thesis.txt"] else [one.text(), str(os.listdir(theirs))])
    os.mkdir(os.path.join(folder, "open"))
    one = Started("--data", os.path.join(folder, "open"), "--listen", "0.0.0.0:0")
    at = one.setup()
    status, body = one.ask("/setup/demo", {"token": at[3], "demo": "office"}) if at else (0, one.text())
    report.tell("first no demo where others can reach the server",
                [] if at and at[2] == "?new" and status == 409 else [f"{status} {body} {one.text()}"])
    one.stop()


def beside(report, folder):
    """The demo ends with the server, and has a folder of its own."""
    place = os.path.join(folder, "looks")
    os.mkdir(place)
    one = Started("--data", place + "/", "--listen", "127.0.0.1:0")
    token = one.setup()[3]
    status, body = one.ask("/setup/demo", {"token": token, "demo": "../x"})
    report.tell("first a demo that does not exist", [] if status == 422 else [f"{status} {body}"])
    status, body = one.ask("/setup/demo", {"token": token, "demo": "office"})
    same = one.ask("/setup/demo", {"token": token, "demo": "office"})
    report.tell("first a demo is played once", [] if status == 200 and same == (200, body) and
                os.path.exists(place + "-demo/aimwell.db") else [f"{status} {body} {same}"])
    report.tell("first it stops with the server", [] if one.stop() == 0 else [one.text()])
    try:
        urllib.request.urlopen(body["address"] + "/healthz", timeout=5)
        report.tell("first the demo has ended", ["it still answers"])
    except OSError:
        report.tell("first the demo has ended")


def main():
    report = Report()
    for kind in ("sqlite", "postgresql"):
        with stores_for(kind, "first") as (stores, folder):
            found(report, kind, stores.new().words)
            if kind == "sqlite":
                refused(report, folder)
                beside(report, folder)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
