"""What the counters say is what the events say, to the unit.

Ten thousand settlements of all modes are simulated, and a node is started on that chain. The
events are counted here, from `eth_getLogs` and the registry's records, by nothing of Assay's own.
"""

import csv
import io
import json
import subprocess
import tempfile
from collections import defaultdict

from checks import equal
from eth_abi import decode
from eth_utils import keccak
from node import BINARY, Node

SETTLEMENTS = 10_000
SETTLEMENT = "0x00000000000000000000000000000000A55A0003"
SETTLED = "0x" + keccak(
    text="Settled(bytes32,bytes32,address,address,address,uint256,bytes32,uint8)"
).hex()
KINDS = ["plain", "signed", "tee", "reexecuted", "zk"]
LOGS_PER_ANSWER = 64
DAY = 86_400


class Counts:
    """Settlements and value by kind, for any number of keys."""

    def __init__(self):
        self.counters = defaultdict(lambda: [0, 0])

    def add(self, key, amount):
        self.counters[key][0] += 1
        self.counters[key][1] += amount

    def of(self, *key):
        """{kind: counter} as the node writes it, for the settlements under a key."""
        kinds = [*KINDS, "all", "couldBeStronger"]
        return {kind: quantities(*self.counters[(*key, kind)]) for kind in kinds}


def quantities(count, value):
    return {"settlements": hex(count), "value": hex(value)}


def events(node):
    """All `Settled` logs, a few blocks at a time: a node bounds its answers."""
    head = int(node.rpc("eth_blockNumber"), 16)
    for start in range(0, head + 1, LOGS_PER_ANSWER):
        end = min(head, start + LOGS_PER_ANSWER - 1)
        places = {"fromBlock": hex(start), "toBlock": hex(end)}
        yield from node.rpc(
            "eth_getLogs", {**places, "address": SETTLEMENT, "topics": [SETTLED]}
        )


def count(node):
    """The counters, from events and blocks alone."""
    provable = {
        model["modelId"]: int(model["weightsRoot"], 16) != 0 for model in node.rpc("assay_models")
    }
    times = {}
    counts, days, models, providers = Counts(), set(), set(), set()
    for log in events(node):
        number = log["blockNumber"]
        if number not in times:
            times[number] = int(node.rpc("eth_getBlockByNumber", number, False)["timestamp"], 16)
        model = log["topics"][2]
        provider, _, amount, _, evidence = decode(
            ["address", "address", "uint256", "bytes32", "uint8"], bytes.fromhex(log["data"][2:])
        )
        given = [kind for bit, kind in enumerate(KINDS) if evidence >> bit & 1]
        # The chain itself can run every simulated model again, and prove those with a root.
        strongest = "zk" if provable[model] else "reexecuted"
        if all(KINDS.index(kind) < KINDS.index(strongest) for kind in given):
            given.append("couldBeStronger")
        day = times[number] // DAY
        days.add(day)
        models.add(model)
        providers.add(provider)
        for kind in [*given, "all"]:
            for key in [(), ("day", day), ("model", model), ("provider", provider)]:
                counts.add((*key, kind), amount)
    return counts, days, models, providers


def only(answer):
    return {kind: answer[kind] for kind in [*KINDS, "all", "couldBeStronger"]}


def test_counters_equal_the_events():
    with tempfile.TemporaryDirectory() as folder:
        options = ["--inferences", str(SETTLEMENTS), "--models", "20", "--block", "64"]
        done = subprocess.run(
            [BINARY, "simulate", *options, "--seed", "9", "--json", "--data", folder],
            capture_output=True,
            text=True,
            check=True,
        )
        equal(json.loads(done.stdout)["settled"], SETTLEMENTS, "settled")
        with Node(fresh=True, data=folder, genesis="dev") as node:
            counts, days, models, providers = count(node)
            equal(only(node.rpc("assay_usage", {})), counts.of(), "all settlements")
            equal(counts.counters[("all",)][0], SETTLEMENTS, "events")
            for kind in KINDS:
                assert counts.counters[(kind,)][0] > 0, f"no settlement with {kind}"
            history = node.rpc("assay_usageHistory")
            equal({int(entry["epoch"], 16) for entry in history}, days, "days")
            for entry in history:
                day = int(entry["epoch"], 16)
                equal(only(entry), counts.of("day", day), f"day {day}")
            listed = node.rpc("assay_usageModels")
            equal({entry["modelId"] for entry in listed}, models, "models")
            for entry in listed:
                model = entry["modelId"]
                equal(only(entry), counts.of("model", model), f"model {model}")
            for provider in providers:
                answer = node.rpc("assay_usage", {"provider": provider})
                equal(only(answer), counts.of("provider", provider), f"provider {provider}")
            compare_command(node, counts)
    modes = ", ".join(f"{kind} {counts.counters[(kind,)][0]}" for kind in KINDS)
    return f"{SETTLEMENTS} settlements: {modes}"


def compare_command(node, counts):
    """`assay usage` prints the same, as JSON and as comma-separated values."""

    def usage(*options):
        command = [BINARY, "usage", "--url", node.url, *options]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    equal(only(json.loads(usage("--json"))), counts.of(), "assay usage --json")
    (row,) = csv.DictReader(io.StringIO(usage("--csv")))
    for kind, counter in counts.of().items():
        for member in ["settlements", "value"]:
            got = int(row[f"{kind}_{member}"])
            equal(got, int(counter[member], 16), f"assay usage --csv, {kind} {member}")
