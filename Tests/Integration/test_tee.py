"""OpenGradient's attestation precompile and contracts about enclaves, on the profile that has
them at their addresses: og-evm's vectors, its checks and their order, and the SDK's client."""

import importlib
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import genesis
from checks import equal
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from enclave import CLIENTS, PCRS, SERVERS, Cloud, Enclave, Issued, cbor, head
from eth_abi import decode, encode
from eth_utils import keccak
from node import BINARY, CHAIN_IDS, Node, RPCError, developer
from test_inference import abi_of, published, sdk
from test_interfaces import entries_of_abi
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


# MARK: Interfaces


def entries(*files):
    found = {}
    for file in files:
        abi = [e for e in abi_of(file) if e["type"] != "constructor"]
        found |= entries_of_abi(abi)
    return found


def ours(name):
    abi = genesis.artifact(name)["abi"]
    return entries_of_abi([e for e in abi if e["type"] != "constructor"])


def test_contracts_have_the_published_interfaces():
    published_ones = {
        "TEERegistry": ["TEERegistry.og-evm"],
        "TEEInferenceVerifier": ["TEEInferenceVerifier"],
        "TEEBatchVerifier": ["TEEBatchVerifier"],
        "ITEEVerifier": ["TEEVerifierPrecompile.0x900"],
    }
    for name, files in published_ones.items():
        got, want = ours(name), entries(*files)
        if name.endswith("Verifier") and name.startswith("TEE"):
            # Declared by OpenZeppelin's contract, logged only where a role gets another admin.
            want = {entry: said for entry, said in want.items() if "RoleAdminChanged" not in entry}
        equal(set(got), set(want), name)
        for entry in want:
            equal(got[entry], want[entry], f"{name}: {entry}")
    # The SDK's shapes where it has any, else those of og-evm with what its second version adds.
    want = entries("TEERegistry.og-evm", "TEERegistryV2.og-evm", "TEERegistry.sdk-1.1.4")
    got = ours("TEERegistryOHTTP")
    equal(set(got), set(want))
    differ = [entry for entry in want if got[entry] != want[entry]]
    # `tees` of the unpublished source has one more value than og-evm's.
    equal(differ, ["tees(bytes32)"])


def test_selectors_are_the_published_ones():
    found = 0
    index = published("selectors")
    for name, file in [
        ("TEERegistry", "TEERegistry.og-evm"),
        ("TEERegistry", "TEERegistry.explorer"),
        ("TEERegistryOHTTP", "TEERegistry.sdk-1.1.4"),
        ("TEERegistryOHTTP", "TEERegistryV2.og-evm"),
        ("TEEInferenceVerifier", "TEEInferenceVerifier"),
        ("TEEBatchVerifier", "TEEBatchVerifier"),
    ]:
        got = set()
        for entry in genesis.artifact(name)["abi"]:
            if entry["type"] == "function":
                got.add(signature_of(entry))
        for signature, selector in index[f"{file}.json"]["functions"].items():
            equal(signature in got, True, f"{name}: {signature}")
            equal("0x" + keccak(text=signature)[:4].hex(), selector, signature)
            found += 1
    for name in ["TEERegistry", "TEERegistryOHTTP", "TEEInferenceVerifier", "TEEBatchVerifier"]:
        size = len(genesis.artifact(name)["deployedBytecode"]) // 2 - 1
        equal(size <= 24_576, True, f"code of {name}")
    return f"{found} selectors"


def signature_of(entry):
    def kind(part):
        if part["type"].startswith("tuple"):
            inner = ",".join(kind(member) for member in part["components"])
            return f"({inner}){part['type'][5:]}"
        return part["type"]

    return f"{entry['name']}({','.join(map(kind, entry['inputs']))})"


# MARK: The precompile


def test_answers_of_the_enclave_verify():
    cases = published("tee-vectors")
    key = unhex(cases["signingPublicKeyDER"])
    with chain() as (_, web3):
        verify = precompile(web3).functions.verifyRSAPSS
        signed = [(unhex(r["messageHash"]), unhex(r["signature"])) for r in cases["responses"]]
        signed += [
            (unhex(cases["heartbeat"]["messageHash"]), unhex(cases["heartbeat"]["signature"])),
            (unhex(cases["ohttpConfig"]["configHash"]), unhex(cases["ohttpConfig"]["signature"])),
        ]
        for message, signature in signed:
            equal(verify(key, message, signature).call(), True)
            equal(verify(key, keccak(message), signature).call(), False, "another message")
            changed = signature[:-1] + bytes([signature[-1] ^ 1])
            equal(verify(key, message, changed).call(), False, "another signature")
        message, signature = signed[0]
        for other in [b"", b"\0", key[:-1], key + b"\0", bytes(8192), bytes(8193)]:
            equal(verify(other, message, signature).call(), False, "another key")
        for other in [b"", signature[:-1], signature + b"\0", b"\0" + signature, bytes(1025)]:
            equal(verify(key, message, other).call(), False, "a signature of another length")
    return f"{len(signed)} signatures"


def test_precompile_takes_its_price():
    cases = published("tee-vectors")
    first = cases["responses"][0]
    with chain() as (node, web3):
        functions = precompile(web3).functions
        address = probe(web3)
        good = functions.verifyRSAPSS(
            unhex(cases["signingPublicKeyDER"]), unhex(first["messageHash"]),
            unhex(first["signature"]),
        )
        for function, price in [
            (good, 20_000),
            (functions.verifyRSAPSS(b"", bytes(32), b""), 20_000),
            (functions.verifyAttestation(b"", b"", b"", b""), 500_000),
            (functions.verifyAttestation(bytes(20_000), b"", b"", b""), 500_000),
        ]:
            data = function.build_transaction({"from": ADMIN.address, "gas": 1})["data"]
            equal(price_of(node, address, data), price, function.fn_name)
        whole = good.build_transaction({"from": ADMIN.address, "gas": 1})["data"]
        # What is no call of a function fails and takes all gas; it is no revert.
        for bad in ["0x", "0x7e2667", "0xdeadbeef" + "00" * 64, whole[:-128], whole[:74]]:
            equal(price_of(node, address, bad), None, bad[:10])
        # Offsets need not be in order, and bytes may follow.
        equal(node.rpc("eth_call", {"to": genesis.TEE_VERIFIER, "data": whole + "00"}, "latest"),
              "0x" + "1".zfill(64))


# Copies its calldata, calls the precompile with it and a million of gas, and answers whether
# that went well and what it took.
PROBE = "365f5f37" "5a" "5f5f365f610900620f4240fa" "5a" "905f52" "9003602052" "60405ff3"
# The call itself, warm, and the instructions between the two readings of the gas.
AROUND = 100 + 4 * 2 + 2 * 3 + 2


def probe(web3):
    """Deploys the probe."""
    size = len(PROBE) // 2
    init = f"60{size:02x}600a5f3960{size:02x}5ff3".ljust(20, "0") + PROBE
    fields = {
        "chainId": CHAIN_IDS["opengradient"], "gas": 1_000_000, "gasPrice": 10**11,
        "data": "0x" + init,
    }
    return call_on(web3, fields, ADMIN)["contractAddress"]


def price_of(node, address, data):
    """Gas that the precompile takes; None when the call fails and takes all."""
    answer = node.rpc("eth_call", {"to": address, "data": data, "gas": "0x500000"}, "latest")
    success, spent = decode(["uint256", "uint256"], bytes.fromhex(answer[2:]))
    if not success:
        equal(spent - AROUND, 1_000_000, "what a failed call takes")
    return spent - AROUND if success else None


def test_documents_verify():
    cloud = Cloud()
    enclave = Enclave(cloud)
    with chain() as (_, web3):
        time = now(web3)
        good = enclave.document(time)
        root = cloud.root.pem
        equal(attest(web3, enclave, good, root), (True, PCR_HASH))
        equal(attest(web3, enclave, good, b"text\n" + Cloud().root.pem + root), (True, PCR_HASH))
        for other in [b"", Cloud().root.pem, cloud.root.der, root + bytes(8193)]:
            equal(attest(web3, enclave, good, other), (False, bytes(32)), "another root")
        equal(attest(web3, enclave, good, root, key=b"\1"), (False, bytes(32)), "another key")
        equal(attest(web3, enclave, good, root, tls=b"\1"), (False, bytes(32)), "another TLS")
        for index in range(0, len(good), 97):
            changed = bytearray(good)
            changed[index] ^= 0x40
            verdict = attest(web3, enclave, bytes(changed), root)
            equal(verdict, (False, bytes(32)), f"bit of byte {index}")
        for cut in [0, 1, 100, len(good) - 1]:
            equal(attest(web3, enclave, good[:cut], root), (False, bytes(32)), f"{cut} bytes")
        equal(attest(web3, enclave, good + b"\0", root), (False, bytes(32)), "bytes behind")


def test_documents_have_an_age():
    """To the millisecond, at a block of the past: its time stands still."""
    enclave = Enclave()
    root = enclave.cloud.root.pem

    def check(start, rows):
        with chain(start) as (node, web3):
            node.rpc("evm_mine")
            clock = web3.eth.contract(
                address=genesis.MULTICALL, abi=genesis.artifact("Multicall3")["abi"]
            )
            time = clock.functions.getCurrentBlockTimestamp().call(block_identifier=1)
            for milliseconds, verdict in rows(time):
                document = enclave.document(time, timestamp=milliseconds)
                got = precompile(web3).functions.verifyAttestation(
                    document, enclave.signing_key, enclave.tls, root
                ).call(block_identifier=1)
                equal(got, [verdict, PCR_HASH if verdict else bytes(32)], f"{milliseconds} ms")

    check(NOW, lambda time: [
        (time * 1000 - 300_000, True), (time * 1000 - 300_001, False),
        (time * 1000 + 60_000, True), (time * 1000 + 60_001, False),
        (0, False), ((1 << 64) - 1, False),
    ])
    check(1_738_281_600, lambda time: [(1_738_281_600_000, True), (1_738_281_599_999, False)])


def test_documents_are_read_as_og_evm_reads_them():
    """Where og-evm is laxer than Assay's own verifier, and where it is not."""
    cloud = Cloud()
    enclave = Enclave(cloud)
    root = cloud.root.pem
    with chain() as (_, web3):
        time = now(web3)

        def verdict(**options):
            document = (options.pop("by", None) or enclave).document(time, **options)
            return attest(web3, options.get("by") or enclave, document, root)[0]

        accepted = {
            "a header of another algorithm": {"header": cbor({1: -7 & 0xFF})},
            "a header that is no map": {"header": b"\xff"},
            "an array of unknown length": {"shape": lambda p: b"\x9f" + b"".join(p) + b"\xff"},
            "a tag before it": {"shape": lambda p: b"\xd2" + head(4, 4) + b"".join(p)},
            "a head in more bytes": {"shape": lambda p: b"\x98\x04" + b"".join(p)},
            "any digest": {"digest": "SHA1"},
            "no module": {"module_id": None},
            "intermediates in any order": {"bundle": cloud.bundle[::-1]},
            "no root among them": {"bundle": cloud.bundle[1:]},
            "more certificates than the path has": {
                "bundle": [*cloud.bundle, Cloud().root.der, cloud.leaf.der]
            },
            "unknown fields": {"something": 1},
            "PCRs of 64 bytes": {"pcrs": PCRS | {0: bytes(64)}},
        }
        for what, options in accepted.items():
            equal(verdict(**options), True, what)
        refused_ones = {
            "three parts": {"shape": lambda p: head(4, 3) + b"".join(p[:3])},
            "a gap in the path": {"bundle": [cloud.root.der, cloud.zone.der]},
            "no certificates": {"bundle": []},
            "one that is none": {"bundle": [*cloud.bundle, b"\0"]},
            "no PCR2": {"pcrs": {0: PCRS[0], 1: PCRS[1]}},
            "a time that is text": {"timestamp": "now"},
            "a module that is a number": {"module_id": 1},
            "user data of 67 bytes": {"user_data": bytes(67)},
            "no user data": {"user_data": None},
            "another leaf": {"certificate": cloud.instance.der},
        }
        for what, options in refused_ones.items():
            equal(verdict(**options), False, what)
        long = enclave.document(time, pcrs=PCRS | {0: bytes(65)})
        equal(attest(web3, enclave, long, root), (True, bytes(32)), "a PCR of 65 bytes")


def test_paths_are_those_of_go():
    with chain() as (_, web3):

        def verdict(cloud):
            enclave = Enclave(cloud)
            return attest(web3, enclave, enclave.document(now(web3)), cloud.root.pem)[0]

        equal(verdict(Cloud(usages=SERVERS)), True, "a leaf for servers")
        equal(verdict(Cloud(usages=CLIENTS + SERVERS)), True, "a leaf for both")
        equal(verdict(Cloud(usages=CLIENTS)), False, "a leaf for clients")
        equal(verdict(Cloud(days=1)), False, "a leaf of the past")
        equal(verdict(Cloud(start=3000)), False, "a leaf of the future")
        long = Cloud()
        long.instance = Issued("test instance", long.zone)
        below = Issued("test below", long.instance)
        long.leaf = Issued("test enclave", below, is_authority=False)
        long.bundle = [long.zone.der, long.instance.der, below.der]
        equal(verdict(long), False, "a path longer than an authority allows")
        lay = Cloud()
        lay.instance = Issued("test instance", lay.zone, is_authority=False)
        lay.leaf = Issued("test enclave", lay.instance, is_authority=False)
        lay.bundle = [lay.zone.der, lay.instance.der]
        equal(verdict(lay), False, "an issuer that is no authority")
        direct = Cloud()
        direct.leaf, direct.bundle = direct.root, []
        equal(verdict(direct), True, "a leaf that is the root")


# MARK: Registries


def test_roles_are_those_of_access_control():
    with chain() as (node, web3):
        for address in [ELEVEN, TEN, *map(genesis.opengradient_address, VERIFIERS)]:
            one = web3.eth.contract(address=address, abi=abi_of("TEEInferenceVerifier"))
            equal(one.functions.hasRole(bytes(32), ADMIN.address).call(), True, address)
            grant = one.functions.grantRole(OPERATOR_ROLE, OPERATOR.address)
            refused(node, one, grant, unauthorized(STRANGER), STRANGER)
            ((name, given),) = events(one, done(web3, grant))
            equal((name, given["account"]), ("RoleGranted", OPERATOR.address))
            equal(events(one, done(web3, grant)), [], "granted again")
            equal(one.functions.hasRole(OPERATOR_ROLE, OPERATOR.address).call(), True)
            equal(one.functions.getRoleAdmin(OPERATOR_ROLE).call(), bytes(32))
            renounce = one.functions.renounceRole(OPERATOR_ROLE, OPERATOR.address)
            refused(node, one, renounce, ("AccessControlBadConfirmation",))
            ((name, _),) = events(one, done(web3, renounce, OPERATOR))
            equal(name, "RoleRevoked")
            revoke = one.functions.revokeRole(OPERATOR_ROLE, OPERATOR.address)
            refused(node, one, revoke, unauthorized(STRANGER), STRANGER)
            equal(events(one, done(web3, revoke)), [], "revoked again")
            for interface, known in [("01ffc9a7", True), ("7965db0b", True), ("ffffffff", False)]:
                answer = one.functions.supportsInterface(bytes.fromhex(interface)).call()
                equal(answer, known, interface)


VERIFIERS = ["TEEInferenceVerifier", "TEEBatchVerifier"]


def test_settings_are_the_admins():
    with chain() as (node, web3):
        for address in [ELEVEN, TEN]:
            contract = registry(web3, address)
            f = contract.functions
            equal(f.heartbeatMaxAge().call(), 1800)
            equal(f.VERIFIER().call(), genesis.TEE_VERIFIER)
            equal(f.TEE_OPERATOR().call(), OPERATOR_ROLE)
            for function in [
                f.addTEEType(0, "a"), f.approvePCR(MEASURED, "", 0), f.revokePCR(PCR_HASH, 0),
                f.setAWSRootCertificate(b""), f.setHeartbeatMaxAge(1),
            ]:
                refused(node, contract, function, unauthorized(STRANGER), STRANGER)
            equal(f.isValidTEEType(PROXY).call(), False)
            refused(node, contract, f.approvePCR(MEASURED, "", PROXY), ("InvalidTEEType",))
            made = events(contract, done(web3, f.addTEEType(PROXY, "LLMProxy")))
            equal(made, [("TEETypeAdded", {"typeId": PROXY, "name": "LLMProxy"})])
            since = now(web3)
            refused(node, contract, f.addTEEType(PROXY, "again"), ("TEETypeExists",))
            done(web3, f.addTEEType(VALIDATOR, "Validator"))
            equal(f.teeTypes(PROXY).call(), ["LLMProxy", since])
            names = [info[0] for info in f.getTEETypes().call()[1]]
            equal((f.getTEETypes().call()[0], names), ([0, 1], ["LLMProxy", "Validator"]))
            refused(node, contract, f.revokePCR(PCR_HASH, PROXY), ("PCRNotApproved",))
            made = events(contract, done(web3, f.approvePCR(MEASURED, "v1", PROXY)))
            equal(made, [
                ("PCRApproved", {"pcrHash": PCR_HASH, "teeType": PROXY, "version": "v1"})
            ])
            equal(f.computePCRHash(MEASURED).call(), PCR_HASH)
            equal(f.isPCRApproved(PROXY, PCR_HASH).call(), True)
            equal(f.isPCRApproved(VALIDATOR, PCR_HASH).call(), False)
            done(web3, f.approvePCR(MEASURED, "v2", PROXY))
            record = f.pcrRecords(PROXY, PCR_HASH).call()
            equal(record, [True, PROXY, now(web3), "v2"], "a record written over")
            equal(f.getApprovedPCRs().call(), [(PCR_HASH, PROXY)])
            made = events(contract, done(web3, f.revokePCR(PCR_HASH, PROXY)))
            equal(made, [("PCRRevoked", {"pcrHash": PCR_HASH, "teeType": PROXY})])
            equal(f.getApprovedPCRs().call(), [])
            made = events(contract, done(web3, f.setAWSRootCertificate(b"pem")))
            equal(made, [("AWSCertificateUpdated", {"certHash": keccak(b"pem")})])
            equal(f.awsRootCertificate().call(), b"pem")
            done(web3, f.setHeartbeatMaxAge(7))
            equal(f.heartbeatMaxAge().call(), 7)


def test_enclaves_register_in_order_of_checks():
    for address in [ELEVEN, TEN]:
        with chain() as (node, web3):
            contract = registry(web3, address)
            f = contract.functions
            enclave = Enclave()
            document = enclave.document(now(web3))
            function = registration(contract, enclave, document)
            role = unauthorized(STRANGER, OPERATOR_ROLE)
            refused(node, contract, function, role, STRANGER)
            refused(node, contract, function, ("InvalidTEEType",))
            done(web3, f.addTEEType(PROXY, "LLMProxy"))
            words = ("AttestationInvalid", "Attestation document verification failed")
            refused(node, contract, function, words)
            done(web3, f.setAWSRootCertificate(enclave.cloud.root.pem))
            refused(node, contract, function, ("PCRNotApproved",))
            done(web3, f.approvePCR(MEASURED, "v1", PROXY))
            receipt = done(web3, function)
            identity = keccak(enclave.signing_key)
            equal(events(contract, receipt), [
                ("TEERegistered",
                 {"teeId": identity, "owner": ADMIN.address, "teeType": PROXY})
            ])
            refused(node, contract, function, ("TEEAlreadyExists",))
            since = now(web3)
            want = (
                ADMIN.address, PAID, ENDPOINT, enclave.signing_key, enclave.tls, PCR_HASH, PROXY, True, since, since,
            )
            if address == ELEVEN:
                want = (*want, (0, 0, 0, 0, b"", b"", 0))
            equal(f.getTEE(identity).call(), want, "getTEE")
            equal(tuple(f.tees(identity).call()), want, "tees")
            equal(f.getActiveTEEs(PROXY).call(), [want], "getActiveTEEs")
            for function in [
                f.getEnabledTEEs(PROXY), f.getTEEsByType(PROXY), f.getTEEsByOwner(ADMIN.address)
            ]:
                equal(function.call(), [identity], function.fn_name)
            equal(f.getTEEPublicKey(identity).call(), enclave.signing_key)
            equal(f.computeTEEId(enclave.signing_key).call(), identity)
            equal(f.isTEEEnabled(identity).call() and f.isTEEActive(identity).call(), True)
            refused(node, contract, f.getTEE(bytes(32)), ("TEENotFound",))
            equal(f.getActiveTEEs(VALIDATOR).call(), [])
            gas = receipt["gasUsed"]
    return f"{gas} gas"


def test_enclaves_are_disabled_and_enabled():
    with chain() as (node, web3):
        contract = registry(web3)
        f = contract.functions
        cloud = Cloud()
        prepare(web3, contract, cloud.root.pem)
        done(web3, f.grantRole(OPERATOR_ROLE, OPERATOR.address))
        names = []
        for _ in range(3):
            enclave = Enclave(cloud)
            done(web3, registration(contract, enclave, enclave.document(now(web3))), OPERATOR)
            names.append(keccak(enclave.signing_key))
        first, second, third = names
        refused(node, contract, f.disableTEE(bytes(32)), ("TEENotFound",))
        refused(node, contract, f.disableTEE(first), ("NotTEEOwner",), STRANGER)
        receipt = done(web3, f.disableTEE(first), OPERATOR)
        equal(events(contract, receipt), [("TEEDisabled", {"teeId": first})])
        equal(f.getEnabledTEEs(PROXY).call(), [third, second], "the last takes the place")
        equal(f.getTEEsByType(PROXY).call(), names)
        refused(node, contract, f.disableTEE(first), ("TEENotEnabled",))
        refused(node, contract, f.heartbeat(first, 0, b""), ("TEENotEnabled",))
        equal(events(contract, done(web3, f.enableTEE(second), OPERATOR)), [], "enabled already")
        receipt = done(web3, f.enableTEE(first), OPERATOR)
        equal(events(contract, receipt), [("TEEEnabled", {"teeId": first})])
        done(web3, f.revokeRole(OPERATOR_ROLE, OPERATOR.address))
        refused(node, contract, f.disableTEE(first), ("NotTEEOwner",), OPERATOR)
        receipt = done(web3, f.revokePCR(PCR_HASH, PROXY))
        equal([name for name, _ in events(contract, receipt)], ["TEEDisabled"] * 3 + ["PCRRevoked"])
        order = [given["teeId"] for name, given in events(contract, receipt)[:3]]
        equal(order, [first, second, third], "from the end of the list")
        equal(f.getEnabledTEEs(PROXY).call(), [])
        refused(node, contract, f.enableTEE(first), ("PCRNotApproved",))
        done(web3, f.approvePCR(MEASURED, "v1", PROXY))
        done(web3, f.enableTEE(first))
        equal(f.isTEEActive(first).call(), True)


def test_heartbeats_keep_enclaves_active():
    with chain() as (node, web3):
        contract = registry(web3)
        f = contract.functions
        enclave = Enclave()
        prepare(web3, contract, enclave.cloud.root.pem)
        identity = register(web3, contract, enclave)

        def beat(time, signer=enclave):
            message = keccak(identity + time.to_bytes(32, "big"))
            return f.heartbeat(identity, time, signer.sign(message))

        refused(node, contract, f.heartbeat(bytes(32), 0, b""), ("TEENotFound",))
        future = ("HeartbeatTimestampInFuture",)
        refused(node, contract, beat(now(web3) + 1000), future)
        refused(node, contract, beat(now(web3) - 1900), ("HeartbeatTimestampTooOld",))
        refused(node, contract, beat(now(web3), Enclave()), ("HeartbeatSignatureInvalid",))
        node.rpc("evm_increaseTime", 2000)
        node.rpc("evm_mine")
        equal(f.isTEEActive(identity).call(), False, "silent for too long")
        equal((f.isTEEEnabled(identity).call(), f.getActiveTEEs(PROXY).call()), (True, []))
        time = now(web3)
        receipt = done(web3, beat(time), STRANGER)
        equal(events(contract, receipt), [
            ("HeartbeatReceived", {"teeId": identity, "timestamp": time})
        ])
        equal(f.isTEEActive(identity).call(), True)
        done(web3, beat(time), STRANGER)
        done(web3, beat(time - 100), STRANGER)
        equal(f.getTEE(identity).call()[9], now(web3), "an older one counts, too")


def test_vectors_pass_through_registry_and_verifiers():
    cases = published("tee-vectors")
    enclave = Enclave(signing_key=unhex(cases["signingPublicKeyDER"]))
    with chain() as (node, web3):
        contract = registry(web3)
        f = contract.functions
        prepare(web3, contract, enclave.cloud.root.pem)
        identity = register(web3, contract, enclave)
        equal("0x" + identity.hex(), cases["teeId"])
        beat = cases["heartbeat"]
        done(web3, f.heartbeat(identity, beat["timestamp"], unhex(beat["signature"])), STRANGER)
        config = cases["ohttpConfig"]
        equal("0x" + f.OHTTP_CONFIG_DOMAIN_SEPARATOR().call().hex(), config["domainSeparator"])
        fields = [config[key] for key in ["keyId", "kemId", "kdfId", "aeadId"]]
        fields += [unhex(config["publicKey"]), unhex(config["keyConfig"])]
        message = f.computeOHTTPConfigHash(identity, *fields).call()
        equal("0x" + message.hex(), config["configHash"])
        check_config(node, web3, contract, identity, fields, unhex(config["signature"]))
        for name in VERIFIERS:
            check_answers(verifier(web3, name), cases)
        node.rpc("evm_increaseTime", 4000)
        node.rpc("evm_mine")
        check_late_answers(web3, cases)
        done(web3, f.disableTEE(identity))
        batch = verifier(web3, "TEEBatchVerifier").functions.verifySignatureNoTimestamp
        equal(batch(*signed_answer(cases["responses"][0], cases)).call(), False, "disabled")
    return f"{len(cases['responses'])} answers"


def check_config(node, web3, contract, identity, fields, signature):
    f = contract.functions
    invalid = ("OHTTPConfigInvalid",)
    set_config = f.setOHTTPConfig(identity, *fields, signature)
    refused(node, contract, f.getOHTTPConfig(identity), ("OHTTPConfigNotFound",))
    refused(node, contract, f.clearOHTTPConfig(identity), ("OHTTPConfigNotFound",))
    refused(node, contract, set_config, ("NotTEEOwner",), STRANGER)
    for bad in [[*fields[:4], b"", fields[5]], [*fields[:5], b""], [*fields[:4], b"1", fields[5]]]:
        refused(node, contract, f.setOHTTPConfig(identity, *bad, signature), invalid)
    wrong = ("OHTTPConfigSignatureInvalid",)
    changed = [fields[0] + 1, *fields[1:]]
    refused(node, contract, f.setOHTTPConfig(identity, *changed, signature), wrong)
    ((name, logged),) = events(contract, done(web3, set_config))
    equal((name, logged["keyConfigHash"]), ("OHTTPConfigUpdated", keccak(fields[5])))
    since = now(web3)
    done(web3, set_config)
    equal(f.getOHTTPConfig(identity).call(), (*fields, since, now(web3)))
    equal(f.getTEE(identity).call()[10], (*fields, since), "the eleventh field")
    ((record, tee, kept),) = f.getActiveTEERecordsWithOHTTPConfig(PROXY).call()
    equal((record, tee[2], kept[5]), (identity, ENDPOINT, fields[5]))
    equal(f.getTEEWithOHTTPConfig(identity).call()[1][:6], tuple(fields))
    (found,) = sdk_client(web3).get_active_tees_by_type(PROXY)
    equal(tuple(found.ohttp_config), (*fields, since), "the SDK's view")
    equal(events(contract, done(web3, f.clearOHTTPConfig(identity))), [
        ("OHTTPConfigCleared", {"teeId": identity})
    ])
    equal(f.hasOHTTPConfig(identity).call(), False)


def signed_answer(answer, cases):
    return (
        unhex(cases["teeId"]), unhex(answer["requestHash"]), unhex(answer["outputHash"]),
        int(answer["timestamp"]), unhex(answer["signature"]),
    )


def check_answers(one, cases):
    f = one.functions
    for answer in cases["responses"]:
        given = signed_answer(answer, cases)
        equal("0x" + f.computeMessageHash(*given[1:4]).call().hex(), answer["messageHash"])
        equal(f.verifySignature(*given).call(), True, answer["name"])
        equal(f.verifySignature(*given[:3], given[3] + 1, given[4]).call(), False)
        equal(f.verifySignature(bytes(32), *given[1:]).call(), False, "an unknown enclave")
    equal((f.MAX_INFERENCE_AGE().call(), f.FUTURE_TOLERANCE().call()), (3600, 300))


def check_late_answers(web3, cases):
    batch = verifier(web3, "TEEBatchVerifier").functions
    for answer in cases["responses"]:
        given = signed_answer(answer, cases)
        equal(batch.verifySignature(*given).call(), False, "an hour later")
        equal(batch.verifySignatureNoTimestamp(*given).call(), True, "in a batch")


def test_batch_root_is_that_of_the_vectors():
    """The batch of answers by its Merkle tree: keccak of keccak of the encoded leaf, sorted."""
    tree = published("tee-vectors")["merkle"]
    leaves = []
    for leaf in tree["leaves"]:
        values = [unhex(part) if isinstance(part, str) else part for part in leaf]
        leaves.append(keccak(keccak(encode(tree["leafTypes"], values))))
    equal(["0x" + leaf.hex() for leaf in leaves], tree["leafHashes"])
    for leaf, proof in zip(leaves, tree["proofs"], strict=True):
        for sibling in map(unhex, proof):
            leaf = keccak(b"".join(sorted([leaf, sibling])))
        equal("0x" + leaf.hex(), tree["root"])


def test_verifiers_follow_their_registry():
    with chain() as (node, web3):
        for name in VERIFIERS:
            one = verifier(web3, name)
            f = one.functions
            equal(f.registry().call(), ELEVEN)
            refused(node, one, f.setRegistry(TEN), unauthorized(STRANGER), STRANGER)
            nobody = "0x" + "00" * 20
            refused(node, one, f.setRegistry(nobody), ("InvalidRegistryAddress",))
            equal(events(one, done(web3, f.setRegistry(TEN))), [
                ("RegistryUpdated", {"oldRegistry": ELEVEN, "newRegistry": TEN})
            ])
            equal(f.registry().call(), TEN)


# MARK: Assay's own documents


def issued(folder, enclave, seconds):
    """A document by `assay attest issue`, and the root below which it was made."""
    file = Path(folder) / "attestation.bin"
    command = [
        BINARY, "attest", "issue", "--time", str(seconds), "--output", file,
        "--user-data", enclave.user_data.hex(),
    ]
    for index in range(3):
        command += [f"--pcr{index}", PCRS[index].hex()]
    run = subprocess.run(command, capture_output=True, text=True)
    equal(run.returncode, 0, run.stderr)
    document = file.read_bytes()
    # The first certificate of the bundle: a list, then a string with a length of two bytes.
    start = document.index(b"cabundle") + len(b"cabundle") + 1
    equal(document[start], 0x59)
    size = int.from_bytes(document[start + 1 : start + 3], "big")
    der = document[start + 3 : start + 3 + size]
    certificate = x509.load_der_x509_certificate(der)
    equal(certificate.subject, certificate.issuer)
    return document, certificate.public_bytes(serialization.Encoding.PEM)


def test_documents_for_development_register():
    """From `assay attest issue` to the SDK's list."""
    enclave = Enclave()
    with tempfile.TemporaryDirectory() as folder, chain() as (node, web3):
        contract = registry(web3)
        document, root = issued(folder, enclave, now(web3))
        prepare(web3, contract)
        words = ("AttestationInvalid", "Attestation document verification failed")
        refused(node, contract, registration(contract, enclave, document), words)
        done(web3, contract.functions.setAWSRootCertificate(root))
        done(web3, registration(contract, enclave, document))
        (found,) = sdk_client(web3).get_active_tees_by_type(PROXY)
        equal(found.tee_id, keccak(enclave.signing_key).hex())
        equal((found.endpoint, found.payment_address), (ENDPOINT, PAID))


# MARK: The SDK


def sdk_client(web3):
    sdk()
    module = importlib.import_module("opengradient.client.tee_registry")
    return module.TEERegistry(web3.provider.endpoint_uri, ELEVEN)


def test_sdk_lists_enclaves():
    with chain() as (_, web3):
        contract = registry(web3)
        cloud = Cloud()
        prepare(web3, contract, cloud.root.pem)
        equal(sdk_client(web3).get_active_tees_by_type(PROXY), [])
        enclaves = [Enclave(cloud) for _ in range(3)]
        for enclave in enclaves:
            register(web3, contract, enclave)
        found = sdk_client(web3).get_active_tees_by_type(PROXY)
        equal([one.tls_cert_der for one in found], [one.tls for one in enclaves])
        equal([one.tee_id for one in found], [keccak(one.signing_key).hex() for one in enclaves])
        equal({one.pcr_hash for one in found}, {"0x" + PCR_HASH.hex()})
        equal([one.ohttp_config for one in found], [None] * 3)
