"""One payment for one inference, put together in Python without the node's help.

Hashes, signatures, the escrow address and the receipt come from eth_account and `rlp`: a second
implementation of what Sources/Payments and Sources/Ledger say.
"""

import hashlib

import genesis
import rlp
from eth_account.messages import encode_typed_data
from eth_utils import keccak
from node import CHAIN_ID
from web3 import Web3

REGISTRY, VERIFIER, SETTLEMENT, USAGE = map(Web3.to_checksum_address, genesis.NATIVES)
TRUST = Web3.to_checksum_address(genesis.TRUST)
PLAIN, SIGNED, ZK = 0, 1, 4
# Canonical policies: version, kind, no parameters.
PLAIN_POLICY, SIGNED_POLICY = bytes([1, PLAIN, 0]), bytes([1, SIGNED, 0])
ZK_POLICY = bytes([1, ZK, 0])

TERMS = [
    ("modelId", "bytes32"),
    ("requestHash", "bytes32"),
    ("policyHash", "bytes32"),
    ("provider", "address"),
    ("salt", "bytes32"),
]
STATEMENT = [
    ("modelId", "bytes32"),
    ("systemHash", "bytes32"),
    ("requestHash", "bytes32"),
    ("inputHash", "bytes32"),
    ("outputHash", "bytes32"),
    ("policyHash", "bytes32"),
    ("provider", "address"),
    ("notBefore", "uint64"),
    ("notAfter", "uint64"),
]
AUTHORIZATION = [
    ("from", "address"),
    ("to", "address"),
    ("value", "uint256"),
    ("validAfter", "uint256"),
    ("validBefore", "uint256"),
    ("nonce", "bytes32"),
]
PAYMENT = ["asset", "payer", "amount", "validAfter", "validBefore", "nonce", "signature"]


def typed(domain, name, members, values, chain=CHAIN_ID):
    """A signable EIP-712 message. `domain` is name, version and contract."""
    title, version, contract = domain
    return encode_typed_data(
        {
            "name": title,
            "version": version,
            "chainId": chain,
            "verifyingContract": contract,
        },
        {name: [{"name": member, "type": kind} for member, kind in members]},
        values,
    )


def digest(message):
    return keccak(b"\x19" + message.version + message.header + message.body)


def computation_id(graph_hash, weights_root):
    return hashlib.sha256(b"assay.model.v1" + graph_hash + weights_root).digest()


def model_id(graph_hash, weights_root, name, version):
    computation = computation_id(graph_hash, weights_root)
    return hashlib.sha256(b"assay.record.v1" + computation + f"{name}@{version}".encode()).digest()


def raw(address):
    return bytes.fromhex(address[2:])


def word(address):
    return raw(address).rjust(32, b"\0")


class Bargain:
    """Terms, payment, statement and evidence as dictionaries: a check spoils one of them first."""

    def __init__(self, model, payer, provider, signer, now, seed, amount=1000):
        self.payer_key, self.signer = payer, signer
        self.policy, self.output = SIGNED_POLICY, b"output of " + seed
        self.terms = {
            "modelId": model,
            "requestHash": keccak(b"request" + seed),
            "policyHash": keccak(SIGNED_POLICY),
            "provider": provider.address,
            "salt": keccak(b"salt" + seed),
        }
        shared = {key: self.terms[key] for key in ["modelId", "requestHash", "policyHash"]}
        self.statement = shared | {
            "systemHash": bytes(32),
            "inputHash": hashlib.sha256(b"input of " + seed).digest(),
            "outputHash": hashlib.sha256(self.output).digest(),
            "provider": provider.address,
            "notBefore": now - 10,
            "notAfter": now + 3600,
        }
        self.payment = {
            "asset": genesis.TOKEN,
            "payer": payer.address,
            "amount": amount,
            "validAfter": now - 600,
            "validBefore": now + 3600,
            "nonce": keccak(b"nonce" + seed),
        }
        self.sign()

    def sign(self):
        """Signs payment and statement as they stand."""
        self.payment["signature"] = bytes(self.payer_key.sign_message(self.transfer()).signature)
        self.evidence = [(SIGNED, bytes(self.signer.sign_message(self.claim()).signature))]

    def claim(self, chain=CHAIN_ID):
        domain = ("Assay", "1", VERIFIER)
        return typed(domain, "Statement", STATEMENT, self.statement, chain)

    def transfer(self):
        return typed(
            ("USDC", "2", genesis.TOKEN),
            "TransferWithAuthorization",
            AUTHORIZATION,
            {
                "from": self.payment["payer"],
                "to": self.escrow(),
                "value": self.payment["amount"],
                **{key: self.payment[key] for key in ["validAfter", "validBefore", "nonce"]},
            },
        )

    def terms_hash(self):
        return digest(typed(("Assay", "1", SETTLEMENT), "Terms", TERMS, self.terms))

    def escrow(self):
        image = b"\xff" + raw(SETTLEMENT) + self.terms_hash() + keccak(b"assay.escrow.v1")
        return Web3.to_checksum_address(keccak(image)[12:])

    def receipt_id(self):
        payment = self.payment
        return keccak(word(payment["asset"]) + word(payment["payer"]) + payment["nonce"])

    def become_bare(self):
        """From now on the payment leaves out window and signature, as it may for a deposit."""
        self.payment |= {"validAfter": 0, "validBefore": 0, "signature": b""}

    # What goes into calls.

    def terms_tuple(self):
        return tuple(self.terms[name] for name, _ in TERMS)

    def payment_tuple(self):
        return tuple(self.payment[name] for name in PAYMENT)

    def statement_tuple(self):
        return tuple(self.statement[name] for name, _ in STATEMENT)

    def arguments(self):
        return (
            self.terms_tuple(),
            self.payment_tuple(),
            self.statement_tuple(),
            self.policy,
            self.evidence,
            self.output,
        )

    def receipt_hash(self, block_number, timestamp):
        """Keccak-256 of the receipt's canonical bytes."""
        binding = 2 if self.payment["nonce"] == self.terms_hash() else 1
        return keccak(
            rlp.encode([
                CHAIN_ID,
                flat(self.terms_tuple()),
                flat(self.statement_tuple()),
                flat(self.payment_tuple()),
                self.policy,
                [[kind, keccak(data)] for kind, data in self.evidence],
                binding,
                block_number,
                timestamp,
            ])
        )


def flat(values):
    """Values as RLP takes them: addresses as bytes."""
    return [raw(value) if isinstance(value, str) else value for value in values]
