import Attestation
import Codec
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Registry
import Testing

/// Payments by quotes of a trust domain, and their receipts without a node.
@Suite struct QuoteReceiptTests {
    static let platform = DevelopmentPlatform()
    static let image = [UInt8](repeating: 7, count: 48)
    /// The platform's root in the place of Intel's, as a development root.
    private static let roots = [TrustQuoteTests.intelRoot: SHA256.hash(platform.root)]
    private static let trust = [SlotWrite(TrustRoot.base(family: 2) &+ 2, 1)]

    /// A bargain on a chain that trusts the platform, with its collateral and its image listed.
    private func attested(
        _ policy: String, status: TCBStatus = .upToDate, qeStatus: TCBStatus = .upToDate
    ) throws -> Attested {
        let attested = try Attested(
            policy: try Policy(text: policy), roots: Self.roots, trust: Self.trust)
        try upload(to: attested, status: status, qeStatus: qeStatus)
        try attested.list([try measurement(attested).word], on: TrustLists.measurements)
        return attested
    }

    private func upload(
        to attested: Attested, status: TCBStatus = .upToDate, qeStatus: TCBStatus = .upToDate,
        evaluation: UInt32 = 1
    ) throws {
        let raw = Self.platform.collateral(
            at: attested.chain.now, status: status, qeStatus: qeStatus,
            evaluationNumber: evaluation)
        try #require(try attested.send(NativeCalldata.upload(raw)).succeeded)
    }

    private func quote(
        about digest: Hash, image: [UInt8] = QuoteReceiptTests.image, isDebug: Bool = false
    ) -> [UInt8] {
        var domain = DevelopmentPlatform.Domain(
            measurement: image, reportData: digest.bytes + [UInt8](repeating: 0, count: 32))
        domain.isDebug = isDebug
        return Self.platform.quote(domain)
    }

    private func measurement(_ attested: Attested) throws -> Hash {
        try DCAPQuote(decoding: quote(about: attested.digest)).measurement
    }

    private func evidence(_ quote: [UInt8], as type: TEEType = .tdx) -> Evidence {
        Evidence(kind: .tee, data: TEEEvidence.document(type, quote).encoded)
    }

    private func settled(
        _ policy: String = "tee(types=tdx)"
    ) throws -> (Attested, ReceiptDocument) {
        var attested = try attested(policy)
        try attested.expectPaid([evidence(quote(about: attested.digest))])
        return (attested, try attested.receiptDocument())
    }

    @Test func paysForAQuoteAboutTheStatement() throws {
        let (attested, document) = try settled()
        #expect(attested.bargain.record?.evidence == [EvidenceSet(.tee), .development])
        let block = attested.chain.parentHash
        let findings = try document.verify(trusting: block)
        #expect(findings.blockHash == block && findings.evidence.kinds == [.tee])
        #expect(findings.isDevelopment && findings.isPayerSignatureChecked)
        let machine = try #require(findings.facts.machines.first)
        #expect(machine.type == .tdx && machine.status == .upToDate && machine.isDevelopment)
        #expect(try machine.measurement == measurement(attested))
        #expect(machine.lists == [TrustLists.measurements])
        // All that was read is in the document, and nothing is lost on the way through JSON.
        #expect(document.collateral.count == 1)
        let again = try ReceiptDocument(json: JSON(parsing: document.json.serialized))
        #expect(again == document)
        #expect(try again.verify(trusting: block) == findings)
    }

    /// What the chain learns later takes nothing from a receipt that it gave.
    @Test func holdsWhenTheChainGoesOn() throws {
        let (attested, document) = try settled()
        let block = attested.chain.parentHash
        attested.chain.now += 100
        try upload(to: attested, status: .outOfDate, evaluation: 2)
        attested.chain.now += 40 * 86_400
        _ = try attested.chain.trust("refuseType(uint8,bool,string)") { writer in
            writer.write(UInt64(TEEType.tdx.rawValue))
            writer.write(true)
            writer.writeString("")
        }
        #expect(try document.verify(trusting: block).facts.machines.count == 1)
        #expect(
            throws: ReceiptRefusal.wrongBlock(expected: attested.chain.parentHash, got: block)
        ) { try document.verify(trusting: attested.chain.parentHash) }
    }

    @Test func namesTheStatusThatIsTooLow() throws {
        let refused = "PolicyNotMet"
        for (status, qeStatus, merged) in [
            (TCBStatus.outOfDate, .upToDate, TCBStatus.outOfDate),
            (.upToDate, .outOfDate, .outOfDate),
            (.configurationNeeded, .outOfDate, .outOfDateConfigurationNeeded),
        ] as [(TCBStatus, TCBStatus, TCBStatus)] {
            var strict = try attested("tee(types=tdx)", status: status, qeStatus: qeStatus)
            strict.bargain.evidence = [evidence(quote(about: strict.digest))]
            let result = try strict.bargain.settle()
            let text = NativeError.describe(revertData: result.outcome.output) ?? ""
            #expect(text.contains(refused) && text.contains(merged.name), "\(text)")
            var lax = try attested(
                "tee(types=tdx, tcb=\(merged.name))", status: status, qeStatus: qeStatus)
            try lax.expectPaid([evidence(quote(about: lax.digest))])
            let findings = try lax.receiptDocument().verify(trusting: lax.chain.parentHash)
            #expect(findings.facts.machines.first?.status == merged)
        }
    }

    @Test func refusesOtherQuotes() throws {
        var attested = try attested("tee(types=tdx)")
        let good = quote(about: attested.digest)
        try attested.expectRefused(
            [evidence(quote(about: Hash(7)))],
            .wrongBinding(expected: attested.digest, got: Hash(7)))
        try attested.expectRefused(
            [evidence(quote(about: attested.digest, isDebug: true))], .invalidAttestation(.debug))
        try attested.expectRefused([evidence(good, as: .sgx)], .invalidAttestation(.teeType))
        for (place, reason) in [
            (300, AttestationReason.quoteSignature), (640, .quoteSignature), (720, .qeHash),
            (900, .qeSignature),
        ] {
            var flipped = good
            flipped[place] ^= 1
            try attested.expectRefused([evidence(flipped)], .invalidAttestation(reason))
        }
        let stranger = DevelopmentPlatform(seed: [UInt8](repeating: 1, count: 32)).quote(
            DevelopmentPlatform.Domain(
                measurement: Self.image,
                reportData: attested.digest.bytes + [UInt8](repeating: 0, count: 32)))
        try attested.expectRefused([evidence(stranger)], .invalidAttestation(.chain))
        try attested.expectPaid([evidence(good)])
    }

    @Test func needsCollateralThatHolds() throws {
        var bare = try Attested(
            policy: try Policy(text: "tee(types=tdx)"),
            roots: Self.roots, trust: Self.trust)
        let piece = evidence(quote(about: bare.digest))
        let key = try DCAPQuote(decoding: quote(about: bare.digest)).collateralKey()
        try bare.expectRefused([piece], .unknownCollateral(key))
        // A time at which the statement still holds and the collateral does not.
        let raw = Self.platform.collateral(at: bare.chain.now - 30 * 86_400)
        try #require(try bare.send(NativeCalldata.upload(raw)).succeeded)
        try bare.expectRefused([piece], .invalidAttestation(.crlTime))
    }

    @Test func refusesReceiptsWithOtherCollateral() throws {
        let (attested, document) = try settled()
        let block = attested.chain.parentHash
        let missing = ReceiptRefusal.missingSlots("what tee evidence rests on")
        var without = document
        without.collateral = []
        #expect(throws: missing) { try without.verify(trusting: block) }
        for place in [0, 1, 40, document.collateral[0].count - 1] {
            var flipped = document
            flipped.collateral[0][place] ^= 1
            #expect(throws: missing, "byte \(place)") { try flipped.verify(trusting: block) }
        }
        // Genuine collateral of another time, which the chain never had.
        let later = try DCAPCollateral(
            verifying: Self.platform.collateral(at: attested.chain.now),
            anchors: Self.platform.anchors, at: attested.chain.now)
        var other = document
        other.collateral = [[0] + later.encoded]
        #expect(throws: missing) { try other.verify(trusting: block) }
        // The record that names it is proven.
        let key = try DCAPQuote(decoding: quote(about: attested.digest)).collateralKey()
        try expectProven(document, CollateralRecord.base(key) &+ 2, block)
    }

    @Test func refusesReceiptsWithAnotherRoot() throws {
        let (attested, document) = try settled()
        let base = TrustRoot.base(family: TrustAnchors.Family.dcap.rawValue)
        for slot in [base, base &+ 1, base &+ 2] {
            try expectProven(document, slot, attested.chain.parentHash)
        }
    }

    @Test func refusesReceiptsWithoutTheListsEntry() throws {
        let (attested, document) = try settled()
        let entry = TrustList.entrySlot(
            TrustLists.measurements, try measurement(attested).word)
        try expectProven(document, entry, attested.chain.parentHash)
        // Another entry's proof is no proof of this one.
        var swapped = document
        let place = try #require(swapped.trust?.slots.firstIndex { $0.slot == entry })
        let other = try #require(swapped.trust?.slots.first { $0.slot != entry })
        swapped.trust?.slots[place].proof = other.proof
        #expect(throws: ReceiptRefusal.self) {
            try swapped.verify(trusting: attested.chain.parentHash)
        }
    }

    @Test func refusesReceiptsWithAnotherQuote() throws {
        let (attested, document) = try settled()
        let block = attested.chain.parentHash
        let good = quote(about: attested.digest)
        for place in stride(from: 0, to: good.count, by: 97) {
            var flipped = good
            flipped[place] ^= 1
            var other = document
            other.evidence = [evidence(flipped)]
            #expect(throws: ReceiptRefusal.wrongEvidence(index: 0)) {
                try other.verify(trusting: block)
            }
            // Nor can the receipt be made to fit.
            other.receipt = try attested.receipt(about: other.evidence)
            #expect(throws: ReceiptRefusal.notTheChainsReceipt) {
                try other.verify(trusting: block)
            }
        }
        var none = document
        none.evidence = []
        #expect(throws: ReceiptRefusal.wrongEvidence(index: 0)) { try none.verify(trusting: block) }
    }

    /// A key of the domain's own, registered by a quote: its receipt needs no collateral.
    @Test func paysForAKeyThatAQuoteRegistered() throws {
        var attested = try attested("tee(types=tdx)")
        let binding = AttestedKey.binding(
            chainID: attested.bargain.chainID, registry: NativeAddress.trust,
            owner: attested.bargain.provider.address, scheme: attested.key.scheme.rawValue,
            key: attested.key.bytes)
        let registration = NativeCalldata.registerAttested(
            attested.key, type: .tdx, evidence: quote(about: binding))
        try #require(try attested.send(registration).succeeded)
        try attested.expectPaid([attested.keySigned])
        let document = try attested.receiptDocument()
        let findings = try document.verify(trusting: attested.chain.parentHash)
        #expect(findings.facts.machines.first?.type == .tdx && findings.isDevelopment)
    }

    /// Expects that the document proves the slot: another value is refused by name, and so is its
    /// absence.
    private func expectProven(
        _ document: ReceiptDocument, _ slot: UInt256, _ block: Hash,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let place = try #require(
            document.trust?.slots.firstIndex { $0.slot == slot }, sourceLocation: location)
        var forged = document
        let value = try #require(document.trust).slots[place].value
        forged.trust?.slots[place].value = value &+ 1
        #expect(
            throws: ReceiptRefusal.wrongProof(NativeAddress.trust, .slotDiffers(slot)),
            sourceLocation: location
        ) { try forged.verify(trusting: block) }
        var shorter = document
        shorter.trust?.slots.remove(at: place)
        #expect(
            throws: ReceiptRefusal.missingSlots("what tee evidence rests on"),
            sourceLocation: location
        ) { try shorter.verify(trusting: block) }
    }
}
