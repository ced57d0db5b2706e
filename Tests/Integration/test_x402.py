"""The unmodified x402 client (PyPI x402 2.25) pays for inference."""

import asyncio
import base64
import copy
import json

import genesis
from checks import equal
from node import NETWORK, developer, receipt_id
from x402 import x402Client, x402ClientSync
from x402.http import (
    decode_payment_required_header,
    decode_payment_response_header,
    x402HTTPClientSync,
)
from x402.http.clients import x402_requests, x402HttpxClient
from x402.mechanisms.evm.exact import register_exact_evm_client

PAYER = developer(1)
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"


def sync_client():
    return register_exact_evm_client(x402ClientSync(), PAYER)


def dollars(node, account):
    """A token balance, read by eth_call."""
    data = "0x70a08231" + account[2:].lower().rjust(64, "0")
    return int(node.rpc("eth_call", {"to": genesis.TOKEN, "data": data}, "latest"), 16)


def offer(node, model):
    """The 402 answer and the first offer in its header."""
    answer = node.post(model.path, model.body)
    equal(answer.status_code, 402, "status without payment")
    required = decode_payment_required_header(answer.headers["PAYMENT-REQUIRED"])
    return answer, required


def header_for(node, model):
    """A fresh payment header, as the client would send it."""
    answer, required = offer(node, model)
    client = x402HTTPClientSync(sync_client())
    payload = client.create_payment_payload(required)
    return client.encode_payment_signature_header(payload)["PAYMENT-SIGNATURE"]


def encoded(value):
    return base64.b64encode(json.dumps(value).encode()).decode()


def is_alive(node):
    equal(node.rpc("eth_chainId"), "0x14a34", "the node lives")


def check_paid(node, model, answer, before):
    """The answer, the settlement header and the chain agree on one payment."""
    equal(answer.status_code, 200, answer.text[:500])
    body = answer.json()
    got, want = body["output"], model.wanted
    equal(len(got), len(want), "outputs")
    equal(got.index(max(got)), want.index(max(want)), "class of the greatest output")
    settled = decode_payment_response_header(answer.headers["PAYMENT-RESPONSE"])
    equal(settled.success, True)
    equal(settled.network, NETWORK)
    equal((settled.payer or "").lower(), PAYER.address.lower())
    paid = before - dollars(node, PAYER.address)
    receipt = node.rpc("eth_getTransactionReceipt", settled.transaction)
    equal(receipt["status"], "0x1")
    sent = [
        int(log["data"], 16)
        for log in receipt["logs"]
        if log["address"].lower() == genesis.TOKEN.lower()
        and log["topics"][0] == TRANSFER
        and log["topics"][1][-40:] == PAYER.address[2:].lower()
    ]
    equal(sent, [paid], "Transfer logs out of the payer")
    stored = node.get(f"/v1/receipts/{receipt_id(body['receipt'])}")
    equal(stored.status_code, 200, "GET /v1/receipts/{id}")
    return paid


def test_offer_has_both_versions(node):
    model = node.model()
    answer, required = offer(node, model)
    equal(required.x402_version, 2)
    first = required.accepts[0]
    equal((first.scheme, first.network), ("exact", NETWORK))
    equal(first.asset.lower(), genesis.TOKEN.lower())
    equal((first.extra["name"], first.extra["version"]), ("USDC", "2"))
    equal("no-store" in answer.headers.get("Cache-Control", ""), True, "Cache-Control: no-store")
    body = answer.json()
    equal(body["x402Version"], 1)
    old = body["accepts"][0]
    equal((old["scheme"], old["network"]), ("exact", "base-sepolia"))
    equal(old["maxAmountRequired"], first.amount)
    for key in ["resource", "description", "mimeType", "payTo", "maxTimeoutSeconds", "asset"]:
        equal(key in old, True, key)


def test_requests_client_pays(node):
    model = node.model()
    _, required = offer(node, model)
    before = dollars(node, PAYER.address)
    with x402_requests(sync_client()) as session:
        answer = session.post(node.url + model.path, json=model.body)
    equal(check_paid(node, model, answer, before), int(required.accepts[0].amount), "price")


def test_httpx_client_pays(node):
    model = node.model()
    before = dollars(node, PAYER.address)

    async def pay():
        client = register_exact_evm_client(x402Client(), PAYER)
        async with x402HttpxClient(client, timeout=60) as http:
            return await http.post(node.url + model.path, json=model.body)

    check_paid(node, model, asyncio.run(pay()), before)


def test_every_payment_gets_its_own_receipt(node):
    model = node.model()
    seen = set()
    with x402_requests(sync_client()) as session:
        for _ in range(3):
            answer = session.post(node.url + model.path, json=model.body)
            equal(answer.status_code, 200, answer.text[:500])
            seen.add(receipt_id(answer.json()["receipt"]))
    equal(len(seen), 3)


def test_replayed_header_is_refused(node):
    model = node.model()
    header = header_for(node, model)
    before = dollars(node, PAYER.address)
    first = node.post(model.path, model.body, PAYMENT_SIGNATURE=header)
    paid = check_paid(node, model, first, before)
    after = dollars(node, PAYER.address)
    again = node.post(model.path, model.body, PAYMENT_SIGNATURE=header)
    equal(again.status_code in (402, 409), True, f"status of the replay {again.status_code}")
    equal("output" in again.text, False, "the replay gets no output")
    # Another request cannot be had for the same money either.
    other = copy.deepcopy(model.body)
    other["input"][0] += 1
    third = node.post(model.path, other, PAYMENT_SIGNATURE=header)
    equal(third.status_code in (402, 409), True, f"status of the reuse {third.status_code}")
    equal(dollars(node, PAYER.address), after, "balance after the replays")
    return f"{paid} paid once"


def test_payment_is_for_its_own_request(node):
    model = node.model()
    header = header_for(node, model)
    before = dollars(node, PAYER.address)
    other = copy.deepcopy(model.body)
    other["input"][0] += 1
    answer = node.post(model.path, other, PAYMENT_SIGNATURE=header)
    equal(answer.status_code, 402, "a header made for another input")
    equal(dollars(node, PAYER.address), before)


def test_changed_payments_are_refused(node):
    model = node.model()
    good = json.loads(base64.b64decode(header_for(node, model)))
    before = dollars(node, PAYER.address)

    def changed(*path, to):
        value = copy.deepcopy(good)
        place = value
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to
        return value

    authorization = ("payload", "authorization")
    rows = [
        changed(*authorization, "value", to="1"),
        changed(*authorization, "to", to=developer(2).address),
        changed(*authorization, "from", to=developer(2).address),
        changed(*authorization, "validBefore", to="1"),
        changed(*authorization, "validAfter", to=str(2**200)),
        changed(*authorization, "nonce", to="0x" + "11" * 32),
        changed("payload", "signature", to="0x" + "11" * 65),
        changed("payload", "signature", to="0x"),
        changed("accepted", "amount", to="1"),
        changed("accepted", "payTo", to=developer(2).address),
        changed("accepted", "network", to="eip155:1"),
        changed("accepted", "scheme", to="upto"),
        changed("accepted", "asset", to=developer(2).address),
        changed("accepted", "extra", to={}),
    ]
    for row in rows:
        answer = node.post(model.path, model.body, PAYMENT_SIGNATURE=encoded(row))
        equal(answer.status_code, 402, f"status of {json.dumps(row)[:200]}")
    equal(dollars(node, PAYER.address), before, "balance after the refusals")
    is_alive(node)
    # Nothing above has spent the authorization.
    answer = node.post(model.path, model.body, PAYMENT_SIGNATURE=encoded(good))
    check_paid(node, model, answer, before)
    return f"{len(rows)} refusals"


def test_malformed_headers_are_refused(node):
    model = node.model()
    rows = [
        "x",
        "====",
        "%%%",
        encoded(None),
        encoded([]),
        encoded({}),
        encoded({"x402Version": 2}),
        encoded({"x402Version": 2, "payload": {}, "accepted": {}}),
        encoded({"x402Version": 2, "payload": {"authorization": 5}, "accepted": []}),
        encoded({"x402Version": 99, "payload": {}, "accepted": {}}),
        base64.b64encode(b"\xff\xfe{").decode(),
        base64.b64encode(b"[" * 5000).decode(),
        base64.b64encode(b'{"x402Version":2,"x402Version":1}').decode(),
    ]
    for name in ["PAYMENT_SIGNATURE", "X_PAYMENT"]:
        for row in rows:
            answer = node.post(model.path, model.body, **{name: row})
            equal(answer.status_code in (400, 402), True, f"{answer.status_code} for {row[:60]}")
    is_alive(node)
    return f"{2 * len(rows)} refusals"


def test_malformed_bodies_are_refused(node):
    model = node.model()
    for body in [b"", b"{", b"[]", b"{}", b'{"input":5}', b'{"input":["a"]}', b'{"input":[]}']:
        answer = node.post(model.path, body)
        equal(answer.status_code in (400, 402, 422), True, f"{answer.status_code} for {body}")
    equal(node.post("/v1/models/no-such-model/infer", model.body).status_code, 404)
    equal(node.get("/v1/receipts/0x" + "00" * 32).status_code, 404)
    is_alive(node)


def test_version_one_client_pays(node):
    model = node.model()
    before = dollars(node, PAYER.address)
    answer = node.post(model.path, model.body)
    client = x402HTTPClientSync(sync_client())
    # Without the header the client falls back to the body, as a version 1 client does.
    required = client.get_payment_required_response(lambda _: None, answer.json())
    equal(required.x402_version, 1)
    headers = client.encode_payment_signature_header(client.create_payment_payload(required))
    equal(list(headers), ["X-PAYMENT"])
    paid = node.post(model.path, model.body, X_PAYMENT=headers["X-PAYMENT"])
    equal(paid.status_code, 200, paid.text[:500])
    equal("output" in paid.json(), True)
    settled = json.loads(base64.b64decode(paid.headers["X-PAYMENT-RESPONSE"]))
    equal((settled["success"], settled["network"]), (True, "base-sepolia"))
    equal(before - dollars(node, PAYER.address), int(required.accepts[0].max_amount_required))
    again = node.post(model.path, model.body, X_PAYMENT=headers["X-PAYMENT"])
    equal(again.status_code in (402, 409), True, f"status of the replay {again.status_code}")
