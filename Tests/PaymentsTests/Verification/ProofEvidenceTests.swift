import Crypto
import Payments
import Primitives
import Testing

@Suite struct ProofEvidenceTests {
    private let sample = ProofEvidence(
        keyDigest: Hash(1), context: Hash(2), input: [3, 4, 5], output: [6, 7], proof: [8, 9])

    /// Written out by hand.
    @Test func bytesAreThoseOfTheTable() throws {
        let bytes: [UInt8] =
            [1] + Hash(1).bytes + Hash(2).bytes + [3, 0, 0, 0, 3, 4, 5] + [2, 0, 0, 0, 6, 7]
            + [8, 9]
        #expect(sample.encoded == bytes)
        #expect(try ProofEvidence(decoding: bytes) == sample)
        let empty = ProofEvidence(
            keyDigest: .zero, context: .zero, input: [], output: [], proof: [0])
        #expect(try ProofEvidence(decoding: empty.encoded) == empty)
    }

    @Test func everyCutIsRefused() {
        let whole = sample.encoded
        for count in 0..<whole.count - 2 {
            #expect(throws: ProofEvidenceError.self, "\(count)") {
                try ProofEvidence(decoding: Array(whole[..<count]))
            }
        }
    }

    @Test(
        arguments: [
            ([], .truncated(wanted: 65, left: 0)),
            ([2], .unsupportedVersion(2)),
            ([UInt8](repeating: 1, count: 64), .truncated(wanted: 65, left: 64)),
            ([UInt8](repeating: 1, count: 68), .truncated(wanted: 4, left: 3)),
            (
                [UInt8](repeating: 1, count: 65) + [255, 255, 255, 255, 0],
                .truncated(wanted: 4_294_967_295, left: 1)
            ),
            ([UInt8](repeating: 1, count: 65) + [0, 0, 0, 0, 0, 0, 0, 0], .missingProof),
        ] as [([UInt8], ProofEvidenceError)])
    func refuses(_ bytes: [UInt8], because: ProofEvidenceError) {
        #expect(throws: because) { try ProofEvidence(decoding: bytes) }
        #expect(!because.reason.isEmpty)
    }

    @Test func saysWhatItIsNotAbout() throws {
        let digest = Hash(2)
        func statement(_ input: [UInt8], _ output: [UInt8]) -> Statement {
            Statement(
                modelID: .zero, systemHash: .zero, requestHash: .zero,
                inputHash: SHA256.hash(input), outputHash: SHA256.hash(output),
                policyHash: .zero, provider: .zero, notBefore: 0, notAfter: 1)
        }
        let right = statement([3, 4, 5], [6, 7])
        try sample.check(right, digest: digest, key: Hash(1))
        #expect(throws: ProofMismatch.wrongKey(expected: Hash(9), got: Hash(1))) {
            try sample.check(right, digest: digest, key: Hash(9))
        }
        #expect(throws: ProofMismatch.wrongContext(expected: Hash(9), got: Hash(2))) {
            try sample.check(right, digest: Hash(9), key: Hash(1))
        }
        let otherInput = statement([3, 4], [6, 7])
        #expect(
            throws: ProofMismatch.wrongInput(
                expected: otherInput.inputHash, got: right.inputHash)
        ) { try sample.check(otherInput, digest: digest, key: Hash(1)) }
        let otherOutput = statement([3, 4, 5], [6])
        #expect(
            throws: ProofMismatch.wrongOutput(
                expected: otherOutput.outputHash, got: right.outputHash)
        ) { try sample.check(otherOutput, digest: digest, key: Hash(1)) }
    }
}
