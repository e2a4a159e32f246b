# SPDX-License-Identifier: Apache-2.0
"""What the tests against the whole program share: an organisation of their own, a server that can be
killed, a small HTTP client, and the report.

The one idea: a test talks to the program only as people do, by commands and HTTP, and keeps its own
record of what was acknowledged. Nothing here knows how the program stores anything, except the
tests that damage the store on purpose.

    python3 THIS_TEST.py PATH_OF_AIMWELL [options]        or AIMWELL=PATH in the environment
"""
import atexit
import contextlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PG_SH = os.path.join(HERE, "..", "tools", "pg.sh")
PATIENCE = 30          # seconds after which something counts as hanging
SKIPPED = 77           # meson's exit code for a skipped test
DEMO_PASSWORD = "northlake-demo-2026"


# ---- the report ----------------------------------------------------------------------------------
class Report:
    """Prints `ok NAME` and `not ok NAME why`; the exit code says whether all was well."""

    def __init__(self):
        self.passed = self.failed = 0

    def say(self, good, name, why=""):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        print(f"ok {name}" if good else f"not ok {name} {why}".rstrip(), flush=True)
        return good

    def note(self, words):
        print(f"# {words}", flush=True)

    def end(self):
        print(f"# {self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)


def skip(why):
    print(f"# skipped: {why}", flush=True)
    sys.exit(SKIPPED)


# ---- the program and a place of its own -----------------------------------------------------------
def program():
    """The program under test: the first argument, else AIMWELL."""
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        path = sys.argv.pop(1)
    else:
        path = os.environ.get("AIMWELL", "build/src/cli/aimwell")
    if not os.access(path, os.X_OK):
        sys.exit(f"there is no program {path}: give its path")
    return os.path.abspath(path)


def seed_of(arguments):
    """--seed N, else a new one; printed, so that a failure can be played again."""
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"# seed {seed}", flush=True)
    return random.Random(seed)


def temporary(prefix="aimwell-test-"):
    folder = tempfile.mkdtemp(prefix=prefix)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def run(aimwell, *words, where=None, **more):
    """One command to its end: (exit code, stdout, stderr)."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AIMWELL_")}
    command = [*more.pop("before", []), aimwell, *words, *(where or [])]
    done = subprocess.run(command, capture_output=True, timeout=more.pop("timeout", 120),
                          env=environment, **more)
    return done.returncode, done.stdout.decode("utf-8", "replace"), \
        done.stderr.decode("utf-8", "replace")


def must(aimwell, *words, **more):
    code, out, err = run(aimwell, *words, **more)
    if code != 0:
        raise RuntimeError(f"aimwell {' '.join(words)} ended with {code}: {err or out}")
    return out


class Place:
    """An organisation: a folder, or a schema of a PostgreSQL given by its URL."""

    def __init__(self, aimwell, data=None, store=None):
        self.aimwell, self.data, self.store = aimwell, data, store
        self.where = ["--data", data] if data else ["--store", store]

    def init(self, roles="aims_manager,assessor,staff,admin,internal_auditor"):
        must(self.aimwell, "init", "--organisation", "Test", "--admin", "root@test.example",
             where=self.where)
        return self.token(roles)

    def token(self, roles="aims_manager,assessor,staff,admin,internal_auditor"):
        """Of a program that acts for a person of its own who holds the roles."""
        self.robots = getattr(self, "robots", 0) + 1
        robot = f"robot{self.robots}@test.example"
        held = ",".join(role for role in roles.split(",") if role != "staff")
        must(self.aimwell, "user", "add", robot, "--name", "Robot", "--roles", held, where=self.where)
        for_whom = ["--for", robot] if "--for" in must(self.aimwell, "token", "--help") else []
        return must(self.aimwell, "token", "create", "test", "--roles", roles, *for_whom,
                    where=self.where).strip()

    def verify(self, *options):
        return run(self.aimwell, "verify", *options, where=self.where)

    @contextlib.contextmanager
    def database(self):
        """The rows themselves, behind the program's back; committed at the end."""
        with contextlib.closing(sqlite3.connect(self.data + "/aimwell.db", timeout=20)) as db:
            yield db
            db.commit()


def demo(aimwell, folder):
    """The demo organisation: every kind, table and relation has rows."""
    place = Place(aimwell, data=folder)
    Server(place, "--demo").stop()
    return place


@contextlib.contextmanager
def postgres(durable=True):
    """A PostgreSQL of our own: (folder, URL)."""
    environment = dict(os.environ, **({"AIMWELL_PG_DURABLE": "1"} if durable else {}))
    lines = subprocess.run(["sh", PG_SH, "start"], capture_output=True, text=True, check=True,
                           env=environment).stdout.split()
    try:
        yield lines[0], lines[1]
    finally:
        subprocess.run(["sh", PG_SH, "stop", lines[0]], capture_output=True)


def have_postgres():
    import glob
    return bool(glob.glob("/usr/lib/postgresql/*/bin/initdb"))


# ---- a server ---------------------------------------------------------------------------------------
class Refused(Exception):
    """The server ended before it served: what it said and its exit code."""

    def __init__(self, code, words):
        super().__init__(f"exit {code}: {words}")
        self.code, self.words = code, words


class Server:
    def __init__(self, place, *options, before=(), preexec=None):
        self.log = tempfile.TemporaryFile()
        self.began = time.monotonic()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AIMWELL_")}
        environment["AIMWELL_RATE"] = "0"  # tests write faster than people may; --rate 1 is as usual
        self.process = subprocess.Popen(
            [*before, place.aimwell, "serve", "--listen", "127.0.0.1:0", *place.where, *options],
            stdout=subprocess.PIPE, stderr=self.log, env=environment, preexec_fn=preexec,
            start_new_session=True)
        atexit.register(self.bury)
        self.port = self.read_port()
        self.ready_after = time.monotonic() - self.began

    def read_port(self):
        for line in self.process.stdout:
            address = re.match(rb"  https?://[^/]*:(\d+)(/.*)?$", line)
            if address:
                port = int(address[1])
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return port
        code = self.process.wait(timeout=PATIENCE)
        raise Refused(code, self.words())

    def words(self):
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")

    def pid(self):
        """The server's own process, also under strace."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
                return int(f.read().split()[0])
        return self.process.pid

    def running(self):
        return self.process.poll() is None

    def bury(self):
        """At the very end: a server that died by itself is worth a word, whatever else was found."""
        code = self.process.poll()
        if code is not None and code < 0 and code != -signal.SIGKILL:
            print(f"# a server died of signal {-code}: {self.words()[-2000:]}", flush=True)
        self.kill()

    def kill(self):
        """SIGKILL to the whole session: nothing gets a chance to tidy up."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, within=15):
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            os.kill(self.pid(), signal.SIGTERM)
        try:
            return self.process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            self.kill()
            return "it did not stop"


# ---- a client -----------------------------------------------------------------------------------------
class Client:
    """Keeps one connection; any failure of it is an OSError or HTTPException for the caller."""

    def __init__(self, port, token=None, timeout=PATIENCE):
        self.port, self.token, self.timeout, self.link = port, token, timeout, None
        self.cookie = self.csrf = None

    def close(self):
        if self.link:
            self.link.close()
        self.link = None

    def ask(self, method, path, body=None, raw=None, **headers):
        """(status, headers, parsed body). Header names are written with _ for -."""
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        if self.token:
            sent["Authorization"] = "Bearer " + self.token
        if self.cookie:
            sent.update({"Cookie": self.cookie, "X-CSRF-Token": self.csrf or ""})
        if body is not None:
            raw = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        if not self.link:
            self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
            self.link.connect()
            self.link.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.link.request(method, path if path.startswith("/") else "/api/v1/" + path, raw, sent)
            reply = self.link.getresponse()
            content = reply.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        kept = {k.lower(): v for k, v in reply.getheaders()}
        if kept.get("connection", "").lower() == "close":
            self.close()
        return reply.status, kept, parsed(kept, content)

    def good(self, method, path, body=None, raw=None, **headers):
        status, _, reply = self.ask(method, path, body, raw, **headers)
        if not 200 <= status < 300:
            raise RuntimeError(f"{method} {path}: {status} {reply}")
        return reply

    def log_in(self, email, password=DEMO_PASSWORD):
        status, headers, reply = self.ask("POST", "session", {"email": email, "password": password})
        if status != 201:
            raise RuntimeError(f"log-in of {email}: {status} {reply}")
        self.cookie, self.csrf = headers["set-cookie"].split(";")[0], reply["csrf"]
        return reply

    def every(self, path):
        """All items of a list, page after page."""
        items, cursor = [], None
        joint = "&" if "?" in path else "?"
        while True:
            page = self.good("GET", f"{path}{joint}limit=1000" + (f"&cursor={cursor}" if cursor else ""))
            items += page["items"]
            cursor = page["next"]
            if not cursor:
                return items


def parsed(headers, content):
    if "json" in headers.get("content-type", ""):
        return json.loads(content)
    return content


# ---- the memory of what was acknowledged -----------------------------------------------------------------
class Acknowledged:
    """An append-only file, fsynced line by line: what the server said was safe. It lies outside the
    server's reach, so it cannot be lost together with what it tells of."""

    def __init__(self, path):
        self.path = path
        self.file = open(path, "ab", buffering=0)
        self.lock = threading.Lock()

    def add(self, **fact):
        line = json.dumps(fact).encode() + b"\n"
        with self.lock:
            self.file.write(line)
            os.fsync(self.file.fileno())

    def all(self):
        with open(self.path, "rb") as f:
            return [json.loads(line) for line in f]
