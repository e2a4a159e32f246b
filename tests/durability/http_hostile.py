#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile clients against the real server: requests that two readers could take differently, clients
that drip, and thousands of connections that ask nothing, while honest requests go on being answered.

    http_hostile.py PATH_OF_AIMWELL [--idle 5000]

Loopback only, bounded in count and time. tests/net/probes.py has the same corpus against a bare server;
here it meets the real routes: a refused request must leave nothing behind in the register.
"""
import argparse
import resource
import socket
import threading
import time

import harness

PATIENCE = 45  # longer than the server gives a client


# ---- the 17 probes -----------------------------------------------------------------------------------------
def corpus(token):
    """(what, bytes); each tries to smuggle a second request that creates a task."""
    auth = f"Authorization: Bearer {token}\r\n".encode()
    body = b'{"title":"smuggled"}'
    inner = b"POST /api/v1/task HTTP/1.1\r\nHost: 127.0.0.1\r\n" + auth + \
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    post = b"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    get = b"GET /healthz HTTP/1.1\r\n"
    host = b"Host: 127.0.0.1\r\n"
    return [
        ("length beside coding", post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner),
        ("two different lengths", post + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + inner),
        ("two equal lengths", post + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + inner),
        ("a length with a sign", post + b"Content-Length: +5\r\n\r\nhello" + inner),
        ("a list of lengths", post + b"Content-Length: 5, 5\r\n\r\nhello" + inner),
        ("a space before the colon", post + b"Content-Length : 5\r\n\r\nhello" + inner),
        ("no host", get + b"\r\n" + inner),
        ("two hosts", get + host + b"Host: b\r\n\r\n" + inner),
        ("another coding", post + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + inner),
        ("a coding in disguise", post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + inner),
        ("an old protocol with a coding", b"POST /api/v1/session HTTP/1.0\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner),
        ("a NUL in a value", get + host + b"X-Name: a\0b\r\n\r\n" + inner),
        ("a very long header", get + host + b"X-Name: " + b"a" * 70000 + b"\r\n\r\n" + inner),
        ("a bad chunk size", post + b"Transfer-Encoding: chunked\r\n\r\n-3\r\nhello\r\n0\r\n\r\n" + inner),
        ("a folded line", get + host + b"X-Name: a\r\n b\r\n\r\n" + inner),
        ("a bare line feed", get + host + b"X-Name: a\nX-Other: b\r\n\r\n" + inner),
        ("a control byte", get + host + b"X-Name: a\x01b\r\n\r\n" + inner),
    ]


def answer(port, raw):
    """Everything that comes back until the server closes or is silent for a second."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
        try:
            s.sendall(raw)
            s.settimeout(1.5)
            while True:
                part = s.recv(65536)
                if not part:
                    return got, True
                got += part
        except (ConnectionResetError, BrokenPipeError):
            return got, True
        except socket.timeout:
            return got, False


def in_chunks(token, path="/v1/traces"):
    """Where chunks are taken: whatever stands behind them on the connection is never a request."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return [
        ("chunks", b"HTTP/1.1 200", head + b"1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n"),
        ("chunks with a trailer", b"HTTP/1.1 200", head + b"2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n"),
        ("bare line feeds between chunks", b"HTTP/1.1 ", head + b"2\n{}\n0\n\n"),
        ("a chunk of a negative size", b"", head + b"-2\r\n{}\r\n0\r\n\r\n"),
        ("a chunk without end", b"", head + b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        ("chunks of somebody unknown", b"HTTP/1.1 401", head.replace(token.encode(), b"aw_none") + b"2\r\n{}\r\n0\r\n\r\n"),
    ]


def probes(server, client, token, report):
    tail = [raw for what, raw in corpus(token) if what == "no host"][0].split(b"\r\n\r\n", 1)[1]
    for what, begins, raw in in_chunks(token):
        got, closed = answer(server.port, raw + tail)
        report.say(closed and got.startswith(begins) and got.count(b"HTTP/1.1 ") <= 1 and b" 201 " not in got,
                   f"probe: {what}: at most one answer, and closed", f"closed={closed} {got[:200]}")
    got, closed = answer(server.port, in_chunks(token, "/api/v1/events")[0][2] + tail)
    report.say(closed and got.startswith(b"HTTP/1.1 411"), "probe: elsewhere chunks are refused", f"{got[:80]}")
    for what, raw in corpus(token):
        got, closed = answer(server.port, raw)
        refused = got[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 411", b"HTTP/1.1 413", b"HTTP/1.1 431", b"") and b" 201 " not in got
        report.say(refused and closed, f"probe: {what} is refused and closed", f"closed={closed} {got[:80]}")
    report.say(client.good("GET", "task")["total"] == 0, "probe: nothing was smuggled into the register")
    inner = [raw for what, raw in corpus(token) if what == "no host"][0].split(b"\r\n\r\n", 1)[1]
    got, _ = answer(server.port, inner)
    report.say(b" 201 " in got and client.good("GET", "task")["total"] == 1,
               "sabotage: sent alone the smuggled request works, so it is the framing that is refused", str(got[:80]))


# ---- clients that drip ------------------------------------------------------------------------------------------
def drip(port, head, piece, results):
    """A byte a second; how long the server put up with it."""
    began = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
            s.sendall(head)
            s.settimeout(1)
            while time.monotonic() - began < PATIENCE:
                s.sendall(piece)
                try:
                    if s.recv(1000) == b"":
                        break
                except socket.timeout:
                    continue
    except OSError:
        pass
    results.append(time.monotonic() - began)


def drips(port, count):
    head = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    body = b"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 8000\r\n\r\n"
    results = []
    threads = [threading.Thread(target=drip, daemon=True, args=(port, *((head, b"X: a\r\n") if n % 2 else (body, b" ")), results))
               for n in range(count)]
    for thread in threads:
        thread.start()
    return threads, results


# ---- thousands that ask nothing -------------------------------------------------------------------------------------
def crowd(port, count):
    """Idle connections from many addresses of the loopback net, as they would come from many machines."""
    links, refused = [], 0
    for n in range(count):
        s = socket.socket()
        s.settimeout(5)
        try:
            s.bind((f"127.0.{n // 250 + 1}.{n % 250 + 1}", 0))
            s.connect(("127.0.0.1", port))
            links.append(s)
        except OSError:
            refused += 1
            s.close()
    return links, refused


def honest(port, token, seconds):
    """Requests on one kept connection and on a new one each; (answered, failed)."""
    kept, good, bad, until = harness.Client(port, token), 0, [], time.monotonic() + seconds
    while time.monotonic() < until:
        for client in (kept, harness.Client(port, token, timeout=10)):
            try:
                status = client.ask("GET", "task?limit=5")[0]
                good += status == 200
                bad += [] if status == 200 else [status]
            except OSError as e:
                bad.append(type(e).__name__)
            if client is not kept:
                client.close()
        time.sleep(0.02)
    kept.close()
    return good, bad


def rss(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1]) / 1024


def crowded(server, token, report, count):
    before = rss(server.pid())
    threads, results = drips(server.port, 40)
    links, refused = crowd(server.port, count)
    good, bad = honest(server.port, token, 5)
    report.note(f"{len(links)} idle connections, {refused} refused; {good} honest answers; RSS {before:.0f} -> {rss(server.pid()):.0f} MiB")
    report.say(good > 50 and not bad, f"honest requests are answered beside {len(links)} idle and 40 dripping connections", f"{good} good, {len(bad)} bad: {sorted(set(map(str, bad)))}")
    report.say(rss(server.pid()) - before < 256, "memory stays bounded", f"{before:.0f} -> {rss(server.pid()):.0f} MiB")
    for thread in threads:
        thread.join(timeout=PATIENCE + 10)
    report.say(len(results) == 40 and max(results) < PATIENCE, "every drip is cut off", f"{len(results)} ended, longest {max(results, default=0):.0f} s")
    for link in links:
        link.close()
    time.sleep(1)
    good, bad = honest(server.port, token, 1)
    report.say(good and not bad, "and afterwards all is as before", f"{good} {bad}")


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--idle", type=int, default=5000)
    options, report = parser.parse_args(), harness.Report()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    place = harness.Place(aimwell, data=harness.temporary() + "/data")
    token = place.init()
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    probes(server, client, token, report)
    client.close()
    crowded(server, token, report, min(options.idle, most - 500))
    report.say(server.stop() == 0, "it stops in order", server.words()[-500:])
    report.end()


main()
