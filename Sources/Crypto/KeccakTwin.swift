public import Primitives

/// Keccak-256 in plain Swift: the reference that the C kernel is tested against.
public enum KeccakTwin {
    private static let rate = 136

    private static let roundConstants: [UInt64] = {
        // FIPS 202, algorithm 5: a linear feedback shift register gives the bits.
        var register: UInt8 = 1
        return (0..<24).map { _ in
            var constant: UInt64 = 0
            for exponent in 0..<7 {
                if register & 1 == 1 { constant |= 1 << ((1 << exponent) - 1) }
                register = register & 0x80 != 0 ? register << 1 ^ 0x71 : register << 1
            }
            return constant
        }
    }()

    static func permute(_ lanes: inout [UInt64]) {
        for constant in roundConstants {
            let parity = (0..<5).map { x in
                stride(from: x, to: 25, by: 5).reduce(0) { $0 ^ lanes[$1] }
            }
            for x in 0..<5 {
                let mixed = parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1)
                for y in stride(from: x, to: 25, by: 5) { lanes[y] ^= mixed }
            }
            // ρ and π together: walk the 24 moving lanes.
            var (x, y) = (1, 0)
            var held = lanes[1]
            for step in 0..<24 {
                (x, y) = (y, (2 * x + 3 * y) % 5)
                let next = lanes[x + 5 * y]
                lanes[x + 5 * y] = rotate(held, (step + 1) * (step + 2) / 2 % 64)
                held = next
            }
            for row in stride(from: 0, to: 25, by: 5) {
                let old = Array(lanes[row..<row + 5])
                for x in 0..<5 { lanes[row + x] = old[x] ^ (~old[(x + 1) % 5] & old[(x + 2) % 5]) }
            }
            lanes[0] ^= constant
        }
    }

    public static func hash(_ bytes: [UInt8]) -> Hash {
        var padded = bytes
        padded.append(0x01)
        while !padded.count.isMultiple(of: rate) { padded.append(0) }
        padded[padded.count - 1] |= 0x80
        var lanes = [UInt64](repeating: 0, count: 25)
        for start in stride(from: 0, to: padded.count, by: rate) {
            for index in 0..<rate {
                lanes[index / 8] ^= UInt64(padded[start + index]) << UInt64(index % 8 * 8)
            }
            permute(&lanes)
        }
        return Hash(
            (0..<32).map { UInt8(truncatingIfNeeded: lanes[$0 / 8] >> UInt64($0 % 8 * 8)) })
    }

    private static func rotate(_ word: UInt64, _ count: Int) -> UInt64 {
        count == 0 ? word : word << UInt64(count) | word >> UInt64(64 - count)
    }
}
