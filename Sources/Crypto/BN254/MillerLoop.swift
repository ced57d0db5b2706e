// The optimal Ate pairing's Miller loop: f_{6x+2,Q}(P) · l_{[6x+2]Q,ψ(Q)}(P) · l_{…,-ψ²(Q)}(P).
//
// Lines are evaluated up to factors in Fp2, which the final exponentiation sends to one.
//
// Sources: Vercauteren, "Optimal Pairings" (2010); Beuchat et al. (Pairing 2010), algorithm 1;
// Aranha, Karabina, Longa, Gebotys, López, "Faster Explicit Formulas for Computing Pairings over
// Ordinary Curves" (EUROCRYPT 2011) and Aranha, Barreto, Longa, Ricardini, "The Realm of the
// Pairings" (SAC 2013) for the steps in homogeneous coordinates.

extension BN254 {
    /// Pairs that share one loop's squarings; more pairs cost no more memory.
    static let pairsPerLoop = 16

    /// The value c0 + c1 · w + c3 · w³ of a line at a point of G1.
    package struct Line {
        var c0: Fp2
        var c1: Fp2
        var c3: Fp2

        @inline(__always)
        package init(_ c0: Fp2, _ c1: Fp2, _ c3: Fp2) {
            self.c0 = c0
            self.c1 = c1
            self.c3 = c3
        }
    }

    /// One pair on its way through the loop. Neither point is infinity.
    package struct Pair {
        let left: Affine<Fp>
        let right: Affine<Fp2>
        /// The running multiple (X / Z, Y / Z) of `right`.
        var x: Fp2
        var y: Fp2
        var z: Fp2

        package init(_ left: Affine<Fp>, _ right: Affine<Fp2>) {
            self.left = left
            self.right = right
            x = right.x
            y = right.y
            z = .one
        }
    }

    /// 6x + 2 in non-adjacent form, lowest digit first.
    private static let loopDigits = SignedDigits.of(6 * UInt128(seed) + 2, width: 2)

    /// The product of the pairs' Miller values. Consumes the pairs' running points.
    package static func millerLoop(_ pairs: inout [Pair]) -> Fp12 {
        var value = Fp12.one
        for digit in loopDigits.dropLast().reversed() {
            value = value.squared
            for index in pairs.indices { value.multiply(by: pairs[index].double()) }
            if digit == 0 { continue }
            for index in pairs.indices {
                let right = pairs[index].right
                value.multiply(by: pairs[index].add(digit > 0 ? right : -right))
            }
        }
        for index in pairs.indices {
            let first = pairs[index].right.frobenius
            value.multiply(by: pairs[index].add(first))
            value.multiply(by: pairs[index].add(-first.frobenius))
        }
        return value
    }
}

extension BN254.Pair {
    /// Doubles the running point; the tangent's value at `left`.
    mutating func double() -> BN254.Line {
        let a = (x * y).halved
        let b = y.squared
        let c = z.squared
        let e = c.tripled * BN254.Fp2.curveConstant
        let f = e.tripled
        let g = (b + f).halved
        let h = (y + z).squared - b - c
        let j = x.squared
        let line = BN254.Line(-h * left.y, j.tripled * left.x, e - b)
        x = a * (b - f)
        y = g.squared - e.squared.tripled
        z = b * h
        return line
    }

    /// Adds a point to the running one; the chord's value at `left`.
    ///
    /// Both are multiples of a point of order r by numbers that differ modulo r and in sign, so no
    /// case is special.
    mutating func add(_ point: BN254.Affine<BN254.Fp2>) -> BN254.Line {
        let rise = y - point.y * z
        let run = x - point.x * z
        let c = rise.squared
        let d = run.squared
        let e = run * d
        let f = z * c
        let g = x * d
        let h = e + f - g.doubled
        let line = BN254.Line(
            run * left.y, -rise * left.x, rise * point.x - run * point.y)
        x = run * h
        y = rise * (g - h) - e * y
        z = e * z
        return line
    }
}
