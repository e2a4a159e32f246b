#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""P13: below a path that a proxy passes on (`--public https://host.example/aims`) everything lies below it: pages, what
they load, the interface, cookies, links, the event stream. What is not below it is nobody's, and no address of the
interface answers 200 with a page.

    p13_below_a_path.py PATH_OF_AIMWELL
"""
import http.client
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "durability"), os.path.join(HERE, "..", "lib")]
import harness  # noqa: E402
from proxy import Proxy  # noqa: E402

HOST = {"Host": "host.example"}
HTML = {"Accept": "text/html", **HOST}
PASSWORD = "northlake harbour lamp 7"


def names(report, aimwell, where):
    for path in ("/api", "/api/x", "/assets", "/aims//x", "/aims/../x", "/a b", "/aims?x=1", "/aims#x", "/" + "a" * 100, "/%61"):
        code, out, err = harness.run(aimwell, "serve", "--listen", "127.0.0.1:0", "--public", "https://host.example" + path,
                                     where=where, timeout=20)
        report.say(code == 2 and "--public" in err and not out, f"P13 --public …{path[:20]} is refused by name", f"{code} {err}")


def pages(report, client):
    status, headers, page = client.ask("GET", "/aims/k/task/TSK-0001", **HTML)
    named = re.findall(rb'(?:src|href)="([^"]*)"', page)
    report.say(status == 200 and len(named) > 2 and all(one.startswith(b"/aims/") for one in named),
               "P13 the page names its files below the path", f"{status} {named}")
    report.say("script-src 'self'" in headers.get("content-security-policy", "") and "base-uri 'none'" in headers["content-security-policy"],
               "P13 its policy is as strict as at the root", headers)
    loaded = [(one, client.ask("GET", one.decode(), **HOST)) for one in named]
    report.say(all(reply[0] == 200 and "html" not in reply[1]["content-type"] for _, reply in loaded),
               "P13 and they are there", [(one, reply[0]) for one, reply in loaded])
    report.say(client.ask("GET", "/aims/", If_None_Match=headers["etag"], **HTML)[0] == 304, "P13 a page that is kept is not sent again")
    for path in ("/aims", "/aims/", "/aims/k/task?state=open", "/aims/checks/iso-42001/A.5.2", "/aims/k/task/a.b"):
        status, headers, _ = client.ask("GET", path, **HTML)
        report.say(status == 200 and "html" in headers["content-type"], f"P13 {path} is a page, also reloaded", f"{status} {headers}")


def outside(report, port):
    direct = harness.Client(port)
    for path in ("/", "/k/task", "/login", "/api/v1/session", "/api/v1/healthz", "/healthz", "/aimsx", "/aims2/api/v1/session", "/AIMS/",
                 "/assets/x.js", "/favicon.svg", "/x/aims/"):
        status, headers, reply = direct.ask("GET", path, **HTML)
        report.say(status == 404 and "problem+json" in headers["content-type"] and "html" not in str(reply),
                   f"P13 {path} is not below the path: nobody's", f"{status} {headers}")
    for path in ("/aims/api", "/aims/api/", "/aims/api/v1", "/aims/api/v2/risk", "/aims/aims/api/v1/session", "/aims/API/v1/risk",
                 "/aims/v1/traces", "/aims/metrics"):
        status, headers, _ = direct.ask("GET", path, **HTML)
        report.say(status != 200 and "html" not in headers["content-type"], f"P13 {path} is no page", f"{status} {headers}")
    status, headers, reply = direct.ask("GET", "/aims/public/x", **HTML)
    report.say(status == 404 and "script" not in str(reply) and "script-src" not in headers["content-security-policy"],
               "P13 /aims/public/x is a refusal without script, not the application", f"{status} {headers}")
    status = direct.ask("GET", "/aims/healthz", **HOST)[0]
    report.say(status == 200, "P13 /aims/healthz is there", str(status))
    status, _, reply = direct.ask("POST", "/aims/v1/traces", {}, **HOST)
    report.say(status == 401 and reply["code"] == 16, "P13 telemetry is taken below the path", f"{status} {reply}")
    status = direct.ask("POST", "/v1/traces", {}, **HOST)[0]
    report.say(status == 404, "P13 and not beside it", str(status))
    status = direct.ask("GET", "/aims/api/v1/session", Host="evil.example")[0]
    report.say(status == 421, "P13 another host is not answered for", str(status))


def person(report, client):
    """Signs in; returns (cookie, csrf)."""
    status, headers, reply = client.ask("POST", "/aims/api/v1/session", {"email": "ann@test.example", "password": PASSWORD},
                                        Origin="https://host.example", **HOST)
    cookie = headers.get("set-cookie", "")
    report.say(status == 201 and cookie.startswith("__Secure-aw_session=") and all(f"; {one}" in cookie + ";" for one in
               ("Path=/aims;", "HttpOnly", "SameSite=Strict", "Secure")), "P13 the cookie is for the path alone", f"{status} {cookie} {reply}")
    return cookie.split(";")[0], reply["csrf"]


def forgery(report, client, cookie, csrf):
    kept = {"Cookie": cookie, "X-CSRF-Token": csrf, **HOST}
    for origin, wanted in (("https://host.example", 201), ("https://evil.example", 403), ("https://host.example/aims", 403), ("http://host.example", 403)):
        status = client.ask("POST", "/aims/api/v1/task", {"title": "x"}, Origin=origin, **kept)[0]
        report.say(status == wanted, f"P13 a write from {origin} is {wanted}", str(status))
    status = client.ask("POST", "/aims/api/v1/task", {"title": "x"}, Cookie=cookie, **HOST)[0]
    report.say(status == 403, "P13 a write without the token is refused", str(status))


def work(report, client, cookie, csrf):
    kept = {"Cookie": cookie, "X-CSRF-Token": csrf, "Origin": "https://host.example", **HOST}
    status, headers, made = client.ask("POST", "/aims/api/v1/task", {"title": "Below"}, **kept)
    place = headers.get("location", "")
    report.say(status == 201 and place == f"/aims/api/v1/task/{made['key']}" and client.ask("GET", place, **kept)[0] == 200,
               "P13 Location leads to what was made", f"{status} {place}")
    status, headers, _ = client.ask("PATCH", place, {"title": "Below, changed"}, If_Match='"1"', **kept)
    report.say(status == 200, "P13 a field is changed", str(status))
    status, _, kept_file = client.ask("POST", "/aims/api/v1/files", raw=b"evidence", Content_Type="text/plain", X_File_Name="a.txt", **kept)
    got = client.ask("GET", f"/aims/api/v1/files/{kept_file.get('id')}", **kept)
    report.say(status == 201 and got[0] == 200 and got[2] == b"evidence", "P13 a file comes back", f"{status} {got}")
    status, headers, _ = client.ask("GET", "/aims/api/v1/task?format=csv", **kept)
    report.say(status == 200 and "csv" in headers["content-type"], "P13 a list is downloaded", str(status))
    api = client.ask("GET", "/aims/api/v1/openapi.json", **kept)[2]
    report.say(api.get("servers") == [{"url": "/aims"}] and "/api/v1/task" in api["paths"], "P13 the description says below which path", api.get("servers"))


def links(report, client, cookie, csrf):
    kept = {"Cookie": cookie, "X-CSRF-Token": csrf, **HOST}
    status, _, reply = client.ask("POST", "/aims/api/v1/people", {"email": "new@test.example", "name": "New"}, **kept)
    link = reply.get("link", "")
    report.say(status == 201 and link.startswith("https://host.example/aims/reset#"), "P13 a link for a password leads below the path", f"{status} {link}")
    page = client.ask("GET", "/aims/reset", **HTML)
    done = client.ask("POST", "/aims/api/v1/reset", {"token": link.split("#")[-1], "password": PASSWORD}, Origin="https://host.example", **HOST)
    report.say(page[0] == 200 and done[0] < 300, "P13 and works", f"{page[0]} {done}")


def stream(report, proxy, client, cookie, csrf):
    link = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)
    link.request("GET", "/aims/api/v1/stream", headers={"Cookie": cookie, **HOST})
    reply = link.getresponse()
    client.ask("POST", "/aims/api/v1/task", {"title": "Heard"}, Cookie=cookie, X_CSRF_Token=csrf, **HOST)
    heard = b""
    while b"task" not in heard:
        piece = reply.read1(4096)
        if not piece:
            break
        heard += piece
    report.say(reply.status == 200 and b"task" in heard, "P13 the event stream tells of a change", f"{reply.status} {heard}")
    link.close()


def leaving(report, client, cookie, csrf):
    status, headers, _ = client.ask("DELETE", "/aims/api/v1/session", Cookie=cookie, X_CSRF_Token=csrf, **HOST)
    gone = headers.get("set-cookie", "")
    report.say(status == 204 and "Path=/aims;" in gone and "Max-Age=0" in gone, "P13 signing out ends that cookie", f"{status} {gone}")
    report.say("clear-site-data" not in headers, "P13 and leaves alone what others on the host keep", headers)
    status = client.ask("GET", "/aims/api/v1/session", Cookie=cookie, **HOST)[0]
    report.say(status == 401, "P13 the session is over", str(status))


def main():
    aimwell, report = harness.program(), harness.Report()
    place = harness.Place(aimwell, data=os.path.join(harness.temporary(), "data"))
    place.init("aims_manager,admin,internal_auditor")
    secret = os.path.join(harness.temporary(), "password")
    with open(secret, "w", encoding="utf-8") as file:
        file.write(PASSWORD + "\n")
    harness.must(aimwell, "user", "add", "ann@test.example", "--name", "Ann", "--roles", "aims_manager,admin", "--password-file", secret, "--keep",
                 where=place.where)
    names(report, aimwell, place.where)
    try:
        server = harness.Server(place, "--public", "https://host.example/aims")
    except harness.Refused as refused:
        report.say(False, "P13 serves below a path", str(refused)[:300])
        report.end()
    outside(report, server.port)
    with Proxy({"/aims": server.port}) as proxy:
        client = harness.Client(proxy.port)
        pages(report, client)
        cookie, csrf = person(report, client)
        forgery(report, client, cookie, csrf)
        work(report, client, cookie, csrf)
        links(report, client, cookie, csrf)
        stream(report, proxy, client, cookie, csrf)
        leaving(report, client, cookie, csrf)
    listed = harness.must(aimwell, "user", "list", where=place.where)
    report.say("new@test.example" in listed, "P13 commands go on beside it", listed)
    report.say(server.stop() == 0, "P13 and it ends in order", server.words())
    report.end()


main()
