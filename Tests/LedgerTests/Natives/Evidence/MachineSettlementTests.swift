import Attestation
import Codec
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Registry
import Testing

@Suite struct MachineSettlementTests {
    @Test func paysForAnAttestedKeysSignature() throws {
        var attested = try Attested(policy: .kind(.tee))
        try attested.register()
        try attested.listMeasurement()
        try attested.expectPaid([attested.keySigned])
        // What rests on a development root says so wherever it is shown.
        #expect(attested.bargain.record?.evidence == [EvidenceSet(.tee), .development])
        #expect(attested.bargain.record?.evidence.kinds == [.tee])
    }

    @Test func paysForADocumentOfItsOwn() throws {
        var attested = try Attested(policy: .kind(.tee))
        try attested.listMeasurement()
        try attested.expectPaid([attested.document()])
    }

    @Test func namesWhatIsMissing() throws {
        var attested = try Attested(policy: .kind(.tee))
        let list = TrustLists.measurements
        try attested.expectRefused(
            [attested.keySigned], .unknownAttestedKey(attested.keyID))
        try attested.register()
        let missing = try #require(
            attested.bargain.policy.missing(
                from: EvidenceFacts(machines: [
                    EvidenceFacts.Machine(
                        type: .nitro, ageSeconds: 1, measurement: Attested.measurement,
                        isDevelopment: true)
                ])))
        #expect(missing.contains(list.hex))
        try attested.expectRefused([attested.keySigned], .policyNotMet(missing))
        try attested.listMeasurement()
        let stranger = try PrivateKey([UInt8](repeating: 0x44, count: 32))
        try attested.expectRefused(
            [attested.keySigned(by: stranger)],
            .wrongSigner(expected: attested.machine.address, got: stranger.address))
        try attested.expectRefused([], .policyNotMet("tee"))
        try attested.expectRefused([attested.signed()], .policyNotMet("tee"))
        try attested.expectRefused(
            [attested.keySigned, attested.keySigned], .duplicateEvidence(.tee))
        try attested.expectPaid([attested.keySigned, attested.document()])
    }

    @Test func refusesProductionPoliciesADevelopmentRoot() throws {
        let policy = try Policy(text: "tee(production)")
        var attested = try Attested(policy: policy)
        try attested.register()
        try attested.listMeasurement()
        attested.bargain.evidence = [attested.keySigned]
        let result = try attested.bargain.settle()
        let text = NativeError.describe(revertData: result.outcome.output)
        #expect(text?.contains("PolicyNotMet") == true && text?.contains("development") == true)
    }

    @Test func refusesWhatIsExpiredRevokedOrStopped() throws {
        var attested = try Attested(policy: .kind(.tee))
        try attested.listMeasurement()
        try #require(
            try attested.chain.trust("setLifetime(uint64)") { $0.write(60 as UInt64) }.succeeded)
        try attested.register()
        let notAfter = try #require(attested.record).notAfter
        attested.chain.now = notAfter + 1
        try attested.expectRefused(
            [attested.keySigned],
            .attestedKeyExpired(attested.keyID, notAfter: notAfter, now: notAfter + 1))
        try attested.register()
        let since = attested.chain.now
        let refuse = { (chain: TestChain, isRefused: Bool) in
            try chain.trust("refuseType(uint8,bool,string)") { writer in
                writer.write(1 as UInt64)
                writer.write(isRefused)
                writer.writeString("")
            }.succeeded
        }
        try #require(try refuse(attested.chain, true))
        try attested.expectRefused([attested.keySigned], .teeTypeRefused(1, since: since))
        try attested.expectRefused([attested.document()], .teeTypeRefused(1, since: since))
        try #require(try refuse(attested.chain, false))
        let at = attested.chain.now
        try #require(
            try attested.chain.trust(
                "revoke(bytes32,string)", from: attested.bargain.provider.address
            ) { writer in
                writer.write(attested.keyID)
                writer.writeString("")
            }.succeeded)
        try attested.expectRefused(
            [attested.keySigned], .attestedKeyRevoked(attested.keyID, at: at))
    }

    @Test func stopsWithTheRoot() throws {
        var attested = try Attested(policy: .kind(.tee))
        try attested.register()
        try attested.listMeasurement()
        let read: SlotReader = { [chain = attested.chain] in
            chain.slot($0, of: NativeAddress.trust)
        }
        let roots = TrustRoot.all(family: 1, from: read)
        let root = try #require(roots.first { $0.isDevelopment })
        try #require(
            try attested.chain.trust("disableRoot(uint8,bytes32,string)") { writer in
                writer.write(1 as UInt64)
                writer.write(root.hash)
                writer.writeString("")
            }.succeeded)
        try attested.expectRefused([attested.keySigned], .invalidAttestation(.root))
        try attested.expectRefused([attested.document()], .invalidAttestation(.root))
    }

    @Test func removalFromTheListHoldsAtOnce() throws {
        var attested = try Attested(policy: .kind(.tee))
        try attested.register()
        try attested.listMeasurement()
        try #require(
            try attested.chain.trust("removeFromList(bytes32,bytes32[])") { writer in
                writer.write(TrustLists.measurements)
                writer.writeArray(count: 1) { list, _ in list.write(Attested.measurement) }
            }.succeeded)
        attested.bargain.evidence = [attested.keySigned]
        #expect(try attested.bargain.settle().succeeded == false)
    }

    @Test func bindsADocumentToItsStatement() throws {
        var attested = try Attested(policy: .kind(.tee))
        try attested.listMeasurement()
        let wanted = attested.digest
        try attested.expectRefused(
            [attested.document(about: Hash(7))], .wrongBinding(expected: wanted, got: Hash(7)))
        try attested.expectRefused([attested.document(fault: .debug)], .debugEvidence)
        try attested.expectRefused(
            [attested.document(fault: .expiredLeaf)], .invalidAttestation(.chainTime))
        try attested.expectRefused(
            [Evidence(kind: .tee, data: [2, 9, 1])],
            .invalidEvidence(.tee, "no TEE type is 9"))
        try attested.expectRefused(
            [Evidence(kind: .tee, data: [2, 1, 1])], .invalidAttestation(.cose))
        let piece = attested.document()
        try attested.expectRefused([piece, piece], .duplicateEvidence(.tee))
    }

    @Test func takesOneMeasurementOrAListOfAnybodys() throws {
        let owner = Bargain.account(5)
        let own = TrustList.id(owner: owner, name: "images")
        for policy in [
            "tee(measurement=\(Attested.measurement.hex))", "tee(list=\(own.hex))",
        ] {
            var attested = try Attested(policy: try Policy(text: policy))
            try attested.register()
            if policy.contains("list") {
                attested.bargain.evidence = [attested.keySigned]
                #expect(try attested.bargain.settle().succeeded == false)
                try #require(
                    try attested.chain.trust("createList(string)", from: owner) {
                        $0.writeString("images")
                    }.succeeded)
                try #require(
                    try attested.send(
                        NativeCalldata.add([Attested.measurement.word], toList: own), from: owner
                    ).succeeded)
            }
            try attested.expectPaid([attested.keySigned])
        }
    }

    @Test func asksForAYoungAttestation() throws {
        var attested = try Attested(policy: try Policy(text: "tee(age=60)"))
        try attested.listMeasurement()
        try attested.register()
        attested.chain.now += 100
        attested.bargain.evidence = [attested.keySigned]
        #expect(try attested.bargain.settle().succeeded == false)
        try attested.register()
        try attested.expectPaid([attested.keySigned])
    }

    @Test func aDocumentAboutTheStatementIsAsOldAsItSays() throws {
        var attested = try Attested(policy: try Policy(text: "tee(age=60)"))
        try attested.listMeasurement()
        let made = attested.chain.now
        attested.chain.now += 61
        for age in 61...62 {
            try attested.expectRefused(
                [attested.document(at: made)],
                .policyNotMet("tee: attested \(age) s ago, at most 60"))
        }
        try attested.expectRefused(
            [attested.document(at: attested.chain.now + 301)], .invalidAttestation(.fresh))
        try attested.expectPaid([attested.document(at: attested.chain.now - 60)])
    }

    @Test func aMachinesClockMayBeAhead() throws {
        var attested = try Attested(policy: try Policy(text: "tee(age=0)"))
        try attested.listMeasurement()
        try attested.expectPaid([attested.document(at: attested.chain.now + 300)])
    }

    @Test func floorAndPolicyBothHold() throws {
        var attested = try Attested(policy: .kind(.signed), floor: .kind(.tee))
        try attested.listMeasurement()
        try attested.register()
        try attested.expectRefused([attested.signed()], .floorNotMet("tee"))
        try attested.expectRefused([attested.keySigned], .policyNotMet("signed"))
        try attested.expectPaid([attested.keySigned, attested.signed()])
    }
}
