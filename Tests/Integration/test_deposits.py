"""Money at an escrow address that no settlement brought there: recorded, settled, reclaimed.

The proof of the transfer is built in Python out of the block's receipts.
"""

from bargain import SETTLEMENT, SIGNED, deposit_proof, number
from checks import equal
from market import DAY_SECONDS, OUTSIDER, PAYER, PRICE, SIGNER, Market
from node import Node
from test_web3 import call


def send_directly(market, bargain):
    """Somebody sends the payer's authorization to the token, without a settlement."""
    payment = bargain.payment
    signature = payment["signature"]
    sent = call(
        market.web3,
        market.token.functions.transferWithAuthorization(
            payment["payer"], bargain.escrow(), payment["amount"], payment["validAfter"],
            payment["validBefore"], payment["nonce"], signature[64], signature[:32],
            signature[32:64],
        ),
        OUTSIDER,
    )  # fmt: skip
    equal(sent["status"], 1, "the transfer to the escrow address")
    return sent["transactionHash"].to_0x_hex()


def test_a_deposit_is_recorded_and_settles(node):
    market = Market(node)
    bargain = market.bargain()
    before, functions = market.money(bargain), market.settlement.functions
    transaction = send_directly(market, bargain)
    equal(market.money(bargain), [before[0] - PRICE, before[1], PRICE], "after the transfer")
    receipt_id = bargain.receipt_id()
    nonce = bargain.payment["nonce"]
    market.refuse_settling(bargain, "AuthorizationUsed", PAYER.address.lower(), nonce)

    full = dict(bargain.payment)
    bargain.become_deposit()
    parts = bargain.terms_tuple(), bargain.payment_tuple()
    market.refuse(functions.reclaim(*parts), bargain, "NoDeposit", receipt_id)
    header, index, proof = deposit_proof(node, transaction)
    forged = header[:-1] + bytes([header[-1] ^ 1])
    for wrong in [
        (forged, index, proof),
        (header, index + 1, proof),
        (header, index, proof[:-1]),
        (header, index, [*proof, proof[-1]]),
        (header, index, []),
        (b"", index, proof),
    ]:
        attempt = functions.recordDeposit(*parts, *wrong)
        market.refuse(attempt, bargain, "InvalidDeposit", ...)
    other = market.bargain()
    other.become_deposit()
    attempt = functions.recordDeposit(*parts[:1], other.payment_tuple(), header, index, proof)
    market.refuse(attempt, bargain, "InvalidDeposit", "the receipt shows no such transfer")

    record = functions.recordDeposit(*parts, header, index, proof)
    recorded = call(market.web3, record, OUTSIDER)
    equal(recorded["status"], 1, "recordDeposit")
    (event,) = market.settlement.events.DepositRecorded().process_receipt(recorded)
    equal(dict(event["args"]), {
        "receiptId": receipt_id,
        "termsHash": bargain.terms_hash(),
        "payer": PAYER.address,
        "amount": PRICE,
    })
    market.refuse(record, bargain, "InvalidDeposit", "recorded before")
    market.refuse(functions.reclaim(*parts), bargain, "NotYetReclaimable", ..., ...)

    bargain.payment = full
    market.refuse_settling(bargain, "InvalidDeposit", ...)
    bargain.become_deposit()
    bargain.payment["amount"] += 1
    market.refuse_settling(bargain, "InvalidDeposit", ...)
    bargain.payment["amount"] -= 1
    mined = market.settle(bargain)
    equal(mined["status"], 1, "settlement of the deposit")
    equal(market.money(bargain), [before[0] - PRICE, before[1] + PRICE, 0], "after it")
    stored = functions.receipt(receipt_id).call()
    timestamp = market.web3.eth.get_block(mined["blockNumber"])["timestamp"]
    equal(stored[0], bargain.receipt_hash(mined["blockNumber"], timestamp), "receipt hash")
    market.refuse_settling(bargain, "AlreadySettled", receipt_id)
    market.refuse(functions.reclaim(*parts), bargain, "NoDeposit", receipt_id)
    market.refuse(record, bargain, "InvalidDeposit", "recorded before")
    return f"{recorded['gasUsed']} gas to record, {mined['gasUsed']} to settle"


def test_a_deposit_goes_back_after_a_day():
    # A node of its own: the clock is moved.
    with Node(fresh=True) as node:
        market = Market(node)
        bargain = market.bargain()
        before, functions = market.money(bargain), market.settlement.functions
        transaction = send_directly(market, bargain)
        bargain.become_deposit()
        header, index, proof = deposit_proof(node, transaction)
        parts = bargain.terms_tuple(), bargain.payment_tuple()
        record = functions.recordDeposit(*parts, header, index, proof)
        equal(call(market.web3, record, OUTSIDER)["status"], 1, "recordDeposit")
        made = number(node.rpc("eth_getTransactionReceipt", transaction)["blockNumber"])
        at = market.web3.eth.get_block(made)["timestamp"] + DAY_SECONDS
        reclaim = functions.reclaim(*parts)
        market.refuse(reclaim, bargain, "NotYetReclaimable", at, ...)
        # Blocks may be some seconds ahead of the clock: each is later than the one before.
        node.rpc("evm_increaseTime", DAY_SECONDS + 60)
        node.rpc("evm_mine")
        mined = call(market.web3, reclaim, OUTSIDER)
        equal(mined["status"], 1, "reclaim")
        equal(market.money(bargain), before, "balances after the reclaim")
        ours = {**mined, "logs": [log for log in mined["logs"] if log["address"] == SETTLEMENT]}
        (event,) = market.settlement.events.Reclaimed().process_receipt(ours)
        equal(dict(event["args"]), {
            "receiptId": bargain.receipt_id(),
            "termsHash": bargain.terms_hash(),
            "payer": PAYER.address,
            "amount": PRICE,
        })
        market.refuse(reclaim, bargain, "NoDeposit", bargain.receipt_id())
        # The provider is too late, also with a statement of today.
        bargain.statement["notAfter"] += DAY_SECONDS
        bargain.evidence = [(SIGNED, bytes(SIGNER.sign_message(bargain.claim()).signature))]
        market.refuse_settling(bargain, "NoDeposit", bargain.receipt_id())


def test_a_settlement_is_no_deposit(node):
    market = Market(node)
    bargain = market.bargain()
    mined = market.settle(bargain)
    equal(mined["status"], 1, "settlement")
    proof = deposit_proof(node, mined["transactionHash"].to_0x_hex())
    bargain.become_deposit()
    attempt = market.settlement.functions.recordDeposit(
        bargain.terms_tuple(), bargain.payment_tuple(), *proof
    )
    market.refuse(attempt, bargain, "AlreadySettled", bargain.receipt_id())
