#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""L7: a backup beside a server at work is one consistent moment, private, durable before it is told of, and
an entry of the ledger. A restore is whole or leaves nothing. A folder copied while in use is refused when its
parts do not fit together.

    l07_backup_beside_server.py PATH_OF_AIMWELL [--seed N]
"""
import argparse
import os
import re
import shutil
import stat
import subprocess
import sys
import warnings
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402
import writers  # noqa: E402


class Suite:
    def __init__(self, aimwell, report, chance):
        self.aimwell, self.report, self.chance = aimwell, report, chance
        self.folder = harness.temporary()
        self.place = harness.Place(aimwell, data=self.folder + "/data")
        self.token = self.place.init()
        self.acknowledged = harness.Acknowledged(self.folder + "/acknowledged")
        self.tried = harness.Acknowledged(self.folder + "/tried")

    def say(self, *words):
        return self.report.say(*words)

    def path(self, name):
        return f"{self.folder}/{name}"

    def upload(self, client, text):
        border = "b0rder"
        raw = (f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
               f"Content-Type: text/plain\r\n\r\n{text}\r\n--{border}--\r\n").encode()
        return client.good("POST", "files", raw=raw, Content_Type=f"multipart/form-data; boundary={border}")

    # ---- backup
    def beside_writers(self):
        server = harness.Server(self.place)
        client = harness.Client(server.port, self.token)
        clients = writers.start(16, server.port, self.token, self.chance, self.acknowledged, self.tried, "b")
        for n in range(3):
            self.upload(client, f"evidence {n} " * 1000)
            before = self.acknowledged.all()
            code, out, err = harness.run(self.aimwell, "backup", "--out", f"b{n}.zip", where=self.place.where, cwd=self.folder)
            if not self.say(code == 0 and "up to entry" in out, f"backup {n} while 16 clients write", f"{code} {out}{err}"):
                break
            self.restored(n, before, int(re.search(r"entry (\d+)", out)[1]))
        writers.stop(clients)
        left = sorted(name for name in os.listdir(self.folder) if name.startswith("b") and not re.fullmatch(r"b\d\.zip", name))
        self.say(not left, "nothing else is left beside it", str(left))
        self.say(server.stop() == 0, "the server stops in order", server.words()[-300:])
        code, out, err = self.place.verify("--deep")
        self.say(code == 0, "verify --deep of the original is intact", out + err)

    def restored(self, n, before, last):
        file, to = self.path(f"b{n}.zip"), self.path(f"restored{n}")
        mode = stat.S_IMODE(os.stat(file).st_mode)
        self.say(mode == 0o600, "only its owner can read it", oct(mode))
        code, out, err = harness.run(self.aimwell, "restore", file, "--data", to)
        self.say(code == 0 and f"{last + 1} entries" in out, "it is restored, as far as was said", f"{code} {out}{err}")
        self.say(os.path.exists(to + "/ledger.last"), "with ledger.last")
        place = harness.Place(self.aimwell, data=to)
        server = harness.Server(place)
        client = harness.Client(server.port, self.token)
        wrong = []
        for fact in before:
            kept = writers.versions(client, fact["id"])
            if kept.get(fact["version"]) != (fact["title"], fact["ledger"]):
                wrong.append(f"{fact} is {kept}")
        self.say(not wrong, f"all {len(before)} acknowledged before are in it", "; ".join(wrong[:2]))
        server.stop()

    def named(self):
        server = harness.Server(self.place)
        client = harness.Client(server.port, self.token)
        items, frm = [], 0
        while True:
            page = client.good("GET", f"ledger/entries?from={frm}&limit=500")["entries"]
            items += page
            if not page:
                break
            frm += len(page)
        acts = [str(item) for item in items if "store.backup" in str(item)]
        self.say(len(acts) == 3, "each is an entry of the ledger", f"{len(acts)} of {len(items)}")
        server.stop()

    def durable(self):
        if not shutil.which("strace"):
            self.report.note("no strace: what is fsynced when is not looked at")
            return
        done = subprocess.run(["strace", "-f", "-y", "-s", "300", "-e", "trace=fsync,fdatasync,link,linkat,rename,write", self.aimwell, "backup",
                               "--out", self.path("durable.zip"), *self.place.where], capture_output=True, text=True,
                              env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
        lines = done.stderr.splitlines()
        if done.returncode != 0 or not any("fsync" in line for line in lines):
            self.report.note("strace may not trace here")
            return
        linked = [i for i, line in enumerate(lines) if "link" in line and "durable.zip" in line and "= 0" in line]
        synced = [i for i, line in enumerate(lines) if "fsync" in line and "backup.zip" in line]
        folder = [i for i, line in enumerate(lines) if "fsync" in line and f"<{self.folder}>" in line]
        told = [i for i, line in enumerate(lines) if "write(1<" in line and "up to" in line]
        good = linked and synced and told and synced[0] < linked[-1] and any(linked[-1] < f < told[-1] for f in folder)
        self.say(bool(good), "the file is durable before it has its name, the name before it is told of", f"{synced} {linked} {folder} {told}")

    def refused_backup(self):
        code, out, err = harness.run(self.aimwell, "backup", "--out", self.path("b0.zip"), where=self.place.where)
        self.say(code == 5 and "already" in err, "nothing that is there is replaced", f"{code} {out}{err}")

    # ---- restore
    def remake(self, name, change):
        """A zip like b0.zip with changed entries: change(name, bytes) gives [(name, bytes)]."""
        with zipfile.ZipFile(self.path("b0.zip")) as old, zipfile.ZipFile(self.path(name), "w", zipfile.ZIP_DEFLATED) as new:
            for one in old.namelist():
                for entry in change(one, old.read(one)):
                    new.writestr(*entry)
        return self.path(name)

    def leaves_nothing(self, what, file, codes=(1, 2, 6)):
        to = self.path("refused")
        code, out, err = harness.run(self.aimwell, "restore", file, "--data", to)
        left = [name for name in os.listdir(self.folder) if name.startswith("refused")]
        self.say(code in codes and err and not left, f"{what}: refused, nothing is left", f"{code} {out}{err} {left}")
        for name in left:
            shutil.rmtree(self.path(name), ignore_errors=True)

    def refused_restores(self):
        def flipped(name, data):
            if name.startswith("files/"):
                data = data[:-1] + bytes([data[-1] ^ 1])
            return [(name, data)]
        self.leaves_nothing("an altered file of evidence", self.remake("z1.zip", flipped), (1,))
        self.leaves_nothing("a missing one", self.remake("z2.zip", lambda n, d: [] if n.startswith("files/") else [(n, d)]), (1,))
        self.leaves_nothing("half a database", self.remake("z3.zip", lambda n, d: [(n, d[:len(d) // 2] if n == "aimwell.db" else d)]))
        self.leaves_nothing("no key", self.remake("z4.zip", lambda n, d: [] if n == "ledger.key" else [(n, d)]))
        self.leaves_nothing("a name twice", self.remake("z5.zip", lambda n, d: [(n, d)] * (2 if n == "ledger.key" else 1)))
        for name in ("../slipped", "files/../../slipped", "files/../" + "a" * 62, "files/AB/" + "a" * 62, "files/./" + "a" * 63, "/tmp/slipped", "model.d/../x.json", "model.d/.hidden", "files/ab/short",
                     "files\\..\\x", "aimwell.db-wal", "lock"):
            self.leaves_nothing(f"the name {name}", self.remake("z6.zip", lambda n, d: [(n, d)] + ([(name, b"x")] if n == "ledger.key" else [])))
        self.leaves_nothing("a key of 20 MB", self.remake("z7.zip", lambda n, d: [(n, b"\0" * 20000000 if n == "ledger.key" else d)]))
        bomb = self.remake("z8.zip", lambda n, d: [(n, d)] + ([("model.d/bomb.json", b"\0" * (70 << 20))] if n == "ledger.key" else []))
        self.leaves_nothing("a file of the model that unpacks to 70 MiB", bomb)
        self.leaves_out_strays()
        with open(self.path("b0.zip"), "rb") as f:
            whole = f.read()
        with open(self.path("z9.zip"), "wb") as f:
            f.write(whole[:len(whole) // 2])
        self.leaves_nothing("half a zip", self.path("z9.zip"))
        code, out, err = harness.run(self.aimwell, "restore", self.path("b0.zip"), "--data", self.path("restored0"))
        self.say(code == 5, "never into a folder that is there", f"{code} {out}{err}")

    def leaves_out_strays(self):
        strays = [f"files/{two}/" + "c" * 62 for two in ("00", "ab")]
        file = self.remake("z10.zip", lambda n, d: [(n, d)] + ([(s, b"x") for s in strays] if n == "ledger.key" else []))
        with zipfile.ZipFile(self.path("b0.zip")) as old:
            belong = sorted(n for n in old.namelist() if n.startswith("files/"))
        to = self.path("strays")
        code, out, err = harness.run(self.aimwell, "restore", file, "--data", to)
        there = sorted(os.path.relpath(os.path.join(at, n), to) for at, _, names in os.walk(to + "/files") for n in names)
        self.say(code == 0 and there == belong and "left out: 2" in err, "files that no record tells of are left out, and counted",
                 f"{code} {out}{err} {set(there) ^ set(belong)}")

    # ---- copies of the folder
    def start(self, data):
        """None, or why the start was refused."""
        try:
            harness.Server(harness.Place(self.aimwell, data=data)).stop()
            return None
        except harness.Refused as why:
            return why

    def copies(self):
        server = harness.Server(self.place)
        client = harness.Client(server.port, self.token)
        self.upload(client, "the file of evidence that a copy has by half" * 100)
        client.good("POST", "task", {"title": "in the log only"})
        whole, no_log, half, torn = (self.path(name) for name in ("whole", "no_log", "half", "torn"))
        for to in (whole, no_log, half):
            shutil.copytree(self.place.data, to, ignore=shutil.ignore_patterns("*.sock"))
        os.mkdir(torn)
        shutil.copy2(self.place.data + "/aimwell.db", torn)
        task = client.good("POST", "task", {"title": "much"})["id"]
        for n in range(200):  # past a checkpoint, so that the log begins anew
            client.good("POST", f"task/{task}/comments", {"body": f"{n} " + "x" * 8000})
        for name in os.listdir(self.place.data):
            path = f"{self.place.data}/{name}"
            if name not in ("aimwell.db", "aimwell.sock"):
                (shutil.copytree if os.path.isdir(path) else shutil.copy2)(path, f"{torn}/{name}")
        server.stop()
        os.unlink(no_log + "/aimwell.db-wal")
        for base, _, names in os.walk(half + "/files"):
            for name in names:
                os.truncate(f"{base}/{name}", 100)
        self.say(self.start(whole) is None, "a copy whose parts fit together is served", str(self.start(whole)))
        for name, data in (("without its log", no_log), ("with half a file", half), ("of two moments", torn)):
            first, second = self.start(data), self.start(data)
            good = all(why and why.code == 5 and ("copied while" in why.words or "older copy" in why.words) for why in (first, second))
            self.say(bool(good), f"a copy {name} is refused in words, also the second time", f"{first} | {second}")


def main():
    warnings.filterwarnings("ignore", "Duplicate name")
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int)
    options, report = parser.parse_args(), harness.Report()
    suite = Suite(aimwell, report, harness.seed_of(options))
    suite.beside_writers()
    if not report.failed:
        suite.named()
        suite.durable()
        suite.refused_backup()
        suite.refused_restores()
    else:
        harness.must(aimwell, "backup", "--out", suite.path("b0.zip"), where=suite.place.where)
        suite.refused_restores()
    suite.copies()
    report.end()


main()
