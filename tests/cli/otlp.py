#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The exporters of OpenTelemetry, of Python and of Node, send to a running server with a token for one system: in both forms,
packed and not, and all of it again. Each span counts once, whatever form it came in, and content is nowhere.

    otlp.py PATH_OF_AIMWELL [--store sqlite|postgresql]
"""
import argparse
import json
import os
import subprocess
import sys

os.environ["AIMWELL_PROGRAM"] = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.path.join(HERE, "..", "otlp")
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import cast  # noqa: E402
from client import Client  # noqa: E402
from program import Server  # noqa: E402
from report import Report  # noqa: E402
from stores import add_store_option, each_store, stores_for  # noqa: E402


def made_by(*words):
    """What a sender says it made and how it was answered. What the machine tells exporters to do is not heard."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("OTEL_")}
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, env=clean)
    if done.returncode:
        raise SystemExit(f"{words[1]}: {done.stderr[-3000:]}")
    return json.loads(done.stdout)


class Suite:
    def __init__(self, report, kind, server):
        self.report, self.kind, self.server = report, kind, server
        self.client = Client(server, cast.passwords())
        self.key = self.client.must("stan", "POST", "/ai_system", {"title": "Help desk", "external_id": "help-desk", "purpose": "Answers"})["key"]
        self.token = self.client.must("amy", "POST", "/tokens", {"name": "exporter", "scopes": f"events:{self.key}"})["token"]

    def say(self, name, good, problem=""):
        self.report.tell(f"otlp {self.kind} {name}", [] if good else [str(problem)[:3000]])

    def seen(self):
        """What is kept, and how much came again or was turned away."""
        answer = self.client.must("stan", "GET", f"/systems/{self.key}/events?limit=100")
        return answer, [one["event"] for one in answer["items"]]

    def python(self):
        made = made_by(os.path.join(TOOLS, ".venv", "bin", "python"), os.path.join(TOOLS, "send.py"), str(self.server.port), self.token)
        counts, events = self.seen()
        by_id = {e["id"]: e for e in events if "id" in e}
        chat = by_id.get(made["spans"]["chat gpt-4o"], {})
        self.say("Python's exporters are content with every answer", made["outcomes"] == ["SUCCESS"] * 4, made["outcomes"])
        self.say("three spans and two judgements, once; the second time they came again",
                 (counts["events"], counts["duplicate"], counts["taken"]) == (5, 5, 0), counts)
        want = {"kind": "llm", "provider": "openai", "model": "gpt-4o-2024-08-06", "operation": "chat", "usage": {"input": 812, "output": 140},
                "ttft_ms": 183, "finish": "stop,length", "version": "2.1.0", "env": "prod", "response_id": "chatcmpl-9", "service": "help-desk",
                "parent": made["spans"]["invoke_agent helper"]}
        self.say("a call of a model", {k: chat.get(k) for k in want} == want and chat["latency_ms"] >= 0 and len(chat["prompt_sha256"]) == 64, chat)
        tool = by_id.get(made["spans"]["execute_tool look_up"], {})
        self.say("a tool that failed", (tool.get("tool"), tool.get("error")) == ("look_up", "TimeoutError"), tool)
        judged = sorted((e["name"], e["score"], e["ref"], e["ref_is"]) for e in events if e["kind"] == "evaluation")
        ref = made["spans"]["chat gpt-4o"]
        self.say("judgements hang on the call, from its span and from a log", judged == [("relevance", 0.83, ref, "span"), ("tone", 1, ref, "span")], judged)
        self.say("content is not kept", "Ann Smith" not in json.dumps(events), events)
        self.as_json(made)

    def as_json(self, made):
        """The same bytes of event, whatever form the span came in: else they would be turned away under their ids."""
        token = "token:" + self.token
        spans = self.client.call(token, "POST", "!/v1/traces", made["json"])
        logs = self.client.call(token, "POST", "!/v1/logs", made["logs"])
        counts, _ = self.seen()
        self.say("as JSON it is the same, byte by byte", (counts["events"], counts["duplicate"], counts["taken"]) == (5, 10, 0) and
                 spans.json["partialSuccess"]["rejectedSpans"] == "0" and logs.json["partialSuccess"]["rejectedLogRecords"] == "0",
                 (counts, spans.short(), logs.short()))
        changed = json.loads(json.dumps(made["json"]).replace('"gpt-4o-2024-08-06"', '"gpt-5"'))
        answer = self.client.call(token, "POST", "!/v1/traces", changed)
        self.say("another event under the same id is turned away, and counted", answer.json["partialSuccess"]["rejectedSpans"] == "1" and
                 self.seen()[0]["taken"] == 1, answer.short())

    def node(self):
        before, _ = self.seen()
        made = made_by("node", os.path.join(TOOLS, "send.mjs"), str(self.server.port), self.token)
        counts, events = self.seen()
        self.say("Node's exporters are content with every answer", made["outcomes"] == [0] * 6, made["outcomes"])
        self.say("JSON, protobuf, packed and not: one span and one judgement", counts["events"] - before["events"] == 2 and
                 counts["duplicate"] - before["duplicate"] == 4 and counts["taken"] == before["taken"], counts)
        chat = {e.get("id"): e for e in events}.get(made["spans"]["chat claude"], {})
        want = {"provider": "anthropic", "model": "claude-x", "usage": {"input": 7, "output": 8}, "ttft_ms": 250, "finish": "end_turn", "prompt_bytes": 17}
        self.say("a call by earlier names", {k: chat.get(k) for k in want} == want, chat)
        self.say("nothing of Node's content is kept", "Ann Smith" not in json.dumps(events), events)

    def documented(self):
        """What docs/events.md says to do, done as it stands there."""
        with open(os.path.join(HERE, "..", "..", "docs", "events.md"), encoding="utf-8") as text:
            parts = text.read().split("```")
        code = {part.split("\n")[0]: part.partition("\n")[2] for part in parts[1::2]}
        clean = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.server.port}", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
                 "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{self.token}", "OTEL_SERVICE_NAME": "help-desk"}
        for language, words in (("python", [os.path.join(TOOLS, ".venv", "bin", "python"), "-"]), ("js", ["node", "--input-type=module", "-"])):
            before = self.seen()[0]["events"]
            done = subprocess.run(words, input=code[language], capture_output=True, text=True, timeout=120, env=clean, cwd=TOOLS)
            counts, events = self.seen()
            self.say(f"what is documented for {language} works", done.returncode == 0 and counts["events"] == before + 1 and
                     events[0].get("model") == "gpt-4o", (done.stderr, events[:1]))

    def run(self):
        self.python()
        self.node()
        self.documented()
        wrong = self.client.call("token:aw_none", "POST", "!/v1/traces", {})
        self.say("a token that is none", wrong.status == 401 and wrong.json["code"] == 16, wrong.short())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("aimwell")
    add_store_option(parser)
    options = parser.parse_args()
    report = Report()
    got = subprocess.run([os.path.join(TOOLS, "install.sh")], capture_output=True, text=True)
    report.tell("otlp the exporters are here", [] if got.returncode == 0 else [(got.stdout + got.stderr)[-3000:]])
    if got.returncode:
        return report.finish()
    for kind in each_store(options):
        with stores_for(kind, "otlp") as (stores, folder):
            store = stores.new()
            cast.make(store, folder)
            with Server(store) as server:
                Suite(report, kind, server).run()
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
