#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E4: one process serves several organisations, by path or by host name. Nothing of one is reachable from the other; what
befalls one (no room on its disk, an end in the middle, a flood) leaves the other as it was; every mistake in the file
that names them is told, and then nothing is served.

    e04_two_organisations.py PATH_OF_AIMWELL
"""
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

ROLES = "aims_manager,admin,internal_auditor"
BULK = b"nobody else's evidence " * 20000  # larger than what is kept in memory while it arrives


class House:
    """What the server is given: a file with a line for each."""

    def __init__(self, aimwell, lines):
        self.aimwell, self.path = aimwell, os.path.join(harness.temporary(), "organisations")
        self.where = ["--organisations", self.path]
        with open(self.path, "w", encoding="utf-8") as file:
            file.write("# address, place\n\n" + "".join(f"{address}\t{place}\n" for address, place in lines))


class Side:
    """One of them: its place, its people, and how it is reached."""

    def __init__(self, aimwell, name, place):
        self.aimwell, self.name, self.place = aimwell, name, place
        self.token = place.init(ROLES + ",staff")
        self.secret = f"the secret of {name} is long"
        file = os.path.join(harness.temporary(), "password")
        with open(file, "w", encoding="utf-8") as out:
            out.write(self.secret + "\n")
        harness.must(aimwell, "user", "add", "ann@test.example", "--name", f"Ann of {name}", "--roles", ROLES, "--password-file", file, "--keep",
                     where=place.where)
        self.base, self.host = "/" + name, {}

    def reach(self, port):
        self.client = harness.Client(port)

    def ask(self, method, path, body=None, token=None, **more):
        return self.client.ask(method, f"{self.base}/api/v1/{path}", body, **self.host,
                               **({"Authorization": "Bearer " + token} if token else {}), **more)

    def good(self, method, path, body=None, **more):
        status, _, reply = self.ask(method, path, body, token=self.token, **more)
        if not 200 <= status < 300:
            raise RuntimeError(f"{self.name}: {method} {path}: {status} {reply}")
        return reply

    def sign_in(self, secret=None):
        status, headers, reply = self.ask("POST", "session", {"email": "ann@test.example", "password": secret or self.secret})
        return status, headers.get("set-cookie", ""), reply

    def size(self):
        return self.good("GET", "session")["size"]


def strangers(report, a, b):
    """Whatever shows who one is at one is nothing at the other."""
    status, cookie, me = a.sign_in()
    report.say(status == 201 and f"Path={a.base or '/'};" in cookie, f"{a.name}: the cookie is for its own path", f"{status} {cookie}")
    kept = cookie.split(";")[0]
    mine, other = a.ask("GET", "session", Cookie=kept), b.ask("GET", "session", Cookie=kept)
    report.say(mine[0] == 200 and mine[2]["user"]["name"] == f"Ann of {a.name}", "the session is one here", mine)
    report.say(other[0] == 401, "a session of one is none of the other", other)
    _, theirs, _ = b.sign_in()
    for pair in ((kept, theirs.split(";")[0]), (theirs.split(";")[0], kept)):  # two cookies of a name: never the other's person
        status, _, reply = b.ask("GET", "session", Cookie="; ".join(pair))
        report.say(status == 401 or reply["user"]["name"] == f"Ann of {b.name}", "two cookies of one name never mix", f"{status} {reply}")
    status, _, _ = b.ask("POST", "task", {"title": "forged"}, Cookie=theirs.split(";")[0], X_CSRF_Token=me["csrf"])
    report.say(status == 403, "the token against forgery of one is none of the other's", str(status))
    report.say(a.ask("GET", "task", token=b.token)[0] == 401 and b.ask("GET", "task", token=a.token)[0] == 401, "nor is a token")
    report.say(b.sign_in(a.secret)[0] in (401, 403, 422), "nor a password")
    _, _, new = a.ask("POST", "people", {"email": "new@test.example", "name": "New"}, Cookie=kept, X_CSRF_Token=me["csrf"])
    once = new["link"].split("#")[-1]
    report.say(f"{a.base}/reset#" in new["link"], "a link leads to the organisation it is of", new["link"])
    body = {"token": once, "password": "a password of nobody else"}
    report.say(b.ask("POST", "reset", body)[0] == 403 and a.ask("POST", "reset", body)[0] == 204, "a link for once works there alone")


def contents(report, a, b):
    """The same keys, other records."""
    made = a.good("POST", "task", {"title": "Zanzibar of one"})
    theirs = b.good("POST", "task", {"title": "Quetzal of the other"})
    report.say(made["key"] == theirs["key"], "both count from one", f"{made['key']} {theirs['key']}")
    status, _, _ = b.ask("GET", f"task/{made['id']}", token=b.token)
    report.say(status == 404, "a record of one is not there in the other", str(status))
    report.say(b.good("GET", f"task/{made['key']}")["title"] == "Quetzal of the other", "its key names another record there")
    report.say(b.good("GET", "search?q=Zanzibar")["total"] == 0 and a.good("GET", "search?q=Zanzibar")["total"] == 1, "search finds one's own")
    report.say(b.good("GET", "task?q=Zanzibar")["total"] == 0, "so does a list")
    report.say("Zanzibar" not in json.dumps(b.good("GET", "ledger/entries?from=0&limit=500")), "and the ledger")
    for words, bytes_ in (("evidence", b"small"), ("large evidence", BULK)):
        file = a.client.ask("POST", f"{a.base}/api/v1/files", raw=bytes_, Content_Type="text/plain", X_File_Name="a.txt",
                            Authorization="Bearer " + a.token, **a.host)[2]
        here = a.ask("GET", f"files/{file['id']}", token=a.token)
        there = b.ask("GET", f"files/{file['id']}", token=b.token)
        report.say(here[0] == 200 and here[2] == bytes_ and there[0] == 404, f"{words} is one's own", f"{here[0]} {there[0]}")
    keys = a.good("GET", "ledger/key"), b.good("GET", "ledger/key")
    report.say(keys[0]["vkey"] != keys[1]["vkey"] and keys[0]["origin"] != keys[1]["origin"], "each signs with a key of its own")
    before = b.size()
    for n in range(5):
        a.good("POST", "task", {"title": f"T{n}"})
    report.say(b.size() == before, "what is written at one is no entry of the other")
    text = a.ask("GET", "metrics", token=a.token)[2].decode()
    report.say(f"aimwell_ledger_entries {a.size()}" in text, "the numbers are of one")


def events(report, port, a, b):
    """The stream of b hears what happens at b and nothing of a."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    link.request("GET", f"{b.base}/api/v1/stream", headers={"Authorization": "Bearer " + b.token, **b.host})
    reply = link.getresponse()
    of_a = a.good("POST", "task", {"title": "unheard"})
    of_b = b.good("POST", "task", {"title": "heard"})
    heard = b""
    while of_b["id"].encode() not in heard:
        piece = reply.read1(4096)
        if not piece:
            break
        heard += piece
    report.say(of_b["id"].encode() in heard and of_a["id"].encode() not in heard, "the event stream tells of one's own", heard)
    link.close()


def models(report, a, b):
    """A field that one adds is a field of that one."""
    before = b.good("GET", "model")["hash"]
    _, cookie, me = a.sign_in()
    kept = {"Cookie": cookie.split(";")[0], "X-CSRF-Token": me["csrf"]}
    seen = a.ask("GET", "site/model", **kept)[2]["seen"]
    status, _, reply = a.ask("POST", "site/model", {"seen": seen, "fields": [
        {"kind": "task", "name": "x_own", "type": "text", "title": {"en": "Own", "zh": "自有"}}]}, **kept)
    made = a.good("POST", "task", {"title": "with", "x_own": "here"}) if status == 200 else {}
    refused = b.ask("POST", "task", {"title": "with", "x_own": "there"}, token=b.token)[0]
    report.say(made.get("x_own") == "here" and refused == 422 and b.good("GET", "model")["hash"] == before,
               "a field that one adds is not the other's", f"{status} {reply} {refused}")


def beside(report, port, a, b):
    """What is not below one of them is nobody's; and each has its own commands."""
    client = harness.Client(port)
    for path in ("/", "/api/v1/session", "/healthz", "/none/api/v1/session", a.base + "x/", a.base + b.base + "/api/v1/session"):
        status, headers, _ = client.ask("GET", path, Accept="text/html")
        report.say(status in (401, 404) and "html" not in headers["content-type"], f"{path} is nobody's", f"{status}")
    for side in (a, b):
        status, headers, page = client.ask("GET", f"{side.base}/k/task", Accept="text/html")
        report.say(status == 200 and f'src="{side.base}/assets/'.encode() in page, f"{side.base} has pages", str(status))
        report.say(client.ask("GET", f"{side.base}/readyz")[0] == 200, f"{side.base} is ready")
        if side.place.data:
            listed = harness.must(side.aimwell, "user", "list", where=side.place.where)
            report.say(f"Ann of {side.name}" in listed and listed.count("Ann of") == 1, "commands beside it work on the folder they name", listed)


def flood(report, a, b):
    """What one spends is not missing for the other."""
    answers = [a.ask("POST", "reset", {"token": "x", "password": "a password of nobody"})[0] for _ in range(130)]
    report.say(429 in answers, "a flood is turned away", str(set(answers)))
    report.say(b.ask("POST", "reset", {"token": "x", "password": "a password of nobody"})[0] == 403, "at one alone")


def writing(sides, seconds, end):
    """Both are written at while `end` happens; what was acknowledged, by side."""
    kept, threads, over = {side.name: [] for side in sides}, [], threading.Event()

    def write(side, n):
        client = harness.Client(side.client.port, side.token, timeout=5)
        while not over.is_set():
            try:
                status, _, reply = client.ask("POST", f"{side.base}/api/v1/task", {"title": f"{side.name} {n}"}, **side.host)
                if status == 201:
                    kept[side.name].append(reply["id"])
            except (OSError, http.client.HTTPException):
                break

    for side in sides:
        for n in range(2):
            threads.append(threading.Thread(target=write, args=(side, n)))
            threads[-1].start()
    while any(len(one) < 5 for one in kept.values()) and any(thread.is_alive() for thread in threads):
        time.sleep(0.05)
    time.sleep(seconds)
    end()
    over.set()
    for thread in threads:
        thread.join()
    return kept


def ends(report, house, server, sides):
    """By force and in order, in the middle: each has what was acknowledged there."""
    for how in ("kill -9", "an end in order"):
        kept = writing(sides, 0.3, server.kill if how == "kill -9" else server.stop)
        for side in sides:
            code, out, _ = side.place.verify("--deep")
            report.say(code == 0, f"{how}: {side.name} is intact", f"{code} {out[-400:]}")
        server = harness.Server(house)
        for side in sides:
            side.reach(server.port)
            there = {one["id"] for one in harness.Client(server.port, side.token).every(f"{side.base}/api/v1/task?fields=title")}
            lost = [one for one in kept[side.name] if one not in there]
            report.say(not lost, f"{how}: nothing that {side.name} acknowledged is lost", lost)
            others = [one for other in sides if other is not side for one in kept[other.name] if one in there]
            report.say(not others, f"{how}: and nothing came over from the other", others)
    return server


def backups(report, aimwell, a, b):
    """Of one, beside the server: it holds that one alone."""
    folder = harness.temporary()
    harness.must(aimwell, "backup", "--out", folder + "/a.zip", where=a.place.where)
    harness.must(aimwell, "restore", folder + "/a.zip", "--data", folder + "/back")
    place = harness.Place(aimwell, data=folder + "/back")
    titles = harness.must(aimwell, "export", "records", "--kind", "task", "--format", "csv", where=place.where)
    report.say(place.verify("--deep")[0] == 0 and "Zanzibar" in titles and "Quetzal" not in titles, "a backup of one is of one", titles[:400])


def together(report, aimwell, words, places):
    """Two by path in one process, on whatever stores."""
    report.note(words)
    a, b = (Side(aimwell, name, place) for name, place in zip(("north", "south"), places))
    house = House(aimwell, [(side.base, side.place.data or side.place.store) for side in (a, b)])
    server = harness.Server(house, "--rate", "1")
    for side in (a, b):
        side.reach(server.port)
    strangers(report, a, b)
    strangers(report, b, a)
    contents(report, a, b)
    events(report, server.port, a, b)
    models(report, a, b)
    beside(report, server.port, a, b)
    if a.place.data:
        backups(report, aimwell, a, b)
    flood(report, a, b)
    server = ends(report, house, server, (a, b))
    report.say(server.stop() == 0 and "Sanitizer" not in server.words(), "it ends in order", server.words()[-600:])
    return a, b


def hosts(report, aimwell, a, b):
    """The same two by names of their own."""
    for side in (a, b):
        side.base, side.host = "", {"Host": f"{side.name}.example"}
    server = harness.Server(House(aimwell, [(f"https://{side.name}.example", side.place.data) for side in (a, b)]))
    for side in (a, b):
        side.reach(server.port)
    for side in (a, b):
        status, cookie, _ = side.sign_in()
        report.say(status == 201 and cookie.startswith("__Host-aw_session=") and "Path=/;" in cookie, f"{side.name}.example signs in", f"{status} {cookie}")
        other = b if side is a else a
        report.say(other.ask("GET", "session", Cookie=cookie.split(";")[0])[0] == 401, "a session of one host is none of the other")
        report.say(other.ask("GET", "session", token=side.token)[0] == 401, "nor is a token")
        wrong = side.ask("POST", "task", {"title": "x"}, token=side.token, Origin=f"https://{other.name}.example")
        report.say(wrong[0] == 403, "pages of one host do not write at the other", wrong)
    for host in ("127.0.0.1", "localhost", "north.example.evil.example", "evil.example", ""):
        status = harness.Client(server.port).ask("GET", "/api/v1/session", Host=host)[0]
        report.say(status == 421, f"nobody is served as {host or 'nothing'}", str(status))
    status = harness.Client(server.port).ask("GET", "/healthz", Host="North.Example:8420")[0]
    report.say(status == 200, "a host is one in any spelling", str(status))
    report.say(server.stop() == 0, "it ends in order", server.words())


def no_room(report, aimwell):
    """One has no room left: the other reads and writes."""
    folder = harness.temporary()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", folder], capture_output=True).returncode:
        report.note("mounting is not permitted: no disk is filled")
        return
    try:
        a, b = (Side(aimwell, name, harness.Place(aimwell, data=path + "/data")) for name, path in (("full", folder), ("free", harness.temporary())))
        server = harness.Server(House(aimwell, [(side.base, side.place.data) for side in (a, b)]))
        for side in (a, b):
            side.reach(server.port)
        with open(folder + "/fill", "wb", buffering=0) as file:  # nothing is left to write when it is closed
            try:
                while True:
                    file.write(b"x" * 65536)
            except OSError:
                pass
        answers = [a.ask("POST", "task", {"title": "no room"}, token=a.token)[0] for _ in range(30)]
        report.say(503 in answers, "what has no room says so", str(set(answers)))
        report.say(a.ask("GET", "readyz")[0] == 503 and b.ask("GET", "readyz")[0] == 200, "one is not ready, the other is")
        wrote = [b.ask("POST", "task", {"title": "room"}, token=b.token)[0] for _ in range(20)]
        report.say(set(wrote) == {201} and b.ask("GET", "task", token=b.token)[0] == 200, "the other writes and reads", str(set(wrote)))
        report.say(a.ask("GET", "task", token=a.token)[0] == 200, "and the one still reads")
        os.unlink(folder + "/fill")
        end = time.monotonic() + 40
        while a.ask("POST", "task", {"title": "again"}, token=a.token)[0] != 201 and time.monotonic() < end:
            time.sleep(0.5)
        report.say(a.ask("POST", "task", {"title": "again"}, token=a.token)[0] == 201, "with room it goes on by itself")
        report.say(server.stop() == 0, "it ends in order", server.words()[-600:])
    finally:
        subprocess.run(["umount", folder], capture_output=True)


def mistakes(report, aimwell, a, b):
    """Each is told with its line, and nothing is served."""
    one, two = a.place.data, b.place.data
    link, copy, empty = (os.path.join(harness.temporary(), name) for name in ("link", "copy", "empty"))
    os.symlink(one, link)
    shutil.copytree(one, copy)
    os.mkdir(empty)
    https = "https://h.example"
    for words, line, lines, *more in (
            ("two with one path", "line 4", [("/a", one), ("/a", two)]),
            ("one inside the other", "line 4", [("/a", one), ("/a/b", two)]),
            ("two with one host", "line 4", [(https, one), ("https://H.example:8443/", two)]),
            ("a path inside a host that is whole", "line 4", [(https, one), (https + "/b", two)]),
            ("a path of any host inside one", "line 4", [(https, one), ("/b", two)]),
            ("a path of the server's own", "line 3", [("/api", one)]),
            ("no path", "line 3", [("/", one)]),
            ("no address", "line 3", [("north", one)]),
            ("no place", "line 3", [("/a", "")]),
            ("a folder twice", "line 4", [("/a", one), ("/b", one)]),
            ("a folder twice by a link", "line 4", [("/a", one), ("/b", link)]),
            ("a copy of the first", "line 4", [("/a", one), ("/b", copy)]),
            ("a folder without an organisation", "line 4", [("/a", one), ("/b", empty)]),
            ("a folder that is not there", "line 4", [("/a", one), ("/b", empty + "/none")]),
            ("sixty-five", "at most 64", [(f"/n{n}", f"{empty}/{n}") for n in range(65)]),
            ("nobody", "no organisation", []),
            ("--data beside it", "--data", [("/a", one)], "--data", two),
            ("--public beside it", "--public", [("/a", one)], "--public", "https://x.example"),
            ("--demo beside it", "--demo", [("/a", one)], "--demo")):
        house = House(aimwell, lines)
        code, out, err = harness.run(aimwell, "serve", "--listen", "127.0.0.1:0", *more, where=house.where, timeout=60)
        report.say(code not in (0, 70) and line in err and "http://" not in out and "Sanitizer" not in err, f"{words} is refused by name", f"{code} {err[-300:]}")
    code, _, err = harness.run(aimwell, "serve", "--organisations", empty + "/none", timeout=20)
    report.say(code not in (0, 70) and "none" in err, "a file that is not there is named", f"{code} {err}")
    for side in (a, b):
        report.say(side.place.verify()[0] == 0, "what was refused was left as it was")


def main():
    aimwell, report = harness.program(), harness.Report()
    if "--organisations" not in harness.must(aimwell, "serve", "--help"):
        report.say(False, "E4 one process serves several organisations", "it does not")
        report.end()
    folders = [harness.Place(aimwell, data=os.path.join(harness.temporary(), "data")) for _ in range(2)]
    a, b = together(report, aimwell, "two folders", folders)
    hosts(report, aimwell, a, b)
    mistakes(report, aimwell, a, b)
    no_room(report, aimwell)
    if harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            joint = "&" if "?" in url else "?"
            together(report, aimwell, "two schemas", [harness.Place(aimwell, store=f"{url}{joint}schema={name}") for name in ("one", "two")])
    report.end()


main()
