#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line as scripts rely on it: every command, option and exit code; results on standard
output, messages on standard error.

    cli.py PATH_OF_AIMWELL

Exit codes: 0 done, 1 the answer is no, 2 wrong use, 3 denied, 4 not found, 5 conflict, 6 storage.
"""
import csv
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

AS = ("--as", "lin@test.example")  # for whom an import is
COMMANDS = ("serve", "init", "user", "token", "import", "framework", "export", "check", "verify",
            "backup", "restore", "model")


class Suite:
    def __init__(self):
        self.aimwell, self.report = harness.program(), harness.Report()
        self.folder = harness.temporary()
        self.data = self.folder + "/data"
        self.where = ["--data", self.data]

    def path(self, name):
        return f"{self.folder}/{name}"

    def file(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def ask(self, words, code, out="", err="", where=True, **more):
        """Runs; the exit code and what each stream must contain. "" means the stream must be empty
        when the code says so: a failure prints nothing on standard output, a success nothing wrong."""
        words = words if isinstance(words, list) else words.split()
        got, stdout, stderr = harness.run(self.aimwell, *words, where=self.where if where else None, **more)
        good = got == code and out in stdout and err in stderr
        good = good and (stderr or code in (0, 1)) and (not stdout or code in (0, 1))
        shown = " ".join(w.replace(self.folder, "…") for w in words)
        self.report.say(good, f"{shown or '(nothing)'} -> {code}", f"got {got}\n  out {stdout[:300]!r}\n  err {stderr[:300]!r}")
        return stdout

    def say(self, good, name, why=""):
        self.report.say(good, name, why)


# ---- help, version, wrong use ------------------------------------------------------------------------------
def general(s):
    version = s.ask("--version", 0, "aimwell ", where=False)
    s.ask("--help", 0, "aimwell serve", where=False)
    s.ask("help", 0, "aimwell serve", where=False)
    s.ask("", 2, err="aimwell serve", where=False)
    s.ask("fly", 2, err="no command called fly", where=False)
    for name in COMMANDS:
        s.ask(f"{name} --help", 0, f"aimwell {name}", where=False)
        out = s.ask(f"{name} --version", 0, "aimwell ", where=False)
        s.say(out == version, f"{name} --version is that of the program", out)
        s.say(s.ask(f"{name} -h", 0, where=False) == s.ask(f"{name} --help", 0, where=False), f"{name} -h is its help")
        s.ask(f"{name} --wings", 2, err="--wings", where=False)
        s.ask(f"{name} -w", 2, err="-w", where=False)
        s.ask([name, "a", "b", "c"], 2, where=False)
    for name in ("serve", "check", "verify", "backup", "init"):
        s.ask(f"{name} superfluous", 2, err="superfluous")
    for words in ("user list", "token list", "check", "verify", "framework list", "serve",
                  "import task f.csv", "export openapi", "init --organisation A --admin a@x.example"):
        s.ask(words, 2, err="say where the data is", where=False)
    s.ask(["check", "--data", "a", "--store", "b"], 2, err="give one of", where=False)
    s.ask(["check", "--data"], 2, err="needs a value", where=False)
    s.ask(["check", "--data", "a", "--data", "b"], 2, err="--data is given twice", where=False)
    for words, known in (("framework import f.json", "list"), ("export pack", "records"), ("export oscal", "openapi"),
                         ("user rename x", "add EMAIL"), ("token show x", "revoke ID"), ("model fly", "check [DIR]")):
        s.ask(words, 2, err=f"there is no {words.split()[1]} here; it knows: ")
        s.ask(words, 2, err=known)
    s.ask("report risks", 2, err="no command called report")


# ---- making an organisation -----------------------------------------------------------------------------------
def init(s):
    s.ask("check", 4, err="")  # nothing there yet
    s.ask("init --organisation Acme --data " + s.path("nobody"), 0, out="first administrator", where=False)
    s.ask("init --organisation Acme --admin a@b.example --password-file " + s.file("weak", "short\n") +
          " --data " + s.path("short"), 2,
          err="15 characters", where=False)
    s.ask("user list --data " + s.path("short"), 4, where=False)
    s.ask("init --admin root@test.example", 2, err="--organisation")
    s.ask("init --organisation Acme --admin root@test.example --origin Not/A~Host", 2, err="origin")
    shutil.rmtree(s.data, ignore_errors=True)
    password = s.file("password", "correct horse battery\n")
    out = s.ask(["init", "--organisation", "Acme", "--admin", "root@test.example", "--password-file", password,
                 "--origin", "aims.example.org"], 0, "Acme is ready")
    s.say("password" not in out.replace(s.folder, ""), "a given password is not printed", out)
    s.say(oct(os.stat(s.data).st_mode)[-3:] == "700", "the folder is for its owner only")
    s.ask("init --organisation Acme --admin root@test.example", 5, err="already")
    s.ask("init --organisation B --admin x --data " + s.path("b"), 2, err="e-mail", where=False)
    s.ask("user add b@test.example --roles admin --data " + s.path("b"), 0, "usr_", where=False)
    s.ask("init --organisation C --admin c@test.example --data " + s.path("c"), 0, "password", where=False)
    environment = {**os.environ, "AIMWELL_DATA": s.data}
    done = subprocess.run([s.aimwell, "user", "list"], env=environment, capture_output=True, text=True)
    s.say(done.returncode == 0 and "root@test.example" in done.stdout, "AIMWELL_DATA says where", done.stderr)


# ---- people and tokens -----------------------------------------------------------------------------------------
def people(s):
    s.ask("user", 2, err="aimwell user")
    s.ask("user fly", 2, err="aimwell user")
    s.ask("user list extra", 2)
    out = s.ask(["user", "add", "lin@test.example", "--name", "Lin Wang", "--roles", "aims_manager,assessor"], 0, "usr_")
    s.say("password: " in out, "a made password is shown once")
    password = s.file("lin", "twelve or more letters\n")
    s.ask(["user", "add", "tom@test.example", "--name", "Tom", "--roles", "risk_owner", "--password-file", password], 0, "usr_")
    s.ask("user add lin@test.example --name L --roles staff", 5, err="email")
    s.ask("user add nowhere --name L --roles staff", 2, err="email")
    s.ask("user add x@test.example --name L --roles wizard", 2, err="wizard")
    s.ask(["user", "add", "y@test.example", "--password-file", s.path("none")], 4, err="none")
    s.ask(["user", "add", "y@test.example", "--password-file", s.file("short", "x\n")], 2, err="password")
    listed = s.ask("user list", 0, "lin@test.example")
    s.say(len(listed.splitlines()) == 3, "user list has a line for each", listed)
    s.ask("user disable tom@test.example", 0)
    s.say("disabled" in s.ask("user list", 0).split("tom@test.example")[1].split("\n")[0], "a disabled user is shown as such")
    s.ask("user disable nobody@test.example", 4, err="person")


def tokens(s):
    s.ask("token", 2, err="aimwell token")
    s.ask("token create", 2)
    s.ask("token create robot --roles staff,assessor", 2, err="--for EMAIL")
    s.ask("token create robot --roles staff,dpo --for lin@test.example", 3, err="does not hold")
    s.ask("user add robot@test.example --name Robot --roles assessor", 0, "password")
    secret = s.ask("token create robot --roles staff,assessor --for robot@test.example", 0, "aw_").strip()
    s.say(len(secret.split()) == 1, "the token alone is on standard output", secret)
    s.ask("token create feed --scope events:SYS-0001 --expires 30d", 0, "aw_")
    for bad in ("0d", "366d", "soon", "-1d"):
        s.ask(["token", "create", "t", "--roles", "staff", "--expires", bad], 2, err="expires")
    s.ask("token create t --roles wizard", 2, err="wizard")
    listed = s.ask("token list", 0, "robot")
    s.say("aw_" not in listed and secret not in listed, "token list shows no secret", listed)
    name = listed.split("\t")[0]
    s.ask(["token", "revoke", name], 0)
    s.say("revoked" in s.ask("token list", 0), "a revoked token is shown as such")
    s.ask("token revoke tok_none", 4, err="token")
    return secret


# ---- records in and out ----------------------------------------------------------------------------------------
def imports(s):
    tasks = s.file("tasks.csv", "external_id,title,priority\nA-1,First,high\nA-2,Second 第二,normal\n")
    s.ask("import", 2, err="import")
    s.ask(["import", "task"], 2, err="import")
    s.ask(["import", "task", tasks], 2, err="--as EMAIL")
    s.ask(["import", "task", tasks, "--as", "nobody@test.example"], 4, err="person")
    s.ask(["import", "dragon", tasks, *AS], 4, err="dragon")
    s.ask(["import", "task", s.path("none.csv"), *AS], 4, err="none.csv")
    count = lambda: len(list(csv.reader(io.StringIO(s.ask("export records --kind task", 0))))) - 1
    s.ask(["import", "task", tasks, "--dry-run", *AS], 0)
    s.say(count() == 0, "--dry-run changes nothing")
    out = s.ask(["import", "task", tasks, "--json", *AS], 0)
    result = json.loads(out)
    s.say(result.get("accepted") == 2 and result.get("rejected") in (0, []), "the result counts the rows", out)
    s.say(count() == 2, "and they are there")
    again = json.loads(s.ask(["import", "task", tasks, "--json", *AS], 0))
    s.say(again.get("accepted") == 0 and count() == 2, "importing again makes nothing twice", str(again))
    bad = s.file("bad.csv", "external_id,title,priority\nA-3,,high\nA-4,Fourth,huge\nA-5,Fifth,low\n")
    got, out, err = harness.run(s.aimwell, "import", "task", bad, *AS, "--json", where=s.where)
    s.say(got == 1 and count() == 3, "a bad line stops no good one; exit 1", f"{got} {out}{err}")
    s.say("huge" in out or "priority" in out, "and its line says why", out)
    empty = s.file("empty.json", "[]")
    for more in ([], ["--dry-run"]):
        s.say(json.loads(s.ask(["import", "task", empty, "--json", *more, *AS], 0))["accepted"] == 0, "an empty list is no mistake")
    s.ask(["import", "ai_system", empty, "--map", "us-federal-ai-2025", "--dry-run", *AS], 0, "accepted")
    s.ask(["import", "task", s.file("not.json", "[1]"), *AS], 1, "is not an object")
    s.ask(["import", "task", s.file("object.json", "{}"), *AS], 2, err="list of objects")
    s.ask(["import", "task", s.file("none.csv", ""), *AS], 2, err="no header")
    s.ask(["import", "task", s.file("odd.csv", "title,colour,shape\nA,b,c\n"), *AS], 2, err="colour")
    s.ask(["import", "task", s.file("odd.csv", "title,colour,shape\nA,b,c\n"), *AS], 2, err="shape")
    got, out, err = harness.run(s.aimwell, "import", "task", s.file("state.csv", "external_id,title,state\nA-3,Third,done\n"), *AS, "--dry-run", where=s.where)
    s.say(got == 0 and "states was passed over" in err, "a column of states is not passed over in silence", err)


def exports(s):
    rows = list(csv.DictReader(io.StringIO(s.ask("export records --kind task --format csv", 0).lstrip("\ufeff"))))
    s.say({"First", "Second 第二"} <= {v for row in rows for v in row.values()}, "CSV has the records", str(rows)[:300])
    s.say(len(json.loads(s.ask("export records --kind task --format json", 0))) > 0, "JSON is JSON")
    s.ask(["export", "records", "--kind", "task", "--format", "xlsx", "--out", s.path("t.xlsx")], 0)
    s.say(zipfile.is_zipfile(s.path("t.xlsx")), "XLSX is a zip")
    out = s.ask(["export", "records", "--kind", "task", "--out", s.path("t.csv")], 0)
    s.say(out == "" and os.path.getsize(s.path("t.csv")) > 0, "--out writes the file and nothing else", out)
    s.ask("export records --kind task --as-of 2001-01-01T00:00:00Z", 0)
    s.ask("export records --kind task --as-of yesterday", 2, err="as-of")
    s.ask("export records --kind task --format pdf", 2, err="format")
    s.ask("export records --kind dragon", 4, err="dragon")
    s.ask("export records --format pdf", 2, err="csv, xlsx or json")
    every = json.loads(s.ask("export records", 0))
    s.say(len(every["task"]) == 3 and "risk" in every, "without --kind: all kinds as one JSON object", str(list(every)))
    s.ask("export records --format csv", 2, err="out")
    s.ask(["export", "records", "--format", "csv", "--out", s.path("all.zip")], 0)
    s.say("task.csv" in zipfile.ZipFile(s.path("all.zip")).namelist(), "or as a zip with a file for each kind")
    s.ask("export", 2, err="export")
    s.ask("export everything", 2, err="export")
    s.ask(["export", "records", "--kind", "task", "--out", s.path("none/t.csv")], 6, err="none")
    api = json.loads(s.ask("export openapi", 0))
    s.say("/api/v1/risk" in str(list(api["paths"])) or "/risk" in api["paths"], "OpenAPI describes the kinds", str(list(api["paths"]))[:200])


# ---- looking -------------------------------------------------------------------------------------------------
def looks(s):
    s.ask("framework list", 0, "iso-42001")
    s.ask("framework", 2, err="framework")
    s.ask("framework sing", 2, err="framework")
    s.ask("check", 0, "chk-")
    checks = json.loads(s.ask("check --json", 0))
    s.say(len(str(checks)) > 100, "check --json is JSON")
    s.ask("model", 2, err="model")
    s.ask("model check", 0, "kinds", where=False)
    s.ask(["model", "check", s.path("none")], 4, err="none", where=False)
    model = os.path.join(harness.HERE, "..", "..", "model")
    s.ask(["model", "check", model], 0, "kinds", where=False)
    shutil.copytree(model, s.path("model"))
    with open(s.path("model/kinds/task.json"), encoding="utf-8") as f:
        text = f.read()
    s.file("model/kinds/task.json", text.replace('"type": "note"', '"type": "poem"', 1))
    s.ask(["model", "check", s.path("model")], 2, err="kinds/task.json:", where=False)
    s.ask("model explain risk", 0, "risk", where=False)
    s.ask("model explain dragon", 4, err="dragon", where=False)
    s.ask("model explain", 2, err="model", where=False)
    json.loads(s.ask("model export --openapi", 0, "openapi", where=False))
    s.ask("model export --typescript", 0, "export", where=False)
    s.ask("model export --markdown", 0, "#", where=False)


def failing_check(s):
    """check ends with 1 when something that must hold does not: the demo has such things."""
    place = harness.demo(s.aimwell, s.path("demo"))
    got, out, err = harness.run(s.aimwell, "check", where=place.where)
    failing = [line for line in out.splitlines() if line.startswith("FAIL") and "(advice)" not in line]
    s.say(got == (1 if failing else 0), f"check ends with {got} for {len(failing)} that must hold and fail", out[:300] + err)
    s.say(bool(failing), "the demo has a failing check", out[:500])


# ---- a model of one's own, and a language -------------------------------------------------------------------
def own_model(s):
    """--site: files that are in force, in every copy, and missed when they are not named."""
    own = s.path("own")
    os.makedirs(own)
    s.file("own/more.json", '{"extends": "task", "fields": {"x_room": {"type": "text", "title": "Room", "about": "Where."}}}\n')
    named = ["--data", s.path("site"), "--site", own]
    s.ask(["model", "check", "--site", own], 1, "no Chinese for: Room", where=False)
    s.ask(["model", "check", "--site", s.path("none")], 4, err="none", where=False)
    os.makedirs(s.path("wrong"))
    s.file("wrong/x.json", '{"kind": "x"}\n')
    s.ask(["init", "--organisation", "Own", "--data", s.path("site"), "--site", s.path("wrong")], 2, err="model.d/x.json:1", where=False)
    s.ask(["init", "--organisation", "Own", "--data", s.path("site"), "--site", s.path("none")], 4, err="none", where=False)
    s.ask(["init", "--organisation", "Own", *named], 0, where=False)
    rooms = s.file("rooms.csv", "external_id,title,x_room\nR-1,First,Attic\n")
    s.ask(["import", "task", rooms, *named], 0, where=False)
    s.ask(["import", "task", rooms, *named[:2]], 0, "unchanged           1", where=False)  # the store has the files
    environment = {**os.environ, "AIMWELL_SITE": own}
    done = subprocess.run([s.aimwell, "export", "records", "--kind", "task", *named[:2]], env=environment, capture_output=True, text=True)
    s.say(done.returncode == 0 and "Attic" in done.stdout, "AIMWELL_SITE names the folder", done.stderr)
    s.ask(["backup", "--out", s.path("own.zip"), *named], 0, where=False)
    s.ask(["restore", s.path("own.zip"), "--data", s.path("again")], 0, "verified", where=False)
    s.ask(["export", "records", "--kind", "task", "--data", s.path("again")], 0, "Attic", where=False)
    os.makedirs(s.path("empty"))
    s.ask(["model", "adopt", "--data", s.path("again"), "--site", s.path("empty")], 5, err="task.x_room", where=False)
    s.ask(["export", "records", "--kind", "task", "--data", s.path("again")], 0, "Attic", where=False)
    # Nothing is lost where no record holds a value of the field: an empty folder says that there is none any more.
    s.ask(["init", "--organisation", "Bare", "--data", s.path("bare"), "--site", own], 0, where=False)
    s.ask(["model", "adopt", "--data", s.path("bare"), "--site", s.path("empty")], 0, "works with model", where=False)
    s.ask(["export", "records", "--kind", "task", "--data", s.path("bare"), "--site", s.path("empty")], 0, where=False)


def language(s):
    """Messages follow the environment."""
    environment = {**os.environ, "LC_ALL": "zh_CN.UTF-8"}
    done = subprocess.run([s.aimwell, "export", "records", "--kind", "dragon", *s.where], env=environment, capture_output=True, text=True)
    s.say(done.returncode == 4 and "未找到" in done.stderr, "Chinese where the environment asks for it", done.stderr)


# ---- proof, backup -----------------------------------------------------------------------------------------------
def proof(s, secret):
    s.ask("verify", 0, "intact")
    s.ask("verify --deep", 0, "every record")
    result = json.loads(s.ask("verify --deep --json", 0))
    s.say(result["intact"] is True and result["findings"] == [] and result["entries"] > 0, "verify --json", str(result))
    note = sqlite3.connect(s.data + "/aimwell.db").execute(
        "SELECT note FROM ledger_checkpoint ORDER BY size LIMIT 1 OFFSET 2").fetchone()[0]
    s.ask(["verify", "--checkpoint", s.file("kept.note", note)], 0, "intact")
    s.ask(["verify", "--checkpoint", s.file("odd.note", note.replace("\n3", "\n4", 1) + "x")], 1, "TAMPERED")
    s.ask(["verify", "--checkpoint", s.path("none.note")], 2, err="none.note")
    s.ask(["verify", "--data", s.path("nowhere")], 2, err="", where=False)


def backup(s):
    zipped = s.path("backup.zip")
    s.ask("backup", 2, err="--out")
    before = harness.run(s.aimwell, "verify", "--deep", where=s.where)[1]
    s.ask(["backup", "--out", zipped], 0, "ledger")
    s.say(oct(os.stat(zipped).st_mode)[-2:] == "00", "a backup is for its owner only: it holds the key", oct(os.stat(zipped).st_mode))
    got, out, err = harness.run(s.aimwell, "backup", "--out", zipped, where=s.where)
    s.say(got in (5, 6) and not out, "a backup never replaces a file", f"{got} {out}{err}")
    s.ask(["restore", zipped, "--data", s.path("restored")], 0, "restored and verified", where=False)
    s.ask(["restore", zipped, "--data", s.path("restored")], 5, err="already", where=False)
    s.ask(["restore", s.path("none.zip"), "--data", s.path("r2")], 4, err="none.zip", where=False)
    s.ask(["restore", s.file("no.zip", "not a zip"), "--data", s.path("r3")], 2, err="not a backup", where=False)
    s.ask(["restore", zipped], 2, err="--data", where=False)
    same = harness.run(s.aimwell, "verify", "--deep", where=["--data", s.path("restored")])[1]
    s.say(same == before, "the copy has the same root", same)
    tampered(s, zipped)


def tampered(s, zipped):
    """A backup that was altered, or holds a path that leads elsewhere, is not accepted."""
    def rebuilt(name, change):
        with zipfile.ZipFile(zipped) as old, zipfile.ZipFile(s.path(name), "w") as new:
            for item in old.namelist():
                new.writestr(*change(item, old.read(item)))
        return s.path(name)

    def other_title(name, content):
        if name != "aimwell.db":
            return name, content
        with open(s.path("t.db"), "wb") as f:
            f.write(content)
        db = sqlite3.connect(s.path("t.db"))
        db.execute("UPDATE task SET title = 'forged' WHERE title = 'First'")
        db.commit()
        db.close()
        with open(s.path("t.db"), "rb") as f:
            return name, f.read()
    got, out, err = harness.run(s.aimwell, "restore", rebuilt("forged.zip", other_title), "--data", s.path("forged"))
    s.say(got == 1 and "TAMPERED" in err, "a forged backup is restored with exit 1 and says what", f"{got} {out}{err}")
    slip = rebuilt("slip.zip", lambda n, c: ("files/../../slipped", c) if n == "ledger.key" else (n, c))
    got, _, err = harness.run(s.aimwell, "restore", slip, "--data", s.path("slip/in"))
    s.say(got != 0 and not os.path.exists(s.path("slipped")) and not os.path.exists(s.path("slip/slipped")),
          "a name that leads out of the folder is refused", f"{got} {err}")


# ---- the server as a command ------------------------------------------------------------------------------------------
def serve(s, secret):
    s.ask("serve --listen nowhere", 2, err="--listen")
    s.ask("serve --listen 127.0.0.1:70000", 2, err="--listen")
    s.ask("serve --workers 0", 2, err="--workers")
    s.ask(["serve", "--tls-cert", s.path("none")], 2, err="tls")
    s.ask(["serve", "--data", s.path("nowhere")], 4, err="nowhere", where=False)
    place = harness.Place(s.aimwell, data=s.data)
    server = harness.Server(place, "--workers", "2", "--verbose")
    s.say(harness.Client(server.port).ask("GET", "/healthz")[0] == 200, "serve answers")
    other = harness.Place(s.aimwell, data=s.path("c"))
    s.ask(["serve", "--listen", f"127.0.0.1:{server.port}", *other.where], 5, err=str(server.port), where=False)
    s.ask("user list", 0, "root@test.example")
    s.ask("model adopt", 2, err="folder")
    s.ask("verify --deep", 0, "intact")
    os.kill(server.process.pid, signal.SIGINT)
    s.say(server.process.wait(timeout=15) == 0, "SIGINT ends it in order too", server.words())


def main():
    s = Suite()
    general(s)
    init(s)
    people(s)
    secret = tokens(s)
    imports(s)
    exports(s)
    looks(s)
    own_model(s)
    language(s)
    proof(s, secret)
    backup(s)
    serve(s, secret)
    failing_check(s)
    s.report.end()


main()
