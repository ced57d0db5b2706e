"""A small test runner: one line a check, a summary, an exit code.

A check is a function named `test_…` in a module `test_….py`. One that takes an argument gets the
running node (see node.py). It passes when it returns, is skipped when it raises `Skipped`, and
fails when it raises anything else.
"""

import inspect
import json
import os
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))


class Skipped(Exception):
    """Says why a check cannot be made here."""


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def run(self, module, node=None):
        """Makes every check of a module, in the order of its source."""
        for name, function in list(vars(module).items()):
            if not name.startswith("test_") or not inspect.isfunction(function):
                continue
            title = f"{module.__name__.removeprefix('test_')}: {name.removeprefix('test_')}"
            self.one(title.replace("_", " "), function, node)

    def one(self, title, function, node):
        try:
            note = function(node) if inspect.signature(function).parameters else function()
        except Skipped as reason:
            self.skipped += 1
            print(f"SKIP  {title}: {reason}", flush=True)
        except Exception as error:  # a check may fail in any way
            self.failed += 1
            print(f"FAIL  {title}: {type(error).__name__}: {error}", flush=True)
            traceback.print_exc(limit=-3, file=sys.stdout)
        else:
            self.passed += 1
            print(f"ok    {title}" + (f" ({note})" if note else ""), flush=True)


def equal(got, want, what="value"):
    if got != want:
        raise AssertionError(f"{what}: got {got!r}, want {want!r}")


def shared(path):
    """A file or folder of the published test data, as Tests/TestSupport finds it."""
    folder = Path(os.environ.get("ASSAY_SHARED") or ROOT.parent / "shared")
    if not (folder / path).exists():
        raise Skipped(f"published test data has no {path} (set ASSAY_SHARED)")
    return folder / path


def vectors(name):
    return json.loads(shared(f"x402/{name}.json").read_text())["vectors"]
