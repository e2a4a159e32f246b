#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drift of real columns through the HTTP API, against figures that others computed on the same rows.

    drift.py [PATH_OF_AIMWELL] [--store sqlite|postgres]

Four pairs of sets of the same 7,214 rows (halves by order, halves by date, two groups of people, two years) are sent
as predictions with features; what the API says of each column must be what numpy and scipy say (counts exact, figures
1e-9, tails 1e-6). What these have no word of (the top 50 categories, the correction for many columns) is computed here
again. The two sets the other way round must not pass: it can fail.
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

FOLDER = os.path.join(os.environ.get("SHARED_DATA", ""), "compas")
NUMBERS = ("age", "priors_count", "decile_score", "v_decile_score", "days_b_screening_arrest", "juv_other_count", "c_days_from_compas")
WORDS = ("race", "sex", "age_cat", "c_charge_degree", "score_text", "c_charge_desc", "two_year_recid")


def splits(rows):
    """Name, rows of the reference, current rows."""
    half = len(rows) // 2
    dated = sorted(rows, key=lambda r: (r["compas_screening_date"], int(r["id"])))
    yield "row_order_halves", rows[:half], rows[half:]
    yield "screening_date_halves", dated[:half], dated[half:]
    yield "race_contrast", [r for r in rows if r["race"] == "Caucasian"], [r for r in rows if r["race"] == "African-American"]
    yield "year_2013_vs_2014", [r for r in rows if r["compas_screening_date"] < "2014"], [r for r in rows if r["compas_screening_date"] >= "2014"]


def features(row, n):
    """Without a value it is not there, null, or what programs write for none."""
    out = {}
    for name in NUMBERS + WORDS:
        if row[name]:
            out[name] = float(row[name]) if name in NUMBERS else row[name]
        elif n % 4:
            out[name] = (None, "", "NaN")[n % 3]
    return out


def events(name, rows, when, version):
    for n, row in enumerate(rows):
        yield {"v": 1, "kind": "prediction", "id": f"{name}.{row['id']}", "system": "compas", "version": version, "env": name, "ts": when,
               "task": "binary", "pred_class": int(row["score_text"] != "Low"), "score": (int(row["decile_score"]) - 0.5) / 10, "features": features(row, n)}
        if n % 2:
            yield {"v": 1, "kind": "label", "ref": f"{name}.{row['id']}", "system": "compas", "ts": "2026-04-01T00:00:00Z", "label": int(row["two_year_recid"])}


# ---- what the others have no word of -----------------------------------------------------------
def chi2_tail(x, k):
    """P(X >= x): from k = 1 or 2 up by twos."""
    q = math.erfc(math.sqrt(x / 2)) if k % 2 else math.exp(-x / 2)
    for j in range(2 - k % 2, k, 2):
        q += math.exp(j / 2 * math.log(x / 2) - x / 2 - math.lgamma(j / 2 + 1)) if x > 0 else 0
    return q


def psi(then, now):
    n, m = sum(then), sum(now)
    pairs = [(a, b) for a, b in zip(then, now) if a or b]
    value = sum((p - q) * math.log(p / q) for p, q in (((a / n or 1e-4), (b / m or 1e-4)) for a, b in pairs))
    return value, (len(pairs) - 1) * (1 / n + 1 / m), chi2_tail(n * m / (n + m) * value, len(pairs) - 1)


def top(then, now, name):
    """PSI, what it is by chance and its tail, of the 50 most frequent of the reference, the others that it has and new ones; PSI with those without."""
    counts = [collections.Counter(r[name] for r in rows if r[name]) for rows in (then, now)]
    kept = [w for w, _ in sorted(counts[0].items(), key=lambda i: (-i[1], i[0].encode()))[:50]]
    columns = []
    for rows, c in zip((then, now), counts):
        columns.append([c[w] for w in kept] + [sum(v for w, v in c.items() if w in counts[0] and w not in kept),
                                               sum(v for w, v in c.items() if w not in counts[0]), sum(not r[name] for r in rows)])
    return (*psi(*(column[:-1] for column in columns)), psi(*columns)[0])


def corrected(p):
    """Benjamini and Hochberg."""
    order, out, least = sorted(range(len(p)), key=lambda i: p[i]), [0.0] * len(p), 1.0
    for rank in range(len(p), 0, -1):
        least = min(least, p[order[rank - 1]] * len(p) / rank)
        out[order[rank - 1]] = least
    return out


# ---- comparing ----------------------------------------------------------------------------------
class Comparison:
    def __init__(self):
        self.wrong, self.count = [], 0

    def same(self, where, wanted, got, near=1e-9):
        self.count += 1
        if wanted is None or got is None:
            good = wanted is got
        elif isinstance(wanted, (str, bool)):
            good = wanted == got
        else:
            good = math.isclose(wanted, got, rel_tol=near, abs_tol=1e-300 if near > 1e-9 else 1e-15)
        if not good:
            self.wrong.append(f"{where}: {got} instead of {wanted}")


def compare_both(c, where, wanted, got):
    for ours, theirs in (("reference", "ref"), ("current", "cur")):
        c.same(f"{where}.{ours}.rows", wanted[theirs]["n"], got[ours]["rows"])
        c.same(f"{where}.{ours}.missing", wanted[theirs]["missing"], got[ours]["missing"])
        c.same(f"{where}.{ours}.wrong_type", 0, got[ours]["wrong_type"])
    test = wanted["missing_ztest"] or {"z": None, "p": None}
    c.same(f"{where}.missing_z", test["z"], got["missing_z"])
    c.same(f"{where}.missing_p", test["p"], got["missing_p"], 1e-6)


def compare_numbers(c, where, wanted, got):
    bins = wanted["ref_decile_bins"]
    c.same(f"{where}.ks", wanted["ks"]["D"], got["ks"])
    c.same(f"{where}.ks_p", wanted["ks"]["p_kolmogorov_limit"], got["ks_p"], 1e-6)
    c.same(f"{where}.wasserstein", wanted["wasserstein1"], got["wasserstein"])
    c.same(f"{where}.wasserstein_normed", wanted["wasserstein1_norm_ref_sd0"], got["wasserstein_normed"])
    for theirs, ours in (("psi_eps1e-4", "psi"), ("jsdist_base2", "js"), ("jsdiv_base2", "js_divergence"), ("tvd", "tvd"), ("psi_with_missing_bucket", "psi_missing")):
        c.same(f"{where}.{ours}", bins.get(theirs, bins["psi_eps1e-4"]), got[ours])
    c.same(f"{where}.bins", len(bins["ref_counts"]), len(got["bins"]))
    for n, one in enumerate(got["bins"]):
        c.same(f"{where}.bins.{n}.reference", bins["ref_counts"][n], one["reference"])
        c.same(f"{where}.bins.{n}.current", bins["cur_counts"][n], one["current"])
        c.same(f"{where}.bins.{n}.to", (bins["inner_edges"] + [None])[n], one["to"])
        c.same(f"{where}.bins.{n}.above", ([None] + bins["inner_edges"])[n], one["above"])
    value, null, tail = psi(bins["ref_counts"], bins["cur_counts"])
    c.same(f"{where}.psi_null", null, got["psi_null"])
    c.same(f"{where}.psi_p", tail, got["psi_p"], 1e-6)


def compare_words(c, where, wanted, got, again):
    for theirs, ours in (("psi_eps1e-4", "psi_each"), ("jsdist_base2", "js"), ("jsdiv_base2", "js_divergence"), ("tvd", "tvd"), ("l_infinity", "l_infinity"), ("hellinger", "hellinger")):
        c.same(f"{where}.{ours}", wanted[theirs], got[ours])
    for theirs, ours, near in (("stat", "chi2", 1e-9), ("dof", "chi2_freedom", 1e-9), ("p", "chi2_p", 1e-6), ("min_expected", "least_expected", 1e-9), ("cramers_v", "cramers_v", 1e-9)):
        c.same(f"{where}.{ours}", wanted["chi2_homogeneity"][theirs], got[ours], near)
    for theirs, ours in (("count", "count"), ("rows", "rows"), ("share_of_cur", "share")):
        c.same(f"{where}.new.{ours}", wanted["new_categories"][theirs], got["new"][ours])
    for key in ("count", "rows"):
        c.same(f"{where}.vanished.{key}", wanted["vanished_categories"][key], got["vanished"][key])
    c.same(f"{where}.distinct_reference", wanted["ref"]["distinct"], got["distinct_reference"])
    c.same(f"{where}.distinct", wanted["cur"]["distinct"], got["distinct"])
    named = {one["name"]: [one["reference"], one["current"]] for one in got["categories"] if not one["gathered"]}
    for word, counts in wanted.get("table", {}).items():
        c.same(f"{where}.categories.{word}", json.dumps(counts), json.dumps(named.get(word)))
    for key, value in zip(("psi", "psi_null", "psi_p", "psi_missing"), again):
        c.same(f"{where}.{key}", value, got[key], 1e-6 if key == "psi_p" else 1e-9)


def compare_rule(c, where, drift):
    """Corrected over all columns, and drifted only when beyond the limit as well."""
    all_ = [column for part in ("columns", "predictions", "labels") for column in drift[part].values()]
    tests = [(column, key) for column in all_ for key in ("psi_p", "ks_p", "chi2_p") if (key != "psi_p" or column["type"] == "numeric") and column.get(key) is not None]
    c.same(f"{where}.tests", len(tests), drift["rule"]["tests"])
    for (column, key), p in zip(tests, corrected([column[key] for column, key in tests])):
        c.same(f"{where}.{key}_adjusted", p, column[f"{key}_adjusted"], 1e-6)
    judged = [column["drifted"] for column in drift["columns"].values()]
    c.same(f"{where}.drifted", judged.count(True), drift["drifted"])
    c.same(f"{where}.judged", len(judged) - judged.count(None), drift["judged"])
    for name, column in drift["columns"].items():
        beyond = column["psi"] > 0.1 or column.get("ks", 0) > 0.1
        c.same(f"{where}.{name}.beyond", beyond, column["drifted"] is not False)


def compare(c, split, wanted, drift, then, now):
    c.same(f"{split}.n_reference", wanted["n_ref"], drift["n_reference"])
    c.same(f"{split}.n", wanted["n_cur"], drift["n"])
    for name, column in wanted["columns"].items():
        got = drift["columns"][name]
        c.same(f"{split}.{name}.type", column["type"], got["type"])
        if column["type"] != got["type"]:
            continue
        compare_both(c, f"{split}.{name}", column, got)
        if column["type"] == "numeric":
            compare_numbers(c, f"{split}.{name}", column, got)
        else:
            compare_words(c, f"{split}.{name}", column, got, top(then, now, name))
    score = drift["predictions"]["score"]  # a tenth of another column, less a constant
    c.same(f"{split}.score.ks", wanted["columns"]["decile_score"]["ks"]["D"], score["ks"])
    c.same(f"{split}.score.psi", wanted["columns"]["decile_score"]["ref_decile_bins"]["psi_eps1e-4"], score["psi"])
    c.same(f"{split}.label.n", wanted["n_cur"] // 2, drift["labels"]["label"]["n"])
    compare_rule(c, split, drift)


# ---- the play -----------------------------------------------------------------------------------
def send(client, lines):
    batch, refused = [], []
    for at in range(0, len(lines), 4000):
        batch = "\n".join(json.dumps(e) for e in lines[at:at + 4000]).encode()
        refused += client.good("POST", "events", raw=batch, Content_Type="application/x-ndjson")["rejected"]
    return refused


def play(place, report_, store):
    def say(good, name, why=""):
        report_.say(good, f"drift {store}: {name}", why)
    token = place.init(roles="aims_manager,system_owner,assessor,staff,internal_auditor,dpo,legal_compliance")
    server = harness.Server(place)
    client = harness.Client(server.port, token)
    client.good("POST", "ai_system", {"title": "Recidivism", "external_id": "compas"})
    with open(os.path.join(FOLDER, "compas-two-years.csv"), encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    with open(os.path.join(FOLDER, "expected.json"), encoding="utf-8") as f:
        expected = json.load(f)["drift"]
    c, back = Comparison(), Comparison()
    for n, (name, then, now) in enumerate(splits(rows)):
        refused = send(client, [*events(name, then, "2026-01-01T00:00:00Z", "1"), *events(name, now, "2026-02-01T00:00:00Z", "2")])
        if refused:
            say(False, "all are taken", str(refused[:2]))
        by = ("from=2026-02-01&reference_from=2026-01-01&reference_to=2026-02-01", "version=2&reference_version=1")
        reply = client.good("GET", f"systems/compas/metrics?env={name}&{by[n % 2]}")
        drift = reply["drift"]
        undefined = {key for part in ("columns", "predictions", "labels") for column in drift[part].values() for key in column} - set(reply["definitions"])
        c.same(f"{name}.undefined", "", ", ".join(sorted(undefined - {"type", "n", "n_reference", "reference", "current", "hidden"})))
        compare(c, name, expected[name], drift, then, now)
        told = {column for column, one in drift["columns"].items() if one["drifted"]}
        say(bool(told) == (name not in ("row_order_halves",)) and (name != "race_contrast" or {"age", "priors_count", "decile_score", "age_cat", "score_text"} <= told), f"what drifted between the {name}", sorted(told))
        if not n:
            same = client.good("GET", f"systems/compas/metrics?env={name}&version=1&reference_version=1")["drift"]["columns"].values()
            say(all(not column[key] for column in same for key in ("psi", "js", "tvd", "l_infinity", "hellinger", "ks", "wasserstein", "chi2") if key in column)
                and not any(column["drifted"] for column in same) and len(same) == 14, "a set is not apart from itself")
            few = client.good("GET", f"systems/compas/metrics?env={name}&version=2&reference_version=1&columns=sex,nothing,age")["drift"]["columns"]
            say(list(few) == ["sex", "nothing", "age"] and few["age"] | {"ks_p_adjusted": 0, "psi_p_adjusted": 0} == drift["columns"]["age"] | {"ks_p_adjusted": 0, "psi_p_adjusted": 0}
                and few["nothing"]["type"] is None and few["nothing"]["psi"] is None, "columns that are named are those and no others", list(few))
            other = client.good("GET", f"systems/compas/metrics?env={name}&version=1&reference_version=2")["drift"]
            compare(back, name, expected[name], other, then, now)
    say(not c.wrong, "every figure is that of the others", f"{len(c.wrong)} of {c.count}: {c.wrong[:6]}")
    say(c.count > 1500, "as many figures as there are", c.count)
    report_.note(f"{c.count} figures compared")
    say(len(back.wrong) > 100, "the two sets the other way round are found out", len(back.wrong))
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
    if options.store != "postgres":
        play(harness.Place(aimwell, data=harness.temporary() + "/data"), report, "sqlite")
    if options.store != "sqlite" and harness.have_postgres():
        with harness.postgres(durable=False) as (_, url):
            play(harness.Place(aimwell, store=url), report, "postgresql")
    report.end()


main()
