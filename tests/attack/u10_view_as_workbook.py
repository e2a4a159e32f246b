#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""U10: a list leaves as it is read: the columns of the view with their titles, in their order, values in the words and
the language of the reader; a second sheet with the codes is what an import takes back.

    u10_view_as_workbook.py PATH_OF_AIMWELL
"""
import csv
import io
import os
import re
import sys
import xml.etree.ElementTree as tree
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

VIEW = "key,state,title,system,owner,current_band,c_inherent,residual_until"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(content):
    """[(name, rows)] of a workbook: what its cells show as text."""
    book = zipfile.ZipFile(io.BytesIO(content))
    names = [s.get("name") for s in tree.fromstring(book.read("xl/workbook.xml")).iter(MAIN + "sheet")]
    shared = []
    if "xl/sharedStrings.xml" in book.namelist():
        shared = ["".join(t.text or "" for t in s.iter(MAIN + "t"))
                  for s in tree.fromstring(book.read("xl/sharedStrings.xml")).iter(MAIN + "si")]
    found = []
    for at, name in enumerate(names, 1):
        rows = []
        for row in tree.fromstring(book.read(f"xl/worksheets/sheet{at}.xml")).iter(MAIN + "row"):
            cells = {}
            for cell in row.iter(MAIN + "c"):
                column = re.match(r"[A-Z]+", cell.get("r"))[0]
                value = cell.find(MAIN + "v")
                text = "".join(t.text or "" for t in cell.iter(MAIN + "t")) or (value.text if value is not None else "")
                cells[column] = shared[int(text)] if cell.get("t") == "s" else text
            rows.append(cells)
        found.append((name, rows))
    return found


def tree_text(text):
    """A text as the parts of a workbook spell it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").encode()


def main():
    aimwell, report = harness.program(), harness.Report()
    folder = harness.temporary()
    demo = harness.demo(aimwell, folder + "/demo")
    server = harness.Server(demo)
    client = harness.Client(server.port)
    client.log_in("lin@northlake.example")
    model = client.good("GET", "model")
    kinds = {k["kind"]: k for k in model["kinds"]}
    fields = {f["name"]: f for f in kinds["risk"]["fields"]}
    view = [name for name in VIEW.split(",") if name in fields]
    path = f"risk?fields={','.join(view)}&sort=-key&labels=1"
    for lang in ("en", "zh"):
        _, _, content = client.ask("GET", f"{path}&format=xlsx&lang={lang}")
        found = sheets(content)
        titles = [fields[name]["title"][lang] for name in view]
        head = list(found[0][1][0].values())
        report.say(head == titles, f"U10 {lang}: the headings are the titles of the view, in its order", f"{head} instead of {titles}")
        states = {s["title"][lang] for s in kinds["risk"]["states"]}
        column = "ABCDEFGH"[view.index("state")]
        shown = {row.get(column) for row in found[0][1][1:]}
        report.say(shown and shown <= states, f"U10 {lang}: states in words", str(shown - states))
        keys = [row["A"] for row in found[0][1][1:]]
        report.say(len(keys) > 3 and keys == sorted(keys, reverse=True), f"U10 {lang}: the order of the view", str(keys[:5]))
        raw = [v for row in found[0][1][1:] for v in row.values() if re.fullmatch(r"usr_\w+|[0-9A-HJKMNP-TV-Z]{26}|[a-z]+_[a-z_]+", v or "")]
        report.say(not raw, f"U10 {lang}: no id and no code", str(raw[:5]))
        report.say(len(found) == 2 and list(found[1][1][0].values()) == view and len(found[1][1]) == len(found[0][1]),
                   f"U10 {lang}: a second sheet has the names and the codes", str([(n, len(r)) for n, r in found]))
        _, _, content = client.ask("GET", f"{path}&format=csv&lang={lang}")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        report.say(rows[0] == titles, f"U10 {lang}: the same as CSV", str(rows[0]))
    # A control is called by its title in the language of the reader.
    _, _, content = client.ask("GET", "soa_entry?fields=title&labels=1&format=csv&lang=zh")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
    report.say(rows and all(re.search("[一-鿿]", row[1]) for row in rows), "U10 zh: titles of controls", str(rows[:2]))
    # What leaves comes back: the sheet with the codes is the one that is read.
    _, _, content = client.ask("GET", "task?fields=key,state,title,priority,due,tags&labels=1&format=xlsx&lang=zh")
    tasks = client.every("task?fields=title,priority,due,tags")
    open_one = next(t for t in tasks if t["state"] == "open")
    altered = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(altered, "w") as out:
        for name in book.namelist():
            part = book.read(name)
            if name == "xl/worksheets/sheet2.xml":
                part = part.replace(tree_text(open_one["title"]), b"Come back altered")
            out.writestr(name, part)
    with open(folder + "/task.xlsx", "wb") as out:
        out.write(altered.getvalue())
    code, out, err = harness.run(aimwell, "import", "task", folder + "/task.xlsx", "--as", "lin@northlake.example", where=demo.where)
    after = {t["key"]: t for t in client.every("task?fields=title,priority,due,tags")}
    wrong = [t["key"] for t in tasks if any(after[t["key"]].get(f) != t.get(f) for f in ("priority", "due", "tags"))]
    report.say(code == 0 and not wrong and after[open_one["key"]]["title"] == "Come back altered",
               "U10: a workbook in Chinese words comes back by its codes", f"{code} {out[-400:]}{err[-400:]} {wrong}")
    server.stop()
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
