#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""L1: whoever writes into the database becomes nobody.

A session, a password, a role put into the rows while the server runs lets nobody in and gives nothing;
what was done with it leaves acts that no log-in covers, also when the row is taken away again; triggers,
views and tables of others are found at the start and by verify.
"""
import base64
import datetime
import hashlib
import hmac
import json
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness

APPROVER = "mei@northlake.example"


def moment(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def person(place, email):
    with place.database() as db:
        return db.execute("SELECT id FROM person WHERE email = ?", (email,)).fetchone()[0]


def forge_session(place, who):
    """A cookie for somebody who never signed in, password confirmed for the next hour."""
    cookie = "A" * 43
    with place.database() as db:
        db.execute("INSERT INTO session (id, hash, person, created_at, seen_at, ends_at, fresh_until) "
                   "VALUES ('ses_forged', ?, ?, ?, ?, ?, ?)",
                   (hashlib.sha256(cookie.encode()).hexdigest(), who, moment(0), moment(0), moment(3600), moment(3600)))
    return cookie


def csrf_of(cookie):
    return base64.urlsafe_b64encode(hmac.new(cookie.encode(), b"csrf", hashlib.sha256).digest()).decode().rstrip("=")


def a_forged_session(report, place):
    server = harness.Server(place)
    try:
        client = harness.Client(server.port)
        cookie = forge_session(place, person(place, APPROVER))
        client.cookie, client.csrf = "aw_session=" + cookie, csrf_of(cookie)
        status, _, reply = client.ask("GET", "session")
        report.say(status == 401, "a session put into the database is nobody's", f"{status} {reply}")
        status, _, reply = client.ask("POST", "task", {"title": "done as somebody else"})
        report.say(status in (401, 503), "and can do nothing", f"{status} {reply}")
        report.say("tampering" in server.words(), "and the log says so", server.words()[-300:])
    finally:
        server.stop()
    with place.database() as db:
        db.execute("DELETE FROM session WHERE id = 'ses_forged'")


def a_writer_beside(report, place):
    """What another program commits while the server runs stops it from acknowledging."""
    server = harness.Server(place)
    try:
        client = harness.Client(server.port)
        client.log_in("lin@northlake.example")
        with place.database() as db:
            db.execute("CREATE TABLE IF NOT EXISTS beside (x INTEGER)")
            db.execute("DROP TABLE beside")
        status, _, reply = client.ask("POST", "task", {"title": "after it"})
        report.say(status == 503, "after a commit that is not the server's nothing is acknowledged", f"{status} {reply}")
        report.say("another program" in json.dumps(reply), "and it says why", json.dumps(reply))
        again = [json.dumps(client.ask("POST", "task", {"title": "and again"})[2]) for _ in range(3)]
        report.say(all("another program" in one for one in again), "and goes on saying so", again)
    finally:
        server.stop()


def a_swapped_password(report, place):
    """Somebody gives an approver their own password hash, and puts the old one back afterwards."""
    with place.database() as db:
        old, = db.execute("SELECT password FROM person WHERE email = ?", (APPROVER,)).fetchone()
    mine = known_hash(place)
    with place.database() as db:
        db.execute("UPDATE person SET password = ? WHERE email = ?", (mine, APPROVER))
    server = harness.Server(place)
    try:
        status, _, reply = harness.Client(server.port).ask(
            "POST", "session", {"email": APPROVER, "password": "a password of the thief"})
        report.say(status == 401, "a swapped password lets nobody in", f"{status} {reply}")
    finally:
        server.stop()
        with place.database() as db:
            db.execute("UPDATE person SET password = ? WHERE email = ?", (old, APPROVER))


def known_hash(place):
    """The hash of a password we know: that of an account in an organisation of our own."""
    folder = harness.temporary()
    other = harness.Place(place.aimwell, data=folder + "/x")
    other.init()
    with open(folder + "/password", "w", encoding="utf-8") as f:
        f.write("a password of the thief\n")
    os.chmod(folder + "/password", 0o600)
    harness.must(place.aimwell, "user", "add", "thief@test.example", "--name", "T", "--roles", "staff",
                 "--password-file", folder + "/password", where=other.where)
    with other.database() as db:
        return db.execute("SELECT password FROM person WHERE email = 'thief@test.example'").fetchone()[0]


def a_role_put_there(report, place):
    server = harness.Server(place)
    try:
        client = harness.Client(server.port)
        client.log_in("lin@northlake.example")
        with place.database() as db:
            db.execute("INSERT INTO role_grant (person, role, unit, state, by, at) SELECT id, 'admin', '', 'active', id, ? "
                       "FROM person WHERE email = 'lin@northlake.example'", (moment(0),))
        time.sleep(1.2)  # what is kept about an actor is read again after a second
        status, _, reply = client.ask("GET", "session")
        report.say(status == 401, "who holds a role that the ledger does not give is signed out", f"{status} {reply}")
    finally:
        server.stop()
    with place.database() as db:
        db.execute("DELETE FROM role_grant WHERE role = 'admin' AND person = by AND at > '2026' AND unit = '' AND person IN "
                   "(SELECT id FROM person WHERE email = 'lin@northlake.example')")


def foreign_things(report, place, original):
    cases = [
        ("a trigger", "CREATE TRIGGER helper AFTER INSERT ON task BEGIN SELECT 1; END", "helper"),
        ("a view", "CREATE VIEW people_i_like AS SELECT * FROM person", "people_i_like"),
        ("a table with rows", "CREATE TABLE aside AS SELECT * FROM person", "aside"),
        ("an append-only trigger dropped", "DROP TRIGGER version_no_update", "version"),
        ("an append-only trigger emptied", "DROP TRIGGER version_no_delete; CREATE TRIGGER version_no_delete "
         "BEFORE DELETE ON version BEGIN SELECT 1; END", "version_no_delete"),
    ]
    for what, sql, name in cases:
        shutil.rmtree(place.data)
        shutil.copytree(original, place.data)
        with place.database() as db:
            db.executescript(sql)
        code, out, _ = place.verify("--deep")
        report.say(code == 1 and name in out, f"{what}: found by verify", f"{code} {out}")
        try:
            server = harness.Server(place)
            server.stop()
            report.say(False, f"{what}: refused at the start", "it serves")
        except harness.Refused as refused:
            report.say(name in refused.words, f"{what}: refused at the start, by name", refused.words)


def main():
    aimwell, report = harness.program(), harness.Report()
    folder = harness.temporary()
    place = harness.demo(aimwell, folder + "/data")
    code, out, _ = place.verify("--deep")
    report.say(code == 0, "untouched it is intact", out)
    shutil.copytree(place.data, folder + "/original")
    for look in (a_forged_session, a_swapped_password, a_role_put_there, a_writer_beside):
        shutil.rmtree(place.data)
        shutil.copytree(folder + "/original", place.data)
        look(report, place)
    foreign_things(report, place, folder + "/original")
    report.end()


main()
