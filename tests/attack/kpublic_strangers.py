#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports from outside: floods, codes that are guessed, bodies too large and of another kind, and afterwards every byte
of the store and of the log is searched for the code and for whoever sent it.

    kpublic_strangers.py PATH_OF_AIMWELL
"""
import http.client
import json
import os
import socket
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness

REPORT = {"title": "Wrong refusals", "report": "Three renters were refused.", "from_whom": "affected", "urgent": "no"}
AGENT = "Sender-Browser/77.1"


def send(port, raw):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        link.sendall(raw)
        link.shutdown(socket.SHUT_WR)
        heard = b""
        while chunk := link.recv(65536):
            heard += chunk
    return heard


def opened(place, token, *options):
    server = harness.Server(place, *options)
    harness.Client(server.port, token).good("PATCH", "organisation", {"public": ["external_report", "concern"]})
    return server


def sizes(report, port):
    client = harness.Client(port)
    for what, body, wanted in (
            ("a field too long", {**REPORT, "report": "a" * 20001}, 422), ("a title too long", {**REPORT, "title": "a" * 5000}, 422),
            ("a report in a wide script", {**REPORT, "report": "忧" * 20000}, 201), ("many members", {f"f{n}": 1 for n in range(5000)}, 422),
            ("nothing that can be seen", {**REPORT, "title": "\u200b\u200b"}, 422)):
        status = client.ask("POST", "public/external_report", body)[0]
        report.say(status == wanted, f"{what}: {wanted}", f"was {status}")
    status = client.ask("POST", "public/external_report", {**REPORT, "report": "a" * (200 << 10)})[0]
    report.say(status == 413, "a body beyond 128 KiB is not read", f"was {status}")
    for what, kind, raw, wanted in (("text", "text/plain", b"{}", 415), ("a form", "multipart/form-data; boundary=x", b"--x--", 415),
                                    ("a list", "application/json", b"[1]", 422), ("half an object", "application/json", b'{"title":', 400),
                                    ("no UTF-8", "application/json", b'{"title":"\xff"}', 400), ("deep nesting", "application/json", b"[" * 4000, 400)):
        status = client.ask("POST", "public/external_report", raw=raw, Content_Type=kind)[0]
        report.say(status == wanted, f"{what}: {wanted}", f"was {status}")
    status, headers, _ = client.ask("POST", "public/case", {"case": "x" * 9000})
    report.say(status == 404, "a code of 9,000 letters is a wrong code", f"was {status}")
    heard = send(port, b"POST /api/v1/public/case HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-A: b\r\n c\r\n"
                       b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}")
    report.say(b" 400 " in heard.split(b"\r\n")[0], "two lengths and a folded header are refused", heard[:80])
    client.close()


def conversation(report, port):
    """What every search below looks for."""
    client = harness.Client(port)
    status, headers, made = client.ask("POST", "public/concern", {"title": "Tests are skipped", "description": "d", "urgent": "no", "about_people": False},
                                       User_Agent=AGENT, Cookie="aw_session=planted; other=1")
    code = made["case"]
    report.say(status == 201 and "set-cookie" not in headers and headers.get("cache-control") == "no-store", "no cookie is set, nothing is cached", headers)
    for body in ({"case": code}, {"case": code.replace("-", "").lower()}):
        status, headers, _ = client.ask("POST", "public/case", body, User_Agent=AGENT)
        report.say(status == 200 and "set-cookie" not in headers, "the code opens the case", status)
    client.good("POST", "public/case/messages", {"case": code, "body": "And again"}, User_Agent=AGENT)
    wrong = {client.ask("POST", "public/case", {"case": one})[2]["detail"] for one in ("", "x", "0" * 24, code[:-1], code + "0", "'; DROP TABLE mailbox; --")}
    report.say(len(wrong) == 1, "every wrong code has the same words", wrong)
    client.close()
    return code


def search(report, folder, words, secrets):
    """No byte of the folder or the log says it."""
    texts = {os.path.join(at, name): open(os.path.join(at, name), "rb").read() for at, _, names in os.walk(folder) for name in names}
    texts["what the server said"] = words.encode()
    for what, secret in secrets.items():
        found = [name for name, text in texts.items() if secret.encode() in text]
        report.say(not found, f"{what} is in no byte of the store and the log", found)
    report.say(any(b"Tests are skipped" in text for text in texts.values()), "what is searched for would be found")


def flood(report, place):
    server = harness.Server(place, "--rate", "1")
    client = harness.Client(server.port)
    answers = [client.ask("POST", "public/external_report", REPORT) for _ in range(40)]
    made = sum(status == 201 for status, _, _ in answers)
    refused = [headers for status, headers, _ in answers if status == 429]
    report.say(0 < made <= 25 and len(refused) >= 15, "reports of one address come to an end", f"{made} made, {len(refused)} refused")
    report.say(all(int(headers["retry-after"]) > 0 for headers in refused), "and are told when to come back")
    guesses = [client.ask("POST", "public/case", {"case": "0" * 24})[0] for _ in range(80)]
    report.say(429 in guesses and set(guesses) <= {404, 429}, "codes cannot be tried without end", set(guesses))
    report.say(client.ask("POST", "session", {"email": "nobody@test.example", "password": "x" * 20})[0] == 401, "signing in is not kept from the same address")
    client.close()
    outcome = [from_elsewhere(server.port, n) for n in range(2, 130)]
    report.say(set(outcome) == {201, 429} and outcome[:50] == [201] * 50 and outcome[-10:] == [429] * 10,
               "reports of many addresses together come to an end", outcome)
    server.stop()


def from_elsewhere(port, n):
    """One report from an address of its own."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20, source_address=(f"127.0.1.{n}", 0))
    link.request("POST", "/api/v1/public/external_report", json.dumps(REPORT), {"Content-Type": "application/json"})
    status = link.getresponse().status
    link.close()
    return status


def case_full(report, port, code):
    client = harness.Client(port)
    last = (0, {}, {})
    for n in range(220):
        last = client.ask("POST", "public/case/messages", {"case": code, "body": f"again {n}"})
        if last[0] != 201:
            break
    report.say(last[0] == 409 and last[2]["errors"][0]["code"] == "full" and n <= 200, "a case holds so many messages of one side", (n, last[0]))
    client.close()


def main():
    aimwell, report = harness.program(), harness.Report()
    folder = harness.temporary()
    place = harness.Place(aimwell, folder + "/data")
    token = place.init()
    server = opened(place, token, "--rate", "0", "--verbose")
    code = conversation(report, server.port)
    sizes(report, server.port)
    case_full(report, server.port, code)
    server.stop()
    search(report, folder, server.words(), {"the code": code, "the code without hyphens": code.replace("-", ""), "the sender's browser": AGENT,
                                           "the sender's cookie": "planted"})
    with sqlite3.connect(folder + "/data/aimwell.db") as db:
        kept = db.execute("SELECT count(*) FROM idempotency WHERE actor = 'public'").fetchone()[0]
        actors = [row[0] for row in db.execute("SELECT CAST(leaf AS TEXT) FROM ledger_entry WHERE CAST(leaf AS TEXT) LIKE '%\"case.open\"%'")]
        addresses = [t for t, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                     if t in ("mailbox", "message") for c in db.execute(f"PRAGMA table_info({t})") if c[1] in ("address", "peer", "agent")]
    report.say(kept == 0 and not addresses, "nothing is kept by which a request could be known again", (kept, addresses))
    report.say(actors and all('"actor":{"id":"public","t":"public"}' in leaf for leaf in actors), "the entry names nobody", actors[:1])
    flood(report, place)
    code, out, err = place.verify("--deep")
    report.say(code == 0, "the store is intact afterwards", out + err)
    report.end()


main()
