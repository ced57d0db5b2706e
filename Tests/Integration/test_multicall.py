"""Our Multicall3 against the published one, which the x402 package carries in its paywall."""

import re
from importlib.metadata import files as package_files

import genesis
from checks import Skipped, equal
from eth_abi import decode, encode
from eth_utils import function_signature_to_4byte_selector as selector_of
from simulator import Chain, Reverted

OURS = genesis.MULTICALL
THEIRS = "0x" + "77" * 20
TOKEN = genesis.TOKEN
ACCOUNT = genesis.X402_PAYER
NOBODY = "0x" + "99" * 20
CALLER = genesis.X402_FACILITATOR

BALANCE = selector_of("balanceOf(address)") + encode(["address"], [ACCOUNT])
NAME = selector_of("name()")
UNKNOWN = bytes.fromhex("deadbeef")
# Fails with a text, so its return data is long.
TRANSFER = selector_of("transfer(address,uint256)") + encode(
    ["address", "uint256"], [ACCOUNT, 2**200]
)


def published_code():
    """Init code of the published Multicall3: the longest contract in the paywall's script."""
    for file in package_files("x402") or []:
        if file.name == "evm_paywall_template.py":
            found = re.findall(r'"0x(60806040[0-9a-f]{2000,})"', file.locate().read_text())
            if found:
                return max(found, key=len)
    raise Skipped("the x402 package has no Multicall3 code")


def chain():
    on = Chain({ACCOUNT: 1_000_000})
    on.put_code(OURS, genesis.artifact("Multicall3")["deployedBytecode"])
    deployer = "0x" + "55" * 20
    deployed = on.evm.deploy(deployer, bytes.fromhex(published_code()))
    on.put_code(THEIRS, on.evm.get_code(deployed).hex())
    on.evm.set_balance(CALLER, 10**18)
    return on


def outcome(on, contract, data, value):
    mark = on.evm.snapshot()
    try:
        return on.call(contract, data, CALLER, value), on.logs
    except Reverted as revert:
        return revert.reason, None
    finally:
        on.evm.revert(mark)


def agree(on, signature, arguments, value=0):
    """Both contracts give the same bytes, or revert with the same text."""
    tuple_type = signature[signature.index("(") :]
    data = encode([tuple_type], [tuple(arguments)]) if arguments else b""
    # A tuple of dynamic size is encoded behind its offset, which arguments do not have.
    data = selector_of(signature) + (data[32:] if "[]" in tuple_type else data)
    ours, theirs = outcome(on, OURS, data, value), outcome(on, THEIRS, data, value)
    equal(ours, theirs, f"{signature} {arguments}")
    return ours[0]


PLAIN = [
    [],
    [(TOKEN, BALANCE)],
    [(TOKEN, BALANCE), (TOKEN, NAME), (NOBODY, b""), (OURS, selector_of("getChainId()"))],
    [(TOKEN, BALANCE), (TOKEN, UNKNOWN), (TOKEN, TRANSFER)],
    [(TOKEN, NAME)] * 64,
]


def test_aggregate_agrees():
    on = chain()
    for calls in PLAIN:
        agree(on, "aggregate((address,bytes)[])", [calls])
        agree(on, "blockAndAggregate((address,bytes)[])", [calls])
        for must_succeed in [True, False]:
            agree(on, "tryAggregate(bool,(address,bytes)[])", [must_succeed, calls])
            agree(on, "tryBlockAndAggregate(bool,(address,bytes)[])", [must_succeed, calls])


def test_aggregate3_agrees():
    on = chain()
    signature = "aggregate3((address,bool,bytes)[])"
    for calls in PLAIN:
        for may_fail in [True, False]:
            answer = agree(on, signature, [[(to, may_fail, data) for to, data in calls]])
    equal(len(decode(["(bool,bytes)[]"], answer)[0]), 64)
    mixed = [(TOKEN, True, TRANSFER), (TOKEN, False, NAME)]
    agree(on, signature, [mixed])
    agree(on, signature, [[(TOKEN, False, TRANSFER), *mixed]])


def test_aggregate3_value_agrees():
    on = chain()
    signature = "aggregate3Value((address,bool,uint256,bytes)[])"
    for calls, value in [
        ([(NOBODY, False, 3, b""), (ACCOUNT, False, 4, b"")], 7),
        ([(NOBODY, False, 3, b""), (ACCOUNT, False, 4, b"")], 8),
        ([(TOKEN, True, 1, NAME)], 1),
        ([(TOKEN, False, 1, NAME)], 1),
        ([(NOBODY, False, 5, b"")], 4),
    ]:
        agree(on, signature, [calls], value)


def test_block_facts_agree():
    on = chain()
    for name in [
        "getBasefee",
        "getBlockNumber",
        "getChainId",
        "getCurrentBlockCoinbase",
        "getCurrentBlockDifficulty",
        "getCurrentBlockGasLimit",
        "getCurrentBlockTimestamp",
        "getLastBlockHash",
    ]:
        agree(on, f"{name}()", [])
    agree(on, "getEthBalance(address)", [CALLER])
    for number in [0, 1, 99, 100, 101, 2**256 - 1]:
        agree(on, "getBlockHash(uint256)", [number])


def test_limits():
    on = chain()

    def answers(calls):
        data = selector_of("aggregate((address,bytes)[])")
        data += encode(["(address,bytes)[]"], [calls])
        return outcome(on, OURS, data, 0)[0]

    # An identity contract: the answer is as long as the call.
    identity = "0x" + "00" * 19 + "04"
    equal(type(answers([(identity, bytes(1024))])), bytes)
    equal(answers([(identity, bytes(1025))]), "")
    equal(type(answers([(identity, b"")] * 64)), bytes)
    equal(answers([(identity, b"")] * 65), "")
    # 1,025 bytes of answer to an empty call.
    on.put_code(NOBODY, "6104015ff3")
    equal(answers([(NOBODY, b"")]), "Multicall3: result too long")
    on.put_code(NOBODY, "6104005ff3")
    equal(type(answers([(NOBODY, b"")])), bytes)
