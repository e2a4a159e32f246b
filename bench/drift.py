#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drift of a column of numbers, rows in memory: ours beside scipy and Evidently on the same rows, in one run.

    bench/drift.py [--rows 1000000] [--python PYTHON] [BUILD_FOLDER]

ROWS of a reference and as many of now. Makes a release build when there is none. The references run in PYTHON, which
must have scipy, pandas and Evidently 0.7 (pip install scipy 'evidently>=0.7,<0.8' 'pandas<3', in a virtual environment). Rates
are by processor time, so that others on the machine do not count. Nothing is asserted but that all say the same:
the two distances to 1e-12 and 1e-9, PSI and Jensen-Shannon as Evidently has them to 1e-9."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import released

WITHIN = {"ks": 1e-12, "wasserstein": 1e-9, "psi": 1e-9, "js": 1e-9}
REFERENCE = r"""
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy, pandas, scipy, evidently
from scipy.stats import ks_2samp, wasserstein_distance
from evidently.legacy.calculations.stattests import jensenshannon_stat_test, psi_stat_test
from evidently.legacy.core import ColumnType
n, file = int(sys.argv[1]), sys.argv[2]
rows = numpy.fromfile(file)
then, now = rows[:n], rows[n:]
told = lambda test: test(reference_data=pandas.Series(then), current_data=pandas.Series(now), feature_type=ColumnType.Numerical, threshold=0.1).drift_score
out = {}
for name, figure in (("ks", lambda: ks_2samp(then, now, method="asymp").statistic), ("wasserstein", lambda: wasserstein_distance(then, now)),
                     ("psi", lambda: told(psi_stat_test)), ("js", lambda: told(jensenshannon_stat_test))):
    best = None
    for turn in range(3):
        start = time.process_time()
        out[name] = float(figure())
        spent = time.process_time() - start
        best = spent if best is None else min(best, spent)
    out[name + "_seconds"] = best
out["versions"] = f"scipy {scipy.__version__}, evidently {evidently.__version__}, numpy {numpy.__version__}"
print(json.dumps(out))
"""


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--rows", type=int, default=1_000_000)
    ask.add_argument("--python", default=sys.executable)
    ask.add_argument("folder", nargs="?", default=released.FOLDER)
    want = ask.parse_args()
    program = released.built("bench_drift", want.folder)
    with tempfile.NamedTemporaryFile() as rows:
        said = subprocess.run([program, str(want.rows), rows.name], check=True, capture_output=True, text=True).stdout
        ours = {k: float(v) for k, v in (line.split() for line in said.splitlines())}
        theirs = json.loads(subprocess.run([want.python, "-c", REFERENCE, str(want.rows), rows.name], check=True,
                                           capture_output=True, text=True).stdout)
    apart = [f"{name}: {ours[name]!r} here, {theirs[name]!r} there" for name, most in WITHIN.items() if not abs(ours[name] - theirs[name]) <= most]
    for name in WITHIN:
        mine, other = 2 * want.rows / ours[name + "_seconds"], 2 * want.rows / theirs[name + "_seconds"]
        print(f"{name}, {want.rows:,} beside {want.rows:,}: {mine:,.0f} rows/s; reference {other:,.0f} rows/s; {mine / other:.1f} times; {ours[name]:.6g}")
    print(f"reference: {theirs['versions']}; load {os.getloadavg()[0]:.1f}")
    if apart:
        sys.exit("\n".join(apart))


main()
