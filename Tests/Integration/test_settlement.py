"""The settlement precompile, called by plain web3.py transactions: no gateway, no Swift.

Everything that is signed and hashed is put together in bargain.py. Each refusal is read through
the custom errors of the contract ABI, then sent for real: it fails, and no balance has moved.
"""

import hashlib

import genesis
from bargain import (
    PLAIN,
    PLAIN_POLICY,
    REGISTRY,
    SETTLEMENT,
    SIGNED,
    TRUST,
    USAGE,
    VERIFIER,
    ZK,
    digest,
)
from checks import equal
from eth_utils import keccak
from market import (
    ANY_KIND,
    DAY_SECONDS,
    OUTSIDER,
    OWNER,
    PAYER,
    PRICE,
    PROVIDER,
    SIGNER,
    Market,
    decoded,
    plain,
    refusal,
    settled,
)
from node import RPCError
from test_interfaces import FUNCTIONS
from test_web3 import call, send
from web3.exceptions import ContractLogicError


def test_natives_know_every_function(node):
    """Each selector of the interfaces is one of the node's, and no other is."""
    natives = [REGISTRY, VERIFIER, SETTLEMENT, USAGE, TRUST]
    addresses = dict(zip(FUNCTIONS, natives, strict=True))
    for name, functions in FUNCTIONS.items():
        abi = genesis.artifact(name)["abi"]

        def answer(data, abi=abi, to=addresses[name], **fields):
            try:
                node.rpc("eth_call", {"to": to, "data": data, **fields}, "latest")
            except RPCError as error:
                return decoded(abi, error.data)
            return ("answered",)

        for signature, selector in functions.items():
            got = answer("0x" + selector)[0]
            if signature.endswith("()"):
                # Those without arguments have nothing to complain of, or the caller.
                equal(got in ("answered", "NotAdmin", "UnknownProvider"), True, f"{name}.{got}")
            else:
                equal(got, "InvalidCalldata", f"{name}.{signature}")
            paid = answer("0x" + selector, value="0x1", **{"from": OUTSIDER.address})
            equal(paid, ("NotPayable",), f"{name}.{signature} with ether")
        equal(answer("0x12345678"), ("UnknownFunction", bytes.fromhex("12345678")), name)
        equal(answer("0x123456"), ("UnknownFunction", bytes.fromhex("12345600")), name)
        equal(answer("0x"), ("UnknownFunction", bytes(4)), name)


def test_models_are_known_by_name_and_content(node):
    market = Market(node)
    functions = market.registry.functions
    name, version = market.registration[:2]
    equal(functions.modelId(name, version).call(), market.model, "modelId")
    equal(functions.modelId(name, "1.1").call(), bytes(32), "modelId of an unknown version")
    count = functions.modelCount().call()
    equal(functions.modelAt(count - 1).call(), market.model, "modelAt")
    equal(functions.modelAt(count).call(), bytes(32), "modelAt the end")
    again = functions.register(market.registration)
    equal(refusal(again, OWNER), ("NameTaken", market.model))
    newer = functions.register((name, "1.1", *market.registration[2:]))
    equal(refusal(newer, OUTSIDER), ("NotOwner", OWNER.address.lower()))
    dearer = functions.setPrice(market.model, PRICE + 1)
    equal(refusal(dearer, OUTSIDER), ("NotOwner", OWNER.address.lower()))
    equal(refusal(functions.model(bytes(32)), OUTSIDER), ("UnknownModel", bytes(32)))
    equal(refusal(functions.registerProvider(1, b"short"), OUTSIDER), ("InvalidProviderKey",))
    equal(functions.modelCount().call(), count, "modelCount after the refusals")
    kind, key = functions.providerKey(PROVIDER.address).call()
    equal((kind, "0x" + key.hex()), (1, SIGNER.address.lower()), "providerKey")
    equal(functions.providerKey(PAYER.address).call(), [0, b""], "providerKey of nobody")


def test_hashes_are_those_of_the_standards(node):
    market = Market(node)
    bargain = market.bargain()
    terms = bargain.terms_tuple()
    equal(market.settlement.functions.termsHash(terms).call(), bargain.terms_hash())
    equal(market.settlement.functions.escrowAddress(terms).call(), bargain.escrow())
    stated = market.verifier.functions.statementHash(bargain.statement_tuple()).call()
    equal(stated, digest(bargain.claim()))


def test_verifier_answers(node):
    market = Market(node)
    bargain = market.bargain()
    statement, ((_, signature),) = bargain.statement_tuple(), bargain.evidence
    verify, by_policy = market.verifier.functions.verify, market.verifier.functions.verifyPolicy
    equal(verify(SIGNED, statement, signature).call(), True)
    equal(by_policy(bargain.policy, statement, bargain.evidence).call(), True)
    equal(by_policy(bargain.policy, statement, []).call(), False, "no evidence")
    forged = bytes(OUTSIDER.sign_message(bargain.claim()).signature)
    equal(verify(SIGNED, statement, forged).call(), False, "another's signature")
    other = (*statement[:4], bytes(32), *statement[5:])
    equal(verify(SIGNED, other, signature).call(), False, "another output")
    past = (*statement[:7], 1, 2)
    equal(verify(SIGNED, past, signature).call(), False, "a statement of the past")
    for kind in [2, 3]:
        wanted = ("InvalidEvidence", kind, "no form has 0 bytes")
        equal(refusal(verify(kind, statement, b""), PAYER), wanted)
    equal(refusal(verify(ZK, statement, b""), PAYER), ("ModelHasNoProofs", market.model))
    equal(refusal(verify(5, statement, b""), PAYER), ("UnknownEvidence", 5))
    equal(refusal(verify(SIGNED, statement, b"x"), PAYER)[:2], ("InvalidEvidence", SIGNED))
    by_nobody = (*statement[:6], PAYER.address, *statement[7:])
    equal(
        refusal(verify(SIGNED, by_nobody, signature), PAYER),
        ("UnknownProvider", PAYER.address.lower()),
    )
    wanted = ("WrongPolicy", keccak(bargain.policy), keccak(PLAIN_POLICY))
    equal(refusal(by_policy(PLAIN_POLICY, statement, []), PAYER), wanted)


def test_settles_once_and_pays(node):
    market = Market(node)
    bargain = market.bargain()
    before, counted = market.money(bargain), market.counted()
    mined = market.settle(bargain)
    equal(mined["status"], 1, "settlement")
    equal(market.money(bargain), [before[0] - PRICE, before[1] + PRICE, 0], "balances")
    receipt_id, model = bargain.receipt_id(), market.model
    (event,) = market.settlement.events.Settled().process_receipt(
        {**mined, "logs": [log for log in mined["logs"] if log["address"] == SETTLEMENT]}
    )
    equal(dict(event["args"]), {
        "receiptId": receipt_id,
        "modelId": model,
        "payer": PAYER.address,
        "provider": PROVIDER.address,
        "asset": genesis.TOKEN,
        "amount": PRICE,
        "outputHash": bargain.statement["outputHash"],
        "evidenceMask": 1 << SIGNED,
    })
    timestamp = market.web3.eth.get_block(mined["blockNumber"])["timestamp"]
    equal(market.settlement.functions.receipt(receipt_id).call(), (
        bargain.receipt_hash(mined["blockNumber"], timestamp), mined["blockNumber"], timestamp,
        1 << SIGNED, 1, model, PROVIDER.address, PAYER.address, bargain.statement["outputHash"],
        PRICE,
    ))  # fmt: skip
    equal(market.counted(), [counted[0] + 1, counted[1] + PRICE], "every settlement once")
    equal(market.counted(SIGNED), market.counted(), "all of them signed")
    equal(market.counted(PLAIN), [0, 0], "none of them plain")
    by_day = market.usage.functions.epochCount(timestamp // DAY_SECONDS, ANY_KIND).call()
    equal(by_day[0] >= 1, True, "settlements of the day")
    market.refuse_settling(bargain, "AlreadySettled", receipt_id)
    unknown = market.settlement.functions.receipt(bytes(32))
    equal(refusal(unknown, PAYER), ("UnknownReceipt", bytes(32)))
    return f"{mined['gasUsed']} gas"


def test_settles_with_the_terms_in_the_nonce(node):
    market = Market(node)
    bargain = market.bargain()
    bargain.payment["nonce"] = bargain.terms_hash()
    bargain.sign()
    # Not showing the output is allowed.
    bargain.output = b""
    mined = market.settle(bargain)
    equal(mined["status"], 1, "settlement")
    stored = market.settlement.functions.receipt(bargain.receipt_id()).call()
    timestamp = market.web3.eth.get_block(mined["blockNumber"])["timestamp"]
    equal(stored[0], bargain.receipt_hash(mined["blockNumber"], timestamp), "receipt hash")
    equal(stored[4], 2, "binding")


def test_refuses_what_does_not_agree(node):
    market = Market(node)
    other, _ = market.register()
    for field, value, name in [
        ("modelId", other, "WrongModel"),
        ("requestHash", keccak(b"other"), "WrongRequest"),
        ("policyHash", keccak(PLAIN_POLICY), "WrongPolicy"),
        ("provider", OUTSIDER.address, "WrongProvider"),
    ]:
        bargain = market.bargain()
        wanted = bargain.statement[field]
        bargain.statement[field] = value
        bargain.sign()
        lower = [v.lower() if isinstance(v, str) else v for v in [wanted, value]]
        market.refuse_settling(bargain, name, *lower)
    bargain = market.bargain()
    bargain.output += b"!"
    shown = hashlib.sha256(bargain.output).digest()
    market.refuse_settling(bargain, "WrongOutput", bargain.statement["outputHash"], shown)
    bargain = market.bargain(model=keccak(b"no model"))
    market.refuse_settling(bargain, "UnknownModel", keccak(b"no model"))
    bargain = market.bargain()
    bargain.statement |= {"notBefore": 5, "notAfter": 6}
    bargain.sign()
    market.refuse_settling(bargain, "StatementNotCurrent", 5, 6, ...)


def test_refuses_evidence_that_does_not_hold(node):
    market = Market(node)
    bargain = market.bargain()
    good = bargain.evidence
    bargain.evidence = [(SIGNED, bytes(OUTSIDER.sign_message(bargain.claim()).signature))]
    wanted = [SIGNER.address.lower(), OUTSIDER.address.lower()]
    market.refuse_settling(bargain, "WrongSigner", *wanted)
    # The same signature by the other half of the group.
    (_, signature), = good
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    upper = order - int.from_bytes(signature[32:64], "big")
    twin = signature[:32] + upper.to_bytes(32, "big") + bytes([55 - signature[64]])
    for evidence, name, arguments in [
        ([(SIGNED, twin)], "InvalidEvidence", [SIGNED, ...]),
        ([(SIGNED, signature[:64])], "InvalidEvidence", [SIGNED, ...]),
        ([(SIGNED, signature[:64] + b"\x00")], "InvalidSignature", [SIGNED]),
        ([(PLAIN, b"")], "PolicyNotMet", ["signed"]),
        ([], "PolicyNotMet", ["signed"]),
        ([(PLAIN, b"x")], "InvalidEvidence", [PLAIN, ...]),
        ([*good, (2, b"")], "InvalidEvidence", [2, ...]),
        ([*good, (3, b"")], "InvalidEvidence", [3, ...]),
        ([*good, (ZK, b"")], "ModelHasNoProofs", [market.model]),
        ([*good, (5, b"")], "UnknownEvidence", [5]),
        ([*good, *good], "DuplicateEvidence", [SIGNED]),
    ]:
        bargain.evidence = evidence
        market.refuse_settling(bargain, name, *arguments)
    # Nothing above has spent the payment.
    bargain.evidence = good
    equal(market.settle(bargain)["status"], 1, "the settlement after the refusals")


def test_floor_is_asked_for_besides_the_policy(node):
    market = Market(node)
    model, _ = market.register(floor=bytes([1, SIGNED, 0]))
    bargain = market.bargain(model)
    plain(bargain)
    market.refuse_settling(bargain, "FloorNotMet", "signed")


def test_refuses_payments_that_do_not_hold(node):
    market = Market(node)
    now = market.now()

    def spoiled(name, *wanted, **fields):
        bargain = market.bargain()
        bargain.payment |= fields
        bargain.sign()
        market.refuse_settling(bargain, name, *wanted)

    spoiled("PaymentExpired", now, ..., validBefore=now)
    spoiled("PaymentNotYetValid", now + 9000, ..., validAfter=now + 9000)
    spoiled("PriceNotMet", PRICE, PRICE - 1, amount=PRICE - 1)
    asset = OUTSIDER.address
    spoiled("WrongAsset", genesis.TOKEN.lower(), asset.lower(), asset=asset)
    spoiled("TransferFailed", ..., amount=2**200)
    bargain = market.bargain()
    # The payer signed 1,000; somebody asks for a little more.
    bargain.payment["amount"] += 1
    market.refuse_settling(bargain, "TransferFailed", ...)
    # The payer signed for other terms: the escrow address is another.
    bargain = market.bargain()
    bargain.terms["salt"] = keccak(b"other salt")
    market.refuse_settling(bargain, "TransferFailed", ...)


def test_a_contract_acts_on_a_receipt(node):
    market = Market(node)
    made = genesis.artifact("ModelGate")
    factory = market.web3.eth.contract(abi=made["abi"], bytecode=made["bytecode"])
    old = settled(market, market.bargain())
    deployment = factory.constructor(market.model, PROVIDER.address)
    built = deployment.build_transaction({"from": OWNER.address, "gas": 2_000_000, "value": 10**18})
    deployed = send(market.web3, built, OWNER)
    equal(deployed["status"], 1, "deployment")
    gate = market.web3.eth.contract(address=deployed["contractAddress"], abi=made["abi"])

    def refuse(receipt_id, text):
        try:
            gate.functions.release(receipt_id).call({"from": OUTSIDER.address})
        except ContractLogicError as error:
            equal(text in str(error), True, f"{text!r} in {error}")
        else:
            raise AssertionError(f"released, not refused with {text!r}")

    other, _ = market.register()
    unsigned = market.bargain()
    plain(unsigned)
    by_another = market.bargain()
    for part in [by_another.terms, by_another.statement]:
        part["provider"] = OUTSIDER.address
    plain(by_another)
    refuse(old, "ModelGate: too old")
    refuse(settled(market, market.bargain(other)), "ModelGate: another model")
    refuse(settled(market, unsigned), "ModelGate: not signed")
    refuse(settled(market, by_another), "ModelGate: another provider")
    unknown = gate.functions.release(bytes(32))
    try:
        unknown.call({"from": OUTSIDER.address})
    except ContractLogicError as error:
        abi = market.settlement.abi
        equal(decoded(abi, error.data), ("UnknownReceipt", bytes(32)), "through the contract")
    else:
        raise AssertionError("released without a receipt")

    good = settled(market, market.bargain())
    had = market.web3.eth.get_balance(PAYER.address)
    released = call(market.web3, gate.functions.release(good), OUTSIDER)
    (event,) = gate.events.Released().process_receipt(released)
    equal(dict(event["args"]), {"receiptId": good, "payer": PAYER.address, "amount": 10**18})
    equal(market.web3.eth.get_balance(PAYER.address), had + 10**18, "the payer's ether")
    refuse(good, "ModelGate: released before")
