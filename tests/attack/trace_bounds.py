#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Traces: a graph of more records than can be drawn is told whole by count and in part by record, and says so.

    trace_bounds.py PATH_OF_AIMWELL
"""
import concurrent.futures
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))

import harness  # noqa: E402

RISKS = 131
EACH = 3  # pieces of evidence of a risk
KIND_MOST = 120
NODES_MOST = 400


def patient(client, path, body):
    """A write; who is asked to wait waits."""
    while True:
        status, told, reply = client.ask("POST", path, body)
        if status != 429:
            break
        time.sleep(min(float(told.get("retry-after", 1)), 2))
    if status >= 300:
        raise RuntimeError(f"POST {path}: {status} {reply}")
    return reply


def fill(server, token, system):
    """Risks of the system, each with evidence and a treatment of its own."""
    def some(first):
        client = harness.Client(server.port, token)
        for n in range(first, RISKS, 4):
            proofs = [patient(client, "evidence", {"title": f"Proof {n}.{i}"})["id"] for i in range(EACH)]
            risk = patient(client, "risk", {"title": f"Risk {n}", "system": system, "evidence": proofs})["id"]
            patient(client, "treatment", {"title": f"Treatment {n}", "risk": risk})
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(some, range(4)))


def of_kind(trace, kind):
    return [node for node in trace["nodes"] if node["kind"] == kind]


def over(trace, kind):
    return next((group for group in trace["groups"] if group["kind"] == kind), None)


def whole(trace, report, name):
    """What holds of every answer, however large the graph is."""
    ids = {node["id"] for node in trace["nodes"]}
    report.say(len(ids) == len(trace["nodes"]) <= NODES_MOST, f"{name}: at most {NODES_MOST} records, each once", str(len(ids)))
    report.say(all(len(of_kind(trace, kind)) <= KIND_MOST for kind in {node["kind"] for node in trace["nodes"]}),
               f"{name}: at most {KIND_MOST} of a kind", "")
    report.say(all(edge["from"] in ids and edge["to"] in ids for edge in trace["edges"]), f"{name}: no line ends nowhere", "")
    report.say(len({(edge["from"], edge["to"], edge["field"]) for edge in trace["edges"]}) == len(trace["edges"]),
               f"{name}: no line twice", "")


def main():
    report = harness.Report()
    place = harness.Place(harness.program(), data=os.path.join(harness.temporary(), "data"))
    token = place.init()
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    system = client.good("POST", "ai_system", {"title": "Much feared"})["id"]
    fill(server, token, system)
    client.close()
    around = client.good("GET", f"ai_system/{system}/trace?depth=4")
    whole(around, report, "around the system")
    group = over(around, "risk")
    report.say(len(of_kind(around, "risk")) == KIND_MOST and group == {"kind": "risk", "count": RISKS - KIND_MOST, "more": False},
               "the risks that are not drawn are counted", str(group))
    group = over(around, "evidence")
    report.say(group and len(of_kind(around, "evidence")) + group["count"] == KIND_MOST * EACH,
               "so is the evidence of those that are", str(group))
    everything = client.good("GET", "trace?depth=4")
    whole(everything, report, "the whole")
    group = over(everything, "risk")
    report.say(group and group["count"] == RISKS - KIND_MOST and not group["more"], "the whole counts what it begins with", str(group))
    first = of_kind(around, "evidence")[0]["id"]
    back = client.good("GET", f"evidence/{first}/trace?depth=4")
    whole(back, report, "around a proof")
    report.say([node["kind"] for node in back["nodes"]] == ["evidence", "risk", "ai_system"] and not back["groups"],
               "from a proof one comes to its risk and its system alone", str([node["key"] for node in back["nodes"]]))
    server.stop()
    report.end()


main()
