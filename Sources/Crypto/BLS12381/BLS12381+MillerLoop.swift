// The optimal Ate pairing's Miller loop: f_{x,Q}(P).
//
// Lines are evaluated up to factors that the final exponentiation sends to one: numbers of Fp2, and
// w³, whose square is in Fp2.
//
// Sources: Vercauteren, "Optimal Pairings" (2010); Aranha, Karabina, Longa, Gebotys, López,
// "Faster Explicit Formulas for Computing Pairings over Ordinary Curves" (EUROCRYPT 2011) and
// Aranha, Barreto, Longa, Ricardini, "The Realm of the Pairings" (SAC 2013) for the steps in
// homogeneous coordinates.

extension BLS12381 {
    /// Pairs that share one loop's squarings; more pairs cost no more memory.
    static let pairsPerLoop = 16

    /// A line c0 + c2 · w² + c3 · w³: at a point of G1, or for any point (x, y) of it before c2 is
    /// multiplied by x and c3 by y.
    package struct Line: Sendable {
        var c0: Fp2
        var c2: Fp2
        var c3: Fp2

        @inline(__always)
        package init(_ c0: Fp2, _ c2: Fp2, _ c3: Fp2) {
            self.c0 = c0
            self.c2 = c2
            self.c3 = c3
        }
    }

    /// The running multiple (X / Z, Y / Z) of a point of G2, which is not infinity.
    struct Multiple {
        private let point: G2Point
        private var x: Fp2
        private var y: Fp2
        private var z: Fp2

        init(_ point: G2Point) {
            self.point = point
            x = point.x
            y = point.y
            z = .one
        }
    }

    /// One pair on its way through the loop. Neither point is infinity.
    package struct Pair {
        private let left: G1Point
        private var multiple: Multiple
        /// All lines in order where they are known beforehand.
        private let lines: [Line]
        private var next = 0

        package init(_ left: G1Point, _ right: G2Point) {
            self.left = left
            multiple = Multiple(right)
            lines = []
        }

        package init(_ left: G1Point, _ right: PreparedPoint) {
            self.left = left
            multiple = Multiple(right.point)
            lines = right.lines
        }
    }

    /// A point of G2, not infinity, with the lines of its loop.
    package struct PreparedPoint: Sendable {
        let point: G2Point
        let lines: [Line]

        package init(_ point: G2Point) {
            self.point = point
            var multiple = Multiple(point)
            var lines: [Line] = []
            for bit in loopBits {
                lines.append(multiple.double())
                if bit { lines.append(multiple.add()) }
            }
            self.lines = lines
        }
    }

    /// The bits of |x| below the highest, highest first.
    private static let loopBits = (0..<63).reversed().map { seed >> UInt64($0) & 1 == 1 }

    /// The product of the pairs' Miller values. Consumes the pairs' running points.
    package static func millerLoop(_ pairs: inout [Pair]) -> Fp12 {
        var value = Fp12.one
        for bit in loopBits {
            value = value.squared
            for index in pairs.indices { value.multiply(by: pairs[index].doublingLine()) }
            if !bit { continue }
            for index in pairs.indices { value.multiply(by: pairs[index].addingLine()) }
        }
        // The seed is negative.
        return value.conjugate
    }
}

extension BLS12381.Pair {
    @inline(__always)
    fileprivate mutating func doublingLine() -> BLS12381.Line {
        at(lines.isEmpty ? multiple.double() : known())
    }

    @inline(__always)
    fileprivate mutating func addingLine() -> BLS12381.Line {
        at(lines.isEmpty ? multiple.add() : known())
    }

    private mutating func known() -> BLS12381.Line {
        next += 1
        return lines[next - 1]
    }

    @inline(__always)
    private func at(_ line: BLS12381.Line) -> BLS12381.Line {
        BLS12381.Line(line.c0, line.c2 * left.x, line.c3 * left.y)
    }
}

extension BLS12381.Multiple {
    /// Doubles the multiple; the tangent.
    mutating func double() -> BLS12381.Line {
        let a = (x * y).halved
        let b = y.squared
        let c = z.squared
        // 3b' = 12ξ.
        let e = c.tripled.doubled.doubled.timesResidue
        let f = e.tripled
        let g = (b + f).halved
        let h = (y + z).squared - b - c
        let line = BLS12381.Line(e - b, x.squared.tripled, -h)
        x = a * (b - f)
        y = g.squared - e.squared.tripled
        z = b * h
        return line
    }

    /// Adds the point; the chord.
    ///
    /// The multiple is that of a point of order r by a number between one and |x|, so no case is
    /// special.
    mutating func add() -> BLS12381.Line {
        let rise = y - point.y * z
        let run = x - point.x * z
        let c = rise.squared
        let d = run.squared
        let e = run * d
        let f = z * c
        let g = x * d
        let h = e + f - g.doubled
        let line = BLS12381.Line(rise * point.x - run * point.y, -rise, run)
        x = run * h
        y = rise * (g - h) - e * y
        z = e * z
        return line
    }
}

extension TwelfthExtension<BLS12381.Fp2> {
    /// Multiplies by the line value: thirteen multiplications in Fp2 instead of eighteen.
    package mutating func multiply(by line: BLS12381.Line) {
        let v0 = c0.times(line.c0, line.c2)
        let v1 = (c1 * line.c3).timesV
        let cross = (c0 + c1).times(line.c0, line.c2 + line.c3)
        c0 = v0 + v1.timesV
        c1 = cross - v0 - v1
    }
}
