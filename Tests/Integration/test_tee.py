"""OpenGradient's contracts about enclaves, on the profile that has them at their addresses:
og-evm's interfaces, its checks and their order, and the SDK's client."""

import importlib
import subprocess
import tempfile
from pathlib import Path

import genesis
from checks import equal
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from enclave import PCRS, Cloud, Enclave
from eth_abi import encode
from eth_utils import keccak
from node import BINARY
from registries import (
    ADMIN, ELEVEN, ENDPOINT, MEASURED, OPERATOR, OPERATOR_ROLE, PAID, PCR_HASH, PROXY, STRANGER,
    TEN, VALIDATOR, chain, done, events, now, prepare, refused, register, registration,
    registry, unauthorized, unhex, verifier,
)
from test_inference import abi_of, published, sdk
from test_interfaces import entries_of_abi


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
                ADMIN.address, PAID, ENDPOINT, enclave.signing_key, enclave.tls, PCR_HASH, PROXY,
                True, since, since,
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
