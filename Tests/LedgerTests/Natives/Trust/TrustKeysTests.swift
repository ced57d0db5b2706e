import Attestation
import Codec
import Crypto
import EVM
import Files
import Ledger
import Payments
import Primitives
import Registry
import TestSupport
import Testing

@Suite struct TrustKeysTests {
    @Test func registersAKeyByItsMachinesDocument() throws {
        let attested = try Attested(policy: .kind(.tee))
        let now = attested.chain.now
        let result = try attested.register()
        #expect(result.outcome.output == attested.keyID.bytes)
        let event = try #require(result.logs.first)
        #expect(event.topics[1] == attested.keyID && event.topics[3] == Attested.measurement)
        let record = try #require(attested.record)
        #expect(record.owner == attested.bargain.provider.address)
        #expect(record.type == TEEType.nitro.rawValue && record.isDevelopment)
        #expect(record.measurement == Attested.measurement)
        #expect(record.attestedAt == now && record.registeredAt == now)
        // A Nitro certificate ends after three hours; the key does not.
        #expect(record.notAfter == now + 86_400)
        #expect(record.revokedAt == 0)
        let answer = try attested.chain.askTrust("attestedKey(bytes32)") {
            $0.write(attested.keyID)
        }
        #expect(answer.isSuccess && answer.output.count == 32 * 15)
    }

    @Test func renewsByNewEvidenceOnly() throws {
        let attested = try Attested(policy: .kind(.tee))
        let first = attested.registration()
        try #require(try attested.send(first).succeeded)
        let identity = try #require(attested.record).identity
        expect(try attested.send(first), refuses: .evidenceUsed(identity))
        attested.chain.now += 100
        let now = attested.chain.now
        try attested.register()
        #expect(attested.record?.attestedAt == now)
        #expect(attested.record?.registeredAt == now - 102)
    }

    @Test func leavesAKeyWithItsOwner() throws {
        let attested = try Attested(policy: .kind(.tee))
        let owner = attested.bargain.provider.address
        try attested.register()
        let thief = Bargain.account(8)
        expect(
            try attested.send(attested.registration(by: thief), from: thief),
            refuses: .notOwner(owner))
        // Once it no longer counts, anybody may.
        attested.chain.now += 86_400
        try #require(try attested.send(attested.registration(by: thief), from: thief).succeeded)
        #expect(attested.record?.owner == thief)
    }

    @Test func refusesWhatDoesNotSpeakForTheKey() throws {
        let attested = try Attested(policy: .kind(.tee))
        let owner = attested.bargain.provider.address
        let wanted = AttestedKey.binding(
            chainID: attested.bargain.chainID, registry: NativeAddress.trust, owner: owner,
            scheme: 1, key: attested.key.bytes)
        let wrong = Hash(5)
        expect(
            try attested.send(attested.registration(userData: wrong.bytes)),
            refuses: .wrongBinding(expected: wanted, got: wrong))
        expect(
            try attested.send(attested.registration(userData: [1])),
            refuses: .wrongBinding(expected: wanted, got: .zero))
        expect(
            try attested.send(attested.registration(userData: wanted.bytes + [0, 1])),
            refuses: .invalidEvidence(.tee, "the free field holds more than its 32 bytes"))
        #expect(
            try attested.send(attested.registration(userData: wanted.bytes + [0, 0])).succeeded)
    }

    @Test(arguments: [
        (DevelopmentFault.expiredLeaf, AttestationReason.chainTime),
        (.otherRoot, .root), (.selfSignedLeaf, .chainSignature), (.otherSigner, .signature),
    ])
    func refusesWhatDoesNotHold(fault: DevelopmentFault, reason: AttestationReason) throws {
        let attested = try Attested(policy: .kind(.tee))
        expect(
            try attested.send(attested.registration(fault: fault)),
            refuses: .invalidAttestation(reason))
    }

    @Test func refusesDebugTypesMachinesAndRoots() throws {
        let attested = try Attested(policy: .kind(.tee))
        let chain = attested.chain
        expect(
            try attested.send(attested.registration(fault: .debug)), refuses: .debugEvidence)
        let platform = SHA256.hash(Array(NitroRequest(time: chain.now).moduleID.utf8))
        let refuse = { (isRefused: Bool) in
            try chain.trust("refusePlatform(bytes32,bool,string)") { writer in
                writer.write(platform)
                writer.write(isRefused)
                writer.writeString("broken")
            }
        }
        let since = chain.now
        try #require(try refuse(true).succeeded)
        expect(
            try attested.send(attested.registration()),
            refuses: .platformRefused(platform, since: since))
        try #require(try refuse(false).succeeded)
        let stopped = chain.now
        try #require(
            try chain.trust("refuseType(uint8,bool,string)") { writer in
                writer.write(1 as UInt64)
                writer.write(true)
                writer.writeString("")
            }.succeeded)
        expect(
            try attested.send(attested.registration()),
            refuses: .teeTypeRefused(1, since: stopped))
    }

    @Test func takesDevelopmentRootsOnlyWhereTheGenesisNamesThem() throws {
        let chain = try TestChain(trustsDevelopment: false)
        let document = Attested.authority.nitroDocument(NitroRequest(time: chain.now))
        let answer = try chain.askTrust("verify(uint8,bytes)") { writer in
            writer.write(1 as UInt64)
            writer.writeBytes(document)
        }
        var reader = ABIReader(answer.output)
        #expect(try reader.readBool() == false)
        #expect(try reader.readUInt8() == UInt8(AttestationReason.root.rawValue))
        #expect(try reader.readString(max: 32) == "E_ROOT")
    }

    @Test func revokesForGood() throws {
        let attested = try Attested(policy: .kind(.tee))
        let owner = attested.bargain.provider.address
        let revoke = { (sender: Address) in
            try attested.chain.trust("revoke(bytes32,string)", from: sender) { writer in
                writer.write(attested.keyID)
                writer.writeString("lost")
            }
        }
        expect(try revoke(owner), refuses: .unknownAttestedKey(attested.keyID))
        try attested.register()
        expect(try revoke(Bargain.account(9)), refuses: .notOwner(owner))
        let now = attested.chain.now
        try #require(try revoke(TestChain.admin).succeeded)
        #expect(attested.record?.revokedAt == now)
        expect(try revoke(owner), refuses: .attestedKeyRevoked(attested.keyID, at: now))
        expect(
            try attested.send(attested.registration()),
            refuses: .attestedKeyRevoked(attested.keyID, at: now))
    }

    @Test func verifiesARealDocumentAtItsTime() throws {
        guard let folder = SharedData.folder else { return }
        let vectors = try JSON(
            parsing: Files.read("\(folder)/attestation/nitro/vectors.json"))
        let list = try #require(vectors["vectors"]?.array)
        let real = try #require(
            list.first {
                $0["group"]?.string == "real" && $0["root"]?.string == "aws-nitro-g1"
                    && $0["expect"]?["verdict"]?.string == "accept"
            })
        let chain = try TestChain("base-sepolia")
        let name = try #require(real["doc"]?.string)
        let document = try Files.read("\(folder)/attestation/nitro/\(name)")
        chain.now = try #require(real["time"]?.number.flatMap { UInt64($0.text) })
        let ask = {
            try chain.askTrust("verify(uint8,bytes)") { writer in
                writer.write(1 as UInt64)
                writer.writeBytes(document)
            }.output
        }
        var reader = ABIReader(try ask())
        #expect(try reader.readBool())
        chain.now += 86_400
        reader = ABIReader(try ask())
        #expect(try reader.readBool() == false)
        #expect(try reader.readUInt8() == UInt8(AttestationReason.chainTime.rawValue))
    }
}
