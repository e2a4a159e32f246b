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
    expect("a map", (code, counts), (1, (4, 0, 0, 1)))
    expect("its errors", named(result), [(4, "No", "identity")])
    there = {k: r for k, r in site.records("ai_system").items() if k.startswith("m: ")}
    expect("identities", sorted(there), ["m: 1", "m: 1 #2", "m: Three", "m: " + "x" * 101])
    long = there["m: " + "x" * 101]
    expect("what is too long is cut and kept whole", (long["running_version"], long["purpose"]),
           ("x" * 99 + "…", "No: " + "x" * 101))
    expect("a kept cell", there["m: 1"]["purpose"],
           'Live: 10/1/2024 12:00:00 AM\nName: " One "')
    expect("its values", [there["m: 1"].get(f) for f in ("title", "go_live", "tags", "personal_data")],
           ["One", "2024-10-01", ["a", "b's"], True])
    expect("an unknown word", (there["m: 1 #2"].get("personal_data"), there["m: 1 #2"]["purpose"]),
           (None, "PII: yes"))
    expect("no list", (there["m: Three"].get("tags"), there["m: Three"]["purpose"]),
           (None, "Tags: ['a' 'b']"))
    expect("the same again", take_map(site, good_map(), rows)[1], (0, 0, 4, 1))
    rows[0][3] = ""
    expect("an emptied cell", take_map(site, good_map(), rows)[1], (0, 1, 3, 1))
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
    wrong("an empty target", lambda m: m["columns"].update({"No": []}), "would lose the column")
    wrong("a wrong order of dates", lambda m: m.update({"dates": "year-first"}), "day-first or month-first")
    wrong("a separator of no list", lambda m: m["columns"]["No"].update({"separator": ","}), "separator")
    wrong("a parse that does not fit", lambda m: m["columns"]["No"].update({"parse": "date"}), "parse")
    spec = good_map()
    spec["overlay"] = "nowhere"
    expect("an unknown overlay", take_map(site, spec, [row])[0], 4)


# ---- nothing is guessed in silence, and nothing odd costs a row ---------------------------------------


def remarks(result):
    return [(e["column"], e["rows"]) for e in result["remarks"]]


def dates(site, name, cells, more=None):
    """The dates that a column of a map is read as, and the remarks."""
    spec = {"map": "d", "kind": "ai_system", "kept": "purpose", "identity": {"prefix": name, "parts": ["No"]},
            "columns": {"No": {"field": "running_version"}, "Name": {"field": "title"},
                        "Live": {"field": "go_live", "parse": "date", **(more or {})}}}
    rows = [[str(n), f"{name} {n}", cell] for n, cell in enumerate(cells)]
    code, counts, result = site.take("ai_system", table(["No", "Name", "Live"], *rows),
                                     more=["--map", site.file(json.dumps(spec), "json")])
    expect(f"{name} comes in", (code, counts), (0, (len(cells), 0, 0, 0)))
    there = site.records("ai_system")
    return [there[f"{name}: {n}"].get("go_live") for n in range(len(cells))], remarks(result)


def check_dates(site):
    expect("forms of one day", dates(site, "forms", [
        "2024-03-05", "2024/3/5", "2024年3月5日", "20240305", "2024.3.5", "2024-03-05 00:00:00",
        "2024-03-05T00:00:00.000000Z"]), (["2024-03-05"] * 7, []))
    expect("a column that is day-first", dates(site, "day", ["05/03/2024", "25/12/2024", "5.3.2024"]),
           (["2024-03-05", "2024-12-25", "2024-03-05"], []))
    expect("a column that is month-first", dates(site, "month", ["05/03/2024", "12/25/2024"]),
           (["2024-05-03", "2024-12-25"], []))
    expect("nothing tells", dates(site, "untold", ["05/03/2024", "06/03/2024", "07/07/2024"]),
           (["2024-05-03", "2024-06-03", "2024-07-07"], [("Live", 2)]))
    expect("the map tells", dates(site, "told", ["05/03/2024"], {"dates": "day-first"}), (["2024-03-05"], []))
    expect("against the map", dates(site, "against", ["12/25/2024"], {"dates": "day-first"}),
           ([None], [("Live", 1)]))
    expect("both ways", dates(site, "both", ["25/12/2024", "12/25/2024", "05/03/2024"]),
           (["2024-12-25", "2024-12-25", None], [("Live", 1)]))
    expect("a time of day", dates(site, "time", ["2024-03-05 14:30"]), (["2024-03-05"], [("Live", 1)]))
    code, _, result = site.take("ai_system", table(["external_id", "title", "go_live"],
                                                   ["plain1", "A", "25/12/2024"], ["plain2", "B", "05/03/2024"]))
    expect("without a map", (code, site.records("ai_system")["plain2"]["go_live"], remarks(result)),
           (0, "2024-03-05", []))


def check_lists(site):
    spec = {"map": "l", "kind": "ai_system", "kept": "purpose", "identity": {"prefix": "list", "parts": ["No"]},
            "columns": {"No": {"field": "running_version"}, "Name": {"field": "title"},
                        "Where": {"field": "jurisdictions", "parse": "list"}}}
    rows = table(["No", "Name", "Where"], ["1", "A", "SG, CN"], ["2", "B", "SG\nCN"], ["3", "C", "SG; CN"])

    def take():
        _, _, result = site.take("ai_system", rows, more=["--map", site.file(json.dumps(spec), "json")])
        there = site.records("ai_system")
        return [there[f"list: {n}"]["jurisdictions"] for n in (1, 2, 3)], [e["line"] for e in result["remarks"]]

    expect("unsaid separators are said", take(), ([["SG, CN"], ["SG CN"], ["SG", "CN"]], [2, 3]))
    spec["columns"]["Where"]["separator"] = [",", ";", "\n"]
    expect("said separators", take(), ([["SG", "CN"]] * 3, []))
    _, _, result = site.take("ai_system", table(["external_id", "title", "jurisdictions"], ["lp", "D", "SG; CN"]))
    expect("without a map", remarks(result), [("jurisdictions", 1)])


def check_spellings(site):
    rows = table(["external_id", "title", "personal_data", "x"], ["sp1", "A", "TRUE", ""], ["sp2", "B", "0.0", ""])
    rows = rows.replace(",x", "").replace(",\r", "\r")
    code, counts, _ = site.take("ai_system", rows)
    there = site.records("ai_system")
    expect("yes and no", (code, counts[0], there["sp1"]["personal_data"], there["sp2"]["personal_data"]),
           (0, 2, True, False))
    site.take("risk", table(["external_id", "title", "likelihood"], ["sp3", "C", "2.0"]))
    expect("2.0 is 2", site.records("risk")["sp3"]["likelihood"], 2)


def check_odd(site):
    code, counts, result = site.take("ai_system", table(
        ["external_id", "title", "purpose"], ["odd1", "Tr\x02im", "non\uffffchar"], ["", "", ""],
        ["\u00a0", "\u3000", " "], ["odd2", "Turn\u202eed", "x"], ["odd3", "y" * 301, "Why"]))
    there = site.records("ai_system")
    expect("odd characters and blank rows cost nothing", (code, counts, remarks(result)),
           (0, (3, 0, 0, 0), [("title", 1), ("purpose", 1), ("title", 1), ("title", 1)]))
    expect("they are left out", (there["odd1"]["title"], there["odd1"]["purpose"], there["odd2"]["title"]),
           ("Trim", "nonchar", "Turned"))
    expect("a long title goes on in the description", (there["odd3"]["title"], there["odd3"]["purpose"]),
           ("y" * 299 + "…", "y" * 301 + "\n\nWhy"))
    expect("the same again", site.take("ai_system", table(
        ["external_id", "title", "purpose"], ["odd3", "y" * 301, "Why"]))[1], (0, 0, 1, 0))


def check_front(site):
    def take_bytes(content, ending="csv", more=()):
        path = site.file("", ending)
        with open(path, "wb") as f:
            f.write(content)
        done = site.run("import", "ai_system", path, "--json", *more)
        return done.returncode, done.stdout + done.stderr

    head = "external_id,title,purpose\r\n"
    for name, encoding in (("Windows-1252", "cp1252"), ("UTF-16LE", "utf-16")):
        code, words = take_bytes((head + f"{encoding},Café,“smart” – ok\r\n").encode(encoding))
        expect(f"{name} is found and said", (code, name in words), (0, True))
        expect(name, site.records("ai_system")[encoding]["title"], "Café")
    code, words = take_bytes((head + "gb,智能客服,回答客户的问题\r\n").encode("gb18030"))
    expect("GB18030", (code, "GB18030" in words, site.records("ai_system")["gb"]["title"]), (0, True, "智能客服"))
    code, _ = take_bytes(b"sep=;\r\nexternal_id;title\r\nsep;Said\r\n")
    expect("sep=", (code, site.records("ai_system")["sep"]["title"]), (0, "Said"))
    code, words = take_bytes(b'{"meta": {"n": [1]}, "systems": [{"title": "x"}]}', "json")
    expect("lists inside are named", (code, "systems (1)" in words, "meta.n (1)" in words), (2, True, True))
    for content, ending, word in ((b"\xd0\xcf\x11\xe0\xa1\xb1", "xls", ".xls"), (b"%PDF-1.4", "csv", "PDF"),
                                  (b"a: 1", "yaml", "YAML")):
        code, words = take_bytes(content, ending)
        expect(f"{word} is named", (code, word in words), (2, True))
    spec = {"map": "n", "kind": "ai_system", "header": 2, "list": "deep.rows",
            "identity": {"prefix": "front", "parts": ["No"]},
            "columns": {"No": {"field": "running_version"}, "Name": {"field": "title"},
                        "Note": {"field": "purpose"}, "Note #2": {"field": "fallback"}}}
    mapped = ["--map", site.file(json.dumps(spec), "json")]
    code, _ = take_bytes(b"A banner,,,\r\nNo,Name,Note,Note\r\n1,Bot,one,two\r\n", more=mapped)
    one = site.records("ai_system")["front: 1"]
    expect("a banner, and two columns of a name", (code, one["purpose"], one["fallback"]), (0, "one", "two"))
    del spec["columns"]["Note #2"]
    mapped = ["--map", site.file(json.dumps(spec), "json")]
    code, _ = take_bytes(b'{"deep": {"rows": [{"No": "2", "Name": "Bat", "Note": "x"}]}}', "json", mapped)
    expect("a list inside", (code, site.records("ai_system")["front: 2"]["title"]), (0, "Bat"))
    code, counts, _ = site.take("ai_system", table(["external_id\u00a0", "title"], ["front:\u00a01", "Renamed"]))
    expect("kinds of space are one", (code, counts), (0, (0, 1, 0, 0)))


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
        check_dates(site)
        check_lists(site)
        check_spellings(site)
        check_odd(site)
        check_front(site)
        expect("verify", site.run("verify", "--deep").returncode, 0)
    for fault in faults:
        print(fault)
    print(len(faults), "faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
