import Codec
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Registry
import Testing

/// Calls of the trust registry.
extension TestChain {
    static let admin = Address(
        truncating: UInt256(bigEndian: [
            0xf3, 0x9f, 0xd6, 0xe5, 0x1a, 0xad, 0x88, 0xf6, 0xf4, 0xce, 0x6a, 0xb8, 0x82, 0x72,
            0x79, 0xcf, 0xff, 0xb9, 0x22, 0x66,
        ]))

    /// A call by its signature and arguments that are words.
    func trust(
        _ signature: String, from sender: Address = TestChain.admin,
        _ body: (inout ABIWriter) -> Void = { _ in }
    ) throws -> TransactionResult {
        var writer = ABIWriter()
        body(&writer)
        return try send(
            ABISignature.selector(signature) + writer.encoded, to: NativeAddress.trust,
            from: sender)
    }

    func askTrust(
        _ signature: String, _ body: (inout ABIWriter) -> Void = { _ in }
    ) throws -> Outcome {
        var writer = ABIWriter()
        body(&writer)
        return try ask(
            ABISignature.selector(signature) + writer.encoded, to: NativeAddress.trust)
    }
}

func expect(
    _ result: TransactionResult, refuses error: NativeError,
    _ location: SourceLocation = #_sourceLocation
) {
    #expect(
        NativeError.describe(revertData: result.outcome.output)
            == NativeError.describe(revertData: error.revertData), sourceLocation: location)
    #expect(result.outcome.output == error.revertData, sourceLocation: location)
    #expect(result.logs.isEmpty, sourceLocation: location)
}

@Suite struct TrustOfficeTests {
    let stranger = Bargain.account(3)

    @Test func hasAdminAndRootsFromTheGenesis() throws {
        let chain = try TestChain()
        #expect(
            try chain.askTrust("admin()").output == TestChain.admin.word.bigEndianBytes)
        let counts: [UInt8: (all: Int, development: Int)] = [
            1: (2, 1), 2: (1, 0), 3: (3, 0), 4: (1, 0),
        ]
        for family in UInt8(1)...4 {
            let roots = TrustRoot.all(family: family) { chain.slot($0, of: NativeAddress.trust) }
            #expect(roots.count == counts[family]?.all)
            #expect(roots.count(where: \.isDevelopment) == counts[family]?.development)
            #expect(roots.allSatisfy { $0.disabledAt == 0 && $0.hash != .zero })
        }
        let production = try TestChain(trustsDevelopment: false)
        let roots = TrustRoot.all(family: 1) { production.slot($0, of: NativeAddress.trust) }
        #expect(roots.count == 1 && !roots[0].isDevelopment)
    }

    @Test func handsTheOfficeOverInTwoSteps() throws {
        let chain = try TestChain()
        expect(
            try chain.trust("offerAdmin(address)", from: stranger) { $0.write(stranger) },
            refuses: .notAdmin(TestChain.admin))
        try #require(try chain.trust("offerAdmin(address)") { $0.write(stranger) }.succeeded)
        expect(try chain.trust("acceptAdmin()"), refuses: .notAdmin(stranger))
        let result = try chain.trust("acceptAdmin()", from: stranger)
        try #require(result.succeeded)
        #expect(result.logs.count == 1)
        #expect(try chain.askTrust("admin()").output == stranger.word.bigEndianBytes)
        expect(try chain.trust("acceptAdmin()", from: stranger), refuses: .notAdmin(.zero))
        // The default lists are the new admin's.
        expect(
            try chain.trust("addToList(bytes32,bytes32[])") { writer in
                writer.write(TrustList.executors)
                writer.writeArray(count: 0) { _, _ in }
            }, refuses: .notOwner(stranger))
    }

    @Test func boundsTheLifetime() throws {
        let chain = try TestChain()
        for seconds: UInt64 in [0, 59, 90 * 86_400 + 1] {
            expect(
                try chain.trust("setLifetime(uint64)") { $0.write(seconds) },
                refuses: .invalidLifetime(min: 60, max: 90 * 86_400))
        }
        #expect(
            try chain.askTrust("lifetimeSeconds()").output == UInt256(86_400).bigEndianBytes)
        try #require(try chain.trust("setLifetime(uint64)") { $0.write(60 as UInt64) }.succeeded)
        #expect(try chain.askTrust("lifetimeSeconds()").output == UInt256(60).bigEndianBytes)
    }

    @Test func disablesARootForGood() throws {
        let chain = try TestChain()
        let read: SlotReader = { chain.slot($0, of: NativeAddress.trust) }
        let root = try #require(TrustRoot.all(family: 1, from: read).first)
        let disable = { (hash: Hash, sender: Address) in
            try chain.trust("disableRoot(uint8,bytes32,string)", from: sender) { writer in
                writer.write(1 as UInt64)
                writer.write(hash)
                writer.writeString("leaked")
            }
        }
        expect(try disable(root.hash, stranger), refuses: .notAdmin(TestChain.admin))
        expect(try disable(Hash(9), TestChain.admin), refuses: .unknownRoot(family: 1, Hash(9)))
        let now = chain.now
        let result = try disable(root.hash, TestChain.admin)
        try #require(result.succeeded)
        #expect(result.logs.count == 1)
        #expect(TrustRoot.all(family: 1, from: read)[0].disabledAt == now)
        expect(
            try disable(root.hash, TestChain.admin), refuses: .unknownRoot(family: 1, root.hash))
    }

    @Test func refusesTypesAndMachinesUntilItLetsThemIn() throws {
        let chain = try TestChain()
        let now = chain.now
        let refuse = { (isRefused: Bool) in
            try chain.trust("refuseType(uint8,bool,string)") { writer in
                writer.write(3 as UInt64)
                writer.write(isRefused)
                writer.writeString("TDX is broken")
            }
        }
        try #require(try refuse(true).succeeded)
        try #require(try refuse(true).succeeded)
        let since = {
            try chain.askTrust("typeRefusedSince(uint8)") { $0.write(3 as UInt64) }.output
        }
        #expect(try since() == UInt256(now).bigEndianBytes)
        try #require(try refuse(false).succeeded)
        #expect(try since() == UInt256.zero.bigEndianBytes)
        expect(
            try chain.trust("refuseType(uint8,bool,string)") { writer in
                writer.write(6 as UInt64)
                writer.write(true)
                writer.writeString("")
            }, refuses: .unknownTEEType(6))
        expect(
            try chain.trust("refusePlatform(bytes32,bool,string)", from: stranger) { writer in
                writer.write(Hash(1))
                writer.write(true)
                writer.writeString("")
            }, refuses: .notAdmin(TestChain.admin))
        try #require(
            try chain.trust("refusePlatform(bytes32,bool,string)") { writer in
                writer.write(Hash(1))
                writer.write(true)
                writer.writeString("")
            }.succeeded)
        #expect(!chain.slot(TrustSettings.platformSlot(Hash(1)), of: NativeAddress.trust).isZero)
    }

    @Test func keepsListsOfTheirOwners() throws {
        let chain = try TestChain()
        #expect(TrustList.measurements == TrustLists.measurements)
        #expect(TrustList.executors == TrustLists.executors)
        let create = {
            try chain.trust("createList(string)", from: stranger) { $0.writeString("gpus") }
        }
        let result = try create()
        try #require(result.succeeded)
        let id = TrustList.id(owner: stranger, name: "gpus")
        #expect(result.outcome.output == id.bytes)
        expect(try create(), refuses: .listExists(id))
        let change = { (verb: String, list: Hash, entries: [UInt256], sender: Address) in
            try chain.trust("\(verb)(bytes32,bytes32[])", from: sender) { writer in
                writer.write(list)
                writer.writeArray(count: entries.count) { $0.write(entries[$1]) }
            }
        }
        expect(
            try change("addToList", Hash(5), [1], stranger), refuses: .unknownList(Hash(5)))
        expect(try change("addToList", id, [1], TestChain.admin), refuses: .notOwner(stranger))
        let now = chain.now
        try #require(try change("addToList", id, [1, 2, 1], stranger).succeeded)
        try #require(try change("addToList", id, [2, 3], stranger).succeeded)
        let entry = { chain.slot(TrustList.entrySlot(id, $0), of: NativeAddress.trust) }
        #expect(
            [entry(1), entry(2), entry(3), entry(4)] == [.init(now), .init(now), .init(now + 1), 0])
        try #require(try change("removeFromList", id, [2, 4], stranger).succeeded)
        #expect(entry(2).isZero)
        let list = TrustList(id) { chain.slot($0, of: NativeAddress.trust) }
        #expect(list == TrustList(owner: stranger, entryCount: 2, createdAt: now - 4))
        try #require(
            try change("addToList", TrustList.measurements, [7], TestChain.admin).succeeded)
        #expect(
            try chain.askTrust("listed(bytes32,bytes32)") { writer in
                writer.write(TrustList.measurements)
                writer.write(7 as UInt256)
            }.output.contains { $0 != 0 })
    }
}
