#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S10: somebody opens downloads without reading them, and begins bodies without ending them. Their own next
one is refused in words; everybody else goes on.

    s10_stalled.py PATH_OF_AIMWELL
"""
import contextlib
import os
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness

LARGE, DOWNLOADS = 60 << 20, 5
BODY, SENT, BODIES = 1048000, 1000000, 140


def link_to(server, small=False):
    link = socket.socket()
    if small:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.settimeout(10)
    link.connect(("127.0.0.1", server.port))
    return link


def head(method, path, token, more=""):
    return (f"{method} /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            f"{more}\r\n").encode()


def first_line(link):
    with contextlib.suppress(OSError):
        return link.recv(12).decode("latin1")
    return "nothing"


def downloads(report, server, mine, other):
    greedy = harness.Client(server.port, mine)
    large = greedy.good("POST", "files", raw=os.urandom(LARGE), X_File_Name="large.bin")["id"]
    honest = harness.Client(server.port, other)
    small = honest.good("POST", "files", raw=b"q" * 400000, X_File_Name="small.bin")["id"]
    links, said = [], []
    for _ in range(DOWNLOADS):
        link = link_to(server, small=True)
        link.sendall(head("GET", "files/" + large, mine))
        links.append(link)
        said.append(first_line(link))
    report.say(said[0] == "HTTP/1.1 200" and set(said[1:]) == {"HTTP/1.1 429"},
               "who takes none of its answers gets no more of them", str(said))
    status, _, reply = honest.ask("GET", "files/" + small)
    report.say(status == 200 and len(reply) == 400000, "and everybody else does", str(status))
    status, headers, reply = greedy.ask("GET", "files/" + large)
    report.say(status == 429 and headers.get("retry-after") and reply["detail"], "the refusal has words", f"{status} {headers}")
    for link in links:
        link.close()
    for _ in range(50):
        status = greedy.ask("GET", "files/" + large)[0]
        if status != 429:
            break
        time.sleep(0.1)
    report.say(status == 200, "once they left, it is answered again", str(status))


def bodies(report, server, mine, other):
    body, links = b'{"title":"' + b"a" * SENT, []
    for _ in range(BODIES):
        link = link_to(server)
        with contextlib.suppress(OSError):
            link.sendall(head("POST", "task", mine, "Content-Type: application/json\r\n"
                              f"Content-Length: {BODY}\r\n") + body)
        links.append(link)
    time.sleep(1)
    status, _, reply = harness.Client(server.port, other).ask("POST", "task", {"title": "Mine", "more": "x" * 20000})
    report.say(status == 422, "who ends none of its bodies is in nobody's way", f"{status} {reply}")
    for link in links:
        link.close()


def main():
    report = harness.Report()
    place = harness.Place(harness.program(), data=harness.temporary() + "/org")
    mine = place.init()
    other = place.token()
    server = harness.Server(place)
    downloads(report, server, mine, other)
    bodies(report, server, mine, other)
    report.say(server.stop() == 0, "the server stops in order", server.words()[-300:])
    report.end()


if __name__ == "__main__":
    main()
