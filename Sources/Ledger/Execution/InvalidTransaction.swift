public import EVM
public import Primitives

/// Why a transaction cannot be part of a block: one case a rule, in the order they are checked.
public enum InvalidTransaction: Error, Equatable, Sendable {
    case kindNotSupported(Transaction.Kind, in: Revision)
    case wrongChainID(expected: UInt64, got: UInt64)
    case invalidSignature
    /// Gas times price, plus value, is more than a word holds.
    case costOverflow
    /// EIP-7825.
    case gasLimitAboveCap(limit: UInt64, cap: UInt64)
    case gasLimitAboveBlock(limit: UInt64, left: UInt64)
    case priorityFeeAboveMaxFee(priority: UInt256, max: UInt256)
    case maxFeeBelowBaseFee(max: UInt256, baseFee: UInt256)
    case initcodeTooLarge(bytes: Int, max: Int)
    case creationNotAllowed(Transaction.Kind)
    case noBlobs
    case tooManyBlobs(count: Int, max: Int)
    case invalidBlobVersion(UInt8)
    case maxBlobFeeBelowBlobBaseFee(max: UInt256, blobBaseFee: UInt256)
    case noAuthorizations
    case nonceTooLow(expected: UInt64, got: UInt64)
    case nonceTooHigh(expected: UInt64, got: UInt64)
    case nonceAtMax
    /// EIP-3607.
    case senderHasCode(Address)
    case gasLimitBelowIntrinsic(need: UInt64, limit: UInt64)
    /// EIP-7623.
    case gasLimitBelowFloor(need: UInt64, limit: UInt64)
    /// `need` saturates at 2²⁵⁶ − 1.
    case insufficientFunds(balance: UInt256, need: UInt256)
    /// Found while it runs: a graph that it names is not in the model source. Nothing is wrong with
    /// the transaction; where the bytes are, it runs.
    case missingBytes(Hash)
}
