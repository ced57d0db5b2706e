internal import Crypto
public import Primitives

/// What a model's owner has said of its fitness for use.
public enum ModelStatus: UInt8, Sendable, CaseIterable {
    case active = 1
    /// Still served; a successor is advised.
    case deprecated = 2
    /// No settlement may name it any more.
    case revoked = 3
}

/// Why a record cannot be registered.
public enum ModelRecordError: Error, Equatable, Sendable {
    /// A name is 1–64 of `a–z 0–9 . _ - /`, not starting or ending with a slash.
    case invalidName
    /// A version is `major.minor` in decimal without leading zeros, at most 20 bytes.
    case invalidVersion
    case cidTooLong(bytes: Int, max: Int)
    case policyTooLong(bytes: Int, max: Int)
    case missingGraph
}

/// A registered model: what it is, whose it is, and what it asks.
public struct ModelRecord: Sendable, Equatable {
    public var owner: Address
    public var name: String
    public var version: String
    /// SHA-256 of the ONNX file.
    public var onnxHash: Hash
    /// SHA-256 of the integer graph's canonical bytes.
    public var graphHash: Hash
    /// Root of the committed weights; zero while the model has none.
    public var weightsRoot: Hash
    public var cid: String
    /// Canonical policy bytes: the least evidence that a settlement needs.
    public var policyFloor: [UInt8]
    /// Atomic units of the chain's token for one inference.
    public var price: UInt256
    /// SHA-256 of the calibration report.
    public var calibrationHash: Hash
    /// Multiply-accumulates of one inference.
    public var macs: UInt64
    public var status: ModelStatus
    /// Block timestamp of the registration, in seconds.
    public var registeredAt: UInt64

    public init(
        owner: Address, name: String, version: String, onnxHash: Hash, graphHash: Hash,
        weightsRoot: Hash, cid: String, policyFloor: [UInt8], price: UInt256,
        calibrationHash: Hash, macs: UInt64, status: ModelStatus, registeredAt: UInt64
    ) {
        self.owner = owner
        self.name = name
        self.version = version
        self.onnxHash = onnxHash
        self.graphHash = graphHash
        self.weightsRoot = weightsRoot
        self.cid = cid
        self.policyFloor = policyFloor
        self.price = price
        self.calibrationHash = calibrationHash
        self.macs = macs
        self.status = status
        self.registeredAt = registeredAt
    }

    public static let nameBytesMax = 64
    public static let versionBytesMax = 20
    public static let cidBytesMax = 128
    public static let policyBytesMax = 512

    /// The id of a model: `SHA-256("assay.model.v1" ‖ graph hash ‖ weights root)`.
    ///
    /// It names the computation, not the record: the same graph has one id whoever registers it.
    public static func id(graphHash: Hash, weightsRoot: Hash) -> Hash {
        SHA256.hash(Array("assay.model.v1".utf8) + graphHash.bytes + weightsRoot.bytes)
    }

    public var id: Hash { ModelRecord.id(graphHash: graphHash, weightsRoot: weightsRoot) }

    public func validate() throws(ModelRecordError) {
        guard ModelRecord.isName(name) else { throw .invalidName }
        guard ModelRecord.isVersion(version) else { throw .invalidVersion }
        guard cid.utf8.count <= ModelRecord.cidBytesMax else {
            throw .cidTooLong(bytes: cid.utf8.count, max: ModelRecord.cidBytesMax)
        }
        guard policyFloor.count <= ModelRecord.policyBytesMax else {
            throw .policyTooLong(bytes: policyFloor.count, max: ModelRecord.policyBytesMax)
        }
        guard graphHash != .zero else { throw .missingGraph }
    }

    public static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= nameBytesMax,
            first != UInt8(ascii: "/"), last != UInt8(ascii: "/")
        else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    static func isVersion(_ version: String) -> Bool {
        let parts = version.utf8.split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, version.utf8.count <= versionBytesMax else { return false }
        return parts.allSatisfy { part in
            guard let first = part.first else { return false }
            return part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                && (part.count == 1 || first != UInt8(ascii: "0"))
        }
    }
}

extension ModelRecord {
    /// Whether the version is lower: major before minor, by value.
    public func hasOlderVersion(than other: ModelRecord) -> Bool {
        let (own, others) = (ModelRecord.parts(version), ModelRecord.parts(other.version))
        for (left, right) in zip(own, others) where left != right {
            // No leading zeros: the longer one is the greater.
            return left.count == right.count
                ? left.lexicographicallyPrecedes(right) : left.count < right.count
        }
        return own.count < others.count
    }

    private static func parts(_ version: String) -> [[UInt8]] {
        version.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { Array($0) }
    }
}

// MARK: Storage

extension ModelRecord {
    /// The mapping slot of records by model id.
    public static let space: UInt256 = 1
    /// The mapping slot of model ids by the hash of name and version.
    public static let nameSpace: UInt256 = 2

    /// Where the record of a model starts. Fields lie in the order of `writes`.
    public static func base(_ id: Hash) -> UInt256 { SlotLayout.base(id.word, in: space) }

    /// The slot that maps a name and version to a model id.
    public static func nameSlot(name: String, version: String) -> UInt256 {
        let key = Keccak.hash(Array(name.utf8) + [UInt8(ascii: "@")] + Array(version.utf8))
        return SlotLayout.base(key.word, in: nameSpace)
    }

    /// Owner, status and time share the first slot: `registeredAt ‖ status ‖ owner`.
    private var head: UInt256 {
        owner.word | UInt256(UInt64(status.rawValue)) << 160 | UInt256(registeredAt) << 168
    }

    /// The write that changes owner or status.
    public var headWrite: [SlotWrite] { [SlotWrite(ModelRecord.base(id), head)] }

    /// The write that changes the price.
    public var priceWrite: [SlotWrite] { [SlotWrite(ModelRecord.base(id) &+ 4, price)] }

    /// The writes that place the record, over an older one when there is one.
    public func writes(over old: ModelRecord? = nil) -> [SlotWrite] {
        let base = ModelRecord.base(id)
        var writes = [
            SlotWrite(base, head),
            SlotWrite(base &+ 1, onnxHash.word),
            SlotWrite(base &+ 2, graphHash.word),
            SlotWrite(base &+ 3, weightsRoot.word),
            SlotWrite(base &+ 4, price),
            SlotWrite(base &+ 5, calibrationHash.word),
            SlotWrite(base &+ 6, UInt256(macs)),
        ]
        writes += SlotLayout.write(
            Array(name.utf8), at: base &+ 7, over: Array((old?.name ?? "").utf8))
        writes += SlotLayout.write(
            Array(version.utf8), at: base &+ 8, over: Array((old?.version ?? "").utf8))
        writes += SlotLayout.write(
            Array(cid.utf8), at: base &+ 9, over: Array((old?.cid ?? "").utf8))
        writes += SlotLayout.write(policyFloor, at: base &+ 10, over: old?.policyFloor ?? [])
        return writes
    }

    /// The record of a model in the registry's storage, or nil when there is none.
    public init?(_ id: Hash, from read: SlotReader) {
        let base = ModelRecord.base(id)
        let head = read(base)
        guard let status = ModelStatus(rawValue: UInt8(truncatingIfNeeded: (head >> 160).limb0)),
            let name = ModelRecord.text(base &+ 7, ModelRecord.nameBytesMax, read),
            let version = ModelRecord.text(base &+ 8, ModelRecord.versionBytesMax, read),
            let cid = ModelRecord.text(base &+ 9, ModelRecord.cidBytesMax, read),
            let floor = SlotLayout.readBytes(
                at: base &+ 10, bytesMax: ModelRecord.policyBytesMax, from: read)
        else { return nil }
        self.init(
            owner: Address(truncating: head), name: name, version: version,
            onnxHash: Hash(read(base &+ 1)), graphHash: Hash(read(base &+ 2)),
            weightsRoot: Hash(read(base &+ 3)), cid: cid, policyFloor: floor,
            price: read(base &+ 4), calibrationHash: Hash(read(base &+ 5)),
            macs: read(base &+ 6).limb0, status: status,
            registeredAt: (head >> 168).limb0)
    }

    private static func text(_ slot: UInt256, _ bytesMax: Int, _ read: SlotReader) -> String? {
        SlotLayout.readBytes(at: slot, bytesMax: bytesMax, from: read).flatMap {
            String(validating: $0, as: UTF8.self)
        }
    }
}
