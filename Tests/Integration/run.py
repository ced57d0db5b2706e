"""Runs the integration checks: Tests/Integration/run [--offline] [MODULE...]"""

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import checks  # noqa: E402

OFFLINE = ["test_token", "test_multicall", "test_interfaces", "test_genesis"]
ONLINE = [
    "test_web3", "test_registry", "test_blobs", "test_settlement", "test_deposits", "test_x402",
    "test_facilitator", "test_inference", "test_proofs", "test_spectrum",
]
# Those that start and end processes of their own.
PROCESSES = [
    "test_determinism", "test_crash", "test_upload_crash", "test_differ", "test_attestations",
    "test_tee", "test_usage",
]


def main(arguments):
    known = OFFLINE + ONLINE + PROCESSES
    wanted = [f"test_{name.removeprefix('test_')}" for name in arguments if name != "--offline"]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.exit(f"error: no such module: {' '.join(unknown)}; there are {' '.join(known)}")
    if not wanted:
        wanted = OFFLINE if "--offline" in arguments else known
    tally = checks.Tally()
    for name in wanted:
        if name in OFFLINE:
            tally.run(importlib.import_module(name))
    online = [name for name in wanted if name in ONLINE]
    if online:
        import node

        for name in online:
            # A fresh chain each, so that the order of modules does not matter.
            with node.Node() as running:
                tally.run(importlib.import_module(name), running)
    for name in wanted:
        if name in PROCESSES:
            tally.run(importlib.import_module(name))
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{skipped}")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
