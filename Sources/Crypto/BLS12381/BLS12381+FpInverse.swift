// Inverses by the binary greatest common divisor: the whole numbers' part of `HalvingFactors`.

extension BLS12381.Fp {
    /// Rounds of 31 halvings: at least 2 · 381 - 1 in all.
    private static let inverseRounds = 25

    /// Each round multiplies by 2³¹ and its Montgomery step divides by 2⁶⁴. The whole is to be
    /// 2⁷⁶⁸ instead of this product, by one Montgomery multiplication.
    private static let inverseScale = (0..<inverseRounds * 33).reduce(square * square) { value, _ in
        value.doubled
    }

    /// The inverse; zero for zero.
    package var inverted: Fp {
        var a = self
        var b = Fp(limbs: Fp.p0, Fp.p1, Fp.p2, Fp.p3, Fp.p4, Fp.p5)
        // a = u · self and b = v · self, up to the scale and modulo p. The loop ends at a = 0.
        var u = Fp(limbs: 1, 0, 0, 0, 0, 0)
        var v = Fp.zero
        for _ in 0..<Fp.inverseRounds {
            let standIns = Fp.standIns(a, b)
            var (first, second) = HalvingFactors.ofRound(standIns.0, standIns.1)
            let (nextA, isNegativeA) = Fp.combined(a, b, first)
            let (nextB, isNegativeB) = Fp.combined(a, b, second)
            if isNegativeA { first = -first }
            if isNegativeB { second = -second }
            (a, b) = (nextA, nextB)
            (u, v) = (Fp.reducedCombination(u, v, first), Fp.reducedCombination(u, v, second))
        }
        return v * Fp.inverseScale
    }

    @inline(__always)
    private static func standIns(_ a: Fp, _ b: Fp) -> (UInt64, UInt64) {
        let low = (a.limb0, b.limb0)
        @inline(__always)
        func standIns(
            _ topA: UInt64, _ topB: UInt64, _ nextA: UInt64, _ nextB: UInt64
        ) -> (UInt64, UInt64) {
            HalvingFactors.standIns(top: (topA, topB), next: (nextA, nextB), low: low)
        }
        if a.limb5 | b.limb5 != 0 { return standIns(a.limb5, b.limb5, a.limb4, b.limb4) }
        if a.limb4 | b.limb4 != 0 { return standIns(a.limb4, b.limb4, a.limb3, b.limb3) }
        if a.limb3 | b.limb3 != 0 { return standIns(a.limb3, b.limb3, a.limb2, b.limb2) }
        if a.limb2 | b.limb2 != 0 { return standIns(a.limb2, b.limb2, a.limb1, b.limb1) }
        if a.limb1 | b.limb1 != 0 { return standIns(a.limb1, b.limb1, a.limb0, b.limb0) }
        // Numbers of one limb stand for themselves.
        return low
    }

    /// |a · f + b · g| / 2³¹ and whether it was negative. The division is exact.
    @inline(__always)
    private static func combined(_ a: Fp, _ b: Fp, _ factors: HalvingFactors) -> (Fp, Bool) {
        let (low, top) = combination(a, b, factors)
        let shifted = Fp(
            limbs: low.limb0 &>> 31 | low.limb1 &<< 33, low.limb1 &>> 31 | low.limb2 &<< 33,
            low.limb2 &>> 31 | low.limb3 &<< 33, low.limb3 &>> 31 | low.limb4 &<< 33,
            low.limb4 &>> 31 | low.limb5 &<< 33,
            low.limb5 &>> 31 | UInt64(bitPattern: top) &<< 33)
        guard top < 0 else { return (shifted, false) }
        var borrow: UInt64 = 0
        return (
            Fp(
                limbs: Limb.subtract(0, shifted.limb0, &borrow),
                Limb.subtract(0, shifted.limb1, &borrow),
                Limb.subtract(0, shifted.limb2, &borrow),
                Limb.subtract(0, shifted.limb3, &borrow),
                Limb.subtract(0, shifted.limb4, &borrow),
                Limb.subtract(0, shifted.limb5, &borrow)), true
        )
    }

    /// (u · f + v · g) / 2⁶⁴ modulo p.
    @inline(__always)
    private static func reducedCombination(_ u: Fp, _ v: Fp, _ factors: HalvingFactors) -> Fp {
        let (low, top) = combination(u, v, factors)
        // |u · f + v · g| < 2³¹ · p, so with the multiple of p added and the lowest limb dropped
        // the value is above -p and below 2p.
        let factor = low.limb0 &* negatedInverse
        var carry: UInt64 = 0
        _ = Limb.multiplyAdd(p0, factor, low.limb0, &carry)
        let t0 = Limb.multiplyAdd(p1, factor, low.limb1, &carry)
        let t1 = Limb.multiplyAdd(p2, factor, low.limb2, &carry)
        let t2 = Limb.multiplyAdd(p3, factor, low.limb3, &carry)
        let t3 = Limb.multiplyAdd(p4, factor, low.limb4, &carry)
        let t4 = Limb.multiplyAdd(p5, factor, low.limb5, &carry)
        let t5 = UInt64(bitPattern: top) &+ carry
        let value = Fp(limbs: t0, t1, t2, t3, t4, t5)
        guard Int64(bitPattern: t5) < 0 else { return value.reducedOnce }
        carry = 0
        return Fp(
            limbs: Limb.add(t0, p0, &carry), Limb.add(t1, p1, &carry), Limb.add(t2, p2, &carry),
            Limb.add(t3, p3, &carry), Limb.add(t4, p4, &carry), Limb.add(t5, p5, &carry))
    }

    /// a · f + b · g: six limbs and the signed seventh.
    @inline(__always)
    private static func combination(
        _ a: Fp, _ b: Fp, _ factors: HalvingFactors
    ) -> (low: Fp, top: Int64) {
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
        let low = Fp(
            limbs: limb(a.limb0, b.limb0), limb(a.limb1, b.limb1), limb(a.limb2, b.limb2),
            limb(a.limb3, b.limb3), limb(a.limb4, b.limb4), limb(a.limb5, b.limb5))
        return (low, Int64(truncatingIfNeeded: carry))
    }
}
