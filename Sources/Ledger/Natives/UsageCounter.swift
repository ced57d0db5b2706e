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
    static func record(
        _ record: SettlementRecord, _ call: inout NativeCall
    ) throws(NativeFailure) {
        let epoch = record.timestamp / UsageCounter.secondsPerEpoch
        for kind in record.evidence.kinds.map(\.rawValue) + [UsageCounter.anyKind] {
            for slot in [
                UsageCounter.slot(kind: kind),
                UsageCounter.slot(model: record.modelID, kind: kind),
                UsageCounter.slot(provider: record.provider, kind: kind),
                UsageCounter.slot(epoch: epoch, kind: kind),
            ] {
                var counter = UsageCounter(call.load(slot, of: NativeAddress.usage))
                counter.add(record.amount)
                try call.write(slot, counter.word, of: NativeAddress.usage)
            }
        }
    }
}
