#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whole HTTP requests against the whole program: every route of src/api/routes.c, by people of several roles
and by nobody, with long and repeated parameters, odd heads, and bodies mutated from real records.

    http_fuzz.py PATH_OF_AIMWELL [--requests 100000] [--seed N] [--threads 4] [--trace FILE]

Holds that the program lives, that each answer has a status of the contract and is well formed, that nothing is
5xx but a 503 that says the server is busy, that every refusal is problem+json with words, and that memory is at
the end where it was. With --threads 1 the same seed sends the same requests, as far as the answers before them
are the same. --trace keeps each request as it was sent.
"""
import argparse
import collections
import http.client
import json
import os
import re
import socket
import sys
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "durability"))
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=8:malloc_context_size=3"
import harness

ALLOWED = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 409, 411, 412, 413, 414, 415, 421, 422, 429, 431,
           501, 503, 505}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
PEOPLE = ["lin", "tom", "sara", "david", "anna", "wu"]
GROWTH = 160 << 20  # bytes of anonymous memory from the first fifth to the end
ODD_TEXT = ["", " ", "0", "-1", "1", "2", "200", "1001", "99999999999999999999", "1e400", "NaN", "null", "true",
            "\u0000", "\uffff", "\u202e", "中文", "é", "a" * 301, "b" * 5000, "%", "%zz", "..", "../..", "'", '"',
            "';--", "a,b,,c", "," * 300, "-", "--", "_", "*", "[]", "{}", "2026-11-28", "2026-02-30",
            "2026-11-28T09:30:00Z", "9999-12-31T23:59:59.999999Z", "0000-00-00", "RSK-0001", "SYS-0001", "EVD-0001",
            "01M8GH7PCEE6ZSE9VJ4DSP60CA", "usr_x", "\U0001f600" * 20, "csv", "xlsx", "json", "en", "zh", "title"]
RESERVED = ["q", "sort", "limit", "cursor", "fields", "facets", "as_of", "format", "labels", "lang", "about", "deep",
            "role", "from", "none", "id", "kind", "key", "state", "version"]
OPERATORS = ["", ".not", ".gte", ".lte", ".gt", ".lt", ".empty", ".below", ".contains", ".x", ".", "..", ".gte.lte"]


def routes():
    """(method, pattern) as the table of the program says."""
    with open(os.path.join(HERE, "..", "..", "src", "api", "routes.c"), encoding="utf-8") as f:
        found = re.findall(r'ROUTE\((\w+), (?:V1 )?"([^"]+)"', f.read())
    return [(method, pattern if pattern in ("/healthz", "/readyz", "/metrics", "/openapi.json") else "/api/v1" + pattern)
            for method, pattern in found]


class World:
    """What real requests are made of: kinds, fields, moves, records, people."""

    def __init__(self, port, token):
        client = harness.Client(port, token)
        model = client.good("GET", "model")
        self.kinds = model["kinds"]
        self.names = [kind["kind"] for kind in self.kinds]
        self.fields = {k["kind"]: list(k["fields"]) if isinstance(k["fields"], dict) else [f["name"] for f in k["fields"]]
                       for k in self.kinds}
        self.moves = {k["kind"]: moves_of(k) for k in self.kinds}
        self.records, self.cursors, self.ids = {}, ["x", "A" * 200, "MQ=="], []
        for name in self.names:
            page = client.good("GET", f"{name}?limit=8")
            self.records[name] = page["items"]
            self.ids += [item["id"] for item in page["items"]] + [item["key"] for item in page["items"] if item.get("key")]
            self.cursors += [page["next"]] if page["next"] else []
        self.people = [p["id"] for p in client.good("GET", "people")["items"]]


def moves_of(kind):
    moves = kind.get("moves") or (kind.get("states") or {}).get("moves") or []
    return list(moves) if isinstance(moves, dict) else [m.get("move") or m.get("name") for m in moves]


# ---- making requests -----------------------------------------------------------------------------------------
class Maker:
    def __init__(self, world, table, rng):
        self.world, self.table, self.rng = world, table, rng

    def maybe(self, chance):
        return self.rng.random() < chance

    def text(self, kind=None):
        """A value: real, odd, or a real one with a byte changed."""
        pick = self.rng.random()
        if pick < 0.35:
            return self.rng.choice(self.world.ids)
        if pick < 0.45:
            return self.rng.choice(self.world.people)
        if pick < 0.9 or not kind or not self.world.records[kind]:
            return self.rng.choice(ODD_TEXT)
        value = self.rng.choice(list(self.rng.choice(self.world.records[kind]).values()))
        return value if isinstance(value, str) else json.dumps(value)

    def escaped(self, value):
        pick = self.rng.random()
        if pick < 0.985:
            return urllib.parse.quote(value, safe="" if pick < 0.5 else ",.:-")
        return "".join(f"%{byte:02x}" for byte in value.encode("utf-8", "surrogatepass")[:400]) + \
            self.rng.choice(["", "%", "%f", "%ff", "%c3", "+"])

    def path(self, pattern):
        kind = self.rng.choice(self.world.names)
        parts = []
        for part in pattern.split("/")[1:]:
            if part == "{kind}":
                parts.append(kind if self.maybe(0.95) else self.escaped(self.text()))
            elif part == "{move}":
                parts.append(self.rng.choice(self.world.moves[kind] or ["x"]) if self.maybe(0.85) else self.escaped(self.text()))
            elif part == "{id}" and "{kind}" in pattern and self.world.records[kind] and self.maybe(0.8):
                record = self.rng.choice(self.world.records[kind])
                parts.append(urllib.parse.quote(record["key"] if record.get("key") and self.maybe(0.5) else record["id"]))
            elif part == "{n}":
                parts.append(self.rng.choice(["0", "1", "7", "123456789", "-1", "18446744073709551616", "x"]))
            elif part == "{path*}":
                parts.append(self.rng.choice(["0/000", "1/0", "0/000.p/3", "8/x001/000", "../..", "63/000", "0/999/999"]))
            elif part.startswith("{"):
                parts.append(self.escaped(self.text(kind)) or "x")
            else:
                parts.append(part if self.maybe(0.995) else self.escaped(self.text()))
        return "/" + "/".join(parts) + ("/" if self.maybe(0.01) else ""), kind

    def query(self, kind):
        count = self.rng.choice([0, 0, 0, 1, 1, 2, 3, 5, 8]) if self.maybe(0.985) else self.rng.choice([50, 199, 201, 400])
        pairs = []
        for _ in range(count):
            name = self.rng.choice(RESERVED) if self.maybe(0.5) else \
                self.rng.choice(self.world.fields[kind] or ["x"]) + self.rng.choice(OPERATORS)
            value = self.text(kind)
            if name == "limit" and self.maybe(0.8):
                value = str(self.rng.choice([0, 1, 5, 50, 200, 1000]))
            elif name == "cursor":
                value = self.rng.choice(self.world.cursors)
            elif name in ("sort", "facets", "fields") and self.maybe(0.8):
                value = ",".join(self.rng.choice(["", "", "-"]) + self.rng.choice(self.world.fields[kind] or ["x"])
                                 for _ in range(self.rng.choice([1, 1, 2, 3, 40])))
            elif name == "format" and self.maybe(0.7):
                value = self.rng.choice(["csv", "json", "xlsx"])
            elif name == "as_of" and self.maybe(0.7):
                value = self.rng.choice(["2026-11-28", "2020-01-01", "2099-01-01T00:00:00Z"])
            pairs.append(self.escaped(name) + ("=" if self.maybe(0.98) else "") + self.escaped(value))
        if pairs and self.maybe(0.05):
            pairs += [pairs[0]] * self.rng.choice([1, 5, 60])
        query = "&".join(pairs)
        return "?" + query[:self.rng.choice([2000, 8000, 20000])] if pairs else ""

    # ---- bodies
    def mutated(self, value, depth=0):
        pick = self.rng.random()
        if isinstance(value, dict) and pick < 0.9:
            out = {}
            for key, one in value.items():
                if self.maybe(0.1):
                    continue
                out[key if self.maybe(0.96) else self.text()] = self.mutated(one, depth + 1) if self.maybe(0.4) else one
            if self.maybe(0.1):
                out[self.text()[:50]] = self.mutated(self.text(), depth + 1)
            return out
        if isinstance(value, list) and pick < 0.9:
            out = [self.mutated(one, depth + 1) for one in value if self.maybe(0.9)]
            return out * self.rng.choice([1, 1, 1, 2, 30]) if len(out) < 40 else out
        return self.rng.choice([None, True, False, 0, -1, 1 << 53, 1 << 70, 1e308, 0.1, "", [], {}, [[]], {"a": {}},
                                [None], self.text(), self.text(), [self.text(), self.text()], "x" * 20000])

    def seed_body(self, pattern, kind):
        records = self.world.records[kind]
        record = {k: v for k, v in (self.rng.choice(records) if records else {"title": "x"}).items()
                  if k in self.world.fields[kind]}
        known = {
            "/api/v1/session": {"email": "tom@northlake.example", "password": "x" * 20},
            "/api/v1/session/password": {"old": "y" * 20, "new": "z" * 20},
            "/api/v1/session/fresh": {"password": harness.DEMO_PASSWORD},
            "/api/v1/setup": {"token": "x", "name": "n", "email": "e@x.example", "password": "p" * 20},
            "/api/v1/people": {"name": "N", "email": f"n{self.rng.randrange(10 ** 9)}@x.example", "password": "p" * 8,
                               "unit": "", "roles": []},
            "/api/v1/people/{id}": {"name": "N", "lang": "en"},
            "/api/v1/people/{id}/roles": {"role": self.rng.choice(["staff", "assessor", "risk_owner"]), "unit": ""},
            "/api/v1/tokens": {"name": "t", "roles": [{"role": "staff", "unit": ""}], "expires": "2027-01-01"},
        }
        if pattern in known:
            return known[pattern]
        if pattern.endswith("/links"):
            return {"type": "related", "to": self.rng.choice(self.world.ids)}
        if pattern.endswith("/comments"):
            return {"body": self.text()}
        if pattern.endswith("{move}"):
            return {"reason": self.text(), **({"password": harness.DEMO_PASSWORD} if self.maybe(0.02) else {})}
        if pattern == "/api/v1/{kind}" and self.maybe(0.2):
            return {"ids": [self.rng.choice(self.world.ids) for _ in range(self.rng.choice([0, 1, 3, 20]))], "set": record,
                    "reason": "r"}
        if self.maybe(0.3):
            record = dict(self.rng.sample(list(record.items()), min(len(record), 2)))
        return record

    def body(self, pattern, kind):
        if pattern == "/api/v1/files":
            return self.rng.randbytes(self.rng.choice([0, 1, 100, 20000, 300000]))
        value = self.seed_body(pattern, kind)
        if self.maybe(0.5):
            value = self.mutated(value)
        raw = json.dumps(value, ensure_ascii=self.maybe(0.5)).encode("utf-8", "surrogatepass")
        pick = self.rng.random()
        if pick < 0.04:
            at = self.rng.randrange(len(raw) + 1)
            raw = raw[:at] + self.rng.choice([b"\0", b"\xff", b"}", b"{", b'"', b"\\u0000", b"\\ud800", b",,"]) + raw[at:]
        elif pick < 0.06:
            raw = raw[:self.rng.randrange(len(raw) + 1)]
        elif pick < 0.07:
            raw = self.rng.choice([b"[" * 5000, b'{"a":' * 500 + b"1" + b"}" * 500, b"9" * 70000, b'"' + b"a" * 70000 + b'"',
                                   b'{"title":"' + b"q" * 900000 + b'"}', b"[" + b"1," * 99000 + b"1]"])
        return raw

    # ---- heads
    def heads(self, method, identity):
        heads = [("Host", "127.0.0.1")] + list(identity.items())
        some = [("If-Match", self.rng.choice(['"1"', '"2"', "*", "W/\"1\"", '"x"', ""])),
                ("Idempotency-Key", self.rng.choice(["k1", "k2", "x" * 300, self.text()[:50]])),
                ("Accept-Language", self.rng.choice(["zh", "en", "zh-CN,en;q=0.1", "x" * 2000])),
                ("Accept", self.rng.choice(["text/html", "*/*", "application/json", ""])),
                ("Accept-Encoding", self.rng.choice(["br", "gzip", "br;q=0", ",,,"])),
                ("If-None-Match", self.rng.choice(['"x"', "*", 'W/"1"'])),
                ("Origin", self.rng.choice(["http://127.0.0.1", "http://evil.example", "null"])),
                ("X-Forwarded-For", self.rng.choice(["1.2.3.4", "1.2.3.4, ::1", "x", ",,,", "::ffff:1.2.3.4"])),
                ("X-File-Name", self.rng.choice(["a.txt", "%E4%B8%AD.pdf", "%", "a/b", "x" * 300])),
                ("Cookie", self.rng.choice(["aw_session=x", "a=b; aw_session=\"\"", ";;;", "=" * 100])),
                ("Range", "bytes=0-1"), ("X-Odd", self.text()[:60]), ("Expect", "100-continue"),
                ("Connection", self.rng.choice(["keep-alive", "close", "upgrade"])), ("Upgrade", "websocket"),
                ("Transfer-Encoding", self.rng.choice(["chunked", "gzip", "identity"])), ("X-None", ""),
                ("X-HTTP-Method-Override", "DELETE"), ("Host", "evil.example")]
        weights = [6, 6, 6, 4, 3, 3, 1, 3, 3, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1]
        heads += self.rng.choices(some, weights, k=self.rng.choice([0, 0, 1, 1, 2, 3]))
        if self.maybe(0.01):
            heads += [("X-Many", "y" * self.rng.choice([10, 1000]))] * self.rng.choice([30, 200])
        return [(name, value) for name, value in heads if "\0" not in value and "\n" not in value]

    def request(self, identity):
        """(method, bytes)"""
        method, pattern = self.rng.choice(self.table)
        if pattern.endswith(("/stream", "/verify")) and self.maybe(0.9):
            method, pattern = "GET", "/api/v1/{kind}"
        if pattern == "/api/v1/session" and method in ("POST", "DELETE") and self.maybe(0.8):
            method = "GET"
        if self.maybe(0.06):
            method = self.rng.choice(METHODS)
        elif self.maybe(0.003):
            method = self.rng.choice(["BREW", "get", "TRACE"])
        path, kind = self.path(pattern)
        target = path + (self.query(kind) if method in ("GET", "HEAD") or self.maybe(0.1) else "")
        heads = self.heads(method, identity)
        if method == "PATCH" and "{id}" in pattern and self.maybe(0.8):
            heads += [("If-Match", self.rng.choice(['"1"', '"1"', '"2"', '"3"']))]
        body = self.body(pattern, kind) if method not in ("GET", "HEAD", "OPTIONS") or self.maybe(0.01) else b""
        if body:
            kind_of = "application/json" if pattern != "/api/v1/files" else "application/octet-stream"
            heads += [("Content-Type", kind_of if self.maybe(0.97) else self.rng.choice(["text/plain", "", "multipart/form-data; boundary=x"]))]
        if self.maybe(0.003):
            body = body or b"12345"
            heads += [("Content-Length", self.rng.choice([str(len(body)), "+5", "5, 5", "", "9" * 30]))]
        if not any(name == "Transfer-Encoding" for name, _ in heads) or self.maybe(0.1):
            heads += [("Content-Length", str(len(body)))] if body or method not in ("GET", "HEAD") else []
        elif body:
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in heads)
        return method, head.encode("utf-8", "replace") + b"\r\n" + body


def odd(raw):
    """Too large a head, or framed so that it may be cut off without an answer that arrives."""
    head = raw.partition(b"\r\n\r\n")[0]
    return len(head) > 14000 or raw.count(b"\r\nContent-Length:") > 1 or b"\r\nTransfer-Encoding:" in raw


# ---- sending them ------------------------------------------------------------------------------------------------
class Sender(threading.Thread):
    def __init__(self, fuzz, number):
        super().__init__(daemon=True)
        self.fuzz, self.number = fuzz, number
        self.maker = Maker(fuzz.world, fuzz.table, fuzz.seeded(number))
        self.link = None
        self.identities, self.signed = [], 0

    def run(self):
        while self.fuzz.next():
            if self.signed == 0:
                self.sign_in()
            self.signed -= 1
            method, raw = self.maker.request(self.maker.rng.choice(self.identities))
            try:
                self.once(method, raw)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.close()
                self.fuzz.broken(f"{type(error).__name__} {error}", raw)

    def sign_in(self):
        """Anew now and then: some requests sign people out, or change them."""
        self.signed = 500
        self.identities = [{}, {"Authorization": "Bearer aw_" + "x" * 43}] + self.fuzz.identities()

    def close(self):
        if self.link:
            self.link.close()
        self.link = None

    def once(self, method, raw):
        fresh = self.link is None
        if fresh:
            self.link = socket.create_connection(("127.0.0.1", self.fuzz.port), timeout=60)
            self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.fuzz.trace(raw)
        sent = True
        try:
            self.link.sendall(raw)
        except OSError:
            sent = False  # it has heard enough, and answered
        response = http.client.HTTPResponse(self.link, method=method)
        try:
            response.begin()
        except (http.client.HTTPException, OSError) as error:
            response.close()
            self.close()
            if not fresh:  # the one before it may have ended the connection
                return self.once(method, raw)
            if not sent or odd(raw):
                return self.fuzz.dropped(raw)
            raise error
        stream = response.getheader("content-type", "").startswith("text/event-stream")
        body = b"" if stream else response.read()
        self.fuzz.judge(method, raw, response, body)
        if stream or response.will_close or not sent or raw.count(b"\r\nContent-Length:") > 1 or \
                (method in ("GET", "HEAD") and b"\r\nContent-Length:" in raw):
            self.close()


class Fuzz:
    def __init__(self, server, place, options):
        self.port, self.place, self.options = server.port, place, options
        self.server, self.lock = server, threading.Lock()
        self.seed = options.seed if options.seed is not None else int(time.time())
        self.token = place.token("aims_manager,admin,risk_owner,assessor,system_owner,internal_auditor")
        self.world = World(self.port, self.token)
        self.table = routes()
        self.done = self.drops = 0
        self.statuses, self.faults, self.busy = collections.Counter(), [], collections.Counter()
        self.early = None
        self.log = open(options.trace, "wb") if options.trace else None

    def seeded(self, number):
        import random
        return random.Random(f"{self.seed}/{number}")

    def identities(self):
        found = [{"Authorization": f"Bearer {self.token}"}] * 2
        for who in PEOPLE:
            client = harness.Client(self.port)
            try:
                client.log_in(f"{who}@northlake.example")
                found.append({"Cookie": client.cookie, "X-CSRF-Token": client.csrf})
            except RuntimeError:
                pass  # a request before this one took the account away
            client.close()
        return found

    def next(self):
        with self.lock:
            if self.done >= self.options.requests or len(self.faults) > 20 or not self.server.running():
                return False
            self.done += 1
            if self.done == self.options.requests // 5:
                self.early = self.memory()
            return True

    def memory(self):
        with open(f"/proc/{self.server.pid()}/status") as f:
            return int(re.search(r"RssAnon:\s+(\d+)", f.read())[1]) << 10

    def trace(self, raw):
        if self.log:
            with self.lock:
                self.log.write(raw + b"\n----\n")
                self.log.flush()

    def fault(self, why, raw):
        with self.lock:
            self.faults.append((why, raw))

    def broken(self, why, raw):
        self.fault(f"no answer: {why}", raw)

    def dropped(self, raw):
        with self.lock:
            self.drops += 1

    def judge(self, method, raw, response, body):
        status, kind = response.status, response.getheader("content-type", "")
        with self.lock:
            self.statuses[status] += 1
        if status not in ALLOWED:
            return self.fault(f"status {status}: {body[:300]!r}", raw)
        if method == "HEAD" or status in (204, 304):
            return self.fault("a body where none may be", raw) if body else None
        if "json" in kind:
            try:
                said = json.loads(body)
            except ValueError as error:
                return self.fault(f"no JSON in {status}: {error} {body[:200]!r}", raw)
        if status < 400:
            return None
        if not kind.startswith("application/problem+json"):
            # libmicrohttpd answers by itself what it cannot even take apart
            return None if status == 431 or (odd(raw) and status in (400, 413, 414)) else self.fault(f"{status} is {kind}: {body[:200]!r}", raw)
        if said.get("status") != status or not said.get("title") or not (said.get("detail") or said.get("errors")):
            return self.fault(f"{status} without words: {body[:300]!r}", raw)
        if status == 503:
            with self.lock:
                self.busy[said.get("code", "") + " " + (said.get("detail") or "")] += 1
        return None


def report_on(fuzz, report, late):
    report.note(f"{fuzz.done} requests, seed {fuzz.seed}: " +
                " ".join(f"{status}×{count}" for status, count in sorted(fuzz.statuses.items())) +
                f", {fuzz.drops} cut off; memory {fuzz.early >> 20 if fuzz.early else '?'} → {late >> 20} MiB")
    for why, raw in fuzz.faults[:20]:
        report.note(f"{why}\n#   {raw[:1500]!r}")
    for why, count in fuzz.busy.items():
        report.note(f"503 ×{count}: {why}")
    report.say(not fuzz.faults, "fuzz http answers", f"{len(fuzz.faults)} faults, seed {fuzz.seed}")
    report.say(not [w for w in fuzz.busy if not w.startswith(("refused", "busy", "crowded"))], "fuzz http nothing fails inside", str(fuzz.busy))
    report.say(fuzz.done >= fuzz.options.requests, "fuzz http to the end", f"only {fuzz.done}")
    report.say(fuzz.early and late - fuzz.early < GROWTH, "fuzz http memory", f"{fuzz.early} → {late}")


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=100000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--trace")
    options = parser.parse_args()
    report = harness.Report()
    folder = harness.temporary()
    place = harness.demo(aimwell, folder + "/org")
    place_token = place  # tokens are made before the server has the folder
    token = place_token.token("aims_manager,admin,risk_owner,assessor,system_owner,internal_auditor")
    place.token = lambda *_: token
    server = harness.Server(place, "--rate", "0")
    fuzz = Fuzz(server, place, options)
    senders = [Sender(fuzz, number) for number in range(options.threads)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    alive = server.running()
    late = fuzz.memory() if alive else 0
    report.say(alive and harness.Client(server.port).ask("GET", "/healthz")[0] == 200, "fuzz http alive", server.words()[-4000:])
    report_on(fuzz, report, late)
    code = server.stop(60) if alive else server.process.returncode
    words = server.words()
    report.say(code == 0 and not re.search("Sanitizer|runtime error|panic|level=error what=bug", words), "fuzz http ends in order",
               f"{code} {words[-3000:]}")
    code, out, err = place.verify("--deep")
    report.say(code == 0, "fuzz http leaves everything intact", (out + err)[-500:])
    report.end()


if __name__ == "__main__":
    main()
