extension BinaryFixedPoint {
    /// The same number in decimals, as few as it has: `5 · 2^-3` is 0.625, (625, 3).
    ///
    /// A fraction of `k` twos has `k` decimals, and 31 bits times 5^k fit in 127 for k ≤ 41. Longer
    /// digits, which only accumulators of very small scales have, are rounded to 18 decimals as
    /// `rounded` does.
    public var decimal: FixedPoint {
        if integer == 0 { return FixedPoint(value: 0, decimals: 0) }
        let twos = min(integer.trailingZeroBitCount, max(0, scaleExponent))
        let exponent = scaleExponent - twos
        var value = Int128(integer >> Int32(twos))
        if exponent <= 0 { return FixedPoint(value: value << Int128(-exponent), decimals: 0) }
        for _ in 0..<exponent {
            let (product, overflow) = value.multipliedReportingOverflow(by: 5)
            if overflow { return rounded(decimals: 18) }
            value = product
        }
        return FixedPoint(value: value, decimals: UInt32(exponent))
    }
}
