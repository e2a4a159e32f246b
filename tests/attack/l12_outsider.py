#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""L12: somebody who has only docs/ledger.md and the verifier key checks the log: as files, one entry, an older
checkpoint, the content of a version, the answer to a write. The verifier is tests/ledger/outsider.py. Whatever is altered on
the way is refused, and nobody is told by a disclosure what the pages would not tell.

    l12_outsider.py PATH_OF_AIMWELL
"""
import copy
import json
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "durability"))
sys.path.insert(0, os.path.join(HERE, "..", "ledger"))
import harness  # noqa: E402
import outsider  # noqa: E402


def refused(check, *given):
    try:
        check(*given)
        return False
    except (outsider.Wrong, ValueError, KeyError, OSError):
        return True


class Outsider:
    def __init__(self, report, place, server):
        self.report, self.place, self.port = report, place, server.port
        self.auditor, self.admin, self.analyst = (self.person(n) for n in ("claire", "pat", "sara"))
        self.vkey = self.auditor.good("GET", "ledger/key")["vkey"]

    def person(self, name):
        client = harness.Client(self.port)
        client.log_in(name + "@northlake.example")
        return client

    def files(self):
        folder = harness.temporary() + "/log"
        code, out, err = harness.run(self.place.aimwell, "export", "ledger", "--out", folder, where=self.place.where)
        self.report.say(code == 0, "the log is exported beside the running server", f"{code} {out}{err}")
        found = outsider.log(folder, self.vkey)
        self.report.say(len(found) > 600, "and is whole and signed, to the last hash of its tiles", len(found))
        again = harness.run(self.place.aimwell, "export", "ledger", "--out", folder, where=self.place.where)[0]
        self.report.say(again == 2, "a folder that is there already is not written into", again)
        later = [json.loads(e)["act"] for e in outsider.log(self.exported(), self.vkey)[len(found):]]
        self.report.say("data.export" in later, "an export is an entry", later)
        self.sabotaged(folder)

    def exported(self):
        folder = harness.temporary() + "/log"
        harness.must(self.place.aimwell, "export", "ledger", "--out", folder, where=self.place.where)
        return folder

    def sabotaged(self, folder):
        for name in ("checkpoint", "tile/entries/000", "tile/0/000", "tile/1/000.p/" + os.listdir(folder + "/tile/1/000.p")[0]):
            other = harness.temporary() + "/log"
            shutil.copytree(folder, other)
            with open(other + "/" + name, "r+b") as f:
                f.seek(40)
                byte = f.read(1)[0]
                f.seek(40)
                f.write(bytes([byte ^ 1]))
            self.report.say(refused(outsider.log, other), f"sabotage: a bit of {name} flipped is found")

    def older(self):
        size, _ = outsider.checkpoint(self.auditor.good("GET", "ledger/checkpoint").decode(), self.vkey)
        then, root = outsider.checkpoint(self.auditor.good("GET", "ledger/checkpoint?size=100").decode(), self.vkey)
        leaves = [outsider.leaf_hash(e) for e in outsider.log(self.exported(), self.vkey)]
        self.report.say(100 <= then < size and outsider.tree(leaves[:then]) == root, "an older checkpoint is served, and the log began as it says", then)
        entry = self.auditor.good("GET", "ledger/entries?from=40&limit=1")["entries"][0]["leaf"]
        text = self.auditor.good("GET", f"ledger/proof/40?size={then}").decode()
        self.report.say(outsider.proof(text, outsider.canonical(entry), self.vkey) == then, "an entry is proven in the checkpoint that one has kept")
        self.report.say(refused(outsider.proof, text, outsider.canonical({**entry, "act": "record.move"}), self.vkey), "sabotage: another entry is not")
        for bad in ("ledger/checkpoint?size=0", "ledger/checkpoint?size=-1", "ledger/proof/40?size=x"):
            self.report.say(self.auditor.ask("GET", bad)[0] == 422, f"{bad} is refused")
        for far in ("ledger/checkpoint?size=99999999", "ledger/checkpoint?size=9007199254740993", "ledger/proof/99999"):
            self.report.say(self.auditor.ask("GET", far)[0] == 404, f"{far}: there is none")

    def content(self):
        risk = self.analyst.good("GET", "risk?limit=1")["items"][0]
        told = self.analyst.good("GET", f"risk/{risk['id']}/disclosure")
        open_ = outsider.disclosure(told, self.vkey)
        self.report.say(open_["title"] == risk["title"] and open_["_act"].startswith("record."), "a version is proven to who may read it", open_.get("_act"))
        past = self.analyst.good("GET", f"risk/{risk['key']}/disclosure?version=1")
        first = outsider.disclosure(past, self.vkey)
        self.report.say(past["version"] == 1 and first["_act"] == "record.create", "an earlier one too", first["_act"])
        for name, alter in (("value", lambda m: m["title"].update(value='"Something else"')),
                            ("key", lambda m: m["title"].update(key=m["_at"]["key"])), ("missing member", lambda m: m.pop("title")),
                            ("added member", lambda m: m.update(x=m["title"]))):
            other = copy.deepcopy(told)
            alter(other["members"])
            self.report.say(refused(outsider.disclosure, other, self.vkey), f"sabotage: another {name} is not proven")
        for bad in ("0", "-1", "999", "x"):
            code = self.analyst.ask("GET", f"risk/{risk['id']}/disclosure?version={bad}")[0]
            self.report.say(code in (404, 422), f"version {bad} is refused", code)
        stranger = self.admin.ask("GET", f"risk/{risk['id']}/disclosure")[0]
        self.report.say(stranger == 404, "who may not read the record is told nothing", stranger)

    def hidden(self):
        """Fields that are not for everybody stay closed, and what stays closed still proves the rest."""
        model = self.analyst.good("GET", "model")
        guarded = [(k["kind"], f["name"]) for k in model["kinds"] for f in k["fields"] if f.get("sensitive") or f.get("read")]
        for kind, field in guarded:
            for item in self.analyst.ask("GET", f"{kind}?limit=20")[2].get("items", []):
                told = self.analyst.good("GET", f"{kind}/{item['id']}/disclosure")
                if field in told["members"] and field not in item:
                    outsider.disclosure(told, self.vkey)
                    self.report.say(list(told["members"][field]) == ["commitment"], f"{kind}.{field} stays closed", told["members"][field])
                    return
        self.report.say(False, "no field that this person may not see", guarded)

    def written(self):
        reply = self.analyst.good("POST", "task?proof=1", {"title": "Proven at once"})
        entry = self.auditor.good("GET", f"ledger/entries?from={reply['ledger']['index']}&limit=1")["entries"][0]["leaf"]
        size = outsider.proof(reply["ledger"]["proof"], outsider.canonical(entry), self.vkey)
        self.report.say(size > reply["ledger"]["index"], "the answer to a write proves it", size)
        plain = self.analyst.good("PATCH", f"task/{reply['id']}", {"title": "Proven when asked"}, If_Match=f'"{reply["version"]}"')
        self.report.say("proof" not in plain["ledger"], "when it is asked to")

    def token(self):
        made = self.auditor.good("POST", "tokens", {"name": "my own verifier", "roles": ["external_auditor"], "scopes": ""})
        by = harness.Client(self.port, made["token"])
        self.report.say(by.ask("GET", "ledger/entries?from=0&limit=5")[0] == 200, "an auditor's own token reads the log")
        self.report.say(by.ask("GET", "risk?limit=1")[0] == 200, "and the registers")
        status, _, why = by.ask("POST", "task", {"title": "Written"})
        self.report.say(status == 403 and why["errors"][0]["code"] == "scope", "and writes nothing", f"{status} {why}")
        mine = self.auditor.good("GET", "tokens")["items"]
        self.report.say([t["scopes"] for t in mine] == ["read"], "they see their own alone", mine)
        status = self.auditor.ask("POST", "tokens", {"name": "more", "roles": ["aims_manager"]})[0]
        self.report.say(status == 403, "of roles they do not hold they get none", status)
        status, _, why = self.auditor.ask("POST", "tokens", {"name": "other", "roles": ["external_auditor"], "scopes": "metrics"})
        self.report.say(status == 403 and why["errors"][0]["field"] == "scopes", "another scope than reading is refused, not changed", f"{status} {why}")
        staff = self.person("lin").good("POST", "tokens", {"name": "reads as staff", "roles": ["staff"], "scopes": "read"})
        by_staff = harness.Client(self.port, staff["token"])
        got = [by_staff.ask("GET", path)[0] for path in ("task?limit=1", "/metrics", "ledger/entries?from=0&limit=1")]
        self.report.say(got == [200, 403, 403], "reading is what its roles read: no numbers of the server, no log", got)
        status = self.analyst.ask("POST", "tokens", {"name": "mine", "roles": ["assessor"]})[0]
        self.report.say(status == 403, "who is no auditor gets none", status)
        self.report.say(self.auditor.ask("DELETE", f"tokens/{made['id']}")[0] == 204 and by.ask("GET", "session")[0] == 401, "they end it themselves")


def main():
    aimwell, report = harness.program(), harness.Report()
    if not shutil.which("openssl"):
        harness.skip("there is no openssl")
    place = harness.demo(aimwell, harness.temporary() + "/data")
    server = harness.Server(place, "--demo")
    it = Outsider(report, place, server)
    it.files()
    it.older()
    it.content()
    it.hidden()
    it.written()
    it.token()
    server.stop()
    report.end()


if __name__ == "__main__":
    sys.exit(main())
