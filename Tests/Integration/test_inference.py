"""Models called from contracts: OpenGradient's ABI, its SDK, and a contract that uses an answer.

What the chain gives is compared with what `assay infer` prints, digit by digit.
"""

import importlib
import importlib.util
import json
import subprocess
import sys
import types
from decimal import Decimal
from fractions import Fraction

import genesis
import numpy as np
from checks import ROOT, Skipped, equal, shared
from eth_abi import decode, encode
from market import decoded
from node import BINARY, RPCError, developer, flat
from test_interfaces import canonical, entries_of_abi
from test_web3 import call, connected, send
from web3.logs import DISCARD

CALLER = developer(3)
MODELS = ROOT / "Tests" / "Fixtures" / "models"
VANILLA, ZKML, TEE = range(3)


# MARK: What the node says by other ways


def inferred(node, name):
    """The output of a model for its sample input, as `assay infer` prints it: exact fractions."""
    command = [BINARY, "infer", name, MODELS / name / "input.json", "--json", "--url", node.url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    equal(done.returncode, 0, done.stderr)
    return [Fraction(digits) for digits in json.loads(done.stdout, parse_float=str)["output"]]


def sample(name):
    """Rows of the sample input as decimals, by the digits in the file."""
    text = (MODELS / name / "input.json").read_text()
    return flat(json.loads(text, parse_float=Decimal))


def shape_of(name):
    return {"lenet5": (1, 1, 28, 28), "mlp_tiny": (1, 4)}[name]


def prepared(node, name):
    """Sees to it that the node has the model; gives its id."""
    if name not in [model["name"] for model in node.models()]:
        node.add_model(name)
    (model,) = [model for model in node.models() if model["name"] == name]
    return model["modelId"]


# MARK: The published ABI


def published(file):
    return json.loads(shared(f"opengradient/{file}.json").read_text())


def abi_of(file):
    found = published(file)
    return found if isinstance(found, list) else found["abi"]


def precompile(web3):
    return web3.eth.contract(address=genesis.INFERENCE, abi=abi_of("InferencePrecompile"))


def hub(web3):
    return web3.eth.contract(address=genesis.INFERENCE_HUB, abi=abi_of("InferenceHub"))


def number(value):
    """value and decimals, as the SDK writes a number."""
    sign, digits, exponent = Decimal(value).normalize().as_tuple()
    whole = int("".join(map(str, digits))) * (-1 if sign else 1)
    return (whole * 10**exponent, 0) if exponent >= 0 else (whole, -exponent)


def request(name, model, mode=VANILLA):
    values = [number(value) for value in sample(name)]
    return (mode, model, ([("input", values, shape_of(name))], []))


def fractions(output):
    """The numbers of the one tensor of a `ModelOutput`."""
    output = dict(output) if not isinstance(output, (list, tuple)) else dict(
        zip(["numbers", "strings", "jsons", "is_simulation_result"], output, strict=True)
    )
    equal((len(output["numbers"]), output["strings"], output["jsons"]), (1, [], []))
    tensor = output["numbers"][0]
    values = tensor["values"] if not isinstance(tensor, (list, tuple)) else tensor[1]
    pairs = [
        (pair["value"], pair["decimals"]) if not isinstance(pair, (list, tuple)) else pair
        for pair in values
    ]
    return [Fraction(value, 10**decimals) for value, decimals in pairs]


def test_interface_files_have_the_published_abi():
    ours = entries_of_abi(genesis.artifact("IInference")["abi"])
    theirs = entries_of_abi(abi_of("InferencePrecompile"))
    language = {entry for entry in theirs if "LLM" in entry}
    equal(set(theirs) - language, {entry for entry in ours if not entry.startswith("error ")})
    for entry in set(theirs) - language:
        equal(ours[entry], theirs[entry], entry)


def test_answers_are_those_of_infer(node):
    web3 = connected(node)
    for name in ["mlp_tiny", "lenet5"]:
        model = prepared(node, name)
        wanted = inferred(node, name)
        for reference in [name, f"{name}@1.0", model]:
            function = precompile(web3).functions.runModelInference(request(name, reference))
            simulated = function.call({"from": CALLER.address})
            equal(fractions(simulated), wanted, f"{name} in eth_call")
            equal(simulated[3], True, "is_simulation_result of eth_call")
        done = call(web3, function)
        equal(done["status"], 1)
        (event,) = precompile(web3).events.ModelInferenceEvent().process_receipt(done)
        equal(event["address"], genesis.INFERENCE, "who logs")
        answer = event["args"]["response"]
        equal(fractions(answer), wanted, f"{name} in a block")
        equal(answer["is_simulation_result"], False, "is_simulation_result in a block")
        asked = event["args"]["request"]
        equal((asked["mode"], asked["modelCID"]), (VANILLA, model), "request in the event")
        pairs = asked["input"]["numbers"][0]["values"]
        given = [(pair["value"], pair["decimals"]) for pair in pairs]
        equal(given, request(name, model)[2][0][0][1], "numbers in the event")


def test_bytes_are_canonical(node):
    """eth_abi writes the same bytes for what it read: answers and events."""
    web3 = connected(node)
    prepared(node, "mlp_tiny")
    function = precompile(web3).functions.runModelInference(request("mlp_tiny", "mlp_tiny"))
    entry = next(e for e in abi_of("InferencePrecompile") if e["name"] == "ModelInferenceEvent")
    shapes = [canonical(part) for part in entry["inputs"]]
    data = function.build_transaction({"from": CALLER.address, "gas": 1})["data"]
    answer = bytes.fromhex(
        node.rpc("eth_call", {"to": genesis.INFERENCE, "data": data}, "latest")[2:]
    )
    equal(encode([shapes[2]], decode([shapes[2]], answer)), answer, "the answer")
    logged = bytes(call(web3, function)["logs"][0]["data"])
    equal(encode(shapes, decode(shapes, logged)), logged, "the event")


def test_ids_are_all_different(node):
    web3 = connected(node)
    prepared(node, "mlp_tiny")
    function = precompile(web3).functions.runModelInference(request("mlp_tiny", "mlp_tiny"))
    ids = set()
    for _ in range(3):
        (event,) = precompile(web3).events.ModelInferenceEvent().process_receipt(
            call(web3, function)
        )
        ids.add(event["args"]["inferenceID"])
    equal(len(ids), 3)


def test_refusals_have_names(node):
    web3 = connected(node)
    prepared(node, "mlp_tiny")
    errors = genesis.artifact("IInference")["abi"]
    good = request("mlp_tiny", "mlp_tiny")
    values = good[2][0][0][1]

    def refused(wanted, asked, **fields):
        function = precompile(web3).functions.runModelInference(asked)
        data = function.build_transaction({"from": CALLER.address, "gas": 1})["data"]
        try:
            node.rpc("eth_call", {"to": genesis.INFERENCE, "data": data, **fields}, "latest")
        except RPCError as error:
            equal(decoded(errors, error.data), wanted)
        else:
            raise AssertionError(f"{wanted} was expected")

    refused(("UnsupportedMode", ZKML), (ZKML, *good[1:]))
    refused(("UnsupportedMode", TEE), (TEE, *good[1:]))
    refused(("UnknownMode", 3), (3, *good[1:]))
    refused(("UnknownModelReference", "QmX"), (VANILLA, "QmX", good[2]))
    refused(("MissingTensor", "input"), (VANILLA, "mlp_tiny", ([], [])))
    refused(("UnknownTensor", "x"), (VANILLA, "mlp_tiny", ([("x", values, (1, 4))], [])))
    refused(("StringsUnsupported", "s"), (VANILLA, "mlp_tiny", (good[2][0], [("s", ["hi"])])))
    refused(
        ("WrongShape", "input", "[1,4]", "[4]"),
        (VANILLA, "mlp_tiny", ([("input", values, (4,))], [])),
    )
    refused(("NotPayable",), good, value="0x1", **{"from": CALLER.address})


# MARK: The SDK


def sdk():
    """The modules of OpenGradient's SDK that need none of its other dependencies."""
    if "opengradient" not in sys.modules:
        found = importlib.util.find_spec("opengradient")
        if found is None:
            raise Skipped("the package opengradient is not installed: run tools/setup")
        folder = found.submodule_search_locations[0]
        # The package's own __init__ imports all of it.
        for name, path in [("opengradient", folder), ("opengradient.client", folder + "/client")]:
            sys.modules[name] = types.ModuleType(name)
            sys.modules[name].__path__ = [path]
    return (
        importlib.import_module("opengradient.client.alpha"),
        importlib.import_module("opengradient.client._conversions"),
        importlib.import_module("opengradient.types"),
    )


def test_sdk_runs_models(node):
    """`Alpha.infer`, unchanged, against the hub at the address that it knows."""
    alpha, _, kinds = sdk()
    client = alpha.Alpha(CALLER.key.to_0x_hex(), rpc_url=node.url)
    for name in ["mlp_tiny", "lenet5"]:
        model = prepared(node, name)
        wanted = inferred(node, name)
        array = np.array([float(value) for value in sample(name)], dtype=np.float64)
        given = {"input": array.reshape(shape_of(name))}
        for reference in [name, model]:
            done = client.infer(reference, kinds.InferenceMode.VANILLA, given)
            (output,) = done.model_output.values()
            want = [np.float32(Decimal(f.numerator) / Decimal(f.denominator)) for f in wanted]
            equal(output.flatten().tolist(), [float(value) for value in want], reference)
    for mode in [kinds.InferenceMode.ZKML, kinds.InferenceMode.TEE]:
        try:
            client.infer("mlp_tiny", mode, given)
        except Exception as error:
            equal("UnsupportedMode" in str(error) or "0x" in str(error), True, str(error))
        else:
            raise AssertionError(f"{mode} was not refused")


def test_sdk_encodes_as_the_vectors_say(node):
    """Fixed-point vectors through SDK, chain and back."""
    _, conversions, _ = sdk()
    cases = published("tee-vectors")
    for case in cases["fixedPointEncode"]:
        value = eval(case["in"], {"np": np})  # the file's own notation: literals of numpy
        got = conversions.convert_to_fixed_point(value)
        equal(got, (int(case["value"]), case["decimals"]), case["in"])
        equal(number(str(value)) if not isinstance(value, str) else got, got, case["in"])
    for case in cases["fixedPointDecode"]:
        got = conversions.convert_to_float32(case["value"], case["decimals"])
        equal("0x" + got.view(np.uint32).item().to_bytes(4, "big").hex(), case["float32Bits"])


def test_recorded_requests_are_understood(node):
    """What SDK 1.1.4 sent in the recording: read whole, refused for its model alone."""
    errors = genesis.artifact("IInference")["abi"]
    found = 0
    for name, calls in published("sdk-1.1.4-trace")["calls"].items():
        for entry in calls if name.startswith("Alpha.infer") else []:
            if entry.get("rpc") != "eth_estimateGas":
                continue
            fields = entry["params"][0]
            equal(fields["to"], genesis.INFERENCE_HUB)
            try:
                node.rpc("eth_call", {"to": fields["to"], "data": fields["data"]}, "latest")
            except RPCError as error:
                equal(decoded(errors, error.data)[0], "UnknownModelReference", name)
                found += 1
    equal(found > 0, True, "recorded requests")
    return f"{found} requests"


# MARK: A contract


def test_contract_uses_an_answer(node):
    web3 = connected(node)
    model = prepared(node, "mlp_tiny")
    wanted = inferred(node, "mlp_tiny")
    made = genesis.artifact("ModelFee")
    fees = [10**15, 2 * 10**15, 3 * 10**15]
    factory = web3.eth.contract(abi=made["abi"], bytecode=made["bytecode"])
    deployed = send(
        web3, factory.constructor(model, fees).build_transaction(
            {"from": CALLER.address, "gas": 4_000_000}
        ), CALLER,
    )
    equal(deployed["status"], 1)
    contract = web3.eth.contract(address=deployed["contractAddress"], abi=made["abi"])
    values = [number(value) for value in sample("mlp_tiny")]
    decimals = max(places for _, places in values)
    features = [value * 10 ** (decimals - places) for value, places in values]
    fields = {"from": CALLER.address, "value": 10**16, "gas": 3_000_000}
    function = contract.functions.pay(features, decimals)
    equal(function.call(fields), fees[wanted.index(max(wanted))], "fee")
    done = send(web3, function.build_transaction(fields), CALLER)
    equal(done["status"], 1)
    (paid,) = contract.events.Paid().process_receipt(done, errors=DISCARD)
    equal(paid["args"]["tier"], wanted.index(max(wanted)))
    equal(Fraction(paid["args"]["score"], 10**36), max(wanted), "score")
    (event,) = precompile(web3).events.ModelInferenceEvent().process_receipt(
        done, errors=DISCARD
    )
    equal(fractions(event["args"]["response"]), wanted, "answer in the middle of a transaction")
    # With too little ether the call fails after the model ran: no event is left of it.
    poor = contract.functions.pay(features, decimals).build_transaction({**fields, "value": 1})
    failed = send(web3, poor, CALLER)
    equal((failed["status"], failed["logs"]), (0, []), "what is left of a failed payment")
