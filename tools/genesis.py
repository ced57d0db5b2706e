"""Genesis files: what is in them, and their state root and block hash.

Root and hash come from the PyPI packages `trie` and `rlp`, not from Assay, so that the node's own
are held against an outside truth. Format: geth's genesis.json.
"""

import hashlib
import json
from pathlib import Path

import rlp
from eth_account import Account
from eth_utils import keccak, to_checksum_address
from trie import HexaryTrie

ROOT = Path(__file__).resolve().parent.parent

MNEMONIC = "test test test test test test test test test test test junk"
ACCOUNT_COUNT = 10
ETHER = 10**18
DOLLAR = 10**6

TOKEN = "0x036CbD53842c5426634e7929541eC2318f3dCF7e"
MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11"
CREATE2_DEPLOYER = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
NATIVES = [f"0x{0xA55A0000 + index:040x}" for index in range(1, 5)]
TRUST = f"0x{0xA55A0005:040x}"
# OpenGradient's: the precompile, and the hub that its SDK calls.
INFERENCE = "0x00000000000000000000000000000000000000F4"
INFERENCE_HUB = "0x8383C9bD7462F12Eb996DD02F78234C0421A6FaE"
# OpenGradient's attestation precompile; its registries where the Python SDK 1.1.4 (a TEEInfo of
# eleven fields) and TypeScript SDK and explorer (ten fields) look for them.
TEE_VERIFIER = "0x0000000000000000000000000000000000000900"
TEE_REGISTRY = "0x703cB174AEadB35D611858369B4b1111dC9Abda6"
TEE_REGISTRY_PREVIOUS = "0x4e72238852f3c918f4E4e57AeC9280dDB0c80248"
# The keys of the published x402 vectors: facilitator 0x11…, payer 0x22….
X402_FACILITATOR = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"
X402_PAYER = "0x1563915e194D8CfBA1943570603F7606A3115508"

# An opcode that halts. The node answers for these accounts; the byte makes them contracts, so
# that EXTCODESIZE, and with it every Solidity interface call, finds code.
NATIVE_CODE = "0xfe"

# SHA-256 of the vendors' root certificates in DER, by family: Nitro 1, DCAP 2, SNP 3, NVIDIA 4.
ROOTS = {
    # CN=aws.nitro-enclaves
    1: ["641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b"],
    # CN=Intel SGX Root CA
    2: ["44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3"],
    # CN=ARK-Milan, ARK-Genoa, ARK-Turin
    3: [
        "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
        "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
        "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",
    ],
    # CN=NVIDIA Device Identity CA
    4: ["102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48"],
}
# Roots of `assay attest issue`, whose seed everybody knows: for local chains only. The node refuses
# them on public chains where money is at stake; 84532 here is a local chain with a testnet's id.
DEVELOPMENT_ROOTS = {1: ["515b10d506fe992e4e94aeda939e28fe47b560238d216763f83cbe27b9479821"]}
DEVELOPMENT_CHAINS = {31337, 84532, 10740}

# What `assay attest issue` measures by default, and the machine of a local gateway: registers 0 to
# 2 as NitroRequest.registers has them, hashed as OpenGradient hashes them.
DEVELOPMENT_IMAGE = "assay development image"
MEASUREMENT_LIST = keccak(text="assay.list.measurements")

EMPTY_CODE_HASH = keccak(b"")
EMPTY_ROOT = keccak(rlp.encode(b""))


def accounts():
    """The ten development accounts, as anvil, hardhat and others derive them."""
    Account.enable_unaudited_hdwallet_features()
    return [
        Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}").address
        for index in range(ACCOUNT_COUNT)
    ]


def artifact(name):
    return json.loads((ROOT / "contracts" / "artifacts" / f"{name}.json").read_text())


def word(value):
    """A storage word in hex. Takes an int, an address in hex, or bytes to align left."""
    if isinstance(value, int):
        return f"0x{value:064x}"
    if isinstance(value, bytes):
        return "0x" + value.ljust(32, b"\0").hex()
    return "0x" + value[2:].lower().rjust(64, "0")


def mapping_slot(slot, *keys):
    """Where Vyper keeps a mapping's value: keccak(slot . key), once a key."""
    for key in keys:
        padded = key if isinstance(key, bytes) else bytes.fromhex(word(key)[2:])
        slot = int.from_bytes(keccak(slot.to_bytes(32, "big") + padded), "big")
    return slot


def token_storage(balances, owner, name="USDC", version="2"):
    """The token's storage: {slot: word}. `balances` are in units of 10^-6."""
    layout = artifact("UsdcLikeToken")["storageLayout"]
    storage = {}

    def put(slot, value):
        if int(word(value), 16) != 0:
            storage[word(slot)] = word(value)

    def put_text(field, text):
        assert len(text) <= 32
        put(layout[field]["slot"], len(text))
        put(layout[field]["slot"] + 1, text.encode())

    for account, balance in balances.items():
        put(mapping_slot(layout["balanceAndBlacklist"]["slot"], account), balance)
    put(layout["totalSupply"]["slot"], sum(balances.values()))
    for role in ["owner", "pauser", "blacklister", "masterMinter"]:
        put(layout[role]["slot"], owner)
    put_text("name", name)
    put_text("version", version)
    put_text("symbol", "USDC")
    put_text("currency", "USD")
    return storage


def structure_slot(key, space):
    """Where a native's structure starts: keccak(key . space), as Sources/Registry/SlotLayout.swift."""
    return int.from_bytes(keccak(key.to_bytes(32, "big") + space.to_bytes(32, "big")), "big")


def trust_storage(admin, is_development):
    """The trust registry's storage: its admin, and the roots as TrustRoot.swift lays them out."""
    storage = {word(0): word(admin)}
    for family, production in ROOTS.items():
        roots = [(name, 0) for name in production]
        if is_development:
            roots += [(name, 1) for name in DEVELOPMENT_ROOTS.get(family, [])]
        base = structure_slot(family, 1)
        storage[word(base)] = word(len(roots))
        for index, (name, flags) in enumerate(roots):
            slot = (base + 1 + 2 * index) % 2**256
            storage[word(slot)] = "0x" + name
            if flags:
                storage[word((slot + 1) % 2**256)] = word(flags)
    if is_development:
        # One entry, there since the first second of 1970, as TrustList.swift lays it out.
        storage[word(structure_slot(int.from_bytes(MEASUREMENT_LIST, "big"), 4))] = word(1 << 160)
        entry = int.from_bytes(keccak(MEASUREMENT_LIST + development_measurement()), "big")
        storage[word(structure_slot(entry, 5))] = word(1)
    return storage


def development_measurement():
    texts = [DEVELOPMENT_IMAGE, f"{DEVELOPMENT_IMAGE}, kernel", f"{DEVELOPMENT_IMAGE}, application"]
    return keccak(b"".join(hashlib.sha384(text.encode()).digest() for text in texts))


def contract(code, storage=None):
    entry = {"nonce": "0x1", "balance": "0x0", "code": code}
    if storage:
        entry["storage"] = dict(sorted(storage.items()))
    return entry


def alloc(profile, chain_id):
    developers = accounts()
    balances = dict.fromkeys([*developers, X402_PAYER], 1_000_000 * DOLLAR)
    entries = {}
    for account in [*developers, X402_FACILITATOR]:
        entries[account] = {"balance": hex(10_000 * ETHER)}
    for address, code in system_contracts().items():
        entries[address] = contract(code)
    for address in [*NATIVES, INFERENCE, INFERENCE_HUB, TEE_VERIFIER]:
        entries[address] = contract(NATIVE_CODE)
    entries[TRUST] = contract(
        NATIVE_CODE, trust_storage(developers[0], chain_id in DEVELOPMENT_CHAINS)
    )
    entries[TOKEN] = contract(
        artifact("UsdcLikeToken")["deployedBytecode"],
        token_storage(balances, owner=developers[0]),
    )
    entries[MULTICALL] = contract(artifact("Multicall3")["deployedBytecode"])
    if profile == "opengradient":
        entries |= opengradient_alloc()
    return {address.lower(): entry for address, entry in sorted(entries.items(), key=by_address)}


def opengradient_alloc():
    """OpenGradient's contracts: the first development account is their admin and operator."""
    owner = accounts()[0]
    entries = {}
    for address, name in [
        (TEE_REGISTRY, "TEERegistryOHTTP"),
        (TEE_REGISTRY_PREVIOUS, "TEERegistry"),
    ]:
        made = artifact(name)
        slot = made["storageLayout"]["tee_registry.heartbeatMaxAge"]["slot"]
        storage = {word(slot): word(1800)}
        storage |= role_storage(made, bytes(32), owner)
        storage |= role_storage(made, keccak(text="TEE_OPERATOR"), owner)
        entries[address] = contract(made["deployedBytecode"], storage)
    for name in ["TEEInferenceVerifier", "TEEBatchVerifier"]:
        made = artifact(name)
        slot = made["storageLayout"]["tee_inference_verifier.registry"]["slot"]
        storage = {word(slot): word(TEE_REGISTRY)}
        storage |= role_storage(made, bytes(32), owner)
        entries[opengradient_address(name)] = contract(made["deployedBytecode"], storage)
    return {address.lower(): entry for address, entry in entries.items()}


def opengradient_address(name):
    """Where a contract is that OpenGradient publishes no address for: out of its name's hash."""
    return to_checksum_address(keccak(text=f"assay.opengradient.{name}")[12:])


def role_storage(made, role, account):
    """The word that makes an account a member of a role."""
    slot = made["storageLayout"]["access_control.members"]["slot"]
    return {word(mapping_slot(slot, role, account)): word(1)}


def by_address(item):
    return item[0].lower()


def system_contracts():
    """Code of contracts that exist on every chain, by address."""
    return json.loads((ROOT / "contracts" / "published.json").read_text())["code"]


def genesis(profile, chain_id):
    return {
        "config": {
            "chainId": chain_id,
            **dict.fromkeys(
                [
                    "homesteadBlock",
                    "eip150Block",
                    "eip155Block",
                    "eip158Block",
                    "byzantiumBlock",
                    "constantinopleBlock",
                    "petersburgBlock",
                    "istanbulBlock",
                    "muirGlacierBlock",
                    "berlinBlock",
                    "londonBlock",
                    "arrowGlacierBlock",
                    "grayGlacierBlock",
                    "mergeNetsplitBlock",
                    "shanghaiTime",
                    "cancunTime",
                    "pragueTime",
                    "osakaTime",
                    "bpo1Time",
                    "bpo2Time",
                ],
                0,
            ),
            "terminalTotalDifficulty": 0,
            "depositContractAddress": "0x00000000219ab540356cbb839cbe05303d7705fa",
            "blobSchedule": {
                "cancun": {"target": 3, "max": 6, "baseFeeUpdateFraction": 3338477},
                "prague": {"target": 6, "max": 9, "baseFeeUpdateFraction": 5007716},
                "osaka": {"target": 6, "max": 9, "baseFeeUpdateFraction": 5007716},
                "bpo1": {"target": 10, "max": 15, "baseFeeUpdateFraction": 8346193},
                "bpo2": {"target": 14, "max": 21, "baseFeeUpdateFraction": 11684671},
            },
            "assay": {"natives": True, "token": TOKEN.lower()},
        },
        "nonce": "0x0",
        "timestamp": "0x0",
        # The profile's name is what makes its block hash its own: no header has the chain's id.
        "extraData": "0x" + f"assay {profile}".encode().hex(),
        "gasLimit": hex(60_000_000),
        "difficulty": "0x0",
        "mixHash": word(0),
        "coinbase": f"0x{0:040x}",
        "number": "0x0",
        "gasUsed": "0x0",
        "parentHash": word(0),
        "baseFeePerGas": hex(10**9),
        "excessBlobGas": "0x0",
        "blobGasUsed": "0x0",
        "alloc": alloc(profile, chain_id),
    }


def number(value):
    """An integer of a genesis file: a JSON number, hex or decimal text; absent is 0."""
    if value is None:
        return 0
    return value if isinstance(value, int) else int(value, 0)


def integer(value):
    """The shortest big-endian bytes; none for 0."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def octets(text):
    return bytes.fromhex(text.removeprefix("0x"))


def storage_root(storage):
    trie = HexaryTrie({})
    for slot, value in storage.items():
        if number(value) != 0:
            trie[keccak(octets(word(number(slot))))] = rlp.encode(integer(number(value)))
    return trie.root_hash


def state_root(alloc):
    """Root of the Merkle-Patricia trie of accounts (Yellow Paper, 4.1)."""
    trie = HexaryTrie({})
    for address, entry in alloc.items():
        code = octets(entry.get("code") or "")
        trie[keccak(octets(address).rjust(20, b"\0"))] = rlp.encode(
            [
                integer(number(entry.get("nonce"))),
                integer(number(entry.get("balance"))),
                storage_root(entry.get("storage") or {}),
                keccak(code) if code else EMPTY_CODE_HASH,
            ]
        )
    return trie.root_hash


def header(genesis):
    """The fields of the genesis header in order; later forks append theirs."""
    config = genesis["config"]
    time = number(genesis.get("timestamp"))

    def is_active(fork):
        start = config.get(fork)
        return start is not None and start <= (time if fork.endswith("Time") else 0)

    fields = [
        octets(genesis.get("parentHash") or word(0)),
        keccak(rlp.encode([])),
        octets(genesis["coinbase"]),
        state_root(genesis["alloc"]),
        EMPTY_ROOT,
        EMPTY_ROOT,
        bytes(256),
        integer(number(genesis["difficulty"])),
        integer(number(genesis.get("number"))),
        integer(number(genesis["gasLimit"])),
        integer(number(genesis.get("gasUsed"))),
        integer(time),
        octets(genesis["extraData"]),
        octets(genesis["mixHash"]),
        number(genesis["nonce"]).to_bytes(8, "big"),
    ]
    if is_active("londonBlock"):
        fields.append(integer(number(genesis.get("baseFeePerGas") or 10**9)))
    if is_active("shanghaiTime"):
        fields.append(EMPTY_ROOT)  # withdrawals
    if is_active("cancunTime"):
        fields.append(integer(number(genesis.get("blobGasUsed"))))
        fields.append(integer(number(genesis.get("excessBlobGas"))))
        fields.append(bytes(32))  # parent beacon block root
    if is_active("pragueTime"):
        fields.append(hashlib.sha256(b"").digest())  # no requests (EIP-7685)
    return fields


def roots(genesis):
    return {
        "stateRoot": "0x" + state_root(genesis["alloc"]).hex(),
        "hash": "0x" + keccak(rlp.encode(header(genesis))).hex(),
    }


PROFILES = {"dev": 31337, "base-sepolia": 84532, "opengradient": 10740}


def files():
    """Every generated file by its path under the project."""
    made = {name: genesis(name, chain_id) for name, chain_id in PROFILES.items()}
    texts = {
        ROOT / "genesis" / f"{name}.json": json.dumps(value, indent=2) + "\n"
        for name, value in made.items()
    }
    texts[ROOT / "genesis" / "roots.json"] = (
        json.dumps({name: roots(value) for name, value in made.items()}, indent=2) + "\n"
    )
    return texts
