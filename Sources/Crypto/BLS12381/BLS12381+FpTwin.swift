/// Products in Fp in Swift alone; tests hold the C kernel equal to it.
extension BLS12381 {
    package enum FpTwin {}
}

extension BLS12381.FpTwin {
    package typealias Fp = BLS12381.Fp

    /// A running sum of seven limbs.
    private struct Sum {
        var limb0: UInt64 = 0
        var limb1: UInt64 = 0
        var limb2: UInt64 = 0
        var limb3: UInt64 = 0
        var limb4: UInt64 = 0
        var limb5: UInt64 = 0
        var limb6: UInt64 = 0

        @inline(__always)
        init() {}

        /// Adds value · word.
        @inline(__always)
        mutating func add(_ value: Fp, times word: UInt64) {
            var carry: UInt64 = 0
            limb0 = Limb.multiplyAdd(value.limb0, word, limb0, &carry)
            limb1 = Limb.multiplyAdd(value.limb1, word, limb1, &carry)
            limb2 = Limb.multiplyAdd(value.limb2, word, limb2, &carry)
            limb3 = Limb.multiplyAdd(value.limb3, word, limb3, &carry)
            limb4 = Limb.multiplyAdd(value.limb4, word, limb4, &carry)
            limb5 = Limb.multiplyAdd(value.limb5, word, limb5, &carry)
            limb6 = limb6 &+ carry
        }

        /// Adds the multiple of p that clears the lowest limb, and drops that limb.
        @inline(__always)
        mutating func reduce() {
            let factor = limb0 &* Fp.negatedInverse
            var carry: UInt64 = 0
            _ = Limb.multiplyAdd(Fp.p0, factor, limb0, &carry)
            limb0 = Limb.multiplyAdd(Fp.p1, factor, limb1, &carry)
            limb1 = Limb.multiplyAdd(Fp.p2, factor, limb2, &carry)
            limb2 = Limb.multiplyAdd(Fp.p3, factor, limb3, &carry)
            limb3 = Limb.multiplyAdd(Fp.p4, factor, limb4, &carry)
            limb4 = Limb.multiplyAdd(Fp.p5, factor, limb5, &carry)
            // The sum is below 2³⁸⁴ by the bound below: no carry is lost.
            limb5 = limb6 &+ carry
            limb6 = 0
        }

        @inline(__always)
        var value: Fp { Fp(limbs: limb0, limb1, limb2, limb3, limb4, limb5).reducedOnce }
    }

    /// The product. Bound: (p² + 2³⁸⁴p) / 2³⁸⁴ < 2p, so one subtraction reduces it.
    package static func product(_ left: Fp, _ right: Fp) -> Fp {
        var sum = Sum()
        sum.add(left, times: right.limb0)
        sum.reduce()
        sum.add(left, times: right.limb1)
        sum.reduce()
        sum.add(left, times: right.limb2)
        sum.reduce()
        sum.add(left, times: right.limb3)
        sum.reduce()
        sum.add(left, times: right.limb4)
        sum.reduce()
        sum.add(left, times: right.limb5)
        sum.reduce()
        return sum.value
    }

    /// a · b + c · d with one reduction.
    ///
    /// Bound: p < 0.11 · 2³⁸⁴, so the sum stays below 3p + 1 < 2³⁸⁴ between the rows and ends below
    /// (2p² + 2³⁸⁴p) / 2³⁸⁴ < 2p, also where an operand equals p.
    package static func sumOfProducts(_ a: Fp, _ b: Fp, _ c: Fp, _ d: Fp) -> Fp {
        var sum = Sum()
        sum.add(a, times: b.limb0)
        sum.add(c, times: d.limb0)
        sum.reduce()
        sum.add(a, times: b.limb1)
        sum.add(c, times: d.limb1)
        sum.reduce()
        sum.add(a, times: b.limb2)
        sum.add(c, times: d.limb2)
        sum.reduce()
        sum.add(a, times: b.limb3)
        sum.add(c, times: d.limb3)
        sum.reduce()
        sum.add(a, times: b.limb4)
        sum.add(c, times: d.limb4)
        sum.reduce()
        sum.add(a, times: b.limb5)
        sum.add(c, times: d.limb5)
        sum.reduce()
        return sum.value
    }
}
