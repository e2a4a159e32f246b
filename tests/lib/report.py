# SPDX-License-Identifier: Apache-2.0
"""Lines for people and machines: `ok …`, `not ok …` with the reasons below, and a count at the end."""
import sys
import threading


class Report:
    """Counts what passed and what did not; may be used by several threads."""

    def __init__(self):
        self.good = self.bad = 0
        self.lock = threading.Lock()

    def tell(self, name, problems=()):
        """One line for one thing that was tried."""
        problems = list(problems)
        with self.lock:
            self.good += not problems
            self.bad += bool(problems)
            print(f"{'not ok' if problems else 'ok'} {name}")
            for problem in problems:
                print("    " + problem.replace("\n", "\n    "))
            sys.stdout.flush()

    def finish(self):
        """The exit status."""
        print(f"{self.good} passed, {self.bad} failed")
        return 1 if self.bad else 0
