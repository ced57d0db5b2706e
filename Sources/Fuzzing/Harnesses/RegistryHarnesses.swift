internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Payments
internal import Primitives
internal import Registry

private enum NotRegistered: Error {
    case event
    case record
}

/// Events of the registry, of the kind that the first byte chooses: reading never traps, and what
/// is read is what would be written.
func fuzzRegistryEvent(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        guard let kind = bytes.first else { throw NotRegistered.event }
        let signatures = RegistryEvent.signatures
        let topic = ABISignature.topic(signatures[Int(kind) % signatures.count])
        let address = Hash(Address(truncating: 0xabc).word)
        let log = Log(
            address: NativeAddress.registry, topics: [topic, address, Hash(7), address],
            data: Array(bytes.dropFirst()))
        guard let event = RegistryEvent(log) else { throw NotRegistered.event }
        try FuzzFailure.require(
            RegistryEvent(event.log) == event, "an event does not round-trip")
    }
}

/// Records from slots that hold anything: the bytes are the words that are read, one after the
/// other. Reading never traps, and what is read can be asked for what holds.
func fuzzRegistrySlots(_ bytes: [UInt8]) throws(FuzzFailure) -> FuzzOutcome {
    try .of {
        guard bytes.count >= 32 else { throw NotRegistered.record }
        var position = 0
        let read: SlotReader = { _ in
            let word = (0..<32).map { bytes[(position + $0) % bytes.count] }
            position += 32
            return UInt256(bigEndian: word)
        }
        _ = NameRecord(Hash(1), from: read)
        _ = ProviderKey(of: Address(truncating: 1), from: read)
        let system = SystemRecord(Hash(1), from: read)
        position = 0
        guard let model = ModelRecord(Hash(1), from: read) else { throw NotRegistered.record }
        for time in [0, 1, UInt64.max] {
            _ = (model.price(at: time), model.floor(at: time), model.systemHash(at: time))
            _ = model.isUsable(at: time)
        }
        _ = (model.id, try? model.validate(), try? system?.validate())
    }
}
