#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Group fairness over rows in memory: ours beside fairlearn's MetricFrame on the same rows, in one run.

    bench/measure.py [--rows 10000000] [--python PYTHON] [BUILD_FOLDER]

Makes a release build when there is none. The reference runs in PYTHON, which must have fairlearn (pip
install fairlearn, in a virtual environment). Rates are by processor time, so
that others on the machine do not count. Nothing is asserted but that both say the same."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import released

REFERENCE = r"""
import json, sys, time
import numpy as np
from fairlearn.metrics import (MetricFrame, demographic_parity_difference, demographic_parity_ratio,
                               equalized_odds_difference, equalized_odds_ratio, false_positive_rate,
                               selection_rate, true_positive_rate)
import fairlearn, sklearn, pandas
n, file = int(sys.argv[1]), sys.argv[2]
raw = np.fromfile(file, dtype=np.uint8)
group = raw[:2 * n].view(np.uint16)
answer, label = raw[2 * n:3 * n], raw[3 * n:4 * n]
start = time.process_time()
frame = MetricFrame(metrics={"selection_rate": selection_rate, "tpr": true_positive_rate, "fpr": false_positive_rate},
                    y_true=label, y_pred=answer, sensitive_features=group)
by, apart, ratio = frame.by_group, frame.difference(), frame.ratio()
seconds = time.process_time() - start
start = time.process_time()
counts = np.bincount(group.astype(np.uint32) * 4 + answer * 2 + label, minlength=24)
counting = time.process_time() - start
out = {"seconds": seconds, "counting": counting, "versions": f"fairlearn {fairlearn.__version__}, scikit-learn {sklearn.__version__}, pandas {pandas.__version__}, numpy {np.__version__}",
       "demographic_parity_difference": apart["selection_rate"], "demographic_parity_ratio": ratio["selection_rate"],
       "equalized_odds_difference": max(apart["tpr"], apart["fpr"]), "equalized_odds_ratio": min(ratio["tpr"], ratio["fpr"])}
for i, value in enumerate(by["selection_rate"]):
    out[f"selection_rate_{i}"] = value
print(json.dumps({k: v if isinstance(v, str) else float(v) for k, v in out.items()}))
"""


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--rows", type=int, default=10_000_000)
    ask.add_argument("--python", default=sys.executable)
    ask.add_argument("folder", nargs="?", default=released.FOLDER)
    want = ask.parse_args()
    program = released.built("bench_measure", want.folder)
    with tempfile.NamedTemporaryFile() as rows:
        said = subprocess.run([program, str(want.rows), rows.name], check=True, capture_output=True, text=True).stdout
        ours = {k: float(v) for k, v in (line.split() for line in said.splitlines())}
        theirs = json.loads(subprocess.run([want.python, "-c", REFERENCE, str(want.rows), rows.name], check=True,
                                           capture_output=True, text=True).stdout)
    for key, value in theirs.items():
        if key not in ("seconds", "counting", "versions") and abs(value - ours[key]) > 1e-12:
            sys.exit(f"{key}: {ours[key]!r} here, {value!r} there")
    rate, reference = want.rows / ours["seconds"], want.rows / theirs["seconds"]
    print(f"group fairness, {want.rows:,} rows: {rate:,.0f} rows/s; fairlearn {reference:,.0f} rows/s; {rate / reference:,.0f} times")
    print(f"the counts alone by numpy's bincount: {want.rows / theirs['counting']:,.0f} rows/s")
    print(f"windows (scores and labels too): {want.rows / ours['state_seconds']:,.0f} rows/s, {ours['state_bytes']:,.0f} bytes for six groups")
    print(f"reference: {theirs['versions']}; load {os.getloadavg()[0]:.1f}")


main()
