#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Telemetry that is made to take memory: a bomb, a million attributes, spans of two bytes, values within values without end, alone
and sixteen at once. Each is refused, none takes more than it may, and afterwards the server is as small as before.

    python3 otlp_memory.py PATH_OF_AIMWELL
"""
import gzip
import http.client
import json
import os
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "durability"))
sys.path.insert(0, HERE)
import harness  # noqa: E402
from e11_memory_of_big_answers import MEBI, Memory, settled  # noqa: E402

MOST = 16 << 20
ONE = 176 * MEBI   # body, what it unpacks to, protobuf's own memory and the tree: docs/bounds.md
AT_ONCE = 4 * ONE  # the lane has four threads
JSON, PROTOBUF = "application/json", "application/x-protobuf"


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def in_span(more):
    return field(1, field(2, field(2, more)))


def nested(most):
    """Lists of lists, as deep as they fit: from the inside out, the heads first."""
    heads, size = [], 3
    while size < most:
        size += len(head := varint(1 << 3 | 2) + varint(size))
        heads.append(head)
        size += len(head := varint(5 << 3 | 2) + varint(size))
        heads.append(head)
    return in_span(field(9, field(2, b"".join(reversed(heads)) + b"\x0a\x01x")))


def bodies():
    """(what, type, coding, body, the answers that will do)."""
    attribute = b'{"key":"k","value":{"intValue":1}},'
    around = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[', b'{}]}]}]}]}'
    return [
        ("a bomb of a gigabyte", JSON, "gzip", gzip.compress(b" " * (1 << 30), 9), (400, 413)),
        ("a million attributes, packed", JSON, "gzip", gzip.compress(around[0] + attribute * 1000000 + around[1]), (400, 413)),
        ("as many attributes as fit", JSON, None, around[0] + attribute * (MOST // len(attribute) - 10) + around[1], (413,)),
        ("a million attributes of two bytes", PROTOBUF, None, in_span(b"\x4a\x00" * 1000000), (413,)),
        ("eight million spans of two bytes", PROTOBUF, None, field(1, field(2, b"\x12\x00" * ((MOST >> 1) - 20))), (413,)),
        ("fields that nobody knows", PROTOBUF, None, b"\xf8\x7f\x01" * (MOST // 3 - 10), (413,)),
        ("one text of 16 MiB", PROTOBUF, None, in_span(field(9, field(1, b"k") + field(2, field(1, b"x" * (MOST - 100))))), (200,)),
        ("lists in lists without end", PROTOBUF, None, nested(1 << 20), (400,)),
        ("lists in lists without end, as JSON", JSON, None, b"[" * (MOST - 1), (400,)),
        ("a body that is too large", PROTOBUF, None, b"\x00" * (MOST + 1), (413,)),
    ]


def send(port, token, kind, coding, body):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    if coding:
        headers["Content-Encoding"] = coding
    try:
        link.request("POST", "/v1/traces", body, headers)
    except (BrokenPipeError, ConnectionResetError):
        pass  # it had heard enough
    try:
        answer = link.getresponse()
        said = answer.read()
        return answer.status, said
    except (OSError, http.client.HTTPException):
        return 413, b""
    finally:
        link.close()


def until_busy(port, token):
    """Who sends without end hears 429, when to come back, and why, as exporters read it."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for _ in range(6000):
        link.request("POST", "/v1/traces", b"{}", {"Authorization": f"Bearer {token}", "Content-Type": JSON})
        answer = link.getresponse()
        said = json.loads(answer.read())
        if answer.status != 200:
            return answer.status, int(answer.headers.get("retry-after") or 0), said.get("code")
    return 200, 0, 0


def main():
    os.environ["ASAN_OPTIONS"] = ":".join(
        [*filter(None, [os.environ.get("ASAN_OPTIONS")]),
         "quarantine_size_mb=0:thread_local_quarantine_size_kb=0:allocator_release_to_os_interval_ms=200"])
    aimwell, report = harness.program(), harness.Report()
    place = harness.Place(aimwell, data=os.path.join(harness.temporary(), "org"))
    token = place.init()
    server = harness.Server(place, "--rate", "1")
    memory, made = Memory(server.pid()), bodies()
    good = json.dumps({"resourceSpans": []}).encode()
    report.say(send(server.port, token, JSON, None, good) == (200, b"{}"), "what is good is taken", "")
    before = memory.now()
    for what, kind, coding, body, will_do in made:
        memory.reset()
        status, said = send(server.port, token, kind, coding, body)
        grown = memory.most() - before
        report.say(status in will_do and grown < ONE, f"{what} is answered, in bounds", f"{status} {said[:200]} {grown / MEBI:.0f} MiB")
        report.note(f"{what}: {status}, {grown / MEBI:.0f} MiB")
    memory.reset()
    crowd = [threading.Thread(target=send, args=(server.port, token, *made[n % len(made)][1:4])) for n in range(16)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    grown = memory.most() - before
    report.say(grown < AT_ONCE, "sixteen at once as well", f"{grown / MEBI:.0f} MiB")
    report.note(f"sixteen at once: {grown / MEBI:.0f} MiB")
    after = settled(memory, before + 48 * MEBI)
    report.say(after - before < 48 * MEBI, "afterwards it is given back", f"{(after - before) / MEBI:.0f} MiB more than before")
    report.say(send(server.port, token, JSON, None, good) == (200, b"{}"), "and what is good is taken as before", "")
    busy = until_busy(server.port, token)
    report.say(busy[0] == 429 and busy[1] >= 1 and busy[2] == 8, "who sends without end hears 429 and when to come back", str(busy))
    report.say(server.stop() == 0, "the server stops in order")
    report.end()


if __name__ == "__main__":
    main()
