public import Primitives

/// Why a block is not part of a chain.
public enum InvalidBlock: Error, Equatable, Sendable {
    case malformed(BlockDecodingError)
    case tooLarge(bytes: Int, max: Int)
    case unknownParent(Hash)
    case wrongNumber(expected: UInt64, got: UInt64)
    case timestampNotAfterParent(parent: UInt64, got: UInt64)
    case gasLimitOutOfBounds(parent: UInt64, got: UInt64)
    case gasUsedAboveLimit(used: UInt64, limit: UInt64)
    case extraDataTooLong(bytes: Int)
    /// The ten blocks from the DAO fork on say so in their extra data (EIP-779).
    case wrongDAOExtraData
    case wrongDifficulty(expected: UInt256, got: UInt256)
    case wrongBaseFee(expected: UInt256, got: UInt256)
    case wrongExcessBlobGas(expected: UInt64, got: UInt64)
    case wrongBlobGasUsed(expected: UInt64, got: UInt64)
    /// A field that these rules lack, or lacks one that they have.
    case wrongFields(String)
    case wrongNonce
    case tooManyUncles(Int)
    case invalidUncle(index: Int, String)
    case wrongUnclesHash
    case wrongTransactionsRoot
    case wrongWithdrawalsRoot
    case invalidSignature(transaction: Int)
    case transaction(index: Int, InvalidTransaction)
    /// The block cannot be judged: it uses bytes that are not at hand. With them it can be tried
    /// again; it may be valid.
    case missingBytes(Hash)
    case systemCall(SystemCallError)
    case wrongGasUsed(expected: UInt64, got: UInt64)
    case wrongReceiptsRoot
    case wrongBloom
    case wrongRequestsHash
    case wrongStateRoot(expected: Hash, got: Hash)
}
