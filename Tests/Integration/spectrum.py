"""Evidence of every kind for one bargain, and a second opinion on what a policy makes of it.

The opinion is about policies as JSON and about pieces of evidence by what they are, and shares
nothing with Sources/Payments/Policies.
"""

from bargain import TRUST, VERIFIER, ZK, digest, raw, typed
from checks import equal
from eth_account import Account
from eth_utils import keccak
from market import PROVIDER, SIGNER
from node import developer
from test_proofs import Proven, assay
from test_web3 import call, contract

ADMIN = developer(0)
AUDITOR = developer(9)
EXECUTORS = [developer(3), developer(4), developer(5)]
SIGNED, TEE, REEXECUTED = 1, 2, 3
SECP256K1 = 1
NITRO = 1
KINDS = ["plain", "signed", "tee", "reexecuted", "zk"]
MEASUREMENTS = keccak(text="assay.list.measurements")
EXECUTOR_LIST = keccak(text="assay.list.executors")
REEXECUTION = [("statementHash", "bytes32"), ("executor", "address")]


class Spectrum(Proven):
    """A model that can be proven, run again by the chain and by executors, and answered by a
    machine that is attested under the development root."""

    def __init__(self, node):
        super().__init__(node)
        self.web3 = self.market.web3
        self.trust = contract(self.web3, TRUST, "ITrust")
        for party in [AUDITOR, *EXECUTORS]:
            function = self.market.registry.functions.registerProvider(SECP256K1, raw(party.address))
            equal(call(self.web3, function, party)["status"], 1, "a party's key")
        members = [bytes(12) + raw(executor.address) for executor in EXECUTORS]
        self.admit(EXECUTOR_LIST, members)
        self.machine = Account.from_key(keccak(b"a machine's key" + self.market.seed()))
        self.key_id, self.measurement = self.attest(self.machine)

    def admit(self, group, entries):
        function = self.trust.functions.addToList(group, entries)
        equal(call(self.web3, function, ADMIN)["status"], 1, "an entry of a list")

    def document(self, user_data):
        """A Nitro document under the development root, from this very second."""
        target = self.folder / "document"
        assay("attest", "issue", "--user-data", "0x" + user_data.hex(), "--time", self.market.now(),
              "-o", target)  # fmt: skip
        return target.read_bytes()

    def attest(self, machine, owner=PROVIDER, listed=True):
        """Registers a machine's key. Returns its id and what its code measures."""
        key = raw(machine.address)
        data = self.trust.functions.registrationData(owner.address, SECP256K1, key).call()
        document = self.document(data)
        valid, _, code, report = self.trust.functions.verify(NITRO, document).call()
        equal((valid, code), (True, ""), "the document")
        if listed:
            self.admit(MEASUREMENTS, [report[1]])
        function = self.trust.functions.register(NITRO, document, SECP256K1, key)
        equal(call(self.web3, function, owner, 5_000_000)["status"], 1, "the machine's key")
        return keccak(bytes([SECP256K1]) + key), report[1]

    # MARK: pieces of evidence, each for the bargain as it stands

    def signed(self, bargain):
        return SIGNED, bytes(SIGNER.sign_message(bargain.claim()).signature)

    def audited(self, bargain):
        signature = bytes(AUDITOR.sign_message(bargain.claim()).signature)
        return SIGNED, b"\1" + raw(AUDITOR.address) + signature

    def tee(self, bargain):
        return TEE, b"\1" + self.key_id + bytes(self.machine.sign_message(bargain.claim()).signature)

    def quote(self, bargain):
        return TEE, b"\2\1" + self.document(digest(bargain.claim()))

    def executor(self, index):
        def piece(bargain):
            party = EXECUTORS[index]
            values = {"statementHash": digest(bargain.claim()), "executor": party.address}
            message = typed(("Assay", "1", VERIFIER), "Reexecution", REEXECUTION, values)
            signature = bytes(party.sign_message(message).signature)
            return REEXECUTED, b"\1" + raw(party.address) + signature

        return piece

    def chain(self, bargain):
        return REEXECUTED, b"\0" + self.inputs

    def zk(self, bargain):
        return ZK, self.prove(digest(bargain.claim()))

    def offers(self):
        """{name: makers of pieces}, from nothing to all of it."""
        first, second, third = (self.executor(index) for index in range(3))
        return {
            "nothing": [],
            "signed": [self.signed],
            "audited": [self.audited],
            "signed and audited": [self.signed, self.audited],
            "tee": [self.tee],
            "quote": [self.quote],
            "one executor": [first],
            "two executors": [first, third],
            "three executors": [first, second, third],
            "chain": [self.chain],
            "zk": [self.zk],
            "signed, tee": [self.signed, self.tee],
            "tee, zk": [self.tee, self.zk],
            "signed, one executor, zk": [self.signed, second, self.zk],
            "all": [self.signed, self.audited, self.tee, first, second, self.chain, self.zk],
        }

    def facts(self, offer):
        """What the pieces of an offer are, for the second opinion."""
        known = {
            "signed": ("signed", PROVIDER.address),
            "audited": ("signed", AUDITOR.address),
            "tee": ("tee", 0),
            "quote": ("tee", 0),
            "chain": ("chain", None),
            "zk": ("zk", 100),
        }
        facts = []
        for maker in self.offers()[offer]:
            if maker.__name__ == "piece":
                index = maker.__closure__[0].cell_contents
                facts.append(("executor", EXECUTORS[index].address))
            else:
                facts.append(known[maker.__name__])
        return facts

    def policies(self):
        """Policies as people write them."""
        executors = "|".join(sorted(executor.address.lower() for executor in EXECUTORS))
        auditor = AUDITOR.address.lower()
        return [
            "plain", "signed", "tee", "reexecuted", "zk",
            "signed and zk", "tee or zk", "tee and zk", "2 of (signed, tee, zk)",
            "signed and (tee or reexecuted)",
            f"signed(by={auditor})", f"signed and signed(by={auditor})",
            "tee(types=nitro, age=3600)", "tee(types=sgx|tdx|snp)", "tee(production)",
            f"tee(measurement=0x{self.measurement.hex()})", f"tee(measurement=0x{'11' * 32})",
            "reexecuted(chain)", f"reexecuted(by={executors}, count=2)",
            f"reexecuted(by={executors}, count=3)",
            "zk(bits=100)", "zk(bits=200)", "zk(hidden)",
        ]  # fmt: skip

    def demand(self, text):
        """Canonical bytes and JSON of a policy."""
        told = assay("policy", "explain", text, "--json")
        return bytes.fromhex(told["bytes"][2:]), told["policy"]

    def ask(self, bargain, policy, makers):
        """Makes a bargain ask for a policy and give the pieces."""
        bargain.policy = policy
        for part in [bargain.terms, bargain.statement]:
            part["policyHash"] = keccak(policy)
        bargain.sign()
        bargain.evidence = [maker(bargain) for maker in makers]
        return bargain


def holds(policy, facts, measurement):
    """Whether facts meet a policy, by its JSON."""
    if "anyOf" in policy:
        return any(holds(part, facts, measurement) for part in policy["anyOf"])
    if "allOf" in policy:
        return all(holds(part, facts, measurement) for part in policy["allOf"])
    if "atLeast" in policy:
        met = [holds(part, facts, measurement) for part in policy["of"]]
        return met.count(True) >= policy["atLeast"]
    return leaf_holds(policy, facts, measurement)


def leaf_holds(leaf, facts, measurement):
    kind = leaf["kind"]
    if kind == "plain":
        return True
    if kind == "signed":
        wanted = leaf.get("by", [PROVIDER.address.lower()])
        return any(what == "signed" and who.lower() in wanted for what, who in facts)
    if kind == "tee":
        return (
            any(what == "tee" for what, _ in facts)
            and "nitro" in leaf.get("types", ["nitro"])
            and not leaf.get("production", False)
            and leaf.get("measurement", measurement) == measurement
        )
    if kind == "zk":
        return any(
            what == "zk" and bits >= leaf.get("bits", 0) and not leaf.get("hidden", False)
            for what, bits in facts
        )
    assert kind == "reexecuted", kind
    by_chain = ("chain", None) in facts
    if leaf.get("chain", False):
        return by_chain
    ran = {who.lower() for what, who in facts if what == "executor"}
    if "by" in leaf:
        return len(ran & set(leaf["by"])) >= leaf["count"]
    return by_chain or len(ran) >= 2
