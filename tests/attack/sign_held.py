#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""G6: many signatures under one move: 64 at once make one move; what is written into the database beside the program
calls no withdrawn or expired signature back, and verify finds it.

    sign_held.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import concurrent.futures
import os
import sys

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv.pop(1))
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from behind import Behind  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

SITE = ["--site", os.path.join(HERE, "site")]
FAILED = []


def say(good, name, why=""):
    print(f"ok {name}" if good else f"not ok {name} {why}", flush=True)
    if not good:
        FAILED.append(name)


class Running(Behind):
    def motion(self):
        return self.client.must("stan", "POST", "/x_motion", {"title": "Something"})

    def board(self, who, record):
        return self.client.call(who, "POST", f"/x_motion/{record['id']}/moves/board", {"reason": "Yes"})

    def hurry(self, who, record):
        return self.client.call(who, "POST", f"/x_motion/{record['id']}/moves/hurry", {"note": "Soon"})


def refused(answer):
    return answer.status == 409 and "tampering" in answer.codes


def many_at_once(run, kind):
    record = run.motion()
    who = [("asa", "abe", "dana")[n % 3] for n in range(64)]
    for name in ("asa", "abe", "dana"):
        run.client.must(name, "GET", "/session")
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        got = sorted(a.status for a in pool.map(lambda name: run.board(name, record), who))
    say(got == [200, 202, 202] + [409] * 61, f"{kind}: of 64 approvals at once two are signatures, one makes the move", f"{got}")
    acts = [item["act"] for item in run.client.must("asa", "GET", f"/x_motion/{record['id']}/history")["items"]]
    say(acts.count("record.move") == 1, f"{kind}: and there is one entry of it", f"{acts}")


def a_withdrawn_one_called_back(run, kind):
    record = run.motion()
    run.board("asa", record)
    run.board("abe", record)
    back = run.client.call("asa", "POST", f"/x_motion/{record['id']}/moves/board/withdraw")
    row, = run.forge(f"SELECT signature, kind, id, version FROM withdrawn WHERE id = '{record['id']}'")
    run.forge(f"DELETE FROM withdrawn WHERE id = '{record['id']}'")
    answer = run.board("dana", record)
    say(back.status == 200 and refused(answer), f"{kind}: a withdrawn signature is not called back", f"{back.short()} {answer.short()}")
    code, out = run.verify()
    say(code == 1 and "nothing says so" in out, f"{kind}: verify finds it", f"{code} {out}")
    run.forge(f"INSERT INTO withdrawn (signature, kind, id, version) VALUES ('{row[0]}', '{row[1]}', '{row[2]}', {row[3]})")
    got = [run.board("dana", record).status, run.board("asa", record).status]
    say(got == [202, 200], f"{kind}: put right, it goes on", f"{got}")


def one_taken_back_for_another(run, kind):
    record = run.motion()
    run.board("asa", record)
    run.board("abe", record)
    own, = run.forge(f"SELECT own_id FROM signature WHERE id = '{record['id']}' AND person = '{run.people['asa']}'")
    run.forge(f"INSERT INTO withdrawn (signature, kind, id, version) VALUES ('{own[0]}', 'x_motion', '{record['id']}', 1)")
    answer = run.board("dana", record)
    say(answer.status == 202, f"{kind}: written aside it makes no move", answer.short())
    code, out = run.verify()
    say(code == 1 and "table withdrawn" in out, f"{kind}: verify finds a withdrawal that nobody made", f"{code} {out}")
    run.forge(f"DELETE FROM withdrawn WHERE signature = '{own[0]}'")


def an_expired_one_kept_alive(run, kind):
    record = run.motion()
    run.hurry("asa", record)
    old, = run.forge(f"SELECT until FROM signature WHERE id = '{record['id']}'")
    run.forge(f"UPDATE signature SET until = NULL WHERE id = '{record['id']}'")
    answer = run.hurry("rita", record)
    say(refused(answer), f"{kind}: nobody makes a signature last for ever", answer.short())
    code, out = run.verify()
    say(code == 1 and "signature" in out, f"{kind}: verify finds it", f"{code} {out}")
    run.forge(f"UPDATE signature SET until = '{old[0]}' WHERE id = '{record['id']}'")


def a_quorum_that_was_not(run, kind):
    """As an altered program might leave it: three were to sign, and two had."""
    record = run.motion()
    for who in ("asa", "abe", "dana"):
        run.board(who, record)
    run.forge(f"UPDATE signature SET person = '{run.people['dana']}' WHERE id = '{record['id']}' AND person = '{run.people['asa']}'")
    code, out = run.verify()
    wanted = f"x_motion {record['id']} version 2: the move board takes more signatures than it had"
    say(code == 1 and wanted in out, f"{kind}: verify finds a move with too few signatures", f"{code} {out}")
    run.forge(f"UPDATE signature SET person = '{run.people['asa']}' WHERE id = '{record['id']}' AND person = '{run.people['dana']}'")


def main():
    parser = argparse.ArgumentParser()
    add_store_option(parser)
    for kind in each_store(parser.parse_args()):
        with stores_for(kind, "signed") as (stores, folder):
            store = stores.new()
            made = cast.make(store, folder)
            run = Running(store, *SITE)
            run.people = made["people"]
            try:
                for look in (many_at_once, a_withdrawn_one_called_back, one_taken_back_for_another, an_expired_one_kept_alive,
                             a_quorum_that_was_not):
                    look(run, kind)
                code, out = run.verify()
                say(code == 0, f"{kind}: in the end all is intact", f"{code} {out}")
            finally:
                run.stop()
    sys.exit(bool(FAILED))


main()
