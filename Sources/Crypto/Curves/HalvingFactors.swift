// The inner loop of inversion by the binary greatest common divisor, thirty-one halvings at a time.
//
// The halvings run on 64-bit stand-ins: the low 31 bits and the high 33 of both numbers. They give
// factors that are then applied to the whole numbers. Nine times as fast as Fermat's power.
//
// Source: Pornin, "Optimized Binary GCD for Modular Inversion" (ePrint 2020/972), algorithm 2.

/// Signed factors of a pair of numbers, |f| + |g| at most 2³¹.
struct HalvingFactors {
    /// Halvings in one round.
    static let halvings = 31

    var f: Int64
    var g: Int64

    static prefix func - (value: Self) -> Self { Self(f: -value.f, g: -value.g) }

    /// What a round does to the numbers behind two stand-ins, times 2³¹. One step: where x is odd,
    /// the smaller of both goes to y and is taken from x; then x is halved.
    @inline(__always)
    static func ofRound(_ x: UInt64, _ y: UInt64) -> (Self, Self) {
        var x = x
        var y = y
        // Both factors of a number in one word: f in the low half, g in the high half.
        var xFactors: UInt64 = 1
        var yFactors: UInt64 = 1 << 32
        for _ in 0..<halvings {
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
        return (Self(packed: xFactors), Self(packed: yFactors))
    }

    /// Factors from one word: each half, offset by 2³¹ - 1, is not negative.
    @inline(__always)
    private init(packed word: UInt64) {
        let offset = word &+ 0x7fff_ffff_7fff_ffff
        f = Int64(offset & 0xffff_ffff) - 0x7fff_ffff
        g = Int64(offset &>> 32) - 0x7fff_ffff
    }

    private init(f: Int64, g: Int64) {
        self.f = f
        self.g = g
    }

    /// The low 31 bits of both numbers under the 33 that follow the longer one's top bit.
    ///
    /// `top` is the highest limb in use of either number, `next` the one below, `low` the lowest.
    @inline(__always)
    static func standIns(
        top: (UInt64, UInt64), next: (UInt64, UInt64), low: (UInt64, UInt64)
    ) -> (UInt64, UInt64) {
        let shift = UInt64((top.0 | top.1).leadingZeroBitCount)
        let mask: UInt64 = 0x7fff_ffff
        @inline(__always)
        func standIn(_ top: UInt64, _ next: UInt64, _ low: UInt64) -> UInt64 {
            let high = shift == 0 ? top : top &<< shift | next &>> (64 &- shift)
            return high & ~mask | low & mask
        }
        return (standIn(top.0, next.0, low.0), standIn(top.1, next.1, low.1))
    }
}
