internal import Crypto
public import Primitives

/// A version of a system config: a prompt or other text that a model is used with.
///
/// The text lies in the blob store under its SHA-256; the chain keeps the hash. A record never
/// changes: a change is a new version, whose event has the hash of the text before.
public struct SystemRecord: Sendable, Equatable {
    public var owner: Address
    public var namespace: String
    public var name: String
    public var version: String
    /// SHA-256 of the text.
    public var textHash: Hash
    /// The id of the version registered before it; zero for the first.
    public var previousID: Hash
    /// Block timestamp of the registration, in seconds.
    public var registeredAt: UInt64

    public init(
        owner: Address, namespace: String, name: String, version: String, textHash: Hash,
        previousID: Hash, registeredAt: UInt64
    ) {
        self.owner = owner
        self.namespace = namespace
        self.name = name
        self.version = version
        self.textHash = textHash
        self.previousID = previousID
        self.registeredAt = registeredAt
    }

    /// The id: `SHA-256("assay.system.v1" ‖ text hash ‖ namespace ‖ "/" ‖ name ‖ "@" ‖ version)`.
    public static func id(
        namespace: String, name: String, version: String, textHash: Hash
    ) -> Hash {
        SHA256.hash(
            Array("assay.system.v1".utf8) + textHash.bytes
                + Array("\(namespace)/\(name)@\(version)".utf8))
    }

    public var id: Hash {
        SystemRecord.id(
            namespace: namespace, name: name, version: version, textHash: textHash)
    }

    public var nameKey: Hash { NameRecord.key(system: name, in: namespace) }

    /// Namespace and name are names without a slash, 64 bytes together at most.
    public func validate() throws(ModelRecordError) {
        for part in [namespace, name] {
            guard ModelRecord.isName(part), !part.utf8.contains(UInt8(ascii: "/")) else {
                throw .invalidName
            }
        }
        guard namespace.utf8.count + 1 + name.utf8.count <= ModelRecord.nameBytesMax else {
            throw .invalidName
        }
        guard ModelVersion(version) != nil else { throw .invalidVersion }
        guard textHash != .zero else { throw .missingText }
    }

    // MARK: Storage

    /// The mapping slot of records by id.
    public static let space: UInt256 = 8
    /// The mapping slot of ids by the hash of `namespace/name@version`.
    public static let nameSpace: UInt256 = 9

    public static func base(_ id: Hash) -> UInt256 { SlotLayout.base(id.word, in: space) }

    /// The slot that maps a name and version to an id.
    public static func nameSlot(namespace: String, name: String, version: String) -> UInt256 {
        let key = Keccak.hash(Array("\(namespace)/\(name)@\(version)".utf8))
        return SlotLayout.base(key.word, in: nameSpace)
    }

    public var writes: [SlotWrite] {
        let base = SystemRecord.base(id)
        return [
            SlotWrite(base, owner.word | UInt256(registeredAt) << 160),
            SlotWrite(base &+ 1, textHash.word), SlotWrite(base &+ 2, previousID.word),
        ] + SlotLayout.write(Array(namespace.utf8), at: base &+ 3)
            + SlotLayout.write(Array(name.utf8), at: base &+ 4)
            + SlotLayout.write(Array(version.utf8), at: base &+ 5)
    }

    /// The record with an id in the registry's storage, or nil when there is none.
    public init?(_ id: Hash, from read: SlotReader) {
        let base = SystemRecord.base(id)
        let textHash = Hash(read(base &+ 1))
        guard textHash != .zero else { return nil }
        var texts: [String] = []
        for (offset, bytesMax) in [
            (3, ModelRecord.nameBytesMax), (4, ModelRecord.nameBytesMax),
            (5, ModelRecord.versionBytesMax),
        ] {
            let slot = base &+ UInt256(offset)
            guard let bytes = SlotLayout.readBytes(at: slot, bytesMax: bytesMax, from: read),
                let text = String(validating: bytes, as: UTF8.self)
            else { return nil }
            texts.append(text)
        }
        let head = read(base)
        self.init(
            owner: Address(truncating: head), namespace: texts[0], name: texts[1],
            version: texts[2], textHash: textHash, previousID: Hash(read(base &+ 2)),
            registeredAt: (head >> 160).limb0)
    }
}
