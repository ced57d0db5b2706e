"""Same transactions, same blocks: in fresh processes, in debug and release, in memory and on disk,
by any kernels that this machine has and any number of threads. One settlement in ten comes with a
transaction that runs a model, so a bit that differs in an output is another block."""

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
    kernels = 0
    for kernel in ["swift", "scalar", "avx2", "avx512"]:
        for build in builds:
            for workers in ["1", "2"]:
                options = ["--kernel", kernel, "--workers", workers]
                if kernel in ("avx2", "avx512") and not has(kernel):
                    continue
                equal(run(build, *options), want, f"the {build} build, {' '.join(options)}")
                kernels += 1
    return f"{len(builds)} builds, {2 * len(builds) + 1 + kernels} processes"


def has(kernel):
    needed = {"avx2": ["avx2"], "avx512": ["avx512_vnni", "avx512bw", "avx512vl"]}[kernel]
    try:
        flags = open("/proc/cpuinfo").read().split()
    except OSError:
        return False
    return all(flag in flags for flag in needed)
