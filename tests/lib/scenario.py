# SPDX-License-Identifier: Apache-2.0
"""Scenario files: stories in plain text that are played against a server. tests/api/README.md tells how
to write one.
"""
import ast
import datetime
import io
import json
import os
import re
import time
import zipfile

import openapi
import pattern
import proof
from client import PREFIX
from program import Failed

REQUEST = re.compile(r"(eventually )?([\w#]+|token:\$\w+)> ([A-Z]+) (\S+)\s*(.*)")
CAPTURE = re.compile(r"\$(\w+) = (.+)")
COMPARE = re.compile(r"(\$\w+) ([<>]|=) (\$?[-\w.]+)")
ENTRIES = re.compile(r"entries (<=|=) (\d+)")
STREAM = re.compile(r"([\w#]+|token:\$\w+) (listens|hears no more|hears|has not heard)\s*(.*)")
HEADER = re.compile(r"([A-Za-z][\w-]*):\s*(.*)")
VARIABLE = re.compile(r"\$(today|now|\w+(?:\.\w+)?)((?:[+-]\d+)?)")
REPEATED = re.compile(r"\$\(([^*]*)\*(\d+)\)")
PATIENCE = 20  # seconds for `eventually`


class Step:
    """One statement with the lines that belong to it."""

    def __init__(self, number, line):
        self.number, self.line, self.more = number, line, []


def read(path):
    """(title, steps) of a file. `first NAME` plays what that file of the same folder tells, without its title."""
    title, steps = None, []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip()
            if not line or line.lstrip().startswith("#"):
                continue
            if title is None:
                title = line
            elif line[0].isspace():
                steps[-1].more.append(line.strip())
            elif line.startswith("first "):
                steps += read(os.path.join(os.path.dirname(path), line[6:]))[1]
            else:
                steps.append(Step(number, line))
    return title, steps


def evaluate_bytes(text):
    """b'..' with + and * and parentheses: bodies that no JSON writer would make; {'a.xml': b'..'} is a zip of such,
    [{'a.xml': b'..'}] one that is not packed."""
    def zipped(node, how):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", how) as package:
            for name, part in zip(node.keys, node.values):
                package.writestr(name.value, value(part))
        return made.getvalue()

    def value(node):
        if isinstance(node, ast.Dict):
            return zipped(node, zipfile.ZIP_DEFLATED)
        if isinstance(node, ast.List):
            return zipped(node.elts[0], zipfile.ZIP_STORED)
        if isinstance(node, ast.Constant) and isinstance(node.value, (bytes, int)):
            return node.value
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return value(node.left) + value(node.right)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            return value(node.left) * value(node.right)
        raise ValueError(f"not bytes: {text}")
    return value(ast.parse(text, mode="eval").body)


def look_up(value, path):
    """`items[0].id` in JSON."""
    for name, index in re.findall(r"([^.\[\]]+)|\[(-?\d+)\]", path):
        value = value[name] if name else value[int(index)]
    return value


class Play:
    """One scenario on one store."""

    def __init__(self, client, api, cast):
        self.client, self.api = client, api
        self.names = {f"person.{k}": v for k, v in cast["people"].items()}
        self.names |= {f"unit.{k}": v for k, v in cast["units"].items()}
        self.answer, self.said, self.before, self.request = None, [], 0, None
        self.listeners = {}

    # ---- variables ----------------------------------------------------------------------------
    def value(self, name, shift):
        """What a variable stands for."""
        if name == "today":
            day = datetime.datetime.now(datetime.timezone.utc).date()
            return (day + datetime.timedelta(days=int(shift or 0))).isoformat()
        if name == "now":
            time.sleep(0.002)  # what happens next is later than this moment
            return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if name not in self.names:
            raise Failed(f"${name} is not known")
        return self.names[name]

    def fill(self, text):
        """The text with variables put in; what is not text is written as JSON."""
        text = REPEATED.sub(lambda found: found[1] * int(found[2]), text)
        def put(found):
            name, shift = found[1], found[2]
            if "." in name and name not in self.names and name.split(".")[0] in self.names:
                name, rest = name.split(".", 1)
                return self.spell(self.value(name, "")) + "." + rest + shift
            if name == "today":
                return self.value(name, shift)
            return self.spell(self.value(name, "")) + shift
        return VARIABLE.sub(put, text)

    @staticmethod
    def spell(value):
        return value if isinstance(value, str) else json.dumps(value)

    # ---- statements -----------------------------------------------------------------------------
    def run(self, steps):
        """Plays all; returns the first thing that went wrong, with its line, or nothing."""
        for i, step in enumerate(steps):
            try:
                problems = self.do(step, steps[i + 1] if i + 1 < len(steps) else None)
            except (Failed, ValueError, KeyError, IndexError, TypeError) as error:
                problems = [f"{type(error).__name__}: {error}"]
            if problems:
                return [f"line {step.number}: {step.line}", *self.context(step), *problems]
        return []

    def context(self, step):
        if self.request and not REQUEST.fullmatch(step.line):
            return [f"after {self.request}", f"which was answered {self.answer.short()[:2500]}"]
        return []

    def do(self, step, following):
        if found := REQUEST.fullmatch(step.line):
            return self.exchange(found, step.more, following)
        if step.line.startswith("= "):
            return self.expect(step.line[2:], step.more)
        if found := CAPTURE.fullmatch(step.line):
            return self.capture(found[1], found[2])
        if found := COMPARE.fullmatch(step.line):
            return self.compare(*found.groups())
        if found := ENTRIES.fullmatch(step.line):
            return self.count_entries(found[1], int(found[2]))
        if found := STREAM.fullmatch(step.line):
            return self.stream(self.fill(found[1]), found[2], self.fill(found[3]))
        if step.line == "restart":
            self.client.server.restart()
            return []
        if step.line == "everything is intact":
            return self.check_ledger()
        if found := re.fullmatch(r"the proof of (\$\w+) is good", step.line):
            return self.check_proof(int(self.fill(found[1])))
        return ["this line is not understood"]

    # ---- requests ----------------------------------------------------------------------------
    def exchange(self, found, more, following):
        """Sends it; with `eventually`, again until the expectation that follows holds."""
        until = time.monotonic() + PATIENCE
        while True:
            problems = self.send(found, more)
            if problems or not found[1] or time.monotonic() > until:
                return problems
            if following is None or not following.line.startswith("= "):
                return ["`eventually` needs an expectation"]
            if not self.expect(following.line[2:], following.more):
                return []
            time.sleep(0.05)

    def send(self, found, more):
        who, method, path = self.fill(found[2]), found[3], self.fill(found[4])
        headers, body, raw = {}, self.fill(found[5]), None
        for line in more:
            is_header = HEADER.fullmatch(line)
            if line.startswith("raw:"):
                raw = evaluate_bytes(line[4:].strip())
            elif line.startswith("lines:"):
                count, one = self.fill(line[6:]).strip().split(" ", 1)
                raw = (raw or b"") + "".join(one.replace("#", str(n)) + "\n" for n in range(int(count))).encode()
            elif is_header:
                headers[is_header[1]] = self.fill(is_header[2]) or None
            else:
                body += "\n" + self.fill(line)
        sent = raw if raw is not None else body.encode() if body else None
        if who != "nobody":
            self.client.headers_of(who)  # signing in leaves an entry: before counting
        self.before = self.client.ledger_size()
        self.request = f"{who}> {method} {path} {(sent or b'')[:300].decode('utf-8', 'replace')}"
        self.answer = self.client.call(who, method, path, sent, headers)
        problems = self.check_answer(method, path)
        if path == "/site/model" and method == "POST" and self.answer.status == 200:
            self.api = openapi.OpenApi(self.client.must(who, "GET", "/openapi.json"))  # there is more now
        return problems

    def check_answer(self, method, path):
        """What is true of every answer."""
        full = path[1:] if path.startswith("!") else PREFIX + path
        problems = self.api.check(method, full, self.answer)
        if self.answer.status == 500:
            problems.append(f"a bug: {self.answer.short()}")
        if self.answer.headers.get("x-content-type-options") != "nosniff":
            problems.append("the header X-Content-Type-Options is missing")
        page = full.startswith("/public") and self.answer.type == "text/html"  # a refusal there is a page
        page = page or full in ("/v1/traces", "/v1/logs")  # refusals there are google.rpc.Status
        if self.answer.status >= 400 and not page and self.answer.json.get("status") != self.answer.status:
            problems.append("the problem does not tell its status")
        return [f"{self.request}", *problems] if problems else []

    # ---- the stream of changes ------------------------------------------------------------------
    def stream(self, who, act, wanted):
        """Events come in the order of the changes: what is missing before a later one never comes."""
        if act == "listens":
            self.listeners[who] = self.client.listen(who)
            return []
        listener = self.listeners[who]
        if act == "hears no more":
            return [] if listener.waits(lambda one: one.over) else ["the stream goes on"]
        wish = pattern.parse(wanted)

        def told(one):
            return any(not pattern.differences(wish, event) for event in list(one.heard))
        good = listener.waits(told) if act == "hears" else not told(listener)
        return [] if good else [f"heard: {listener.heard}"]

    # ---- expectations ------------------------------------------------------------------------
    def expect(self, first, more):
        """Status and JSON; then `header:`, `text:` and `sheet:` lines."""
        status, _, wanted = first.partition(" ")
        problems = []
        if self.answer.status != int(status):
            problems.append(f"expected {status}, got {self.answer.status}")
        for line in more:
            word, _, rest = line.partition(" ")
            rest = self.fill(rest)
            if word == "header:":
                name, _, wish = rest.partition(" ")
                have = self.answer.headers.get(name.lower(), "")
                if not pattern.text_fits(wish, have):
                    problems.append(f"header {name} is {have!r}, expected {wish!r}")
            elif word in ("text:", "no_text:", "sheet:", "no_sheet:"):
                text = self.sheet() if word.endswith("sheet:") else self.answer.body.decode()
                if pattern.text_fits(rest, text) == word.startswith("no_"):
                    problems.append(f"{word} {rest!r} does not hold for {text[:1500]!r}")
            else:
                wanted += "\n" + line
        if wanted.strip() and not problems:
            problems += pattern.differences(pattern.parse(self.fill(wanted)), self.answer.json)
        return problems

    def sheet(self):
        """All text of a spreadsheet."""
        with zipfile.ZipFile(io.BytesIO(self.answer.body)) as book:
            parts = [book.read(name).decode() for name in sorted(book.namelist())
                     if name.endswith((".xml")) and name.startswith("xl/")]
        return re.sub(r"<[^>]*>", " ", " ".join(parts))

    def capture(self, name, path):
        if path.startswith('"') or path.startswith("$"):
            self.names[name] = self.fill(path).strip('"')
        elif path == "setup token":
            self.names[name] = self.client.server.read_setup_token()
        elif path.startswith("token of "):
            self.names[name] = look_up(self.answer.json, path[9:]).split("#")[1]
        elif path.startswith("header "):
            self.names[name] = self.answer.headers[path[7:].lower()]
        else:
            self.names[name] = look_up(self.answer.json, path)
        return []

    def compare(self, left, sign, right):
        a, b = float(self.fill(left)), float(self.fill(right))
        good = a < b if sign == "<" else a > b if sign == ">" else a == b
        return [] if good else [f"{left} is {a}, {right} is {b}"]

    def count_entries(self, sign, most):
        grown = self.client.ledger_size() - self.before
        good = grown <= most if sign == "<=" else grown == most
        return [] if good else [f"{grown} new entries in the ledger"]

    # ---- the ledger ----------------------------------------------------------------------------
    def check_ledger(self):
        found = self.client.must("ivan", "GET", "/ledger/verify")
        return [] if found["intact"] else [json.dumps(found)]

    def check_proof(self, index):
        """Of one entry, computed again here."""
        key = self.client.must("ivan", "GET", "/ledger/key")["vkey"]
        entry = self.client.must("ivan", "GET", f"/ledger/entries?from={index}&limit=1")["entries"][0]
        text = self.client.call("ivan", "GET", f"/ledger/proof/{index}").body.decode()
        proof.check_inclusion(entry["leaf"], index, text, key)
        changed = {**entry["leaf"], "act": "record.other"}
        try:
            proof.check_inclusion(changed, index, text, key)
        except ValueError:
            return []
        return ["the proof is good for another entry as well"]
