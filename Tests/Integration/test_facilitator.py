"""The facilitator's HTTP interface against published x402 vectors."""

import genesis
from checks import Skipped, equal, vectors
from node import NETWORK, Node, RPCError

FILES = ["exact-eip3009-v2", "exact-v1"]
# The published state gives the payer this much; genesis gives more.
SIMPLE_STATE = {"name": "USDC", "version": "2", "eip3009": True, "usedAuthorizations": []}


def is_simple(vector):
    """Whether a vector holds in the state of genesis: a plain payer with enough tokens."""
    state = vector["state"]
    token = state["token"]
    return (
        all(token[key] == value for key, value in SIMPLE_STATE.items())
        and token["balances"].get(genesis.X402_PAYER) == "1000000"
        and not state["accountsWithCode"]
        and not token.get("missing")
        and state["contracts"]["token"] == genesis.TOKEN
    )


def simple_vectors():
    return [vector for file in FILES for vector in vectors(file) if is_simple(vector)]


def set_clock(node, seconds):
    try:
        node.rpc("anvil_setTime", seconds)
    except RPCError as error:
        raise Skipped(f"the node's clock cannot be set: {error}") from None


def test_supported_lists_our_network(node):
    answer = node.get("/supported")
    equal(answer.status_code, 200)
    body = answer.json()
    kinds = {(kind["x402Version"], kind["scheme"], kind["network"]) for kind in body["kinds"]}
    for kind in [(2, "exact", NETWORK), (1, "exact", "base-sepolia")]:
        equal(kind in kinds, True, f"{kind} among {sorted(kinds)}")
    equal(isinstance(body["extensions"], list), True, "extensions")
    equal(len(body["signers"]["eip155:*"]) >= 1, True, "signers")


def test_sdk_reads_supported(node):
    from x402.http import FacilitatorConfig, HTTPFacilitatorClientSync

    client = HTTPFacilitatorClientSync(FacilitatorConfig(url=node.url))
    kinds = {(kind.scheme, kind.network) for kind in client.get_supported().kinds}
    equal(("exact", NETWORK) in kinds, True)


def test_verify_answers_as_published():
    with Node(fresh=True) as node:
        return verify_as_published(node)


def verify_as_published(node):
    wrong = []
    for vector in simple_vectors():
        if "expectedVerifyResponse" not in vector:
            continue
        set_clock(node, vector["now"])
        answer = node.post("/verify", vector["verifyRequest"])
        got, want = answer.json(), vector["expectedVerifyResponse"]
        keys = ["isValid", "invalidReason", "payer"]
        if answer.status_code != 200 or [got.get(k) for k in keys] != [want.get(k) for k in keys]:
            wrong.append(f"{vector['name']}: got {answer.status_code} {got}, want {want}")
    equal(wrong, [], "differing answers")
    return f"{len(simple_vectors())} vectors"


def test_settle_answers_as_published_and_once():
    with Node(fresh=True) as node:
        return settle_as_published(node)


def settle_as_published(node):
    made = 0
    for vector in simple_vectors():
        if "settleRequest" not in vector:
            continue
        set_clock(node, vector["now"])
        answer = node.post("/settle", vector["settleRequest"])
        want = vector["expectedSettleResponse"]
        equal(answer.status_code, 200, vector["name"])
        got = answer.json()
        for key in ["success", "errorReason", "payer", "network"]:
            equal(got.get(key), want.get(key), f"{vector['name']}: {key}")
        if not want["success"]:
            continue
        receipt = node.rpc("eth_getTransactionReceipt", got["transaction"])
        equal(receipt["status"], "0x1", vector["name"])
        check_transfer(vector, receipt)
        check_spent(node, vector)
        made += 1
    equal(made > 0, True, "settlements made")
    return f"{made} settlements"


def check_transfer(vector, receipt):
    """Exactly one Transfer of the authorized amount from payer to payee."""
    fields = vector["settleRequest"]["paymentPayload"]["payload"]["authorization"]
    transfers = [
        (log["topics"][1][-40:], log["topics"][2][-40:], int(log["data"], 16))
        for log in receipt["logs"]
        if log["address"].lower() == genesis.TOKEN.lower() and len(log["topics"]) == 3
        and log["data"] != "0x"
    ]
    want = (fields["from"][2:].lower(), fields["to"][2:].lower(), int(fields["value"]))
    equal(transfers, [want], vector["name"])


def check_spent(node, vector):
    """A settled authorization does not verify again."""
    answer = node.post("/verify", vector["verifyRequest"]).json()
    equal(answer["isValid"], False, vector["name"])
    equal(answer["invalidReason"], "invalid_exact_evm_nonce_already_used", vector["name"])


def test_hostile_bodies_get_typed_answers(node):
    good = vectors(FILES[0])[0]["verifyRequest"]
    for path in ["/verify", "/settle"]:
        for body in [b"", b"{", b"\xff", b"[" * 5000]:
            equal(node.post(path, body).status_code, 400, f"{path} {body[:9]}")
        for body in [{}, [], 5, {"x402Version": 2}, {**good, "paymentPayload": None}]:
            answer = node.post(path, body)
            equal(answer.status_code in (200, 400), True, f"{path} {body}: {answer.status_code}")
            if answer.status_code == 200:
                key = "isValid" if path == "/verify" else "success"
                equal(answer.json()[key], False, f"{path} {body}")
    equal(node.rpc("eth_chainId"), "0x14a34", "the node lives")
