"""The registry's history by web3.py and by the command line, system configs, and blobs."""

import difflib
import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

import requests
from bargain import REGISTRY, SIGNED_POLICY
from checks import ROOT, equal
from eth_utils import keccak
from market import OUTSIDER, OWNER, Market, refusal
from node import BINARY, receipt_id
from test_web3 import call, connected, contract, settled_inference

EVENTS = [
    "ModelRegistered", "ModelStatusChanged", "PriceChanged", "FloorChanged", "ModelSystemChanged",
    "OwnershipTransferred", "NameOffered", "NameTransferred", "SystemRegistered",
]  # fmt: skip


def assay(node, *arguments):
    """The output of the command; its error otherwise."""
    command = [BINARY, *arguments, "--url", node.url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else done.stderr


def history(web3, key):
    """All events of a name, read from the newest block back by what each says of the one before."""
    registry = contract(web3, REGISTRY, "IModelRegistry")
    topics = {keccak(text=signature(event)): event for event in registry.events}
    block = registry.functions.nameRecord(key).call()[5]
    found, read = [], 0
    while block:
        logs = web3.eth.get_logs({
            "address": REGISTRY, "fromBlock": block, "toBlock": block,
            "topics": [None, None, "0x" + key.hex()],
        })  # fmt: skip
        events = [topics[bytes(log["topics"][0])]().process_log(log) for log in logs]
        found = events + found
        block = events[0]["args"]["previousBlock"]
        read += 1
    return found, read


def signature(event):
    inputs = ",".join(part["type"] for part in event.abi["inputs"])
    return f"{event.abi['name']}({inputs})"


def test_history_by_events(node):
    market = Market(node)
    functions, web3 = market.registry.functions, market.web3
    name = market.registration[0]
    later = market.now() + 1000
    changes = [
        functions.announcePrice(market.model, 5000, later, "costs"),
        functions.setFloor(market.model, SIGNED_POLICY, 0, "trust"),
        functions.register((name, "1.1", *market.registration[2:6], SIGNED_POLICY,
                            *market.registration[7:])),
        functions.deprecate(market.model, "old"),
        functions.offerName(name, OUTSIDER.address),
        functions.revoke(market.model, "bad"),
    ]  # fmt: skip
    for change in changes:
        equal(call(web3, change, OWNER)["status"], 1, change.fn_name)
    equal(call(web3, functions.acceptName(name), OUTSIDER)["status"], 1, "acceptName")
    found, read = history(web3, keccak(text=name))
    kinds = [event["event"] for event in found]
    equal(
        kinds,
        [
            "ModelRegistered", "PriceChanged", "FloorChanged", "ModelRegistered",
            "ModelStatusChanged", "NameOffered", "ModelStatusChanged", "NameTransferred",
        ],
    )  # fmt: skip
    equal(read, len(found), "blocks read")
    price, floor = found[1]["args"], found[2]["args"]
    equal((price["oldPrice"], price["newPrice"], price["start"], price["reason"]),
          (1000, 5000, later, "costs"))  # fmt: skip
    equal((floor["oldFloor"], floor["newFloor"], floor["isWeaker"]), (b"", SIGNED_POLICY, False))
    # The same by the node's own method, and by a filter over all blocks.
    entries = node.rpc("assay_modelHistory", name)
    equal([int(entry["blockNumber"], 16) for entry in entries],
          [event["blockNumber"] for event in found])  # fmt: skip
    logs = web3.eth.get_logs({
        "address": REGISTRY, "fromBlock": 0, "topics": [None, None, "0x" + keccak(text=name).hex()],
    })  # fmt: skip
    equal(len(logs), len(found), "logs by the name's hash")
    # Work that begins now is priced as before; a version may not ask for less.
    equal(functions.model(market.model).call()[8], 1000, "price until it changes")
    terms = functions.terms(market.model).call()
    equal((terms[1], terms[2], terms[3]), (1000, 5000, later), "terms")
    # Every field lies where the layout says, and a proof gives it.
    base = int.from_bytes(keccak(market.model + (1).to_bytes(32, "big")))
    named = int.from_bytes(keccak(keccak(text=name) + (5).to_bytes(32, "big")))
    slots = [hex(slot % (1 << 256)) for slot in [base + 2, base + 4, base + 12, base + 11, named]]
    proof = node.rpc("eth_getProof", REGISTRY, slots, "latest")
    values = [int(entry["value"], 16) for entry in proof["storageProof"]]
    graph = int.from_bytes(market.registration[3])
    equal(values[:3], [graph, 1000, 5000], "graph, price, next price")
    equal(values[3] & (1 << 64) - 1, later, "when the price changes")
    owner = f"0x{values[4] & (1 << 160) - 1:040x}"
    equal(owner, OUTSIDER.address.lower(), "owner of the name")
    weaker = functions.register((name, "1.2", *market.registration[2:]))
    equal(refusal(weaker, OUTSIDER), ("FloorWeakened", "signed"))
    return f"{len(found)} events from {read} blocks"


def test_history_by_command(node):
    name = node.models()[0]["name"]
    reference = f"{name}@{node.models()[0]['version']}"
    for words in [
        ["price", reference, "1500", "--in", "86400", "--reason", "costs"],
        ["deprecate", reference, "--reason", "an experiment"],
    ]:
        printed = assay(node, "model", *words)
        equal("done in block" in printed, True, printed)
    table = assay(node, "model", "history", name).splitlines()
    equal(table[0].split(), "block time (UTC) who version what old → new reason".split())
    equal(len(table), 4, "\n".join(table))
    for part in ["price", "1000 → 1500 after 20", "costs"]:
        equal(part in table[2], True, table[2])
    for part in ["status", "active → deprecated", "an experiment"]:
        equal(part in table[3], True, table[3])
    listed = json.loads(assay(node, "model", "history", name, "--json"))
    equal(listed, node.rpc("assay_modelHistory", name), "--json")
    equal("has no history" in assay(node, "model", "history", "nobody"), True)
    # What the graph was quantised with is kept beside it.
    report = node.get(f"/v1/blobs/{node.models()[0]['calibrationHash']}")
    equal("layers" in report.json(), True, "calibration report")


def test_systems(node):
    texts = ["You are kind.\nAnswer in full.\nNever guess.\n", "You are kind.\nBe brief.\n"]
    with tempfile.TemporaryDirectory() as folder:
        for index, text in enumerate(texts):
            file = Path(folder) / f"{index}.txt"
            file.write_text(text)
            printed = assay(node, "system", "add", "acme/support", str(file), "--reason", f"r{index}")
            equal(f"acme/support@1.{index} is registered" in printed, True, printed)
    equal(assay(node, "system", "show", "acme/support"), texts[1])
    equal(assay(node, "system", "show", "acme/support@1.0"), texts[0])
    diff = assay(node, "system", "diff", "acme/support", "1.0", "1.1")
    wanted = difflib.unified_diff(
        texts[0].splitlines(True), texts[1].splitlines(True),
        "acme/support@1.0", "acme/support@1.1",
    )  # fmt: skip
    equal(diff, "".join(wanted))
    hashes = ["0x" + hashlib.sha256(text.encode()).hexdigest() for text in texts]
    entries = node.rpc("assay_systemHistory", "acme", "support")
    equal([(entry["old"], entry["new"], entry["reason"]) for entry in entries],
          [(None, hashes[0], "r0"), (hashes[0], hashes[1], "r1")])  # fmt: skip
    found, _ = history(connected(node), keccak(text="system:acme/support"))
    equal([event["args"]["newHash"].hex() for event in found], [h[2:] for h in hashes])
    # A model names it, and statements of the gateway then do.
    name = node.models()[0]["name"]
    reference = f"{name}@{node.models()[0]['version']}"
    printed = assay(node, "model", "system", reference, "acme/support", "--reason", "prompted")
    equal("done in block" in printed, True, printed)
    equal(node.get(f"/v1/models/{name}").json()["systemHash"], hashes[1], "systemHash")
    _, receipt, _ = settled_inference(node)
    document = node.get(f"/v1/receipts/{receipt_id(receipt)}").json()
    equal(document["receipt"]["statement"]["systemHash"], hashes[1], "statement")
    record = assay(node, "system", "show", "acme/support", "--json")
    equal(json.loads(record)["textHash"], hashes[1])
    taken = assay(node, "system", "add", "acme/other", __file__, "--key", "0x" + "22" * 32)
    equal(taken.startswith("error:"), True, taken)


def test_blobs_are_streamed(node):
    """30 MB that no request or answer holds whole, ranges of it, and what is refused."""
    pieces = [os.urandom(100_000) for _ in range(300)]
    whole = b"".join(pieces)
    name = hashlib.sha256(whole).hexdigest()
    url = f"{node.url}/v1/blobs/{name}"
    equal(requests.put(url, data=iter(pieces), timeout=60).status_code, 201, "chunked upload")
    equal(requests.get(url, timeout=60).content == whole, True, "download")
    part = requests.get(url, headers={"Range": "bytes=1048570-3000000"}, timeout=60)
    equal((part.status_code, part.content == whole[1048570:3000001]), (206, True), "range")
    equal(part.headers["Content-Range"], f"bytes 1048570-3000000/{len(whole)}")
    wrong = requests.put(url, data=whole[1:], timeout=60)
    equal((wrong.status_code, wrong.json()["error"]), (400, "invalid_request"), "another hash")
    large = requests.put(url, headers={"Content-Length": str(1 << 40)}, timeout=60)
    equal(large.status_code, 413, "too large")
