#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cases from public reports and files: each folder of $SHARED_DATA/public-cases has a README that says what must
hold and a small input. Nothing of them is copied here.

    SHARED_DATA=FOLDER public_cases.py PATH_OF_AIMWELL [NAME …]

Prints `ok public case NAME` for what holds, or one line when the data is not there.
"""
import io
import json
import os
import sys
import unicodedata
import urllib.parse
import xml.dom.minidom
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))

import harness  # noqa: E402

CASES = {}
FOR = ("--as", "robot1@test.example")  # the person that the token of the place acts for
# What is seen only in a browser, or needs a clock, and the test that holds it.
ELSEWHERE = {"tabs-seventh": "tests/ui/hands.mjs", "ui-paste-cut": "tests/ui/hands.mjs",
             "link-location": "tests/ui/hands.mjs", "tz-today": "p08_whose_day.py"}


def case(name):
    def keep(function):
        CASES[name] = function
        return function
    return keep


class Wrong(Exception):
    """What does not hold."""


def holds(good, what):
    if not good:
        raise Wrong(str(what)[:600])


class Desk:
    """One organisation for one case."""

    def __init__(self, aimwell, folder):
        self.place = harness.Place(aimwell, data=os.path.join(harness.temporary(), "data"))
        self.token, self.folder, self.server = self.place.init(), folder, None

    def file(self, name):
        return os.path.join(self.folder, name)

    def take(self, name, kind="ai_system", mapped=None):
        """(exit code, result) of an import; the words of a refusal are in result["words"]."""
        mapped = os.path.exists(self.file("map.json")) if mapped is None else mapped
        more = ["--map", self.file("map.json")] if mapped else []
        code, out, err = harness.run(self.place.aimwell, "import", kind, self.file(name), "--json", *FOR, *more,
                                     where=self.place.where)
        return code, {**(json.loads(out) if out.startswith("{") else {}), "words": out + err}

    def all_in(self, name, count, **more):
        """An import that takes every row; its remarks as one text."""
        code, result = self.take(name, **more)
        holds(code == 0 and result.get("accepted") == count, (code, result))
        return " ".join(f"{one['column']}: {one['message']}" for one in result["remarks"])

    def records(self, kind="ai_system"):
        return json.loads(harness.must(self.place.aimwell, "export", "records", "--kind", kind, "--format", "json",
                                       where=self.place.where))

    def export(self, kind, form):
        path = os.path.join(harness.temporary(), "out." + form)
        harness.must(self.place.aimwell, "export", "records", "--kind", kind, "--format", form, "--out", path,
                     where=self.place.where)
        with open(path, "rb") as file:
            return file.read()

    def client(self):
        self.server = harness.Server(self.place)
        return harness.Client(self.server.port, self.token)

    def close(self):
        if self.server:
            self.server.stop()


# ---- P3: dates, lists, spellings ------------------------------------------------------------------
@case("date-asian")
def date_asian(desk):
    desk.all_in("a.csv", 4)
    holds([one.get("go_live") for one in desk.records()] == ["2024-03-05"] * 4, desk.records())


@case("date-day-first")
def date_day_first(desk):
    desk.all_in("a.csv", 2)
    holds([one.get("go_live") for one in desk.records()] == ["2024-03-05", "2024-12-25"], desk.records())


@case("date-no-map")
def date_no_map(desk):
    said = desk.all_in("a.csv", 2)
    holds([one.get("go_live") for one in desk.records()] == ["2024-03-05"] * 2 and "day-first" in said,
          (said, desk.records()))


@case("list-comma")
def list_comma(desk):
    said = desk.all_in("a.csv", 2)
    holds("separator" in said, said)
    with open(desk.file("map.json"), encoding="utf-8") as file:
        spec = json.load(file)
    spec["columns"]["w"]["separator"] = [",", "\n"]
    path = os.path.join(harness.temporary(), "map.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(spec, file)
    harness.must(desk.place.aimwell, "import", "ai_system", desk.file("a.csv"), "--map", path, *FOR,
                 where=desk.place.where)
    holds([one.get("jurisdictions") for one in desk.records()] == [["SG", "CN"]] * 2, desk.records())


@case("list-no-map")
def list_no_map(desk):
    said = desk.all_in("a.csv", 1)
    holds(desk.records()[0]["jurisdictions"] == ["SG", "CN"] or "jurisdictions" in said, (said, desk.records()))


@case("list-q-symbol")
def list_q_symbol(desk):
    client = desk.client()
    for title in ("Robot 🤖", "Plain"):
        client.good("POST", "task", {"title": title})
    for q in ("🤖", "%", "*", '"'):
        total = client.good("GET", "task?q=" + urllib.parse.quote(q))["total"]
        holds(total < 2, f"{q}: {total} of 2")


@case("sheet-second")
def sheet_second(desk):
    code, result = desk.take("a.xlsx", mapped=False)
    holds(code != 0 and "in the workbook are" in result["words"], (code, result))
    with zipfile.ZipFile(desk.file("a.xlsx")) as book:
        names = [one.getAttribute("name") for one in
                 xml.dom.minidom.parseString(book.read("xl/workbook.xml")).getElementsByTagName("sheet")]
    holds(all(one in result["words"] for one in names), (names, result))
    path = os.path.join(harness.temporary(), "map.json")
    for name, words in (("No such", "there is no sheet"), (names[-1], "the map does not say where")):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"map": "m", "kind": "ai_system", "sheet": name, "identity": {"prefix": "p", "parts": []}, "columns": {}}, file)
        code, out, err = harness.run(desk.place.aimwell, "import", "ai_system", desk.file("a.xlsx"), "--map", path, *FOR,
                                     where=desk.place.where)
        holds(code != 0 and words in out + err, (name, out, err))


@case("bool-xlsx")
def bool_xlsx(desk):
    desk.all_in("a.xlsx", 1)
    holds(isinstance(desk.records()[0].get("in_scope"), bool) and "pilot_report" not in desk.records()[0],
          desk.records())


@case("map-empty-target")
def map_empty_target(desk):
    code, result = desk.take("a.csv")
    holds(code != 0 and "a:" in result["words"], (code, result))
    holds(not desk.records(), desk.records())


@case("json-list")
def json_list(desk):
    desk.all_in("a.json", 1)
    holds(desk.records()[0]["tags"] == ["SOC 2", "ISO 27001"], desk.records())


@case("xlsx-all-text")
def xlsx_all_text(desk):
    desk.all_in("a.csv", 1, kind="risk")
    sheet = zipfile.ZipFile(io.BytesIO(desk.export("risk", "xlsx"))).read("xl/worksheets/sheet1.xml")
    cells = xml.dom.minidom.parseString(sheet).getElementsByTagName("c")
    texts = ["".join(t.data for v in cell.getElementsByTagName("t") for t in v.childNodes) for cell in cells]
    values = {cell.getAttribute("r").rstrip("0123456789"): cell for cell in cells
              if cell.getAttribute("r").endswith("2") and not cell.getAttribute("r").endswith("12")}
    heads = {text: cell.getAttribute("r").rstrip("0123456789") for cell, text in zip(cells, texts)
             if cell.getAttribute("r").rstrip("0123456789") + "1" == cell.getAttribute("r")}
    for name in ("version", "c_org", "due", "created_at"):
        cell = values[heads[name]]
        holds(cell.getAttribute("t") in ("", "n"), f"{name}: {cell.toxml()}")


# ---- P4: one odd character --------------------------------------------------------------------------
@case("ctrl-xlsx-row-refused")
def ctrl_xlsx(desk):
    said = desk.all_in("a.xlsx", 1)
    holds(said and "\x02" not in json.dumps(desk.records(), ensure_ascii=False), (said, desk.records()))


@case("xlsx-export-nonchar")
def xlsx_export_nonchar(desk):
    desk.all_in("a.csv", 2)
    book = zipfile.ZipFile(io.BytesIO(desk.export("ai_system", "xlsx")))
    for name in book.namelist():
        if name.endswith(".xml"):
            xml.dom.minidom.parseString(book.read(name))


@case("blank-title")
def blank_title(desk):
    client = desk.client()
    for title in ("\u3000", "\u00a0", "\u200b", "report\u202excod.exe"):
        status, _, reply = client.ask("POST", "task", {"title": title})
        holds(status == 422, f"{title!a}: {status} {reply}")


# ---- P5, P6 -----------------------------------------------------------------------------------------
@case("blank-rows-csv")
def blank_rows(desk):
    desk.all_in("a.csv", 1)
    holds(len(desk.records()) == 1, desk.records())


@case("long-title")
def long_title(desk):
    said = desk.all_in("a.csv", 1)
    one = desk.records()[0]
    holds(len(one["title"]) <= 300 and len(one["pilot_report"]) > 300 and "300" in said, (said, one))


@case("kept-overflow")
def kept_overflow(desk):
    holds(desk.all_in("a.csv", 1), "no remark")


# ---- P1, P2: which record, where the table is ---------------------------------------------------------
@case("nbsp-id")
def nbsp_id(desk):
    desk.all_in("a.csv", 1)
    code, result = desk.take("b.csv")
    holds((code, result.get("updated"), len(desk.records())) == (0, 1, 1), (code, result))


@case("nbsp-header")
def nbsp_header(desk):
    desk.all_in("a.csv", 1)
    holds("purpose" in desk.records()[0], desk.records())


@case("enc-cp1252")
def enc_cp1252(desk):
    said = desk.all_in("a.csv", 2)
    holds("Windows-1252" in said and "Café" in json.dumps(desk.records(), ensure_ascii=False),
          (said, desk.records()))


@case("enc-gb18030")
def enc_gb18030(desk):
    said = desk.all_in("a.csv", 1)
    text = json.dumps(desk.records(), ensure_ascii=False)
    holds("GB18030" in said and any("\u4e00" <= c <= "\u9fff" for c in text), (said, text))


@case("head-two-rows-csv")
def head_two_rows(desk):
    holds(desk.all_in("a.csv", len(desk.records()) or 1) is not None, "")
    holds(desk.records(), "no record")


@case("sep-line")
def sep_line(desk):
    code, result = desk.take("a.csv")
    holds(code == 0 and result.get("accepted", 0) > 0, (code, result))


@case("dup-headers")
def dup_headers(desk):
    desk.all_in("a.csv", 1)
    one = desk.records()[0]
    holds(one.get("intended_use") != one.get("validation"), one)


@case("json-wrapped")
def json_wrapped(desk):
    code, result = desk.take("a.json")
    holds(code != 0 and "records" in result["words"], (code, result))


@case("type-xls")
def type_xls(desk):
    code, result = desk.take("a.xls")
    holds(code != 0 and ".xlsx" in result["words"], (code, result))


@case("csv-no-bom")
def csv_no_bom(desk):
    desk.all_in("a.csv", 1)
    holds(desk.export("ai_system", "csv").startswith(b"\xef\xbb\xbf"), "no byte order mark")


@case("head-two-level")
def head_two_level(desk):
    code, result = desk.take("a.csv")
    holds(code != 0 and "ID, Headline, Harm" in result["words"] and "line 2" in result["words"], result)
    path = os.path.join(harness.temporary(), "map.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"map": "m", "kind": "ai_system", "header": [2, 3], "kept": "purpose", "identity": {"prefix": "p", "parts": ["ID"]},
                   "columns": {"ID": "kept", "Headline": {"field": "title"}, "*": "kept"}}, file)
    harness.must(desk.place.aimwell, "import", "ai_system", desk.file("a.csv"), "--map", path, *FOR, where=desk.place.where)
    one = desk.records()[0]
    holds(one["title"] == "Bot fails" and "Harm / Societal: fear" in one["purpose"] and "ID: I1" in one["purpose"], one)


@case("soa-by-control")
def soa_by_control(desk):
    before = desk.records("soa_entry")
    code, result = desk.take("a.csv", kind="soa_entry")
    holds(code == 1 and "Z.9" in result["words"] and (result["accepted"], result["updated"]) == (0, 1), (code, result))
    after = desk.records("soa_entry")
    holds(len(after) == len(before) and [one["justification"] for one in after if one["control"] == "iso-42001:A.2.2"] == ["Needed by law"], after)


@case("same-name")
def same_name(desk):
    for n in (1, 2):
        harness.must(desk.place.aimwell, "user", "add", f"w{n}@example.org", "--name", "王伟", "--roles", "staff", where=desk.place.where)
    desk.all_in("a.csv", 1)
    first = desk.records()[0]["owner"]
    for form in ("csv", "xlsx"):
        path = os.path.join(harness.temporary(), "e." + form)
        with open(path, "wb") as file:
            file.write(desk.export("ai_system", form))
        code, out, err = harness.run(desk.place.aimwell, "import", "ai_system", path, "--json", *FOR, where=desk.place.where)
        holds(code == 0 and json.loads(out)["unchanged"] == 1 and desk.records()[0]["owner"] == first, (out, err))


# ---- P7, P9: one form, and order ------------------------------------------------------------------------
@case("nfd-search-vi")
def nfd_search(desk):
    client = desk.client()
    for form in ("NFC", "NFD"):
        client.good("POST", "task", {"title": form + " " + unicodedata.normalize(form, "Nguyễn")})
    for word in (unicodedata.normalize("NFC", "Nguyễn"), unicodedata.normalize("NFD", "Nguyễn"), "Nguyen", "NGUYỄN"):
        found = {one["title"][:3] for one in client.good("GET", "task?fields=title&q=" + urllib.parse.quote(word))["items"]}
        holds(found == {"NFC", "NFD"}, f"{word}: {found}")


@case("nfd-password")
def nfd_password(desk):
    word = "Pässwörd-überlang-2026"
    path = os.path.join(harness.temporary(), "password")
    for n, form in ((1, "NFC"), (2, "NFD")):
        with open(path, "w", encoding="utf-8") as file:
            file.write(unicodedata.normalize(form, word))
        harness.must(desk.place.aimwell, "user", "add", f"u{n}@example.org", "--name", f"U{n}", "--roles", "staff", "--password-file",
                     path, where=desk.place.where)
    desk.client()
    for n in (1, 2):
        for form in ("NFC", "NFD"):
            status, _, reply = harness.Client(desk.server.port).ask(
                "POST", "session", {"email": f"u{n}@example.org", "password": unicodedata.normalize(form, word)})
            holds(status == 201, f"{n} {form}: {status} {reply}")


@case("sort-soa")
def sort_soa(desk):
    client = desk.client()
    for sort in ("", "&sort=title", "&sort=control"):
        rows = [one["title"].split()[0] for one in client.good("GET", "soa_entry?limit=100&fields=title" + sort)["items"]]
        holds(rows[0] == "A.2.2" and rows[-1] == "A.10.4" and len(rows) > 30, (sort, rows))


# ---- P12, P13 -------------------------------------------------------------------------------------------
@case("disabled-owner")
def disabled_owner(desk):
    harness.must(desk.place.aimwell, "user", "add", "gone@example.org", "--name", "Gone", "--roles", "staff", where=desk.place.where)
    client = desk.client()
    [gone] = [one for one in client.good("GET", "people?q=gone")["items"] if one["name"] == "Gone"]
    client.good("POST", "task", {"title": "held", "owner": gone["id"]})
    client.good("PATCH", "people/" + gone["id"], {"disabled": True})
    status, _, reply = client.ask("POST", "task", {"title": "x", "owner": gone["id"]})
    holds(status == 422 and "left" in json.dumps(reply), (status, reply))
    listed = client.good("GET", "task?owner=" + gone["id"])
    holds(listed["total"] == 1 and listed["names"][gone["id"]]["state"] == "left", listed)


@case("subpath")
def subpath(desk):
    for public in ((), ("--public", "https://host.example/aims")):
        below, host = ("/aims", {"Host": "host.example"}) if public else ("", {})
        desk.server = harness.Server(desk.place, *public)
        client = harness.Client(desk.server.port)
        status, headers, _ = client.ask("GET", below + "/k/risk", Accept="text/html", **host)
        holds(status == 200 and "html" in headers["content-type"], f"a page: {status} {headers}")
        for path in ("/api", "/api/", "/api/v1", "/api/v2/risk", "/aims/api/v1/session", "/api/v1/nothing/at/all/here", "/API/v1/risk"):
            for front in {"", below}:
                status, headers, _ = client.ask("GET", front + path, Accept="text/html", **host)
                holds(not (status == 200 and "html" in headers.get("content-type", "")), f"{front + path}: {status} {headers}")
        desk.server.stop()


def main():
    aimwell, report = harness.program(), harness.Report()
    shared = os.path.join(os.environ.get("SHARED_DATA", ""), "public-cases")
    if not os.environ.get("SHARED_DATA") or not os.path.isdir(shared):
        print("skip public cases: SHARED_DATA does not name the folder that has them")
        return
    for name in sorted(entry.name for entry in os.scandir(shared) if entry.is_dir()):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        if name not in CASES:
            if name not in ELSEWHERE:
                report.say(False, f"public case {name}", "nothing says whether it holds")
            continue
        desk = Desk(aimwell, os.path.join(shared, name))
        try:
            CASES[name](desk)
            report.say(True, f"public case {name}")
        except Exception as error:  # whatever breaks a case is its answer
            report.say(False, f"public case {name}", f"{type(error).__name__} {error}"[:700])
        finally:
            desk.close()
    report.end()


main()
