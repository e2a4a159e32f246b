# SPDX-License-Identifier: Apache-2.0
"""The real program: finding it, running its commands, and serving an organisation.

The program is the one named by AIMWELL_PROGRAM, or the newest build of this tree. What it writes to
standard error is kept and searched for the words of the sanitizers: a run that leaked memory or
overflowed fails, whatever it answered.
"""
import functools
import glob
import os
import re
import signal
import subprocess
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BAD_WORDS = re.compile(r"AddressSanitizer|LeakSanitizer|UndefinedBehavior|runtime error:|panic")
START_SECONDS = 60
STOP_SECONDS = 60


class Failed(Exception):
    """Something did not go as it must; the text says what."""


@functools.lru_cache(maxsize=1)
def find_program():
    """The path of the program under test."""
    named = os.environ.get("AIMWELL_PROGRAM")
    if named:
        return os.path.abspath(named)
    built = [path for path in glob.glob(os.path.join(ROOT, "build*", "src", "cli", "aimwell"))
             if os.access(path, os.X_OK)]
    if not built:
        raise Failed("no aimwell is built; name it in AIMWELL_PROGRAM")
    return max(built, key=os.path.getmtime)


def clean_environment():
    """The environment without settings that would point at other data."""
    return {k: v for k, v in os.environ.items()
            if k not in ("AIMWELL_DATA", "AIMWELL_STORE", "AIMWELL_SITE", "AIMWELL_TEST_PG")}


def run(*words, expect=0, given=None):
    """Runs one command; returns what it printed. `expect` None accepts any exit status."""
    done = subprocess.run([find_program(), *words], input=given, capture_output=True, text=True,
                          env=clean_environment(), timeout=300, check=False)
    if BAD_WORDS.search(done.stderr):
        raise Failed(f"aimwell {' '.join(words)}:\n{done.stderr}")
    if expect is not None and done.returncode != expect:
        raise Failed(f"aimwell {' '.join(words)} ended with {done.returncode}:\n"
                     f"{done.stdout}{done.stderr}")
    return done


class Server:
    """`aimwell serve` for one store on a free port of this machine."""

    def __init__(self, store, *more):
        self.store, self.more = store, more
        self.process = self.errors = self.port = self.setup_token = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.stop(quiet=kind is not None)

    def start(self):
        """Starts it and waits until it says where it listens."""
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [find_program(), "serve", *self.store.words, "--listen", "127.0.0.1:0", *self.more],
            stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env={**clean_environment(), "AIMWELL_RATE": "0"})  # faster than people may
        self.port = self._read_port()

    def _read_port(self):
        for line in self.process.stdout:
            found = re.search(r"^  https?://127\.0\.0\.1:(\d+)$", line.rstrip())
            if found:
                return int(found[1])
        self.process.wait(START_SECONDS)
        raise Failed(f"serve did not start:\n{self.said()}")

    def read_setup_token(self):
        """The token that is printed while nobody exists."""
        found = re.search(r"/setup#(\S+)", self.process.stdout.readline())
        if not found:
            raise Failed("serve printed no setup token")
        return found[1]

    def said(self):
        """What it has written to standard error so far."""
        self.errors.seek(0)
        return self.errors.read()

    def stop(self, quiet=False):
        """Stops it in order; complains when it ended badly or a sanitizer spoke."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = f"killed: it had not stopped after {STOP_SECONDS} s"
        self.process.stdout.close()
        said, self.process = self.said(), None
        self.errors.close()
        if not quiet and (status != 0 or BAD_WORDS.search(said)):
            raise Failed(f"serve ended with {status}:\n{said[-4000:]}")

    def restart(self):
        """Stops and starts again, on another port."""
        self.stop()
        self.start()
