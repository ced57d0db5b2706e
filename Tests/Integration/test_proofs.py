"""Settlements by proof on a running node: by its gateway, and by plain transactions.

Proofs are made by `assay prove` for statements that are put together in Python; the node that
settles them has seen neither run nor proof before.
"""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

from bargain import ZK, ZK_POLICY, digest
from checks import ROOT, equal
from eth_utils import keccak
from market import OWNER, OUTSIDER, PRICE, Market, refusal
from node import BINARY
from test_interfaces import ERRORS
from test_x402 import sync_client
from x402.http import decode_payment_response_header
from x402.http.clients import x402_requests

FOLDER = ROOT / "Tests" / "Fixtures" / "models" / "mlp_tiny"
GAS = 16_000_000
KINDS = ["plain", "signed", "tee", "reexecuted", "zk"]


def assay(*arguments, code=0):
    """The JSON that a command prints."""
    command = [str(part) for part in [BINARY, *arguments]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    equal(done.returncode, code, f"{' '.join(command)}: {done.stderr}")
    return json.loads(done.stdout) if "--json" in arguments else done.stdout + done.stderr


class Proven:
    """A registered model with a root, and proofs of its runs."""

    def __init__(self, node):
        self.market = Market(node)
        self.market.gas = GAS
        self.folder = Path(tempfile.mkdtemp(prefix="assay-proofs"))
        self.graph = self.write("graph", self.market.variant(self.market.seed()))
        self.key = assay("model", "key", self.graph, "-o", self.folder / "key", "--json")
        self.root = bytes.fromhex(self.key["keyDigest"][2:])
        graph = self.graph.read_bytes()
        self.model, self.registration = self.market.register(
            graph=graph, root=self.root, gas=GAS)
        self.input = FOLDER / "input.json"
        numbers = json.loads(self.input.read_text())["input_data"][0]
        other = json.dumps({"input_data": [[number / 2 for number in numbers]]})
        self.other_input = self.write("other.json", other.encode())
        run = self.prove()
        self.inputs, self.outputs = parts(run)

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def prove(self, context=bytes(32), graph=None, input=None):
        """The bytes of a proof's evidence, which are those of the file."""
        target = self.folder / "proof"
        made = assay(
            "prove", graph or self.graph, input or self.input, "--context", "0x" + context.hex(),
            "-o", target, "--json")
        equal(made["context"], "0x" + context.hex(), "context")
        return target.read_bytes()

    def hide(self, graph=None, input=None):
        """Arguments of `prove` for an input committed to, the commitment, and its secret's file."""
        target = Path(tempfile.mkdtemp(dir=self.folder)) / "hidden"
        asked = ["prove", "--hide", graph or self.graph, input or self.input]
        made = assay(*asked, "-o", target, "--commit", "--json")
        secret = target.with_name("hidden.secret")
        equal(secret.stat().st_mode & 0o777, 0o600, "the secret's mode")
        equal(json.loads(secret.read_text())["statements"], [], "nothing is proved yet")
        return [*asked, "-o", target, "--secret", secret], commitment(made), secret

    def prove_hidden(self, asked, context, code=0):
        made = assay(*asked, "--context", "0x" + context.hex(), "--json", code=code)
        return Path(asked[asked.index("-o") + 1]).read_bytes() if code == 0 else made

    def bargain(self, input_hash=None):
        """A bargain that asks for a proof; its evidence is still to come."""
        bargain = self.market.bargain(self.model)
        bargain.policy, bargain.output = ZK_POLICY, self.outputs
        for part in [bargain.terms, bargain.statement]:
            part["policyHash"] = keccak(ZK_POLICY)
        bargain.statement["inputHash"] = input_hash or hashlib.sha256(self.inputs).digest()
        bargain.statement["outputHash"] = hashlib.sha256(self.outputs).digest()
        bargain.sign()
        bargain.evidence = []
        return bargain


def parts(evidence):
    """Input and output in the bytes of evidence."""
    found, position = [], 65
    for _ in range(2):
        size = int.from_bytes(evidence[position : position + 4], "little")
        found.append(evidence[position + 4 : position + 4 + size])
        position += 4 + size
    return found


def commitment(made):
    return bytes.fromhex(made["commitment"][2:])


def with_commitment(evidence, commitment):
    return evidence[:65] + commitment + evidence[97:]


def with_root(evidence, root):
    return evidence[:1] + root + evidence[33:]


def with_context(evidence, context):
    return evidence[:33] + context + evidence[65:]


def test_policy_zk_pays_through_the_gateway(node):
    model = node.model()
    equal(model.record["weightsRoot"] != "0x" + "00" * 32, True, "the model has a root")
    with x402_requests(sync_client()) as session:
        answer = session.post(f"{node.url}{model.path}?policy=zk", json=model.body)
    equal(answer.status_code, 200, answer.text[:500])
    equal(decode_payment_response_header(answer.headers["PAYMENT-RESPONSE"]).success, True)
    receipt = answer.json()["receipt"]
    document = node.get(receipt["url"]).json()
    equal([piece["kind"] for piece in document["evidence"]], ["zk"], "evidence")
    folder = Path(tempfile.mkdtemp(prefix="assay-receipt"))
    whole, bare = folder / "whole.json", folder / "bare.json"
    whole.write_text(json.dumps(document))
    found = assay("verify", whole, "--block-hash", receipt["blockHash"], "--json")
    equal((found["valid"], found["evidence"]), (True, ["zk"]), "the receipt offline")
    equal(found["proofSecurityBits"] >= 100, True, f"{found['proofSecurityBits']} bits")
    # Without its key the document says which one it needs; the node has it under its digest.
    document.pop("proofKey", None)
    bare.write_text(json.dumps(document))
    said = assay("verify", bare, "--block-hash", receipt["blockHash"], code=1)
    root = model.record["weightsRoot"]
    equal(root in said and "--proof-key" in said, True, said)
    (folder / "key").write_bytes(node.get(f"/v1/blobs/{root}").content)
    assay("verify", bare, "--block-hash", receipt["blockHash"], "--proof-key", folder / "key")
    size = len(document["evidence"][0]["data"]) // 2 - 1
    gas = int(node.rpc("eth_getTransactionReceipt", receipt["transaction"])["gasUsed"], 16)
    return f"{size} bytes of evidence, {gas} gas"


def test_policy_zk_pays_with_a_proof_made_elsewhere(node):
    proven = Proven(node)
    market, bargain = proven.market, proven.bargain()
    evidence = proven.prove(digest(bargain.claim()))
    bargain.evidence = [(ZK, evidence)]
    verify = market.verifier.functions.verify
    equal(verify(ZK, bargain.statement_tuple(), evidence).call(), True, "the verifier")
    before = market.money(bargain)
    mined = market.settle(bargain)
    equal(mined["status"], 1, "settlement")
    equal(market.money(bargain), [before[0] - PRICE, before[1] + PRICE, 0], "balances")
    stored = market.settlement.functions.receipt(bargain.receipt_id()).call()
    equal(stored[3], 1 << ZK, "kinds of evidence in the receipt")
    count = market.usage.functions.modelCount(proven.model, ZK).call()
    equal(count, [1, PRICE], "usage")
    by_kind = node.rpc("assay_usage", {"model": "0x" + proven.model.hex()})
    equal({kind: int(by_kind[kind]["settlements"], 16) for kind in KINDS}["zk"], 1, "assay_usage")
    return f"{len(evidence)} bytes of evidence, {mined['gasUsed']} gas"


def test_policy_zk_is_refused_with_another_proof(node):
    proven = Proven(node)
    market, bargain = proven.market, proven.bargain()
    context = digest(bargain.claim())
    good = proven.prove(context)
    other = proven.write("other", market.variant(b"another model"))
    foreign = proven.prove(context, graph=other)
    elsewhere = proven.prove(context, input=proven.other_input)
    far = digest(bargain.claim(chain=1))
    spoiled = bytearray(good)
    spoiled[-1] ^= 1
    size = len(good) - len(parts(good)[0]) - len(parts(good)[1]) - 73
    head = good[: len(good) - size]
    other_in, other_out = parts(elsewhere)
    rows = [
        ("another model", foreign, "WrongKey", [proven.root, foreign[1:33]]),
        ("another model in disguise", with_root(foreign, proven.root), "InvalidProof",
            [29, "linearMismatch"]),
        ("another input", elsewhere, "WrongInput", [
            bargain.statement["inputHash"], hashlib.sha256(other_in).digest()]),
        ("another output", good[: 65 + 4 + len(proven.inputs)]
            + elsewhere[65 + 4 + len(other_in) :],
            "WrongOutput", [
                bargain.statement["outputHash"], hashlib.sha256(other_out).digest()]),
        ("the proof of another run", head + elsewhere[len(head) :], "InvalidProof",
            [24, "outputMismatch"]),
        ("another chain", proven.prove(far), "WrongContext", [context, far]),
        ("another chain in disguise", with_context(proven.prove(far), context),
            "InvalidProof", [29, "linearMismatch"]),
        ("a truncated proof", good[:-1], "InvalidProof", [1, "truncated"]),
        ("half a proof", good[: len(head) + size // 2], "InvalidProof", [1, "truncated"]),
        ("no proof", head, "InvalidEvidence", [ZK, ...]),
        ("truncated evidence", good[:50], "InvalidEvidence", [ZK, ...]),
        ("a changed byte", bytes(spoiled), "InvalidProof", [53, "rootMismatch"]),
        ("version 3", b"\3" + good[1:], "InvalidEvidence", [ZK, ...]),
    ]  # fmt: skip
    equal(other_out != proven.outputs, True, "another run, another output")
    for _, evidence, error, arguments in rows:
        bargain.evidence = [(ZK, evidence)]
        market.refuse_settling(bargain, error, *arguments)
    # A request that another provider, or the same one again, was asked for.
    late = proven.bargain()
    late.evidence = [(ZK, good)]
    wanted = digest(late.claim())
    market.refuse_settling(late, "WrongContext", wanted, context)
    # Nothing above has spent the payment.
    bargain.evidence = [(ZK, good)]
    equal(market.settle(bargain)["status"], 1, "the settlement after the refusals")
    return f"{len(rows) + 1} refusals"


def test_hidden_input_pays_through_the_gateway(node):
    model = node.model()
    secret = keccak(b"a secret that serves one input")
    body = model.body | {"hidden": {"secret": "0x" + secret.hex()}}
    path = f"{node.url}{model.path}"
    with x402_requests(sync_client()) as session:
        refused = session.post(f"{path}?policy=signed", json=body)
        equal((refused.status_code, refused.json()["error"]), (422, "hidden_needs_proof"))
        refused = session.post(f"{path}?policy=zk", json=model.body | {"hidden": {"secret": "0x1"}})
        equal((refused.status_code, refused.json()["error"]), (400, "invalid_secret"))
        answer = session.post(f"{path}?policy=zk", json=body)
    equal(answer.status_code, 200, answer.text[:500])
    hidden, receipt = answer.json()["hidden"], answer.json()["receipt"]
    document = node.get(receipt["url"]).json()
    equal(document["receipt"]["statement"]["inputHash"], hidden["commitment"], "inputHash")
    evidence = bytes.fromhex(document["evidence"][0]["data"][2:])
    equal((evidence[0], evidence[65:97]), (2, commitment(hidden)), "evidence")
    # What is public names the commitment, and neither the input's hash nor the secret.
    sent = node.rpc("eth_getTransactionByHash", receipt["transaction"])["input"]
    shown = Path(tempfile.mkdtemp(prefix="assay-hidden"))
    public, input, key = shown / "public", shown / "input.json", shown / "key"
    input.write_text(json.dumps({"input_data": [model.body["input"]]}))
    key.write_bytes(node.get(f"/v1/blobs/{model.record['weightsRoot']}").content)
    for text in [sent, json.dumps(document)]:
        equal(secret.hex() in text, False, "the secret is public")
    (shown / "secret").write_text(json.dumps({"secret": "0x" + secret.hex()}))
    (shown / "other").write_text(json.dumps({"secret": "0x" + keccak(secret).hex()}))
    whole = shown / "receipt.json"
    whole.write_text(json.dumps(document))
    asked = ["verify", whole, "--block-hash", receipt["blockHash"], "--json"]
    found = assay(*asked)
    equal((found["valid"], found["inputHidden"]), (True, True), "the receipt offline")
    equal(found["inputHash"], hidden["commitment"], "the receipt's input")
    # To an auditor the payer shows input and secret.
    equal(assay(*asked, "--input", input, "--secret", shown / "secret")["valid"], True)
    equal(assay(*asked, "--input", input, "--secret", shown / "other", code=1)["valid"], False)
    # The evidence alone is a proof's file.
    public.write_bytes(evidence)
    found = assay("verify", public, "--model", key, "--json")
    equal((found["valid"], found["inputHash"]), (True, hidden["commitment"]), "the proof")
    gas = int(node.rpc("eth_getTransactionReceipt", receipt["transaction"])["gasUsed"], 16)
    return f"{len(evidence)} bytes of evidence, {gas} gas"


def test_hidden_input_pays_by_the_command(node):
    model = node.model()
    folder = Path(tempfile.mkdtemp(prefix="assay-infer"))
    input, secret, receipt = folder / "input.json", folder / "secret", folder / "receipt.json"
    input.write_text(json.dumps({"input_data": [model.body["input"]]}))
    name = f"{model.record['name']}@{model.record['version']}"
    asked = ["infer", name, input, "--url", node.url, "--receipt", receipt]
    said = assay(*asked, "--hide", secret, "--policy", "signed", code=1)
    equal("asks for none" in said, True, said)
    equal(secret.exists(), False, "a secret for a request that was refused")
    paid = assay(*asked, "--hide", secret, "--policy", "zk", "--json")
    equal(secret.stat().st_mode & 0o777, 0o600, "the secret's mode")
    block = paid["receipt"]["blockHash"]
    found = assay(
        "verify", receipt, "--block-hash", block, "--input", input, "--secret", secret, "--json")
    equal((found["valid"], found["inputHash"]), (True, paid["hidden"]["commitment"]))
    assay("verify", receipt, "--block-hash", block, "--input", input, code=2)


def test_hidden_input_pays_with_a_proof_made_elsewhere(node):
    proven = Proven(node)
    market = proven.market
    asked, root, _ = proven.hide()
    bargain = proven.bargain(root)
    context = digest(bargain.claim())
    good = proven.prove_hidden(asked, context)
    equal((good[0], good[65:97]), (2, root), "evidence")
    size = len(good) - 97 - 4 - len(proven.outputs)
    head = good[: len(good) - size]

    def other(graph=None, input=None, context=context):
        asked, root, _ = proven.hide(graph, input)
        return root, proven.prove_hidden(asked, context)

    foreign_root, foreign = other(graph=proven.write("other", market.variant(b"another model")))
    again_root, again = other()
    _, elsewhere = other(input=proven.other_input)
    far = digest(bargain.claim(chain=1))
    _, distant = other(context=far)
    shown = proven.prove(context)
    spoiled = bytearray(good)
    spoiled[-1] ^= 1
    output = bytearray(good)
    output[len(head) - 1] ^= 1
    rows = [
        ("another model", foreign, "WrongKey", [proven.root, foreign[1:33]]),
        ("another model in disguise",
            with_commitment(with_root(foreign, proven.root), root),
            "InvalidProof", [50, "openingClaimMismatch"]),
        ("another commitment", again, "WrongInput", [root, again_root]),
        ("another commitment in disguise", with_commitment(again, root),
            "InvalidProof", [50, "openingClaimMismatch"]),
        ("another input", head + elsewhere[len(head) :], "InvalidProof", [50, "openingClaimMismatch"]),
        ("another output", bytes(output), "WrongOutput", [...] * 2),
        ("another chain", distant, "WrongContext", [context, far]),
        ("another chain in disguise",
            with_context(with_commitment(distant, root), context),
            "InvalidProof", [50, "openingClaimMismatch"]),
        ("a public input", shown, "WrongInput", [root, hashlib.sha256(proven.inputs).digest()]),
        ("the proof of a public input", head + shown[-1000:], "InvalidProof",
            [..., ...]),
        ("a truncated proof", good[:-1], "InvalidProof", [1, "truncated"]),
        ("no proof", head, "InvalidEvidence", [ZK, ...]),
        ("truncated evidence", good[:90], "InvalidEvidence", [ZK, ...]),
        ("a changed byte", bytes(spoiled), "InvalidProof", [53, "rootMismatch"]),
    ]  # fmt: skip
    equal(len({root, again_root, foreign_root}), 3, "commitments")
    for _, evidence, error, arguments in rows:
        bargain.evidence = [(ZK, evidence)]
        market.refuse_settling(bargain, error, *arguments)
    bargain.evidence = [(ZK, good)]
    before = market.money(bargain)
    mined = market.settle(bargain)
    equal(mined["status"], 1, "settlement")
    equal(market.money(bargain), [before[0] - PRICE, before[1] + PRICE, 0], "balances")
    return f"{len(rows)} refusals; {len(good)} bytes of evidence, {mined['gasUsed']} gas"


def test_secrets_are_counted_and_kept(node):
    proven = Proven(node)
    asked, root, secret = proven.hide()
    openings = json.loads(secret.read_text())["openingsLeft"]
    equal(openings > 0, True, "openings")
    for number in range(openings):
        proven.prove_hidden(asked, keccak(bytes([number])))
        kept = json.loads(secret.read_text())
        equal(len(kept["statements"]), number + 1, "proofs counted")
        equal(kept["openingsLeft"], openings - number - 1, "openings left")
    # The last one again shows nothing new; another one would.
    proven.prove_hidden(asked, keccak(bytes([openings - 1])))
    said = assay(*asked, "--context", "0x" + "77" * 32, code=1)
    equal("spent" in said, True, said)
    proof = Path(asked[asked.index("-o") + 1])
    verify = ["verify", proof, "--model", proven.graph, "--json"]
    equal(assay(*verify)["inputHidden"], True, "without the input")
    found = assay(*verify, "--input", proven.input, "--secret", secret)
    equal((found["valid"], found["inputHash"]), (True, "0x" + root.hex()), "with it")
    found = assay(*verify, "--input", proven.other_input, "--secret", secret, code=1)
    equal((found["valid"], "another input" in found["reason"]), (False, True), found["reason"])
    asked[asked.index(proven.input)] = proven.other_input
    for arguments, word in [
        (asked, "another input"),
        (["prove", "--hide", proven.graph, proven.input, "-o", proof], "already"),
        (["prove", "--hide", proven.write("third", proven.market.variant(b"third")),
            proven.input, "--secret", secret], "another model"),
    ]:  # fmt: skip
        said = assay(*arguments, code=1)
        equal(word in said, True, said)
    for arguments, word in [
        (["--form", "hidden"], "--hide"), (["--secret", secret], "--hide"),
        (["--commit"], "--hide"), (["--hide", "--commit"], "-o"),
        (["--hide", "--form", "open"], "--form"),
    ]:  # fmt: skip
        said = assay("prove", proven.graph, proven.input, *arguments, code=2)
        equal(word in said, True, said)


def test_registry_knows_the_right_root(node):
    proven = Proven(node)
    market = proven.market
    wrong = keccak(b"a root")
    name = f"market/wrong{market.made}"
    spoiled = (name, *proven.registration[1:4], wrong, *proven.registration[5:])
    function = market.registry.functions.register(spoiled)
    equal(refusal(function, OWNER), ("WrongWeightsRoot", proven.root, wrong))
    without = proven.bargain()
    without.terms["modelId"] = without.statement["modelId"] = market.model
    without.sign()
    without.evidence = [(ZK, b"any")]
    market.refuse_settling(without, "ModelHasNoProofs", market.model)
    equal("WrongWeightsRoot(bytes32,bytes32)" in ERRORS, True)


def test_onnx_files_are_proved_as_they_are(node):
    """Without a graph: the input chooses the scales of the integers, on both sides alike."""
    model, proof = FOLDER / "model.onnx", Path(tempfile.mkdtemp(prefix="assay-onnx")) / "proof"
    asked = [FOLDER / "input.json", "--wide", "--json"]
    for form in ["open", "committed"]:
        assay("prove", model, *asked, "-o", proof, "--form", form)
        found = assay(
            "verify", proof, "--model", model, "--input", *asked, "--calibration", asked[0])
        equal(found["valid"], True, form)
    explained = assay("prove", model, asked[0], "--explain")
    equal("queries" in explained and "collision of SHA-256" in explained, True, explained)


def test_proof_files_are_checked_offline(node):
    proven = Proven(node)
    proof, key = proven.folder / "proof", proven.folder / "key"
    evidence = proven.prove()
    asked = ["--input", proven.input]
    for model in [key, proven.graph]:
        found = assay("verify", proof, "--model", model, *asked, "--json")
        equal((found["valid"], found["outputHash"]), (
            True, "0x" + hashlib.sha256(proven.outputs).hexdigest()), "offline")
    for arguments, word in [
        (["--model", key, "--input", proven.other_input], "another input"),
        (["--model", key, *asked, "--context", "0x" + "11" * 32], "another request or chain"),
        (["--model", proven.write("other", proven.market.variant(b"other")), *asked],
            "another model"),
    ]:  # fmt: skip
        found = assay("verify", proof, *arguments, "--json", code=1)
        equal((found["valid"], word in found["reason"]), (False, True), found["reason"])
    proof.write_bytes(evidence[:-1])
    found = assay("verify", proof, "--model", key, *asked, "--json", code=1)
    equal(found["valid"], False, "a truncated proof")
