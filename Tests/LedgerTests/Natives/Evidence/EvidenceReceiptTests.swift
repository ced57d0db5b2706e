import Attestation
import Codec
import Crypto
import EVM
import Inference
import Ledger
import Payments
import Primitives
import Registry
import Testing
import Trie

@Suite struct EvidenceReceiptTests {
    private func settled(
        _ policy: String, _ pieces: (inout Attested) throws -> [Evidence]
    ) throws -> (Attested, ReceiptDocument) {
        var attested = try Attested(policy: try Policy(text: policy))
        try attested.expectPaid(try pieces(&attested))
        return (attested, try attested.receiptDocument())
    }

    @Test func checksAnAttestedKeyAgain() throws {
        let (attested, document) = try settled("tee") { attested in
            try attested.register()
            try attested.listMeasurement()
            return [attested.keySigned]
        }
        let block = attested.chain.parentHash
        let findings = try document.verify(trusting: block)
        #expect(findings.isDevelopment && findings.evidence.kinds == [.tee])
        #expect(findings.facts.machines.first?.measurement == Attested.measurement)
        #expect(findings.isRunAgain == nil)
        let again = try ReceiptDocument(json: document.json)
        #expect(again == document)
        #expect(document.json["development"] == true)
        // Nothing that the document does not prove counts.
        var bare = document
        bare.trust = nil
        #expect(throws: ReceiptRefusal.missingSlots("what tee evidence rests on")) {
            try bare.verify(trusting: block)
        }
        var fewer = document
        fewer.trust?.slots.removeLast()
        #expect(throws: ReceiptRefusal.missingSlots("what tee evidence rests on")) {
            try fewer.verify(trusting: block)
        }
        var forged = document
        forged.trust?.slots[0].value = 5
        #expect(throws: ReceiptRefusal.self) { try forged.verify(trusting: block) }
    }

    @Test func verifiesADocumentAgain() throws {
        let (attested, document) = try settled("tee") { attested in
            try attested.listMeasurement()
            return [attested.document(at: attested.chain.now - 40)]
        }
        let findings = try document.verify(trusting: attested.chain.parentHash)
        #expect(findings.isDevelopment && findings.facts.machines.count == 1)
        #expect(findings.facts.machines.first?.ageSeconds == 40)
        var other = document
        other.evidence = [attested.document(fault: .otherSigner)]
        #expect(throws: ReceiptRefusal.wrongEvidence(index: 0)) {
            try other.verify(trusting: attested.chain.parentHash)
        }
    }

    @Test func checksExecutorsKeysAndLists() throws {
        let (attested, document) = try settled("reexecuted") { attested in
            let keys = [try attested.enroll(0x51), try attested.enroll(0x52)]
            try attested.list(keys.map(\.address.word), on: TrustLists.executors)
            return keys.map { attested.executed(by: $0) }
        }
        let findings = try document.verify(trusting: attested.chain.parentHash)
        #expect(findings.facts.executors.count == 2 && !findings.isDevelopment)
        var bare = document
        bare.trust = nil
        #expect(throws: ReceiptRefusal.self) {
            try bare.verify(trusting: attested.chain.parentHash)
        }
    }

    @Test func runsTheModelAgainWhereItIsGiven() throws {
        let (attested, document) = try settled("reexecuted(chain)") { [$0.run] }
        let block = attested.chain.parentHash
        #expect(document.trust == nil)
        #expect(try document.verify(trusting: block).isRunAgain == false)
        let graph = attested.graph.encoded
        #expect(try document.verify(trusting: block, graph: graph).isRunAgain == true)
        let other = try Bargain.graph(8)
        #expect(
            throws: ReceiptRefusal.wrongGraph(
                expected: attested.graph.hash, got: other.hash)
        ) { try document.verify(trusting: block, graph: other.encoded) }
    }

    @Test func checksACombination() throws {
        let executor = try PrivateKey([UInt8](repeating: 0x51, count: 32))
        let text = "signed and tee and reexecuted(by=\(executor.address.hex), count=1)"
        let (attested, document) = try settled(text) { attested in
            _ = try attested.enroll(0x51)
            try attested.register()
            try attested.listMeasurement()
            return [
                attested.signed(), attested.keySigned, attested.document(),
                attested.executed(by: executor), attested.run,
            ]
        }
        let findings = try document.verify(
            trusting: attested.chain.parentHash, graph: attested.graph.encoded)
        #expect(findings.evidence.kinds == [.signed, .tee, .reexecuted])
        #expect(findings.facts.machines.count == 2 && findings.isRunAgain == true)
        let again = try ReceiptDocument(json: document.json)
        #expect(again == document)
    }
}
