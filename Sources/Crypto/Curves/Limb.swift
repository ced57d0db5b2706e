/// Arithmetic on the 64-bit limbs of long numbers.
enum Limb {
    @inline(__always)
    static func add(_ left: UInt64, _ right: UInt64, _ carry: inout UInt64) -> UInt64 {
        let sum = UInt128(left) &+ UInt128(right) &+ UInt128(carry)
        carry = UInt64(truncatingIfNeeded: sum &>> 64)
        return UInt64(truncatingIfNeeded: sum)
    }

    @inline(__always)
    static func subtract(_ left: UInt64, _ right: UInt64, _ borrow: inout UInt64) -> UInt64 {
        let difference = UInt128(left) &- UInt128(right) &- UInt128(borrow)
        borrow = UInt64(truncatingIfNeeded: difference &>> 64) & 1
        return UInt64(truncatingIfNeeded: difference)
    }

    /// `accumulator + left · right + carry`: never overflows 128 bits.
    @inline(__always)
    static func multiplyAdd(
        _ left: UInt64, _ right: UInt64, _ accumulator: UInt64, _ carry: inout UInt64
    ) -> UInt64 {
        let sum = UInt128(left) &* UInt128(right) &+ UInt128(accumulator) &+ UInt128(carry)
        carry = UInt64(truncatingIfNeeded: sum &>> 64)
        return UInt64(truncatingIfNeeded: sum)
    }
}
