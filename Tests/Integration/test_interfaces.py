"""The interface files for users: Solidity and Vyper say the same, and what was agreed."""

import re
import subprocess
import sys

import genesis
from checks import ROOT, equal
from eth_utils import keccak

FOLDER = ROOT / "contracts" / "interfaces"

TERMS = "(bytes32,bytes32,bytes32,address,bytes32)"
PAYMENT = "(address,address,uint256,uint256,uint256,bytes32,bytes)"
STATEMENT = "(bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,address,uint64,uint64)"
REGISTRATION = "(string,string,bytes32,bytes32,bytes32,string,bytes,uint256,bytes32,uint64)"

# The native precompiles' functions and events, written out here by hand.
AGREED = {
    "IModelRegistry": {
        f"register({REGISTRATION})",
        "model(bytes32)",
        "modelId(string,string)",
        "deprecate(bytes32,string)",
        "revoke(bytes32,string)",
        "setPrice(bytes32,uint256)",
        "transferOwnership(bytes32,address)",
        "registerProvider(uint8,bytes)",
        "providerKey(address)",
        "event ModelRegistered(bytes32 indexed,address indexed,string,string,bytes32)",
        "event ModelStatusChanged(bytes32 indexed,uint8,string)",
        "event PriceChanged(bytes32 indexed,uint256,uint256)",
        "event OwnershipTransferred(bytes32 indexed,address indexed,address indexed)",
        "event ProviderKeyRegistered(address indexed,uint8,bytes)",
    },
    "IVerifier": {
        f"verify(uint8,{STATEMENT},bytes)",
        f"verifyPolicy(bytes,{STATEMENT},(uint8,bytes)[])",
        f"statementHash({STATEMENT})",
    },
    "ISettlement": {
        f"settle({TERMS},{PAYMENT},{STATEMENT},bytes,(uint8,bytes)[])",
        f"escrowAddress({TERMS})",
        f"termsHash({TERMS})",
        "receipt(bytes32)",
        f"reclaim({TERMS},{PAYMENT})",
        "event Settled(bytes32 indexed,bytes32 indexed,address indexed,address,address,uint256,"
        "bytes32,uint8)",
    },
    "IUsage": {
        "count(uint8)",
        "modelCount(bytes32,uint8)",
        "providerCount(address,uint8)",
        "epochCount(uint64,uint8)",
    },
}


def canonical(parameter):
    kind = parameter["type"]
    if kind.startswith("tuple"):
        inner = ",".join(canonical(part) for part in parameter["components"])
        kind = f"({inner}){kind.removeprefix('tuple')}"
    return kind + (" indexed" if parameter.get("indexed") else "")


def entries_of_abi(abi):
    entries = {}
    for entry in abi:
        if entry["type"] not in ("function", "event"):
            continue
        text = f"{entry['name']}({','.join(canonical(part) for part in entry['inputs'])})"
        if entry["type"] == "event":
            entries[f"event {text}"] = None
        else:
            outputs = ",".join(canonical(part) for part in entry["outputs"])
            entries[text] = (entry["stateMutability"], outputs)
    return entries


def vyper_entries(name):
    return entries_of_abi(genesis.artifact(name)["abi"])


def solidity_entries(name):
    """Reads a Solidity interface: comments, structs, events and functions are all it has."""
    texts = [(FOLDER / f"{name}.sol").read_text()]
    texts += [(FOLDER / file).read_text() for file in re.findall(r'from "\./(.*?)"', texts[0])]
    source = re.sub(r"//.*", "", "\n".join(texts))
    structs = {}
    bodies = dict(re.findall(r"struct (\w+) \{(.*?)\}", source, re.DOTALL))

    def type_of(text):
        base, array = re.fullmatch(r"(\w+)((?:\[\])*)", text).groups()
        if base in bodies and base not in structs:
            fields = [field.split() for field in bodies[base].split(";") if field.strip()]
            structs[base] = "(" + ",".join(type_of(field[0]) for field in fields) + ")"
        return structs.get(base, base) + array

    def types(text, keep=()):
        parts = []
        for parameter in filter(None, (part.strip() for part in text.split(","))):
            words = parameter.split()
            parts.append(type_of(words[0]) + "".join(f" {w}" for w in words[1:] if w in keep))
        return ",".join(parts)

    entries = {}
    for event, inputs in re.findall(r"event (\w+)\((.*?)\)", source, re.DOTALL):
        entries[f"event {event}({types(inputs, keep=['indexed'])})"] = None
    pattern = r"function (\w+)\((.*?)\)\s*external(\s+view)?(?:\s+returns \((.*?)\))?;"
    for function, inputs, view, outputs in re.findall(pattern, source, re.DOTALL):
        mutability = "view" if view else "nonpayable"
        entries[f"{function}({types(inputs)})"] = (mutability, types(outputs))
    return entries


def test_natives_are_as_agreed():
    for name, agreed in AGREED.items():
        equal(set(solidity_entries(name)), agreed, f"{name}.sol")


def test_solidity_and_vyper_say_the_same():
    for name in AGREED:
        equal(vyper_entries(name), solidity_entries(name), name)


def test_token_interface_is_what_the_token_has():
    abi = entries_of_abi(genesis.artifact("UsdcLikeToken")["abi"])
    solidity = solidity_entries("IToken")
    for entry, answers in solidity.items():
        equal(abi.get(entry, "missing"), answers, entry)
    vyper = vyper_entries("IToken")
    overloads = {entry for entry in solidity if entry.endswith(",bytes)")}
    equal(set(vyper), set(solidity) - overloads)
    equal(len(overloads), 4)


def test_receipt_and_model_shapes():
    want = {
        ("ISettlement", "receipt(bytes32)"): "(bytes32,uint64,uint64,uint8,uint8,bytes32,address,"
        "address,bytes32,uint256)",
        ("IModelRegistry", "model(bytes32)"): "(address,string,string,bytes32,bytes32,bytes32,"
        "string,bytes,uint256,bytes32,uint64,uint8,uint64)",
    }
    for (name, function), shape in want.items():
        equal(solidity_entries(name)[function], ("view", shape), function)


def test_artifacts_are_what_the_sources_compile_to():
    run = subprocess.run(
        [sys.executable, "tools/compile-contracts", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    equal((run.returncode, run.stderr), (0, ""), run.stdout)


def test_published_code_has_the_published_hash():
    # keccak256 of the deterministic deployment proxy's code, as block explorers show it.
    code = genesis.system_contracts()[genesis.CREATE2_DEPLOYER.lower()]
    equal(
        keccak(hexstr=code).hex(),
        "2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989",
    )
