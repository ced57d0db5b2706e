internal import Codec
internal import Crypto
internal import EVM
internal import Payments
public import Primitives
internal import Registry

/// A count of settlements and the value they moved, one slot: `count ‖ value`, 64 and 192 bits.
public struct UsageCounter: Sendable, Equatable {
    public var settlements: UInt64
    /// Atomic units of the chain's token.
    public var value: UInt256

    private static let valueMask = UInt256.max >> 64

    public init(_ word: UInt256) {
        settlements = word.limb3
        value = word & UsageCounter.valueMask
    }

    var word: UInt256 { UInt256(settlements) << 192 | value & UsageCounter.valueMask }

    /// Adds a settlement; both parts stop at their greatest value.
    mutating func add(_ amount: UInt256) {
        settlements = settlements == .max ? .max : settlements + 1
        let (sum, overflow) = value.addingReportingOverflow(amount)
        value = overflow || sum > UsageCounter.valueMask ? UsageCounter.valueMask : sum
    }

    /// In place of a kind: every settlement, once.
    public static let anyKind: UInt8 = 255
    /// In place of a kind: settlements whose model could have given stronger evidence for the same
    /// price, since a model has one price whatever the evidence.
    public static let couldBeStronger: UInt8 = 254
    public static let secondsPerEpoch: UInt64 = 86_400

    // MARK: Places in the usage precompile's storage

    public static func slot(kind: UInt8) -> UInt256 {
        SlotLayout.base(UInt256(UInt64(kind)), in: 1)
    }

    public static func slot(model: Hash, kind: UInt8) -> UInt256 {
        SlotLayout.base(Keccak.hash(model.word, UInt256(UInt64(kind))).word, in: 2)
    }

    public static func slot(provider: Address, kind: UInt8) -> UInt256 {
        SlotLayout.base(Keccak.hash(provider.word, UInt256(UInt64(kind))).word, in: 3)
    }

    /// An epoch is a day: `timestamp / 86400`.
    public static func slot(epoch: UInt64, kind: UInt8) -> UInt256 {
        SlotLayout.base(Keccak.hash(UInt256(epoch), UInt256(UInt64(kind))).word, in: 4)
    }

    /// Gas that checking evidence of a kind has taken, in all settlements.
    public static func gasSlot(kind: UInt8) -> UInt256 {
        SlotLayout.base(UInt256(UInt64(kind)), in: 5)
    }

    /// See `SettlementDelays`.
    public static let delaySlot = SlotLayout.base(.zero, in: 6)

    /// The epoch of the first settlement plus one; zero before it.
    public static let firstEpochSlot = SlotLayout.base(.zero, in: 7)
}

/// How long after the work began settlements came, in classes: by the block's timestamp and the
/// statement's `notBefore`. One slot, 64 bits a class, the quickest in the lowest.
public struct SettlementDelays: Sendable, Equatable {
    /// Settlements in each class.
    public private(set) var counts: [UInt64]

    /// The longest delay in each class but the last, in seconds.
    public static let limits: [UInt64] = [2, 12, 60]

    public init(_ word: UInt256) {
        counts = [word.limb0, word.limb1, word.limb2, word.limb3]
    }

    var word: UInt256 { UInt256(limbs: counts[0], counts[1], counts[2], counts[3]) }

    mutating func add(_ seconds: UInt64) {
        let place =
            SettlementDelays.limits.firstIndex { seconds <= $0 } ?? SettlementDelays.limits.count
        counts[place] = counts[place] == .max ? .max : counts[place] + 1
    }
}

/// What is counted of a settlement.
struct UsageEntry {
    let record: SettlementRecord
    /// Of all kinds that the model's record makes possible, the strongest.
    let strongest: EvidenceKind
    /// Gas of each piece of evidence that was checked.
    let gas: [(kind: EvidenceKind, gas: UInt64)]
    /// Seconds from the statement's `notBefore` to the block.
    let delay: UInt64

    /// The kinds under which it counts, and what stands in place of a kind.
    fileprivate var kinds: [UInt8] {
        let given = record.evidence.kinds
        var kinds = given.map(\.rawValue)
        if given.allSatisfy({ $0.rawValue < strongest.rawValue }) {
            kinds.append(UsageCounter.couldBeStronger)
        }
        return kinds + [UsageCounter.anyKind]
    }
}

/// The usage counters; interface in `contracts/interfaces/IUsage.sol`. Settling writes them.
enum UsageNative {
    static let precompile = NativePrecompile(
        NativeAddress.usage,
        functions: [
            NativeFunction(view: "count(uint8)") { (call, input) throws(NativeFailure) in
                let kind = try input.arguments { (reader) throws(ABIError) in
                    try reader.readUInt8()
                }
                return try answer(UsageCounter.slot(kind: kind), &call)
            },
            NativeFunction(view: "modelCount(bytes32,uint8)") {
                (call, input) throws(NativeFailure) in
                let (model, kind) = try input.arguments { (reader) throws(ABIError) in
                    (try reader.readHash(), try reader.readUInt8())
                }
                return try answer(UsageCounter.slot(model: model, kind: kind), &call)
            },
            NativeFunction(view: "providerCount(address,uint8)") {
                (call, input) throws(NativeFailure) in
                let (provider, kind) = try input.arguments { (reader) throws(ABIError) in
                    (try reader.readAddress(), try reader.readUInt8())
                }
                return try answer(UsageCounter.slot(provider: provider, kind: kind), &call)
            },
            NativeFunction(view: "epochCount(uint64,uint8)") {
                (call, input) throws(NativeFailure) in
                let (epoch, kind) = try input.arguments { (reader) throws(ABIError) in
                    (try reader.readUInt64(), try reader.readUInt8())
                }
                return try answer(UsageCounter.slot(epoch: epoch, kind: kind), &call)
            },
            NativeFunction(view: "evidenceGas(uint8)") { (call, input) throws(NativeFailure) in
                let kind = try input.arguments { (reader) throws(ABIError) in
                    try reader.readUInt8()
                }
                return try call.read(UsageCounter.gasSlot(kind: kind)).bigEndianBytes
            },
            NativeFunction(view: "delays()") { (call, _) throws(NativeFailure) in
                let delays = SettlementDelays(try call.read(UsageCounter.delaySlot))
                return encoded { writer in
                    for count in delays.counts { writer.write(count) }
                }
            },
        ])

    private static func answer(
        _ slot: UInt256, _ call: inout NativeCall
    ) throws(NativeFailure) -> [UInt8] {
        let counter = UsageCounter(try call.read(slot))
        return encoded { writer in
            writer.write(counter.settlements)
            writer.write(counter.value)
        }
    }

    /// Counts a settlement: once for each kind of evidence and once for all.
    static func record(_ entry: UsageEntry, _ call: inout NativeCall) throws(NativeFailure) {
        let record = entry.record
        let epoch = record.timestamp / UsageCounter.secondsPerEpoch
        for kind in entry.kinds {
            for slot in [
                UsageCounter.slot(kind: kind),
                UsageCounter.slot(model: record.modelID, kind: kind),
                UsageCounter.slot(provider: record.provider, kind: kind),
                UsageCounter.slot(epoch: epoch, kind: kind),
            ] {
                try update(slot, &call) { word in
                    var counter = UsageCounter(word)
                    counter.add(record.amount)
                    return counter.word
                }
            }
        }
        for (kind, gas) in entry.gas {
            try update(UsageCounter.gasSlot(kind: kind.rawValue), &call) { $0 &+ UInt256(gas) }
        }
        try update(UsageCounter.delaySlot, &call) { word in
            var delays = SettlementDelays(word)
            delays.add(entry.delay)
            return delays.word
        }
        let first = UsageCounter.firstEpochSlot
        if try call.read(first, of: NativeAddress.usage).isZero {
            try call.write(first, UInt256(epoch) &+ 1, of: NativeAddress.usage)
        }
    }

    private static func update(
        _ slot: UInt256, _ call: inout NativeCall, _ change: (UInt256) -> UInt256
    ) throws(NativeFailure) {
        let word = call.load(slot, of: NativeAddress.usage)
        try call.write(slot, change(word), of: NativeAddress.usage)
    }
}
