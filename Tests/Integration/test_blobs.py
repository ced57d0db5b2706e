"""Blob transactions that eth-account signs and c-kzg proves, against the node."""

import rlp
from checks import equal
from node import CHAIN_ID, developer
from web3 import Web3
from web3.exceptions import Web3RPCError

SENDER = developer(3)
RECEIVER = developer(4)


def connected(node):
    return Web3(Web3.HTTPProvider(node.url, request_kwargs={"timeout": 60}))


def blob(seed):
    """4,096 numbers below the modulus of the scalar field."""
    return b"".join(bytes([seed % 0x73]) + Web3.keccak(seed * 4096 + i)[1:] for i in range(4096))


def signed(web3, seeds):
    fields = {
        "type": 3,
        "chainId": CHAIN_ID,
        "nonce": web3.eth.get_transaction_count(SENDER.address),
        "to": RECEIVER.address,
        "value": 0,
        "gas": 21_000,
        "maxFeePerGas": 10**12,
        "maxPriorityFeePerGas": 1,
        "maxFeePerBlobGas": 10**12,
    }
    return SENDER.sign_transaction(fields, blobs=[blob(seed) for seed in seeds])


def refusal(web3, raw):
    try:
        web3.eth.send_raw_transaction(raw)
    except Web3RPCError as error:
        return str(error)
    raise AssertionError("the node took the transaction")


def test_blobs_are_proven_and_paid_for(node):
    web3 = connected(node)
    for seeds in ([1], [2, 3]):
        made = signed(web3, seeds)
        sent = web3.eth.send_raw_transaction(made.raw_transaction)
        # The hash is that of the transaction alone; eth-account gives that of all it made.
        alone = b"\x03" + rlp.encode(rlp.decode(bytes(made.raw_transaction)[1:])[0])
        equal(sent, Web3.keccak(alone), "hash")
        receipt = web3.eth.wait_for_transaction_receipt(sent, timeout=30, poll_latency=0.02)
        equal(receipt["status"], 1)
        equal(receipt["blobGasUsed"], 131_072 * len(seeds))
        shown = web3.eth.get_transaction(sent)
        equal(len(shown["blobVersionedHashes"]), len(seeds))


def test_other_blobs_are_refused(node):
    web3 = connected(node)
    nonce = web3.eth.get_transaction_count(SENDER.address)
    body, version, blobs, commitments, proofs = rlp.decode(
        bytes(signed(web3, [4, 5]).raw_transaction)[1:]
    )

    def sent(*parts):
        return refusal(web3, b"\x03" + rlp.encode(list(parts)))

    changed = [blobs[0], blobs[1][:-1] + bytes([blobs[1][-1] ^ 1])]
    swapped = [proofs[1], proofs[0], *proofs[2:]]
    for parts, want in [
        ((body, version, changed, commitments, proofs), "invalid blob proof"),
        ((body, version, blobs[::-1], commitments, proofs), "invalid blob proof"),
        ((body, version, blobs, commitments, swapped), "invalid blob proof"),
        ((body, version, blobs, commitments[::-1], proofs), "mismatches transaction one"),
        ((body, blobs, commitments, proofs[:2]), "unexpected sidecar version"),
        ((body, version, blobs[:1], commitments[:1], proofs[:128]), "invalid number of blobs"),
    ]:
        equal(want in sent(*parts), True, want)
    bare = refusal(web3, b"\x03" + rlp.encode(body))
    equal("missing sidecar" in bare, True, bare)
    equal(web3.eth.get_transaction_count(SENDER.address), nonce, "nonce")
