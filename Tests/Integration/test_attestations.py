"""OpenGradient's attestation precompile: og-evm's vectors, its limits, and where it is laxer than
Assay's own verifier."""

import genesis
from checks import equal
from enclave import CLIENTS, PCRS, SERVERS, Cloud, Enclave, Issued, cbor, head
from eth_abi import decode
from eth_utils import keccak
from node import CHAIN_IDS
from registries import (
    ADMIN, NOW, PCR_HASH, attest, call_on, chain, now, precompile, unhex,
)
from test_inference import published


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
