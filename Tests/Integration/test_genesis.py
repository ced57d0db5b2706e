"""The genesis files, and the Python that computes their roots."""

import json
import subprocess
import sys

import genesis
import rlp
from checks import ROOT, equal, shared
from eth_abi import decode, encode
from eth_utils import function_signature_to_4byte_selector as selector_of
from simulator import Chain

PROFILES = list(genesis.PROFILES)


def load(name):
    return json.loads((ROOT / "genesis" / f"{name}.json").read_text())


def test_files_are_what_the_tool_writes():
    run = subprocess.run(
        [sys.executable, "tools/make-genesis", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    equal((run.returncode, run.stderr), (0, ""), run.stdout)


def test_accounts_are_the_published_ones():
    accounts = genesis.accounts()
    equal(len(accounts), 10)
    equal(accounts[0], "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
    equal(accounts[9], "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720")
    for name in PROFILES:
        alloc = load(name)["alloc"]
        for account in accounts:
            equal(int(alloc[account.lower()]["balance"], 16), 10_000 * 10**18)


def test_token_answers_from_its_genesis_storage():
    for name in PROFILES:
        token = load(name)["alloc"][genesis.TOKEN.lower()]
        on = Chain({})
        on.put_code(genesis.TOKEN, token["code"])
        for slot, value in token["storage"].items():
            on.evm.insert_account_storage(genesis.TOKEN, int(slot, 16), int(value, 16))

        def read(signature, kind, *accounts):
            data = selector_of(signature) + encode(["address"] * len(accounts), accounts)
            return decode([kind], on.call(genesis.TOKEN, data))[0]

        equal(read("name()", "string"), "USDC")
        equal(read("version()", "string"), "2")
        total = 0
        for account in [*genesis.accounts(), genesis.X402_PAYER]:
            balance = read("balanceOf(address)", "uint256", account)
            equal(balance, 1_000_000 * 10**6, account)
            total += balance
        equal(read("totalSupply()", "uint256"), total)


def test_profiles_differ():
    roots = json.loads((ROOT / "genesis" / "roots.json").read_text())
    equal(sorted(roots), sorted(PROFILES))
    equal(len({entry["hash"] for entry in roots.values()}), len(PROFILES))


def test_root_and_hash_of_the_published_chain():
    archive = shared("ethereum-tests/rpc-compat.tar.zst")
    genesis_file = unpacked(archive, "tests/genesis.json")
    first_block, _ = rlp.codec.consume_item(unpacked(archive, "tests/chain.rlp"), 0)[:2]
    parent = first_block[0][0]
    equal(genesis.roots(json.loads(genesis_file))["hash"], "0x" + parent.hex())


def unpacked(archive, member):
    command = ["tar", "--zstd", "-xOf", str(archive), member]
    tried = [subprocess.run(command, capture_output=True)]
    if tried[0].returncode != 0:
        command[-1] = f"./{member}"
        tried.append(subprocess.run(command, capture_output=True))
    equal(tried[-1].returncode, 0, tried[-1].stderr.decode())
    return tried[-1].stdout
