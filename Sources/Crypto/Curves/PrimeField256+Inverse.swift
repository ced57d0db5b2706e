// Inverses by the binary greatest common divisor: the whole numbers' part of `HalvingFactors`.

extension PrimeField256 {
    /// Rounds of 31 halvings: at least 2 · 255 - 1 in all.
    private static var inverseRounds: Int { 17 }

    /// Each round multiplies by 2³¹ and its Montgomery step divides by 2⁶⁴. The whole is to be
    /// 2⁵¹² instead of this product, by one Montgomery multiplication.
    static var madeInverseScale: Self {
        let shift = inverseRounds * (64 - HalvingFactors.halvings)
        return (0..<shift).reduce(Modulus.square * Modulus.square) { value, _ in value.doubled }
    }

    /// The inverse; zero for zero.
    package var inverted: Self {
        var a = self
        var b = Self(limbs: Modulus.p0, Modulus.p1, Modulus.p2, Modulus.p3)
        // a = u · self and b = v · self, up to the scale and modulo p. The loop ends at a = 0.
        var u = Self(limbs: 1, 0, 0, 0)
        var v = Self.zero
        for _ in 0..<Self.inverseRounds {
            let standIns = Self.standIns(a, b)
            var (first, second) = HalvingFactors.ofRound(standIns.0, standIns.1)
            let (nextA, isNegativeA) = Self.combined(a, b, first)
            let (nextB, isNegativeB) = Self.combined(a, b, second)
            if isNegativeA { first = -first }
            if isNegativeB { second = -second }
            (a, b) = (nextA, nextB)
            (u, v) = (Self.reducedCombination(u, v, first), Self.reducedCombination(u, v, second))
        }
        return v * Modulus.inverseScale
    }

    @inline(__always)
    private static func standIns(_ a: Self, _ b: Self) -> (UInt64, UInt64) {
        let low = (a.limb0, b.limb0)
        if a.limb3 | b.limb3 != 0 {
            return HalvingFactors.standIns(
                top: (a.limb3, b.limb3), next: (a.limb2, b.limb2), low: low)
        }
        if a.limb2 | b.limb2 != 0 {
            return HalvingFactors.standIns(
                top: (a.limb2, b.limb2), next: (a.limb1, b.limb1), low: low)
        }
        if a.limb1 | b.limb1 != 0 {
            return HalvingFactors.standIns(top: (a.limb1, b.limb1), next: low, low: low)
        }
        // Numbers of one limb stand for themselves.
        return low
    }

    /// |a · f + b · g| / 2³¹ and whether it was negative. The division is exact.
    @inline(__always)
    private static func combined(
        _ a: Self, _ b: Self, _ factors: HalvingFactors
    ) -> (Self, Bool) {
        let (low, top) = combination(a, b, factors)
        let shifted = Self(
            limbs: low.limb0 &>> 31 | low.limb1 &<< 33, low.limb1 &>> 31 | low.limb2 &<< 33,
            low.limb2 &>> 31 | low.limb3 &<< 33,
            low.limb3 &>> 31 | UInt64(bitPattern: top) &<< 33)
        guard top < 0 else { return (shifted, false) }
        var borrow: UInt64 = 0
        return (
            Self(
                limbs: Limb.subtract(0, shifted.limb0, &borrow),
                Limb.subtract(0, shifted.limb1, &borrow),
                Limb.subtract(0, shifted.limb2, &borrow),
                Limb.subtract(0, shifted.limb3, &borrow)), true
        )
    }

    /// (u · f + v · g) / 2⁶⁴ modulo p.
    @inline(__always)
    private static func reducedCombination(
        _ u: Self, _ v: Self, _ factors: HalvingFactors
    ) -> Self {
        let (low, top) = combination(u, v, factors)
        // |u · f + v · g| ≤ 2³¹ · p, so with the multiple of p added and the lowest limb dropped
        // the value is above -p and at most (1 + 2⁻³³)p, which is below 2²⁵⁵.
        let factor = low.limb0 &* Modulus.negatedInverse
        var carry: UInt64 = 0
        _ = Limb.multiplyAdd(Modulus.p0, factor, low.limb0, &carry)
        let t0 = Limb.multiplyAdd(Modulus.p1, factor, low.limb1, &carry)
        let t1 = Limb.multiplyAdd(Modulus.p2, factor, low.limb2, &carry)
        let t2 = Limb.multiplyAdd(Modulus.p3, factor, low.limb3, &carry)
        let t3 = UInt64(bitPattern: top) &+ carry
        let value = Self(limbs: t0, t1, t2, t3)
        guard Int64(bitPattern: t3) < 0 else { return value.reducedOnce }
        carry = 0
        return Self(
            limbs: Limb.add(t0, Modulus.p0, &carry), Limb.add(t1, Modulus.p1, &carry),
            Limb.add(t2, Modulus.p2, &carry), Limb.add(t3, Modulus.p3, &carry))
    }

    /// a · f + b · g: four limbs and the signed fifth.
    @inline(__always)
    private static func combination(
        _ a: Self, _ b: Self, _ factors: HalvingFactors
    ) -> (low: Self, top: Int64) {
        let f = Int128(factors.f)
        let g = Int128(factors.g)
        var carry: Int128 = 0
        @inline(__always)
        func limb(_ left: UInt64, _ right: UInt64) -> UInt64 {
            // Below 2⁶⁴ · 2³¹ + 2⁶⁴ in size.
            let sum = Int128(left) &* f &+ Int128(right) &* g &+ carry
            carry = sum &>> 64
            return UInt64(truncatingIfNeeded: sum)
        }
        let low = Self(
            limbs: limb(a.limb0, b.limb0), limb(a.limb1, b.limb1), limb(a.limb2, b.limb2),
            limb(a.limb3, b.limb3))
        return (low, Int64(truncatingIfNeeded: carry))
    }
}

extension PrimeField256 {
    /// Replaces each element by its inverse, and zero by zero: one inversion, and three products
    /// an element.
    ///
    /// Source: Montgomery, "Speeding the Pollard and Elliptic Curve Methods of Factorization"
    /// (1987), section 10.3.1.
    package static func invert(_ elements: inout [Self]) {
        // Each place holds the product of those before it.
        var before: [Self] = []
        before.reserveCapacity(elements.count)
        var product = Self.one
        for element in elements {
            before.append(product)
            if !element.isZero { product = product * element }
        }
        var inverse = product.inverted
        for index in elements.indices.reversed() where !elements[index].isZero {
            let element = elements[index]
            elements[index] = inverse * before[index]
            inverse = inverse * element
        }
    }
}
