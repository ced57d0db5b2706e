internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

/// What evidence is judged by: the state in the middle of a block, or what a receipt proves of it.
///
/// One code checks evidence for both, so that no receipt can say what the chain did not find.
protocol EvidenceState {
    var chainID: UInt64 { get }
    /// Of the block that judges, in seconds.
    var timestamp: UInt64 { get }
    /// The same where the block is known to have settled, and the state is the one behind it; nil
    /// in the middle of a block.
    var settledAt: UInt64? { get }
    /// Pays for work before it is done.
    mutating func charge(_ gas: UInt64) throws(NativeFailure)
    /// A structure in slots of an account, nil for the native's own; each read is paid for.
    mutating func structure<Value>(
        of account: Address?, _ body: (SlotReader) -> Value
    ) throws(NativeFailure) -> Value
    /// The code of an account, which has that Keccak-256. The caller has paid for it.
    mutating func code(of account: Address, hashing hash: Hash) throws(NativeFailure) -> [UInt8]
}

extension NativeCall: EvidenceState {
    var chainID: UInt64 { block.chainID }
    var timestamp: UInt64 { block.timestamp }
    var settledAt: UInt64? { nil }

    mutating func code(of account: Address, hashing hash: Hash) throws(NativeFailure) -> [UInt8] {
        readCode(of: account)
    }
}

extension EvidenceState {
    /// Which of the lists the entry is on.
    mutating func lists(
        holding entry: UInt256, among lists: [Hash]
    ) throws(NativeFailure) -> Set<Hash> {
        var found: Set<Hash> = []
        for list in lists {
            try charge(NativeGas.keccak(bytes: 64))
            let since = try structure(of: NativeAddress.trust) { read in
                read(TrustList.entrySlot(list, entry))
            }
            if !since.isZero { found.insert(list) }
        }
        return found
    }
}
