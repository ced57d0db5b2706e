// Inverses in Fp by the binary greatest common divisor, thirty-one halvings at a time.
//
// The halvings run on 64-bit stand-ins: the low 31 bits and the high 33 of both numbers. They give
// factors that are then applied to the whole numbers. Nine times as fast as Fermat's power.
//
// Source: Pornin, "Optimized Binary GCD for Modular Inversion" (ePrint 2020/972), algorithm 2.

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
            var (first, second) = Fp.halvingFactors(a, b)
            let (nextA, isNegativeA) = Fp.combined(a, b, first)
            let (nextB, isNegativeB) = Fp.combined(a, b, second)
            if isNegativeA { first = -first }
            if isNegativeB { second = -second }
            (a, b) = (nextA, nextB)
            (u, v) = (Fp.reducedCombination(u, v, first), Fp.reducedCombination(u, v, second))
        }
        return v * Fp.inverseScale
    }

    /// Signed factors of a pair of numbers, |f| + |g| at most 2³¹.
    private struct Factors {
        var f: Int64
        var g: Int64

        static prefix func - (value: Factors) -> Factors { Factors(f: -value.f, g: -value.g) }
    }

    /// What 31 steps do to a and b, times 2³¹. One step: where a is odd, the smaller of both goes
    /// to b and is taken from a; then a is halved.
    @inline(__always)
    private static func halvingFactors(_ a: Fp, _ b: Fp) -> (Factors, Factors) {
        var (x, y) = standIns(a, b)
        // Both factors of a number in one word: f in the low half, g in the high half.
        var xFactors: UInt64 = 1
        var yFactors: UInt64 = 1 << 32
        for _ in 0..<31 {
            let odd = 0 &- (x & 1)
            let swap = odd & (x < y ? UInt64.max : 0)
            let change = (x ^ y) & swap
            x ^= change
            y ^= change
            let factorChange = (xFactors ^ yFactors) & swap
            xFactors ^= factorChange
            yFactors ^= factorChange
            x = (x &- (y & odd)) &>> 1
            xFactors = xFactors &- (yFactors & odd)
            yFactors = yFactors &<< 1
        }
        return (unpacked(xFactors), unpacked(yFactors))
    }

    /// Factors from one word: each half, offset by 2³¹ - 1, is not negative.
    @inline(__always)
    private static func unpacked(_ word: UInt64) -> Factors {
        let offset = word &+ 0x7fff_ffff_7fff_ffff
        return Factors(
            f: Int64(offset & 0xffff_ffff) - 0x7fff_ffff, g: Int64(offset &>> 32) - 0x7fff_ffff)
    }

    /// The low 31 bits of both numbers under the 33 that follow the longer one's top bit.
    @inline(__always)
    private static func standIns(_ a: Fp, _ b: Fp) -> (UInt64, UInt64) {
        // The highest limb in use goes to `top`, the one below to `next`.
        var topA = a.limb0
        var topB = b.limb0
        var nextA: UInt64 = 0
        var nextB: UInt64 = 0
        var isFirst = true
        @inline(__always)
        func take(_ limbA: UInt64, _ limbB: UInt64, _ belowA: UInt64, _ belowB: UInt64) {
            guard isFirst, limbA | limbB != 0 else { return }
            isFirst = false
            (topA, topB, nextA, nextB) = (limbA, limbB, belowA, belowB)
        }
        take(a.limb5, b.limb5, a.limb4, b.limb4)
        take(a.limb4, b.limb4, a.limb3, b.limb3)
        take(a.limb3, b.limb3, a.limb2, b.limb2)
        take(a.limb2, b.limb2, a.limb1, b.limb1)
        take(a.limb1, b.limb1, a.limb0, b.limb0)
        // Numbers of one limb stand for themselves.
        if isFirst { return (a.limb0, b.limb0) }
        let shift = UInt64((topA | topB).leadingZeroBitCount)
        let low: UInt64 = 0x7fff_ffff
        @inline(__always)
        func standIn(_ top: UInt64, _ next: UInt64, _ limb0: UInt64) -> UInt64 {
            let high = shift == 0 ? top : top &<< shift | next &>> (64 &- shift)
            return high & ~low | limb0 & low
        }
        return (standIn(topA, nextA, a.limb0), standIn(topB, nextB, b.limb0))
    }

    /// |a · f + b · g| / 2³¹ and whether it was negative. The division is exact.
    @inline(__always)
    private static func combined(_ a: Fp, _ b: Fp, _ factors: Factors) -> (Fp, Bool) {
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
                limbs: subtractBorrow(0, shifted.limb0, &borrow),
                subtractBorrow(0, shifted.limb1, &borrow),
                subtractBorrow(0, shifted.limb2, &borrow),
                subtractBorrow(0, shifted.limb3, &borrow),
                subtractBorrow(0, shifted.limb4, &borrow),
                subtractBorrow(0, shifted.limb5, &borrow)), true
        )
    }

    /// (u · f + v · g) / 2⁶⁴ modulo p.
    @inline(__always)
    private static func reducedCombination(_ u: Fp, _ v: Fp, _ factors: Factors) -> Fp {
        let (low, top) = combination(u, v, factors)
        // |u · f + v · g| < 2³¹ · p, so with the multiple of p added and the lowest limb dropped
        // the value is above -p and below 2p.
        let factor = low.limb0 &* negatedInverse
        var carry: UInt64 = 0
        _ = multiplyAdd(p0, factor, low.limb0, &carry)
        let t0 = multiplyAdd(p1, factor, low.limb1, &carry)
        let t1 = multiplyAdd(p2, factor, low.limb2, &carry)
        let t2 = multiplyAdd(p3, factor, low.limb3, &carry)
        let t3 = multiplyAdd(p4, factor, low.limb4, &carry)
        let t4 = multiplyAdd(p5, factor, low.limb5, &carry)
        let t5 = UInt64(bitPattern: top) &+ carry
        let value = Fp(limbs: t0, t1, t2, t3, t4, t5)
        guard Int64(bitPattern: t5) < 0 else { return value.reducedOnce }
        carry = 0
        return Fp(
            limbs: addCarry(t0, p0, &carry), addCarry(t1, p1, &carry), addCarry(t2, p2, &carry),
            addCarry(t3, p3, &carry), addCarry(t4, p4, &carry), addCarry(t5, p5, &carry))
    }

    @inline(__always)
    private static func multiplyAdd(
        _ left: UInt64, _ right: UInt64, _ accumulator: UInt64, _ carry: inout UInt64
    ) -> UInt64 {
        let sum = UInt128(left) &* UInt128(right) &+ UInt128(accumulator) &+ UInt128(carry)
        carry = UInt64(truncatingIfNeeded: sum &>> 64)
        return UInt64(truncatingIfNeeded: sum)
    }

    /// a · f + b · g: six limbs and the signed seventh.
    @inline(__always)
    private static func combination(
        _ a: Fp, _ b: Fp, _ factors: Factors
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
