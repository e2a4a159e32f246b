#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table of tests/attack/README.md: every finding that was mended has a line, and every test that a line names is there.

A cell of the last column names tests in back quotes: a file below the root, or below tests/attack. A line that names no
test, or one that is gone, fails; so does a finding of the list below without a line.
"""
import os
import re
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TABLE = os.path.join(ROOT, "tests", "attack", "README.md")
MENDED = """E4 E12 G15 P1 P2 P7 P9 P12 P14 S1 S2 S3 S4 S5 S6 S7 S8 S9 S10 S11 S12 S13 E1 E6 E10 E11 E13a E13b E13c
E2 E5 E14 E15 L9 L12 P10 P13 P15 L1 L3 L4 L5 L7 L8 L10 L11 U1 U2 U3 U4 U5 U8 U9 U12 P3 P4 P5 P6 P11
E3 E7 E8 E9 G1 G2 G3 G4 G5 G6 G7 G8 G9 G10 G11 G12 G13 G14 R1 R2 R3 R4 R5 R6 U6 U7 U10 U11 P8""".split()


def rows():
    """(findings, tests) of each line of the table."""
    with open(TABLE, encoding="utf-8") as file:
        for line in file:
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if len(cells) == 3 and re.match(r"[GRESULP]\d", cells[0]):
                yield re.findall(r"[GRESULP]\d+[a-z]?", cells[0]), re.findall(r"`([^`]+)`", cells[2])
            elif len(cells) == 2 and cells[0] != "trap" and "`" in cells[1]:
                yield [cells[0]], re.findall(r"`([^`]+)`", cells[1])


def there(name):
    """Is it a file of the tree?"""
    path = name.split()[0].split(":")[0]
    return any(os.path.isfile(os.path.join(ROOT, place, path)) for place in ("", "tests", "tests/attack"))


def main():
    """Says what is wrong; exit 1 when something is."""
    wrong, named = [], set()
    for findings, tests in rows():
        named.update(findings)
        if not tests:
            wrong.append(f"{' '.join(findings)} names no test")
        wrong += [f"{' '.join(findings)}: there is no {test}" for test in tests if not there(test)]
    wrong += [f"{finding} has no line" for finding in MENDED if finding not in named]
    for line in wrong:
        print(f"attack table: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
