"""Whatever a payer asks for is paid for with that or more, and with nothing less, on every path.

Each policy meets each set of evidence; what should become of it is decided in spectrum.py.
"""

import json
import tempfile
from pathlib import Path

from bargain import SETTLEMENT, ZK, digest
from checks import equal
from market import OUTSIDER, PRICE, decoded, refusal
from node import NETWORK, developer
from spectrum import EXECUTORS, KINDS, Spectrum, holds
from test_proofs import GAS, assay
from test_x402 import sync_client
from web3.exceptions import ContractLogicError
from x402.http.clients import x402_requests

# Calls the settlement with what it is called with, and returns or reverts as that does:
# calldatacopy(0, 0, calldatasize), call, returndatacopy, and a jump over the revert.
RELAY = bytes.fromhex(
    "365f5f375f5f365f5f73" + SETTLEMENT[2:].lower() + "5af13d5f5f3e602a573d5ffd5b3d5ff3"
)


def spectrum_of(node, kept={}):
    """One set-up for all checks of a node: it takes a while."""
    if node.url not in kept:
        kept.clear()
        kept[node.url] = Spectrum(node)
    return kept[node.url]


def test_every_pair_of_policy_and_evidence(node):
    spectrum = spectrum_of(node)
    market = spectrum.market
    measurement = "0x" + spectrum.measurement.hex()
    paid = refused = 0
    for text in spectrum.policies():
        policy, tree = spectrum.demand(text)
        for name, makers in spectrum.offers().items():
            bargain = spectrum.ask(spectrum.bargain(), policy, makers)
            wanted = holds(tree, spectrum.facts(name), measurement)
            what = f"{text} with {name}"
            answer = market.verifier.functions.verifyPolicy(
                policy, bargain.statement_tuple(), bargain.evidence
            ).call({"gas": GAS})
            equal(answer, wanted, f"{what}, by the verifier")
            if wanted:
                before = market.money(bargain)
                equal(market.settle(bargain)["status"], 1, what)
                equal(market.money(bargain), [before[0] - PRICE, before[1] + PRICE, 0], what)
                paid += 1
            else:
                error, missing = refusal(market.settling(bargain), OUTSIDER)
                equal(error, "PolicyNotMet", what)
                equal(any(kind in missing for kind in KINDS), True, f"{what}: {missing}")
                market.refuse_settling(bargain, "PolicyNotMet", missing)
                refused += 1
    return f"{paid} paid, {refused} refused"


def test_no_contract_gets_a_weaker_one_through(node):
    spectrum = spectrum_of(node)
    market, web3 = spectrum.market, spectrum.web3
    relay = developer(2)
    code = b"\x60" + bytes([len(RELAY)]) + b"\x80\x60\x09\x5f\x39\x5f\xf3" + RELAY
    made = web3.eth.send_transaction({"from": relay.address, "data": code})
    address = web3.eth.wait_for_transaction_receipt(made)["contractAddress"]
    for text, weaker, enough in [
        ("signed", "nothing", "signed"), ("tee", "signed", "quote"), ("zk", "tee", "zk"),
        ("reexecuted", "one executor", "chain"), ("tee and zk", "signed, tee", "tee, zk"),
    ]:  # fmt: skip
        policy, _ = spectrum.demand(text)
        bargain = spectrum.ask(spectrum.bargain(), policy, spectrum.offers()[weaker])
        before = market.money(bargain)
        data = market.settling(bargain).build_transaction({"gas": GAS, "from": relay.address})
        sent = {"from": relay.address, "to": address, "data": data["data"], "gas": GAS}
        try:
            web3.eth.call(sent)
        except ContractLogicError as error:
            equal(decoded(market.settlement.abi, error.data)[0], "PolicyNotMet", text)
        else:
            raise AssertionError(f"{text} with {weaker} was not refused")
        failed = web3.eth.wait_for_transaction_receipt(web3.eth.send_transaction(sent))
        equal((failed["status"], market.money(bargain)), (0, before), f"{text} with {weaker}")
        bargain.evidence = [maker(bargain) for maker in spectrum.offers()[enough]]
        data = market.settling(bargain).build_transaction({"gas": GAS, "from": relay.address})
        sent = web3.eth.send_transaction({**sent, "data": data["data"]})
        equal(web3.eth.wait_for_transaction_receipt(sent)["status"], 1, f"{text} with {enough}")


def test_the_facilitator_brings_money_to_the_escrow_and_no_further(node):
    spectrum = spectrum_of(node)
    market = spectrum.market
    for text, weaker, enough in [
        ("signed", "nothing", "signed"), ("tee", "signed", "tee"), ("zk", "chain", "zk"),
        ("reexecuted", "one executor", "two executors"), ("tee and zk", "tee", "tee, zk"),
    ]:  # fmt: skip
        policy, _ = spectrum.demand(text)
        bargain = spectrum.ask(spectrum.bargain(), policy, spectrum.offers()[weaker])
        before, escrow = market.money(bargain), bargain.escrow()
        # The payer has signed the escrow's address: the money goes to the provider by no request.
        for payee in [bargain.terms["provider"], OUTSIDER.address]:
            for signed in [escrow, payee]:
                answer = node.post("/settle", asking_to_settle(bargain, signed, payee)).json()
                equal(answer["success"], False, f"{text}: to {payee}")
        equal(market.money(bargain), before, f"{text}: before the payment")
        answer = node.post("/settle", asking_to_settle(bargain, escrow, escrow)).json()
        equal(answer["success"], True, f"{text}: {answer}")
        held = [before[0] - PRICE, before[1], PRICE]
        equal(market.money(bargain), held, f"{text}: in the escrow")
        market.refuse_settling(bargain, "PolicyNotMet", ...)
        equal(market.money(bargain), held, f"{text} with {weaker}")
        bargain.evidence = [maker(bargain) for maker in spectrum.offers()[enough]]
        equal(market.settle(bargain)["status"], 1, f"{text} with {enough}")
        paid = [before[0] - PRICE, before[1] + PRICE, 0]
        equal(market.money(bargain), paid, f"{text} with {enough}")


def asking_to_settle(bargain, signed, payee):
    """A facilitator's request for the bargain's payment: who is paid, as its two halves say."""
    payment = bargain.payment
    wanted = {
        "scheme": "exact", "network": NETWORK, "asset": payment["asset"],
        "amount": str(payment["amount"]), "payTo": payee, "maxTimeoutSeconds": 60,
        "extra": {"name": "USDC", "version": "2"},
    }  # fmt: skip
    authorization = {
        "from": payment["payer"], "to": signed, "value": str(payment["amount"]),
        "validAfter": str(payment["validAfter"]), "validBefore": str(payment["validBefore"]),
        "nonce": "0x" + payment["nonce"].hex(),
    }  # fmt: skip
    payload = {"signature": "0x" + payment["signature"].hex(), "authorization": authorization}
    return {
        "x402Version": 2, "paymentRequirements": wanted,
        "paymentPayload": {"x402Version": 2, "accepted": wanted, "payload": payload},
    }  # fmt: skip


def test_the_gateway_gives_what_is_asked_for(node):
    spectrum = spectrum_of(node)
    model = node.model()
    outcomes = []
    for text in [
        "plain", "signed", "tee", "reexecuted", "zk", "signed and tee", "tee and zk",
        "2 of (signed, tee, zk)", "reexecuted(chain)", "tee(types=nitro, age=3600)", "zk(bits=100)",
    ]:  # fmt: skip
        policy, tree = spectrum.demand(text)
        with x402_requests(sync_client()) as session:
            answer = session.post(
                f"{node.url}{model.path}", params={"policy": text}, json=model.body)
        equal(answer.status_code, 200, f"{text}: {answer.text[:300]}")
        receipt = answer.json()["receipt"]
        kinds = receipt_kinds(node, receipt, policy)
        outcomes.append(f"{text}: {'+'.join(kinds)}")
    for text in ["tee(production)", "tee(types=sgx)", "zk(bits=200)", "reexecuted(count=3, list=0x"
                 + "22" * 32 + ")"]:  # fmt: skip
        answer = node.post(f"{model.path}?policy={text}", model.body)
        equal(answer.status_code, 422, f"{text}: {answer.text[:300]}")
        equal(answer.json()["error"], "policy_not_offered", text)
    return "; ".join(outcomes)


def receipt_kinds(node, receipt, policy):
    """The kinds of evidence in a receipt that holds offline."""
    path = Path(tempfile.mkdtemp(prefix="assay-receipt")) / "receipt.json"
    document = node.get(receipt["url"]).json()
    path.write_text(json.dumps(document))
    found = assay("verify", path, "--block-hash", receipt["blockHash"], "--json")
    equal(found["valid"], True, "the receipt offline")
    equal(document["receipt"]["policy"], "0x" + policy.hex(), "the receipt's policy")
    return found["evidence"]


def test_one_transaction_has_tee_and_zk(node):
    spectrum = spectrum_of(node)
    policy, _ = spectrum.demand("tee and zk")
    bargain = spectrum.ask(spectrum.bargain(), policy, [spectrum.tee, spectrum.zk])
    mined = spectrum.market.settle(bargain)
    equal(mined["status"], 1, "settlement")
    stored = spectrum.market.settlement.functions.receipt(bargain.receipt_id()).call()
    # The highest bit says that the machine is attested under a development root.
    equal(stored[3], 1 << 7 | 1 << 4 | 1 << 2, "kinds of evidence in the receipt")
    return f"{mined['gasUsed']} gas"


def test_two_of_three_executors(node):
    spectrum = spectrum_of(node)
    executors = "|".join(sorted(executor.address.lower() for executor in EXECUTORS))
    policy, _ = spectrum.demand(f"reexecuted(by={executors}, count=2)")
    makers = [spectrum.executor(0), spectrum.executor(2)]
    bargain = spectrum.ask(spectrum.bargain(), policy, makers[:1])
    spectrum.market.refuse_settling(bargain, "PolicyNotMet", ...)
    # The same executor twice is one.
    bargain.evidence = [makers[0](bargain)] * 2
    spectrum.market.refuse_settling(bargain, "DuplicateEvidence", ...)
    # An executor's word for another statement is none for this one.
    other = spectrum.ask(spectrum.bargain(), policy, makers)
    bargain.evidence = [makers[0](bargain), other.evidence[1]]
    error, *_ = refusal(spectrum.market.settling(bargain), OUTSIDER)
    equal(error, "WrongSigner", "an executor's signature of another statement")
    bargain.evidence = [maker(bargain) for maker in makers]
    mined = spectrum.market.settle(bargain)
    equal(mined["status"], 1, "settlement")
    return f"{mined['gasUsed']} gas"


def test_old_offers_do_not_reach_a_new_version(node):
    spectrum = spectrum_of(node)
    market = spectrum.market
    policy, _ = spectrum.demand("signed and zk")
    old = spectrum.ask(spectrum.bargain(), policy, [spectrum.signed, spectrum.zk])
    graph = spectrum.write("upgrade", market.variant(market.seed()))
    made = assay("model", "key", graph, "-o", spectrum.folder / "upgrade.key", "--json")
    root = bytes.fromhex(made["keyDigest"][2:])
    name = spectrum.registration[0]
    model, _ = market.register(graph=graph.read_bytes(), root=root, gas=GAS, name=(name, "2.0"))
    # The payer's terms name the record of version 1.0: no statement about 2.0 agrees with them.
    statement = dict(old.statement)
    old.statement["modelId"] = model
    old.evidence = [spectrum.signed(old)]
    market.refuse_settling(old, "WrongModel", old.terms["modelId"], model)
    # Terms that the payer has not signed lead to another escrow address.
    terms = dict(old.terms)
    old.terms["modelId"] = model
    payment = dict(old.payment)
    proof = spectrum.prove
    spectrum.ask(old, policy, [])
    old.payment = payment
    old.evidence = [spectrum.signed(old), (ZK, proof(digest(old.claim()), graph=graph))]
    error, *_ = refusal(market.settling(old), OUTSIDER)
    equal(error, "TransferFailed", "a payment for the old version")
    # And the old version is still worth what it was.
    old.terms, old.statement = terms, statement
    old.evidence = [spectrum.signed(old), spectrum.zk(old)]
    equal(market.settle(old)["status"], 1, "the old version")
