"""Random cases have the same outcome here and on two other EVMs; `assay differ` runs more."""

import re
import subprocess
import tempfile
from pathlib import Path

from checks import ROOT
from node import BINARY

CASES = {"revm": 5000, "eels": 400}
# Kinds that each peer runs, and how many of ten cases are of that kind.
KINDS = {"revm": {"program": 7, "transaction": 3},
         "eels": {"program": 5, "transaction": 4, "block": 1}}


def differ(peer):
    with tempfile.TemporaryDirectory() as folder:
        failure = Path(folder) / "failure.json"
        command = [
            BINARY, "differ", "--peer", peer, "--cases", str(CASES[peer]), "--output", failure,
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            case = failure.read_text() if failure.exists() else ""
            raise AssertionError(f"{done.stderr}\n{case}")
    for kind, share in KINDS[peer].items():
        ended = sum(int(n) for n in re.findall(
            rf"^{kind} (?:success|revert|halt|refused|accepted) +(\d+)$", done.stdout, re.M))
        if ended != CASES[peer] * share // 10:
            raise AssertionError(f"{ended} cases of kind {kind}\n{done.stdout}")
    return f"{CASES[peer]} cases"


def test_revm_agrees():
    return differ("revm")


def test_reference_specification_agrees():
    return differ("eels")
