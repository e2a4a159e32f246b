#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The disk fails: one system call of the storage path answers an error while clients write.

    eio.py PATH_OF_AIMWELL [--seed N]

strace attaches to the running server and makes fdatasync, fsync or pwrite64 on the database or its log
fail, once or from then on. After the first failure nothing may be acknowledged any more, also when the
next call would succeed: a failed fsync may have thrown pages away, so only a new start may go on. Reads
are still served. After a kill and a start everything acknowledged is there. Skipped where strace may
not attach. Sabotages: without an injection nothing is refused; a false acknowledgement is caught.
"""
import argparse
import shutil
import subprocess
import time

import harness
import writers

CASES = [  # system calls, error, which calls
    ("fdatasync,fsync", "EIO", "1+"),
    ("fdatasync,fsync", "EIO", "1"),
    ("fdatasync,fsync", "EIO", "4"),
    ("pwrite64", "EIO", "1+"),
    ("pwrite64", "EIO", "7"),
    ("pwrite64", "ENOSPC", "3"),
    ("pwrite64", "ENOSPC", "1+"),
]


def attach(server, data, calls, error, when):
    paths = [word for name in ("aimwell.db", "aimwell.db-wal") for word in ("-P", f"{data}/{name}")]
    return subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", *paths, "-e", f"trace={calls}",
                             "-e", f"inject={calls}:error={error}:when={when}", "-p", str(server.pid())],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def permitted():
    return shutil.which("strace") and subprocess.run(
        ["strace", "-f", "-o", "/dev/null", "-e", "inject=getppid:error=EIO", "true"],
        capture_output=True).returncode == 0


class Trial(writers.Trial):
    def __init__(self, aimwell, report, chance, case):
        super().__init__(harness.Place(aimwell, data=harness.temporary() + "/data"), report, chance,
                         " ".join(case) if case else "no injection")
        self.case = case

    def run(self):
        server = harness.Server(self.place)
        clients = self.writing(server, "e")
        time.sleep(0.2)
        strace = attach(server, self.place.data, *self.case) if self.case else None
        until = time.monotonic() + 20
        while self.case and time.monotonic() < until and not any(c.refused for c in clients):
            time.sleep(0.02)
        time.sleep(0.5 if self.case else 1)
        refusals = writers.stop(clients)
        self.look(server, refusals)
        if strace:
            strace.terminate()
            strace.wait()
        self.restart(server)

    def look(self, server, refusals):
        client = harness.Client(server.port, self.token)
        if not self.case:
            self.say(not refusals, "sabotage: nothing is refused, so it is the injection that is refused", str(refusals[:2]))
            return
        others = [r for r in refusals if r[0] != 503]
        self.say(refusals and not others, f"{len(refusals)} writes answered 503", str(others[:2]))
        late = [client.ask("POST", "task", {"title": f"too late {n}"})[0] for n in range(5)]
        self.say(late == [503] * 5, "nothing is acknowledged after an error", str(late))
        status, _, _ = client.ask("GET", "task?limit=5")
        self.say(status == 200, "reads are served", str(status))
        client.close()

    def restart(self, server):
        alive = server.running()
        server.kill()
        self.say(alive, "the server did not fall over", server.words()[-500:])
        self.start_again(sabotage=not self.case)


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int)
    options, report = parser.parse_args(), harness.Report()
    if not permitted():
        harness.skip("strace may not attach here")
    chance = harness.seed_of(options)
    for case in [None, *CASES]:
        Trial(aimwell, report, chance, case).run()
    report.end()


main()
