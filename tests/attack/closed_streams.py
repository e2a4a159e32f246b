#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""a caller that closed its standard output: nothing of ours takes its place, and a command whose output was
lost says so and does not end with 0. E8: errors name the path that was typed.

    closed_streams.py PATH_OF_AIMWELL
"""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness


def run(program, redirect, *words, cwd=None):
    done = subprocess.run(["sh", "-c", f'exec "$@" {redirect}', "sh", program, *words], stderr=subprocess.PIPE, text=True,
                          timeout=60, cwd=cwd)
    return done.returncode, done.stderr


def add(report, program, where, when):
    for number, redirect in enumerate((">&-", ">/dev/full", "<&- >&-")):
        code, err = run(program, redirect, "user", "add", f"lin{number}{len(when)}@example.org", "--roles", "staff", *where)
        report.say(code == 6 and "standard output" in err, f"a password that was lost is told of ({redirect}, {when})", f"{code} {err}")
    code, err = run(program, ">/dev/null", "user", "list", *where)
    report.say(code == 0 and not err, f"thrown away on purpose it is not ({when})", f"{code} {err}")


def closed_server(report, program, place):
    """Served with every stream closed but the one that tells the port."""
    said = harness.temporary() + "/said"
    server = subprocess.Popen(["sh", "-c", f'exec "$@" <&- >&- 2>"{said}"', "sh", program, "serve", "--listen", "127.0.0.1:0", *place.where])
    lock = os.path.join(place.data, "lock")
    for _ in range(200):
        if os.path.exists(place.data + "/aimwell.sock"):
            break
        time.sleep(0.05)
    with open(lock, errors="replace") as f:
        held = f.read()
    lines = held.splitlines()
    report.say(server.poll() is None and len(lines) == 2 and lines[0] == str(server.pid),
               "the greeting of a server without streams goes into no file of ours", repr(held))
    open_at = {n: os.readlink(f"/proc/{server.pid}/fd/{n}") for n in ("0", "1")}
    report.say(set(open_at.values()) == {"/dev/null"}, "its streams lead nowhere", str(open_at))
    server.terminate()
    report.say(server.wait(timeout=30) == 0, "and it stops in order")


def typed(report, program, place):
    folder = harness.temporary()
    for words in (("backup", "--out", "no/such/b.zip"), ("model", "check", "--site", "no-such")):
        code, err = run(program, ">/dev/null", *words, *place.where, cwd=folder)
        report.say(code != 0 and "/proc/" not in err, f"{' '.join(words)}: the path is the one that was typed", f"{code} {err}")


def main():
    report, program = harness.Report(), harness.program()
    place = harness.Place(program, data=harness.temporary() + "/org")
    place.init()
    add(report, program, place.where, "alone")
    for words in (["--version"], ["--help"], ["user", "list", *place.where]):
        code, err = run(program, ">&-", *words)
        report.say(code == 6 and err, f"{words[0]} without a standard output", f"{code} {err}")
    closed_server(report, program, place)
    server = harness.Server(place)
    add(report, program, place.where, "beside a server")
    typed(report, program, place)
    report.say(server.stop() == 0, "the server stops in order", server.words()[-300:])
    code, out, err = place.verify("--deep")
    report.say(code == 0, "verify --deep is intact", out + err)
    report.end()


if __name__ == "__main__":
    main()
