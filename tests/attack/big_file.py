#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A file of 200 MB: refused by its announced length before it is read, and where it is sent in pieces as soon as it is too
long; nothing of it is left, and the next file is taken.

    big_file.py PATH_OF_AIMWELL
"""
import contextlib
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness

HUGE, MOST = 200 << 20, 64 << 20
PIECE = b"z" * 65536


def head(token, length):
    return (f"POST /api/v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/octet-stream\r\n"
            f"X-File-Name: film.bin\r\n{length}\r\n\r\n").encode()


def answer(link):
    said = b""
    link.settimeout(5)
    with contextlib.suppress(OSError):
        while piece := link.recv(4096):
            said += piece
    return said.decode("latin1")


def announced(port, token):
    """What the server says to a body whose length is told first, before any of it comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        link.sendall(head(token, f"Content-Length: {HUGE}"))
        return answer(link)


def in_pieces(port, token):
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        link.sendall(head(token, "Transfer-Encoding: chunked"))
        with contextlib.suppress(OSError):
            while sent < HUGE:
                link.sendall(f"{len(PIECE):x}\r\n".encode() + PIECE + b"\r\n")
                sent += len(PIECE)
        return answer(link), sent


def main():
    report, aimwell = harness.Report(), harness.program()
    place = harness.Place(aimwell, data=harness.temporary() + "/site")
    token = place.init()
    server = harness.Server(place)
    said = announced(server.port, token)
    report.say(said.startswith("HTTP/1.1 413") and "larger than allowed" in said, "200 MB that are announced are refused with words", repr(said[-400:]))
    said, sent = in_pieces(server.port, token)
    report.say(sent < MOST + (32 << 20) or said.startswith("HTTP/1.1 413"), "200 MB in pieces are not taken", f"{said[:200]!r} after {sent}")
    report.say(not os.listdir(os.path.join(place.data, "files", "incoming")), "nothing of them is left")
    client = harness.Client(server.port, token)
    status, _, made = client.ask("POST", "files", raw=b"small", X_File_Name="small.txt", Content_Type="text/plain")
    report.say(status == 201 and made["size"] == 5, "the next file is taken", f"{status} {made}")
    report.say(server.stop() == 0, "and the server stops in order")
    report.end()


main()
