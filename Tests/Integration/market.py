"""A model, a provider and a payer on a running node, and how their bargains settle or fail."""

from bargain import PLAIN_POLICY, REGISTRY, SETTLEMENT, USAGE, VERIFIER, Bargain, model_id
from checks import equal
from eth_abi import decode
from eth_account import Account
from eth_utils import keccak
from graphs import upload, variants
from node import developer
from test_interfaces import canonical
from test_web3 import call, connected, contract, token
from web3.exceptions import ContractLogicError

OWNER = developer(6)
PROVIDER = developer(7)
PAYER = developer(8)
OUTSIDER = developer(2)
# The key that the provider signs statements with: not that of its account.
SIGNER = Account.from_key(keccak(b"a provider's key"))
PRICE = 1000
ANY_KIND = 255
DAY_SECONDS = 86_400


class Market:
    """A registered model and a provider with a key, and bargains between them and the payer."""

    def __init__(self, node):
        self.node, self.web3 = node, connected(node)
        self.registry = contract(self.web3, REGISTRY, "IModelRegistry")
        self.verifier = contract(self.web3, VERIFIER, "IVerifier")
        self.settlement = contract(self.web3, SETTLEMENT, "ISettlement")
        self.usage = contract(self.web3, USAGE, "IUsage")
        self.token = token(self.web3)
        self.made = 0
        # What a transaction may use; one with a proof needs more.
        self.gas = 2_000_000
        self.variant, self.macs = variants(node)
        self.model, self.registration = self.register()
        key = bytes.fromhex(SIGNER.address[2:])
        call(self.web3, self.registry.functions.registerProvider(1, key), PROVIDER)

    def seed(self):
        """Bytes that no earlier check of this chain has used."""
        self.made += 1
        return f"{self.web3.eth.block_number}.{self.made}".encode()

    def register(self, floor=b"", graph=None, root=bytes(32), gas=2_000_000, name=None):
        """Another model, or the one whose bytes are given; a name goes with a version."""
        seed = self.seed()
        graph = upload(self.node, graph or self.variant(seed))
        name, version = name or (f"market/{keccak(seed).hex()[:16]}", "1.0")
        registration = (
            name, version, keccak(b"onnx"), graph, root, "",
            floor, PRICE, bytes(32), self.macs,
        )  # fmt: skip
        made = call(self.web3, self.registry.functions.register(registration), OWNER, gas)
        equal(made["status"], 1, "registration")
        return model_id(graph, root, *registration[:2]), registration

    def now(self):
        return self.web3.eth.get_block("latest")["timestamp"]

    def bargain(self, model=None, **fields):
        model = model or self.model
        return Bargain(model, PAYER, PROVIDER, SIGNER, self.now(), self.seed(), **fields)

    def money(self, bargain):
        """What payer, provider and escrow have."""
        accounts = [PAYER.address, PROVIDER.address, bargain.escrow()]
        return [self.token.functions.balanceOf(account).call() for account in accounts]

    def settling(self, bargain):
        return self.settlement.functions.settle(*bargain.arguments())

    def settle(self, bargain):
        return call(self.web3, self.settling(bargain), OUTSIDER, self.gas)

    def refuse(self, function, bargain, name, *wanted):
        """Expects a custom error, and that sending the call all the same changes nothing.

        An argument of `...` may be anything.
        """
        got = refusal(function, OUTSIDER)
        equal(got[0], name, f"error, with {got[1:]}")
        for value, want in zip(got[1:], wanted, strict=True):
            equal(value == want or want is ..., True, f"{name} has {got[1:]}, want {wanted}")
        before, counted = self.money(bargain), self.counted()
        sent = call(self.web3, function, OUTSIDER, self.gas)
        equal((sent["status"], sent["logs"]), (0, []), f"{name}: the transaction")
        equal(self.money(bargain), before, f"{name}: balances")
        equal(self.counted(), counted, f"{name}: usage")

    def refuse_settling(self, bargain, name, *wanted):
        self.refuse(self.settling(bargain), bargain, name, *wanted)

    def counted(self, kind=ANY_KIND):
        return self.usage.functions.modelCount(self.model, kind).call()


def plain(bargain):
    """Makes a bargain ask for nothing and show nothing."""
    bargain.policy = PLAIN_POLICY
    for part in [bargain.terms, bargain.statement]:
        part["policyHash"] = keccak(PLAIN_POLICY)
    bargain.sign()
    bargain.evidence = []


def settled(market, bargain):
    """The id of the receipt that the bargain gets."""
    equal(market.settle(bargain)["status"], 1, "settlement")
    return bargain.receipt_id()


def refusal(function, caller):
    """Name and arguments of the custom error that a call reverts with, by the contract's ABI."""
    try:
        answer = function.call({"from": caller.address})
    except ContractLogicError as error:
        return decoded(function.contract_abi, error.data)
    raise AssertionError(f"{function.fn_name} was not refused but answered {answer!r}")


def decoded(abi, data):
    data = bytes.fromhex(data.removeprefix("0x"))
    for entry in abi:
        if entry["type"] != "error":
            continue
        types = [canonical(part) for part in entry["inputs"]]
        if keccak(text=f"{entry['name']}({','.join(types)})")[:4] == data[:4]:
            return entry["name"], *decode(types, data[4:])
    raise AssertionError(f"the ABI has no error for 0x{data.hex()}")
