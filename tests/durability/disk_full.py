#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The disk is full: writes answer 503, reads go on, nothing acknowledged is lost, and with room again
the server goes on by itself.

    disk_full.py PATH_OF_AIMWELL [--seed N]

Twice: on a small tmpfs of its own (when mounting is permitted), and under a limit of the size of a file,
which ends in the same place by another error. Sabotage: an acknowledgement that was none is caught.
"""
import argparse
import os
import resource
import subprocess
import time

import harness
import writers

ROOM = 48 << 20


def mount(folder):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0700", "tmpfs", folder],
                          capture_output=True).returncode == 0


class Trial(writers.Trial):
    def write_until_full(self, server):
        """Large comments beside the writers eat the room; until somebody is told 503."""
        clients = self.writing(server, self.name)
        client = harness.Client(server.port, self.token)
        status, until = 0, time.monotonic() + 60
        made = client.good("POST", "task", {"title": "ballast"}, Idempotency_Key="ballast")
        task = made["id"]
        self.tried.add(key="ballast", title="ballast", path="task", version=1)
        self.acknowledged.add(key="ballast", id=task, version=1, title="ballast", ledger=made["ledger"]["index"])
        while status != 503 and time.monotonic() < until:
            status, headers, reply = client.ask("POST", f"task/{task}/comments", {"body": "x" * 9000})
        refusals = writers.stop(clients)
        others = [r for r in refusals if r[0] != 503]
        self.say(status == 503 and not others, "writes answer 503", f"{status} {others[:2]}")
        self.say("retry-after" in headers, "with Retry-After", str(headers))
        self.say(reply and "errors" in reply, "and say why", str(reply))
        return client

    def while_full(self, client, server):
        """It stays refusing, it does not crash, it can still be read and verified."""
        status, _, _ = client.ask("POST", "task", {"title": "too late"})
        self.say(status == 503, "a later write is refused too", str(status))
        status, _, ready = client.ask("GET", "/readyz")
        self.say(status == 503, "readyz says so", f"{status} {ready}")
        wrong = writers.judge(client, self.acknowledged, self.tried)
        self.say(not wrong, f"all {len(self.acknowledged.all())} acknowledged writes can be read", "; ".join(wrong[:3]))
        code, out, err = self.place.verify("--deep")
        self.say(code == 0, "verify beside it is intact", f"{code} {out}{err}")

    def stops(self, server):
        code = server.stop()
        self.say(code == 0, "it stops in order", f"{code} {server.words()[-300:]}")


def on_tmpfs(aimwell, report, chance):
    folder = harness.temporary()
    if not mount(folder):
        report.note("mounting is not permitted: the tmpfs half is skipped")
        return
    try:
        trial = Trial(harness.Place(aimwell, data=folder + "/data"), report, chance, "tmpfs")
        ballast = folder + "/ballast"
        with open(ballast, "wb") as f:
            f.write(b"x" * (os.statvfs(folder).f_bavail * 4096 - (3 << 20)))
        server = harness.Server(trial.place)
        client = trial.write_until_full(server)
        time.sleep(4)  # it tries more than once
        trial.while_full(client, server)
        os.unlink(ballast)
        trial.goes_on(server)
        trial.stops(server)
        trial.start_again(sabotage=True)
    finally:
        subprocess.run(["umount", "-l", folder], capture_output=True)


def under_a_limit(aimwell, report, chance):
    trial = Trial(harness.Place(aimwell, data=harness.temporary() + "/data"), report, chance, "limit")
    size = os.path.getsize(trial.place.data + "/aimwell.db") + (1 << 20)
    server = harness.Server(trial.place, preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY)))
    trial.write_until_full(server)
    resource.prlimit(server.pid(), resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    trial.goes_on(server)
    trial.stops(server)
    trial.start_again(sabotage=True)


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int)
    options, report = parser.parse_args(), harness.Report()
    chance = harness.seed_of(options)
    on_tmpfs(aimwell, report, chance)
    under_a_limit(aimwell, report, chance)
    report.end()


main()
