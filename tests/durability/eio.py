#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The disk fails: one system call of the storage path answers an error while clients write.

    eio.py PATH_OF_AIMWELL [--seed N]

strace attaches to the running server and makes fdatasync, fsync or pwrite64 on the database or its log
fail, once or from then on; then on ledger.last, without which an older database put back would not be
noticed. A failure answers 503 to all that waited, and what failed is not used again: a failed fsync may have
thrown pages away. Reads are served. As long as the calls fail nothing is acknowledged; once they succeed the
server goes on by itself, and everything acknowledged is there, then and after a kill and a new start. Skipped where strace may
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
LAST = [  # the same on ledger.last alone
    ("pwrite64,write", "EIO", "1+"),
    ("fdatasync,fsync", "EIO", "1+"),
]


def attach(server, data, files, calls, error, when):
    paths = [word for name in files for word in ("-P", f"{data}/{name}")]
    return subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", *paths, "-e", f"trace={calls}",
                             "-e", f"inject={calls}:error={error}:when={when}", "-p", str(server.pid())],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def permitted():
    return shutil.which("strace") and subprocess.run(
        ["strace", "-f", "-o", "/dev/null", "-e", "inject=getppid:error=EIO", "true"],
        capture_output=True).returncode == 0


class Trial(writers.Trial):
    def __init__(self, aimwell, report, chance, case, files=("aimwell.db", "aimwell.db-wal")):
        super().__init__(harness.Place(aimwell, data=harness.temporary() + "/data"), report, chance,
                         f"{' '.join(case)} on {files[0]}" if case else "no injection")
        self.case, self.files = case, files
        self.for_good = case and case[2].endswith("+")

    def run(self):
        server = harness.Server(self.place)
        clients = self.writing(server, "e")
        time.sleep(0.2)
        strace = attach(server, self.place.data, self.files, *self.case) if self.case else None
        until = time.monotonic() + 20
        while self.case and time.monotonic() < until and not any(c.refused for c in clients):
            time.sleep(0.02)
        time.sleep(0.5 if self.case else 1)
        refusals = writers.stop(clients)
        self.look(server, refusals)
        if strace:
            strace.terminate()
            strace.wait()
            self.goes_on(server)
        self.restart(server)

    def look(self, server, refusals):
        client = harness.Client(server.port, self.token)
        if not self.case:
            self.say(not refusals, "sabotage: nothing is refused, so it is the injection that is refused", str(refusals[:2]))
            return
        others = [r for r in refusals if r[0] != 503]
        self.say(refusals and not others, f"{len(refusals)} writes answered 503", str(others[:2]))
        if not self.for_good:
            return
        late = [client.ask("POST", "task", {"title": f"too late {n}"})[0] for n in range(5)]
        self.say(late == [503] * 5, "nothing is acknowledged while the calls fail", str(late))
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
    for case in LAST:
        Trial(aimwell, report, chance, case, ("ledger.last", "ledger.last.new")).run()
    report.end()


main()
