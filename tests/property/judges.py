#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether an automatic evaluator says what people say: real labels through the HTTP API.

    judges.py [PATH_OF_AIMWELL] [--store sqlite|postgres]

Of 1,350 answers of three models two people each said whether the model refused, and a third where they differ; a
published string match said it too (how often it was right is in expected.json; which rows those were is drawn here).
Of 4,507 answers people said whether they are made up. Kappa, its interval, and the share must be those that are
computed here from the rows; counts must be those of expected.json. One label that is altered must be seen.
"""
import argparse
import collections
import csv
import json
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

SHARED = os.environ.get("SHARED_DATA", "")
MODELS = ("gpt4", "llama2new", "mistralinstruct")


def kappa(pairs):
    """Cohen's, with its interval for large samples: (n, same, kappa, low, high)."""
    n = len(pairs)
    same = sum(a == b for a, b in pairs)
    first, second = collections.Counter(a for a, _ in pairs), collections.Counter(b for _, b in pairs)
    by_chance = sum(first[label] * second[label] for label in first) / n / n
    observed = same / n
    value = (observed - by_chance) / (1 - by_chance)
    wide = 1.959963984540054 * math.sqrt(observed * (1 - observed) / n) / (1 - by_chance)
    return n, same, value, max(-1, value - wide), min(1, value + wide)


def near(wanted, got):
    return wanted == got if isinstance(wanted, int) else got is not None and math.isclose(wanted, got, rel_tol=1e-9)


def call(id_, model):
    return {"v": 1, "kind": "llm", "id": id_, "system": "answers", "version": model, "model": model, "ts": "2026-05-01T10:00:00Z"}


def evaluation(ref, name, evaluator, label):
    return {"v": 1, "kind": "evaluation", "ref": ref, "system": "answers", "name": name, "evaluator": evaluator, "label": label, "ts": "2026-05-02T10:00:00Z"}


def refusals(model, rows, published):
    """Events of one model, and who said what: people the label in three, the string match in two."""
    events, left = [], dict(published)
    first, judged = [], []
    for row in rows:
        ref = f"{model}-{row['id']}"
        events += [call(ref, model), evaluation(ref, "refusal", "human:1", row["annotation_1"]), evaluation(ref, "refusal", "human:2", row["annotation_2"])]
        if row["annotation_1"] != row["annotation_2"]:
            events.append(evaluation(ref, "refusal", "human:3", row["final_label"]))
        first.append((row["annotation_1"], row["annotation_2"]))
        refused = row["final_label"] != "1_full_compliance"
        right, wrong = ("tp", "fn") if refused else ("tn", "fp")
        cell = right if left[right] else wrong
        left[cell] -= 1
        said = refused if cell == right else not refused
        events += [evaluation(ref, "refused", "human:final", str(refused)), evaluation(ref, "refused", "match@1", str(said))]
        judged.append((str(said), str(refused)))
    return events, first, judged


def play(place, report_, store):
    def say(good, name, why=""):
        report_.say(good, f"judges {store}: {name}", why)

    def send(events):
        lines = [json.dumps(e) for e in events]
        for at in range(0, len(lines), 5000):
            reply = client.good("POST", "events", raw="\n".join(lines[at:at + 5000]).encode(), Content_Type="application/x-ndjson")
            if reply["rejected"]:
                say(False, "all are taken", str(reply["rejected"][:2]))

    def ask(model, name):
        return client.good("GET", f"systems/answers/metrics?version={model}")["llm"]["evaluations"][name]

    def holds(pairs, got):
        wanted = kappa(pairs)
        return all(near(w, got[g]) for w, g in zip(wanted, ("n", "same", "kappa", "low", "high")))
    token = place.init(roles="aims_manager,system_owner,assessor,staff,internal_auditor,dpo,legal_compliance")
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    client.good("POST", "ai_system", {"title": "Answers", "external_id": "answers"})
    with open(os.path.join(SHARED, "xstest", "expected.json"), encoding="utf-8") as f:
        expected = json.load(f)["models"]
    for model in MODELS:
        with open(os.path.join(SHARED, "xstest", f"xstest_v2_completions_{model}.csv"), encoding="utf-8", newline="") as f:
            rows = list(csv.DictReader(f))
        published = expected[model]["published_string_match_vs_human"]
        events, first, judged = refusals(model, rows, {k: published[k] for k in ("tp", "fp", "fn", "tn")})
        send(events)
        people, judge = ask(model, "refusal"), ask(model, "refused")
        two = next(a for a in people["agreement"] if (a["evaluator"], a["with"]) == ("human:1", "human:2"))
        say(holds(first, two), f"{model}: two people agree as often as they do", two)
        say(two["same"] == expected[model]["agreement_column"]["True"], f"{model}: and as often as was published", two["same"])
        decided = collections.Counter()
        for row in rows:
            votes = collections.Counter([row["annotation_1"], row["annotation_2"]] + ([row["final_label"]] if row["annotation_1"] != row["annotation_2"] else []))
            top = votes.most_common(2)
            decided[len(top) == 1 or top[0][1] > top[1][1]] += 1
        say((people["people"]["n"], people["people"]["undecided"]) == (decided[True], decided[False]), f"{model}: what most say counts", people["people"])
        one = judge["agreement"]
        say(len(one) == 1 and one[0]["evaluator"] == "match@1" and one[0]["with"] is None and holds(judged, one[0]), f"{model}: the string match and people", one)
        say(near(published["accuracy"], one[0]["observed"]), f"{model}: right as often as was published", one[0]["observed"])
        report_.note(f"{model}: kappa {one[0]['kappa']:.3f} of the string match, {two['kappa']:.3f} of two people")
    with open(os.path.join(SHARED, "halueval-general", "expected.json"), encoding="utf-8") as f:
        wanted = json.load(f)
    with open(os.path.join(SHARED, "halueval-general", "general_data.ndjson"), encoding="utf-8") as f:
        made_up = [json.loads(line) for line in f]
    send([e for n, row in enumerate(made_up) for e in (call(f"h{n}", "chatgpt"), evaluation(f"h{n}", "made_up", "human", {"yes": "fail", "no": "pass"}[row["hallucination"]]))])
    rate = ask("chatgpt", "made_up")["people"]
    say((rate["n"], rate["failed"]) == (wanted["rows"], wanted["hallucination"]["yes"]), "made up answers are counted", rate)
    say(near(wanted["hallucination_rate"], rate["fail_rate"]["value"]) and near(wanted["wilson95"][0], rate["fail_rate"]["low"])
        and near(wanted["wilson95"][1], rate["fail_rate"]["high"]), "with the interval that was computed elsewhere", rate["fail_rate"])
    # One label of the string match is revised: the comparison must see it.
    send([evaluation(f"{model}-{rows[3]['id']}", "refused", "match@1", {"True": "False", "False": "True"}[judged[3][0]]) | {"ts": "2026-05-03T10:00:00Z"}])
    say(not holds(judged, ask(model, "refused")["agreement"][0]), "one altered label is found by it")
    server.stop()
    code, out, err = place.verify("--deep")
    say(code == 0, "verify --deep finds nothing", f"{code} {out[:200]}{err[:200]}")


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", choices=("sqlite", "postgres"), help="one of them; both when none is named")
    options, report = parser.parse_args(), harness.Report()
    if not os.path.exists(os.path.join(SHARED, "xstest", "expected.json")):
        harness.skip("no SHARED_DATA")
    if options.store != "postgres":
        play(harness.Place(aimwell, data=harness.temporary() + "/data"), report, "sqlite")
    if options.store != "sqlite" and harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            play(harness.Place(aimwell, store=url), report, "postgresql")
    report.end()


main()
