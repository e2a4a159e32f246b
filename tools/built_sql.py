#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Finds SQL that is put together: a statement that hands words of SQL to a function that builds
text, or a literal of SQL with a conversion in it. Prints FILE:LINE and the words, exit 1 when there
are any. SQL is constant text with bound values; what must follow from names of the model is built
in the files that tools/floors.sh leaves out.

    tools/built_sql.py FILE.c…
"""
import re
import sys

TOKEN = re.compile(r'''/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | \w+ | \s+ | .''', re.S | re.X)
BUILDERS = {"text_print", "text_join", "buf_print", "buf_add", "buf_add_c", "snprintf"}
SQL = re.compile(
    r'\b(SELECT|INSERT INTO|DELETE FROM|ALTER TABLE|DROP (TABLE|INDEX)|CREATE (TABLE|INDEX|SCHEMA|TRIGGER|UNIQUE)'
    r'|WHERE|ORDER BY|GROUP BY|LIMIT|IS (NOT )?NULL|search_path|ON CONFLICT)\b'
    r'|\bUPDATE \S+ SET\b|\bFROM [a-z\\%"]|\bIN \(|= \$|\$%zu|\b[a-z]\.\\"')
CONVERSION = re.compile(r'%[-0-9.*]*(?:zu|l*[dius]|s)')


def statements(source):
    """(line, names, literals) of each statement; adjacent literals are one."""
    line, start, names, literals, joined = 1, 1, set(), [], False
    for token in TOKEN.findall(source):
        if token[0] == '"':
            if joined:
                literals[-1] += token[1:-1]
            else:
                literals.append(token[1:-1])
            joined = True
        elif token.isspace() or token.startswith(("/*", "//")):
            pass
        else:
            joined = False
            if token in ";{}":
                if literals:
                    yield start, names, literals
                names, literals = set(), []
            elif re.match(r"\w", token):
                if not names and not literals:
                    start = line
                names.add(token)
        line += token.count("\n")
    if literals:
        yield start, names, literals


def built(path):
    with open(path, encoding="utf-8") as f:
        source = f.read()
    for line, names, literals in statements(source):
        for words in literals:
            if SQL.search(words) and (names & BUILDERS or CONVERSION.search(words)):
                yield f"{path}:{line}: {words[:90]}"


def main():
    found = [hit for path in sys.argv[1:] for hit in built(path)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
