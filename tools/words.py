#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The texts the program says, in every language: keyed by their English, translated in src/words/LANG.json.

usage: words.py table OUT.c FILE.json…   a C table for base/words.c
       words.py check ROOT               every say() and SAID() of src has its translations, and none is left over
Both refuse a translation that takes other arguments than its English, or takes them in another order.
"""
import json
import os
import re
import sys

ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "'": "'", "r": "\r"}
LENGTHS = {"PRId64": "ld", "PRIu64": "lu"}
ARGUMENT = re.compile(r"%(?:%|[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?((?:hh|h|ll|l|j|z|t)?[a-zA-Z]))")


def arguments(text):
    """What a format takes, in order: %.*s is a number and a text."""
    found = []
    for m in ARGUMENT.finditer(text):
        if m.group(1):
            found += ["*"] * m.group(0).count("*") + [m.group(1)]
    return found


def dictionary(path, wrong):
    def once(pairs):
        names = [name for name, _ in pairs]
        wrong.extend(f"{path}: twice: {name!r}" for name in set(names) if names.count(name) > 1)
        return dict(pairs)
    with open(path, encoding="utf-8") as f:
        texts = json.load(f, object_pairs_hook=once)
    for english, other in texts.items():
        if not isinstance(other, str) or not other:
            wrong.append(f"{path}: no text for {english!r}")
        elif arguments(english) != arguments(other):
            wrong.append(f"{path}: {other!r} takes other arguments than {english!r}")
    return texts


def skip(source, at):
    while True:
        if source[at] in " \t\n":
            at += 1
        elif source.startswith("/*", at):
            at = source.index("*/", at) + 2
        else:
            return at


def literal(source, at):
    """The text of the string literals from here on, or None when there are none."""
    parts = []
    while True:
        at = skip(source, at)
        length = re.match(r"PRI[a-z]64", source[at:at + 8])
        if length and parts:
            parts.append(LENGTHS[length.group()])
            at += len(length.group())
        elif source[at] == '"':
            at += 1
            while source[at] != '"':
                if source[at] == "\\":
                    parts.append(ESCAPES[source[at + 1]])
                    at += 2
                else:
                    parts.append(source[at])
                    at += 1
            at += 1
            parts.append("")
        else:
            return "".join(parts) if parts else None


def past_first(source, at):
    """Behind the comma that ends the first argument, or None when there is only one."""
    depth = 0
    while True:
        c = source[at]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            if depth == 0:
                return None
            depth -= 1
        elif c == "," and depth == 0:
            return at + 1
        at += 1


def said(path):
    """Every English text that a file says."""
    with open(path, encoding="utf-8") as f:
        source = f.read()
    for m in re.finditer(r"\b(say|say_in|SAID)\(", source):
        at = m.end() if m.group(1) == "SAID" else past_first(source, m.end())
        text = literal(source, at) if at else None
        if text is not None:
            yield source.count("\n", 0, m.start()) + 1, text


def check(root):
    wrong, texts = [], {}
    folder = os.path.join(root, "src", "words")
    for name in sorted(os.listdir(folder)):
        texts[name] = dictionary(os.path.join(folder, name), wrong)
    used = set()
    for where, _, names in os.walk(os.path.join(root, "src")):
        for name in sorted(names):
            if name.endswith((".c", ".h", ".cc")):
                path = os.path.join(where, name)
                for line, text in said(path):
                    used.add(text)
                    wrong += [f"{os.path.relpath(path, root)}:{line}: not in src/words/{lang}: {text!r}"
                              for lang, known in texts.items() if text not in known]
    wrong += [f"src/words/{lang}: nothing says {text!r}" for lang, known in texts.items() for text in known if text not in used]
    return wrong


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def table(out, paths):
    wrong = []
    # The language the rest of the program knows by name comes first; any other is a file more.
    paths = sorted(paths, key=lambda p: (os.path.basename(p) != "zh.json", os.path.basename(p)))
    lines = ['/* Made by tools/words.py. */', '#include "base/internal.h"', ""]
    for n, path in enumerate(paths):
        texts = dictionary(path, wrong)
        lines.append(f"static const struct said texts_{n}[] = {{")
        lines += [f"    {{{quoted(e)}, {quoted(texts[e])}}}," for e in sorted(texts, key=lambda e: e.encode())]
        lines += ["};", ""]
    if wrong:
        return wrong
    lines.append("const struct language languages[] = {\n    {\"en\", 0, 0},")
    for n, path in enumerate(paths):
        lines.append(f"    {{\"{os.path.splitext(os.path.basename(path))[0]}\", texts_{n}, COUNT(texts_{n})}},")
    lines += ["};", "const size_t language_count = COUNT(languages);", ""]
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))
    return []


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "check":
        wrong = check(sys.argv[2])
    elif len(sys.argv) > 3 and sys.argv[1] == "table":
        wrong = table(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(__doc__)
    for line in wrong:
        print(f"words: {line}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
