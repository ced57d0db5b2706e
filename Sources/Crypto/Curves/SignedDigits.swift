/// Numbers in signed digits, for chains of doublings with few additions.
package enum SignedDigits {
    /// The width-w non-adjacent form, lowest digit first: digits are zero or odd, below 2^(w-1) in
    /// size, and at least w - 1 zeros follow each odd one.
    ///
    /// Source: Hankerson, Menezes, Vanstone, "Guide to Elliptic Curve Cryptography",
    /// algorithm 3.35.
    package static func of(_ number: UInt128, width: Int) -> [Int] {
        var left = number
        var digits: [Int] = []
        while left != 0 {
            var digit = 0
            if left & 1 == 1 {
                digit = Int(truncatingIfNeeded: left & (1 << UInt128(width) - 1))
                if digit >= 1 << (width - 1) { digit -= 1 << width }
                left = digit < 0 ? left + UInt128(-digit) : left - UInt128(digit)
            }
            digits.append(digit)
            left >>= 1
        }
        return digits
    }
}
