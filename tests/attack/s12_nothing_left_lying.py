#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S12: what the program writes is for its owner alone: exports (0600, never through a link that lies in wait),
the temporary files of a workbook (in a folder nobody else can enter), no core dumps; and a file that very many
records name can still be read.

    s12_nothing_left_lying.py PATH_OF_AIMWELL
"""
import os
import resource
import shutil
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402


def exports(report, place, folder):
    os.umask(0o022)
    for words, name in ((["--kind", "task"], "one.csv"), ([], "all.json"), (["--format", "xlsx"], "all.zip")):
        harness.must(place.aimwell, "export", "records", *words, "--out", f"{folder}/{name}", where=place.where)
        mode = stat.S_IMODE(os.stat(f"{folder}/{name}").st_mode)
        report.say(mode == 0o600, f"{name} is for its owner alone", oct(mode))
    with open(folder + "/victim", "w", encoding="utf-8") as f:
        f.write("kept")
    os.symlink(folder + "/victim", folder + "/trap.csv")
    harness.run(place.aimwell, "export", "records", "--kind", "task", "--out", folder + "/trap.csv", where=place.where)
    with open(folder + "/victim", encoding="utf-8") as f:
        report.say(f.read() == "kept", "a link that lies in wait is not written through")


def workbook(report, place, folder):
    if not shutil.which("strace"):
        report.note("no strace: temporary files are not looked at")
        return
    done = subprocess.run(["strace", "-f", "-e", "trace=open,openat", place.aimwell, "export", "records", "--kind", "task",
                           "--format", "xlsx", "--out", folder + "/book.xlsx", *place.where], capture_output=True, text=True,
                          env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
    made = [line for line in done.stderr.splitlines() if "O_CREAT" in line and '"/tmp/' in line and folder not in line and place.data not in line]
    if done.returncode != 0:
        report.note("strace may not trace here")
        return
    report.say(all("/tmp/aimwell-" in line for line in made), "temporary files lie in a folder of their own", str(made[:3]))


def dumps(report, place):
    server = harness.Server(place, preexec=lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
                            if resource.getrlimit(resource.RLIMIT_CORE)[1] == resource.RLIM_INFINITY else None)
    with open(f"/proc/{server.pid()}/limits", encoding="utf-8") as f:
        core = [line.split()[4:6] for line in f if line.startswith("Max core")][0]
    report.say(core == ["0", "0"], "the server leaves no core dump", str(core))
    server.stop()


def many_links(report, place, token):
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    raw = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nproof\r\n--b--\r\n'
    file = client.good("POST", "files", raw=raw, Content_Type="multipart/form-data; boundary=b")["id"]
    with open(place.data + ".csv", "w", encoding="utf-8") as f:
        f.write("title,file,external_id\n" + "".join(f"E{n},{file},e-{n}\n" for n in range(1010)))
    server.stop()
    code, out, err = harness.run(place.aimwell, "import", "evidence", place.data + ".csv", "--as", "root@test.example", where=place.where)
    other = place.token("aims_manager,internal_auditor,staff")
    server = harness.Server(place)
    status, _, body = harness.Client(server.port, other).ask("GET", f"files/{file}")
    report.say(code == 0 and status == 200, "a file that 1,010 records name can be read", f"{code} {out[-200:]}{err[-200:]} {status} {body}"[:600])
    server.stop()


def main():
    aimwell, report = harness.program(), harness.Report()
    folder = harness.temporary()
    place = harness.Place(aimwell, data=folder + "/data")
    token = place.init()
    exports(report, place, folder)
    workbook(report, place, folder)
    dumps(report, place)
    many_links(report, place, token)
    report.end()


main()
