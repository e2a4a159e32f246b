#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays the measurements and prints the table; bench/run builds what it needs and calls it.

Every figure of ours stands beside a reference taken in the same run on the same machine, so that the
ratio means something where the number does not. The clients are the same for both. Nothing is
asserted: a slow machine is not a fault.
"""
import argparse
import csv
import gzip
import json
import os
import platform
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "durability"))
import harness  # noqa: E402
import pages  # noqa: E402

RECORDS = 10000
BODY = ('{"title":"Review the controls of system %","details":"What is needed and how one can tell '
        'that it is done.","priority":"high","due":"2027-03-01"}')


PASSWORD = "northlake harbour lamp 7"


def signed_in(place, server, email):
    """That person in a browser, with a password of their own."""
    once = re.search(r"password: (\S+)", harness.must(place.aimwell, "user", "reset", email, where=place.where))[1]
    client = harness.Client(server.port)
    client.log_in(email, once)
    client.ask("POST", "session/password", {"old": once, "new": PASSWORD})
    client = harness.Client(server.port)
    client.log_in(email, PASSWORD)
    return client


# ---- the table ---------------------------------------------------------------------------------------------
class Table:
    def __init__(self):
        self.format = "{:<44} {:>16} {:>48} {:>6}  {}"
        print(machine())
        print(self.format.format("what", "Aimwell", "reference", "ratio", "budget (DESIGN §9)"))

    def line(self, what, ours, unit, reference, name, budget="", less_is_better=False):
        """Ratio: how many times as fast as the reference; over 1 is faster than it."""
        ratio = (reference / ours if less_is_better else ours / reference) if ours and reference else 0
        shown = f"{figure(reference)} {name}" if reference else name or "—"
        print(self.format.format(what, f"{figure(ours)} {unit}", shown, f"{ratio:.2f}" if ratio else "—", budget), flush=True)

    @staticmethod
    def note(words):
        print("  " + words, flush=True)


def figure(n):
    return f"{n:,.0f}" if n >= 100 else f"{n:.1f}" if n >= 10 else f"{n:.2f}"


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = (re.findall(r"^model name\s*: (.*)$", f.read(), re.M) or [platform.machine()])[0]
    with open("/proc/meminfo", encoding="utf-8") as f:
        memory = int(re.search(r"MemTotal:\s*(\d+)", f.read())[1]) / (1 << 20)
    return (f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}, "
            f"SQLite {sqlite3.sqlite_version}; load before: {os.getloadavg()[0]:.1f}")


# ---- programs ------------------------------------------------------------------------------------------------
class Tools:
    def __init__(self, build):
        self.build = build
        self.aimwell = f"{build}/src/cli/aimwell"

    def say(self, name, *words):
        done = subprocess.run([f"{self.build}/bench/bench_{name}", *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"bench_{name} {' '.join(map(str, words))}: {done.stderr}")
        return [float(word) for word in done.stdout.split()]

    def load(self, port, connections, seconds, path, token="", body=None):
        words = self.say("load", port, connections, seconds, path, token, *([body] if body else []))
        names = ("requests", "failures", "seconds", "rate", "p50", "p99", "bytes")
        result = dict(zip(names, words))
        if result["failures"]:
            Table.note(f"{result['failures']:.0f} of {result['requests']:.0f} requests to {path} failed")
        return result

    def sqlite(self, rows, group, size):
        folder = harness.temporary("aimwell-bench-")
        rate = self.say("sqlite", folder + "/bare.db", rows, max(1, group), size)[2]
        shutil.rmtree(folder)
        return rate


class Nginx:
    """One worker, static files, no access log: the least that an HTTP answer can cost."""

    def __init__(self):
        self.folder = harness.temporary("aimwell-nginx-")
        os.chmod(self.folder, 0o755)
        os.makedirs(self.folder + "/html")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        settings = f"""daemon off; worker_processes 1; pid {self.folder}/pid; error_log {self.folder}/error.log;
events {{ worker_connections 2048; }}
http {{ access_log off; keepalive_requests 100000000; default_type application/json; sendfile on; tcp_nopush on; open_file_cache max=100;
  client_body_temp_path {self.folder}/b; proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
  server {{ listen 127.0.0.1:{self.port}; root {self.folder}/html; }} }}"""
        with open(self.folder + "/nginx.conf", "w", encoding="utf-8") as f:
            f.write(settings)
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen([program, "-c", self.folder + "/nginx.conf", "-p", self.folder],
                                        stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def put(self, name, content):
        path = f"{self.folder}/html/{name}"
        with open(path, "wb") as f:
            f.write(content)
        os.chmod(path, 0o644)

    def memory(self):
        return sum(rss(pid) for pid in [self.process.pid, *children(self.process.pid)])

    def stop(self):
        self.process.terminate()
        self.process.wait()


def rss(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return int(re.search(r"VmRSS:\s*(\d+)", f.read())[1]) / 1024


def busy(pid, gone=0.0):
    """Processor time of a process so far, its own and the system's for it, in microseconds: its clock, not its ticks."""
    try:
        return time.clock_gettime_ns((~pid << 3) | 2) / 1000
    except OSError:
        return gone


def median(numbers):
    return sorted(numbers)[len(numbers) // 2]


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as f:
        return [int(word) for word in f.read().split()]


def counter(port, name, token):
    text = harness.Client(port, token).ask("GET", "/metrics")[2]
    text = text.decode() if isinstance(text, bytes) else str(text)
    return int(re.search(rf"^{name} (\d+)", text, re.M)[1])


# ---- the measurements ------------------------------------------------------------------------------------------
class Bench:
    def __init__(self, build, quick):
        self.tools, self.table = Tools(build), Table()
        self.seconds, self.quick = 2 if quick else 5, quick
        self.folder = harness.temporary("aimwell-bench-")
        self.place = harness.Place(self.tools.aimwell, data=self.folder + "/data")
        self.token = self.place.init()

    def rows_file(self, records=RECORDS):
        with open(self.folder + "/tasks.csv", "w", encoding="utf-8", newline="") as f:
            out = csv.writer(f)
            out.writerow(["external_id", "title", "priority", "due", "details"])
            for i in range(records):
                out.writerow([f"X-{i}", f"Review the controls of system {i % 97} 审查 {i}", ("low", "normal", "high")[i % 3],
                              f"2027-{i % 12 + 1:02d}-{i % 28 + 1:02d}", "What is needed and how one can tell that it is done, in a sentence or two."])
        return self.folder + "/tasks.csv"

    def imports(self):
        """Before everything else: it makes the records that the others read."""
        began = time.monotonic()
        before = os.path.getsize(self.place.data + "/aimwell.db")
        harness.must(self.tools.aimwell, "import", "task", self.rows_file(), "--as", "robot1@test.example", where=self.place.where)
        rate = RECORDS / (time.monotonic() - began)
        size = (os.path.getsize(self.place.data + "/aimwell.db") - before) // RECORDS
        with sqlite3.connect(self.place.data + "/aimwell.db") as db:
            commits = db.execute("SELECT count(*) FROM ledger_checkpoint").fetchone()[0]
        bare = self.tools.sqlite(RECORDS, RECORDS // max(1, commits), size)
        self.table.line("import, rows/s", rate, "/s", bare, f"/s bare SQLite, {RECORDS // commits} a commit, {size} B")

    def lists(self):
        server = harness.Server(self.place)
        path = "/api/v1/task?limit=50"
        nginx = Nginx()
        nginx.put("list", json.dumps(harness.Client(server.port, self.token).good("GET", path), ensure_ascii=False).encode())
        for connections in (1, 16):
            before = busy(server.pid())
            ours = self.tools.load(server.port, connections, self.seconds, path, self.token)
            spent = (busy(server.pid()) - before) / max(1, ours["requests"])
            theirs = self.tools.load(nginx.port, connections, self.seconds, "/list")
            what = f"list of 50 from {RECORDS:,}, {connections} connection{'s' if connections > 1 else ''}"
            self.table.line(what, ours["rate"], "/s", theirs["rate"], f"/s nginx, a file of {theirs['bytes']:.0f} B")
            self.table.line("  p50", ours["p50"] / 1000, "ms", theirs["p50"] / 1000, "ms", less_is_better=True)
            self.table.line("  p99", ours["p99"] / 1000, "ms", theirs["p99"] / 1000, "ms", "≤ 5 ms", less_is_better=True)
            self.table.line("  processor time a request", spent, "µs", 0, "")
        self.pages(server, nginx)
        nginx.stop()
        server.stop()

    def many(self, place=None, database=lambda: []):
        """Lists of 50 from a hundred thousand: processor time, beside the list by key, which is read as it lies there. With a
        database of its own its time is counted as well."""
        records = 20_000 if self.quick else 100_000
        place = place or harness.Place(self.tools.aimwell, data=self.folder + "/many")
        token = place.init()
        harness.must(self.tools.aimwell, "import", "task", self.rows_file(records), "--as", "robot1@test.example", where=place.where, timeout=600)
        if place.store:  # as it does itself within a minute
            subprocess.run(["psql", "-q", "-c", "ANALYZE", place.store], check=True)
        server = harness.Server(place)
        robot = harness.Client(server.port, token)

        def all_busy():
            return sum(busy(pid) for pid in [server.pid(), *database()])

        def spent(query):
            self.tools.load(server.port, 1, 0.3, f"/api/v1/{query}", token)  # the total is known from then on
            before = all_busy()
            ours = self.tools.load(server.port, 1, self.seconds / 2, f"/api/v1/{query}", token)
            return (all_busy() - before) / max(1, ours["requests"])

        def after_a_write(query, times=5):
            """The first answer after something was written: nothing is known any more."""
            taken, robot = [], harness.Client(server.port, token)
            for _ in range(times):
                robot.good("POST", "task", json.loads(BODY))
                before = all_busy()
                robot.good("GET", query)
                taken.append(all_busy() - before)
            return median(taken)
        plain = spent("task?limit=50&sort=key")
        self.table.line(f"list of 50 from {records:,} by key, processor", plain, "µs", 0, "", "≤ 1 ms")
        for what in ("", "sort=title", "sort=-due", "sort=priority", "sort=-priority", "sort=owner", "state=open", "state=done", "priority=high", "title=X",
                     "unit.empty=1", "due.lt=2027-02-01", "confidentiality=public", "tags=x", "binding=true", "confidentiality=internal&sort=title", "state=open&sort=title",
                     "confidentiality=internal&sort=-priority", "q=controls", "q=zebra", "q=controls&priority=high", "q=system+17"):
            self.table.line(f"  {what or 'its own order'}", spent(f"task?limit=50&{what}"), "µs", plain, "µs by key", "≤ 1 ms", less_is_better=True)
        for what in ("", "q=controls"):
            self.table.line(f"  {what or 'its own order'}, the first after a write, with its total", after_a_write(f"task?limit=50&{what}") / 1000, "ms", 0, "")
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.table.line("  as of now", spent(f"task?limit=50&as_of={moment}"), "µs", plain, "µs by key", "≤ 5 ms", less_is_better=True)
        client = signed_in(place, server, "robot1@test.example")

        def of_person(query):
            client.good("GET", query)
            before = all_busy()
            for _ in range(200):
                client.good("GET", query)
            return (all_busy() - before) / 200
        self.table.line(f"tasks of whoever has all {records:,}, a page of 200", of_person("tasks"), "µs", plain, "µs by key", "≤ 5 ms", less_is_better=True)
        self.table.line("  of theirs that wait for others", of_person("tasks?of=others"), "µs", plain, "µs by key", "≤ 5 ms", less_is_better=True)
        self.table.line("  of a program with few", spent("tasks"), "µs", plain, "µs by key", "≤ 5 ms", less_is_better=True)
        for limit in (50, 200):
            self.table.line(f"  what of its person's waits for others, {limit}", spent(f"tasks?of=others&limit={limit}"), "µs", plain, "µs by key", "≤ 5 ms", less_is_better=True)
        self.table.line("memory after them", rss(server.pid()), "MiB", 0, "", "≤ 64 MiB")
        for form in ("csv", "json", "xlsx"):
            client.ask("GET", f"task?format={form}")
            time.sleep(1)
            self.table.line(f"  after all of them as {form}", rss(server.pid()), "MiB", 0, "", "≤ 64 MiB")
        self.table.line("readiness of them, nothing changed", spent("readiness") / 1000, "ms", 0, "", "≤ 20 ms")
        self.table.line("  computed, after a write", after_a_write("readiness") / 1000, "ms", 0, "", "≤ 150 ms")
        self.field_added(place, server, robot)
        self.table.line("with 33 registers more: tasks of whoever has all, a page of 200", of_person("tasks") / 1000, "ms", 0, "", "≤ 5 ms")
        self.table.line("  of a program with few", spent("tasks") / 1000, "ms", 0, "", "≤ 5 ms")
        server.stop()

    def field_added(self, place, server, robot):
        """By an administrator in the pages; another person writes meanwhile."""
        admin = signed_in(place, server, "root@test.example")
        field = {"kind": "task", "name": "x_room", "type": "text", "title": {"en": "Room"}}
        seen = admin.good("GET", "site/model")["seen"]
        waited, stop = [], threading.Event()

        def write():
            other = harness.Client(server.port, robot.token, timeout=600)
            while not stop.is_set():
                began = time.monotonic()
                other.good("POST", "task", json.loads(BODY))
                waited.append(time.monotonic() - began)
        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        time.sleep(0.3)
        began = time.monotonic()
        admin.good("POST", "site/model", {"seen": seen, "fields": [field]})
        took = time.monotonic() - began
        stop.set()
        writer.join()
        self.table.line("a field added in the pages, until it is there", took * 1000, "ms", 0, "")
        self.table.line("  who writes meanwhile waits at most", max(waited) * 1000, "ms", 0, "")
        registers = [{"name": f"x_reg{number}", "prefix": f"X{chr(65 + number // 26)}{chr(65 + number % 26)}", "title": {"en": f"Register {number}"},
                      "plural": {"en": f"Registers {number}"}, "about": {"en": "Another one."}, "states": "open_closed", "read": ["staff"],
                      "create": ["staff"], "change": ["@owner"], "fields": []} for number in range(33)]
        admin.good("POST", "site/model", {"seen": admin.good("GET", "site/model")["seen"], "kinds": registers})
        self.table.line("  a list by it", self.tools.load(server.port, 1, 0.5, "/api/v1/task?limit=50&x_room=A", robot.token)["p50"] / 1000, "ms", 0, "p50")

    def depended_on(self):
        """A write that 1,000 records follow, beside one that nobody follows: they are computed anew afterwards, by themselves."""
        about = {"phase": "do", "icon": "clock", "about": "For a measurement.", "list": ["title", "state"], "sort": "title",
                 "states": {"start": "open", "of": {"open": {"title": "Open", "tone": "idle", "about": "It is there."},
                                                    "firm": {"title": "Firm", "tone": "ok", "end": True, "about": "It is settled."}}},
                 "moves": {"settle": {"title": "Settle", "from": ["open"], "to": "firm", "by": ["staff"]}},
                 "access": {"read": ["staff"], "create": ["staff"], "change": ["@owner", "@author", "staff"]}}
        level = {"type": "integer", "title": "Level", "about": "A number."}
        kinds = [{"kind": "x_ground", "prefix": "XGR", "title": "Ground", "plural": "Grounds", "order": 97, "fields": {"level": level}},
                 {"kind": "x_leaf", "prefix": "XLF", "title": "Leaf", "plural": "Leaves", "order": 98, "fields": {
                     "ground": {"type": "ref", "to": "x_ground", "title": "Ground", "about": "What it stands on."},
                     "level": {**level, "computed": {"fn": "of", "ref": "ground", "value": "level"}}}}]
        os.makedirs(self.folder + "/site/kinds")
        for kind in kinds:
            with open(f"{self.folder}/site/kinds/{kind['kind']}.json", "w", encoding="utf-8") as f:
                json.dump({**about, **kind}, f)
        place = harness.Place(self.tools.aimwell, data=self.folder + "/depends")
        place.where = [*place.where, "--site", self.folder + "/site"]
        token = place.init()
        server = harness.Server(place)
        client = harness.Client(server.port, token)
        grounds = [client.good("POST", "x_ground", {"title": title, "level": 0})["key"] for title in ("Alone", "Many")]
        with open(self.folder + "/leaves.csv", "w", encoding="utf-8") as f:
            f.write("title,ground\n" + "".join(f"Leaf {n},{grounds[1]}\n" for n in range(1000)))
        harness.must(self.tools.aimwell, "import", "x_leaf", self.folder + "/leaves.csv", "--as", "robot1@test.example", where=place.where)

        def settled(number):
            while client.good("GET", f"x_leaf?level={number}&limit=1")["total"] < 1000:
                time.sleep(0.02)

        def written(ground, number):
            version = client.good("GET", f"x_ground/{ground}")["version"]
            began, before = time.monotonic(), busy(server.pid())
            client.good("PATCH", f"x_ground/{ground}", {"level": number}, If_Match=f'"{version}"')
            answered, own = time.monotonic() - began, busy(server.pid()) - before
            if ground == grounds[1]:
                settled(number)
            return answered, own, time.monotonic() - began
        times = 5 if self.quick else 15
        alone, followed = ([written(ground, 10 * i + n) for i in range(1, times)] for n, ground in enumerate(grounds))
        for what, at, unit in (("until it is answered", 0, 1000), ("processor until then", 1, 0.001)):
            self.table.line(f"a write that 1,000 records depend on, {what}", median([one[at] for one in followed]) * unit, "ms",
                            median([one[at] for one in alone]) * unit, "ms that nobody depends on", "as any other", less_is_better=True)
        self.table.line("  until all of them are computed anew", median([one[2] for one in followed]) * 1000, "ms", 0, "")
        server.stop()

    def pages(self, server, nginx):
        client = harness.Client(server.port)
        status, _, page = client.ask("GET", "/")
        if status != 200 or b"<html" not in page[:2000]:
            self.table.note("first page: the pages are not in this binary (ui/dist was not there)")
            return
        nginx.put("page", page)
        ours, theirs = (self.tools.load(port, 1, self.seconds, path) for port, path in ((server.port, "/"), (nginx.port, "/page")))
        self.table.line("first page, 1 connection", ours["rate"], "/s", theirs["rate"], f"/s nginx, a file of {theirs['bytes']:.0f} B")
        names = set(re.findall(r'(?:src|href)="(/?[^"]+\.(?:js|css))"', page.decode()))
        sizes = {"gzip": 0, "br": 0, "plain": 0}
        for name in ["/", *sorted(names)]:
            name = name if name.startswith("/") else "/" + name
            content = client.ask("GET", name)[2]
            plain = content if isinstance(content, bytes) else json.dumps(content).encode()
            sizes["plain"] += len(gzip.compress(plain, 9))
            for coding in ("gzip", "br"):
                sizes[coding] += int(client.ask("GET", name, Accept_Encoding=coding)[1]["content-length"])
        self.table.line("first page with its script and style, gzip", sizes["gzip"] / 1000, "kB", sizes["plain"] / 1000, "kB gzip -9", "≤ 150 kB", less_is_better=True)
        self.table.line("  brotli", sizes["br"] / 1000, "kB", 0, "")

    def writes(self, place, token, name, reference, database=lambda: []):
        server = harness.Server(place)
        harness.Client(server.port, token).good("POST", "task", json.loads(BODY))
        for connections, budget in ((1, ""), (64, "≥ 5,000 /s")):
            before = counter(server.port, "aimwell_commits_total", token)
            began = {pid: busy(pid) for pid in [server.pid(), *database()]}
            ours = self.tools.load(server.port, connections, self.seconds, "/api/v1/task", token, BODY)
            spent = {pid: (busy(pid, was) - was) / max(1, ours["requests"]) for pid, was in began.items()}
            commits = counter(server.port, "aimwell_commits_total", token) - before
            group = max(1, round(ours["requests"] / max(1, commits)))
            bare, what = reference(connections, group)
            self.table.line(f"durable writes, {name}, {connections} client{'s' if connections > 1 else ''}", ours["rate"], "/s", bare, f"/s {what}", budget)
            self.table.line("  p50", ours["p50"] / 1000, "ms", 0, f"{group} writes a commit")
            self.table.line("  p99", ours["p99"] / 1000, "ms", 0, "")
            self.table.line("  processor time a write, the server", spent.pop(server.pid()), "µs", 0, "")
            if spent:
                self.table.line("  processor time a write, the database", sum(spent.values()), "µs", 0, "")
        server.stop()

    def sqlite_writes(self):
        place = harness.Place(self.tools.aimwell, data=self.folder + "/writes")
        token = place.init()
        size = 3000  # bytes that one of our records takes in the file, with ledger, versions and search
        self.writes(place, token, "SQLite", lambda n, group: (
            self.tools.sqlite(4000 if group == 1 else 40000, group, size), f"bare SQLite, {group} a commit"))
        self.verify(place, "after the writes")

    def postgres_writes(self):
        if not harness.have_postgres():
            self.table.note("PostgreSQL is not installed: its lines are left out")
            return
        with harness.postgres() as (folder, url):
            def database():
                with open(folder + "/data/postmaster.pid", encoding="utf-8") as f:
                    return children(int(f.readline()))
            place = harness.Place(self.tools.aimwell, store=url)
            token = place.init()
            self.writes(place, token, "PostgreSQL", lambda n, group: (
                self.tools.say("postgres", url, n, self.seconds, 3000)[2], f"bare libpq, {n} connection{'s' if n > 1 else ''}"), database)

    def many_postgres(self):
        if not harness.have_postgres():
            self.table.note("PostgreSQL is not installed: its lines are left out")
            return
        with harness.postgres() as (folder, url):
            def database():
                with open(folder + "/data/postmaster.pid", encoding="utf-8") as f:
                    return children(int(f.readline()))
            self.table.note("the same on PostgreSQL, its processes counted with ours")
            self.many(harness.Place(self.tools.aimwell, store=url), database)

    def long_logs(self):
        """Entries without records behind them, through the program's own writer, ledger and key."""
        for entries, group in ((100_000 if self.quick else 1_000_000, 32), (5_000 if self.quick else 50_000, 1)):
            place = harness.Place(self.tools.aimwell, data=f"{self.folder}/log-{group}")
            place.init()
            self.tools.say("ledger", place.data, entries, group)
            self.verify(place, f"{group} a checkpoint", deeply=(False,))
            shutil.rmtree(place.data)

    def verify(self, place, what, deeply=(False, True)):
        with sqlite3.connect(place.data + "/aimwell.db") as db:
            entries, size = db.execute("SELECT count(*), avg(length(leaf)) FROM ledger_entry").fetchone()
        bare = self.tools.say("sha256", min(entries * 10, 2_000_000), round(size))[2]
        for deep in deeply:
            began = time.monotonic()
            code, out, _ = place.verify(*(["--deep"] if deep else []))
            took = time.monotonic() - began
            if code != 0:
                raise SystemExit(f"verify ended with {code}: {out}")
            self.table.line(f"verify{' --deep' if deep else ''}, {entries:,} entries ({what})", entries / took, "/s", bare,
                            f"/s SHA-256 alone of {size:.0f} B", "" if deep else "≥ 100,000 /s")

    def starts(self):
        def once(place):
            server = harness.Server(place)
            harness.Client(server.port).ask("GET", "/healthz")
            took = time.monotonic() - server.began
            server.stop()
            return took
        def nothing():
            began = time.monotonic()
            subprocess.run(["true"], check=True)
            return time.monotonic() - began
        usual = lambda f: median([f() for _ in range(9)]) * 1000
        self.table.line(f"cold start to first answer, {RECORDS:,} records", usual(lambda: once(self.place)), "ms", usual(nothing), "ms `true`", "≤ 100 ms", less_is_better=True)
        server, nginx = harness.Server(self.place), Nginx()
        harness.Client(server.port, self.token).good("GET", "task?limit=50")
        time.sleep(1)
        self.table.line("memory, idle after one list", rss(server.pid()), "MiB", nginx.memory(), "MiB nginx", "≤ 64 MiB", less_is_better=True)
        nginx.stop()
        server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="list,many,manypg,depend,start,verify,long,sqlite,postgres")
    options = parser.parse_args()
    only = options.only.split(",")
    if "pages" in only:
        print(machine(), flush=True)
        pages.measure(Tools(os.path.abspath(options.build)).aimwell, harness.temporary("aimwell-bench-"), 20 if options.quick else 1)
    if only == ["pages"]:
        return
    bench = Bench(os.path.abspath(options.build), options.quick)
    bench.imports()
    if "list" in only:
        bench.lists()
    if "many" in only:
        bench.many()
    if "manypg" in only:
        bench.many_postgres()
    if "depend" in only:
        bench.depended_on()
    if "start" in only:
        bench.starts()
    if "verify" in only:
        bench.verify(bench.place, "after the import")
    if "long" in only:
        bench.long_logs()
    if "sqlite" in only:
        bench.sqlite_writes()
    if "postgres" in only:
        bench.postgres_writes()


main()
