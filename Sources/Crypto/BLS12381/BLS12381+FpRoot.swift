// Powers and square roots in Fp. p ≡ 3 modulo 4, so roots are powers.

extension BLS12381.Fp {
    /// The element to the power of `exponent`, lowest limb first; 0⁰ is 1. Windows of five bits.
    package func power(_ exponent: [UInt64]) -> Fp {
        var odd = [self]
        let square = squared
        while odd.count < 16 { odd.append(odd[odd.count - 1] * square) }
        let bit = { (index: Int) -> Bool in exponent[index / 64] >> UInt64(index % 64) & 1 == 1 }
        var result = Fp.one
        var index = exponent.count * 64 - 1
        var isOne = true
        while index >= 0 {
            if !bit(index) {
                if !isOne { result = result.squared }
                index -= 1
                continue
            }
            // The window ends at its lowest bit that is set.
            var end = max(index - 4, 0)
            while !bit(end) { end += 1 }
            var digit = 0
            while index >= end {
                digit = digit << 1 | (bit(index) ? 1 : 0)
                if !isOne { result = result.squared }
                index -= 1
            }
            result = isOne ? odd[digit / 2] : result * odd[digit / 2]
            isOne = false
        }
        return result
    }

    /// (p - 3) / 4.
    private static let rootExponent: [UInt64] = {
        // p ends in binary 11: the quotient is p shifted.
        let p = modulus + [0]
        return (0..<6).map { p[$0] >> 2 | p[$0 + 1] << 62 }
    }()

    /// a^((p - 3) / 4). Times a it is a root of a, or of -a where a is no square; its square times
    /// a is 1, or -1 where a is no square.
    package var rootPower: Fp { power(Fp.rootExponent) }

    /// A square root; nil where there is none.
    package var squareRoot: Fp? {
        let root = rootPower * self
        return root.squared == self ? root : nil
    }

    /// (p - 1) / 2, the largest value whose double is below p.
    private static let half: [UInt64] = {
        let p = modulus + [0]
        return (0..<6).map { p[$0] >> 1 | p[$0 + 1] << 63 }
    }()

    /// Whether the value is above (p - 1) / 2.
    package var isLarge: Bool {
        for (word, half) in zip(words, Fp.half).reversed() where word != half {
            return word > half
        }
        return false
    }
}
