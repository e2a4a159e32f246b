#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""L1: a signature, and the tree of units, count as the ledger has them and not as a row says.

Rows are written the way whoever owns the database can: with SQLite while nobody has it open, with
PostgreSQL beside the running server. A name under a move that takes two gives it nothing and stops it;
a unit put below another hands nobody over; and what is honest goes on, also when both sign at once.

    l01_held_rows.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import hashlib
import json
import os
import subprocess
import sys
import threading
import time

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv.pop(1))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import cast  # noqa: E402
from behind import write  # noqa: E402
from client import Client  # noqa: E402
from program import Failed, Server  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

FAILED = []


def say(good, name, why=""):
    print(f"ok {name}" if good else f"not ok {name} {why}", flush=True)
    if not good:
        FAILED.append(name)


class Running:
    """A server that is away while somebody writes into SQLite."""

    def __init__(self, store, made):
        self.store, self.made = store, made
        self.start()

    def start(self):
        self.server = Server(self.store)
        self.server.__enter__()
        self.client = Client(self.server, cast.passwords())

    def stop(self):
        self.server.__exit__(None, None, None)

    def forge(self, sql):
        if self.store.kind != "sqlite":
            return write(self.store, sql)
        self.stop()
        try:
            return write(self.store, sql)
        finally:
            self.start()

    def supplier(self):
        people = self.made["people"]
        made = self.client.must("stan", "POST", "/supplier", {
            "title": "Model maker", "owner": people["sue"], "supplies": ["model"], "services": "Scores", "country": "CH",
            "sponsor": people["stan"], "q_people": True, "q_personal": True, "q_business": False, "q_replace": False,
            "q_training": False})
        self.client.must("sue", "POST", f"/supplier/{made['id']}/moves/look_into")
        return self.client.must("sue", "GET", f"/supplier/{made['id']}")

    def reject(self, who, record):
        return self.client.call(who, "POST", f"/supplier/{record['id']}/moves/reject", {"reason": "Not needed"})

    def verify(self):
        done = subprocess.run([os.environ["AIMWELL_PROGRAM"], "verify", "--deep", *self.store.words], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


def refused(answer):
    return answer.status == 409 and "tampering" in answer.codes


def a_name_written_under_a_move(run, kind):
    record, sue = run.supplier(), run.made["people"]["sue"]
    blob = "x'" + "11" * 32 + "'" if kind == "sqlite" else "'\\x" + "11" * 32 + "'"
    run.forge("INSERT INTO signature (kind, id, version, move, person, at, side, own_id, salt, ledger) VALUES ('supplier', "
              f"'{record['id']}', {record['version']}, 'reject', '{sue}', '2026-01-01T00:00:00.000000Z', 1, 'forged', {blob}, 3)")
    answer = run.reject("lex", record)
    say(refused(answer), f"{kind}: a first signature that nobody gave does not count, and says so", f"{answer.status} {answer.json}")
    looked = run.client.call("lex", "GET", f"/supplier/{record['id']}/moves")
    move = next((m for m in looked.json["moves"] if m["move"] == "reject"), None)
    say(move and not move["allowed"] and not move["signatures"], f"{kind}: looking shows no such signature", f"{move}")
    code, out = run.verify()
    say(code == 1 and "signature forged" in out, f"{kind}: verify names it", f"{code} {out}")
    run.forge("DELETE FROM signature WHERE own_id = 'forged'")
    first, second = run.reject("sue", record), run.reject("lex", record)
    say(first.status == 202 and second.status == 200, f"{kind}: taken away, two people sign as ever",
        f"{first.status} {second.status} {second.json}")


def a_signature_moved_elsewhere(run, kind):
    one, other = run.supplier(), run.supplier()
    run.reject("sue", one)
    run.forge(f"UPDATE signature SET id = '{other['id']}' WHERE id = '{one['id']}'")
    answer = run.reject("lex", other)
    say(refused(answer), f"{kind}: an honest signature under another record does not count", f"{answer.status} {answer.json}")
    run.forge(f"UPDATE signature SET id = '{one['id']}' WHERE id = '{other['id']}'")
    answer = run.reject("lex", one)
    say(answer.status == 200, f"{kind}: put back it does", f"{answer.status} {answer.json}")


def a_void_one_called_back(run, kind):
    record = run.supplier()
    run.reject("sue", record)
    run.client.must("sue", "PATCH", f"/supplier/{record['id']}", {"title": "Another maker"},
                    headers={"If-Match": f'"{record["version"]}"'})
    run.forge(f"UPDATE version SET alters = 0 WHERE id = '{record['id']}' AND version > {record['version']}")
    answer = run.reject("lex", record)
    say(refused(answer), f"{kind}: a signature that a change has voided is not called back", f"{answer.status} {answer.json}")
    run.forge(f"UPDATE version SET alters = 1 WHERE id = '{record['id']}' AND version = {record['version'] + 1}")


def a_tag_in_between(run, kind):
    record = run.supplier()
    run.reject("sue", record)
    run.client.must("sue", "PATCH", f"/supplier/{record['id']}", {"tags": ["paper"]}, headers={"If-Match": f'"{record["version"]}"'})
    answer = run.reject("lex", record)
    say(answer.status == 200, f"{kind}: one that still stands after a tag counts", f"{answer.status} {answer.json}")


def asked(run, who, path):
    """What somebody gets who looks, signing in for it."""
    try:
        return run.client.call(who, "GET", path).status
    except Failed:  # at the log-in
        run.client.sessions.pop(who, None)
        return 401


def a_move_that_one_alone_made(run, kind):
    """As an altered program might leave it: the move is there, and who signed before is not."""
    record = run.supplier()
    first, second = run.reject("sue", record), run.reject("lex", record)
    old, = run.forge(f"SELECT version FROM signature WHERE id = '{record['id']}'")
    run.forge(f"UPDATE signature SET person = '{run.made['people']['lex']}' WHERE id = '{record['id']}'")
    code, out = run.verify()
    wanted = f"supplier {record['id']} version {record['version'] + 1}: the move reject takes more signatures than it had"
    say(code == 1 and wanted in out, f"{kind}: verify finds a move that takes two and that one person made",
        f"{first.status} {second.status} {old} {code} {out}")
    run.forge(f"UPDATE signature SET person = '{run.made['people']['sue']}' WHERE id = '{record['id']}'")


def a_unit_put_below_another(run, kind):
    """Sally manages Sales. Somebody writes that Claims lies below it."""
    units = run.made["units"]
    other = run.client.must("carl", "POST", "/task", {"title": "Of claims", "unit": units["claims"]})
    path = f"/task/{other['id']}"
    say(asked(run, "sally", path) == 404, f"{kind}: who manages Sales does not read of Claims")
    run.forge(f"INSERT INTO unit_closure (ancestor, descendant, depth) VALUES ('{units['sales']}', '{units['claims']}', 1)")
    time.sleep(1.2)  # what is kept about an actor is read again after a second
    read = asked(run, "sally", path)
    say(read in (401, 404), f"{kind}: nor does a row in the closure make her", f"{read}")
    listed = asked(run, "sally", "/task")
    say(listed == 401, f"{kind}: whose reach the ledger does not give is signed out", f"{listed}")
    say(asked(run, "carl", path) == 200, f"{kind}: whose reach it does goes on")
    say("tampering" in run.server.said(), f"{kind}: and the log says so", run.server.said()[-300:])
    code, out = run.verify()
    say(code == 1 and "unit_closure" in out, f"{kind}: verify finds it", f"{code} {out}")
    run.forge(f"DELETE FROM unit_closure WHERE ancestor = '{units['sales']}' AND descendant = '{units['claims']}'")
    time.sleep(1.2)
    listed = asked(run, "sally", "/task")
    say(listed == 200, f"{kind}: taken away, she is back", f"{listed}")


def a_unit_written_over(run, kind):
    """The version of the unit itself says so, too: it is not the one that was committed to."""
    units = run.made["units"]
    quiet = run.client.must("carl", "POST", "/task", {"title": "Of claims again", "unit": units["claims"]})
    old, = run.forge(f"SELECT body FROM version WHERE id = '{units['claims']}'")
    new = json.dumps({**json.loads(old[0]), "parent": units["sales"]}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    run.forge(f"UPDATE version SET body = '{new}' WHERE id = '{units['claims']}'")
    run.forge(f"INSERT INTO unit_closure (ancestor, descendant, depth) VALUES ('{units['sales']}', '{units['claims']}', 1)")
    if kind == "postgresql":  # it has read the log before: begin anew
        run.stop()
        run.start()
    read = asked(run, "sally", f"/task/{quiet['id']}")
    say(read in (401, 404), f"{kind}: a unit whose version was altered lies below nobody", f"{read}")
    run.forge(f"UPDATE version SET body = '{old[0]}' WHERE id = '{units['claims']}'")
    run.forge(f"DELETE FROM unit_closure WHERE ancestor = '{units['sales']}' AND descendant = '{units['claims']}'")


def a_unit_moved_honestly(run, kind):
    units = run.made["units"]
    made = run.client.must("carl", "POST", "/task", {"title": "Of claims for a while", "unit": units["claims"]})
    say(asked(run, "nora", f"/task/{made['id']}") == 404, f"{kind}: before the move it is out of reach")
    for parent, wanted in ((units["sales"], 200), (None, 404)):
        unit = run.client.must("amy", "GET", f"/org_unit/{units['claims']}")
        run.client.must("amy", "PATCH", f"/org_unit/{units['claims']}", {"parent": parent},
                        headers={"If-Match": f'"{unit["version"]}"'})
        got = [asked(run, "sally", f"/task/{made['id']}"),
               asked(run, "carl", f"/task/{made['id']}")]
        say(got == [wanted, 200], f"{kind}: moved {'there' if parent else 'back'}, reach follows at once", f"{got}")


def both_at_once(run, kind):
    """The second may sign in the very group of the first: its entry is in no table then."""
    records = [run.supplier() for _ in range(16)]
    answers = {}

    def sign(who):
        client = Client(run.server, cast.passwords())
        answers[who] = [client.call(who, "POST", f"/supplier/{r['id']}/moves/reject", {"reason": "Not needed"}) for r in records]

    threads = [threading.Thread(target=sign, args=(who,)) for who in ("sue", "lex")]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    pairs = [sorted((a.status, b.status)) for a, b in zip(answers["sue"], answers["lex"])]
    say(all(p == [200, 202] for p in pairs), f"{kind}: two who sign at once are the two", f"{pairs}")


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def grown(peaks, size, leaf):
    """RFC 6962: the complete subtrees with one leaf more, and the root."""
    peaks = peaks + [leaf]
    while size & 1:
        peaks[-2:] = [node(peaks[-2], peaks[-1])]
        size >>= 1
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node(peak, root)
    return peaks, root


def a_head_that_nobody_signed(run, kind):
    """Entries and a head that fit each other, written beside the server: they are not built upon."""
    if kind == "sqlite":
        return  # a commit beside it ends all writing there (l01_session_bound.py)
    size, root, frontier = run.forge("SELECT size, encode(root, 'hex'), encode(frontier, 'hex') FROM ledger_log")[0]
    if int(size) % 256 == 255:
        run.client.must("amy", "POST", "/task", {"title": "One more"})
        return a_head_that_nobody_signed(run, kind)
    last, = run.forge(f"SELECT convert_from(leaf, 'UTF8') FROM ledger_entry WHERE idx = {int(size) - 1}")[0]
    leaf = json.dumps({**json.loads(last), "n": int(size)}, sort_keys=True, separators=(",", ":")).encode()
    hashed = hashlib.sha256(b"\0" + leaf).digest()
    peaks = [bytes.fromhex(frontier)[i:i + 32] for i in range(0, len(frontier) // 2, 32)]
    peaks, made = grown(peaks, int(size), hashed)
    run.forge(f"INSERT INTO ledger_entry (log_id, idx, leaf, leaf_hash) VALUES (1, {size}, '\\x{leaf.hex()}', '\\x{hashed.hex()}')")
    run.forge(f"UPDATE ledger_log SET size = size + 1, root = '\\x{made.hex()}', frontier = '\\x{b''.join(peaks).hex()}'")
    got = [run.client.call("amy", "POST", "/task", {"title": "On top of it"}).status for _ in range(2)]
    say(all(status >= 400 for status in got), f"{kind}: nothing is signed on top of entries that nobody signed", f"{got}")
    run.forge(f"DELETE FROM ledger_entry WHERE idx = {size}")
    run.forge(f"UPDATE ledger_log SET size = {size}, root = '\\x{root}', frontier = '\\x{frontier}'")
    answer = run.client.call("amy", "POST", "/task", {"title": "Taken away"})
    say(answer.status == 201, f"{kind}: taken away, it goes on", answer.short())


def main():
    parser = argparse.ArgumentParser()
    add_store_option(parser)
    for kind in each_store(parser.parse_args()):
        with stores_for(kind, "held") as (stores, folder):
            store = stores.new()
            run = Running(store, cast.make(store, folder))
            try:
                for look in (a_name_written_under_a_move, a_signature_moved_elsewhere, a_void_one_called_back, a_tag_in_between,
                             both_at_once, a_move_that_one_alone_made, a_unit_put_below_another, a_unit_written_over, a_unit_moved_honestly, a_head_that_nobody_signed):
                    look(run, kind)
                code, out = run.verify()
                say(code == 0, f"{kind}: in the end all is intact", f"{code} {out}")
            finally:
                run.stop()
    sys.exit(bool(FAILED))


main()
