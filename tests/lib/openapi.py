# SPDX-License-Identifier: Apache-2.0
"""Holds answers against the program's own OpenAPI: path, method, status, content type and schema.

Knows the part of JSON Schema that the program prints and refuses to pass over a keyword it does not
know, so that nothing goes unchecked by accident.
"""
import datetime
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
DATE = re.compile(r"\d{4}-\d\d-\d\d")
WORDS_ONLY = {"title", "description", "default", "example", "readOnly"}
ELSEWHERE = re.compile(r"[^?]*\?(.*&)?format=json.*")  # a bare list of records
COMMON = {404, 405}  # a path that is not there is in no document


def is_type(name, value):
    """Whether a value is of a JSON Schema type."""
    if name in ("integer", "number"):
        return isinstance(value, int if name == "integer" else (int, float)) and \
            not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def good_format(name, text):
    """Dates and times must be real ones."""
    if name not in ("date", "date-time"):
        return True
    try:
        if name == "date":
            return DATE.fullmatch(text) is not None and bool(datetime.date.fromisoformat(text))
        return text.endswith("Z") and bool(datetime.datetime.fromisoformat(text[:-1]))
    except ValueError:
        return False


PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


class OpenApi:
    """One document."""

    def __init__(self, document):
        self.document = document
        self.paths = [(re.compile(self.rule(path)), path.count("{"), path)
                      for path in document["paths"]]

    @staticmethod
    def rule(path):
        """A pattern for the path; a tile's path has slashes of its own."""
        parts = re.split(r"(\{\w+\})", path)
        return "".join((".+" if part == "{path}" else "[^/]+") if part.startswith("{")
                       else re.escape(part) for part in parts)

    def find(self, method, path):
        """The operation: among paths that fit, the one with the fewest holes."""
        path = self.by_name(path.split("?")[0])
        fits = sorted((holes, name) for rule, holes, name in self.paths
                      if rule.fullmatch(path) or name == path)
        return self.document["paths"][fits[0][1]].get(method.lower()) if fits else None

    def by_name(self, path):
        """A move may be called by the state it leads to; the document lists its own name."""
        parts = path.split("/moves/")
        if len(parts) == 2 and not any(r.fullmatch(path) for r, holes, _ in self.paths if holes == 1):
            of_kind = re.escape(parts[0].rsplit("/", 1)[0]) + r"/\{id\}/moves/\w+"
            known = [p for _, _, p in self.paths if re.fullmatch(of_kind, p)]
            return known[0] if known else path
        return path

    def check(self, method, path, answer):
        """What about the answer contradicts the document; empty when nothing does."""
        if method == "HEAD" or (answer.status < 400 and ELSEWHERE.fullmatch(path)):
            return []
        operation = self.find("get" if method == "HEAD" else method, path)
        if operation is None and ELSEWHERE.fullmatch(path):
            return self.check_body({"content": PROBLEM}, answer)
        if operation is None:
            return [] if answer.status in COMMON else [f"{method} {path} is not in the OpenAPI"]
        responses = operation["responses"]
        said = responses.get(str(answer.status))
        if said is None and answer.status < 400 and answer.status != 304:
            return [f"status {answer.status} is not in the OpenAPI of {method} {path}"]
        return self.check_body(self.resolve(said or responses["default"]), answer)

    def check_body(self, said, answer):
        """Content type, then schema."""
        content = said.get("content")
        if content is None or answer.status == 304:
            return [f"a body of {answer.type} where none is said"] if answer.body else []
        if answer.type not in content:
            return [f"content type {answer.type}; said are {sorted(content)}"]
        if not answer.type.endswith("json"):
            return []
        return self.validate(content[answer.type]["schema"], answer.json, "$")

    def resolve(self, schema):
        """Follows $ref."""
        while "$ref" in schema:
            found = self.document
            for step in schema["$ref"].lstrip("#/").split("/"):
                found = found[step]
            schema = found
        return schema

    def validate(self, schema, value, path):
        """The value against the schema."""
        schema = self.resolve(schema)
        found = []
        for word, rule in schema.items():
            if word not in WORDS_ONLY:
                check = getattr(self, "_" + word, None)
                if check is None:
                    raise ValueError(f"the validator does not know {word}")
                found += check(rule, value, path, schema)
        return found

    def _type(self, rule, value, path, _):
        names = rule if isinstance(rule, list) else [rule]
        return [] if any(is_type(n, value) for n in names) else [f"{path} is not {rule}: {value!r}"]

    def _enum(self, rule, value, path, _):
        return [] if value in rule else [f"{path} is not one of {rule}: {value!r}"]

    def _const(self, rule, value, path, _):
        return [] if value == rule else [f"{path} is not {rule!r}: {value!r}"]

    def _format(self, rule, value, path, _):
        good = not isinstance(value, str) or good_format(rule, value)
        return [] if good else [f"{path} is not a {rule}: {value!r}"]

    def _maxLength(self, rule, value, path, _):
        good = not isinstance(value, str) or len(value) <= rule
        return [] if good else [f"{path} is longer than {rule}"]

    def _minimum(self, rule, value, path, _):
        good = not is_type("number", value) or value >= rule
        return [] if good else [f"{path} is less than {rule}: {value!r}"]

    def _maximum(self, rule, value, path, _):
        good = not is_type("number", value) or value <= rule
        return [] if good else [f"{path} is more than {rule}: {value!r}"]

    def _required(self, rule, value, path, _):
        if not isinstance(value, dict):
            return []
        return [f"{path}: {name} is missing" for name in rule if name not in value]

    def _properties(self, rule, value, path, _):
        if not isinstance(value, dict):
            return []
        return [d for name, inner in rule.items() if name in value
                for d in self.validate(inner, value[name], f"{path}.{name}")]

    def _additionalProperties(self, rule, value, path, schema):
        if not isinstance(value, dict) or rule is True:
            return []
        more = [name for name in value if name not in schema.get("properties", {})]
        if rule is False:
            return [f"{path}: {name} is not in the schema" for name in more]
        return [d for name in more for d in self.validate(rule, value[name], f"{path}.{name}")]

    def _items(self, rule, value, path, _):
        if not isinstance(value, list):
            return []
        return [d for i, one in enumerate(value) for d in self.validate(rule, one, f"{path}[{i}]")]

    def _anyOf(self, rule, value, path, _):
        tries = [self.validate(one, value, path) for one in rule]
        return [] if any(not t for t in tries) else [f"{path} fits none of: {tries}"]

    def _allOf(self, rule, value, path, _):
        return [d for one in rule for d in self.validate(one, value, path)]
