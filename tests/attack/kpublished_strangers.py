#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The public pages and their plain forms: floods of one address and of many, codes that are guessed, bodies too large, broken
and of another kind; afterwards the code of a report that came by a form is in no file of the store and in no log.

    kpublished_strangers.py PATH_OF_AIMWELL
"""
import http.client
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness

FORM = {"title": "Wrong refusals", "report": "Three renters were refused.", "from_whom": "affected", "urgent": "no"}


def ask(port, method, path, body=None, kind="application/x-www-form-urlencoded", source=None):
    """(status, headers, body) of one request on a connection of its own."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source, 0) if source else None)
    try:
        link.request(method, path, urllib.parse.urlencode(body) if isinstance(body, dict) else body, {"Content-Type": kind} if body is not None else {})
        answer = link.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    except (BrokenPipeError, ConnectionResetError):
        return 413, {}, b""  # it was refused while it was sent
    finally:
        link.close()


def sizes(report, port):
    for what, body, wanted in (("a title too long", {**FORM, "title": "a" * 5000}, 422), ("a text too long", {**FORM, "report": "a" * 20001}, 422),
                               ("many fields", "&".join(f"f{n}=1" for n in range(5000)), 413), ("one field many times", "title=a&" * 300, 413),
                               ("nothing that can be seen", {**FORM, "title": "\u200b\u200b"}, 422), ("an empty body", "", 422),
                               ("a NUL", "title=%00", 400), ("half a sign", "title=%e4%bd", 400), ("a value of no choice", {**FORM, "urgent": "perhaps"}, 422),
                               ("two values of one choice", "title=T&report=R&from_whom=affected&urgent=no&urgent=now", 201)):
        status = ask(port, "POST", "/public/report/external_report", body)[0]
        report.say(status == wanted, f"{what}: {wanted}", f"was {status}")
    status = ask(port, "POST", "/public/report/external_report", {**FORM, "report": "a" * (200 << 10)})[0]
    report.say(status == 413, "a body beyond 128 KiB is not read", f"was {status}")
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain", ""):
        status = ask(port, "POST", "/public/report/external_report", "title=T", kind)[0]
        report.say(status == 415, f"{kind or 'no type'}: 415", f"was {status}")
    for method, path, wanted in (("PUT", "/public/register", 405), ("DELETE", "/public/case", 405), ("GET", "/public/register/", 404), ("GET", "/public/../api/v1/session", 400),
                                 ("GET", "/public/report/external_report/1", 404), ("POST", "/public/trust", 405), ("GET", "/public//register", 404)):
        status = ask(port, method, path)[0]
        report.say(status == wanted, f"{method} {path}: {wanted}", f"was {status}")


def search(report, folder, words, secrets):
    """No byte of the folder or the log says it."""
    texts = {os.path.join(at, name): open(os.path.join(at, name), "rb").read() for at, _, names in os.walk(folder) for name in names}
    texts["what the server said"] = words.encode()
    for what, secret in secrets.items():
        found = [name for name, text in texts.items() if secret.encode() in text]
        report.say(not found, f"{what} is in no byte of the store and the log", found)
    report.say(any(b"renters were refused" in text for text in texts.values()), "what is searched for would be found")


def flood(report, place):
    server = harness.Server(place, "--rate", "1")
    outcome = [ask(server.port, "POST", "/public/report/external_report", FORM) for _ in range(40)]
    made = sum(status == 201 for status, _, _ in outcome)
    refused = [(headers, body) for status, headers, body in outcome if status == 429]
    report.say(0 < made <= 25 and len(refused) >= 15, "reports of one address come to an end", f"{made} made, {len(refused)} refused")
    report.say(all(int(h["retry-after"]) > 0 and h["content-type"].startswith("text/html") and b"<main" in body for h, body in refused), "and a page says when to come back")
    guesses = [ask(server.port, "POST", "/public/case", {"case": "0" * 24})[0] for _ in range(80)]
    report.say(429 in guesses and set(guesses) <= {404, 429}, "codes cannot be tried without end", set(guesses))
    answers = [ask(server.port, "GET", "/public/register", source="127.0.2.1")[0] for _ in range(700)]
    report.say(answers[:500] == [200] * 500 and answers[-1] == 429, "nor pages be read without end", answers[-5:])
    report.say(ask(server.port, "GET", "/public/register", source="127.0.2.2")[0] == 200, "others still read them")
    server.stop()


def main():
    aimwell, report = harness.program(), harness.Report()
    folder = harness.temporary()
    place = harness.Place(aimwell, folder + "/data")
    token = place.init()
    server = harness.Server(place, "--rate", "0", "--verbose")
    harness.Client(server.port, token).good("PATCH", "organisation", {"public": ["external_report"], "pages": {"on": ["register", "report"]}})
    status, headers, body = ask(server.port, "POST", "/public/report/external_report", FORM)
    code = re.search(rb'class="code"[^>]*>([0-9A-Z-]+)<', body)
    report.say(status == 201 and code and headers["cache-control"] == "no-store" and "set-cookie" not in headers, "a report by a form has a code", (status, headers))
    code = code[1].decode()
    status, _, body = ask(server.port, "POST", "/public/case", {"case": code})
    report.say(status == 200 and code.encode() in body, "that opens it", status)
    sizes(report, server.port)
    server.stop()
    search(report, folder, server.words(), {"the code": code, "the code without hyphens": code.replace("-", "")})
    flood(report, place)
    code, out, err = place.verify("--deep")
    report.say(code == 0, "the store is intact afterwards", out + err)
    report.end()


main()
