// Sums of multiples of points.
//
// Sources: Straus, "Addition chains of vectors" (1964), for few terms; Pippenger (1976) as in
// Bernstein et al., "Faster batch forgery identification" (INDOCRYPT 2012), for many; Booth,
// "A Signed Binary Multiplication Technique" (1951), the digits.

extension BLS12381 {
    /// A point and the number that multiplies it.
    package struct Term<Field: CurveField>: Sendable {
        let point: AffinePoint<Field>
        let scalar: UInt128

        package init(point: AffinePoint<Field>, scalar: UInt128) {
            self.point = point
            self.scalar = scalar
        }
    }

    /// Terms from which buckets are cheaper than tables.
    private static let bucketTermsMin = 24
    private static let bucketBitsMax = 13

    /// The sum of all terms.
    package static func sum<Field: Group>(of terms: [Term<Field>]) -> JacobianPoint<Field> {
        let terms = terms.filter { $0.scalar != 0 && !$0.point.isInfinity }
        return terms.count < bucketTermsMin ? sumByTables(terms) : sumByBuckets(terms)
    }

    /// Doublings shared by all terms; a table of odd multiples for each.
    package static func sumByTables<Field: Group>(
        _ terms: [Term<Field>]
    ) -> JacobianPoint<Field> {
        let digits = terms.map { SignedDigits.of($0.scalar, width: 5) }
        let tables = terms.map { term in
            let double = JacobianPoint(term.point).doubled
            var odd = [JacobianPoint(term.point)]
            while odd.count < 8 { odd.append(odd[odd.count - 1] + double) }
            return odd
        }
        var result = JacobianPoint<Field>.infinity
        for place in (0..<(digits.map(\.count).max() ?? 0)).reversed() {
            result = result.doubled
            for index in terms.indices where place < digits[index].count {
                let digit = digits[index][place]
                if digit > 0 {
                    result = result + tables[index][digit / 2]
                } else if digit < 0 {
                    result = result + -tables[index][-digit / 2]
                }
            }
        }
        return result
    }

    /// In each window of bits the points with equal digits go into one bucket.
    package static func sumByBuckets<Field: Group>(
        _ terms: [Term<Field>]
    ) -> JacobianPoint<Field> {
        let bits = min(
            max(terms.count.bitWidth - terms.count.leadingZeroBitCount - 2, 2), bucketBitsMax)
        var result = JacobianPoint<Field>.infinity
        var buckets = [JacobianPoint<Field>](repeating: .infinity, count: 1 << (bits - 1))
        for window in (0...Field.termBits / bits).reversed() {
            for _ in 0..<bits { result = result.doubled }
            for index in buckets.indices { buckets[index] = .infinity }
            for term in terms {
                let digit = boothDigit(of: term.scalar, window: window, bits: bits)
                if digit > 0 {
                    buckets[digit - 1] = buckets[digit - 1] + term.point
                } else if digit < 0 {
                    buckets[-digit - 1] = buckets[-digit - 1] + -term.point
                }
            }
            // Each bucket counts as often as its digit says: once in every sum from its own down.
            var running = JacobianPoint<Field>.infinity
            for bucket in buckets.reversed() {
                running = running + bucket
                result = result + running
            }
        }
        return result
    }

    /// A digit between -2^(bits-1) and 2^(bits-1); the digits' sum over all windows, each times
    /// 2^(bits · window), is the number.
    package static func boothDigit(of number: UInt128, window: Int, bits: Int) -> Int {
        // The window's bits and the one below, which carries into it.
        let shifted = window == 0 ? number << 1 : number >> UInt128(window * bits - 1)
        let raw = Int(truncatingIfNeeded: shifted) & (1 << (bits + 1) - 1)
        let digit = (raw + 1) >> 1
        return raw >> bits == 1 ? digit - 1 << bits : digit
    }
}
