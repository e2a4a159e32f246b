# SPDX-License-Identifier: Apache-2.0
"""Clients that write under load and remember what they were told, and the judge who compares.

Each write carries an Idempotency-Key, also in its title, so that it can be found again whether or not
the answer arrived. Writes are tasks: a create, then changes that follow each other.
"""
import http.client
import json
import random
import threading
import time

import harness


class Writer(threading.Thread):
    """One client: creates a task, changes it a few times, begins anew; until stopped or cut off."""

    def __init__(self, port, token, name, chance, acknowledged, tried):
        super().__init__(daemon=True)
        self.client = harness.Client(port, token, timeout=20)
        self.label, self.chance, self.count = name, chance, 0
        self.acknowledged, self.tried = acknowledged, tried
        self.stopping = threading.Event()
        self.refused = []

    def run(self):
        try:
            while not self.stopping.is_set():
                self.one_record()
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass  # the server is gone: that is what this is about
        self.client.close()

    def write(self, method, path, title, version, **headers):
        """One write; its version when acknowledged, else None."""
        self.count += 1
        key = f"{self.label}-{self.count}"
        self.tried.add(key=key, title=title.format(key), path=path, version=version)
        status, _, reply = self.client.ask(method, path, {"title": title.format(key)},
                                           Idempotency_Key=key, **headers)
        if status not in (200, 201):
            self.refused.append((status, reply))
            self.stopping.wait(0.02)
            return None
        record = reply
        self.acknowledged.add(key=key, id=record["id"], version=record["version"],
                              title=record["title"], ledger=reply["ledger"]["index"])
        return record

    def one_record(self):
        record = self.write("POST", "task", "made {}", 1)
        for _ in range(self.chance.randrange(4)):
            if not record or self.stopping.is_set():
                return
            record = self.write("PATCH", f"task/{record['id']}", "changed {}", record["version"] + 1,
                                If_Match=f'"{record["version"]}"')


def start(count, port, token, chance, acknowledged, tried, tag):
    writers = [Writer(port, token, f"{tag}w{n}", random.Random(chance.random()), acknowledged, tried)
               for n in range(count)]
    for writer in writers:
        writer.start()
    return writers


def stop(writers):
    for writer in writers:
        writer.stopping.set()
    for writer in writers:
        writer.join(timeout=harness.PATIENCE)
    return [refusal for writer in writers for refusal in writer.refused]


# ---- after the fall -----------------------------------------------------------------------------------------
def unanswered(acknowledged, tried):
    known = {f["key"] for f in acknowledged.all()}
    return [t for t in tried.all() if t["key"] not in known]


def send_again(client, acknowledged, tried):
    """What got no answer is sent again with its key, as a careful client does. It must now be there
    once, whether the first attempt had arrived or not."""
    wrong = []
    for t in unanswered(acknowledged, tried):
        create = t["version"] == 1
        more = {} if create else {"If_Match": f'"{t["version"] - 1}"'}
        status, _, reply = client.ask("POST" if create else "PATCH", t["path"], {"title": t["title"]},
                                      Idempotency_Key=t["key"], **more)
        if status not in (200, 201):
            wrong.append(f"{t['key']}: sent again: {status} {reply}")
            continue
        record = reply
        if (record["version"], record["title"]) != (t["version"], t["title"]):
            wrong.append(f"{t['key']}: sent again, is version {record['version']} {record['title']!r}")
        acknowledged.add(key=t["key"], id=record["id"], version=record["version"],
                         title=record["title"], ledger=reply["ledger"]["index"])
    return wrong


# ---- the judge ----------------------------------------------------------------------------------------------
def versions(client, one):
    """{version: (title, ledger)} of one record; empty when it is not there."""
    status, _, reply = client.ask("GET", f"task/{one}/history")
    out = {}
    for item in reply["items"] if status == 200 else []:
        title = [c["to"] for c in item["changes"] if c["field"] == "title"]
        out[item["version"]] = (title[0] if title else None, item["ledger"])
    return out


def judge(client, acknowledged, tried):
    """What is wrong, as sentences; nothing when every acknowledged write is there once, as it was
    acknowledged, and nothing is there by half or that nobody wrote."""
    wrong, facts, count = [], acknowledged.all(), {}
    written = {t["title"] for t in tried.all()}
    have = {one["id"]: versions(client, one["id"]) for one in client.every("task")}
    for f in facts:
        is_now = have.get(f["id"], {}).get(f["version"])
        if is_now != (f["title"], f["ledger"]):
            wrong.append(f"{f['key']}: acknowledged as {f['id']} version {f['version']} "
                         f"{f['title']!r} in entry {f['ledger']}, is {is_now}")
    for one, kept in have.items():
        if sorted(kept) != list(range(1, len(kept) + 1)):
            wrong.append(f"{one}: has versions {sorted(kept)}")
        for title, _ in kept.values():
            count[title] = count.get(title, 0) + 1
            if title not in written:
                wrong.append(f"{one}: nobody wrote {title!r}")
    return wrong + [f"{title!r} is there {n} times" for title, n in count.items() if n > 1]


def lie(acknowledged, tried):
    """Sabotage: an acknowledgement with nothing behind it. A judge who does not mind is blind."""
    tried.add(key="lie", title="made lie", path="task", version=1)
    acknowledged.add(key="lie", id="01M83JZBMZPVJBBJB0QW8QS7ZQ", version=1, title="made lie", ledger=1)


def caught(client, acknowledged, tried):
    lie(acknowledged, tried)
    return any(w.startswith("lie:") for w in judge(client, acknowledged, tried))


# ---- one trial ------------------------------------------------------------------------------------------------
class Trial:
    """An organisation that meets with something while clients write, and what must be true afterwards."""

    def __init__(self, place, report, chance, name):
        self.place, self.report, self.chance, self.name = place, report, chance, name
        folder = harness.temporary()
        self.acknowledged = harness.Acknowledged(folder + "/acknowledged")
        self.tried = harness.Acknowledged(folder + "/tried")
        self.token = place.init()

    def say(self, good, what, why=""):
        return self.report.say(good, f"{self.name}: {what}", why)

    def writing(self, server, label):
        """Clients that write until they are stopped."""
        return start(4, server.port, self.token, self.chance, self.acknowledged, self.tried, label)

    def goes_on(self, server, within=60):
        """Without a new start: it acknowledges again by itself, and all that it ever acknowledged is there."""
        client, until, status = harness.Client(server.port, self.token), time.monotonic() + within, 0
        while status not in (200, 201) and time.monotonic() < until:
            self.tried.add(key="again", title="made again", path="task", version=1)
            status, _, reply = client.ask("POST", "task", {"title": "made again"}, Idempotency_Key="again")
            if status == 201:
                self.acknowledged.add(key="again", id=reply["id"], version=1, title="made again", ledger=reply["ledger"]["index"])
            else:
                time.sleep(0.2)
        self.say(status in (200, 201), "it acknowledges again without a new start", f"{status} {server.words()[-300:]}")
        wrong = send_again(client, self.acknowledged, self.tried)
        wrong += judge(client, self.acknowledged, self.tried)
        self.say(not wrong, f"all {len(self.acknowledged.all())} acknowledged writes are there, the others go through once", "; ".join(wrong[:3]))
        ready = client.ask("GET", "/readyz")[0]
        self.say(ready == 200, "readyz says so", str(ready))
        code, out, err = self.place.verify("--deep")
        self.say(code == 0, "verify --deep beside it is intact", f"{code} {out}{err}")
        client.close()

    def start_again(self, sabotage):
        """A new start: everything acknowledged is there, what was not answered goes through once."""
        server = harness.Server(self.place)
        client = harness.Client(server.port, self.token)
        wrong = send_again(client, self.acknowledged, self.tried)
        wrong += judge(client, self.acknowledged, self.tried)
        self.say(not wrong, f"all {len(self.acknowledged.all())} acknowledged writes are there after a new start, the others go through once", "; ".join(wrong[:3]))
        code, out, err = self.place.verify("--deep")
        self.say(code == 0, "verify --deep is intact", f"{code} {out}{err}")
        if sabotage:
            self.say(caught(client, self.acknowledged, self.tried), "sabotage: a false acknowledgement is caught")
        client.close()
        server.stop()
