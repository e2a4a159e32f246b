#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""root runs commands on the folder of a service account: whatever they make belongs to that account, and its
server starts. Needs root; says so and passes where it is not.

    root_beside_service.py PATH_OF_AIMWELL
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness

SERVICE = 65534


def as_service():
    os.setgroups([])
    os.setgid(SERVICE)
    os.setuid(SERVICE)


def foreign(folder):
    every = [folder] + [os.path.join(at, n) for at, folders, files in os.walk(folder) for n in folders + files]
    return [p for p in every if os.lstat(p).st_uid != SERVICE or os.lstat(p).st_gid != SERVICE]


def run(program, *words, who=None):
    # Through a descriptor: the service account may not be able to walk to the program.
    with open(program, "rb") as f:
        done = subprocess.run([f"/proc/self/fd/{f.fileno()}", *words], pass_fds=[f.fileno()], capture_output=True,
                              text=True, preexec_fn=who, timeout=60)
    return done.returncode, done.stdout + done.stderr


def serve(program, data):
    """What the server says first."""
    with open(program, "rb") as f, subprocess.Popen(
            [f"/proc/self/fd/{f.fileno()}", "serve", "--data", data, "--listen", "127.0.0.1:0"], pass_fds=[f.fileno()],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=as_service) as server:
        said = ""
        for line in server.stdout:
            said += line
            if re.search(r"http://", line):
                break
        server.terminate()
        server.communicate(timeout=30)
        return server.returncode, said


def main():
    if os.geteuid() != 0:
        harness.skip("this is about what root leaves behind")
    report, program, base = harness.Report(), harness.program(), harness.temporary()
    os.chmod(base, 0o711)
    data = os.path.join(base, "org")
    os.mkdir(data, 0o700)
    os.chown(data, SERVICE, SERVICE)
    code, said = run(program, "init", "--data", data, "--organisation", "Ours")
    report.say(code == 0, "root makes the organisation in a folder of the service", said)
    report.say(not foreign(data), "and all of it belongs to the service", str(foreign(data)[:5]))
    code, said = run(program, "user", "add", "lin@example.org", "--roles", "staff", "--data", data)
    report.say(code == 0 and not foreign(data), "so it does after a command of root", f"{said} {foreign(data)[:5]}")
    code, said = serve(program, data)
    report.say(code == 0 and "http://" in said, "and the service starts", f"{code} {said}")
    code, said = run(program, "check", "--data", data)
    report.say(not foreign(data), "nor does looking leave anything", f"{said[-200:]} {foreign(data)[:5]}")
    target = os.path.join(base, "root-only")
    with open(target, "w") as f:
        f.write("mine")
    os.unlink(os.path.join(data, "lock"))
    os.symlink(target, os.path.join(data, "lock"))
    run(program, "user", "add", "kim@example.org", "--roles", "staff", "--data", data)
    with open(target) as f:
        left = f.read()
    report.say(os.stat(target).st_uid == 0 and left == "mine",
               "a file of root behind a planted link is neither given away nor emptied", left)
    report.end()


if __name__ == "__main__":
    main()
