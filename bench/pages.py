# SPDX-License-Identifier: Apache-2.0
"""Every route of the pages in an organisation of a hundred thousand records.

The demo organisation takes in what a large one would bring along: systems, their risks, tasks, evidence, assessments, treatments,
suppliers, incidents, data; as tables, through the same import as anybody's, and some of it is moved along as people do with many at
once. The same records each time. Then bench/pages.mjs opens the routes in a browser.
"""
import concurrent.futures
import csv
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "durability"))
import harness  # noqa: E402

PEOPLE = ["priya", "li", "huang", "markus", "laura", "petra", "tom", "sara", "jie", "fatima", "oliver", "emre", "arjun", "yuki", "elena", "lin"]
UNITS = ["Retail lending (零售信贷部)", "Collections (催收部)", "Human resources (人力资源部)", "IT and data (信息技术与数据部)", "Northlake Credit (北湖信贷)"]
SCORING = ["Scoring", "Chat assistant", "Document reader", "Fraud signals", "Planning", "Translation", "Recommendation", "Call notes", "Forecast", "Quality check"]
REASONS = ["RS-ENV", "RS-TRX", "RS-AUT", "RS-ML", "RS-HW", "RS-LC", "RS-SUP"]
CODES = ["R-BIAS", "R-ERR", "R-HALL", "R-DATA", "R-EXPL", "R-SEC"]


def some(i, choices):
    """One of them, spread evenly and not in step with its neighbours."""
    return choices[(i * 2654435761 >> 7) % len(choices)]


def person(i):
    return some(i, PEOPLE) + "@northlake.example"


def day(i, first=2026):
    return f"{first + i % 2}-{i * 7 % 12 + 1:02d}-{i * 11 % 28 + 1:02d}"


def system(i):
    return f"X-S{i}"


def systems(i):
    return {"external_id": system(i), "title": f"{some(i, SCORING)} {i} 系统", "unit": some(i + 3, UNITS), "owner": person(i),
            "purpose": f"What case {i % 89} needs is answered faster.", "intended_use": "By trained staff, in the office, for cases of their own.",
            "use_stage": some(i, ["not_yet", "pilot", "in_use", "in_use", "retired"]), "in_scope": "true", "org_roles": some(i, ["provider", "deployer", "deployer"]),
            "ai_type": some(i, ["ml_predictive", "genai", "llm_app", "vision"]), "autonomy": some(i, ["assistive", "decision_support", "human_in_loop"]),
            "decision_effect": some(i, ["none", "informs", "materially_influences", "decides"]), "vulnerable_groups": some(i, ["true", "false", "false"]),
            "personal_data": some(i + 1, ["true", "false"]), "special_category": "false", "jurisdictions": some(i, ["EU", "SG", "EU, SG"]), "build_or_buy": some(i, ["build", "buy"])}


def risks(i):
    return {"external_id": f"X-R{i}", "title": f"Case {i}: {some(i, ['wrong answer', 'unfair result', 'data leaves', 'nobody notices', 'too slow'])} 风险", "owner": person(i + 5),
            "scope_type": "system", "system": system(i // 4), "cause": "The data are older than the case.", "event": f"Case {i} is judged wrongly.", "effect": "Somebody pays more than they should.",
            "source": some(i, REASONS), "taxonomy": some(i, CODES), "stage": f"LC{i % 8 + 1}", "c_org": some(i, [1, 2, 3, 4]), "c_ind": some(i + 1, [1, 2, 2, 3, 4, 5]), "c_soc": some(i + 2, [1, 2, 3]),
            "c_rationale": "As such cases went before.", "likelihood": some(i + 3, [1, 2, 3, 3, 4, 5]), "l_basis": "Counted last year.", "confidence": some(i, ["low", "medium", "high"]),
            "due": day(i, 2027)}


def tasks(i):
    return {"external_id": f"X-T{i}", "title": f"Review the controls of system {i % 97} 审查 {i}", "owner": person(i), "priority": some(i, ["low", "normal", "high"]), "due": day(i),
            "details": "What is needed and how one can tell that it is done, in a sentence or two."}


def evidence(i):
    return {"external_id": f"X-E{i}", "title": f"Export {i} of the log 日志", "owner": person(i), "kind_of": some(i, ["document", "export", "log", "test_result", "minutes"]),
            "location": f"Archive, shelf {i}", "source": some(i, SCORING), "captured_at": f"2026-{i % 10 + 1:02d}-{i % 28 + 1:02d}", "valid_until": day(i, 2027)}


def assessments(i):
    return {"external_id": f"X-A{i}", "title": f"Impact of system {i}", "owner": person(i + 2), "system": system(i), "profile": "aiia", "screening_note": "To be looked at."}


def treatments(i):
    return {"external_id": f"X-M{i}", "title": f"Measure {i}", "owner": person(i + 1), "risk": f"X-R{i}", "option": "reduce", "action": "A second look at each case.",
            "due": day(i, 2027), "start": day(i), "likelihood_steps": 1, "consequence_steps": 0}


def suppliers(i):
    return {"external_id": f"X-P{i}", "title": f"Supplier {i}", "owner": person(i), "services": "Models and data.", "country": some(i, ["Germany", "Singapore", "France"]),
            "q_people": some(i, ["true", "false"]), "q_personal": "false", "q_business": some(i, ["false", "true"]), "q_replace": "false", "q_training": "false", "review_due": day(i, 2027)}


def incidents(i):
    return {"external_id": f"X-I{i}", "title": f"Incident {i}", "owner": person(i), "happened": "Answers were late for an hour.", "system": system(i), "source": some(i, ["staff", "monitoring", "user"]),
            "occurred_at": f"2026-{i % 10 + 1:02d}-{i % 28 + 1:02d}T08:00:00Z", "aware_at": f"2026-{i % 10 + 1:02d}-{i % 28 + 1:02d}T09:30:00Z", "kind_of": some(i, CODES)}


def data(i):
    return {"external_id": f"X-D{i}", "title": f"Table {i} of the warehouse", "owner": person(i), "version_label": "1", "systems": system(i), "source": "Our own cases.",
            "personal": some(i, ["true", "false"])}


# kind, rows, what a row is, who takes it in
TABLES = [("ai_system", 10000, systems, "lin"), ("risk", 40000, risks, "sara"), ("task", 20000, tasks, "lin"), ("evidence", 8000, evidence, "lin"),
          ("impact_assessment", 6000, assessments, "sara"), ("treatment", 10000, treatments, "sara"), ("supplier", 2000, suppliers, "ravi"),
          ("incident", 2000, incidents, "lin"), ("data_resource", 2000, data, "lin")]
# kind, from which state, move, who makes it, one in how many, what it asks
MOVES = [("risk", "identified", "analyse", "sara", 4, {}), ("evidence", "collected", "accept", "sara", 2, {}), ("task", "open", "cancel", "lin", 10, {})]


def import_all(place, share):
    for kind, rows, row, who in TABLES:
        path = os.path.join(place.data, "..", kind + ".csv")
        with open(path, "w", encoding="utf-8", newline="") as f:
            out = csv.DictWriter(f, fieldnames=list(row(0)))
            out.writeheader()
            out.writerows(row(i) for i in range(rows // share))
        began = time.monotonic()
        code, words, err = harness.run(place.aimwell, "import", kind, path, "--as", f"{who}@northlake.example", where=place.where, timeout=3600)
        last = (words or err).strip().splitlines()
        print(f"  {kind}: {rows // share:,} rows in {time.monotonic() - began:.0f} s; {last[0] if last else ''}", flush=True)
        if code != 0:
            print("    " + "\n    ".join(last[1:6]), flush=True)


def move_many(server, kind, state, move, who, every, asked):
    """One by one, as there are no moves of many at once; sixteen at a time."""
    email = f"{who}@northlake.example"
    client = harness.Client(server.port, timeout=600)
    client.log_in(email)
    keys = [one["key"] for one in client.every(f"{kind}?sort=key&state={state}")][::every]
    began, moved, local = time.monotonic(), [], threading.local()

    def go(key):
        if not hasattr(local, "client"):
            local.client = harness.Client(server.port, timeout=600)
            local.client.cookie, local.client.csrf = client.cookie, client.csrf
        status, _, reply = local.client.ask("POST", f"{kind}/{key}/moves/{move}", {**asked, "reason": "As agreed for all of these."})
        moved.append(status if status == 200 else reply)
    with concurrent.futures.ThreadPoolExecutor(16) as many:
        list(many.map(go, keys))
    refused = [one for one in moved if one != 200]
    print(f"  {kind}: {move}, {len(keys) - len(refused):,} of {len(keys):,} in {time.monotonic() - began:.0f} s {refused[0]['detail'] if refused else ''}", flush=True)


def organisation(aimwell, folder, share=1):
    """The demo and the records beside it, in folder; the folder of an earlier run is taken as it is."""
    place = harness.Place(aimwell, data=os.path.join(folder, "data"))
    if os.path.exists(os.path.join(folder, "made")):
        return place
    os.makedirs(folder, exist_ok=True)
    harness.demo(aimwell, place.data)
    import_all(place, share)
    server = harness.Server(place)
    for one in MOVES:
        move_many(server, *one)
    server.stop()
    with open(os.path.join(folder, "made"), "w", encoding="utf-8"):
        pass
    return place


def measure(aimwell, folder, share=1, only=""):
    place = organisation(aimwell, folder, share)
    server = harness.Server(place)
    subprocess.run(["node", os.path.join(HERE, "pages.mjs")], check=True,
                   env=dict(os.environ, BASE=f"http://127.0.0.1:{server.port}", SERVER=str(server.pid()), ROUTES=only))
    server.stop()


if __name__ == "__main__":
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("aimwell")
    parser.add_argument("folder")
    parser.add_argument("--share", type=int, default=1)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    measure(os.path.abspath(options.aimwell), os.path.abspath(options.folder), options.share, options.only)
