"""The interface files for users: Solidity and Vyper say the same, and what was agreed."""

import re
import subprocess
import sys

import genesis
from checks import ROOT, equal
from eth_utils import keccak
from swift_natives import TYPES, Natives

FOLDER = ROOT / "contracts" / "interfaces"

TERMS = "(bytes32,bytes32,bytes32,address,bytes32)"
PAYMENT = "(address,address,uint256,uint256,uint256,bytes32,bytes)"
VERSIONS = "(uint8,uint8,uint8,uint8,uint8)"
STATEMENT = "(bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,address,uint64,uint64)"
REGISTRATION = "(string,string,bytes32,bytes32,bytes32,string,bytes,uint256,bytes32,uint64)"

# The native precompiles' functions and their selectors, written out here by hand: a change of
# either breaks callers.
FUNCTIONS = {
    "IModelRegistry": {
        f"register({REGISTRATION})": "c3a4175e",
        "model(bytes32)": "ee19e84b",
        "modelId(string,string)": "75cccd4e",
        "modelCount()": "c6a645fe",
        "modelAt(uint256)": "73b95010",
        "deprecate(bytes32,string)": "0fc0c1e1",
        "revoke(bytes32,string)": "08ccbc94",
        "setPrice(bytes32,uint256)": "10d8d74d",
        "transferOwnership(bytes32,address)": "ef5d6bbb",
        "registerProvider(uint8,bytes)": "37e17a02",
        "providerKey(address)": "df3a1186",
        "providerKeys(address)": "a447d4b7",
        "revokeProvider()": "9a9d7c1c",
        "terms(bytes32)": "904c4329",
        "nameRecord(bytes32)": "cd1388fa",
        "versionAt(bytes32,uint256)": "3e5001dc",
        "deprecateFor(bytes32,bytes32,string)": "d41385a2",
        "announcePrice(bytes32,uint256,uint64,string)": "9a53dc1d",
        "setFloor(bytes32,bytes,uint64,string)": "fa2790f4",
        "setSystem(bytes32,bytes32,uint64,string)": "5a40f971",
        "offerName(string,address)": "15ab682f",
        "acceptName(string)": "45e21ba4",
        "offerNamespace(string,address)": "7a8f3ee4",
        "acceptNamespace(string)": "ac0c5e86",
        "registerSystem(string,string,string,bytes32,string)": "4a6697e4",
        "system(bytes32)": "9aaf52ca",
        "systemId(string,string,string)": "6bbe3758",
    },
    "IVerifier": {
        f"verify(uint8,{STATEMENT},bytes)": "93574654",
        f"verifyPolicy(bytes,{STATEMENT},(uint8,bytes)[])": "c1c2e504",
        f"statementHash({STATEMENT})": "3cdb9534",
        "policyHash(bytes)": "4ccffb78",
        "policyShortfall(bytes,bytes)": "adbca0b4",
    },
    "ISettlement": {
        f"settle({TERMS},{PAYMENT},{STATEMENT},bytes,(uint8,bytes)[],bytes)": "715a59c9",
        f"escrowAddress({TERMS})": "d03e9eb8",
        f"termsHash({TERMS})": "1180a9ee",
        "receipt(bytes32)": "198a27aa",
        f"reclaim({TERMS},{PAYMENT})": "762a34a1",
    },
    "IUsage": {
        "count(uint8)": "3a82fd5e",
        "modelCount(bytes32,uint8)": "5c7c3764",
        "providerCount(address,uint8)": "47c03c49",
        "epochCount(uint64,uint8)": "d7bb5c56",
        "evidenceGas(uint8)": "bdb017d8",
        "delays()": "79416a39",
    },
    "ITrust": {
        "admin()": "f851a440",
        "pendingAdmin()": "26782247",
        "offerAdmin(address)": "29207f4f",
        "acceptAdmin()": "0e18b681",
        "lifetimeSeconds()": "bef193f0",
        "setLifetime(uint64)": "398b524c",
        "roots(uint8)": "17baa7e9",
        "disableRoot(uint8,bytes32,string)": "8f4a76ee",
        "typeRefusedSince(uint8)": "a31d72ea",
        "refuseType(uint8,bool,string)": "becc73c3",
        "platformRefusedSince(bytes32)": "898f187b",
        "refusePlatform(bytes32,bool,string)": "75a9e642",
        "snpMinimum(uint8,uint24)": "28d94f84",
        f"setSNPMinimum(uint8,uint24,{VERSIONS},string)": "373b0859",
        "createList(string)": "b8dcc68f",
        "listId(address,string)": "e204909c",
        "list(bytes32)": "13d49a8b",
        "addToList(bytes32,bytes32[])": "a6d81b5d",
        "removeFromList(bytes32,bytes32[])": "9181e98a",
        "listed(bytes32,bytes32)": "43f44a33",
        "register(uint8,bytes,uint8,bytes)": "fafaa4f9",
        "registrationData(address,uint8,bytes)": "7cf9e105",
        "revoke(bytes32,string)": "08ccbc94",
        "attestedKey(bytes32)": "21f2c766",
        "verify(uint8,bytes)": "5fa55ca7",
        "uploadCollateral(bytes[])": "2565b7e1",
        "collateral(bytes32)": "9e7c565e",
        f"reportDisagreement({STATEMENT},(uint8,bytes),{STATEMENT},(uint8,bytes),bytes)": (
            "5dbe2791"
        ),
        "disputes(address)": "b0103b1a",
    },
}

# The indexed parts of events about a model or system config, and about a name.
SUBJECT = "bytes32 indexed,bytes32 indexed,address indexed"
NAME = "address indexed,bytes32 indexed,address indexed"
EVENTS = {
    "IModelRegistry": {
        f"ModelRegistered({SUBJECT},string,string,bytes32,uint64)",
        f"ModelStatusChanged({SUBJECT},uint8,uint8,bytes32,string,uint64)",
        f"PriceChanged({SUBJECT},uint256,uint256,uint64,string,uint64)",
        f"FloorChanged({SUBJECT},bytes,bytes,bool,uint64,string,uint64)",
        f"ModelSystemChanged({SUBJECT},bytes32,bytes32,bytes32,uint64,string,uint64)",
        f"OwnershipTransferred({SUBJECT},address,uint64)",
        f"NameOffered({NAME},string,uint64)",
        f"NameTransferred({NAME},string,uint64)",
        f"SystemRegistered({SUBJECT},string,string,string,bytes32,bytes32,string,uint64)",
        "ProviderKeyRegistered(address indexed,uint8,bytes)",
        "ProviderKeyRevoked(address indexed)",
    },
    "IVerifier": set(),
    "ISettlement": {
        "Settled(bytes32 indexed,bytes32 indexed,address indexed,address,address,uint256,"
        "bytes32,uint8)",
        "Reclaimed(bytes32 indexed,bytes32 indexed,address indexed,uint256)",
    },
    "IUsage": set(),
    "ITrust": {
        "AdminOffered(address indexed,address indexed)",
        "AdminChanged(address indexed,address indexed)",
        "LifetimeChanged(uint64,uint64)",
        "RootDisabled(uint8 indexed,bytes32 indexed,address indexed,string)",
        "TypeRefused(uint8 indexed,address indexed,bool,string)",
        "PlatformRefused(bytes32 indexed,address indexed,bool,string)",
        f"SNPMinimumChanged(uint8 indexed,uint24 indexed,address indexed,{VERSIONS},string)",
        "ListCreated(bytes32 indexed,address indexed,string)",
        "EntryAdded(bytes32 indexed,bytes32 indexed)",
        "EntryRemoved(bytes32 indexed,bytes32 indexed)",
        "KeyAttested(bytes32 indexed,address indexed,bytes32 indexed,uint8,uint8,uint8,"
        "bool,uint64,uint64)",
        "KeyRevoked(bytes32 indexed,address indexed,string)",
        "CollateralUploaded(bytes32 indexed,uint64,uint64,uint64,bytes32,bytes32)",
        "Disagreement(bytes32 indexed,address indexed,address indexed,bytes32,bytes32,"
        "bytes32,uint8)",
    },
}

# All custom errors and their selectors.
ERRORS = {
    "UnknownFunction(bytes4)": "150879b0",
    "InvalidCalldata(string)": "5a90d3fc",
    "NotPayable()": "1574f9f3",
    "InvalidRecord(string)": "68826a5f",
    "InvalidPolicy(string)": "53e95a67",
    "NameTaken(bytes32)": "d66f4bcf",
    "UnknownModel(bytes32)": "a2dc0625",
    "NotOwner(address)": "245aecd3",
    "ModelRevoked(bytes32)": "0ce0cd68",
    "InvalidProviderKey()": "2a433f2e",
    "VersionNotNewer(string)": "0cda7b75",
    "FloorWeakened(string)": "88906509",
    "ChangeTooSoon(uint64,uint64)": "32513df4",
    "ChangeInThePast(uint64,uint64)": "779ff07d",
    "UnknownSystem(bytes32)": "8111f493",
    "NameNotOffered(address)": "aa6583b2",
    "WrongWeightsRoot(bytes32,bytes32)": "2e9fdf87",
    "NotProvable(string)": "c056b638",
    "ModelHasNoProofs(bytes32)": "81b56004",
    "WrongKey(bytes32,bytes32)": "08d1b606",
    "WrongContext(bytes32,bytes32)": "a9714ddb",
    "WrongInput(bytes32,bytes32)": "cdbaf00f",
    "InvalidProof(uint16,string)": "156173bf",
    "WrongSystem(bytes32,bytes32)": "fb9eee66",
    "WrongPolicy(bytes32,bytes32)": "aff65fad",
    "UnknownProvider(address)": "30ac863d",
    "UnknownEvidence(uint8)": "1e38501f",
    "UnsupportedEvidence(uint8)": "336c1496",
    "DuplicateEvidence(uint8)": "e78ee086",
    "InvalidEvidence(uint8,string)": "3c9c86a4",
    "AlreadySettled(bytes32)": "b196a44a",
    "WrongModel(bytes32,bytes32)": "5e18269c",
    "WrongRequest(bytes32,bytes32)": "1d8dd39f",
    "WrongProvider(address,address)": "92df5f0c",
    "WrongOutput(bytes32,bytes32)": "95d4629a",
    "StatementNotCurrent(uint64,uint64,uint64)": "fb31d39d",
    "WrongAsset(address,address)": "9f79eedf",
    "PriceNotMet(uint256,uint256)": "bc03bccd",
    "InvalidSignature(uint8)": "480770df",
    "WrongSigner(address,address)": "366d29f7",
    "PolicyNotMet(string)": "aa072abb",
    "FloorNotMet(string)": "8a7cd4f2",
    "PaymentNotYetValid(uint256,uint64)": "c4f2f68a",
    "PaymentExpired(uint256,uint64)": "50503fcf",
    "AuthorizationUsed(address,bytes32)": "98de5035",
    "TransferFailed(bytes)": "9a367e17",
    "InvalidDeposit(string)": "f9b74b44",
    "NoDeposit(bytes32)": "ebc03d12",
    "NotYetReclaimable(uint64,uint64)": "087d1157",
    "UnknownReceipt(bytes32)": "48fa6aac",
    "NotAdmin(address)": "17a84242",
    "UnknownRoot(uint8,bytes32)": "517a941e",
    "InvalidLifetime(uint64,uint64)": "05131ba4",
    "UnknownList(bytes32)": "a6f6d01a",
    "ListExists(bytes32)": "1d97fa59",
    "UnknownTEEType(uint8)": "5956971f",
    "TEETypeRefused(uint8,uint64)": "2de0efca",
    "PlatformRefused(bytes32,uint64)": "1edd31e5",
    "InvalidAttestation(uint16,string)": "fa2adf50",
    "DebugEvidence()": "aa15f4c7",
    "WrongBinding(bytes32,bytes32)": "19ead3c9",
    "EvidenceUsed(bytes32)": "42106f4c",
    "UnknownAttestedKey(bytes32)": "791f8871",
    "AttestedKeyRevoked(bytes32,uint64)": "8ed9da2a",
    "UnknownCollateral(bytes32)": "2c080af2",
    "CollateralRolledBack(bytes32)": "22a43da4",
    "NoDisagreement(string)": "20047eb7",
    "AlreadyReported(uint64)": "d6b8567d",
    "TooCostlyToReexecute(uint64,uint64)": "d3045bba",
    "AttestedKeyExpired(bytes32,uint64,uint64)": "064c9ccc",
    "NotAnExecutor(address)": "0d731e7e",
    "MeasurementNotListed(bytes32)": "cd5bcd47",
}

# Which native may answer with which of them.
ANY = ["UnknownFunction", "InvalidCalldata", "NotPayable"]
EVIDENCE = [
    "InvalidPolicy", "WrongPolicy", "UnknownProvider", "UnknownEvidence", "DuplicateEvidence",
    "InvalidEvidence", "InvalidAttestation", "TEETypeRefused", "PlatformRefused", "DebugEvidence",
    "WrongBinding", "UnknownAttestedKey", "AttestedKeyExpired", "AttestedKeyRevoked",
    "UnknownCollateral", "NotAnExecutor", "TooCostlyToReexecute",
]
ERRORS_OF = {
    "IModelRegistry": [
        *ANY, "InvalidRecord", "InvalidPolicy", "NameTaken", "UnknownModel", "NotOwner",
        "ModelRevoked", "InvalidProviderKey", "VersionNotNewer", "FloorWeakened",
        "ChangeTooSoon", "ChangeInThePast", "UnknownSystem", "NameNotOffered",
        "WrongWeightsRoot", "NotProvable", "UnknownProvider",
    ],
    "IVerifier": [
        *ANY, *EVIDENCE, "UnknownModel", "ModelHasNoProofs", "MeasurementNotListed",
    ],
    "ISettlement": [
        *ANY, *EVIDENCE, "InvalidSignature", "WrongSigner", "ModelHasNoProofs", "WrongKey",
        "WrongContext", "WrongInput", "InvalidProof", "UnknownModel", "ModelRevoked",
        "WrongModel", "WrongSystem", "WrongRequest", "WrongProvider", "WrongOutput", "StatementNotCurrent",
        "PaymentNotYetValid", "PaymentExpired", "WrongAsset", "PriceNotMet", "PolicyNotMet",
        "FloorNotMet", "AlreadySettled", "AuthorizationUsed", "TransferFailed", "UnknownReceipt",
        "InvalidDeposit", "NoDeposit", "NotYetReclaimable",
    ],
    "IUsage": ANY,
    "ITrust": [
        *ANY, "NotAdmin", "NotOwner", "UnknownRoot", "InvalidLifetime", "InvalidRecord",
        "UnknownList", "ListExists", "UnknownTEEType", "TEETypeRefused", "PlatformRefused",
        "InvalidAttestation", "DebugEvidence", "WrongBinding", "EvidenceUsed",
        "InvalidProviderKey", "UnknownAttestedKey", "AttestedKeyRevoked", "UnknownCollateral",
        "CollateralRolledBack", "NoDisagreement", "AlreadyReported", "UnknownEvidence",
        "UnsupportedEvidence", "InvalidEvidence", "InvalidSignature", "WrongSigner",
        "UnknownProvider", "NotAnExecutor", "UnknownModel", "TooCostlyToReexecute", "WrongInput",
    ],
}
# What a source throws on behalf of others: the verifier and the settlement ask the registry's.
LENT = {"IModelRegistry": {"UnknownProvider"}}


def agreed(name):
    """Every entry of a native's interface."""
    by_name = {signature.split("(")[0]: signature for signature in ERRORS}
    return (
        set(FUNCTIONS[name])
        | {f"event {event}" for event in EVENTS[name]}
        | {f"error {by_name[error]}" for error in ERRORS_OF[name]}
    )


def canonical(parameter):
    kind = parameter["type"]
    if kind.startswith("tuple"):
        inner = ",".join(canonical(part) for part in parameter["components"])
        kind = f"({inner}){kind.removeprefix('tuple')}"
    return kind + (" indexed" if parameter.get("indexed") else "")


def entries_of_abi(abi):
    entries = {}
    for entry in abi:
        if entry["type"] not in ("function", "event", "error"):
            continue
        text = f"{entry['name']}({','.join(canonical(part) for part in entry['inputs'])})"
        if entry["type"] != "function":
            entries[f"{entry['type']} {text}"] = None
        else:
            outputs = ",".join(canonical(part) for part in entry["outputs"])
            entries[text] = (entry["stateMutability"], outputs)
    return entries


def vyper_entries(name):
    return entries_of_abi(genesis.artifact(name)["abi"])


def solidity_entries(name):
    """Reads a Solidity interface: comments, structs, events, errors, functions are all it has."""
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
    for error, inputs in re.findall(r"error (\w+)\((.*?)\);", source, re.DOTALL):
        entries[f"error {error}({types(inputs)})"] = None
    pattern = r"function (\w+)\((.*?)\)\s*external(\s+view)?(?:\s+returns \((.*?)\))?;"
    for function, inputs, view, outputs in re.findall(pattern, source, re.DOTALL):
        mutability = "view" if view else "nonpayable"
        entries[f"{function}({types(inputs)})"] = (mutability, types(outputs))
    return entries


def test_natives_are_as_agreed():
    for name in FUNCTIONS:
        equal(set(solidity_entries(name)), agreed(name), f"{name}.sol")


def test_selectors_are_as_agreed():
    for signature, selector in [*ERRORS.items()] + [
        row for functions in FUNCTIONS.values() for row in functions.items()
    ]:
        equal(keccak(text=signature)[:4].hex(), selector, signature)
    equal(len(set(ERRORS.values())), len(ERRORS), "errors of distinct selectors")
    for name, functions in FUNCTIONS.items():
        equal(len(set(functions.values())), len(functions), f"{name}: distinct selectors")
    equal({e for names in ERRORS_OF.values() for e in names}, {e.split("(")[0] for e in ERRORS})


def test_solidity_and_vyper_say_the_same():
    for name in FUNCTIONS:
        equal(vyper_entries(name), solidity_entries(name), name)
        equal(argument_names(name), solidity_error_names(name), f"{name}: arguments of errors")


def argument_names(name):
    """The errors of an artifact with the names of their arguments."""
    return {
        entry["name"]: [part["name"] for part in entry["inputs"]]
        for entry in genesis.artifact(name)["abi"]
        if entry["type"] == "error"
    }


def solidity_error_names(name):
    source = re.sub(r"//.*", "", (FOLDER / f"{name}.sol").read_text())
    return {
        error: [part.split()[-1] for part in inputs.split(",") if part.strip()]
        for error, inputs in re.findall(r"error (\w+)\((.*?)\);", source, re.DOTALL)
    }


def test_every_error_is_explained():
    """An error without a comment above it is of no use to whoever gets it."""
    for name in FUNCTIONS:
        lines = (FOLDER / f"{name}.sol").read_text().splitlines()
        for above, line in zip(lines, lines[1:], strict=False):
            if line.strip().startswith("error "):
                equal(above.strip().startswith("///"), True, f"{name}: {line.strip()}")


def test_interfaces_say_what_the_node_does():
    """Sources/Ledger/Natives against the artifacts, both ways."""
    natives = Natives()
    for name in FUNCTIONS:
        entries = vyper_entries(name)
        declared = {
            entry: answers[0] for entry, answers in entries.items() if answers is not None
        }
        equal(declared, natives.functions(name), f"functions of {name}")
        events = {
            entry.removeprefix("event ").replace(" indexed", "")
            for entry in entries
            if entry.startswith("event ")
        }
        equal(events, natives.events(name), f"events of {name}")
        missing = natives.thrown(name) - set(ERRORS_OF[name]) - LENT.get(name, set())
        equal(missing, set(), f"errors that {TYPES[name]} throws and {name} lacks")


def test_errors_are_those_of_the_node():
    natives = Natives()
    signatures = natives.errors()
    equal(len(signatures), len(set(signatures)), "signatures written once")
    declared = {
        entry.removeprefix("error ")
        for name in FUNCTIONS
        for entry in vyper_entries(name)
        if entry.startswith("error ")
    }
    equal(declared, set(signatures), "errors in the artifacts and in NativeError.swift")
    equal(natives.described_errors(), signatures, "errors that can be put in words")
    names = [signature.split("(")[0] for signature in signatures]
    equal(names, [case[0].upper() + case[1:] for case in natives.error_cases()], "cases")
    return f"{len(signatures)} errors"


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
