internal import Attestation
internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// What natives charge. Each price is that of the same work in EVM code, so no work is cheaper by
/// way of a native and no caller can name a price.
enum NativeGas {
    /// Dispatch and ABI decoding, for each word of calldata.
    static let inputWord: UInt64 = 6
    static let load = UInt64(Gas.coldSlot)
    /// A slot that becomes nonzero from zero, read included.
    static let storeNew: UInt64 = 22_100
    /// Any other write.
    static let store: UInt64 = 5_000
    static let coldAccount = UInt64(Gas.coldAccount)
    /// What a byte of a new contract's code costs (Yellow Paper, appendix G).
    static let codeByte: UInt64 = 200
    /// The price of ECRECOVER.
    static let recovery: UInt64 = 3_000
    /// The price of P256VERIFY (EIP-7951).
    static let p256 = EvidenceCost.gasPerP256
    /// An RSA-PSS signature of the longest key: the price of the same MODEXP is of that order.
    static let rsaPSS = EvidenceCost.gasPerRSA
    /// One EIP-712 digest: three short Keccaks and copies.
    static let digest: UInt64 = 300
    /// Two policies compared, at 3 gas a step. Without parameters there are at most 5 leaves and
    /// 32 times 64 nodes; with them at most `PaymentLimits.policyComparisonsMax` comparisons of
    /// ways to be met, and 128 ways over 64 nodes.
    static func policyComparison(_ policies: [Policy]) -> UInt64 {
        policies.contains { $0.hasParameters } ? 49_152 : 6_144
    }
    static let log: UInt64 = 375
    static let logTopic = UInt64(Gas.logTopic)
    static let logByte = UInt64(Gas.logByte)

    static func keccak(bytes: Int) -> UInt64 { 30 + 6 * words(bytes) }
    /// The price of the SHA-256 precompile.
    static func sha256(bytes: Int) -> UInt64 { 60 + 12 * words(bytes) }
    static func input(bytes: Int) -> UInt64 { inputWord * words(bytes) }

    private static func words(_ bytes: Int) -> UInt64 { UInt64(bytes + 31) / 32 }
}

extension NativeCall {
    /// Loads a slot and pays for it.
    mutating func read(_ slot: UInt256, of account: Address? = nil) throws(NativeFailure) -> UInt256
    {
        try charge(NativeGas.load)
        return load(slot, of: account)
    }

    /// Stores a word and pays for it.
    mutating func write(
        _ slot: UInt256, _ value: UInt256, of account: Address? = nil
    ) throws(NativeFailure) {
        let isNew = load(slot, of: account).isZero && !value.isZero
        try charge(isNew ? NativeGas.storeNew : NativeGas.store)
        try store(slot, value, of: account)
    }

    mutating func write(_ writes: [SlotWrite]) throws(NativeFailure) {
        for write in writes { try self.write(write.slot, write.value) }
    }

    /// Logs and pays for it.
    mutating func log(topics: [Hash], data: [UInt8]) throws(NativeFailure) {
        try charge(
            NativeGas.log + NativeGas.logTopic * UInt64(topics.count)
                + NativeGas.logByte * UInt64(data.count))
        try emit(topics: topics, data: data)
    }

    /// A structure that lies in slots, each read paid for.
    mutating func structure<Value>(
        of account: Address? = nil, _ body: (SlotReader) -> Value
    ) throws(NativeFailure) -> Value {
        let call = self
        var loads: UInt64 = 0
        let value = body { slot in
            loads += 1
            return call.load(slot, of: account)
        }
        try charge(loads * NativeGas.load)
        return value
    }
}
