internal import Codec
internal import Crypto
public import EVM
internal import Payments
public import Primitives
public import Registry

/// An event of the registry about a name or what goes by it: who changed what, from what to what.
///
/// The third topic of each is the key of its name (`NameRecord`), and each says in which block the
/// event before it of the same name is, as ERC-1056 does: a history is read from its end, block by
/// block, and no other block is looked at.
public struct RegistryEvent: Sendable, Equatable {
    public enum Change: Sendable, Equatable {
        case modelRegistered(name: String, version: String, graphHash: Hash)
        case statusChanged(
            from: ModelStatus, to: ModelStatus, successor: Hash, reason: String)
        /// In force for work that begins after `start`, in seconds; so are the two that follow.
        case priceChanged(from: UInt256, to: UInt256, start: UInt64, reason: String)
        case floorChanged(
            from: [UInt8], to: [UInt8], isWeaker: Bool, start: UInt64, reason: String)
        case systemChanged(
            from: Hash, to: Hash, systemID: Hash, start: UInt64, reason: String)
        case ownershipTransferred(to: Address)
        case nameOffered(name: String, to: Address)
        case nameTransferred(name: String, to: Address)
        case systemRegistered(
            namespace: String, name: String, version: String, from: Hash, to: Hash,
            reason: String)
    }

    /// The model or system config; zero for events of a name itself.
    public let subject: Hash
    public let nameKey: Hash
    /// The caller of the registry; for `nameTransferred` the owner who offered it.
    public let by: Address
    public let change: Change
    /// The block of the event before it; zero for the first.
    public let previousBlock: UInt64

    public init(
        subject: Hash, nameKey: Hash, by: Address, change: Change, previousBlock: UInt64
    ) {
        self.subject = subject
        self.nameKey = nameKey
        self.by = by
        self.change = change
        self.previousBlock = previousBlock
    }

    /// The event as the registry logs it.
    public var log: Log { Log(address: NativeAddress.registry, topics: topics, data: data) }
}

extension RegistryEvent {
    /// What the first topics are hashes of, in the order of the cases of `Change`.
    public static let signatures = [
        "ModelRegistered(bytes32,bytes32,address,string,string,bytes32,uint64)",
        "ModelStatusChanged(bytes32,bytes32,address,uint8,uint8,bytes32,string,uint64)",
        "PriceChanged(bytes32,bytes32,address,uint256,uint256,uint64,string,uint64)",
        "FloorChanged(bytes32,bytes32,address,bytes,bytes,bool,uint64,string,uint64)",
        "ModelSystemChanged(bytes32,bytes32,address,bytes32,bytes32,bytes32,uint64,string,"
            + "uint64)",
        "OwnershipTransferred(bytes32,bytes32,address,address,uint64)",
        "NameOffered(address,bytes32,address,string,uint64)",
        "NameTransferred(address,bytes32,address,string,uint64)",
        "SystemRegistered(bytes32,bytes32,address,string,string,string,bytes32,bytes32,string,"
            + "uint64)",
    ]

    private static let topics = signatures.map { ABISignature.topic($0) }

    private var kind: Int {
        switch change {
        case .modelRegistered: 0
        case .statusChanged: 1
        case .priceChanged: 2
        case .floorChanged: 3
        case .systemChanged: 4
        case .ownershipTransferred: 5
        case .nameOffered: 6
        case .nameTransferred: 7
        case .systemRegistered: 8
        }
    }

    var topics: [Hash] {
        let topic = RegistryEvent.topics[kind]
        return switch change {
        case .nameOffered(_, let to), .nameTransferred(_, let to):
            [topic, Hash(by.word), nameKey, Hash(to.word)]
        default: [topic, subject, nameKey, Hash(by.word)]
        }
    }

    var data: [UInt8] {
        encoded { data in
            switch change {
            case .modelRegistered(let name, let version, let graphHash):
                data.writeString(name)
                data.writeString(version)
                data.write(graphHash)
            case .statusChanged(let old, let new, let successor, let reason):
                data.write(UInt64(old.rawValue))
                data.write(UInt64(new.rawValue))
                data.write(successor)
                data.writeString(reason)
            case .priceChanged(let old, let new, let start, let reason):
                data.write(old)
                data.write(new)
                data.write(start)
                data.writeString(reason)
            case .floorChanged(let old, let new, let isWeaker, let start, let reason):
                data.writeBytes(old)
                data.writeBytes(new)
                data.write(isWeaker)
                data.write(start)
                data.writeString(reason)
            default: writeRest(to: &data)
            }
            data.write(previousBlock)
        }
    }

    private func writeRest(to data: inout ABIWriter) {
        switch change {
        case .systemChanged(let old, let new, let systemID, let start, let reason):
            for hash in [old, new, systemID] { data.write(hash) }
            data.write(start)
            data.writeString(reason)
        case .ownershipTransferred(let to): data.write(to)
        case .nameOffered(let name, _), .nameTransferred(let name, _): data.writeString(name)
        case .systemRegistered(let namespace, let name, let version, let old, let new, let reason):
            for text in [namespace, name, version] { data.writeString(text) }
            data.write(old)
            data.write(new)
            data.writeString(reason)
        default: break
        }
    }
}

// MARK: Reading

extension RegistryEvent {
    /// The event a log holds; nil for logs of others and for the registry's about providers.
    public init?(_ log: Log) {
        guard log.address == NativeAddress.registry, log.topics.count == 4,
            let kind = RegistryEvent.topics.firstIndex(of: log.topics[0])
        else { return nil }
        var reader = ABIReader(log.data)
        do throws(ABIError) {
            let isOfName = kind == 6 || kind == 7
            let to = Address(truncating: log.topics[3].word)
            change = try RegistryEvent.change(kind, to: to, &reader)
            subject = isOfName ? .zero : log.topics[1]
            by = Address(truncating: (isOfName ? log.topics[1] : log.topics[3]).word)
            nameKey = log.topics[2]
            previousBlock = try reader.readUInt64()
        } catch {
            return nil
        }
    }

    private static func change(
        _ kind: Int, to: Address, _ data: inout ABIReader
    ) throws(ABIError) -> Change {
        switch kind {
        case 0:
            return .modelRegistered(
                name: try name(&data), version: try name(&data), graphHash: try data.readHash())
        case 1:
            guard let old = ModelStatus(rawValue: try data.readUInt8()),
                let new = ModelStatus(rawValue: try data.readUInt8())
            else { throw .dirtyPadding }
            return .statusChanged(
                from: old, to: new, successor: try data.readHash(), reason: try data.readReason())
        case 2:
            return .priceChanged(
                from: try data.readUInt256(), to: try data.readUInt256(),
                start: try data.readUInt64(), reason: try data.readReason())
        case 3:
            return .floorChanged(
                from: try data.readBytes(max: ModelRecord.policyBytesMax),
                to: try data.readBytes(max: ModelRecord.policyBytesMax),
                isWeaker: try data.readBool(), start: try data.readUInt64(),
                reason: try data.readReason())
        case 4:
            return .systemChanged(
                from: try data.readHash(), to: try data.readHash(),
                systemID: try data.readHash(), start: try data.readUInt64(),
                reason: try data.readReason())
        case 5: return .ownershipTransferred(to: try data.readAddress())
        case 6: return .nameOffered(name: try name(&data), to: to)
        case 7: return .nameTransferred(name: try name(&data), to: to)
        default:
            return .systemRegistered(
                namespace: try name(&data), name: try name(&data), version: try name(&data),
                from: try data.readHash(), to: try data.readHash(), reason: try data.readReason())
        }
    }

    private static func name(_ data: inout ABIReader) throws(ABIError) -> String {
        try data.readString(max: ModelRecord.nameBytesMax)
    }
}
