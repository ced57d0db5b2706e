"""OpenGradient's contracts on a node of its profile, as the checks about enclaves use them."""

from contextlib import contextmanager

import genesis
from checks import equal
from enclave import PCRS
from eth_abi import decode
from eth_utils import keccak
from node import CHAIN_IDS, Node, RPCError, developer
from test_inference import abi_of
from test_web3 import connected
from web3 import Web3

ADMIN = developer(0)
OPERATOR = developer(1)
STRANGER = developer(2)
# The time of the vectors.
NOW = 1_767_225_700
PROXY, VALIDATOR = 0, 1
OPERATOR_ROLE = keccak(text="TEE_OPERATOR")
PCR_HASH = keccak(PCRS[0] + PCRS[1] + PCRS[2])
MEASURED = (PCRS[0], PCRS[1], PCRS[2])
ENDPOINT = "https://enclave.example"
PAID = Web3.to_checksum_address("0x" + "aa" * 20)
ELEVEN, TEN = genesis.TEE_REGISTRY, genesis.TEE_REGISTRY_PREVIOUS


@contextmanager
def chain(seconds=NOW):
    """A node of the profile whose clock is set, and web3 for it."""
    with Node(fresh=True, genesis="opengradient") as node:
        node.rpc("evm_setTime", seconds)
        node.rpc("evm_mine")
        yield node, connected(node)


def registry(web3, address=ELEVEN):
    name = {ELEVEN: "TEERegistryOHTTP", TEN: "TEERegistry"}[address]
    return web3.eth.contract(address=address, abi=genesis.artifact(name)["abi"])


def verifier(web3, name="TEEInferenceVerifier"):
    address = genesis.opengradient_address(name)
    return web3.eth.contract(address=address, abi=abi_of(name))


def precompile(web3):
    return web3.eth.contract(
        address=genesis.TEE_VERIFIER, abi=abi_of("TEEVerifierPrecompile.0x900")
    )


def done(web3, function, key=ADMIN):
    """The receipt of a transaction that holds."""
    fields = {"from": key.address, "gas": 10_000_000, "chainId": CHAIN_IDS["opengradient"]}
    receipt = call_on(web3, function.build_transaction(fields), key)
    equal(receipt["status"], 1, f"status of {function.fn_name}")
    return receipt


def call_on(web3, fields, key):
    fields["nonce"] = web3.eth.get_transaction_count(key.address, "pending")
    signed = key.sign_transaction(fields)
    return web3.eth.wait_for_transaction_receipt(
        web3.eth.send_raw_transaction(signed.raw_transaction), timeout=30, poll_latency=0.02
    )


def refused(node, contract, function, wanted, key=ADMIN):
    """The call reverts with a named error: its name and arguments."""
    data = function.build_transaction({"from": key.address, "gas": 1})["data"]
    fields = {"from": key.address, "to": contract.address, "data": data}
    try:
        node.rpc("eth_call", fields, "latest")
    except RPCError as error:
        equal(named(contract.abi, error.data), wanted, function.fn_name)
    else:
        raise AssertionError(f"{wanted} was expected")


def named(abi, data):
    raw = bytes.fromhex((data or "0x")[2:])
    for entry in abi:
        if entry["type"] != "error":
            continue
        kinds = [part["type"] for part in entry["inputs"]]
        if keccak(text=f"{entry['name']}({','.join(kinds)})")[:4] == raw[:4]:
            return (entry["name"], *decode(kinds, raw[4:]))
    return raw


def unauthorized(account, role=bytes(32)):
    return ("AccessControlUnauthorizedAccount", account.address.lower(), role)


def events(contract, receipt):
    """Names and arguments of a receipt's logs, in order."""
    found = []
    for entry in receipt["logs"]:
        equal(entry["address"], contract.address, "who logs")
        for event in contract.events:
            if keccak(text=event.signature) == bytes(entry["topics"][0]):
                found.append((event.event_name, dict(event.process_log(entry)["args"])))
    equal(len(found), len(receipt["logs"]), "logs that the ABI knows")
    return found


def prepare(web3, contract, root=None):
    """Types, a measurement and the root: what an admin does before enclaves come."""
    done(web3, contract.functions.addTEEType(PROXY, "LLMProxy"))
    done(web3, contract.functions.approvePCR(MEASURED, "v1", PROXY))
    if root:
        done(web3, contract.functions.setAWSRootCertificate(root))


def registration(contract, enclave, document, kind=PROXY):
    return contract.functions.registerTEEWithAttestation(
        document, enclave.signing_key, enclave.tls, PAID, ENDPOINT, kind
    )


def now(web3):
    return web3.eth.get_block("latest")["timestamp"]


def register(web3, contract, enclave):
    done(web3, registration(contract, enclave, enclave.document(now(web3))))
    return keccak(enclave.signing_key)


def attest(web3, enclave, document, root, **changes):
    """What the precompile says about a document."""
    given = {"key": enclave.signing_key, "tls": enclave.tls} | changes
    answer = precompile(web3).functions.verifyAttestation(
        document, given["key"], given["tls"], root
    )
    return tuple(answer.call())


def unhex(text):
    return bytes.fromhex(text.removeprefix("0x"))
