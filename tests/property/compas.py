#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real predictions through the HTTP API, against figures that others computed on the same rows.

    compas.py [PATH_OF_AIMWELL] [--store sqlite|postgres]

7,214 predictions and their labels are sent as events, labels before, among and after their predictions, and
some twice, and once more as the table itself through `import events`; what the API says of all of them, of each group and of each month must be what numpy, scipy,
scikit-learn and fairlearn say (counts exact, rates 1e-9, null where they are not defined). One altered label
must make the comparison fail: it can.
"""
import argparse
import csv
import json
import math
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "durability"))
import harness  # noqa: E402

FOLDER = os.path.join(os.environ.get("SHARED_DATA", ""), "compas")
NAMES = {"precision_ppv": "precision", "recall_tpr": "recall", "auc_delong_se": "auc_se", "ece10": "ece", "mce10": "mce"}
RATES = ("base_rate", "selection_rate", "accuracy", "precision", "recall", "fpr", "fnr", "tnr", "npv", "for", "fdr")


def events(rows, system):
    """Predictions and labels of the rows; label of row n before its prediction when n is a multiple of 7."""
    out = []
    for n, row in enumerate(rows):
        prediction = {"v": 1, "kind": "prediction", "id": row["id"], "system": system, "version": "1", "ts": row["compas_screening_date"] + "T12:00:00Z",
                      "task": "binary", "pred_class": int(row["score_text"] != "Low"), "score": (int(row["decile_score"]) - 0.5) / 10,
                      "protected": {k: row[k] for k in ("race", "sex", "age_cat")}}
        label = {"v": 1, "kind": "label", "ref": row["id"], "system": system, "ts": row["compas_screening_date"] + "T13:00:00Z", "label": int(row["two_year_recid"])}
        out += [label, prediction] if n % 7 == 0 else [prediction, label]
        if n % 11 == 0:  # a first label that is revised
            out.insert(random.randrange(len(out)), {**label, "ts": row["compas_screening_date"] + "T12:30:00Z", "label": 1 - label["label"]})
    return out


def differs(wanted, got):
    """Whether a figure is another one."""
    if wanted is None or got is None:
        return wanted is not got
    if isinstance(wanted, int):
        return wanted != got
    return not math.isclose(wanted, got, rel_tol=1e-9, abs_tol=1e-15)


def compare(wanted, got, where, wrong):
    """One group, or all rows: how many figures were compared."""
    compared = 0
    for name, value in wanted.items():
        mine = NAMES.get(name, name)
        if name == "wilson95":
            for rate, (low, high) in ((r, v or (None, None)) for r, v in value.items()):
                one = got[NAMES.get(rate, rate)]
                if isinstance(one, dict):
                    compared += 2
                    wrong += [f"{where}.{rate}.{side}" for side, w in (("low", low), ("high", high)) if differs(w, one[side])]
        elif name == "reliability10":
            for w, g in zip(value, got["reliability"]):
                compared += 4
                wrong += [f"{where}.reliability.{k}" for k, m in (("bin", "bin"), ("n", "n"), ("mean_p", "mean_p"), ("obs", "observed")) if differs(w[k], g[m])]
        elif not isinstance(value, (dict, list)):
            compared += 1
            one = got.get(mine)
            if differs(value, one["value"] if isinstance(one, dict) else one):
                wrong.append(f"{where}.{mine}: {one} instead of {value}")
    return compared


def compare_disparity(wanted, got, where, wrong):
    """Of one grouping and one least size."""
    compared = 0
    for name, value in wanted.items():
        mine = NAMES.get(name, name)
        if mine in RATES:
            compared += 4
            table = got[mine]
            for w, g in (("diff_max_min", "difference"), ("ratio_min_max", "ratio"), ("max_abs_diff_to_overall", "to_overall_difference")):
                if w in value and differs(value[w], table[g]):
                    wrong.append(f"{where}.{mine}.{g}: {table[g]} instead of {value[w]}")
            if value.get("groups_used") is not None and value["groups_used"] != table["groups"]:
                wrong.append(f"{where}.{mine}.groups")
        elif name.startswith("equalized_odds"):
            compared += 1
            key = {"equalized_odds_difference_worst": "equalized_odds_difference", "equalized_odds_difference_mean": "equalized_odds_difference_mean",
                   "equalized_odds_ratio_worst": "equalized_odds_ratio"}.get(name)
            if key and differs(value, got[key]):
                wrong.append(f"{where}.{key}: {got[key]} instead of {value}")
    return compared


def figures(ask, expected, wrong):
    """All that the others computed: how many figures were compared, and the answer of all rows."""
    compared = 0
    all_ = ask("")
    compared += compare(expected["overall"], all_["overall"] | {"n": all_["n"]}, "overall", wrong)
    for by, fairness in expected["fairness"].items():
        by_name = "|".join(fairness["by"])
        for rule, disparity in fairness["disparity"].items():
            got = ask(f"by={by_name.replace('|', '%7C')}&min_n={rule.rsplit('_', 1)[1]}")["by"][by_name]
            compared += compare_disparity(disparity, got["disparity"], f"{by}.{rule}", wrong)
        names = {"|".join(sorted(g.split("|"))): v for g, v in got["groups"].items()}
        for group, wanted in fairness["groups"].items():
            one = names.get("|".join(sorted(group.split("|"))))
            if one is None:
                wrong.append(f"{by}: no group {group} among {list(names)[:3]}")
            else:
                compared += compare(wanted, one, f"{by}.{group}", wrong)
    for month, wanted in expected["monthly_by_screening_month"].items():
        year, m = map(int, month.split("-"))
        after = f"{year + m // 12}-{m % 12 + 1:02}-01"
        got = ask(f"from={month}-01T00:00:00Z&to={after}T00:00:00Z")
        compared += compare(wanted, got["overall"] | {"n": got["n"]}, month, wrong)
    return compared, all_


PROFILE = {"kind": "prediction", "id": "id", "ts": {"column": "compas_screening_date", "time": "12:00"}, "version": {"is": "1"}, "task": {"is": "binary"},
           "pred_class": {"column": "score_text", "values": {"Low": 0, "Medium": 1, "High": 1}},
           "score": {"column": "decile_score", "range": [0.5, 10.5]},  # (decile - 0.5) / 10
           "protected": ["race", "sex", "age_cat"], "features": "rest", "label": "two_year_recid"}


def by_command(place, say, server, client, expected):
    """The table itself through `import events`, beside the running server."""
    system = client.good("POST", "ai_system", {"title": "Recidivism, from its table", "external_id": "table"})["key"]
    profile = os.path.join(harness.temporary(), "profile.json")

    def take(*options, **more):
        with open(profile, "w", encoding="utf-8") as f:
            json.dump(PROFILE | more, f)
        code, out, err = harness.run(place.aimwell, "import", "events", os.path.join(FOLDER, "compas-two-years.csv"), "--system", "table", "--map", profile,
                                     "--as", "robot1@test.example", "--json", *options, where=place.where)
        return code, json.loads(out) if out else err
    code, rehearsed = take("--dry-run")
    say(code == 0 and rehearsed["accepted"] == 14428 and rehearsed["refused_rows"] == 0, "the rehearsal of the table takes all", rehearsed)
    say(client.good("GET", f"systems/{system}/events")["events"] == 0, "and keeps nothing")
    code, taken = take()
    say(code == 0 and {**taken, "rehearsed": True} == rehearsed, "what was rehearsed is what is taken", taken)
    code, again = take()
    say(code == 0 and again["accepted"] == 0 and again["duplicate"] == 14428, "the same table again counts once", again)
    wrong = []
    compared, _ = figures(lambda query: client.good("GET", f"systems/table/metrics?{query}"), expected, wrong)
    say(not wrong and compared > 2000, "every figure of the table is that of the others", f"{len(wrong)} of {compared}: {wrong[:4]}")
    # The same table by a profile that turns one class: other events under the same ids.
    turned = PROFILE["pred_class"] | {"values": {"Low": 0, "Medium": 0, "High": 1}}
    code, other = take(pred_class=turned)
    say(code == 1 and other["accepted"] == 0 and other["refused_rows"] > 1000 and other["rejected"][0]["code"] == "taken", "another reading of it is refused, row by row", str(other)[:300])


def play(place, report_, store):
    def say(good, name, why=""):
        report_.say(good, f"compas {store}: {name}", why)
    token = place.init(roles="aims_manager,system_owner,assessor,staff,internal_auditor,dpo,legal_compliance")
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    system = client.good("POST", "ai_system", {"title": "Recidivism", "external_id": "compas"})["key"]
    with open(os.path.join(FOLDER, "compas-two-years.csv"), encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    with open(os.path.join(FOLDER, "expected.json"), encoding="utf-8") as f:
        expected = json.load(f)
    sent = [json.dumps(e) for e in events(rows, "compas")]
    for at in range(0, len(sent), 3000):
        reply = client.good("POST", "events", raw="\n".join(sent[at:at + 3000]).encode(), Content_Type="application/x-ndjson")
        if reply["rejected"]:
            say(False, "all are taken", str(reply["rejected"][:2]))
    again = client.good("POST", "events", raw="\n".join(sent[:3000]).encode(), Content_Type="application/x-ndjson")
    say(again["accepted"] == 0, "what came before counts once", again["accepted"])

    def ask(query):
        return client.good("GET", f"systems/compas/metrics?{query}")
    wrong = []
    compared, all_ = figures(ask, expected, wrong)
    say(not wrong, "every figure is that of the others", f"{len(wrong)} of {compared}: {wrong[:4]}")
    say(compared > 2000, "as many figures as there are", compared)
    report_.note(f"{compared} figures compared")
    say(all_["revised_labels"] == len([n for n in range(len(rows)) if n % 11 == 0]) and all_["excluded"]["orphan_labels"] == 0, "labels that were revised are told", all_["revised_labels"])
    # One label is revised to the wrong one: it must be seen.
    wrong_one = json.dumps({"v": 1, "kind": "label", "ref": rows[5]["id"], "system": "compas", "ts": "2026-01-01T00:00:00Z", "label": 1 - int(rows[5]["two_year_recid"])})
    client.good("POST", "events", raw=wrong_one.encode(), Content_Type="application/x-ndjson")
    found = []
    compare(expected["overall"], ask("")["overall"] | {"n": all_["n"]}, "overall", found)
    say(len(found) > 5, "one wrong label is found by it", found[:2])
    by_command(place, say, server, client, expected)
    server.stop()
    code, out, err = place.verify("--deep")
    say(code == 0, "verify --deep finds nothing", f"{code} {out[:200]}{err[:200]}")


def main():
    aimwell = harness.program()
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", choices=("sqlite", "postgres"), help="one of them; both when none is named")
    options, report = parser.parse_args(), harness.Report()
    if not os.path.exists(os.path.join(FOLDER, "expected.json")):
        harness.skip("no SHARED_DATA")
    random.seed(7)
    if options.store != "postgres":
        play(harness.Place(aimwell, data=harness.temporary() + "/data"), report, "sqlite")
    if options.store != "sqlite" and harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            play(harness.Place(aimwell, store=url), report, "postgresql")
    report.end()


main()
