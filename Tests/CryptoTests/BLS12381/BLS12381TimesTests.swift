import Crypto
import Glibc
import Primitives
import Testing

@Suite struct BLS12381TimesTests {
    /// Run by hand in a release build: `ASSAY_BLS_TIMES=file` names where the best microseconds of
    /// each operation go.
    @Test(.enabled(if: unsafe getenv("ASSAY_BLS_TIMES") != nil, "only by hand"))
    func measuresEveryOperation() throws {
        let path = try #require(unsafe getenv("ASSAY_BLS_TIMES").map { unsafe String(cString: $0) })
        var random = SeededRandom(seed: 1)
        let g1 = BLS12381.generatorG1.encoded
        let g2 = BLS12381.generatorG2.encoded
        let scalars = (0..<128).map { _ in random.bytes(32) }
        let points1 = try scalars.map { try #require(BLS12381.sumG1(g1 + $0)) }
        let points2 = try scalars.map { try #require(BLS12381.sumG2(g2 + $0)) }
        let terms1 = (0..<128).flatMap { points1[$0] + scalars[127 - $0] }
        let terms2 = (0..<128).flatMap { points2[$0] + scalars[127 - $0] }
        let pairs = (0..<8).flatMap { points1[$0] + points2[$0] }
        let number = [UInt8](repeating: 0, count: 17) + random.bytes(47)
        let proof = try KZGSamples.input(KZGSamples.valid)
        let operations: [(String, () -> [UInt8]?)] = [
            ("G1 add", { BLS12381.addG1(points1[0] + points1[1]) }),
            ("G2 add", { BLS12381.addG2(points2[0] + points2[1]) }),
            ("G1 sum, 1 term", { BLS12381.sumG1(Array(terms1[..<160])) }),
            ("G1 sum, 128 terms", { BLS12381.sumG1(terms1) }),
            ("G2 sum, 1 term", { BLS12381.sumG2(Array(terms2[..<288])) }),
            ("G2 sum, 128 terms", { BLS12381.sumG2(terms2) }),
            ("pairing, 1 pair", { BLS12381.pairing(Array(pairs[..<384])) }),
            ("pairing, 2 pairs", { BLS12381.pairing(Array(pairs[..<768])) }),
            ("pairing, 8 pairs", { BLS12381.pairing(pairs) }),
            ("map to G1", { BLS12381.mapToG1(number) }),
            ("map to G2", { BLS12381.mapToG2(number + number) }),
            ("point evaluation", { KZG.pointEvaluation(proof) }),
        ]
        var lines = ""
        let clock = ContinuousClock()
        for (name, operation) in operations {
            var best = Duration.seconds(1)
            let start = clock.now
            while clock.now - start < .milliseconds(600) {
                best = min(best, clock.measure { _ = operation() })
            }
            lines += "\(name)\t\(Int(best / .nanoseconds(100)))e-1\n"
        }
        let file = unsafe try #require(unsafe fopen(path, "wb"))
        unsafe fputs(lines, file)
        unsafe fclose(file)
    }
}
