import Proofs
import Testing

@Suite struct ErrorBoundTests {
    @Test("Powers of two are exact")
    func isExactForPowersOfTwo() {
        for bits in [0, 1, 7, 63, 64, 65, 127, 128, 200, 5000] {
            // One unit of 2⁻¹⁶ bits may be lost to rounding, less than a hundredth.
            let got = ErrorBound(bits: bits).hundredthsOfBits
            #expect(got == bits * 100 || got == bits * 100 - 1)
        }
        #expect(ErrorBound(1, over: 8) == ErrorBound(bits: 3))
        #expect(ErrorBound(3, over: 24) == ErrorBound(bits: 3))
        #expect(ErrorBound(0, over: 5) == .zero)
        #expect(ErrorBound(bits: 3) * ErrorBound(bits: 4) == ErrorBound(bits: 7))
        #expect(ErrorBound(bits: 3).times(8) == .one)
        #expect(ErrorBound(bits: 3).power(40) == ErrorBound(bits: 120))
        #expect(ErrorBound(9, over: 1).hundredthsOfBits == 0, "above one there are no bits")
    }

    @Test(
        "Known logarithms",
        arguments: [
            // −100 · log2, by hand: log2 3 = 1.584963, log2 5 = 2.321928, log2 9 = 3.169925.
            (ErrorBound(1, over: 3), 158), (ErrorBound(3, over: 4), 41),
            (ErrorBound(5, over: 8), 67), (ErrorBound(9, over: 16), 83),
            (ErrorBound(9, over: 16).power(121), 10043), (ErrorBound(5, over: 8).power(148), 10035),
            (ErrorBound(1, over: 10), 332), (ErrorBound(1, over: 1 << 63), 6299),
            (ErrorBound.element, 18544),
        ])
    func knowsLogarithms(_ row: (bound: ErrorBound, hundredths: Int)) {
        #expect(row.bound.hundredthsOfBits == row.hundredths)
        #expect(row.bound.bits == row.hundredths / 100)
    }

    @Test("Sums and products are rounded up and never far off")
    func roundsUp() {
        for a in 1...40 {
            for b in 1...40 {
                let (x, y) = (UInt64(a), UInt64(b))
                // a/7 + b/11 against (11a + 7b)/77, a/7 · b/11 against ab/77.
                let sum = ErrorBound(x, over: 7000) + ErrorBound(y, over: 11000)
                let product = ErrorBound(x, over: 7000) * ErrorBound(y, over: 11000)
                #expect(near(sum, ErrorBound(11 * x + 7 * y, over: 77000)))
                #expect(near(product, ErrorBound(x * y, over: 77_000_000)))
            }
        }
        // A small term never vanishes.
        let tiny = ErrorBound(bits: 1) + ErrorBound(bits: 4000)
        #expect(tiny != ErrorBound(bits: 1))
        #expect(tiny.bits == 0)
        #expect(ErrorBound.zero + ErrorBound(bits: 9) == ErrorBound(bits: 9))
        #expect(ErrorBound(bits: 9) + .zero == ErrorBound(bits: 9))
        #expect(ErrorBound.zero * ErrorBound(bits: 9) == .zero)
    }

    private func near(_ left: ErrorBound, _ right: ErrorBound) -> Bool {
        abs(left.hundredthsOfBits - right.hundredthsOfBits) <= 1
    }

    @Test("A power is the product of as many")
    func multipliesPowers() {
        let base = ErrorBound(17, over: 32)
        var product = ErrorBound.one
        for count in 0..<200 {
            #expect(near(base.power(count), product))
            product = product * base
        }
    }
}
