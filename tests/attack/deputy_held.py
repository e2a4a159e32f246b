#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deputies: what is written into the database beside the program makes nobody a deputy and nobody's signature two people's,
and verify finds it; of 64 approvals by a deputy and by whom they stand in for one counts.

    deputy_held.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import concurrent.futures
import datetime
import os
import sys
import time

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
    def lend(self, giver, deputy, title):
        record = self.client.must(giver, "POST", "/delegation", {"title": title, "deputy": self.people[deputy],
                                                                 "roles": ["assessor"], "valid_to": self.until})
        self.client.must(giver, "POST", f"/delegation/{record['id']}/moves/offer")
        self.client.must(deputy, "POST", f"/delegation/{record['id']}/moves/accept")
        return record["id"]

    def motion(self):
        return self.client.must("rita", "POST", "/x_motion", {"title": "Something"})

    def board(self, who, record):
        return self.client.call(who, "POST", f"/x_motion/{record['id']}/moves/board", {"reason": "Yes"})

    def stands_in(self, who):
        """For whom, after whatever was known of anybody is a second old."""
        time.sleep(1.1)
        return [one["person"] for one in self.client.must(who, "GET", "/session")["stands_in"]]


def a_row_for_somebody_else(run, kind):
    sam, stan = run.people["sam"], run.people["stan"]
    run.forge(f"UPDATE delegation SET deputy = '{stan}' WHERE id = '{run.lent}'")
    got = [run.stands_in("stan"), run.stands_in("sam")]
    say(got == [[], [run.people["asa"]]], f"{kind}: an edited row makes nobody a deputy", f"{got}")
    code, out = run.verify()
    say(code == 1 and run.lent in out, f"{kind}: verify finds it", f"{code} {out}")
    run.forge(f"UPDATE delegation SET deputy = '{sam}' WHERE id = '{run.lent}'")


def a_version_for_somebody_else(run, kind):
    sam, stan = run.people["sam"], run.people["stan"]
    run.forge(f"UPDATE version SET body = replace(body, '{sam}', '{stan}') WHERE id = '{run.lent}'")
    run.stop()
    run.start()  # nothing of before is in memory
    answer = run.board("stan", run.motion())
    got = [run.stands_in("stan"), run.stands_in("sam"), answer.status]
    say(got == [[], [], 403], f"{kind}: nor does an edited version", f"{got}")
    code, out = run.verify()
    say(code == 1 and run.lent in out, f"{kind}: verify finds it", f"{code} {out}")
    run.forge(f"UPDATE version SET body = replace(body, '{stan}', '{sam}') WHERE id = '{run.lent}'")


def two_people_of_one(run, kind):
    record = run.motion()
    got = [run.board("sam", record).status]
    run.forge(f"UPDATE signature SET stands_for = NULL WHERE id = '{record['id']}'")
    answer = run.board("asa", record)
    say(got == [202] and answer.status == 409 and "tampering" in answer.codes,
        f"{kind}: a signature for somebody does not become one's own", f"{got} {answer.short()}")
    code, out = run.verify()
    say(code == 1 and "signature" in out, f"{kind}: verify finds it", f"{code} {out}")
    run.forge(f"UPDATE signature SET stands_for = '{run.people['asa']}' WHERE id = '{record['id']}'")


def many_at_once(run, kind):
    record = run.motion()
    for name in ("asa", "sam"):
        run.client.must(name, "GET", "/session")
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        got = sorted(a.status for a in pool.map(lambda n: run.board(("asa", "sam")[n % 2], record), range(64)))
    say(got == [202] + [409] * 63, f"{kind}: of 64 approvals by both one is a signature", f"{got}")


def an_ended_one_called_back(run, kind):
    run.client.must("asa", "POST", f"/delegation/{run.lent}/moves/take_back")
    run.forge(f"UPDATE delegation SET state = 'accepted' WHERE id = '{run.lent}'")
    got = [run.stands_in("sam")]
    code, out = run.verify()
    say(got == [[]] and code == 1 and run.lent in out, f"{kind}: what is over does not come back by its row", f"{got} {code} {out}")
    run.forge(f"UPDATE version SET id = 'aside' WHERE id = '{run.lent}' AND version = 4")
    run.stop()
    run.start()
    got = [run.stands_in("sam"), run.board("sam", run.motion()).status]
    say(got == [[], 403], f"{kind}: nor by taking its last version away", f"{got}")
    run.forge(f"UPDATE version SET id = '{run.lent}' WHERE id = 'aside'")
    run.forge(f"UPDATE delegation SET state = 'ended' WHERE id = '{run.lent}'")


def main():
    parser = argparse.ArgumentParser()
    add_store_option(parser)
    for kind in each_store(parser.parse_args()):
        with stores_for(kind, "lent") as (stores, folder):
            store = stores.new()
            made = cast.make(store, folder)
            run = Running(store, *SITE)
            run.people = made["people"]
            run.until = (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=9)).isoformat()
            try:
                run.lent = run.lend("asa", "sam", "Leave")
                for look in (a_row_for_somebody_else, two_people_of_one, many_at_once, a_version_for_somebody_else,
                             an_ended_one_called_back):
                    look(run, kind)
                code, out = run.verify()
                say(code == 0, f"{kind}: in the end all is intact", f"{code} {out}")
            finally:
                run.stop()
    sys.exit(bool(FAILED))


main()
