// f ↦ f^((p¹² - 1) / r · 2x(6x² + 3x + 1)): a fixed power of the pairing, and one exactly where
// the pairing is, since the extra factor is prime to r.
//
// Sources: Fuentes-Castañeda, Knapp, Rodríguez-Henríquez, "Faster Hashing to G2" (SAC 2011), the
// exponent; Granger, Scott, "Faster Squaring in the Cyclotomic Subgroup of Sixth Degree
// Extensions" (PKC 2010).

extension BN254 {
    package static func finalExponentiation(_ value: Fp12) -> Fp12 {
        // To the power of (p⁶ - 1)(p² + 1): into the cyclotomic subgroup, where the conjugate is
        // the inverse.
        let unitary = value.conjugate * value.inverted
        let f = unitary.frobeniusTwice * unitary

        // λ0 + λ1 p + λ2 p² + λ3 p³, with λ0 = 1 + 6x + 12x² + 12x³, λ1 = 4x + 6x² + 12x³,
        // λ2 = 6x + 6x² + 12x³, λ3 = -1 + 4x + 6x² + 12x³.
        let f2x = f.poweredBySeed.cyclotomicSquared
        let f6x = f2x.cyclotomicSquared * f2x
        let f6xx = f6x.poweredBySeed
        let f12xxx = f6xx.cyclotomicSquared.poweredBySeed
        let a = f12xxx * f6xx * f6x
        let b = a * f2x.conjugate
        return a * f6xx * f * b.frobenius * a.frobeniusTwice
            * (b * f.conjugate).frobenius.frobeniusTwice
    }

    /// The seed with digits 0, ±1, ±3, ±5, ±7, lowest first: fourteen are not zero.
    fileprivate static let wideSeedDigits = SignedDigits.of(UInt128(seed), width: 4)
}

extension TwelfthExtension<BN254.Fp2> {
    /// The seed's power of an element of the cyclotomic subgroup.
    package var poweredBySeed: Self { cyclotomicPower(BN254.wideSeedDigits) }
}
