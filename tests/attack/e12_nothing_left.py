#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E12: of what was redacted no byte is left in the files of a SQLite store, and deep verification says by which
entry it went; a tombstone that somebody writes into the database, or content that is put back, is found.

    e12_nothing_left.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import glob
import json
import os
import subprocess
import sys

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv.pop(1))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

import cast  # noqa: E402
from behind import write  # noqa: E402
from client import Client  # noqa: E402
from program import Server  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

WORD, EARLIER, SPOKEN, BYTES, NAMED = "Zanzibarov", "Quuxington", "Xylophonist", "Vortexerian-4711", "Wombatory"
FAILED = []


def say(good, name, why=""):
    print(f"ok {name}" if good else f"not ok {name} {why}", flush=True)
    if not good:
        FAILED.append(name)


def verify(store):
    done = subprocess.run([os.environ["AIMWELL_PROGRAM"], "verify", "--deep", "--json", *store.words],
                          capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def left(store):
    """Which of the words are still in some file of the store, folded as the index has them or not."""
    found = set()
    for path in glob.glob(store.where + "/**", recursive=True):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                content = file.read().lower()
            found |= {(os.path.basename(path), w) for w in (WORD, EARLIER, SPOKEN, BYTES, NAMED) if w.lower().encode() in content}
    return found


def make(client):
    file = client.call("amy", "POST", "/files", f"of {BYTES}".encode(), headers={"X-File-Name": f"{NAMED}.txt", "Content-Type": "text/plain"})
    risk = client.must("rita", "POST", "/risk", {"title": "Wrong refusals", "effect": f"{EARLIER} wrote"})
    evidence = client.must("amy", "POST", "/evidence", {"title": f"Letter of {WORD}", "file": file.json["id"]})
    client.must("rita", "PATCH", f"/risk/{risk['id']}", {"effect": f"{WORD} wrote"}, headers={"If-Match": '"1"'})
    client.must("rita", "POST", f"/risk/{risk['id']}/comments", {"body": f"asked {SPOKEN}"})
    return risk, evidence


def redact(client, kind, record):
    ask = {"all": True, "reason": "the person asked", "ground": "Art. 17", "password": cast.PASSWORD}
    client.call("petra", "POST", f"/{kind}/{record['id']}/redact", ask)
    return client.call("dana", "POST", f"/{kind}/{record['id']}/redact", ask)


def forgeries(store, risk):
    """Each is written, looked at, and taken back."""
    where = f"WHERE kind = 'risk' AND id = '{risk['id']}'"
    body = write(store, f"SELECT body FROM version {where} AND version = 2")[0][0]
    entry = json.loads(body)["_redacted"]["effect"][0]
    bodies = {"a tombstone that names another entry": body.replace(f"[{entry},", f"[{entry - 1},"),
              "content that was put back": body.replace('"_redacted"', '"effect":"made up","_redacted"', 1),
              "a tombstone of a field that nobody redacted": body.replace('"confidentiality":"internal",', "").replace(
                  '"_redacted":{', f'"_redacted":{{"confidentiality":[{entry},1],')}
    for name, forged in bodies.items():
        write(store, f"UPDATE version SET body = '{forged}' {where} AND version = 2")
        code, out = verify(store)
        say(forged != body and code == 1 and any("version 2" in f["place"] for f in out["findings"]), f"{store.kind} {name} is found", str(out)[:300])
        write(store, f"UPDATE version SET body = '{body}' {where} AND version = 2")
    write(store, "UPDATE comment SET body = 'another'")
    say(verify(store)[0] == 1, f"{store.kind} words put under a redacted comment are found")
    write(store, "UPDATE comment SET body = ''")
    code, out = verify(store)
    say(code == 0, f"{store.kind} taken back, nothing is found", str(out)[:300])


def play(stores, folder):
    store = stores.new()
    cast.make(store, folder)
    with Server(store) as server, Client(server, cast.passwords()) as client:
        risk, evidence = make(client)
        if store.kind == "sqlite":
            say({w for _, w in left(store)} == {WORD, EARLIER, SPOKEN, BYTES, NAMED}, "all of it is in the files before", str(left(store)))
        done = [redact(client, "risk", risk), redact(client, "evidence", evidence)]
        say([d.status for d in done] == [200, 200], f"{store.kind} two persons redact", str([d.status for d in done]))
    if store.kind == "sqlite":
        say(not left(store), "no byte of it is left in any file", str(left(store)))
    code, out = verify(store)
    told = [f"{n['place']}: {n['what']}" for n in out.get("redacted", [])]
    say(code == 0 and any("effect was redacted by entry" in t for t in told) and any(t.startswith("comment") for t in told)
        and any(t.startswith("file") for t in told), f"{store.kind} deep verification says by which entry", str(out)[:600])
    forgeries(store, risk)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_store_option(parser)
    options = parser.parse_args()
    for kind in each_store(options):
        with stores_for(kind, "e12") as (stores, folder):
            play(stores, folder)
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
