"""A running node: started from the release build on a free port, ended by its process id."""

import json
import os
import socket
import subprocess
import tempfile
import time

import requests
from checks import ROOT, Skipped, equal, shared
from eth_account import Account

BINARY = ROOT / ".build" / os.environ.get("ASSAY_BUILD", "release") / "assay"
START_SECONDS = 30
REPLY_SECONDS = 60
CHAIN_ID = 84532
# The profiles of the genesis files that checks run on.
CHAIN_IDS = {"dev": 31337, "base-sepolia": CHAIN_ID, "opengradient": 10740}
NETWORK = "eip155:84532"


class Node:
    """`with Node() as node` starts `assay node`; ASSAY_URL names one that runs already.

    A fresh node is always started, and has no block: its clock may be set to any time.
    """

    def __init__(self, fresh=False, data=None, genesis="base-sepolia"):
        self.fresh = fresh
        self.genesis = genesis
        self.place = ["--data", data] if data else ["--in-memory"]
        self.url = None if fresh else os.environ.get("ASSAY_URL")
        self.process = None
        self.output = None

    def __enter__(self):
        if not self.url:
            self.start()
        return self

    def start(self):
        if not BINARY.exists():
            raise SystemExit("error: no release build, run 'swift build -c release' first")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [BINARY, "node", "--genesis", self.genesis, *self.place, "--port", str(port)],
            cwd=ROOT,
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.process.poll() is not None:
                raise SystemExit(f"error: the node ended: {self.printed()}")
            try:
                equal(self.rpc("eth_chainId"), hex(CHAIN_IDS[self.genesis]), "chain id")
                break
            except requests.ConnectionError:
                if time.monotonic() > deadline:
                    self.stop()
                    raise SystemExit(f"error: the node did not answer: {self.printed()}") from None
                time.sleep(0.05)

        if not self.fresh:
            self.add_model("mlp_tiny", "--wide")

    def add_model(self, name, *options):
        """Registers one of the models that travel with the tests."""
        folder = ROOT / "Tests" / "Fixtures" / "models" / name
        files = [folder / "model.onnx", folder / "calibration.json"]
        command = [BINARY, "model", "add", name, *files, "--url", self.url, *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"error: {name} was not registered: {done.stderr}")

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def printed(self):
        """The last words of the node, for a failure's message."""
        self.output.seek(0)
        return self.output.read().decode(errors="replace")[-2000:]

    def rpc(self, method, *params):
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        answer = requests.post(self.url, json=body, timeout=REPLY_SECONDS).json()
        if "error" in answer:
            raise RPCError(method, answer["error"])
        return answer["result"]

    def get(self, path):
        return requests.get(self.url + path, timeout=REPLY_SECONDS)

    def put(self, path, body):
        return requests.put(self.url + path, data=body, timeout=REPLY_SECONDS)

    def post(self, path, body, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        named.setdefault("Content-Type", "application/json")
        return requests.post(self.url + path, data=data, headers=named, timeout=REPLY_SECONDS)

    def models(self):
        answer = self.get("/v1/models")
        equal(answer.status_code, 200, "GET /v1/models")
        listed = answer.json()
        return listed["models"] if isinstance(listed, dict) else listed

    def model(self):
        """A model to pay for, its infer route and an input for it."""
        listed = self.models()
        if not listed:
            raise AssertionError("the node has no model: GET /v1/models is empty")
        for model in listed:
            try:
                sample = json.loads(shared(f"models/{model['name']}/input.json").read_text())
                wanted = json.loads(shared(f"models/{model['name']}/expected.json").read_text())
            except Skipped:
                continue
            return Model(model, sample, wanted)
        names = ", ".join(model["name"] for model in listed)
        raise Skipped(f"no published input for any of {names}")


class Model:
    def __init__(self, record, sample, wanted):
        self.record = record
        self.name = record["name"]
        self.version = record["version"]
        self.id = record.get("modelId") or record["id"]
        self.path = f"/v1/models/{self.name}/infer"
        self.body = {"input": flat(sample)}
        self.wanted = flat(wanted)


def flat(value):
    """The numbers of a JSON value, in order: fixtures wrap them in lists and objects."""
    if isinstance(value, dict):
        value = next(
            value[key]
            for key in ["input", "input_data", "output", "output_data", "data"]
            if key in value
        )
    if isinstance(value, list):
        return [number for part in value for number in flat(part)]
    return [value]


class RPCError(Exception):
    def __init__(self, method, error):
        self.code, self.data = error.get("code"), error.get("data")
        super().__init__(f"{method}: {error.get('code')} {error.get('message')}")


def developer(index):
    """One of the ten accounts that the genesis files fund."""
    import genesis

    Account.enable_unaudited_hdwallet_features()
    path = f"m/44'/60'/0'/0/{index}"
    return Account.from_mnemonic(genesis.MNEMONIC, account_path=path)


def receipt_id(receipt):
    return receipt.get("receiptId") or receipt["id"]
