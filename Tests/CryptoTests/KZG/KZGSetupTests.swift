import Crypto
import Primitives
import TestSupport
import Testing

/// The ceremony's setup as c-kzg-4844 packs it: two counts, 4,096 points of G1 that are not used
/// here, 65 powers of τ in G2, 4,096 powers in G1; compressed, imaginary part first.
enum PublishedSetup {
    static func lines() throws -> [Substring] {
        let archive = try #require(PrecompileVector.archive)
        let text = String(
            decoding: archive.read("c-kzg-4844/src/trusted_setup.txt"), as: UTF8.self)
        return text.split(separator: "\n")
    }

    static let firstG2 = 2 + 4096
    static let firstG1 = firstG2 + 65
}

@Suite struct KZGSetupTests {
    @Test(.enabled(if: PrecompileVector.archive != nil, "no shared test data, or no tar and zstd"))
    func isTheCeremonys() throws {
        let lines = try PublishedSetup.lines()
        #expect(lines.count == PublishedSetup.firstG1 + 4096)
        for (power, point) in [(0, BLS12381.generatorG2), (1, KZG.secretG2), (64, KZG.cellG2)] {
            var bytes = try Hex.decode(lines[PublishedSetup.firstG2 + power])
            let isLarge = bytes[0] & 0x20 != 0
            bytes[0] &= 0x1f
            #expect(Array(bytes[..<48]) == point.x.imaginary.bytes)
            #expect(Array(bytes[48...]) == point.x.real.bytes)
            #expect(point.y.imaginary.isLarge == isLarge)
        }
        #expect(KZG.powersG1.count == 64)
        for (power, point) in KZG.powersG1.enumerated() {
            #expect(point.compressed == (try Hex.decode(lines[PublishedSetup.firstG1 + power])))
        }
    }

    @Test func isInItsGroups() {
        for point in [KZG.secretG2, KZG.cellG2] {
            #expect(point.isOnCurve && point.isInSubgroup)
        }
        #expect(KZG.secretG2 != BLS12381.generatorG2)
        #expect(KZG.powersG1.count == 64)
        #expect(KZG.powersG1[0] == BLS12381.generatorG1)
        for point in KZG.powersG1 { #expect(point.isOnCurve && point.isInSubgroup) }
    }

    /// e(τⁱG, τH) = e(τⁱ⁺¹G, H) for all i at once, each with a weight of its own; and for τ⁶⁴H
    /// e(G, τ⁶⁴H) = e(τ⁶³G, τH).
    @Test func isOneGeometricSequence() {
        let weights = KZGProver.polynomial(63, seed: 1)
        let low = KZGProver().commit(weights)
        let high = KZGProver(Array(KZG.powersG1.dropFirst())).commit(weights)
        typealias Pair = BLS12381.Pair
        var pairs = [Pair(low, KZG.secretG2), Pair(-high, BLS12381.generatorG2)]
        #expect(BLS12381.finalExponentiation(BLS12381.millerLoop(&pairs)) == .one)
        pairs = [
            Pair(BLS12381.generatorG1, KZG.cellG2), Pair(-KZG.powersG1[63], KZG.secretG2),
        ]
        #expect(BLS12381.finalExponentiation(BLS12381.millerLoop(&pairs)) == .one)
    }
}
