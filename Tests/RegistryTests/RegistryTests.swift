import Crypto
import Primitives
import Registry
import Testing

/// Storage of one account as a dictionary.
struct Slots {
    var words: [UInt256: UInt256] = [:]

    mutating func apply(_ writes: [SlotWrite]) {
        for write in writes { words[write.slot] = write.value.isZero ? nil : write.value }
    }

    func read(_ slot: UInt256) -> UInt256 { words[slot] ?? .zero }
}

@Suite struct SlotLayoutTests {
    @Test func bytesOfEveryLengthRoundTripAndLeaveNothingBehind() throws {
        let lengths = [0, 1, 30, 31, 32, 33, 63, 64, 65, 200]
        for old in lengths {
            for new in lengths {
                var slots = Slots()
                let before = [UInt8](repeating: 0xaa, count: old)
                let after = [UInt8](repeating: 0xbb, count: new)
                slots.apply(SlotLayout.write(before, at: 5))
                slots.apply(SlotLayout.write(after, at: 5, over: before))
                let read = SlotLayout.readBytes(at: 5, bytesMax: 200, from: slots.read)
                #expect(read == after)
                var fresh = Slots()
                fresh.apply(SlotLayout.write(after, at: 5))
                #expect(slots.words == fresh.words, "\(old) then \(new) bytes")
            }
        }
    }

    @Test func refusesLengthsOverTheLimit() {
        var slots = Slots()
        slots.apply(SlotLayout.write([UInt8](repeating: 1, count: 65), at: 5))
        #expect(SlotLayout.readBytes(at: 5, bytesMax: 64, from: slots.read) == nil)
        slots.words[5] = .max
        #expect(SlotLayout.readBytes(at: 5, bytesMax: 64, from: slots.read) == nil)
    }

    /// Solidity: a short string holds its bytes left-aligned and twice its length last.
    @Test func shortStringsLieAsSolidityLaysThem() {
        let writes = SlotLayout.write(Array("abc".utf8), at: 0)
        let word = UInt256(bigEndian: Array("abc".utf8)) << 232 | 6
        #expect(writes == [SlotWrite(0, word)])
    }
}

@Suite struct ModelRecordTests {
    static func record(name: String = "digits/lenet-5", version: String = "1.0") -> ModelRecord {
        ModelRecord(
            owner: Address(truncating: 0xabcdef), name: name, version: version,
            onnxHash: Hash(1), graphHash: Hash(2), weightsRoot: Hash(3),
            cid: "bafy" + String(repeating: "a", count: 60), policyFloor: [1, 2, 3],
            price: 1000, calibrationHash: Hash(5), macs: 416_520, status: .active,
            registeredAt: 1_770_000_000)
    }

    @Test func storageRoundTrips() {
        let record = Self.record()
        var slots = Slots()
        slots.apply(record.writes())
        #expect(ModelRecord(record.id, from: slots.read) == record)
        #expect(ModelRecord(Hash(99), from: slots.read) == nil)
    }

    /// Each group of writes places what it is for, and the record is read whole after all of them.
    @Test func changesRoundTrip() {
        let first = Self.record()
        var slots = Slots()
        slots.apply(first.writes())
        var record = first
        record.priceChange = Change(9, from: 1_770_000_001)
        record.price = 8
        slots.apply(record.priceWrites)
        #expect(ModelRecord(record.id, from: slots.read) == record)
        let old = record
        record.policyFloor = []
        record.floorChange = Change([UInt8](repeating: 7, count: 40), from: .max)
        slots.apply(record.floorWrites(over: old))
        #expect(ModelRecord(record.id, from: slots.read) == record)
        record.systemHash = Hash(4)
        record.systemChange = Change(Hash(5), from: 1)
        record.systemID = Hash(6)
        slots.apply(record.systemWrites)
        #expect(ModelRecord(record.id, from: slots.read) == record)
        record.status = .deprecated
        record.successor = Hash(77)
        slots.apply(record.statusWrites)
        #expect(ModelRecord(record.id, from: slots.read) == record)
        record.status = .revoked
        record.revokedAt = 1_770_000_009
        slots.apply(record.statusWrites)
        record.owner = Address(truncating: 1)
        slots.apply(record.headWrite)
        #expect(ModelRecord(record.id, from: slots.read) == record)
    }

    /// What `eth_getProof` is asked for: the layout is Solidity's, and is what it was.
    @Test func slotsLieWhereTheyAreSaidToLie() {
        let record = Self.record()
        let base = Keccak.hash(record.id.word, 1).word
        #expect(ModelRecord.base(record.id) == base)
        let writes = record.writes()
        #expect(writes.contains(SlotWrite(base &+ 2, record.graphHash.word)))
        #expect(writes.contains(SlotWrite(base &+ 4, 1000)))
        #expect(record.priceWrites.map(\.slot) == [base &+ 4, base &+ 11, base &+ 12])
        let key = Keccak.hash(Array("digits/lenet-5".utf8))
        #expect(NameRecord.key(model: record.name) == key)
        #expect(NameRecord.base(key) == Keccak.hash(key.word, 5).word)
        #expect(NameRecord.changeSlot(key) == Keccak.hash(key.word, 5).word &+ 2)
    }

    @Test func idNamesTheComputationAndTheNameItGoesBy() {
        let record = Self.record()
        var other = record
        other.owner = .zero
        other.price = 0
        #expect(other.id == record.id)
        for same in [Self.record(name: "other"), Self.record(version: "1.1")] {
            #expect(same.id != record.id)
            #expect(same.computationID == record.computationID)
        }
        other.graphHash = Hash(77)
        #expect(other.id != record.id)
        #expect(other.computationID != record.computationID)
        #expect(
            record.computationID
                == SHA256.hash(Array("assay.model.v1".utf8) + Hash(2).bytes + Hash(3).bytes))
        #expect(
            record.id
                == SHA256.hash(
                    Array("assay.record.v1".utf8) + record.computationID.bytes
                        + Array("digits/lenet-5@1.0".utf8)))
    }

    @Test(arguments: ["", "/a", "a/", "A", "a b", "é", String(repeating: "a", count: 65)])
    func refusesName(_ name: String) {
        #expect(throws: ModelRecordError.invalidName) { try Self.record(name: name).validate() }
    }

    @Test(arguments: ["", "1", "1.", ".1", "01.0", "1.00", "1.0.0", "1.-1", "1.a"])
    func refusesVersion(_ version: String) {
        #expect(throws: ModelRecordError.invalidVersion) {
            try Self.record(version: version).validate()
        }
    }

    @Test func acceptsTheLongestFields() throws {
        var record = Self.record(
            name: String(repeating: "a", count: 64), version: "123456789.1234567890")
        record.cid = String(repeating: "c", count: 128)
        try record.validate()
        record.cid += "c"
        #expect(throws: ModelRecordError.cidTooLong(bytes: 129, max: 128)) {
            try record.validate()
        }
    }
}

@Suite struct ProviderKeysTests {
    private static let provider = Address(truncating: 7)

    private func key(_ kind: ProviderKey.Kind, _ count: Int, _ byte: UInt8 = 0x81) throws
        -> ProviderKey
    {
        try #require(ProviderKey(kind: kind, bytes: [UInt8](repeating: byte, count: count)))
    }

    private func read(_ slots: Slots, forWorkBegun began: UInt64 = 0) -> ProviderKeys? {
        ProviderKeys(of: Self.provider, forWorkBegun: began, from: slots.read)
    }

    @Test func storageRoundTripsAcrossKindsAndChanges() throws {
        var slots = Slots()
        #expect(read(slots) == nil)
        #expect(ProviderKey(of: Self.provider, from: slots.read) == nil)
        let order = try [
            key(.p256, 64), key(.rsaPSS, 512), key(.secp256k1, 20), key(.rsaPSS, 256),
            key(.rsaPSS, 384), key(.p256, 64, 9), key(.p256, 64, 9), key(.secp256k1, 20),
        ]
        var keys: ProviderKeys?
        for (index, next) in order.enumerated() {
            let changed =
                keys?.replaced(by: next, at: UInt64(100 + index))
                ?? ProviderKeys(first: next)
            slots.apply(changed.writes(for: Self.provider, over: read(slots)))
            keys = changed
            #expect(read(slots) == changed)
            #expect(ProviderKey(of: Self.provider, from: slots.read) == next)
        }
        let last = try #require(keys)
        #expect(try last.previous == key(.p256, 64, 9) && last.replacedAt == 107)
        let revoked = last.revoked(at: 200)
        slots.apply(revoked.writes(for: Self.provider, over: last))
        #expect(read(slots) == revoked)
        #expect(ProviderKey(of: Self.provider, from: slots.read) == nil)
        #expect(revoked.revoked(at: 300) == revoked)
        let again = try revoked.replaced(by: key(.rsaPSS, 256), at: 400)
        slots.apply(again.writes(for: Self.provider, over: revoked))
        #expect(try read(slots) == ProviderKeys(first: key(.rsaPSS, 256)))
    }

    /// One key, kind and bytes, as chains stored it before keys could be replaced.
    @Test func readsASingleKeyAsItAlwaysWas() throws {
        let key = try key(.secp256k1, 20)
        let base = ProviderKeys.base(Self.provider)
        let writes = [SlotWrite(base, 1)] + SlotLayout.write(key.bytes, at: base &+ 1)
        #expect(ProviderKeys(first: key).writes(for: Self.provider, over: nil) == writes)
        var slots = Slots()
        slots.apply(writes)
        #expect(read(slots) == ProviderKeys(first: key))
    }

    @Test func replacedKeysServeWorkFromBefore() throws {
        let (old, new) = try (key(.p256, 64), key(.secp256k1, 20))
        let keys = ProviderKeys(first: old).replaced(by: new, at: 1000)
        for (began, wanted) in [
            (UInt64(0), [new, old]), (999, [new, old]), (1000, [new, old]), (1001, [new]),
            (.max, [new]),
        ] {
            #expect(keys.keys(forWorkBegun: began) == wanted, "\(began)")
            var slots = Slots()
            slots.apply(keys.writes(for: Self.provider, over: nil))
            let seen = try #require(read(slots, forWorkBegun: began))
            #expect(seen.keys(forWorkBegun: began) == wanted, "\(began)")
            #expect((seen.previous == nil) == (wanted.count == 1))
        }
        #expect(ProviderKeys(first: old).keys(forWorkBegun: 0) == [old])
        #expect(keys.replaced(by: new, at: 2000) == keys)
    }

    @Test func revokedKeysServeNothing() throws {
        let (old, new) = try (key(.p256, 64), key(.secp256k1, 20))
        let keys = ProviderKeys(first: old).replaced(by: new, at: 1000).revoked(at: 1100)
        #expect(keys.keys(forWorkBegun: 900).isEmpty)
        #expect(keys.keys(forWorkBegun: 1100).isEmpty)
        // What settled in the block of the revocation settled before it.
        #expect(keys.keys(forWorkBegun: 900, settled: 1100) == [new, old])
        #expect(keys.keys(forWorkBegun: 1050, settled: 1100) == [new])
        #expect(keys.keys(forWorkBegun: 900, settled: 1101).isEmpty)
        #expect(ProviderKeys(first: old).revoked(at: 0).isRevoked)
    }
}

@Suite struct ProviderKeyTests {
    @Test(
        arguments: [
            (.secp256k1, 1, 0x81), (.secp256k1, 21, 0x81), (.p256, 65, 0x81), (.p256, 0, 0x81),
            (.rsaPSS, 0, 0x81), (.rsaPSS, 255, 0x81), (.rsaPSS, 257, 0x81), (.rsaPSS, 320, 0x81),
            (.rsaPSS, 513, 0x81), (.rsaPSS, 256, 0x80), (.rsaPSS, 256, 0x7f),
        ] as [(ProviderKey.Kind, Int, UInt8)])
    func refusesWhatIsNoKey(_ kind: ProviderKey.Kind, _ count: Int, _ byte: UInt8) {
        #expect(ProviderKey(kind: kind, bytes: [UInt8](repeating: byte, count: count)) == nil)
    }
}
