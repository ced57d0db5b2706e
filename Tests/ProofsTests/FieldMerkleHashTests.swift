import Crypto
import Primitives
import Testing

@testable import Proofs

@Suite struct FieldMerkleHashTests {
    /// With the padding block of FIPS 180-4 the chain value becomes the published digest.
    @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 119, 120, 200])
    func compressesAsPublished(_ count: Int) {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        for shift in (0..<8).reversed() {
            padded.append(UInt8(truncatingIfNeeded: (8 * count) >> (8 * shift)))
        }
        var state = SHA256State()
        for start in stride(from: 0, to: padded.count, by: 64) {
            state.compressTwin(Array(padded[start..<start + 64]))
        }
        #expect(state.hash == SHA256.hash(message))
    }
}
