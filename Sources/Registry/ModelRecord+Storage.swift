internal import Crypto
public import Primitives

// How a record lies in the registry's storage.

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

    /// When each change takes effect: `revoked at ‖ system ‖ floor ‖ price`, 64 bits each. A record
    /// of which nothing changed has zero here, and no slot of what follows is read.
    private var times: UInt256 {
        UInt256(priceChange?.from ?? 0) | UInt256(floorChange?.from ?? 0) << 64
            | UInt256(systemChange?.from ?? 0) << 128 | UInt256(revokedAt) << 192
    }

    /// The writes that change the price.
    public var priceWrites: [SlotWrite] {
        let base = ModelRecord.base(id)
        return [
            SlotWrite(base &+ 4, price), SlotWrite(base &+ 11, times),
            SlotWrite(base &+ 12, priceChange?.next ?? .zero),
        ]
    }

    /// The writes that change the floor, over that of the record as it was.
    public func floorWrites(over old: ModelRecord) -> [SlotWrite] {
        let base = ModelRecord.base(id)
        return SlotLayout.write(policyFloor, at: base &+ 10, over: old.policyFloor)
            + [SlotWrite(base &+ 11, times)]
            + SlotLayout.write(
                floorChange?.next ?? [], at: base &+ 13, over: old.floorChange?.next ?? [])
    }

    /// The writes that change the system config.
    public var systemWrites: [SlotWrite] {
        let base = ModelRecord.base(id)
        return [
            SlotWrite(base &+ 11, times), SlotWrite(base &+ 14, systemHash.word),
            SlotWrite(base &+ 15, (systemChange?.next ?? .zero).word),
            SlotWrite(base &+ 16, systemID.word),
        ]
    }

    /// The writes that change status, successor and time of the revocation.
    public var statusWrites: [SlotWrite] {
        let base = ModelRecord.base(id)
        return headWrite + [
            SlotWrite(base &+ 11, times), SlotWrite(base &+ 17, successor.word),
        ]
    }

    /// The writes that place a new record: nothing of it has changed yet.
    public func writes() -> [SlotWrite] {
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
        writes += SlotLayout.write(Array(name.utf8), at: base &+ 7)
        writes += SlotLayout.write(Array(version.utf8), at: base &+ 8)
        writes += SlotLayout.write(Array(cid.utf8), at: base &+ 9)
        writes += SlotLayout.write(policyFloor, at: base &+ 10)
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
        if status != .active { successor = Hash(read(base &+ 17)) }
        let times = read(base &+ 11)
        if times.limb0 != 0 {
            priceChange = Change(read(base &+ 12), from: times.limb0)
        }
        if times.limb1 != 0 {
            guard
                let next = SlotLayout.readBytes(
                    at: base &+ 13, bytesMax: ModelRecord.policyBytesMax, from: read)
            else { return nil }
            floorChange = Change(next, from: times.limb1)
        }
        if times.limb2 != 0 {
            systemHash = Hash(read(base &+ 14))
            systemChange = Change(Hash(read(base &+ 15)), from: times.limb2)
            systemID = Hash(read(base &+ 16))
        }
        revokedAt = times.limb3
    }

    private static func text(_ slot: UInt256, _ bytesMax: Int, _ read: SlotReader) -> String? {
        SlotLayout.readBytes(at: slot, bytesMax: bytesMax, from: read).flatMap {
            String(validating: $0, as: UTF8.self)
        }
    }
}
