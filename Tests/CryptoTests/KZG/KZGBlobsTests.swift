import Crypto
import Primitives
import TestSupport
import Testing

@Suite struct KZGBlobsTests {
    typealias Fr = BLS12381.Fr

    @Test(arguments: [0, 1, 2, 64])
    func ownProofsHold(_ count: Int) throws {
        let sample = try KZGProver().sample(KZGProver.polynomial(count, seed: UInt64(count)))
        #expect(
            try KZG.isProven(
                blob: sample.blob, commitment: sample.commitment, proof: sample.proof))
    }

    @Test func changedInputIsNotProven() throws {
        let good = try KZGProver().sample(KZGProver.polynomial(8, seed: 7))
        let other = try KZGProver().sample(KZGProver.polynomial(8, seed: 8))
        var bad = good
        bad.blob[131_071] ^= 1
        #expect(try !KZG.isProven(blob: bad.blob, commitment: bad.commitment, proof: bad.proof))
        #expect(
            try !KZG.isProven(blob: good.blob, commitment: good.commitment, proof: other.proof))
        #expect(
            try !KZG.isProven(blob: good.blob, commitment: other.commitment, proof: good.proof))
        // The opposite points: the sign's flag alone.
        bad = good
        bad.proof[0] ^= 0x20
        #expect(try !KZG.isProven(blob: bad.blob, commitment: bad.commitment, proof: bad.proof))
        bad = good
        bad.commitment[0] ^= 0x20
        #expect(try !KZG.isProven(blob: bad.blob, commitment: bad.commitment, proof: bad.proof))
    }

    @Test func aBatchIsProvenWhereEachIs() throws {
        let samples = try (0..<4).map {
            try KZGProver().sample(KZGProver.polynomial(3 + $0, seed: UInt64($0)))
        }
        func areProven(_ samples: [KZGProver.Sample]) throws -> Bool {
            try KZG.areProven(
                blobs: samples.map(\.blob), commitments: samples.map(\.commitment),
                proofs: samples.map(\.proof))
        }
        for count in 0...4 { #expect(try areProven(Array(samples.prefix(count)))) }
        #expect(try areProven([samples[1], samples[1]]))
        for index in samples.indices {
            var bad = samples
            bad[index].proof = samples[(index + 1) % 4].proof
            #expect(try !areProven(bad))
            bad = samples
            bad[index].blob[31] ^= 1
            #expect(try !areProven(bad))
        }
        // Two errors that cancel where the weights are equal: C₀ + D and C₁ - D.
        var bad = samples
        let shift = BLS12381.generatorG1
        for (index, shift) in [(0, shift), (1, -shift)] {
            let point = try #require(
                BLS12381.G1Point(compressed: bad[index].commitment, at: 0))
            bad[index].commitment = (point + shift).compressed
        }
        #expect(try !areProven(bad))
    }

    @Test func refusesWhatIsMalformed() throws {
        let good = try KZGProver().sample(KZGProver.polynomial(2, seed: 9))
        func check(_ change: (inout KZGProver.Sample) -> Void, _ error: KZGError) {
            var bad = good
            change(&bad)
            #expect(throws: error) {
                try KZG.areProven(
                    blobs: [good.blob, bad.blob], commitments: [good.commitment, bad.commitment],
                    proofs: [good.proof, bad.proof])
            }
        }
        for count in [0, 1, 131_071, 131_073] {
            check(
                { $0.blob = [UInt8](repeating: 0, count: count) },
                .wrongSize(.blob, index: 1, expected: 131_072, got: count))
        }
        for count in [0, 47, 49] {
            let bytes = [UInt8](repeating: 0xc0, count: count)
            check(
                { $0.commitment = bytes },
                .wrongSize(.commitment, index: 1, expected: 48, got: count))
            check({ $0.proof = bytes }, .wrongSize(.proof, index: 1, expected: 48, got: count))
        }
        for number in [0, 1, 4095] {
            let range = number * 32..<number * 32 + 32
            check(
                { $0.blob.replaceSubrange(range, with: BLS12381.order.bigEndianBytes) },
                .numberTooLarge(.blob, index: 1, number: number))
        }
        // No point has this x; this one is outside G1; this is no compressed form.
        let zeros = [UInt8](repeating: 0, count: 46)
        for bytes in [[0x80] + zeros + [1], [0x80] + zeros + [0], [0] + zeros + [0]] {
            check({ $0.commitment = bytes }, .malformedPoint(.commitment, index: 1))
            check({ $0.proof = bytes }, .malformedPoint(.proof, index: 1))
        }
        for (commitments, proofs, error) in [
            (0, 1, .wrongCount(.commitment, expected: 1, got: 0)),
            (2, 1, .wrongCount(.commitment, expected: 1, got: 2)),
            (1, 0, .wrongCount(.proof, expected: 1, got: 0)),
        ] as [(Int, Int, KZGError)] {
            #expect(throws: error) {
                try KZG.areProven(
                    blobs: [good.blob],
                    commitments: Array(repeating: good.commitment, count: commitments),
                    proofs: Array(repeating: good.proof, count: proofs))
            }
        }
        #expect(throws: KZGError.wrongSize(.blob, index: 0, expected: 131_072, got: 3)) {
            try KZG.challenge(blob: [1, 2, 3], commitment: good.commitment)
        }
        #expect(throws: KZGError.wrongSize(.commitment, index: 0, expected: 48, got: 0)) {
            try KZG.challenge(blob: good.blob, commitment: [])
        }
    }
}
