#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One folder, one server: a second one is refused with exit 5 and a sentence that says why, by whatever
path it comes; commands are run by it, but for those that need the folder alone; `verify` works beside a server at work.

    two_servers.py PATH_OF_AIMWELL [--seed N]
"""
import argparse
import os
import time

import harness
import writers


def refused(report, name, place):
    try:
        harness.Server(place).stop()
        report.say(False, name, "it was served twice")
    except harness.Refused as why:
        report.say(why.code == 5 and "is in use by process" in why.words, name, str(why))


def beside(place, token, report, chance):
    """Verification while others write: no false alarm, not once."""
    folder = harness.temporary()
    acknowledged, tried = harness.Acknowledged(folder + "/acknowledged"), harness.Acknowledged(folder + "/tried")
    server = harness.Server(place)
    clients = writers.start(2, server.port, token, chance, acknowledged, tried, "v")
    wrong, sizes = [], set()
    for _ in range(8):
        code, out, err = place.verify("--deep")
        sizes.add(out.split(" entries")[0])
        if code != 0:
            wrong.append(f"{code} {out[:300]}{err}")
    writers.stop(clients)
    report.say(not wrong, "verify --deep beside a server that writes is intact, 8 times", wrong[0] if wrong else "")
    report.say(len(sizes) > 5, "and the ledger grew meanwhile", str(sizes))
    server.stop()


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int)
    options, report = parser.parse_args(), harness.Report()
    chance = harness.seed_of(options)
    folder = harness.temporary()
    place = harness.Place(aimwell, data=folder + "/data")
    token = place.init()
    server = harness.Server(place)
    refused(report, "a second server on the same folder is refused", place)
    os.symlink(folder + "/data", folder + "/other")
    refused(report, "also by another path", harness.Place(aimwell, data=folder + "/other"))
    code, out, err = harness.run(aimwell, "user", "list", where=place.where)
    report.say(code == 0 and out, "a command is run by the server that has it", f"{code} {out}{err}")
    code, out, err = harness.run(aimwell, "model", "adopt", where=place.where)
    report.say(code == 2 and "adopt DIR" in err and not out, "one that lacks a word says so", f"{code} {out}{err}")
    report.say(harness.Client(server.port, token).ask("GET", "task")[0] == 200, "the first server is unharmed")
    code, out, err = place.verify("--deep")
    report.say(code == 0, "verify beside it works", f"{code} {out}{err}")
    server.kill()
    second = harness.Server(place)
    report.say(second.running(), "sabotage: after a kill the folder is free, so it is the lock that refuses")
    second.stop()
    beside(place, token, report, chance)
    report.end()


main()
