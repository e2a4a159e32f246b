#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S10: two hundred log-ins from two hundred addresses, and a small question asked after them. It must
be answered while most of the log-ins still wait: passwords are hashed on threads of their own.

    s10_cheap_first.py PATH_OF_AIMWELL
"""
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness

LOGINS = 200


def log_in(port, number, ended, started):
    link = harness.Client(port, timeout=120)
    body = json.dumps({"email": f"nobody{number}@test.example", "password": "a wrong password " * 2}).encode()
    started.release()
    try:
        status, headers, reply = link.ask("POST", "session", raw=body, Content_Type="application/json",
                                          X_Forwarded_For=f"198.51.{number // 200}.{number % 200 + 1}")
        ended.append((status, headers.get("retry-after"), bool(isinstance(reply, dict) and reply.get("detail"))))
    except OSError as error:
        ended.append((0, None, str(error)))
    link.close()


def flood(report, place, token):
    server = harness.Server(place, "--public", "http://127.0.0.1")
    ended, started = [], threading.Semaphore(0)
    threads = [threading.Thread(target=log_in, args=(server.port, n, ended, started)) for n in range(LOGINS)]
    for thread in threads:
        thread.start()
    for _ in threads:
        started.acquire()
    done = []
    cheap = harness.Client(server.port, token, timeout=120)
    for path in ("/healthz", "/api/v1/session", "/api/v1/model", "/api/v1/task?limit=1", "/api/v1/openapi.json"):
        status, _, _ = cheap.ask("GET", path)
        hashed = sum(1 for e in ended if e[0] == 401)
        done.append((path, status, hashed))
    for thread in threads:
        thread.join()
    hashed = sum(1 for e in ended if e[0] == 401)
    report.note(f"{hashed} of {LOGINS} log-ins were heard; small answers came after {done}")
    report.say(all(status == 200 for _, status, _ in done) and done[-1][2] < hashed // 2,
               "small questions are answered before most log-ins that came first", str(done))
    turned_away = [e for e in ended if e[0] in (429, 503)]
    report.say(len(turned_away) + hashed == LOGINS, "each log-in is heard or turned away with a status",
               str([e for e in ended if e[0] not in (401, 429, 503)][:5]))
    report.say(all(e[1] and e[2] for e in turned_away), "who is turned away hears when to come back, in words",
               str([e for e in turned_away if not e[1] or not e[2]][:3]))
    report.say(server.stop(60) == 0, "the server stops in order", server.words()[-500:])


def main():
    report = harness.Report()
    place = harness.Place(harness.program(), data=harness.temporary() + "/org")
    flood(report, place, place.init())
    report.end()


if __name__ == "__main__":
    main()
