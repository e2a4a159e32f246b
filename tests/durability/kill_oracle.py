#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kill it while it works: SIGKILL at a random moment, start again, and hold what is there against what
was acknowledged.

    kill_oracle.py PATH_OF_AIMWELL [--rounds 25] [--clients 8] [--store postgres] [--seed N]

Each round: clients write; after 1–500 ms the server is killed (with PostgreSQL, in every third round
the database instead, in every third both); it starts again; unanswered writes are sent again with their
keys; every acknowledged write must be there once, none by half; `verify --deep` must find nothing.

A kill does not lose what the kernel already holds, so this says nothing about fsync: eio.py does.
Two sabotages at the end must be caught, else the judge itself is blind: an acknowledgement without a
server behind it, and an older copy put back.
"""
import argparse
import glob
import os
import shutil
import signal
import subprocess
import time

import harness
import writers


# ---- PostgreSQL falls too ------------------------------------------------------------------------------
def pg_kill(folder):
    with open(os.path.join(folder, "data", "postmaster.pid")) as f:
        os.kill(int(f.readline()), signal.SIGKILL)


def pg_start(folder):
    bin_folder = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
    owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    command = [*owner, f"{bin_folder}/pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-w", "start"]
    for _ in range(40):  # its old children may still hold the memory
        if subprocess.run(command, capture_output=True, cwd="/").returncode == 0:
            return
        time.sleep(0.25)
    raise RuntimeError("PostgreSQL does not start again")


# ---- one round ------------------------------------------------------------------------------------------
class Rounds:
    def __init__(self, place, token, chance, options, report, pg_folder):
        self.place, self.token, self.chance = place, token, chance
        self.options, self.report, self.pg_folder = options, report, pg_folder
        folder = harness.temporary()
        self.acknowledged = harness.Acknowledged(folder + "/acknowledged")
        self.tried = harness.Acknowledged(folder + "/tried")
        self.server = harness.Server(place)

    def fall(self, n):
        """Which falls: with PostgreSQL the server, the database, both, in turn."""
        turn = n % 3 if self.pg_folder else 0
        if turn != 0:
            pg_kill(self.pg_folder)
        if turn != 1:
            self.server.kill()
        return turn

    def rise(self, turn):
        if turn != 0:
            pg_start(self.pg_folder)
        if turn != 1:
            self.server = harness.Server(self.place)

    def one(self, n):
        clients = writers.start(self.options.clients, self.server.port, self.token, self.chance,
                                self.acknowledged, self.tried, f"r{n}")
        time.sleep(self.chance.uniform(0.001, 0.5))
        turn = self.fall(n)
        if turn == 1:
            time.sleep(0.1)  # the server is alive and must say no for a while
        wrong = [f"refused with {status}: {reply}" for status, reply in writers.stop(clients)
                 if turn == 0 or status != 503]  # without its database the server must say no
        self.rise(turn)
        return wrong + self.look()

    def look(self):
        client = harness.Client(self.server.port, self.token)
        wrong = writers.send_again(client, self.acknowledged, self.tried)
        wrong += writers.judge(client, self.acknowledged, self.tried)
        code, out, err = self.place.verify("--deep")
        if code != 0:
            wrong.append(f"verify --deep ended with {code}: {out}{err}")
        if self.server.ready_after > 5:
            wrong.append(f"it took {self.server.ready_after:.1f} s to start")
        client.close()
        return wrong


def rounds(test):
    for n in range(test.options.rounds):
        before = len(test.acknowledged.all())
        wrong = test.one(n)
        after = len(test.acknowledged.all())
        if not test.report.say(not wrong, f"round {n}: {after - before} acknowledged writes kept",
                               "; ".join(wrong[:5])):
            return


# ---- sabotage ---------------------------------------------------------------------------------------------
def lie(test):
    client = harness.Client(test.server.port, test.token)
    test.report.say(writers.caught(client, test.acknowledged, test.tried),
                    "sabotage: an acknowledgement without a server is caught")
    client.close()


def old_copy(test):
    """The folder as it was before the last writes, put back whole, ledger.last too: only the judge's
    own memory can tell. With ledger.last left as it is, the program itself must refuse."""
    if not test.place.data:
        return
    test.server.stop()
    older = harness.temporary() + "/older"
    shutil.copytree(test.place.data, older)
    test.server = harness.Server(test.place)
    clients = writers.start(2, test.server.port, test.token, test.chance, test.acknowledged,
                            test.tried, "late")
    time.sleep(0.5)
    writers.stop(clients)
    test.server.stop()
    last = open(test.place.data + "/ledger.last", "rb").read()
    shutil.rmtree(test.place.data)
    shutil.copytree(older, test.place.data)
    test.server = harness.Server(test.place)
    wrong = test.look()
    test.report.say(any("late" in w for w in wrong), "sabotage: an older copy put back is caught")
    test.server.kill()
    for part in ("aimwell.db", "aimwell.db-wal", "aimwell.db-shm"):
        if os.path.exists(f"{test.place.data}/{part}"):
            os.unlink(f"{test.place.data}/{part}")
    shutil.copy(older + "/aimwell.db", test.place.data)
    with open(test.place.data + "/ledger.last", "wb") as f:
        f.write(last)
    try:
        harness.Server(test.place).stop()
        refusal = "it served the older database"
    except harness.Refused as refused:
        refusal = "" if refused.code == 5 and "older copy" in refused.words else str(refused)
    test.report.say(not refusal, "an older database beside a newer ledger.last is refused", refusal)
    code, out, _ = test.place.verify()
    test.report.say(code == 1 and "older copy" in out, "verify says so too", f"{code} {out}")


def suite(aimwell, options, report, place, pg_folder=None):
    chance = harness.seed_of(options)
    test = Rounds(place, place.init(), chance, options, report, pg_folder)
    rounds(test)
    if report.failed == 0:
        lie(test)
        old_copy(test)
    test.server.kill()


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int)
    options, report = parser.parse_args(), harness.Report()
    if options.store == "sqlite":
        place = harness.Place(aimwell, data=harness.temporary() + "/data")
        suite(aimwell, options, report, place)
    elif not harness.have_postgres():
        harness.skip("no PostgreSQL here")
    else:
        with harness.postgres() as (folder, url):
            suite(aimwell, options, report, harness.Place(aimwell, store=url), folder)
    report.end()


main()
