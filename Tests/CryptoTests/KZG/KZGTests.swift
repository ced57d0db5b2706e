import Crypto
import Primitives
import TestSupport
import Testing

/// Published proofs: ethereum/c-kzg-4844, tests/verify_kzg_proof (Apache-2.0).
enum KZGSamples {
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let commitment: String
        let z: String
        let y: String
        let proof: String
        /// nil where an input is malformed.
        let isProven: Bool?

        var testDescription: String { name }
    }

    /// What the precompile takes, with the commitment's own hash.
    static func input(_ sample: Sample) throws -> [UInt8] {
        let commitment = try Hex.decode(sample.commitment)
        return [1] + SHA256.hash(commitment).bytes[1...] + (try Hex.decode(sample.z))
            + (try Hex.decode(sample.y)) + commitment + (try Hex.decode(sample.proof))
    }

    static let output =
        "0000000000000000000000000000000000000000000000000000000000001000"
        + "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"

    /// Every sample of the archive.
    static func all(_ archive: SharedArchive) -> [Sample] {
        let folder = "c-kzg-4844/tests/verify_kzg_proof/kzg-mainnet"
        // One read: the files follow each other, and each opens with `input:`.
        let text = String(decoding: archive.readAll(under: folder), as: UTF8.self)
        var samples: [Sample] = []
        var fields: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].filter { $0 != "'" && !$0.isWhitespace }
            fields[parts[0].drop { $0 == " " }] =
                value.hasPrefix("0x") ? String(value.dropFirst(2)) : value
            guard let output = fields["output"] else { continue }
            samples.append(
                Sample(
                    name: "sample \(samples.count)", commitment: fields["commitment"] ?? "",
                    z: fields["z"] ?? "", y: fields["y"] ?? "", proof: fields["proof"] ?? "",
                    isProven: output == "null" ? nil : output == "true"))
            fields = [:]
        }
        return samples
    }
}

@Suite struct KZGTests {
    private func check(_ sample: KZGSamples.Sample) throws {
        let output = KZG.pointEvaluation(try KZGSamples.input(sample))
        let expected = try Hex.decode(KZGSamples.output)
        #expect(output == (sample.isProven == true ? expected : nil), "\(sample.name)")
    }

    @Test(arguments: KZGSamples.selected)
    func agreesWithPublishedProofs(_ sample: KZGSamples.Sample) throws { try check(sample) }

    @Test(.enabled(if: PrecompileVector.archive != nil, "no shared test data, or no tar and zstd"))
    func agreesWithEveryPublishedProof() throws {
        let samples = KZGSamples.all(try #require(PrecompileVector.archive))
        #expect(samples.count == 102)
        #expect(samples.count { $0.isProven == true } == 45)
        for sample in samples { try check(sample) }
    }

    @Test func refusesOtherSizesHashesAndNumbers() throws {
        let good = try KZGSamples.input(KZGSamples.valid)
        #expect(KZG.pointEvaluation(good) != nil)
        for count in [0, 1, 96, 191] { #expect(KZG.pointEvaluation(Array(good[..<count])) == nil) }
        #expect(KZG.pointEvaluation(good + [0]) == nil)
        for place in [0, 1, 15, 31] {
            var bad = good
            bad[place] ^= 2
            #expect(KZG.pointEvaluation(bad) == nil)
        }
        // The same numbers modulo r, but not reduced.
        for place in [32, 64] {
            let number = UInt256(bigEndian: good[place..<place + 32])
            let (sum, overflow) = number.addingReportingOverflow(BLS12381.order)
            guard !overflow else { continue }
            var bad = good
            bad.replaceSubrange(place..<place + 32, with: sum.bigEndianBytes)
            #expect(KZG.pointEvaluation(bad) == nil)
        }
    }

    /// Commitments under a secret that the test does not know: constants need none.
    @Test func constantPolynomials() throws {
        for value in [0, 1, 2, 77] as [UInt64] {
            let commitment = BLS12381.sum(of: [
                BLS12381.Term(point: BLS12381.generatorG1, scalar: UInt128(value))
            ]).affine
            // The value everywhere is the constant; the quotient is zero.
            typealias G1 = BLS12381.G1Point
            let points = commitment.compressed + G1.infinity.compressed
            for z in [UInt256.zero, UInt256(5), BLS12381.order - .one] {
                #expect(KZG.isProven(z: z, y: UInt256(value), commitmentAndProof: points))
                #expect(!KZG.isProven(z: z, y: UInt256(value + 1), commitmentAndProof: points))
            }
        }
    }

    @Test func compressedPointsAreCanonical() throws {
        typealias G1 = BLS12381.G1Point
        let point = BLS12381.generatorG1
        for point in [point, -point, point + point, .infinity] {
            #expect(G1(compressed: point.compressed, at: 0) == point)
        }
        let good = point.compressed
        // No compression flag; infinity's flag on a point; infinity with a sign or with bits.
        for flag in [0x80, 0x40] as [UInt8] {
            var bad = good
            bad[0] ^= flag
            #expect(G1(compressed: bad, at: 0) == nil)
        }
        for (place, byte) in [(0, 0xe0), (0, 0x40), (0, 0xc1), (47, 1)] as [(Int, UInt8)] {
            var bad = G1.infinity.compressed
            bad[place] = byte
            #expect(G1(compressed: bad, at: 0) == nil)
        }
        // x of p, and an x of no point.
        var modulus = BLS12381FieldTests.modulus
        modulus[0] |= 0x80
        #expect(G1(compressed: modulus, at: 0) == nil)
        #expect(G1(compressed: [0x80] + [UInt8](repeating: 0, count: 46) + [1], at: 0) == nil)
        // x = 0 has the point (0, 2), outside G1.
        let outside = try #require(G1(compressed: [0x80] + [UInt8](repeating: 0, count: 47), at: 0))
        #expect(outside == G1(x: .zero, y: BLS12381.Fp(2)))
        #expect(!outside.isInSubgroup)
    }
}
