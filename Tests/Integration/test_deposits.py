"""Money that no settlement brought to an escrow address: settled all the same, or reclaimed."""

import genesis
from bargain import SETTLEMENT, SIGNED
from checks import equal
from eth_utils import keccak
from market import DAY_SECONDS, OUTSIDER, PAYER, PRICE, PROVIDER, SIGNER, Market
from node import Node
from test_web3 import call

NOT_THE_PAYERS = "the signature is not of the payer's key"


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
    return market.web3.eth.get_block(sent["blockNumber"])["timestamp"]


def word(market, bargain):
    """What the token keeps of the payment's nonce."""
    layout = genesis.artifact("UsdcLikeToken")["storageLayout"]
    slot = genesis.mapping_slot(
        layout["authorizationWord"]["slot"], PAYER.address, bargain.payment["nonce"]
    )
    return bytes(market.web3.eth.get_storage_at(genesis.TOKEN, slot))


def expected_word(bargain, timestamp):
    image = bytes.fromhex(bargain.escrow()[2:]).rjust(32, b"\0")
    image += bargain.payment["amount"].to_bytes(32, "big")
    return keccak(image)[:24] + timestamp.to_bytes(8, "big")


def test_a_front_run_payment_settles(node):
    market = Market(node)
    bargain = market.bargain()
    before, functions = market.money(bargain), market.settlement.functions
    equal(word(market, bargain), bytes(32), "word of an unused nonce")
    made = send_directly(market, bargain)
    equal(word(market, bargain), expected_word(bargain, made), "word of the used nonce")
    equal(market.money(bargain), [before[0] - PRICE, before[1], PRICE], "after the transfer")
    receipt_id = bargain.receipt_id()
    nonce = bargain.payment["nonce"]
    parts = bargain.terms_tuple(), bargain.payment_tuple()
    market.refuse(functions.reclaim(*parts), bargain, "NotYetReclaimable", ..., ...)

    # Nothing unchecked enters a receipt, and no other payment gets the money.
    full = dict(bargain.payment)
    for change, error in [
        ({"signature": full["signature"][:64]}, ("InvalidDeposit", NOT_THE_PAYERS)),
        ({"signature": b""}, ("InvalidDeposit", NOT_THE_PAYERS)),
        ({"validBefore": full["validBefore"] + 1}, ("InvalidDeposit", NOT_THE_PAYERS)),
        ({"validAfter": made}, ("PaymentNotYetValid", made, made)),
        ({"validBefore": made}, ("PaymentExpired", made, made)),
        ({"amount": PRICE + 1}, ("AuthorizationUsed", PAYER.address.lower(), nonce)),
    ]:
        bargain.payment = full | change
        market.refuse_settling(bargain, *error)
    bargain.payment = full
    salt = bargain.terms["salt"]
    bargain.terms["salt"] = bytes(32)
    market.refuse_settling(bargain, "AuthorizationUsed", PAYER.address.lower(), nonce)
    bargain.terms["salt"] = salt

    mined = market.settle(bargain)
    equal(mined["status"], 1, "settlement of the deposit")
    equal(market.money(bargain), [before[0] - PRICE, before[1] + PRICE, 0], "after it")
    stored = functions.receipt(receipt_id).call()
    timestamp = market.web3.eth.get_block(mined["blockNumber"])["timestamp"]
    equal(stored[0], bargain.receipt_hash(mined["blockNumber"], timestamp), "receipt hash")
    market.refuse(functions.reclaim(*parts), bargain, "AlreadySettled", receipt_id)
    market.refuse_settling(bargain, "AlreadySettled", receipt_id)
    bargain.become_bare()
    market.refuse_settling(bargain, "AlreadySettled", receipt_id)
    return f"{mined['gasUsed']} gas to settle"


def test_a_deposit_settles_without_window_and_signature(node):
    market = Market(node)
    bargain = market.bargain()
    before = market.money(bargain)
    send_directly(market, bargain)
    bargain.become_bare()
    mined = market.settle(bargain)
    equal(mined["status"], 1, "settlement of the deposit")
    equal(market.money(bargain), [before[0] - PRICE, before[1] + PRICE, 0], "after it")
    stored = market.settlement.functions.receipt(bargain.receipt_id()).call()
    timestamp = market.web3.eth.get_block(mined["blockNumber"])["timestamp"]
    equal(stored[0], bargain.receipt_hash(mined["blockNumber"], timestamp), "receipt hash")


def test_a_deposit_goes_back_after_a_day():
    # A node of its own: the clock is moved.
    with Node(fresh=True) as node:
        market = Market(node)
        bargain, settled = market.bargain(), market.bargain()
        before, functions = market.money(bargain), market.settlement.functions
        at = send_directly(market, bargain) + DAY_SECONDS
        reclaim = functions.reclaim(bargain.terms_tuple(), bargain.payment_tuple())
        market.refuse(reclaim, bargain, "NotYetReclaimable", at, ...)
        equal(market.settle(settled)["status"], 1, "another settlement")
        # Blocks may be some seconds ahead of the clock: each is later than the one before.
        node.rpc("evm_increaseTime", DAY_SECONDS + 60)
        node.rpc("evm_mine")
        mined = call(market.web3, reclaim, OUTSIDER)
        equal(mined["status"], 1, "reclaim")
        after = [before[0] - PRICE, before[1] + PRICE, 0]
        equal(market.money(bargain), after, "balances after the reclaim")
        ours = {**mined, "logs": [log for log in mined["logs"] if log["address"] == SETTLEMENT]}
        (event,) = market.settlement.events.Reclaimed().process_receipt(ours)
        equal(dict(event["args"]), {
            "receiptId": bargain.receipt_id(),
            "termsHash": bargain.terms_hash(),
            "payer": PAYER.address,
            "amount": PRICE,
        })
        market.refuse(reclaim, bargain, "NoDeposit", bargain.receipt_id())
        # A settlement that pulled the money itself leaves nothing to reclaim.
        attempt = functions.reclaim(settled.terms_tuple(), settled.payment_tuple())
        market.refuse(attempt, settled, "AlreadySettled", settled.receipt_id())
        # Nor is another asset another payment.
        bargain.payment["asset"] = PROVIDER.address
        attempt = functions.reclaim(bargain.terms_tuple(), bargain.payment_tuple())
        market.refuse(attempt, bargain, "WrongAsset", ..., ...)
        bargain.payment["asset"] = genesis.TOKEN
        # The provider is too late, also with a statement of today.
        bargain.statement["notAfter"] += DAY_SECONDS
        bargain.evidence = [(SIGNED, bytes(SIGNER.sign_message(bargain.claim()).signature))]
        market.refuse_settling(bargain, "NoDeposit", bargain.receipt_id())
        bargain.become_bare()
        market.refuse_settling(bargain, "NoDeposit", bargain.receipt_id())


def test_unused_authorizations_are_no_deposits(node):
    market = Market(node)
    bargain = market.bargain()
    reclaim = market.settlement.functions.reclaim
    attempt = reclaim(bargain.terms_tuple(), bargain.payment_tuple())
    market.refuse(attempt, bargain, "NoDeposit", bargain.receipt_id())
    bargain.become_bare()
    market.refuse_settling(bargain, "PaymentExpired", 0, ...)
