#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E4: the organisation's own fields and registers change while eight clients write, on both stores: nothing
that was acknowledged is lost, nobody sees an error, and a server that is killed in the middle has all of the
change or nothing of it. A second server on PostgreSQL follows. Files of a folder come in beside the server.

    e04_while_everybody_works.py PATH_OF_AIMWELL [--seed N]
"""
import argparse
import contextlib
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

ADMIN, STAFF = "pat@northlake.example", "lin@northlake.example"
PATIENCE = 60


def field(kind, name, **more):
    return {"kind": kind, "name": name, "type": "text", "title": {"en": f"Field {name}"}, **more}


def register(name, prefix):
    return {"name": name, "prefix": prefix, "title": {"en": f"Register {name}"}, "plural": {"en": f"Registers {name}"},
            "about": {"en": f"About {name}."}, "states": "open_closed", "read": ["staff"], "create": ["staff"],
            "change": ["@owner"], "fields": [{"name": "x_said", "type": "text", "title": {"en": "What was said"}}]}


def client(server, email):
    one = harness.Client(server.port)
    one.log_in(email)
    return one


def change(admin, **what):
    """Adds it; the answer."""
    seen = admin.good("GET", "site/model")["seen"]
    return admin.ask("POST", "site/model", {"seen": seen, **what})


def eventually(look):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    return None


class Writer(threading.Thread):
    """Makes tasks and changes them, each its own and one that all share, and keeps what was acknowledged."""

    def __init__(self, number, server, shared, stop):
        super().__init__(daemon=True)
        self.number, self.client, self.shared, self.stop = number, client(server, STAFF), shared, stop
        self.acknowledged, self.odd, self.fields = {}, [], []

    def write(self, method, path, body, **headers):
        status, kept, reply = self.client.ask(method, path, body, **headers)
        if status not in (200, 201, 412):
            self.odd.append(f"{method} {path}: {status} {json.dumps(reply)[:300]}")
        return reply if status in (200, 201) else None

    def once(self, turn):
        text = f"{self.number}.{turn}"
        made = self.write("POST", "task", {"title": text})
        if made:
            body = {"tags": [text], **{name: text for name in self.fields}}
            after = self.write("PATCH", f"task/{made['id']}", body, If_Match=f'"{made["version"]}"')
            self.acknowledged[made["id"]] = {"title": text, **(body if after else {})}
        # what others wrote into the shared one stays, whatever fields the writer knows
        there = self.client.good("GET", f"task/{self.shared}")
        self.write("PATCH", f"task/{self.shared}", {f"x_shared{self.number}": text} if f"x_shared{self.number}" in self.fields
                   else {"tags": [text]}, If_Match=f'"{there["version"]}"')

    def run(self):
        turn = 0
        while not self.stop.is_set():
            with contextlib.suppress(OSError):
                self.once(turn)
            turn += 1


def lost_in(history, names):
    """A field that had a value and lost it without anybody asking: the version, or None."""
    had = set()
    for version in history:
        now = {name for name in names if version.get(name)}
        if had - now:
            return version
        had |= now
    return None


def while_eight_write(report, place, server, store):
    admin, stop = client(server, ADMIN), threading.Event()
    shared = client(server, STAFF).good("POST", "task", {"title": "Shared by all"})["id"]
    writers = [Writer(number, server, shared, stop) for number in range(8)]
    for one in writers:
        one.start()
    answers = []
    for number in range(6):
        time.sleep(0.2)
        names = [f"x_shared{number}", f"x_more{number}"]
        answers.append(change(admin, fields=[field("task", name) for name in names],
                              kinds=[register(f"x_reg{number}", f"XR{chr(65 + number)}")]))
        for one in writers:
            one.fields = one.fields + names
    time.sleep(0.5)
    stop.set()
    for one in writers:
        one.join(PATIENCE)
    report.say(all(status == 200 for status, _, _ in answers), f"{store}: six changes while eight clients write",
               str([a[2] for a in answers if a[0] != 200])[:600])
    odd = [what for one in writers for what in one.odd]
    report.say(not odd, f"{store}: nobody who writes meanwhile sees an error", "; ".join(odd[:3]))
    reader, wrong, count = client(server, STAFF), [], 0
    for one in writers:
        for identity, said in one.acknowledged.items():
            count += 1
            there = reader.good("GET", f"task/{identity}")
            wrong += [f"{identity} {name}: {there.get(name)} for {value}" for name, value in said.items()
                      if there.get(name) != value]
    report.say(count > 20 and not wrong, f"{store}: what was acknowledged is there", f"{count} {wrong[:3]}")
    shown = reader.good("GET", f"task/{shared}")
    names = [f"x_shared{number}" for number in range(6)]
    written = [name for name in names if shown.get(name)]
    pages, below = [], ""
    while True:
        page = reader.good("GET", f"task/{shared}/history?limit=100{below}")
        pages += page["items"]
        if not page.get("next"):
            break
        below = f"&cursor={page['next']}"
    dropped = [c for item in pages for c in item.get("changes", []) if c["field"] in names and c.get("to") in (None, "")]
    report.say(written and not dropped, f"{store}: no version leaves out a field that another client filled in",
               f"{written} {dropped[:3]}")
    made = reader.ask("POST", "x_reg5", {"title": "One", "x_said": "yes"})
    report.say(made[0] == 201 and made[2]["x_said"] == "yes", f"{store}: the last register is there", str(made[2])[:300])
    code, out, err = place.verify("--deep")
    report.say(code == 0, f"{store}: verify --deep is intact", f"{code} {out}{err}")


def killed_in_the_middle(report, chance, place, store, rounds):
    """All or nothing: the field, its column, its file and its entry."""
    wrong, all_of_it = [], 0
    for number in range(rounds):
        server = harness.Server(place)
        admin = client(server, ADMIN)
        name, answer = f"x_kill{number}", []

        def ask(admin=admin, name=name, answer=answer):
            with contextlib.suppress(OSError, harness.http.client.HTTPException):
                answer.append(change(admin, fields=[field("risk", name)])[0])
        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(chance.random() * 0.4)
        server.kill()
        thread.join(PATIENCE)
        server = harness.Server(place)
        admin, staff = client(server, ADMIN), client(server, STAFF)
        there = admin.good("GET", "site/model")
        in_file = any(name in f["content"] for f in there["files"])
        in_history = any(f"risk.{name}" in h["added"] for h in there["history"])
        wrote = staff.ask("POST", "risk", {"title": "After", name: "kept"})
        if not in_file == in_history == (wrote[0] == 201) or (answer == [200] and not in_file):
            wrong.append(f"{name}: file {in_file} history {in_history} write {wrote[0]} answered {answer}")
        all_of_it += in_file
        code, out, err = place.verify("--deep")
        if code != 0:
            wrong.append(f"{name}: verify {code} {out}{err}")
        server.stop()
    report.say(not wrong, f"{store}: killed in the middle, {rounds} times ({all_of_it} whole): all or nothing",
               "; ".join(wrong)[:600])


def second_server(report, place):
    """It follows by itself, and until then it writes nothing by the model it has."""
    first, second = harness.Server(place), harness.Server(place)
    admin, one, two = client(first, ADMIN), client(first, STAFF), client(second, STAFF)
    task = one.good("POST", "task", {"title": "Two doors"})["id"]
    status, _, reply = change(admin, fields=[field("task", "x_follow")], kinds=[register("x_followed", "XFO")])
    report.say(status == 200, "postgresql: a change beside a second server", str(reply)[:300])
    one.good("PATCH", f"task/{task}", {"x_follow": "kept"}, If_Match='"1"')
    odd = []

    def other_door():
        status, _, reply = two.ask("PATCH", f"task/{task}", {"tags": ["second"]}, If_Match='"2"')
        if status not in (200, 429):
            odd.append(f"{status} {reply}")
        return status == 200 or odd
    eventually(other_door)
    after = one.good("GET", f"task/{task}")
    report.say(not odd and after.get("x_follow") == "kept" and after["tags"] == ["second"],
               "postgresql: the second writes once it has followed, and leaves nothing out", f"{odd} {after.get('x_follow')} {after.get('tags')}")
    made = eventually(lambda: two.ask("POST", "x_followed", {"title": "Here too"})[0] == 201)
    report.say(made and second.running(), "postgresql: it has the new register without a restart", second.words()[-300:])
    report.say([first.stop(), second.stop()] == [0, 0], "postgresql: both stop in order")


def from_a_folder(report, place, folder):
    """`model adopt DIR` in a running server; what is wrong is refused whole, with file and line."""
    server = harness.Server(place)
    reader = client(server, STAFF)
    os.makedirs(folder)

    def write(name, content):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as f:
            f.write(content if isinstance(content, str) else json.dumps(content))

    def adopt():
        return harness.run(place.aimwell, "model", "adopt", folder, where=place.where)
    before = reader.good("GET", "model")["hash"]
    check = {"check": "x-chk-1", "title": "A check of ours", "statement": "It holds.",
             "population": "SELECT count(*) FROM risk", "breaks": "SELECT 'risk' AS kind, r.id AS id, 'bad' AS reason FROM risk r WHERE r.x_missing = 'a'",
             "reasons": {"bad": "It is bad"}, "remedy": "Mend it."}
    write("x-chk-1.json", check)
    code, _, err = adopt()
    report.say(code != 0 and "x-chk-1.json:1" in err and "x_missing" in err, "a check that reads a missing column is refused, with file and line",
               f"{code} {err}")
    report.say(reader.good("GET", "model")["hash"] == before and reader.good("GET", "task?limit=1"), "and nothing has changed")
    write("risk.json", {"extends": "risk", "fields": {"x_missing": {"type": "text", "title": "Not missing now"}}})
    code, out, err = adopt()
    report.say(code == 0, "beside what it reads it is taken", f"{code} {out}{err}")
    lin = client(server, STAFF)
    risk = lin.good("POST", "risk", {"title": "Holds a value", "x_missing": "a"})
    os.remove(f"{folder}/risk.json")
    os.remove(f"{folder}/x-chk-1.json")
    code, _, err = adopt()
    report.say(code == 5 and "risk.x_missing" in err, "a field that holds values cannot go away", f"{code} {err}")
    report.say(lin.good("GET", f"risk/{risk['id']}")["x_missing"] == "a", "and the value is there")
    server.stop()
    server = harness.Server(place)
    lin = client(server, STAFF)
    report.say(lin.good("GET", f"risk/{risk['id']}")["x_missing"] == "a" and lin.good("POST", "x_reg0", {"title": "Still"}),
               "after a start without any folder: fields of the folder and of the pages")
    server.stop()


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int)
    options, report = parser.parse_args(), harness.Report()
    chance = harness.seed_of(options)
    folder = harness.temporary()
    place = harness.demo(aimwell, folder + "/data")
    server = harness.Server(place)
    while_eight_write(report, place, server, "sqlite")
    report.say(server.stop() == 0, "sqlite: the server stops in order", server.words()[-800:])
    from_a_folder(report, place, folder + "/own")
    killed_in_the_middle(report, chance, place, "sqlite", 3)
    if harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            place = harness.Place(aimwell, store=url + ("&" if "?" in url else "?") + "schema=epoch")
            server = harness.Server(place, "--demo")
            while_eight_write(report, place, server, "postgresql")
            report.say(server.stop() == 0, "postgresql: the server stops in order", server.words()[-800:])
            second_server(report, place)
            killed_in_the_middle(report, chance, place, "postgresql", 1)
    report.end()


if __name__ == "__main__":
    main()
