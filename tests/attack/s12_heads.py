#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S12, U8: heads that were believed too much. A HEAD of the stream with a body; bare line feeds between
chunks; a Host of elsewhere whose Origin matches it (DNS rebinding); pairs forged into the verbose log;
and the other way round: a page address with a dot that was not believed to be one.

    s12_heads.py PATH_OF_AIMWELL
"""
import contextlib
import os
import re
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness


def exchange(port, raw):
    """All that comes back within a moment."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link, contextlib.suppress(OSError):
        link.sendall(raw)
        link.settimeout(1.5)
        while piece := link.recv(65536):
            got += piece
    return got


def status(reply):
    found = re.match(rb"HTTP/1\.1 (\d+)", reply)
    return int(found[1]) if found else 0


def head_of_stream(report, port, auth):
    reply = exchange(port, b"HEAD /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n" + auth + b"\r\n"
                     b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    first, _, rest = reply.partition(b"\r\n\r\n")
    report.say(status(first) == 200 and rest.startswith(b"HTTP/1.1 200 OK"),
               "HEAD of the stream has no body, and the connection goes on", str(rest[:60]))


def chunks(report, port, auth, client):
    before = client.good("GET", "task")["total"]
    body = b'{"title":"smuggled"}'
    for name, end in (("bare line feeds", b"\n"), ("a bare line feed after the size", None)):
        framed = b"%x" % len(body) + (b"\n" if end is None else end) + body + (b"\r\n0\r\n\r\n" if end is None else b"\n0\n\n")
        reply = exchange(port, b"POST /api/v1/task HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                         + auth + b"Transfer-Encoding: chunked\r\n\r\n" + framed)
        report.say(status(reply) in (400, 411) and b"problem+json" in reply, f"chunks with {name} are refused", str(reply[:40]))
    report.say(client.good("GET", "task")["total"] == before, "and nothing of them was taken")


def hosts(report, port, host, wanted, words):
    """A page of elsewhere, with the name of elsewhere, reads and writes."""
    for method, path in (("GET", "/"), ("GET", "/api/v1/openapi.json"), ("POST", "/api/v1/session")):
        reply = exchange(port, f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
                         f"Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
        good = status(reply) == 421 if wanted == 421 else status(reply) not in (0, 421)
        report.say(good, f"{words}: {method} {path} as {host}", str(status(reply)))


def pages(report, port, client):
    for path in ("/checks/iso-42001/A.5.2", "/risk/RSK-0001", "/some.thing/else.html"):
        code, headers, _ = client.ask("GET", path, Accept="text/html,application/xhtml+xml,*/*;q=0.8")
        report.say(code == 200 and headers["content-type"].startswith("text/html"), f"reload of {path}", str(code))
    for path in ("/assets/none-1234.js", "/none.png", "/api/v1/checks.html", "/api/none", "/api/v1/x.y"):
        code, headers, _ = client.ask("GET", path, Accept="text/html" if "/api" in path or "assets" in path else "image/png")
        report.say(code in (401, 404) and "json" in headers["content-type"], f"no page for {path}",
                   f"{code} {headers['content-type']}")
    for path in (b"/checks/../../etc/passwd", b"/checks/%2e%2e/A.5", b"/a%2fb.c", b"/a\\b.c"):
        reply = exchange(port, b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n")
        report.say(status(reply) == 400, f"refused {path.decode()}", str(reply[:60]))


def log(report, server):
    exchange(server.port, b"GET /api/v1/x%20outcome=ok%20id=forged%22 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    lines = [line for line in server.words().splitlines() if "forged" in line]
    report.say(len(lines) == 1 and lines[0].count(" outcome=") == 1 and " id=forged" not in lines[0],
               "a path forges no pairs in the log", str(lines))


def main():
    report = harness.Report()
    place = harness.Place(harness.program(), data=harness.temporary() + "/org")
    token = place.init()
    auth = f"Authorization: Bearer {token}\r\n".encode()
    server = harness.Server(place, "--verbose")
    client = harness.Client(server.port, token)
    head_of_stream(report, server.port, auth)
    chunks(report, server.port, auth, client)
    pages(report, server.port, client)
    log(report, server)
    hosts(report, server.port, "evil.example", 421, "a foreign name is refused")
    hosts(report, server.port, f"evil.example:{server.port}", 421, "with the port as well")
    hosts(report, server.port, "10.1.2.3", 421, "an address that is not listened on is refused")
    for own in (f"127.0.0.1:{server.port}", f"localhost:{server.port}", "LOCALHOST", "[::1]"):
        hosts(report, server.port, own, 200, "its own names are taken")
    report.say(server.stop() == 0, "it stops in order", server.words()[-300:])
    server = harness.Server(place, "--public", "http://aims.example.org")
    hosts(report, server.port, "aims.example.org", 200, "--public is taken")
    hosts(report, server.port, "evil.example", 421, "beside --public a foreign name is refused")
    server.stop()
    with contextlib.suppress(harness.Refused):
        server = harness.Server(place, "--host", "aims.lan,10.1.2.3")
        hosts(report, server.port, "aims.lan:80", 200, "--host is taken")
        hosts(report, server.port, "10.1.2.3", 200, "--host is taken")
        hosts(report, server.port, "evil.example", 421, "beside --host a foreign name is refused")
        report.say(server.stop() == 0, "it stops in order")
    report.end()


if __name__ == "__main__":
    main()
