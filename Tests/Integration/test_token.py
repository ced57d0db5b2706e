"""The token against FiatTokenV2_2's rules and the published x402 vectors, on revm."""

import genesis
from checks import equal, vectors
from eth_abi import decode, encode
from eth_account import Account
from eth_utils import function_signature_to_4byte_selector as selector_of
from eth_utils import keccak
from simulator import Chain, Reverted

NOW = 1_770_000_000
TOKEN = genesis.TOKEN
PAYER = Account.from_key("0x" + "22" * 32)
OTHER = Account.from_key("0x" + "44" * 32)
ANYONE = genesis.X402_FACILITATOR
PAYEE = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"
WALLET = "0x5afe5afE5afE5afE5afE5aFe5aFe5Afe5Afe5AfE"
NONCE = keccak(b"a nonce")
ZERO = "0x" + "00" * 20
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
UINT_MAX = 2**256 - 1

TRANSFER_TOPIC = keccak(text="Transfer(address,address,uint256)").hex()
APPROVAL_TOPIC = keccak(text="Approval(address,address,uint256)").hex()
USED_TOPIC = keccak(text="AuthorizationUsed(address,bytes32)").hex()
CANCELED_TOPIC = keccak(text="AuthorizationCanceled(address,bytes32)").hex()

FIELDS = {
    "transfer": ["address", "address", "uint256", "uint256", "uint256", "bytes32"],
    "receive": ["address", "address", "uint256", "uint256", "uint256", "bytes32"],
    "cancel": ["address", "bytes32"],
    "permit": ["address", "address", "uint256", "uint256"],
}
NAMES = {
    "transfer": "transferWithAuthorization",
    "receive": "receiveWithAuthorization",
    "cancel": "cancelAuthorization",
    "permit": "permit",
}
TYPES = {
    "transfer": "TransferWithAuthorization(address from,address to,uint256 value,"
    "uint256 validAfter,uint256 validBefore,bytes32 nonce)",
    "receive": "ReceiveWithAuthorization(address from,address to,uint256 value,"
    "uint256 validAfter,uint256 validBefore,bytes32 nonce)",
    "cancel": "CancelAuthorization(address authorizer,bytes32 nonce)",
    "permit": "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)",
}
# From the x402 reference, not computed here.
SELECTORS = {
    ("transfer", "vrs"): "e3ee160e",
    ("transfer", "bytes"): "cf092995",
    ("receive", "vrs"): "ef55bec6",
    ("receive", "bytes"): "88b7ab63",
    ("cancel", "vrs"): "5a049a70",
    ("cancel", "bytes"): "b7b72899",
    ("permit", "vrs"): "d505accf",
    ("permit", "bytes"): "9fd5a6cf",
}
FORMS = ["vrs", "bytes"]


def chain(**changes):
    return Chain({PAYER.address: 1_000_000, WALLET: 1_000_000}, **{"now": NOW, **changes})


def call(on, signature, *arguments, sender=ANYONE):
    kinds = signature[signature.index("(") + 1 : -1]
    data = selector_of(signature) + encode(kinds.split(",") if kinds else [], arguments)
    return on.call(TOKEN, data, sender)


def read(on, signature, kind, *arguments):
    return decode([kind], call(on, signature, *arguments))[0]


def balance(on, account):
    return read(on, "balanceOf(address)", "uint256", account)


def domain(name="USDC", version="2", chain_id=84532, contract=TOKEN):
    kind = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    return keccak(
        encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [keccak(text=kind), keccak(text=name), keccak(text=version), chain_id, contract],
        )
    )


def digest(act, arguments, permit_nonce=0, separator=None):
    fields, values = list(FIELDS[act]), list(arguments)
    if act == "permit":
        fields.insert(3, "uint256")
        values.insert(3, permit_nonce)
    struct = keccak(encode(["bytes32", *fields], [keccak(text=TYPES[act]), *values]))
    return keccak(b"\x19\x01" + (separator or domain()) + struct)


def signed(act, arguments, key=PAYER, **options):
    signature = key.unsafe_sign_hash(digest(act, arguments, **options))
    return signature.v, signature.r, signature.s


def calldata(act, form, arguments, v, r, s):
    r, s = r.to_bytes(32, "big"), s.to_bytes(32, "big")
    if form == "vrs":
        tail, values = ["uint8", "bytes32", "bytes32"], [v, r, s]
    else:
        tail, values = ["bytes"], [r + s + bytes([v])]
    data = encode([*FIELDS[act], *tail], [*arguments, *values])
    return bytes.fromhex(SELECTORS[act, form]) + data


def transfer_data(arguments, signature):
    data = encode([*FIELDS["transfer"], "bytes"], [*arguments, signature])
    return bytes.fromhex(SELECTORS["transfer", "bytes"]) + data


def refuses(reason, action):
    try:
        action()
    except Reverted as revert:
        equal(revert.reason, reason, "reason")
        return revert
    raise AssertionError(f"no revert, want {reason!r}")


def submit(on, act, form, arguments, signature=None, sender=ANYONE):
    signature = signature or signed(act, arguments)
    return on.call(TOKEN, calldata(act, form, arguments, *signature), sender)


def terms(**changes):
    """Arguments of a transfer that is valid now."""
    fields = {
        "sender": PAYER.address,
        "receiver": PAYEE,
        "value": 10_000,
        "after": NOW - 1,
        "before": NOW + 60,
        "nonce": NONCE,
    }
    return list({**fields, **changes}.values())


def authorization_word(on, nonce=NONCE):
    """What the settlement precompile reads: Sources/Payments, AuthorizationWord."""
    slot = genesis.artifact("UsdcLikeToken")["storageLayout"]["authorizationWord"]["slot"]
    return on.evm.storage(TOKEN, genesis.mapping_slot(slot, PAYER.address, nonce))


def transfer_word(receiver, value, timestamp=NOW):
    image = keccak(encode(["address", "uint256"], [receiver, value]))
    return int.from_bytes(image[:24] + timestamp.to_bytes(8, "big"), "big")


def topic(address):
    return address[2:].lower().rjust(64, "0")


def test_selectors_are_those_of_the_reference():
    for (act, form), selector in SELECTORS.items():
        tail = ["uint8", "bytes32", "bytes32"] if form == "vrs" else ["bytes"]
        signature = f"{NAMES[act]}({','.join([*FIELDS[act], *tail])})"
        equal(selector_of(signature).hex(), selector, signature)


def test_authorization_state_is_that_of_the_reference():
    (entry,) = [
        entry
        for entry in genesis.artifact("UsdcLikeToken")["abi"]
        if entry.get("name") == "authorizationState"
    ]
    equal([part["type"] for part in entry["inputs"]], ["address", "bytes32"], "inputs")
    equal([part["type"] for part in entry["outputs"]], ["bool"], "outputs")
    equal(entry["stateMutability"], "view", "mutability")


def test_abi_lists_both_overloads():
    names = [entry.get("name") for entry in genesis.artifact("UsdcLikeToken")["abi"]]
    for name in NAMES.values():
        equal(names.count(name), 2, name)


def test_storage_layout_is_pinned():
    want = {
        "balanceAndBlacklist": 0,
        "allowance": 1,
        "authorizationWord": 2,
        "nonces": 3,
        "totalSupply": 4,
        "paused": 5,
        "owner": 6,
        "pauser": 7,
        "blacklister": 8,
        "masterMinter": 9,
        "isMinter": 10,
        "minterAllowance": 11,
        "name": 12,
        "version": 14,
        "symbol": 16,
        "currency": 18,
    }
    layout = genesis.artifact("UsdcLikeToken")["storageLayout"]
    equal({field: place["slot"] for field, place in layout.items()}, want)


def test_texts_and_supply():
    on = chain()
    texts = {"name": "USDC", "version": "2", "symbol": "USDC", "currency": "USD"}
    for field, want in texts.items():
        equal(read(on, f"{field}()", "string"), want, field)
    equal(read(on, "decimals()", "uint8"), 6)
    equal(read(on, "totalSupply()", "uint256"), 2_000_000)
    equal(read(on, "owner()", "address"), on.owner.lower())
    for act, name in [
        ("transfer", "TRANSFER_WITH_AUTHORIZATION"),
        ("receive", "RECEIVE_WITH_AUTHORIZATION"),
        ("cancel", "CANCEL_AUTHORIZATION"),
        ("permit", "PERMIT"),
    ]:
        equal(read(on, f"{name}_TYPEHASH()", "bytes32"), keccak(text=TYPES[act]), name)


def test_domain_separator_follows_name_version_and_chain():
    for options in [{}, {"name": "USD Coin"}, {"version": "3"}, {"chain_id": 31337}]:
        equal(read(chain(**options), "DOMAIN_SEPARATOR()", "bytes32"), domain(**options))
    longest = {"name": "n" * 32, "version": "v" * 32}
    equal(read(chain(**longest), "DOMAIN_SEPARATOR()", "bytes32"), domain(**longest))


def test_authorized_transfer_moves_money_once_in_both_forms():
    gas = {}
    for form in FORMS:
        on = chain()
        submit(on, "transfer", form, terms())
        gas[form] = on.gas_used
        equal(
            on.logs,
            [
                (TOKEN.lower(), [USED_TOPIC, topic(PAYER.address), NONCE.hex()], b""),
                (
                    TOKEN.lower(),
                    [TRANSFER_TOPIC, topic(PAYER.address), topic(PAYEE)],
                    encode(["uint256"], [10_000]),
                ),
            ],
            "logs",
        )
        equal(balance(on, PAYER.address), 990_000)
        equal(balance(on, PAYEE), 10_000)
        equal(read(on, "totalSupply()", "uint256"), 2_000_000)
        state = "authorizationState(address,bytes32)"
        equal(read(on, state, "bool", PAYER.address, NONCE), True)
        equal(read(on, state, "bool", PAYEE, NONCE), False)
        equal(authorization_word(on), transfer_word(PAYEE, 10_000), "word of the nonce")
        for again in FORMS:
            refuses(
                "FiatTokenV2: authorization is used or canceled",
                lambda: submit(on, "transfer", again, terms()),
            )
    return ", ".join(f"{form} {used} gas" for form, used in gas.items())


def test_bytes_after_the_arguments_are_ignored():
    for form in FORMS:
        on = chain()
        data = calldata("transfer", form, terms(), *signed("transfer", terms()))
        on.call(TOKEN, data + bytes.fromhex("8021" * 16))
        equal(balance(on, PAYEE), 10_000)
    # A suffix longer than everything that the contract reads.
    on = chain()
    data = calldata("transfer", "bytes", terms(), *signed("transfer", terms()))
    on.call(TOKEN, data + bytes(6_000))
    equal(balance(on, PAYEE), 10_000)


def test_times_are_exclusive_at_both_ends():
    for form in FORMS:
        for changes, reason in [
            ({"after": NOW}, "FiatTokenV2: authorization is not yet valid"),
            ({"after": UINT_MAX}, "FiatTokenV2: authorization is not yet valid"),
            ({"before": NOW}, "FiatTokenV2: authorization is expired"),
            ({"before": 0}, "FiatTokenV2: authorization is expired"),
            ({"after": NOW, "before": NOW}, "FiatTokenV2: authorization is not yet valid"),
        ]:
            refuses(reason, lambda: submit(chain(), "transfer", form, terms(**changes)))
        submit(chain(), "transfer", form, terms(after=NOW - 1, before=NOW + 1))


def test_signature_rules_in_order():
    v, r, s = signed("transfer", terms())
    rows = [
        ((v, r, ORDER - s), "ECRecover: invalid signature 's' value"),
        ((5, r, ORDER - s), "ECRecover: invalid signature 's' value"),
        ((v - 27, r, s), "ECRecover: invalid signature 'v' value"),
        ((29, r, s), "ECRecover: invalid signature 'v' value"),
        ((v, 0, s), "ECRecover: invalid signature"),
        ((v, r, 0), "ECRecover: invalid signature"),
        ((v, ORDER, s), "ECRecover: invalid signature"),
        (signed("transfer", terms(), key=OTHER), "FiatTokenV2: invalid signature"),
        (signed("receive", terms()), "FiatTokenV2: invalid signature"),
        (
            signed("transfer", terms(), separator=domain(chain_id=1)),
            "FiatTokenV2: invalid signature",
        ),
        (signed("transfer", terms(value=10_001)), "FiatTokenV2: invalid signature"),
    ]
    for form in FORMS:
        for signature, reason in rows:
            refuses(reason, lambda: submit(chain(), "transfer", form, terms(), signature))
    return f"{len(rows) * len(FORMS)} refusals"


def test_signature_of_wrong_length():
    on = chain()
    for size in [0, 1, 64, 66, 4096]:
        refuses(
            "ECRecover: invalid signature length",
            lambda: on.call(TOKEN, transfer_data(terms(), bytes(size))),
        )


def test_hostile_call_data_reverts():
    on = chain()
    good = calldata("transfer", "bytes", terms(), *signed("transfer", terms()))
    word = bytes(31) + b"\x01"
    rows = [
        b"",
        good[:3],
        good[:4],
        good[:100],
        good[: 4 + 7 * 32],
        good[: 4 + 8 * 32],
        good[:-32],
        bytes.fromhex("deadbeef") + good[4:],
        # dirty address, offset beyond the data, offset that wraps, length beyond the data
        good[:4] + b"\xff" + good[5:],
        good[: 4 + 6 * 32] + (10_000).to_bytes(32, "big") + good[4 + 7 * 32 :],
        good[: 4 + 6 * 32] + b"\xff" * 32 + good[4 + 7 * 32 :],
        good[: 4 + 7 * 32] + b"\xff" * 32 + good[4 + 8 * 32 :],
        good[: 4 + 7 * 32] + (4097).to_bytes(32, "big") + bytes(4128),
        bytes.fromhex(SELECTORS["permit", "bytes"]) + word,
        bytes.fromhex(SELECTORS["cancel", "bytes"]) + word * 2,
    ]
    for data in rows:
        refuses("", lambda: on.call(TOKEN, data))
    # Neither form takes ether, and v must fit a byte.
    vrs = calldata("transfer", "vrs", terms(), *signed("transfer", terms()))
    dirty = vrs[: 4 + 6 * 32] + b"\x01" + vrs[5 + 6 * 32 :]
    refuses("", lambda: on.call(TOKEN, dirty))
    on.evm.set_balance(ANYONE, 10**18)
    for data in [good, vrs, b""]:
        refuses("", lambda: on.call(TOKEN, data, value=1))
    return f"{len(rows) + 4} refusals"


def test_balance_and_zero_address():
    for form in FORMS:
        for changes, reason in [
            ({"value": 1_000_001}, "ERC20: transfer amount exceeds balance"),
            ({"receiver": ZERO}, "ERC20: transfer to the zero address"),
        ]:
            refuses(reason, lambda: submit(chain(), "transfer", form, terms(**changes)))
        for value in [0, 1_000_000]:
            submit(chain(), "transfer", form, terms(value=value))
        on = chain()
        submit(on, "transfer", form, terms(receiver=PAYER.address))
        equal(balance(on, PAYER.address), 1_000_000)


def test_receive_is_for_the_payee():
    for form in FORMS:
        on = chain()
        refuses(
            "FiatTokenV2: caller must be the payee",
            lambda: submit(on, "receive", form, terms(after=NOW)),
        )
        equal(authorization_word(on), 0, "word of an unused nonce")
        submit(on, "receive", form, terms(), sender=PAYEE)
        equal(balance(on, PAYEE), 10_000)
        equal(authorization_word(on), transfer_word(PAYEE, 10_000), "word of the nonce")
        refuses(
            "FiatTokenV2: authorization is used or canceled",
            lambda: submit(on, "transfer", form, terms()),
        )


def test_cancel_spends_the_nonce():
    arguments = [PAYER.address, NONCE]
    for form in FORMS:
        on = chain()
        wrong = signed("cancel", arguments, key=OTHER)
        refuses(
            "FiatTokenV2: invalid signature",
            lambda: submit(on, "cancel", form, arguments, wrong),
        )
        submit(on, "cancel", form, arguments)
        event = (TOKEN.lower(), [CANCELED_TOPIC, topic(PAYER.address), NONCE.hex()], b"")
        equal(on.logs, [event], "logs")
        equal(authorization_word(on), 1, "word of a canceled nonce")
        state = "authorizationState(address,bytes32)"
        equal(read(on, state, "bool", PAYER.address, NONCE), True)
        for act, values in [("cancel", arguments), ("transfer", terms())]:
            refuses(
                "FiatTokenV2: authorization is used or canceled",
                lambda: submit(on, act, form, values),
            )


def test_permit_sets_the_allowance():
    allowance = "allowance(address,address)"
    for form in FORMS:
        on = chain()
        for nonce, deadline in enumerate([NOW, UINT_MAX]):
            arguments = [PAYER.address, OTHER.address, 7 + nonce, deadline]
            signature = signed("permit", arguments, permit_nonce=nonce)
            submit(on, "permit", form, arguments, signature)
            want = [APPROVAL_TOPIC, topic(PAYER.address), topic(OTHER.address)]
            equal(on.logs, [(TOKEN.lower(), want, encode(["uint256"], [7 + nonce]))], "logs")
            got = read(on, allowance, "uint256", PAYER.address, OTHER.address)
            equal(got, 7 + nonce)
            equal(read(on, "nonces(address)", "uint256", PAYER.address), nonce + 1)
            refuses(
                "EIP2612: invalid signature",
                lambda: submit(on, "permit", form, arguments, signature),
            )
        late = [PAYER.address, OTHER.address, 1, NOW - 1]
        refuses("FiatTokenV2: permit is expired", lambda: submit(on, "permit", form, late))
        nobody = [PAYER.address, ZERO, 1, NOW]
        signature = signed("permit", nobody, permit_nonce=2)
        refuses(
            "ERC20: approve to the zero address",
            lambda: submit(on, "permit", form, nobody, signature),
        )
        equal(read(on, "nonces(address)", "uint256", PAYER.address), 2)


# Answers the ERC-1271 magic word if the hash of its whole call data lies in slot 0.
PICKY = "365f5f37365f205f5414" + "7f1626ba7e" + "00" * 28 + "025f5260205ff3"
# Answers the magic word with a dirty tail, four bytes of it, or another word; writes; reverts.
DIRTY = "7f1626ba7e" + "00" * 27 + "015f5260205ff3"
SHORT = "7f1626ba7e" + "00" * 28 + "5f5260045ff3"
OTHERWISE = "7fffffffff" + "00" * 28 + "5f5260205ff3"
WRITES = "60015f557f1626ba7e" + "00" * 28 + "5f5260205ff3"
REVERTS = "5f5ffd"
STOPS = "00"
LONG = "7f1626ba7e" + "00" * 28 + "5f5260605ff3"


def test_contract_wallets_answer_by_erc1271():
    arguments = terms(sender=WALLET)
    for size in [0, 1, 65, 96, 1000, 4096]:
        on = chain()
        on.put_code(WALLET, PICKY)
        signature = bytes(index % 251 for index in range(size))
        asked = selector_of("isValidSignature(bytes32,bytes)") + encode(
            ["bytes32", "bytes"], [digest("transfer", arguments), signature]
        )
        on.evm.insert_account_storage(WALLET, 0, int.from_bytes(keccak(asked), "big"))
        refuses(
            "FiatTokenV2: invalid signature",
            lambda: on.call(TOKEN, transfer_data(arguments, signature[:-1] + b"\xff")),
        )
        on.call(TOKEN, transfer_data(arguments, signature))
        equal(balance(on, PAYEE), 10_000)


def test_contract_wallets_that_do_not_agree():
    for code in [DIRTY, SHORT, OTHERWISE, WRITES, REVERTS, STOPS, PICKY]:
        for form in FORMS:
            on = chain()
            # The owner's own key no longer counts once the account has code (EIP-7702).
            on.put_code(PAYER.address, code)
            refuses(
                "FiatTokenV2: invalid signature", lambda: submit(on, "transfer", form, terms())
            )
            permit = [PAYER.address, OTHER.address, 1, NOW]
            refuses("EIP2612: invalid signature", lambda: submit(on, "permit", form, permit))


def test_wallets_take_any_v_r_s_and_long_answers():
    on = chain()
    on.put_code(WALLET, LONG)
    submit(on, "transfer", "vrs", terms(sender=WALLET), (0, 0, ORDER))
    equal(balance(on, PAYEE), 10_000)
    arguments = [WALLET, keccak(b"another")]
    submit(on, "cancel", "vrs", arguments, (255, 1, 1))
    submit(on, "permit", "bytes", [WALLET, OTHER.address, 5, NOW], (1, 2, 3))
    equal(read(on, "allowance(address,address)", "uint256", WALLET, OTHER.address), 5)


def test_pause_stops_everything_first():
    on = chain()
    refuses("Pausable: caller is not the pauser", lambda: call(on, "pause()"))
    call(on, "pause()", sender=on.owner)
    expired = terms(before=0)
    for form in FORMS:
        for act in ["transfer", "receive"]:
            refuses("Pausable: paused", lambda: submit(on, act, form, expired))
        refuses("Pausable: paused", lambda: submit(on, "cancel", form, [PAYER.address, NONCE]))
        late = [PAYER.address, OTHER.address, 1, 0]
        refuses("Pausable: paused", lambda: submit(on, "permit", form, late))
    for signature, arguments in [
        ("transfer(address,uint256)", [PAYEE, 1]),
        ("transferFrom(address,address,uint256)", [PAYER.address, PAYEE, 1]),
        ("approve(address,uint256)", [PAYEE, 1]),
        ("increaseAllowance(address,uint256)", [PAYEE, 1]),
        ("decreaseAllowance(address,uint256)", [PAYEE, 1]),
        ("mint(address,uint256)", [PAYEE, 1]),
        ("burn(uint256)", [1]),
        ("configureMinter(address,uint256)", [PAYEE, 1]),
    ]:
        refuses("Pausable: paused", lambda: call(on, signature, *arguments))
    call(on, "unpause()", sender=on.owner)
    submit(on, "transfer", "vrs", terms())


def test_blacklist_keeps_the_balance_and_stops_movement():
    reason = "Blacklistable: account is blacklisted"
    for account in [PAYER.address, PAYEE]:
        on = chain()
        refuses(
            "Blacklistable: caller is not the blacklister",
            lambda: call(on, "blacklist(address)", account),
        )
        before = balance(on, account)
        call(on, "blacklist(address)", account, sender=on.owner)
        equal(read(on, "isBlacklisted(address)", "bool", account), True)
        equal(balance(on, account), before)
        for form in FORMS:
            for act in ["transfer", "receive"]:
                refuses(reason, lambda: submit(on, act, form, terms(before=0)))
        move = "transfer(address,uint256)"
        refuses(reason, lambda: call(on, move, PAYEE, 1, sender=PAYER.address))
        # Approvals and cancellations are free of the list since version 2.2.
        call(on, "approve(address,uint256)", PAYEE, 1, sender=PAYER.address)
        take = "transferFrom(address,address,uint256)"
        refuses(reason, lambda: call(on, take, PAYER.address, PAYEE, 1))
        call(on, "unBlacklist(address)", account, sender=on.owner)
        equal(read(on, "isBlacklisted(address)", "bool", account), False)
        submit(on, "transfer", "vrs", terms())


def test_erc20_allowances():
    on = chain()
    get = ["allowance(address,address)", "uint256", PAYER.address, ANYONE]
    take = "transferFrom(address,address,uint256)"
    payer = PAYER.address
    refuses(
        "ERC20: transfer amount exceeds allowance", lambda: call(on, take, payer, PAYEE, 1)
    )
    call(on, "approve(address,uint256)", ANYONE, 10, sender=payer)
    call(on, "increaseAllowance(address,uint256)", ANYONE, 5, sender=payer)
    call(on, "decreaseAllowance(address,uint256)", ANYONE, 3, sender=payer)
    equal(read(on, *get), 12)
    call(on, take, payer, PAYEE, 12)
    equal(read(on, *get), 0)
    equal(balance(on, PAYEE), 12)
    refuses(
        "ERC20: decreased allowance below zero",
        lambda: call(on, "decreaseAllowance(address,uint256)", ANYONE, 1, sender=payer),
    )
    call(on, "approve(address,uint256)", ANYONE, UINT_MAX, sender=payer)
    refuses(
        "SafeMath: addition overflow",
        lambda: call(on, "increaseAllowance(address,uint256)", ANYONE, 1, sender=payer),
    )
    call(on, take, payer, PAYEE, 1)
    equal(read(on, *get), UINT_MAX - 1, "the greatest allowance shrinks too")
    refuses(
        "ERC20: transfer amount exceeds balance", lambda: call(on, take, payer, PAYEE, 10**9)
    )
    refuses(
        "ERC20: transfer to the zero address",
        lambda: call(on, "transfer(address,uint256)", ZERO, 1, sender=payer),
    )
    refuses(
        "ERC20: approve to the zero address",
        lambda: call(on, "approve(address,uint256)", ZERO, 1, sender=payer),
    )


def test_minting_and_burning():
    on = chain()
    minter = OTHER.address
    mint, burn = "mint(address,uint256)", "burn(uint256)"
    configure = "configureMinter(address,uint256)"
    refuses("FiatToken: caller is not a minter", lambda: call(on, mint, PAYEE, 1))
    refuses(
        "FiatToken: caller is not the masterMinter", lambda: call(on, configure, minter, 100)
    )
    call(on, configure, minter, 100, sender=on.owner)
    for amount, to, reason in [
        (101, PAYEE, "FiatToken: mint amount exceeds minterAllowance"),
        (0, PAYEE, "FiatToken: mint amount not greater than 0"),
        (1, ZERO, "FiatToken: mint to the zero address"),
    ]:
        refuses(reason, lambda: call(on, mint, to, amount, sender=minter))
    call(on, mint, minter, 100, sender=minter)
    equal(balance(on, minter), 100)
    equal(read(on, "minterAllowance(address)", "uint256", minter), 0)
    equal(read(on, "totalSupply()", "uint256"), 2_000_100)
    refuses(
        "FiatToken: burn amount exceeds balance", lambda: call(on, burn, 101, sender=minter)
    )
    refuses("FiatToken: burn amount not greater than 0", lambda: call(on, burn, 0, sender=minter))
    call(on, burn, 40, sender=minter)
    equal(read(on, "totalSupply()", "uint256"), 2_000_060)
    call(on, configure, minter, UINT_MAX, sender=on.owner)
    refuses("SafeMath: addition overflow", lambda: call(on, mint, PAYEE, UINT_MAX, sender=minter))
    refuses(
        "FiatTokenV2_2: Balance exceeds (2^255 - 1)",
        lambda: call(on, mint, PAYEE, 2**255, sender=minter),
    )
    call(on, "removeMinter(address)", minter, sender=on.owner)
    refuses("FiatToken: caller is not a minter", lambda: call(on, burn, 1, sender=minter))


def test_roles_change_hands():
    on = chain()
    for signature, field, zero in [
        ("updatePauser(address)", "pauser()", "Pausable: new pauser is the zero address"),
        (
            "updateBlacklister(address)",
            "blacklister()",
            "Blacklistable: new blacklister is the zero address",
        ),
        (
            "updateMasterMinter(address)",
            "masterMinter()",
            "FiatToken: new masterMinter is the zero address",
        ),
        ("transferOwnership(address)", "owner()", "Ownable: new owner is the zero address"),
    ]:
        refuses("Ownable: caller is not the owner", lambda: call(on, signature, OTHER.address))
        refuses(zero, lambda: call(on, signature, ZERO, sender=on.owner))
        call(on, signature, OTHER.address, sender=on.owner)
        equal(read(on, field, "address"), OTHER.address.lower())


def test_published_settlements_move_the_money():
    made = 0
    for file in ["exact-eip3009-v2", "exact-v1"]:
        for vector in vectors(file):
            calls = [
                settlement
                for settlement in vector.get("expectedSettlementCalls") or []
                if settlement["to"] == TOKEN
                and settlement["function"] == "transferWithAuthorization"
            ]
            if not calls:
                continue
            on = of_vector(vector)
            authorization = vector["verifyRequest"]["paymentPayload"]["payload"]["authorization"]
            before = balance(on, authorization["from"])
            for settlement in calls:
                on.call(TOKEN, bytes.fromhex(settlement["data"][2:]))
            value = int(authorization["value"])
            equal(balance(on, authorization["from"]), before - value, vector["name"])
            equal(balance(on, authorization["to"]), value, vector["name"])
            made += 1
    equal(made > 0, True)
    return f"{made} vectors"


def test_published_refusals_have_the_same_text():
    made = 0
    for file in ["exact-eip3009-v2", "exact-v1"]:
        for vector in vectors(file):
            message = vector["expectedVerifyResponse"].get("invalidMessage", "")
            reason = message.removeprefix("execution reverted: ")
            if reason == message:
                continue
            payload = vector["verifyRequest"]["paymentPayload"]["payload"]
            fields = payload["authorization"]
            arguments = [fields["from"], fields["to"]]
            arguments += [int(fields[key]) for key in ["value", "validAfter", "validBefore"]]
            arguments.append(bytes.fromhex(fields["nonce"][2:]))
            signature = bytes.fromhex(payload["signature"][2:])
            data = transfer_data(arguments, signature)
            refuses(reason, lambda: of_vector(vector).call(TOKEN, data))
            made += 1
    equal(made > 0, True)
    return f"{made} vectors"


def of_vector(vector):
    """A chain in the state of a published vector."""
    state = vector["state"]
    token = state["token"]
    balances = {account: int(amount) for account, amount in token["balances"].items()}
    on = Chain(balances, vector["now"], token["name"], token["version"], state["chainId"])
    for account, has in state["accountsWithCode"].items():
        address = WALLET if account == "counterfactual" else account
        on.put_code(address, LONG if has["erc1271"] == "accept" else OTHERWISE)
    return on
