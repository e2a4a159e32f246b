#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E4: a backup is brought to the page of the first start. What is no whole backup is refused by name, leaves nothing and an
empty folder that is as good as before; a whole one takes the place in the same process, and of it nothing goes out by
itself before an administrator answers for it. Nobody brings one without the address, and not to where somebody is. An end in
the middle is made good at the next start.

    e04_backup_brought.py PATH_OF_AIMWELL
"""
import http.client
import http.server
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

SECRET = "river table window seven"


def wait_for(what, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    return None


class First:
    """A server on a folder that may be empty, and the token of its address."""

    def __init__(self, aimwell, folder, *options):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.file = os.path.join(harness.temporary(), "said")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AIMWELL_")}
        with open(self.file, "wb") as out:
            self.process = subprocess.Popen([aimwell, "serve", "--data", folder, "--listen", "127.0.0.1:0", *options], stdout=out,
                                            stderr=subprocess.STDOUT, env={**environment, "AIMWELL_RATE": "0"})
        if not wait_for(lambda: self.process.poll() is not None or re.search(r"^  http://\S+\n", self.words(), re.M)):
            raise RuntimeError(self.words())
        time.sleep(0.3)
        address = re.search(r"^  http://127\.0\.0\.1:(\d+)", self.words(), re.M)
        self.port = int(address[1]) if address else 0
        at = re.search(r"/setup\S*#(\S+)", self.words())
        self.token = at[1] if at else ""

    def words(self):
        with open(self.file, encoding="utf-8", errors="replace") as said:
            return said.read()

    def ask(self, method, path, body=None, raw=None, length=None, **headers):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        if body is not None:
            raw, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        if length is not None:
            sent["Content-Length"] = str(length)
        try:
            link.request(method, "/api/v1/" + path, raw, sent)
            reply = link.getresponse()
            content, kept = reply.read(), {k.lower(): v for k, v in reply.getheaders()}
            return reply.status, kept, harness.parsed(kept, content)
        finally:
            link.close()

    def bring(self, file, token=None):
        with open(file, "rb") as f:
            return self.ask("POST", "setup/backup", raw=f.read(), X_Setup_Token=self.token if token is None else token,
                            Content_Type="application/zip")

    def stage(self, token=None):
        try:
            status, _, reply = self.ask("GET", "setup/backup", X_Setup_Token=token or self.token)
        except (OSError, http.client.HTTPException):
            return {}  # it begins again
        return reply if status == 200 else {}

    def opened(self):
        return wait_for(lambda: (lambda s: s if s.get("stage") == "open" else None)(self.stage()))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)


class Receiver(http.server.BaseHTTPRequestHandler):
    heard = []

    def do_POST(self):  # pylint: disable=invalid-name
        Receiver.heard.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Suite:
    def __init__(self, aimwell, report):
        self.aimwell, self.report, self.say = aimwell, report, report.say
        self.folder = harness.temporary()
        self.hears = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=self.hears.serve_forever, daemon=True).start()

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self):
        """An organisation with a person, a record, a file and a webhook; and its backup."""
        place = harness.Place(self.aimwell, data=self.path("old"))
        self.token = token = place.init()
        password = self.path("password")
        with open(password, "w", encoding="utf-8") as out:
            out.write(SECRET + "\n")
        harness.must(self.aimwell, "user", "add", "ada@test.example", "--name", "Ada", "--roles", "aims_manager,admin,internal_auditor",
                     "--password-file", password, "--keep", where=place.where)
        server = harness.Server(place, "--hook-allow", "127.0.0.1")
        client = harness.Client(server.port, token)
        self.task = client.good("POST", "task", {"title": "kept"})["id"]
        client.ask("POST", "files", raw=b"evidence " * 1000, Content_Type="text/plain", X_File_Name="a.txt")
        person = harness.Client(server.port)
        person.log_in("ada@test.example", SECRET)
        person.good("POST", "session/fresh", {"password": SECRET})
        person.good("POST", "hooks", {"name": "Hears", "address": f"http://127.0.0.1:{self.hears.server_port}/", "kinds": ["task"], "events": ["created"]})
        server.stop()
        harness.must(self.aimwell, "backup", "--out", self.path("b.zip"), where=place.where)

    def remake(self, name, change):
        with zipfile.ZipFile(self.path("b.zip")) as old, zipfile.ZipFile(self.path(name), "w", zipfile.ZIP_DEFLATED) as new:
            for one in old.namelist():
                for entry in change(one, old.read(one)):
                    new.writestr(*entry)
        return self.path(name)

    def rows(self, name, *statements):
        """The database of the backup, changed by somebody who has the zip."""
        def change(entry, data):
            if entry != "aimwell.db":
                return [(entry, data)]
            at = self.path("changed.db")
            with open(at, "wb") as out:
                out.write(data)
            with sqlite3.connect(at) as db:
                for statement in statements:
                    db.execute(statement)
            db.close()
            with open(at, "rb") as f:
                return [(entry, f.read())]
        return self.remake(name, change)

    def hostile(self):
        with open(self.path("b.zip"), "rb") as f:
            whole = f.read()
        for name, data in (("noise.zip", b"PK\3\4" + os.urandom(50000)), ("empty.zip", b"PK\5\6" + b"\0" * 18), ("half.zip", whole[:len(whole) // 2]),
                           ("text.zip", b"not a zip at all"), ("tail.zip", whole[:-1] + bytes([whole[-1] ^ 1]) + b"x" * 100)):
            with open(self.path(name), "wb") as out:
                out.write(data)
        yield "noise", self.path("noise.zip"), "not a backup"
        yield "a zip with nothing in it", self.path("empty.zip"), "backup"
        yield "half a backup", self.path("half.zip"), "not a backup"
        yield "sixteen bytes of text", self.path("text.zip"), "not a backup"
        yield "a backup with more at its end", self.path("tail.zip"), "not a backup"
        yield "an altered file of evidence", self.remake("z1.zip", lambda n, d: [(n, d[:-1] + bytes([d[-1] ^ 1]) if n.startswith("files/") else d)]), "TAMPERED"
        yield "a missing one", self.remake("z2.zip", lambda n, d: [] if n.startswith("files/") else [(n, d)]), "TAMPERED"
        yield "half a database", self.remake("z3.zip", lambda n, d: [(n, d[:len(d) // 2] if n == "aimwell.db" else d)]), ""
        yield "no key", self.remake("z4.zip", lambda n, d: [] if n == "ledger.key" else [(n, d)]), "missing"
        yield "a name twice", self.remake("z5.zip", lambda n, d: [(n, d)] * (2 if n == "ledger.key" else 1)), "not a backup"
        yield "a name that leads elsewhere", self.remake("z6.zip", lambda n, d: [(n, d)] + ([("model.d/../../slipped", b"x")] if n == "ledger.key" else [])), "slipped"
        yield "a folder of the server's own", self.remake("z7.zip", lambda n, d: [(n, d)] + ([("brought/aimwell.db", b"x")] if n == "ledger.key" else [])), "brought"
        yield "a file of the model that unpacks to 70 MiB", self.remake("z8.zip", lambda n, d: [(n, d)] + ([("model.d/b.json", b"\0" * (70 << 20))] if n == "ledger.key" else [])), "model.d/b.json"
        yield "another's key", self.remake("z9.zip", lambda n, d: [(n, os.urandom(len(d)) if n == "ledger.key" else d)]), ""
        yield "a title altered in its rows", self.rows("z10.zip", "UPDATE task SET title = 'altered'"), "TAMPERED"
        yield "a newer version", self.rows("z11.zip", "UPDATE meta SET value = '9999' WHERE name = 'format'"), "9999"
        yield "a model that cannot be loaded", self.remake("z12.zip", lambda n, d: [(n, d)] + ([("model.d/kinds/x.json", b"{")] if n == "ledger.key" else [])), ""

    def refused(self):
        first = First(self.aimwell, self.path("new"))
        before = sorted(os.listdir(first.folder))
        for what, file, word in self.hostile():
            status, _, reply = first.bring(file)
            said = " ".join(e["message"] for e in reply.get("errors", [])) if isinstance(reply, dict) else str(reply)
            left = sorted(os.listdir(first.folder))
            good = status == 422 and word in said and self.folder not in said and left == before and not os.path.exists(self.path("slipped"))
            self.say(good, f"{what}: refused by name, nothing is left, no path is told", f"{status} {reply} {left}")
            state = first.stage()
            self.say(state.get("stage") == "refused" and state["problems"], f"{what}: whoever asks hears it too", str(state))
        return first

    def strangers(self, first):
        for token in ("", "guess", first.token[:-1]):
            status, _, reply = first.bring(self.path("b.zip"), token)
            self.say(status == 403, "nobody brings one without the address", f"{status} {reply}")
        status, _, _ = first.ask("GET", "setup/backup", X_Setup_Token="guess")
        self.say(status == 403, "nor asks about it", str(status))
        status, _, reply = first.ask("GET", "setup/backup?bytes=" + str(1 << 50), X_Setup_Token=first.token)
        self.say(status == 422 and "room" in json.dumps(reply), "what there is no room for is refused before it is sent", f"{status} {reply}")
        status, _, reply = first.ask("POST", "setup/backup", raw=b"", X_Setup_Token=first.token)
        self.say(status == 422, "so is nothing", f"{status} {reply}")
        with open(os.path.join(first.folder, "thesis.txt"), "w", encoding="utf-8") as out:
            out.write("mine")
        status, _, reply = first.bring(self.path("b.zip"))
        self.say(status == 409 and "thesis.txt" in json.dumps(reply), "what somebody put beside it is not taken away", f"{status} {reply}")
        os.unlink(os.path.join(first.folder, "thesis.txt"))

    def broken_off(self, first):
        """The sender goes away in the middle."""
        with open(self.path("b.zip"), "rb") as f:
            whole = f.read()
        link = http.client.HTTPConnection("127.0.0.1", first.port, timeout=30)
        link.putrequest("POST", "/api/v1/setup/backup")
        for name, value in (("X-Setup-Token", first.token), ("Content-Length", str(len(whole)))):
            link.putheader(name, value)
        link.endheaders()
        link.send(whole[:len(whole) // 2])
        link.close()
        status, _, reply = first.ask("GET", "setup/backup?bytes=1000", X_Setup_Token=first.token)
        self.say(status == 200 and reply["stage"] != "unpacking", "one that broke off is in nobody's way", f"{status} {reply}")

    def taken(self, first):
        heard = len(Receiver.heard)
        status, _, reply = first.bring(self.path("b.zip"))
        self.say(status == 202 and reply["organisation"] == "Test", "a whole one is taken in", f"{status} {reply}")
        state = first.opened()
        self.say(bool(state) and state["organisation"] == "Test" and state["entries"] > 5, "and opened in the same process, at the same address", f"{state} {first.words()}")
        # It answers before it has written a line about it.
        wait_for(lambda: first.words().count("is serving") >= 2)
        self.say(first.process.poll() is None and first.words().count("is serving") == 2, "it says so", first.words())
        left = sorted(os.listdir(first.folder))
        self.say(not any(n.startswith(("bringing", "brought")) for n in left), "nothing lies around", str(left))
        status, _, reply = first.ask("POST", "setup", {"token": first.token, "name": "Eve", "email": "eve@test.example", "password": SECRET})
        self.say(status == 403, "the address is of no more use", f"{status} {reply}")
        status, _, reply = first.bring(self.path("b.zip"))
        self.say(status in (403, 409), "nor to bring another", f"{status} {reply}")
        client = harness.Client(first.port)
        me = client.log_in("ada@test.example", SECRET)
        self.say(me["organisation"]["restored"] is True and client.good("GET", f"task/{self.task}")["title"] == "kept", "an old account sees what was there", str(me))
        self.quiet(first, client, me["user"]["id"], heard)

    def quiet(self, first, client, who, heard):
        """Nothing goes out before somebody answers for it, and then all of it."""
        hook = client.good("GET", "hooks")["items"][0]["id"]
        client.good("POST", "task", {"title": "untold"})
        time.sleep(3)
        self.say(len(Receiver.heard) == heard, "its webhooks wait", str(Receiver.heard[heard:]))
        status, _, reply = client.ask("POST", f"hooks/{hook}/test", {})
        self.say(status == 409 and "backup" in json.dumps(reply), "also one that is tried", f"{status} {reply}")
        status, _, reply = client.ask("PATCH", "organisation", {"restored": True})
        self.say(status == 422, "nobody makes it a copy", f"{status} {reply}")
        status, _, reply = harness.Client(first.port, self.token).ask("PATCH", "organisation", {"restored": False})
        self.say(status == 403, "a program does not say that it is the only one", f"{status} {reply}")
        size = client.good("GET", "session")["size"]
        client.good("PATCH", "organisation", {"restored": False})
        self.say(bool(wait_for(lambda: len(Receiver.heard) > heard)), "then they are told what waited")
        entries = json.dumps(client.good("GET", f"ledger/entries?from={size}&limit=50"))
        self.say("store.fact" in entries and who in entries, "and the ledger tells who said so", entries)
        self.say(first.stop() == 0, "it stops in order", first.words())
        place = harness.Place(self.aimwell, data=first.folder)
        code, out, err = place.verify("--deep")
        self.say(code == 0, "all of it is verified", out + err)
        again = First(self.aimwell, first.folder, "--hook-allow", "127.0.0.1")
        self.say(not again.token and "out of a backup" not in again.words(), "after a restart it is an organisation like any other", again.words())
        again.stop()

    def by_command(self):
        """The other way in is as quiet."""
        place = harness.Place(self.aimwell, data=self.path("restored"))
        harness.must(self.aimwell, "restore", self.path("b.zip"), "--data", place.data)
        heard, server = len(Receiver.heard), First(self.aimwell, place.data, "--hook-allow", "127.0.0.1")
        client = harness.Client(server.port)
        client.log_in("ada@test.example", SECRET)
        client.good("POST", "task", {"title": "untold"})
        time.sleep(3)
        self.say("out of a backup" in server.words() and len(Receiver.heard) == heard, "what the command restores waits as well", server.words())
        server.stop()

    def somebody_there(self):
        first = First(self.aimwell, self.path("entered"))
        harness.must(self.aimwell, "user", "add", "eve@test.example", "--name", "Eve", "--roles", "admin", where=["--data", first.folder])
        status, _, reply = first.bring(self.path("b.zip"))
        self.say(status == 409, "not to where somebody is", f"{status} {reply}")
        first.stop()
        harness.must(self.aimwell, "init", "--organisation", "Named", where=["--data", self.path("named")])
        first = First(self.aimwell, self.path("named"))
        status, _, reply = first.bring(self.path("b.zip"))
        self.say(status == 409 and first.token, "nor to one that has a name", f"{status} {reply}")
        first.stop()

    def ended_in_the_middle(self):
        """Each name that the folder inside can have when the process ends."""
        for name, half in (("bringing", None), ("brought", None), ("brought.in", None), ("brought.in", "ledger.key")):
            to = self.path(f"end-{name}-{half}")
            first = First(self.aimwell, to)
            first.kill()
            harness.must(self.aimwell, "restore", self.path("b.zip"), "--data", f"{to}/{name}")
            if name == "brought.in":
                for one in os.listdir(to):
                    if one not in ("brought.in", "lock"):
                        (shutil.rmtree if os.path.isdir(f"{to}/{one}") else os.unlink)(f"{to}/{one}")
            if half:
                os.rename(f"{to}/{name}/{half}", f"{to}/{half}")
            again = First(self.aimwell, to)
            left = [n for n in os.listdir(to) if n.startswith("br")]
            if name == "bringing":
                self.say(again.token and not left, "an end while it is unpacked: the folder is as it was", f"{again.words()} {left}")
            else:
                client = harness.Client(again.port)
                self.say(not again.token and not left and client.log_in("ada@test.example", SECRET)["organisation"]["name"] == "Test",
                         f"an end while it takes the place ({name}, {half}): it has it at the next start", f"{again.words()} {left}")
            again.stop()


def main():
    import warnings
    warnings.filterwarnings("ignore", "Duplicate name")
    aimwell, report = harness.program(), harness.Report()
    suite = Suite(aimwell, report)
    suite.make()
    first = suite.refused()
    suite.strangers(first)
    suite.broken_off(first)
    first.stop()
    suite.taken(First(aimwell, suite.path("new"), "--hook-allow", "127.0.0.1"))
    suite.by_command()
    suite.somebody_there()
    suite.ended_in_the_middle()
    report.end()


main()
