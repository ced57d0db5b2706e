internal import Primitives

// 0x01–0x0b. Every word is taken modulo 2²⁵⁶; division by zero gives zero.
extension Frame {
    @inline(__always)
    mutating func add() {
        let left = pop()
        last = left &+ last
    }

    @inline(__always)
    mutating func multiply() {
        let left = pop()
        last = left &* last
    }

    @inline(__always)
    mutating func subtract() {
        let left = pop()
        last = left &- last
    }

    @inline(__always)
    mutating func divide() {
        drop(1)
        unsafe Words.divide(top)
    }

    @inline(__always)
    mutating func remainder() {
        drop(1)
        unsafe Words.remainder(top)
    }

    /// Two's complement, rounding to zero; −2²⁵⁵ / −1 wraps to itself.
    @inline(__always)
    mutating func signedDivide() {
        drop(1)
        unsafe Words.signedDivide(top)
    }

    /// The result has the dividend's sign.
    @inline(__always)
    mutating func signedRemainder() {
        drop(1)
        unsafe Words.signedRemainder(top)
    }

    @inline(__always)
    mutating func addModulo() {
        drop(2)
        unsafe Words.addModulo(top)
    }

    @inline(__always)
    mutating func multiplyModulo() {
        drop(2)
        unsafe Words.multiplyModulo(top)
    }

    /// Pays for each byte of the exponent (EIP-160).
    @inline(never)
    mutating func power(_ engine: Engine) throws(Halt) {
        let base = pop()
        let exponent = last
        try charge(engine.schedule.exponentByte &* Int64(exponent.byteWidth))
        last = base.power(exponent)
    }

    /// Extends the sign of the low `index + 1` bytes.
    @inline(__always)
    mutating func signExtend() {
        drop(1)
        unsafe Words.signExtend(top)
    }
}

/// Longer arithmetic, outside the loop. Operands lie where the stack had them, the first highest,
/// at `words[0]` of two or `words[1]` of three; the result replaces the last, `words[-1]`.
@unsafe
private enum Words {
    @inline(never)
    static func divide(_ words: UnsafeMutablePointer<UInt256>) {
        let divisor = unsafe words[-1]
        unsafe words[-1] = divisor.isZero ? .zero : words[0] / divisor
    }

    @inline(never)
    static func remainder(_ words: UnsafeMutablePointer<UInt256>) {
        let divisor = unsafe words[-1]
        unsafe words[-1] = divisor.isZero ? .zero : words[0] % divisor
    }

    @inline(never)
    static func signedDivide(_ words: UnsafeMutablePointer<UInt256>) {
        let dividend = unsafe words[0]
        let divisor = unsafe words[-1]
        if divisor.isZero { return }
        let quotient = dividend.magnitude / divisor.magnitude
        unsafe words[-1] =
            dividend.isNegative == divisor.isNegative ? quotient : quotient.negated
    }

    @inline(never)
    static func signedRemainder(_ words: UnsafeMutablePointer<UInt256>) {
        let dividend = unsafe words[0]
        let divisor = unsafe words[-1]
        if divisor.isZero { return }
        let remainder = dividend.magnitude % divisor.magnitude
        unsafe words[-1] = dividend.isNegative ? remainder.negated : remainder
    }

    @inline(never)
    static func addModulo(_ words: UnsafeMutablePointer<UInt256>) {
        let modulus = unsafe words[-1]
        unsafe words[-1] =
            modulus.isZero ? .zero : words[1].adding(words[0], modulo: modulus)
    }

    @inline(never)
    static func multiplyModulo(_ words: UnsafeMutablePointer<UInt256>) {
        let modulus = unsafe words[-1]
        unsafe words[-1] =
            modulus.isZero ? .zero : words[1].multiplied(by: words[0], modulo: modulus)
    }

    @inline(never)
    static func signExtend(_ words: UnsafeMutablePointer<UInt256>) {
        let index = unsafe words[0]
        guard index.isBelow(31) else { return }
        let unused = 248 &- Int(truncatingIfNeeded: index.limb0) &* 8
        unsafe words[-1] = (words[-1] << unused).shiftedRightArithmetically(by: unused)
    }
}

extension UInt256 {
    /// The absolute value of a two's complement word; 2²⁵⁵ for −2²⁵⁵.
    @inline(__always)
    var magnitude: UInt256 { isNegative ? negated : self }

    /// Shifts right, filling with the sign. `count` is below 256.
    @inline(__always)
    func shiftedRightArithmetically(by count: Int) -> UInt256 {
        if !isNegative { return self >> count }
        return ~(~self >> count)
    }
}
