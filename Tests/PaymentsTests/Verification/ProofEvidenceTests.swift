import Crypto
import Payments
import Primitives
import Testing

@Suite struct ProofEvidenceTests {
    private let sample = ProofEvidence(
        keyDigest: Hash(1), context: Hash(2), input: [3, 4, 5], output: [6, 7], proof: [8, 9])

    private let hidden = ProofEvidence(
        keyDigest: Hash(1), context: Hash(2), input: .hidden(commitment: Hash(3)),
        output: [6, 7], proof: [8, 9])

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

    /// Written out by hand.
    @Test func bytesWithACommitmentAreThoseOfTheTable() throws {
        let bytes: [UInt8] =
            [2] + Hash(1).bytes + Hash(2).bytes + Hash(3).bytes + [2, 0, 0, 0, 6, 7] + [8, 9]
        #expect(hidden.encoded == bytes)
        #expect(try ProofEvidence(decoding: bytes) == hidden)
        #expect(hidden.publicInput == nil)
        #expect(hidden.inputHash == Hash(3))
        #expect(sample.publicInput == [3, 4, 5])
        #expect(sample.inputHash == SHA256.hash([3, 4, 5]))
    }

    @Test func everyCutIsRefused() {
        for whole in [sample.encoded, hidden.encoded] {
            for count in 0..<whole.count - 2 {
                #expect(throws: ProofEvidenceError.self, "\(count)") {
                    try ProofEvidence(decoding: Array(whole[..<count]))
                }
            }
        }
    }

    /// The same bytes are never read as both versions.
    @Test func theVersionDecidesWhatFollows() throws {
        for (one, other) in [(sample, UInt8(2)), (hidden, 1)] {
            let bytes = [other] + one.encoded.dropFirst()
            #expect((try? ProofEvidence(decoding: bytes)) != one)
        }
    }

    @Test(
        arguments: [
            ([], .truncated(wanted: 65, left: 0)),
            ([0], .unsupportedVersion(0)), ([3], .unsupportedVersion(3)),
            ([2], .truncated(wanted: 97, left: 1)),
            ([UInt8](repeating: 2, count: 96), .truncated(wanted: 97, left: 96)),
            ([UInt8](repeating: 2, count: 100), .truncated(wanted: 4, left: 3)),
            ([UInt8](repeating: 2, count: 97) + [0, 0, 0, 0], .missingProof),
            (
                [UInt8](repeating: 2, count: 97) + [255, 255, 255, 255, 0],
                .truncated(wanted: 4_294_967_295, left: 1)
            ),
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
    /// The commitment itself is what the statement names, and no hash of it.
    @Test func aHiddenInputIsItsCommitment() throws {
        func statement(_ inputHash: Hash) -> Statement {
            Statement(
                modelID: .zero, systemHash: .zero, requestHash: .zero, inputHash: inputHash,
                outputHash: SHA256.hash([6, 7]), policyHash: .zero, provider: .zero,
                notBefore: 0, notAfter: 1)
        }
        try hidden.check(statement(Hash(3)), digest: Hash(2), key: Hash(1))
        for other in [Hash(4), SHA256.hash(Hash(3).bytes), .zero] {
            #expect(throws: ProofMismatch.wrongInput(expected: other, got: Hash(3))) {
                try hidden.check(statement(other), digest: Hash(2), key: Hash(1))
            }
        }
    }
}
