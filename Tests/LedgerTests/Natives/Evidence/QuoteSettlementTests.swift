import Attestation
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
        _ attested: Attested, status: TCBStatus = .upToDate, evaluation: UInt32 = 1
    ) throws {
        let raw = Self.platform.collateral(
            at: attested.chain.now, status: status, evaluationNumber: evaluation)
        try #require(try attested.send(NativeCalldata.upload(raw)).succeeded)
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
        let document = try attested.receipt()
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
