import Attestation
import Codec
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Registry
import Testing

/// Settlements by quotes of Intel's form, under collateral of the chain's.
@Suite struct QuoteSettlementTests {
    static let platform = DevelopmentPlatform()
    static let code = [UInt8](repeating: 7, count: 48)

    private func attested(_ policy: String) throws -> Attested {
        try Attested(
            policy: try Policy(text: policy),
            roots: [TrustQuoteTests.intelRoot: SHA256.hash(Self.platform.root)])
    }

    private func quote(about word: Hash) -> [UInt8] {
        Self.platform.quote(
            DevelopmentPlatform.Domain(
                measurement: Self.code,
                reportData: word.bytes + [UInt8](repeating: 0, count: 32)))
    }

    private func document(_ attested: Attested) -> Evidence {
        Evidence(
            kind: .tee,
            data: TEEEvidence.document(.tdx, quote(about: attested.digest)).encoded)
    }

    private func prepare(_ attested: Attested) throws {
        let measurement = try DCAPQuote(decoding: quote(about: .zero)).measurement
        try attested.list([measurement.word], on: TrustLists.measurements)
        try upload(attested)
    }

    private func upload(
        _ attested: Attested, status: TCBStatus = .upToDate, evaluation: UInt32 = 1,
        isRevoked: Bool = false
    ) throws {
        let raw = Self.platform.collateral(
            at: attested.chain.now, status: status, evaluationNumber: evaluation,
            isRevoked: isRevoked)
        try #require(try attested.send(NativeCalldata.upload(raw)).succeeded)
    }

    private func register(_ attested: Attested) throws {
        let owner = attested.bargain.provider.address
        let binding = AttestedKey.binding(
            chainID: attested.bargain.chainID, registry: NativeAddress.trust, owner: owner,
            scheme: attested.key.scheme.rawValue, key: attested.key.bytes)
        let result = try attested.send(
            NativeCalldata.registerAttested(
                attested.key, type: .tdx, evidence: quote(about: binding)))
        try #require(
            result.succeeded,
            "\(NativeError.describe(revertData: result.outcome.output) ?? "\(result.outcome)")")
    }

    /// What `attestedKey` answers as the key's status.
    private func status(_ attested: Attested) throws -> TCBStatus? {
        let answer = try attested.chain.askTrust("attestedKey(bytes32)") {
            $0.write(attested.keyID)
        }
        try #require(answer.isSuccess)
        var reader = ABIReader(answer.output)
        var key = try reader.readTuple()
        for _ in 0..<6 { _ = try key.readUInt256() }
        return TCBStatus(rawValue: try key.readUInt8())
    }

    @Test func newerCollateralJudgesAKeyAgain() throws {
        var attested = try attested("tee(types=tdx)")
        try prepare(attested)
        try register(attested)
        #expect(try status(attested) == .upToDate)
        try upload(attested, status: .outOfDate, evaluation: 2)
        #expect(attested.record?.status == TCBStatus.upToDate.rawValue)
        #expect(try status(attested) == .outOfDate)
        try attested.expectRefused(
            [attested.keySigned],
            .policyNotMet("tee: TCB status OutOfDate, at worst UpToDate"))
        try upload(attested, status: .upToDate, evaluation: 3)
        #expect(try status(attested) == .upToDate)
        try attested.expectPaid([attested.keySigned])
    }

    @Test func aKeyKeepsTheWorseOfTwoStates() throws {
        let attested = try attested("tee(types=tdx)")
        try prepare(attested)
        try upload(attested, status: .outOfDate, evaluation: 2)
        try register(attested)
        try upload(attested, status: .upToDate, evaluation: 3)
        #expect(try status(attested) == .outOfDate)
        try upload(attested, status: .swHardeningNeeded, evaluation: 4)
        #expect(try status(attested) == .outOfDate)
    }

    @Test func whatWouldNotBeRegisteredNowDoesNotCount() throws {
        for (isRevoked, status, reason) in [
            (true, .upToDate, .revoked), (false, .revoked, .tcbRevoked),
        ] as [(Bool, TCBStatus, AttestationReason)] {
            var attested = try attested("tee(types=tdx, tcb=OutOfDate)")
            try prepare(attested)
            try register(attested)
            try upload(attested, status: status, evaluation: 2, isRevoked: isRevoked)
            #expect(try self.status(attested) == .revoked)
            try attested.expectRefused([attested.keySigned], .invalidAttestation(reason))
        }
    }

    @Test func aReceiptShowsTheStatusThatCounted() throws {
        var attested = try attested("tee(types=tdx, tcb=OutOfDate)")
        try prepare(attested)
        try register(attested)
        try attested.expectPaid([attested.keySigned])
        let before = try attested.receiptDocument()
        #expect(before.collateral.isEmpty)
        let block = attested.chain.parentHash
        #expect(
            try before.verify(trusting: block).facts.machines.first?.status == .upToDate)

        var later = try self.attested("tee(types=tdx, tcb=OutOfDate)")
        try prepare(later)
        try register(later)
        try upload(later, status: .configurationNeeded, evaluation: 2)
        try later.expectPaid([later.keySigned])
        let after = try later.receiptDocument()
        let trusted = later.chain.parentHash
        let again = try ReceiptDocument(json: after.json)
        #expect(
            try again.verify(trusting: trusted).facts.machines.first?.status
                == .configurationNeeded)
        #expect(after.collateral.count == 1)
        var bare = after
        bare.collateral = []
        #expect(throws: ReceiptRefusal.missingSlots("what tee evidence rests on")) {
            try bare.verify(trusting: trusted)
        }
    }

    /// A quote bears no date, so it is as old as the statement that it is about.
    @Test func aQuoteAboutTheStatementIsAsOldAsTheStatement() throws {
        var attested = try attested("tee(types=tdx, age=60)")
        try prepare(attested)
        let age = attested.chain.now - attested.bargain.statement.notBefore
        attested.chain.now += 61 - age
        try attested.expectRefused(
            [document(attested)], .policyNotMet("tee: attested 61 s ago, at most 60"))
        attested.bargain.statement = attested.bargain.statement.with(
            notBefore: attested.chain.now - 60)
        try attested.expectPaid([document(attested)])
        // The receipt shows the same age, without the node.
        let document = try attested.receiptDocument()
        let findings = try document.verify(trusting: attested.chain.parentHash)
        #expect(findings.facts.machines.first?.ageSeconds == 60)
        #expect(document.collateral.count == 1)
        var bare = document
        bare.collateral = []
        #expect(throws: ReceiptRefusal.missingSlots("what tee evidence rests on")) {
            try bare.verify(trusting: attested.chain.parentHash)
        }
    }
}
