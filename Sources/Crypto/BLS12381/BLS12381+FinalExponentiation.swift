// f ↦ f^(3(p¹² - 1) / r): the cube of the pairing, and one exactly where the pairing is, as three
// is prime to r.
//
// Source: Hayashida, Hayasaka, Teruya, "Efficient Final Exponentiation via Cyclotomic Structure for
// Pairings over Families of Elliptic Curves" (ePrint 2020/875).

extension BLS12381 {
    package static func finalExponentiation(_ value: Fp12) -> Fp12 {
        // To the power of (p⁶ - 1)(p² + 1): into the cyclotomic subgroup, where the conjugate is
        // the inverse.
        let unitary = value.conjugate * value.inverted
        let f = unitary.frobeniusTwice * unitary

        // 3(p⁴ - p² + 1) / r = (x - 1)²(x + p)(x² + p² - 1) + 3.
        let a = f.poweredBySeed * f.conjugate
        let b = a.poweredBySeed * a.conjugate
        let c = b.poweredBySeed * b.frobenius
        let d = c.poweredBySeed.poweredBySeed * c.frobeniusTwice * c.conjugate
        return d * f.cyclotomicSquared * f
    }

    /// |x|, lowest bit first: six bits are set.
    fileprivate static let seedBits = (0..<64).map { Int(seed >> UInt64($0) & 1) }
}

extension TwelfthExtension<BLS12381.Fp2> {
    /// The power of an element of the cyclotomic subgroup by the seed, which is negative.
    package var poweredBySeed: Self {
        var result = self
        for bit in BLS12381.seedBits.dropLast().reversed() {
            result = result.cyclotomicSquared
            if bit == 1 { result = result * self }
        }
        return result.conjugate
    }
}
