"""Random programs have the same outcome here and on two other EVMs; `assay differ` runs more."""

import subprocess
import tempfile
from pathlib import Path

from checks import ROOT
from node import BINARY

CASES = {"revm": 5000, "eels": 100}


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
    return f"{CASES[peer]} cases"


def test_revm_agrees():
    return differ("revm")


def test_reference_specification_agrees():
    return differ("eels")
