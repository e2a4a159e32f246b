#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""L11: sixty strangers, and then a person, each send twenty megabytes. A stranger's are not read; a
person's go to a file: the memory of the program stays where it was, and no file is left behind.

    l11_first_who.py PATH_OF_AIMWELL
"""
import contextlib
import hashlib
import os
import re
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness

MANY, SIZE = 60, 19 << 20


def anonymous(server):
    """Bytes of memory that no file stands behind."""
    with open(f"/proc/{server.pid()}/status") as f:
        return int(re.search(r"RssAnon:\s+(\d+)", f.read())[1]) << 10


def head(path, more, size):
    return (f"POST /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}Content-Type: application/octet-stream\r\n"
            f"X-File-Name: a.bin\r\nContent-Length: {size}\r\n\r\n").encode()


def push(port, sent, number, more, took):
    """Sends as much as the server takes of a body, all but its last byte, and waits."""
    with contextlib.suppress(OSError):
        link = socket.create_connection(("127.0.0.1", port), timeout=20)
        sent[number] = link
        link.sendall(head("files", more, SIZE))
        piece = b"z" * 65536
        while took[number] < SIZE - 65536:
            link.sendall(piece)
            took[number] += len(piece)


def flood(server, more):
    """(bytes taken in all, memory while they lie there, the links)."""
    links, took = {}, [0] * MANY
    threads = [threading.Thread(target=push, args=(server.port, links, n, more, took)) for n in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sum(took), anonymous(server), links


def answers(links):
    said = []
    for link in links.values():
        with contextlib.suppress(OSError):
            link.settimeout(5)
            said.append(link.recv(65536)[:12].decode("latin1"))
        link.close()
    return said


def left_behind(place):
    return os.listdir(os.path.join(place.data, "files", "incoming"))


def strangers(report, server, before):
    took, memory, links = flood(server, "")
    report.note(f"of {MANY * SIZE >> 20} MiB from strangers {took >> 20} MiB went into the net; "
                f"memory grew by {(memory - before) >> 20} MiB")
    said = answers(links)
    report.say(took < MANY * (8 << 20), "what a stranger sends is not read", f"{took >> 20} MiB")
    report.say(said and all(s == "HTTP/1.1 401" for s in said), "a stranger hears 401", str(said[:5]))
    took, memory, links = flood(server, "Authorization: Bearer aw_" + "x" * 43 + "\r\n")
    said = answers(links)
    report.say(took < MANY * (8 << 20) and said and all(s[:9] == "HTTP/1.1 " and s[9:12] in ("401", "503") for s in said),
               "nor with a secret that is none", f"{took >> 20} MiB {said[:5]}")
    report.say(memory - before < 64 << 20, "strangers take no memory", f"{(memory - before) >> 20} MiB")


def person(report, server, place, token, before):
    took, memory, links = flood(server, f"Authorization: Bearer {token}\r\n")
    report.note(f"{took >> 20} MiB from one token lie there; memory grew by {(memory - before) >> 20} MiB")
    report.say(memory - before < 96 << 20, "half-sent files are not in memory", f"{(memory - before) >> 20} MiB")
    for link in links.values():
        link.close()
    client = harness.Client(server.port, token)
    whole = os.urandom(SIZE)
    status, _, reply = client.ask("POST", "files", raw=whole, X_File_Name="whole.bin", Content_Type="application/octet-stream")
    report.say(status == 201 and reply["sha256"] == hashlib.sha256(whole).hexdigest(),
               "a whole file arrives, byte for byte", f"{status} {reply}")
    _, _, back = client.ask("GET", "files/" + reply["id"])
    report.say(back == whole, "and comes back")
    form = b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"m.bin\"\r\n\r\n" + whole + b"\r\n--b--\r\n"
    status, _, reply = client.ask("POST", "files", raw=form, Content_Type="multipart/form-data; boundary=b")
    report.say(status == 201 and reply["size"] == SIZE, "so does one in a form", f"{status}")
    report.say(not left_behind(place), "nothing half-sent is left", str(left_behind(place)))


def main():
    report = harness.Report()
    place = harness.Place(harness.program(), data=harness.temporary() + "/org")
    token = place.init()
    server = harness.Server(place)
    harness.Client(server.port, token).good("GET", "/healthz")
    before = anonymous(server)
    strangers(report, server, before)
    person(report, server, place, token, before)
    time.sleep(0.2)
    links = flood(server, f"Authorization: Bearer {token}\r\n")[2]
    server.kill()
    report.say(not left_behind(place), "nor after the program was killed", str(left_behind(place)))
    answers(links)
    report.end()


if __name__ == "__main__":
    main()
