#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""E6: the commands work while the server runs, through a socket in the data folder; what comes there
from others, as garbage or in masses is refused and the server lives.

    e06_commands_beside_server.py PATH_OF_AIMWELL
"""
import array
import contextlib
import json
import os
import socket
import stat
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

ROLES = "aims_manager,assessor,staff,admin,internal_auditor"


class Suite:
    def __init__(self):
        self.aimwell, self.report = harness.program(), harness.Report()
        self.folder = harness.temporary()
        # longer than a socket's address may be
        self.data = self.folder + "/" + "long" * 30 + "/data"
        os.makedirs(os.path.dirname(self.data))
        self.place = harness.Place(self.aimwell, data=self.data)
        self.token = self.place.init(ROLES)
        self.socket = self.data + "/aimwell.sock"

    def say(self, *words):
        return self.report.say(*words)

    def run(self, *words, **more):
        return harness.run(self.aimwell, *words, where=self.place.where, **more)

    def alive(self, name):
        status = harness.Client(self.server.port, self.token).ask("GET", "task")[0]
        code, out, err = self.run("user", "list")
        self.say(status == 200 and code == 0 and "root@test.example" in out and self.server.running(),
                 name, f"{status} {code} {out}{err}")

    # ---- what people do
    def commands(self):
        code, out, err = self.run("user", "add", "lin@test.example", "--name", "Lin", "--roles", "staff")
        self.say(code == 0 and "password:" in out, "user add", f"{code} {out}{err}")
        code, out, err = self.run("token", "create", "second", "--roles", "staff")
        self.say(code == 0 and "id " in err and out.strip(), "token create: the token on stdout, the rest on stderr", f"{code} {out}{err}")
        status = harness.Client(self.server.port, out.strip()).ask("GET", "task")[0]
        self.say(status == 200, "the running server knows the token at once", str(status))
        code, out, err = self.run("check")
        self.say(code in (0, 1) and "pass" in out, "check", f"{code} {out[:200]}{err}")
        code, out, err = self.run("framework", "list")
        self.say(code == 0 and "rows" in out, "framework list", f"{code} {out}{err}")
        code, out, err = self.run("user", "disable", "nobody@test.example")
        self.say(code == 4 and "aimwell:" in err, "an exit code that is not 0 comes back", f"{code} {out}{err}")
        code, out, err = self.run("user", "dance")
        self.say(code == 2 and "dance" in err, "wrong use as well", f"{code} {out}{err}")
        code, out, err = self.run("user", "disable", "nobody@test.example", **{"timeout": 60})
        chinese = subprocess.run([self.aimwell, "user", "disable", "nobody@test.example", *self.place.where],
                                 capture_output=True, env=dict(os.environ, LC_ALL="zh_CN.UTF-8"))
        self.say(any("\u4e00" <= c <= "\u9fff" for c in chinese.stderr.decode()), "in the caller's language", chinese.stderr.decode())

    def files(self):
        work = harness.temporary()
        with open(work + "/tasks.csv", "w", encoding="utf-8") as f:
            f.write("title,external_id\nOne,a-1\nTwo,a-2\n")
        code, out, err = self.run("import", "task", "tasks.csv", "--as", "root@test.example", "--json", cwd=work)
        good = code == 0 and json.loads(out)["accepted"] == 2
        self.say(good, "import from the caller's folder", f"{code} {out}{err}")
        code, out, err = self.run("export", "records", "--kind", "task", "--out", "out.csv", cwd=work)
        made = work + "/out.csv"
        self.say(code == 0 and "Two" in open(made, encoding="utf-8").read(), "export into it", f"{code} {out}{err}")
        self.say(stat.S_IMODE(os.stat(made).st_mode) == 0o600, "which nobody else can read", oct(os.stat(made).st_mode))
        code, out, err = self.run("export", "records", "--kind", "task", "--out", "/dev/stdout", cwd=work)
        self.say(code == 0 and "Two" in out, "/dev/stdout is the caller's", f"{code} {out}{err}")
        code, out, err = self.run("export", "records", "--format", "csv", "--out", "all.zip", cwd=work)
        self.say(code == 0 and stat.S_IMODE(os.stat(work + "/all.zip").st_mode) == 0o600, "a zip of all", f"{code} {out}{err}")
        with open(work + "/password", "w", encoding="utf-8") as f:
            f.write("one two three four five\n")
        code, out, err = self.run("user", "add", "kim@test.example", "--name", "Kim", "--password-file", "-",
                                  stdin=open(work + "/password", encoding="utf-8"))
        self.say(code == 0, "a password from the caller's standard input", f"{code} {out}{err}")
        # S12: whoever wrote the file knows it, so it is changed at the first log-in.
        kim = harness.Client(self.server.port)
        self.say(kim.log_in("kim@test.example", "one two three four five").get("renew") is True and kim.ask("GET", "task")[0] == 403,
                 "a password from a file must be changed before anything else")
        os.mkfifo(work + "/pipe")
        code, out, err = self.run("import", "task", "pipe", "--as", "root@test.example", cwd=work, timeout=20)
        self.say(code != 0 and "not a file" in err, "a named pipe does not hang it", f"{code} {out}{err}")

    def model(self):
        code, out, err = self.run("model", "adopt")
        self.say(code == 2 and "adopt DIR" in err, "model adopt wants to know of which folder", f"{code} {out}{err}")
        other = harness.temporary()
        code, out, err = self.run("check", "--site", other)
        self.say(code == 5 and "--site" in err, "another model than the server's is refused", f"{code} {out}{err}")

    # ---- what others do
    def connect(self):
        folder = os.open(self.data, os.O_PATH)
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.connect(f"/proc/self/fd/{folder}/aimwell.sock")
        os.close(folder)
        return s

    def garbage(self):
        mode = os.stat(self.socket).st_mode
        self.say(stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600, "the socket is for its owner alone", oct(mode))
        head = b"aimwell\1" + struct.pack("=IIII", 0, 0, 1, 0)
        null = os.open("/dev/null", os.O_RDWR)
        here = [os.open(".", os.O_RDONLY), null, null, null]
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", here))]
        many = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", here * 20))]
        wrong = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [null] * 4))]
        tries = [
            ([b"\0"], []), ([b"x" * 60000], []), ([head + b"user\0"], []), ([head + b"user\0"], wrong), ([head + b"user"], rights),
            ([head + b"a\0b\0"], rights), ([b"aimwell\1" + struct.pack("=IIII", 0, 0, 1 << 31, 0) + b"x\0"], rights),
            ([b"aimwell\1" + struct.pack("=IIII", 7, 9, 64, 1) + b"\0" * 64], rights), ([head + b"user\0"], many),
            ([head + b"serve\0"], rights), ([head + b"init\0"], rights), ([head + b"y" * 65000 + b"\0"], rights),
            ([head + b"y" * 150000 + b"\0"], rights)]
        for parts, more in tries:
            with contextlib.closing(self.connect()) as s:
                s.settimeout(10)
                with contextlib.suppress(OSError):
                    s.sendmsg(parts, more)
                try:
                    reply = s.recv(65536)
                except OSError as why:
                    reply = str(why).encode()
                code = struct.unpack_from("=i", reply, 8)[0] if len(reply) >= 12 else None
                self.say(code == 2, f"garbage of {len(parts[0])} bytes is refused", f"{reply[:200]}")
        os.close(here[0])
        os.close(null)
        self.alive("and the server lives")

    def masses(self):
        held = []
        for _ in range(1000):
            with contextlib.suppress(OSError):
                held.append(self.connect())
        self.alive("1,000 connections that say nothing do not keep a command out")
        for s in held:
            s.close()
        descriptors = len(os.listdir(f"/proc/{self.server.pid()}/fd")) if os.geteuid() == 0 else 0
        self.say(descriptors < 300, "nor hold its descriptors", str(descriptors))

    def huge(self):
        code, out, err = self.run("user", "add", "x" * 100000 + "@test.example")
        self.say(code == 2 and "KiB" in err, "a huge word is refused", f"{code} {err[:200]}")
        code, out, err = self.run(*["user"] * 200)
        self.say(code == 2, "so are many words", f"{code} {err[:200]}")
        self.alive("and the server lives on")

    def other_user(self):
        if os.geteuid() != 0:
            self.report.note("not root: another user is not tried")
            return
        os.chmod(self.folder, 0o755)
        path = os.path.dirname(self.data)
        for folder in (path, self.data):
            os.chmod(folder, 0o777)
        os.chmod(self.socket, 0o777)
        try:
            script = ("import os,socket,sys;os.setgid(65534);os.setuid(65534);os.chdir(sys.argv[1]);"
                      "s=socket.socket(socket.AF_UNIX,socket.SOCK_SEQPACKET);s.settimeout(10);s.connect('aimwell.sock');"
                      "print(s.recv(4096))")
            done = subprocess.run([sys.executable, "-c", script, self.data], capture_output=True, text=True)
            self.say("only the user" in done.stdout, "another user is refused, whatever the modes", done.stdout + done.stderr)
        finally:
            os.chmod(self.data, 0o700)
            os.chmod(self.socket, 0o600)

    def leaves(self):
        """A caller who reads nothing and then goes: the thread is free again, twenty times over."""
        for n in range(20):
            read, write = os.pipe()
            process = subprocess.Popen([self.aimwell, "export", "openapi", *self.place.where], stdout=write,
                                       stderr=subprocess.DEVNULL)
            os.close(write)
            time.sleep(0.05)
            process.kill()
            process.wait()
            if n % 2:
                os.close(read)
        self.alive("callers who went away leave nothing behind")
        read, write = os.pipe()
        stuck = subprocess.Popen([self.aimwell, "export", "openapi", *self.place.where], stdout=write,
                                 stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        self.say(self.server.stop() == 0, "a caller who reads nothing does not keep it from stopping", self.server.words()[-300:])
        stuck.wait(timeout=10)
        self.say(not os.path.exists(self.socket), "and the socket is gone")

    def stale(self):
        server = harness.Server(self.place)
        server.kill()
        self.say(os.path.exists(self.socket), "a kill leaves the socket")
        code, out, err = self.run("user", "list")
        self.say(code == 0 and "root" in out, "then a command opens the folder itself", f"{code} {err}")
        self.server = harness.Server(self.place)
        self.alive("and a new server takes its place")
        code, out, err = self.place.verify("--deep")
        self.say(code == 0, "verify --deep is intact", out + err)
        self.say(self.server.stop() == 0, "it stops in order", self.server.words()[-300:])

    def all(self):
        self.server = harness.Server(self.place)
        self.commands()
        if not self.report.failed:
            for step in (self.files, self.model, self.garbage, self.masses, self.huge, self.other_user, self.leaves, self.stale):
                step()
        self.report.end()


Suite().all()
