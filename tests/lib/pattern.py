# SPDX-License-Identifier: Apache-2.0
"""Expected JSON with holes.

Ordinary JSON, and … in three places: as a value it stands for anything; in a list for any number of
further items; as a member of an object (… or …: …) for any further members. Within a text it stands
for any characters. Without a hole, lists and objects must agree exactly.
"""
import json
import re

HOLE = "…"
SPACE = re.compile(r"\s*")
WORD = re.compile(r"true|false|null|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


class Hole:
    """Anything."""

    def __repr__(self):
        return HOLE


class Shape:
    """An object; `open` allows further members."""

    def __init__(self, members, open_end):
        self.members, self.open = members, open_end


class Reader:
    """A pattern, character by character."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def fail(self, what):
        raise ValueError(f"{what} at: {self.text[self.at:self.at + 60]!r}")

    def peek(self):
        self.at = SPACE.match(self.text, self.at).end()
        return self.text[self.at:self.at + 1]

    def take(self, wanted):
        if self.peek() != wanted:
            self.fail(f"expected {wanted}")
        self.at += 1

    def match(self, rule, what):
        found = rule.match(self.text, self.at)
        if not found:
            self.fail(what)
        self.at = found.end()
        return found[0]

    def value(self):
        first = self.peek()
        if first == HOLE:
            self.take(HOLE)
            return Hole()
        if first == "{":
            return self.shape()
        if first == "[":
            return self.list()
        if first == '"':
            return json.loads(self.match(TEXT, "a text"), strict=False)
        return json.loads(self.match(WORD, "a value"))

    def list(self):
        self.take("[")
        items = []
        while self.peek() != "]":
            if items:
                self.take(",")
            items.append(self.value())
        self.take("]")
        return items

    def shape(self):
        self.take("{")
        members, open_end, first = {}, False, True
        while self.peek() != "}":
            if not first:
                self.take(",")
            first = False
            if self.peek() == HOLE:
                self.take(HOLE)
                open_end = True
                if self.peek() == ":":
                    self.take(":")
                    self.value()
                continue
            self.peek()
            name = json.loads(self.match(TEXT, "a name"))
            self.take(":")
            members[name] = self.value()
        self.take("}")
        return Shape(members, open_end)


def parse(text):
    """A pattern, and nothing after it."""
    reader = Reader(text)
    value = reader.value()
    if reader.peek():
        reader.fail("unexpected")
    return value


def text_fits(pattern, text):
    """Whether a text fits a pattern with holes."""
    rule = ".*".join(re.escape(piece) for piece in pattern.split(HOLE))
    return re.fullmatch(rule, text, re.S) is not None


def differences(pattern, value, path="$"):
    """Why the value does not fit; empty when it does."""
    if isinstance(pattern, Hole):
        return []
    if isinstance(pattern, Shape):
        return object_differences(pattern, value, path)
    if isinstance(pattern, list):
        return list_differences(pattern, value, path)
    if isinstance(pattern, str) and HOLE in pattern and isinstance(value, str):
        good = text_fits(pattern, value)
    else:
        good = type(pattern) is type(value) and pattern == value
    return [] if good else [f"{path}: expected {show(pattern)}, got {show(value)}"]


def object_differences(pattern, value, path):
    """The same for objects."""
    if not isinstance(value, dict):
        return [f"{path}: expected an object, got {show(value)}"]
    found = []
    for name, inner in pattern.members.items():
        if name in value:
            found += differences(inner, value[name], f"{path}.{name}")
        else:
            found.append(f"{path}: {name} is missing")
    if not pattern.open:
        found += [f"{path}: unexpected {name} = {show(value[name])}"
                  for name in value if name not in pattern.members]
    return found


def list_differences(pattern, value, path):
    """The same for lists: exact, or items in this order with gaps where the holes are."""
    if not isinstance(value, list):
        return [f"{path}: expected a list, got {show(value)}"]
    if not any(isinstance(one, Hole) for one in pattern):
        if len(pattern) != len(value):
            return [f"{path}: expected {len(pattern)} items, got {show(value)}"]
        return [d for i, one in enumerate(pattern)
                for d in differences(one, value[i], f"{path}[{i}]")]
    if sequence_fits(pattern, value):
        return []
    return [f"{path}: the wanted items are not there in this order: {show(value)}"]


def sequence_fits(pattern, value):
    """Whether items and gaps cover the list."""
    if not pattern:
        return not value
    if isinstance(pattern[0], Hole):
        return any(sequence_fits(pattern[1:], value[i:]) for i in range(len(value) + 1))
    return (bool(value) and not differences(pattern[0], value[0]) and
            sequence_fits(pattern[1:], value[1:]))


def show(value):
    """Short, for messages."""
    if isinstance(value, Shape):
        return "an object"
    text = repr(value) if isinstance(value, (Hole, list)) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 700 else text[:700] + "…"
