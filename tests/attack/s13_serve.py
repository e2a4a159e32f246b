#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S13: the demo is for this machine alone, root is warned, passwords of a store stay out of the process list,
and the numbers of the server are not for strangers.

    s13_serve.py PATH_OF_AIMWELL
"""
import os
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

URL = "postgres://aims:hunter2-in-the-open@127.0.0.1:1/none?connect_timeout=2"


def refused(report, name, place, *options):
    """Nothing is served; without an end the process is stopped."""
    process = subprocess.Popen([place.aimwell, "serve", *place.where, *options], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(timeout=20)
        report.say(process.returncode == 2 and b"demo" in err and not out, name, f"{process.returncode} {out} {err}")
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        report.say(False, name, "it serves")


def demo(report, aimwell):
    folder = harness.temporary()
    fresh = harness.Place(aimwell, data=os.path.join(folder, "fresh"))
    refused(report, "no demo is made for a public address", fresh, "--demo", "--listen", "0.0.0.0:0")
    report.say(not os.path.exists(os.path.join(fresh.data, "aimwell.db")), "and nothing was made")
    place = harness.demo(aimwell, os.path.join(folder, "demo"))
    refused(report, "nor is one that is there served on one", place, "--listen", "0.0.0.0:0")
    refused(report, "nor behind a proxy", place, "--listen", "127.0.0.1:0", "--public", "https://aims.example.org")


def numbers(report, aimwell):
    place = harness.Place(aimwell, data=harness.temporary() + "/data")
    token = place.init("internal_auditor")
    scoped = harness.run(aimwell, "token", "create", "m", "--scope", "metrics", where=place.where)[1].strip()
    server = harness.Server(place)
    if os.geteuid() == 0:
        report.say("root" in server.words(), "root is warned", server.words())
    for path in ("/metrics", "/api/v1/metrics", "/openapi.json", "/api/v1/openapi.json"):
        status = harness.Client(server.port).ask("GET", path)[0]
        report.say(status == 401, f"{path} is not for strangers", str(status))
    for path in ("/healthz", "/readyz"):
        status = harness.Client(server.port).ask("GET", path)[0]
        report.say(status == 200, f"{path} is", str(status))
    status, _, text = harness.Client(server.port, token).ask("GET", "/metrics")
    report.say(status == 200 and b"aimwell_ledger_entries" in text, "an auditor reads the numbers", f"{status} {text}")
    status, _, text = harness.Client(server.port, scoped).ask("GET", "/metrics")
    report.say(status == 200, "so does a token for that", f"{status} {text}")
    status = harness.Client(server.port, scoped).ask("GET", "/api/v1/task")[0]
    report.say(status == 403, "which is for nothing else", str(status))
    server.stop()


def passwords(report, aimwell):
    """Of a command that tries to reach a database which does not answer."""
    silent = socket.create_server(("127.0.0.1", 0))
    blackhole = URL.replace(":1/", f":{silent.getsockname()[1]}/").replace("connect_timeout=2", "connect_timeout=10")
    process = subprocess.Popen([aimwell, "verify", "--store", blackhole], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    shown = b""
    for _ in range(150):
        time.sleep(0.05)
        try:
            with open(f"/proc/{process.pid}/cmdline", "rb") as f:
                shown = f.read() or shown
        except OSError:
            break
        if b"verify" in shown and b"hunter2" not in shown:
            break
    silent.close()
    _, err = process.communicate(timeout=60)
    report.say(b"verify" in shown and b"hunter2" not in shown, "the password is not in the process list", repr(shown))
    report.say(b"--store-file" in err, "and the better way is named", repr(err))
    path = os.path.join(harness.temporary(), "store")
    with open(path, "w", encoding="utf-8") as f:
        f.write(URL + "\n")
    code, _, err = harness.run(aimwell, "verify", "--store-file", path)
    report.say("port 1 failed" in err and "hunter2" not in err, "--store-file names the store", f"{code} {err}")


def main():
    report, aimwell = harness.Report(), harness.program()
    demo(report, aimwell)
    numbers(report, aimwell)
    passwords(report, aimwell)
    report.end()


main()
