#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Webhooks: what happened arrives at a receiver over the network, signed as Standard Webhooks says and checked here by
code of its own, at least once and under one id; nothing confidential goes out, nothing that its maker may not read, and nothing
into the house unless whoever runs the server allows it. A receiver that fails, hangs, sends elsewhere or is gone holds up nobody.

    hook.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import base64
import hashlib
import hmac
import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from behind import write  # noqa: E402
from client import Client  # noqa: E402
from program import Server, find_program  # noqa: E402
from report import Report  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

PATIENCE = 30


def verified(secret, headers, body):
    """What a receiver does with a message, by the words of Standard Webhooks and by nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return abs(time.time() - int(headers["webhook-timestamp"])) < 300 and \
        any(hmac.compare_digest(one, "v1," + mine) for one in headers["webhook-signature"].split(" "))


class Receiver:
    """Keeps what comes and answers what `answers` says: a status, a list of them (the last one stays), or "hang"."""

    def __init__(self, answers=204, tls=None):
        self.answers, self.got, self.lock = answers, [], threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                with receiver.lock:
                    receiver.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                    status = receiver.answers
                    if isinstance(status, list):
                        status = status.pop(0) if len(status) > 1 else status[0]
                if status == "hang":
                    time.sleep(60)
                    return
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.door.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.door.socket = context.wrap_socket(self.door.socket, server_side=True)
        self.address = f"{'https' if tls else 'http'}://localhost:{self.door.server_address[1]}/hook?a=1"
        threading.Thread(target=self.door.serve_forever, daemon=True).start()

    def types(self):
        return [json.loads(body)["type"] for _, _, body in self.got]

    def close(self):
        self.door.shutdown()
        self.door.server_close()


class Letters:
    """A mail server that takes everything and keeps the letters."""

    def __init__(self):
        self.got = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                link, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(link,), daemon=True).start()

    def talk(self, link):
        said, lines = {b"DATA": b"354 go on", b"QUIT": b"221 bye"}, link.makefile("rb")
        link.sendall(b"220 post.example\r\n")
        for line in lines:
            word = line[:4].upper().strip()
            link.sendall(said.get(word, b"250 fine") + b"\r\n")
            if word == b"DATA":
                self.got.append(b"".join(iter(lines.readline, b".\r\n")).decode())
                link.sendall(b"250 taken\r\n")
        link.close()


def until(holds, patience=PATIENCE):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return bool(holds())


def certificate(folder):
    """Of localhost, signed by itself."""
    files = f"{folder}/cert.pem", f"{folder}/key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", files[1], "-out",
                    files[0], "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    return files


class Suite:
    def __init__(self, report, stores, folder):
        self.report, self.kind, self.folder = report, stores.kind, folder
        self.store = stores.new()
        made = cast.make(self.store, folder)
        self.people, self.units = made["people"], made["units"]

    def say(self, name, good, why=""):
        self.report.tell(f"hook {self.kind} {name}", [] if good else [str(why)[:2500]])

    def allowed(self, *more):
        return Server(self.store, "--hook-allow", "127.0.0.0/8,::1", *more)

    def make(self, client, address, who="amy", kinds=("task",), events=("created", "moved", "owner", "missed", "comment")):
        return client.must(who, "POST", "/hooks", {"name": "Pipeline", "address": address, "kinds": list(kinds), "events": list(events)})

    def task(self, client, title="Look at it", **more):
        return client.must("stan", "POST", "/task", {"title": title, "confidentiality": "internal", **more})

    def change(self, client, task, **values):
        seen = client.call("stan", "GET", f"/task/{task}").headers["etag"]
        answer = client.call("stan", "PATCH", f"/task/{task}", values, headers={"If-Match": seen})
        self.say(f"its {', '.join(values)} is changed", answer.status == 200, answer.short())

    def deliveries(self, client, hook):
        return client.must("amy", "GET", f"/hooks/{hook}/deliveries")["items"]

    def state(self, client, hook, which=0):
        items = self.deliveries(client, hook)
        return items[which] if len(items) > which else {}

    # ---- what arrives ------------------------------------------------------------------------------
    def arrives(self):
        with self.allowed() as server:
            client, to = Client(server, cast.passwords()), Receiver()
            before = self.task(client, "Before it was made")
            made = self.make(client, to.address)
            one = self.task(client, "Tom Smith was harassed")
            self.say("what happens after it was made arrives", until(lambda: to.types() == ["record.created"]), to.got)
            path, headers, body = to.got[0]
            said = json.loads(body)
            self.say("signed so that others can check it", path == "/hook?a=1" and verified(made["secret"], headers, body), headers)
            self.say("and a changed body is not", not verified(made["secret"], headers, body + b" "))
            self.say("it says which record, and nothing that is written in it", said["data"] == {
                "kind": "task", "key": one["key"], "id": one["id"], "version": 1, "state": said["data"]["state"],
                "url": f"http://127.0.0.1:{server.port}/k/task/{one['key']}"} and b"Smith" not in body and before["key"].encode() not in body, body)
            self.happens(client, to, one)
            self.unsaid(client, to)
            self.rights(client, to)
            self.page(client, to, made)
            client.must("amy", "DELETE", f"/hooks/{made['id']}")
            count = len(to.got)
            self.task(client)
            time.sleep(1.5)
            self.say("what has ended tells nothing more", len(to.got) == count and client.must("amy", "GET", "/hooks")["items"] == [], to.got[count:])
            to.close()

    def happens(self, client, to, one):
        """The other events, each once."""
        to.got.clear()
        client.must("stan", "POST", f"/task/{one['id']}/comments", {"body": "Tom Smith again"})
        client.must("stan", "POST", f"/task/{one['id']}/moves/start")
        self.change(client, one["id"], title="Another title")
        if not until(lambda: len(to.got) >= 2):
            self.say("moves and comments arrive", False, to.got)
            return
        time.sleep(1)
        bodies = sorted((json.loads(body) for _, _, body in to.got), key=lambda b: b["type"])
        self.say("moves and comments arrive, and a change of words is none", [b["type"] for b in bodies] == ["record.comment", "record.moved"] and
                 bodies[1]["data"]["move"] == "start" and bodies[1]["data"]["from"] != bodies[1]["data"]["state"] and
                 not any(b"Smith" in body for _, _, body in to.got), to.got)

    def unsaid(self, client, to):
        """What is confidential stays in the house, also when it became so."""
        to.got.clear()
        self.task(client, confidentiality="confidential")
        self.task(client, confidentiality="restricted")
        open_one = self.task(client)
        until(lambda: len(to.got) >= 1)
        time.sleep(1)
        self.say("nothing confidential or restricted is told", [json.loads(b)["data"]["key"] for _, _, b in to.got] == [open_one["key"]], to.got)
        to.got.clear()
        to.answers = 500
        self.task(client)
        until(lambda: len(to.got) >= 1)
        late = json.loads(to.got[0][2])["data"]
        self.change(client, late["id"], confidentiality="restricted")
        to.answers = 204
        hook = client.must("amy", "GET", "/hooks")["items"][0]["id"]
        self.say("what became restricted before it arrived is told no more",
                 until(lambda: any(d["state"] == "not_told" for d in self.deliveries(client, hook))), self.deliveries(client, hook))

    def rights(self, client, to):
        """It tells what its maker may read at that moment, and nobody else turns it."""
        makers = {who: Receiver() for who in ("ada", "alan", "sally")}
        hooks = {who: self.make(client, there.address, who=who, events=["created"])["id"] for who, there in makers.items()}
        heard = lambda who: [json.loads(body)["data"]["key"] for _, _, body in makers[who].got]
        plain = self.task(client)["key"]
        claims = client.must("carl", "POST", "/task", {"title": "In Claims", "confidentiality": "confidential"})["key"]
        client.must("carl", "POST", "/task", {"title": "In Claims", "confidentiality": "internal", "unit": self.units["claims"]})
        foreign = client.must("carl", "POST", "/risk", {"title": "Wrong refusals", "confidentiality": "internal", "unit": self.units["claims"]})
        until(lambda: plain in heard("alan"))
        time.sleep(1)
        may = {who: client.call(who, "GET", f"/risk/{foreign['id']}").status for who in makers}
        self.say("each tells what its maker may read", plain in heard("alan") and claims not in heard("alan"), {who: heard(who) for who in makers})
        tasks = {who: client.call(who, "GET", f"/task/{plain}").status == 200 for who in makers}
        self.say("and no more than that", all((plain in heard(who)) == tasks[who] for who in makers) and not all(tasks.values()), (tasks, may))
        client.must("ada", "DELETE", f"/people/{self.people['alan']}/roles", {"role": "aims_manager", "unit": ""})
        to.got.clear()
        count = len(makers["alan"].got)
        self.task(client)
        until(lambda: to.got)
        time.sleep(1)
        self.say("whose maker may not administer any more tells nothing", len(makers["alan"].got) == count, heard("alan"))
        client.must("amy", "PATCH", f"/hooks/{hooks['ada']}", {"paused": True})
        answer = client.call("amy", "PATCH", f"/hooks/{hooks['ada']}", {"address": "https://example.org/x"})
        self.say("nobody else sets where it goes", answer.status == 403 and answer.codes == ["maker"], answer.short())
        answer = client.call("amy", "PATCH", f"/hooks/{hooks['ada']}", {"paused": False})
        self.say("nor resumes it", answer.status == 403, answer.short())
        for who, there in makers.items():
            client.must("ada", "DELETE", f"/hooks/{hooks[who]}")
            there.close()

    def page(self, client, to, made):
        """Trying it out, pausing, sending again, another secret."""
        to.got.clear()
        hook = made["id"]
        ping = client.must("amy", "POST", f"/hooks/{hook}/test")["id"]
        self.say("a test message arrives", until(lambda: "ping" in to.types()) and to.got[-1][1]["webhook-id"] == ping, to.got)
        until(lambda: any(d["id"] == ping and d["state"] == "delivered" for d in self.deliveries(client, hook)))
        client.must("amy", "POST", f"/hooks/{hook}/deliveries/{ping}/again")
        self.say("sent again it has the same id", until(lambda: [h["webhook-id"] for _, h, _ in to.got].count(ping) == 2), to.got)
        fresh = client.must("amy", "POST", f"/hooks/{hook}/rotate")["secret"]
        to.got.clear()
        client.must("amy", "POST", f"/hooks/{hook}/test")
        until(lambda: len(to.got) >= 1)
        _, headers, body = to.got[0]
        self.say("for a day both secrets sign", fresh != made["secret"] and verified(fresh, headers, body) and verified(made["secret"], headers, body), headers)
        client.must("amy", "PATCH", f"/hooks/{hook}", {"paused": True})
        to.got.clear()
        self.task(client)
        time.sleep(1.5)
        answer = client.call("amy", "POST", f"/hooks/{hook}/test")
        self.say("what is paused tells nothing", not to.got and answer.status == 409 and answer.codes == ["stopped"], answer.short())
        client.must("amy", "PATCH", f"/hooks/{hook}", {"paused": False})
        self.task(client)
        self.say("and resumed it goes on with what happens then", until(lambda: len(to.got) == 1), to.got)

    # ---- receivers that do not take it ---------------------------------------------------------------
    def trouble(self):
        post = Letters()
        with self.allowed("--mail", f"smtp://127.0.0.1:{post.port}", "--mail-from", "aims@northlake.example") as server:
            client = Client(server, cast.passwords())
            flaky, elsewhere, hangs, good = Receiver([500, 503, 204]), Receiver(302), Receiver("hang"), Receiver()
            gone = Receiver(410)
            ids = {name: self.make(client, to.address, events=["created"])["id"] for name, to in
                   (("hangs", hangs), ("flaky", flaky), ("elsewhere", elsewhere), ("gone", gone), ("good", good))}
            begun = time.monotonic()
            self.task(client)
            self.task(client)
            self.say("one that hangs holds up no other", until(lambda: len(good.got) == 2, 10) and time.monotonic() - begun < 10, good.got)
            self.say("while it does, it is asked once", until(lambda: hangs.got) and len(hangs.got) == 1, len(hangs.got))
            self.say("a redirect is not followed, and is a failure", until(lambda: self.state(client, ids["elsewhere"], 1).get("status") == 302) and
                     {path for path, _, _ in elsewhere.got} == {"/hook?a=1"}, self.deliveries(client, ids["elsewhere"]))
            self.say("after 500 it is tried again, under the same id", until(lambda: any(
                d["state"] == "delivered" and d["tries"] > 1 for d in self.deliveries(client, ids["flaky"])), 40) and
                len({h["webhook-id"] for _, h, _ in flaky.got}) < len(flaky.got), self.deliveries(client, ids["flaky"]))
            hook = next(h for h in client.must("amy", "GET", "/hooks")["items"] if h["id"] == ids["gone"])
            self.say("410 pauses it, and an entry says so", hook["stopped"] == "gone" and len(gone.got) == 1 and 
                     b"hook.pause" in client.call("amy", "GET", "/ledger/entries?limit=1000").body, hook)
            self.say("who hangs is said to be slow", until(lambda: self.state(client, ids["hangs"], 1).get("why") == "slow", 25),
                     self.deliveries(client, ids["hangs"]))
            told = lambda: [one for one in post.got if "Subject: A webhook of yours is paused" in one and "<amy@northlake.example>" in one]
            self.say("and its maker gets a letter", until(told) and "(410)" in base64.b64decode(told()[0].split("\r\n\r\n", 1)[1]).decode(), post.got)
            self.killed(client, server)
            self.long_down(client, server, ids)
            for to in (flaky, elsewhere, hangs, good, gone):
                to.close()
        done = subprocess.run([find_program(), "verify", "--deep", *self.store.words], capture_output=True, text=True, check=False)
        self.say("how far deliveries got is no tampering", done.returncode == 0, done.stdout + done.stderr)

    def killed(self, client, server):
        """Whoever ends between sending and noting it sends it again."""
        to = Receiver("hang")
        hook = self.make(client, to.address, events=["comment"])["id"]
        ping = client.must("amy", "POST", f"/hooks/{hook}/test")["id"]
        until(lambda: to.got)
        server.process.kill()
        server.process.wait()
        to.answers = 204
        write(self.store, f"UPDATE hook_delivery SET claimed = '2020-01-01T00:00:00.000000Z' WHERE id = '{ping}' AND done IS NULL AND claimed IS NOT NULL")
        server.start()
        client.sessions.clear()
        self.say("killed before it was noted, it is sent again under the same id", until(lambda: [h["webhook-id"] for _, h, _ in to.got] == [ping, ping]), to.got)
        to.close()

    def long_down(self, client, server, ids):
        """The last try gives up; five days without one that arrived pause it."""
        hook = ids["elsewhere"]
        server.stop()
        write(self.store, "UPDATE hook_delivery SET due = '2020-01-01T00:00:00.000000Z', tries = 9 WHERE done IS NULL "
              f"AND hook = '{hook}'")
        write(self.store, f"UPDATE hook_state SET failing = '2020-01-01T00:00:00.000000Z' WHERE hook = '{hook}'")
        server.start()
        client.sessions.clear()
        self.say("after its last try it is given up", until(lambda: any(d["state"] == "given_up" for d in self.deliveries(client, hook))),
                 self.deliveries(client, hook))
        self.say("what nobody takes for five days is paused", until(
            lambda: next(h for h in client.must("amy", "GET", "/hooks")["items"] if h["id"] == hook)["stopped"] == "failing"))

    # ---- the house -------------------------------------------------------------------------------------
    def house(self):
        """Without leave nothing inside is reached, however it is written."""
        to = Receiver()
        port = to.address.split(":")[2].split("/")[0]
        with Server(self.store) as server:
            client = Client(server, cast.passwords())
            for address in (to.address, f"https://127.0.0.1:{port}/", f"https://[::1]:{port}/", f"https://0x7f000001:{port}/", f"https://2130706433:{port}/",
                            f"https://0177.0.0.1:{port}/", f"https://[::ffff:127.0.0.1]:{port}/", "https://169.254.169.254/latest", "https://10.0.0.1/",
                            "https://u:p@example.org/", "https://example.org/#x", "ftp://example.org/", "https://", "https://exa mple.org/",
                            "https://example.org:0/", "https://example.org:99999/", "file:///etc/passwd", "https://example.org/" + "x" * 500):
                answer = client.call("amy", "POST", "/hooks", {"name": "x", "address": address, "kinds": ["*"], "events": ["created"]})
                self.say(f"{address[:40]} is refused", answer.status == 422 and json.loads(answer.body)["errors"][0]["field"] == "address", answer.short())
            hook = client.must("amy", "POST", "/hooks", {"name": "by a name", "address": f"https://localhost:{port}/", "kinds": ["*"], "events": ["created"]})["id"]
            client.must("amy", "POST", f"/hooks/{hook}/test")
            self.say("a name that leads inside is refused when it is resolved", until(lambda: self.state(client, hook).get("why") == "local") and not to.got,
                     self.deliveries(client, hook))
            client.must("amy", "DELETE", f"/hooks/{hook}")
        to.close()

    def secure(self):
        """By https, with a certificate that the house signed."""
        files = certificate(self.folder)
        to = Receiver(tls=files)
        for words, expected in (((), "tls"), (("--hook-ca", files[0]), "answered")):
            with self.allowed(*words) as server:
                client = Client(server, cast.passwords())
                hook = self.make(client, to.address)["id"]
                client.must("amy", "POST", f"/hooks/{hook}/test")
                self.say(f"https, whose certificate is {'known' if words else 'not known'}",
                         until(lambda: self.state(client, hook).get("why") == expected) and bool(to.got) == bool(words), self.deliveries(client, hook))
                client.must("amy", "DELETE", f"/hooks/{hook}")
        to.close()


def refused(report):
    """Options that cannot be."""
    with tempfile.TemporaryDirectory(prefix="aimwell-hook-") as folder:
        subprocess.run([find_program(), "init", "--data", folder + "/d", "--organisation", "N"], check=True, capture_output=True)
        for words in (["--hook-allow", "10.0.0.0/33"], ["--hook-allow", "inside"], ["--hook-allow", "10.0.0.0/8,,"], ["--hook-allow", "0.0.0.0/0"],
                      ["--hook-ca", "/nowhere"]):
            done = subprocess.run([find_program(), "serve", "--data", folder + "/d", "--listen", "127.0.0.1:0", *words],
                                  capture_output=True, text=True, timeout=60, check=False)
            report.tell(f"hook {' '.join(words)} is refused", [] if done.returncode in (1, 2) and "hook-" in done.stderr + done.stdout else
                        [str(done.returncode) + done.stderr])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    add_store_option(parser)
    options = parser.parse_args()
    report = Report()
    refused(report)
    for kind in each_store(options):
        with stores_for(kind, "hook") as (stores, folder):
            suite = Suite(report, stores, folder)
            suite.arrives()
            suite.trouble()
            suite.house()
            suite.secure()
    return report.finish()


sys.exit(main())
