#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S10: from the address of an office somebody sends rubbish to /reset, and then to the log-in. Rubbish to /reset
uses up no log-ins, and a browser that was signed in here is let in whatever comes from its address.

    s10_shared_address.py PATH_OF_AIMWELL
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness

PERSON, SECRET = "lin@example.org", "a long pass phrase of nine words"


def exhaust(port, path):
    client = harness.Client(port)
    for number in range(400):
        if client.ask("POST", path, {"email": 7, "token": "x", "password": "x"})[0] == 429:
            return number
    return None


def log_in(port, cookie=None, password=SECRET):
    """(status, the cookie given)"""
    more = {"Cookie": cookie} if cookie else {}
    status, headers, reply = harness.Client(port).ask("POST", "session", {"email": PERSON, "password": password}, **more)
    return status, headers.get("set-cookie", "").split(";")[0], reply


def main():
    report = harness.Report()
    place = harness.Place(harness.program(), data=harness.temporary() + "/org")
    place.init()
    secret = harness.temporary() + "/secret"
    with open(secret, "w") as f:
        f.write(SECRET + "\n")
    harness.must(place.aimwell, "user", "add", PERSON, "--roles", "staff", "--password-file", secret, "--data", place.data)
    server = harness.Server(place, "--rate", "1")
    status, cookie, reply = log_in(server.port)
    report.say(status == 201 and cookie, "somebody signs in", f"{status} {reply}")
    harness.Client(server.port).ask("GET", "session", Cookie=cookie)
    heard = exhaust(server.port, "reset")
    report.say(heard is not None and heard >= 80, "rubbish to /reset comes to an end", str(heard))
    status, _, reply = log_in(server.port)
    report.say(status == 201, "and uses up no log-ins", f"{status} {reply}")
    heard = exhaust(server.port, "session")
    report.say(heard is not None, "rubbish to the log-in comes to an end", str(heard))
    status, again, reply = log_in(server.port, cookie)
    report.say(status == 201 and again, "who was signed in here is let in all the same", f"{status} {reply}")
    status, _, reply = log_in(server.port, "aw_session=" + "x" * 43)
    report.say(status == 429 and reply["errors"][0]["code"] == "rate", "a cookie made up helps nobody", f"{status} {reply}")
    refused = [log_in(server.port, cookie, "wrong " * 5)[0] for _ in range(130)]
    report.say(429 in refused, "nor may a known one try for ever", str(refused[-3:]))
    report.say(server.stop() == 0, "the server stops in order", server.words()[-300:])
    report.end()


if __name__ == "__main__":
    main()
