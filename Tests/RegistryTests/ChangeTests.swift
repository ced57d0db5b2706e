import Primitives
import Registry
import Testing

@Suite struct ChangeTests {
    private static let grace = Change<UInt64>.graceSeconds

    @Test func workIsJudgedByWhatHeldWhenItBegan() {
        var record = ModelRecordTests.record()
        record.price = 10
        record.priceChange = Change(20, from: 100)
        #expect(record.price(at: 99) == 10)
        #expect(record.price(at: 100) == 10)
        #expect(record.price(at: 101) == 20)
        record.floorChange = Change([], from: 100)
        #expect(record.floor(at: 100) == [1, 2, 3])
        #expect(record.floor(at: 101) == [])
        record.systemChange = Change(Hash(4), from: 100)
        #expect(record.systemHash(at: 100) == .zero)
        #expect(record.systemHash(at: 101) == Hash(4))
        #expect(record.isUsable(at: .max))
        record.status = .revoked
        record.revokedAt = 100
        #expect(record.isUsable(at: 100))
        #expect(!record.isUsable(at: 101))
    }

    @Test func workBeganNoLongerAgoThanTheGrace() {
        #expect(ModelRecord.workBegan(stated: 999, now: 1000) == 999)
        #expect(ModelRecord.workBegan(stated: 400, now: 1000) == 400)
        #expect(ModelRecord.workBegan(stated: 399, now: 1000) == 400)
        #expect(ModelRecord.workBegan(stated: 0, now: 5) == 0)
    }

    private func follow(
        _ change: Change<UInt64>?, from: UInt64, now: UInt64
    ) throws(ChangeError) -> (before: UInt64, change: Change<UInt64>) {
        try change.following(30, from: from, now: now, before: 10)
    }

    @Test func aChangeFollowsOnceNoWorkNeedsTheValueOfBefore() throws {
        // The first; one that is to come; one that came in this very second.
        for last: Change<UInt64>? in [nil, Change(20, from: 1001), Change(20, from: 1000)] {
            let (before, change) = try follow(last, from: 1000, now: 1000)
            #expect(before == 10)
            #expect(change == Change(30, from: 1000))
        }
        let end = 100 + Self.grace
        #expect(throws: ChangeError.tooSoon(until: end, now: end)) {
            try follow(Change(20, from: 100), from: end, now: end)
        }
        #expect(try follow(Change(20, from: 100), from: end + 1, now: end + 1).before == 20)
        #expect(throws: ChangeError.inThePast(from: 99, now: 100)) {
            try follow(nil, from: 99, now: 100)
        }
        #expect(throws: ChangeError.tooSoon(until: .max, now: .max)) {
            _ = try Optional(Change(UInt64(20), from: .max - 1)).following(
                30, from: .max, now: .max, before: 10
            ) { _, _ in nil }
        }
    }

    @Test func aLenientValueStandsInForTwo() throws {
        let last = Optional(Change(UInt64(5), from: 100))
        let (before, change) = try last.following(
            30, from: 200, now: 200, before: 10, lenient: { min($0, $1) })
        #expect(before == 5)
        #expect(change == Change(30, from: 200))
    }
}

@Suite struct ModelVersionTests {
    @Test(arguments: ["0.0", "1.0", "10.2", "1.10", "123456789.1234567890"])
    func readsItsOwnText(_ text: String) {
        #expect(ModelVersion(text)?.description == text)
    }

    @Test(arguments: [
        "", "1", "1.", ".1", "01.0", "1.00", "1.0.0", "1.-1", "1.a", "1.+1", "1. 1",
        "123456789.12345678901",
    ])
    func refusesOtherTexts(_ text: String) { #expect(ModelVersion(text) == nil) }

    @Test func ordersByValue() {
        let texts = ["0.9", "0.10", "1.0", "1.2", "1.10", "2.0", "10.0"]
        let versions = texts.compactMap { ModelVersion($0) }
        #expect(versions.count == texts.count)
        for (index, version) in versions.enumerated() {
            for later in versions[(index + 1)...] { #expect(version < later) }
        }
    }
}

@Suite struct NameRecordTests {
    @Test func storageRoundTripsAndWritesOnlyWhatDiffers() {
        let key = NameRecord.key(model: "a")
        var slots = Slots()
        #expect(NameRecord(key, from: slots.read) == NameRecord())
        var name = NameRecord()
        name.owner = Address(truncating: 7)
        name.registeredAt = 1_800_000_000
        name.versions = 3
        name.newestMajor = .max
        name.lastID = Hash(9)
        slots.apply(name.writes(key, over: NameRecord()))
        #expect(NameRecord(key, from: slots.read) == name)
        var changed = name
        changed.pendingOwner = Address(truncating: 8)
        changed.changedBlock = .max
        #expect(changed.writes(key, over: name).count == 2)
        slots.apply(changed.writes(key, over: name))
        #expect(NameRecord(key, from: slots.read) == changed)
        #expect(changed.writes(key, over: changed).isEmpty)
    }

    @Test func kindsOfNamesNeverShareAKey() {
        let keys = [
            NameRecord.key(model: "a/b"), NameRecord.key(namespace: "a"),
            NameRecord.key(system: "b", in: "a"), NameRecord.key(namespace: "a/b"),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test func anAddressOwnsTheNamesBehindIt() {
        let address = "0x" + String(repeating: "ab", count: 20)
        let owner = try? Address(hex: address)
        #expect(owner != nil)
        #expect(NameRecord.reservedOwner(of: address) == owner)
        #expect(NameRecord.reservedOwner(of: address + "/lenet5") == owner)
        for free in ["lenet5", "org/" + address, address + "0/x", "0x12/x", "x" + address] {
            #expect(NameRecord.reservedOwner(of: free) == nil)
        }
    }

    @Test func minorsGrowWithinAMajorAndMajorsOpenInOrder() {
        var name = NameRecord()
        let version = { ModelVersion(major: $0, minor: $1) }
        #expect(name.takes(version(3, 7), minorsOfMajor: 0))
        name.versions = 1
        name.newestMajor = 3
        #expect(!name.takes(version(3, 7), minorsOfMajor: 8))
        #expect(name.takes(version(3, 8), minorsOfMajor: 8))
        #expect(name.takes(version(4, 0), minorsOfMajor: 0))
        #expect(!name.takes(version(2, 0), minorsOfMajor: 0))
        #expect(name.takes(version(2, 5), minorsOfMajor: 5))
        #expect(!name.takes(version(2, 4), minorsOfMajor: 5))
    }
}

@Suite struct SystemRecordTests {
    static func record(
        namespace: String = "acme", name: String = "support", version: String = "1.0",
        text: Hash = Hash(7)
    ) -> SystemRecord {
        SystemRecord(
            owner: Address(truncating: 3), namespace: namespace, name: name, version: version,
            textHash: text, previousID: Hash(2), registeredAt: 1_800_000_000)
    }

    @Test func storageRoundTrips() {
        let record = Self.record(name: String(repeating: "n", count: 59))
        var slots = Slots()
        #expect(SystemRecord(record.id, from: slots.read) == nil)
        slots.apply(record.writes)
        #expect(SystemRecord(record.id, from: slots.read) == record)
    }

    @Test func refusesBadParts() throws {
        try Self.record().validate()
        for name in ["", "a/b", "A", String(repeating: "a", count: 60)] {
            #expect(throws: ModelRecordError.invalidName) {
                try Self.record(name: name).validate()
            }
        }
        #expect(throws: ModelRecordError.invalidName) {
            try Self.record(namespace: "a/b").validate()
        }
        #expect(throws: ModelRecordError.invalidVersion) {
            try Self.record(version: "1").validate()
        }
        #expect(throws: ModelRecordError.missingText) {
            try Self.record(text: .zero).validate()
        }
    }
}
