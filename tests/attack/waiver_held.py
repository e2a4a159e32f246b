#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Waivers of duties: what is written into the database beside the program waives nothing and verify finds it; the day after
its last one a waiver waives nothing; what was decided under it is asked for by a check after two weeks.

    waiver_held.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import datetime
import os
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv.pop(1))
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib"), os.path.join(HERE, "..", "durability")]

import timers  # noqa: E402

CLOCK = tempfile.mkdtemp(prefix="aimwell-test-")
SHIM = timers.shim(CLOCK)
if not SHIM:
    print("# skipped: there is no C compiler")
    sys.exit(77)
with open(CLOCK + "/aimwell", "w", encoding="utf-8") as script:
    script.write(f"#!/bin/sh\nexec env LD_PRELOAD={SHIM} CLOCK_SHIFT={CLOCK}/shift "
                 f"ASAN_OPTIONS=verify_asan_link_order=0:{os.environ.get('ASAN_OPTIONS', '')} {PROGRAM} \"$@\"\n")
os.chmod(CLOCK + "/aimwell", 0o755)
os.environ["AIMWELL_PROGRAM"] = CLOCK + "/aimwell"

import cast  # noqa: E402
from behind import Behind  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

FAILED = []
PROCEDURE = {"title": "Procedure", "doc_type": "procedure", "lang": ["en"], "location": "shelf", "change_summary": "First",
             "satisfies": ["iso-42001:A.8.4"], "version_label": "1"}


def say(good, name, why=""):
    print(f"ok {name}" if good else f"not ok {name} {why}", flush=True)
    if not good:
        FAILED.append(name)


def days(n):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=n)).isoformat()


def clock(shift):
    with open(CLOCK + "/shift.new", "w", encoding="utf-8") as f:
        f.write(str(shift * 86400))
    os.replace(CLOCK + "/shift.new", CLOCK + "/shift")


class Few(Behind):
    def own(self):
        """A document that amy wrote and nobody but her is to approve."""
        self.made = getattr(self, "made", 0) + 1
        made = self.client.must("amy", "POST", "/document", {**PROCEDURE, "ref_no": f"P-{self.made}", "effective": days(0), "review_due": days(300)})
        self.client.must("amy", "POST", f"/document/{made['id']}/moves/submit")
        return made["id"]

    def approve(self, document):
        return self.client.call("amy", "POST", f"/document/{document}/moves/approve", {"reason": "There is nobody else"})

    def waiver(self, approved=True):
        made = self.client.must("amy", "POST", "/waiver", {"title": "Documents", "duties": ["SOD-1"], "kinds": ["document"], "why": "w", "control": "c",
                                                           "valid_to": days(20)})
        self.client.must("amy", "POST", f"/waiver/{made['id']}/moves/propose")
        if approved:
            self.client.must("tom", "POST", f"/waiver/{made['id']}/moves/approve", {"reason": "So few of us"})
        return made["id"]

    def again(self):
        """Nothing of before is in memory."""
        self.stop()
        self.start()


def barred(answer):
    return answer.status == 409 and "SOD-1" in answer.codes


def a_row_in_force(run, kind):
    proposed = run.waiver(approved=False)
    run.forge(f"UPDATE waiver SET state = 'in_force' WHERE id = '{proposed}'")
    answer = run.approve(run.own())
    say(barred(answer), f"{kind}: a row that says it is in force waives nothing", answer.short())
    code, out = run.verify()
    say(code == 1 and proposed in out, f"{kind}: verify finds it", f"{code} {out}")
    run.forge(f"UPDATE waiver SET state = 'proposed' WHERE id = '{proposed}'")
    run.client.must("tom", "POST", f"/waiver/{proposed}/moves/refuse", {"reason": "r"})


def a_version_of_more(run, kind):
    run.forge(f"UPDATE version SET body = replace(body, '\"SOD-1\"', '\"SOD-6\"') WHERE id = '{run.held}' AND version = 3")
    run.again()
    answer = run.approve(run.own())
    say(barred(answer), f"{kind}: a version that is not as its entry says waives nothing", answer.short())
    code, out = run.verify()
    say(code == 1 and run.held in out, f"{kind}: verify finds it", f"{code} {out}")
    run.forge(f"UPDATE version SET body = replace(body, '\"SOD-6\"', '\"SOD-1\"') WHERE id = '{run.held}' AND version = 3")
    run.again()


def what_it_waived(run, kind):
    run.decided = run.own()
    answer = run.approve(run.decided)
    say(answer.status == 200 and "waived" in answer.json, f"{kind}: sabotage: an honest one waives", answer.short())
    run.forge(f"DELETE FROM waived WHERE id = '{run.decided}'")
    code, out = run.verify()
    say(code == 1 and run.decided in out, f"{kind}: verify finds that a decision no longer says it was waived", f"{code} {out}")
    body = answer.json["waived"][0]
    by = body["by"][0]
    at = run.forge(f"SELECT at FROM version WHERE id = '{run.decided}' AND version = {body['version']}")[0][0]
    run.forge("INSERT INTO waived(kind, id, version, waiver, person, duty, move, at) VALUES ('document', "
              f"'{run.decided}', {body['version']}, '{by['id']}', '{by['person']}', 'SOD-1', 'approve', '{at}')")
    code, out = run.verify()
    say(code == 0, f"{kind}: put back, all is intact", f"{code} {out}")


def the_days_after(run, kind):
    check = run.client.must("stan", "GET", "/checks/chk-waived")
    say(check["population"] == 1 and check["breaks"] == 0, f"{kind}: the check counts the decision and gives it two weeks", f"{check['population']} {check['breaks']}")
    run.stop()
    clock(16)
    run.start()
    check = run.client.must("stan", "GET", "/checks/chk-waived")
    say(check["breaks"] == 1, f"{kind}: after them it asks who has looked", check["breaks"])
    answer = run.approve(run.own())
    say(answer.status == 200, f"{kind}: before its last day it waives", answer.short())
    run.stop()
    clock(21)
    run.start()
    answer = run.approve(run.own())
    say(barred(answer), f"{kind}: the day after its last it waives nothing", answer.short())
    run.stop()
    clock(0)
    run.start()


def main():
    parser = argparse.ArgumentParser()
    add_store_option(parser)
    clock(0)
    for kind in each_store(parser.parse_args()):
        with stores_for(kind, "few") as (stores, folder):
            store = stores.new()
            made = cast.make(store, folder)
            run = Few(store)
            try:
                cast.send_home(run.client, made["people"])
                a_row_in_force(run, kind)
                run.held = run.waiver()
                for look in (a_version_of_more, what_it_waived, the_days_after):
                    look(run, kind)
                code, out = run.verify()
                say(code == 0, f"{kind}: in the end all is intact", f"{code} {out}")
            finally:
                run.stop()
    sys.exit(bool(FAILED))


main()
