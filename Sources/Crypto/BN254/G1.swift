package import Primitives

extension BN254 {
    /// The multiple of a point of G1 by any 256-bit number: fixed windows of four bits.
    package static func multiply(_ point: Affine<Fp>, by scalar: UInt256) -> Jacobian<Fp> {
        var multiples: InlineArray<16, Jacobian<Fp>> = InlineArray(repeating: .infinity)
        for index in 1..<16 { multiples[index] = multiples[index - 1] + point }
        var result = Jacobian<Fp>.infinity
        for bit in stride(from: (scalar.bitWidth + 3) / 4 * 4 - 4, through: 0, by: -4) {
            for _ in 0..<4 { result = result.doubled }
            let digit = Int(truncatingIfNeeded: (scalar >> bit).limb0 & 15)
            if digit != 0 { result = result + multiples[digit] }
        }
        return result
    }
}
