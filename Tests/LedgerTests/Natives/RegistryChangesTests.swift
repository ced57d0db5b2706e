import Codec
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Registry
import Testing

/// Names, versions, and what their owners change: each function with its refusals and its event.
@Suite struct RegistryChangesTests {
    let chain: TestChain
    let owner = Bargain.sender
    /// The third local account.
    let other = Address(
        truncating: UInt256(bigEndian: [
            0x3c, 0x44, 0xcd, 0xdd, 0xb6, 0xa9, 0x00, 0xfa, 0x2b, 0x58, 0x5d, 0xd2, 0x99, 0xe0,
            0x3d, 0x12, 0xfa, 0x42, 0x93, 0xbc,
        ]))

    init() throws { chain = try TestChain() }

    @discardableResult
    private func run(_ input: [UInt8], by caller: Address? = nil) throws -> RegistryEvent? {
        let result = try chain.run(input, NativeAddress.registry, caller ?? owner)
        #expect(result.logs.count <= 1)
        return result.logs.first.flatMap { RegistryEvent($0) }
    }

    private func refuses(
        _ error: NativeError, _ input: [UInt8], by caller: Address? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let result = try chain.send(input, to: NativeAddress.registry, from: caller ?? owner)
        let text = NativeError.describe(revertData: result.outcome.output)
        #expect(
            text == NativeError.describe(revertData: error.revertData), sourceLocation: location)
        #expect(result.logs.isEmpty, sourceLocation: location)
    }

    @discardableResult
    private func register(
        _ name: String, _ version: String = "1.0", floor: Policy? = nil, graph: UInt8 = 7,
        by caller: Address? = nil
    ) throws -> ModelRecord {
        var record = try Bargain.record(name, floor: floor, graph: graph)
        record.version = version
        try run(NativeCalldata.register(record), by: caller)
        return record
    }

    private func stored(_ record: ModelRecord) throws -> ModelRecord {
        try #require(ModelRecord(record.id) { chain.slot($0, of: NativeAddress.registry) })
    }

    private func name(_ key: Hash) -> NameRecord {
        NameRecord(key) { chain.slot($0, of: NativeAddress.registry) }
    }

    private func version(
        _ name: String, _ version: String, _ floor: Policy? = nil
    ) throws -> [UInt8] {
        var record = try Bargain.record(name, floor: floor)
        record.version = version
        return NativeCalldata.register(record)
    }

    // MARK: Names

    /// The same graph by whoever and under as many names as there are: no one's record stands in
    /// another's way.
    @Test func aGraphMayHaveManyRecords() throws {
        let squat = try register("copy", by: other)
        let own = try register("lenet5")
        let again = try register("lenet5", "1.1")
        #expect(Set([squat.id, own.id, again.id]).count == 3)
        #expect(Set([squat, own, again].map(\.computationID)).count == 1)
        try run(NativeCalldata.revoke(model: squat.id, reason: "spite"), by: other)
        #expect(try stored(own).status == .active)
        #expect(try stored(own).owner == owner)
    }

    @Test func aNameIsItsFirstRegistrants() throws {
        let first = try register("m")
        try refuses(.notOwner(owner), version("m", "1.1"), by: other)
        try refuses(.nameTaken(first.id), version("m", "1.0"), by: other)
        let second = try register("m", "1.1")
        let kept = name(NameRecord.key(model: "m"))
        #expect(kept.owner == owner)
        #expect(kept.versions == 2)
        #expect(kept.lastID == second.id)
        for (index, record) in [first, second].enumerated() {
            let slot = NameRecord.versionSlot(
                NameRecord.key(model: "m"), index: UInt64(index))
            #expect(chain.slot(slot, of: NativeAddress.registry) == record.id.word)
        }
    }

    @Test func aNameBehindAnAddressIsThatAddresss() throws {
        let name = owner.hex + "/lenet5"
        try refuses(.notOwner(owner), version(name, "1.0"), by: other)
        try register(name)
        #expect(self.name(NameRecord.key(model: name)).owner == owner)
    }

    @Test func versionsGrow() throws {
        try register("m", "1.2")
        try refuses(.versionNotNewer(newest: "1.2"), version("m", "1.1"))
        try refuses(.versionNotNewer(newest: "1.2"), version("m", "0.9"))
        try register("m", "2.0")
        try register("m", "1.3")
        try refuses(.versionNotNewer(newest: "1.3"), version("m", "1.1"))
        try refuses(.versionNotNewer(newest: "1.3"), version("m", "0.1"))
        try register("m", "10.0")
        try refuses(.versionNotNewer(newest: "10.0"), version("m", "9.9"))
    }

    @Test func aNameIsHandedOverInTwoSteps() throws {
        let record = try register("m")
        let key = NameRecord.key(model: "m")
        try refuses(.notOwner(owner), NativeCalldata.offerName("m", to: other), by: other)
        try refuses(.notOwner(.zero), NativeCalldata.offerName("none", to: other))
        try refuses(.nameNotOffered(to: .zero), NativeCalldata.acceptName("m"), by: other)
        let offer = try #require(try run(NativeCalldata.offerName("m", to: other)))
        #expect(offer.change == .nameOffered(name: "m", to: other))
        #expect(offer.by == owner)
        #expect(offer.nameKey == key)
        try refuses(.nameNotOffered(to: other), NativeCalldata.acceptName("m"))
        // Until it is accepted the name stays where it is.
        try register("m", "1.1")
        let taken = try #require(try run(NativeCalldata.acceptName("m"), by: other))
        #expect(taken.change == .nameTransferred(name: "m", to: other))
        #expect(taken.by == owner)
        try refuses(.notOwner(other), version("m", "1.2"))
        try refuses(.nameNotOffered(to: .zero), NativeCalldata.acceptName("m"), by: other)
        try register("m", "1.2", by: other)
        // A version has an owner of its own.
        #expect(try stored(record).owner == owner)
        try run(NativeCalldata.setPrice(model: record.id, 1))
        // An offer is taken back by one to nobody.
        try run(NativeCalldata.offerName("m", to: owner), by: other)
        try run(NativeCalldata.offerName("m", to: .zero), by: other)
        try refuses(.nameNotOffered(to: .zero), NativeCalldata.acceptName("m"))
    }

    // MARK: Floors

    @Test func aLaterVersionDoesNotWeakenTheFloorInSilence() throws {
        let first = try register("m", floor: .kind(.signed))
        try refuses(.floorWeakened("signed"), version("m", "1.1"))
        try refuses(
            .floorWeakened("signed"), version("m", "1.1", .anyOf([.kind(.signed), .kind(.zk)])))
        let both = Policy.allOf([.kind(.signed), .kind(.zk)])
        let second = try register("m", "1.1", floor: both)
        try refuses(.floorWeakened("zk"), version("m", "1.2", .kind(.signed)))
        // To ask for less is said aloud, and only then do later versions ask for less.
        let start = chain.now + 5
        let event = try #require(
            try run(
                NativeCalldata.setFloor(
                    model: second.id, Policy.kind(.signed).encoded, from: start, reason: "why")))
        #expect(
            event.change
                == .floorChanged(
                    from: both.encoded, to: Policy.kind(.signed).encoded, isWeaker: true,
                    start: start, reason: "why"))
        let stored = try stored(second)
        #expect(stored.floor(at: start) == both.encoded)
        #expect(stored.floor(at: start + 1) == Policy.kind(.signed).encoded)
        try refuses(.floorWeakened("zk"), version("m", "1.2", .kind(.signed)))
        chain.now = start + 1
        try register("m", "1.2", floor: .kind(.signed))
        // The version of before keeps its own.
        #expect(try self.stored(first).floor(at: .max) == Policy.kind(.signed).encoded)
    }

    @Test func floorsChangeByTheirRules() throws {
        let record = try register("m", floor: .kind(.signed))
        let floor = { (policy: Policy?, start: UInt64) in
            NativeCalldata.setFloor(
                model: record.id, policy?.encoded ?? [], from: start, reason: "")
        }
        try refuses(.notOwner(owner), floor(nil, chain.now), by: other)
        try refuses(
            .unknownModel(Hash(1)),
            NativeCalldata.setFloor(
                model: Hash(1), [], from: .max, reason: ""))
        try refuses(.changeInThePast(from: 5, now: chain.now), floor(nil, 5))
        try refuses(
            .invalidPolicy("it ends too early"),
            NativeCalldata.setFloor(model: record.id, [1], from: .max, reason: ""))
        let first = chain.now
        let raised = Policy.allOf([.kind(.signed), .kind(.zk)])
        let event = try run(floor(raised, first))
        guard case .floorChanged(_, _, let isWeaker, _, _) = event?.change else {
            Issue.record("\(String(describing: event))")
            return
        }
        #expect(!isWeaker)
        // Two that neither holds the other: work under way could be judged by neither.
        let raise = floor(.kind(.tee), chain.now)
        try run(raise)
        let until = chain.now - 1 + Change<UInt64>.graceSeconds
        try refuses(.changeTooSoon(until: until, now: chain.now), floor(raised, chain.now))
        chain.now = until + 1
        try run(floor(raised, chain.now))
        #expect(try stored(record).policyFloor == Policy.kind(.tee).encoded)
    }

    // MARK: Prices

    @Test func pricesAreAnnounced() throws {
        let record = try register("m")
        let start = chain.now + 100
        let announce = NativeCalldata.announcePrice(
            model: record.id, 2000, from: start, reason: "costs")
        try refuses(.notOwner(owner), announce, by: other)
        let event = try #require(try run(announce))
        #expect(
            event.change
                == .priceChanged(from: 1000, to: 2000, start: start, reason: "costs"))
        #expect(event.subject == record.id)
        let stored = try stored(record)
        #expect(stored.price(at: start) == 1000)
        #expect(stored.price(at: start + 1) == 2000)
        // One that nobody worked under is replaced.
        try run(NativeCalldata.announcePrice(model: record.id, 3000, from: start, reason: ""))
        #expect(try self.stored(record).priceChange == Change(3000, from: start))
        #expect(try self.stored(record).price == 1000)
        try refuses(
            .changeInThePast(from: 1, now: chain.now),
            NativeCalldata.announcePrice(model: record.id, 1, from: 1, reason: ""))
        // Of two that work under way may have agreed to, the lower is enough.
        chain.now = start + 1
        try run(NativeCalldata.setPrice(model: record.id, 500))
        #expect(try self.stored(record).price == 1000)
        try run(NativeCalldata.setPrice(model: record.id, 800))
        #expect(try self.stored(record).price == 500)
        try refuses(
            .invalidCalldata("257 long, at most 256 allowed"),
            NativeCalldata.announcePrice(
                model: record.id, 1, from: .max, reason: String(repeating: "a", count: 257)))
    }

    // MARK: Status

    @Test func deprecationNamesASuccessor() throws {
        let (old, new) = (try register("m"), try register("n", graph: 8))
        let deprecate = { (id: Hash, next: Hash?) in
            NativeCalldata.deprecate(model: id, successor: next, reason: "better")
        }
        try refuses(.notOwner(owner), deprecate(old.id, new.id), by: other)
        try refuses(
            .invalidRecord("a model is not its own successor"), deprecate(old.id, old.id))
        try refuses(.unknownModel(Hash(1)), deprecate(old.id, Hash(1)))
        let event = try #require(try run(deprecate(old.id, new.id)))
        #expect(
            event.change
                == .statusChanged(
                    from: .active, to: .deprecated, successor: new.id, reason: "better"))
        #expect(try stored(old).successor == new.id)
        try run(deprecate(old.id, nil))
        #expect(try stored(old).successor == .zero)
        try run(deprecate(old.id, new.id))
        let time = chain.now
        try run(NativeCalldata.revoke(model: old.id, reason: ""))
        let revoked = try stored(old)
        #expect(revoked.revokedAt == time)
        #expect(revoked.successor == new.id)
        try refuses(.modelRevoked(old.id), deprecate(new.id, old.id))
        for input in [
            deprecate(old.id, nil), NativeCalldata.revoke(model: old.id, reason: ""),
            NativeCalldata.setPrice(model: old.id, 1),
            NativeCalldata.setFloor(model: old.id, [], from: .max, reason: ""),
            NativeCalldata.setSystem(model: old.id, system: .zero, from: .max, reason: ""),
            NativeCalldata.transferOwnership(model: old.id, to: other),
        ] {
            try refuses(.modelRevoked(old.id), input)
        }
    }

    @Test func transfersAModelInOneStep() throws {
        let record = try register("m")
        try refuses(
            .invalidRecord("the new owner is the zero address"),
            NativeCalldata.transferOwnership(model: record.id, to: .zero))
        let event = try #require(
            try run(NativeCalldata.transferOwnership(model: record.id, to: other)))
        #expect(event.change == .ownershipTransferred(to: other))
        #expect(event.by == owner)
        try refuses(.notOwner(other), NativeCalldata.setPrice(model: record.id, 1))
        // The name stays.
        try register("m", "1.1")
    }

    // MARK: Systems

    private func system(
        _ version: String, _ text: String, namespace: String = "acme"
    ) -> SystemRecord {
        SystemRecord(
            owner: owner, namespace: namespace, name: "support", version: version,
            textHash: SHA256.hash(Array(text.utf8)), previousID: .zero, registeredAt: chain.now)
    }

    @Test func systemsAreVersionedTexts() throws {
        var first = system("1.0", "You are kind.")
        let event = try #require(
            try run(NativeCalldata.registerSystem(first, reason: "start")))
        #expect(event.subject == first.id)
        #expect(event.nameKey == NameRecord.key(system: "support", in: "acme"))
        #expect(
            event.change
                == .systemRegistered(
                    namespace: "acme", name: "support", version: "1.0", from: .zero,
                    to: first.textHash, reason: "start"))
        let read = { (id: Hash) in
            SystemRecord(id) { chain.slot($0, of: NativeAddress.registry) }
        }
        first.registeredAt = chain.now - 1
        #expect(read(first.id) == first)
        try refuses(
            .nameTaken(first.id),
            NativeCalldata.registerSystem(
                system("1.0", "other"), reason: ""))
        try refuses(
            .notOwner(owner), NativeCalldata.registerSystem(system("1.1", "x"), reason: ""),
            by: other)
        try refuses(
            .versionNotNewer(newest: "1.0"),
            NativeCalldata.registerSystem(system("0.9", "x"), reason: ""))
        try refuses(
            .invalidRecord("namespace and name are a-z 0-9 . _ -, and 63 bytes together at most"),
            NativeCalldata.registerSystem(system("1.0", "x", namespace: "a/b"), reason: ""))
        let second = system("1.1", "You are brief.")
        let next = try #require(
            try run(NativeCalldata.registerSystem(second, reason: "shorter")))
        #expect(
            next.change
                == .systemRegistered(
                    namespace: "acme", name: "support", version: "1.1", from: first.textHash,
                    to: second.textHash, reason: "shorter"))
        #expect(next.previousBlock == chain.parent.number - 5)
        #expect(read(second.id)?.previousID == first.id)
        // The namespace changes hands as a name does.
        try run(NativeCalldata.offerNamespace("acme", to: other))
        try run(NativeCalldata.acceptNamespace("acme"), by: other)
        try refuses(
            .notOwner(other), NativeCalldata.registerSystem(system("1.2", "x"), reason: ""))
        try run(NativeCalldata.registerSystem(system("1.2", "x"), reason: ""), by: other)
    }

    @Test func aModelNamesItsSystem() throws {
        let record = try register("m")
        let system = system("1.0", "You are kind.")
        try run(NativeCalldata.registerSystem(system, reason: ""))
        let set = { (id: Hash, start: UInt64) in
            NativeCalldata.setSystem(model: record.id, system: id, from: start, reason: "why")
        }
        try refuses(.unknownSystem(Hash(5)), set(Hash(5), chain.now))
        try refuses(.notOwner(owner), set(system.id, chain.now), by: other)
        let start = chain.now
        let event = try #require(try run(set(system.id, start)))
        #expect(
            event.change
                == .systemChanged(
                    from: .zero, to: system.textHash, systemID: system.id, start: start,
                    reason: "why"))
        let stored = try stored(record)
        #expect(stored.systemHash(at: start) == .zero)
        #expect(stored.systemHash(at: start + 1) == system.textHash)
        #expect(stored.systemID == system.id)
        try refuses(
            .changeTooSoon(until: start + Change<UInt64>.graceSeconds, now: chain.now),
            set(.zero, chain.now))
    }

    // MARK: History

    /// From the newest event of a name back to its first, each block named by the one after it.
    @Test func eventsOfANameAreThreaded() throws {
        let record = try register("m")
        try register("n", graph: 9)
        try run(NativeCalldata.setPrice(model: record.id, 1))
        try register("m", "1.1", graph: 8)
        let last = try #require(
            try run(NativeCalldata.revoke(model: record.id, reason: "bad")))
        let number = chain.parent.number
        #expect(name(NameRecord.key(model: "m")).changedBlock == number)
        #expect(last.previousBlock == number - 1)
        #expect(last.nameKey == NameRecord.key(model: "m"))
        let n = name(NameRecord.key(model: "n"))
        #expect(n.changedBlock == number - 3)
    }

    /// A call that is cut short anywhere is refused as such, and nothing is written or logged.
    @Test func everyCutOfACallIsRefused() throws {
        let record = try register("m")
        let calls = [
            try version("n", "1.0", .kind(.signed)),
            NativeCalldata.deprecate(model: record.id, reason: "why"),
            NativeCalldata.deprecate(model: record.id, successor: Hash(2), reason: "why"),
            NativeCalldata.revoke(model: record.id, reason: "why"),
            NativeCalldata.setPrice(model: record.id, 1),
            NativeCalldata.announcePrice(model: record.id, 1, from: 0, reason: "why"),
            NativeCalldata.setFloor(
                model: record.id, Policy.kind(.signed).encoded, from: 0, reason: "why"),
            NativeCalldata.setSystem(model: record.id, system: .zero, from: 0, reason: "why"),
            NativeCalldata.transferOwnership(model: record.id, to: other),
            NativeCalldata.offerName("m", to: other), NativeCalldata.acceptName("m"),
            NativeCalldata.offerNamespace("m", to: other), NativeCalldata.acceptNamespace("m"),
            NativeCalldata.registerSystem(system("1.0", "x"), reason: "why"),
        ]
        let before = chain.parent.stateRoot
        for call in calls {
            // The last word may lack its padding.
            for count in stride(from: 4, to: call.count - 31, by: 16) {
                let outcome = try chain.ask(Array(call[..<count]), to: NativeAddress.registry)
                let text = NativeError.describe(revertData: outcome.output) ?? ""
                #expect(outcome.status == .revert)
                #expect(text.hasPrefix("InvalidCalldata("), "\(count) bytes: \(text)")
            }
        }
        #expect(chain.parent.stateRoot == before)
    }

    /// Every view answers in the form of the interface.
    @Test func viewsAnswer() throws {
        let record = try register("m", floor: .kind(.signed))
        try run(NativeCalldata.setPrice(model: record.id, 7))
        let terms = try chain.ask(
            ABISignature.selector("terms(bytes32)") + record.id.bytes,
            to: NativeAddress.registry)
        var reader = ABIReader(terms.output)
        var tuple = try reader.readTuple()
        #expect(try tuple.readHash() == record.computationID)
        #expect(try tuple.readUInt256() == 1000)
        #expect(try tuple.readUInt256() == 7)
        #expect(try tuple.readUInt64() == chain.now - 1)
        #expect(try tuple.readBytes(max: 512) == Policy.kind(.signed).encoded)
        let key = NameRecord.key(model: "m")
        let name = try chain.ask(
            ABISignature.selector("nameRecord(bytes32)") + key.bytes, to: NativeAddress.registry)
        reader = ABIReader(name.output)
        #expect(try reader.readAddress() == owner)
        let version = try chain.ask(
            ABISignature.selector("versionAt(bytes32,uint256)") + key.bytes + Hash.zero.bytes,
            to: NativeAddress.registry)
        #expect(version.output == record.id.bytes)
        // The model as work that begins now would find it.
        let model = try chain.ask(
            ABISignature.selector("model(bytes32)") + record.id.bytes, to: NativeAddress.registry)
        reader = ABIReader(model.output)
        tuple = try reader.readTuple()
        for _ in 0..<8 { _ = try tuple.readUInt256() }
        #expect(try tuple.readUInt256() == 7)
    }

    @Test func everyEventReadsAsItWasWritten() throws {
        let changes: [RegistryEvent.Change] = [
            .modelRegistered(name: "m", version: "1.0", graphHash: Hash(1)),
            .statusChanged(from: .active, to: .revoked, successor: Hash(2), reason: "r"),
            .priceChanged(from: 1, to: .max, start: .max, reason: ""),
            .floorChanged(from: [], to: [1, 2], isWeaker: true, start: 1, reason: "r"),
            .systemChanged(from: Hash(1), to: .zero, systemID: .zero, start: 1, reason: "r"),
            .ownershipTransferred(to: other), .nameOffered(name: "m", to: .zero),
            .nameTransferred(name: "m", to: other),
            .systemRegistered(
                namespace: "a", name: "b", version: "1.0", from: .zero, to: Hash(3), reason: "r"),
        ]
        for change in changes {
            let isOfName =
                switch change {
                case .nameOffered, .nameTransferred: true
                default: false
                }
            let event = RegistryEvent(
                subject: isOfName ? .zero : Hash(7), nameKey: Hash(8), by: owner, change: change,
                previousBlock: 12)
            let log = event.log
            #expect(RegistryEvent(log) == event)
            // Cut short it is none.
            for count in stride(from: 0, to: log.data.count, by: 32) {
                let short = Log(
                    address: log.address, topics: log.topics, data: Array(log.data[..<count]))
                #expect(RegistryEvent(short) == nil)
            }
            #expect(
                RegistryEvent(
                    Log(address: .zero, topics: log.topics, data: log.data)) == nil)
        }
    }
}

/// Changes and settlements: work is judged by what held when it began.
@Suite struct RegistryAndSettlementTests {
    private func change(_ bargain: Bargain, _ input: [UInt8]) throws {
        try bargain.chain.run(input, NativeAddress.registry, bargain.provider.address)
    }

    /// The same statement, but of work that begins now.
    private func restart(_ bargain: inout Bargain) throws {
        bargain.statement = bargain.statement.with(
            notBefore: bargain.chain.now, notAfter: bargain.chain.now + 300)
        try bargain.signStatement(with: bargain.provider)
    }

    @Test func workUnderWaySettlesAtTheAgreedPrice() throws {
        let bargain = try Bargain()
        try change(
            bargain, NativeCalldata.setPrice(model: bargain.terms.modelID, 5000))
        var late = bargain
        try restart(&late)
        try late.expectRefusal(.priceNotMet(price: 5000, amount: 1000))
        try #require(try bargain.settle().succeeded)
    }

    @Test func workUnderWaySettlesThoughTheModelIsRevoked() throws {
        let bargain = try Bargain()
        try change(
            bargain, NativeCalldata.revoke(model: bargain.terms.modelID, reason: "bad"))
        var late = bargain
        try restart(&late)
        try late.expectRefusal(.modelRevoked(bargain.terms.modelID))
        // A date of long ago does not help: the grace is over.
        var old = bargain
        old.statement = old.statement.with(notAfter: .max)
        try old.signStatement(with: old.provider)
        try #require(try bargain.settle().succeeded)
        let chain = bargain.chain
        chain.now += Change<UInt64>.graceSeconds
        old.payment = old.payment.with(validBefore: .max, nonce: Hash(78))
        try old.signPayment()
        try old.expectRefusal(.modelRevoked(bargain.terms.modelID))
    }

    @Test func workUnderWaySettlesByTheFloorOfBefore() throws {
        let bargain = try Bargain()
        let strict = Policy.allOf([.kind(.signed), .kind(.zk)])
        try change(
            bargain,
            NativeCalldata.setFloor(
                model: bargain.terms.modelID, strict.encoded, from: bargain.chain.now, reason: ""))
        var late = bargain
        try restart(&late)
        try late.expectRefusal(.floorNotMet("zk"))
        try #require(try bargain.settle().succeeded)
    }

    @Test func statementsNameTheSystemOfTheRecord() throws {
        let bargain = try Bargain()
        let text = SHA256.hash(Array("You are kind.".utf8))
        let system = SystemRecord(
            owner: .zero, namespace: "acme", name: "support", version: "1.0", textHash: text,
            previousID: .zero, registeredAt: 0)
        try change(bargain, NativeCalldata.registerSystem(system, reason: ""))
        try change(
            bargain,
            NativeCalldata.setSystem(
                model: bargain.terms.modelID, system: system.id, from: bargain.chain.now,
                reason: ""))
        var late = bargain
        try restart(&late)
        try late.expectRefusal(.wrongSystem(expected: text, got: .zero))
        late.statement = late.statement.with(systemHash: text)
        try late.signStatement(with: late.provider)
        try #require(try late.settle().succeeded)
    }
}
