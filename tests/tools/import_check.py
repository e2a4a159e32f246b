#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Applies an import map to a CSV file as docs/import.md says and proves that nothing is lost.

    import_check.py MAP.json FILE.csv      prints what came out; exit 1 when a cell cannot be read back
"""
import ast
import collections
import csv
import json
import os
import re
import sys

MODEL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "model")


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def one_line(text):
    return re.sub(r"\s+", " ", text).strip()


def read_date(cell):
    m = re.match(r"^(\d{4})-(\d\d)-(\d\d)( \d\d:\d\d:\d\d)?$", cell)
    if m:
        return "-".join(m.group(1, 2, 3))
    m = re.match(r"^(\d{1,2})/(\d{1,2})/(\d{4})( \d{1,2}:\d\d(:\d\d)?( [AP]M)?)?$", cell)
    return f"{m.group(3)}-{int(m.group(1)):02}-{int(m.group(2)):02}" if m else None


def convert(target, field, cell):
    """(value or None, whether the value gives the cell back)"""
    text = cell.strip()
    if "values" in target:
        if text not in target["values"]:
            return None, cell == ""
        value = target["values"][text]
        first = next(k for k, v in target["values"].items() if v == value)
        return value, first == cell
    if text == "":
        return None, cell == ""
    if target.get("parse") == "date":
        value = read_date(text)
        return value, value == cell
    if target.get("parse") == "python_list" and text == "[]":
        return None, cell == "[]"
    if target.get("parse") == "python_list":
        parts = [one_line(p) for p in ast.literal_eval(text)]
        return parts or None, repr(parts) == cell
    value = one_line(text) if field["type"] == "text" else text.replace("\r\n", "\n")
    return value, value == cell


def too_long(field, value):
    limit = field.get("max", 20000 if field["type"] == "note" else 500)
    return any(isinstance(v, str) and len(v) > limit
               for v in (value if isinstance(value, list) else [value]))


def identity(spec, row, seen):
    parts = [row[c] for c in spec["parts"]]
    if not all(p.strip() for p in parts):
        parts = [row[c] for c in spec["otherwise"] if row[c].strip()]
    name = f"{spec['prefix']}: " + " / ".join(one_line(p) for p in parts)
    name = name.encode()[:480].decode(errors="ignore")
    seen[name] += 1
    return name if seen[name] == 1 else f"{name} #{seen[name]}"


def apply(spec, fields, rows):
    """The records that come out, and a line for each cell that is lost."""
    records, lost, seen = [], [], collections.Counter()
    for number, row in enumerate(rows, 2):
        record = {**spec.get("set", {}), "external_id": identity(spec["identity"], row, seen)}
        kept = []
        for column, cell in row.items():
            targets = spec["columns"][column]
            for t in targets if isinstance(targets, list) else [targets]:
                value, exact = convert(t, fields[t["field"]], cell)
                if value is None and not t.get("copy"):
                    value = next((one_line(row[c])[:200] for c in t.get("fallback", ())
                                  if row[c].strip()), t.get("empty"))
                if value is not None:
                    record[t["field"]] = value
                    if too_long(fields[t["field"]], value):
                        lost.append(f"line {number}: {column} is too long for {t['field']}")
                if not exact and not t.get("copy"):
                    kept.append(f"{column}: {cell}")
        if kept:
            record[spec["kept"]] = "\n".join(kept)
        if not record.get("title"):
            lost.append(f"line {number}: no title")
        records.append(record)
    return records, lost


def main():
    spec = load(sys.argv[1])
    fields = {**load(os.path.join(MODEL, "envelope.json"))["fields"],
              **load(os.path.join(MODEL, "kinds", spec["kind"] + ".json"))["fields"],
              **load(os.path.join(MODEL, "overlays", spec["overlay"] + ".json"))["fields"]}
    with open(sys.argv[2], encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    if set(rows[0]) != set(spec["columns"]):
        print("columns differ:", set(rows[0]) ^ set(spec["columns"]))
        return 1
    records, lost = apply(spec, fields, rows)
    for line in lost:
        print(line)
    print(len(records), "records,", len({r["external_id"] for r in records}), "identities,",
          sum(1 for r in records if spec["kept"] in r), "with kept cells")
    for name in ("use_stage", "high_impact", "x_hi_monitoring", "x_cots_use"):
        print(name, dict(collections.Counter(r.get(name) for r in records)))
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
