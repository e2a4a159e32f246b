#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Small cases of `aimwell import`: without a map, in all three formats, and maps with mistakes.

    import_cases.py AIMWELL

Exit 0 when all holds. Makes a store of its own in a temporary folder.
"""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile

faults = []


def expect(what, got, wanted):
    if got != wanted:
        faults.append(f"{what}: {got!r}, expected {wanted!r}")


class Site:
    def __init__(self, binary, folder):
        self.binary, self.folder, self.number = binary, folder, 0
        self.run("init", "--organisation", "Cases", "--admin", "ada@example.org", "--name",
                 "Ada Lovelace", "--password-file", "-", text="a long password for a check\n")

    def run(self, *words, text=None):
        done = subprocess.run([self.binary, *words, "--data", os.path.join(self.folder, "site")],
                              input=text, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode == 70 or done.returncode < 0 or "Sanitizer" in done.stderr:
            faults.append(f"{words}: {done.returncode} {done.stderr}")
        return done

    def file(self, content, ending):
        self.number += 1
        path = os.path.join(self.folder, f"{self.number}.{ending}")
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(content)
        return path

    def take(self, kind, content, ending="csv", more=()):
        done = self.run("import", kind, self.file(content, ending), "--as", "ada@example.org", "--json", *more)
        result = json.loads(done.stdout) if done.stdout else {"errors": [], "words": done.stderr}
        counts = tuple(result.get(k) for k in ("accepted", "updated", "unchanged", "rejected"))
        return done.returncode, counts, result

    def records(self, kind):
        done = self.run("export", "records", "--kind", kind, "--format", "json", "--out", "-")
        return {r.get("external_id", r["key"]): r for r in json.loads(done.stdout)}

    def export(self, kind, form):
        path = os.path.join(self.folder, f"out.{form}")
        self.run("export", "records", "--kind", kind, "--format", form, "--out", path)
        return path


def table(*rows, separator=","):
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def named(result):
    return [(e["line"], e["column"], e["code"]) for e in result["errors"]]


# ---- without a map -----------------------------------------------------------------------------------

SYSTEMS = table(
    ["external_id", "title", "purpose", "personal_data", "go_live", "tags", "ai_type", "owner",
     "org_roles", "confidentiality"],
    ["s1", "Two\r\nlines  here", "First\r\nsecond", "是", "2026-11-23", "a|b|a", "Generative AI",
     "ada lovelace", "provider|developer", "restricted"],
    ["s2", "'=formula", "", "no", "", "", "genai", "ADA@example.org", "", ""],
    ["s3", "", "no title", "", "", "", "", "", "", ""],
    ["s4", "Wrong", "", "perhaps", "2026-02-30", "", "magic", "nobody", "", ""],
    ["s1", "Twice", "", "", "", "", "", "", "", ""])


def check_plain(site):
    tried = site.take("ai_system", SYSTEMS, more=["--dry-run"])
    expect("a dry run says what would be", (tried[0], tried[1]), (1, (2, 0, 0, 3)))
    expect("a dry run makes nothing", site.records("ai_system"), {})
    code, counts, result = site.take("ai_system", "\ufeff" + SYSTEMS)
    expect("typed cells", (code, counts), (1, (2, 0, 0, 3)))
    expect("refused", named(result), named(tried[2]))
    expect("refused cells", named(result), [
        (6, "title", "required"), (7, "personal_data", "type"), (7, "go_live", "date"),
        (7, "ai_type", "choice"), (7, "owner", "unknown_reference"), (8, "external_id", "twice")])
    there = site.records("ai_system")
    one = there["s1"]
    expect("values", [one.get(f) for f in ("title", "purpose", "personal_data", "go_live", "tags",
                                           "ai_type", "org_roles", "confidentiality")],
           ["Two lines  here", "First\nsecond", True, "2026-11-23", ["a", "b"], "genai",
            ["provider", "developer"], "restricted"])
    expect("people by name or address", one["owner"], there["s2"]["owner"])
    expect("the guard of a formula goes", there["s2"]["title"], "=formula")
    expect("a default is given", there["s2"]["confidentiality"], "internal")
    expect("the same again", site.take("ai_system", SYSTEMS)[1], (0, 0, 2, 3))


def check_update(site):
    code, counts, _ = site.take("ai_system", table(["external_id", "title", "purpose"],
                                                   ["s1", "", "Other"], ["s2", "=formula", ""]))
    expect("an update", (code, counts), (0, (0, 1, 1, 0)))
    one = site.records("ai_system")["s1"]
    expect("empty cells leave the field", (one["title"], one["purpose"], one["version"]),
           ("Two lines  here", "Other", 2))
    key = one["key"]
    code, counts, _ = site.take("ai_system", table(["key", "state", "title"],
                                                   [key, "retired", "By key"], ["SYS-9999", "", "x"]),
                                more=["--dry-run"])
    expect("by key, an unknown one", (code, counts), (1, (0, 1, 0, 1)))
    site.take("ai_system", table(["key", "state", "title"], [key, "retired", "By key"]))
    one = site.records("ai_system")["s1"]
    expect("state is no field", (one["title"], one["state"]), ("By key", "idea"))


def check_references(site):
    key = site.records("ai_system")["s1"]["key"]
    rows = table(["external_id", "title", "system", "evidence"], ["r1", "It may be wrong", key, ""],
                 ["r2", "It may stop", "SYS-9999", ""], separator=";")
    code, counts, result = site.take("risk", rows)
    expect("a reference by key", (code, counts, named(result)),
           (1, (1, 0, 0, 1), [(3, "system", "unknown_reference")]))
    expect("it became an id", site.records("risk")["r1"]["system"],
           site.records("ai_system")["s1"]["id"])
    expect("the same again", site.take("risk", rows)[1], (0, 0, 1, 1))


def check_json(site):
    rows = [{"external_id": "j1", "title": "From JSON", "tags": ["x", "y"], "personal_data": False,
             "affected_groups": [{"people": "Applicants", "vulnerable": True}]},
            {"external_id": "j2", "title": 7}, "no object", {"title": None, "external_id": "j3"}]
    code, counts, result = site.take("ai_system", json.dumps(rows), "json")
    expect("a JSON file", (code, counts), (1, (1, 0, 0, 3)))
    expect("its errors", sorted((c, e) for _, c, e in named(result)),
           [("", "type"), ("title", "required"), ("title", "type")])
    one = site.records("ai_system")["j1"]
    expect("lists and rows", (one["tags"], one["personal_data"], one["affected_groups"]),
           (["x", "y"], False, rows[0]["affected_groups"]))
    expect("the same again", site.take("ai_system", json.dumps(rows[:1]), "json")[1], (0, 0, 1, 0))


def check_round_trip(site):
    site.take("ai_system", table(["external_id", "title"], ["q1", "'' two apostrophes"],
                                 ["q2", "a | b  c"], ["q3", "“—” 漢字"]))
    for kind in ("ai_system", "risk", "org_unit", "soa_entry"):
        there = site.records(kind)
        for form in ("csv", "xlsx", "json"):
            done = site.run("import", kind, site.export(kind, form), "--as", "ada@example.org", "--json")
            if form == "csv" or there:
                result = json.loads(done.stdout) if done.stdout else {}
                expect(f"{kind} exported as {form}",
                       (done.returncode, result.get("unchanged"), result.get("updated")),
                       (0, len(there), 0))
        expect(kind + " is as it was", site.records(kind), there)


def check_headers(site):
    code, counts, result = site.take("risk", table(["title", "nonsense", "title", ""],
                                                   ["a", "b", "c", "d"]))
    words = result["words"]
    expect("a wrong header", (code, counts[0]), (2, None))
    for part in ("title: this column is there twice", "column 4 has no name"):
        expect(part, part in words, True)
    _, _, result = site.take("risk", table(["title", "nonsense", "rubbish"], ["a", "b", "c"]))
    expect("every unknown column", [w in result["words"] for w in ("nonsense", "rubbish")], [True] * 2)
    expect("no header", site.take("risk", "")[0], 2)
    expect("no such kind", site.take("rsik", "title\nx\n")[0], 4)
    expect("no such map", site.take("risk", "title\nx\n", more=["--map", "elsewhere"])[0], 4)
    expect("nothing was made", len(site.records("risk")), 1)


# ---- maps ------------------------------------------------------------------------------------------------


def good_map():
    return {"map": "m", "kind": "ai_system", "kept": "purpose",
            "identity": {"prefix": "m", "parts": ["No"], "otherwise": ["Name"]},
            "columns": {"No": {"field": "running_version"}, "Name": {"field": "title", "empty": "?"},
                        "Live": {"field": "go_live", "parse": "date"},
                        "Tags": {"field": "tags", "parse": "python_list"},
                        "PII": {"field": "personal_data", "values": {"Yes": True, "No": False}}}}


def take_map(site, spec, rows, more=()):
    path = site.file(json.dumps(spec), "json")
    return site.take("ai_system", table(["No", " Live ", "Name", "Tags", "PII"], *rows),
                     more=["--map", path, *more])


def check_map(site):
    rows = [["1", "10/1/2024 12:00:00 AM", " One ", "['a', \"b's\"]", "Yes"],
            ["1", "2024-10-01", "Two", "[]", "yes"],
            ["", "soon", "", "", ""],
            ["", "", "Three", "['a' 'b']", ""],
            ["x" * 101, "", "Four", "", ""]]
    code, counts, result = take_map(site, good_map(), rows)
    expect("a map", (code, counts), (1, (3, 0, 0, 2)))
    expect("its errors", named(result), [(4, "No", "identity"), (6, "No", "too_long")])
    there = {k: r for k, r in site.records("ai_system").items() if k.startswith("m: ")}
    expect("identities", sorted(there), ["m: 1", "m: 1 #2", "m: Three"])
    expect("a kept cell", there["m: 1"]["purpose"],
           'Live: 10/1/2024 12:00:00 AM\nName: " One "')
    expect("its values", [there["m: 1"].get(f) for f in ("title", "go_live", "tags", "personal_data")],
           ["One", "2024-10-01", ["a", "b's"], True])
    expect("an unknown word", (there["m: 1 #2"].get("personal_data"), there["m: 1 #2"]["purpose"]),
           (None, "PII: yes"))
    expect("no list", (there["m: Three"].get("tags"), there["m: Three"]["purpose"]),
           (None, "Tags: ['a' 'b']"))
    expect("the same again", take_map(site, good_map(), rows)[1], (0, 0, 3, 2))
    rows[0][3] = ""
    expect("an emptied cell", take_map(site, good_map(), rows)[1], (0, 1, 2, 2))
    expect("empties its field", site.records("ai_system")["m: 1"].get("tags"), None)


def check_wrong_maps(site):
    row = ["1", "", "One", "", ""]

    def wrong(what, change, *parts):
        spec = good_map()
        change(spec)
        code, counts, result = take_map(site, spec, [row])
        expect(what, (code, counts[0]), (2, None))
        for part in parts:
            expect(f"{what}: {part}", part in result.get("words", ""), True)

    wrong("a missing and a new column", lambda m: m["columns"].update(
        {"Gone": m["columns"].pop("PII")}), "the file has no column Gone", "PII")
    wrong("an unknown field", lambda m: m["columns"].update({"No": {"field": "nonsense"}}), "nonsense")
    wrong("a kept field", lambda m: m["columns"].update({"No": {"field": "state"}}), "state")
    wrong("a computed field", lambda m: m["columns"].update({"No": {"field": "risk_band"}}), "risk_band")
    wrong("an unknown key", lambda m: m.update({"colour": 1}), "colour")
    wrong("an unknown key of a target", lambda m: m["columns"]["No"].update({"vlaues": {}}), "vlaues")
    wrong("a field twice", lambda m: m["columns"].update({"No": {"field": "title"}}), "title")
    wrong("no identity", lambda m: m.pop("identity"), "identity")
    wrong("another kind", lambda m: m.update({"kind": "risk"}), "another kind")
    wrong("a wrong choice", lambda m: m["columns"].update(
        {"No": {"field": "ai_type", "values": {"1": "magic"}}}), "choice")
    wrong("a parse that does not fit", lambda m: m["columns"]["No"].update({"parse": "date"}), "parse")
    spec = good_map()
    spec["overlay"] = "nowhere"
    expect("an unknown overlay", take_map(site, spec, [row])[0], 4)


def main():
    with tempfile.TemporaryDirectory() as folder:
        site = Site(sys.argv[1], folder)
        check_plain(site)
        check_update(site)
        check_references(site)
        check_json(site)
        check_headers(site)
        check_round_trip(site)
        check_map(site)
        check_wrong_maps(site)
        expect("verify", site.run("verify", "--deep").returncode, 0)
    for fault in faults:
        print(fault)
    print(len(faults), "faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
