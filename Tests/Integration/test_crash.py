"""The node is killed with SIGKILL under settlement load, and opens again with all it promised."""

import os
import random
import signal
import tempfile
import threading
import time

import genesis
import requests
from checks import equal
from node import Node, developer, receipt_id
from x402 import x402ClientSync
from x402.http import decode_payment_required_header, x402HTTPClientSync
from x402.mechanisms.evm.exact import register_exact_evm_client

ROUNDS = int(os.environ.get("ASSAY_CRASH_ROUNDS", "50"))
PAYERS = [developer(index) for index in range(1, 5)]
SETTLEMENT = "0x00000000000000000000000000000000a55a0003"


def balance(node, account):
    data = "0x70a08231" + account[2:].lower().rjust(64, "0")
    return int(node.rpc("eth_call", {"to": genesis.TOKEN, "data": data}, "latest"), 16)


class Load(threading.Thread):
    """Pays for inference until the node is gone; remembers what was acknowledged."""

    def __init__(self, node, model, payer, acknowledged):
        super().__init__(daemon=True)
        self.node, self.model, self.acknowledged = node, model, acknowledged
        self.client = x402HTTPClientSync(register_exact_evm_client(x402ClientSync(), payer))
        self.failure = None

    def run(self):
        try:
            while True:
                self.pay()
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            pass
        except Exception as error:
            self.failure = error

    def pay(self):
        answer = self.node.post(self.model.path, self.model.body)
        required = decode_payment_required_header(answer.headers["PAYMENT-REQUIRED"])
        payload = self.client.create_payment_payload(required)
        headers = self.client.encode_payment_signature_header(payload)
        paid = self.node.post(self.model.path, self.model.body, **headers)
        equal(paid.status_code, 200, paid.text[:300])
        block = int(paid.json()["receipt"]["blockNumber"])
        self.acknowledged.append((receipt_id(paid.json()["receipt"]), block))


def test_acknowledged_settlements_outlive_kill_9():
    chance = random.Random(5)
    acknowledged = []
    with tempfile.TemporaryDirectory() as folder:
        node = Node(fresh=True, data=folder)
        node.start()
        node.add_model("mlp_tiny", "--wide")
        accounts = [payer.address for payer in PAYERS] + [genesis.X402_FACILITATOR]
        total = sum(balance(node, account) for account in accounts)
        for round_number in range(ROUNDS):
            model = node.model()
            loads = [Load(node, model, payer, acknowledged) for payer in PAYERS]
            for load in loads:
                load.start()
            time.sleep(chance.uniform(0.02, 0.6))
            node.process.send_signal(signal.SIGKILL)
            node.process.wait()
            for load in loads:
                load.join()
                if load.failure:
                    raise load.failure
            node = Node(fresh=True, data=folder)
            node.start()
            check(node, acknowledged, accounts, total, f"after kill {round_number + 1}")
        node.stop()
    return f"{ROUNDS} kills, {len(acknowledged)} acknowledged settlements"


def check(node, acknowledged, accounts, total, when):
    head = int(node.rpc("eth_blockNumber"), 16)
    for receipt, block in acknowledged:
        equal(block <= head, True, f"block {block} of {head} {when}")
        stored = node.rpc("assay_settlement", receipt)
        equal(stored is not None and int(stored["blockNumber"], 16), block, f"{receipt} {when}")
    equal(sum(balance(node, account) for account in accounts), total, f"money in all {when}")
    usage = node.rpc("assay_usage")["all"]
    earned = balance(node, genesis.X402_FACILITATOR)
    equal(int(usage["value"], 16), earned, f"what the provider has {when}")
    equal(int(usage["settlements"], 16) >= len(acknowledged), True, f"settlements counted {when}")
