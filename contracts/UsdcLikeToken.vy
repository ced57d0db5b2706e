# pragma version 0.4.3
"""
@title Token with gasless transfers, in the manner of USDC
@notice ERC-20 with EIP-3009 authorizations and EIP-2612 permits. Functions, check order,
        revert texts and events are those of Circle's FiatTokenV2_2, so that x402 clients and
        facilitators meet the token they know.
@dev    Invariants:
        - totalSupply is the sum of all balances.
        - An authorization nonce goes from unused to used (or canceled) once, never back. The
          chain's settlement reads where the money of a used one went, and when, out of one slot:
          see `authorizationWord`.
        - The top bit of `balanceAndBlacklist` marks a blacklisted account; the lower 255 bits
          are its balance. Both come with one storage read.

        Vyper has no overloading. The functions with (v, r, s) are declared; their twins that
        take the signature as bytes are dispatched by selector in `__default__`. The overload
        lines below add the twins to the compiled ABI.

        Storage may be laid down by a genesis file: nothing depends on the constructor. Vyper
        puts a mapping's value at keccak256(slot . key), and a short string in two slots: its
        length, then its bytes, left aligned.

        Differences from FiatTokenV2_2: no proxy, no `rescueERC20`, `version` is storage, and a
        signature may have 4,096 bytes at most.
"""
# overload: transferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce,bytes signature)
# overload: receiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce,bytes signature)
# overload: cancelAuthorization(address authorizer,bytes32 nonce,bytes signature)
# overload: permit(address owner,address spender,uint256 value,uint256 deadline,bytes signature)

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

event Approval:
    owner: indexed(address)
    spender: indexed(address)
    value: uint256

event AuthorizationUsed:
    authorizer: indexed(address)
    nonce: indexed(bytes32)

event AuthorizationCanceled:
    authorizer: indexed(address)
    nonce: indexed(bytes32)

event Mint:
    minter: indexed(address)
    receiver: indexed(address)
    amount: uint256

event Burn:
    burner: indexed(address)
    amount: uint256

event MinterConfigured:
    minter: indexed(address)
    minterAllowedAmount: uint256

event MinterRemoved:
    oldMinter: indexed(address)

event MasterMinterChanged:
    newMasterMinter: indexed(address)

event Pause:
    pass

event Unpause:
    pass

event PauserChanged:
    newAddress: indexed(address)

event Blacklisted:
    account: indexed(address)

event UnBlacklisted:
    account: indexed(address)

event BlacklisterChanged:
    newBlacklister: indexed(address)

event OwnershipTransferred:
    previousOwner: address
    newOwner: address

# The order of these is the storage layout. Genesis files and the native settlement path rely on
# the slots; the tests compare them with the compiler's.
balanceAndBlacklist: HashMap[address, uint256]
allowance: public(HashMap[address, HashMap[address, uint256]])
# 0 unused, CANCELED, or for a transfer: the upper 192 bits of keccak256(abi.encode(to, value)),
# then the block's timestamp in 64 bits.
authorizationWord: HashMap[address, HashMap[bytes32, uint256]]
nonces: public(HashMap[address, uint256])
totalSupply: public(uint256)
paused: public(bool)
owner: public(address)
pauser: public(address)
blacklister: public(address)
masterMinter: public(address)
isMinter: public(HashMap[address, bool])
minterAllowance: public(HashMap[address, uint256])
name: public(String[32])
version: public(String[32])
symbol: public(String[32])
currency: public(String[32])

decimals: public(constant(uint8)) = 6

DOMAIN_TYPEHASH: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
TRANSFER_WITH_AUTHORIZATION_TYPEHASH: public(constant(bytes32)) = keccak256(
    "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
)
RECEIVE_WITH_AUTHORIZATION_TYPEHASH: public(constant(bytes32)) = keccak256(
    "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
)
CANCEL_AUTHORIZATION_TYPEHASH: public(constant(bytes32)) = keccak256(
    "CancelAuthorization(address authorizer,bytes32 nonce)"
)
PERMIT_TYPEHASH: public(constant(bytes32)) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)

# No transfer has this word: its upper bits would be a hash of zeros.
CANCELED: constant(uint256) = 1
TIMESTAMP_BITS: constant(uint256) = 64

BLACKLISTED: constant(uint256) = 1 << 255
BALANCE_MAX: constant(uint256) = (1 << 255) - 1
# Half the order of secp256k1: a greater s is the mirror of a valid signature.
LOW_S_MAX: constant(uint256) = (
    57896044618658097711785492504343953926418782139537452191302581570759080747168
)
# bytes4(keccak256("isValidSignature(bytes32,bytes)")), left aligned (ERC-1271).
ERC1271_MAGIC: constant(bytes32) = (
    0x1626ba7e00000000000000000000000000000000000000000000000000000000
)

SIGNATURE_BYTES_MAX: constant(uint256) = 4096
# The words before the signature's bytes (heads, offset, length), and the signature.
TRANSFER_BYTES_MAX: constant(uint256) = 8 * 32 + SIGNATURE_BYTES_MAX
CANCEL_BYTES_MAX: constant(uint256) = 4 * 32 + SIGNATURE_BYTES_MAX
PERMIT_BYTES_MAX: constant(uint256) = 6 * 32 + SIGNATURE_BYTES_MAX
CALL_BYTES_MAX: constant(uint256) = 4 + TRANSFER_BYTES_MAX
IDENTITY: constant(address) = 0x0000000000000000000000000000000000000004


@deploy
def __init__(
    _name: String[32],
    _symbol: String[32],
    _currency: String[32],
    _version: String[32],
    _owner: address,
):
    """
    @notice Sets the texts and gives every role to the owner, who may hand them on.
    """
    assert _owner != empty(address), "FiatToken: new owner is the zero address"
    self.name = _name
    self.symbol = _symbol
    self.currency = _currency
    self.version = _version
    self.owner = _owner
    self.pauser = _owner
    self.blacklister = _owner
    self.masterMinter = _owner


# ERC-20


@view
@external
def balanceOf(account: address) -> uint256:
    """
    @notice The balance of an account, in units of 10^-6.
    """
    return self._balance(account)


@external
def transfer(receiver: address, amount: uint256) -> bool:
    """
    @notice Moves tokens of the caller.
    """
    self._require_running()
    self._require_allowed(msg.sender)
    self._require_allowed(receiver)
    self._transfer(msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    """
    @notice Moves tokens of another account out of the caller's allowance. An allowance of the
            greatest number shrinks too.
    """
    self._require_running()
    self._require_allowed(msg.sender)
    self._require_allowed(sender)
    self._require_allowed(receiver)
    allowed: uint256 = self.allowance[sender][msg.sender]
    assert amount <= allowed, "ERC20: transfer amount exceeds allowance"
    self._transfer(sender, receiver, amount)
    self.allowance[sender][msg.sender] = unsafe_sub(allowed, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    """
    @notice Sets the allowance of a spender over the caller's tokens.
    """
    self._require_running()
    self._approve(msg.sender, spender, amount)
    return True


@external
def increaseAllowance(spender: address, increment: uint256) -> bool:
    """
    @notice Adds to an allowance of the caller.
    """
    self._require_running()
    allowed: uint256 = self.allowance[msg.sender][spender]
    assert increment <= max_value(uint256) - allowed, "SafeMath: addition overflow"
    self._approve(msg.sender, spender, unsafe_add(allowed, increment))
    return True


@external
def decreaseAllowance(spender: address, decrement: uint256) -> bool:
    """
    @notice Takes from an allowance of the caller.
    """
    self._require_running()
    allowed: uint256 = self.allowance[msg.sender][spender]
    assert decrement <= allowed, "ERC20: decreased allowance below zero"
    self._approve(msg.sender, spender, unsafe_sub(allowed, decrement))
    return True


# EIP-3009 and EIP-2612: signatures as (v, r, s)


@view
@external
def authorizationState(authorizer: address, nonce: bytes32) -> bool:
    """
    @notice Whether an authorization's nonce is used or canceled (EIP-3009).
    """
    return self.authorizationWord[authorizer][nonce] != 0


@view
@external
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain separator, made anew from name, version, chain and address.
    """
    return self._domain_separator()


@external
def transferWithAuthorization(
    sender: address,
    receiver: address,
    amount: uint256,
    validAfter: uint256,
    validBefore: uint256,
    nonce: bytes32,
    v: uint8,
    r: bytes32,
    s: bytes32,
):
    """
    @notice Moves tokens as their owner has signed (EIP-3009). Valid while
            validAfter < block.timestamp < validBefore, once a nonce.
    """
    self._transfer_authorized(
        TRANSFER_WITH_AUTHORIZATION_TYPEHASH,
        sender, receiver, amount, validAfter, validBefore, nonce,
        self._joined(v, r, s),
    )


@external
def receiveWithAuthorization(
    sender: address,
    receiver: address,
    amount: uint256,
    validAfter: uint256,
    validBefore: uint256,
    nonce: bytes32,
    v: uint8,
    r: bytes32,
    s: bytes32,
):
    """
    @notice As transferWithAuthorization, but only the payee may call.
    """
    self._receive_authorized(
        sender, receiver, amount, validAfter, validBefore, nonce, self._joined(v, r, s)
    )


@external
def cancelAuthorization(authorizer: address, nonce: bytes32, v: uint8, r: bytes32, s: bytes32):
    """
    @notice Spends a nonce so that no authorization with it can be used.
    """
    self._cancel_authorized(authorizer, nonce, self._joined(v, r, s))


@external
def permit(
    holder: address,
    spender: address,
    amount: uint256,
    deadline: uint256,
    v: uint8,
    r: bytes32,
    s: bytes32,
):
    """
    @notice Sets an allowance as the holder has signed (EIP-2612). The greatest deadline never
            expires.
    """
    self._permit(holder, spender, amount, deadline, self._joined(v, r, s))


# EIP-3009 and EIP-2612: signatures as bytes


@external
def __default__():
    """
    @notice Dispatches the overloads that take a signature as bytes; all else reverts.
    @dev    Bytes after the arguments are ignored, as Solidity does: settlement transactions
            may carry an ERC-8021 suffix.
    """
    assert len(msg.data) >= 4
    selector: bytes4 = convert(slice(msg.data, 0, 4), bytes4)
    if selector == method_id(
        "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
        output_type=bytes4,
    ):
        self._transfer_by_bytes(self._arguments(TRANSFER_BYTES_MAX))
    elif selector == method_id(
        "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)",
        output_type=bytes4,
    ):
        self._receive_by_bytes(self._arguments(TRANSFER_BYTES_MAX))
    elif selector == method_id("cancelAuthorization(address,bytes32,bytes)", output_type=bytes4):
        self._cancel_by_bytes(self._arguments(CANCEL_BYTES_MAX))
    elif selector == method_id(
        "permit(address,address,uint256,uint256,bytes)", output_type=bytes4
    ):
        self._permit_by_bytes(self._arguments(PERMIT_BYTES_MAX))
    else:
        raw_revert(b"")


@view
@internal
def _arguments(bytes_max: uint256) -> Bytes[CALL_BYTES_MAX]:
    """
    @dev The call's data after its selector, cut to what the arguments can fill. Vyper slices
         `msg.data` by constants only, so the identity precompile brings it to memory.
    """
    data: Bytes[CALL_BYTES_MAX] = raw_call(
        IDENTITY, msg.data, max_outsize=CALL_BYTES_MAX, is_static_call=True
    )
    return slice(data, 4, min(len(data) - 4, bytes_max))


@internal
def _transfer_by_bytes(arguments: Bytes[CALL_BYTES_MAX]):
    sender: address = empty(address)
    receiver: address = empty(address)
    amount: uint256 = 0
    valid_after: uint256 = 0
    valid_before: uint256 = 0
    nonce: bytes32 = empty(bytes32)
    signature: Bytes[SIGNATURE_BYTES_MAX] = b""
    sender, receiver, amount, valid_after, valid_before, nonce, signature = abi_decode(
        arguments,
        (address, address, uint256, uint256, uint256, bytes32, Bytes[SIGNATURE_BYTES_MAX]),
    )
    self._transfer_authorized(
        TRANSFER_WITH_AUTHORIZATION_TYPEHASH,
        sender, receiver, amount, valid_after, valid_before, nonce,
        signature,
    )


@internal
def _receive_by_bytes(arguments: Bytes[CALL_BYTES_MAX]):
    sender: address = empty(address)
    receiver: address = empty(address)
    amount: uint256 = 0
    valid_after: uint256 = 0
    valid_before: uint256 = 0
    nonce: bytes32 = empty(bytes32)
    signature: Bytes[SIGNATURE_BYTES_MAX] = b""
    sender, receiver, amount, valid_after, valid_before, nonce, signature = abi_decode(
        arguments,
        (address, address, uint256, uint256, uint256, bytes32, Bytes[SIGNATURE_BYTES_MAX]),
    )
    self._receive_authorized(
        sender, receiver, amount, valid_after, valid_before, nonce, signature
    )


@internal
def _cancel_by_bytes(arguments: Bytes[CALL_BYTES_MAX]):
    authorizer: address = empty(address)
    nonce: bytes32 = empty(bytes32)
    signature: Bytes[SIGNATURE_BYTES_MAX] = b""
    authorizer, nonce, signature = abi_decode(
        arguments, (address, bytes32, Bytes[SIGNATURE_BYTES_MAX])
    )
    self._cancel_authorized(authorizer, nonce, signature)


@internal
def _permit_by_bytes(arguments: Bytes[CALL_BYTES_MAX]):
    holder: address = empty(address)
    spender: address = empty(address)
    amount: uint256 = 0
    deadline: uint256 = 0
    signature: Bytes[SIGNATURE_BYTES_MAX] = b""
    holder, spender, amount, deadline, signature = abi_decode(
        arguments, (address, address, uint256, uint256, Bytes[SIGNATURE_BYTES_MAX])
    )
    self._permit(holder, spender, amount, deadline, signature)


# The rules of authorizations


@internal
def _transfer_authorized(
    type_hash: bytes32,
    sender: address,
    receiver: address,
    amount: uint256,
    valid_after: uint256,
    valid_before: uint256,
    nonce: bytes32,
    signature: Bytes[SIGNATURE_BYTES_MAX],
):
    self._require_running()
    self._require_allowed(sender)
    self._require_allowed(receiver)
    self._settle_authorized(
        type_hash, sender, receiver, amount, valid_after, valid_before, nonce, signature
    )


@internal
def _receive_authorized(
    sender: address,
    receiver: address,
    amount: uint256,
    valid_after: uint256,
    valid_before: uint256,
    nonce: bytes32,
    signature: Bytes[SIGNATURE_BYTES_MAX],
):
    self._require_running()
    self._require_allowed(sender)
    self._require_allowed(receiver)
    assert receiver == msg.sender, "FiatTokenV2: caller must be the payee"
    self._settle_authorized(
        RECEIVE_WITH_AUTHORIZATION_TYPEHASH,
        sender, receiver, amount, valid_after, valid_before, nonce,
        signature,
    )


@internal
def _settle_authorized(
    type_hash: bytes32,
    sender: address,
    receiver: address,
    amount: uint256,
    valid_after: uint256,
    valid_before: uint256,
    nonce: bytes32,
    signature: Bytes[SIGNATURE_BYTES_MAX],
):
    assert block.timestamp > valid_after, "FiatTokenV2: authorization is not yet valid"
    assert block.timestamp < valid_before, "FiatTokenV2: authorization is expired"
    self._require_unused(sender, nonce)
    struct_hash: bytes32 = keccak256(
        abi_encode(type_hash, sender, receiver, amount, valid_after, valid_before, nonce)
    )
    assert self._is_signed(sender, struct_hash, signature), "FiatTokenV2: invalid signature"
    self.authorizationWord[sender][nonce] = self._transfer_word(receiver, amount)
    log AuthorizationUsed(authorizer=sender, nonce=nonce)
    self._transfer(sender, receiver, amount)


@internal
def _cancel_authorized(
    authorizer: address, nonce: bytes32, signature: Bytes[SIGNATURE_BYTES_MAX]
):
    self._require_running()
    self._require_unused(authorizer, nonce)
    struct_hash: bytes32 = keccak256(
        abi_encode(CANCEL_AUTHORIZATION_TYPEHASH, authorizer, nonce)
    )
    assert self._is_signed(authorizer, struct_hash, signature), "FiatTokenV2: invalid signature"
    self.authorizationWord[authorizer][nonce] = CANCELED
    log AuthorizationCanceled(authorizer=authorizer, nonce=nonce)


@internal
def _permit(
    holder: address,
    spender: address,
    amount: uint256,
    deadline: uint256,
    signature: Bytes[SIGNATURE_BYTES_MAX],
):
    self._require_running()
    # The greatest deadline is compared first: it must not read the clock (ERC-4337 rules).
    if deadline != max_value(uint256):
        assert deadline >= block.timestamp, "FiatTokenV2: permit is expired"
    nonce: uint256 = self.nonces[holder]
    self.nonces[holder] = unsafe_add(nonce, 1)
    struct_hash: bytes32 = keccak256(
        abi_encode(PERMIT_TYPEHASH, holder, spender, amount, nonce, deadline)
    )
    assert self._is_signed(holder, struct_hash, signature), "EIP2612: invalid signature"
    self._approve(holder, spender, amount)


@view
@internal
def _require_unused(authorizer: address, nonce: bytes32):
    word: uint256 = self.authorizationWord[authorizer][nonce]
    assert word == 0, "FiatTokenV2: authorization is used or canceled"


@view
@internal
def _transfer_word(receiver: address, amount: uint256) -> uint256:
    digest: uint256 = convert(keccak256(abi_encode(receiver, amount)), uint256)
    return ((digest >> TIMESTAMP_BITS) << TIMESTAMP_BITS) | block.timestamp


# Signatures


@view
@internal
def _domain_separator() -> bytes32:
    return keccak256(
        abi_encode(
            DOMAIN_TYPEHASH, keccak256(self.name), keccak256(self.version), chain.id, self
        )
    )


@pure
@internal
def _joined(v: uint8, r: bytes32, s: bytes32) -> Bytes[65]:
    return concat(r, s, convert(v, bytes1))


@view
@internal
def _is_signed(
    signer: address, struct_hash: bytes32, signature: Bytes[SIGNATURE_BYTES_MAX]
) -> bool:
    """
    @dev An account with code answers by ERC-1271 alone, also where the code is an EIP-7702
         delegation. Others must have signed with their key.
    """
    digest: bytes32 = keccak256(concat(x"1901", self._domain_separator(), struct_hash))
    if signer.codesize == 0:
        return self._recovered(digest, signature) == signer
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        signer,
        abi_encode(digest, signature, method_id=method_id("isValidSignature(bytes32,bytes)")),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    return success and len(answer) == 32 and convert(answer, bytes32) == ERC1271_MAGIC


@pure
@internal
def _recovered(digest: bytes32, signature: Bytes[SIGNATURE_BYTES_MAX]) -> address:
    assert len(signature) == 65, "ECRecover: invalid signature length"
    r: uint256 = convert(slice(signature, 0, 32), uint256)
    s: uint256 = convert(slice(signature, 32, 32), uint256)
    v: uint256 = convert(slice(signature, 64, 1), uint256)
    assert s <= LOW_S_MAX, "ECRecover: invalid signature 's' value"
    assert v == 27 or v == 28, "ECRecover: invalid signature 'v' value"
    signer: address = ecrecover(digest, v, r, s)
    assert signer != empty(address), "ECRecover: invalid signature"
    return signer


# Balances


@view
@internal
def _balance(account: address) -> uint256:
    return self.balanceAndBlacklist[account] & BALANCE_MAX


@internal
def _set_balance(account: address, amount: uint256):
    assert amount <= BALANCE_MAX, "FiatTokenV2_2: Balance exceeds (2^255 - 1)"
    assert (
        self.balanceAndBlacklist[account] < BLACKLISTED
    ), "FiatTokenV2_2: Account is blacklisted"
    self.balanceAndBlacklist[account] = amount


@internal
def _transfer(sender: address, receiver: address, amount: uint256):
    assert sender != empty(address), "ERC20: transfer from the zero address"
    assert receiver != empty(address), "ERC20: transfer to the zero address"
    balance: uint256 = self._balance(sender)
    assert amount <= balance, "ERC20: transfer amount exceeds balance"
    self._set_balance(sender, unsafe_sub(balance, amount))
    # Two numbers below 2^255 cannot wrap. The balance is read again: sender may be receiver.
    self._set_balance(receiver, unsafe_add(self._balance(receiver), amount))
    log Transfer(sender=sender, receiver=receiver, value=amount)


@internal
def _approve(holder: address, spender: address, amount: uint256):
    assert holder != empty(address), "ERC20: approve from the zero address"
    assert spender != empty(address), "ERC20: approve to the zero address"
    self.allowance[holder][spender] = amount
    log Approval(owner=holder, spender=spender, value=amount)


# Minting


@external
def mint(receiver: address, amount: uint256) -> bool:
    """
    @notice Makes new tokens out of the calling minter's allowance.
    """
    self._require_running()
    assert self.isMinter[msg.sender], "FiatToken: caller is not a minter"
    self._require_allowed(msg.sender)
    self._require_allowed(receiver)
    assert receiver != empty(address), "FiatToken: mint to the zero address"
    assert amount > 0, "FiatToken: mint amount not greater than 0"
    allowed: uint256 = self.minterAllowance[msg.sender]
    assert amount <= allowed, "FiatToken: mint amount exceeds minterAllowance"
    supply: uint256 = self.totalSupply
    assert amount <= max_value(uint256) - supply, "SafeMath: addition overflow"
    balance: uint256 = self._balance(receiver)
    assert amount <= max_value(uint256) - balance, "SafeMath: addition overflow"
    self.totalSupply = unsafe_add(supply, amount)
    self._set_balance(receiver, unsafe_add(balance, amount))
    self.minterAllowance[msg.sender] = unsafe_sub(allowed, amount)
    log Mint(minter=msg.sender, receiver=receiver, amount=amount)
    log Transfer(sender=empty(address), receiver=receiver, value=amount)
    return True


@external
def burn(amount: uint256):
    """
    @notice Destroys tokens of the calling minter.
    """
    self._require_running()
    assert self.isMinter[msg.sender], "FiatToken: caller is not a minter"
    self._require_allowed(msg.sender)
    balance: uint256 = self._balance(msg.sender)
    assert amount > 0, "FiatToken: burn amount not greater than 0"
    assert balance >= amount, "FiatToken: burn amount exceeds balance"
    self.totalSupply -= amount
    self._set_balance(msg.sender, unsafe_sub(balance, amount))
    log Burn(burner=msg.sender, amount=amount)
    log Transfer(sender=msg.sender, receiver=empty(address), value=amount)


@external
def configureMinter(minter: address, minterAllowedAmount: uint256) -> bool:
    """
    @notice Adds a minter, or sets how much one may still mint.
    """
    self._require_running()
    self._require_master_minter()
    self.isMinter[minter] = True
    self.minterAllowance[minter] = minterAllowedAmount
    log MinterConfigured(minter=minter, minterAllowedAmount=minterAllowedAmount)
    return True


@external
def removeMinter(minter: address) -> bool:
    """
    @notice Takes a minter's role and allowance away.
    """
    self._require_master_minter()
    self.isMinter[minter] = False
    self.minterAllowance[minter] = 0
    log MinterRemoved(oldMinter=minter)
    return True


@view
@internal
def _require_master_minter():
    assert msg.sender == self.masterMinter, "FiatToken: caller is not the masterMinter"


# Pausing and blacklisting


@external
def pause():
    """
    @notice Stops all movements, approvals and authorizations.
    """
    assert msg.sender == self.pauser, "Pausable: caller is not the pauser"
    self.paused = True
    log Pause()


@external
def unpause():
    """
    @notice Ends a pause.
    """
    assert msg.sender == self.pauser, "Pausable: caller is not the pauser"
    self.paused = False
    log Unpause()


@view
@external
def isBlacklisted(account: address) -> bool:
    """
    @notice Whether an account may neither send nor receive.
    """
    return self.balanceAndBlacklist[account] >= BLACKLISTED


@external
def blacklist(account: address):
    """
    @notice Freezes an account and keeps its balance.
    """
    assert msg.sender == self.blacklister, "Blacklistable: caller is not the blacklister"
    self.balanceAndBlacklist[account] |= BLACKLISTED
    log Blacklisted(account=account)


@external
def unBlacklist(account: address):
    """
    @notice Frees an account.
    """
    assert msg.sender == self.blacklister, "Blacklistable: caller is not the blacklister"
    self.balanceAndBlacklist[account] &= BALANCE_MAX
    log UnBlacklisted(account=account)


@view
@internal
def _require_running():
    assert not self.paused, "Pausable: paused"


@view
@internal
def _require_allowed(account: address):
    assert (
        self.balanceAndBlacklist[account] < BLACKLISTED
    ), "Blacklistable: account is blacklisted"


# Roles


@external
def transferOwnership(newOwner: address):
    """
    @notice Hands the owner's role on.
    """
    self._require_owner()
    assert newOwner != empty(address), "Ownable: new owner is the zero address"
    log OwnershipTransferred(previousOwner=self.owner, newOwner=newOwner)
    self.owner = newOwner


@external
def updateMasterMinter(newMasterMinter: address):
    """
    @notice Names the account that configures minters.
    """
    self._require_owner()
    assert newMasterMinter != empty(address), "FiatToken: new masterMinter is the zero address"
    self.masterMinter = newMasterMinter
    log MasterMinterChanged(newMasterMinter=newMasterMinter)


@external
def updatePauser(newPauser: address):
    """
    @notice Names the account that pauses.
    """
    self._require_owner()
    assert newPauser != empty(address), "Pausable: new pauser is the zero address"
    self.pauser = newPauser
    log PauserChanged(newAddress=newPauser)


@external
def updateBlacklister(newBlacklister: address):
    """
    @notice Names the account that blacklists.
    """
    self._require_owner()
    assert newBlacklister != empty(address), "Blacklistable: new blacklister is the zero address"
    self.blacklister = newBlacklister
    log BlacklisterChanged(newBlacklister=newBlacklister)


@view
@internal
def _require_owner():
    assert msg.sender == self.owner, "Ownable: caller is not the owner"
