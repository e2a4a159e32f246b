#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""People hear of it by mail: letters arrive in a real mailbox (exim), in the reader's language, once, with nothing
confidential in them; and with servers that are down, hang, refuse for now or for good, or flood, nothing is lost, nobody
waits and the program ends in time.

    mail.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import email
import email.policy
import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from behind import write  # noqa: E402
from client import Client  # noqa: E402
from program import Server, find_program  # noqa: E402
from report import Report  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402

PATIENCE = 30
KIND = {
    "kind": "x_alarm", "prefix": "XAL", "title": "Alarm", "plural": "Alarms", "icon": "clock", "phase": "do", "order": 99,
    "about": "Something that must be told within a second.",
    "fields": {"aware_at": {"type": "moment", "title": "Aware since", "about": "When somebody knew."},
               "tell_by": {"type": "moment", "title": "Tell by", "about": "A second.",
                           "clock": {"from": "aware_at", "add": "PT1S", "answered": ["closed"]}}},
    "list": ["title", "state", "tell_by"],
    "states": {"start": "open", "of": {"open": {"title": "Open", "tone": "idle", "about": "Not yet closed."},
                                       "closed": {"title": "Closed", "tone": "ok", "end": True, "about": "Done."}}},
    "moves": {"close": {"title": "Close", "from": ["open"], "to": "closed", "by": ["staff"]}},
    "access": {"read": ["staff"], "create": ["staff"], "change": ["@owner", "staff"]}}
ALWAYS = {"calendar": "x_always", "title": "Always", "about": "Every day is worked.",
          "working": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
# Until mornings are what is tried, today is no day on which anybody works.
IDLE = {**ALWAYS, "calendar": "x_idle", "title": "Idle", "working": [ALWAYS["working"][(time.gmtime().tm_wday + 3) % 7]]}
WORDS = {"Tell by": "告知期限", "Alarm": "警报"}
EXIM = """
primary_hostname = mail.northlake.example
spool_directory = {0}/spool
log_file_path = {0}/log/%slog
pid_file_path = {0}/pid
daemon_smtp_ports = {1}
local_interfaces = 127.0.0.1
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
tls_advertise_hosts =
keep_environment =
begin acl
rcpt:
  deny domains = !northlake.example
  accept
begin routers
box:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = {0}/box
  maildir_format
  create_directory
  user = Debian-exim
  group = Debian-exim
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Exim:
    """A real mail server with one mailbox for everybody of northlake.example."""

    def __init__(self, port):
        self.folder, self.port = tempfile.mkdtemp(prefix="aimwell-exim-"), port
        for name in ("spool", "log", "box"):
            os.mkdir(f"{self.folder}/{name}")
        subprocess.run(["chown", "-R", "Debian-exim:Debian-exim", self.folder], check=True)
        conf = self.folder + "/conf"
        with open(conf, "w", encoding="utf-8") as f:
            f.write(EXIM.format(self.folder, port))
        self.process = subprocess.Popen(["/usr/sbin/exim4", "-bdf", "-C", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)

    def letters(self):
        """All that arrived, read as a mail program does."""
        found = []
        for path in sorted(glob.glob(self.folder + "/box/new/*")):
            with open(path, "rb") as f:
                found.append(email.message_from_binary_file(f, policy=email.policy.default))
        return found

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Bad:
    """A mail server that does what `talk` does with each who comes."""

    def __init__(self, talk):
        self.talk, self.came = talk, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                link, _ = self.door.accept()
            except OSError:
                return
            self.came += 1
            threading.Thread(target=self.one, args=(link,), daemon=True).start()

    def one(self, link):
        try:
            self.talk(link)
        except OSError:
            pass
        link.close()

    def close(self):
        self.door.close()


def answers(to_rcpt):
    """Talks as a mail server does, and says this of every receiver."""
    def talk(link):
        link.sendall(b"220 bad.example\r\n")
        for line in link.makefile("rb"):
            word = line[:4].upper()
            link.sendall(b"250 bad.example\r\n" if word in (b"EHLO", b"MAIL", b"RSET") else to_rcpt if word == b"RCPT" else b"221 bye\r\n")
            if word == b"QUIT":
                return
    return talk


def hangs(link):
    time.sleep(120)


def floods(link):
    link.sendall(b"220-" + b"x" * 1000 + b"\r\n")
    while True:
        link.sendall(b"220-" + b"y" * 60000 + b"\r\n")


class Suite:
    def __init__(self, report, stores, folder):
        self.report, self.kind = report, stores.kind
        self.store = stores.new()
        self.people = cast.make(self.store, folder)["people"]
        self.site = os.path.join(folder, "site")
        for name, data in (("kinds/x_alarm", KIND), ("calendars/x_always", ALWAYS), ("calendars/x_idle", IDLE), ("words/zh", WORDS)):
            os.makedirs(os.path.dirname(f"{self.site}/{name}"), exist_ok=True)
            with open(f"{self.site}/{name}.json", "w", encoding="utf-8") as f:
                json.dump(data, f)
        self.store.words = [*self.store.words, "--site", self.site]
        with Server(self.store) as server:
            Client(server, cast.passwords()).must("ada", "PATCH", "/organisation", {"calendar": "x_idle"})

    def say(self, name, good, why=""):
        self.report.tell(f"mail {self.kind} {name}", [] if good else [str(why)[:1500]])

    def server(self, port):
        return Server(self.store, "--mail", f"smtp://127.0.0.1:{port}", "--mail-from", "aims@northlake.example")

    def until(self, server, holds):
        """Looks come each minute, and at a start: so it is started again until it holds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for _ in range(15):
                if holds():
                    return True
                time.sleep(0.1)
            server.restart()
        return holds()

    def rows(self, server, client, who):
        return client.must(who, "GET", "/notices")["items"]

    def alarm(self, client, who, title, **more):
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() + 2))
        return client.must(who, "POST", "/x_alarm", {"title": title, "aware_at": now, **more})["key"]

    # ---- a good server ---------------------------------------------------------------------------
    def arrive(self, exim):
        with self.server(exim.port) as server:
            client = Client(server, cast.passwords())
            self.say("it says that mail goes out", client.must("stan", "GET", "/notices/mail")["goes_out"] is True)
            client.must("rita", "PATCH", "/session", {"lang": "zh"})
            client.must("asa", "PATCH", "/notices/mail", {"mail": "never"})
            keys = {who: self.alarm(client, who, f"Fire at the {who} works") for who in ("stan", "rita", "asa")}
            secret = self.alarm(client, "rolf", "Tom Smith was harassed", confidentiality="restricted")
            self.until(server, lambda: len(exim.letters()) >= 3)
            time.sleep(1)
            server.restart()
            time.sleep(1)
            got = {one["To"].addresses[0].username: one for one in exim.letters()}
            self.say("who was told gets one letter, and who wants none gets none", sorted(got) == ["rita", "rolf", "stan"] and len(exim.letters()) == 3,
                     [one["To"] for one in exim.letters()])
            english, chinese, sealed = (got.get(w) for w in ("stan", "rita", "rolf"))
            body = english.get_content()
            self.say("it says what, of which record, and the way there",
                     english["Subject"] == f"Missed: Tell by ({keys['stan']})" and f"{keys['stan']}  Fire at the stan works" in body and
                     f"/k/x_alarm/{keys['stan']}\n" in body.replace("\r", "") and "http://127.0.0.1:" in body, (english["Subject"], body))
            self.say("from the organisation, and no machine answers it", english["From"].addresses[0].display_name == "Northlake" and
                     english["From"].addresses[0].addr_spec == "aims@northlake.example" and english["Auto-Submitted"] == "auto-generated" and
                     english["Message-ID"].endswith("@northlake.example>"), english["From"])
            self.say("in Chinese for who reads it", chinese["Subject"] == f"已逾期: 告知期限 ({keys['rita']})" and chinese["Content-Language"] == "zh" and
                     "您好" in chinese.get_content() and "可自行设置" in chinese.get_content(), (chinese["Subject"], chinese.get_content()))
            self.say("nothing restricted is in it", secret in sealed.get_content() and "Smith" not in sealed.as_string() and "Smith" not in sealed.get_content(),
                     sealed.get_content())
            answer = client.call("ada", "POST", "/notices/mail/test")
            self.say("an administrator tries it out", answer.status == 204 and self.until(server, lambda: any(o["Subject"] == "Mail works" for o in exim.letters())),
                     answer.short())
            self.say("nobody else does", client.call("stan", "POST", "/notices/mail/test").status == 403)

    def morning(self, exim):
        before = len(exim.letters())
        with self.server(exim.port) as server:
            client = Client(server, cast.passwords())
            risk = client.must("asa", "POST", "/risk", {"title": "Wrong refusals", "owner": self.people["asa"]})["key"]
            for who, hour in (("asa", 0), ("abe", 0), ("rita", 0)):
                client.must(who, "PATCH", "/notices/mail", {"mail": "daily", "hour": hour})
            others = [w for w in cast.PEOPLE if w not in ("asa", "abe")]
            for who in others:
                client.must(who, "PATCH", "/notices/mail", {"mail": "never"})
            client.must("ada", "PATCH", "/organisation", {"calendar": "x_always"})
            fresh = lambda: [o for o in exim.letters()[before:]]  # noqa: E731
            self.until(server, lambda: any(o["To"].addresses[0].username == "asa" for o in fresh()))
            server.restart()
            time.sleep(2)
            to = [o["To"].addresses[0].username for o in fresh()]
            mine = [o for o in fresh() if o["To"].addresses[0].username == "asa"]
            self.say("what waits comes in the morning, once", to.count("asa") == 1 and mine[0]["Subject"].startswith("Today: ") and
                     risk in mine[0].get_content() and "Wrong refusals" in mine[0].get_content(), (to, [o.get_content() for o in mine]))
            self.say("and not to who wants none", "rita" not in to, to)
            wrong = client.call("asa", "PATCH", "/notices/mail", {"hour": 24, "quiet_from": -1, "zone": "Mars/Base", "mail": "hourly"})
            self.say("a wish that cannot be is refused", wrong.status == 422 and wrong.codes == ["choice"], wrong.short())
            wrong = client.call("asa", "PATCH", "/notices/mail", {"hour": 24, "quiet_from": -1, "zone": "Mars/Base"})
            self.say("with all that is wrong", wrong.status == 422 and wrong.codes == ["range", "range", "zone"], wrong.short())
            client.must("abe", "PATCH", "/notices/mail", {"mail": "at_once", "quiet_from": 0, "quiet_to": 23, "zone": "Asia/Shanghai"})
            kept = client.must("abe", "GET", "/notices/mail")
            self.say("what is not said stays", kept["hour"] == 0 and kept["quiet_to"] == 23 and kept["zone"] == "Asia/Shanghai", kept)

    # ---- bad ones ----------------------------------------------------------------------------------
    def trouble(self, exim):
        """Told while nobody answers; it arrives when somebody does."""
        with self.server(free_port()) as server:
            client = Client(server, cast.passwords())
            client.must("stan", "PATCH", "/notices/mail", {"mail": "daily"})
            key = self.alarm(client, "stan", "While the mail server is down")
            self.until(server, lambda: len(self.rows(server, client, "stan")) > 0 and "outcome=later" in server.said())
            self.say("a server that is down is a line in the log", "outcome=later" in server.said(), server.said()[-800:])
        for name, talk, said in (("hangs", hangs, ""), ("says 'try again'", answers(b"451 later\r\n"), "451"), ("floods", floods, "")):
            self.again()
            bad = Bad(talk)
            with self.server(bad.port) as server:
                client = Client(server, cast.passwords())
                end = time.monotonic() + PATIENCE
                while not bad.came and time.monotonic() < end:
                    time.sleep(0.1)
                began = time.monotonic()
                work = client.call("stan", "POST", "/risk", {"title": "meanwhile"}).status
                self.say(f"one that {name} is asked, and others work meanwhile", bad.came >= 1 and work == 201 and time.monotonic() - began < 10, (bad.came, work))
                threading.Thread(target=lambda: self.quietly(client), daemon=True).start()
                time.sleep(0.5)
                began = time.monotonic()
                server.stop()
                self.say(f"and the program ends while one {name}", time.monotonic() - began < 15)
                server.start()
            bad.close()
        self.again()
        with self.server(exim.port) as server:
            fine = self.until(server, lambda: any(key in o.get_content() for o in exim.letters()))
            self.say("nothing was lost when one answers again", fine)
        bad = Bad(answers(b"550 no such person\r\n"))
        with self.server(bad.port) as server:
            client = Client(server, cast.passwords())
            self.alarm(client, "stan", "To nobody")
            self.until(server, lambda: "outcome=refused" in server.said())
            self.say("one that says 'never' is a line in the log", "outcome=refused" in server.said() and "550" in server.said(), server.said()[-800:])
            for _ in range(6):
                server.stop()
                self.again()
                server.start()
                time.sleep(1.5)
            came = bad.came
            server.stop()
            self.again()
            server.start()
            time.sleep(2)
            self.say("and after five of them it is let be", came == bad.came, (came, bad.came))
        bad.close()
        done = subprocess.run([find_program(), "verify", "--deep", *self.store.words], capture_output=True, text=True, check=False)
        self.say("how far a letter got is no tampering", done.returncode == 0, done.stdout + done.stderr)

    def quietly(self, client):
        """An administrator tries it out, and the program ends meanwhile."""
        try:
            client.call("ada", "POST", "/notices/mail/test")
        except Exception:  # the answer may never come
            pass

    def again(self):
        """What waits for another try is due now."""
        write(self.store, "UPDATE outbox SET due = '2020-01-01T00:00:00.000000Z', claimed = NULL WHERE sent IS NULL AND tries > 0")


def refused(report):
    """Options that cannot be."""
    with tempfile.TemporaryDirectory(prefix="aimwell-mail-") as folder:
        subprocess.run([find_program(), "init", "--data", folder + "/d", "--organisation", "N"], check=True, capture_output=True)
        for name, words, part in (
                ("a server of another sort", ["--mail", "http://h", "--mail-from", "a@b.example"], "smtp://"),
                ("a name in it", ["--mail", "smtp://u:p@h", "--mail-from", "a@b.example"], "smtp://"),
                ("no sender", ["--mail", "smtp://h"], "aims@example.org"),
                ("a sender that breaks out", ["--mail", "smtp://h", "--mail-from", "a@b.example>\r\nBcc: <c@d.example"], "aims@example.org"),
                ("a user without a password", ["--mail", "smtp://h", "--mail-from", "a@b.example", "--mail-user", "u"], "password")):
            done = subprocess.run([find_program(), "serve", "--data", folder + "/d", "--listen", "127.0.0.1:0", *words],
                                  capture_output=True, text=True, timeout=60, check=False)
            report.tell(f"mail {name} is refused", [] if done.returncode in (1, 2) and part in done.stderr else [str(done.returncode) + done.stderr])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    add_store_option(parser)
    options = parser.parse_args()
    report = Report()
    refused(report)
    if os.geteuid() != 0 or not os.path.exists("/usr/sbin/exim4"):
        print("skip mail: exim delivers as root alone")
        return report.finish()
    for kind in each_store(options):
        with stores_for(kind, "mail") as (stores, folder):
            exim = Exim(free_port())
            try:
                suite = Suite(report, stores, folder)
                suite.arrive(exim)
                suite.trouble(exim)
                suite.morning(exim)
            finally:
                exim.close()
    return report.finish()


sys.exit(main())
