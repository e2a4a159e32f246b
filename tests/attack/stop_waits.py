#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stop reaches whoever waits for it: many hosts, more than there are places, hosts of another server on the same
PostgreSQL, a host whose token ended meanwhile; a server that ends lets nobody wait; the programs that docs/oversight.md shows. And an order that cannot be written
counts all the same: while the disk fails, after a kill, until it is written or a rule refuses it.

    stop_waits.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import contextlib
import http.client
import json
import os
import selectors
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

KIND = "x_pump"
HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON_HOST = """

import os
may_run = MayRun(os.environ["URL"], os.environ["TOKEN"], os.environ["SYSTEM"], wait=20, limit=int(os.environ["LIMIT"]))
while True:
    if may_run:
        open(os.environ["FLAG"], "w").close()
    elif os.path.exists(os.environ["FLAG"]):
        os.remove(os.environ["FLAG"])
    time.sleep(0.05)
"""


def site(folder):
    os.makedirs(folder + "/kinds")
    kind = {"kind": KIND, "prefix": "XPU", "title": "Pump", "plural": "Pumps", "icon": "box", "phase": "base", "order": 99,
            "about": "Something that runs, and must stop at once.", "fields": {}, "list": ["title", "state"], "sends": True,
            "states": {"start": "off", "of": {"off": {"title": "Off", "tone": "idle", "about": "Not in use."},
                                              "on": {"title": "On", "tone": "ok", "rest": True, "about": "Runs."},
                                              "halted": {"title": "Halted", "tone": "bad", "about": "Stopped at once."}}},
            "moves": {"start": {"title": "Start", "from": ["off", "halted"], "to": "on", "by": ["staff"]},
                      "halt": {"title": "Halt", "from": ["on"], "to": "halted", "stop": True, "reason": True, "by": ["assessor"]}},
            "access": {"read": ["everyone"], "create": ["staff"], "change": ["staff"]}}
    with open(f"{folder}/kinds/{KIND}.json", "w", encoding="utf-8") as f:
        json.dump(kind, f)
    return folder


def until(holds, patience=30):
    end = time.monotonic() + patience
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


class Host(threading.Thread):
    """Asks once whether something has changed since what it saw, and waits."""

    def __init__(self, port, token, key, mark, wait=60):
        super().__init__(daemon=True)
        self.client, self.path = harness.Client(port, token, timeout=90), f"systems/{key}/stop?wait={wait}&seen={mark}"
        self.answer = None
        self.start()

    def run(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            status, _, reply = self.client.ask("GET", self.path)
            self.answer = (status, reply)
        self.client.close()


class Suite:
    def __init__(self, report, aimwell, folder, store):
        self.report, self.aimwell = report, aimwell
        self.name = "postgresql" if store else "sqlite"
        self.place = harness.Place(aimwell, data=None if store else folder + "/data", store=store)
        self.place.where += ["--site", site(folder + "/site")]
        self.token = self.place.init()
        self.only_looks = self.place.token("staff")
        self.begin()

    def begin(self):
        self.server = harness.Server(self.place)
        self.client = harness.Client(self.server.port, self.token)

    def say(self, good, name, why=""):
        return self.report.say(good, f"{self.name} {name}", str(why)[:1500])

    def pump(self):
        key = self.client.good("POST", KIND, {"title": "Pump"})["key"]
        self.client.good("POST", f"{KIND}/{key}/moves/start")
        return key, harness.must(self.aimwell, "token", "create", "host of " + key, "--scope", "events:" + key, where=self.place.where).strip()

    def look(self, key, token=None, port=None):
        client = harness.Client(port or self.server.port, token or self.token)
        try:
            return client.good("GET", f"systems/{key}/stop")
        finally:
            client.close()

    # ---- told ---------------------------------------------------------------------------------------
    def told(self):
        key, token = self.pump()
        other, other_token = self.pump()
        mark, other_mark = self.look(key)["mark"], self.look(other)["mark"]
        hosts = [Host(self.server.port, token, key, mark) for _ in range(20)]
        bystander = Host(self.server.port, other_token, other, other_mark, wait=20)
        time.sleep(1)
        for n in range(20):  # what is written meanwhile, also about the pump itself, is no other answer
            self.client.good("POST", "task", {"title": f"Something else {n}"})
        version = self.client.good("GET", f"{KIND}/{key}")["version"]
        self.client.good("PATCH", f"{KIND}/{key}", {"title": "The pump"}, If_Match=f'"{version}"')
        time.sleep(1)
        self.say(all(h.answer is None for h in hosts), "hosts wait, whatever else is written", [h.answer for h in hosts if h.answer])
        status, _, reply = harness.Client(self.server.port, self.only_looks).ask("POST", f"systems/{key}/stop", {"reason": "Not mine"})
        self.say(status == 403 and self.look(key)["may_run"], "nobody stops it whom its move is not for", f"{status} {reply}")
        reply = self.client.good("POST", f"systems/{key}/stop", {"reason": "It hums"})
        self.say(reply["stopped"] and not reply["may_run"] and reply["recorded"] and reply["order"] > 0, "it is stopped and recorded", reply)
        self.say(until(lambda: all(h.answer for h in hosts), 20), "all who waited are told long before their time", sum(h.answer is None for h in hosts))
        wrong = [h.answer for h in hosts if not h.answer or h.answer[0] != 200 or h.answer[1]["may_run"] or h.answer[1]["reason"] != "It hums"]
        self.say(not wrong, "and of the stop", wrong[:2])
        self.say(bystander.answer is None, "the host of another system is not", bystander.answer)
        bystander.join(60)
        self.say(bystander.answer and bystander.answer[1]["may_run"] and bystander.answer[1]["mark"] == other_mark, "after its time it hears the same as before", bystander.answer)

    def revoked(self):
        key, token = self.pump()
        host = Host(self.server.port, token, key, self.look(key)["mark"])
        time.sleep(0.5)
        ids = [t["id"] for t in self.client.good("GET", "tokens")["items"] if t["name"] == "host of " + key]
        self.client.good("DELETE", f"tokens/{ids[0]}")
        self.client.good("POST", f"systems/{key}/stop", {"reason": "It hums"})
        host.join(30)
        self.say(host.answer and host.answer[0] == 401, "a token that ended while it waited hears nothing", host.answer)

    def crowd(self):
        """More than there are places: whoever has none is answered as it is, at once."""
        key, _ = self.pump()
        tokens = [harness.must(self.aimwell, "token", "create", f"host {n}", "--scope", "events:" + key, where=self.place.where).strip() for n in range(6)]
        mark, selector, answers = self.look(key)["mark"], selectors.DefaultSelector(), []
        links = []
        for n in range(1110):
            token = tokens[n % 5] if n < 1100 else tokens[5]
            link = socket.create_connection(("127.0.0.1", self.server.port))
            link.sendall(f"GET /api/v1/systems/{key}/stop?wait=60&seen={mark} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
            selector.register(link, selectors.EVENT_READ)
            links.append(link)

        def hear(enough, patience):
            end = time.monotonic() + patience
            while len(answers) < enough and time.monotonic() < end:
                for found, _ in selector.select(0.2):
                    answers.append(found.fileobj.recv(65536).decode())
                    selector.unregister(found.fileobj)
            return len(answers)

        self.say(hear(110, 40) == 110, "1,110 ask, of which 1,000 have a place", len(answers))
        wrong = [a for a in answers if " 200 " not in a[:20] or '"may_run":true' not in a]
        self.say(not wrong, "who has none is told at once what is so", wrong[:1])
        self.say(self.look(key)["may_run"], "others are served meanwhile")
        before = len(answers)
        self.client.good("POST", f"systems/{key}/stop", {"reason": "It hums"})
        hear(1110, 50)
        wrong = [a for a in answers[before:] if '"may_run":false' not in a]
        self.say(len(answers) == 1110 and not wrong, "all thousand are told of the stop", f"{len(answers)} {wrong[:1]}")
        for link in links:
            link.close()

    def end(self):
        key, token = self.pump()
        hosts = [Host(self.server.port, token, key, self.look(key)["mark"]) for _ in range(10)]
        time.sleep(0.5)
        code = self.server.stop()
        for h in hosts:
            h.join(10)
        wrong = [h.answer for h in hosts if not h.answer or h.answer[0] != 200 or not h.answer[1]["may_run"]]
        self.say(code == 0 and not wrong, "a server that ends answers all who wait, and ends", f"{code} {wrong[:1]} {self.server.words()[-800:]}")
        self.begin()

    def other_server(self):
        key, token = self.pump()
        other = harness.Server(self.place)
        hosts = [Host(other.port, token, key, self.look(key, port=other.port)["mark"]) for _ in range(3)]
        time.sleep(1)
        self.client.good("POST", f"systems/{key}/stop", {"reason": "It hums"})
        self.say(until(lambda: all(h.answer for h in hosts), 20), "hosts of another server are told")
        self.say(all(h.answer and not h.answer[1]["may_run"] for h in hosts), "of the stop", hosts[0].answer)
        self.say(other.stop() == 0, "and that server ends in order", other.words()[-500:])

    # ---- the programs that docs/oversight.md shows ---------------------------------------------------
    def shown(self):
        """Each runs while the system may, stops with it, and stops when no answer comes."""
        folder = harness.temporary()
        with open(os.path.join(HERE, "..", "..", "docs", "oversight.md"), encoding="utf-8") as f:
            blocks = {language: rest.split("\n```")[0] for language, _, rest in (b.partition("\n") for b in f.read().split("\n```")) if language}
        with open(folder + "/may_run.py", "w", encoding="utf-8") as f:
            f.write(blocks["python"] + PYTHON_HOST)
        with open(folder + "/may_run.sh", "w", encoding="utf-8") as f:
            f.write(blocks["sh"])
        for name, command in (("python", [sys.executable, "may_run.py"]), ("shell", ["sh", "may_run.sh"])):
            self.host_of(name, command, folder)

    def host_of(self, name, command, folder):
        key, token = self.pump()
        flag, header = f"{folder}/{name}.flag", f"{folder}/{name}.header"
        with open(header, "w", encoding="utf-8") as f:
            f.write("Authorization: Bearer " + token + "\n")
        values = {"URL": f"http://127.0.0.1:{self.server.port}", "TOKEN": token, "HEADER": header, "SYSTEM": key, "FLAG": flag, "LIMIT": "12"}  # told within 8 s is not by that
        host = subprocess.Popen(command, cwd=folder, env={**os.environ, **values})
        self.say(until(lambda: os.path.exists(flag)), f"the {name} program runs while the system may")
        self.client.good("POST", f"systems/{key}/stop", {"reason": '","may_run":true, it said'})
        self.say(until(lambda: not os.path.exists(flag), 8), f"the {name} program stops when it is told")
        time.sleep(2)
        self.say(not os.path.exists(flag), f"the {name} program stays stopped")
        self.client.good("POST", f"{KIND}/{key}/moves/start")
        self.say(until(lambda: os.path.exists(flag)), f"the {name} program runs again")
        self.server.kill()
        self.say(until(lambda: not os.path.exists(flag), 60), f"the {name} program stops when no answer comes")
        host.kill()
        host.wait()
        self.begin()

    # ---- held -----------------------------------------------------------------------------------------
    def failing(self):
        data = self.place.data
        paths = [word for name in ("aimwell.db", "aimwell.db-wal") for word in ("-P", f"{data}/{name}")]
        strace = subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", *paths, "-e", "trace=fdatasync,fsync,pwrite64", "-e",
                                   "inject=fdatasync,fsync,pwrite64:error=EIO:when=1+", "-p", str(self.server.pid())],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: self.client.ask("POST", "task", {"title": "too late"})[0] == 503)
        return strace

    def order_while_failing(self, key, token):
        """Stops it while nothing can be written; gives what keeps the disk failing."""
        mark = self.look(key)["mark"]
        host = Host(self.server.port, token, key, mark)
        strace = self.failing()
        time.sleep(0.5)
        status, _, reply = self.client.ask("POST", f"systems/{key}/stop", {"reason": "Smoke"})
        self.say(status == 202 and reply["stopped"] and not reply["may_run"] and not reply["recorded"] and reply["order"] is None,
                 "the disk fails: the order counts, and says that it is not recorded", f"{status} {reply}")
        self.say(until(lambda: host.answer, 20) and not host.answer[1]["may_run"] and host.answer[1]["reason"] == "Smoke", "its host is told", host.answer)
        status, _, second = self.client.ask("POST", f"systems/{key}/stop", {"reason": "Fire"})
        self.say(status == 202 and second["reason"] == "Smoke" and second["mark"] == reply["mark"], "a second order is the same one", f"{status} {second}")
        status, _, refused = harness.Client(self.server.port, self.only_looks).ask("POST", f"systems/{key}/stop", {"reason": "Not mine"})
        self.say(status == 202 or status == 403, "who may not stop it gives no order", f"{status} {refused}")
        self.say(self.client.good("GET", f"{KIND}/{key}")["state"] == "on", "the record is as it was", "")
        self.say(os.path.exists(self.place.data + "/stop.orders"), "a file keeps it")
        return strace

    def recorded(self, key, when):
        self.say(until(lambda: self.look(key)["recorded"], 60), f"{when} it is recorded", self.look(key))
        now = self.look(key)
        self.say(now["stopped"] and not now["may_run"] and now["order"] > 0 and now["state"] == "halted", f"{when} it is still stopped", now)
        items = self.client.good("GET", f"{KIND}/{key}/history")["items"]
        stops = [i for i in items if i.get("move") == "halt"]
        self.say(len(stops) == 1 and "Smoke" in stops[0]["reason"] and "ordered at" in stops[0]["reason"], f"{when} there is one stop, which says when it was ordered", stops)
        self.say(until(lambda: not os.path.exists(self.place.data + "/stop.orders")), f"{when} the file is gone")

    def held(self):
        key, token = self.pump()
        strace = self.order_while_failing(key, token)
        free, free_token = self.pump_before
        status, _, reply = harness.Client(self.server.port, self.only_looks).ask("POST", f"systems/{free}/stop", {"reason": "Not mine"})
        self.say(status == 403 and self.look(free, free_token)["may_run"], "nor does the disk give anybody a right", f"{status} {reply}")
        strace.terminate()
        strace.wait()
        self.recorded(key, "with the disk back")

    def killed(self):
        key, token = self.pump()
        strace = self.order_while_failing(key, token)
        self.server.kill()
        strace.wait()
        self.begin()
        now = self.look(key, token)
        self.say(not now["may_run"] and now["stopped"], "after a kill its host is told from the first answer on", now)
        self.recorded(key, "after a kill")
        code, out, err = self.place.verify("--deep")
        self.say(code == 0, "everything is intact", out + err)

    def refused(self):
        """Lines that are torn or strange say nothing; an order of nobody is dropped, and the log says so."""
        key, _ = self.pump()
        record = self.client.good("GET", f"{KIND}/{key}")["id"]
        self.server.stop()
        line = json.dumps({"order": "0" * 26, "kind": KIND, "record": record, "key": key, "move": "halt", "person": "usr_nobody", "reason": "x", "at": "2026-01-01T00:00:00Z"})
        done = json.dumps({"order": "1" * 26, "kind": KIND, "record": record + "x", "key": key, "move": "halt", "person": "usr_nobody", "reason": "x", "at": "2026-01-01T00:00:00Z"})
        with open(self.place.data + "/stop.orders", "w", encoding="utf-8") as f:
            f.write('nonsense\n[]\n{"over":"none"}\n{"order":7}\n' + done + "\n" + json.dumps({"over": "1" * 26}) + "\n" + line + "\n" + line[:50])
        self.begin()
        self.say(until(lambda: self.look(key)["may_run"]), "an order of nobody does not stay", self.look(key))
        self.say(until(lambda: "outcome=refused" in self.server.words(), 10), "and the log says that it was refused", self.server.words()[-500:])
        self.say(until(lambda: not os.path.exists(self.place.data + "/stop.orders"), 10), "the file is gone")
        self.say(self.client.good("GET", f"{KIND}/{key}")["state"] == "on", "nothing was written")

    def run(self):
        self.told()
        self.revoked()
        self.crowd()
        self.end()
        if self.name == "sqlite":
            self.shown()
        if self.name == "postgresql":
            self.other_server()
        elif shutil.which("strace") and subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "inject=getppid:error=EIO", "true"], capture_output=True).returncode == 0:
            self.pump_before = self.pump()
            self.held()
            self.killed()
            self.refused()
        else:
            self.report.note("strace may not attach here: what a failing disk does is not tried")
        words, code = self.server.words, self.server.stop()
        self.say(code == 0 and "Sanitizer" not in words() and "runtime error" not in words(), "the server ends in order", words()[-1500:])


def main():
    aimwell, report, options = harness.program(), harness.Report(), argparse.ArgumentParser()
    options.add_argument("--store", choices=("sqlite", "postgresql"))
    only = options.parse_args().store
    folder = harness.temporary()
    os.mkdir(folder + "/one"), os.mkdir(folder + "/two")
    if only != "postgresql":
        Suite(report, aimwell, folder + "/one", None).run()
    if only != "sqlite" and harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            Suite(report, aimwell, folder + "/two", url).run()
    report.end()


main()
