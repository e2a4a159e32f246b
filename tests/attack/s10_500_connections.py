#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S10: five hundred connections at once — silent ones, slow heads, slow bodies, streams, log-ins, lists that
nobody takes. While they last, small questions are answered; when they are gone, so is what they took.

    s10_500_connections.py PATH_OF_AIMWELL
"""
import contextlib
import json
import os
import re
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=8"
import harness

MANY = 500
MOST_ROUNDS = 10


def memory(server):
    with open(f"/proc/{server.pid()}/status") as f:
        return int(re.search(r"RssAnon:\s+(\d+)", f.read())[1]) << 10


def settled(kept):
    """Whether a crowd left no more behind than the crowds before it. Each fills what threads and the sanitizer keep for
    the next one, unevenly; what is lost for good would make every round larger than all before."""
    return len(kept) >= 3 and kept[-1] < max(kept[:-1]) + (16 << 20)


def opened(port, raw):
    link = socket.create_connection(("127.0.0.1", port), timeout=20)
    link.sendall(raw)
    return link


def requests(token):
    """What each of them sends; none is ever finished, or its answer never taken."""
    auth = f"Authorization: Bearer {token}\r\n"
    wrong = json.dumps({"email": "x@y.example", "password": "z" * 20})
    return [
        "",
        "GET /api/v1/task HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        f"POST /api/v1/task HTTP/1.1\r\nHost: 127.0.0.1\r\n{auth}Content-Type: application/json\r\nContent-Length: 900000\r\n\r\n{{",
        f"POST /api/v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\n{auth}X-File-Name: a\r\nContent-Length: 60000000\r\n\r\nabc",
        f"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n{auth}\r\n",
        f"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(wrong)}\r\n\r\n{wrong}",
        f"GET /api/v1/task?limit=200 HTTP/1.1\r\nHost: 127.0.0.1\r\n{auth}\r\n" * 3,
        "GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20,
        f"GET /api/v1/risk?format=csv HTTP/1.1\r\nHost: 127.0.0.1\r\n{auth}\r\n",
        f"GET /api/v1/readiness HTTP/1.1\r\nHost: 127.0.0.1\r\n{auth}\r\n",
    ]


def crowd(server, token):
    sent, links, lock = [r.encode() for r in requests(token)], [], threading.Lock()

    def some(first):
        for n in range(first, MANY, 10):
            with contextlib.suppress(OSError):
                link = opened(server.port, sent[n % len(sent)])
                with lock:
                    links.append(link)
    threads = [threading.Thread(target=some, args=(n,)) for n in range(10)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return links


def small_questions(report, server, token, when):
    client = harness.Client(server.port, token)
    asked = ["/healthz", "/readyz", "/metrics", "/api/v1/session", "/api/v1/model", "/", "/api/v1/openapi.json"] * 3
    answers = [client.ask("GET", path)[0] for path in asked]
    status, _, _ = client.ask("POST", "task", {"title": "Written meanwhile"})
    report.say(answers == [200] * len(asked) and status == 201, f"small questions are answered {when}", f"{answers} {status}")


def gone(server, token, most):
    """Whether the server knows of no connection but ours, within its own deadlines."""
    for _ in range(600):
        text = harness.Client(server.port, token).ask("GET", "/metrics")[2].decode()
        open_ones = int(re.search(r"^aimwell_http_connections (\d+)", text, re.M)[1])
        if open_ones <= most:
            return True
        time.sleep(0.05)
    return False


def main():
    report = harness.Report()
    # What is freed is freed: a sanitizer otherwise holds up to 256 MiB of it back.
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4"
    folder = harness.temporary()
    place = harness.demo(harness.program(), folder + "/org")
    token = place.token()
    server = harness.Server(place)
    small_questions(report, server, token, "before")
    kept = []
    while len(kept) < MOST_ROUNDS and not settled(kept):
        links = crowd(server, token)
        report.say(len(links) == MANY, f"{MANY} connections are taken", str(len(links)))
        small_questions(report, server, token, "meanwhile")
        full = memory(server)
        for link in links:
            link.close()
        report.say(gone(server, token, 3), "those who left are gone")
        small_questions(report, server, token, "after")
        kept.append(memory(server))
        report.note(f"memory {full >> 20} MiB with all of them, {kept[-1] >> 20} MiB after")
    report.say(settled(kept), "memory is back where it was", " → ".join(str(one >> 20) for one in kept) + " MiB")
    code = server.stop(60)
    report.say(code == 0 and not re.search("Sanitizer|runtime error|panic", server.words()), "the server lives, and stops in order",
               f"{code} {server.words()[-2000:]}")
    code, out, err = place.verify("--deep")
    report.say(code == 0, "and everything is intact", out + err)
    report.end()


if __name__ == "__main__":
    main()
