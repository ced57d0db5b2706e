internal import Crypto
public import Primitives

/// What the trust registry keeps of a vendor's collateral; the canonical bytes themselves are the
/// code of an account that nobody has a key for.
///
/// Storage, from `base(key)` on:
/// 0. `evaluation number ‖ not after ‖ not before`, 64 bits each
/// 1. `bytes of the code ‖ uploaded at`, 64 bits each
/// 2. Keccak-256 of the account's code
public struct CollateralRecord: Sendable, Equatable {
    /// The window in which all of it holds, in seconds; both ends are inside.
    public var notBefore: UInt64
    public var notAfter: UInt64
    /// Intel's `tcbEvaluationDataNumber`: a lower one never takes the place of a higher one.
    public var evaluation: UInt64
    /// Of the account's code.
    public var byteCount: UInt64
    public var uploadedAt: UInt64
    public var codeHash: Hash

    public init(
        notBefore: UInt64, notAfter: UInt64, evaluation: UInt64, byteCount: UInt64,
        uploadedAt: UInt64, codeHash: Hash
    ) {
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.evaluation = evaluation
        self.byteCount = byteCount
        self.uploadedAt = uploadedAt
        self.codeHash = codeHash
    }

    public static func base(_ key: Hash) -> UInt256 {
        SlotLayout.base(key.word, in: TrustSettings.collateralSpace)
    }

    /// The account whose code is `0x00 ‖ canonical bytes`: the zero is an opcode that stops, so
    /// that nobody can make the bytes do anything.
    ///
    /// The low 20 bytes of `keccak256(0xff ‖ registry ‖ key ‖ keccak256("assay.collateral.v1"))`,
    /// as CREATE2 would place it.
    public static func account(_ key: Hash, registry: Address) -> Address {
        let domain = Keccak.hash(Array("assay.collateral.v1".utf8))
        let hash = Keccak.hash([0xff] + registry.bytes + key.bytes + domain.bytes)
        return Address(truncating: hash.word)
    }

    public func writes(_ key: Hash) -> [SlotWrite] {
        let base = CollateralRecord.base(key)
        return [
            SlotWrite(
                base,
                UInt256(notBefore) | UInt256(notAfter) << 64 | UInt256(evaluation) << 128),
            SlotWrite(base &+ 1, UInt256(uploadedAt) | UInt256(byteCount) << 64),
            SlotWrite(base &+ 2, codeHash.word),
        ]
    }

    /// The record of collateral in the trust registry's storage, or nil when there is none.
    public init?(_ key: Hash, from read: SlotReader) {
        let base = CollateralRecord.base(key)
        let window = read(base)
        guard !window.isZero else { return nil }
        let times = read(base &+ 1)
        self.init(
            notBefore: window.limb0, notAfter: window.limb1, evaluation: window.limb2,
            byteCount: times.limb1, uploadedAt: times.limb0, codeHash: Hash(read(base &+ 2)))
    }
}
