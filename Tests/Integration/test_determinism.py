"""Same transactions, same blocks: in fresh processes, in debug and release, in memory and on disk."""

import os
import subprocess
import tempfile

from checks import ROOT, Skipped, equal

OPTIONS = ["simulate", "--inferences", "150", "--models", "5", "--seed", "42", "--json"]


def run(build, *options):
    binary = ROOT / ".build" / build / "assay"
    if not binary.exists():
        raise Skipped(f"there is no {build} build")
    done = subprocess.run([binary, *OPTIONS, *options], capture_output=True, text=True, check=True)
    return done.stdout


def test_block_hashes_are_the_same_everywhere():
    builds = ["debug", "release"] if "ASSAY_BUILD" not in os.environ else ["debug"]
    want = run(builds[0])
    for build in builds:
        equal(run(build), want, f"a fresh process of the {build} build")
        with tempfile.TemporaryDirectory() as folder:
            equal(run(build, "--data", folder), want, f"the {build} build on disk")
    return f"{len(builds)} builds, {2 * len(builds) + 1} processes"
