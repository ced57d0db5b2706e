"""web3.py 8 against the node: transfers, contracts, logs, proofs and the native precompiles."""

import json

import genesis
import rlp
from checks import ROOT, equal
from eth_utils import keccak
from node import CHAIN_ID, developer, receipt_id
from trie import HexaryTrie
from web3 import Web3
from web3.exceptions import ContractLogicError
from x402 import x402ClientSync
from x402.http import decode_payment_response_header
from x402.http.clients import x402_requests
from x402.mechanisms.evm.exact import register_exact_evm_client

SENDER = developer(3)
RECEIVER = developer(4)
PAYER = developer(5)
REGISTRY, VERIFIER, SETTLEMENT, USAGE = map(Web3.to_checksum_address, genesis.NATIVES)


def connected(node):
    return Web3(Web3.HTTPProvider(node.url, request_kwargs={"timeout": 60}))


def contract(web3, address, name):
    return web3.eth.contract(address=address, abi=genesis.artifact(name)["abi"])


def token(web3):
    return contract(web3, genesis.TOKEN, "UsdcLikeToken")


def send(web3, fields, key=SENDER):
    """Signs, sends and waits. `fields` that are absent are filled from the node."""
    sent = {
        "chainId": CHAIN_ID,
        "nonce": web3.eth.get_transaction_count(key.address, "pending"),
        "from": key.address,
        **fields,
    }
    if "gasPrice" not in sent and "maxFeePerGas" not in sent:
        sent["maxPriorityFeePerGas"] = web3.eth.max_priority_fee
        base = web3.eth.get_block("latest")["baseFeePerGas"]
        sent["maxFeePerGas"] = 2 * base + sent["maxPriorityFeePerGas"]
    if "gas" not in sent:
        sent["gas"] = web3.eth.estimate_gas(sent)
    del sent["from"]
    signed = key.sign_transaction(sent)
    return web3.eth.wait_for_transaction_receipt(
        web3.eth.send_raw_transaction(signed.raw_transaction), timeout=30, poll_latency=0.02
    )


def call(web3, function, key=SENDER, gas=2_000_000):
    return send(web3, function.build_transaction({"from": key.address, "gas": gas}), key)


def settled_inference(node):
    """Pays for one inference. Returns the gateway's receipt and the transaction's hash."""
    model = node.model()
    client = register_exact_evm_client(x402ClientSync(), PAYER)
    with x402_requests(client) as session:
        answer = session.post(node.url + model.path, json=model.body)
    equal(answer.status_code, 200, answer.text[:500])
    settled = decode_payment_response_header(answer.headers["PAYMENT-RESPONSE"])
    return model, answer.json()["receipt"], settled.transaction


def test_chain_and_genesis(node):
    web3 = connected(node)
    equal(web3.is_connected(), True)
    equal(web3.eth.chain_id, CHAIN_ID)
    equal(web3.net.version, str(CHAIN_ID))
    first = web3.eth.get_block(0)
    want = json.loads((ROOT / "genesis" / "roots.json").read_text())["base-sepolia"]
    equal(first["stateRoot"].to_0x_hex(), want["stateRoot"], "state root of genesis")
    equal(first["hash"].to_0x_hex(), want["hash"], "hash of genesis")
    equal(web3.eth.get_balance(developer(9).address), 10_000 * 10**18)
    for address in [genesis.TOKEN, genesis.MULTICALL, REGISTRY, VERIFIER, SETTLEMENT, USAGE]:
        equal(len(web3.eth.get_code(address)) > 0, True, f"code at {address}")


def test_legacy_transfer(node):
    transfer(node, {"gasPrice": 3 * 10**9}, kind=0)


def test_dynamic_fee_transfer(node):
    transfer(node, {"maxFeePerGas": 3 * 10**9, "maxPriorityFeePerGas": 10**9}, kind=2)


def transfer(node, fees, kind):
    web3 = connected(node)
    had = web3.eth.get_balance(SENDER.address), web3.eth.get_balance(RECEIVER.address)
    receipt = send(web3, {"to": RECEIVER.address, "value": 10**18, "gas": 21_000, **fees})
    equal((receipt["status"], receipt["type"], receipt["gasUsed"]), (1, kind, 21_000))
    cost = receipt["gasUsed"] * receipt["effectiveGasPrice"]
    equal(web3.eth.get_balance(SENDER.address), had[0] - 10**18 - cost, "sender")
    equal(web3.eth.get_balance(RECEIVER.address), had[1] + 10**18, "receiver")
    block = web3.eth.get_block(receipt["blockNumber"], full_transactions=True)
    equal([sent["hash"] for sent in block["transactions"]], [receipt["transactionHash"]])
    equal(block["transactions"][0]["from"], SENDER.address)


def test_token_by_its_abi(node):
    web3 = connected(node)
    usdc = token(web3)
    equal(usdc.functions.symbol().call(), "USDC")
    had = usdc.functions.balanceOf(RECEIVER.address).call()
    receipt = call(web3, usdc.functions.transfer(RECEIVER.address, 123))
    equal(usdc.functions.balanceOf(RECEIVER.address).call(), had + 123)
    (event,) = usdc.events.Transfer().process_receipt(receipt)
    equal(dict(event["args"]), {
        "sender": SENDER.address,
        "receiver": RECEIVER.address,
        "value": 123,
    })
    found = usdc.events.Transfer().get_logs(
        from_block=receipt["blockNumber"], to_block=receipt["blockNumber"]
    )
    equal([log["transactionHash"] for log in found], [receipt["transactionHash"]])
    try:
        usdc.functions.transfer(RECEIVER.address, 2**200).call({"from": SENDER.address})
    except ContractLogicError as error:
        wanted = "ERC20: transfer amount exceeds balance"
        equal(wanted in str(error), True, f"{wanted!r} in {error}")
    else:
        raise AssertionError("a transfer beyond the balance did not revert")


def test_multicall_and_deployer(node):
    web3 = connected(node)
    many = contract(web3, genesis.MULTICALL, "Multicall3")
    call_data = bytes.fromhex("18160ddd")
    number, results = many.functions.aggregate([(genesis.TOKEN, call_data)] * 3).call()
    equal(number >= web3.eth.block_number, True)
    equal(len(results), 3)
    equal(int.from_bytes(results[0], "big"), token(web3).functions.totalSupply().call())
    # Init code that leaves one byte of code, 0x00.
    salt, init = keccak(b"salt"), bytes.fromhex("60015ff3")
    send(web3, {"to": genesis.CREATE2_DEPLOYER, "data": salt + init, "gas": 200_000})
    seed = b"\xff" + bytes.fromhex(genesis.CREATE2_DEPLOYER[2:]) + salt + keccak(init)
    made = Web3.to_checksum_address(keccak(seed)[12:])
    equal(bytes(web3.eth.get_code(made)), b"\x00")


def test_proof_holds_against_the_state_root(node):
    web3 = connected(node)
    layout = genesis.artifact("UsdcLikeToken")["storageLayout"]
    slot = genesis.mapping_slot(layout["balanceAndBlacklist"]["slot"], RECEIVER.address)
    block = web3.eth.get_block("latest")
    proof = web3.eth.get_proof(genesis.TOKEN, [slot], block["number"])
    key = keccak(hexstr=genesis.TOKEN)
    account = HexaryTrie.get_from_proof(
        block["stateRoot"], key, [rlp.decode(node) for node in proof["accountProof"]]
    )
    nonce, balance, storage_root, code_hash = rlp.decode(account)
    equal(storage_root, bytes(proof["storageHash"]))
    equal(code_hash, keccak(web3.eth.get_code(genesis.TOKEN)))
    nodes = [rlp.decode(node) for node in proof["storageProof"][0]["proof"]]
    value = HexaryTrie.get_from_proof(storage_root, keccak(slot.to_bytes(32, "big")), nodes)
    held = token(web3).functions.balanceOf(RECEIVER.address).call()
    equal(int.from_bytes(rlp.decode(value), "big"), held)


def test_registry_record(node):
    web3 = connected(node)
    registry = contract(web3, REGISTRY, "IModelRegistry")
    for listed in node.models():
        model_id = registry.functions.modelId(listed["name"], listed["version"]).call()
        equal("0x" + model_id.hex(), listed.get("modelId") or listed["id"], "modelId")
        record = registry.functions.model(model_id).call()
        equal((record[1], record[2]), (listed["name"], listed["version"]))
        events = registry.events.ModelRegistered().get_logs(
            from_block=0, argument_filters={"modelId": model_id}
        )
        equal(len(events), 1, f"ModelRegistered of {listed['name']}")
        equal(events[0]["args"]["owner"], record[0])


def test_settlement_logs_and_receipt(node):
    web3 = connected(node)
    usage = contract(web3, USAGE, "IUsage")
    model, receipt, transaction = settled_inference(node)
    mined = web3.eth.get_transaction_receipt(transaction)
    equal(mined["status"], 1)
    settlement = contract(web3, SETTLEMENT, "ISettlement")
    logs = [log for log in mined["logs"] if log["address"] == SETTLEMENT]
    equal(len(logs) >= 1, True, "logs of the settlement precompile")
    events = [settlement.events.Settled().process_log(log)["args"] for log in logs]
    (event,) = [e for e in events if "0x" + e["receiptId"].hex() == receipt_id(receipt)]
    equal("0x" + event["modelId"].hex(), model.id)
    equal((event["payer"], event["asset"]), (PAYER.address, genesis.TOKEN))
    transfers = [
        token(web3).events.Transfer().process_log(log)["args"]
        for log in mined["logs"]
        if log["address"] == genesis.TOKEN and log["topics"][0] == keccak(
            text="Transfer(address,address,uint256)"
        )
    ]
    equal(transfers[0]["sender"], PAYER.address, "first Transfer")
    equal(transfers[0]["value"], event["amount"], "first Transfer")
    equal(transfers[-1]["receiver"], event["provider"], "last Transfer")
    stored = settlement.functions.receipt(event["receiptId"]).call()
    equal(stored[1], mined["blockNumber"], "block of the stored receipt")
    equal(stored[5:], (event["modelId"], event["provider"], PAYER.address, event["outputHash"],
                       event["amount"]), "stored receipt")
    kinds = [kind for kind in range(8) if event["evidenceMask"] >> kind & 1]
    equal(len(kinds) >= 1, True, "kinds of evidence")
    for kind in kinds:
        count, _ = usage.functions.modelCount(event["modelId"], kind).call()
        equal(count >= 1, True, f"usage of kind {kind}")


def test_contract_reads_the_natives(node):
    web3 = connected(node)
    model, receipt, _ = settled_inference(node)
    made = genesis.artifact("ReceiptReader")
    factory = web3.eth.contract(abi=made["abi"], bytecode=made["bytecode"])
    deployed = call(web3, factory.constructor())
    equal(deployed["status"], 1)
    reader = web3.eth.contract(address=deployed["contractAddress"], abi=made["abi"])
    registry = contract(web3, REGISTRY, "IModelRegistry")
    settlement = contract(web3, SETTLEMENT, "ISettlement")
    model_id = bytes.fromhex(model.id[2:])
    record = registry.functions.model(model_id).call()
    equal(reader.functions.price(model.name, model.version).call(), record[8], "price")
    equal(reader.functions.isRunning(model_id, record[4]).call(), True)
    equal(reader.functions.isRunning(model_id, bytes(32)).call(), False)
    wanted = bytes.fromhex(receipt_id(receipt)[2:])
    stored = settlement.functions.receipt(wanted).call()
    equal(reader.functions.receiptOf(wanted).call(), stored)
    noted = call(web3, reader.functions.note(wanted))
    equal(noted["status"], 1)
    (event,) = reader.events.Noted().process_receipt(noted)
    equal((event["args"]["outputHash"], event["args"]["amount"]), (stored[8], stored[9]))
    equal(reader.functions.outputOf(wanted).call(), stored[8])
    equal(reader.functions.spentOn(model_id).call(), stored[9])
    try:
        reader.functions.note(wanted).call()
    except ContractLogicError as error:
        equal("ReceiptReader: already noted" in str(error), True, str(error))
    else:
        raise AssertionError("a receipt was noted twice")
