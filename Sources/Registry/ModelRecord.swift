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
    /// A system config without the hash of its text.
    case missingText
}

/// A registered version of a model: what it is, whose it is, and what it asks.
///
/// Several records may stand for one computation, under other names: each has an owner, a price
/// and a floor of its own, so nobody who registers a graph first holds those who come later.
/// What can change has a `Change`: work that began before it is judged by what held then.
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
    /// Canonical policy bytes: the least evidence that a settlement needs, until `floorChange`.
    public var policyFloor: [UInt8]
    /// Atomic units of the chain's token for one inference, until `priceChange`.
    public var price: UInt256
    /// SHA-256 of the calibration report.
    public var calibrationHash: Hash
    /// Multiply-accumulates of one inference.
    public var macs: UInt64
    public var status: ModelStatus
    /// Block timestamp of the registration, in seconds.
    public var registeredAt: UInt64
    /// The newest price that was announced, past or to come; nil before the first.
    public var priceChange: Change<UInt256>?
    public var floorChange: Change<[UInt8]>?
    /// SHA-256 of the system text that statements must name until `systemChange`; zero for any.
    public var systemHash: Hash
    public var systemChange: Change<Hash>?
    /// The system config that the newest change names; zero for none.
    public var systemID: Hash
    /// The record to use in place of a deprecated one; zero for none.
    public var successor: Hash
    /// Block timestamp of the revocation; zero before it.
    public var revokedAt: UInt64

    public init(
        owner: Address, name: String, version: String, onnxHash: Hash, graphHash: Hash,
        weightsRoot: Hash, cid: String, policyFloor: [UInt8], price: UInt256,
        calibrationHash: Hash, macs: UInt64, status: ModelStatus, registeredAt: UInt64,
        priceChange: Change<UInt256>? = nil, floorChange: Change<[UInt8]>? = nil,
        systemHash: Hash = .zero, systemChange: Change<Hash>? = nil, systemID: Hash = .zero,
        successor: Hash = .zero, revokedAt: UInt64 = 0
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
        self.priceChange = priceChange
        self.floorChange = floorChange
        self.systemHash = systemHash
        self.systemChange = systemChange
        self.systemID = systemID
        self.successor = successor
        self.revokedAt = revokedAt
    }

    public static let nameBytesMax = 64
    public static let versionBytesMax = 20
    public static let cidBytesMax = 128
    public static let policyBytesMax = 512

    /// What is computed: `SHA-256("assay.model.v1" ‖ graph hash ‖ weights root)`, the same for all
    /// records of one graph with one set of weights.
    public static func computationID(graphHash: Hash, weightsRoot: Hash) -> Hash {
        SHA256.hash(Array("assay.model.v1".utf8) + graphHash.bytes + weightsRoot.bytes)
    }

    public var computationID: Hash {
        ModelRecord.computationID(graphHash: graphHash, weightsRoot: weightsRoot)
    }

    /// The id of a record: `SHA-256("assay.record.v1" ‖ computation id ‖ name ‖ "@" ‖ version)`.
    ///
    /// Who signs it signs the computation and the name it goes by, and no record of another name,
    /// owner or price can take its place.
    public static func id(computation: Hash, name: String, version: String) -> Hash {
        SHA256.hash(
            Array("assay.record.v1".utf8) + computation.bytes + Array("\(name)@\(version)".utf8))
    }

    public var id: Hash {
        ModelRecord.id(computation: computationID, name: name, version: version)
    }

    public func validate() throws(ModelRecordError) {
        guard ModelRecord.isName(name) else { throw .invalidName }
        guard ModelVersion(version) != nil else { throw .invalidVersion }
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
}

// MARK: What holds when

extension ModelRecord {
    /// The time by whose terms work is judged: when its statement says that it began, but no more
    /// than `Change.graceSeconds` before the block that settles it.
    public static func workBegan(stated: UInt64, now: UInt64) -> UInt64 {
        max(stated, now - min(now, Change<UInt256>.graceSeconds))
    }

    /// The price of work that begins at that time, in seconds.
    public func price(at time: UInt64) -> UInt256 { priceChange.value(at: time, before: price) }

    /// The floor of work that begins then.
    public func floor(at time: UInt64) -> [UInt8] {
        floorChange.value(at: time, before: policyFloor)
    }

    /// The system text of work that begins then; zero for any.
    public func systemHash(at time: UInt64) -> Hash {
        systemChange.value(at: time, before: systemHash)
    }

    /// Whether work that begins then can be settled.
    public func isUsable(at time: UInt64) -> Bool { status != .revoked || time <= revokedAt }
}

extension ModelRecord {
    /// Whether the version is lower: major before minor, by value.
    public func hasOlderVersion(than other: ModelRecord) -> Bool {
        guard let own = ModelVersion(version), let others = ModelVersion(other.version) else {
            return version.utf8.lexicographicallyPrecedes(other.version.utf8)
        }
        return own < others
    }
}
