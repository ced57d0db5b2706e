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

    @inline(never)
    mutating func divide() {
        let dividend = pop()
        let divisor = last
        last = divisor.isZero ? .zero : dividend / divisor
    }

    @inline(never)
    mutating func remainder() {
        let dividend = pop()
        let divisor = last
        last = divisor.isZero ? .zero : dividend % divisor
    }

    /// Two's complement, rounding to zero; −2²⁵⁵ / −1 wraps to itself.
    @inline(never)
    mutating func signedDivide() {
        let dividend = pop()
        let divisor = last
        if divisor.isZero { return }
        let quotient = dividend.magnitude / divisor.magnitude
        last = dividend.isNegative == divisor.isNegative ? quotient : quotient.negated
    }

    /// The result has the dividend's sign.
    @inline(never)
    mutating func signedRemainder() {
        let dividend = pop()
        let divisor = last
        if divisor.isZero { return }
        let remainder = dividend.magnitude % divisor.magnitude
        last = dividend.isNegative ? remainder.negated : remainder
    }

    @inline(never)
    mutating func addModulo() {
        let left = pop()
        let right = pop()
        let modulus = last
        last = modulus.isZero ? .zero : left.adding(right, modulo: modulus)
    }

    @inline(never)
    mutating func multiplyModulo() {
        let left = pop()
        let right = pop()
        let modulus = last
        last = modulus.isZero ? .zero : left.multiplied(by: right, modulo: modulus)
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
    @inline(never)
    mutating func signExtend() {
        let index = pop()
        guard (index.limb1 | index.limb2 | index.limb3) == 0, index.limb0 < 31 else { return }
        let unused = 248 &- Int(truncatingIfNeeded: index.limb0) &* 8
        last = (last << unused).shiftedRightArithmetically(by: unused)
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
