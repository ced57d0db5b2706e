# pragma version 0.4.3
"""
@title Many calls in one, with the functions of Multicall3
@notice Functions, answers and revert texts are those of the contract that most chains have at
        0xcA11bde05977b3631167028862bE2a173976CA11, so that client libraries can batch reads.
@dev    Vyper reserves memory for the largest arguments, so there are limits that the original
        does not have: 64 calls, 1,024 bytes of call data each, 1,024 bytes of result each. A
        call over a limit reverts; no result is ever cut short.

        Whoever calls may act as this contract: it must never hold tokens, ether or rights.
"""

CALLS_MAX: constant(uint256) = 64
CALL_BYTES_MAX: constant(uint256) = 1024
RESULT_BYTES_MAX: constant(uint256) = 1024

struct Call:
    target: address
    callData: Bytes[CALL_BYTES_MAX]

struct Call3:
    target: address
    allowFailure: bool
    callData: Bytes[CALL_BYTES_MAX]

struct Call3Value:
    target: address
    allowFailure: bool
    value: uint256
    callData: Bytes[CALL_BYTES_MAX]

struct Result:
    success: bool
    returnData: Bytes[RESULT_BYTES_MAX]


@payable
@external
def aggregate(
    calls: DynArray[Call, CALLS_MAX]
) -> (uint256, DynArray[Bytes[RESULT_BYTES_MAX], CALLS_MAX]):
    """
    @notice Makes every call; reverts if one fails.
    @return The block number and the results.
    """
    results: DynArray[Bytes[RESULT_BYTES_MAX], CALLS_MAX] = []
    for call: Call in calls:
        result: Result = self._call(call.target, call.callData, 0)
        assert result.success, "Multicall3: call failed"
        results.append(result.returnData)
    return block.number, results


@payable
@external
def tryAggregate(
    requireSuccess: bool, calls: DynArray[Call, CALLS_MAX]
) -> DynArray[Result, CALLS_MAX]:
    """
    @notice Makes every call; reverts if one fails and success is required.
    """
    return self._try_aggregate(requireSuccess, calls)


@payable
@external
def tryBlockAndAggregate(
    requireSuccess: bool, calls: DynArray[Call, CALLS_MAX]
) -> (uint256, bytes32, DynArray[Result, CALLS_MAX]):
    """
    @notice As tryAggregate, with the block's number and hash. A block does not know its own
            hash, so that word is zero, as it is in the original.
    """
    return block.number, empty(bytes32), self._try_aggregate(requireSuccess, calls)


@payable
@external
def blockAndAggregate(
    calls: DynArray[Call, CALLS_MAX]
) -> (uint256, bytes32, DynArray[Result, CALLS_MAX]):
    """
    @notice As tryBlockAndAggregate with success required.
    """
    return block.number, empty(bytes32), self._try_aggregate(True, calls)


@payable
@external
def aggregate3(calls: DynArray[Call3, CALLS_MAX]) -> DynArray[Result, CALLS_MAX]:
    """
    @notice Makes every call; reverts if one fails that is not allowed to.
    """
    results: DynArray[Result, CALLS_MAX] = []
    for call: Call3 in calls:
        result: Result = self._call(call.target, call.callData, 0)
        assert result.success or call.allowFailure, "Multicall3: call failed"
        results.append(result)
    return results


@payable
@external
def aggregate3Value(calls: DynArray[Call3Value, CALLS_MAX]) -> DynArray[Result, CALLS_MAX]:
    """
    @notice As aggregate3, sending each call its value. The values must add up to the
            transaction's value.
    """
    results: DynArray[Result, CALLS_MAX] = []
    sent: uint256 = 0
    for call: Call3Value in calls:
        sent += call.value
        result: Result = self._call(call.target, call.callData, call.value)
        assert result.success or call.allowFailure, "Multicall3: call failed"
        results.append(result)
    assert msg.value == sent, "Multicall3: value mismatch"
    return results


@view
@external
def getBlockHash(blockNumber: uint256) -> bytes32:
    """
    @notice The hash of one of the last 256 blocks, else zero.
    """
    if blockNumber >= block.number or block.number - blockNumber > 256:
        return empty(bytes32)
    return blockhash(blockNumber)


@view
@external
def getLastBlockHash() -> bytes32:
    """
    @notice The hash of the parent block.
    """
    return block.prevhash


@view
@external
def getBlockNumber() -> uint256:
    """
    @notice The number of this block.
    """
    return block.number


@view
@external
def getCurrentBlockCoinbase() -> address:
    """
    @notice The fee recipient of this block.
    """
    return block.coinbase


@view
@external
def getCurrentBlockDifficulty() -> uint256:
    """
    @notice The random word of this block (EIP-4399).
    """
    return convert(block.prevrandao, uint256)


@view
@external
def getCurrentBlockGasLimit() -> uint256:
    """
    @notice The gas limit of this block.
    """
    return block.gaslimit


@view
@external
def getCurrentBlockTimestamp() -> uint256:
    """
    @notice The time of this block in seconds.
    """
    return block.timestamp


@view
@external
def getEthBalance(addr: address) -> uint256:
    """
    @notice The wei of an account.
    """
    return addr.balance


@view
@external
def getBasefee() -> uint256:
    """
    @notice The base fee of this block.
    """
    return block.basefee


@view
@external
def getChainId() -> uint256:
    """
    @notice The chain's id.
    """
    return chain.id


@internal
def _try_aggregate(
    require_success: bool, calls: DynArray[Call, CALLS_MAX]
) -> DynArray[Result, CALLS_MAX]:
    results: DynArray[Result, CALLS_MAX] = []
    for call: Call in calls:
        result: Result = self._call(call.target, call.callData, 0)
        assert result.success or not require_success, "Multicall3: call failed"
        results.append(result)
    return results


@internal
def _call(target: address, data: Bytes[CALL_BYTES_MAX], amount: uint256) -> Result:
    success: bool = False
    # One byte more than a result may have, so that a longer one is noticed.
    answer: Bytes[RESULT_BYTES_MAX + 1] = b""
    success, answer = raw_call(
        target,
        data,
        max_outsize=RESULT_BYTES_MAX + 1,
        value=amount,
        revert_on_failure=False,
    )
    assert len(answer) <= RESULT_BYTES_MAX, "Multicall3: result too long"
    return Result(success=success, returnData=convert(answer, Bytes[RESULT_BYTES_MAX]))
